/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/dyo_utf8.h"

#include <stdbool.h>
#include <string.h>

size_t dyo_utf8_len(const unsigned char *p, const unsigned char *end)
{
  const size_t        left = (size_t)(end - p);
  const unsigned char a    = p[0];
  const unsigned char b    = left > 1 ? p[1] : 0;
  const bool          t2   = left > 2 && (p[2] & 0xc0) == 0x80;
  if (a < 0x80) return 1;
  if (a < 0xc2 || (b & 0xc0) != 0x80) return 0;
  if (a < 0xe0) return 2;
  if (a == 0xe0 && b < 0xa0) return 0;
  if (a == 0xed && b > 0x9f) return 0;
  if (a < 0xf0) return t2 ? 3 : 0;
  if (a > 0xf4 || (a == 0xf0 && b < 0x90) || (a == 0xf4 && b > 0x8f)) return 0;
  return t2 && left > 3 && (p[3] & 0xc0) == 0x80 ? 4 : 0;
}

void dyo_utf8_scrub(char *s)
{
  unsigned char       *p   = (unsigned char *)s;
  const unsigned char *end = p + strlen(s);
  while (p < end) {
    const size_t n = dyo_utf8_len(p, end);
    if (n == 0) *p = '?';
    p += n ? n : 1;
  }
}
