/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "../context.h"
#include "num/dyo_rng.h"
#include "trees/dyo_trees.h"

enum { N = 400, K = 5 };
static float x[N * K], y[N];

static void make(uint64_t seed, double gaps)
{
  dyo_rng r = dyo_rng_seed(seed);
  for (size_t i = 0; i < N; i++) {
    for (size_t j = 0; j < K; j++) x[i * K + j] = (float)dyo_rng_uniform(&r);
    y[i] = 4 * x[i * K] - 3 * x[i * K + 1] * x[i * K + 2] + (float)(0.2 * dyo_rng_normal(&r));
    for (size_t j = 0; j < K; j++)
      if (dyo_rng_uniform(&r) < gaps) x[i * K + j] = NAN;
  }
}

static dyo_trees fitted(const dyo_trees_params *p, size_t rounds, dyo_trees_log *log)
{
  const dyo_table_f t = {x, N, K};
  dyo_trees         m;
  dyo_err           err = {0};
  assert_int_equal(dyo_trees_fit(&ctx, p, &t, y, rounds, NULL, NULL, 0, NULL, &m, log, &err), DYO_OK);
  assert_null(dyo_trees_flaw(&m));
  return m;
}

/* The best first split, by trying every cut of every feature with missing values on either side. */
static double best_gain(double lambda, double base)
{
  double best = 0, all_g = 0;
  for (size_t i = 0; i < N; i++) all_g += base - (double)y[i];
  for (size_t j = 0; j < K; j++)
    for (size_t c = 0; c < N; c++)
      for (int side = 0; side < 2; side++) {
        double g = 0, h = 0;
        if (isnan(x[c * K + j])) continue;
        for (size_t i = 0; i < N; i++) {
          const float v = x[i * K + j];
          if (isnan(v) ? side : v < x[c * K + j]) {
            g += base - (double)y[i];
            h++;
          }
        }
        if (h < 1 || N - h < 1) continue;
        const double r = all_g - g;
        best           = fmax(best, g * g / (h + lambda) + r * r / (N - h + lambda) - all_g * all_g / (N + lambda));
      }
  return best;
}

static void test_first_split_is_the_best_of_all(void **state)
{
  (void)state;
  for (int gaps = 0; gaps < 2; gaps++) {
    dyo_trees_params p = dyo_trees_defaults();
    dyo_trees_log    log;
    make(3 + (uint64_t)gaps, 0.2 * gaps);
    p.tree_method     = DYO_TREES_EXACT;
    p.max_depth       = 1;
    p.base_score      = 1;
    const dyo_trees m = fitted(&p, 1, &log);
    assert_float_equal((double)m.trees[0].nodes[0].gain, best_gain(1, 1), 1e-3);
  }
}

static void test_prediction_is_what_training_saw(void **state)
{
  (void)state;
  const dyo_table_f t = {x, N, K};
  static double     f[N];
  for (int method = 0; method < 2; method++)
    for (int policy = 0; policy < 2; policy++) {
      dyo_trees_params p = dyo_trees_defaults();
      dyo_trees_log    log;
      double           s = 0;
      make(7, 0.1);
      p.tree_method     = method;
      p.grow_policy     = policy;
      p.max_leaves      = policy ? 9 : 0;
      p.gamma           = 0.3;
      const dyo_trees m = fitted(&p, 12, &log);
      dyo_trees_predict(&m, &t, f);
      for (size_t i = 0; i < N; i++) s += (f[i] - (double)y[i]) * (f[i] - (double)y[i]);
      assert_float_equal(sqrt(s / N), log.train_metric[11], 1e-5);
      for (size_t r = 1; r < 12; r++) assert_true(log.train_metric[r] <= log.train_metric[r - 1] + 1e-9);
    }
}

static void test_limits_are_kept(void **state)
{
  (void)state;
  dyo_trees_params p = dyo_trees_defaults();
  dyo_trees_log    log;
  make(9, 0);
  p.max_depth        = 5;
  p.max_leaves       = 7;
  p.min_child_weight = 11;
  const dyo_trees m  = fitted(&p, 5, &log);
  for (size_t t = 0; t < m.n_trees; t++) {
    size_t leaves = 0;
    for (size_t i = 0; i < m.trees[t].n_nodes; i++) {
      const dyo_tree_node *d     = &m.trees[t].nodes[i];
      int                  depth = 0;
      for (const dyo_tree_node *up = d; up->parent >= 0; up = &m.trees[t].nodes[up->parent]) depth++;
      assert_true(depth <= 5);
      assert_true(d->cover >= 11);
      leaves += d->left < 0;
    }
    assert_true(leaves <= 7);
  }
}

