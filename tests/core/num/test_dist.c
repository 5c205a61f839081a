/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Demand distributions against high-precision values, published ones, plain sums and their own identities. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "dist_rows.h"
#include "num/dyo_dist.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static double next_random(uint64_t *s) /* 0..1, Knuth's MMIX generator */
{
  *s = *s * 6364136223846793005u + 1442695040888963407u;
  return (double)(*s >> 11) / 9007199254740992.0;
}

static void assert_close(double got, double want, double rtol)
{
  if (!(fabs(got - want) <= rtol * fabs(want) + 1e-300)) fail_msg("got %.17g, want %.17g", got, want);
}

/* 150-digit decimal arithmetic. */
static void the_normal_loss_keeps_its_digits_in_the_tail(void **state)
{
  static const double rows[][4] = {{-6, 9.865876450376981407e-10, 6.00000000015635698e0, 1.849999999997577712e1},
                                   {-1.5, 6.6807201268858066e-2, 1.529306793762604629e0, 1.613576494687524438e0},
                                   {0, 5e-1, 3.989422804014326779e-1, 2.5e-1},
                                   {0.5, 6.914624612740131036e-1, 1.977965574013060296e-1, 1.048196300126669408e-1},
                                   {1.25, 8.943502263331447423e-1, 5.058686830545283288e-2, 2.120809414251960829e-2},
                                   {1.3, 9.031995154143896668e-1, 4.552796208651392387e-2, 1.880706693657111606e-2},
                                   {2, 9.772498680518207928e-1, 8.49070261682963755e-3, 2.88436335725996605e-3},
                                   {3.7, 9.998922002665226117e-1, 2.592125668441484019e-5, 5.945541872526714117e-6},
                                   {6, 9.99999999013412355e-1, 1.563569795970966428e-10, 2.422288372755914198e-11},
                                   {10, 1, 7.474560254589328037e-25, 7.26463847855990147e-26}};
  (void)state;
  for (size_t i = 0; i < COUNT(rows); i++) {
    assert_close(dyo_normal_cdf(rows[i][0]), rows[i][1], 1e-14);
    assert_close(dyo_normal_loss(rows[i][0]), rows[i][2], 5e-15);
    assert_close(dyo_normal_loss2(rows[i][0]), rows[i][3], 2e-14);
  }
  assert_true(dyo_normal_loss(37) > 0);
  assert_true(dyo_normal_loss(60) == 0);
}

/* Wichura (1988), AS 241, gives PPND16(0.25) and PPND16(0.001); the others are inverses of the values above. */
static void the_normal_quantile_inverts_the_probability(void **state)
{
  (void)state;
  assert_close(dyo_normal_quantile(0.25), -0.6744897501960817, 1e-15);
  assert_close(dyo_normal_quantile(0.001), -3.090232306167814, 1e-15);
  assert_close(dyo_normal_quantile(0.9772498680518208), 2, 1e-14);
  for (double z = -30; z < 8; z += 0.37)
    assert_true(fabs(dyo_normal_quantile(dyo_normal_cdf(z)) - z) < 1e-13 * exp(z > 0 ? z * z / 2 : 0) + 1e-13);
}

/* stockpyl 1.0 normal_loss(x, mean, sd), the cases kept as reference. */
static void the_normal_loss_is_that_of_stockpyl(void **state)
{
  static const double rows[][5] = {{24.32, 56.5, 6.44, 32.180000350072504, 3.5007250318130903e-07},
                                   {72.31, 36.8, 25.42, 0.9384211505588755, 36.44842115055888},
                                   {6.89, 68.8, 17.71, 61.91105328352273, 0.001053283522739683},
                                   {1.2, 37.9, 11.83, 36.703135531928304, 0.0031355319283047313},
                                   {45.85, 78.1, 28.68, 34.12462485445407, 1.8746248544540776},
                                   {77.06, 24.3, 15.09, 0.0008953595020501524, 52.76089535950206},
                                   {117.23, 74.1, 14.3, 0.005162397114204815, 43.135162397114215}};
  (void)state;
  for (size_t i = 0; i < COUNT(rows); i++) {
    dyo_dist d;
    assert_true(dyo_dist_fit(DYO_DIST_NORMAL, rows[i][1], rows[i][2], &d));
    assert_close(dyo_dist_loss(&d, rows[i][0]), rows[i][3], 1e-6);
    assert_close(dyo_dist_loss_below(&d, rows[i][0]), rows[i][4], 1e-6);
  }
}

/* stockpyl 1.0 poisson_loss(x, mean), the cases kept as reference. Its values at (57, 9.04), 8.4e-26, and (41, 13.13),
 * 2.6806888587e-10, are differences lost to rounding; values by 60-digit arithmetic stand in their place. */
