/* SPDX-License-Identifier: GPL-3.0-or-later */
/* OCSB test. With lambda(B) the autoregression of (1-B)(1-B^m) y_t,
 *   (1-B)(1-B^m) y_t = sum_i phi_i (1-B)(1-B^m) y_{t-i} + b1 lambda(B)(1-B^m) y_{t-1} + b2 lambda(B)(1-B) y_{t-m} + e_t,
 * and the t of b2 tests the seasonal root. Osborn et al. (1988), equation 3.3; critical values: smoothed over the period from
 * simulations, Hyndman, Athanasopoulos et al. (forecast, 2019). */
#include <math.h>

#include "num/dyo_ols.h"
#include "stats/dyo_unitroot.h"

enum { MOST_LAGS = 3 };

typedef struct {
  const double *x;
  size_t        n, m; /* values, period */
} series;

static double diff(const series *s, size_t t) /* (1-B) x */
{
  return s->x[t] - s->x[t - 1];
}

static double season(const series *s, size_t t) /* (1-B^m) x */
{
  return s->x[t] - s->x[t - s->m];
}

static double both(const series *s, size_t t) /* (1-B)(1-B^m) x */
{
  return season(s, t) - season(s, t - 1);
}

/* lambda(B) of a differenced series at t. */
static double filtered(double (*d)(const series *, size_t), const series *s, size_t t, const double *phi, size_t lags)
{
  double v = d(s, t);
  for (size_t i = 1; i <= lags; i++) v -= phi[i - 1] * d(s, t - i);
  return v;
}

/* t of the last regressor and the AIC of the second regression; rows from `from` on. False where it cannot be computed. */
static bool fit(dyo_ctx *ctx, const series *s, size_t lags, size_t from, double *t, double *aic)
{
  const size_t first = s->m + 1 + from, k = lags + 2;
  double       phi[MOST_LAGS] = {0}, row[MOST_LAGS + 2];
  dyo_qr      *ar = dyo_qr_new(ctx, lags), *q = dyo_qr_new(ctx, k);
  if (!ar || !q || s->n <= first + k) return false;
  for (size_t i = first; i < s->n; i++) {
    for (size_t l = 1; l <= lags; l++) row[l - 1] = both(s, i - l);
    dyo_qr_row(ar, row, both(s, i));
  }
  dyo_qr_done(ar);
  if (dyo_qr_rank(ar) < lags || !dyo_qr_solve(ctx, ar, lags, phi, NULL)) return false;
  for (size_t i = first + s->m + 1; i < s->n; i++) {
    for (size_t l = 1; l <= lags; l++) row[l - 1] = both(s, i - l);
    row[lags]     = filtered(season, s, i - 1, phi, lags);
    row[lags + 1] = filtered(diff, s, i - s->m, phi, lags);
    dyo_qr_row(q, row, both(s, i));
  }
  dyo_qr_done(q);
  const size_t rows = dyo_qr_rows(q);
  if (rows <= k || dyo_qr_rank(q) < k || !(dyo_qr_rss(q, k) > 0)) return false;
  *t   = dyo_qr_last_t(q, k);
  *aic = dyo_aic(dyo_gauss_loglik(rows, dyo_qr_rss(q, k)), (double)k + 1);
  return true;
}

bool dyo_ocsb_test(dyo_ctx *ctx, const dyo_series *y, int period, dyo_ocsb *out)
{
  double *x = DYO_NEW(ctx, y->n, double), least = INFINITY;
  *out = (dyo_ocsb){NAN, NAN, 0};
  if (!x || period < 2 || y->n < 2 * (size_t)period + 10 || dyo_series_known(y) == 0) return false;
  dyo_series_fill(y, x);
  const series s = {x, y->n, (size_t)period};
  for (size_t lags = 0; lags <= MOST_LAGS; lags++) {
    double t = 0, aic = 0;
    if (!fit(ctx, &s, lags, MOST_LAGS, &t, &aic) || !(aic < least)) continue;
    least          = aic;
    out->statistic = t;
    out->lag       = (int)lags;
  }
  const double l = log(period) - 0.7656451;
  out->critical  = -0.2937411 * exp(-0.2850853 * l - 0.05983644 * l * l) - 1.652202;
  return isfinite(least);
}
