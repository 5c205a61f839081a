/* SPDX-License-Identifier: GPL-3.0-or-later */
/* assign.c - the operation staffing.assign_tasks: what is asked, the order of goals, and the answer laid out. */
#include "staffing/dyo_assign.h"

#include <limits.h>
#include <math.h>
#include <string.h>

#include "staffing/assign_model.h"

static const char *const objective_words[] = {"max_value", "min_cost", NULL};
static const char *const status_words[]    = {"optimal", "feasible", "infeasible", "unknown", NULL};
static const char *const stopped_words[]   = {"gap", "iterations", "time", "cancelled", NULL};

enum { LIST_MOST = 100000, WORK_PER_SECOND = 700000000 };

static const dyo_field employee_rows[] = {
  DYO_STR(dyo_assign_employee, id, DYO_REQ, 256, "Name of the employee; each may be there once."),
  DYO_STR(dyo_assign_employee, name, DYO_OPT, 256, "Name to show."),
  DYO_NUM(dyo_assign_employee, capacity_hours, DYO_OPT, 0, 1e6, "hours",
          "Hours of tasks this employee can take; missing: no limit."),
  DYO_NUM(dyo_assign_employee, hourly_rate, 0, 0, 1e6, "money/hour",
          "Cost of an hour, where costs does not say what a task costs."),
  DYO_STRS(dyo_assign_employee, skills, DYO_OPT, 1000, "What the employee can do."),
  DYO_END(dyo_assign_employee)};

static const dyo_field task_rows[] = {
  DYO_STR(dyo_assign_task, id, DYO_REQ, 256, "Name of the task; each may be there once."),
  DYO_STR(dyo_assign_task, name, DYO_OPT, 256, "Name to show."),
  DYO_NUM(dyo_assign_task, hours, 0, 0, 1e4, "hours", "How long it takes."),
  DYO_NUM(dyo_assign_task, value, 0, -1e12, 1e12, "value", "What doing it is worth."),
  DYO_STRS(dyo_assign_task, required_skills, DYO_OPT, 1000, "Skills of which its employee must have every one."),
  DYO_INT(
    dyo_assign_task, priority, 0, 0, 1000, NULL,
    "Where not every task can be done although it should (min_cost, require_all, or no values at all), a task counts 1 + priority."),
  DYO_END(dyo_assign_task)};

static const dyo_field value_rows[] = {
  DYO_STR(dyo_assign_entry, task, DYO_REQ, 256, "A task's id."),
  DYO_NUM(dyo_assign_entry, amount, DYO_REQ, -1e12, 1e12, NULL, "For this employee and task."),
  DYO_END(dyo_assign_entry)};
static const dyo_field hour_rows[] = {
  DYO_STR(dyo_assign_entry, task, DYO_REQ, 256, "A task's id."),
  DYO_NUM(dyo_assign_entry, amount, DYO_REQ, 0, 1e4, "hours", "For this employee and task."),
  DYO_END(dyo_assign_entry)};
static const dyo_field values_rows[] = {
  DYO_STR(dyo_assign_row, employee, DYO_REQ, 256, "An employee's id."),
  DYO_MAP(dyo_assign_row, tasks, DYO_REQ, LIST_MOST, dyo_assign_entry, value_rows, "By task."),
  DYO_END(dyo_assign_row)};
static const dyo_field hours_rows[] = {
  DYO_STR(dyo_assign_row, employee, DYO_REQ, 256, "An employee's id."),
  DYO_MAP(dyo_assign_row, tasks, DYO_REQ, LIST_MOST, dyo_assign_entry, hour_rows, "By task."), DYO_END(dyo_assign_row)};

