/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../context.h"
#include "../pace.h"
#include "forecast/dyo_model.h"
#include "impatient.h"
#include "num/dyo_rng.h"

enum { SERIES_MOST = 40, LENGTH_MOST = 600, STEPS_MOST = 30 };

static dyo_err err;

static const dyo_model *arima(void)
{
  const dyo_model *m = dyo_model_find("arima");
  assert_non_null(m);
  return m;
}

static const dyo_field *row(const char *name)
{
  const dyo_field *f = arima()->params;
  while (f->name && strcmp(f->name, name) != 0) f++;
  assert_non_null(f->name);
  return f;
}

/* Parameters as the decoder leaves them when nothing is given. */
static char *defaults(void)
{
  char *p = dyo_alloc(&ctx, 1, dyo_model_params_size(arima()));
  for (const dyo_field *f = arima()->params; f->name; f++) {
    const bool given = f->dflt < DYO_NULL;
    if (f->type == DYO_T_ENUM || f->type == DYO_T_FLAG) *(int *)(void *)(p + f->off) = given ? (int)f->dflt : -1;
    if (f->type == DYO_T_INT) *(int *)(void *)(p + f->off) = given ? (int)f->dflt : DYO_NO_INT;
    if (f->type == DYO_T_BOOL) *(bool *)(void *)(p + f->off) = f->dflt != 0;
  }
  return p;
}

static void set_int(char *p, const char *name, int v)
{
  *(int *)(void *)(p + row(name)->off) = v;
}

static void set_ints(char *p, const char *name, int *v, size_t n)
{
  const dyo_field *f                = row(name);
  *(int **)(void *)(p + f->off)     = v;
  *(size_t *)(void *)(p + f->off_n) = n;
}

static void *fit(const dyo_history *h, const char *params)
{
  void *s = dyo_alloc(&ctx, 1, dyo_model_state_size(arima()));
  if (arima()->fit(&ctx, h, params, s, &err) != DYO_OK) fail_msg("%s: %s", err.path, err.message);
  return s;
}

static dyo_report report(const void *s)
{
  dyo_report r;
  dyo_report_clear(&r);
  assert_int_equal(DYO_OK, arima()->report(&ctx, s, &r, &err));
  return r;
}

static void forecast(const void *s, size_t h, double *mean, double *lower, double *upper)
{
  const double  level = 0.95;
  const dyo_ask ask   = {.h = h, .levels = &level, .n_levels = 1, .seed = 1};
  dyo_band      band  = {mean, lower, upper};
  if (arima()->forecast(&ctx, s, &ask, &band, &err) != DYO_OK) fail_msg("%s", err.message);
}

static void near(double want, double got, double tol)
{
  if (!(fabs(want - got) <= tol)) fail_msg("found %.12g; %.12g within %g is expected", got, want, tol);
}

static dyo_history history(const double *y, size_t n, double *period)
{
  return (dyo_history){.y = y, .n = n, .period = *period, .periods = period, .n_periods = *period > 1};
}

typedef struct {
  char   name[32];
  double period;
  size_t n;
  double y[LENGTH_MOST];
} data_set;

typedef struct {
  char   kind[8], series[32], trend[4], tool[16];
  int    order[3], seasonal[4];
  double loglik, aicc, mean[STEPS_MOST];
  size_t h;
} data_case;

static double number(FILE *f)
{
  char word[64];
  assert_int_equal(1, fscanf(f, "%63s", word));
  return strtod(word, NULL);
}

static size_t read_series(FILE *f, data_set *sets)
{
  size_t k = 0;
  while (fscanf(f, "%31s", sets[k].name) == 1 && strcmp(sets[k].name, "-") != 0) {
    assert_true(k + 1 < SERIES_MOST);
    sets[k].period = number(f);
    sets[k].n      = (size_t)number(f);
    assert_true(sets[k].n <= LENGTH_MOST);
    for (size_t i = 0; i < sets[k].n; i++) sets[k].y[i] = number(f);
    k++;
  }
  return k;
}

