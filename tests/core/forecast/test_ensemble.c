/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "forecast/ensemble.h"
#include "json/dyo_json.h"
#include "num/dyo_rng.h"

enum { N = 60, H = 8 };

static dyo_ctx ctx;
static dyo_err err;

static void near(double x, double expected, double tol)
{
  if (!(fabs(x - expected) <= tol * (1 + fabs(expected)))) fail_msg("%.17g is not %.17g", x, expected);
}

/* A line, a season of 4 and noise. */
static void make(double *y, size_t n)
{
  static const double season[4] = {4, -1, -3, 0};
  dyo_rng             r         = dyo_rng_seed(11);
  for (size_t t = 0; t < n; t++) y[t] = 50 + 0.3 * (double)t + season[t % 4] + dyo_rng_normal(&r);
}

static void *fitted(const dyo_model *m, const dyo_history *h, const char *params, dyo_status expected)
{
  void *p     = dyo_alloc(&ctx, 1, dyo_model_params_size(m));
  void *state = dyo_alloc(&ctx, 1, dyo_model_state_size(m));
  err         = (dyo_err){0};
  assert_int_equal(DYO_OK, dyo_json_decode(&ctx, params, strlen(params), m->params, p, &err));
  assert_int_equal(expected, m->fit(&ctx, h, p, state, &err));
  return state;
}

static void ahead(const dyo_model *m, const void *state, double *room)
{
  static const double level = 0.9;
  const dyo_ask       ask   = {.h = H, .levels = &level, .n_levels = 1, .seed = 1};
  dyo_band            band  = {room, room + H, room + 2 * H};
  assert_int_equal(DYO_OK, m->forecast(&ctx, state, &ask, &band, &err));
}

/* Mean and ends of the intervals are the members' own means, as the header says. */
static void an_equal_ensemble_is_the_mean_of_its_members(void **unused)
{
  static const char *const names[] = {"ets", "theta", "arima"};
  double                   y[N], of[3][3 * H], all[3 * H];
  const double             four = 4;
  const dyo_history        h    = {.y = y, .n = N, .period = 4, .periods = &four, .n_periods = 1};
  (void)unused;
  make(y, N);
  for (int k = 0; k < 3; k++)
    ahead(dyo_model_find(names[k]), fitted(dyo_model_find(names[k]), &h, "{}", DYO_OK), of[k]);
  ahead(&dyo_model_ensemble, fitted(&dyo_model_ensemble, &h, "{}", DYO_OK), all);
  for (int i = 0; i < 3 * H; i++) near(all[i], (of[0][i] + of[1][i] + of[2][i]) / 3, 1e-12);
}

/* y - one-step forecast: of naive members the forecast is the value before. */
static void residuals_are_those_of_the_weighted_forecast(void **unused)
{
  double            y[N];
  dyo_report        r;
  const dyo_history h = {.y = y, .n = N, .period = 1};
  (void)unused;
  make(y, N);
  dyo_report_clear(&r);
  const void *state = fitted(&dyo_model_ensemble, &h, "{\"members\":[\"naive\",\"drift\"]}", DYO_OK);
  assert_int_equal(DYO_OK, dyo_model_ensemble.report(&ctx, state, &r, &err));
  assert_int_equal(N, r.n_residuals);
  const double slope = (y[N - 1] - y[0]) / (N - 1);
  assert_true(isnan(r.residuals[0]));
  for (size_t t = 1; t < N; t++) near(r.residuals[t], y[t] - y[t - 1] - slope / 2, 1e-12);
  assert_string_equal("naive + drift", r.form);
}

static void weights_of(const void *state, const char *const *names, size_t n, double *w)
{
  size_t                     k = 0;
  const dyo_ensemble_member *m = dyo_ensemble_list(&ctx, state, &k);
  assert_non_null(m);
  for (size_t i = 0; i < n; i++) {
    w[i] = 0;
    for (size_t j = 0; j < k; j++)
      if (strcmp(m[j].name, names[i]) == 0) w[i] = m[j].weight;
  }
}

/* On a steep line drift is right and naive wrong; stacked weights leave naive what the ridge gives it. */
static void weights_go_to_the_member_that_was_right(void **unused)
{
  static const char *const names[] = {"naive", "drift"};
  double                   y[N], w[2];
  const dyo_history        h = {.y = y, .n = N, .period = 1};
  (void)unused;
  for (size_t t = 0; t < N; t++) y[t] = 10 * (double)t + (t % 2 ? 1 : -1);
  weights_of(
    fitted(&dyo_model_ensemble, &h, "{\"members\":[\"naive\",\"drift\"],\"weights\":\"inverse_error\"}", DYO_OK), names,
    2, w);
  assert_true(w[1] > 0.9);
  near(w[0] + w[1], 1, 1e-12);
  weights_of(fitted(&dyo_model_ensemble, &h, "{\"members\":[\"naive\",\"drift\"],\"weights\":\"stacked\"}", DYO_OK),
             names, 2, w);
  assert_true(w[1] > 0.9);
  near(w[0] + w[1], 1, 1e-12);
}

