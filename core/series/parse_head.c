/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which of the first rows names the columns. Titles above it have fewer cells; it is text where the rows below it are numbers or dates. */
#include <stdio.h>
#include <string.h>

#include "series/parse.h"

enum { NAME_BYTES = 200, LOOK_BELOW = 20 };

size_t row_extent(const cell *cells, size_t n)
{
  const char *s = NULL;
  size_t      k = 0;
  while (n > 0) {
    const cell *c = &cells[n - 1];
    if (c->kind != CELL_EMPTY) {
      s = c->text;
      k = c->text ? c->n : 0;
      if (c->kind != CELL_TEXT) break;
      read_trim(&s, &k);
      if (k) break;
    }
    n--;
  }
  return n;
}

cell_seems parse_seems(const cell *c)
{
  const char *s = NULL;
  size_t      n = 0;
  double      x = 0;
  date_text   d;
  if (!cell_text(c, &s, &n)) return SEEMS_MISSING;
  if (c->kind == CELL_DATE) return SEEMS_DATE;
  const bool number =
    c->kind == CELL_NUMBER || (c->kind == CELL_TEXT && (read_number(s, n, '.', &x) || read_number(s, n, ',', &x)));
  if (!n) return number ? SEEMS_NUMBER : SEEMS_TEXT;
  if (!read_date(s, n, &d)) return number ? SEEMS_NUMBER : SEEMS_TEXT;
  return d.weak || number ? SEEMS_WEAK : SEEMS_DATE;
}

static size_t filled(const kept_row *r)
{
  size_t k = 0;
  for (size_t i = 0; i < r->n; i++) k += row_extent(&r->cells[i], 1);
  return k;
}

/* The extent that most of the rows from `from` on have; the larger of two as frequent ones. */
static size_t usual_extent(const parse *p, size_t from)
{
  size_t best = 0, best_rows = 0;
  for (size_t i = from; i < p->n_kept; i++) {
    size_t rows = 0, e = row_extent(p->kept[i].cells, p->kept[i].n);
    for (size_t j = from; j < p->n_kept; j++) rows += row_extent(p->kept[j].cells, p->kept[j].n) == e;
    if (rows > best_rows || (rows == best_rows && e > best)) {
      best      = e;
      best_rows = rows;
    }
  }
  return best;
}

/* How many of the rows below row h seem to be a number or a date in column j. */
static size_t numeric_below(const parse *p, size_t h, size_t j, size_t *known)
{
  size_t numeric = 0;
  *known         = 0;
  for (size_t i = h + 1; i < p->n_kept && i <= h + LOOK_BELOW; i++) {
    const cell_seems s = j < p->kept[i].n ? parse_seems(&p->kept[i].cells[j]) : SEEMS_MISSING;
    *known += s != SEEMS_MISSING;
    numeric += s >= SEEMS_NUMBER;
  }
  return numeric;
}

/* Do dates stand across row h, with numbers below them? Bare years must follow each other. */
static bool dates_across(const parse *p, size_t h)
{
  const kept_row *r      = &p->kept[h];
  size_t          strong = 0, weak = 0, first = SIZE_MAX, numeric = 0, known = 0, k = 0;
  double          last = 0, x = 0;
  bool            follow = true;
  for (size_t j = 0; j < r->n; j++) {
    const cell_seems s = parse_seems(&r->cells[j]);
    if (s != SEEMS_DATE && s != SEEMS_WEAK) continue;
    if (first == SIZE_MAX) first = j;
    strong += s == SEEMS_DATE;
    weak += s == SEEMS_WEAK;
    if (s == SEEMS_WEAK) {
      const cell *c = &r->cells[j];
      if (c->kind == CELL_NUMBER) x = c->number;
      else read_number(c->text, c->n, '.', &x);
      follow = follow && (weak == 1 || x > last);
      last   = x;
    }
    numeric += numeric_below(p, h, j, &k);
    known += k;
  }
  const size_t all = filled(r);
  if (first == 0 && p->in->layout != LAYOUT_TRANSPOSED) return false; /* names are expected to the left */
  return (strong >= 2 || (strong == 0 && weak >= 3 && follow)) && (strong + weak) * 2 > all && numeric * 2 >= known;
}

/* Does row h name the columns of the rows below it? */
static bool names_columns(const parse *p, size_t h)
{
  const kept_row *r       = &p->kept[h];
  size_t          numbers = 0;
  for (size_t j = 0; j < r->n; j++) {
    const cell_seems s     = parse_seems(&r->cells[j]);
    size_t           known = 0;
    numbers += s >= SEEMS_NUMBER;
    if (s == SEEMS_TEXT && numeric_below(p, h, j, &known) * 2 > known) return true;
  }
  return numbers == 0;
}

