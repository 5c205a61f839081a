/* SPDX-License-Identifier: GPL-3.0-or-later */
/* schedule_check.c - reads a request: ids to numbers, times to minutes, and refuses what does not fit together. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "series/dyo_calendar.h"
#include "staffing/schedule.h"
#include "staffing/schedule_rows.h"

enum { MOST_WARNINGS = 20, DAY_MINUTES = 1440, NIGHT_FROM = 22 * 60, NIGHT_TO = 6 * 60 };

static const double HAIR = 1e-6; /* hours by which a duration may exceed the clock */

dyo_status schedule_warn(schedule_job *j, const char *sentence)
{
  if (!sentence) return dyo_oom(j->err);
  if (j->n_warned++ >= MOST_WARNINGS) return DYO_OK;
  return dyo_note(j->ctx, &j->warnings, "%s", sentence) ? DYO_OK : dyo_oom(j->err);
}

/* ---- who and which ---- */

static dyo_status unknown_id(schedule_job *j, const staff_ids *ids, const char *what, const char *id, const char *path)
{
  const char *near = staff_ids_near(ids, id);
  return near
           ? dyo_fail(j->err, DYO_INVALID_INPUT, path, "found \"%.80s\", which is no %s here; did you mean \"%.80s\"?",
                      id, what, near)
           : dyo_fail(j->err, DYO_INVALID_INPUT, path,
                      "found \"%.80s\", which is no %s here; an id from the list of %ss is expected", id, what, what);
}

static dyo_status unknown_key(schedule_job *j, const staff_ids *ids, const char *what, const char *where,
                              const char *id)
{
  const char *near = staff_ids_near(ids, id);
  return staff_fail_key(j->err, where, id, "\"%.80s\" is no %s here%s%.80s%s", id, what,
                        near ? "; did you mean \"" : "", near ? near : "",
                        near ? "\"?" : "; an id from the request is expected");
}

static dyo_status twice(schedule_job *j, const char *list, size_t i, int first, const char *id)
{
  return dyo_fail_item(j->err, DYO_INVALID_INPUT, list, i, "id",
                       "found \"%.80s\" again, the first is /%s/%d; each id must be there once", id, list, first);
}

static dyo_status read_ids(schedule_job *j)
{
  const dyo_schedule_in *in       = j->in;
  size_t                 n_skills = 0;
  if (in->n_employees == 0)
    return dyo_fail(j->err, DYO_INVALID_INPUT, "/employees", "found an empty list; at least one person is expected");
  if (in->n_shifts == 0)
    return dyo_fail(j->err, DYO_INVALID_INPUT, "/shifts", "found an empty list; at least one shift is expected");
  if (!staff_ids_make(j->ctx, in->n_employees, &j->people) || !staff_ids_make(j->ctx, in->n_shifts, &j->shifts))
    return dyo_oom(j->err);
  for (size_t i = 0; i < in->n_employees; i++) {
    const int at = staff_ids_put(&j->people, in->employees[i].id);
    if (at != (int)i) return twice(j, "employees", i, at, in->employees[i].id);
    n_skills += in->employees[i].n_skills;
  }
  for (size_t i = 0; i < in->n_shifts; i++) {
    const int at = staff_ids_put(&j->shifts, in->shifts[i].id);
    if (at != (int)i) return twice(j, "shifts", i, at, in->shifts[i].id);
    n_skills += in->shifts[i].n_required_skills;
  }
  for (size_t i = 0; i < in->n_skill_coverage; i++) n_skills += in->skill_coverage[i].n_skills;
  return staff_ids_make(j->ctx, n_skills, &j->skills) ? DYO_OK : dyo_oom(j->err);
}

/* Which names stand for more than one shift. */
static dyo_status read_names(schedule_job *j)
{
  const size_t n     = j->in->n_shifts;
  int         *first = DYO_NEW(j->ctx, n, int);
  staff_ids    names;
  j->alike = DYO_NEW(j->ctx, n, bool);
  if (!first || !j->alike || !staff_ids_make(j->ctx, n, &names)) return dyo_oom(j->err);
  for (size_t i = 0; i < n; i++) {
    if (!j->in->shifts[i].name) continue;
    const size_t before = names.n;
    const int    at     = staff_ids_put(&names, j->in->shifts[i].name);
    if (names.n > before) first[at] = (int)i;
    else j->alike[i] = j->alike[first[at]] = true;
  }
  return DYO_OK;
}

