/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Safety stock: the formulas, their inverses, each family and each refusal. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "inventory/dyo_safety_stock.h"
#include "num/dyo_dist.h"

typedef struct {
  dyo_ctx              ctx;
  dyo_safety_stock_out out;
  dyo_err              err;
} bench;

static int set_up(void **state)
{
  static bench b;
  memset(&b, 0, sizeof b);
  dyo_ctx_init(&b.ctx, NULL);
  *state = &b;
  return 0;
}

static int tear_down(void **state)
{
  dyo_ctx_clear(&((bench *)*state)->ctx);
  return 0;
}

static dyo_safety_stock_in plain(void)
{
  return (dyo_safety_stock_in){.demand_std_dev   = 20,
                               .lead_time_days   = 9,
                               .avg_daily_demand = 100,
                               .service_level    = 0.95,
                               .order_quantity   = NAN,
                               .on_hand          = NAN};
}

static dyo_safety_stock_out solved(bench *b, dyo_safety_stock_in in)
{
  memset(&b->out, 0, sizeof b->out);
  if (dyo_safety_stock(&b->ctx, &in, &b->out, &b->err) != DYO_OK) fail_msg("%s: %s", b->err.path, b->err.message);
  return b->out;
}

static void refused(bench *b, dyo_safety_stock_in in, dyo_status code, const char *path)
{
  assert_int_equal(code, dyo_safety_stock(&b->ctx, &in, &b->out, &b->err));
  assert_int_equal(code, b->err.code);
  assert_string_equal(path, b->err.path);
  assert_true(strlen(b->err.message) > 20);
}

static void assert_close(double got, double want, double rtol)
{
  if (!(fabs(got - want) <= rtol * fabs(want))) fail_msg("got %.17g, want %.17g", got, want);
}

static double next_random(uint64_t *s)
{
  *s = *s * 6364136223846793005u + 1442695040888963407u;
  return (double)(*s >> 11) / 9007199254740992.0;
}

/* z(0.95) = 1.644853626951472 (tables of the normal distribution), sd = sqrt((9+7) 20^2 + 100^2 0.6^2) = 100. */
static void the_variance_is_that_of_lead_time_and_review_period(void **state)
{
  dyo_safety_stock_in in       = plain();
  in.review_period_days        = 7;
  in.lead_time_std_dev         = 0.6;
  const dyo_safety_stock_out r = solved(*state, in);
  assert_close(r.lead_time_demand_std_dev, 100, 1e-14);
  assert_close(r.lead_time_demand_mean, 1600, 1e-14);
  assert_close(r.safety_stock, 164.4853626951472, 1e-12);
  assert_close(r.z_score, 1.644853626951472, 1e-12);
  assert_true(r.service_level == 0.95 && isnan(r.fill_rate));
  assert_true(strstr(r.recommendation, "164 units") != NULL);
}

/* The answer put back into the definition of each service, for all families. */
static void the_stock_found_gives_the_service_asked_for(void **state)
{
  uint64_t seed = 3;
  for (int trial = 0; trial < 800; trial++) {
    dyo_safety_stock_in in            = plain();
    in.demand_distribution            = trial % 4;
    in.service_type                   = trial / 4 % 2;
    in.avg_daily_demand               = exp(8 * next_random(&seed) - 3);
    in.demand_std_dev                 = sqrt(in.avg_daily_demand) * (1.01 + 2 * next_random(&seed));
    in.lead_time_days                 = 0.5 + 20 * next_random(&seed);
    in.lead_time_std_dev              = trial % 3 ? 2 * next_random(&seed) : 0;
    in.service_level                  = 0.05 + 0.949 * next_random(&seed);
    in.order_quantity                 = in.avg_daily_demand * (1 + 30 * next_random(&seed));
    const dyo_safety_stock_out r      = solved(*state, in);
    const bool                 counts = in.demand_distribution >= DYO_DIST_POISSON;
    const double               got    = in.service_type == DYO_SERVICE_CYCLE ? r.cycle_service_level : r.fill_rate;
    assert_true(counts ? got >= in.service_level - 1e-12 : fabs(got - in.service_level) < 1e-9);
    assert_close(r.z_score * r.lead_time_demand_std_dev + 1e-9, r.safety_stock + 1e-9, 1e-9);
    if (counts)
      assert_true(fabs(r.safety_stock + r.lead_time_demand_mean - round(r.safety_stock + r.lead_time_demand_mean)) <
                  1e-6);
  }
}

static void a_fill_rate_that_comes_by_itself_takes_negative_stock(void **state)
{
  dyo_safety_stock_in in       = plain();
  in.service_type              = DYO_SERVICE_FILL_RATE;
  in.order_quantity            = 5000;
  const dyo_safety_stock_out r = solved(*state, in);
  assert_true(r.safety_stock < 0);
  assert_close(r.fill_rate, 0.95, 1e-9);
  assert_true(strstr(r.recommendation, "No safety stock") != NULL);
}

/* Poisson demand of rate d over a gamma lead time of shape k and scale t has P(0) = (1 + d t)^-k: here k = 16, t =
 * 1/4, d = 0.1. */
