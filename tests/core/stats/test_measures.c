/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "near.h"

#include "stats/dyo_errors.h"
#include "stats/dyo_intermittent.h"

/* Hyndman & Koehler (2006), worked by hand: errors -1, 2, 0, -3. */
static const double y[5] = {10, 20, 0, 40, NAN}, f[5] = {11, 18, 0, 43, 7};

static void the_measures_are_those_of_the_formulas(void **state)
{
  (void)state;
  assert_near(6.0 / 4, dyo_mae(y, f, 5), 1e-15);
  assert_near(sqrt(14.0 / 4), dyo_rmse(y, f, 5), 1e-15);
  assert_near((10 + 10 + 7.5) / 3, dyo_mape(y, f, 5), 1e-13);                             /* the zero does not count */
  assert_near((200.0 / 21 + 400.0 / 38 + 0 + 600.0 / 83) / 4, dyo_smape(y, f, 5), 1e-13); /* both zero: no error */
}

static void symmetric_errors_end_at_two_hundred(void **state)
{
  (void)state;
  const double a[1] = {5}, zero[1] = {0}, b[1] = {-5};
  assert_near(200, dyo_smape(a, zero, 1), 1e-12);
  assert_near(200, dyo_smape(a, b, 1), 1e-12);
}

static void scaled_errors_are_measured_by_the_naive_forecast(void **state)
{
  (void)state;
  const double train[6] = {1, 2, 4, 3, 3, 7}; /* steps 1 2 -1 0 4; over two: 3 1 -1 4 */
  assert_near(8.0 / 5, dyo_naive_mae(train, 6, 1), 1e-15);
  assert_near(9.0 / 4, dyo_naive_mae(train, 6, 2), 1e-15);
  assert_near(sqrt(22.0 / 5), dyo_naive_rmse(train, 6, 1), 1e-15);
  assert_near(1.5 / 1.6, dyo_mase(y, f, 5, 1.6), 1e-15);
  assert_near(sqrt(3.5 / 4.4), dyo_rmsse(y, f, 5, sqrt(4.4)), 1e-15);
  assert_true(isnan(dyo_mase(y, f, 5, 0)) && isnan(dyo_rmsse(y, f, 5, 0)));
  assert_true(isnan(dyo_naive_mae(train, 6, 6)));
}

static void pinball_weighs_the_two_sides(void **state)
{
  (void)state;
  const double q[3] = {12, 15, 3}, z[3] = {10, 20, 3};
  assert_near((2 * 0.1 + 5 * 0.9 + 0) / 3, dyo_pinball(z, q, 3, 0.9), 1e-15);
  assert_near(dyo_mae(z, q, 3) / 2, dyo_pinball(z, q, 3, 0.5), 1e-15);
}

static void coverage_counts_the_ends(void **state)
{
  (void)state;
  const double lo[5] = {10, 21, -1, 30, 0}, hi[5] = {12, 25, 1, 40, 9};
  assert_near(0.75, dyo_coverage(y, lo, hi, 5), 1e-15);
}

static void nothing_to_compare_is_no_number(void **state)
{
  (void)state;
  const double gone[2] = {NAN, NAN}, zero[2] = {0, 0};
  assert_true(isnan(dyo_mae(gone, f, 2)) && isnan(dyo_rmse(gone, f, 2)) && isnan(dyo_smape(gone, f, 2)));
  assert_true(isnan(dyo_mape(zero, f, 2)) && isnan(dyo_coverage(gone, f, f, 2)) && isnan(dyo_pinball(gone, f, 2, 0.5)));
}

/* Syntetos, Boylan & Croston (2005): interval 1.32, squared coefficient of variation 0.49. */
static void demand_falls_into_four_classes(void **state)
{
  (void)state;
  const double smooth[6]       = {10, 12, 9, 11, 10, 10};
  const double erratic[6]      = {1, 30, 2, 1, 25, 2};
  const double intermittent[8] = {0, 0, 5, 0, 6, 0, 0, 5};
  const double lumpy[8]        = {0, 0, 1, 0, 60, 0, 0, 2};
  assert_int_equal(DYO_DEMAND_SMOOTH, dyo_demand_of(&(dyo_series){smooth, 6}).kind);
  assert_int_equal(DYO_DEMAND_ERRATIC, dyo_demand_of(&(dyo_series){erratic, 6}).kind);
  assert_int_equal(DYO_DEMAND_INTERMITTENT, dyo_demand_of(&(dyo_series){intermittent, 8}).kind);
  assert_int_equal(DYO_DEMAND_LUMPY, dyo_demand_of(&(dyo_series){lumpy, 8}).kind);
}

static void interval_and_variation_are_as_defined(void **state)
{
  (void)state;
  const double     v[9] = {0, 2, 0, 0, 4, NAN, 0, 0, 6}; /* 3 demands in 8 known periods; mean 4, variance 8/3 */
  const dyo_demand d    = dyo_demand_of(&(dyo_series){v, 9});
  assert_near(8.0 / 3, d.interval, 1e-15);
  assert_near(8.0 / 3 / 16, d.cv2, 1e-15);
  assert_near(5.0 / 8, d.zeros, 1e-15);
}

static void no_demand_is_a_class_of_its_own(void **state)
{
  (void)state;
  const double     v[3] = {0, NAN, 0};
  const dyo_demand d    = dyo_demand_of(&(dyo_series){v, 3});
  assert_int_equal(DYO_DEMAND_NONE, d.kind);
  assert_true(isinf(d.interval) && d.zeros == 1 && d.cv2 == 0);
}

static void gaps_are_filled_along_straight_lines(void **state)
{
  (void)state;
  const double     v[7] = {NAN, 2, NAN, NAN, 8, NAN, NAN}, gone[2] = {NAN, NAN}, want[7] = {2, 2, 4, 6, 8, 8, 8};
  double           out[7];
  const dyo_series s = {v, 7}, none = {gone, 2};
  assert_int_equal(2, dyo_series_known(&s));
  assert_int_equal(5, dyo_series_fill(&s, out));
  for (size_t i = 0; i < 7; i++) assert_near(want[i], out[i], 1e-15);
  assert_int_equal(0, dyo_series_fill(&none, out));
  assert_true(isnan(out[0]) && isnan(out[1]));
  assert_true(dyo_series_constant(&none) && !dyo_series_constant(&s));
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(the_measures_are_those_of_the_formulas),
    cmocka_unit_test(symmetric_errors_end_at_two_hundred),
    cmocka_unit_test(scaled_errors_are_measured_by_the_naive_forecast),
    cmocka_unit_test(pinball_weighs_the_two_sides),
    cmocka_unit_test(coverage_counts_the_ends),
    cmocka_unit_test(nothing_to_compare_is_no_number),
    cmocka_unit_test(demand_falls_into_four_classes),
    cmocka_unit_test(interval_and_variation_are_as_defined),
    cmocka_unit_test(no_demand_is_a_class_of_its_own),
    cmocka_unit_test(gaps_are_filled_along_straight_lines),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
