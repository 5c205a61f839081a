/* SPDX-License-Identifier: GPL-3.0-or-later */
/* inventory.lot_sizing against enumeration, a dynamic program over whole stocks, and mixed-integer programs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "inventory/dyo_lot_sizing.h"
#include "inventory/lot_sizing.h"
#include "solver/dyo_mip.h"

enum { T_MAX = 12, BIG = 801 };

static dyo_ctx            ctx;
static dyo_err            err;
static dyo_lot_sizing_out r;

static int setup(void **state)
{
  (void)state;
  dyo_ctx_init(&ctx, NULL);
  return 0;
}

static int teardown(void **state)
{
  (void)state;
  dyo_ctx_clear(&ctx);
  return 0;
}

static bool near(double a, double b)
{
  return fabs(a - b) <= 1e-9 * fmax(1.0, fmax(fabs(a), fabs(b)));
}

typedef struct {
  size_t n;
  double demand[BIG], order[BIG], hold[BIG], price[BIG], capacity[BIG];
} figures;

/* What the decoder makes of a request with an array for each quantity. */
static dyo_lot_sizing_in request(figures *f, bool capacity)
{
  return (dyo_lot_sizing_in){.demand = f->demand, .n_demand = f->n, .order_cost = f->order, .n_order_cost = f->n, .holding_cost = f->hold,
                             .n_holding_cost = f->n, .unit_cost = f->price, .n_unit_cost = f->n, .capacity = capacity ? f->capacity : NULL,
                             .n_capacity = capacity ? f->n : 0, .gap_tolerance = 1e-6, .time_limit_s = 10};
}

static dyo_status run(const dyo_lot_sizing_in *in)
{
  dyo_ctx_clear(&ctx);
  memset(&r, 0, sizeof r);
  memset(&err, 0, sizeof err);
  return dyo_lot_sizing(&ctx, in, &r, &err);
}

static double at(const double *v, size_t n, size_t t)
{
  return !v ? 0 : n == 1 ? v[0] : v[t];
}

/* The answer keeps its own story: stock follows from orders, nothing runs out, no order is too large, costs add up. */
static void is_consistent(const dyo_lot_sizing_in *in)
{
  double stock = in->initial_inventory, ordering = 0, holding = 0, purchase = 0;
  int    orders = 0;
  assert_true(r.n_orders == in->n_demand && r.n_inventory == in->n_demand);
  for (size_t t = 0; t < in->n_demand; t++) {
    stock += r.orders[t] - in->demand[t];
    assert_true(r.orders[t] >= 0 && r.inventory[t] >= 0 && stock > -1e-7 && fabs(stock - r.inventory[t]) < 1e-7);
    if (in->capacity) assert_true(r.orders[t] <= at(in->capacity, in->n_capacity, t));
    ordering += r.orders[t] > 0 ? at(in->order_cost, in->n_order_cost, t) : 0;
    holding += r.inventory[t] * at(in->holding_cost, in->n_holding_cost, t);
    purchase += r.orders[t] * at(in->unit_cost, in->n_unit_cost, t);
    orders += r.orders[t] > 0;
  }
  assert_true(near(ordering, r.ordering_cost) && near(holding, r.holding_cost) && near(purchase, r.purchase_cost));
  assert_true(near(ordering + holding + purchase, r.total_cost) && orders == r.num_orders);
  assert_true(r.lower_bound <= r.total_cost && r.gap >= 0 && near(r.gap * r.total_cost, r.total_cost - r.lower_bound));
  assert_true((r.status == DYO_LOT_OPTIMAL) == (r.gap <= in->gap_tolerance));
  assert_null(r.conflict);
}

static uint64_t seed;

static double draw(double lo, double hi) /* SplitMix64 */
{
  uint64_t z = seed += 0x9e3779b97f4a7c15u;
  z          = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z          = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return lo + (hi - lo) * ((double)((z ^ (z >> 31)) >> 11) * 0x1p-53);
}

static double whole(int lo, int hi)
{
  return floor(draw(lo, hi + 1));
}

/* ---- without capacity ---- */

/* Snyder & Shen (2019), example 3.9. */
static void the_textbook_plan(void **state)
{
  figures f = {.n = 4, .demand = {90, 120, 80, 70}, .order = {500}, .hold = {2}};
  (void)state;
  dyo_lot_sizing_in in = request(&f, false);
  in.n_order_cost = in.n_holding_cost = 1;
  in.unit_cost                        = NULL;
  assert_int_equal(run(&in), DYO_OK);
  is_consistent(&in);
  assert_true(r.total_cost == 1380 && r.lower_bound == 1380 && r.gap == 0);
  assert_true(r.orders[0] == 210 && r.orders[1] == 0 && r.orders[2] == 150 && r.orders[3] == 0);
  assert_int_equal(r.status, DYO_LOT_OPTIMAL);
  assert_int_equal(r.stopped_by, DYO_LOT_BY_GAP);
}

