/* SPDX-License-Identifier: GPL-3.0-or-later */
/* learn.c - boosted trees that turn a series' features into weights of an ensemble's members, by the loss of the weighted forecast itself.
 * Montero-Manso, Athanasopoulos, Hyndman & Talagala (2020), "FFORMA", Int. J. Forecasting 36: weights are a softmax of one sum of trees
 * for each member; here the gradient is that of the combination's error rather than of the mean of the members' errors.
 * tests/bench/learn.mjs writes the samples and reads the answer; see there.
 *
 *   learn SAMPLES ROUNDS ETA DEPTH LAMBDA LEAF FOLDS
 *
 * With FOLDS above 0: the weights of each sample to be scored, a line each, from trees of the samples to train on in the other folds.
 * With 0: trees of all samples to train on, as the table in core/forecast/learned.gen.h. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trees/trees.h"

enum { MOST_MEMBERS = 64, MOST_STEPS = 1024 };

/* One series at one origin. */
typedef struct {
  int           fold;
  bool          train, able[MOST_MEMBERS];
  size_t        h;
  double        smape, mase; /* what a step's symmetric percentage error and its absolute error count */
  const double *features, *y;
  const double *mean[MOST_MEMBERS]; /* h each; NULL where the member cannot be fitted */
} sample;

typedef struct {
  size_t  n, n_features, n_members;
  sample *rows;
  double *prior; /* of each member: its log weight before the first tree */
  double *all;
  size_t  n_all;
} samples;

static _Noreturn void give_up(const char *what)
{
  fprintf(stderr, "learn: %s\n", what);
  exit(1);
}

static void *get(size_t n, size_t size)
{
  void *p = calloc(n ? n : 1, size);
  if (!p) give_up("no memory");
  return p;
}

static void read_all(const char *path, samples *s)
{
  FILE *f = fopen(path, "rb");
  if (!f || fseek(f, 0, SEEK_END) != 0) give_up("the samples cannot be read");
  s->n_all = (size_t)ftell(f) / sizeof(double);
  s->all   = get(s->n_all, sizeof(double));
  rewind(f);
  if (fread(s->all, sizeof(double), s->n_all, f) != s->n_all) give_up("the samples cannot be read whole");
  fclose(f);
}

/* Numbers in a row: counts, priors, then each sample: fold, train, h, smape, mase, features, y, and for each member 0, or 1 and its
 * forecasts. */
static void read_samples(const char *path, samples *s)
{
  read_all(path, s);
  const double *at = s->all;
  s->n = (size_t)at[0], s->n_features = (size_t)at[1], s->n_members = (size_t)at[2];
  if (s->n_members > MOST_MEMBERS) give_up("too many members");
  s->prior = s->all + 3;
  at += 3 + s->n_members;
  s->rows = get(s->n, sizeof *s->rows);
  for (size_t i = 0; i < s->n; i++) {
    sample *r = &s->rows[i];
    r->fold = (int)at[0], r->train = at[1] > 0, r->h = (size_t)at[2], r->smape = at[3], r->mase = at[4];
    r->features = at + 5, r->y = r->features + s->n_features;
    if (r->h > MOST_STEPS) give_up("too many steps");
    at = r->y + r->h;
    for (size_t k = 0; k < s->n_members; k++) {
      r->able[k] = *at++ > 0;
      r->mean[k] = at;
      if (r->able[k]) at += r->h;
    }
  }
  if (at != s->all + s->n_all) give_up("the samples are cut");
}

/* Softmax of the margins over the members that can be fitted. */
static void weights(const samples *s, const sample *r, const float *margin, size_t stride, double *w)
{
  double top = -INFINITY, sum = 0;
  for (size_t k = 0; k < s->n_members; k++)
    if (r->able[k]) top = fmax(top, (double)margin[k * stride] + s->prior[k]);
  for (size_t k = 0; k < s->n_members; k++)
    sum += w[k] = r->able[k] ? exp((double)margin[k * stride] + s->prior[k] - top) : 0;
  for (size_t k = 0; k < s->n_members; k++) w[k] /= sum;
}

