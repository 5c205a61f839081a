/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "forecast/calibrate.h"
#include "forecast/calibration.gen.h"
#include "forecast/dyo_backtest.h"
#include "forecast/dyo_calibrate.h"
#include "num/dyo_rng.h"

enum { LONG = 240, H = 12, LEVELS = 7 };

static const double levels[LEVELS] = {0.3, 0.5, 0.8, 0.9, 0.95, 0.99, 0.999};

static void near(double x, double expected, double tol)
{
  if (!(fabs(x - expected) <= tol * (1 + fabs(expected)))) fail_msg("%.17g is not %.17g", x, expected);
}

/* A random walk: what naive forecasts fit. */
static void walk(double *y, size_t n)
{
  dyo_rng r = dyo_rng_seed(7);
  double  x = 100;
  for (size_t t = 0; t < n; t++) y[t] = x += dyo_rng_normal(&r);
}

typedef struct {
  double   room[H * (1 + 2 * LEVELS)];
  dyo_band band;
} answer;

static dyo_calibration_note forecast(dyo_ctx *ctx, const char *name, const dyo_history *h, const dyo_calibration *c,
                                     answer *a)
{
  const dyo_model     *m      = dyo_model_find(name);
  const dyo_ask        ask    = {.h = H, .levels = levels, .n_levels = LEVELS, .seed = 1};
  dyo_err              err    = {0};
  void                *state  = dyo_alloc(ctx, 1, dyo_model_state_size(m));
  void                *params = dyo_alloc(ctx, 1, dyo_model_params_size(m));
  dyo_calibration_note note;
  for (const dyo_field *f = m->params; f->name; f++) dyo_field_default(f, params);
  assert_int_equal(DYO_OK, m->fit(ctx, h, params, state, &err));
  a->band = (dyo_band){a->room, a->room + H, a->room + H + H * LEVELS};
  assert_int_equal(DYO_OK, dyo_calibrated_forecast(ctx, m, state, c, &ask, &a->band, &note, &err));
  return note;
}

/* The file that the bench program makes: every row as calibrate_row promises, and each model with a row for every period. */
static void the_table_keeps_its_promises(void **state)
{
  static const char *const models[]  = {"naive", "seasonal_naive", "drift", "ets", "arima", "theta"};
  static const double      periods[] = {1, 4, 7, 12, 24, 52, 365};
  (void)state;
  for (const calibrate_row *r = calibrate_rows; r->model; r++) {
    assert_non_null(dyo_model_find(r->model));
    for (int i = 1; i < CALIBRATED_LEVELS; i++) assert_true(r->at[i] > r->at[i - 1]);
    assert_true(r->log_h.least == 0 && r->log_h.most > 1);
    assert_true(r->log_n.least <= r->log_n.most && r->width.least < r->width.most);
    assert_true(r->by_own ? r->own.least < r->own.most : r->own.slope == 0);
  }
  for (size_t m = 0; m < sizeof models / sizeof *models; m++)
    for (size_t p = 0; p < sizeof periods / sizeof *periods; p++) {
      size_t found = 0;
      for (const calibrate_row *r = calibrate_rows; r->model; r++)
        found +=
          strcmp(r->model, models[m]) == 0 && !r->by_own && periods[p] >= r->period[0] && periods[p] <= r->period[1];
      assert_true(found > 0);
    }
}

static double kept(const calibrate_term *t, double x)
{
  return t->slope * (x < t->least ? t->least : x > t->most ? t->most : x);
}

