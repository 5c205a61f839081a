/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pareto.c - the operation inventory.pareto. See dyo_inventory_pareto.h.
 * Orders stay at each product's best quantity; safety stock moves the service:
 *   cycle      k the same for all products, Phi(k) the service level;
 *   fill_rate  least yearly holding of safety stock for a fill rate over all products: one multiplier theta,
 *              1 - Phi(k_i) = holding_i Q_i / (theta demand_i), raised until the units short are few enough. */
#include "inventory/dyo_inventory_pareto.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "inventory/multi.h"
#include "num/dyo_dist.h"
#include "num/dyo_knee.h"

enum { MOST_NUMBERS = 1000000, STEPS = 100 };

static const double MET = 2e-14; /* of log backorders: the level is met */

static const double FIRST[] = {0.5, 0.9}, LAST = 0.999; /* levels swept where none are asked for, by service_type */

static const char *const type_words[] = {"cycle", "fill_rate", NULL};

static const dyo_field item_rows[] = {
  DYO_STR(dyo_pareto_item, id, DYO_REQ, 256, "Name of the product; each may be there once."),
  DYO_NUM(dyo_pareto_item, annual_demand, DYO_REQ, 0, 1e12, "units/year",
          "Expected demand; with 0 the product is neither ordered nor kept."),
  DYO_NUM(dyo_pareto_item, order_cost, DYO_REQ, 0, 1e12, "money/order", "Fixed cost of ordering this product once."),
  DYO_NUM(dyo_pareto_item, holding_cost_per_unit, DYO_OPT, 1e-9, 1e12, "money/unit/year",
          "Cost of keeping one unit in stock for a year. Give this or holding_cost_rate."),
  DYO_NUM(dyo_pareto_item, holding_cost_rate, DYO_OPT, 1e-9, 1e6, "1/year",
          "Cost of keeping stock for a year as a share of unit_cost, which it needs."),
  DYO_NUM(dyo_pareto_item, unit_cost, DYO_OPT, 0, 1e12, "money/unit",
          "Price of one unit; needed for safety_stock_investment."),
  DYO_NUM(dyo_pareto_item, storage_per_unit, DYO_OPT, 0, 1e12, "storage/unit",
          "Not used here; taken so that the products of inventory.multi_product can be sent as they are."),
  DYO_NUM(dyo_pareto_item, min_order_quantity, DYO_OPT, 0, 1e12, "units", "Smallest order allowed."),
  DYO_NUM(dyo_pareto_item, max_order_quantity, DYO_OPT, 1e-9, 1e12, "units", "Largest order allowed."),
  DYO_NUM(dyo_pareto_item, lot_size, DYO_OPT, 1e-9, 1e12, "units", "Orders are whole multiples of this."),
  DYO_NUM(dyo_pareto_item, demand_std_dev, DYO_REQ, 0, 1e12, "units/day",
          "Standard deviation of one day's demand; days are independent."),
  DYO_NUM(dyo_pareto_item, lead_time_days, DYO_REQ, 0, 1e5, "days", "Time from order to delivery."),
  DYO_END(dyo_pareto_item)};

const dyo_field dyo_inventory_pareto_in_rows[] = {
  DYO_LIST(dyo_inventory_pareto_in, products, DYO_REQ, 100000, dyo_pareto_item, item_rows,
           "The products; at least one."),
  DYO_INT(
    dyo_inventory_pareto_in, points, 20, 2, 1000, NULL,
    "Service levels to sweep, from 0.5 (fill_rate: 0.9) to 0.999 in equal steps of the normal quantile; not used with service_levels."),
  DYO_NUMS(dyo_inventory_pareto_in, service_levels, 0, DYO_OPT, 0.5, 0.999999999, "0..1",
           "The service levels to look at, in any order."),
  DYO_ENUM(
    dyo_inventory_pareto_in, service_type, DYO_PARETO_CYCLE, type_words,
    "cycle: every product has the service level as its chance of no stockout in an order cycle. "
    "fill_rate: the service level is the share of all units that come from stock, reached at least cost over the products (safety stock may then be negative, down to minus half an order)."),
  DYO_END(dyo_inventory_pareto_in)};

