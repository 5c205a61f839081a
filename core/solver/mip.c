/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mip.c - the model of dyo_mip.h: columns, rows, and the way to an answer. */
#include "solver/mip.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

dyo_mip_opts dyo_mip_defaults(void)
{
  return (dyo_mip_opts){.gap_rel = 0, .gap_abs = 0, .cutoff = INFINITY, .max_nodes = INFINITY};
}

dyo_status dyo_mip_new(int n, dyo_mip **out, dyo_err *err)
{
  const size_t size = n > 0 ? (size_t)n : 0;
  dyo_mip     *m    = NULL;
  *out              = NULL;
  if (n < 1) return dyo_fail(err, DYO_INTERNAL, "", "a model has %d columns; at least 1 is expected", n);
  m = calloc(1, sizeof *m);
  if (!m) return dyo_oom(err);
  m->n     = n;
  m->cost  = calloc(3 * size, sizeof *m->cost);
  m->whole = calloc(size, sizeof *m->whole);
  m->start = calloc(1, sizeof *m->start);
  m->seen  = calloc(size, sizeof *m->seen);
  if (!m->cost || !m->whole || !m->start || !m->seen) {
    dyo_mip_free(m);
    return dyo_oom(err);
  }
  m->lo = m->cost + n;
  m->hi = m->lo + n;
  for (int j = 0; j < n; j++) m->hi[j] = INFINITY;
  *out = m;
  return DYO_OK;
}

void dyo_mip_free(dyo_mip *m)
{
  if (!m) return;
  free(m->cost);
  free(m->whole);
  free(m->start);
  free(m->seen);
  free(m->idx);
  free(m->val);
  free(m->sense);
  free(m->rhs);
  free(m);
}

dyo_status dyo_mip_col(dyo_mip *m, int j, double cost, double lo, double hi, bool whole, dyo_err *err)
{
  if (j < 0 || j >= m->n) return dyo_fail(err, DYO_INTERNAL, "", "column %d is set; the model has 0..%d", j, m->n - 1);
  if (!isfinite(cost) || isnan(lo) || isnan(hi) || lo >= MIP_INF || hi <= -MIP_INF)
    return dyo_fail(err, DYO_INTERNAL, "", "column %d has cost %g and bounds %g..%g", j, cost, lo, hi);
  if (whole && lo <= -MIP_INF && hi >= MIP_INF)
    return dyo_fail(err, DYO_INTERNAL, "", "whole column %d has no bound; one on either side is expected", j);
  m->cost[j]  = cost;
  m->whole[j] = whole;
  m->lo[j]    = lo <= -MIP_INF ? -INFINITY : whole ? ceil(lo - MIP_WHOLE) : lo;
  m->hi[j]    = hi >= MIP_INF ? INFINITY : whole ? floor(hi + MIP_WHOLE) : hi;
  return DYO_OK;
}

/* Room for one more row of len entries. */
static bool grow(dyo_mip *m, size_t len)
{
  const size_t nz = m->start[m->m] + len, rows = (size_t)m->m + 1;
  if (rows > m->cap_m) {
    const size_t cap   = 2 * rows + 16;
    size_t      *start = realloc(m->start, (cap + 1) * sizeof *start);
    if (start) m->start = start;
    dyo_sense *sense = realloc(m->sense, cap * sizeof *sense);
    if (sense) m->sense = sense;
    double *rhs = realloc(m->rhs, cap * sizeof *rhs);
    if (rhs) m->rhs = rhs;
    if (!start || !sense || !rhs) return false;
    m->cap_m = cap;
  }
  if (nz > m->cap_nz) {
    const size_t cap = 2 * nz + 64;
    int         *idx = realloc(m->idx, cap * sizeof *idx);
    if (idx) m->idx = idx;
    double *val = realloc(m->val, cap * sizeof *val);
    if (val) m->val = val;
    if (!idx || !val) return false;
    m->cap_nz = cap;
  }
  return true;
}

/* Add the entries of a row, those of one column together and zeros left out. */
static size_t pack(dyo_mip *m, int len, const int *idx, const double *val)
{
  const size_t from = m->start[m->m];
  size_t       to   = from;
  for (int k = 0; k < len; k++) {
    const int j = idx[k];
    if (val[k] == 0) continue;
    if (m->seen[j] <= from) { /* the column's first entry in this row */
      m->idx[to] = j;
      m->val[to] = val[k];
      m->seen[j] = ++to;
    } else {
      m->val[m->seen[j] - 1] += val[k];
    }
  }
  return to;
}

