/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_eoq.h - the order quantity that minimises yearly cost, demand being steady and known. Harris (1913), Factory
 * 10, 135-136; production rate (Taft 1918), planned backorders, all-units and incremental discounts as in Snyder &
 * Shen (2019), Fundamentals of Supply Chain Theory, 2nd ed., ch. 3. Everything combines with everything; the
 * answer is exact. */
#ifndef DYO_EOQ_H
#define DYO_EOQ_H

#include "base/dyo_ctx.h"
#include "base/dyo_field.h"

enum { DYO_EOQ_ALL_UNITS, DYO_EOQ_INCREMENTAL }; /* discount_type */

typedef struct {
  double min_quantity, unit_cost;
} dyo_eoq_break;

typedef struct {
  double         annual_demand, order_cost, holding_cost_per_unit, holding_cost_rate, unit_cost;
  double         production_rate, backorder_cost_per_unit;
  dyo_eoq_break *price_breaks;
  size_t         n_price_breaks;
  int            discount_type;
  double         min_order_quantity, lot_size, days_per_year;
} dyo_eoq_in;

typedef struct {
  double      eoq, num_orders_per_year, days_between_orders;
  double      total_annual_cost, ordering_cost, holding_cost, purchase_cost, backorder_cost, total_with_purchase;
  double      max_backorder, max_inventory, average_inventory, unit_cost, production_days;
  int         price_break;
  const char *recommendation;
} dyo_eoq_out;

extern const dyo_field dyo_eoq_in_rows[], dyo_eoq_out_rows[];

/* Refuses a missing or doubled holding cost, unordered price breaks, a production rate that demand outruns, and
 * free orders of any size (order_cost 0 with nothing that keeps the quantity above 0). */
dyo_status dyo_eoq(dyo_ctx *ctx, const dyo_eoq_in *in, dyo_eoq_out *out, dyo_err *err);

#endif
