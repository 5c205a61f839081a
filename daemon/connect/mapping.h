/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mapping.h - from a record to values: which field is the date, which the value, which the dimensions, and what becomes of values that
 * fall on the same day. */
#ifndef DAEMON_CONNECT_MAPPING_H
#define DAEMON_CONNECT_MAPPING_H

#include "base/dyo_ctx.h"
#include "base/dyo_field.h"
#include "json/dyo_json.h"
#include "store/mirror.h"

typedef struct {
  const char  *metric, *date, *value;
  const char **dimensions;
  size_t       n_dimensions;
  int          aggregate;
} mapping_metric;

typedef struct {
  const char     *object;
  const char    **fields; /* that are kept beside those which metrics need */
  size_t          n_fields;
  mapping_metric *metrics;
  size_t          n_metrics;
} mapping_object;

extern const dyo_field mapping_object_rows[], mapping_metric_rows[];

/* What involves more than one member, of each of n objects: names twice, a metric with two aggregates, values that are missing. */
dyo_status mapping_accept(const mapping_object *o, size_t n, const char *path, dyo_err *err);

/* The cells of a record, in ctx. Fields may be paths such as Account.Name. *rejected: metrics whose date or value was none. */
dyo_status mapping_cells(dyo_ctx *ctx, const mapping_object *o, dyo_piece record, mirror_cell **cells, size_t *n,
                         int *rejected, dyo_err *err);

/* {"a":"x","b":"y"} as the store keys series by it: members sorted by their text. names and values: n each. */
const char *mapping_dimensions(dyo_ctx *ctx, const char *const *names, const char *const *values, size_t n);

/* A short text that changes when the mapping does. */
void mapping_mark(const mapping_object *o, char out[DIGEST_CHARS]);

#endif
