/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A spreadsheet by its values, for those too large to export: pieces of many rows each, written as CSV. That a number is a day is said
 * by the cell's format alone, so that formats of the first rows are asked for first. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "connect/drive.h"
#include "connect/pieces.h"
#include "series/dyo_calendar.h"

enum { COLUMNS_MOST = 1000, LOOK_ROWS = 20, CELLS = 200000 };

typedef struct {
  session          *s;
  const drive_file *f;
  char             *title;
  int64_t           rows, columns;
  bool              dated[COLUMNS_MOST];
  dyo_buf          *csv;
} sheet;

static dyo_buf sheet_url(const sheet *h, const char *rest)
{
  dyo_buf url = {0};
  dyo_buf_printf(&url, "%s/v4/spreadsheets/", drive_host(h->s, "https://sheets.googleapis.com"));
  web_put_encoded(&url, h->f->id);
  dyo_buf_puts(&url, rest);
  return url;
}

/* --- which sheet ---------------------------------------------------------------------------------------------------------- */

typedef struct {
  sheet      *h;
  const char *wanted;
} choice;

static bool choose(void *user, dyo_piece p)
{
  const choice   *c     = user;
  const dyo_piece props = piece_member(p, "properties"), grid = piece_member(props, "gridProperties");
  char           *title = piece_string(piece_member(props, "title"));
  if (!title || (c->wanted && strcmp(title, c->wanted) != 0)) {
    free(title);
    return true;
  }
  c->h->title   = title;
  c->h->rows    = piece_whole(piece_member(grid, "rowCount"), 0);
  c->h->columns = piece_whole(piece_member(grid, "columnCount"), 0);
  return false;
}

static dyo_status find_sheet(sheet *h, const char *wanted, dyo_err *err)
{
  web_reply  r   = {0};
  choice     c   = {h, wanted};
  dyo_buf    url = sheet_url(h, "?fields=sheets(properties(title,gridProperties(rowCount,columnCount)))");
  dyo_status st  = drive_ask(h->s, &url, &r, err);
  if (st == DYO_OK) piece_items(piece_member(piece_of(r.body, r.n), "sheets"), choose, &c);
  web_reply_free(&r);
  if (st != DYO_OK) return st;
  if (!h->title)
    return session_fail(h->s, FAULT_TERMINAL, "", err, "there is no sheet \"%.60s\" in it", wanted ? wanted : "");
  if (h->columns > COLUMNS_MOST)
    return session_fail(h->s, FAULT_TERMINAL, "", err, "its sheet has more than %d columns", (int)COLUMNS_MOST);
  return DYO_OK;
}

/* --- ranges ------------------------------------------------------------------------------------------------------------------ */

static void put_column(dyo_buf *b, int64_t i)
{
  if (i >= 26) put_column(b, i / 26 - 1);
  dyo_buf_add(b, &"ABCDEFGHIJKLMNOPQRSTUVWXYZ"[i % 26], 1);
}

/* 'It''s'!A1:Z20 */
static void put_range(dyo_buf *b, const sheet *h, int64_t from, int64_t to)
{
  dyo_buf_puts(b, "'");
  for (const char *c = h->title; *c; c++) {
    if (*c == '\'') dyo_buf_puts(b, "'");
    dyo_buf_add(b, c, 1);
  }
  dyo_buf_printf(b, "'!A%lld:", (long long)from);
  put_column(b, h->columns - 1);
  dyo_buf_printf(b, "%lld", (long long)to);
}

/* --- formats -------------------------------------------------------------------------------------------------------------------- */

typedef struct {
  sheet  *h;
  int64_t column;
} formats;

static bool look_cell(void *user, dyo_piece p)
{
  formats *f = user;
  char     type[16];
  if (f->column < COLUMNS_MOST && piece_copy(piece_path(p, "effectiveFormat.numberFormat.type"), type, sizeof type) &&
      (strcmp(type, "DATE") == 0 || strcmp(type, "DATE_TIME") == 0))
    f->h->dated[f->column] = true;
  f->column++;
  return true;
}

static bool look_row(void *user, dyo_piece p)
{
  formats f = {user, 0};
  piece_items(piece_member(p, "values"), look_cell, &f);
  return true;
}

