/* SPDX-License-Identifier: GPL-3.0-or-later */
/* schedule_rows.c - the fields of staffing.schedule. */
#include "staffing/schedule_rows.h"

static const char *const wish_words[]                 = {"on", "off", NULL};
const char *const        dyo_schedule_status_words[]  = {"optimal", "feasible", "infeasible", "unknown", NULL};
const char *const        dyo_schedule_stopped_words[] = {"gap", "iterations", "time", "cancelled", NULL};
static const char *const cause_words[]                = {"count", "skill", "overlap", "hours", "rules", NULL};
static const char *const change_words[] = {"hours", "skill", "availability", "people", "coverage", "rule", NULL};

/* ---- the request ---- */

static const dyo_field available_rows[] = {
  DYO_STR(dyo_available, weekday, DYO_REQ, 8, "Weekday, \"0\" (Monday) to \"6\"."),
  DYO_STRS(dyo_available, shifts, DYO_REQ, MOST_SHIFTS, "Ids of the shifts of that weekday the person may work."),
  DYO_END(dyo_available)};

static const dyo_field preference_rows[] = {
  DYO_STR(dyo_preference, shift, DYO_REQ, 256, "Id of the shift."),
  DYO_NUM(dyo_preference, value, DYO_REQ, -10, 10, "points", "How much the person likes it."), DYO_END(dyo_preference)};

const dyo_field dyo_schedule_heads_rows[] = {DYO_STR(dyo_heads, key, DYO_REQ, 256, "Id."),
                                             DYO_INT(dyo_heads, n, DYO_REQ, 0, MOST_HEADS, "people", "How many."),
                                             DYO_END(dyo_heads)};

static const dyo_field type_rows[] = {DYO_STR(dyo_heads, key, DYO_REQ, 256, "Type of shift."),
                                      DYO_INT(dyo_heads, n, DYO_REQ, 0, MOST_SHIFTS, "shifts", "Most of them."),
                                      DYO_END(dyo_heads)};

const dyo_field dyo_schedule_skill_need_rows[] = {
  DYO_STR(dyo_skill_need, shift, DYO_REQ, 256, "Id of the shift."),
  DYO_MAP(dyo_skill_need, skills, DYO_REQ, 1000, dyo_heads, dyo_schedule_heads_rows, "People by skill."),
  DYO_END(dyo_skill_need)};

