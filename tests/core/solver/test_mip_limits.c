/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_mip: what ends a search early - gaps, cutoffs, node and time limits, a cancel - and malformed models. */
#include "mips.h"
#include "pace.h"

/* ---- options ---- */

/* A knapsack in m rows that takes some thousand nodes. */
static void knapsack(int n, int rows)
{
  double v[400];
  seed = 7;
  begin(n);
  for (int j = 0; j < n; j++) col(j, -pick(10, 100), 0, 1, true);
  for (int i = 0; i < rows; i++) {
    double sum = 0;
    for (int j = 0; j < n; j++) sum += v[j] = pick(5, 60);
    row(n, v, DYO_LE, floor(0.3 * sum));
  }
}

static void only_answers_below_the_cutoff_are_given(void **state)
{
  (void)state;
  seed = 5;
  for (int k = 0; k < 500 / pace(5); k++) {
    const small  s    = random_small();
    const double best = enumerate(&s);
    dyo_mip_opts o    = dyo_mip_defaults();
    if (best == INFINITY) continue;
    load(&s);
    o.cutoff = best - 0.25;
    solve_with(o);
    assert_int_equal(info.status, DYO_MIP_INFEASIBLE);
    assert_true(info.bound <= best + 1e-9 && info.bound >= o.cutoff - 1e-6);
    o.cutoff = best + 0.25;
    solve_with(o);
    is_optimal(best);
  }
  begin(1); /* a linear program too */
  col(0, 1, 2, 3, false);
  row(1, (double[]){1}, DYO_LE, 3);
  dyo_mip_opts o = dyo_mip_defaults();
  o.cutoff       = 2;
  solve_with(o);
  assert_int_equal(info.status, DYO_MIP_INFEASIBLE);
}

static void a_gap_ends_the_search_earlier_and_is_kept(void **state)
{
  double full = 0;
  (void)state;
  knapsack(70, 8);
  solve();
  assert_int_equal(info.status, DYO_MIP_OPTIMAL);
  const double best  = info.objective;
  full               = info.nodes;
  const double gap[] = {0.02, 0.002};
  for (int k = 0; k < 4; k++) {
    dyo_mip_opts o = dyo_mip_defaults();
    if (k < 2) o.gap_rel = gap[k];
    else o.gap_abs = gap[k - 2] * fabs(best);
    solve_with(o);
    assert_int_equal(info.status, DYO_MIP_OPTIMAL);
    assert_true(info.bound <= best && info.objective >= best);
    assert_true(info.objective - info.bound <= gap[k % 2] * fabs(best) * 1.03);
    assert_true(info.nodes < full);
  }
}

static void bounds_hold_at_any_node_limit(void **state)
{
  double last = -INFINITY;
  (void)state;
  knapsack(70, 8);
  solve();
  const double best = info.objective;
  for (double nodes = 1; nodes < 300; nodes *= 3) {
    dyo_mip_opts o = dyo_mip_defaults();
    o.max_nodes    = nodes;
    solve_with(o);
    assert_true(info.status == DYO_MIP_FEASIBLE || info.status == DYO_MIP_UNKNOWN);
    assert_true(info.nodes <= nodes);
    assert_true(info.bound <= best && info.bound > 1.1 * best);
    assert_true(info.bound >= last); /* and more work never loosens them */
    last = info.bound;
    if (info.status == DYO_MIP_FEASIBLE) assert_true(info.objective >= best);
    else assert_true(isnan(info.objective));
  }
}

/* A wide gap stops at answers that are not the best; the bound is still true. */
static void a_wide_gap_keeps_the_bound_true(void **state)
{
  int worse = 0;
  (void)state;
  seed = 11;
  for (int k = 0; k < 2000 / pace(5); k++) {
    const small  s    = random_small();
    const double best = enumerate(&s);
    dyo_mip_opts o    = dyo_mip_defaults();
    if (best == INFINITY) continue;
    load(&s);
    o.gap_abs = 1 + 9 * draw();
    solve_with(o);
    assert_int_equal(info.status, DYO_MIP_OPTIMAL);
    assert_true(info.bound <= best + 1e-12 * fabs(best) && info.objective >= best - 1e-9 * fabs(best));
    assert_true(info.objective - info.bound <= o.gap_abs + 1e-9 * fabs(best));
    worse += info.objective > best + 0.01;
  }
  assert_true(worse > 10 / pace(5));
}

static void bounds_hold_after_every_single_node(void **state)
{
  int open = 0;
  (void)state;
  seed = 9;
  for (int k = 0; k < 2000 / pace(5); k++) {
    const small  s    = random_small();
    const double best = enumerate(&s);
    dyo_mip_opts o    = dyo_mip_defaults();
    load(&s);
    for (o.max_nodes = 0; o.max_nodes < 5; o.max_nodes++) {
      solve_with(o);
      assert_true(info.bound <= best + 1e-12 * fabs(best) && info.nodes <= o.max_nodes);
      if (info.status == DYO_MIP_OPTIMAL) is_optimal(best);
      else if (info.status == DYO_MIP_INFEASIBLE) assert_true(best == INFINITY);
      else open++;
    }
  }
  assert_true(open > 2000 / pace(5));
}

