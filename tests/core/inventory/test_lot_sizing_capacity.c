/* SPDX-License-Identifier: GPL-3.0-or-later */
/* inventory.lot_sizing with capacity against a dynamic program over whole stocks and against mixed-integer programs. */
#include "lots.h"

#include "inventory/lot_sizing.h"
#include "pace.h"
#include "solver/dyo_mip.h"

/* ---- with capacity ---- */

/* Whole demands and capacities have a best plan in whole numbers: all stocks and orders are tried. INFINITY: there
 * is none. */
static double over_whole_stocks(const figures *f, double stock0)
{
  enum { S = 200 };
  double least[S], next[S], best = INFINITY;
  for (int i = 0; i < S; i++) least[i] = i == (int)stock0 ? 0 : INFINITY;
  for (size_t t = 0; t < f->n; t++) {
    for (int i = 0; i < S; i++) next[i] = INFINITY;
    for (int i = 0; i < S; i++)
      for (int q = 0; least[i] < INFINITY && q <= (int)f->capacity[t]; q++) {
        const int end = i + q - (int)f->demand[t];
        if (end >= 0 && end < S)
          next[end] = fmin(next[end], least[i] + (q > 0 ? f->order[t] : 0) + f->price[t] * q + f->hold[t] * end);
      }
    memcpy(least, next, sizeof least);
  }
  for (int i = 0; i < S; i++) best = fmin(best, least[i]);
  return best;
}

static void random_whole_figures(figures *f)
{
  const bool vary = draw(0, 1) < 0.6,
             idle = draw(0, 1) < 0.3; /* idle: stock costs nothing, so that only setups count */
  const int most  = (int)whole(3, 14);
  memset(f, 0, sizeof *f);
  f->n = (size_t)whole(1, T_MAX);
  for (size_t t = 0; t < f->n; t++) {
    f->demand[t]   = draw(0, 1) < 0.25 ? 0 : whole(0, 9);
    f->order[t]    = vary ? whole(0, 30) : 20;
    f->hold[t]     = idle ? 0 : vary ? whole(0, 3) : 1;
    f->price[t]    = vary && !idle ? whole(0, 5) : 0;
    f->capacity[t] = vary ? whole(0, 2 * most) : most;
  }
}

static void capacitated_plans_equal_a_search_over_whole_stocks(void **state)
{
  figures f;
  int     none = 0, cases = 3000 / pace(5);
  (void)state;
  seed = 4;
  for (int k = 0; k < cases; k++) {
    random_whole_figures(&f);
    dyo_lot_sizing_in in = request(&f, true);
    in.initial_inventory = draw(0, 1) < 0.5 ? 0 : whole(0, 10);
    in.gap_tolerance     = 0;
    const double best    = over_whole_stocks(&f, in.initial_inventory);
    assert_int_equal(run(&in), DYO_OK);
    if (best == INFINITY) {
      assert_int_equal(r.status, DYO_LOT_INFEASIBLE);
      assert_true(isnan(r.total_cost) && isnan(r.gap) && r.conflict && r.orders == NULL);
      none++;
      continue;
    }
    is_consistent(&in);
    assert_true(near(r.total_cost, best) && near(r.lower_bound, best));
    assert_int_equal(r.status, DYO_LOT_OPTIMAL);
  }
  assert_true(none > cases / 30 && none < cases / 2);
}

/* The facility-location form (Krarup & Bilde 1977): y_i whole, x_ij units ordered in i for j. linear: y_i may be a
 * share, and x_ij is held by capacity alone. */
