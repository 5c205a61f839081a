/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/dyo_features.h"

#include <math.h>
#include <string.h>

#include "num/dyo_fft.h"
#include "num/dyo_ols.h"
#include "stats/dyo_acf.h"
#include "stats/dyo_kpss.h"
#include "stats/dyo_mstl.h"
#include "stats/dyo_order.h"

enum { LAGS = 10, STRETCHES = 10, LEAST = 6 };

#define WORD(name, doc) #name,
const char *const dyo_feature_words[] = {DYO_FEATURE_MAP(WORD) NULL};

static double mean_of(const double *x, size_t n)
{
  double mean = 0;
  for (size_t i = 0; i < n; i++) mean += (x[i] - mean) / ((double)i + 1);
  return mean;
}

static double variance_of(const double *x, size_t n)
{
  const double mean = mean_of(x, n);
  double       sum  = 0;
  for (size_t i = 0; i < n; i++) sum += (x[i] - mean) * (x[i] - mean);
  return n > 0 ? sum / (double)n : 0;
}

/* Autocorrelations at lag 1 and the sum of squares of the first ten; NaN where x is too short or does not vary. */
static void correlations(dyo_ctx *ctx, const double *x, size_t n, double *first, double *squares)
{
  double       r[LAGS] = {0}, sum = 0;
  const size_t lags = n - 1 < LAGS ? n - 1 : LAGS;
  *first            = NAN;
  if (n < LEAST || !(variance_of(x, n) > 1e-24) || !dyo_autocorrelation(ctx, x, n, lags, r)) return;
  for (size_t k = 0; k < lags; k++) sum += r[k] * r[k];
  *first = r[0];
  if (squares) *squares = sum;
}

static size_t differences(const double *x, size_t n, double *d)
{
  for (size_t i = 0; i + 1 < n; i++) d[i] = x[i + 1] - x[i];
  return n > 0 ? n - 1 : 0;
}

/* Shannon entropy of the smoothed periodogram over that of noise. */
static double entropy(dyo_ctx *ctx, const double *d, size_t n)
{
  dyo_spectrum f;
  double       sum = 0, e = 0;
  if (n < LEAST || !dyo_periodogram(ctx, d, n, &f)) return NAN;
  const size_t step = f.size / n > 1 ? f.size / n : 1, last = f.size / 2, bands = last / step;
  double      *p = DYO_NEW(ctx, bands + 1, double);
  if (!p || bands < 2) return NAN;
  for (size_t b = 0; b < bands; b++) {
    for (size_t k = b * step + 1; k <= (b + 1) * step; k++) p[b] += f.power[k];
    sum += p[b];
  }
  for (size_t b = 0; b < bands && sum > 0; b++)
    if (p[b] > 0) e -= p[b] / sum * log(p[b] / sum);
  return sum > 0 ? e / log((double)bands) : NAN;
}

/* Coefficients of the orthonormal line and parabola in the trend, over the root of n; x has deviation 1. */
static void shape(const double *trend, size_t n, double *out)
{
  double       line = 0, bow = 0, line2 = 0, bow2 = 0;
  const double middle = ((double)n - 1) / 2, flat = ((double)n * (double)n - 1) / 12;
  for (size_t t = 0; t < n; t++) {
    const double u = (double)t - middle, v = u * u - flat;
    line += u * trend[t], bow += v * trend[t];
    line2 += u * u, bow2 += v * v;
  }
  out[DYO_FEATURE_linearity] = line / sqrt(line2 * (double)n);
  out[DYO_FEATURE_curvature] = bow / sqrt(bow2 * (double)n);
}

/* Trend, seasons and remainder: their strengths and what is left in the remainder. */
static dyo_status parts(dyo_ctx *ctx, const double *x, size_t n, const double *periods, size_t k, double *out,
                        dyo_err *err)
{
  const dyo_mstl_opts o = dyo_mstl_defaults(false);
  int                 whole[DYO_MSTL_MOST];
  size_t              n_whole = 0;
  dyo_mstl            d;
  for (size_t i = 0; i < k && n_whole < DYO_MSTL_MOST; i++)
    if (periods[i] >= 1.5 && 2 * floor(periods[i] + 0.5) <= (double)n) whole[n_whole++] = (int)floor(periods[i] + 0.5);
  const dyo_status st = dyo_mstl_fit(ctx, &(dyo_series){x, n}, whole, n_whole, &o, &d, err);
  if (st != DYO_OK) return st;
  out[DYO_FEATURE_period]  = d.k ? log((double)d.period[0]) : 0;
  out[DYO_FEATURE_longest] = d.k ? log((double)d.period[d.k - 1]) : 0;
  out[DYO_FEATURE_trend]   = dyo_strength(d.trend, d.remainder, n);
  for (size_t i = 0; i < d.k; i++)
    out[DYO_FEATURE_seasonality] = fmax(out[DYO_FEATURE_seasonality], dyo_strength(d.seasonal[i], d.remainder, n));
  shape(d.trend, n, out);
  correlations(ctx, d.remainder, n, &out[DYO_FEATURE_remainder_acf1], &out[DYO_FEATURE_remainder_acf10]);
  if (d.k == 0) return DYO_OK;
  double *r = DYO_NEW(ctx, (size_t)d.period[0], double);
  if (!r || !dyo_autocorrelation(ctx, x, n, (size_t)d.period[0], r)) return dyo_oom(err);
  out[DYO_FEATURE_seasonal_acf] = r[d.period[0] - 1];
  return DYO_OK;
}

