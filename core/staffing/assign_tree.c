/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the bound leaves open, settled by depth-first branching on who does a task. In each node the prices are adjusted and every
 * decision that would lift the bound above what is wanted is taken off the list (Posta, Ferland & Michelon 2012). */
#include "staffing/assign.h"

#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 20, ROUNDS_AGAIN = 10, PASSES = 3, NODES_PER_PLAN = 8, FILTER_WORK = 8, MOVES_PER_PLAN = 2000 };

static const int64_t NEVER = (int64_t)1 << 60;

/* ---- the filter ---- */

typedef struct {
  int64_t least, second; /* what the bound is at least if the task goes the best way, and the next best */
  int     ways;
} ways;

static int64_t drop_all(const assign_state *s, size_t j)
{
  int64_t sum = 0;
  if (s->held[j] == 0) return 0;
  for (size_t k = s->p->of_first[j]; k < s->p->of_first[j + 1]; k++) {
    const size_t a = s->p->of[k];
    if (!s->shut[a] && s->taken[a]) sum += s->extra[a];
  }
  return sum;
}

/* The bound if task j goes by arc a, and by no other. */
static int64_t by_arc(const assign_state *s, size_t a, int64_t drop)
{
  return s->bound + drop + (s->taken[a] ? -s->extra[a] : s->extra[a]);
}

static int64_t left_out(const assign_state *s, size_t j, int64_t drop)
{
  return s->must[j] ? NEVER : s->bound + drop + s->skip[j] - s->price[j];
}

static void count_way(ways *o, int64_t total)
{
  o->ways++;
  if (total < o->least) {
    o->second = o->least;
    o->least  = total;
  } else if (total < o->second) {
    o->second = total;
  }
}

static void shut(assign_state *s, size_t a)
{
  s->shut[a] = 1;
  s->open[s->p->task[a]]--;
  if (s->taken[a]) s->stale[s->p->who[a]] = 1;
  else s->turned[s->p->who[a]] = 0;
}

/* Task j to the person of arc a, or (a == n_arcs) to nobody. false: the person has no more room for it. */
static bool settle(assign_state *s, size_t j, size_t a)
{
  const assign_problem *p = s->p;
  if (a < p->n_arcs) {
    const int i = p->who[a];
    if (s->room[i] < p->weight[a] || s->most[i] < 1) return false;
    s->room[i] -= p->weight[a];
    s->most[i]--;
    s->base += s->cost[a];
    s->at[j]    = i;
    s->stale[i] = 1;
  } else {
    s->base += s->skip[j];
  }
  s->settled[j] = 1;
  for (size_t k = p->of_first[j]; k < p->of_first[j + 1]; k++)
    if (!s->shut[p->of[k]]) shut(s, p->of[k]);
  return true;
}

static ways look(assign_state *s, size_t j, int64_t most)
{
  ways          o    = {NEVER, NEVER, 0};
  const int64_t drop = drop_all(s, j);
  const int64_t none = left_out(s, j, drop);
  if (none <= most) count_way(&o, none);
  else s->must[j] = 1;
  for (size_t k = s->p->of_first[j]; k < s->p->of_first[j + 1]; k++) {
    const size_t  a     = s->p->of[k];
    const int64_t total = s->shut[a] ? NEVER : by_arc(s, a, drop);
    if (total <= most) count_way(&o, total);
  }
  return o;
}

/* The last open arc of a task that must go; n_arcs where it is to be left out. */
static size_t only_way(const assign_state *s, size_t j, int64_t most, int64_t drop)
{
  for (size_t k = s->p->of_first[j]; k < s->p->of_first[j + 1]; k++) {
    const size_t a = s->p->of[k];
    if (!s->shut[a] && by_arc(s, a, drop) <= most) return a;
  }
  return s->p->n_arcs;
}

bool assign_filter(assign_state *s, int64_t most, int *best_task, bool *changed)
{
  int64_t best = -1;
  *best_task   = -1;
  s->w->used += FILTER_WORK * (int64_t)s->p->n_arcs;
  *changed = false;
  for (size_t j = 0; j < s->p->n_tasks; j++) {
    if (s->settled[j]) continue;
    const int64_t drop = drop_all(s, j);
    const bool    free = !s->must[j];
    const ways    o    = look(s, j, most);
    if (o.ways == 0) return false;
    *changed = *changed || (free && s->must[j]);
    if (o.ways == 1) {
      if (!settle(s, j, only_way(s, j, most, drop))) return false;
      *changed = true;
      continue;
    }
    for (size_t k = s->p->of_first[j]; k < s->p->of_first[j + 1]; k++) {
      const size_t a = s->p->of[k];
      if (s->shut[a] || by_arc(s, a, drop) <= most) continue;
      *changed = *changed || s->taken[a];
      shut(s, a);
    }
    const int64_t lift = o.least - s->bound, next = (o.second < NEVER ? o.second : most) - s->bound;
    const int64_t score = lift * 1024 + next / o.ways;
    if (score > best) {
      best       = score;
      *best_task = (int)j;
    }
  }
  return true;
}

