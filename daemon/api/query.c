/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parameters of the query, checked by the rows that describe them in /openapi.json. Names that no row has are not ours to judge. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/stored.h"

const dyo_field page_query[] = {PAGE_ROWS(page_in), DYO_END(page_in)};

static bool is_word(const char *const *words, const char *value)
{
  for (; *words; words++)
    if (strcmp(*words, value) == 0) return true;
  return false;
}

static bool is_whole(const dyo_field *f, const char *value)
{
  const size_t digits = strspn(value, "0123456789");
  const double n      = digits > 0 && digits < 10 && !value[digits] ? strtod(value, NULL) : -1;
  return n >= f->min && n <= f->max;
}

static void expected_words(const dyo_field *f, dyo_buf *b)
{
  for (const char *const *w = f->names; *w; w++) {
    dyo_buf_puts(b, w == f->names ? "" : w[1] ? ", " : " or ");
    dyo_buf_puts(b, *w);
  }
}

static dyo_status check(const dyo_field *f, const char *value, dyo_err *err)
{
  char path[64];
  snprintf(path, sizeof path, "/%s", f->name);
  if (f->type == DYO_T_INT && !is_whole(f, value))
    return dyo_fail(err, DYO_INVALID_INPUT, path, "found \"%.40s\"; a whole number from %.0f to %.0f is expected",
                    value, f->min, f->max);
  if (f->type == DYO_T_STR && (double)strlen(value) > f->max)
    return dyo_fail(err, DYO_INVALID_INPUT, path, "found %zu bytes, \"%.40s\" and so on; at most %.0f are expected",
                    strlen(value), value, f->max);
  if (f->type != DYO_T_ENUM || is_word(f->names, value)) return DYO_OK;
  dyo_buf words = {0};
  expected_words(f, &words);
  const dyo_status st = dyo_fail(err, DYO_INVALID_INPUT, path, "found \"%.40s\"; %s is expected", value,
                                 words.failed ? "another word" : words.s);
  dyo_buf_free(&words);
  return st;
}

bool api_query_ok(exchange *x)
{
  const char *name, *value;
  dyo_err     err;
  dyo_status  st = DYO_OK;
  for (const dyo_field *f = x->route->doc.query; st == DYO_OK && f && f->name; f++) {
    int times = 0;
    for (size_t i = 0; st == DYO_OK && http_query_at(x->r, i, &name, &value); i++) {
      if (strcmp(name, f->name) != 0) continue;
      st = check(f, value, &err);
      if (st == DYO_OK && ++times == 2) {
        char path[64];
        snprintf(path, sizeof path, "/%s", f->name);
        st = dyo_fail(&err, DYO_INVALID_INPUT, path, "found \"%.40s\" beside another; one is expected", value);
      }
    }
  }
  if (st != DYO_OK) api_problem(x, &err);
  return st == DYO_OK;
}

store_page api_page_of(const exchange *x)
{
  const char *limit = http_query(x->r, "limit");
  return (store_page){http_query(x->r, "cursor"), limit ? (int)strtol(limit, NULL, 10) : 50};
}
