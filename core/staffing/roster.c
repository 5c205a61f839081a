/* SPDX-License-Identifier: GPL-3.0-or-later */
/* roster.c - what a roster costs and whether it keeps the rules: the definition of the model, written plainly and never for speed. */
#include <stdlib.h>
#include <string.h>

#include "staffing/roster.h"

typedef struct {
  const roster_model  *m;
  const roster_person *p;
  const int           *works;
  int                  n;
  const char          *why;
  int                  which;
} look;

static bool broken(look *l, const char *why, int which)
{
  l->why   = why;
  l->which = which;
  return false;
}

static const roster_arc *arc_of(const roster_person *p, int shift)
{
  size_t lo = 0, hi = p->n_arcs;
  while (lo < hi) {
    size_t mid = (lo + hi) / 2;
    if (p->arcs[mid].shift < shift) lo = mid + 1;
    else hi = mid;
  }
  return lo < p->n_arcs && p->arcs[lo].shift == shift ? &p->arcs[lo] : NULL;
}

static bool arcs_ok(look *l, int64_t *cost)
{
  for (int i = 0; i < l->n; i++) {
    const roster_arc *a = arc_of(l->p, l->works[i]);
    if (!a) return broken(l, "may not work this shift", l->works[i]);
    if (i && l->works[i] <= l->works[i - 1]) return broken(l, "shifts are not in order", l->works[i]);
    *cost += a->cost;
  }
  for (size_t k = 0; k < l->p->n_arcs; k++) {
    if (!l->p->arcs[k].fixed) continue;
    bool found = false;
    for (int i = 0; i < l->n; i++) found = found || l->works[i] == l->p->arcs[k].shift;
    if (!found) return broken(l, "a fixed shift is missing", l->p->arcs[k].shift);
  }
  return true;
}

/* Overlap, rest, and what may follow what: every pair, since a long shift may reach over a short one. */
static bool pairs_ok(look *l)
{
  const roster_model *m = l->m;
  for (int i = 0; i < l->n; i++) {
    const roster_shift *a = &m->shifts[l->works[i]];
    for (int j = i + 1; j < l->n; j++) {
      const roster_shift *b   = &m->shifts[l->works[j]];
      const int           gap = a->start <= b->start ? b->start - a->end : a->start - b->end;
      if (gap < 0) return broken(l, "two shifts overlap", l->works[j]);
      if (gap < l->p->rest) return broken(l, "too little rest", l->works[j]);
      if (m->barred && b->day == a->day + 1 && m->barred[a->kind * m->n_kinds + b->kind])
        return broken(l, "may not follow the shift of the day before", l->works[j]);
    }
  }
  return true;
}

static bool hours_ok(look *l, int64_t *cost)
{
  const roster_person *p     = l->p;
  int                  total = 0, unpopular = 0;
  for (int i = 0; i < l->n; i++) {
    total += l->m->shifts[l->works[i]].hours;
    unpopular += l->m->shifts[l->works[i]].unpopular;
  }
  if (total > p->hours_most) return broken(l, "too many hours", -1);
  if (total < p->hours_least) return broken(l, "too few hours", -1);
  *cost +=
    p->fair_hours_cost * abs(total - p->fair_hours) + p->fair_unpopular_cost * abs(unpopular - p->fair_unpopular);
  for (int day = 0; day < l->m->n_days; day += 7) {
    int week = 0, last = -1;
    for (int i = 0; i < l->n; i++) {
      const roster_shift *s = &l->m->shifts[l->works[i]];
      if (s->day < day || s->day >= day + 7) continue;
      week += s->hours;
      last = l->works[i];
    }
    if (week > p->week_most) return broken(l, "too many hours in a week", last);
    if (week < p->week_least && day + 7 <= l->m->n_days) return broken(l, "too few hours in a week", -1);
    if (week > p->overtime_from) *cost += p->overtime_cost * (week - p->overtime_from);
  }
  return true;
}

static int worked_on(const look *l, int day)
{
  int n = 0;
  for (int i = 0; i < l->n; i++) n += l->m->shifts[l->works[i]].day == day;
  return n;
}

