/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mip_tree.c - branch and bound over LPs of mip_lp.c.
 *
 * lp_solve has a branch and bound of its own, but stopped early it knows no bound better than the root's, it drops
 * nodes whose LP fails, and it prunes by the LP objective. Here a node is dropped only by a bound from weak
 * duality (mip_box.c), by rows that contradict each other, or when lp_solve finds its LP empty from two starting
 * points; a node whose LP fails keeps its bound, which then limits the answer's. Best bound first, diving from
 * each node; depth first until there is an answer. Land & Doig (1960), Econometrica 28, 497-520; Linderoth &
 * Savelsbergh (1999), INFORMS J. Computing 11, 173-187. */
#include "solver/tree.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- nodes and their heap ---- */

static void release(node *n)
{
  while (n && --n->refs == 0) {
    node *up = n->up;
    free(n);
    n = up;
  }
}

/* A node below up, which may be NULL. */
static node *below(tree *t, node *up, node like)
{
  node *n = malloc(sizeof *n);
  if (!n) {
    t->no_memory = t->stopped = true;
    return NULL;
  }
  *n      = like;
  n->up   = up;
  n->refs = 1;
  if (up) up->refs++;
  return n;
}

static bool before(const tree *t, const node *a, const node *b)
{
  if (!t->have && a->depth != b->depth) return a->depth > b->depth;
  return a->bound != b->bound ? a->bound < b->bound : a->depth > b->depth;
}

static void sift_up(tree *t, size_t i)
{
  node *n = t->open[i];
  for (; i > 0 && before(t, n, t->open[(i - 1) / 2]); i = (i - 1) / 2) t->open[i] = t->open[(i - 1) / 2];
  t->open[i] = n;
}

static void sift_down(tree *t, size_t i)
{
  node *n = t->open[i];
  for (size_t k = 2 * i + 1; k < t->n_open; k = 2 * i + 1) {
    if (k + 1 < t->n_open && before(t, t->open[k + 1], t->open[k])) k++;
    if (!before(t, t->open[k], n)) break;
    t->open[i] = t->open[k];
    i          = k;
  }
  t->open[i] = n;
}

static void push(tree *t, node *n)
{
  if (!n) return;
  if (t->n_open == t->cap_open) {
    const size_t cap  = 2 * t->cap_open + 64;
    node       **open = realloc(t->open, cap * sizeof *open);
    if (!open) {
      t->no_memory = t->stopped = true;
      release(n);
      return;
    }
    t->open     = open;
    t->cap_open = cap;
  }
  t->open[t->n_open++] = n;
  sift_up(t, t->n_open - 1);
}

static node *pop(tree *t)
{
  node *n = t->n_open > 0 ? t->open[0] : NULL;
  if (!n) return NULL;
  t->open[0] = t->open[--t->n_open];
  if (t->n_open > 0) sift_down(t, 0);
  return n;
}

/* ---- bounds ---- */

double tree_grid(const tree *t, double bound)
{
  if (t->unit <= 0 || !isfinite(bound)) return bound;
  return fmax(bound, ceil(bound / t->unit - 1e-6) * t->unit);
}

/* Answers from here on are no better than what is at hand. */
static double worth(const tree *t)
{
  return t->beat - t->noise;
}

double tree_limit(const tree *t)
{
  const double gap = t->have ? fmax(t->o->gap_abs, t->o->gap_rel * fabs(t->beat)) : 0.0;
  return fmin(worth(t), t->beat - gap);
}

lp_result tree_lp(tree *t, double *x, double *y, double *z, double *bound)
{
  const lp_result r = lp_engine_solve(t->lp, t->lo, t->hi, x, y);
  if (r == LP_STOPPED) t->stopped = true;
  if (r == LP_NO_MEMORY) t->stopped = t->no_memory = true;
  if (r != LP_OPTIMAL) return r;
  *z     = mip_objective(t->m, x);
  *bound = tree_grid(t, mip_safe_bound(t->m, &(mip_duals){.y = y, .lo = t->lo, .hi = t->hi, .z = *z, .work = t->work}));
  /* lo..hi only hold what is better than the answer at hand */
  *bound = fmin(*bound, worth(t));
  return r;
}

