/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The growing linear program, on one small enough to solve by hand, at costs of ordinary size and of millions of millions. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "solver/dyo_lp.h"

static void near(double is, double should)
{
  if (!(fabs(is - should) <= 1e-9 * fmax(1, fabs(should)))) fail_msg("%.17g, expected %.17g", is, should);
}

/* min 3x + 2y, x + y >= 4, x + 3y >= 6: x 0, y 4, prices 2 and 0. With z of cost 1 in both rows: z 3, y 1, prices 1/2 and 1/2. */
static void by_hand(double money, double unit)
{
  static const dyo_sense sense[]  = {DYO_GE, DYO_GE};
  static const double    rhs[]    = {4, 6};
  static const int       row[]    = {0, 1};
  static const double    col[][2] = {{1, 1}, {1, 3}, {1, 1}}, cost[] = {3, 2, 1};
  dyo_ctx                ctx;
  dyo_err                err;
  dyo_lp                *lp;
  dyo_mip_status         status;
  double                 x[3], y[2];
  dyo_ctx_init(&ctx, NULL);
  assert_int_equal(DYO_OK, dyo_lp_new(2, sense, rhs, &lp, &err));
  dyo_lp_unit(lp, unit);
  for (int j = 0; j < 2; j++) assert_int_equal(DYO_OK, dyo_lp_col(lp, money * cost[j], 2, row, col[j], &err));
  assert_int_equal(DYO_OK, dyo_lp_solve(lp, &ctx, x, y, &status, &err));
  assert_int_equal(DYO_MIP_OPTIMAL, status);
  near(x[0], 0);
  near(x[1], 4);
  near(y[0], 2 * money);
  near(y[1], 0);
  assert_int_equal(DYO_OK, dyo_lp_col(lp, money * cost[2], 2, row, col[2], &err));
  assert_int_equal(DYO_OK, dyo_lp_solve(lp, &ctx, x, y, &status, &err));
  assert_int_equal(DYO_MIP_OPTIMAL, status);
  near(x[1], 1);
  near(x[2], 3);
  near(y[0], money / 2);
  near(y[1], money / 2);
  assert_int_equal(DYO_OK, dyo_lp_cost(lp, 2, money * 3, &err));
  assert_int_equal(DYO_OK, dyo_lp_solve(lp, &ctx, x, y, &status, &err));
  near(y[0], 2 * money);
  dyo_lp_free(lp);
  dyo_ctx_clear(&ctx);
}

static void prices_are_those_by_hand(void **state)
{
  (void)state;
  by_hand(1, 1);
  by_hand(1, 8);
  by_hand(1e13, 0x1p24);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(prices_are_those_by_hand)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
