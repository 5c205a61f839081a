/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The operation inventory.multi_product: its guards, what it answers when the limits quarrel, and how it ends early. */
#include "multi_random.h"

#include <stdio.h>

static dyo_ctx               ctx;
static dyo_err               err;
static dyo_multi_product_out r;

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

/* Fields that a request may leave out, left out. */
static dyo_multi_item item(const char *id, double demand, double order_cost, double holding)
{
  return (dyo_multi_item){.id                    = id,
                          .annual_demand         = demand,
                          .order_cost            = order_cost,
                          .holding_cost_per_unit = holding,
                          .holding_cost_rate     = NAN,
                          .unit_cost             = NAN,
                          .storage_per_unit      = NAN,
                          .min_order_quantity    = NAN,
                          .max_order_quantity    = NAN,
                          .lot_size              = NAN};
}

static dyo_multi_product_in request(dyo_multi_item *items, size_t n)
{
  return (dyo_multi_product_in){.products            = items,
                                .n_products          = n,
                                .budget              = NAN,
                                .storage_capacity    = NAN,
                                .max_orders_per_year = NAN,
                                .constraint_basis    = DYO_MULTI_PEAK,
                                .joint_order_cost    = NAN,
                                .gap_tolerance       = 1e-4,
                                .time_limit_s        = 10};
}

static void is_refused(const dyo_multi_product_in *in, dyo_status code, const char *path)
{
  assert_int_equal(dyo_multi_product(&ctx, in, &r, &err), code);
  assert_string_equal(err.path, path);
  assert_true(strlen(err.message) > 10);
}

/* ---- guards ---- */

static void products_that_cannot_be_read_are_refused_where_they_stand(void **state)
{
  (void)state;
  dyo_multi_item       two[2] = {item("a", 100, 10, 1), item("b", 100, 10, 1)};
  dyo_multi_product_in in     = request(two, 2);
  is_refused(&(dyo_multi_product_in){.products = two, .n_products = 0}, DYO_INVALID_INPUT, "/products");
  two[1].id = "a";
  is_refused(&in, DYO_INVALID_INPUT, "/products/1/id");
  two[1].id = "b";

  two[1].holding_cost_per_unit = NAN;
  is_refused(&in, DYO_INVALID_INPUT, "/products/1/holding_cost_per_unit");
  two[1].holding_cost_rate = 0.2;
  is_refused(&in, DYO_INVALID_INPUT, "/products/1/unit_cost");
  two[1].unit_cost = 0;
  is_refused(&in, DYO_INVALID_INPUT, "/products/1/unit_cost");
  two[1].unit_cost             = 5;
  two[1].holding_cost_per_unit = 1;
  is_refused(&in, DYO_INVALID_INPUT, "/products/1/holding_cost_rate");
  two[1] = item("b", 100, 10, 1);

  two[1].min_order_quantity = 9;
  two[1].max_order_quantity = 8;
  is_refused(&in, DYO_INVALID_INPUT, "/products/1/min_order_quantity");
  two[1].min_order_quantity = NAN;
  two[1].lot_size           = 9;
  is_refused(&in, DYO_INVALID_INPUT, "/products/1/lot_size");
  two[1].min_order_quantity = 4;
  two[1].lot_size           = 3;
  two[1].max_order_quantity = 5;
  is_refused(&in, DYO_INVALID_INPUT, "/products/1/lot_size");
  two[1] = item("b", 100, 0, 1);
  is_refused(&in, DYO_INVALID_INPUT, "/products/1/order_cost");
  two[1] = item("b", 1e12, 1e12, 1e-9);
  is_refused(&in, DYO_INVALID_INPUT, "/products/1");
}

static void limits_ask_for_what_they_count(void **state)
{
  (void)state;
  dyo_multi_item       two[2] = {item("a", 100, 10, 1), item("b", 100, 10, 1)};
  dyo_multi_product_in in     = request(two, 2);
  two[0].unit_cost = two[0].storage_per_unit = 1;
  in.budget                                  = 10;
  is_refused(&in, DYO_INVALID_INPUT, "/products/1/unit_cost");
  in.budget           = NAN;
  in.storage_capacity = 10;
  is_refused(&in, DYO_INVALID_INPUT, "/products/1/storage_per_unit");
  in.storage_capacity = NAN;
  in.joint_order_cost = 5;
  two[1].lot_size     = 2;
  is_refused(&in, DYO_UNSUPPORTED, "/products/1/lot_size");
}

/* ---- ids ---- */

