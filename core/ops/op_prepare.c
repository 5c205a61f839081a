/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table's side of series.prepare: rows, the order of the steps and the answer. The steps are in prepare_steps.c. */
#include "ops/dyo_op_prepare.h"

#include <math.h>

#include "ops/prepare.h"

static const char *const fill_words[]   = {"none", "zero", "linear", "seasonal", "forward", NULL};
static const char *const adjust_words[] = {"none", "days", "business_days", NULL};
static const char *const week_words[]   = {"monday", "sunday", NULL};
static const char *const part_words[]   = {"keep", "drop", NULL};
static const char *const closed_words[] = {"zero", "drop", NULL};
static const char *const kind_words[]   = {"merged", "closed", "cleaned", "filled", "dropped", NULL};

enum { MOST_HOLIDAYS = 10000 };

static const dyo_field calendar_rows[] = {
  DYO_INTS(dyo_business_days, weekdays, DYO_OPT, 0, 6, NULL,
           "Weekdays on which business is open, 0 = Monday; absent: Monday to Friday."),
  DYO_STRS(dyo_business_days, holidays, DYO_OPT, MOST_HOLIDAYS, "Dates on which it is closed all the same."),
  DYO_ENUM(dyo_business_days, closed, 0, closed_words,
           "A closed day without a value counts as zero, or every closed day is left out of the series."),
  DYO_END(dyo_business_days)};

const dyo_field dyo_prepare_in_rows[] = {
  DYO_OBJ(dyo_prepare_in, series, DYO_REQ, dyo_series_in, dyo_series_in_rows, "The series as it is."),
  DYO_STR(dyo_prepare_in, frequency, DYO_OPT, 16,
          "Frequency wanted: H, D, W, M, Q, Y or minutes such as 15min; absent: the series' own."),
  DYO_ENUM(
    dyo_prepare_in, aggregate, DYO_OPT, dyo_aggregate_words,
    "What becomes of several values in one period. Absent: sum for a coarser frequency, the series' own aggregate for "
    "values of one date. For a finer frequency sum is shared out evenly, mean, first and last are repeated or joined."),
  DYO_ENUM(
    dyo_prepare_in, fill, DYO_FILL_NONE, fill_words,
    "What becomes of missing values. seasonal: the season's shape on a straight line. A finer frequency needs forward (each "
    "value for its whole period) or linear (straight lines between the dates)."),
  DYO_BOOL(dyo_prepare_in, clean_outliers, 0, "Put what trend and season expect in place of outliers."),
  DYO_OBJ(dyo_prepare_in, calendar, DYO_OPT, dyo_business_days, calendar_rows,
          "Days on which business is open, for daily and finer series and for adjust; absent: every day counts."),
  DYO_ENUM(
    dyo_prepare_in, adjust, DYO_ADJUST_NONE, adjust_words,
    "Scale sums of months, quarters or years to an average length in days, or in business days of the calendar."),
  DYO_ENUM(dyo_prepare_in, week_start, 0, week_words, "First day of the weeks that finer values are put into."),
  DYO_ENUM(dyo_prepare_in, partial, 0, part_words,
           "Keep or drop a first and a last coarser period that the series does not fill."),
  DYO_STR(dyo_prepare_in, from, DYO_OPT, 40, "First date to keep."),
  DYO_STR(dyo_prepare_in, to, DYO_OPT, 40, "Last date to keep."),
  DYO_NUMS(dyo_prepare_in, seasonal_periods, 0, DYO_OPT, 2, 100000, "observations",
           "Seasonal periods of the series as it is, for outliers and seasonal filling; absent: detected; []: none."),
  DYO_END(dyo_prepare_in)};

static const dyo_field series_rows[] = {
  DYO_STRS(dyo_prepared_series, dates, DYO_OPT, DYO_SERIES_LONGEST, "Date of each value, where the request had dates."),
  DYO_OUT_NUMS(dyo_prepared_series, values, DYO_F_NULLS, DYO_REQ, NULL, "The values; null where one is missing."),
  DYO_STR(dyo_prepared_series, frequency, DYO_OPT, 16, "Frequency, where it is known."), DYO_END(dyo_prepared_series)};

static const dyo_field change_rows[] = {
  DYO_STR(dyo_change, date, DYO_REQ, 32, "Date, or number where the series has no dates."),
  DYO_ENUM(dyo_change, kind, DYO_REQ, kind_words, "What was done."),
  DYO_OUT(dyo_change, from, DYO_NULL, NULL, "Value before; null: none, or several."),
  DYO_OUT(dyo_change, to, DYO_NULL, NULL, "Value after; null: none."),
  DYO_STR(dyo_change, note, DYO_REQ, 200, "Why it was changed."),
  DYO_END(dyo_change)};

#define COUNT(m, doc) DYO_INT(dyo_prepare_out, m, DYO_REQ, 0, INT_MAX, NULL, doc)