/* The quadratic form of the stacked weights on a grid of the simplex is nowhere less: three members, errors drawn at random. */
static void stacked_weights_are_the_least_of_their_quadratic_form(void **unused)
{
  static const char *const names[] = {"naive", "drift", "theta"};
  double                   y[N], w[3], g[3][3] = {{0}}, e[3][18], scale = 0;
  const dyo_history        h     = {.y = y, .n = N, .period = 1};
  const double             level = 0.9;
  (void)unused;
  make(y, N);
  weights_of(
    fitted(&dyo_model_ensemble, &h, "{\"members\":[\"naive\",\"drift\",\"theta\"],\"weights\":\"stacked\"}", DYO_OK),
    names, 3, w);
  for (size_t k = 0; k < 3; k++)
    for (size_t o = 0; o < 3; o++) {
      const size_t      n    = N - 6 * (o + 1);
      const dyo_model  *m    = dyo_model_find(names[k]);
      const dyo_history part = {.y = y, .n = n, .period = 1};
      const dyo_ask     ask  = {.h = 6, .levels = &level, .n_levels = 0};
      dyo_band          band = {&e[k][6 * o], NULL, NULL};
      assert_int_equal(DYO_OK, m->forecast(&ctx, fitted(m, &part, "{}", DYO_OK), &ask, &band, &err));
      for (size_t i = 0; i < 6; i++) e[k][6 * o + i] -= y[n + i];
    }
  for (size_t a = 0; a < 3; a++)
    for (size_t b = 0; b < 3; b++)
      for (size_t j = 0; j < 18; j++) g[a][b] += e[a][j] * e[b][j];
  for (size_t a = 0; a < 3; a++) scale += g[a][a] / 3;
  for (size_t a = 0; a < 3; a++) g[a][a] += 0.1 * scale;
  double least = INFINITY, own = 0;
  for (int i = 0; i <= 100; i++)
    for (int j = 0; i + j <= 100; j++) {
      const double v[3] = {i / 100.0, j / 100.0, (100 - i - j) / 100.0};
      double       q    = 0;
      for (int a = 0; a < 3; a++)
        for (int b = 0; b < 3; b++) q += v[a] * g[a][b] * v[b];
      least = fmin(least, q);
    }
  for (int a = 0; a < 3; a++)
    for (int b = 0; b < 3; b++) own += w[a] * g[a][b] * w[b];
  assert_true(own <= least * (1 + 1e-12));
}

/* Through text and back, and on by new values, as the members themselves would. */
static void a_state_survives_its_text_and_takes_in_new_values(void **unused)
{
  double            y[N], before[3 * H], after[3 * H], member[3 * H];
  dyo_buf           text = {0};
  const dyo_history h    = {.y = y, .n = N - 4, .period = 1};
  const dyo_news    news = {.y = y + N - 4, .n = 4};
  (void)unused;
  make(y, N);
  void *state = fitted(&dyo_model_ensemble, &h, "{\"members\":[\"ets\",\"theta\"]}", DYO_OK);
  void *again = dyo_alloc(&ctx, 1, dyo_model_state_size(&dyo_model_ensemble));
  assert_int_equal(DYO_OK, dyo_json_encode(&ctx, dyo_model_ensemble.state, state, &text, &err));
  assert_int_equal(DYO_OK, dyo_json_decode(&ctx, text.s, text.n, dyo_model_ensemble.state, again, &err));
  dyo_buf_free(&text);
  ahead(&dyo_model_ensemble, state, before);
  ahead(&dyo_model_ensemble, again, after);
  assert_memory_equal(before, after, sizeof before);
  assert_int_equal(DYO_OK, dyo_model_ensemble.update(&ctx, again, &news, &err));
  ahead(&dyo_model_ensemble, again, after);
  memset(before, 0, sizeof before);
  for (int k = 0; k < 2; k++) {
    const dyo_model *m = dyo_model_find(k ? "theta" : "ets");
    void            *s = fitted(m, &h, "{}", DYO_OK);
    assert_int_equal(DYO_OK, m->update(&ctx, s, &news, &err));
    ahead(m, s, member);
    for (int i = 0; i < 3 * H; i++) before[i] += member[i] / 2;
  }
  for (int i = 0; i < 3 * H; i++) near(after[i], before[i], 1e-12);
}

static void learned_weights_are_whole_at_every_length_and_effort(void **unused)
{
  double y[N];
  (void)unused;
  make(y, N);
  for (size_t n = 1; n <= N; n += n < 12 ? 1 : 12)
    for (int effort = 0; effort < 3; effort++)
      for (int seasonal = 0; seasonal < 2; seasonal++) {
        const double      four = 4;
        const dyo_history h    = {
             .y = y, .n = n, .period = seasonal ? 4 : 1, .periods = &four, .n_periods = (size_t)seasonal};
        pool_weights w;
        double       sum = 0;
        assert_int_equal(DYO_OK, weights_learned(&ctx, &h, (dyo_effort)effort, &w, &err));
        for (int i = 0; i < POOL_SIZE; i++) {
          assert_true(w.w[i] >= 0);
          sum += w.w[i];
        }
        assert_true(sum > 0 && isfinite(sum));
      }
}

