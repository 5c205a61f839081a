/* SPDX-License-Identifier: GPL-3.0-or-later */
/* schedule_answer.c - a plan of the model as the operation answers it. Every sum is made again here, from the plan alone. */
#include <math.h>
#include <stdlib.h>

#include "staffing/schedule.h"

/* A sum of money: whole units where they are exact, plain numbers else. */
typedef struct {
  int64_t units;
  double  real;
} sum;

enum { WAGES, OVERTIME, CALLS, UNDER, OVER, REQUESTS, FAIRNESS, PREFERENCES, PARTS };

enum { ASKED_AT_ONCE = 10000 }; /* people asked why they are not in a shift, between looks at the clock */

typedef struct {
  schedule_job      *j;
  const roster_plan *plan;
  dyo_schedule_out  *out;
  sum                part[PARTS];
  double             points;
  int               *heads; /* n_demands */
  size_t             asked; /* people, why they are not in a shift */
} telling;

static void add(const telling *t, sum *s, double amount, double times)
{
  s->units += t->j->money.exact ? money_units(t->j, amount) * (int64_t)times : 0;
  s->real += amount * times;
}

static double value(const telling *t, const sum *s)
{
  return t->j->money.exact ? money_of(t->j, s->units) : s->real;
}

static void count_heads(telling *t)
{
  const roster_model *m = &t->j->m;
  for (size_t p = 0; p < m->n_people; p++)
    for (int i = 0; i < t->plan->n_works[p]; i++) {
      const int shift = t->plan->works[p][i];
      for (int d = t->j->heads_at[shift]; d < t->j->heads_at[shift + 1]; d++)
        t->heads[d] += !m->demands[d].who || m->demands[d].who[p];
    }
}

/* ---- people ---- */

static double overtime_units(const telling *t, int person)
{
  double n    = 0;
  int    week = -1, units = 0;
  if (!(t->j->in->overtime_multiplier >= 1)) return 0;
  const int from = overtime_units_from(t->j);
  for (int i = 0; i <= t->plan->n_works[person]; i++) {
    const roster_shift *s = i < t->plan->n_works[person] ? &t->j->m.shifts[t->plan->works[person][i]] : NULL;
    if (!s || s->day / 7 != week) {
      n += units > from ? units - from : 0;
      units = 0;
    }
    if (!s) break;
    week = s->day / 7;
    units += s->hours;
  }
  return n;
}

/* Wishes granted and refused. */
static void tell_wishes(telling *t, int person)
{
  const schedule_job          *j = t->j;
  const dyo_schedule_employee *x = &j->in->employees[person];
  for (size_t k = 0; k < x->n_preferences; k++) {
    const int shift = j->shift_at[staff_ids_find(&j->shifts, x->preferences[k].shift)];
    for (int i = 0; i < t->plan->n_works[person]; i++) {
      if (t->plan->works[person][i] != shift) continue;
      t->points += x->preferences[k].value;
      add(t, &t->part[PREFERENCES], -x->preferences[k].value * j->preference_weight, 1);
    }
  }
  for (size_t k = j->requests_from[person]; k < j->requests_from[person + 1]; k++) {
    const dyo_shift_request *r     = &j->in->shift_requests[j->requests[k].at];
    bool                     works = false;
    for (int i = 0; i < t->plan->n_works[person]; i++)
      works = works || t->plan->works[person][i] == j->requests[k].shift;
    if (works == (r->wish == DYO_REQUEST_OFF)) add(t, &t->part[REQUESTS], r->weight, 1);
  }
}

