/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "context.h"
#include "forecast/dyo_prophet.h"
#include "forecast/prophet.h"
#include "json/dyo_json.h"
#include "num/dyo_rng.h"

enum { N = 160, H = 20, WEEK_TERMS = 6 };

static const double first_day = 19000, pi = 3.14159265358979323846;
static dyo_err      err;

static void near(double x, double expected, double tol)
{
  if (!(fabs(x - expected) <= tol)) fail_msg("%.17g is not %.17g", x, expected);
}

static void *params(const char *json)
{
  prophet_params *p = DYO_NEW(&ctx, 1, prophet_params);
  if (dyo_json_decode_in(&ctx, "params", json, strlen(json), prophet_params_rows, p, &err) != DYO_OK)
    fail_msg("%s: %s", err.path, err.message);
  return p;
}

typedef struct {
  double y[N + H], t[N + H], x[N + H];
} data;

/* A trend that bends, a week in proportion to it, a regressor, noise. */
static void make(data *d)
{
  dyo_rng r = dyo_rng_seed(5);
  for (int i = 0; i < N + H; i++) {
    d->t[i] = first_day + i;
    d->x[i] = dyo_rng_normal(&r) * 3 + 8;
    d->y[i] = (100 + 0.5 * i - (i > 70 ? 1.2 * (i - 70) : 0)) * (1 + 0.2 * sin(2 * pi * d->t[i] / 7)) + 2 * d->x[i] +
              3 * dyo_rng_normal(&r);
  }
  d->y[40] = d->y[41] = NAN;
}

static dyo_history history(const data *d, size_t n)
{
  return (dyo_history){.y = d->y, .n = n, .period = 7, .t = d->t, .freq = {DYO_FREQ_DAY, 1}};
}

static prophet_state *fit(const dyo_history *h, const char *json)
{
  prophet_state *s = DYO_NEW(&ctx, 1, prophet_state);
  if (dyo_model_prophet.fit(&ctx, h, params(json), s, &err) != DYO_OK) fail_msg("%s: %s", err.path, err.message);
  return s;
}

/* Minus the log posterior of Taylor & Letham's model, written down once more: weekly season of three terms as `mode` says. */
static double posterior(const data *d, const prophet_state *s, double cap, bool multiplicative)
{
  double scale = 0, span = d->t[N - 1] - d->t[0], f = 0, n = 0;
  for (int i = 0; i < N; i++) scale = fmax(scale, fabs(d->y[i]));
  for (int i = 0; i < N; i++) {
    const double u = (d->t[i] - d->t[0]) / span;
    double       z = cap > 0 ? s->k * (u - s->m) : s->k * u + s->m, season = 0;
    if (isnan(d->y[i])) continue;
    for (size_t j = 0; j < s->n_delta; j++) {
      /* the first 0.8 of 158 known values, whole numbers of 126 / 25 apart, two values missing from the 41st on */
      const double at   = nearbyint((double)(j + 1) * 125 / 25);
      const double when = (at < 40 ? at : at + 2) / span;
      if (u > when) z += s->delta[j] * (u - when);
    }
    for (size_t j = 0; j < WEEK_TERMS; j++) {
      const double a = 2 * pi * (double)(j / 2 + 1) * d->t[i] / 7;
      season += s->beta[j] * (j % 2 ? cos(a) : sin(a));
    }
    const double g = cap > 0 ? cap / scale / (1 + exp(-z)) : z;
    const double e = d->y[i] / scale - (multiplicative ? g * (1 + season) : g + season);
    f += e * e / (2 * s->sigma * s->sigma);
    n++;
  }
  f += n * log(s->sigma) + 2 * s->sigma * s->sigma + s->k * s->k / 50 + s->m * s->m / 50;
  for (size_t j = 0; j < s->n_delta; j++) f += fabs(s->delta[j]) / 0.05;
  for (size_t j = 0; j < s->n_beta; j++) f += s->beta[j] * s->beta[j] / 200;
  return f;
}

/* No parameter can be moved either way without the posterior falling. */
static void check_summit(const data *d, const char *json, double cap, bool multiplicative)
{
  const dyo_history h   = history(d, N);
  prophet_state    *s   = fit(&h, json);
  const double      top = posterior(d, s, cap, multiplicative);
  assert_int_equal(s->n_beta, WEEK_TERMS);
  assert_int_equal(s->n_delta, 25);
  double *theta[3 + 25 + WEEK_TERMS] = {&s->k, &s->m, &s->sigma};
  for (size_t i = 0; i < 25; i++) theta[3 + i] = &s->delta[i];
  for (size_t i = 0; i < WEEK_TERMS; i++) theta[28 + i] = &s->beta[i];
  for (size_t i = 0; i < sizeof theta / sizeof *theta; i++)
    for (double by = -1e-3; by < 2e-3; by += 2e-3) {
      const double keep = *theta[i];
      *theta[i] += by * fmax(fabs(keep), 0.01);
      if (posterior(d, s, cap, multiplicative) < top - 1e-7) fail_msg("%s: parameter %zu by %g rises", json, i, by);
      *theta[i] = keep;
    }
}

