/* SPDX-License-Identifier: GPL-3.0-or-later */
/* eoq.c - the operation inventory.eoq: what is asked, whether it can be answered, and the answer in words. See
 * dyo_eoq.h. */
#include "inventory/dyo_eoq.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "inventory/discounts.h"

static const char *const discount_types[] = {"all_units", "incremental", NULL};

static const dyo_field break_rows[] = {
  DYO_NUM(dyo_eoq_break, min_quantity, DYO_REQ, 0, 1e12, "units", "Smallest order at this price."),
  DYO_NUM(dyo_eoq_break, unit_cost, DYO_REQ, 0, 1e12, "money/unit",
          "Price of each unit (all_units) or of each unit from min_quantity on (incremental)."),
  DYO_END(dyo_eoq_break)};

const dyo_field dyo_eoq_in_rows[] = {
  DYO_NUM(dyo_eoq_in, annual_demand, DYO_REQ, DYO_POS, 1e12, "units/year", "Expected demand, steady over the year."),
  DYO_NUM(dyo_eoq_in, order_cost, DYO_REQ, 0, 1e12, "money/order",
          "Fixed cost of placing one order or setting up one run, whatever its size."),
  DYO_NUM(dyo_eoq_in, holding_cost_per_unit, DYO_OPT, DYO_POS, 1e12, "money/unit/year",
          "Cost of keeping one unit in stock for a year. Give this or holding_cost_rate."),
  DYO_NUM(dyo_eoq_in, holding_cost_rate, DYO_OPT, DYO_POS, 1e6, "1/year",
          "Cost of keeping stock for a year as a share of the price paid for it. Needs unit_cost or price_breaks."),
  DYO_NUM(dyo_eoq_in, unit_cost, DYO_OPT, 0, 1e12, "money/unit",
          "Price of one unit. With price_breaks: the price below the first of them."),
  DYO_NUM(dyo_eoq_in, production_rate, DYO_OPT, DYO_POS, 1e15, "units/year",
          "Rate at which an order comes in, above annual_demand. Missing: all at once."),
  DYO_NUM(dyo_eoq_in, backorder_cost_per_unit, DYO_OPT, DYO_POS, 1e12, "money/unit/year",
          "Cost of letting one unit of demand wait for a year. Missing: nobody may wait."),
  DYO_LIST(dyo_eoq_in, price_breaks, DYO_OPT, 1000, dyo_eoq_break, break_rows,
           "Prices by order size, min_quantity rising and unit_cost not rising."),
  DYO_ENUM(dyo_eoq_in, discount_type, DYO_EOQ_ALL_UNITS, discount_types,
           "Whether a price holds for all units of the order or only for those from min_quantity on."),
  DYO_NUM(dyo_eoq_in, min_order_quantity, DYO_OPT, 0, 1e12, "units", "Smallest order allowed."),
  DYO_NUM(dyo_eoq_in, lot_size, DYO_OPT, DYO_POS, 1e12, "units", "Orders are whole multiples of this."),
  DYO_NUM(dyo_eoq_in, days_per_year, 365, DYO_POS, 1e4, "days", "Days that demand is spread over."),
  DYO_END(dyo_eoq_in)};

