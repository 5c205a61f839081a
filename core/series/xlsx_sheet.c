/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xlsx_sheet.c - the rows of a worksheet part: worksheet > sheetData > row > c > (f, v, is > [r >] t). ECMA-376 part 1, 18.3.1.
 * Only the row being read is in memory. What stands elsewhere in the part is passed over. */
#include <stdio.h>
#include <stdlib.h>

#include "series/xlsx_parts.h"

enum { LAST_ROW = 1048576, LAST_COLUMN = 16384, WHERE_CHARS = 32, LONGEST_FORMULA = 64 * 1024, MOST_CELLS = 100000000 };

/* In a row's cells, text is this until the row ends, where it stands in the row's own buffer, which may still move. */
#define OWN_TEXT NULL

typedef struct {
  xlsx       *x;
  const char *name; /* of the sheet */
  row_fn      fn;
  void       *user;
  size_t      rows; /* handed over */
  size_t      all;  /* cells of them, gaps as well */

  unsigned known;      /* elements from the root down to where the reading is that belong to the grammar */
  bool     keep_all;   /* white space, in every t */
  cell    *cells;      /* of the row, by column; EMPTY where nothing was found */
  size_t  *from;       /* of a text in the row's own buffer: where it begins */
  size_t   n_cells;    /* in use */
  size_t   cap, cap_f; /* of the two lists */
  xlsx_buf text;       /* of the row's cells */
  size_t   row;        /* its number, from 1 */
  size_t   next;       /* column after the last cell, from 0 */

  /* The cell being read. */
  size_t   column, style, start; /* start: of its value, in text */
  size_t   t_start;              /* of its t */
  char     type;                 /* b d e n s, S for str, i for inlineStr */
  bool     has_value, has_formula, in_run, keep;
  char     part;    /* where text goes: v, t, f, or 0 */
  xlsx_buf formula; /* kept only where the workbook has links to others */
} sheet;

/* "C5" */
static const char *cell_name(const sheet *s, char out[WHERE_CHARS])
{
  char   letters[8];
  size_t n = sizeof letters - 1, c = s->column + 1;
  letters[n] = '\0';
  for (; c > 0 && n > 0; c = (c - 1) / 26) letters[--n] = (char)('A' + (c - 1) % 26);
  snprintf(out, WHERE_CHARS, "%s%zu", letters + n, s->row);
  return out;
}

static dyo_status bad_cell(const sheet *s, dyo_status code, const char *what)
{
  char where[WHERE_CHARS];
  return dyo_fail(s->x->err, code, s->x->o->where, "cell %s of sheet \"%.60s\" %s", cell_name(s, where), s->name, what);
}

/* --- the value of a cell ------------------------------------------------------------------------------------------------ */

static void set_text(sheet *s, cell *c, cell_kind kind)
{
  c->kind = kind;
  c->text = OWN_TEXT;
  c->n    = s->text.n - s->start;
}

/* A text in place of the one that the file has: dates and truth values as one reads them. */
static dyo_status replace_text(sheet *s, cell *c, const char *text)
{
  s->text.n = s->start;
  if (!xlsx_buf_add(&s->text, text, strlen(text))) return dyo_oom(s->x->err);
  c->text = OWN_TEXT;
  c->n    = s->text.n - s->start;
  return DYO_OK;
}

static dyo_status set_date(sheet *s, cell *c)
{
  char text[DYO_TIME_CHARS];
  c->kind  = CELL_DATE;
  c->clock = c->time % DYO_DAY != 0;
  dyo_time_print(c->time, c->clock, text);
  return replace_text(s, c, text);
}

/* A number below 1 under a format of clock times alone is a time of day, which is a quantity. */
static bool is_date(const sheet *s, double v)
{
  const xlsx_kind kind = s->style < s->x->n_kinds ? (xlsx_kind)s->x->kinds[s->style] : XLSX_PLAIN;
  return kind == XLSX_DATE || (kind == XLSX_TIME && v >= 1);
}

