/* SPDX-License-Identifier: GPL-3.0-or-later */
/* multi_product.c - the operation inventory.multi_product: what is asked, which solver it goes to, and the answer laid out. */
#include <math.h>
#include <string.h>

#include "inventory/multi.h"

static const char *const basis_words[]   = {"peak", "average", NULL};
static const char *const status_words[]  = {"optimal", "feasible", "infeasible", "unknown", NULL};
static const char *const stopped_words[] = {"gap", "iterations", "time", "cancelled", NULL};

static const dyo_field item_rows[] = {
  DYO_STR(dyo_multi_item, id, DYO_REQ, 256, "Name of the product; each may be there once."),
  DYO_NUM(dyo_multi_item, annual_demand, DYO_REQ, 0, 1e12, "units/year",
          "Expected demand, steady over the year; with 0 the product is never ordered."),
  DYO_NUM(dyo_multi_item, order_cost, DYO_REQ, 0, 1e12, "money/order",
          "Fixed cost of ordering this product once; with joint_order_cost what it adds to a joint order."),
  DYO_NUM(dyo_multi_item, holding_cost_per_unit, DYO_OPT, 1e-9, 1e12, "money/unit/year",
          "Cost of keeping one unit in stock for a year. Give this or holding_cost_rate."),
  DYO_NUM(dyo_multi_item, holding_cost_rate, DYO_OPT, 1e-9, 1e6, "1/year",
          "Cost of keeping stock for a year as a share of unit_cost, which it needs."),
  DYO_NUM(dyo_multi_item, unit_cost, DYO_OPT, 0, 1e12, "money/unit", "Price of one unit; needed for a budget."),
  DYO_NUM(dyo_multi_item, storage_per_unit, DYO_OPT, 0, 1e12, "storage/unit",
          "Room one unit takes, in the unit of storage_capacity; needed for it."),
  DYO_NUM(dyo_multi_item, min_order_quantity, DYO_OPT, 0, 1e12, "units", "Smallest order allowed."),
  DYO_NUM(dyo_multi_item, max_order_quantity, DYO_OPT, 1e-9, 1e12, "units", "Largest order allowed."),
  DYO_NUM(dyo_multi_item, lot_size, DYO_OPT, 1e-9, 1e12, "units", "Orders are whole multiples of this."),
  DYO_END(dyo_multi_item)};

const dyo_field dyo_multi_product_in_rows[] = {
  DYO_LIST(dyo_multi_product_in, products, DYO_REQ, 1000000, dyo_multi_item, item_rows,
           "The products that share the limits below; at least one."),
  DYO_NUM(dyo_multi_product_in, budget, DYO_OPT, 1e-9, 1e15, "money",
          "Most money in stock: the sum of unit_cost times order quantity (peak), or half of it (average)."),
  DYO_NUM(dyo_multi_product_in, storage_capacity, DYO_OPT, 1e-9, 1e15, "storage",
          "Room there is: the sum of storage_per_unit times order quantity (peak), or half of it (average)."),
  DYO_NUM(dyo_multi_product_in, max_orders_per_year, DYO_OPT, 1e-9, 1e15, "orders/year",
          "Most orders a year over all products; each product's order counts, joint or not."),
  DYO_ENUM(
    dyo_multi_product_in, constraint_basis, DYO_MULTI_PEAK, basis_words,
    "Whether budget and storage_capacity hold for all full orders at once (peak) or for average stock (average)."),
  DYO_NUM(
    dyo_multi_product_in, joint_order_cost, DYO_OPT, 0, 1e12, "money/order",
    "Cost shared by products ordered together: paid once every base cycle, whether or not a product is due "
    "(cyclic policy; no product need be in every cycle). 0 or missing: each product orders by itself. Not with lot_size."),
  DYO_NUM(dyo_multi_product_in, gap_tolerance, 1e-4, 0, 1, "0..1",
          "How far above the proven bound the plan may cost, as a share of its cost."),
  DYO_NUM(dyo_multi_product_in, time_limit_s, 10, DYO_POS, 1e6, "seconds",
          "Time after which the best plan so far is given."),
  DYO_END(dyo_multi_product_in)};

static const dyo_field order_rows[] = {
  DYO_STR(dyo_multi_order, id, DYO_REQ, 256, "Name of the product."),
  DYO_OUT(dyo_multi_order, order_quantity, DYO_REQ, "units", "Quantity of each order; 0 without demand."),
  DYO_OUT(dyo_multi_order, eoq, DYO_REQ, "units",
          "Economic order quantity of the product by itself, without any limit."),
  DYO_OUT(dyo_multi_order, orders_per_year, DYO_REQ, "orders/year", "annual_demand / order_quantity."),
  DYO_OUT(dyo_multi_order, annual_cost, DYO_REQ, "money/year", "The product's own ordering and holding cost."),
  DYO_OUT(dyo_multi_order, investment, DYO_NULL, "money",
          "Money in stock as the budget counts it (constraint_basis); null without unit_cost."),
  DYO_OUT(dyo_multi_order, storage, DYO_NULL, "storage",
          "Room taken as storage_capacity counts it (constraint_basis); null without storage_per_unit."),
  DYO_INT(dyo_multi_order, multiple, DYO_OPT, 1, INT_MAX, NULL,
          "With joint_order_cost: the product is ordered every this many base cycles."),
  DYO_END(dyo_multi_order)};

