/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_mip against enumeration, textbook programs, and everything that ends a search early. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "solver/dyo_mip.h"

static dyo_ctx      ctx;
static dyo_err      err;
static dyo_mip     *m;
static dyo_mip_info info;
static double       x[400], y[400];

/* cmocka compares floats, not doubles. */
static void near(double a, double b, double tol)
{
  assert_true(fabs(a - b) <= tol);
}

static int setup(void **state)
{
  (void)state;
  dyo_ctx_init(&ctx, NULL);
  m = NULL;
  return 0;
}

static int teardown(void **state)
{
  (void)state;
  dyo_mip_free(m);
  dyo_ctx_clear(&ctx);
  return 0;
}

static void begin(int n)
{
  dyo_mip_free(m);
  assert_int_equal(dyo_mip_new(n, &m, &err), DYO_OK);
}

static void col(int j, double cost, double lo, double hi, bool whole)
{
  assert_int_equal(dyo_mip_col(m, j, cost, lo, hi, whole, &err), DYO_OK);
}

/* A dense row of n values. */
static void row(int n, const double *val, dyo_sense sense, double rhs)
{
  int idx[400];
  for (int j = 0; j < n; j++) idx[j] = j;
  assert_int_equal(dyo_mip_row(m, n, idx, val, sense, rhs, &err), DYO_OK);
}

static void solve_with(dyo_mip_opts o)
{
  memset(x, 0, sizeof x);
  assert_int_equal(dyo_mip_solve(m, &ctx, &o, x, y, &info, &err), DYO_OK);
}

static void solve(void)
{
  solve_with(dyo_mip_defaults());
}

static void is_optimal(double z)
{
  assert_int_equal(info.status, DYO_MIP_OPTIMAL);
  assert_true(fabs(info.objective - z) <= 1e-9 * fmax(1.0, fabs(z)));
  assert_true(info.bound <= info.objective);
  assert_true(info.bound >= z - 1e-8 * fmax(1.0, fabs(z)));
}

/* ---- linear programs ---- */

/* The farmer of the lp_solve reference guide, "formulating an lp problem": maximise 143 x + 60 y, 120 x + 210 y <=
 * 15000, 110 x + 30 y <= 4000, x + y <= 75. Optimum 6315.625 at (21.875, 53.125), duals 0, 1.0375, 28.875. */
static void farmer_has_the_published_plan_and_prices(void **state)
{
  (void)state;
  begin(2);
  col(0, -143, 0, INFINITY, false);
  col(1, -60, 0, INFINITY, false);
  row(2, (double[]){120, 210}, DYO_LE, 15000);
  row(2, (double[]){110, 30}, DYO_LE, 4000);
  row(2, (double[]){1, 1}, DYO_LE, 75);
  solve();
  is_optimal(-6315.625);
  near(x[0], 21.875, 1e-9);
  near(x[1], 53.125, 1e-9);
  near(y[0], 0, 1e-12);
  near(y[1], -1.0375, 1e-9);
  near(y[2], -28.875, 1e-9);
}

/* min x0 + 2 x1 + x2 with x0 free, x1 >= -5, x2 <= 3: x0 + x1 >= -4, x0 - x2 >= -6, x2 >= x1 - 10. By hand: x1 =
 * -5 and x0 = 1 cost -9; raising x1 by 1 costs 2 and saves 1; x2 falls to x0 + ... x2 >= x1 - 10 = -15 and x0 >=
 * x2 - 6 is slack. Optimum 1 - 10 - 15 = -24. */
static void columns_may_be_free_or_negative_or_bounded_above_only(void **state)
{
  (void)state;
  begin(3);
  col(0, 1, -INFINITY, INFINITY, false);
  col(1, 2, -5, INFINITY, false);
  col(2, 1, -INFINITY, 3, false);
  row(3, (double[]){1, 1, 0}, DYO_GE, -4);
  row(3, (double[]){1, 0, -1}, DYO_GE, -6);
  row(3, (double[]){0, -1, 1}, DYO_GE, -10);
  solve();
  is_optimal(-24);
  near(x[0], 1, 1e-9);
  near(x[1], -5, 1e-9);
  near(x[2], -15, 1e-9);
}

static void without_rows_each_column_goes_to_its_cheaper_bound(void **state)
{
  (void)state;
  begin(3);
  col(0, 2, -1, 5, false);
  col(1, -3, -1, 4, false);
  col(2, 0, 2, INFINITY, false);
  solve();
  is_optimal(-14);
  col(1, -3, 0, INFINITY, false);
  solve();
  assert_int_equal(info.status, DYO_MIP_UNBOUNDED);
}

/* 2 x + 2 x <= 8 is x <= 2. */
static void entries_of_one_column_add_up(void **state)
{
  (void)state;
  begin(2);
  col(0, -1, 0, INFINITY, false);
  assert_int_equal(dyo_mip_row(m, 3, (int[]){0, 1, 0}, (double[]){2, 0, 2}, DYO_LE, 8, &err), DYO_OK);
  solve();
  is_optimal(-2);
}

