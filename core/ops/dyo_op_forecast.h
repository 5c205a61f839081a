/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_op_forecast.h - forecast.create, forecast.predict, forecast.update and forecast.backtest: from a series in a request to a model and
 * its forecast, and fitted models as strings. core/forecast knows arrays; names, dates and JSON are joined to it here. */
#ifndef DYO_OP_FORECAST_H
#define DYO_OP_FORECAST_H

#include "base/dyo_ctx.h"
#include "forecast/dyo_backtest.h"
#include "series/dyo_regular.h"

enum {
  DYO_HORIZON_MOST    = 10000,
  DYO_LEVELS_MOST     = 20,
  DYO_FOLDS_MOST      = 50,
  DYO_REGRESSORS_MOST = 100,
  DYO_HOLIDAYS_MOST   = 200,
  DYO_RELATED_MOST    = 1000
};

/* A series that explains another one, by its name in the request. */
typedef struct {
  const char *name;
  double     *values;
  size_t      n_values;
} dyo_regressor;
extern const dyo_field dyo_regressor_rows[], dyo_future_regressor_rows[];

/* Days that recur, by the name they share. */
typedef struct {
  const char  *name;
  const char **dates;
  size_t       n_dates;
  int          lower_window, upper_window;
  double       prior_scale;
} dyo_holiday_in;
extern const dyo_field dyo_holiday_rows[];

typedef struct {
  dyo_series_in *series;
  int            model_type; /* index into dyo_model_words */
  int            forecast_horizon;
  double        *confidence_level;
  size_t         n_confidence_level;
  double        *seasonal_periods;
  size_t         n_seasonal_periods;
  dyo_regressor *regressors, *future_regressors;
  size_t         n_regressors, n_future_regressors;
  dyo_series_in *related_series;
  size_t         n_related_series;

  dyo_holiday_in *holidays;
  size_t          n_holidays;
  bool            non_negative;
  const char     *params; /* JSON text, decoded by the model's rows */
  bool            calibrate;
  int             effort; /* a dyo_effort */
  int             folds;
  bool            include_model, include_components;
  int             seed;
} dyo_create_in;

typedef struct {
  double     *lower, *upper;
  size_t      n_lower, n_upper;
  const char *confidence_level; /* "95%" */
} dyo_interval;

typedef struct {
  const char *model_type;
  double      score, weight;
} dyo_candidate;

typedef struct {
  const char *name;
  double      value;
} dyo_named_value;

typedef struct {
  const char      *reason;
  dyo_candidate   *candidates;
  size_t           n_candidates;
  dyo_named_value *features;
  size_t           n_features;
  const void      *scored; /* the members' errors, on their way into candidates */
} dyo_selection;

typedef struct {
  int    method; /* a dyo_calibrated */
  double first, last;
} dyo_interval_calibration;

typedef struct {
  const char *form;
  int        *order, *seasonal_order;
  size_t      n_order, n_seasonal_order;
  double      log_likelihood, aic, aicc, bic, sigma2, ljung_box_p;

  dyo_interval_calibration *interval_calibration;
} dyo_diagnostics;

typedef struct {
  const char *name;
  double     *values;
  size_t      n_values;
} dyo_component_out;

typedef struct {
  const char        *model_type;
  double            *predictions;
  size_t             n_predictions;
  const char       **dates;
  size_t             n_dates;
  dyo_interval      *confidence_intervals;
  size_t             n_confidence_intervals; /* DYO_ONE where the request gave one level */
  dyo_selection     *selection;
  dyo_diagnostics   *diagnostics;
  dyo_named_value   *parameters, *standard_errors;
  size_t             n_parameters, n_standard_errors;
  dyo_accuracy      *accuracy_metrics;
  dyo_component_out *components;
  size_t             n_components;
  const char        *frequency;
  double            *seasonal_periods;
  size_t             n_seasonal_periods;
  const char        *model;
  const char       **warnings;
  size_t             n_warnings;
} dyo_forecast_out;

extern const dyo_field dyo_create_in_rows[], dyo_forecast_out_rows[], dyo_accuracy_rows[];
/* What can be told of a request before its series is there: whether the model takes its params. */
dyo_status dyo_create_check(dyo_ctx *ctx, const dyo_create_in *in, dyo_err *err);

dyo_status dyo_create(dyo_ctx *ctx, const dyo_create_in *in, dyo_forecast_out *out, dyo_err *err);

typedef struct {
  const char    *model;
  int            forecast_horizon;
  double        *confidence_level;
  size_t         n_confidence_level;
  dyo_regressor *future_regressors;
  size_t         n_future_regressors;
  bool           include_components;
  int            seed;
} dyo_predict_in;

extern const dyo_field dyo_predict_in_rows[];
dyo_status             dyo_predict(dyo_ctx *ctx, const dyo_predict_in *in, dyo_forecast_out *out, dyo_err *err);

typedef struct {
  const char   **dates;
  size_t         n_dates;
  double        *values;
  size_t         n_values;
  dyo_regressor *regressors;
  size_t         n_regressors;
} dyo_observations;

typedef struct {
  const char       *model;
  dyo_observations *observations;
} dyo_update_in;

typedef struct {
  const char  *model, *model_type;
  double       observations; /* taken in */
  const char  *last_date;
  const char **warnings;
  size_t       n_warnings;
} dyo_update_out;

extern const dyo_field dyo_update_in_rows[], dyo_update_out_rows[];
dyo_status             dyo_update(dyo_ctx *ctx, const dyo_update_in *in, dyo_update_out *out, dyo_err *err);

typedef struct {
  dyo_series_in *series;
  const char   **model_types;
  size_t         n_model_types;
  int            forecast_horizon, folds, step;
  double         confidence_level;
  bool           calibrate;
  double        *seasonal_periods;
  size_t         n_seasonal_periods;
  dyo_regressor *regressors;
  size_t         n_regressors;

  dyo_holiday_in *holidays;
  size_t          n_holidays;
} dyo_backtest_in;

typedef struct {
  int    step;
  double mae, rmse, mape, smape, mase, rmsse, pinball, coverage;
} dyo_step_accuracy;

typedef struct {
  const char        *model_type;
  int                folds;
  double             mae, rmse, mape, smape, mase, rmsse, pinball, coverage;
  dyo_step_accuracy *by_step;
  size_t             n_by_step;
} dyo_model_accuracy;

typedef struct {
  dyo_model_accuracy *models;
  size_t              n_models;
  const char         *best_model;
  const char        **warnings;
  size_t              n_warnings;
} dyo_backtest_out;

extern const dyo_field dyo_backtest_in_rows[], dyo_backtest_out_rows[];
dyo_status             dyo_backtest_op(dyo_ctx *ctx, const dyo_backtest_in *in, dyo_backtest_out *out, dyo_err *err);

#endif
