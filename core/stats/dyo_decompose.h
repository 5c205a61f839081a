/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_decompose.h - a series as trend, seasons and remainder. */
#ifndef DYO_DECOMPOSE_H
#define DYO_DECOMPOSE_H

#include "base/dyo_ctx.h"
#include "base/dyo_field.h"
#include "series/dyo_regular.h"

typedef struct {
  int seasonal, trend, low_pass;
} dyo_stl_parts; /* one number for each of STL's three smoothers; DYO_NO_INT where not given */

enum { DYO_PERIODIC = -1 }; /* a seasonal_window */

typedef struct {
  dyo_series_in *series;
  int           *seasonal_periods; /* NULL: find them */
  size_t         n_seasonal_periods;
  bool           robust;
  int            seasonal_window; /* odd, or DYO_PERIODIC */
  int            trend_window, low_pass_window;
  dyo_stl_parts *degrees, *jumps; /* NULL: the usual ones */
  int            inner, outer;
} dyo_decompose_in;

typedef struct {
  const char *period; /* "12" */
  double     *values;
  size_t      n_values;
} dyo_season;

typedef struct {
  const char *period;
  double      strength;
} dyo_season_strength;

typedef struct {
  const char         **dates;
  size_t               n_dates;
  int                 *seasonal_periods;
  size_t               n_seasonal_periods;
  double              *trend, *remainder;
  size_t               n_trend, n_remainder;
  dyo_season          *seasonal;
  size_t               n_seasonal;
  double               trend_strength;
  dyo_season_strength *seasonal_strength;
  size_t               n_seasonal_strength;
  const char         **warnings;
  size_t               n_warnings;
} dyo_decompose_out;

extern const dyo_field dyo_decompose_in_rows[], dyo_decompose_out_rows[];

dyo_status dyo_decompose(dyo_ctx *ctx, const dyo_decompose_in *in, dyo_decompose_out *out, dyo_err *err);

#endif
