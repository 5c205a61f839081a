/* SPDX-License-Identifier: GPL-3.0-or-later */
/* labor.c - the operation staffing.labor_cost: each hour worked gets its kind and its price, in the order in which it was worked.
 * See dyo_labor_cost.h for the rule. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "staffing/dyo_labor_cost.h"
#include "staffing/ids.h"
#include "staffing/work_shift.h"

enum { MOST_PEOPLE = 100000, MOST_SHIFTS = 100000, MOST_WORK = 1000000, MOST_WEEKS = 520, WEEK = 7 };

enum { PER_DAY, PER_WEEK };
static const char *const per_words[] = {"day", "week", NULL};

static const dyo_field assignment_rows[] = {
  DYO_STR(dyo_schedule_assignment, employee_id, DYO_REQ, 200, "Who worked."),
  DYO_STR(dyo_schedule_assignment, shift_id, DYO_REQ, 200, "In which shift."),
  DYO_NUM(dyo_schedule_assignment, hours, DYO_OPT, 0, 24, "hours",
          "Paid hours, where they differ from those of the shift."),
  DYO_NUM(dyo_schedule_assignment, cost, DYO_OPT, -1e12, 1e12, "money",
          "Not used: the assignments of staffing.schedule can be passed as they are."),
  DYO_END(dyo_schedule_assignment)};

static const dyo_field hours_rows[] = {DYO_STR(dyo_labor_hours, employee_id, DYO_REQ, 200, "The employee's id."),
                                       DYO_NUMS(dyo_labor_hours, hours, DYO_F_SCALAR, DYO_REQ, 0, 168, "hours/week",
                                                "Hours of one week, or one number a week."),
                                       DYO_END(dyo_labor_hours)};

static const dyo_field night_rows[] = {
  DYO_NUM(dyo_labor_night, premium, DYO_OPT, 0, 10, "share of hourly_rate",
          "Extra pay of a night hour, 0.25 being a quarter of the rate."),
  DYO_NUM(dyo_labor_night, per_hour, DYO_OPT, 0, 1e6, "money/hour", "Extra pay of a night hour, in money."),
  DYO_STR(dyo_labor_night, start_time, DYO_OPT, 5, "When the night begins, HH:MM; 22:00 where missing."),
  DYO_STR(dyo_labor_night, end_time, DYO_OPT, 5,
          "When it ends, on the next day where that is at or before its start; 06:00 where missing."),
  DYO_END(dyo_labor_night)};

static const dyo_field weekend_rows[] = {
  DYO_NUM(dyo_labor_weekend, premium, DYO_OPT, 0, 10, "share of hourly_rate", "Extra pay of a weekend hour."),
  DYO_NUM(dyo_labor_weekend, per_hour, DYO_OPT, 0, 1e6, "money/hour", "Extra pay of a weekend hour, in money."),
  DYO_INTS(dyo_labor_weekend, days, DYO_OPT, 0, 6, "weekday",
           "The days it is paid for, 0 = Monday; 5 and 6 where missing."),
  DYO_END(dyo_labor_weekend)};

const dyo_field dyo_labor_cost_in_rows[] = {
  DYO_LIST(
    dyo_labor_cost_in, employees, DYO_REQ, MOST_PEOPLE, dyo_schedule_employee, dyo_schedule_employee_rows,
    "Who is paid, and how much an hour: the employees of staffing.schedule as they are; only id, name and hourly_rate are used."),
  DYO_LIST(dyo_labor_cost_in, shifts, DYO_OPT, MOST_SHIFTS, dyo_schedule_shift, dyo_schedule_shift_rows,
           "The shifts that assignments name, with their days and clock times."),
  DYO_LIST(dyo_labor_cost_in, assignments, DYO_OPT, MOST_WORK, dyo_schedule_assignment, assignment_rows,
           "Who worked which shift. This or hours."),
  DYO_MAP(dyo_labor_cost_in, hours, DYO_OPT, MOST_PEOPLE, dyo_labor_hours, hours_rows,
          "Hours by employee id, where the days are not known. This or assignments."),
  DYO_NUM(dyo_labor_cost_in, overtime_threshold, 40, 0, 1e4, "hours/week",
          "Hours of a week beyond which overtime is paid."),
  DYO_NUM(dyo_labor_cost_in, overtime_multiplier, 1.5, 0, 100, "of hourly_rate", "What an hour of overtime is paid."),
  DYO_NUM(dyo_labor_cost_in, daily_threshold, DYO_OPT, 0, 24, "hours/day",
          "Hours of a day beyond which overtime is paid. Missing: none by the day."),
  DYO_NUM(dyo_labor_cost_in, double_time_threshold, DYO_OPT, 0, 1e4, "hours",
          "Hours beyond which double time is paid. Missing: none."),
  DYO_NUM(dyo_labor_cost_in, double_time_multiplier, 2, 0, 100, "of hourly_rate",
          "What an hour of double time is paid."),
  DYO_ENUM(dyo_labor_cost_in, double_time_per, DYO_OPT, per_words,
           "Whether double_time_threshold is of a day or a week. Missing: a day with assignments, a week with hours."),
  DYO_OBJ(dyo_labor_cost_in, night, DYO_OPT, dyo_labor_night, night_rows,
          "Premium of night hours, on top of all else."),
  DYO_OBJ(dyo_labor_cost_in, weekend, DYO_OPT, dyo_labor_weekend, weekend_rows,
          "Premium of weekend hours, on top of all else."),
  DYO_END(dyo_labor_cost_in)};

#define SUM_ROWS(S)                                                                                                 \
  DYO_OUT(S, regular_hours, DYO_REQ, "hours", "Hours at the plain rate."),                                          \
    DYO_OUT(S, overtime_hours, DYO_REQ, "hours", "Hours of overtime, by the day or the week, each once."),          \
    DYO_OUT(S, double_time_hours, DYO_REQ, "hours", "Hours of double time; they are in no other kind."),            \
    DYO_OUT(S, night_hours, DYO_REQ, "hours", "Of all hours those at night; 0 where night is not asked for."),      \
    DYO_OUT(S, weekend_hours, DYO_REQ, "hours", "Of all hours those at the weekend; 0 where it is not asked for."), \
    DYO_OUT(S, regular_cost, DYO_REQ, "money", "Pay of regular_hours."),                                            \
    DYO_OUT(S, overtime_cost, DYO_REQ, "money", "Whole pay of overtime_hours, multiplier included."),               \
    DYO_OUT(S, double_time_cost, DYO_REQ, "money", "Whole pay of double_time_hours."),                              \
    DYO_OUT(S, premium_cost, DYO_REQ, "money", "Night and weekend premiums."),                                      \
    DYO_OUT(S, total_cost, DYO_REQ, "money", "All of it.")

static const dyo_field employee_out_rows[] = {DYO_STR(dyo_labor_sum, id, DYO_REQ, 200, "The employee's id."),
                                              DYO_STR(dyo_labor_sum, name, DYO_OPT, 200, "The name as given."),
                                              DYO_OUT(dyo_labor_sum, hours, DYO_REQ, "hours", "All hours."),
                                              SUM_ROWS(dyo_labor_sum), DYO_END(dyo_labor_sum)};

static const dyo_field day_out_rows[] = {
  DYO_INT(dyo_labor_sum, day, DYO_REQ, 0, INT_MAX, "days", "The day of the shifts, 0 being the first."),
  DYO_OUT(dyo_labor_sum, hours, DYO_REQ, "hours", "All hours."), SUM_ROWS(dyo_labor_sum), DYO_END(dyo_labor_sum)};

static const dyo_field skill_out_rows[] = {
  DYO_STR(dyo_labor_sum, skill, DYO_OPT, 200, "The skill; missing for shifts that need none."),
  DYO_OUT(dyo_labor_sum, hours, DYO_REQ, "hours",
          "Hours; of a shift that needs several skills each has an equal part."),
  SUM_ROWS(dyo_labor_sum), DYO_END(dyo_labor_sum)};

const dyo_field dyo_labor_cost_out_rows[] = {
  DYO_LIST(dyo_labor_cost_out, employees, DYO_REQ, MOST_PEOPLE, dyo_labor_sum, employee_out_rows,
           "One for each employee, in the request's order."),
  DYO_LIST(dyo_labor_cost_out, days, DYO_OPT, WORK_DAYS, dyo_labor_sum, day_out_rows,
           "One for each day with work, in order; not with hours."),
  DYO_LIST(
    dyo_labor_cost_out, skills, DYO_OPT, MOST_SHIFTS, dyo_labor_sum, skill_out_rows,
    "One for each skill that shifts with work require, in order of name; they add up to the total. Not with hours."),
  DYO_OUT(dyo_labor_cost_out, total_hours, DYO_REQ, "hours", "All hours of all employees."),
  SUM_ROWS(dyo_labor_cost_out),
  DYO_OUT(dyo_labor_cost_out, overtime_extra_cost, DYO_REQ, "money",
          "What overtime and double time cost above the plain rate: saved if the same hours were straight time."),
  DYO_END(dyo_labor_cost_out)};

/* ---- one piece of work ---- */

