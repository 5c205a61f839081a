/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Dates of a series and of its holidays as numbers of days, which is how models see them. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ops/forecast.h"

enum { NAME_MOST = 64, WINDOW_MOST = 366 };

const dyo_field dyo_holiday_rows[] = {
  DYO_STR(dyo_holiday_in, name, DYO_REQ, NAME_MOST, "Name that the days share, up to 64 bytes."),
  DYO_STRS(dyo_holiday_in, dates, DYO_REQ, 10000, "Its days, past and future ones."),
  DYO_INT(dyo_holiday_in, lower_window, 0, -WINDOW_MOST, 0, "days", "Days before each that have an effect too."),
  DYO_INT(dyo_holiday_in, upper_window, 0, 0, WINDOW_MOST, "days", "Days after each that have an effect too."),
  DYO_NUM(dyo_holiday_in, prior_scale, DYO_OPT, DYO_POS, 1e6, NULL,
          "How large its effect may be; absent: as the model's parameters say."),
  DYO_END(dyo_holiday_in)};

dyo_status forecast_times(dyo_ctx *ctx, const dyo_regular *r, size_t from, size_t n, const double **t, dyo_err *err)
{
  *t = NULL;
  if (!r->dated) return DYO_OK;
  double *v = DYO_NEW(ctx, n, double);
  if (!v) return dyo_oom(err);
  for (size_t i = 0; i < n; i++) v[i] = (double)dyo_time_step(r->start, r->freq, (int64_t)(from + i)) / DYO_DAY;
  *t = v;
  return DYO_OK;
}

/* The days of one holiday, ascending, each once. */
static dyo_status read_days(dyo_ctx *ctx, const dyo_holiday_in *in, size_t at, dyo_holiday *out, dyo_err *err)
{
  double *days = DYO_NEW(ctx, in->n_dates, double);
  char    path[48];
  if (!days) return dyo_oom(err);
  snprintf(path, sizeof path, "holidays/%zu/dates", at);
  for (size_t i = 0; i < in->n_dates; i++) {
    dyo_time t = 0;
    size_t   j = out->n;
    if (!dyo_time_parse(in->dates[i], &t))
      return dyo_fail_item(err, DYO_INVALID_INPUT, path, i, NULL, "found \"%.40s\"; an ISO 8601 date is expected",
                           in->dates[i]);
    const double day = floor((double)t / DYO_DAY);
    while (j > 0 && days[j - 1] > day) j--;
    if (j > 0 && days[j - 1] == day) continue;
    memmove(days + j + 1, days + j, (out->n - j) * sizeof *days);
    days[j] = day;
    out->n++;
  }
  out->days = days;
  return DYO_OK;
}

/* Whether a day of h or of its windows lies in first .. end, end left out. */
static bool meets(const dyo_holiday *h, double first, double end)
{
  for (size_t i = 0; i < h->n; i++)
    if (h->days[i] + h->upper_window >= first && h->days[i] + h->lower_window < end) return true;
  return false;
}

static dyo_status take(dyo_ctx *ctx, const dyo_holiday_in *list, size_t i, prepared *p, dyo_holiday *out, dyo_err *err)
{
  const dyo_regular *r   = &p->regular;
  const double       end = (double)dyo_time_step(r->start, r->freq, (int64_t)r->n) / DYO_DAY;
  *out                   = (dyo_holiday){.name         = list[i].name,
                                         .lower_window = list[i].lower_window,
                                         .upper_window = list[i].upper_window,
                                         .prior_scale  = list[i].prior_scale};
  for (size_t j = 0; j < i; j++)
    if (strcmp(list[j].name, list[i].name) == 0)
      return dyo_fail_item(err, DYO_INVALID_INPUT, "holidays", i, "name",
                           "found \"%.64s\" a second time; all dates of a holiday are expected in one list",
                           list[i].name);
  const dyo_status st = read_days(ctx, &list[i], i, out, err);
  if (st != DYO_OK || meets(out, floor((double)r->start / DYO_DAY), end)) return st;
  return dyo_note(ctx, &p->notes, "The holiday \"%.64s\" has no day within the history, so its effect is not known.",
                  out->name)
           ? DYO_OK
           : dyo_oom(err);
}

dyo_status forecast_holidays(dyo_ctx *ctx, const dyo_holiday_in *list, size_t n, prepared *p, dyo_err *err)
{
  dyo_status st = DYO_OK;
  if (n == 0) return DYO_OK;
  if (!p->history.t)
    return dyo_fail(err, DYO_INVALID_INPUT, "/holidays", "the series has no dates, which holidays are found by");
  dyo_holiday *h = DYO_NEW(ctx, n, dyo_holiday);
  if (!h) return dyo_oom(err);
  for (size_t i = 0; i < n && st == DYO_OK; i++) st = take(ctx, list, i, p, &h[i], err);
  p->history.holidays = h, p->history.n_holidays = n;
  return st;
}