const dyo_field dyo_assign_tasks_in_rows[] = {
  DYO_LIST(dyo_assign_tasks_in, employees, DYO_REQ, LIST_MOST, dyo_assign_employee, employee_rows,
           "Those who do the tasks; at least one."),
  DYO_LIST(dyo_assign_tasks_in, tasks, DYO_REQ, LIST_MOST, dyo_assign_task, task_rows,
           "The tasks; each goes to one employee at most. At least one."),
  DYO_MAP(
    dyo_assign_tasks_in, values, DYO_OPT, LIST_MOST, dyo_assign_row, values_rows,
    "What a task is worth when this employee does it: {employee: {task: value}}; the task's own value elsewhere."),
  DYO_MAP(dyo_assign_tasks_in, costs, DYO_OPT, LIST_MOST, dyo_assign_row, values_rows,
          "What a task costs when this employee does it: {employee: {task: cost}}; hourly_rate times hours elsewhere."),
  DYO_MAP(dyo_assign_tasks_in, hours_by_employee, DYO_OPT, LIST_MOST, dyo_assign_row, hours_rows,
          "How long a task takes this employee: {employee: {task: hours}}; the task's own hours elsewhere."),
  DYO_INT(dyo_assign_tasks_in, max_tasks_per_employee, DYO_OPT, 1, INT_MAX, NULL,
          "Most tasks an employee may have; missing: no limit."),
  DYO_ENUM(
    dyo_assign_tasks_in, objective, DYO_ASSIGN_MAX_VALUE, objective_words,
    "max_value: the highest total value, whichever tasks that takes (without any value in the request: the most tasks); "
    "min_cost: the most tasks, and of such plans the cheapest."),
  DYO_BOOL(dyo_assign_tasks_in, require_all, false,
           "Whether every task must be done; where that cannot be, the plan leaves out as little as possible."),
  DYO_NUM(dyo_assign_tasks_in, gap_tolerance, 1e-4, 0, 1, "0..1",
          "How far the plan may be from the proven bound, as a share; 0: prove it."),
  DYO_NUM(dyo_assign_tasks_in, time_limit_s, 10, DYO_POS, 1e6, "seconds",
          "Time after which the best plan so far is given."),
  DYO_INT(dyo_assign_tasks_in, seed, 1, 0, INT_MAX, NULL, "Of the random choices of the search."),
  DYO_END(dyo_assign_tasks_in)};

static const dyo_field assignment_rows[] = {
  DYO_STR(dyo_assignment, employee_id, DYO_REQ, 256, "Who does the task."),
  DYO_STR(dyo_assignment, task_id, DYO_REQ, 256, "The task's id."),
  DYO_OUT(dyo_assignment, value, DYO_REQ, "value", "What it is worth."),
  DYO_OUT(dyo_assignment, hours, DYO_REQ, "hours", "How long it takes this employee."),
  DYO_OUT(dyo_assignment, cost, DYO_REQ, "money", "What it costs."),
  DYO_END(dyo_assignment)};

static const dyo_field unassigned_rows[] = {DYO_STR(dyo_unassigned, task_id, DYO_REQ, 256, "The task's id."),
                                            DYO_STR(dyo_unassigned, reason, DYO_REQ, 1000, "Why nobody does it."),
                                            DYO_END(dyo_unassigned)};

static const dyo_field load_rows[] = {
  DYO_STR(dyo_assign_load, id, DYO_REQ, 256, "The employee."),
  DYO_INT(dyo_assign_load, tasks, DYO_REQ, 0, INT_MAX, NULL, "Number of tasks."),
  DYO_OUT(dyo_assign_load, hours, DYO_REQ, "hours", "Hours of these tasks."),
  DYO_OUT(dyo_assign_load, cost, DYO_REQ, "money", "Cost of these tasks."),
  DYO_OUT(dyo_assign_load, utilization, DYO_NULL, "0..1", "hours / capacity_hours; null without a capacity."),
  DYO_END(dyo_assign_load)};

