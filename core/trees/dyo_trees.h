/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_trees.h - gradient-boosted regression trees with second-order gains, after Chen & Guestrin (2016), "XGBoost: A Scalable Tree
 * Boosting System". Parameters, their defaults and the order in which ties are decided are those of XGBoost, so that equal settings
 * give equal trees wherever its quantile sketch and ours cut alike (always when a feature has at most max_bin values).
 * Numbers are float where XGBoost's are (values, gradients, weights), double where its sums are. */
#ifndef DYO_TREES_H
#define DYO_TREES_H

#include "base/dyo_ctx.h"
#include "base/dyo_field.h"

/* n x k values by row; a missing value is NaN. */
typedef struct {
  const float *v;
  size_t       n, k;
} dyo_table_f;

/* What is minimised. The margin is linked to the prediction: y = margin, exp(margin), or 1 / (1 + exp(-margin)). */
typedef enum {
  DYO_OBJ_SQUARED,  /* reg:squarederror */
  DYO_OBJ_ABSOLUTE, /* reg:absoluteerror: leaves are medians of residuals */
  DYO_OBJ_QUANTILE, /* reg:quantileerror: leaves are quantiles of residuals */
  DYO_OBJ_POISSON,  /* count:poisson, y >= 0 */
  DYO_OBJ_TWEEDIE,  /* reg:tweedie, y >= 0 */
  DYO_OBJ_LOGISTIC, /* binary:logistic, 0 <= y <= 1 */
  DYO_OBJ_GAMMA,    /* reg:gamma, only to predict */
  DYO_OBJ_PLAIN     /* others whose margin is the prediction, only to predict */
} dyo_objective;

enum { DYO_TREES_HIST, DYO_TREES_EXACT };          /* tree_method */
enum { DYO_TREES_DEPTHWISE, DYO_TREES_LOSSGUIDE }; /* grow_policy */
enum {
  DYO_METRIC_RMSE,
  DYO_METRIC_MAE,
  DYO_METRIC_MAPE,
  DYO_METRIC_POISSON,
  DYO_METRIC_TWEEDIE,
  DYO_METRIC_QUANTILE,
  DYO_METRIC_LOGLOSS
};

typedef struct {
  dyo_objective objective;
  int           tree_method, grow_policy, metric;
  int           max_depth;  /* 0: no limit, lossguide only */
  int           max_leaves; /* 0: no limit */
  int           max_bin;    /* 2 .. 256 */
  double        eta, lambda, alpha, gamma, min_child_weight, max_delta_step;
  double        subsample, colsample_bytree, colsample_bylevel, colsample_bynode; /* (0, 1] */
  double        base_score; /* a prediction, not a margin; NaN: the best constant */
  double        quantile_alpha, tweedie_variance_power;
  const int    *monotone; /* k of -1, 0, 1; NULL: none */
  uint64_t      seed;
} dyo_trees_params;

/* A node is a leaf where left is -1; then split is its value (eta within). Node 0 is the root. */
typedef struct {
  int   left, right, parent; /* parent of the root is -1 */
  int   feature;
  float split; /* x < split goes left */
  bool  missing_left;
  float gain, cover, weight; /* weight: before eta */
} dyo_tree_node;

typedef struct {
  dyo_tree_node *nodes;
  size_t         n_nodes;
} dyo_tree;

typedef struct {
  dyo_objective objective;
  float         base_margin;
  double        base_score;
  size_t        n_features;
  dyo_tree     *trees;
  size_t        n_trees;
} dyo_trees;

typedef struct {
  double *train_metric, *eval_metric; /* n_rounds; eval_metric NULL without an evaluation set */
  size_t  n_rounds;
  int     best_iteration; /* of eval_metric, or of the last round */
} dyo_trees_log;

dyo_trees_params dyo_trees_defaults(void);

/* Fits `rounds` trees to y (x.n values). eval and eval_y may be NULL; with them and early > 0 it stops when the metric has not become
 * better for `early` rounds and keeps the trees up to the best one, as XGBoost predicts then. *out and *log live in ctx's arena.
 * start: NULL, or a model whose trees come first (its objective and base score hold). A cancel ends in DYO_CANCELLED. */
dyo_status dyo_trees_fit(dyo_ctx *ctx, const dyo_trees_params *p, const dyo_table_f *x, const float *y, size_t rounds,
                         const dyo_table_f *eval, const float *eval_y, int early, const dyo_trees *start,
                         dyo_trees *out, dyo_trees_log *log, dyo_err *err);

/* The margin that a base score, which is a prediction, stands for; not finite where none does. */
float dyo_trees_margin(dyo_objective o, double base_score);

/* out: x->n predictions. x->k must be at least the model's features. Allocates nothing. */
void dyo_trees_predict(const dyo_trees *m, const dyo_table_f *x, double *out);

/* By feature, n_features each, any NULL: number of splits, mean gain and mean cover of them (0 where there is none). */
void dyo_trees_importance(const dyo_trees *m, double *weight, double *gain, double *cover);

/* Is the structure sound (each node but the root the child of its one parent, splits on features there are, finite values)? A model read from a text
 * must be asked before it predicts. NULL, or what is wrong. */
const char *dyo_trees_flaw(const dyo_trees *m);

#endif
