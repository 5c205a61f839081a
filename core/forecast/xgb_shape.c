/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "forecast/xgb.h"
#include "series/dyo_series.h"

enum { ALPHAS = 20 };

static const double grid =
  1 << 26; /* z is a multiple of its inverse: far finer than the floats that trees see, far coarser than
                                       the last bits in which the C libraries' logarithms differ */
static const double exp_most = 600, damping = 0.98, least_level = 0.05 /* of counts, whose mean is 1 */;

bool xgb_on_counts(const dyo_trees_settings *s)
{
  return s->objective == DYO_OBJ_POISSON || s->objective == DYO_OBJ_TWEEDIE;
}

bool xgb_on_quantile(const dyo_trees_settings *s)
{
  return s->objective == DYO_OBJ_QUANTILE && s->quantile_alpha != 0.5;
}

static double power(const dyo_trees_settings *s)
{
  return s->objective == DYO_OBJ_TWEEDIE ? s->tweedie_variance_power : 1;
}

/* Deviances as in Jorgensen (1987), J. Royal Statistical Society B 49. */
double xgb_loss(const dyo_trees_settings *s, double y, double f)
{
  const double a = s->quantile_alpha, p = power(s), m = fmax(f, 1e-16);
  switch (s->objective) {
  case DYO_OBJ_QUANTILE: return fmax(a * (y - f), (a - 1) * (y - f));
  case DYO_OBJ_POISSON: return 2 * ((y > 0 ? y * log(y / m) : 0) - y + m);
  case DYO_OBJ_TWEEDIE:
    return 2 * (pow(y, 2 - p) / ((1 - p) * (2 - p)) - y * pow(m, 1 - p) / (1 - p) + pow(m, 2 - p) / (2 - p));
  default: return fabs(y - f);
  }
}

double xgb_part(const xgb_state *s, double z, double b)
{
  return xgb_on_counts(s->settings) ? z / b : z - b;
}

double xgb_whole(const xgb_state *s, double part, double b)
{
  return xgb_on_counts(s->settings) ? b * part : b + part;
}

double xgb_wide(const xgb_state *s, double z)
{
  return xgb_on_counts(s->settings) ? pow(fmax(z, 1e-9), power(s->settings) / 2) : 1;
}

double xgb_unit(const xgb_state *s)
{
  return xgb_on_counts(s->settings) ? pow(s->spread, 1 - power(s->settings) / 2) : s->spread;
}

seasons xgb_seasons(const xgb_state *s)
{
  return (seasons){s->pattern, s->n_pattern, s->pattern_periods, s->n_pattern_periods, s->transform == XGB_LOG};
}

double xgb_on_grid(double z)
{
  return rint(z * grid) / grid;
}

double xgb_z(const xgb_state *s, double v)
{
  return xgb_on_grid(((s->transform == XGB_LOG ? log(v) : v) - s->centre) / s->spread);
}

double xgb_v(const xgb_state *s, double z)
{
  const double v = s->centre + s->spread * z;
  return s->transform == XGB_LOG ? exp(fmin(v, exp_most)) : v;
}

double xgb_y(const xgb_state *s, double z, size_t i)
{
  const double  v = xgb_v(s, z);
  const seasons p = xgb_seasons(s);
  return p.n_pattern ? seasons_put(&p, i, v) : v;
}

static dyo_status take_season(dyo_ctx *ctx, const dyo_history *h, double **v, xgb_state *s, dyo_err *err)
{
  seasons     taken    = {0};
  dyo_history filled   = *h;
  filled.y             = *v;
  const dyo_status st  = seasons_take(ctx, &filled, s->transform == XGB_LOG, v, &taken, err);
  s->pattern           = taken.pattern;
  s->n_pattern         = taken.n_pattern;
  s->pattern_periods   = taken.periods;
  s->n_pattern_periods = taken.n_periods;
  return st;
}