const dyo_field dyo_assign_tasks_out_rows[] = {
  DYO_ENUM(
    dyo_assign_tasks_out, status, DYO_REQ, status_words,
    "optimal: within gap_tolerance of the bound; feasible: a plan that may not be; infeasible: require_all, and proven that some task "
    "must be left out; unknown: require_all, and no plan with every task was found, but none excluded."),
  DYO_LIST(dyo_assign_tasks_out, assignments, DYO_REQ, LIST_MOST, dyo_assignment, assignment_rows,
           "The plan, in the order of the tasks."),
  DYO_OUT(dyo_assign_tasks_out, total_value, DYO_REQ, "value", "Sum of value."),
  DYO_OUT(dyo_assign_tasks_out, total_cost, DYO_REQ, "money", "Sum of cost."),
  DYO_LIST(dyo_assign_tasks_out, unassigned, DYO_REQ, LIST_MOST, dyo_unassigned, unassigned_rows,
           "Tasks that nobody does, in the order of the request."),
  DYO_LIST(dyo_assign_tasks_out, employees, DYO_REQ, LIST_MOST, dyo_assign_load, load_rows,
           "What each employee has to do, in the order of the request."),
  DYO_OUT(dyo_assign_tasks_out, lower_bound, DYO_OPT, "money",
          "min_cost: no plan that leaves out as little costs less than this."),
  DYO_OUT(dyo_assign_tasks_out, upper_bound, DYO_OPT, "value",
          "max_value: no plan (with require_all: that leaves out as little) is worth more than this."),
  DYO_OUT(dyo_assign_tasks_out, gap, DYO_NULL, "0..1",
          "Distance of the total from the bound, as a share of the larger of the two; null where no bound is known."),
  DYO_OUT(dyo_assign_tasks_out, solve_time_s, DYO_REQ, "seconds", "Time the work took."),
  DYO_ENUM(dyo_assign_tasks_out, stopped_by, DYO_REQ, stopped_words,
           "What ended the work: the gap was closed, its budget was used, time ran out, or it was cancelled."),
  DYO_END(dyo_assign_tasks_out)};

/* ---- the order of goals ---- */

/* What was found: a plan, what it leaves out (a task counts 1 + priority), and what is proven of both. */
typedef struct {
  assign_plan plan;        /* cost and bound without what left-out tasks cost */
  int64_t     left, least; /* weight left out; no plan leaves out less */
  bool        all;         /* as little as possible is to be left out */
} result;

static int64_t weight_of(const assign_model *m, size_t j)
{
  return 1 + m->in->tasks[j].priority;
}

static int64_t left_out(const assign_model *m, const int *at)
{
  int64_t sum = 0;
  for (size_t j = 0; j < m->p.n_tasks; j++) sum += at[j] == ASSIGN_OUT ? weight_of(m, j) : 0;
  return sum;
}

/* A price of leaving out that no saving elsewhere is likely to outweigh. */
static int64_t stake_of(const assign_model *m)
{
  int64_t low = 0, high = 0;
  for (size_t a = 0; a < m->p.n_arcs; a++) {
    if (m->p.cost[a] < low) low = m->p.cost[a];
    if (m->p.cost[a] > high) high = m->p.cost[a];
  }
  return 4 * (high - low) + 1;
}

static assign_work work_of(dyo_ctx *ctx, const assign_model *m, double share)
{
  const double seconds = fmin(m->in->time_limit_s, 1e6);
  return (assign_work){.ctx  = ctx,
                       .mem  = ctx,
                       .most = (int64_t)(share * seconds * WORK_PER_SECOND),
                       .seed = (uint64_t)m->in->seed,
                       .gap  = m->in->gap_tolerance};
}

static int64_t cost_at(const assign_problem *p, const int *at)
{
  int64_t sum = 0;
  for (size_t j = 0; j < p->n_tasks; j++) sum += at[j] == ASSIGN_OUT ? p->skip[j] : 0;
  for (size_t i = 0; i < p->n_people; i++)
    for (size_t a = p->first[i]; a < p->first[i + 1]; a++) sum += at[p->task[a]] == (int)i ? p->cost[a] : 0;
  return sum;
}