typedef struct {
  size_t who, shift, place; /* in employees, shifts, assignments */
  int    day, start;
  double hours;
} piece;

/* Hours of the day and week up to now, without double time and (straight) without overtime. */
typedef struct {
  size_t who;
  int    day, week;
  double day_all, day_rest, week_all, straight;
} meter;

typedef struct {
  const dyo_labor_cost_in *in;
  dyo_labor_cost_out      *out;
  staff_ids                people, shifts, skills;
  work_span               *spans;
  int                      double_per;
  int                      night_from, night_to;
  unsigned                 weekend_days;
} job;

/* Of h hours that follow `before` others, those beyond the threshold; NaN: none. */
static double beyond(double before, double h, double threshold)
{
  if (isnan(threshold)) return 0;
  const double room = fmax(0, threshold - before);
  return fmax(0, h - room);
}

/* The kinds of the hours of one piece, or week of unknown days, in *s; the meter moves on. */
static void kinds(const job *j, meter *m, double h, dyo_labor_sum *s)
{
  const dyo_labor_cost_in *in  = j->in;
  const double             all = j->double_per == PER_DAY ? m->day_all : m->week_all;
  s->hours                     = h;
  s->double_time_hours         = beyond(all, h, in->double_time_threshold);
  const double rest            = h - s->double_time_hours;
  const double daily           = beyond(m->day_rest, rest, in->daily_threshold);
  const double weekly          = beyond(m->straight, rest - daily, in->overtime_threshold);
  s->overtime_hours            = daily + weekly;
  s->regular_hours             = rest - daily - weekly;
  m->day_all += h;
  m->week_all += h;
  m->day_rest += rest;
  m->straight += s->regular_hours;
}

