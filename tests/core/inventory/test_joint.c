/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Joint orders: the best cyclic policy against a fine search over cycles, and plans under limits against all multiples. */
#include "multi_random.h"
#include "pace.h"

enum { MOST = 60 };

static dyo_ctx ctx;
static dyo_err err;

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

typedef struct {
  double minor[MOST], rate[MOST], lo[MOST], hi[MOST], multiple[MOST];
} numbers;

static joint_problem random_joint(numbers *v, size_t n, double joint, bool bounds)
{
  for (size_t i = 0; i < n; i++) {
    v->minor[i]    = chance(0.1) ? 0 : 5 + 100 * draw();
    v->rate[i]     = exp(5 + 1.5 * bell());
    const double e = sqrt((v->minor[i] + 10) / v->rate[i]);
    v->lo[i]       = bounds && chance(0.3) ? e * exp(0.5 * bell()) : 0;
    v->hi[i]       = bounds && chance(0.3) ? fmax(e * exp(0.5 * bell()), 1.1 * v->lo[i]) : INFINITY;
  }
  return (joint_problem){.n     = n,
                         .joint = joint,
                         .minor = v->minor,
                         .rate  = v->rate,
                         .lo    = bounds ? v->lo : NULL,
                         .hi    = bounds ? v->hi : NULL};
}

/* The policy at a cycle t: each product's best multiple among those its bounds allow, then the best t for these. */
static double policy_at(const joint_problem *p, double t)
{
  double a = p->joint, h = 0, low = 0, high = INFINITY;
  for (size_t i = 0; i < p->n; i++) {
    double k = fmax(1, floor(sqrt(p->minor[i] / p->rate[i]) / t));
    if (p->minor[i] / (k + 1) / t + p->rate[i] * (k + 1) * t < p->minor[i] / k / t + p->rate[i] * k * t) k++;
    if (p->lo) {
      const double least = fmax(1, ceil(p->lo[i] / t * (1 - 1e-13))), most = floor(p->hi[i] / t * (1 + 1e-13));
      if (least > most) return INFINITY;
      k    = fmin(most, fmax(least, k));
      low  = fmax(low, p->lo[i] / k);
      high = fmin(high, p->hi[i] / k);
    }
    a += p->minor[i] / k;
    h += p->rate[i] * k;
  }
  t = fmin(high, fmax(low, sqrt(a / h)));
  return a / t + h * t;
}

static double fine_search(const joint_problem *p, double longest)
{
  double best = INFINITY;
  for (double t = longest; t > longest / 3000; t *= 0.9995) best = fmin(best, policy_at(p, t));
  return best;
}

static void check_policy(const joint_problem *p, const joint_policy *b)
{
  double a = p->joint, h = 0;
  for (size_t i = 0; i < p->n; i++) {
    const double k = b->multiple[i], years = k * b->cycle;
    assert_true(k >= 1 && k == floor(k));
    if (p->lo) assert_true(years >= p->lo[i] * (1 - 1e-9) && years <= p->hi[i] * (1 + 1e-9));
    a += p->minor[i] / k;
    h += p->rate[i] * k;
  }
  CLOSE(a / b->cycle + h * b->cycle, b->cost, 1e-10);
  assert_true(b->bound <= b->cost);
}

static void the_best_cycle_is_never_beaten_by_a_fine_search(void **state)
{
  static const double joints[] = {0.001, 0.5, 20, 100, 3000};
  (void)state;
  multi_seed = 1;
  for (int t = 0; t < 120 / pace(4); t++) {
    numbers             v;
    const bool          bounds = t % 3 == 0;
    const joint_problem p      = random_joint(&v, 1 + (size_t)(draw() * (t % 4 == 0 ? 50 : 8)), joints[t % 5], bounds);
    joint_policy        b      = {.multiple = v.multiple};
    assert_int_equal(joint_solve(&ctx, &p, 0, &b, &err), DYO_OK);
    if (b.cost == INFINITY) {
      assert_true(bounds && fine_search(&p, 10) == INFINITY);
      continue;
    }
    check_policy(&p, &b);
    assert_true(b.cost - b.bound <= 1e-10 * b.cost);
    assert_true(b.cost <= fine_search(&p, 10) * (1 + 1e-9));
    dyo_ctx_clear(&ctx);
  }
}

