/* SPDX-License-Identifier: GPL-3.0-or-later */
/* conflict_words.c - a cause in sentences that a manager can act on, and the smallest changes that would help. */
#include <math.h>

#include "staffing/conflict.h"

enum { NAMED = 3, MOST_CHANGES = 12 };

static const char *const rule_words[RULES] = {"min_coverage",
                                              "skill_coverage",
                                              "max_coverage",
                                              "required_skills",
                                              "availability",
                                              "unavailable_dates",
                                              "forbidden",
                                              "fixed",
                                              "max_hours",
                                              "min_hours",
                                              "max_hours_per_week",
                                              "min_hours_per_week",
                                              "min_rest_hours",
                                              "max_shifts_per_day",
                                              "max_consecutive_days",
                                              "min_consecutive_days",
                                              "min_consecutive_days_off",
                                              "max_weekends",
                                              "max_shifts_per_type",
                                              "forbidden_successions"};

typedef struct {
  staff_view            *v;
  const staff_cause     *c;
  dyo_schedule_conflict *out;
} telling;

/* ---- words ---- */

static const roster_demand *demand(const telling *t, size_t k)
{
  return &t->v->j->m.demands[t->c->demands[k]];
}

/* "Mon-Lunch, Mon-Mid and 3 more". NULL when memory ran out, as everywhere below. */
static const char *names_of_shifts(const telling *t)
{
  const size_t n    = t->c->n_demands;
  const char  *text = "";
  for (size_t k = 0; k < n && k < NAMED && text; k++) {
    const char *link = k == 0 ? "" : k + 1 == n ? " and " : ", ";
    text             = dyo_text(t->v->j->ctx, "%s%s%.60s", text, link, shift_name(t->v->j, demand(t, k)->shift));
  }
  return n <= NAMED || !text ? text : dyo_text(t->v->j->ctx, "%s and %zu more", text, n - NAMED);
}

/* " with skill "cook"": what the first demand asks of its people; "" where it is anybody. */
static const char *asked(const telling *t)
{
  const schedule_job       *j     = t->v->j;
  const dyo_schedule_shift *x     = &j->in->shifts[j->shift_of[demand(t, 0)->shift]];
  const char               *skill = j->skill_of[t->c->demands[0]];
  const char               *text  = "";
  int                       said  = 0;
  if (skill) text = dyo_text(j->ctx, " with skill \"%.60s\"", skill), said++;
  for (size_t k = 0; k < x->n_required_skills && text && said < NAMED; k++)
    text = dyo_text(j->ctx, "%s%s\"%.60s\"", text, said++ ? " and " : " with skill ", x->required_skills[k]);
  return text;
}

static const char *people(int n)
{
  return n == 1 ? "person" : "people";
}

/* "max_hours, min_rest_hours and fixed". */
static const char *names_of_rules(const telling *t, unsigned of)
{
  const char *text = "";
  int         left = 0, said = 0;
  for (int k = 0; k < RULES; k++) left += of >> k & 1;
  for (int k = 0; k < RULES && text; k++) {
    if (!(of >> k & 1)) continue;
    text = dyo_text(t->v->j->ctx, "%s%s%s", text, said == 0 ? "" : said + 1 == left ? " and " : ", ", rule_words[k]);
    said++;
  }
  return text;
}

/* ---- changes ---- */

static bool add(telling *t, dyo_schedule_change x)
{
  if (!x.message) return false;
  if (t->out->n_changes < MOST_CHANGES) t->out->changes[t->out->n_changes++] = x;
  return true;
}

static bool hire(telling *t, int n)
{
  return add(t, (dyo_schedule_change){
                  .kind    = DYO_CHANGE_PEOPLE,
                  .amount  = n,
                  .skill   = t->c->skill,
                  .message = dyo_text(t->v->j->ctx, "Find %d more %s%s who can work then.", n, people(n), asked(t))});
}

