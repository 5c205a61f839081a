/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rules_graph.c - makes the graph of one person's rosters: nodes and edges day by day, then the cells of each that matter. */
#include "staffing/rules_graph.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TABLE     1024               /* places of the table that finds a state of a day, a power of two */
#define MOST_LOOK ((size_t)1 << 26)  /* cells looked at while making a graph */
#define MOST_KEEP ((size_t)12 << 20) /* cells that matter, of one person */
#define AT_EDGE   (1 << 20) /* added to a run of worked days that began with the first day: it is long enough */

/* What the future has to know. run > 0: so many days worked in a row, < 0: days off. */
typedef struct {
  int      next;  /* first arc that may be worked: those before it have begun, or come too soon after the last */
  int      today; /* shifts worked today */
  int      run;
  uint64_t barred, bars; /* classes of kinds that may not be worked today, tomorrow */
} state;

typedef struct {
  dyo_ctx             *ctx;
  rules_graph         *g;
  const roster_person *p;
  int                 *after;      /* n_arcs: first arc late enough after this one, -1: a fixed one would be missed */
  int                 *first;      /* n_days + 1: first arc of the day */
  int                 *fixed;      /* n_arcs + 1: fixed arcs before this one */
  uint64_t            *class_of;   /* n_kinds: its class as a bit, 0: never barred */
  uint64_t            *bars_of;    /* n_kinds: classes barred after it */
  uint64_t            *classes_on; /* n_days + 1: classes among the day's arcs */
  bool                 runs;       /* runs matter */
  int                  cap_on, cap_off;
  state               *states; /* of nodes */
  int                  cap_nodes, cap_edges, cap_groups, cap_arcs, n_arcs_grouped, cap_moves;
  int                  head[TABLE], *chain; /* states by hash, of one day's mornings or of one day's noons */
  int                 *today, n_today, *tomorrow, n_tomorrow, cap_today, cap_tomorrow;
  int                  from_group; /* groups of this day start here */
  int                  first_out;  /* edges of the node in hand start here */
} maker;

/* Room for one more in *v, which holds n of *cap things. */
static bool room(dyo_ctx *ctx, void **v, int n, int *cap, size_t size)
{
  if (n < *cap) return true;
  const int larger = *cap ? 2 * *cap : 64;
  void     *w      = dyo_alloc(ctx, (size_t)larger, size);
  if (!w) return false;
  if (n) memcpy(w, *v, (size_t)n * size);
  *v   = w;
  *cap = larger;
  return true;
}

static const roster_shift *shift_of(const maker *k, int a)
{
  return &k->g->m->shifts[k->p->arcs[a].shift];
}

/* ---- what the person's arcs are like ---- */

/* Kinds are in one class where nothing tells them apart as what follows. Beyond 64 classes a bar is not kept. */
static void class_kinds(maker *k)
{
  const roster_model *m = k->g->m;
  int                 n = 0;
  for (int b = 0; m->barred && b < m->n_kinds; b++) {
    bool any = false;
    int  like;
    for (int a = 0; a < m->n_kinds; a++) any = any || m->barred[a * m->n_kinds + b];
    for (like = 0; like < b; like++) {
      bool same = true;
      for (int a = 0; a < m->n_kinds; a++)
        same = same && m->barred[a * m->n_kinds + b] == m->barred[a * m->n_kinds + like];
      if (same) break;
    }
    if (!any) continue;
    if (like < b) k->class_of[b] = k->class_of[like];
    else if (n < 64) k->class_of[b] = (uint64_t)1 << n++;
    else k->g->exact = false;
  }
  for (int a = 0; m->barred && a < m->n_kinds; a++)
    for (int b = 0; b < m->n_kinds; b++)
      if (m->barred[a * m->n_kinds + b]) k->bars_of[a] |= k->class_of[b];
}

static void look_at_arcs(maker *k)
{
  const int n_days = k->g->m->n_days, n = (int)k->p->n_arcs;
  int       a = 0;
  for (int d = 0; d <= n_days; d++) {
    while (a < n && shift_of(k, a)->day < d) a++;
    k->first[d] = a;
  }
  for (a = 0; a < n; a++) {
    const roster_shift *s = shift_of(k, a);
    k->fixed[a + 1]       = k->fixed[a] + (k->p->arcs[a].fixed != 0);
    k->classes_on[s->day] |= k->class_of[s->kind];
  }
  for (a = 0; a < n; a++) {
    const int free_at = shift_of(k, a)->end + (k->p->rest > 0 ? k->p->rest : 0);
    int       b       = a + 1;
    while (b < n && shift_of(k, b)->start < free_at) b++;
    k->after[a] = k->fixed[b] > k->fixed[a + 1] ? -1 : b;
  }
}