/* Roundy (1985): powers of two of the best base period cost at most 2 % more than the relaxation, so the best multiples do. */
static void within_two_percent_of_the_relaxation(void **state)
{
  (void)state;
  multi_seed = 2;
  for (int t = 0; t < 50; t++) {
    numbers             v;
    const joint_problem p   = random_joint(&v, 20, 100, false);
    joint_policy        b   = {.multiple = v.multiple};
    double              low = 1e-9, high = 1e9;
    assert_int_equal(joint_solve(&ctx, &p, 0, &b, &err), DYO_OK);
    /* relaxation: k_i >= 1 real; those with sqrt(minor/rate) below the cycle order every time: T^2 sum rate = joint + sum minor over them */
    for (int s = 0; s < 200; s++) {
      const double mid = sqrt(low * high);
      double       a = p.joint, h = 0;
      for (size_t i = 0; i < p.n; i++)
        if (p.minor[i] / p.rate[i] <= mid * mid) a += p.minor[i], h += p.rate[i];
      if (h * mid * mid < a) low = mid;
      else high = mid;
    }
    double relaxed = p.joint / high;
    for (size_t i = 0; i < p.n; i++) {
      const double years = fmax(high, sqrt(p.minor[i] / p.rate[i]));
      relaxed += p.minor[i] / years + p.rate[i] * years;
    }
    assert_true(b.cost >= relaxed * (1 - 1e-9) && b.cost <= 1.0207 * relaxed);
    dyo_ctx_clear(&ctx);
  }
}

static void three_thousand_products_exactly(void **state)
{
  enum { N = 3000 };
  double *v = calloc(3 * N, sizeof *v);
  (void)state;
  assert_non_null(v);
  multi_seed = 3;
  for (size_t i = 0; i < N; i++) {
    v[i]     = 5 + 100 * draw();
    v[N + i] = exp(5 + 1.5 * bell());
  }
  const joint_problem p = {.n = N, .joint = 50, .minor = v, .rate = v + N};
  joint_policy        b = {.multiple = v + 2 * N};
  assert_int_equal(joint_solve(&ctx, &p, 0, &b, &err), DYO_OK);
  check_policy(&p, &b);
  assert_true(b.cost - b.bound <= 1e-11 * b.cost);
  free(v);
}

/* ---- under limits ---- */

static dyo_multi_item items[3];

/* Limits and bounds that a policy chosen at random keeps. */
static dyo_multi_product_in random_request(void)
{
  static const char *const ids[] = {"a", "b", "c"};
  const size_t             n     = 1 + (size_t)(draw() * 2.99);
  const double             cycle = 0.05 + 0.45 * draw();
  double                   money = 0, room = 0, orders = 0;
  dyo_multi_product_in     in = {.products            = items,
                                 .n_products          = n,
                                 .budget              = NAN,
                                 .storage_capacity    = NAN,
                                 .max_orders_per_year = NAN,
                                 .joint_order_cost    = 5 + 100 * draw(),
                                 .gap_tolerance       = 1e-4,
                                 .time_limit_s        = 10};
  for (size_t i = 0; i < n; i++) {
    const double k = 1 + floor(4 * draw()), q = (items[i].annual_demand = exp(6 + bell())) * cycle * k;
    items[i].id                    = ids[i];
    items[i].order_cost            = chance(0.2) ? 0 : 5 + 95 * draw();
    items[i].holding_cost_per_unit = exp(bell());
    items[i].holding_cost_rate = items[i].lot_size = NAN;
    items[i].unit_cost                             = exp(2 + bell());
    items[i].storage_per_unit                      = draw() + 0.1;
    items[i].min_order_quantity                    = chance(0.3) ? q * (0.5 + 0.5 * draw()) : NAN;
    items[i].max_order_quantity                    = chance(0.3) ? q * (1 + draw()) : NAN;
    money += items[i].unit_cost * q, room += items[i].storage_per_unit * q, orders += 1 / (cycle * k);
  }
  if (chance(0.5)) in.budget = money * (1 + 0.3 * draw());
  if (chance(0.5)) in.storage_capacity = room * (1 + 0.3 * draw());
  if (chance(0.5)) in.max_orders_per_year = orders * (1 + 0.3 * draw());
  return in;
}

