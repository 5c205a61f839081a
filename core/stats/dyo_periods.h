/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_periods.h - which seasonal periods a series has. */
#ifndef DYO_PERIODS_H
#define DYO_PERIODS_H

#include "base/dyo_ctx.h"
#include "series/dyo_series.h"

enum { DYO_PERIODS_MOST = 4 };

/* Plain. */
typedef struct {
  int    period;
  double share;   /* of the innovations' variance that the season explains, 0..1 */
  double p_value; /* of that share by chance, for this period alone */
} dyo_period;

/* Writes the periods found, ascending, to out and returns how many. Candidates are the peaks of the periodogram, the calendar's
 * usual periods and `likely`, those that belong to the series' frequency, which need less evidence (n_likely may be 0).
 * A cycle without a fixed length, such as the lynx's or the sunspots', is no season. A period must fit twice. */
size_t dyo_find_periods(dyo_ctx *ctx, const dyo_series *y, const double *likely, size_t n_likely,
                        dyo_period out[DYO_PERIODS_MOST]);

#endif