static bool ask_less(telling *t, int heads)
{
  const bool one = t->c->n_demands == 1;
  if (heads <= 0) return true;
  return add(t, (dyo_schedule_change){.kind     = DYO_CHANGE_COVERAGE,
                                      .amount   = heads,
                                      .shift_id = one ? shift_id(t->v->j, demand(t, 0)->shift) : NULL,
                                      .message  = dyo_text(t->v->j->ctx, "Ask for %d %s fewer in %s.", heads,
                                                           people(heads), names_of_shifts(t))});
}

static bool open_to(telling *t, int person, int shift, why_not why)
{
  const schedule_job *j    = t->v->j;
  const char         *name = person_name(j, person), *what = shift_name(j, shift);
  dyo_schedule_change x = {.kind        = DYO_CHANGE_AVAILABILITY,
                           .employee_id = j->in->employees[person].id,
                           .shift_id    = shift_id(j, shift),
                           .amount      = NAN};
  if (why == IS_FORBIDDEN) {
    x.kind    = DYO_CHANGE_RULE;
    x.message = dyo_text(j->ctx, "Let %.60s work %.60s, which is forbidden.", name, what);
  } else {
    x.message = dyo_text(j->ctx, "Ask %.60s, who has what it takes, to be available for %.60s.", name, what);
  }
  return add(t, x);
}

static bool teach(telling *t, int person, int shift)
{
  const schedule_job       *j     = t->v->j;
  const dyo_schedule_shift *x     = &j->in->shifts[j->shift_of[shift]];
  const char               *skill = t->c->skill, *name = person_name(j, person);
  for (size_t k = 0; k < x->n_required_skills; k++) {
    const int s = staff_ids_find(&j->skills, x->required_skills[k]);
    if (!(j->person_has[(size_t)person * j->n_words + (size_t)s / 64] >> s % 64 & 1)) skill = x->required_skills[k];
  }
  return add(t, (dyo_schedule_change){.kind        = DYO_CHANGE_SKILL,
                                      .employee_id = j->in->employees[person].id,
                                      .shift_id    = shift_id(j, shift),
                                      .skill       = skill,
                                      .amount      = NAN,
                                      .message     = dyo_text(j->ctx, "Teach %.60s \"%.60s\" for %.60s.", name,
                                                          skill ? skill : "", shift_name(j, shift))});
}

/* Would the person be there but for the skill? */
static bool there(const schedule_job *j, int person, int shift)
{
  return (!j->open[person] || j->open[person][shift / 64] >> shift % 64 & 1) &&
         !(j->leave && j->leave[(size_t)person * (size_t)j->m.n_days + (size_t)j->m.shifts[shift].day]);
}

static int fixed_hours(const schedule_job *j, int person)
{
  int units = 0;
  for (size_t k = j->fixed_from[person]; k < j->fixed_from[person + 1]; k++)
    if (k == j->fixed_from[person] || j->fixed[k].shift != j->fixed[k - 1].shift)
      units += j->m.shifts[j->fixed[k].shift].hours;
  return units;
}

static bool is_able(const telling *t, int person)
{
  for (size_t k = 0; k < t->c->n_people; k++)
    if (t->c->people[k] == person) return true;
  return false;
}

/* ---- count ---- */

typedef struct {
  int available, spent, busy, unskilled, away, barred;
  int first_spent, first_busy;
} tally;

static tally count_people(const telling *t)
{
  const schedule_job  *j = t->v->j;
  const roster_demand *d = demand(t, 0);
  tally                n = {.first_spent = -1, .first_busy = -1};
  for (int p = 0; p < (int)j->m.n_people; p++) {
    const why_not why = d->who && !d->who[p] ? LACKS_SKILL : schedule_why_not(j, p, d->shift, NULL);
    n.unskilled += why == LACKS_SKILL;
    n.away += why == NOT_AVAILABLE || why == ON_LEAVE;
    n.barred += why == IS_FORBIDDEN;
    if (why != MAY_WORK) continue;
    n.available++;
    if (is_able(t, p)) continue;
    const bool spent = (conflict_unable(t->v, p, d->shift) & RULE_MAX_HOURS) != 0;
    n.spent += spent;
    n.busy += !spent;
    if (spent && n.first_spent < 0) n.first_spent = p;
    if (!spent && n.first_busy < 0) n.first_busy = p;
  }
  return n;
}

