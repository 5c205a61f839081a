/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lp.c - dyo_lp over lp_solve 5.5. A new column comes in at zero, so the last basis stays feasible and the primal simplex goes on from
 * it; lp_solve keeps a basis over added columns by itself. Where it fails, the model is solved once more from a basis of slacks. */
#include "solver/dyo_lp.h"

#include <lp_lib.h>
#include <lp_rand.h>

#include <math.h>
#include <stdlib.h>

#define LP_INF 1e20

struct dyo_lp {
  lprec   *lp;
  dyo_ctx *ctx;
  int      n_rows, n_cols;
  int     *row; /* n_rows + 1: room for one column as lp_solve numbers rows */
  double  *val;
  double   unit;    /* of cost */
  long     left;    /* calls of on_poll, which come once an iteration, before this try counts as going in circles */
  bool     stopped; /* dyo_poll said so */
};

static int on_poll(lprec *lp, void *handle)
{
  dyo_lp *m = handle;
  (void)lp;
  m->stopped = m->stopped || (m->ctx && dyo_poll(m->ctx, 0, "solving") != DYO_RUN_ON);
  return m->stopped || --m->left < 0;
}

dyo_status dyo_lp_new(int n_rows, const dyo_sense *sense, const double *rhs, dyo_lp **out, dyo_err *err)
{
  static const int type[] = {LE, GE, EQ};
  dyo_lp          *m      = calloc(1, sizeof *m);
  *out                    = NULL;
  if (!m) return dyo_oom(err);
  m->n_rows = n_rows;
  m->unit   = 1;
  m->row    = malloc(((size_t)n_rows + 1) * sizeof *m->row);
  m->val    = malloc(((size_t)n_rows + 1) * sizeof *m->val);
  dyo_lp_seed(1);
  m->lp   = make_lp(n_rows, 0);
  bool ok = m->row && m->val && m->lp;
  for (int i = 0; ok && i < n_rows; i++)
    ok = set_constr_type(m->lp, i + 1, type[sense[i]]) && set_rh(m->lp, i + 1, rhs[i]);
  if (!ok) {
    dyo_lp_free(m);
    return dyo_oom(err);
  }
  set_verbose(m->lp, NEUTRAL);
  set_minim(m->lp);
  set_scaling(m->lp, SCALE_NONE); /* scaling anew for added columns costs it the basis */
  put_abortfunc(m->lp, on_poll, m);
  *out = m;
  return DYO_OK;
}

void dyo_lp_unit(dyo_lp *m, double unit)
{
  m->unit = unit;
}

/* lp_solve takes a row out that it finds redundant, and the numbers of the rest are no longer those of the caller. */
static bool broken(const dyo_lp *m)
{
  return get_Nrows(m->lp) != m->n_rows;
}

dyo_status dyo_lp_col(dyo_lp *m, double cost, int len, const int *row, const double *val, dyo_err *err)
{
  m->row[0] = 0;
  m->val[0] = cost / m->unit;
  for (int k = 0; k < len; k++) {
    m->row[k + 1] = row[k] + 1;
    m->val[k + 1] = val[k];
  }
  if (broken(m)) return DYO_OK;
  if (!add_columnex(m->lp, len + 1, m->val, m->row)) return dyo_oom(err);
  m->n_cols++;
  return DYO_OK;
}

dyo_status dyo_lp_bounds(dyo_lp *m, int col, double lo, double hi, dyo_err *err)
{
  return broken(m) || set_bounds(m->lp, col + 1, lo, hi >= LP_INF ? 1e30 : hi) ? DYO_OK : dyo_oom(err);
}

dyo_status dyo_lp_cost(dyo_lp *m, int col, double cost, dyo_err *err)
{
  return broken(m) || set_obj(m->lp, col + 1, cost / m->unit) ? DYO_OK : dyo_oom(err);
}

static void take(dyo_lp *m, double *x, double *duals)
{
  REAL *v = NULL;
  get_ptr_variables(m->lp, &v);
  for (int j = 0; j < m->n_cols; j++) x[j] = v[j];
  v = NULL;
  get_ptr_sensitivity_rhs(m->lp, &v, NULL, NULL);
  for (int i = 0; i < m->n_rows; i++) duals[i] = v ? v[i] * m->unit : 0.0;
}

/* The first try goes on from the last basis. */
static int attempt(dyo_lp *m, int n)
{
  m->left = 2000 + 20L * m->n_rows;
  if (n) default_basis(m->lp);
  set_simplextype(m->lp, n == 1 ? SIMPLEX_DUAL_PRIMAL : SIMPLEX_PRIMAL_PRIMAL);
  set_pivoting(m->lp, (n == 2 ? PRICER_DANTZIG : PRICER_DEVEX) | PRICE_ADAPTIVE);
  return solve(m->lp);
}

dyo_status dyo_lp_solve(dyo_lp *m, dyo_ctx *ctx, double *x, double *duals, dyo_mip_status *status, dyo_err *err)
{
  m->ctx  = ctx;
  *status = DYO_MIP_UNKNOWN;
  for (int n = 0; n < 3; n++) {
    if (broken(m) || dyo_poll(ctx, 0, "solving") != DYO_RUN_ON) return DYO_OK;
    m->stopped   = false;
    const int rc = attempt(m, n);
    if (rc == NOMEMORY) return dyo_oom(err);
    if (m->stopped || broken(m)) return DYO_OK;
    if (rc == OPTIMAL || rc == PRESOLVED) {
      take(m, x, duals);
      *status = DYO_MIP_OPTIMAL;
      return DYO_OK;
    }
    *status = rc == INFEASIBLE ? DYO_MIP_INFEASIBLE : rc == UNBOUNDED ? DYO_MIP_UNBOUNDED : DYO_MIP_UNKNOWN;
  }
  return DYO_OK;
}

void dyo_lp_free(dyo_lp *m)
{
  if (!m) return;
  if (m->lp) delete_lp(m->lp);
  free(m->row);
  free(m->val);
  free(m);
}
