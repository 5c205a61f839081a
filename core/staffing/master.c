/* SPDX-License-Identifier: GPL-3.0-or-later */
/* master.c - the linear program over the rosters of a team known so far, and column generation on it (Dantzig & Wolfe 1960).
 *
 *   minimise  sum of rosters' costs  +  sum over demands of under u + over o
 *   demand d: heads of the team in d + u - o  = need - heads of the others        [pi_d]
 *   total:    sum of u - t = 0,  hard: sum of u of ROSTER_HARD demands - h = 0    [mu, nu]
 *   person p: sum of p's rosters = 1
 *
 * with bounds on u, o, t, h, where branching works without a change of the rosters' prices. Any prices give a bound (Lagrange): the
 * duals are rounded to whole parts of a unit, and the bound is summed in whole numbers. */
#include "staffing/rules_search.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FORCE 0x1p46 /* taken off the price of an arc that must be worked */

dyo_status master_new(rules_job *j)
{
  const size_t nd = j->m->n_demands, np = j->m->n_people, rows = nd + np + 2;
  master      *w = DYO_NEW(j->ctx, 1, master);
  j->master      = w;
  if (!w) return DYO_OUT_OF_MEMORY;
  w->cap_col    = 1024;
  w->col        = DYO_NEW(j->ctx, 1024, column *);
  w->x          = DYO_NEW(j->ctx, 1024 + 4 * nd + 2 * np + 16, double);
  w->row_of     = DYO_NEW(j->ctx, nd + 1, int);
  w->demand     = DYO_NEW(j->ctx, nd + 1, int);
  w->fixed      = DYO_NEW(j->ctx, nd + 1, int);
  w->person_row = DYO_NEW(j->ctx, np, int);
  w->y          = DYO_NEW(j->ctx, rows, double);
  w->rhs        = DYO_NEW(j->ctx, rows, double);
  w->pi         = DYO_NEW(j->ctx, rows, double);
  w->tight      = DYO_NEW(j->ctx, nd + 1, bool);
  w->lo         = DYO_NEW(j->ctx, 2 * nd + 2, double);
  w->hi         = DYO_NEW(j->ctx, 2 * nd + 2, double);
  if (!w->col || !w->x) return DYO_OUT_OF_MEMORY;
  const bool ok =
    w->row_of && w->demand && w->fixed && w->person_row && w->y && w->rhs && w->pi && w->tight && w->lo && w->hi;
  return ok ? DYO_OK : DYO_OUT_OF_MEMORY;
}

void master_close(rules_job *j)
{
  dyo_lp_free(j->master->lp);
  j->master->lp = NULL;
}

static double largest(double a, double b)
{
  return a > b ? a : b;
}

/* Rows after those of demands, where they say something; -1 where not. */
static void place_rows(rules_job *j, const team *t)
{
  master *w    = j->master;
  bool    hard = false;
  for (int r = 0; r < w->n_demands; r++) hard = hard || j->m->demands[w->demand[r]].under == ROSTER_HARD;
  w->n_rows    = w->n_demands;
  w->total_row = j->lim.total_lo > 0 || j->lim.total_hi < INT_MAX / 2 ? w->n_rows++ : -1;
  w->hard_row  = hard && !j->first ? w->n_rows++ : -1;
  for (int i = 0; i < t->n; i++) w->person_row[t->people[i]] = w->n_rows++;
}

/* ---- setting up ---- */

/* Which demands are in hand, and what the others' rosters leave of them. */
static void take_demands(rules_job *j, const team *t)
{
  master *w  = j->master;
  int     nd = (int)j->m->n_demands;
  memcpy(w->fixed, j->heads, (size_t)nd * sizeof *w->fixed);
  for (int d = 0; d < nd; d++) w->row_of[d] = -1;
  for (int p = 0; p < (int)j->m->n_people; p++) w->person_row[p] = -1;
  for (int i = 0; i < t->n; i++) {
    const int     p = t->people[i];
    const column *c = j->plan[p];
    for (size_t k = 0; k < j->m->people[p].n_arcs; k++)
      for (int a = j->at[p][k]; a < j->at[p][k + 1]; a++) w->row_of[j->list[p][a]] = 0;
    for (int k = 0; k < c->n; k++)
      for (int a = j->at[p][c->arcs[k]]; a < j->at[p][c->arcs[k] + 1]; a++) w->fixed[j->list[p][a]]--;
  }
  w->n_demands = 0;
  for (int d = 0; d < nd; d++)
    if (w->row_of[d] == 0) {
      w->row_of[d]              = w->n_demands;
      w->demand[w->n_demands++] = d;
    }
  place_rows(j, t);
}

