/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_safety_stock.h - stock kept against uncertain demand over the lead time.
 * Silver, Pyke & Thomas (2017), Inventory and Production Management in Supply Chains, 4th ed., ch. 6. */
#ifndef DYO_SAFETY_STOCK_H
#define DYO_SAFETY_STOCK_H

#include "base/dyo_ctx.h"
#include "base/dyo_field.h"

enum { DYO_SERVICE_CYCLE, DYO_SERVICE_FILL_RATE }; /* service_type */

/* Of inventory.reorder_point too, which alone reads on_hand and on_order. */
typedef struct {
  double  demand_std_dev, lead_time_days, avg_daily_demand, lead_time_std_dev, review_period_days;
  double  service_level;
  int     service_type;
  double  order_quantity;
  int     demand_distribution;
  double *demand_history;
  size_t  n_demand_history;
  double  on_hand, on_order;
} dyo_safety_stock_in;

typedef struct {
  double      safety_stock, z_score, service_level, lead_time_demand_mean, lead_time_demand_std_dev;
  double      cycle_service_level, fill_rate;
  const char *recommendation;
} dyo_safety_stock_out;

extern const dyo_field dyo_safety_stock_in_rows[], dyo_safety_stock_out_rows[];

/* cycle: r is the quantile of lead-time demand at service_level; fill_rate: r solves E[(X-r)+] = (1 - service_level)
 * order_quantity. Safety stock is r less the mean, and may be negative. Certain demand and no lead time are
 * answered, not refused. */
dyo_status dyo_safety_stock(dyo_ctx *ctx, const dyo_safety_stock_in *in, dyo_safety_stock_out *out, dyo_err *err);

#endif