/* Whole columns whose reduced cost at the root says that beyond this they cost more than the best answer. */
static void fix_by_reduced_cost(tree *t)
{
  const double room = t->beat - t->root;
  if (!isfinite(room)) return;
  for (int j = 0; j < t->m->n; j++) {
    const double d = t->d[j], steps = floor(room / fabs(d) + MIP_WHOLE);
    if (!t->m->whole[j] || fabs(d) * 1e9 < fabs(t->beat)) continue;
    if (d > 0 && isfinite(t->root_lo[j])) t->ghi[j] = fmin(t->ghi[j], t->root_lo[j] + fmax(steps, 0));
    if (d < 0 && isfinite(t->root_hi[j])) t->glo[j] = fmax(t->glo[j], t->root_hi[j] - fmax(steps, 0));
  }
}

/* ---- answers ---- */

/* Keep x, which holds all rows, when it is the best so far. */
static bool keep(tree *t, const double *x)
{
  const double z = mip_objective(t->m, x);
  if (!(z < worth(t))) return false; /* an improvement by rounding is none */
  const bool first = !t->have;
  memcpy(t->best, x, (size_t)t->m->n * sizeof *x);
  t->beat  = z;
  t->noise = mip_noise(t->m, x);
  t->have  = true;
  if (first)
    for (size_t i = t->n_open / 2; i-- > 0;) sift_down(t, i);
  fix_by_reduced_cost(t);
  return true;
}

/* The best continuous columns beside these whole ones; tx. */
static bool refit(tree *t, const double *x)
{
  memcpy(t->flo, t->m->lo, (size_t)t->m->n * sizeof *x);
  memcpy(t->fhi, t->m->hi, (size_t)t->m->n * sizeof *x);
  for (int j = 0; j < t->m->n; j++)
    if (t->m->whole[j]) t->flo[j] = t->fhi[j] = round(x[j]);
  const lp_result r = lp_engine_solve(t->lp, t->flo, t->fhi, t->tx, t->ty);
  if (r == LP_STOPPED || r == LP_NO_MEMORY) t->stopped = true;
  return r == LP_OPTIMAL;
}

/* x with its whole columns rounded to the nearest, or up, in tx. */
static void round_to(tree *t, const double *x, bool up)
{
  for (int j = 0; j < t->m->n; j++) {
    t->tx[j] = !t->m->whole[j] ? x[j] : up ? ceil(x[j] - MIP_WHOLE) : round(x[j]);
    t->tx[j] = t->m->whole[j] ? fmin(fmax(t->tx[j], t->m->lo[j]), t->m->hi[j]) + 0.0 : t->tx[j];
  }
}

/* All whole columns of x are whole up to rounding. False when rounding them breaks a row for good. */
static bool accept(tree *t, const double *x)
{
  round_to(t, x, false);
  if (mip_violation(t->m, t->tx) < 1e-9) {
    keep(t, t->tx);
    return true;
  }
  if (!t->continuous || !refit(t, x)) return false;
  keep(t, t->tx);
  return true;
}

/* Rounding may happen to give an answer. */
static void guess(tree *t, bool with_lp)
{
  for (int up = 0; up < 2 && !t->stopped; up++) {
    round_to(t, t->x, up);
    const bool holds = mip_violation(t->m, t->tx) < 1e-9;
    if (holds && !keep(t, t->tx)) continue;
    if (!t->continuous || !(holds || with_lp)) continue;
    if (refit(t, t->tx)) keep(t, t->tx);
  }
}

/* ---- the search ---- */

/* A part of the search that is over: nothing in it is below bound. */
static void finish(tree *t, node *n, double bound)
{
  t->cut_off = fmin(t->cut_off, bound);
  t->done += ldexp(1.0, -n->depth);
  lp_engine_progress(t->lp, fmin(t->done, 1.0));
  release(n);
}