static dyo_mip_info facility_location(const figures *f, bool linear)
{
  static double x[T_MAX * T_MAX + 2 * T_MAX];
  const int     n = (int)f->n;
  int           idx[T_MAX + 1], id[T_MAX][T_MAX], cols = n;
  double        val[T_MAX + 1];
  dyo_mip      *m = NULL;
  dyo_mip_info  info;
  for (int i = 0; i < n; i++)
    for (int j = i; j < n; j++) id[i][j] = cols++;
  assert_int_equal(dyo_mip_new(cols, &m, &err), DYO_OK);
  for (int i = 0; i < n; i++) {
    double unit = f->price[i], later = 0;
    dyo_mip_col(m, i, f->order[i], 0, 1, !linear, &err);
    for (int j = i; j < n; j++) {
      dyo_mip_col(m, id[i][j], unit, 0, f->demand[j], false, &err);
      unit += f->hold[j];
      later += f->demand[j];
    }
    for (int j = i; j < n; j++) {
      idx[j - i] = id[i][j];
      val[j - i] = 1;
      if (!linear)
        dyo_mip_row(m, 2, (int[]){id[i][j], i}, (double[]){1, -fmin(f->demand[j], f->capacity[i])}, DYO_LE, 0, &err);
    }
    idx[n - i] = i;
    val[n - i] = -fmin(f->capacity[i], later);
    dyo_mip_row(m, n - i + 1, idx, val, DYO_LE, 0, &err);
  }
  for (int j = 0; j < n; j++) {
    for (int i = 0; i <= j; i++) idx[i] = id[i][j], val[i] = 1;
    dyo_mip_row(m, j + 1, idx, val, DYO_EQ, f->demand[j], &err);
  }
  const dyo_mip_opts o = dyo_mip_defaults();
  assert_int_equal(dyo_mip_solve(m, &ctx, &o, x, NULL, &info, &err), DYO_OK);
  dyo_mip_free(m);
  return info;
}

static void capacitated_plans_equal_a_mixed_integer_program(void **state)
{
  figures f;
  int     plans = 0, cases = 120 / pace(3);
  (void)state;
  seed = 5;
  for (int k = 0; k < cases; k++) {
    random_real_figures(&f, (size_t)whole(2, T_MAX), draw(1.05, 4));
    dyo_lot_sizing_in in = request(&f, true);
    in.gap_tolerance     = 0;
    assert_int_equal(run(&in), DYO_OK);
    if (r.status == DYO_LOT_INFEASIBLE) {
      assert_int_equal(facility_location(&f, false).status, DYO_MIP_INFEASIBLE);
      continue;
    }
    is_consistent(&in);
    const double       cost = r.total_cost;
    const dyo_mip_info mip  = facility_location(&f, false);
    assert_int_equal(mip.status, DYO_MIP_OPTIMAL);
    assert_true(near(cost, mip.objective));
    plans++;
  }
  assert_true(plans > cases / 2);
}

static void the_linear_bound_is_a_linear_programs(void **state)
{
  figures f;
  int     compared = 0;
  (void)state;
  seed = 6;
  for (int k = 0; k < 200; k++) {
    random_real_figures(&f, (size_t)whole(2, T_MAX), draw(1.05, 4));
    const dyo_mip_info lp = facility_location(&f, true);
    const lot_problem  p  = {f.n, f.demand, f.order, f.hold, f.price, f.capacity};
    if (lp.status != DYO_MIP_OPTIMAL) continue;
    assert_true(near(lot_linear_bound(&ctx, &p), lp.objective));
    compared++;
  }
  assert_true(compared > 100);
}

static void size_and_units_do_not_matter(void **state)
{
  figures f, g;
  (void)state;
  seed = 7;
  for (int k = 0; k < 50; k++) {
    random_real_figures(&f, 10, 2);
    for (int s = -1; s <= 1; s += 2) { /* millionths and millions of units, at a price to match */
      const double scale = pow(10, 6 * s);
      g                  = f;
      for (size_t t = 0; t < f.n; t++) {
        g.demand[t] *= scale;
        g.capacity[t] *= scale;
        g.hold[t] /= scale;
        g.price[t] /= scale;
      }
      dyo_lot_sizing_in in = request(&f, true);
      assert_int_equal(run(&in), DYO_OK);
      const double cost = r.total_cost;
      const int    st   = r.status;
      in                = request(&g, true);
      assert_int_equal(run(&in), DYO_OK);
      assert_int_equal(r.status, st);
      if (st == DYO_LOT_OPTIMAL) assert_true(near(r.total_cost, cost));
    }
  }
}

