/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "ops/dyo_op_trees.h"

enum { MOST_ROWS = 10000000, MOST_FEATURES = 100000 };

static const char *const objective_words[] = {"reg:squarederror",
                                              "reg:absoluteerror",
                                              "reg:quantileerror",
                                              "count:poisson",
                                              "reg:tweedie",
                                              "binary:logistic",
                                              NULL};
static const char *const booster_words[]   = {"gbtree", NULL};
static const char *const method_words[]    = {"hist", "exact", NULL};
static const char *const policy_words[]    = {"depthwise", "lossguide", NULL};
static const char *const metric_words[]    = {"rmse",     "mae",     "mape", "poisson-nloglik", "tweedie-nloglik",
                                              "quantile", "logloss", NULL};

#define S            dyo_trees_settings
#define RATE(m, doc) DYO_NUM(S, m, 1, DYO_POS, 1, "0..1", doc)

const dyo_field dyo_trees_settings_rows[] = {
  DYO_ENUM(S, objective, DYO_OBJ_SQUARED, objective_words,
           "What is minimised; the prediction is exp of the trees' sum for the two on "
           "counts, 1 / (1 + exp(-sum)) for binary:logistic."),
  DYO_ENUM(S, booster, 0, booster_words, "Accepted for XGBoost's sake."),
  DYO_ENUM(S, tree_method, DYO_TREES_HIST, method_words,
           "hist: splits between at most max_bin quantiles; exact: between any two values."),
  DYO_ENUM(S, grow_policy, DYO_TREES_DEPTHWISE, policy_words,
           "Split level by level, or always where the loss falls most."),
  DYO_ENUM(S, eval_metric, DYO_METRIC_RMSE, metric_words,
           "Measure reported for each round, and watched for early stopping; mape takes no y of 0."),
  DYO_INT(S, max_depth, DYO_OPT, 0, 60, "levels", "Depth of a tree; 0: no limit. Absent: 6."),
  DYO_INT(S, max_leaves, 0, 0, 1 << 20, "leaves", "Leaves of a tree; 0: no limit."),
  DYO_INT(S, max_bin, 256, 2, 256, "bins", "Bins of a feature under hist."),
  DYO_NUM(S, eta, DYO_OPT, DYO_POS, 1, NULL,
          "Share of each tree's answer that is taken, the learning rate. Absent: 0.3."),
  DYO_NUM(S, learning_rate, DYO_OPT, DYO_POS, 1, NULL, "The same as eta."),
  DYO_NUM(S, lambda, DYO_OPT, 0, 1e9, NULL, "Ridge penalty on leaf weights. Absent: 1."),
  DYO_NUM(S, reg_lambda, DYO_OPT, 0, 1e9, NULL, "The same as lambda."),
  DYO_NUM(S, alpha, DYO_OPT, 0, 1e9, NULL, "Absolute penalty on leaf weights. Absent: 0."),
  DYO_NUM(S, reg_alpha, DYO_OPT, 0, 1e9, NULL, "The same as alpha."),
  DYO_NUM(S, gamma, DYO_OPT, 0, 1e12, NULL, "What a split must gain at least. Absent: 0."),
  DYO_NUM(S, min_split_loss, DYO_OPT, 0, 1e12, NULL, "The same as gamma."),
  DYO_NUM(S, min_child_weight, 1, 0, 1e12, NULL,
          "Least sum of second derivatives on each side of a split; rows, for squared error."),
  DYO_NUM(S, max_delta_step, DYO_OPT, 0, 1e6, NULL,
          "Largest leaf weight; 0: no limit. Absent: 0.7 for count:poisson, else 0."),
  RATE(subsample, "Share of rows drawn for each tree."),
  RATE(colsample_bytree, "Share of features drawn for each tree."),
  RATE(colsample_bylevel, "Share of those drawn for each level."),
  RATE(colsample_bynode, "Share of those drawn for each split."),
  DYO_NUM(S, base_score, DYO_OPT, -1e15, 1e15, "as y", "Prediction before the first tree. Absent: the mean of y."),
  DYO_NUM(S, quantile_alpha, 0.5, DYO_POS, 0.999999, "0..1", "The quantile of reg:quantileerror."),
  DYO_NUM(S, tweedie_variance_power, 1.5, 1.000001, 1.999999, NULL,
          "Power of reg:tweedie: near 1 as Poisson, near 2 as gamma."),
  DYO_INTS(S, monotone_constraints, DYO_OPT, -1, 1, NULL,
           "By feature: 1 the prediction never falls with it, -1 never rises, 0 free."),
  DYO_INT(S, seed, DYO_OPT, 0, INT_MAX, NULL, "Seed of the drawing. Absent: the request's."),
  DYO_INT(S, random_state, DYO_OPT, 0, INT_MAX, NULL, "The same as seed."),
  DYO_INT(S, nthread, DYO_OPT, -1, 100000, NULL, "Accepted and ignored."),
  DYO_INT(S, verbosity, DYO_OPT, 0, 3, NULL, "Accepted and ignored."),
  DYO_END(S)};

