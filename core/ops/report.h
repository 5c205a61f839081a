/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to core/ops: what the reports share. */
#ifndef DYO_OPS_REPORT_H
#define DYO_OPS_REPORT_H

#include "ops/dyo_report.h"
#include "ops/page.h"

extern const char *const report_format_words[];

/* Rows of format, width and ascii. */
#define REPORT_ROWS(S)                                                                                            \
  DYO_ENUM(S, format, DYO_REPORT_TEXT, report_format_words, "A text for people, JSON, or CSV for spreadsheets."), \
    DYO_INT(S, width, 80, 40, 400, "columns", "Width of the text."),                                              \
    DYO_BOOL(S, ascii, 0, "Draw with ASCII characters alone.")

/* dyo_parse on the member `field` of the request ("file"): errors point below it, and an open question is one. */
dyo_status report_read(dyo_ctx *ctx, const dyo_parse_in *file, const char *field, dyo_parse_out *out, dyo_err *err);

/* "/file" before the path of an error inside the file; returns its code. */
dyo_status report_below(const char *field, dyo_err *err);

const char *report_file_name(const dyo_parse_in *file); /* without folders; "the file" where it has none */

/* What was read: the first line, rows set aside, repairs. False when memory ran out. */
bool report_head(dyo_ctx *ctx, page *p, const dyo_parse_in *file, const dyo_parse_out *read);

/* Cells of CSV. A text that a spreadsheet would run as a formula gets an apostrophe before it. */
void report_csv_text(dyo_buf *b, const char *text);
void report_csv_number(dyo_buf *b, double x); /* empty for NaN */

/* The page's text becomes the answer's; the page is freed. */
dyo_status report_finish(dyo_ctx *ctx, dyo_buf *b, int format, const dyo_parse_out *read, dyo_report_out *out,
                         dyo_err *err);

/* JSON by rows appended to b, arrays in it as text whatever the caller takes. */
dyo_status report_json(dyo_ctx *ctx, const dyo_field *rows, const void *in, dyo_buf *b, dyo_err *err);

#endif
