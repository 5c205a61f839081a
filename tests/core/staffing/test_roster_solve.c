/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The engine for plain rules against every plan there is, on small random models. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../pace.h"
#include "num/dyo_rng.h"
#include "staffing/roster.h"

enum { PEOPLE = 3, SHIFTS = 7, DEMANDS = 2 * SHIFTS };

typedef struct {
  roster_model  m;
  roster_shift  shifts[SHIFTS];
  roster_person people[PEOPLE];
  roster_arc    arcs[PEOPLE][SHIFTS];
  roster_demand demands[DEMANDS];
  uint8_t       skilled[PEOPLE];
} small;

static int draw(dyo_rng *r, int lo, int hi)
{
  return lo + (int)dyo_rng_below(r, (uint64_t)(hi - lo + 1));
}

/* Which terms of the model a random one uses. */
enum {
  WEEKS    = 1,
  OVERTIME = 2,
  FAIR     = 4,
  REST     = 8,
  FIXED    = 16,
  SKILLS   = 32,
  SOFT     = 64,
  MOST     = 128,
  USED     = 256,
  LEAST    = 512
};

static void draw_shifts(small *s, dyo_rng *r, int days)
{
  int day = 0;
  for (int k = 0; k < SHIFTS; k++) {
    if (k && draw(r, 0, 2)) day += draw(r, 0, days / 4);
    if (day >= days) day = days - 1;
    const int start = 1440 * day + 60 * draw(r, 0, 20), hours = draw(r, 2, 9);
    s->shifts[k] = (roster_shift){.start = start, .end = start + 60 * hours, .day = day, .hours = hours};
  }
  for (int i = 1; i < SHIFTS; i++)
    for (int j = i;
         j > 0 && (s->shifts[j].start < s->shifts[j - 1].start ||
                   (s->shifts[j].start == s->shifts[j - 1].start && s->shifts[j].end < s->shifts[j - 1].end));
         j--) {
      const roster_shift t = s->shifts[j];
      s->shifts[j]         = s->shifts[j - 1];
      s->shifts[j - 1]     = t;
    }
}

static void draw_person(small *s, dyo_rng *r, int p, int uses)
{
  roster_person *w = &s->people[p];
  *w               = (roster_person){.arcs          = s->arcs[p],
                                     .hours_most    = draw(r, 8, 30),
                                     .week_most     = ROSTER_NONE,
                                     .day_most      = ROSTER_NONE,
                                     .run_most      = ROSTER_NONE,
                                     .weekends_most = ROSTER_NONE,
                                     .overtime_from = ROSTER_NONE};
  if (draw(r, 0, 3) == 0) w->hours_most = ROSTER_NONE;
  for (int k = 0; k < SHIFTS; k++)
    if (draw(r, 0, 3)) s->arcs[p][w->n_arcs++] = (roster_arc){.shift = k, .cost = draw(r, uses & SOFT ? -20 : 5, 90)};
  if (uses & WEEKS) w->week_most = draw(r, 8, 16);
  if (uses & OVERTIME) w->overtime_from = draw(r, 4, 12), w->overtime_cost = draw(r, 1, 9);
  if (uses & FAIR) w->fair_hours = draw(r, 4, 16), w->fair_hours_cost = draw(r, 1, 9);
  if (uses & REST) w->rest = 60 * draw(r, 1, 12);
  if (uses & USED) w->used = draw(r, 0, 60);
  if ((uses & LEAST) && w->n_arcs > 2) w->hours_least = 2;
  if ((uses & FIXED) && w->n_arcs && w->hours_most > 9 && w->week_most > 9)
    w->arcs[draw(r, 0, (int)w->n_arcs - 1)].fixed = 1;
}

