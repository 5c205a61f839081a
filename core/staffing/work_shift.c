/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "staffing/work_shift.h"

#include <math.h>

int work_minute(const char *text)
{
  int part[2] = {0, 0};
  for (int k = 0; k < 2; k++) {
    int digits = 0;
    for (; *text >= '0' && *text <= '9' && digits < 2; digits++) part[k] = part[k] * 10 + (*text++ - '0');
    if (digits == 0 || (k == 1 && digits < 2)) return -1;
    if (k == 0 && *text++ != ':') return -1;
  }
  const int minute = part[0] * 60 + part[1];
  return *text || part[1] > 59 || minute > WORK_DAY ? -1 : minute;
}

static dyo_status clock_of(const char *text, int most, size_t i, const char *field, int *minute, dyo_err *err)
{
  *minute = work_minute(text);
  if (*minute >= 0 && *minute <= most) return DYO_OK;
  return dyo_fail_item(err, DYO_INVALID_INPUT, "shifts", i, field,
                       "found \"%.40s\"; a time such as 07:30 or 22:00 is expected", text);
}

dyo_status work_span_of(const dyo_schedule_shift *s, size_t i, work_span *out, dyo_err *err)
{
  *out          = (work_span){s->day, -1, -1, s->duration_hours};
  dyo_status st = clock_of(s->start_time, WORK_DAY - 1, i, "start_time", &out->start, err);
  if (st == DYO_OK) st = clock_of(s->end_time, WORK_DAY, i, "end_time", &out->end, err);
  if (st != DYO_OK) return st;
  if (out->end <= out->start) out->end += WORK_DAY;
  const double hours = (out->end - out->start) / 60.0;
  if (isnan(out->paid)) out->paid = hours;
  if (out->paid > hours + 1e-6)
    return dyo_fail_item(err, DYO_INVALID_INPUT, "shifts", i, "duration_hours",
                         "found %g; at most the %g hours from %s to %s are expected", out->paid, hours, s->start_time,
                         s->end_time);
  out->start += s->day * WORK_DAY;
  out->end += s->day * WORK_DAY;
  return DYO_OK;
}

int work_overlap(int start, int end, int from, int to, unsigned days)
{
  int sum = 0;
  for (int day = start / WORK_DAY - 1; day * WORK_DAY < end; day++) {
    if (!(days >> ((day + 7) % 7) & 1)) continue;
    const int lo = day * WORK_DAY + from, hi = day * WORK_DAY + to;
    const int a = lo > start ? lo : start, b = hi < end ? hi : end;
    if (b > a) sum += b - a;
  }
  return sum;
}

dyo_status work_new_id(staff_ids *ids, const char *id, const char *list, size_t i, dyo_err *err)
{
  if (!*id)
    return dyo_fail_item(err, DYO_INVALID_INPUT, list, i, "id", "found \"\"; an id that is not empty is expected");
  const size_t at = (size_t)staff_ids_put(ids, id);
  if (at == i) return DYO_OK;
  return dyo_fail_item(err, DYO_INVALID_INPUT, list, i, "id",
                       "found \"%.60s\", which item %zu has too; each id once is expected", id, at);
}
