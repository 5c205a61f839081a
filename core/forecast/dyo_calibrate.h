/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_calibrate.h - intervals that hold. A model's own intervals take its form and parameters for certain, and cover too little. Here
 * they are widened (or narrowed) by factors found where the truth was known: pooled over a sample of series (calibration.gen.h, made
 * by tests/bench/calibrate.mjs), and, where a history is long enough, moved by the errors of the series' own rolling origin.
 *
 * With d(h) the half width of the model's 95 % interval on one side of the mean, the calibrated half width at level L is
 *   d(h) exp(a(L) + b log h + c log n + e log(d(h) / s) + g o)
 * n values, s the mean absolute error of the seasonal naive forecast in the history, o the log ratio of observed to nominal errors at the
 * own rolling origin. a..g are quantile regressions by model and class of seasonal period (Koenker & Bassett 1978, Econometrica 46;
 * shared slopes: Zou & Yuan 2008, Annals of Statistics 36), every term kept within the range that was seen. a rises with L, so that
 * intervals are nested. Models that the file does not list keep their own intervals. */
#ifndef DYO_CALIBRATE_H
#define DYO_CALIBRATE_H

#include "forecast/dyo_model.h"

/* What the intervals of one fitted model need to know. Plain; travels with the model. */
typedef struct {
  double period; /* main seasonal period in observations, 1 = none */
  double n;      /* values fitted to */
  double scale;  /* mean absolute seasonal naive error of the history, in its unit; 0: constant or too short */
  double own;    /* o above; NaN: the history is too short for a rolling origin of its own */
} dyo_calibration;

typedef enum { DYO_CALIBRATED_NONE, DYO_CALIBRATED_POOLED, DYO_CALIBRATED_OWN } dyo_calibrated;

/* What was done to a forecast's 95 % interval: its width over the model's own, at the first and the last step; 1 where nothing was. */
typedef struct {
  dyo_calibrated how;
  double         first, last;
} dyo_calibration_note;

/* The row of `h`, with what the series' own rolling origin says, or NaN. */
dyo_calibration dyo_calibration_of(const dyo_history *h, double own);

/* *own: a fit to the first part of the history, then updated to, and compared at, four later origins without fitting again. NaN where
 * the history has fewer than 200 values, no row of its class uses it, or the model cannot be fitted to its part. Costs about one fit. */
dyo_status dyo_calibrate_own(dyo_ctx *ctx, const dyo_model *m, const void *params, const dyo_history *h, double *own,
                             dyo_err *err);

/* m->forecast with calibrated intervals. c NULL: the model's own. note may be NULL. */
dyo_status dyo_calibrated_forecast(dyo_ctx *ctx, const dyo_model *m, const void *state, const dyo_calibration *c,
                                   const dyo_ask *ask, dyo_band *out, dyo_calibration_note *note, dyo_err *err);

#endif