static void draw_model(small *s, dyo_rng *r, int uses, int days)
{
  size_t n = 0;
  memset(s, 0, sizeof *s);
  draw_shifts(s, r, days);
  for (int p = 0; p < PEOPLE; p++) draw_person(s, r, p, uses);
  for (int p = 0; p < PEOPLE; p++) s->skilled[p] = (uint8_t)draw(r, 0, 1);
  for (int k = 0; k < SHIFTS; k++) {
    int fixed = 0;
    for (int p = 0; p < PEOPLE; p++)
      for (size_t i = 0; i < s->people[p].n_arcs; i++) fixed += s->arcs[p][i].shift == k && s->arcs[p][i].fixed;
    roster_demand d = {.shift = k, .need = draw(r, 0, 2), .most = ROSTER_NONE, .under = ROSTER_HARD};
    if ((uses & SOFT) && draw(r, 0, 1)) d.under = draw(r, 10, 120), d.over = draw(r, 0, 30);
    if (uses & MOST) d.most = d.need + draw(r, 0, 1) > fixed ? d.need + draw(r, 0, 1) : fixed;
    if (d.most < fixed) d.most = fixed;
    s->demands[n++] = d;
    if ((uses & SKILLS) && draw(r, 0, 1))
      s->demands[n++] =
        (roster_demand){.shift = k, .who = s->skilled, .need = 1, .most = ROSTER_NONE, .under = ROSTER_HARD};
  }
  s->m = (roster_model){.shifts    = s->shifts,
                        .n_shifts  = SHIFTS,
                        .people    = s->people,
                        .n_people  = PEOPLE,
                        .demands   = s->demands,
                        .n_demands = n,
                        .n_kinds   = 1,
                        .n_days    = days,
                        .unit      = 1,
                        .hour      = 1};
}

/* ---- every plan ---- */

typedef struct {
  const small *s;
  int          list[PEOPLE][SHIFTS], count[PEOPLE];
  int          least_short;
  int64_t      best;
  bool         any;
} all;

static void every(all *a, int p)
{
  if (p == PEOPLE) {
    int    *works[PEOPLE] = {a->list[0], a->list[1], a->list[2]};
    int64_t cost;
    int     lack;
    if (!roster_check(&a->s->m, works, a->count, &cost, &lack, NULL, NULL, NULL)) return;
    if (a->any && (lack > a->least_short || (lack == a->least_short && cost >= a->best))) return;
    a->any         = true;
    a->least_short = lack;
    a->best        = cost;
    return;
  }
  const roster_person *w = &a->s->people[p];
  for (int mask = 0; mask < 1 << w->n_arcs; mask++) {
    a->count[p] = 0;
    for (size_t k = 0; k < w->n_arcs; k++)
      if (mask >> k & 1) a->list[p][a->count[p]++] = w->arcs[k].shift;
    if (roster_keeps_rules(&a->s->m, p, a->list[p], a->count[p], NULL, NULL, NULL)) every(a, p + 1);
  }
}

static void solve_small(dyo_ctx *ctx, const small *s, roster_plan *plan)
{
  dyo_err          err = {0};
  const dyo_status st  = roster_solve(ctx, &s->m, &(roster_options){.gap = 0, .seed = 1}, plan, &err);
  if (st != DYO_OK) print_message("%s\n", err.message);
  assert_int_equal(DYO_OK, st);
}

static void agrees_with_all_plans(int uses, int days, int n, uint64_t seed)
{
  dyo_rng r = dyo_rng_seed(seed);
  for (int k = 0; k < n / pace(3); k++) {
    small       s;
    all         a = {.s = &s};
    dyo_ctx     ctx;
    roster_plan plan;
    draw_model(&s, &r, uses, days);
    every(&a, 0);
    if (!a.any) continue;
    dyo_ctx_init(&ctx, NULL);
    solve_small(&ctx, &s, &plan);
    assert_int_equal(0, plan.short_hours);
    assert_int_equal(a.least_short, plan.short_heads);
    assert_int_equal(a.least_short, plan.least_short);
    assert_int_equal(a.best, plan.cost);
    assert_int_equal(a.best, plan.bound);
    assert_int_equal(ROSTER_BY_GAP, plan.stopped_by);
    dyo_ctx_clear(&ctx);
  }
}

static void hours_and_overlap_alone(void **state)
{
  (void)state;
  agrees_with_all_plans(0, 7, 15, 11);
}

static void rest_between_shifts(void **state)
{
  (void)state;
  agrees_with_all_plans(REST, 7, 15, 12);
}

static void skills_and_limits_of_heads(void **state)
{
  (void)state;
  agrees_with_all_plans(SKILLS | MOST | REST, 7, 15, 13);
}

static void soft_coverage_and_preferences(void **state)
{
  (void)state;
  agrees_with_all_plans(SOFT | SKILLS, 7, 15, 14);
}

