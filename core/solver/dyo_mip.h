/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_mip.h - linear and mixed-integer programs as rows and columns: minimise c'x, rows and bounds on x, some x whole.
 * lp_solve 5.5 does the work. Hand it small models: restricted masters, fixed cores, lot-sizing. */
#ifndef DYO_MIP_H
#define DYO_MIP_H

#include "base/dyo_ctx.h"

typedef enum { DYO_LE, DYO_GE, DYO_EQ } dyo_sense;

typedef enum {
  DYO_MIP_OPTIMAL,    /* within the gaps asked for */
  DYO_MIP_FEASIBLE,   /* stopped early with an answer in x */
  DYO_MIP_INFEASIBLE, /* proven */
  DYO_MIP_UNBOUNDED,  /* proven */
  DYO_MIP_UNKNOWN     /* stopped early (dyo_poll says why) or numerical trouble: nothing in x */
} dyo_mip_status;

typedef struct {
  double gap_rel;   /* stop branching within this of the bound, relative; 0 proves it. Default 0 */
  double gap_abs;   /* the same, absolute. Default 0 */
  double cutoff;    /* only answers below this objective are wanted; INFINITY = all. Default INFINITY */
  double max_nodes; /* branch-and-bound nodes; INFINITY = all. Default INFINITY */
} dyo_mip_opts;

typedef struct {
  dyo_mip_status status;
  double         objective; /* of x, recomputed from x; NaN without an answer */
  double         bound;     /* no answer is below this; -INFINITY where none is known */
  double         nodes;
} dyo_mip_info;

typedef struct dyo_mip dyo_mip; /* a model; one thread at a time */

dyo_mip_opts dyo_mip_defaults(void);

/* n >= 1 columns, each continuous in [0, INFINITY) with cost 0. On DYO_OK *out is the caller's (dyo_mip_free). */
dyo_status dyo_mip_new(int n, dyo_mip **out, dyo_err *err);
dyo_status dyo_mip_col(dyo_mip *m, int j, double cost, double lo, double hi, bool whole, dyo_err *err);
/* sum of val[k] * x[idx[k]], k < len, against rhs. The arrays are copied. Rows are numbered from 0 in the order
 * they come. */
dyo_status dyo_mip_row(dyo_mip *m, int len, const int *idx, const double *val, dyo_sense sense, double rhs,
                       dyo_err *err);

/* x: n values out; duals: one per row (of the final LP; only meaningful without whole columns) or NULL. ctx brings
 * time limit and cancel: both end in DYO_OK with FEASIBLE or UNKNOWN. An error is out_of_memory or a malformed
 * model, never "no solution". */
dyo_status dyo_mip_solve(dyo_mip *m, dyo_ctx *ctx, const dyo_mip_opts *o, double *x, double *duals, dyo_mip_info *info,
                         dyo_err *err);
void       dyo_mip_free(dyo_mip *m); /* NULL is allowed */

#endif
