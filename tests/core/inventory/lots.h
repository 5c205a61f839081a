/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lots.h - what the tests of inventory.lot_sizing share: a request from figures, a check of the answer's own
 * story, random figures. */
#ifndef DYO_TEST_LOTS_H
#define DYO_TEST_LOTS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "inventory/dyo_lot_sizing.h"

enum { T_MAX = 12, BIG = 801 };

static dyo_ctx            ctx;
static dyo_err            err;
static dyo_lot_sizing_out r;

static inline int setup(void **state)
{
  (void)state;
  dyo_ctx_init(&ctx, NULL);
  return 0;
}

static inline int teardown(void **state)
{
  (void)state;
  dyo_ctx_clear(&ctx);
  return 0;
}

static inline bool near(double a, double b)
{
  return fabs(a - b) <= 1e-9 * fmax(1.0, fmax(fabs(a), fabs(b)));
}

typedef struct {
  size_t n;
  double demand[BIG], order[BIG], hold[BIG], price[BIG], capacity[BIG];
} figures;

/* What the decoder makes of a request with an array for each quantity. */
static inline dyo_lot_sizing_in request(figures *f, bool capacity)
{
  return (dyo_lot_sizing_in){.demand         = f->demand,
                             .n_demand       = f->n,
                             .order_cost     = f->order,
                             .n_order_cost   = f->n,
                             .holding_cost   = f->hold,
                             .n_holding_cost = f->n,
                             .unit_cost      = f->price,
                             .n_unit_cost    = f->n,
                             .capacity       = capacity ? f->capacity : NULL,
                             .n_capacity     = capacity ? f->n : 0,
                             .gap_tolerance  = 1e-6,
                             .time_limit_s   = 10};
}

static inline dyo_status run(const dyo_lot_sizing_in *in)
{
  dyo_ctx_clear(&ctx);
  memset(&r, 0, sizeof r);
  memset(&err, 0, sizeof err);
  return dyo_lot_sizing(&ctx, in, &r, &err);
}

static inline double at(const double *v, size_t n, size_t t)
{
  return !v ? 0 : n == 1 ? v[0] : v[t];
}

/* The answer keeps its own story: stock follows from orders, nothing runs out, no order is too large, costs add up. */
static inline void is_consistent(const dyo_lot_sizing_in *in)
{
  double stock = in->initial_inventory, ordering = 0, holding = 0, purchase = 0;
  int    orders = 0;
  assert_true(r.n_orders == in->n_demand && r.n_inventory == in->n_demand);
  for (size_t t = 0; t < in->n_demand; t++) {
    stock += r.orders[t] - in->demand[t];
    assert_true(r.orders[t] >= 0 && r.inventory[t] >= 0 && stock > -1e-7 && fabs(stock - r.inventory[t]) < 1e-7);
    if (in->capacity) assert_true(r.orders[t] <= at(in->capacity, in->n_capacity, t));
    ordering += r.orders[t] > 0 ? at(in->order_cost, in->n_order_cost, t) : 0;
    holding += r.inventory[t] * at(in->holding_cost, in->n_holding_cost, t);
    purchase += r.orders[t] * at(in->unit_cost, in->n_unit_cost, t);
    orders += r.orders[t] > 0;
  }
  assert_true(near(ordering, r.ordering_cost) && near(holding, r.holding_cost) && near(purchase, r.purchase_cost));
  assert_true(near(ordering + holding + purchase, r.total_cost) && orders == r.num_orders);
  assert_true(r.lower_bound <= r.total_cost && r.gap >= 0 && near(r.gap * r.total_cost, r.total_cost - r.lower_bound));
  assert_true((r.status == DYO_LOT_OPTIMAL) == (r.gap <= in->gap_tolerance));
  assert_null(r.conflict);
}

static uint64_t seed;

static inline double draw(double lo, double hi) /* SplitMix64 */
{
  uint64_t z = seed += 0x9e3779b97f4a7c15u;
  z          = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z          = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return lo + (hi - lo) * ((double)((z ^ (z >> 31)) >> 11) * 0x1p-53);
}

static inline double whole(int lo, int hi)
{
  return floor(draw(lo, hi + 1));
}

/* Real figures of n periods; capacity is room times the mean demand, give or take. */
static inline void random_real_figures(figures *f, size_t n, double room)
{
  double mean = 0;
  memset(f, 0, sizeof *f);
  f->n = n;
  for (size_t t = 0; t < n; t++) {
    f->demand[t] = draw(0, 1) < 0.1 ? 0 : draw(0, 100);
    f->order[t]  = draw(0, 800);
    f->hold[t]   = draw(0, 2);
    f->price[t]  = draw(0, 3);
    mean += f->demand[t] / (double)n;
  }
  for (size_t t = 0; t < n; t++) f->capacity[t] = room * mean * draw(0.6, 1.4);
}

#endif
