/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mip_proof.c - a second model that proves what lp_solve only claims: that there is no answer, or no end to the
 * objective. */
#include "solver/mip.h"

#include <math.h>
#include <stdlib.h>

/* A model in the making whose first columns are those of another. lift: each row gets helper columns, one that lifts it
 * where it is too low and one that lowers it where it is too high; level: right sides are 0. */
typedef struct {
  dyo_mip *to;
  bool     lift, level;
  int      used; /* helper columns so far */
  dyo_err  err;
} copy;

static dyo_status copy_row(const dyo_mip *m, int i, copy *c)
{
  const size_t at = m->start[i], len = m->start[i + 1] - at;
  int         *idx = malloc((len + 2) * sizeof *idx);
  double      *val = malloc((len + 2) * sizeof *val);
  dyo_status   st  = idx && val ? DYO_OK : dyo_oom(&c->err);
  size_t       n   = 0;
  for (; st == DYO_OK && n < len; n++) {
    idx[n] = m->idx[at + n];
    val[n] = m->val[at + n];
  }
  for (int side = 0; st == DYO_OK && c->lift && side < 2; side++) {
    if ((side == 0 && m->sense[i] == DYO_LE) || (side == 1 && m->sense[i] == DYO_GE)) continue;
    idx[n]   = m->n + c->used++;
    val[n++] = side == 0 ? 1.0 : -1.0;
  }
  if (st == DYO_OK) st = dyo_mip_row(c->to, (int)n, idx, val, m->sense[i], c->level ? 0.0 : m->rhs[i], &c->err);
  free(idx);
  free(val);
  return st;
}

/* The LP of what has been made. */
static dyo_mip_info solve_copy(copy *c, dyo_ctx *ctx)
{
  const size_t    n    = (size_t)c->to->n;
  dyo_mip_info    info = {.status = DYO_MIP_UNKNOWN, .objective = 0, .bound = -INFINITY};
  double         *x    = malloc(6 * n * sizeof *x);
  double         *y    = calloc((size_t)c->to->m + 1, sizeof *y);
  lp_engine      *e    = lp_engine_new(c->to, ctx);
  const lp_result r    = x && y && e ? lp_engine_solve(e, c->to->lo, c->to->hi, x, y) : LP_NO_MEMORY;
  if (r == LP_OPTIMAL) {
    info.status    = DYO_MIP_OPTIMAL;
    info.objective = mip_objective(c->to, x);
    info.bound =
      mip_safe_bound(c->to, &(mip_duals){.y = y, .lo = c->to->lo, .hi = c->to->hi, .z = info.objective, .work = x + n});
  }
  free(x);
  free(y);
  lp_engine_free(e);
  return info;
}

/* Let every row be broken at a price of one: the least total price is above zero just when no x keeps them all,
 * and its safe dual bound is the weighted sum of rows that shows it. */
bool mip_proves_infeasible(const dyo_mip *m, const double *lo, const double *hi, dyo_ctx *ctx)
{
  copy         c    = {.lift = true};
  dyo_mip_info info = {.status = DYO_MIP_UNKNOWN};
  if (m->n > (1 << 29) || m->m > (1 << 28)) return false;
  dyo_status st = dyo_mip_new(m->n + 2 * m->m, &c.to, &c.err);
  for (int j = 0; st == DYO_OK && j < m->n; j++) st = dyo_mip_col(c.to, j, 0, lo[j], hi[j], false, &c.err);
  for (int i = 0; st == DYO_OK && i < m->m; i++) st = copy_row(m, i, &c);
  for (int j = m->n; st == DYO_OK && j < c.to->n; j++)
    st = dyo_mip_col(c.to, j, 1, 0, j < m->n + c.used ? INFINITY : 0, false, &c.err);
  if (st == DYO_OK) info = solve_copy(&c, ctx);
  dyo_mip_free(c.to);
  return info.status == DYO_MIP_OPTIMAL && info.bound > 0;
}

/* The steepest fall within steps of -1..1 along directions that break no row (right sides 0) and leave no bound. */
bool mip_proves_ray(const dyo_mip *m, dyo_ctx *ctx)
{
  copy         c    = {.level = true};
  dyo_mip_info info = {.status = DYO_MIP_UNKNOWN};
  double       size = 0;
  dyo_status   st   = dyo_mip_new(m->n, &c.to, &c.err);
  for (int j = 0; st == DYO_OK && j < m->n; j++) {
    st   = dyo_mip_col(c.to, j, m->cost[j], isfinite(m->lo[j]) ? 0 : -1, isfinite(m->hi[j]) ? 0 : 1, false, &c.err);
    size = fmax(size, fabs(m->cost[j]));
  }
  for (int i = 0; st == DYO_OK && i < m->m; i++) st = copy_row(m, i, &c);
  if (st == DYO_OK) info = solve_copy(&c, ctx);
  dyo_mip_free(c.to);
  return info.status == DYO_MIP_OPTIMAL && info.objective < -1e-9 * size;
}

dyo_mip_status mip_if_any(const dyo_mip *m, dyo_ctx *ctx, const dyo_mip_opts *o)
{
  copy         c    = {0};
  dyo_mip_info info = {.status = DYO_MIP_UNKNOWN};
  dyo_mip_opts any  = dyo_mip_defaults();
  double      *x    = malloc((size_t)m->n * sizeof *x);
  dyo_status   st   = x ? dyo_mip_new(m->n, &c.to, &c.err) : dyo_oom(&c.err);
  any.max_nodes     = o->max_nodes;
  for (int j = 0; st == DYO_OK && j < m->n; j++) st = dyo_mip_col(c.to, j, 0, m->lo[j], m->hi[j], m->whole[j], &c.err);
  for (int i = 0; st == DYO_OK && i < m->m; i++) st = copy_row(m, i, &c);
  if (st == DYO_OK) st = dyo_mip_solve(c.to, ctx, &any, x, NULL, &info, &c.err);
  dyo_mip_free(c.to);
  free(x);
  if (st == DYO_OK && (info.status == DYO_MIP_OPTIMAL || info.status == DYO_MIP_FEASIBLE)) return DYO_MIP_UNBOUNDED;
  return st == DYO_OK && info.status == DYO_MIP_INFEASIBLE ? DYO_MIP_INFEASIBLE : DYO_MIP_UNKNOWN;
}
