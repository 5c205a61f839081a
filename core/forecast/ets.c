/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Exponential smoothing as a model: state, fit, report. One season of up to 24 observations is ETS's own; a longer one, or several
 * (hours of the day and of the week), are taken out by MSTL first and put back onto the forecast. */
#include <math.h>
#include <string.h>

#include "forecast/ets.h"
#include "forecast/models.h"

enum { FEWEST = 4 };

static const char *const error_words[] = {"A", "M", NULL};
static const char *const part_words[]  = {"N", "A", "M", NULL};
static const double      two_pi        = 6.283185307179586476925;

static const dyo_field params_rows[] = {
  DYO_ENUM(ets_want, error, DYO_OPT, error_words, "Errors: additive or multiplicative; absent: chosen."),
  DYO_ENUM(ets_want, trend, DYO_OPT, part_words,
           "Trend: none, additive or multiplicative; absent: none or additive is chosen."),
  DYO_FLAG(ets_want, damped, "Whether the trend is damped; absent: chosen."),
  DYO_ENUM(ets_want, seasonal, DYO_OPT, part_words, "Season: none, additive or multiplicative; absent: chosen."),
  DYO_FLAG(
    ets_want, stl,
    "Whether the season is taken out by STL before; absent: where it has over 24 observations or there are several."),
  DYO_END(ets_want)};

const dyo_field ets_state_rows[] = {
  DYO_ENUM(ets_state, error, DYO_REQ, error_words, "Errors."),
  DYO_ENUM(ets_state, trend, DYO_REQ, part_words, "Trend."),
  DYO_BOOL(ets_state, damped, 0, "Damped trend."),
  DYO_ENUM(ets_state, seasonal, DYO_REQ, part_words, "Season."),
  DYO_INT(ets_state, period, DYO_REQ, 1, ETS_LONGEST_SEASON, NULL, "Observations per season."),
  DYO_NUM(ets_state, alpha, DYO_REQ, 0, 1, NULL, "Weight of the level."),
  DYO_NUM(ets_state, beta, DYO_REQ, 0, 1, NULL, "Weight of the trend over that of the level."),
  DYO_NUM(ets_state, gamma, DYO_REQ, 0, 1, NULL, "Weight of the season."),
  DYO_NUM(ets_state, phi, DYO_REQ, 0, 1, NULL, "Damping."),
  DYO_NUM(ets_state, l, DYO_REQ, -DBL_MAX, DBL_MAX, NULL, "Level at the end."),
  DYO_NUM(ets_state, b, DYO_REQ, -DBL_MAX, DBL_MAX, NULL, "Trend at the end."),
  DYO_NUMS(ets_state, s, 0, DYO_REQ, -DBL_MAX, DBL_MAX, NULL, "Season, the coming place first."),
  DYO_NUMS(ets_state, pattern, 0, DYO_OPT, -DBL_MAX, DBL_MAX, NULL,
           "Last round of each season taken out beforehand, the coming place first."),
  DYO_INTS(ets_state, pattern_periods, DYO_OPT, 1, 100000, NULL, "Observations in each of those seasons."),
  DYO_BOOL(ets_state, pattern_factors, 0, "The pattern is one of logarithms of factors rather than of terms."),
  DYO_NUM(ets_state, sigma2, DYO_REQ, 0, DBL_MAX, NULL, "Variance of the errors."),
  DYO_NUM(ets_state, loss, DYO_REQ, -DBL_MAX, DBL_MAX, NULL, "Minus twice the log-likelihood, up to its constant."),
  DYO_NUM(ets_state, n, DYO_REQ, 0, 1e15, NULL, "Known values."),
  DYO_NUM(ets_state, k, DYO_REQ, 0, 1000, NULL, "Parameters and initial states estimated."),
  DYO_NUM(ets_state, l0, DYO_REQ, -DBL_MAX, DBL_MAX, NULL, "Initial level."),
  DYO_NUM(ets_state, b0, DYO_REQ, -DBL_MAX, DBL_MAX, NULL, "Initial trend."),
  DYO_NUMS(ets_state, residuals, DYO_F_NULLS, DYO_OPT, -DBL_MAX, DBL_MAX, NULL, "One-step errors."),
  DYO_END(ets_state)};