/* ---- the tree ---- */

typedef struct {
  int64_t total;
  size_t  arc; /* n_arcs: left out */
} way;

/* A node on the way down: the state before branching on `task`, and the ways it may go. */
typedef struct {
  uint8_t *bytes; /* shut, taken, must, settled */
  int     *ints;  /* at, held, open, room, most */
  int64_t *longs; /* price, value */
  int64_t  base;
  int      task;
  way     *list;
  size_t   n, at;
} level;

typedef struct {
  assign_state  *s;
  assign_search *search;
  assign_plan   *plan;
  level         *levels; /* n_tasks + 1 */
  int           *at;     /* n_tasks: a plan from the knapsacks */
  int64_t        nodes;
} tree;

static dyo_status level_make(const assign_state *s, level *l, dyo_err *err)
{
  dyo_ctx     *ctx = s->w->mem;
  const size_t n = s->p->n_tasks, m = s->p->n_people, arcs = s->p->n_arcs;
  if (l->bytes) return DYO_OK;
  l->bytes = DYO_NEW(ctx, 2 * arcs + 2 * n, uint8_t);
  l->ints  = DYO_NEW(ctx, 3 * n + 2 * m, int);
  l->longs = DYO_NEW(ctx, n + m, int64_t);
  l->list  = DYO_NEW(ctx, m + 1, way);
  return l->bytes && l->ints && l->longs && l->list ? DYO_OK : dyo_oom(err);
}

static void save(const assign_state *s, level *l)
{
  const size_t n = s->p->n_tasks, m = s->p->n_people, arcs = s->p->n_arcs;
  memcpy(l->bytes, s->shut, arcs);
  memcpy(l->bytes + arcs, s->taken, arcs);
  memcpy(l->bytes + 2 * arcs, s->must, n);
  memcpy(l->bytes + 2 * arcs + n, s->settled, n);
  memcpy(l->ints, s->at, n * sizeof(int));
  memcpy(l->ints + n, s->held, n * sizeof(int));
  memcpy(l->ints + 2 * n, s->open, n * sizeof(int));
  memcpy(l->ints + 3 * n, s->room, m * sizeof(int));
  memcpy(l->ints + 3 * n + m, s->most, m * sizeof(int));
  memcpy(l->longs, s->price, n * sizeof(int64_t));
  memcpy(l->longs + n, s->value, m * sizeof(int64_t));
  l->base = s->base;
}

static void restore(assign_state *s, const level *l)
{
  const size_t n = s->p->n_tasks, m = s->p->n_people, arcs = s->p->n_arcs;
  memcpy(s->shut, l->bytes, arcs);
  memcpy(s->taken, l->bytes + arcs, arcs);
  memcpy(s->must, l->bytes + 2 * arcs, n);
  memcpy(s->settled, l->bytes + 2 * arcs + n, n);
  memcpy(s->at, l->ints, n * sizeof(int));
  memcpy(s->held, l->ints + n, n * sizeof(int));
  memcpy(s->open, l->ints + 2 * n, n * sizeof(int));
  memcpy(s->room, l->ints + 3 * n, m * sizeof(int));
  memcpy(s->most, l->ints + 3 * n + m, m * sizeof(int));
  memcpy(s->price, l->longs, n * sizeof(int64_t));
  memcpy(s->value, l->longs + n, m * sizeof(int64_t));
  s->base = l->base;
  memset(s->stale, 0, m);
  memset(s->turned, 0, m);
}

static int by_total(const void *a, const void *b)
{
  const way *x = a, *y = b;
  if (x->total != y->total) return x->total < y->total ? -1 : 1;
  return (x->arc > y->arc) - (x->arc < y->arc);
}

static void list_ways(const assign_state *s, level *l, int task, int64_t most)
{
  const size_t  j    = (size_t)task;
  const int64_t drop = drop_all(s, j);
  l->task            = task;
  l->n = l->at = 0;
  for (size_t k = s->p->of_first[j]; k < s->p->of_first[j + 1]; k++) {
    const size_t a = s->p->of[k];
    if (!s->shut[a] && by_arc(s, a, drop) <= most) l->list[l->n++] = (way){by_arc(s, a, drop), a};
  }
  if (left_out(s, j, drop) <= most) l->list[l->n++] = (way){left_out(s, j, drop), s->p->n_arcs};
  qsort(l->list, l->n, sizeof *l->list, by_total);
}

