/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_series.h - a series as models see it: equally spaced values, oldest first, NaN where one is missing. */
#ifndef DYO_SERIES_H
#define DYO_SERIES_H

#include <stdbool.h>
#include <stddef.h>

typedef struct {
  const double *y; /* not owned */
  size_t        n;
} dyo_series;

size_t dyo_series_known(const dyo_series *s);    /* values that are not missing */
bool   dyo_series_constant(const dyo_series *s); /* all known values are equal; true where there is none */

/* out[i] = y[i], missing ones on the straight line between their known neighbours, or the nearest known one at the ends.
 * Returns how many were filled; where nothing is known out is all NaN. out may be s->y. */
size_t dyo_series_fill(const dyo_series *s, double *out);

#endif