static dyo_status maker_new(dyo_ctx *ctx, rules_graph *g, maker *k, dyo_err *err)
{
  const roster_model *m     = g->m;
  const size_t        kinds = (size_t)(m->n_kinds > 0 ? m->n_kinds : 1);
  *k                        = (maker){.ctx = ctx, .g = g, .p = &m->people[g->person]};
  k->after                  = DYO_NEW(ctx, k->p->n_arcs + 1, int);
  k->fixed                  = DYO_NEW(ctx, k->p->n_arcs + 1, int);
  k->first                  = DYO_NEW(ctx, (size_t)m->n_days + 1, int);
  k->classes_on             = DYO_NEW(ctx, (size_t)m->n_days + 1, uint64_t);
  k->class_of               = DYO_NEW(ctx, kinds, uint64_t);
  k->bars_of                = DYO_NEW(ctx, kinds, uint64_t);
  if (!k->after || !k->fixed || !k->first || !k->classes_on || !k->class_of || !k->bars_of) return dyo_oom(err);
  class_kinds(k);
  look_at_arcs(k);
  k->cap_on  = k->p->run_least > 1 ? k->p->run_least : 1;
  k->cap_off = k->p->off_least > 1 ? k->p->off_least : 1;
  if (k->p->run_most < m->n_days && k->p->run_most > k->cap_on) k->cap_on = k->p->run_most;
  k->runs = k->p->run_most < m->n_days || k->cap_on > 1 || k->cap_off > 1;
  return DYO_OK;
}

/* ---- nodes and edges ---- */

static unsigned hash(const state *s)
{
  uint64_t h = (uint64_t)(unsigned)s->next * 0x9E3779B97F4A7C15u;
  h          = (h ^ (uint64_t)(unsigned)(s->run * 64 + s->today)) * 0xBF58476D1CE4E5B9u;
  h          = (h ^ s->barred ^ (s->bars << 17 | s->bars >> 47)) * 0x94D049BB133111EBu;
  return (unsigned)(h >> 40) & (TABLE - 1);
}

/* Give the states of a new list a table of their own. */
static void forget(maker *k)
{
  for (int i = 0; i < TABLE; i++) k->head[i] = -1;
}

static int node_of(maker *k, const state *s, int **list, int *n, int *cap)
{
  const unsigned h = hash(s);
  for (int i = k->head[h]; i >= 0; i = k->chain[i]) {
    const state *o = &k->states[i];
    if (o->next == s->next && o->today == s->today && o->run == s->run && o->barred == s->barred && o->bars == s->bars)
      return i;
  }
  const int id = k->g->n_nodes, before = k->cap_nodes;
  int       same = before;
  if (!room(k->ctx, (void **)&k->states, id, &k->cap_nodes, sizeof *k->states)) return -1;
  if (before != k->cap_nodes && !room(k->ctx, (void **)&k->chain, id, &same, sizeof *k->chain)) return -1;
  if (!room(k->ctx, (void **)list, *n, cap, sizeof **list)) return -1;
  k->states[id]   = *s;
  k->chain[id]    = k->head[h];
  k->head[h]      = id;
  (*list)[(*n)++] = id;
  return k->g->n_nodes++;
}

/* The group of this day that holds just these arcs, made if need be; -1: no memory. */
static int group_of(maker *k, const int *arcs, int n)
{
  rules_graph *g = k->g;
  for (int i = k->from_group; i < g->n_groups; i++)
    if (g->group_at[i + 1] - g->group_at[i] == n &&
        memcmp(g->group_arc + g->group_at[i], arcs, (size_t)n * sizeof *arcs) == 0)
      return i;
  if (!room(k->ctx, (void **)&g->group_at, g->n_groups + 2, &k->cap_groups, sizeof *g->group_at)) return -1;
  for (int i = 0; i < n; i++) {
    if (!room(k->ctx, (void **)&g->group_arc, k->n_arcs_grouped, &k->cap_arcs, sizeof *g->group_arc)) return -1;
    g->group_arc[k->n_arcs_grouped++] = arcs[i];
  }
  g->group_at[g->n_groups + 1] = k->n_arcs_grouped;
  return g->n_groups++;
}