static void the_same_model_gives_the_same_bytes(void **state)
{
  double       first[400];
  dyo_mip_info was;
  (void)state;
  knapsack(50, 5);
  solve();
  memcpy(first, x, sizeof first);
  was = info;
  solve();
  assert_memory_equal(first, x, sizeof first);
  assert_true(was.bound == info.bound && was.nodes == info.nodes && was.objective == info.objective);
  knapsack(50, 5);
  solve();
  assert_memory_equal(first, x, sizeof first);
  assert_true(was.nodes == info.nodes);
}

/* ---- the host ends it ---- */

static double ticks;

static double clock_of_ticks(void *user)
{
  (void)user;
  return ticks += 0.001;
}

static bool stop_at_half(void *user, double fraction, const char *stage)
{
  int *calls = user;
  assert_true(fraction >= 0 && fraction <= 1);
  assert_non_null(stage);
  return ++*calls > 20;
}

static void a_time_limit_gives_the_best_so_far_and_a_bound(void **state)
{
  (void)state;
  knapsack(70, 8);
  solve();
  const double best = info.objective;
  for (double limit = 0.01; limit < 0.2; limit *= 4) {
    const dyo_host host = {.now = clock_of_ticks};
    dyo_ctx_clear(&ctx);
    dyo_ctx_init(&ctx, &host);
    dyo_time_limit(&ctx, limit);
    solve();
    assert_int_equal(dyo_poll(&ctx, 1, ""), DYO_STOP_TIME);
    assert_true(info.status == DYO_MIP_FEASIBLE || info.status == DYO_MIP_UNKNOWN);
    assert_true(info.bound <= best);
    if (info.status == DYO_MIP_FEASIBLE) assert_true(info.objective >= best && info.bound > 1.1 * best);
  }
}

static void a_cancel_gives_the_best_so_far_and_a_bound(void **state)
{
  int            calls = 0;
  const dyo_host host  = {.now = clock_of_ticks, .progress = stop_at_half, .user = &calls};
  (void)state;
  knapsack(70, 8);
  solve();
  const double best = info.objective;
  dyo_ctx_clear(&ctx);
  dyo_ctx_init(&ctx, &host);
  solve();
  assert_int_equal(dyo_poll(&ctx, 1, ""), DYO_STOP_CANCELLED);
  assert_int_equal(info.status, DYO_MIP_FEASIBLE);
  assert_true(info.objective >= best && info.bound <= best);
}

static void a_stopped_context_answers_nothing(void **state)
{
  const int cancel = 1;
  (void)state;
  ctx.cancel = &cancel;
  knapsack(20, 2);
  solve();
  assert_int_equal(info.status, DYO_MIP_UNKNOWN);
  begin(2);
  row(2, (double[]){1, 1}, DYO_GE, 1);
  solve();
  assert_int_equal(info.status, DYO_MIP_UNKNOWN);
  assert_true(isnan(info.objective));
}

/* ---- malformed models ---- */

static void malformed_models_are_refused(void **state)
{
  (void)state;
  assert_int_equal(dyo_mip_new(0, &m, &err), DYO_INTERNAL);
  assert_null(m);
  begin(2);
  assert_int_equal(dyo_mip_col(m, 2, 0, 0, 1, false, &err), DYO_INTERNAL);
  assert_int_equal(dyo_mip_col(m, -1, 0, 0, 1, false, &err), DYO_INTERNAL);
  assert_int_equal(dyo_mip_col(m, 0, NAN, 0, 1, false, &err), DYO_INTERNAL);
  assert_int_equal(dyo_mip_col(m, 0, INFINITY, 0, 1, false, &err), DYO_INTERNAL);
  assert_int_equal(dyo_mip_col(m, 0, 0, NAN, 1, false, &err), DYO_INTERNAL);
  assert_int_equal(dyo_mip_col(m, 0, 0, 0, NAN, false, &err), DYO_INTERNAL);
  assert_int_equal(dyo_mip_col(m, 0, 0, INFINITY, INFINITY, false, &err), DYO_INTERNAL);
  assert_int_equal(dyo_mip_col(m, 0, 0, -INFINITY, INFINITY, true, &err), DYO_INTERNAL);
  assert_int_equal(dyo_mip_row(m, 1, (int[]){2}, (double[]){1}, DYO_LE, 1, &err), DYO_INTERNAL);
  assert_int_equal(dyo_mip_row(m, 1, (int[]){0}, (double[]){NAN}, DYO_LE, 1, &err), DYO_INTERNAL);
  assert_int_equal(dyo_mip_row(m, 1, (int[]){0}, (double[]){1}, DYO_LE, INFINITY, &err), DYO_INTERNAL);
  assert_int_equal(dyo_mip_row(m, -1, NULL, NULL, DYO_LE, 1, &err), DYO_INTERNAL);
  solve(); /* what was refused left no trace */
  is_optimal(0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
  const struct CMUnitTest tests[] = {
    TEST(only_answers_below_the_cutoff_are_given),
    TEST(a_gap_ends_the_search_earlier_and_is_kept),
    TEST(bounds_hold_at_any_node_limit),
    TEST(a_wide_gap_keeps_the_bound_true),
    TEST(bounds_hold_after_every_single_node),
    TEST(the_same_model_gives_the_same_bytes),
    TEST(a_time_limit_gives_the_best_so_far_and_a_bound),
    TEST(a_cancel_gives_the_best_so_far_and_a_bound),
    TEST(a_stopped_context_answers_nothing),
    TEST(malformed_models_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
