/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The operation inventory.pareto: a frontier that rises, is not dominated and costs the least for its service. */
#include "multi_random.h"

#include <stdio.h>

#include "inventory/dyo_inventory_pareto.h"
#include "num/dyo_dist.h"

enum { MOST = 40 };

static dyo_ctx                  ctx;
static dyo_err                  err;
static dyo_inventory_pareto_out r;
static dyo_pareto_item          items[MOST];
static char                     ids[MOST][24];

static int setup(void **state)
{
  (void)state;
  dyo_ctx_init(&ctx, NULL);
  memset(&r, 0, sizeof r);
  return 0;
}

static int teardown(void **state)
{
  (void)state;
  dyo_ctx_clear(&ctx);
  return 0;
}

static dyo_inventory_pareto_in random_request(size_t n, int type)
{
  for (size_t i = 0; i < n; i++) {
    snprintf(ids[i], sizeof ids[i], "p%zu", i);
    items[i] = (dyo_pareto_item){.id                    = ids[i],
                                 .annual_demand         = exp(6.5 + bell()),
                                 .order_cost            = 15 + 100 * draw(),
                                 .holding_cost_per_unit = exp(0.5 * bell()),
                                 .holding_cost_rate     = NAN,
                                 .unit_cost             = exp(2 + bell()),
                                 .storage_per_unit      = NAN,
                                 .min_order_quantity    = NAN,
                                 .max_order_quantity    = NAN,
                                 .lot_size              = NAN,
                                 .demand_std_dev        = chance(0.1) ? 0 : exp(bell()),
                                 .lead_time_days        = floor(30 * draw())};
    if (chance(0.2)) items[i].lot_size = ceil(50 * draw());
  }
  return (dyo_inventory_pareto_in){.products = items, .n_products = n, .points = 20, .service_type = type};
}

static void check_rising(void)
{
  for (size_t i = 1; i < r.n_frontier; i++) {
    assert_true(r.frontier[i].service_level > r.frontier[i - 1].service_level);
    assert_true(r.frontier[i].total_cost > r.frontier[i - 1].total_cost);
    assert_true(r.frontier[i].expected_backorders < r.frontier[i - 1].expected_backorders);
    assert_true(r.frontier[i].fill_rate > r.frontier[i - 1].fill_rate);
  }
}

/* Figures of a point from its safety stocks alone. */
static void check_point(const dyo_inventory_pareto_in *in, const dyo_pareto_point *p)
{
  double ordering = 0, holding = 0, money = 0, late = 0, demand = 0;
  for (size_t i = 0; i < in->n_products; i++) {
    const double q = r.products[i].order_quantity, sigma = items[i].demand_std_dev * sqrt(items[i].lead_time_days);
    CLOSE(r.products[i].lead_time_demand_std_dev, sigma, 1e-14);
    ordering += items[i].order_cost * items[i].annual_demand / q;
    holding += items[i].holding_cost_per_unit * (q / 2 + p->safety_stock[i]);
    money += items[i].unit_cost * p->safety_stock[i];
    demand += items[i].annual_demand;
    if (sigma > 0) late += items[i].annual_demand / q * sigma * dyo_normal_loss(p->safety_stock[i] / sigma);
    if (in->service_type == DYO_PARETO_CYCLE)
      CLOSE(p->safety_stock[i], dyo_normal_quantile(p->service_level) * sigma, 1e-12);
  }
  CLOSE(p->total_cost, ordering + holding, 1e-12);
  CLOSE(p->ordering_cost, ordering, 1e-12);
  CLOSE(p->holding_cost, holding, 1e-12);
  assert_true(fabs(p->safety_stock_investment - money) <= 1e-12 * (1 + fabs(money)));
  CLOSE(p->expected_backorders, late, 1e-9);
  CLOSE(p->fill_rate, 1 - late / demand, 1e-12);
}

static void both_frontiers_rise_and_add_up(void **state)
{
  (void)state;
  multi_seed = 1;
  for (int t = 0; t < 60; t++) {
    const dyo_inventory_pareto_in in = random_request(1 + (size_t)(draw() * (MOST - 1)), t % 2);
    assert_int_equal(dyo_inventory_pareto(&ctx, &in, &r, &err), DYO_OK);
    check_rising();
    for (size_t i = 0; i < r.n_frontier; i++) check_point(&in, &r.frontier[i]);
    dyo_ctx_clear(&ctx);
    memset(&r, 0, sizeof r);
  }
}

/* The multiplier is one: holding_i Q_i / (demand_i (1 - Phi(k_i))) is the same for every product that is not at its least,
 * and no less for those that are. */