static const dyo_field price_rows[] = {
  DYO_OUT(dyo_multi_prices, budget, DYO_NULL, "money/year/money",
          "Yearly cost saved by one more unit of budget; null without a budget."),
  DYO_OUT(dyo_multi_prices, storage, DYO_NULL, "money/year/storage",
          "Yearly cost saved by one more unit of storage; null without storage_capacity."),
  DYO_OUT(dyo_multi_prices, orders, DYO_NULL, "money/order",
          "Yearly cost saved by one more order a year; null without max_orders_per_year."),
  DYO_END(dyo_multi_prices)};

static const dyo_field conflict_rows[] = {
  DYO_STRS(
    dyo_multi_conflict, constraints, DYO_REQ, 6,
    "Fields of the request that cannot all be kept: the limits, and the kinds of bounds on quantities but for which they could be."),
  DYO_STRS(dyo_multi_conflict, products, DYO_REQ, 1000000,
           "Products whose smallest (or, for orders, largest) quantity alone breaks one of these limits."),
  DYO_STR(dyo_multi_conflict, message, DYO_REQ, 1000, "The conflict and its cure in a sentence, rounded."),
  DYO_END(dyo_multi_conflict)};

const dyo_field dyo_multi_product_out_rows[] = {
  DYO_ENUM(
    dyo_multi_product_out, status, DYO_REQ, status_words,
    "optimal: within gap_tolerance of the bound; feasible: a plan that may not be; infeasible: proven that no plan keeps the limits; "
    "unknown: no plan was found, and none excluded."),
  DYO_LIST(dyo_multi_product_out, products, DYO_REQ, 1000000, dyo_multi_order, order_rows,
           "The plan, in the order of the request; empty without one."),
  DYO_OUT(dyo_multi_product_out, total_annual_cost, DYO_NULL, "money/year",
          "Ordering and holding cost of the plan, joint orders included; purchase is not."),
  DYO_OUT(dyo_multi_product_out, unconstrained_cost, DYO_REQ, "money/year",
          "The same without any limit, bound or lot: what the limits cost is the difference."),
  DYO_OUT(dyo_multi_product_out, lower_bound, DYO_NULL, "money/year", "No plan costs less than this."),
  DYO_OUT(dyo_multi_product_out, gap, DYO_NULL, "0..1", "(total_annual_cost - lower_bound) / total_annual_cost."),
  DYO_OUT(dyo_multi_product_out, budget_used, DYO_NULL, "money",
          "Sum of investment; null where a unit_cost is missing."),
  DYO_OUT(dyo_multi_product_out, storage_used, DYO_NULL, "storage",
          "Sum of storage; null where a storage_per_unit is missing."),
  DYO_OUT(dyo_multi_product_out, orders_used, DYO_NULL, "orders/year", "Sum of orders_per_year."),
  DYO_OBJ(
    dyo_multi_product_out, shadow_prices, DYO_REQ, dyo_multi_prices, price_rows,
    "What one more unit of each limit is worth; with whole lots or joint orders, in the bound. All null without a plan."),
  DYO_OUT(dyo_multi_product_out, base_cycle, DYO_OPT, "years", "With joint_order_cost: time between joint orders."),
  DYO_OUT(dyo_multi_product_out, joint_annual_cost, DYO_OPT, "money/year",
          "With joint_order_cost: its part of total_annual_cost."),
  DYO_OBJ(dyo_multi_product_out, conflict, DYO_OPT, dyo_multi_conflict, conflict_rows,
          "Infeasible: what cannot be kept together."),
  DYO_OUT(
    dyo_multi_product_out, least_budget, DYO_OPT, "money",
    "Infeasible: the smallest budget that works with the other limits as they are, or moved as well where several fail by themselves; with joint_order_cost anything above it."),
  DYO_OUT(
    dyo_multi_product_out, least_storage, DYO_OPT, "storage",
    "Infeasible: the smallest storage_capacity that works with the other limits as they are, or moved as well where several fail by themselves; with joint_order_cost anything above it."),
  DYO_OUT(
    dyo_multi_product_out, least_orders, DYO_OPT, "orders/year",
    "Infeasible: the smallest max_orders_per_year that works with the other limits as they are, or moved as well where several fail by themselves; with joint_order_cost anything above it."),
  DYO_ENUM(
    dyo_multi_product_out, stopped_by, DYO_REQ, stopped_words,
    "What ended the work: the gap was closed (or the conflict proven), its budget was used, time ran out, or it was cancelled."),
  DYO_END(dyo_multi_product_out)};

