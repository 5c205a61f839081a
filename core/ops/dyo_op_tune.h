/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_op_tune.h - forecast.tune: settings of a model that would have forecast a series best from past origins. Every try is a
 * rolling backtest (dyo_backtest.h); which to try is dyo_search.h's. */
#ifndef DYO_OP_TUNE_H
#define DYO_OP_TUNE_H

#include "ops/dyo_op_forecast.h"

enum { DYO_TRIALS_MOST = 1000 };
enum { DYO_TUNE_BY_ITERATIONS, DYO_TUNE_BY_SPACE, DYO_TUNE_BY_TIME, DYO_TUNE_BY_CANCEL }; /* stopped_by */

typedef struct {
  dyo_series_in *series;
  int            model_type; /* index into dyo_model_words from its second on */
  const char    *search;     /* JSON text: lists of values, or {min,max,log}, by the names of the model's params */
  const char    *params;     /* JSON text: settings that stay as they are */
  int            trials, metric, forecast_horizon, folds, step, seed;
  double         time_limit_s;
  double        *seasonal_periods;
  size_t         n_seasonal_periods;
  dyo_regressor *regressors;
  size_t         n_regressors;

  dyo_holiday_in *holidays;
  size_t          n_holidays;
} dyo_tune_in;

typedef struct {
  const char *params; /* JSON text */
  double      score;  /* NaN: it failed */
  int         folds;  /* origins it could be fitted at */
  const char *error;  /* why it failed, else NULL */
} dyo_trial;

typedef struct {
  const char  *model_type, *params, *metric, *reason;
  double       score, default_score;
  int          folds, forecast_horizon;
  dyo_trial   *trials;
  size_t       n_trials;
  int          stopped_by;
  const char **warnings;
  size_t       n_warnings;
} dyo_tune_out;

extern const dyo_field dyo_tune_in_rows[], dyo_tune_out_rows[];

/* On DYO_CANCELLED with a try behind it, *out holds the tries made and the best of them. */
dyo_status dyo_tune(dyo_ctx *ctx, const dyo_tune_in *in, dyo_tune_out *out, dyo_err *err);

#endif
