/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "forecast/dyo_ensemble.h"
#include "ops/forecast.h"

enum { AUTO = 0 };

#define LEVEL_ROW(S)                                                     \
  DYO_NUMS(S, confidence_level, DYO_F_ONE, DYO_OPT, 0.01, 0.999, "0..1", \
           "Level of the intervals, or a list of levels; 0.95 where absent.")
#define PERIODS_ROW(S) \
  DYO_NUMS(S, seasonal_periods, 0, DYO_OPT, 1, 100000, "observations", "Seasonal periods; absent: detected; []: none.")
#define FUTURE_ROW(S)                                                                                   \
  DYO_MAP(S, future_regressors, DYO_OPT, DYO_REGRESSORS_MOST, dyo_regressor, dyo_future_regressor_rows, \
          "Values of the regressors at the steps of the forecast: the same names, one value a step.")
#define COMPONENTS_ROW(S) \
  DYO_BOOL(S, include_components, 0, "Return the parts the forecast consists of, where the model has parts.")
#define HORIZON_ROW(S) DYO_INT(S, forecast_horizon, 30, 1, DYO_HORIZON_MOST, "steps", "Steps to forecast.")

const dyo_field dyo_create_in_rows[] = {
  DYO_OBJ(dyo_create_in, series, DYO_REQ, dyo_series_in, dyo_series_in_rows, "The series to forecast."),
  DYO_ENUM(dyo_create_in, model_type, AUTO, dyo_model_words,
           "The model; auto combines several by the features of the series."),
  HORIZON_ROW(dyo_create_in),
  LEVEL_ROW(dyo_create_in),
  PERIODS_ROW(dyo_create_in),
  DYO_MAP(dyo_create_in, regressors, DYO_OPT, DYO_REGRESSORS_MOST, dyo_regressor, dyo_regressor_rows,
          "Series that explain this one, such as price or a promotion: numbers by name, one beside each value."),
  FUTURE_ROW(dyo_create_in),
  DYO_LIST(dyo_create_in, holidays, DYO_OPT, DYO_HOLIDAYS_MOST, dyo_holiday_in, dyo_holiday_rows,
           "Days that recur and change the values: their dates in the history and in the time to forecast."),
  DYO_LIST(
    dyo_create_in, related_series, DYO_OPT, DYO_RELATED_MOST, dyo_series_in, dyo_series_in_rows,
    "Other series like this one, of the same frequency, each on a scale of its own: the trees of xgboost learn from "
    "all of them together, and from none beyond the last date of the series."),
  DYO_BOOL(dyo_create_in, non_negative, 0, "Cut the forecast and its intervals at zero."),
  DYO_JSON(dyo_create_in, params, DYO_OPT,
           "Settings of the model, by its own names; what is absent the model chooses."),
  DYO_BOOL(dyo_create_in, calibrate, 1,
           "Widen the intervals until they hold, by factors from past forecasts; false: as the model gives them."),
  DYO_ENUM(dyo_create_in, effort, DYO_EFFORT_BALANCED, dyo_effort_words,
           "How much auto and ensemble may compute: fast leaves out what is slow to fit; best uses all there is."),
  DYO_INT(dyo_create_in, folds, 3, 0, DYO_FOLDS_MOST, NULL,
          "Origins of the rolling backtest behind accuracy_metrics and the scores of auto; 0: none is made."),
  COMPONENTS_ROW(dyo_create_in),
  DYO_BOOL(dyo_create_in, include_model, 0, "Return the fitted model as a string."),
  DYO_INT(dyo_create_in, seed, 1, 0, INT_MAX, NULL, "Seed of simulated intervals."),
  DYO_END(dyo_create_in)};

const dyo_field dyo_predict_in_rows[] = {
  DYO_STR(dyo_predict_in, model, DYO_REQ, DBL_MAX, "A model string of forecast.create or forecast.update."),
  HORIZON_ROW(dyo_predict_in),
  LEVEL_ROW(dyo_predict_in),
  FUTURE_ROW(dyo_predict_in),
  COMPONENTS_ROW(dyo_predict_in),
  DYO_INT(dyo_predict_in, seed, 1, 0, INT_MAX, NULL, "Seed of simulated intervals."),
  DYO_END(dyo_predict_in)};

