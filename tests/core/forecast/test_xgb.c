/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "context.h"
#include "forecast/dyo_importance.h"
#include "forecast/models.h"
#include "forecast/xgb.h"
#include "json/dyo_json.h"
#include "num/dyo_rng.h"
#include "pace.h"

enum { N = 120, H = 12 };

static dyo_err          err;
static const dyo_model *m = &dyo_model_xgboost;

static void near(double x, double expected, double tol)
{
  if (!(fabs(x - expected) <= tol)) fail_msg("%.17g is not %.17g", x, expected);
}

static void *params_of(const char *text)
{
  void *p = dyo_alloc(&ctx, 1, dyo_model_params_size(m));
  assert_int_equal(DYO_OK, dyo_json_decode(&ctx, text, strlen(text), m->params, p, &err));
  return p;
}

static xgb_state *fitted(const dyo_history *h, const char *params)
{
  xgb_state *s = DYO_NEW(&ctx, 1, xgb_state);
  assert_int_equal(DYO_OK, m->fit(&ctx, h, params_of(params), s, &err));
  return s;
}

static void forecast(const xgb_state *s, size_t h, double *mean)
{
  static const double level = 0.95;
  double             *room  = DYO_NEW(&ctx, 2 * h, double);
  const dyo_ask       ask   = {.h = h, .levels = &level, .n_levels = 1};
  assert_int_equal(DYO_OK, m->forecast(&ctx, s, &ask, &(dyo_band){mean, room, room + h}, &err));
  for (size_t i = 0; i < h; i++) assert_true(room[i] <= mean[i] && mean[i] <= room[h + i]);
}

/* The state as a text and back, as a model string carries it. */
static xgb_state *carried(const xgb_state *s)
{
  dyo_buf    b   = {0};
  xgb_state *out = DYO_NEW(&ctx, 1, xgb_state);
  assert_int_equal(DYO_OK, dyo_json_encode(&ctx, m->state, s, &b, &err));
  assert_int_equal(DYO_OK, dyo_json_decode(&ctx, b.s, b.n, m->state, out, &err));
  dyo_buf_free(&b);
  return out;
}

static const double twelve = 12;

/* A season of twelve, a trend and noise. */
static dyo_history drawn(size_t n, double noise)
{
  double *y = DYO_NEW(&ctx, n, double);
  dyo_rng r = dyo_rng_seed(7);
  for (size_t t = 0; t < n; t++)
    y[t] = 100 + (double)t + 20 * sin((double)(t % 12) * 0.5235987755982988) + noise * dyo_rng_normal(&r);
  return (dyo_history){.y = y, .n = n, .period = 12, .periods = &twelve, .n_periods = 1};
}

static void a_trend_goes_on_beyond_the_past(void **state)
{
  const dyo_history h = drawn(N, 1);
  double            mean[H], most = 0, error = 0;
  (void)state;
  forecast(fitted(&h, "{}"), H, mean);
  for (size_t i = 0; i < H; i++) {
    const double truth = 100 + (double)(N + i) + 20 * sin((double)(i % 12) * 0.5235987755982988);
    error += fabs(mean[i] - truth) / H;
    most = fmax(most, mean[i]);
  }
  assert_true(error < 6); /* a year's trend is 12, the season's swing 40 */
  double past = 0;
  for (size_t t = 0; t < N; t++) past = fmax(past, h.y[t]);
  assert_true(most > past);
}

