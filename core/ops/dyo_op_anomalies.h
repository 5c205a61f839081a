/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_op_anomalies.h - forecast.anomalies: values that a decomposition or a fitted model did not expect. */
#ifndef DYO_OP_ANOMALIES_H
#define DYO_OP_ANOMALIES_H

#include "ops/dyo_op_forecast.h"

typedef struct {
  dyo_series_in *series;
  int            model_type; /* index into dyo_model_words; 0: decomposition */
  double         confidence_level;
  double        *seasonal_periods;
  size_t         n_seasonal_periods;
  const char    *params; /* JSON text, decoded by the model's rows */
  dyo_regressor *regressors;
  size_t         n_regressors;

  dyo_holiday_in *holidays;
  size_t          n_holidays;
} dyo_anomalies_in;

typedef struct {
  const char *date;
  double      value, expected, lower, upper, score;
} dyo_anomaly;

typedef struct {
  dyo_anomaly *anomalies;
  size_t       n_anomalies;
  int          checked;
  const char  *method;
  double       confidence_level;
  double      *seasonal_periods;
  size_t       n_seasonal_periods;
  const char **warnings;
  size_t       n_warnings;
} dyo_anomalies_out;

extern const dyo_field dyo_anomalies_in_rows[], dyo_anomalies_out_rows[];
dyo_status             dyo_anomalies(dyo_ctx *ctx, const dyo_anomalies_in *in, dyo_anomalies_out *out, dyo_err *err);

#endif
