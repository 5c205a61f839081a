/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_ols.h - linear least squares by Householder QR. Rows come one at a time and are folded into R block by block, so memory is
 * k^2 whatever the number of rows; one pass answers for every model that keeps the first j columns.
 * Golub & Van Loan (2013), Matrix Computations, 5.2 and 5.3. */
#ifndef DYO_OLS_H
#define DYO_OLS_H

#include "base/dyo_ctx.h"

typedef struct dyo_qr dyo_qr; /* lives in the call's arena */

dyo_qr *dyo_qr_new(dyo_ctx *ctx, size_t k); /* regression on k columns; NULL when memory ran out */

/* One row: the k regressors and the left side. */
void dyo_qr_row(dyo_qr *q, const double *x, double y);

/* After the last row and before any question. */
void dyo_qr_done(dyo_qr *q);

size_t dyo_qr_rows(const dyo_qr *q);
size_t dyo_qr_rank(const dyo_qr *q);             /* leading columns none of which depends on those before it */
double dyo_qr_rss(const dyo_qr *q, size_t j);    /* sum of squares left by the first j columns, j = 0..k */
double dyo_qr_last_t(const dyo_qr *q, size_t j); /* t of column j-1 in the model of the first j columns, j <= rank */

/* Coefficients of the first j <= rank columns and, where se is not NULL, their standard errors. False without memory. */
bool dyo_qr_solve(dyo_ctx *ctx, const dyo_qr *q, size_t j, double *beta, double *se);

/* Pieces of the information criteria of a Gaussian regression with n rows and residual sum of squares rss > 0. */
double dyo_gauss_loglik(size_t n, double rss);
double dyo_aic(double loglik, double parameters);
double dyo_bic(double loglik, double parameters, size_t n);

/* Plain; filled by dyo_ols. beta and se live in the arena; r2 is about the mean. */
typedef struct {
  double *beta, *se;
  double  rss, sigma2, loglik, aic, bic, r2;
} dyo_ols_fit;

/* y on k columns x[0..k), each of length n; n > k. Columns that depend on each other are invalid_input at "". */
dyo_status dyo_ols(dyo_ctx *ctx, const double *const *x, size_t k, const double *y, size_t n, dyo_ols_fit *fit,
                   dyo_err *err);

#endif
