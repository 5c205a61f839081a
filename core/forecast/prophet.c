/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "forecast/prophet.h"

#include <math.h>
#include <string.h>

#include "forecast/dyo_prophet.h"

enum { NAME_MOST = 64, FOURIER_MOST = 200 };

static const char *const growth_words[]   = {"linear", "logistic", "flat", NULL};
static const char *const mode_words[]     = {"additive", "multiplicative", NULL};
static const char *const automatic_word[] = {"auto", NULL};

static const dyo_field seasonality_rows[] = {
  DYO_STR(prophet_seasonality, name, DYO_REQ, NAME_MOST,
          "Name of the part; \"yearly\", \"weekly\" or \"daily\" takes the place of the automatic one."),
  DYO_NUM(prophet_seasonality, period, DYO_REQ, DYO_POS, 1e6, "days",
          "Period; in steps where the series has no dates."),
  DYO_INT(prophet_seasonality, fourier_order, DYO_REQ, 1, FOURIER_MOST, NULL, "Pairs of sine and cosine."),
  DYO_NUM(prophet_seasonality, prior_scale, DYO_OPT, DYO_POS, 1e6, NULL, "Absent: seasonality_prior_scale."),
  DYO_ENUM(prophet_seasonality, mode, DYO_OPT, mode_words, "Absent: seasonality_mode."),
  DYO_STR(
    prophet_seasonality, condition_name, DYO_OPT, NAME_MOST,
    "A regressor of zeros and ones: the season is there only where it is 1, and the regressor has no other effect."),
  DYO_END(prophet_seasonality)};

static const dyo_field regressor_rows[] = {
  DYO_STR(prophet_regressor, name, DYO_REQ, NAME_MOST, "Name of one of the regressors."),
  DYO_NUM(prophet_regressor, prior_scale, DYO_OPT, DYO_POS, 1e6, NULL, "Absent: holidays_prior_scale."),
  DYO_FLAG(prophet_regressor, standardize, "Centre and scale it; absent: unless its values are 0 and 1."),
  DYO_ENUM(prophet_regressor, mode, DYO_OPT, mode_words, "Absent: seasonality_mode."), DYO_END(prophet_regressor)};

#define TERMS(m, doc) DYO_WORD_INT(prophet_params, m, PROPHET_AUTO, 0, FOURIER_MOST, automatic_word, doc)

const dyo_field prophet_params_rows[] = {
  DYO_ENUM(prophet_params, growth, PROPHET_LINEAR, growth_words, "Shape of the trend."),
  DYO_NUM(prophet_params, cap, DYO_OPT, -1e100, 1e100, NULL, "What logistic growth goes towards; above all values."),
  DYO_NUM(prophet_params, floor, DYO_OPT, -1e100, 1e100, NULL, "What it starts from; absent: 0."),
  {.name  = "changepoints",
   .type  = DYO_T_STRS,
   .off   = DYO_AT(prophet_params, changepoints, const char **),
   .off_n = DYO_AT(prophet_params, n_changepoints_given, size_t),
   .dflt  = DYO_OPT,
   .max   = 1000,
   .doc   = "Dates at which the trend may bend; absent: n_changepoints of them, evenly."},
  DYO_INT(prophet_params, n_changepoints, 25, 0, 1000, NULL, "Places at which the trend may bend."),
  DYO_NUM(prophet_params, changepoint_range, 0.8, 0, 1, "0..1", "Share of the history in which they lie."),
  DYO_NUM(prophet_params, changepoint_prior_scale, 0.05, DYO_POS, 1e6, NULL, "How easily the trend bends."),
  TERMS(yearly_seasonality, "Fourier terms, 0 for none; auto: 10 where the history has two years."),
  TERMS(weekly_seasonality, "Fourier terms, 0 for none; auto: 3 for two weeks of values finer than weekly."),
  TERMS(daily_seasonality, "Fourier terms, 0 for none; auto: 4 for two days of values finer than daily."),
  DYO_LIST(prophet_params, seasonalities, DYO_OPT, 50, prophet_seasonality, seasonality_rows, "Further seasons."),
  DYO_ENUM(prophet_params, seasonality_mode, PROPHET_ADDITIVE, mode_words,
           "additive, or multiplicative: in proportion to the trend."),
  DYO_NUM(prophet_params, seasonality_prior_scale, 10, DYO_POS, 1e6, NULL, "How large seasons may be."),
  DYO_NUM(prophet_params, holidays_prior_scale, 10, DYO_POS, 1e6, NULL, "How large holidays and regressors may be."),
  DYO_ENUM(prophet_params, holidays_mode, DYO_OPT, mode_words, "Absent: seasonality_mode."),
  DYO_LIST(prophet_params, regressors, DYO_OPT, 100, prophet_regressor, regressor_rows,
           "How regressors are taken; those not named here as by default."),
  DYO_INT(prophet_params, uncertainty_samples, 1000, 0, 10000, NULL,
          "Simulated trends behind the intervals; 0: the trend counts as certain."),
  DYO_END(prophet_params)};

