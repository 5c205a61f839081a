/* SPDX-License-Identifier: GPL-3.0-or-later */
/* schedule.c - the operation staffing.schedule: request, model, search, proof, answer. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "staffing/conflict.h"

static const double ROUNDING = 1e-6; /* a gap that is none where pay is no whole number of units */

const char *person_name(const schedule_job *j, int person)
{
  const dyo_schedule_employee *x = &j->in->employees[person];
  return x->name ? x->name : x->id;
}

const char *shift_id(const schedule_job *j, int shift)
{
  return j->in->shifts[j->shift_of[shift]].id;
}

const char *shift_name(const schedule_job *j, int shift)
{
  static const char *const  days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
  const int                 at = j->shift_of[shift], day = j->m.shifts[shift].day;
  const dyo_schedule_shift *x    = &j->in->shifts[at];
  const char               *name = x->name ? x->name : x->id, *text = NULL;
  if (!x->name || !j->alike[at]) return name;
  text =
    j->m.n_days <= 7 ? dyo_text(j->ctx, "%.60s (%s)", name, days[day]) : dyo_text(j->ctx, "%.60s (day %d)", name, day);
  return text ? text : name;
}

dyo_status schedule_prepare(dyo_ctx *ctx, const dyo_schedule_in *in, schedule_job *j, dyo_err *err)
{
  *j            = (schedule_job){.ctx = ctx, .in = in, .err = err};
  dyo_status st = schedule_read(j);
  if (st == DYO_OK) st = schedule_units(j);
  if (st == DYO_OK) st = schedule_model(j);
  return st == DYO_OK ? schedule_check_fixed(j) : st;
}

/* ---- the proof, in the doubles that are answered ---- */

static double tolerance(const schedule_job *j)
{
  return j->money.exact ? j->in->gap_tolerance : fmax(j->in->gap_tolerance, ROUNDING);
}

static double bound_of(const schedule_job *j, const roster_plan *plan)
{
  const double b = money_of(j, plan->bound + j->base_units);
  return j->money.exact ? b : b - fabs(b) * 8 * DBL_EPSILON;
}

static double gap_of(double objective, double bound)
{
  if (bound >= objective) return 0;
  return objective != 0 ? (objective - bound) / fabs(objective) : NAN;
}

static void prove(const schedule_job *j, const roster_plan *plan, bool kept, dyo_schedule_out *out)
{
  out->heads_short       = plan->short_heads;
  out->least_heads_short = plan->least_short;
  out->stopped_by        = plan->stopped_by;
  if (kept && plan->short_heads <= plan->least_short) {
    out->lower_bound = fmin(bound_of(j, plan), out->objective);
    out->gap         = gap_of(out->objective, out->lower_bound);
  }
  if (plan->least_short > 0 || j->n_eased > 0) out->status = DYO_SCHEDULE_INFEASIBLE;
  else if (plan->short_heads > 0 || !kept) out->status = DYO_SCHEDULE_UNKNOWN;
  else out->status = out->gap <= tolerance(j) ? DYO_SCHEDULE_OPTIMAL : DYO_SCHEDULE_FEASIBLE;
}

/* ---- people whose own rules leave them no roster ---- */

static unsigned ease(roster_person *p)
{
  unsigned rules = 0;
  rules |= p->hours_least > 0 ? RULE_MIN_HOURS : 0;
  rules |= p->week_least > 0 ? RULE_MIN_WEEK : 0;
  rules |= p->run_least > 1 ? RULE_RUN_LEAST : 0;
  rules |= p->off_least > 1 ? RULE_OFF_LEAST : 0;
  p->hours_least = p->week_least = p->run_least = p->off_least = 0;
  return rules;
}

/* Their least hours and runs are left out, so that there is a plan to show, and told as the conflict. */
static dyo_status ease_person(schedule_job *j, int person, staff_cause *c)
{
  const unsigned rules = ease(&j->m.people[person]);
  j->n_eased++;
  if (c->cause < 0) {
    c->cause  = DYO_CAUSE_RULES;
    c->person = person;
    c->rules  = rules;
  }
  return schedule_warn(j, dyo_text(j->ctx,
                                   "The plan leaves out the least hours and days of \"%.80s\", which no roster keeps.",
                                   j->in->employees[person].id));
}

/* The person that a search says has no roster at all; -1: it says something else. */
static int without_roster(const schedule_job *j)
{
  static const char list[] = "/people/";
  const char       *path   = strstr(j->err->path, list);
  size_t            p      = 0;
  if (!path) return -1;
  for (path += sizeof list - 1; *path >= '0' && *path <= '9'; path++) p = 10 * p + (size_t)(*path - '0');
  return p < j->m.n_people ? (int)p : -1;
}

