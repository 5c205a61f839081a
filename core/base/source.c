/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/dyo_source.h"

#include <string.h>

/* A source whose bytes lie in memory keeps their address in `user`; the reader is told only offsets below `size`. */
static size_t bytes_read(void *user, uint64_t offset, void *buf, size_t n)
{
  memcpy(buf, (const char *)user + offset, n);
  return n;
}

dyo_source dyo_source_bytes(const void *bytes, size_t n)
{
  return (dyo_source){.size = n, .read = bytes_read, .user = (void *)bytes};
}

size_t dyo_source_read(const dyo_source *s, uint64_t offset, void *buf, size_t n)
{
  size_t got = 0;
  if (offset >= s->size) return 0;
  if (n > s->size - offset) n = (size_t)(s->size - offset);
  while (got < n) {
    const size_t more = s->read(s->user, offset + got, (char *)buf + got, n - got);
    if (more == 0 || more > n - got) break;
    got += more;
  }
  return got;
}

/* The six bits of a character, or -1. */
static int sextet(unsigned char c)
{
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  return c == '+' ? 62 : c == '/' ? 63 : -1;
}

static size_t base64_read(void *user, uint64_t offset, void *buf, size_t n)
{
  const unsigned char *text = user;
  unsigned char       *out  = buf;
  for (size_t i = 0; i < n; i++) {
    const uint64_t       at = offset + i;
    const unsigned char *q  = text + at / 3 * 4 + at % 3; /* byte k of a group lies in its characters k and k + 1 */
    const int            hi = sextet(q[0]), lo = sextet(q[1]);
    const int            k = (int)(at % 3);
    out[i] = (unsigned char)(k == 0 ? hi << 2 | lo >> 4 : k == 1 ? (hi & 15) << 4 | lo >> 2 : (hi & 3) << 6 | lo);
  }
  return n;
}

static dyo_status bad_character(const char *text, size_t i, const char *path, dyo_err *err)
{
  const unsigned char c = (unsigned char)text[i];
  if (strncmp(text, "data:", 5) == 0)
    return dyo_fail(err, DYO_INVALID_INPUT, path, "found a data: address; only what stands behind its comma is base64");
  if (c > 0x20 && c < 0x7f)
    return dyo_fail(err, DYO_INVALID_INPUT, path,
                    "found '%c' at character %zu; base64 with letters, digits, +, / and padding = is expected", c, i);
  return dyo_fail(err, DYO_INVALID_INPUT, path,
                  "found byte 0x%02x at character %zu; base64 without blanks and line ends is expected", c, i);
}

dyo_status dyo_source_base64(const char *text, const char *path, dyo_source *out, dyo_err *err)
{
  const size_t n    = strlen(text);
  const size_t pad  = n >= 4 && text[n - 1] == '=' ? 1 + (text[n - 2] == '=') : 0;
  const size_t data = n - pad;
  for (size_t i = 0; i < data; i++)
    if (sextet((unsigned char)text[i]) < 0) return bad_character(text, i, path, err);
  if (n % 4 != 0)
    return dyo_fail(err, DYO_INVALID_INPUT, path,
                    "found %zu characters of base64; a multiple of 4 is expected, filled up with =", n);
  const int rest = pad ? sextet((unsigned char)text[data - 1]) & (pad == 2 ? 15 : 3) : 0;
  if (rest)
    return dyo_fail(err, DYO_INVALID_INPUT, path,
                    "the last character of base64, '%c' at %zu, says more than the padding leaves room for",
                    text[data - 1], data - 1);
  *out = (dyo_source){.size = n / 4 * 3 - pad, .read = base64_read, .user = (void *)text};
  return DYO_OK;
}
