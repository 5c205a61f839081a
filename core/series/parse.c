/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "series/parse.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

uint64_t text_hash(const char *s, size_t n)
{
  uint64_t h = 0x9e3779b97f4a7c15u ^ n, w = 0;
  for (; n >= 8; s += 8, n -= 8) {
    memcpy(&w, s, 8);
    h = (h ^ w) * 0xff51afd7ed558ccdu;
    h ^= h >> 32;
  }
  w = 0;
  memcpy(&w, s, n);
  h = (h ^ w) * 0xff51afd7ed558ccdu;
  h ^= h >> 29;
  h *= 0xc4ceb9fe1a85ec53u;
  return h ^ h >> 32;
}

char *text_keep(dyo_ctx *ctx, const char *s, size_t n)
{
  char *copy = DYO_NEW(ctx, n + 1, char);
  if (copy && n) memcpy(copy, s, n);
  return copy;
}

bool cell_text(const cell *c, const char **s, size_t *n)
{
  *s = c->text;
  *n = c->kind == CELL_EMPTY || !c->text ? 0 : c->n;
  if (*n == 0) return c->kind != CELL_EMPTY && c->kind != CELL_TEXT;
  read_trim(s, n);
  return !read_missing(*s, *n);
}

bool parse_warn(parse *p, const char *fmt, ...)
{
  char    text[600];
  va_list args;
  va_start(args, fmt);
  vsnprintf(text, sizeof text, fmt, args);
  va_end(args);
  return dyo_note(p->ctx, &p->notes, "%s", text);
}

dyo_question *parse_ask(parse *p, const char *field, const char *column, size_t choices)
{
  dyo_parse_out *o = p->out;
  if (o->n_questions == p->cap_questions) {
    const size_t  cap  = p->cap_questions ? 2 * p->cap_questions : 4;
    dyo_question *more = DYO_NEW(p->ctx, cap, dyo_question);
    if (!more) return NULL;
    if (o->n_questions) memcpy(more, o->questions, o->n_questions * sizeof *more);
    o->questions     = more;
    p->cap_questions = cap;
  }
  dyo_choice *list = DYO_NEW(p->ctx, choices, dyo_choice);
  if (!list) return NULL;
  o->questions[o->n_questions] =
    (dyo_question){.field = field, .column = column, .choices = list, .n_choices = choices};
  return &o->questions[o->n_questions++];
}

/* --- the file --------------------------------------------------------------------------------------------------- */

static dyo_status open_source(parse *p)
{
  const dyo_parse_in *in    = p->in;
  const int           given = (in->content != NULL) + (in->content_base64 != NULL) + (in->path != NULL);
  p->where                  = in->path ? "/path" : in->content_base64 ? "/content_base64" : "/content";
  if (given != 1)
    return dyo_fail(p->err, DYO_INVALID_INPUT, p->where,
                    "found %s; one of content, content_base64 and path is expected",
                    given == 0 ? "no file" : "several");
  if (in->content) {
    p->src       = *in->content;
    p->src.close = NULL; /* stays the caller's */
    return DYO_OK;
  }
  if (in->content_base64) return dyo_source_base64(in->content_base64, p->where, &p->src, p->err);
  if (!p->ctx->host.open)
    return dyo_fail(p->err, DYO_UNSUPPORTED, p->where,
                    "a file is opened by name on the native command line only; give its content");
  return p->ctx->host.open(p->ctx->host.user, in->path, &p->src, p->err);
}

/* Kinds of file that are told by their first bytes and are not read, with what to do. */
static const char *stranger(const unsigned char *b, size_t n)
{
  static const struct {
    const char *begin;
    size_t      n;
    const char *advice;
  } kinds[] = {
    {"%PDF-", 5, "this is a PDF. Export the table from the program that made it as CSV or XLSX"},
    {"\x1f\x8b", 2, "this file is packed with gzip. Unpack it first"},
    {"Rar!", 4, "this is a RAR archive. Unpack it first"},
    {"7z\xbc\xaf", 4, "this is a 7-Zip archive. Unpack it first"},
    {"SQLite format 3", 15, "this is an SQLite database. Export a table as CSV"},
    {"PAR1", 4, "this is a Parquet file. Export it as CSV"},
    {"{\\rtf", 5, "this is an RTF document. Save the table as CSV or XLSX"},
    {"\x89PNG", 4, "this is a picture"},
    {"\xff\xd8\xff", 3, "this is a picture"},
  };
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    if (n >= kinds[i].n && memcmp(b, kinds[i].begin, kinds[i].n) == 0) return kinds[i].advice;
  return NULL;
}