/* A fifth at the highest effort, where the history is long enough; the share goes through the state's text. */
static void boosted_trees_take_a_fifth_of_the_best(void **unused)
{
  static const char *const names[] = {"xgboost"};
  double                   y[2 * N], w, before[3 * H], after[3 * H];
  const double             four = 4;
  dyo_buf                  text = {0};
  dyo_history              h    = {.y = y, .n = 2 * N, .period = 4, .periods = &four, .n_periods = 1};
  pool_weights             of;
  (void)unused;
  make(y, 2 * N);
  void *state = fitted(&dyo_model_ensemble, &h, "{\"weights\":\"learned\",\"effort\":\"best\"}", DYO_OK);
  void *again = dyo_alloc(&ctx, 1, dyo_model_state_size(&dyo_model_ensemble));
  weights_of(state, names, 1, &w);
  assert_true(w >= 0.2 && w < 0.25); /* members of next to no weight have left theirs to the others */
  assert_int_equal(DYO_OK, dyo_json_encode(&ctx, dyo_model_ensemble.state, state, &text, &err));
  assert_int_equal(DYO_OK, dyo_json_decode(&ctx, text.s, text.n, dyo_model_ensemble.state, again, &err));
  dyo_buf_free(&text);
  ahead(&dyo_model_ensemble, state, before);
  ahead(&dyo_model_ensemble, again, after);
  for (int i = 0; i < 3 * H; i++) near(after[i], before[i], 1e-12);
  assert_int_equal(DYO_OK, weights_learned(&ctx, &h, DYO_EFFORT_BALANCED, &of, &err));
  near(of.w[POOL_xgboost], 0, 0);
  h.n = N - 1;
  assert_int_equal(DYO_OK, weights_learned(&ctx, &h, DYO_EFFORT_BEST, &of, &err));
  near(of.w[POOL_xgboost], 0, 0);
}

/* Each row of the pool can be fitted alone to some history, and its state has a place in the ensemble's. */
static void every_member_has_a_place(void **unused)
{
  double            y[N * 4], w, room[3 * H];
  const double      long_season = 26;
  const dyo_history h           = {.y = y, .n = N * 4, .period = 26, .periods = &long_season, .n_periods = 1};
  const dyo_history rare        = {.y = y, .n = N * 4, .period = 1};
  (void)unused;
  for (int i = 0; i < POOL_SIZE; i++) {
    char       text[64];
    const bool croston = strcmp(pool_words[i], "croston") == 0;
    for (size_t t = 0; t < N * 4; t++)
      y[t] = croston ? (t % 5 == 0 ? 3 : 0) : 50 + 10 * sin((double)t / 26 * 6.283185307179586) + (double)(t * 7 % 11);
    snprintf(text, sizeof text, "{\"members\":[\"%s\"]}", pool_words[i]);
    const void *state = fitted(&dyo_model_ensemble, croston ? &rare : &h, text, DYO_OK);
    weights_of(state, &pool_words[i], 1, &w);
    near(w, 1, 0);
    ahead(&dyo_model_ensemble, state, room);
    for (int k = 0; k < 3 * H; k++) assert_true(isfinite(room[k]));
  }
}

static void refusals_say_where(void **unused)
{
  double            y[N];
  const double      x[N] = {0};
  const char       *name = "x";
  const dyo_history h    = {.y = y, .n = N, .period = 1},
                    with = {.y = y, .n = N, .period = 1, .x = x, .n_x = 1, .x_names = &name};
  (void)unused;
  make(y, N);
  fitted(&dyo_model_ensemble, &h, "{\"members\":[\"ets\",\"best\"]}", DYO_INVALID_INPUT);
  assert_string_equal("/params/members/1", err.path);
  fitted(&dyo_model_ensemble, &with, "{\"members\":[\"ets\"]}", DYO_UNSUPPORTED);
  assert_string_equal("/model_type", err.path);
}

static int stop = 0;

static void a_cancel_is_heard(void **unused)
{
  double            y[N];
  const dyo_history h = {.y = y, .n = N, .period = 1};
  (void)unused;
  make(y, N);
  stop       = 1;
  ctx.cancel = &stop;
  fitted(&dyo_model_ensemble, &h, "{\"weights\":\"stacked\"}", DYO_CANCELLED);
  ctx.cancel = NULL;
}

static int begin(void **unused)
{
  (void)unused;
  dyo_ctx_init(&ctx, NULL);
  err = (dyo_err){0};
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
  const struct CMUnitTest tests[] = {
    CASE(an_equal_ensemble_is_the_mean_of_its_members),
    CASE(residuals_are_those_of_the_weighted_forecast),
    CASE(weights_go_to_the_member_that_was_right),
    CASE(stacked_weights_are_the_least_of_their_quadratic_form),
    CASE(a_state_survives_its_text_and_takes_in_new_values),
    CASE(learned_weights_are_whole_at_every_length_and_effort),
    CASE(boosted_trees_take_a_fifth_of_the_best),
    CASE(every_member_has_a_place),
    CASE(refusals_say_where),
    CASE(a_cancel_is_heard),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
