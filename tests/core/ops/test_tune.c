/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "json/dyo_json.h"
#include "num/dyo_rng.h"
#include "ops/dyo_op_tune.h"
#include "ops/tune.h"

enum { N = 72, M = 12 };

/* A host whose clock goes on by a hundredth of a second a look, and that asks to stop after `most` times it was shown progress. */
typedef struct {
  double now, last;
  int    shown, most;
  bool   back; /* progress went back */
} host_of;

static double clock_of(void *user)
{
  host_of *h = user;
  return h->now += 0.01;
}

static bool show(void *user, double fraction, const char *stage)
{
  host_of *h = user;
  assert_string_equal("trying settings", stage);
  h->back = h->back || fraction < h->last;
  h->last = fraction;
  return ++h->shown >= h->most;
}

static dyo_ctx ctx;
static dyo_err err;
static host_of user;

static int set_up(void **state)
{
  const dyo_host host = {.now = clock_of, .progress = show, .user = &user};
  (void)state;
  user = (host_of){.most = 1000000};
  dyo_ctx_init(&ctx, &host);
  return 0;
}

static int tear_down(void **state)
{
  (void)state;
  dyo_ctx_clear(&ctx);
  return 0;
}

static const dyo_model *model_of(const char *name, int *word)
{
  const dyo_model *m = dyo_model_find(name);
  *word              = 0;
  assert_non_null(m);
  while (dyo_models[*word] != m) (*word)++;
  return m;
}

static dyo_status tune(const char *model, const char *search, int trials, double limit, dyo_tune_out *out)
{
  static double y[N], period = M;
  static char   texts[400];
  dyo_rng       r = dyo_rng_seed(9);
  for (int t = 0; t < N; t++) y[t] = 100 + t + 20 * sin(2 * 3.14159265358979 * t / M) + dyo_rng_normal(&r);
  dyo_series_in s  = {.values = y, .n_values = N};
  dyo_tune_in   in = {.series             = &s,
                      .trials             = trials,
                      .metric             = -1,
                      .forecast_horizon   = M,
                      .folds              = 2,
                      .step               = DYO_NO_INT,
                      .seed               = 1,
                      .time_limit_s       = limit,
                      .seasonal_periods   = &period,
                      .n_seasonal_periods = 1};
  if (search) snprintf(texts, sizeof texts, "%s", search), in.search = texts;
  model_of(model, &in.model_type);
  memset(out, 0, sizeof *out);
  return dyo_tune(&ctx, &in, out, &err);
}

static void the_best_is_the_least_of_all(void **state)
{
  dyo_tune_out out;
  double       least = INFINITY;
  (void)state;
  assert_int_equal(DYO_OK, tune("ets", NULL, 12, 1e6, &out));
  assert_int_equal(12, out.n_trials);
  assert_int_equal(DYO_TUNE_BY_ITERATIONS, out.stopped_by);
  for (size_t i = 0; i < 12; i++) least = fmin(least, out.trials[i].score);
  assert_true(out.score == least);
  assert_true(out.score <= out.default_score); /* the model left to itself is the first try */
  assert_true(out.trials[0].score == out.default_score);
  assert_string_equal("{}", out.trials[0].params);
  assert_false(user.back);
  assert_true(user.shown >= 12);
}

static void a_cancel_keeps_the_best_so_far(void **state)
{
  dyo_tune_out out;
  (void)state;
  user.most = 200;
  assert_int_equal(DYO_CANCELLED, tune("ets", NULL, 40, 1e6, &out));
  assert_true(ctx.partial);
  assert_true(out.n_trials >= 1 && out.n_trials < 40);
  assert_int_equal(DYO_TUNE_BY_CANCEL, out.stopped_by);
  assert_non_null(out.params);
  assert_true(isfinite(out.score));
  assert_non_null(out.warnings);
}

static void a_cancel_before_the_first_leaves_nothing(void **state)
{
  dyo_tune_out out;
  (void)state;
  user.most = 1;
  assert_int_equal(DYO_CANCELLED, tune("ets", NULL, 40, 1e6, &out));
  assert_false(ctx.partial);
}

static void the_flag_of_another_thread_stops_it_too(void **state)
{
  dyo_tune_out       out;
  const volatile int flag = 1;
  (void)state;
  ctx.cancel = &flag;
  assert_int_equal(DYO_CANCELLED, tune("theta", NULL, 40, 1e6, &out));
  assert_false(ctx.partial);
}

