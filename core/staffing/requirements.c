/* SPDX-License-Identifier: GPL-3.0-or-later */
/* requirements.c - the operation staffing.requirements. See dyo_requirements.h. */
#include "staffing/dyo_requirements.h"

#include <math.h>
#include <stdlib.h>

#include "staffing/cover.h"
#include "staffing/erlang.h"
#include "staffing/ids.h"
#include "staffing/work_shift.h"

enum { MOST_INTERVALS = 50000, MOST_SHIFTS = 20000, MOST_STAFF = 1000000000 };
static const double MOST_LOAD = 1e8, CLOSE = 1e-12;

static const char *const models[] = {"erlang_c", "erlang_a", NULL};
static const char *const rules[]  = {"least", "max", NULL};

const dyo_field dyo_requirements_in_rows[] = {
  DYO_NUMS(
    dyo_requirements_in, demand, 0, DYO_REQ, -1e12, 1e12, "customers/interval",
    "Calls or customers of each interval in order, such as the predictions of forecast.create. Below 0 counts as 0."),
  DYO_INT(dyo_requirements_in, interval_minutes, 30, 1, WORK_DAY, "minutes", "Length of an interval."),
  DYO_INT(dyo_requirements_in, start_day, 0, 0, WORK_DAYS - 1, "days",
          "Day of the first interval, as shifts count them: 0 is a Monday."),
  DYO_STR(dyo_requirements_in, start_time, DYO_OPT, 5, "When the first interval begins, HH:MM; 00:00 where missing."),
  DYO_NUMS(dyo_requirements_in, average_handling_time_s, DYO_F_SCALAR, DYO_REQ, DYO_POS, 1e7, "seconds",
           "Mean time a person is busy with a customer: one number, or one an interval."),
  DYO_ENUM(
    dyo_requirements_in, model, DYO_OPT, models,
    "erlang_c: customers wait as long as it takes; erlang_a: they give up. Missing: erlang_a where patience_s is given."),
  DYO_NUM(dyo_requirements_in, patience_s, DYO_OPT, DYO_POS, 1e9, "seconds",
          "Mean time customers would wait before they give up."),
  DYO_NUM(dyo_requirements_in, service_level, 0.8, 0, 0.9999, "0..1",
          "Share of all customers to be answered within target_seconds; one who gives up is not answered."),
  DYO_NUM(dyo_requirements_in, target_seconds, 20, 0, 1e7, "seconds", "Wait that counts as service in time."),
  DYO_NUM(dyo_requirements_in, max_average_wait_s, DYO_OPT, DYO_POS, 1e7, "seconds",
          "Longest mean wait allowed, if any."),
  DYO_NUM(dyo_requirements_in, max_abandonment, DYO_OPT, DYO_POS, 1, "0..1",
          "Largest share that may give up, if any; erlang_a."),
  DYO_NUM(dyo_requirements_in, max_occupancy, 1, 0.01, 1, "0..1",
          "Largest share of their time that people may be busy."),
  DYO_NUM(dyo_requirements_in, shrinkage, 0, 0, 0.95, "0..1",
          "Share of paid time away from work: breaks, training, illness."),
  DYO_INT(dyo_requirements_in, min_staff, 0, 0, 1000000, "people", "People there at least, demand or not."),
  DYO_NUMS(dyo_requirements_in, staff, DYO_F_SCALAR, DYO_OPT, 0, 1e9, "people",
           "Judge these instead of finding the fewest: one number, or one an interval. Whole."),
  DYO_LIST(dyo_requirements_in, shifts, DYO_OPT, MOST_SHIFTS, dyo_schedule_shift, dyo_schedule_shift_rows,
           "Shifts to find the coverage of, with clock times."),
  DYO_ENUM(
    dyo_requirements_in, coverage_rule, DYO_COVER_LEAST, rules,
    "least: the fewest paid hours that reach every interval's need; max: each shift has the greatest need of its intervals."),
  DYO_END(dyo_requirements_in)};

