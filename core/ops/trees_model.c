/* SPDX-License-Identifier: GPL-3.0-or-later */
/* trees_model.c - boosted trees in the JSON that XGBoost saves and loads (its "Model IO" page: learner, gradient_booster, trees). */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json/dyo_json.h"
#include "ops/dyo_op_trees.h"

enum { ROOT_PARENT = INT_MAX, MOST_TREES = 100000, MOST_NODES = 1 << 24 };

typedef struct {
  const char *num_nodes, *num_feature, *num_deleted, *size_leaf_vector;
} tree_param;

typedef struct {
  tree_param *tree_param;
  int         id;
  int        *left_children, *right_children, *parents, *split_indices, *default_left, *split_type;
  size_t      n_left_children, n_right_children, n_parents, n_split_indices, n_default_left, n_split_type;
  double     *split_conditions, *loss_changes, *sum_hessian, *base_weights;
  size_t      n_split_conditions, n_loss_changes, n_sum_hessian, n_base_weights;
  int        *categories, *categories_nodes, *categories_segments, *categories_sizes;
  size_t      n_categories, n_categories_nodes, n_categories_segments, n_categories_sizes;
} tree_json;

typedef struct {
  const char *num_trees, *num_parallel_tree, *size_leaf_vector;
} forest_param;

typedef struct {
  forest_param *gbtree_model_param;
  tree_json    *trees;
  size_t        n_trees;
  int          *tree_info;
  size_t        n_tree_info;
} forest_json;

typedef struct {
  forest_json *model;
  const char  *name;
} booster_json;

typedef struct {
  const char *base_score, *num_feature, *num_class, *num_target, *boost_from_average;
} learner_param;

typedef struct {
  const char *scale_pos_weight;
} reg_param;
typedef struct {
  const char *max_delta_step;
} poisson_param;
typedef struct {
  const char *tweedie_variance_power;
} tweedie_param;
typedef struct {
  const char *quantile_alpha;
} quantile_param;

typedef struct {
  const char     *name;
  reg_param      *reg_loss_param;
  poisson_param  *poisson_regression_param;
  tweedie_param  *tweedie_regression_param;
  quantile_param *quantile_loss_param;
} objective_json;

typedef struct {
  booster_json   *gradient_booster;
  learner_param  *learner_model_param;
  objective_json *objective;
  const char     *attributes;
  const char    **feature_names, **feature_types;
  size_t          n_feature_names, n_feature_types;
} learner_json;

typedef struct {
  learner_json *learner;
  int          *version;
  size_t        n_version;
} model_json;

#define TEXT(S, m, df)          DYO_STR(S, m, df, 64, "XGBoost's own.")
#define WHOLES(S, m, lo)        DYO_INTS(S, m, DYO_REQ, lo, INT_MAX, NULL, "By node.")
#define EMPTY(S, m)             DYO_INTS(S, m, DYO_OPT, INT_MIN + 1, INT_MAX, NULL, "Of splits by category.")
#define REALS(S, m, df)         DYO_NUMS(S, m, DYO_F_REAL, df, -FLT_MAX, FLT_MAX, NULL, "By node.")
#define PART(S, m, df, T, rows) DYO_OBJ(S, m, df, T, rows, "XGBoost's own.")

static const dyo_field tree_param_rows[] = {
  TEXT(tree_param, num_deleted, DYO_OPT), TEXT(tree_param, num_feature, DYO_OPT), TEXT(tree_param, num_nodes, DYO_OPT),
  TEXT(tree_param, size_leaf_vector, DYO_OPT), DYO_END(tree_param)};

static const dyo_field tree_rows[] = {REALS(tree_json, base_weights, DYO_OPT),
                                      EMPTY(tree_json, categories),
                                      EMPTY(tree_json, categories_nodes),
                                      EMPTY(tree_json, categories_segments),
                                      EMPTY(tree_json, categories_sizes),
                                      WHOLES(tree_json, default_left, 0),
                                      DYO_INT(tree_json, id, 0, 0, INT_MAX, NULL, "Number of the tree."),
                                      WHOLES(tree_json, left_children, -1),
                                      REALS(tree_json, loss_changes, DYO_OPT),
                                      WHOLES(tree_json, parents, -1),
                                      WHOLES(tree_json, right_children, -1),
                                      REALS(tree_json, split_conditions, DYO_REQ),
                                      WHOLES(tree_json, split_indices, 0),
                                      DYO_INTS(tree_json, split_type, DYO_OPT, 0, 1, NULL, "By node; 1: by category."),
                                      REALS(tree_json, sum_hessian, DYO_OPT),
                                      PART(tree_json, tree_param, DYO_OPT, tree_param, tree_param_rows),
                                      DYO_END(tree_json)};

