/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to core/num: dense BFGS. GSL's vector_bfgs2 keeps one step of memory and needed ten times the iterations on
 * likelihoods of exponential smoothing; this one keeps the whole inverse Hessian. */
#ifndef DYO_BFGS_PRIVATE_H
#define DYO_BFGS_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>

typedef struct {
  size_t n;
  int    max_iter;
  double tol;  /* stop when |g| <= tol (1 + |f|), or f falls by less than tol^2 (1 + |f|) twice running */
  double step; /* length of the first trial step */
  double (*value)(const double *x, void *arg);          /* a huge number outside the domain */
  void (*slope)(const double *x, double *g, void *arg); /* at the point asked last */
  void   *arg;
  double *room; /* num_bfgs_room(n) doubles */
} num_bfgs;

size_t num_bfgs_room(size_t n);

/* From x to a minimum near it, in place. Returns the iterations made; *converged as above. */
int num_bfgs_run(const num_bfgs *o, double *x, bool *converged);

#endif
