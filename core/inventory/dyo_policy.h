/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_policy.h - optimal inventory policies under uncertain demand, unmet demand waiting.
 * r_q, continuous review: Federgruen & Zheng (1992), Operations Research 40; Zheng (1992), Management Science 38.
 * s_S, periodic review: Zheng & Federgruen (1991), Operations Research 39. base_stock: Snyder & Shen (2019), section
 * 4.3.4. */
#ifndef DYO_POLICY_H
#define DYO_POLICY_H

#include "base/dyo_ctx.h"
#include "base/dyo_field.h"
#include "inventory/dyo_demand.h"

enum { DYO_POLICY_R_Q, DYO_POLICY_S_S, DYO_POLICY_BASE_STOCK }; /* type */

typedef struct {
  int            type;
  dyo_demand_in *demand;
  double         lead_time, fixed_cost, holding_cost, stockout_cost;
} dyo_policy_in;

typedef struct {
  double      reorder_point, order_quantity, order_up_to;
  double      expected_cost, ordering_cost, carrying_cost, waiting_cost;
  double      expected_on_hand, expected_backorders, orders_per_unit_time, grid_step;
  const char *recommendation;
} dyo_policy_out;

extern const dyo_field dyo_policy_in_rows[], dyo_policy_out_rows[];

/* Demand in separate units of time is independent. The answer is the optimum, not a heuristic:
 * r_q  normal, gamma: C(r,Q) = [K lambda + integral of g over (r, r+Q)]/Q, the position being uniform there, to 1e-9
 * in cost.
 *      poisson: the same with sums. negative_binomial: batches of demand with logarithmic sizes; (r, nQ): when the
 * position is at r or
 *      below, the fewest multiples of Q that lift it above are one order, at one fixed cost. empirical: unsupported.
 * s_S  poisson, negative_binomial, whole samples: exact. normal, gamma: on a grid of grid_step <= std_dev/25 (to
 * 2e-4 in cost; of
 *      normal demand the part below zero counts as none).
 * base_stock  any; the position is raised to order_up_to in every period that had demand, at fixed_cost.
 * Periodic policies: an order placed at the start of a period arrives lead_time periods later (0: in time for its
 * demand), so the stock covers lead_time + 1 periods. */
dyo_status dyo_policy(dyo_ctx *ctx, const dyo_policy_in *in, dyo_policy_out *out, dyo_err *err);

#endif
