/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Newsvendor: optimality by trying the neighbours, the money by its definition, and the refusals. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "inventory/dyo_newsvendor.h"
#include "num/dyo_dist.h"

static const dyo_newsvendor_in nothing = {
  .unit_cost = NAN, .price = NAN, .salvage_value = NAN, .underage_cost = NAN, .overage_cost = NAN};
static const dyo_demand_in unknown = {.distribution = -1, .mean = NAN, .std_dev = NAN};

static dyo_newsvendor_out solve(dyo_ctx *ctx, dyo_newsvendor_in in, dyo_demand_in demand)
{
  dyo_newsvendor_out out = {0};
  dyo_err            err = {0};
  in.demand              = &demand;
  if (dyo_newsvendor(ctx, &in, &out, &err) != DYO_OK) fail_msg("%s: %s", err.path, err.message);
  return out;
}

static void refused(dyo_newsvendor_in in, dyo_demand_in demand, dyo_status code, const char *path)
{
  dyo_newsvendor_out out = {0};
  dyo_err            err = {0};
  dyo_ctx            ctx;
  dyo_ctx_init(&ctx, NULL);
  in.demand = &demand;
  assert_int_equal(code, dyo_newsvendor(&ctx, &in, &out, &err));
  assert_string_equal(path, err.path);
  dyo_ctx_clear(&ctx);
}

static double next_random(uint64_t *s)
{
  *s = *s * 6364136223846793005u + 1442695040888963407u;
  return (double)(*s >> 11) / 9007199254740992.0;
}

/* Snyder & Shen (2019), example 4.3: h = 0.18, p = 0.70, demand N(50, 8). */
static void the_textbook_example_comes_out(void **state)
{
  dyo_newsvendor_in in     = nothing;
  dyo_demand_in     demand = unknown;
  dyo_ctx           ctx;
  (void)state;
  dyo_ctx_init(&ctx, NULL);
  in.overage_cost            = 0.18;
  in.underage_cost           = 0.7;
  demand.mean                = 50;
  demand.std_dev             = 8;
  const dyo_newsvendor_out r = solve(&ctx, in, demand);
  assert_true(fabs(r.order_quantity - 56.60395592743389) < 1e-9);
  assert_true(fabs(r.expected_cost - 1.9976051931766445) < 1e-12);
  assert_true(isnan(r.expected_profit));
  dyo_ctx_clear(&ctx);
}

static double cost_at(const dyo_dist *d, double q, double cu, double co)
{
  return cu * dyo_dist_loss(d, q) + co * dyo_dist_loss_below(d, q);
}

static void no_neighbouring_quantity_is_cheaper(void **state)
{
  uint64_t seed = 5;
  dyo_ctx  ctx;
  (void)state;
  dyo_ctx_init(&ctx, NULL);
  for (int trial = 0; trial < 400; trial++) {
    dyo_newsvendor_in in     = nothing;
    dyo_demand_in     demand = unknown;
    dyo_dist          d;
    demand.distribution = trial % 4;
    demand.mean         = exp(9 * next_random(&seed) - 2);
    demand.std_dev      = sqrt(demand.mean) * (1.05 + 3 * next_random(&seed));
    in.underage_cost    = exp(3 * next_random(&seed));
    in.overage_cost     = exp(3 * next_random(&seed));
    assert_true(dyo_dist_fit((dyo_dist_kind)demand.distribution, demand.mean, demand.std_dev, &d));
    const dyo_newsvendor_out r    = solve(&ctx, in, demand);
    const double             step = dyo_dist_is_discrete(&d) ? 1 : 1e-3 * demand.std_dev, q = r.order_quantity;
    assert_true(fabs(r.expected_cost - cost_at(&d, q, in.underage_cost, in.overage_cost)) <= 1e-12 * r.expected_cost);
    assert_true(cost_at(&d, q + step, in.underage_cost, in.overage_cost) >= r.expected_cost * (1 - 1e-12));
    if (q >= step)
      assert_true(cost_at(&d, q - step, in.underage_cost, in.overage_cost) >= r.expected_cost * (1 - 1e-12));
    dyo_ctx_clear(&ctx);
  }
}

/* Profit sample by sample: price min(D, Q) + salvage (Q - D)+ - cost Q, for D in {10, 30, 40, 80}; ratio 6/10 gives
 * Q = 40. */