static void a_carried_state_forecasts_the_same(void **state)
{
  static const char *const forms[] = {
    "{}",
    "{\"strategy\":\"direct\",\"n_estimators\":30}",
    "{\"transform\":\"log\",\"season\":\"decomposed\",\"n_estimators\":30}",
    "{\"detrend\":\"none\",\"season\":\"learned\",\"subsample\":0.5,\"n_estimators\":30}",
    "{\"detrend\":\"difference\",\"lags\":[1,24],\"windows\":[6,12],\"n_estimators\":30}",
    "{\"intervals\":\"conformal\",\"n_estimators\":20}"};
  const dyo_history h = drawn(N, 3);
  double            a[H], b[H];
  (void)state;
  for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
    const xgb_state *s = fitted(&h, forms[i]);
    forecast(s, H, a);
    forecast(carried(s), H, b);
    assert_memory_equal(a, b, sizeof a);
    forecast(fitted(&h, forms[i]), H, b);
    assert_memory_equal(a, b, sizeof a);
  }
}

static void the_first_trees_stay_when_news_come(void **state)
{
  const dyo_history h = drawn(N, 3);
  double            news[24], before[H], after[H];
  (void)state;
  xgb_state   *s = fitted(&h, "{\"n_estimators\":40,\"season\":\"decomposed\"}"), *one = carried(s);
  const size_t trees = s->n_sizes;
  for (size_t i = 0; i < 24; i++) news[i] = h.y[N - 24 + i] + 24;
  news[3] = NAN;
  forecast(s, H, before);
  assert_int_equal(DYO_OK, m->update(&ctx, s, &(dyo_news){.y = news, .n = 24}, &err));
  assert_int_equal(trees + 8, s->n_sizes); /* 40 trees of 120 values; for 23 known ones 40 * 23 / 120 */
  assert_memory_equal(s->value, one->value, one->n_value * sizeof(double));
  near(s->n, N + 24, 0);
  forecast(s, H, after);
  for (size_t i = 0; i < H; i++) near(after[i] - before[i], 24, 12);
  forecast(carried(s), H, before);
  assert_memory_equal(before, after, sizeof after);
}

static void importance_counts_every_split(void **state)
{
  const dyo_history h = drawn(N, 3);
  xgb_state        *s = fitted(&h, "{\"n_estimators\":10}");
  dyo_feature      *f = NULL;
  size_t            n = 0, splits = 0;
  double            sum = 0;
  (void)state;
  assert_int_equal(DYO_OK, dyo_importance_of(&ctx, s, &f, &n, &err));
  for (size_t i = 0; i < n; i++) sum += f[i].weight;
  for (size_t i = 0; i < s->n_feature; i++) splits += s->feature[i] >= 0;
  assert_int_equal(splits, (size_t)sum);
  assert_true(splits > 10);
  assert_string_equal("lag_1", f[0].name);
}

/* Hours, three weeks of them: is there a feature of this name? */
static bool looks_at(const char *name, bool given)
{
  const double     day = 24;
  dyo_history      h   = drawn(504, 3);
  const xgb_state *s;
  bool             found = false;
  h.period = day, h.periods = &day, h.periods_given = given;
  s = fitted(&h, "{\"n_estimators\":1}");
  for (size_t i = 0; i < xgb_n_features(s); i++) found |= strcmp(xgb_feature_name(&ctx, s, i), name) == 0;
  return found;
}

static void a_week_joins_the_day_unless_periods_were_given(void **state)
{
  (void)state;
  assert_true(looks_at("lag_168", false) && looks_at("place_in_168", false));
  assert_false(looks_at("lag_168", true) || looks_at("place_in_168", true));
  assert_true(looks_at("lag_24", true) && looks_at("place_in_24", true));
}

/* Counts that grow from 2 to 12, a season of 12 upon them. */
static dyo_history counted(size_t n)
{
  double *y = DYO_NEW(&ctx, n, double);
  dyo_rng r = dyo_rng_seed(11);
  for (size_t t = 0; t < n; t++) {
    const double mean = (2 + 10 * (double)t / (double)n) * (1 + 0.6 * sin((double)(t % 12) * 0.5235987755982988));
    y[t]              = fmax(rint(mean + sqrt(mean) * dyo_rng_normal(&r)), 0);
  }
  return (dyo_history){.y = y, .n = n, .period = 12, .periods = &twelve, .n_periods = 1};
}

