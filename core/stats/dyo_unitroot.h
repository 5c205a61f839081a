/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_unitroot.h - how often a series must be differenced, and the seasonal tests behind the answer. Missing values are left out
 * or interpolated, so that every function takes any series. */
#ifndef DYO_UNITROOT_H
#define DYO_UNITROOT_H

#include "base/dyo_ctx.h"
#include "series/dyo_series.h"

/* First differences, 0..most, until a KPSS test (level, 3 sqrt(n)/13 lags) no longer rejects stationarity at 5 %. -1 without memory.
 * Hyndman & Khandakar (2008), J. Statistical Software 27(3), 3.1. */
int dyo_ndiffs(dyo_ctx *ctx, const dyo_series *y, int most);

/* Seasonal differences, 0..most: one while the seasonal strength of an STL exceeds 0.64. -1 without memory or when cancelled. */
int dyo_nsdiffs(dyo_ctx *ctx, const dyo_series *y, int period, int most);

/* out[i] = x[i + lag] - x[i], i = 0 .. n-lag-1; out may be x. */
void dyo_difference(const double *x, size_t n, size_t lag, double *out);

/* Strengths of trend and of each season, 0..1, from an MSTL with the usual windows. strength of a period that does not fit twice
 * is 0. False without memory or when cancelled. */
bool dyo_strengths(dyo_ctx *ctx, const dyo_series *y, const int *periods, size_t k, double *trend, double *seasonal);

/* Plain. Seasonal unit root: rejected (no seasonal difference) where statistic <= critical. The regression has no fixed seasons, so
 * that these keep the root too. */
typedef struct {
  double statistic, critical; /* of the 5 % level, by a smooth fit of the published tables */
  int    lag;                 /* autoregressive lags used, 0..3 by AIC */
} dyo_ocsb;

/* Osborn, Chui, Smith & Birchenhall (1988), Oxford Bulletin of Economics and Statistics 50, t of the seasonal term.
 * False, and *out NaN, for series too short or too regular for the regression. */
bool dyo_ocsb_test(dyo_ctx *ctx, const dyo_series *y, int period, dyo_ocsb *out);

#endif