/* Least cost over all sets of order periods; between them each order brings exactly what is needed until the next. */
static double over_all_subsets(const figures *f, double stock0)
{
  double best = INFINITY;
  for (unsigned set = 0; set < 1u << f->n; set++) {
    double cost = 0, stock = stock0;
    for (size_t t = 0; t < f->n; t++) {
      if (set >> t & 1) {
        double need = -stock; /* until the next order of the set */
        for (size_t j = t; j < f->n && (j == t || !(set >> j & 1)); j++) need += f->demand[j];
        if (need > 0) cost += f->order[t] + f->price[t] * need, stock += need;
      }
      stock -= f->demand[t];
      if (stock < -1e-9) cost = INFINITY;
      cost += f->hold[t] * stock;
    }
    best = fmin(best, cost);
  }
  return best;
}

static void random_figures(figures *f, bool flat)
{
  memset(f, 0, sizeof *f);
  f->n = (size_t)whole(1, 9);
  for (size_t t = 0; t < f->n; t++) {
    f->demand[t] = draw(0, 1) < 0.25 ? 0 : draw(0, 100);
    f->order[t]  = flat ? 120 : draw(0, 300);
    f->hold[t]   = flat ? 1 : draw(0, 1) < 0.1 ? 0 : draw(0, 2);
    f->price[t]  = flat ? 0 : draw(0, 6); /* worth buying ahead now and then */
  }
}

static void plans_equal_enumeration_of_order_periods(void **state)
{
  figures f;
  (void)state;
  seed = 1;
  for (int k = 0; k < 400; k++) {
    random_figures(&f, k % 4 == 0);
    dyo_lot_sizing_in in = request(&f, false);
    in.initial_inventory = draw(0, 1) < 0.5 ? 0 : draw(0, 250);
    assert_int_equal(run(&in), DYO_OK);
    is_consistent(&in);
    assert_true(near(r.total_cost, over_all_subsets(&f, in.initial_inventory)));
    assert_true(r.lower_bound == r.total_cost);
  }
}

static void one_number_stands_for_all_periods(void **state)
{
  figures f;
  double  cost = 0;
  (void)state;
  seed = 2;
  random_figures(&f, true);
  dyo_lot_sizing_in in = request(&f, false);
  assert_int_equal(run(&in), DYO_OK);
  cost              = r.total_cost;
  in.n_order_cost   = in.n_holding_cost = in.n_unit_cost = 1;
  assert_int_equal(run(&in), DYO_OK);
  assert_true(r.total_cost == cost);
}

static void stock_that_is_enough_needs_no_orders(void **state)
{
  figures f = {.n = 3, .demand = {5, 0, 7}, .order = {10, 10, 10}, .hold = {1, 2, 3}, .capacity = {1, 1, 1}};
  (void)state;
  for (int capacity = 0; capacity < 2; capacity++) {
    dyo_lot_sizing_in in = request(&f, capacity);
    in.initial_inventory = 20;
    assert_int_equal(run(&in), DYO_OK);
    is_consistent(&in);
    assert_int_equal(r.num_orders, 0);
    assert_true(r.total_cost == 15 + 30 + 24 && r.gap == 0);
  }
  memset(f.demand, 0, sizeof f.demand);
  dyo_lot_sizing_in in = request(&f, false);
  assert_int_equal(run(&in), DYO_OK);
  assert_true(r.total_cost == 0 && r.gap == 0 && r.status == DYO_LOT_OPTIMAL);
}

/* Ten thousand periods; the plan is checked against its own bound, so only its time and consistency are of interest. */
static void long_horizons_are_planned(void **state)
{
  static double demand[10001];
  double        k = 300, h = 0.1;
  (void)state;
  seed = 3;
  for (size_t t = 0; t < 10001; t++) demand[t] = draw(0, 10);
  dyo_lot_sizing_in in = {.demand = demand, .n_demand = 10000, .order_cost = &k, .n_order_cost = 1, .holding_cost = &h, .n_holding_cost = 1,
                          .gap_tolerance = 1e-6, .time_limit_s = 10};
  assert_int_equal(run(&in), DYO_OK);
  is_consistent(&in);
  in.n_demand = 10001;
  assert_int_equal(run(&in), DYO_TOO_LARGE);
  assert_string_equal(err.path, "/demand");
}

/* ---- with capacity ---- */

/* Whole demands and capacities have a best plan in whole numbers: all stocks and orders are tried. INFINITY: there is none. */
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
        if (end >= 0 && end < S) next[end] = fmin(next[end], least[i] + (q > 0 ? f->order[t] : 0) + f->price[t] * q + f->hold[t] * end);
      }
    memcpy(least, next, sizeof least);
  }
  for (int i = 0; i < S; i++) best = fmin(best, least[i]);
  return best;
}

