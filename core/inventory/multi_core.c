/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What bound and search leave open of a problem in whole lots: at the bound's prices a lot size that costs the Lagrangian
 * more than the whole gap is in no better plan. The few that remain are a multiple-choice knapsack (Sinha & Zoltners 1979),
 * solved by branch and bound. Products without lots enter as one cost that is convex in what they are left, by its tangents
 * (Geoffrion 1972), added until plan and bound meet. */
#include "inventory/multi.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "solver/dyo_mip.h"

enum { MAX_CHOICES = 1500, CORE = 160, ROUNDS = 24, MAX_TANGENTS = 64 };

static const double NODES = 20000; /* of branch and bound over all rounds */

typedef struct {
  double rise; /* of the Lagrangian above the product's best lot */
  size_t i;
  double q;
} option;

/* g(use) of the products without lots: value <= cost + sum of price_j use_j; or, where they have no room, the same with the
 * use of limit `what` in the place of cost. */
typedef struct {
  double value, price[DYO_MULTI_LIMITS];
  int    what;
} tangent;

typedef struct {
  multi_whole *w;
  double      *base;     /* n: the Lagrangian's minimiser */
  double       lagrange; /* its bound */
  option      *options;
  size_t       n, cap;
  bool         all;       /* no choice of a better plan is left out */
  double       threshold; /* plans from here on are not wanted */
  tangent      tangents[MAX_TANGENTS];
  int          n_tangents;
  double       nodes;
  double      *plan; /* n */
} core;

static int by_rise(const void *a, const void *b)
{
  const option *x = a, *y = b;
  if (x->rise != y->rise) return x->rise < y->rise ? -1 : 1;
  if (x->i != y->i) return x->i < y->i ? -1 : 1;
  return (x->q > y->q) - (x->q < y->q);
}

static int by_product(const void *a, const void *b)
{
  const option *x = a, *y = b;
  if (x->i != y->i) return x->i < y->i ? -1 : 1;
  return (x->q > y->q) - (x->q < y->q);
}

/* Lots of product i beyond its best, on one side, while their rise stays within room. */
static void gather_side(core *c, size_t i, double step, double room)
{
  const multi_whole *w = c->w;
  for (int k = 1; c->n < c->cap; k++) {
    const double q = w->lot[i] * nearbyint((c->base[i] + k * step) / w->lot[i]);
    if (q < w->p->lo[i] * (1 - 1e-9) || q > w->p->hi[i] * (1 + 1e-9) || !(q > 0)) return;
    const multi_change d    = multi_change_of(w, i, c->base[i], q);
    double             rise = d.objective;
    for (int j = 0; j < DYO_MULTI_LIMITS; j++)
      if (w->keep >> j & 1) rise += w->price[j] * d.use[j];
    if (!(rise <= room) || (room == INFINITY && k > 3)) return;
    c->options[c->n++] = (option){rise, i, q};
  }
}

/* The choices still open; where they are too many, those of least rise. */
static void gather(core *c)
{
  const multi_whole *w    = c->w;
  const double       room = c->threshold == INFINITY ? INFINITY : fmax(0, c->threshold - c->lagrange);
  c->n                    = 0;
  for (size_t i = 0; i < w->p->n && c->n < c->cap; i++) {
    if (!(w->lot[i] > 0)) continue;
    gather_side(c, i, w->lot[i], room);
    gather_side(c, i, -w->lot[i], room);
  }
  c->all = c->n <= MAX_CHOICES && room < INFINITY;
  if (!c->all) {
    qsort(c->options, c->n, sizeof *c->options, by_rise);
    if (c->n > CORE) c->n = CORE;
  }
  qsort(c->options, c->n, sizeof *c->options, by_product);
}

/* Columns: the options, then what the rest takes of each limit (in parts of it), then the rest's cost. */
typedef struct {
  dyo_mip     *m;
  int         *idx;
  double      *val;
  int          n, rest;                 /* options; first column of the rest, or -1 */
  multi_totals base;                    /* of the lots in base */
  double       cost;                    /* objective of the lots in base */
  double       scale;                   /* of the rest's cost */
  double       most;                    /* its cost is no more in any plan that is wanted, in this scale */
  double       floor[DYO_MULTI_LIMITS]; /* what the rest takes of each limit at least, in parts of it */
} program;

