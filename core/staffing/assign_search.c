/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plans by annealing over ejection chains: a task goes to a person, up to three of that person's tasks go out, and each of those to the
 * cheapest person with room. Every plan on the way is legal; a task without a person costs its skip. Decisions are in integers. */
#include "staffing/assign.h"

#include <stdlib.h>
#include <string.h>

enum { EJECTED = 3, LOOKED_AT = 24, STAGES = 64, NONE = -1 };

struct assign_search {
  const assign_problem *p;
  assign_work          *w;
  dyo_rng               rng;
  int                  *arc;         /* n_tasks: now used, or NONE */
  int                  *next, *prev; /* n_tasks: the others of the same person */
  int                  *head;        /* n_people */
  int64_t              *load;        /* n_people */
  int                  *count;       /* n_people */
  int                  *out, *place; /* tasks without a person, and where in that list a task is */
  int                   n_out;
  int                  *list;   /* n_arcs: of each task, as of_first; the best first */
  int                  *n_list; /* n_tasks */
  int64_t               cost;
  int                   was_task[1 + 2 * EJECTED], was_arc[1 + 2 * EJECTED], n_was; /* this move, to be undone */
};

dyo_status assign_search_make(const assign_problem *p, assign_work *w, uint64_t seed, assign_search **out, dyo_err *err)
{
  const size_t   n = p->n_tasks, m = p->n_people;
  assign_search *s = DYO_NEW(w->mem, 1, assign_search);
  *out             = NULL;
  if (!s) return dyo_oom(err);
  s->p      = p;
  s->w      = w;
  s->rng    = dyo_rng_seed(seed);
  s->arc    = DYO_NEW(w->mem, n, int);
  s->next   = DYO_NEW(w->mem, n, int);
  s->prev   = DYO_NEW(w->mem, n, int);
  s->out    = DYO_NEW(w->mem, n, int);
  s->place  = DYO_NEW(w->mem, n, int);
  s->head   = DYO_NEW(w->mem, m, int);
  s->load   = DYO_NEW(w->mem, m, int64_t);
  s->count  = DYO_NEW(w->mem, m, int);
  s->list   = DYO_NEW(w->mem, p->n_arcs + 1, int);
  s->n_list = DYO_NEW(w->mem, n, int);
  if (!s->arc || !s->next || !s->prev || !s->out || !s->place || !s->head || !s->load || !s->count || !s->list ||
      !s->n_list)
    return dyo_oom(err);
  for (size_t a = 0; a < p->n_arcs; a++) s->list[a] = (int)p->of[a];
  for (size_t j = 0; j < n; j++) s->n_list[j] = (int)(p->of_first[j + 1] - p->of_first[j]);
  *out = s;
  return DYO_OK;
}

/* ---- one change ---- */

static void leave(assign_search *s, int j)
{
  const int i = s->p->who[s->arc[j]];
  s->load[i] -= s->p->weight[s->arc[j]];
  s->count[i]--;
  s->cost -= s->p->cost[s->arc[j]];
  if (s->prev[j] == NONE) s->head[i] = s->next[j];
  else s->next[s->prev[j]] = s->next[j];
  if (s->next[j] != NONE) s->prev[s->next[j]] = s->prev[j];
}

static void enter(assign_search *s, int j, int a)
{
  const int i = s->p->who[a];
  s->load[i] += s->p->weight[a];
  s->count[i]++;
  s->cost += s->p->cost[a];
  s->next[j] = s->head[i];
  s->prev[j] = NONE;
  if (s->head[i] != NONE) s->prev[s->head[i]] = j;
  s->head[i] = j;
}

static void put(assign_search *s, int j, int a)
{
  if (s->arc[j] != NONE) {
    leave(s, j);
  } else {
    const int last      = s->out[--s->n_out];
    s->out[s->place[j]] = last;
    s->place[last]      = s->place[j];
    s->cost -= s->p->skip[j];
  }
  s->arc[j] = a;
  if (a != NONE) {
    enter(s, j, a);
  } else {
    s->place[j]        = s->n_out;
    s->out[s->n_out++] = j;
    s->cost += s->p->skip[j];
  }
}

static void change(assign_search *s, int j, int a)
{
  s->was_task[s->n_was]  = j;
  s->was_arc[s->n_was++] = s->arc[j];
  put(s, j, a);
}

static void undo(assign_search *s)
{
  while (s->n_was > 0) {
    s->n_was--;
    put(s, s->was_task[s->n_was], s->was_arc[s->n_was]);
  }
}

static bool fits(const assign_search *s, int a)
{
  const int i = s->p->who[a];
  return s->load[i] + s->p->weight[a] <= s->p->room[i] && s->count[i] < s->p->most[i];
}

/* ---- moves ---- */

/* Cheap arcs more often: the lower of two draws. */
static int some_arc(assign_search *s, int j)
{
  const uint64_t n = (uint64_t)s->n_list[j];
  if (n == 0) return NONE;
  const uint64_t a = dyo_rng_below(&s->rng, n), b = dyo_rng_below(&s->rng, n);
  return s->list[s->p->of_first[j] + (a < b ? a : b)];
}

static void place_cheapest(assign_search *s, int j)
{
  const int *list  = s->list + s->p->of_first[j];
  int64_t    least = s->p->skip[j];
  int        best  = NONE;
  for (int k = 0; k < s->n_list[j]; k++) {
    const int a = list[k];
    if (s->p->cost[a] >= least || !fits(s, a)) continue;
    best  = a;
    least = s->p->cost[a];
  }
  if (best != NONE) change(s, j, best);
}