static bool look_data(void *user, dyo_piece p)
{
  piece_items(piece_member(p, "rowData"), look_row, user);
  return true;
}

static bool look_sheet(void *user, dyo_piece p)
{
  piece_items(piece_member(p, "data"), look_data, user);
  return true;
}

static dyo_status find_dates(sheet *h, dyo_err *err)
{
  web_reply r     = {0};
  dyo_buf   range = {0};
  dyo_buf   url =
    sheet_url(h, "?includeGridData=true&fields=sheets(data(rowData(values(effectiveFormat(numberFormat(type))))))");
  put_range(&range, h, 1, h->rows < LOOK_ROWS ? h->rows : LOOK_ROWS);
  if (range.failed) url.failed = true;
  else web_put_form(&url, "ranges", range.s);
  dyo_buf_free(&range);
  const dyo_status st = drive_ask(h->s, &url, &r, err);
  if (st == DYO_OK) piece_items(piece_member(piece_of(r.body, r.n), "sheets"), look_sheet, h);
  web_reply_free(&r);
  return st;
}

/* --- values --------------------------------------------------------------------------------------------------------------------- */

/* Days since 1899-12-30 as a date, with its time where there is one. */
static void put_day(dyo_buf *b, double serial)
{
  const int64_t seconds = (int64_t)floor((serial - 25569) * DYO_DAY + 0.5);
  char          text[DYO_TIME_CHARS];
  dyo_time_print(seconds, seconds % DYO_DAY != 0, text);
  dyo_buf_puts(b, text);
}

static void put_field(dyo_buf *b, const char *text)
{
  dyo_buf_puts(b, "\"");
  for (const char *c = text; *c; c++) {
    if (*c == '"') dyo_buf_puts(b, "\"");
    dyo_buf_add(b, c, 1);
  }
  dyo_buf_puts(b, "\"");
}

typedef struct {
  sheet  *h;
  int64_t column;
} row;

static bool put_cell(void *user, dyo_piece p)
{
  row     *at   = user;
  char    *text = *p.s == '"' ? piece_string(p) : NULL;
  double   x;
  dyo_buf *b = at->h->csv;
  if (at->column) dyo_buf_puts(b, ",");
  if (text) put_field(b, text);
  else if (at->column < COLUMNS_MOST && at->h->dated[at->column] && piece_number(p, &x)) put_day(b, x);
  else if (!piece_none(p)) dyo_buf_add(b, p.s, p.n);
  free(text);
  at->column++;
  return !b->failed;
}

static bool put_row(void *user, dyo_piece p)
{
  row at = {user, 0};
  piece_items(p, put_cell, &at);
  if (at.column) dyo_buf_puts(at.h->csv, "\n");
  return !at.h->csv->failed;
}

static dyo_status read_range(sheet *h, int64_t from, int64_t to, dyo_err *err)
{
  web_reply r     = {0};
  dyo_buf   range = {0};
  dyo_buf   url   = sheet_url(h, "/values/");
  put_range(&range, h, from, to);
  if (range.failed) url.failed = true;
  else web_put_encoded(&url, range.s);
  dyo_buf_free(&range);
  dyo_buf_puts(&url, "?majorDimension=ROWS&valueRenderOption=UNFORMATTED_VALUE&dateTimeRenderOption=SERIAL_NUMBER");
  const dyo_status st = drive_ask(h->s, &url, &r, err);
  if (st == DYO_OK) piece_items(piece_member(piece_of(r.body, r.n), "values"), put_row, h);
  web_reply_free(&r);
  return st;
}

dyo_status drive_sheet_csv(session *s, const drive_file *f, const char *name, dyo_buf *csv, dyo_err *err)
{
  sheet      h  = {.s = s, .f = f, .csv = csv};
  dyo_status st = find_sheet(&h, name, err);
  if (st == DYO_OK && h.rows > 0 && h.columns > 0) {
    const int64_t step = CELLS / h.columns > 1000 ? CELLS / h.columns : 1000;
    st                 = find_dates(&h, err);
    for (int64_t from = 1; from <= h.rows && st == DYO_OK; from += step)
      st = read_range(&h, from, from + step - 1 < h.rows ? from + step - 1 : h.rows, err);
  }
  free(h.title);
  return st;
}
