/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <ctype.h>
#include <string.h>

#include "jobs/zone.h"
#include "series/dyo_calendar.h"

enum { HOUR = 3600, MOST_HOURS = 167, TWO_O_CLOCK = 2 * HOUR, CHANGES = 6 };

/* --- reading --------------------------------------------------------------------------------------------------------- */

typedef struct {
  const char *s, *end;
} text;

static char peek(const text *t)
{
  return t->s < t->end ? *t->s : '\0';
}

static bool take(text *t, char c)
{
  if (peek(t) != c) return false;
  t->s++;
  return true;
}

/* "CET" or "<+0330>" */
static bool take_name(text *t)
{
  const char *from   = t->s;
  const bool  quoted = take(t, '<');
  while (isalpha((unsigned char)peek(t)) ||
         (quoted && (isdigit((unsigned char)peek(t)) || peek(t) == '+' || peek(t) == '-')))
    t->s++;
  return t->s - from >= 3 && (!quoted || take(t, '>'));
}

static bool take_whole(text *t, int least, int most, int *out)
{
  int digits = 0;
  *out       = 0;
  while (isdigit((unsigned char)peek(t)) && digits++ < 4) *out = *out * 10 + (*t->s++ - '0');
  return digits > 0 && *out >= least && *out <= most;
}

/* [+-]hh[:mm[:ss]] */
static bool take_clock(text *t, int most_hours, int32_t *out)
{
  const bool negative = take(t, '-');
  int        h = 0, m = 0, s = 0;
  if (!negative) take(t, '+');
  if (!take_whole(t, 0, most_hours, &h)) return false;
  if (take(t, ':') && !take_whole(t, 0, 59, &m)) return false;
  if (take(t, ':') && !take_whole(t, 0, 59, &s)) return false;
  *out = (int32_t)((negative ? -1 : 1) * (h * HOUR + m * 60 + s));
  return true;
}

static bool take_change(text *t, zone_change *c)
{
  *c = (zone_change){.form = 'N', .seconds = TWO_O_CLOCK};
  if (!take(t, ',')) return false;
  if (take(t, 'M')) {
    c->form = 'M';
    if (!take_whole(t, 1, 12, &c->month) || !take(t, '.') || !take_whole(t, 1, 5, &c->week) || !take(t, '.') ||
        !take_whole(t, 0, 6, &c->day))
      return false;
  } else if (take(t, 'J')) {
    c->form = 'J';
    if (!take_whole(t, 1, 365, &c->day)) return false;
  } else if (!take_whole(t, 0, 365, &c->day)) {
    return false;
  }
  return !take(t, '/') || take_clock(t, MOST_HOURS, &c->seconds);
}

bool zone_rule_read(const char *s, size_t n, zone_rule *out)
{
  text t = {s, s + n};
  *out   = (zone_rule){0};
  if (!take_name(&t) || !take_clock(&t, 24, &out->offset)) return false;
  out->offset        = -out->offset; /* POSIX counts westward */
  out->summer_offset = out->offset + HOUR;
  if (t.s == t.end) return true;
  out->summer = true;
  if (!take_name(&t)) return false;
  if (peek(&t) != ',') {
    if (!take_clock(&t, 24, &out->summer_offset)) return false;
    out->summer_offset = -out->summer_offset;
  }
  return take_change(&t, &out->begins) && take_change(&t, &out->ends) && t.s == t.end;
}

/* --- the rule at work ------------------------------------------------------------------------------------------------- */

static int64_t midnight(int year, int month, int day)
{
  return dyo_time_of((dyo_date){.year = year, .month = month, .day = day});
}

/* Midnight of the week-th weekday (0 = Sunday) of a month; the fifth is the last. */
static int64_t nth_weekday(int year, const zone_change *c)
{
  const int64_t first  = midnight(year, c->month, 1);
  const int     sunday = (dyo_weekday(first) + 1) % 7; /* weekday of the first, 0 = Sunday */
  int           day    = 1 + (c->day - sunday + 7) % 7 + 7 * (c->week - 1);
  while (day > dyo_days_in_month(year, c->month)) day -= 7;
  return midnight(year, c->month, day);
}

/* On the local clock that holds until the change. */
static int64_t change_in(int year, const zone_change *c)
{
  if (c->form == 'M') return nth_weekday(year, c) + c->seconds;
  const bool counts = c->form == 'J' && dyo_days_in_month(year, 2) == 29 && c->day >= 60;
  const int  days   = c->form == 'J' ? c->day - 1 + counts : c->day;
  return midnight(year, 1, 1) + (int64_t)days * DYO_DAY + c->seconds;
}

typedef struct {
  int64_t at;
  int32_t offset; /* from then on */
} change;

/* In order of time; of two at the same instant the one of the later year comes second, so that a summer time all year long stays. */
static void add_sorted(change *list, int n, change c)
{
  while (n > 0 && list[n - 1].at > c.at) list[n] = list[n - 1], n--;
  list[n] = c;
}

zone_span zone_rule_at(const zone_rule *r, int64_t t)
{
  zone_span s = {INT64_MIN, INT64_MAX, r->offset};
  change    list[CHANGES];
  int       n = 0;
  if (!r->summer) return s;
  const int year = dyo_date_of(t + r->offset).year;
  for (int y = year - 1; y <= year + 1; y++) {
    add_sorted(list, n++, (change){change_in(y, &r->begins) - r->offset, r->summer_offset});
    add_sorted(list, n++, (change){change_in(y, &r->ends) - r->summer_offset, r->offset});
  }
  for (int i = 0; i < n; i++) {
    if (list[i].at > t) {
      s.until = list[i].at;
      return s;
    }
    s.from   = list[i].at;
    s.offset = list[i].offset;
  }
  return s;
}