#define POINT_ROWS(S)                                                                                                  \
  DYO_OUT(S, service_level, DYO_REQ, "0..1", "The service level asked for."),                                          \
    DYO_OUT(S, total_cost, DYO_REQ, "money/year", "Ordering and holding cost, safety stock included."),                \
    DYO_OUT(S, holding_cost, DYO_REQ, "money/year", "Cost of keeping cycle and safety stock."),                        \
    DYO_OUT(S, safety_stock_investment, DYO_NULL, "money",                                                             \
            "unit_cost times safety stock over all products; null where a unit_cost is missing."),                     \
    DYO_OUT(S, expected_backorders, DYO_REQ, "units/year", "Units that are short when asked for, over all products."), \
    DYO_OUT(S, fill_rate, DYO_REQ, "0..1",                                                                             \
            "Share of all units that come from stock: 1 - expected_backorders / demand.")

static const dyo_field point_rows[] = {
  POINT_ROWS(dyo_pareto_point),
  DYO_OUT(dyo_pareto_point, ordering_cost, DYO_REQ, "money/year", "Cost of placing orders, the same at every point."),
  DYO_OUT_NUMS(dyo_pareto_point, safety_stock, 0, DYO_OPT, "units",
               "Safety stock of each product, in their order; left out where products times points exceed 1,000,000."),
  DYO_END(dyo_pareto_point)};

static const dyo_field knee_rows[] = {
  DYO_INT(dyo_pareto_knee, index, DYO_REQ, 0, 1000000, NULL, "Which point of frontier, counted from 0."),
  POINT_ROWS(dyo_pareto_knee), DYO_END(dyo_pareto_knee)};

static const dyo_field order_rows[] = {
  DYO_STR(dyo_pareto_order, id, DYO_REQ, 256, "Name of the product."),
  DYO_OUT(dyo_pareto_order, order_quantity, DYO_REQ, "units", "Its best order quantity within its bounds and lots."),
  DYO_OUT(dyo_pareto_order, lead_time_demand_std_dev, DYO_REQ, "units",
          "Standard deviation of demand over the lead time: demand_std_dev times the root of lead_time_days."),
  DYO_END(dyo_pareto_order)};

const dyo_field dyo_inventory_pareto_out_rows[] = {
  DYO_LIST(dyo_inventory_pareto_out, frontier, DYO_REQ, 1000000, dyo_pareto_point, point_rows,
           "Points by rising service level and cost; levels that another one beats at no more cost are left out."),
  DYO_OBJ(
    dyo_inventory_pareto_out, knee, DYO_NULL, dyo_pareto_knee, knee_rows,
    "The point furthest below the straight line from first to last, both axes scaled to 0..1: where more service begins to be dear. "
    "null with fewer than 3 points."),
  DYO_LIST(dyo_inventory_pareto_out, products, DYO_REQ, 100000, dyo_pareto_order, order_rows,
           "What is the same at all points."),
  DYO_END(dyo_inventory_pareto_out)};

/* One product with demand. */
typedef struct {
  size_t at; /* in the request */
  double q, sigma, demand, hold, unit_cost;
  double k_low; /* fill_rate: safety stock is no less than minus half an order, where average stock would be 0 */
  double k, k_start, k_high;
} item;

typedef struct {
  dyo_ctx *ctx;
  item    *items;
  size_t   n;
  double   demand, ordering, cycle_holding; /* sums */
  double   log_theta;                       /* of the level before */
  int      type;
} sweep;

/* ---- the products ---- */

/* The request as one of inventory.multi_product without limits: its checks and its bounds serve here too. */
static dyo_status model_of(dyo_ctx *ctx, const dyo_inventory_pareto_in *in, multi_model *m, dyo_err *err)
{
  dyo_multi_product_in *like = DYO_NEW(ctx, 1, dyo_multi_product_in);
  dyo_multi_item       *all  = DYO_NEW(ctx, in->n_products, dyo_multi_item);
  if (!like || !all) return dyo_oom(err);
  for (size_t i = 0; i < in->n_products; i++) {
    const dyo_pareto_item *x = &in->products[i];
    all[i]                   = (dyo_multi_item){.id                    = x->id,
                                                .annual_demand         = x->annual_demand,
                                                .order_cost            = x->order_cost,
                                                .holding_cost_per_unit = x->holding_cost_per_unit,
                                                .holding_cost_rate     = x->holding_cost_rate,
                                                .unit_cost             = x->unit_cost,
                                                .storage_per_unit      = x->storage_per_unit,
                                                .min_order_quantity    = x->min_order_quantity,
                                                .max_order_quantity    = x->max_order_quantity,
                                                .lot_size              = x->lot_size};
  }
  *like = (dyo_multi_product_in){.products            = all,
                                 .n_products          = in->n_products,
                                 .budget              = NAN,
                                 .storage_capacity    = NAN,
                                 .max_orders_per_year = NAN,
                                 .joint_order_cost    = NAN};
  return multi_model_make(ctx, like, m, err);
}

