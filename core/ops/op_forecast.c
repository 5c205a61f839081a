/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

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
  DYO_ENUM(dyo_create_in, model_type, AUTO, dyo_model_words, "The model; auto compares them in a rolling backtest."),
  HORIZON_ROW(dyo_create_in),
  LEVEL_ROW(dyo_create_in),
  PERIODS_ROW(dyo_create_in),
  DYO_MAP(dyo_create_in, regressors, DYO_OPT, DYO_REGRESSORS_MOST, dyo_regressor, dyo_regressor_rows,
          "Series that explain this one, such as price or a promotion: numbers by name, one beside each value."),
  FUTURE_ROW(dyo_create_in),
  DYO_LIST(dyo_create_in, holidays, DYO_OPT, DYO_HOLIDAYS_MOST, dyo_holiday_in, dyo_holiday_rows,
           "Days that recur and change the values: their dates in the history and in the time to forecast."),
  DYO_BOOL(dyo_create_in, non_negative, 0, "Cut the forecast and its intervals at zero."),
  DYO_JSON(dyo_create_in, params, DYO_OPT,
           "Settings of the model, by its own names; what is absent the model chooses."),
  DYO_BOOL(dyo_create_in, calibrate, 1,
           "Widen the intervals until they hold, by factors from past forecasts; false: as the model gives them."),
  DYO_INT(dyo_create_in, folds, 3, 0, DYO_FOLDS_MOST, NULL,
          "Origins of the rolling backtest behind accuracy_metrics and auto; 0: none is made."),
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
                  .non_negative = non_negative,
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

static dyo_backtest_opts test_of(const dyo_create_in *in, const prepared *p)
{
  const size_t n = p->regular.n, room = n / 5 > 1 ? n / 5 : 1; /* at most a fifth of the history at a time */
  const size_t h = (size_t)in->forecast_horizon < room ? (size_t)in->forecast_horizon : room;
  return (dyo_backtest_opts){.h = h, .folds = (size_t)in->folds, .step = h, .level = 0.95, .calibrate = in->calibrate};
}

static dyo_accuracy *keep(dyo_ctx *ctx, const dyo_accuracy *a)
{
  dyo_accuracy *copy = DYO_NEW(ctx, 1, dyo_accuracy);
  if (copy) *copy = *a;
  return copy;
}

/* *out stays NULL where the request asks for no backtest. */
static dyo_status test_one(dyo_ctx *ctx, const dyo_model *m, const dyo_create_in *in, const void *params,
                           const prepared *p, dyo_accuracy **out, dyo_err *err)
{
  const dyo_backtest_opts o = test_of(in, p);
  dyo_backtest            b = {0};
  if (o.folds == 0) return DYO_OK;
  const dyo_status st = dyo_backtest_run(ctx, m, params, &p->history, &o, &b, err);
  if (st != DYO_OK) return st;
  *out = keep(ctx, &b.all);
  return *out ? DYO_OK : dyo_oom(err);
}

/* Which model of the table forecasts this series best from past origins: least scaled error; exponential smoothing where nothing
 * can be measured. */
static dyo_status choose(dyo_ctx *ctx, const dyo_create_in *in, const prepared *p, dyo_forecast_out *out,
                         const dyo_model **model, dyo_err *err)
{
  dyo_selection *s    = DYO_NEW(ctx, 1, dyo_selection);
  double         best = INFINITY;
  size_t         k = 0, chosen = 0, tried = 0;
  while (dyo_models[tried]) tried++;
  if (s) s->candidates = DYO_NEW(ctx, tried, dyo_candidate);
  if (!s || !s->candidates) return dyo_oom(err);
  *model = NULL;
  for (size_t i = 0; dyo_models[i]; i++) {
    const dyo_model *m      = dyo_models[i];
    void            *params = NULL;
    dyo_accuracy    *a      = NULL;
    if (p->regular.known < m->min_obs(p->history.period) || (m->suits && !m->suits(&p->history))) continue;
    if (dyo_model_combines(m) || !forecast_can(m, &p->history)) continue;
    if (dyo_poll(ctx, (double)i / (double)tried, "comparing models") == DYO_STOP_CANCELLED)
      return dyo_cancelled(ctx, false, err);
    dyo_status st = forecast_params(ctx, m, NULL, &params, err);
    if (st == DYO_OK) st = test_one(ctx, m, in, params, p, &a, err);
    if (st != DYO_OK) return st;
    const double score = a ? forecast_score(a, p) : NAN;
    s->candidates[k++] = (dyo_candidate){m->name, score, 0};
    if (*model && !(score < best) && !(isinf(best) && strcmp(m->name, "ets") == 0)) continue;
    if (score < best) best = score;
    *model = m, chosen = k - 1, out->accuracy_metrics = a;
  }
  if (!*model)
    return dyo_fail(err, DYO_INSUFFICIENT_DATA, "/series/values", "%zu known values; a forecast needs at least one",
                    p->regular.known);
  s->n_candidates              = k;
  s->candidates[chosen].weight = 1;
  s->reason      = in->folds == 0 ? dyo_text(ctx, "No backtest was asked for; %s is used.", (*model)->name)
                   : isinf(best)
                     ? dyo_text(ctx, "The history is too short to compare models; %s is used.", (*model)->name)
                     : dyo_text(ctx, "%s had the least error of %zu models in a rolling backtest.", (*model)->name, k);
  out->selection = s;
  return s->reason ? DYO_OK : dyo_oom(err);
}

static dyo_status pick(dyo_ctx *ctx, const dyo_create_in *in, const prepared *p, dyo_forecast_out *out,
                       const dyo_model **m, void **params, dyo_err *err)
{
  dyo_status st = DYO_OK;
  if (in->model_type == AUTO && in->params)
    return dyo_fail(err, DYO_INVALID_INPUT, "/params",
                    "params belong to one model; name it in model_type, which is \"auto\"");
  if (in->model_type == AUTO) {
    st = choose(ctx, in, p, out, m, err);
    return st == DYO_OK ? forecast_params(ctx, *m, NULL, params, err) : st;
  }
  *m = dyo_model_find(dyo_model_words[in->model_type]);
  st = forecast_uses(ctx, *m, &p->history, "/model_type", err);
  if (st == DYO_OK) st = forecast_params(ctx, *m, in->params, params, err);
  if (st == DYO_OK) st = forecast_enough(*m, p, err);
  return st == DYO_OK ? test_one(ctx, *m, in, *params, p, &out->accuracy_metrics, err) : st;
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
  if (st == DYO_OK) st = forecast_times(ctx, &p.regular, p.regular.n, ask.h, &ask.t, err);
  if (st == DYO_OK) st = pick(ctx, in, &p, out, &m, &params, err);
  if (st == DYO_OK) st = fit(ctx, m, params, &p, &state, err);
  if (st != DYO_OK) return st;
  fitted f = fitted_of(m, state, &p, in->non_negative);
  st       = calibrate(ctx, in, m, params, &p, &f.calibration, err);
  if (st == DYO_OK)
    st = forecast_answer(ctx, &f, &ask, in->confidence_level ? in->n_confidence_level : DYO_ONE, out, err);
  if (st == DYO_OK && in->include_components) st = forecast_components(ctx, &f, &ask, out, &p.notes, err);
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
