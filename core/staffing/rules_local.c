/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rules_local.c - local search by destroying and repairing (Ropke & Pisinger, Transportation Science 40 (2006)): a few people lose their
 * rosters and get new ones one after the other, each the cheapest through their graph at prices that are what heads cost now, some of them
 * shaken. Late acceptance (Burke & Bykov, European Journal of Operational Research 258 (2017)): a plan is taken when it is no worse than
 * that of so many moves ago. Everything is counted in whole numbers, so that the same seed gives the same plan. */
#include "staffing/rules_search.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LATE_LEAST 50                 /* moves looked back, at first */
#define LATE_MOST  800                /* ... at last: more time, better plans */
#define TEAM       3                  /* people of one move, at most */
#define LACKING    ((int64_t)1 << 32) /* what a head of a ROSTER_HARD demand short is worth */
#define BEYOND     ((int64_t)1 << 40) /* ... and one beyond `most` */

/* One roster: places in the person's list. */
typedef struct {
  int    *arcs, n;
  int64_t cost;
} roster;

typedef struct {
  rules_job *j;
  roster    *now, *old, *best; /* n_people: in hand, before the move, the best plan */
  int       *heads;            /* n_demands: in hand */
  int64_t    value, best_value;
  int64_t    late[LATE_MOST];
  double    *shake; /* n_demands: added to the price of a head */
  int        most;  /* of a shake, either way */
  int        team[TEAM], size;
  uint64_t   moves, since; /* moves made, of them since the best plan came */
} local;

static int64_t demand_value(const rules_job *j, int d, int heads)
{
  const roster_demand *D = &j->m->demands[d];
  const int64_t        v = job_demand_cost(j, d, heads) + LACKING * job_hard_short(j, d, heads);
  return heads > D->most ? v + BEYOND * (heads - D->most) : v;
}

/* Takes the person's roster into the plan (by 1) or out of it (by -1). */
static void put(local *l, int p, int by)
{
  const rules_job *j = l->j;
  const roster    *r = &l->now[p];
  for (int i = 0; i < r->n; i++)
    for (int k = j->at[p][r->arcs[i]]; k < j->at[p][r->arcs[i] + 1]; k++) {
      const int d = j->list[p][k];
      l->value -= demand_value(j, d, l->heads[d]);
      l->heads[d] += by;
      l->value += demand_value(j, d, l->heads[d]);
    }
  if (!j->first) l->value += by * r->cost;
}

static void copy(roster *to, const roster *from)
{
  memcpy(to->arcs, from->arcs, (size_t)from->n * sizeof *from->arcs);
  to->n    = from->n;
  to->cost = from->cost;
}

/* Prices of the person's arcs, who is not in the plan: what one more head changes. */
static void price_heads(local *l, int p, bool shaken)
{
  rules_job           *j = l->j;
  const roster_person *P = &j->m->people[p];
  for (size_t a = 0; a < P->n_arcs; a++) {
    double c = j->first ? 0.0 : (double)P->arcs[a].cost;
    for (int k = j->at[p][a]; k < j->at[p][a + 1]; k++) {
      const int d = j->list[p][k];
      c += (double)(demand_value(j, d, l->heads[d] + 1) - demand_value(j, d, l->heads[d]));
      if (shaken) c += l->shake[d];
    }
    j->price[a] = c;
  }
}

/* The person, whose roster is out of the plan, gets the cheapest one. Where none that keeps the rules is found the old one stays. */
static dyo_status repair(local *l, int p, bool shaken, dyo_err *err)
{
  rules_job           *j = l->j;
  const roster_person *P = &j->m->people[p];
  price_heads(l, p, shaken);
  rules_query      q  = {.price = j->price, .scale = j->first ? 0 : 1, .arcs = j->arcs};
  const dyo_status st = rules_price(j->pricer, p, &q, err);
  if (st != DYO_OK || q.n < 0) return st;
  int64_t cost = 0;
  if (q.exact && !j->first) {
    double top = q.value;
    for (int i = 0; i < q.n; i++) {
      top -= j->price[q.arcs[i]];
      cost += P->arcs[q.arcs[i]].cost;
    }
    cost += (int64_t)top;
  } else {
    for (int i = 0; i < q.n; i++) j->works[i] = P->arcs[q.arcs[i]].shift;
    if (!roster_keeps_rules(j->m, p, j->works, q.n, &cost, NULL, NULL)) return DYO_OK;
  }
  if (q.n) memcpy(l->now[p].arcs, q.arcs, (size_t)q.n * sizeof *q.arcs);
  l->now[p].n    = q.n;
  l->now[p].cost = cost;
  return DYO_OK;
}

/* ---- moves ---- */

static void pick(local *l)
{
  rules_job *j  = l->j;
  const int  np = (int)j->m->n_people, n = 2 + (int)dyo_rng_below(&j->rng, TEAM - 1);
  l->size = n < np ? n : np;
  for (int i = 0; i < l->size; i++) {
    const int k = i + (int)dyo_rng_below(&j->rng, (uint64_t)(np - i)), x = j->order[k];
    j->order[k] = j->order[i];
    j->order[i] = x;
    l->team[i]  = x;
  }
}

/* The team's people one after the other, each out and in again, until no one gains. */
static dyo_status settle(local *l, dyo_err *err)
{
  dyo_status st     = DYO_OK;
  int64_t    before = l->value + 1;
  while (l->value < before && st == DYO_OK) {
    before = l->value;
    for (int i = 0; i < l->size && st == DYO_OK; i++) {
      put(l, l->team[i], -1);
      st = repair(l, l->team[i], false, err);
      put(l, l->team[i], 1);
    }
  }
  return st;
}