/* Best order quantities, each product by itself. */
static dyo_status quantities(dyo_ctx *ctx, const multi_model *m, double **q, dyo_err *err)
{
  const double free[DYO_MULTI_LIMITS] = {0};
  multi_sums   sum;
  multi_totals total;
  *q = DYO_NEW(ctx, m->p.n, double);
  if (!*q) return dyo_oom(err);
  if (m->lots) multi_whole_pass(&m->p, m->lot, 1, free, *q, &sum);
  else multi_quantities(&m->p, free, 1, *q, &total);
  return DYO_OK;
}

static dyo_status prepare(sweep *s, const dyo_inventory_pareto_in *in, dyo_inventory_pareto_out *out, dyo_err *err)
{
  multi_model m  = {0};
  double     *q  = NULL;
  dyo_status  st = model_of(s->ctx, in, &m, err);
  if (st == DYO_OK) st = quantities(s->ctx, &m, &q, err);
  if (st != DYO_OK) return st;
  s->items        = DYO_NEW(s->ctx, m.p.n, item);
  out->products   = DYO_NEW(s->ctx, in->n_products, dyo_pareto_order);
  out->n_products = in->n_products;
  if (!s->items || !out->products) return dyo_oom(err);
  for (size_t i = 0; i < in->n_products; i++)
    out->products[i] =
      (dyo_pareto_order){in->products[i].id, 0, in->products[i].demand_std_dev * sqrt(in->products[i].lead_time_days)};
  for (size_t k = 0; k < m.p.n; k++) {
    const size_t i                  = m.at[k];
    const double asked              = out->products[i].lead_time_demand_std_dev;
    const double sigma              = isfinite(q[k] / asked) ? asked : 0; /* a deviation this small is none */
    s->items[k]                     = (item){.at        = i,
                                             .q         = q[k],
                                             .sigma     = sigma,
                                             .demand    = m.p.demand[k],
                                             .hold      = m.hold[i],
                                             .unit_cost = in->products[i].unit_cost};
    s->items[k].k_low               = sigma > 0 ? -q[k] / (2 * sigma) : 0;
    out->products[i].order_quantity = q[k];
    s->demand += m.p.demand[k];
    s->ordering += m.p.order[k] / q[k];
    s->cycle_holding += m.p.hold[k] * q[k];
  }
  s->n = m.p.n;
  return DYO_OK;
}

/* ---- one point ---- */

/* Units short in a year. */
static double backorders(const sweep *s)
{
  double sum = 0;
  for (size_t i = 0; i < s->n; i++) {
    const item *x = &s->items[i];
    if (x->sigma > 0) sum += x->demand / x->q * x->sigma * dyo_normal_loss(x->k);
  }
  return sum;
}

/* The least holding for its backorders: each k at the multiplier exp(log_theta). */
static double backorders_at(sweep *s, double log_theta)
{
  for (size_t i = 0; i < s->n; i++) {
    item        *x    = &s->items[i];
    const double tail = x->hold * x->q / x->demand * exp(-log_theta);
    x->k              = tail < 1 ? fmax(x->k_low, -dyo_normal_quantile(fmax(tail, 1e-300))) : x->k_low;
  }
  return backorders(s);
}

/* A root of a falling f in lo..hi by false position; an end that stays twice loses weight (Illinois). */
typedef struct {
  double lo, hi, f_lo, f_hi, last;
} falling_root;

static double next_try(const falling_root *r)
{
  const double part = isfinite(r->f_lo) && isfinite(r->f_hi) ? r->f_lo / (r->f_lo - r->f_hi) : 0.5;
  return r->lo + (r->hi - r->lo) * fmin(0.99, fmax(0.01, part));
}