/* One of the person's other tasks, each alike likely. */
static int some_victim(assign_search *s, int i, int but)
{
  if (s->count[i] < 2) return NONE;
  uint64_t skip = dyo_rng_below(&s->rng, (uint64_t)s->count[i] - 1);
  int      k    = s->head[i];
  for (;; k = s->next[k]) {
    if (k == but) continue;
    if (skip-- == 0) return k;
  }
}

/* Task j to arc a, whatever is in its way out. false: more than EJECTED would have to go. */
static bool insert(assign_search *s, int j, int a)
{
  const int i = s->p->who[a];
  int       gone[EJECTED], n = 0;
  change(s, j, a);
  while (s->load[i] > s->p->room[i] || s->count[i] > s->p->most[i]) {
    const int k = n < EJECTED ? some_victim(s, i, j) : NONE;
    if (k == NONE) return false;
    change(s, k, NONE);
    gone[n++] = k;
  }
  for (int g = 0; g < n; g++) place_cheapest(s, gone[g]);
  return true;
}

/* About exponential with mean 1.44: leading zeros of a random word, and a uniform part. In 1/256. */
static int64_t patience(assign_search *s)
{
  uint64_t r = dyo_rng_bits(&s->rng);
  int64_t  v = 0;
  while ((r & 1) == 0 && v < 40) {
    r >>= 1;
    v++;
  }
  return v * 256 + (int64_t)(dyo_rng_bits(&s->rng) >> 56);
}

static void step(assign_search *s, int64_t heat)
{
  const bool stray = s->n_out > 0 && (dyo_rng_bits(&s->rng) & 1);
  const int  j =
    stray ? s->out[dyo_rng_below(&s->rng, (uint64_t)s->n_out)] : (int)dyo_rng_below(&s->rng, (uint64_t)s->p->n_tasks);
  const int     a   = some_arc(s, j);
  const int64_t was = s->cost;
  bool          ok  = a != NONE;
  s->n_was          = 0;
  if (!ok) return;
  if (a == s->arc[j]) change(s, j, NONE);
  else ok = insert(s, j, a);
  if (!ok || (s->cost > was && (double)(s->cost - was) * 65536 > (double)heat * (double)patience(s))) undo(s);
}

/* ---- a run ---- */

static int arc_to(const assign_problem *p, int j, int i)
{
  for (size_t k = p->of_first[j]; k < p->of_first[j + 1]; k++)
    if (p->who[p->of[k]] == i) return (int)p->of[k];
  return NONE;
}

static void begin(assign_search *s, const int *start)
{
  const assign_problem *p = s->p;
  s->cost                 = 0;
  s->n_out                = 0;
  for (size_t i = 0; i < p->n_people; i++) {
    s->head[i]  = NONE;
    s->load[i]  = 0;
    s->count[i] = 0;
  }
  for (size_t j = 0; j < p->n_tasks; j++) {
    s->arc[j]          = NONE;
    s->place[j]        = s->n_out;
    s->out[s->n_out++] = (int)j;
    s->cost += p->skip[j];
  }
  for (size_t j = 0; j < p->n_tasks; j++) {
    const int a = start[j] == ASSIGN_OUT ? NONE : arc_to(p, (int)j, start[j]);
    if (a != NONE && fits(s, a)) put(s, (int)j, a);
  }
  for (size_t j = 0; j < p->n_tasks; j++) {
    s->n_was = 0;
    if (s->arc[j] == NONE) place_cheapest(s, (int)j);
  }
}

static void remember(const assign_search *s, assign_plan *plan)
{
  for (size_t j = 0; j < s->p->n_tasks; j++) plan->at[j] = s->arc[j] == NONE ? ASSIGN_OUT : s->p->who[s->arc[j]];
  plan->cost = s->cost;
}

void assign_search_run(assign_search *s, assign_plan *plan, const int *start, int64_t moves, int64_t hot)
{
  int64_t heat = hot;
  begin(s, start);
  if (s->cost < plan->cost) remember(s, plan);
  for (int stage = 0; stage < STAGES && !assign_over(s->w); stage++) {
    const int64_t n = moves * (stage + 1) / STAGES - moves * stage / STAGES;
    for (int64_t k = 0; k < n; k++) {
      step(s, heat);
      if (s->cost < plan->cost) remember(s, plan);
      s->w->used += ASSIGN_MOVE_WORK;
      if (k % 16 == 0 && assign_over(s->w)) return;
    }
    heat = heat * 15 / 16;
  }
}

/* ---- which arcs to look at ---- */

typedef struct {
  int64_t extra;
  int     arc;
} turn;

static int by_extra(const void *a, const void *b)
{
  const turn *x = a, *y = b;
  if (x->extra != y->extra) return x->extra < y->extra ? -1 : 1;
  return (x->arc > y->arc) - (x->arc < y->arc);
}

dyo_status assign_search_guide(assign_search *s, const assign_state *state, dyo_err *err)
{
  const assign_problem *p = s->p;
  turn                 *t = DYO_NEW(s->w->mem, p->n_people + 1, turn);
  if (!t) return dyo_oom(err);
  for (size_t j = 0; j < p->n_tasks; j++) {
    const size_t from = p->of_first[j];
    int          n    = 0;
    for (size_t k = from; k < p->of_first[j + 1]; k++) {
      const size_t a = p->of[k];
      t[n++]         = (turn){state->taken[a] ? -state->extra[a] : state->extra[a], (int)a};
    }
    qsort(t, (size_t)n, sizeof *t, by_extra);
    s->n_list[j] = n < LOOKED_AT ? n : LOOKED_AT;
    for (int k = 0; k < s->n_list[j]; k++) s->list[from + k] = t[k].arc;
  }
  return DYO_OK;
}
