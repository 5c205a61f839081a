/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "forecast/xgb.h"

/* One tree in order of breadth: node i's children stand behind all nodes numbered so far. */
static size_t pack_tree(const dyo_tree *t, int *queue, int *feature, double *value)
{
  size_t n = 1;
  queue[0] = 0;
  for (size_t i = 0; i < n; i++) {
    const dyo_tree_node *d = &t->nodes[queue[i]];
    value[i]               = (double)d->split;
    feature[i]             = d->left < 0 ? -1 : 2 * d->feature + d->missing_left;
    if (d->left < 0) continue;
    queue[n++] = d->left;
    queue[n++] = d->right;
  }
  return n;
}

static dyo_status count_splits(dyo_ctx *ctx, const dyo_trees *m, size_t from, xgb_state *s, dyo_err *err)
{
  const size_t k = m->n_features;
  double      *v = DYO_NEW(ctx, 3 * k, double);
  if (!v) return dyo_oom(err);
  if (from && s->n_gain == k) {
    memcpy(v, s->gain, k * sizeof *v);
    memcpy(v + k, s->cover, k * sizeof *v);
    memcpy(v + 2 * k, s->weight, k * sizeof *v);
  }
  for (size_t t = from; t < m->n_trees; t++)
    for (size_t i = 0; i < m->trees[t].n_nodes; i++) {
      const dyo_tree_node *d = &m->trees[t].nodes[i];
      if (d->left < 0) continue;
      v[d->feature] += (double)d->gain;
      v[k + (size_t)d->feature] += (double)d->cover;
      v[2 * k + (size_t)d->feature]++;
    }
  for (size_t i = 0; i < k; i++) v[i] = (double)(float)v[i];
  s->gain = v, s->cover = v + k, s->weight = v + 2 * k;
  s->n_gain = s->n_cover = s->n_weight = k;
  return DYO_OK;
}

/* The nearest number of nine digits, which is what tells a float from all others: it is written with no more. */
static double short_of(double x)
{
  if (x == 0) return 0;
  const double scale = pow(10, 8 - floor(log10(fabs(x)))), y = rint(x * scale) / scale;
  return (float)y == (float)x ? y : x;
}

dyo_status xgb_pack(dyo_ctx *ctx, const dyo_trees *m, size_t from, xgb_state *s, dyo_err *err)
{
  size_t nodes = 0, at = 0;
  for (size_t t = 0; t < m->n_trees; t++) nodes += m->trees[t].n_nodes;
  int *queue = DYO_NEW(ctx, nodes + 1, int);
  s->sizes   = DYO_NEW(ctx, m->n_trees, int);
  s->feature = DYO_NEW(ctx, nodes, int);
  s->value   = DYO_NEW(ctx, nodes, double);
  if (!queue || !s->sizes || !s->feature || !s->value) return dyo_oom(err);
  for (size_t t = 0; t < m->n_trees; t++) {
    const size_t n = pack_tree(&m->trees[t], queue, s->feature + at, s->value + at);
    s->sizes[t]    = (int)n;
    at += n;
  }
  for (size_t i = 0; i < at; i++) s->value[i] = short_of(s->value[i]);
  s->n_sizes   = m->n_trees;
  s->n_feature = s->n_value = at;
  return count_splits(ctx, m, from, s, err);
}

static bool unpack_tree(const int *feature, const double *value, int n, int n_features, dyo_tree_node *out)
{
  int next      = 1;
  out[0].parent = -1;
  for (int i = 0; i < n; i++) {
    out[i].split = (float)value[i];
    out[i].left = out[i].right = -1;
    if (feature[i] < 0) continue;
    if (feature[i] / 2 >= n_features || next <= i || next + 2 > n) return false;
    out[i].feature          = feature[i] / 2;
    out[i].missing_left     = feature[i] % 2 != 0;
    out[i].left             = next++;
    out[i].right            = next++;
    out[out[i].left].parent = out[out[i].right].parent = i;
  }
  return next == n;
}

/* What unpack_tree does not see. NULL, or what is wrong. */
static const char *flaw(const xgb_state *s)
{
  const seasons p = xgb_seasons(s);
  size_t        k = xgb_n_features(s), splits = 0;
  if (k == 0) return "a model without features";
  if (s->n_tail == 0 || (double)s->n_tail > s->n || s->n_tail > xgb_reach(s)) return "a tail of this length";
  if (s->strategy == XGB_RECURSIVE && s->block != 1) return "such a block of steps";
  if (s->n_x_at != s->n_x_names || (s->n_beta && s->n_beta != s->n_x_names)) return "such a list of regressors";
  if (xgb_on_counts(s->settings) &&
      (s->transform == XGB_LOG || s->detrend == XGB_DIFFERENCE || s->season == XGB_SEASON_TAKEN || s->n_beta > 0))
    return "such a form on counts";
  if ((s->n_pattern > 0) != (s->season == XGB_SEASON_TAKEN) || !seasons_sound(&p)) return "such a season";
  if (s->n_past % XGB_PAST_LEVELS || s->n_past > XGB_PAST_LEVELS * XGB_BLOCK_MOST) return "such widths of intervals";
  if (s->n_feature != s->n_value || s->n_sizes == 0) return "such a list of nodes";
  if (s->n_gain != k || s->n_cover != k || s->n_weight != k) return "such an importance";
  if (s->settings->monotone_constraints && s->settings->n_monotone_constraints != s->n_x_names)
    return "such constraints";
  for (size_t i = 0; i < s->n_feature; i++) splits += s->feature[i] >= 0;
  for (size_t i = 0; i < s->n_holidays; i++)
    if (s->holidays[i].n_days == 0) return "a holiday without days";
  return 2 * splits + s->n_sizes == s->n_feature ? NULL : "such a list of nodes";
}

static dyo_status broken(dyo_err *err, const char *what)
{
  return dyo_fail(err, DYO_INVALID_INPUT, "/model", "no fit has made %s; a model string as it was given is expected",
                  what);
}

dyo_status xgb_unpack(dyo_ctx *ctx, const xgb_state *s, dyo_trees *m, dyo_err *err)
{
  const char *what = flaw(s);
  if (what) return broken(err, what);
  const int k         = (int)xgb_n_features(s);
  size_t    at        = 0;
  *m                  = (dyo_trees){.objective  = (dyo_objective)s->settings->objective,
                                    .base_score = s->base_score,
                                    .n_features = (size_t)k,
                                    .trees      = DYO_NEW(ctx, s->n_sizes, dyo_tree),
                                    .n_trees    = s->n_sizes};
  m->base_margin      = dyo_trees_margin(m->objective, m->base_score);
  dyo_tree_node *room = DYO_NEW(ctx, s->n_feature, dyo_tree_node);
  if (!m->trees || !room) return dyo_oom(err);
  for (size_t t = 0; t < s->n_sizes; t++) {
    m->trees[t] = (dyo_tree){room + at, (size_t)s->sizes[t]};
    if ((size_t)s->sizes[t] > s->n_feature - at ||
        !unpack_tree(s->feature + at, s->value + at, s->sizes[t], k, room + at))
      return broken(err, "such a tree");
    at += (size_t)s->sizes[t];
  }
  if (at != s->n_feature) return broken(err, "such a number of nodes");
  return dyo_trees_flaw(m) ? broken(err, dyo_trees_flaw(m)) : DYO_OK;
}
