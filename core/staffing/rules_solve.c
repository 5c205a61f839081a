/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rules_solve.c - the course of a search for people with rich rules: least shortage first, then cost. */
#include "staffing/rules.h"
#include "staffing/rules_search.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TURNS 4    /* of neighbourhoods and a tree, one after the other, before more work is taken not to pay */
#define DIVES 4    /* again, where the plan stays far from the bound */
#define SMALL 100  /* people and demands: a tree is worth more than another dive */
#define NODES 500  /* of one tree */
#define NEAR  0.04 /* a plan so near to the bound needs no dive */

/* ---- setting up ---- */

static bool counts(const roster_demand *d, int p)
{
  return !d->who || d->who[p];
}

/* Which demands each arc serves. Demands are in order of shift. */
static bool link_demands(rules_job *j)
{
  const roster_model *m     = j->m;
  int                *first = DYO_NEW(j->ctx, m->n_shifts + 1, int);
  if (!first) return false;
  for (size_t s = 0, d = 0; s <= m->n_shifts; s++) {
    while (d < m->n_demands && m->demands[d].shift < (int)s) d++;
    first[s] = (int)d;
  }
  for (size_t p = 0; p < m->n_people; p++) {
    const roster_person *P = &m->people[p];
    int                  n = 0;
    for (size_t a = 0; a < P->n_arcs; a++) n += first[P->arcs[a].shift + 1] - first[P->arcs[a].shift];
    j->at[p]      = DYO_NEW(j->ctx, P->n_arcs + 1, int);
    j->list[p]    = DYO_NEW(j->ctx, (size_t)n + 1, int);
    j->lim.arc[p] = DYO_NEW(j->ctx, P->n_arcs + 1, int8_t);
    if (!j->at[p] || !j->list[p] || !j->lim.arc[p]) return false;
    n = 0;
    for (size_t a = 0; a < P->n_arcs; a++) {
      j->at[p][a] = n;
      for (int d = first[P->arcs[a].shift]; d < first[P->arcs[a].shift + 1]; d++) {
        if (!counts(&m->demands[d], (int)p)) continue;
        j->list[p][n++] = d;
        j->able[d]++;
      }
    }
    j->at[p][P->n_arcs] = n;
  }
  return true;
}

static bool make_rooms(rules_job *j)
{
  const size_t np = j->m->n_people, nd = j->m->n_demands + 1, ns = j->m->n_shifts + 1;
  j->under       = DYO_NEW(j->ctx, nd, int64_t);
  j->over        = DYO_NEW(j->ctx, nd, int64_t);
  j->at          = DYO_NEW(j->ctx, np, int *);
  j->list        = DYO_NEW(j->ctx, np, int *);
  j->able        = DYO_NEW(j->ctx, nd, int);
  j->pool        = DYO_NEW(j->ctx, np, column *);
  j->plan        = DYO_NEW(j->ctx, np, column *);
  j->tried       = DYO_NEW(j->ctx, np, column *);
  j->heads       = DYO_NEW(j->ctx, nd, int);
  j->heads_tried = DYO_NEW(j->ctx, nd, int);
  j->lim.arc     = DYO_NEW(j->ctx, np, int8_t *);
  j->lim.low     = DYO_NEW(j->ctx, nd, int);
  j->lim.high    = DYO_NEW(j->ctx, nd, int);
  j->price       = DYO_NEW(j->ctx, ns, double);
  j->arcs        = DYO_NEW(j->ctx, ns, int);
  j->works       = DYO_NEW(j->ctx, ns, int);
  j->rows        = DYO_NEW(j->ctx, nd + 1, int);
  j->vals        = DYO_NEW(j->ctx, nd + ns + 1, double);
  j->order       = DYO_NEW(j->ctx, np, int);
  j->fixed       = DYO_NEW(j->ctx, np, uint8_t);
  return j->under && j->over && j->at && j->list && j->able && j->pool && j->plan && j->tried && j->heads &&
         j->heads_tried && j->lim.arc && j->lim.low && j->lim.high && j->price && j->arcs && j->works && j->rows &&
         j->vals && j->order && j->fixed;
}

