/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stored forecasts, their evaluation against what has come since, and stored optimisation runs. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "api/exchange.h"
#include "api/stored.h"
#include "base/clock.h"
#include "series/dyo_calendar.h"
#include "stats/dyo_errors.h"

/* --- forecasts ------------------------------------------------------------------------------------------------------- */

#define FORECAST_ROWS                                                                                              \
  DYO_STR(forecast_out, forecast_id, DYO_REQ, 0, "Its id."),                                                       \
    DYO_STR(forecast_out, metric_name, DYO_NULL, 0, "Stored metric; null: the series came with the request."),     \
    DYO_JSON(forecast_out, dimensions, DYO_NULL, "Which series of the metric."),                                   \
    DYO_STR(forecast_out, model_type, DYO_REQ, 0, "Model that was used."),                                         \
    DYO_STR(forecast_out, created_at, DYO_REQ, 0, "When it was made, ISO 8601."),                                  \
    DYO_JSON(forecast_out, accuracy_metrics, DYO_NULL, "How good the model was in a backtest, when it was made."), \
    DYO_JSON(forecast_out, evaluation, DYO_NULL, "Its last evaluation against what came."),                        \
    DYO_STR(forecast_out, evaluated_at, DYO_NULL, 0, "When that was."),                                            \
    DYO_STR(forecast_out, batch_id, DYO_NULL, 0, "The batch it was made by; null: none.")

const dyo_field forecast_rows[]       = {FORECAST_ROWS, DYO_END(forecast_out)};
const dyo_field forecast_whole_rows[] = {
  FORECAST_ROWS, DYO_JSON(forecast_out, request, DYO_REQ, "The request as it came."),
  DYO_JSON(forecast_out, result, DYO_REQ, "The answer it got."), DYO_END(forecast_out)};

typedef struct {
  int         limit;
  const char *cursor, *metric_name, *batch_id;
} forecasts_in;

const dyo_field forecasts_query[] = {
  PAGE_ROWS(forecasts_in), DYO_STR(forecasts_in, metric_name, DYO_OPT, 500, "Only forecasts of this metric."),
  DYO_STR(forecasts_in, batch_id, DYO_OPT, 100, "Only forecasts of this batch."), DYO_END(forecasts_in)};

typedef struct {
  forecast_out out;
  char         when[2][CLOCK_TEXT];
} forecast_text;

static const forecast_out *forecast_of(const store_forecast *f, forecast_text *t)
{
  t->out = (forecast_out){.forecast_id      = f->id,
                          .metric_name      = f->metric,
                          .dimensions       = f->dimensions,
                          .model_type       = f->model_type,
                          .created_at       = when_text(f->created, t->when[0]),
                          .accuracy_metrics = f->accuracy,
                          .evaluation       = f->evaluation,
                          .evaluated_at     = when_text(f->evaluated, t->when[1]),
                          .batch_id         = f->batch[0] ? f->batch : NULL,
                          .request          = f->request,
                          .result           = f->result};
  return &t->out;
}

dyo_status forecasts_json(api *a, const char *tenant, const char *metric, const char *batch, const store_page *page,
                          dyo_buf *b, dyo_err *err)
{
  store_forecast  *list = NULL;
  size_t           n    = 0;
  char             next[STORE_CURSOR];
  const dyo_status st = store_forecast_list(a->store, tenant, metric, batch, page, &list, &n, next, err);
  if (st != DYO_OK) return st;
  items_begin(b);
  for (size_t i = 0; i < n; i++) items_add(b, forecast_rows, forecast_of(&list[i], &(forecast_text){0}));
  items_end(b, next);
  store_forecast_free(list, n);
  free(list);
  return DYO_OK;
}

void api_forecasts(exchange *x)
{
  const store_page page = api_page_of(x);
  dyo_err          err;
  dyo_buf          b      = {0};
  const char      *metric = http_query(x->r, "metric_name"), *batch = http_query(x->r, "batch_id");
  if (forecasts_json(x->a, x->tenant, metric, batch, &page, &b, &err) == DYO_OK) api_json(x, 200, &b);
  else api_problem(x, &err);
}

