/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xlsx_book.c - from the archive to its sheets: relationships (ECMA-376 part 2) and workbook.xml. */
#include <stdlib.h>

#include "series/xlsx_parts.h"

enum { MOST_RELS = 10000, MOST_SHEETS = 4096 };

static dyo_status broken(xlsx *x, const char *part, const char *what)
{
  return dyo_fail(x->err, DYO_INVALID_INPUT, x->o->where,
                  "the workbook is incomplete: %.80s %s; open it in a spreadsheet program and save it again", part,
                  what);
}

/* --- relationships ---------------------------------------------------------------------------------------------------- */

typedef struct {
  xlsx  *x;
  size_t base; /* bytes of the folder in `of`, with its slash */
  char  *of;   /* the part whose relationships they are; "" for the archive */
} rels;

/* The part a target means, seen from the folder base[0..n): a name for the archive's directory, whatever stands in it. NULL when
 * memory ran out. */
static char *target_part(xlsx *x, const char *base, size_t n, const char *target)
{
  const bool whole = *target == '/' || *target == '\\';
  char      *out   = dyo_text(x->ctx, "%.*s%s", whole ? 0 : (int)n, base, target + whole);
  size_t     to    = 0;
  if (!out) return NULL;
  for (const char *p = out; *p;) {
    const size_t len = strcspn(p, "/\\");
    const bool   up = len == 2 && p[0] == '.' && p[1] == '.', here = len == 0 || (len == 1 && *p == '.');
    if (up) {
      while (to > 0 && out[to - 1] == '/') to--;
      while (to > 0 && out[to - 1] != '/') to--;
    } else if (!here) {
      memmove(out + to, p, len);
      to += len;
      if (p[len]) out[to++] = '/';
    }
    p += len + (p[len] != '\0');
  }
  out[to] = '\0';
  return out;
}

static dyo_status on_rel(void *user, unsigned depth, const char *name, const char *const *attrs)
{
  rels       *r    = user;
  xlsx       *x    = r->x;
  const char *type = xlsx_attr(attrs, "Type"), *id = xlsx_attr(attrs, "Id"), *target = xlsx_attr(attrs, "Target");
  const char *mode = xlsx_attr(attrs, "TargetMode");
  if (depth != 1 || strcmp(name, "Relationship") != 0 || !type || !id || !target) return DYO_OK;
  if (mode && strcmp(mode, "External") == 0) return DYO_OK;
  if (x->n_rels == MOST_RELS)
    return dyo_fail(x->err, DYO_TOO_LARGE, x->o->where, "the workbook has more than %d relationships", MOST_RELS);
  xlsx_rel *list = xlsx_grow(x->rels, x->n_rels, &x->cap_rels, sizeof *list);
  if (!list) return dyo_oom(x->err);
  x->rels            = list;
  const char *slash  = strrchr(type, '/');
  list[x->n_rels]    = (xlsx_rel){.id   = dyo_text(x->ctx, "%s", id),
                                  .type = dyo_text(x->ctx, "%s", slash ? slash + 1 : type),
                                  .part = target_part(x, r->of, r->base, target)};
  const xlsx_rel got = list[x->n_rels++];
  return got.id && got.type && got.part ? DYO_OK : dyo_oom(x->err);
}

static dyo_status no_end(void *user, unsigned depth)
{
  (void)user;
  (void)depth;
  return DYO_OK;
}

/* x->rels of a part, "" for those of the archive; none where it has no such list. */
static dyo_status rels_read(xlsx *x, const char *of)
{
  static const xlsx_handlers h     = {on_rel, no_end, NULL};
  const char                *slash = strrchr(of, '/');
  rels        r    = {.x = x, .base = slash ? (size_t)(slash - of) + 1 : 0, .of = dyo_text(x->ctx, "%s", of)};
  const char *name = dyo_text(x->ctx, "%.*s_rels/%s.rels", (int)r.base, of, of + r.base);
  x->n_rels        = 0;
  if (!name || !r.of) return dyo_oom(x->err);
  const int entry = xlsx_zip_find(x->zip, name);
  return entry == XLSX_NOWHERE ? DYO_OK : xlsx_xml_read(x, entry, &h, &r);
}

static const xlsx_rel *rel_of_type(const xlsx *x, const char *type)
{
  for (size_t i = 0; i < x->n_rels; i++)
    if (strcmp(x->rels[i].type, type) == 0) return x->rels + i;
  return NULL;
}

