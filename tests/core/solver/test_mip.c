/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_mip: answers, against textbook programs and enumeration. */
#include "mips.h"

/* ---- linear programs ---- */

/* The farmer of the lp_solve reference guide, "formulating an lp problem": maximise 143 x + 60 y, 120 x + 210 y <=
 * 15000, 110 x + 30 y <= 4000, x + y <= 75. Optimum 6315.625 at (21.875, 53.125), duals 0, 1.0375, 28.875. */
static void farmer_has_the_published_plan_and_prices(void **state)
{
  (void)state;
  begin(2);
  col(0, -143, 0, INFINITY, false);
  col(1, -60, 0, INFINITY, false);
  row(2, (double[]){120, 210}, DYO_LE, 15000);
  row(2, (double[]){110, 30}, DYO_LE, 4000);
  row(2, (double[]){1, 1}, DYO_LE, 75);
  solve();
  is_optimal(-6315.625);
  near(x[0], 21.875, 1e-9);
  near(x[1], 53.125, 1e-9);
  near(y[0], 0, 1e-12);
  near(y[1], -1.0375, 1e-9);
  near(y[2], -28.875, 1e-9);
}

/* min x0 + 2 x1 + x2 with x0 free, x1 >= -5, x2 <= 3: x0 + x1 >= -4, x0 - x2 >= -6, x2 >= x1 - 10. By hand: x1 =
 * -5 and x0 = 1 cost -9; raising x1 by 1 costs 2 and saves 1; x2 falls to x0 + ... x2 >= x1 - 10 = -15 and x0 >=
 * x2 - 6 is slack. Optimum 1 - 10 - 15 = -24. */
static void columns_may_be_free_or_negative_or_bounded_above_only(void **state)
{
  (void)state;
  begin(3);
  col(0, 1, -INFINITY, INFINITY, false);
  col(1, 2, -5, INFINITY, false);
  col(2, 1, -INFINITY, 3, false);
  row(3, (double[]){1, 1, 0}, DYO_GE, -4);
  row(3, (double[]){1, 0, -1}, DYO_GE, -6);
  row(3, (double[]){0, -1, 1}, DYO_GE, -10);
  solve();
  is_optimal(-24);
  near(x[0], 1, 1e-9);
  near(x[1], -5, 1e-9);
  near(x[2], -15, 1e-9);
}

static void without_rows_each_column_goes_to_its_cheaper_bound(void **state)
{
  (void)state;
  begin(3);
  col(0, 2, -1, 5, false);
  col(1, -3, -1, 4, false);
  col(2, 0, 2, INFINITY, false);
  solve();
  is_optimal(-14);
  col(1, -3, 0, INFINITY, false);
  solve();
  assert_int_equal(info.status, DYO_MIP_UNBOUNDED);
}

/* 2 x + 2 x <= 8 is x <= 2. */
static void entries_of_one_column_add_up(void **state)
{
  (void)state;
  begin(2);
  col(0, -1, 0, INFINITY, false);
  assert_int_equal(dyo_mip_row(m, 3, (int[]){0, 1, 0}, (double[]){2, 0, 2}, DYO_LE, 8, &err), DYO_OK);
  solve();
  is_optimal(-2);
}

/* Costs of 1e-7 and quantities of 1e6: duals must not be lost in lp_solve's rounding of anything below 1e-10. */
static void small_costs_keep_their_bound(void **state)
{
  (void)state;
  begin(2);
  col(0, 3e-7, 0, INFINITY, false);
  col(1, 5e-7, 0, INFINITY, false);
  row(2, (double[]){1000, 2000}, DYO_GE, 4e9);
  row(2, (double[]){1, -1}, DYO_LE, 1e6);
  solve(); /* x1 costs 2.5e-10 a unit of the first row, x0 3e-10: all x1 = 2e6 */
  assert_int_equal(info.status, DYO_MIP_OPTIMAL);
  near(info.objective, 1.0, 1e-9);
  assert_true(info.bound <= info.objective && info.bound > 1.0 - 1e-8);
}

/* ---- no answer, no end ---- */

static void a_program_without_answers_is_infeasible(void **state)
{
  (void)state;
  begin(2);
  row(2, (double[]){1, 1}, DYO_LE, 1);
  row(2, (double[]){1, 2}, DYO_GE, 3);
  solve();
  assert_int_equal(info.status, DYO_MIP_INFEASIBLE);
  assert_true(info.bound == INFINITY && isnan(info.objective));
  col(0, 1, 0, 9, true);
  solve();
  assert_int_equal(info.status, DYO_MIP_INFEASIBLE);
}

static void crossing_bounds_are_infeasible(void **state)
{
  (void)state;
  begin(1);
  col(0, 1, 0.3, 0.7, true);
  solve();
  assert_int_equal(info.status, DYO_MIP_INFEASIBLE);
}

/* 6 x + 10 y + 15 z = 29 has no whole answer with x, y, z >= 0 (29 is the Frobenius number of 6, 10, 15); 30 has
 * three. */
