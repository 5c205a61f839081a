/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "json/dyo_json.h"
#include "num/dyo_tail.h"
#include "ops/forecast.h"
#include "stats/dyo_acf.h"
#include "stats/dyo_intermittent.h"
#include "stats/dyo_periods.h"

static const dyo_field interval_rows[] = {
  DYO_OUT_NUMS(dyo_interval, lower, 0, DYO_REQ, NULL, "Lower end of each step."),
  DYO_OUT_NUMS(dyo_interval, upper, 0, DYO_REQ, NULL, "Upper end of each step."),
  DYO_STR(dyo_interval, confidence_level, DYO_REQ, 16, "The level, such as 95%."), DYO_END(dyo_interval)};

static const dyo_field candidate_rows[] = {
  DYO_STR(dyo_candidate, model_type, DYO_REQ, 32, "Name of the model, or of the ensemble's member."),
  DYO_OUT(
    dyo_candidate, score, DYO_NULL, NULL,
    "Mean absolute scaled error of its backtest (root mean squared where demand is intermittent); null where none could be made."),
  DYO_OUT(dyo_candidate, weight, DYO_REQ, "0..1", "Its share in the forecast."), DYO_END(dyo_candidate)};

static const dyo_field feature_rows[] = {DYO_STR(dyo_named_value, name, DYO_REQ, 64, "Name of the feature."),
                                         DYO_OUT(dyo_named_value, value, DYO_REQ, NULL, "Its value."),
                                         DYO_END(dyo_named_value)};

static const dyo_field selection_rows[] = {
  DYO_STR(dyo_selection, reason, DYO_REQ, 1024, "Why this model, or these weights."),
  DYO_LIST(dyo_selection, candidates, DYO_REQ, 64, dyo_candidate, candidate_rows, "Models compared or combined."),
  DYO_MAP(dyo_selection, features, DYO_OPT, 64, dyo_named_value, feature_rows,
          "Of the series, where they decided: strength of trend and seasons, entropy, autocorrelations and so on."),
  DYO_END(dyo_selection)};

static const char *const calibrated_words[] = {"none", "pooled", "own", NULL};

static const dyo_field calibration_rows[] = {
  DYO_ENUM(dyo_interval_calibration, method, DYO_REQ, calibrated_words,
           "Where the factors come from: none, a sample of series, or this series' own past forecasts as well."),
  DYO_OUT(dyo_interval_calibration, first, DYO_REQ, NULL,
          "Width of the first step's 95% interval over the model's own."),
  DYO_OUT(dyo_interval_calibration, last, DYO_REQ, NULL, "The same of the last step."),
  DYO_END(dyo_interval_calibration)};

static const dyo_field diagnostics_rows[] = {
  DYO_STR(dyo_diagnostics, form, DYO_OPT, 512, "The fitted form, such as ETS(M,Ad,M)."),
  DYO_INTS(dyo_diagnostics, order, DYO_OPT, 0, 100, NULL, "Orders p, d and q."),
  DYO_INTS(dyo_diagnostics, seasonal_order, DYO_OPT, 0, 100000, NULL, "Seasonal orders P, D and Q, and the period m."),
  DYO_OUT(dyo_diagnostics, log_likelihood, DYO_NULL, NULL, "Full Gaussian log-likelihood."),
  DYO_OUT(dyo_diagnostics, aic, DYO_NULL, NULL, "Akaike's criterion; the error variance counts as a parameter."),
  DYO_OUT(dyo_diagnostics, aicc, DYO_NULL, NULL, "The same corrected for short series."),
  DYO_OUT(dyo_diagnostics, bic, DYO_NULL, NULL, "Schwarz's criterion."),
  DYO_OUT(dyo_diagnostics, sigma2, DYO_NULL, NULL, "Variance of the one-step errors."),
  DYO_OUT(dyo_diagnostics, ljung_box_p, DYO_NULL, "0..1",
          "Ljung-Box p-value of the residuals: small where they are still correlated."),
  DYO_OBJ(dyo_diagnostics, interval_calibration, DYO_OPT, dyo_interval_calibration, calibration_rows,
          "How the intervals were calibrated; absent where calibrate is false."),
  DYO_END(dyo_diagnostics)};

static const dyo_field parameter_rows[] = {DYO_STR(dyo_named_value, name, DYO_REQ, 64, "Name as in statsmodels."),
                                           DYO_OUT(dyo_named_value, value, DYO_REQ, NULL, "The estimated value."),
                                           DYO_END(dyo_named_value)};

