/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pareto.c - the operation staffing.pareto. See dyo_staffing_pareto.h. */
#include "staffing/dyo_staffing_pareto.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "num/dyo_knee.h"
#include "staffing/schedule.h"
#include "staffing/schedule_rows.h"

typedef enum { FAIRNESS, COVERAGE, PREFERENCE } against;

static const char *const against_words[] = {"fairness", "coverage", "preference"};
static const double      SMALL = 1e-4; /* first weight, as a part of the last: it breaks ties and little more */

const dyo_field dyo_staffing_pareto_in_rows[] = {
  SCHEDULE_ROWS(dyo_staffing_pareto_in),
  DYO_STRS(
    dyo_staffing_pareto_in, objectives, DYO_OPT, 2,
    "\"cost\" and one of \"fairness\" (hours away from the fair shares), \"coverage\" (heads short; every shift may then lack "
    "people) and \"preference\" (sum of preferences); cost and fairness where absent. The weight of the second is swept: "
    "fairness_weight, understaffing_penalty or preference_weight of the request then say nothing."),
  DYO_INT(dyo_staffing_pareto_in, points, 10, 2, 50, NULL,
          "Most points to look for; time_limit_s is for all of them together, gap_tolerance for each."),
  DYO_END(dyo_staffing_pareto_in)};

#define COST_AND_OTHER(S)                                                                                            \
  DYO_OUT(S, cost, DYO_REQ, "money", "The objective without what is swept: total_cost, and any other penalties."),   \
    DYO_OUT(S, other, DYO_REQ, NULL,                                                                                 \
            "fairness: hours away from the fair shares, over all people; coverage: heads short; preference: sum of " \
            "preferences (the only one of which more is better).")

static const dyo_field point_rows[] = {
  COST_AND_OTHER(dyo_staffing_point),
  DYO_OUT(dyo_staffing_point, total_cost, DYO_REQ, "money", "Money alone: wages, overtime, calls."),
  DYO_OUT(dyo_staffing_point, weight, DYO_REQ, "money", "What a unit of the other objective was worth here."),
  DYO_OUT(dyo_staffing_point, objective, DYO_REQ, "money",
          "What was minimised here: cost and weight times other (preference: minus)."),
  DYO_OUT(dyo_staffing_point, lower_bound, DYO_NULL, "money",
          "No plan has a lower objective at this weight; as in staffing.schedule."),
  DYO_OUT(dyo_staffing_point, gap, DYO_NULL, "0..1", "(objective - lower_bound) / |objective|."),
  DYO_ENUM(dyo_staffing_point, status, DYO_REQ, dyo_schedule_status_words, "As in staffing.schedule, at this weight."),
  DYO_INT(dyo_staffing_point, heads_short, DYO_REQ, 0, INT_MAX, "people", "Heads that the plan lacks."),
  DYO_LIST(dyo_staffing_point, assignments, DYO_REQ, 100000000, dyo_schedule_assignment, dyo_schedule_assignment_rows,
           "The plan of this point."),
  DYO_END(dyo_staffing_point)};

static const dyo_field knee_rows[] = {
  DYO_INT(dyo_staffing_knee, index, DYO_REQ, 0, 1000000, NULL, "Which point of frontier, counted from 0."),
  COST_AND_OTHER(dyo_staffing_knee), DYO_END(dyo_staffing_knee)};

const dyo_field dyo_staffing_pareto_out_rows[] = {
  DYO_ENUM(dyo_staffing_pareto_out, status, DYO_REQ, dyo_schedule_status_words,
           "The worst of the points: optimal where each is, by its own proof."),
  DYO_LIST(dyo_staffing_pareto_out, frontier, DYO_REQ, 1000, dyo_staffing_point, point_rows,
           "Points by rising cost, each better in the other objective than all before it."),
  DYO_OBJ(
    dyo_staffing_pareto_out, knee, DYO_NULL, dyo_staffing_knee, knee_rows,
    "The point furthest below the straight line from first to last, both axes scaled to 0..1: where more begins to be dear. "
    "null with fewer than 3 points."),
  DYO_OBJ(dyo_staffing_pareto_out, conflict, DYO_OPT, dyo_schedule_conflict, dyo_schedule_conflict_rows,
          "Infeasible: a smallest set of shifts, people and rules that cannot hold together."),
  DYO_ENUM(dyo_staffing_pareto_out, stopped_by, DYO_REQ, dyo_schedule_stopped_words,
           "What ended the work, of the points the most pressing: cancel, time, iterations, else gap."),
  DYO_OUT(dyo_staffing_pareto_out, solve_time_s, DYO_REQ, "seconds", "Time taken, by the host's clock; 0 without one."),
  DYO_STRS(dyo_staffing_pareto_out, warnings, DYO_REQ, 1000, "What in the request was passed over."),
  DYO_END(dyo_staffing_pareto_out)};

