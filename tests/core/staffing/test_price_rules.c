/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One person's cheapest roster, against enumeration of all sets of shifts by the definition in roster.c. */
#include <math.h>

#include "small_rosters.h"
#include "staffing/price_rules.h"

static double price_of(const double *price, unsigned mask)
{
  double sum = 0;
  for (int a = 0; mask >> a; a++)
    if (mask >> a & 1) sum += price[a];
  return sum;
}

static double base_cost(const roster_person *p, const small_list *l, int i)
{
  int64_t sum = l->cost[i];
  for (size_t a = 0; a < p->n_arcs; a++)
    if (l->mask[i] >> a & 1) sum -= p->arcs[a].cost;
  return (double)sum;
}

static void check_prices(rules_pricer *w, const roster_model *m, const small_list *all)
{
  dyo_err     err;
  double      price[32];
  int         arcs[32];
  rules_query q = {.price = price, .scale = small_int(1, 3), .arcs = arcs};
  for (size_t a = 0; a < m->people[0].n_arcs; a++) price[a] = small_one_in(12) ? (double)INFINITY : small_int(-30, 20);
  assert_int_equal(DYO_OK, rules_price(w, 0, &q, &err));
  assert_true(q.exact);
  double best = INFINITY;
  for (int i = 0; i < all->n; i++)
    best = fmin(best, price_of(price, all->mask[i]) + q.scale * base_cost(&m->people[0], all, i));
  assert_true(best == q.value);
  if (isinf(best)) {
    assert_int_equal(-1, q.n);
    return;
  }
  unsigned mask = 0;
  for (int i = 0; i < q.n; i++) mask |= 1u << arcs[i];
  for (int i = 0; i < all->n; i++)
    if (all->mask[i] == mask) {
      assert_true(price_of(price, mask) + q.scale * base_cost(&m->people[0], all, i) == q.value);
      return;
    }
  fail_msg("the roster breaks a rule");
}

static void cheapest_roster_is_that_of_enumeration(void **state)
{
  (void)state;
  small_rng = dyo_rng_seed(7);
  for (int round = 0; round < 1500; round++) {
    dyo_ctx ctx;
    dyo_err err;
    dyo_ctx_init(&ctx, NULL);
    const roster_model *m   = small_roster(&ctx, 1, small_int(1, 11), small_int(1, 16), false);
    const small_list    all = small_enumerate(&ctx, m, 0);
    rules_pricer       *w;
    assert_int_equal(DYO_OK, rules_pricer_new(&ctx, m, &w, &err));
    for (int k = 0; k < 3; k++) check_prices(w, m, &all);
    assert_int_equal(DYO_OK, rules_list_new(w, 0, &err));
    for (int k = 0; k < 3; k++) check_prices(w, m, &all);
    dyo_ctx_clear(&ctx);
  }
}

/* More kinds than the graph counts at once, all but the last forbidden, and each of those cheaper than it. */
static void kinds_that_may_never_be_worked_are_not_counted(void **state)
{
  (void)state;
  enum { KINDS = 9, DAYS = 7 };
  dyo_ctx       ctx;
  dyo_err       err;
  roster_shift  shifts[DAYS * KINDS];
  roster_arc    arcs[DAYS * KINDS];
  double        price[DAYS * KINDS];
  int           most[KINDS] = {[KINDS - 1] = DAYS}, took[DAYS * KINDS];
  roster_person one         = {.arcs          = arcs,
                               .n_arcs        = DAYS * KINDS,
                               .hours_most    = ROSTER_NONE,
                               .week_most     = ROSTER_NONE,
                               .day_most      = 1,
                               .run_most      = 5,
                               .weekends_most = ROSTER_NONE,
                               .kind_most     = most,
                               .overtime_from = ROSTER_NONE};
  roster_model  m           = {
               .shifts = shifts, .n_shifts = DAYS * KINDS, .people = &one, .n_people = 1, .n_kinds = KINDS, .n_days = DAYS};
  rules_query   q = {.price = price, .scale = 1, .arcs = took};
  rules_pricer *w;
  for (int k = 0; k < DAYS * KINDS; k++) {
    const int day = k / KINDS, kind = k % KINDS;
    shifts[k] =
      (roster_shift){.start = 1440 * day + 360, .end = 1440 * day + 840, .day = day, .hours = 1, .kind = kind};
    arcs[k]  = (roster_arc){.shift = k};
    price[k] = kind == KINDS - 1 ? -1 : -10;
  }
  dyo_ctx_init(&ctx, NULL);
  assert_int_equal(DYO_OK, rules_pricer_new(&ctx, &m, &w, &err));
  assert_int_equal(DYO_OK, rules_price(w, 0, &q, &err));
  assert_true(q.exact && q.n == 6 && q.value == -6); /* of seven days one is off: five in a row at most */
  dyo_ctx_clear(&ctx);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(cheapest_roster_is_that_of_enumeration),
                                     cmocka_unit_test(kinds_that_may_never_be_worked_are_not_counted)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