static void a_year_of_weeks_is_planned_to_the_end(void **state)
{
  figures f;
  (void)state;
  seed = 8;
  for (int k = 0; k < 10; k++) {
    random_real_figures(&f, 52, 1.6);
    f.capacity[0] += 200; /* something to start with */
    dyo_lot_sizing_in in = request(&f, true);
    assert_int_equal(run(&in), DYO_OK);
    if (r.status == DYO_LOT_INFEASIBLE) continue;
    is_consistent(&in);
    assert_true(r.gap == 0);
  }
}

/* With functions cut to a few lines the plan may be worse, and the bound must still hold. */
static void a_budget_of_few_lines_keeps_the_bound(void **state)
{
  figures f;
  double  orders[40];
  int     worse = 0, cases = 400 / pace(4);
  (void)state;
  seed = 13;
  for (int k = 0; k < cases; k++) {
    random_real_figures(&f, 40, draw(1.5, 4));
    if (k % 2) memset(f.price, 0, sizeof f.price);
    dyo_lot_sizing_in in = request(&f, true);
    assert_int_equal(run(&in), DYO_OK);
    if (r.status == DYO_LOT_INFEASIBLE) continue;
    const double      best = r.total_cost;
    const lot_problem p    = {f.n, f.demand, f.order, f.hold, f.price, f.capacity};
    for (size_t lines = 3; lines < 40; lines *= 2) {
      lot_answer a = {.orders = orders};
      assert_int_equal(lot_capacitated(&ctx, &p, &(lot_scale){2 * best, 0, lines}, &a, &err), DYO_OK);
      const double cost = lot_cost(&p, orders);
      assert_true(cost >= best * (1 - 1e-12) && a.bound <= best * (1 + 1e-12) && a.bound > 0);
      worse += cost > best * (1 + 1e-9);
    }
  }
  assert_true(worse > cases / 8);
}

/* Holding costs nothing and setups cost in proportion to capacity: the sums of all subsets of capacities matter.
 * The functions are cut to their budget, and the bound says what that may have cost. */
static void figures_that_outgrow_the_budget_keep_a_bound(void **state)
{
  figures f;
  (void)state;
  seed = 9;
  random_real_figures(&f, 180, 1);
  for (size_t t = 0; t < f.n; t++) {
    f.demand[t]   = draw(20, 180);
    f.capacity[t] = draw(150, 450) + (t == 0 ? 300 : 0);
    f.order[t]    = f.capacity[t] * draw(1, 1.1);
    f.hold[t] = f.price[t] = 0;
  }
  dyo_lot_sizing_in in = request(&f, true);
  in.gap_tolerance     = 1e-9;
  assert_int_equal(run(&in), DYO_OK);
  is_consistent(&in);
  assert_true(r.gap < 1e-3);
  if (r.status == DYO_LOT_FEASIBLE) assert_int_equal(r.stopped_by, DYO_LOT_BY_ITERATIONS);
}

/* ---- no plan ---- */

static void a_shortage_is_explained_and_the_least_capacity_works(void **state)
{
  figures f = {.n = 4, .demand = {20, 50, 90, 10}, .order = {5}, .hold = {1}, .capacity = {40}};
  (void)state;
  dyo_lot_sizing_in in = request(&f, true);
  in.n_order_cost = in.n_holding_cost = in.n_capacity = 1;
  in.unit_cost                                        = NULL;
  in.initial_inventory                                = 10;
  assert_int_equal(run(&in), DYO_OK);
  assert_int_equal(r.status, DYO_LOT_INFEASIBLE);
  assert_int_equal(r.shortage_period, 3);
  assert_true(r.shortage == 30 && near(r.least_capacity, 50));
  assert_string_equal(
    r.conflict, "By the end of period 3, 150 units are needed beyond the initial stock, and orders of all capacity "
                "bring 120: 30 are missing.");
  f.capacity[0] = r.least_capacity;
  assert_int_equal(run(&in), DYO_OK);
  is_consistent(&in);
  f.capacity[0] *= 1 - 1e-6;
  assert_int_equal(run(&in), DYO_OK);
  assert_int_equal(r.status, DYO_LOT_INFEASIBLE);
}