/* The best T for these multiples within bounds and limits. */
static double cost_of(const dyo_multi_product_in *in, const int *k)
{
  double a = in->joint_order_cost, h = 0, money = 0, room = 0, often = 0, low = 0, high = INFINITY;
  for (size_t i = 0; i < in->n_products; i++) {
    const dyo_multi_item *x = &items[i];
    const double          d = x->annual_demand * k[i];
    a += x->order_cost / k[i];
    h += x->holding_cost_per_unit / 2 * d;
    money += x->unit_cost * d, room += x->storage_per_unit * d, often += 1.0 / k[i];
    if (!isnan(x->min_order_quantity)) low = fmax(low, x->min_order_quantity / d);
    if (!isnan(x->max_order_quantity)) high = fmin(high, x->max_order_quantity / d);
  }
  if (!isnan(in->budget)) high = fmin(high, in->budget / money);
  if (!isnan(in->storage_capacity)) high = fmin(high, in->storage_capacity / room);
  if (!isnan(in->max_orders_per_year)) low = fmax(low, often / in->max_orders_per_year);
  if (low > high) return INFINITY;
  const double t = fmin(high, fmax(low, sqrt(a / h)));
  return a / t + h * t;
}

/* The Lagrangian at the prices of the answer, by a fine search over cycles: the proven bound is not above it. */
static double lagrangian(const dyo_multi_product_in *in, const dyo_multi_prices *price)
{
  static numbers v;
  const double   money = isnan(price->budget) ? 0 : price->budget, room = isnan(price->storage) ? 0 : price->storage;
  const double   order = isnan(price->orders) ? 0 : price->orders;
  double         value = 0, longest = 1e-9;
  for (size_t i = 0; i < in->n_products; i++) {
    const dyo_multi_item *x = &items[i];
    v.minor[i]              = x->order_cost + order;
    v.rate[i] = x->annual_demand * (x->holding_cost_per_unit / 2 + money * x->unit_cost + room * x->storage_per_unit);
    v.lo[i]   = isnan(x->min_order_quantity) ? 0 : x->min_order_quantity / x->annual_demand;
    v.hi[i]   = isnan(x->max_order_quantity) ? INFINITY : x->max_order_quantity / x->annual_demand;
    longest   = fmax(longest, fmax(v.lo[i], sqrt((v.minor[i] + in->joint_order_cost) / v.rate[i])));
  }
  const joint_problem p = {in->n_products, in->joint_order_cost, v.minor, v.rate, v.lo, v.hi};
  value                 = fine_search(&p, 2 * longest);
  if (!isnan(in->budget)) value -= money * in->budget;
  if (!isnan(in->storage_capacity)) value -= room * in->storage_capacity;
  if (!isnan(in->max_orders_per_year)) value -= order * in->max_orders_per_year;
  return value;
}

static void plans_under_limits_equal_the_best_of_all_multiples(void **state)
{
  double widest = 0;
  (void)state;
  multi_seed = 4;
  for (int t = 0; t < 120 / pace(4); t++) {
    const dyo_multi_product_in in   = random_request();
    const int                  most = in.n_products < 3 ? 40 : 16;
    double                     best = INFINITY;
    dyo_multi_product_out      r;
    int                        k[3];
    for (k[0] = 1; k[0] <= most; k[0]++)
      for (k[1] = 1; k[1] <= (in.n_products > 1 ? most : 1); k[1]++)
        for (k[2] = 1; k[2] <= (in.n_products > 2 ? most : 1); k[2]++) best = fmin(best, cost_of(&in, k));
    memset(&r, 0, sizeof r);
    assert_int_equal(dyo_multi_product(&ctx, &in, &r, &err), DYO_OK);
    assert_true(r.status == DYO_MULTI_OPTIMAL || r.status == DYO_MULTI_FEASIBLE);
    assert_true(r.lower_bound <= best * (1 + 1e-9));
    assert_true(r.total_annual_cost <= best * (1 + 1e-7));
    for (size_t i = 0; i < in.n_products; i++) k[i] = r.products[i].multiple;
    assert_true(r.total_annual_cost >= cost_of(&in, k) * (1 - 1e-7));
    for (size_t i = 0; i < in.n_products; i++)
      CLOSE(r.products[i].order_quantity, items[i].annual_demand * k[i] * r.base_cycle, 1e-12);
    assert_true((r.status == DYO_MULTI_OPTIMAL) == (r.gap <= 1e-4));
    assert_true(r.lower_bound <= lagrangian(&in, r.shadow_prices) + 1e-6 * r.total_annual_cost);
    widest = fmax(widest, r.gap);
    dyo_ctx_clear(&ctx);
  }
  assert_true(widest < 0.25);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
  const struct CMUnitTest tests[] = {
    TEST(the_best_cycle_is_never_beaten_by_a_fine_search),
    TEST(within_two_percent_of_the_relaxation),
    TEST(three_thousand_products_exactly),
    TEST(plans_under_limits_equal_the_best_of_all_multiples),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