static void prices(const job *j, double rate, dyo_labor_sum *s)
{
  const dyo_labor_night   *n = j->in->night;
  const dyo_labor_weekend *w = j->in->weekend;
  s->regular_cost            = s->regular_hours * rate;
  s->overtime_cost           = s->overtime_hours * rate * j->in->overtime_multiplier;
  s->double_time_cost        = s->double_time_hours * rate * j->in->double_time_multiplier;
  s->premium_cost            = 0;
  if (n) s->premium_cost += s->night_hours * (isnan(n->premium) ? n->per_hour : n->premium * rate);
  if (w) s->premium_cost += s->weekend_hours * (isnan(w->premium) ? w->per_hour : w->premium * rate);
  s->total_cost = s->regular_cost + s->overtime_cost + s->double_time_cost + s->premium_cost;
}

static void add(dyo_labor_sum *to, const dyo_labor_sum *s, double part)
{
  to->hours += part * s->hours;
  to->regular_hours += part * s->regular_hours;
  to->overtime_hours += part * s->overtime_hours;
  to->double_time_hours += part * s->double_time_hours;
  to->night_hours += part * s->night_hours;
  to->weekend_hours += part * s->weekend_hours;
  to->regular_cost += part * s->regular_cost;
  to->overtime_cost += part * s->overtime_cost;
  to->double_time_cost += part * s->double_time_cost;
  to->premium_cost += part * s->premium_cost;
  to->total_cost += part * s->total_cost;
}