static dyo_status keep_people(schedule_job *j)
{
  j->strict = DYO_NEW(j->ctx, j->m.n_people, roster_person);
  if (!j->strict) return dyo_oom(j->err);
  memcpy(j->strict, j->m.people, j->m.n_people * sizeof *j->strict);
  return DYO_OK;
}

static dyo_status search(schedule_job *j, const roster_options *o, roster_plan *plan, staff_cause *c)
{
  for (size_t tries = 0;; tries++) {
    const dyo_status st = roster_solve(j->ctx, &j->m, o, plan, j->err);
    const int        p  = st == DYO_INVALID_INPUT ? without_roster(j) : -1;
    if (p < 0 || tries > j->m.n_people) return st;
    if (j->ctx->stop !=
        DYO_RUN_ON) { /* it had no time to look: a plan without least hours is shown, and called no solution */
      for (size_t k = 0; k < j->m.n_people; k++) ease(&j->m.people[k]);
    } else if (ease_person(j, p, c) != DYO_OK) {
      return j->err->code;
    }
  }
}

/* The search counts its gap without the constant of refused requests: where that lets it stop too early, it goes on with what is due. */
static dyo_status solve(schedule_job *j, roster_plan *plan, staff_cause *c)
{
  roster_options o   = {.gap = tolerance(j), .seed = (uint64_t)j->in->seed};
  dyo_status     st  = search(j, &o, plan, c);
  const double   all = fabs((double)(plan->cost + j->base_units)), own = fabs((double)plan->cost);
  if (st != DYO_OK || j->base_units == 0 || plan->stopped_by != ROSTER_BY_GAP || plan->short_heads > 0) return st;
  if ((double)(plan->cost - plan->bound) <= tolerance(j) * all) return st;
  o.gap = own > 0 ? tolerance(j) * all / own : 0;
  return search(j, &o, plan, c);
}

/* Least hours that a search could not reach for everybody together: said, and never called a solution. */
static dyo_status check_plan(schedule_job *j, const roster_plan *plan, bool *kept)
{
  roster_model strict = j->m;
  const char  *why    = "";
  int          who    = -1;
  strict.people       = j->strict;
  *kept               = roster_check(&strict, plan->works, plan->n_works, NULL, NULL, &why, &who, NULL);
  if (*kept || j->n_eased > 0) return DYO_OK; /* what was left out is said already */
  return schedule_warn(
    j, who < 0 ? dyo_text(j->ctx, "The plan breaks a rule: %s.", why)
               : dyo_text(j->ctx, "The plan breaks a rule of \"%.80s\": %s.", j->in->employees[who].id, why));
}

/* Why heads are missing, where that is proven. */
static dyo_status explain(staff_view *v, staff_cause *c, const roster_plan *plan, dyo_schedule_out *out)
{
  dyo_status st = DYO_OK;
  if (plan->short_heads > 0 && c->cause < 0) st = conflict_deep(v, c, plan->least_short > 0);
  if (st != DYO_OK || c->cause < 0) return st;
  return conflict_tell(v, c, &out->conflict);
}

dyo_status schedule_run(dyo_ctx *ctx, const dyo_schedule_in *in, dyo_schedule_out *out, dyo_err *err)
{
  const double from = dyo_now(ctx);
  schedule_job j;
  staff_view   v    = {.j = &j};
  staff_cause  why  = {0};
  roster_plan  plan = {0};
  bool         kept = true;
  dyo_status   st   = schedule_prepare(ctx, in, &j, err);
  if (st != DYO_OK) return st;
  st = conflict_quick(&v, &why);
  if (st == DYO_OK) st = keep_people(&j);
  if (st == DYO_OK && why.person >= 0) st = ease_person(&j, why.person, &why);
  if (st == DYO_OK) st = solve(&j, &plan, &why);
  if (st == DYO_OK) st = check_plan(&j, &plan, &kept);
  if (st == DYO_OK) st = schedule_answer(&j, &plan, out);
  if (st == DYO_OK) st = explain(&v, &why, &plan, out);
  if (st != DYO_OK) return st;
  if (v.heads > plan.least_short) plan.least_short = v.heads;
  prove(&j, &plan, kept, out);
  if (why.cut) out->stopped_by = DYO_SCHEDULE_BY_TIME;
  out->solve_time_s = dyo_now(ctx) - from;
  return DYO_OK;
}

dyo_status dyo_schedule(dyo_ctx *ctx, const dyo_schedule_in *in, dyo_schedule_out *out, dyo_err *err)
{
  dyo_time_limit(ctx, in->time_limit_s);
  const dyo_status st = schedule_run(ctx, in, out, err);
  if (st == DYO_OK && dyo_poll(ctx, 1, "done") == DYO_STOP_CANCELLED) return dyo_cancelled(ctx, true, err);
  return st;
}