/* No plan costs less, whatever it leaves out: each task at its cheapest, where that pays. */
static int64_t floor_of(dyo_ctx *ctx, const assign_problem *p)
{
  int64_t *least = DYO_NEW(ctx, p->n_tasks + 1, int64_t), sum = 0;
  if (!least) return INT64_MIN / 4;
  for (size_t a = 0; a < p->n_arcs; a++)
    if (p->cost[a] < least[p->task[a]]) least[p->task[a]] = p->cost[a];
  for (size_t j = 0; j < p->n_tasks; j++) sum += least[j];
  return sum;
}

/* Cheapest plan where a left-out task costs its weight times stake, from the plan in r. */
static dyo_status cheapest(dyo_ctx *ctx, assign_model *m, int64_t stake, double share, result *r, dyo_err *err)
{
  assign_work w = work_of(ctx, m, share);
  for (size_t j = 0; j < m->p.n_tasks; j++) m->p.skip[j] = stake * weight_of(m, j);
  r->plan.cost        = cost_at(&m->p, r->plan.at);
  r->plan.bound       = INT64_MIN / 4;
  w.offset            = -stake * r->left;
  const dyo_status st = assign_solve(&m->p, &w, &r->plan, err);
  r->left             = left_out(m, r->plan.at);
  r->plan.cost -= stake * r->left;
  r->plan.bound -= stake * r->left;
  const int64_t floor = floor_of(ctx, &m->p);
  if (r->plan.bound < floor) r->plan.bound = floor;
  return st;
}

/* The least weight left out, from the plan in r. */
static dyo_status fewest_left(dyo_ctx *ctx, assign_model *m, double share, result *r, dyo_err *err)
{
  assign_problem p    = m->p;
  assign_work    w    = work_of(ctx, m, share);
  assign_plan    plan = {.at = DYO_NEW(ctx, p.n_tasks, int), .cost = r->left, .bound = 0};
  w.gap               = 0;
  p.cost              = DYO_NEW(ctx, p.n_arcs + 1, int64_t);
  p.skip              = DYO_NEW(ctx, p.n_tasks, int64_t);
  if (!plan.at || !p.cost || !p.skip) return dyo_oom(err);
  memcpy(plan.at, r->plan.at, p.n_tasks * sizeof *plan.at);
  for (size_t j = 0; j < p.n_tasks; j++) p.skip[j] = weight_of(m, j);
  const dyo_status st = assign_solve(&p, &w, &plan, err);
  r->left             = plan.cost;
  r->least            = plan.bound;
  return st;
}

/* Leave out as little as possible, then cost. The price of leaving out is raised until what is left out is the least that was found. */
static dyo_status solve_all(dyo_ctx *ctx, assign_model *m, result *r, dyo_err *err)
{
  int64_t    stake = stake_of(m);
  dyo_status st    = cheapest(ctx, m, stake, 0.8, r, err);
  if (st != DYO_OK || r->left == 0 || ctx->stop == DYO_STOP_CANCELLED) return st;
  const int64_t first = r->left;
  st                  = fewest_left(ctx, m, 0.2, r, err);
  for (int round = 0; st == DYO_OK && r->left < first && round < 3; round++) {
    const int64_t wanted = r->left;
    stake *= 16;
    st = cheapest(ctx, m, stake, 0.2, r, err);
    if (r->left <= wanted) break;
  }
  return st;
}

static bool worthless(const assign_model *m)
{
  for (size_t a = 0; a < m->p.n_arcs; a++)
    if (m->p.cost[a] != 0) return false;
  return m->sign < 0;
}

