/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "series/read.h"

enum { EXACT_DIGITS = 15, EXACT_POWER = 22, LONGEST = 80 };

static const double tens[EXACT_POWER + 1] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                             1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

static bool begins(const char *s, size_t n, const char *with)
{
  const size_t k = strlen(with);
  return n >= k && memcmp(s, with, k) == 0;
}

static bool ends(const char *s, size_t n, const char *with)
{
  const size_t k = strlen(with);
  return n >= k && memcmp(s + n - k, with, k) == 0;
}

/* Bytes of a blank at s: space, tab, line end, no-break space, narrow no-break space, thin space, figure space, byte order mark; or 0. */
static size_t blank(const char *s, size_t n)
{
  static const char *const wide[] = {"\xc2\xa0", "\xe2\x80\xaf", "\xe2\x80\x89", "\xe2\x80\x87", "\xef\xbb\xbf", NULL};
  if (n && (*s == ' ' || *s == '\t' || *s == '\n' || *s == '\r')) return 1;
  if (!n || !((unsigned char)*s & 0x80)) return 0;
  for (size_t i = 0; wide[i]; i++)
    if (begins(s, n, wide[i])) return strlen(wide[i]);
  return 0;
}

static size_t blank_behind(const char *s, size_t n)
{
  for (size_t k = 1; k <= 3 && k <= n; k++)
    if (blank(s + n - k, k) == k) return k;
  return 0;
}

void read_trim(const char **s, size_t *n)
{
  size_t k = 0;
  if (*n && (*s)[0] > '=' && (*s)[*n - 1] > ' ' && (*s)[*n - 1] < 0x7f)
    return; /* most texts begin and end with a letter */
  if (*n && (*s)[0] >= '0' && (*s)[0] <= '9' && (*s)[*n - 1] >= '0' && (*s)[*n - 1] <= '9') return; /* or a digit */
  while ((k = blank(*s, *n)) > 0) {
    *s += k;
    *n -= k;
  }
  while ((k = blank_behind(*s, *n)) > 0) *n -= k;
  if (*n >= 3 && begins(*s, *n, "=\"") && (*s)[*n - 1] == '"') {
    *s += 2;
    *n -= 3;
  }
}

bool read_word(const char *s, size_t n, const char *const *words)
{
  for (; *words; words++) {
    size_t i = 0;
    while (i < n && (*words)[i] && (s[i] >= 'A' && s[i] <= 'Z' ? s[i] + 32 : s[i]) == (*words)[i]) i++;
    if (i == n && !(*words)[i]) return true;
  }
  return false;
}

bool read_missing(const char *s, size_t n)
{
  static const char *const words[] = {"-",    "--",      "---",    "\xe2\x80\x93", "\xe2\x80\x94", ".",   "?",
                                      "na",   "n/a",     "n.a.",   "n. a.",        "nan",          "nil", "null",
                                      "none", "missing", "(null)", "(blank)",      "#n/a",         "#na", "#nv",
                                      "#n/v", "k.a.",    "k. a.",  "s/d",          "n.d.",         "\\n", NULL};
  if (n == 0) return true;
  return n <= 8 && strchr("-.?nNmMkKsS#(\\\xe2", *s) && read_word(s, n, words);
}

bool read_code(const char *s, size_t n)
{
  for (size_t i = 0; i < n; i++)
    if (s[i] < '0' || s[i] > '9') return false;
  return (n >= 2 && s[0] == '0') || n > EXACT_DIGITS;
}

/* Digits and a decimal mark, nothing else: nearly every number in a file. Exact as long as digits and power of ten are: both are then
 * doubles, and their quotient is rounded once (Clinger 1990). */
static bool plain_number(const char *s, size_t n, char decimal, double *out)
{
  uint64_t   m = 0;
  size_t     i = 0, digits = 0, behind = 0;
  const bool minus = n > 1 && s[0] == '-';
  for (i = minus; i < n && s[i] >= '0' && s[i] <= '9'; i++, digits++) m = m * 10 + (uint64_t)(s[i] - '0');
  if (i < n && s[i] == decimal)
    for (i++; i < n && s[i] >= '0' && s[i] <= '9'; i++, behind++) m = m * 10 + (uint64_t)(s[i] - '0');
  if (i != n || digits + behind == 0 || digits + behind > EXACT_DIGITS) return false;
  const double v = (double)m / tens[behind];
  *out           = minus ? -v : v;
  return true;
}

/* What stands around the digits. */
typedef struct {
  bool minus, paren, signed_, money, percent;
} dress;

static size_t money_at(const char *s, size_t n, bool front)
{
  static const char *const names[] = {
    "US$",          "R$",           "A$",           "C$",           "$",         "\xe2\x82\xac", "\xc2\xa3", "\xc2\xa5",
    "\xe2\x82\xb9", "\xe2\x82\xbd", "\xe2\x82\xa9", "\xe2\x82\xba", "z\xc5\x82", "K\xc4\x8d",    "kr.",      "kr",
    "Kr",           "Fr.",          "EUR",          "USD",          "GBP",       "CHF",          "JPY",      "CNY",
    "INR",          "SEK",          "NOK",          "DKK",          "PLN",       "CZK",          "HUF",      "CAD",
    "AUD",          "NZD",          "BRL",          "MXN",          "ZAR",       "TRY",          "RUB",      NULL};
  for (size_t i = 0; names[i]; i++)
    if (front ? begins(s, n, names[i]) : ends(s, n, names[i])) return strlen(names[i]);
  return 0;
}