static const dyo_field interval_rows[] = {
  DYO_INT(dyo_requirement, day, DYO_REQ, 0, INT_MAX, "days", "Day on which the interval begins."),
  DYO_STR(dyo_requirement, start_time, DYO_REQ, 8, "When it begins, HH:MM."),
  DYO_OUT(dyo_requirement, demand, DYO_REQ, "customers", "As given, 0 where below."),
  DYO_OUT(dyo_requirement, load, DYO_REQ, "erlangs",
          "People busy on average if nobody gave up: demand x handling time / interval."),
  DYO_INT(dyo_requirement, staff, DYO_REQ, 0, INT_MAX, "people", "People at work."),
  DYO_INT(dyo_requirement, scheduled, DYO_REQ, 0, INT_MAX, "people",
          "People to schedule: staff / (1 - shrinkage), rounded up."),
  DYO_INT(dyo_requirement, on_duty, DYO_OPT, 0, INT_MAX, "people",
          "People of min_coverage there throughout; with shifts."),
  DYO_OUT(dyo_requirement, service_level, DYO_REQ, "0..1", "Share answered within target_seconds; 1 without demand."),
  DYO_OUT(dyo_requirement, wait_probability, DYO_REQ, "0..1", "Share not answered at once."),
  DYO_OUT(dyo_requirement, average_wait_s, DYO_NULL, "seconds",
          "Mean wait of all customers, until answer or giving up; null where the queue grows without end."),
  DYO_OUT(dyo_requirement, average_speed_of_answer_s, DYO_NULL, "seconds",
          "Mean wait of those who are answered; null where nobody is, or the queue grows without end."),
  DYO_OUT(dyo_requirement, occupancy, DYO_REQ, "0..1", "Share of their time that people are busy."),
  DYO_OUT(dyo_requirement, abandonment, DYO_REQ, "0..1", "Share of customers who give up; 0 with erlang_c."),
  DYO_END(dyo_requirement)};

static const dyo_field heads_rows[] = {DYO_STR(dyo_shift_heads, shift_id, DYO_REQ, 200, "The shift's id."),
                                       DYO_INT(dyo_shift_heads, heads, DYO_REQ, 0, INT_MAX, "people", "People needed."),
                                       DYO_END(dyo_shift_heads)};

static const dyo_field uncovered_rows[] = {
  DYO_INT(dyo_uncovered_interval, interval, DYO_REQ, 0, INT_MAX, NULL, "Place in intervals, from 0."),
  DYO_INT(dyo_uncovered_interval, day, DYO_REQ, 0, INT_MAX, "days", "The day it lies in."),
  DYO_STR(dyo_uncovered_interval, start_time, DYO_REQ, 8, "When it begins."),
  DYO_INT(dyo_uncovered_interval, required, DYO_REQ, 0, INT_MAX, "people", "People to schedule."),
  DYO_INT(dyo_uncovered_interval, assigned, DYO_REQ, 0, INT_MAX, "people", "People there throughout."),
  DYO_END(dyo_uncovered_interval)};

const dyo_field dyo_requirements_out_rows[] = {
  DYO_ENUM(dyo_requirements_out, model, DYO_REQ, models, "The queue that was taken."),
  DYO_LIST(dyo_requirements_out, intervals, DYO_REQ, MOST_INTERVALS, dyo_requirement, interval_rows,
           "One for each interval of demand."),
  DYO_OUT(dyo_requirements_out, total_demand, DYO_REQ, "customers", "Sum of demand."),
  DYO_OUT(dyo_requirements_out, peak_staff, DYO_REQ, "people", "Greatest staff."),
  DYO_OUT(dyo_requirements_out, peak_scheduled, DYO_REQ, "people", "Greatest scheduled."),
  DYO_OUT(dyo_requirements_out, staff_hours, DYO_REQ, "hours", "Hours of scheduled over all intervals."),
  DYO_OUT(dyo_requirements_out, service_level, DYO_REQ, "0..1", "Over all customers; 1 without demand."),
  DYO_OUT(dyo_requirements_out, average_wait_s, DYO_NULL, "seconds",
          "Over all customers; null where a queue grows without end."),
  DYO_OUT(dyo_requirements_out, occupancy, DYO_REQ, "0..1", "Busy hours over hours of staff."),
  DYO_OUT(dyo_requirements_out, abandonment, DYO_REQ, "0..1", "Over all customers."),
  DYO_MAP(dyo_requirements_out, min_coverage, DYO_OPT, MOST_SHIFTS, dyo_shift_heads, heads_rows,
          "People for each shift, as staffing.schedule takes it; with shifts."),
  DYO_OUT(dyo_requirements_out, shift_hours, DYO_OPT, "hours", "Paid hours of min_coverage."),
  DYO_LIST(dyo_requirements_out, uncovered, DYO_OPT, MOST_INTERVALS, dyo_uncovered_interval, uncovered_rows,
           "Intervals in which no shift lies over a moment with need; with shifts."),
  DYO_STRS(dyo_requirements_out, warnings, DYO_REQ, 10, "What was taken otherwise than written."),
  DYO_END(dyo_requirements_out)};

