/* SPDX-License-Identifier: GPL-3.0-or-later */
/* grow.c - one tree: rows in lists by node, histograms of gradients, the smaller child counted and the other had by subtraction. */
#include <math.h>
#include <string.h>

#include "trees/trees.h"

enum { KEPT_BYTES = 1 << 28 }; /* histograms of open nodes; beyond, they are counted again when their turn comes */

typedef struct {
  size_t from, to; /* rows of this node in g->rows */
  int    node, depth;
  sums   total;
  box    limits;
  split  best;
  sums  *hist; /* NULL: to be counted */
} open_node;

struct grower {
  dyo_ctx                *ctx;
  const dyo_trees_params *p;
  const bins             *b;
  const grad             *grads;
  uint32_t               *rows, *scratch; /* n each, scratch one more */
  open_node              *heap;
  size_t                  n_heap, cap_heap;
  sums                  **spare, *work; /* histograms not in use; one to count in */
  size_t                  n_spare, made, most_made, slots;
  uint8_t                *of_tree, *of_level, *of_node; /* features that may split */
  int                     level;
  double                 *residual;
  dyo_tree_node          *nodes;
  size_t (*range)[2]; /* of each node: its rows, in g->rows */
  size_t n_nodes, cap_nodes, n_leaves;
};

dyo_status grower_make(dyo_ctx *ctx, const dyo_trees_params *p, const bins *b, grower **out, dyo_err *err)
{
  grower *g = DYO_NEW(ctx, 1, grower);
  if (!g) return dyo_oom(err);
  g->ctx       = ctx;
  g->p         = p;
  g->b         = b;
  g->slots     = b->first[b->k];
  g->most_made = 2 + KEPT_BYTES / (g->slots * sizeof(sums));
  g->cap_heap  = 64;
  g->cap_nodes = 128;
  g->rows      = DYO_NEW(ctx, b->n, uint32_t);
  g->scratch   = DYO_NEW(ctx, b->n + 1, uint32_t);
  g->residual  = objective_adapts(p->objective) ? DYO_NEW(ctx, b->n, double) : NULL;
  g->heap      = DYO_NEW(ctx, g->cap_heap, open_node);
  g->nodes     = DYO_NEW(ctx, g->cap_nodes, dyo_tree_node);
  g->range     = dyo_alloc(ctx, g->cap_nodes, sizeof *g->range);
  g->spare     = DYO_NEW(ctx, g->most_made, sums *);
  g->work      = DYO_NEW(ctx, g->slots, sums);
  g->of_tree   = DYO_NEW(ctx, 3 * b->k, uint8_t);
  if (!g->rows || !g->scratch || !g->heap || !g->nodes || !g->range || !g->spare || !g->work || !g->of_tree ||
      (objective_adapts(p->objective) && !g->residual))
    return dyo_oom(err);
  g->of_level = g->of_tree + b->k;
  g->of_node  = g->of_level + b->k;
  *out        = g;
  return DYO_OK;
}

/* A histogram to keep, or NULL where there are as many as may be. */
static sums *take(grower *g)
{
  if (g->n_spare) return g->spare[--g->n_spare];
  if (g->made == g->most_made) return NULL;
  sums *h = DYO_NEW(g->ctx, g->slots, sums);
  if (h) g->made++;
  return h;
}

static void give_back(grower *g, sums *h)
{
  if (h) g->spare[g->n_spare++] = h;
}

#define COUNT(T, values)                                                 \
  for (size_t r = from; r < to; r++) {                                   \
    const size_t i   = g->rows[r];                                       \
    const T     *bin = (values) + i * k;                                 \
    const double dg = (double)g->grads[i].g, dh = (double)g->grads[i].h; \
    for (size_t j = 0; j < k; j++) {                                     \
      sums *s = hist + first[j] + bin[j];                                \
      s->g += dg;                                                        \
      s->h += dh;                                                        \
    }                                                                    \
  }

static void count(const grower *g, size_t from, size_t to, sums *restrict hist)
{
  const size_t  k     = g->b->k;
  const size_t *first = g->b->first;
  memset(hist, 0, g->slots * sizeof *hist);
  if (g->b->narrow) {
    COUNT(uint8_t, g->b->narrow)
  } else {
    COUNT(uint16_t, g->b->wide)
  }
}

