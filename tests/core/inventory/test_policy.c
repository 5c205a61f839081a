/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Optimal policies against every policy of a wide range, costed from plain sums; against a Markov chain; and by
 * their conditions. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "inventory/dyo_policy.h"
#include "num/dyo_dist.h"

enum { N = 400, LOW = -40 }; /* demands 0..N-1 are summed, positions from LOW on */

static double next_random(uint64_t *s)
{
  *s = *s * 6364136223846793005u + 1442695040888963407u;
  return (double)(*s >> 11) / 9007199254740992.0;
}

static dyo_policy_in request(int type, dyo_demand_in *demand)
{
  return (dyo_policy_in){.type = type, .demand = demand, .holding_cost = 1, .stockout_cost = 9};
}

static dyo_policy_out solve(dyo_ctx *ctx, dyo_policy_in in)
{
  dyo_policy_out out = {0};
  dyo_err        err = {0};
  if (dyo_policy(ctx, &in, &out, &err) != DYO_OK) fail_msg("%s: %s", err.path, err.message);
  assert_true(fabs(out.ordering_cost + out.carrying_cost + out.waiting_cost - out.expected_cost) <=
              1e-12 * out.expected_cost);
  assert_true(strlen(out.recommendation) > 20);
  return out;
}

static void refused(dyo_policy_in in, dyo_status code, const char *path)
{
  dyo_policy_out out = {0};
  dyo_err        err = {0};
  dyo_ctx        ctx;
  dyo_ctx_init(&ctx, NULL);
  assert_int_equal(code, dyo_policy(&ctx, &in, &out, &err));
  assert_string_equal(path, err.path);
  dyo_ctx_clear(&ctx);
}

static void assert_close(double got, double want, double rtol)
{
  if (!(fabs(got - want) <= rtol * fabs(want) + 1e-14)) fail_msg("got %.17g, want %.17g", got, want);
}

/* Probabilities by their first value and recurrence; mean 0 is the point 0; std_dev 0 Poisson. */
static void probabilities(double m, double sd, double *p)
{
  const double v = sd * sd, r = m * m / (v - m), q = 1 - m / v;
  memset(p, 0, N * sizeof *p);
  p[0] = m <= 0 ? 1 : sd > 0 ? pow(m / v, r) : exp(-m);
  for (int k = 1; k < N && m > 0; k++) p[k] = p[k - 1] * (sd > 0 ? q * (r + k - 1) : m) / k;
}

/* h E(y-D)+ + p E(D-y)+ for y = LOW.. */
static void rates(const double *p, double h, double b, double *g, int n)
{
  for (int i = 0; i < n; i++) {
    const int y = LOW + i;
    g[i]        = 0;
    for (int k = 0; k < N; k++) g[i] += p[k] * (k < y ? h * (y - k) : b * (k - y));
  }
}

static double cheapest_rq(const double *g, int n, const double *orders, double fixed)
{
  double best = INFINITY;
  for (int q = 1; q < 70; q++)
    for (int r = 0; r + q < n; r++) {
      double sum = fixed * orders[q];
      for (int y = r + 1; y <= r + q; y++) sum += g[y];
      best = fmin(best, sum / q);
    }
  return best;
}

typedef struct {
  double m, sd, lead, h, b, k;
} instance;

static instance random_instance(uint64_t *seed, int trial)
{
  instance a = {.m = 0.2 + 5 * next_random(seed), .lead = floor(4 * next_random(seed)) / 2};
  a.sd       = trial % 2 ? sqrt(a.m * (1.1 + 2 * next_random(seed))) : 0;
  a.h        = 0.5 + next_random(seed);
  a.b        = a.h * exp(3 * next_random(seed));
  a.k        = trial % 7 ? 12 * next_random(seed) : 0;
  return a;
}

static dyo_policy_in of_instance(int type, const instance *a, dyo_demand_in *demand)
{
  dyo_policy_in in = request(type, demand);
  *demand          = (dyo_demand_in){
             .distribution = a->sd > 0 ? DYO_DIST_NEGATIVE_BINOMIAL : DYO_DIST_POISSON, .mean = a->m, .std_dev = a->sd};
  in.lead_time     = a->lead;
  in.holding_cost  = a->h;
  in.stockout_cost = a->b;
  in.fixed_cost    = a->k;
  return in;
}

/* Orders a unit of time per 1/Q: customers' rate times E min(B, Q), from logarithmic batches P(B = k) = q^k / (k
 * ln(1/p)). */
static void order_rates(const instance *a, double *orders, int n)
{
  const double v = a->sd * a->sd, r = a->m * a->m / (v - a->m), q = 1 - a->m / v;
  double       at_least = r * log(v / a->m), power = 1;
  orders[0] = 0;
  for (int k = 1; k < n; k++) {
    orders[k] = a->sd > 0 ? orders[k - 1] + at_least : a->m;
    power *= q;
    at_least -= r * power / k;
  }
}

