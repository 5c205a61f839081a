/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plans near a plan: the tasks of a few people, chosen where the plan loses most against the prices, are handed out anew while all others
 * stay; that is a small problem of the same kind, which the tree often settles (large neighbourhood search, Shaw 1998). */
#include "staffing/assign.h"

#include <string.h>

typedef struct {
  const assign_state *s;
  assign_plan        *plan;
  dyo_ctx            *mem;
  int64_t            *loss;          /* n_people: what the person's tasks cost beyond the best knapsack at the prices */
  int                *person;        /* n_people: place in the small problem, or -1 */
  int                *task;          /* n_tasks: likewise */
  int                *chosen, *from; /* people and tasks of the small problem */
  int                 n_chosen, n_from;
  assign_problem      p;
} near;

static bool near_make(near *k)
{
  const size_t n = k->s->p->n_tasks, m = k->s->p->n_people;
  k->loss   = DYO_NEW(k->mem, m, int64_t);
  k->person = DYO_NEW(k->mem, m, int);
  k->chosen = DYO_NEW(k->mem, m, int);
  k->task   = DYO_NEW(k->mem, n, int);
  k->from   = DYO_NEW(k->mem, n, int);
  return k->loss && k->person && k->chosen && k->task && k->from;
}

static void weigh_losses(near *k)
{
  const assign_problem *p = k->s->p;
  for (size_t i = 0; i < p->n_people; i++) {
    k->person[i] = -1;
    k->loss[i]   = -k->s->value[i];
    for (size_t a = p->first[i]; a < p->first[i + 1]; a++)
      if (k->plan->at[p->task[a]] == (int)i) k->loss[i] += k->s->cost[a] - k->s->price[p->task[a]];
    if (k->loss[i] < 0) k->loss[i] = 0;
  }
}

static void choose(near *k, int i)
{
  if (k->person[i] >= 0) return;
  k->person[i]             = k->n_chosen;
  k->chosen[k->n_chosen++] = i;
}

/* Somebody by loss; anybody now and then. */
static int draw(near *k, dyo_rng *rng)
{
  const size_t m   = k->s->p->n_people;
  int64_t      sum = 0;
  for (size_t i = 0; i < m; i++) sum += k->loss[i] + 1;
  int64_t at = (int64_t)dyo_rng_below(rng, (uint64_t)sum);
  for (size_t i = 0; i < m; i++) {
    at -= k->loss[i] + 1;
    if (at < 0) return (int)i;
  }
  return (int)m - 1;
}

/* Those who hold, in the plan or by the knapsacks, what the other would have of person i. */
static void spread(near *k, int i, int most)
{
  const assign_problem *p = k->s->p;
  for (size_t a = p->first[i]; a < p->first[i + 1] && k->n_chosen < most; a++) {
    const int  j   = p->task[a];
    const bool has = k->plan->at[j] == i;
    if (has == (bool)k->s->taken[a]) continue;
    if (!has && k->plan->at[j] != ASSIGN_OUT) choose(k, k->plan->at[j]);
    for (size_t q = p->of_first[j]; has && q < p->of_first[j + 1] && k->n_chosen < most; q++)
      if (k->s->taken[p->of[q]]) choose(k, p->who[p->of[q]]);
  }
}

static void choose_people(near *k, dyo_rng *rng, int most)
{
  for (int looked = 0, tries = 0; k->n_chosen < most && tries < 4 * most; tries++) {
    choose(k, draw(k, rng));
    for (; looked < k->n_chosen && k->n_chosen < most; looked++) spread(k, k->chosen[looked], most);
  }
}

