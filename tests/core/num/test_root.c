/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Brent's root finder. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <float.h>
#include <math.h>

#include "num/dyo_root.h"

static int calls;

static double cubic(double x, const void *arg)
{
  calls++;
  return x * x * x - *(const double *)arg;
}

static double cosine(double x, const void *arg)
{
  (void)arg;
  return cos(x) - x;
}

static double flat(double x, const void *arg) /* a root of order nine at 1 */
{
  (void)arg;
  calls++;
  return pow(x - 1, 9);
}

static double steep(double x, const void *arg)
{
  (void)arg;
  return x < 0.3 ? -1 : 1;
}

static void it_finds_roots_to_the_last_digits(void **state)
{
  (void)state;
  for (double a = 1e-6; a < 1e12; a *= 7) {
    calls = 0;
    assert_true(fabs(dyo_root(cubic, &a, 0, 1e6) - cbrt(a)) <= 8 * DBL_EPSILON * cbrt(a));
    assert_true(calls < 150);
  }
  assert_true(fabs(dyo_root(cosine, NULL, 0, 1) - 0.7390851332151607) < 1e-15); /* Dottie number */
}

static void it_takes_flat_and_broken_functions(void **state)
{
  (void)state;
  calls = 0;
  assert_true(fabs(dyo_root(flat, NULL, -1, 4) - 1) < 1e-6);
  assert_true(calls < 300);
  assert_true(fabs(dyo_root(steep, NULL, 0, 1) - 0.3) < 1e-15);
}

static void an_end_that_is_a_root_is_returned(void **state)
{
  const double one = 1;
  (void)state;
  assert_true(dyo_root(cubic, &one, 1, 5) == 1);
  assert_true(dyo_root(cubic, &one, -3, 1) == 1);
}

static void without_a_change_of_sign_the_nearer_end_is_returned(void **state)
{
  const double one = 1;
  (void)state;
  assert_true(dyo_root(cubic, &one, 2, 5) == 2);
  assert_true(dyo_root(cubic, &one, -5, 0.5) == 0.5);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(it_finds_roots_to_the_last_digits),
    cmocka_unit_test(it_takes_flat_and_broken_functions),
    cmocka_unit_test(an_end_that_is_a_root_is_returned),
    cmocka_unit_test(without_a_change_of_sign_the_nearer_end_is_returned),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
