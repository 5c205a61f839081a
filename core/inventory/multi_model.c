/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A request for order sizes of many products, checked and laid out as arrays. */
#include "inventory/multi.h"

#include <math.h>
#include <stdlib.h>

static const char LIST[] = "products";

static const char *id_at(const void *list, size_t i)
{
  return ((const dyo_multi_item *)list)[i].id;
}

/* What may be 0 is otherwise no smaller than this, so that products stay comparable. */
static const double LEAST = 1e-9;

static dyo_status check_sizes(const dyo_multi_item *x, size_t i, dyo_err *err)
{
  const char *const name[] = {"annual_demand", "order_cost", "unit_cost", "storage_per_unit", "min_order_quantity"};
  const double size[] = {x->annual_demand, x->order_cost, x->unit_cost, x->storage_per_unit, x->min_order_quantity};
  for (size_t f = 0; f < sizeof size / sizeof *size; f++)
    if (size[f] > 0 && size[f] < LEAST)
      return dyo_fail_item(err, DYO_INVALID_INPUT, LIST, i, name[f], "found %g; 0 or at least %g is expected", size[f],
                           LEAST);
  return DYO_OK;
}

static dyo_status check_holding(const dyo_multi_item *x, size_t i, dyo_err *err)
{
  const bool per_unit = !isnan(x->holding_cost_per_unit), rate = !isnan(x->holding_cost_rate);
  if (!per_unit && !rate)
    return dyo_fail_item(
      err, DYO_INVALID_INPUT, LIST, i, "holding_cost_per_unit",
      "no holding cost is given; holding_cost_per_unit, or holding_cost_rate with unit_cost, is expected");
  if (per_unit && rate)
    return dyo_fail_item(err, DYO_INVALID_INPUT, LIST, i, "holding_cost_rate",
                         "found %g beside holding_cost_per_unit %g; only one of the two is allowed",
                         x->holding_cost_rate, x->holding_cost_per_unit);
  if (rate && isnan(x->unit_cost))
    return dyo_fail_item(err, DYO_INVALID_INPUT, LIST, i, "unit_cost",
                         "no unit_cost is given; holding_cost_rate is a share of it");
  if (rate && x->unit_cost == 0)
    return dyo_fail_item(err, DYO_INVALID_INPUT, LIST, i, "unit_cost",
                         "found 0; with holding_cost_rate a cost above 0 is expected, or give holding_cost_per_unit");
  return DYO_OK;
}

static dyo_status check_bounds(const dyo_multi_item *x, size_t i, dyo_err *err)
{
  const double lo = x->min_order_quantity, hi = x->max_order_quantity, lot = x->lot_size;
  if (lo > hi)
    return dyo_fail_item(err, DYO_INVALID_INPUT, LIST, i, "min_order_quantity",
                         "found %g; at most the max_order_quantity %g is allowed", lo, hi);
  if (isnan(lot) || isnan(hi)) return DYO_OK;
  if (lot > hi)
    return dyo_fail_item(err, DYO_INVALID_INPUT, LIST, i, "lot_size",
                         "found %g; at most the max_order_quantity %g is allowed", lot, hi);
  if (lo > 0 && ceil(lo / lot * (1 - 1e-12)) > floor(hi / lot * (1 + 1e-12)))
    return dyo_fail_item(err, DYO_INVALID_INPUT, LIST, i, "lot_size",
                         "found %g; no multiple of it lies between min_order_quantity %g and max_order_quantity %g",
                         lot, lo, hi);
  return DYO_OK;
}

static dyo_status check_needs(const dyo_multi_product_in *in, size_t i, dyo_err *err)
{
  const dyo_multi_item *x = &in->products[i];
  if (!isnan(in->budget) && isnan(x->unit_cost))
    return dyo_fail_item(err, DYO_INVALID_INPUT, LIST, i, "unit_cost",
                         "no unit_cost is given; with a budget every product needs one");
  if (!isnan(in->storage_capacity) && isnan(x->storage_per_unit))
    return dyo_fail_item(err, DYO_INVALID_INPUT, LIST, i, "storage_per_unit",
                         "none is given; with storage_capacity every product needs one");
  if (in->joint_order_cost > 0 && !isnan(x->lot_size))
    return dyo_fail_item(
      err, DYO_UNSUPPORTED, LIST, i, "lot_size",
      "found %g beside joint_order_cost; whole lots cannot be combined with joint orders: leave one of the two out",
      x->lot_size);
  if (x->order_cost == 0 && x->annual_demand > 0 && !(x->min_order_quantity > 0) && isnan(x->lot_size) &&
      isnan(in->max_orders_per_year) && !(in->joint_order_cost > 0))
    return dyo_fail_item(
      err, DYO_INVALID_INPUT, LIST, i, "order_cost",
      "found 0, so the smaller the order the better; give an order_cost, a min_order_quantity or a lot_size");
  return DYO_OK;
}

