/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The continuous problem of many products: optimality by its own conditions, bounds by duality, and its limits' conflicts. */
#include "multi_random.h"

/* Limits that some plan keeps: what reference quantities use, and a little more. */
static dyo_multi_eoq random_problem(goods *g, unsigned which, bool bounds)
{
  dyo_multi_eoq p = goods_problem(g, bounds);
  multi_totals  use;
  for (size_t i = 0; i < g->n; i++) {
    const double e = best_alone(g, i);
    g->lo[i]       = bounds && chance(0.3) ? e * exp(bell() - 1) : 0;
    g->hi[i]       = bounds && chance(0.3) ? fmax(g->lo[i], e * exp(bell() + 1)) : INFINITY;
    g->q[i]        = fmin(g->hi[i], fmax(g->lo[i], e * exp(0.5 * bell() - 0.7 * draw())));
  }
  multi_total(&p, g->q, &use);
  for (int j = 0; j < DYO_MULTI_LIMITS; j++)
    if (which >> j & 1) p.limit[j] = use.used[j] * (1 + 0.2 * draw());
  for (int j = 0; j < DYO_MULTI_LIMITS; j++)
    if (p.limit[j] == 0) p.limit[j] = INFINITY;
  return p;
}

/* Stationarity: (K + nu) D / q^2 = h/2 + lambda c + mu s where q is between its bounds, with the right sign at them;
 * complementarity: no price on a limit with room. Sufficient, as the problem is convex (Boyd & Vandenberghe, 5.5.3). */
static void check_conditions(const dyo_multi_eoq *p, const double *q, const dyo_multi_eoq_info *r)
{
  for (int j = 0; j < DYO_MULTI_LIMITS; j++) {
    if (p->limit[j] == INFINITY) continue;
    assert_true(r->used[j] <= p->limit[j] * (1 + 1e-11));
    assert_true(r->price[j] >= 0);
    assert_true(r->price[j] * (p->limit[j] - r->used[j]) <= 1e-9 * r->cost);
  }
  for (size_t i = 0; i < p->n; i++) {
    const double save = (p->order[i] + r->price[2] * p->demand[i]) / (q[i] * q[i]);
    const double cost = p->hold[i] + r->price[0] * p->unit[0][i] + r->price[1] * p->unit[1][i];
    const double lo = p->lo ? p->lo[i] : 0, hi = p->hi ? p->hi[i] : INFINITY;
    assert_true(q[i] >= lo && q[i] <= hi);
    if (q[i] > lo * (1 + 1e-9)) assert_true(save >= cost * (1 - 1e-6));
    if (q[i] < hi * (1 - 1e-9)) assert_true(save <= cost * (1 + 1e-6));
  }
}

static void optimal_and_proven_for_every_mix_of_limits_and_bounds(void **state)
{
  (void)state;
  multi_seed = 1;
  for (int t = 0; t < 6000; t++) {
    goods g = goods_new(1 + (size_t)(draw() * (t % 2 ? 5 : 60)));
    goods_fill(&g, 1);
    const dyo_multi_eoq p = random_problem(&g, (unsigned)t % 8, t % 16 >= 8);
    dyo_multi_eoq_info  r;
    dyo_multi_eoq_solve(&p, g.q, &r);
    assert_true(r.feasible);
    assert_true(r.bound <= r.cost && r.cost - r.bound <= 1e-9 * r.cost);
    check_conditions(&p, g.q, &r);
    free(g.block);
  }
}

/* Any prices give a bound (weak duality): none may be above the cost found. */
static void no_prices_prove_more_than_the_answer(void **state)
{
  (void)state;
  multi_seed = 2;
  for (int t = 0; t < 500; t++) {
    goods g = goods_new(6);
    goods_fill(&g, 1);
    const dyo_multi_eoq p = random_problem(&g, 7, t % 2);
    dyo_multi_eoq_info  r;
    dyo_multi_eoq_solve(&p, g.q, &r);
    for (int k = 0; k < 20; k++) {
      double     price[DYO_MULTI_LIMITS];
      multi_sums s;
      for (int j = 0; j < DYO_MULTI_LIMITS; j++)
        price[j] = r.price[j] * exp(bell()) + (chance(0.3) ? exp(bell()) * r.cost / p.limit[j] : 0);
      multi_pass(&p, 1, price, &s);
      for (int j = 0; j < DYO_MULTI_LIMITS; j++)
        if (p.limit[j] < INFINITY) s.value -= price[j] * p.limit[j];
      assert_true(s.value <= r.cost * (1 + 1e-12));
    }
    free(g.block);
  }
}