static dyo_status add_columns(const core *c, program *g, dyo_err *err)
{
  dyo_status st = dyo_mip_new(g->n + (g->rest >= 0 ? 4 : 0), &g->m, err);
  for (int k = 0; k < g->n && st == DYO_OK; k++) {
    const option *o = &c->options[k];
    st              = dyo_mip_col(g->m, k, multi_change_of(c->w, o->i, c->base[o->i], o->q).objective, 0, 1, true, err);
  }
  for (int j = 0; j < DYO_MULTI_LIMITS && g->rest >= 0 && st == DYO_OK; j++) {
    const bool kept = c->w->keep >> j & 1;
    st              = dyo_mip_col(g->m, g->rest + j, 0, kept ? fmin(1, g->floor[j]) : 0, kept ? 1 : 0, false, err);
  }
  if (g->rest >= 0 && st == DYO_OK) st = dyo_mip_col(g->m, g->rest + 3, g->scale, 0, 1e9, false, err);
  return st;
}

/* What is taken of limit j, in parts of it. */
static dyo_status add_limit(const core *c, program *g, int j, dyo_err *err)
{
  const double limit = c->w->p->limit[j];
  int          len   = 0;
  for (int k = 0; k < g->n; k++) {
    const option *o = &c->options[k];
    g->idx[len]     = k;
    g->val[len++]   = multi_change_of(c->w, o->i, c->base[o->i], o->q).use[j] / limit;
  }
  if (g->rest >= 0) {
    g->idx[len]   = g->rest + j;
    g->val[len++] = 1;
  }
  return dyo_mip_row(g->m, len, g->idx, g->val, DYO_LE, 1 - g->base.used[j] / limit, err);
}

static dyo_status add_tangent(const core *c, program *g, const tangent *t, dyo_err *err)
{
  const double *limit = c->w->p->limit;
  int           len   = 0;
  for (int j = 0; j < DYO_MULTI_LIMITS; j++) {
    if (!(c->w->keep >> j & 1)) continue;
    g->idx[len]   = g->rest + j;
    g->val[len++] = t->price[j] * limit[j] / fabs(t->value);
  }
  if (t->what == c->w->what) {
    g->idx[len]   = g->rest + 3;
    g->val[len++] = g->scale / fabs(t->value);
  }
  return dyo_mip_row(g->m, len, g->idx, g->val, DYO_GE, t->value < 0 ? -1 : 1, err);
}

static dyo_status add_rows(const core *c, program *g, dyo_err *err)
{
  dyo_status st = DYO_OK;
  for (int j = 0; j < DYO_MULTI_LIMITS && st == DYO_OK; j++)
    if (c->w->keep >> j & 1) st = add_limit(c, g, j, err);
  for (int k = 0; k < g->n && st == DYO_OK;) { /* one choice a product */
    int len = 0;
    for (const size_t i = c->options[k].i; k < g->n && c->options[k].i == i; k++) {
      g->idx[len]   = k;
      g->val[len++] = 1;
    }
    if (len > 1) st = dyo_mip_row(g->m, len, g->idx, g->val, DYO_LE, 1, err);
  }
  for (int t = 0; t < c->n_tangents && st == DYO_OK && g->rest >= 0; t++) st = add_tangent(c, g, &c->tangents[t], err);
  return st;
}

/* The totals of the lots alone, as base has them. */
static void base_of_lots(core *c, program *g)
{
  multi_rest  *r = &c->w->rest;
  multi_totals mine;
  multi_total(c->w->p, c->base, &g->base);
  for (size_t k = 0; k < r->p.n; k++) r->q[k] = c->base[r->at[k]];
  multi_total(&r->p, r->q, &mine);
  g->base.cost -= mine.cost;
  for (int j = 0; j < DYO_MULTI_LIMITS; j++) g->base.used[j] -= mine.used[j];
  g->cost  = c->w->what == MULTI_COST ? g->base.cost : g->base.used[c->w->what];
  g->scale = r->p.n == 0 ? 1 : c->w->what == MULTI_COST ? mine.cost : mine.used[c->w->what];
  if (!(g->scale > 0)) g->scale = 1;
  g->most = c->threshold < INFINITY ? 1 + 4 * fabs(c->threshold) / g->scale : 1e9;
  for (int j = 0; j < DYO_MULTI_LIMITS; j++) g->floor[j] = multi_at_bounds(&r->p, j) / c->w->p->limit[j];
}

