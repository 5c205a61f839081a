/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rules_moves.c - plans: one person's best answer to the others, diving on the master, and neighbourhoods of a few people. */
#include "staffing/rules_search.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define HARD   0x1p32 /* what a head of a ROSTER_HARD demand is worth to one person's answer */
#define BEYOND 0x1p40 /* what a head beyond `most` costs it */

/* One more head in demand d, where the others are so many. */
static double marginal(const rules_job *j, int d, int heads)
{
  const roster_demand *D    = &j->m->demands[d];
  double               cost = (double)(job_demand_cost(j, d, heads + 1) - job_demand_cost(j, d, heads));
  if (D->under == ROSTER_HARD && heads < D->need) cost -= HARD;
  return heads >= D->most ? cost + BEYOND : cost;
}

static bool keeps_rules(rules_job *j, int p, const uint8_t *in)
{
  const roster_person *P = &j->m->people[p];
  int                  n = 0;
  for (size_t a = 0; a < P->n_arcs; a++)
    if (in[a]) j->works[n++] = P->arcs[a].shift;
  return roster_keeps_rules(j->m, p, j->works, n, NULL, NULL, NULL);
}

/* For a person whose rules are too many to count exactly: the cheapest arcs one by one, as far as the rules let them in. */
static dyo_status greedy(rules_job *j, int p, column **out, dyo_err *err)
{
  const roster_person *P  = &j->m->people[p];
  uint8_t             *in = calloc(2 * P->n_arcs + 1, 1), *seen = in + P->n_arcs;
  int                  n = 0;
  if (!in) return dyo_oom(err);
  for (size_t a = 0; a < P->n_arcs; a++) in[a] = seen[a] = P->arcs[a].fixed != 0;
  for (size_t round = 0; round < P->n_arcs; round++) {
    size_t best = P->n_arcs;
    for (size_t a = 0; a < P->n_arcs; a++)
      if (!seen[a] && (best == P->n_arcs || j->price[a] < j->price[best])) best = a;
    if (best == P->n_arcs || j->price[best] >= 0) break;
    in[best] = seen[best] = 1;
    if (!keeps_rules(j, p, in)) in[best] = 0;
  }
  for (size_t a = 0; a < P->n_arcs; a++)
    if (in[a]) j->arcs[n++] = (int)a;
  free(in);
  return column_of(j, p, j->arcs, n, out, err);
}

/* The best answer of person to heads, which do not count this person. NULL: none that keeps the rules was found. */
static dyo_status answer(rules_job *j, int p, const int *heads, column **out, dyo_err *err)
{
  const roster_person *P = &j->m->people[p];
  for (size_t a = 0; a < P->n_arcs; a++) {
    double c = j->first ? 0.0 : (double)P->arcs[a].cost;
    for (int k = j->at[p][a]; k < j->at[p][a + 1]; k++) c += marginal(j, j->list[p][k], heads[j->list[p][k]]);
    j->price[a] = c;
  }
  rules_query q  = {.price = j->price, .scale = j->first ? 0 : 1, .arcs = j->arcs};
  dyo_status  st = rules_price(j->pricer, p, &q, err);
  *out           = NULL;
  j->unsure      = !q.exact && q.n >= 0;
  if (st != DYO_OK || q.n < 0) return st;
  st = column_of(j, p, q.arcs, q.n, out, err);
  if (st != DYO_OK || *out || q.exact) return st;
  return greedy(j, p, out, err);
}

static void put(const rules_job *j, const column *c, int by, int *heads)
{
  for (int i = 0; c && i < c->n; i++)
    for (int k = j->at[c->person][c->arcs[i]]; k < j->at[c->person][c->arcs[i] + 1]; k++)
      heads[j->list[c->person][k]] += by;
}

static void shuffle(rules_job *j, int *v, int n)
{
  for (int i = n - 1; i > 0; i--) {
    const int k = (int)dyo_rng_below(&j->rng, (uint64_t)i + 1), x = v[i];
    v[i] = v[k];
    v[k] = x;
  }
}

