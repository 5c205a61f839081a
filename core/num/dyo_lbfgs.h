/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_lbfgs.h - the least of a smooth function of many variables, with absolute values of some of them added where they are to be
 * sparse. Limited-memory BFGS, Nocedal & Wright (2006), algorithm 7.4; with absolute values the orthant-wise form of Andrew & Gao
 * (2007), Scalable training of L1-regularized log-linear models, ICML 24. Nothing is random. */
#ifndef DYO_LBFGS_H
#define DYO_LBFGS_H

#include "base/dyo_ctx.h"

/* The smooth part at x, and its n derivatives in g. Not finite counts as too far. */
typedef double (*dyo_lbfgs_loss)(const double *x, double *g, void *job);

/* Plain. */
typedef struct {
  size_t        n;
  const double *weight; /* n, >= 0: weight[i] |x[i]| is added to the loss; NULL: none */
  int           max_iter;
  double        tol; /* stop when ten iterations together gain less than tol (1 + |value|) */
} dyo_lbfgs_opts;

typedef struct {
  double value; /* weights included */
  int    iter;
  bool   converged;
} dyo_lbfgs_info;

/* From x, which becomes the best point found. invalid_input at "" where the loss is not finite at the start; cancelled where the host
 * asks for it. *info may be NULL. */
dyo_status dyo_lbfgs(dyo_ctx *ctx, const dyo_lbfgs_opts *o, dyo_lbfgs_loss loss, void *job, double *x,
                     dyo_lbfgs_info *info, dyo_err *err);

#endif