static const dyo_field forest_param_rows[] = {TEXT(forest_param, num_parallel_tree, DYO_OPT),
                                              TEXT(forest_param, num_trees, DYO_OPT),
                                              TEXT(forest_param, size_leaf_vector, DYO_OPT), DYO_END(forest_param)};

static const dyo_field forest_rows[] = {
  PART(forest_json, gbtree_model_param, DYO_OPT, forest_param, forest_param_rows),
  DYO_INTS(forest_json, tree_info, DYO_OPT, 0, INT_MAX, NULL, "By tree: the class it speaks for."),
  DYO_LIST(forest_json, trees, DYO_REQ, MOST_TREES, tree_json, tree_rows, "The trees."), DYO_END(forest_json)};

static const dyo_field booster_rows[] = {PART(booster_json, model, DYO_REQ, forest_json, forest_rows),
                                         TEXT(booster_json, name, DYO_REQ), DYO_END(booster_json)};

static const dyo_field learner_param_rows[] = {
  TEXT(learner_param, base_score, DYO_REQ), TEXT(learner_param, boost_from_average, DYO_OPT),
  TEXT(learner_param, num_class, DYO_OPT),  TEXT(learner_param, num_feature, DYO_REQ),
  TEXT(learner_param, num_target, DYO_OPT), DYO_END(learner_param)};

static const dyo_field reg_rows[]      = {TEXT(reg_param, scale_pos_weight, DYO_OPT), DYO_END(reg_param)};
static const dyo_field poisson_rows[]  = {TEXT(poisson_param, max_delta_step, DYO_OPT), DYO_END(poisson_param)};
static const dyo_field tweedie_rows[]  = {TEXT(tweedie_param, tweedie_variance_power, DYO_OPT), DYO_END(tweedie_param)};
static const dyo_field quantile_rows[] = {TEXT(quantile_param, quantile_alpha, DYO_OPT), DYO_END(quantile_param)};

static const dyo_field objective_rows[] = {
  TEXT(objective_json, name, DYO_REQ),
  PART(objective_json, reg_loss_param, DYO_OPT, reg_param, reg_rows),
  PART(objective_json, poisson_regression_param, DYO_OPT, poisson_param, poisson_rows),
  PART(objective_json, tweedie_regression_param, DYO_OPT, tweedie_param, tweedie_rows),
  PART(objective_json, quantile_loss_param, DYO_OPT, quantile_param, quantile_rows),
  DYO_END(objective_json)};

static const dyo_field learner_rows[] = {
  DYO_JSON(learner_json, attributes, DYO_OPT, "XGBoost's own."),
  DYO_STRS(learner_json, feature_names, DYO_OPT, 1000000, "Names of the features."),
  DYO_STRS(learner_json, feature_types, DYO_OPT, 1000000, "Types of the features."),
  PART(learner_json, gradient_booster, DYO_REQ, booster_json, booster_rows),
  PART(learner_json, learner_model_param, DYO_REQ, learner_param, learner_param_rows),
  PART(learner_json, objective, DYO_REQ, objective_json, objective_rows),
  DYO_END(learner_json)};

static const dyo_field model_rows[] = {PART(model_json, learner, DYO_REQ, learner_json, learner_rows),
                                       DYO_INTS(model_json, version, DYO_OPT, 0, INT_MAX, NULL, "Of XGBoost."),
                                       DYO_END(model_json)};

