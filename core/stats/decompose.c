/* SPDX-License-Identifier: GPL-3.0-or-later */
/* STL (Cleveland et al. 1990) and, for several periods, MSTL (Bandara, Hyndman & Bergmeir 2021) of a request's series. */
#include "stats/dyo_decompose.h"

#include <math.h>

#include "stats/dyo_mstl.h"
#include "stats/dyo_periods.h"

enum { LEAST = 4, LONGEST = DYO_SERIES_LONGEST, MOST_PASSES = 100, MOST_WARNINGS = 1000 };

static const char *const window_words[] = {"periodic", NULL};

static const dyo_field degree_rows[] = {
  DYO_INT(dyo_stl_parts, seasonal, 0, 0, 1, NULL,
          "Of the smoother within each season of the year, week, ...: 0 constant, 1 line."),
  DYO_INT(dyo_stl_parts, trend, 1, 0, 1, NULL, "Of the trend's smoother."),
  DYO_INT(dyo_stl_parts, low_pass, 1, 0, 1, NULL, "Of the smoother that takes the trend out of the season."),
  DYO_END(dyo_stl_parts)};

static const dyo_field jump_rows[] = {
  DYO_INT(dyo_stl_parts, seasonal, DYO_OPT, 1, LONGEST, NULL,
          "Smooth at every so many points, with straight lines between."),
  DYO_INT(dyo_stl_parts, trend, DYO_OPT, 1, LONGEST, NULL, "The same for the trend."),
  DYO_INT(dyo_stl_parts, low_pass, DYO_OPT, 1, LONGEST, NULL, "The same for the low-pass smoother."),
  DYO_END(dyo_stl_parts)};

const dyo_field dyo_decompose_in_rows[] = {
  DYO_OBJ(dyo_decompose_in, series, DYO_REQ, dyo_series_in, dyo_series_in_rows, "The series."),
  DYO_INTS(dyo_decompose_in, seasonal_periods, DYO_OPT, 2, LONGEST, NULL,
           "Values per season, several where there are several; absent: found from the data; empty: no season."),
  DYO_BOOL(dyo_decompose_in, robust, 0, "Let outliers go into the remainder instead of bending trend and season."),
  DYO_WORD_INT(
    dyo_decompose_in, seasonal_window, DYO_OPT, 3, LONGEST, window_words,
    "Seasons that shape each point of the season, odd; periodic: the season never changes. 11 unless said, 4 more for "
    "each longer period."),
  DYO_INT(
    dyo_decompose_in, trend_window, DYO_OPT, 3, LONGEST, NULL,
    "Values that shape each point of the trend, odd; 1.5 period / (1 - 1.5 / seasonal_window) unless said; without a season a "
    "fifth of the series."),
  DYO_INT(dyo_decompose_in, low_pass_window, DYO_OPT, 3, LONGEST, NULL,
          "Values of the low-pass smoother, odd; the period unless said."),
  DYO_OBJ(dyo_decompose_in, degrees, DYO_OPT, dyo_stl_parts, degree_rows, "Degrees of the three smoothers."),
  DYO_OBJ(dyo_decompose_in, jumps, DYO_OPT, dyo_stl_parts, jump_rows,
          "Points from one smoothing to the next; a tenth of each window unless said, 1 for every point."),
  DYO_INT(dyo_decompose_in, inner, DYO_OPT, 1, MOST_PASSES, NULL,
          "Passes between season and trend; 2, or 1 where robust."),
  DYO_INT(dyo_decompose_in, outer, DYO_OPT, 0, MOST_PASSES, NULL, "Robust passes; 0, or 15 where robust."),
  DYO_END(dyo_decompose_in)};

static const dyo_field season_rows[] = {
  DYO_STR(dyo_season, period, DYO_REQ, 16, "Values per season."),
  DYO_OUT_NUMS(dyo_season, values, 0, DYO_REQ, NULL, "The season's part of each value."), DYO_END(dyo_season)};

static const dyo_field strength_rows[] = {
  DYO_STR(dyo_season_strength, period, DYO_REQ, 16, "Values per season."),
  DYO_OUT(dyo_season_strength, strength, DYO_REQ, "0..1", "Share of the detrended variance that the season explains."),
  DYO_END(dyo_season_strength)};

