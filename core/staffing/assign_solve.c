/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The order of work on an assignment problem: structure, then bound and plans in turns on what is left, then the tree. */
#include "staffing/assign.h"

#include <stdlib.h>
#include <string.h>

enum { POLL_WORK = 4096 };

typedef struct {
  int64_t cost;
  size_t  arc;
} priced;

static int by_cost(const void *a, const void *b)
{
  const priced *x = a, *y = b;
  if (x->cost != y->cost) return x->cost < y->cost ? -1 : 1;
  return (x->arc > y->arc) - (x->arc < y->arc);
}

static dyo_status assign_index(dyo_ctx *ctx, assign_problem *p, dyo_err *err)
{
  const size_t n = p->n_tasks, arcs = p->n_arcs;
  size_t      *fill = DYO_NEW(ctx, n + 1, size_t);
  priced      *list = DYO_NEW(ctx, arcs + 1, priced);
  p->who            = DYO_NEW(ctx, arcs + 1, int);
  p->of             = DYO_NEW(ctx, arcs + 1, size_t);
  p->of_first       = DYO_NEW(ctx, n + 1, size_t);
  if (!fill || !list || !p->who || !p->of || !p->of_first) return dyo_oom(err);
  for (size_t a = 0; a < arcs; a++) p->of_first[p->task[a] + 1]++;
  for (size_t j = 0; j < n; j++) p->of_first[j + 1] += p->of_first[j];
  memcpy(fill, p->of_first, n * sizeof *fill);
  for (size_t i = 0; i < p->n_people; i++) {
    for (size_t a = p->first[i]; a < p->first[i + 1]; a++) {
      p->who[a]                = (int)i;
      list[fill[p->task[a]]++] = (priced){p->cost[a], a};
    }
  }
  for (size_t j = 0; j < n; j++)
    qsort(list + p->of_first[j], p->of_first[j + 1] - p->of_first[j], sizeof *list, by_cost);
  for (size_t a = 0; a < arcs; a++) p->of[a] = list[a].arc;
  return DYO_OK;
}

static size_t find_arc(const assign_problem *p, int i, int j)
{
  size_t lo = p->first[i], hi = p->first[i + 1];
  while (lo < hi) {
    const size_t mid = (lo + hi) / 2;
    if (p->task[mid] < j) lo = mid + 1;
    else hi = mid;
  }
  return lo < p->first[i + 1] && p->task[lo] == j ? lo : p->n_arcs;
}

bool assign_check(const assign_problem *p, const int *at, int64_t *load, int64_t *cost)
{
  int64_t sum = 0;
  memset(load, 0, 2 * p->n_people * sizeof *load);
  for (size_t j = 0; j < p->n_tasks; j++) {
    if (at[j] == ASSIGN_OUT) {
      sum += p->skip[j];
      continue;
    }
    const size_t a = find_arc(p, at[j], (int)j);
    if (a == p->n_arcs) return false;
    load[2 * at[j]] += p->weight[a];
    load[2 * at[j] + 1]++;
    sum += p->cost[a];
  }
  for (size_t i = 0; i < p->n_people; i++)
    if (load[2 * i] > p->room[i] || load[2 * i + 1] > p->most[i]) return false;
  *cost = sum;
  return true;
}

int64_t assign_slack(const assign_work *w, int64_t cost)
{
  const int64_t size = cost + w->offset < 0 ? -(cost + w->offset) : cost + w->offset;
  return (int64_t)(w->gap * (double)size);
}

bool assign_over(assign_work *w)
{
  return w->used >= w->most || dyo_poll(w->ctx, (double)w->used / (double)w->most, "assigning") != DYO_RUN_ON;
}

bool assign_spend(assign_work *w, int64_t work)
{
  w->used += work;
  w->unpolled += work;
  for (; w->unpolled >= POLL_WORK; w->unpolled -= POLL_WORK)
    dyo_poll(w->ctx, (double)w->used / (double)w->most, "assigning");
  return w->ctx->stop == DYO_RUN_ON;
}

bool assign_closed(const assign_work *w, const assign_plan *plan)
{
  return plan->cost - plan->bound <= assign_slack(w, plan->cost);
}

static bool is_kept(const assign_state *s, size_t a)
{
  const int j = s->p->task[a];
  return s->settled[j] ? s->at[j] == s->p->who[a] : !s->shut[a];
}