static void the_estimate_is_a_maximum(void **state)
{
  data d;
  (void)state;
  make(&d);
  check_summit(&d, "{}", 0, false);
  check_summit(&d, "{\"seasonality_mode\":\"multiplicative\"}", 0, true);
  check_summit(&d, "{\"growth\":\"logistic\",\"cap\":300}", 300, false);
  check_summit(&d, "{\"growth\":\"logistic\",\"cap\":300,\"seasonality_mode\":\"multiplicative\"}", 300, true);
}

static void forecast(const prophet_state *s, const data *d, double level, double *mean, double *lower, double *upper)
{
  const dyo_ask ask = {.h = H, .levels = &level, .n_levels = 1, .x = d->x + N, .seed = 1, .t = d->t + N};
  dyo_band      b   = {mean, lower, upper};
  if (dyo_model_prophet.forecast(&ctx, s, &ask, &b, &err) != DYO_OK) fail_msg("%s: %s", err.path, err.message);
}

/* Fitting on from an earlier fit and fitting afresh find the same maximum. */
static void an_update_is_a_fit_to_all(void **state)
{
  const char *name = "x";
  data        d;
  double      past[100], a[H], b[H], lo[H], hi[H], lo2[H], hi2[H];
  (void)state;
  make(&d);
  dyo_history whole = history(&d, N), part = history(&d, 100);
  memcpy(past, d.x, sizeof past);
  whole.x = d.x, part.x = past;
  whole.n_x = part.n_x = 1;
  whole.x_names = part.x_names = &name;
  prophet_state *all = fit(&whole, "{}"), *grown = fit(&part, "{}");
  const dyo_news news = {d.y + 100, N - 100, d.x + 100, d.t + 100};
  assert_int_equal(DYO_OK, dyo_model_prophet.update(&ctx, grown, &news, &err));
  forecast(all, &d, 0.9, a, lo, hi);
  forecast(grown, &d, 0.9, b, lo2, hi2);
  for (int i = 0; i < H; i++) {
    near(b[i], a[i], 1e-5 * fabs(a[i]));
    near(lo2[i], lo[i], 1e-4 * fabs(a[i]));
    near(hi2[i], hi[i], 1e-4 * fabs(a[i]));
  }
}

/* Bends come at rate n a history and are Laplace distributed: the variance of the level after time u is, for the mean size b,
 * n 2 b^2 u^3 / 3, beside which nothing else counts here. The spread of a normal distribution with it holds for the quartiles within a
 * tenth or so, as many bends add up. */
static void trends_spread_as_bends_add_up(void **state)
{
  enum { LONG = 400 };
  static double   y[LONG], t[2 * LONG], mean[LONG], lower[LONG], upper[LONG];
  const double    level = 0.5;
  prophet_params *p     = NULL;
  (void)state;
  for (int i = 0; i < 2 * LONG; i++) t[i] = first_day + i;
  for (int i = 0; i < LONG; i++) y[i] = 1;
  const dyo_history h = {.y = y, .n = LONG, .period = 1, .t = t, .freq = {DYO_FREQ_DAY, 1}};
  prophet_state    *s = fit(&h, "{\"weekly_seasonality\":0,\"n_changepoints\":100}");
  p                   = s->params;
  assert_int_equal(p->n_changepoints, 100);
  for (size_t i = 0; i < s->n_delta; i++) s->delta[i] = i % 2 ? 0.02 : -0.02; /* b = 0.02, slope as it was */
  const dyo_ask ask = {.h = LONG, .levels = &level, .n_levels = 1, .seed = 3, .t = t + LONG};
  dyo_band      b   = {mean, lower, upper};
  assert_int_equal(DYO_OK, dyo_model_prophet.forecast(&ctx, s, &ask, &b, &err));
  const double u = LONG / (double)(LONG - 1), sd = sqrt(100 * 2 * 0.02 * 0.02 * u * u * u / 3);
  near((upper[LONG - 1] - lower[LONG - 1]) / 2, 0.6745 * sd, 0.1 * sd);
  assert_true(upper[LONG / 4] - lower[LONG / 4] < upper[LONG - 1] - lower[LONG - 1]);
}