typedef struct {
  dyo_ctx            *ctx;
  dyo_schedule_in     in; /* with the swept weight set for each point */
  against             what;
  dyo_staffing_point *f;       /* by rising cost */
  bool               *closed;  /* nothing lies between point k and the next */
  size_t              n, left; /* points had, and still to come */
  dyo_schedule_out    first;   /* for what is the same at all points */
  int                 status, stopped_by;
  dyo_err            *err;
} sweep;

/* ---- the request ---- */

static dyo_status read_objectives(const dyo_staffing_pareto_in *in, against *what, dyo_err *err)
{
  char path[32];
  int  cost = 0, others = 0;
  *what = FAIRNESS;
  if (!in->objectives) return DYO_OK;
  if (in->n_objectives != 2)
    return dyo_fail(err, DYO_INVALID_INPUT, "/objectives", "found %zu; two are expected, \"cost\" and another",
                    in->n_objectives);
  for (size_t k = 0; k < 2; k++) {
    int found = strcmp(in->objectives[k], "cost") == 0 ? -1 : 0;
    while (found >= 0 && found < 3 && strcmp(in->objectives[k], against_words[found]) != 0) found++;
    snprintf(path, sizeof path, "/objectives/%zu", k);
    if (found == 3)
      return dyo_fail(err, DYO_INVALID_INPUT, path,
                      "found \"%.40s\"; cost, fairness, coverage or preference is expected", in->objectives[k]);
    if (found < 0) cost++;
    else *what = (against)found, others++;
  }
  if (cost == 1 && others == 1) return DYO_OK;
  return dyo_fail(err, DYO_INVALID_INPUT, "/objectives",
                  "found \"%.20s\" and \"%.20s\"; cost and one other are expected", in->objectives[0],
                  in->objectives[1]);
}

/* The members that both requests begin with. */
static dyo_status copy_request(sweep *s, const dyo_staffing_pareto_in *in)
{
  _Static_assert(offsetof(dyo_staffing_pareto_in, seed) == offsetof(dyo_schedule_in, seed), "the requests begin alike");
  memcpy(&s->in, in, offsetof(dyo_schedule_in, seed) + sizeof in->seed);
  if (isnan(s->in.preference_weight)) s->in.preference_weight = 0;
  if (s->what != COVERAGE) return DYO_OK;
  dyo_schedule_shift *shifts = DYO_NEW(s->ctx, in->n_shifts, dyo_schedule_shift);
  if (!shifts) return dyo_oom(s->err);
  for (size_t i = 0; i < in->n_shifts; i++) {
    shifts[i]                       = in->shifts[i];
    shifts[i].understaffing_penalty = NAN;
  }
  s->in.shifts = shifts;
  return DYO_OK;
}

static double clock_hours(const dyo_schedule_shift *x)
{
  return isnan(x->duration_hours) ? 24 : x->duration_hours;
}

static double most_penalty(const sweep *s)
{
  double most = isnan(s->in.understaffing_penalty) || s->what == COVERAGE ? 0 : s->in.understaffing_penalty;
  for (size_t i = 0; i < s->in.n_shifts; i++)
    if (s->in.shifts[i].understaffing_penalty > most) most = s->in.shifts[i].understaffing_penalty;
  for (size_t i = 0; i < s->in.n_shift_requests; i++) most = fmax(most, s->in.shift_requests[i].weight);
  return most;
}

