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

dyo_status xgb_pack(dyo_ctx *ctx, const dyo_trees *m, xgb_state *s, dyo_err *err)
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
  s->n_sizes   = m->n_trees;
  s->n_feature = s->n_value = at;
  return DYO_OK;
}

static bool unpack_tree(const int *feature, const double *value, int n, int n_features, dyo_tree_node *out)
{
  int next = 1;
  out[0].parent = -1;
  for (int i = 0; i < n; i++) {
    out[i].split = (float)value[i];
    out[i].left = out[i].right = -1;
    if (feature[i] < 0) continue;
    if (feature[i] / 2 >= n_features || next + 2 > n) return false;
    out[i].feature      = feature[i] / 2;
    out[i].missing_left = feature[i] % 2 != 0;
    out[i].left         = next++;
    out[i].right        = next++;
    out[out[i].left].parent = out[out[i].right].parent = i;
  }
  return next == n;
}

dyo_status xgb_unpack(dyo_ctx *ctx, const xgb_state *s, dyo_trees *m, dyo_err *err)
{
  const int k = (int)xgb_n_features(s);
  size_t    at = 0;
  *m = (dyo_trees){.objective  = (dyo_objective)s->settings->objective,
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
      return dyo_fail(err, DYO_INVALID_INPUT, "/model", "tree %zu of the model is broken", t);
    at += (size_t)s->sizes[t];
  }
  return DYO_OK;
}