/* The first row that is wide enough to be more than a title. */
static size_t first_wide(const parse *p)
{
  const size_t usual = usual_extent(p, 0), least = usual < 2 ? 1 : usual < 4 ? 2 : usual / 2;
  for (size_t i = 0; i < p->n_kept; i++)
    if (filled(&p->kept[i]) >= least) return i;
  return 0;
}

static dyo_status asked_header(parse *p, size_t *h)
{
  *h = 0;
  if (p->n_kept && p->kept[0].row == (size_t)p->in->header_row) return DYO_OK;
  return dyo_fail(p->err, DYO_INVALID_INPUT, "/header_row", "found %d; row %d of the file is blank or not there",
                  p->in->header_row, p->in->header_row);
}

/* A column's name: its header on one line, made different from those before it. */
static const char *column_name(parse *p, const cell *c, size_t j, text_set *seen)
{
  const char *s = NULL;
  size_t      n = 0;
  if (c) {
    s = c->text;
    n = c->kind == CELL_EMPTY || !s ? 0 : c->n;
    if (n) read_trim(&s, &n);
  }
  if (n == 0) return dyo_text(p->ctx, "Column %zu", j + 1);
  char *name = dyo_text(p->ctx, "%.*s", (int)(n < NAME_BYTES ? n : NAME_BYTES), s);
  for (char *q = name; q && *q; q++)
    if ((unsigned char)*q < ' ') *q = ' ';
  if (!name || text_set_add(p->ctx, seen, text_hash(name, strlen(name))) || seen->many) return name;
  parse_warn(p, "Two columns are called \"%.80s\"; the later one became \"%.80s (column %zu)\".", name, name, j + 1);
  return dyo_text(p->ctx, "%s (column %zu)", name, j + 1);
}

static dyo_status make_columns(parse *p, const kept_row *header)
{
  text_set seen = {0};
  p->columns    = DYO_NEW(p->ctx, p->n_columns, parse_col);
  if (!p->columns) return dyo_oom(p->err);
  for (size_t j = 0; j < p->n_columns; j++) {
    parse_col *c = &p->columns[j];
    c->name      = column_name(p, header && j < header->n ? &header->cells[j] : NULL, j, &seen);
    c->steps = c->whole = true;
    if (!c->name) return dyo_oom(p->err);
    c->hint = parse_hint(c->name);
  }
  return DYO_OK;
}

/* Across the header: which columns are dates. Their texts go through the same counts as those of a date column. */
static void mark_dates(parse *p, const kept_row *header)
{
  for (size_t j = 0; j < p->n_columns && j < header->n; j++) {
    const cell_seems s = parse_seems(&header->cells[j]);
    if (s == SEEMS_DATE || s == SEEMS_WEAK) p->columns[j].role = ROLE_DATE;
  }
}

static bool tell_titles(parse *p, size_t h)
{
  if (h == 0) return true;
  const kept_row *r = &p->kept[0];
  const char     *s = "";
  size_t          n = 0, j = 0;
  while (j < r->n && !cell_text(&r->cells[j], &s, &n)) j++;
  return parse_warn(p, "%zu %s above the header %s skipped: \"%.*s\"%s.", h, h == 1 ? "row" : "rows",
                    h == 1 ? "was" : "were", (int)(n < 60 ? n : 60), n ? s : "", h > 1 ? " ..." : "");
}

dyo_status parse_head(parse *p)
{
  const int       given  = p->in->header_row;
  const kept_row *header = NULL;
  size_t          h      = 0;
  dyo_status      st     = DYO_OK;
  p->headed              = true;
  if (given > 0) st = asked_header(p, &h);
  else h = first_wide(p);
  if (st != DYO_OK || p->n_kept == 0) return st;
  const bool across = (p->in->layout == LAYOUT_AUTO || p->in->layout == LAYOUT_TRANSPOSED) && given != 0 &&
                      !p->in->date_column && dates_across(p, h);
  if (across || (given != 0 && (given > 0 || names_columns(p, h)))) header = &p->kept[h];
  if (!header && given == 0) h = 0;
  p->header_row      = header ? header->row : 0;
  p->data_from       = header ? header->row + 1 : p->kept[h].row;
  p->n_columns       = header ? row_extent(header->cells, header->n) : 0;
  const size_t usual = usual_extent(p, header ? h + 1 : h);
  if (usual > p->n_columns) p->n_columns = usual;
  if (across) p->layout = LAYOUT_TRANSPOSED;
  else if (p->in->layout == LAYOUT_TRANSPOSED)
    return dyo_fail(p->err, DYO_INVALID_INPUT, "/layout",
                    "found \"transposed\"; no dates stand across the header (row %zu)", p->kept[h].row);
  st = make_columns(p, header);
  if (st == DYO_OK && across) mark_dates(p, header);
  if (st == DYO_OK && !tell_titles(p, h)) st = dyo_oom(p->err);
  return st;
}
