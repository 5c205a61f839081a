/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_backtest.h - how a model would have done: rolling-origin evaluation. Tashman (2000), Int. J. Forecasting 16.
 * Every origin has a fit of its own, to nothing but what came before it. A model that can (dyo_model.keep) chooses its form at the first
 * origin only and estimates its parameters anew at the later ones: no later value has a say in the choice, which if anything was made
 * from less than it could have been. */
#ifndef DYO_BACKTEST_H
#define DYO_BACKTEST_H

#include "forecast/dyo_model.h"

typedef struct {
  size_t h;         /* steps forecast from each origin */
  size_t folds;     /* origins, the last one h before the end; fewer where the history is too short */
  size_t step;      /* between origins */
  double level;     /* of the interval whose coverage is counted */
  bool   calibrate; /* count the calibrated interval, see dyo_calibrate.h */

  /* Told of each fold after its forecast; may be NULL. y: ask->h values that came; scale: mean absolute error of the seasonal naive
   * forecast in the part fitted to. */
  dyo_status (*fold)(dyo_ctx *ctx, void *user, const void *state, const dyo_ask *ask, const double *y, double scale,
                     dyo_err *err);
  void *user;
} dyo_backtest_opts;

/* Means over all folds and steps; NaN where nothing could be measured. mape in percent, smape 0..200, coverage 0..1. */
typedef struct {
  double mae, rmse, mape, smape, mase, rmsse, pinball, coverage;
} dyo_accuracy;

typedef struct {
  size_t        folds; /* made */
  dyo_accuracy  all;
  dyo_accuracy *by_step; /* h of them */
} dyo_backtest;

/* Fit and forecast from every origin. folds = 0 in *out is an answer: the history has no room for one, or the model could not be fitted
 * to what came before; of the origins that it could not be fitted at, *err tells the last one's reason though the status is DYO_OK. */
dyo_status dyo_backtest_run(dyo_ctx *ctx, const dyo_model *m, const void *params, const dyo_history *h,
                            const dyo_backtest_opts *o, dyo_backtest *out, dyo_err *err);

#endif
