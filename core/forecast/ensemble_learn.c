/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Weights from the features of the series: a softmax over the members of sums of trees, one sum for each. Montero-Manso,
 * Athanasopoulos, Hyndman & Talagala (2020), "FFORMA", Int. J. Forecasting 36. The trees were trained by tests/bench/learn.mjs. */
#include <math.h>

#include "forecast/ensemble.h"
#include "stats/dyo_features.h"

typedef struct {
  int8_t   feature; /* -1: a leaf */
  uint8_t  missing_left;
  uint16_t left;  /* place of the left child in the tree; the right one follows it */
  float    value; /* x < value goes left; of a leaf, what it adds */
} learned_node;

#include "forecast/learned.gen.h"

/* Of the xgboost forecaster, which is not among the members that the trees weigh: alone it is behind them, but it errs otherwise
 * (docs/accuracy.md has what it brings). */
static const double xgboost_share = 0.2;

static float leaf(const learned_node *tree, const double *x)
{
  const learned_node *n = tree;
  while (n->feature >= 0) {
    const float v    = (float)x[n->feature];
    const bool  left = isnan(v) ? n->missing_left : v < n->value;
    n                = tree + n->left + (left ? 0 : 1);
  }
  return n->value;
}

dyo_status weights_learned(dyo_ctx *ctx, const dyo_history *h, dyo_effort effort, pool_weights *out, dyo_err *err)
{
  double           x[DYO_FEATURES], margin[LEARNED_MEMBERS], top = -INFINITY, sum = 0;
  const dyo_status st = dyo_features_of(ctx, &(dyo_series){h->y, h->n}, h->periods, h->n_periods, x, err);
  if (st != DYO_OK) return st;
  *out = (pool_weights){{0}};
  for (size_t k = 0; k < LEARNED_MEMBERS; k++) {
    const pool_row *r = &pool[learned_members[k]];
    margin[k]         = -INFINITY;
    if (r->effort > effort || !pool_able(r, h)) continue;
    margin[k] = learned_prior[k];
    for (size_t i = 0; i < LEARNED_ROUNDS; i++)
      margin[k] += (double)leaf(learned_nodes + learned_first[i * LEARNED_MEMBERS + k], x);
    top = fmax(top, margin[k]);
  }
  for (size_t k = 0; k < LEARNED_MEMBERS; k++)
    if (!isinf(margin[k])) sum += out->w[learned_members[k]] = exp(margin[k] - top);
  if (pool[POOL_xgboost].effort <= effort && pool_able(&pool[POOL_xgboost], h))
    out->w[POOL_xgboost] = sum > 0 ? sum * xgboost_share / (1 - xgboost_share) : 1;
  return DYO_OK;
}
