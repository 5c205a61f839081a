/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <float.h>

#include "../context.h"
#include "data.h"
#include "near.h"
#include "num/dyo_fft.h"
#include "num/dyo_min.h"
#include "num/dyo_ols.h"
#include "num/dyo_roots.h"
#include "num/dyo_tail.h"

/* Longley (1967), JASA 62, with the certified values of NIST's Statistical Reference Datasets: a badly conditioned regression. */
static const double longley[16][7] = {
  {60323, 83.0, 234289, 2356, 1590, 107608, 1947},  {61122, 88.5, 259426, 2325, 1456, 108632, 1948},
  {60171, 88.2, 258054, 3682, 1616, 109773, 1949},  {61187, 89.5, 284599, 3351, 1650, 110929, 1950},
  {63221, 96.2, 328975, 2099, 3099, 112075, 1951},  {63639, 98.1, 346999, 1932, 3594, 113270, 1952},
  {64989, 99.0, 365385, 1870, 3547, 115094, 1953},  {63761, 100.0, 363112, 3578, 3350, 116219, 1954},
  {66019, 101.2, 397469, 2904, 3048, 117388, 1955}, {67857, 104.6, 419180, 2822, 2857, 118734, 1956},
  {68169, 108.4, 442769, 2936, 2798, 120445, 1957}, {66513, 110.8, 444546, 4681, 2637, 121950, 1958},
  {68655, 112.6, 482704, 3813, 2552, 123366, 1959}, {69564, 114.2, 502601, 3931, 2514, 125368, 1960},
  {69331, 115.7, 518173, 4806, 2572, 127852, 1961}, {70551, 116.9, 554894, 4007, 2827, 130081, 1962}};
static const double beta[7] = {-3482258.63459582, 15.0618722713733,       -0.358191792925910E-01, -2.02022980381683,
                               -1.03322686717359, -0.511041056535807E-01, 1829.15146461355};
static const double se[7]   = {890420.383607373,  84.9149257747669,  0.334910077722432E-01, 0.488399681651699,
                               0.214274163161675, 0.226073200069370, 455.478499142212};

static void least_squares_reach_the_certified_values(void **state)
{
  (void)state;
  double        x[7][16], y[16];
  const double *columns[7];
  dyo_ols_fit   fit;
  dyo_err       err;
  for (size_t i = 0; i < 16; i++) {
    y[i] = longley[i][0];
    for (size_t c = 0; c < 7; c++) x[c][i] = c == 0 ? 1 : longley[i][c];
  }
  for (size_t c = 0; c < 7; c++) columns[c] = x[c];
  assert_int_equal(DYO_OK, dyo_ols(&ctx, columns, 7, y, 16, &fit, &err));
  for (size_t c = 0; c < 7; c++) {
    assert_near(1, fit.beta[c] / beta[c], 1e-8);
    assert_near(1, fit.se[c] / se[c], 1e-8);
  }
  assert_near(304.854073561965, sqrt(fit.sigma2), 1e-6);
  assert_near(0.995479004577296, fit.r2, 1e-11);
  assert_near(-8 * (log(6.28318530717958647693 * fit.rss / 16) + 1), fit.loglik, 1e-10);
  assert_near(-2 * fit.loglik + 14, fit.aic, 1e-10);
  assert_near(-2 * fit.loglik + 7 * log(16), fit.bic, 1e-10);
}

static void columns_that_depend_on_each_other_are_refused(void **state)
{
  (void)state;
  const double  one[5] = {1, 1, 1, 1, 1}, two[5] = {2, 2, 2, 2, 2}, y[5] = {1, 2, 3, 4, 9};
  const double *columns[2] = {one, two};
  dyo_ols_fit   fit;
  dyo_err       err;
  assert_int_equal(DYO_INVALID_INPUT, dyo_ols(&ctx, columns, 2, y, 5, &fit, &err));
  assert_int_equal(DYO_INSUFFICIENT_DATA, dyo_ols(&ctx, columns, 2, y, 2, &fit, &err));
}

