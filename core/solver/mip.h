/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mip.h - private to this folder: the model, the LP engine under it, what can be proven without it, and the tree
 * search. */
#ifndef DYO_SOLVER_MIP_H
#define DYO_SOLVER_MIP_H

#include "solver/dyo_mip.h"

#define MIP_INF   1e20 /* a bound at or beyond this is none */
#define MIP_WHOLE 1e-6 /* a whole column this near to a whole number counts as one */

struct dyo_mip {
  int        n, m;
  double    *cost, *lo, *hi; /* n */
  bool      *whole;          /* n */
  size_t    *start;          /* m + 1: row i is idx, val[start[i] .. start[i + 1]) */
  int       *idx;
  double    *val;
  dyo_sense *sense; /* m */
  double    *rhs;   /* m */
  size_t     cap_m, cap_nz;
  size_t    *seen; /* n: one past a column's last entry among all rows */
};

/* ---- mip_lp.c: the continuous problem, by lp_solve ---- */
typedef enum { LP_OPTIMAL, LP_INFEASIBLE, LP_UNBOUNDED, LP_STOPPED, LP_FAILED, LP_NO_MEMORY } lp_result;
typedef struct lp_engine lp_engine;

lp_engine *lp_engine_new(const dyo_mip *m, dyo_ctx *ctx); /* NULL when memory ran out */
void       lp_engine_free(lp_engine *e);
void       lp_engine_progress(lp_engine *e, double fraction); /* what polls show from now on */

/* Solve with whole columns in lo..hi and the others in the model's own bounds. Starts from the last basis;
 * whatever is not "optimal" is asked a second time from scratch before it is believed. x: n out, y: m out
 * (objective per unit of right side), both only on LP_OPTIMAL; on LP_STOPPED x[0] is NaN or x is a point lp_solve
 * holds feasible. */
lp_result lp_engine_solve(lp_engine *e, const double *lo, const double *hi, double *x, double *y);

/* ---- mip_box.c: facts that hold whatever the LP engine did ---- */
double mip_objective(const dyo_mip *m, const double *x);
double mip_noise(const dyo_mip *m, const double *x); /* size of objective differences that are rounding only */

/* The worst row of x, as excess over the right side divided by max(1, largest term). */
double mip_violation(const dyo_mip *m, const double *x);

/* Draw lo..hi together over all answers of objective <= zmax (INFINITY: all). False: there is none. */
bool mip_tighten(const dyo_mip *m, double zmax, double *lo, double *hi);

/* A number no answer within lo..hi is below, from any prices y: weak duality, rounded to the safe side. z: the
 * LP's own objective (the bound never exceeds it). d: the n reduced costs out, or NULL. work: 5 n. -INFINITY where
 * nothing is known. */
typedef struct {
  const double *y, *lo, *hi;
  double        z;
  double       *d, *work;
} mip_duals;
double mip_safe_bound(const dyo_mip *m, const mip_duals *p);

double mip_unit(const dyo_mip *m); /* every objective is a multiple of this; 0 = not so */

/* What a solve fills in: x n, y m. */
typedef struct {
  double       *x, *y;
  dyo_mip_info *info;
} mip_answer;

/* ---- mip_tree.c: branch and bound. UNBOUNDED here means that the continuous problem is. ---- */
dyo_status mip_branch(const dyo_mip *m, dyo_ctx *ctx, const dyo_mip_opts *o, const mip_answer *a, dyo_err *err);

/* ---- mip_proof.c: what stands behind "no answer" and "no limit" ---- */
/* True when a weighted sum of the rows contradicts lo..hi (Farkas). */
bool mip_proves_infeasible(const dyo_mip *m, const double *lo, const double *hi, dyo_ctx *ctx);
/* True when a direction exists along which every row and bound holds and the objective falls for ever. */
bool mip_proves_ray(const dyo_mip *m, dyo_ctx *ctx);
/* The status of a model that has such a direction: UNBOUNDED when it has an answer at all, else INFEASIBLE or
 * UNKNOWN. */
dyo_mip_status mip_if_any(const dyo_mip *m, dyo_ctx *ctx, const dyo_mip_opts *o);

#endif
