/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to daemon/connect: a client of the Model Context Protocol, in both of its eras (2026-07-28, where each request stands alone, and
 * 2025-11-25 and before, which begin with initialize), over Streamable HTTP and over the standard input and output of a process. Which
 * servers there are is the operator's word alone (peer_servers.c). What a server says is untrusted: sizes, pages and times are limited. */
#ifndef DAEMON_CONNECT_PEER_H
#define DAEMON_CONNECT_PEER_H

#include "connect/pieces.h"
#include "connect/session.h"

/* A server as the operator names it: a command, or a URL. */
typedef struct {
  const char  *name, *command, *url, *token_file;
  const char **args, **env; /* env: NAME=value */
  const char **tenants;     /* that may use it; NULL: all */
  size_t       n_args, n_env, n_tenants;
} peer_server;

typedef struct peer_servers peer_servers;
/* Of a file {"servers":[{"name":…,"command":…,"args":[…],"env":[…]},{"name":…,"url":…,"token_file":…}]}; path "": none. */
dyo_status         peer_servers_read(const char *path, peer_servers **out, dyo_err *err);
void               peer_servers_free(peer_servers *l);
const peer_server *peer_server_of(const peer_servers *l, const char *name);     /* NULL: not configured */
bool               peer_server_for(const peer_server *one, const char *tenant); /* may the tenant use it? */
const peer_server *peer_server_at(const peer_servers *l, size_t i);             /* NULL: there are no more */

typedef struct peer peer;
struct peer_auth;

/* Starts it and finds out its era. auth: by what it may get a token where the server wants one, s->own; NULL: by nothing. */
dyo_status  peer_open(session *s, const char *server, struct peer_auth *auth, peer **out, dyo_err *err);
void        peer_close(peer *m); /* ends the process; NULL is allowed */
const char *peer_version(const peer *m);

/* A request; params: the members of its object, without braces. *result lives until the next one. name: the tool or resource, for the
 * header of the modern era; NULL. upstream_error: s->last says of which class, s->last_code the number of a protocol error. */
dyo_status peer_request(peer *m, const char *method, const char *params, const char *name, dyo_piece *result,
                        dyo_err *err);

/* All pages of a list: each element of `member` of the results of `method`. */
dyo_status peer_list(peer *m, const char *method, const char *member, piece_each each, void *user, dyo_err *err);

/* A tool's answer: structuredContent where there is some, else its text. */
typedef struct {
  dyo_piece structured; /* s NULL: none */
  char     *text;       /* of all its text items, malloc'ed; NULL: none */
} peer_answer;
void       peer_answer_free(peer_answer *a);
dyo_status peer_call(peer *m, const char *tool, const char *arguments, peer_answer *out, dyo_err *err);

/* A resource's contents: text as it is, a blob decoded. bytes: malloc'ed. */
dyo_status peer_read(peer *m, const char *uri, char **bytes, size_t *n, dyo_err *err);

/* --- transports: one message out, the answer to it back; peer.c alone calls them ------------------------------------------------- */

/* Header fields that go along with one request (peer_tools.c). */
enum { PEER_MIRRORS = 32 };
typedef struct {
  char  *names[PEER_MIRRORS], *values[PEER_MIRRORS]; /* malloc'ed */
  size_t n;
} peer_mirrors;
void peer_mirrors_clear(peer_mirrors *l);

typedef struct {
  struct peer_tool *v; /* those that mark arguments */
  size_t            n, cap;
  bool              known, failed;
} peer_tools;
void peer_tools_free(peer_tools *t);

typedef struct {
  const char *text; /* one JSON object, no line ends */
  size_t      n;
  const char *method, *name, *version; /* version "": not settled yet */
  int64_t     id;                      /* 0: a notification, nothing comes back */
} peer_message;

struct peer {
  session           *s;
  const peer_server *server;
  struct peer_auth  *auth;
  bool               modern;
  char               version[16], session_id[128];
  int64_t            last_id;
  dyo_buf            answer;  /* the last one, also an error that came with an HTTP status of its own */
  peer_tools         tools;   /* known once one was called */
  peer_mirrors       mirrors; /* of the request at hand */
  web               *side;    /* for what is said while an answer comes; NULL until then */
  struct peer_pipe  *pipe;    /* NULL: by HTTP */
};

/* A message with that id, and a result or an error. nameless: an error without an id counts too, as a server gives that could not
 * read what was sent; not where an answer to something earlier may still come. */
bool peer_is_answer(const char *text, size_t n, int64_t id, bool nameless);
/* What is said to a request of the server's own: a ping is answered, all else is not offered. False: it is none. */
bool       peer_put_reply(const char *text, size_t n, dyo_buf *reply);
void       peer_put_header(dyo_buf *b, const char *text); /* as a header's value: in base64 where it has to be */
dyo_status peer_tools_mirror(peer *m, const char *tool, const char *arguments, peer_mirrors *out, dyo_err *err);
void       peer_http_close(peer *m);
dyo_status peer_pipe_open(peer *m, dyo_err *err);
void       peer_pipe_close(struct peer_pipe *p);
dyo_status peer_pipe_exchange(peer *m, const peer_message *out, double seconds,
                              dyo_err *err); /* the answer in m->answer */
dyo_status peer_http_exchange(peer *m, const peer_message *out, double seconds, dyo_err *err);

#endif