/* d(loss)/d(weight) of each member, weights moving against each other: sum over steps of d(loss)/d(forecast) (member - forecast). */
static void slopes(const samples *s, const sample *r, const double *w, double *out)
{
  for (size_t k = 0; k < s->n_members; k++) out[k] = 0;
  for (size_t i = 0; i < r->h; i++) {
    double f = 0;
    for (size_t k = 0; k < s->n_members; k++)
      if (r->able[k]) f += w[k] * r->mean[k][i];
    const double e = f - r->y[i], size = fabs(f) + fabs(r->y[i]), sign = e > 0 ? 1 : e < 0 ? -1 : 0;
    double       d = r->mase * sign;
    if (size > 0) d += r->smape * (sign / size - fabs(e) * (f < 0 ? -1 : 1) / (size * size));
    for (size_t k = 0; k < s->n_members; k++)
      if (r->able[k]) out[k] += d * (r->mean[k][i] - f);
  }
}

typedef struct {
  dyo_trees_params p;
  size_t           rounds;
  double           share; /* of the samples that each tree sees */
} settings;

typedef struct {
  const samples *s;
  const size_t  *use; /* rows trained on */
  size_t         n;
  float         *margin; /* member k, row i at [k * n + i] */
  grad          *g;      /* likewise */
  dyo_tree      *trees;  /* round r, member k at [r * n_members + k] */
} work;

static void gradients(work *w)
{
  double v[MOST_MEMBERS], d[MOST_MEMBERS];
  for (size_t i = 0; i < w->n; i++) {
    const sample *r = &w->s->rows[w->use[i]];
    weights(w->s, r, w->margin + i, w->n, v);
    slopes(w->s, r, v, d);
    for (size_t k = 0; k < w->s->n_members; k++)
      w->g[k * w->n + i] = r->able[k] ? (grad){(float)(v[k] * d[k]), (float)(v[k] * (1 - v[k]) + 1e-3)} : (grad){0, 0};
  }
}

static void boost(dyo_ctx *ctx, const settings *o, work *w)
{
  dyo_err      err = {0};
  bins         cut;
  grower      *g   = NULL;
  dyo_rng      rng = dyo_rng_seed(1);
  float       *x = get(w->n * w->s->n_features, sizeof(float)), *y = get(w->n, sizeof(float));
  dyo_table_f  t = {x, w->n, w->s->n_features};
  const size_t m = w->s->n_members;
  for (size_t i = 0; i < w->n; i++)
    for (size_t j = 0; j < t.k; j++) x[i * t.k + j] = (float)w->s->rows[w->use[i]].features[j];
  w->margin = get(m * w->n, sizeof(float));
  w->g      = get(m * w->n, sizeof(grad));
  w->trees  = get(o->rounds * m, sizeof(dyo_tree));
  if (bins_make(ctx, &t, o->p.max_bin, false, &cut, &err) != DYO_OK ||
      grower_make(ctx, &o->p, &cut, &g, &err) != DYO_OK)
    give_up(err.message);
  for (size_t r = 0; r < o->rounds; r++) {
    gradients(w);
    for (size_t i = 0; i < m * w->n; i++)
      if (dyo_rng_uniform(&rng) >= o->share) w->g[i] = (grad){0, 0};
    for (size_t k = 0; k < m; k++)
      if (grower_tree(g, 0, w->g + k * w->n, y, w->margin + k * w->n, &rng, &w->trees[r * m + k], &err) != DYO_OK)
        give_up(err.message);
  }
  free(x);
  free(y);
}

static float leaf(const dyo_tree *t, const double *features)
{
  const dyo_tree_node *n = t->nodes;
  while (n->left >= 0) {
    const float v = (float)features[n->feature];
    n             = &t->nodes[(isnan(v) ? n->missing_left : v < n->split) ? n->left : n->right];
  }
  return n->split;
}

