/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_calendar.h - dates as data has them: ISO 8601 in the proleptic Gregorian calendar, without time zones (days are days).
 * A date's offset from UTC, if written, is read and dropped: the local clock counts. */
#ifndef DYO_CALENDAR_H
#define DYO_CALENDAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef int64_t dyo_time; /* seconds since 1970-01-01T00:00:00 */

enum { DYO_DAY = 86400, DYO_TIME_CHARS = 24 };

typedef enum {
  DYO_FREQ_NONE,
  DYO_FREQ_MINUTE,
  DYO_FREQ_HOUR,
  DYO_FREQ_DAY,
  DYO_FREQ_WEEK,
  DYO_FREQ_MONTH,
  DYO_FREQ_QUARTER,
  DYO_FREQ_YEAR
} dyo_freq_unit;

typedef struct {
  dyo_freq_unit unit; /* NONE: the series is merely numbered 1, 2, ... */
  int           step; /* minutes of DYO_FREQ_MINUTE, else 1 */
} dyo_freq;

typedef struct {
  int year, month, day, hour, minute, second; /* month and day from 1 */
} dyo_date;

dyo_time dyo_time_of(dyo_date d);
dyo_date dyo_date_of(dyo_time t);
int      dyo_weekday(dyo_time t); /* 0 = Monday */
int      dyo_days_in_month(int year, int month);

/* "2024-03-31", "2024-03-31T14:30[:05[.123]][Z|+02:00]", a blank in place of T, "2024-03", "2024". False for anything else,
 * an impossible day or a year outside 1..9999. */
bool dyo_time_parse(const char *text, dyo_time *t);

/* YYYY-MM-DD, or YYYY-MM-DDTHH:MM:SS where with_clock. */
void dyo_time_print(dyo_time t, bool with_clock, char out[DYO_TIME_CHARS]);

bool dyo_freq_parse(const char *text, dyo_freq *f);        /* H D W M Q Y or <n>min */
void dyo_freq_print(dyo_freq f, char out[DYO_TIME_CHARS]); /* "" for NONE */
bool dyo_freq_has_clock(dyo_freq f);                       /* finer than a day */

/* Start of the period k periods after `start`. Months keep the day of `start` where the month has it, else its last day;
 * a start on a month's last day stays on last days. */
dyo_time dyo_time_step(dyo_time start, dyo_freq f, int64_t k);

/* How many whole periods from `start` up to t (negative before it), so that step(start, f, k) <= t < step(start, f, k + 1). */
int64_t dyo_time_index(dyo_time start, dyo_freq f, dyo_time t);

/* First instant of the calendar's period that holds t; weeks start on Monday. */
dyo_time dyo_period_start(dyo_time t, dyo_freq f);

/* Seconds of a period; months and longer by their mean length. */
double dyo_freq_seconds(dyo_freq f);

/* The frequency that n >= 2 ascending, distinct times most plausibly have: the finest grid on which most neighbours are one
 * step apart and the rest whole steps. NONE where there is none. */
dyo_freq dyo_freq_infer(const dyo_time *t, size_t n);

/* Seasonal periods that belong to a frequency, in observations, longest last: 24, 168 for hours, 7, 365.25 for days, 52.18, 12, 4.
 * Writes up to 3, returns how many. */
size_t dyo_freq_periods(dyo_freq f, double out[3]);

#endif