/* ---- times ---- */

/* Minutes of "HH:MM"; -1 for anything else. */
static int minutes(const char *s, bool may_be_24)
{
  if (strlen(s) != 5 || s[2] != ':' || strspn(s, "0123456789") != 2 || strspn(s + 3, "0123456789") != 2) return -1;
  const int hour = (s[0] - '0') * 10 + s[1] - '0', minute = (s[3] - '0') * 10 + s[4] - '0';
  if (minute > 59 || hour > 24 || (hour == 24 && (minute > 0 || !may_be_24))) return -1;
  return hour * 60 + minute;
}

static bool runs_into_night(int start, int end)
{
  return start < NIGHT_TO || end > NIGHT_FROM;
}

static dyo_status read_shift(schedule_job *j, size_t i, roster_shift *s)
{
  const dyo_schedule_shift *x     = &j->in->shifts[i];
  const int                 start = minutes(x->start_time, false);
  int                       end   = minutes(x->end_time, true);
  if (start < 0)
    return dyo_fail_item(j->err, DYO_INVALID_INPUT, "shifts", i, "start_time",
                         "found \"%.40s\"; a time from 00:00 to 23:59 as HH:MM is expected", x->start_time);
  if (end < 0)
    return dyo_fail_item(j->err, DYO_INVALID_INPUT, "shifts", i, "end_time",
                         "found \"%.40s\"; a time from 00:00 to 24:00 as HH:MM is expected", x->end_time);
  if (end <= start) end += DAY_MINUTES;
  if (x->duration_hours > (end - start) / 60.0 + HAIR)
    return dyo_fail_item(
      j->err, DYO_INVALID_INPUT, "shifts", i, "duration_hours",
      "found %.10g; %s to %s is %.10g hours, and at most that is expected (less where a break is unpaid)",
      x->duration_hours, x->start_time, x->end_time, (end - start) / 60.0);
  *s = (roster_shift){.start     = x->day * DAY_MINUTES + start,
                      .end       = x->day * DAY_MINUTES + end,
                      .day       = x->day,
                      .unpopular = x->unpopular >= 0 ? x->unpopular : x->day % 7 >= 5 || runs_into_night(start, end)};
  return DYO_OK;
}

typedef struct {
  roster_shift s;
  int          at;
} placed;

static int by_time(const void *a, const void *b)
{
  const placed *x = a, *y = b;
  if (x->s.day != y->s.day) return x->s.day < y->s.day ? -1 : 1;
  if (x->s.start != y->s.start) return x->s.start < y->s.start ? -1 : 1;
  if (x->s.end != y->s.end) return x->s.end < y->s.end ? -1 : 1;
  return x->at - y->at;
}

static dyo_status read_shifts(schedule_job *j)
{
  const size_t n     = j->in->n_shifts;
  placed      *order = DYO_NEW(j->ctx, n, placed);
  dyo_status   st    = DYO_OK;
  j->m.shifts        = DYO_NEW(j->ctx, n, roster_shift);
  j->shift_at        = DYO_NEW(j->ctx, n, int);
  j->shift_of        = DYO_NEW(j->ctx, n, int);
  if (!order || !j->m.shifts || !j->shift_at || !j->shift_of) return dyo_oom(j->err);
  for (size_t i = 0; i < n && st == DYO_OK; i++) {
    order[i].at = (int)i;
    st          = read_shift(j, i, &order[i].s);
  }
  if (st != DYO_OK) return st;
  qsort(order, n, sizeof *order, by_time);
  for (size_t k = 0; k < n; k++) {
    j->m.shifts[k]           = order[k].s;
    j->shift_of[k]           = order[k].at;
    j->shift_at[order[k].at] = (int)k;
  }
  j->m.n_shifts = n;
  j->m.n_days   = order[n - 1].s.day + 1;
  return DYO_OK;
}

/* ---- skills ---- */

static void set_skills(schedule_job *j, const char *const *list, size_t n, uint64_t *bits)
{
  for (size_t k = 0; k < n; k++) {
    const int s = staff_ids_put(&j->skills, list[k]);
    bits[s / 64] |= (uint64_t)1 << s % 64;
  }
}