/* Terasvirta, Lin & Granger (1993): do products of the lags add to a linear autoregression? */
static double nonlinearity(dyo_ctx *ctx, const double *x, size_t n)
{
  dyo_qr *q = dyo_qr_new(ctx, 10);
  if (!q || n < 20) return NAN;
  for (size_t t = 2; t < n; t++) {
    const double a = x[t - 1], b = x[t - 2];
    dyo_qr_row(q, (double[]){1, a, b, a * a, a * b, b * b, a * a * a, a * a * b, a * b * b, b * b * b}, x[t]);
  }
  dyo_qr_done(q);
  const double plain = dyo_qr_rss(q, 3);
  return plain > 1e-12 ? fmax(1 - dyo_qr_rss(q, 10) / plain, 0) : 0;
}

static void stretches(const double *x, size_t n, double *out)
{
  double mean[STRETCHES], variance[STRETCHES];
  if (n < 2 * STRETCHES) return;
  for (size_t s = 0; s < STRETCHES; s++) {
    const size_t from = s * n / STRETCHES, to = (s + 1) * n / STRETCHES;
    mean[s]     = mean_of(x + from, to - from);
    variance[s] = variance_of(x + from, to - from);
  }
  out[DYO_FEATURE_stability] = variance_of(mean, STRETCHES);
  out[DYO_FEATURE_lumpiness] = variance_of(variance, STRETCHES);
}

static double crossings(dyo_ctx *ctx, const double *x, size_t n)
{
  double *copy = DYO_NEW(ctx, n, double), count = 0;
  if (!copy) return NAN;
  memcpy(copy, x, n * sizeof *x);
  const double middle = dyo_median(copy, n);
  for (size_t t = 1; t < n; t++) count += (x[t] > middle) != (x[t - 1] > middle);
  return count / ((double)n - 1);
}

static void differenced(dyo_ctx *ctx, const double *x, size_t n, double *d, double *out)
{
  const size_t m           = differences(x, n, d);
  const double sd          = sqrt(variance_of(d, m));
  const size_t tail        = n < 10 ? n : 10;
  out[DYO_FEATURE_entropy] = entropy(ctx, d, m);
  correlations(ctx, d, m, &out[DYO_FEATURE_diff1_acf1], &out[DYO_FEATURE_diff1_acf10]);
  if (sd > 1e-12) out[DYO_FEATURE_ending] = (x[n - 1] - mean_of(x + n - tail, tail)) / sd;
  correlations(ctx, d, differences(d, m, d), &out[DYO_FEATURE_diff2_acf1], NULL);
}

/* Of the values as they are, before they are scaled; false where they do not vary. */
static bool scale(double *x, size_t n, double *out)
{
  const double mean = mean_of(x, n);
  double       size = 0, zeros = 0;
  for (size_t t = 0; t < n; t++) {
    size += fabs(x[t]) / (double)n;
    zeros += x[t] == 0;
  }
  const double sd        = sqrt(variance_of(x, n));
  out[DYO_FEATURE_zeros] = zeros / (double)n;
  if (!(sd > 1e-12 * size) || !isfinite(sd)) return false;
  out[DYO_FEATURE_variation] = log(sd / size);
  for (size_t t = 0; t < n; t++) x[t] = (x[t] - mean) / sd;
  return true;
}

dyo_status dyo_features_of(dyo_ctx *ctx, const dyo_series *y, const double *periods, size_t n_periods, double *out,
                           dyo_err *err)
{
  const size_t n = y->n;
  double      *x = DYO_NEW(ctx, n, double), *d = DYO_NEW(ctx, n, double);
  if (!x || !d) return dyo_oom(err);
  for (size_t i = 0; i < DYO_FEATURES; i++) out[i] = NAN;
  out[DYO_FEATURE_length] = log((double)n);
  out[DYO_FEATURE_period] = out[DYO_FEATURE_longest] = out[DYO_FEATURE_seasonality] = out[DYO_FEATURE_seasonal_acf] = 0;
  dyo_series_fill(y, x);
  if (n < LEAST || !scale(x, n, out)) return DYO_OK;
  const dyo_status st = parts(ctx, x, n, periods, n_periods, out, err);
  if (st != DYO_OK) return st;
  correlations(ctx, x, n, &out[DYO_FEATURE_acf1], &out[DYO_FEATURE_acf10]);
  out[DYO_FEATURE_stationarity] =
    log(dyo_kpss_statistic(ctx, x, n, DYO_KPSS_LEVEL, (size_t)(4 * pow((double)n / 100, 0.25))));
  out[DYO_FEATURE_nonlinearity] = nonlinearity(ctx, x, n);
  stretches(x, n, out);
  out[DYO_FEATURE_crossings] = crossings(ctx, x, n);
  differenced(ctx, x, n, d, out);
  for (size_t i = 0; i < DYO_FEATURES; i++)
    if (!isfinite(out[i])) out[i] = NAN;
  return DYO_OK;
}
