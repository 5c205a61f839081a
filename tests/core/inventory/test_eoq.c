/* SPDX-License-Identifier: GPL-3.0-or-later */
/* inventory.eoq against textbooks, and against a search over quantities and backorders that knows none of its
 * formulas. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "inventory/dyo_eoq.h"
#include "pace.h"

static dyo_ctx     ctx;
static dyo_err     err;
static dyo_eoq_out r;

static int setup(void **state)
{
  (void)state;
  dyo_ctx_init(&ctx, NULL);
  memset(&r, 0, sizeof r);
  memset(&err, 0, sizeof err);
  return 0;
}

static int teardown(void **state)
{
  (void)state;
  dyo_ctx_clear(&ctx);
  return 0;
}

/* cmocka compares floats, not doubles. */
static void near(double a, double b)
{
  assert_true(fabs(a - b) <= 1e-9 * fmax(fabs(a), fabs(b)));
}

/* What the decoder makes of a request that names none of the optional fields. */
static dyo_eoq_in request(double demand, double order_cost)
{
  return (dyo_eoq_in){.annual_demand           = demand,
                      .order_cost              = order_cost,
                      .holding_cost_per_unit   = NAN,
                      .holding_cost_rate       = NAN,
                      .unit_cost               = NAN,
                      .production_rate         = NAN,
                      .backorder_cost_per_unit = NAN,
                      .min_order_quantity      = NAN,
                      .lot_size                = NAN,
                      .days_per_year           = 365};
}

static void ask(const dyo_eoq_in *in)
{
  assert_int_equal(dyo_eoq(&ctx, in, &r, &err), DYO_OK);
}

static void refused(const dyo_eoq_in *in, const char *path)
{
  assert_int_equal(dyo_eoq(&ctx, in, &r, &err), DYO_INVALID_INPUT);
  assert_string_equal(err.path, path);
  assert_true(strlen(err.message) > 20);
}

/* Harris (1913): Q = sqrt(2 K D / h). With D=1200, K=50, h=6 that is sqrt(20000), and the cost is sqrt(2 K D h). */
static void eoq_is_harris_formula(void **state)
{
  dyo_eoq_in in = request(1200, 50);
  (void)state;
  in.holding_cost_per_unit = 6;
  ask(&in);
  near(r.eoq, 141.42135623730951);
  near(r.total_annual_cost, 848.5281374238570);
  near(r.ordering_cost, r.holding_cost);
  near(r.days_between_orders, 365 * 141.42135623730951 / 1200);
  assert_true(isnan(r.purchase_cost) && isnan(r.unit_cost) && isnan(r.total_with_purchase) && isnan(r.production_days));
  assert_true(r.backorder_cost == 0 && r.max_backorder == 0);
  assert_int_equal(r.price_break, DYO_NO_INT);
}

static void the_sentence_rounds(void **state)
{
  dyo_eoq_in in = request(10000, 50);
  (void)state;
  in.holding_cost_per_unit = 2;
  ask(&in);
  assert_string_equal(r.recommendation, "Order 707.1 units every 25.8 days"); /* 365 / 14.1421 = 25.809 */
  in.production_rate         = 20000;
  in.backorder_cost_per_unit = 2;
  ask(&in); /* Q = sqrt(2 50 10000 / 2 / (1/2) * 4/2) = 1414.21, peak 707.1, half of it waits */
  assert_string_equal(r.recommendation,
                      "Produce 1414.2 units every 51.6 days, letting up to 353.6 units of demand wait");
}

static void a_known_price_is_reported_beside_the_total(void **state)
{
  dyo_eoq_in in = request(1200, 50);
  (void)state;
  in.holding_cost_rate = 0.25;
  in.unit_cost         = 24; /* h = 6 */
  ask(&in);
  near(r.eoq, 141.42135623730951);
  near(r.total_annual_cost, 848.5281374238570);
  near(r.purchase_cost, 28800);
  near(r.total_with_purchase, 29648.528137423857);
}

/* ---- the search that knows no formula ---- */

typedef struct {
  dyo_eoq_in    in;
  dyo_eoq_break breaks[4];
} request_store;

