/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_lot_sizing.h - when and how much to order for a known demand per period. Without capacity: Wagner & Whitin
 * (1958), Management Science 5, 89-96. With it: the dynamic program on piecewise linear cost functions of Chen,
 * Hearn & Lee (1994), J. Global Optimization 4, 285-300, which is exact for any data (the problem is NP-hard;
 * where its functions outgrow their budget they are thinned, and lower_bound says by how much at most that can
 * have cost). */
#ifndef DYO_LOT_SIZING_H
#define DYO_LOT_SIZING_H

#include "base/dyo_ctx.h"
#include "base/dyo_field.h"

enum { DYO_LOT_OPTIMAL, DYO_LOT_FEASIBLE, DYO_LOT_INFEASIBLE };                     /* status */
enum { DYO_LOT_BY_GAP, DYO_LOT_BY_ITERATIONS, DYO_LOT_BY_TIME, DYO_LOT_BY_CANCEL }; /* stopped_by */

/* Arrays hold one value per period, or one for all periods. */
typedef struct {
  double *demand;
  size_t  n_demand;
  double *order_cost;
  size_t  n_order_cost;
  double *holding_cost;
  size_t  n_holding_cost;
  double *unit_cost;
  size_t  n_unit_cost;
  double *capacity;
  size_t  n_capacity;
  double  initial_inventory, gap_tolerance, time_limit_s;
} dyo_lot_sizing_in;

typedef struct {
  int         status;
  double     *orders;
  size_t      n_orders;
  double     *inventory;
  size_t      n_inventory;
  double      total_cost, ordering_cost, holding_cost, purchase_cost;
  int         num_orders;
  double      lower_bound, gap;
  int         stopped_by;
  const char *conflict;
  double      least_capacity, shortage;
  int         shortage_period;
} dyo_lot_sizing_out;

extern const dyo_field dyo_lot_sizing_in_rows[], dyo_lot_sizing_out_rows[];

/* Refuses arrays of another length than 1 or n_demand, and more periods than it can plan. */
dyo_status dyo_lot_sizing(dyo_ctx *ctx, const dyo_lot_sizing_in *in, dyo_lot_sizing_out *out, dyo_err *err);

#endif
