/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roster.h - the model that the searches of this folder work on: whole numbers, no names. schedule_model.c makes it from a request.
 *
 * Minimise the sum of  pay of every (person, shift)  +  what each person's roster costs on top (overtime, fairness, being called)
 *   +  for each demand: under * heads below `need`  +  over * heads above it
 * where each person's roster keeps that person's rules. Everything is an integer, so that a bound can be exact and native and wasm take
 * the same decisions. Money is in units of the request's choosing (model.unit), hours in units of model.hour (their greatest common part).
 *
 * A demand that may not be missed has under = ROSTER_HARD. The searches then look first for the least number of heads short, and only
 * then for the least cost: a roster always exists (everybody at home), and "infeasible" is a proven shortage above zero. */
#ifndef STAFFING_ROSTER_H
#define STAFFING_ROSTER_H

#include <limits.h>

#include "base/dyo_ctx.h"

#define ROSTER_HARD INT64_MAX /* a weight: this may not be */
#define ROSTER_NONE INT_MAX   /* a limit: there is none */

typedef struct {
  int start, end; /* minutes since day 0, 00:00; end > start, past midnight where it is */
  int day;        /* the day it belongs to (that of its start) */
  int hours;      /* paid, in units of model.hour, >= 0 */
  int kind;       /* 0 <= kind < n_kinds: what limits per kind and successions speak of */
  int unpopular;  /* 1: counts for the fair share of unpopular shifts */
} roster_shift;

/* So many of these people in this shift. Every shift has one for all heads; one more for each skill that must be among them. */
typedef struct {
  int            shift;
  const uint8_t *who;  /* n_people: 1 counts; NULL: everybody */
  int            need; /* heads, >= 0 */
  int
    most; /* heads that may be there, >= 0; ROSTER_NONE. Never broken (fixed assignments beyond it are refused before) */
  int64_t under, over; /* per head below, above `need`; under may be ROSTER_HARD; over >= 0 */
} roster_demand;

/* A shift this person may work, and what it costs (pay, minus preference, plus refused requests): may be negative. */
typedef struct {
  int     shift;
  int64_t cost;
  int     fixed; /* 1: must be worked (rules checked before: a person's fixed shifts alone keep the rules) */
} roster_arc;

typedef struct {
  roster_arc *arcs; /* in order of shift; not allowed, not skilled, not available: not in the list */
  size_t      n_arcs;
  /* Limits. ROSTER_NONE or 0 where there is none. Weeks are days 7w to 7w+6; hours count on the day of the shift. */
  int hours_least, hours_most; /* whole horizon */
  int week_least, week_most;   /* each week of 7 days (a last, shorter week has no week_least) */
  int rest;                    /* minutes between the end of a shift and the start of the next; 0: may touch */
  int day_most;                /* shifts a day */
  int run_most, run_least,
    off_least;              /* days worked in a row, most and least; days off in a row, least. A run that touches
                                            the first or the last day is taken as long enough for run_least and off_least */
  int        weekends_most; /* weekends (days 5 and 6 of a week) with at least one shift */
  const int *kind_most;     /* n_kinds, or NULL */
  /* Costs of the whole roster. */
  int64_t used;          /* for being called at all */
  int     overtime_from; /* hours of a week, in units; above them each unit costs overtime_cost more. ROSTER_NONE */
  int64_t overtime_cost;
  int     fair_hours, fair_unpopular;           /* this person's fair share, units and shifts */
  int64_t fair_hours_cost, fair_unpopular_cost; /* per unit, per shift away from it, either way; 0: does not matter */
} roster_person;

typedef struct {
  roster_shift  *shifts; /* in order of (day, start, end) */
  size_t         n_shifts;
  roster_person *people;
  size_t         n_people;
  roster_demand *demands; /* in order of shift */
  size_t         n_demands;
  int            n_kinds, n_days;
  const uint8_t
        *barred; /* n_kinds x n_kinds: [a * n_kinds + b] = 1: b may not be worked on the day after a. NULL: none */
  double unit;   /* money of one unit of cost: 0.01 are cents */
  double hour;   /* hours of one unit of hours */
} roster_model;

/* What a search is asked for. */
typedef struct {
  double   gap; /* stop when (cost - bound) <= gap * |cost|; 0 proves it */
  uint64_t seed;
} roster_options;

enum {
  ROSTER_BY_GAP,
  ROSTER_BY_WORK,
  ROSTER_BY_TIME,
  ROSTER_BY_CANCEL
}; /* why it stopped: proven to the gap; its own rules said
                                                                             that more work does not pay; dyo_poll */

/* A plan with its proof. works: n_people lists of shifts in ascending order. */
typedef struct {
  int   **works;
  int    *n_works;
  int64_t cost;        /* of the plan, without what ROSTER_HARD demands lack */
  int64_t bound;       /* no plan with `least_short` heads short costs less */
  int     short_heads; /* heads that ROSTER_HARD demands lack in the plan */
  int     least_short; /* proven: no plan lacks fewer */
  int     stopped_by;
  int64_t
    short_hours; /* hours, in units, that people's least hours lack in the plan: 0 unless no plan without was found. Only then
                          does the plan break rules (those leasts alone), and bound and least_short say nothing about it */
} roster_plan;

/* Finds a plan, its bound, and improves both until the gap, dyo_poll, or exhaustion says stop. Always gives a plan (an error is only
 * out_of_memory, or invalid_input for a model beyond the sizes documented in solve.c). Memory is the context's arena. The same model
 * and seed give the same plan, natively and in wasm, unless time or a cancel cut the work. */
dyo_status roster_solve(dyo_ctx *ctx, const roster_model *m, const roster_options *o, roster_plan *plan, dyo_err *err);

/* The cost of works by the definition above, recomputed from nothing; short_heads likewise. false with *why (a string constant) where a
 * rule of a person, a fixed shift or a `most` is broken; *who and *which (shift, or -1) say where. Any may be NULL. Used at the end of
 * every search: no plan leaves this folder unchecked. */
bool roster_check(const roster_model *m, int *const *works, const int *n_works, int64_t *cost, int *short_heads,
                  const char **why, int *who, int *which);

/* The same for one person's roster alone: false where a rule is broken. *cost without demands. */
bool roster_keeps_rules(const roster_model *m, int person, const int *works, int n_works, int64_t *cost,
                        const char **why, int *which);

/* true: this person's rules are all of the kind that one pass over shifts in order of their end can price (price_hours.c): hours, weekly
 * hours, overtime, fair hours, rest, overlap. Otherwise price_rules.c. */
bool roster_is_plain(const roster_person *p);

#endif