static void weeks_and_overtime(void **state)
{
  (void)state;
  agrees_with_all_plans(WEEKS | OVERTIME | REST, 21, 15, 15);
}

static void fair_hours_and_being_called(void **state)
{
  (void)state;
  agrees_with_all_plans(FAIR | USED, 7, 15, 16);
}

static void least_hours_and_fixed_shifts(void **state)
{
  (void)state;
  agrees_with_all_plans(LEAST | FIXED | MOST, 7, 15, 17);
}

static void all_together_over_weeks(void **state)
{
  (void)state;
  agrees_with_all_plans(WEEKS | OVERTIME | FAIR | REST | FIXED | SKILLS | SOFT | MOST | USED, 21, 15, 18);
}

/* ---- how it behaves ---- */

enum { CROWD = 30, MANY = 90 };

typedef struct {
  roster_model  m;
  roster_shift  shifts[MANY];
  roster_person people[CROWD];
  roster_arc    arcs[CROWD][MANY];
  roster_demand demands[MANY];
} crowd;

/* Four weeks with three shifts a day; hours of people just suffice. */
static void draw_crowd(crowd *c, uint64_t seed)
{
  dyo_rng r = dyo_rng_seed(seed);
  memset(c, 0, sizeof *c);
  for (int k = 0; k < MANY; k++) {
    const int day = k / 3, start = 1440 * day + 480 * (k % 3), hours = draw(&r, 5, 8);
    c->shifts[k]  = (roster_shift){.start = start, .end = start + 60 * hours, .day = day, .hours = hours};
    c->demands[k] = (roster_demand){.shift = k, .need = 6, .most = ROSTER_NONE, .under = ROSTER_HARD};
  }
  for (int p = 0; p < CROWD; p++) {
    const int rate = draw(&r, 1200, 2500);
    c->people[p]   = (roster_person){.arcs          = c->arcs[p],
                                     .hours_most    = 150,
                                     .week_most     = ROSTER_NONE,
                                     .day_most      = ROSTER_NONE,
                                     .run_most      = ROSTER_NONE,
                                     .weekends_most = ROSTER_NONE,
                                     .overtime_from = ROSTER_NONE};
    for (int k = 0; k < MANY; k++)
      if (draw(&r, 0, 2))
        c->arcs[p][c->people[p].n_arcs++] =
          (roster_arc){.shift = k, .cost = rate * c->shifts[k].hours + draw(&r, 0, 300)};
  }
  c->m = (roster_model){.shifts    = c->shifts,
                        .n_shifts  = MANY,
                        .people    = c->people,
                        .n_people  = CROWD,
                        .demands   = c->demands,
                        .n_demands = MANY,
                        .n_kinds   = 1,
                        .n_days    = 30,
                        .unit      = 0.01,
                        .hour      = 1};
}

typedef struct {
  double time, step; /* a clock that only looking at moves on */
  int    looks, most;
} host;

static double look_at_clock(void *user)
{
  host *h = user;
  h->looks++;
  return h->time += h->step;
}

static bool ask_to_stop(void *user, double fraction, const char *stage)
{
  host *h = user;
  assert_true(fraction >= 0 && fraction <= 1);
  assert_non_null(stage);
  return h->most > 0 && h->looks >= h->most;
}

static void solve_crowd(dyo_ctx *ctx, const crowd *c, uint64_t seed, double gap, roster_plan *plan)
{
  dyo_err err = {0};
  int64_t cost;
  int     lack;
  assert_int_equal(DYO_OK, roster_solve(ctx, &c->m, &(roster_options){.gap = gap, .seed = seed}, plan, &err));
  assert_true(roster_check(&c->m, plan->works, plan->n_works, &cost, &lack, NULL, NULL, NULL));
  assert_int_equal(cost, plan->cost);
  assert_int_equal(lack, plan->short_heads);
  assert_true(lack > plan->least_short || plan->bound <= plan->cost);
}

