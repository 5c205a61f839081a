/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "jobs/cron.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "series/dyo_calendar.h"

enum {
  FIELDS     = 5,
  TEXT_MOST  = 200,
  CYCLE_DAYS = 146097,
  MINUTE     = 60
}; /* the calendar repeats after 400 years, weekdays included */

/* --- reading --------------------------------------------------------------------------------------------------------- */

typedef struct {
  const char        *name;
  int                least, most;
  const char *const *words; /* three letters each, from `first` on */
  int                first;
  const char        *allowed;
} field;

static const char *const month_words[]   = {"JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL",
                                            "AUG", "SEP", "OCT", "NOV", "DEC", NULL};
static const char *const weekday_words[] = {"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT", NULL};

static const field fields[FIELDS] = {
  {"minute", 0, 59, NULL, 0, "0 to 59"},
  {"hour", 0, 23, NULL, 0, "0 to 23"},
  {"day of month", 1, 31, NULL, 0, "1 to 31"},
  {"month", 1, 12, month_words, 1, "1 to 12 or JAN to DEC"},
  {"day of week", 0, 7, weekday_words, 0, "0 to 7 (0 and 7 are Sunday) or SUN to SAT"},
};

/* One item of a field's list: its text, for errors, and what was read of it. */
typedef struct {
  const field *f;
  const char  *s;
  size_t       n, at;
} item;

static dyo_status refuse(const item *it, const char *why, dyo_err *err)
{
  return dyo_fail(err, DYO_INVALID_INPUT, "",
                  "%s: found \"%.*s\"; %s%s is allowed, also with *, lists, ranges and steps", it->f->name,
                  it->n > 20 ? 20 : (int)it->n, it->s, why, it->f->allowed);
}

static bool take_number(item *it, int *out)
{
  int digits = 0;
  *out       = 0;
  while (it->at < it->n && isdigit((unsigned char)it->s[it->at]) && digits++ < 4)
    *out = *out * 10 + (it->s[it->at++] - '0');
  return digits > 0;
}

static bool take_value(item *it, int *out)
{
  if (take_number(it, out)) return *out >= it->f->least && *out <= it->f->most;
  for (size_t i = 0; it->f->words && it->f->words[i]; i++)
    if (it->n - it->at >= 3 && strncasecmp(it->s + it->at, it->f->words[i], 3) == 0) {
      it->at += 3;
      *out = it->f->first + (int)i;
      return true;
    }
  return false;
}

static bool take_mark(item *it, char c)
{
  if (it->at >= it->n || it->s[it->at] != c) return false;
  it->at++;
  return true;
}

static dyo_status read_item(item it, uint64_t *bits, dyo_err *err)
{
  const bool all  = take_mark(&it, '*');
  int        from = it.f->least, to = it.f->most, step = 1;
  bool       range = all;
  if (!all) {
    if (!take_value(&it, &from)) return refuse(&it, "", err);
    range = take_mark(&it, '-');
    to    = from;
    if (range && !take_value(&it, &to)) return refuse(&it, "", err);
    if (range && it.f->most == 7 && to == 0) to = 7; /* FRI-SUN */
    if (to < from) return refuse(&it, "a range ends after it begins; ", err);
  }
  if (take_mark(&it, '/')) {
    if (!range) return refuse(&it, "a step follows * or a range (such as 5-59/15); ", err);
    if (!take_number(&it, &step) || step < 1 || step > it.f->most)
      return refuse(&it, "a step is a whole number from 1 on, within the range; ", err);
  }
  if (it.at < it.n) return refuse(&it, "", err);
  if (all && it.f->most == 7) to = 6; /* Sunday is there once when it is counted in steps */
  for (int v = from; v <= to; v += step) *bits |= (uint64_t)1 << v;
  return DYO_OK;
}

static dyo_status read_field(const field *f, const char *s, size_t n, uint64_t *bits, dyo_err *err)
{
  *bits = 0;
  for (size_t from = 0, to = 0; to <= n; to++)
    if (to == n || s[to] == ',') {
      const dyo_status st = read_item((item){f, s + from, to - from, 0}, bits, err);
      if (st != DYO_OK) return st;
      from = to + 1;
    }
  return DYO_OK;
}

static size_t blanks(const char *s)
{
  return strspn(s, " \t");
}

static int count_fields(const char *s)
{
  int n = 0;
  for (s += blanks(s); *s; s += blanks(s)) s += strcspn(s, " \t"), n++;
  return n;
}

