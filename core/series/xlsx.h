/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xlsx.h - the rows of one sheet of an Excel workbook (.xlsx: ECMA-376, transitional or strict), read in pieces: neither the file nor a
 * sheet is ever in memory as a whole, only the shared strings are.
 *
 * What a cell becomes. Formulas count by the value the file keeps of them; one without it is an ERROR that says so. A number under a
 * date format is a DATE, to the second; one that no date stands for (negative, after 9999, 0 and 60 of the 1900 system) is an ERROR
 * whose text tells why. Elapsed time ([h]:mm) and a time of day alone (below 1) are quantities: NUMBER, in days. Of merged cells the
 * first has the value. The text of a DATE is ISO 8601, of a BOOL TRUE or FALSE. Cells without text are EMPTY; rows of nothing else
 * are left out, the others keep the file's own numbers. */
#ifndef DYO_SERIES_XLSX_H
#define DYO_SERIES_XLSX_H

#include "base/dyo_ctx.h"
#include "base/dyo_source.h"
#include "series/rows.h"

/* 0 stands for the built-in limit. */
typedef struct {
  uint64_t inflated; /* bytes of all parts that are read, uncompressed */
  double   ratio;    /* uncompressed to compressed bytes of a part of more than 16 MB */
  size_t   entries;  /* files in the archive */
  size_t   strings;  /* bytes of shared strings */
  size_t   rows, columns;
  size_t   field; /* bytes of one cell's text */
} xlsx_limits;

typedef struct {
  const char *sheet;       /* its name, or its number from 1 as text; NULL: the first with data, hidden ones last */
  const char *where;       /* JSON pointer of the file, for errors: "/content" */
  const char *where_sheet; /* and of the choice of sheet: "/sheet" */
  double      done;        /* share of the work that is behind; reading the sheet is half of all */
  xlsx_limits limits;
} xlsx_options;

/* Lives in the context's arena. */
typedef struct {
  const char  *sheet; /* the one that was read; NULL where the workbook has none */
  const char **sheets;
  size_t       n_sheets;
  bool         date1904;
  size_t       rows; /* handed over */
} xlsx_info;

/* Reads the sheet and hands each row that holds something to fn. invalid_input: no workbook, damaged, or no such sheet;
 * unsupported: encrypted, macros, another format (the message says what to do); too_large: beyond a limit; cancelled.
 * info is set before the first row arrives. */
dyo_status xlsx_read(dyo_ctx *ctx, const dyo_source *src, const xlsx_options *o, xlsx_info *info, row_fn fn, void *user,
                     dyo_err *err);

#endif