/* A weight at which one unit of the other outweighs what a change of one assignment can cost. */
static double last_weight(const sweep *s)
{
  double rate = 0, hours = 0, call = 0;
  for (size_t i = 0; i < s->in.n_employees; i++) {
    rate = fmax(rate, s->in.employees[i].hourly_rate);
    call = fmax(call, s->in.employees[i].call_in_cost);
  }
  for (size_t i = 0; i < s->in.n_shifts; i++) hours = fmax(hours, clock_hours(&s->in.shifts[i]));
  if (s->in.overtime_multiplier > 1) rate *= s->in.overtime_multiplier;
  const double one = rate * hours + call + most_penalty(s);
  return one > 0 ? (s->what == COVERAGE ? 3 : 1) * one : 1;
}

/* Three digits are enough for a weight, and keep what it is multiplied with whole. */
static double rounded(double w)
{
  double unit = 1;
  while (w / unit >= 1000) unit *= 10;
  if (unit > 1) return rint(w / unit) * unit;
  double parts = 1;
  while (w * parts < 100 && parts < 1e9) parts *= 10;
  return rint(w * parts) / parts;
}

/* ---- one point ---- */

static double other_of(const sweep *s, const dyo_schedule_out *r, int *heads)
{
  double away = 0;
  *heads      = 0;
  for (size_t k = 0; k < r->n_uncovered; k++) *heads += r->uncovered[k].required - r->uncovered[k].assigned;
  if (s->what == COVERAGE) return *heads;
  if (s->what == PREFERENCE) return r->preference_score;
  for (size_t i = 0; i < r->n_employees; i++) away += fabs(r->employees[i].hours - r->employees[i].fair_hours);
  return away;
}

/* The swept part of fairness is that of hours alone: what unpopular shifts cost stays with the cost. */
static double swept_part(const sweep *s, const dyo_schedule_out *r, double weight, double other)
{
  if (s->what == COVERAGE) return r->objective_parts->understaffing;
  return s->what == PREFERENCE ? r->objective_parts->preferences : weight * other;
}

static double tidy(double cost)
{
  return rint(cost * 1e6) / 1e6; /* a difference of sums: without their rounding */
}

static dyo_status solve_point(sweep *s, double weight, dyo_staffing_point *p)
{
  dyo_schedule_out r;
  const double     before = dyo_time_part(s->ctx, dyo_time_left(s->ctx) / (double)s->left);
  dyo_status       st     = DYO_OK;
  if (s->what == FAIRNESS) s->in.fairness_weight = weight;
  if (s->what == COVERAGE) s->in.understaffing_penalty = weight;
  if (s->what == PREFERENCE) s->in.preference_weight = weight;
  st = schedule_run(s->ctx, &s->in, &r, s->err);
  dyo_time_back(s->ctx, before);
  if (st != DYO_OK) return st;
  if (s->n == 0) s->first = r;
  if (s->left > 1) s->left--;
  if (r.status > s->status) s->status = r.status;
  if (r.stopped_by > s->stopped_by) s->stopped_by = r.stopped_by;
  *p       = (dyo_staffing_point){.weight        = weight,
                                  .total_cost    = r.total_cost,
                                  .objective     = r.objective,
                                  .lower_bound   = r.lower_bound,
                                  .gap           = r.gap,
                                  .status        = r.status,
                                  .assignments   = r.assignments,
                                  .n_assignments = r.n_assignments};
  p->other = other_of(s, &r, &p->heads_short);
  p->cost  = tidy(r.objective - swept_part(s, &r, weight, p->other));
  return DYO_OK;
}

/* ---- the frontier ---- */

/* More is better. */
static double gain(const sweep *s, const dyo_staffing_point *p)
{
  return s->what == PREFERENCE ? p->other : -p->other;
}

static void insert(sweep *s, size_t at, const dyo_staffing_point *p)
{
  memmove(s->f + at + 1, s->f + at, (s->n - at) * sizeof *s->f);
  memmove(s->closed + at + 1, s->closed + at, (s->n - at) * sizeof *s->closed);
  s->f[at] = *p;
  s->n++;
}

/* The open pair of neighbours with the largest rectangle between them; n where all are closed. */
static size_t widest(const sweep *s)
{
  double most = 0;
  size_t at   = s->n;
  for (size_t k = 0; k + 1 < s->n; k++) {
    const double area = (s->f[k + 1].cost - s->f[k].cost) * (gain(s, &s->f[k + 1]) - gain(s, &s->f[k]));
    if (s->closed[k] || !(area > most)) continue;
    most = area;
    at   = k;
  }
  return at;
}