static void test_monotone(void **state)
{
  (void)state;
  static const int  constraints[K] = {1, -1, 0, 0, 0};
  dyo_trees_params  p              = dyo_trees_defaults();
  dyo_trees_log     log;
  float             grid[2 * K];
  const dyo_table_f two = {grid, 2, K};
  double            f[2];
  dyo_rng           r = dyo_rng_seed(5);
  make(11, 0);
  p.monotone        = constraints;
  const dyo_trees m = fitted(&p, 30, &log);
  for (int trial = 0; trial < 3000; trial++) {
    const size_t j = (size_t)dyo_rng_below(&r, 2);
    for (size_t k = 0; k < K; k++) grid[k] = grid[K + k] = (float)dyo_rng_uniform(&r);
    grid[K + j] = grid[j] + (float)dyo_rng_uniform(&r);
    dyo_trees_predict(&m, &two, f);
    assert_true(j == 0 ? f[1] >= f[0] : f[1] <= f[0]);
  }
}

/* A quantile loss puts that share of the rows below, and leaves are quantiles of what is left. */
static void test_quantile(void **state)
{
  (void)state;
  static const double alphas[] = {0.1, 0.5, 0.9};
  const dyo_table_f   t        = {x, N, K};
  static double       f[N];
  for (size_t a = 0; a < 3; a++) {
    dyo_trees_params p = dyo_trees_defaults();
    dyo_trees_log    log;
    size_t           below = 0;
    make(13, 0);
    p.objective        = DYO_OBJ_QUANTILE;
    p.quantile_alpha   = alphas[a];
    p.metric           = DYO_METRIC_QUANTILE;
    p.max_depth        = 3;
    p.min_child_weight = 20;
    const dyo_trees m  = fitted(&p, 40, &log);
    dyo_trees_predict(&m, &t, f);
    for (size_t i = 0; i < N; i++) below += (double)y[i] <= f[i];
    assert_true(fabs((double)below / N - alphas[a]) < 0.03);
    assert_true(log.train_metric[39] < 0.7 * log.train_metric[0]);
  }
}

static void test_sampling_is_seeded(void **state)
{
  (void)state;
  dyo_trees_params p = dyo_trees_defaults();
  dyo_trees_log    a, b, c;
  make(17, 0.05);
  p.subsample         = 0.6;
  p.colsample_bytree  = 0.8;
  p.colsample_bylevel = 0.7;
  p.colsample_bynode  = 0.7;
  p.seed              = 5;
  (void)fitted(&p, 10, &a);
  (void)fitted(&p, 10, &b);
  p.seed = 6;
  (void)fitted(&p, 10, &c);
  assert_memory_equal(a.train_metric, b.train_metric, 10 * sizeof(double));
  assert_true(memcmp(a.train_metric, c.train_metric, 10 * sizeof(double)) != 0);
}

static void test_going_on_is_the_same_as_one_go(void **state)
{
  (void)state;
  const dyo_table_f t = {x, N, K};
  static double     f[N], g[N];
  dyo_trees_params  p = dyo_trees_defaults();
  dyo_trees_log     log;
  dyo_trees         more;
  dyo_err           err = {0};
  make(19, 0);
  const dyo_trees all = fitted(&p, 9, &log), some = fitted(&p, 4, &log);
  assert_int_equal(dyo_trees_fit(&ctx, &p, &t, y, 5, NULL, NULL, 0, &some, &more, &log, &err), DYO_OK);
  assert_int_equal(more.n_trees, 9);
  dyo_trees_predict(&all, &t, f);
  dyo_trees_predict(&more, &t, g);
  assert_memory_equal(f, g, sizeof f);
}

static void test_cancel(void **state)
{
  (void)state;
  static const int  now = 1;
  const dyo_table_f t   = {x, N, K};
  dyo_trees_params  p   = dyo_trees_defaults();
  dyo_trees_log     log;
  dyo_trees         m;
  dyo_err           err = {0};
  make(23, 0);
  ctx.cancel = &now;
  assert_int_equal(dyo_trees_fit(&ctx, &p, &t, y, 5, NULL, NULL, 0, NULL, &m, &log, &err), DYO_CANCELLED);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(test_first_split_is_the_best_of_all, set_up, tear_down),
    cmocka_unit_test_setup_teardown(test_prediction_is_what_training_saw, set_up, tear_down),
    cmocka_unit_test_setup_teardown(test_limits_are_kept, set_up, tear_down),
    cmocka_unit_test_setup_teardown(test_monotone, set_up, tear_down),
    cmocka_unit_test_setup_teardown(test_quantile, set_up, tear_down),
    cmocka_unit_test_setup_teardown(test_sampling_is_seeded, set_up, tear_down),
    cmocka_unit_test_setup_teardown(test_going_on_is_the_same_as_one_go, set_up, tear_down),
    cmocka_unit_test_setup_teardown(test_cancel, set_up, tear_down)};
  return cmocka_run_group_tests_name("trees", tests, NULL, NULL);
}
