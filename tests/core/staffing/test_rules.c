/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rules_solve: optimum and bound against enumeration of all plans, determinism, cancel, and published instances. */
#include <math.h>

#include "small_rosters.h"
#include "curtois.h"
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

static void check_model(dyo_ctx *ctx, const roster_model *m, int *solved, int *proven)
{
  small_list     list[4];
  every_plan     best = {.m = m, .list = list};
  roster_plan    plan;
  roster_options o = {.seed = 1};
  dyo_err        err;
  for (size_t p = 0; p < m->n_people; p++) list[p] = small_enumerate(ctx, m, (int)p);
  try_plans(&best, 0, 0);
  const dyo_status st = rules_solve(ctx, m, &o, &plan, &err);
  if (!best.any) {
    assert_int_equal(DYO_INVALID_INPUT, st);
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
  if (plan.stopped_by != ROSTER_BY_GAP) return;
  assert_int_equal(best.short_heads, plan.short_heads);
  assert_int_equal(best.cost, plan.cost);
  assert_int_equal(best.cost, plan.bound);
  (*proven)++;
}

static void plans_are_those_of_enumeration(void **state)
{
  int solved = 0, proven = 0;
  (void)state;
  small_rng = dyo_rng_seed(11);
  for (int round = 0; round < 300; round++) {
    dyo_ctx ctx;
    dyo_ctx_init(&ctx, NULL);
    const int people = small_int(1, 3), shifts = small_int(1, people == 3 ? 5 : 7);
    check_model(&ctx, small_roster(&ctx, people, shifts, small_int(1, 15), round % 2 == 0), &solved, &proven);
    dyo_ctx_clear(&ctx);
  }
  print_message("%d of 300 models have a plan, %d proven\n", solved, proven);
  assert_true(solved > 150 && proven == solved);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(plans_are_those_of_enumeration)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