/* The clock goes on by looking at it: how many tries there is time for is the same each run. */
static void the_time_limit_ends_it_with_an_answer(void **state)
{
  dyo_tune_out out;
  (void)state;
  if (tune("ets", NULL, 40, 3, &out) != DYO_OK) fail_msg("%s %s", err.path, err.message);
  assert_int_equal(DYO_TUNE_BY_TIME, out.stopped_by);
  assert_true(out.n_trials >= 1 && out.n_trials < 40);
  assert_true(user.now < 5);
}

static void no_time_is_an_answer_without_tries(void **state)
{
  dyo_tune_out out;
  (void)state;
  assert_int_equal(DYO_OK, tune("ets", NULL, 40, 0.01, &out));
  assert_int_equal(DYO_TUNE_BY_TIME, out.stopped_by);
  assert_int_equal(0, out.n_trials);
  assert_null(out.params);
  assert_string_equal("0 settings of ets tried; none could be scored.", out.reason);
}

static void a_list_may_hold_a_thousand_values(void **state)
{
  char             text[6000], *to = text;
  tune_space       space;
  int              word;
  const dyo_model *m = model_of("theta", &word);
  (void)state;
  for (int i = 0; i < 1001; i++) to += snprintf(to, 32, "%s", i ? ",null" : "{\"variant\":[null");
  snprintf(to, 8, "]}");
  assert_int_equal(DYO_INVALID_INPUT, tune_space_read(&ctx, m, text, NULL, &space, &err));
  assert_string_equal("/search/variant", err.path);
}

/* What a model's table says to search its own rows take, and a model without settings says nothing. */
static void every_model_searches_its_own_settings(void **state)
{
  tune_space space;
  (void)state;
  for (size_t i = 0; dyo_models[i]; i++) {
    const dyo_model *m = dyo_models[i];
    assert_int_equal(m->params[0].name != NULL, m->search != NULL);
    if (!m->search) continue;
    if (tune_space_read(&ctx, m, NULL, NULL, &space, &err) != DYO_OK)
      fail_msg("%s: %s %s", m->name, err.path, err.message);
    assert_true(space.n > 0);
    assert_string_equal("{}", tune_space_params(&ctx, &space, NULL));
  }
}

/* Ranges that are wide by factors are searched by them, others by differences; a start that is the row's own where it has one. */
static void ranges_are_read_as_said(void **state)
{
  tune_space       s;
  int              word;
  const dyo_model *m = model_of("croston", &word);
  (void)state;
  assert_int_equal(DYO_OK, tune_space_read(&ctx, m,
                                           "{\"alpha\":{\"min\":0.001,\"max\":0.1},\"beta\":{\"min\":0.1,\"max\":0.5}}",
                                           "{\"variant\":\"tsb\"}", &s, &err));
  assert_true(s.axes[0].log && !s.axes[1].log);
  assert_float_equal(0.01, s.axes[0].start, 1e-12);
  assert_float_equal(0.3, s.axes[1].start, 1e-12);
  assert_string_equal("{\"variant\":\"tsb\",\"alpha\":0.02,\"beta\":0.25}",
                      tune_space_params(&ctx, &s, (double[]){0.02, 0.25}));
  m = model_of("arima", &word);
  assert_int_equal(
    DYO_OK,
    tune_space_read(&ctx, m, "{\"max_p\":{\"min\":1,\"max\":7,\"log\":true},\"d\":[2,1,0],\"stepwise\":[false,true]}",
                    NULL, &s, &err));
  assert_true(s.axes[0].whole && s.axes[0].log && s.axes[1].ordered && !s.axes[2].ordered);
  assert_float_equal(5, s.axes[0].start, 0); /* what the row says */
  assert_float_equal(1, s.axes[2].start, 0); /* true, which is the row's */
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(the_best_is_the_least_of_all, set_up, tear_down),
    cmocka_unit_test_setup_teardown(a_cancel_keeps_the_best_so_far, set_up, tear_down),
    cmocka_unit_test_setup_teardown(a_cancel_before_the_first_leaves_nothing, set_up, tear_down),
    cmocka_unit_test_setup_teardown(the_flag_of_another_thread_stops_it_too, set_up, tear_down),
    cmocka_unit_test_setup_teardown(the_time_limit_ends_it_with_an_answer, set_up, tear_down),
    cmocka_unit_test_setup_teardown(no_time_is_an_answer_without_tries, set_up, tear_down),
    cmocka_unit_test_setup_teardown(a_list_may_hold_a_thousand_values, set_up, tear_down),
    cmocka_unit_test_setup_teardown(every_model_searches_its_own_settings, set_up, tear_down),
    cmocka_unit_test_setup_teardown(ranges_are_read_as_said, set_up, tear_down),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
