/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "json/dyo_json.h"
#include "ops/forecast.h"

#define MEASURES(S)                                                                                                \
  DYO_OUT(S, mae, DYO_NULL, NULL, "Mean absolute error."),                                                         \
    DYO_OUT(S, rmse, DYO_NULL, NULL, "Root mean squared error."),                                                  \
    DYO_OUT(S, mape, DYO_NULL, "percent", "Mean absolute percentage error."),                                      \
    DYO_OUT(S, smape, DYO_NULL, "0..200", "Symmetric mean absolute percentage error."),                            \
    DYO_OUT(S, mase, DYO_NULL, NULL, "Error scaled by that of the seasonal naive forecast in the training part."), \
    DYO_OUT(S, rmsse, DYO_NULL, NULL, "The same with squares."),                                                   \
    DYO_OUT(S, pinball, DYO_NULL, NULL, "Mean quantile loss of the two interval ends."),                           \
    DYO_OUT(S, coverage, DYO_NULL, "0..1", "Share of values inside the interval.")

const dyo_field dyo_backtest_in_rows[] = {
  DYO_OBJ(dyo_backtest_in, series, DYO_REQ, dyo_series_in, dyo_series_in_rows, "The series."),
  DYO_STRS(dyo_backtest_in, model_types, DYO_OPT, 32, "Models to compare; absent: all that suit the series."),
  DYO_INT(dyo_backtest_in, forecast_horizon, 12, 1, 1000, "steps", "Steps forecast from each origin."),
  DYO_INT(dyo_backtest_in, folds, 5, 1, DYO_FOLDS_MOST, NULL, "Origins; fewer where the history is too short."),
  DYO_INT(dyo_backtest_in, step, 1, 1, 1000, "steps", "Distance between origins."),
  DYO_NUM(dyo_backtest_in, confidence_level, 0.95, 0.01, 0.999, "0..1",
          "Level of the interval whose coverage is counted."),
  DYO_BOOL(dyo_backtest_in, calibrate, 1,
           "Count the intervals that forecast.create gives; false: those the model gives."),
  DYO_NUMS(dyo_backtest_in, seasonal_periods, 0, DYO_OPT, 1, 100000, "observations",
           "Seasonal periods; absent: detected; []: none."),
  DYO_MAP(dyo_backtest_in, regressors, DYO_OPT, DYO_REGRESSORS_MOST, dyo_regressor, dyo_regressor_rows,
          "Series that explain this one: numbers by name, one beside each value. Their future counts as known."),
  DYO_LIST(dyo_backtest_in, holidays, DYO_OPT, DYO_HOLIDAYS_MOST, dyo_holiday_in, dyo_holiday_rows,
           "Days that recur and change the values."),
  DYO_END(dyo_backtest_in)};

static const dyo_field step_rows[] = {DYO_INT(dyo_step_accuracy, step, DYO_REQ, 1, 1000, NULL, "Steps ahead."),
                                      MEASURES(dyo_step_accuracy), DYO_END(dyo_step_accuracy)};

static const dyo_field model_rows[] = {
  DYO_STR(dyo_model_accuracy, model_type, DYO_REQ, 32, "The model."),
  DYO_INT(dyo_model_accuracy, folds, DYO_REQ, 0, DYO_FOLDS_MOST, NULL, "Origins it was measured from."),
  MEASURES(dyo_model_accuracy),
  DYO_LIST(dyo_model_accuracy, by_step, DYO_REQ, 1000, dyo_step_accuracy, step_rows, "The same for each step ahead."),
  DYO_END(dyo_model_accuracy)};

const dyo_field dyo_backtest_out_rows[] = {
  DYO_LIST(dyo_backtest_out, models, DYO_REQ, 32, dyo_model_accuracy, model_rows, "Models in the order asked for."),
  DYO_STR(
    dyo_backtest_out, best_model, DYO_NULL, 32,
    "Least mean absolute scaled error (root mean squared where demand is intermittent); null where nothing could be measured."),
  DYO_STRS(dyo_backtest_out, warnings, DYO_REQ, 1000, "Repairs and remarks."), DYO_END(dyo_backtest_out)};

static const char *model_at(const void *list, size_t i)
{
  const dyo_model *const *m = list;
  return m[i] ? m[i]->name : NULL;
}

