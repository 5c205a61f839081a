/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_interp.h - missing values where the series has a season. */
#ifndef DYO_INTERP_H
#define DYO_INTERP_H

#include "base/dyo_ctx.h"
#include "series/dyo_series.h"

/* out[t] = y[t]; missing ones get the season of a robust MSTL with these periods, and a straight line through what is left, as
 * forecast::na.interp does. Without a season it is the straight line alone. Needs one known value. out has y->n values. */
dyo_status dyo_interpolate(dyo_ctx *ctx, const dyo_series *y, const int *periods, size_t k, double *out, dyo_err *err);

#endif