/* One column of noise beside a line: the variance of its coefficient is sigma^2 / sum x^2, as in least squares. */
static void uncertainty_of_features_is_that_of_least_squares(void **state)
{
  const char *name = "x";
  data        d;
  double      a[H], lo[H], hi[H], sum = 0, mean = 0;
  (void)state;
  make(&d);
  dyo_history h = history(&d, N);
  d.y[40] = d.y[41] = 100;
  h.x = d.x, h.n_x = 1, h.x_names = &name;
  prophet_state *s = fit(&h, "{\"weekly_seasonality\":0,\"growth\":\"flat\",\"uncertainty_samples\":0,"
                             "\"regressors\":[{\"name\":\"x\",\"standardize\":false,\"prior_scale\":1000}]}");
  forecast(s, &d, 0.95, a, lo, hi);
  for (int i = 0; i < N; i++) mean += d.x[i] / N;
  for (int i = 0; i < N; i++) sum += (d.x[i] - mean) * (d.x[i] - mean);
  for (int i = 0; i < H; i++) {
    double scale = 0;
    for (int j = 0; j < N; j++) scale = fmax(scale, fabs(d.y[j]));
    const double sd = s->sigma * scale * sqrt(1 + d.x[N + i] * d.x[N + i] / sum);
    near((hi[i] - lo[i]) / 2, 1.959964 * sd, 1e-4 * sd);
  }
}

/* A month holds the holiday that falls into it, a day itself and its window. */
static void holidays_are_found_in_the_steps_that_hold_them(void **state)
{
  const double      day = 19055, late = 19060; /* 2022-03-04, 2022-03-09 */
  const dyo_holiday hol = {"fair", &day, 1, -1, 2, NAN}, far = {"late", &late, 1, 0, 0, NAN};
  const dyo_holiday both[] = {hol, far};
  double            y[4] = {1, 2, 3, 5}, t[4] = {19024, 19052, 19083, 19113}, row[16]; /* 1 Feb to 1 May 2022 */
  prophet_form      f;
  (void)state;
  dyo_history months = {.y = y, .n = 4, .period = 1, .t = t, .freq = {DYO_FREQ_MONTH, 1}};
  months.holidays = both, months.n_holidays = 2;
  assert_int_equal(DYO_OK, prophet_form_new(&ctx, &months, params("{\"n_changepoints\":0}"), &f, &err));
  assert_int_equal(f.n_beta, 5);
  prophet_row(&f, 19052, NULL, 0, 0, row); /* March has all of them */
  for (int i = 2; i < 7; i++) assert_true(row[i] == 1);
  prophet_row(&f, 19083, NULL, 0, 0, row);
  for (int i = 2; i < 7; i++) assert_true(row[i] == 0);
  for (int w = -2; w <= 3; w++) {
    f.h                  = &months;
    months.freq.unit     = DYO_FREQ_HOUR;
    const double at_noon = day + w + 0.5;
    prophet_row(&f, at_noon, NULL, 0, 0, row);
    for (int i = -1; i <= 2; i++) assert_true(row[2 + i + 1] == (i == w));
  }
}

static void bends_are_told_in_the_unit_of_the_series(void **state)
{
  double    y[61], t[61];
  dyo_bend *b = NULL;
  size_t    n = 0;
  (void)state;
  for (int i = 0; i < 61; i++) y[i] = i <= 30 ? 100 + i : 190 - 2 * i, t[i] = first_day + 7 * i;
  const dyo_history h = {.y = y, .n = 61, .period = 1, .t = t, .freq = {DYO_FREQ_WEEK, 1}};
  assert_int_equal(DYO_OK, dyo_prophet_bends(&ctx, &h,
                                             params("{\"changepoints\":[\"2022-08-06\"],\"changepoint_prior_scale\":10,"
                                                    "\"yearly_seasonality\":0}"),
                                             &b, &n, &err)); /* first_day is 2022-01-08 */
  assert_int_equal(n, 1);
  near(b[0].t, first_day + 210, 1e-9);
  near(b[0].before, 1, 1e-3);
  near(b[0].after, -2, 1e-3);
  near(b[0].delta, -3 * 60 / 130.0, 1e-3);
}

static void a_cancelled_fit_ends(void **state)
{
  data           d;
  volatile int   stop = 1;
  prophet_state *s    = DYO_NEW(&ctx, 1, prophet_state);
  (void)state;
  make(&d);
  const dyo_history h = history(&d, N);
  void             *p = params("{\"seasonality_mode\":\"multiplicative\"}");
  ctx.cancel          = &stop;
  assert_int_equal(DYO_CANCELLED, dyo_model_prophet.fit(&ctx, &h, p, s, &err));
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(the_estimate_is_a_maximum, set_up, tear_down),
    cmocka_unit_test_setup_teardown(an_update_is_a_fit_to_all, set_up, tear_down),
    cmocka_unit_test_setup_teardown(trends_spread_as_bends_add_up, set_up, tear_down),
    cmocka_unit_test_setup_teardown(uncertainty_of_features_is_that_of_least_squares, set_up, tear_down),
    cmocka_unit_test_setup_teardown(holidays_are_found_in_the_steps_that_hold_them, set_up, tear_down),
    cmocka_unit_test_setup_teardown(bends_are_told_in_the_unit_of_the_series, set_up, tear_down),
    cmocka_unit_test_setup_teardown(a_cancelled_fit_ends, set_up, tear_down),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