/* Costs of 1e-7 and quantities of 1e6: duals must not be lost in lp_solve's rounding of anything below 1e-10. */
static void small_costs_keep_their_bound(void **state)
{
  (void)state;
  begin(2);
  col(0, 3e-7, 0, INFINITY, false);
  col(1, 5e-7, 0, INFINITY, false);
  row(2, (double[]){1000, 2000}, DYO_GE, 4e9);
  row(2, (double[]){1, -1}, DYO_LE, 1e6);
  solve(); /* x1 costs 2.5e-10 a unit of the first row, x0 3e-10: all x1 = 2e6 */
  assert_int_equal(info.status, DYO_MIP_OPTIMAL);
  near(info.objective, 1.0, 1e-9);
  assert_true(info.bound <= info.objective && info.bound > 1.0 - 1e-8);
}

/* ---- no answer, no end ---- */

static void a_program_without_answers_is_infeasible(void **state)
{
  (void)state;
  begin(2);
  row(2, (double[]){1, 1}, DYO_LE, 1);
  row(2, (double[]){1, 2}, DYO_GE, 3);
  solve();
  assert_int_equal(info.status, DYO_MIP_INFEASIBLE);
  assert_true(info.bound == INFINITY && isnan(info.objective));
  col(0, 1, 0, 9, true);
  solve();
  assert_int_equal(info.status, DYO_MIP_INFEASIBLE);
}

static void crossing_bounds_are_infeasible(void **state)
{
  (void)state;
  begin(1);
  col(0, 1, 0.3, 0.7, true);
  solve();
  assert_int_equal(info.status, DYO_MIP_INFEASIBLE);
}

/* 6 x + 10 y + 15 z = 29 has no whole answer with x, y, z >= 0 (29 is the Frobenius number of 6, 10, 15); 30 has
 * three. */
static void whole_numbers_can_make_it_infeasible(void **state)
{
  (void)state;
  begin(3);
  for (int j = 0; j < 3; j++) col(j, 1, 0, INFINITY, true);
  row(3, (double[]){6, 10, 15}, DYO_EQ, 29);
  solve();
  assert_int_equal(info.status, DYO_MIP_INFEASIBLE);
  begin(3);
  for (int j = 0; j < 3; j++) col(j, 1, 0, INFINITY, true);
  row(3, (double[]){6, 10, 15}, DYO_EQ, 30);
  solve();
  is_optimal(2);
  assert_true(x[0] == 0 && x[1] == 0 && x[2] == 2);
}

static void an_objective_without_end_is_unbounded(void **state)
{
  (void)state;
  for (int whole = 0; whole < 2; whole++) {
    begin(2);
    col(0, -1, 0, INFINITY, whole);
    col(1, 1, 0, INFINITY, false);
    row(2, (double[]){1, -1}, DYO_LE, 4.5);
    row(2, (double[]){1, 1}, DYO_GE, 2);
    solve();
    assert_int_equal(info.status, DYO_MIP_OPTIMAL); /* x - y <= 4.5 stops it */
    near(info.objective, -4.5, 1e-9);
    col(1, 0.5, 0, INFINITY, false);
    solve();
    assert_int_equal(info.status, DYO_MIP_UNBOUNDED);
    assert_true(isnan(info.objective));
  }
}

/* The LP falls for ever along x = y, yet 2 x - 2 y = 1 has no whole answer within reach; bounds make that provable. */
static void a_falling_program_without_whole_answers_is_not_unbounded(void **state)
{
  (void)state;
  begin(3);
  col(0, 0, 0, 50, true);
  col(1, 0, 0, 50, true);
  col(2, -1, 0, INFINITY, false);
  row(3, (double[]){2, -2, 0}, DYO_EQ, 1);
  solve();
  assert_int_equal(info.status, DYO_MIP_INFEASIBLE);
}

/* ---- whole programs against enumeration ---- */

static uint64_t seed;

