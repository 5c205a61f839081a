/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/dyo_boxcox.h"

#include <math.h>

#include "num/dyo_min.h"

/* (sign(y) |y|^lambda - 1) / lambda, or log y */
double dyo_boxcox(double y, double lambda)
{
  if (lambda <= 0 && !(y > 0)) return NAN;
  if (lambda == 0) return log(y);
  return (copysign(pow(fabs(y), lambda), y) - 1) / lambda;
}

/* Second-order Taylor expansion of the mean: w (1 + variance (1 - lambda) / (2 w^{2 lambda})). */
double dyo_boxcox_inverse(double z, double lambda, double variance)
{
  if (lambda == 0) return exp(z) * (1 + 0.5 * variance);
  const double x = lambda * z + 1;
  if (lambda < 0 && !(x > 0)) return NAN;
  const double w = copysign(pow(fabs(x), 1 / lambda), x);
  return variance > 0 ? w * (1 + 0.5 * variance * (1 - lambda) / pow(fabs(w), 2 * lambda)) : w;
}

typedef struct {
  const double *y;
  size_t        n, period;
} guerrero_job;

typedef struct {
  double n, mean, ss;
} moments;

static void add(moments *m, double x)
{
  const double d = x - m->mean;
  m->mean += d / ++m->n;
  m->ss += d * (x - m->mean);
}

static double deviation(const moments *m)
{
  return m->n > 1 ? sqrt(m->ss / (m->n - 1)) : NAN;
}

/* Coefficient of variation of s_i / m_i^(1 - lambda) over the subseries, the oldest odd ones left out. */
static double unevenness(const double *lambda, void *arg)
{
  const guerrero_job *j     = arg;
  moments             ratio = {0};
  for (size_t from = j->n % j->period; from < j->n; from += j->period) {
    moments one = {0};
    for (size_t i = from; i < from + j->period; i++)
      if (!isnan(j->y[i])) add(&one, j->y[i]);
    const double r = deviation(&one) / pow(one.mean, 1 - *lambda);
    if (isfinite(r)) add(&ratio, r);
  }
  return deviation(&ratio) / ratio.mean;
}

double dyo_boxcox_guerrero(const dyo_series *y, int period, double lo, double hi)
{
  enum { GRID = 13 };
  guerrero_job j     = {y->y, y->n, period > 2 ? (size_t)period : 2};
  double       value = NAN;
  if (y->n <= 2 * j.period) return 1;
  for (size_t i = 0; i < y->n; i++)
    if (y->y[i] <= 0) lo = fmax(lo, 0);
  const double lambda = dyo_min_line(unevenness, &j, lo, hi, GRID, 1e-6, &value);
  return value < 1e300 ? lambda : 1;
}
