/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The fewest people that cover all shifts, against enumeration of who is called and who works what. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "num/dyo_rng.h"
#include "staffing/fewest.h"

enum { PEOPLE = 5, SHIFTS = 6, PRICE = 7 };

typedef struct {
  roster_shift  shifts[SHIFTS];
  roster_person people[PEOPLE];
  roster_arc    arcs[PEOPLE][SHIFTS];
  roster_demand demands[SHIFTS];
  roster_model  m;
} small;

static dyo_ctx ctx;

static void draw(small *q, uint64_t seed)
{
  dyo_rng r = dyo_rng_seed(seed);
  memset(q, 0, sizeof *q);
  for (int j = 0; j < SHIFTS; j++) {
    const int before = j ? q->shifts[j - 1].start : 0, start = before + (int)dyo_rng_below(&r, 100);
    q->shifts[j]  = (roster_shift){.start = start, .end = start + 30 + (int)dyo_rng_below(&r, 200)};
    q->demands[j] = (roster_demand){.shift = j, .need = 1, .most = 1, .under = ROSTER_HARD};
  }
  for (int i = 0; i < PEOPLE; i++) {
    q->people[i] = (roster_person){.arcs          = q->arcs[i],
                                   .hours_most    = ROSTER_NONE,
                                   .week_most     = ROSTER_NONE,
                                   .day_most      = ROSTER_NONE,
                                   .run_most      = ROSTER_NONE,
                                   .weekends_most = ROSTER_NONE,
                                   .overtime_from = ROSTER_NONE,
                                   .used          = PRICE,
                                   .rest          = seed % 2 ? 15 : 0};
    for (int j = 0; j < SHIFTS; j++)
      if (dyo_rng_below(&r, 3)) q->arcs[i][q->people[i].n_arcs++].shift = j;
  }
  q->m = (roster_model){.shifts    = q->shifts,
                        .n_shifts  = SHIFTS,
                        .people    = q->people,
                        .n_people  = PEOPLE,
                        .demands   = q->demands,
                        .n_demands = SHIFTS,
                        .n_kinds   = 1,
                        .n_days    = 1};
}

/* Least shifts open, then fewest people, over every way to hand out the shifts. */
static void enumerate(const small *q, int *least_open, int64_t *cost)
{
  int plans   = 1;
  *least_open = SHIFTS + 1;
  for (int j = 0; j < SHIFTS; j++) plans *= PEOPLE + 1;
  for (int k = 0; k < plans; k++) {
    int     list[PEOPLE][SHIFTS], n[PEOPLE] = {0}, short_heads;
    int    *works[PEOPLE];
    int64_t c;
    for (int i = 0; i < PEOPLE; i++) works[i] = list[i];
    for (int j = 0, rest = k; j < SHIFTS; j++, rest /= PEOPLE + 1) {
      const int i = rest % (PEOPLE + 1);
      if (i < PEOPLE) list[i][n[i]++] = j;
    }
    if (!roster_check(&q->m, works, n, &c, &short_heads, NULL, NULL, NULL)) continue;
    if (short_heads > *least_open || (short_heads == *least_open && c >= *cost)) continue;
    *least_open = short_heads;
    *cost       = c;
  }
}

static void equals_enumeration(void **state)
{
  small q;
  int   closed = 0;
  (void)state;
  for (uint64_t seed = 1; seed <= 12; seed++) {
    const roster_options o = {.gap = 0, .seed = seed};
    roster_plan          plan;
    dyo_err              err;
    int                  open;
    int64_t              cost = 0;
    draw(&q, seed);
    enumerate(&q, &open, &cost);
    dyo_ctx_clear(&ctx);
    assert_true(fewest_applies(&q.m));
    assert_int_equal(fewest_solve(&ctx, &q.m, &o, &plan, &err), DYO_OK);
    assert_int_equal(plan.short_heads, open);
    if (open == 0) assert_int_equal(plan.cost, cost);
    assert_true(plan.bound <= cost && plan.least_short <= open);
    closed += plan.stopped_by == ROSTER_BY_GAP;
  }
  assert_true(closed >= 6);
}

static void other_models_are_left_alone(void **state)
{
  small q;
  (void)state;
  draw(&q, 3);
  assert_true(fewest_applies(&q.m));
  q.people[1].used++;
  assert_false(fewest_applies(&q.m));
  draw(&q, 3);
  q.arcs[2][0].cost = 1;
  assert_false(fewest_applies(&q.m));
  draw(&q, 3);
  q.people[0].hours_most = 10;
  assert_false(fewest_applies(&q.m));
  draw(&q, 3);
  q.demands[1].under = 5;
  assert_false(fewest_applies(&q.m));
  draw(&q, 3);
  q.people[4].day_most = 1;
  assert_false(fewest_applies(&q.m));
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(equals_enumeration),
                                     cmocka_unit_test(other_models_are_left_alone)};
  dyo_ctx_init(&ctx, NULL);
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  dyo_ctx_clear(&ctx);
  return failed;
}
