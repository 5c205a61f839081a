/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "trees/dyo_trees_settings.h"

#include <math.h>
#include <stdio.h>

const char *const dyo_trees_objective_words[] = {"reg:squarederror",
                                                 "reg:absoluteerror",
                                                 "reg:quantileerror",
                                                 "count:poisson",
                                                 "reg:tweedie",
                                                 "binary:logistic",
                                                 NULL};
const char *const dyo_trees_booster_words[]   = {"gbtree", NULL};
const char *const dyo_trees_method_words[]    = {"hist", "exact", NULL};
const char *const dyo_trees_policy_words[]    = {"depthwise", "lossguide", NULL};
const char *const dyo_trees_metric_words[]    = {"rmse",     "mae",     "mape", "poisson-nloglik", "tweedie-nloglik",
                                                 "quantile", "logloss", NULL};

const dyo_field dyo_trees_settings_rows[] = {DYO_TREES_SETTINGS_ROWS, DYO_END(dyo_trees_settings)};

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
