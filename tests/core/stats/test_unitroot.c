/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "../context.h"
#include "data.h"
#include "near.h"
#include "stats/dyo_acf.h"
#include "stats/dyo_adf.h"
#include "stats/dyo_boxcox.h"
#include "stats/dyo_kpss.h"
#include "stats/dyo_unitroot.h"

/* forecast 8.20: ndiffs and nsdiffs of twelve R data sets, on the series as it is. */
static void differences_are_those_of_r(void **state)
{
  (void)state;
  static data_set d;
  FILE           *f    = data_open("series.txt");
  int             seen = 0;
  assert_non_null(f);
  while (data_next(f, &d)) {
    if (strcmp(d.ndiffs, "-") == 0) continue;
    const dyo_series y = {d.y, d.n};
    assert_int_equal(strtol(d.ndiffs, NULL, 10), dyo_ndiffs(&ctx, &y, 2));
    assert_int_equal(strtol(d.nsdiffs, NULL, 10), dyo_nsdiffs(&ctx, &y, d.period, 1));
    seen++;
  }
  fclose(f);
  assert_int_equal(12, seen);
}

static void differencing_stops_at_the_limit_and_at_constants(void **state)
{
  (void)state;
  double line[50], same[50], square[50];
  for (size_t i = 0; i < 50; i++) line[i] = (double)i, same[i] = 4, square[i] = (double)(i * i);
  assert_int_equal(1, dyo_ndiffs(&ctx, &(dyo_series){line, 50}, 2));
  assert_int_equal(0, dyo_ndiffs(&ctx, &(dyo_series){same, 50}, 2));
  assert_int_equal(2, dyo_ndiffs(&ctx, &(dyo_series){square, 50}, 2));
  assert_int_equal(1, dyo_ndiffs(&ctx, &(dyo_series){square, 50}, 1));
  assert_int_equal(0, dyo_nsdiffs(&ctx, &(dyo_series){line, 20}, 12, 1)); /* too short for two seasons */
  assert_int_equal(0, dyo_nsdiffs(&ctx, &(dyo_series){line, 50}, 1, 1));
  line[10] = line[11] = NAN;
  assert_int_equal(1, dyo_ndiffs(&ctx, &(dyo_series){line, 50}, 2));
}

enum { YEARS = 20, MONTHS = 12 * YEARS, TRIALS = 200 };

/* Osborn et al. (1988): a seasonal random walk keeps its root (rejected in about 5 % of trials), a stationary series loses it. */
static void ocsb_knows_a_seasonal_root(void **state)
{
  (void)state;
  uint64_t seed = 5;
  int      walk = 0, still = 0;
  for (int k = 0; k < TRIALS; k++) {
    double   y[MONTHS], x[MONTHS];
    dyo_ocsb o;
    for (size_t t = 0; t < MONTHS; t++) {
      y[t] = noise_normal(&seed) + (t >= 12 ? y[t - 12] : 0);
      x[t] = noise_normal(&seed) + (t >= 12 ? 0.3 * x[t - 12] : 0);
    }
    assert_true(dyo_ocsb_test(&ctx, &(dyo_series){y, MONTHS}, 12, &o));
    walk += o.statistic <= o.critical;
    assert_near(-1.803, o.critical, 1e-3); /* forecast 8.20 calls this the 5 % point for period 12 */
    assert_true(dyo_ocsb_test(&ctx, &(dyo_series){x, MONTHS}, 12, &o));
    still += o.statistic <= o.critical;
    dyo_ctx_clear(&ctx);
  }
  assert_true(walk >= 1 && walk <= TRIALS / 8);
  assert_true(still == TRIALS);
}

static void ocsb_declines_what_is_too_short_or_exact(void **state)
{
  (void)state;
  double   y[60];
  dyo_ocsb o;
  for (size_t t = 0; t < 60; t++) y[t] = (double)(t % 12);
  assert_false(dyo_ocsb_test(&ctx, &(dyo_series){y, 20}, 12, &o));
  assert_false(dyo_ocsb_test(&ctx, &(dyo_series){y, 60}, 12, &o));
  assert_false(dyo_ocsb_test(&ctx, &(dyo_series){y, 60}, 1, &o));
}