static void counts_stay_above_zero_and_grow_on(void **state)
{
  static const char *const forms[]   = {"{\"objective\":\"count:poisson\"}",
                                        "{\"objective\":\"reg:tweedie\",\"strategy\":\"direct\"}"};
  static const double      levels[2] = {0.8, 0.99}, less[1] = {-1};
  const dyo_history        h = counted(2 * N);
  double                   mean[4 * H], after[4 * H], room[16 * H];
  const dyo_ask            ask = {.h = 4 * H, .levels = levels, .n_levels = 2};
  (void)state;
  for (size_t k = 0; k < 2; k++) {
    xgb_state *s   = fitted(&h, forms[k]);
    double     all = 0;
    assert_int_equal(DYO_OK, m->forecast(&ctx, s, &ask, &(dyo_band){mean, room, room + 8 * H}, &err));
    for (size_t i = 0; i < 8 * H; i++)
      assert_true(room[i] >= 0 && room[i] < mean[i % (4 * H)] && mean[i % (4 * H)] < room[8 * H + i]);
    for (size_t i = 0; i < 4 * H; i++) all += mean[i] / (4 * H);
    assert_true(all > 10 && all < 16); /* the last two years had 10 and 11.5 a step */
    assert_true(m->counts(s));
    forecast(carried(s), 4 * H, after);
    assert_memory_equal(mean, after, sizeof mean);
    assert_int_equal(DYO_INVALID_INPUT, m->update(&ctx, s, &(dyo_news){.y = less, .n = 1}, &err));
    assert_string_equal("/observations/values/0", err.path);
    assert_int_equal(DYO_OK, m->update(&ctx, s, &(dyo_news){.y = h.y, .n = 3}, &err));
  }
}

/* Each step's own quantile: with normal noise of deviation 3 the 0.9 quantile lies 3.8 above the mean, however far ahead. */
static void quantiles_do_not_add_up_along_the_path(void **state)
{
  const dyo_history h = drawn(3 * N, 3);
  double            mean[5 * H], high[5 * H], above = 0;
  (void)state;
  forecast(fitted(&h, "{\"n_estimators\":60}"), 5 * H, mean);
  forecast(fitted(&h, "{\"n_estimators\":60,\"objective\":\"reg:quantileerror\",\"quantile_alpha\":0.9}"), 5 * H, high);
  for (size_t i = 0; i < 5 * H; i++) above += (high[i] - mean[i]) / (5 * H);
  assert_true(above > 1 && above < 12);
  assert_true(high[5 * H - 1] - mean[5 * H - 1] < 20); /* sixty steps of 3.8 each would be 230 */
}

/* A season that a history of one and a half rounds cannot show, and another of the same shape and another size can. */
static void a_season_is_learnt_from_a_related_history(void **state)
{
  const dyo_history longer = drawn(2 * N, 1);
  double            y[18], alone[H], together[H], error[2] = {0, 0};
  (void)state;
  for (size_t t = 0; t < 18; t++) y[t] = 10 + 4 * sin((double)(t % 12) * 0.5235987755982988);
  dyo_history h = {.y = y, .n = 18, .period = 12, .periods = &twelve, .n_periods = 1};
  forecast(fitted(&h, "{\"n_estimators\":60}"), H, alone);
  h.related = &longer, h.n_related = 1;
  const xgb_state *s = fitted(&h, "{\"n_estimators\":60}");
  forecast(s, H, together);
  for (size_t i = 0; i < H; i++) {
    const double truth = 10 + 4 * sin((double)((18 + i) % 12) * 0.5235987755982988);
    error[0] += fabs(alone[i] - truth) / H, error[1] += fabs(together[i] - truth) / H;
  }
  assert_true(error[1] < 0.8 * error[0]);
  forecast(carried(s), H, alone);
  assert_memory_equal(alone, together, sizeof alone);
}