const dyo_field dyo_schedule_employee_rows[] = {
  DYO_STR(dyo_schedule_employee, id, DYO_REQ, 256, "Name of the person in this request; each may be there once."),
  DYO_STR(dyo_schedule_employee, name, DYO_OPT, 256, "Name for sentences; the id where absent."),
  DYO_NUM(dyo_schedule_employee, hourly_rate, 0, 0, 1e6, "money/hour", "Pay of an hour."),
  DYO_NUM(dyo_schedule_employee, max_hours, DYO_OPT, 0, 100000, "hours",
          "Most hours in the whole horizon; absent: no limit."),
  DYO_NUM(dyo_schedule_employee, min_hours, 0, 0, 100000, "hours", "Least hours in the whole horizon."),
  DYO_NUM(dyo_schedule_employee, max_hours_per_week, DYO_OPT, 0, 168, "hours/week",
          "Most hours in each week, days 7w to 7w+6; absent: no limit."),
  DYO_NUM(dyo_schedule_employee, min_hours_per_week, 0, 0, 168, "hours/week",
          "Least hours in each whole week; a last, shorter week has none."),
  DYO_STRS(dyo_schedule_employee, skills, DYO_OPT, 1000, "What the person can do."),
  DYO_MAP(
    dyo_schedule_employee, availability, DYO_OPT, 7, dyo_available, available_rows,
    "Shifts the person may work, by weekday \"0\" (Monday) to \"6\" (a shift's day mod 7). Absent: always. A weekday "
    "that is missing: not on that day. Ids that are not among shifts are told in warnings."),
  DYO_MAP(dyo_schedule_employee, preferences, DYO_OPT, MOST_SHIFTS, dyo_preference, preference_rows,
          "How much the person likes a shift, by its id: -10 to 10. See preference_weight."),
  DYO_INT(dyo_schedule_employee, max_consecutive_days, DYO_OPT, 1, 1000, "days", "Most days worked in a row."),
  DYO_INT(dyo_schedule_employee, min_consecutive_days, DYO_OPT, 1, 1000, "days",
          "Least days worked in a row; a run at either end of the horizon is taken as long enough."),
  DYO_INT(dyo_schedule_employee, min_consecutive_days_off, DYO_OPT, 1, 1000, "days",
          "Least days off in a row; days off at either end of the horizon are taken as enough."),
  DYO_INT(dyo_schedule_employee, max_shifts_per_day, DYO_OPT, 1, 100, "shifts/day",
          "Most shifts that start on one day; absent: as many as do not overlap."),
  DYO_INT(dyo_schedule_employee, max_weekends, DYO_OPT, 0, 1000, "weekends",
          "Most weekends (days 5 and 6 of a week) with a shift on either day."),
  DYO_MAP(dyo_schedule_employee, max_shifts_per_type, DYO_OPT, MOST_TYPES, dyo_heads, type_rows,
          "Most shifts of a type in the whole horizon."),
  DYO_STRS(dyo_schedule_employee, unavailable_dates, DYO_OPT, 4000,
           "Dates, YYYY-MM-DD, on which the person starts no shift; needs horizon_start."),
  DYO_NUM(dyo_schedule_employee, call_in_cost, 0, 0, 1e9, "money",
          "Paid once if the person works at all; 1 for all, with no pay, finds the fewest people."),
  DYO_END(dyo_schedule_employee)};

const dyo_field dyo_schedule_shift_rows[] = {
  DYO_STR(dyo_schedule_shift, id, DYO_REQ, 256, "Name of the shift in this request; each may be there once."),
  DYO_STR(dyo_schedule_shift, name, DYO_OPT, 256, "Name for sentences; the id where absent."),
  DYO_STR(dyo_schedule_shift, type, DYO_OPT, 256,
          "Type of shift, such as early or night, that max_shifts_per_type and forbidden_successions speak of."),
  DYO_INT(dyo_schedule_shift, day, DYO_REQ, 0, MOST_DAY, "day",
          "Day on which it starts, from 0; the weekday is day mod 7, 0 = Monday."),
  DYO_STR(dyo_schedule_shift, start_time, DYO_REQ, 16, "When it begins: HH:MM."),
  DYO_STR(
    dyo_schedule_shift, end_time, DYO_REQ, 16,
    "HH:MM (24:00 is midnight); at or before start_time it is on the next day. Shifts that only touch do not overlap."),
  DYO_NUM(dyo_schedule_shift, duration_hours, DYO_OPT, 0, 24, "hours",
          "Paid hours: less than the clock times where a break is unpaid, never more; absent: the clock times."),
  DYO_STRS(dyo_schedule_shift, required_skills, DYO_OPT, 1000,
           "Skills that everybody in the shift must hold, all of them."),
  DYO_FLAG(dyo_schedule_shift, unpopular,
           "Counts for unpopular_weight; absent: where the shift runs into the night (22:00 to 06:00) or starts on a "
           "Saturday or Sunday."),
  DYO_NUM(dyo_schedule_shift, understaffing_penalty, DYO_OPT, 0, 1e9, "money/head",
          "In place of the request's understaffing_penalty for this shift."),
  DYO_NUM(dyo_schedule_shift, overstaffing_penalty, DYO_OPT, 0, 1e9, "money/head",
          "In place of the request's overstaffing_penalty for this shift."),
  DYO_END(dyo_schedule_shift)};

