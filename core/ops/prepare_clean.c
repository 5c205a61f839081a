/* SPDX-License-Identifier: GPL-3.0-or-later */
/* series.prepare, at the series' own frequency: duplicates, range, closed days, outliers, gaps. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ops/prepare.h"
#include "stats/dyo_mstl.h"
#include "stats/dyo_outliers.h"

static size_t in_grid(const prep *w, size_t i)
{
  return w->place ? w->place[i] : i;
}

const char *prep_date(const prep *w, size_t i)
{
  return dyo_regular_date(w->ctx, &w->r, in_grid(w, i));
}

/* Period k of the grid was changed. */
static dyo_status change(prep *w, size_t k, dyo_change_kind kind, size_t counts, double from, double to,
                         const char *note)
{
  w->count[kind] += counts;
  if (w->changes_count++ >= DYO_CHANGES_MOST) return DYO_OK;
  const char *date = dyo_regular_date(w->ctx, &w->r, k);
  if (!date || !note) return dyo_oom(w->err);
  w->changes[w->n_changes++] = (dyo_change){date, (int)kind, from, to, note};
  return DYO_OK;
}

static dyo_status note_count(prep *w, size_t n, const char *sentence)
{
  return n == 0 || dyo_note(w->ctx, &w->notes, "%zu %s", n, sentence) ? DYO_OK : dyo_oom(w->err);
}

size_t prep_periods(prep *w, int *periods)
{
  double       likely[3];
  dyo_period   found[DYO_PERIODS_MOST];
  size_t       k     = 0;
  const size_t usual = w->place ? 0 : dyo_freq_periods(w->r.freq, likely);
  if (w->in->seasonal_periods && !w->resampled) {
    for (size_t i = 0; i < w->in->n_seasonal_periods && k < DYO_PERIODS_MOST; i++)
      periods[k++] = (int)floor(w->in->seasonal_periods[i] + 0.5);
    return k;
  }
  k = dyo_find_periods(w->ctx, &(dyo_series){w->v, w->n}, likely, usual, found);
  for (size_t i = 0; i < k; i++) periods[i] = found[i].period;
  return k;
}

static bool regular_order(const prep *w)
{
  size_t odd = 0;
  for (size_t i = 1; i < w->in->n_seasonal_periods; i++)
    odd += !(w->in->seasonal_periods[i] > w->in->seasonal_periods[i - 1]);
  return odd == 0 && w->in->n_seasonal_periods <= DYO_PERIODS_MOST;
}

/* Values of the request that fell into one period. */
static dyo_status merged(prep *w, const dyo_series_in *s)
{
  unsigned *here = DYO_NEW(w->ctx, w->r.n, unsigned);
  if (!here) return dyo_oom(w->err);
  for (size_t i = 0; i < s->n_values; i++) {
    dyo_time t = 0;
    dyo_time_parse(s->dates[i], &t);
    const int64_t k = dyo_time_index(w->r.start, w->r.freq, t);
    if (k >= 0 && k < (int64_t)w->r.n) here[k]++;
  }
  for (size_t k = 0; k < w->r.n; k++) {
    if (here[k] < 2) continue;
    const dyo_status st =
      change(w, k, DYO_CHANGE_MERGED, here[k] - 1, NAN, w->r.y[k],
             dyo_text(w->ctx, "%u values of this period became their %s", here[k], dyo_aggregate_words[s->aggregate]));
    if (st != DYO_OK) return st;
  }
  return DYO_OK;
}

dyo_status prep_read(prep *w)
{
  dyo_series_in s = *w->in->series;
  if (w->in->aggregate >= 0) s.aggregate = w->in->aggregate;
  if (!regular_order(w))
    return dyo_fail(w->err, DYO_INVALID_INPUT, "/seasonal_periods",
                    "found %zu periods; at most %d, ascending, are expected", w->in->n_seasonal_periods,
                    DYO_PERIODS_MOST);
  dyo_status st = dyo_regularize(w->ctx, &s, "/series", &w->r, &w->notes, w->err);
  if (st != DYO_OK) return st;
  if (!w->r.dated && (w->in->from || w->in->to || w->in->calendar || w->in->adjust != DYO_ADJUST_NONE))
    return dyo_fail(w->err, DYO_INVALID_INPUT,
                    w->in->from       ? "/from"
                    : w->in->to       ? "/to"
                    : w->in->calendar ? "/calendar"
                                      : "/adjust",
                    "the series has no dates; give series.dates");
  w->v = w->r.y;
  w->n = w->r.n;
  return w->r.dated ? merged(w, &s) : DYO_OK;
}

static dyo_status read_date(prep *w, const char *text, const char *path, dyo_time *t)
{
  if (!text || dyo_time_parse(text, t)) return DYO_OK;
  return dyo_fail(w->err, DYO_INVALID_INPUT, path, "found \"%.40s\"; an ISO 8601 date such as 2024-03-31 is expected",
                  text);
}

