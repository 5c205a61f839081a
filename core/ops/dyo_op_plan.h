/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_op_plan.h - inventory.plan: what to order, when, and what lies there too long, for each item from its sales history.
 *
 * Demand. The model of the history (auto: the one of least root mean squared error in a rolling backtest, because stock needs the
 * mean of demand, which absolute errors do not find where most days sell nothing) forecasts step by step; steps become days.
 * Over lead time and review period the mean is the sum of the forecast. Its variance follows Hyndman, Koehler, Ord & Snyder
 * (2008), Forecasting with Exponential Smoothing, section 6.4: with step variances v_1 <= v_2 <= ... of a linear model,
 * c_j = sqrt((v_{j+1} - v_j) / v_1) are the weights an error keeps j steps later, and the sum over L steps has variance
 * v_1 sum_{k=1..L} (1 + c_1 + ... + c_{k-1})^2. Fewer than DYO_PLAN_LEAST known values: their average and spread, with a warning.
 *
 * Stock. Reorder point and safety stock by inventory.reorder_point, order size by inventory.eoq. Family of lead-time demand under
 * auto: of intermittent or lumpy histories of whole numbers negative binomial, or Poisson where the variance is not above the
 * mean; else gamma where the standard deviation exceeds half the mean (Burgin 1975), and normal otherwise. A fitted quantile below the
 * mean gives way to that of the history's own sums over as many days (empirical), or to the mean where there are too few.
 *
 * Actions. ORDER_NOW: stock on hand and on order is at or below the reorder point; the order lifts it to reorder point plus order
 * size, in whole lots, within max_stock. REDUCE_STOCK: it is above max_stock, or without one above reorder point plus order
 * size plus excess_days of demand; potential_saving is what holding the excess for a year costs. MAINTAIN: neither.
 *
 * Classes. ABC: items in falling order of annual value; those that begin below 80 % of the sum are A, below 95 % B, the rest C.
 * XYZ: coefficient of variation of demand (daily and finer histories by week, where they have eight): up to 0.5 X, up to 1 Y, above Z. */
#ifndef DYO_OP_PLAN_H
#define DYO_OP_PLAN_H

#include "base/dyo_ctx.h"
#include "series/dyo_regular.h"

enum { DYO_PLAN_ITEMS = 100000, DYO_PLAN_LEAST = 8, DYO_PLAN_DAYS = 3650 };
enum { DYO_GAPS_MISSING, DYO_GAPS_ZERO };               /* gaps */
enum { DYO_ORDER_NOW, DYO_REDUCE_STOCK, DYO_MAINTAIN }; /* action */

typedef struct {
  double mean, std_dev; /* of a day */
} dyo_plan_demand;

typedef struct {
  const char      *sku, *name;
  double           on_hand, on_order, on_order_days;
  double           unit_cost, order_cost, holding_cost_rate, holding_cost_per_unit;
  double           lead_time_days, lead_time_std_dev, review_period_days, service_level;
  double           min_order_quantity, lot_size, max_stock;
  int              model_type, demand_distribution; /* -1: as of the whole plan; auto */
  dyo_series_in   *history;
  dyo_plan_demand *forecast;
} dyo_plan_item;

typedef struct {
  dyo_plan_item *items;
  size_t         n_items;
  double         order_cost, holding_cost_rate, service_level;
  int            service_type;
  double         lead_time_days, lead_time_std_dev, review_period_days;
  int            model_type;
  int            horizon_days;
  const char    *as_of;
  double         days_per_year, excess_days;
  int            gaps; /* DYO_GAPS_* */
  bool           include_projection;
  int            seed;
} dyo_plan_in;

typedef struct {
  const char **dates;
  double      *values;
  size_t       n_dates, n_values;
} dyo_plan_curve;

typedef struct {
  const char      *sku, *name;
  int              action;
  double           order_quantity, order_value;
  const char      *order_by;
  double           next_order_quantity;
  double           reorder_point, safety_stock, eoq, order_up_to, position;
  double           days_of_cover;
  const char      *stockout_date;
  double           excess_stock, potential_saving, stock_value, annual_demand, annual_value;
  const char      *abc_class, *xyz_class;
  double           variation, fill_rate, cycle_service_level, lead_time_demand_mean, lead_time_demand_std_dev;
  int              demand_distribution, demand_class;
  const char      *model_type;
  dyo_plan_demand *forecast;
  dyo_plan_curve  *projected_stock;
  const char      *reason;
  const char     **warnings;
  size_t           n_warnings;
} dyo_recommendation;

typedef struct {
  int order_now, reduce_stock, maintain;
} dyo_plan_counts;

typedef struct {
  const char         *as_of;
  dyo_recommendation *recommendations;
  size_t              n_recommendations;
  double              total_order_value, total_potential_saving, total_stock_value;
  dyo_plan_counts    *counts;
  const char        **warnings;
  size_t              n_warnings;
} dyo_plan_out;

extern const dyo_field   dyo_plan_in_rows[], dyo_plan_out_rows[], dyo_plan_item_rows[], dyo_recommendation_rows[];
extern const char *const dyo_action_words[];

/* Recommendations in the order of the items. Refuses what has the wrong shape: no sku or one that is there twice, neither history
 * nor forecast or both, unreadable dates. What one item lacks (no sales, no price, a model that does not fit) becomes its warning. */
dyo_status dyo_plan(dyo_ctx *ctx, const dyo_plan_in *in, dyo_plan_out *out, dyo_err *err);

#endif
