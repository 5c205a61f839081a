/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_parse.h - series.parse: a CSV or XLSX file to series. What was understood is stated, what could not be read is listed, and what the
 * file leaves open is asked. The file is read twice, in pieces: once to see what its columns hold, once to take the values. */
#ifndef DYO_PARSE_H
#define DYO_PARSE_H

#include "base/dyo_ctx.h"
#include "base/dyo_field.h"

enum { DYO_REJECTED_MOST = 1000 }; /* entries of the list; the count beside it is true */

typedef struct {
  double bytes, rows, columns, inflated, ratio, field;
} dyo_parse_limits;

/* One of content, content_base64 and path. */
typedef struct {
  const dyo_source *content;
  const char       *content_base64, *path, *name;
  int               format; /* auto, csv, xlsx */
  const char       *delimiter;
  int               encoding; /* csv_encoding */
  const char       *sheet;
  int               header_row;  /* DYO_NO_INT: found; 0: none */
  int               layout;      /* auto, long, wide, transposed */
  const char       *date_column; /* NULL: found; "": rows are numbered */
  const char      **value_columns, **group_by;
  size_t            n_value_columns, n_group_by;
  int               decimal, date_order; /* -1: found */
  int               aggregate;           /* dyo_aggregate */
  dyo_parse_limits *limits;
} dyo_parse_in;

typedef struct {
  const char  *kind, *encoding, *delimiter, *decimal, *date_order, *sheet;
  const char **sheets;
  size_t       n_sheets;
  const char  *layout;
  int          header_row;
  const char  *date_column;
  const char **value_columns, **group_by;
  size_t       n_value_columns, n_group_by;
} dyo_parse_format;

typedef struct {
  const char  *name, *type, *role;
  int          missing;
  const char **examples;
  size_t       n_examples;
} dyo_parse_column;

typedef struct {
  const char *name, *value;
} dyo_dimension;

typedef struct {
  const char    *name;
  const char    *column; /* that holds the values; NULL where the dates stand across */
  dyo_dimension *dimensions;
  size_t         n_dimensions;
  const char    *frequency;
  const char   **dates; /* NULL: the values are numbered */
  size_t         n_dates;
  double        *values;
  size_t         n_values;
} dyo_parse_series;

typedef struct {
  int         row;
  const char *column, *value, *reason;
} dyo_rejected;

typedef struct {
  const char *value, *reading;
} dyo_choice;

typedef struct {
  const char *field, *column, *message;
  dyo_choice *choices;
  size_t      n_choices;
} dyo_question;

typedef struct {
  dyo_parse_format *format;
  dyo_parse_column *columns;
  size_t            n_columns;
  dyo_parse_series *series;
  size_t            n_series;
  dyo_rejected     *rejected;
  size_t            n_rejected;
  int               rejected_count, rows_read, rows_used;
  dyo_question     *questions;
  size_t            n_questions;
  const char      **warnings;
  size_t            n_warnings;
} dyo_parse_out;

extern const dyo_field dyo_parse_in_rows[], dyo_parse_out_rows[];

/* Errors: invalid_input at the option that does not fit the file, or at the file; insufficient_data at the file where it holds no series;
 * unsupported for files of other kinds, with what to do; too_large with what was found and what is allowed. */
dyo_status dyo_parse(dyo_ctx *ctx, const dyo_parse_in *in, dyo_parse_out *out, dyo_err *err);

#endif
