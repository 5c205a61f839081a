/* SPDX-License-Identifier: GPL-3.0-or-later */
/* most.c - rules that only forbid: a roster that keeps them keeps them when a shift is taken off. The search can therefore look at them
 * whenever somebody is given a shift; the bound does without them, which leaves it valid. */
#include "staffing/engine.h"

bool engine_only_forbids(const roster_person *p)
{
  return p->run_least <= 1 && p->off_least <= 1 && p->fair_unpopular_cost == 0;
}

bool engine_has_rules(const roster_model *m, const roster_person *p)
{
  return !roster_is_plain(p) || m->barred;
}

static bool follows_badly(const roster_model *m, const int *works, int i)
{
  const roster_shift *b = &m->shifts[works[i]];
  for (int j = i - 1; m->barred && j >= 0 && m->shifts[works[j]].day >= b->day - 1; j--) {
    const roster_shift *a = &m->shifts[works[j]];
    if (a->day == b->day - 1 && m->barred[a->kind * m->n_kinds + b->kind]) return true;
  }
  return false;
}

static bool too_many_of_a_kind(const roster_model *m, const roster_person *p, const int *works, int i)
{
  const int kind = m->shifts[works[i]].kind;
  int       n    = 0;
  for (int j = 0; p->kind_most && j <= i; j++) n += m->shifts[works[j]].kind == kind;
  return p->kind_most && n > p->kind_most[kind];
}

bool engine_forbids(const engine *e, int person, const int *works, int n)
{
  const roster_model  *m   = e->m;
  const roster_person *p   = e->people[person].p;
  int                  day = -2, today = 0, run = 0, weekend = -1, weekends = 0;
  for (int i = 0; i < n; i++) {
    const int now = m->shifts[works[i]].day;
    run           = now == day ? run : now == day + 1 ? run + 1 : 1;
    today         = now == day ? today + 1 : 1;
    day           = now;
    if (now % 7 >= 5 && now / 7 != weekend) {
      weekend = now / 7;
      weekends++;
    }
    if (today > p->day_most || run > p->run_most || weekends > p->weekends_most || follows_badly(m, works, i) ||
        too_many_of_a_kind(m, p, works, i))
      return true;
  }
  return false;
}
