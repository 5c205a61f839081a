/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_assign.h - who does which task: skills and hours limit what a person may take, each task goes to one person at most.
 * The generalised assignment problem: bound by the Lagrangian of Fisher, Jaikumar & Van Wassenhove (1986), Management Science 32, closed by
 * branching after Posta, Ferland & Michelon (2012); where capacity is a number of tasks, shortest augmenting paths (Jonker & Volgenant
 * 1987). Hours count to a hundred-thousandth of an hour. */
#ifndef DYO_ASSIGN_H
#define DYO_ASSIGN_H

#include "base/dyo_ctx.h"
#include "base/dyo_field.h"

enum { DYO_ASSIGN_MAX_VALUE, DYO_ASSIGN_MIN_COST };                                             /* objective */
enum { DYO_ASSIGN_OPTIMAL, DYO_ASSIGN_FEASIBLE, DYO_ASSIGN_INFEASIBLE, DYO_ASSIGN_UNKNOWN };    /* status */
enum { DYO_ASSIGN_BY_GAP, DYO_ASSIGN_BY_ITERATIONS, DYO_ASSIGN_BY_TIME, DYO_ASSIGN_BY_CANCEL }; /* stopped_by */

typedef struct {
  const char  *id, *name;
  double       capacity_hours, hourly_rate;
  const char **skills;
  size_t       n_skills;
} dyo_assign_employee;

typedef struct {
  const char  *id, *name;
  double       hours, value;
  const char **required_skills;
  size_t       n_required_skills;
  int          priority;
} dyo_assign_task;

typedef struct {
  const char *task;
  double      amount;
} dyo_assign_entry;

typedef struct {
  const char       *employee;
  dyo_assign_entry *tasks;
  size_t            n_tasks;
} dyo_assign_row;

typedef struct {
  dyo_assign_employee *employees;
  size_t               n_employees;
  dyo_assign_task     *tasks;
  size_t               n_tasks;
  dyo_assign_row      *values, *costs, *hours_by_employee;
  size_t               n_values, n_costs, n_hours_by_employee;
  int                  max_tasks_per_employee, objective;
  bool                 require_all;
  double               gap_tolerance, time_limit_s;
  int                  seed;
} dyo_assign_tasks_in;

typedef struct {
  const char *employee_id, *task_id;
  double      value, hours, cost;
} dyo_assignment;

typedef struct {
  const char *task_id, *reason;
} dyo_unassigned;

typedef struct {
  const char *id;
  int         tasks;
  double      hours, cost, utilization;
} dyo_assign_load;

typedef struct {
  int              status;
  dyo_assignment  *assignments;
  size_t           n_assignments;
  double           total_value, total_cost;
  dyo_unassigned  *unassigned;
  size_t           n_unassigned;
  dyo_assign_load *employees;
  size_t           n_employees;
  double           lower_bound, upper_bound, gap, solve_time_s;
  int              stopped_by;
} dyo_assign_tasks_out;

extern const dyo_field dyo_assign_tasks_in_rows[], dyo_assign_tasks_out_rows[];

/* A cancel answers DYO_CANCELLED with the best plan so far in *out. */
dyo_status dyo_assign_tasks(dyo_ctx *ctx, const dyo_assign_tasks_in *in, dyo_assign_tasks_out *out, dyo_err *err);

#endif
