/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Exponential smoothing as a model: automatic choice of the form by AICc (Hyndman, Koehler, Snyder & Grose 2002, Int. J.
 * Forecasting 18), state, report. Seasons longer than 24 are taken out by STL first and put back onto the forecast. */
#include <math.h>
#include <string.h>

#include "forecast/ets.h"
#include "forecast/models.h"
#include "series/dyo_series.h"

enum { FEWEST = 4, LONGEST_PATTERN = 100000 };

static const char *const error_words[] = {"A", "M", NULL};
static const char *const part_words[]  = {"N", "A", "M", NULL};
static const double      two_pi        = 6.283185307179586476925;

typedef struct {
  int error, trend, damped, seasonal; /* -1: chosen */
} ets_params;

static const dyo_field params_rows[] = {
  DYO_ENUM(ets_params, error, DYO_OPT, error_words, "Errors: additive or multiplicative; absent: chosen."),
  DYO_ENUM(ets_params, trend, DYO_OPT, part_words,
           "Trend: none, additive or multiplicative; absent: none or additive is chosen."),
  DYO_FLAG(ets_params, damped, "Whether the trend is damped; absent: chosen."),
  DYO_ENUM(ets_params, seasonal, DYO_OPT, part_words, "Season: none, additive or multiplicative; absent: chosen."),
  DYO_END(ets_params)};

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
           "Long season taken out beforehand, the coming place first."),
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

ets_weights ets_state_weights(const ets_state *s)
{
  return (ets_weights){s->alpha, s->beta, s->gamma, s->phi};
}

typedef struct {
  dyo_ctx          *ctx;
  const ets_params *want;
  const double     *y;
  size_t            n, known;
  int               m; /* of a season ETS itself carries; 1 = none */
  bool              positive;
  ets_fit_result    best;
  bool              found;
  dyo_err          *err;
} choice;

/* May this form be tried? Additive errors on a multiplicative season or trend have infinite variance; forms with more
 * parameters than the data can bear are left out. */
static bool admissible(const choice *c, const ets_form *f)
{
  const ets_params *w = c->want;
  const size_t      k = 2 + (f->trend ? 2u : 0u) + (f->damped ? 1u : 0u) + (f->season ? (size_t)f->m + 1 : 0u);
  if (w->error >= 0 && f->error != w->error + 1) return false;
  if (w->trend >= 0 ? f->trend != w->trend : f->trend == ETS_MUL) return false;
  if (w->seasonal >= 0 && f->season != w->seasonal) return false;
  if (w->damped >= 0 && f->trend != ETS_NONE && f->damped != (w->damped == 1)) return false;
  if (!c->positive && (f->error == ETS_MUL || f->trend == ETS_MUL || f->season == ETS_MUL)) return false;
  if (w->error < 0 && f->error == ETS_ADD && (f->season == ETS_MUL || f->trend == ETS_MUL)) return false;
  return c->known > k + 1 && (!f->season || (f->m > 1 && c->n >= 2 * (size_t)f->m));
}

static dyo_status try_form(choice *c, const ets_form *f)
{
  ets_fit_result r  = {0};
  bool           ok = false;
  dyo_status     st = ets_fit_form(c->ctx, f, c->y, c->n, &r, &ok, c->err);
  if (st == DYO_OK && ok && (!c->found || r.aicc < c->best.aicc)) {
    c->best  = r;
    c->found = true;
  }
  return st;
}

static dyo_status try_all(choice *c)
{
  dyo_status st   = DYO_OK;
  int        done = 0;
  for (int season = ETS_NONE; season <= ETS_MUL; season++)
    for (int trend = ETS_NONE; trend <= ETS_MUL; trend++)
      for (int damped = 0; damped <= (trend != ETS_NONE); damped++)
        for (int error = ETS_ADD; error <= ETS_MUL && st == DYO_OK; error++) {
          const ets_form f = {error, trend, season, damped != 0, season ? c->m : 1};
          if (!admissible(c, &f)) continue;
          st = try_form(c, &f);
          if (dyo_poll(c->ctx, 0.05 * done++, "exponential smoothing") == DYO_STOP_CANCELLED)
            return dyo_cancelled(c->ctx, false, c->err);
        }
  return st;
}

/* Too short or too odd for any form: the mean with additive errors. */
static void fall_back(choice *c)
{
  double sum = 0, sse = 0;
  for (size_t t = 0; t < c->n; t++) sum += isnan(c->y[t]) ? 0 : c->y[t];
  const double mean = sum / (double)c->known;
  for (size_t t = 0; t < c->n; t++) sse += isnan(c->y[t]) ? 0 : (c->y[t] - mean) * (c->y[t] - mean);
  c->best =
    (ets_fit_result){.form = {ETS_ADD, ETS_NONE, ETS_NONE, false, 1}, .w = {0.0, 0, 0, 1}, .l0 = mean, .n_params = 1};
  c->best.loss = (double)c->known * log(sse + 1e-300);
}

