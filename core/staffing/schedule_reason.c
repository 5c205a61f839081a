/* SPDX-License-Identifier: GPL-3.0-or-later */
/* schedule_reason.c - why nobody else is in a shift that lacks people: everybody is counted under the first thing that keeps them away. */
#include <string.h>

#include "staffing/schedule.h"

typedef enum { NO_SKILL, AWAY, OFF, BARRED, BUSY, TIRED, SPENT, OTHERWISE, FREE, GROUPS } group;

typedef struct {
  int n[GROUPS];
  int first[GROUPS]; /* a person of it */
} crowd;

static int hours_units(const schedule_job *j, const roster_plan *plan, int person)
{
  int units = 0;
  for (int i = 0; i < plan->n_works[person]; i++) units += j->m.shifts[plan->works[person][i]].hours;
  return units;
}

/* What the first rule is that one more shift would break. works: one longer than the person's list. */
static group broken_rule(const schedule_job *j, const roster_plan *plan, int person, int shift, int *works)
{
  roster_model  m   = j->m;
  roster_person one = j->m.people[person];
  const int     n   = plan->n_works[person];
  const char   *why = "";
  int           at  = 0;
  while (at < n && plan->works[person][at] < shift) at++;
  memcpy(works, plan->works[person], (size_t)at * sizeof *works);
  memcpy(works + at + 1, plan->works[person] + at, (size_t)(n - at) * sizeof *works);
  works[at]       = shift;
  m.people        = &one;
  m.n_people      = 1;
  one.hours_least = one.week_least = one.run_least = one.off_least = 0;
  if (roster_keeps_rules(&m, 0, works, n + 1, NULL, &why, NULL)) return FREE;
  if (strstr(why, "overlap")) return BUSY;
  if (strstr(why, "rest") || strstr(why, "may not follow")) return TIRED;
  return strstr(why, "hours") ? SPENT : OTHERWISE;
}

static bool works_in(const roster_plan *plan, int person, int shift)
{
  for (int i = 0; i < plan->n_works[person]; i++)
    if (plan->works[person][i] == shift) return true;
  return false;
}

static bool gather(const schedule_job *j, const roster_plan *plan, const roster_demand *d, crowd *c)
{
  int *works = NULL, most = 0;
  for (size_t p = 0; p < j->m.n_people; p++) most = plan->n_works[p] > most ? plan->n_works[p] : most;
  works = DYO_NEW(j->ctx, (size_t)most + 1, int);
  for (size_t p = 0; p < j->m.n_people && works; p++) {
    static const group of[] = {
      [IS_FORBIDDEN] = BARRED, [LACKS_SKILL] = NO_SKILL, [NOT_AVAILABLE] = AWAY, [ON_LEAVE] = OFF};
    const why_not why = schedule_why_not(j, (int)p, d->shift, NULL);
    if (works_in(plan, (int)p, d->shift)) continue;
    const group g = d->who && !d->who[p] ? NO_SKILL
                    : why != MAY_WORK    ? of[why]
                                         : broken_rule(j, plan, (int)p, d->shift, works);
    if (c->n[g]++ == 0) c->first[g] = (int)p;
  }
  return works != NULL;
}

static const char *be(int n)
{
  return n == 1 ? "is" : "are";
}

/* "1 lacks the skill, 2 are not available, Ann and 3 others are at their hours". */
static char *phrase(const schedule_job *j, const roster_plan *plan, const crowd *c, group g)
{
  const int   n = c->n[g], who = c->first[g];
  const char *name   = person_name(j, who);
  const char *others = n == 1 ? "" : n == 2 ? " and 1 other" : dyo_text(j->ctx, " and %d others", n - 1);
  if (!others) return NULL;
  switch (g) {
  case NO_SKILL: return dyo_text(j->ctx, "%d %s the skill", n, n == 1 ? "lacks" : "lack");
  case AWAY: return dyo_text(j->ctx, "%d %s not available then", n, be(n));
  case OFF: return dyo_text(j->ctx, "%d %s on leave that day", n, be(n));
  case BARRED: return dyo_text(j->ctx, "%d %s forbidden to work it", n, be(n));
  case BUSY: return dyo_text(j->ctx, "%.60s%s %s in another shift at that time", name, others, be(n));
  case TIRED: return dyo_text(j->ctx, "%.60s%s would have too little rest", name, others);
  case SPENT: {
    const int most = j->m.people[who].hours_most;
    const int has  = hours_units(j, plan, who);
    if (most == ROSTER_NONE) return dyo_text(j->ctx, "%.60s%s %s at the hours of the week", name, others, be(n));
    return dyo_text(j->ctx, "%.60s%s %s too near the limit of hours (%.60s: %.6g of %.6g)", name, others, be(n), name,
                    hours_of(j, has), j->in->employees[who].max_hours);
  }
  case OTHERWISE:
    return dyo_text(j->ctx, "%.60s%s %s kept away by limits on days, weekends or types", name, others, be(n));
  case FREE: return dyo_text(j->ctx, "%.60s%s could work it, at a cost above the penalty", name, others);
  case GROUPS: break;
  }
  return NULL;
}

const char *schedule_reason(const schedule_job *j, const roster_plan *plan, int demand, int have)
{
  const roster_demand *d     = &j->m.demands[demand];
  const char          *skill = j->skill_of[demand];
  crowd                c     = {0};
  char                *text  = NULL;
  int                  said  = 0;
  if (!gather(j, plan, d, &c)) return NULL;
  text = dyo_text(j->ctx, "%.80s needs %d %s%.60s%s and has %d", shift_name(j, d->shift), d->need,
                  skill          ? "with skill \""
                  : d->need == 1 ? "person"
                                 : "people",
                  skill ? skill : "", skill ? "\"" : "", have);
  for (group g = NO_SKILL; g < GROUPS && text; g++) {
    if (c.n[g] == 0 || (g == FREE && d->under == ROSTER_HARD)) continue;
    const char *more = phrase(j, plan, &c, g);
    text             = more ? dyo_text(j->ctx, "%s%s%s", text, said++ ? ", " : ": ", more) : NULL;
  }
  if (text && !said)
    return dyo_text(j->ctx, "%s; everybody else is in it already or keeps other shifts covered.", text);
  return text ? dyo_text(j->ctx, "%s.", text) : NULL;
}
