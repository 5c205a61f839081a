/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to daemon/api: a request on its way, and what its handlers share. */
#ifndef DAEMON_API_EXCHANGE_H
#define DAEMON_API_EXCHANGE_H

#include <pthread.h>
#include <stdatomic.h>

#include "api/api.h"
#include "api/doc.h"
#include "base/clock.h"
#include "jobs/outbox.h"
#include "jobs/pool.h"
#include "jobs/schedule.h"
#include "jobs/work.h"
#include "json/dyo_json.h"
#include "ops/dyo_ops.h"

enum { PARAMS = 2, TOKENS_KEPT = 1024 };

typedef struct exchange exchange;
typedef struct upload   upload;
typedef struct op_job   op_job;

/* How a route's handler is called. */
typedef enum {
  AT_ONCE, /* on the server's thread: must not wait */
  POOLED,  /* on a thread of the request pool: may read and write the store */
  PATIENT, /* on one of those for what takes long: may also wait for another system */
  STREAMED /* its body comes in pieces to `data` first */
} route_way;

typedef struct {
  const char *method, *pattern; /* {name} is one segment; {op-path} the path of an operation */
  unsigned    scope;            /* one of these is needed; SCOPE_NONE: no token */
  route_way   way;
  void (*run)(exchange *x);
  route_doc doc;
} route;

extern const route api_routes[]; /* ends with a NULL method */

struct exchange {
  api          *a;
  http_request *r;
  const route  *route;
  const dyo_op *op; /* of {op-path} */
  char          params[PARAMS][128];
  char          tenant[256];
  char          actor[6 + ID_CHARS]; /* "token " and its id, for the audit */
  unsigned      scopes;
  upload       *up;
};

typedef struct {
  atomic_uint_fast64_t requests[6]; /* by hundreds of the status; 0: the client had gone */
  atomic_uint_fast64_t refused, rejected_tokens, limited, tenant_limited, operations, uploads, cache_hits;
  _Atomic double       seconds;
} api_counts;

struct api {
  api_options          o;
  store               *store;
  pool                *requests, *uploads, *compute;
  atomic_bool          stopping;
  api_counts           counts;
  struct token_cache  *tokens;
  struct tenant_rates *rates;
  struct answer_cache *answers;
  workers  *workers, *syncs; /* syncs wait for others far more than they compute: they have threads of their own */
  work_kind kinds[8], sync_kinds[2];
  _Atomic(scheduler *) scheduler; /* NULL until it is started, when workers work already */
  _Atomic(outbox *)    outbox;    /* NULL where nothing goes out, and until it is started */
  pthread_t            ticker;
  bool                 ticking;
  pthread_mutex_t      lock;     /* of jobs */
  op_job              *jobs;     /* operations under way */
  struct watcher      *watchers; /* of runs and batches, by server-sent events */
  char                *openapi;
  struct mcp_door     *mcp;
};

/* query.c */
bool       api_query_ok(exchange *x);      /* parameters are as the route's rows say; false: answered */
store_page api_page_of(const exchange *x); /* limit and cursor */

/* reply.c */
http_reply *api_reply(int status);                 /* with the headers that every answer has */
const char *api_allowed_origin(const exchange *x); /* the caller's page, where it may read the answer; or NULL */
void api_finish(exchange *x, http_reply *p); /* sends p; the caller's page may read it where its origin was named */
void api_send(exchange *x, http_reply *p, const char *type, char *text, size_t n); /* takes text, malloc'ed */
void api_json(exchange *x, int status, dyo_buf *b);                                /* takes b's text */
void api_problem(exchange *x, const dyo_err *err);
void api_problem_status(exchange *x, int status, const dyo_err *err);
void api_not_found(exchange *x);
dyo_status  at_path(dyo_err *err, const char *path);   /* the error, but of that member; returns its code */
void        refuse_busy(exchange *x, const char *why); /* 503 */
http_reply *problem_reply(int status, const dyo_err *err);
http_reply *api_refused(void               *user,
                        const http_refusal *f); /* api.c: of what the server itself refuses; user is the api */
