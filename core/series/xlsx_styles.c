/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xlsx_styles.c - which cell formats show dates: numFmts and cellXfs of styles.xml. */
#include <stdlib.h>

#include "series/xlsx_parts.h"

typedef struct {
  long      id;
  size_t    order; /* of equal ids the last counts */
  xlsx_kind kind;
} number_format;

typedef struct {
  xlsx          *x;
  unsigned       known; /* elements from the root down to where the reading is that belong to the grammar */
  bool           xfs;   /* inside cellXfs, else numFmts */
  number_format *formats;
  size_t         n_formats, cap_formats;
  long          *ids; /* number format of each cell format */
  size_t         cap_ids;
} styles;

static long id_of(const char *const *attrs)
{
  const char *v  = xlsx_attr(attrs, "numFmtId");
  size_t      id = 0;
  return v && xlsx_count(v, strlen(v), 1 << 30, &id) ? (long)id : -1;
}

static dyo_status add_format(styles *s, const char *const *attrs)
{
  const char    *code = xlsx_attr(attrs, "formatCode");
  number_format *list = xlsx_grow(s->formats, s->n_formats, &s->cap_formats, sizeof *list);
  if (!list) return dyo_oom(s->x->err);
  s->formats         = list;
  list[s->n_formats] = (number_format){id_of(attrs), s->n_formats, code ? xlsx_format_kind(code) : XLSX_PLAIN};
  s->n_formats += code != NULL;
  return DYO_OK;
}

static dyo_status add_xf(styles *s, const char *const *attrs)
{
  long *list = xlsx_grow(s->ids, s->x->n_kinds, &s->cap_ids, sizeof *list);
  if (!list) return dyo_oom(s->x->err);
  s->ids                  = list;
  s->ids[s->x->n_kinds++] = id_of(attrs);
  return DYO_OK;
}

static dyo_status on_start(void *user, unsigned depth, const char *name, const char *const *attrs)
{
  styles *s = user;
  if (depth != s->known) return DYO_OK;
  switch (depth) {
  case 0: s->known += strcmp(name, "styleSheet") == 0; return DYO_OK;
  case 1:
    s->xfs = strcmp(name, "cellXfs") == 0;
    s->known += s->xfs || strcmp(name, "numFmts") == 0;
    return DYO_OK;
  case 2:
    if (s->xfs && strcmp(name, "xf") == 0) return add_xf(s, attrs);
    if (!s->xfs && strcmp(name, "numFmt") == 0) return add_format(s, attrs);
    return DYO_OK;
  default: return DYO_OK;
  }
}

static dyo_status on_end(void *user, unsigned depth)
{
  styles *s = user;
  if (depth + 1 == s->known) s->known--;
  return DYO_OK;
}

static int by_id(const void *a, const void *b)
{
  const number_format *p = a, *q = b;
  if (p->id != q->id) return p->id < q->id ? -1 : 1;
  return p->order < q->order ? -1 : p->order > q->order;
}

/* The last of the formats with this id; a file may redefine built-in ones. */
static xlsx_kind kind_of(const styles *s, long id)
{
  size_t lo = 0, hi = s->n_formats;
  while (lo < hi) {
    const size_t mid = lo + (hi - lo) / 2;
    if (s->formats[mid].id <= id) lo = mid + 1;
    else hi = mid;
  }
  return lo > 0 && s->formats[lo - 1].id == id ? s->formats[lo - 1].kind : xlsx_builtin_kind(id);
}

static dyo_status resolve(styles *s)
{
  xlsx *x = s->x;
  if (x->n_kinds == 0) return DYO_OK;
  x->kinds = malloc(x->n_kinds);
  if (!x->kinds) return dyo_oom(x->err);
  if (s->n_formats) qsort(s->formats, s->n_formats, sizeof *s->formats, by_id);
  for (size_t i = 0; i < x->n_kinds; i++) x->kinds[i] = (unsigned char)kind_of(s, s->ids[i]);
  return DYO_OK;
}

dyo_status xlsx_styles_read(xlsx *x)
{
  static const xlsx_handlers h    = {on_start, on_end, NULL};
  styles                     s    = {.x = x};
  int                        part = XLSX_NOWHERE;
  dyo_status                 st   = xlsx_rel_entry(x, "styles", &part);
  if (st == DYO_OK && part != XLSX_NOWHERE) st = xlsx_xml_read(x, part, &h, &s);
  if (st == DYO_OK) st = resolve(&s);
  free(s.formats);
  free(s.ids);
  return st;
}