/* ", and Ann is at 40 of 40 hours". */
static const char *spent_words(const telling *t, const tally *n)
{
  const schedule_job *j    = t->v->j;
  const char         *text = "";
  if (n->spent > 0) {
    const char *who = n->spent == 1
                        ? person_name(j, n->first_spent)
                        : dyo_text(j->ctx, "%.60s and %d more", person_name(j, n->first_spent), n->spent - 1);
    text = dyo_text(j->ctx, "%s, and %.80s %s at %.6g of %.6g hours", text, who, n->spent == 1 ? "is" : "are",
                    hours_of(j, fixed_hours(j, n->first_spent)), j->in->employees[n->first_spent].max_hours);
  }
  if (text && n->busy > 0) {
    const char *rules = names_of_rules(t, conflict_unable(t->v, n->first_busy, demand(t, 0)->shift));
    const char *more  = n->busy == 1 ? " is" : dyo_text(j->ctx, " and %d more are", n->busy - 1);
    text              = rules && more
                          ? dyo_text(j->ctx, "%s, and %.60s%s kept away by %s", text, person_name(j, n->first_busy), more, rules)
                          : NULL;
  }
  return text;
}

static const char *others_words(const telling *t, const tally *n)
{
  const char *text = "";
  const struct {
    int         n;
    const char *one, *many;
  } part[] = {{n->unskilled, "lacks a skill", "lack a skill"},
              {n->away, "is not available then", "are not available then"},
              {n->barred, "is forbidden to work it", "are forbidden to work it"}};
  int said = 0;
  for (int k = 0; k < 3 && text; k++)
    if (part[k].n > 0)
      text = dyo_text(t->v->j->ctx, "%s%s%d %s", text, said++ ? ", " : " Of the others, ", part[k].n,
                      part[k].n == 1 ? part[k].one : part[k].many);
  return text && said ? dyo_text(t->v->j->ctx, "%s.", text) : text;
}

static const char *say_count(const telling *t)
{
  const tally n     = count_people(t);
  const char *spent = spent_words(t, &n), *others = others_words(t, &n), *skill = asked(t);
  if (!spent || !others || !skill) return NULL;
  return dyo_text(t->v->j->ctx, "%.80s needs %d %s%s; %d %s%s %s available%s.%s",
                  shift_name(t->v->j, demand(t, 0)->shift), t->c->needed, people(t->c->needed), skill, n.available,
                  *skill ? "such " : "", people(n.available), n.available == 1 ? "is" : "are", spent, others);
}

static bool change_count(telling *t)
{
  const schedule_job  *j       = t->v->j;
  const roster_demand *d       = demand(t, 0);
  int                  offered = 0, taught = 0, eased = 0;
  bool                 ok = true;
  for (int p = 0; p < (int)j->m.n_people && ok; p++) {
    const bool    unskilled = d->who && !d->who[p];
    const why_not why       = unskilled ? LACKS_SKILL : schedule_why_not(j, p, d->shift, NULL);
    const int     over      = fixed_hours(j, p) + j->m.shifts[d->shift].hours - j->m.people[p].hours_most;
    if (why == LACKS_SKILL && taught < NAMED && there(j, p, d->shift)) ok = teach(t, p, d->shift), taught++;
    else if (why != MAY_WORK && why != LACKS_SKILL && offered < NAMED) ok = open_to(t, p, d->shift, why), offered++;
    else if (why == MAY_WORK && !is_able(t, p) && over > 0 && eased++ < NAMED)
      ok = add(t, (dyo_schedule_change){.kind        = DYO_CHANGE_HOURS,
                                        .employee_id = j->in->employees[p].id,
                                        .amount      = hours_of(j, over),
                                        .message     = dyo_text(j->ctx, "Give %.60s %.6g more hours (max_hours).",
                                                                person_name(j, p), hours_of(j, over))});
  }
  return ok && hire(t, t->c->needed - t->c->had) && ask_less(t, t->c->needed - t->c->had);
}

/* ---- the others ---- */

