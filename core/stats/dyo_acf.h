/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_acf.h - autocorrelation, partial autocorrelation and the portmanteau test on them. */
#ifndef DYO_ACF_H
#define DYO_ACF_H

#include "base/dyo_ctx.h"
#include "base/dyo_field.h"

/* r[k-1] = autocorrelation at lag k, k = 1..lags < n, about the mean and divided by n. x has no missing value and is not
 * constant. False without memory. */
bool dyo_autocorrelation(dyo_ctx *ctx, const double *x, size_t n, size_t lags, double *r);

/* Partial autocorrelations from autocorrelations, Durbin-Levinson; O(lags^2). False without memory. */
bool dyo_partial(dyo_ctx *ctx, const double *r, size_t lags, double *out);

/* Ljung-Box statistic of the first lags autocorrelations of n values; chi-square with lags - fitted degrees of freedom. */
double dyo_ljung_box(const double *r, size_t lags, size_t n);

typedef struct {
  double *values;
  size_t  n_values;
  int     nlags;
} dyo_acf_in;

typedef struct {
  int    lag;
  double statistic, p_value;
} dyo_ljung;

typedef struct {
  double    *acf, *pacf;
  size_t     n_acf, n_pacf;
  dyo_ljung *ljung_box;
  size_t     n_ljung_box;
} dyo_acf_out;

extern const dyo_field dyo_acf_in_rows[], dyo_acf_out_rows[];

dyo_status dyo_acf(dyo_ctx *ctx, const dyo_acf_in *in, dyo_acf_out *out, dyo_err *err);

#endif
