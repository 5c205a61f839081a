/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rules_tree.c - branch and price. What is fractional is branched on in this order: heads short in all, heads of one demand (neither
 * changes how a roster is priced), then one person in one shift. The node of the least bound goes first, among equals the deepest. */
#include "staffing/rules_search.h"

#include <math.h>
#include <string.h>

enum { ARC_OUT, ARC_IN, HEADS_MOST, HEADS_LEAST, TOTAL_MOST, TOTAL_LEAST };

typedef struct {
  int    parent, depth, kind, a, b; /* a, b: person and arc, or demand and heads, or - and heads */
  bool   open;
  double bound;
} node;

typedef struct {
  node *v;
  int   n, cap;
} nodes;

static int add_node(rules_job *j, nodes *t, node v)
{
  if (t->n == t->cap) {
    const int larger = t->cap ? 2 * t->cap : 64;
    node     *w      = DYO_NEW(j->ctx, (size_t)larger, node);
    if (!w) return -1;
    if (t->n) memcpy(w, t->v, (size_t)t->n * sizeof *w);
    t->v   = w;
    t->cap = larger;
  }
  t->v[t->n] = v;
  return t->n++;
}

void limits_clear(rules_job *j)
{
  for (int p = 0; p < (int)j->m->n_people; p++) memset(j->lim.arc[p], 0, j->m->people[p].n_arcs);
  for (int d = 0; d < (int)j->m->n_demands; d++) {
    j->lim.low[d]  = 0;
    j->lim.high[d] = INT_MAX;
  }
  j->lim.total_lo = 0;
  j->lim.total_hi = INT_MAX / 2;
  j->branched     = false;
}

static void limit(rules_job *j, const node *v)
{
  limits *l   = &j->lim;
  j->branched = true;
  switch (v->kind) {
  case ARC_OUT: l->arc[v->a][v->b] = -1; break;
  case ARC_IN: l->arc[v->a][v->b] = 1; break;
  case HEADS_MOST:
    if (v->b < l->high[v->a]) l->high[v->a] = v->b;
    break;
  case HEADS_LEAST:
    if (v->b > l->low[v->a]) l->low[v->a] = v->b;
    break;
  case TOTAL_MOST:
    if (v->b < l->total_hi) l->total_hi = v->b;
    break;
  default:
    if (v->b > l->total_lo) l->total_lo = v->b;
  }
}

static double off_whole(double x)
{
  return fabs(x - floor(x + 0.5));
}

/* Heads short over all demands in hand, as the linear program has it. */
static bool branch_on_total(const rules_job *j, node *down)
{
  const master *w    = j->master;
  double        t    = 0;
  int           rest = 0;
  for (int r = 0; r < w->n_demands; r++) t += w->x[2 * r];
  if (off_whole(t) < CLEAR) return false;
  for (int d = 0; d < (int)j->m->n_demands; d++)
    if (w->row_of[d] < 0 && j->m->demands[d].need > w->fixed[d]) rest += j->m->demands[d].need - w->fixed[d];
  down->kind = TOTAL_MOST;
  down->b    = (int)floor(t) + rest;
  return true;
}

static bool branch_on_heads(const rules_job *j, node *down)
{
  const master *w     = j->master;
  double        worst = CLEAR;
  for (int r = 0; r < w->n_demands; r++) {
    const int    d     = w->demand[r];
    const double heads = j->m->demands[d].need - w->x[2 * r] + w->x[2 * r + 1];
    const double score = off_whole(heads) * (1.0 + (double)(j->under[d] + j->over[d]));
    if (off_whole(heads) < CLEAR || score <= worst) continue;
    worst      = score;
    down->kind = HEADS_MOST;
    down->a    = d;
    down->b    = (int)floor(heads);
  }
  return worst > CLEAR;
}

static bool branch_on_arc(rules_job *j, const team *t, node *down)
{
  const master *w     = j->master;
  double        worst = CLEAR;
  for (int i = 0; i < t->n; i++) {
    const int p = t->people[i], n = (int)j->m->people[p].n_arcs;
    memset(j->vals, 0, (size_t)n * sizeof *j->vals);
    for (int k = 0; k < w->n_col; k++)
      for (int a = 0; w->col[k]->person == p && a < w->col[k]->n; a++)
        j->vals[w->col[k]->arcs[a]] += w->x[w->n_other + w->n_art + k];
    for (int a = 0; a < n; a++) {
      if (off_whole(j->vals[a]) <= worst) continue;
      worst      = off_whole(j->vals[a]);
      down->kind = ARC_OUT;
      down->a    = p;
      down->b    = a;
    }
  }
  return worst > CLEAR;
}

