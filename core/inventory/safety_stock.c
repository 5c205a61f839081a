/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The operation inventory.safety_stock. See dyo_safety_stock.h; the computation is in demand_lead.c. */
#include "inventory/dyo_safety_stock.h"

#include <math.h>

#include "inventory/demand.h"

const dyo_field dyo_safety_stock_in_rows[] = {STOCK_IN_ROWS, DYO_END(dyo_safety_stock_in)};

const dyo_field dyo_safety_stock_out_rows[] = {
  DYO_OUT(dyo_safety_stock_out, safety_stock, DYO_REQ, "units",
          "Stock beyond mean lead-time demand at which to order; negative where the service is kept with less."),
  DYO_OUT(dyo_safety_stock_out, z_score, DYO_NULL, "standard deviations",
          "safety_stock / lead_time_demand_std_dev; null where demand is certain, save for normal cycle service."),
  DYO_OUT(dyo_safety_stock_out, service_level, DYO_REQ, "0..1", "The service asked for."),
  DYO_OUT(dyo_safety_stock_out, lead_time_demand_mean, DYO_REQ, "units",
          "Mean demand over lead time and review period."),
  DYO_OUT(dyo_safety_stock_out, lead_time_demand_std_dev, DYO_REQ, "units",
          "Its standard deviation, of the distribution used."),
  DYO_OUT(dyo_safety_stock_out, cycle_service_level, DYO_REQ, "0..1",
          "Share of cycles without a stock-out that this stock gives."),
  DYO_OUT(dyo_safety_stock_out, fill_rate, DYO_NULL, "0..1",
          "Share of demand met from stock that it gives: 1 - expected shortage of a cycle / order_quantity; null "
          "without order_quantity."),
  DYO_STR(dyo_safety_stock_out, recommendation, DYO_REQ, 1000, "The answer in a sentence, rounded."),
  DYO_END(dyo_safety_stock_out)};

dyo_status dyo_safety_stock(dyo_ctx *ctx, const dyo_safety_stock_in *in, dyo_safety_stock_out *out, dyo_err *err)
{
  stock_answer     a  = {0};
  const dyo_status st = stock_solve(ctx, in, &a, err);
  if (st != DYO_OK) return st;
  *out = (dyo_safety_stock_out){.safety_stock             = a.safety_stock,
                                .z_score                  = a.z_score,
                                .service_level            = in->service_level,
                                .lead_time_demand_mean    = a.lead.mean,
                                .lead_time_demand_std_dev = a.lead.std_dev,
                                .cycle_service_level      = a.cycle_service_level,
                                .fill_rate                = a.fill_rate,
                                .recommendation           = stock_sentence(ctx, in, &a)};
  return out->recommendation ? DYO_OK : dyo_oom(err);
}
