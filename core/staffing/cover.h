/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cover.h - how many people each of given shifts needs so that every stretch of time has its need. */
#ifndef STAFFING_COVER_H
#define STAFFING_COVER_H

#include "base/dyo_ctx.h"

typedef struct {
  int    from, to; /* stretches from..to-1, from < to */
  double paid;     /* hours a head, >= 0 */
} cover_shift;

/* Least total of paid hours, and of those plans one of fewest heads: heads[s] for each shift so that need[k] <= the sum of heads of the
 * shifts over stretch k, wherever a shift lies over it. The rows are consecutive ones, so the linear program is a flow on a line (a head
 * goes from its shift's first stretch past its last, one too many goes back) and whole numbers solve it: successive shortest paths
 * (Ahuja, Magnanti and Orlin, Network Flows, 9.7). cancelled is the only error but out_of_memory. */
dyo_status cover_least(dyo_ctx *ctx, const int *need, int n, const cover_shift *shifts, int n_shifts, int *heads,
                       dyo_err *err);

/* The greatest need among the stretches of each shift. */
void cover_greatest(const int *need, const cover_shift *shifts, int n_shifts, int *heads);

#endif