/* Price of q units: walk up the breaks. */
static double order_price(const dyo_eoq_in *in, double q, size_t j)
{
  const dyo_eoq_break *b = in->price_breaks;
  if (!b) return isnan(in->unit_cost) ? 0 : in->unit_cost * q;
  if (in->discount_type == DYO_EOQ_ALL_UNITS) return b[j].unit_cost * q;
  double sum = 0, from = 0;
  for (size_t i = 0; i < j; i++) {
    sum += b[i].unit_cost * (b[i + 1].min_quantity - from);
    from = b[i + 1].min_quantity;
  }
  return sum + b[j].unit_cost * (q - from);
}

/* Yearly cost of orders of q with a backlog of w units: areas of the triangles above and below the axis, cycle by
 * cycle. */
static double simulated(const dyo_eoq_in *in, double q, double w, size_t j)
{
  const double d = in->annual_demand, cycle = q / d, price = order_price(in, q, j);
  const double h = isnan(in->holding_cost_per_unit) ? in->holding_cost_rate * price / q : in->holding_cost_per_unit;
  const double rise =
    isnan(in->production_rate) ? INFINITY : in->production_rate - d; /* net rate while an order comes in */
  const double peak = isinf(rise) ? q : q / in->production_rate * rise, high = peak - w;
  const double above = 0.5 * high * (high / d + (isinf(rise) ? 0 : high / rise)); /* unit-years in stock */
  const double below = 0.5 * w * (w / d + (isinf(rise) ? 0 : w / rise));
  const double wait  = w > 0 ? in->backorder_cost_per_unit * below : 0;
  return (in->order_cost + price + h * above + wait) / cycle;
}

static double best_backlog(const dyo_eoq_in *in, double q, size_t j)
{
  double a = 0, b = isnan(in->backorder_cost_per_unit) ? 0 : q;
  if (!isnan(in->production_rate)) b *= 1 - in->annual_demand / in->production_rate;
  for (int k = 0; k < 100 && b > a; k++) { /* convex in w */
    const double u = a + (b - a) / 3, v = b - (b - a) / 3;
    if (simulated(in, q, u, j) < simulated(in, q, v, j)) b = v;
    else a = u;
  }
  return simulated(in, q, 0.5 * (a + b), j);
}

/* Least cost over a grid of allowed quantities in lo..hi, refined around its best point. */
static double least_between(const dyo_eoq_in *in, double lo, double hi, size_t j)
{
  double best = INFINITY;
  for (int round = 0; round < 8; round++) {
    double at = lo;
    for (int k = 0; k <= 60; k++) {
      const double q = lo * pow(hi / lo, k / 60.0), c = best_backlog(in, q, j);
      if (c < best) best = c, at = q;
      else if (c == best) at = q;
    }
    const double step = pow(hi / lo, 1 / 60.0);
    lo                = fmax(lo, at / step);
    hi                = fmin(hi, at * step);
  }
  return best;
}

static double searched(const dyo_eoq_in *in)
{
  const size_t n     = in->n_price_breaks ? in->n_price_breaks : 1;
  const double least = isnan(in->min_order_quantity) ? 0 : in->min_order_quantity;
  double       best  = INFINITY;
  for (size_t j = 0; j < n; j++) {
    const double lo = fmax(fmax(least, in->n_price_breaks ? in->price_breaks[j].min_quantity : 0), 1e-3);
    const double hi = j + 1 < n ? in->price_breaks[j + 1].min_quantity * (1 - 1e-13) : 1e5;
    if (lo >= hi) continue;
    if (isnan(in->lot_size)) {
      best = fmin(best, least_between(in, lo, hi, j));
    } else {
      for (double lots = 1; lots * in->lot_size <= fmin(hi, 6000); lots += 1)
        if (lots * in->lot_size >= lo) best = fmin(best, best_backlog(in, lots * in->lot_size, j));
    }
  }
  return best;
}

static uint64_t seed;

static double draw(double lo, double hi) /* SplitMix64 */
{
  uint64_t z = seed += 0x9e3779b97f4a7c15u;
  z          = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z          = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return lo + (hi - lo) * ((double)((z ^ (z >> 31)) >> 11) * 0x1p-53);
}

