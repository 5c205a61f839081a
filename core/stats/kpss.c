/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Kwiatkowski, Phillips, Schmidt & Shin (1992), J. Econometrics 54, table 1;
 * automatic lags: Hobijn, Franses & Ooms (2004), Statistica Neerlandica 58, with Newey & West (1994). */
#include "stats/dyo_kpss.h"

#include <math.h>

#include "num/dyo_fft.h"
#include "stats/guard.h"

enum { LEAST = 4, POINTS = 4, MOST_LAGS = 1000000 };

static const char *const regressions[] = {"c", "ct", NULL};
static const char *const lag_words[]   = {"auto", "legacy", NULL};

const dyo_field dyo_kpss_in_rows[] = {
  DYO_NUMS(dyo_kpss_in, values, 0, DYO_REQ, -1e150, 1e150, NULL, "The series, oldest first, without missing values."),
  DYO_ENUM(dyo_kpss_in, regression, DYO_KPSS_LEVEL, regressions,
           "Stationary about a constant or about a constant and a trend."),
  DYO_WORD_INT(dyo_kpss_in, nlags, DYO_KPSS_AUTO, 0, MOST_LAGS, lag_words,
               "Lags of the long-run variance: a number, chosen from the data, or 12 (n/100)^(1/4) rounded up."),
  DYO_END(dyo_kpss_in)};

const dyo_field dyo_kpss_out_rows[] = {
  DYO_OUT(dyo_kpss_out, statistic, DYO_REQ, NULL, "The KPSS statistic."),
  DYO_OUT(dyo_kpss_out, p_value, DYO_REQ, "0.01..0.1",
          "Interpolated in the published table, which ends at 0.01 and 0.1; small: not stationary."),
  DYO_INT(dyo_kpss_out, lags, DYO_REQ, 0, MOST_LAGS, NULL, "Lags used."),
  DYO_MAP(dyo_kpss_out, critical_values, DYO_REQ, POINTS, dyo_critical, dyo_critical_rows, "Critical values."),
  DYO_END(dyo_kpss_out)};

static const char *const levels[POINTS] = {"10%", "5%", "2.5%", "1%"};
static const double      p_at[POINTS]   = {0.10, 0.05, 0.025, 0.01};
static const double      cv[2][POINTS]  = {{0.347, 0.463, 0.574, 0.739}, {0.119, 0.146, 0.176, 0.216}};

double dyo_kpss_p_value(double statistic, dyo_kpss_regression regression)
{
  const double *c = cv[regression];
  if (statistic <= c[0]) return p_at[0];
  for (size_t i = 1; i < POINTS; i++)
    if (statistic < c[i]) return p_at[i - 1] + (p_at[i] - p_at[i - 1]) * (statistic - c[i - 1]) / (c[i] - c[i - 1]);
  return p_at[POINTS - 1];
}

/* What is left of the mean, or of the straight line through t = -(n-1)/2 .. (n-1)/2; scaled to 1 at most, or all zero where
 * nothing is left but rounding. */
static double *residuals(dyo_ctx *ctx, const double *x, size_t n, dyo_kpss_regression regression)
{
  double      *e = DYO_NEW(ctx, n, double), mean = 0, sxy = 0, top = 0, size = 0;
  const double m = (double)n, mid = (m - 1) / 2, sxx = m * (m * m - 1) / 12;
  if (!e) return NULL;
  for (size_t i = 0; i < n; i++) mean += (x[i] - mean) / ((double)i + 1);
  for (size_t i = 0; i < n; i++) sxy += ((double)i - mid) * (x[i] - mean), size = fmax(size, fabs(x[i] - mean));
  const double slope = regression == DYO_KPSS_TREND ? sxy / sxx : 0;
  for (size_t i = 0; i < n; i++) e[i] = x[i] - mean - slope * ((double)i - mid), top = fmax(top, fabs(e[i]));
  for (size_t i = 0; i < n; i++) e[i] = top > 1e-13 * size ? e[i] / top : 0;
  return e;
}