static dyo_status number_value(sheet *s, cell *c)
{
  double v = 0;
  set_text(s, c, CELL_TEXT);
  if (!xlsx_number(s->text.text + s->start, s->text.n - s->start, &v)) return DYO_OK;
  c->number = v;
  c->kind   = CELL_NUMBER;
  if (!is_date(s, v)) return DYO_OK;
  const char *reason = xlsx_serial(v, s->x->date1904, &c->time);
  if (!reason) return set_date(s, c);
  if (!xlsx_buf_add(&s->text, " (", 2) || !xlsx_buf_add(&s->text, reason, strlen(reason)) ||
      !xlsx_buf_add(&s->text, ")", 1))
    return dyo_oom(s->x->err);
  set_text(s, c, CELL_ERROR);
  return DYO_OK;
}

static dyo_status shared_value(sheet *s, cell *c)
{
  const xlsx_strings *all = &s->x->strings;
  size_t              i   = 0;
  xlsx_trim(&s->text, s->start);
  if (!xlsx_count(s->text.text + s->start, s->text.n - s->start, SIZE_MAX / 16, &i) || i >= all->n)
    return bad_cell(s, DYO_INVALID_INPUT,
                    dyo_text(s->x->ctx,
                             "refers to shared string %.*s of %zu; open the file in a spreadsheet program and "
                             "save it again",
                             s->text.n - s->start < 20 ? (int)(s->text.n - s->start) : 20, s->text.text + s->start,
                             all->n));
  c->n      = all->at[i + 1] - all->at[i];
  c->kind   = c->n ? CELL_TEXT : CELL_EMPTY;
  c->text   = c->n ? all->buf.text + all->at[i] : "";
  s->text.n = s->start;
  return DYO_OK;
}

/* ISO 8601, as LibreOffice and strict workbooks may write it. */
static dyo_status iso_value(sheet *s, cell *c)
{
  char         text[40] = "";
  const size_t n        = s->text.n - s->start;
  set_text(s, c, CELL_TEXT);
  if (n >= sizeof text) return DYO_OK;
  memcpy(text, s->text.text + s->start, n);
  return dyo_time_parse(text, &c->time) ? set_date(s, c) : DYO_OK;
}

static dyo_status bool_value(sheet *s, cell *c)
{
  const char  *p   = s->text.text + s->start;
  const size_t n   = s->text.n - s->start;
  const bool   yes = (n == 1 && *p == '1') || (n == 4 && memcmp(p, "true", 4) == 0);
  set_text(s, c, CELL_TEXT);
  if (!yes && !(n == 1 && *p == '0') && !(n == 5 && memcmp(p, "false", 5) == 0)) return DYO_OK;
  c->kind   = CELL_BOOL;
  c->number = yes;
  return replace_text(s, c, yes ? "TRUE" : "FALSE");
}

/* From the text since s->start and the type. */
static dyo_status value(sheet *s, cell *c)
{
  if (s->text.n == s->start) {
    c->kind = s->has_formula && s->type != 'S' ? CELL_ERROR : CELL_EMPTY;
    return c->kind == CELL_ERROR ? replace_text(s, c, "a formula without its value") : DYO_OK;
  }
  switch (s->type) {
  case 's': return shared_value(s, c);
  case 'b': return bool_value(s, c);
  case 'd': return iso_value(s, c);
  case 'e': set_text(s, c, CELL_ERROR); return DYO_OK;
  case 'n': return number_value(s, c);
  default:
    s->text.n = s->start + xlsx_unescape(s->text.text + s->start, s->text.n - s->start);
    set_text(s, c, CELL_TEXT);
    return DYO_OK;
  }
}

/* Room for column s->column; those passed over are EMPTY. */
static dyo_status place(sheet *s, const cell *c)
{
  if (s->column >= s->x->limits.columns)
    return bad_cell(s, DYO_TOO_LARGE,
                    dyo_text(s->x->ctx, "is beyond column %zu, the last that is read", s->x->limits.columns));
  while (s->n_cells <= s->column) {
    cell   *cells = xlsx_grow(s->cells, s->n_cells, &s->cap, sizeof *cells);
    size_t *from  = NULL;
    if (!cells) return dyo_oom(s->x->err);
    s->cells = cells;
    from     = xlsx_grow(s->from, s->n_cells, &s->cap_f, sizeof *from);
    if (!from) return dyo_oom(s->x->err);
    s->from                = from;
    s->cells[s->n_cells++] = (cell){.kind = CELL_EMPTY, .text = ""};
  }
  s->cells[s->column] = *c;
  s->from[s->column]  = s->start;
  return DYO_OK;
}