dyo_status forecast_json(api *a, const char *tenant, const char *id, dyo_buf *b, dyo_err *err)
{
  store_forecast   f;
  const dyo_status st = store_forecast_get(a->store, tenant, id, &f, err);
  if (st != DYO_OK) return st;
  put_row(b, forecast_whole_rows, forecast_of(&f, &(forecast_text){0}));
  store_forecast_free(&f, 1);
  return DYO_OK;
}

void api_forecast(exchange *x)
{
  dyo_err err;
  dyo_buf b = {0};
  if (forecast_json(x->a, x->tenant, x->params[0], &b, &err) == DYO_OK) api_json(x, 200, &b);
  else api_problem(x, &err);
}

/* What an evaluation needs of a stored result; "confidence_intervals" is an object or a list of them. */
typedef struct {
  const char **dates;
  size_t       n_dates;
  double      *predictions;
  size_t       n_predictions;
} forecast_part;

typedef struct {
  double     *lower, *upper;
  size_t      n_lower, n_upper;
  const char *confidence_level;
} interval_part;

static const dyo_field part_rows[] = {
  DYO_STRS(forecast_part, dates, DYO_REQ, 1e6, "Dates."),
  DYO_NUMS(forecast_part, predictions, 0, DYO_REQ, -DBL_MAX, DBL_MAX, NULL, "Predictions."), DYO_END(forecast_part)};

static const dyo_field interval_rows[] = {DYO_NUMS(interval_part, lower, 0, DYO_REQ, -DBL_MAX, DBL_MAX, NULL, "Lower."),
                                          DYO_NUMS(interval_part, upper, 0, DYO_REQ, -DBL_MAX, DBL_MAX, NULL, "Upper."),
                                          DYO_STR(interval_part, confidence_level, DYO_OPT, 32, "Level."),
                                          DYO_END(interval_part)};

typedef struct {
  dyo_piece dates, predictions, intervals;
} result_pieces;

static bool take_piece(void *user, dyo_piece name, dyo_piece value)
{
  result_pieces *p = user;
  if (name.n == 5 && memcmp(name.s, "dates", 5) == 0) p->dates = value;
  if (name.n == 11 && memcmp(name.s, "predictions", 11) == 0) p->predictions = value;
  if (name.n == 20 && memcmp(name.s, "confidence_intervals", 20) == 0) p->intervals = value;
  return true;
}

static dyo_status read_result(dyo_ctx *ctx, const char *result, forecast_part *f, interval_part *v, dyo_err *err)
{
  result_pieces p  = {0};
  dyo_buf       b  = {0};
  dyo_status    st = dyo_json_members(result, strlen(result), take_piece, &p, err);
  if (st != DYO_OK || !p.dates.s || !p.predictions.s || !p.intervals.s)
    return dyo_fail(err, DYO_INTERNAL, "", "the stored forecast cannot be read");
  dyo_buf_printf(&b, "{\"dates\":%.*s,\"predictions\":%.*s}", (int)p.dates.n, p.dates.s, (int)p.predictions.n,
                 p.predictions.s);
  st               = b.failed ? dyo_oom(err) : dyo_json_decode(ctx, b.s, b.n, part_rows, f, err);
  b.n              = 0;
  const bool  list = p.intervals.s[0] == '[';
  const char *from = list ? p.intervals.s + 1 : p.intervals.s; /* of several levels the first one asked for counts */
  const char *end  = memchr(from, '}', (size_t)(p.intervals.s + p.intervals.n - from));
  dyo_buf_add(&b, from, end ? (size_t)(end + 1 - from) : 0);
  if (st == DYO_OK) st = b.failed ? dyo_oom(err) : dyo_json_decode(ctx, b.s, b.n, interval_rows, v, err);
  dyo_buf_free(&b);
  return st;
}

/* Actual values at the forecast's dates, NaN where none has come. */
typedef struct {
  const int64_t *time;
  double        *y;
  size_t         n, found;
} actuals;

