/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_regular.h - a series as a request brings it, put on a regular grid. Every repair becomes a sentence. */
#ifndef DYO_REGULAR_H
#define DYO_REGULAR_H

#include "base/dyo_ctx.h"
#include "base/dyo_field.h"
#include "series/dyo_calendar.h"

enum { DYO_SERIES_LONGEST = 1000000 };

typedef enum {
  DYO_AGG_SUM,
  DYO_AGG_MEAN,
  DYO_AGG_MIN,
  DYO_AGG_MAX,
  DYO_AGG_FIRST,
  DYO_AGG_LAST,
  DYO_AGG_COUNT
} dyo_aggregate;
extern const char *const dyo_aggregate_words[];

typedef struct {
  const char **dates; /* ISO 8601; NULL: the values are merely numbered */
  size_t       n_dates;
  double      *values; /* NaN = missing */
  size_t       n_values;
  const char  *frequency; /* NULL: inferred */
  int          aggregate; /* dyo_aggregate, of values that fall into one period */
} dyo_series_in;
extern const dyo_field dyo_series_in_rows[];

typedef struct {
  double  *y; /* NaN = missing; the last is a known value, and the first where there are dates */
  size_t   n, known;
  dyo_freq freq;  /* unit NONE where nothing is known of it */
  bool     dated; /* false: the values are numbered from 1, whatever the frequency */
  dyo_time start;
} dyo_regular;

/* Sorts, merges values of one period by in->aggregate, fills gaps with NaN, drops missing ends. Errors point below `path` ("/series");
 * insufficient_data where no value is known. Sentences about repairs go to notes. */
dyo_status dyo_regularize(dyo_ctx *ctx, const dyo_series_in *in, const char *path, dyo_regular *out, dyo_notes *notes,
                          dyo_err *err);

/* For each value of the request the period it went into, SIZE_MAX where it was dropped; NULL when memory ran out. */
size_t *dyo_regular_places(dyo_ctx *ctx, const dyo_series_in *in, const dyo_regular *r);

/* "2024-03-31", with the clock for finer than daily data, or the number "37" without dates; NULL when memory ran out. */
const char *dyo_regular_date(dyo_ctx *ctx, const dyo_regular *r, size_t i);

/* One or several values of a period to one. Missing ones do not count; all missing is NaN. */
double dyo_aggregate_of(dyo_aggregate how, const double *v, size_t n);

#endif
