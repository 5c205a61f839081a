/* SPDX-License-Identifier: GPL-3.0-or-later */
/* columns.c - rosters as columns, kept once each, and what a plan made of them is worth. */
#include "staffing/rules_search.h"

#include <string.h>

/* dyo_poll looks at the clock once in many times, so it is asked as often as the work done since then is worth. */
bool job_stopped(rules_job *j)
{
  const uint64_t work = (j->pricer->work - j->polled) / 200000, n = work < 64 ? work : 64;
  j->polled = j->pricer->work;
  for (uint64_t i = 0; i < n; i++)
    if (dyo_poll(j->ctx, 0, "searching rosters") != DYO_RUN_ON) return true;
  return dyo_poll(j->ctx, 0, "searching rosters") != DYO_RUN_ON;
}

static uint64_t hash_of(const int *arcs, int n)
{
  uint64_t h = 0x9E3779B97F4A7C15u + (uint64_t)n;
  for (int i = 0; i < n; i++) h = (h ^ (uint64_t)arcs[i]) * 0xBF58476D1CE4E5B9u ^ h >> 29;
  return h;
}

dyo_status column_of(rules_job *j, int person, const int *arcs, int n, column **out, dyo_err *err)
{
  const uint64_t hash = hash_of(arcs, n);
  int64_t        cost;
  *out = NULL;
  for (column *c = j->pool[person]; c; c = c->next) {
    if (c->hash != hash || c->n != n || (n && memcmp(c->arcs, arcs, (size_t)n * sizeof *arcs) != 0)) continue;
    *out = c;
    return DYO_OK;
  }
  for (int i = 0; i < n; i++) j->works[i] = j->m->people[person].arcs[arcs[i]].shift;
  if (!roster_keeps_rules(j->m, person, j->works, n, &cost, NULL, NULL)) return DYO_OK;
  column *c = DYO_NEW(j->ctx, 1, column);
  if (!c) return dyo_oom(err);
  *c      = (column){.person = person, .n = n, .cost = cost, .hash = hash, .next = j->pool[person]};
  c->arcs = DYO_NEW(j->ctx, (size_t)n + 1, int);
  if (!c->arcs) return dyo_oom(err);
  if (n) memcpy(c->arcs, arcs, (size_t)n * sizeof *arcs);
  j->pool[person] = c;
  *out            = c;
  return DYO_OK;
}

int64_t job_demand_cost(const rules_job *j, int demand, int heads)
{
  const int need = j->m->demands[demand].need;
  return heads < need ? j->under[demand] * (need - heads) : j->over[demand] * (heads - need);
}

int job_hard_short(const rules_job *j, int demand, int heads)
{
  const roster_demand *d = &j->m->demands[demand];
  return d->under == ROSTER_HARD && heads < d->need ? d->need - heads : 0;
}

worth job_worth(const rules_job *j, column *const *plan, int *heads)
{
  worth w = {0};
  memset(heads, 0, j->m->n_demands * sizeof *heads);
  for (int p = 0; p < (int)j->m->n_people; p++) {
    const column *c = plan[p];
    if (!j->first) w.value += c->cost;
    for (int i = 0; i < c->n; i++)
      for (int k = j->at[p][c->arcs[i]]; k < j->at[p][c->arcs[i] + 1]; k++) heads[j->list[p][k]]++;
  }
  for (int d = 0; d < (int)j->m->n_demands; d++) {
    w.value += job_demand_cost(j, d, heads[d]);
    w.short_heads += job_hard_short(j, d, heads[d]);
    if (heads[d] > j->m->demands[d].most) w.beyond += heads[d] - j->m->demands[d].most;
  }
  return w;
}

bool worth_less(const worth *a, const worth *b)
{
  if (a->beyond != b->beyond) return a->beyond < b->beyond;
  if (a->short_heads != b->short_heads) return a->short_heads < b->short_heads;
  return a->value < b->value;
}

bool job_offer(rules_job *j, column *const *plan)
{
  const worth w = job_worth(j, plan, j->heads_tried);
  if (!worth_less(&w, &j->best)) return false;
  memcpy(j->plan, plan, j->m->n_people * sizeof *plan);
  memcpy(j->heads, j->heads_tried, j->m->n_demands * sizeof *j->heads);
  j->best = w;
  if (!j->first && w.short_heads < j->most_short) j->most_short = w.short_heads;
  return true;
}

void job_count(rules_job *j)
{
  j->best = job_worth(j, j->plan, j->heads);
}
