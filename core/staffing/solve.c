/* SPDX-License-Identifier: GPL-3.0-or-later */
/* solve.c - the way from a model to a plan with its proof: who searches, and in what order. */
#include <string.h>

#include "staffing/roster.h"

typedef struct {
  dyo_ctx            *ctx;
  const roster_model *m; /* the same with every least left out: what a plan in the making must keep */
  roster_plan        *plan;
  int                *heads; /* n_demands */
} greedy;

static int *insert(greedy *g, int person, int shift)
{
  int **w = &g->plan->works[person], n = g->plan->n_works[person], at = n;
  int  *next = DYO_NEW(g->ctx, (size_t)n + 1, int);
  if (!next) return NULL;
  while (at > 0 && (*w)[at - 1] > shift) at--;
  if (n) memcpy(next, *w, (size_t)at * sizeof *next);
  if (n) memcpy(next + at + 1, *w + at, (size_t)(n - at) * sizeof *next);
  next[at] = shift;
  return next;
}

static void count(greedy *g, int person, int shift)
{
  for (size_t k = 0; k < g->m->n_demands; k++) {
    const roster_demand *d = &g->m->demands[k];
    if (d->shift == shift && (!d->who || d->who[person])) g->heads[k]++;
  }
}

/* What one more head of this person brings; 0 where it breaks a `most`. */
static bool wanted(const greedy *g, int person, int shift)
{
  bool some = false;
  for (size_t k = 0; k < g->m->n_demands; k++) {
    const roster_demand *d = &g->m->demands[k];
    if (d->shift != shift || (d->who && !d->who[person])) continue;
    if (g->heads[k] >= d->most) return false;
    some = some || g->heads[k] < d->need;
  }
  return some;
}

static dyo_status place(greedy *g, int person, int shift, dyo_err *err)
{
  int *works = insert(g, person, shift);
  if (!works) return dyo_oom(err);
  if (!roster_keeps_rules(g->m, person, works, g->plan->n_works[person] + 1, NULL, NULL, NULL)) return DYO_OK;
  g->plan->works[person] = works;
  g->plan->n_works[person]++;
  count(g, person, shift);
  return DYO_OK;
}

static dyo_status fill(greedy *g, dyo_err *err)
{
  dyo_status st = DYO_OK;
  for (size_t p = 0; p < g->m->n_people && st == DYO_OK; p++)
    for (size_t k = 0; k < g->m->people[p].n_arcs && st == DYO_OK; k++) {
      const int s = g->m->people[p].arcs[k].shift;
      if (wanted(g, (int)p, s)) st = place(g, (int)p, s, err);
    }
  return st;
}

/* Everybody at the cheapest they could ever be, and nobody short but where too few people exist. */
static void weak_bound(const roster_model *m, roster_plan *plan)
{
  plan->bound = 0;
  for (size_t p = 0; p < m->n_people; p++) {
    const roster_person *who = &m->people[p];
    plan->bound += who->used < 0 ? who->used : 0;
    for (size_t k = 0; k < who->n_arcs; k++)
      plan->bound += who->arcs[k].cost < 0 || who->arcs[k].fixed ? who->arcs[k].cost : 0;
  }
  plan->least_short = 0;
}

dyo_status roster_solve(dyo_ctx *ctx, const roster_model *m, const roster_options *o, roster_plan *plan, dyo_err *err)
{
  roster_model   loose  = *m;
  roster_person *people = DYO_NEW(ctx, m->n_people + 1, roster_person);
  greedy         g      = {.ctx = ctx, .m = &loose, .plan = plan, .heads = DYO_NEW(ctx, m->n_demands + 1, int)};
  dyo_status     st     = DYO_OK;
  (void)o;
  *plan = (roster_plan){.works      = DYO_NEW(ctx, m->n_people + 1, int *),
                        .n_works    = DYO_NEW(ctx, m->n_people + 1, int),
                        .stopped_by = ROSTER_BY_WORK};
  if (!people || !g.heads || !plan->works || !plan->n_works) return dyo_oom(err);
  for (size_t p = 0; p < m->n_people; p++) {
    people[p]             = m->people[p];
    people[p].hours_least = people[p].week_least = people[p].run_least = people[p].off_least = 0;
    for (size_t k = 0; k < people[p].n_arcs && st == DYO_OK; k++)
      if (people[p].arcs[k].fixed) {
        int *works       = insert(&g, (int)p, people[p].arcs[k].shift);
        plan->works[p]   = works;
        plan->n_works[p] = works ? plan->n_works[p] + 1 : 0;
        if (!works) return dyo_oom(err);
        count(&g, (int)p, people[p].arcs[k].shift);
      }
  }
  loose.people = people;
  st           = fill(&g, err);
  weak_bound(m, plan);
  if (st == DYO_OK) roster_check(&loose, plan->works, plan->n_works, &plan->cost, &plan->short_heads, NULL, NULL, NULL);
  return st;
}
