/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xlsx_strings.c - sharedStrings.xml: runs of rich text joined, phonetic runs left out. */
#include <stdlib.h>

#include "series/xlsx_parts.h"

typedef struct {
  xlsx    *x;
  unsigned known; /* elements from the root down to where the reading is that belong to the grammar: sst si [r] t */
  bool     keep, keep_all, in_run, text; /* white space kept in this t, in every; inside r; inside t */
  size_t   from;                         /* where this t begins */
} reading;

static bool keeps_space(const char *const *attrs)
{
  const char *v = xlsx_attr(attrs, "xml:space");
  return v && strcmp(v, "preserve") == 0;
}

static dyo_status string_begin(reading *r)
{
  xlsx_strings *s    = &r->x->strings;
  size_t       *list = xlsx_grow(s->at, s->n + 1, &s->cap, sizeof *list);
  if (!list) return dyo_oom(r->x->err);
  s->at       = list;
  s->at[s->n] = s->at[s->n + 1] = s->buf.n;
  return DYO_OK;
}

static void text_begin(reading *r, const char *const *attrs)
{
  r->keep = r->keep_all || keeps_space(attrs);
  r->text = true;
  r->from = r->x->strings.buf.n;
}

static dyo_status on_start(void *user, unsigned depth, const char *name, const char *const *attrs)
{
  reading *r = user;
  if (depth != r->known) return DYO_OK;
  if (depth == 0 && strcmp(name, "sst") == 0) {
    r->keep_all = keeps_space(attrs);
    r->known++;
  } else if (depth == 1 && strcmp(name, "si") == 0) {
    r->known++;
    return string_begin(r);
  } else if (depth == 2 && strcmp(name, "r") == 0) {
    r->in_run = true;
    r->known++;
  } else if (((depth == 2) || (depth == 3 && r->in_run)) && strcmp(name, "t") == 0) {
    text_begin(r, attrs);
    r->known++;
  }
  return DYO_OK;
}

static dyo_status string_end(reading *r)
{
  xlsx_strings *s     = &r->x->strings;
  const size_t  start = s->at[s->n];
  const size_t  n     = s->buf.n - start;
  if (n) s->buf.n = start + xlsx_unescape(s->buf.text + start, n);
  s->at[++s->n] = s->buf.n;
  return DYO_OK;
}

static dyo_status on_end(void *user, unsigned depth)
{
  reading *r = user;
  if (depth + 1 != r->known) return DYO_OK;
  r->known--;
  if (r->text) {
    r->text = false;
    if (!r->keep) xlsx_trim(&r->x->strings.buf, r->from);
  } else if (depth == 2) {
    r->in_run = false;
  } else if (depth == 1) {
    return string_end(r);
  }
  return DYO_OK;
}

static dyo_status on_text(void *user, const char *s, size_t n)
{
  reading      *r   = user;
  xlsx         *x   = r->x;
  xlsx_strings *all = &x->strings;
  if (!r->text || r->known < 3) return DYO_OK;
  if (all->buf.n - all->at[all->n] + n > x->limits.field)
    return dyo_fail(x->err, DYO_TOO_LARGE, x->o->where,
                    "shared string %zu of the workbook is longer than %zu bytes, the most that one cell may hold",
                    all->n, x->limits.field);
  if (all->buf.n + n > x->limits.strings)
    return dyo_fail(x->err, DYO_TOO_LARGE, x->o->where,
                    "the workbook's shared strings have more than %zu bytes, the most that are read",
                    x->limits.strings);
  return xlsx_buf_add(&all->buf, s, n) ? DYO_OK : dyo_oom(x->err);
}

dyo_status xlsx_strings_read(xlsx *x)
{
  static const xlsx_handlers h    = {on_start, on_end, on_text};
  reading                    r    = {.x = x};
  int                        part = XLSX_NOWHERE;
  const dyo_status           st   = xlsx_rel_entry(x, "sharedStrings", &part);
  if (st != DYO_OK || part == XLSX_NOWHERE) return st;
  return xlsx_xml_read(x, part, &h, &r);
}
