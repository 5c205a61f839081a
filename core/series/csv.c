/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows are found in a block of text: first where each field begins and ends, and once a row is there to its end, what is in it. A row that
 * the block cuts off is looked at again with more text behind it. */
#include "series/csv.h"

#include <string.h>

#include "series/csv_text.h"

enum { OPEN_ROWS_MOST = 100 };

typedef enum { ROW_WHOLE, ROW_CUT, ROW_BAD } row_state;

typedef struct {
  csv_text           t;
  const csv_options *o;
  csv_info          *info;
  cell              *cells;
  bool              *twisted; /* field i has quotes in it that must go */
  size_t             n, cap;
  size_t             line;    /* of the row that is being read, from 1 */
  size_t             inner;   /* line ends inside of it */
  size_t             literal; /* column whose quote is never closed, SIZE_MAX: none */
  size_t             open;    /* column in which the text ended inside quotes, SIZE_MAX: none */
  unsigned char      stop[256];
  dyo_err           *err;
} reader;

static row_state too_long(reader *r, size_t n, bool quoted)
{
  dyo_fail(r->err, DYO_TOO_LARGE, "", "row %zu, column %zu: a cell of more than %zu bytes; at most %zu are accepted%s",
           r->line, r->n + 1, n > r->o->field ? r->o->field : n, r->o->field,
           quoted ? " (is a quote opened there and never closed?)" : "");
  return ROW_BAD;
}

static row_state room_for_cell(reader *r)
{
  if (r->n == r->o->columns) {
    dyo_fail(r->err, DYO_TOO_LARGE, "", "row %zu has more than %zu cells; at most %zu are accepted", r->line, r->n,
             r->o->columns);
    return ROW_BAD;
  }
  if (r->n < r->cap) return ROW_WHOLE;
  const size_t cap  = r->cap ? 4 * r->cap : 64;
  cell        *more = DYO_NEW(r->t.ctx, cap, cell);
  bool        *also = DYO_NEW(r->t.ctx, cap, bool);
  if (!more || !also) {
    dyo_oom(r->err);
    return ROW_BAD;
  }
  if (r->n) {
    memcpy(more, r->cells, r->n * sizeof *more);
    memcpy(also, r->twisted, r->n * sizeof *also);
  }
  r->cells   = more;
  r->twisted = also;
  r->cap     = cap;
  return ROW_WHOLE;
}

static const char *until_stop(const reader *r, const char *p, const char *end)
{
  while (p < end && !r->stop[(unsigned char)*p]) p++;
  return p;
}

static const char *skip_blanks(const reader *r, const char *p, const char *end)
{
  while (p < end && (*p == ' ' || *p == '\t') && *p != r->info->delimiter) p++;
  return p;
}

static size_t line_ends(const char *p, const char *end)
{
  size_t n = 0;
  for (; p < end; p++) n += *p == '\n' || (*p == '\r' && (p + 1 == end || p[1] != '\n'));
  return n;
}

/* A field whose first quote is at q; *p becomes its end. */
static row_state quoted_field(reader *r, const char *q, const char *end, const char **p)
{
  const char *u       = q + 1;
  bool        doubled = false;
  for (;;) {
    u = memchr(u, '"', (size_t)(end - u));
    if (!u || (u + 1 == end && !r->t.end)) {
      if ((size_t)(end - q) > r->o->field + 2) return too_long(r, (size_t)(end - q), true);
      r->open = u ? SIZE_MAX : r->n;
      return ROW_CUT;
    }
    if (u + 1 == end || u[1] != '"') break;
    doubled = true;
    u += 2;
  }
  const char  *stop = until_stop(r, u + 1, end), *rest = skip_blanks(r, u + 1, stop);
  const bool   tail = rest < stop; /* text behind the closing quote belongs to the cell too */
  const size_t n    = (size_t)((tail ? stop : u) - q - 1);
  if (n > r->o->field) return too_long(r, n, true);
  if (stop == end && !r->t.end) return ROW_CUT;
  r->twisted[r->n] = doubled || tail;
  r->cells[r->n]   = (cell){.kind = CELL_TEXT, .text = q + 1, .n = n, .quoted = true};
  r->inner += line_ends(q, u);
  *p = stop;
  return ROW_WHOLE;
}