const dyo_field dyo_schedule_pair_rows[] = {DYO_STR(dyo_schedule_pair, employee_id, DYO_REQ, 256, "Id of the person."),
                                            DYO_STR(dyo_schedule_pair, shift_id, DYO_REQ, 256, "Id of the shift."),
                                            DYO_END(dyo_schedule_pair)};

const dyo_field dyo_shift_request_rows[] = {
  DYO_STR(dyo_shift_request, employee_id, DYO_REQ, 256, "Id of the person."),
  DYO_STR(dyo_shift_request, shift_id, DYO_REQ, 256, "Id of the shift."),
  DYO_ENUM(dyo_shift_request, wish, DYO_REQ, wish_words, "on: wants to work it; off: wants not to."),
  DYO_NUM(dyo_shift_request, weight, 1, 0, 1e9, "money", "Cost of refusing it."), DYO_END(dyo_shift_request)};

const dyo_field dyo_succession_rows[] = {
  DYO_STR(dyo_succession, from, DYO_REQ, 256, "Type of the shift worked on a day."),
  DYO_STR(dyo_succession, to, DYO_REQ, 256, "Type that may then not be worked on the next day."),
  DYO_END(dyo_succession)};

const dyo_field dyo_schedule_in_rows[] = {SCHEDULE_ROWS(dyo_schedule_in), DYO_END(dyo_schedule_in)};

/* ---- the answer ---- */

const dyo_field dyo_schedule_assignment_rows[] = {
  DYO_STR(dyo_schedule_assignment, employee_id, DYO_REQ, 256, "Who works it."),
  DYO_STR(dyo_schedule_assignment, shift_id, DYO_REQ, 256, "In which shift."),
  DYO_OUT(dyo_schedule_assignment, hours, DYO_REQ, "hours", "Paid hours."),
  DYO_OUT(dyo_schedule_assignment, cost, DYO_REQ, "money",
          "hourly_rate times hours; what overtime costs more is with the employee."),
  DYO_END(dyo_schedule_assignment)};

static const dyo_field person_rows[] = {
  DYO_STR(dyo_schedule_person, id, DYO_REQ, 256, "Id of the person."),
  DYO_INT(dyo_schedule_person, shifts, DYO_REQ, 0, INT_MAX, "shifts", "Shifts worked."),
  DYO_OUT(dyo_schedule_person, hours, DYO_REQ, "hours", "Paid hours."),
  DYO_OUT(dyo_schedule_person, overtime_hours, DYO_REQ, "hours",
          "Hours of weeks above overtime_threshold; 0 without overtime_multiplier."),
  DYO_OUT(dyo_schedule_person, cost, DYO_REQ, "money", "Wages, overtime and call_in_cost."),
  DYO_OUT(dyo_schedule_person, utilization, DYO_NULL, "0..1",
          "hours / max_hours (or max_hours_per_week for each week begun); null without either."),
  DYO_OUT(dyo_schedule_person, fair_hours, DYO_OPT, "hours", "With fairness_weight: the fair share."),
  DYO_INT(dyo_schedule_person, unpopular_shifts, DYO_REQ, 0, INT_MAX, "shifts", "Unpopular shifts worked."),
  DYO_INT(dyo_schedule_person, fair_unpopular_shifts, DYO_OPT, 0, INT_MAX, "shifts",
          "With unpopular_weight: the fair share."),
  DYO_END(dyo_schedule_person)};

static const dyo_field cover_rows[] = {
  DYO_STR(dyo_schedule_cover, shift_id, DYO_REQ, 256, "Id of the shift."),
  DYO_INT(dyo_schedule_cover, required, DYO_REQ, 0, INT_MAX, "people", "min_coverage."),
  DYO_INT(dyo_schedule_cover, assigned, DYO_REQ, 0, INT_MAX, "people", "People in the plan."),
  DYO_END(dyo_schedule_cover)};

