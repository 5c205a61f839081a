/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The operation inventory.newsvendor. See dyo_newsvendor.h. */
#include "inventory/dyo_newsvendor.h"

#include <math.h>

#include "inventory/demand.h"

const dyo_field dyo_newsvendor_in_rows[] = {
  DYO_NUM(dyo_newsvendor_in, unit_cost, DYO_OPT, 0, 1e12, "money/unit",
          "What one unit costs to buy. Give prices (this and price) or underage_cost and overage_cost."),
  DYO_NUM(dyo_newsvendor_in, price, DYO_OPT, 0, 1e12, "money/unit", "What one unit sells for, above unit_cost."),
  DYO_NUM(dyo_newsvendor_in, salvage_value, DYO_OPT, -1e12, 1e12, "money/unit",
          "What a leftover unit brings, below unit_cost; negative where it costs to get rid of. Missing: 0."),
  DYO_NUM(dyo_newsvendor_in, underage_cost, DYO_OPT, DYO_POS, 1e12, "money/unit",
          "Cost of each unit of demand not met."),
  DYO_NUM(dyo_newsvendor_in, overage_cost, DYO_OPT, DYO_POS, 1e12, "money/unit", "Cost of each unit left over."),
  DYO_OBJ(dyo_newsvendor_in, demand, DYO_REQ, dyo_demand_in, dyo_demand_rows,
          "Demand of the season. Of normal demand the part below zero counts as returns."),
  DYO_END(dyo_newsvendor_in)};

const dyo_field dyo_newsvendor_out_rows[] = {
  DYO_OUT(dyo_newsvendor_out, order_quantity, DYO_REQ, "units", "The quantity of least expected cost, not below 0."),
  DYO_OUT(dyo_newsvendor_out, critical_ratio, DYO_REQ, "0..1",
          "underage_cost / (underage_cost + overage_cost): the service level that pays."),
  DYO_OUT(dyo_newsvendor_out, expected_cost, DYO_REQ, "money",
          "Expected cost of demand not met and units left over together."),
  DYO_OUT(dyo_newsvendor_out, expected_profit, DYO_NULL, "money",
          "Expected sales and salvage less purchase; null without prices."),
  DYO_OUT(dyo_newsvendor_out, expected_lost_sales, DYO_REQ, "units", "Mean demand not met."),
  DYO_OUT(dyo_newsvendor_out, expected_sales, DYO_REQ, "units", "Mean demand less expected_lost_sales."),
  DYO_OUT(dyo_newsvendor_out, expected_leftover, DYO_REQ, "units", "Mean number of units left over."),
  DYO_OUT(dyo_newsvendor_out, service_level, DYO_REQ, "0..1", "Probability that all demand is met."),
  DYO_OUT(dyo_newsvendor_out, fill_rate, DYO_NULL, "0..1",
          "expected_sales / mean demand; null where mean demand is 0."),
  DYO_OUT(dyo_newsvendor_out, underage_cost, DYO_REQ, "money/unit", "As given, or price less unit_cost."),
  DYO_OUT(dyo_newsvendor_out, overage_cost, DYO_REQ, "money/unit", "As given, or unit_cost less salvage_value."),
  DYO_STR(dyo_newsvendor_out, recommendation, DYO_REQ, 1000, "The answer in a sentence, rounded."),
  DYO_END(dyo_newsvendor_out)};