static void whole_numbers_can_make_it_infeasible(void **state)
{
  (void)state;
  begin(3);
  for (int j = 0; j < 3; j++) col(j, 1, 0, INFINITY, true);
  row(3, (double[]){6, 10, 15}, DYO_EQ, 29);
  solve();
  assert_int_equal(info.status, DYO_MIP_INFEASIBLE);
  begin(3);
  for (int j = 0; j < 3; j++) col(j, 1, 0, INFINITY, true);
  row(3, (double[]){6, 10, 15}, DYO_EQ, 30);
  solve();
  is_optimal(2);
  assert_true(x[0] == 0 && x[1] == 0 && x[2] == 2);
}

static void an_objective_without_end_is_unbounded(void **state)
{
  (void)state;
  for (int whole = 0; whole < 2; whole++) {
    begin(2);
    col(0, -1, 0, INFINITY, whole);
    col(1, 1, 0, INFINITY, false);
    row(2, (double[]){1, -1}, DYO_LE, 4.5);
    row(2, (double[]){1, 1}, DYO_GE, 2);
    solve();
    assert_int_equal(info.status, DYO_MIP_OPTIMAL); /* x - y <= 4.5 stops it */
    near(info.objective, -4.5, 1e-9);
    col(1, 0.5, 0, INFINITY, false);
    solve();
    assert_int_equal(info.status, DYO_MIP_UNBOUNDED);
    assert_true(isnan(info.objective));
  }
}

/* The LP falls for ever along x = y, yet 2 x - 2 y = 1 has no whole answer within reach; bounds make that provable. */
static void a_falling_program_without_whole_answers_is_not_unbounded(void **state)
{
  (void)state;
  begin(3);
  col(0, 0, 0, 50, true);
  col(1, 0, 0, 50, true);
  col(2, -1, 0, INFINITY, false);
  row(3, (double[]){2, -2, 0}, DYO_EQ, 1);
  solve();
  assert_int_equal(info.status, DYO_MIP_INFEASIBLE);
}

/* ---- whole programs against enumeration ---- */

static void whole_programs_equal_enumeration(void **state)
{
  int answers = 0;
  (void)state;
  seed = 1;
  for (int k = 0; k < 3000; k++) {
    const small  s    = random_small();
    const double best = enumerate(&s);
    load(&s);
    solve();
    if (best == INFINITY) {
      assert_int_equal(info.status, DYO_MIP_INFEASIBLE);
      continue;
    }
    is_optimal(best);
    answers++;
    int v[N];
    for (int j = 0; j < s.n; j++) {
      v[j] = (int)x[j];
      assert_true(x[j] == v[j] && v[j] >= s.lo[j] && v[j] <= s.hi[j]);
    }
    assert_true(holds(&s, v));
  }
  assert_true(answers > 500 && answers < 2900);
}

/* min 3 u + 2 v + 10 y, u + v >= d, u <= 8 y, v <= 3, y whole in 0..2: with d = 9.5 one y lets u be 8 and v 1.5:
 * 24 + 3 + 10 = 37, cheaper at v = 3, u = 6.5: 19.5 + 6 + 10 = 35.5. With d = 12 two are needed: v = 3, u = 9: 27
 * + 6 + 20 = 53. */
static void whole_and_continuous_columns_mix(void **state)
{
  (void)state;
  for (int k = 0; k < 2; k++) {
    begin(3);
    col(0, 3, 0, INFINITY, false);
    col(1, 2, 0, 3, false);
    col(2, 10, 0, 2, true);
    row(3, (double[]){1, 1, 0}, DYO_GE, k ? 12 : 9.5);
    row(3, (double[]){1, 0, -8}, DYO_LE, 0);
    solve();
    is_optimal(k ? 53 : 35.5);
    assert_true(x[2] == (k ? 2 : 1));
  }
}

/* With y <= 1e6 u and a need of 0.05, a solver may leave u at 5e-8 and call it whole. u must be 1 and be paid for. */
static void a_big_coefficient_does_not_leak(void **state)
{
  (void)state;
  begin(2);
  col(0, 1, 0, 0.05, false);
  col(1, 100, 0, 1, true);
  row(2, (double[]){1, -1e6}, DYO_LE, 0);
  row(2, (double[]){1, 0}, DYO_GE, 0.05);
  solve();
  is_optimal(100.05);
  assert_true(x[1] == 1.0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
  const struct CMUnitTest tests[] = {
    TEST(farmer_has_the_published_plan_and_prices),
    TEST(columns_may_be_free_or_negative_or_bounded_above_only),
    TEST(without_rows_each_column_goes_to_its_cheaper_bound),
    TEST(entries_of_one_column_add_up),
    TEST(small_costs_keep_their_bound),
    TEST(a_program_without_answers_is_infeasible),
    TEST(crossing_bounds_are_infeasible),
    TEST(whole_numbers_can_make_it_infeasible),
    TEST(an_objective_without_end_is_unbounded),
    TEST(a_falling_program_without_whole_answers_is_not_unbounded),
    TEST(whole_programs_equal_enumeration),
    TEST(whole_and_continuous_columns_mix),
    TEST(a_big_coefficient_does_not_leak),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