/* No plan costs less than all that pays, worked by everybody who may. */
static int64_t plain_bound(const roster_model *m)
{
  int64_t sum = 0;
  for (size_t p = 0; p < m->n_people; p++)
    for (size_t a = 0; a < m->people[p].n_arcs; a++)
      if (m->people[p].arcs[a].cost < 0) sum += m->people[p].arcs[a].cost;
  return sum;
}

/* The objective in hand: heads short, or cost. */
static void aim(rules_job *j, bool first)
{
  j->first = first;
  for (size_t d = 0; d < j->m->n_demands; d++) {
    const roster_demand *D    = &j->m->demands[d];
    const bool           hard = D->under == ROSTER_HARD;
    j->under[d]               = first ? hard : hard ? 0 : D->under;
    j->over[d]                = first ? 0 : D->over;
  }
  j->bound = first ? 0 : plain_bound(j->m);
  for (size_t p = 0; p < j->m->n_people; p++)
    for (column *c = j->pool[p]; c; c = c->next) c->reduced = 0;
}

/* Prices are whole multiples of 1 / stretch of a unit: as fine as keeps sums of them exact. */
static double stretch_of(const rules_job *j)
{
  double most = 1;
  for (size_t d = 0; d < j->m->n_demands; d++) {
    const roster_demand *D = &j->m->demands[d];
    if (D->under != ROSTER_HARD && (double)D->under > most) most = (double)D->under;
    if ((double)D->over > most) most = (double)D->over;
  }
  for (size_t p = 0; p < j->m->n_people; p++)
    for (size_t a = 0; a < j->m->people[p].n_arcs; a++) most = fmax(most, fabs((double)j->m->people[p].arcs[a].cost));
  double stretch = 65536;
  while (stretch > 1 && stretch * most > 0x1p30) stretch /= 2;
  return stretch;
}

static dyo_status job_new(dyo_ctx *ctx, const roster_model *m, uint64_t seed, rules_job **out, dyo_err *err)
{
  rules_job *j = DYO_NEW(ctx, 1, rules_job);
  *out         = j;
  if (!j) return dyo_oom(err);
  *j = (rules_job){.ctx = ctx, .m = m, .rng = dyo_rng_seed(seed), .most_short = INT_MAX / 2};
  if (!make_rooms(j) || !link_demands(j) || master_new(j) != DYO_OK) return dyo_oom(err);
  j->stretch = stretch_of(j);
  limits_clear(j);
  return rules_pricer_new(ctx, m, &j->pricer, err);
}

/* ---- the course ---- */

static bool near_enough(const rules_job *j, double gap)
{
  return (double)j->bound >= job_cutoff(j) ||
         (job_cutoff(j) < INFINITY && (double)(j->best.value - j->bound) <= gap * fabs((double)j->best.value));
}

static void raise_bound(rules_job *j, double bound)
{
  if (bound == -INFINITY || bound > 0x1p60) return;
  const int64_t whole = (int64_t)ceil(bound - 1e-6);
  if (whole > j->bound) j->bound = whole;
}

/* Cells that a local search may visit: the time of a large master grows as the cube of its rows, and local search gets as much. */
static uint64_t local_work(const rules_job *j)
{
  const double rows = (double)(j->m->n_people + j->m->n_demands) / 256, cube = rows * rows * rows;
  return (uint64_t)(0x1p32 * (cube < 0.0001 ? 0.0001 : cube > 4 ? 4 : cube));
}

/* The bound of all people's master, and a dive where the plan stays far from it. */
static dyo_status first_bound(rules_job *j, const team *all, dyo_err *err)
{
  const master_options root = {.cutoff = INFINITY, .rounds = 1000, .columns = 100, .reduced = INFINITY};
  dyo_status           st   = master_solve(j, all, &root, err);
  raise_bound(j, j->master->bound);
  if (st == DYO_OK && !near_enough(j, NEAR)) st = rules_local(j, local_work(j), err);
  if (st == DYO_OK && !near_enough(j, NEAR) && j->master->solved && !job_stopped(j)) st = rules_dive(j, all, err);
  master_close(j);
  return st;
}

