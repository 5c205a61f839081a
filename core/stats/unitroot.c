/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Orders of differencing. Hyndman & Khandakar (2008), J. Statistical Software 27(3); strength: Wang, Smith & Hyndman (2006). */
#include "stats/dyo_unitroot.h"

#include <math.h>

#include "stats/dyo_kpss.h"
#include "stats/dyo_mstl.h"

static const double significant = 0.05, strong = 0.64;

void dyo_difference(const double *x, size_t n, size_t lag, double *out)
{
  for (size_t i = 0; i + lag < n; i++) out[i] = x[i + lag] - x[i];
}

static bool constant(const double *x, size_t n)
{
  return dyo_series_constant(&(dyo_series){x, n});
}

int dyo_ndiffs(dyo_ctx *ctx, const dyo_series *y, int most)
{
  double *x = DYO_NEW(ctx, y->n, double);
  size_t  n = 0;
  if (!x) return -1;
  for (size_t i = 0; i < y->n; i++)
    if (!isnan(y->y[i])) x[n++] = y->y[i];
  for (int d = 0;; d++) {
    if (d == most || n < 3 || constant(x, n)) return d;
    const double stat = dyo_kpss_statistic(ctx, x, n, DYO_KPSS_LEVEL, (size_t)(3 * sqrt((double)n) / 13));
    if (!isfinite(stat) || dyo_kpss_p_value(stat, DYO_KPSS_LEVEL) >= significant) return d;
    dyo_difference(x, n, 1, x);
    n--;
  }
}

bool dyo_strengths(dyo_ctx *ctx, const dyo_series *y, const int *periods, size_t k, double *trend, double *seasonal)
{
  const dyo_mstl_opts o = dyo_mstl_defaults(false);
  dyo_mstl            m;
  dyo_err             err;
  if (dyo_mstl_fit(ctx, y, periods, k, &o, &m, &err) != DYO_OK) return false;
  *trend = dyo_strength(m.trend, m.remainder, m.n);
  for (size_t i = 0; i < k; i++) {
    seasonal[i] = 0;
    for (size_t s = 0; s < m.k; s++)
      if (m.period[s] == periods[i]) seasonal[i] = dyo_strength(m.seasonal[s], m.remainder, m.n);
  }
  return true;
}

int dyo_nsdiffs(dyo_ctx *ctx, const dyo_series *y, int period, int most)
{
  double *x = DYO_NEW(ctx, y->n, double), trend = 0, season = 0;
  size_t  n = y->n;
  if (!x) return -1;
  if (dyo_series_known(y) == 0) return 0;
  dyo_series_fill(y, x);
  for (int d = 0;; d++) {
    if (d == most || period < 2 || n <= 2 * (size_t)period || constant(x, n)) return d;
    if (!dyo_strengths(ctx, &(dyo_series){x, n}, &period, 1, &trend, &season)) return -1;
    if (season <= strong) return d;
    dyo_difference(x, n, (size_t)period, x);
    n -= (size_t)period;
  }
}