/* An edge to node `to`. `group` holds its one arc until join_edges makes groups of them. */
static bool edge_to(maker *k, int from, int to, int arc, const int *d)
{
  const int move = rules_move_of(k->ctx, k->g, d, &k->cap_moves);
  if (to < 0 || move < 0) return false;
  if (!room(k->ctx, (void **)&k->g->edges, k->g->n_edges, &k->cap_edges, sizeof *k->g->edges)) return false;
  k->g->edges[k->g->n_edges++] = (rules_edge){.from = from, .to = to, .group = arc, .move = move};
  return true;
}

/* Edges of one node that differ in the arc alone become one edge with a group. */
static bool join_edges(maker *k)
{
  rules_graph *g    = k->g;
  int         *arcs = malloc(((size_t)(g->n_edges - k->first_out) + 1) * sizeof *arcs);
  int          kept = k->first_out;
  bool         ok   = arcs != NULL;
  for (int i = k->first_out; i < g->n_edges && ok; i++) {
    rules_edge e = g->edges[i];
    int        n = 0;
    if (e.group == -2) continue;
    for (int j = i; j < g->n_edges && e.group >= 0; j++) {
      rules_edge *o = &g->edges[j];
      if (o->to != e.to || o->move != e.move || o->group < 0) continue;
      arcs[n++] = o->group;
      o->group  = -2;
    }
    if (n) e.group = group_of(k, arcs, n);
    ok               = n == 0 || e.group >= 0;
    g->edges[kept++] = e;
  }
  g->n_edges = kept;
  free(arcs);
  return ok;
}

/* The morning after: false where the day may not end like this. *d takes a weekend worked. */
static bool end_day(const maker *k, int day, const state *s, state *next, int *d)
{
  const int  length = s->run > AT_EDGE / 2 ? s->run - AT_EDGE : s->run;
  const bool edge = s->run > AT_EDGE / 2, worked = s->today > 0;
  if (k->fixed[k->first[day + 1]] > k->fixed[s->next < k->first[day + 1] ? s->next : k->first[day + 1]]) return false;
  *next = (state){.next = s->next, .barred = s->bars & k->classes_on[day + 1]};
  if (next->next < k->first[day + 1]) next->next = k->first[day + 1];
  if (worked) {
    int run = day == 0 || s->run <= 0 ? 1 : length + 1;
    if (k->runs && run > k->p->run_most) return false;
    if (k->runs && day > 0 && s->run <= 0 && -s->run < k->p->off_least) return false;
    if (run > k->cap_on) run = k->cap_on;
    next->run = run + ((day == 0 || (edge && s->run > 0)) && run < k->p->run_least ? AT_EDGE : 0);
    if (k->g->counts.weekends >= 0 && (day % 7 == 5 || (day % 7 == 6 && s->run <= 0))) d[k->g->counts.weekends] = 1;
  } else {
    if (k->runs && day > 0 && s->run > 0 && !edge && length < k->p->run_least) return false;
    next->run = day == 0 ? -k->cap_off : s->run > 0 ? -1 : s->run - 1 < -k->cap_off ? -k->cap_off : s->run - 1;
  }
  if (!k->runs && (k->g->counts.weekends < 0 || day % 7 != 5)) next->run = 0;
  return true;
}

static void count(const maker *k, int arc, int *d)
{
  const roster_shift *s     = shift_of(k, arc);
  const rules_counts *c     = &k->g->counts;
  bool                known = false;
  if (c->week >= 0) d[c->week] = s->hours / c->week_unit;
  if (c->unpopular >= 0) d[c->unpopular] = s->unpopular;
  for (int i = 0; i < c->n_kinds; i++) {
    if (c->kind[i] != s->kind) continue;
    d[c->kind_dim[i]] = 1;
    known             = c->kind_hours[i] >= 0;
  }
  if (c->hours >= 0 && !known) d[c->hours] = s->hours / c->hours_unit;
}

/* Can another shift be worked on this day? */
static bool more_today(const maker *k, int day, const state *s)
{
  return s->today < k->p->day_most && s->next < k->first[day + 1];
}

/* A kind that may never be worked has no edges, so that it need not be counted. */
static bool never(const maker *k, int arc)
{
  return k->p->kind_most && k->p->kind_most[shift_of(k, arc)->kind] == 0;
}