static dyo_status check(dyo_ctx *ctx, const dyo_multi_product_in *in, dyo_err *err)
{
  dyo_status st = DYO_OK;
  if (in->n_products == 0)
    return dyo_fail(err, DYO_INVALID_INPUT, "/products", "found no product; at least one is expected");
  if (in->joint_order_cost > 0 && in->joint_order_cost < LEAST)
    return dyo_fail(err, DYO_INVALID_INPUT, "/joint_order_cost", "found %g; 0 or at least %g is expected",
                    in->joint_order_cost, LEAST);
  for (size_t i = 0; i < in->n_products && st == DYO_OK; i++) {
    st = check_sizes(&in->products[i], i, err);
    if (st == DYO_OK) st = check_holding(&in->products[i], i, err);
    if (st == DYO_OK) st = check_bounds(&in->products[i], i, err);
    if (st == DYO_OK) st = check_needs(in, i, err);
  }
  return st == DYO_OK ? multi_unique(ctx, LIST, in->products, in->n_products, id_at, err) : st;
}

static bool needs_bounds(const dyo_multi_product_in *in)
{
  if (!isnan(in->max_orders_per_year)) return true;
  for (size_t i = 0; i < in->n_products; i++) {
    const dyo_multi_item *x = &in->products[i];
    if (x->min_order_quantity > 0 || !isnan(x->max_order_quantity) || !isnan(x->lot_size)) return true;
  }
  return false;
}

/* Bounds of product k, for whole lots as whole lots. */
static void set_bounds(multi_model *m, size_t k, double *lo, double *hi)
{
  const dyo_multi_item *x = &m->in->products[m->at[k]];
  lo[k]                   = x->min_order_quantity > 0 ? x->min_order_quantity : 0;
  hi[k]                   = isnan(x->max_order_quantity) ? INFINITY : x->max_order_quantity;
  m->lot[k]               = isnan(x->lot_size) ? 0 : x->lot_size;
  if (!(m->lot[k] > 0)) return;
  m->lots = true;
  lo[k]   = m->lot[k] * fmax(1, ceil(lo[k] / m->lot[k] * (1 - 1e-12)));
  hi[k]   = m->lot[k] * floor(hi[k] / m->lot[k] * (1 + 1e-12));
}

/* order, hold, demand, money, space, lo, hi: n numbers each. */
static void fill(multi_model *m, double *v)
{
  const dyo_multi_product_in *in = m->in;
  const size_t                n  = m->p.n;
  double *order = v, *hold = v + n, *demand = v + 2 * n, *money = v + 3 * n, *space = v + 4 * n, *lo = v + 5 * n,
         *hi = v + 6 * n;
  for (size_t k = 0; k < n; k++) {
    const dyo_multi_item *x = &in->products[m->at[k]];
    order[k]                = x->order_cost * x->annual_demand;
    hold[k]                 = m->hold[m->at[k]] / 2;
    demand[k]               = x->annual_demand;
    money[k]                = m->share * x->unit_cost;
    space[k]                = m->share * x->storage_per_unit;
    set_bounds(m, k, lo, hi);
  }
  const bool bounded = needs_bounds(in);
  m->p               = (dyo_multi_eoq){
                  .n = n, .order = order, .hold = hold, .demand = demand, .lo = bounded ? lo : NULL, .hi = bounded ? hi : NULL};
  m->p.unit[DYO_MULTI_BUDGET]  = isnan(in->budget) ? NULL : money;
  m->p.unit[DYO_MULTI_SPACE]   = isnan(in->storage_capacity) ? NULL : space;
  m->p.limit[DYO_MULTI_BUDGET] = isnan(in->budget) ? INFINITY : in->budget;
  m->p.limit[DYO_MULTI_SPACE]  = isnan(in->storage_capacity) ? INFINITY : in->storage_capacity;
  m->p.limit[DYO_MULTI_ORDERS] = isnan(in->max_orders_per_year) ? INFINITY : in->max_orders_per_year;
}

dyo_status multi_model_make(dyo_ctx *ctx, const dyo_multi_product_in *in, multi_model *m, dyo_err *err)
{
  static const double FAR =
    1e15; /* an economic order this large is a slip of the pen, and beyond whole numbers in a double */
  const dyo_status st = check(ctx, in, err);
  double          *v  = NULL;
  *m                  = (multi_model){.in = in, .share = in->constraint_basis == DYO_MULTI_AVERAGE ? 0.5 : 1};
  if (st != DYO_OK) return st;
  m->hold = DYO_NEW(ctx, in->n_products, double);
  m->at   = DYO_NEW(ctx, in->n_products, size_t);
  m->lot  = DYO_NEW(ctx, in->n_products, double);
  v       = DYO_NEW(ctx, 7 * in->n_products, double);
  if (!m->hold || !m->at || !m->lot || !v) return dyo_oom(err);
  for (size_t i = 0; i < in->n_products; i++) {
    const dyo_multi_item *x = &in->products[i];
    m->hold[i] = isnan(x->holding_cost_per_unit) ? x->holding_cost_rate * x->unit_cost : x->holding_cost_per_unit;
    if (!(2 * x->order_cost * x->annual_demand / m->hold[i] < FAR * FAR))
      return dyo_fail_item(err, DYO_INVALID_INPUT, LIST, i, NULL,
                           "the economic order quantity of demand %g, order cost %g and holding cost %g is beyond %g",
                           x->annual_demand, x->order_cost, m->hold[i], FAR);
    if (x->annual_demand > 0) m->at[m->p.n++] = i;
  }
  fill(m, v);
  return DYO_OK;
}