/* ---- checks ---- */

static dyo_status one_premium(const char *path, double premium, double per_hour, dyo_err *err)
{
  if (isnan(premium) != isnan(per_hour)) return DYO_OK;
  return dyo_fail(err, DYO_INVALID_INPUT, path,
                  "found %s; premium (a share of the rate) or per_hour (money), one of the two, is expected",
                  isnan(premium) ? "neither premium nor per_hour" : "both premium and per_hour");
}

static dyo_status minute_of(const char *text, int missing, const char *path, int *out, dyo_err *err)
{
  *out = text ? work_minute(text) : missing;
  if (*out >= 0) return DYO_OK;
  return dyo_fail(err, DYO_INVALID_INPUT, path, "found \"%s\"; a time such as 22:00 is expected", text);
}

static dyo_status read_premiums(job *j, dyo_err *err)
{
  const dyo_labor_night   *n  = j->in->night;
  const dyo_labor_weekend *w  = j->in->weekend;
  dyo_status               st = DYO_OK;
  if (n) {
    st = one_premium("/night", n->premium, n->per_hour, err);
    if (st == DYO_OK) st = minute_of(n->start_time, 22 * 60, "/night/start_time", &j->night_from, err);
    if (st == DYO_OK) st = minute_of(n->end_time, 6 * 60, "/night/end_time", &j->night_to, err);
    if (j->night_to <= j->night_from) j->night_to += WORK_DAY;
  }
  if (!w || st != DYO_OK) return st;
  j->weekend_days = w->days ? 0 : 3u << 5;
  for (size_t i = 0; i < w->n_days; i++) j->weekend_days |= 1u << w->days[i];
  return one_premium("/weekend", w->premium, w->per_hour, err);
}

/* Rules by the day or the clock need to know days and clock times. */
static dyo_status rules_fit_hours(const dyo_labor_cost_in *in, dyo_err *err)
{
  static const char words[] = "the days of hours are not known; assignments and shifts are expected beside it";
  if (in->shifts)
    return dyo_fail(err, DYO_INVALID_INPUT, "/shifts", "found shifts beside hours; they belong to assignments");
  if (!isnan(in->daily_threshold)) return dyo_fail(err, DYO_INVALID_INPUT, "/daily_threshold", "%s", words);
  if (in->double_time_per == PER_DAY) return dyo_fail(err, DYO_INVALID_INPUT, "/double_time_per", "%s", words);
  if (in->night) return dyo_fail(err, DYO_INVALID_INPUT, "/night", "%s", words);
  if (in->weekend) return dyo_fail(err, DYO_INVALID_INPUT, "/weekend", "%s", words);
  return DYO_OK;
}

static dyo_status check(job *j, dyo_ctx *ctx, dyo_err *err)
{
  const dyo_labor_cost_in *in = j->in;
  dyo_status               st = DYO_OK;
  if (!in->n_employees)
    return dyo_fail(err, DYO_INVALID_INPUT, "/employees", "found an empty list; at least one employee is expected");
  if (!in->assignments == !in->hours)
    return dyo_fail(err, DYO_INVALID_INPUT, in->hours ? "/hours" : "", "found %s; one of the two is expected",
                    in->hours ? "both assignments and hours" : "neither assignments nor hours");
  if (in->hours) st = rules_fit_hours(in, err);
  else if (!in->shifts)
    st =
      dyo_fail(err, DYO_INVALID_INPUT, "/shifts", "shifts is missing; the shifts that assignments name are expected");
  if (st == DYO_OK) st = read_premiums(j, err);
  if (st != DYO_OK) return st;
  if (!staff_ids_make(ctx, in->n_employees, &j->people) || !staff_ids_make(ctx, in->n_shifts, &j->shifts))
    return dyo_oom(err);
  for (size_t i = 0; i < in->n_employees && st == DYO_OK; i++)
    st = work_new_id(&j->people, in->employees[i].id, "employees", i, err);
  for (size_t i = 0; i < in->n_shifts && st == DYO_OK; i++)
    st = work_new_id(&j->shifts, in->shifts[i].id, "shifts", i, err);
  return st;
}