/* One piece of dress off the front or the back; false where there is none. */
static bool undress(const char **s, size_t *n, dress *d)
{
  static const char minus[] = "\xe2\x88\x92";
  size_t            front = 0, back = 0;
  if (!*n) return false;
  const char a = **s, z = (*s)[*n - 1];
  if (a == '(' && z == ')' && !d->paren) {
    d->paren = true;
    front = back = 1;
  } else if ((a == '-' || a == '+' || begins(*s, *n, minus)) && !d->signed_) {
    d->signed_ = true;
    d->minus   = a != '+';
    front      = a == '-' || a == '+' ? 1 : 3;
  } else if ((z == '-' || ends(*s, *n, minus)) && !d->signed_) {
    d->signed_ = d->minus = true;
    back                  = z == '-' ? 1 : 3;
  } else if (z == '%' && !d->percent) {
    d->percent = true;
    back       = 1;
  } else if (!d->money && (a < '0' || a > '9') && (front = money_at(*s, *n, true)) > 0) {
    d->money = true;
  } else if (!d->money && (z < '0' || z > '9') && (back = money_at(*s, *n, false)) > 0) {
    d->money = true;
  } else if ((front = blank(*s, *n)) == 0 && (back = blank_behind(*s, *n)) == 0) {
    return false;
  }
  *s += front;
  *n -= front + back;
  return true;
}

/* Bytes of a mark between thousands at s, or 0. */
static size_t group_mark(const char *s, size_t n, char decimal)
{
  if (!n) return 0;
  if (*s == (decimal == '.' ? ',' : '.') || *s == '\'') return 1;
  if (begins(s, n, "\xe2\x80\x99")) return 3;
  return *s == '\t' || *s == '\n' || *s == '\r' ? 0 : blank(s, n);
}

/* The digits before the decimal mark, without their thousands marks, into out. Bytes used, 0 where groups are odd. */
static size_t whole_part(const char *s, size_t n, char decimal, char *out, size_t *n_out)
{
  size_t      i = 0, group = 0, groups = 0, mark_bytes = 0;
  const char *mark  = NULL;
  bool        pairs = true; /* may still be Indian: groups of two, then three */
  for (;;) {
    const size_t k = group_mark(s + i, n - i, decimal);
    if (i < n && s[i] >= '0' && s[i] <= '9') {
      out[(*n_out)++] = s[i++];
      group++;
      continue;
    }
    if (!k || (mark && (k != mark_bytes || memcmp(mark, s + i, k) != 0))) break;
    if (group == 0 || group > 3 || (groups && group == 1) || (groups == 0 && s[0] == '0')) return 0;
    if (groups && group == 3) pairs = false;
    if (groups && group == 2 && (!pairs || s[i] != ',')) return 0;
    if (groups == 0 && group == 3) pairs = false;
    if (groups && group == 3 && !mark) return 0;
    mark       = s + i;
    mark_bytes = k;
    groups++;
    group = 0;
    i += k;
  }
  return groups && group != 3 ? 0 : i;
}

static bool dressed_number(const char *s, size_t n, char decimal, double *out)
{
  dress  d = {0};
  char   text[LONGEST + 16];
  size_t k = 0, i = 0;
  if (n > LONGEST) return false;
  while (undress(&s, &n, &d)) continue;
  if (!n || !((s[0] >= '0' && s[0] <= '9') || s[0] == decimal)) return false;
  if (s[0] != decimal) i = whole_part(s, n, decimal, text, &k);
  if (i == 0 && s[0] != decimal) return false;
  if (i < n && s[i] == decimal) {
    const size_t before = k;
    text[k++]           = '.';
    for (i++; i < n && s[i] >= '0' && s[i] <= '9'; i++) text[k++] = s[i];
    if (before == 0 && k == 1) return false;
  }
  if (i + 1 < n && (s[i] == 'e' || s[i] == 'E')) {
    const size_t digit = i + 1 + (s[i + 1] == '-' || s[i + 1] == '+');
    if (digit == n) return false;
    for (text[k++] = s[i++]; i < n && (i < digit || (s[i] >= '0' && s[i] <= '9')); i++) text[k++] = s[i];
  } else if (d.percent) {
    memcpy(text + k, "e-2", 3); /* so that 12.5 % is the double nearest to 0.125 */
    k += 3;
    d.percent = false;
  }
  if (i != n) return false;
  text[k]        = '\0';
  const double v = strtod(text, NULL) / (d.percent ? 100 : 1);
  *out           = d.minus != d.paren ? -v : v;
  return isfinite(v);
}

bool read_number(const char *s, size_t n, char decimal, double *out)
{
  return plain_number(s, n, decimal, out) || dressed_number(s, n, decimal, out);
}
