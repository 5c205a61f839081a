/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_adf.h - augmented Dickey-Fuller test: the null hypothesis is a unit root, a small p-value speaks for stationarity. */
#ifndef DYO_ADF_H
#define DYO_ADF_H

#include "base/dyo_ctx.h"
#include "base/dyo_field.h"

typedef enum {
  DYO_ADF_N = 0,
  DYO_ADF_C,
  DYO_ADF_CT,
  DYO_ADF_CTT
} dyo_adf_regression; /* deterministic terms, as many as the value */
typedef enum { DYO_LAG_FIXED = 0, DYO_LAG_AIC, DYO_LAG_BIC, DYO_LAG_T } dyo_autolag;

/* One critical value of a test; level is "1%". */
typedef struct {
  const char *level;
  double      value;
} dyo_critical;
extern const dyo_field dyo_critical_rows[];

typedef struct {
  double *values;
  size_t  n_values;
  int     regression; /* dyo_adf_regression */
  int     autolag;    /* dyo_autolag */
  int     maxlag;
} dyo_adf_in;

typedef struct {
  double        statistic, p_value;
  int           used_lag, n_obs;
  dyo_critical *critical_values;
  size_t        n_critical_values;
} dyo_adf_out;

extern const dyo_field dyo_adf_in_rows[], dyo_adf_out_rows[];

dyo_status dyo_adf(dyo_ctx *ctx, const dyo_adf_in *in, dyo_adf_out *out, dyo_err *err);

#endif