static const char *nth(const void *list, size_t i)
{
  return ((const char *const *)list)[i];
}

/* 200,000 ids in random order and of many lengths; then one of them a second time at a random place. */
static void one_id_given_twice_is_found_among_many(void **state)
{
  enum { N = 200000 };
  const char **ids  = calloc(N, sizeof *ids);
  char        *text = calloc(N, 24);
  (void)state;
  assert_non_null(ids);
  assert_non_null(text);
  multi_seed = 1;
  for (size_t i = 0; i < N; i++) {
    snprintf(text + 24 * i, 24, "%s-%zx", i % 3 ? "part" : "p", i * 2654435761u);
    ids[i] = text + 24 * i;
  }
  for (size_t i = N - 1; i > 0; i--) {
    const size_t k    = (size_t)(draw() * (double)(i + 1));
    const char  *swap = ids[i];
    ids[i]            = ids[k];
    ids[k]            = swap;
  }
  assert_int_equal(multi_unique(&ctx, "products", ids, N, nth, &err), DYO_OK);
  for (int t = 0; t < 3; t++) {
    const size_t a = (size_t)(draw() * N / 2), b = N / 2 + (size_t)(draw() * N / 2);
    const char  *was = ids[b];
    char         path[64];
    ids[b] = ids[a];
    snprintf(path, sizeof path, "/products/%zu/id", b);
    assert_int_equal(multi_unique(&ctx, "products", ids, N, nth, &err), DYO_INVALID_INPUT);
    assert_string_equal(err.path, path);
    ids[b] = was;
  }
  free(ids);
  free(text);
}

/* ---- limits that quarrel ---- */

static bool names(const dyo_multi_conflict *c, const char *constraint)
{
  for (size_t i = 0; i < c->n_constraints; i++)
    if (strcmp(c->constraints[i], constraint) == 0) return true;
  return false;
}

static const char *const limit_names[] = {"budget", "storage_capacity", "max_orders_per_year"};

static double *limit_of(dyo_multi_product_in *in, int j)
{
  return j == 0 ? &in->budget : j == 1 ? &in->storage_capacity : &in->max_orders_per_year;
}

static int status_of(const dyo_multi_product_in *in)
{
  dyo_multi_product_out o;
  memset(&o, 0, sizeof o);
  assert_int_equal(dyo_multi_product(&ctx, in, &o, &err), DYO_OK);
  return o.status;
}

/* Up to four products with bounds, under limits that may be too tight. */
static dyo_multi_product_in random_request(dyo_multi_item *items)
{
  static const char *const ids[] = {"a", "b", "c", "d"};
  dyo_multi_product_in     in    = request(items, 1 + (size_t)(draw() * 3.99));
  double                   money = 0, room = 0, orders = 0;
  for (size_t i = 0; i < in.n_products; i++) {
    items[i]                  = item(ids[i], exp(6 + bell()), 10 + 50 * draw(), exp(bell()));
    items[i].unit_cost        = exp(2 + bell());
    items[i].storage_per_unit = exp(bell());
    const double e            = sqrt(2 * items[i].annual_demand * items[i].order_cost / items[i].holding_cost_per_unit);
    if (chance(0.4)) items[i].min_order_quantity = e * draw();
    if (chance(0.4)) items[i].max_order_quantity = e * (1 + draw());
    money += e * items[i].unit_cost, room += e * items[i].storage_per_unit, orders += items[i].annual_demand / e;
  }
  if (chance(0.8)) in.budget = money * draw();
  if (chance(0.5)) in.storage_capacity = room * draw();
  if (chance(0.8)) in.max_orders_per_year = orders * 2 * draw();
  return in;
}

/* The limits the conflict names quarrel without the others; and either each of them fails by itself, or none does. */
static unsigned check_smallest(const dyo_multi_product_in *in, const dyo_multi_conflict *c, bool *each)
{
  unsigned             set   = 0;
  int                  named = 0, failing = 0;
  dyo_multi_product_in all = *in;
  for (int j = 0; j < 3; j++) {
    dyo_multi_product_in alone = *in;
    if (!names(c, limit_names[j])) {
      *limit_of(&all, j) = NAN;
      continue;
    }
    for (int k = 0; k < 3; k++)
      if (k != j) *limit_of(&alone, k) = NAN;
    set |= 1u << j;
    named++;
    failing += status_of(&alone) == DYO_MULTI_INFEASIBLE;
  }
  assert_int_equal(status_of(&all), DYO_MULTI_INFEASIBLE);
  assert_true(failing == named || (failing == 0 && named > 1));
  *each = failing == named;
  return set;
}