typedef struct {
  const dyo_requirements_in *in;
  dyo_requirements_out      *out;
  int                        start; /* minutes of the first interval since day 0 */
  int                        model;
} job;

static double at(const double *v, size_t n, size_t i)
{
  return v[n == 1 ? 0 : i];
}

/* ---- checks ---- */

static dyo_status check_length(const char *path, size_t found, size_t n, dyo_err *err)
{
  if (found == 1 || found == n) return DYO_OK;
  return dyo_fail(err, DYO_INVALID_INPUT, path,
                  "found %zu values; one number, or one for each of the %zu intervals of demand, is expected", found,
                  n);
}

static dyo_status check_model(job *j, dyo_err *err)
{
  const dyo_requirements_in *in = j->in;
  j->model                      = in->model >= 0 ? in->model : isnan(in->patience_s) ? DYO_ERLANG_C : DYO_ERLANG_A;
  if (j->model == DYO_ERLANG_A && isnan(in->patience_s))
    return dyo_fail(err, DYO_INVALID_INPUT, "/patience_s", "patience_s is missing; model erlang_a needs it");
  if (j->model == DYO_ERLANG_C && !isnan(in->patience_s))
    return dyo_fail(err, DYO_INVALID_INPUT, "/model", "found erlang_c beside a patience_s of %g; erlang_a is expected",
                    in->patience_s);
  if (j->model == DYO_ERLANG_C && !isnan(in->max_abandonment))
    return dyo_fail(err, DYO_INVALID_INPUT, "/max_abandonment",
                    "found %g without patience_s; nobody gives up with erlang_c", in->max_abandonment);
  return DYO_OK;
}

static dyo_status check_staff(const dyo_requirements_in *in, dyo_err *err)
{
  dyo_status st = in->staff ? check_length("/staff", in->n_staff, in->n_demand, err) : DYO_OK;
  for (size_t i = 0; i < in->n_staff && st == DYO_OK; i++)
    if (floor(in->staff[i]) != in->staff[i])
      st = dyo_fail(err, DYO_INVALID_INPUT, "/staff", "found %g; whole numbers of people are expected", in->staff[i]);
  return st;
}

static dyo_status check(job *j, dyo_err *err)
{
  const dyo_requirements_in *in = j->in;
  const size_t               n  = in->n_demand;
  if (!n) return dyo_fail(err, DYO_INVALID_INPUT, "/demand", "found an empty list; at least one interval is expected");
  if (n > MOST_INTERVALS)
    return dyo_fail(err, DYO_TOO_LARGE, "/demand", "found %zu intervals; at most %d are expected", n, MOST_INTERVALS);
  const int minute = in->start_time ? work_minute(in->start_time) : 0;
  if (minute < 0)
    return dyo_fail(err, DYO_INVALID_INPUT, "/start_time", "found \"%s\"; a time such as 08:00 is expected",
                    in->start_time);
  j->start      = in->start_day * WORK_DAY + minute;
  dyo_status st = check_length("/average_handling_time_s", in->n_average_handling_time_s, n, err);
  if (st == DYO_OK) st = check_model(j, err);
  if (st == DYO_OK) st = check_staff(in, err);
  for (size_t i = 0; i < n && st == DYO_OK; i++) {
    const double load =
      in->demand[i] * at(in->average_handling_time_s, in->n_average_handling_time_s, i) / (60 * in->interval_minutes);
    if (load > MOST_LOAD)
      st = dyo_fail_item(err, DYO_TOO_LARGE, "demand", i, NULL,
                         "found %g, a load of %g erlangs; at most %g are expected", in->demand[i], load, MOST_LOAD);
  }
  return st;
}

