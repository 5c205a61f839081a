/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "json/dyo_json.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Room for n more bytes and the closing NUL. */
static bool room(dyo_buf *b, size_t n)
{
  size_t cap = b->cap ? b->cap : 256;
  char  *s   = NULL;
  if (b->failed) return false;
  if (n < b->cap - b->n) return true;
  while (cap - b->n <= n && cap < SIZE_MAX / 2) cap *= 2;
  s = cap - b->n > n ? b->secret ? malloc(cap) : realloc(b->s, cap) : NULL;
  if (!s) {
    b->failed = true;
    return false;
  }
  if (b->secret && b->s) {
    memcpy(s, b->s, b->n + 1);
    dyo_wipe(b->s, b->n);
    free(b->s);
  }
  b->s   = s;
  b->cap = cap;
  return true;
}

void dyo_buf_add(dyo_buf *b, const char *s, size_t n)
{
  if (!room(b, n)) return;
  memcpy(b->s + b->n, s, n);
  b->n += n;
  b->s[b->n] = '\0';
}

void dyo_buf_puts(dyo_buf *b, const char *s)
{
  dyo_buf_add(b, s, strlen(s));
}

void dyo_buf_printf(dyo_buf *b, const char *fmt, ...)
{
  va_list args;
  int     n = 0;
  va_start(args, fmt);
  n = vsnprintf(NULL, 0, fmt, args);
  va_end(args);
  if (n < 0 || !room(b, (size_t)n)) return;
  va_start(args, fmt);
  vsnprintf(b->s + b->n, (size_t)n + 1, fmt, args);
  va_end(args);
  b->n += (size_t)n;
}

static const char *escape(unsigned char c)
{
  switch (c) {
  case '"': return "\\\"";
  case '\\': return "\\\\";
  case '\n': return "\\n";
  case '\r': return "\\r";
  case '\t': return "\\t";
  default: return NULL;
  }
}

void dyo_buf_string(dyo_buf *b, const char *s)
{
  const char *from = s;
  dyo_buf_add(b, "\"", 1);
  for (; *s; s++) {
    const unsigned char c = (unsigned char)*s;
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    dyo_buf_add(b, from, (size_t)(s - from));
    if (escape(c)) dyo_buf_puts(b, escape(c));
    else dyo_buf_printf(b, "\\u%04x", c);
    from = s + 1;
  }
  dyo_buf_add(b, from, (size_t)(s - from));
  dyo_buf_add(b, "\"", 1);
}

void dyo_buf_number(dyo_buf *b, double x)
{
  if (!room(b, DYO_NUMBER_CHARS)) return;
  b->n += dyo_number_text(x, b->s + b->n);
}

char dyo_buf_last(const dyo_buf *b)
{
  return b->n ? b->s[b->n - 1] : '\0';
}

void dyo_buf_free(dyo_buf *b)
{
  if (b->secret && b->s) dyo_wipe(b->s, b->n);
  free(b->s);
  *b = (dyo_buf){0};
}