static void narrow(falling_root *r, double t, double f)
{
  if (f > 0) {
    r->lo = t, r->f_lo = f;
    if (r->last > 0) r->f_hi /= 2;
  } else {
    r->hi = t, r->f_hi = f;
    if (r->last < 0) r->f_lo /= 2;
  }
  r->last = f;
}

/* Where k is far below 0 a hair of theta moves it far: meet the goal between the k of both ends of the bracket. */
static void blend(sweep *s, const falling_root *theta, double goal)
{
  falling_root r = {.hi = 1};
  backorders_at(s, theta->hi);
  for (size_t i = 0; i < s->n; i++) s->items[i].k_high = s->items[i].k;
  r.f_hi = log(backorders(s)) - goal;
  r.f_lo = log(backorders_at(s, theta->lo)) - goal;
  for (size_t i = 0; i < s->n; i++) s->items[i].k_start = s->items[i].k;
  for (int step = 0; step < STEPS && r.hi - r.lo > 1e-15; step++) {
    const double t = next_try(&r);
    for (size_t i = 0; i < s->n; i++)
      s->items[i].k = s->items[i].k_start + t * (s->items[i].k_high - s->items[i].k_start);
    const double f = log(backorders(s)) - goal;
    if (fabs(f) < MET) return;
    narrow(&r, t, f);
  }
}

/* k of every product for the fill rate: backorders fall as theta rises. */
static void allocate(sweep *s, double fill_rate)
{
  const double goal = log((1 - fill_rate) * s->demand);
  falling_root r    = {.lo = INFINITY, .hi = -INFINITY};
  for (size_t i = 0; i < s->n; i++) { /* below lo every product is at its least, above hi beyond any service */
    const double own = log(s->items[i].hold * s->items[i].q / s->items[i].demand);
    r.lo             = fmin(r.lo, own);
    r.hi             = fmax(r.hi, own + 60);
  }
  r.lo   = fmax(r.lo, s->log_theta); /* levels come rising */
  r.f_lo = log(backorders_at(s, r.lo)) - goal;
  if (!(r.f_lo > 0)) return; /* even the least safety stock serves that well */
  const double top    = r.hi;
  double       stride = 0.5;
  do {
    r.hi = fmin(top, r.lo + stride);
    stride *= 2;
    r.f_hi = log(backorders_at(s, r.hi)) - goal;
    if (r.f_hi > 0 && r.hi < top) r.lo = r.hi, r.f_lo = r.f_hi;
  } while (r.f_hi > 0 && r.hi < top);
  for (int step = 0; step < STEPS && r.hi - r.lo > 4e-16 * fabs(r.hi); step++) {
    const double t = next_try(&r), f = log(backorders_at(s, t)) - goal;
    s->log_theta = r.lo;
    if (fabs(f) < MET) return;
    narrow(&r, t, f);
  }
  blend(s, &r, goal);
}

static dyo_status make_point(sweep *s, double level, bool stocks, size_t n_products, dyo_pareto_point *p, dyo_err *err)
{
  const double k      = s->type == DYO_PARETO_CYCLE ? dyo_normal_quantile(level) : 0;
  double       safety = 0, money = 0;
  if (s->type == DYO_PARETO_FILL_RATE && s->n > 0) allocate(s, level);
  p->safety_stock   = stocks ? DYO_NEW(s->ctx, n_products, double) : NULL;
  p->n_safety_stock = stocks ? n_products : 0;
  if (stocks && !p->safety_stock) return dyo_oom(err);
  for (size_t i = 0; i < s->n; i++) {
    item *x = &s->items[i];
    if (s->type == DYO_PARETO_CYCLE) x->k = k;
    const double stock = x->sigma > 0 ? x->k * x->sigma : 0;
    safety += x->hold * stock;
    money += x->unit_cost * stock;
    if (stocks) p->safety_stock[x->at] = stock;
  }
  p->service_level           = level;
  p->ordering_cost           = s->ordering;
  p->holding_cost            = s->cycle_holding + safety;
  p->total_cost              = s->ordering + p->holding_cost;
  p->safety_stock_investment = money;
  p->expected_backorders     = backorders(s);
  p->fill_rate               = s->demand > 0 ? 1 - p->expected_backorders / s->demand : 1;
  return DYO_OK;
}

