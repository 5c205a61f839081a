/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/dyo_intermittent.h"

#include <math.h>

static const double rare = 1.32, uneven = 0.49; /* Syntetos, Boylan & Croston (2005), figure 3 */

const char *const dyo_demand_words[] = {"smooth", "erratic", "intermittent", "lumpy", "none", NULL};

dyo_demand dyo_demand_of(const dyo_series *y)
{
  double     known = 0, n = 0, mean = 0, ss = 0;
  dyo_demand d = {INFINITY, 0, 0, DYO_DEMAND_NONE};
  for (size_t i = 0; i < y->n; i++) {
    if (isnan(y->y[i])) continue;
    known++;
    if (y->y[i] == 0) continue;
    const double e = y->y[i] - mean;
    mean += e / ++n;
    ss += e * (y->y[i] - mean);
  }
  if (known > 0) d.zeros = (known - n) / known;
  if (n == 0) return d;
  d.interval = known / n;
  d.cv2      = ss / n / (mean * mean);
  d.kind     = d.interval < rare ? (d.cv2 < uneven ? DYO_DEMAND_SMOOTH : DYO_DEMAND_ERRATIC)
                                 : (d.cv2 < uneven ? DYO_DEMAND_INTERMITTENT : DYO_DEMAND_LUMPY);
  return d;
}
