/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_reorder_point.h - the inventory position at which to order. */
#ifndef DYO_REORDER_POINT_H
#define DYO_REORDER_POINT_H

#include "inventory/dyo_safety_stock.h"

typedef dyo_safety_stock_in dyo_reorder_point_in;

typedef struct {
  double      reorder_point, safety_stock, z_score, service_level, lead_time_demand_mean, lead_time_demand_std_dev;
  double      expected_shortage_per_cycle, cycle_service_level, fill_rate;
  bool        order_now;
  const char *recommendation;
} dyo_reorder_point_out;

extern const dyo_field dyo_reorder_point_in_rows[], dyo_reorder_point_out_rows[];

/* As dyo_safety_stock: reorder_point is mean lead-time demand plus safety stock. */
dyo_status dyo_reorder_point(dyo_ctx *ctx, const dyo_reorder_point_in *in, dyo_reorder_point_out *out, dyo_err *err);

#endif