static dyo_status costs_from_prices(const dyo_newsvendor_in *in, double *cu, double *co, dyo_err *err)
{
  const double salvage = isnan(in->salvage_value) ? 0 : in->salvage_value;
  if (isnan(in->price))
    return dyo_fail(err, DYO_INVALID_INPUT, "/price",
                    "price is missing; price and unit_cost, or underage_cost and overage_cost, are expected");
  if (isnan(in->unit_cost))
    return dyo_fail(err, DYO_INVALID_INPUT, "/unit_cost", "unit_cost is missing; it is expected beside price");
  if (in->price <= in->unit_cost)
    return dyo_fail(err, DYO_INVALID_INPUT, "/price",
                    "found %g; above the unit_cost of %g is expected, or nothing is worth buying", in->price,
                    in->unit_cost);
  if (salvage >= in->unit_cost)
    return dyo_fail(
      err, DYO_INVALID_INPUT, isnan(in->salvage_value) ? "/unit_cost" : "/salvage_value",
      "found a salvage_value of %g and a unit_cost of %g; salvage below cost is expected, or no quantity is too much",
      salvage, in->unit_cost);
  *cu = in->price - in->unit_cost;
  *co = in->unit_cost - salvage;
  return DYO_OK;
}

static dyo_status costs(const dyo_newsvendor_in *in, double *cu, double *co, dyo_err *err)
{
  const bool under = !isnan(in->underage_cost), over = !isnan(in->overage_cost);
  const bool prices = !isnan(in->price) || !isnan(in->unit_cost) || !isnan(in->salvage_value);
  if (!under && !over) return costs_from_prices(in, cu, co, err);
  if (prices)
    return dyo_fail(
      err, DYO_INVALID_INPUT, under ? "/underage_cost" : "/overage_cost",
      "found %g beside prices; price, unit_cost and salvage_value, or underage_cost and overage_cost, are "
      "expected, not both",
      under ? in->underage_cost : in->overage_cost);
  if (!under)
    return dyo_fail(err, DYO_INVALID_INPUT, "/underage_cost",
                    "underage_cost is missing; it is expected beside overage_cost");
  if (!over)
    return dyo_fail(err, DYO_INVALID_INPUT, "/overage_cost",
                    "overage_cost is missing; it is expected beside underage_cost");
  *cu = in->underage_cost;
  *co = in->overage_cost;
  return DYO_OK;
}

static void fill(const dyo_newsvendor_in *in, const dyo_dist *d, dyo_newsvendor_out *out)
{
  const double    cu = out->underage_cost, co = out->overage_cost;
  const double    q        = fmax(0, dyo_dist_quantile(d, out->critical_ratio));
  const dyo_tails t        = dyo_dist_tails(d, q);
  out->order_quantity      = q;
  out->expected_lost_sales = t.loss;
  out->expected_leftover   = t.loss_below;
  out->expected_sales      = d->mean - t.loss;
  out->service_level       = t.cdf;
  out->fill_rate           = d->mean > 0 ? out->expected_sales / d->mean : NAN;
  out->expected_cost       = co * t.loss_below + cu * t.loss;
  out->expected_profit     = isnan(in->price) ? NAN : cu * d->mean - out->expected_cost;
}

dyo_status dyo_newsvendor(dyo_ctx *ctx, const dyo_newsvendor_in *in, dyo_newsvendor_out *out, dyo_err *err)
{
  dyo_dist   d  = {0};
  dyo_status st = costs(in, &out->underage_cost, &out->overage_cost, err);
  if (st == DYO_OK) st = demand_dist(ctx, in->demand, &d, err);
  if (st != DYO_OK) return st;
  /* Q* is the smallest with F(Q) >= cu / (cu + co). */
  out->critical_ratio = out->underage_cost / (out->underage_cost + out->overage_cost);
  if (out->critical_ratio <= 0 || out->critical_ratio >= 1)
    return dyo_fail(err, DYO_INVALID_INPUT, isnan(in->price) ? "/underage_cost" : "/price",
                    "found costs of %g for a unit short and %g for a unit over; they are too far apart to be weighed",
                    out->underage_cost, out->overage_cost);
  fill(in, &d, out);
  const char *q = stock_figure(ctx, out->order_quantity), *p = stock_percent(ctx, out->service_level);
  if (!q || !p) return dyo_oom(err);
  out->recommendation = dyo_text(ctx, "Buy %s units: all demand is then met with a probability of %s.", q, p);
  return out->recommendation ? DYO_OK : dyo_oom(err);
}
