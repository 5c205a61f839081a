/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the server's four steps to routes and handlers, and the log line that ends each request. */
#include "api/api.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "api/answers.h"
#include "api/exchange.h"
#include "api/arrived.h"
#include "api/mcp.h"
#include "api/mcp_http.h"
#include "api/upload.h"
#include "base/clock.h"
#include "base/log.h"

enum {
  REQUEST_THREADS = 8,
  REQUESTS_WAIT   = 2000,
  COMPUTE_WAIT    = 1000,
  UPLOAD_THREADS  = 4,
  UPLOADS_WAIT    = 1000,
  SYNC_THREADS    = 8,
  FORGET_TICKS    = 240, /* a minute */
  ANSWERS_KEPT_S  = 600
};

api_options api_defaults(void)
{
  return (api_options){
    .upload_most = (uint64_t)1 << 30, .request_most = 64 << 20, .inline_s = 25, .rate = 50, .burst = 200};
}

/* --- the four steps ------------------------------------------------------------------------------------------------ */

static void pooled(void *arg)
{
  exchange *x = arg;
  x->route->run(x);
}

static http_plan begin(void *user, http_request *r)
{
  api      *a = user;
  exchange *x = calloc(1, sizeof *x);
  if (!x) {
    http_send(r, NULL);
    return (http_plan){HTTP_TAKE_NONE, 0};
  }
  x->a = a;
  x->r = r;
  http_set_user(r, x);
  if (atomic_load(&a->stopping)) {
    refuse_busy(x, "the server stops; try again in a few seconds");
    return (http_plan){HTTP_TAKE_NONE, 0};
  }
  if (!api_find_route(x) || !api_admit(x) || !api_query_ok(x)) return (http_plan){HTTP_TAKE_NONE, 0};
  if (x->route->way == STREAMED)
    return (http_plan){upload_begin(x) ? HTTP_TAKE_STREAM : HTTP_TAKE_NONE, a->o.upload_most + (1 << 16)};
  if (strcmp(x->route->method, "GET") == 0 || strcmp(x->route->method, "DELETE") == 0)
    return (http_plan){HTTP_TAKE_MEMORY, 0};
  const uint64_t most = x->route->run == api_mcp ? MCP_LONGEST : a->o.request_most;
  return (http_plan){HTTP_TAKE_MEMORY, most < a->o.request_most ? most : a->o.request_most};
}

static bool data(void *user, http_request *r, const void *bytes, size_t n)
{
  (void)user;
  return upload_data(http_user(r), bytes, n);
}

static void ready(void *user, http_request *r)
{
  exchange *x = http_user(r);
  (void)user;
  if (x->route->way == AT_ONCE) {
    x->route->run(x);
    return;
  }
  http_hold(r);
  if (!pool_add(x->route->way == POOLED ? x->a->requests : x->a->uploads, pooled, x))
    refuse_busy(x, "the server is busy; try again in a few seconds");
}

static void write_log(const exchange *x, http_request *r, const http_outcome *o)
{
  log_line l;
  log_begin(&l, o->status >= 500 ? LOG_WARN : LOG_INFO, "request");
  log_text(&l, "id", http_request_id(r));
  log_text(&l, "method", http_method(r));
  log_text(&l, "route", x && x->route ? x->route->pattern : NULL);
  log_text(&l, "path", http_path(r));
  log_text(&l, "tenant", x && x->tenant[0] ? x->tenant : NULL);
  log_text(&l, "peer", http_peer(r));
  log_whole(&l, "status", o->status);
  log_whole(&l, "bytes", (int64_t)o->bytes);
  log_number(&l, "ms", 1000 * o->seconds);
  log_end(&l);
}

static void done(void *user, http_request *r, const http_outcome *o)
{
  api      *a = user;
  exchange *x = http_user(r);
  atomic_fetch_add(&a->counts.requests[o->status / 100 % 6], 1);
  double before = atomic_load(&a->counts.seconds);
  while (!atomic_compare_exchange_weak(&a->counts.seconds, &before, before + o->seconds)) continue;
  write_log(x, r, o);
  if (!x) return;
  upload_drop(x->up);
  free(x);
}

http_reply *api_refused(void *user, const http_refusal *f)
{
  api             *a    = user;
  const dyo_status code = f->status == 413 || f->status == 414 || f->status == 431 ? DYO_TOO_LARGE
                          : f->status == 503                                       ? DYO_RATE_LIMITED
                          : f->status == 501                                       ? DYO_UNSUPPORTED
                                                                                   : DYO_INVALID_INPUT;
  dyo_err          err;
  log_line         l;
  atomic_fetch_add(&a->counts.refused, 1);
  log_begin(&l, LOG_INFO, "refused");
  log_text(&l, "id", f->id);
  log_text(&l, "peer", f->peer);
  log_whole(&l, "status", f->status);
  log_text(&l, "why", f->why);
  log_end(&l);
  dyo_fail(&err, code, "", "%s", f->why);
  return problem_reply(f->status, &err);
}