void        api_page_headers(http_reply *p);    /* of pages: content policy, isolation */
void        put_row(dyo_buf *b, const dyo_field *rows, const void *in); /* the struct at `in`, as its rows say */
void        api_row(exchange *x, int status, const dyo_field *rows, const void *in);
const char *when_text(int64_t ms, char out[CLOCK_TEXT]); /* ISO 8601, or NULL for never */
void        items_begin(dyo_buf *b);                     /* {"items":[ */
void        items_add(dyo_buf *b, const dyo_field *rows, const void *in);
void        items_end(dyo_buf *b, const char *next);                   /* next: cursor of the page after, or "" */
void        put_text(dyo_buf *b, const char *name, const char *value); /* "name":"value", or null */
void        put_json(dyo_buf *b, const char *name, const char *value); /* value is JSON already, or NULL */
void        put_whole(dyo_buf *b, const char *name, int64_t value);

/* auth.c */
struct token_cache *token_cache_new(void);
void                token_cache_free(struct token_cache *c);
bool                api_admit(exchange *x); /* token, scope, rates; false: answered */

/* rates.c: buckets of tenants, which their requests are taken out of, whatever their tokens. A tenant of limits that were told last. */
struct tenant_rates *tenant_rates_new(void);
void                 tenant_rates_free(struct tenant_rates *t);                                /* NULL is allowed */
bool tenant_rates_told(struct tenant_rates *t, const char *tenant, double rate, double burst); /* false: no memory */
bool tenant_within_rate(struct tenant_rates *t, const char *tenant);
void tenant_rates_drop(struct tenant_rates *t,
                       double               now); /* those of full buckets that nothing was told of for a minute */

/* A bucket that holds `burst` requests and fills at `rate` a second. */
typedef struct {
  double left, at; /* requests left at that moment */
} rate_bucket;
bool rate_take(rate_bucket *b, double rate, double burst, double now); /* false: it is empty */

/* routes.c */
bool api_find_route(exchange *x); /* false: answered with 404 or 405 */

/* handlers, by file */
void api_run_op(exchange *x);
void api_operations(exchange *x);
void api_forecasts(exchange *x);
void api_forecast(exchange *x);
void api_evaluate(exchange *x);
void api_optimizations(exchange *x);
void api_optimization(exchange *x);
void api_sources(exchange *x);
void api_source_add(exchange *x);
void api_source(exchange *x);
void api_source_change(exchange *x);
void api_source_delete(exchange *x);
void api_source_sync(exchange *x);
void api_source_test(exchange *x);
void api_source_types(exchange *x);
void api_upload(exchange *x);
void api_runs(exchange *x);
void api_run(exchange *x);
void api_run_events(exchange *x);
void api_batch_add(exchange *x);
void api_batches(exchange *x);
void api_batch(exchange *x);
void api_batch_events(exchange *x);
void api_batch_cancel(exchange *x);
void events_tick(api *a);
/* Answers with what it looks like by and by, as events, until it is over. */
typedef dyo_status (*api_look)(api *a, const char *tenant, const char *id, dyo_buf *b, bool *over, dyo_err *err);
void api_watch(exchange *x, api_look look);
void put_run(dyo_buf *b, const store_run *r);
void api_run_cancel(exchange *x);
void api_quota(exchange *x);
void api_schedules(exchange *x);
void api_schedule_delete(exchange *x);
void api_alerts(exchange *x);
void api_alert_add(exchange *x);
void api_alert(exchange *x);
void api_alert_delete(exchange *x);
void api_alert_events(exchange *x);
void api_alert_test(exchange *x);
void api_alert_deliveries(exchange *x);
void api_metrics(exchange *x);
void api_metric(exchange *x);
void api_health(exchange *x);
void api_ready(exchange *x);
void api_openapi(exchange *x);
void api_docs(exchange *x);
void api_file(exchange *x);
void api_mcp(exchange *x);
void api_mcp_get(exchange *x);
void api_mcp_end(exchange *x);

/* op_job.c */
void       op_jobs_tick(api *a);
void       op_jobs_stop(api *a);
dyo_status op_work(void *user, work *w, dyo_err *err);

void answer_accepted(exchange *x, const char *id);

/* sources_work.c */
dyo_status sync_work(void *user, work *w, dyo_err *err);

/* upload.c */
bool upload_begin(exchange *x); /* false: answered */
bool upload_data(exchange *x, const void *bytes, size_t n);
void upload_drop(upload *u);

/* op_store.c: an object of dimensions as the store keys series by it: members sorted, no blanks. Appended to out. */
dyo_status canonical_dimensions(const char *text, size_t n, dyo_buf *out, dyo_err *err);

#endif