static dyo_status spans(job *j, dyo_ctx *ctx, dyo_err *err)
{
  const dyo_labor_cost_in *in = j->in;
  dyo_status               st = DYO_OK;
  j->spans                    = DYO_NEW(ctx, in->n_shifts ? in->n_shifts : 1, work_span);
  if (!j->spans) return dyo_oom(err);
  for (size_t i = 0; i < in->n_shifts && st == DYO_OK; i++) st = work_span_of(&in->shifts[i], i, &j->spans[i], err);
  return st;
}

/* ---- assignments ---- */

static int by_work(const void *a, const void *b)
{
  const piece *x = a, *y = b;
  if (x->who != y->who) return x->who < y->who ? -1 : 1;
  if (x->day != y->day) return x->day < y->day ? -1 : 1;
  if (x->start != y->start) return x->start < y->start ? -1 : 1;
  if (x->shift != y->shift) return x->shift < y->shift ? -1 : 1;
  return (x->place > y->place) - (x->place < y->place);
}

static dyo_status read_piece(const job *j, size_t i, piece *p, dyo_err *err)
{
  const dyo_schedule_assignment *a = &j->in->assignments[i];
  *p                               = (piece){.place = i};
  const int who = staff_ids_find(&j->people, a->employee_id), shift = staff_ids_find(&j->shifts, a->shift_id);
  if (who < 0)
    return dyo_fail_item(err, DYO_INVALID_INPUT, "assignments", i, "employee_id",
                         "found \"%.80s\"; the id of an employee is expected", a->employee_id);
  if (shift < 0)
    return dyo_fail_item(err, DYO_INVALID_INPUT, "assignments", i, "shift_id",
                         "found \"%.80s\"; the id of a shift is expected", a->shift_id);
  const work_span *s = &j->spans[shift];
  p->who             = (size_t)who;
  p->shift           = (size_t)shift;
  p->day             = s->day;
  p->start           = s->start;
  p->hours           = isnan(a->hours) ? s->paid : a->hours;
  if (p->hours > (s->end - s->start) / 60.0 + 1e-9)
    return dyo_fail_item(err, DYO_INVALID_INPUT, "assignments", i, "hours",
                         "found %g; at most the %g hours of its shift are expected", p->hours,
                         (s->end - s->start) / 60.0);
  return DYO_OK;
}

static dyo_status read_pieces(const job *j, dyo_ctx *ctx, piece **out, dyo_err *err)
{
  const size_t n  = j->in->n_assignments;
  dyo_status   st = DYO_OK;
  piece       *p  = DYO_NEW(ctx, n ? n : 1, piece);
  if (!p) return dyo_oom(err);
  for (size_t i = 0; i < n && st == DYO_OK; i++) st = read_piece(j, i, &p[i], err);
  if (st != DYO_OK) return st;
  qsort(p, n, sizeof *p, by_work);
  for (size_t i = 1; i < n; i++)
    if (p[i].who == p[i - 1].who && p[i].shift == p[i - 1].shift)
      return dyo_fail_item(err, DYO_INVALID_INPUT, "assignments", p[i].place, NULL,
                           "found a shift that assignment %zu gives to the same employee; each once is expected",
                           p[i - 1].place);
  *out = p;
  return DYO_OK;
}

