/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_knee.h - the knee of a trade-off: the point furthest below the straight line from first to last, both axes scaled to 0..1.
 * Das (1999), Structural Optimization 18, "On characterizing the knee of the Pareto curve". */
#ifndef DYO_KNEE_H
#define DYO_KNEE_H

#include <stddef.h>

/* gain and price: n each, strictly monotone in the same order (either may fall). n where there is no knee: fewer than 3 points. */
size_t dyo_knee(const double *gain, const double *price, size_t n);

#endif
