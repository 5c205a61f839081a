/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_resample.h - a regular series on a coarser or a finer grid, and the days on which business is open. */
#ifndef DYO_RESAMPLE_H
#define DYO_RESAMPLE_H

#include "series/dyo_regular.h"

/* Days are open by weekday, save for holidays. */
typedef struct {
  bool            open[7];  /* 0 = Monday */
  const dyo_time *holidays; /* midnights, ascending; not owned */
  size_t          n_holidays;
} dyo_workdays;

bool   dyo_workday(const dyo_workdays *w, dyo_time t);
size_t dyo_workdays_between(const dyo_workdays *w, dyo_time from,
                            dyo_time to); /* days from <= day < to that are open */

/* Whether periods of `fine` fill those of `coarse` without rest. Weeks do not fill months. */
bool dyo_freq_nests(dyo_freq fine, dyo_freq coarse);

/* First instant of the period that holds t, where weeks may start on Sunday. */
dyo_time dyo_period_of(dyo_time t, dyo_freq f, bool sunday);

/* Plain: what the first and the last period of a coarser series hold of the periods they would have. */
typedef struct {
  int64_t first_held, first_whole, last_held, last_whole;
  size_t  holes; /* periods in which some, but not all, values are missing */
} dyo_ends;

/* Periods of r by the calendar's periods of `to`, each in the one in which it starts. skip, where not NULL, marks periods of r
 * that are meant to have no value: they are no holes. out->y is in the arena. */
dyo_status dyo_coarser(dyo_ctx *ctx, const dyo_regular *r, const bool *skip, dyo_freq to, dyo_aggregate how,
                       bool sunday, dyo_regular *out, dyo_ends *ends, dyo_err *err);

typedef enum { DYO_SPREAD_EVEN, DYO_SPREAD_REPEAT, DYO_SPREAD_LINE } dyo_spread;

/* Each value over the periods of `to` that lie in its own: in even shares, repeated, or on straight lines from its date to the next
 * one's (then the series ends with the last value's date). dyo_freq_nests(to, r->freq) holds. too_large at `path` beyond
 * DYO_SERIES_LONGEST periods. */
dyo_status dyo_finer(dyo_ctx *ctx, const dyo_regular *r, dyo_freq to, dyo_spread how, const char *path,
                     dyo_regular *out, dyo_err *err);

#endif