static void strengths_need_two_seasons(void **state)
{
  (void)state;
  static data_set d;
  const int       periods[2] = {12, 500};
  double          trend = 0, seasonal[2] = {9, 9};
  assert_true(data_find("nottem", &d));
  assert_true(dyo_strengths(&ctx, &(dyo_series){d.y, d.n}, periods, 2, &trend, seasonal));
  assert_true(seasonal[0] > 0.9 && seasonal[0] <= 1);
  assert_true(seasonal[1] == 0);
  assert_true(trend >= 0 && trend <= 1);
}

/* forecast 8.20: BoxCox.lambda(method = "guerrero"), to 1e-3. */
static void guerrero_is_that_of_r(void **state)
{
  (void)state;
  static data_set d;
  FILE           *f    = data_open("series.txt");
  int             seen = 0;
  assert_non_null(f);
  while (data_next(f, &d)) {
    if (strcmp(d.guerrero, "-") == 0) continue;
    assert_near(strtod(d.guerrero, NULL), dyo_boxcox_guerrero(&(dyo_series){d.y, d.n}, d.period, -1, 2), 1e-3);
    seen++;
  }
  fclose(f);
  assert_int_equal(4, seen);
}

static void guerrero_lives_with_gaps_zeros_and_short_series(void **state)
{
  (void)state;
  static data_set d;
  const double    few[4] = {1, 2, 3, 4};
  assert_true(data_find("AirPassengers", &d));
  const double whole = dyo_boxcox_guerrero(&(dyo_series){d.y, d.n}, 12, -1, 2);
  d.y[40]            = NAN;
  assert_near(whole, dyo_boxcox_guerrero(&(dyo_series){d.y, d.n}, 12, -1, 2), 0.05);
  d.y[40] = 0;
  assert_true(dyo_boxcox_guerrero(&(dyo_series){d.y, d.n}, 12, -1, 2) >= 0);
  assert_true(dyo_boxcox_guerrero(&(dyo_series){few, 4}, 1, -1, 2) == 1);
}

/* Box & Cox (1964): log at 0, the line y - 1 at 1; each inverse gives the value back. */
static void box_cox_goes_there_and_back(void **state)
{
  (void)state;
  static const double lambda[] = {-1, -0.5, 0, 0.3, 1, 2}, y[] = {0.01, 0.7, 1, 42, 1e6};
  for (size_t l = 0; l < 6; l++)
    for (size_t i = 0; i < 5; i++)
      assert_near(1, dyo_boxcox_inverse(dyo_boxcox(y[i], lambda[l]), lambda[l], 0) / y[i], 1e-6);
  assert_near(log(7), dyo_boxcox(7, 0), 1e-15);
  assert_near(6, dyo_boxcox(7, 1), 1e-15);
  assert_near(-3, dyo_boxcox_inverse(dyo_boxcox(-3, 0.5), 0.5, 0), 1e-12); /* Bickel & Doksum (1981) */
  assert_true(isnan(dyo_boxcox(-1, 0)) && isnan(dyo_boxcox(0, 0)) && isnan(dyo_boxcox(NAN, 0.5)) &&
              isnan(dyo_boxcox(-1, -1)));
  assert_true(isnan(dyo_boxcox_inverse(2, -1, 0))); /* -1 * 2 + 1 < 0: no such value */
}

/* The mean of exp(N(mu, s^2)) is exp(mu + s^2/2) = exp(mu) (1 + s^2/2) to second order; that of (1 + z/2)^2 is exact. */
static void the_bias_adjustment_gives_means(void **state)
{
  (void)state;
  assert_near(exp(2 + 0.0005), dyo_boxcox_inverse(2, 0, 0.001), 1e-5);
  assert_near(4 + 0.25 * 0.8, dyo_boxcox_inverse(2, 0.5, 0.8), 1e-12);
  assert_near(5, dyo_boxcox_inverse(4, 1, 3), 1e-12);
}