static void the_least_capacity_is_the_least(void **state)
{
  figures f;
  (void)state;
  seed = 10;
  for (int k = 0; k < 300 / pace(3); k++) {
    random_real_figures(&f, (size_t)whole(1, T_MAX), 0.7);
    dyo_lot_sizing_in in = request(&f, true);
    in.initial_inventory = draw(0, 30);
    assert_int_equal(run(&in), DYO_OK);
    if (r.status != DYO_LOT_INFEASIBLE) continue;
    double least  = r.least_capacity;
    in.capacity   = &least;
    in.n_capacity = 1;
    assert_int_equal(run(&in), DYO_OK);
    is_consistent(&in);
    least *= 1 - 1e-6;
    assert_int_equal(run(&in), DYO_OK);
    assert_int_equal(r.status, DYO_LOT_INFEASIBLE);
  }
}

/* ---- stopped ---- */

static double ticks;

static double clock_of_ticks(void *user)
{
  (void)user;
  return ticks += 0.01;
}

static bool stop_after(void *user, double fraction, const char *stage)
{
  int *left = user;
  assert_true(fraction >= 0 && fraction <= 1);
  assert_non_null(stage);
  return --*left <= 0;
}

static void stopped_work_gives_a_plan_and_a_bound(void **state)
{
  figures f;
  int     left = 5;
  (void)state;
  seed = 11;
  random_real_figures(&f, 400, 1.5);
  f.capacity[0] += 500;
  dyo_lot_sizing_in in = request(&f, true);
  assert_int_equal(run(&in), DYO_OK);
  assert_int_equal(r.status, DYO_LOT_OPTIMAL);
  const double best = r.total_cost;

  const dyo_host slow = {.now = clock_of_ticks};
  dyo_ctx_clear(&ctx);
  dyo_ctx_init(&ctx, &slow);
  for (in.time_limit_s = 0.001; in.time_limit_s < 0.15; in.time_limit_s += 0.04) {
    assert_int_equal(run(&in), DYO_OK);
    is_consistent(&in);
    assert_int_equal(r.stopped_by, DYO_LOT_BY_TIME);
    assert_true(r.total_cost >= best * (1 - 1e-12) && r.lower_bound <= best * (1 + 1e-12));
  }

  const dyo_host cancels = {.now = clock_of_ticks, .progress = stop_after, .user = &left};
  dyo_ctx_clear(&ctx);
  dyo_ctx_init(&ctx, &cancels);
  in.time_limit_s = 1000;
  assert_int_equal(run(&in), DYO_CANCELLED);
  assert_true(ctx.partial);
  is_consistent(&in);
  assert_int_equal(r.stopped_by, DYO_LOT_BY_CANCEL);
  assert_true(r.total_cost >= best * (1 - 1e-12) && r.lower_bound <= best * (1 + 1e-12));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
  const struct CMUnitTest tests[] = {
    TEST(capacitated_plans_equal_a_search_over_whole_stocks),
    TEST(capacitated_plans_equal_a_mixed_integer_program),
    TEST(the_linear_bound_is_a_linear_programs),
    TEST(size_and_units_do_not_matter),
    TEST(a_year_of_weeks_is_planned_to_the_end),
    TEST(a_budget_of_few_lines_keeps_the_bound),
    TEST(figures_that_outgrow_the_budget_keep_a_bound),
    TEST(a_shortage_is_explained_and_the_least_capacity_works),
    TEST(the_least_capacity_is_the_least),
    TEST(stopped_work_gives_a_plan_and_a_bound),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