/* The formula of dyo_calibrate.h on numbers that can be had by hand: naive, errors all 1 in size, so s = 1 and d(h) = 1.96 sqrt(h). */
static void half_widths_are_as_the_formula_says(void **state)
{
  double            y[41];
  dyo_ctx           ctx;
  answer            a;
  const dyo_history h = {.y = y, .n = 41, .period = 1};
  (void)state;
  for (size_t t = 0; t < 41; t++) y[t] = 5 + (double)(t % 2);
  dyo_ctx_init(&ctx, NULL);
  const dyo_calibration      c    = dyo_calibration_of(&h, NAN);
  const dyo_calibration_note note = forecast(&ctx, "naive", &h, &c, &a);
  const calibrate_row       *r    = calibrate_rows;
  while (strcmp(r->model, "naive") != 0 || r->by_own || r->length[1] < 41) r++;
  assert_int_equal(DYO_CALIBRATED_POOLED, note.how);
  near(c.scale, 1, 1e-12);
  for (size_t i = 0; i < H; i++) {
    const double d     = 1.959963984540054 * sqrt((double)(i + 1)),
                 terms = kept(&r->log_h, log((double)(i + 1))) + kept(&r->log_n, log(41)) + kept(&r->width, log(d));
    near(a.band.upper[4 * H + i] - y[40], d * exp(r->at[3] + terms), 1e-9); /* 95 % */
    near(y[40] - a.band.lower[2 * H + i], d * exp(r->at[1] + terms), 1e-9); /* 80 % */
    if (i == 0) near(note.first, exp(r->at[3] + terms), 1e-9);
    if (i == H - 1) near(note.last, exp(r->at[3] + terms), 1e-9);
    /* below 50 % in proportion to the normal quantile: z(0.65) / z(0.75) */
    near(a.band.upper[i] - y[40], 0.385320466407568 / 0.674489750196082 * d * exp(r->at[0] + terms), 1e-9);
  }
  dyo_ctx_clear(&ctx);
}

static void intervals_are_nested_for_every_model(void **state)
{
  double            y[LONG];
  dyo_ctx           ctx;
  answer            a;
  const double      periods[] = {12};
  const dyo_history seasonal  = {.y = y, .n = LONG, .period = 12, .periods = periods, .n_periods = 1};
  (void)state;
  walk(y, LONG);
  for (size_t i = 0; dyo_models[i]; i++) {
    dyo_ctx_init(&ctx, NULL);
    const dyo_calibration c = dyo_calibration_of(&seasonal, 0.3);
    forecast(&ctx, dyo_models[i]->name, &seasonal, &c, &a);
    for (size_t k = 0; k < H; k++)
      for (size_t l = 0; l < LEVELS; l++) {
        const double lower = a.band.lower[l * H + k], upper = a.band.upper[l * H + k];
        assert_true(lower <= a.band.mean[k] && a.band.mean[k] <= upper);
        if (l == 0) continue;
        assert_true(lower <= a.band.lower[(l - 1) * H + k] && upper >= a.band.upper[(l - 1) * H + k]);
      }
    dyo_ctx_clear(&ctx);
  }
}

/* Off is what the model itself answers, to the bit; and calibration moves the ends, never the mean. */
static void without_calibration_nothing_changes(void **state)
{
  double            y[LONG];
  dyo_ctx           ctx;
  answer            off, on;
  const dyo_history h   = {.y = y, .n = LONG, .period = 1};
  const dyo_ask     ask = {.h = H, .levels = levels, .n_levels = LEVELS, .seed = 1};
  double            room[H * (1 + 2 * LEVELS)];
  dyo_band          own      = {room, room + H, room + H + H * LEVELS};
  dyo_err           err      = {0};
  const dyo_model  *m        = dyo_model_find("naive");
  char              none[64] = {0};
  (void)state;
  walk(y, LONG);
  dyo_ctx_init(&ctx, NULL);
  void                      *fitted = dyo_alloc(&ctx, 1, dyo_model_state_size(m));
  const dyo_calibration      c      = dyo_calibration_of(&h, NAN);
  const dyo_calibration_note note   = forecast(&ctx, "naive", &h, NULL, &off);
  forecast(&ctx, "naive", &h, &c, &on);
  assert_int_equal(DYO_CALIBRATED_NONE, note.how);
  near(note.first, 1, 0);
  assert_int_equal(DYO_OK, m->fit(&ctx, &h, none, fitted, &err));
  assert_int_equal(DYO_OK, m->forecast(&ctx, fitted, &ask, &own, &err));
  assert_memory_equal(off.room, room, sizeof room);
  assert_memory_equal(off.room, on.room, H * sizeof(double));
  assert_true(off.band.upper[4 * H] != on.band.upper[4 * H]);
  dyo_ctx_clear(&ctx);
}

