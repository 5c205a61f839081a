/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_root.h - a root of a function of one variable. */
#ifndef DYO_ROOT_H
#define DYO_ROOT_H

/* x in [lo, hi] with f(x) = 0, to the last digits. f must not have the same sign at both ends; if it has, or is not
 * a number there, the end where it is nearer to zero is returned. Brent (1973), Algorithms for Minimization without
 * Derivatives, ch. 4. */
double dyo_root(double (*f)(double x, const void *arg), const void *arg, double lo, double hi);

#endif
