/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_op_prepare.h - series.prepare: a regular, complete series at the frequency asked for, and a list of what was changed.
 * In this order: dates sorted and values of one date merged; from..to; closed days; outliers; gaps; the frequency; lengths of
 * months; partial periods. */
#ifndef DYO_OP_PREPARE_H
#define DYO_OP_PREPARE_H

#include "series/dyo_regular.h"

typedef enum { DYO_FILL_NONE, DYO_FILL_ZERO, DYO_FILL_LINEAR, DYO_FILL_SEASONAL, DYO_FILL_FORWARD } dyo_fill_way;
typedef enum { DYO_ADJUST_NONE, DYO_ADJUST_DAYS, DYO_ADJUST_BUSINESS } dyo_adjust_way;

typedef struct {
  int         *weekdays; /* 0 = Monday */
  size_t       n_weekdays;
  const char **holidays;
  size_t       n_holidays;
  int          closed; /* 0 zero, 1 drop */
} dyo_business_days;

typedef struct {
  dyo_series_in     *series;
  const char        *frequency;
  int                aggregate; /* dyo_aggregate; -1: not given */
  int                fill;      /* dyo_fill_way */
  bool               clean_outliers;
  dyo_business_days *calendar;
  int                adjust;     /* dyo_adjust_way */
  int                week_start; /* 0 Monday, 1 Sunday */
  int                partial;    /* 0 keep, 1 drop */
  const char        *from, *to;
  double            *seasonal_periods;
  size_t             n_seasonal_periods;
} dyo_prepare_in;

typedef struct {
  const char *date;
  int         kind;
  double      from, to; /* NaN: missing */
  const char *note;
} dyo_change;

typedef struct {
  const char **dates;
  size_t       n_dates;
  double      *values;
  size_t       n_values;
  const char  *frequency;
} dyo_prepared_series;

typedef struct {
  dyo_prepared_series *series;
  const char          *frequency;
  double              *seasonal_periods;
  size_t               n_seasonal_periods;
  int                  n, known, merged, filled, cleaned, closed, dropped;
  dyo_change          *changes;
  size_t               n_changes;
  int                  changes_count;
  const char         **warnings;
  size_t               n_warnings;
} dyo_prepare_out;

extern const dyo_field dyo_prepare_in_rows[], dyo_prepare_out_rows[];
dyo_status             dyo_prepare(dyo_ctx *ctx, const dyo_prepare_in *in, dyo_prepare_out *out, dyo_err *err);

#endif