/* Looks between k and k + 1, at the weight that makes both alike. */
static dyo_status look_between(sweep *s, size_t k)
{
  const dyo_staffing_point *a = &s->f[k], *b = &s->f[k + 1];
  const double              w = rounded((b->cost - a->cost) / (gain(s, b) - gain(s, a)));
  dyo_staffing_point        p;
  if (!(w > 0)) {
    s->closed[k] = true;
    return DYO_OK;
  }
  const dyo_status st = solve_point(s, w, &p);
  if (st != DYO_OK) return st;
  const double line = a->cost - w * gain(s, a), here = p.cost - w * gain(s, &p);
  if (here < line - 1e-9 * fabs(line) && p.cost > a->cost && p.cost < b->cost && gain(s, &p) > gain(s, a) &&
      gain(s, &p) < gain(s, b))
    insert(s, k + 1, &p);
  else s->closed[k] = true;
  return DYO_OK;
}

static dyo_status ends(sweep *s)
{
  const double       last = rounded(last_weight(s));
  dyo_staffing_point p;
  dyo_status         st = solve_point(s, rounded(last * SMALL), &p);
  if (st != DYO_OK) return st;
  insert(s, 0, &p);
  st = solve_point(s, last, &p);
  if (st != DYO_OK) return st;
  if (p.cost <= s->f[0].cost && gain(s, &p) >= gain(s, &s->f[0])) s->f[0] = p;
  else if (p.cost > s->f[0].cost && gain(s, &p) > gain(s, &s->f[0])) insert(s, 1, &p);
  return DYO_OK;
}

static dyo_status find_knee(const sweep *s, dyo_staffing_pareto_out *out)
{
  double *x = DYO_NEW(s->ctx, s->n + 1, double), *y = DYO_NEW(s->ctx, s->n + 1, double);
  if (!x || !y) return dyo_oom(s->err);
  for (size_t k = 0; k < s->n; k++) {
    x[k] = s->f[k].other;
    y[k] = s->f[k].cost;
  }
  const size_t at = dyo_knee(x, y, s->n);
  if (at == s->n) return DYO_OK;
  out->knee = DYO_NEW(s->ctx, 1, dyo_staffing_knee);
  if (!out->knee) return dyo_oom(s->err);
  *out->knee = (dyo_staffing_knee){(int)at, s->f[at].cost, s->f[at].other};
  return DYO_OK;
}

static dyo_status trace(sweep *s, size_t points)
{
  dyo_status st = ends(s);
  while (st == DYO_OK && s->n < points && dyo_time_left(s->ctx) > 0) {
    const size_t k = widest(s);
    if (k == s->n || dyo_poll(s->ctx, (double)s->n / (double)points, "points") != DYO_RUN_ON) break;
    st = look_between(s, k);
  }
  return st;
}

dyo_status dyo_staffing_pareto(dyo_ctx *ctx, const dyo_staffing_pareto_in *in, dyo_staffing_pareto_out *out,
                               dyo_err *err)
{
  const double from   = dyo_now(ctx);
  const size_t points = (size_t)in->points;
  sweep        s      = {.ctx    = ctx,
                         .err    = err,
                         .left   = points,
                         .f      = DYO_NEW(ctx, points + 1, dyo_staffing_point),
                         .closed = DYO_NEW(ctx, points + 1, bool)};
  dyo_status   st     = s.f && s.closed ? read_objectives(in, &s.what, err) : dyo_oom(err);
  if (st == DYO_OK) st = copy_request(&s, in);
  if (st != DYO_OK) return st;
  dyo_time_limit(ctx, in->time_limit_s);
  st = trace(&s, points);
  if (st == DYO_OK) st = find_knee(&s, out);
  if (st != DYO_OK) return st;
  out->status       = s.status;
  out->frontier     = s.f;
  out->n_frontier   = s.n;
  out->conflict     = s.first.conflict;
  out->stopped_by   = s.stopped_by;
  out->warnings     = s.first.warnings;
  out->n_warnings   = s.first.n_warnings;
  out->solve_time_s = dyo_now(ctx) - from;
  if (dyo_poll(ctx, 1, "done") == DYO_STOP_CANCELLED) return dyo_cancelled(ctx, true, err);
  return DYO_OK;
}