static dyo_status cell_end(sheet *s)
{
  cell       c  = {0};
  dyo_status st = DYO_OK;
  if (s->has_formula && s->formula.n && xlsx_formula_external(s->formula.text, s->formula.n))
    return bad_cell(
      s, DYO_UNSUPPORTED,
      "takes its value from another workbook; break the links (Data, Edit Links), or paste as values, and "
      "save it again");
  st = value(s, &c);
  return st == DYO_OK && c.kind != CELL_EMPTY ? place(s, &c) : st;
}

/* --- rows --------------------------------------------------------------------------------------------------------------- */

static dyo_status row_begin(sheet *s, const char *const *attrs)
{
  const char *r   = xlsx_attr(attrs, "r");
  const bool  bad = r && (!xlsx_count(r, strlen(r), LAST_ROW, &s->row) || s->row == 0);
  if (!r) s->row++;
  s->next    = 0;
  s->n_cells = 0;
  s->text.n  = 0;
  if (!bad && s->row <= LAST_ROW) return DYO_OK;
  return dyo_fail(s->x->err, DYO_INVALID_INPUT, s->x->o->where,
                  "sheet \"%.60s\" has a row numbered \"%.20s\"; 1 to %d are possible", s->name, r ? r : "1048577",
                  LAST_ROW);
}

static dyo_status row_end(sheet *s)
{
  if (s->n_cells == 0) return DYO_OK;
  if (s->rows == s->x->limits.rows)
    return dyo_fail(s->x->err, DYO_TOO_LARGE, s->x->o->where,
                    "sheet \"%.60s\" has more than %zu rows, the most that are read", s->name, s->x->limits.rows);
  s->all += s->n_cells;
  if (s->all > MOST_CELLS)
    return dyo_fail(s->x->err, DYO_TOO_LARGE, s->x->o->where,
                    "sheet \"%.60s\" has more than %d cells, empty ones before others included, the most that are read",
                    s->name, MOST_CELLS);
  for (size_t i = 0; i < s->n_cells; i++)
    if (s->cells[i].text == OWN_TEXT) s->cells[i].text = s->text.text + s->from[i];
  s->rows++;
  return s->fn(s->user, s->row, s->cells, s->n_cells);
}

/* Column of "C5", from 0. */
static bool column_of(const char *ref, size_t *column)
{
  size_t c = 0;
  for (; (*ref >= 'A' && *ref <= 'Z') || (*ref >= 'a' && *ref <= 'z'); ref++) {
    c = 26 * c + (size_t)((*ref | 32) - 'a') + 1;
    if (c > LAST_COLUMN) return false;
  }
  *column = c - 1;
  return c > 0 && *ref >= '0' && *ref <= '9';
}

static char type_of(const char *t)
{
  if (strcmp(t, "str") == 0) return 'S';
  return strlen(t) == 1 && strchr("bdens", *t) ? *t : 'i';
}

static dyo_status cell_begin(sheet *s, const char *const *attrs)
{
  s->type   = 'n';
  s->style  = 0;
  s->column = s->next;
  for (; *attrs; attrs += 2) {
    const char *v = attrs[1];
    if (strcmp(attrs[0], "r") == 0) {
      if (!column_of(v, &s->column))
        return dyo_fail(s->x->err, DYO_INVALID_INPUT, s->x->o->where,
                        "row %zu of sheet \"%.60s\" has a cell named \"%.20s\"; A1 to XFD1048576 are possible", s->row,
                        s->name, v);
    } else if (strcmp(attrs[0], "t") == 0) {
      s->type = type_of(v);
    } else if (strcmp(attrs[0], "s") == 0) {
      if (!xlsx_count(v, strlen(v), 1 << 30, &s->style)) s->style = SIZE_MAX;
    }
  }
  s->next      = s->column + 1;
  s->start     = s->text.n;
  s->formula.n = 0;
  s->has_value = s->has_formula = s->in_run = false;
  return DYO_OK;
}

