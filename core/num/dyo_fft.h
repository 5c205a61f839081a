/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_fft.h - what the fast Fourier transform is wanted for: autocovariances of long series and the periodogram. */
#ifndef DYO_FFT_H
#define DYO_FFT_H

#include "base/dyo_ctx.h"

/* c[k] = (1/n) sum_{t} x_t x_{t+k} for k = 0..lags, lags < n; x has its mean removed by the caller. Direct sums for few lags,
 * the transform of the padded series for many: O(n log n). False without memory. */
bool dyo_autocov(dyo_ctx *ctx, const double *x, size_t n, size_t lags, double *c);

/* Plain: power[k] at frequency k/size cycles a step, k = 0..size/2; size is a power of two >= 2n, x padded with zeros. */
typedef struct {
  double *power;
  size_t  n, size;
} dyo_spectrum;

/* |sum_t x_t e^{-2 pi i f t}|^2 / n; mean and taper are the caller's. n >= 1. False without memory. */
bool dyo_periodogram(dyo_ctx *ctx, const double *x, size_t n, dyo_spectrum *out);

#endif
