/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Forecasts of many stored series by one request: what is asked is checked once, by the rows of the operation itself, and kept with the
 * batch; the store makes its runs a few at a time. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/stored.h"
#include "ops/dyo_op_forecast.h"
#include "series/dyo_calendar.h"

enum { SERIES_MOST = 10000, ERRORS = 10 };

/* --- what is asked ------------------------------------------------------------------------------------------------------- */

typedef struct {
  const char *metric_name, *dimensions;
} named_in;

static const dyo_field named_rows[] = {
  DYO_STR(named_in, metric_name, DYO_REQ, 500, "Its metric."),
  DYO_JSON(named_in, dimensions, DYO_OPT, "Exactly its dimensions; absent: it has none."), DYO_END(named_in)};

typedef struct {
  const char *metric_name, *dimensions, *from, *to, *frequency, *aggregate;
  named_in   *series;
  size_t      n_series;
} batch_in;

const dyo_field batch_add_rows[] = {
  DYO_STR(batch_in, metric_name, DYO_OPT, 500,
          "Stored metric whose series are forecast; absent: those of every metric."),
  DYO_JSON(batch_in, dimensions, DYO_OPT, "Only series that have these members, for example {\"store\":\"north\"}."),
  DYO_LIST(batch_in, series, DYO_OPT, SERIES_MOST, named_in, named_rows,
           "The stored series to forecast, one by one, in place of metric_name and dimensions."),
  RANGE_ROWS(batch_in),
  DYO_STR(batch_in, aggregate, DYO_OPT, 16, "How values that fall together become one: sum, mean, …"),
  DYO_END(batch_in)};

const char *const batch_unfit[] = {"regressors", "future_regressors", "related_series", NULL};

/* The request in two: what says which series (`own`, and of that what each forecast is to know too), and what the operation takes. */
typedef struct {
  dyo_buf     own, rest, keep;
  const char *unfit;
} parts;

static void add_member(dyo_buf *b, dyo_piece name, dyo_piece value)
{
  dyo_buf_puts(b, b->n > 1 ? ",\"" : "\"");
  dyo_buf_add(b, name.s, name.n);
  dyo_buf_puts(b, "\":");
  dyo_buf_add(b, value.s, value.n);
}

static bool is(dyo_piece name, const char *word)
{
  return name.n == strlen(word) && memcmp(name.s, word, name.n) == 0;
}

static bool take_member(void *user, dyo_piece name, dyo_piece value)
{
  parts *p   = user;
  bool   own = false;
  for (const dyo_field *f = batch_add_rows; f->name && !own; f++) own = is(name, f->name);
  for (const char *const *w = batch_unfit; *w; w++)
    if (is(name, *w)) p->unfit = *w;
  const bool which = is(name, "metric_name") || is(name, "dimensions") || is(name, "series");
  add_member(own ? &p->own : &p->rest, name, value);
  if (!which) add_member(&p->keep, name, value);
  return true;
}

static dyo_status split(const char *text, size_t n, parts *p, dyo_err *err)
{
  dyo_buf_puts(&p->own, "{");
  dyo_buf_puts(&p->rest, "{");
  dyo_buf_puts(&p->keep, "{");
  dyo_status st = dyo_json_members(text, n, take_member, p, err);
  if (st != DYO_OK) return st;
  if (p->unfit) {
    char path[40];
    snprintf(path, sizeof path, "/%s", p->unfit);
    return dyo_fail(err, DYO_INVALID_INPUT, path, "it belongs to one series; a batch takes what holds for each");
  }
  dyo_buf_puts(&p->own, "}");
  dyo_buf_puts(&p->keep, "}");
  dyo_buf_puts(&p->rest, p->rest.n > 1 ? ",\"series\":{\"values\":[1]}}" : "\"series\":{\"values\":[1]}}");
  return p->own.failed || p->rest.failed || p->keep.failed ? dyo_oom(err) : DYO_OK;
}

static void free_parts(parts *p)
{
  dyo_buf_free(&p->own), dyo_buf_free(&p->rest), dyo_buf_free(&p->keep);
}

/* Would forecast.create take it, were there a series? */
static dyo_status check_rest(dyo_ctx *ctx, const parts *p, dyo_err *err)
{
  dyo_create_in in = {0};
  dyo_status    st = dyo_json_decode(ctx, p->rest.s, p->rest.n, dyo_create_in_rows, &in, err);
  return st == DYO_OK ? dyo_create_check(ctx, &in, err) : st;
}