/* The envelope theorem: cost(limit - e) - cost(limit + e) = 2 e price. */
static void prices_are_what_a_little_more_saves(void **state)
{
  (void)state;
  multi_seed = 3;
  for (int t = 0; t < 200; t++) {
    goods g = goods_new(8);
    goods_fill(&g, 1);
    dyo_multi_eoq      p = random_problem(&g, 1 + (unsigned)t % 7, false);
    dyo_multi_eoq_info r, less, more;
    dyo_multi_eoq_solve(&p, g.q, &r);
    for (int j = 0; j < DYO_MULTI_LIMITS; j++) {
      const double limit = p.limit[j], e = 1e-5 * limit;
      if (limit == INFINITY || r.price[j] == 0) continue;
      p.limit[j] = limit - e;
      dyo_multi_eoq_solve(&p, g.q, &less);
      p.limit[j] = limit + e;
      dyo_multi_eoq_solve(&p, g.q, &more);
      p.limit[j] = limit;
      if (less.feasible && more.price[j] > 0.5 * less.price[j]) CLOSE(less.cost - more.cost, 2 * e * r.price[j], 2e-2);
    }
    free(g.block);
  }
}

/* Without bounds, least budget times least orders is (sum of sqrt(c D))^2 (Cauchy-Schwarz). */
static void least_budget_and_orders_are_cauchy_schwarz(void **state)
{
  (void)state;
  multi_seed = 4;
  for (int t = 0; t < 200; t++) {
    goods  g = goods_new(1 + (size_t)(draw() * 30));
    double price[DYO_MULTI_LIMITS], root = 0;
    goods_fill(&g, 1);
    for (size_t i = 0; i < g.n; i++) root += sqrt(g.money[i] * g.demand[i]);
    if (root == 0) {
      free(g.block);
      continue;
    }
    dyo_multi_eoq p           = goods_problem(&g, false);
    p.limit[DYO_MULTI_BUDGET] = 100 * (1 + draw());
    p.limit[DYO_MULTI_ORDERS] = root * root / p.limit[DYO_MULTI_BUDGET];
    CLOSE(multi_least(&p, DYO_MULTI_ORDERS, 1u << DYO_MULTI_BUDGET, price), p.limit[DYO_MULTI_ORDERS], 1e-8);
    CLOSE(multi_least(&p, DYO_MULTI_BUDGET, 1u << DYO_MULTI_ORDERS, price), p.limit[DYO_MULTI_BUDGET], 1e-8);
    free(g.block);
  }
}

/* On either side of the least figure of each limit: a plan just above it, none just below. */
static void the_least_figure_is_the_border(void **state)
{
  (void)state;
  multi_seed = 5;
  for (int t = 0; t < 1500; t++) {
    goods g = goods_new(1 + (size_t)(draw() * 12));
    goods_fill(&g, 1);
    dyo_multi_eoq      p = random_problem(&g, 7, t % 2);
    dyo_multi_eoq_info r;
    double             price[DYO_MULTI_LIMITS];
    const int          j = t % 3;
    if (multi_given(&p) != 7) {
      free(g.block);
      continue;
    }
    const double least = multi_least(&p, j, 7u & ~(1u << j), price);
    assert_true(least <= p.limit[j] * (1 + 1e-9));
    p.limit[j] = least * (1 + 1e-6) + 1e-9;
    dyo_multi_eoq_solve(&p, g.q, &r);
    assert_true(r.feasible);
    if (least > 0) {
      p.limit[j] = least;
      dyo_multi_eoq_solve(&p, g.q, &r);
      assert_true(r.feasible);
      p.limit[j] = least * (1 - 1e-6);
      dyo_multi_eoq_solve(&p, g.q, &r);
      assert_false(r.feasible);
    }
    free(g.block);
  }
}

