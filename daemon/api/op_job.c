/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Operations over REST. One that is quick is answered as it is. One that the caller does not want to wait for, or that takes too long,
 * becomes a stored run: the answer is 202 with its address, and what was computed so far goes on. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "api/exchange.h"
#include "api/op_store.h"
#include "base/clock.h"
#include "jobs/work.h"
#include "ops/dyo_call.h"

struct op_job {
  op_job       *next, **link; /* in the list of jobs that somebody waits for */
  api          *a;
  exchange     *x; /* NULL once it was answered: then `one` is the run */
  const dyo_op *op;
  char         *text;
  size_t        n;
  char          tenant[256];
  double        began;
  bool          is_run;
  work          one;
};

/* --- the computing itself ------------------------------------------------------------------------------------------- */

static double host_now(void *user)
{
  (void)user;
  return clock_monotonic();
}

static bool host_progress(void *user, double fraction, const char *stage)
{
  work *w = user;
  atomic_store(&w->fraction, fraction);
  atomic_store(&w->stage, stage);
  return atomic_load(&w->cancel) != 0;
}

dyo_status op_compute(api *a, const char *tenant, const dyo_op *op, const char *text, size_t n, work *w, dyo_buf *out,
                      dyo_err *err)
{
  const dyo_host host = {.now = host_now, .progress = host_progress, .user = w};
  dyo_ctx        ctx;
  dyo_reply      reply  = {0};
  dyo_buf        full   = {0};
  bool           filled = false;
  dyo_status     st     = stored_series(a, tenant, op, text, n, w->run.batch[0] != '\0', &full, &filled, err);
  if (st != DYO_OK) {
    dyo_buf_free(&full);
    return st;
  }
  dyo_ctx_init(&ctx, &host);
  ctx.cancel   = (const volatile int *)&w->cancel;
  ctx.max_json = (size_t)a->o.request_most > ctx.max_json ? (size_t)a->o.request_most : ctx.max_json;
  atomic_fetch_add(&a->counts.operations, 1);
  st = filled ? dyo_call(&ctx, op->name, full.s, full.n, &reply) : dyo_call(&ctx, op->name, text, n, &reply);
  if (reply.text) dyo_buf_add(out, reply.text, reply.len);
  if (st != DYO_OK) st = op_error(reply.text, reply.len, st, err);
  dyo_reply_free(&reply);
  dyo_ctx_clear(&ctx);
  dyo_buf_free(&full);
  return st == DYO_OK && out->failed ? dyo_oom(err) : st;
}

/* --- one request's job ------------------------------------------------------------------------------------------------ */

static void free_job(op_job *j)
{
  free(j->text);
  free(j);
}

static void enlist(op_job *j)
{
  pthread_mutex_lock(&j->a->lock);
  j->next = j->a->jobs;
  j->link = &j->a->jobs;
  if (j->next) j->next->link = &j->next;
  j->a->jobs = j;
  pthread_mutex_unlock(&j->a->lock);
}

/* The lock is held. */
static void delist(op_job *j)
{
  *j->link = j->next;
  if (j->next) j->next->link = j->link;
}

/* The request if it still waits; from then on nobody else answers it. */
static exchange *take_exchange(op_job *j)
{
  pthread_mutex_lock(&j->a->lock);
  exchange *x = j->x;
  j->x        = NULL;
  if (x) delist(j);
  pthread_mutex_unlock(&j->a->lock);
  return x;
}

static void answer(exchange *x, dyo_status st, dyo_buf *b, const dyo_err *err)
{
  if (st == DYO_OK) api_json(x, 200, b);
  else api_problem(x, err);
}

/* The run's answer; of a search that was stopped what it had found. The text is gone from b. */
static void keep_result(store_run *run, dyo_status st, dyo_buf *b)
{
  if (st == DYO_OK) run->result = b->s;
  else run->result = op_partial(b->s, b->n);
  if (st != DYO_OK) dyo_buf_free(b);
  *b = (dyo_buf){0};
}

/* Of a batch's run it is enough to say which forecast it made. */
static void keep_id(store_run *run, dyo_buf *b)
{
  b->n = 0;
  dyo_buf_puts(b, "{");
  put_text(b, "forecast_id", run->id);
  dyo_buf_puts(b, "}");
  run->result = b->s;
  *b          = (dyo_buf){0};
}