static void random_request(request_store *s)
{
  dyo_eoq_in *in = &s->in;
  *in            = request(draw(500, 5000), draw(5, 200));
  if (draw(0, 1) < 0.5) in->holding_cost_per_unit = draw(0.5, 10);
  else in->holding_cost_rate = draw(0.1, 0.5);
  if (draw(0, 1) < 0.5) in->production_rate = in->annual_demand * draw(1.1, 5);
  if (draw(0, 1) < 0.5) in->backorder_cost_per_unit = draw(0.5, 30);
  if (draw(0, 1) < 0.3) in->min_order_quantity = draw(0, 600);
  if (draw(0, 1) < 0.3) in->lot_size = draw(5, 90);
  in->unit_cost = draw(3, 30);
  if (draw(0, 1) < 0.3) return;
  in->discount_type  = draw(0, 1) < 0.5 ? DYO_EOQ_ALL_UNITS : DYO_EOQ_INCREMENTAL;
  in->n_price_breaks = (size_t)draw(1, 4.999);
  in->price_breaks   = s->breaks;
  s->breaks[0]       = (dyo_eoq_break){0, in->unit_cost};
  for (size_t i = 1; i < in->n_price_breaks; i++)
    s->breaks[i] =
      (dyo_eoq_break){s->breaks[i - 1].min_quantity + floor(draw(20, 400)), s->breaks[i - 1].unit_cost * draw(0.85, 1)};
}

static void every_combination_is_the_least_a_search_finds(void **state)
{
  request_store s;
  (void)state;
  seed = 3;
  for (int k = 0; k < 300 / pace(4); k++) {
    random_request(&s);
    ask(&s.in);
    const double best = searched(&s.in);
    assert_true(fabs(r.total_with_purchase - best) <= 1e-7 * best);
    /* and the plan costs what it says */
    near(r.total_with_purchase, r.ordering_cost + r.holding_cost + r.backorder_cost + r.purchase_cost);
    const size_t j = s.in.n_price_breaks ? (size_t)r.price_break : 0;
    near(r.total_with_purchase, simulated(&s.in, r.eoq, r.max_backorder, j));
    near(r.purchase_cost, order_price(&s.in, r.eoq, j) * r.num_orders_per_year);
    if (!isnan(s.in.lot_size)) near(r.eoq / s.in.lot_size, round(r.eoq / s.in.lot_size));
    if (!isnan(s.in.min_order_quantity)) assert_true(r.eoq >= s.in.min_order_quantity * (1 - 1e-12));
  }
}

/* ---- edges ---- */

static void orders_keep_to_lots_and_minimum(void **state)
{
  dyo_eoq_in in = request(1200, 50); /* unrounded 141.4 */
  (void)state;
  in.holding_cost_per_unit = 6;
  in.lot_size              = 100; /* 100: 600 + 300; 200: 300 + 600: a tie, the smaller order */
  ask(&in);
  near(r.eoq, 100);
  in.lot_size = 60; /* 120: 500 + 360; 180: 333.3 + 540 */
  ask(&in);
  near(r.eoq, 120);
  near(r.total_annual_cost, 860);
  in.min_order_quantity = 130;
  ask(&in);
  near(r.eoq, 180);
  in.lot_size = NAN;
  ask(&in);
  near(r.eoq, 141.42135623730951);
  in.min_order_quantity = 250;
  ask(&in);
  near(r.eoq, 250);
  in.lot_size           = 0.3; /* 2.1 / 0.3 in binary is a little over 7 */
  in.min_order_quantity = 2.1;
  in.order_cost         = 0;
  ask(&in);
  near(r.eoq, 2.1);
}

/* At a break of 100 units in lots of 30, 120 are ordered for the lower price, and 90 for the higher. */
static void lots_beside_a_price_break(void **state)
{
  dyo_eoq_in    in       = request(1000, 10);
  dyo_eoq_break breaks[] = {{1, 10}, {100, 9}};
  (void)state;
  in.holding_cost_per_unit = 2; /* unrounded: 100 */
  in.lot_size              = 30;
  in.price_breaks          = breaks;
  in.n_price_breaks        = 2;
  ask(&in);
  near(r.eoq, 120);
  assert_int_equal(r.price_break, 1);
  breaks[1].unit_cost = 10;
  ask(&in); /* 90: 111.1 + 90; 120: 83.3 + 120 */
  near(r.eoq, 90);
  assert_int_equal(r.price_break, 0);
}

