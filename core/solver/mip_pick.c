/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mip_pick.c - which column to branch on: pseudo-costs, begun by trying both sides of the most promising columns.
 * Achterberg, Koch & Martin (2005), Branching rules revisited, Operations Research Letters 33, 42-54 (reliability
 * branching). */
#include "solver/tree.h"

#include <math.h>

enum { TRIED = 8, PATIENCE = 4, RELIABLE = 2 };

void tree_learn(tree *t, int col, bool raised, double per_unit)
{
  if (!isfinite(per_unit)) return;
  t->gain[raised][col] += fmax(per_unit, 0.0);
  t->seen[raised][col] += 1;
}

/* Mean gain per unit over all columns that have been seen, 1 before there is any. */
static double mean_gain(const tree *t, bool raised)
{
  double sum = 0, n = 0;
  for (int j = 0; j < t->m->n; j++) {
    if (t->seen[raised][j] == 0) continue;
    sum += t->gain[raised][j] / t->seen[raised][j];
    n += 1;
  }
  return n > 0 ? sum / n : 1.0;
}

/* Product of what both branches are expected to add to the bound. */
static double score(double down, double up)
{
  static const double floor_ = 1e-6;
  return fmax(down, floor_) * fmax(up, floor_);
}

static double expected(const tree *t, int j, const double mean[2])
{
  const double f  = t->x[j] - floor(t->x[j]);
  const double g0 = t->seen[0][j] > 0 ? t->gain[0][j] / t->seen[0][j] : mean[0];
  const double g1 = t->seen[1][j] > 0 ? t->gain[1][j] / t->seen[1][j] : mean[1];
  return score(g0 * f, g1 * (1.0 - f));
}

static bool is_fractional(const tree *t, int j)
{
  return t->m->whole[j] && fabs(t->x[j] - round(t->x[j])) > MIP_WHOLE;
}

/* What one branch adds to the objective; INFINITY when it holds no wanted answer, NaN when that could not be found
 * out. */
static double try_side(tree *t, int j, bool raised, double z)
{
  double *const side = raised ? &t->lo[j] : &t->hi[j];
  const double  kept = *side;
  double        zz = 0, bound = 0;
  *side             = raised ? ceil(t->x[j]) : floor(t->x[j]);
  const lp_result r = tree_lp(t, t->tx, t->ty, &zz, &bound);
  *side             = kept;
  if (r == LP_INFEASIBLE) return INFINITY;
  if (r != LP_OPTIMAL) return NAN;
  if (bound >= tree_limit(t)) {
    t->cut_off = fmin(t->cut_off, bound);
    return INFINITY;
  }
  const double f = t->x[j] - floor(t->x[j]);
  tree_learn(t, j, raised, (zz - z) / (raised ? 1.0 - f : f));
  return fmax(zz - z, 0.0);
}

/* The TRIED best columns by expectation, best first; returns how many. */
static int shortlist(const tree *t, int *list, double *value)
{
  const double mean[2] = {mean_gain(t, false), mean_gain(t, true)};
  int          n       = 0;
  for (int j = 0; j < t->m->n; j++) {
    if (!is_fractional(t, j)) continue;
    const double v = expected(t, j, mean);
    int          k = n < TRIED ? n++ : TRIED;
    if (k == TRIED && v <= value[TRIED - 1]) continue;
    if (k == TRIED) k--;
    for (; k > 0 && value[k - 1] < v; k--) {
      value[k] = value[k - 1];
      list[k]  = list[k - 1];
    }
    value[k] = v;
    list[k]  = j;
  }
  return n;
}

pick tree_pick(tree *t, double z)
{
  int       list[TRIED];
  double    value[TRIED];
  const int n    = shortlist(t, list, value);
  pick      p    = {.col = n > 0 ? list[0] : -1, .closed = -1};
  double    best = -1;
  for (int k = 0, idle = 0; k < n && idle < PATIENCE && !t->stopped; k++) {
    const int j = list[k];
    double    v = value[k];
    if (t->seen[0][j] < RELIABLE || t->seen[1][j] < RELIABLE) {
      const double down = try_side(t, j, false, z), up = isnan(down) ? NAN : try_side(t, j, true, z);
      if (down == INFINITY || up == INFINITY)
        return (pick){.col    = -1,
                      .closed = j,
                      .raised = down == INFINITY,
                      .value  = down == INFINITY ? ceil(t->x[j]) : floor(t->x[j])};
      if (isnan(down) || isnan(up)) continue;
      v = score(down, up);
    }
    idle++;
    if (v > best) {
      best  = v;
      p.col = j;
      idle  = 0;
    }
  }
  return p;
}
