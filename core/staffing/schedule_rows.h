/* SPDX-License-Identifier: GPL-3.0-or-later */
/* schedule_rows.h - the rows of DYO_SCHEDULE_MEMBERS, for the requests of staffing.schedule and staffing.pareto. */
#ifndef STAFFING_SCHEDULE_ROWS_H
#define STAFFING_SCHEDULE_ROWS_H

#include "staffing/dyo_schedule.h"

enum {
  MOST_PEOPLE = 20000,
  MOST_SHIFTS = 20000,
  MOST_PAIRS  = 1000000,
  MOST_HEADS  = 100000,
  MOST_DAY    = 1000,
  MOST_TYPES  = 200
};

extern const dyo_field   dyo_schedule_conflict_rows[];
extern const char *const dyo_schedule_status_words[], *const dyo_schedule_stopped_words[];

#define SCHEDULE_ROWS(S)                                                                                              \
  DYO_LIST(S, employees, DYO_REQ, MOST_PEOPLE, dyo_schedule_employee, dyo_schedule_employee_rows,                     \
           "The people; at least one."),                                                                              \
    DYO_LIST(S, shifts, DYO_REQ, MOST_SHIFTS, dyo_schedule_shift, dyo_schedule_shift_rows,                            \
             "The shifts of the whole horizon; at least one."),                                                       \
    DYO_MAP(S, min_coverage, DYO_OPT, MOST_SHIFTS, dyo_heads, dyo_schedule_heads_rows,                                \
            "People needed in each shift, by its id; 1 where absent (or max_coverage where that is lower)."),         \
    DYO_MAP(S, max_coverage, DYO_OPT, MOST_SHIFTS, dyo_heads, dyo_schedule_heads_rows,                                \
            "Most people in a shift, by its id; no limit where absent. Never exceeded."),                             \
    DYO_MAP(S, skill_coverage, DYO_OPT, MOST_SHIFTS, dyo_skill_need, dyo_schedule_skill_need_rows,                    \
            "People with a skill needed among those of a shift: shift id, then skill, then number. A person counts "  \
            "for every skill they hold, so that one who is cook and lead fills one of each."),                        \
    DYO_NUM(S, min_rest_hours, 0, 0, 168, "hours",                                                                    \
            "Least time between the end of a shift and the start of the next."),                                      \
    DYO_LIST(S, forbidden_successions, DYO_OPT, MOST_TYPES *MOST_TYPES, dyo_succession, dyo_succession_rows,          \
             "Types of shift that may not be worked on the day after one of another type."),                          \
    DYO_LIST(S, fixed, DYO_OPT, MOST_PAIRS, dyo_schedule_pair, dyo_schedule_pair_rows,                                \
             "Assignments that must be made."),                                                                       \
    DYO_LIST(S, forbidden, DYO_OPT, MOST_PAIRS, dyo_schedule_pair, dyo_schedule_pair_rows,                            \
             "Assignments that must not be made."),                                                                   \
    DYO_LIST(S, shift_requests, DYO_OPT, MOST_PAIRS, dyo_shift_request, dyo_shift_request_rows,                       \
             "Wishes for and against single shifts; one that is refused costs its weight."),                          \
    DYO_NUM(                                                                                                          \
      S, overtime_multiplier, DYO_OPT, 1, 10, NULL,                                                                   \
      "Hours of a week above overtime_threshold cost this multiple of hourly_rate; absent: no more than others."),    \
    DYO_NUM(S, overtime_threshold, 40, 0.01, 168, "hours/week", "Where overtime begins; needs overtime_multiplier."), \
    DYO_NUM(                                                                                                          \
      S, fairness_weight, 0, 0, 1e6, "money/hour",                                                                    \
      "Cost of each hour by which a person's hours differ from their fair share, either way. The fair share is "      \
      "the hours min_coverage demands, times the person's part of all max_hours (or max_hours_per_week over the "     \
      "horizon; without either as much as the largest), rounded up to the greatest common part of all hours; "        \
      "see fair_hours."),                                                                                             \
    DYO_NUM(S, unpopular_weight, 0, 0, 1e6, "money/shift",                                                            \
            "The same for unpopular shifts: cost of each one by which a person differs from their fair share, which " \
            "is rounded up to whole shifts; see fair_unpopular_shifts."),                                             \
    DYO_NUM(S, preference_weight, DYO_OPT, 0, 1e6, "money/point",                                                     \
            "What a point of preferences is worth. Absent: so little that all preferences together never cost as "    \
            "much as the smallest difference between two plans: they decide between plans equally good otherwise."),  \
    DYO_NUM(S, understaffing_penalty, DYO_OPT, 0, 1e9, "money/head",                                                  \
            "Cost of each head that min_coverage or skill_coverage lacks; absent: coverage is hard."),                \
    DYO_NUM(S, overstaffing_penalty, 0, 0, 1e9, "money/head", "Cost of each head above min_coverage."),               \
    DYO_STR(S, horizon_start, DYO_OPT, 32, "Date of day 0, YYYY-MM-DD, a Monday; needed for unavailable_dates."),     \
    DYO_NUM(S, time_limit_s, 5, DYO_POS, 1e6, "seconds", "Time after which the best plan so far is given."),          \
    DYO_NUM(S, gap_tolerance, 1e-4, 0, 1, "0..1",                                                                     \
            "How far the plan's objective may be above the proven bound, as a share of it; 0 proves the optimum "     \
            "(to a millionth of it where pay is no whole number of small units)."),                                   \
    DYO_INT(S, seed, 1, 0, INT_MAX, NULL, "Seed of the search.")

#endif