static double draw(void) /* SplitMix64, 0..1 */
{
  uint64_t z = seed += 0x9e3779b97f4a7c15u;
  z          = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z          = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return (double)((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

static int pick(int a, int b)
{
  return a + (int)(draw() * (b - a + 1));
}

enum { N = 6, M = 6 };
typedef struct {
  int       n, rows, lo[N], hi[N];
  double    cost[N], a[M][N], rhs[M];
  dyo_sense sense[M];
} small;

static small random_small(void)
{
  small      s     = {.n = pick(1, N), .rows = pick(0, M)};
  const bool round = draw() < 0.5;
  for (int j = 0; j < s.n; j++) {
    s.lo[j]   = pick(-3, 2);
    s.hi[j]   = s.lo[j] + pick(0, 4);
    s.cost[j] = round ? pick(-9, 12) : 10 * draw() - 4;
  }
  for (int i = 0; i < s.rows; i++) {
    double at = 0;
    for (int j = 0; j < s.n; j++) {
      s.a[i][j] = draw() < 0.4 ? 0 : pick(-6, 8);
      at += s.a[i][j] * pick(s.lo[j], s.hi[j]);
    }
    s.sense[i] = draw() < 0.2 ? DYO_EQ : draw() < 0.6 ? DYO_LE : DYO_GE;
    s.rhs[i]   = at + (s.sense[i] == DYO_EQ ? 0 : pick(-4, 4));
  }
  return s;
}

static bool holds(const small *s, const int *v)
{
  for (int i = 0; i < s->rows; i++) {
    double at = -s->rhs[i];
    for (int j = 0; j < s->n; j++) at += s->a[i][j] * v[j];
    if (s->sense[i] == DYO_LE ? at > 0 : s->sense[i] == DYO_GE ? at < 0 : at != 0) return false; /* whole data: exact */
  }
  return true;
}

/* Least cost over all points, INFINITY where none holds. */
static double enumerate(const small *s)
{
  int    v[N], j = 0;
  double best = INFINITY;
  memcpy(v, s->lo, sizeof v);
  while (j < s->n) {
    double z = 0;
    for (j = 0; j < s->n; j++) z += s->cost[j] * v[j];
    if (z < best && holds(s, v)) best = z;
    for (j = 0; j < s->n && ++v[j] > s->hi[j]; j++) v[j] = s->lo[j];
  }
  return best;
}

static void load(const small *s)
{
  begin(s->n);
  for (int j = 0; j < s->n; j++) col(j, s->cost[j], s->lo[j] - 0.25, s->hi[j] + 0.25, true); /* bounds round inwards */
  for (int i = 0; i < s->rows; i++) row(s->n, s->a[i], s->sense[i], s->rhs[i]);
}

static void whole_programs_equal_enumeration(void **state)
{
  int answers = 0;
  (void)state;
  seed = 1;
  for (int k = 0; k < 3000; k++) {
    const small  s    = random_small();
    const double best = enumerate(&s);
    load(&s);
    solve();
    if (best == INFINITY) {
      assert_int_equal(info.status, DYO_MIP_INFEASIBLE);
      continue;
    }
    is_optimal(best);
    answers++;
    int v[N];
    for (int j = 0; j < s.n; j++) {
      v[j] = (int)x[j];
      assert_true(x[j] == v[j] && v[j] >= s.lo[j] && v[j] <= s.hi[j]);
    }
    assert_true(holds(&s, v));
  }
  assert_true(answers > 500 && answers < 2900);
}

/* min 3 u + 2 v + 10 y, u + v >= d, u <= 8 y, v <= 3, y whole in 0..2: with d = 9.5 one y lets u be 8 and v 1.5:
 * 24 + 3 + 10 = 37, cheaper at v = 3, u = 6.5: 19.5 + 6 + 10 = 35.5. With d = 12 two are needed: v = 3, u = 9: 27
 * + 6 + 20 = 53. */
static void whole_and_continuous_columns_mix(void **state)
{
  (void)state;
  for (int k = 0; k < 2; k++) {
    begin(3);
    col(0, 3, 0, INFINITY, false);
    col(1, 2, 0, 3, false);
    col(2, 10, 0, 2, true);
    row(3, (double[]){1, 1, 0}, DYO_GE, k ? 12 : 9.5);
    row(3, (double[]){1, 0, -8}, DYO_LE, 0);
    solve();
    is_optimal(k ? 53 : 35.5);
    assert_true(x[2] == (k ? 2 : 1));
  }
}

/* With y <= 1e6 u and a need of 0.05, a solver may leave u at 5e-8 and call it whole. u must be 1 and be paid for. */
static void a_big_coefficient_does_not_leak(void **state)
{
  (void)state;
  begin(2);
  col(0, 1, 0, 0.05, false);
  col(1, 100, 0, 1, true);
  row(2, (double[]){1, -1e6}, DYO_LE, 0);
  row(2, (double[]){1, 0}, DYO_GE, 0.05);
  solve();
  is_optimal(100.05);
  assert_true(x[1] == 1.0);
}

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
  for (int k = 0; k < 500; k++) {
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
  for (int k = 0; k < 2000; k++) {
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
  assert_true(worse > 10);
}

static void bounds_hold_after_every_single_node(void **state)
{
  int open = 0;
  (void)state;
  seed = 9;
  for (int k = 0; k < 2000; k++) {
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
  assert_true(open > 2000);
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
    TEST(farmer_has_the_published_plan_and_prices),
    TEST(columns_may_be_free_or_negative_or_bounded_above_only),
    TEST(without_rows_each_column_goes_to_its_cheaper_bound),
    TEST(entries_of_one_column_add_up),
    TEST(small_costs_keep_their_bound),
    TEST(a_program_without_answers_is_infeasible),
    TEST(crossing_bounds_are_infeasible),
    TEST(whole_numbers_can_make_it_infeasible),
    TEST(an_objective_without_end_is_unbounded),
    TEST(a_falling_program_without_whole_answers_is_not_unbounded),
    TEST(whole_programs_equal_enumeration),
    TEST(whole_and_continuous_columns_mix),
    TEST(a_big_coefficient_does_not_leak),
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
