/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to core/ops: the parts of inventory.plan. */
#ifndef DYO_OPS_PLAN_H
#define DYO_OPS_PLAN_H

#include "ops/dyo_op_plan.h"
#include "stats/dyo_intermittent.h"

/* An item with the plan's settings where it has none of its own. */
typedef struct {
  const dyo_plan_item *given;
  size_t               i;                   /* place in the request */
  double               done;                /* share of the items before it */
  double               order_cost, holding; /* of an order; of a unit for a year, NaN where no price is known */
  double               lead, lead_sd, review, service, lot; /* days, days, days, 0..1, units */
  int                  model_type;
} plan_item;

/* What is known of the past. */
typedef struct {
  dyo_regular regular; /* n = 0: nothing is known */
  double      start;   /* end of the history, where the forecast begins: days since 1970, or 0 without dates */
} plan_history;

/* Expected demand from the plan's date on. */
typedef struct {
  double          *day; /* expected demand of each day, n of them, none below zero */
  size_t           n;
  double           mean, sd;           /* of a day, such that lead time and review period have lead_mean and lead_sd */
  double           lead_mean, lead_sd; /* of the demand over lead time and review period, the lead time being certain */
  double           variation;          /* coefficient of variation, NaN where it cannot be told */
  dyo_demand_class kind;
  bool             whole; /* the history has whole numbers only */
  double     *daily; /* n_daily days of history, none below zero; NULL where it has other periods or missing ones */
  size_t      n_daily;
  const char *model;
} plan_demand;

/* History of item i: on a regular grid of days or longer, whose errors point into the request. */
dyo_status plan_read(dyo_ctx *ctx, const plan_item *item, plan_history *h, dyo_notes *notes, dyo_err *err);

/* First day of period k of the history, in days since 1970: a date that is its month's last one ends the period, others begin it. */
double plan_boundary(const dyo_regular *r, int64_t k);

/* `from`: the plan's date in the days of h->start; `days`: how far to look. */
dyo_status plan_forecast(dyo_ctx *ctx, const plan_item *item, const plan_history *h, double from, size_t days, int seed,
                         plan_demand *out, dyo_notes *notes, dyo_err *err);

/* Variance of the sum over the time from..to, in steps, of a forecast with standard deviations sd[0..n). */
double plan_variance(dyo_ctx *ctx, const double *sd, size_t n, double from, double to);

/* Everything of one recommendation but its classes and sentences. */
dyo_status plan_stock(dyo_ctx *ctx, const dyo_plan_in *in, const plan_item *item, const plan_demand *d,
                      dyo_recommendation *out, double *order_day, double *out_day, dyo_notes *notes, dyo_err *err);

/* ABC and XYZ of all. */
dyo_status plan_classes(dyo_ctx *ctx, const dyo_plan_in *in, dyo_recommendation *r, size_t n, dyo_notes *notes,
                        dyo_err *err);

/* The recommendation in a sentence; order_by and today mean nothing where not dated. NULL when memory ran out. */
const char *plan_reason(dyo_ctx *ctx, const dyo_recommendation *r, bool dated, dyo_time today, double order_day,
                        double out_day, double lead);

#endif
