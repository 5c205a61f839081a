/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_min.h - minimise a function of several variables (Nelder-Mead, or BFGS with differences for the gradient) or of one (Brent).
 * Iterations are bounded and nothing is random: the same start gives the same answer. Where a loss is not finite it counts as
 * very bad, so a loss may return INFINITY outside its domain. */
#ifndef DYO_MIN_H
#define DYO_MIN_H

#include "base/dyo_ctx.h"

typedef double (*dyo_loss)(const double *x, void *job);
typedef void (*dyo_slope)(const double *x, double *g, void *job); /* g[i] = d loss / d x[i] at x */

typedef enum { DYO_MIN_SIMPLEX = 0, DYO_MIN_BFGS } dyo_min_kind;

/* Plain. */
typedef struct {
  double value;     /* the least loss found */
  int    iter;      /* iterations made */
  int    evals;     /* losses asked, those for gradients included */
  bool   converged; /* the tolerance was met before max_iter */
} dyo_min_info;

typedef struct dyo_min dyo_min; /* opaque; serves any number of runs in the same number of variables */

/* Nelder-Mead in n >= 1 variables: stops after max_iter iterations or when the simplex is smaller than tol. */
dyo_status dyo_min_new(size_t n, int max_iter, double tol, dyo_min **out, dyo_err *err);

/* The same with a choice of method; BFGS stops when the gradient is shorter than tol * (1 + |loss|). */
dyo_status dyo_min_new_kind(dyo_min_kind kind, size_t n, int max_iter, double tol, dyo_min **out, dyo_err *err);

void dyo_min_step(dyo_min *m, double step); /* first step in each variable, 0.1 unless said; > 0 */

/* BFGS: the gradient by formula instead of differences; NULL goes back to those. Asked at the point the loss was asked at last. */
void dyo_min_slope(dyo_min *m, dyo_slope slope);

/* From x, which is overwritten with the best point seen, whatever the reason to stop. Not finite at the start is
 * invalid_input at "". */
dyo_status   dyo_min_run(dyo_min *m, dyo_loss loss, void *job, double *x, dyo_err *err);
dyo_min_info dyo_min_get_info(const dyo_min *m); /* of the last run */
void         dyo_min_free(dyo_min *m);           /* NULL is allowed */

/* The least of loss(&x) for x in [lo, hi], found to within tol: a look at `grid` >= 3 even points, then Brent's method
 * around the best of them. *value, where not NULL, takes the loss. */
double dyo_min_line(dyo_loss loss, void *job, double lo, double hi, int grid, double tol, double *value);

#endif