static fitted fitted_of(const dyo_model *m, void *state, const prepared *p, bool non_negative)
{
  return (fitted){.model        = m,
                  .state        = state,
                  .freq         = p->regular.freq,
                  .dated        = p->regular.dated,
                  .start        = p->regular.start,
                  .n            = p->regular.n,
                  .non_negative = non_negative || (m->counts && m->counts(state)),
                  .periods      = p->periods,
                  .n_periods    = p->history.n_periods,
                  .x_names      = p->history.x_names,
                  .n_x          = p->history.n_x};
}

static dyo_status fit(dyo_ctx *ctx, const dyo_model *m, const void *params, const prepared *p, void **state,
                      dyo_err *err)
{
  const dyo_status st = forecast_enough(m, p, err);
  *state              = dyo_alloc(ctx, 1, dyo_model_state_size(m));
  if (!*state) return dyo_oom(err);
  return st == DYO_OK ? m->fit(ctx, &p->history, params, *state, err) : st;
}

/* What the request's intervals are calibrated by; NULL where they are not to be. */
static dyo_status calibrate(dyo_ctx *ctx, const dyo_create_in *in, const dyo_model *m, const void *params,
                            const prepared *p, dyo_calibration **out, dyo_err *err)
{
  double own = NAN;
  if (!in->calibrate) return DYO_OK;
  *out                = DYO_NEW(ctx, 1, dyo_calibration);
  const dyo_status st = *out ? dyo_calibrate_own(ctx, m, params, &p->history, &own, err) : dyo_oom(err);
  if (st == DYO_OK) **out = dyo_calibration_of(&p->history, own);
  return st;
}

static dyo_status params_have_model(const dyo_create_in *in, dyo_err *err)
{
  if (in->model_type != AUTO || !in->params) return DYO_OK;
  return dyo_fail(err, DYO_INVALID_INPUT, "/params",
                  "params belong to one model; name it in model_type, which is \"auto\"");
}

dyo_status dyo_create_check(dyo_ctx *ctx, const dyo_create_in *in, dyo_err *err)
{
  void            *params = NULL;
  const dyo_status st     = params_have_model(in, err);
  if (st != DYO_OK || !in->params) return st;
  return forecast_params(ctx, dyo_model_find(dyo_model_words[in->model_type]), in->params, &params, err);
}

static dyo_status pick(dyo_ctx *ctx, const dyo_create_in *in, const prepared *p, dyo_forecast_out *out,
                       const dyo_model **m, void **params, dyo_err *err)
{
  dyo_status st = params_have_model(in, err);
  if (st != DYO_OK) return st;
  if (in->model_type == AUTO) return forecast_auto(ctx, in, p, out, m, params, err);
  *m = dyo_model_find(dyo_model_words[in->model_type]);
  st = forecast_uses(ctx, *m, &p->history, "/model_type", err);
  if (st == DYO_OK) st = forecast_params(ctx, *m, in->params, params, err);
  if (st == DYO_OK) st = forecast_enough(*m, p, err);
  if (st == DYO_OK && dyo_model_combines(*m)) dyo_ensemble_effort(*params, (dyo_effort)in->effort);
  return st == DYO_OK ? forecast_test(ctx, *m, in, *params, p, &out->accuracy_metrics, err) : st;
}

static dyo_status take_notes(dyo_ctx *ctx, const dyo_notes *notes, const char ***v, size_t *n, dyo_err *err)
{
  *v = dyo_notes_list(ctx, notes);
  *n = notes->n;
  return *v ? DYO_OK : dyo_oom(err);
}