static void a_unit_cost_is_the_price_below_the_first_break(void **state)
{
  dyo_eoq_in    in       = request(1300, 8);
  dyo_eoq_break breaks[] = {{400, 0.72}, {800, 0.68}};
  (void)state;
  in.holding_cost_rate = 0.3;
  in.unit_cost         = 0.75;
  in.price_breaks      = breaks;
  in.n_price_breaks    = 2;
  ask(&in); /* Snyder & Shen, example 3.6 */
  near(r.eoq, 800);
  near(r.total_annual_cost, 978.6);
  assert_int_equal(r.price_break, 1);
  in.discount_type = DYO_EOQ_INCREMENTAL;
  ask(&in); /* example 3.7 */
  near(r.eoq, 304.0467800264368);
  assert_int_equal(r.price_break, DYO_NO_INT);
  in.unit_cost = NAN; /* now nothing is sold below 400 */
  ask(&in);
  near(r.eoq, 400);
}

static void free_orders_are_as_small_as_allowed(void **state)
{
  dyo_eoq_in    in       = request(1000, 0);
  dyo_eoq_break breaks[] = {{1, 10}, {50, 9}};
  (void)state;
  in.holding_cost_per_unit = 2;
  refused(&in, "/order_cost");
  in.lot_size = 12;
  ask(&in);
  near(r.eoq, 12);
  in.lot_size       = NAN;
  in.price_breaks   = breaks;
  in.n_price_breaks = 2;
  ask(&in); /* 1 a year cheaper a unit is worth holding 25 on average */
  near(r.eoq, 50);
  breaks[1].unit_cost = 9.99;
  ask(&in);
  near(r.eoq, 1);
  breaks[0].min_quantity = 0;
  refused(&in, "/order_cost");
}

/* ---- guards ---- */

static void a_holding_cost_is_given_once(void **state)
{
  dyo_eoq_in in = request(1000, 10);
  (void)state;
  refused(&in, "/holding_cost_per_unit");
  in.holding_cost_per_unit = 2;
  in.holding_cost_rate     = 0.2;
  refused(&in, "/holding_cost_rate");
  in.holding_cost_per_unit = NAN;
  refused(&in, "/unit_cost");
  in.unit_cost = 0;
  refused(&in, "/unit_cost");
  dyo_eoq_break breaks[] = {{0, 3}, {10, 0}};
  in.unit_cost           = NAN;
  in.price_breaks        = breaks;
  in.n_price_breaks      = 2;
  refused(&in, "/price_breaks/1/unit_cost");
}

static void price_breaks_rise_in_size_and_not_in_price(void **state)
{
  dyo_eoq_in    in       = request(1000, 10);
  dyo_eoq_break breaks[] = {{0, 5}, {10, 4}, {10, 3}};
  (void)state;
  in.holding_cost_per_unit = 1;
  in.price_breaks          = breaks;
  refused(&in, "/price_breaks"); /* an empty list */
  in.n_price_breaks = 3;
  refused(&in, "/price_breaks/2/min_quantity");
  breaks[2].min_quantity = 5;
  refused(&in, "/price_breaks/2/min_quantity");
  breaks[2] = (dyo_eoq_break){20, 4.5};
  refused(&in, "/price_breaks/2/unit_cost");
  breaks[2].unit_cost = 3;
  in.unit_cost        = 6;
  refused(&in, "/unit_cost");
  breaks[0].min_quantity = 5;
  in.unit_cost           = 4.5;
  refused(&in, "/price_breaks/0/unit_cost");
  in.unit_cost = 5;
  ask(&in);
}

static void production_outruns_demand(void **state)
{
  dyo_eoq_in in = request(1000, 10);
  (void)state;
  in.holding_cost_per_unit = 1;
  in.production_rate       = 1000;
  refused(&in, "/production_rate");
  in.production_rate = 1000.001;
  ask(&in);
}

static void figures_beyond_computing_are_refused(void **state)
{
  dyo_eoq_in in = request(1e12, 1e12);
  (void)state;
  in.holding_cost_per_unit = 1e-308;
  refused(&in, "/holding_cost_per_unit");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
  const struct CMUnitTest tests[] = {
    TEST(eoq_is_harris_formula),
    TEST(the_sentence_rounds),
    TEST(a_known_price_is_reported_beside_the_total),
    TEST(every_combination_is_the_least_a_search_finds),
    TEST(orders_keep_to_lots_and_minimum),
    TEST(lots_beside_a_price_break),
    TEST(a_unit_cost_is_the_price_below_the_first_break),
    TEST(free_orders_are_as_small_as_allowed),
    TEST(a_holding_cost_is_given_once),
    TEST(price_breaks_rise_in_size_and_not_in_price),
    TEST(production_outruns_demand),
    TEST(figures_beyond_computing_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