static void short_constant_and_perfect_histories_stay_sane(void **state)
{
  double  two[] = {3, 4}, same[30], line[LONG];
  dyo_ctx ctx;
  answer  a;
  (void)state;
  for (size_t t = 0; t < 30; t++) same[t] = 7;
  for (size_t t = 0; t < LONG; t++) line[t] = 2 * (double)t;
  const dyo_history all[] = {
    {.y = two, .n = 2, .period = 1}, {.y = same, .n = 30, .period = 4}, {.y = line, .n = LONG, .period = 1}};
  dyo_ctx_init(&ctx, NULL);
  for (size_t i = 0; i < 3; i++) {
    double  own      = 0;
    dyo_err err      = {0};
    char    none[64] = {0};
    assert_int_equal(DYO_OK, dyo_calibrate_own(&ctx, dyo_model_find("drift"), none, &all[i], &own, &err));
    assert_true(isnan(own)); /* too short, or no width to compare with */
    const dyo_calibration c = dyo_calibration_of(&all[i], own);
    forecast(&ctx, "drift", &all[i], &c, &a);
    for (size_t k = 0; k < H * LEVELS; k++) {
      assert_true(isfinite(a.band.lower[k]) && isfinite(a.band.upper[k]));
      assert_true(i == 0 || a.band.upper[k] - a.band.lower[k] < 1e-9); /* without errors there is no width */
    }
  }
  dyo_ctx_clear(&ctx);
}

/* The last third of this walk is three times as rough as what came before: its own rolling origin sees it. */
static void own_history_tells_a_rough_end_from_a_calm_one(void **state)
{
  double  y[LONG], own = 0, calm = 0;
  dyo_err err = {0};
  dyo_ctx ctx;
  char    none[64] = {0};
  (void)state;
  walk(y, LONG);
  const dyo_history h = {.y = y, .n = LONG, .period = 1};
  dyo_ctx_init(&ctx, NULL);
  assert_int_equal(DYO_OK, dyo_calibrate_own(&ctx, dyo_model_find("naive"), none, &h, &calm, &err));
  for (size_t t = 2 * LONG / 3; t < LONG; t++) y[t] = y[t - 1] + 3 * (y[t] - y[2 * LONG / 3 - 1]) / 4;
  y[LONG - 5] = y[LONG - 60] = NAN;
  assert_int_equal(DYO_OK, dyo_calibrate_own(&ctx, dyo_model_find("naive"), none, &h, &own, &err));
  assert_true(isfinite(own) && isfinite(calm) && own > calm + 0.2);
  dyo_ctx_clear(&ctx);
}

/* A backtest counts the calibrated interval where it is asked to; errors of the mean stay as they were. */
static void a_backtest_counts_the_interval_it_was_asked_for(void **state)
{
  double            y[60];
  dyo_ctx           ctx;
  dyo_err           err = {0};
  dyo_backtest      raw = {0}, on = {0};
  dyo_backtest_opts o        = {.h = 6, .folds = 5, .step = 3, .level = 0.95};
  const dyo_history h        = {.y = y, .n = 60, .period = 1};
  char              none[64] = {0};
  (void)state;
  walk(y, 60);
  dyo_ctx_init(&ctx, NULL);
  assert_int_equal(DYO_OK, dyo_backtest_run(&ctx, dyo_model_find("naive"), none, &h, &o, &raw, &err));
  o.calibrate = true;
  assert_int_equal(DYO_OK, dyo_backtest_run(&ctx, dyo_model_find("naive"), none, &h, &o, &on, &err));
  near(on.all.mae, raw.all.mae, 0);
  assert_true(on.all.pinball != raw.all.pinball);
  dyo_ctx_clear(&ctx);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(the_table_keeps_its_promises),
    cmocka_unit_test(half_widths_are_as_the_formula_says),
    cmocka_unit_test(intervals_are_nested_for_every_model),
    cmocka_unit_test(without_calibration_nothing_changes),
    cmocka_unit_test(short_constant_and_perfect_histories_stay_sane),
    cmocka_unit_test(own_history_tells_a_rough_end_from_a_calm_one),
    cmocka_unit_test(a_backtest_counts_the_interval_it_was_asked_for),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
