/* SPDX-License-Identifier: GPL-3.0-or-later */
/* series.prepare: from the series' own frequency to the one asked for. */
#include <math.h>

#include "ops/prepare.h"

static const char *name_of(dyo_freq f, char out[DYO_TIME_CHARS])
{
  dyo_freq_print(f, out);
  return out;
}

/* The values back in their places; periods left out are missing there. */
static dyo_status back_on_grid(prep *w)
{
  double *y = DYO_NEW(w->ctx, w->r.n, double);
  if (!y) return dyo_oom(w->err);
  for (size_t k = 0; k < w->r.n; k++) y[k] = NAN;
  for (size_t i = 0; i < w->n; i++) y[w->place ? w->place[i] : i] = w->v[i];
  w->r.y = y;
  return DYO_OK;
}

static dyo_status say_coarser(prep *w, dyo_freq from, dyo_freq to, dyo_aggregate how)
{
  char a[DYO_TIME_CHARS], b[DYO_TIME_CHARS];
  bool ok = dyo_note(w->ctx, &w->notes, "Values of frequency %s became the %s of each period of frequency %s.",
                     name_of(from, a), dyo_aggregate_words[how], name_of(to, b));
  if (from.unit == DYO_FREQ_WEEK)
    ok = ok && dyo_note(w->ctx, &w->notes, "Each week counts in the period in which it starts.");
  if (w->ends.holes)
    ok = ok && dyo_note(w->ctx, &w->notes,
                        "Some, but not all, values are missing in periods: %zu. What is known stands for the whole.",
                        w->ends.holes);
  return ok ? DYO_OK : dyo_oom(w->err);
}

static dyo_status coarser(prep *w, dyo_freq to)
{
  const dyo_aggregate given = w->in->aggregate < 0 ? DYO_AGG_SUM : (dyo_aggregate)w->in->aggregate;
  const dyo_aggregate how   = given == DYO_AGG_COUNT ? DYO_AGG_SUM : given; /* each value is a count already */
  const dyo_freq      from  = w->r.freq;
  dyo_regular         out;
  char                a[DYO_TIME_CHARS], b[DYO_TIME_CHARS];
  if (!dyo_freq_nests(from, to) && from.unit != DYO_FREQ_WEEK)
    return dyo_fail(w->err, DYO_INVALID_INPUT, "/frequency", "found %s; periods of %s do not fill it without rest",
                    name_of(to, b), name_of(from, a));
  dyo_status st = dyo_coarser(w->ctx, &w->r, w->skip, to, how, w->in->week_start == 1, &out, &w->ends, w->err);
  if (st == DYO_OK) st = say_coarser(w, from, to, given);
  w->r = out;
  return st;
}

static dyo_status finer(prep *w, dyo_freq to)
{
  char        a[DYO_TIME_CHARS], b[DYO_TIME_CHARS];
  dyo_regular out;
  const int   how  = w->in->aggregate < 0 ? DYO_AGG_SUM : w->in->aggregate;
  const bool  line = w->in->fill == DYO_FILL_LINEAR;
  if (!dyo_freq_nests(to, w->r.freq))
    return dyo_fail(w->err, DYO_INVALID_INPUT, "/frequency",
                    "found %s; its periods do not fill those of %s without rest", name_of(to, b),
                    name_of(w->r.freq, a));
  if (!line && w->in->fill != DYO_FILL_FORWARD)
    return dyo_fail(
      w->err, DYO_INVALID_INPUT, "/frequency",
      "found %s, which is finer than the series (%s); fill forward or linear says how to spread the values",
      name_of(to, b), name_of(w->r.freq, a));
  if (how == DYO_AGG_MIN || how == DYO_AGG_MAX || how == DYO_AGG_COUNT)
    return dyo_fail(w->err, DYO_INVALID_INPUT, "/aggregate",
                    "found %s; sum, mean, first or last can be spread over a finer frequency",
                    dyo_aggregate_words[how]);
  if (line && how == DYO_AGG_SUM)
    return dyo_fail(
      w->err, DYO_INVALID_INPUT, "/fill",
      "found linear; a sum is shared out evenly by forward, lines join values whose aggregate is mean, first or last");
  const dyo_spread spread = line ? DYO_SPREAD_LINE : how == DYO_AGG_SUM ? DYO_SPREAD_EVEN : DYO_SPREAD_REPEAT;
  const dyo_status st     = dyo_finer(w->ctx, &w->r, to, spread, "/frequency", &out, w->err);
  if (st != DYO_OK) return st;
  static const char *const ways[] = {"shared out evenly over", "repeated in", "joined by straight lines over"};
  if (!dyo_note(w->ctx, &w->notes, "Values of frequency %s were %s the periods of frequency %s.", name_of(w->r.freq, a),
                ways[spread], name_of(to, b)))
    return dyo_oom(w->err);
  w->r = out;
  return DYO_OK;
}