static size_t min_obs(double period)
{
  (void)period;
  return FEWEST;
}

ets_form ets_state_form(const ets_state *s)
{
  return (ets_form){s->error + 1, s->trend, s->seasonal, s->damped, s->period};
}

seasons ets_state_seasons(const ets_state *s)
{
  return (seasons){s->pattern, s->n_pattern, s->pattern_periods, s->n_pattern_periods, s->pattern_factors};
}

ets_weights ets_state_weights(const ets_state *s)
{
  return (ets_weights){s->alpha, s->beta, s->gamma, s->phi};
}

/* The final pass: states at the end, residuals, variance. */
static dyo_status finish(dyo_ctx *ctx, const ets_fit_result *r, const double *y, size_t n, ets_state *s, dyo_err *err)
{
  ets_pass     p;
  const size_t m  = (size_t)r->form.m;
  dyo_status   st = ets_pass_new(ctx, &r->form, y, n, &p, err);
  if (st != DYO_OK) return st;
  p.l[0] = r->l0, p.b[0] = r->b0;
  if (r->s0) memcpy(p.s, r->s0, m * sizeof *p.s);
  ets_forward(&p, &r->w);
  s->error = r->form.error - 1, s->trend = r->form.trend, s->damped = r->form.damped, s->seasonal = r->form.season;
  s->period = r->form.m;
  s->alpha = r->w.alpha, s->beta = r->w.beta, s->gamma = r->w.gamma, s->phi = r->w.phi;
  s->loss = r->loss, s->n = (double)p.known, s->k = (double)r->n_params, s->l0 = r->l0, s->b0 = r->b0;
  s->l = p.l[n - 1], s->b = p.b[n - 1];
  double last = p.s[n - 1];
  ets_step(&p.form, &r->w, y[n - 1], &s->l, &s->b, &last);
  s->s = p.s + n, s->n_s = m; /* s[t + m] holds what followed t: the last m are the coming season */
  s->residuals = p.e, s->n_residuals = n;
  s->sigma2 = p.sse / fmax((double)p.known - (double)r->n_params, 1);
  return DYO_OK;
}

/* Factors suit values all above zero, unless one comes so near to it that its logarithm would outweigh the others. */
static bool take_factors(const dyo_history *h, int seasonal)
{
  double least = INFINITY, sum = 0, known = 0;
  for (size_t t = 0; t < h->n; t++) {
    if (isnan(h->y[t])) continue;
    least = fmin(least, h->y[t]);
    sum += h->y[t];
    known++;
  }
  if (seasonal >= 0) return seasonal == ETS_MUL && least > 0;
  return least > 1e-3 * sum / known;
}

static dyo_status take_seasons(dyo_ctx *ctx, const dyo_history *h, int seasonal, double **y, ets_state *s, dyo_err *err)
{
  seasons          p;
  const dyo_status st = seasons_take(ctx, h, take_factors(h, seasonal), y, &p, err);
  if (st != DYO_OK) return st;
  s->pattern = p.pattern, s->n_pattern = p.n_pattern;
  s->pattern_periods = p.periods, s->n_pattern_periods = p.n_periods;
  s->pattern_factors = p.factors;
  return DYO_OK;
}

static dyo_status fit(dyo_ctx *ctx, const dyo_history *h, const void *params, void *state, dyo_err *err)
{
  ets_want       want      = *(const ets_want *)params;
  double        *adjusted  = NULL;
  int            longest   = 1;
  const size_t   n_seasons = seasons_fitting(h, &longest);
  ets_fit_result r         = {0};
  dyo_status     st        = DYO_OK;
  const bool     apart     = n_seasons > 1 || longest > ETS_LONGEST_SEASON || (n_seasons == 1 && want.stl == 1);
  if (want.seasonal != ETS_NONE && apart) {
    st = take_seasons(ctx, h, want.seasonal, &adjusted, state, err);
    if (st != DYO_OK) return st;
    longest       = 1;
    want.seasonal = ETS_NONE;
  }
  const double *y = adjusted ? adjusted : h->y;
  st              = ets_choose(ctx, &want, y, h->n, longest <= ETS_LONGEST_SEASON ? longest : 1, &r, err);
  return st == DYO_OK ? finish(ctx, &r, y, h->n, state, err) : st;
}

