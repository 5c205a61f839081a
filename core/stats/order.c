/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hoare (1961), algorithm 65 (FIND), with the middle of three as pivot. */
#include "stats/dyo_order.h"

#include <math.h>

static void swap(double *a, double *b)
{
  const double t = *a;
  *a             = *b;
  *b             = t;
}

double dyo_select(double *a, size_t n, size_t k)
{
  size_t lo = 0, hi = n - 1;
  while (lo < hi) {
    const size_t mid = lo + (hi - lo) / 2;
    if (a[mid] < a[lo]) swap(&a[mid], &a[lo]);
    if (a[hi] < a[lo]) swap(&a[hi], &a[lo]);
    if (a[hi] < a[mid]) swap(&a[hi], &a[mid]);
    const double pivot = a[mid];
    size_t       i = lo, j = hi;
    while (i <= j) {
      while (a[i] < pivot) i++;
      while (pivot < a[j]) j--;
      if (i <= j) {
        swap(&a[i], &a[j]);
        i++;
        if (j == 0) break;
        j--;
      }
    }
    if (k <= j) hi = j;
    else if (k >= i) lo = i;
    else break;
  }
  return a[k];
}

double dyo_median(double *a, size_t n)
{
  return dyo_quantile_of(a, n, 0.5);
}

double dyo_quantile_of(double *a, size_t n, double p)
{
  const double at = ((double)n - 1) * p, low = floor(at);
  const size_t k = (size_t)low;
  const double x = dyo_select(a, n, k);
  if (at == low || k + 1 >= n) return x;
  double next = a[k + 1]; /* the least of those after the k-th */
  for (size_t i = k + 2; i < n; i++) next = fmin(next, a[i]);
  return x + (at - low) * (next - x);
}
