/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Roots as eigenvalues of the balanced companion matrix. Edelman & Murakami (1995), Mathematics of Computation 64. */
#include "num/dyo_roots.h"

#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_poly.h>

bool dyo_poly_roots(const double *c, size_t degree, double *re, double *im, size_t *n)
{
  *n = 0;
  while (degree > 0 && c[degree] == 0) degree--;
  if (degree == 0) return true;
  gsl_poly_complex_workspace *w  = gsl_poly_complex_workspace_alloc(degree + 1);
  double                     *z  = malloc(2 * degree * sizeof *z);
  bool                        ok = w && z;
  if (ok) ok = gsl_poly_complex_solve(c, degree + 1, w, z) == GSL_SUCCESS;
  for (size_t i = 0; ok && i < degree; i++) {
    re[i] = z[2 * i];
    im[i] = z[2 * i + 1];
  }
  if (ok) *n = degree;
  free(z);
  if (w) gsl_poly_complex_workspace_free(w);
  return ok;
}

double dyo_poly_min_root(dyo_ctx *ctx, const double *c, size_t degree)
{
  double *re = DYO_NEW(ctx, degree + 1, double), *im = DYO_NEW(ctx, degree + 1, double), least = INFINITY;
  size_t  n = 0;
  if (!re || !im || !dyo_poly_roots(c, degree, re, im, &n)) return NAN;
  for (size_t i = 0; i < n; i++) least = fmin(least, hypot(re[i], im[i]));
  return least;
}