static void compute(void *arg)
{
  op_job    *j   = arg;
  api       *a   = j->a;
  dyo_buf    b   = {0};
  dyo_err    err = {0};
  dyo_status st  = op_compute(a, j->tenant, j->op, j->text, j->n, &j->one, &b, &err);
  if (st == DYO_OK) st = op_store(a, j->tenant, j->one.run.id, 0, j->op, j->text, j->n, &b, &err);
  exchange *x = take_exchange(j);
  if (x) {
    answer(x, st, &b, &err);
  } else {
    keep_result(&j->one.run, st, &b);
    workers_finish(a->workers, &j->one, st, &err);
    store_run_free(&j->one.run, 1);
  }
  dyo_buf_free(&b);
  free_job(j);
}

static bool prefers_async(const exchange *x)
{
  const char *p = http_header(x->r, "Prefer");
  return p && strcasestr(p, "respond-async") != NULL;
}

/* {"operation":…,"input":…}: what a run needs to be done again. */
static void run_request(dyo_buf *b, const dyo_op *op, const char *text, size_t n)
{
  dyo_buf_puts(b, "{\"operation\":");
  dyo_buf_string(b, op->name);
  dyo_buf_puts(b, ",\"input\":");
  dyo_buf_add(b, text, n);
  dyo_buf_puts(b, "}");
}

typedef struct {
  const char *run_id, *state, *location;
} accepted_out;

const dyo_field accepted_rows[] = {
  DYO_STR(accepted_out, run_id, DYO_REQ, 0, "The run it became."), DYO_STR(accepted_out, state, DYO_REQ, 0, "queued."),
  DYO_STR(accepted_out, location, DYO_REQ, 0, "Where the run is."), DYO_END(accepted_out)};

void answer_accepted(exchange *x, const char *id)
{
  char    place[96];
  dyo_buf b = {0};
  snprintf(place, sizeof place, "/api/v1/runs/%s", id);
  put_row(&b, accepted_rows, &(accepted_out){id, "queued", place});
  http_reply *p = b.failed ? NULL : api_reply(202);
  http_reply_header(p, "Location", place);
  http_reply_header(p, "Cache-Control", "no-store");
  if (p) http_reply_body(p, "application/json", http_body_new(b.s, b.n));
  else dyo_buf_free(&b);
  api_finish(x, p);
}

static void queue_run(void *arg)
{
  exchange   *x    = arg;
  size_t      n    = 0;
  const char *text = http_body_bytes(x->r, &n);
  char        id[ID_CHARS];
  dyo_err     err;
  dyo_buf     request = {0};
  dyo_status  st      = dyo_json_check(text, n, &err);
  if (st == DYO_OK) run_request(&request, x->op, text, n);
  const store_run in = {
    .tenant = x->tenant, .kind = "operation", .subject = store_lent(x->op->name), .request = request.s};
  if (st == DYO_OK) st = request.failed ? dyo_oom(&err) : store_run_add(x->a->store, &in, id, &err);
  dyo_buf_free(&request);
  if (st != DYO_OK) {
    api_problem(x, &err);
    return;
  }
  workers_wake(x->a->workers);
  answer_accepted(x, id);
}

static op_job *job_of(exchange *x)
{
  size_t      n    = 0;
  const char *text = http_body_bytes(x->r, &n);
  op_job     *j    = calloc(1, sizeof *j);
  if (j) j->text = malloc(n + 1);
  if (!j || !j->text) {
    free(j);
    return NULL;
  }
  memcpy(j->text, text, n);
  j->text[n] = '\0';
  j->n       = n;
  j->a       = x->a;
  j->x       = x;
  j->op      = x->op;
  j->began   = clock_monotonic();
  memcpy(j->tenant, x->tenant, sizeof j->tenant);
  id_new(j->one.run.id);
  atomic_init(&j->one.stage, "started");
  return j;
}