/* Periods whose date lies in from..to; a day named as the end is meant whole. */
dyo_status prep_cut(prep *w)
{
  dyo_time   from = 0, to = 0;
  int64_t    a = 0, b = (int64_t)w->n;
  dyo_status st = read_date(w, w->in->from, "/from", &from);
  if (st == DYO_OK) st = read_date(w, w->in->to, "/to", &to);
  if (st != DYO_OK) return st;
  if (w->in->from && w->in->to && from > to)
    return dyo_fail(w->err, DYO_INVALID_INPUT, "/to", "found %.40s; a date not before from (%.40s) is expected",
                    w->in->to, w->in->from);
  if (w->in->from) {
    const int64_t k = dyo_time_index(w->r.start, w->r.freq, from - 1) + 1;
    if (k > a) a = k;
  }
  if (w->in->to) {
    if (!strchr(w->in->to, ':')) to += DYO_DAY - 1;
    const int64_t k = dyo_time_index(w->r.start, w->r.freq, to) + 1;
    if (k < b) b = k;
  }
  if (a >= b || dyo_series_known(&(dyo_series){w->v + a, (size_t)(b - a)}) == 0)
    return dyo_fail(w->err, DYO_INSUFFICIENT_DATA, w->in->from ? "/from" : "/to",
                    "found no known value between from and to");
  st         = note_count(w, w->n - (size_t)(b - a), "periods lie outside from and to and were left out.");
  w->r.start = a == 0 ? w->r.start : dyo_time_step(w->r.start, w->r.freq, a);
  w->v += a, w->n = (size_t)(b - a);
  w->r.y = w->v, w->r.n = w->n;
  return st;
}

static int by_time(const void *a, const void *b)
{
  const dyo_time x = *(const dyo_time *)a, y = *(const dyo_time *)b;
  return x < y ? -1 : x > y;
}

static dyo_status read_calendar(prep *w)
{
  const dyo_business_days *c    = w->in->calendar;
  size_t                   open = 0;
  dyo_time                *h    = NULL;
  for (int d = 0; d < 7; d++) w->days.open[d] = !c || (!c->weekdays && d < 5);
  if (!c) return DYO_OK;
  for (size_t i = 0; i < c->n_weekdays; i++) w->days.open[c->weekdays[i]] = true;
  for (int d = 0; d < 7; d++) open += w->days.open[d];
  if (open == 0)
    return dyo_fail(w->err, DYO_INVALID_INPUT, "/calendar/weekdays", "found no open weekday; at least one is expected");
  h = DYO_NEW(w->ctx, c->n_holidays, dyo_time);
  if (!h) return dyo_oom(w->err);
  for (size_t i = 0; i < c->n_holidays; i++) {
    if (!dyo_time_parse(c->holidays[i], &h[i]))
      return dyo_fail_item(w->err, DYO_INVALID_INPUT, "calendar/holidays", i, NULL,
                           "found \"%.40s\"; an ISO 8601 date is expected", c->holidays[i]);
    h[i] = dyo_period_start(h[i], (dyo_freq){DYO_FREQ_DAY, 1});
  }
  qsort(h, c->n_holidays, sizeof *h, by_time);
  w->days.holidays   = h;
  w->days.n_holidays = c->n_holidays;
  return DYO_OK;
}

/* What is left of the grid where skip leaves periods out. */
static dyo_status leave_out(prep *w)
{
  size_t k = 0;
  w->v     = DYO_NEW(w->ctx, w->r.n, double);
  w->place = DYO_NEW(w->ctx, w->r.n, size_t);
  if (!w->v || !w->place) return dyo_oom(w->err);
  for (size_t i = 0; i < w->r.n; i++) {
    if (w->skip[i]) continue;
    w->v[k]       = w->r.y[i];
    w->place[k++] = i;
  }
  w->n = k;
  if (dyo_series_known(&(dyo_series){w->v, k}) == 0)
    return dyo_fail(w->err, DYO_INSUFFICIENT_DATA, "/calendar", "found no known value on an open day");
  return dyo_note(
           w->ctx, &w->notes,
           "Closed days are left out; to forecast, give the values without dates, or the closed days come back as "
           "missing ones.")
           ? DYO_OK
           : dyo_oom(w->err);
}

/* One closed period of the grid. */
static dyo_status close_one(prep *w, size_t k, bool drop, size_t *kept)
{
  const double y = w->r.y[k];
  if (!drop && !isnan(y)) {
    *kept += y != 0;
    return DYO_OK;
  }
  w->r.y[k] = drop ? NAN : 0;
  if (drop) w->skip[k] = true;
  w->count[DYO_CHANGE_CLOSED] += drop && !isnan(y);
  return drop && !isnan(y) ? change(w, k, DYO_CHANGE_DROPPED, 1, y, NAN, "closed")
                           : change(w, k, DYO_CHANGE_CLOSED, 1, NAN, w->r.y[k], drop ? "closed: left out" : "closed");
}