dyo_status dyo_mip_row(dyo_mip *m, int len, const int *idx, const double *val, dyo_sense sense, double rhs,
                       dyo_err *err)
{
  if (len < 0 || !isfinite(rhs) || sense < DYO_LE || sense > DYO_EQ)
    return dyo_fail(err, DYO_INTERNAL, "", "row %d has %d entries, sense %d and right side %g", m->m, len, (int)sense,
                    rhs);
  for (int k = 0; k < len; k++)
    if (idx[k] < 0 || idx[k] >= m->n || !isfinite(val[k]))
      return dyo_fail(err, DYO_INTERNAL, "", "row %d has %g at column %d; the model has columns 0..%d", m->m, val[k],
                      idx[k], m->n - 1);
  if (!grow(m, (size_t)len)) return dyo_oom(err);
  m->start[m->m + 1] = pack(m, len, idx, val);
  m->sense[m->m]     = sense;
  m->rhs[m->m]       = rhs;
  m->m++;
  return DYO_OK;
}

/* Continuous columns only: one LP. */
static dyo_status solve_lp(const dyo_mip *m, dyo_ctx *ctx, const dyo_mip_opts *o, const mip_answer *a, dyo_err *err)
{
  dyo_mip_info *info = a->info;
  lp_engine    *e    = lp_engine_new(m, ctx);
  double       *work = malloc(5 * (size_t)m->n * sizeof *work);
  dyo_status    st   = e && work ? DYO_OK : dyo_oom(err);
  lp_result     r    = LP_FAILED;
  mip_duals     p    = {.y = a->y, .lo = m->lo, .hi = m->hi, .z = INFINITY, .work = work};
  if (st == DYO_OK) r = lp_engine_solve(e, m->lo, m->hi, a->x, a->y);
  if (st == DYO_OK && r == LP_NO_MEMORY) st = dyo_oom(err);
  if (st != DYO_OK) goto done;
  if (r == LP_OPTIMAL || (r == LP_STOPPED && !isnan(a->x[0]) && mip_violation(m, a->x) < 1e-6)) {
    info->status    = r == LP_OPTIMAL ? DYO_MIP_OPTIMAL : DYO_MIP_FEASIBLE;
    info->objective = mip_objective(m, a->x);
    p.z             = info->objective;
  }
  if (r == LP_OPTIMAL || r == LP_STOPPED) info->bound = mip_safe_bound(m, &p);
  if (r == LP_INFEASIBLE && mip_proves_infeasible(m, m->lo, m->hi, ctx)) info->status = DYO_MIP_INFEASIBLE;
  if (r == LP_UNBOUNDED && mip_proves_ray(m, ctx)) info->status = DYO_MIP_UNBOUNDED;
  if (info->objective >= o->cutoff - 1e-9 * fabs(o->cutoff))
    *info = (dyo_mip_info){.status = DYO_MIP_INFEASIBLE, .objective = NAN, .bound = info->bound};
done:
  free(work);
  lp_engine_free(e);
  return st;
}

static bool has_whole(const dyo_mip *m)
{
  for (int j = 0; j < m->n; j++)
    if (m->whole[j]) return true;
  return false;
}

dyo_status dyo_mip_solve(dyo_mip *m, dyo_ctx *ctx, const dyo_mip_opts *o, double *x, double *duals, dyo_mip_info *info,
                         dyo_err *err)
{
  double          *y  = calloc((size_t)m->m + 1, sizeof *y);
  const mip_answer a  = {x, y, info};
  dyo_status       st = y ? DYO_OK : dyo_oom(err);
  *info               = (dyo_mip_info){.status = DYO_MIP_UNKNOWN, .objective = NAN, .bound = -INFINITY, .nodes = 0};
  if (st != DYO_OK) return st;
  for (int j = 0; j < m->n; j++)
    if (m->lo[j] > m->hi[j]) info->status = DYO_MIP_INFEASIBLE;
  if (info->status == DYO_MIP_UNKNOWN)
    st = has_whole(m) ? mip_branch(m, ctx, o, &a, err) : solve_lp(m, ctx, o, &a, err);
  if (st == DYO_OK && info->status == DYO_MIP_UNBOUNDED && has_whole(m)) info->status = mip_if_any(m, ctx, o);
  if (st == DYO_OK && info->status == DYO_MIP_INFEASIBLE && info->bound == -INFINITY) info->bound = INFINITY;
  if (st == DYO_OK && duals && m->m > 0) memcpy(duals, y, (size_t)m->m * sizeof *duals);
  free(y);
  return st;
}
