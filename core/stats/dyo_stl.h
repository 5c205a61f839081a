/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_stl.h - seasonal-trend decomposition by loess. Cleveland, Cleveland, McRae & Terpenning (1990), J. Official Statistics 6. */
#ifndef DYO_STL_H
#define DYO_STL_H

#include "base/dyo_ctx.h"

/* Plain; start from dyo_stl_defaults. Windows are counted in points and made odd; a window of 0 is chosen as in the paper. */
typedef struct {
  int period;          /* observations per season, >= 2 */
  int seasonal_window; /* in seasons; 0 = periodic: each season's shape is the same */
  int trend_window, low_pass_window;
  int seasonal_degree, trend_degree, low_pass_degree; /* 0 or 1 */
  int seasonal_jump, trend_jump,
    low_pass_jump;  /* loess at every so many points, straight lines between; 0 = a tenth of the window */
  int inner, outer; /* passes; outer ones beyond the first are robust */
} dyo_stl_opts;

/* Caller's or arena's arrays of length n each; weight is NULL unless outer > 0. trend + seasonal + remainder = y. */
typedef struct {
  double *trend, *seasonal, *remainder, *weight;
  size_t  n;
} dyo_stl;

/* degree 0 for the season, 1 else; inner 2 and outer 0, or 1 and 15 where robust. */
dyo_stl_opts dyo_stl_defaults(int period, int seasonal_window, bool robust);

/* Decompose n >= 2 * period values without gaps; arrays of *out come from the arena. */
dyo_status dyo_stl_fit(dyo_ctx *ctx, const double *y, size_t n, const dyo_stl_opts *o, dyo_stl *out, dyo_err *err);

/* Plain; loess over positions 1..n. */
typedef struct {
  size_t window; /* points, odd */
  int    degree; /* 0 or 1 */
  size_t jump;   /* >= 1 */
} dyo_loess;

/* Smooth y (n >= 1 values) into out; weight may be NULL. False when the call was cancelled. */
bool dyo_loess_smooth(dyo_ctx *ctx, const double *y, const double *weight, size_t n, const dyo_loess *o, double *out);

/* Bisquare weights of the remainders r, 6 medians of |r| wide; room is scratch of length n. */
void dyo_bisquare(const double *r, size_t n, double *weight, double *room);

/* 1 - Var(remainder) / Var(component + remainder), between 0 and 1: Wang, Smith & Hyndman (2006), Data Mining and Knowledge
 * Discovery 13. */
double dyo_strength(const double *component, const double *remainder, size_t n);

#endif
