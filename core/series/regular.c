/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "series/dyo_regular.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const dyo_aggregate_words[] = {"sum", "mean", "min", "max", "first", "last", "count", NULL};

const dyo_field dyo_series_in_rows[] = {
  DYO_STRS(dyo_series_in, dates, DYO_OPT, DYO_SERIES_LONGEST,
           "Date of each value, ISO 8601; absent: the values are numbered 1, 2, ..."),
  DYO_NUMS(dyo_series_in, values, DYO_F_NULLS, DYO_REQ, -1e100, 1e100, NULL,
           "The values, oldest first; null is a missing one."),
  DYO_STR(dyo_series_in, frequency, DYO_OPT, 16,
          "H, D, W, M, Q, Y or a number of minutes such as 15min; absent: inferred from the dates."),
  DYO_ENUM(dyo_series_in, aggregate, DYO_AGG_MEAN, dyo_aggregate_words,
           "What becomes of several values in one period."),
  DYO_END(dyo_series_in)};

typedef struct {
  dyo_time t;
  double   y;
  size_t   i; /* place in the request, so that sorting keeps the order of equal times */
} point;

typedef struct {
  dyo_ctx    *ctx;
  const char *path;
  point      *p;
  size_t      n;
  dyo_notes  *notes;
  dyo_err    *err;
} job;

double dyo_aggregate_of(dyo_aggregate how, const double *v, size_t n)
{
  double first = NAN, last = NAN, sum = 0, lo = INFINITY, hi = -INFINITY;
  size_t known = 0;
  for (size_t i = 0; i < n; i++) {
    if (isnan(v[i])) continue;
    if (!known++) first = v[i];
    last = v[i];
    sum += v[i];
    lo = fmin(lo, v[i]);
    hi = fmax(hi, v[i]);
  }
  if (how == DYO_AGG_COUNT) return (double)known;
  if (!known) return NAN;
  switch (how) {
  case DYO_AGG_SUM: return sum;
  case DYO_AGG_MIN: return lo;
  case DYO_AGG_MAX: return hi;
  case DYO_AGG_FIRST: return first;
  case DYO_AGG_LAST: return last;
  default: return sum / (double)known;
  }
}

static dyo_status bad_date(const job *j, size_t i, const char *found)
{
  char path[96];
  snprintf(path, sizeof path, "%s/dates/%zu", j->path, i);
  return dyo_fail(j->err, DYO_INVALID_INPUT, path,
                  "found \"%.40s\"; an ISO 8601 date such as 2024-03-31 or 2024-03-31T14:00:00 is expected", found);
}

static int by_time(const void *a, const void *b)
{
  const point *p = a, *q = b;
  if (p->t != q->t) return p->t < q->t ? -1 : 1;
  return p->i < q->i ? -1 : 1;
}

static dyo_status read_points(job *j, const dyo_series_in *in)
{
  bool sorted = true;
  if (in->n_dates != in->n_values) {
    char path[96];
    snprintf(path, sizeof path, "%s/dates", j->path);
    return dyo_fail(j->err, DYO_INVALID_INPUT, path, "found %zu dates for %zu values; one for each is expected",
                    in->n_dates, in->n_values);
  }
  j->p = DYO_NEW(j->ctx, in->n_values, point);
  if (!j->p) return dyo_oom(j->err);
  for (size_t i = 0; i < in->n_values; i++) {
    j->p[i] = (point){0, in->values[i], i};
    if (!dyo_time_parse(in->dates[i], &j->p[i].t)) return bad_date(j, i, in->dates[i]);
    sorted = sorted && (i == 0 || j->p[i - 1].t <= j->p[i].t);
  }
  j->n = in->n_values;
  if (sorted) return DYO_OK;
  qsort(j->p, j->n, sizeof *j->p, by_time);
  return dyo_note(j->ctx, j->notes, "The dates were out of order; the series was sorted.") ? DYO_OK : dyo_oom(j->err);
}

/* Missing values before the first and after the last known one say nothing. */
static void trim(job *j)
{
  while (j->n && isnan(j->p[j->n - 1].y)) j->n--;
  while (j->n && isnan(j->p[0].y)) {
    j->p++;
    j->n--;
  }
}

static dyo_time *distinct_times(const job *j, size_t *n)
{
  dyo_time *t = DYO_NEW(j->ctx, j->n, dyo_time);
  *n          = 0;
  for (size_t i = 0; t && i < j->n; i++)
    if (*n == 0 || t[*n - 1] != j->p[i].t) t[(*n)++] = j->p[i].t;
  return t;
}

static int by_seconds(const void *a, const void *b)
{
  const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
  return x < y ? -1 : x > y;
}

/* For dates on no grid: the calendar unit nearest to their median distance. */
static dyo_freq nearest_freq(int64_t *gaps, size_t n)
{
  static const dyo_freq_unit units[] = {DYO_FREQ_HOUR,  DYO_FREQ_DAY,     DYO_FREQ_WEEK,
                                        DYO_FREQ_MONTH, DYO_FREQ_QUARTER, DYO_FREQ_YEAR};
  dyo_freq                   best    = {DYO_FREQ_HOUR, 1};
  qsort(gaps, n, sizeof *gaps, by_seconds);
  const double median = (double)gaps[n / 2];
  for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
    const dyo_freq f = {units[i], 1};
    if (fabs(log(dyo_freq_seconds(f) / median)) < fabs(log(dyo_freq_seconds(best) / median))) best = f;
  }
  return best;
}

