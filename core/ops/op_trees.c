/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "ops/dyo_op_trees.h"

enum { MOST_ROWS = 10000000, MOST_FEATURES = 100000 };

static const dyo_field eval_rows[] = {
  DYO_ROWS(dyo_trees_eval, x, DYO_F_NULLS, DYO_REQ, -1e37, 1e37, NULL, "Rows kept aside; null: missing."),
  DYO_NUMS(dyo_trees_eval, y, 0, DYO_REQ, -1e15, 1e15, NULL, "Their true values."), DYO_END(dyo_trees_eval)};

const dyo_field dyo_trees_fit_in_rows[] = {
  DYO_ROWS(dyo_trees_fit_in, x, DYO_F_NULLS, DYO_REQ, -1e37, 1e37, NULL,
           "Rows of feature values, all of one length; null: missing."),
  DYO_NUMS(dyo_trees_fit_in, y, 0, DYO_REQ, -1e15, 1e15, NULL, "One value a row, to be predicted."),
  DYO_OBJ(dyo_trees_fit_in, params, DYO_OPT, dyo_trees_settings, dyo_trees_settings_rows,
          "Settings, by XGBoost's names."),
  DYO_INT(dyo_trees_fit_in, num_boost_round, 100, 1, 10000, "trees", "Trees to grow."),
  DYO_OBJ(dyo_trees_fit_in, eval, DYO_OPT, dyo_trees_eval, eval_rows, "Rows kept aside, measured after each round."),
  DYO_INT(
    dyo_trees_fit_in, early_stopping_rounds, 0, 0, 10000, "rounds",
    "Stop when the measure of eval has not become better for so many rounds, and keep the trees up to the best; 0: do not."),
  DYO_END(dyo_trees_fit_in)};

static const dyo_field feature_rows[] = {
  DYO_STR(dyo_trees_feature, name, DYO_REQ, 32, "f and its number, from f0."),
  DYO_OUT(dyo_trees_feature, gain, DYO_REQ, NULL, "Mean gain of its splits."),
  DYO_OUT(dyo_trees_feature, cover, DYO_REQ, NULL, "Mean sum of second derivatives at its splits."),
  DYO_OUT(dyo_trees_feature, weight, DYO_REQ, "splits", "Number of its splits."), DYO_END(dyo_trees_feature)};

const dyo_field dyo_trees_fit_out_rows[] = {
  DYO_STR(dyo_trees_fit_out, model, DYO_REQ, INT_MAX,
          "The model: the text that XGBoost's save_model writes to a .json file."),
  DYO_OUT_NUMS(dyo_trees_fit_out, train_metric, 0, DYO_REQ, NULL, "eval_metric on the rows themselves, by round."),
  DYO_OUT_NUMS(dyo_trees_fit_out, eval_metric, 0, DYO_OPT, NULL, "The same on eval."),
  DYO_INT(dyo_trees_fit_out, best_iteration, DYO_REQ, 0, INT_MAX, "round",
          "Round, from 0, with the best measure of eval; without it, the last."),
  DYO_LIST(dyo_trees_fit_out, importance, DYO_REQ, MOST_FEATURES, dyo_trees_feature, feature_rows,
           "Features that split, by gain."),
  DYO_END(dyo_trees_fit_out)};

const dyo_field dyo_trees_predict_in_rows[] = {
  DYO_JSON_TEXT(dyo_trees_predict_in, model, DYO_REQ,
                "A model of trees.fit, or one that XGBoost saved as JSON (gbtree, one output)."),
  DYO_ROWS(dyo_trees_predict_in, x, DYO_F_NULLS, DYO_REQ, -1e37, 1e37, NULL, "Rows of feature values; null: missing."),
  DYO_END(dyo_trees_predict_in)};

const dyo_field dyo_trees_predict_out_rows[] = {
  DYO_OUT_NUMS(dyo_trees_predict_out, predictions, 0, DYO_REQ, "as y", "One a row."), DYO_END(dyo_trees_predict_out)};

/* Rows as float, with one value a row in y where there is a y. */
static dyo_status rows_of(dyo_ctx *ctx, const dyo_matrix *x, const double *y, size_t n_y, const char *parent,
                          dyo_table_f *out, float **out_y, dyo_err *err)
{
  char path[32];
  if (x->n == 0 || x->k == 0 || x->n > MOST_ROWS || x->k > MOST_FEATURES) {
    snprintf(path, sizeof path, "%s/x", parent);
    return dyo_fail(err, x->n > MOST_ROWS || x->k > MOST_FEATURES ? DYO_TOO_LARGE : DYO_INVALID_INPUT, path,
                    "found %zu rows of %zu values; 1 to %d rows of 1 to %d are accepted", x->n, x->k, MOST_ROWS,
                    MOST_FEATURES);
  }
  if (y && n_y != x->n) {
    snprintf(path, sizeof path, "%s/y", parent);
    return dyo_fail(err, DYO_INVALID_INPUT, path, "found %zu values; x has %zu rows", n_y, x->n);
  }
  float *v = dyo_alloc(ctx, x->n * x->k, sizeof *v);
  *out     = (dyo_table_f){v, x->n, x->k};
  if (!v) return dyo_oom(err);
  for (size_t i = 0; i < x->n * x->k; i++) v[i] = (float)x->v[i];
  if (!y) return DYO_OK;
  *out_y = DYO_NEW(ctx, n_y, float);
  if (!*out_y) return dyo_oom(err);
  for (size_t i = 0; i < n_y; i++) (*out_y)[i] = (float)y[i];
  return DYO_OK;
}