/* No answer to give: either the person's rules contradict each other, or they are too many to say. */
static dyo_status refuse(const rules_job *j, int p, dyo_err *err)
{
  if (!j->unsure)
    return dyo_fail_item(err, DYO_INVALID_INPUT, "people", (size_t)p, NULL, "no roster keeps this person's rules");
  return dyo_fail_item(err, DYO_TOO_LARGE, "people", (size_t)p, NULL,
                       "this person's rules need too many counts at once, and no roster that keeps them was found");
}

/* Once the search has to stop, who may stay at home does. */
dyo_status rules_start(rules_job *j, dyo_err *err)
{
  memset(j->heads, 0, j->m->n_demands * sizeof *j->heads);
  for (int p = 0; p < (int)j->m->n_people; p++) {
    dyo_status st = DYO_OK;
    j->plan[p]    = NULL;
    if (job_stopped(j)) st = column_of(j, p, j->arcs, 0, &j->plan[p], err);
    if (st == DYO_OK && !j->plan[p]) st = answer(j, p, j->heads, &j->plan[p], err);
    if (st != DYO_OK) return st;
    if (!j->plan[p]) return refuse(j, p, err);
    put(j, j->plan[p], 1, j->heads);
  }
  job_count(j);
  return DYO_OK;
}

dyo_status rules_polish(rules_job *j, dyo_err *err)
{
  const int n     = (int)j->m->n_people;
  int       still = 0;
  for (int i = 0; i < n; i++) j->order[i] = i;
  while (still < n) {
    shuffle(j, j->order, n);
    for (int i = 0; i < n && still < n; i++, still++) {
      const int p = j->order[i];
      column   *c;
      if (job_stopped(j)) return DYO_OK;
      memcpy(j->heads_tried, j->heads, j->m->n_demands * sizeof *j->heads);
      put(j, j->plan[p], -1, j->heads_tried);
      const dyo_status st = answer(j, p, j->heads_tried, &c, err);
      if (st != DYO_OK) return st;
      if (!c || c == j->plan[p]) continue;
      memcpy(j->tried, j->plan, (size_t)n * sizeof *j->tried);
      j->tried[p] = c;
      if (job_offer(j, j->tried)) still = 0;
    }
  }
  return DYO_OK;
}

/* ---- diving ---- */

static dyo_status fix_one(rules_job *j, const team *t, int which, dyo_err *err)
{
  const column *c     = j->master->col[which];
  j->fixed[c->person] = 1;
  j->plan[c->person]  = j->master->col[which];
  return master_fix(j, t, which, err);
}

/* The column of the largest value whose person is not fixed yet, -1: none. After the first dive chance has a say. */
static int largest_column(rules_job *j, double *x)
{
  const master *w     = j->master;
  int           which = -1;
  *x                  = 0;
  for (int k = 0; k < w->n_col; k++) {
    double v = w->x[w->n_other + w->n_art + k];
    if (j->fixed[w->col[k]->person] || v <= *x) continue;
    if (j->dives > 1) v *= 0.75 + (double)dyo_rng_below(&j->rng, 64) / 256;
    if (v <= *x) continue;
    *x    = v;
    which = k;
  }
  return which;
}

/* Fixes the columns that stand out in the master and takes their people off the team. */
static dyo_status fix_some(rules_job *j, team *t, dyo_err *err)
{
  const int most = 1 + t->n / 16;
  int       kept = 0;
  for (int n = 0; n < t->n; n++) {
    double    x;
    const int which = largest_column(j, &x);
    if (which < 0 || (n && x < 0.4) || (n >= most && x < 0.9)) break;
    const dyo_status st = fix_one(j, t, which, err);
    if (st != DYO_OK) return st;
  }
  for (int i = 0; i < t->n; i++)
    if (!j->fixed[t->people[i]]) t->people[kept++] = t->people[i];
  if (kept == t->n) kept = 0;
  t->n = kept;
  return DYO_OK;
}

/* The same for fewer people: a master of their own, with the others' rosters as they are. */
static dyo_status shrink(rules_job *j, const team *left, dyo_err *err)
{
  const master_options o = {.cutoff = INFINITY, .rounds = 40, .near = 1e-3, .columns = 40, .reduced = INFINITY};
  master_note(j, left);
  master_close(j);
  job_count(j);
  return master_solve(j, left, &o, err);
}

