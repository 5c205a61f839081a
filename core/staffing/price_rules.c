/* SPDX-License-Identifier: GPL-3.0-or-later */
/* price_rules.c - shortest paths through the graphs of rules_graph.c. A roster that breaks a limit of a kind that was not counted makes
 * that kind counted, and is sought again (decremental state space relaxation: Righini & Salani, Networks 51 (2008)). */
#include "staffing/price_rules.h"

#include <math.h>
#include <string.h>

/* dst[i] = min(dst[i], src[i] + c) */
static void lower(double *restrict dst, const double *restrict src, double c, int n)
{
  for (int i = 0; i < n; i++) {
    const double v = src[i] + c;
    dst[i]         = v < dst[i] ? v : dst[i];
  }
}

static void step(const rules_graph *g, const rules_edge *e, double price, double *value)
{
  const rules_move *v = &g->moves[e->move];
  const double     *u = value + g->base[e->from];
  double           *w = value + g->base[e->to];
  const int         a = g->lo[e->to] - v->step, b = g->hi[e->to] - v->step;
  const int         lo = g->lo[e->from] > a ? g->lo[e->from] : a, hi = g->hi[e->from] < b ? g->hi[e->from] : b;
  for (int i = 0; i < v->n_runs; i++) {
    const int from = v->at[i] > lo ? v->at[i] : lo, to = v->at[i] + v->len < hi ? v->at[i] + v->len : hi;
    if (v->at[i] >= hi) break;
    if (from < to) lower(w + (from - a), u + (from - g->lo[e->from]), price, to - from);
  }
}

/* scale may be 0, and what is forbidden stays so. */
static double times(double scale, double cost)
{
  return cost < INFINITY ? scale * cost : INFINITY;
}

static double week_cost(const rules_graph *g, const rules_edge *e, double scale, int hours)
{
  return times(scale, g->week[e->type == RULES_LAST_WEEK][hours]);
}

static void fold(const rules_graph *g, const rules_edge *e, double scale, double *value)
{
  const double *u = value + g->base[e->from];
  double       *w = value + g->base[e->to];
  for (int r = g->lo[e->from]; r < g->hi[e->from]; r++) {
    const int hours = r % g->box.size[0], to = r - hours;
    if (to < g->lo[e->to] || to >= g->hi[e->to]) continue;
    const double c = u[r - g->lo[e->from]] + week_cost(g, e, scale, hours);
    if (c < w[to - g->lo[e->to]]) w[to - g->lo[e->to]] = c;
  }
}

/* The best arc of each group. */
static void choose(rules_pricer *w, const rules_graph *g, const double *price)
{
  for (int i = 0; i < g->n_groups; i++) {
    int best = g->group_arc[g->group_at[i]];
    for (int k = g->group_at[i] + 1; k < g->group_at[i + 1]; k++)
      if (price[g->group_arc[k]] < price[best]) best = g->group_arc[k];
    w->choice[i]     = price[best];
    w->choice_arc[i] = best;
  }
}

static void forward(rules_pricer *w, const rules_graph *g, double scale)
{
  for (size_t i = 0; i < g->n_values; i++) w->value[i] = INFINITY;
  if (g->lo[0] < g->hi[0]) w->value[g->base[0]] = 0;
  for (int i = 0; i < g->n_edges; i++) {
    const rules_edge *e = &g->edges[i];
    if (e->type != RULES_STEP) fold(g, e, scale, w->value);
    else if (e->group < 0) step(g, e, 0, w->value);
    else if (w->choice[e->group] < INFINITY) step(g, e, w->choice[e->group], w->value);
  }
  w->work += (uint64_t)g->n_values * 4 + 64;
}

/* Does this edge lead to cell r of its target at its value? *from: the cell it comes from. */
static bool leads(const rules_pricer *w, const rules_graph *g, const rules_edge *e, double scale, int r, int *from)
{
  const double *u = w->value + g->base[e->from], v = w->value[g->base[e->to] + (size_t)(r - g->lo[e->to])];
  const int     lo = g->lo[e->from], hi = g->hi[e->from];
  if (e->type != RULES_STEP) {
    if (r % g->box.size[0]) return false;
    for (int hours = 0; hours < g->box.size[0]; hours++) {
      *from = r + hours;
      if (*from >= lo && *from < hi && u[*from - lo] + week_cost(g, e, scale, hours) == v) return true;
    }
    return false;
  }
  const rules_move *move = &g->moves[e->move];
  *from                  = r - move->step;
  if (*from < lo || *from >= hi || u[*from - lo] + (e->group < 0 ? 0.0 : w->choice[e->group]) != v) return false;
  for (int i = 0; i < move->n_runs; i++)
    if (*from >= move->at[i] && *from < move->at[i] + move->len) return true;
  return false;
}

/* Back along the edges from cell r of node. */
static void trace(const rules_pricer *w, const rules_graph *g, int node, int r, rules_query *q)
{
  int n = 0, from;
  for (int i = g->n_edges - 1; i >= 0 && node != 0; i--) {
    const rules_edge *e = &g->edges[i];
    if (e->to != node || !leads(w, g, e, q->scale, r, &from)) continue;
    if (e->group >= 0) q->arcs[n++] = w->choice_arc[e->group];
    node = e->from;
    r    = from;
  }
  for (int i = 0; i < n / 2; i++) {
    const int a        = q->arcs[i];
    q->arcs[i]         = q->arcs[n - 1 - i];
    q->arcs[n - 1 - i] = a;
  }
  q->n = n;
}