static const dyo_field open_rows[] = {
  DYO_STR(dyo_schedule_open, shift_id, DYO_REQ, 256, "Id of the shift."),
  DYO_STR(dyo_schedule_open, skill, DYO_OPT, 256, "The skill of skill_coverage that is short; absent: heads of any."),
  DYO_INT(dyo_schedule_open, required, DYO_REQ, 0, INT_MAX, "people", "How many are needed."),
  DYO_INT(dyo_schedule_open, assigned, DYO_REQ, 0, INT_MAX, "people", "How many the plan has."),
  DYO_STR(dyo_schedule_open, reason, DYO_REQ, 1000, "Why nobody else is in it, in a sentence."),
  DYO_END(dyo_schedule_open)};

static const dyo_field parts_rows[] = {
  DYO_OUT(dyo_schedule_parts, wages, DYO_REQ, "money", "Hours at hourly_rate."),
  DYO_OUT(dyo_schedule_parts, overtime, DYO_REQ, "money", "What overtime costs more."),
  DYO_OUT(dyo_schedule_parts, calls, DYO_REQ, "money", "call_in_cost of those who work."),
  DYO_OUT(dyo_schedule_parts, understaffing, DYO_REQ, "money", "Penalties for heads missing where coverage is soft."),
  DYO_OUT(dyo_schedule_parts, overstaffing, DYO_REQ, "money", "Penalties for heads above min_coverage."),
  DYO_OUT(dyo_schedule_parts, requests, DYO_REQ, "money", "Weights of refused shift_requests."),
  DYO_OUT(dyo_schedule_parts, fairness, DYO_REQ, "money",
          "Hours and unpopular shifts away from the fair shares, at their weights."),
  DYO_OUT(dyo_schedule_parts, preferences, DYO_REQ, "money", "Minus preference_score times preference_weight."),
  DYO_END(dyo_schedule_parts)};

static const dyo_field change_rows[] = {
  DYO_ENUM(
    dyo_schedule_change, kind, DYO_REQ, change_words,
    "hours: more hours for a person; skill: teach it; availability: open a shift to a person; people: hire; coverage: "
    "ask for less; rule: ease it."),
  DYO_STR(dyo_schedule_change, employee_id, DYO_OPT, 256, "Whom it concerns."),
  DYO_STR(dyo_schedule_change, shift_id, DYO_OPT, 256, "Which shift it concerns."),
  DYO_STR(dyo_schedule_change, skill, DYO_OPT, 256, "Which skill it concerns."),
  DYO_OUT(dyo_schedule_change, amount, DYO_OPT, NULL, "How many hours, people or heads."),
  DYO_STR(dyo_schedule_change, message, DYO_REQ, 1000, "The change in a sentence."),
  DYO_END(dyo_schedule_change)};

const dyo_field dyo_schedule_conflict_rows[] = {
  DYO_ENUM(
    dyo_schedule_conflict, cause, DYO_REQ, cause_words,
    "count: a shift needs more people than may work it; skill: more hours of a skill are demanded than its holders have; "
    "overlap: shifts at the same time need more people than there are; hours: the same of hours in general; rules: a "
    "set of rules, none of which can be left out."),
  DYO_STR(dyo_schedule_conflict, message, DYO_REQ, 1000, "The conflict in a sentence or two."),
  DYO_STRS(dyo_schedule_conflict, shifts, DYO_REQ, MOST_SHIFTS, "Ids of the shifts that cannot all be covered."),
  DYO_STRS(dyo_schedule_conflict, employees, DYO_REQ, MOST_PEOPLE, "Ids of the people who could work in them."),
  DYO_STRS(dyo_schedule_conflict, rules, DYO_REQ, 32, "Fields of the request that cannot all hold."),
  DYO_INT(dyo_schedule_conflict, short_heads, DYO_OPT, 0, INT_MAX, "people",
          "Heads that these shifts alone must lack, as far as this cause shows."),
  DYO_LIST(dyo_schedule_conflict, changes, DYO_REQ, 100, dyo_schedule_change, change_rows,
           "Smallest changes that would help with this conflict, each by itself; others may then show."),
  DYO_END(dyo_schedule_conflict)};