static void random_whole_figures(figures *f)
{
  const bool vary = draw(0, 1) < 0.6, idle = draw(0, 1) < 0.3; /* idle: stock costs nothing, so that only setups count */
  const int  most = (int)whole(3, 14);
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
  int     none = 0;
  (void)state;
  seed = 4;
  for (int k = 0; k < 3000; k++) {
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
  assert_true(none > 100 && none < 1500);
}

static void random_real_figures(figures *f, size_t n, double room)
{
  double mean = 0;
  memset(f, 0, sizeof *f);
  f->n = n;
  for (size_t t = 0; t < n; t++) {
    f->demand[t] = draw(0, 1) < 0.1 ? 0 : draw(0, 100);
    f->order[t]  = draw(0, 800);
    f->hold[t]   = draw(0, 2);
    f->price[t]  = draw(0, 3);
    mean += f->demand[t] / (double)n;
  }
  for (size_t t = 0; t < n; t++) f->capacity[t] = room * mean * draw(0.6, 1.4);
}

/* The facility-location form (Krarup & Bilde 1977): y_i whole, x_ij units ordered in i for j. linear: y_i may be a share, and x_ij
 * is held by capacity alone. */
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
      if (!linear) dyo_mip_row(m, 2, (int[]){id[i][j], i}, (double[]){1, -fmin(f->demand[j], f->capacity[i])}, DYO_LE, 0, &err);
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
  int     plans = 0;
  (void)state;
  seed = 5;
  for (int k = 0; k < 120; k++) {
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
  assert_true(plans > 60);
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

/* Holding costs nothing and setups cost in proportion to capacity: the sums of all subsets of capacities matter. The functions are cut
 * to their budget, and the bound says what that may have cost. */
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
  assert_string_equal(r.conflict, "By the end of period 3, 150 units are needed beyond the initial stock, and orders of all capacity bring 120: 30 are missing.");
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
  for (int k = 0; k < 300; k++) {
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

/* ---- guards ---- */

static void arrays_have_one_value_or_one_a_period(void **state)
{
  figures f;
  (void)state;
  seed = 12;
  random_real_figures(&f, 8, 4);
  const dyo_lot_sizing_in in = request(&f, true);
  dyo_lot_sizing_in       bad;
  assert_int_equal(run(&in), DYO_OK);
  const struct {
    const char *path;
    size_t      off;
  } length[] = {{"/order_cost", offsetof(dyo_lot_sizing_in, n_order_cost)}, {"/holding_cost", offsetof(dyo_lot_sizing_in, n_holding_cost)},
                {"/unit_cost", offsetof(dyo_lot_sizing_in, n_unit_cost)}, {"/capacity", offsetof(dyo_lot_sizing_in, n_capacity)}};
  for (size_t k = 0; k < sizeof length / sizeof *length; k++) {
    for (size_t n = 0; n < 10; n++) {
      bad = in;
      *(size_t *)((char *)&bad + length[k].off) = n;
      const dyo_status st = run(&bad);
      assert_int_equal(st, n == 1 || n == 8 ? DYO_OK : DYO_INVALID_INPUT);
      if (st != DYO_OK) assert_string_equal(err.path, length[k].path);
    }
  }
  bad          = in;
  bad.n_demand = 0;
  assert_int_equal(run(&bad), DYO_INVALID_INPUT);
  assert_string_equal(err.path, "/demand");
}

static void capacity_limits_the_number_of_periods(void **state)
{
  static figures f;
  (void)state;
  f.n                  = 801;
  dyo_lot_sizing_in in = request(&f, true);
  assert_int_equal(run(&in), DYO_TOO_LARGE);
  assert_string_equal(err.path, "/demand");
  in.capacity = NULL;
  assert_int_equal(run(&in), DYO_OK);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
  const struct CMUnitTest tests[] = {
    TEST(the_textbook_plan),
    TEST(plans_equal_enumeration_of_order_periods),
    TEST(one_number_stands_for_all_periods),
    TEST(stock_that_is_enough_needs_no_orders),
    TEST(long_horizons_are_planned),
    TEST(capacitated_plans_equal_a_search_over_whole_stocks),
    TEST(capacitated_plans_equal_a_mixed_integer_program),
    TEST(the_linear_bound_is_a_linear_programs),
    TEST(size_and_units_do_not_matter),
    TEST(a_year_of_weeks_is_planned_to_the_end),
    TEST(figures_that_outgrow_the_budget_keep_a_bound),
    TEST(a_shortage_is_explained_and_the_least_capacity_works),
    TEST(the_least_capacity_is_the_least),
    TEST(stopped_work_gives_a_plan_and_a_bound),
    TEST(arrays_have_one_value_or_one_a_period),
    TEST(capacity_limits_the_number_of_periods),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