dyo_status xgb_shape(dyo_ctx *ctx, const dyo_history *h, xgb_state *s, double **out, dyo_err *err)
{
  double *v = DYO_NEW(ctx, h->n, double), *z = DYO_NEW(ctx, h->n, double), mean = 0, moves = 0, last = 0;
  if (!v || !z) return dyo_oom(err);
  dyo_series_fill(&(dyo_series){h->y, h->n}, v);
  if (s->season == XGB_SEASON_TAKEN) {
    const dyo_status st = take_season(ctx, h, &v, s, err);
    if (st != DYO_OK) return st;
  }
  for (size_t t = 0; t < h->n; t++) {
    const double a = s->transform == XGB_LOG ? log(v[t]) : v[t];
    mean += a / (double)h->n;
    if (t) moves += fabs(a - last) / (double)h->n;
    last = a;
  }
  s->centre = mean;
  s->spread = moves > 1e-9 * fabs(mean) ? moves : fabs(mean) > 0 ? fabs(mean) : 1;
  if (xgb_on_counts(s->settings)) s->centre = 0, s->spread = s->detrend == XGB_SMOOTH && mean > 0 ? mean : 1;
  for (size_t t = 0; t < h->n; t++) z[t] = xgb_z(s, v[t]);
  *out = z;
  return DYO_OK;
}

/* Growth in percent does not go on forever. */
double xgb_damping(const xgb_state *s)
{
  return s->transform == XGB_LOG ? damping : 1;
}

double xgb_ahead(const xgb_state *s, double level, size_t j)
{
  double sum = 0, step = s->drift;
  for (size_t i = 0; i < j; i++) {
    sum += step;
    step *= xgb_damping(s);
  }
  return xgb_on_counts(s->settings) ? fmax(level + sum, least_level) : level + sum;
}

void xgb_follow(xgb_state *s, double z, const double *x, size_t stride)
{
  for (size_t c = 0; c < s->n_x_at; c++) s->x_at[c] += s->alpha * (x[c * stride] - s->x_at[c]);
  if (s->detrend == XGB_LEVEL) return;
  const double f = xgb_ahead(s, s->at, 1);
  s->at          = f + s->alpha * (z - f);
}

/* Sum of squared one-step errors. */
static double level_pass(const xgb_state *s, const double *z, size_t n, double *b, double *at)
{
  double l = xgb_on_counts(s->settings) ? fmax(z[0], least_level) : z[0], sum = 0;
  b[0] = l;
  for (size_t t = 1; t < n; t++) {
    b[t] = xgb_ahead(s, l, 1);
    sum += (z[t] - b[t]) * (z[t] - b[t]);
    l = b[t] + s->alpha * (z[t] - b[t]);
  }
  *at = l;
  return sum;
}

static double slope(const double *z, size_t n)
{
  const double m  = (double)n;
  double       sy = 0, sty = 0;
  for (size_t t = 0; t < n; t++) {
    sy += z[t];
    sty += (double)(t + 1) * z[t];
  }
  return n > 1 ? 6 * (2 * sty / m - (m + 1) * sy / m) / (m * m - 1) : 0;
}

/* The weight by a grid, for no last bit to decide; the drift is half the slope of the line through all values, as Theta's. */
void xgb_fit_level(xgb_state *s, const double *z, size_t n, double *b)
{
  s->alpha = s->detrend == XGB_DIFFERENCE ? 1 : 0;
  s->drift = 0;
  if (s->detrend == XGB_LEVEL) {
    double mean = 0;
    for (size_t t = 0; t < n; t++) mean += z[t] / (double)n;
    if (xgb_on_counts(s->settings)) mean = 1; /* the trees answer the value itself */
    for (size_t t = 0; t < n; t++) b[t] = mean;
    s->at = mean;
    return;
  }
  s->drift    = slope(z, n) / 2;
  double best = INFINITY, weight = 1;
  for (int k = 1; k <= ALPHAS && s->detrend == XGB_SMOOTH; k++) {
    s->alpha         = (double)k / ALPHAS;
    const double sse = level_pass(s, z, n, b, &s->at);
    if (sse < best) best = sse, weight = s->alpha;
  }
  s->alpha = weight;
  level_pass(s, z, n, b, &s->at);
}
