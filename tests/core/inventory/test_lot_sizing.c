/* SPDX-License-Identifier: GPL-3.0-or-later */
/* inventory.lot_sizing without capacity against enumeration, and its guards. */
#include "lots.h"

/* ---- without capacity ---- */

/* Snyder & Shen (2019), example 3.9. */
static void the_textbook_plan(void **state)
{
  figures f = {.n = 4, .demand = {90, 120, 80, 70}, .order = {500}, .hold = {2}};
  (void)state;
  dyo_lot_sizing_in in = request(&f, false);
  in.n_order_cost = in.n_holding_cost = 1;
  in.unit_cost                        = NULL;
  assert_int_equal(run(&in), DYO_OK);
  is_consistent(&in);
  assert_true(r.total_cost == 1380 && r.lower_bound == 1380 && r.gap == 0);
  assert_true(r.orders[0] == 210 && r.orders[1] == 0 && r.orders[2] == 150 && r.orders[3] == 0);
  assert_int_equal(r.status, DYO_LOT_OPTIMAL);
  assert_int_equal(r.stopped_by, DYO_LOT_BY_GAP);
}

/* Least cost over all sets of order periods; between them each order brings exactly what is needed until the next. */
static double over_all_subsets(const figures *f, double stock0)
{
  double best = INFINITY;
  for (unsigned set = 0; set < 1u << f->n; set++) {
    double cost = 0, stock = stock0;
    for (size_t t = 0; t < f->n; t++) {
      if (set >> t & 1) {
        double need = -stock; /* until the next order of the set */
        for (size_t j = t; j < f->n && (j == t || !(set >> j & 1)); j++) need += f->demand[j];
        if (need > 0) cost += f->order[t] + f->price[t] * need, stock += need;
      }
      stock -= f->demand[t];
      if (stock < -1e-9) cost = INFINITY;
      cost += f->hold[t] * stock;
    }
    best = fmin(best, cost);
  }
  return best;
}

static void random_figures(figures *f, bool flat)
{
  memset(f, 0, sizeof *f);
  f->n = (size_t)whole(1, 9);
  for (size_t t = 0; t < f->n; t++) {
    f->demand[t] = draw(0, 1) < 0.25 ? 0 : draw(0, 100);
    f->order[t]  = flat ? 120 : draw(0, 300);
    f->hold[t]   = flat ? 1 : draw(0, 1) < 0.1 ? 0 : draw(0, 2);
    f->price[t]  = flat ? 0 : draw(0, 6); /* worth buying ahead now and then */
  }
}

static void plans_equal_enumeration_of_order_periods(void **state)
{
  figures f;
  (void)state;
  seed = 1;
  for (int k = 0; k < 400; k++) {
    random_figures(&f, k % 4 == 0);
    dyo_lot_sizing_in in = request(&f, false);
    in.initial_inventory = draw(0, 1) < 0.5 ? 0 : draw(0, 250);
    assert_int_equal(run(&in), DYO_OK);
    is_consistent(&in);
    assert_true(near(r.total_cost, over_all_subsets(&f, in.initial_inventory)));
    assert_true(r.lower_bound == r.total_cost);
  }
}

static void one_number_stands_for_all_periods(void **state)
{
  figures f;
  double  cost = 0;
  (void)state;
  seed = 2;
  random_figures(&f, true);
  dyo_lot_sizing_in in = request(&f, false);
  assert_int_equal(run(&in), DYO_OK);
  cost            = r.total_cost;
  in.n_order_cost = in.n_holding_cost = in.n_unit_cost = 1;
  assert_int_equal(run(&in), DYO_OK);
  assert_true(r.total_cost == cost);
}