static void check_cures(const dyo_multi_product_in *in, unsigned set, bool each, const double least[3])
{
  dyo_multi_product_in cured = *in;
  for (int j = 0; j < 3; j++) {
    if (!(set >> j & 1) || isnan(least[j])) continue;
    if (!each) cured = *in;
    *limit_of(&cured, j) = least[j];
    if (each) continue;
    assert_int_not_equal(status_of(&cured), DYO_MULTI_INFEASIBLE);
    *limit_of(&cured, j) = least[j] * (1 - 1e-6);
    assert_int_equal(status_of(&cured), DYO_MULTI_INFEASIBLE);
  }
  for (int j = 0; j < 3; j++)
    if (each && set >> j & 1 && isnan(least[j])) return; /* no figure works: another limit is in the way */
  if (each) assert_int_not_equal(status_of(&cured), DYO_MULTI_INFEASIBLE);
}

static void a_conflict_is_the_smallest_and_its_cures_work(void **state)
{
  int seen = 0, several = 0;
  (void)state;
  multi_seed = 2;
  for (int t = 0; t < 600; t++) {
    dyo_multi_item             items[4];
    const dyo_multi_product_in in   = random_request(items);
    bool                       each = false;
    assert_int_equal(dyo_multi_product(&ctx, &in, &r, &err), DYO_OK);
    if (r.status == DYO_MULTI_INFEASIBLE) {
      const double   least[] = {r.least_budget, r.least_storage, r.least_orders};
      const unsigned set     = check_smallest(&in, r.conflict, &each);
      assert_true(strlen(r.conflict->message) > 10 && isnan(r.total_annual_cost) && r.n_products == 0);
      check_cures(&in, set, each, least);
      seen++;
      several += set != 1 && set != 2 && set != 4;
    } else {
      assert_int_equal(r.status, DYO_MULTI_OPTIMAL);
      assert_null(r.conflict);
    }
    memset(&r, 0, sizeof r);
    dyo_ctx_clear(&ctx);
  }
  assert_true(seen > 100 && several > 50);
}

/* Both smallest orders are above their limits, and orders ask for more than they are: money for one product, room for the
 * other. The figures work together, not only each for itself. */
static void limits_that_fail_each_alone_are_cured_together(void **state)
{
  dyo_multi_item       items[2] = {item("dear", 1000, 50, 2), item("bulky", 1000, 50, 2)};
  dyo_multi_product_in in       = request(items, 2);
  (void)state;
  items[0].unit_cost = items[1].storage_per_unit = 10;
  items[1].unit_cost = items[0].storage_per_unit = 1;
  items[0].min_order_quantity = items[1].min_order_quantity = 20;
  in.budget = in.storage_capacity = 200;
  in.max_orders_per_year          = 40;
  assert_int_equal(dyo_multi_product(&ctx, &in, &r, &err), DYO_OK);
  assert_int_equal(r.status, DYO_MULTI_INFEASIBLE);
  assert_true(names(r.conflict, "budget") && names(r.conflict, "storage_capacity"));
  assert_true(r.least_budget > 200 && r.least_storage > 200);
  in.budget           = r.least_budget;
  in.storage_capacity = r.least_storage;
  assert_int_not_equal(status_of(&in), DYO_MULTI_INFEASIBLE);
}

/* ---- the answer ---- */

/* Totals are the sums of the products'; the peak counts whole orders, the average half of them. */
static void totals_add_up_on_either_basis(void **state)
{
  dyo_multi_item       items[3] = {item("a", 1000, 50, 2), item("b", 500, 40, 3), item("none", 0, 1, 1)};
  dyo_multi_product_in in       = request(items, 3);
  (void)state;
  for (size_t i = 0; i < 3; i++) items[i].unit_cost = 5 + (double)i, items[i].storage_per_unit = 0.5;
  in.budget = 700;
  for (int basis = DYO_MULTI_PEAK; basis <= DYO_MULTI_AVERAGE; basis++) {
    double money = 0, room = 0, orders = 0, cost = 0;
    in.constraint_basis = basis;
    assert_int_equal(dyo_multi_product(&ctx, &in, &r, &err), DYO_OK);
    for (size_t i = 0; i < 3; i++) {
      const dyo_multi_order *o = &r.products[i];
      CLOSE(o->investment, items[i].unit_cost * o->order_quantity * (basis == DYO_MULTI_PEAK ? 1 : 0.5), 1e-14);
      CLOSE(o->storage, 0.5 * o->order_quantity * (basis == DYO_MULTI_PEAK ? 1 : 0.5), 1e-14);
      money += o->investment, room += o->storage, orders += o->orders_per_year, cost += o->annual_cost;
    }
    CLOSE(r.budget_used, money, 1e-12);
    CLOSE(r.budget_used, 700, 1e-12);
    CLOSE(r.storage_used, room, 1e-12);
    CLOSE(r.orders_used, orders, 1e-12);
    CLOSE(r.total_annual_cost, cost, 1e-12);
    assert_true(r.total_annual_cost > r.unconstrained_cost && r.shadow_prices->budget > 0);
    assert_true(isnan(r.shadow_prices->storage) && isnan(r.shadow_prices->orders) && isnan(r.base_cycle));
  }
}

