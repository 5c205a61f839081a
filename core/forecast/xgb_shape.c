/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "forecast/xgb.h"
#include "series/dyo_series.h"

static const double grid = 1 << 26; /* z is a multiple of its inverse: far finer than the float the trees see, far coarser than the
                                       last bits in which the C libraries' log differ */

seasons xgb_seasons(const xgb_state *s)
{
  return (seasons){s->pattern, s->n_pattern, s->pattern_periods, s->n_pattern_periods, s->transform == XGB_LOG};
}

double xgb_z(const xgb_state *s, double v)
{
  const double z = ((s->transform == XGB_LOG ? log(v) : v) - s->centre) / s->spread;
  return rint(z * grid) / grid;
}

double xgb_v(const xgb_state *s, double z)
{
  const double v = s->centre + s->spread * z;
  return s->transform == XGB_LOG ? exp(v) : v;
}

void xgb_follow(xgb_state *s, double w)
{
  if (s->level == XGB_MEAN) return;
  s->at += s->drift;
  s->at += s->alpha * (w - s->at);
}

dyo_status xgb_shape(dyo_ctx *ctx, const dyo_history *h, const xgb_params *p, xgb_state *s, double **out, dyo_err *err)
{
  double *v = DYO_NEW(ctx, h->n, double), *z = DYO_NEW(ctx, h->n, double);
  int     longest;
  if (!v || !z) return dyo_oom(err);
  dyo_series_fill(&(dyo_series){h->y, h->n}, v);
  double least = INFINITY;
  for (size_t t = 0; t < h->n; t++) least = fmin(least, v[t]);
  s->transform = p->transform >= 0 ? p->transform : XGB_AS_IS;
  if (!(least > 0)) s->transform = XGB_AS_IS;
  s->season = p->season >= 0 ? p->season : XGB_SEASON_NONE;
  s->level  = p->level >= 0 ? p->level : XGB_SMOOTH;
  if (seasons_fitting(h, &longest) == 0) s->season = XGB_SEASON_NONE;
  if (s->season == XGB_SEASON_PATTERN) {
    seasons     taken;
    dyo_history filled = *h;
    filled.y           = v;
    const dyo_status st = seasons_take(ctx, &filled, s->transform == XGB_LOG, &v, &taken, err);
    if (st != DYO_OK) return st;
    s->pattern = taken.pattern, s->n_pattern = taken.n_pattern;
    s->pattern_periods = taken.periods, s->n_pattern_periods = taken.n_periods;
  }
  if (s->season == XGB_SEASON_LAG) s->lag = (int)llround(h->period);
  double mean = 0, dev = 0, last = 0;
  for (size_t t = 0; t < h->n; t++) {
    const double a = s->transform == XGB_LOG ? log(v[t]) : v[t];
    mean += a / (double)h->n;
    if (t) dev += fabs(a - last) / (double)h->n;
    last = a;
  }
  s->centre = mean;
  s->spread = dev > 1e-12 * fabs(mean) ? dev : fabs(mean) > 0 ? fabs(mean) : 1;
  for (size_t t = 0; t < h->n; t++) z[t] = xgb_z(s, v[t]);
  *out = z;
  return DYO_OK;
}