/* ---- one interval ---- */

static bool good(const job *j, const erlang_queue *q, double n)
{
  const dyo_requirements_in *in = j->in;
  const erlang_state         s  = erlang_solve(q, n);
  return s.service_level >= in->service_level - CLOSE && s.occupancy <= in->max_occupancy + CLOSE &&
         (isnan(in->max_average_wait_s) || s.mean_wait <= in->max_average_wait_s * (1 + CLOSE)) &&
         (isnan(in->max_abandonment) || s.abandonment <= in->max_abandonment * (1 + CLOSE));
}

/* The fewest people that are good enough: more are never worse. Steps that double bracket it, halving finds it. */
static double fewest(const job *j, const erlang_queue *q)
{
  const double load = q->arrivals * q->handling;
  double       bad = j->model == DYO_ERLANG_C ? floor(load) : 0, fine = floor(load) + 1;
  if (good(j, q, fine)) {
    for (double step = 1; fine - step > bad; step *= 2) {
      if (good(j, q, fine - step)) {
        fine -= step;
      } else {
        bad = fine - step;
        break;
      }
    }
  } else {
    bad = fine;
    for (double step = 1; bad < MOST_STAFF; step *= 2) {
      fine = bad + step;
      if (good(j, q, fine)) break;
      bad = fine;
    }
  }
  while (fine - bad > 1) {
    const double mid = floor((fine + bad) / 2);
    if (good(j, q, mid)) fine = mid;
    else bad = mid;
  }
  return fine;
}

static const char *clock_text(dyo_ctx *ctx, int minute)
{
  return dyo_text(ctx, "%02d:%02d", minute / 60, minute % 60);
}

static dyo_status one(const job *j, dyo_ctx *ctx, size_t i, dyo_err *err)
{
  const dyo_requirements_in *in      = j->in;
  dyo_requirement           *r       = &j->out->intervals[i];
  const int                  from    = j->start + (int)i * in->interval_minutes;
  const double               seconds = 60.0 * in->interval_minutes;
  erlang_queue               q       = {.arrivals = fmax(0, in->demand[i]) / seconds,
                                        .handling = at(in->average_handling_time_s, in->n_average_handling_time_s, i),
                                        .patience = j->model == DYO_ERLANG_A ? in->patience_s : INFINITY,
                                        .within   = in->target_seconds};
  *r                                 = (dyo_requirement){.day           = from / WORK_DAY,
                                                         .start_time    = clock_text(ctx, from % WORK_DAY),
                                                         .demand        = fmax(0, in->demand[i]),
                                                         .load          = q.arrivals * q.handling,
                                                         .on_duty       = DYO_NO_INT,
                                                         .service_level = 1};
  if (!r->start_time) return dyo_oom(err);
  double n = 0;
  if (in->staff) n = at(in->staff, in->n_staff, i);
  else if (r->load > 0) n = fewest(j, &q);
  if (!in->staff && n < in->min_staff) n = in->min_staff;
  const double scheduled = ceil(n / (1 - in->shrinkage) - 1e-9);
  if (scheduled > MOST_STAFF)
    return dyo_fail_item(err, DYO_TOO_LARGE, "demand", i, NULL,
                         "found %g, which needs %g people to be scheduled; at most %d are expected", in->demand[i],
                         scheduled, MOST_STAFF);
  r->staff     = (int)n;
  r->scheduled = (int)scheduled;
  if (r->load <= 0) return DYO_OK;
  const erlang_state s         = erlang_solve(&q, n);
  r->service_level             = s.service_level;
  r->wait_probability          = s.wait_share;
  r->average_wait_s            = isfinite(s.mean_wait) ? s.mean_wait : NAN;
  r->average_speed_of_answer_s = isfinite(s.mean_answer) ? s.mean_answer : NAN;
  r->occupancy                 = s.occupancy;
  r->abandonment               = s.abandonment;
  return DYO_OK;
}