static void stock_that_is_enough_needs_no_orders(void **state)
{
  figures f = {.n = 3, .demand = {5, 0, 7}, .order = {10, 10, 10}, .hold = {1, 2, 3}, .capacity = {1, 1, 1}};
  (void)state;
  for (int capacity = 0; capacity < 2; capacity++) {
    dyo_lot_sizing_in in = request(&f, capacity);
    in.initial_inventory = 20;
    assert_int_equal(run(&in), DYO_OK);
    is_consistent(&in);
    assert_int_equal(r.num_orders, 0);
    assert_true(r.total_cost == 15 + 30 + 24 && r.gap == 0);
  }
  memset(f.demand, 0, sizeof f.demand);
  dyo_lot_sizing_in in = request(&f, false);
  assert_int_equal(run(&in), DYO_OK);
  assert_true(r.total_cost == 0 && r.gap == 0 && r.status == DYO_LOT_OPTIMAL);
}

/* Ten thousand periods; the plan is checked against its own bound, so only its time and consistency are of interest. */
static void long_horizons_are_planned(void **state)
{
  static double demand[10001];
  double        k = 300, h = 0.1;
  (void)state;
  seed = 3;
  for (size_t t = 0; t < 10001; t++) demand[t] = draw(0, 10);
  dyo_lot_sizing_in in = {.demand         = demand,
                          .n_demand       = 10000,
                          .order_cost     = &k,
                          .n_order_cost   = 1,
                          .holding_cost   = &h,
                          .n_holding_cost = 1,
                          .gap_tolerance  = 1e-6,
                          .time_limit_s   = 10};
  assert_int_equal(run(&in), DYO_OK);
  is_consistent(&in);
  in.n_demand = 10001;
  assert_int_equal(run(&in), DYO_TOO_LARGE);
  assert_string_equal(err.path, "/demand");
}

/* ---- guards ---- */

static void arrays_have_one_value_or_one_a_period(void **state)
{
  figures f;
  (void)state;
  seed = 12;
  random_real_figures(&f, 8, 4);
  const dyo_lot_sizing_in in = request(&f, true);
  dyo_lot_sizing_in       bad;
  assert_int_equal(run(&in), DYO_OK);
  const struct {
    const char *path;
    size_t      off;
  } length[] = {{"/order_cost", offsetof(dyo_lot_sizing_in, n_order_cost)},
                {"/holding_cost", offsetof(dyo_lot_sizing_in, n_holding_cost)},
                {"/unit_cost", offsetof(dyo_lot_sizing_in, n_unit_cost)},
                {"/capacity", offsetof(dyo_lot_sizing_in, n_capacity)}};
  for (size_t k = 0; k < sizeof length / sizeof *length; k++) {
    for (size_t n = 0; n < 10; n++) {
      bad                                       = in;
      *(size_t *)((char *)&bad + length[k].off) = n;
      const dyo_status st                       = run(&bad);
      assert_int_equal(st, n == 1 || n == 8 ? DYO_OK : DYO_INVALID_INPUT);
      if (st != DYO_OK) assert_string_equal(err.path, length[k].path);
    }
  }
  bad          = in;
  bad.n_demand = 0;
  assert_int_equal(run(&bad), DYO_INVALID_INPUT);
  assert_string_equal(err.path, "/demand");
}

static void capacity_limits_the_number_of_periods(void **state)
{
  static figures f;
  (void)state;
  f.n                  = 801;
  dyo_lot_sizing_in in = request(&f, true);
  assert_int_equal(run(&in), DYO_TOO_LARGE);
  assert_string_equal(err.path, "/demand");
  in.capacity = NULL;
  assert_int_equal(run(&in), DYO_OK);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
  const struct CMUnitTest tests[] = {
    TEST(the_textbook_plan),
    TEST(plans_equal_enumeration_of_order_periods),
    TEST(one_number_stands_for_all_periods),
    TEST(stock_that_is_enough_needs_no_orders),
    TEST(long_horizons_are_planned),
    TEST(arrays_have_one_value_or_one_a_period),
    TEST(capacity_limits_the_number_of_periods),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