dyo_status prep_closed(prep *w)
{
  size_t     kept = 0;
  dyo_status st   = read_calendar(w);
  if (st != DYO_OK || !w->in->calendar) return st;
  const bool drop = w->in->calendar->closed == 1;
  if (w->r.freq.unit > DYO_FREQ_DAY) {
    if (w->in->adjust == DYO_ADJUST_BUSINESS ||
        dyo_note(w->ctx, &w->notes, "The calendar of open days says nothing about periods longer than a day."))
      return DYO_OK;
    return dyo_oom(w->err);
  }
  if (drop) w->skip = DYO_NEW(w->ctx, w->r.n, bool);
  if (drop && !w->skip) return dyo_oom(w->err);
  for (size_t k = 0; k < w->r.n && st == DYO_OK; k++)
    if (!dyo_workday(&w->days, dyo_time_step(w->r.start, w->r.freq, (int64_t)k))) st = close_one(w, k, drop, &kept);
  if (st == DYO_OK) st = note_count(w, kept, "values above or below zero lie on closed days; they were kept.");
  if (st == DYO_OK)
    st = note_count(w, w->count[DYO_CHANGE_CLOSED],
                    drop ? "closed periods were left out." : "closed periods without a value got zero.");
  return st == DYO_OK && drop ? leave_out(w) : st;
}

static double least_known(const prep *w)
{
  double least = INFINITY;
  for (size_t i = 0; i < w->n; i++) least = fmin(least, w->v[i]); /* fmin passes over NaN */
  return least;
}

dyo_status prep_clean(prep *w)
{
  int          periods[DYO_PERIODS_MOST];
  dyo_outlier *odd   = NULL;
  size_t       n_odd = 0;
  if (!w->in->clean_outliers) return DYO_OK;
  const double floor_at = least_known(w) >= 0 ? 0 : -INFINITY; /* what is never negative is not expected to be */
  const size_t k        = prep_periods(w, periods);
  dyo_status   st       = dyo_outliers(w->ctx, &(dyo_series){w->v, w->n}, periods, k, &odd, &n_odd, w->err);
  for (size_t i = 0; i < n_odd && st == DYO_OK; i++) {
    const double to = fmax(odd[i].expected, floor_at);
    st = change(w, in_grid(w, odd[i].index), DYO_CHANGE_CLEANED, 1, odd[i].value, to, "far from trend and season");
    w->v[odd[i].index] = to;
  }
  return st == DYO_OK ? note_count(w, n_odd, "outliers were replaced by what trend and season expect.") : st;
}

/* The series without gaps; leading ones stay where there is nothing to carry forward. */
static dyo_status filling(prep *w, double *out)
{
  int              periods[DYO_PERIODS_MOST];
  const dyo_series y    = {w->v, w->n};
  double           last = NAN;
  if (w->in->fill == DYO_FILL_LINEAR) dyo_series_fill(&y, out);
  if (w->in->fill == DYO_FILL_SEASONAL) {
    const dyo_mstl_opts o = dyo_mstl_defaults(true);
    const size_t        k = prep_periods(w, periods);
    dyo_mstl            m;
    const dyo_status    st = dyo_mstl_fit(w->ctx, &y, periods, k, &o, &m, w->err);
    if (st != DYO_OK) return st;
    const double floor_at = least_known(w) >= 0 ? 0 : -INFINITY;
    for (size_t i = 0; i < w->n; i++) out[i] = fmax(m.filled[i], floor_at);
  }
  if (w->in->fill != DYO_FILL_ZERO && w->in->fill != DYO_FILL_FORWARD) return DYO_OK;
  for (size_t i = 0; i < w->n; i++) {
    if (!isnan(w->v[i])) last = w->v[i];
    out[i] = w->in->fill == DYO_FILL_FORWARD ? last : isnan(w->v[i]) ? 0 : w->v[i];
  }
  return DYO_OK;
}

dyo_status prep_fill(prep *w)
{
  static const char *const notes[] = {"", "zero", "straight line", "season on a straight line", "last value"};
  double                  *out     = DYO_NEW(w->ctx, w->n, double);
  if (!out) return dyo_oom(w->err);
  if (w->in->fill == DYO_FILL_NONE) return DYO_OK;
  dyo_status st = filling(w, out);
  for (size_t i = 0; i < w->n && st == DYO_OK; i++)
    if (isnan(w->v[i]) && !isnan(out[i]))
      st = change(w, in_grid(w, i), DYO_CHANGE_FILLED, 1, NAN, out[i], notes[w->in->fill]);
  w->v = out;
  return st == DYO_OK ? note_count(w, w->count[DYO_CHANGE_FILLED], "missing values were filled.") : st;
}
