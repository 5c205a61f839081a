/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_outliers.h - values that fit neither trend nor season. */
#ifndef DYO_OUTLIERS_H
#define DYO_OUTLIERS_H

#include "base/dyo_ctx.h"
#include "series/dyo_series.h"

/* Plain. */
typedef struct {
  size_t index;    /* from 0 */
  double value;    /* as found */
  double expected; /* trend and season there */
} dyo_outlier;

/* Known values whose remainder, after a decomposition without them with these periods (k may be 0), lies more than 3 interquartile
 * ranges outside the quartiles; seasons weaker than 0.6 do not count as seasons. *out is in the arena, oldest first.
 * Series with fewer than 10 known values have none. */
dyo_status dyo_outliers(dyo_ctx *ctx, const dyo_series *y, const int *periods, size_t k, dyo_outlier **out,
                        size_t *n_out, dyo_err *err);

#endif
