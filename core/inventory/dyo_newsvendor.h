/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_newsvendor.h - how much to buy for one uncertain selling season.
 * Arrow, Harris & Marschak (1951), Econometrica 19; Snyder & Shen (2019), sections 4.3.2 and 4.3.3. */
#ifndef DYO_NEWSVENDOR_H
#define DYO_NEWSVENDOR_H

#include "base/dyo_ctx.h"
#include "base/dyo_field.h"
#include "inventory/dyo_demand.h"

typedef struct {
  double         unit_cost, price, salvage_value;
  double         underage_cost, overage_cost;
  dyo_demand_in *demand;
} dyo_newsvendor_in;

typedef struct {
  double      order_quantity, critical_ratio, expected_cost, expected_profit;
  double      expected_lost_sales, expected_sales, expected_leftover, service_level, fill_rate;
  double      underage_cost, overage_cost;
  const char *recommendation;
} dyo_newsvendor_out;

extern const dyo_field dyo_newsvendor_in_rows[], dyo_newsvendor_out_rows[];

/* The smallest Q >= 0 with P(D <= Q) >= cu / (cu + co), which minimises co E[(Q-D)+] + cu E[(D-Q)+]. Whole where
 * demand is Poisson or negative binomial, one of the samples where empirical. */
dyo_status dyo_newsvendor(dyo_ctx *ctx, const dyo_newsvendor_in *in, dyo_newsvendor_out *out, dyo_err *err);

#endif