/* The bounds of u, o, t, h, and the cost of what is not in hand. */
static void set_limits(rules_job *j)
{
  master *w          = j->master;
  int     short_rest = 0, hard_rest = 0;
  w->base = 0;
  for (int p = 0; p < (int)j->m->n_people; p++)
    if (w->person_row[p] < 0 && !j->first) w->base += (double)j->plan[p]->cost;
  for (int d = 0; d < (int)j->m->n_demands; d++) {
    const roster_demand *D = &j->m->demands[d];
    const int            r = w->row_of[d];
    if (r < 0) {
      w->base += (double)job_demand_cost(j, d, w->fixed[d]);
      short_rest += D->need > w->fixed[d] ? D->need - w->fixed[d] : 0;
      hard_rest += job_hard_short(j, d, w->fixed[d]);
      continue;
    }
    int high = j->able[d] < D->most ? j->able[d] : D->most;
    if (j->lim.high[d] < high) high = j->lim.high[d];
    const int low    = j->lim.low[d];
    w->rhs[r]        = D->need - w->fixed[d];
    w->lo[2 * r]     = largest(0, D->need - high);
    w->hi[2 * r]     = largest(0, D->need - low);
    w->lo[2 * r + 1] = largest(0, low - D->need);
    w->hi[2 * r + 1] = largest(0, high - D->need);
  }
  const int t  = 2 * w->n_demands;
  w->lo[t]     = largest(0, j->lim.total_lo - short_rest);
  w->hi[t]     = largest(w->lo[t], (double)j->lim.total_hi - short_rest);
  w->lo[t + 1] = 0;
  w->hi[t + 1] = largest(0, (double)j->most_short - hard_rest);
  for (int r = w->n_demands; r < w->n_rows; r++) w->rhs[r] = r == w->total_row || r == w->hard_row ? 0 : 1;
}

static bool is_hard(const rules_job *j, int row)
{
  return j->m->demands[j->master->demand[row]].under == ROSTER_HARD;
}

/* What an artificial unit costs: more than anything it could save. */
static double artificial(const rules_job *j, const team *t)
{
  double most = 1;
  for (int r = 0; r < j->master->n_demands; r++) {
    const int d = j->master->demand[r];
    most        = largest(most, largest((double)j->under[d], (double)j->over[d]));
  }
  for (int i = 0; i < t->n && !j->first; i++)
    for (size_t a = 0; a < j->m->people[t->people[i]].n_arcs; a++)
      most = largest(most, fabs((double)j->m->people[t->people[i]].arcs[a].cost));
  return 50 * most;
}

/* A power of two: costs in it stay below a few million. */
static double unit_of(double most)
{
  double unit = 1;
  while (most / unit > 0x1p22) unit *= 2;
  return unit;
}

static dyo_status artificial_columns(rules_job *j, int row, double big, dyo_err *err)
{
  master    *w    = j->master;
  const bool plus = row != w->total_row && row != w->hard_row, minus = !plus || row < w->n_demands;
  dyo_status st = DYO_OK;
  if (plus) st = dyo_lp_col(w->lp, big, 1, &row, (const double[]){1}, err);
  if (st == DYO_OK && minus) st = dyo_lp_col(w->lp, big, 1, &row, (const double[]){-1}, err);
  w->n_art += plus + minus;
  return st;
}

/* u and o of a demand. Bounds that no plan could break are left out: lp_solve is quicker without. */
static dyo_status demand_columns(rules_job *j, int r, dyo_err *err)
{
  master    *w      = j->master;
  const int  d      = w->demand[r];
  const bool lower  = j->lim.low[d] > 0;
  const bool higher = j->lim.high[d] < j->able[d] || j->m->demands[d].most < j->able[d];
  int        row[3] = {r}, n = 1;
  if (w->total_row >= 0) row[n++] = w->total_row;
  if (w->hard_row >= 0 && j->m->demands[d].under == ROSTER_HARD) row[n++] = w->hard_row;
  dyo_status st = dyo_lp_col(w->lp, (double)j->under[d], n, row, (const double[]){1, 1, 1}, err);
  if (st == DYO_OK) st = dyo_lp_col(w->lp, (double)j->over[d], 1, row, (const double[]){-1}, err);
  if (st == DYO_OK) st = dyo_lp_bounds(w->lp, 2 * r, w->lo[2 * r], lower ? w->hi[2 * r] : INFINITY, err);
  if (st == DYO_OK) st = dyo_lp_bounds(w->lp, 2 * r + 1, w->lo[2 * r + 1], higher ? w->hi[2 * r + 1] : INFINITY, err);
  w->tight[r] = lower || higher;
  return st;
}

