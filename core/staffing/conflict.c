/* SPDX-License-Identifier: GPL-3.0-or-later */
/* conflict.c - who could ever fill what, one demand at a time, and one person's own least hours. */
#include <stdlib.h>
#include <string.h>

#include "staffing/conflict.h"

/* May this person work this one shift, were it their only one? (What arcs leave open are limits below one shift.) */
static bool alone(const schedule_job *j, const roster_person *p, int shift)
{
  const roster_shift *s = &j->m.shifts[shift];
  if (s->hours > p->hours_most || s->hours > p->week_most) return false;
  if (p->weekends_most == 0 && s->day % 7 >= 5) return false;
  return !p->kind_most || p->kind_most[s->kind] > 0;
}

/* The same beside the fixed shifts of a person who has some. */
static dyo_status beside_fixed(staff_view *v, int person)
{
  const schedule_job *j    = v->j;
  roster_model        m    = j->m;
  roster_person       one  = j->m.people[person];
  roster_arc         *arcs = one.arcs;
  int                 n = 0, *works = DYO_NEW(j->ctx, one.n_arcs + 1, int);
  if (!works) return dyo_oom(j->err);
  m.people        = &one;
  m.n_people      = 1;
  one.hours_least = one.week_least = one.run_least = one.off_least = 0;
  for (size_t a = 0; a < one.n_arcs; a++) {
    if (arcs[a].fixed) continue;
    n = 0;
    for (size_t b = 0; b < one.n_arcs; b++)
      if (b == a || arcs[b].fixed) works[n++] = arcs[b].shift;
    v->able[person][a] = roster_keeps_rules(&m, 0, works, n, NULL, NULL, NULL);
  }
  return DYO_OK;
}

static dyo_status find_able(staff_view *v)
{
  schedule_job *j  = v->j;
  dyo_status    st = DYO_OK;
  for (size_t i = 0; i < j->m.n_people && st == DYO_OK; i++) {
    const roster_person *p     = &j->m.people[i];
    bool                 fixed = false;
    v->able[i]                 = DYO_NEW(j->ctx, p->n_arcs + 1, uint8_t);
    if (!v->able[i]) return dyo_oom(j->err);
    for (size_t a = 0; a < p->n_arcs; a++) {
      v->able[i][a] = p->arcs[a].fixed || alone(j, p, p->arcs[a].shift);
      fixed         = fixed || p->arcs[a].fixed;
    }
    if (fixed) st = beside_fixed(v, (int)i);
  }
  return st;
}

/* Counts, then lists, the people of every demand. */
static void list_people(staff_view *v, bool count)
{
  const roster_model *m = &v->j->m;
  for (size_t i = 0; i < m->n_people; i++)
    for (size_t a = 0; a < m->people[i].n_arcs; a++) {
      const int shift = m->people[i].arcs[a].shift;
      for (int d = v->j->heads_at[shift]; v->able[i][a] && d < v->j->heads_at[shift + 1]; d++) {
        if (m->demands[d].who && !m->demands[d].who[i]) continue;
        if (!count) v->who[v->from[d] + (size_t)v->have[d]] = (int)i;
        v->have[d]++;
      }
    }
}

dyo_status conflict_view(schedule_job *j, staff_view *v)
{
  const size_t n    = j->m.n_demands;
  size_t       most = 0;
  dyo_status   st   = DYO_OK;
  for (size_t i = 0; i < j->m.n_people; i++) most = j->m.people[i].n_arcs > most ? j->m.people[i].n_arcs : most;
  *v = (staff_view){.j      = j,
                    .able   = DYO_NEW(j->ctx, j->m.n_people, uint8_t *),
                    .have   = DYO_NEW(j->ctx, n + 1, int),
                    .from   = DYO_NEW(j->ctx, n + 1, size_t),
                    .in     = DYO_NEW(j->ctx, n + 1, bool),
                    .pieces = DYO_NEW(j->ctx, most + 1, staff_piece),
                    .best   = DYO_NEW(j->ctx, most + 1, int64_t),
                    .asked  = DYO_NEW(j->ctx, j->m.n_people + 1, uint8_t)};
  if (!v->able || !v->have || !v->from || !v->in || !v->pieces || !v->best || !v->asked) return dyo_oom(j->err);
  st = find_able(v);
  if (st != DYO_OK) return st;
  list_people(v, true);
  for (size_t d = 0; d < n; d++) v->from[d + 1] = v->from[d] + (size_t)v->have[d];
  v->who = DYO_NEW(j->ctx, v->from[n] + 1, int);
  if (!v->who) return dyo_oom(j->err);
  memset(v->have, 0, n * sizeof *v->have);
  list_people(v, false);
  for (size_t d = 0; d < n; d++)
    if (j->m.demands[d].under == ROSTER_HARD && j->m.demands[d].need > v->have[d])
      v->heads += j->m.demands[d].need - v->have[d];
  return DYO_OK;
}

