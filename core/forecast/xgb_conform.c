/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Intervals from past errors alone. Split conformal prediction (Lei et al. 2018, J. American Statistical Association 113) over a rolling
 * origin: trees that were grown on the first two thirds of a history forecast from each later origin, and the interval of a step is as
 * wide as the errors so many steps ahead were. Steps of few errors borrow from their neighbours, rescaled by the errors' growth. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "forecast/xgb.h"
#include "num/dyo_dist.h"

enum {
  SHARE       = 3,  /* one part in so many of the history is forecast */
  ORIGINS     = 90, /* at most about so many times */
  LEARN_LEAST = 40, /* values before the first of them */
  STEPS_LEAST = 8,
  ENOUGH      = 59 /* errors of a step; with 19 the largest would be the width at 95 % */
};

static const double at_levels[XGB_PAST_LEVELS] = {0.5, 0.8, 0.9, 0.95, 0.99};

/* Absolute errors by step, over what xgb_wide expects and in units of y. */
typedef struct {
  double *e[XGB_BLOCK_MOST];
  size_t  n[XGB_BLOCK_MOST];
  size_t  steps;
} record;

static int by_size(const void *a, const void *b)
{
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* The width that holds the n sorted errors at that level: the (n + 1) level'th of them (Lei et al., 2.2); where that is beyond the last,
 * the last, stretched as a normal distribution would be. */
static double width_at(const double *e, size_t n, double level)
{
  const double rank = ceil((double)(n + 1) * level), last = (double)n / (double)(n + 1);
  if (rank <= (double)n) return e[(size_t)rank - 1];
  return e[n - 1] * dyo_normal_quantile(0.5 + level / 2) / dyo_normal_quantile(0.5 + last / 2);
}

/* The errors of step j (from 0) and of its neighbours, further and further away, until there are enough. */
static size_t gather(const record *r, size_t j, double growth, double *out)
{
  size_t n = 0;
  for (size_t away = 0; away < r->steps && n < ENOUGH; away++)
    for (int side = away ? -1 : 1; side <= 1; side += 2) {
      if ((side < 0 && away > j) || (side > 0 && j + away >= r->steps)) continue;
      const size_t from  = side < 0 ? j - away : j + away;
      const double scale = pow((double)(j + 1) / (double)(from + 1), growth);
      for (size_t i = 0; i < r->n[from]; i++) out[n++] = r->e[from][i] * scale;
    }
  return n;
}

static dyo_status widths(dyo_ctx *ctx, const record *r, xgb_state *s, dyo_err *err)
{
  double *room = DYO_NEW(ctx, 2 * ORIGINS * XGB_BLOCK_MOST, double);
  s->past      = DYO_NEW(ctx, r->steps * XGB_PAST_LEVELS, double);
  if (!room || !s->past) return dyo_oom(err);
  s->n_past = r->steps * XGB_PAST_LEVELS;
  for (size_t j = 0; j < r->steps; j++) {
    const size_t n = gather(r, j, s->growth, room);
    if (n == 0) s->n_past = 0;
    if (n == 0) return DYO_OK;
    qsort(room, n, sizeof *room, by_size);
    for (size_t l = 0; l < XGB_PAST_LEVELS; l++) s->past[j * XGB_PAST_LEVELS + l] = width_at(room, n, at_levels[l]);
  }
  return DYO_OK;
}

/* Forecasts of part, the values behind s, into the record. */
static dyo_status one_origin(dyo_ctx *ctx, const xgb_state *s, const dyo_trees *m, const dyo_history *part, double *z,
                             record *r, dyo_err *err)
{
  const seasons    p  = xgb_seasons(s);
  const dyo_status st = xgb_run(ctx, s, m, part->x, part->t, part->n, z, err);
  for (size_t i = 0; i < part->n && st == DYO_OK; i++) {
    const double y = part->y[i], v = p.n_pattern ? seasons_off(&p, i, y) : y;
    if (isnan(y) || (s->transform == XGB_LOG && !(v > 0))) continue;
    r->e[i][r->n[i]++] = fabs(xgb_z(s, v) - z[i]) / xgb_wide(s, z[i]) * xgb_unit(s);
  }
  return st;
}

static dyo_status walk(dyo_ctx *ctx, const dyo_history *h, size_t split, xgb_state *s, const dyo_trees *m, record *r,
                       dyo_err *err)
{
  const size_t stride = 1 + (h->n - split) / ORIGINS;
  double       z[XGB_BLOCK_MOST];
  dyo_history  part;
  dyo_trees    same = *m;
  dyo_status   st   = DYO_OK;
  for (size_t at = split; at < h->n && st == DYO_OK; at += stride) {
    const size_t end = at + r->steps < h->n ? at + r->steps : h->n, next = at + stride < h->n ? at + stride : h->n;
    st = xgb_cut(ctx, h, at, end, &part, err);
    if (st == DYO_OK) st = one_origin(ctx, s, m, &part, z, r, err);
    if (st == DYO_OK) st = xgb_cut(ctx, h, at, next, &part, err);
    if (st == DYO_OK) st = xgb_absorb(ctx, s, &(dyo_news){part.y, part.n, part.x, part.t}, false, &same, err);
  }
  return st;
}

dyo_status xgb_conform(dyo_ctx *ctx, const dyo_history *h, const xgb_params *p, size_t rounds, xgb_state *s,
                       dyo_err *err)
{
  const size_t judged = h->n / SHARE, split = h->n - judged;
  const double usual = fmax(STEPS_LEAST, 2 * h->period);
  xgb_state    other = *s;
  record      *r     = DYO_NEW(ctx, 1, record);
  dyo_history  part;
  dyo_trees    m;
  if (split < LEARN_LEAST || judged < STEPS_LEAST) return DYO_OK;
  if (!r) return dyo_oom(err);
  r->steps = (size_t)fmin(fmin(usual, XGB_BLOCK_MOST), (double)judged / 2);
  for (size_t j = 0; j < r->steps; j++) {
    r->e[j] = DYO_NEW(ctx, ORIGINS + 1, double);
    if (!r->e[j]) return dyo_oom(err);
  }
  dyo_status st = xgb_cut(ctx, h, 0, split, &part, err);
  if (st == DYO_OK) st = xgb_learn(ctx, &part, p, rounds, &other, &m, err);
  if (st == DYO_OK) st = walk(ctx, h, split, &other, &m, r, err);
  return st == DYO_OK ? widths(ctx, r, s, err) : st;
}

/* Between and beyond the levels: straight lines in the normal quantile, from 0 on. */
static double width_between(const double *past, double level)
{
  const double z    = dyo_normal_quantile(0.5 + level / 2);
  double       from = 0, low = 0;
  int          l = 0;
  while (l < XGB_PAST_LEVELS - 1 && level > at_levels[l]) {
    from = dyo_normal_quantile(0.5 + at_levels[l] / 2), low = past[l];
    l++;
  }
  return low + (past[l] - low) * (z - from) / (dyo_normal_quantile(0.5 + at_levels[l] / 2) - from);
}

void xgb_conformed(const xgb_state *s, const dyo_ask *ask, dyo_band *out)
{
  const size_t steps = s->n_past / XGB_PAST_LEVELS;
  for (size_t i = 0; i < ask->h; i++) {
    const size_t j     = i < steps ? i : steps - 1;
    const double scale = pow((double)(i + 1) / (double)(j + 1), s->growth) * xgb_wide(s, out->mean[i]);
    for (size_t l = 0; l < ask->n_levels; l++) {
      const double w             = width_between(s->past + j * XGB_PAST_LEVELS, ask->levels[l]) * scale;
      out->lower[l * ask->h + i] = out->mean[i] - w;
      out->upper[l * ask->h + i] = out->mean[i] + w;
      if (xgb_on_counts(s->settings)) out->lower[l * ask->h + i] = fmax(out->lower[l * ask->h + i], 0);
    }
  }
}