static dyo_status check_words(const batch_in *in, dyo_err *err)
{
  const char *const texts[] = {in->from, in->to}, *const paths[] = {"/from", "/to"};
  dyo_time t;
  dyo_freq f;
  bool     known = !in->aggregate;
  for (int i = 0; i < 2; i++)
    if (texts[i] && !dyo_time_parse(texts[i], &t))
      return dyo_fail(err, DYO_INVALID_INPUT, paths[i], "found \"%.40s\"; an ISO 8601 date is expected", texts[i]);
  if (in->frequency && !dyo_freq_parse(in->frequency, &f))
    return dyo_fail(err, DYO_INVALID_INPUT, "/frequency",
                    "found \"%.16s\"; H, D, W, M, Q, Y or minutes such as 15min are expected", in->frequency);
  for (const char *const *w = dyo_aggregate_words; *w && !known; w++) known = strcmp(*w, in->aggregate) == 0;
  return known ? DYO_OK
               : dyo_fail(err, DYO_INVALID_INPUT, "/aggregate",
                          "found \"%.16s\"; sum, mean, min, max, first, last or count is expected", in->aggregate);
}

static dyo_status canonical(dyo_ctx *ctx, const char *text, const char *path, const char **out, dyo_err *err)
{
  dyo_buf    b  = {0};
  dyo_status st = canonical_dimensions(text, strlen(text), &b, err);
  if (st == DYO_OK && b.failed) st = dyo_oom(err);
  char *copy = st == DYO_OK ? dyo_alloc(ctx, b.n + 1, 1) : NULL;
  if (copy) memcpy(copy, b.s, b.n + 1);
  else if (st == DYO_OK) st = dyo_oom(err);
  dyo_buf_free(&b);
  *out = copy;
  return st == DYO_INVALID_INPUT ? at_path(err, path) : st;
}

/* The series by their names as the store has them; NULL where none is named. */
static dyo_status names_of(dyo_ctx *ctx, const batch_in *in, store_name **out, dyo_err *err)
{
  *out = NULL;
  if (!in->series) return DYO_OK;
  if (in->metric_name || in->dimensions)
    return dyo_fail(err, DYO_INVALID_INPUT, "/series",
                    "it stands in place of metric_name and dimensions; one is expected");
  if (in->n_series == 0)
    return dyo_fail(err, DYO_INVALID_INPUT, "/series", "found none; one series or more is expected");
  store_name *list = DYO_NEW(ctx, in->n_series, store_name);
  dyo_status  st   = list ? DYO_OK : dyo_oom(err);
  for (size_t i = 0; st == DYO_OK && i < in->n_series; i++) {
    char path[48];
    snprintf(path, sizeof path, "/series/%zu/dimensions", i);
    list[i].metric     = in->series[i].metric_name;
    list[i].dimensions = "{}";
    if (in->series[i].dimensions) st = canonical(ctx, in->series[i].dimensions, path, &list[i].dimensions, err);
  }
  *out = list;
  return st;
}

typedef struct {
  api        *a;
  const char *tenant, *by;
} asker;

static dyo_status add_batch(const asker *who, dyo_ctx *ctx, const parts *p, char id[ID_CHARS], dyo_err *err)
{
  batch_in    in         = {0};
  store_name *list       = NULL;
  const char *dimensions = NULL;
  dyo_status  st         = dyo_json_decode(ctx, p->own.s, p->own.n, batch_add_rows, &in, err);
  if (st == DYO_OK) st = check_rest(ctx, p, err);
  if (st == DYO_OK) st = check_words(&in, err);
  if (st == DYO_OK) st = names_of(ctx, &in, &list, err);
  if (st == DYO_OK && in.dimensions) st = canonical(ctx, in.dimensions, "/dimensions", &dimensions, err);
  if (st != DYO_OK) return st;
  const store_batch b = {
    .metric = store_lent(in.metric_name), .dimensions = store_lent(dimensions), .request = p->keep.s, .by = who->by};
  return store_batch_add(who->a->store, who->tenant, &b, list, in.n_series, id, err);
}

dyo_status batch_add(api *a, const char *tenant, const char *by, const char *text, size_t n, char id[ID_CHARS],
                     dyo_err *err)
{
  parts      p = {0};
  dyo_ctx    ctx;
  dyo_status st = split(text, n, &p, err);
  dyo_ctx_init(&ctx, NULL);
  if (st == DYO_OK) st = add_batch(&(asker){a, tenant, by}, &ctx, &p, id, err);
  dyo_ctx_clear(&ctx);
  free_parts(&p);
  if (st == DYO_OK) workers_wake(a->workers);
  return st;
}