static int by_number(const void *a, const void *b)
{
  return *(const int *)a - *(const int *)b;
}

dyo_status conflict_set(staff_view *v, const int *demands, size_t n, staff_cause *c)
{
  const schedule_job *j    = v->j;
  uint8_t            *seen = DYO_NEW(j->ctx, j->m.n_people, uint8_t);
  c->demands               = DYO_NEW(j->ctx, n + 1, int);
  c->people                = DYO_NEW(j->ctx, j->m.n_people, int);
  if (!seen || !c->demands || !c->people) return dyo_oom(j->err);
  memcpy(c->demands, demands, n * sizeof *demands);
  c->n_demands = n;
  for (size_t k = 0; k < n; k++) {
    c->rules |= j->skill_of[demands[k]] ? RULE_SKILL_COVERAGE : RULE_MIN_COVERAGE;
    for (size_t w = v->from[demands[k]]; w < v->from[demands[k] + 1]; w++) {
      if (seen[v->who[w]]) continue;
      seen[v->who[w]]          = 1;
      c->people[c->n_people++] = v->who[w];
    }
  }
  qsort(c->people, c->n_people, sizeof *c->people, by_number);
  return DYO_OK;
}

/* Which rule a sentence of roster_keeps_rules speaks of. */
static unsigned rule_of(const char *why)
{
  static const struct {
    const char *part;
    unsigned    rule;
  } of[] = {{"in a week", RULE_MAX_WEEK}, {"hours", RULE_MAX_HOURS},       {"rest", RULE_REST},
            {"follow", RULE_SUCCESSIONS}, {"in a day", RULE_DAY},          {"days in a row", RULE_RUN_MOST},
            {"weekends", RULE_WEEKENDS},  {"shifts of a kind", RULE_TYPES}};
  for (size_t k = 0; k < sizeof of / sizeof *of; k++)
    if (strstr(why, of[k].part)) return of[k].rule;
  return 0;
}

unsigned conflict_unable(const staff_view *v, int person, int shift)
{
  const schedule_job  *j   = v->j;
  const roster_person *p   = &j->m.people[person];
  const roster_shift  *s   = &j->m.shifts[shift];
  const char          *why = "";
  roster_model         m   = j->m;
  roster_person        one = *p;
  int                  n = 0, *works = NULL;
  for (size_t a = 0; a < p->n_arcs; a++)
    if (p->arcs[a].shift == shift && v->able[person][a]) return 0;
  if (s->hours > p->hours_most) return RULE_MAX_HOURS;
  if (s->hours > p->week_most) return RULE_MAX_WEEK;
  if (p->weekends_most == 0 && s->day % 7 >= 5) return RULE_WEEKENDS;
  if (p->kind_most && p->kind_most[s->kind] == 0) return RULE_TYPES;
  works = DYO_NEW(j->ctx, p->n_arcs + 1, int);
  if (!works) return RULE_FIXED;
  for (size_t a = 0; a < p->n_arcs; a++)
    if (p->arcs[a].shift == shift || p->arcs[a].fixed) works[n++] = p->arcs[a].shift;
  m.people        = &one;
  m.n_people      = 1;
  one.hours_least = one.week_least = one.run_least = one.off_least = 0;
  roster_keeps_rules(&m, 0, works, n, NULL, &why, NULL);
  return RULE_FIXED | rule_of(why);
}

