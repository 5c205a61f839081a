/* SPDX-License-Identifier: GPL-3.0-or-later */
/* split.c - what a split gains, and the best one of a node. Scores are float, as XGBoost's, so that ties fall alike. */
#include <math.h>

#include "trees/trees.h"

static double shrunk(double g, double alpha)
{
  return g > alpha ? g - alpha : g < -alpha ? g + alpha : 0;
}

static bool free_weight(const dyo_trees_params *p)
{
  return !p->monotone && p->max_delta_step == 0;
}

float split_weight(const dyo_trees_params *p, sums s, box b)
{
  if (!(s.h > 0)) return 0;
  double w = -shrunk(s.g, p->alpha) / (s.h + p->lambda);
  if (p->max_delta_step > 0 && fabs(w) > p->max_delta_step) w = copysign(p->max_delta_step, w);
  const float f = (float)w;
  return f < b.lower ? b.lower : f > b.upper ? b.upper : f;
}

static float gain_of(const dyo_trees_params *p, sums s, float w)
{
  if (!(s.h > 0)) return 0;
  if (free_weight(p)) {
    const double t = shrunk(s.g, p->alpha);
    return (float)(t * t / (s.h + p->lambda));
  }
  const double v = (double)w;
  return (float)-(2 * s.g * v + (s.h + p->lambda) * v * v + 2 * p->alpha * fabs(v));
}

float split_gain(const dyo_trees_params *p, sums s, box b)
{
  return gain_of(p, s, free_weight(p) ? 0 : split_weight(p, s, b));
}

typedef struct {
  const dyo_trees_params *p;
  const bins             *b;
  const sums             *hist;
  sums                    total;
  float                   root;
  box                     limits;
  split                   best;
} look;

static float change_of(const look *l, int feature, sums left, sums right)
{
  if (free_weight(l->p)) return gain_of(l->p, left, 0) + gain_of(l->p, right, 0) - l->root;
  const float wl = split_weight(l->p, left, l->limits), wr = split_weight(l->p, right, l->limits);
  const int   c = l->p->monotone ? l->p->monotone[feature] : 0;
  if ((c > 0 && wl > wr) || (c < 0 && wl < wr)) return -INFINITY;
  return gain_of(l->p, left, wl) + gain_of(l->p, right, wr) - l->root;
}

/* The one value of a bin, under the exact method. */
static float value_in(const bins *b, size_t j, size_t slot)
{
  return slot == b->first[j] ? b->low[j] : b->cut[slot - 1];
}

/* Where a split before `slot` lies: under the exact method half way between the nearest values that the node has on both sides. */
static float place(const look *l, size_t j, size_t slot)
{
  const size_t from = l->b->first[j], to = from + bins_of(l->b, j);
  size_t       lo = slot, hi = slot;
  if (!l->b->exact) return slot == from ? l->b->least[j] : l->b->cut[slot - 1];
  while (lo > from && l->hist[lo - 1].h == 0) lo--;
  while (hi < to && l->hist[hi].h == 0) hi++;
  if (lo == from) return l->b->least[j];
  if (hi == to) return l->b->cut[to - 1];
  return (value_in(l->b, j, lo - 1) + value_in(l->b, j, hi)) * 0.5F;
}

static void offer(look *l, size_t j, size_t slot, bool missing_left, sums left)
{
  const sums  right  = {l->total.g - left.g, l->total.h - left.h};
  const float change = change_of(l, (int)j, left, right);
  if (change > l->best.change) l->best = (split){change, (int)j, slot, place(l, j, slot), missing_left, left};
}

/* From the low end; missing values go right. True: there are some here. */
static bool upwards(look *l, size_t j)
{
  const size_t from = l->b->first[j], to = from + bins_of(l->b, j);
  const double least = l->p->min_child_weight;
  sums         left  = {0, 0};
  for (size_t s = from; s < to; s++) {
    left.g += l->hist[s].g;
    left.h += l->hist[s].h;
    const double rest = l->total.h - left.h;
    if (left.h < least || rest < least || !(left.h > 0) || !(rest > 0)) continue;
    offer(l, j, s + 1, false, left);
  }
  return l->hist[to].h > 0;
}

/* From the high end; missing values go left. */
static void downwards(look *l, size_t j)
{
  const size_t from = l->b->first[j], to = from + bins_of(l->b, j);
  const double least = l->p->min_child_weight;
  sums         right = {0, 0};
  for (size_t s = to; s-- > from;) {
    right.g += l->hist[s].g;
    right.h += l->hist[s].h;
    const sums left = {l->total.g - right.g, l->total.h - right.h};
    if (right.h < least || left.h < least || !(right.h > 0) || !(left.h > 0)) continue;
    offer(l, j, s, true, left);
  }
}

split split_best(const dyo_trees_params *p, const bins *b, const sums *hist, sums total, box limits, const uint8_t *use)
{
  look l        = {.p = p, .b = b, .hist = hist, .total = total, .limits = limits};
  l.root        = split_gain(p, total, limits);
  l.best.change = 1e-6F;
  for (size_t j = 0; j < b->k; j++) {
    if (!use[j] || bins_of(b, j) == 0) continue;
    if (b->exact) { /* XGBoost's exact method looks from the high end first */
      downwards(&l, j);
      if (b->gaps[j]) (void)upwards(&l, j);
    } else if (upwards(&l, j)) {
      downwards(&l, j);
    }
  }
  if (l.best.change <= 1e-6F) l.best.change = 0;
  return l.best;
}
