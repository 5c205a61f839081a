/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The operation inventory.policy: what is asked, which solver answers it, and the answer in words. See dyo_policy.h. */
#include "inventory/policy.h"

#include <math.h>

#include "inventory/demand.h"

static const char *const types[] = {"r_q", "s_S", "base_stock", NULL};

const dyo_field dyo_policy_in_rows[] = {
  DYO_ENUM(dyo_policy_in, type, DYO_REQ, types,
           "r_q: watch the stock always, order a fixed quantity. s_S: look once a period, order up to S when at or "
           "below s. base_stock: order up to one level every period."),
  DYO_OBJ(dyo_policy_in, demand, DYO_REQ, dyo_demand_in, dyo_demand_rows,
          "Demand of one unit of time (a period, where periodic), independent of that of others."),
  DYO_NUM(dyo_policy_in, lead_time, 0, 0, 1e6, "units of time",
          "From order to arrival; for s_S and base_stock 0 means in time for the period's demand."),
  DYO_NUM(dyo_policy_in, fixed_cost, 0, 0, 1e12, "money/order", "Cost of placing an order, whatever its size."),
  DYO_NUM(dyo_policy_in, holding_cost, DYO_REQ, DYO_POS, 1e12, "money/unit/unit of time",
          "Cost of keeping one unit in stock for one unit of time."),
  DYO_NUM(dyo_policy_in, stockout_cost, DYO_REQ, DYO_POS, 1e12, "money/unit/unit of time",
          "Cost of one unit of demand waiting for one unit of time."),
  DYO_END(dyo_policy_in)};

const dyo_field dyo_policy_out_rows[] = {
  DYO_OUT(dyo_policy_out, reorder_point, DYO_OPT, "units",
          "r or s: order when the inventory position (on hand, on order, less what waits) is at or below this. Not "
          "for base_stock."),
  DYO_OUT(
    dyo_policy_out, order_quantity, DYO_OPT, "units",
    "Q, of r_q alone; 0 where orders cost nothing and demand is continuous: order each bit of demand as it comes."),
  DYO_OUT(dyo_policy_out, order_up_to, DYO_OPT, "units", "S, of s_S and base_stock."),
  DYO_OUT(dyo_policy_out, expected_cost, DYO_REQ, "money/unit of time",
          "Ordering, carrying and waiting cost together: the least there is."),
  DYO_OUT(dyo_policy_out, ordering_cost, DYO_REQ, "money/unit of time", "fixed_cost times orders_per_unit_time."),
  DYO_OUT(dyo_policy_out, carrying_cost, DYO_REQ, "money/unit of time", "holding_cost times expected_on_hand."),
  DYO_OUT(dyo_policy_out, waiting_cost, DYO_REQ, "money/unit of time", "stockout_cost times expected_backorders."),
  DYO_OUT(dyo_policy_out, expected_on_hand, DYO_REQ, "units", "Mean stock on hand; periodic: at the end of a period."),
  DYO_OUT(dyo_policy_out, expected_backorders, DYO_REQ, "units",
          "Mean demand waiting; periodic: at the end of a period."),
  DYO_OUT(dyo_policy_out, orders_per_unit_time, DYO_NULL, "orders/unit of time",
          "How often an order is placed; null where that is without end (order_quantity 0)."),
  DYO_OUT(dyo_policy_out, grid_step, DYO_OPT, "units",
          "s_S with normal or gamma demand: demand and policy are on multiples of this."),
  DYO_STR(dyo_policy_out, recommendation, DYO_REQ, 1000, "The answer in a sentence, rounded."),
  DYO_END(dyo_policy_out)};

double policy_rate(const policy_job *job, double below, double loss)
{
  return job->h * below + job->p * loss;
}

double policy_lot(const policy_job *job)
{
  return sqrt(2 * job->k * job->unit.mean * (1 / job->h + 1 / job->p));
}

void policy_costs(const policy_job *job, double on_hand, double backorders, double orders, dyo_policy_out *out)
{
  out->expected_on_hand     = on_hand;
  out->expected_backorders  = backorders;
  out->orders_per_unit_time = orders;
  out->ordering_cost        = job->k > 0 ? job->k * orders : 0;
  out->carrying_cost        = job->h * on_hand;
  out->waiting_cost         = job->p * backorders;
  out->expected_cost        = out->ordering_cost + out->carrying_cost + out->waiting_cost;
}

