/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "series/dyo_resample.h"

#include <math.h>

bool dyo_workday(const dyo_workdays *w, dyo_time t)
{
  const dyo_time day = dyo_period_start(t, (dyo_freq){DYO_FREQ_DAY, 1});
  size_t         lo = 0, hi = w->n_holidays;
  if (!w->open[dyo_weekday(day)]) return false;
  while (lo < hi) {
    const size_t mid = lo + (hi - lo) / 2;
    if (w->holidays[mid] < day) lo = mid + 1;
    else hi = mid;
  }
  return lo == w->n_holidays || w->holidays[lo] != day;
}

size_t dyo_workdays_between(const dyo_workdays *w, dyo_time from, dyo_time to)
{
  size_t n = 0;
  for (dyo_time t = from; t < to; t += DYO_DAY) n += dyo_workday(w, t);
  return n;
}

bool dyo_freq_nests(dyo_freq fine, dyo_freq coarse)
{
  const bool days = fine.unit >= DYO_FREQ_DAY || DYO_DAY % (int64_t)dyo_freq_seconds(fine) == 0;
  if (coarse.unit > DYO_FREQ_WEEK) return days && fine.unit != DYO_FREQ_WEEK && fine.unit <= coarse.unit;
  return fine.unit <= coarse.unit && (int64_t)dyo_freq_seconds(coarse) % (int64_t)dyo_freq_seconds(fine) == 0;
}

dyo_time dyo_period_of(dyo_time t, dyo_freq f, bool sunday)
{
  if (f.unit != DYO_FREQ_WEEK || !sunday) return dyo_period_start(t, f);
  return dyo_period_start(t + DYO_DAY, f) - DYO_DAY;
}

/* The first period of r that starts at t or later; negative before r. */
static int64_t first_from(const dyo_regular *r, dyo_time t)
{
  const int64_t k = dyo_time_index(r->start, r->freq, t);
  return dyo_time_step(r->start, r->freq, k) < t ? k + 1 : k;
}

static int64_t clip(int64_t k, size_t n)
{
  return k < 0 ? 0 : k > (int64_t)n ? (int64_t)n : k;
}

dyo_status dyo_coarser(dyo_ctx *ctx, const dyo_regular *r, const bool *skip, dyo_freq to, dyo_aggregate how,
                       bool sunday, dyo_regular *out, dyo_ends *ends, dyo_err *err)
{
  const dyo_time start = dyo_period_of(r->start, to, sunday), end = dyo_time_step(r->start, r->freq, (int64_t)r->n - 1);
  *out   = (dyo_regular){.n = (size_t)dyo_time_index(start, to, end) + 1, .freq = to, .dated = true, .start = start};
  *ends  = (dyo_ends){0};
  out->y = DYO_NEW(ctx, out->n, double);
  if (!out->y) return dyo_oom(err);
  int64_t from = first_from(r, start);
  for (size_t i = 0; i < out->n; i++) {
    const int64_t next = first_from(r, dyo_time_step(start, to, (int64_t)i + 1));
    const int64_t a = clip(from, r->n), b = clip(next, r->n);
    size_t        known = 0, missing = 0;
    for (int64_t k = a; k < b; k++) {
      if (!isnan(r->y[k])) known++;
      else if (!skip || !skip[k]) missing++;
    }
    /* an aggregate of nothing is missing, also where it is a count or all that is there is closed */
    out->y[i] = known ? dyo_aggregate_of(how, r->y + a, (size_t)(b - a)) : NAN;
    out->known += known > 0;
    ends->holes += known && missing;
    if (i == 0) ends->first_held = b - a, ends->first_whole = next - from;
    if (i + 1 == out->n) ends->last_held = b - a, ends->last_whole = next - from;
    from = next;
  }
  return DYO_OK;
}

/* Place of each value's own period in the finer grid: at[k], at[n] its end. */
static dyo_status places(dyo_ctx *ctx, const dyo_regular *r, dyo_freq to, dyo_spread how, const char *path,
                         dyo_regular *out, int64_t **at, dyo_err *err)
{
  const bool calendar =
    how != DYO_SPREAD_LINE && r->freq.unit > DYO_FREQ_WEEK; /* the whole month, whatever its label */
  *at = DYO_NEW(ctx, r->n + 1, int64_t);
  if (!*at) return dyo_oom(err);
  out->start = dyo_period_start(r->start, calendar ? r->freq : to);
  for (size_t k = 0; k <= r->n; k++) {
    const dyo_time t = dyo_time_step(r->start, r->freq, (int64_t)k);
    (*at)[k]         = dyo_time_index(out->start, to, calendar ? dyo_period_start(t, r->freq) : t);
  }
  const int64_t n = how == DYO_SPREAD_LINE ? (*at)[r->n - 1] + 1 : (*at)[r->n];
  if (n > DYO_SERIES_LONGEST)
    return dyo_fail(err, DYO_TOO_LARGE, path, "the finer series would have %lld periods; at most %d are accepted",
                    (long long)n, DYO_SERIES_LONGEST);
  out->n = (size_t)n;
  return DYO_OK;
}

static double spread(const dyo_regular *r, size_t k, int64_t i, const int64_t *at, dyo_spread how)
{
  const double a = r->y[k], width = (double)(at[k + 1] - at[k]);
  if (how == DYO_SPREAD_REPEAT || i == at[k]) return how == DYO_SPREAD_EVEN ? a / width : a;
  if (how == DYO_SPREAD_EVEN) return a / width;
  return a + (r->y[k + 1] - a) * (double)(i - at[k]) / width;
}

dyo_status dyo_finer(dyo_ctx *ctx, const dyo_regular *r, dyo_freq to, dyo_spread how, const char *path,
                     dyo_regular *out, dyo_err *err)
{
  int64_t *at   = NULL;
  *out          = (dyo_regular){.freq = to, .dated = true};
  dyo_status st = places(ctx, r, to, how, path, out, &at, err);
  if (st != DYO_OK) return st;
  out->y = DYO_NEW(ctx, out->n, double);
  if (!out->y) return dyo_oom(err);
  for (size_t k = 0; k < r->n; k++) {
    for (int64_t i = at[k]; i < at[k + 1] && i < (int64_t)out->n; i++) {
      out->y[i] = spread(r, k, i, at, how);
      out->known += !isnan(out->y[i]);
    }
  }
  return DYO_OK;
}
