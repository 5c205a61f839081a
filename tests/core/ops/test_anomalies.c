/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "num/dyo_rng.h"
#include "ops/dyo_op_anomalies.h"
#include "stats/dyo_spread.h"

enum { N = 120, M = 12, SERIES = 60 };

static dyo_ctx ctx;
static dyo_err err;

/* A line, a season of twelve and normal noise of standard deviation 3. */
static void make(double *y, dyo_rng *r)
{
  for (int t = 0; t < N; t++) y[t] = 100 + 0.3 * t + 15 * sin(2 * 3.14159265358979 * t / M) + 3 * dyo_rng_normal(r);
}

static dyo_anomalies_out ask(double *y, int model, double level)
{
  double           period = M;
  dyo_series_in    s      = {.values = y, .n_values = N};
  dyo_anomalies_in in     = {
        .series = &s, .model_type = model, .confidence_level = level, .seasonal_periods = &period, .n_seasonal_periods = 1};
  dyo_anomalies_out out = {0};
  assert_int_equal(DYO_OK, dyo_anomalies(&ctx, &in, &out, &err));
  return out;
}

static double false_alarms(int model, double level)
{
  double  y[N], odd = 0, checked = 0;
  dyo_rng r = dyo_rng_seed(4);
  for (int k = 0; k < SERIES; k++) {
    make(y, &r);
    const dyo_anomalies_out out = ask(y, model, level);
    odd += (double)out.n_anomalies;
    checked += out.checked;
    dyo_ctx_clear(&ctx);
  }
  return odd / checked;
}

/* Normal noise is called odd about as often as the level says. */
static void false_alarms_are_as_rare_as_asked(void **state)
{
  const double at_95 = false_alarms(0, 0.95), at_99 = false_alarms(0, 0.99), naive = false_alarms(2, 0.99);
  (void)state;
  if (at_95 < 0.035 || at_95 > 0.065) fail_msg("%g of 0.05", at_95);
  if (at_99 < 0.005 || at_99 > 0.018) fail_msg("%g of 0.01", at_99);
  if (naive > 0.018) fail_msg("seasonal naive: %g of 0.01", naive); /* its errors have a mean, the drift of a season */
}

/* A value eight standard deviations off is found in every series, and one that is missing never is. */
static void a_planted_value_is_found(void **state)
{
  double  y[N];
  dyo_rng r = dyo_rng_seed(5);
  (void)state;
  for (int k = 0; k < SERIES; k++) {
    const int at = 2 + (int)dyo_rng_below(&r, N - 4);
    size_t    i  = 0;
    make(y, &r);
    y[at] += 24;
    y[at - 1]                   = NAN;
    const dyo_anomalies_out out = ask(y, 0, 0.999);
    while (i < out.n_anomalies && out.anomalies[i].value != y[at]) i++;
    if (i == out.n_anomalies) fail_msg("series %d: not found at %d", k, at);
    assert_true(out.anomalies[i].score > 4 && out.anomalies[i].upper < y[at]);
    assert_true(fabs(out.anomalies[i].expected - (y[at] - 24)) < 14);
    assert_int_equal(out.checked, N - 1);
    for (size_t j = 0; j < out.n_anomalies; j++) assert_false(isnan(out.anomalies[j].value));
    dyo_ctx_clear(&ctx);
  }
}

/* Half of the sizes are 2 or less; where half are zero the root mean square: sqrt(36 / 4). */
static void spread_by_hand(void **state)
{
  double a[] = {-1, 2, -1000}, b[] = {0, 0, 0, 6}, c[] = {0};
  (void)state;
  assert_true(fabs(dyo_robust_sd(a, 3) - 2 * 1.482602218505602) < 1e-12);
  assert_true(fabs(dyo_robust_sd(b, 4) - 3) < 1e-12);
  assert_true(dyo_robust_sd(c, 1) == 0);
}

/* A season that is a share of the level grows in proportion, one that is added does not grow, whatever one value does. */
static void growth_of_the_spread(void **state)
{
  double share[N], added[N];
  (void)state;
  for (int t = 0; t < N; t++) {
    const double s = sin(2 * 3.14159265358979 * t / M), level = 50.0 + 10 * (t / M);
    share[t] = level * (1 + 0.2 * s);
    added[t] = level + 8 * s;
  }
  assert_true(fabs(dyo_spread_growth(&ctx, &(dyo_series){share, N}, M) - 1) < 1e-9);
  assert_true(fabs(dyo_spread_growth(&ctx, &(dyo_series){added, N}, M)) < 1e-9);
  share[40] = 500, added[40] = 500;
  assert_true(fabs(dyo_spread_growth(&ctx, &(dyo_series){share, N}, M) - 1) < 1e-9);
  assert_true(fabs(dyo_spread_growth(&ctx, &(dyo_series){added, N}, M)) < 1e-9);
  assert_true(isnan(dyo_spread_growth(&ctx, &(dyo_series){added, 2 * M}, M)));
  dyo_ctx_clear(&ctx);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(false_alarms_are_as_rare_as_asked),
                                     cmocka_unit_test(a_planted_value_is_found), cmocka_unit_test(spread_by_hand),
                                     cmocka_unit_test(growth_of_the_spread)};
  dyo_ctx_init(&ctx, NULL);
  return cmocka_run_group_tests(tests, NULL, NULL);
}
