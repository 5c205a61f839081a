/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rules_solve: optimum and bound against enumeration of all plans, determinism, cancel, and published instances. */
#include <math.h>

#include "../pace.h"
#include "small_rosters.h"
#include "curtois.h"
#include "staffing/engine.h"
#include "staffing/rules.h"

/* Every plan of all people, heads counted as they come. */
typedef struct {
  const roster_model *m;
  const small_list   *list;
  int                 heads[64];
  int                 short_heads;
  int64_t             cost;
  bool                any;
} every_plan;

static void add_heads(every_plan *e, int p, unsigned mask, int by)
{
  const roster_person *P = &e->m->people[p];
  for (size_t d = 0; d < e->m->n_demands; d++)
    for (size_t a = 0; a < P->n_arcs; a++)
      if ((mask >> a & 1) && P->arcs[a].shift == e->m->demands[d].shift &&
          (!e->m->demands[d].who || e->m->demands[d].who[p]))
        e->heads[d] += by;
}

static void try_plans(every_plan *e, int p, int64_t cost)
{
  if (p < (int)e->m->n_people) {
    for (int i = 0; i < e->list[p].n; i++) {
      add_heads(e, p, e->list[p].mask[i], 1);
      try_plans(e, p + 1, cost + e->list[p].cost[i]);
      add_heads(e, p, e->list[p].mask[i], -1);
    }
    return;
  }
  int lack = 0;
  for (size_t k = 0; k < e->m->n_demands; k++) {
    const roster_demand *d = &e->m->demands[k];
    const int            n = e->heads[k];
    if (n > d->most) return;
    if (n < d->need && d->under == ROSTER_HARD) lack += d->need - n;
    else cost += n < d->need ? d->under * (d->need - n) : d->over * (n - d->need);
  }
  if (e->any && (lack > e->short_heads || (lack == e->short_heads && cost >= e->cost))) return;
  e->any         = true;
  e->short_heads = lack;
  e->cost        = cost;
}

typedef dyo_status (*solver)(dyo_ctx *, const roster_model *, const roster_options *, roster_plan *, dyo_err *);

/* good: plans as good as the best of all, proven so or not. */
static void check_model(dyo_ctx *ctx, const roster_model *m, solver solve, int *solved, int *proven, int *good)
{
  small_list     list[4];
  every_plan     best = {.m = m, .list = list};
  roster_plan    plan;
  roster_options o = {.seed = 1};
  dyo_err        err;
  for (size_t p = 0; p < m->n_people; p++) list[p] = small_enumerate(ctx, m, (int)p);
  try_plans(&best, 0, 0);
  const dyo_status st = solve(ctx, m, &o, &plan, &err);
  if (!best.any) {
    assert_int_not_equal(DYO_OK, st); /* what is fixed breaks a rule */
    if (solve == rules_solve) assert_int_equal(DYO_INVALID_INPUT, st);
    return;
  }
  if (st != DYO_OK) fail_msg("%s %s", err.path, err.message);
  (*solved)++;
  int64_t cost;
  int     lack;
  assert_true(roster_check(m, plan.works, plan.n_works, &cost, &lack, NULL, NULL, NULL));
  assert_int_equal(cost, plan.cost);
  assert_int_equal(lack, plan.short_heads);
  assert_true(plan.least_short <= best.short_heads && best.short_heads <= plan.short_heads);
  if (plan.least_short == best.short_heads && plan.bound > best.cost)
    print_message("people %zu shifts %zu days %d best %ld/%d plan %ld/%d bound %ld least %d stopped %d\n", m->n_people,
                  m->n_shifts, m->n_days, (long)best.cost, best.short_heads, (long)plan.cost, plan.short_heads,
                  (long)plan.bound, plan.least_short, plan.stopped_by);
  if (plan.least_short == best.short_heads) assert_true(plan.bound <= best.cost);
  *good += plan.short_heads == best.short_heads && plan.cost == best.cost;
  if (plan.stopped_by != ROSTER_BY_GAP) return;
  assert_int_equal(best.short_heads, plan.short_heads);
  assert_int_equal(best.cost, plan.cost);
  assert_int_equal(best.cost, plan.bound);
  (*proven)++;
}

static void plans_are_those_of_enumeration(void **state)
{
  int solved = 0, proven = 0, good = 0;
  (void)state;
  small_rng        = dyo_rng_seed(11);
  const int rounds = 300 / pace(5);
  for (int round = 0; round < rounds; round++) {
    dyo_ctx ctx;
    dyo_ctx_init(&ctx, NULL);
    const int people = small_int(1, 3), shifts = small_int(1, people == 3 ? 5 : 7);
    check_model(&ctx, small_roster(&ctx, people, shifts, small_int(1, 15), round % 2 == 0), rules_solve, &solved,
                &proven, &good);
    dyo_ctx_clear(&ctx);
  }
  print_message("%d of %d models have a plan, %d proven\n", solved, rounds, proven);
  assert_true(solved > rounds / 2 && proven == solved);
}