static const dyo_field holiday_rows[] = {
  DYO_STR(prophet_holiday, name, DYO_REQ, NAME_MOST, "Name."),
  DYO_NUMS(prophet_holiday, days, 0, DYO_REQ, -1e7, 1e7, NULL, "Days since 1970-01-01."),
  DYO_INT(prophet_holiday, lower_window, DYO_REQ, -366, 0, NULL, "Days before."),
  DYO_INT(prophet_holiday, upper_window, DYO_REQ, 0, 366, NULL, "Days after."),
  DYO_NUM(prophet_holiday, prior_scale, DYO_OPT, DYO_POS, 1e6, NULL, "Prior."),
  DYO_END(prophet_holiday)};

const dyo_field prophet_state_rows[] = {
  DYO_OBJ(prophet_state, params, DYO_REQ, prophet_params, prophet_params_rows, "As asked for."),
  DYO_STR(prophet_state, frequency, DYO_OPT, 16, "Frequency."),
  DYO_NUMS(prophet_state, y, DYO_F_NULLS, DYO_REQ, -DBL_MAX, DBL_MAX, NULL, "History."),
  DYO_NUMS(prophet_state, t, 0, DYO_OPT, -1e7, 1e7, NULL, "Its days since 1970-01-01."),
  DYO_NUMS(prophet_state, x, 0, DYO_OPT, -DBL_MAX, DBL_MAX, NULL, "Its regressors, one after the other."),
  DYO_STRS(prophet_state, x_names, DYO_OPT, 100, "Their names."),
  DYO_NUMS(prophet_state, periods, 0, DYO_OPT, 1, 1e6, NULL, "Seasonal periods of a series without dates."),
  DYO_LIST(prophet_state, holidays, DYO_OPT, 1000, prophet_holiday, holiday_rows, "Holidays."),
  DYO_NUM(prophet_state, k, DYO_REQ, -DBL_MAX, DBL_MAX, NULL, "Slope of the trend at the start."),
  DYO_NUM(prophet_state, m, DYO_REQ, -DBL_MAX, DBL_MAX, NULL, "Its offset."),
  DYO_NUM(prophet_state, sigma, DYO_REQ, DYO_POS, DBL_MAX, NULL, "Standard deviation of the noise."),
  DYO_NUMS(prophet_state, delta, 0, DYO_REQ, -DBL_MAX, DBL_MAX, NULL, "Bends of the trend."),
  DYO_NUMS(prophet_state, beta, 0, DYO_REQ, -DBL_MAX, DBL_MAX, NULL, "Coefficients of the features."),
  DYO_END(prophet_state)};

static size_t min_obs(double period)
{
  (void)period;
  return 2;
}

static bool copy(dyo_ctx *ctx, const double *from, size_t n, double **to, size_t *count)
{
  *to    = from ? DYO_NEW(ctx, n, double) : NULL;
  *count = from ? n : 0;
  if (!from) return true;
  if (*to && n) memcpy(*to, from, n * sizeof **to);
  return *to != NULL;
}

static bool keep_holidays(dyo_ctx *ctx, const dyo_history *h, prophet_state *s)
{
  s->n_holidays = h->n_holidays;
  s->holidays   = h->n_holidays ? DYO_NEW(ctx, h->n_holidays, prophet_holiday) : NULL;
  for (size_t i = 0; s->holidays && i < h->n_holidays; i++) {
    const dyo_holiday *d = &h->holidays[i];
    prophet_holiday   *o = &s->holidays[i];
    *o = (prophet_holiday){.name = d->name, .lower_window = d->lower_window, .upper_window = d->upper_window};
    o->prior_scale = d->prior_scale;
    if (!copy(ctx, d->days, d->n, &o->days, &o->n_days)) return false;
  }
  return s->holidays || !h->n_holidays;
}