static const char *say_overlap(const telling *t)
{
  const char *names = names_of_shifts(t),
             *when  = t->c->rules & RULE_DAY ? "on one day, of which nobody may work two," : "at the same time";
  const char *skill = t->c->skill ? dyo_text(t->v->j->ctx, " with skill \"%.60s\"", t->c->skill) : "";
  if (!names || !skill) return NULL;
  return dyo_text(t->v->j->ctx, "%s need %d people%s %s; only %d may work any of them.", names, t->c->needed, skill,
                  when, t->c->had);
}

static const char *say_person(const telling *t)
{
  const char *name  = person_name(t->v->j, t->c->person);
  const char *rules = names_of_rules(t, t->c->rules & RULES_EASED);
  if (!rules) return NULL;
  if (t->c->cause == DYO_CAUSE_RULES)
    return dyo_text(t->v->j->ctx,
                    "No roster of %.60s keeps %s with the shifts %.60s may work; the plan leaves that out.", name,
                    rules, name);
  return dyo_text(t->v->j->ctx, "%.60s must work at least %.6g hours, and the shifts %.60s may work have %.6g.", name,
                  t->v->j->in->employees[t->c->person].min_hours, name, hours_of(t->v->j, (double)t->c->hours_had));
}

static const char *say_hours(const telling *t)
{
  const schedule_job *j     = t->v->j;
  const char         *names = names_of_shifts(t),
             *week          = t->c->week >= 0 ? dyo_text(j->ctx, " in week %d", t->c->week + 1) : "";
  const char *who =
    t->c->cause == DYO_CAUSE_SKILL ? dyo_text(j->ctx, "with skill \"%.60s\" ", t->c->skill) : "who may work them ";
  const bool one = t->c->n_people == 1;
  if (!names || !week || !who) return NULL;
  return dyo_text(j->ctx, "%s %s for %.6g hours%s; the %zu %s %scan give %.6g within their hours and without overlap.",
                  names, t->c->n_demands == 1 ? "asks" : "ask", hours_of(j, (double)t->c->hours_needed), week,
                  t->c->n_people, one ? "person" : "people", who, hours_of(j, (double)t->c->hours_had));
}

static bool change_hours(telling *t)
{
  const schedule_job *j    = t->v->j;
  const double        lack = hours_of(j, (double)(t->c->hours_needed - t->c->hours_had));
  bool                ok   = true;
  if (t->c->rules & (RULE_MAX_HOURS | RULE_MAX_WEEK))
    ok =
      add(t, (dyo_schedule_change){
               .kind    = DYO_CHANGE_HOURS,
               .amount  = lack,
               .skill   = t->c->skill,
               .message = dyo_text(j->ctx, "Give these people %.6g more hours between them, in whole shifts.", lack)});
  for (int p = 0, n = 0; p < (int)j->m.n_people && n < NAMED && ok && t->c->skill; p++)
    if (!is_able(t, p) && there(j, p, demand(t, 0)->shift)) ok = teach(t, p, demand(t, 0)->shift), n++;
  return ok && hire(t, 1) && ask_less(t, t->c->short_heads);
}

static bool change_person(telling *t)
{
  const schedule_job *j    = t->v->j;
  const double        has  = hours_of(j, (double)t->c->hours_had);
  const char         *name = person_name(j, t->c->person), *id = j->in->employees[t->c->person].id;
  if (t->c->cause == DYO_CAUSE_RULES)
    return add(
      t, (dyo_schedule_change){.kind        = DYO_CHANGE_AVAILABILITY,
                               .employee_id = id,
                               .amount      = NAN,
                               .message = dyo_text(j->ctx, "Open more shifts to %.60s, or ease these rules.", name)});
  return add(t, (dyo_schedule_change){
                  .kind        = DYO_CHANGE_RULE,
                  .employee_id = id,
                  .amount      = has,
                  .message = dyo_text(j->ctx, "Lower min_hours of %.60s to %.6g, or open more shifts to %.60s.", name,
                                      has, name)});
}