/* The first are those that can be fitted, in the order of dyo_objective; the others only predict. */
static const struct {
  const char   *name;
  dyo_objective as;
} objectives[] = {{"reg:squarederror", DYO_OBJ_SQUARED},   {"reg:absoluteerror", DYO_OBJ_ABSOLUTE},
                  {"reg:quantileerror", DYO_OBJ_QUANTILE}, {"count:poisson", DYO_OBJ_POISSON},
                  {"reg:tweedie", DYO_OBJ_TWEEDIE},        {"binary:logistic", DYO_OBJ_LOGISTIC},
                  {"reg:logistic", DYO_OBJ_LOGISTIC},      {"reg:gamma", DYO_OBJ_GAMMA},
                  {"reg:linear", DYO_OBJ_SQUARED},         {"reg:pseudohubererror", DYO_OBJ_PLAIN},
                  {"reg:squaredlogerror", DYO_OBJ_PLAIN},  {"binary:logitraw", DYO_OBJ_PLAIN},
                  {"rank:pairwise", DYO_OBJ_PLAIN},        {"rank:ndcg", DYO_OBJ_PLAIN}};
enum { N_OBJECTIVES = sizeof objectives / sizeof *objectives };

/* ---- Writing ---- */

static const char *number(dyo_ctx *ctx, double x)
{
  char text[DYO_NUMBER_CHARS];
  dyo_number_text(x, text);
  return dyo_text(ctx, "%s", text);
}

/* As a float: XGBoost's reader takes no more than nine digits. */
static const char *float_text(dyo_ctx *ctx, double x)
{
  return dyo_text(ctx, "%.9g", x);
}

static bool tree_to_json(dyo_ctx *ctx, const dyo_tree *t, size_t id, size_t n_features, tree_json *j)
{
  const size_t n  = t->n_nodes;
  int         *w  = dyo_alloc(ctx, 6 * n, sizeof(int));
  double      *r  = dyo_alloc(ctx, 4 * n, sizeof(double));
  tree_param  *tp = DYO_NEW(ctx, 1, tree_param);
  if (!w || !r || !tp) return false;
  *tp                = (tree_param){number(ctx, (double)n), number(ctx, (double)n_features), "0", "0"};
  *j                 = (tree_json){.tree_param       = tp,
                                   .id               = (int)id,
                                   .left_children    = w,
                                   .right_children   = w + n,
                                   .parents          = w + 2 * n,
                                   .split_indices    = w + 3 * n,
                                   .default_left     = w + 4 * n,
                                   .split_type       = w + 5 * n,
                                   .split_conditions = r,
                                   .loss_changes     = r + n,
                                   .sum_hessian      = r + 2 * n,
                                   .base_weights     = r + 3 * n};
  j->n_left_children = j->n_right_children = j->n_parents = j->n_split_indices = j->n_default_left = j->n_split_type =
    n;
  j->n_split_conditions = j->n_loss_changes = j->n_sum_hessian = j->n_base_weights = n;
  j->categories = j->categories_nodes = j->categories_segments = j->categories_sizes = w;
  for (size_t i = 0; i < n; i++) {
    const dyo_tree_node *d = &t->nodes[i];
    j->left_children[i]    = d->left;
    j->right_children[i]   = d->right;
    j->parents[i]          = d->parent < 0 ? ROOT_PARENT : d->parent;
    j->split_indices[i]    = d->left < 0 ? 0 : d->feature;
    j->default_left[i]     = d->missing_left;
    j->split_conditions[i] = (double)d->split;
    j->loss_changes[i]     = (double)d->gain;
    j->sum_hessian[i]      = (double)d->cover;
    j->base_weights[i]     = (double)d->weight;
  }
  return tp->num_nodes && tp->num_feature;
}

static bool objective_to_json(dyo_ctx *ctx, const dyo_trees_params *p, objective_json *o)
{
  o->name = objectives[p->objective].name;
  switch (p->objective) {
  case DYO_OBJ_ABSOLUTE: return true;
  case DYO_OBJ_QUANTILE:
    o->quantile_loss_param = DYO_NEW(ctx, 1, quantile_param);
    return o->quantile_loss_param &&
           (o->quantile_loss_param->quantile_alpha = dyo_text(ctx, "[%s]", float_text(ctx, p->quantile_alpha))) != NULL;
  case DYO_OBJ_POISSON:
    o->poisson_regression_param = DYO_NEW(ctx, 1, poisson_param);
    return o->poisson_regression_param &&
           (o->poisson_regression_param->max_delta_step = float_text(ctx, p->max_delta_step)) != NULL;
  case DYO_OBJ_TWEEDIE:
    o->tweedie_regression_param = DYO_NEW(ctx, 1, tweedie_param);
    return o->tweedie_regression_param &&
           (o->tweedie_regression_param->tweedie_variance_power = float_text(ctx, p->tweedie_variance_power)) != NULL;
  default:
    o->reg_loss_param = DYO_NEW(ctx, 1, reg_param);
    if (o->reg_loss_param) o->reg_loss_param->scale_pos_weight = "1";
    return o->reg_loss_param != NULL;
  }
}

