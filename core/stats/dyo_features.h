/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_features.h - a series in a few numbers, none of which depends on its unit. Most are those of Montero-Manso, Athanasopoulos,
 * Hyndman & Talagala (2020), "FFORMA", Int. J. Forecasting 36, table 1. */
#ifndef DYO_FEATURES_H
#define DYO_FEATURES_H

#include "base/dyo_ctx.h"
#include "series/dyo_series.h"

#define DYO_FEATURE_MAP(X)                                                                                      \
  X(length, "log of the number of values")                                                                      \
  X(period, "log of the main seasonal period; 0 without one")                                                   \
  X(longest, "log of the longest seasonal period; 0 without one")                                               \
  X(trend, "strength of the trend, 0..1: Wang, Smith & Hyndman (2006)")                                         \
  X(seasonality, "strength of the seasons, likewise; the strongest one's")                                      \
  X(linearity, "coefficient of the line in the trend, over the values' deviation and the root of their number") \
  X(curvature, "the same of the parabola orthogonal to it")                                                     \
  X(entropy, "spectral entropy of the differences, 0..1")                                                       \
  X(acf1, "autocorrelation at lag 1")                                                                           \
  X(acf10, "sum of the first ten squared autocorrelations")                                                     \
  X(seasonal_acf, "autocorrelation at the main seasonal period; 0 without one")                                 \
  X(diff1_acf1, "autocorrelation of the differences at lag 1")                                                  \
  X(diff1_acf10, "sum of their first ten squared autocorrelations")                                             \
  X(diff2_acf1, "autocorrelation of the second differences at lag 1")                                           \
  X(remainder_acf1, "autocorrelation of what trend and seasons leave, at lag 1")                                \
  X(remainder_acf10, "sum of its first ten squared autocorrelations")                                           \
  X(stationarity, "log of the KPSS statistic about a level")                                                    \
  X(nonlinearity, "share of a linear autoregression's error that squares and cubes of two lags explain, 0..1")  \
  X(stability, "variance of the means of ten stretches, over that of all values")                               \
  X(lumpiness, "variance of the variances of ten stretches, over the squared variance of all values")           \
  X(crossings, "share of steps that cross the median")                                                          \
  X(zeros, "share of zeros")                                                                                    \
  X(variation, "log of deviation over mean size")                                                               \
  X(ending, "last value's distance from the mean of the last ten, in deviations of the differences")

#define DYO_FEATURE_INDEX(name, doc) DYO_FEATURE_##name,
enum { DYO_FEATURE_MAP(DYO_FEATURE_INDEX) DYO_FEATURES };
#undef DYO_FEATURE_INDEX

extern const char *const dyo_feature_words[]; /* NULL at the end */

/* out[DYO_FEATURES]; NaN where a short or constant series has no such number. Missing values are interpolated. periods: ascending, those
 * that do not fit twice are passed over. Takes time in proportion to n, apart from one decomposition. */
dyo_status dyo_features_of(dyo_ctx *ctx, const dyo_series *y, const double *periods, size_t n_periods, double *out,
                           dyo_err *err);

#endif