/* The final pass: states at the end, residuals, variance. */
static dyo_status finish(choice *c, ets_state *s)
{
  ets_pass     p;
  const size_t m  = (size_t)c->best.form.m;
  dyo_status   st = ets_pass_new(c->ctx, &c->best.form, c->y, c->n, &p, c->err);
  if (st != DYO_OK) return st;
  p.l[0] = c->best.l0, p.b[0] = c->best.b0;
  if (c->best.s0) memcpy(p.s, c->best.s0, m * sizeof *p.s);
  ets_forward(&p, &c->best.w);
  *s   = (ets_state){.error     = c->best.form.error - 1,
                     .trend     = c->best.form.trend,
                     .damped    = c->best.form.damped,
                     .seasonal  = c->best.form.season,
                     .period    = c->best.form.m,
                     .alpha     = c->best.w.alpha,
                     .beta      = c->best.w.beta,
                     .gamma     = c->best.w.gamma,
                     .phi       = c->best.w.phi,
                     .loss      = c->best.loss,
                     .n         = (double)c->known,
                     .k         = (double)c->best.n_params,
                     .l0        = c->best.l0,
                     .b0        = c->best.b0,
                     .pattern   = s->pattern,
                     .n_pattern = s->n_pattern};
  s->l = p.l[c->n - 1], s->b = p.b[c->n - 1];
  double last = p.s[c->n - 1];
  ets_step(&p.form, &c->best.w, c->y[c->n - 1], &s->l, &s->b, &last);
  s->s = p.s + c->n, s->n_s = m; /* s[t + m] holds what followed t: the last m are the coming season */
  s->residuals = p.e, s->n_residuals = c->n;
  s->sigma2 = p.sse / fmax((double)p.known - (double)c->best.n_params, 1);
  return DYO_OK;
}

/* Seasons ETS cannot carry: out by STL, the last one kept as a pattern. */
static dyo_status take_pattern(dyo_ctx *ctx, const dyo_history *h, int period, double **adjusted, ets_state *s,
                               dyo_err *err)
{
  double *y = DYO_NEW(ctx, h->n, double);
  if (!y) return dyo_oom(err);
  dyo_series_fill(&(dyo_series){h->y, h->n}, y);
  const dyo_status st = pattern_take(ctx, y, h->n, period, &s->pattern, err);
  if (st != DYO_OK) return st;
  s->n_pattern = (size_t)period;
  for (size_t t = 0; t < h->n; t++)
    if (isnan(h->y[t])) y[t] = NAN;
  *adjusted = y;
  return DYO_OK;
}

static dyo_status fit(dyo_ctx *ctx, const dyo_history *h, const void *params, void *state, dyo_err *err)
{
  ets_state   *s      = state;
  double      *y      = NULL;
  choice       c      = {.ctx = ctx, .want = params, .y = h->y, .n = h->n, .m = 1, .positive = true, .err = err};
  const double period = floor(h->period + 0.5);
  dyo_status   st     = DYO_OK;
  if (c.want->seasonal != ETS_NONE && period > ETS_LONGEST_SEASON && period < LONGEST_PATTERN &&
      h->n >= 2 * (size_t)period) {
    st = take_pattern(ctx, h, (int)period, &y, s, err);
    if (st != DYO_OK) return st;
    c.y = y;
  } else if (period > 1 && period <= ETS_LONGEST_SEASON) {
    c.m = (int)period;
  }
  for (size_t t = 0; t < c.n; t++) {
    if (isnan(c.y[t])) continue;
    c.known++;
    c.positive = c.positive && c.y[t] > 0;
  }
  if (!c.positive && (c.want->error == 1 || c.want->trend == ETS_MUL || c.want->seasonal == ETS_MUL))
    return dyo_fail(
      err, DYO_INVALID_INPUT, "/params",
      "multiplicative parts need values above zero; leave error, trend and seasonal to the choice or use A");
  st = try_all(&c);
  if (st != DYO_OK) return st;
  if (!c.found) fall_back(&c);
  return finish(&c, s);
}

static dyo_status update(dyo_ctx *ctx, void *state, const double *y, size_t n, const double *x, dyo_err *err)
{
  ets_state        *s = state;
  const ets_form    f = ets_state_form(s);
  const ets_weights w = ets_state_weights(s);
  const size_t      m = s->n_s, p = s->n_pattern;
  double           *ring = NULL;
  dyo_status        st   = ets_state_check(s, err);
  (void)x;
  if (st != DYO_OK) return st;
  ring = DYO_NEW(ctx, m + p, double);
  if (!ring) return dyo_oom(err);
  for (size_t t = 0; t < n; t++) ets_step(&f, &w, y[t] - (p ? s->pattern[t % p] : 0), &s->l, &s->b, &s->s[t % m]);
  for (size_t i = 0; i < m; i++) ring[i] = s->s[(n + i) % m];
  for (size_t i = 0; i < p; i++) ring[m + i] = s->pattern[(n + i) % p];
  s->s = ring;
  if (p) s->pattern = ring + m;
  s->residuals = NULL, s->n_residuals = 0; /* they belong to the fit */
  return ets_state_check(s, err);
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

const dyo_model dyo_model_ets = {"ets", params_rows, ets_state_rows, min_obs, fit, ets_forecast, update, report, NULL};
