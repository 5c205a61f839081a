/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ops/dyo_op_changepoints.h"

#include <math.h>

#include "forecast/dyo_prophet.h"
#include "ops/forecast.h"

enum { PLACES_MOST = 1000 };

const dyo_field dyo_changepoints_in_rows[] = {
  DYO_OBJ(dyo_changepoints_in, series, DYO_REQ, dyo_series_in, dyo_series_in_rows, "The series."),
  DYO_LIST(dyo_changepoints_in, holidays, DYO_OPT, DYO_HOLIDAYS_MOST, dyo_holiday_in, dyo_holiday_rows,
           "Days that recur and change the values, so that the trend need not."),
  DYO_NUM(dyo_changepoints_in, threshold, 0.01, 0, 1e6, NULL, "Least size of a delta that is told."),
  DYO_JSON(dyo_changepoints_in, params, DYO_OPT, "Settings of prophet, by its own names."),
  DYO_END(dyo_changepoints_in)};

static const char *const direction_words[] = {"up", "down", NULL};

static const dyo_field changepoint_rows[] = {
  DYO_STR(dyo_changepoint, date, DYO_REQ, 32, "Date, or number where the series has no dates."),
  DYO_OUT(dyo_changepoint, delta, DYO_REQ, NULL,
          "Change of the slope, as Prophet has it: time in lengths of the history, values in shares of the largest."),
  DYO_ENUM(dyo_changepoint, direction, DYO_REQ, direction_words, "Whether the slope rises or falls."),
  DYO_OUT(dyo_changepoint, slope_before, DYO_REQ, "units/step", "Slope of the trend before; logistic: of its logit."),
  DYO_OUT(dyo_changepoint, slope_after, DYO_REQ, "units/step", "Slope after."),
  DYO_END(dyo_changepoint)};

const dyo_field dyo_changepoints_out_rows[] = {
  DYO_LIST(dyo_changepoints_out, changepoints, DYO_REQ, PLACES_MOST, dyo_changepoint, changepoint_rows,
           "Where the trend changed, by date."),
  DYO_INT(dyo_changepoints_out, candidates, DYO_REQ, 0, PLACES_MOST, NULL, "Places at which it might have changed."),
  DYO_STRS(dyo_changepoints_out, warnings, DYO_REQ, 1000, "Repairs and remarks."), DYO_END(dyo_changepoints_out)};

static const char *date_of(dyo_ctx *ctx, const prepared *p, double t)
{
  char text[DYO_TIME_CHARS];
  if (!p->regular.dated) return dyo_text(ctx, "%.0f", t + 1);
  dyo_time_print((dyo_time)llround(t * DYO_DAY), dyo_freq_has_clock(p->regular.freq), text);
  return dyo_text(ctx, "%s", text);
}

static dyo_status tell(dyo_ctx *ctx, const prepared *p, double least, const dyo_bend *b, size_t n,
                       dyo_changepoints_out *out, dyo_err *err)
{
  out->changepoints = DYO_NEW(ctx, n, dyo_changepoint);
  out->candidates   = (int)n;
  if (!out->changepoints) return dyo_oom(err);
  for (size_t i = 0; i < n; i++) {
    if (b[i].delta == 0 || fabs(b[i].delta) < least) continue;
    dyo_changepoint *c = &out->changepoints[out->n_changepoints++];
    *c = (dyo_changepoint){date_of(ctx, p, b[i].t), b[i].delta, b[i].delta < 0, b[i].before, b[i].after};
    if (!c->date) return dyo_oom(err);
  }
  return DYO_OK;
}

dyo_status dyo_changepoints(dyo_ctx *ctx, const dyo_changepoints_in *in, dyo_changepoints_out *out, dyo_err *err)
{
  prepared         p;
  const dyo_model *m      = dyo_model_find("prophet");
  void            *params = NULL;
  dyo_bend        *bends  = NULL;
  size_t           n      = 0;
  dyo_status       st     = forecast_prepare(ctx, in->series, NULL, 0, &p, err);
  if (st == DYO_OK) st = forecast_holidays(ctx, in->holidays, in->n_holidays, &p, err);
  if (st == DYO_OK) st = forecast_params(ctx, m, in->params, &params, err);
  if (st == DYO_OK) st = forecast_enough(m, &p, err);
  if (st == DYO_OK) st = dyo_prophet_bends(ctx, &p.history, params, &bends, &n, err);
  if (st == DYO_OK) st = tell(ctx, &p, in->threshold, bends, n, out, err);
  if (st != DYO_OK) return st;
  out->warnings   = dyo_notes_list(ctx, &p.notes);
  out->n_warnings = p.notes.n;
  return out->warnings ? DYO_OK : dyo_oom(err);
}
