/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_labor_cost.h - what hours worked cost: straight time, overtime, double time, night and weekend premiums.
 *
 * Every hour is paid once, as one of three kinds. Hours are taken in the order in which they are worked, and the last ones are dearest:
 *   1. double time: hours beyond double_time_threshold of the day (of the week where double_time_per is "week");
 *   2. overtime by the day: of the rest, hours beyond daily_threshold;
 *   3. overtime by the week: of what is left, hours beyond overtime_threshold in each week (days 7w to 7w+6). Hours already paid as
 *      overtime or double time do not count towards it ("no pyramiding"; as 29 CFR 778.110, 778.202 and California Labor Code 510).
 * A kind's cost is hours x hourly_rate x its multiplier. Premiums come on top of whatever kind the hour is, from the plain hourly rate:
 * they do not raise the rate that overtime multiplies.
 * A shift counts for the day on which it starts; its night and weekend hours are those of the clock. An unpaid break is spread evenly
 * over the shift. Of the employees only hourly_rate counts here; call_in_cost is no pay of hours. */
#ifndef DYO_LABOR_COST_H
#define DYO_LABOR_COST_H

#include "base/dyo_ctx.h"
#include "base/dyo_field.h"
#include "staffing/dyo_schedule.h"

typedef struct {
  const char *employee_id;
  double     *hours;
  size_t      n_hours;
} dyo_labor_hours;

typedef struct {
  double      premium, per_hour;
  const char *start_time, *end_time;
} dyo_labor_night;

typedef struct {
  double premium, per_hour;
  int   *days;
  size_t n_days;
} dyo_labor_weekend;

typedef struct {
  dyo_schedule_employee   *employees;
  size_t                   n_employees;
  dyo_schedule_shift      *shifts;
  size_t                   n_shifts;
  dyo_schedule_assignment *assignments;
  size_t                   n_assignments;
  dyo_labor_hours         *hours;
  size_t                   n_hours;
  double overtime_threshold, overtime_multiplier, daily_threshold, double_time_threshold, double_time_multiplier;
  int    double_time_per;
  dyo_labor_night   *night;
  dyo_labor_weekend *weekend;
} dyo_labor_cost_in;

/* Hours and money of one employee, day, skill, or all. */
typedef struct {
  const char *id, *name, *skill; /* of an employee; of a skill, NULL for shifts that need none */
  int         day;
  double      hours, regular_hours, overtime_hours, double_time_hours, night_hours, weekend_hours;
  double      regular_cost, overtime_cost, double_time_cost, premium_cost, total_cost;
} dyo_labor_sum;

typedef struct {
  dyo_labor_sum *employees, *days, *skills;
  size_t         n_employees, n_days, n_skills;
  double         total_hours, regular_hours, overtime_hours, double_time_hours, night_hours, weekend_hours;
  double         regular_cost, overtime_cost, double_time_cost, premium_cost, total_cost, overtime_extra_cost;
} dyo_labor_cost_out;

extern const dyo_field dyo_labor_cost_in_rows[], dyo_labor_cost_out_rows[];

/* Errors: invalid_input for unknown or doubled ids, both or neither of assignments and hours, rules that need what is not given. */
dyo_status dyo_labor_cost(dyo_ctx *ctx, const dyo_labor_cost_in *in, dyo_labor_cost_out *out, dyo_err *err);

#endif