static void short_and_odd_histories_are_forecast(void **state)
{
  double y[40], mean[H];
  (void)state;
  for (size_t n = 4; n <= 40; n += (size_t)pace(3))
    for (int odd = 0; odd < 4; odd++) {
      for (size_t t = 0; t < n; t++)
        y[t] = odd == 0 ? 5 : odd == 1 ? (double)(t % 3) : odd == 2 ? 1e99 * (double)(t % 2) : 1e-200 * (double)(t + 1);
      if (n > 6 && odd == 1) y[3] = NAN;
      const dyo_history h = {
        .y = y, .n = n, .period = n % 2 ? 1 : 4, .periods = &(double){4}, .n_periods = n % 2 ? 0 : 1};
      forecast(carried(fitted(&h, "{}")), H, mean);
      for (size_t i = 0; i < H; i++) assert_true(isfinite(mean[i]));
      dyo_ctx_clear(&ctx);
    }
}

static void what_no_fit_has_made_is_refused(void **state)
{
  const dyo_history h    = drawn(60, 3);
  const xgb_state  *good = fitted(&h, "{\"n_estimators\":3,\"season\":\"decomposed\"}");
  dyo_trees         trees;
  (void)state;
  for (int k = 0; k < 8; k++) {
    xgb_state *s = carried(good);
    if (k == 0) s->feature[0] = 1000;
    if (k == 1) s->sizes[0]++;
    if (k == 2) s->n_value--;
    if (k == 3) s->n_tail = 0;
    if (k == 4) s->n_pattern--;
    if (k == 5) s->n_gain--;
    if (k == 6) s->block = 3;
    if (k == 7) s->n = 1;
    assert_int_equal(DYO_INVALID_INPUT, xgb_unpack(&ctx, s, &trees, &err));
    assert_string_equal("/model", err.path);
  }
}

static void a_cancel_ends_the_fit(void **state)
{
  const dyo_history  h      = drawn(N, 3);
  const volatile int cancel = 1;
  xgb_state          s      = {0};
  (void)state;
  ctx.cancel = &cancel;
  assert_int_equal(DYO_CANCELLED, m->fit(&ctx, &h, params_of("{}"), &s, &err));
}

/* y follows x where `effect` is not 0; x is a step now and then, as a price is. */
static dyo_history explained(double effect)
{
  static const char *names[] = {"price"};
  double            *x = DYO_NEW(&ctx, 240, double), level = 5;
  dyo_history        h = drawn(240, 3);
  dyo_rng            r = dyo_rng_seed(11);
  for (size_t t = 0; t < h.n; t++) {
    if (dyo_rng_below(&r, 9) == 0) level = 3 + 4 * dyo_rng_uniform(&r);
    x[t] = level;
    ((double *)h.y)[t] += effect * (level - 5);
  }
  h.x = x, h.n_x = 1, h.x_names = names;
  return h;
}

static double looks_at_price(xgb_state *s)
{
  dyo_feature *f   = NULL;
  size_t       n   = 0;
  double       sum = 0;
  assert_int_equal(DYO_OK, dyo_importance_of(&ctx, s, &f, &n, &err));
  for (size_t i = 0; i < n; i++)
    if (strncmp(f[i].name, "price", 5) == 0) sum += f[i].weight;
  return sum;
}

static void a_regressor_that_explains_nothing_changes_nothing(void **state)
{
  const double      level = 0.95, x[H] = {9, 1, 9, 1, 9, 1, 9, 1, 9, 1, 9, 1};
  const dyo_history h = explained(0), bare = {.y = h.y, .n = h.n, .period = 12, .periods = &twelve, .n_periods = 1};
  double            room[2 * H], with[H], without[H], news[H];
  (void)state;
  xgb_state    *s   = fitted(&h, "{}");
  const dyo_ask ask = {.h = H, .levels = &level, .n_levels = 1, .x = x};
  forecast(fitted(&bare, "{}"), H, without);
  assert_int_equal(DYO_OK, m->forecast(&ctx, s, &ask, &(dyo_band){with, room, room + H}, &err));
  assert_memory_equal(with, without, sizeof with);
  assert_true(xgb_bare(s));
  for (size_t i = 0; i < H; i++) news[i] = h.y[h.n - H + i] + 12 + 10 * (x[i] - 5);
  assert_int_equal(DYO_OK, m->update(&ctx, s, &(dyo_news){.y = news, .n = H, .x = x}, &err));
  near(looks_at_price(s), 0, 0); /* nor do trees that grow on news */
}