static void shortest(rules_pricer *w, const rules_graph *g, rules_query *q)
{
  int node = -1, cell = 0;
  q->value = INFINITY;
  q->n     = -1;
  q->exact = g->exact;
  choose(w, g, q->price);
  forward(w, g, q->scale);
  for (int i = 0; i < g->n_finals; i++) {
    const int     v = g->finals[i];
    const double *u = w->value + g->base[v];
    for (int r = g->lo[v]; r < g->hi[v]; r++) {
      const double c = u[r - g->lo[v]] + times(q->scale, g->end[r]);
      if (!(c < q->value)) continue;
      q->value = c;
      node     = v;
      cell     = r;
    }
  }
  if (node >= 0) trace(w, g, node, cell, q);
  if (times(q->scale, g->empty) < q->value) {
    q->value = times(q->scale, g->empty);
    q->n     = 0;
  }
}

/* ---- limits of kinds, counted when they bind ---- */

/* A graph of a person, and the kinds it counts. */
typedef struct rules_way {
  rules_graph      *graph;
  uint8_t          *counted; /* n_kinds */
  struct rules_way *next;
} rules_way;

static bool make_room(rules_pricer *w, const rules_graph *g)
{
  if (g->n_values >= w->n_value) {
    w->n_value = g->n_values + 1;
    w->value   = DYO_NEW(w->ctx, w->n_value, double);
    if (!w->value) return false;
  }
  if (g->n_groups >= w->n_choice) {
    w->n_choice   = g->n_groups + 1;
    w->choice     = DYO_NEW(w->ctx, (size_t)w->n_choice, double);
    w->choice_arc = DYO_NEW(w->ctx, (size_t)w->n_choice, int);
    if (!w->choice || !w->choice_arc) return false;
  }
  return true;
}

/* The person's graph that counts the kinds of w->count, made where it is new. */
static dyo_status way_of(rules_pricer *w, int person, const rules_graph **out, dyo_err *err)
{
  const size_t n  = (size_t)w->m->n_kinds;
  rules_way  **at = &w->ways[person];
  for (; *at; at = &(*at)->next) {
    *out = (*at)->graph;
    if (memcmp((*at)->counted, w->count, n) == 0) return DYO_OK;
  }
  rules_way *way = DYO_NEW(w->ctx, 1, rules_way);
  if (!way) return dyo_oom(err);
  way->counted = DYO_NEW(w->ctx, n + 1, uint8_t);
  if (!way->counted) return dyo_oom(err);
  memcpy(way->counted, w->count, n);
  const dyo_status st = rules_graph_new(w->ctx, w->m, person, w->count, &way->graph, err);
  if (st != DYO_OK) return st;
  w->work += (uint64_t)way->graph->n_edges * (uint64_t)way->graph->box.n_cells; /* making it took as much */
  *out = way->graph;
  *at  = way;
  return make_room(w, way->graph) ? DYO_OK : dyo_oom(err);
}

/* Marks kinds of which the roster has too many and which were not counted; true: there are some. */
static bool note_kinds(rules_pricer *w, int person, const rules_query *q)
{
  const roster_person *p    = &w->m->people[person];
  bool                 more = false;
  for (int i = 0; p->kind_most && i < q->n; i++) {
    const int kind = w->m->shifts[p->arcs[q->arcs[i]].shift].kind;
    int       n    = 1;
    for (int j = 0; j < i; j++) n += w->m->shifts[p->arcs[q->arcs[j]].shift].kind == kind;
    if (n <= p->kind_most[kind] || w->count[kind]) continue;
    w->count[kind] = 1;
    more           = true;
  }
  return more;
}

static dyo_status by_list(rules_pricer *w, int person, rules_query *q, dyo_err *err)
{
  const dyo_status st = w->lists[person] ? DYO_OK : rules_list_new(w, person, err);
  if (st == DYO_OK) rules_list_price(w, person, q);
  return st;
}

dyo_status rules_price(rules_pricer *w, int person, rules_query *q, dyo_err *err)
{
  if (w->lists[person] || (!w->ways[person] && rules_list_pays(w->m, person))) return by_list(w, person, q, err);
  memset(w->count, 0, (size_t)w->m->n_kinds + 1);
  do {
    const rules_graph *g  = NULL;
    const dyo_status   st = way_of(w, person, &g, err);
    if (st != DYO_OK) return st;
    shortest(w, g, q);
  } while (note_kinds(w, person, q));
  return DYO_OK;
}

dyo_status rules_pricer_new(dyo_ctx *ctx, const roster_model *m, rules_pricer **out, dyo_err *err)
{
  rules_pricer *w = DYO_NEW(ctx, 1, rules_pricer);
  *out            = w;
  if (!w) return dyo_oom(err);
  *w       = (rules_pricer){.ctx = ctx, .m = m};
  w->ways  = DYO_NEW(ctx, m->n_people, rules_way *);
  w->lists = DYO_NEW(ctx, m->n_people, struct rules_list *);
  w->count = DYO_NEW(ctx, (size_t)m->n_kinds + 1, uint8_t);
  return w->ways && w->lists && w->count ? DYO_OK : dyo_oom(err);
}
