/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "forecast/xgb.h"

static const double year = 365.25;

const char *const xgb_calendar_words[] = {"hour", "day_of_week", "day_of_month", "month", "week", "quarter", NULL};

static dyo_time time_of(double t)
{
  return (dyo_time)llround(t * DYO_DAY);
}

double xgb_calendar(int what, double t)
{
  const dyo_time at = time_of(t);
  const dyo_date d  = dyo_date_of(at);
  switch (what) {
  case XGB_HOUR: return d.hour + d.minute / 60.0;
  case XGB_WEEKDAY: return dyo_weekday(at);
  case XGB_MONTHDAY: return d.day;
  case XGB_MONTH: return d.month;
  case XGB_WEEK: {
    const dyo_time first = dyo_time_of((dyo_date){d.year, 1, 1, 0, 0, 0});
    return floor((double)(at - first) / (7.0 * DYO_DAY)) + 1;
  }
  default: return (d.month + 2) / 3;
  }
}

/* What is finer than a step says nothing, and a cycle the history has not been through twice could be anything. */
dyo_status xgb_choose_calendar(dyo_ctx *ctx, const dyo_history *h, xgb_state *s, dyo_err *err)
{
  const double        span = h->t ? h->t[h->n - 1] - h->t[0] : 0;
  const dyo_freq_unit u    = h->freq.unit;
  s->unit = (int)u, s->step = h->freq.step > 1 ? h->freq.step : 1;
  s->calendar = DYO_NEW(ctx, XGB_CALENDAR, int);
  if (!s->calendar) return dyo_oom(err);
  if (!h->t) return DYO_OK;
  const bool use[XGB_CALENDAR] = {
    [XGB_HOUR] = u <= DYO_FREQ_HOUR && span >= 2,           [XGB_WEEKDAY] = u <= DYO_FREQ_DAY && span >= 14,
    [XGB_MONTHDAY] = u <= DYO_FREQ_DAY && span >= year / 2, [XGB_MONTH] = u <= DYO_FREQ_MONTH && span >= 2 * year,
    [XGB_WEEK] = u <= DYO_FREQ_WEEK && span >= 2 * year,    [XGB_QUARTER] = u == DYO_FREQ_QUARTER && span >= 2 * year,
  };
  for (int i = 0; i < XGB_CALENDAR; i++)
    if (use[i]) s->calendar[s->n_calendar++] = i;
  s->holidays = DYO_NEW(ctx, h->n_holidays, xgb_holiday);
  if (!s->holidays) return dyo_oom(err);
  for (size_t i = 0; i < h->n_holidays; i++) {
    const dyo_holiday *from = &h->holidays[i];
    double            *days = DYO_NEW(ctx, from->n, double);
    if (!days) return dyo_oom(err);
    memcpy(days, from->days, from->n * sizeof *days);
    s->holidays[i] = (xgb_holiday){from->name, days, from->n, from->lower_window, from->upper_window};
  }
  s->n_holidays = h->n_holidays;
  return DYO_OK;
}

/* Steps of a day or less: days since the holiday, from its lower to its upper window. Longer ones: how many of their days are in such a
 * window. */
double xgb_holiday_at(const xgb_state *s, const xgb_holiday *h, double t)
{
  const double first = floor(t);
  double       days = 0, end = first + 1;
  if (s->unit > DYO_FREQ_DAY)
    end = (double)dyo_time_step(time_of(first), (dyo_freq){(dyo_freq_unit)s->unit, s->step}, 1) / DYO_DAY;
  for (size_t i = 0; i < h->n_days; i++) {
    const double from = h->days[i] + h->lower, to = h->days[i] + h->upper + 1;
    if (to <= first || from >= end) continue;
    if (s->unit <= DYO_FREQ_DAY) return first - h->days[i];
    days += fmin(to, end) - fmax(from, first);
  }
  return days > 0 ? days : NAN;
}
