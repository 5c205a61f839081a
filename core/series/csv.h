/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to core/series: delimited text as rows. RFC 4180, and what spreadsheets make of it: other delimiters, lone CR or LF, a byte
 * order mark, UTF-16, Windows-1252, Excel's "sep=;" line, quotes inside unquoted fields. The file is pulled in blocks. */
#ifndef DYO_SERIES_CSV_H
#define DYO_SERIES_CSV_H

#include "series/rows.h"

typedef enum { CSV_AUTO, CSV_UTF8, CSV_UTF16, CSV_1252 } csv_encoding; /* the words of `encoding` in their order */

typedef struct {
  char         delimiter; /* 0: sniffed among , ; tab | */
  csv_encoding encoding;
  size_t       columns; /* most cells of a row */
  size_t       field;   /* most bytes of a field */
  double       done;    /* share of the work that is behind; reading the file is half of all */
} csv_options;

typedef struct {
  char         delimiter;
  csv_encoding encoding;  /* never CSV_AUTO */
  bool         big;       /* UTF-16: big endian */
  bool         clean;     /* well-formed UTF-8 without NUL, to be taken as it stands */
  uint64_t     start;     /* bytes of the byte order mark */
  size_t       replaced;  /* broken characters, read as U+FFFD */
  uint64_t     odd_byte;  /* encoding sniffed as CSV_1252: where the first byte is that is not UTF-8 */
  size_t       open_rows; /* rows with a quote that is never closed, read as it stands */
  size_t       open_row;  /* the first of them */
} csv_info;

/* What the file is, without reading rows: encoding and delimiter. */
dyo_status csv_look(dyo_ctx *ctx, const dyo_source *src, const csv_options *o, csv_info *info, dyo_err *err);

/* Every row in turn. Blank lines are rows of one empty cell. `info` is filled in by csv_look; the counts in it are set here.
 * too_large for a row with more cells, or a cell with more bytes, than allowed; the message names row and column, the path is "". */
dyo_status csv_read(dyo_ctx *ctx, const dyo_source *src, const csv_options *o, csv_info *info, row_fn row, void *user,
                    dyo_err *err);

#endif