static void the_poisson_loss_is_that_of_stockpyl(void **state)
{
  static const double rows[][4] = {
    {34, 34.62, 2.657687390760776, 2.0376873907607784},      {57, 9.04, 2.015281415210967e-27, 47.96},
    {29, 36.65, 7.906222770456086, 0.25622277045608677},     {10, 34.28, 24.28000041350187, 4.135018684340323e-07},
    {41, 13.13, 2.6806847099554427e-10, 27.870000000268067}, {4, 8.26, 4.3093868637710875, 0.04938686377108842},
    {18, 12.22, 0.09690732816810083, 5.8769073281681}};
  (void)state;
  for (size_t i = 0; i < COUNT(rows); i++) {
    dyo_dist d;
    assert_true(dyo_dist_fit(DYO_DIST_POISSON, rows[i][1], NAN, &d));
    assert_close(dyo_dist_loss(&d, rows[i][0]), rows[i][2], 1e-6);
    assert_close(dyo_dist_loss_below(&d, rows[i][0]), rows[i][3], 1e-6);
  }
}

static dyo_dist row_dist(const dist_row *row)
{
  dyo_dist            d;
  const bool          gamma = row->r == 0, poisson = isinf(row->r);
  const dyo_dist_kind kind = gamma ? DYO_DIST_GAMMA : poisson ? DYO_DIST_POISSON : DYO_DIST_NEGATIVE_BINOMIAL;
  assert_true(
    dyo_dist_fit(kind, row->mean, sqrt(gamma || poisson ? row->mean : row->mean * (1 + row->mean / row->r)), &d));
  d.shape = gamma ? row->mean : row->r; /* not as rounded through the moments */
  d.scale = 1;
  return d;
}

static void probabilities_and_losses_are_right_from_1e_minus_18_to_1e9(void **state)
{
  (void)state;
  for (size_t i = 0; i < COUNT(dist_rows); i++) {
    const dist_row *row = &dist_rows[i];
    const dyo_dist  d   = row_dist(row);
    const dyo_tails t   = dyo_dist_tails(&d, row->x);
    const double    tol = row->mean > 1e7 ? 5e-11 : 2e-12;
    assert_close(t.cdf, row->want[0], tol);
    assert_close(t.survival, row->want[1], tol);
    assert_close(t.loss_below + 1, row->want[2] + 1, tol);
    assert_close(t.loss, row->want[3], tol);
    assert_close(t.loss2_below + 1, row->want[4] + 1, tol);
    assert_close(t.loss2, row->want[5], tol);
  }
}

/* P, loss and second loss of a count by adding up pmf(0), pmf(1), ... made by its recurrence. */
static void count_losses_are_plain_sums_of_probabilities(void **state)
{
  uint64_t seed = 7;
  (void)state;
  for (int trial = 0; trial < 200; trial++) {
    const double m = 30 * next_random(&seed), v = m * (1.05 + 4 * next_random(&seed));
    const bool   poisson = trial % 2;
    const double x = floor(2.5 * m * next_random(&seed)), r = m * m / (v - m), q = m / (m + r);
    dyo_dist     d;
    double       p = poisson ? exp(-m) : pow(1 - q, r), cdf = 0, loss = 0, below = 0, loss2 = 0, below2 = 0;
    assert_true(dyo_dist_fit(poisson ? DYO_DIST_POISSON : DYO_DIST_NEGATIVE_BINOMIAL, m, sqrt(v), &d));
    for (double k = 0; k < 2000; k++) {
      if (k == x) assert_close(dyo_dist_pdf(&d, x), p, 1e-11);
      if (k <= x) cdf += p;
      if (k > x) loss += (k - x) * p;
      if (k < x) below += (x - k) * p;
      if (k > x) loss2 += (k - x) * (k - x - 1) / 2 * p;
      if (k < x) below2 += (x - k) * (x - k + 1) / 2 * p;
      p *= poisson ? m / (k + 1) : q * (k + r) / (k + 1);
    }
    const dyo_tails t = dyo_dist_tails(&d, x);
    assert_close(t.cdf, cdf, 1e-10);
    assert_close(t.loss, loss, 1e-9);
    assert_close(t.loss2 + 1, loss2 + 1, 1e-9);
    assert_close(t.loss_below + 1, below + 1, 1e-9);
    assert_close(t.loss2_below + 1, below2 + 1, 1e-9);
  }
}