/* Is `word` (in ASCII) somewhere in b, each of its characters followed by a zero byte? So do OLE files write names. */
static bool wide_word(const unsigned char *b, size_t n, const char *word)
{
  const size_t k = strlen(word);
  for (size_t i = 0; i + 2 * k <= n; i++) {
    size_t j = 0;
    while (j < k && b[i + 2 * j] == (unsigned char)word[j] && b[i + 2 * j + 1] == 0) j++;
    if (j == k) return true;
  }
  return false;
}

/* An OLE compound file: Excel 97, or a workbook encrypted with a password. Its directory may stand anywhere. */
static dyo_status refuse_ole(parse *p)
{
  enum { WINDOW = 64 * 1024, OVERLAP = 64 };
  unsigned char *b      = DYO_NEW(p->ctx, WINDOW, unsigned char);
  bool           locked = false;
  if (!b) return dyo_oom(p->err);
  for (uint64_t at = 0; at < p->src.size && !locked; at += WINDOW - OVERLAP)
    locked = wide_word(b, dyo_source_read(&p->src, at, b, WINDOW), "EncryptedPackage");
  if (locked)
    return dyo_fail(p->err, DYO_UNSUPPORTED, p->where,
                    "This workbook is protected by a password. Remove it and try again.");
  return dyo_fail(p->err, DYO_UNSUPPORTED, p->where,
                  "This is an .xls (Excel 97) file. In Excel: Save As \xe2\x86\x92 Excel Workbook (.xlsx).");
}

/* Does a text begin like a web page or other XML? Excel opens such files under the name .xls. */
static bool markup(const char *s, size_t n)
{
  static const char *const tags[]   = {"<!doctype html", "<html", "<?xml", "<table", NULL};
  char                     head[16] = "";
  read_trim(&s, &n);
  for (size_t i = 0; i < n && i < sizeof head - 1; i++) head[i] = (char)(s[i] >= 'A' && s[i] <= 'Z' ? s[i] + 32 : s[i]);
  for (size_t i = 0; tags[i]; i++)
    if (strncmp(head, tags[i], strlen(tags[i])) == 0) return true;
  return false;
}

static dyo_status find_kind(parse *p)
{
  unsigned char b[512];
  const size_t  n    = dyo_source_read(&p->src, 0, b, sizeof b);
  const bool    zip  = n >= 4 && memcmp(b, "PK\3\4", 4) == 0;
  const char   *what = stranger(b, n);
  if ((double)p->src.size > p->limits.bytes)
    return dyo_fail(p->err, DYO_TOO_LARGE, p->where, "the file has %.0f bytes; at most %.0f are accepted",
                    (double)p->src.size, p->limits.bytes);
  if (p->src.size == 0) return dyo_fail(p->err, DYO_INSUFFICIENT_DATA, p->where, "the file is empty");
  if (n >= 8 && memcmp(b, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8) == 0) return refuse_ole(p);
  if (what) return dyo_fail(p->err, DYO_UNSUPPORTED, p->where, "%s.", what);
  p->kind = p->in->format == KIND_AUTO ? (zip ? KIND_XLSX : KIND_CSV) : (file_kind)p->in->format;
  if (p->kind == KIND_CSV && zip)
    return dyo_fail(p->err, DYO_UNSUPPORTED, "/format", "found \"csv\"; the file is a workbook or another zip archive");
  if (p->kind == KIND_XLSX && !zip)
    return dyo_fail(p->err, DYO_UNSUPPORTED, "/format", "found \"xlsx\"; the file is no workbook, try \"csv\"");
  if (p->kind == KIND_CSV && p->in->sheet)
    return dyo_fail(p->err, DYO_INVALID_INPUT, "/sheet", "found \"%.60s\"; a CSV has no sheets", p->in->sheet);
  if (p->kind == KIND_CSV && markup((const char *)b, n))
    return dyo_fail(
      p->err, DYO_UNSUPPORTED, p->where,
      "this is a web page or XML, whatever its name says. Open it in a spreadsheet and save it as CSV or XLSX.");
  return DYO_OK;
}

/* Errors of the readers point at the file. */
static dyo_status at_file(parse *p, dyo_status st)
{
  if (st != DYO_OK && st != DYO_CANCELLED && st != DYO_OUT_OF_MEMORY && p->err->path[0] == '\0')
    snprintf(p->err->path, sizeof p->err->path, "%s", p->where);
  return st;
}