/* A solver's answer: q as in the model. */
typedef struct {
  bool    found;
  double *q, cost, bound, price[DYO_MULTI_LIMITS]; /* bound INFINITY: proven that there is no plan */
  double *multiple, cycle;                         /* NULL without joint orders */
} answer;

/* ---- sums over the plan ---- */

/* Neumaier's compensated sum. */
typedef struct {
  double sum, rest;
} total;

static void add(total *t, double x)
{
  const double s = t->sum + x;
  t->rest += fabs(t->sum) >= fabs(x) ? t->sum - s + x : x - s + t->sum;
  t->sum = s;
}

static double sum_of(const total *t)
{
  return t->sum + t->rest;
}

/* ---- the solvers ---- */

static dyo_status solve_apart(const multi_model *m, answer *a)
{
  dyo_multi_eoq_info info;
  dyo_multi_eoq_solve(&m->p, a->q, &info);
  a->found = info.feasible;
  a->cost  = info.cost;
  a->bound = info.feasible ? info.bound : INFINITY;
  memcpy(a->price, info.price, sizeof a->price);
  return DYO_OK;
}

static dyo_status solve_lots(dyo_ctx *ctx, const multi_model *m, answer *a, dyo_err *err)
{
  multi_whole w       = {.ctx    = ctx,
                         .p      = &m->p,
                         .lot    = m->lot,
                         .what   = MULTI_COST,
                         .keep   = multi_given(&m->p),
                         .enough = -INFINITY,
                         .q      = a->q};
  w.gap               = fmax(m->in->gap_tolerance, MULTI_SLACK);
  const dyo_status st = multi_whole_solve(&w, err);
  a->found            = w.objective < INFINITY;
  a->cost             = w.objective;
  a->bound            = w.bound;
  memcpy(a->price, w.price, sizeof a->price);
  return st;
}

static dyo_status solve_joint(dyo_ctx *ctx, const multi_model *m, answer *a, dyo_err *err)
{
  joint_plan best = {.multiple = DYO_NEW(ctx, m->p.n, double)};
  dyo_status st   = best.multiple ? joint_limits(ctx, m, &best, err) : dyo_oom(err);
  if (st != DYO_OK) return st;
  a->found    = best.found;
  a->cost     = best.cost;
  a->bound    = best.bound;
  a->multiple = best.multiple;
  a->cycle    = best.cycle;
  memcpy(a->price, best.price, sizeof a->price);
  for (size_t k = 0; k < m->p.n && a->found; k++) a->q[k] = m->p.demand[k] * best.multiple[k] * best.cycle;
  return DYO_OK;
}

static bool is_joint(const multi_model *m)
{
  return m->in->joint_order_cost > 0;
}

/* The cost without limits, bounds and lots: the economic order quantities, or the best joint cycle. */
static dyo_status unconstrained(dyo_ctx *ctx, const multi_model *m, double *cost, dyo_err *err)
{
  total sum = {0};
  if (is_joint(m)) {
    multi_model free = *m;
    answer      a    = {.q = DYO_NEW(ctx, m->p.n, double)};
    free.p.lo = free.p.hi = NULL;
    for (int j = 0; j < DYO_MULTI_LIMITS; j++) free.p.limit[j] = INFINITY;
    const dyo_status st = a.q ? solve_joint(ctx, &free, &a, err) : dyo_oom(err);
    *cost               = a.cost;
    return st;
  }
  for (size_t k = 0; k < m->p.n; k++) add(&sum, 2 * sqrt(m->p.order[k] * m->p.hold[k]));
  *cost = sum_of(&sum);
  return DYO_OK;
}

/* ---- the answer ---- */

static void fill_order(const multi_model *m, size_t i, double q, dyo_multi_order *o)
{
  const dyo_multi_item *x = &m->in->products[i];
  o->id                   = x->id;
  o->eoq                  = sqrt(2 * x->order_cost * x->annual_demand / m->hold[i]);
  o->order_quantity       = q;
  o->orders_per_year      = q > 0 ? x->annual_demand / q : 0;
  o->annual_cost          = o->orders_per_year * x->order_cost + m->hold[i] / 2 * q;
  o->investment           = m->share * x->unit_cost * q;
  o->storage              = m->share * x->storage_per_unit * q;
  o->multiple             = DYO_NO_INT;
}