/* One pass over 3,000 rows, in blocks, gives each nested model what a fit of that model alone gives. */
static void nested_models_come_from_one_pass(void **state)
{
  (void)state;
  enum { N = 3000, K = 6 };
  static double x[K][N], y[N];
  const double *columns[K];
  uint64_t      seed = 9;
  dyo_qr       *q    = dyo_qr_new(&ctx, K);
  for (size_t i = 0; i < N; i++) {
    double row[K];
    y[i] = noise_normal(&seed);
    for (size_t c = 0; c < K; c++) row[c] = x[c][i] = c == 0 ? 1 : noise_normal(&seed) + 0.8 * x[c - 1][i];
    for (size_t c = 0; c < K; c++) y[i] += 0.1 * (double)c * row[c];
    dyo_qr_row(q, row, y[i]);
  }
  dyo_qr_done(q);
  assert_int_equal(K, dyo_qr_rank(q));
  for (size_t c = 0; c < K; c++) columns[c] = x[c];
  for (size_t j = 1; j <= K; j++) {
    dyo_ols_fit fit;
    dyo_err     err;
    assert_int_equal(DYO_OK, dyo_ols(&ctx, columns, j, y, N, &fit, &err));
    assert_near(fit.rss, dyo_qr_rss(q, j), 1e-8);
    assert_near(fit.beta[j - 1] / fit.se[j - 1], dyo_qr_last_t(q, j), 1e-9);
  }
}

static void autocovariances_by_transform_are_the_sums(void **state)
{
  (void)state;
  enum { N = 777, LAGS = 776 };
  double   x[N], c[LAGS + 1];
  uint64_t seed = 4;
  for (size_t i = 0; i < N; i++) x[i] = noise_normal(&seed) + sin((double)i / 9);
  assert_true(dyo_autocov(&ctx, x, N, LAGS, c));
  for (size_t k = 0; k <= LAGS; k++) {
    double s = 0;
    for (size_t i = 0; i + k < N; i++) s += x[i] * x[i + k];
    assert_near(s / N, c[k], 1e-13);
  }
}

/* Parseval: the powers at all frequencies sum to the sum of squares times size / n; a cosine has its power where it should. */
static void the_periodogram_holds_the_power(void **state)
{
  (void)state;
  enum { N = 512 };
  double       x[N], total = 0, sum = 0;
  dyo_spectrum s;
  size_t       top = 0;
  for (size_t i = 0; i < N; i++) x[i] = cos(6.28318530717958647693 * (double)i / 16), total += x[i] * x[i];
  assert_true(dyo_periodogram(&ctx, x, N, &s));
  for (size_t k = 0; k <= s.size / 2; k++) {
    sum += s.power[k] * (k == 0 || k == s.size / 2 ? 1 : 2);
    if (s.power[k] > s.power[top]) top = k;
  }
  assert_near(total, sum * N / (double)s.size, 1e-9);
  assert_near(1.0 / 16, (double)top / (double)s.size, 1e-12);
}

/* (x - 1/2)(x - 2)(x^2 + 1) = x^4 - 5/2 x^3 + 2 x^2 - 5/2 x + 1 */
static void roots_of_a_known_polynomial(void **state)
{
  (void)state;
  const double c[6] = {1, -2.5, 2, -2.5, 1, 0};
  double       re[5], im[5], product = 1;
  size_t       n = 0;
  assert_true(dyo_poly_roots(c, 5, re, im, &n));
  assert_int_equal(4, n);
  for (size_t i = 0; i < n; i++) product *= hypot(re[i], im[i]);
  assert_near(1, product, 1e-12);
  assert_near(0.5, dyo_poly_min_root(&ctx, c, 5), 1e-12);
  assert_true(isinf(dyo_poly_min_root(&ctx, (const double[]){3, 0, 0}, 2)));
}

/* Closed forms: chi-square with 2 degrees of freedom is exp(-x/2); F(2, m) is (1 + 2x/m)^(-m/2). */
static void tails_in_closed_form(void **state)
{
  (void)state;
  assert_near(exp(-3), dyo_chisq_survival(6, 2), 1e-15);
  assert_near(1, dyo_chisq_survival(0, 3), 0);
  assert_near(pow(1 + 2 * 4.0 / 9, -4.5), dyo_f_survival(4, 2, 9), 1e-14);
  assert_near(1, dyo_f_survival(-1, 2, 9), 0);
}

