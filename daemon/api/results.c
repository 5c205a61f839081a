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

static void put_forecast(dyo_buf *b, const store_forecast *f, bool whole)
{
  dyo_buf_puts(b, "{");
  put_text(b, "forecast_id", f->id);
  put_text(b, "metric_name", f->metric);
  put_json(b, "dimensions", f->dimensions);
  put_text(b, "model_type", f->model_type);
  put_when(b, "created_at", f->created);
  put_json(b, "accuracy_metrics", f->accuracy);
  put_json(b, "evaluation", f->evaluation);
  put_when(b, "evaluated_at", f->evaluated);
  if (whole) put_json(b, "request", f->request);
  if (whole) put_json(b, "result", f->result);
  dyo_buf_puts(b, "}");
}

dyo_status forecasts_json(api *a, const char *tenant, const char *metric, const store_page *page, dyo_buf *b,
                          dyo_err *err)
{
  store_forecast  *list = NULL;
  size_t           n    = 0;
  char             next[STORE_CURSOR];
  const dyo_status st = store_forecast_list(a->store, tenant, metric, page, &list, &n, next, err);
  if (st != DYO_OK) return st;
  dyo_buf_puts(b, "{\"items\":[");
  for (size_t i = 0; i < n; i++) {
    dyo_buf_puts(b, i ? "," : "");
    put_forecast(b, &list[i], false);
  }
  dyo_buf_puts(b, "]");
  put_text(b, "next_cursor", next[0] ? next : NULL);
  dyo_buf_puts(b, "}");
  store_forecast_free(list, n);
  free(list);
  return DYO_OK;
}

void api_forecasts(exchange *x)
{
  store_page page;
  dyo_err    err;
  dyo_buf    b = {0};
  if (!api_page_of(x, &page)) return;
  if (forecasts_json(x->a, x->tenant, http_query(x->r, "metric_name"), &page, &b, &err) == DYO_OK) api_json(x, 200, &b);
  else api_problem(x, &err);
}

dyo_status forecast_json(api *a, const char *tenant, const char *id, dyo_buf *b, dyo_err *err)
{
  store_forecast   f;
  const dyo_status st = store_forecast_get(a->store, tenant, id, &f, err);
  if (st != DYO_OK) return st;
  put_forecast(b, &f, true);
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

static const dyo_field forecast_rows[] = {
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
  st               = b.failed ? dyo_oom(err) : dyo_json_decode(ctx, b.s, b.n, forecast_rows, f, err);
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
  const store_range r = {f->metric, f->dimensions, time[0], time[p->n_dates - 1]};
  return store_values_read(x->a->store, x->tenant, &r, take_actual, a, err);
}

static void put_number(dyo_buf *b, const char *name, double v)
{
  put_json(b, name, isfinite(v) ? "" : NULL);
  if (isfinite(v)) dyo_buf_number(b, v);
}

static void put_measures(dyo_buf *b, const forecast_part *p, const interval_part *v, const actuals *a)
{
  put_whole(b, "n", (int64_t)a->found);
  put_number(b, "mae", dyo_mae(a->y, p->predictions, a->n));
  put_number(b, "rmse", dyo_rmse(a->y, p->predictions, a->n));
  put_number(b, "mape", dyo_mape(a->y, p->predictions, a->n));
  put_number(b, "smape", dyo_smape(a->y, p->predictions, a->n));
  put_number(b, "coverage", dyo_coverage(a->y, v->lower, v->upper, a->n));
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
  dyo_buf_puts(b, "{");
  put_text(b, "forecast_id", f->id);
  put_text(b, "model_type", f->model_type);
  put_text(b, "from", p.dates[0]);
  put_whole(b, "steps", (int64_t)p.n_dates);
  put_measures(b, &p, &v, &a);
  dyo_buf_puts(b, "}");
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

static void put_optimization(dyo_buf *b, const store_optimization *o)
{
  dyo_buf_puts(b, "{");
  put_text(b, "id", o->id);
  put_text(b, "optimization_type", o->type);
  put_json(b, "parameters", o->parameters);
  put_json(b, "results", o->results);
  put_when(b, "created_at", o->created);
  dyo_buf_puts(b, "}");
}

void api_optimizations(exchange *x)
{
  store_page          page;
  store_optimization *list = NULL;
  size_t              n    = 0;
  char                next[STORE_CURSOR];
  dyo_err             err;
  dyo_buf             b = {0};
  if (!api_page_of(x, &page)) return;
  if (store_optimization_list(x->a->store, x->tenant, http_query(x->r, "optimization_type"), &page, &list, &n, next,
                              &err) != DYO_OK) {
    api_problem(x, &err);
    return;
  }
  dyo_buf_puts(&b, "{\"items\":[");
  for (size_t i = 0; i < n; i++) {
    dyo_buf_puts(&b, i ? "," : "");
    put_optimization(&b, &list[i]);
  }
  dyo_buf_puts(&b, "]");
  put_text(&b, "next_cursor", next[0] ? next : NULL);
  dyo_buf_puts(&b, "}");
  store_optimization_free(list, n);
  free(list);
  api_json(x, 200, &b);
}

dyo_status optimization_json(api *a, const char *tenant, const char *id, dyo_buf *b, dyo_err *err)
{
  store_optimization o;
  const dyo_status   st = store_optimization_get(a->store, tenant, id, &o, err);
  if (st != DYO_OK) return st;
  put_optimization(b, &o);
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