static void no_r_and_q_are_cheaper_for_counts(void **state)
{
  static double p[N], g[180], orders[80];
  uint64_t      seed = 21;
  dyo_ctx       ctx;
  (void)state;
  dyo_ctx_init(&ctx, NULL);
  for (int trial = 0; trial < 40; trial++) {
    const instance       a = random_instance(&seed, trial);
    dyo_demand_in        demand;
    const dyo_policy_out o = solve(&ctx, of_instance(DYO_POLICY_R_Q, &a, &demand));
    probabilities(a.m * a.lead, a.sd * sqrt(a.lead), p);
    rates(p, a.h, a.b, g, 180);
    order_rates(&a, orders, 80);
    assert_close(o.expected_cost, cheapest_rq(g, 180, orders, a.k), 1e-9);
    double sum = a.k * orders[(int)o.order_quantity]; /* and the policy named has that cost */
    for (int i = 1; i <= (int)o.order_quantity; i++) sum += g[(int)o.reorder_point - LOW + i];
    assert_close(sum / o.order_quantity, o.expected_cost, 1e-9);
    dyo_ctx_clear(&ctx);
  }
}

/* c(s,S) of every s < S by the renewal density. */
static double cheapest_ss(const double *p, const double *g, int n, double k)
{
  static double m[N];
  double        best = INFINITY;
  m[0]               = 1 / (1 - p[0]);
  for (int j = 1; j < n; j++) {
    m[j] = 0;
    for (int l = 1; l <= j; l++) m[j] += p[l] * m[j - l] / (1 - p[0]);
  }
  for (int S = 1; S < n; S++) {
    double cost = k, length = 0;
    for (int s = S - 1; s >= 0; s--) {
      cost += m[S - s - 1] * g[s + 1];
      length += m[S - s - 1];
      best = fmin(best, cost / length);
    }
  }
  return best;
}

static void no_s_and_S_are_cheaper_for_counts(void **state)
{
  static double p[N], lead[N], g[160];
  uint64_t      seed = 22;
  dyo_ctx       ctx;
  (void)state;
  dyo_ctx_init(&ctx, NULL);
  for (int trial = 0; trial < 40; trial++) {
    instance             a = random_instance(&seed, trial);
    dyo_demand_in        demand;
    const dyo_policy_out o = solve(&ctx, of_instance(DYO_POLICY_S_S, &a, &demand));
    probabilities(a.m, a.sd, p);
    probabilities(a.m * (a.lead + 1), a.sd * sqrt(a.lead + 1), lead);
    rates(lead, a.h, a.b, g, 160);
    assert_close(o.expected_cost, cheapest_ss(p, g, 160, a.k), 1e-9);
    dyo_ctx_clear(&ctx);
  }
}

/* Long-run cost of (s, S) from the stationary distribution of the position at the start of a period, by power
 * iteration. */
static double chain_cost(const double *p, const double *g, int s, int S, double k)
{
  const int     n = S - s; /* positions s+1..S, after ordering */
  static double at[N], next[N];
  double        cost = 0, orders = 0;
  for (int i = 0; i < n; i++) at[i] = 1.0 / n;
  for (int t = 0; t < 4000; t++) {
    orders = 0;
    memset(next, 0, sizeof next);
    for (int i = 0; i < n; i++) {
      double stays = 0;
      for (int d = 0; d <= i; d++) {
        next[i - d] += at[i] * p[d];
        stays += p[d];
      }
      orders += at[i] * (1 - stays);
    }
    next[n - 1] += orders;
    memcpy(at, next, sizeof at);
  }
  for (int i = 0; i < n; i++) cost += at[i] * g[s + 1 + i - LOW];
  return cost + k * orders;
}

static void the_cost_of_s_and_S_is_that_of_its_markov_chain(void **state)
{
  static double p[N], lead[N], g[160];
  uint64_t      seed = 23;
  dyo_ctx       ctx;
  (void)state;
  dyo_ctx_init(&ctx, NULL);
  for (int trial = 0; trial < 12; trial++) {
    instance             a = random_instance(&seed, trial);
    dyo_demand_in        demand;
    const dyo_policy_out o = solve(&ctx, of_instance(DYO_POLICY_S_S, &a, &demand));
    probabilities(a.m, a.sd, p);
    probabilities(a.m * (a.lead + 1), a.sd * sqrt(a.lead + 1), lead);
    rates(lead, a.h, a.b, g, 160);
    assert_close(chain_cost(p, g, (int)o.reorder_point, (int)o.order_up_to, a.k), o.expected_cost, 1e-8);
    dyo_ctx_clear(&ctx);
  }
}

