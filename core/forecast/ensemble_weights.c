/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Weights from how the members would have done: each is fitted to the beginning of the history at a few origins, and what it forecast
 * is compared with what came. */
#include <math.h>
#include <string.h>

#include "forecast/ensemble.h"

enum { USUAL_STEPS = 6, PASSES = 500 };

static const double ridge =
  0.1; /* of the stacked weights, towards equal ones: share of the members' mean squared error */

/* What members forecast: member k (of `rows`), comparison j at [k * n + j]. */
typedef struct {
  int     rows[POOL_SIZE];
  size_t  k;
  double *y, *mean;
  size_t  n;
} trials;

static size_t steps_of(const dyo_history *h, const ensemble_params *p)
{
  const size_t room  = h->n / 5 > 1 ? h->n / 5 : 1;
  const size_t usual = h->period > 1 ? (size_t)llround(h->period) : USUAL_STEPS;
  const size_t steps = p->horizon > 0 ? (size_t)p->horizon : usual;
  return steps < room ? steps : room;
}

/* One member at one origin; NaN where it cannot be fitted to that part. */
static dyo_status try_one(dyo_ctx *ctx, int row, const dyo_history *h, size_t origin, size_t steps, double *mean,
                          dyo_err *err)
{
  dyo_history part;
  dyo_ask     ask   = {.seed = 1};
  dyo_err     own   = {0};
  void       *state = NULL;
  size_t      n     = origin;
  while (n > 0 && isnan(h->y[n - 1])) n--; /* histories end in a known value */
  const size_t ahead = origin + steps - n;
  double      *room  = DYO_NEW(ctx, ahead, double);
  if (!room) return dyo_oom(err);
  dyo_band   band = {room, NULL, NULL};
  dyo_status st   = history_first(ctx, h, n, ahead, &part, &ask, &own);
  if (st == DYO_OK && !(n > 0 && pool_able(&pool[row], &part))) st = DYO_INSUFFICIENT_DATA;
  if (st == DYO_OK) st = pool_fit(ctx, &pool[row], &part, &state, &own);
  if (st == DYO_OK) st = pool[row].model->forecast(ctx, state, &ask, &band, &own);
  if (st == DYO_CANCELLED || st == DYO_OUT_OF_MEMORY) return *err = own, st;
  for (size_t i = 0; i < steps; i++) mean[i] = st == DYO_OK ? band.mean[ahead - steps + i] : NAN;
  return DYO_OK;
}

static dyo_status try_all(dyo_ctx *ctx, const dyo_history *h, const ensemble_params *p, const pool_weights *in,
                          trials *t, dyo_err *err)
{
  const size_t steps = steps_of(h, p), origins = (size_t)p->origins;
  *t = (trials){.n = steps * origins};
  for (int i = 0; i < POOL_SIZE; i++)
    if (in->w[i] > 0) t->rows[t->k++] = i;
  t->y    = DYO_NEW(ctx, t->n, double);
  t->mean = DYO_NEW(ctx, t->k * t->n, double);
  if (!t->y || !t->mean) return dyo_oom(err);
  for (size_t o = 0; o < origins; o++) {
    const size_t back = (o + 1) * steps;
    for (size_t k = 0; k < t->k; k++) {
      double *mean = t->mean + k * t->n + o * steps;
      if (dyo_look(ctx, (double)(o * t->k + k) / (double)(origins * t->k), "comparing members") == DYO_STOP_CANCELLED)
        return dyo_cancelled(ctx, false, err);
      if (back >= h->n) mean[0] = NAN;
      const dyo_status st = back < h->n ? try_one(ctx, t->rows[k], h, h->n - back, steps, mean, err) : DYO_OK;
      if (st != DYO_OK) return st;
    }
    for (size_t i = 0; i < steps; i++) t->y[o * steps + i] = back < h->n ? h->y[h->n - back + i] : NAN;
  }
  return DYO_OK;
}

