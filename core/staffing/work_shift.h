/* SPDX-License-Identifier: GPL-3.0-or-later */
/* work_shift.h - where shifts stand in time. */
#ifndef STAFFING_WORK_SHIFT_H
#define STAFFING_WORK_SHIFT_H

#include "base/dyo_ctx.h"
#include "staffing/dyo_schedule.h"
#include "staffing/ids.h"

enum { WORK_DAY = 1440, WORK_DAYS = 1001 }; /* minutes of a day; the longest horizon in days */

typedef struct {
  int    day;
  int    start, end; /* minutes since day 0, 00:00 */
  double paid;       /* hours */
} work_span;

/* Minutes of "7:30", "07:30", "24:00" (the end of the day) since midnight; -1 for anything else. */
int work_minute(const char *text);

/* Where shift i of /shifts stands in time. An end at or before the start is on the next day; a duration shorter than the clock times
 * is a break that is not paid, a longer one is refused. */
dyo_status work_span_of(const dyo_schedule_shift *s, size_t i, work_span *out, dyo_err *err);

/* Puts the id of item i of /list, which must be new and not empty. */
dyo_status work_new_id(staff_ids *ids, const char *id, const char *list, size_t i, dyo_err *err);

/* The part of [start, end) that lies in the window [from, to) of some day, in minutes; to may be past midnight. days: bit d counts the
 * window that begins on weekday d, 0 = Monday. */
int work_overlap(int start, int end, int from, int to, unsigned days);

#endif