static const dyo_field error_rows[] = {DYO_STR(dyo_named_value, name, DYO_REQ, 64, "Name of the parameter."),
                                       DYO_OUT(dyo_named_value, value, DYO_REQ, NULL, "Its standard error."),
                                       DYO_END(dyo_named_value)};

static const dyo_field component_rows[] = {
  DYO_STR(dyo_component_out, name, DYO_REQ, 64, "Name of the part."),
  DYO_OUT_NUMS(dyo_component_out, values, 0, DYO_REQ, NULL, "Its value at each step."), DYO_END(dyo_component_out)};

const dyo_field dyo_accuracy_rows[] = {
  DYO_OUT(dyo_accuracy, mae, DYO_NULL, NULL, "Mean absolute error."),
  DYO_OUT(dyo_accuracy, rmse, DYO_NULL, NULL, "Root mean squared error."),
  DYO_OUT(dyo_accuracy, mape, DYO_NULL, "percent", "Mean absolute percentage error."),
  DYO_OUT(dyo_accuracy, smape, DYO_NULL, "0..200", "Symmetric mean absolute percentage error."),
  DYO_OUT(dyo_accuracy, mase, DYO_NULL, NULL,
          "Error scaled by that of the seasonal naive forecast in the training part; below 1 is better."),
  DYO_OUT(dyo_accuracy, rmsse, DYO_NULL, NULL, "The same with squares."),
  DYO_OUT(dyo_accuracy, pinball, DYO_NULL, NULL, "Mean quantile loss of the two interval ends."),
  DYO_OUT(dyo_accuracy, coverage, DYO_NULL, "0..1", "Share of values inside the interval."),
  DYO_END(dyo_accuracy)};

const dyo_field dyo_forecast_out_rows[] = {
  DYO_STR(dyo_forecast_out, model_type, DYO_REQ, 32, "The model used."),
  DYO_OUT_NUMS(dyo_forecast_out, predictions, 0, DYO_REQ, NULL, "The forecast, one value a step."),
  DYO_STRS(dyo_forecast_out, dates, DYO_REQ, DYO_HORIZON_MOST,
           "Date of each step, or its number where the series has no dates."),
  {.name  = "confidence_intervals",
   .type  = DYO_T_LIST,
   .flags = DYO_F_ONE,
   .off   = offsetof(dyo_forecast_out, confidence_intervals),
   .off_n = offsetof(dyo_forecast_out, n_confidence_intervals),
   .dflt  = DYO_REQ,
   .max   = DYO_LEVELS_MOST,
   .sub   = interval_rows,
   .doc   = "Interval of each step; an array of such objects where the request gave a list of levels."},
  DYO_OBJ(dyo_forecast_out, selection, DYO_OPT, dyo_selection, selection_rows, "How the model was chosen."),
  DYO_OBJ(dyo_forecast_out, diagnostics, DYO_OPT, dyo_diagnostics, diagnostics_rows, "Diagnostics of the fit."),
  DYO_MAP(dyo_forecast_out, parameters, DYO_OPT, 1000, dyo_named_value, parameter_rows, "Estimated parameters."),
  DYO_MAP(dyo_forecast_out, standard_errors, DYO_OPT, 1000, dyo_named_value, error_rows,
          "Standard errors of the parameters, where the model gives them."),
  DYO_OBJ(dyo_forecast_out, accuracy_metrics, DYO_OPT, dyo_accuracy, dyo_accuracy_rows,
          "Errors of a rolling backtest, not in-sample."),
  DYO_MAP(dyo_forecast_out, components, DYO_OPT, 1000, dyo_component_out, component_rows,
          "What the forecast consists of; prophet: predictions = trend * (1 + multiplicative_terms) + additive_terms."),
  DYO_STR(dyo_forecast_out, frequency, DYO_OPT, 16, "Frequency of the series."),
  DYO_OUT_NUMS(dyo_forecast_out, seasonal_periods, 0, DYO_REQ, NULL, "Seasonal periods used, in observations."),
  DYO_STR(dyo_forecast_out, model, DYO_OPT, DBL_MAX,
          "The fitted model as a string, for forecast.predict and forecast.update."),
  DYO_STRS(dyo_forecast_out, warnings, DYO_REQ, 1000, "Repairs and remarks."),
  DYO_END(dyo_forecast_out)};

