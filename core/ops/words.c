/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ops/words.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *const weekdays[] = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
static const char *const months[]   = {"January", "February", "March",     "April",   "May",      "June",
                                       "July",    "August",   "September", "October", "November", "December"};

/* Marks between the thousands of the digits before the point. */
static const char *marked(dyo_ctx *ctx, const char *digits)
{
  const size_t sign  = digits[0] == '-';
  const size_t whole = strcspn(digits, ".") - sign, n = strlen(digits);
  char        *out = DYO_NEW(ctx, n + whole / 3 + 1, char), *to = out;
  if (!out) return NULL;
  for (size_t i = 0; i < n; i++) {
    if (i > sign && i < sign + whole && (sign + whole - i) % 3 == 0) *to++ = ',';
    *to++ = digits[i];
  }
  return out;
}

const char *words_figure(dyo_ctx *ctx, double x)
{
  char         text[64];
  const double a = fabs(x);
  if (a >= 1e15 || (a > 0 && a < 0.001)) return dyo_text(ctx, "%.3g", x);
  const int places = a >= 100 ? 0 : a >= 10 ? 1 : a >= 1 ? 2 : a >= 0.1 ? 3 : 4;
  snprintf(text, sizeof text, "%.*f", places, x);
  if (strchr(text, '.')) { /* no zeros behind the last digit that tells something */
    size_t n = strlen(text);
    while (text[n - 1] == '0') text[--n] = '\0';
    if (text[n - 1] == '.') text[n - 1] = '\0';
  }
  return marked(ctx, strcmp(text, "-0") == 0 ? "0" : text);
}

int words_places(double spread)
{
  if (!(spread > 0) || !isfinite(spread)) return 0;
  return (int)fmin(fmax(ceil(-log10(spread / 40)), 0), 6);
}

const char *words_fixed(dyo_ctx *ctx, double x, int places)
{
  char text[64];
  if (fabs(x) >= 1e15) return dyo_text(ctx, "%.3g", x);
  snprintf(text, sizeof text, "%.*f", places, x);
  return marked(ctx, strspn(text, "-0.") == strlen(text) ? text + (text[0] == '-') : text);
}

const char *words_within(dyo_ctx *ctx, const char *text, double x, size_t columns)
{
  return !text || strlen(text) < columns ? text : dyo_text(ctx, "%.3g", x);
}

const char *words_percent(dyo_ctx *ctx, double percent)
{
  return dyo_text(ctx, fabs(percent) < 9.95 ? "%.1f%%" : "%.0f%%", percent);
}

const char *words_count(dyo_ctx *ctx, size_t n)
{
  char text[32];
  snprintf(text, sizeof text, "%zu", n);
  return marked(ctx, text);
}

const char *words_day(dyo_ctx *ctx, dyo_time t, dyo_time today)
{
  const dyo_date d = dyo_date_of(t);
  const char    *w = weekdays[dyo_weekday(t)];
  if (d.year == dyo_date_of(today).year) return dyo_text(ctx, "%s %d %s", w, d.day, months[d.month - 1]);
  return dyo_text(ctx, "%s %d %s %d", w, d.day, months[d.month - 1], d.year);
}

const char *words_date(dyo_ctx *ctx, dyo_time t, dyo_freq f)
{
  const dyo_date d = dyo_date_of(t);
  switch (f.unit) {
  case DYO_FREQ_YEAR: return dyo_text(ctx, "%d", d.year);
  case DYO_FREQ_QUARTER:
  case DYO_FREQ_MONTH: return dyo_text(ctx, "%.3s %d", months[d.month - 1], d.year);
  case DYO_FREQ_HOUR:
  case DYO_FREQ_MINUTE:
    return dyo_text(ctx, "%d %.3s %d %02d:%02d", d.day, months[d.month - 1], d.year, d.hour, d.minute);
  default: return dyo_text(ctx, "%d %.3s %d", d.day, months[d.month - 1], d.year);
  }
}

static const char *const adverbs[] = {"numbered", "by the minute", "hourly",    "daily",
                                      "weekly",   "monthly",       "quarterly", "yearly"};
static const char *const nouns[]   = {"step", "minute", "hour", "day", "week", "month", "quarter", "year"};

const char *words_frequency(dyo_ctx *ctx, dyo_freq f)
{
  if (f.unit == DYO_FREQ_MINUTE && f.step > 1) return dyo_text(ctx, "every %d minutes", f.step);
  return adverbs[f.unit];
}

const char *words_period(dyo_freq f)
{
  return f.unit == DYO_FREQ_MINUTE && f.step > 1 ? "step" : nouns[f.unit];
}
