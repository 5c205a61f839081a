/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ops/report.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ops/words.h"

enum { SHOWN_REJECTED = 3, SHOWN_WARNINGS = 5 };

const char *const report_format_words[] = {"text", "json", "csv", NULL};

const dyo_field dyo_report_out_rows[] = {
  DYO_STR(dyo_report_out, output, DYO_REQ, DBL_MAX, "The report, to be printed or written to a file."),
  DYO_STR(dyo_report_out, media_type, DYO_REQ, 64, "What it is: text/plain, application/json or text/csv."),
  DYO_INT(dyo_report_out, rows_read, DYO_REQ, 0, INT_MAX, "rows", "Rows of data in the file."),
  DYO_INT(dyo_report_out, series_count, DYO_REQ, 0, INT_MAX, NULL, "Series in the file."),
  DYO_STRS(dyo_report_out, warnings, DYO_REQ, 100000, "Repairs made and rows set aside, in sentences."),
  DYO_END(dyo_report_out)};

dyo_status report_below(const char *field, dyo_err *err)
{
  char path[sizeof err->path];
  snprintf(path, sizeof path, "/%.20s%.160s", field, err->path);
  memcpy(err->path, path, sizeof path);
  return err->code;
}

/* The first open question as an error: all readings, and how to choose one. */
static dyo_status ask(const dyo_question *q, const char *field, dyo_err *err)
{
  char   path[64], readings[200] = "", flag[48];
  size_t n = 0;
  for (size_t i = 0; i < q->n_choices && n < sizeof readings; i++)
    n += (size_t)snprintf(readings + n, sizeof readings - n, "%s\"%.24s\" (%.60s)", i ? ", " : "", q->choices[i].value,
                          q->choices[i].reading);
  snprintf(flag, sizeof flag, "%.40s", q->field);
  for (char *c = flag; *c; c++)
    if (*c == '_') *c = '-';
  snprintf(path, sizeof path, "/%.20s/%.40s", field, q->field);
  return dyo_fail(err, DYO_INVALID_INPUT, path, "%.120s Set %s (--%s) to %s.", q->message, q->field, flag, readings);
}

/* Where the first sheet of a workbook has no dates, the first other one that makes series is meant. */
static dyo_status try_sheets(dyo_ctx *ctx, const dyo_parse_in *file, dyo_parse_out *out, dyo_err *err)
{
  const dyo_parse_format *f = out->format;
  for (size_t i = 0; !file->sheet && f && i < f->n_sheets; i++) {
    dyo_parse_in  one   = *file;
    dyo_parse_out read  = {0};
    one.sheet           = f->sheets[i];
    const dyo_status st = dyo_parse(ctx, &one, &read, err);
    if (st == DYO_CANCELLED || st == DYO_OUT_OF_MEMORY) return st;
    if (st != DYO_OK || read.n_series == 0) continue;
    *out = read;
    return DYO_OK;
  }
  return DYO_OK;
}

dyo_status report_read(dyo_ctx *ctx, const dyo_parse_in *file, const char *field, dyo_parse_out *out, dyo_err *err)
{
  dyo_status st = dyo_parse(ctx, file, out, err);
  if (st == DYO_OK && out->n_series == 0 && out->n_questions > 0) st = try_sheets(ctx, file, out, err);
  if (st == DYO_CANCELLED || st == DYO_OUT_OF_MEMORY) return st;
  if (st != DYO_OK) return report_below(field, err);
  if (out->n_series == 0 && out->n_questions > 0) return ask(&out->questions[0], field, err);
  return DYO_OK;
}

const char *report_file_name(const dyo_parse_in *file)
{
  const char *name = file->name ? file->name : file->path ? file->path : "the file";
  for (const char *c = name; *c; c++)
    if ((*c == '/' || *c == '\\') && c[1]) name = c + 1;
  return name;
}

/* "row 311: "n/a" in Qty, not a number" */
static const char *rejected_text(dyo_ctx *ctx, const dyo_rejected *r)
{
  const char *row = words_count(ctx, (size_t)r->row);
  if (!row) return NULL;
  if (!r->value || !r->value[0]) return dyo_text(ctx, "row %s: %s", row, r->reason);
  return dyo_text(ctx, "row %s \"%.40s\"%s%.40s: %s", row, r->value, r->column ? " in " : "",
                  r->column ? r->column : "", r->reason);
}

static bool set_aside(dyo_ctx *ctx, page *p, const dyo_parse_out *read)
{
  const char *all = words_count(ctx, (size_t)read->rows_read), *n = words_count(ctx, (size_t)read->rejected_count);
  if (read->rejected_count == 0) return true;
  if (!all || !n) return false;
  page_item(p, "Set aside", dyo_text(ctx, "%s of %s rows:", n, all));
  for (size_t i = 0; i < read->n_rejected && i < SHOWN_REJECTED; i++) {
    const char *text = rejected_text(ctx, &read->rejected[i]);
    if (!text) return false;
    page_item(p, "", text);
  }
  if (read->rejected_count > SHOWN_REJECTED)
    page_item(p, "", dyo_text(ctx, "and %d more", read->rejected_count - SHOWN_REJECTED));
  return true;
}