static void the_same_request_gives_the_same_answer(void **state)
{
  dyo_multi_item       items[30];
  char                 ids[30][24];
  double               first[30], cost = 0;
  dyo_multi_product_in in = request(items, 30);
  (void)state;
  multi_seed = 3;
  for (size_t i = 0; i < 30; i++) {
    snprintf(ids[i], sizeof ids[i], "p%zu", i);
    items[i]           = item(ids[i], exp(6 + bell()), 10 + 50 * draw(), exp(bell()));
    items[i].unit_cost = exp(2 + bell());
    items[i].lot_size  = 0.3 * sqrt(2 * items[i].annual_demand * items[i].order_cost / items[i].holding_cost_per_unit);
    cost += items[i].unit_cost * items[i].lot_size;
  }
  in.budget        = 2 * cost;
  in.gap_tolerance = 0;
  for (int t = 0; t < 2; t++) {
    assert_int_equal(dyo_multi_product(&ctx, &in, &r, &err), DYO_OK);
    for (size_t i = 0; i < 30 && t == 0; i++) first[i] = r.products[i].order_quantity;
    for (size_t i = 0; i < 30; i++) assert_true(first[i] == r.products[i].order_quantity);
    assert_true(r.gap <= 1e-9 && r.status == DYO_MULTI_OPTIMAL && r.stopped_by == DYO_MULTI_BY_GAP);
    dyo_ctx_clear(&ctx);
  }
}

static void a_cancelled_call_hands_over_its_plan(void **state)
{
  dyo_multi_item       items[2] = {item("a", 1000, 50, 2), item("b", 500, 40, 3)};
  dyo_multi_product_in in       = request(items, 2);
  const int            cancel   = 1;
  (void)state;
  items[0].lot_size      = 7;
  in.max_orders_per_year = 5;
  ctx.cancel             = &cancel;
  assert_int_equal(dyo_multi_product(&ctx, &in, &r, &err), DYO_CANCELLED);
  assert_true(ctx.partial && r.n_products == 2 && r.total_annual_cost > 0);
  ctx.cancel = NULL;
}

/* The memory a call may take is a limit like any other. */
static void too_little_memory_is_an_error_not_a_crash(void **state)
{
  enum { N = 5000 };
  dyo_multi_item      *items = calloc(N, sizeof *items);
  char                *ids   = calloc(N, 24);
  dyo_multi_product_in in    = request(items, N);
  bool                 done  = false;
  (void)state;
  for (size_t i = 0; i < N; i++) {
    snprintf(ids + 24 * i, 24, "p%zu", N - i);
    items[i]           = item(ids + 24 * i, 100 + (double)i, 50, 2);
    items[i].unit_cost = 3;
    if (i % 2) items[i].lot_size = 5;
  }
  in.budget = 1e5;
  for (size_t bytes = 1024; !done; bytes *= 2) {
    ctx.max_memory      = bytes;
    const dyo_status st = dyo_multi_product(&ctx, &in, &r, &err);
    assert_true(st == DYO_OK || st == DYO_OUT_OF_MEMORY);
    done = st == DYO_OK;
    dyo_ctx_clear(&ctx);
  }
  free(items);
  free(ids);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
  const struct CMUnitTest tests[] = {
    TEST(products_that_cannot_be_read_are_refused_where_they_stand),
    TEST(limits_ask_for_what_they_count),
    TEST(one_id_given_twice_is_found_among_many),
    TEST(a_conflict_is_the_smallest_and_its_cures_work),
    TEST(limits_that_fail_each_alone_are_cured_together),
    TEST(totals_add_up_on_either_basis),
    TEST(the_same_request_gives_the_same_answer),
    TEST(a_cancelled_call_hands_over_its_plan),
    TEST(too_little_memory_is_an_error_not_a_crash),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
