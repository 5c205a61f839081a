/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_boxcox.h - power transformation that evens out the variance. Box & Cox (1964); for lambda > 0 negative values keep their
 * sign: Bickel & Doksum (1981). Missing values stay missing. */
#ifndef DYO_BOXCOX_H
#define DYO_BOXCOX_H

#include "base/dyo_ctx.h"
#include "series/dyo_series.h"

double dyo_boxcox(double y, double lambda); /* NaN outside the domain: y <= 0 for lambda <= 0 */

/* Back; variance is that of the transformed forecast, so that the result is the mean (0: the median, the plain inverse). */
double dyo_boxcox_inverse(double z, double lambda, double variance);

/* Lambda in [lo, hi] for which the subseries of `period` values (2 where there is no season) vary most alike; 1 for a series of
 * at most two periods; lo is lifted to 0 where a value is not positive. Guerrero (1993), J. Forecasting 12. */
double dyo_boxcox_guerrero(const dyo_series *y, int period, double lo, double hi);

#endif
