/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "connect/fault.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "series/dyo_calendar.h"

const char *const fault_words[] = {"none", "throttle", "transient", "auth", "quota", "terminal", "cancelled", NULL};

const fault_rule fault_usual = {
  .throttle_tries = 8, .transient_tries = 5, .base_s = 0.5, .longest_s = 60, .run_s = 900};

fault fault_of_status(int status)
{
  if (status >= 200 && status < 300) return FAULT_NONE;
  switch (status) {
  case 401: return FAULT_AUTH;
  case 429:
  case 503: return FAULT_THROTTLE;
  case 406:
  case 408:
  case 420:
  case 425:
  case 500:
  case 502:
  case 504: return FAULT_TRANSIENT;
  default: return status > 504 ? FAULT_TRANSIENT : FAULT_TERMINAL;
  }
}

static int month_of(const char *s)
{
  static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
  for (int i = 0; i < 12; i++)
    if (strncmp(s, names + 3 * i, 3) == 0) return i + 1;
  return 0;
}

static int digits(const char *s, int n)
{
  int v = 0;
  for (int i = 0; i < n; i++) {
    if (s[i] < '0' || s[i] > '9') return -1;
    v = 10 * v + (s[i] - '0');
  }
  return v;
}

/* "Fri, 27 Nov 2026 16:31:13 GMT", the only form that is sent today (RFC 9110, 5.6.7). */
int64_t fault_http_date(const char *s)
{
  if (strlen(s) != 29 || s[3] != ',' || strcmp(s + 25, " GMT") != 0 || s[19] != ':' || s[22] != ':') return INT64_MIN;
  const int month = month_of(s + 8), day = digits(s + 5, 2), year = digits(s + 12, 4);
  const int h = digits(s + 17, 2), m = digits(s + 20, 2), sec = digits(s + 23, 2);
  if (month == 0 || day < 1 || day > 31 || year < 1970 || h < 0 || h > 23 || m < 0 || m > 59 || sec < 0 || sec > 60)
    return INT64_MIN;
  return dyo_time_of((dyo_date){.year = year, .month = month, .day = day}) + 3600 * (int64_t)h + 60 * (int64_t)m + sec;
}

double fault_retry_after(const char *value, int64_t now)
{
  const double day = 86400;
  if (!value || !*value) return NAN;
  const size_t n = strspn(value, "0123456789");
  if (n > 0 && !value[n]) return fmin(strtod(value, NULL), day);
  const int64_t at = fault_http_date(value);
  if (at == INT64_MIN) return NAN;
  return fmin(fmax((double)(at - now), 0), day);
}

double fault_delay(const fault_rule *r, fault f, int attempt, double retry_after, double chance, double waited)
{
  const int most = f == FAULT_THROTTLE ? r->throttle_tries : f == FAULT_TRANSIENT ? r->transient_tries : 0;
  if (attempt > most) return -1;
  const double up_to = fmin(r->base_s * ldexp(1, attempt - 2), r->longest_s);
  double       delay = chance * up_to;
  if (retry_after > delay) delay = retry_after; /* false for NaN */
  return waited + delay > r->run_s ? -1 : delay;
}