static bool read_case(FILE *f, data_case *c)
{
  static const int at[7] = {0, 1, 2, 0, 1, 2, 3};
  if (fscanf(f, "%7s %31s", c->kind, c->series) != 2) return false;
  for (int i = 0; i < 7; i++) *(i < 3 ? &c->order[at[i]] : &c->seasonal[at[i]]) = (int)number(f);
  assert_int_equal(2, fscanf(f, "%3s %15s", c->trend, c->tool));
  c->loglik = number(f), c->aicc = number(f), c->h = (size_t)number(f);
  assert_true(c->h <= STEPS_MOST);
  for (size_t i = 0; i < c->h; i++) c->mean[i] = number(f);
  return true;
}

/* Calls check for every case of the kind; returns how many there were. */
static int each_case(const char *kind, void (*check)(data_set *, data_case *))
{
  static data_set sets[SERIES_MOST];
  char            path[1024], line[512];
  data_case       c;
  int             seen = 0;
  snprintf(path, sizeof path, "%s/golden/forecast-data/arima.txt", DYO_TESTS_DIR);
  FILE *f = fopen(path, "r");
  assert_non_null(f);
  for (int i = 0; i < 2; i++) assert_non_null(fgets(line, sizeof line, f));
  const size_t k = read_series(f, sets);
  while (read_case(f, &c)) {
    if (strcmp(c.kind, kind) != 0) continue;
    for (size_t i = 0; i < k; i++)
      if (strcmp(sets[i].name, c.series) == 0) check(&sets[i], &c), seen++;
  }
  fclose(f);
  return seen;
}

static void *fit_case(data_set *d, data_case *c)
{
  char             *p = defaults();
  const dyo_history h = history(d->y, d->n, &d->period);
  set_ints(p, "order", c->order, 3);
  set_ints(p, "seasonal_order", c->seasonal, 4);
  set_int(p, "trend", c->trend[0] == 'c');
  return fit(&h, p);
}

/* Log-likelihood not lower by 0.02; forecasts within 2 % of the level unless ours is clearly higher. */
static void check_fit(data_set *d, data_case *c)
{
  double     mean[STEPS_MOST], lo[STEPS_MOST], hi[STEPS_MOST], level = 0;
  void      *s = fit_case(d, c);
  dyo_report r = report(s);
  if (!(r.log_likelihood > c->loglik - 0.02))
    fail_msg("%s: log-likelihood %g; %g is expected", c->series, r.log_likelihood, c->loglik);
  if (r.log_likelihood > c->loglik + 0.5 || c->h == 0) return;
  near(c->aicc, r.aicc, 0.05);
  forecast(s, c->h, mean, lo, hi);
  for (size_t i = 0; i < d->n; i++) level += fabs(d->y[i]) / (double)d->n;
  for (size_t i = 0; i < c->h; i++) near(c->mean[i], mean[i], 0.02 * level);
}

static void likelihood_and_forecasts_are_those_of_r_and_statsmodels(void **state)
{
  (void)state;
  assert_int_equal(14, each_case("fit", check_fit));
}

/* AICc not worse by 2 where the differencing agrees. */
static void check_auto(data_set *d, data_case *c)
{
  const dyo_history h = history(d->y, d->n, &d->period);
  const dyo_report  r = report(fit(&h, defaults()));
  if (r.order[1] != c->order[1] || r.seasonal_order[1] != c->seasonal[1]) return;
  if (!(r.aicc < c->aicc + 2)) fail_msg("%s: %s with AICc %g; %g is expected", c->series, r.form, r.aicc, c->aicc);
}

static void chosen_orders_are_as_good_as_those_of_r(void **state)
{
  (void)state;
  assert_int_equal(8, each_case("auto", check_auto));
}

/* Noise with a little memory, repeatable. */
static void memory(double *y, size_t n, double phi, uint64_t seed)
{
  dyo_rng g = dyo_rng_seed(seed);
  double  x = 0;
  for (size_t i = 0; i < n; i++) y[i] = 10 + (x = phi * x + dyo_rng_normal(&g));
}

/* Determinant and quadratic form by dense Cholesky, covariances of an AR(1) at the known places only. */
static double ar1_loglik(const double *y, const size_t *at, size_t k, double phi, double mean, double sigma2)
{
  static double l[60][60];
  double        z[60], sum = 0;
  for (size_t i = 0; i < k; i++) {
    z[i] = y[at[i]] - mean;
    for (size_t j = 0; j <= i; j++) {
      l[i][j] = sigma2 / (1 - phi * phi) * pow(phi, (double)(at[i] - at[j]));
      for (size_t m = 0; m < j; m++) l[i][j] -= l[i][m] * l[j][m];
      l[i][j] = i == j ? sqrt(l[i][j]) : l[i][j] / l[j][j];
      if (j < i) z[i] -= l[i][j] * z[j];
    }
    z[i] /= l[i][i];
    sum += z[i] * z[i] + 2 * log(l[i][i]) + log(6.283185307179586);
  }
  return -sum / 2;
}

