/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "connect/pieces.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/seal.h"

static const char *skip_blanks(const char *s, const char *end)
{
  while (s < end && (*s == ' ' || *s == '\t' || *s == '\n' || *s == '\r')) s++;
  return s;
}

static const char *skip_string(const char *s, const char *end)
{
  for (s++; s < end && *s != '"'; s++)
    if (*s == '\\') s++;
  return s < end ? s + 1 : end;
}

static const char *skip_nested(const char *s, const char *end)
{
  int depth = 0;
  while (s < end) {
    if (*s == '"') {
      s = skip_string(s, end);
      continue;
    }
    if (*s == '{' || *s == '[') depth++;
    if (*s == '}' || *s == ']') depth--;
    s++;
    if (depth == 0) break;
  }
  return s;
}

static const char *skip_value(const char *s, const char *end)
{
  if (s >= end) return end;
  if (*s == '"') return skip_string(s, end);
  if (*s == '{' || *s == '[') return skip_nested(s, end);
  while (s < end && !strchr(",}] \t\r\n", *s)) s++;
  return s;
}

dyo_piece piece_of(const char *text, size_t n)
{
  const char *end = text + n, *s = skip_blanks(text, end);
  return (dyo_piece){s, (size_t)(skip_value(s, end) - s)};
}

void piece_items(dyo_piece array, piece_each each, void *user)
{
  if (!array.s || array.n < 2 || *array.s != '[') return;
  const char *end = array.s + array.n - 1, *s = skip_blanks(array.s + 1, end);
  while (s < end) {
    const char *after = skip_value(s, end);
    if (!each(user, (dyo_piece){s, (size_t)(after - s)})) return;
    s = skip_blanks(after, end);
    if (s < end && *s == ',') s = skip_blanks(s + 1, end);
  }
}

void piece_members(dyo_piece object, dyo_member each, void *user)
{
  if (!object.s || object.n < 2 || *object.s != '{') return;
  const char *end = object.s + object.n - 1, *s = skip_blanks(object.s + 1, end);
  while (s < end && *s == '"') {
    const char *close = skip_string(s, end), *value = skip_blanks(close, end);
    value             = skip_blanks(value + 1, end); /* behind the colon */
    const char *after = skip_value(value, end);
    if (!each(user, (dyo_piece){s + 1, (size_t)(close - s - 2)}, (dyo_piece){value, (size_t)(after - value)})) return;
    s = skip_blanks(after, end);
    if (s < end && *s == ',') s = skip_blanks(s + 1, end);
  }
}

typedef struct {
  const char *name;
  size_t      n;
  dyo_piece   found;
} wanted;

static bool match(void *user, dyo_piece name, dyo_piece value)
{
  wanted *w = user;
  if (name.n != w->n || memcmp(name.s, w->name, w->n) != 0) return true;
  w->found = value;
  return false;
}

static dyo_piece member_n(dyo_piece object, const char *name, size_t n)
{
  wanted w = {name, n, {NULL, 0}};
  piece_members(object, match, &w);
  return w.found;
}

dyo_piece piece_member(dyo_piece object, const char *name)
{
  return member_n(object, name, strlen(name));
}

dyo_piece piece_path(dyo_piece object, const char *path)
{
  for (;;) {
    const size_t n = strcspn(path, ".");
    object         = member_n(object, path, n);
    if (!object.s || !path[n]) return object;
    path += n + 1;
  }
}

bool piece_word(dyo_piece p, const char *word)
{
  return p.s && p.n == strlen(word) && memcmp(p.s, word, p.n) == 0;
}

bool piece_none(dyo_piece p)
{
  return !p.s || piece_word(p, "null");
}

/* --- strings --------------------------------------------------------------------------------------------------------------- */

static unsigned hex4(const char *s)
{
  char digits[5] = {s[0], s[1], s[2], s[3], 0};
  return (unsigned)strtoul(digits, NULL, 16);
}

static size_t put_utf8(unsigned c, char *out)
{
  if (c < 0x80) return out[0] = (char)c, 1;
  if (c < 0x800) return out[0] = (char)(0xc0 | c >> 6), out[1] = (char)(0x80 | (c & 63)), 2;
  if (c < 0x10000) {
    out[0] = (char)(0xe0 | c >> 12), out[1] = (char)(0x80 | (c >> 6 & 63)), out[2] = (char)(0x80 | (c & 63));
    return 3;
  }
  out[0] = (char)(0xf0 | c >> 18), out[1] = (char)(0x80 | (c >> 12 & 63));
  out[2] = (char)(0x80 | (c >> 6 & 63)), out[3] = (char)(0x80 | (c & 63));
  return 4;
}

/* The escape behind the backslash at s: how many characters it has; its text goes to *out, which moves on. */
static size_t unescape(const char *s, char **out)
{
  static const char letters[] = "bfnrt", meant[] = "\b\f\n\r\t";
  const char       *at = strchr(letters, *s);
  if (*s != 'u') {
    *(*out)++ = at ? meant[at - letters] : *s;
    return 1;
  }
  unsigned   c    = hex4(s + 1);
  const bool pair = c >= 0xd800 && c < 0xdc00; /* the strict reader saw to it that the other half follows */
  if (pair) c = 0x10000 + ((c - 0xd800) << 10) + (hex4(s + 7) - 0xdc00);
  *out += put_utf8(c, *out);
  return pair ? 11 : 5;
}

static bool is_string(dyo_piece p)
{
  return p.s && p.n >= 2 && *p.s == '"';
}

char *piece_string(dyo_piece p)
{
  if (!is_string(p)) return NULL;
  char *text = malloc(p.n), *out = text;
  if (!text) return NULL;
  for (const char *s = p.s + 1, *end = p.s + p.n - 1; s < end;) {
    if (*s == '\\') s += 1 + unescape(s + 1, &out);
    else *out++ = *s++;
  }
  *out = '\0';
  return text;
}

bool piece_copy(dyo_piece p, char *out, size_t room)
{
  size_t n = 0;
  out[0]   = '\0';
  if (!is_string(p)) return false;
  for (const char *s = p.s + 1, *end = p.s + p.n - 1; s < end;) {
    char one[4], *to = one;
    if (*s == '\\') s += 1 + unescape(s + 1, &to);
    else *to++ = *s++;
    const size_t more = (size_t)(to - one);
    if (one[0] == '\0') break; /* the text ends there */
    if (n + more >= room) {
      wipe(out, n);
      out[0] = '\0';
      return false;
    }
    memcpy(out + n, one, more);
    n += more;
  }
  out[n] = '\0';
  return true;
}

bool piece_number(dyo_piece p, double *out)
{
  char         text[DYO_JSON_DIGITS + 1];
  char        *end   = NULL;
  const bool   quote = p.s && p.n > 2 && *p.s == '"';
  const char  *s     = quote ? p.s + 1 : p.s;
  const size_t n     = quote ? p.n - 2 : p.n;
  *out               = NAN;
  if (!s || n == 0 || n >= sizeof text || !strchr("-0123456789", *s)) return false;
  memcpy(text, s, n);
  text[n] = '\0';
  if (strspn(text, "+-.eE0123456789") != n) return false;
  const double v = strtod(text, &end);
  if (*end || !isfinite(v)) return false;
  *out = v;
  return true;
}

int64_t piece_whole(dyo_piece p, int64_t otherwise)
{
  double v = 0;
  return piece_number(p, &v) && fabs(v) < 9e15 ? (int64_t)v : otherwise;
}
