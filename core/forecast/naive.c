/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Naive, seasonal naive and drift: the yardsticks. Hyndman & Athanasopoulos (2021), Forecasting: Principles and Practice, 5.2, 5.5. */
#include <math.h>
#include <string.h>

#include "forecast/models.h"

enum { LONGEST_SEASON = 100000 };

typedef struct {
  char none;
} naive_params;

typedef struct {
  double *season; /* the last known value of each place in the season, oldest place first; naive: one value */
  size_t  n_season;
  double  slope;  /* drift a step; 0 for the others */
  double  span;   /* steps between first and last value: the uncertainty of the slope; 0 without drift */
  double  sigma2; /* mean squared one-step (one-season) error */
  double  n;      /* errors behind sigma2 */
  double *residuals;
  size_t  n_residuals;
} naive_state;

static const dyo_field params_rows[] = {DYO_END(naive_params)};

const dyo_field naive_state_rows[] = {
  DYO_NUMS(naive_state, season, 0, DYO_REQ, -DBL_MAX, DBL_MAX, NULL, "Last value of each place in the season."),
  DYO_NUM(naive_state, slope, DYO_REQ, -DBL_MAX, DBL_MAX, NULL, "Drift a step."),
  DYO_NUM(naive_state, span, DYO_REQ, 0, 1e15, NULL, "Steps between the first and the last value."),
  DYO_NUM(naive_state, sigma2, DYO_REQ, 0, DBL_MAX, NULL, "Mean squared error."),
  DYO_NUM(naive_state, n, DYO_REQ, 0, 1e15, NULL, "Errors counted."),
  DYO_NUMS(naive_state, residuals, DYO_F_NULLS, DYO_OPT, -DBL_MAX, DBL_MAX, NULL, "One-step errors."),
  DYO_END(naive_state)};

static size_t two(double period)
{
  (void)period;
  return 2;
}

static size_t one(double period)
{
  (void)period;
  return 1;
}

static size_t whole(double period)
{
  return period > 1 ? (size_t)llround(period) : 1;
}

/* Errors y[t] - y[t - m] - slope * m where both are known. */
static bool spread(dyo_ctx *ctx, const double *y, size_t n, size_t m, naive_state *s)
{
  double sse = 0, count = 0;
  s->residuals = DYO_NEW(ctx, n, double), s->n_residuals = n;
  if (!s->residuals) return false;
  for (size_t t = 0; t < m; t++) s->residuals[t] = NAN;
  for (size_t t = m; t < n; t++) {
    const double e  = y[t] - y[t - m] - s->slope * (double)m;
    s->residuals[t] = e;
    if (isnan(e)) continue;
    sse += e * e;
    count++;
  }
  s->n      = count;
  s->sigma2 = count > 0 ? sse / count : 0;
  return true;
}

/* The last known value at each of the m places that end the series; a place never seen takes the last known value of all. */
static dyo_status last_season(dyo_ctx *ctx, const dyo_history *h, size_t m, naive_state *s, dyo_err *err)
{
  s->season   = DYO_NEW(ctx, m, double);
  s->n_season = m;
  if (!s->season) return dyo_oom(err);
  for (size_t i = 0; i < m; i++) {
    s->season[i] = h->y[h->n - 1];
    for (size_t back = m - i; back <= h->n; back += m) {
      if (isnan(h->y[h->n - back])) continue;
      s->season[i] = h->y[h->n - back];
      break;
    }
  }
  return DYO_OK;
}

static dyo_status fit_season(dyo_ctx *ctx, const dyo_history *h, size_t m, naive_state *s, dyo_err *err)
{
  if (m > h->n || m > LONGEST_SEASON) m = 1;
  if (!spread(ctx, h->y, h->n, m, s)) return dyo_oom(err);
  return last_season(ctx, h, m, s, err);
}

static dyo_status fit_naive(dyo_ctx *ctx, const dyo_history *h, const void *params, void *state, dyo_err *err)
{
  (void)params;
  return fit_season(ctx, h, 1, state, err);
}