/* Periods the series seems to have, else those its frequency usually has where they fit twice. */
static dyo_status find_periods(dyo_ctx *ctx, const dyo_regular *r, prepared *p, dyo_err *err)
{
  double       likely[3];
  dyo_period   found[DYO_PERIODS_MOST];
  const size_t usual = dyo_freq_periods(r->freq, likely);
  size_t       k     = dyo_find_periods(ctx, &(dyo_series){r->y, r->n}, likely, usual, found);
  p->periods         = DYO_NEW(ctx, DYO_PERIODS_MOST, double);
  if (!p->periods) return dyo_oom(err);
  for (size_t i = 0; i < k; i++) p->periods[i] = found[i].period;
  p->found = k > 0;
  if (k == 0 && usual && floor(likely[0] + 0.5) * 2 <= (double)r->n) p->periods[k++] = floor(likely[0] + 0.5);
  p->history.n_periods = k;
  return DYO_OK;
}

static dyo_status given_periods(dyo_ctx *ctx, const double *given, size_t n, prepared *p, dyo_err *err)
{
  p->periods = DYO_NEW(ctx, n, double);
  if (!p->periods) return dyo_oom(err);
  for (size_t i = 0; i < n; i++) {
    size_t j = i;
    for (; j > 0 && p->periods[j - 1] > given[i]; j--) p->periods[j] = p->periods[j - 1];
    p->periods[j] = given[i];
  }
  p->history.n_periods = n;
  return DYO_OK;
}

dyo_status forecast_prepare(dyo_ctx *ctx, const dyo_series_in *series, const double *given, size_t n, prepared *p,
                            dyo_err *err)
{
  dyo_status st = DYO_OK;
  *p            = (prepared){0};
  st            = dyo_regularize(ctx, series, "/series", &p->regular, &p->notes, err);
  if (st != DYO_OK) return st;
  p->history = (dyo_history){.y = p->regular.y, .n = p->regular.n, .freq = p->regular.freq};
  st         = forecast_times(ctx, &p->regular, 0, p->regular.n, &p->history.t, err);
  if (st != DYO_OK) return st;
  st                 = given ? given_periods(ctx, given, n, p, err) : find_periods(ctx, &p->regular, p, err);
  p->history.periods = p->periods, p->history.periods_given = given != NULL;
  p->history.period = p->history.n_periods ? floor(p->periods[0] + 0.5) : 1;
  return st;
}

bool forecast_score_rare(const prepared *p)
{
  const dyo_demand d = dyo_demand_of(&(dyo_series){p->history.y, p->history.n});
  return d.kind == DYO_DEMAND_INTERMITTENT || d.kind == DYO_DEMAND_LUMPY;
}

double forecast_score(const dyo_accuracy *a, const prepared *p)
{
  if (forecast_score_rare(p)) return isnan(a->rmsse) ? a->rmse : a->rmsse;
  return isnan(a->mase) ? a->mae : a->mase;
}

dyo_status forecast_params(dyo_ctx *ctx, const dyo_model *m, const char *text, void **out, dyo_err *err)
{
  *out = dyo_alloc(ctx, 1, dyo_model_params_size(m));
  if (!*out) return dyo_oom(err);
  if (!text) text = "{}";
  return dyo_json_decode_in(ctx, "params", text, strlen(text), m->params, *out, err);
}

dyo_status forecast_enough(const dyo_model *m, const prepared *p, dyo_err *err)
{
  const size_t least = m->min_obs(p->history.period);
  if (p->regular.known >= least) return DYO_OK;
  return dyo_fail(err, DYO_INSUFFICIENT_DATA, "/series/values",
                  "%zu values; %s with period %g needs %zu. Use model_type \"auto\" or give more history.",
                  p->regular.known, m->name, p->history.period, least);
}

dyo_status forecast_levels(dyo_ctx *ctx, const double *given, size_t n, const double **levels, size_t *n_levels,
                           dyo_err *err)
{
  static const double usual = 0.95;
  (void)ctx;
  *levels   = given ? given : &usual;
  *n_levels = given && n != DYO_ONE ? n : 1;
  if (*n_levels >= 1 && *n_levels <= DYO_LEVELS_MOST) return DYO_OK;
  return dyo_fail(err, DYO_INVALID_INPUT, "/confidence_level", "found %zu levels; 1 to %d are expected", n,
                  DYO_LEVELS_MOST);
}