static dyo_status other_columns(rules_job *j, const team *t, dyo_err *err)
{
  master      *w      = j->master;
  const double big    = artificial(j, t);
  const int    rows[] = {w->total_row, w->hard_row};
  dyo_status   st     = DYO_OK;
  for (int r = 0; r < w->n_demands && st == DYO_OK; r++) st = demand_columns(j, r, err);
  w->n_other = 2 * w->n_demands;
  w->n_art   = 0;
  for (int k = 0; k < 2 && st == DYO_OK; k++) {
    if (rows[k] < 0) continue;
    const int x = 2 * w->n_demands + k;
    st          = dyo_lp_col(w->lp, 0, 1, &rows[k], (const double[]){-1}, err);
    if (st == DYO_OK) st = dyo_lp_bounds(w->lp, w->n_other++, w->lo[x], w->hi[x], err);
  }
  for (int r = 0; r < w->n_rows && st == DYO_OK; r++)
    if (r >= w->n_demands || w->tight[r]) st = artificial_columns(j, r, big, err);
  return st;
}

static bool allowed(const rules_job *j, const column *c)
{
  const int8_t *lim  = j->lim.arc[c->person];
  const int     n    = (int)j->m->people[c->person].n_arcs;
  int           must = 0;
  for (int a = 0; a < n; a++) must += lim[a] > 0;
  for (int i = 0; i < c->n; i++) {
    if (lim[c->arcs[i]] < 0) return false;
    must -= lim[c->arcs[i]] > 0;
  }
  return must == 0;
}

static dyo_status add_column(rules_job *j, column *c, dyo_err *err)
{
  master *w = j->master;
  int     n = 0;
  if (w->n_col == w->cap_col) {
    const int larger = 2 * w->cap_col;
    column  **col    = DYO_NEW(j->ctx, (size_t)larger, column *);
    double   *x      = DYO_NEW(j->ctx, (size_t)larger + 4 * j->m->n_demands + 2 * j->m->n_people + 16, double);
    if (!col || !x) return dyo_oom(err);
    if (w->n_col) memcpy(col, w->col, (size_t)w->n_col * sizeof *col);
    w->col     = col;
    w->x       = x;
    w->cap_col = larger;
  }
  int    *row = j->rows;
  double *val = j->vals;
  for (int i = 0; i < c->n; i++)
    for (int k = j->at[c->person][c->arcs[i]]; k < j->at[c->person][c->arcs[i] + 1]; k++) {
      row[n]   = w->row_of[j->list[c->person][k]];
      val[n++] = 1;
    }
  row[n]             = w->person_row[c->person];
  val[n++]           = 1;
  w->col[w->n_col++] = c;
  c->used            = j->masters;
  return dyo_lp_col(w->lp, j->first ? 0.0 : (double)c->cost, n, row, val, err);
}

static int by_reduced(const void *a, const void *b)
{
  const column *x = *(column *const *)a, *y = *(column *const *)b;
  if (x->reduced != y->reduced) return x->reduced < y->reduced ? -1 : 1;
  return x->hash < y->hash ? -1 : x->hash > y->hash;
}

/* The person's best columns of the pool, and the one of the plan. */
static dyo_status start_columns(rules_job *j, int p, const master_options *o, dyo_err *err)
{
  dyo_status st = DYO_OK;
  size_t     n  = 0;
  for (column *c = j->pool[p]; c; c = c->next) n++;
  column **list = malloc((n + 1) * sizeof *list);
  if (!list) return dyo_oom(err);
  n = 0;
  for (column *c = j->pool[p]; c; c = c->next)
    if (c->reduced <= o->reduced && allowed(j, c)) list[n++] = c;
  qsort(list, n, sizeof *list, by_reduced);
  for (size_t i = 0; i < n && i < (size_t)o->columns && st == DYO_OK; i++) st = add_column(j, list[i], err);
  free(list);
  if (st == DYO_OK && j->plan[p]->used != j->masters && allowed(j, j->plan[p])) st = add_column(j, j->plan[p], err);
  return st;
}

