/* SPDX-License-Identifier: GPL-3.0-or-later */
/* schedule.h - a request of staffing.schedule on its way to a model and back: what the files schedule*.c and conflict*.c share. */
#ifndef STAFFING_SCHEDULE_H
#define STAFFING_SCHEDULE_H

#include "staffing/dyo_schedule.h"
#include "staffing/ids.h"
#include "staffing/roster.h"

/* Why a person may not work a shift at all. */
typedef enum { MAY_WORK, IS_FORBIDDEN, LACKS_SKILL, NOT_AVAILABLE, ON_LEAVE } why_not;

/* Hours as whole numbers: ticks = hours * per_hour, units = ticks / ticks_of_unit. */
typedef struct {
  double per_hour;
  int    ticks_of_unit;
} hour_scale;

/* Money as whole numbers: units = amount * scale / step, whole where exact, else rounded down, so that a bound in units stays one. */
typedef struct {
  double  scale;
  int64_t step;
  bool    exact;
} money_scale;

typedef struct {
  int    person; /* -1: none */
  int    shift;  /* in the model's order */
  size_t at;     /* in the list of the request */
} pair_at;

typedef struct {
  dyo_ctx               *ctx;
  const dyo_schedule_in *in;
  dyo_err               *err;
  roster_model           m;
  hour_scale             hours;
  money_scale            money;
  staff_ids              people, shifts, skills, types;
  int                   *shift_at; /* shift of the request -> of the model */
  int                   *shift_of; /* the other way */
  int                   *heads_at; /* shift of the model -> its first demand, that for heads; n_shifts + 1 */
  const char           **skill_of; /* demand -> skill, NULL for heads */
  uint64_t              *person_has, *shift_asks; /* bits of skills, n_words each, shifts in the model's order */
  size_t                 n_words;
  pair_at               *fixed, *forbidden, *requests;                /* by person */
  size_t                *fixed_from, *forbidden_from, *requests_from; /* n_people + 1 */
  int64_t                horizon_start; /* days from 1970-01-01 to day 0, where it was given */
  uint8_t               *leave;         /* n_people x n_days, NULL without dates */
  uint64_t             **open; /* person -> bits of the shifts that availability names; NULL: always available */
  int                   *least, *most; /* shift of the request -> min_coverage, max_coverage (ROSTER_NONE) */
  bool                  *alike;        /* shift of the request: another has the same name */
  double                 preference_weight;
  double                 base;       /* weight of the "on" requests: refused where nobody works */
  int64_t                base_units; /* the same */
  roster_person         *strict;     /* the people as the request has them */
  int                    n_eased;    /* people whose least hours and runs cannot be kept */
  dyo_notes              warnings;
  size_t                 n_warned;
} schedule_job;

/* A person or a shift as sentences name it. */
const char *person_name(const schedule_job *j, int person);
/* Of the model; where several have the same name, with the day. */
const char *shift_name(const schedule_job *j, int shift);
const char *shift_id(const schedule_job *j, int shift);

double paid_hours(const schedule_job *j, int shift); /* of the model, as the request says them */
double hours_of(const schedule_job *j, double units);
int    hour_units_down(const schedule_job *j, double hours); /* ROSTER_NONE where NaN */
int    hour_units_up(const schedule_job *j, double hours);
/* Hours that a person has for the horizon, of which utilization is a part and to which fair shares are in proportion: max_hours, or
 * max_hours_per_week for each week begun; NaN where nothing limits them. */
double schedule_standing(const schedule_job *j, size_t person);
int    overtime_units_from(const schedule_job *j); /* overtime_threshold, with overtime_multiplier */
double money_of(const schedule_job *j, int64_t units);
/* Whole units of a cost; rounded down where the scale is not exact. */
int64_t money_units(const schedule_job *j, double amount);

/* schedule_check.c: ids, times, what refers to what. Fills ids, shifts and their order, pairs and dates. */
dyo_status schedule_read(schedule_job *j);

/* schedule_units.c: greatest common parts of hours and of money. Fills hours, money, preference_weight. */
dyo_status schedule_units(schedule_job *j);

/* schedule_model.c: the model of a request that was read. */
dyo_status schedule_model(schedule_job *j);
why_not    schedule_why_not(const schedule_job *j, int person, int shift, size_t *at); /* at: of forbidden */
bool       schedule_may_work(const schedule_job *j, int person, int shift);

/* schedule_fixed.c: refuses fixed assignments that cannot be made. */
dyo_status schedule_check_fixed(schedule_job *j);

/* A sentence for the answer's warnings; after the first of them only counted. */
dyo_status schedule_warn(schedule_job *j, const char *sentence);

/* All of the above, then what a solve needs. */
dyo_status schedule_prepare(dyo_ctx *ctx, const dyo_schedule_in *in, schedule_job *j, dyo_err *err);

/* schedule_reason.c: why the plan has only `have` heads for this demand, in a sentence; NULL when memory ran out. */
const char *schedule_reason(const schedule_job *j, const roster_plan *plan, int demand, int have);

/* schedule_answer.c: the plan as the operation answers it. */
dyo_status schedule_answer(schedule_job *j, const roster_plan *plan, dyo_schedule_out *out);

/* schedule.c: the operation within whatever time ctx has; staffing.pareto calls it point by point. */
dyo_status schedule_run(dyo_ctx *ctx, const dyo_schedule_in *in, dyo_schedule_out *out, dyo_err *err);

#endif