/* Tasks of the chosen, and those without anybody. */
static bool small_problem(near *k, int *at)
{
  const assign_problem *p    = k->s->p;
  assign_problem       *q    = &k->p;
  size_t                arcs = 0;
  for (size_t j = 0; j < p->n_tasks; j++) {
    const int i = k->plan->at[j];
    k->task[j]  = i == ASSIGN_OUT || k->person[i] >= 0 ? k->n_from : -1;
    if (k->task[j] >= 0) k->from[k->n_from++] = (int)j;
  }
  for (int c = 0; c < k->n_chosen; c++) arcs += p->first[k->chosen[c] + 1] - p->first[k->chosen[c]];
  q->n_tasks  = (size_t)k->n_from;
  q->n_people = (size_t)k->n_chosen;
  q->first    = DYO_NEW(k->mem, q->n_people + 1, size_t);
  q->task     = DYO_NEW(k->mem, arcs + 1, int);
  q->weight   = DYO_NEW(k->mem, arcs + 1, int);
  q->cost     = DYO_NEW(k->mem, arcs + 1, int64_t);
  q->room     = DYO_NEW(k->mem, q->n_people, int);
  q->most     = DYO_NEW(k->mem, q->n_people, int);
  q->skip     = DYO_NEW(k->mem, q->n_tasks, int64_t);
  if (!q->first || !q->task || !q->weight || !q->cost || !q->room || !q->most || !q->skip) return false;
  for (int c = 0; c < k->n_chosen; c++) {
    const int i = k->chosen[c];
    for (size_t a = p->first[i]; a < p->first[i + 1]; a++) {
      if (k->task[p->task[a]] < 0) continue;
      q->task[q->n_arcs]   = k->task[p->task[a]];
      q->weight[q->n_arcs] = p->weight[a];
      q->cost[q->n_arcs++] = p->cost[a];
    }
    q->first[c + 1] = q->n_arcs;
    q->room[c]      = p->room[i];
    q->most[c]      = p->most[i];
  }
  for (int t = 0; t < k->n_from; t++) {
    const int i = k->plan->at[k->from[t]];
    q->skip[t]  = p->skip[k->from[t]];
    at[t]       = i == ASSIGN_OUT ? ASSIGN_OUT : k->person[i];
  }
  return true;
}

static int64_t cost_of(const assign_problem *q, const int *at)
{
  int64_t sum = 0;
  for (size_t t = 0; t < q->n_tasks; t++) sum += at[t] == ASSIGN_OUT ? q->skip[t] : 0;
  for (size_t i = 0; i < q->n_people; i++)
    for (size_t a = q->first[i]; a < q->first[i + 1]; a++) sum += at[q->task[a]] == (int)i ? q->cost[a] : 0;
  return sum;
}

dyo_status assign_near(const assign_state *s, assign_plan *plan, uint64_t seed, int people, int64_t most_work,
                       dyo_err *err)
{
  dyo_ctx     mem;
  near        k     = {.s = s, .plan = plan, .mem = &mem};
  dyo_rng     rng   = dyo_rng_seed(seed);
  assign_plan small = {.bound = INT64_MIN / 4};
  dyo_status  st    = DYO_OK;
  dyo_ctx_init(&mem, NULL);
  mem.max_memory   = s->w->mem->max_memory - s->w->mem->used;
  assign_work work = {.ctx = s->w->ctx, .mem = &mem, .most = most_work, .seed = seed, .small = true};
  small.at         = DYO_NEW(&mem, s->p->n_tasks, int);
  if (!small.at || !near_make(&k)) st = dyo_oom(err);
  if (st == DYO_OK) {
    weigh_losses(&k);
    choose_people(&k, &rng, people);
    if (!small_problem(&k, small.at)) st = dyo_oom(err);
  }
  if (st == DYO_OK) {
    const int64_t before = small.cost = cost_of(&k.p, small.at);
    st                                = assign_solve(&k.p, &work, &small, err);
    if (st == DYO_OK && small.cost < before) {
      plan->cost -= before - small.cost;
      for (int t = 0; t < k.n_from; t++)
        plan->at[k.from[t]] = small.at[t] == ASSIGN_OUT ? ASSIGN_OUT : k.chosen[small.at[t]];
    }
  }
  s->w->used += work.used + (int64_t)s->p->n_arcs;
  dyo_ctx_clear(&mem);
  return st;
}