/* Right sides, each a little off in its own way: without that the simplex method goes in circles among plans that are all equal. The
 * prices stay valid, the bound is summed with the true right sides, and x is off by less than CLEAR. Into pi. */
static void shake(master *w)
{
  uint32_t h = 1;
  for (int r = 0; r < w->n_rows; r++) {
    h        = h * 1664525u + 1013904223u;
    w->pi[r] = w->rhs[r] + (r < w->n_demands ? 5e-5 * (1.0 + (double)(h >> 16) / 65536) : 0.0);
  }
}

static dyo_status open_master(rules_job *j, const team *t, const master_options *o, dyo_err *err)
{
  master    *w     = j->master;
  dyo_sense *sense = malloc((j->m->n_demands + j->m->n_people + 2) * sizeof *sense);
  if (!sense) return dyo_oom(err);
  j->masters++;
  w->n_col  = 0;
  w->solved = false;
  w->bound  = -INFINITY;
  take_demands(j, t);
  set_limits(j);
  for (int r = 0; r < w->n_rows; r++) sense[r] = DYO_EQ;
  shake(w);
  dyo_status st = dyo_lp_new(w->n_rows, sense, w->pi, &w->lp, err);
  free(sense);
  if (st == DYO_OK) dyo_lp_unit(w->lp, unit_of(artificial(j, t)));
  if (st == DYO_OK) st = other_columns(j, t, err);
  for (int i = 0; i < t->n && st == DYO_OK; i++) st = start_columns(j, t->people[i], o, err);
  return st;
}

/* ---- prices ---- */

/* pi: the duals as whole parts of a unit. The bound's part that no roster has a say in, in parts. */
static double other_bound(rules_job *j)
{
  master      *w  = j->master;
  const double mu = w->total_row < 0 ? 0 : w->pi[w->total_row], nu = w->hard_row < 0 ? 0 : w->pi[w->hard_row];
  double       sum = 0;
  for (int r = 0; r < w->n_demands; r++) {
    const int    d = w->demand[r];
    const double u = (double)j->under[d] * j->stretch - w->pi[r] - mu - (is_hard(j, r) ? nu : 0);
    const double o = (double)j->over[d] * j->stretch + w->pi[r];
    sum += w->pi[r] * w->rhs[r];
    sum += u * (u > 0 ? w->lo[2 * r] : w->hi[2 * r]) + o * (o > 0 ? w->lo[2 * r + 1] : w->hi[2 * r + 1]);
  }
  const int t = 2 * w->n_demands;
  return sum + mu * (mu > 0 ? w->lo[t] : w->hi[t]) + nu * (nu > 0 ? w->lo[t + 1] : w->hi[t + 1]);
}

/* Prices of person's arcs; the number of arcs that must be worked. */
static int price_arcs(rules_job *j, int p)
{
  const roster_person *P    = &j->m->people[p];
  int                  must = 0;
  for (size_t a = 0; a < P->n_arcs; a++) {
    double c = j->first ? 0.0 : (double)P->arcs[a].cost * j->stretch;
    for (int k = j->at[p][a]; k < j->at[p][a + 1]; k++) c -= j->master->pi[j->master->row_of[j->list[p][k]]];
    if (j->lim.arc[p][a] > 0) {
      c -= FORCE;
      must++;
    }
    j->price[a] = j->lim.arc[p][a] < 0 ? (double)INFINITY : c;
  }
  return must;
}

static double reduced_cost(const rules_job *j, const column *c)
{
  const master *w = j->master;
  double        v = (j->first ? 0.0 : (double)c->cost) - w->y[w->person_row[c->person]];
  for (int i = 0; i < c->n; i++)
    for (int k = j->at[c->person][c->arcs[i]]; k < j->at[c->person][c->arcs[i] + 1]; k++)
      v -= w->y[w->row_of[j->list[c->person][k]]];
  return v;
}