static dyo_status all_intervals(const job *j, dyo_ctx *ctx, dyo_err *err)
{
  dyo_requirements_out *out     = j->out;
  const size_t          n       = j->in->n_demand;
  const double          hours   = j->in->interval_minutes / 60.0;
  double                in_time = 0, waited = 0, gone = 0, busy = 0, there = 0;
  out->intervals   = DYO_NEW(ctx, n, dyo_requirement);
  out->n_intervals = n;
  if (!out->intervals) return dyo_oom(err);
  for (size_t i = 0; i < n; i++) {
    if (dyo_poll(ctx, (double)i / (double)n, "finding staff for each interval") == DYO_STOP_CANCELLED)
      return dyo_cancelled(ctx, false, err);
    const dyo_status st = one(j, ctx, i, err);
    if (st != DYO_OK) return st;
    const dyo_requirement *r = &out->intervals[i];
    out->total_demand += r->demand;
    out->peak_staff     = fmax(out->peak_staff, r->staff);
    out->peak_scheduled = fmax(out->peak_scheduled, r->scheduled);
    out->staff_hours += r->scheduled * hours;
    in_time += r->service_level * r->demand;
    waited += r->average_wait_s * r->demand;
    gone += r->abandonment * r->demand;
    busy += r->occupancy * r->staff;
    there += r->staff;
  }
  const double total  = out->total_demand;
  out->service_level  = total > 0 ? in_time / total : 1;
  out->average_wait_s = total > 0 ? waited / total : 0;
  out->abandonment    = total > 0 ? gone / total : 0;
  out->occupancy      = there > 0 ? busy / there : 0;
  return DYO_OK;
}

/* ---- shifts ---- */

/* Time cut at every border of an interval or a shift: stretches of one need. */
typedef struct {
  int *border, n; /* n stretches, n + 1 borders */
  int *need;
} timeline;

static int ascending(const void *a, const void *b)
{
  const int x = *(const int *)a, y = *(const int *)b;
  return (x > y) - (x < y);
}

static bool cut(const job *j, dyo_ctx *ctx, const work_span *spans, timeline *t)
{
  const size_t intervals = j->in->n_demand, shifts = j->in->n_shifts;
  const int    len = j->in->interval_minutes, end = j->start + (int)intervals * len;
  int          n = 0;
  t->border      = DYO_NEW(ctx, intervals + 1 + 2 * shifts, int);
  t->need        = DYO_NEW(ctx, intervals + 1 + 2 * shifts, int);
  if (!t->border || !t->need) return false;
  for (size_t i = 0; i <= intervals; i++) t->border[n++] = j->start + (int)i * len;
  for (size_t s = 0; s < shifts; s++) {
    t->border[n++] = spans[s].start;
    t->border[n++] = spans[s].end;
  }
  qsort(t->border, (size_t)n, sizeof *t->border, ascending);
  t->n = 0;
  for (int k = 1; k < n; k++)
    if (t->border[k] != t->border[t->n]) t->border[++t->n] = t->border[k];
  for (int k = 0; k < t->n; k++) {
    const int from = t->border[k];
    if (from >= j->start && from < end) t->need[k] = j->out->intervals[(from - j->start) / len].scheduled;
  }
  return true;
}

static int place(const timeline *t, int minute)
{
  const int *found = bsearch(&minute, t->border, (size_t)t->n + 1, sizeof minute, ascending);
  return found ? (int)(found - t->border) : 0;
}

static dyo_status read_shifts(const job *j, dyo_ctx *ctx, work_span **spans, dyo_err *err)
{
  const dyo_requirements_in *in = j->in;
  staff_ids                  ids;
  dyo_status                 st = DYO_OK;
  if (!in->n_shifts)
    return dyo_fail(err, DYO_INVALID_INPUT, "/shifts", "found an empty list; at least one shift is expected");
  *spans = DYO_NEW(ctx, in->n_shifts, work_span);
  if (!*spans || !staff_ids_make(ctx, in->n_shifts, &ids)) return dyo_oom(err);
  for (size_t s = 0; s < in->n_shifts && st == DYO_OK; s++) {
    st = work_new_id(&ids, in->shifts[s].id, "shifts", s, err);
    if (st == DYO_OK) st = work_span_of(&in->shifts[s], s, &(*spans)[s], err);
  }
  return st;
}

