/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "connect/told.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"

enum { DAY_MS = 86400000 };

void told_count(dyo_buf *b, int64_t n)
{
  char      text[24];
  const int k = snprintf(text, sizeof text, "%lld", (long long)n), sign = n < 0;
  for (int i = 0; i < k; i++) dyo_buf_printf(b, "%s%c", i > sign && (k - i) % 3 == 0 ? "," : "", text[i]);
}

void told_things(dyo_buf *b, int64_t n, const char *one, const char *many)
{
  told_count(b, n);
  dyo_buf_printf(b, " %s", n == 1 ? one : many);
}

static int64_t day_of(int64_t ms)
{
  return ms / DAY_MS - (ms % DAY_MS < 0);
}

void told_newest(dyo_buf *b, int64_t ms, int64_t now_ms)
{
  char          text[CLOCK_TEXT];
  const int64_t ago = day_of(now_ms) - day_of(ms);
  if (ms < 0) return;
  clock_text(ms, text);
  if (ago == 0 || ago == 1) dyo_buf_printf(b, ", newest %s %.5s UTC", ago ? "yesterday" : "today", text + 11);
  else dyo_buf_printf(b, ", newest %.10s", text);
}

void told_label(const char *label, char *out, size_t room)
{
  snprintf(out, room, "%s", label);
  for (char *s = out; *s; s++)
    if ((s == out || s[-1] == ' ') && islower((unsigned char)s[1])) *s = (char)tolower((unsigned char)*s);
}