/* What a later fit needs of the history. */
static bool keep_history(dyo_ctx *ctx, const dyo_history *h, const prophet_params *p, prophet_state *s)
{
  char frequency[DYO_TIME_CHARS];
  dyo_freq_print(h->freq, frequency);
  s->params    = DYO_NEW(ctx, 1, prophet_params);
  s->frequency = h->t ? dyo_text(ctx, "%s", frequency) : NULL;
  s->x_names   = h->x_names;
  s->n_x_names = h->n_x;
  if (!s->params || (h->t && !s->frequency)) return false;
  *s->params = *p;
  return copy(ctx, h->y, h->n, &s->y, &s->n_y) && copy(ctx, h->t, h->n, &s->t, &s->n_t) &&
         copy(ctx, h->n_x ? h->x : NULL, h->n * h->n_x, &s->x, &s->n_x) &&
         copy(ctx, h->t ? NULL : h->periods, h->n_periods, &s->periods, &s->n_periods) && keep_holidays(ctx, h, s);
}

/* The most probable parameters into s; from s->beta on where it has as many as the form. */
static dyo_status estimate(dyo_ctx *ctx, const prophet_form *f, prophet_state *s, dyo_err *err)
{
  double    *theta = DYO_NEW(ctx, f->n, double);
  const bool warm  = s->beta && s->n_beta == f->n_beta && s->n_delta == f->n_cp;
  if (!theta) return dyo_oom(err);
  if (warm) {
    theta[0] = s->k, theta[1] = s->m;
    if (f->n_cp) memcpy(theta + 2, s->delta, f->n_cp * sizeof *theta);
    if (f->n_beta) memcpy(theta + 2 + f->n_cp, s->beta, f->n_beta * sizeof *theta);
  }
  const dyo_status st = prophet_map(ctx, f, warm, theta, &s->sigma, err);
  if (st != DYO_OK) return st;
  s->k = theta[0], s->m = theta[1];
  s->delta = theta + 2, s->n_delta = f->n_cp;
  s->beta = theta + 2 + f->n_cp, s->n_beta = f->n_beta;
  return DYO_OK;
}

static dyo_status fit(dyo_ctx *ctx, const dyo_history *h, const void *params, void *state, dyo_err *err)
{
  prophet_state *s = state;
  prophet_form   f;
  dyo_status     st = prophet_form_new(ctx, h, params, &f, err);
  if (st == DYO_OK && !keep_history(ctx, h, params, s)) st = dyo_oom(err);
  return st == DYO_OK ? estimate(ctx, &f, s, err) : st;
}

dyo_status dyo_prophet_bends(dyo_ctx *ctx, const dyo_history *h, const void *params, dyo_bend **out, size_t *n,
                             dyo_err *err)
{
  prophet_state s = {0};
  prophet_form  f;
  dyo_status    st = prophet_form_new(ctx, h, params, &f, err);
  if (st == DYO_OK) st = estimate(ctx, &f, &s, err);
  if (st != DYO_OK) return st;
  dyo_bend    *b     = DYO_NEW(ctx, f.n_cp, dyo_bend);
  const double unit  = (f.p->growth == PROPHET_LOGISTIC ? 1 : f.scale) / (double)(h->n - 1);
  double       slope = s.k;
  if (!b) return dyo_oom(err);
  for (size_t i = 0; i < f.n_cp; i++, slope += s.delta[i - 1])
    b[i] = (dyo_bend){f.t0 + f.cp[i] * f.span, s.delta[i], slope * unit, (slope + s.delta[i]) * unit};
  *out = b, *n = f.n_cp;
  return DYO_OK;
}

static bool ascending(const double *t, size_t n)
{
  for (size_t i = 1; i < n; i++)
    if (!(t[i] > t[i - 1])) return false;
  return true;
}

static dyo_status history_of(dyo_ctx *ctx, const prophet_state *s, dyo_history *h, dyo_err *err)
{
  dyo_holiday *d = DYO_NEW(ctx, s->n_holidays, dyo_holiday);
  if (!d) return dyo_oom(err);
  *h      = (dyo_history){.y          = s->y,
                          .n          = s->n_y,
                          .period     = 1,
                          .periods    = s->periods,
                          .n_periods  = s->n_periods,
                          .x          = s->x,
                          .n_x        = s->n_x_names,
                          .x_names    = s->x_names,
                          .t          = s->t,
                          .holidays   = d,
                          .n_holidays = s->n_holidays};
  bool ok = h->n >= 2 && !isnan(h->y[0]) && !isnan(h->y[h->n - 1]) && s->n_x == h->n * h->n_x;
  ok      = ok && (!s->t == !s->frequency) && (s->t || !s->n_holidays);
  if (ok && s->t) ok = s->n_t == h->n && ascending(s->t, h->n) && dyo_freq_parse(s->frequency, &h->freq);
  for (size_t i = 0; ok && i < s->n_holidays; i++) {
    const prophet_holiday *o = &s->holidays[i];
    d[i] = (dyo_holiday){o->name, o->days, o->n_days, o->lower_window, o->upper_window, o->prior_scale};
    ok   = ascending(o->days, o->n_days);
  }
  return ok ? DYO_OK : dyo_fail(err, DYO_INVALID_INPUT, "/model", "the history in the model string is not one");
}