static void fit_any(int kind, double m, double s, dyo_dist *d)
{
  if (kind == DYO_DIST_NEGATIVE_BINOMIAL && s * s <= m) s = sqrt(1.5 * m);
  assert_true(dyo_dist_fit((dyo_dist_kind)kind, m, s, d));
}

/* By definition: the smallest x whose probability reaches p. */
static void a_quantile_is_the_first_point_that_reaches_its_probability(void **state)
{
  uint64_t seed = 11;
  (void)state;
  for (int trial = 0; trial < 2000; trial++) {
    const int    kind = trial % 4;
    const double m = exp(34 * next_random(&seed) - 13.8), s = m * (0.05 + 2 * next_random(&seed));
    const double u = next_random(&seed), p = trial % 3 ? u : exp(-20 * u);
    dyo_dist     d;
    if (!(p > 0 && p < 1)) continue;
    fit_any(kind, m, s, &d);
    const double x = dyo_dist_quantile(&d, p);
    if (dyo_dist_is_discrete(&d)) {
      assert_true(x == floor(x) && x >= 0);
      assert_true(dyo_dist_survival(&d, x) <= (1 - p) * (1 + 1e-12));
      if (x > 0) assert_true(dyo_dist_survival(&d, x - 1) > (1 - p) * (1 - 1e-12));
    } else {
      assert_close(dyo_dist_cdf(&d, x), p, 1e-10);
    }
  }
}

static void the_inverse_of_the_loss_meets_its_target(void **state)
{
  uint64_t seed = 13;
  (void)state;
  for (int trial = 0; trial < 2000; trial++) {
    const int    kind = trial % 4;
    const double m = exp(30 * next_random(&seed) - 10), s = m * (0.05 + 2 * next_random(&seed));
    const double target = m * exp(6 - 25 * next_random(&seed));
    dyo_dist     d;
    fit_any(kind, m, s, &d);
    const double x = dyo_dist_loss_inverse(&d, target);
    if (dyo_dist_is_discrete(&d)) {
      assert_true(dyo_dist_loss(&d, x) <= target * (1 + 1e-12));
      assert_true(dyo_dist_loss(&d, x - 1) > target * (1 - 1e-12));
    } else {
      assert_close(dyo_dist_loss(&d, x), target, 1e-9);
    }
  }
}

/* E(X-x)+ - E(x-X)+ = mean - x, and loss falls by the survival probability from one whole number to the next. */
static void losses_keep_their_identities_at_broken_and_negative_points(void **state)
{
  uint64_t seed = 17;
  (void)state;
  for (int trial = 0; trial < 1000; trial++) {
    const double m = exp(20 * next_random(&seed) - 5), s = m * (0.1 + next_random(&seed));
    dyo_dist     d;
    fit_any(trial % 4, m, s, &d);
    const double    x = m + d.std_dev * (6 * next_random(&seed) - 4);
    const dyo_tails t = dyo_dist_tails(&d, x);
    assert_true(fabs(t.loss - t.loss_below - (d.mean - x)) <= 1e-11 * (d.mean + d.std_dev));
    assert_true(fabs(t.cdf + t.survival - 1) <= 1e-12);
    if (!dyo_dist_is_discrete(&d)) {
      const double total = 0.5 * (d.std_dev * d.std_dev + (d.mean - x) * (d.mean - x));
      assert_close(t.loss2 + t.loss2_below, total, 1e-11);
    } else {
      const double k = floor(x);
      assert_true(fabs(dyo_dist_loss(&d, k) - dyo_dist_loss(&d, k + 1) - t.survival) <= 1e-12 * (d.mean + 1));
      assert_true(x == k || isnan(t.loss2));
    }
  }
}

static void moments_that_no_member_has_are_refused(void **state)
{
  dyo_dist d = {.mean = -7};
  (void)state;
  assert_false(dyo_dist_fit(DYO_DIST_NEGATIVE_BINOMIAL, 4, 2, &d));
  assert_false(dyo_dist_fit(DYO_DIST_NEGATIVE_BINOMIAL, 4, 0, &d));
  assert_false(dyo_dist_fit(DYO_DIST_NEGATIVE_BINOMIAL, 0, 1, &d));
  assert_false(dyo_dist_fit(DYO_DIST_GAMMA, 0, 1, &d));
  assert_false(dyo_dist_fit(DYO_DIST_GAMMA, -1, 1, &d));
  assert_false(dyo_dist_fit(DYO_DIST_EMPIRICAL, 1, 1, &d));
  assert_true(d.mean == -7);
}