static dyo_status xlsx_rows(parse *p, double done, row_fn row)
{
  const dyo_parse_limits *l = &p->limits;
  const xlsx_options      o = {.sheet       = p->in->sheet,
                               .where       = p->where,
                               .where_sheet = "/sheet",
                               .done        = done,
                               .limits      = {.inflated = (uint64_t)l->inflated,
                                               .ratio    = l->ratio,
                                               .rows     = (size_t)l->rows,
                                               .columns  = (size_t)l->columns,
                                               .field    = (size_t)l->field}};
  return xlsx_read(p->ctx, &p->src, &o, &p->xlsx_info, row, p, p->err);
}

dyo_status parse_rows(parse *p, double done, row_fn row)
{
  p->csv.done = done;
  if (p->kind == KIND_XLSX) return at_file(p, xlsx_rows(p, done, row));
  return at_file(p, csv_read(p->ctx, &p->src, &p->csv, &p->csv_info, row, p, p->err));
}

static dyo_status csv_setup(parse *p)
{
  const char *d = p->in->delimiter;
  if (d && (strlen(d) != 1 || strchr("\"\r\n", d[0]) || (d[0] >= '0' && d[0] <= '9') || (unsigned char)d[0] >= 0x80))
    return dyo_fail(p->err, DYO_INVALID_INPUT, "/delimiter", "found \"%.4s\"; one character such as , or ; is expected",
                    d);
  p->csv = (csv_options){.delimiter = d ? d[0] : 0,
                         .encoding  = (csv_encoding)p->in->encoding,
                         .columns   = (size_t)p->limits.columns,
                         .field     = (size_t)p->limits.field};
  return p->kind == KIND_CSV ? at_file(p, csv_look(p->ctx, &p->src, &p->csv, &p->csv_info, p->err)) : DYO_OK;
}

/* --- the answer ------------------------------------------------------------------------------------------------- */

static const char **names_of(parse *p, const size_t *cols, size_t n)
{
  const char **v = DYO_NEW(p->ctx, n ? n : 1, const char *);
  for (size_t i = 0; v && i < n; i++) v[i] = p->columns[cols[i]].name;
  return v;
}

static dyo_status tell_format(parse *p)
{
  static const char *const        encodings[] = {"auto", "utf-8", "utf-16", "windows-1252"},
                           *const orders[]    = {"dmy", "mdy", "ymd"},
                           *const layouts[]   = {NULL, "long", "wide", "transposed"};
  dyo_parse_format               *f           = DYO_NEW(p->ctx, 1, dyo_parse_format);
  char                            decimal     = 0;
  bool                            open        = false;
  date_order                      order       = DATE_DMY;
  if (!f) return dyo_oom(p->err);
  p->out->format = f;
  for (size_t i = 0; i < p->n_columns; i++) {
    const parse_col *c = &p->columns[i];
    if (c->role == ROLE_VALUE && (!decimal || c->point + c->comma > 0)) decimal = c->decimal;
    if (c->open && (c->role == ROLE_DATE || !open)) order = c->order;
    open = open || (c->open && (c->role == ROLE_DATE || p->layout == LAYOUT_TRANSPOSED));
  }
  f->kind        = p->kind == KIND_CSV ? "csv" : "xlsx";
  f->decimal     = dyo_text(p->ctx, "%c", decimal ? decimal : p->in->decimal == 1 ? ',' : '.');
  f->date_order  = open && !p->blocked ? orders[order] : NULL;
  f->layout      = layouts[p->layout];
  f->sheet       = p->xlsx_info.sheet;
  f->sheets      = p->xlsx_info.sheets;
  f->n_sheets    = p->xlsx_info.n_sheets;
  f->header_row  = (int)p->header_row;
  f->date_column = p->date_col != SIZE_MAX ? p->columns[p->date_col].name : NULL;
  f->value_columns =
    names_of(p, p->value_cols, f->n_value_columns = p->layout == LAYOUT_TRANSPOSED ? 0 : p->n_value_cols);
  f->group_by = names_of(p, p->group_cols, f->n_group_by = p->n_group_cols);
  if (p->kind == KIND_CSV) {
    f->encoding  = encodings[p->csv_info.encoding];
    f->delimiter = dyo_text(p->ctx, "%c", p->csv_info.delimiter);
  }
  return f->decimal && f->value_columns && f->group_by ? DYO_OK : dyo_oom(p->err);
}