/* eta = n^-2 sum S_t^2 / s^2,  s^2 = c_0 + 2 sum_{i <= lags} (1 - i/(lags+1)) c_i */
static double statistic_of(dyo_ctx *ctx, const double *e, size_t n, size_t lags)
{
  double *c = DYO_NEW(ctx, lags + 1, double), sum = 0, eta = 0;
  if (!c || !dyo_autocov(ctx, e, n, lags, c)) return NAN;
  double s2 = c[0];
  for (size_t i = 1; i <= lags; i++) s2 += 2 * c[i] * (1 - (double)i / ((double)lags + 1));
  for (size_t i = 0; i < n; i++) {
    sum += e[i];
    eta += sum * sum;
  }
  return eta / ((double)n * (double)n) / s2;
}

double dyo_kpss_statistic(dyo_ctx *ctx, const double *x, size_t n, dyo_kpss_regression regression, size_t lags)
{
  const double *e = residuals(ctx, x, n, regression);
  return e ? statistic_of(ctx, e, n, lags) : NAN;
}

static bool all_zero(const double *e, size_t n)
{
  size_t i = 0;
  while (i < n && e[i] == 0) i++;
  return i == n;
}

/* gamma = 1.1447 ((s1/s0)^2)^(1/3), lags = gamma n^(1/3), from autocovariances up to n^(2/9). */
static size_t automatic(dyo_ctx *ctx, const double *e, size_t n)
{
  const size_t few = (size_t)pow((double)n, 2.0 / 9);
  double      *c   = DYO_NEW(ctx, few + 1, double);
  if (!c || !dyo_autocov(ctx, e, n, few, c)) return n;
  double s0 = c[0], s1 = 0;
  for (size_t i = 1; i <= few; i++) {
    s0 += 2 * c[i];
    s1 += 2 * c[i] * (double)i;
  }
  const double ratio = s1 / s0, lags = 1.1447 * pow(ratio * ratio, 1.0 / 3) * pow((double)n, 1.0 / 3);
  return lags < (double)(n - 1) ? (size_t)lags : n - 1;
}

static size_t lags_for(dyo_ctx *ctx, const dyo_kpss_in *in, const double *e)
{
  const size_t n = in->n_values;
  if (in->nlags >= 0) return (size_t)in->nlags;
  if (in->nlags == DYO_KPSS_AUTO) return automatic(ctx, e, n);
  const size_t lags = (size_t)ceil(12 * pow((double)n / 100, 0.25));
  return lags < n - 1 ? lags : n - 1;
}

dyo_status dyo_kpss(dyo_ctx *ctx, const dyo_kpss_in *in, dyo_kpss_out *out, dyo_err *err)
{
  const size_t              n  = in->n_values;
  const dyo_kpss_regression r  = (dyo_kpss_regression)in->regression;
  const dyo_status          st = dyo_need_values(in->values, n, LEAST, "the KPSS test", err);
  if (st != DYO_OK) return st;
  if (in->nlags >= 0 && (size_t)in->nlags >= n)
    return dyo_fail(err, DYO_INVALID_INPUT, "/nlags", "found %d; %zu values have lags up to %zu", in->nlags, n, n - 1);
  const double *e = residuals(ctx, in->values, n, r);
  if (!e) return dyo_oom(err);
  if (all_zero(e, n))
    return dyo_fail(err, DYO_INVALID_INPUT, "/values",
                    "the values lie on a straight line; the KPSS test needs values that vary about it");
  const size_t lags      = lags_for(ctx, in, e);
  out->critical_values   = DYO_NEW(ctx, POINTS, dyo_critical);
  out->n_critical_values = POINTS;
  if (lags >= n || !out->critical_values) return dyo_oom(err);
  out->lags      = (int)lags;
  out->statistic = statistic_of(ctx, e, n, lags);
  out->p_value   = dyo_kpss_p_value(out->statistic, r);
  for (size_t i = 0; i < POINTS; i++) out->critical_values[i] = (dyo_critical){levels[i], cv[r][i]};
  if (!isfinite(out->statistic) || out->statistic < 0)
    return dyo_fail(
      err, DYO_INVALID_INPUT, "/values",
      "the long-run variance with %zu lags is not positive, so the KPSS statistic is not defined; use fewer lags",
      lags);
  return DYO_OK;
}