/* The knapsacks as a plan: a task that several took stays with the one that loses most by giving it up. */
void assign_round_off(const assign_state *s, int *at)
{
  const assign_problem *p = s->p;
  for (size_t j = 0; j < p->n_tasks; j++) {
    int64_t best = -1;
    at[j]        = s->at[j];
    if (s->settled[j]) continue;
    at[j] = ASSIGN_OUT;
    for (size_t k = p->of_first[j]; k < p->of_first[j + 1]; k++) {
      const size_t  a    = p->of[k];
      const int64_t gain = s->price[j] - s->cost[a];
      if (s->shut[a] || !s->taken[a] || gain <= best) continue;
      best  = gain;
      at[j] = p->who[a];
    }
  }
}

int64_t assign_wanted(const assign_state *s, const assign_plan *plan)
{
  const int64_t most = plan->cost - assign_slack(s->w, plan->cost) - 1;
  return most * ((int64_t)1 << s->shift);
}

static void look_for_plan(tree *t)
{
  const assign_state *s     = t->s;
  bool                exact = true;
  assign_round_off(s, t->at);
  for (size_t j = 0; j < s->p->n_tasks && exact; j++)
    exact = s->settled[j] || s->held[j] == 1 || (s->held[j] == 0 && !s->must[j] && s->price[j] >= s->skip[j]);
  if (exact || t->nodes % NODES_PER_PLAN == 0)
    assign_search_run(t->search, t->plan, t->at, exact ? 0 : MOVES_PER_PLAN, 0);
}

/* Prices, filter and plan of the node at hand. *task: where to branch, -1: nothing is left here. */
static dyo_status node(tree *t, int *task, dyo_err *err)
{
  assign_state *s       = t->s;
  bool          changed = true;
  dyo_status    st      = DYO_OK;
  for (int pass = 0; changed && pass < PASSES && st == DYO_OK; pass++) {
    const int64_t       most = assign_wanted(s, t->plan);
    const assign_ascent how  = {.rounds   = pass ? ROUNDS_AGAIN : ROUNDS,
                                .patience = 4,
                                .step     = 1.0,
                                .shrink   = 0.6,
                                .least    = 0.05,
                                .target   = most + 1,
                                .enough   = most};
    *task                    = -1;
    st                       = assign_climb(s, &how, err);
    if (st != DYO_OK || s->bound > most) return st;
    if (pass == 0) look_for_plan(t);
    st = assign_turns(s, err);
    if (st != DYO_OK) return st;
    if (!assign_filter(s, assign_wanted(s, t->plan), task, &changed)) {
      *task = -1;
      return st;
    }
    if (*task < 0) { /* everything is settled */
      look_for_plan(t);
      return st;
    }
  }
  if (st == DYO_OK) st = assign_value(s, err);
  return st == DYO_OK ? assign_turns(s, err) : st;
}

/* The next way of the deepest level that has one; false where the tree is done. */
static bool next_way(tree *t, size_t *depth)
{
  while (*depth > 0) {
    level *l = &t->levels[*depth - 1];
    if (l->at < l->n && l->list[l->at].total <= assign_wanted(t->s, t->plan)) {
      restore(t->s, l);
      if (settle(t->s, (size_t)l->task, l->list[l->at++].arc)) return true;
      continue;
    }
    (*depth)--;
  }
  return false;
}

dyo_status assign_tree(assign_state *s, assign_search *search, assign_plan *plan, int64_t most_work, dyo_err *err)
{
  const int64_t end   = s->w->used + most_work;
  tree          t     = {.s = s, .search = search, .plan = plan};
  size_t        depth = 0;
  dyo_status    st    = DYO_OK;
  bool          more  = true;
  t.levels            = DYO_NEW(s->w->mem, s->p->n_tasks + 1, level);
  t.at                = DYO_NEW(s->w->mem, s->p->n_tasks, int);
  if (!t.levels || !t.at) return dyo_oom(err);
  while (st == DYO_OK && more && s->w->used < end && !assign_over(s->w)) {
    int task;
    t.nodes++;
    st = node(&t, &task, err);
    if (st != DYO_OK) break;
    if (task >= 0) {
      level *l = &t.levels[depth++];
      st       = level_make(s, l, err);
      if (st != DYO_OK) break;
      save(s, l);
      list_ways(s, l, task, assign_wanted(s, plan));
    }
    more = next_way(&t, &depth);
  }
  if (st == DYO_OK && !more && !assign_over(s->w)) plan->bound = plan->cost - assign_slack(s->w, plan->cost);
  s->nodes += t.nodes;
  return st;
}
