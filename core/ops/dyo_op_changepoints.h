/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_op_changepoints.h - forecast.changepoints: when a series' trend changed, and how much. */
#ifndef DYO_OP_CHANGEPOINTS_H
#define DYO_OP_CHANGEPOINTS_H

#include "base/dyo_ctx.h"
#include "ops/dyo_op_forecast.h"

typedef struct {
  dyo_series_in  *series;
  dyo_holiday_in *holidays;
  size_t          n_holidays;
  double          threshold;
  const char     *params; /* of prophet */
} dyo_changepoints_in;

typedef struct {
  const char *date;
  double      delta;
  int         direction; /* 0 up, 1 down */
  double      slope_before, slope_after;
} dyo_changepoint;

typedef struct {
  dyo_changepoint *changepoints;
  size_t           n_changepoints;
  int              candidates;
  const char     **warnings;
  size_t           n_warnings;
} dyo_changepoints_out;

extern const dyo_field dyo_changepoints_in_rows[], dyo_changepoints_out_rows[];
dyo_status dyo_changepoints(dyo_ctx *ctx, const dyo_changepoints_in *in, dyo_changepoints_out *out, dyo_err *err);

#endif