/* Rosenbrock (1960); not a number left of x = -1.5. */
static double rosenbrock(const double *x, void *job)
{
  ++*(int *)job;
  if (x[0] < -1.5) return NAN;
  return 100 * (x[1] - x[0] * x[0]) * (x[1] - x[0] * x[0]) + (1 - x[0]) * (1 - x[0]);
}

static void both_methods_find_the_end_of_the_valley(void **state)
{
  (void)state;
  for (int kind = DYO_MIN_SIMPLEX; kind <= DYO_MIN_BFGS; kind++) {
    double   x[2] = {-1.2, 1}, again[2] = {-1.2, 1};
    int      asked = 0;
    dyo_min *m     = NULL;
    dyo_err  err;
    assert_int_equal(DYO_OK, dyo_min_new_kind((dyo_min_kind)kind, 2, 2000, 1e-8, &m, &err));
    assert_int_equal(DYO_OK, dyo_min_run(m, rosenbrock, &asked, x, &err));
    const dyo_min_info info = dyo_min_get_info(m);
    assert_near(1, x[0], 1e-5);
    assert_near(1, x[1], 1e-5);
    assert_true(info.converged);
    assert_int_equal(asked, info.evals);
    assert_int_equal(DYO_OK, dyo_min_run(m, rosenbrock, &asked, again, &err)); /* the same start, the same bytes */
    assert_memory_equal(x, again, sizeof x);
    dyo_min_free(m);
  }
  dyo_min_free(NULL);
}

static void a_search_stops_at_its_limit_with_the_best_so_far(void **state)
{
  (void)state;
  double   x[2]  = {-1.2, 1};
  int      asked = 0;
  dyo_min *m     = NULL;
  dyo_err  err;
  assert_int_equal(DYO_OK, dyo_min_new(2, 5, 1e-8, &m, &err));
  assert_int_equal(DYO_OK, dyo_min_run(m, rosenbrock, &asked, x, &err));
  assert_int_equal(5, dyo_min_get_info(m).iter);
  assert_false(dyo_min_get_info(m).converged);
  assert_near(dyo_min_get_info(m).value, rosenbrock(x, &asked), 0);
  assert_true(dyo_min_get_info(m).value <= 24.2); /* the loss at the start */
  x[0] = -2;
  assert_int_equal(DYO_INVALID_INPUT, dyo_min_run(m, rosenbrock, &asked, x, &err));
  dyo_min_free(m);
}

static double wave(const double *x, void *job)
{
  (void)job;
  return sin(*x) + 0.1 * *x;
}

static double slope_down(const double *x, void *job)
{
  (void)job;
  return -*x;
}

/* The least of sin x + x/10 on [-4, 9] is where cos x = -1/10 in the leftmost valley; a falling line ends at the end. */
static void a_line_search_takes_the_deepest_valley(void **state)
{
  (void)state;
  double value = 0;
  assert_near(-acos(-0.1), dyo_min_line(wave, NULL, -4, 9, 20, 1e-8, &value), 1e-7);
  assert_near(-sin(acos(-0.1)) - 0.1 * acos(-0.1), value, 1e-12);
  assert_near(3, dyo_min_line(slope_down, NULL, 1, 3, 5, 1e-8, NULL), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
  const struct CMUnitTest tests[] = {
    TEST(least_squares_reach_the_certified_values),
    TEST(columns_that_depend_on_each_other_are_refused),
    TEST(nested_models_come_from_one_pass),
    TEST(autocovariances_by_transform_are_the_sums),
    TEST(the_periodogram_holds_the_power),
    TEST(roots_of_a_known_polynomial),
    TEST(tails_in_closed_form),
    TEST(both_methods_find_the_end_of_the_valley),
    TEST(a_search_stops_at_its_limit_with_the_best_so_far),
    TEST(a_line_search_takes_the_deepest_valley),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
