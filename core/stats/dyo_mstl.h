/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_mstl.h - STL for several seasonal periods. Bandara, Hyndman & Bergmeir (2021), arXiv:2107.13462. */
#ifndef DYO_MSTL_H
#define DYO_MSTL_H

#include "series/dyo_series.h"
#include "stats/dyo_stl.h"

enum { DYO_MSTL_MOST = 16, DYO_MSTL_WINDOW = -1 };

/* Plain; start from dyo_mstl_defaults. `stl` serves every period (its own period is ignored); a seasonal window of
 * DYO_MSTL_WINDOW is 11 for the shortest period, 15 for the next, and so on. */
typedef struct {
  dyo_stl_opts stl;
  int          iterations; /* passes over the periods where there are several */
} dyo_mstl_opts;

/* In the arena, arrays of length n. filled[t] is y[t], or the interpolated value where that is missing; trend + all seasonals +
 * remainder = filled. A period that does not fit twice into the series is left out. */
typedef struct {
  size_t  n, k;                  /* values, periods kept */
  size_t  missing;               /* values interpolated */
  int     period[DYO_MSTL_MOST]; /* ascending */
  double *seasonal[DYO_MSTL_MOST];
  double *trend, *remainder, *filled;
} dyo_mstl;

dyo_mstl_opts dyo_mstl_defaults(bool robust);

/* periods: any order, duplicates allowed, each >= 2. With none the trend is a loess line over stl.trend_window points, a fifth of
 * the series unless said. Needs one known value; at most DYO_MSTL_MOST different periods. */
dyo_status dyo_mstl_fit(dyo_ctx *ctx, const dyo_series *y, const int *periods, size_t k, const dyo_mstl_opts *o,
                        dyo_mstl *out, dyo_err *err);

#endif
