/* SPDX-License-Identifier: GPL-3.0-or-later */
/* RFC 8259 to the letter. cJSON alone takes trailing bytes, bad UTF-8, control characters, leading zeros, and cuts strings at \u0000. */
#include "json/dyo_json.h"

#include <string.h>

#include "base/dyo_utf8.h"

typedef struct {
  const unsigned char *s, *p, *end;
  dyo_err             *err;
} scan;

static bool bad(scan *c, const char *what)
{
  dyo_fail(c->err, DYO_INVALID_JSON, "", "byte %zu: %s", (size_t)(c->p - c->s), what);
  return false;
}

static void space(scan *c)
{
  while (c->p < c->end && (*c->p == ' ' || *c->p == '\t' || *c->p == '\n' || *c->p == '\r')) c->p++;
}

static bool digit(const scan *c)
{
  return c->p < c->end && *c->p >= '0' && *c->p <= '9';
}

static bool digits(scan *c)
{
  if (!digit(c)) return bad(c, "a digit is expected in a number");
  while (digit(c)) c->p++;
  return true;
}

static bool number(scan *c)
{
  const unsigned char *from = c->p;
  if (*c->p == '-') c->p++;
  if (c->p < c->end && *c->p == '0') {
    c->p++;
    if (digit(c)) return bad(c, "a number may not begin with a zero");
  } else if (!digits(c)) {
    return false;
  }
  if (c->p < c->end && *c->p == '.') {
    c->p++;
    if (!digits(c)) return false;
  }
  if (c->p < c->end && (*c->p == 'e' || *c->p == 'E')) {
    c->p++;
    if (c->p < c->end && (*c->p == '+' || *c->p == '-')) c->p++;
    if (!digits(c)) return false;
  }
  if (c->p - from > DYO_JSON_DIGITS) return bad(c, "a number of more than 63 characters");
  return true;
}

/* The four hex digits behind \u, or -1. */
static long hex4(const unsigned char *p, const unsigned char *end)
{
  long v = 0;
  if (end - p < 4) return -1;
  for (int i = 0; i < 4; i++) {
    if (!memchr("0123456789abcdefABCDEF", p[i], 22)) return -1;
    v = v * 16 + (p[i] <= '9' ? p[i] - '0' : (p[i] | 0x20) - 'a' + 10);
  }
  return v;
}

static bool escape(scan *c) /* p is behind the backslash */
{
  if (c->p >= c->end) return bad(c, "the text ends inside a string");
  if (*c->p != 'u') {
    if (!*c->p || !strchr("\"\\/bfnrt", *c->p)) return bad(c, "an unknown escape in a string");
    c->p++;
    return true;
  }
  const long hi = hex4(++c->p, c->end);
  if (hi < 0) return bad(c, "\\u needs four hexadecimal digits");
  if (hi == 0) return bad(c, "\\u0000 is not accepted in a string");
  c->p += 4;
  if (hi < 0xd800 || hi > 0xdfff) return true;
  const bool pair = hi < 0xdc00 && c->end - c->p >= 6 && c->p[0] == '\\' && c->p[1] == 'u';
  const long lo   = pair ? hex4(c->p + 2, c->end) : -1;
  if (lo < 0xdc00 || lo > 0xdfff) return bad(c, "half of a surrogate pair in a string");
  c->p += 6;
  return true;
}

static bool string(scan *c)
{
  c->p++;
  while (c->p < c->end) {
    if (*c->p == '"') {
      c->p++;
      return true;
    }
    if (*c->p < 0x20) return bad(c, "a control character in a string");
    if (*c->p == '\\') {
      c->p++;
      if (!escape(c)) return false;
      continue;
    }
    const size_t n = dyo_utf8_len(c->p, c->end);
    if (n == 0) return bad(c, "text that is not UTF-8");
    c->p += n;
  }
  return bad(c, "the text ends inside a string");
}

static bool word(scan *c, const char *w)
{
  const size_t n = strlen(w);
  if ((size_t)(c->end - c->p) < n || memcmp(c->p, w, n) != 0) return bad(c, "a JSON value is expected");
  c->p += n;
  return true;
}

static bool value(scan *c, int depth);

static bool member(scan *c, int depth)
{
  if (c->p >= c->end || *c->p != '"') return bad(c, "a field name in double quotes is expected");
  if (!string(c)) return false;
  space(c);
  if (c->p >= c->end || *c->p != ':') return bad(c, "':' is expected after a field name");
  c->p++;
  return value(c, depth);
}

/* The inside of {...} or [...]: items, commas, the closing bracket. */
static bool items(scan *c, int depth, unsigned char close)
{
  if (depth > DYO_JSON_DEPTH) return bad(c, "nesting deeper than 64");
  c->p++;
  space(c);
  if (c->p < c->end && *c->p == close) {
    c->p++;
    return true;
  }
  for (;;) {
    space(c);
    if (close == '}' ? !member(c, depth) : !value(c, depth)) return false;
    space(c);
    if (c->p >= c->end) return bad(c, "the text ends inside an object or array");
    if (*c->p == close) break;
    if (*c->p != ',') return bad(c, close == '}' ? "',' or '}' is expected" : "',' or ']' is expected");
    c->p++;
  }
  c->p++;
  return true;
}

static bool value(scan *c, int depth)
{
  space(c);
  if (c->p >= c->end) return bad(c, "the text ends where a value is expected");
  switch (*c->p) {
  case '{': return items(c, depth + 1, '}');
  case '[': return items(c, depth + 1, ']');
  case '"': return string(c);
  case 't': return word(c, "true");
  case 'f': return word(c, "false");
  case 'n': return word(c, "null");
  default: break;
  }
  if (*c->p == '-' || digit(c)) return number(c);
  return bad(c, *c->p == 'N' || *c->p == 'I' ? "NaN and Infinity are not JSON; null stands for a missing value"
                                             : "a JSON value is expected");
}

dyo_status dyo_json_check(const char *text, size_t len, dyo_err *err)
{
  const unsigned char *s = (const unsigned char *)text;
  scan                 c = {s, s, s + len, err};
  if (len == 0) return dyo_fail(err, DYO_INVALID_JSON, "", "the request is empty; a JSON object is expected");
  if (!value(&c, 0)) return err->code;
  space(&c);
  if (c.p != c.end) {
    bad(&c, "more text after the end of the JSON value");
    return err->code;
  }
  return DYO_OK;
}
