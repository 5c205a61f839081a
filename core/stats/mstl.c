/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MSTL: STL on each period in turn, from short to long, the other seasons taken away; then once more.
 * Bandara, Hyndman & Bergmeir (2021), algorithm 1. */
#include "stats/dyo_mstl.h"

#include <math.h>
#include <string.h>

enum { FIRST_WINDOW = 11, NEXT_WINDOW = 4, LEAST_TREND = 7, TREND_SHARE = 5, REFILLS = 2 };

dyo_mstl_opts dyo_mstl_defaults(bool robust)
{
  return (dyo_mstl_opts){dyo_stl_defaults(2, DYO_MSTL_WINDOW, robust), 2};
}

/* Those that fit twice into n values, ascending, each once. */
static bool keep_periods(const int *periods, size_t k, size_t n, dyo_mstl *out)
{
  out->k = 0;
  for (size_t i = 0; i < k; i++) {
    const int p  = periods[i];
    size_t    at = 0;
    if (p < 2 || 2 * (size_t)p > n) continue;
    while (at < out->k && out->period[at] < p) at++;
    if (at < out->k && out->period[at] == p) continue;
    if (out->k == DYO_MSTL_MOST) return false;
    for (size_t j = out->k; j > at; j--) out->period[j] = out->period[j - 1];
    out->period[at] = p;
    out->k++;
  }
  return true;
}

/* No season: robust loess where asked for. */
static dyo_status trend_only(dyo_ctx *ctx, const dyo_stl_opts *o, dyo_mstl *out, dyo_err *err)
{
  const size_t n = out->n, fifth = n / TREND_SHARE, wide = o->trend_window > 0 ? (size_t)o->trend_window : fifth;
  const size_t window = wide > LEAST_TREND || o->trend_window > 0 ? wide | 1 : LEAST_TREND;
  dyo_loess    l      = {window, o->trend_degree, o->trend_jump > 0 ? (size_t)o->trend_jump : (window + 9) / 10};
  double      *weight = DYO_NEW(ctx, n, double), *room = DYO_NEW(ctx, n, double);
  if (!weight || !room) return dyo_oom(err);
  for (int k = 0; k <= o->outer; k++) {
    if (!dyo_loess_smooth(ctx, out->filled, k > 0 ? weight : NULL, n, &l, out->trend))
      return dyo_poll(ctx, 1, "decomposing") == DYO_STOP_CANCELLED ? dyo_cancelled(ctx, false, err) : dyo_oom(err);
    for (size_t i = 0; i < n; i++) out->remainder[i] = out->filled[i] - out->trend[i];
    if (k < o->outer) dyo_bisquare(out->remainder, n, weight, room);
  }
  return DYO_OK;
}

static dyo_status seasons(dyo_ctx *ctx, const dyo_mstl_opts *o, dyo_mstl *out, dyo_err *err)
{
  const size_t n    = out->n;
  double      *rest = DYO_NEW(ctx, n, double); /* the series without its seasons so far */
  if (!rest) return dyo_oom(err);
  memcpy(rest, out->filled, n * sizeof *rest);
  for (size_t s = 0; s < out->k; s++) memset(out->seasonal[s], 0, n * sizeof *rest);
  for (int pass = 0; pass < (out->k > 1 ? o->iterations : 1); pass++) {
    for (size_t s = 0; s < out->k; s++) {
      dyo_stl_opts so = o->stl;
      dyo_stl      f;
      so.period = out->period[s];
      if (so.seasonal_window == DYO_MSTL_WINDOW) so.seasonal_window = FIRST_WINDOW + NEXT_WINDOW * (int)s;
      for (size_t i = 0; i < n; i++) rest[i] += out->seasonal[s][i];
      const dyo_status st = dyo_stl_fit(ctx, rest, n, &so, &f, err);
      if (st != DYO_OK) return st;
      memcpy(out->seasonal[s], f.seasonal, n * sizeof *rest);
      memcpy(out->trend, f.trend, n * sizeof *rest);
      for (size_t i = 0; i < n; i++) rest[i] -= f.seasonal[i];
    }
  }
  for (size_t i = 0; i < n; i++) out->remainder[i] = rest[i] - out->trend[i];
  return DYO_OK;
}

static dyo_status split(dyo_ctx *ctx, const dyo_mstl_opts *o, dyo_mstl *out, dyo_err *err)
{
  return out->k > 0 ? seasons(ctx, o, out, err) : trend_only(ctx, &o->stl, out, err);
}

/* Missing values: a straight line between the neighbours after the seasons are taken off, the seasons added back. */
static dyo_status refill(dyo_ctx *ctx, const dyo_series *y, dyo_mstl *out, dyo_err *err)
{
  double *level = DYO_NEW(ctx, out->n, double);
  if (!level) return dyo_oom(err);
  for (size_t i = 0; i < out->n; i++) {
    level[i] = y->y[i];
    for (size_t s = 0; s < out->k; s++) level[i] -= out->seasonal[s][i];
  }
  dyo_series_fill(&(dyo_series){level, out->n}, level);
  for (size_t i = 0; i < out->n; i++) {
    if (!isnan(y->y[i])) continue;
    for (size_t s = 0; s < out->k; s++) level[i] += out->seasonal[s][i];
    out->filled[i] = level[i];
  }
  return DYO_OK;
}

dyo_status dyo_mstl_fit(dyo_ctx *ctx, const dyo_series *y, const int *periods, size_t k, const dyo_mstl_opts *o,
                        dyo_mstl *out, dyo_err *err)
{
  const size_t n = y->n;
  *out           = (dyo_mstl){.n = n};
  if (dyo_series_known(y) == 0)
    return dyo_fail(err, DYO_INSUFFICIENT_DATA, "", "found no known value; at least one is needed");
  if (!keep_periods(periods, k, n, out))
    return dyo_fail(err, DYO_INVALID_INPUT, "",
                    "found more than %d different seasonal periods; at most that many are allowed", DYO_MSTL_MOST);
  out->trend     = DYO_NEW(ctx, n, double);
  out->remainder = DYO_NEW(ctx, n, double);
  out->filled    = DYO_NEW(ctx, n, double);
  for (size_t s = 0; s < out->k; s++) {
    out->seasonal[s] = DYO_NEW(ctx, n, double);
    if (!out->seasonal[s]) return dyo_oom(err);
  }
  if (!out->trend || !out->remainder || !out->filled) return dyo_oom(err);
  out->missing  = dyo_series_fill(y, out->filled);
  dyo_status st = split(ctx, o, out, err);
  if (st != DYO_OK || out->missing == 0 || out->k == 0) return st;
  for (int i = 0; st == DYO_OK && i < REFILLS; i++) {
    st = refill(ctx, y, out, err);
    if (st == DYO_OK) st = split(ctx, o, out, err);
  }
  return st;
}