/* --- elements ------------------------------------------------------------------------------------------------------------ */

static bool keeps_space(const char *const *attrs)
{
  const char *v = xlsx_attr(attrs, "xml:space");
  return v && strcmp(v, "preserve") == 0;
}

/* v, f or is, inside c. */
static void cell_part(sheet *s, const char *name)
{
  s->part = 0;
  if (strcmp(name, "v") == 0 || strcmp(name, "is") == 0) {
    s->text.n = s->start; /* of several the last counts */
    s->part   = *name == 'v' ? 'v' : 0;
    s->in_run = false;
  } else if (strcmp(name, "f") == 0) {
    s->has_formula = true;
    s->part        = 'f';
  } else {
    return;
  }
  s->known++;
}

/* t, or r around it, inside is. */
static void inline_part(sheet *s, const char *name, const char *const *attrs)
{
  if (strcmp(name, "t") == 0) {
    s->part    = 't';
    s->t_start = s->text.n;
    s->keep    = s->keep_all || keeps_space(attrs);
    s->known++;
  } else if (strcmp(name, "r") == 0 && s->known == 5) {
    s->in_run = true;
    s->known++;
  }
}

static dyo_status on_start(void *user, unsigned depth, const char *name, const char *const *attrs)
{
  sheet *s = user;
  if (depth != s->known) return DYO_OK;
  switch (depth) {
  case 0:
    if (strcmp(name, "worksheet") == 0) {
      s->keep_all = keeps_space(attrs);
      s->known++;
    }
    break;
  case 1: s->known += strcmp(name, "sheetData") == 0; break;
  case 2:
    if (strcmp(name, "row") != 0) break;
    s->known++;
    return row_begin(s, attrs);
  case 3:
    if (strcmp(name, "c") != 0) break;
    s->known++;
    return cell_begin(s, attrs);
  case 4: cell_part(s, name); break;
  case 5:
    if (!s->part) inline_part(s, name, attrs);
    break;
  case 6:
    if (s->in_run) inline_part(s, name, attrs);
    break;
  default: break;
  }
  return DYO_OK;
}

static dyo_status on_end(void *user, unsigned depth)
{
  sheet *s = user;
  if (depth + 1 != s->known) return DYO_OK;
  s->known--;
  if (depth >= 4) {
    if (s->part == 't' && !s->keep) xlsx_trim(&s->text, s->t_start);
    if (depth == 5) s->in_run = false;
    s->part = 0;
  } else if (depth == 3) {
    return cell_end(s);
  } else if (depth == 2) {
    return row_end(s);
  }
  return DYO_OK;
}

static dyo_status on_text(void *user, const char *text, size_t n)
{
  sheet *s = user;
  if (!s->part) return DYO_OK;
  if (s->part == 'f') {
    if (!s->x->external || s->formula.n + n > LONGEST_FORMULA) return DYO_OK;
    return xlsx_buf_add(&s->formula, text, n) ? DYO_OK : dyo_oom(s->x->err);
  }
  if (s->text.n - s->start + n > s->x->limits.field)
    return bad_cell(
      s, DYO_TOO_LARGE,
      dyo_text(s->x->ctx, "has a text of more than %zu bytes, the most that one cell may hold", s->x->limits.field));
  return xlsx_buf_add(&s->text, text, n) ? DYO_OK : dyo_oom(s->x->err);
}

dyo_status xlsx_sheet_read(xlsx *x, int entry, const char *name, size_t *rows, row_fn fn, void *user)
{
  static const xlsx_handlers h  = {on_start, on_end, on_text};
  sheet                      s  = {.x = x, .name = name, .fn = fn, .user = user};
  const dyo_status           st = xlsx_xml_read(x, entry, &h, &s);
  *rows                         = s.rows;
  free(s.cells);
  free(s.from);
  free(s.text.text);
  free(s.formula.text);
  return st;
}
