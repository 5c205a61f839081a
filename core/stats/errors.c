/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/dyo_errors.h"

#include <math.h>

/* Mean of g over the pairs where it is a number. */
static double mean_of(double (*g)(double y, double f, double arg), double arg, const double *y, const double *f,
                      size_t n)
{
  double mean = 0, k = 0;
  for (size_t i = 0; i < n; i++) {
    const double x = g(y[i], f[i], arg);
    if (!isnan(x)) mean += (x - mean) / ++k;
  }
  return k > 0 ? mean : NAN;
}

static double absolute(double y, double f, double arg)
{
  (void)arg;
  return fabs(y - f);
}

static double square(double y, double f, double arg)
{
  (void)arg;
  return (y - f) * (y - f);
}

static double percent(double y, double f, double arg)
{
  (void)arg;
  return y == 0 ? NAN : 100 * fabs((y - f) / y);
}

static double symmetric(double y, double f, double arg)
{
  (void)arg;
  return y == 0 && f == 0 ? 0 : 200 * fabs(y - f) / (fabs(y) + fabs(f));
}

/* max(tau (y - q), (tau - 1)(y - q)) */
static double pinball(double y, double q, double level)
{
  const double e = y - q;
  return isnan(e) ? NAN : fmax(level * e, (level - 1) * e);
}

double dyo_mae(const double *y, const double *f, size_t n)
{
  return mean_of(absolute, 0, y, f, n);
}

double dyo_rmse(const double *y, const double *f, size_t n)
{
  return sqrt(mean_of(square, 0, y, f, n));
}

double dyo_mape(const double *y, const double *f, size_t n)
{
  return mean_of(percent, 0, y, f, n);
}

double dyo_smape(const double *y, const double *f, size_t n)
{
  return mean_of(symmetric, 0, y, f, n);
}

double dyo_naive_mae(const double *train, size_t n, size_t m)
{
  return n > m ? dyo_mae(train + m, train, n - m) : NAN;
}

double dyo_naive_rmse(const double *train, size_t n, size_t m)
{
  return n > m ? dyo_rmse(train + m, train, n - m) : NAN;
}

double dyo_mase(const double *y, const double *f, size_t n, double naive_mae)
{
  return naive_mae > 0 ? dyo_mae(y, f, n) / naive_mae : NAN;
}

double dyo_rmsse(const double *y, const double *f, size_t n, double naive_rmse)
{
  return naive_rmse > 0 ? dyo_rmse(y, f, n) / naive_rmse : NAN;
}

double dyo_pinball(const double *y, const double *q, size_t n, double level)
{
  return mean_of(pinball, level, y, q, n);
}

double dyo_coverage(const double *y, const double *lower, const double *upper, size_t n)
{
  double in = 0, k = 0;
  for (size_t i = 0; i < n; i++) {
    if (isnan(y[i]) || isnan(lower[i]) || isnan(upper[i])) continue;
    k++;
    in += y[i] >= lower[i] && y[i] <= upper[i];
  }
  return k > 0 ? in / k : NAN;
}