static void profit_is_what_the_samples_earn_on_average(void **state)
{
  double            samples[] = {40, 10, 80, 30};
  dyo_newsvendor_in in        = nothing;
  dyo_demand_in     demand    = unknown;
  dyo_ctx           ctx;
  double            profit = 0;
  (void)state;
  dyo_ctx_init(&ctx, NULL);
  in.unit_cost               = 5;
  in.price                   = 11;
  in.salvage_value           = 1;
  demand.samples             = samples;
  demand.n_samples           = 4;
  const dyo_newsvendor_out r = solve(&ctx, in, demand);
  for (int i = 0; i < 4; i++) profit += (11 * fmin(samples[i], 40) + fmax(0, 40 - samples[i]) - 5 * 40) / 4;
  assert_true(r.order_quantity == 40);
  assert_true(fabs(r.expected_profit - profit) < 1e-12);
  assert_true(samples[0] == 40 && samples[3] == 30); /* the request is left as it was */
  dyo_ctx_clear(&ctx);
}

static void each_guard_refuses(void **state)
{
  double            samples[] = {1, 2};
  dyo_demand_in     demand    = {.distribution = DYO_DIST_NORMAL, .mean = 10, .std_dev = 2};
  dyo_newsvendor_in prices = nothing, costs = nothing, in;
  (void)state;
  prices.price        = 10;
  prices.unit_cost    = 4;
  costs.underage_cost = 3;
  costs.overage_cost  = 1;
  refused(nothing, demand, DYO_INVALID_INPUT, "/price");
  in       = prices;
  in.price = 4;
  refused(in, demand, DYO_INVALID_INPUT, "/price");
  in               = prices;
  in.salvage_value = 4;
  refused(in, demand, DYO_INVALID_INPUT, "/salvage_value");
  in           = prices;
  in.unit_cost = 0;
  refused(in, demand, DYO_INVALID_INPUT, "/unit_cost");
  in.unit_cost = NAN;
  refused(in, demand, DYO_INVALID_INPUT, "/unit_cost");
  in              = prices;
  in.overage_cost = 1;
  refused(in, demand, DYO_INVALID_INPUT, "/overage_cost");
  in              = costs;
  in.overage_cost = NAN;
  refused(in, demand, DYO_INVALID_INPUT, "/overage_cost");
  in               = costs;
  in.underage_cost = NAN;
  refused(in, demand, DYO_INVALID_INPUT, "/underage_cost");
  in               = costs;
  in.underage_cost = 1e12;
  in.overage_cost  = 1e-12;
  refused(in, demand, DYO_INVALID_INPUT, "/underage_cost");
  demand.std_dev = NAN;
  refused(costs, demand, DYO_INVALID_INPUT, "/demand/std_dev");
  demand.mean = NAN;
  refused(costs, demand, DYO_INVALID_INPUT, "/demand/mean");
  demand = (dyo_demand_in){.distribution = DYO_DIST_NEGATIVE_BINOMIAL, .mean = 9, .std_dev = 3};
  refused(costs, demand, DYO_INVALID_INPUT, "/demand/std_dev");
  demand.samples = samples;
  refused(costs, demand, DYO_INVALID_INPUT, "/demand/samples");
  demand = (dyo_demand_in){.distribution = DYO_DIST_GAMMA, .mean = 0, .std_dev = 3};
  refused(costs, demand, DYO_INVALID_INPUT, "/demand/mean");
  demand              = unknown;
  demand.distribution = DYO_DIST_EMPIRICAL;
  refused(costs, demand, DYO_INVALID_INPUT, "/demand/samples");
  demand.samples = samples;
  refused(costs, demand, DYO_INSUFFICIENT_DATA, "/demand/samples");
  demand.n_samples = 2;
  demand.mean      = 1;
  refused(costs, demand, DYO_INVALID_INPUT, "/demand/mean");
  demand.mean    = NAN;
  demand.std_dev = 1;
  refused(costs, demand, DYO_INVALID_INPUT, "/demand/std_dev");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(the_textbook_example_comes_out),
    cmocka_unit_test(no_neighbouring_quantity_is_cheaper),
    cmocka_unit_test(profit_is_what_the_samples_earn_on_average),
    cmocka_unit_test(each_guard_refuses),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