static int by_gain(const void *a, const void *b)
{
  const dyo_trees_feature *x = a, *y = b;
  return (x->gain < y->gain) - (x->gain > y->gain);
}

static dyo_status importance(dyo_ctx *ctx, const dyo_trees *m, dyo_trees_fit_out *out, dyo_err *err)
{
  double            *v = dyo_alloc(ctx, 3 * m->n_features, sizeof *v);
  dyo_trees_feature *f = DYO_NEW(ctx, m->n_features, dyo_trees_feature);
  size_t             n = 0;
  if (!v || !f) return dyo_oom(err);
  dyo_trees_importance(m, v, v + m->n_features, v + 2 * m->n_features);
  for (size_t j = 0; j < m->n_features; j++) {
    if (v[j] == 0) continue;
    f[n] = (dyo_trees_feature){dyo_text(ctx, "f%zu", j), v[m->n_features + j], v[2 * m->n_features + j], v[j]};
    if (!f[n++].name) return dyo_oom(err);
  }
  qsort(f, n, sizeof *f, by_gain);
  out->importance   = f;
  out->n_importance = n;
  return DYO_OK;
}

dyo_status dyo_trees_fit_op(dyo_ctx *ctx, const dyo_trees_fit_in *in, dyo_trees_fit_out *out, dyo_err *err)
{
  dyo_trees_params p;
  dyo_table_f      x = {0}, held = {0};
  float           *y = NULL, *held_y = NULL;
  dyo_trees        m;
  dyo_trees_log    log;
  dyo_status       st = rows_of(ctx, &in->x, in->y, in->n_y, "", &x, &y, err);
  if (st == DYO_OK) st = dyo_trees_params_of(in->params, x.k, "/params", &p, err);
  if (st == DYO_OK && in->eval)
    st = rows_of(ctx, &in->eval->x, in->eval->y, in->eval->n_y, "/eval", &held, &held_y, err);
  if (st != DYO_OK) return st;
  if (in->eval && held.k != x.k)
    return dyo_fail(err, DYO_INVALID_INPUT, "/eval/x", "found rows of %zu values; those of x have %zu", held.k, x.k);
  if (in->early_stopping_rounds && !in->eval)
    return dyo_fail(err, DYO_INVALID_INPUT, "/early_stopping_rounds",
                    "found %d, but there are no rows in eval to watch", in->early_stopping_rounds);
  if (!in->params || (in->params->seed == DYO_NO_INT && in->params->random_state == DYO_NO_INT)) p.seed = ctx->seed;
  st = dyo_trees_fit(ctx, &p, &x, y, (size_t)in->num_boost_round, in->eval ? &held : NULL, held_y,
                     in->early_stopping_rounds, NULL, &m, &log, err);
  if (st == DYO_OK) st = importance(ctx, &m, out, err);
  if (st == DYO_OK) st = dyo_trees_write(ctx, &m, &p, &out->model, err);
  out->train_metric   = log.train_metric;
  out->eval_metric    = log.eval_metric;
  out->n_train_metric = out->n_eval_metric = log.n_rounds;
  out->best_iteration                      = log.best_iteration;
  return st;
}

dyo_status dyo_trees_predict_op(dyo_ctx *ctx, const dyo_trees_predict_in *in, dyo_trees_predict_out *out, dyo_err *err)
{
  dyo_trees   m  = {0};
  dyo_table_f x  = {0};
  dyo_status  st = rows_of(ctx, &in->x, NULL, 0, "", &x, NULL, err);
  if (st == DYO_OK) st = dyo_trees_read(ctx, in->model, &m, err);
  if (st != DYO_OK) return st;
  if (x.k < m.n_features)
    return dyo_fail(err, DYO_INVALID_INPUT, "/x/0", "found %zu values; the model takes %zu features", x.k,
                    m.n_features);
  out->n_predictions = x.n;
  out->predictions   = DYO_NEW(ctx, x.n, double);
  if (!out->predictions) return dyo_oom(err);
  dyo_trees_predict(&m, &x, out->predictions);
  return DYO_OK;
}
