/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Connectors at work: a sync as a run, and a test of the credentials. */
#include <stdlib.h>
#include <string.h>

#include "api/arrived.h"
#include "connect/connect.h"

/* --- asking for one ---------------------------------------------------------------------------------------------------------- */

/* The source, where it is one that fetches. */
static dyo_status fetching_source(exchange *x, store_source *t, dyo_err *err)
{
  const dyo_status st = store_source_get(x->a->store, x->tenant, x->params[0], t, err);
  if (st != DYO_OK || (connect_rows(t->type) && x->a->o.connect)) return st;
  dyo_fail(err, DYO_CONFLICT, "", "a connector of type %.40s has nothing to fetch", t->type);
  store_source_free(t, 1);
  return err->code;
}

void api_source_sync(exchange *x)
{
  store_source t;
  dyo_err      err;
  char         id[ID_CHARS];
  bool         made = false;
  dyo_status   st   = fetching_source(x, &t, &err);
  if (st == DYO_OK) {
    const store_run in = {
      .tenant = x->tenant, .kind = store_lent("sync"), .subject = store_lent(t.id), .request = store_lent("{}")};
    st = strcmp(t.state, "paused") == 0
           ? dyo_fail(&err, DYO_CONFLICT, "", "the connector is paused; let it go on first")
           : store_run_add_alone(x->a->store, &in, id, &made, &err);
    store_source_free(&t, 1);
  }
  if (st != DYO_OK) {
    api_problem(x, &err);
    return;
  }
  if (made) workers_wake(x->a->syncs);
  answer_accepted(x, id);
}

typedef struct {
  bool        ok;
  const char *message, *details;
} test_out;

const dyo_field source_test_rows[] = {
  DYO_BOOL(test_out, ok, DYO_REQ, "Whether the credentials are good."),
  DYO_STR(test_out, message, DYO_REQ, 0, "What was found, in words."),
  DYO_JSON(test_out, details, DYO_NULL, "What can be seen, as the connector's type has it."), DYO_END(test_out)};

void api_source_test(exchange *x)
{
  store_source   t;
  dyo_err        err;
  connect_report r  = {0};
  dyo_status     st = fetching_source(x, &t, &err);
  if (st == DYO_OK) {
    st = connect_check(x->a->o.connect, x->tenant, t.id, NULL, &r, &err);
    store_source_free(&t, 1);
  }
  if (st == DYO_OK) api_row(x, 200, source_test_rows, &(test_out){r.ok, r.message, r.details});
  else api_problem(x, &err);
  connect_report_free(&r);
}

/* --- the run ------------------------------------------------------------------------------------------------------------------- */

/* Elements of an array of metric names, as connect_sync answers them. */
typedef struct {
  const char **metrics;
  size_t       n_metrics;
} names_in;

static const dyo_field names_rows[] = {DYO_STRS(names_in, metrics, DYO_REQ, 1e6, "Names."), DYO_END(names_in)};

static dyo_status announce(api *a, const char *tenant, const char *metrics, dyo_err *err)
{
  dyo_ctx  ctx;
  dyo_buf  b  = {0};
  names_in in = {0};
  dyo_ctx_init(&ctx, NULL);
  dyo_buf_printf(&b, "{\"metrics\":%s}", metrics);
  dyo_status st = b.failed ? dyo_oom(err) : dyo_json_decode(&ctx, b.s, b.n, names_rows, &in, err);
  for (size_t i = 0; i < in.n_metrics && st == DYO_OK; i++) st = data_arrived(a, tenant, in.metrics[i], err);
  dyo_buf_free(&b);
  dyo_ctx_clear(&ctx);
  return st;
}

static void take_outcome(work *w, connect_outcome *o)
{
  w->run.state         = o->state;
  w->run.rows_read     = o->read;
  w->run.rows_stored   = o->stored;
  w->run.rows_rejected = o->rejected;
  w->run.result        = o->result;
  o->result            = NULL;
  free(w->run.method);
  w->run.method = strdup(o->method);
  if (o->state != RUN_PARTIAL && o->state != RUN_FAILED) return;
  w->run.code    = strdup(dyo_status_text(o->why.code ? o->why.code : DYO_UPSTREAM_ERROR));
  w->run.path    = strdup(o->why.path);
  w->run.message = strdup(o->why.message);
}

dyo_status sync_work(void *user, work *w, dyo_err *err)
{
  api              *a   = user;
  connect_outcome   o   = {0};
  const connect_job job = {.tenant     = w->run.tenant,
                           .source_id  = w->run.subject,
                           .run_id     = w->run.id,
                           .checkpoint = w->run.checkpoint,
                           .epoch      = w->run.epoch,
                           .run_no     = w->run.created,
                           .cancel     = &w->cancel,
                           .fraction   = &w->fraction,
                           .stage      = &w->stage};
  if (!a->o.connect) return dyo_fail(err, DYO_UNSUPPORTED, "", "nothing is fetched here");
  dyo_status st = connect_sync(a->o.connect, &job, &o, err);
  if (st == DYO_OK) st = announce(a, w->run.tenant, o.metrics, err);
  if (st == DYO_OK && o.state == RUN_CANCELLED)
    st = dyo_fail(err, DYO_CANCELLED, "", "cancelled; what was stored before stays");
  if (o.result) {
    take_outcome(w, &o);
    if (st != DYO_OK) w->run.state = RUN_RUNNING; /* what it becomes is said by the error */
  }
  connect_outcome_free(&o);
  return st;
}