static bool take_actual(void *user, const char *dimensions, const int64_t *time, const double *value, size_t n)
{
  actuals *a = user;
  (void)dimensions;
  for (size_t i = 0, k = 0; i < n; i++) {
    while (k < a->n && a->time[k] < time[i]) k++;
    if (k == a->n) break;
    if (a->time[k] != time[i] || isnan(value[i])) continue;
    a->found += isnan(a->y[k]);
    a->y[k] = value[i];
  }
  return true;
}

static dyo_status read_actuals(exchange *x, dyo_ctx *ctx, const store_forecast *f, const forecast_part *p, actuals *a,
                               dyo_err *err)
{
  int64_t *time = DYO_NEW(ctx, p->n_dates, int64_t);
  *a            = (actuals){time, DYO_NEW(ctx, p->n_dates, double), p->n_dates, 0};
  if (!time || !a->y) return dyo_oom(err);
  for (size_t i = 0; i < p->n_dates; i++) {
    a->y[i] = NAN;
    if (!dyo_time_parse(p->dates[i], &time[i]))
      return dyo_fail(err, DYO_UNSUPPORTED, "", "the forecast has no dates, so that nothing can be compared");
  }
  const store_range r = {f->metric, f->dimensions, time[0], time[p->n_dates - 1], false};
  return store_values_read(x->a->store, x->tenant, &r, take_actual, a, err);
}

typedef struct {
  const char *forecast_id, *model_type, *from;
  double      steps, n, mae, rmse, mape, smape, coverage;
} evaluation_out;

const dyo_field evaluation_rows[] = {
  DYO_STR(evaluation_out, forecast_id, DYO_REQ, 0, "The forecast."),
  DYO_STR(evaluation_out, model_type, DYO_REQ, 0, "Its model."),
  DYO_STR(evaluation_out, from, DYO_REQ, 0, "Its first date."),
  DYO_OUT(evaluation_out, steps, DYO_REQ, "steps", "How far it reaches."),
  DYO_OUT(evaluation_out, n, DYO_REQ, "values", "Values that have come."),
  DYO_OUT(evaluation_out, mae, DYO_NULL, NULL, "Mean absolute error."),
  DYO_OUT(evaluation_out, rmse, DYO_NULL, NULL, "Root mean square error."),
  DYO_OUT(evaluation_out, mape, DYO_NULL, "percent", "Mean absolute error as a share of the value."),
  DYO_OUT(evaluation_out, smape, DYO_NULL, "0..200", "Symmetric mean absolute percentage error."),
  DYO_OUT(evaluation_out, coverage, DYO_NULL, "0..1", "Share of the values inside the interval."),
  DYO_END(evaluation_out)};

static double known(double v)
{
  return isfinite(v) ? v : NAN;
}

static evaluation_out measure(const store_forecast *f, const forecast_part *p, const interval_part *v, const actuals *a)
{
  return (evaluation_out){.forecast_id = f->id,
                          .model_type  = f->model_type,
                          .from        = p->dates[0],
                          .steps       = (double)p->n_dates,
                          .n           = (double)a->found,
                          .mae         = known(dyo_mae(a->y, p->predictions, a->n)),
                          .rmse        = known(dyo_rmse(a->y, p->predictions, a->n)),
                          .mape        = known(dyo_mape(a->y, p->predictions, a->n)),
                          .smape       = known(dyo_smape(a->y, p->predictions, a->n)),
                          .coverage    = known(dyo_coverage(a->y, v->lower, v->upper, a->n))};
}

static dyo_status evaluate(exchange *x, dyo_ctx *ctx, const store_forecast *f, dyo_buf *b, dyo_err *err)
{
  forecast_part p = {0};
  interval_part v = {0};
  actuals       a = {0};
  if (!f->metric)
    return dyo_fail(err, DYO_UNSUPPORTED, "",
                    "the forecast's series came with its request; only one of a stored metric can be evaluated");
  dyo_status st = read_result(ctx, f->result, &p, &v, err);
  if (st == DYO_OK && (p.n_predictions != p.n_dates || v.n_lower != p.n_dates || v.n_upper != p.n_dates))
    st = dyo_fail(err, DYO_INTERNAL, "", "the stored forecast cannot be read");
  if (st == DYO_OK) st = read_actuals(x, ctx, f, &p, &a, err);
  if (st == DYO_OK && a.found == 0)
    st = dyo_fail(err, DYO_INSUFFICIENT_DATA, "", "nothing has come yet for the days from %s on", p.dates[0]);
  if (st != DYO_OK) return st;
  const evaluation_out out = measure(f, &p, &v, &a);
  put_row(b, evaluation_rows, &out);
  if (b->failed) return dyo_oom(err);
  return store_forecast_evaluate(x->a->store, x->tenant, f->id, b->s, clock_now_ms(), err);
}