static dyo_status intervals(dyo_ctx *ctx, const dyo_ask *ask, const dyo_band *band, size_t given, dyo_forecast_out *out,
                            dyo_err *err)
{
  out->confidence_intervals   = DYO_NEW(ctx, ask->n_levels, dyo_interval);
  out->n_confidence_intervals = given == DYO_ONE ? DYO_ONE : ask->n_levels;
  if (!out->confidence_intervals) return dyo_oom(err);
  for (size_t l = 0; l < ask->n_levels; l++) {
    dyo_interval *v = &out->confidence_intervals[l];
    v->lower = band->lower + l * ask->h, v->n_lower = ask->h;
    v->upper = band->upper + l * ask->h, v->n_upper = ask->h;
    v->confidence_level = dyo_text(ctx, "%.10g%%", 100 * ask->levels[l]);
    if (!v->confidence_level) return dyo_oom(err);
  }
  return DYO_OK;
}

static dyo_status dates(dyo_ctx *ctx, const fitted *f, size_t h, dyo_forecast_out *out, dyo_err *err)
{
  const dyo_regular r = {.freq = f->freq, .dated = f->dated, .start = f->start};
  out->dates          = DYO_NEW(ctx, h, const char *);
  out->n_dates        = h;
  if (!out->dates) return dyo_oom(err);
  for (size_t i = 0; i < h; i++) {
    out->dates[i] = dyo_regular_date(ctx, &r, f->n + i);
    if (!out->dates[i]) return dyo_oom(err);
  }
  return DYO_OK;
}

/* Residuals without their missing values; Ljung-Box over two seasons or ten lags. */
static double ljung_box(dyo_ctx *ctx, const dyo_report *r, double period)
{
  double *e = DYO_NEW(ctx, r->n_residuals, double);
  size_t  n = 0;
  if (!e || !r->residuals) return NAN;
  for (size_t t = 0; t < r->n_residuals; t++)
    if (isfinite(r->residuals[t])) e[n++] = r->residuals[t];
  size_t lags = period > 1 ? (size_t)fmin(2 * period, (double)n / 5) : (size_t)fmin(10, (double)n / 5);
  if (n < 10 || lags < 1 || dyo_series_constant(&(dyo_series){e, n})) return NAN;
  double *acf = DYO_NEW(ctx, lags, double);
  if (!acf || !dyo_autocorrelation(ctx, e, n, lags, acf)) return NAN;
  return dyo_chisq_survival(dyo_ljung_box(acf, lags, n), (double)lags);
}

/* Each name once, as an object's keys must be: only a regressor can bear the name of another parameter. */
static dyo_status list_parameters(dyo_ctx *ctx, const dyo_report *r, dyo_forecast_out *out, dyo_err *err)
{
  dyo_named_value *v = DYO_NEW(ctx, r->n_list, dyo_named_value), *e = DYO_NEW(ctx, r->n_list, dyo_named_value);
  if (!v || !e) return dyo_oom(err);
  for (size_t i = 0; i < r->n_list; i++) {
    const dyo_parameter *p = &r->params[i];
    for (size_t j = 0; j < i; j++)
      if (strcmp(p->name, r->params[j].name) == 0)
        return forecast_refuse_regressor(err, "regressors", p->name,
                                         "the model has a parameter of this name; another name is expected");
    if (!isfinite(p->value)) continue;
    v[out->n_parameters++] = (dyo_named_value){p->name, p->value};
    if (isfinite(p->std_error)) e[out->n_standard_errors++] = (dyo_named_value){p->name, p->std_error};
  }
  out->parameters      = v;
  out->standard_errors = out->n_standard_errors ? e : NULL;
  return DYO_OK;
}

static dyo_status diagnose(dyo_ctx *ctx, const fitted *f, const dyo_calibration_note *note, dyo_forecast_out *out,
                           dyo_err *err)
{
  dyo_report       r;
  dyo_diagnostics *d      = DYO_NEW(ctx, 1, dyo_diagnostics);
  int             *orders = DYO_NEW(ctx, 7, int);
  dyo_report_clear(&r);
  dyo_status st = d && orders ? f->model->report(ctx, f->state, &r, err) : dyo_oom(err);
  if (st != DYO_OK) return st;
  *d = (dyo_diagnostics){.form           = r.form,
                         .log_likelihood = r.log_likelihood,
                         .aic            = r.aic,
                         .aicc           = r.aicc,
                         .bic            = r.bic,
                         .sigma2         = r.sigma2,
                         .ljung_box_p    = ljung_box(ctx, &r, f->n_periods ? f->periods[0] : 1)};
  if (!isfinite(d->sigma2)) d->sigma2 = NAN; /* of a state that no fit has written */
  if (!isfinite(d->log_likelihood) || isinf(d->aic) || isinf(d->bic))
    d->log_likelihood = d->aic = d->aicc = d->bic = NAN; /* a perfect fit has no likelihood */
  if (r.order[0] >= 0) {
    memcpy(orders, r.order, sizeof r.order);
    memcpy(orders + 3, r.seasonal_order, sizeof r.seasonal_order);
    d->order = orders, d->n_order = 3;
    d->seasonal_order = orders + 3, d->n_seasonal_order = 4;
  }
  if (f->calibration) {
    d->interval_calibration = DYO_NEW(ctx, 1, dyo_interval_calibration);
    if (!d->interval_calibration) return dyo_oom(err);
    *d->interval_calibration = (dyo_interval_calibration){(int)note->how, note->first, note->last};
  }
  out->diagnostics = d;
  return list_parameters(ctx, &r, out, err);
}