dyo_status prophet_open_state(dyo_ctx *ctx, const prophet_state *s, prophet_open *o, dyo_err *err)
{
  *o            = (prophet_open){0};
  dyo_status st = history_of(ctx, s, &o->h, err);
  if (st != DYO_OK) return st;
  st = prophet_form_new(ctx, &o->h, s->params, &o->f, err);
  if (st == DYO_OUT_OF_MEMORY) return st;
  if (st != DYO_OK || s->n_delta != o->f.n_cp || s->n_beta != o->f.n_beta) {
    *err = (dyo_err){0};
    return dyo_fail(err, DYO_INVALID_INPUT, "/model", "the parts of the model string do not belong together");
  }
  o->theta = DYO_NEW(ctx, o->f.n, double);
  o->sigma = s->sigma;
  if (!o->theta) return dyo_oom(err);
  o->theta[0] = s->k, o->theta[1] = s->m;
  if (s->n_delta) memcpy(o->theta + 2, s->delta, s->n_delta * sizeof *s->delta);
  if (s->n_beta) memcpy(o->theta + 2 + s->n_delta, s->beta, s->n_beta * sizeof *s->beta);
  return DYO_OK;
}

static double *joined(dyo_ctx *ctx, const double *a, size_t n, const double *b, size_t m)
{
  double *v = DYO_NEW(ctx, n + m, double);
  if (!v) return NULL;
  memcpy(v, a, n * sizeof *v);
  if (m) memcpy(v + n, b, m * sizeof *v);
  return v;
}

/* The history with the news behind it, up to the last known value. */
static dyo_status append(dyo_ctx *ctx, const dyo_news *news, dyo_history *h, dyo_err *err)
{
  size_t m = news->n;
  while (m > 0 && isnan(news->y[m - 1])) m--;
  double *x = h->n_x ? DYO_NEW(ctx, h->n_x * (h->n + m), double) : NULL;
  if (h->n_x && !x) return dyo_oom(err);
  if (h->n_x && !news->x)
    return dyo_fail(err, DYO_INVALID_INPUT, "/observations/regressors",
                    "the model has regressors; their values are expected with the observations");
  for (size_t j = 0; j < h->n_x; j++) {
    memcpy(x + j * (h->n + m), h->x + j * h->n, h->n * sizeof *x);
    memcpy(x + j * (h->n + m) + h->n, news->x + j * news->n, m * sizeof *x);
  }
  h->y = joined(ctx, h->y, h->n, news->y, m);
  h->x = x;
  if (h->t && m && !(news->t && news->t[0] > h->t[h->n - 1]))
    return dyo_fail(err, DYO_INVALID_INPUT, "/model", "its history does not end before the observations");
  if (h->t) h->t = joined(ctx, h->t, h->n, news->t, m);
  h->n += m;
  return h->y ? DYO_OK : dyo_oom(err);
}

/* Fitted again from where it stands: every old value tells of every parameter, and a start near the end makes that cheap. */
static dyo_status update(dyo_ctx *ctx, void *state, const dyo_news *news, dyo_err *err)
{
  prophet_state *s = state;
  prophet_open   o;
  prophet_form   f;
  dyo_status     st = prophet_open_state(ctx, s, &o, err);
  if (st == DYO_OK) st = append(ctx, news, &o.h, err);
  if (st == DYO_OK) st = prophet_form_new(ctx, &o.h, s->params, &f, err);
  if (st == DYO_OK && !keep_history(ctx, &o.h, s->params, s)) st = dyo_oom(err);
  return st == DYO_OK ? estimate(ctx, &f, s, err) : st;
}

static const char *form_text(dyo_ctx *ctx, const prophet_form *f)
{
  const char *text = dyo_text(ctx, "%s trend", growth_words[f->p->growth]);
  for (size_t i = 0; text && i < f->n_blocks; i++) {
    const prophet_block *b = &f->blocks[i];
    if (b->kind != PROPHET_SEASON || strlen(text) > 80) continue;
    text = dyo_text(ctx, "%s %c %.24s(%zu)", text, b->multiplicative ? '*' : '+', b->name, b->n / 2);
  }
  return text;
}