/* "daily, 2 Jan 2023 – 30 Jun 2025" of all series together, or "" where they have no dates or no common frequency. */
static const char *span(dyo_ctx *ctx, const page *p, const dyo_parse_out *read)
{
  dyo_time from = 0, to = 0, t = 0;
  dyo_freq f     = {DYO_FREQ_NONE, 1};
  bool     dated = false, mixed = false;
  for (size_t i = 0; i < read->n_series; i++) {
    const dyo_parse_series *s   = &read->series[i];
    dyo_freq                own = {DYO_FREQ_NONE, 1};
    if (!s->dates || s->n_dates == 0) continue;
    if (s->frequency && !dyo_freq_parse(s->frequency, &own)) own.unit = DYO_FREQ_NONE;
    if (dated && (own.unit != f.unit || own.step != f.step)) mixed = true;
    if (!dated) f = own;
    if (dyo_time_parse(s->dates[0], &t) && (!dated || t < from)) from = t;
    if (dyo_time_parse(s->dates[s->n_dates - 1], &t) && (!dated || t > to)) to = t;
    dated = true;
  }
  if (!dated) return "";
  if (mixed || f.unit == DYO_FREQ_NONE) f = (dyo_freq){DYO_FREQ_DAY, 1};
  const char *a = words_date(ctx, from, f), *b = words_date(ctx, to, f);
  return a && b ? dyo_text(ctx, ", %s, %s %s %s", mixed ? "of several frequencies" : words_frequency(ctx, f), a,
                           page_dash(p), b)
                : NULL;
}

bool report_head(dyo_ctx *ctx, page *p, const dyo_parse_in *file, const dyo_parse_out *read)
{
  const char *rows = words_count(ctx, (size_t)read->rows_read), *n = words_count(ctx, read->n_series),
             *when = span(ctx, p, read);
  if (!rows || !n || !when) return false;
  const char *sheet = read->format && read->format->sheet ? dyo_text(ctx, ", sheet \"%s\"", read->format->sheet) : "";
  const char *text =
    sheet ? dyo_text(ctx, "%s%s: %s rows, %s series%s.", report_file_name(file), sheet, rows, n, when) : NULL;
  if (!text) return false;
  page_item(p, "Read", text);
  if (!set_aside(ctx, p, read)) return false;
  for (size_t i = 0; i < read->n_warnings && i < SHOWN_WARNINGS; i++) page_item(p, i ? "" : "Note", read->warnings[i]);
  if (read->n_warnings > SHOWN_WARNINGS)
    page_item(p, "", dyo_text(ctx, "and %zu more notes", read->n_warnings - SHOWN_WARNINGS));
  page_end(p);
  return true;
}

/* A sign and digits with at most one point. */
static bool is_number(const char *text)
{
  const char  *s      = text + (*text == '-' || *text == '+');
  const size_t whole  = strspn(s, "0123456789");
  const size_t broken = s[whole] == '.' ? strspn(s + whole + 1, "0123456789") : 0;
  return whole + broken > 0 && s[whole + (s[whole] == '.') + broken] == '\0';
}

void report_csv_text(dyo_buf *b, const char *text)
{
  const bool formula = text[0] && strchr("=+-@\t\r", text[0]) && !is_number(text);
  const bool quoted  = formula || strpbrk(text, ",;\"\n\r\t") || text[0] == ' ';
  if (!quoted) {
    dyo_buf_puts(b, text);
    return;
  }
  dyo_buf_puts(b, formula ? "\"'" : "\"");
  for (const char *c = text; *c; c++) dyo_buf_add(b, *c == '"' ? "\"\"" : c, *c == '"' ? 2 : 1);
  dyo_buf_puts(b, "\"");
}

void report_csv_number(dyo_buf *b, double x)
{
  if (isfinite(x)) dyo_buf_number(b, x);
}

dyo_status report_json(dyo_ctx *ctx, const dyo_field *rows, const void *in, dyo_buf *b, dyo_err *err)
{
  const bool by_handle = ctx->arrays_out;
  ctx->arrays_out      = false; /* a text stands alone */
  const dyo_status st  = dyo_json_encode(ctx, rows, in, b, err);
  ctx->arrays_out      = by_handle;
  return st;
}

dyo_status report_finish(dyo_ctx *ctx, dyo_buf *b, int format, const dyo_parse_out *read, dyo_report_out *out,
                         dyo_err *err)
{
  static const char *const types[] = {"text/plain; charset=utf-8", "application/json",
                                      "text/csv; charset=utf-8; header=present"};
  char                    *text    = b->failed || !b->s ? NULL : DYO_NEW(ctx, b->n + 1, char);
  dyo_notes                notes   = {0};
  if (text) memcpy(text, b->s, b->n);
  dyo_buf_free(b);
  if (!text) return dyo_oom(err);
  for (size_t i = 0; i < read->n_warnings; i++)
    if (!dyo_note(ctx, &notes, "%s", read->warnings[i])) return dyo_oom(err);
  for (size_t i = 0; i < read->n_rejected; i++) {
    const char *row = rejected_text(ctx, &read->rejected[i]);
    if (!row || !dyo_note(ctx, &notes, "Set aside: %s.", row)) return dyo_oom(err);
  }
  out->output       = text;
  out->media_type   = types[format];
  out->rows_read    = read->rows_read;
  out->series_count = (int)read->n_series;
  out->warnings     = dyo_notes_list(ctx, &notes);
  out->n_warnings   = notes.n;
  return out->warnings ? DYO_OK : dyo_oom(err);
}
