/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cron.h - when something happens again and again, as crontab(5) writes it: five fields, minute hour day-of-month month day-of-week,
 * each a list of *, numbers, names (JAN, MON, any case) and ranges, with steps on * and ranges: "0,30 8-18 * * MON-FRI", "0 0 1,15 * 5".
 * 0 and 7 are both Sunday. Where day-of-month and day-of-week are both something else than *, one of them is enough.
 *
 * Where the clock is put forward or back: a schedule whose hours are named goes by the clock on the wall. What falls into the skipped
 * time happens at the first moment after it, what falls into the doubled time happens the first time only. A schedule whose hour field
 * begins with * goes by elapsed time: nothing is made up for, and both passes of a doubled hour count. So did Vixie's cron, for which
 * a * in the minutes was enough; here the two ways to write "each half hour after two" are the same. */
#ifndef DAEMON_CRON_H
#define DAEMON_CRON_H

#include "jobs/zone.h"

typedef struct {
  uint64_t minutes;              /* bit m */
  uint32_t hours, days, months;  /* bit h, bit 1..31, bit 1..12 */
  uint32_t weekdays;             /* bit 0..6, 0 = Sunday */
  bool     any_day, any_weekday; /* the field was "*" */
  bool     elapsed;              /* the hour field began with "*" */
} cron_rule;

#define CRON_NEVER INT64_MAX

/* invalid_input names the field, what was found and what is allowed; the path is empty. */
dyo_status cron_parse(const char *text, cron_rule *out, dyo_err *err);

/* The first time after `after` (seconds since 1970), or CRON_NEVER: "0 0 30 2 *" never comes. */
int64_t cron_next(const cron_rule *r, const zone *z, int64_t after);

/* Both in one: what a text means in a zone of that name (NULL: UTC). */
dyo_status cron_next_of(const char *text, const char *zone_name, int64_t after, int64_t *next, dyo_err *err);

#endif