/* A value that is not finite, reached without the request decoder, is named by its place. */
static void values_that_are_not_finite_are_named(void **state)
{
  (void)state;
  double       y[20];
  dyo_adf_out  a;
  dyo_kpss_out k;
  dyo_acf_out  r;
  dyo_err      err;
  for (size_t i = 0; i < 20; i++) y[i] = (double)(i * i % 7);
  y[13] = NAN;
  assert_int_equal(DYO_INVALID_INPUT,
                   dyo_adf(&ctx, &(dyo_adf_in){y, 20, DYO_ADF_C, DYO_LAG_AIC, DYO_NO_INT}, &a, &err));
  assert_string_equal("/values/13", err.path);
  assert_int_equal(DYO_INVALID_INPUT, dyo_kpss(&ctx, &(dyo_kpss_in){y, 20, DYO_KPSS_LEVEL, DYO_KPSS_AUTO}, &k, &err));
  assert_string_equal("/values/13", err.path);
  y[13] = INFINITY;
  assert_int_equal(DYO_INVALID_INPUT, dyo_acf(&ctx, &(dyo_acf_in){y, 20, DYO_NO_INT}, &r, &err));
  assert_string_equal("/values/13", err.path);
}

/* Under a unit root the p-value falls below 5 % about one time in twenty; under stationarity nearly always. */
static void adf_rejects_as_often_as_it_says(void **state)
{
  (void)state;
  uint64_t seed = 77;
  int      walk = 0, still = 0;
  for (int k = 0; k < TRIALS; k++) {
    double      y[120] = {0}, x[120] = {0};
    dyo_adf_out a, b;
    dyo_err     err;
    for (size_t t = 1; t < 120; t++) {
      y[t] = y[t - 1] + noise_normal(&seed);
      x[t] = 0.5 * x[t - 1] + noise_normal(&seed);
    }
    assert_int_equal(DYO_OK, dyo_adf(&ctx, &(dyo_adf_in){y, 120, DYO_ADF_C, DYO_LAG_BIC, DYO_NO_INT}, &a, &err));
    assert_int_equal(DYO_OK, dyo_adf(&ctx, &(dyo_adf_in){x, 120, DYO_ADF_C, DYO_LAG_BIC, DYO_NO_INT}, &b, &err));
    walk += a.p_value < 0.05;
    still += b.p_value < 0.05;
    dyo_ctx_clear(&ctx);
  }
  assert_true(walk >= 2 && walk <= TRIALS / 9);
  assert_true(still > TRIALS * 9 / 10);
}

static void a_cancelled_test_says_so(void **state)
{
  (void)state;
  const volatile int stop = 1;
  static double      y[20000];
  uint64_t           seed = 1;
  dyo_adf_out        a;
  dyo_err            err;
  for (size_t t = 0; t < 20000; t++) y[t] = noise_normal(&seed);
  ctx.cancel = &stop;
  assert_int_equal(DYO_CANCELLED, dyo_adf(&ctx, &(dyo_adf_in){y, 20000, DYO_ADF_C, DYO_LAG_AIC, DYO_NO_INT}, &a, &err));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
  const struct CMUnitTest tests[] = {
    TEST(differences_are_those_of_r),
    TEST(differencing_stops_at_the_limit_and_at_constants),
    TEST(ocsb_knows_a_seasonal_root),
    TEST(ocsb_declines_what_is_too_short_or_exact),
    TEST(strengths_need_two_seasons),
    TEST(guerrero_is_that_of_r),
    TEST(guerrero_lives_with_gaps_zeros_and_short_series),
    TEST(box_cox_goes_there_and_back),
    TEST(the_bias_adjustment_gives_means),
    TEST(values_that_are_not_finite_are_named),
    TEST(adf_rejects_as_often_as_it_says),
    TEST(a_cancelled_test_says_so),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
