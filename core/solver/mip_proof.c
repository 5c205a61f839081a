/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mip_proof.c - a second model that proves what lp_solve only claims: that there is no answer, or no end to the objective. */
#include "solver/mip.h"

#include <math.h>
#include <stdlib.h>

/* Rows of m over the columns of a new model whose first m->n columns are those of m. extra: one or two helper columns for row i. */
static dyo_status copy_row(const dyo_mip *m, int i, dyo_mip *to, int *n_extra, double rhs, dyo_err *err)
{
  const size_t at = m->start[i], len = m->start[i + 1] - at;
  int         *idx = malloc((len + 2) * sizeof *idx);
  double      *val = malloc((len + 2) * sizeof *val);
  dyo_status   st  = idx && val ? DYO_OK : dyo_oom(err);
  size_t       n   = 0;
  for (; st == DYO_OK && n < len; n++) {
    idx[n] = m->idx[at + n];
    val[n] = m->val[at + n];
  }
  for (int side = 0; st == DYO_OK && n_extra && side < 2; side++) {
    if ((side == 0 && m->sense[i] == DYO_LE) || (side == 1 && m->sense[i] == DYO_GE)) continue;
    idx[n]   = m->n + (*n_extra)++;
    val[n++] = side == 0 ? 1.0 : -1.0; /* lifts a row that is too low, lowers one that is too high */
  }
  if (st == DYO_OK) st = dyo_mip_row(to, (int)n, idx, val, m->sense[i], rhs, err);
  free(idx);
  free(val);
  return st;
}

static dyo_status solve_copy(dyo_mip *copy, dyo_ctx *ctx, dyo_mip_info *info, dyo_err *err)
{
  double          *x    = malloc((size_t)copy->n * sizeof *x);
  double          *y    = calloc((size_t)copy->m + 1, sizeof *y);
  double          *work = malloc(5 * (size_t)copy->n * sizeof *work);
  lp_engine       *e    = lp_engine_new(copy, ctx);
  dyo_status       st   = x && y && work && e ? DYO_OK : dyo_oom(err);
  const lp_result  r    = st == DYO_OK ? lp_engine_solve(e, copy->lo, copy->hi, x, y) : LP_FAILED;
  if (r == LP_OPTIMAL) {
    info->status    = DYO_MIP_OPTIMAL;
    info->objective = mip_objective(copy, x);
    info->bound     = mip_safe_bound(copy, &(mip_duals){.y = y, .lo = copy->lo, .hi = copy->hi, .z = info->objective, .work = work});
  }
  free(x);
  free(y);
  free(work);
  lp_engine_free(e);
  return st;
}

/* Let every row be broken at a price of one: the least total price is above zero just when no x keeps them all, and its safe dual
 * bound is the weighted sum of rows that shows it. */
bool mip_proves_infeasible(const dyo_mip *m, const double *lo, const double *hi, dyo_ctx *ctx)
{
  dyo_mip      *copy = NULL;
  dyo_err       err;
  dyo_mip_info  info = {.status = DYO_MIP_UNKNOWN, .bound = -INFINITY};
  int           used = 0;
  if (m->n > (1 << 29) || m->m > (1 << 28)) return false;
  dyo_status st = dyo_mip_new(m->n + 2 * m->m, &copy, &err);
  for (int j = 0; st == DYO_OK && j < m->n; j++) st = dyo_mip_col(copy, j, 0, lo[j], hi[j], false, &err);
  for (int i = 0; st == DYO_OK && i < m->m; i++) st = copy_row(m, i, copy, &used, m->rhs[i], &err);
  for (int j = m->n; st == DYO_OK && j < copy->n; j++) st = dyo_mip_col(copy, j, 1, 0, j < m->n + used ? INFINITY : 0, false, &err);
  if (st == DYO_OK) st = solve_copy(copy, ctx, &info, &err);
  dyo_mip_free(copy);
  return st == DYO_OK && info.status == DYO_MIP_OPTIMAL && info.bound > 0;
}

/* The steepest fall within steps of -1..1 along directions that break no row (right sides 0) and leave no bound. */
bool mip_proves_ray(const dyo_mip *m, dyo_ctx *ctx)
{
  dyo_mip      *copy = NULL;
  dyo_err       err;
  dyo_mip_info  info = {.status = DYO_MIP_UNKNOWN, .objective = 0};
  double        size = 0;
  dyo_status    st   = dyo_mip_new(m->n, &copy, &err);
  for (int j = 0; st == DYO_OK && j < m->n; j++) {
    st   = dyo_mip_col(copy, j, m->cost[j], isfinite(m->lo[j]) ? 0 : -1, isfinite(m->hi[j]) ? 0 : 1, false, &err);
    size = fmax(size, fabs(m->cost[j]));
  }
  for (int i = 0; st == DYO_OK && i < m->m; i++) st = copy_row(m, i, copy, NULL, 0, &err);
  if (st == DYO_OK) st = solve_copy(copy, ctx, &info, &err);
  dyo_mip_free(copy);
  return st == DYO_OK && info.status == DYO_MIP_OPTIMAL && info.objective < -1e-9 * size;
}

dyo_mip_status mip_if_any(const dyo_mip *m, dyo_ctx *ctx, const dyo_mip_opts *o)
{
  dyo_mip      *copy = NULL;
  dyo_err       err;
  dyo_mip_info  info = {.status = DYO_MIP_UNKNOWN};
  dyo_mip_opts  any  = dyo_mip_defaults();
  double       *x    = malloc((size_t)m->n * sizeof *x);
  dyo_status    st   = x ? dyo_mip_new(m->n, &copy, &err) : dyo_oom(&err);
  any.max_nodes      = o->max_nodes;
  for (int j = 0; st == DYO_OK && j < m->n; j++) st = dyo_mip_col(copy, j, 0, m->lo[j], m->hi[j], m->whole[j], &err);
  for (int i = 0; st == DYO_OK && i < m->m; i++) st = copy_row(m, i, copy, NULL, m->rhs[i], &err);
  if (st == DYO_OK) st = dyo_mip_solve(copy, ctx, &any, x, NULL, &info, &err);
  dyo_mip_free(copy);
  free(x);
  if (st == DYO_OK && (info.status == DYO_MIP_OPTIMAL || info.status == DYO_MIP_FEASIBLE)) return DYO_MIP_UNBOUNDED;
  return st == DYO_OK && info.status == DYO_MIP_INFEASIBLE ? DYO_MIP_INFEASIBLE : DYO_MIP_UNKNOWN;
}