static void a_regressor_that_explains_much_is_used(void **state)
{
  const dyo_history h     = explained(10);
  const double      level = 0.95;
  double            low[H], high[H], room[2 * H], x[H];
  (void)state;
  const xgb_state *s   = carried(fitted(&h, "{}"));
  const dyo_ask    ask = {.h = H, .levels = &level, .n_levels = 1, .x = x};
  for (size_t i = 0; i < H; i++) x[i] = 4;
  assert_int_equal(DYO_OK, m->forecast(&ctx, s, &ask, &(dyo_band){low, room, room + H}, &err));
  for (size_t i = 0; i < H; i++) x[i] = 6;
  assert_int_equal(DYO_OK, m->forecast(&ctx, s, &ask, &(dyo_band){high, room, room + H}, &err));
  for (size_t i = 0; i < H; i++) near(high[i] - low[i], 20, 5);
}

static void holidays_reach_the_steps_they_fall_in(void **state)
{
  const double      days[] = {10, 45};
  const xgb_holiday h      = {.name = "a", .days = (double *)days, .n_days = 2, .lower = -1, .upper = 2};
  const xgb_state   daily = {.unit = DYO_FREQ_DAY, .step = 1}, monthly = {.unit = DYO_FREQ_MONTH, .step = 1};
  (void)state;
  near(xgb_holiday_at(&daily, &h, 9), -1, 0);
  near(xgb_holiday_at(&daily, &h, 12.5), 2, 0);
  assert_true(isnan(xgb_holiday_at(&daily, &h, 13)));
  near(xgb_holiday_at(&monthly, &h, 0), 4, 0);               /* January 1970: days 9 to 12 */
  near(xgb_holiday_at(&monthly, &h, 31), 4, 0);              /* February: 44 to 47 */
  assert_true(isnan(xgb_holiday_at(&monthly, &h, 31 + 28))); /* March */
  near(xgb_calendar(XGB_WEEKDAY, 0), 3, 0);                  /* a Thursday */
  near(xgb_calendar(XGB_MONTH, 31), 2, 0);
  near(xgb_calendar(XGB_HOUR, 0.25), 6, 0);
  near(xgb_calendar(XGB_QUARTER, 100), 2, 0);
  near(xgb_calendar(XGB_WEEK, 7), 2, 0);
  near(xgb_calendar(XGB_MONTHDAY, 30), 31, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
  const struct CMUnitTest tests[] = {TEST(a_trend_goes_on_beyond_the_past),
                                     TEST(a_carried_state_forecasts_the_same),
                                     TEST(the_first_trees_stay_when_news_come),
                                     TEST(importance_counts_every_split),
                                     TEST(a_week_joins_the_day_unless_periods_were_given),
                                     TEST(counts_stay_above_zero_and_grow_on),
                                     TEST(quantiles_do_not_add_up_along_the_path),
                                     TEST(a_season_is_learnt_from_a_related_history),
                                     TEST(short_and_odd_histories_are_forecast),
                                     TEST(what_no_fit_has_made_is_refused),
                                     TEST(a_cancel_ends_the_fit),
                                     TEST(a_regressor_that_explains_nothing_changes_nothing),
                                     TEST(a_regressor_that_explains_much_is_used),
                                     TEST(holidays_reach_the_steps_they_fall_in)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
