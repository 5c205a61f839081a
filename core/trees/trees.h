/* SPDX-License-Identifier: GPL-3.0-or-later */
/* trees.h - between the files of this folder. */
#ifndef TREES_TREES_H
#define TREES_TREES_H

#include "num/dyo_rng.h"
#include "trees/dyo_trees.h"

/* ---- bins.c: every value as the number of its bin ---- */

typedef struct {
  size_t          n, k;
  const uint16_t *wide;   /* n x k by row, or NULL: */
  const uint8_t  *narrow; /* n x k by row */
  const size_t   *first;  /* k + 1: a feature's first slot in a histogram; its last slot is for missing values */
  const float    *cut;    /* by slot: a value below it is in this bin or one before */
  const float    *least;  /* k: below every value */
  const bool     *gaps;   /* k: has missing values */
  const float    *low;    /* k: least value */
  bool            exact;  /* a bin holds one value */
} bins;

dyo_status bins_make(dyo_ctx *ctx, const dyo_table_f *x, int max_bin, bool exact, bins *out, dyo_err *err);

/* Number of the bins of feature j, without that of missing values. */
static inline size_t bins_of(const bins *b, size_t j)
{
  return b->first[j + 1] - b->first[j] - 1;
}

/* ---- objective.c ---- */

typedef struct {
  float g, h;
} grad;

/* Does the loss take these values? An error is at parent/y/i. */
dyo_status objective_check(const dyo_trees_params *p, const float *y, size_t n, const char *parent, dyo_err *err);
/* The prediction before the first tree. */
dyo_status objective_start(const dyo_trees_params *p, const float *y, size_t n, double *base_score, dyo_err *err);
double     objective_prediction(dyo_objective o, float margin);
void       objective_gradients(const dyo_trees_params *p, const float *margin, const float *y, size_t n, grad *out);
bool       objective_adapts(dyo_objective o); /* leaves are quantiles of residuals */
double     objective_quantile(const dyo_trees_params *p);
double     quantile_of(double *v, size_t n, double alpha); /* sorts v */
double     objective_metric(const dyo_trees_params *p, const float *margin, const float *y, size_t n);

/* ---- split.c ---- */

typedef struct {
  double g, h;
} sums;

typedef struct {
  float  change; /* of the loss; 0: no split */
  int    feature;
  size_t slot; /* of the last bin that goes left, or of the one before the first that goes right */
  float  at;
  bool   missing_left;
  sums   left;
} split;

typedef struct {
  float lower, upper; /* between which a weight must be */
} box;

float split_weight(const dyo_trees_params *p, sums s, box b);
float split_gain(const dyo_trees_params *p, sums s, box b);
/* The best split of a node over the features of `use` (k flags). */
split split_best(const dyo_trees_params *p, const bins *b, const sums *hist, sums total, box limits,
                 const uint8_t *use);

/* ---- grow.c ---- */

typedef struct grower grower;
dyo_status            grower_make(dyo_ctx *ctx, const dyo_trees_params *p, const bins *b, grower **out, dyo_err *err);
/* One tree for the gradients of all rows; margin gains each row's leaf. A row whose h is 0 was not drawn. fraction: of all work, done. */
dyo_status grower_tree(grower *g, double fraction, const grad *gradients, const float *y, float *margin, dyo_rng *rng,
                       dyo_tree *out, dyo_err *err);

#endif