static dyo_status residuals(dyo_ctx *ctx, const prophet_open *o, dyo_report *r, dyo_err *err)
{
  const prophet_form *f = &o->f;
  double             *e = DYO_NEW(ctx, o->h.n, double), *row = DYO_NEW(ctx, f->n, double), n = 0, rss = 0;
  if (!e || !row) return dyo_oom(err);
  for (size_t i = 0; i < o->h.n; i++) {
    prophet_row(f, prophet_time(&o->h, i), o->h.x, o->h.n, i, row);
    const prophet_parts p = prophet_at(f, o->theta, row);
    e[i]                  = o->h.y[i] - f->floor - f->scale * (p.trend * (1 + p.multiplicative) + p.additive);
    if (isnan(e[i])) continue;
    n++;
    rss += e[i] * e[i];
  }
  r->residuals = e, r->n_residuals = o->h.n;
  r->sigma2         = o->sigma * f->scale * o->sigma * f->scale;
  r->log_likelihood = -n / 2 * log(4 * acos(0) * r->sigma2) - rss / (2 * r->sigma2);
  return DYO_OK;
}

/* Coefficients of the regressors in units of the values (or shares of the trend) a unit of the regressor. */
static dyo_status coefficients(dyo_ctx *ctx, const prophet_open *o, dyo_report *r, dyo_err *err)
{
  const prophet_form *f    = &o->f;
  double             *chol = NULL, *row = DYO_NEW(ctx, 2 * f->n, double);
  if (!row) return dyo_oom(err);
  if (!o->h.n_x) return DYO_OK;
  const dyo_status st = prophet_precision(ctx, f, o->theta, o->sigma, &chol, err);
  if (st != DYO_OK) return st;
  for (size_t i = 0; i < f->n_blocks; i++) {
    const prophet_block *b  = &f->blocks[i];
    const size_t         at = 2 + f->n_cp + b->first;
    if (b->kind != PROPHET_REGRESSOR) continue;
    const double unit      = (b->multiplicative ? 1 : f->scale) / b->sd;
    row[at]                = 1;
    const double sd        = sqrt(prophet_variance(f, chol, row, 1, row + f->n));
    row[at]                = 0;
    r->params[r->n_list++] = (dyo_parameter){b->name, o->theta[at] * unit, sd * unit};
  }
  return DYO_OK;
}

static dyo_status report(dyo_ctx *ctx, const void *state, dyo_report *r, dyo_err *err)
{
  prophet_open o;
  dyo_status   st = prophet_open_state(ctx, state, &o, err);
  if (st != DYO_OK) return st;
  r->form     = form_text(ctx, &o.f);
  r->params   = DYO_NEW(ctx, 3 + o.h.n_x, dyo_parameter);
  r->n_params = o.f.n + 1;
  if (!r->form || !r->params) return dyo_oom(err);
  r->params[0] = (dyo_parameter){"k", o.theta[0], NAN};
  r->params[1] = (dyo_parameter){"m", o.theta[1], NAN};
  r->params[2] = (dyo_parameter){"sigma_obs", o.sigma, NAN};
  r->n_list    = 3;
  st           = residuals(ctx, &o, r, err);
  return st == DYO_OK ? coefficients(ctx, &o, r, err) : st;
}

static const char **regressors(const void *state, size_t *n)
{
  const prophet_state *s = state;
  *n                     = s->n_x_names;
  return s->x_names;
}

static const char search_space[] =
  "{\"changepoint_prior_scale\":{\"min\":0.001,\"max\":0.5},\"seasonality_prior_scale\":{\"min\":0.01,\"max\":10},"
  "\"holidays_prior_scale\":{\"min\":0.01,\"max\":10},\"seasonality_mode\":[\"additive\",\"multiplicative\"],"
  "\"changepoint_range\":[0.8,0.9,0.95]}"; /* as Prophet's guide to its hyperparameters has them */

const dyo_model dyo_model_prophet = {.name       = "prophet",
                                     .params     = prophet_params_rows,
                                     .state      = prophet_state_rows,
                                     .min_obs    = min_obs,
                                     .fit        = fit,
                                     .forecast   = prophet_forecast,
                                     .update     = update,
                                     .report     = report,
                                     .regressors = regressors,
                                     .holidays   = true,
                                     .components = prophet_components,
                                     .search     = search_space};
