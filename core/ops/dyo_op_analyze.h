/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_op_analyze.h - forecast.analyze: what a series is like, and which model suits it. */
#ifndef DYO_OP_ANALYZE_H
#define DYO_OP_ANALYZE_H

#include "series/dyo_regular.h"
#include "stats/dyo_adf.h"
#include "stats/dyo_kpss.h"

typedef struct {
  dyo_series_in *series;
  double        *seasonal_periods;
  size_t         n_seasonal_periods;
} dyo_analyze_in;

typedef struct {
  double        statistic, p_value;
  int           lags;
  dyo_critical *critical_values;
  size_t        n_critical_values;
} dyo_unit_root;

typedef struct {
  const char *date;
  double      value, expected;
} dyo_odd_value;

typedef struct {
  const char    *frequency;
  int            n, missing;
  bool           has_trend, has_seasonality, stationary, intermittent;
  double         trend_strength, seasonal_strength;
  double        *seasonal_periods;
  size_t         n_seasonal_periods;
  const char    *demand_class;
  dyo_unit_root *adf, *kpss;
  dyo_odd_value *outliers;
  size_t         n_outliers;
  const char    *recommended_model, *reason;
  const char   **warnings;
  size_t         n_warnings;
} dyo_analyze_out;

extern const dyo_field dyo_analyze_in_rows[], dyo_analyze_out_rows[];
dyo_status             dyo_analyze(dyo_ctx *ctx, const dyo_analyze_in *in, dyo_analyze_out *out, dyo_err *err);

#endif
