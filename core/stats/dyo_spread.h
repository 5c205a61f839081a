/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_spread.h - how far residuals lie from zero, whatever a few of them do. */
#ifndef DYO_SPREAD_H
#define DYO_SPREAD_H

#include "base/dyo_ctx.h"
#include "series/dyo_series.h"

/* 1.4826 times the median of |e|, which is the standard deviation of normal residuals with mean zero; where half of them are zero
 * the root mean square instead. e holds n >= 1 finite values and is overwritten. */
double dyo_robust_sd(double *e, size_t n);

/* By what power of the level the spread within a season grows: the Theil-Sen slope of log standard deviation on log mean over seasons
 * of `period` >= 2 values, which a few outliers do not move. 0: not at all, 1: in proportion. y > 0. NaN where there are too few
 * seasons, where their levels are all alike, or without memory. Sen (1968), J. American Statistical Association 63. */
double dyo_spread_growth(dyo_ctx *ctx, const dyo_series *y, size_t period);

#endif