/* --- what is answered ---------------------------------------------------------------------------------------------------- */

typedef struct {
  const char *run_id, *metric_name, *dimensions, *code, *path, *message;
} failed_out;

static const dyo_field failed_rows[] = {DYO_STR(failed_out, run_id, DYO_REQ, 0, "The run that failed."),
                                        DYO_STR(failed_out, metric_name, DYO_REQ, 0, "Metric of its series."),
                                        DYO_JSON(failed_out, dimensions, DYO_NULL, "Dimensions of its series."),
                                        DYO_STR(failed_out, code, DYO_REQ, 0, "What kind of error, as in a problem."),
                                        DYO_STR(failed_out, path, DYO_REQ, 0, "JSON pointer into the request."),
                                        DYO_STR(failed_out, message, DYO_REQ, 0, "What was found and what is allowed."),
                                        DYO_END(failed_out)};

typedef struct {
  const char *batch_id, *metric_name, *dimensions, *request, *created_at, *finished_at;
  int         state;
  bool        cancel_asked;
  double      series, waiting, queued, running, succeeded, failed, cancelled, fraction;
  failed_out *errors;
  size_t      n_errors;
} batch_out;

const dyo_field batch_rows[] = {
  DYO_STR(batch_out, batch_id, DYO_REQ, 0, "Its id."),
  DYO_ENUM(batch_out, state, DYO_REQ, store_run_words,
           "Where it is; the last four are final. partial: some of its series could not be forecast."),
  DYO_STR(batch_out, metric_name, DYO_NULL, 0, "The metric it was asked for; null: no one alone."),
  DYO_JSON(batch_out, dimensions, DYO_NULL, "Members that its series have; null: no matter which."),
  DYO_JSON(batch_out, request, DYO_REQ, "What each series is forecast with."),
  DYO_OUT(batch_out, series, DYO_REQ, "series", "How many it forecasts; each is in one of the counts that follow."),
  DYO_OUT(batch_out, waiting, DYO_REQ, "series", "Not queued yet: few of a batch are at a time."),
  DYO_OUT(batch_out, queued, DYO_REQ, "series", "Queued."),
  DYO_OUT(batch_out, running, DYO_REQ, "series", "Being forecast."),
  DYO_OUT(batch_out, succeeded, DYO_REQ, "series", "Forecast: GET /api/v1/forecaster/?batch_id= lists them."),
  DYO_OUT(batch_out, failed, DYO_REQ, "series", "That could not be forecast."),
  DYO_OUT(batch_out, cancelled, DYO_REQ, "series", "That somebody cancelled."),
  DYO_OUT(batch_out, fraction, DYO_REQ, "0..1", "How much is done."),
  DYO_BOOL(batch_out, cancel_asked, DYO_REQ, "Whether somebody asked for its end."),
  DYO_LIST(batch_out, errors, DYO_REQ, ERRORS, failed_out, failed_rows, "The first failures; empty in lists."),
  DYO_STR(batch_out, created_at, DYO_REQ, 0, "When it was made, ISO 8601."),
  DYO_STR(batch_out, finished_at, DYO_NULL, 0, "When it ended."),
  DYO_END(batch_out)};

static void put_batch(dyo_buf *b, const store_batch *in, failed_out *errors, size_t n)
{
  char            when[2][CLOCK_TEXT];
  const int64_t   done = in->succeeded + in->failed + in->cancelled;
  const batch_out out  = {.batch_id     = in->id,
                          .state        = (int)in->state,
                          .metric_name  = in->metric,
                          .dimensions   = in->dimensions,
                          .request      = in->request,
                          .series       = (double)in->series,
                          .waiting      = (double)in->waiting,
                          .queued       = (double)in->queued,
                          .running      = (double)in->running,
                          .succeeded    = (double)in->succeeded,
                          .failed       = (double)in->failed,
                          .cancelled    = (double)in->cancelled,
                          .fraction     = in->series ? (double)done / (double)in->series : 1,
                          .cancel_asked = in->cancel_asked,
                          .errors       = errors,
                          .n_errors     = n,
                          .created_at   = when_text(in->created, when[0]),
                          .finished_at  = when_text(in->finished, when[1])};
  put_row(b, batch_rows, &out);
}

