/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rules_box.c - what is counted along a person's roster: sizes, units, and what the counts cost or forbid at their ends. */
#include "staffing/rules_graph.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int gcd(int a, int b)
{
  while (b) {
    const int r = a % b;
    a           = b;
    b           = r;
  }
  return a;
}

static const roster_shift *shift_of(const rules_graph *g, size_t a)
{
  return &g->m->shifts[g->m->people[g->person].arcs[a].shift];
}

/* The place of a shift's kind among the counted ones, -1: not counted. */
static int counted_kind(const rules_counts *c, int kind)
{
  for (int k = 0; k < c->n_kinds; k++)
    if (c->kind[k] == kind) return k;
  return -1;
}

/* Hours that `hours` counts of arc a: those of counted kinds are known from their count. */
static int own_hours(const rules_graph *g, size_t a)
{
  const roster_shift *s = shift_of(g, a);
  const int           k = counted_kind(&g->counts, s->kind);
  return k >= 0 && g->counts.kind_hours[k] >= 0 ? 0 : s->hours;
}

/* No roster has more of value(a) within days from..to than this: each day by the best day_most of its arcs. */
static int most_in(const rules_graph *g, int from, int to, int (*value)(const rules_graph *, size_t))
{
  const roster_person *p   = &g->m->people[g->person];
  int64_t              sum = 0;
  size_t               a   = 0;
  while (a < p->n_arcs) {
    const int day   = shift_of(g, a)->day;
    int64_t   total = 0;
    int       best = 0, n = 0;
    for (; a < p->n_arcs && shift_of(g, a)->day == day; a++, n++) {
      const int v = value(g, a);
      total += v;
      if (v > best) best = v;
    }
    if (day < from || day >= to) continue;
    const int64_t cap = p->day_most < n ? (int64_t)p->day_most * best : total;
    sum += cap < total ? cap : total;
  }
  return sum < INT_MAX / 4 ? (int)sum : INT_MAX / 4;
}

static int all_hours(const rules_graph *g, size_t a)
{
  return shift_of(g, a)->hours;
}

static int unpopular(const rules_graph *g, size_t a)
{
  return shift_of(g, a)->unpopular;
}

static int least(int a, int b)
{
  return a < b ? a : b;
}

static int add_dim(rules_box *b, int size)
{
  if (b->n_dims == RULES_DIMS || size < 1 || b->n_cells > INT_MAX / 16 / size) return -1;
  b->size[b->n_dims]   = size;
  b->stride[b->n_dims] = b->n_cells;
  b->n_cells *= size;
  return b->n_dims++;
}

static int unit_of(const rules_graph *g, int (*value)(const rules_graph *, size_t))
{
  int u = 0;
  for (size_t a = 0; a < g->m->people[g->person].n_arcs; a++) u = gcd(u, value(g, a));
  return u ? u : 1;
}

static void count_week(rules_graph *g)
{
  const roster_person *p    = &g->m->people[g->person];
  int                  most = 0;
  for (int d = 0; d < g->m->n_days; d += 7) {
    const int m = most_in(g, d, d + 7, all_hours);
    if (m > most) most = m;
  }
  const bool costs = p->overtime_from < most && p->overtime_cost != 0;
  if (p->week_most >= most && p->week_least <= 0 && !costs) return;
  g->counts.week_unit = unit_of(g, all_hours);
  g->counts.week      = add_dim(&g->box, least(p->week_most, most) / g->counts.week_unit + 1);
  if (g->counts.week < 0) g->exact = false;
}

static void count_weekends(rules_graph *g)
{
  const roster_person *p = &g->m->people[g->person];
  if (p->weekends_most >= (g->m->n_days + 1) / 7) return;
  g->counts.weekends = add_dim(&g->box, p->weekends_most + 1);
  if (g->counts.weekends < 0) g->exact = false;
}

static void count_unpopular(rules_graph *g)
{
  const roster_person *p = &g->m->people[g->person];
  if (p->fair_unpopular_cost == 0) return;
  g->counts.unpopular = add_dim(&g->box, most_in(g, 0, g->m->n_days, unpopular) + 1);
  if (g->counts.unpopular < 0) g->exact = false;
}

/* Hours all of the person's shifts of this kind have, -1: they differ. */
static int hours_of_kind(const rules_graph *g, int kind)
{
  int h = -1;
  for (size_t a = 0; a < g->m->people[g->person].n_arcs; a++) {
    const roster_shift *s = shift_of(g, a);
    if (s->kind != kind) continue;
    if (h >= 0 && h != s->hours) return -1;
    h = s->hours;
  }
  return h;
}

static void count_kinds(rules_graph *g, const uint8_t *counted)
{
  const roster_person *p = &g->m->people[g->person];
  if (!p->kind_most || !counted) return;
  for (int k = 0; k < g->m->n_kinds; k++) {
    if (!counted[k] || p->kind_most[k] == ROSTER_NONE) continue;
    const int dim = g->counts.n_kinds < 5 ? add_dim(&g->box, p->kind_most[k] + 1) : -1;
    if (dim < 0) {
      g->exact = false;
      continue;
    }
    const int i             = g->counts.n_kinds++;
    g->counts.kind[i]       = k;
    g->counts.kind_dim[i]   = dim;
    g->counts.kind_hours[i] = hours_of_kind(g, k);
  }
}