/* Tasks that are worth nothing but cost the plan nothing either are done where there is time. */
static void fill_up(const assign_model *m, assign_view *v, int *at)
{
  const assign_problem *p = &m->p;
  for (size_t i = 0; i < p->n_people; i++) {
    int64_t load = 0;
    for (size_t a = p->first[i]; a < p->first[i + 1]; a++) load += at[p->task[a]] == (int)i ? p->weight[a] : 0;
    for (size_t a = p->first[i]; a < p->first[i + 1]; a++) {
      if (at[p->task[a]] != ASSIGN_OUT || p->cost[a] != 0) continue;
      if (load + p->weight[a] > p->room[i] || v->count[i] >= p->most[i]) continue;
      at[p->task[a]] = (int)i;
      load += p->weight[a];
      v->count[i]++;
    }
  }
}

static dyo_status solve(dyo_ctx *ctx, assign_model *m, result *r, dyo_err *err)
{
  r->plan.at = DYO_NEW(ctx, m->p.n_tasks, int);
  if (!r->plan.at) return dyo_oom(err);
  for (size_t j = 0; j < m->p.n_tasks; j++) r->plan.at[j] = ASSIGN_OUT;
  r->left = left_out(m, r->plan.at);
  r->all  = m->sign > 0 || m->in->require_all || worthless(m);
  if (r->all) return solve_all(ctx, m, r, err);
  const dyo_status st = cheapest(ctx, m, 0, 1, r, err);
  r->left = r->least = 0;
  return st;
}

/* ---- the answer ---- */

static void clear(dyo_assign_tasks_out *out)
{
  out->lower_bound = out->upper_bound = out->gap = NAN;
}

static bool kept_small(const assign_model *m, const result *r)
{
  return (double)(r->plan.cost - r->plan.bound) <= m->in->gap_tolerance * fabs((double)r->plan.cost);
}

static void judge(const dyo_ctx *ctx, const assign_model *m, const result *r, dyo_assign_tasks_out *out)
{
  const bool least = !r->all || r->left <= r->least, closed = least && kept_small(m, r);
  out->status = closed ? DYO_ASSIGN_OPTIMAL : DYO_ASSIGN_FEASIBLE;
  if (m->in->require_all && r->left > 0) out->status = r->least > 0 ? DYO_ASSIGN_INFEASIBLE : DYO_ASSIGN_UNKNOWN;
  out->stopped_by = DYO_ASSIGN_BY_ITERATIONS;
  if (closed) out->stopped_by = DYO_ASSIGN_BY_GAP;
  else if (ctx->stop == DYO_STOP_TIME) out->stopped_by = DYO_ASSIGN_BY_TIME;
  else if (ctx->stop == DYO_STOP_CANCELLED) out->stopped_by = DYO_ASSIGN_BY_CANCEL;
}

/* The bound in the request's own money. Where amounts were rounded to whole parts it gives way by half a part a task. */
static void state_bound(const assign_model *m, const result *r, dyo_assign_tasks_out *out)
{
  const double total = m->sign > 0 ? out->total_cost : out->total_value;
  double       bound = m->sign * (double)r->plan.bound * m->unit_top / m->unit_parts;
  if (r->plan.bound <= INT64_MIN / 8) return;
  if (m->exact && r->plan.bound == r->plan.cost) bound = total;
  else if (!m->exact) bound -= m->sign * 0.5 * (double)m->p.n_tasks / m->unit_parts;
  if ((bound - total) * m->sign > 0) bound = total;
  *(m->sign > 0 ? &out->lower_bound : &out->upper_bound) = bound;
  const double top                                       = fabs(m->sign > 0 ? total : bound);
  if (total == bound) out->gap = 0;
  else if (top > 0) out->gap = fabs(total - bound) / top; /* of nothing there is no part: null */
}