/* Nodes of the morning and the noon are found in the tables of their own days: noons first, so that mornings come into a table that
 * holds the noons too, which differ from them by `today`. */
static bool work(maker *k, int day, int node, int arc)
{
  const state         s             = k->states[node];
  const roster_shift *shift         = shift_of(k, arc);
  state               t             = s, next;
  int                 d[RULES_DIMS] = {0};
  if (k->after[arc] < 0 || k->fixed[arc] > k->fixed[s.next] || (k->class_of[shift->kind] & s.barred)) return true;
  t.next = k->after[arc];
  t.bars |= k->bars_of[shift->kind] & k->classes_on[day + 1];
  t.today = k->p->day_most == ROSTER_NONE ? 1 : s.today + 1;
  count(k, arc, d);
  if (more_today(k, day, &t)) return edge_to(k, node, node_of(k, &t, &k->today, &k->n_today, &k->cap_today), arc, d);
  if (!end_day(k, day, &t, &next, d)) return true;
  return edge_to(k, node, node_of(k, &next, &k->tomorrow, &k->n_tomorrow, &k->cap_tomorrow), arc, d);
}

static bool leave(maker *k, int day, int node)
{
  const state s = k->states[node];
  state       next;
  int         d[RULES_DIMS] = {0};
  k->first_out              = k->g->n_edges;
  if (end_day(k, day, &s, &next, d) &&
      !edge_to(k, node, node_of(k, &next, &k->tomorrow, &k->n_tomorrow, &k->cap_tomorrow), -1, d))
    return false;
  for (int a = s.next; a < k->first[day + 1] && s.today < k->p->day_most; a++)
    if (!never(k, a) && !work(k, day, node, a)) return false;
  return join_edges(k);
}

/* Fold the week's hours: each morning gets a twin whose week is new. */
static bool new_week(maker *k, int day)
{
  const int none[RULES_DIMS] = {0}, n = k->n_today;
  const int type = day % 7 == 0 ? RULES_WEEK : RULES_LAST_WEEK;
  for (int i = 0; i < n; i++) {
    const int from = k->today[i], to = k->g->n_nodes;
    int       same = k->cap_nodes;
    if (!room(k->ctx, (void **)&k->states, to, &k->cap_nodes, sizeof *k->states)) return false;
    if (same != k->cap_nodes && !room(k->ctx, (void **)&k->chain, to, &same, sizeof *k->chain)) return false;
    k->states[to] = k->states[from];
    k->g->n_nodes++;
    if (!edge_to(k, from, to, -1, none)) return false;
    k->g->edges[k->g->n_edges - 1].type = type;
    k->today[i]                         = to;
  }
  return true;
}

/* A day's nodes in order of the next arc they may work, which every shift moves on. */
static bool one_day(maker *k, int day)
{
  k->from_group = k->g->n_groups;
  for (int next = k->first[day]; next <= k->first[day + 1]; next++)
    for (int i = 0; i < k->n_today; i++) {
      const int at = k->states[k->today[i]].next;
      if (at != next && !(next == k->first[day + 1] && at > next)) continue;
      if (!leave(k, day, k->today[i])) return false;
    }
  int *list = k->today, cap = k->cap_today;
  k->today        = k->tomorrow;
  k->n_today      = k->n_tomorrow;
  k->cap_today    = k->cap_tomorrow;
  k->tomorrow     = list;
  k->cap_tomorrow = cap;
  k->n_tomorrow   = 0;
  forget(k);
  if (k->g->counts.week >= 0 && ((day + 1) % 7 == 0 || day + 1 == k->g->m->n_days)) return new_week(k, day + 1);
  return true;
}

static bool make(maker *k)
{
  const state start = {.next = 0};
  if (!room(k->ctx, (void **)&k->g->group_at, 0, &k->cap_groups, sizeof *k->g->group_at)) return false;
  forget(k);
  if (node_of(k, &start, &k->today, &k->n_today, &k->cap_today) < 0) return false;
  forget(k);
  for (int day = 0; day < k->g->m->n_days; day++)
    if (!one_day(k, day)) return false;
  k->g->finals   = k->today;
  k->g->n_finals = k->n_today;
  return true;
}

/* ---- cells that matter ---- */

