/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "series/dyo_calendar.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Days since 1970-01-01 by eras of 400 years; H. Hinnant, "chrono-compatible low-level date algorithms" (2013). */
static int64_t days_of(int year, int month, int day)
{
  const int64_t y   = (int64_t)year - (month <= 2);
  const int64_t era = (y >= 0 ? y : y - 399) / 400;
  const int64_t yoe = y - era * 400;
  const int64_t doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

static int64_t floor_div(int64_t a, int64_t b)
{
  return a / b - (a % b < 0);
}

dyo_time dyo_time_of(dyo_date d)
{
  return days_of(d.year, d.month, d.day) * DYO_DAY + d.hour * 3600 + d.minute * 60 + d.second;
}

dyo_date dyo_date_of(dyo_time t)
{
  const int64_t days = floor_div(t, DYO_DAY), clock = t - days * DYO_DAY, z = days + 719468;
  const int64_t era = floor_div(z, 146097), doe = z - era * 146097;
  const int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
  const int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
  const int     month = (int)(mp < 10 ? mp + 3 : mp - 9);
  return (dyo_date){.year   = (int)(yoe + era * 400) + (month <= 2),
                    .month  = month,
                    .day    = (int)(doy - (153 * mp + 2) / 5 + 1),
                    .hour   = (int)(clock / 3600),
                    .minute = (int)(clock / 60 % 60),
                    .second = (int)(clock % 60)};
}

int dyo_weekday(dyo_time t)
{
  const int64_t w = (floor_div(t, DYO_DAY) + 3) % 7; /* 1970-01-01 was a Thursday */
  return (int)(w < 0 ? w + 7 : w);
}

int dyo_days_in_month(int year, int month)
{
  static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool       leap   = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return days[month - 1] + (month == 2 && leap);
}

/* n digits at *s, which moves on; -1 where there are fewer. */
static int take(const char **s, int n)
{
  int v = 0;
  for (int i = 0; i < n; i++, (*s)++) {
    if (**s < '0' || **s > '9') return -1;
    v = v * 10 + (**s - '0');
  }
  return v;
}

static bool take_char(const char **s, char c)
{
  if (**s != c) return false;
  (*s)++;
  return true;
}

/* Nothing, Z, +02:00, +0200 or +02. */
static bool offset(const char *s)
{
  if (*s == '\0' || strcmp(s, "Z") == 0 || strcmp(s, "z") == 0) return true;
  if (*s != '+' && *s != '-') return false;
  s++;
  const int h = take(&s, 2);
  if (h < 0 || h > 18) return false;
  if (*s == '\0') return true;
  take_char(&s, ':');
  const int m = take(&s, 2);
  return m >= 0 && m < 60 && *s == '\0';
}

static bool clock_part(const char *s, dyo_date *d)
{
  d->hour = take(&s, 2);
  if (d->hour < 0 || d->hour > 23 || !take_char(&s, ':')) return false;
  d->minute = take(&s, 2);
  if (d->minute < 0 || d->minute > 59) return false;
  if (take_char(&s, ':')) {
    d->second = take(&s, 2);
    if (d->second < 0 || d->second > 59) return false;
    if (take_char(&s, '.')) {
      if (take(&s, 1) < 0) return false;
      while (*s >= '0' && *s <= '9') s++;
    }
  }
  return offset(s);
}

bool dyo_time_parse(const char *s, dyo_time *t)
{
  dyo_date d  = {.month = 1, .day = 1};
  bool     ok = true;
  d.year      = take(&s, 4);
  if (d.year < 1) return false;
  if (take_char(&s, '-')) {
    d.month = take(&s, 2);
    if (d.month < 1 || d.month > 12) return false;
    if (take_char(&s, '-')) {
      d.day = take(&s, 2);
      if (d.day < 1 || d.day > dyo_days_in_month(d.year, d.month)) return false;
      if (*s == 'T' || *s == 't' || *s == ' ') {
        ok = clock_part(s + 1, &d);
        s  = "";
      }
    }
  }
  if (!ok || *s) return false;
  *t = dyo_time_of(d);
  return true;
}

void dyo_time_print(dyo_time t, bool with_clock, char out[DYO_TIME_CHARS])
{
  const dyo_date d = dyo_date_of(t);
  const int      n = snprintf(out, DYO_TIME_CHARS, "%04d-%02d-%02d", d.year, d.month, d.day);
  if (with_clock && n > 0 && n < DYO_TIME_CHARS)
    snprintf(out + n, (size_t)(DYO_TIME_CHARS - n), "T%02d:%02d:%02d", d.hour, d.minute, d.second);
}

static const char freq_letters[] = "__HDWMQY"; /* by dyo_freq_unit; minutes have a number */

bool dyo_freq_parse(const char *text, dyo_freq *f)
{
  const char *at  = *text && !text[1] ? strchr("HDWMQY", *text) : NULL;
  char       *end = NULL;
  if (at) {
    *f = (dyo_freq){(dyo_freq_unit)(DYO_FREQ_HOUR + (at - "HDWMQY")), 1};
    return true;
  }
  if (*text < '0' || *text > '9') return false;
  const long n = strtol(text, &end, 10);
  if (strcmp(end, "min") != 0 || n < 1 || n > 1440) return false;
  *f = n == 60     ? (dyo_freq){DYO_FREQ_HOUR, 1}
       : n == 1440 ? (dyo_freq){DYO_FREQ_DAY, 1}
                   : (dyo_freq){DYO_FREQ_MINUTE, (int)n};
  return true;
}

void dyo_freq_print(dyo_freq f, char out[DYO_TIME_CHARS])
{
  if (f.unit == DYO_FREQ_NONE) out[0] = '\0';
  else if (f.unit == DYO_FREQ_MINUTE) snprintf(out, DYO_TIME_CHARS, "%dmin", f.step);
  else snprintf(out, DYO_TIME_CHARS, "%c", freq_letters[f.unit]);
}

bool dyo_freq_has_clock(dyo_freq f)
{
  return f.unit == DYO_FREQ_MINUTE || f.unit == DYO_FREQ_HOUR;
}

static int64_t months_of(dyo_freq f)
{
  return f.unit == DYO_FREQ_MONTH ? 1 : f.unit == DYO_FREQ_QUARTER ? 3 : f.unit == DYO_FREQ_YEAR ? 12 : 0;
}

static int64_t seconds_of(dyo_freq f) /* of periods of fixed length */
{
  switch (f.unit) {
  case DYO_FREQ_MINUTE: return 60 * (int64_t)f.step;
  case DYO_FREQ_HOUR: return 3600;
  case DYO_FREQ_WEEK: return 7 * DYO_DAY;
  default: return DYO_DAY;
  }
}

double dyo_freq_seconds(dyo_freq f)
{
  return months_of(f) ? (double)months_of(f) * 365.2425 / 12 * DYO_DAY : (double)seconds_of(f);
}

dyo_time dyo_time_step(dyo_time start, dyo_freq f, int64_t k)
{
  const int64_t months = months_of(f);
  if (!months) return start + k * seconds_of(f);
  dyo_date      d    = dyo_date_of(start);
  const bool    last = d.day == dyo_days_in_month(d.year, d.month);
  const int64_t m    = (int64_t)d.year * 12 + d.month - 1 + k * months;
  d.year             = (int)floor_div(m, 12);
  d.month            = (int)(m - 12 * (int64_t)d.year) + 1;
  const int longest  = dyo_days_in_month(d.year, d.month);
  if (d.day > longest || (last && d.day >= 28)) d.day = longest;
  return dyo_time_of(d);
}

int64_t dyo_time_index(dyo_time start, dyo_freq f, dyo_time t)
{
  const int64_t months = months_of(f);
  if (!months) return floor_div(t - start, seconds_of(f));
  const dyo_date a = dyo_date_of(start), b = dyo_date_of(t);
  int64_t        k = floor_div(((int64_t)b.year - a.year) * 12 + b.month - a.month, months);
  if (dyo_time_step(start, f, k) > t) k--; /* t lies in the month before its period's day */
  return k;
}

/* Are all times on the grid of f from the first on, and what share of neighbours is one step apart? Negative: not on the grid. */
static double grid_share(const dyo_time *t, size_t n, dyo_freq f)
{
  size_t  one  = 0;
  int64_t last = 0;
  for (size_t i = 1; i < n; i++) {
    const int64_t k = dyo_time_index(t[0], f, t[i]);
    if (dyo_time_step(t[0], f, k) != t[i]) return -1;
    one += k - last == 1;
    last = k;
  }
  return (double)one / (double)(n - 1);
}

static int64_t gcd(int64_t a, int64_t b)
{
  while (b) {
    const int64_t r = a % b;
    a               = b;
    b               = r;
  }
  return a;
}

dyo_freq dyo_freq_infer(const dyo_time *t, size_t n)
{
  static const dyo_freq_unit coarse[] = {DYO_FREQ_YEAR, DYO_FREQ_QUARTER, DYO_FREQ_MONTH,
                                         DYO_FREQ_WEEK, DYO_FREQ_DAY,     DYO_FREQ_HOUR};
  int64_t                    unit     = 0;
  for (size_t i = 0; i < sizeof coarse / sizeof *coarse; i++) {
    const dyo_freq f = {coarse[i], 1};
    if (grid_share(t, n, f) >= 0.5) return f;
  }
  for (size_t i = 1; i < n; i++) unit = gcd(t[i] - t[i - 1], unit);
  if (unit % 60 == 0 && unit / 60 >= 1 && unit / 60 < 1440 && 1440 % (unit / 60) == 0) {
    const dyo_freq f = unit == 3600 ? (dyo_freq){DYO_FREQ_HOUR, 1} : (dyo_freq){DYO_FREQ_MINUTE, (int)(unit / 60)};
    if (grid_share(t, n, f) >= 0.5) return f;
  }
  /* Sparse but regular, as sales that miss most days: the coarsest calendar grid that holds them all. */
  for (size_t i = 2; i < sizeof coarse / sizeof *coarse; i++) {
    const dyo_freq f = {coarse[i], 1};
    if (grid_share(t, n, f) >= 0) return f;
  }
  return (dyo_freq){DYO_FREQ_NONE, 1};
}

dyo_time dyo_period_start(dyo_time t, dyo_freq f)
{
  dyo_date d = dyo_date_of(t);
  switch (f.unit) {
  case DYO_FREQ_MINUTE: {
    const int minutes = (d.hour * 60 + d.minute) / f.step * f.step;
    return dyo_time_of((dyo_date){d.year, d.month, d.day, minutes / 60, minutes % 60, 0});
  }
  case DYO_FREQ_HOUR: return dyo_time_of((dyo_date){d.year, d.month, d.day, d.hour, 0, 0});
  case DYO_FREQ_WEEK:
    t -= (dyo_time)dyo_weekday(t) * DYO_DAY;
    d = dyo_date_of(t);
    break;
  case DYO_FREQ_MONTH: d.day = 1; break;
  case DYO_FREQ_QUARTER:
    d.month -= (d.month - 1) % 3;
    d.day = 1;
    break;
  case DYO_FREQ_YEAR:
    d.month = 1;
    d.day   = 1;
    break;
  default: break;
  }
  return dyo_time_of((dyo_date){d.year, d.month, d.day, 0, 0, 0});
}

size_t dyo_freq_periods(dyo_freq f, double out[3])
{
  const double per_day = DYO_DAY / (double)(f.unit == DYO_FREQ_MINUTE ? 60 * f.step : 3600);
  switch (f.unit) {
  case DYO_FREQ_MINUTE:
  case DYO_FREQ_HOUR:
    out[0] = per_day;
    out[1] = 7 * per_day;
    return 2;
  case DYO_FREQ_DAY:
    out[0] = 7;
    out[1] = 365.25;
    return 2;
  case DYO_FREQ_WEEK: out[0] = 365.25 / 7; return 1;
  case DYO_FREQ_MONTH: out[0] = 12; return 1;
  case DYO_FREQ_QUARTER: out[0] = 4; return 1;
  default: return 0;
  }
}
