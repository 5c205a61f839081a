/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The season is estimated from a series whose gaps are filled, and the gaps are filled by the season: a few rounds of both, from
 * straight lines on. */
#include "stats/dyo_interp.h"

#include <math.h>

#include "stats/dyo_mstl.h"

enum { ROUNDS = 4 };

dyo_status dyo_interpolate(dyo_ctx *ctx, const dyo_series *y, const int *periods, size_t k, double *out, dyo_err *err)
{
  const dyo_mstl_opts o      = dyo_mstl_defaults(true);
  dyo_mstl            m      = {0};
  double             *season = DYO_NEW(ctx, y->n, double), *rest = DYO_NEW(ctx, y->n, double);
  if (!season || !rest) return dyo_oom(err);
  if (dyo_series_fill(y, out) == 0 || k == 0) return DYO_OK;
  for (int round = 0; round < ROUNDS; round++) {
    const dyo_status st = dyo_mstl_fit(ctx, &(dyo_series){out, y->n}, periods, k, &o, &m, err);
    if (st != DYO_OK) return st;
    for (size_t t = 0; t < y->n; t++) {
      season[t] = 0;
      for (size_t s = 0; s < m.k; s++) season[t] += m.seasonal[s][t];
      rest[t] = y->y[t] - season[t];
    }
    dyo_series_fill(&(dyo_series){rest, y->n}, rest);
    for (size_t t = 0; t < y->n; t++)
      if (isnan(y->y[t])) out[t] = rest[t] + season[t];
  }
  return DYO_OK;
}
