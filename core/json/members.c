/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The outermost members of an object, or elements of an array, as pieces of its text. The text has passed the strict reader, so that this one may trust it. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "json/dyo_json.h"

static const char *skip_blanks(const char *s)
{
  return s + strspn(s, " \t\r\n");
}

/* Behind the string that begins at s. */
static const char *skip_string(const char *s)
{
  for (s++; *s != '"'; s++)
    if (*s == '\\') s++;
  return s + 1;
}

/* Behind the value that begins at s. */
static const char *skip_value(const char *s)
{
  int depth = 0;
  do {
    if (*s == '"') {
      s = skip_string(s);
      continue;
    }
    if (*s == '{' || *s == '[') depth++;
    if (*s == '}' || *s == ']') depth--;
    s++;
  } while (depth > 0 || (*s && !strchr(",}] \t\r\n", *s) && s[-1] != '}' && s[-1] != ']' && s[-1] != '"'));
  return s;
}

dyo_status dyo_json_members(const char *text, size_t len, dyo_member each, void *user, dyo_err *err)
{
  const dyo_status st = dyo_json_check(text, len, err);
  if (st != DYO_OK) return st;
  const char *s = skip_blanks(text);
  if (*s != '{') return dyo_fail(err, DYO_INVALID_INPUT, "", "found something else; an object is expected");
  s = skip_blanks(s + 1);
  while (*s == '"') {
    const char *name = s + 1, *end = skip_string(s), *value = skip_blanks(skip_blanks(end) + 1);
    const char *after = *value == '"' ? skip_string(value) : skip_value(value);
    if (!each(user, (dyo_piece){name, (size_t)(end - 1 - name)}, (dyo_piece){value, (size_t)(after - value)})) break;
    s = skip_blanks(after);
    if (*s == ',') s = skip_blanks(s + 1);
  }
  return DYO_OK;
}

dyo_status dyo_json_elements(const char *text, size_t len, dyo_element each, void *user, dyo_err *err)
{
  const dyo_status st = dyo_json_check(text, len, err);
  if (st != DYO_OK) return st;
  const char *s = skip_blanks(text);
  if (*s != '[') return dyo_fail(err, DYO_INVALID_INPUT, "", "found something else; an array is expected");
  s = skip_blanks(s + 1);
  while (*s != ']') {
    const char *after = *s == '"' ? skip_string(s) : skip_value(s);
    if (!each(user, (dyo_piece){s, (size_t)(after - s)})) break;
    s = skip_blanks(after);
    if (*s == ',') s = skip_blanks(s + 1);
  }
  return DYO_OK;
}
