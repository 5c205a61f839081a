/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The facts that the solver's proofs rest on, against enumeration: bounds from any prices, implied bounds, the grid of
 * objectives. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "solver/mip.h"

enum { N = 4, M = 4 };

static dyo_err  err;
static dyo_mip *m;
static uint64_t seed;

static double draw(double lo, double hi) /* SplitMix64 */
{
  uint64_t z = seed += 0x9e3779b97f4a7c15u;
  z          = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z          = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return lo + (hi - lo) * ((double)((z ^ (z >> 31)) >> 11) * 0x1p-53);
}

static int pick(int lo, int hi)
{
  return (int)floor(draw(lo, hi + 1));
}

/* Whole columns within -3..6 and whole rows, so that points can be counted and checked exactly. */
static void random_model(void)
{
  static const int idx[N] = {0, 1, 2, 3};
  double           val[N];
  assert_int_equal(dyo_mip_new(N, &m, &err), DYO_OK);
  for (int j = 0; j < N; j++) {
    const int lo = pick(-3, 2);
    dyo_mip_col(m, j, draw(0, 1) < 0.3 ? pick(-9, 9) : draw(-5, 10), lo, lo + pick(0, 4), true, &err);
  }
  for (int i = pick(0, M); i > 0; i--) {
    double at = 0;
    for (int j = 0; j < N; j++) {
      val[j] = draw(0, 1) < 0.3 ? 0 : pick(-6, 8);
      at += val[j] * pick((int)m->lo[j], (int)m->hi[j]);
    }
    dyo_mip_row(m, N, idx, val, (dyo_sense)pick(0, 2), at, &err);
  }
}

/* The next point of the box; false after the last. */
static bool next(double *x)
{
  for (int j = 0; j < N; j++) {
    if (++x[j] <= m->hi[j]) return true;
    x[j] = m->lo[j];
  }
  return false;
}

static double least(void)
{
  double best = INFINITY, x[N];
  for (int j = 0; j < N; j++) x[j] = m->lo[j];
  do {
    if (mip_violation(m, x) == 0) best = fmin(best, mip_objective(m, x));
  } while (next(x));
  return best;
}

/* Random prices prove little, but nothing false; with z unlimited the bound is theirs alone. */
static void any_prices_give_a_true_bound(void **state)
{
  double work[5 * N], y[M + 1], d[N];
  int    tight = 0;
  (void)state;
  seed = 1;
  for (int k = 0; k < 5000; k++) {
    random_model();
    const double best = least();
    for (int try = 0; try < 5; try++) {
      for (int i = 0; i < m->m; i++) y[i] = try == 4 ? NAN : draw(-2, 2);
      const mip_duals p = {.y = y, .lo = m->lo, .hi = m->hi, .z = INFINITY, .d = d, .work = work};
      const double    b = mip_safe_bound(m, &p);
      assert_true(b <= best);
      assert_true(isfinite(b));
      tight += b > best - 1e-9 * (1 + fabs(best));
    }
    dyo_mip_free(m);
  }
  assert_true(tight > 1000); /* without rows the bound is the answer, to rounding */
}

/* min x, x >= 1/3 by a row, x unbounded above: the price 1 proves 1/3, less rounding, and never more. */
static void a_bound_is_rounded_down(void **state)
{
  double work[5], y = 1, d = 0;
  (void)state;
  for (int k = 1; k < 400; k++) {
    assert_int_equal(dyo_mip_new(1, &m, &err), DYO_OK);
    dyo_mip_col(m, 0, k / 7.0, 0, INFINITY, false, &err);
    dyo_mip_row(m, 1, (int[]){0}, (double[]){3.0}, DYO_GE, k, &err);
    y = k / 21.0;
    const double b =
      mip_safe_bound(m, &(mip_duals){.y = &y, .lo = m->lo, .hi = m->hi, .z = INFINITY, .d = &d, .work = work});
    assert_true(b <= (double)k * k / 21.0 && b > (double)k * k / 21.0 * (1 - 1e-9));
    dyo_mip_free(m);
  }
}

/* min x - u, x - u >= -2, with no bound on u: prices that leave u a little out of balance prove nothing by
 * themselves, and -2 by way of x <= 5, which the row makes u <= 7. */