static void likelihood_with_gaps_is_that_of_the_known_values(void **state)
{
  (void)state;
  double y[60], period = 1;
  size_t at[60], k     = 0;
  int    order[3] = {1, 0, 0};
  char  *p        = defaults();
  memory(y, 60, 0.7, 5);
  for (size_t i = 0; i < 60; i++)
    if (i == 7 || i == 8 || i == 30 || i == 45 || i == 52) y[i] = NAN;
    else at[k++] = i;
  set_ints(p, "order", order, 3);
  const dyo_history h = history(y, 60, &period);
  const dyo_report  r = report(fit(&h, p));
  assert_int_equal(3, r.n_list);
  assert_string_equal("ar.L1", r.params[0].name);
  assert_string_equal("const", r.params[1].name);
  assert_string_equal("sigma2", r.params[2].name);
  near(ar1_loglik(y, at, k, r.params[0].value, r.params[1].value, r.params[2].value), r.log_likelihood, 1e-6);
  assert_true(ar1_loglik(y, at, k, r.params[0].value + 0.05, r.params[1].value, r.params[2].value) < r.log_likelihood);
  assert_true(ar1_loglik(y, at, k, r.params[0].value, r.params[1].value + 0.2, r.params[2].value) < r.log_likelihood);
  assert_true(isnan(r.residuals[30]) && !isnan(r.residuals[31]));
}

/* A filter that saw all at once and one that saw the end later agree: the coefficients are the same in both. */
static void update_carries_the_filter_on(void **state)
{
  (void)state;
  double y[120], period = 12, a[12], b[12], lo[12], hi[12];
  int    order[3] = {0, 1, 1}, seasonal[4] = {0, 1, 1, 12};
  char  *p = defaults();
  memory(y, 120, 0.5, 3);
  for (size_t i = 0; i < 120; i++) y[i] += 5 * sin((double)i * 0.5235987755982988) + 0.1 * (double)i;
  set_ints(p, "order", order, 3);
  set_ints(p, "seasonal_order", seasonal, 4);
  const dyo_history h = history(y, 120, &period);
  void             *s = fit(&h, p), *t = dyo_alloc(&ctx, 1, dyo_model_state_size(arima()));
  memcpy(t, s, dyo_model_state_size(arima()));
  forecast(s, 12, a, lo, hi);
  assert_int_equal(
    DYO_OK, arima()->update(&ctx, t, &(dyo_news){.y = a, .n = 5}, &err)); /* what was foreseen comes: nothing changes */
  forecast(t, 7, b, lo, hi);
  for (size_t i = 0; i < 7; i++) near(a[i + 5], b[i], 1e-9);
  const double nan5[5] = {NAN, NAN, NAN, NAN, NAN};
  memcpy(t, s, dyo_model_state_size(arima()));
  assert_int_equal(DYO_OK, arima()->update(&ctx, t, &(dyo_news){.y = nan5, .n = 5}, &err));
  forecast(t, 7, b, lo, hi);
  for (size_t i = 0; i < 7; i++) near(a[i + 5], b[i], 1e-9);
}

/* Random walk: the last value, sd grows with the root of the step. Box & Jenkins (1970), 5.1. */
static void random_walk_repeats_its_last_value(void **state)
{
  (void)state;
  double y[80], period = 1, m[4], lo[4], hi[4];
  int    order[3] = {0, 1, 0}, none[4] = {0, 0, 0, 0};
  char  *p = defaults();
  memory(y, 80, 0.99, 11);
  set_ints(p, "order", order, 3);
  set_ints(p, "seasonal_order", none, 4);
  const dyo_history h = history(y, 80, &period);
  forecast(fit(&h, p), 4, m, lo, hi);
  for (size_t i = 0; i < 4; i++) {
    near(y[79], m[i], 1e-9);
    near((hi[0] - lo[0]) * sqrt((double)(i + 1)), hi[i] - lo[i], 1e-9);
  }
}

