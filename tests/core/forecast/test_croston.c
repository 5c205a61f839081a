/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "forecast/models.h"
#include "json/dyo_json.h"
#include "num/dyo_rng.h"

enum { N = 400, H = 20 };

static dyo_ctx ctx;
static dyo_err err;

/* cmocka's own comparison of this version is in single precision. */
static void near(double x, double expected, double tol)
{
  if (!(fabs(x - expected) <= tol)) fail_msg("%.17g is not %.17g", x, expected);
}

/* A demand with chance q, of 1 + a geometric number with mean 4. */
static void make(double *y, size_t n, double q, uint64_t seed)
{
  dyo_rng r = dyo_rng_seed(seed);
  for (size_t t = 0; t < n; t++) {
    y[t] = 0;
    if (dyo_rng_uniform(&r) >= q) continue;
    y[t] = 1;
    while (dyo_rng_uniform(&r) < 0.75) y[t]++;
  }
}

static void *fitted(const double *y, size_t n, const char *params)
{
  const dyo_model  *m     = &dyo_model_croston;
  const dyo_history h     = {.y = y, .n = n, .period = 1};
  void             *p     = dyo_alloc(&ctx, 1, dyo_model_params_size(m));
  void             *state = dyo_alloc(&ctx, 1, dyo_model_state_size(m));
  assert_int_equal(DYO_OK, dyo_json_decode(&ctx, params, strlen(params), m->params, p, &err));
  assert_int_equal(DYO_OK, m->fit(&ctx, &h, p, state, &err));
  return state;
}

static dyo_report told(const void *state)
{
  dyo_report r;
  dyo_report_clear(&r);
  assert_int_equal(DYO_OK, dyo_model_croston.report(&ctx, state, &r, &err));
  return r;
}

static void same(const void *a, const void *b)
{
  const dyo_report p = told(a), q = told(b);
  assert_int_equal(p.n_list, q.n_list);
  for (size_t i = 0; i < p.n_list; i++) near(p.params[i].value, q.params[i].value, 1e-9);
}

/* The start from the first interval knows nothing of later values, so both ways meet. */
static void update_is_a_fit_of_the_longer_history(void **state)
{
  static const char *const ways[] = {"{\"variant\":\"croston\",\"alpha\":0.2,\"beta\":0.1,\"initial\":\"first\"}",
                                     "{\"variant\":\"sba\",\"alpha\":0.2,\"beta\":0.1,\"initial\":\"first\"}",
                                     "{\"variant\":\"tsb\",\"alpha\":0.2,\"beta\":0.1,\"initial\":\"first\"}"};
  double                   y[N];
  (void)state;
  make(y, N, 0.3, 5);
  y[40] = y[41] = y[300] = NAN;
  for (size_t i = 0; i < 3; i++) {
    void *part = fitted(y, 100, ways[i]);
    assert_int_equal(DYO_OK, dyo_model_croston.update(&ctx, part, &(dyo_news){.y = y + 100, .n = N - 100}, &err));
    same(part, fitted(y, N, ways[i]));
  }
  dyo_ctx_clear(&ctx);
}

static void missing_periods_are_as_if_left_out(void **state)
{
  double y[N], gaps[2 * N];
  (void)state;
  make(y, N, 0.3, 6);
  for (size_t t = 0; t < N; t++) gaps[2 * t] = y[t], gaps[2 * t + 1] = NAN;
  same(fitted(y, N, "{}"), fitted(gaps, 2 * N, "{}"));
  dyo_ctx_clear(&ctx);
}

/* Futures of the same kind as the history lie in a 90 % interval nine times in ten or more often, for demand is in whole pieces;
 * the ends are never below zero and the same seed gives the same ends. */
static void intervals_cover_and_stay_above_zero(void **state)
{
  static const double level = 0.9;
  double              y[N + H], mean[H], lower[H], upper[H], again[H];
  double              inside = 0, all = 0, rate = 0;
  (void)state;
  for (uint64_t k = 0; k < 60; k++) {
    make(y, N + H, 0.35, 100 + k);
    void         *s   = fitted(y, N, "{}");
    const dyo_ask ask = {.h = H, .levels = &level, .n_levels = 1, .seed = 9};
    dyo_band      out = {mean, lower, upper};
    assert_int_equal(DYO_OK, dyo_model_croston.forecast(&ctx, s, &ask, &out, &err));
    for (size_t i = 0; i < H; i++) {
      assert_true(lower[i] >= 0 && lower[i] <= mean[i] && upper[i] >= lower[i]);
      inside += y[N + i] <= upper[i] && y[N + i] >= lower[i];
      all++;
    }
    rate += mean[0] / 60;
    out.upper = again;
    assert_int_equal(DYO_OK, dyo_model_croston.forecast(&ctx, s, &ask, &out, &err));
    assert_memory_equal(upper, again, sizeof upper);
    dyo_ctx_clear(&ctx);
  }
  if (inside / all < 0.89 || inside / all > 0.97) fail_msg("%g of the values were inside", inside / all);
  near(rate, 0.35 * 4, 0.1); /* the true rate */
}

/* Auto looks at it for intermittent demand alone. */
static void suits_intermittent_demand_alone(void **state)
{
  double y[N];
  (void)state;
  make(y, N, 0.3, 8);
  assert_true(dyo_model_croston.suits(&(dyo_history){.y = y, .n = N}));
  y[3] = -1;
  assert_false(dyo_model_croston.suits(&(dyo_history){.y = y, .n = N}));
  make(y, N, 0.95, 8);
  assert_false(dyo_model_croston.suits(&(dyo_history){.y = y, .n = N}));
}

static void every_word_of_model_type_is_a_model(void **state)
{
  size_t n = 0;
  (void)state;
  assert_string_equal(dyo_model_words[0], "auto");
  while (dyo_models[n]) n++;
  for (size_t i = 0; i < n; i++) {
    assert_string_equal(dyo_model_words[i + 1], dyo_models[i]->name);
    assert_ptr_equal(dyo_model_find(dyo_model_words[i + 1]), dyo_models[i]);
  }
  assert_null(dyo_model_words[n + 1]);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(update_is_a_fit_of_the_longer_history), cmocka_unit_test(missing_periods_are_as_if_left_out),
    cmocka_unit_test(intervals_cover_and_stay_above_zero), cmocka_unit_test(suits_intermittent_demand_alone),
    cmocka_unit_test(every_word_of_model_type_is_a_model)};
  dyo_ctx_init(&ctx, NULL);
  return cmocka_run_group_tests(tests, NULL, NULL);
}
