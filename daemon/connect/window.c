/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "connect/window.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "series/dyo_calendar.h"

window window_next(int64_t cursor, int lookback_s, int64_t server)
{
  window w = {.lo = cursor < 0 ? 0 : cursor - 1000 * (int64_t)lookback_s, .hi = 1000 * (server - 1), .stamp = -1};
  if (w.lo < 0) w.lo = 0;
  if (w.hi < w.lo) w.hi = w.lo;
  return w;
}

bool window_halve(window *w, int64_t first)
{
  int64_t from = w->stamp >= 0 ? w->stamp : w->lo;
  if (from < first) from = first;
  if (w->hi - from < 2) return false;
  w->hi = from + (w->hi - from) / 2;
  return true;
}

void window_reached(window *w, int64_t stamp, const char *id)
{
  w->stamp = stamp;
  snprintf(w->id, sizeof w->id, "%s", id);
}

void stamp_text(int64_t ms, char out[STAMP_CHARS])
{
  clock_text(ms, out);
}

/* Fractions to the millisecond; a zone is Z, +00:00 or +0000 with any numbers. */
int64_t stamp_parse(const char *text)
{
  char     plain[40];
  dyo_time t = 0;
  if (strlen(text) < 19 || text[10] != 'T' || strlen(text) >= sizeof plain) return -1;
  snprintf(plain, sizeof plain, "%.19s", text);
  const char *at = text + 19;
  int64_t     ms = 0;
  if (*at == '.') {
    int scale = 100;
    for (at++; *at >= '0' && *at <= '9'; at++, scale /= 10) ms += scale * (*at - '0');
  }
  if (!dyo_time_parse(plain, &t)) return -1;
  int64_t zone = 0;
  if (*at == '+' || *at == '-') {
    const size_t n    = strlen(at);
    const char  *mm   = at[n - 3] == ':' ? at + n - 2 : n == 5 ? at + 3 : NULL;
    const long   hour = strtol(at + 1, NULL, 10) / (n == 5 ? 100 : 1);
    if (n < 5 || !mm) return -1;
    zone = (60 * hour + strtol(mm, NULL, 10)) * (*at == '-' ? -60 : 60);
  } else if (*at && strcmp(at, "Z") != 0) {
    return -1;
  }
  return 1000 * ((int64_t)t - zone) + ms;
}