/* `rate` of the features of `from`, at least one, by drawing without replacement. */
static void draw(size_t k, const uint8_t *from, double rate, dyo_rng *rng, uint8_t *out)
{
  size_t have = 0;
  for (size_t j = 0; j < k; j++) have += from[j];
  size_t want = (size_t)(rate * (double)have);
  if (want < 1) want = 1;
  for (size_t j = 0; j < k; j++) {
    out[j] = 0;
    if (!from[j]) continue;
    if (rate >= 1 || dyo_rng_below(rng, have) < want) {
      out[j] = 1;
      want--;
    }
    have--;
    if (rate >= 1) want = have;
  }
}

/* Nodes of equal standing are taken in order of their number: level by level, or the most promising first. */
static bool before(const grower *g, const open_node *a, const open_node *b)
{
  if (g->p->grow_policy == DYO_TREES_LOSSGUIDE && a->best.change != b->best.change)
    return a->best.change > b->best.change;
  return a->node < b->node;
}

static dyo_status push(grower *g, const open_node *o, dyo_err *err)
{
  if (g->n_heap == g->cap_heap) {
    open_node *more = DYO_NEW(g->ctx, 2 * g->cap_heap, open_node);
    if (!more) return dyo_oom(err);
    memcpy(more, g->heap, g->n_heap * sizeof *more);
    g->heap = more;
    g->cap_heap *= 2;
  }
  size_t i = g->n_heap++;
  while (i && before(g, o, &g->heap[(i - 1) / 2])) {
    g->heap[i] = g->heap[(i - 1) / 2];
    i          = (i - 1) / 2;
  }
  g->heap[i] = *o;
  return DYO_OK;
}

static open_node pop(grower *g)
{
  const open_node top = g->heap[0], last = g->heap[--g->n_heap];
  size_t          i = 0;
  for (;;) {
    size_t c = 2 * i + 1;
    if (c >= g->n_heap) break;
    if (c + 1 < g->n_heap && before(g, &g->heap[c + 1], &g->heap[c])) c++;
    if (!before(g, &g->heap[c], &last)) break;
    g->heap[i] = g->heap[c];
    i          = c;
  }
  g->heap[i] = last;
  return top;
}

static dyo_status more_nodes(grower *g, dyo_err *err)
{
  dyo_tree_node *nodes = DYO_NEW(g->ctx, 2 * g->cap_nodes, dyo_tree_node);
  size_t(*range)[2]    = dyo_alloc(g->ctx, 2 * g->cap_nodes, sizeof *range);
  if (!nodes || !range) return dyo_oom(err);
  memcpy(nodes, g->nodes, g->n_nodes * sizeof *nodes);
  memcpy(range, g->range, g->n_nodes * sizeof *range);
  g->nodes = nodes;
  g->range = range;
  g->cap_nodes *= 2;
  return DYO_OK;
}

static dyo_status add_node(grower *g, int parent, open_node *o, dyo_err *err)
{
  const dyo_status st = g->n_nodes == g->cap_nodes ? more_nodes(g, err) : DYO_OK;
  if (st != DYO_OK) return st;
  const float w          = split_weight(g->p, o->total, o->limits);
  o->node                = (int)g->n_nodes;
  g->range[o->node][0]   = o->from;
  g->range[o->node][1]   = o->to;
  g->nodes[g->n_nodes++] = (dyo_tree_node){
    .left = -1, .right = -1, .parent = parent, .split = (float)g->p->eta * w, .cover = (float)o->total.h, .weight = w};
  return DYO_OK;
}

static bool may_split(const grower *g, const open_node *o)
{
  return (g->p->max_depth == 0 || o->depth < g->p->max_depth) && o->to - o->from > 1;
}

/* The best split of a node whose histogram is `hist`; the node waits for its turn where there is one. */
static dyo_status consider(grower *g, open_node *o, sums *hist, dyo_rng *rng, dyo_err *err)
{
  const uint8_t *use = g->of_tree;
  if (g->p->colsample_bylevel < 1) {
    if (o->depth != g->level) draw(g->b->k, g->of_tree, g->p->colsample_bylevel, rng, g->of_level);
    g->level = o->depth;
    use      = g->of_level;
  }
  if (g->p->colsample_bynode < 1) {
    draw(g->b->k, use, g->p->colsample_bynode, rng, g->of_node);
    use = g->of_node;
  }
  o->best = split_best(g->p, g->b, hist, o->total, o->limits, use);
  if (o->best.change > 0 && (g->b->exact || (double)o->best.change >= g->p->gamma)) return push(g, o, err);
  if (hist == o->hist) give_back(g, o->hist);
  return DYO_OK;
}