static dyo_status tell_columns(parse *p)
{
  static const char *const types[] = {"empty", "date", "number", "text"}, *const roles[] = {"ignored", "date", "value",
                                                                                            "group"};
  dyo_parse_column *v = DYO_NEW(p->ctx, p->n_columns, dyo_parse_column);
  if (!v) return dyo_oom(p->err);
  for (size_t i = 0; i < p->n_columns; i++) {
    const parse_col *c    = &p->columns[i];
    const char     **list = DYO_NEW(p->ctx, EXAMPLES, const char *);
    if (!list) return dyo_oom(p->err);
    memcpy(list, c->example, c->n_examples * sizeof *list);
    v[i] = (dyo_parse_column){.name       = c->name,
                              .type       = types[c->type],
                              .role       = roles[c->role],
                              .missing    = (int)c->missing,
                              .examples   = list,
                              .n_examples = c->n_examples};
  }
  p->out->columns   = v;
  p->out->n_columns = p->n_columns;
  return DYO_OK;
}

/* Repairs that concern the text of the file. */
static bool warn_text(parse *p)
{
  const csv_info *i  = &p->csv_info;
  bool            ok = true;
  if (i->encoding == CSV_1252 && p->in->encoding == CSV_AUTO)
    ok =
      parse_warn(p, "The text is not UTF-8 (byte %llu); it was read as Windows-1252.", (unsigned long long)i->odd_byte);
  if (i->replaced)
    ok = ok && parse_warn(p, "%zu broken %s in the text %s replaced by U+FFFD.", i->replaced,
                          i->replaced == 1 ? "character" : "characters", i->replaced == 1 ? "was" : "were");
  if (i->open_rows)
    ok = ok && parse_warn(p, "Row %zu opens a quote that is never closed; %zu such %s as it stands.", i->open_row,
                          i->open_rows, i->open_rows == 1 ? "row was read" : "rows were read, each");
  if (p->shorter)
    ok = ok && parse_warn(p, "%zu %s fewer cells than the header, row %zu first; what is not there counts as missing.",
                          p->shorter, p->shorter == 1 ? "row has" : "rows have", p->short_row);
  if (p->blank) ok = ok && parse_warn(p, "%zu blank %s skipped.", p->blank, p->blank == 1 ? "row was" : "rows were");
  return ok;
}

static dyo_status finish(parse *p)
{
  dyo_parse_out *o  = p->out;
  dyo_status     st = tell_format(p);
  if (st == DYO_OK) st = tell_columns(p);
  if (st == DYO_OK && !warn_text(p)) st = dyo_oom(p->err);
  if (!o->series) o->series = DYO_NEW(p->ctx, 1, dyo_parse_series);
  if (!o->rejected) o->rejected = DYO_NEW(p->ctx, 1, dyo_rejected);
  if (!o->questions) o->questions = DYO_NEW(p->ctx, 1, dyo_question);
  o->rows_read  = (int)p->rows;
  o->rows_used  = (int)p->used;
  o->warnings   = dyo_notes_list(p->ctx, &p->notes);
  o->n_warnings = p->notes.n;
  if (st == DYO_OK && (!o->series || !o->rejected || !o->questions || !o->warnings)) st = dyo_oom(p->err);
  return st;
}

dyo_status parse_open(parse *p)
{
  static const dyo_parse_limits usual = {2147483648.0, 1e7, 16384, 2147483648.0, 200, 1048576};
  p->limits                           = p->in->limits ? *p->in->limits : usual;
  p->date_col = p->month_col = p->day_col = SIZE_MAX;
  dyo_status st                           = open_source(p);
  if (st == DYO_OK) st = find_kind(p);
  return st == DYO_OK ? csv_setup(p) : st;
}

void parse_close(parse *p)
{
  if (p->src.close) p->src.close(p->src.user);
}

static dyo_status parse_all(parse *p)
{
  dyo_status st = parse_rows(p, 0, parse_survey_row);
  if (st == DYO_OK) st = at_file(p, parse_survey_end(p));
  if (st == DYO_OK) st = parse_roles(p);
  if (st == DYO_OK) st = parse_settle(p);
  if (st == DYO_OK && !p->blocked) st = parse_rows(p, 0.5, parse_collect_row);
  if (st == DYO_OK && !p->blocked) st = parse_series(p);
  return st == DYO_OK ? finish(p) : st;
}

dyo_status dyo_parse(dyo_ctx *ctx, const dyo_parse_in *in, dyo_parse_out *out, dyo_err *err)
{
  parse      p  = {.ctx = ctx, .in = in, .out = out, .err = err};
  dyo_status st = parse_open(&p);
  if (st == DYO_OK) st = parse_all(&p);
  parse_free_points(&p);
  parse_close(&p);
  return st;
}