/* The master of the whole team is open and solved: fixes rosters in it until all are. */
static dyo_status fix_all(rules_job *j, team *left, dyo_err *err)
{
  const master_options o    = {.cutoff = INFINITY, .rounds = 15, .near = 2e-3};
  dyo_status           st   = DYO_OK;
  int                  size = left->n;
  memset(j->fixed, 0, j->m->n_people);
  while (st == DYO_OK && left->n > 0 && j->master->solved && !job_stopped(j)) {
    st = fix_some(j, left, err);
    if (st != DYO_OK || left->n == 0) break;
    const bool many = 2 * left->n > size;
    if (!many) size = left->n;
    st = many ? master_go_on(j, left, &o, err) : shrink(j, left, err);
  }
  for (int i = 0; st == DYO_OK && i < left->n; i++) {
    double    x;
    const int which = largest_column(j, &x);
    if (which < 0) break;
    j->fixed[j->master->col[which]->person] = 1;
    j->plan[j->master->col[which]->person]  = j->master->col[which];
  }
  memset(j->fixed, 0, j->m->n_people);
  return st;
}

dyo_status rules_dive(rules_job *j, const team *t, dyo_err *err)
{
  const size_t n    = j->m->n_people;
  column     **kept = malloc(n * sizeof *kept);
  team         left = {malloc((size_t)t->n * sizeof(int) + 1), t->n};
  const worth  best = j->best;
  j->dives++;
  dyo_status st = kept && left.people ? DYO_OK : dyo_oom(err);
  if (st == DYO_OK) {
    memcpy(kept, j->plan, n * sizeof *kept);
    memcpy(left.people, t->people, (size_t)t->n * sizeof(int));
    st = fix_all(j, &left, err);
    job_count(j);
  }
  if (st == DYO_OK) st = rules_polish(j, err);
  if (kept && !worth_less(&j->best, &best)) memcpy(j->plan, kept, n * sizeof *kept);
  if (kept) job_count(j);
  free(kept);
  free(left.people);
  return st;
}

/* ---- neighbourhoods ---- */

static bool may_serve(const rules_job *j, int p, int d)
{
  const roster_demand *D = &j->m->demands[d];
  if (D->who && !D->who[p]) return false;
  for (size_t a = 0; a < j->m->people[p].n_arcs; a++)
    if (j->m->people[p].arcs[a].shift == D->shift) return true;
  return false;
}

/* A few people: by chance, or half of them those who could serve a demand that costs something now. */
static void pick_team(rules_job *j, team *t, int size)
{
  const int n = (int)j->m->n_people, nd = (int)j->m->n_demands;
  for (int i = 0; i < n; i++) j->order[i] = i;
  shuffle(j, j->order, n);
  int taken = 0;
  if (nd && dyo_rng_below(&j->rng, 3) > 0) {
    int d = (int)dyo_rng_below(&j->rng, (uint64_t)nd), tries = nd;
    while (tries-- && job_demand_cost(j, d, j->heads[d]) == 0 && job_hard_short(j, d, j->heads[d]) == 0)
      d = (d + 1) % nd;
    for (int i = 0; i < n && taken < (size + 1) / 2; i++) {
      if (!may_serve(j, j->order[i], d)) continue;
      const int x       = j->order[i];
      j->order[i]       = j->order[taken];
      j->order[taken++] = x;
    }
  }
  t->n = size < n ? size : n;
  memcpy(t->people, j->order, (size_t)t->n * sizeof *t->people);
}

dyo_status rules_neighbours(rules_job *j, int patience, dyo_err *err)
{
  const int  n  = (int)j->m->n_people;
  team       t  = {malloc((size_t)n * sizeof(int) + 1), 0};
  dyo_status st = t.people ? DYO_OK : dyo_oom(err);
  for (int since = 0, turn = 0; st == DYO_OK && since < patience; since++, turn++) {
    const master_options o      = {.rounds = 40, .columns = 30, .reduced = INFINITY};
    const worth          before = j->best;
    double               bound;
    if (job_stopped(j) || (double)j->bound >= job_cutoff(j)) break;
    pick_team(j, &t, 3 + turn % 6);
    st = rules_tree(j, &t, 12, &o, &bound, err);
    if (worth_less(&j->best, &before)) since = -1;
  }
  free(t.people);
  return st;
}