/* A limit on each of all three at once that leaves a hair: the gap may be wider, but it is told and small. */
static void almost_no_room_is_no_trouble(void **state)
{
  (void)state;
  multi_seed = 6;
  for (int t = 0; t < 300; t++) {
    goods g = goods_new(2 + (size_t)(draw() * 20));
    goods_fill(&g, 1);
    dyo_multi_eoq      p = random_problem(&g, 1, false);
    dyo_multi_eoq_info r;
    double             price[DYO_MULTI_LIMITS];
    p.limit[DYO_MULTI_ORDERS] = multi_least(&p, DYO_MULTI_ORDERS, 1, price) * (1 + pow(10, -2 - 8 * draw()));
    dyo_multi_eoq_solve(&p, g.q, &r);
    assert_true(r.feasible);
    assert_true(r.used[DYO_MULTI_BUDGET] <= p.limit[DYO_MULTI_BUDGET] * (1 + 1e-9));
    assert_true(r.used[DYO_MULTI_ORDERS] <= p.limit[DYO_MULTI_ORDERS] * (1 + 1e-9));
    assert_true(r.cost - r.bound <= 1e-5 * r.cost);
    free(g.block);
  }
}

static void a_hundred_thousand_products_in_a_few_passes(void **state)
{
  (void)state;
  multi_seed = 7;
  goods g    = goods_new(100000);
  goods_fill(&g, 1);
  for (unsigned which = 1; which < 8; which++) {
    const bool         orders = which >> DYO_MULTI_ORDERS & 1;
    dyo_multi_eoq      p      = goods_problem(&g, orders);
    dyo_multi_eoq_info r;
    multi_totals       use;
    for (size_t i = 0; i < g.n; i++) g.q[i] = best_alone(&g, i);
    multi_total(&p, g.q, &use);
    if (which & 1) p.limit[DYO_MULTI_BUDGET] = 0.7 * use.used[DYO_MULTI_BUDGET];
    if (which & 2) p.limit[DYO_MULTI_SPACE] = 0.6 * use.used[DYO_MULTI_SPACE];
    if (orders) p.limit[DYO_MULTI_ORDERS] = (which == 4 ? 0.7 : 1.45) * use.used[DYO_MULTI_ORDERS];
    dyo_multi_eoq_solve(&p, g.q, &r);
    assert_true(r.feasible && r.passes <= 30);
    assert_true(r.cost - r.bound <= 1e-9 * r.cost);
    check_conditions(&p, g.q, &r);
  }
  free(g.block);
}

/* Twelve orders of magnitude between products neither stall the search nor loosen the proof. */
static void products_of_very_different_size(void **state)
{
  (void)state;
  multi_seed = 8;
  for (int t = 0; t < 500; t++) {
    goods g = goods_new(20);
    goods_fill(&g, 4);
    const dyo_multi_eoq p = random_problem(&g, 1 + (unsigned)t % 7, t % 2);
    dyo_multi_eoq_info  r;
    dyo_multi_eoq_solve(&p, g.q, &r);
    assert_true(r.feasible && r.cost - r.bound <= 1e-9 * r.cost);
    free(g.block);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(optimal_and_proven_for_every_mix_of_limits_and_bounds),
    cmocka_unit_test(no_prices_prove_more_than_the_answer),
    cmocka_unit_test(prices_are_what_a_little_more_saves),
    cmocka_unit_test(least_budget_and_orders_are_cauchy_schwarz),
    cmocka_unit_test(the_least_figure_is_the_border),
    cmocka_unit_test(almost_no_room_is_no_trouble),
    cmocka_unit_test(a_hundred_thousand_products_in_a_few_passes),
    cmocka_unit_test(products_of_very_different_size),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