static dyo_status read_skills(schedule_job *j)
{
  const dyo_schedule_in *in = j->in;
  for (size_t i = 0; i < in->n_employees; i++)
    for (size_t k = 0; k < in->employees[i].n_skills; k++) staff_ids_put(&j->skills, in->employees[i].skills[k]);
  for (size_t i = 0; i < in->n_shifts; i++)
    for (size_t k = 0; k < in->shifts[i].n_required_skills; k++)
      staff_ids_put(&j->skills, in->shifts[i].required_skills[k]);
  j->n_words    = j->skills.n / 64 + 1;
  j->person_has = DYO_NEW(j->ctx, in->n_employees * j->n_words, uint64_t);
  j->shift_asks = DYO_NEW(j->ctx, in->n_shifts * j->n_words, uint64_t);
  if (!j->person_has || !j->shift_asks) return dyo_oom(j->err);
  for (size_t i = 0; i < in->n_employees; i++)
    set_skills(j, in->employees[i].skills, in->employees[i].n_skills, &j->person_has[i * j->n_words]);
  for (size_t i = 0; i < in->n_shifts; i++)
    set_skills(j, in->shifts[i].required_skills, in->shifts[i].n_required_skills,
               &j->shift_asks[(size_t)j->shift_at[i] * j->n_words]);
  return DYO_OK;
}

/* ---- types and what speaks of them ---- */

static dyo_status read_types(schedule_job *j)
{
  const dyo_schedule_in *in = j->in;
  char                   path[64];
  if (!staff_ids_make(j->ctx, in->n_shifts + 1, &j->types)) return dyo_oom(j->err);
  staff_ids_put(&j->types, ""); /* kind 0: shifts without a type */
  for (size_t k = 0; k < in->n_shifts; k++) {
    const char *type = in->shifts[j->shift_of[k]].type;
    if (type) j->m.shifts[k].kind = staff_ids_put(&j->types, type);
  }
  for (size_t i = 0; i < in->n_forbidden_successions; i++) {
    const dyo_succession *x = &in->forbidden_successions[i];
    for (int end = 0; end < 2; end++) {
      const char *type = end ? x->to : x->from;
      snprintf(path, sizeof path, "/forbidden_successions/%zu/%s", i, end ? "to" : "from");
      if (staff_ids_find(&j->types, type) < 0) return unknown_id(j, &j->types, "type of shift", type, path);
    }
  }
  for (size_t i = 0; i < in->n_employees; i++)
    for (size_t k = 0; k < in->employees[i].n_max_shifts_per_type; k++) {
      const char *type = in->employees[i].max_shifts_per_type[k].key;
      snprintf(path, sizeof path, "/employees/%zu/max_shifts_per_type", i);
      if (staff_ids_find(&j->types, type) < 0) return unknown_key(j, &j->types, "type of shift", path, type);
    }
  if (j->types.n > MOST_TYPES + 1)
    return dyo_fail(j->err, DYO_TOO_LARGE, "/shifts", "found %zu types of shift; at most %d are accepted",
                    j->types.n - 1, MOST_TYPES);
  j->m.n_kinds = (int)j->types.n;
  return DYO_OK;
}

/* ---- pairs ---- */

typedef struct {
  const char *list;
  const char *employee, *shift;
} named_pair;

static dyo_status pair_of(schedule_job *j, const named_pair *x, size_t i, pair_at *out)
{
  char path[64];
  out->at     = i;
  out->person = staff_ids_find(&j->people, x->employee);
  snprintf(path, sizeof path, "/%s/%zu/employee_id", x->list, i);
  if (out->person < 0) return unknown_id(j, &j->people, "employee", x->employee, path);
  const int shift = staff_ids_find(&j->shifts, x->shift);
  snprintf(path, sizeof path, "/%s/%zu/shift_id", x->list, i);
  if (shift < 0) return unknown_id(j, &j->shifts, "shift", x->shift, path);
  out->shift = j->shift_at[shift];
  return DYO_OK;
}

static int by_person(const void *a, const void *b)
{
  const pair_at *x = a, *y = b;
  if (x->person != y->person) return x->person < y->person ? -1 : 1;
  if (x->shift != y->shift) return x->shift < y->shift ? -1 : 1;
  return (x->at > y->at) - (x->at < y->at);
}

