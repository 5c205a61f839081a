/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_schedule.h - the operation staffing.schedule: who works when, at least cost, with a proof.
 * Ernst, Jiang, Krishnamoorthy & Sier (2004), European Journal of Operational Research 153, for the problem; rules of rosters after
 * Curtois & Qu (2014), Computational results on new staff scheduling benchmark instances. Searches and bounds stand in roster.h.
 *
 * Days count from 0; day mod 7 is the weekday, 0 = Monday; week w is days 7w to 7w+6. A shift belongs to the day of its start.
 * Minimised is `objective`, the sum of `objective_parts`: money (wages, overtime, calls), penalties of coverage, refused requests,
 * unfairness, less preferences. total_cost is its money alone. */
#ifndef DYO_SCHEDULE_H
#define DYO_SCHEDULE_H

#include "base/dyo_ctx.h"
#include "base/dyo_field.h"

enum { DYO_SCHEDULE_OPTIMAL, DYO_SCHEDULE_FEASIBLE, DYO_SCHEDULE_INFEASIBLE, DYO_SCHEDULE_UNKNOWN };    /* status */
enum { DYO_SCHEDULE_BY_GAP, DYO_SCHEDULE_BY_ITERATIONS, DYO_SCHEDULE_BY_TIME, DYO_SCHEDULE_BY_CANCEL }; /* stopped_by */
enum { DYO_REQUEST_ON, DYO_REQUEST_OFF };                                                               /* wish */
enum { DYO_CAUSE_COUNT, DYO_CAUSE_SKILL, DYO_CAUSE_OVERLAP, DYO_CAUSE_HOURS, DYO_CAUSE_RULES };         /* cause */
enum {
  DYO_CHANGE_HOURS,
  DYO_CHANGE_SKILL,
  DYO_CHANGE_AVAILABILITY,
  DYO_CHANGE_PEOPLE,
  DYO_CHANGE_COVERAGE,
  DYO_CHANGE_RULE
};

typedef struct {
  const char  *weekday;
  const char **shifts;
  size_t       n_shifts;
} dyo_available;

typedef struct {
  const char *shift;
  double      value;
} dyo_preference;

typedef struct {
  const char *key;
  int         n;
} dyo_heads;

typedef struct {
  const char     *id, *name;
  double          hourly_rate, max_hours, min_hours, max_hours_per_week, min_hours_per_week;
  const char    **skills;
  size_t          n_skills;
  dyo_available  *availability;
  size_t          n_availability;
  dyo_preference *preferences;
  size_t          n_preferences;
  int          max_consecutive_days, min_consecutive_days, min_consecutive_days_off, max_shifts_per_day, max_weekends;
  dyo_heads   *max_shifts_per_type;
  size_t       n_max_shifts_per_type;
  const char **unavailable_dates;
  size_t       n_unavailable_dates;
  double       call_in_cost;
} dyo_schedule_employee;

typedef struct {
  const char  *id, *name, *type;
  int          day;
  const char  *start_time, *end_time;
  double       duration_hours;
  const char **required_skills;
  size_t       n_required_skills;
  int          unpopular;
  double       understaffing_penalty, overstaffing_penalty;
} dyo_schedule_shift;

typedef struct {
  const char *employee_id, *shift_id;
} dyo_schedule_pair;

typedef struct {
  const char *employee_id, *shift_id;
  int         wish;
  double      weight;
} dyo_shift_request;

typedef struct {
  const char *from, *to;
} dyo_succession;

typedef struct {
  const char *shift;
  dyo_heads  *skills;
  size_t      n_skills;
} dyo_skill_need;

