/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "series/dyo_series.h"

#include <math.h>

size_t dyo_series_known(const dyo_series *s)
{
  size_t known = 0;
  for (size_t i = 0; i < s->n; i++) known += !isnan(s->y[i]);
  return known;
}

bool dyo_series_constant(const dyo_series *s)
{
  double first = NAN;
  for (size_t i = 0; i < s->n; i++) {
    if (isnan(s->y[i])) continue;
    if (isnan(first)) first = s->y[i];
    if (s->y[i] != first) return false;
  }
  return true;
}

size_t dyo_series_fill(const dyo_series *s, double *out)
{
  size_t filled = 0, last = 0; /* last: one past the latest known value, 0 before the first */
  for (size_t i = 0; i < s->n; i++) {
    out[i] = s->y[i];
    if (isnan(out[i])) continue;
    const double a = last ? out[last - 1] : out[i], step = last ? (out[i] - a) / (double)(i + 1 - last) : 0;
    for (size_t j = last; j < i; j++) out[j] = a + step * (double)(j + 1 - last);
    filled += i - last;
    last = i + 1;
  }
  for (size_t j = last; last > 0 && j < s->n; j++, filled++) out[j] = out[last - 1];
  return filled;
}
