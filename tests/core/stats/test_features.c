/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "num/dyo_rng.h"
#include "stats/dyo_features.h"

enum { N = 480 };

static dyo_ctx ctx;
static dyo_err err;
static double  f[DYO_FEATURES];

static void near(double x, double expected, double tol)
{
  if (!(fabs(x - expected) <= tol)) fail_msg("%.17g is not %.17g", x, expected);
}

static void look(const double *y, size_t n, double period)
{
  assert_int_equal(DYO_OK, dyo_features_of(&ctx, &(dyo_series){y, n}, &period, period > 1, f, &err));
}

static void noise(double *y, size_t n, uint64_t seed)
{
  dyo_rng r = dyo_rng_seed(seed);
  for (size_t t = 0; t < n; t++) y[t] = dyo_rng_normal(&r);
}

/* A straight line: all trend, its orthonormal coefficient is the root of n in deviations, no bow, one crossing of the median. */
static void a_line_is_all_trend(void **unused)
{
  double y[100];
  (void)unused;
  for (int t = 0; t < 100; t++) y[t] = 7 + 3 * t;
  look(y, 100, 1);
  near(f[DYO_FEATURE_length], log(100), 1e-15);
  near(f[DYO_FEATURE_trend], 1, 1e-9);
  near(f[DYO_FEATURE_linearity], 1, 1e-9);
  near(f[DYO_FEATURE_curvature], 0, 1e-9);
  near(f[DYO_FEATURE_crossings], 1.0 / 99, 1e-15);
  near(f[DYO_FEATURE_zeros], 0, 0);
  near(f[DYO_FEATURE_period], 0, 0);
}

/* White noise: autocorrelations near 0, of differences near -1/2, of second ones -2/3, entropy near 1, half of the steps cross. */
static void noise_has_no_memory(void **unused)
{
  double y[N];
  (void)unused;
  noise(y, N, 3);
  look(y, N, 1);
  near(f[DYO_FEATURE_acf1], 0, 0.1);
  near(f[DYO_FEATURE_diff1_acf1], -0.5, 0.1);
  near(f[DYO_FEATURE_diff2_acf1], -2.0 / 3, 0.1);
  near(f[DYO_FEATURE_crossings], 0.5, 0.05);
  near(f[DYO_FEATURE_nonlinearity], 0, 0.05);
  near(f[DYO_FEATURE_stability], 0.02, 0.03);
  assert_true(f[DYO_FEATURE_trend] < 0.2);
  assert_true(f[DYO_FEATURE_entropy] > 0.85);
}

/* A sine of period 12 over little noise: all season; of its differences one frequency holds nearly all power. */
static void a_season_is_seen(void **unused)
{
  double y[N];
  (void)unused;
  noise(y, N, 5);
  for (int t = 0; t < N; t++) y[t] = 100 + 10 * sin(2 * 3.14159265358979 * t / 12) + 0.2 * y[t];
  look(y, N, 12);
  near(f[DYO_FEATURE_period], log(12), 1e-15);
  assert_true(f[DYO_FEATURE_seasonality] > 0.99);
  assert_true(f[DYO_FEATURE_seasonal_acf] > 0.9);
  assert_true(f[DYO_FEATURE_entropy] < 0.4);
  near(f[DYO_FEATURE_variation], log(10 / sqrt(2) / 100), 0.05);
}

/* y_t = 4 y_{t-1} (1 - y_{t-1}) looks like noise to a line and not to a parabola. */
static void a_parabola_is_not_linear(void **unused)
{
  double y[N] = {0.3};
  (void)unused;
  for (int t = 1; t < N; t++) y[t] = 4 * y[t - 1] * (1 - y[t - 1]);
  look(y, N, 1);
  near(f[DYO_FEATURE_nonlinearity], 1, 1e-6);
}

/* The unit of the values changes none. */
static void units_do_not_matter(void **unused)
{
  double y[N], before[DYO_FEATURES];
  (void)unused;
  noise(y, N, 9);
  for (int t = 0; t < N; t++) y[t] = 50 + 0.1 * t + 5 * (t % 4) + y[t];
  look(y, N, 4);
  for (int i = 0; i < DYO_FEATURES; i++) before[i] = f[i];
  for (int t = 0; t < N; t++) y[t] *= 1e6;
  look(y, N, 4);
  for (int i = 0; i < DYO_FEATURES; i++) near(f[i], before[i], 1e-7);
}

/* Constant, short or with gaps: no number rather than a wrong one, and never a failure. */
static void what_cannot_be_told_is_nan(void **unused)
{
  double y[N] = {0};
  (void)unused;
  look(y, N, 12);
  assert_true(isnan(f[DYO_FEATURE_trend]) && isnan(f[DYO_FEATURE_acf1]) && isnan(f[DYO_FEATURE_entropy]));
  near(f[DYO_FEATURE_zeros], 1, 0);
  noise(y, N, 2);
  for (size_t n = 1; n < 40; n++) {
    look(y, n, n % 3 ? 1 : 4);
    for (int i = 0; i < DYO_FEATURES; i++) assert_false(isinf(f[i]));
  }
  y[5] = y[6] = y[200] = NAN;
  look(y, N, 1);
  assert_true(isfinite(f[DYO_FEATURE_acf1]));
}

static int begin(void **unused)
{
  (void)unused;
  dyo_ctx_init(&ctx, NULL);
  return 0;
}

static int end(void **unused)
{
  (void)unused;
  dyo_ctx_clear(&ctx);
  return 0;
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
  const struct CMUnitTest tests[] = {CASE(a_line_is_all_trend), CASE(noise_has_no_memory),
                                     CASE(a_season_is_seen),    CASE(a_parabola_is_not_linear),
                                     CASE(units_do_not_matter), CASE(what_cannot_be_told_is_nan)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
