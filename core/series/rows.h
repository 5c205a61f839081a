/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to core/series: rows as the readers of CSV and XLSX hand them over, one after the other. */
#ifndef DYO_SERIES_ROWS_H
#define DYO_SERIES_ROWS_H

#include "base/dyo_ctx.h"
#include "series/dyo_calendar.h"

typedef enum { CELL_EMPTY, CELL_TEXT, CELL_NUMBER, CELL_DATE, CELL_BOOL, CELL_ERROR } cell_kind;

/* One cell as a reader found it. text is UTF-8, valid until the callback returns, not NUL-terminated. */
typedef struct {
  cell_kind   kind;   /* CSV knows only EMPTY and TEXT; XLSX all of them */
  const char *text;   /* TEXT, ERROR ("#N/A") and the number's own text; for CSV the field without its quotes */
  size_t      n;      /* bytes of text */
  double      number; /* NUMBER, BOOL */
  dyo_time    time;   /* DATE: seconds, see dyo_calendar.h */
  bool        clock;  /* DATE: has a time of day */
  bool        quoted; /* CSV: stood in quotes */
} cell;

/* row: the file's own 1-based number (CSV: of the record's first line). cells[0..n) by column, gaps are EMPTY.
 * Anything but DYO_OK stops the reader and is its result. */
typedef dyo_status (*row_fn)(void *user, size_t row, const cell *cells, size_t n);

#endif