static void base_stock_is_the_cheapest_level(void **state)
{
  static double lead[N], g[160];
  uint64_t      seed = 24;
  dyo_ctx       ctx;
  (void)state;
  dyo_ctx_init(&ctx, NULL);
  for (int trial = 0; trial < 40; trial++) {
    instance a = random_instance(&seed, trial);
    a.k        = 0;
    dyo_demand_in        demand;
    const dyo_policy_out o    = solve(&ctx, of_instance(DYO_POLICY_BASE_STOCK, &a, &demand));
    double               best = INFINITY;
    probabilities(a.m * (a.lead + 1), a.sd * sqrt(a.lead + 1), lead);
    rates(lead, a.h, a.b, g, 160);
    for (int i = 0; i < 160; i++) best = fmin(best, g[i]);
    assert_close(o.expected_cost, best, 1e-10);
    assert_close(g[(int)o.order_up_to - LOW], best, 1e-10);
    dyo_ctx_clear(&ctx);
  }
}

/* Simpson's rule for [K lambda + integral of g]/Q. */
static double cost_by_quadrature(const dyo_dist *d, const dyo_policy_in *in, double r, double q)
{
  double sum = 0;
  for (int i = 0; i <= 2000; i++) {
    const double y = r + q * i / 2000;
    const double g = in->holding_cost * dyo_dist_loss_below(d, y) + in->stockout_cost * dyo_dist_loss(d, y);
    sum += g * (i == 0 || i == 2000 ? 1 : i % 2 ? 4 : 2);
  }
  return (in->fixed_cost * in->demand->mean + sum * q / 6000) / q;
}

static void a_continuous_r_and_q_have_their_cost_and_no_cheaper_neighbours(void **state)
{
  static const double step[][2] = {{1, 0}, {-1, 0}, {0, 1}, {0, -1}, {1, -1}, {-1, 1}};
  uint64_t            seed      = 25;
  dyo_ctx             ctx;
  (void)state;
  dyo_ctx_init(&ctx, NULL);
  for (int trial = 0; trial < 40; trial++) {
    dyo_demand_in demand = {.distribution = trial % 2 ? DYO_DIST_GAMMA : DYO_DIST_NORMAL,
                            .mean         = exp(8 * next_random(&seed))};
    dyo_policy_in in     = request(DYO_POLICY_R_Q, &demand);
    dyo_dist      unit;
    demand.std_dev   = demand.mean * (0.05 + 0.6 * next_random(&seed));
    in.lead_time     = 0.2 + 5 * next_random(&seed);
    in.fixed_cost    = exp(8 * next_random(&seed));
    in.stockout_cost = exp(4 * next_random(&seed));
    assert_true(dyo_dist_fit((dyo_dist_kind)demand.distribution, demand.mean, demand.std_dev, &unit));
    const dyo_dist       d = dyo_dist_over(&unit, in.lead_time);
    const dyo_policy_out o = solve(&ctx, in);
    assert_close(cost_by_quadrature(&d, &in, o.reorder_point, o.order_quantity), o.expected_cost, 1e-7);
    for (int i = 0; i < 6; i++) {
      const double e = 0.01 * o.order_quantity, r = o.reorder_point + e * step[i][0],
                   q = o.order_quantity + e * step[i][1];
      assert_true(cost_by_quadrature(&d, &in, r, q) > o.expected_cost * (1 - 1e-7));
    }
    /* g(r) = g(r+Q) = C, which is sharper than any comparison of costs */
    const dyo_tails a = dyo_dist_tails(&d, o.reorder_point), b = dyo_dist_tails(&d, o.reorder_point + o.order_quantity);
    assert_close(in.holding_cost * a.loss_below + in.stockout_cost * a.loss, o.expected_cost, 1e-9);
    assert_close(in.holding_cost * b.loss_below + in.stockout_cost * b.loss, o.expected_cost, 1e-9);
    dyo_ctx_clear(&ctx);
  }
}