const dyo_field dyo_eoq_out_rows[] = {
  DYO_OUT(dyo_eoq_out, eoq, DYO_REQ, "units", "The order quantity of least yearly cost among those allowed."),
  DYO_OUT(dyo_eoq_out, num_orders_per_year, DYO_REQ, "orders/year", "annual_demand / eoq."),
  DYO_OUT(dyo_eoq_out, days_between_orders, DYO_REQ, "days", "days_per_year / num_orders_per_year."),
  DYO_OUT(dyo_eoq_out, total_annual_cost, DYO_REQ, "money/year",
          "Ordering, holding and backorder cost; with price_breaks purchase cost as well."),
  DYO_OUT(dyo_eoq_out, ordering_cost, DYO_REQ, "money/year", "order_cost times the number of orders."),
  DYO_OUT(dyo_eoq_out, holding_cost, DYO_REQ, "money/year", "Cost of the average stock."),
  DYO_OUT(dyo_eoq_out, purchase_cost, DYO_OPT, "money/year",
          "Cost of a year's units at this order size, where a price is known."),
  DYO_OUT(dyo_eoq_out, backorder_cost, DYO_REQ, "money/year",
          "Cost of demand that waits; 0 without backorder_cost_per_unit."),
  DYO_OUT(dyo_eoq_out, total_with_purchase, DYO_OPT, "money/year",
          "All of the above with purchase cost, where a price is known."),
  DYO_OUT(dyo_eoq_out, max_backorder, DYO_REQ, "units", "Demand that waits when an order begins to come in."),
  DYO_OUT(dyo_eoq_out, max_inventory, DYO_REQ, "units", "Most stock ever on hand."),
  DYO_OUT(dyo_eoq_out, average_inventory, DYO_REQ, "units", "Stock on hand on average over time."),
  DYO_OUT(dyo_eoq_out, unit_cost, DYO_OPT, "money/unit",
          "Average price paid at this order size, where a price is known."),
  DYO_OUT(dyo_eoq_out, production_days, DYO_OPT, "days", "How long one order takes to come in, with production_rate."),
  DYO_INT(dyo_eoq_out, price_break, DYO_OPT, 0, 999, NULL,
          "Which of price_breaks applies, counted from 0; missing below the first."),
  DYO_STR(dyo_eoq_out, recommendation, DYO_REQ, 1000, "The answer in a sentence, rounded."),
  DYO_END(dyo_eoq_out)};

/* Where a holding rate is charged on a price, the price must be there and above 0. */
static dyo_status check_holding(const dyo_eoq_in *in, dyo_err *err)
{
  const bool per_unit = !isnan(in->holding_cost_per_unit), rate = !isnan(in->holding_cost_rate);
  if (!per_unit && !rate)
    return dyo_fail(err, DYO_INVALID_INPUT, "/holding_cost_per_unit",
                    "no holding cost is given; holding_cost_per_unit or holding_cost_rate is expected");
  if (per_unit && rate)
    return dyo_fail(err, DYO_INVALID_INPUT, "/holding_cost_rate",
                    "found %g beside holding_cost_per_unit %g; only one of the two is allowed", in->holding_cost_rate,
                    in->holding_cost_per_unit);
  if (!rate) return DYO_OK;
  if (isnan(in->unit_cost) && in->n_price_breaks == 0)
    return dyo_fail(err, DYO_INVALID_INPUT, "/unit_cost",
                    "no price is given; holding_cost_rate is a share of it, so unit_cost or price_breaks is expected");
  if (in->unit_cost == 0)
    return dyo_fail(err, DYO_INVALID_INPUT, "/unit_cost",
                    "found 0; with holding_cost_rate a price above 0 is expected, or give holding_cost_per_unit");
  for (size_t i = 0; i < in->n_price_breaks; i++)
    if (in->price_breaks[i].unit_cost == 0)
      return dyo_fail_item(
        err, DYO_INVALID_INPUT, "price_breaks", i, "unit_cost",
        "found 0; with holding_cost_rate a price above 0 is expected, or give holding_cost_per_unit");
  return DYO_OK;
}