static row_state plain_field(reader *r, const char **p, const char *end)
{
  const char  *stop = until_stop(r, *p, end);
  const size_t n    = (size_t)(stop - *p);
  if (n > r->o->field) return too_long(r, n, false);
  if (stop == end && !r->t.end) return ROW_CUT;
  r->twisted[r->n] = false;
  r->cells[r->n]   = (cell){.kind = n ? CELL_TEXT : CELL_EMPTY, .text = *p, .n = n};
  *p               = stop;
  return ROW_WHOLE;
}

/* The row at *p; *p moves behind its line end. */
static row_state find_row(reader *r, const char **p)
{
  const char *q = *p, *end = r->t.text + r->t.to;
  r->n     = 0;
  r->inner = 0;
  r->open  = SIZE_MAX;
  for (;;) {
    row_state   st    = room_for_cell(r);
    const char *start = skip_blanks(r, q, end);
    if (st == ROW_WHOLE)
      st =
        start < end && *start == '"' && r->n != r->literal ? quoted_field(r, start, end, &q) : plain_field(r, &q, end);
    if (st != ROW_WHOLE) return st;
    r->n++;
    if (q == end) break;
    if (*q == r->info->delimiter) {
      q++;
      continue;
    }
    if (*q == '\r' && q + 1 == end && !r->t.end) return ROW_CUT;
    q += *q == '\r' && q + 1 < end && q[1] == '\n' ? 2 : 1;
    break;
  }
  *p = q;
  return ROW_WHOLE;
}

/* Takes out the quotes that are not part of the text: doubled ones, and the closing one where text stands behind it. */
static void untwist(cell *c)
{
  char  *s      = (char *)c->text; /* lies in the reader's own buffer */
  size_t n      = 0;
  bool   inside = true;
  for (size_t i = 0; i < c->n; i++) {
    if (s[i] == '"' && inside) {
      inside = i + 1 < c->n && s[i + 1] == '"';
      if (!inside) continue;
      i++;
    }
    s[n++] = s[i];
  }
  c->n = n;
}

/* "sep=;" in the first row is for Excel, no data. */
static bool separator_line(const reader *r)
{
  const cell *c = r->cells;
  if (r->line != 1 || c[0].n < 4 || (memcmp(c[0].text, "sep=", 4) != 0 && memcmp(c[0].text, "SEP=", 4) != 0))
    return false;
  return r->n == 1 ? c[0].n <= 5 : r->n == 2 && c[0].n == 4 && c[1].n == 0;
}

/* The text ended inside quotes: the row is read once more, with that quote an ordinary character. */
static dyo_status never_closed(reader *r)
{
  if (r->info->open_rows++ == 0) r->info->open_row = r->line;
  r->literal = r->open;
  if (r->info->open_rows > OPEN_ROWS_MOST)
    return dyo_fail(r->err, DYO_INVALID_INPUT, "", "row %zu: more than %d rows open a quote that is never closed",
                    r->line, OPEN_ROWS_MOST);
  return DYO_OK;
}

static dyo_status next_row(reader *r, row_fn row, void *user, bool *done)
{
  const char *p  = r->t.text + r->t.from;
  dyo_status  st = DYO_OK;
  *done          = r->t.end && r->t.from == r->t.to;
  if (*done) return DYO_OK;
  switch (find_row(r, &p)) {
  case ROW_BAD: return r->err->code;
  case ROW_CUT: return r->t.end ? never_closed(r) : csv_text_more(&r->t, r->err);
  case ROW_WHOLE: break;
  }
  for (size_t i = 0; i < r->n; i++)
    if (r->twisted[i]) untwist(&r->cells[i]);
  if (!separator_line(r)) st = row(user, r->line, r->cells, r->n);
  r->line += 1 + r->inner;
  r->literal = SIZE_MAX;
  r->t.from  = (size_t)(p - r->t.text);
  return st;
}

dyo_status csv_read(dyo_ctx *ctx, const dyo_source *src, const csv_options *o, csv_info *info, row_fn row, void *user,
                    dyo_err *err)
{
  reader     r                           = {.o = o, .info = info, .line = 1, .literal = SIZE_MAX, .err = err};
  dyo_status st                          = csv_text_open(ctx, src, info, &r.t, err);
  bool       done                        = false;
  r.stop[(unsigned char)info->delimiter] = r.stop['\n'] = r.stop['\r'] = 1;
  r.t.done                                                             = o->done;
  info->open_rows = info->open_row = 0;
  while (st == DYO_OK && !done) st = next_row(&r, row, user, &done);
  info->replaced = r.t.replaced;
  return st;
}
