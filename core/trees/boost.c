/* SPDX-License-Identifier: GPL-3.0-or-later */
/* boost.c - tree after tree on what the trees before left over. */
#include <math.h>
#include <string.h>

#include "trees/trees.h"

dyo_trees_params dyo_trees_defaults(void)
{
  return (dyo_trees_params){.max_depth              = 6,
                            .max_bin                = 256,
                            .eta                    = 0.3,
                            .lambda                 = 1,
                            .min_child_weight       = 1,
                            .subsample              = 1,
                            .colsample_bytree       = 1,
                            .colsample_bylevel      = 1,
                            .colsample_bynode       = 1,
                            .base_score             = NAN,
                            .quantile_alpha         = 0.5,
                            .tweedie_variance_power = 1.5,
                            .seed                   = 1};
}

typedef struct {
  dyo_ctx                *ctx;
  const dyo_trees_params *p;
  const dyo_table_f      *x, *eval;
  const float            *y, *eval_y;
  float                  *margin, *eval_margin;
  grad                   *grads;
  dyo_trees              *out;
  dyo_trees_log          *log;
  dyo_rng                 rng;
} boosting;

static float leaf_value(const dyo_tree *t, const float *x)
{
  const dyo_tree_node *n = t->nodes;
  while (n->left >= 0) {
    const float v    = x[n->feature];
    const bool  left = isnan(v) ? n->missing_left : v < n->split;
    n                = &t->nodes[left ? n->left : n->right];
  }
  return n->split;
}

static float margin_of(const dyo_trees *m, const float *x)
{
  float s = m->base_margin;
  for (size_t t = 0; t < m->n_trees; t++) s += leaf_value(&m->trees[t], x);
  return s;
}

static void sample(boosting *b)
{
  if (b->p->subsample >= 1) return;
  for (size_t i = 0; i < b->x->n; i++)
    if (dyo_rng_uniform(&b->rng) >= b->p->subsample) b->grads[i] = (grad){0, 0};
}

static dyo_status prepare(boosting *b, size_t rounds, const dyo_trees *start, dyo_err *err)
{
  const size_t before = start ? start->n_trees : 0;
  *b->out             = (dyo_trees){.objective = b->p->objective, .n_features = b->x->k};
  *b->log             = (dyo_trees_log){0};
  b->rng              = dyo_rng_seed(b->p->seed);
  dyo_status st       = objective_check(b->p, b->y, b->x->n, "", err);
  if (st == DYO_OK && b->eval) st = objective_check(b->p, b->eval_y, b->eval->n, "/eval", err);
  if (st == DYO_OK) st = objective_start(b->p, b->y, b->x->n, &b->out->base_score, err);
  if (st != DYO_OK) return st;
  if (start) b->out->base_score = start->base_score;
  b->out->base_score   = (double)(float)b->out->base_score;
  b->out->base_margin  = dyo_trees_margin(b->p->objective, b->out->base_score);
  b->out->trees        = DYO_NEW(b->ctx, before + rounds, dyo_tree);
  b->log->train_metric = DYO_NEW(b->ctx, rounds, double);
  b->margin            = DYO_NEW(b->ctx, b->x->n, float);
  b->grads             = DYO_NEW(b->ctx, b->x->n, grad);
  if (!b->out->trees || !b->log->train_metric || !b->margin || !b->grads) return dyo_oom(err);
  if (before) memcpy(b->out->trees, start->trees, before * sizeof *start->trees);
  b->out->n_trees = before;
  for (size_t i = 0; i < b->x->n; i++) b->margin[i] = margin_of(b->out, b->x->v + i * b->x->k);
  if (!b->eval) return DYO_OK;
  b->log->eval_metric = DYO_NEW(b->ctx, rounds, double);
  b->eval_margin      = DYO_NEW(b->ctx, b->eval->n, float);
  if (!b->log->eval_metric || !b->eval_margin) return dyo_oom(err);
  for (size_t i = 0; i < b->eval->n; i++) b->eval_margin[i] = margin_of(b->out, b->eval->v + i * b->eval->k);
  return DYO_OK;
}

