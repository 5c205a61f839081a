/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/clock.h"

#include <stdio.h>
#include <time.h>

int64_t clock_now_ms(void)
{
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

double clock_monotonic(void)
{
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void clock_text(int64_t ms, char out[CLOCK_TEXT])
{
  const int64_t below = ((ms % 1000) + 1000) % 1000;
  const time_t  s     = (time_t)((ms - below) / 1000);
  struct tm     t;
  char          day[24];
  gmtime_r(&s, &t);
  strftime(day, sizeof day, "%Y-%m-%dT%H:%M:%S", &t);
  snprintf(out, CLOCK_TEXT, "%s.%03dZ", day, (int)below);
}