static void count_hours(rules_graph *g)
{
  const roster_person *p    = &g->m->people[g->person];
  const int            most = most_in(g, 0, g->m->n_days, all_hours);
  if (p->hours_most >= most && p->hours_least <= 0 && p->fair_hours_cost == 0) return;
  g->counts.hours_unit = unit_of(g, own_hours);
  g->counts.hours =
    add_dim(&g->box, least(p->hours_most, most_in(g, 0, g->m->n_days, own_hours)) / g->counts.hours_unit + 1);
  if (g->counts.hours < 0) g->exact = false;
}

static int digit(const rules_box *b, int r, int dim)
{
  return r / b->stride[dim] % b->size[dim];
}

static double end_cost(const rules_graph *g, int r)
{
  const roster_person *p    = &g->m->people[g->person];
  const rules_counts  *c    = &g->counts;
  double               cost = (double)p->used;
  if (c->hours >= 0) {
    int hours = digit(&g->box, r, c->hours) * c->hours_unit;
    for (int k = 0; k < c->n_kinds; k++)
      if (c->kind_hours[k] > 0) hours += digit(&g->box, r, c->kind_dim[k]) * c->kind_hours[k];
    if (hours > p->hours_most || hours < p->hours_least) return INFINITY;
    cost += (double)p->fair_hours_cost * abs(hours - p->fair_hours);
  }
  if (c->unpopular >= 0)
    cost += (double)p->fair_unpopular_cost * abs(digit(&g->box, r, c->unpopular) - p->fair_unpopular);
  return cost;
}

static bool week_costs(dyo_ctx *ctx, rules_graph *g)
{
  const roster_person *p    = &g->m->people[g->person];
  const int            size = g->counts.week >= 0 ? g->box.size[0] : 1;
  for (int last = 0; last < 2; last++) {
    g->week[last] = DYO_NEW(ctx, (size_t)size, double);
    if (!g->week[last]) return false;
    for (int w = 0; w < size && g->counts.week >= 0; w++) {
      const int hours = w * g->counts.week_unit;
      if (hours > p->week_most || (!last && hours < p->week_least)) g->week[last][w] = INFINITY;
      else if (hours > p->overtime_from) g->week[last][w] = (double)p->overtime_cost * (hours - p->overtime_from);
    }
  }
  return true;
}

void rules_box_of(const uint8_t *counted, int drop, rules_graph *g)
{
  g->box    = (rules_box){.n_cells = 1};
  g->counts = (rules_counts){.week = -1, .weekends = -1, .unpopular = -1, .hours = -1};
  g->exact  = drop == 0;
  if (drop < 4) count_week(g);
  if (drop < 3) count_weekends(g);
  if (drop < 1) count_unpopular(g);
  if (drop < 2) count_kinds(g, counted);
  if (drop < 5) count_hours(g);
}

bool rules_counts_new(dyo_ctx *ctx, const uint8_t *counted, int drop, rules_graph *g)
{
  rules_box_of(counted, drop, g);
  g->end = DYO_NEW(ctx, (size_t)g->box.n_cells, double);
  if (!g->end || !week_costs(ctx, g)) return false;
  for (int r = 0; r < g->box.n_cells; r++) g->end[r] = end_cost(g, r);
  return true;
}

/* Runs of cells that stay inside the box when moved by d: below the lowest dimension that moves, cells are consecutive. */
static bool runs_of(dyo_ctx *ctx, const rules_box *b, rules_move *v)
{
  int low = 0;
  while (low < b->n_dims - 1 && v->d[low] == 0) low++;
  const int block = b->n_dims ? b->stride[low] : 1;
  const int rows  = b->n_dims ? b->n_cells / (block * b->size[low]) : 1;
  v->len          = b->n_dims ? block * (b->size[low] - v->d[low]) : 1;
  v->at           = DYO_NEW(ctx, (size_t)rows, int);
  if (!v->at) return false;
  for (int row = 0; row < rows && v->len > 0; row++) {
    const int r      = row * block * (b->n_dims ? b->size[low] : 1);
    bool      inside = true;
    for (int k = low + 1; k < b->n_dims; k++) inside = inside && digit(b, r, k) + v->d[k] < b->size[k];
    if (inside) v->at[v->n_runs++] = r;
  }
  return true;
}

int rules_move_of(dyo_ctx *ctx, rules_graph *g, const int *d, int *cap)
{
  for (int i = 0; i < g->n_moves; i++)
    if (memcmp(g->moves[i].d, d, sizeof g->moves[i].d) == 0) return i;
  if (g->n_moves == *cap) {
    const int   larger = *cap ? 2 * *cap : 16;
    rules_move *v      = DYO_NEW(ctx, (size_t)larger, rules_move);
    if (!v) return -1;
    if (g->n_moves) memcpy(v, g->moves, (size_t)g->n_moves * sizeof *v);
    g->moves = v;
    *cap     = larger;
  }
  rules_move *v = &g->moves[g->n_moves];
  *v            = (rules_move){0};
  memcpy(v->d, d, sizeof v->d);
  for (int k = 0; k < g->box.n_dims; k++) v->step += d[k] * g->box.stride[k];
  return runs_of(ctx, &g->box, v) ? g->n_moves++ : -1;
}
