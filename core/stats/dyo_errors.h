/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_errors.h - how far forecasts f were from what came, y. Pairs where either is missing do not count; NaN where no pair counts or
 * the measure has no meaning. Hyndman & Koehler (2006), Int. J. Forecasting 22. */
#ifndef DYO_ERRORS_H
#define DYO_ERRORS_H

#include <stddef.h>

double dyo_mae(const double *y, const double *f, size_t n);
double dyo_rmse(const double *y, const double *f, size_t n);
double dyo_mape(const double *y, const double *f, size_t n);  /* percent; pairs with y = 0 do not count */
double dyo_smape(const double *y, const double *f, size_t n); /* 0..200; 0 where both are zero */

/* Mean |x_t - x_{t-m}|, and root mean square of it, over the training series: what a seasonal naive forecast errs by. */
double dyo_naive_mae(const double *train, size_t n, size_t m);
double dyo_naive_rmse(const double *train, size_t n, size_t m);

double dyo_mase(const double *y, const double *f, size_t n, double naive_mae);   /* NaN where naive_mae is 0 */
double dyo_rmsse(const double *y, const double *f, size_t n, double naive_rmse); /* the same */

double dyo_pinball(const double *y, const double *q, size_t n,
                   double level); /* of quantile forecasts, level in (0,1) */
double dyo_coverage(const double *y, const double *lower, const double *upper,
                    size_t n); /* share inside, ends included: 0..1 */

#endif