static void one_multiplier_allocates_the_fill_rate(void **state)
{
  (void)state;
  multi_seed = 2;
  for (int t = 0; t < 40; t++) {
    double                  levels[] = {0.6 + 0.39 * draw()};
    dyo_inventory_pareto_in in       = random_request(12, DYO_PARETO_FILL_RATE);
    double                  theta    = NAN;
    in.service_levels                = levels;
    in.n_service_levels              = 1;
    assert_int_equal(dyo_inventory_pareto(&ctx, &in, &r, &err), DYO_OK);
    assert_int_equal(r.n_frontier, 1);
    if (r.frontier[0].fill_rate > levels[0] * (1 + 1e-9)) continue; /* more than asked for at no cost */
    CLOSE(r.frontier[0].fill_rate, levels[0], 1e-11);
    for (size_t i = 0; i < in.n_products; i++) {
      const double q = r.products[i].order_quantity, sigma = r.products[i].lead_time_demand_std_dev,
                   stock = r.frontier[0].safety_stock[i];
      if (sigma == 0) continue;
      const double own =
        items[i].holding_cost_per_unit * q / (items[i].annual_demand * dyo_normal_survival(stock / sigma));
      assert_true(stock >= -q / 2 * (1 + 1e-12));
      if (stock > -q / 2 * (1 - 1e-9) && stock > -5 * sigma) {
        if (!isnan(theta)) CLOSE(own, theta, 1e-4);
        theta = own;
      }
    }
    for (size_t i = 0; i < in.n_products && !isnan(theta); i++) {
      const double q = r.products[i].order_quantity;
      if (r.products[i].lead_time_demand_std_dev > 0 && r.frontier[0].safety_stock[i] <= -q / 2 * (1 - 1e-9))
        assert_true(items[i].holding_cost_per_unit * q / items[i].annual_demand >= theta * (1 - 1e-4));
    }
    dyo_ctx_clear(&ctx);
    memset(&r, 0, sizeof r);
  }
}

/* Cost is convex in the level, so that the knee is where the chord's slope is met: its neighbours are no further from it. */
static void the_knee_is_furthest_from_the_chord(void **state)
{
  (void)state;
  multi_seed = 3;
  for (int t = 0; t < 20; t++) {
    const dyo_inventory_pareto_in in = random_request(5, t % 2);
    assert_int_equal(dyo_inventory_pareto(&ctx, &in, &r, &err), DYO_OK);
    if (r.n_frontier < 3) continue;
    const dyo_pareto_point *a = &r.frontier[0], *z = &r.frontier[r.n_frontier - 1], *k = &r.frontier[r.knee->index];
    const double            slope = (z->total_cost - a->total_cost) / (z->service_level - a->service_level);
    for (size_t i = 0; i < r.n_frontier; i++) {
      const dyo_pareto_point *p = &r.frontier[i];
      assert_true(slope * p->service_level - p->total_cost <=
                  slope * k->service_level - k->total_cost + 1e-9 * z->total_cost);
    }
    assert_true(r.knee->index > 0 && (size_t)r.knee->index + 1 < r.n_frontier);
    CLOSE(r.knee->total_cost, k->total_cost, 0);
    CLOSE(r.knee->service_level, k->service_level, 0);
    dyo_ctx_clear(&ctx);
    memset(&r, 0, sizeof r);
  }
}

static void is_refused(const dyo_inventory_pareto_in *in, const char *path)
{
  assert_int_equal(dyo_inventory_pareto(&ctx, in, &r, &err), DYO_INVALID_INPUT);
  assert_string_equal(err.path, path);
}

static void requests_that_make_no_sense_are_refused(void **state)
{
  double none[1];
  (void)state;
  multi_seed                 = 4;
  dyo_inventory_pareto_in in = random_request(2, DYO_PARETO_CYCLE);
  in.n_products              = 0;
  is_refused(&in, "/products");
  in.n_products     = 2;
  in.service_levels = none;
  is_refused(&in, "/service_levels");
  in.service_levels = NULL;
  items[1].id       = items[0].id;
  is_refused(&in, "/products/1/id");
  items[1].id                    = "other";
  items[1].holding_cost_per_unit = NAN;
  is_refused(&in, "/products/1/holding_cost_per_unit");
  items[1].holding_cost_per_unit = 1;
  items[1].order_cost            = 0;
  items[1].lot_size              = NAN;
  is_refused(&in, "/products/1/order_cost");
}

static void stocks_of_a_large_sweep_are_left_out(void **state)
{
  enum { N = 30000 };
  dyo_pareto_item *many = calloc(N, sizeof *many);
  char            *text = calloc(N, 24);
  (void)state;
  multi_seed                 = 5;
  dyo_inventory_pareto_in in = random_request(1, DYO_PARETO_CYCLE);
  items[0].lot_size          = NAN;
  for (size_t i = 0; i < N; i++) {
    many[i]    = items[0];
    many[i].id = text + 24 * i;
    snprintf(text + 24 * i, 24, "p%zu", i);
  }
  in.products   = many;
  in.n_products = N;
  in.points     = 33;
  assert_int_equal(dyo_inventory_pareto(&ctx, &in, &r, &err), DYO_OK);
  assert_non_null(r.frontier[0].safety_stock);
  in.points = 34;
  assert_int_equal(dyo_inventory_pareto(&ctx, &in, &r, &err), DYO_OK);
  assert_null(r.frontier[0].safety_stock);
  free(many);
  free(text);
}

static void a_cancelled_sweep_says_so(void **state)
{
  const int cancel = 1;
  (void)state;
  multi_seed                       = 6;
  const dyo_inventory_pareto_in in = random_request(3, DYO_PARETO_FILL_RATE);
  ctx.cancel                       = &cancel;
  assert_int_equal(dyo_inventory_pareto(&ctx, &in, &r, &err), DYO_CANCELLED);
  assert_false(ctx.partial);
  ctx.cancel = NULL;
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
  const struct CMUnitTest tests[] = {
    TEST(both_frontiers_rise_and_add_up),       TEST(one_multiplier_allocates_the_fill_rate),
    TEST(the_knee_is_furthest_from_the_chord),  TEST(requests_that_make_no_sense_are_refused),
    TEST(stocks_of_a_large_sweep_are_left_out), TEST(a_cancelled_sweep_says_so),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