static void tell_person(telling *t, int person, dyo_schedule_assignment **at)
{
  const schedule_job          *j     = t->j;
  const dyo_schedule_employee *x     = &j->in->employees[person];
  const roster_person         *p     = &j->m.people[person];
  dyo_schedule_person         *o     = &t->out->employees[person];
  const double                 over  = overtime_units(t, person);
  sum                          cost  = {0}, own;
  int                          units = 0;
  *o                                 = (dyo_schedule_person){.id = x->id, .shifts = t->plan->n_works[person]};
  for (int i = 0; i < o->shifts; i++) {
    const int shift = t->plan->works[person][i];
    own             = (sum){0};
    add(t, &own, x->hourly_rate * paid_hours(j, shift), 1);
    *(*at)++ = (dyo_schedule_assignment){x->id, shift_id(j, shift), paid_hours(j, shift), value(t, &own)};
    add(t, &cost, x->hourly_rate * paid_hours(j, shift), 1);
    units += j->m.shifts[shift].hours;
    o->unpopular_shifts += j->m.shifts[shift].unpopular;
  }
  t->part[WAGES].units += cost.units;
  t->part[WAGES].real += cost.real;
  const double extra = x->hourly_rate * (j->in->overtime_multiplier - 1) * j->m.hour;
  if (over > 0 && extra > 0) add(t, &cost, extra, over), add(t, &t->part[OVERTIME], extra, over);
  if (o->shifts > 0) add(t, &cost, x->call_in_cost, 1), add(t, &t->part[CALLS], x->call_in_cost, 1);
  o->hours                 = hours_of(j, units);
  o->overtime_hours        = hours_of(j, over);
  o->cost                  = value(t, &cost);
  const double most        = schedule_standing(j, (size_t)person);
  o->utilization           = most > 0 ? o->hours / most : NAN;
  o->fair_hours            = j->in->fairness_weight > 0 ? hours_of(j, p->fair_hours) : NAN;
  o->fair_unpopular_shifts = j->in->unpopular_weight > 0 ? p->fair_unpopular : DYO_NO_INT;
  add(t, &t->part[FAIRNESS], j->in->fairness_weight * j->m.hour, abs(units - p->fair_hours));
  add(t, &t->part[FAIRNESS], j->in->unpopular_weight, abs(o->unpopular_shifts - p->fair_unpopular));
  tell_wishes(t, person);
}

static dyo_status tell_people(telling *t)
{
  dyo_schedule_out        *out   = t->out;
  double                   share = 0;
  int                      n     = 0;
  dyo_schedule_assignment *at    = NULL;
  for (size_t p = 0; p < t->j->m.n_people; p++) out->n_assignments += (size_t)t->plan->n_works[p];
  out->assignments = DYO_NEW(t->j->ctx, out->n_assignments + 1, dyo_schedule_assignment);
  out->employees   = DYO_NEW(t->j->ctx, t->j->m.n_people, dyo_schedule_person);
  out->n_employees = t->j->m.n_people;
  if (!out->assignments || !out->employees) return dyo_oom(t->j->err);
  at = out->assignments;
  for (size_t p = 0; p < t->j->m.n_people; p++) {
    tell_person(t, (int)p, &at);
    if (isnan(out->employees[p].utilization)) continue;
    share += out->employees[p].utilization;
    n++;
  }
  out->avg_utilization = n > 0 ? share / n : NAN;
  return DYO_OK;
}

/* ---- coverage ---- */

static double penalty(double own, double all)
{
  const double p = isnan(own) ? all : own;
  return isnan(p) ? 0 : p;
}

/* Everybody is asked why they are not there, which takes long where much is open: when time is up, only the first shifts get an answer. */
static const char *reason(telling *t, int d, int have)
{
  const schedule_job *j = t->j;
  t->asked += j->m.n_people;
  if (t->asked > ASKED_AT_ONCE && dyo_look(j->ctx, 1, "answering") != DYO_RUN_ON)
    return dyo_text(j->ctx, "%.80s needs %d and has %d; the search was stopped before its reason was looked for.",
                    shift_name(j, j->m.demands[d].shift), j->m.demands[d].need, have);
  return schedule_reason(j, t->plan, d, have);
}