static dyo_status model_named(dyo_ctx *ctx, const dyo_backtest_in *in, size_t i, const dyo_history *h,
                              const dyo_model **m, dyo_err *err)
{
  char path[48];
  *m = dyo_model_find(in->model_types[i]);
  snprintf(path, sizeof path, "/model_types/%zu", i);
  if (*m) return forecast_uses(ctx, *m, h, path, err);
  const char *near = dyo_nearest(in->model_types[i], model_at, dyo_models);
  return dyo_fail_item(err, DYO_INVALID_INPUT, "model_types", i, NULL,
                       "found \"%.40s\"; a model such as \"%s\" is expected", in->model_types[i], near ? near : "ets");
}

static dyo_status measure(dyo_ctx *ctx, const dyo_model *m, const dyo_backtest_in *in, const prepared *p,
                          dyo_model_accuracy *out, dyo_err *err)
{
  const dyo_backtest_opts o      = {.h         = (size_t)in->forecast_horizon,
                                    .folds     = (size_t)in->folds,
                                    .step      = (size_t)in->step,
                                    .level     = in->confidence_level,
                                    .calibrate = in->calibrate};
  dyo_backtest            b      = {0};
  void                   *params = NULL;
  dyo_status              st     = forecast_params(ctx, m, NULL, &params, err);
  if (st == DYO_OK) st = dyo_backtest_run(ctx, m, params, &p->history, &o, &b, err);
  if (st != DYO_OK) return st;
  *out = (dyo_model_accuracy){m->name,
                              (int)b.folds,
                              b.all.mae,
                              b.all.rmse,
                              b.all.mape,
                              b.all.smape,
                              b.all.mase,
                              b.all.rmsse,
                              b.all.pinball,
                              b.all.coverage,
                              DYO_NEW(ctx, o.h, dyo_step_accuracy),
                              b.folds ? o.h : 0};
  if (!out->by_step) return dyo_oom(err);
  for (size_t i = 0; i < out->n_by_step; i++) {
    const dyo_accuracy *a = &b.by_step[i];
    out->by_step[i] =
      (dyo_step_accuracy){(int)i + 1, a->mae, a->rmse, a->mape, a->smape, a->mase, a->rmsse, a->pinball, a->coverage};
  }
  return DYO_OK;
}

dyo_status dyo_backtest_op(dyo_ctx *ctx, const dyo_backtest_in *in, dyo_backtest_out *out, dyo_err *err)
{
  prepared   p;
  double     best = INFINITY;
  size_t     n    = 0;
  dyo_status st   = forecast_prepare(ctx, in->series, in->seasonal_periods, in->n_seasonal_periods, &p, err);
  if (st == DYO_OK) st = forecast_regressors(ctx, in->regressors, in->n_regressors, in->series, &p, err);
  if (st == DYO_OK) st = forecast_holidays(ctx, in->holidays, in->n_holidays, &p, err);
  if (st != DYO_OK) return st;
  while (dyo_models[n]) n++;
  if (in->model_types) n = in->n_model_types;
  out->models = DYO_NEW(ctx, n, dyo_model_accuracy);
  if (!out->models) return dyo_oom(err);
  for (size_t i = 0; i < n && st == DYO_OK; i++) {
    const dyo_model *m = dyo_models[i];
    if (in->model_types) st = model_named(ctx, in, i, &p.history, &m, err);
    if (st != DYO_OK) break;
    if (p.regular.known < m->min_obs(p.history.period) || !forecast_can(m, &p.history)) continue;
    if (!in->model_types && (dyo_model_combines(m) || (m->suits && !m->suits(&p.history)))) continue;
    dyo_model_accuracy *a = &out->models[out->n_models++];
    st                    = measure(ctx, m, in, &p, a, err);
    const double score =
      forecast_score(&(dyo_accuracy){.mae = a->mae, .rmse = a->rmse, .mase = a->mase, .rmsse = a->rmsse}, &p);
    if (st != DYO_OK || !(score < best)) continue;
    best            = score;
    out->best_model = m->name;
  }
  out->warnings   = dyo_notes_list(ctx, &p.notes);
  out->n_warnings = p.notes.n;
  return st == DYO_OK && !out->warnings ? dyo_oom(err) : st;
}
