/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to daemon/connect: the shared context, and a session: one connector at work on one thread, with its settings, secrets and
 * connections. session_ask is the one way out for requests: guard, quota, breaker, retries, token and log are there. */
#ifndef DAEMON_CONNECT_SESSION_H
#define DAEMON_CONNECT_SESSION_H

#include <pthread.h>

#include "connect/connect.h"
#include "connect/connector.h"

struct credential;

struct connect_hub {
  connect_options      o;
  char                 key_file[512];
  char                *key_text; /* wiped at the end */
  pthread_mutex_t      lock;     /* of keys and credentials */
  pthread_cond_t       told;     /* a token was fetched */
  seal_keys           *keys;     /* NULL until first needed */
  struct credential   *credentials;
  pace                *pace;
  struct peer_servers *mcp;
};

enum { SECRETS_MOST = 8 };

struct session {
  connect_hub      *c;
  const connector  *kind;
  char              tenant[256], source_id[ID_CHARS];
  dyo_ctx           ctx;
  void             *config; /* the type's struct, secrets missing */
  void             *own;    /* what the connector keeps for itself, in ctx */
  char             *config_text;
  const atomic_int *cancel;
  web              *web;
  struct {
    const char *field; /* one of kind->secrets */
    char       *value;
  } secrets[SECRETS_MOST];
  fault_rule               retry;
  const struct oauth_plan *oauth;         /* how it gets an access token; NULL: requests have none */
  int64_t requests, retries, server_time; /* server_time: seconds since 1970 of the last answer's Date */
  double  waited;
  fault   last;          /* of the last request that did not go well */
  char    last_code[64]; /* the source's own word for it */
};

/* keys.c */
dyo_status keys_seal(connect_hub *c, const seal_place *p, const char *plain, unsigned char **sealed, size_t *n,
                     dyo_err *err);
char      *keys_open(connect_hub *c, const store_secret *one); /* malloc'ed text; NULL: it does not open */

/* session.c */
dyo_status  session_open(connect_hub *c, const char *tenant, const char *source_id, const atomic_int *cancel,
                         session **out, dyo_err *err);
void        session_close(session *s);                           /* NULL is allowed */
const char *session_secret(const session *s, const char *field); /* NULL: it is not set */
dyo_status  session_reload_secrets(session *s, dyo_err *err);
bool        session_cancelled(const session *s);
bool        session_wait(session *s, double seconds); /* false: cancelled */

/* A request. The answer is what the judge let pass. */
typedef struct ask {
  const char       *method, *url;
  const web_header *headers;
  const void       *body;
  size_t            n_body, most; /* most 0: 64 MiB */
  double            seconds;      /* 0: as the settings say */
  web_take          take;
  void             *user;
  void (*again)(
    void *user); /* with take: it is asked once more, forget what came; NULL: what came cut is an error at once */
  bool bearer;   /* with the access token; where it is refused another is fetched, once */
  bool json;     /* the answer has to be JSON, and what is none is a fault that may pass */
  /* What an answer that is not as it should be means; NULL: what its status says. code gets the source's own word, message a sentence;
   * neither may hold a secret. */
  fault (*judge)(const web_reply *r, char *code, size_t code_room, char *message, size_t room);
  /* Sees each answer that did not pass; true: what came is enough all the same. NULL. */
  bool (*despite)(void *user, const web_reply *r);
} ask;

/* DYO_OK: *out has the answer (web_reply_free). cancelled, or upstream_error: s->last says of which class. */
dyo_status session_ask(session *s, const ask *a, web_reply *out, dyo_err *err);
dyo_status session_fail(session *s, fault f, const char *code, dyo_err *err, const char *fmt, ...) DYO_PRINTF(5, 6);

#endif
