/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_op_trees.h - trees.fit, trees.predict: boosted trees on plain rows, with models as XGBoost writes them. */
#ifndef DYO_OP_TREES_H
#define DYO_OP_TREES_H

#include "base/dyo_ctx.h"
#include "base/dyo_field.h"
#include "trees/dyo_trees.h"
#include "trees/dyo_trees_settings.h"

typedef struct {
  dyo_matrix x;
  double    *y;
  size_t     n_y;
} dyo_trees_eval;

typedef struct {
  dyo_matrix          x;
  double             *y;
  size_t              n_y;
  dyo_trees_settings *params;
  int                 num_boost_round;
  dyo_trees_eval     *eval;
  int                 early_stopping_rounds;
} dyo_trees_fit_in;

typedef struct {
  const char *name;
  double      gain, cover, weight;
} dyo_trees_feature;

typedef struct {
  const char        *model; /* JSON text */
  double            *train_metric;
  size_t             n_train_metric;
  double            *eval_metric;
  size_t             n_eval_metric;
  int                best_iteration;
  dyo_trees_feature *importance;
  size_t             n_importance;
} dyo_trees_fit_out;

typedef struct {
  const char *model; /* JSON text */
  dyo_matrix  x;
} dyo_trees_predict_in;

typedef struct {
  double *predictions;
  size_t  n_predictions;
} dyo_trees_predict_out;

extern const dyo_field dyo_trees_fit_in_rows[], dyo_trees_fit_out_rows[], dyo_trees_predict_in_rows[],
  dyo_trees_predict_out_rows[];

dyo_status dyo_trees_fit_op(dyo_ctx *ctx, const dyo_trees_fit_in *in, dyo_trees_fit_out *out, dyo_err *err);
dyo_status dyo_trees_predict_op(dyo_ctx *ctx, const dyo_trees_predict_in *in, dyo_trees_predict_out *out, dyo_err *err);

/* A model as XGBoost's JSON, and back. `settings` are those it was fitted with (they name the objective's own parameters). The text and
 * the model live in ctx's arena. Reading takes what XGBoost 1.6 and later save for gbtree with one output; errors are at "/model" and name the place in words. */
dyo_status dyo_trees_write(dyo_ctx *ctx, const dyo_trees *m, const dyo_trees_params *p, const char **text,
                           dyo_err *err);
dyo_status dyo_trees_read(dyo_ctx *ctx, const char *text, dyo_trees *out, dyo_err *err);

#endif