/* Keep the comparisons that every member has. */
static void keep_complete(trials *t)
{
  size_t left = 0;
  for (size_t j = 0; j < t->n; j++) {
    bool whole = isfinite(t->y[j]);
    for (size_t k = 0; k < t->k; k++) whole = whole && isfinite(t->mean[k * t->n + j]);
    if (!whole) continue;
    t->y[left] = t->y[j];
    for (size_t k = 0; k < t->k; k++) t->mean[k * t->n + left] = t->mean[k * t->n + j];
    left++;
  }
  for (size_t k = 0; k < t->k; k++) memmove(t->mean + k * left, t->mean + k * t->n, left * sizeof *t->mean);
  t->n = left;
}

static void inverse(const trials *t, double *w)
{
  double least = INFINITY, error[POOL_SIZE] = {0};
  for (size_t k = 0; k < t->k; k++) {
    for (size_t j = 0; j < t->n; j++) error[k] += fabs(t->mean[k * t->n + j] - t->y[j]) / (double)t->n;
    if (error[k] > 0) least = fmin(least, error[k]);
  }
  for (size_t k = 0; k < t->k; k++)
    w[k] = error[k] > 0 ? least / error[k] : isfinite(least) ? 1e6 : 1; /* no error at all */
}

/* Gram matrix of the members' errors, over its mean diagonal, with the ridge on it. False where there are no errors. */
static bool gram(const trials *t, double *g)
{
  double scale = 0;
  for (size_t a = 0; a < t->k; a++)
    for (size_t b = 0; b < t->k; b++) {
      g[a * t->k + b] = 0;
      for (size_t j = 0; j < t->n; j++)
        g[a * t->k + b] += (t->mean[a * t->n + j] - t->y[j]) * (t->mean[b * t->n + j] - t->y[j]);
      if (a == b) scale += g[a * t->k + a] / (double)t->k;
    }
  if (!(scale > 0) || !isfinite(scale)) return false;
  for (size_t i = 0; i < t->k * t->k; i++) g[i] /= scale;
  for (size_t a = 0; a < t->k; a++) g[a * t->k + a] += ridge;
  return true;
}

/* min w'Gw over the simplex, by exact steps between pairs of members: the pair with the greatest difference of slopes first. As weights
 * sum to 1, the squared error of their mean is the quadratic form of their errors. */
static void stack(const trials *t, const double *g, double *w)
{
  for (size_t k = 0; k < t->k; k++) w[k] = 1 / (double)t->k;
  for (int pass = 0; pass < PASSES; pass++) {
    size_t up = 0, down = t->k;
    double slope[POOL_SIZE] = {0};
    for (size_t a = 0; a < t->k; a++)
      for (size_t b = 0; b < t->k; b++) slope[a] += g[a * t->k + b] * w[b];
    for (size_t a = 0; a < t->k; a++) {
      if (slope[a] < slope[up]) up = a;
      if (w[a] > 0 && (down == t->k || slope[a] > slope[down])) down = a;
    }
    const double gap = slope[down] - slope[up];
    if (!(gap > 1e-12)) return;
    const double curve = g[up * t->k + up] + g[down * t->k + down] - 2 * g[up * t->k + down];
    const double move  = fmin(curve > 0 ? gap / curve : 1, w[down]);
    w[up] += move;
    w[down] = move < w[down] ? w[down] - move : 0;
  }
}

dyo_status weights_by_origins(dyo_ctx *ctx, const dyo_history *h, const ensemble_params *p, const pool_weights *in,
                              pool_weights *out, dyo_err *err)
{
  trials           t;
  double           w[POOL_SIZE] = {0}, sum = 0;
  const dyo_status st = try_all(ctx, h, p, in, &t, err);
  if (st != DYO_OK) return st;
  double *g = DYO_NEW(ctx, t.k * t.k, double);
  if (!g) return dyo_oom(err);
  keep_complete(&t);
  for (size_t k = 0; k < t.k; k++) w[k] = 1;
  if (t.n > 0 && p->weights == DYO_WEIGHTS_INVERSE) inverse(&t, w);
  if (t.n > 0 && p->weights == DYO_WEIGHTS_STACKED && gram(&t, g)) stack(&t, g, w);
  for (size_t k = 0; k < t.k; k++) sum += w[k];
  *out = (pool_weights){{0}};
  for (size_t k = 0; k < t.k; k++) out->w[t.rows[k]] = w[k] / sum;
  return DYO_OK;
}