/* Rows that go left first, each side in its old order. Written without a branch: which side a row takes cannot be foreseen. */
#define PART(T, column)                                                             \
  for (size_t q = o->from; q < o->to; q++) {                                        \
    const uint32_t i    = g->rows[q];                                               \
    const T        bin  = (column)[(size_t)i * k];                                  \
    const bool     goes = (bin < edge) | ((bin == missing) & o->best.missing_left); \
    g->rows[l]          = i;                                                        \
    g->scratch[r]       = i;                                                        \
    l += goes;                                                                      \
    r += !goes;                                                                     \
  }

static size_t part(grower *g, const open_node *o)
{
  const size_t j = (size_t)o->best.feature, k = g->b->k, missing = bins_of(g->b, j),
               edge = o->best.slot - g->b->first[j];
  size_t l = o->from, r = 0;
  if (g->b->narrow) {
    PART(uint8_t, g->b->narrow + j)
  } else {
    PART(uint16_t, g->b->wide + j)
  }
  memcpy(g->rows + l, g->scratch, r * sizeof *g->rows);
  return l;
}

/* The boxes of the children where the split's feature must rise or fall. */
static void boxes(const grower *g, const open_node *o, box *left, box *right)
{
  const int c = g->p->monotone ? g->p->monotone[o->best.feature] : 0;
  *left = *right = o->limits;
  if (!c) return;
  const sums  rest = {o->total.g - o->best.left.g, o->total.h - o->best.left.h};
  const float mid  = (split_weight(g->p, o->best.left, o->limits) + split_weight(g->p, rest, o->limits)) / 2;
  if (c > 0) left->upper = right->lower = mid;
  else left->lower = right->upper = mid;
}

static dyo_status children(grower *g, const open_node *o, open_node *l, open_node *r, dyo_err *err)
{
  const size_t mid = part(g, o);
  *l               = (open_node){.from = o->from, .to = mid, .depth = o->depth + 1, .total = o->best.left};
  *r               = (open_node){.from = mid, .to = o->to, .depth = o->depth + 1};
  r->total         = (sums){o->total.g - l->total.g, o->total.h - l->total.h};
  boxes(g, o, &l->limits, &r->limits);
  dyo_status st = add_node(g, o->node, l, err);
  if (st == DYO_OK) st = add_node(g, o->node, r, err);
  if (st != DYO_OK) return st;
  dyo_tree_node *n = &g->nodes[o->node];
  n->left          = l->node;
  n->right         = r->node;
  n->feature       = o->best.feature;
  n->split         = o->best.at;
  n->missing_left  = o->best.missing_left;
  n->gain          = o->best.change;
  g->n_leaves++;
  return DYO_OK;
}

/* Histograms of both children, the larger one in the parent's place. */
static void histograms(grower *g, open_node *o, open_node *l, open_node *r)
{
  open_node *few = l->to - l->from <= r->to - r->from ? l : r, *many = few == l ? r : l;
  sums      *h = take(g);
  if (!o->hist || !h) {
    give_back(g, o->hist);
    give_back(g, h);
    return;
  }
  count(g, few->from, few->to, h);
  for (size_t s = 0; s < g->slots; s++) {
    o->hist[s].g -= h[s].g;
    o->hist[s].h -= h[s].h;
  }
  few->hist  = h;
  many->hist = o->hist;
  o->hist    = NULL;
}

static dyo_status weigh(grower *g, open_node *o, dyo_rng *rng, dyo_err *err)
{
  if (o->hist) return consider(g, o, o->hist, rng, err);
  count(g, o->from, o->to, g->work);
  return consider(g, o, g->work, rng, err);
}

static dyo_status expand(grower *g, open_node *o, dyo_rng *rng, dyo_err *err)
{
  open_node  l, r;
  dyo_status st = children(g, o, &l, &r, err);
  if (st != DYO_OK) return st;
  if (!may_split(g, &l) && !may_split(g, &r)) {
    give_back(g, o->hist);
  } else {
    histograms(g, o, &l, &r);
    if (may_split(g, &l)) st = weigh(g, &l, rng, err);
    else give_back(g, l.hist);
    if (st == DYO_OK && may_split(g, &r)) st = weigh(g, &r, rng, err);
    else give_back(g, r.hist);
  }
  return st;
}