static dyo_status check_breaks(const dyo_eoq_in *in, dyo_err *err)
{
  const dyo_eoq_break *b = in->price_breaks;
  if (b && in->n_price_breaks == 0)
    return dyo_fail(err, DYO_INVALID_INPUT, "/price_breaks",
                    "found an empty list; at least one price is expected, or leave it out");
  for (size_t i = 1; i < in->n_price_breaks; i++) {
    if (!(b[i].min_quantity > b[i - 1].min_quantity))
      return dyo_fail_item(err, DYO_INVALID_INPUT, "price_breaks", i, "min_quantity",
                           "found %g after %g; each min_quantity must be larger than the one before", b[i].min_quantity,
                           b[i - 1].min_quantity);
    if (b[i].unit_cost > b[i - 1].unit_cost)
      return dyo_fail_item(err, DYO_INVALID_INPUT, "price_breaks", i, "unit_cost",
                           "found %g after %g; a larger order must not cost more a unit", b[i].unit_cost,
                           b[i - 1].unit_cost);
  }
  if (in->n_price_breaks == 0 || isnan(in->unit_cost)) return DYO_OK;
  if (b[0].min_quantity <= 1 && in->unit_cost != b[0].unit_cost)
    return dyo_fail(err, DYO_INVALID_INPUT, "/unit_cost",
                    "found %g; price_breaks start at %g units with %g, so that or nothing is expected", in->unit_cost,
                    b[0].min_quantity, b[0].unit_cost);
  if (b[0].unit_cost > in->unit_cost)
    return dyo_fail_item(err, DYO_INVALID_INPUT, "price_breaks", 0, "unit_cost",
                         "found %g after unit_cost %g; a larger order must not cost more a unit", b[0].unit_cost,
                         in->unit_cost);
  return DYO_OK;
}

static dyo_status check(const dyo_eoq_in *in, dyo_err *err)
{
  dyo_status st = check_holding(in, err);
  if (st == DYO_OK) st = check_breaks(in, err);
  if (st != DYO_OK) return st;
  if (in->production_rate <= in->annual_demand)
    return dyo_fail(err, DYO_INVALID_INPUT, "/production_rate",
                    "found %g; more than annual_demand (%g) is expected, or demand outruns production",
                    in->production_rate, in->annual_demand);
  return DYO_OK;
}

/* One segment per price, a first one at unit_cost where price_breaks start higher up. Returns how many; *base: 1
 * with such a first one. */
static size_t segments(const dyo_eoq_in *in, eoq_segment *s, size_t *base)
{
  size_t n = 0;
  *base    = 0;
  if (in->n_price_breaks == 0 || (!isnan(in->unit_cost) && in->price_breaks[0].min_quantity > 1)) {
    s[n++] = (eoq_segment){0, INFINITY, 0, isnan(in->unit_cost) ? 0.0 : in->unit_cost};
    *base  = 1;
  }
  for (size_t i = 0; i < in->n_price_breaks; i++, n++) {
    const dyo_eoq_break b = in->price_breaks[i];
    s[n]                  = (eoq_segment){b.min_quantity, INFINITY, 0, b.unit_cost};
    if (n == 0) continue;
    s[n - 1].hi = b.min_quantity;
    /* a_j = a_{j-1} + (c_{j-1} - c_j) q_j keeps the cost of an order continuous at the break */
    if (in->discount_type == DYO_EOQ_INCREMENTAL)
      s[n].fixed = s[n - 1].fixed + (s[n - 1].price - b.unit_cost) * b.min_quantity;
  }
  return n;
}

static eoq_model model(const dyo_eoq_in *in)
{
  return (eoq_model){
    .demand  = in->annual_demand,
    .order   = in->order_cost,
    .holding = in->holding_cost_per_unit,
    .rate    = in->holding_cost_rate,
    .backlog = isnan(in->backorder_cost_per_unit) ? INFINITY : in->backorder_cost_per_unit,
    .rising  = isnan(in->production_rate) ? 1.0 : 1.0 - in->annual_demand / in->production_rate,
    .least   = isnan(in->min_order_quantity) ? 0.0 : in->min_order_quantity,
    .lot     = isnan(in->lot_size) ? 0.0 : in->lot_size,
  };
}

/* One decimal, fewer where it is 0, three digits for what is small. */
static void rounded(char *to, size_t size, double v)
{
  if (v >= 9.95) snprintf(to, size, fabs(v - round(v)) < 0.05 ? "%.0f" : "%.1f", v);
  else snprintf(to, size, "%.3g", v);
}