static void clock_hours(const job *j, const piece *p, dyo_labor_sum *s)
{
  const work_span *w          = &j->spans[p->shift];
  const double     per_minute = p->hours / (w->end - w->start);
  if (j->in->night) s->night_hours = work_overlap(w->start, w->end, j->night_from, j->night_to, 127) * per_minute;
  if (j->in->weekend) s->weekend_hours = work_overlap(w->start, w->end, 0, WORK_DAY, j->weekend_days) * per_minute;
}

static void move_meter(meter *m, const piece *p)
{
  const int  week = p->day / WEEK;
  const bool same = m->who == p->who;
  if (!same || m->week != week) m->week_all = m->straight = 0;
  if (!same || m->day != p->day) m->day_all = m->day_rest = 0;
  m->who  = p->who;
  m->day  = p->day;
  m->week = week;
}

static void add_skills(const job *j, const piece *p, const dyo_labor_sum *s)
{
  const dyo_schedule_shift *w = &j->in->shifts[p->shift];
  if (!w->n_required_skills) {
    add(&j->out->skills[staff_ids_find(&j->skills, "")], s, 1);
    return;
  }
  for (size_t k = 0; k < w->n_required_skills; k++)
    add(&j->out->skills[staff_ids_find(&j->skills, w->required_skills[k])], s, 1.0 / (double)w->n_required_skills);
}

