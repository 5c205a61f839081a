/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reorder point: what it adds to safety stock. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "inventory/dyo_reorder_point.h"
#include "num/dyo_dist.h"

static dyo_reorder_point_out solve(dyo_ctx *ctx, dyo_reorder_point_in in)
{
  dyo_reorder_point_out out = {0};
  dyo_err               err = {0};
  if (dyo_reorder_point(ctx, &in, &out, &err) != DYO_OK) fail_msg("%s: %s", err.path, err.message);
  return out;
}

static dyo_reorder_point_in plain(void)
{
  return (dyo_reorder_point_in){.demand_std_dev   = 20,
                                .lead_time_days   = 9,
                                .avg_daily_demand = 100,
                                .service_level    = 0.95,
                                .order_quantity   = NAN,
                                .on_hand          = NAN};
}

/* r = 900 + 1.644853626951472 * 60; a cycle is short by 60 G(z), where
 * G(1.6448536) = phi - z (1 - Phi) = 0.103136 - 1.644854 * 0.05 = 0.020893. */
static void it_is_mean_demand_plus_safety_stock(void **state)
{
  dyo_reorder_point_in in = plain();
  dyo_ctx              ctx;
  (void)state;
  dyo_ctx_init(&ctx, NULL);
  in.order_quantity             = 500;
  const dyo_reorder_point_out r = solve(&ctx, in);
  assert_true(fabs(r.reorder_point - 998.6912176170883) < 1e-9);
  assert_true(fabs(r.reorder_point - r.safety_stock - 900) < 1e-12);
  assert_true(fabs(r.expected_shortage_per_cycle - 60 * dyo_normal_loss(1.644853626951472)) < 1e-12);
  assert_true(fabs(r.expected_shortage_per_cycle - 60 * 0.020893) < 1e-3);
  assert_true(fabs(r.fill_rate - (1 - r.expected_shortage_per_cycle / 500)) < 1e-15);
  assert_true(fabs(r.cycle_service_level - 0.95) < 1e-12);
  dyo_ctx_clear(&ctx);
}

static void an_order_is_due_at_or_below_it(void **state)
{
  dyo_reorder_point_in in = plain();
  dyo_ctx              ctx;
  (void)state;
  dyo_ctx_init(&ctx, NULL);
  in.demand_distribution  = DYO_DIST_POISSON;
  in.avg_daily_demand     = 2;
  in.lead_time_days       = 3; /* P(X <= 10) = 0.957 for a mean of 6 */
  in.on_hand              = 7;
  in.on_order             = 3;
  dyo_reorder_point_out r = solve(&ctx, in);
  assert_true(r.reorder_point == 10 && r.order_now);
  assert_non_null(strstr(r.recommendation, "Order now: stock on hand and on order is 10 units"));
  in.on_order = 4;
  r           = solve(&ctx, in);
  assert_false(r.order_now);
  assert_non_null(strstr(r.recommendation, "No need to order yet"));
  in.on_hand = NAN;
  r          = solve(&ctx, in);
  assert_true(r.order_now);
  assert_non_null(strstr(r.recommendation, "Order when"));
  dyo_ctx_clear(&ctx);
}

static void its_refusals_are_those_of_safety_stock(void **state)
{
  dyo_reorder_point_in  in = plain();
  dyo_reorder_point_out out;
  dyo_err               err;
  dyo_ctx               ctx;
  (void)state;
  dyo_ctx_init(&ctx, NULL);
  in.service_type = DYO_SERVICE_FILL_RATE;
  assert_int_equal(DYO_INVALID_INPUT, dyo_reorder_point(&ctx, &in, &out, &err));
  assert_string_equal("/order_quantity", err.path);
  dyo_ctx_clear(&ctx);
}

static void too_little_memory_is_said(void **state)
{
  dyo_reorder_point_in  in = plain();
  dyo_reorder_point_out out;
  dyo_err               err;
  dyo_ctx               ctx;
  (void)state;
  dyo_ctx_init(&ctx, NULL);
  ctx.max_memory = 64;
  assert_int_equal(DYO_OUT_OF_MEMORY, dyo_reorder_point(&ctx, &in, &out, &err));
  dyo_ctx_clear(&ctx);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(it_is_mean_demand_plus_safety_stock),
    cmocka_unit_test(an_order_is_due_at_or_below_it),
    cmocka_unit_test(its_refusals_are_those_of_safety_stock),
    cmocka_unit_test(too_little_memory_is_said),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
