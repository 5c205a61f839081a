/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to daemon/connect: a file of another system to values, as series.parse reads it. */
#ifndef DAEMON_CONNECT_TABLE_H
#define DAEMON_CONNECT_TABLE_H

#include "connect/mapping.h"
#include "connect/session.h"

typedef struct {
  const char *parse;          /* options of series.parse, a JSON object; NULL */
  const char *file_dimension; /* the dimension that gets the file's name; NULL: none */
  int         aggregate;
  const char *name;     /* of the file */
  bool        nameless; /* its name says nothing of its format */
  bool        values;   /* CSV that was made from values, whatever the options say of files */
} table_rule;

typedef struct {
  mirror_cell *cells; /* in the arena given */
  size_t       n_cells;
  int          rows_read, rows_used, rejected, series;
  char         problem[180]; /* why there are none: the file is no table, or leaves something open */
} table;

dyo_status table_options_ok(const char *options, dyo_err *err); /* of the setting `parse`; errors at "/config/parse" */
bool       table_name(const char *name);                        /* ends as files of this kind do */

/* Errors: out_of_memory, cancelled. What is wrong with the file is in out->problem. */
dyo_status table_read(session *s, dyo_ctx *ctx, const table_rule *rule, const char *bytes, size_t n, table *out,
                      dyo_err *err);

#endif