static dyo_status tell_demand(telling *t, int d)
{
  const schedule_job       *j    = t->j;
  const roster_demand      *x    = &j->m.demands[d];
  const size_t              i    = (size_t)j->shift_of[x->shift];
  const dyo_schedule_shift *s    = &j->in->shifts[i];
  const int                 have = t->heads[d];
  if (!j->skill_of[d]) {
    t->out->coverage[i] = (dyo_schedule_cover){s->id, x->need, have};
    if (have > x->need)
      add(t, &t->part[OVER], penalty(s->overstaffing_penalty, j->in->overstaffing_penalty), have - x->need);
  }
  if (have >= x->need) return DYO_OK;
  if (x->under != ROSTER_HARD)
    add(t, &t->part[UNDER], penalty(s->understaffing_penalty, j->in->understaffing_penalty), x->need - have);
  const char *why = reason(t, d, have);
  if (!why) return dyo_oom(j->err);
  t->out->uncovered[t->out->n_uncovered++] = (dyo_schedule_open){s->id, j->skill_of[d], x->need, have, why};
  return DYO_OK;
}

static dyo_status tell_coverage(telling *t)
{
  dyo_schedule_out *out = t->out;
  dyo_status        st  = DYO_OK;
  out->coverage         = DYO_NEW(t->j->ctx, t->j->m.n_shifts, dyo_schedule_cover);
  out->n_coverage       = t->j->m.n_shifts;
  out->uncovered        = DYO_NEW(t->j->ctx, t->j->m.n_demands, dyo_schedule_open);
  if (!out->coverage || !out->uncovered) return dyo_oom(t->j->err);
  for (size_t k = 0; k < t->j->m.n_shifts && st == DYO_OK; k++) { /* in the order of the request */
    const int shift = t->j->shift_at[k];
    for (int d = t->j->heads_at[shift]; d < t->j->heads_at[shift + 1] && st == DYO_OK; d++) st = tell_demand(t, d);
  }
  out->coverage_met = out->n_uncovered == 0;
  return st;
}

/* ---- the sum and its proof ---- */

static dyo_status tell_objective(telling *t)
{
  dyo_schedule_out   *out = t->out;
  dyo_schedule_parts *o   = DYO_NEW(t->j->ctx, 1, dyo_schedule_parts);
  sum                 all = {0}, money;
  if (!o) return dyo_oom(t->j->err);
  for (int k = 0; k < PARTS; k++) {
    all.units += t->part[k].units;
    all.real += t->part[k].real;
    if (k == CALLS) money = all;
  }
  *o = (dyo_schedule_parts){value(t, &t->part[WAGES]),    value(t, &t->part[OVERTIME]),   value(t, &t->part[CALLS]),
                            value(t, &t->part[UNDER]),    value(t, &t->part[OVER]),       value(t, &t->part[REQUESTS]),
                            value(t, &t->part[FAIRNESS]), value(t, &t->part[PREFERENCES])};
  out->objective_parts   = o;
  out->total_cost        = value(t, &money);
  out->objective         = value(t, &all);
  out->preference_score  = t->points;
  out->preference_weight = NAN;
  for (size_t i = 0; i < t->j->in->n_employees; i++)
    if (t->j->in->employees[i].n_preferences > 0) out->preference_weight = t->j->preference_weight;
  return DYO_OK;
}

dyo_status schedule_answer(schedule_job *j, const roster_plan *plan, dyo_schedule_out *out)
{
  telling    t  = {.j = j, .plan = plan, .out = out};
  dyo_status st = DYO_OK;
  *out          = (dyo_schedule_out){.lower_bound = NAN, .gap = NAN};
  t.heads       = DYO_NEW(j->ctx, j->m.n_demands + 1, int);
  if (!t.heads) return dyo_oom(j->err);
  count_heads(&t);
  st = tell_people(&t);
  if (st == DYO_OK) st = tell_coverage(&t);
  if (st == DYO_OK) st = tell_objective(&t);
  out->warnings   = dyo_notes_list(j->ctx, &j->warnings);
  out->n_warnings = j->warnings.n;
  return st == DYO_OK && !out->warnings ? dyo_oom(j->err) : st;
}
