/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_table.h - the cells of a small table in a CSV or XLSX file, as they stand: for tables that are no series, such as what is in stock. */
#ifndef DYO_TABLE_H
#define DYO_TABLE_H

#include "series/dyo_parse.h"

enum { DYO_TABLE_ROWS = 200000, DYO_TABLE_COLUMNS = 256, DYO_TABLE_CELLS = 4000000 };

typedef struct {
  size_t       n_rows, n_cols; /* rows that hold something; columns of the widest */
  const char **text;           /* n_rows x n_cols: trimmed, "" where empty, dates as ISO 8601 */
  double      *number;         /* n_rows x n_cols: NaN where the cell is no number */
  size_t      *row;            /* n_rows: the file's own number from 1 */
  const char  *sheet;          /* XLSX: the one that was read, and all of them */
  const char **sheets;
  size_t       n_sheets;
} dyo_table;

/* The first `most` rows (0: all) of the file, of in->sheet where it is a workbook; in->decimal, delimiter and encoding are heeded, the
 * rest of *in is not. Errors as dyo_parse; too_large beyond DYO_TABLE_*. */
dyo_status dyo_table_read(dyo_ctx *ctx, const dyo_parse_in *in, size_t most, dyo_table *out, dyo_err *err);

#endif