/* The request, which staffing.pareto takes as well. */
#define DYO_SCHEDULE_MEMBERS                                                                                            \
  dyo_schedule_employee *employees;                                                                                     \
  size_t                 n_employees;                                                                                   \
  dyo_schedule_shift    *shifts;                                                                                        \
  size_t                 n_shifts;                                                                                      \
  dyo_heads             *min_coverage;                                                                                  \
  size_t                 n_min_coverage;                                                                                \
  dyo_heads             *max_coverage;                                                                                  \
  size_t                 n_max_coverage;                                                                                \
  dyo_skill_need        *skill_coverage;                                                                                \
  size_t                 n_skill_coverage;                                                                              \
  double                 min_rest_hours;                                                                                \
  dyo_succession        *forbidden_successions;                                                                         \
  size_t                 n_forbidden_successions;                                                                       \
  dyo_schedule_pair     *fixed;                                                                                         \
  size_t                 n_fixed;                                                                                       \
  dyo_schedule_pair     *forbidden;                                                                                     \
  size_t                 n_forbidden;                                                                                   \
  dyo_shift_request     *shift_requests;                                                                                \
  size_t                 n_shift_requests;                                                                              \
  double                 overtime_multiplier, overtime_threshold, fairness_weight, unpopular_weight, preference_weight; \
  double                 understaffing_penalty, overstaffing_penalty;                                                   \
  const char            *horizon_start;                                                                                 \
  double                 time_limit_s, gap_tolerance;                                                                   \
  int                    seed;

typedef struct {
  DYO_SCHEDULE_MEMBERS
} dyo_schedule_in;

typedef struct {
  const char *employee_id, *shift_id;
  double      hours, cost;
} dyo_schedule_assignment;

typedef struct {
  const char *id;
  int         shifts;
  double      hours, overtime_hours, cost, utilization, fair_hours;
  int         unpopular_shifts, fair_unpopular_shifts;
} dyo_schedule_person;

typedef struct {
  const char *shift_id;
  int         required, assigned;
} dyo_schedule_cover;

typedef struct {
  const char *shift_id, *skill;
  int         required, assigned;
  const char *reason;
} dyo_schedule_open;

typedef struct {
  double wages, overtime, calls, understaffing, overstaffing, requests, fairness, preferences;
} dyo_schedule_parts;

typedef struct {
  int         kind;
  const char *employee_id, *shift_id, *skill;
  double      amount;
  const char *message;
} dyo_schedule_change;

typedef struct {
  int                  cause;
  const char          *message;
  const char         **shifts;
  size_t               n_shifts;
  const char         **employees;
  size_t               n_employees;
  const char         **rules;
  size_t               n_rules;
  int                  short_heads;
  dyo_schedule_change *changes;
  size_t               n_changes;
} dyo_schedule_conflict;

typedef struct {
  int                      status;
  dyo_schedule_assignment *assignments;
  size_t                   n_assignments;
  double                   total_cost, objective, lower_bound, gap;
  bool                     coverage_met;
  double                   avg_utilization;
  int                      heads_short, least_heads_short;
  dyo_schedule_parts      *objective_parts;
  double                   preference_score, preference_weight;
  dyo_schedule_person     *employees;
  size_t                   n_employees;
  dyo_schedule_cover      *coverage;
  size_t                   n_coverage;
  dyo_schedule_open       *uncovered;
  size_t                   n_uncovered;
  dyo_schedule_conflict   *conflict;
  int                      stopped_by;
  double                   solve_time_s;
  const char             **warnings;
  size_t                   n_warnings;
} dyo_schedule_out;

extern const dyo_field dyo_schedule_in_rows[], dyo_schedule_out_rows[];

/* Rows that staffing.pareto shares. */
extern const dyo_field dyo_schedule_employee_rows[], dyo_schedule_shift_rows[], dyo_schedule_heads_rows[],
  dyo_schedule_skill_need_rows[], dyo_schedule_pair_rows[], dyo_shift_request_rows[], dyo_succession_rows[],
  dyo_schedule_assignment_rows[];

dyo_status dyo_schedule(dyo_ctx *ctx, const dyo_schedule_in *in, dyo_schedule_out *out, dyo_err *err);

#endif