/* Sorted by person; from[p] is where those of p begin. */
static dyo_status group(schedule_job *j, pair_at *list, size_t n, size_t **from)
{
  *from = DYO_NEW(j->ctx, j->in->n_employees + 1, size_t);
  if (!*from) return dyo_oom(j->err);
  qsort(list, n, sizeof *list, by_person);
  for (size_t k = 0, p = 0; p <= j->in->n_employees; p++) {
    while (k < n && list[k].person < (int)p) k++;
    (*from)[p] = k;
  }
  return DYO_OK;
}

static dyo_status read_pairs(schedule_job *j)
{
  const dyo_schedule_in *in = j->in;
  dyo_status             st = DYO_OK;
  j->fixed                  = DYO_NEW(j->ctx, in->n_fixed + 1, pair_at);
  j->forbidden              = DYO_NEW(j->ctx, in->n_forbidden + 1, pair_at);
  j->requests               = DYO_NEW(j->ctx, in->n_shift_requests + 1, pair_at);
  if (!j->fixed || !j->forbidden || !j->requests) return dyo_oom(j->err);
  for (size_t i = 0; i < in->n_fixed && st == DYO_OK; i++)
    st = pair_of(j, &(named_pair){"fixed", in->fixed[i].employee_id, in->fixed[i].shift_id}, i, &j->fixed[i]);
  for (size_t i = 0; i < in->n_forbidden && st == DYO_OK; i++)
    st = pair_of(j, &(named_pair){"forbidden", in->forbidden[i].employee_id, in->forbidden[i].shift_id}, i,
                 &j->forbidden[i]);
  for (size_t i = 0; i < in->n_shift_requests && st == DYO_OK; i++)
    st = pair_of(j, &(named_pair){"shift_requests", in->shift_requests[i].employee_id, in->shift_requests[i].shift_id},
                 i, &j->requests[i]);
  if (st == DYO_OK) st = group(j, j->fixed, in->n_fixed, &j->fixed_from);
  if (st == DYO_OK) st = group(j, j->forbidden, in->n_forbidden, &j->forbidden_from);
  return st == DYO_OK ? group(j, j->requests, in->n_shift_requests, &j->requests_from) : st;
}

/* ---- maps keyed by shifts, and limits ---- */

static dyo_status check_person(schedule_job *j, size_t i)
{
  const dyo_schedule_employee *x = &j->in->employees[i];
  char                         path[64];
  if (x->min_hours > x->max_hours)
    return dyo_fail_item(j->err, DYO_INVALID_INPUT, "employees", i, "min_hours",
                         "found %.10g; at most max_hours, %.10g, is expected", x->min_hours, x->max_hours);
  if (x->min_hours_per_week > x->max_hours_per_week)
    return dyo_fail_item(j->err, DYO_INVALID_INPUT, "employees", i, "min_hours_per_week",
                         "found %.10g; at most max_hours_per_week, %.10g, is expected", x->min_hours_per_week,
                         x->max_hours_per_week);
  if (x->min_consecutive_days != DYO_NO_INT && x->max_consecutive_days != DYO_NO_INT &&
      x->min_consecutive_days > x->max_consecutive_days)
    return dyo_fail_item(j->err, DYO_INVALID_INPUT, "employees", i, "min_consecutive_days",
                         "found %d; at most max_consecutive_days, %d, is expected", x->min_consecutive_days,
                         x->max_consecutive_days);
  snprintf(path, sizeof path, "/employees/%zu/preferences", i);
  for (size_t k = 0; k < x->n_preferences; k++)
    if (staff_ids_find(&j->shifts, x->preferences[k].shift) < 0)
      return unknown_key(j, &j->shifts, "shift", path, x->preferences[k].shift);
  snprintf(path, sizeof path, "/employees/%zu/availability", i);
  for (size_t k = 0; k < x->n_availability; k++) {
    const char *day = x->availability[k].weekday;
    if (strlen(day) != 1 || *day < '0' || *day > '6')
      return staff_fail_key(j->err, path, day, "found weekday \"%.40s\"; \"0\" (Monday) to \"6\" (Sunday) are expected",
                            day);
  }
  return DYO_OK;
}

