/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "num/dyo_knee.h"

#include <math.h>

size_t dyo_knee(const double *gain, const double *price, size_t n)
{
  double most = -INFINITY;
  size_t at   = n;
  if (n < 3) return n;
  for (size_t i = 0; i < n; i++) {
    const double x = (gain[i] - gain[0]) / (gain[n - 1] - gain[0]);
    const double y = (price[i] - price[0]) / (price[n - 1] - price[0]);
    if (!(x - y > most)) continue;
    most = x - y;
    at   = i;
  }
  return at;
}
