/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "forecast/models.h"
#include "stats/dyo_stl.h"

dyo_status pattern_take(dyo_ctx *ctx, double *y, size_t n, int period, double **pattern, dyo_err *err)
{
  const size_t       m  = (size_t)period;
  dyo_stl            d  = {0};
  const dyo_stl_opts o  = dyo_stl_defaults(period, 0, true);
  const dyo_status   st = dyo_stl_fit(ctx, y, n, &o, &d, err);
  if (st != DYO_OK) return st;
  *pattern = DYO_NEW(ctx, m, double);
  if (!*pattern) return dyo_oom(err);
  for (size_t i = 0; i < m; i++) (*pattern)[i] = d.seasonal[n - m + i];
  for (size_t t = 0; t < n; t++) y[t] -= d.seasonal[t];
  return DYO_OK;
}

const double *season_back(dyo_ctx *ctx, const double *season, size_t m, size_t n)
{
  double *out = DYO_NEW(ctx, n, double);
  for (size_t t = 0; out && t < n; t++) out[t] = season[(t + m - n % m) % m];
  return out;
}