static void rows_limit_what_has_no_bound(void **state)
{
  double work[10], y = 1 - 1e-7, d[2];
  (void)state;
  assert_int_equal(dyo_mip_new(2, &m, &err), DYO_OK);
  dyo_mip_col(m, 0, 1, 0, 5, false, &err);
  dyo_mip_col(m, 1, -1, 0, INFINITY, false, &err);
  dyo_mip_row(m, 2, (int[]){0, 1}, (double[]){1, -1}, DYO_GE, -2, &err);
  const double b = mip_safe_bound(m, &(mip_duals){.y = &y, .lo = m->lo, .hi = m->hi, .z = -2, .d = d, .work = work});
  assert_true(b <= -2 && b > -2 - 1e-6);
  dyo_mip_free(m);
}

/* x + y + z <= 4 limits all three when none may be negative, only y when y alone has no bound below, and none of them
 * when two may fall for ever. */
static void columns_without_bounds_are_left_open(void **state)
{
  double lo[3], hi[3];
  (void)state;
  for (int open = 0; open < 3; open++) {
    assert_int_equal(dyo_mip_new(3, &m, &err), DYO_OK);
    for (int j = 0; j < 3; j++) dyo_mip_col(m, j, 1, j > 0 && j <= open ? -INFINITY : 0, INFINITY, false, &err);
    dyo_mip_row(m, 3, (int[]){0, 1, 2}, (double[]){1, 1, 1}, DYO_LE, 4, &err);
    for (int j = 0; j < 3; j++) lo[j] = m->lo[j], hi[j] = m->hi[j];
    assert_true(mip_tighten(m, INFINITY, lo, hi));
    for (int j = 0; j < 3; j++) assert_true(lo[j] == m->lo[j]);
    for (int j = 0; j < 3; j++) /* one open column is limited by the others, two leave each other free */
      assert_true(open == 0 || (open == 1 && j == 1) ? fabs(hi[j] - 4) < 1e-6 : hi[j] == INFINITY);
    dyo_mip_free(m);
  }
}

static void drawing_bounds_together_loses_no_answer(void **state)
{
  double x[N], lo[N], hi[N];
  int    empty = 0, drawn = 0;
  (void)state;
  seed = 2;
  for (int k = 0; k < 5000; k++) {
    random_model();
    const double best = least(), zmax = draw(0, 1) < 0.5 ? INFINITY : best + draw(-3, 3);
    for (int j = 0; j < N; j++) lo[j] = m->lo[j], hi[j] = m->hi[j], x[j] = m->lo[j];
    const bool any = mip_tighten(m, zmax, lo, hi);
    do {
      if (mip_violation(m, x) > 0 || mip_objective(m, x) > zmax) continue;
      assert_true(any);
      for (int j = 0; j < N; j++) assert_true(x[j] >= lo[j] && x[j] <= hi[j]);
    } while (next(x));
    empty += !any;
    for (int j = 0; j < N && any; j++) drawn += lo[j] > m->lo[j] || hi[j] < m->hi[j];
    dyo_mip_free(m);
  }
  assert_true(empty > 50 && drawn > 1000);
}

static void objectives_lie_on_the_grid(void **state)
{
  double x[N];
  (void)state;
  seed = 3;
  for (int k = 0; k < 2000; k++) {
    random_model();
    const double step = 3 * pow(10, pick(-4, 2));
    for (int j = 0; j < N; j++) m->cost[j] = step * pick(-9, 9);
    m->cost[0]        = step;
    const double unit = mip_unit(m);
    assert_true(fabs(unit - step) <= 1e-9 * step || (step < 1e-3 && unit == 0));
    for (int j = 0; j < N; j++) x[j] = m->lo[j];
    do {
      const double z = mip_objective(m, x) / unit;
      assert_true(unit == 0 || fabs(z - round(z)) < 1e-6);
    } while (next(x));
    m->whole[0] = false;
    assert_true(mip_unit(m) == 0);
    dyo_mip_free(m);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(any_prices_give_a_true_bound),         cmocka_unit_test(a_bound_is_rounded_down),
    cmocka_unit_test(rows_limit_what_has_no_bound),         cmocka_unit_test(drawing_bounds_together_loses_no_answer),
    cmocka_unit_test(columns_without_bounds_are_left_open), cmocka_unit_test(objectives_lie_on_the_grid),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