static void lose(tree *t, node *n)
{
  t->lost = fmin(t->lost, n->bound);
  release(n);
}

/* The bounds of node n into lo..hi. False: nothing better than the answer at hand is there. */
static bool enter(tree *t, const node *n)
{
  const size_t size = (size_t)t->m->n * sizeof *t->lo;
  memcpy(t->lo, t->glo, size);
  memcpy(t->hi, t->ghi, size);
  for (; n && n->col >= 0; n = n->up) {
    if (n->raised) t->lo[n->col] = fmax(t->lo[n->col], n->value);
    else t->hi[n->col] = fmin(t->hi[n->col], n->value);
  }
  for (int j = 0; j < t->m->n; j++)
    if (t->lo[j] > t->hi[j]) return false;
  return mip_tighten(t->m, worth(t), t->lo, t->hi);
}

/* The root's duals, for fix_by_reduced_cost. */
static void remember_root(tree *t, double z, double *y)
{
  const size_t size = (size_t)t->m->n * sizeof *t->lo;
  memcpy(t->root_lo, t->lo, size);
  memcpy(t->root_hi, t->hi, size);
  t->root = mip_safe_bound(t->m, &(mip_duals){.y = t->y, .lo = t->lo, .hi = t->hi, .z = z, .d = t->d, .work = t->work});
  if (t->m->m > 0) memcpy(y, t->y, (size_t)t->m->m * sizeof *y);
  if (t->have || isfinite(t->beat)) fix_by_reduced_cost(t);
}

/* Two nodes below n at x[col]; the one to go on with is returned, the other waits. */
static node *split(tree *t, node *n, int col, double z)
{
  const double x = t->x[col], f = x - floor(x);
  const bool   up_first = t->have ? t->best[col] >= ceil(x) : f >= 0.5;
  const node   down     = {
          .bound = n->bound, .z = z, .moved = f, .value = floor(x), .col = col, .depth = n->depth + 1, .raised = false};
  const node up = {
    .bound = n->bound, .z = z, .moved = 1 - f, .value = ceil(x), .col = col, .depth = n->depth + 1, .raised = true};
  push(t, below(t, n, up_first ? down : up));
  node *next = below(t, n, up_first ? up : down);
  release(n);
  return next;
}

/* x is whole but rounding it breaks a row: branch on a column that is still open, if there is one. */
static node *split_any(tree *t, node *n, double z)
{
  for (int j = 0; j < t->m->n; j++) {
    if (!t->m->whole[j] || t->lo[j] >= t->hi[j]) continue;
    t->x[j] = round(t->x[j]) + (round(t->x[j]) >= t->hi[j] ? -0.5 : 0.5);
    return split(t, n, j, z);
  }
  lose(t, n);
  return NULL;
}

/* Solve node n, which the caller gives up, and return the node to go on with, if any. */
static node *expand(tree *t, node *n, double *root_y)
{
  double z = 0, bound = 0;
  if (!enter(t, n)) return finish(t, n, worth(t)), NULL;
  t->nodes += 1;
  const lp_result r = tree_lp(t, t->x, t->y, &z, &bound);
  if (n->col < 0 && r == LP_UNBOUNDED) t->no_floor = true;
  if (r == LP_INFEASIBLE && (n->col >= 0 || mip_proves_infeasible(t->m, t->lo, t->hi, t->ctx)))
    return finish(t, n, worth(t)), NULL;
  if (r != LP_OPTIMAL) return lose(t, n), NULL;
  if (n->col >= 0 && n->moved > 0) tree_learn(t, n->col, n->raised, (z - n->z) / n->moved);
  n->bound = fmax(n->bound, bound);
  if (n->bound >= tree_limit(t)) return finish(t, n, n->bound), NULL;
  if (n->col < 0) remember_root(t, z, root_y);
  guess(t, n->col < 0);
  if (t->stopped) return lose(t, n), NULL;
  if (n->bound >= tree_limit(t)) return finish(t, n, n->bound), NULL;

  const pick p = tree_pick(t, z);
  if (t->stopped) return lose(t, n), NULL;
  if (p.closed >= 0) { /* one side is empty: the node again, with the other side only */
    node *next = below(
      t, n,
      (node){
        .bound = n->bound, .moved = NAN, .value = p.value, .col = p.closed, .depth = n->depth, .raised = p.raised});
    release(n);
    return next;
  }
  if (p.col >= 0) return split(t, n, p.col, z);
  if (accept(t, t->x)) return finish(t, n, n->bound), NULL;
  return split_any(t, n, z);
}