/* The plan of the program's answer into c->plan; tells how it was solved. */
static dyo_status solve_program(core *c, dyo_mip_info *info, double *cost, dyo_err *err)
{
  const multi_whole *w = c->w;
  const int          n = (int)c->n, columns = n + 4;
  program            g  = {.n = n, .rest = w->rest.p.n > 0 ? n : -1};
  dyo_mip_opts       o  = dyo_mip_defaults();
  double            *x  = DYO_NEW(w->ctx, (size_t)columns, double);
  dyo_status         st = DYO_OK;
  g.idx                 = DYO_NEW(w->ctx, (size_t)columns, int);
  g.val                 = DYO_NEW(w->ctx, (size_t)columns, double);
  if (!x || !g.idx || !g.val) return dyo_oom(err);
  base_of_lots(c, &g);
  st = add_columns(c, &g, err);
  if (st == DYO_OK) st = add_rows(c, &g, err);
  o.cutoff    = c->threshold < INFINITY ? c->threshold - g.cost : INFINITY;
  o.gap_abs   = c->threshold < INFINITY ? w->gap / 4 * fabs(c->threshold) : 0;
  o.max_nodes = c->all ? NODES - c->nodes : fmin(NODES - c->nodes, 300);
  if (st == DYO_OK) st = dyo_mip_solve(g.m, w->ctx, &o, x, NULL, info, err);
  dyo_mip_free(g.m);
  if (st != DYO_OK) return st;
  *cost = g.cost;
  c->nodes += info->nodes + 1;
  memcpy(c->plan, c->base, w->p->n * sizeof *c->plan);
  for (int k = 0; k < n && (info->status == DYO_MIP_OPTIMAL || info->status == DYO_MIP_FEASIBLE); k++)
    if (x[k] > 0.5) c->plan[c->options[k].i] = c->options[k].q;
  return DYO_OK;
}

/* The products without lots at a plan: their best quantities, and the tangent there. */
static void touch(core *c)
{
  multi_whole *w = c->w;
  double       price[DYO_MULTI_LIMITS];
  int          blocked = MULTI_COST;
  if (w->rest.p.n == 0 || c->n_tangents == MAX_TANGENTS) return;
  const bool fits = multi_rest_fit(w, c->plan, price, &blocked);
  tangent   *t    = &c->tangents[c->n_tangents];
  t->what         = fits ? w->what : blocked;
  if (!fits && blocked == MULTI_COST) return;
  memcpy(t->price, price, sizeof price);
  t->value = multi_rest_value(w, t->what, price);
  if (t->value != 0 && isfinite(t->value)) c->n_tangents++;
}

static dyo_status core_start(core *c, dyo_err *err)
{
  multi_whole *w = c->w;
  multi_sums   s;
  c->cap     = 20000;
  c->base    = DYO_NEW(w->ctx, w->p->n, double);
  c->plan    = DYO_NEW(w->ctx, w->p->n, double);
  c->options = DYO_NEW(w->ctx, c->cap, option);
  if (!c->base || !c->plan || !c->options) return dyo_oom(err);
  multi_whole_pass(w->p, w->lot, w->what == MULTI_COST ? 1 : 0, w->price, c->base, &s);
  c->lagrange = s.value;
  for (int j = 0; j < DYO_MULTI_LIMITS; j++)
    if (w->keep >> j & 1) c->lagrange -= w->price[j] * w->p->limit[j];
  if (w->rest.p.n > 0) {
    tangent *t = &c->tangents[c->n_tangents++];
    t->what    = w->what;
    memcpy(t->price, w->price, sizeof t->price);
    t->value = multi_rest_value(w, w->what, w->price);
  }
  return DYO_OK;
}

dyo_status multi_core(multi_whole *w, dyo_err *err)
{
  core      *c  = DYO_NEW(w->ctx, 1, core);
  dyo_status st = c ? DYO_OK : dyo_oom(err);
  if (st != DYO_OK) return st;
  c->w = w;
  st   = core_start(c, err);
  for (int round = 0; round < ROUNDS && st == DYO_OK && c->nodes < NODES && !multi_whole_done(w); round++) {
    dyo_mip_info info   = {.status = DYO_MIP_UNKNOWN};
    const double before = w->objective;
    double       cost   = 0;
    if (dyo_poll(w->ctx, 0.5 + 0.5 * c->nodes / NODES, "closing the gap") != DYO_RUN_ON) break;
    c->threshold = w->objective == INFINITY ? INFINITY : w->objective * (1 - w->gap / 2);
    gather(c);
    const double threshold = c->threshold;
    if (c->n == 0 && w->rest.p.n == 0) { /* nothing else to choose */
      if (c->all) w->bound = fmax(w->bound, threshold);
      break;
    }
    st = solve_program(c, &info, &cost, err);
    if (st != DYO_OK) break;
    const bool answer = info.status == DYO_MIP_OPTIMAL || info.status == DYO_MIP_FEASIBLE;
    if (c->all && info.status == DYO_MIP_INFEASIBLE) w->bound = threshold;
    if (c->all) w->bound = fmax(w->bound, fmin(threshold, cost + info.bound));
    if (answer) touch(c);
    if (answer) st = multi_search(w, w->price, c->plan, err);
    if (w->objective < before) continue;
    if (!c->all || (w->rest.p.n == 0 && info.status != DYO_MIP_OPTIMAL)) break;
  }
  return st;
}
