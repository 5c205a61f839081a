/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_inventory_pareto.h - what better service costs: yearly cost against service level over all products.
 * Exchange curves of Silver, Pyke & Thomas (2017), Inventory and Production Management in Supply Chains, ch. 6; lead-time demand
 * is normal, and an order cycle is short of sigma G(k) units with safety stock k sigma. */
#ifndef DYO_INVENTORY_PARETO_H
#define DYO_INVENTORY_PARETO_H

#include "base/dyo_ctx.h"
#include "base/dyo_field.h"

enum { DYO_PARETO_CYCLE, DYO_PARETO_FILL_RATE }; /* service_type */

typedef struct {
  const char *id;
  double      annual_demand, order_cost, holding_cost_per_unit, holding_cost_rate, unit_cost, storage_per_unit;
  double      min_order_quantity, max_order_quantity, lot_size;
  double      demand_std_dev, lead_time_days;
} dyo_pareto_item;

typedef struct {
  dyo_pareto_item *products;
  size_t           n_products;
  int              points;
  double          *service_levels;
  size_t           n_service_levels;
  int              service_type;
} dyo_inventory_pareto_in;

typedef struct {
  double service_level, total_cost, ordering_cost, holding_cost, safety_stock_investment, expected_backorders,
    fill_rate;
  double *safety_stock;
  size_t  n_safety_stock;
} dyo_pareto_point;

typedef struct {
  int    index;
  double service_level, total_cost, holding_cost, safety_stock_investment, expected_backorders, fill_rate;
} dyo_pareto_knee;

typedef struct {
  const char *id;
  double      order_quantity, lead_time_demand_std_dev;
} dyo_pareto_order;

typedef struct {
  dyo_pareto_point *frontier;
  size_t            n_frontier;
  dyo_pareto_knee  *knee;
  dyo_pareto_order *products;
  size_t            n_products;
} dyo_inventory_pareto_out;

extern const dyo_field dyo_inventory_pareto_in_rows[], dyo_inventory_pareto_out_rows[];

dyo_status dyo_inventory_pareto(dyo_ctx *ctx, const dyo_inventory_pareto_in *in, dyo_inventory_pareto_out *out,
                                dyo_err *err);

#endif
