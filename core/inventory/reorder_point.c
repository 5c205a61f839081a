/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The operation inventory.reorder_point. See dyo_reorder_point.h; the computation is in demand_lead.c. */
#include "inventory/dyo_reorder_point.h"

#include <math.h>

#include "inventory/demand.h"

const dyo_field dyo_reorder_point_in_rows[] = {
  STOCK_IN_ROWS,
  DYO_NUM(dyo_safety_stock_in, on_hand, DYO_OPT, -1e12, 1e12, "units", "Stock on hand, less what customers wait for."),
  DYO_NUM(dyo_safety_stock_in, on_order, 0, 0, 1e12, "units", "Stock ordered and not yet arrived."),
  DYO_END(dyo_safety_stock_in)};

const dyo_field dyo_reorder_point_out_rows[] = {
  DYO_OUT(dyo_reorder_point_out, reorder_point, DYO_REQ, "units",
          "Order when stock on hand and on order together fall to this: mean lead-time demand plus safety stock."),
  DYO_OUT(dyo_reorder_point_out, safety_stock, DYO_REQ, "units",
          "reorder_point less mean lead-time demand; negative where the service is kept with less."),
  DYO_OUT(dyo_reorder_point_out, z_score, DYO_NULL, "standard deviations",
          "safety_stock / lead_time_demand_std_dev; null where demand is certain, save for normal cycle service."),
  DYO_OUT(dyo_reorder_point_out, service_level, DYO_REQ, "0..1", "The service asked for."),
  DYO_OUT(dyo_reorder_point_out, lead_time_demand_mean, DYO_REQ, "units",
          "Mean demand over lead time and review period."),
  DYO_OUT(dyo_reorder_point_out, lead_time_demand_std_dev, DYO_REQ, "units",
          "Its standard deviation, of the distribution used."),
  DYO_OUT(dyo_reorder_point_out, expected_shortage_per_cycle, DYO_REQ, "units",
          "Mean demand beyond the reorder point before an order arrives."),
  DYO_OUT(dyo_reorder_point_out, cycle_service_level, DYO_REQ, "0..1",
          "Share of cycles without a stock-out that this gives."),
  DYO_OUT(dyo_reorder_point_out, fill_rate, DYO_NULL, "0..1",
          "Share of demand met from stock that it gives: 1 - expected_shortage_per_cycle / order_quantity, not "
          "below 0; null without order_quantity."),
  DYO_BOOL(
    dyo_reorder_point_out, order_now, DYO_REQ,
    "Whether on_hand and on_order together are at or below the reorder point; what is not given counts as none."),
  DYO_STR(dyo_reorder_point_out, recommendation, DYO_REQ, 1000, "The answer in sentences, rounded."),
  DYO_END(dyo_reorder_point_out)};

static const char *sentences(dyo_ctx *ctx, const dyo_reorder_point_in *in, const stock_answer *a, bool now)
{
  const char *at = stock_figure(ctx, a->reorder_point), *why = stock_sentence(ctx, in, a);
  if (!at || !why) return NULL;
  if (isnan(in->on_hand)) return dyo_text(ctx, "Order when stock on hand and on order falls to %s units. %s", at, why);
  const char *position = stock_figure(ctx, in->on_hand + in->on_order);
  if (!position) return NULL;
  return dyo_text(ctx, "%s: stock on hand and on order is %s units, and the reorder point is %s. %s",
                  now ? "Order now" : "No need to order yet", position, at, why);
}

dyo_status dyo_reorder_point(dyo_ctx *ctx, const dyo_reorder_point_in *in, dyo_reorder_point_out *out, dyo_err *err)
{
  stock_answer     a  = {0};
  const dyo_status st = stock_solve(ctx, in, &a, err);
  if (st != DYO_OK) return st;
  const double position = (isnan(in->on_hand) ? 0 : in->on_hand) + in->on_order;
  *out                  = (dyo_reorder_point_out){.reorder_point               = a.reorder_point,
                                                  .safety_stock                = a.safety_stock,
                                                  .z_score                     = a.z_score,
                                                  .service_level               = in->service_level,
                                                  .lead_time_demand_mean       = a.lead.mean,
                                                  .lead_time_demand_std_dev    = a.lead.std_dev,
                                                  .expected_shortage_per_cycle = a.shortage,
                                                  .cycle_service_level         = a.cycle_service_level,
                                                  .fill_rate                   = a.fill_rate,
                                                  .order_now                   = position <= a.reorder_point};
  out->recommendation   = sentences(ctx, in, &a, out->order_now);
  return out->recommendation ? DYO_OK : dyo_oom(err);
}
