/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lot_sizing.h - private to lot_sizing*.c: one problem with an array per quantity, and the two ways to plan it. */
#ifndef DYO_INVENTORY_LOT_SIZING_H
#define DYO_INVENTORY_LOT_SIZING_H

#include "base/dyo_ctx.h"

/* Periods 0..n-1. need is demand less what initial stock still covers; capacity is NULL where orders have no limit. */
typedef struct {
  size_t        n;
  const double *need, *order_cost, *holding, *unit_cost, *capacity;
} lot_problem;

/* Cost of ordering, keeping and buying, stock counted from zero. */
double lot_cost(const lot_problem *p, const double *orders);

typedef struct {
  double  *orders; /* n, the caller's */
  double   bound;  /* no plan costs less; 0 when nothing is known */
  dyo_stop stop;   /* what ended the work before its time */
} lot_answer;

/* Orders are left alone when stopped. The bound is the plan's own cost. */
dyo_status lot_wagner_whitin(dyo_ctx *ctx, const lot_problem *p, lot_answer *a, dyo_err *err);

typedef struct {
  double upper; /* what some plan costs */
  double slack; /* a cost that does not matter */
  size_t lines; /* budget: lines a cost function may keep to a period */
} lot_scale;

enum { LOT_LINES = 10000 };

/* With capacity, which must suffice. Stopped, it hurries to a plan. */
dyo_status lot_capacitated(dyo_ctx *ctx, const lot_problem *p, const lot_scale *s, lot_answer *a, dyo_err *err);

/* What the linear program costs in which an order of a share of the largest useful one costs that share of the
 * fixed cost. In unit_i = c_i + K_i / C_i + holding from i to the end it does not matter when a unit is used, so
 * each need takes the cheapest left. */
double lot_linear_bound(dyo_ctx *ctx, const lot_problem *p);

#endif