/* ---- the frontier ---- */

static int rising(const void *a, const void *b)
{
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static dyo_status levels_of(dyo_ctx *ctx, const dyo_inventory_pareto_in *in, double **level, size_t *n, dyo_err *err)
{
  const double z1 = dyo_normal_quantile(FIRST[in->service_type]), z2 = dyo_normal_quantile(LAST);
  size_t       kept = 0;
  if (in->service_levels && in->n_service_levels == 0)
    return dyo_fail(err, DYO_INVALID_INPUT, "/service_levels",
                    "found an empty list; at least one level is expected, or leave it out");
  *n     = in->service_levels ? in->n_service_levels : (size_t)in->points;
  *level = DYO_NEW(ctx, *n, double);
  if (!*level) return dyo_oom(err);
  for (size_t i = 0; i < *n; i++)
    (*level)[i] = in->service_levels ? in->service_levels[i]
                  : i + 1 == *n      ? LAST
                                     : dyo_normal_cdf(z1 + (z2 - z1) * (double)i / (double)(*n - 1));
  qsort(*level, *n, sizeof **level, rising);
  for (size_t i = 0; i < *n; i++)
    if (i == 0 || (*level)[i] > (*level)[kept - 1]) (*level)[kept++] = (*level)[i];
  *n = kept;
  return DYO_OK;
}

/* Leave out points that a higher service level matches or beats in cost. */
static void keep_undominated(dyo_inventory_pareto_out *out)
{
  double least = INFINITY;
  size_t to    = out->n_frontier;
  for (size_t i = out->n_frontier; i-- > 0;) {
    if (!(out->frontier[i].total_cost < least)) continue;
    least               = out->frontier[i].total_cost;
    out->frontier[--to] = out->frontier[i];
  }
  out->frontier += to;
  out->n_frontier -= to;
}

static dyo_status find_knee(dyo_ctx *ctx, dyo_inventory_pareto_out *out, dyo_err *err)
{
  const dyo_pareto_point *f     = out->frontier;
  const size_t            n     = out->n_frontier;
  double                 *level = DYO_NEW(ctx, n, double), *cost = DYO_NEW(ctx, n, double);
  if (!level || !cost) return dyo_oom(err);
  for (size_t i = 0; i < n; i++) {
    level[i] = f[i].service_level;
    cost[i]  = f[i].total_cost;
  }
  const size_t at = dyo_knee(level, cost, n);
  if (at == n) return DYO_OK;
  out->knee = DYO_NEW(ctx, 1, dyo_pareto_knee);
  if (!out->knee) return dyo_oom(err);
  *out->knee = (dyo_pareto_knee){(int)at,
                                 f[at].service_level,
                                 f[at].total_cost,
                                 f[at].holding_cost,
                                 f[at].safety_stock_investment,
                                 f[at].expected_backorders,
                                 f[at].fill_rate};
  return DYO_OK;
}

dyo_status dyo_inventory_pareto(dyo_ctx *ctx, const dyo_inventory_pareto_in *in, dyo_inventory_pareto_out *out,
                                dyo_err *err)
{
  sweep      s     = {.ctx = ctx, .type = in->service_type, .log_theta = -INFINITY};
  double    *level = NULL;
  size_t     n     = 0;
  dyo_status st    = prepare(&s, in, out, err);
  if (st == DYO_OK) st = levels_of(ctx, in, &level, &n, err);
  if (st != DYO_OK) return st;
  const bool stocks = in->n_products * n <= MOST_NUMBERS;
  out->frontier     = DYO_NEW(ctx, n, dyo_pareto_point);
  out->n_frontier   = n;
  if (!out->frontier) return dyo_oom(err);
  for (size_t i = 0; i < n && st == DYO_OK; i++) {
    if (dyo_poll(ctx, (double)i / (double)n, "service levels") == DYO_STOP_CANCELLED)
      return dyo_cancelled(ctx, false, err);
    st = make_point(&s, level[i], stocks, in->n_products, &out->frontier[i], err);
  }
  if (st != DYO_OK) return st;
  keep_undominated(out);
  return find_knee(ctx, out, err);
}
