/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xlsx_value.c - texts of a workbook to values: numbers, serial dates, escapes; and the growing lists they stand in. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "series/xlsx_parts.h"

bool xlsx_buf_add(xlsx_buf *b, const char *s, size_t n)
{
  if (n > SIZE_MAX - b->n) return false;
  if (b->n + n > b->cap) {
    const size_t twice = b->cap < SIZE_MAX / 2 ? 2 * b->cap : b->cap;
    const size_t cap   = b->n + n > twice ? b->n + n + 1024 : twice;
    char        *more  = realloc(b->text, cap);
    if (!more) return false;
    b->text = more;
    b->cap  = cap;
  }
  if (n) memcpy(b->text + b->n, s, n);
  b->n += n;
  return true;
}

void *xlsx_grow(void *list, size_t n, size_t *cap, size_t size)
{
  if (n < *cap) return list;
  const size_t more = *cap ? 2 * *cap : 64;
  void        *v    = more > SIZE_MAX / 2 / size ? NULL : realloc(list, more * size);
  if (v) *cap = more;
  return v;
}

static bool is_blank(char c)
{
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

void xlsx_trim(xlsx_buf *b, size_t from)
{
  size_t to = b->n, at = from;
  while (to > from && is_blank(b->text[to - 1])) to--;
  while (at < to && is_blank(b->text[at])) at++;
  if (at > from) memmove(b->text + from, b->text + at, to - at);
  b->n = from + to - at;
}

bool xlsx_count(const char *s, size_t n, size_t max, size_t *out)
{
  size_t v = 0;
  if (n == 0) return false;
  for (size_t i = 0; i < n; i++) {
    if (s[i] < '0' || s[i] > '9') return false;
    v = 10 * v + (size_t)(s[i] - '0');
    if (v > max) return false;
  }
  *out = v;
  return true;
}

/* --- numbers ---------------------------------------------------------------------------------------------------------- */

enum { MOST_DIGITS = 19, EXACT_POWER = 22, WHOLE_TEXT = 800 };

typedef struct {
  bool     minus;
  uint64_t mantissa; /* of the first MOST_DIGITS significant digits */
  int      digits;   /* significant ones */
  long     exponent; /* of ten, where the point is moved behind the last digit */
} decimal;

static bool is_digit(char c)
{
  return c >= '0' && c <= '9';
}

/* e+12; only a sane size is told apart. */
static const char *scan_exponent(const char *p, const char *end, long *e)
{
  const bool minus = p < end && *p == '-';
  long       v     = 0;
  if (p < end && (*p == '+' || *p == '-')) p++;
  if (p == end || !is_digit(*p)) return NULL;
  for (; p < end && is_digit(*p); p++)
    if (v < 100000) v = 10 * v + (*p - '0');
  *e += minus ? -v : v;
  return p;
}

/* [+-] digits [. digits] [e exponent] and nothing else. */
static bool scan_decimal(const char *p, const char *end, decimal *d)
{
  bool point = false, any = false;
  *d = (decimal){.minus = p < end && *p == '-'};
  if (p < end && (*p == '-' || *p == '+')) p++;
  for (; p < end && (is_digit(*p) || (*p == '.' && !point)); p++) {
    if (*p == '.') {
      point = true;
      continue;
    }
    any = true;
    if (point) d->exponent--;
    if (*p == '0' && d->digits == 0) continue;
    if (++d->digits <= MOST_DIGITS) d->mantissa = 10 * d->mantissa + (uint64_t)(*p - '0');
  }
  if (any && p < end && (*p == 'e' || *p == 'E')) p = scan_exponent(p + 1, end, &d->exponent);
  return any && p == end;
}

/* The C library's conversion minds the locale's decimal point: it gets the digits without one. */
static bool convert(const char *p, const char *end, const decimal *d, double *out)
{
  char   text[WHOLE_TEXT + 32];
  size_t n = 0;
  if (end - p > WHOLE_TEXT) return false;
  if (d->minus) text[n++] = '-';
  for (; p < end && *p != 'e' && *p != 'E'; p++)
    if (is_digit(*p)) text[n++] = *p;
  snprintf(text + n, sizeof text - n, "e%ld", d->exponent);
  *out = strtod(text, NULL);
  return isfinite(*out);
}

bool xlsx_number(const char *s, size_t n, double *out)
{
  static const double power[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
  const char         *end     = s + n;
  decimal             d;
  while (s < end && is_blank(*s)) s++;
  while (end > s && is_blank(end[-1])) end--;
  if (!scan_decimal(s, end, &d)) return false;
  if (d.digits > MOST_DIGITS || d.mantissa > (uint64_t)1 << 53 || labs(d.exponent) > EXACT_POWER)
    return convert(s, end, &d, out);
  /* Both are exact, so one rounding gives the nearest double (Clinger 1990). */
  const double m = (double)d.mantissa, v = d.exponent < 0 ? m / power[-d.exponent] : m * power[d.exponent];
  *out = d.minus ? -v : v;
  return true;
}

/* --- dates ------------------------------------------------------------------------------------------------------------ */

const char *xlsx_serial(double serial, bool date1904, dyo_time *t)
{
  const double last = date1904 ? 2957003 : 2958465; /* 9999-12-31 */
  if (!(serial >= 0)) return "a date before the first that the workbook can hold";
  if (serial >= last + 1) return "a date after the year 9999";
  const dyo_time seconds = (dyo_time)llround(serial * DYO_DAY), day = seconds / DYO_DAY;
  if ((double)day > last) return "a date after the year 9999";
  if (date1904) {
    *t = dyo_time_of((dyo_date){.year = 1904, .month = 1, .day = 1}) + seconds;
    return NULL;
  }
  if (day == 0) return "day 0 of January 1900, which is no date";
  if (day == 60) return "29 February 1900, a day that never was";
  /* Day 1 is 1900-01-01; the day that never was is counted, so later ones are one less. */
  *t = dyo_time_of((dyo_date){.year = 1899, .month = 12, .day = 31}) + seconds - (day > 60 ? DYO_DAY : 0);
  return NULL;
}

/* --- escapes ---------------------------------------------------------------------------------------------------------- */

static bool hex4(const char *s, unsigned *out)
{
  unsigned v = 0;
  for (int i = 0; i < 4; i++) {
    const char c = s[i];
    const int  d = c >= '0' && c <= '9'   ? c - '0'
                   : c >= 'A' && c <= 'F' ? c - 'A' + 10
                   : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                          : -1;
    if (d < 0) return false;
    v = v << 4 | (unsigned)d;
  }
  *out = v;
  return true;
}

/* _xHHHH_ at s. */
static bool escape_at(const char *s, size_t n, unsigned *code)
{
  return n >= 7 && s[0] == '_' && s[1] == 'x' && s[6] == '_' && hex4(s + 2, code);
}

static size_t put_utf8(char *s, unsigned c)
{
  size_t n = 0;
  if (c < 0x80) {
    s[n++] = (char)c;
  } else if (c < 0x800) {
    s[n++] = (char)(0xC0 | c >> 6);
    s[n++] = (char)(0x80 | (c & 63));
  } else {
    if (c < 0x10000) {
      s[n++] = (char)(0xE0 | c >> 12);
    } else {
      s[n++] = (char)(0xF0 | c >> 18);
      s[n++] = (char)(0x80 | (c >> 12 & 63));
    }
    s[n++] = (char)(0x80 | (c >> 6 & 63));
    s[n++] = (char)(0x80 | (c & 63));
  }
  return n;
}

/* A pair of surrogates is one character, one alone is U+FFFD; NUL stays as it is written. ECMA-376 part 1, 22.9.2.19. */
size_t xlsx_unescape(char *s, size_t n)
{
  size_t to = 0;
  if (n < 7 || !memchr(s, '_', n)) return n;
  for (size_t i = 0; i < n;) {
    unsigned c = 0, low = 0;
    if (!escape_at(s + i, n - i, &c) || c == 0) {
      s[to++] = s[i++];
      continue;
    }
    i += 7;
    if (c >= 0xD800 && c < 0xDC00 && escape_at(s + i, n - i, &low) && low >= 0xDC00 && low < 0xE000) {
      c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
      i += 7;
    } else if (c >= 0xD800 && c < 0xE000) {
      c = 0xFFFD;
    }
    to += put_utf8(s + to, c);
  }
  return to;
}

/* --- formulas --------------------------------------------------------------------------------------------------------- */

static bool is_word(char c)
{
  return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || c == '.' || (c & 0x80);
}

/* [3] before a sheet's name, which stands first or after an operator; Table[3] and Table[[#All],[3]] are columns of a table,
 * [0] is the workbook itself. */
bool xlsx_formula_external(const char *s, size_t n)
{
  int  depth  = 0;
  bool quoted = false;
  for (size_t i = 0; i < n; i++) {
    if (s[i] == '"') quoted = !quoted;
    if (quoted) continue;
    if (s[i] == ']') depth -= depth > 0;
    if (s[i] != '[' || depth++ > 0 || (i > 0 && (is_word(s[i - 1]) || s[i - 1] == ']'))) continue;
    size_t k = i + 1;
    while (k < n && is_digit(s[k])) k++;
    if (k > i + 1 && s[i + 1] != '0' && k + 1 < n && s[k] == ']') return true;
  }
  return false;
}