static const char *say_rules(const telling *t)
{
  const char *names = names_of_shifts(t), *rules = names_of_rules(t, t->c->rules & RULES_EASED);
  int         n = 0;
  for (int k = 0; k < RULES; k++) n += (t->c->rules & RULES_EASED) >> k & 1;
  if (!names || !rules) return NULL;
  if (n == 0)
    return dyo_text(t->v->j->ctx, "%s cannot %sbe covered by the people who may work then.", names,
                    t->c->n_demands > 1 ? "all " : "");
  return dyo_text(t->v->j->ctx, "%s cannot %sbe covered while %s %s%s.", names, t->c->n_demands > 1 ? "all " : "",
                  rules, n == 1 ? "holds" : "hold",
                  t->c->cut ? ""
                  : n == 1  ? "; without it they could"
                            : "; without any one of these rules they could");
}

static bool change_rules(telling *t)
{
  bool ok = true;
  for (int k = 0; k < RULES && ok; k++)
    if (t->c->rules & RULES_EASED & 1u << k)
      ok =
        add(t, (dyo_schedule_change){
                 .kind = DYO_CHANGE_RULE, .amount = NAN, .message = dyo_text(t->v->j->ctx, "Ease %s.", rule_words[k])});
  return ok && hire(t, 1) && ask_less(t, 1);
}

/* ---- all of it ---- */

static bool lists(telling *t)
{
  dyo_ctx               *ctx = t->v->j->ctx;
  dyo_schedule_conflict *o   = t->out;
  o->shifts                  = DYO_NEW(ctx, t->c->n_demands + 1, const char *);
  o->employees               = DYO_NEW(ctx, t->c->n_people + 1, const char *);
  o->rules                   = DYO_NEW(ctx, RULES, const char *);
  o->changes                 = DYO_NEW(ctx, MOST_CHANGES, dyo_schedule_change);
  if (!o->shifts || !o->employees || !o->rules || !o->changes) return false;
  for (size_t k = 0; k < t->c->n_demands; k++)
    if (k == 0 || demand(t, k)->shift != demand(t, k - 1)->shift)
      o->shifts[o->n_shifts++] = shift_id(t->v->j, demand(t, k)->shift);
  for (size_t k = 0; k < t->c->n_people; k++)
    o->employees[o->n_employees++] = t->v->j->in->employees[t->c->people[k]].id;
  if (t->c->person >= 0 && t->c->n_people == 0)
    o->employees[o->n_employees++] = t->v->j->in->employees[t->c->person].id;
  for (int k = 0; k < RULES; k++)
    if (t->c->rules >> k & 1) o->rules[o->n_rules++] = rule_words[k];
  return true;
}

dyo_status conflict_tell(staff_view *v, const staff_cause *c, dyo_schedule_conflict **out)
{
  telling t = {v, c, DYO_NEW(v->j->ctx, 1, dyo_schedule_conflict)};
  bool    ok;
  if (!t.out || !lists(&t)) return dyo_oom(v->j->err);
  t.out->cause       = c->cause;
  t.out->short_heads = c->short_heads > 0 ? c->short_heads : DYO_NO_INT;
  if (c->cause == DYO_CAUSE_COUNT) {
    t.out->message = say_count(&t);
    ok             = change_count(&t);
  } else if (c->cause == DYO_CAUSE_OVERLAP) {
    t.out->message = say_overlap(&t);
    ok             = hire(&t, c->short_heads) && ask_less(&t, c->short_heads);
  } else if (c->person >= 0) {
    t.out->message = say_person(&t);
    ok             = change_person(&t);
  } else if (c->cause == DYO_CAUSE_RULES) {
    t.out->message = say_rules(&t);
    ok             = change_rules(&t);
  } else {
    t.out->message = say_hours(&t);
    ok             = change_hours(&t);
  }
  if (c->cut && t.out->message) /* else "and 37 more" would pass for the smallest set there is */
    t.out->message = dyo_text(
      v->j->ctx, "%s The search for a smaller set was cut short: some of these shifts or rules may not matter.",
      t.out->message);
  *out = t.out;
  return ok && t.out->message ? DYO_OK : dyo_oom(v->j->err);
}
