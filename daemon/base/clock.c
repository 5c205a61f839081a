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

/* Each request logs a time: by hand this is a tenth of what the library takes. */
static char *put_digits(char *to, int value, int n, char mark)
{
  for (int i = n - 1; i >= 0; i--, value /= 10) to[i] = (char)('0' + value % 10);
  to[n] = mark;
  return to + n + 1;
}

void clock_cond_init(pthread_cond_t *c)
{
  pthread_condattr_t monotonic;
  pthread_condattr_init(&monotonic);
  pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
  pthread_cond_init(c, &monotonic);
  pthread_condattr_destroy(&monotonic);
}

void clock_cond_wait(pthread_cond_t *c, pthread_mutex_t *lock, int64_t ms)
{
  struct timespec until;
  clock_gettime(CLOCK_MONOTONIC, &until);
  until.tv_sec += ms / 1000;
  until.tv_nsec += (long)(ms % 1000) * 1000000;
  if (until.tv_nsec >= 1000000000) until.tv_sec++, until.tv_nsec -= 1000000000;
  pthread_cond_timedwait(c, lock, &until);
}

void clock_text(int64_t ms, char out[CLOCK_TEXT])
{
  const int64_t below = ((ms % 1000) + 1000) % 1000;
  const time_t  s     = (time_t)((ms - below) / 1000);
  struct tm     t;
  gmtime_r(&s, &t);
  const int parts[] = {t.tm_year + 1900, t.tm_mon + 1, t.tm_mday, t.tm_hour, t.tm_min, t.tm_sec, (int)below};
  char     *end     = out;
  for (int i = 0; i < 7; i++) end = put_digits(end, parts[i], i == 0 ? 4 : i == 6 ? 3 : 2, "--T::.Z"[i]);
  *end = '\0';
}