static bool days_ok(look *l)
{
  const roster_person *p      = l->p;
  const int            n_days = l->m->n_days;
  int                  run = 0, from = 0, weekends = 0;
  bool                 on = false;
  for (int day = 0; day <= n_days; day++) {
    const int  n    = day < n_days ? worked_on(l, day) : 0;
    const bool last = day == n_days;
    if (n > p->day_most) return broken(l, "too many shifts in a day", l->works[0]);
    if (!last && day % 7 == 5 && (n || (day + 1 < n_days && worked_on(l, day + 1)))) weekends++;
    if (!last && day && (n > 0) == on) {
      run++;
    } else {
      const bool inside = day && from > 0 && !last;
      if (day && on && run > p->run_most) return broken(l, "too many days in a row", -1);
      if (inside && on && run < p->run_least) return broken(l, "too few days in a row", -1);
      if (inside && !on && run < p->off_least) return broken(l, "too few days off in a row", -1);
      on   = n > 0;
      run  = 1;
      from = day;
    }
  }
  if (weekends > p->weekends_most) return broken(l, "too many weekends", -1);
  return true;
}

static bool kinds_ok(look *l)
{
  if (!l->p->kind_most) return true;
  for (int i = 0; i < l->n; i++) {
    const int kind = l->m->shifts[l->works[i]].kind;
    int       n    = 0;
    for (int j = 0; j <= i; j++) n += l->m->shifts[l->works[j]].kind == kind;
    if (n > l->p->kind_most[kind]) return broken(l, "too many shifts of a kind", l->works[i]);
  }
  return true;
}

bool roster_keeps_rules(const roster_model *m, int person, const int *works, int n_works, int64_t *cost,
                        const char **why, int *which)
{
  look    l   = {.m = m, .p = &m->people[person], .works = works, .n = n_works, .which = -1};
  int64_t sum = n_works ? l.p->used : 0;
  bool    ok  = arcs_ok(&l, &sum) && pairs_ok(&l) && hours_ok(&l, &sum) && days_ok(&l) && kinds_ok(&l);
  if (cost) *cost = sum;
  if (!ok && why) *why = l.why;
  if (!ok && which) *which = l.which;
  return ok;
}

enum { BLOCK = 256 };

/* Heads of demands from .. to - 1, which are in order of shift, as works are. */
static void count_heads(const roster_model *m, int *const *works, const int *n_works, size_t from, size_t to,
                        int *heads)
{
  const int last = m->demands[to - 1].shift;
  memset(heads, 0, (to - from) * sizeof *heads);
  for (size_t p = 0; p < m->n_people; p++) {
    size_t d  = from;
    int    lo = 0, hi = n_works[p];
    while (lo < hi) { /* the person's first shift of the block */
      const int mid = lo + (hi - lo) / 2;
      if (works[p][mid] < m->demands[from].shift) lo = mid + 1;
      else hi = mid;
    }
    for (; lo < n_works[p] && works[p][lo] <= last; lo++) {
      while (m->demands[d].shift < works[p][lo]) d++;
      for (size_t k = d; k < to && m->demands[k].shift == works[p][lo]; k++)
        heads[k - from] += !m->demands[k].who || m->demands[k].who[p];
    }
  }
}

bool roster_check(const roster_model *m, int *const *works, const int *n_works, int64_t *cost, int *short_heads,
                  const char **why, int *who, int *which)
{
  int64_t sum  = 0;
  int     lack = 0, found[BLOCK];
  for (size_t p = 0; p < m->n_people; p++) {
    int64_t own;
    if (roster_keeps_rules(m, (int)p, works[p], n_works[p], &own, why, which)) {
      sum += own;
      continue;
    }
    if (who) *who = (int)p;
    return false;
  }
  for (size_t k = 0; k < m->n_demands; k++) {
    const roster_demand *d = &m->demands[k];
    if (k % BLOCK == 0) count_heads(m, works, n_works, k, k + BLOCK < m->n_demands ? k + BLOCK : m->n_demands, found);
    const int n = found[k % BLOCK];
    if (n > d->most) {
      if (why) *why = "too many people in a shift";
      if (who) *who = -1;
      if (which) *which = d->shift;
      return false;
    }
    if (n < d->need && d->under == ROSTER_HARD) lack += d->need - n;
    else if (n < d->need) sum += d->under * (d->need - n);
    else sum += d->over * (n - d->need);
  }
  if (cost) *cost = sum;
  if (short_heads) *short_heads = lack;
  return true;
}

bool roster_is_plain(const roster_person *p)
{
  return p->day_most == ROSTER_NONE && p->run_most == ROSTER_NONE && p->run_least <= 1 && p->off_least <= 1 &&
         p->weekends_most == ROSTER_NONE && !p->kind_most && p->fair_unpopular_cost == 0;
}
