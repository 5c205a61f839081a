/* SPDX-License-Identifier: GPL-3.0-or-later */
/* small_rosters.h - random models small enough to enumerate, with every rule of roster.h in any mix. */
#ifndef TESTS_SMALL_ROSTERS_H
#define TESTS_SMALL_ROSTERS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "num/dyo_rng.h"
#include "staffing/roster.h"

static dyo_rng small_rng;

static inline int small_int(int lo, int hi)
{
  return lo + (int)dyo_rng_below(&small_rng, (uint64_t)(hi - lo) + 1);
}

static inline bool small_one_in(int n)
{
  return small_int(1, n) == 1;
}

static inline int small_or_none(int odds, int lo, int hi)
{
  return small_one_in(odds) ? small_int(lo, hi) : ROSTER_NONE;
}

static inline int small_by_time(const void *a, const void *b)
{
  const roster_shift *x = a, *y = b;
  if (x->day != y->day) return x->day - y->day;
  return x->start != y->start ? x->start - y->start : x->end - y->end;
}

static inline void small_person(dyo_ctx *ctx, roster_model *m, roster_person *p)
{
  *p = (roster_person){.rest          = small_one_in(2) ? 60 * small_int(1, 12) : 0,
                       .hours_least   = small_one_in(4) ? small_int(1, 12) : 0,
                       .hours_most    = small_or_none(2, 8, 40),
                       .week_least    = small_one_in(6) ? small_int(1, 8) : 0,
                       .week_most     = small_or_none(3, 8, 30),
                       .day_most      = small_or_none(2, 1, 2),
                       .run_most      = small_or_none(2, 1, 3),
                       .run_least     = small_one_in(2) ? small_int(1, 3) : 1,
                       .off_least     = small_one_in(2) ? small_int(1, 3) : 1,
                       .weekends_most = small_or_none(3, 0, 1),
                       .used          = small_one_in(3) ? small_int(0, 20) : 0,
                       .overtime_from = small_or_none(3, 4, 16),
                       .overtime_cost = small_int(1, 4)};
  if (small_one_in(3)) p->fair_hours_cost = small_int(1, 3);
  if (small_one_in(3)) p->fair_unpopular_cost = small_int(1, 9);
  p->fair_hours     = small_int(0, 20);
  p->fair_unpopular = small_int(0, 3);
  if (small_one_in(2)) {
    int *most = DYO_NEW(ctx, (size_t)m->n_kinds, int);
    for (int k = 0; k < m->n_kinds; k++) most[k] = small_or_none(2, 0, 3);
    p->kind_most = most;
  }
  p->arcs = DYO_NEW(ctx, m->n_shifts, roster_arc);
  for (size_t s = 0; s < m->n_shifts; s++)
    if (!small_one_in(6)) p->arcs[p->n_arcs++] = (roster_arc){.shift = (int)s, .cost = small_int(-10, 25)};
  if (p->n_arcs && small_one_in(6)) p->arcs[small_int(0, (int)p->n_arcs - 1)].fixed = 1;
}

/* n_shifts over n_days: several a day, some over midnight, some longer than a day. */
static inline roster_model *small_shifts(dyo_ctx *ctx, int n_shifts, int n_days)
{
  roster_model *m = DYO_NEW(ctx, 1, roster_model);
  m->n_days       = n_days;
  m->n_kinds      = small_int(1, 4);
  m->unit         = 1;
  m->hour         = 1;
  m->n_shifts     = (size_t)n_shifts;
  m->shifts       = DYO_NEW(ctx, m->n_shifts, roster_shift);
  for (int s = 0; s < n_shifts; s++) {
    const int day = small_int(0, n_days - 1), start = 1440 * day + 60 * small_int(0, 23);
    const int length = small_one_in(12) ? small_int(20, 40) : small_int(2, 10);
    m->shifts[s]     = (roster_shift){.start     = start,
                                      .end       = start + 60 * length,
                                      .day       = day,
                                      .hours     = small_one_in(3) ? 2 * small_int(1, 4) : 4,
                                      .kind      = small_int(0, m->n_kinds - 1),
                                      .unpopular = small_one_in(3)};
  }
  qsort(m->shifts, m->n_shifts, sizeof *m->shifts, small_by_time);
  if (small_one_in(2)) {
    uint8_t *barred = DYO_NEW(ctx, (size_t)(m->n_kinds * m->n_kinds), uint8_t);
    for (int i = 0; i < m->n_kinds * m->n_kinds; i++) barred[i] = small_one_in(4);
    m->barred = barred;
  }
  return m;
}

static inline void small_demands(dyo_ctx *ctx, roster_model *m, bool hard)
{
  m->demands = DYO_NEW(ctx, 2 * m->n_shifts, roster_demand);
  for (size_t s = 0; s < m->n_shifts; s++) {
    roster_demand *d = &m->demands[m->n_demands++];
    *d = (roster_demand){.shift = (int)s, .need = small_int(0, 2), .most = ROSTER_NONE, .under = small_int(5, 60)};
    if (small_one_in(2)) d->over = small_int(0, 9);
    if (hard && small_one_in(2)) d->under = ROSTER_HARD;
    if (small_one_in(5)) d->most = d->need + small_int(0, 1);
    if (!small_one_in(5)) continue;
    uint8_t *who = DYO_NEW(ctx, m->n_people, uint8_t);
    for (size_t p = 0; p < m->n_people; p++) who[p] = small_one_in(2);
    m->demands[m->n_demands++] = (roster_demand){.shift = (int)s,
                                                 .who   = who,
                                                 .need  = 1,
                                                 .most  = ROSTER_NONE,
                                                 .under = hard && small_one_in(2) ? ROSTER_HARD : small_int(5, 60)};
  }
}

static inline roster_model *small_roster(dyo_ctx *ctx, int n_people, int n_shifts, int n_days, bool hard)
{
  roster_model *m = small_shifts(ctx, n_shifts, n_days);
  m->n_people     = (size_t)n_people;
  m->people       = DYO_NEW(ctx, m->n_people, roster_person);
  for (int p = 0; p < n_people; p++) small_person(ctx, m, &m->people[p]);
  small_demands(ctx, m, hard);
  return m;
}

/* Rosters of one person that keep the rules, as masks of arcs. */
typedef struct {
  unsigned *mask;
  int64_t  *cost;
  int       n;
} small_list;

static inline small_list small_enumerate(dyo_ctx *ctx, const roster_model *m, int person)
{
  const roster_person *p    = &m->people[person];
  const unsigned       all  = 1u << p->n_arcs;
  small_list           list = {DYO_NEW(ctx, all, unsigned), DYO_NEW(ctx, all, int64_t), 0};
  for (unsigned mask = 0; mask < all; mask++) {
    int     works[32], n = 0;
    int64_t cost;
    for (size_t a = 0; a < p->n_arcs; a++)
      if (mask >> a & 1) works[n++] = p->arcs[a].shift;
    if (!roster_keeps_rules(m, person, works, n, &cost, NULL, NULL)) continue;
    list.mask[list.n]   = mask;
    list.cost[list.n++] = cost;
  }
  return list;
}

#endif
