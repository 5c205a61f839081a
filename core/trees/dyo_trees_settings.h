/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_trees_settings.h - the parameters of boosted trees as requests name them, which are XGBoost's names. */
#ifndef DYO_TREES_SETTINGS_H
#define DYO_TREES_SETTINGS_H

#include "trees/dyo_trees.h"

/* XGBoost's parameters; two names of one thing stand in two members, and both given must agree. NaN and DYO_NO_INT: not given. */
typedef struct {
  int    objective, booster, tree_method, grow_policy, eval_metric, max_depth, max_leaves, max_bin;
  double eta, learning_rate, lambda, reg_lambda, alpha, reg_alpha, gamma, min_split_loss;
  double min_child_weight, max_delta_step, subsample, colsample_bytree, colsample_bylevel, colsample_bynode;
  double base_score, quantile_alpha, tweedie_variance_power;
  int   *monotone_constraints;
  size_t n_monotone_constraints;
  int    seed, random_state, nthread, verbosity;
} dyo_trees_settings;

extern const char *const dyo_trees_objective_words[];
extern const char *const dyo_trees_booster_words[];
extern const char *const dyo_trees_method_words[];
extern const char *const dyo_trees_policy_words[];
extern const char *const dyo_trees_metric_words[];

extern const dyo_field dyo_trees_settings_rows[];

/* Settings as parameters for rows of k values; NULL stands for none given. Errors are at parent/... */
dyo_status dyo_trees_params_of(const dyo_trees_settings *s, size_t k, const char *parent, dyo_trees_params *out,
                               dyo_err *err);

#define DYO_TREES_SHARE(m, doc) DYO_NUM(dyo_trees_settings, m, 1, DYO_POS, 1, "0..1", doc)

/* The rows without their end, for a struct that begins with a dyo_trees_settings. */
#define DYO_TREES_SETTINGS_ROWS                                                                                        \
  DYO_ENUM(dyo_trees_settings, objective, DYO_OBJ_SQUARED, dyo_trees_objective_words,                                  \
           "What is minimised; the prediction is exp of the trees' sum for the two on "                                \
           "counts, 1 / (1 + exp(-sum)) for binary:logistic."),                                                        \
    DYO_ENUM(dyo_trees_settings, booster, 0, dyo_trees_booster_words, "Accepted for XGBoost's sake."),                 \
    DYO_ENUM(dyo_trees_settings, tree_method, DYO_TREES_HIST, dyo_trees_method_words,                                  \
             "hist: splits between at most max_bin quantiles; exact: between any two values."),                        \
    DYO_ENUM(dyo_trees_settings, grow_policy, DYO_TREES_DEPTHWISE, dyo_trees_policy_words,                             \
             "Split level by level, or always where the loss falls most."),                                            \
    DYO_ENUM(dyo_trees_settings, eval_metric, DYO_METRIC_RMSE, dyo_trees_metric_words,                                 \
             "Measure reported for each round, and watched for early stopping; mape takes no y of 0."),                \
    DYO_INT(dyo_trees_settings, max_depth, DYO_OPT, 0, 60, "levels", "Depth of a tree; 0: no limit. Absent: 6."),      \
    DYO_INT(dyo_trees_settings, max_leaves, 0, 0, 1 << 20, "leaves", "Leaves of a tree; 0: no limit."),                \
    DYO_INT(dyo_trees_settings, max_bin, 256, 2, 256, "bins", "Bins of a feature under hist."),                        \
    DYO_NUM(dyo_trees_settings, eta, DYO_OPT, DYO_POS, 1, NULL,                                                        \
            "Share of each tree's answer that is taken, the learning rate. Absent: 0.3."),                             \
    DYO_NUM(dyo_trees_settings, learning_rate, DYO_OPT, DYO_POS, 1, NULL, "The same as eta."),                         \
    DYO_NUM(dyo_trees_settings, lambda, DYO_OPT, 0, 1e9, NULL, "Ridge penalty on leaf weights. Absent: 1."),           \
    DYO_NUM(dyo_trees_settings, reg_lambda, DYO_OPT, 0, 1e9, NULL, "The same as lambda."),                             \
    DYO_NUM(dyo_trees_settings, alpha, DYO_OPT, 0, 1e9, NULL, "Absolute penalty on leaf weights. Absent: 0."),         \
    DYO_NUM(dyo_trees_settings, reg_alpha, DYO_OPT, 0, 1e9, NULL, "The same as alpha."),                               \
    DYO_NUM(dyo_trees_settings, gamma, DYO_OPT, 0, 1e12, NULL, "What a split must gain at least. Absent: 0."),         \
    DYO_NUM(dyo_trees_settings, min_split_loss, DYO_OPT, 0, 1e12, NULL, "The same as gamma."),                         \
    DYO_NUM(dyo_trees_settings, min_child_weight, 1, 0, 1e12, NULL,                                                    \
            "Least sum of second derivatives on each side of a split; rows, for squared error."),                      \
    DYO_NUM(dyo_trees_settings, max_delta_step, DYO_OPT, 0, 1e6, NULL,                                                 \
            "Largest leaf weight; 0: no limit. Absent: 0.7 for count:poisson, else 0."),                               \
    DYO_TREES_SHARE(subsample, "Share of rows drawn for each tree."),                                                  \
    DYO_TREES_SHARE(colsample_bytree, "Share of features drawn for each tree."),                                       \
    DYO_TREES_SHARE(colsample_bylevel, "Share of those drawn for each level."),                                        \
    DYO_TREES_SHARE(colsample_bynode, "Share of those drawn for each split."),                                         \
    DYO_NUM(dyo_trees_settings, base_score, DYO_OPT, -1e15, 1e15, "as y",                                              \
            "Prediction before the first tree. Absent: the mean of y."),                                               \
    DYO_NUM(dyo_trees_settings, quantile_alpha, 0.5, DYO_POS, 0.999999, "0..1", "The quantile of reg:quantileerror."), \
    DYO_NUM(dyo_trees_settings, tweedie_variance_power, 1.5, 1.000001, 1.999999, NULL,                                 \
            "Power of reg:tweedie: near 1 as Poisson, near 2 as gamma."),                                              \
    DYO_INTS(dyo_trees_settings, monotone_constraints, DYO_OPT, -1, 1, NULL,                                           \
             "By feature: 1 the prediction never falls with it, -1 never rises, 0 free."),                             \
    DYO_INT(dyo_trees_settings, seed, DYO_OPT, 0, INT_MAX, NULL, "Seed of the drawing. Absent: the request's."),       \
    DYO_INT(dyo_trees_settings, random_state, DYO_OPT, 0, INT_MAX, NULL, "The same as seed."),                         \
    DYO_INT(dyo_trees_settings, nthread, DYO_OPT, -1, 100000, NULL, "Accepted and ignored."),                          \
    DYO_INT(dyo_trees_settings, verbosity, DYO_OPT, 0, 3, NULL, "Accepted and ignored.")

#endif
