/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The arithmetic of inventory.plan that no golden case reaches: variances of sums of correlated steps, and where periods begin. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "ops/plan.h"
#include "ops/words.h"

static void near(double got, double want)
{
  if (!(fabs(got - want) <= 1e-9 * fmax(1, fabs(want)))) fail_msg("got %.15g, expected %.15g", got, want);
}

/* A random walk of unit steps: sd_k = sqrt(k), and the sum of L values has variance 1^2 + 2^2 + ... + L^2. */
static void a_random_walk_adds_up_squares(void **state)
{
  double  sd[6];
  dyo_ctx ctx;
  (void)state;
  dyo_ctx_init(&ctx, NULL);
  for (int k = 0; k < 6; k++) sd[k] = sqrt(k + 1);
  near(plan_variance(&ctx, sd, 6, 0, 1), 1);
  near(plan_variance(&ctx, sd, 6, 0, 3), 1 + 4 + 9);
  near(plan_variance(&ctx, sd, 6, 0, 6), 1 + 4 + 9 + 16 + 25 + 36);
  /* values 3 and 4: e1 + e2 count twice, e3 twice, e4 once: 2^2 + 2^2 + 2^2 + 1 */
  near(plan_variance(&ctx, sd, 6, 2, 4), 13);
  /* part of the first step in proportion; part of the third lies between two sums */
  near(plan_variance(&ctx, sd, 6, 0, 0.25), 0.25);
  near(plan_variance(&ctx, sd, 6, 0, 2.5), 5 + 0.5 * 9);
  dyo_ctx_clear(&ctx);
}

/* Simple exponential smoothing keeps a share a of each error: var = s^2 sum (1 + (k - 1) a)^2; Hyndman et al. (2008), (6.5). */
static void smoothing_keeps_its_share(void **state)
{
  const double a = 0.3, s  = 2;
  double       sd[5], want = 0;
  dyo_ctx      ctx;
  (void)state;
  dyo_ctx_init(&ctx, NULL);
  for (int k = 0; k < 5; k++) {
    sd[k] = s * sqrt(1 + k * a * a);
    want += s * s * (1 + k * a) * (1 + k * a);
  }
  near(plan_variance(&ctx, sd, 5, 0, 5), want);
  dyo_ctx_clear(&ctx);
}

/* Independent steps add up, whether or not their spread changes with the season; beyond the last step in proportion. */
static void independent_steps_add_up(void **state)
{
  const double flat[] = {2, 2, 2}, waves[] = {3, 1, 2, 3, 1, 2}, none[] = {0, 0};
  dyo_ctx      ctx;
  (void)state;
  dyo_ctx_init(&ctx, NULL);
  near(plan_variance(&ctx, flat, 3, 0, 3), 12);
  near(plan_variance(&ctx, flat, 3, 1, 2.5), 6);
  near(plan_variance(&ctx, flat, 3, 0, 6), 24);
  near(plan_variance(&ctx, waves, 6, 0, 6), 28);
  near(plan_variance(&ctx, waves, 6, 3, 5), 10);
  near(plan_variance(&ctx, none, 2, 0, 2), 0);
  near(plan_variance(&ctx, flat, 3, 1, 1), 0);
  dyo_ctx_clear(&ctx);
}

static double day(int year, int month, int d)
{
  return (double)dyo_time_of((dyo_date){year, month, d, 0, 0, 0}) / DYO_DAY;
}

static void periods_begin_where_their_dates_say(void **state)
{
  dyo_regular r = {.freq = {DYO_FREQ_MONTH, 1}, .dated = true};
  (void)state;
  r.start = dyo_time_of((dyo_date){2024, 1, 1, 0, 0, 0});
  near(plan_boundary(&r, 2), day(2024, 3, 1));
  r.start = dyo_time_of((dyo_date){2024, 1, 31, 0, 0, 0}); /* ends January */
  near(plan_boundary(&r, 0), day(2024, 1, 1));
  near(plan_boundary(&r, 2), day(2024, 3, 1));
  r.freq  = (dyo_freq){DYO_FREQ_QUARTER, 1};
  r.start = dyo_time_of((dyo_date){2024, 3, 31, 0, 0, 0});
  near(plan_boundary(&r, 1), day(2024, 4, 1));
  r.freq = (dyo_freq){DYO_FREQ_WEEK, 1};
  near(plan_boundary(&r, 1), day(2024, 4, 7));
}

static void figures_read_well(void **state)
{
  const dyo_time may = dyo_time_of((dyo_date){2024, 5, 14, 0, 0, 0});
  dyo_ctx        ctx;
  (void)state;
  dyo_ctx_init(&ctx, NULL);
  assert_string_equal(words_figure(&ctx, 18432.4), "18,432");
  assert_string_equal(words_figure(&ctx, -1234567), "-1,234,567");
  assert_string_equal(words_figure(&ctx, 999), "999");
  assert_string_equal(words_figure(&ctx, 12.34), "12.3");
  assert_string_equal(words_figure(&ctx, 10), "10");
  assert_string_equal(words_figure(&ctx, 0), "0");
  assert_string_equal(words_figure(&ctx, -0.0), "0");
  assert_string_equal(words_figure(&ctx, 0.05), "0.05");
  assert_string_equal(words_count(&ctx, 1000000), "1,000,000");
  assert_string_equal(words_within(&ctx, "1,234,567", 1234567, 10), "1,234,567");
  assert_string_equal(words_within(&ctx, "1,234,567", 1234567, 9), "1.23e+06");
  assert_string_equal(words_fixed(&ctx, 1203.5, 2), "1,203.50");
  assert_string_equal(words_fixed(&ctx, -0.001, 1), "0.0");
  assert_int_equal(words_places(36), 1);
  assert_int_equal(words_places(400), 0);
  assert_int_equal(words_places(0), 0);
  assert_string_equal(words_day(&ctx, may, may), "Tuesday 14 May");
  assert_string_equal(words_day(&ctx, may + 300 * (dyo_time)DYO_DAY, may), "Monday 10 March 2025");
  dyo_ctx_clear(&ctx);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_random_walk_adds_up_squares),
    cmocka_unit_test(smoothing_keeps_its_share),
    cmocka_unit_test(independent_steps_add_up),
    cmocka_unit_test(periods_begin_where_their_dates_say),
    cmocka_unit_test(figures_read_well),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
