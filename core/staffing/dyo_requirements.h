/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_requirements.h - how many people each interval of a demand forecast needs, and from that the coverage of shifts.
 * Each interval is a queue in its steady state, apart from its neighbours: Erlang C (M/M/n), or with patience Erlang A (M/M/n+M).
 * Erlang (1917); Palm (1957); Mandelbaum and Zeltyn, The Palm/Erlang-A Queue (2005). */
#ifndef DYO_REQUIREMENTS_H
#define DYO_REQUIREMENTS_H

#include "base/dyo_ctx.h"
#include "base/dyo_field.h"
#include "staffing/dyo_schedule.h"

enum { DYO_ERLANG_C, DYO_ERLANG_A };     /* model */
enum { DYO_COVER_LEAST, DYO_COVER_MAX }; /* coverage_rule */

typedef struct {
  double     *demand, *average_handling_time_s, *staff;
  size_t      n_demand, n_average_handling_time_s, n_staff;
  int         interval_minutes, start_day, model, coverage_rule, min_staff;
  const char *start_time;
  double      patience_s, service_level, target_seconds, max_average_wait_s, max_abandonment, max_occupancy, shrinkage;
  dyo_schedule_shift *shifts;
  size_t              n_shifts;
} dyo_requirements_in;

typedef struct {
  int         day;
  const char *start_time;
  double      demand, load;
  int         staff, scheduled, on_duty;
  double      service_level, wait_probability, average_wait_s, average_speed_of_answer_s, occupancy, abandonment;
} dyo_requirement;

typedef struct {
  const char *shift_id;
  int         heads;
} dyo_shift_heads;

typedef struct {
  int         interval, day;
  const char *start_time;
  int         required, assigned;
} dyo_uncovered_interval;

typedef struct {
  int              model;
  dyo_requirement *intervals;
  size_t           n_intervals;
  double total_demand, peak_staff, peak_scheduled, staff_hours, service_level, average_wait_s, occupancy, abandonment;
  dyo_shift_heads        *min_coverage;
  size_t                  n_min_coverage;
  double                  shift_hours;
  dyo_uncovered_interval *uncovered;
  size_t                  n_uncovered;
  const char            **warnings;
  size_t                  n_warnings;
} dyo_requirements_out;

extern const dyo_field dyo_requirements_in_rows[], dyo_requirements_out_rows[];

/* staff: the fewest that keep every target asked for (all are monotone in it), at least min_staff; scheduled: staff / (1 - shrinkage),
 * rounded up. With `staff` given it is judged instead.
 * With shifts, min_coverage is what staffing.schedule takes. least: the fewest paid hours, then heads, such that at every moment the
 * people of the shifts over it reach `scheduled` (exact); max: each shift gets the greatest `scheduled` of the intervals it touches, which
 * is more than needed where shifts overlap. Moments that no shift lies over stay short: `uncovered`. */
dyo_status dyo_requirements(dyo_ctx *ctx, const dyo_requirements_in *in, dyo_requirements_out *out, dyo_err *err);

#endif