static dyo_status check_coverage(schedule_job *j)
{
  const dyo_schedule_in *in = j->in;
  for (size_t i = 0; i < in->n_min_coverage; i++)
    if (staff_ids_find(&j->shifts, in->min_coverage[i].key) < 0)
      return unknown_key(j, &j->shifts, "shift", "/min_coverage", in->min_coverage[i].key);
  for (size_t i = 0; i < in->n_max_coverage; i++)
    if (staff_ids_find(&j->shifts, in->max_coverage[i].key) < 0)
      return unknown_key(j, &j->shifts, "shift", "/max_coverage", in->max_coverage[i].key);
  for (size_t i = 0; i < in->n_skill_coverage; i++)
    if (staff_ids_find(&j->shifts, in->skill_coverage[i].shift) < 0)
      return unknown_key(j, &j->shifts, "shift", "/skill_coverage", in->skill_coverage[i].shift);
  return DYO_OK;
}

/* ---- dates ---- */

static bool day_number(const char *text, int64_t *day)
{
  dyo_time t;
  if (strlen(text) != 10 || !dyo_time_parse(text, &t)) return false;
  *day = t >= 0 ? t / DYO_DAY : -((DYO_DAY - 1 - t) / DYO_DAY);
  return true;
}

static dyo_status read_leave(schedule_job *j, size_t i)
{
  const dyo_schedule_employee *x = &j->in->employees[i];
  char                         path[80];
  int64_t                      day;
  for (size_t k = 0; k < x->n_unavailable_dates; k++) {
    snprintf(path, sizeof path, "/employees/%zu/unavailable_dates/%zu", i, k);
    if (!day_number(x->unavailable_dates[k], &day))
      return dyo_fail(j->err, DYO_INVALID_INPUT, path, "found \"%.40s\"; a date as YYYY-MM-DD is expected",
                      x->unavailable_dates[k]);
    day -= j->horizon_start;
    if (day >= 0 && day < j->m.n_days) j->leave[i * (size_t)j->m.n_days + (size_t)day] = 1;
  }
  return DYO_OK;
}

static dyo_status read_dates(schedule_job *j)
{
  static const char *const days[] = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
  const dyo_schedule_in   *in     = j->in;
  dyo_status               st     = DYO_OK;
  size_t                   first  = 0;
  if (in->horizon_start) {
    if (!day_number(in->horizon_start, &j->horizon_start))
      return dyo_fail(j->err, DYO_INVALID_INPUT, "/horizon_start", "found \"%.40s\"; a date as YYYY-MM-DD is expected",
                      in->horizon_start);
    const int weekday = dyo_weekday(j->horizon_start * DYO_DAY);
    if (weekday != 0)
      st = schedule_warn(j, dyo_text(j->ctx, "horizon_start %s is a %s; day 0 counts as a Monday all the same.",
                                     in->horizon_start, days[weekday]));
  }
  while (first < in->n_employees && in->employees[first].n_unavailable_dates == 0) first++;
  if (first == in->n_employees || st != DYO_OK) return st;
  if (!in->horizon_start)
    return dyo_fail(j->err, DYO_INVALID_INPUT, "/horizon_start",
                    "horizon_start is missing: /employees/%zu has unavailable_dates, which need the date of day 0",
                    first);
  j->leave = DYO_NEW(j->ctx, in->n_employees * (size_t)j->m.n_days, uint8_t);
  if (!j->leave) return dyo_oom(j->err);
  for (size_t i = 0; i < in->n_employees && st == DYO_OK; i++) st = read_leave(j, i);
  return st;
}

dyo_status schedule_read(schedule_job *j)
{
  dyo_status st = read_ids(j);
  if (st == DYO_OK) st = read_names(j);
  if (st == DYO_OK) st = read_shifts(j);
  if (st == DYO_OK) st = read_skills(j);
  if (st == DYO_OK) st = read_types(j);
  if (st == DYO_OK) st = read_pairs(j);
  if (st == DYO_OK) st = check_coverage(j);
  for (size_t i = 0; i < j->in->n_employees && st == DYO_OK; i++) st = check_person(j, i);
  return st == DYO_OK ? read_dates(j) : st;
}