static void cut_at_zero(const dyo_ask *ask, dyo_band *b)
{
  for (size_t i = 0; i < ask->h; i++) b->mean[i] = fmax(b->mean[i], 0);
  for (size_t i = 0; i < ask->h * ask->n_levels; i++) {
    b->lower[i] = fmax(b->lower[i], 0);
    b->upper[i] = fmax(b->upper[i], 0);
  }
}

/* A forecast that multiplies itself step by step has an end among numbers. */
static dyo_status check_finite(const dyo_ask *ask, const dyo_band *b, dyo_err *err)
{
  for (size_t i = 0; i < ask->h; i++) {
    bool fine = isfinite(b->mean[i]);
    for (size_t l = 0; l < ask->n_levels; l++)
      fine = fine && isfinite(b->lower[l * ask->h + i]) && isfinite(b->upper[l * ask->h + i]);
    if (fine) continue;
    if (i > 0)
      return dyo_fail(err, DYO_INVALID_INPUT, "/forecast_horizon",
                      "found %zu; from step %zu on the forecast is beyond all numbers, fewer steps are expected",
                      ask->h, i + 1);
    return dyo_fail(err, DYO_INTERNAL, "", "the forecast is beyond all numbers");
  }
  return DYO_OK;
}

dyo_status forecast_answer(dyo_ctx *ctx, const fitted *f, const dyo_ask *ask, size_t given, dyo_forecast_out *out,
                           dyo_err *err)
{
  double              *room = DYO_NEW(ctx, ask->h * (1 + 2 * ask->n_levels), double);
  char                 name[DYO_TIME_CHARS];
  dyo_band             band = {room, room + ask->h, room + ask->h * (1 + ask->n_levels)};
  dyo_calibration_note note;
  dyo_status           st =
    room ? dyo_calibrated_forecast(ctx, f->model, f->state, f->calibration, ask, &band, &note, err) : dyo_oom(err);
  if (st == DYO_OK) st = check_finite(ask, &band, err);
  if (st != DYO_OK) return st;
  if (f->non_negative) cut_at_zero(ask, &band);
  out->model_type  = f->model->name;
  out->predictions = band.mean, out->n_predictions = ask->h;
  out->seasonal_periods = f->periods, out->n_seasonal_periods = f->n_periods;
  dyo_freq_print(f->freq, name);
  if (name[0]) out->frequency = dyo_text(ctx, "%s", name);
  if (name[0] && !out->frequency) return dyo_oom(err);
  st = intervals(ctx, ask, &band, given, out, err);
  if (st == DYO_OK) st = dates(ctx, f, ask->h, out, err);
  if (st == DYO_OK) st = diagnose(ctx, f, &note, out, err);
  return st;
}

dyo_status forecast_components(dyo_ctx *ctx, const fitted *f, const dyo_ask *ask, dyo_forecast_out *out,
                               dyo_notes *notes, dyo_err *err)
{
  dyo_component *c = NULL;
  size_t         n = 0;
  if (!f->model->components)
    return dyo_note(ctx, notes, "The model %s has no components.", f->model->name) ? DYO_OK : dyo_oom(err);
  const dyo_status st = f->model->components(ctx, f->state, ask, &c, &n, err);
  if (st != DYO_OK) return st;
  out->components = DYO_NEW(ctx, n, dyo_component_out);
  if (!out->components) return dyo_oom(err);
  for (size_t i = 0; i < n; i++) {
    out->components[i] = (dyo_component_out){c[i].name, c[i].v, ask->h};
    for (size_t k = 0; k < ask->h; k++)
      if (!isfinite(c[i].v[k])) return dyo_fail(err, DYO_INTERNAL, "", "a component is beyond all numbers");
  }
  out->n_components = n;
  return DYO_OK;
}