static dyo_status update(dyo_ctx *ctx, void *state, const dyo_news *news, dyo_err *err)
{
  ets_state        *s       = state;
  const ets_form    f       = ets_state_form(s);
  const ets_weights w       = ets_state_weights(s);
  const size_t      m       = s->n_s;
  seasons           pattern = ets_state_seasons(s);
  dyo_status        st      = ets_state_check(s, err);
  if (st != DYO_OK) return st;
  double *ring = DYO_NEW(ctx, m, double);
  if (!ring) return dyo_oom(err);
  for (size_t t = 0; t < news->n; t++)
    ets_step(&f, &w, seasons_off(&pattern, t, news->y[t]), &s->l, &s->b, &s->s[t % m]);
  for (size_t i = 0; i < m; i++) ring[i] = s->s[(news->n + i) % m];
  s->s = ring;
  if (pattern.n_pattern) st = seasons_turn(ctx, &pattern, news->n, err);
  s->pattern   = pattern.pattern;
  s->residuals = NULL, s->n_residuals = 0; /* they belong to the fit */
  return st == DYO_OK ? ets_state_check(s, err) : st;
}

static void add_param(dyo_report *r, const char *name, double value)
{
  r->params[r->n_list++] = (dyo_parameter){name, value, NAN};
}

static dyo_status report(dyo_ctx *ctx, const void *state, dyo_report *r, dyo_err *err)
{
  const ets_state *s = state;
  const double     k = s->k + 1, n = s->n;
  r->form   = dyo_text(ctx, "ETS(%s,%s%s,%s)", error_words[s->error], part_words[s->trend], s->damped ? "d" : "",
                       part_words[s->seasonal]);
  r->params = DYO_NEW(ctx, 8, dyo_parameter);
  if (!r->form || !r->params) return dyo_oom(err);
  if (s->n_pattern) r->form = dyo_text(ctx, "STL + %s", r->form);
  if (!r->form) return dyo_oom(err);
  r->log_likelihood =
    s->sigma2 > 0 ? -0.5 * (s->loss + n * (log(two_pi) + 1 - log(n))) : NAN; /* a perfect fit has none */
  r->aic       = -2 * r->log_likelihood + 2 * k;
  r->aicc      = n > k + 1 ? r->aic + 2 * k * (k + 1) / (n - k - 1) : NAN;
  r->bic       = -2 * r->log_likelihood + k * log(n);
  r->sigma2    = s->sigma2;
  r->n_params  = (size_t)k;
  r->residuals = s->residuals, r->n_residuals = s->n_residuals;
  r->relative = ets_state_form(s).error == ETS_MUL;
  if (s->n_pattern && s->residuals) r->offset = season_back(ctx, s->pattern, s->n_pattern, s->n_residuals);
  if (s->n_pattern && s->residuals && !r->offset) return dyo_oom(err);
  add_param(r, "smoothing_level", s->alpha);
  if (s->trend) add_param(r, "smoothing_trend", s->alpha * s->beta);
  if (s->seasonal) add_param(r, "smoothing_seasonal", s->gamma);
  if (s->damped) add_param(r, "damping_trend", s->phi);
  add_param(r, "initial_level", s->l0);
  if (s->trend) add_param(r, "initial_trend", s->b0);
  add_param(r, "sigma2", s->sigma2);
  return DYO_OK;
}

static const char search_space[] =
  "{\"error\":[null,\"A\",\"M\"],\"trend\":[null,\"N\",\"A\",\"M\"],\"damped\":[null,true,false],"
  "\"seasonal\":[null,\"N\",\"A\",\"M\"]}";

const dyo_model dyo_model_ets = {.name     = "ets",
                                 .params   = params_rows,
                                 .state    = ets_state_rows,
                                 .min_obs  = min_obs,
                                 .fit      = fit,
                                 .forecast = ets_forecast,
                                 .update   = update,
                                 .report   = report,
                                 .search   = search_space};
