/* SPDX-License-Identifier: GPL-3.0-or-later */
/* demand.h - from the demand of a request to a distribution. */
#ifndef DYO_INVENTORY_DEMAND_H
#define DYO_INVENTORY_DEMAND_H

#include "base/dyo_ctx.h"
#include "inventory/dyo_demand.h"
#include "inventory/dyo_safety_stock.h"
#include "num/dyo_dist.h"

/* The distribution of `in`, the member "demand" of the request. Samples are sorted into the arena. */
dyo_status demand_dist(dyo_ctx *ctx, const dyo_demand_in *in, dyo_dist *d, dyo_err *err);

/* Demand over lead time and review period. Daily demand and lead time are independent:
 * mean d T, variance T sd_d^2 + d^2 sd_L^2, T the lead time and review period together. */
dyo_status demand_over_lead_time(dyo_ctx *ctx, const dyo_safety_stock_in *in, dyo_dist *d, dyo_err *err);

/* The stock that keeps the service asked for. */
typedef struct {
  dyo_dist lead; /* demand over lead time and review period */
  double   reorder_point, safety_stock, z_score;
  double   cycle_service_level, shortage; /* P(X <= r), E[(X-r)+] */
  double   fill_rate;                     /* NaN where order_quantity is missing */
} stock_answer;

dyo_status stock_solve(dyo_ctx *ctx, const dyo_safety_stock_in *in, stock_answer *a, dyo_err *err);

/* "12.3": a figure as sentences give it. */
const char *stock_figure(dyo_ctx *ctx, double x);
const char *stock_percent(dyo_ctx *ctx, double share); /* "99.5%" */

/* The first sentence of a recommendation, on the safety stock; NULL when memory ran out. */
const char *stock_sentence(dyo_ctx *ctx, const dyo_safety_stock_in *in, const stock_answer *a);

extern const char *const stock_service_words[];

/* Rows that inventory.safety_stock and inventory.reorder_point share. */
#define STOCK_IN_ROWS                                                                                                 \
  DYO_NUM(dyo_safety_stock_in, demand_std_dev, DYO_OPT, 0, 1e12, "units/day",                                         \
          "Standard deviation of one day's demand. Required, except with poisson and empirical, which take no "       \
          "notice of it."),                                                                                           \
    DYO_NUM(dyo_safety_stock_in, lead_time_days, DYO_REQ, 0, 1e5, "days", "Mean time from an order to its arrival."), \
    DYO_NUM(dyo_safety_stock_in, avg_daily_demand, 0, 0, 1e12, "units/day",                                           \
            "Mean demand of a day. empirical takes it from demand_history."),                                         \
    DYO_NUM(dyo_safety_stock_in, lead_time_std_dev, 0, 0, 1e5, "days", "Standard deviation of the lead time."),       \
    DYO_NUM(dyo_safety_stock_in, review_period_days, 0, 0, 1e5, "days",                                               \
            "Time between looks at the stock, which the safety stock has to cover as well; 0 is continuous review."), \
    DYO_NUM(dyo_safety_stock_in, service_level, 0.95, DYO_POS, 1, "0..1",                                             \
            "Service to keep, below 1: the share of replenishment cycles without a stock-out (cycle) or the share "   \
            "of demand met "                                                                                          \
            "met from stock (fill_rate)."),                                                                           \
    DYO_ENUM(dyo_safety_stock_in, service_type, DYO_SERVICE_CYCLE, stock_service_words, "What service_level means."), \
    DYO_NUM(dyo_safety_stock_in, order_quantity, DYO_OPT, DYO_POS, 1e12, "units",                                     \
            "Size of an order. Required by fill_rate."),                                                              \
    DYO_ENUM(                                                                                                         \
      dyo_safety_stock_in, demand_distribution, DYO_DIST_NORMAL, dyo_dist_words,                                      \
      "Family of demand over lead time and review period, fitted to its mean and standard deviation. poisson "        \
      "uses the mean "                                                                                                \
      "alone (with lead_time_std_dev it becomes the negative binomial of Poisson demand over a gamma lead time). "    \
      "negative_binomial needs a variance above the mean. empirical sums demand_history over every window of "        \
      "that length, "                                                                                                 \
      "counting part of a day as that part of its demand, and takes a variable lead time as normal, by its "          \
      "three-point "                                                                                                  \
      "Gauss-Hermite rule."),                                                                                         \
    DYO_NUMS(dyo_safety_stock_in, demand_history, 0, DYO_OPT, 0, 1e12, "units/day",                                   \
             "Demand of past days in order, for empirical.")

#endif