static void poisson_demand_over_a_variable_lead_time_is_negative_binomial(void **state)
{
  dyo_safety_stock_in in = plain();
  in.demand_distribution = DYO_DIST_POISSON;
  in.demand_std_dev      = NAN;
  in.avg_daily_demand    = 0.1;
  in.lead_time_days      = 4;
  in.lead_time_std_dev   = 1;
  in.service_level       = pow(1.025, -16) - 1e-9;
  dyo_safety_stock_out r = solved(*state, in);
  assert_close(r.cycle_service_level, pow(1.025, -16), 1e-12);
  assert_close(r.safety_stock, -0.4, 1e-12);
  assert_close(r.lead_time_demand_std_dev, sqrt(0.4 + 0.01), 1e-12);
  in.service_level = pow(1.025, -16) + 1e-9;
  r                = solved(*state, in);
  assert_close(r.safety_stock, 0.6, 1e-12);
}

/* By hand: windows of 2 days of 1..12 are 3, 5, ..., 23; of 2.5 days 1+2+3/2 = 4.5, 7, ..., 27. */
static void empirical_demand_sums_windows_of_the_history(void **state)
{
  double              history[12];
  dyo_safety_stock_in in = plain();
  for (int i = 0; i < 12; i++) history[i] = i + 1;
  in.demand_distribution = DYO_DIST_EMPIRICAL;
  in.demand_history      = history;
  in.n_demand_history    = 12;
  in.lead_time_days      = 2;
  in.service_level       = 9.0 / 11;
  dyo_safety_stock_out r = solved(*state, in);
  assert_close(r.lead_time_demand_mean, 13, 1e-14);
  assert_close(r.safety_stock, 19 - 13, 1e-14);
  in.lead_time_days = 2.5;
  in.service_level  = 0.8;
  r                 = solved(*state, in);
  assert_close(r.lead_time_demand_mean, 15.75, 1e-14);
  assert_close(r.safety_stock, 22 - 15.75, 1e-14);
}

static void certain_demand_and_no_lead_time_are_answered(void **state)
{
  for (int kind = 0; kind < 4; kind++) {
    dyo_safety_stock_in in = plain();
    in.demand_distribution = kind;
    in.lead_time_days      = 0;
    dyo_safety_stock_out r = solved(*state, in);
    assert_true(r.safety_stock == 0 && r.lead_time_demand_std_dev == 0 && r.cycle_service_level == 1);
    if (kind >= DYO_DIST_POISSON) continue;
    in.lead_time_days = 3;
    in.demand_std_dev = 0;
    r                 = solved(*state, in);
    assert_true(r.safety_stock == 0 && r.lead_time_demand_mean == 300);
    assert_true(isnan(r.z_score) == (kind != DYO_DIST_NORMAL));
  }
}

static void each_guard_refuses(void **state)
{
  bench              *b         = *state;
  double              history[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
  dyo_safety_stock_in in        = plain();
  in.service_level              = 1;
  refused(b, in, DYO_INVALID_INPUT, "/service_level");
  in              = plain();
  in.service_type = DYO_SERVICE_FILL_RATE;
  refused(b, in, DYO_INVALID_INPUT, "/order_quantity");
  in                = plain();
  in.demand_std_dev = NAN;
  refused(b, in, DYO_INVALID_INPUT, "/demand_std_dev");
  in                     = plain();
  in.demand_distribution = DYO_DIST_NEGATIVE_BINOMIAL;
  in.demand_std_dev      = 10;
  refused(b, in, DYO_INVALID_INPUT, "/demand_std_dev");
  assert_non_null(strstr(b->err.message, "variance of 900"));
  assert_non_null(strstr(b->err.message, "mean of 900"));
  in.demand_distribution = DYO_DIST_GAMMA;
  in.avg_daily_demand    = 0;
  refused(b, in, DYO_INVALID_INPUT, "/avg_daily_demand");
  in.demand_distribution = DYO_DIST_POISSON;
  refused(b, in, DYO_INVALID_INPUT, "/avg_daily_demand");
  in.avg_daily_demand  = 1;
  in.lead_time_days    = 0;
  in.lead_time_std_dev = 1;
  refused(b, in, DYO_INVALID_INPUT, "/lead_time_days");
  in                  = plain();
  in.demand_history   = history;
  in.n_demand_history = 12;
  refused(b, in, DYO_INVALID_INPUT, "/demand_history");
  in.demand_distribution = DYO_DIST_EMPIRICAL;
  refused(b, in, DYO_INSUFFICIENT_DATA, "/demand_history");
  in.lead_time_days    = 1;
  in.lead_time_std_dev = 0.9;
  in.service_level     = 0.5;
  refused(b, in, DYO_INVALID_INPUT, "/lead_time_std_dev");
  in.demand_history = NULL;
  refused(b, in, DYO_INVALID_INPUT, "/demand_history");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(the_variance_is_that_of_lead_time_and_review_period),
    cmocka_unit_test(the_stock_found_gives_the_service_asked_for),
    cmocka_unit_test(a_fill_rate_that_comes_by_itself_takes_negative_stock),
    cmocka_unit_test(poisson_demand_over_a_variable_lead_time_is_negative_binomial),
    cmocka_unit_test(empirical_demand_sums_windows_of_the_history),
    cmocka_unit_test(certain_demand_and_no_lead_time_are_answered),
    cmocka_unit_test(each_guard_refuses),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