typedef struct {
  model_json     model;
  learner_json   learner;
  booster_json   booster;
  forest_json    forest;
  forest_param   forest_param;
  learner_param  param;
  objective_json objective;
} whole;

static bool to_json(dyo_ctx *ctx, const dyo_trees *m, const dyo_trees_params *p, whole *w)
{
  static const int version[] = {1, 7, 4}; /* whose layout this is */
  w->model   = (model_json){.learner = &w->learner, .version = dyo_alloc(ctx, 3, sizeof(int)), .n_version = 3};
  w->learner = (learner_json){.gradient_booster    = &w->booster,
                              .learner_model_param = &w->param,
                              .objective           = &w->objective,
                              .attributes          = "{}",
                              .feature_names       = DYO_NEW(ctx, 1, const char *)};
  w->learner.feature_types = w->learner.feature_names;
  w->booster               = (booster_json){&w->forest, "gbtree"};
  w->forest_param          = (forest_param){number(ctx, (double)m->n_trees), "1", "0"};
  w->param     = (learner_param){float_text(ctx, m->base_score), number(ctx, (double)m->n_features), "0", "1", "0"};
  w->forest    = (forest_json){&w->forest_param, DYO_NEW(ctx, m->n_trees, tree_json), m->n_trees,
                               DYO_NEW(ctx, m->n_trees, int), m->n_trees};
  w->objective = (objective_json){0};
  if (!w->model.version || !w->learner.feature_names || !w->forest.trees || !w->forest.tree_info ||
      !objective_to_json(ctx, p, &w->objective))
    return false;
  memcpy(w->model.version, version, sizeof version);
  for (size_t t = 0; t < m->n_trees; t++)
    if (!tree_to_json(ctx, &m->trees[t], t, m->n_features, &w->forest.trees[t])) return false;
  return w->forest_param.num_trees && w->param.base_score && w->param.num_feature;
}

dyo_status dyo_trees_write(dyo_ctx *ctx, const dyo_trees *m, const dyo_trees_params *p, const char **text, dyo_err *err)
{
  whole  *w = DYO_NEW(ctx, 1, whole);
  dyo_buf b = {0};
  if (!w || !to_json(ctx, m, p, w)) return dyo_oom(err);
  const bool by_handle = ctx->arrays_out; /* a model is one text, whole in itself */
  ctx->arrays_out      = false;
  dyo_status st        = dyo_json_encode(ctx, model_rows, &w->model, &b, err);
  ctx->arrays_out      = by_handle;
  char *s              = st == DYO_OK ? dyo_alloc(ctx, b.n + 1, 1) : NULL;
  if (s) memcpy(s, b.s, b.n);
  else if (st == DYO_OK) st = dyo_oom(err);
  dyo_buf_free(&b);
  *text = s;
  return st;
}

/* ---- Reading ---- */

static dyo_status unfit(dyo_err *err, const char *where, const char *found, const char *what)
{
  return dyo_fail(err, DYO_INVALID_INPUT, "/model", "%s: found \"%.40s\"; %s", where, found, what);
}

/* XGBoost writes numbers as text here, and from 3.0 on as a list of one. */
static bool number_of(const char *s, double *out)
{
  char *end;
  if (*s == '[') s++;
  *out = strtod(s, &end);
  return end != s && (*end == '\0' || strcmp(end, "]") == 0) && isfinite(*out);
}

