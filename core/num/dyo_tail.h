/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_tail.h - upper tails of test statistics. */
#ifndef DYO_TAIL_H
#define DYO_TAIL_H

double dyo_chisq_survival(double x, double df);          /* P(X > x), chi-square with df > 0 degrees of freedom */
double dyo_f_survival(double x, double df1, double df2); /* P(X > x), F with df1, df2 > 0 */

#endif