/* Rules but for which somebody else could fill one of the demands. */
unsigned conflict_keeping_out(const staff_view *v, const staff_cause *c)
{
  static const unsigned of[] = {[MAY_WORK]      = 0,
                                [IS_FORBIDDEN]  = RULE_FORBIDDEN,
                                [LACKS_SKILL]   = RULE_SKILLS,
                                [NOT_AVAILABLE] = RULE_AVAILABILITY,
                                [ON_LEAVE]      = RULE_LEAVE};
  const schedule_job   *j    = v->j;
  unsigned              all  = 0;
  for (size_t k = 0; k < c->n_demands; k++) {
    const roster_demand *d = &j->m.demands[c->demands[k]];
    for (size_t i = 0; i < j->m.n_people; i++) {
      if (d->who && !d->who[i]) continue;
      const why_not why = schedule_why_not(j, (int)i, d->shift, NULL);
      all |= why == MAY_WORK ? conflict_unable(v, (int)i, d->shift) : of[why];
    }
  }
  return all;
}

/* The demand with the fewest people of those that lack some; at a tie the one that lacks most, then the first. */
dyo_status conflict_count(staff_view *v, staff_cause *c)
{
  const roster_model *m    = &v->j->m;
  int                 best = -1;
  dyo_status          st   = DYO_OK;
  for (size_t k = 0; k < m->n_demands; k++) {
    const int d = (int)k, lack = m->demands[d].need - v->have[d];
    if (lack <= 0 || m->demands[d].under != ROSTER_HARD) continue;
    if (best < 0 || v->have[d] < v->have[best] ||
        (v->have[d] == v->have[best] && lack > m->demands[best].need - v->have[best]))
      best = d;
  }
  if (best < 0) return DYO_OK;
  c->cause = DYO_CAUSE_COUNT;
  st       = conflict_set(v, &best, 1, c);
  if (st != DYO_OK) return st;
  c->needed      = m->demands[best].need;
  c->had         = v->have[best];
  c->short_heads = c->needed - c->had;
  c->skill       = v->j->skill_of[best];
  c->rules |= conflict_keeping_out(v, c);
  return DYO_OK;
}

/* Somebody must work more hours than there are for them. */
dyo_status conflict_person(staff_view *v, staff_cause *c)
{
  const roster_model *m = &v->j->m;
  for (size_t i = 0; i < m->n_people; i++) {
    const roster_person *p     = &m->people[i];
    int64_t              hours = 0;
    for (size_t a = 0; a < p->n_arcs; a++) hours += v->able[i][a] ? m->shifts[p->arcs[a].shift].hours : 0;
    if (hours >= p->hours_least) continue;
    c->cause        = DYO_CAUSE_HOURS;
    c->person       = (int)i;
    c->hours_needed = p->hours_least;
    c->hours_had    = hours;
    c->rules        = RULE_MIN_HOURS;
    c->people       = DYO_NEW(v->j->ctx, 1, int);
    if (!c->people) return dyo_oom(v->j->err);
    c->people[c->n_people++] = (int)i;
    return DYO_OK;
  }
  return DYO_OK;
}

dyo_status conflict_quick(staff_view *v, staff_cause *c)
{
  static dyo_status (*const ask[])(staff_view *, staff_cause *) = {conflict_count, conflict_person, conflict_overlap,
                                                                   conflict_skill};
  dyo_status st                                                 = conflict_view(v->j, v);
  *c                                                            = (staff_cause){.cause = -1, .week = -1, .person = -1};
  for (int k = 0; k < 4 && st == DYO_OK && c->cause < 0; k++)
    if (k == 0 || dyo_look(v->j->ctx, 0, "conflict") == DYO_RUN_ON) st = ask[k](v, c); /* counts are known already */
  if (c->short_heads > v->heads) v->heads = c->short_heads;
  return st;
}

dyo_status conflict_deep(staff_view *v, staff_cause *c, bool proven)
{
  dyo_status st = conflict_hours(v, c);
  if (c->short_heads > v->heads) v->heads = c->short_heads;
  if (st != DYO_OK || c->cause >= 0 || !proven) return st;
  return conflict_rules(v, c, dyo_time_left(v->j->ctx));
}
