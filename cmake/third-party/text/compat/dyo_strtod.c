/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_strtod.c - Clinger's fast path (1990, "How to read floating point numbers accurately"): an integer of at most
 * 15 digits and a power of ten up to 10^22 are both exact doubles, so their product or quotient is rounded once, hence
 * correctly. Everything else goes to the C library, whose strtod() in wasm computes in software 128-bit arithmetic. */
#include "dyo_strtod.h"
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#define MAX_DIGITS 15
#define MAX_POWER  22

static const double power_of_ten[MAX_POWER + 1] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                                   1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

/* Reads digits into *m until one is not; counts the significant ones (leading zeros are not). */
static const char *digits(const char *p, uint64_t *m, int *significant)
{
  for (; *p >= '0' && *p <= '9'; p++) {
    if (*significant < MAX_DIGITS) *m = *m * 10 + (uint64_t)(*p - '0');
    if (*m != 0) ++*significant;
  }
  return p;
}

/* Reads [eE][+-]digits if it is all there; returns p itself if not. The value is capped, far beyond any fast path. */
static const char *exponent(const char *p, int *out)
{
  const char *q = p + 1;
  if (*p != 'e' && *p != 'E') return p;
  const int negative = *q == '-';
  if (*q == '-' || *q == '+') q++;
  if (*q < '0' || *q > '9') return p;
  int e = 0;
  for (; *q >= '0' && *q <= '9'; q++)
    if (e < 10000) e = e * 10 + (*q - '0');
  *out = negative ? -e : e;
  return q;
}

double dyo_strtod(const char *s, char **end)
{
  const char *p = s;
  uint64_t    m = 0;
  int         significant = 0, e = 0;
  const int   negative = *p == '-';

  if (negative) p++;
  const char *whole = p;
  p = digits(p, &m, &significant);
  if (p == whole || *p == 'x' || *p == 'X') return strtod(s, end);   /* ".5", "inf", " 1", "0x1p3": not JSON */
  int scale = 0;
  if (*p == '.') {
    const char *fraction = ++p;
    p     = digits(p, &m, &significant);
    scale = p - fraction < 10000 ? (int)(p - fraction) : 10000;
  }
  p = exponent(p, &e);
  e -= scale;
  if (significant > MAX_DIGITS || e < -MAX_POWER || e > MAX_POWER) return strtod(s, end);

  const double value = e < 0 ? (double)m / power_of_ten[-e] : (double)m * power_of_ten[e];
  if (end != NULL) *end = (char *)(uintptr_t)p;
  return negative ? -value : value;
}