/* The search for plain people under rules that only forbid: its bound holds, and its plan is nearly always the best. */
static void rules_that_only_forbid(void **state)
{
  int solved = 0, proven = 0, good = 0;
  (void)state;
  small_rng = dyo_rng_seed(12);
  for (int round = 0; round < 15; round++) {
    dyo_ctx ctx;
    dyo_ctx_init(&ctx, NULL);
    const int     people = small_int(1, 3), shifts = small_int(1, 6), days = small_int(1, 15);
    roster_model *m = small_roster(&ctx, people, shifts, days, round % 2 == 0);
    for (size_t p = 0; p < m->n_people; p++) {
      roster_person *who = &m->people[p];
      who->run_least = who->off_least = 1;
      who->hours_least = who->week_least = 0;
      who->fair_unpopular_cost           = 0;
      assert_true(engine_only_forbids(who));
    }
    check_model(&ctx, m, roster_solve_plain, &solved, &proven, &good);
    dyo_ctx_clear(&ctx);
  }
  print_message("%d of 15 models have a plan, %d the best, %d proven\n", solved, good, proven);
  assert_true(solved > 10 && good > solved - solved / 4 && proven > solved / 4);
}

/* ---- the benchmark of Curtois & Qu, "Computational results on new staff scheduling benchmark instances" (2014) ---- */

/* Instance 1, whose optimum is 607: 14 days, 8 people, one shift a day of 480 minutes; 3360 to 4320 minutes in all, 2 to 5 days in a row,
 * at least 2 days off in a row, one weekend. Day off of each person; requests (person, day, weight: below 0 for, above 0 against). */
static const int one_off[]     = {0, 5, 8, 2, 9, 5, 1, 7};
static const int one_need[]    = {5, 7, 6, 4, 5, 5, 5, 6, 7, 4, 2, 5, 6, 4};
static const int one_wish[][3] = {
  {0, 2, -2},  {0, 3, -2},  {1, 0, -3},  {1, 1, -3}, {1, 2, -3}, {1, 3, -3}, {1, 4, -3}, {2, 0, -1}, {2, 1, -1},
  {2, 2, -1},  {2, 3, -1},  {2, 4, -1},  {3, 8, -2}, {3, 9, -2}, {5, 0, -2}, {5, 1, -2}, {7, 9, -1}, {7, 10, -1},
  {7, 11, -1}, {7, 12, -1}, {7, 13, -1}, {2, 12, 1}, {2, 13, 1}, {5, 8, 3},  {7, 2, 3},  {7, 3, 3}};

static roster_model *instance_1(dyo_ctx *ctx, int64_t *constant)
{
  roster_model *m = DYO_NEW(ctx, 1, roster_model);
  *m              = (roster_model){.n_shifts = 14, .n_people = 8, .n_demands = 14, .n_kinds = 1, .n_days = 14};
  m->unit = m->hour = 1;
  m->shifts         = DYO_NEW(ctx, 14, roster_shift);
  m->people         = DYO_NEW(ctx, 8, roster_person);
  m->demands        = DYO_NEW(ctx, 14, roster_demand);
  for (int d = 0; d < 14; d++) {
    m->shifts[d]  = (roster_shift){.start = 1440 * d + 480, .end = 1440 * d + 960, .day = d, .hours = 480};
    m->demands[d] = (roster_demand){.shift = d, .need = one_need[d], .most = ROSTER_NONE, .under = 100, .over = 1};
  }
  for (int p = 0; p < 8; p++) {
    m->people[p]      = (roster_person){.hours_least   = 3360,
                                        .hours_most    = 4320,
                                        .week_most     = ROSTER_NONE,
                                        .day_most      = 1,
                                        .run_most      = 5,
                                        .run_least     = 2,
                                        .off_least     = 2,
                                        .weekends_most = 1,
                                        .overtime_from = ROSTER_NONE};
    m->people[p].arcs = DYO_NEW(ctx, 14, roster_arc);
    for (int d = 0; d < 14; d++)
      if (d != one_off[p]) m->people[p].arcs[m->people[p].n_arcs++].shift = d;
  }
  *constant = 0;
  for (size_t i = 0; i < sizeof one_wish / sizeof *one_wish; i++) {
    const roster_person *p = &m->people[one_wish[i][0]];
    for (size_t a = 0; a < p->n_arcs; a++)
      if (p->arcs[a].shift == one_wish[i][1]) p->arcs[a].cost = one_wish[i][2];
    if (one_wish[i][2] < 0) *constant -= one_wish[i][2];
  }
  return m;
}