static dyo_status tree_of(dyo_ctx *ctx, const tree_json *j, size_t id, dyo_tree *out, dyo_err *err)
{
  const size_t n = j->n_left_children;
  if (n == 0 || n > MOST_NODES || j->n_right_children != n || j->n_parents != n || j->n_split_indices != n ||
      j->n_default_left != n || j->n_split_conditions != n)
    return dyo_fail(err, DYO_INVALID_INPUT, "/model", "tree %zu: its lists of nodes are not of one length, or empty",
                    id);
  for (size_t i = 0; i < j->n_split_type; i++)
    if (j->split_type[i] == 1)
      return dyo_fail(err, DYO_UNSUPPORTED, "/model", "tree %zu: a split by category; only splits by number are read",
                      id);
  out->n_nodes = n;
  out->nodes   = DYO_NEW(ctx, n, dyo_tree_node);
  if (!out->nodes) return dyo_oom(err);
  for (size_t i = 0; i < n; i++)
    out->nodes[i] = (dyo_tree_node){.left         = j->left_children[i],
                                    .right        = j->right_children[i],
                                    .parent       = j->parents[i] == ROOT_PARENT ? -1 : j->parents[i],
                                    .feature      = j->split_indices[i],
                                    .split        = (float)j->split_conditions[i],
                                    .missing_left = j->default_left[i] != 0,
                                    .gain         = j->n_loss_changes == n ? (float)j->loss_changes[i] : 0,
                                    .cover        = j->n_sum_hessian == n ? (float)j->sum_hessian[i] : 0,
                                    .weight       = j->n_base_weights == n ? (float)j->base_weights[i] : 0};
  return DYO_OK;
}

static dyo_status head_of(const learner_json *l, dyo_trees *out, dyo_err *err)
{
  const learner_param *p = l->learner_model_param;
  double               features, classes = 0;
  size_t               o = 0;
  if (strcmp(l->gradient_booster->name, "gbtree") != 0)
    return dyo_fail(err, DYO_UNSUPPORTED, "/model", "learner/gradient_booster/name: found \"%s\"; only gbtree is read",
                    l->gradient_booster->name);
  while (o < N_OBJECTIVES && strcmp(objectives[o].name, l->objective->name) != 0) o++;
  if (o == N_OBJECTIVES)
    return dyo_fail(err, DYO_UNSUPPORTED, "/model",
                    "learner/objective/name: found \"%s\", which has several outputs or is not known",
                    l->objective->name);
  if (!number_of(p->base_score, &out->base_score))
    return unfit(err, "learner/learner_model_param/base_score", p->base_score, "a number as text is expected");
  if (!number_of(p->num_feature, &features) || !(features >= 1) || features > 1e6 || features != floor(features))
    return unfit(err, "learner/learner_model_param/num_feature", p->num_feature, "a whole number as text is expected");
  if (p->num_class && (!number_of(p->num_class, &classes) || classes > 1))
    return dyo_fail(err, DYO_UNSUPPORTED, "/model",
                    "learner/learner_model_param/num_class: found \"%s\"; only models with one output are read",
                    p->num_class);
  out->objective   = objectives[o].as;
  out->n_features  = (size_t)features;
  out->base_margin = (float)out->base_score;
  return DYO_OK;
}

dyo_status dyo_trees_read(dyo_ctx *ctx, const char *text, dyo_trees *out, dyo_err *err)
{
  dyo_err     why;
  model_json *m = DYO_NEW(ctx, 1, model_json);
  if (dyo_json_check(text, strlen(text), &why) != DYO_OK)
    return dyo_fail(err, DYO_INVALID_INPUT, "/model", "found text that is not JSON: %.200s", why.message);
  dyo_status st = m ? dyo_json_decode_known(ctx, NULL, text, strlen(text), model_rows, m, &why) : dyo_oom(err);
  if (m && st != DYO_OK) return dyo_fail(err, st, "/model", "%.100s: %.300s", why.path, why.message);
  if (st != DYO_OK) return st;
  const forest_json *f = m->learner->gradient_booster->model;
  *out                 = (dyo_trees){.n_trees = f->n_trees};
  st                   = head_of(m->learner, out, err);
  if (st != DYO_OK) return st;
  out->base_margin = dyo_trees_margin(out->objective, out->base_score);
  out->trees       = DYO_NEW(ctx, f->n_trees, dyo_tree);
  if (!out->trees) return dyo_oom(err);
  for (size_t t = 0; t < f->n_trees && st == DYO_OK; t++) st = tree_of(ctx, &f->trees[t], t, &out->trees[t], err);
  if (st != DYO_OK) return st;
  const char *flaw = dyo_trees_flaw(out);
  return flaw ? dyo_fail(err, DYO_INVALID_INPUT, "/model", "the model is broken: it has %s", flaw) : DYO_OK;
}