static dyo_status choose_freq(job *j, const char *given, dyo_freq *f)
{
  size_t    n = 0;
  dyo_time *t = NULL;
  char      name[DYO_TIME_CHARS], path[96];
  if (given) {
    snprintf(path, sizeof path, "%s/frequency", j->path);
    if (dyo_freq_parse(given, f)) return DYO_OK;
    return dyo_fail(j->err, DYO_INVALID_INPUT, path,
                    "found \"%.20s\"; H, D, W, M, Q, Y or minutes such as 15min are expected", given);
  }
  t = distinct_times(j, &n);
  if (!t) return dyo_oom(j->err);
  *f = (dyo_freq){DYO_FREQ_DAY, 1}; /* one date alone */
  if (n < 2) return DYO_OK;
  *f = dyo_freq_infer(t, n);
  if (f->unit != DYO_FREQ_NONE) return DYO_OK;
  for (size_t i = n - 1; i > 0; i--) t[i] -= t[i - 1];
  *f = nearest_freq(t + 1, n - 1);
  dyo_freq_print(*f, name);
  return dyo_note(j->ctx, j->notes, "The dates are irregular; the values were put on a grid of frequency %s.", name)
           ? DYO_OK
           : dyo_oom(j->err);
}

static bool on_grid(const job *j, dyo_freq f)
{
  for (size_t i = 0; i < j->n; i++)
    if (dyo_time_step(j->p[0].t, f, dyo_time_index(j->p[0].t, f, j->p[i].t)) != j->p[i].t) return false;
  return true;
}

/* One value per period; several are merged, none is NaN. */
static dyo_status place(job *j, dyo_aggregate how, dyo_regular *r)
{
  size_t  merged = 0;
  double *v      = DYO_NEW(j->ctx, j->n, double);
  r->y           = DYO_NEW(j->ctx, r->n, double);
  if (!v || !r->y) return dyo_oom(j->err);
  for (size_t i = 0; i < r->n; i++) r->y[i] = NAN;
  for (size_t i = 0; i < j->n;) {
    const int64_t k = dyo_time_index(r->start, r->freq, j->p[i].t);
    size_t        m = 0;
    while (i < j->n && dyo_time_index(r->start, r->freq, j->p[i].t) == k) v[m++] = j->p[i++].y;
    r->y[k] = dyo_aggregate_of(how, v, m);
    merged += m - 1;
  }
  if (merged && !dyo_note(j->ctx, j->notes, "%zu values shared a period with another one; each period got their %s.",
                          merged, dyo_aggregate_words[how]))
    return dyo_oom(j->err);
  return DYO_OK;
}

static dyo_status count_known(job *j, dyo_regular *r)
{
  r->known = 0;
  for (size_t i = 0; i < r->n; i++) r->known += isnan(r->y[i]) ? 0u : 1u;
  if (r->known < r->n && !dyo_note(j->ctx, j->notes, "%zu of %zu values are missing.", r->n - r->known, r->n))
    return dyo_oom(j->err);
  return DYO_OK;
}

static dyo_status none_known(const job *j)
{
  char path[96];
  snprintf(path, sizeof path, "%s/values", j->path);
  return dyo_fail(j->err, DYO_INSUFFICIENT_DATA, path, "found no known value; a series needs at least one");
}

/* Values without dates: numbered as they come. */
static dyo_status numbered(job *j, const dyo_series_in *in, dyo_regular *r)
{
  size_t     from = 0, to = in->n_values;
  dyo_status st = DYO_OK;
  while (to > from && isnan(in->values[to - 1])) to--;
  if (to == from) return none_known(j);
  r->freq = (dyo_freq){DYO_FREQ_NONE, 1};
  if (in->frequency) st = choose_freq(j, in->frequency, &r->freq);
  if (st != DYO_OK) return st;
  r->y = DYO_NEW(j->ctx, to, double);
  if (!r->y) return dyo_oom(j->err);
  memcpy(r->y, in->values, to * sizeof *r->y);
  r->n = to;
  return count_known(j, r);
}

dyo_status dyo_regularize(dyo_ctx *ctx, const dyo_series_in *in, const char *path, dyo_regular *out, dyo_notes *notes,
                          dyo_err *err)
{
  job        j  = {ctx, path, NULL, 0, notes, err};
  dyo_status st = DYO_OK;
  *out          = (dyo_regular){0};
  if (!in->dates) return numbered(&j, in, out);
  st = read_points(&j, in);
  if (st != DYO_OK) return st;
  trim(&j);
  if (j.n == 0) return none_known(&j);
  st = choose_freq(&j, in->frequency, &out->freq);
  if (st != DYO_OK) return st;
  out->start         = on_grid(&j, out->freq) ? j.p[0].t : dyo_period_start(j.p[0].t, out->freq);
  const int64_t last = dyo_time_index(out->start, out->freq, j.p[j.n - 1].t);
  if (last >= DYO_SERIES_LONGEST)
    return dyo_fail(err, DYO_TOO_LARGE, path, "from first to last date there are %lld periods; at most %d are accepted",
                    (long long)last + 1, DYO_SERIES_LONGEST);
  out->n     = (size_t)last + 1;
  out->dated = true;
  st         = place(&j, (dyo_aggregate)in->aggregate, out);
  return st == DYO_OK ? count_known(&j, out) : st;
}

const char *dyo_regular_date(dyo_ctx *ctx, const dyo_regular *r, size_t i)
{
  char text[DYO_TIME_CHARS];
  if (!r->dated) return dyo_text(ctx, "%zu", i + 1);
  dyo_time_print(dyo_time_step(r->start, r->freq, (int64_t)i), dyo_freq_has_clock(r->freq), text);
  return dyo_text(ctx, "%s", text);
}