static int by_text(const void *a, const void *b)
{
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The distinct skills of shifts with work in order, "" for none, as out->skills and as an index into it. */
static bool list_skills(job *j, dyo_ctx *ctx, const piece *p)
{
  const dyo_labor_cost_in *in    = j->in;
  size_t                   total = 0, n = 0;
  uint8_t                 *seen = DYO_NEW(ctx, in->n_shifts ? in->n_shifts : 1, uint8_t);
  if (!seen) return false;
  for (size_t i = 0; i < in->n_assignments; i++) seen[p[i].shift] = 1;
  for (size_t i = 0; i < in->n_shifts; i++) total += seen[i] ? in->shifts[i].n_required_skills + 1 : 0;
  const char **all = DYO_NEW(ctx, total ? total : 1, const char *);
  if (!all) return false;
  for (size_t i = 0; i < in->n_shifts; i++) {
    const dyo_schedule_shift *s = &in->shifts[i];
    if (seen[i] && !s->n_required_skills) all[n++] = "";
    for (size_t k = 0; seen[i] && k < s->n_required_skills; k++) all[n++] = s->required_skills[k];
  }
  qsort(all, n, sizeof *all, by_text);
  j->out->skills = DYO_NEW(ctx, n ? n : 1, dyo_labor_sum);
  if (!j->out->skills || !staff_ids_make(ctx, n, &j->skills)) return false;
  for (size_t k = 0; k < n; k++) j->out->skills[staff_ids_put(&j->skills, all[k])].skill = *all[k] ? all[k] : NULL;
  j->out->n_skills = j->skills.n;
  return true;
}

/* Days with work, in order, at their places; at[day] is the place. */
static bool list_days(job *j, dyo_ctx *ctx, const piece *p, size_t **at)
{
  uint8_t *worked = DYO_NEW(ctx, WORK_DAYS, uint8_t);
  *at             = DYO_NEW(ctx, WORK_DAYS, size_t);
  if (!worked || !*at) return false;
  size_t n = 0;
  for (size_t i = 0; i < j->in->n_assignments; i++) worked[p[i].day] = 1;
  for (int d = 0; d < WORK_DAYS; d++)
    if (worked[d]) (*at)[d] = n++;
  j->out->days = DYO_NEW(ctx, n ? n : 1, dyo_labor_sum);
  if (!j->out->days) return false;
  for (int d = 0; d < WORK_DAYS; d++)
    if (worked[d]) j->out->days[(*at)[d]].day = d;
  j->out->n_days = n;
  return true;
}

static dyo_status from_assignments(job *j, dyo_ctx *ctx, dyo_err *err)
{
  piece     *p   = NULL;
  size_t    *day = NULL;
  meter      m   = {.who = SIZE_MAX};
  dyo_status st  = spans(j, ctx, err);
  if (st == DYO_OK) st = read_pieces(j, ctx, &p, err);
  if (st != DYO_OK) return st;
  if (!list_skills(j, ctx, p) || !list_days(j, ctx, p, &day)) return dyo_oom(err);
  for (size_t i = 0; i < j->in->n_assignments; i++) {
    dyo_labor_sum s = {0};
    move_meter(&m, &p[i]);
    kinds(j, &m, p[i].hours, &s);
    clock_hours(j, &p[i], &s);
    prices(j, j->in->employees[p[i].who].hourly_rate, &s);
    add(&j->out->employees[p[i].who], &s, 1);
    add(&j->out->days[day[p[i].day]], &s, 1);
    add_skills(j, &p[i], &s);
  }
  return DYO_OK;
}

/* ---- hours ---- */

static dyo_status from_hours(job *j, dyo_err *err)
{
  for (size_t i = 0; i < j->in->n_hours; i++) {
    const dyo_labor_hours *h   = &j->in->hours[i];
    const int              who = staff_ids_find(&j->people, h->employee_id);
    if (who < 0)
      return staff_fail_key(err, "/hours", h->employee_id, "found \"%.80s\"; the id of an employee is expected",
                            h->employee_id);
    if (h->n_hours > MOST_WEEKS)
      return dyo_fail(err, DYO_TOO_LARGE, "/hours", "found %zu weeks for \"%.80s\"; at most %d are expected",
                      h->n_hours, h->employee_id, MOST_WEEKS);
    for (size_t w = 0; w < h->n_hours; w++) {
      dyo_labor_sum s = {0};
      meter         m = {0};
      kinds(j, &m, h->hours[w], &s);
      prices(j, j->in->employees[who].hourly_rate, &s);
      add(&j->out->employees[who], &s, 1);
    }
  }
  return DYO_OK;
}

static void totals(const job *j)
{
  dyo_labor_cost_out *out = j->out;
  dyo_labor_sum       s   = {0};
  for (size_t i = 0; i < out->n_employees; i++) {
    const dyo_labor_sum *e = &out->employees[i];
    add(&s, e, 1);
    out->overtime_extra_cost += e->overtime_cost + e->double_time_cost -
                                (e->overtime_hours + e->double_time_hours) * j->in->employees[i].hourly_rate;
  }
  out->total_hours       = s.hours;
  out->regular_hours     = s.regular_hours;
  out->overtime_hours    = s.overtime_hours;
  out->double_time_hours = s.double_time_hours;
  out->night_hours       = s.night_hours;
  out->weekend_hours     = s.weekend_hours;
  out->regular_cost      = s.regular_cost;
  out->overtime_cost     = s.overtime_cost;
  out->double_time_cost  = s.double_time_cost;
  out->premium_cost      = s.premium_cost;
  out->total_cost        = s.total_cost;
}

dyo_status dyo_labor_cost(dyo_ctx *ctx, const dyo_labor_cost_in *in, dyo_labor_cost_out *out, dyo_err *err)
{
  job        j  = {.in = in, .out = out};
  dyo_status st = check(&j, ctx, err);
  if (st != DYO_OK) return st;
  j.double_per   = in->double_time_per >= 0 ? in->double_time_per : in->hours ? PER_WEEK : PER_DAY;
  out->employees = DYO_NEW(ctx, in->n_employees, dyo_labor_sum);
  if (!out->employees) return dyo_oom(err);
  out->n_employees = in->n_employees;
  for (size_t i = 0; i < in->n_employees; i++) {
    out->employees[i].id   = in->employees[i].id;
    out->employees[i].name = in->employees[i].name;
  }
  st = in->hours ? from_hours(&j, err) : from_assignments(&j, ctx, err);
  if (st != DYO_OK) return st;
  totals(&j);
  return DYO_OK;
}