/* The open arcs alone, as a problem of their own. Prices and what must be done go along. */
static dyo_status shrink(const assign_state *s, assign_problem **out, assign_state *next, dyo_err *err)
{
  const assign_problem *p   = s->p;
  dyo_ctx              *ctx = s->w->mem;
  assign_problem       *q   = DYO_NEW(ctx, 1, assign_problem);
  size_t                n   = 0;
  dyo_status            st;
  if (!q) return dyo_oom(err);
  *q = *p;
  for (size_t a = 0; a < p->n_arcs; a++) n += is_kept(s, a);
  q->first  = DYO_NEW(ctx, p->n_people + 1, size_t);
  q->task   = DYO_NEW(ctx, n + 1, int);
  q->weight = DYO_NEW(ctx, n + 1, int);
  q->cost   = DYO_NEW(ctx, n + 1, int64_t);
  if (!q->first || !q->task || !q->weight || !q->cost) return dyo_oom(err);
  q->n_arcs = 0;
  for (size_t i = 0; i < p->n_people; i++) {
    for (size_t a = p->first[i]; a < p->first[i + 1]; a++) {
      if (!is_kept(s, a)) continue;
      q->task[q->n_arcs]   = p->task[a];
      q->weight[q->n_arcs] = p->weight[a];
      q->cost[q->n_arcs++] = p->cost[a];
    }
    q->first[i + 1] = q->n_arcs;
  }
  st = assign_index(ctx, q, err);
  if (st == DYO_OK) st = assign_state_make(q, s->w, next, err);
  if (st != DYO_OK) return st;
  for (size_t j = 0; j < p->n_tasks; j++) {
    next->must[j]  = s->must[j] || (s->settled[j] && s->at[j] != ASSIGN_OUT);
    next->price[j] = s->price[j];
  }
  *out = q;
  return DYO_OK;
}

/* A temperature: a third of what the middle arc of a task costs more than its cheapest, in 1/256. */
static int64_t warmth(const assign_problem *p)
{
  double sum = 0;
  size_t n   = 0;
  for (size_t j = 0; j < p->n_tasks; j++) {
    const size_t from = p->of_first[j], d = p->of_first[j + 1] - from;
    if (d < 2) continue;
    sum += (double)(p->cost[p->of[from + (d - 1) / 2]] - p->cost[p->of[from]]);
    n++;
  }
  return n ? (int64_t)(256 * sum / (double)n / 3) + 16 : 16;
}

/* ---- rounds of bound and search ---- */

enum {
  FIRST_ROUNDS = 1200,
  LATER_ROUNDS = 300,
  FIRST_TREE   = 20000000,
  TREE_GROWS   = 4,
  SEARCH_SHARE = 4,
  CORE_SHARE   = 8,
  FEW_ARCS     = 1500,
  CORE_ARCS    = 40000,
  PART_TASKS   = 40,
  PART_WORK    = 3000000
};

typedef struct {
  const assign_problem *p; /* what is left of the problem */
  assign_work          *w;
  assign_plan          *plan;
  assign_state          s;
  assign_search        *search;
  int                  *from; /* n_tasks: a plan to start from */
  int64_t               moves, tree;
} run;

static void take_bound(const assign_state *s, assign_plan *plan)
{
  const int64_t unit = (int64_t)1 << s->shift;
  int64_t       b    = s->bound / unit;
  if (b * unit < s->bound) b++; /* whole numbers: the next one up */
  if (b > plan->cost) b = plan->cost;
  if (b > plan->bound) plan->bound = b;
}

static void first_prices(assign_state *s)
{
  const assign_problem *p = s->p;
  for (size_t j = 0; j < p->n_tasks; j++) {
    const size_t d = p->of_first[j + 1] - p->of_first[j];
    if (d > 0) assign_price_set(s, (int)j, s->cost[p->of[p->of_first[j] + (d > 1)]]);
  }
}

/* Raises the bound and takes what it excludes off the problem. */
static dyo_status bound_round(run *r, int round, dyo_err *err)
{
  const int64_t       wanted = assign_wanted(&r->s, r->plan);
  const assign_ascent how    = {.rounds   = round ? LATER_ROUNDS : FIRST_ROUNDS,
                                .patience = 20,
                                .step     = round ? 0.5 : 1.0,
                                .shrink   = 0.7,
                                .least    = 0.005,
                                .drag     = 0.3,
                                .target   = wanted + 1,
                                .enough   = wanted};
  int                 task;
  bool                changed;
  assign_problem     *q = NULL;
  assign_state        next;
  dyo_status          st = assign_climb(&r->s, &how, err);
  if (st != DYO_OK) return st;
  take_bound(&r->s, r->plan);
  if (assign_closed(r->w, r->plan) || assign_over(r->w)) return DYO_OK;
  assign_round_off(&r->s, r->from);
  st = assign_turns(&r->s, err);
  if (st != DYO_OK) return st;
  if (!assign_filter(&r->s, wanted, &task, &changed)) {
    r->plan->bound = r->plan->cost - assign_slack(r->w, r->plan->cost);
    return DYO_OK;
  }
  st = shrink(&r->s, &q, &next, err);
  if (st != DYO_OK) return st;
  r->p = q;
  r->s = next;
  st   = assign_value(&r->s, err);
  return st == DYO_OK ? assign_turns(&r->s, err) : st;
}

static dyo_status search_round(run *r, int round, dyo_err *err)
{
  dyo_status st = assign_search_make(r->p, r->w, r->w->seed + (uint64_t)round, &r->search, err);
  if (st == DYO_OK) st = assign_search_guide(r->search, &r->s, err);
  if (st != DYO_OK) return st;
  assign_search_run(r->search, r->plan, r->from, r->moves, 0);
  assign_search_run(r->search, r->plan, r->plan->at, r->moves, warmth(r->p) >> round % 3);
  return DYO_OK;
}