dyo_status dyo_create(dyo_ctx *ctx, const dyo_create_in *in, dyo_forecast_out *out, dyo_err *err)
{
  prepared         p;
  const dyo_model *m      = NULL;
  void            *params = NULL, *state = NULL;
  dyo_ask          ask = {.h = (size_t)in->forecast_horizon, .seed = (uint64_t)in->seed};
  dyo_status st = forecast_levels(ctx, in->confidence_level, in->n_confidence_level, &ask.levels, &ask.n_levels, err);
  if (st == DYO_OK) st = forecast_prepare(ctx, in->series, in->seasonal_periods, in->n_seasonal_periods, &p, err);
  if (st == DYO_OK) st = forecast_regressors(ctx, in->regressors, in->n_regressors, in->series, &p, err);
  if (st == DYO_OK)
    st = forecast_future(ctx, in->future_regressors, in->n_future_regressors, p.history.x_names, p.history.n_x, ask.h,
                         &ask.x, &p.notes, err);
  if (st == DYO_OK) st = forecast_holidays(ctx, in->holidays, in->n_holidays, &p, err);
  if (st == DYO_OK) st = forecast_related(ctx, in, &p, err);
  if (st == DYO_OK) st = forecast_times(ctx, &p.regular, p.regular.n, ask.h, &ask.t, err);
  if (st == DYO_OK && in->model_type == AUTO) st = forecast_auto_seasons(ctx, in, &p, err);
  if (st == DYO_OK) st = pick(ctx, in, &p, out, &m, &params, err);
  if (st == DYO_OK) st = fit(ctx, m, params, &p, &state, err);
  if (st != DYO_OK) return st;
  fitted f = fitted_of(m, state, &p, in->non_negative);
  st       = calibrate(ctx, in, m, params, &p, &f.calibration, err);
  if (st == DYO_OK)
    st = forecast_answer(ctx, &f, &ask, in->confidence_level ? in->n_confidence_level : DYO_ONE, out, err);
  if (st == DYO_OK && in->include_components) st = forecast_components(ctx, &f, &ask, out, &p.notes, err);
  if (st == DYO_OK && in->model_type == AUTO && dyo_model_combines(m))
    st = forecast_auto_tell(ctx, &p, state, out, err);
  if (st == DYO_OK) st = forecast_note_idle(ctx, f.x_names, f.n_x, out, &p.notes, err);
  if (st == DYO_OK && in->include_model) st = forecast_save(ctx, &f, &out->model, err);
  return st == DYO_OK ? take_notes(ctx, &p.notes, &out->warnings, &out->n_warnings, err) : st;
}

dyo_status dyo_predict(dyo_ctx *ctx, const dyo_predict_in *in, dyo_forecast_out *out, dyo_err *err)
{
  fitted     f     = {0};
  dyo_notes  notes = {0};
  dyo_ask    ask   = {.h = (size_t)in->forecast_horizon, .seed = (uint64_t)in->seed};
  dyo_status st = forecast_levels(ctx, in->confidence_level, in->n_confidence_level, &ask.levels, &ask.n_levels, err);
  if (st == DYO_OK) st = forecast_load(ctx, in->model, &f, err);
  if (st == DYO_OK)
    st = forecast_future(ctx, in->future_regressors, in->n_future_regressors, f.x_names, f.n_x, ask.h, &ask.x, &notes,
                         err);
  if (st == DYO_OK)
    st =
      forecast_times(ctx, &(dyo_regular){.freq = f.freq, .dated = f.dated, .start = f.start}, f.n, ask.h, &ask.t, err);
  if (st == DYO_OK)
    st = forecast_answer(ctx, &f, &ask, in->confidence_level ? in->n_confidence_level : DYO_ONE, out, err);
  if (st == DYO_OK && in->include_components) st = forecast_components(ctx, &f, &ask, out, &notes, err);
  if (st == DYO_INTERNAL)
    return dyo_fail(err, DYO_INVALID_INPUT, "/model",
                    "what the model forecasts is beyond all numbers; a model that a series was fitted to is expected");
  return st == DYO_OK ? take_notes(ctx, &notes, &out->warnings, &out->n_warnings, err) : st;
}