const dyo_field dyo_schedule_out_rows[] = {
  DYO_ENUM(
    dyo_schedule_out, status, DYO_REQ, dyo_schedule_status_words,
    "optimal: within gap_tolerance of the bound; feasible: a plan that may not be; infeasible: proven that no plan keeps "
    "coverage and rules, and the best understaffed one is given; unknown: no full plan was found, and none excluded."),
  DYO_LIST(dyo_schedule_out, assignments, DYO_REQ, 100000000, dyo_schedule_assignment, dyo_schedule_assignment_rows,
           "The plan, by employee, then by time."),
  DYO_OUT(dyo_schedule_out, total_cost, DYO_REQ, "money", "Money alone: wages, overtime, calls."),
  DYO_OUT(dyo_schedule_out, objective, DYO_REQ, "money", "What is minimised: the sum of objective_parts."),
  DYO_OUT(
    dyo_schedule_out, lower_bound, DYO_NULL, "money",
    "No plan has a lower objective; infeasible: no plan that lacks as few heads. null where the plan may lack more heads than "
    "it must."),
  DYO_OUT(
    dyo_schedule_out, gap, DYO_NULL, "0..1",
    "(objective - lower_bound) / |objective|; null without a bound, or where objective is 0 and the bound is below it."),
  DYO_BOOL(dyo_schedule_out, coverage_met, DYO_REQ, "Every shift has its people and their skills."),
  DYO_OUT(dyo_schedule_out, avg_utilization, DYO_NULL, "0..1", "Mean utilization of the employees who have one."),
  DYO_INT(dyo_schedule_out, heads_short, DYO_REQ, 0, INT_MAX, "people",
          "Heads that hard coverage lacks in the plan; its skills count by themselves."),
  DYO_INT(dyo_schedule_out, least_heads_short, DYO_REQ, 0, INT_MAX, "people", "Proven: no plan lacks fewer."),
  DYO_OBJ(dyo_schedule_out, objective_parts, DYO_REQ, dyo_schedule_parts, parts_rows,
          "What the objective is the sum of."),
  DYO_OUT(dyo_schedule_out, preference_score, DYO_REQ, "points", "Sum of preferences over the assignments."),
  DYO_OUT(dyo_schedule_out, preference_weight, DYO_OPT, "money/point", "With preferences: the weight used."),
  DYO_LIST(dyo_schedule_out, employees, DYO_REQ, MOST_PEOPLE, dyo_schedule_person, person_rows,
           "Each person's plan, in the order of the request."),
  DYO_LIST(dyo_schedule_out, coverage, DYO_REQ, MOST_SHIFTS, dyo_schedule_cover, cover_rows,
           "Each shift, in the order of the request."),
  DYO_LIST(dyo_schedule_out, uncovered, DYO_REQ, 1000000, dyo_schedule_open, open_rows,
           "Shifts with too few people, or too few of a skill."),
  DYO_OBJ(dyo_schedule_out, conflict, DYO_OPT, dyo_schedule_conflict, dyo_schedule_conflict_rows,
          "Infeasible: a smallest set of shifts, people and rules that cannot hold together."),
  DYO_ENUM(dyo_schedule_out, stopped_by, DYO_REQ, dyo_schedule_stopped_words,
           "What ended the work: the gap was closed, the search had no more to do, time ran out, or it was cancelled."),
  DYO_OUT(dyo_schedule_out, solve_time_s, DYO_REQ, "seconds", "Time taken, by the host's clock; 0 without one."),
  DYO_STRS(dyo_schedule_out, warnings, DYO_REQ, 1000, "What in the request was passed over."),
  DYO_END(dyo_schedule_out)};