static void print_weights(const settings *o, const work *w, const sample *r, size_t row)
{
  const size_t m                    = w->s->n_members;
  float        margin[MOST_MEMBERS] = {0};
  double       v[MOST_MEMBERS];
  for (size_t i = 0; i < o->rounds; i++)
    for (size_t k = 0; k < m; k++) margin[k] += leaf(&w->trees[i * m + k], r->features);
  weights(w->s, r, margin, 1, v);
  printf("%zu", row);
  for (size_t k = 0; k < m; k++) printf(" %.6g", v[k]);
  printf("\n");
}

/* fold < 0: all. */
static void train(dyo_ctx *ctx, const samples *s, const settings *o, int fold, work *w)
{
  size_t *use = get(s->n, sizeof(size_t));
  *w          = (work){.s = s, .use = use};
  for (size_t i = 0; i < s->n; i++)
    if (s->rows[i].train && s->rows[i].fold != fold) use[w->n++] = i;
  boost(ctx, o, w);
}

/* Half way between the split and the greatest value below it, so that no rounding of a feature decides. */
static double between(const samples *s, int feature, float at)
{
  double below = -INFINITY;
  for (size_t i = 0; i < s->n; i++) {
    const double v = s->rows[i].features[feature];
    if (s->rows[i].train && v < (double)at && v > below) below = v;
  }
  return isinf(below) ? (double)at : (below + (double)at) / 2;
}

/* Nodes in order, children of a node side by side: {feature (-1: a leaf), missing go left, left child, split or value}. */
static size_t print_tree(const samples *s, const dyo_tree *t)
{
  size_t *order = get(t->n_nodes, sizeof(size_t)), n = 1;
  order[0] = 0;
  for (size_t i = 0; i < n; i++) {
    const dyo_tree_node *d = &t->nodes[order[i]];
    if (d->left < 0) {
      printf("{-1, 0, 0, %#.5gf}, ", (double)d->split);
      continue;
    }
    printf("{%d, %d, %zu, %#.6gf}, ", d->feature, d->missing_left, n, between(s, d->feature, d->split));
    order[n++] = (size_t)d->left, order[n++] = (size_t)d->right;
  }
  printf("\n");
  free(order);
  return n;
}

static void print_table(const settings *o, const work *w)
{
  const size_t m = w->s->n_members;
  printf("static const learned_node learned_nodes[] = {\n");
  size_t *first = get(o->rounds * m + 1, sizeof(size_t)), at = 0;
  for (size_t i = 0; i < o->rounds * m; i++) {
    first[i] = at;
    at += print_tree(w->s, &w->trees[i]);
  }
  printf("};\nstatic const uint16_t learned_first[] = {");
  for (size_t i = 0; i < o->rounds * m; i++) printf("%s%zu", i ? ", " : "", first[i]);
  printf("};\n");
  free(first);
}

int main(int argc, char **argv)
{
  samples  s;
  settings o = {.p = dyo_trees_defaults(), .share = 0.7};
  dyo_ctx  ctx;
  work     w;
  if (argc != 8) give_up("SAMPLES ROUNDS ETA DEPTH LAMBDA LEAF FOLDS are expected");
  read_samples(argv[1], &s);
  o.rounds = strtoul(argv[2], NULL, 10);
  o.p.eta = strtod(argv[3], NULL), o.p.max_depth = atoi(argv[4]), o.p.lambda = strtod(argv[5], NULL);
  o.p.min_child_weight = strtod(argv[6], NULL), o.p.max_bin = 32;
  const int folds = atoi(argv[7]);
  dyo_ctx_init(&ctx, NULL);
  for (int f = 0; f < folds; f++) {
    train(&ctx, &s, &o, f, &w);
    for (size_t i = 0; i < s.n; i++)
      if (!s.rows[i].train && s.rows[i].fold == f) print_weights(&o, &w, &s.rows[i], i);
    dyo_ctx_clear(&ctx);
  }
  if (folds == 0) {
    train(&ctx, &s, &o, -1, &w);
    print_table(&o, &w);
    dyo_ctx_clear(&ctx);
  }
  return 0;
}
