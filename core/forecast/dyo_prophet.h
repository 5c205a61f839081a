/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_prophet.h - where a trend changes: the changepoints of a Prophet fit. Taylor & Letham (2018), Forecasting at Scale, The American
 * Statistician 72, section 3.1. */
#ifndef DYO_PROPHET_PUBLIC_H
#define DYO_PROPHET_PUBLIC_H

#include "forecast/dyo_model.h"

typedef struct {
  double t; /* days since 1970-01-01, or the number of the value (from 0) without dates */
  double
    delta; /* change of the slope, with the history's length as unit of time and its largest size as unit of values */
  double before,
    after; /* slope of the trend on both sides, in the series' unit a step; of the logit where growth is logistic */
} dyo_bend;

/* Fit model "prophet" with its params to h. *out: all n places at which the trend may change, by time, in the arena. */
dyo_status dyo_prophet_bends(dyo_ctx *ctx, const dyo_history *h, const void *params, dyo_bend **out, size_t *n,
                             dyo_err *err);

#endif
