/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mip_lp.c - the continuous problem, solved by lp_solve 5.5. The only file that includes lp_lib.h.
 *
 * lp_solve splits or flips columns whose lower bound is negative, anew at each solve, which costs it the basis. So
 * it only ever sees columns that start at zero: x = lo + x', x = hi - x', or x = x' - x'' for a column with no
 * bound. The objective is scaled by a power of two to a largest cost of one, because lp_solve rounds duals below
 * 1e-10 to zero. */
#include "solver/mip.h"

#include <lp_lib.h>
#include <lp_rand.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef enum { FROM_LO, FROM_HI, SPLIT } shape;

struct lp_engine {
  const dyo_mip *m;
  dyo_ctx       *ctx;
  lprec         *lp;
  shape         *how;     /* n */
  double        *off;     /* n: the bound x' counts from */
  double        *lo, *hi; /* n: the bounds lp_solve has now */
  int            n_split;
  double         scale; /* objective of lp_solve / objective of the model */
  double         fraction;
  bool           fresh; /* no solve since the model was loaded */
};

static int on_poll(lprec *lp, void *handle)
{
  const lp_engine *e = handle;
  (void)lp;
  return dyo_poll(e->ctx, e->fraction, "solving") != DYO_RUN_ON;
}

/* Rows become columns: column j is at[j] .. at[j + 1] in row, val. put_val, put_row: room for one column as
 * lp_solve wants it. */
typedef struct {
  size_t *at;
  int    *row, *put_row;
  double *val, *put_val;
} by_column;

static bool transpose(const dyo_mip *m, by_column *c)
{
  const size_t nz = m->start[m->m];
  c->at           = calloc((size_t)m->n + 2, sizeof *c->at);
  c->row          = malloc((nz + 1) * sizeof *c->row);
  c->val          = malloc((nz + 1) * sizeof *c->val);
  c->put_row      = malloc(((size_t)m->m + 1) * sizeof *c->put_row);
  c->put_val      = malloc(((size_t)m->m + 1) * sizeof *c->put_val);
  if (!c->at || !c->row || !c->val || !c->put_row || !c->put_val) return false;
  for (size_t k = 0; k < nz; k++) c->at[m->idx[k] + 2]++;
  for (int j = 2; j <= m->n + 1; j++) c->at[j] += c->at[j - 1];
  for (int i = 0; i < m->m; i++)
    for (size_t k = m->start[i]; k < m->start[i + 1]; k++) {
      const size_t to = c->at[m->idx[k] + 1]++;
      c->row[to]      = i + 1;
      c->val[to]      = m->val[k];
    }
  return true;
}

static void transpose_free(by_column *c)
{
  free(c->at);
  free(c->row);
  free(c->val);
  free(c->put_row);
  free(c->put_val);
}

/* lp_solve's bounds of column j for model bounds lo..hi. */
static bool push_bounds(lp_engine *e, int j, double lo, double hi)
{
  const double l = e->how[j] == FROM_LO ? lo - e->off[j] : e->off[j] - hi;
  const double h = e->how[j] == FROM_LO ? hi - e->off[j] : e->off[j] - lo;
  e->lo[j]       = lo;
  e->hi[j]       = hi;
  if (e->how[j] == SPLIT) return true;
  return set_bounds(e->lp, j + 1, l > 0 ? l : 0.0, h >= MIP_INF ? 1e30 : h);
}

/* Column j of the model, its sign changed where it counts down from hi. */
static bool add_one(lp_engine *e, const by_column *c, int j, double sign)
{
  int len = 0;
  if (e->m->cost[j] != 0) {
    c->put_row[len]   = 0;
    c->put_val[len++] = sign * e->m->cost[j] * e->scale;
  }
  for (size_t k = c->at[j]; k < c->at[j + 1]; k++) {
    c->put_row[len]   = c->row[k];
    c->put_val[len++] = sign * c->val[k];
  }
  return add_columnex(e->lp, len, c->put_val, c->put_row);
}

static bool add_columns(lp_engine *e)
{
  const dyo_mip *m  = e->m;
  by_column      c  = {0};
  bool           ok = transpose(m, &c);
  for (int j = 0; ok && j < m->n; j++)
    ok = add_one(e, &c, j, e->how[j] == FROM_HI ? -1 : 1) && push_bounds(e, j, m->lo[j], m->hi[j]);
  for (int j = 0; ok && j < m->n; j++)
    if (e->how[j] == SPLIT) ok = add_one(e, &c, j, -1);
  transpose_free(&c);
  return ok;
}

/* Hand the model to lp_solve anew, forgetting the basis. */
static bool load(lp_engine *e)
{
  static const int type[] = {LE, GE, EQ};
  const dyo_mip   *m      = e->m;
  if (e->lp) delete_lp(e->lp);
  dyo_lp_seed(1);
  e->fresh = true;
  e->lp    = make_lp(m->m, 0);
  if (!e->lp) return false;
  set_verbose(e->lp, NEUTRAL);
  set_minim(e->lp);
  put_abortfunc(e->lp, on_poll, e);
  for (int i = 0; i < m->m; i++) {
    double rhs = m->rhs[i];
    for (size_t k = m->start[i]; k < m->start[i + 1]; k++) rhs -= m->val[k] * e->off[m->idx[k]];
    if (!set_constr_type(e->lp, i + 1, type[m->sense[i]]) || !set_rh(e->lp, i + 1, rhs)) return false;
  }
  return add_columns(e);
}

