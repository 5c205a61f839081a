/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_kpss.h - KPSS test: the null hypothesis is stationarity (about a level or a trend), a small p-value speaks against it. */
#ifndef DYO_KPSS_H
#define DYO_KPSS_H

#include "base/dyo_ctx.h"
#include "base/dyo_field.h"
#include "stats/dyo_adf.h"

typedef enum { DYO_KPSS_LEVEL = 0, DYO_KPSS_TREND } dyo_kpss_regression;
enum { DYO_KPSS_AUTO = -1, DYO_KPSS_LEGACY = -2 }; /* for nlags */

typedef struct {
  double *values;
  size_t  n_values;
  int     regression; /* dyo_kpss_regression */
  int     nlags;      /* a number below n_values, or one of the two above */
} dyo_kpss_in;

typedef struct {
  double        statistic, p_value;
  int           lags;
  dyo_critical *critical_values;
  size_t        n_critical_values;
} dyo_kpss_out;

extern const dyo_field dyo_kpss_in_rows[], dyo_kpss_out_rows[];

dyo_status dyo_kpss(dyo_ctx *ctx, const dyo_kpss_in *in, dyo_kpss_out *out, dyo_err *err);

/* The statistic alone, of values that vary and have no gap; NaN when memory ran out. */
double dyo_kpss_statistic(dyo_ctx *ctx, const double *x, size_t n, dyo_kpss_regression regression, size_t lags);
double dyo_kpss_p_value(double statistic, dyo_kpss_regression regression); /* between 0.01 and 0.1 */

#endif
