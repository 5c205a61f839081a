/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/dyo_spread.h"

#include <math.h>

#include "stats/dyo_order.h"

static const double to_normal = 1.482602218505602; /* 1 / Phi^-1(3/4) */

double dyo_robust_sd(double *e, size_t n)
{
  double ss = 0, top = 0;
  for (size_t i = 0; i < n; i++) {
    e[i] = fabs(e[i]);
    top  = fmax(top, e[i]);
  }
  for (size_t i = 0; top > 0 && i < n; i++) ss += (e[i] / top) * (e[i] / top);
  const double median = dyo_median(e, n);
  return median > 1e-9 * top ? to_normal * median : top * sqrt(ss / (double)n);
}

enum { MOST_WINDOWS = 100, FEWEST_PAIRS = 6 };
static const double least_change = 0.05; /* of log level; between nearer ones a slope is noise */

typedef struct {
  double level, spread; /* logarithms; NaN where the season has fewer than two known values */
} season;

static season season_of(const double *y, size_t n)
{
  double mean = 0, ss = 0, k = 0;
  for (size_t i = 0; i < n; i++) {
    if (isnan(y[i])) continue;
    const double d = y[i] - mean;
    mean += d / ++k;
    ss += d * (y[i] - mean);
  }
  return k < 2 || !(ss > 0) ? (season){NAN, NAN} : (season){log(mean), 0.5 * log(ss / (k - 1))};
}

double dyo_spread_growth(dyo_ctx *ctx, const dyo_series *y, size_t period)
{
  const size_t all = y->n / period, windows = all < MOST_WINDOWS ? all : MOST_WINDOWS;
  season      *w     = DYO_NEW(ctx, windows, season);
  double      *slope = DYO_NEW(ctx, windows * windows / 2 + 1, double);
  size_t       k     = 0;
  if (!w || !slope) return NAN;
  for (size_t i = 0; i < windows; i++) {
    w[i] = season_of(y->y + i * all / windows * period, period);
    for (size_t j = 0; j < i; j++) {
      const double change = w[i].level - w[j].level;
      if (fabs(change) >= least_change) slope[k++] = (w[i].spread - w[j].spread) / change;
    }
  }
  return k < FEWEST_PAIRS ? NAN : dyo_median(slope, k);
}