dyo_status prep_resample(prep *w)
{
  dyo_freq   to;
  dyo_status st = DYO_OK;
  if (!w->in->frequency) return DYO_OK;
  if (!dyo_freq_parse(w->in->frequency, &to))
    return dyo_fail(w->err, DYO_INVALID_INPUT, "/frequency",
                    "found \"%.20s\"; H, D, W, M, Q, Y or minutes such as 15min are expected", w->in->frequency);
  if (to.unit == w->r.freq.unit && to.step == w->r.freq.step) return DYO_OK;
  if (!w->r.dated)
    return dyo_fail(w->err, DYO_INVALID_INPUT, "/frequency",
                    "found %s, which is not the series' own; without series.dates it cannot be changed",
                    w->in->frequency);
  st = back_on_grid(w);
  if (st == DYO_OK) st = dyo_freq_seconds(to) > dyo_freq_seconds(w->r.freq) ? coarser(w, to) : finer(w, to);
  if (st != DYO_OK) return st;
  w->resampled = true;
  w->v = w->r.y, w->n = w->r.n, w->place = NULL;
  return DYO_OK;
}

static double length_of(const prep *w, size_t i)
{
  const dyo_time a = dyo_period_start(dyo_time_step(w->r.start, w->r.freq, (int64_t)i), w->r.freq);
  const dyo_time b = dyo_time_step(a, w->r.freq, 1);
  return w->in->adjust == DYO_ADJUST_DAYS ? (double)((b - a) / DYO_DAY) : (double)dyo_workdays_between(&w->days, a, b);
}

/* Sums to those of a period of average length: 365.25 / 12 days for a month, the mean of these periods in business days. */
dyo_status prep_adjust(prep *w)
{
  double *length = DYO_NEW(w->ctx, w->n, double), mean = 0;
  if (!length) return dyo_oom(w->err);
  if (w->in->adjust == DYO_ADJUST_NONE) return DYO_OK;
  if (w->r.freq.unit < DYO_FREQ_MONTH)
    return dyo_fail(w->err, DYO_INVALID_INPUT, "/adjust",
                    "the series is of neither months, quarters nor years; frequency asks for them");
  if (w->in->aggregate >= 0 && w->in->aggregate != DYO_AGG_SUM)
    return dyo_fail(w->err, DYO_INVALID_INPUT, "/aggregate", "found %s; only sums grow with the length of a period",
                    dyo_aggregate_words[w->in->aggregate]);
  if (w->in->adjust == DYO_ADJUST_BUSINESS && !w->in->calendar)
    for (int d = 5; d < 7; d++) w->days.open[d] = false;
  for (size_t i = 0; i < w->n; i++) {
    length[i] = length_of(w, i);
    mean += length[i] / (double)w->n;
  }
  if (w->in->adjust == DYO_ADJUST_DAYS)
    mean = w->r.freq.unit == DYO_FREQ_YEAR ? 365.25 : w->r.freq.unit == DYO_FREQ_QUARTER ? 365.25 / 4 : 365.25 / 12;
  for (size_t i = 0; i < w->n; i++)
    if (length[i] > 0) w->v[i] *= mean / length[i];
  return dyo_note(w->ctx, &w->notes, "Each value was scaled to a period of %.6g %s.", mean,
                  w->in->adjust == DYO_ADJUST_DAYS ? "days" : "business days")
           ? DYO_OK
           : dyo_oom(w->err);
}

static dyo_status say_partial(prep *w, size_t i, int64_t held, int64_t whole, bool drop)
{
  const char *date = prep_date(w, i);
  if (!date || !dyo_note(w->ctx, &w->notes, "The period of %s holds %lld of %lld values%s.", date, (long long)held,
                         (long long)whole, drop ? " and was dropped" : ""))
    return dyo_oom(w->err);
  if (!drop) return DYO_OK;
  const char *note = dyo_text(w->ctx, "holds %lld of %lld values", (long long)held, (long long)whole);
  if (!note) return dyo_oom(w->err);
  w->count[DYO_CHANGE_DROPPED]++;
  if (w->changes_count++ < DYO_CHANGES_MOST)
    w->changes[w->n_changes++] = (dyo_change){date, DYO_CHANGE_DROPPED, w->v[i], NAN, note};
  return DYO_OK;
}

dyo_status prep_partial(prep *w)
{
  const dyo_ends e    = w->ends;
  const bool     drop = w->in->partial == 1, first = e.first_held < e.first_whole;
  const bool     last = e.last_held < e.last_whole && (w->n > 1 || !first);
  dyo_status     st   = DYO_OK;
  if (drop && w->n <= (size_t)first + (size_t)last)
    return dyo_fail(w->err, DYO_INSUFFICIENT_DATA, "/partial",
                    "no period is filled by the series; keep shows the partial ones");
  if (first) st = say_partial(w, 0, e.first_held, e.first_whole, drop);
  if (last && st == DYO_OK) st = say_partial(w, w->n - 1, e.last_held, e.last_whole, drop);
  if (!drop || st != DYO_OK) return st;
  if (last) w->n--;
  if (first) {
    w->v++;
    w->n--;
    w->r.start = dyo_time_step(w->r.start, w->r.freq, 1);
  }
  return DYO_OK;
}
