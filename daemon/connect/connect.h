/* SPDX-License-Identifier: GPL-3.0-or-later */
/* connect.h - connectors to other systems as the rest of the daemon sees them: settings taken in with their secrets sealed, credentials
 * checked, syncs run. One context serves the whole daemon; everything may be called from any thread. */
#ifndef DAEMON_CONNECT_H
#define DAEMON_CONNECT_H

#include <stdatomic.h>

#include "base/dyo_field.h"
#include "base/seal.h"
#include "connect/fault.h"
#include "connect/pace.h"
#include "connect/web.h"
#include "store/mirror.h"

typedef struct connect_hub connect_hub;

/* Clock and chance. wait sleeps; false: cancelled meanwhile. */
typedef struct {
  double (*now)(void *user);    /* monotonic seconds */
  double (*chance)(void *user); /* in [0, 1) */
  bool (*wait)(void *user, double seconds, const atomic_int *cancel);
  void *user;
} connect_time;
extern const connect_time connect_real_time;

typedef struct {
  store      *store;
  const char *key_text; /* of keys (seal.h), from the environment; NULL */
  const char
    *key_file; /* where they are otherwise: a service manager's credential goes before it; made when first needed */
  const char  *mcp_servers; /* file of the MCP servers that connectors may use (peer.h); NULL: none */
  web_options  web;
  pace_rule    pace;
  fault_rule   retry;
  double       request_s; /* for one request */
  double       webhook_s; /* after which a message to a webhook is given up */
  connect_time time;
} connect_options;

connect_options connect_defaults(void);

dyo_status connect_start(const connect_options *o, connect_hub **out, dyo_err *err);
void       connect_free(connect_hub *c); /* once nothing runs; NULL is allowed */

/* --- settings -------------------------------------------------------------------------------------------------------------- */

/* Types of connectors, NULL at the end; the first is file_upload, which fetches nothing. Rows are of `config` in a request, secrets
 * among them. */
extern const char *const connect_words[];
const dyo_field         *connect_rows(const char *type); /* NULL: it fetches nothing */
const char *const *connect_secrets(const char *type); /* those of the rows, NULL at the end; NULL: it fetches nothing */
/* The i-th of the operator's MCP servers that the tenant may use; NULL: there are no more. */
const char *connect_server(const connect_hub *c, const char *tenant, size_t i);

/* A request's `config` checked by the type's rows and what involves more than one of them; `kept` gets it without its secrets, as it
 * is stored. Errors at "/config/...". stored: a source that is changed, whose secrets still count; NULL: a new one. */
dyo_status connect_accept(connect_hub *c, const char *tenant, const char *type, const char *config,
                          const store_source *stored, char **kept, dyo_err *err);
/* Seals the secrets of such a config for a source that is there. A secret that is null in it is taken away, an absent one stays.
 * by: who gives them, for the audit (audit.h). */
dyo_status connect_keep_secrets(connect_hub *c, const char *tenant, const char *source_id, const char *type,
                                const char *config, const char *by, dyo_err *err);
/* Names of the secrets a source has, as a JSON array, malloc'ed. */
dyo_status connect_secret_names(connect_hub *c, const char *tenant, const char *source_id, char **names, dyo_err *err);

/* Seals everything under the first key, which is a new one where the keys are in a file. *n: how many secrets. */
dyo_status connect_rotate(connect_hub *c, int64_t *n, dyo_err *err);

/* --- work -------------------------------------------------------------------------------------------------------------------- */

typedef struct {
  bool  ok;
  char *message; /* what was found, in words; malloc'ed */
  char *details; /* JSON object: objects, rows, limits, as the type has them; malloc'ed, may be NULL */
} connect_report;
void connect_report_free(connect_report *r);

/* Are the credentials good, and what can be seen with them? Sets the connector's state. Errors: only what is ours (store, memory). */
dyo_status connect_check(connect_hub *c, const char *tenant, const char *source_id, const atomic_int *cancel,
                         connect_report *out, dyo_err *err);

/* Somebody who can sign in. visit shows them an address and answers what stood behind the "?" of the redirect to `redirect`,
 * malloc'ed. */
typedef struct {
  const char *redirect;
  dyo_status (*visit)(void *user, const char *url, char **query, dyo_err *err);
  void *user;
} connect_person;

/* The check, with somebody who signs in where the server wants it; what comes of that is kept. Only where the server asks. */
dyo_status connect_sign_in(connect_hub *c, const char *tenant, const char *source_id, const connect_person *p,
                           connect_report *out, dyo_err *err);

/* How a sync goes on; it may be asked for from another thread. */
typedef struct {
  const char            *tenant, *source_id, *run_id, *checkpoint; /* checkpoint: of the run so far, NULL at first */
  int64_t                epoch, run_no;                            /* run_no: grows from run to run of a source */
  const atomic_int      *cancel;
  _Atomic double        *fraction;
  _Atomic(const char *) *stage;
} connect_job;

typedef struct {
  store_run_state state;   /* RUN_SUCCEEDED, RUN_PARTIAL, RUN_FAILED or RUN_CANCELLED */
  char           *result;  /* JSON: the proof, object by object */
  char           *metrics; /* JSON array of the metrics that changed, also by earlier attempts of this run */
  const char     *method;  /* "api" or "mcp" */
  int64_t         read, stored, rejected;
  dyo_err         why; /* of RUN_PARTIAL and RUN_FAILED */
} connect_outcome;
void connect_outcome_free(connect_outcome *o);

/* Fetches what is new. DYO_OK: *out says how it ended, and the connector's state is set. Errors: the store (full disk, lost lease),
 * memory, cancelled. */
dyo_status connect_sync(connect_hub *c, const connect_job *job, connect_outcome *out, dyo_err *err);

#endif