/* The exact method grows first and then takes back what gains less than gamma, from the leaves up. Children stand behind parents. */
static void prune(grower *g)
{
  for (size_t i = g->n_nodes; i-- > 0;) {
    dyo_tree_node *n = &g->nodes[i];
    if (n->left < 0 || (double)n->gain >= g->p->gamma) continue;
    if (g->nodes[n->left].left >= 0 || g->nodes[n->right].left >= 0) continue;
    n->left = n->right = -1;
    n->split           = (float)g->p->eta * n->weight;
    n->gain            = 0;
  }
}

/* A leaf of a quantile loss: that quantile of what is left over, of the rows that were drawn. */
static void adapt(grower *g, size_t node, const float *y, const float *margin)
{
  dyo_tree_node *d = &g->nodes[node];
  size_t         n = 0;
  for (size_t q = g->range[node][0]; q < g->range[node][1]; q++) {
    const uint32_t r = g->rows[q];
    if (g->grads[r].h > 0) g->residual[n++] = (double)y[r] - (double)margin[r];
  }
  if (n) d->weight = (float)quantile_of(g->residual, n, objective_quantile(g->p));
  d->split = (float)g->p->eta * d->weight;
}

static void settle(grower *g, size_t leaf, const float *y, float *margin)
{
  if (g->residual) adapt(g, leaf, y, margin);
  for (size_t q = g->range[leaf][0]; q < g->range[leaf][1]; q++) margin[g->rows[q]] += g->nodes[leaf].split;
}

/* Nodes without those that pruning cut off, in the order they were made. */
static dyo_status finish(grower *g, const float *y, float *margin, dyo_tree *out, dyo_err *err)
{
  int   *place = DYO_NEW(g->ctx, g->n_nodes, int);
  size_t n     = 0;
  if (!place) return dyo_oom(err);
  for (size_t i = 0; i < g->n_nodes; i++) {
    const int up = g->nodes[i].parent;
    place[i]     = up >= 0 && (place[up] < 0 || g->nodes[up].left < 0) ? -1 : (int)n++;
  }
  for (size_t i = 0; i < g->n_nodes; i++)
    if (place[i] >= 0 && g->nodes[i].left < 0) settle(g, i, y, margin);
  out->nodes   = DYO_NEW(g->ctx, n, dyo_tree_node);
  out->n_nodes = n;
  if (!out->nodes) return dyo_oom(err);
  for (size_t i = 0; i < g->n_nodes; i++) {
    if (place[i] < 0) continue;
    dyo_tree_node *t = &out->nodes[place[i]];
    *t               = g->nodes[i];
    if (t->parent >= 0) t->parent = place[t->parent];
    if (t->left < 0) continue;
    t->left  = place[t->left];
    t->right = place[t->right];
  }
  return DYO_OK;
}

static dyo_status start(grower *g, dyo_rng *rng, dyo_err *err)
{
  open_node root = {.to = g->b->n, .limits = {-INFINITY, INFINITY}};
  g->n_heap = g->n_nodes = 0;
  g->n_leaves            = 1;
  g->level               = -1;
  for (size_t i = 0; i < g->b->n; i++) {
    g->rows[i] = (uint32_t)i;
    root.total.g += (double)g->grads[i].g;
    root.total.h += (double)g->grads[i].h;
  }
  memset(g->of_node, 1, g->b->k);
  draw(g->b->k, g->of_node, g->p->colsample_bytree, rng, g->of_tree);
  const dyo_status st = add_node(g, -1, &root, err);
  if (st != DYO_OK || !may_split(g, &root)) return st;
  root.hist = take(g);
  if (root.hist) count(g, 0, g->b->n, root.hist);
  return weigh(g, &root, rng, err);
}

dyo_status grower_tree(grower *g, double fraction, const grad *grads, const float *y, float *margin, dyo_rng *rng,
                       dyo_tree *out, dyo_err *err)
{
  g->grads      = grads;
  dyo_status st = start(g, rng, err);
  while (st == DYO_OK && g->n_heap) {
    open_node o = pop(g);
    if (g->p->max_leaves && g->n_leaves >= (size_t)g->p->max_leaves) {
      give_back(g, o.hist);
      continue;
    }
    if (dyo_poll(g->ctx, fraction, "growing trees") == DYO_STOP_CANCELLED) {
      give_back(g, o.hist);
      return dyo_cancelled(g->ctx, false, err);
    }
    st = expand(g, &o, rng, err);
  }
  if (st != DYO_OK) return st;
  if (g->b->exact) prune(g);
  return finish(g, y, margin, out, err);
}
