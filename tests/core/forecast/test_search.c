/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "../context.h"
#include "forecast/dyo_search.h"

static dyo_search begin(const dyo_axis *axes, size_t n, size_t most, uint64_t seed)
{
  dyo_search s;
  dyo_err    err;
  assert_int_equal(DYO_OK, dyo_search_new(&ctx, axes, n, most, seed, &s, &err));
  return s;
}

/* Every point of a search with no more of them than tries comes once: 3 words, 2 flags and the whole numbers 4 to 6. */
static void few_points_are_all_tried_once(void **state)
{
  const dyo_axis axes[]   = {{.n = 3, .start = 2}, {.n = 2}, {.min = 4, .max = 6, .whole = true, .start = 5}};
  dyo_search     s        = begin(axes, 3, 50, 1);
  int            seen[18] = {0};
  const double  *x;
  size_t         n = 0;
  (void)state;
  for (; (x = dyo_search_ask(&s)) != NULL; n++) {
    if (n == 0) assert_true(x[0] == 2 && x[1] == 0 && x[2] == 5);
    seen[(int)(x[0] * 6 + x[1] * 3 + x[2] - 4)]++;
    dyo_search_tell(&s, -x[0]);
  }
  assert_int_equal(18, n);
  for (int i = 0; i < 18; i++) assert_int_equal(1, seen[i]);
  assert_int_equal(0, s.best); /* the first of those that are equally good */
}

/* Of more points than tries none is asked for twice, and each lies in its range. */
static void no_point_comes_twice(void **state)
{
  const dyo_axis axes[]   = {{.n = 4, .ordered = true}, {.min = 1, .max = 7, .whole = true, .start = 1}};
  dyo_search     s        = begin(axes, 2, 27, 3); /* of 28 */
  int            seen[28] = {0};
  const double  *x;
  size_t         n = 0;
  (void)state;
  for (; (x = dyo_search_ask(&s)) != NULL; n++) {
    assert_true(x[0] >= 0 && x[0] <= 3 && x[1] >= 1 && x[1] <= 7);
    assert_int_equal(0, seen[(int)(x[0] * 7 + x[1] - 1)]++);
    dyo_search_tell(&s, x[0] + x[1]);
  }
  assert_int_equal(27, n);
}

static double bowl(const double *x)
{
  return pow(log10(x[0]) + 2, 2) + pow(x[1] - 0.3, 2) + (x[2] == 1 ? 0 : 0.5);
}

static double least_of(size_t tries, uint64_t seed, bool told)
{
  const dyo_axis axes[] = {{.min = 1e-4, .max = 1, .log = true, .start = 1}, {.min = -1, .max = 1}, {.n = 3}};
  dyo_search     s      = begin(axes, 3, tries, seed);
  double         least  = INFINITY;
  const double  *x;
  while ((x = dyo_search_ask(&s)) != NULL) {
    least = fmin(least, bowl(x));
    dyo_search_tell(&s, told ? bowl(x) : NAN);
  }
  dyo_ctx_clear(&ctx);
  return least;
}

/* Told how good its points are, the search comes much nearer to the least than points at random, which it asks for while all fail. */
static void the_second_half_closes_in(void **state)
{
  double near = 0, random = 0;
  (void)state;
  for (uint64_t seed = 1; seed <= 20; seed++) {
    near += least_of(60, seed, true) / 20;
    random += least_of(60, seed, false) / 20;
  }
  if (!(near < random / 3)) fail_msg("mean loss %g, of points at random %g", near, random);
}

static void one_seed_asks_the_same(void **state)
{
  (void)state;
  assert_true(least_of(30, 5, true) == least_of(30, 5, true));
  assert_true(least_of(30, 5, true) != least_of(30, 6, true));
}

/* What fails never becomes the best, and the search goes on. */
static void failures_are_passed_over(void **state)
{
  const dyo_axis axes[] = {{.min = 0, .max = 1, .start = 0.5}};
  dyo_search     s      = begin(axes, 1, 40, 1);
  const double  *x;
  size_t         n = 0;
  (void)state;
  for (; (x = dyo_search_ask(&s)) != NULL; n++) dyo_search_tell(&s, n % 3 ? NAN : n == 9 ? -1 : INFINITY);
  assert_int_equal(40, n);
  assert_int_equal(9, s.best);
}

/* A range shorter than six digits tell apart has few values; when they are used up the search ends. */
static void a_short_range_ends(void **state)
{
  const dyo_axis axes[] = {{.min = 0.1, .max = 0.10000001, .start = 0.1}};
  dyo_search     s      = begin(axes, 1, 1000, 1);
  size_t         n      = 0;
  (void)state;
  for (; dyo_search_ask(&s); n++) dyo_search_tell(&s, 1);
  assert_true(n >= 1 && n < 10);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(few_points_are_all_tried_once, set_up, tear_down),
    cmocka_unit_test_setup_teardown(no_point_comes_twice, set_up, tear_down),
    cmocka_unit_test_setup_teardown(the_second_half_closes_in, set_up, tear_down),
    cmocka_unit_test_setup_teardown(one_seed_asks_the_same, set_up, tear_down),
    cmocka_unit_test_setup_teardown(failures_are_passed_over, set_up, tear_down),
    cmocka_unit_test_setup_teardown(a_short_range_ends, set_up, tear_down),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
