/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_multi_product.h - order sizes of many products that share a budget, a store room and a number of orders.
 * Hadley & Whitin (1963), Analysis of Inventory Systems, ch. 2: the convex program, solved through its concave dual (Everett 1963);
 * whole lots and joint orders after Fisher (1981) and Wildeman, Frenk & Dekker (1997). Every answer carries its proof: lower_bound. */
#ifndef DYO_MULTI_PRODUCT_H
#define DYO_MULTI_PRODUCT_H

#include "base/dyo_ctx.h"
#include "base/dyo_field.h"

/* ---- The operation ---- */

enum { DYO_MULTI_PEAK, DYO_MULTI_AVERAGE };                                                 /* constraint_basis */
enum { DYO_MULTI_OPTIMAL, DYO_MULTI_FEASIBLE, DYO_MULTI_INFEASIBLE, DYO_MULTI_UNKNOWN };    /* status */
enum { DYO_MULTI_BY_GAP, DYO_MULTI_BY_ITERATIONS, DYO_MULTI_BY_TIME, DYO_MULTI_BY_CANCEL }; /* stopped_by */

typedef struct {
  const char *id;
  double      annual_demand, order_cost, holding_cost_per_unit, holding_cost_rate, unit_cost, storage_per_unit;
  double      min_order_quantity, max_order_quantity, lot_size;
} dyo_multi_item;

typedef struct {
  dyo_multi_item *products;
  size_t          n_products;
  double          budget, storage_capacity, max_orders_per_year;
  int             constraint_basis;
  double          joint_order_cost, gap_tolerance, time_limit_s;
} dyo_multi_product_in;

typedef struct {
  const char *id;
  double      order_quantity, eoq, orders_per_year, annual_cost, investment, storage;
  int         multiple;
} dyo_multi_order;

typedef struct {
  double budget, storage, orders;
} dyo_multi_prices;

typedef struct {
  const char **constraints;
  size_t       n_constraints;
  const char **products;
  size_t       n_products;
  const char  *message;
} dyo_multi_conflict;

typedef struct {
  int                 status;
  dyo_multi_order    *products;
  size_t              n_products;
  double              total_annual_cost, unconstrained_cost, lower_bound, gap;
  double              budget_used, storage_used, orders_used;
  dyo_multi_prices   *shadow_prices;
  double              base_cycle, joint_annual_cost;
  dyo_multi_conflict *conflict;
  double              least_budget, least_storage, least_orders;
  int                 stopped_by;
} dyo_multi_product_out;

extern const dyo_field dyo_multi_product_in_rows[], dyo_multi_product_out_rows[];

dyo_status dyo_multi_product(dyo_ctx *ctx, const dyo_multi_product_in *in, dyo_multi_product_out *out, dyo_err *err);

/* ---- The continuous solve on arrays, which the operation calls ----
 * minimise sum of order[i] / q[i] + hold[i] q[i]  subject to  sum of unit[r][i] q[i] <= limit[r]  for r = budget, space,
 * sum of demand[i] / q[i] <= limit[orders],  lo[i] <= q[i] <= hi[i]. */

enum { DYO_MULTI_BUDGET, DYO_MULTI_SPACE, DYO_MULTI_ORDERS, DYO_MULTI_LIMITS };

typedef struct {
  size_t n;
  const double
    *order; /* n, order cost times demand; >= 0, and above 0 wherever lo is 0 and there is no limit on orders */
  const double *hold;    /* n, half the holding cost; > 0 */
  const double *unit[2]; /* n each, money and space one unit takes, >= 0; NULL where that limit is INFINITY */
  const double *demand;  /* n, > 0; NULL where there is neither a limit on orders nor lo, hi */
  const double *lo, *hi; /* n each, 0 <= lo <= hi, hi > 0 and may be INFINITY; both NULL: no bounds */
  double        limit[DYO_MULTI_LIMITS]; /* INFINITY: none */
} dyo_multi_eoq;

typedef struct {
  bool feasible; /* false: no q keeps every limit (missed by more than one part in 1e9); the rest is then meaningless */
  double cost;   /* of q */
  double bound;  /* no q that keeps the limits costs less, whatever the state of the search */
  double price[DYO_MULTI_LIMITS]; /* multipliers: cost saved per unit of the limit, >= 0 */
  double used[DYO_MULTI_LIMITS];  /* 0 where unit or demand is NULL */
  int    passes;                  /* over the products */
} dyo_multi_eoq_info;

/* q: n out. Allocates nothing; O(n) a pass. */
void dyo_multi_eoq_solve(const dyo_multi_eoq *p, double *q, dyo_multi_eoq_info *info);

#endif