/* Costs of Poisson and normal demand differ by the order of the skewness, 1/sqrt(mean). */
static void large_counts_are_nearly_normal(void **state)
{
  dyo_demand_in demand = {.distribution = DYO_DIST_POISSON, .mean = 1e6};
  dyo_policy_in in     = request(DYO_POLICY_R_Q, &demand);
  dyo_ctx       ctx;
  (void)state;
  dyo_ctx_init(&ctx, NULL);
  in.lead_time                 = 2;
  in.fixed_cost                = 50;
  const dyo_policy_out counted = solve(&ctx, in);
  demand.distribution          = DYO_DIST_NORMAL;
  demand.std_dev               = 1000;
  const dyo_policy_out smooth  = solve(&ctx, in);
  assert_close(counted.expected_cost, smooth.expected_cost, 1e-3);
  assert_close(counted.reorder_point, smooth.reorder_point, 1e-5);
  demand.mean                 = 5e5; /* s_S at a size that the grid must carry */
  demand.std_dev              = 1e5;
  in.type                     = DYO_POLICY_S_S;
  in.fixed_cost               = 1e6;
  const dyo_policy_out coarse = solve(&ctx, in);
  assert_true(coarse.grid_step <= demand.std_dev / 25);
  demand.mean /= 1000;
  demand.std_dev /= 1000;
  in.fixed_cost /= 1000;
  const dyo_policy_out same = solve(&ctx, in); /* other units, the same policy */
  assert_close(same.expected_cost * 1000, coarse.expected_cost, 1e-9);
  assert_close(same.order_up_to * 1000, coarse.order_up_to, 1e-9);
  dyo_ctx_clear(&ctx);
}

static void each_guard_refuses(void **state)
{
  double        broken[] = {1, 2.5}, whole[] = {1, 2}, none[] = {0, 0}, large[] = {1, 3e6};
  dyo_demand_in samples = {.distribution = -1, .mean = NAN, .std_dev = NAN, .samples = broken, .n_samples = 2};
  dyo_demand_in poisson = {.distribution = DYO_DIST_POISSON, .mean = 0, .std_dev = NAN};
  dyo_policy_in in      = request(DYO_POLICY_R_Q, &samples);
  (void)state;
  refused(in, DYO_UNSUPPORTED, "/demand/distribution");
  in.type = DYO_POLICY_S_S;
  refused(in, DYO_UNSUPPORTED, "/demand/samples");
  samples.samples = none;
  refused(in, DYO_INVALID_INPUT, "/demand/samples");
  samples.samples = large;
  refused(in, DYO_TOO_LARGE, "/demand/samples");
  samples.samples = whole;
  in.lead_time    = 0.5;
  refused(in, DYO_INVALID_INPUT, "/lead_time");
  large[1]        = 1e5;
  samples.samples = large;
  in.lead_time    = 20;
  refused(in, DYO_TOO_LARGE, "/demand/samples");
  in = request(DYO_POLICY_R_Q, &poisson);
  refused(in, DYO_INVALID_INPUT, "/demand/mean");
  poisson.mean  = 1e6;
  in.type       = DYO_POLICY_S_S;
  in.fixed_cost = 1e12;
  refused(in, DYO_TOO_LARGE, "/demand");
  poisson.distribution = DYO_DIST_NEGATIVE_BINOMIAL;
  poisson.std_dev      = 1e5;
  in.type              = DYO_POLICY_R_Q;
  refused(in, DYO_TOO_LARGE, "/fixed_cost");
  in.stockout_cost = 1e300;
  in.holding_cost  = 1e-300;
  refused(in, DYO_INVALID_INPUT, "/stockout_cost");
}

static bool stop_at_once(void *user, double fraction, const char *stage)
{
  (void)user;
  (void)fraction;
  (void)stage;
  return true;
}

static void a_cancelled_search_hands_over_the_best_so_far(void **state)
{
  const dyo_host host   = {.progress = stop_at_once};
  dyo_demand_in  demand = {.distribution = DYO_DIST_POISSON, .mean = 20};
  dyo_policy_in  in     = request(DYO_POLICY_S_S, &demand);
  dyo_policy_out out    = {0}, best;
  dyo_err        err    = {0};
  dyo_ctx        ctx;
  (void)state;
  in.fixed_cost = 300;
  dyo_ctx_init(&ctx, NULL);
  best = solve(&ctx, in);
  dyo_ctx_clear(&ctx);
  dyo_ctx_init(&ctx, &host);
  assert_int_equal(DYO_CANCELLED, dyo_policy(&ctx, &in, &out, &err));
  assert_true(ctx.partial && out.order_up_to > out.reorder_point && out.expected_cost >= best.expected_cost);
  dyo_ctx_clear(&ctx);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(no_r_and_q_are_cheaper_for_counts),
    cmocka_unit_test(no_s_and_S_are_cheaper_for_counts),
    cmocka_unit_test(the_cost_of_s_and_S_is_that_of_its_markov_chain),
    cmocka_unit_test(base_stock_is_the_cheapest_level),
    cmocka_unit_test(a_continuous_r_and_q_have_their_cost_and_no_cheaper_neighbours),
    cmocka_unit_test(large_counts_are_nearly_normal),
    cmocka_unit_test(each_guard_refuses),
    cmocka_unit_test(a_cancelled_search_hands_over_the_best_so_far),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
