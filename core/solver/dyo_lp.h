/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_lp.h - a linear program that grows by columns and is solved again from where it stands: minimise c'x, rows fixed at the start,
 * columns in [lo, hi], lo >= 0, added as they are found. For column generation: the master over columns known so far, and its prices. */
#ifndef DYO_LP_H
#define DYO_LP_H

#include "solver/dyo_mip.h"

typedef struct dyo_lp dyo_lp; /* a model; one thread at a time */

/* n_rows >= 1 rows: sense[i] and rhs[i], without columns yet. On DYO_OK *out is the caller's (dyo_lp_free). */
dyo_status dyo_lp_new(int n_rows, const dyo_sense *sense, const double *rhs, dyo_lp **out, dyo_err *err);

/* Costs are divided by `unit` (a power of two) inside, and duals multiplied: lp_solve's tolerances are absolute, and mean little where costs
 * are millions of millions. Before the first column. */
void dyo_lp_unit(dyo_lp *lp, double unit);

/* One more column: cost, and val[k] in row[k], k < len. Columns are numbered from 0 as they come, and are in [0, INFINITY). */
dyo_status dyo_lp_col(dyo_lp *lp, double cost, int len, const int *row, const double *val, dyo_err *err);
dyo_status dyo_lp_bounds(dyo_lp *lp, int col, double lo, double hi, dyo_err *err); /* 0 <= lo <= hi */

dyo_status dyo_lp_cost(dyo_lp *lp, int col, double cost, dyo_err *err); /* the last basis stays feasible */

/* x: a value per column, duals: one per row (objective per unit of right side); both only when *status is DYO_MIP_OPTIMAL, which is
 * lp_solve's word: prove what matters from the duals. Time and cancel end it with DYO_MIP_UNKNOWN. */
dyo_status dyo_lp_solve(dyo_lp *lp, dyo_ctx *ctx, double *x, double *duals, dyo_mip_status *status, dyo_err *err);
void       dyo_lp_free(dyo_lp *lp); /* NULL is allowed */

#endif