static void search(tree *t, double *root_y)
{
  node *n = below(t, NULL, (node){.bound = -INFINITY, .col = -1});
  while (n) {
    if (t->nodes >= t->o->max_nodes) t->stopped = true;
    if (t->stopped) lose(t, n), n = NULL;
    else if (n->bound >= tree_limit(t)) finish(t, n, n->bound), n = NULL;
    else n = expand(t, n, root_y);
    if (!n && !t->stopped) n = pop(t);
  }
  for (size_t i = 0; i < t->n_open; i++) lose(t, t->open[i]);
  t->n_open = 0;
}

static bool start(tree *t)
{
  const size_t n = (size_t)t->m->n, rows = (size_t)t->m->m + 1;
  double      *at      = NULL;
  double     **parts[] = {&t->glo,  &t->ghi, &t->lo,      &t->hi,      &t->flo,     &t->fhi,     &t->x,       &t->tx,
                          &t->best, &t->d,   &t->root_lo, &t->root_hi, &t->gain[0], &t->gain[1], &t->seen[0], &t->seen[1]};
  const size_t count   = sizeof parts / sizeof *parts;
  t->block             = calloc((count + 5) * n + 2 * rows, sizeof *t->block);
  t->lp                = lp_engine_new(t->m, t->ctx);
  if (!t->block || !t->lp) return false;
  at = t->block;
  for (size_t k = 0; k < count; k++, at += n) *parts[k] = at;
  t->work = at;
  t->y    = at + 5 * n;
  t->ty   = t->y + rows;
  memcpy(t->glo, t->m->lo, n * sizeof *t->glo);
  memcpy(t->ghi, t->m->hi, n * sizeof *t->ghi);
  for (size_t j = 0; j < n; j++) t->continuous |= !t->m->whole[j];
  t->beat    = t->o->cutoff;
  t->noise   = isfinite(t->beat) ? 1e-9 * fabs(t->beat) : 0.0;
  t->unit    = mip_unit(t->m);
  t->root    = -INFINITY;
  t->cut_off = t->lost = INFINITY;
  return true;
}

static void report(const tree *t, const mip_answer *a)
{
  dyo_mip_info *info = a->info;
  info->nodes        = t->nodes;
  info->bound        = fmin(fmin(t->cut_off, t->lost), t->beat);
  if (t->have) {
    memcpy(a->x, t->best, (size_t)t->m->n * sizeof *t->best);
    info->objective = t->beat;
    info->status    = t->lost < tree_limit(t) ? DYO_MIP_FEASIBLE : DYO_MIP_OPTIMAL;
  } else {
    info->status = t->lost == INFINITY ? DYO_MIP_INFEASIBLE : DYO_MIP_UNKNOWN;
  }
}

dyo_status mip_branch(const dyo_mip *m, dyo_ctx *ctx, const dyo_mip_opts *o, const mip_answer *a, dyo_err *err)
{
  tree       t  = {.m = m, .ctx = ctx, .o = o};
  dyo_status st = start(&t) ? DYO_OK : dyo_oom(err);
  if (st == DYO_OK) search(&t, a->y);
  if (st == DYO_OK && t.no_memory) st = dyo_oom(err);
  if (st == DYO_OK) report(&t, a);
  if (st == DYO_OK && t.no_floor && mip_proves_ray(m, ctx)) a->info->status = DYO_MIP_UNBOUNDED;
  lp_engine_free(t.lp);
  free(t.open);
  free(t.block);
  return st;
}