const dyo_field dyo_decompose_out_rows[] = {
  DYO_STRS(dyo_decompose_out, dates, DYO_OPT, LONGEST, "Date of each point, where the request had dates."),
  DYO_INTS(dyo_decompose_out, seasonal_periods, DYO_REQ, 2, LONGEST, NULL, "Periods used, ascending."),
  DYO_OUT_NUMS(dyo_decompose_out, trend, 0, DYO_REQ, NULL, "The trend."),
  DYO_MAP(dyo_decompose_out, seasonal, DYO_REQ, DYO_MSTL_MOST, dyo_season, season_rows, "The season of each period."),
  DYO_OUT_NUMS(dyo_decompose_out, remainder, DYO_F_NULLS, DYO_REQ, NULL,
               "What is left: value - trend - seasons; null where the value is missing."),
  DYO_OUT(dyo_decompose_out, trend_strength, DYO_REQ, "0..1",
          "Share of the deseasonalised variance that the trend explains."),
  DYO_MAP(dyo_decompose_out, seasonal_strength, DYO_REQ, DYO_MSTL_MOST, dyo_season_strength, strength_rows,
          "Strength of each season."),
  DYO_STRS(dyo_decompose_out, warnings, DYO_REQ, MOST_WARNINGS, "What was repaired or left out."),
  DYO_END(dyo_decompose_out)};

static dyo_status want_odd(int window, const char *path, dyo_err *err)
{
  if (window == DYO_NO_INT || window < 0 || window % 2 == 1) return DYO_OK;
  return dyo_fail(err, DYO_INVALID_INPUT, path, "found %d; an odd number is expected, so that the window has a middle",
                  window);
}

static dyo_status check(const dyo_decompose_in *in, const dyo_regular *r, dyo_err *err)
{
  dyo_status st = want_odd(in->seasonal_window, "/seasonal_window", err);
  if (st == DYO_OK) st = want_odd(in->trend_window, "/trend_window", err);
  if (st == DYO_OK) st = want_odd(in->low_pass_window, "/low_pass_window", err);
  if (st != DYO_OK) return st;
  if (r->known < LEAST)
    return dyo_fail(err, DYO_INSUFFICIENT_DATA, "/series/values",
                    "found %zu known values; a decomposition needs at least %d", r->known, LEAST);
  if (in->n_seasonal_periods > DYO_MSTL_MOST)
    return dyo_fail(err, DYO_INVALID_INPUT, "/seasonal_periods", "found %zu periods; at most %d are allowed",
                    in->n_seasonal_periods, DYO_MSTL_MOST);
  for (size_t i = 0; i < in->n_seasonal_periods; i++)
    if (2 * (size_t)in->seasonal_periods[i] > r->n)
      return dyo_fail(err, DYO_INSUFFICIENT_DATA, "/series/values",
                      "found %zu values; a seasonal period of %d needs at least %zu (two seasons)", r->n,
                      in->seasonal_periods[i], 2 * (size_t)in->seasonal_periods[i]);
  return DYO_OK;
}

static int or_zero(int given)
{
  return given == DYO_NO_INT ? 0 : given;
}

static dyo_mstl_opts options(const dyo_decompose_in *in)
{
  dyo_mstl_opts o = dyo_mstl_defaults(in->robust);
  dyo_stl_opts *s = &o.stl;
  if (in->seasonal_window != DYO_NO_INT)
    s->seasonal_window = in->seasonal_window == DYO_PERIODIC ? 0 : in->seasonal_window;
  s->trend_window    = or_zero(in->trend_window);
  s->low_pass_window = or_zero(in->low_pass_window);
  if (in->degrees) {
    s->seasonal_degree = in->degrees->seasonal;
    s->trend_degree    = in->degrees->trend;
    s->low_pass_degree = in->degrees->low_pass;
  }
  if (in->jumps) {
    s->seasonal_jump = or_zero(in->jumps->seasonal);
    s->trend_jump    = or_zero(in->jumps->trend);
    s->low_pass_jump = or_zero(in->jumps->low_pass);
  }
  if (in->inner != DYO_NO_INT) s->inner = in->inner;
  if (in->outer != DYO_NO_INT) s->outer = in->outer;
  return o;
}

