/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_roots.h - roots of real polynomials, for the stationarity and invertibility of time-series models. */
#ifndef DYO_ROOTS_H
#define DYO_ROOTS_H

#include "base/dyo_ctx.h"

/* Roots of c[0] + c[1] x + ... + c[degree] x^degree; trailing zero coefficients lower the degree. Writes *n roots to
 * re[], im[] (room for `degree` each). False when the iteration fails or memory ran out; a constant has no roots. */
bool dyo_poly_roots(const double *c, size_t degree, double *re, double *im, size_t *n);

/* Smallest modulus of the roots; infinite where there is none, NaN where they were not found. */
double dyo_poly_min_root(dyo_ctx *ctx, const double *c, size_t degree);

#endif