/* y = 3 x + AR(1): generalised least squares finds the 3, and needs the future of x. */
static void regressors_take_part_and_need_their_future(void **state)
{
  (void)state;
  double      y[200], x[200], period = 1, m[2], future[2] = {100, -100};
  const char *name     = "price";
  int         order[3] = {1, 0, 0};
  char       *p        = defaults();
  memory(y, 200, 0.6, 21);
  for (size_t i = 0; i < 200; i++) x[i] = 10 * cos(1.7 * (double)i), y[i] += 3 * x[i];
  set_ints(p, "order", order, 3);
  dyo_history h = history(y, 200, &period);
  h.x = x, h.n_x = 1, h.x_names = &name;
  void            *s = fit(&h, p);
  const dyo_report r = report(s);
  assert_string_equal("price", r.params[1].name);
  near(3, r.params[1].value, 0.05);
  assert_true(r.params[1].std_error > 0 && r.params[1].std_error < 0.05);
  dyo_ask  ask = {.h = 2, .x = future};
  dyo_band out = {.mean = m};
  assert_int_equal(DYO_OK, arima()->forecast(&ctx, s, &ask, &out, &err));
  near(310, m[0], 12);
  near(600, m[0] - m[1], 12);
  ask.x = NULL;
  assert_int_equal(DYO_INVALID_INPUT, arima()->forecast(&ctx, s, &ask, &out, &err));
  assert_string_equal("/future_regressors", err.path);
}

/* Orders of a long series are compared by conditional sums of squares: what wins is no worse than the order it was made with. */
static void long_series_get_orders_as_good_as_their_own(void **state)
{
  (void)state;
  static double y[1500];
  double        period   = 1;
  int           order[3] = {2, 0, 1}, none[4] = {0};
  char         *p = defaults(), *q = defaults();
  dyo_rng       g = dyo_rng_seed(77);
  double        e = 0;
  for (size_t i = 0; i < 1500; i++) {
    const double old = e;
    e                = dyo_rng_normal(&g);
    y[i]             = e + 0.5 * old + (i > 0 ? 1.1 * y[i - 1] : 0) - (i > 1 ? 0.3 * y[i - 2] : 0);
  }
  set_ints(p, "order", order, 3);
  set_ints(p, "seasonal_order", none, 4);
  set_int(p, "trend", 0);
  const dyo_history h = history(y, 1500, &period);
  const dyo_report  r = report(fit(&h, p)), s = report(fit(&h, q));
  assert_int_equal(0, s.order[1]);
  assert_true(s.aicc < r.aicc + 2);
}

/* Bounds of n drawn futures after 5 values have come: those of a state that kept its residuals. ARMA(0,0), residuals 1 and -1. */
static void drawn_intervals_survive_an_update(void **state)
{
  (void)state;
  double y[40], period = 1, m[3], lo[3], hi[3];
  int    order[3] = {0, 0, 0};
  char  *p        = defaults();
  for (size_t i = 0; i < 40; i++) y[i] = i % 2 ? 6 : 4;
  set_ints(p, "order", order, 3);
  set_int(p, "interval_method", 1);
  const dyo_history h = history(y, 40, &period);
  void             *s = fit(&h, p);
  assert_int_equal(DYO_OK, arima()->update(&ctx, s, &(dyo_news){.y = y, .n = 5}, &err));
  forecast(s, 3, m, lo, hi);
  for (size_t i = 0; i < 3; i++) {
    near(5, m[i], 1e-9);
    near(5 - sqrt(40.0 / 39), lo[i], 1e-9);
    near(5 + sqrt(40.0 / 39), hi[i], 1e-9);
  }
}

/* AR(1) through zero: minus the second derivative of the likelihood at its top, written out for a grid of phi around it. */
static void standard_error_is_the_curvature_of_the_likelihood(void **state)
{
  (void)state;
  double y[60], period = 1;
  size_t at[60];
  int    order[3] = {1, 0, 0};
  char  *p        = defaults();
  memory(y, 60, 0.7, 5);
  for (size_t i = 0; i < 60; i++) at[i] = i, y[i] -= 10;
  set_ints(p, "order", order, 3);
  set_int(p, "trend", 0);
  const dyo_history h   = history(y, 60, &period);
  const dyo_report  r   = report(fit(&h, p));
  const double      phi = r.params[0].value, step = 1e-3;
  double            top[3];
  for (int i = 0; i < 3; i++) { /* sigma2 at its best for each phi */
    const double f = phi + (i - 1) * step, one = ar1_loglik(y, at, 60, f, 0, 1), two = ar1_loglik(y, at, 60, f, 0, 2);
    const double q = 4 * (two - one + 30 * log(2)); /* sum of squares: the two differ by q / 4 - n / 2 log 2 */
    top[i]         = ar1_loglik(y, at, 60, f, 0, q / 60);
  }
  near(1 / sqrt(-(top[0] - 2 * top[1] + top[2]) / (step * step)), r.params[0].std_error, 2e-4);
}