static void without_uncertainty_demand_is_its_mean(void **state)
{
  dyo_dist d;
  (void)state;
  assert_true(dyo_dist_fit(DYO_DIST_GAMMA, 5, 0, &d));
  assert_true(dyo_dist_quantile(&d, 0.01) == 5 && dyo_dist_quantile(&d, 0.99) == 5);
  assert_true(dyo_dist_loss(&d, 3) == 2 && dyo_dist_loss_below(&d, 3) == 0 && dyo_dist_tails(&d, 3).loss2 == 2);
  assert_true(dyo_dist_cdf(&d, 5) == 1 && dyo_dist_survival(&d, 4.99) == 1);
  assert_true(dyo_dist_loss_inverse(&d, 0.5) == 4.5);
  assert_true(dyo_dist_fit(DYO_DIST_POISSON, 0, 0, &d));
  assert_true(dyo_dist_is_discrete(&d) && dyo_dist_quantile(&d, 0.999) == 0);
  assert_true(dyo_dist_tails(&d, -3).loss2 == 3 && dyo_dist_tails(&d, 3).loss2_below == 6);
  assert_true(dyo_dist_loss_inverse(&d, 2.5) == -2);
}

/* Independent periods: gamma, Poisson and negative binomial stay in their families. */
static void demand_over_several_periods_adds_means_and_variances(void **state)
{
  dyo_dist d, whole;
  (void)state;
  for (int kind = 0; kind < 4; kind++) {
    fit_any(kind, 6, 3, &d);
    const dyo_dist five = dyo_dist_over(&d, 5);
    fit_any(kind, 30, d.std_dev * sqrt(5), &whole);
    for (double x = 5; x < 60; x += 5) assert_close(dyo_dist_cdf(&five, x), dyo_dist_cdf(&whole, x), 1e-12);
    const dyo_dist none = dyo_dist_over(&d, 0);
    assert_true(none.mean == 0 && dyo_dist_cdf(&none, 0) == 1);
    assert_true(dyo_dist_is_discrete(&none) == dyo_dist_is_discrete(&d));
  }
}

/* By hand: {1, 2, 2, 7} has mean 3, variance 5.5; with weights 1/2, 1/4, 1/4 on {0, 4, 8} mean 3. */
static void samples_weigh_equally_or_as_told(void **state)
{
  static const double x[] = {1, 2, 2, 7}, y[] = {0, 4, 8}, below[] = {0.5, 0.75, 1};
  const dyo_dist      d = dyo_dist_samples(x, NULL, 4), w = dyo_dist_samples(y, below, 3);
  (void)state;
  assert_true(d.mean == 3 && fabs(d.std_dev - sqrt(5.5)) < 1e-15);
  assert_true(dyo_dist_quantile(&d, 0.25) == 1 && dyo_dist_quantile(&d, 0.26) == 2);
  assert_true(dyo_dist_quantile(&d, 0.75) == 2 && dyo_dist_quantile(&d, 0.76) == 7);
  assert_true(dyo_dist_cdf(&d, 2) == 0.75 && dyo_dist_loss(&d, 2) == 1.25 && dyo_dist_loss_below(&d, 2) == 0.25);
  assert_true(dyo_dist_pdf(&d, 2) == 0.5);
  assert_true(w.mean == 3 && dyo_dist_quantile(&w, 0.5) == 0 && dyo_dist_quantile(&w, 0.7) == 4 &&
              dyo_dist_quantile(&w, 0.9) == 8);
  assert_true(dyo_dist_loss(&w, 4) == 1 && dyo_dist_loss_inverse(&w, 1) == 4 && dyo_dist_loss_inverse(&w, 2) == 2 &&
              dyo_dist_loss_inverse(&w, 5) == -2);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(the_normal_loss_keeps_its_digits_in_the_tail),
    cmocka_unit_test(the_normal_quantile_inverts_the_probability),
    cmocka_unit_test(the_normal_loss_is_that_of_stockpyl),
    cmocka_unit_test(the_poisson_loss_is_that_of_stockpyl),
    cmocka_unit_test(probabilities_and_losses_are_right_from_1e_minus_18_to_1e9),
    cmocka_unit_test(count_losses_are_plain_sums_of_probabilities),
    cmocka_unit_test(a_quantile_is_the_first_point_that_reaches_its_probability),
    cmocka_unit_test(the_inverse_of_the_loss_meets_its_target),
    cmocka_unit_test(losses_keep_their_identities_at_broken_and_negative_points),
    cmocka_unit_test(moments_that_no_member_has_are_refused),
    cmocka_unit_test(without_uncertainty_demand_is_its_mean),
    cmocka_unit_test(demand_over_several_periods_adds_means_and_variances),
    cmocka_unit_test(samples_weigh_equally_or_as_told),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