void api_evaluate(exchange *x)
{
  store_forecast f;
  dyo_ctx        ctx;
  dyo_err        err;
  dyo_buf        b = {0};
  if (store_forecast_get(x->a->store, x->tenant, x->params[0], &f, &err) != DYO_OK) {
    api_problem(x, &err);
    return;
  }
  dyo_ctx_init(&ctx, NULL);
  const dyo_status st = evaluate(x, &ctx, &f, &b, &err);
  dyo_ctx_clear(&ctx);
  store_forecast_free(&f, 1);
  if (st == DYO_OK) {
    api_json(x, 200, &b);
    return;
  }
  dyo_buf_free(&b);
  api_problem(x, &err);
}

/* --- optimisation runs ------------------------------------------------------------------------------------------------- */

typedef struct {
  const char *id, *optimization_type, *parameters, *results, *created_at;
} optimization_out;

const dyo_field optimization_rows[] = {DYO_STR(optimization_out, id, DYO_REQ, 0, "Its id."),
                                       DYO_STR(optimization_out, optimization_type, DYO_REQ, 0, "The operation."),
                                       DYO_JSON(optimization_out, parameters, DYO_REQ, "The request as it came."),
                                       DYO_JSON(optimization_out, results, DYO_REQ, "The answer it got."),
                                       DYO_STR(optimization_out, created_at, DYO_REQ, 0, "When it was made, ISO 8601."),
                                       DYO_END(optimization_out)};

typedef struct {
  int         limit;
  const char *cursor, *optimization_type;
} optimizations_in;

const dyo_field optimizations_query[] = {
  PAGE_ROWS(optimizations_in),
  DYO_STR(optimizations_in, optimization_type, DYO_OPT, 64, "Only runs of this operation."), DYO_END(optimizations_in)};

typedef struct {
  optimization_out out;
  char             when[CLOCK_TEXT];
} optimization_text;

static const optimization_out *optimization_of(const store_optimization *o, optimization_text *t)
{
  t->out = (optimization_out){o->id, o->type, o->parameters, o->results, when_text(o->created, t->when)};
  return &t->out;
}

void api_optimizations(exchange *x)
{
  const store_page    page = api_page_of(x);
  store_optimization *list = NULL;
  size_t              n    = 0;
  char                next[STORE_CURSOR];
  dyo_err             err;
  dyo_buf             b = {0};
  if (store_optimization_list(x->a->store, x->tenant, http_query(x->r, "optimization_type"), &page, &list, &n, next,
                              &err) != DYO_OK) {
    api_problem(x, &err);
    return;
  }
  items_begin(&b);
  for (size_t i = 0; i < n; i++) items_add(&b, optimization_rows, optimization_of(&list[i], &(optimization_text){0}));
  items_end(&b, next);
  store_optimization_free(list, n);
  free(list);
  api_json(x, 200, &b);
}

dyo_status optimization_json(api *a, const char *tenant, const char *id, dyo_buf *b, dyo_err *err)
{
  store_optimization o;
  const dyo_status   st = store_optimization_get(a->store, tenant, id, &o, err);
  if (st != DYO_OK) return st;
  put_row(b, optimization_rows, optimization_of(&o, &(optimization_text){0}));
  store_optimization_free(&o, 1);
  return DYO_OK;
}

void api_optimization(exchange *x)
{
  dyo_err err;
  dyo_buf b = {0};
  if (optimization_json(x->a, x->tenant, x->params[0], &b, &err) == DYO_OK) api_json(x, 200, &b);
  else api_problem(x, &err);
}