static dyo_status fit_seasonal(dyo_ctx *ctx, const dyo_history *h, const void *params, void *state, dyo_err *err)
{
  (void)params;
  return fit_season(ctx, h, whole(h->period), state, err);
}

static dyo_status fit_drift(dyo_ctx *ctx, const dyo_history *h, const void *params, void *state, dyo_err *err)
{
  naive_state *s     = state;
  size_t       first = 0;
  (void)params;
  while (first + 1 < h->n && isnan(h->y[first])) first++;
  s->span  = (double)(h->n - 1 - first);
  s->slope = s->span > 0 ? (h->y[h->n - 1] - h->y[first]) / s->span : 0;
  return fit_season(ctx, h, 1, s, err);
}

/* Step i (from 1): seasonal sd = sigma sqrt(k + 1), k whole seasons before; drift sd = sigma sqrt(i (1 + i / span)). */
static dyo_status forecast(dyo_ctx *ctx, const void *state, const dyo_ask *ask, dyo_band *out, dyo_err *err)
{
  const naive_state *s  = state;
  double            *sd = DYO_NEW(ctx, ask->h, double);
  if (!sd) return dyo_oom(err);
  if (s->n_season == 0) return dyo_fail(err, DYO_INVALID_INPUT, "/model", "the model holds no value to repeat");
  for (size_t i = 0; i < ask->h; i++) {
    const double steps = (double)(i + 1), seasons = (double)(i / s->n_season + 1);
    out->mean[i] = s->season[i % s->n_season] + s->slope * steps;
    sd[i]        = sqrt(s->sigma2 * (s->span > 0 ? steps * (1 + steps / s->span) : seasons));
  }
  dyo_band_normal(ask, sd, out);
  return DYO_OK;
}

/* New values push the season on; sigma2 takes their errors in. The slope stays as fitted. */
static dyo_status update(dyo_ctx *ctx, void *state, const dyo_news *news, dyo_err *err)
{
  naive_state *s = state;
  const size_t m = s->n_season;
  double      *v = DYO_NEW(ctx, m, double);
  if (!v) return dyo_oom(err);
  if (m == 0) return dyo_fail(err, DYO_INVALID_INPUT, "/model", "the model holds no value to repeat");
  memcpy(v, s->season, m * sizeof *v);
  for (size_t i = 0; i < news->n; i++) {
    double      *place = &v[i % m];
    const double e     = news->y[i] - *place - s->slope * (double)m;
    if (isnan(e)) {
      *place += s->slope * (double)m;
      continue;
    }
    s->sigma2 = (s->sigma2 * s->n + e * e) / (s->n + 1);
    s->n++;
    *place = news->y[i];
  }
  s->season    = DYO_NEW(ctx, m, double);
  s->residuals = NULL, s->n_residuals = 0;
  if (!s->season) return dyo_oom(err);
  for (size_t i = 0; i < m; i++) s->season[i] = v[(news->n + i) % m];
  return DYO_OK;
}

static dyo_status report(dyo_ctx *ctx, const void *state, dyo_report *r, dyo_err *err)
{
  const naive_state *s = state;
  (void)ctx;
  (void)err;
  r->sigma2    = s->sigma2;
  r->residuals = s->residuals, r->n_residuals = s->n_residuals;
  return DYO_OK;
}

const dyo_model dyo_model_naive          = {.name     = "naive",
                                            .params   = params_rows,
                                            .state    = naive_state_rows,
                                            .min_obs  = one,
                                            .fit      = fit_naive,
                                            .forecast = forecast,
                                            .update   = update,
                                            .report   = report};
const dyo_model dyo_model_seasonal_naive = {.name     = "seasonal_naive",
                                            .params   = params_rows,
                                            .state    = naive_state_rows,
                                            .min_obs  = one,
                                            .fit      = fit_seasonal,
                                            .forecast = forecast,
                                            .update   = update,
                                            .report   = report};
const dyo_model dyo_model_drift          = {.name     = "drift",
                                            .params   = params_rows,
                                            .state    = naive_state_rows,
                                            .min_obs  = two,
                                            .fit      = fit_drift,
                                            .forecast = forecast,
                                            .update   = update,
                                            .report   = report};