static dyo_status lay_plan(dyo_ctx *ctx, const assign_model *m, const int *at, dyo_assign_tasks_out *out, dyo_err *err)
{
  const assign_problem *p       = &m->p;
  dyo_assignment       *by_task = DYO_NEW(ctx, p->n_tasks, dyo_assignment);
  out->employees                = DYO_NEW(ctx, p->n_people, dyo_assign_load);
  out->assignments              = DYO_NEW(ctx, p->n_tasks, dyo_assignment);
  if (!by_task || !out->employees || !out->assignments) return dyo_oom(err);
  out->n_employees = p->n_people;
  for (size_t i = 0; i < p->n_people; i++) {
    dyo_assign_load *l = &out->employees[i];
    l->id              = m->in->employees[i].id;
    for (size_t a = p->first[i]; a < p->first[i + 1]; a++) {
      if (at[p->task[a]] != (int)i) continue;
      by_task[p->task[a]] = (dyo_assignment){l->id, m->in->tasks[p->task[a]].id, m->value[a], m->hours[a], m->money[a]};
      l->tasks++;
      l->hours += m->hours[a];
      l->cost += m->money[a];
    }
    const double capacity = m->in->employees[i].capacity_hours;
    l->utilization        = capacity > 0 ? fmin(1, l->hours / capacity) : NAN;
  }
  for (size_t j = 0; j < p->n_tasks; j++) {
    if (at[j] == ASSIGN_OUT) continue;
    out->assignments[out->n_assignments++] = by_task[j];
    out->total_value += by_task[j].value;
    out->total_cost += by_task[j].cost;
  }
  return DYO_OK;
}

static dyo_status lay_reasons(dyo_ctx *ctx, assign_view *v, dyo_assign_tasks_out *out, dyo_err *err)
{
  const size_t n  = v->m->p.n_tasks;
  out->unassigned = DYO_NEW(ctx, n, dyo_unassigned);
  if (!out->unassigned) return dyo_oom(err);
  for (size_t i = 0; i < out->n_employees; i++) {
    v->load[i]  = out->employees[i].hours;
    v->count[i] = out->employees[i].tasks;
  }
  for (size_t j = 0; j < n; j++) {
    if (v->at[j] != ASSIGN_OUT) continue;
    const char *reason = assign_reason(ctx, v, j);
    if (!reason) return dyo_oom(err);
    out->unassigned[out->n_unassigned++] = (dyo_unassigned){v->m->in->tasks[j].id, reason};
  }
  return DYO_OK;
}

dyo_status dyo_assign_tasks(dyo_ctx *ctx, const dyo_assign_tasks_in *in, dyo_assign_tasks_out *out, dyo_err *err)
{
  const double began = dyo_now(ctx);
  assign_model m;
  result       r = {.left = 0};
  assign_view  v = {.m = &m};
  clear(out);
  dyo_time_limit(ctx, in->time_limit_s);
  dyo_status st = assign_model_make(ctx, in, &m, err);
  if (st == DYO_OK) st = solve(ctx, &m, &r, err);
  if (st != DYO_OK) return st;
  v.at    = r.plan.at;
  v.load  = DYO_NEW(ctx, m.p.n_people, double);
  v.count = DYO_NEW(ctx, m.p.n_people, int);
  if (!v.load || !v.count) return dyo_oom(err);
  for (size_t j = 0; j < m.p.n_tasks; j++)
    if (r.plan.at[j] != ASSIGN_OUT) v.count[r.plan.at[j]]++;
  if (!r.all) fill_up(&m, &v, r.plan.at);
  st = lay_plan(ctx, &m, r.plan.at, out, err);
  if (st == DYO_OK) st = lay_reasons(ctx, &v, out, err);
  if (st != DYO_OK) return st;
  judge(ctx, &m, &r, out);
  state_bound(&m, &r, out);
  out->solve_time_s = dyo_now(ctx) - began;
  if (dyo_poll(ctx, 1, "done") == DYO_STOP_CANCELLED) return dyo_cancelled(ctx, true, err);
  return DYO_OK;
}