/* What is on duty in each interval, and where that is short. */
static bool judge(const job *j, dyo_ctx *ctx, const timeline *t, const cover_shift *c, const int *heads)
{
  dyo_requirements_out *out   = j->out;
  const size_t          n     = j->in->n_demand;
  int64_t              *there = DYO_NEW(ctx, (size_t)t->n + 1, int64_t);
  out->uncovered              = DYO_NEW(ctx, n, dyo_uncovered_interval);
  if (!there || !out->uncovered) return false;
  for (size_t s = 0; s < j->in->n_shifts; s++) {
    there[c[s].from] += heads[s];
    there[c[s].to] -= heads[s];
  }
  for (int k = 1; k < t->n; k++) there[k] += there[k - 1];
  for (int k = 0; k < t->n; k++) {
    const int from = t->border[k] - j->start;
    if (from < 0 || (size_t)(from / j->in->interval_minutes) >= n) continue;
    dyo_requirement *r   = &out->intervals[from / j->in->interval_minutes];
    const int        now = there[k] > INT_MAX ? INT_MAX : (int)there[k];
    if (r->on_duty == DYO_NO_INT || now < r->on_duty) r->on_duty = now;
  }
  for (size_t i = 0; i < n; i++) {
    const dyo_requirement *r = &out->intervals[i];
    if (r->on_duty < r->scheduled)
      out->uncovered[out->n_uncovered++] =
        (dyo_uncovered_interval){(int)i, r->day, r->start_time, r->scheduled, r->on_duty};
  }
  return true;
}

static dyo_status cover(const job *j, dyo_ctx *ctx, dyo_err *err)
{
  const dyo_requirements_in *in    = j->in;
  dyo_requirements_out      *out   = j->out;
  work_span                 *spans = NULL;
  timeline                   t     = {0};
  dyo_status                 st    = read_shifts(j, ctx, &spans, err);
  if (st != DYO_OK) return st;
  cover_shift *c     = DYO_NEW(ctx, in->n_shifts, cover_shift);
  int         *heads = DYO_NEW(ctx, in->n_shifts, int);
  out->min_coverage  = DYO_NEW(ctx, in->n_shifts, dyo_shift_heads);
  if (!c || !heads || !out->min_coverage || !cut(j, ctx, spans, &t)) return dyo_oom(err);
  for (size_t s = 0; s < in->n_shifts; s++)
    c[s] = (cover_shift){place(&t, spans[s].start), place(&t, spans[s].end), spans[s].paid};
  if (in->coverage_rule == DYO_COVER_MAX) cover_greatest(t.need, c, (int)in->n_shifts, heads);
  else st = cover_least(ctx, t.need, t.n, c, (int)in->n_shifts, heads, err);
  if (st != DYO_OK) return st;
  out->n_min_coverage = in->n_shifts;
  out->shift_hours    = 0;
  for (size_t s = 0; s < in->n_shifts; s++) {
    out->min_coverage[s] = (dyo_shift_heads){in->shifts[s].id, heads[s]};
    out->shift_hours += heads[s] * spans[s].paid;
  }
  return judge(j, ctx, &t, c, heads) ? DYO_OK : dyo_oom(err);
}

dyo_status dyo_requirements(dyo_ctx *ctx, const dyo_requirements_in *in, dyo_requirements_out *out, dyo_err *err)
{
  job        j     = {.in = in, .out = out};
  dyo_notes  notes = {0};
  size_t     below = 0;
  dyo_status st    = check(&j, err);
  if (st != DYO_OK) return st;
  out->model       = j.model;
  out->shift_hours = NAN;
  for (size_t i = 0; i < in->n_demand; i++) below += in->demand[i] < 0;
  if (below && !dyo_note(ctx, &notes, "%zu of %zu intervals have a demand below 0, taken as 0.", below, in->n_demand))
    return dyo_oom(err);
  st = all_intervals(&j, ctx, err);
  if (st == DYO_OK && in->shifts) st = cover(&j, ctx, err);
  if (st != DYO_OK) return st;
  out->warnings   = dyo_notes_list(ctx, &notes);
  out->n_warnings = notes.n;
  return out->warnings ? DYO_OK : dyo_oom(err);
}