/* Two children of node `at`. false: nothing is fractional. */
static int branch(rules_job *j, const team *t, nodes *all, int at)
{
  node down = {.parent = at, .depth = all->v[at].depth + 1, .open = true, .bound = all->v[at].bound}, up;
  if (!branch_on_total(j, &down) && !branch_on_heads(j, &down) && !branch_on_arc(j, t, &down)) return 0;
  up      = down;
  up.kind = down.kind + 1;
  if (up.kind != ARC_IN) up.b = down.b + 1;
  if (add_node(j, all, down) < 0 || add_node(j, all, up) < 0) return -1;
  return 2;
}

/* Each person's largest column makes a plan; the plan of the linear program where that is whole. */
static void offer_rounded(rules_job *j, const team *t)
{
  const master *w = j->master;
  memcpy(j->tried, j->plan, j->m->n_people * sizeof *j->tried);
  for (int i = 0; i < t->n; i++) {
    double most = 0;
    for (int k = 0; k < w->n_col; k++) {
      const double x = w->x[w->n_other + w->n_art + k];
      if (w->col[k]->person != t->people[i] || x <= most) continue;
      most                   = x;
      j->tried[t->people[i]] = w->col[k];
    }
  }
  job_offer(j, j->tried);
}

double job_cutoff(const rules_job *j)
{
  const bool good = j->best.beyond == 0 && (j->first || j->best.short_heads <= j->most_short);
  return good ? (double)j->best.value - 1 + 1e-6 : INFINITY;
}

static int next_node(const nodes *t)
{
  int best = -1;
  for (int i = 0; i < t->n; i++) {
    if (!t->v[i].open) continue;
    if (best < 0) best = i;
    const double a = ceil(t->v[i].bound - 1e-6), b = ceil(t->v[best].bound - 1e-6);
    if (a < b || (a == b && t->v[i].depth >= t->v[best].depth)) best = i;
  }
  return best;
}

/* What the tree has proven: the least bound of nodes not done with, or that nothing better than the cutoff exists. */
static double proven(const rules_job *j, const nodes *t, double left)
{
  double least = left < (double)j->best.value || job_cutoff(j) == INFINITY ? left : (double)j->best.value;
  for (int i = 0; i < t->n; i++)
    if (t->v[i].open && t->v[i].bound < least) least = t->v[i].bound;
  return least;
}

dyo_status rules_tree(rules_job *j, const team *t, int most, const master_options *o, double *bound, dyo_err *err)
{
  nodes      all  = {0};
  double     left = INFINITY; /* least bound of nodes that could not be branched further */
  dyo_status st = add_node(j, &all, (node){.parent = -1, .open = true, .bound = -INFINITY}) < 0 ? dyo_oom(err) : DYO_OK;
  for (int n = 0; st == DYO_OK && n < most && !job_stopped(j); n++) {
    const int at = next_node(&all);
    if (at < 0) break;
    if (all.v[at].bound >= job_cutoff(j)) {
      all.v[at].open = false;
      n--;
      continue;
    }
    limits_clear(j);
    for (int i = at; all.v[i].parent >= 0; i = all.v[i].parent) limit(j, &all.v[i]);
    master_options here = *o;
    here.cutoff         = job_cutoff(j);
    st                  = master_solve(j, t, &here, err);
    const master *w     = j->master;
    if (st == DYO_OK && w->bound > all.v[at].bound) all.v[at].bound = w->bound;
    if (st == DYO_OK && !job_stopped(j)) {
      all.v[at].open = false;
      if (w->solved) offer_rounded(j, t);
      if (all.v[at].bound < job_cutoff(j)) {
        const int made = w->solved && w->whole ? branch(j, t, &all, at) : 0;
        if (made < 0) st = dyo_oom(err);
        if (made == 0 && all.v[at].bound < left) left = all.v[at].bound;
      }
    }
    master_close(j);
  }
  limits_clear(j);
  *bound = proven(j, &all, left);
  return st;
}
