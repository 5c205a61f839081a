/* SPDX-License-Identifier: GPL-3.0-or-later */
/* one_by_one.c - a plan for people with any rules: shifts are handed out one after the other wherever the rules allow it. */
#include "staffing/engine.h"

#include <string.h>

typedef struct {
  dyo_ctx     *ctx;
  roster_model m; /* without least hours, which rosters in the making cannot keep */
  roster_plan *plan;
  int         *heads; /* of each demand of m */
  int         *works; /* scratch: n_shifts */
} handing;

static void count(handing *h, int person, int shift)
{
  for (size_t k = 0; k < h->m.n_demands; k++) {
    const roster_demand *d = &h->m.demands[k];
    if (d->shift == shift && (!d->who || d->who[person])) h->heads[k]++;
  }
}

/* Some demand is short of this person in this shift, and none has too many. */
static bool asked(const handing *h, int person, int shift)
{
  bool some = false;
  for (size_t k = 0; k < h->m.n_demands; k++) {
    const roster_demand *d = &h->m.demands[k];
    if (d->shift != shift || (d->who && !d->who[person])) continue;
    if (h->heads[k] >= d->most) return false;
    some = some || h->heads[k] < d->need;
  }
  return some;
}

static void give(handing *h, int person, int shift, bool must)
{
  int *list = h->plan->works[person], n = h->plan->n_works[person], at = n;
  while (at > 0 && list[at - 1] > shift) at--;
  if (at > 0 && list[at - 1] == shift) return;
  memcpy(h->works, list, (size_t)at * sizeof *list);
  memcpy(h->works + at + 1, list + at, (size_t)(n - at) * sizeof *list);
  h->works[at] = shift;
  if (!must && !roster_keeps_rules(&h->m, person, h->works, n + 1, NULL, NULL, NULL)) return;
  memcpy(list, h->works, (size_t)(n + 1) * sizeof *list);
  h->plan->n_works[person] = n + 1;
  count(h, person, shift);
}

/* Everybody at the cheapest that could ever be. */
static int64_t weak_bound(const roster_model *m)
{
  int64_t sum = 0;
  for (size_t p = 0; p < m->n_people; p++) {
    const roster_person *who = &m->people[p];
    sum += who->used < 0 ? who->used : 0;
    for (size_t k = 0; k < who->n_arcs; k++) sum += who->arcs[k].cost < 0 || who->arcs[k].fixed ? who->arcs[k].cost : 0;
  }
  return sum;
}

static bool begin(handing *h, const roster_model *m)
{
  roster_person *people = DYO_NEW(h->ctx, m->n_people + 1, roster_person);
  h->m                  = *m;
  h->heads              = DYO_NEW(h->ctx, m->n_demands + 1, int);
  h->works              = DYO_NEW(h->ctx, m->n_shifts + 1, int);
  h->plan->works        = DYO_NEW(h->ctx, m->n_people + 1, int *);
  h->plan->n_works      = DYO_NEW(h->ctx, m->n_people + 1, int);
  if (!people || !h->heads || !h->works || !h->plan->works || !h->plan->n_works) return false;
  h->m.people = people;
  for (size_t p = 0; p < m->n_people; p++) {
    people[p]             = m->people[p];
    people[p].hours_least = people[p].week_least = 0;
    h->plan->works[p]                            = DYO_NEW(h->ctx, m->people[p].n_arcs + 1, int);
    if (!h->plan->works[p]) return false;
  }
  return true;
}

dyo_status roster_one_by_one(dyo_ctx *ctx, const roster_model *m, roster_plan *plan, dyo_err *err)
{
  handing     h    = {.ctx = ctx, .plan = plan};
  const char *why  = "";
  int64_t     lack = 0;
  *plan            = (roster_plan){.bound = weak_bound(m), .stopped_by = ROSTER_BY_WORK};
  if (!begin(&h, m)) return dyo_oom(err);
  for (int pass = 0; pass < 2; pass++)
    for (size_t p = 0; p < m->n_people; p++)
      for (size_t k = 0; k < m->people[p].n_arcs; k++) {
        const roster_arc *a = &m->people[p].arcs[k];
        if (pass == 0 && a->fixed) give(&h, (int)p, a->shift, true);
        if (pass == 1 && dyo_poll(ctx, 0, "plan") == DYO_RUN_ON && asked(&h, (int)p, a->shift))
          give(&h, (int)p, a->shift, false);
      }
  for (size_t p = 0; p < m->n_people; p++) {
    int hours = 0;
    for (int k = 0; k < plan->n_works[p]; k++) hours += m->shifts[plan->works[p][k]].hours;
    if (hours < m->people[p].hours_least) lack += m->people[p].hours_least - hours;
  }
  plan->short_hours = lack;
  if (roster_check(&h.m, plan->works, plan->n_works, &plan->cost, &plan->short_heads, &why, NULL, NULL)) return DYO_OK;
  return dyo_fail(err, DYO_INTERNAL, "", "the plan breaks a rule: %s", why);
}
