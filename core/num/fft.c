/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Autocovariances and periodogram through the radix-2 transform of the zero-padded series (Wiener-Khinchin).
 * Press et al. (2007), Numerical Recipes, 13.2. */
#include "num/dyo_fft.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_fft_halfcomplex.h>
#include <gsl/gsl_fft_real.h>

enum { DIRECT_LAGS = 48 }; /* below this, plain sums are faster and as exact as can be */

static size_t padded(size_t n)
{
  size_t size = 2;
  while (size < 2 * n) size *= 2;
  return size;
}

/* The transform of x padded to `size`: real parts 0..size/2, then imaginary parts backwards. NULL without memory. */
static double *transform(dyo_ctx *ctx, const double *x, size_t n, size_t size)
{
  double *a = DYO_NEW(ctx, size, double);
  if (!a) return NULL;
  for (size_t i = 0; i < n; i++) a[i] = x[i];
  return gsl_fft_real_radix2_transform(a, 1, size) == GSL_SUCCESS ? a : NULL;
}

static double power_at(const double *a, size_t k, size_t size)
{
  const double re = a[k], im = k > 0 && k < size / 2 ? a[size - k] : 0;
  return re * re + im * im;
}

static void autocov_direct(const double *x, size_t n, size_t lags, double *c)
{
  for (size_t k = 0; k <= lags; k++) {
    double s[4] = {0, 0, 0, 0};
    size_t i    = 0;
    for (; i + k + 4 <= n; i += 4)
      for (size_t l = 0; l < 4; l++) s[l] += x[i + l] * x[i + l + k];
    for (; i + k < n; i++) s[0] += x[i] * x[i + k];
    c[k] = ((s[0] + s[1]) + (s[2] + s[3])) / (double)n;
  }
}

bool dyo_autocov(dyo_ctx *ctx, const double *x, size_t n, size_t lags, double *c)
{
  if (lags <= DIRECT_LAGS || n < 4 * DIRECT_LAGS) {
    autocov_direct(x, n, lags, c);
    return true;
  }
  const size_t size = padded(n);
  double      *a    = transform(ctx, x, n, size);
  if (!a) return false;
  for (size_t k = 0; k <= size / 2; k++)
    a[k] = power_at(a, k, size); /* the imaginary half is read before it is cleared */
  for (size_t k = size / 2 + 1; k < size; k++) a[k] = 0;
  if (gsl_fft_halfcomplex_radix2_inverse(a, 1, size) != GSL_SUCCESS) return false;
  for (size_t k = 0; k <= lags; k++) c[k] = a[k] / (double)n;
  return true;
}

bool dyo_periodogram(dyo_ctx *ctx, const double *x, size_t n, dyo_spectrum *out)
{
  const size_t size = padded(n);
  double      *a    = transform(ctx, x, n, size);
  double      *p    = DYO_NEW(ctx, size / 2 + 1, double);
  if (!a || !p) return false;
  for (size_t k = 0; k <= size / 2; k++) p[k] = power_at(a, k, size) / (double)n;
  *out = (dyo_spectrum){p, n, size};
  return true;
}