static dyo_status fit(dyo_ctx *ctx, const dyo_decompose_in *in, const dyo_regular *r, dyo_mstl *m, dyo_err *err)
{
  const dyo_mstl_opts o       = options(in);
  const dyo_series    y       = {r->y, r->n};
  const int          *periods = in->seasonal_periods;
  size_t              k       = in->n_seasonal_periods;
  int                 found[DYO_PERIODS_MOST];
  if (!periods) {
    double       likely[3];
    dyo_period   p[DYO_PERIODS_MOST];
    const size_t usual = dyo_freq_periods(r->freq, likely);
    k                  = dyo_find_periods(ctx, &y, likely, usual, p);
    for (size_t i = 0; i < k; i++) found[i] = p[i].period;
    periods = found;
  }
  return dyo_mstl_fit(ctx, &y, periods, k, &o, m, err);
}

static dyo_status put_seasons(dyo_ctx *ctx, const dyo_mstl *m, dyo_decompose_out *out, dyo_err *err)
{
  out->seasonal          = DYO_NEW(ctx, m->k + 1, dyo_season);
  out->seasonal_strength = DYO_NEW(ctx, m->k + 1, dyo_season_strength);
  out->seasonal_periods  = DYO_NEW(ctx, m->k + 1, int);
  if (!out->seasonal || !out->seasonal_strength || !out->seasonal_periods) return dyo_oom(err);
  out->n_seasonal = out->n_seasonal_strength = out->n_seasonal_periods = m->k;
  for (size_t s = 0; s < m->k; s++) {
    const char *name = dyo_text(ctx, "%d", m->period[s]);
    if (!name) return dyo_oom(err);
    out->seasonal_periods[s]  = m->period[s];
    out->seasonal[s]          = (dyo_season){name, m->seasonal[s], m->n};
    out->seasonal_strength[s] = (dyo_season_strength){name, dyo_strength(m->seasonal[s], m->remainder, m->n)};
  }
  return DYO_OK;
}

static dyo_status put_dates(dyo_ctx *ctx, const dyo_regular *r, dyo_decompose_out *out, dyo_err *err)
{
  out->dates   = DYO_NEW(ctx, r->n, const char *);
  out->n_dates = r->n;
  if (!out->dates) return dyo_oom(err);
  for (size_t i = 0; i < r->n; i++) {
    out->dates[i] = dyo_regular_date(ctx, r, i);
    if (!out->dates[i]) return dyo_oom(err);
  }
  return DYO_OK;
}

dyo_status dyo_decompose(dyo_ctx *ctx, const dyo_decompose_in *in, dyo_decompose_out *out, dyo_err *err)
{
  dyo_regular r;
  dyo_notes   notes = {0};
  dyo_mstl    m;
  dyo_status  st = dyo_regularize(ctx, in->series, "/series", &r, &notes, err);
  if (st == DYO_OK) st = check(in, &r, err);
  if (st == DYO_OK) st = fit(ctx, in, &r, &m, err);
  if (st == DYO_OK) st = put_seasons(ctx, &m, out, err);
  if (st == DYO_OK && in->series->dates) st = put_dates(ctx, &r, out, err);
  if (st != DYO_OK) return st;
  if (m.missing > 0 &&
      !dyo_note(ctx, &notes, "The missing values were interpolated before the decomposition (%zu).", m.missing))
    return dyo_oom(err);
  out->trend     = m.trend;
  out->remainder = m.remainder;
  out->n_trend = out->n_remainder = m.n;
  out->trend_strength             = dyo_strength(m.trend, m.remainder, m.n);
  for (size_t i = 0; i < m.n; i++)
    if (isnan(r.y[i])) out->remainder[i] = NAN;
  out->n_warnings = notes.n;
  out->warnings   = notes.v ? notes.v : DYO_NEW(ctx, 1, const char *);
  return out->warnings ? DYO_OK : dyo_oom(err);
}