static void a_seed_gives_one_plan(void **state)
{
  (void)state;
  static crowd c;
  roster_plan  one, two;
  dyo_ctx      a, b;
  draw_crowd(&c, 5);
  dyo_ctx_init(&a, NULL);
  dyo_ctx_init(&b, NULL);
  solve_crowd(&a, &c, 3, 0.005, &one);
  solve_crowd(&b, &c, 3, 0.005, &two);
  assert_int_equal(ROSTER_BY_GAP, one.stopped_by);
  assert_int_equal(0, one.short_heads);
  assert_int_equal(one.cost, two.cost);
  assert_int_equal(one.bound, two.bound);
  for (int p = 0; p < CROWD; p++) {
    assert_int_equal(one.n_works[p], two.n_works[p]);
    assert_memory_equal(one.works[p], two.works[p], (size_t)one.n_works[p] * sizeof(int));
  }
  dyo_ctx_clear(&a);
  dyo_ctx_clear(&b);
}

/* Whenever time is up, there is a plan that keeps the rules and a bound below it. */
static void time_may_be_up_at_any_moment(void **state)
{
  (void)state;
  static crowd c;
  draw_crowd(&c, 6);
  for (int limit = 0; limit < 40; limit += 3 * pace(4)) {
    host        h = {.step = 1};
    dyo_ctx     ctx;
    roster_plan plan;
    dyo_ctx_init(&ctx, &(dyo_host){.now = look_at_clock, .user = &h});
    dyo_time_limit(&ctx, limit);
    solve_crowd(&ctx, &c, 1, 0, &plan);
    assert_int_equal(ROSTER_BY_TIME, plan.stopped_by);
    assert_true(h.looks < limit + 5);
    dyo_ctx_clear(&ctx);
  }
}

static void a_cancel_keeps_the_best_plan(void **state)
{
  (void)state;
  static crowd c;
  draw_crowd(&c, 7);
  for (int most = 1; most < 60; most += 12 * pace(2)) {
    host        h = {.step = 1, .most = most};
    dyo_ctx     ctx;
    roster_plan plan;
    dyo_ctx_init(&ctx, &(dyo_host){.now = look_at_clock, .progress = ask_to_stop, .user = &h});
    solve_crowd(&ctx, &c, 1, 0, &plan);
    assert_int_equal(ROSTER_BY_CANCEL, plan.stopped_by);
    dyo_ctx_clear(&ctx);
  }
}

static void nobody_and_nothing(void **state)
{
  (void)state;
  const roster_model m    = {.n_kinds = 1, .unit = 1, .hour = 1};
  dyo_err            err  = {0};
  roster_plan        plan = {0};
  dyo_ctx            ctx;
  dyo_ctx_init(&ctx, NULL);
  assert_int_equal(DYO_OK, roster_solve(&ctx, &m, &(roster_options){.gap = 0}, &plan, &err));
  assert_int_equal(0, plan.cost);
  assert_int_equal(0, plan.bound);
  assert_int_equal(ROSTER_BY_GAP, plan.stopped_by);
  dyo_ctx_clear(&ctx);
}

static void least_hours_nobody_can_reach_are_told(void **state)
{
  (void)state;
  small       s;
  dyo_rng     r = dyo_rng_seed(3);
  dyo_ctx     ctx;
  roster_plan plan;
  draw_model(&s, &r, 0, 7);
  s.people[0].hours_most  = 20;
  s.people[0].hours_least = 20;
  s.people[0].n_arcs      = 1;
  dyo_ctx_init(&ctx, NULL);
  solve_small(&ctx, &s, &plan);
  assert_int_equal(20 - s.shifts[s.arcs[0][0].shift].hours, plan.short_hours);
  dyo_ctx_clear(&ctx);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(hours_and_overlap_alone),
    cmocka_unit_test(rest_between_shifts),
    cmocka_unit_test(skills_and_limits_of_heads),
    cmocka_unit_test(soft_coverage_and_preferences),
    cmocka_unit_test(weeks_and_overtime),
    cmocka_unit_test(fair_hours_and_being_called),
    cmocka_unit_test(least_hours_and_fixed_shifts),
    cmocka_unit_test(all_together_over_weeks),
    cmocka_unit_test(a_seed_gives_one_plan),
    cmocka_unit_test(time_may_be_up_at_any_moment),
    cmocka_unit_test(a_cancel_keeps_the_best_plan),
    cmocka_unit_test(nobody_and_nothing),
    cmocka_unit_test(least_hours_nobody_can_reach_are_told),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