static void look_on(const rules_graph *g, const rules_edge *e, uint8_t *live, bool back)
{
  const rules_move *v = &g->moves[e->move];
  const size_t      n = (size_t)g->box.n_cells;
  uint8_t          *u = live + (size_t)e->from * n, *w = live + (size_t)e->to * n;
  if (e->type != RULES_STEP) {
    const double *cost = g->week[e->type == RULES_LAST_WEEK];
    for (int r = 0; r < g->box.n_cells; r++) {
      const int hours = r % g->box.size[0];
      if (isinf(cost[hours])) continue;
      if (back) u[r] |= w[r - hours];
      else w[r - hours] |= u[r];
    }
    return;
  }
  for (int i = 0; i < v->n_runs; i++)
    for (int r = v->at[i]; r < v->at[i] + v->len; r++) {
      if (back) u[r] |= w[r + v->step];
      else w[r + v->step] |= u[r];
    }
}

static void find_live(rules_graph *g, uint8_t *there, uint8_t *back)
{
  const size_t n = (size_t)g->box.n_cells;
  there[0]       = 1;
  for (int i = 0; i < g->n_edges; i++) look_on(g, &g->edges[i], there, false);
  for (int i = 0; i < g->n_finals; i++)
    for (size_t r = 0; r < n; r++) back[(size_t)g->finals[i] * n + r] = isinf(g->end[r]) ? 0 : 1;
  for (int i = g->n_edges - 1; i >= 0; i--) look_on(g, &g->edges[i], back, true);
  for (int v = 0; v < g->n_nodes; v++) {
    const uint8_t *t = there + (size_t)v * n, *b = back + (size_t)v * n;
    int            lo = 0, hi = (int)n;
    while (lo < hi && !(t[lo] && b[lo])) lo++;
    while (hi > lo && !(t[hi - 1] && b[hi - 1])) hi--;
    g->lo[v]   = lo;
    g->hi[v]   = hi;
    g->base[v] = g->n_values;
    g->n_values += (size_t)(hi - lo);
  }
}

/* Keep what matters. Edges to or from nowhere go. false: no memory. */
static bool trim(dyo_ctx *ctx, rules_graph *g)
{
  const size_t n     = (size_t)g->n_nodes * (size_t)g->box.n_cells;
  uint8_t     *there = calloc(n, 1), *back = calloc(n, 1);
  int          kept = 0;
  g->lo             = DYO_NEW(ctx, (size_t)g->n_nodes, int);
  g->hi             = DYO_NEW(ctx, (size_t)g->n_nodes, int);
  g->base           = DYO_NEW(ctx, (size_t)g->n_nodes, size_t);
  const bool ok     = there && back && g->lo && g->hi && g->base;
  if (ok) find_live(g, there, back);
  free(there);
  free(back);
  for (int i = 0; ok && i < g->n_edges; i++) {
    const rules_edge e = g->edges[i];
    if (g->lo[e.from] < g->hi[e.from] && g->lo[e.to] < g->hi[e.to]) g->edges[kept++] = e;
  }
  g->n_edges = kept;
  return ok;
}

dyo_status rules_graph_new(dyo_ctx *ctx, const roster_model *m, int person, const uint8_t *counted, rules_graph **out,
                           dyo_err *err)
{
  const int nothing = 0;
  maker    *k       = DYO_NEW(ctx, 1, maker);
  *out              = DYO_NEW(ctx, 1, rules_graph);
  if (!*out || !k) return dyo_oom(err);
  for (int drop = 0; drop < 6; drop++) {
    rules_graph *g    = *out;
    *g                = (rules_graph){.m = m, .person = person};
    const bool counts = rules_counts_new(ctx, counted, drop, g);
    const bool exact  = g->exact;
    if (!counts) return dyo_oom(err);
    const dyo_status st = maker_new(ctx, g, k, err);
    if (st != DYO_OK) return st;
    if (!make(k)) return dyo_oom(err);
    g->exact = g->exact && exact;
    if ((size_t)g->n_nodes * (size_t)g->box.n_cells > MOST_LOOK && drop < 5) continue;
    if (!trim(ctx, g)) return dyo_oom(err);
    if (g->n_values <= MOST_KEEP || drop == 5) break;
  }
  int64_t cost;
  (*out)->empty = roster_keeps_rules(m, person, &nothing, 0, &cost, NULL, NULL) ? (double)cost : INFINITY;
  return DYO_OK;
}