static dyo_status search(rules_job *j, double gap, dyo_err *err)
{
  const int n   = (int)j->m->n_people;
  team      all = {DYO_NEW(j->ctx, (size_t)n, int), n};
  double    bound;
  if (!all.people) return dyo_oom(err);
  for (int i = 0; i < n; i++) all.people[i] = i;
  dyo_status st = rules_polish(j, err);
  if (st == DYO_OK && !near_enough(j, gap)) st = rules_local(j, local_work(j) / 2, err);
  if (st == DYO_OK && !near_enough(j, gap)) st = first_bound(j, &all, err);
  for (int turn = 0, trees = 0; trees < TURNS; turn++) {
    if (st == DYO_OK && !near_enough(j, gap)) st = rules_local(j, local_work(j) << (turn < TURNS ? turn : TURNS), err);
    if (st == DYO_OK && !near_enough(j, gap)) st = rules_neighbours(j, 30 + 2 * n, err);
    if (st != DYO_OK || near_enough(j, gap) || job_stopped(j)) break;
    if (turn < DIVES && j->m->n_people + j->m->n_demands > SMALL && !near_enough(j, NEAR)) {
      st = first_bound(j, &all, err);
      continue;
    }
    trees++;
    const master_options o = {.rounds = 1000, .columns = 60, .reduced = (double)(j->best.value - j->bound) + 1};
    st                     = rules_tree(j, &all, NODES, &o, &bound, err);
    if (st == DYO_OK) raise_bound(j, bound);
  }
  return st;
}

static dyo_status hand_over(rules_job *j, roster_plan *plan, dyo_err *err)
{
  const size_t np = j->m->n_people;
  plan->works     = DYO_NEW(j->ctx, np, int *);
  plan->n_works   = DYO_NEW(j->ctx, np, int);
  if (!plan->works || !plan->n_works) return dyo_oom(err);
  for (size_t p = 0; p < np; p++) {
    const column *c  = j->plan[p];
    plan->works[p]   = DYO_NEW(j->ctx, (size_t)c->n + 1, int);
    plan->n_works[p] = c->n;
    if (!plan->works[p]) return dyo_oom(err);
    for (int i = 0; i < c->n; i++) plan->works[p][i] = j->m->people[p].arcs[c->arcs[i]].shift;
  }
  const char *why = "";
  int         who = -1, which = -1;
  if (!roster_check(j->m, plan->works, plan->n_works, &plan->cost, &plan->short_heads, &why, &who, &which))
    return dyo_fail(err, DYO_INVALID_INPUT, "", "no plan was found that keeps every rule: %s", why);
  return DYO_OK;
}

static bool any_hard(const roster_model *m)
{
  for (size_t d = 0; d < m->n_demands; d++)
    if (m->demands[d].under == ROSTER_HARD && m->demands[d].need > 0) return true;
  return false;
}

dyo_status rules_solve(dyo_ctx *ctx, const roster_model *m, const roster_options *o, roster_plan *plan, dyo_err *err)
{
  rules_job *j;
  *plan         = (roster_plan){0};
  dyo_status st = job_new(ctx, m, o->seed, &j, err);
  if (st != DYO_OK) return st;
  aim(j, false);
  st = rules_start(j, err);
  if (st == DYO_OK) st = rules_polish(j, err);
  if (st == DYO_OK && any_hard(m)) {
    aim(j, true);
    job_count(j);
    if (j->best.short_heads > 0) st = search(j, 0, err);
    plan->least_short = (int)j->bound;
    aim(j, false);
    job_count(j);
  }
  j->most_short = j->best.short_heads;
  if (st == DYO_OK) st = search(j, o->gap, err);
  if (st != DYO_OK) return st;
  plan->bound      = j->bound;
  plan->stopped_by = near_enough(j, o->gap) ? ROSTER_BY_GAP : ROSTER_BY_WORK;
  if (job_stopped(j)) plan->stopped_by = ctx->stop == DYO_STOP_TIME ? ROSTER_BY_TIME : ROSTER_BY_CANCEL;
  return hand_over(j, plan, err);
}