http_handler api_handler(api *a)
{
  return (http_handler){begin, data, ready, done, api_refused, a};
}

/* --- what happens again and again ------------------------------------------------------------------------------------- */

/* What is kept for whoever asks again goes once nobody does. */
static void forget(api *a)
{
  const double now = clock_monotonic();
  answer_cache_drop(a->answers, now - ANSWERS_KEPT_S);
  tenant_rates_drop(a->rates, now);
}

static void *tick_on(void *arg)
{
  api *a = arg;
  for (unsigned ticks = 1; !atomic_load(&a->stopping); ticks++) {
    const struct timespec quarter = {0, 250000000};
    nanosleep(&quarter, NULL);
    op_jobs_tick(a);
    mcp_tick(a);
    events_tick(a);
    if (ticks % FORGET_TICKS == 0) forget(a);
  }
  events_tick(a); /* ends every stream */
  return NULL;
}

/* --- start and stop ------------------------------------------------------------------------------------------------ */

dyo_status api_start(const api_options *o, api **out, dyo_err *err)
{
  const long cores     = sysconf(_SC_NPROCESSORS_ONLN);
  api       *a         = calloc(1, sizeof *a);
  scheduler *scheduled = NULL;
  *out                 = NULL;
  if (!a) return dyo_oom(err);
  a->o     = *o;
  a->store = o->store;
  if (a->o.threads == 0) a->o.threads = cores > 0 ? (unsigned)cores : 2;
  pthread_mutex_init(&a->lock, NULL);
  mkdir(o->spool, 0700);
  a->tokens     = token_cache_new();
  a->rates      = tenant_rates_new();
  a->answers    = answer_cache_new();
  a->requests   = pool_start(REQUEST_THREADS, REQUESTS_WAIT, false);
  a->uploads    = pool_start(UPLOAD_THREADS, UPLOADS_WAIT, true);
  a->compute    = pool_start(a->o.threads, COMPUTE_WAIT, false);
  dyo_status st = api_document(&a->openapi, err);
  if (st == DYO_OK) st = mcp_door_new(&a->mcp, err);
  if (st == DYO_OK && (!a->tokens || !a->rates || !a->answers || !a->requests || !a->uploads || !a->compute))
    st = dyo_oom(err);
  a->kinds[0]      = (work_kind){"operation", op_work, a};
  a->kinds[1]      = (work_kind){"upload", upload_work, a};
  a->kinds[2]      = (work_kind){"forecast_refresh", op_work, a};
  a->kinds[3]      = (work_kind){"data_arrived", arrived_work, a};
  a->kinds[4]      = (work_kind){"alert_check", alert_work, a};
  outbox *sending  = NULL;
  a->sync_kinds[0] = (work_kind){"sync", sync_work, a};
  if (st == DYO_OK) st = workers_start(a->store, a->kinds, a->o.threads, &a->workers, err);
  if (st == DYO_OK && o->connect) st = workers_start(a->store, a->sync_kinds, SYNC_THREADS, &a->syncs, err);
  if (st == DYO_OK) st = scheduler_start(a->store, a->workers, o->jitter_s, &scheduled, err);
  atomic_store(&a->scheduler, scheduled);
  if (st == DYO_OK && o->connect) st = outbox_start(a->store, alert_deliver, a, &sending, err);
  atomic_store(&a->outbox, sending);
  if (st == DYO_OK) {
    a->ticking = pthread_create(&a->ticker, NULL, tick_on, a) == 0;
    *out       = a;
    return DYO_OK;
  }
  scheduler_stop(scheduled);
  workers_stop(a->syncs);
  workers_stop(a->workers);
  api_free(a);
  return st;
}

api *api_bare(store *s)
{
  api *a = calloc(1, sizeof *a);
  if (!a) return NULL;
  a->o     = api_defaults();
  a->store = s;
  pthread_mutex_init(&a->lock, NULL);
  return a;
}

void api_stop(api *a)
{
  atomic_store(&a->stopping, true);
  if (a->ticking) pthread_join(a->ticker, NULL);
  a->ticking = false;
  scheduler_stop(a->scheduler);
  op_jobs_stop(a);
  mcp_stop(a);
  workers_give_up(a->syncs);
  workers_give_up(a->workers);
  pool_stop(a->compute);
  pool_stop(a->uploads);
  pool_stop(a->requests);
  workers_stop(a->syncs);
  workers_stop(a->workers);
  a->syncs = a->workers = NULL;
  outbox_stop(atomic_exchange(&a->outbox, NULL)); /* when nobody finds anything any more */
}

void api_free(api *a)
{
  if (!a) return;
  pool_stop(a->compute);
  pool_stop(a->uploads);
  pool_stop(a->requests);
  pool_free(a->compute);
  pool_free(a->uploads);
  pool_free(a->requests);
  mcp_door_free(a->mcp);
  scheduler_free(a->scheduler);
  token_cache_free(a->tokens);
  tenant_rates_free(a->rates);
  answer_cache_free(a->answers);
  pthread_mutex_destroy(&a->lock);
  free(a->openapi);
  free(a);
}
