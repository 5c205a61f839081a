/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "series/dyo_table.h"

#include <math.h>
#include <string.h>

#include "series/parse.h"

typedef struct {
  const char **text;
  double      *number;
  size_t       row, n;
} table_row;

typedef struct {
  parse      p; /* first, so that the rows' user is it */
  table_row *rows;
  size_t     n, cap, cells, most;
  bool       full; /* as many rows as were wanted */
} job;

/* A number whose decimal mark is that of the request, or where it says nothing the likelier one first. */
static double number_of(const parse *p, const char *s, size_t n)
{
  const bool comma = p->in->decimal == 1 || (p->in->decimal < 0 && p->csv_info.delimiter == ';');
  const char first = comma ? ',' : '.', other = comma ? '.' : ',';
  double     x = NAN;
  if (read_number(s, n, first, &x)) return x;
  return p->in->decimal < 0 && read_number(s, n, other, &x) ? x : NAN;
}

static bool take_cell(const parse *p, const cell *c, const char **text, double *number)
{
  char        date[DYO_TIME_CHARS];
  const char *s = NULL;
  size_t      n = 0;
  *number       = c->kind == CELL_NUMBER ? c->number : NAN;
  *text         = "";
  if (c->kind == CELL_EMPTY || c->kind == CELL_ERROR) return true;
  if (c->kind == CELL_BOOL) {
    *text = c->number != 0 ? "TRUE" : "FALSE";
    return true;
  }
  if (c->kind == CELL_DATE) {
    dyo_time_print(c->time, c->clock, date);
    *text = text_keep(p->ctx, date, strlen(date));
    return *text != NULL;
  }
  if (!cell_text(c, &s, &n) || n == 0) return true;
  if (c->kind == CELL_TEXT) *number = number_of(p, s, n);
  *text = text_keep(p->ctx, s, n);
  return *text != NULL;
}

static bool grow(job *j)
{
  if (j->n < j->cap) return true;
  const size_t cap  = j->cap ? 2 * j->cap : 64;
  table_row   *more = DYO_NEW(j->p.ctx, cap, table_row);
  if (!more) return false;
  if (j->n) memcpy(more, j->rows, j->n * sizeof *more);
  j->rows = more;
  j->cap  = cap;
  return true;
}

static dyo_status take_row(void *user, size_t row, const cell *cells, size_t n)
{
  job       *j     = user;
  bool       blank = true;
  table_row *r     = NULL;
  if (j->most && j->n == j->most) {
    j->full = true;
    return DYO_CANCELLED; /* stops the reader */
  }
  j->cells += n;
  if (j->n == DYO_TABLE_ROWS || n > DYO_TABLE_COLUMNS || j->cells > DYO_TABLE_CELLS)
    return dyo_fail(j->p.err, DYO_TOO_LARGE, j->p.where,
                    "row %zu: a table of at most %d rows, %d columns and %d cells is expected here", row,
                    DYO_TABLE_ROWS, DYO_TABLE_COLUMNS, DYO_TABLE_CELLS);
  if (!grow(j)) return dyo_oom(j->p.err);
  r  = &j->rows[j->n];
  *r = (table_row){DYO_NEW(j->p.ctx, n, const char *), DYO_NEW(j->p.ctx, n, double), row, n};
  if (!r->text || !r->number) return dyo_oom(j->p.err);
  for (size_t i = 0; i < n; i++) {
    if (!take_cell(&j->p, &cells[i], &r->text[i], &r->number[i])) return dyo_oom(j->p.err);
    blank = blank && !*r->text[i];
  }
  if (!blank) j->n++;
  return DYO_OK;
}

static dyo_status assemble(const job *j, dyo_table *out)
{
  for (size_t i = 0; i < j->n; i++)
    if (j->rows[i].n > out->n_cols) out->n_cols = j->rows[i].n;
  const size_t cells = j->n * out->n_cols;
  out->n_rows        = j->n;
  out->text          = DYO_NEW(j->p.ctx, cells, const char *);
  out->number        = DYO_NEW(j->p.ctx, cells, double);
  out->row           = DYO_NEW(j->p.ctx, j->n, size_t);
  if (!out->text || !out->number || !out->row) return dyo_oom(j->p.err);
  for (size_t i = 0; i < j->n; i++) {
    out->row[i] = j->rows[i].row;
    for (size_t c = 0; c < out->n_cols; c++) {
      const bool there                 = c < j->rows[i].n;
      out->text[i * out->n_cols + c]   = there ? j->rows[i].text[c] : "";
      out->number[i * out->n_cols + c] = there ? j->rows[i].number[c] : NAN;
    }
  }
  return DYO_OK;
}

dyo_status dyo_table_read(dyo_ctx *ctx, const dyo_parse_in *in, size_t most, dyo_table *out, dyo_err *err)
{
  job        j  = {.p = {.ctx = ctx, .in = in, .err = err}, .most = most};
  dyo_status st = parse_open(&j.p);
  *out          = (dyo_table){0};
  if (st == DYO_OK) st = parse_rows(&j.p, 0, take_row);
  if (st == DYO_CANCELLED && j.full) st = DYO_OK;
  parse_close(&j.p);
  if (st == DYO_OK && j.n == 0) st = dyo_fail(err, DYO_INSUFFICIENT_DATA, j.p.where, "the table is empty");
  out->sheet    = j.p.xlsx_info.sheet;
  out->sheets   = j.p.xlsx_info.sheets;
  out->n_sheets = j.p.xlsx_info.n_sheets;
  return st == DYO_OK ? assemble(&j, out) : st;
}