static const char *plural(const char *number)
{
  return strcmp(number, "1") == 0 ? "" : "s";
}

static const char *sentence(dyo_ctx *ctx, const dyo_eoq_in *in, const dyo_eoq_out *o)
{
  char q[64], days[64], number[64], price[96] = "", wait[128] = "";
  rounded(q, sizeof q, o->eoq);
  rounded(days, sizeof days, o->days_between_orders);
  if (in->n_price_breaks > 0)
    snprintf(price, sizeof price, o->unit_cost < 1 ? " at %.3g each" : " at %.2f each", o->unit_cost);
  if (o->max_backorder > 0) {
    rounded(number, sizeof number, o->max_backorder);
    snprintf(wait, sizeof wait, ", letting up to %s units of demand wait", number);
  }
  return dyo_text(ctx, "%s %s unit%s every %s day%s%s%s", isnan(in->production_rate) ? "Order" : "Produce", q,
                  plural(q), days, plural(days), price, wait);
}

static void fill(const dyo_eoq_in *in, const eoq_plan *p, dyo_eoq_out *out)
{
  const bool priced        = in->n_price_breaks > 0 || !isnan(in->unit_cost);
  out->eoq                 = p->quantity;
  out->num_orders_per_year = in->annual_demand / p->quantity;
  out->days_between_orders = in->days_per_year * p->quantity / in->annual_demand;
  out->ordering_cost       = p->ordering;
  out->holding_cost        = p->holding;
  out->backorder_cost      = p->backorder;
  out->max_backorder       = p->max_backorder;
  out->max_inventory       = p->max_inventory;
  out->average_inventory   = p->average_inventory;
  out->production_days     = in->days_per_year * p->quantity / in->production_rate; /* NaN without one */
  out->purchase_cost       = priced ? p->purchase : NAN;
  out->unit_cost           = priced ? p->unit_cost : NAN;
  out->total_with_purchase = priced ? p->ordering + p->holding + p->backorder + p->purchase : NAN;
  out->total_annual_cost = in->n_price_breaks > 0 ? out->total_with_purchase : p->ordering + p->holding + p->backorder;
}

dyo_status dyo_eoq(dyo_ctx *ctx, const dyo_eoq_in *in, dyo_eoq_out *out, dyo_err *err)
{
  const eoq_model  m    = model(in);
  eoq_segment     *s    = DYO_NEW(ctx, in->n_price_breaks + 1, eoq_segment);
  size_t           base = 0, which = 0;
  const dyo_status st = check(in, err);
  if (st != DYO_OK) return st;
  if (!s) return dyo_oom(err);

  const size_t   n    = segments(in, s, &base);
  const eoq_plan best = eoq_cheapest(&m, s, n, &which);
  if (which == n && in->order_cost == 0)
    return dyo_fail(
      err, DYO_INVALID_INPUT, "/order_cost",
      "found %g; when orders cost nothing ever smaller ones are better: min_order_quantity or lot_size is expected",
      in->order_cost);
  fill(in, &best, out);
  out->price_break = which >= base ? (int)(which - base) : DYO_NO_INT;
  if (which == n || !isfinite(out->total_annual_cost) || !isfinite(out->num_orders_per_year) ||
      !isfinite(out->days_between_orders))
    return dyo_fail(err, DYO_INVALID_INPUT,
                    isnan(in->holding_cost_rate) ? "/holding_cost_per_unit" : "/holding_cost_rate",
                    "found %g, beside which the other figures are too large or too small: no finite order is best",
                    isnan(in->holding_cost_rate) ? in->holding_cost_per_unit : in->holding_cost_rate);
  out->recommendation = sentence(ctx, in, out);
  return out->recommendation ? DYO_OK : dyo_oom(err);
}
