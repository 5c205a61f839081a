/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Futures of a fitted ARIMA, drawn from its own residuals, and intervals as their quantiles: for errors that are not normal.
 * Hyndman & Athanasopoulos (2021), Forecasting: Principles and Practice, 5.5. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "forecast/arima.h"
#include "num/dyo_rng.h"

enum { MOST_PATHS = 2000, FEWEST_PATHS = 200, MOST_VALUES = 4000000, FEWEST_RESIDUALS = 10 };

/* Lags of the differencing that are not zero. */
typedef struct {
  size_t  n;
  size_t *lag;
  double *value;
} diffs;

static bool sparse(dyo_ctx *ctx, const arima_order *o, size_t nd, diffs *d)
{
  double *delta = DYO_NEW(ctx, nd + 1, double);
  *d            = (diffs){0, DYO_NEW(ctx, nd + 1, size_t), DYO_NEW(ctx, nd + 1, double)};
  if (!delta || !d->lag || !d->value) return false;
  arima_unroll(o, delta);
  for (size_t j = 0; j < nd; j++)
    if (delta[j] != 0) d->lag[d->n] = j + 1, d->value[d->n++] = delta[j];
  return true;
}

/* Known residuals, centred and scaled up for the degrees of freedom that the fit took. */
static double *pool_of(dyo_ctx *ctx, const arima_state *s, size_t *n)
{
  double *e = DYO_NEW(ctx, s->n_residuals, double), mean = 0;
  *n = 0;
  for (size_t t = 0; e && t < s->n_residuals; t++)
    if (isfinite(s->residuals[t])) e[(*n)++] = s->residuals[t];
  for (size_t i = 0; i < *n; i++) mean += e[i] / (double)*n;
  const double scale = sqrt(s->n / fmax(s->n - s->k + 1, 1));
  for (size_t i = 0; i < *n; i++) e[i] = (e[i] - mean) * scale;
  return e;
}

/* What shocks e[0..h) add up to: u = phi u + theta e + e, then undifferenced, in place of u. */
static void respond(const arima_work *k, const diffs *d, const double *e, size_t h, double *u)
{
  for (size_t i = 0; i < h; i++) {
    u[i] = e[i];
    for (size_t j = 0; j < k->ar.n && k->ar.lag[j] <= i; j++) u[i] += k->ar.value[j] * u[i - k->ar.lag[j]];
    for (size_t j = 0; j < k->ma.n && k->ma.lag[j] <= i; j++) u[i] += k->ma.value[j] * e[i - k->ma.lag[j]];
  }
  for (size_t i = 0; i < h; i++)
    for (size_t j = 0; j < d->n && d->lag[j] <= i; j++) u[i] += d->value[j] * u[i - d->lag[j]];
}

static int ascending(const void *a, const void *b)
{
  const double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

static double quantile(const double *v, size_t n, double p)
{
  const double at = p * (double)(n - 1), lo = floor(at);
  const size_t i = (size_t)lo, j = i + 1 < n ? i + 1 : i;
  return v[i] + (at - lo) * (v[j] - v[i]);
}

size_t arima_n_paths(size_t h)
{
  const size_t fit = MOST_VALUES / h;
  return fit > MOST_PATHS ? MOST_PATHS : fit < FEWEST_PATHS ? FEWEST_PATHS : fit;
}

dyo_status arima_simulate(dyo_ctx *ctx, const arima_state *s, const dyo_ask *ask, const double *mean, size_t paths,
                          double *all, dyo_err *err)
{
  const size_t h = ask->h;
  arima_work   k;
  diffs        d;
  size_t       n  = 0;
  dyo_rng      g  = dyo_rng_seed(ask->seed);
  dyo_status   st = arima_resume(ctx, s, &k, err);
  double      *e = DYO_NEW(ctx, h, double), *u = DYO_NEW(ctx, h, double), *pool = pool_of(ctx, s, &n);
  if (st != DYO_OK) return st;
  if (!e || !u || !pool || !sparse(ctx, &k.o, s->n_tail, &d)) return dyo_oom(err);
  for (size_t p = 0; p < paths; p++) {
    if (dyo_poll(ctx, (double)p / (double)paths, "simulating") == DYO_STOP_CANCELLED)
      return dyo_cancelled(ctx, false, err);
    for (size_t i = 0; i < h; i++)
      e[i] = n < FEWEST_RESIDUALS ? sqrt(s->sigma2) * dyo_rng_normal(&g) : pool[dyo_rng_below(&g, n)];
    respond(&k, &d, e, h, u);
    for (size_t i = 0; i < h; i++) {
      all[i * paths + p] = mean[i] + u[i];
      if (!isfinite(mean[i] + u[i]))
        return dyo_fail(err, DYO_INVALID_INPUT, "/forecast_horizon",
                        "a simulated path leaves the range of numbers at step %zu; a shorter horizon is expected",
                        i + 1);
    }
  }
  return DYO_OK;
}

dyo_status arima_bootstrap(dyo_ctx *ctx, const arima_state *s, const dyo_ask *ask, dyo_band *out, dyo_err *err)
{
  const size_t paths = arima_n_paths(ask->h);
  double      *all   = DYO_NEW(ctx, ask->h * paths, double);
  if (!all) return dyo_oom(err);
  const dyo_status st = arima_simulate(ctx, s, ask, out->mean, paths, all, err);
  for (size_t i = 0; i < ask->h && st == DYO_OK; i++) {
    double *v = all + i * paths;
    qsort(v, paths, sizeof *v, ascending);
    for (size_t l = 0; l < ask->n_levels; l++) {
      out->lower[l * ask->h + i] = fmin(quantile(v, paths, 0.5 - ask->levels[l] / 2), out->mean[i]);
      out->upper[l * ask->h + i] = fmax(quantile(v, paths, 0.5 + ask->levels[l] / 2), out->mean[i]);
    }
  }
  return st;
}
