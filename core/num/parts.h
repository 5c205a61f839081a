/* SPDX-License-Identifier: GPL-3.0-or-later */
/* parts.h - what the files of the distributions share. */
#ifndef DYO_NUM_PARTS_H
#define DYO_NUM_PARTS_H

#include "num/dyo_dist.h"

/* ln Gamma(a+1) - [(a + 1/2) ln a - a + ln(2 pi)/2], a > 0: what Stirling's formula leaves out. */
double num_stirling(double a);

/* x ln(x/m) + m - x for x, m > 0, with d = x - m given apart, free of its cancellation. */
double num_deviance(double x, double m, double d);

/* u^a e^-u / Gamma(a+1), a and u >= 0: the Poisson probability of a at mean u, for any a. */
double num_poisson(double a, double u);

/* Integral of f over [lo, hi] by 20 Gauss-Legendre points on each of the pieces, none wider than `width`. */
double num_integral(double (*f)(double s, const void *arg), const void *arg, double lo, double hi, double width);

/* All losses of a gamma variable of shape a > 0 and scale 1 at u > 0. */
dyo_tails num_gamma_tails(double a, double u);

/* Negative binomial counts of mean m > 0 and r > 0 successes; r infinite: Poisson. x is whole and >= 0. */
double    num_count_pmf(double m, double r, double x);
dyo_tails num_count_tails(double m, double r, double x);

/* A continued fraction at z standard deviations from the mean is exact after this many terms. */
int num_chain_terms(double z);

#endif