static void refuse(char *p, const char *path)
{
  double y[40], period = 1;
  void  *s = dyo_alloc(&ctx, 1, dyo_model_state_size(arima()));
  memory(y, 40, 0.3, 2);
  const dyo_history h = history(y, 40, &period);
  assert_int_not_equal(DYO_OK, arima()->fit(&ctx, &h, p, s, &err));
  assert_string_equal(path, err.path);
}

static void odd_orders_are_refused_by_name(void **state)
{
  (void)state;
  int two[2] = {1, 0}, high[3] = {99, 0, 0}, often[3] = {0, 9, 0}, season[4] = {1, 0, 0, 1}, once[3] = {0, 1, 0},
      twice[3] = {0, 2, 0}, big[4] = {8, 0, 0, 900};
  int   zero[4] = {0, 0, 0, 0}, longer[4] = {0, 2, 0, 30};
  char *p = defaults();
  set_ints(p, "order", two, 2), refuse(p, "/params/order");
  set_ints(p, "order", high, 3), refuse(p, "/params/order/0");
  set_ints(p, "order", often, 3), refuse(p, "/params/order/1");
  set_ints(p, "order", once, 3), set_ints(p, "seasonal_order", two, 2), refuse(p, "/params/seasonal_order");
  set_ints(p, "seasonal_order", season, 4), refuse(p, "/params/seasonal_order/3");
  set_ints(p, "seasonal_order", big, 4), refuse(p, "/params/seasonal_order");
  set_ints(p, "seasonal_order", longer, 4), refuse(p, "/series");
  set_ints(p, "seasonal_order", zero, 4), set_int(p, "trend", 1), refuse(p, "/params/trend");
  set_ints(p, "order", twice, 3), set_int(p, "trend", 2), refuse(p, "/params/trend");
  set_int(p, "trend", -1), set_int(p, "include_drift", 1), refuse(p, "/params/include_drift");
}

/* Short, constant, zero, straight, huge, tiny, mostly missing: an answer of numbers, or a refusal with a sentence. */
static void odd_series_get_an_answer(void **state)
{
  (void)state;
  static const double periods[] = {1, 4, 12, 24, 52};
  double              y[130], m[20], lo[20], hi[20];
  for (int kind = 0; kind < 8; kind++)
    for (size_t all = 3; all <= 130; all = all * 3 / 2 + 1)
      for (size_t step = (size_t)pace(4), q = all % step; q < 5; q += step) {
        double period = periods[q];
        size_t n      = all;
        memory(y, n, 0.5, 100 + n);
        for (size_t i = 0; i < n; i++)
          y[i] = kind == 0            ? 7
                 : kind == 1          ? 0
                 : kind == 2          ? (double)i
                 : kind == 3          ? y[i] * 1e100
                 : kind == 4          ? y[i] * 1e-100
                 : kind == 5 && i % 3 ? NAN
                 : kind == 6          ? (double)(i % 12)
                                      : y[i];
        while (isnan(y[n - 1])) n--;
        if (n < 3) continue; /* min_obs */
        dyo_ctx_clear(&ctx);
        const dyo_history h = history(y, n, &period);
        void             *s = dyo_alloc(&ctx, 1, dyo_model_state_size(arima()));
        if (arima()->fit(&ctx, &h, defaults(), s, &err) != DYO_OK) {
          assert_int_equal(DYO_INSUFFICIENT_DATA, err.code);
          assert_true(n < 5);
          continue;
        }
        forecast(s, 20, m, lo, hi);
        for (size_t i = 0; i < 20; i++)
          assert_true(isfinite(m[i]) && isfinite(lo[i]) && isfinite(hi[i]) && lo[i] <= m[i] && m[i] <= hi[i]);
        if (kind < 2) near(y[0], m[19], 1e-6);
        if (kind == 2 && n >= 10) near((double)n + 19, m[19], 1e-6 * (double)n);
      }
}

