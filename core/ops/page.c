/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ops/page.h"

#include <math.h>
#include <string.h>

#include "base/dyo_utf8.h"

enum { LABEL = 10 };

/* The character at s, and its bytes in *bytes; a byte that belongs to none stands for itself. */
static unsigned long character(const char *s, size_t *bytes)
{
  const unsigned char *u = (const unsigned char *)s, *end = memchr(u, 0, 4);
  unsigned long        c = u[0];
  *bytes                 = dyo_utf8_len(u, end ? end : u + 4);
  if (*bytes < 2) {
    *bytes = 1;
    return c;
  }
  c &= 0xffu >> (*bytes + 1);
  for (size_t i = 1; i < *bytes; i++) c = c << 6 | (u[i] & 0x3f);
  return c;
}

/* East Asian wide and full-width forms, emoji; combining marks and joiners. */
static size_t columns_of(unsigned long c)
{
  if ((c >= 0x300 && c <= 0x36f) || (c >= 0x200b && c <= 0x200f) || (c >= 0xfe00 && c <= 0xfe0f)) return 0;
  if ((c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0xa4cf) || (c >= 0xac00 && c <= 0xd7a3) ||
      (c >= 0xf900 && c <= 0xfaff) || (c >= 0xfe30 && c <= 0xfe6f) || (c >= 0xff00 && c <= 0xff60) ||
      (c >= 0x1f300 && c <= 0x1faff) || (c >= 0x20000 && c <= 0x3fffd))
    return 2;
  return 1;
}

/* A control character of a name would move the screen's cursor. */
static void put_character(page *p, const char *s, size_t bytes)
{
  const unsigned char c = (unsigned char)s[0];
  if (bytes == 1 && (c < 0x20 || c == 0x7f || c >= 0x80)) dyo_buf_puts(&p->b, c == '\t' ? " " : "?");
  else if (bytes == 2 && c == 0xc2 && (unsigned char)s[1] < 0xa0) dyo_buf_puts(&p->b, "?");
  else dyo_buf_add(&p->b, s, bytes);
}

size_t page_columns(const char *text)
{
  size_t n = 0, bytes = 0;
  for (const char *s = text; *s; s += bytes) n += columns_of(character(s, &bytes));
  return n;
}

static void blanks(page *p, size_t n)
{
  while (n-- > 0) dyo_buf_puts(&p->b, " ");
}

void page_cell(page *p, const char *text, size_t columns, page_side side)
{
  const size_t whole = page_columns(text);
  const bool   cut   = whole > columns;
  const size_t room  = cut ? columns - 1 : columns;
  size_t       used = 0, bytes = 0;
  if (columns == 0) return;
  if (!cut && side == PAGE_RIGHT) blanks(p, columns - whole);
  for (const char *s = text; *s; s += bytes) {
    const size_t wide = columns_of(character(s, &bytes));
    if (used + wide > room) break;
    put_character(p, s, bytes);
    used += wide;
  }
  if (cut) {
    dyo_buf_puts(&p->b, p->ascii ? "~" : "…");
    used++;
  }
  if (cut || side == PAGE_LEFT) blanks(p, columns - used);
}

void page_put(page *p, const char *text)
{
  size_t bytes = 0;
  for (const char *s = text; *s; s += bytes) {
    character(s, &bytes);
    put_character(p, s, bytes);
  }
}

void page_end(page *p)
{
  while (p->b.n > 0 && p->b.s[p->b.n - 1] == ' ') p->b.n--;
  dyo_buf_puts(&p->b, "\n");
}

void page_rule(page *p, size_t n)
{
  while (n-- > 0) dyo_buf_puts(&p->b, p->ascii ? "-" : "─");
  page_end(p);
}

const char *page_dash(const page *p)
{
  return p->ascii ? "to" : "–";
}

/* Bytes of the word at s, up to a blank. */
static size_t word_of(const char *s)
{
  return strcspn(s, " \n");
}

static size_t columns_of_word(const char *s, size_t n)
{
  size_t columns = 0, bytes = 0;
  for (size_t i = 0; i < n; i += bytes) columns += columns_of(character(s + i, &bytes));
  return columns;
}

void page_item(page *p, const char *label, const char *text)
{
  size_t at = LABEL;
  page_cell(p, label, LABEL, PAGE_LEFT);
  while (*text) {
    const size_t n = word_of(text), columns = columns_of_word(text, n);
    size_t       bytes = 0;
    if (at > LABEL && at + 1 + columns > p->width) {
      page_end(p);
      blanks(p, LABEL);
      at = LABEL;
    } else if (at > LABEL) {
      blanks(p, 1);
      at++;
    }
    for (size_t i = 0; i < n; i += bytes) {
      character(text + i, &bytes);
      put_character(p, text + i, bytes);
    }
    at += columns;
    text += n;
    text += strspn(text, " \n");
  }
  page_end(p);
}

/* Mean of the known ones of share i of n values in `cells` shares. */
static double share_mean(const double *y, size_t n, size_t cells, size_t i)
{
  size_t from = i * n / cells, to = (i + 1) * n / cells;
  double sum = 0, known = 0;
  if (to == from) to = from + 1;
  for (; from < to; from++) {
    if (isnan(y[from])) continue;
    sum += y[from];
    known++;
  }
  return known > 0 ? sum / known : NAN;
}

void page_spark(page *p, const double *y, size_t n, size_t cells)
{
  static const char *const bars[]  = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  static const char *const plain[] = {"_", ".", ":", "-", "=", "+", "*", "#"};
  double                   lo = INFINITY, hi = -INFINITY;
  if (n == 0) {
    blanks(p, cells);
    return;
  }
  for (size_t i = 0; i < cells; i++) {
    const double v = share_mean(y, n, cells, i);
    lo = fmin(lo, v), hi = fmax(hi, v);
  }
  if (lo > 0 && lo < hi / 2) lo = 0;
  for (size_t i = 0; i < cells; i++) {
    const double v = share_mean(y, n, cells, i);
    const int    k = hi > lo ? (int)fmin(7, floor((v - lo) / (hi - lo) * 8)) : 3;
    if (isnan(v)) dyo_buf_puts(&p->b, " ");
    else dyo_buf_puts(&p->b, p->ascii ? plain[k] : bars[k]);
  }
}