typedef struct {
  named_in *input;
} run_in;

static const dyo_field run_in_rows[] = {DYO_OBJ(run_in, input, DYO_REQ, named_in, named_rows, "Its input."),
                                        DYO_END(run_in)};

static failed_out failed_of(dyo_ctx *ctx, const store_run *r)
{
  run_in     in = {0};
  dyo_err    ignored;
  const bool ok = dyo_json_decode_known(ctx, "", r->request, strlen(r->request), run_in_rows, &in, &ignored) == DYO_OK;
  return (failed_out){.run_id      = r->id,
                      .metric_name = ok ? in.input->metric_name : "",
                      .dimensions  = ok ? in.input->dimensions : NULL,
                      .code        = r->code ? r->code : "internal",
                      .path        = r->path ? r->path : "",
                      .message     = r->message ? r->message : ""};
}

/* One batch with its first failures. *over: it has ended. */
static dyo_status look_at(api *a, const char *tenant, const char *id, dyo_buf *b, bool *over, dyo_err *err)
{
  store_batch batch;
  store_run  *failed = NULL;
  size_t      n      = 0;
  failed_out  errors[ERRORS];
  dyo_ctx     ctx;
  dyo_status  st = store_batch_get(a->store, tenant, id, &batch, err);
  if (st != DYO_OK) return st;
  dyo_ctx_init(&ctx, NULL);
  if (batch.failed) st = store_batch_failed(a->store, tenant, id, ERRORS, &failed, &n, err);
  for (size_t i = 0; i < n; i++) errors[i] = failed_of(&ctx, &failed[i]);
  *over = batch.state > RUN_RUNNING;
  if (st == DYO_OK) put_batch(b, &batch, errors, n);
  dyo_ctx_clear(&ctx);
  store_run_free(failed, n);
  free(failed);
  store_batch_free(&batch, 1);
  return st;
}

dyo_status batch_json(api *a, const char *tenant, const char *id, dyo_buf *b, dyo_err *err)
{
  bool over = false;
  return look_at(a, tenant, id, b, &over, err);
}

/* --- routes -------------------------------------------------------------------------------------------------------------- */

static void answer_batch(exchange *x, int status, const char *id)
{
  dyo_err err;
  dyo_buf b = {0};
  char    place[96];
  if (batch_json(x->a, x->tenant, id, &b, &err) != DYO_OK) {
    api_problem(x, &err);
    return;
  }
  http_reply *p = b.failed ? NULL : api_reply(status);
  snprintf(place, sizeof place, "/api/v1/batches/%s", id);
  if (status == 202) http_reply_header(p, "Location", place);
  http_reply_header(p, "Cache-Control", "no-store");
  if (p) api_send(x, p, "application/json", b.s, b.n);
  else dyo_buf_free(&b), http_send(x->r, NULL);
}

void api_batch_add(exchange *x)
{
  size_t      n    = 0;
  const char *text = http_body_bytes(x->r, &n);
  char        id[ID_CHARS];
  dyo_err     err;
  if (batch_add(x->a, x->tenant, x->actor, text, n, id, &err) == DYO_OK) answer_batch(x, 202, id);
  else api_problem(x, &err);
}

void api_batch(exchange *x)
{
  answer_batch(x, 200, x->params[0]);
}

void api_batch_cancel(exchange *x)
{
  dyo_err err;
  if (store_batch_cancel(x->a->store, x->tenant, x->params[0], x->actor, clock_now_ms(), &err) != DYO_OK)
    api_problem(x, &err);
  else api_batch(x);
}

void api_batch_events(exchange *x)
{
  api_watch(x, look_at);
}

void api_batches(exchange *x)
{
  const store_page page = api_page_of(x);
  store_batch     *list = NULL;
  failed_out       none = {0}; /* an empty list is not a missing one */
  size_t           n    = 0;
  char             next[STORE_CURSOR];
  dyo_err          err;
  dyo_buf          b = {0};
  if (store_batch_list(x->a->store, x->tenant, &page, &list, &n, next, &err) != DYO_OK) {
    api_problem(x, &err);
    return;
  }
  items_begin(&b);
  for (size_t i = 0; i < n; i++) {
    dyo_buf_puts(&b, i ? "," : "");
    put_batch(&b, &list[i], &none, 0);
  }
  items_end(&b, next);
  store_batch_free(list, n);
  free(list);
  api_json(x, 200, &b);
}
