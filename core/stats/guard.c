/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/guard.h"

#include <math.h>

dyo_status dyo_need_values(const double *x, size_t n, size_t least, const char *what, dyo_err *err)
{
  size_t equal = 0;
  if (n < least)
    return dyo_fail(err, DYO_INSUFFICIENT_DATA, "/values", "found %zu values; %s needs at least %zu", n, what, least);
  for (size_t i = 0; i < n; i++) {
    if (!isfinite(x[i]))
      return dyo_fail_item(err, DYO_INVALID_INPUT, "values", i, NULL,
                           "value %zu is missing; %s needs a series without gaps (series.prepare fills them)", i + 1,
                           what);
    equal += x[i] == x[0];
  }
  if (equal == n)
    return dyo_fail(err, DYO_INVALID_INPUT, "/values", "all %zu values are %g; %s needs values that vary", n, x[0],
                    what);
  return DYO_OK;
}