static void fill_plan(const multi_model *m, const answer *a, dyo_multi_product_out *out)
{
  const size_t n     = m->in->n_products;
  total        money = {0}, space = {0}, orders = {0};
  out->n_products = n;
  for (size_t i = 0, k = 0; i < n; i++) {
    const bool demanded = k < m->p.n && m->at[k] == i;
    fill_order(m, i, demanded ? a->q[k] : 0, &out->products[i]);
    if (demanded && a->multiple) out->products[i].multiple = (int)a->multiple[k];
    k += demanded;
    add(&money, out->products[i].investment);
    add(&space, out->products[i].storage);
    add(&orders, out->products[i].orders_per_year);
  }
  out->budget_used       = sum_of(&money);
  out->storage_used      = sum_of(&space);
  out->orders_used       = sum_of(&orders);
  out->total_annual_cost = a->cost;
  out->gap               = multi_gap(a->cost, a->bound);
  if (a->multiple) {
    out->base_cycle        = a->cycle;
    out->joint_annual_cost = m->in->joint_order_cost / a->cycle;
  }
}

static void clear(dyo_multi_product_out *out)
{
  out->total_annual_cost = out->unconstrained_cost = out->lower_bound = out->gap = NAN;
  out->budget_used = out->storage_used = out->orders_used = NAN;
  out->base_cycle = out->joint_annual_cost = NAN;
  out->least_budget = out->least_storage = out->least_orders = NAN;
  *out->shadow_prices                                        = (dyo_multi_prices){NAN, NAN, NAN};
}

static int stopped_by(const dyo_ctx *ctx, const answer *a, double tolerance)
{
  if (a->bound == INFINITY || (a->found && multi_gap(a->cost, a->bound) <= tolerance)) return DYO_MULTI_BY_GAP;
  if (ctx->stop == DYO_STOP_TIME) return DYO_MULTI_BY_TIME;
  return ctx->stop == DYO_STOP_CANCELLED ? DYO_MULTI_BY_CANCEL : DYO_MULTI_BY_ITERATIONS;
}

static dyo_status finish(dyo_ctx *ctx, const multi_model *m, const answer *a, dyo_multi_product_out *out, dyo_err *err)
{
  const double tolerance = fmax(m->in->gap_tolerance, MULTI_SLACK);
  out->stopped_by        = stopped_by(ctx, a, tolerance);
  if (a->found) {
    out->status                 = out->stopped_by == DYO_MULTI_BY_GAP ? DYO_MULTI_OPTIMAL : DYO_MULTI_FEASIBLE;
    out->shadow_prices->budget  = isnan(m->in->budget) ? NAN : a->price[DYO_MULTI_BUDGET];
    out->shadow_prices->storage = isnan(m->in->storage_capacity) ? NAN : a->price[DYO_MULTI_SPACE];
    out->shadow_prices->orders  = isnan(m->in->max_orders_per_year) ? NAN : a->price[DYO_MULTI_ORDERS];
    fill_plan(m, a, out);
  } else if (a->bound == INFINITY) {
    out->status = DYO_MULTI_INFEASIBLE;
    return multi_conflict(ctx, m, out, err);
  } else {
    out->status = DYO_MULTI_UNKNOWN;
  }
  out->lower_bound = a->bound;
  return DYO_OK;
}

/* Nothing is in demand: nothing is ordered. */
static dyo_status nothing(dyo_ctx *ctx, const multi_model *m, dyo_multi_product_out *out, dyo_err *err)
{
  const answer none       = {.found = true, .price = {0}};
  out->unconstrained_cost = 0;
  return finish(ctx, m, &none, out, err);
}

dyo_status dyo_multi_product(dyo_ctx *ctx, const dyo_multi_product_in *in, dyo_multi_product_out *out, dyo_err *err)
{
  multi_model m;
  answer      a  = {0};
  dyo_status  st = multi_model_make(ctx, in, &m, err);
  if (st != DYO_OK) return st;
  a.q                = DYO_NEW(ctx, m.p.n, double);
  out->products      = DYO_NEW(ctx, in->n_products, dyo_multi_order);
  out->shadow_prices = DYO_NEW(ctx, 1, dyo_multi_prices);
  if (!a.q || !out->products || !out->shadow_prices) return dyo_oom(err);
  clear(out);
  if (m.p.n == 0) return nothing(ctx, &m, out, err);
  dyo_time_limit(ctx, in->time_limit_s);
  st = unconstrained(ctx, &m, &out->unconstrained_cost, err);
  if (st == DYO_OK)
    st = is_joint(&m) ? solve_joint(ctx, &m, &a, err) : m.lots ? solve_lots(ctx, &m, &a, err) : solve_apart(&m, &a);
  if (st == DYO_OK) st = finish(ctx, &m, &a, out, err);
  if (st == DYO_OK && dyo_poll(ctx, 1, "done") == DYO_STOP_CANCELLED) return dyo_cancelled(ctx, a.found, err);
  return st;
}