#undef S

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

/* One thing with two names: the one that is given. */
static bool alias(const char *parent, const char *name, double a, double b, double usual, double *out, dyo_err *err)
{
  char path[64];
  if (!isnan(a) && !isnan(b) && a != b) {
    snprintf(path, sizeof path, "%s/%s", parent, name);
    dyo_fail(err, DYO_INVALID_INPUT, path, "found %g, and %g under its other name; give one of them", b, a);
    return false;
  }
  *out = !isnan(a) ? a : !isnan(b) ? b : usual;
  return true;
}

static dyo_status whole_params(const dyo_trees_settings *s, size_t k, const char *parent, dyo_trees_params *out,
                               dyo_err *err)
{
  char path[64];
  if (s->seed != DYO_NO_INT && s->random_state != DYO_NO_INT && s->seed != s->random_state) {
    snprintf(path, sizeof path, "%s/random_state", parent);
    return dyo_fail(err, DYO_INVALID_INPUT, path, "found %d, and %d under its other name; give one of them",
                    s->random_state, s->seed);
  }
  if (s->monotone_constraints && s->n_monotone_constraints != k) {
    snprintf(path, sizeof path, "%s/monotone_constraints", parent);
    return dyo_fail(err, DYO_INVALID_INPUT, path, "found %zu entries; the rows have %zu features",
                    s->n_monotone_constraints, k);
  }
  out->monotone = s->monotone_constraints;
  if (s->seed != DYO_NO_INT) out->seed = (uint64_t)s->seed;
  if (s->random_state != DYO_NO_INT) out->seed = (uint64_t)s->random_state;
  if (s->max_depth != DYO_NO_INT) out->max_depth = s->max_depth;
  else if (s->max_leaves > 0 && s->grow_policy == DYO_TREES_LOSSGUIDE) out->max_depth = 0;
  if (out->max_depth == 0 && s->max_leaves == 0 && s->grow_policy == DYO_TREES_LOSSGUIDE) {
    snprintf(path, sizeof path, "%s/max_leaves", parent);
    return dyo_fail(err, DYO_INVALID_INPUT, path, "lossguide without a limit of depth needs a limit of leaves");
  }
  return DYO_OK;
}

dyo_status dyo_trees_params_of(const dyo_trees_settings *s, size_t k, const char *parent, dyo_trees_params *out,
                               dyo_err *err)
{
  *out = dyo_trees_defaults();
  if (!s) return DYO_OK;
  out->objective              = (dyo_objective)s->objective;
  out->tree_method            = s->tree_method;
  out->grow_policy            = s->grow_policy;
  out->metric                 = s->eval_metric;
  out->max_leaves             = s->max_leaves;
  out->max_bin                = s->max_bin;
  out->min_child_weight       = s->min_child_weight;
  out->subsample              = s->subsample;
  out->colsample_bytree       = s->colsample_bytree;
  out->colsample_bylevel      = s->colsample_bylevel;
  out->colsample_bynode       = s->colsample_bynode;
  out->base_score             = s->base_score;
  out->quantile_alpha         = s->quantile_alpha;
  out->tweedie_variance_power = s->tweedie_variance_power;
  out->max_delta_step = !isnan(s->max_delta_step) ? s->max_delta_step : s->objective == DYO_OBJ_POISSON ? 0.7 : 0;
  if (!alias(parent, "learning_rate", s->eta, s->learning_rate, 0.3, &out->eta, err) ||
      !alias(parent, "reg_lambda", s->lambda, s->reg_lambda, 1, &out->lambda, err) ||
      !alias(parent, "reg_alpha", s->alpha, s->reg_alpha, 0, &out->alpha, err) ||
      !alias(parent, "min_split_loss", s->gamma, s->min_split_loss, 0, &out->gamma, err))
    return err->code;
  return whole_params(s, k, parent, out, err);
}

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