const dyo_field dyo_prepare_out_rows[] = {
  DYO_OBJ(dyo_prepare_out, series, DYO_REQ, dyo_prepared_series, series_rows,
          "The series made ready, as operations take it."),
  DYO_STR(dyo_prepare_out, frequency, DYO_NULL, 16, "Its frequency; null where nothing is known of it."),
  DYO_OUT_NUMS(dyo_prepare_out, seasonal_periods, 0, DYO_REQ, "observations",
               "Seasonal periods found in it, ascending."),
  COUNT(n, "Values, missing ones included."),
  COUNT(known, "Values that are not missing."),
  COUNT(merged, "Values that shared a date with another one."),
  COUNT(filled, "Missing values filled."),
  COUNT(cleaned, "Outliers replaced."),
  COUNT(closed, "Closed days that got zero or were left out."),
  COUNT(dropped, "Values that were dropped: of closed days, or of partial periods."),
  DYO_LIST(dyo_prepare_out, changes, DYO_REQ, DYO_CHANGES_MOST, dyo_change, change_rows,
           "What was changed, step by step and by date; the first 1000."),
  COUNT(changes_count, "How many there are in all."),
  DYO_STRS(dyo_prepare_out, warnings, DYO_REQ, 1000, "The same in sentences, and remarks."),
  DYO_END(dyo_prepare_out)};

static dyo_status put_dates(prep *w, dyo_prepared_series *s)
{
  s->dates   = DYO_NEW(w->ctx, w->n, const char *);
  s->n_dates = w->n;
  if (!s->dates) return dyo_oom(w->err);
  for (size_t i = 0; i < w->n; i++) {
    s->dates[i] = prep_date(w, i);
    if (!s->dates[i]) return dyo_oom(w->err);
  }
  return DYO_OK;
}

static dyo_status put_series(prep *w, dyo_prepare_out *out)
{
  char                 name[DYO_TIME_CHARS];
  dyo_prepared_series *s = DYO_NEW(w->ctx, 1, dyo_prepared_series);
  if (!s) return dyo_oom(w->err);
  dyo_freq_print(w->r.freq, name);
  if (name[0]) out->frequency = s->frequency = dyo_text(w->ctx, "%s", name);
  if (name[0] && !s->frequency) return dyo_oom(w->err);
  s->values   = w->v;
  s->n_values = w->n;
  out->series = s;
  out->n      = (int)w->n;
  out->known  = (int)dyo_series_known(&(dyo_series){w->v, w->n});
  if (!w->r.dated) return DYO_OK;
  return put_dates(w, s);
}

static dyo_status put_rest(prep *w, dyo_prepare_out *out)
{
  int    found[DYO_PERIODS_MOST];
  size_t k              = prep_periods(w, found);
  out->seasonal_periods = DYO_NEW(w->ctx, k, double);
  if (!out->seasonal_periods) return dyo_oom(w->err);
  for (size_t i = 0; i < k; i++) out->seasonal_periods[out->n_seasonal_periods++] = found[i];
  out->changes       = w->changes;
  out->n_changes     = w->n_changes;
  out->changes_count = (int)w->changes_count;
  out->merged        = (int)w->count[DYO_CHANGE_MERGED];
  out->filled        = (int)w->count[DYO_CHANGE_FILLED];
  out->cleaned       = (int)w->count[DYO_CHANGE_CLEANED];
  out->closed        = (int)w->count[DYO_CHANGE_CLOSED];
  out->dropped       = (int)w->count[DYO_CHANGE_DROPPED];
  out->warnings      = dyo_notes_list(w->ctx, &w->notes);
  out->n_warnings    = w->notes.n;
  return out->warnings ? DYO_OK : dyo_oom(w->err);
}

dyo_status dyo_prepare(dyo_ctx *ctx, const dyo_prepare_in *in, dyo_prepare_out *out, dyo_err *err)
{
  static dyo_status (*const steps[])(prep *) = {prep_read, prep_cut,      prep_closed, prep_clean,
                                                prep_fill, prep_resample, prep_adjust, prep_partial};
  prep       w                               = {.ctx = ctx, .in = in, .err = err};
  dyo_status st                              = DYO_OK;
  w.changes                                  = DYO_NEW(ctx, DYO_CHANGES_MOST, dyo_change);
  if (!w.changes) return dyo_oom(err);
  for (size_t i = 0; i < sizeof steps / sizeof *steps && st == DYO_OK; i++) {
    st = steps[i](&w);
    if (st == DYO_OK && dyo_poll(ctx, (double)i / 8, "preparing the series") == DYO_STOP_CANCELLED)
      return dyo_cancelled(ctx, false, err);
  }
  if (st == DYO_OK) st = put_series(&w, out);
  return st == DYO_OK ? put_rest(&w, out) : st;
}