/* Writes down what round r reached. */
static void measure(boosting *b, size_t r)
{
  const dyo_tree *t       = &b->out->trees[b->out->n_trees - 1];
  b->log->train_metric[r] = objective_metric(b->p, b->margin, b->y, b->x->n);
  b->log->n_rounds        = r + 1;
  if (!b->eval) {
    b->log->best_iteration = (int)r;
    return;
  }
  for (size_t i = 0; i < b->eval->n; i++) b->eval_margin[i] += leaf_value(t, b->eval->v + i * b->eval->k);
  b->log->eval_metric[r] = objective_metric(b->p, b->eval_margin, b->eval_y, b->eval->n);
  if (b->log->eval_metric[r] < b->log->eval_metric[b->log->best_iteration]) b->log->best_iteration = (int)r;
}

dyo_status dyo_trees_fit(dyo_ctx *ctx, const dyo_trees_params *p, const dyo_table_f *x, const float *y, size_t rounds,
                         const dyo_table_f *eval, const float *eval_y, int early, const dyo_trees *start,
                         dyo_trees *out, dyo_trees_log *log, dyo_err *err)
{
  boosting     b = {.ctx = ctx, .p = p, .x = x, .y = y, .eval = eval, .eval_y = eval_y, .out = out, .log = log};
  bins         cut;
  grower      *g      = NULL;
  const size_t before = start ? start->n_trees : 0;
  dyo_status   st     = prepare(&b, rounds, start, err);
  if (st == DYO_OK) st = bins_make(ctx, x, p->max_bin, p->tree_method == DYO_TREES_EXACT, &cut, err);
  if (st == DYO_OK) st = grower_make(ctx, p, &cut, &g, err);
  for (size_t r = 0; st == DYO_OK && r < rounds; r++) {
    objective_gradients(p, b.margin, y, x->n, b.grads);
    sample(&b);
    st = grower_tree(g, (double)r / (double)rounds, b.grads, y, b.margin, &b.rng, &out->trees[out->n_trees], err);
    if (st != DYO_OK) break;
    out->n_trees++;
    measure(&b, r);
    if (eval && early > 0 && (int)r - log->best_iteration >= early) break;
  }
  if (st == DYO_OK && eval && early > 0) out->n_trees = before + (size_t)log->best_iteration + 1;
  return st;
}

void dyo_trees_predict(const dyo_trees *m, const dyo_table_f *x, double *out)
{
  for (size_t i = 0; i < x->n; i++) out[i] = objective_prediction(m->objective, margin_of(m, x->v + i * x->k));
}

void dyo_trees_importance(const dyo_trees *m, double *weight, double *gain, double *cover)
{
  for (size_t j = 0; j < m->n_features; j++) {
    double n = 0, g = 0, c = 0;
    for (size_t t = 0; t < m->n_trees; t++)
      for (size_t i = 0; i < m->trees[t].n_nodes; i++) {
        const dyo_tree_node *d = &m->trees[t].nodes[i];
        if (d->left < 0 || d->feature != (int)j) continue;
        n++;
        g += (double)d->gain;
        c += (double)d->cover;
      }
    if (weight) weight[j] = n;
    if (gain) gain[j] = n > 0 ? g / n : 0;
    if (cover) cover[j] = n > 0 ? c / n : 0;
  }
}

/* Each node hangs on one parent that knows it and the root on none, so that a way down never meets itself. */
static const char *tree_flaw(const dyo_tree *t, size_t n_features)
{
  const int n = (int)t->n_nodes;
  if (n < 1 || t->nodes[0].parent != -1) return "a tree without a root";
  for (int i = 0; i < n; i++) {
    const dyo_tree_node *d = &t->nodes[i];
    if (!isfinite(d->split)) return "a value that is not finite";
    if (d->left == -1 && d->right == -1) continue;
    if (d->left < 1 || d->right < 1 || d->left >= n || d->right >= n || d->left == d->right ||
        t->nodes[d->left].parent != i || t->nodes[d->right].parent != i)
      return "a node whose children are not its own";
    if (d->feature < 0 || (size_t)d->feature >= n_features) return "a split on a feature that does not exist";
  }
  return NULL;
}

const char *dyo_trees_flaw(const dyo_trees *m)
{
  for (size_t t = 0; t < m->n_trees; t++) {
    const char *why = tree_flaw(&m->trees[t], m->n_features);
    if (why) return why;
  }
  return isfinite(m->base_margin) ? NULL : "a base score without a margin";
}