void api_run_op(exchange *x)
{
  http_hold(x->r);
  if (prefers_async(x)) {
    if (!pool_add(x->a->requests, queue_run, x)) refuse_busy(x, "the server is busy; try again in a few seconds");
    return;
  }
  op_job *j = job_of(x);
  if (!j) {
    http_send(x->r, NULL);
    return;
  }
  enlist(j);
  if (pool_add(x->a->compute, compute, j)) return;
  if (take_exchange(j)) refuse_busy(x, "the server is busy; try again in a few seconds");
  free_job(j);
}

/* --- from request to run ------------------------------------------------------------------------------------------------ */

/* The lock is held: the longest of those that have waited too long and that somebody can wait for elsewhere. */
static op_job *overdue(api *a)
{
  const double now = clock_monotonic();
  op_job      *old = NULL;
  for (op_job *j = a->jobs; j; j = j->next)
    if ((j->op->flags & DYO_LONG) && !j->is_run && now - j->began > a->o.inline_s && (!old || j->began < old->began))
      old = j;
  if (old) old->is_run = true;
  return old;
}

/* Its run is written before its request is answered; if the operation ends meanwhile, that answers it and the run is closed. */
static void turn_into_run(api *a, op_job *j)
{
  char   *id = j->one.run.id;
  dyo_err err;
  dyo_buf request = {0};
  run_request(&request, j->op, j->text, j->n);
  const store_run in = {
    .tenant = j->tenant, .kind = "operation", .subject = store_lent(j->op->name), .request = request.s};
  const dyo_status st =
    request.failed ? dyo_oom(&err) : store_run_begin(a->store, &in, clock_now_ms() + workers_lease_ms(), id, &err);
  dyo_buf_free(&request);
  if (st != DYO_OK) return; /* then it is answered when it is done */
  j->one.run.tenant = strdup(j->tenant);
  j->one.run.kind   = strdup("operation");
  j->one.run.state  = RUN_RUNNING;
  j->one.run.epoch  = 1;
  workers_adopt(a->workers, &j->one);
  exchange *x = j->x;
  j->x        = NULL;
  delist(j);
  answer_accepted(x, id);
}

/* Called a few times a second. The lock is held while a run is written, so that its job cannot end in between. */
void op_jobs_tick(api *a)
{
  pthread_mutex_lock(&a->lock);
  for (op_job *j = overdue(a); j; j = overdue(a)) turn_into_run(a, j);
  pthread_mutex_unlock(&a->lock);
}

void op_jobs_stop(api *a)
{
  pthread_mutex_lock(&a->lock);
  for (op_job *j = a->jobs; j; j = j->next) atomic_store(&j->one.cancel, 1);
  pthread_mutex_unlock(&a->lock);
}

/* --- a queued run ------------------------------------------------------------------------------------------------------- */

typedef struct {
  dyo_piece operation, input;
} run_parts;

static bool take_part(void *user, dyo_piece name, dyo_piece value)
{
  run_parts *p = user;
  if (name.n == 9 && memcmp(name.s, "operation", 9) == 0) p->operation = value;
  if (name.n == 5 && memcmp(name.s, "input", 5) == 0) p->input = value;
  return true;
}

dyo_status op_work(void *user, work *w, dyo_err *err)
{
  api       *a = user;
  run_parts  p = {0};
  char       name[64];
  dyo_buf    b  = {0};
  dyo_status st = dyo_json_members(w->run.request, strlen(w->run.request), take_part, &p, err);
  if (st != DYO_OK) return st;
  snprintf(name, sizeof name, "%.*s", p.operation.n > 2 ? (int)(p.operation.n - 2) : 0, p.operation.s + 1);
  const dyo_op *op = dyo_op_find(name);
  if (!op) return dyo_op_unknown(name, err);
  char *text = strndup(p.input.s, p.input.n);
  if (!text) return dyo_oom(err);
  st = op_compute(a, w->run.tenant, op, text, p.input.n, w, &b, err);
  if (st == DYO_OK && atomic_load(&w->lost)) st = dyo_fail(err, DYO_CANCELLED, "", "another worker has it now");
  if (st == DYO_OK) st = op_store(a, w->run.tenant, w->run.id, w->run.epoch, op, text, p.input.n, &b, err);
  if (st == DYO_OK && w->run.batch[0]) keep_id(&w->run, &b);
  else keep_result(&w->run, st, &b);
  free(text);
  return st;
}