lp_engine *lp_engine_new(const dyo_mip *m, dyo_ctx *ctx)
{
  const size_t n        = (size_t)m->n;
  lp_engine   *e        = calloc(1, sizeof *e);
  double       c        = 0;
  int          exponent = 0;
  if (!e) return NULL;
  *e     = (lp_engine){.m = m, .ctx = ctx};
  e->how = calloc(n, sizeof *e->how);
  e->off = calloc(3 * n, sizeof *e->off);
  if (!e->how || !e->off) {
    lp_engine_free(e);
    return NULL;
  }
  e->lo = e->off + n;
  e->hi = e->lo + n;
  for (int j = 0; j < m->n; j++) {
    e->how[j] = m->lo[j] > -MIP_INF ? FROM_LO : m->hi[j] < MIP_INF ? FROM_HI : SPLIT;
    e->off[j] = e->how[j] == FROM_LO ? m->lo[j] : e->how[j] == FROM_HI ? m->hi[j] : 0.0;
    c         = fmax(c, fabs(m->cost[j]));
  }
  if (c > 0) frexp(c, &exponent);
  e->scale = ldexp(1.0, -exponent);
  return e;
}

void lp_engine_free(lp_engine *e)
{
  if (!e) return;
  if (e->lp) delete_lp(e->lp);
  free(e->how);
  free(e->off);
  free(e);
}

void lp_engine_progress(lp_engine *e, double fraction)
{
  e->fraction = fraction;
}

/* x of the model from x' of lp_solve, drawn into its bounds where it sticks out by rounding. False: a column stands at
 * lp_solve's own infinity, which it takes for a bound like others. */
static bool take_x(const lp_engine *e, double *x)
{
  REAL *v      = NULL;
  int   split  = e->m->n;
  bool  finite = true;
  get_ptr_variables(e->lp, &v);
  for (int j = 0; j < e->m->n; j++) {
    x[j] = e->how[j] == FROM_LO ? e->off[j] + v[j] : e->how[j] == FROM_HI ? e->off[j] - v[j] : v[j] - v[split++];
    x[j] = fmin(fmax(x[j], e->lo[j]), e->hi[j]);
    if (fabs(x[j]) >= MIP_INF) finite = false;
  }
  return finite;
}

static bool take_y(const lp_engine *e, double *y)
{
  REAL *v = NULL;
  if (!get_ptr_sensitivity_rhs(e->lp, &v, NULL, NULL)) return false;
  for (int i = 0; i < e->m->m; i++) y[i] = v[i] / e->scale;
  return true;
}

static lp_result run(lp_engine *e, double *x, double *y)
{
  const int rc = solve(e->lp);
  e->fresh     = false;
  x[0]         = NAN;
  switch (rc) {
  case OPTIMAL:
  case PRESOLVED:
    if (!take_x(e, x)) return LP_UNBOUNDED;
    return take_y(e, y) && mip_violation(e->m, x) < 1e-6 ? LP_OPTIMAL : LP_FAILED;
  case SUBOPTIMAL:
    if (!take_x(e, x)) x[0] = NAN;
    return LP_STOPPED;
  case USERABORT: return LP_STOPPED;
  case INFEASIBLE: return LP_INFEASIBLE;
  case UNBOUNDED: return LP_UNBOUNDED;
  case NOMEMORY: return LP_NO_MEMORY;
  default: return LP_FAILED;
  }
}

/* Without rows every column stands at the bound its cost points to. */
static lp_result solve_without_rows(const lp_engine *e, const double *lo, const double *hi, double *x)
{
  for (int j = 0; j < e->m->n; j++) {
    const double c = e->m->cost[j];
    x[j]           = c > 0 || (c == 0 && lo[j] > -MIP_INF) ? lo[j] : hi[j];
    if (fabs(x[j]) >= MIP_INF && c != 0) return LP_UNBOUNDED;
    if (fabs(x[j]) >= MIP_INF) x[j] = 0;
  }
  return LP_OPTIMAL;
}

lp_result lp_engine_solve(lp_engine *e, const double *lo, const double *hi, double *x, double *y)
{
  lp_result r = LP_FAILED;
  if (e->m->m == 0) return solve_without_rows(e, lo, hi, x);
  for (int attempt = 0; attempt < 3; attempt++) {
    if (dyo_poll(e->ctx, e->fraction, "solving") != DYO_RUN_ON) {
      x[0] = NAN;
      return LP_STOPPED;
    }
    const bool reload = !e->lp || (attempt > 0 && !e->fresh);
    if (reload && !load(e)) return LP_NO_MEMORY;
    if (attempt == 2) set_scaling(e->lp, SCALE_NONE);
    for (int j = 0; j < e->m->n; j++)
      if (e->m->whole[j] && (lo[j] != e->lo[j] || hi[j] != e->hi[j]) && !push_bounds(e, j, lo[j], hi[j]))
        return LP_INFEASIBLE;
    const bool cold = e->fresh;
    r               = run(e, x, y);
    if (r == LP_OPTIMAL || r == LP_STOPPED || r == LP_NO_MEMORY) return r;
    if (cold && r != LP_FAILED) return r;
  }
  return r;
}