dyo_status cron_parse(const char *text, cron_rule *out, dyo_err *err)
{
  uint64_t    bits[FIELDS];
  const char *at[FIELDS];
  size_t      n[FIELDS];
  if (strlen(text) > TEXT_MOST)
    return dyo_fail(err, DYO_INVALID_INPUT, "", "found %zu bytes; a schedule has at most %d", strlen(text), TEXT_MOST);
  const int count = count_fields(text);
  if (count != FIELDS)
    return dyo_fail(err, DYO_INVALID_INPUT, "",
                    "found \"%.40s\" with %d field%s; five are expected: minute hour day-of-month month day-of-week, "
                    "such as \"30 6 * * MON-FRI\"",
                    text, count, count == 1 ? "" : "s");
  for (int i = 0; i < FIELDS; i++) {
    at[i] = text += blanks(text);
    n[i]  = strcspn(text, " \t");
    text += n[i];
    const dyo_status st = read_field(&fields[i], at[i], n[i], &bits[i], err);
    if (st != DYO_OK) return st;
  }
  *out = (cron_rule){.minutes     = bits[0],
                     .hours       = (uint32_t)bits[1],
                     .days        = (uint32_t)bits[2],
                     .months      = (uint32_t)bits[3],
                     .weekdays    = (uint32_t)((bits[4] | bits[4] >> 7) & 0x7f),
                     .any_day     = n[2] == 1 && *at[2] == '*',
                     .any_weekday = n[4] == 1 && *at[4] == '*',
                     .elapsed     = *at[1] == '*'};
  return DYO_OK;
}

/* --- when ------------------------------------------------------------------------------------------------------------- */

static bool day_fits(const cron_rule *r, int64_t midnight)
{
  const dyo_date d       = dyo_date_of(midnight);
  const bool     month   = r->months >> d.month & 1;
  const bool     day     = r->days >> d.day & 1;
  const bool     weekday = r->weekdays >> (dyo_weekday(midnight) + 1) % 7 & 1;
  return month && (r->any_day || r->any_weekday ? day && weekday : day || weekday);
}

/* The first minute of a day at or after `least` that fits; -1: none. */
static int minute_from(const cron_rule *r, int least)
{
  for (int m = least; m < 24 * 60; m++) {
    if (!(r->hours >> m / 60 & 1)) m += 59 - m % 60;
    else if (r->minutes >> m % 60 & 1) return m;
  }
  return -1;
}

/* The first time on the local clock at or after `local` that fits. A cycle of the calendar without one means never. */
static bool next_local(const cron_rule *r, int64_t local, int64_t *out)
{
  const int64_t whole = local + ((MINUTE - local % MINUTE) % MINUTE);
  int64_t       day   = whole >= 0 ? whole / DYO_DAY : -((DYO_DAY - 1 - whole) / DYO_DAY);
  int           least = (int)((whole - day * DYO_DAY) / MINUTE);
  for (const int64_t last = day + CYCLE_DAYS; day <= last; day++, least = 0) {
    const int m = day_fits(r, day * DYO_DAY) ? minute_from(r, least) : -1;
    if (m < 0) continue;
    *out = day * DYO_DAY + (int64_t)m * MINUTE;
    return true;
  }
  return false;
}

/* By elapsed time: stretch by stretch of unchanging offset. */
static int64_t next_elapsed(const cron_rule *r, const zone *z, int64_t after)
{
  for (int64_t t = after + 1;;) {
    const zone_span s     = zone_at(z, t);
    int64_t         local = 0;
    if (!next_local(r, t + s.offset, &local)) return CRON_NEVER;
    if (local - s.offset < s.until) return local - s.offset;
    t = s.until;
  }
}

int64_t cron_next(const cron_rule *r, const zone *z, int64_t after)
{
  if (r->elapsed) return next_elapsed(r, z, after);
  /* What is due later than now is never earlier on the wall than now, also within a doubled hour. */
  for (int64_t local = after + zone_at(z, after).offset; next_local(r, local, &local); local += MINUTE) {
    const int64_t t = zone_instant(z, local);
    if (t > after) return t;
  }
  return CRON_NEVER;
}

dyo_status cron_next_of(const char *text, const char *zone_name, int64_t after, int64_t *next, dyo_err *err)
{
  cron_rule  r  = {0};
  zone      *z  = NULL;
  dyo_status st = cron_parse(text, &r, err);
  if (st == DYO_OK) st = zone_load(zone_name ? zone_name : "UTC", &z, err);
  if (st == DYO_OK) *next = cron_next(&r, z, after);
  zone_free(z);
  return st;
}