static dyo_status solve(dyo_ctx *ctx, int type, policy_job *job, dyo_policy_out *out, dyo_err *err)
{
  const bool empirical = job->unit.kind == DYO_DIST_EMPIRICAL;
  if (!empirical) job->lead = dyo_dist_over(&job->unit, job->lead_time + (type == DYO_POLICY_R_Q ? 0 : 1));
  if (type == DYO_POLICY_BASE_STOCK) return policy_base_stock(ctx, job, out, err);
  if (type == DYO_POLICY_R_Q && empirical)
    return dyo_fail(
      err, DYO_UNSUPPORTED, "/demand/distribution",
      "found empirical with type r_q; samples of whole periods do not say how demand comes within them: use "
      "s_S, base_stock or another distribution");
  if (job->unit.mean <= 0)
    return dyo_fail(err, DYO_INVALID_INPUT, empirical ? "/demand/samples" : "/demand/mean",
                    "found a mean of %g; demand above 0 is expected", job->unit.mean);
  if (type == DYO_POLICY_S_S) return policy_ss(ctx, job, out, err);
  if (job->unit.kind == DYO_DIST_POISSON) return policy_rq_poisson(job, out);
  if (job->unit.kind == DYO_DIST_NEGATIVE_BINOMIAL) return policy_rq_batches(ctx, job, out, err);
  return policy_rq_continuous(job, out);
}

static const char *words(dyo_ctx *ctx, int type, const dyo_policy_out *out)
{
  const char *cost = stock_figure(ctx, out->expected_cost);
  const char *a    = stock_figure(ctx, type == DYO_POLICY_BASE_STOCK ? out->order_up_to : out->reorder_point);
  const char *b    = stock_figure(ctx, type == DYO_POLICY_R_Q ? out->order_quantity : out->order_up_to);
  if (!cost || !a || !b) return NULL;
  if (type == DYO_POLICY_BASE_STOCK)
    return dyo_text(ctx, "Each period, order up to %s units; expected cost is %s a period.", a, cost);
  if (type == DYO_POLICY_S_S)
    return dyo_text(ctx, "When a period begins with %s units or fewer, order up to %s; expected cost is %s a period.",
                    a, b, cost);
  if (out->order_quantity <= 0)
    return dyo_text(
      ctx, "Order each unit of demand as it comes, from a stock position of %s; expected cost is %s a unit of time.", a,
      cost);
  return dyo_text(ctx, "When stock falls to %s units, order %s; expected cost is %s a unit of time.", a, b, cost);
}

static dyo_status check_finite(const dyo_policy_out *out, dyo_err *err)
{
  const double all = out->expected_cost + out->expected_on_hand + out->expected_backorders;
  if (isfinite(all) && out->expected_cost >= 0) return DYO_OK;
  return dyo_fail(err, DYO_INVALID_INPUT, "",
                  "the numbers are too far apart in size for an answer; other units of measure are expected");
}

dyo_status dyo_policy(dyo_ctx *ctx, const dyo_policy_in *in, dyo_policy_out *out, dyo_err *err)
{
  policy_job job = {.h = in->holding_cost, .p = in->stockout_cost, .k = in->fixed_cost, .lead_time = in->lead_time};
  dyo_status st  = demand_dist(ctx, in->demand, &job.unit, err);
  if (st != DYO_OK) return st;
  const double ratio = job.p / (job.p + job.h);
  if (ratio <= 0 || ratio >= 1)
    return dyo_fail(err, DYO_INVALID_INPUT, "/stockout_cost",
                    "found %g with a holding_cost of %g; they are too far apart to be weighed", job.p, job.h);
  out->reorder_point = out->order_quantity = out->order_up_to = out->grid_step = NAN;
  st                                                                           = solve(ctx, in->type, &job, out, err);
  if (st != DYO_OK && st != DYO_CANCELLED) return st;
  const dyo_status finite = check_finite(out, err);
  if (finite != DYO_OK) return finite;
  out->recommendation = words(ctx, in->type, out);
  return out->recommendation ? st : dyo_oom(err);
}
