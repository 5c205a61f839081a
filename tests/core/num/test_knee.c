/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The knee of a trade-off. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "num/dyo_knee.h"

/* x - y by hand: 0, 0.5 - 0.25, 0. */
static void the_point_furthest_below_the_line_is_the_knee(void **state)
{
  (void)state;
  assert_int_equal(dyo_knee((double[]){0, 5, 10}, (double[]){100, 125, 200}, 3), 1);
}

static void an_axis_may_fall(void **state)
{
  (void)state;
  assert_int_equal(dyo_knee((double[]){64, 32, 8, 0}, (double[]){480, 512, 590, 608}, 4), 1);
}

static void a_straight_line_has_its_first_point_and_two_points_have_none(void **state)
{
  (void)state;
  assert_int_equal(dyo_knee((double[]){0, 1, 2}, (double[]){0, 1, 2}, 3), 0);
  assert_int_equal(dyo_knee((double[]){0, 1}, (double[]){0, 1}, 2), 2);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(the_point_furthest_below_the_line_is_the_knee),
    cmocka_unit_test(an_axis_may_fall),
    cmocka_unit_test(a_straight_line_has_its_first_point_and_two_points_have_none),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