static dyo_status rel_entry(xlsx *x, const xlsx_rel *rel, int *entry)
{
  *entry = rel ? xlsx_zip_find(x->zip, rel->part) : XLSX_NOWHERE;
  return rel && *entry == XLSX_NOWHERE ? broken(x, rel->part, "is named in it and is not there") : DYO_OK;
}

dyo_status xlsx_rel_entry(xlsx *x, const char *type, int *entry)
{
  return rel_entry(x, rel_of_type(x, type), entry);
}

dyo_status xlsx_sheet_entry(xlsx *x, size_t i, int *entry)
{
  const xlsx_rel *rel = NULL;
  for (size_t k = 0; k < x->n_rels && !rel; k++)
    if (strcmp(x->rels[k].id, x->sheets[i].rel) == 0) rel = x->rels + k;
  *entry = XLSX_NOWHERE;
  if (!rel) return broken(x, x->sheets[i].name, "is named in it and is not there");
  return strcmp(rel->type, "worksheet") == 0 ? rel_entry(x, rel, entry) : DYO_OK;
}

/* --- workbook.xml ----------------------------------------------------------------------------------------------------- */

typedef struct {
  xlsx    *x;
  unsigned known; /* elements from the root down to where the reading is that belong to the grammar */
} book;

/* The value of r:id, whatever the prefix is. */
static const char *attr_rel(const char *const *attrs)
{
  for (; *attrs; attrs += 2) {
    const char *colon = strchr(attrs[0], ':');
    if (colon && strcmp(colon, ":id") == 0) return attrs[1];
  }
  return NULL;
}

static dyo_status add_sheet(xlsx *x, const char *const *attrs)
{
  const char *name = xlsx_attr(attrs, "name"), *rel = attr_rel(attrs), *state = xlsx_attr(attrs, "state");
  if (!name || !rel) return broken(x, "one of its sheets", "has no name or no part");
  if (x->n_sheets == MOST_SHEETS)
    return dyo_fail(x->err, DYO_TOO_LARGE, x->o->where, "the workbook has more than %d sheets", MOST_SHEETS);
  xlsx_sheet *list = xlsx_grow(x->sheets, x->n_sheets, &x->cap_sheets, sizeof *list);
  if (!list) return dyo_oom(x->err);
  x->sheets            = list;
  const xlsx_sheet got = {dyo_text(x->ctx, "%s", name), dyo_text(x->ctx, "%s", rel),
                          state && strcmp(state, "visible") != 0};
  list[x->n_sheets++]  = got;
  return got.name && got.rel ? DYO_OK : dyo_oom(x->err);
}

static dyo_status on_book(void *user, unsigned depth, const char *name, const char *const *attrs)
{
  book *b = user;
  if (depth != b->known) return DYO_OK;
  if (depth == 0) {
    if (strcmp(name, "workbook") != 0) return broken(b->x, "its workbook part", "is something else");
    b->known = 1;
  } else if (depth == 1 && strcmp(name, "workbookPr") == 0) {
    b->x->date1904 = xlsx_attr_true(attrs, "date1904");
  } else if (depth == 1 && strcmp(name, "sheets") == 0) {
    b->known = 2;
  } else if (depth == 2 && strcmp(name, "sheet") == 0) {
    return add_sheet(b->x, attrs);
  }
  return DYO_OK;
}

static dyo_status on_book_end(void *user, unsigned depth)
{
  book *b = user;
  if (depth + 1 == b->known) b->known--;
  return DYO_OK;
}

dyo_status xlsx_book_read(xlsx *x)
{
  static const xlsx_handlers h     = {on_book, on_book_end, NULL};
  book                       b     = {.x = x};
  const xlsx_rel            *rel   = NULL;
  const char                *part  = "xl/workbook.xml";
  int                        entry = XLSX_NOWHERE;
  dyo_status                 st    = rels_read(x, "");
  if (st != DYO_OK) return st;
  rel = rel_of_type(x, "officeDocument");
  if (rel) part = rel->part;
  entry = xlsx_zip_find(x->zip, part);
  if (entry == XLSX_NOWHERE)
    return dyo_fail(
      x->err, DYO_INVALID_INPUT, x->o->where,
      "this zip archive is no .xlsx workbook: it has no %.80s; save the table as Excel workbook (.xlsx) or CSV", part);
  st = rels_read(x, part);
  if (st == DYO_OK) st = xlsx_xml_read(x, entry, &h, &b);
  if (st == DYO_OK && x->n_sheets == 0) st = broken(x, part, "lists no sheet");
  x->external = rel_of_type(x, "externalLink") != NULL;
  return st;
}