/* From the knapsacks, and for longer from the best plan; little at first, where a small tree may do. */
static dyo_status core_round(run *r, int round, dyo_err *err)
{
  const uint64_t seed = r->w->seed + 1000003 * (uint64_t)(round + 1);
  const int64_t  work = round ? r->tree : r->tree / 2, more = round ? CORE_SHARE * r->tree : 2 * r->tree;
  dyo_status     st = assign_core(&r->s, r->plan, r->from, seed, work, err);
  return st == DYO_OK ? assign_core(&r->s, r->plan, r->plan->at, seed + 1, more, err) : st;
}

/* Parts of the plan, one after another: as many people as give about PART_TASKS tasks. */
static dyo_status near_round(run *r, int round, dyo_err *err)
{
  const size_t  m = r->p->n_people, n = r->p->n_tasks;
  const int64_t end    = r->w->used + r->tree;
  const size_t  people = PART_TASKS * m / n + 2;
  dyo_status    st     = DYO_OK;
  if (r->w->small) return DYO_OK;
  if (r->p->n_arcs <= CORE_ARCS) return core_round(r, round, err);
  if (2 * people > m) return DYO_OK;
  for (uint64_t k = 0; st == DYO_OK && r->w->used < end && !assign_closed(r->w, r->plan) && !assign_over(r->w); k++)
    st = assign_near(&r->s, r->plan, r->w->seed + 1000003 * (uint64_t)(round + 1) + k, (int)people, PART_WORK, err);
  return st;
}

/* The tree leaves the state anywhere; afterwards it is as before. */
static dyo_status tree_round(run *r, dyo_err *err)
{
  const size_t n     = r->p->n_tasks;
  uint8_t     *must  = DYO_NEW(r->w->mem, n, uint8_t);
  int64_t     *price = DYO_NEW(r->w->mem, n, int64_t);
  if (!must || !price) return dyo_oom(err);
  memcpy(must, r->s.must, n);
  memcpy(price, r->s.price, n * sizeof *price);
  dyo_status st = assign_tree(&r->s, r->search, r->plan, r->p->n_arcs < FEW_ARCS ? 8 * r->tree : r->tree, err);
  if (st == DYO_OK) st = assign_state_make(r->p, r->w, &r->s, err);
  if (st != DYO_OK) return st;
  memcpy(r->s.must, must, n);
  memcpy(r->s.price, price, n * sizeof *price);
  return DYO_OK;
}

static dyo_status rounds(run *r, dyo_err *err)
{
  dyo_status st = DYO_OK;
  for (int round = 0; st == DYO_OK && !assign_closed(r->w, r->plan) && !assign_over(r->w); round++) {
    st = bound_round(r, round, err);
    if (st != DYO_OK || assign_closed(r->w, r->plan) || assign_over(r->w)) break;
    st = search_round(r, round, err);
    if (st == DYO_OK && !assign_closed(r->w, r->plan)) st = near_round(r, round, err);
    if (st == DYO_OK && !assign_closed(r->w, r->plan)) st = tree_round(r, err);
    r->moves = r->tree / ASSIGN_MOVE_WORK / SEARCH_SHARE; /* plans get a part of what the tree may have had */
    r->tree *= TREE_GROWS;
  }
  return st;
}

static dyo_status search(assign_problem *p, assign_work *w, assign_plan *plan, dyo_err *err)
{
  run        r = {.p = p, .w = w, .plan = plan, .moves = 20 * (int64_t)p->n_tasks + 2000, .tree = FIRST_TREE};
  int       *heads;
  dyo_status st = assign_heads(w->mem, p, &heads, err);
  if (st == DYO_OK && heads) st = assign_network(p, w, heads, plan, err);
  if (st != DYO_OK || heads) return st;
  st = assign_index(w->mem, p, err);
  if (st != DYO_OK) return st;
  r.from = DYO_NEW(w->mem, p->n_tasks, int);
  if (!r.from) return dyo_oom(err);
  st = assign_state_make(p, w, &r.s, err);
  if (st == DYO_OK) st = assign_search_make(p, w, w->seed, &r.search, err);
  if (st != DYO_OK) return st;
  first_prices(&r.s);
  assign_search_run(r.search, plan, plan->at, r.moves, warmth(p));
  return rounds(&r, err);
}

dyo_status assign_solve(assign_problem *p, assign_work *w, assign_plan *plan, dyo_err *err)
{
  const dyo_status st   = search(p, w, plan, err);
  int64_t         *load = st == DYO_OK ? DYO_NEW(w->mem, 2 * p->n_people + 1, int64_t) : NULL, cost;
  if (st != DYO_OK) return st;
  if (!load) return dyo_oom(err);
  if (assign_check(p, plan->at, load, &cost) && cost == plan->cost) return DYO_OK; /* no plan leaves without this */
  return dyo_fail(err, DYO_INTERNAL, "", "the plan breaks a limit, or costs something else than was counted");
}