static roster_plan solved(dyo_ctx *ctx, const roster_model *m)
{
  roster_plan plan;
  dyo_err     err;
  assert_int_equal(DYO_OK, rules_solve(ctx, m, &(roster_options){.seed = 1}, &plan, &err));
  return plan;
}

static void instance_1_of_curtois_and_qu_costs_607(void **state)
{
  dyo_ctx ctx;
  int64_t constant = 0;
  (void)state;
  dyo_ctx_init(&ctx, NULL);
  const roster_plan plan = solved(&ctx, instance_1(&ctx, &constant));
  assert_int_equal(607, plan.cost + constant);
  assert_int_equal(607, plan.bound + constant);
  dyo_ctx_clear(&ctx);
}

static void instances_2_and_3_cost_what_was_published(void **state)
{
  const int best[] = {828, 1001};
  (void)state;
  for (int i = 0; i < 2; i += pace(2)) {
    dyo_ctx ctx;
    int64_t constant = 0;
    char    path[512];
    dyo_ctx_init(&ctx, NULL);
    snprintf(path, sizeof path, "%s/../../shared/data/opt/curtois/Instance%d.txt", DYO_TESTS_DIR, i + 2);
    const roster_model *m = curtois_read(&ctx, path, &constant);
    if (!m) {
      print_message("SKIPPED: %s is not there\n", path);
      skip();
    }
    const roster_plan plan = solved(&ctx, m);
    assert_int_equal(best[i], plan.cost + constant);
    assert_int_equal(best[i], plan.bound + constant);
    dyo_ctx_clear(&ctx);
  }
}

/* ---- promises ---- */

static void the_same_seed_gives_the_same_plan(void **state)
{
  dyo_ctx a, b;
  int64_t constant = 0;
  (void)state;
  dyo_ctx_init(&a, NULL);
  dyo_ctx_init(&b, NULL);
  const roster_plan x = solved(&a, instance_1(&a, &constant)), y = solved(&b, instance_1(&b, &constant));
  for (int p = 0; p < 8; p++) {
    assert_int_equal(x.n_works[p], y.n_works[p]);
    assert_memory_equal(x.works[p], y.works[p], (size_t)x.n_works[p] * sizeof(int));
  }
  dyo_ctx_clear(&a);
  dyo_ctx_clear(&b);
}

static bool stop_at(void *user, double fraction, const char *stage)
{
  int *left = user;
  (void)fraction;
  (void)stage;
  return --*left < 0;
}

/* A clock that moves on at every look, so that the host is asked for its wish. */
static double ticking(void *user)
{
  static double now;
  (void)user;
  return now += 0.2;
}

static void whenever_it_is_cancelled_there_is_a_plan_and_a_bound(void **state)
{
  (void)state;
  for (int at = 0; at < 40; at += pace(8)) {
    dyo_ctx  ctx;
    int      left     = at;
    int64_t  constant = 0, cost;
    dyo_host host     = {.now = ticking, .progress = stop_at, .user = &left};
    dyo_ctx_init(&ctx, &host);
    const roster_model *m    = instance_1(&ctx, &constant);
    const roster_plan   plan = solved(&ctx, m);
    assert_true(roster_check(m, plan.works, plan.n_works, &cost, NULL, NULL, NULL, NULL));
    assert_int_equal(cost, plan.cost);
    assert_true(plan.cost + constant >= 607 && plan.bound + constant <= 607);
    if (at == 0) assert_int_equal(ROSTER_BY_CANCEL, plan.stopped_by);
    dyo_ctx_clear(&ctx);
  }
}

static void a_person_without_any_roster_is_refused(void **state)
{
  dyo_ctx     ctx;
  int64_t     constant = 0;
  dyo_err     err;
  roster_plan plan;
  (void)state;
  dyo_ctx_init(&ctx, NULL);
  roster_model *m          = instance_1(&ctx, &constant);
  m->people[3].hours_least = 4320;
  m->people[3].run_most    = 2;
  m->people[3].off_least   = 4;
  assert_int_equal(DYO_INVALID_INPUT, rules_solve(&ctx, m, &(roster_options){.seed = 1}, &plan, &err));
  assert_string_equal("/people/3", err.path);
  dyo_ctx_clear(&ctx);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(plans_are_those_of_enumeration),
    cmocka_unit_test(rules_that_only_forbid),
    cmocka_unit_test(instance_1_of_curtois_and_qu_costs_607),
    cmocka_unit_test(instances_2_and_3_cost_what_was_published),
    cmocka_unit_test(the_same_seed_gives_the_same_plan),
    cmocka_unit_test(whenever_it_is_cancelled_there_is_a_plan_and_a_bound),
    cmocka_unit_test(a_person_without_any_roster_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
