/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_staffing_pareto.h - the operation staffing.pareto: what fairness, coverage or preferences cost.
 * Each point minimises cost + weight * other for a weight of its own, with its own proof; weights are chosen between neighbours where the
 * curve is least known (Aneja & Nair 1979, Management Science 25), so that the points are corners of the lower convex hull. */
#ifndef DYO_STAFFING_PARETO_H
#define DYO_STAFFING_PARETO_H

#include "staffing/dyo_schedule.h"

typedef struct {
  DYO_SCHEDULE_MEMBERS
  const char **objectives;
  size_t       n_objectives;
  int          points;
} dyo_staffing_pareto_in;

typedef struct {
  double                   cost, other, total_cost, weight, objective, lower_bound, gap;
  int                      status, heads_short;
  dyo_schedule_assignment *assignments;
  size_t                   n_assignments;
} dyo_staffing_point;

typedef struct {
  int    index;
  double cost, other;
} dyo_staffing_knee;

typedef struct {
  int                    status;
  dyo_staffing_point    *frontier;
  size_t                 n_frontier;
  dyo_staffing_knee     *knee;
  dyo_schedule_conflict *conflict;
  int                    stopped_by;
  double                 solve_time_s;
  const char           **warnings;
  size_t                 n_warnings;
} dyo_staffing_pareto_out;

extern const dyo_field dyo_staffing_pareto_in_rows[], dyo_staffing_pareto_out_rows[];

dyo_status dyo_staffing_pareto(dyo_ctx *ctx, const dyo_staffing_pareto_in *in, dyo_staffing_pareto_out *out,
                               dyo_err *err);

#endif