/* A state whose arrays do not fit each other, as from a forged text. */
static void forged_states_are_refused(void **state)
{
  (void)state;
  double y[60], period = 1, m[3], lo[3], hi[3];
  int    order[3] = {2, 1, 1};
  char  *p        = defaults();
  memory(y, 60, 0.4, 8);
  set_ints(p, "order", order, 3);
  const dyo_history h     = history(y, 60, &period);
  char             *s     = fit(&h, p);
  const double      level = 0.9;
  const dyo_ask     ask   = {.h = 3, .levels = &level, .n_levels = 1};
  dyo_band          band  = {m, lo, hi};
  for (const dyo_field *f = arima()->state; f->name; f++) {
    char *t = dyo_alloc(&ctx, 1, dyo_model_state_size(arima()));
    memcpy(t, s, dyo_model_state_size(arima()));
    const bool array = f->type == DYO_T_NUMS && f->dflt == DYO_REQ && strcmp(f->name, "beta") != 0;
    if (array) *(size_t *)(void *)(t + f->off_n) += 1;
    else if (f->type == DYO_T_INT) *(int *)(void *)(t + f->off) += 2000;
    else continue;
    assert_int_equal(DYO_INVALID_INPUT, arima()->forecast(&ctx, t, &ask, &band, &err));
    assert_string_equal("/model", err.path);
    assert_int_equal(DYO_INVALID_INPUT, arima()->update(&ctx, t, &(dyo_news){.y = y, .n = 1}, &err));
  }
}

/* One fit of given orders is one search of many passes through the series. */
static void a_fit_of_one_order_can_be_cancelled_at_any_pass(void **unused)
{
  double y[300], period = 12;
  int    order[3] = {2, 1, 2}, seasonal[4] = {1, 0, 1, 12};
  (void)unused;
  for (int most = 1; most <= 200; most += 40) {
    impatient      i    = {.most = most};
    const dyo_host host = impatient_host(&i);
    dyo_rng        r    = dyo_rng_seed(3);
    dyo_ctx_clear(&ctx);
    dyo_ctx_init(&ctx, &host);
    for (int t = 0; t < 300; t++) y[t] = dyo_rng_normal(&r) + (t ? y[t - 1] : 0);
    char             *p = defaults();
    const dyo_history h = history(y, 300, &period);
    void             *s = dyo_alloc(&ctx, 1, dyo_model_state_size(arima()));
    set_ints(p, "order", order, 3);
    set_ints(p, "seasonal_order", seasonal, 4);
    assert_int_equal(DYO_CANCELLED, arima()->fit(&ctx, &h, p, s, &err));
    assert_int_equal(most, i.told);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(likelihood_and_forecasts_are_those_of_r_and_statsmodels, set_up, tear_down),
    cmocka_unit_test_setup_teardown(chosen_orders_are_as_good_as_those_of_r, set_up, tear_down),
    cmocka_unit_test_setup_teardown(likelihood_with_gaps_is_that_of_the_known_values, set_up, tear_down),
    cmocka_unit_test_setup_teardown(update_carries_the_filter_on, set_up, tear_down),
    cmocka_unit_test_setup_teardown(random_walk_repeats_its_last_value, set_up, tear_down),
    cmocka_unit_test_setup_teardown(regressors_take_part_and_need_their_future, set_up, tear_down),
    cmocka_unit_test_setup_teardown(long_series_get_orders_as_good_as_their_own, set_up, tear_down),
    cmocka_unit_test_setup_teardown(drawn_intervals_survive_an_update, set_up, tear_down),
    cmocka_unit_test_setup_teardown(standard_error_is_the_curvature_of_the_likelihood, set_up, tear_down),
    cmocka_unit_test_setup_teardown(a_fit_of_one_order_can_be_cancelled_at_any_pass, set_up, tear_down),
    cmocka_unit_test_setup_teardown(odd_orders_are_refused_by_name, set_up, tear_down),
    cmocka_unit_test_setup_teardown(odd_series_get_an_answer, set_up, tear_down),
    cmocka_unit_test_setup_teardown(forged_states_are_refused, set_up, tear_down),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
