/* SPDX-License-Identifier: GPL-3.0-or-later */
/* conflict.h - why no schedule covers everything: a small set of demands, and the people and rules that stand against it.
 * Looked for from the simplest to the hardest, and each set made as small as leaving out one member at a time can make it (deletion
 * filtering: Chinneck & Dravnieks 1991, ORSA Journal on Computing 3):
 *   count    one demand against the people who could ever fill it;
 *   person   one person's own least hours against what they may work;
 *   overlap  demands at one time against the people for any of them (Hall 1935), by matching;
 *   skill    the hours of a skill against those its holders have, by week and over the horizon;
 *   hours    the same for any set of demands, found as the least cut of a flow of hours;
 *   rules    what remains: rules that, left out one by one, let the search find a full plan. */
#ifndef STAFFING_CONFLICT_H
#define STAFFING_CONFLICT_H

#include "staffing/schedule.h"

enum { /* rules a conflict may name, as bits; names in conflict_words.c */
       RULE_MIN_COVERAGE   = 1 << 0,
       RULE_SKILL_COVERAGE = 1 << 1,
       RULE_MAX_COVERAGE   = 1 << 2,
       RULE_SKILLS         = 1 << 3,
       RULE_AVAILABILITY   = 1 << 4,
       RULE_LEAVE          = 1 << 5,
       RULE_FORBIDDEN      = 1 << 6,
       RULE_FIXED          = 1 << 7,
       RULE_MAX_HOURS      = 1 << 8,
       RULE_MIN_HOURS      = 1 << 9,
       RULE_MAX_WEEK       = 1 << 10,
       RULE_MIN_WEEK       = 1 << 11,
       RULE_REST           = 1 << 12,
       RULE_DAY            = 1 << 13,
       RULE_RUN_MOST       = 1 << 14,
       RULE_RUN_LEAST      = 1 << 15,
       RULE_OFF_LEAST      = 1 << 16,
       RULE_WEEKENDS       = 1 << 17,
       RULE_TYPES          = 1 << 18,
       RULE_SUCCESSIONS    = 1 << 19,
       RULES               = 20,
       RULES_EASED = ((1 << 20) - 1) & ~(RULE_MIN_COVERAGE | RULE_SKILL_COVERAGE | RULE_SKILLS | RULE_AVAILABILITY |
                                         RULE_LEAVE | RULE_FORBIDDEN)
};

/* A shift that somebody could work, where the hours of a set of demands are summed. */
typedef struct {
  int start, end, hours, day;
} staff_piece;

/* What is known once about a job, for all of these questions. */
typedef struct {
  schedule_job *j;
  uint8_t     **able;   /* person -> arc: could be worked beside the person's fixed shifts */
  int          *have;   /* demand -> people able to fill it */
  size_t       *from;   /* demand -> first of its people in `who`; n_demands + 1 */
  int          *who;    /* people able, by demand */
  bool         *in;     /* n_demands: scratch, the set that is asked about */
  int           heads;  /* proven so far: this many heads must be missing */
  staff_piece  *pieces; /* scratch of conflict_hours_of_set: of one person, */
  int64_t      *best;   /* one more, */
  uint8_t      *asked;  /* people */
} staff_view;

typedef struct {
  int         cause; /* DYO_CAUSE_*; -1: nothing found */
  int        *demands;
  size_t      n_demands;
  int        *people;
  size_t      n_people;
  int         needed, had;             /* heads, of count and overlap */
  int64_t     hours_needed, hours_had; /* units, of skill, hours and person */
  int         week;                    /* -1: the whole horizon */
  const char *skill;                   /* or NULL */
  int         short_heads;             /* that these demands alone must lack; 0: not known */
  int         person;                  /* person: whose least hours; else -1 */
  unsigned    rules;
  bool        cut; /* ended before every one was tried: a smaller set may do */
} staff_cause;

dyo_status conflict_view(schedule_job *j, staff_view *v);

/* The quick questions; c->cause stays -1 where none of them finds anything. */
dyo_status conflict_count(staff_view *v, staff_cause *c);
dyo_status conflict_person(staff_view *v, staff_cause *c);
dyo_status conflict_overlap(staff_view *v, staff_cause *c);
dyo_status conflict_skill(staff_view *v, staff_cause *c);

/* By flow, and by searches on smaller and smaller parts until *seconds are used. */
dyo_status conflict_hours(staff_view *v, staff_cause *c);
dyo_status conflict_rules(staff_view *v, staff_cause *c, double seconds);

/* ---- hours of a set (conflict_skill.c) ---- */

typedef struct {
  int64_t needed, had; /* units */
  int     longest;     /* of the shifts */
} staff_hours;

/* What the demands of v->in ask, and the most that those able to fill them can work in them. */
void conflict_hours_of_set(staff_view *v, staff_hours *h);

/* The set v->in, which lacks hours, made as small as it goes (or as time allows: c->cut); then told as a cause. */
dyo_status conflict_shrink_hours(staff_view *v, staff_cause *c);

/* ---- telling ---- */

/* Before the search: the quick questions. v->heads and c->cause then say what is known. */
dyo_status conflict_quick(staff_view *v, staff_cause *c);

/* After it, where it lacks heads and the quick questions had no answer. */
dyo_status conflict_deep(staff_view *v, staff_cause *c, bool proven);

dyo_status conflict_set(staff_view *v, const int *demands, size_t n,
                        staff_cause *c); /* fills demands, people, rules of coverage */
/* Rules that keep somebody from a shift they may work otherwise; 0 where nothing does. */
unsigned   conflict_unable(const staff_view *v, int person, int shift);
unsigned   conflict_keeping_out(const staff_view  *v,
                                const staff_cause *c); /* rules that keep others out of the demands */
dyo_status conflict_tell(staff_view *v, const staff_cause *c, dyo_schedule_conflict **out);

#endif