static dyo_status make_move(local *l, dyo_err *err)
{
  dyo_status     st   = DYO_OK;
  const uint64_t wide = 2 * (uint64_t)l->most + 1;
  pick(l);
  for (int i = 0; i < l->size; i++) {
    copy(&l->old[l->team[i]], &l->now[l->team[i]]);
    put(l, l->team[i], -1);
  }
  for (int d = 0; d < (int)l->j->m->n_demands; d++)
    l->shake[d] = (double)dyo_rng_below(&l->j->rng, wide) - (double)l->most;
  for (int i = 0; i < l->size; i++) {
    if (st == DYO_OK) st = repair(l, l->team[i], true, err);
    put(l, l->team[i], 1);
  }
  return st == DYO_OK ? settle(l, err) : st;
}

static void undo(local *l)
{
  for (int i = 0; i < l->size; i++) {
    put(l, l->team[i], -1);
    copy(&l->now[l->team[i]], &l->old[l->team[i]]);
    put(l, l->team[i], 1);
  }
}

static void copy_all(const local *l, roster *to, const roster *from)
{
  for (size_t p = 0; p < l->j->m->n_people; p++) copy(&to[p], &from[p]);
}

/* Prices are shaken by a fifth of what a head short costs as a rule, or else of what a shift does. */
static int shake_of(const rules_job *j)
{
  double sum = 0, n = 0;
  for (size_t d = 0; d < j->m->n_demands; d++)
    if (j->under[d] > 0) {
      sum += (double)j->under[d];
      n++;
    }
  for (size_t p = 0; p < j->m->n_people && n == 0; p++)
    for (size_t a = 0; a < j->m->people[p].n_arcs; a++) {
      sum += fabs((double)j->m->people[p].arcs[a].cost) / (double)j->m->people[p].n_arcs;
      n += 1 / (double)j->m->people[p].n_arcs;
    }
  const double most = n > 0 ? sum / n / 5 : 0;
  return most < 1 ? 1 : most > 1e6 ? 1000000 : (int)most;
}

static bool local_new(rules_job *j, local *l)
{
  const size_t np = j->m->n_people, nd = j->m->n_demands + 1;
  *l       = (local){.j = j, .most = shake_of(j)};
  l->now   = DYO_NEW(j->ctx, np, roster);
  l->old   = DYO_NEW(j->ctx, np, roster);
  l->best  = DYO_NEW(j->ctx, np, roster);
  l->heads = DYO_NEW(j->ctx, nd, int);
  l->shake = DYO_NEW(j->ctx, nd, double);
  if (!l->now || !l->old || !l->best || !l->heads || !l->shake) return false;
  for (size_t p = 0; p < np; p++) {
    const size_t n  = j->m->people[p].n_arcs + 1;
    l->now[p].arcs  = DYO_NEW(j->ctx, n, int);
    l->old[p].arcs  = DYO_NEW(j->ctx, n, int);
    l->best[p].arcs = DYO_NEW(j->ctx, n, int);
    if (!l->now[p].arcs || !l->old[p].arcs || !l->best[p].arcs) return false;
  }
  return true;
}

static void take_plan(local *l)
{
  const rules_job *j = l->j;
  for (int d = 0; d < (int)j->m->n_demands; d++) l->value += demand_value(j, d, 0);
  for (int p = 0; p < (int)j->m->n_people; p++) {
    const column *c = j->plan[p];
    j->order[p]     = p;
    copy(&l->now[p], &(roster){c->arcs, c->n, c->cost});
    put(l, p, 1);
  }
  copy_all(l, l->best, l->now);
  l->best_value = l->value;
}

static dyo_status offer(local *l, dyo_err *err)
{
  rules_job *j  = l->j;
  dyo_status st = DYO_OK;
  for (int p = 0; p < (int)j->m->n_people && st == DYO_OK; p++) {
    st = column_of(j, p, l->best[p].arcs, l->best[p].n, &j->tried[p], err);
    if (st == DYO_OK && !j->tried[p]) return DYO_OK;
  }
  if (st == DYO_OK) job_offer(j, j->tried);
  return st;
}

/* Moves that look `back` moves back, until the best plan has not changed for long, or the work is done. */
static dyo_status descend(local *l, int back, uint64_t until, dyo_err *err)
{
  rules_job     *j        = l->j;
  const uint64_t patience = 20 * (uint64_t)back + 50 * j->m->n_people;
  dyo_status     st       = DYO_OK;
  for (int i = 0; i < back; i++) l->late[i] = l->value;
  l->since = 0;
  while (st == DYO_OK && l->since++ < patience && j->pricer->work < until && l->best_value > j->bound) {
    const int64_t before = l->value;
    int64_t      *late   = &l->late[l->moves++ % (uint64_t)back];
    if (job_stopped(j)) break;
    st = make_move(l, err);
    if (l->value > before && l->value > *late) undo(l);
    if (l->value < *late) *late = l->value;
    if (l->value >= l->best_value) continue;
    l->best_value = l->value;
    l->since      = 0;
    copy_all(l, l->best, l->now);
  }
  return st;
}

dyo_status rules_local(rules_job *j, uint64_t work, dyo_err *err)
{
  local         *l     = malloc(sizeof *l);
  const uint64_t until = j->pricer->work + work;
  if (!l || !local_new(j, l)) {
    free(l);
    return dyo_oom(err);
  }
  take_plan(l);
  dyo_status st = DYO_OK;
  for (int back = LATE_LEAST; st == DYO_OK; back *= 2) {
    st = descend(l, back, until, err);
    if (st == DYO_OK) st = offer(l, err);
    if (job_stopped(j) || j->pricer->work >= until || l->best_value <= j->bound) break;
    if (2 * back > LATE_MOST || 2 * (size_t)back > 8 * j->m->n_people) break;
  }
  free(l);
  return st;
}
