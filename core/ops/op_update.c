/* SPDX-License-Identifier: GPL-3.0-or-later */
/* forecast.update: new observations find their places behind a fitted model's last value and pass through it. */
#include <math.h>
#include <string.h>

#include "ops/forecast.h"

enum { NAME_LENGTH = 32 };

static const dyo_field observations_rows[] = {
  DYO_STRS(dyo_observations, dates, DYO_OPT, DYO_SERIES_LONGEST,
           "Date of each value; they follow the model's last one, gaps count as missing."),
  DYO_NUMS(dyo_observations, values, DYO_F_NULLS, DYO_REQ, -1e100, 1e100, NULL,
           "New values, oldest first; null is a missing one."),
  DYO_MAP(dyo_observations, regressors, DYO_OPT, DYO_REGRESSORS_MOST, dyo_regressor, dyo_future_regressor_rows,
          "Regressors beside the new values, where the model has them: the same names."),
  DYO_END(dyo_observations)};

const dyo_field dyo_update_in_rows[] = {
  DYO_STR(dyo_update_in, model, DYO_REQ, DBL_MAX, "A model string of forecast.create or forecast.update."),
  DYO_OBJ(dyo_update_in, observations, DYO_REQ, dyo_observations, observations_rows, "What has come since."),
  DYO_END(dyo_update_in)};

const dyo_field dyo_update_out_rows[] = {
  DYO_STR(dyo_update_out, model, DYO_REQ, DBL_MAX,
          "The model with the new values taken in; its parameters are unchanged."),
  DYO_STR(dyo_update_out, model_type, DYO_REQ, NAME_LENGTH, "The model."),
  DYO_OUT(dyo_update_out, observations, DYO_REQ, NULL, "Values taken in, missing ones included."),
  DYO_STR(dyo_update_out, last_date, DYO_REQ, NAME_LENGTH, "Date of the last value, or its number."),
  DYO_STRS(dyo_update_out, warnings, DYO_REQ, 1000, "Remarks, in sentences."),
  DYO_END(dyo_update_out)};

/* The periods behind the model's last one: at[i] is where row i of the request goes, of n in all. */
typedef struct {
  size_t *at, n;
  double *y, *x;

  const double *t;
} arrivals;

/* Without dates the values simply follow. */
static dyo_status place(dyo_ctx *ctx, const fitted *f, const dyo_observations *o, arrivals *a, dyo_err *err)
{
  int64_t last = -1;
  a->at        = DYO_NEW(ctx, o->n_values, size_t);
  if (!a->at) return dyo_oom(err);
  if (o->dates && !f->dated)
    return dyo_fail(err, DYO_INVALID_INPUT, "/observations/dates", "the model's series had no dates; leave them out");
  if (o->dates && o->n_dates != o->n_values)
    return dyo_fail(err, DYO_INVALID_INPUT, "/observations/dates",
                    "found %zu dates for %zu values; one for each is expected", o->n_dates, o->n_values);
  for (size_t i = 0; i < o->n_values; i++) {
    dyo_time t = 0;
    int64_t  k = (int64_t)i;
    if (o->dates && !dyo_time_parse(o->dates[i], &t))
      return dyo_fail_item(err, DYO_INVALID_INPUT, "observations/dates", i, NULL,
                           "found \"%.40s\"; an ISO 8601 date is expected", o->dates[i]);
    if (o->dates) k = dyo_time_index(f->start, f->freq, t) - (int64_t)f->n;
    if (k <= last || k >= DYO_SERIES_LONGEST)
      return dyo_fail_item(
        err, DYO_INVALID_INPUT, "observations/dates", i, NULL,
        "found %.40s; a later period than the one before it and than the model's last value is expected",
        o->dates ? o->dates[i] : "too many values");
    last     = k;
    a->at[i] = (size_t)k;
  }
  a->n = (size_t)(last + 1);
  return DYO_OK;
}

static dyo_status take_values(dyo_ctx *ctx, const dyo_observations *o, arrivals *a, dyo_err *err)
{
  a->y = DYO_NEW(ctx, a->n, double);
  if (!a->y) return dyo_oom(err);
  for (size_t k = 0; k < a->n; k++) a->y[k] = NAN;
  for (size_t i = 0; i < o->n_values; i++) a->y[a->at[i]] = o->values[i];
  return DYO_OK;
}

/* One column of a->n values for each regressor of the model. */
static dyo_status take_regressors(dyo_ctx *ctx, const fitted *f, const dyo_observations *o, arrivals *a, dyo_err *err)
{
  static const char field[] = "observations/regressors";
  size_t           *order   = NULL;
  const dyo_status  st = forecast_match(ctx, field, o->regressors, o->n_regressors, f->x_names, f->n_x, &order, err);
  if (st != DYO_OK || f->n_x == 0) return st;
  a->x = DYO_NEW(ctx, f->n_x * a->n, double);
  if (!a->x) return dyo_oom(err);
  for (size_t j = 0; j < f->n_x; j++) {
    const dyo_regressor *r = &o->regressors[order[j]];
    double              *x = a->x + j * a->n;
    if (r->n_values != o->n_values)
      return forecast_refuse_regressor(err, field, r->name, "found %zu values; %zu, one beside each, are expected",
                                       r->n_values, o->n_values);
    if (a->n != o->n_values)
      return forecast_refuse_regressor(err, field, r->name,
                                       "the dates leave out %zu periods; a regressor's value is expected in each, with "
                                       "null in values where nothing was observed",
                                       a->n - o->n_values);
    memcpy(x, r->values, a->n * sizeof *x);
  }
  return DYO_OK;
}

dyo_status dyo_update(dyo_ctx *ctx, const dyo_update_in *in, dyo_update_out *out, dyo_err *err)
{
  fitted          f;
  arrivals        a     = {0};
  const dyo_notes notes = {0};
  dyo_status      st    = forecast_load(ctx, in->model, &f, err);
  if (st == DYO_OK) st = place(ctx, &f, in->observations, &a, err);
  if (st == DYO_OK) st = take_values(ctx, in->observations, &a, err);
  if (st == DYO_OK) st = take_regressors(ctx, &f, in->observations, &a, err);
  if (st != DYO_OK) return st;
  const dyo_regular r = {.freq = f.freq, .dated = f.dated, .start = f.start};
  st                  = forecast_times(ctx, &r, f.n, a.n, &a.t, err);
  if (st == DYO_OK) st = f.model->update(ctx, f.state, &(dyo_news){a.y, a.n, a.x, a.t}, err);
  if (st != DYO_OK) return st;
  f.n += a.n;
  out->model_type   = f.model->name;
  out->observations = (double)a.n;
  out->last_date    = dyo_regular_date(ctx, &r, f.n - 1);
  out->warnings     = dyo_notes_list(ctx, &notes);
  if (!out->last_date || !out->warnings) return dyo_oom(err);
  st = forecast_save(ctx, &f, &out->model, err);
  if (st != DYO_INTERNAL) return st;
  return dyo_fail(err, DYO_INVALID_INPUT, "/model",
                  "with these observations the model leaves the range of numbers; a model of this series is expected");
}