/* Price everybody in the team at pi; *sum: their best rosters' prices, INFINITY: somebody has none within the limits. */
static dyo_status price_team(rules_job *j, const team *t, double *sum, int *added, dyo_err *err)
{
  *sum   = 0;
  *added = 0;
  for (int i = 0; i < t->n; i++) {
    const int   p    = t->people[i];
    const int   must = price_arcs(j, p);
    rules_query q    = {.price = j->price, .scale = j->first ? 0 : j->stretch, .arcs = j->arcs};
    column     *c    = NULL;
    if (job_stopped(j)) return DYO_OK;
    dyo_status st = rules_price(j->pricer, p, &q, err);
    if (st != DYO_OK) return st;
    q.value += must * FORCE;
    if (q.n < 0 || q.value > FORCE / 2) *sum = INFINITY;
    else *sum += q.value;
    if (q.n < 0) continue;
    st = column_of(j, p, q.arcs, q.n, &c, err);
    if (st != DYO_OK) return st;
    if (!c || c->used == j->masters || !allowed(j, c) || reduced_cost(j, c) > -1e-7) continue;
    st = add_column(j, c, err);
    if (st != DYO_OK) return st;
    (*added)++;
  }
  return DYO_OK;
}

/* The linear program's value from x, artificial columns included. */
static double objective(const rules_job *j)
{
  const master *w = j->master;
  double        z = w->base;
  for (int r = 0; r < w->n_demands; r++)
    z += (double)j->under[w->demand[r]] * w->x[2 * r] + (double)j->over[w->demand[r]] * w->x[2 * r + 1];
  for (int i = 0; i < w->n_col && !j->first; i++) z += (double)w->col[i]->cost * w->x[w->n_other + w->n_art + i];
  return z;
}

/* What rosters held by master_fix cost at pi, in parts. */
static double held(const rules_job *j)
{
  double sum = 0;
  for (int p = 0; p < (int)j->m->n_people; p++) {
    const column *c = j->plan[p];
    if (!j->fixed[p] || j->master->person_row[p] < 0) continue;
    if (!j->first) sum += (double)c->cost * j->stretch;
    for (int i = 0; i < c->n; i++)
      for (int k = j->at[p][c->arcs[i]]; k < j->at[p][c->arcs[i] + 1]; k++)
        sum -= j->master->pi[j->master->row_of[j->list[p][k]]];
  }
  return sum;
}

static double artificials(const master *w)
{
  double sum = 0;
  for (int k = 0; k < w->n_art; k++) sum += w->x[w->n_other + k];
  return sum;
}

void master_note(rules_job *j, const team *t)
{
  for (int i = 0; i < t->n; i++)
    for (column *c = j->pool[t->people[i]]; c; c = c->next) c->reduced = reduced_cost(j, c);
}

/* Solve, price, add columns, until nothing is gained. */
dyo_status master_go_on(rules_job *j, const team *t, const master_options *o, dyo_err *err)
{
  master        *w  = j->master;
  dyo_status     st = DYO_OK;
  dyo_mip_status lp;
  w->solved = false;
  w->bound  = -INFINITY;
  for (int round = 0; st == DYO_OK && round < o->rounds; round++) {
    double sum, others = 0;
    int    added;
    st = dyo_lp_solve(w->lp, j->ctx, w->x, w->y, &lp, err);
    if (st != DYO_OK || lp != DYO_MIP_OPTIMAL) break;
    w->solved = true;
    w->z      = objective(j);
    for (int r = 0; r < w->n_rows; r++) w->pi[r] = floor(w->y[r] * j->stretch + 0.5);
    st = price_team(j, t, &sum, &added, err);
    if (st != DYO_OK || job_stopped(j)) break;
    const double other = other_bound(j) + held(j), bound = w->base + (other + sum) / j->stretch;
    if (bound > w->bound) w->bound = bound;
    for (int i = 0; i < t->n; i++) others += w->pi[w->person_row[t->people[i]]];
    if (w->bound >= o->cutoff || added == 0) break;
    if (o->near > 0 && bound >= w->z - o->near * fabs(w->z)) break;
    if (ceil(w->bound - 1e-6) >= ceil(w->base + (other + others) / j->stretch - 0.01) && artificials(w) < CLEAR) break;
  }
  w->whole = artificials(w) < CLEAR;
  return st;
}

dyo_status master_solve(rules_job *j, const team *t, const master_options *o, dyo_err *err)
{
  dyo_status st = open_master(j, t, o, err);
  if (st == DYO_OK) st = master_go_on(j, t, o, err);
  if (j->master->solved && t->n == (int)j->m->n_people && !j->branched) master_note(j, t);
  return st;
}

dyo_status master_fix(rules_job *j, const team *t, int col, dyo_err *err)
{
  const master *w = j->master;
  return dyo_lp_cost(w->lp, w->n_other + w->n_art + col, (double)w->col[col]->cost - 2 * artificial(j, t), err);
}
