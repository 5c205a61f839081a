/* SPDX-License-Identifier: GPL-3.0-or-later */
/* multi.h - private to multi*.c and joint*.c: the dual of the continuous problem and what is built on it. */
#ifndef DYO_INVENTORY_MULTI_H
#define DYO_INVENTORY_MULTI_H

#include "inventory/dyo_multi_product.h"

/* What is minimised: the yearly cost (MULTI_COST), or what one limit needs (DYO_MULTI_BUDGET, _SPACE, _ORDERS). */
enum { MULTI_COST = -1 };

/* A limit missed by no more than this part of itself counts as kept: figures printed and read again stay feasible. */
static const double MULTI_SLACK = 1e-9;

/* ---- multi_sums.c: passes over the products ---- */

/* The Lagrangian at given prices, without the constant price times limit. use: what its minimiser takes of each limit.
 * curve: minus the second derivatives, in the order 00 01 11 02 12 22. */
typedef struct {
  double value, use[DYO_MULTI_LIMITS], curve[6];
} multi_sums;

/* weight: 1 where the yearly cost is minimised; 0 where one limit's use is, whose own price is then 1. */
void multi_pass(const dyo_multi_eoq *p, double weight, const double price[DYO_MULTI_LIMITS], multi_sums *s);

/* The order quantities of that pass with weight 1, each drawn in to the part `keep` of what it is above its lower bound
 * (1: as they are), with their cost and what they use in one go. */
typedef struct {
  double cost, used[DYO_MULTI_LIMITS];
} multi_totals;
void multi_quantities(const dyo_multi_eoq *p, const double price[DYO_MULTI_LIMITS], double keep, double *q,
                      multi_totals *sum);

/* The Lagrangian's minimiser where product i comes in whole lots of lot[i] (0: any quantity); lo and hi must be there and be
 * whole lots themselves. q: n out, or NULL. sum->curve is not set. */
void multi_whole_pass(const dyo_multi_eoq *p, const double *lot, double weight, const double price[DYO_MULTI_LIMITS],
                      double *q, multi_sums *sum);

/* The totals of any quantities. */
void multi_total(const dyo_multi_eoq *p, const double *q, multi_totals *sum);

/* (1 - t) times the quantities of the cost's prices plus t times those of a limit's least use (weight 0). */
void multi_blend(const dyo_multi_eoq *p, const double *price, const double *safe, double t, double *q);

unsigned multi_given(const dyo_multi_eoq *p); /* the bit set of limits that are there */

/* ---- multi_dual.c ---- */

/* Where a climb is, and where it ended. */
typedef struct {
  double     price[DYO_MULTI_LIMITS];
  multi_sums s; /* at this price */
  double     g; /* the dual there: s.value less price times limit */
  int        passes;
  bool       settled; /* every price has met its limit */
  bool       far;     /* which residual to follow next */
} multi_climber;

/* Raise the dual of "minimise `what`, keep the limits of the bit set `keep`" from x->price on; price[what] is 1 and stays. */
void multi_climb(const dyo_multi_eoq *p, int what, unsigned keep, multi_climber *x);

/* What the lower bounds take of limit `what`; of orders, what the upper bounds leave. */
double multi_at_bounds(const dyo_multi_eoq *p, int what);

/* The least of limit `what` that the bounds and the limits in `keep` allow; INFINITY where these alone cannot be kept.
 * price: out, what the kept limits are worth in units of `what`; its quantities come from multi_quantities at weight 0. */
double multi_least(const dyo_multi_eoq *p, int what, unsigned keep, double price[DYO_MULTI_LIMITS]);

/* ---- multi_planes.c: cutting planes on a dual in the prices of limits ---- */
enum { MULTI_MAX_PLANES = 48 };
typedef struct {
  dyo_ctx *ctx;
  unsigned keep;                                            /* limits with a price */
  double   limit[DYO_MULTI_LIMITS], unit[DYO_MULTI_LIMITS]; /* unit: an ordinary size of each price */
  double   objective[MULTI_MAX_PLANES], over[MULTI_MAX_PLANES][DYO_MULTI_LIMITS];
  int      n;
} multi_planes;

multi_planes *multi_planes_new(dyo_ctx *ctx, unsigned keep, const double limit[DYO_MULTI_LIMITS]); /* NULL: no memory */
void          multi_planes_scale(multi_planes *k, const double price[DYO_MULTI_LIMITS],
                                 double value); /* units: price, or value / limit where that is more */
/* The plane of a plan, by its objective and use; returns its height at price. At most MULTI_MAX_PLANES. */
double multi_planes_add(multi_planes *k, const double price[DYO_MULTI_LIMITS], double objective,
                        const double use[DYO_MULTI_LIMITS]);
/* The highest point under all planes; above: how far over `known`, a value the dual has, in parts of it; 0: no further. */
dyo_status multi_planes_top(const multi_planes *k, double known, double price[DYO_MULTI_LIMITS], double *above,
                            dyo_err *err);

/* ---- multi_lots.c: products in whole lots ---- */

/* The products that do not come in lots, as a problem of their own. */
typedef struct {
  dyo_multi_eoq p;  /* limits: what the lots leave over */
  size_t       *at; /* p.n: where they are among all */
  double       *q;  /* p.n: their quantities */
} multi_rest;

/* "Minimise `what`, keep the limits of `keep`" where product i comes in whole lots of lot[i]. */
typedef struct {
  dyo_ctx *ctx;
  const dyo_multi_eoq
               *p;   /* with demand, lo and hi; those of a product in lots are whole lots. Limits in `keep` are > 0 */
  const double *lot; /* n; 0: any quantity */
  int           what;
  unsigned      keep;
  double        gap;                     /* stop within this relative gap */
  double        enough;                  /* stop at an objective no higher; -INFINITY: never */
  double       *q;                       /* n out: the best plan; given by the caller */
  multi_totals  sum;                     /* of q */
  double        objective;               /* of q; INFINITY: no plan so far */
  double        bound;                   /* no plan is below; INFINITY: proven that there is none */
  double        price[DYO_MULTI_LIMITS]; /* the bound's */
  multi_rest    rest;
  void         *moves; /* multi_search's own */
  int           stopped_by;
} multi_whole;

/* Errors: out_of_memory only. DYO_STOP_* of the context ends the work; the best so far stays. */
dyo_status multi_whole_solve(multi_whole *w, dyo_err *err);

double multi_gap(double objective, double bound); /* (objective - bound) / |objective|, never below 0 */
bool   multi_whole_done(const multi_whole *w);    /* within its gap, or good enough */

/* What a change of one product's quantity does. */
typedef struct {
  double objective, use[DYO_MULTI_LIMITS];
} multi_change;
multi_change multi_change_of(const multi_whole *w, size_t i, double from, double to);

/* ---- multi_search.c: plans ---- */

/* Make a plan of the quantities q (n, overwritten) near the prices, and keep it in w where it is the best so far. */
dyo_status multi_search(multi_whole *w, const double price[DYO_MULTI_LIMITS], double *q, dyo_err *err);

/* ---- multi_rest.c ---- */

dyo_status multi_rest_make(multi_whole *w, dyo_err *err);

/* With the lots of q as they are, the best quantities of the other products into q; false where the limits leave no room.
 * price: out, what the limits are worth to those, or, where there is no room, to the limit `*blocked` (MULTI_COST: none). */
bool multi_rest_fit(multi_whole *w, double *q, double price[DYO_MULTI_LIMITS], int *blocked);

/* The Lagrangian of these products alone at any price of "minimise what": no plan costs them less than this, less what they
 * take of each limit at its price. */
double multi_rest_value(const multi_whole *w, int what, const double price[DYO_MULTI_LIMITS]);

/* ---- multi_core.c: what bound and search leave open, as a small mixed-integer program ---- */
dyo_status multi_core(multi_whole *w, dyo_err *err);

/* ---- multi_model.c: a request as arrays ---- */

/* The products that have any demand; the others are never ordered. */
typedef struct {
  const dyo_multi_product_in *in;
  dyo_multi_eoq p;     /* with demand, and with lo and hi where any product has bounds or lots or orders are counted */
  size_t       *at;    /* p.n: which product of the request */
  double       *lot;   /* p.n; 0: any quantity */
  double       *hold;  /* n_products: holding cost of a unit for a year */
  double        share; /* of an order that is in stock as the limits see it: 1 peak, 1/2 average */
  bool          lots;  /* there are whole lots */
} multi_model;

dyo_status multi_model_make(dyo_ctx *ctx, const dyo_multi_product_in *in, multi_model *m, dyo_err *err);

/* ---- multi_ids.c ---- */

/* Refuses two equal texts, naming the places: "/list/i/id". O(n log n) whatever the texts. */
typedef const char *(*multi_id_at)(const void *list, size_t i);
dyo_status multi_unique(dyo_ctx *ctx, const char *list_name, const void *list, size_t n, multi_id_at at, dyo_err *err);

/* ---- multi_conflict.c: why a request has no plan, and the least change that gives it one ---- */
dyo_status multi_conflict(dyo_ctx *ctx, const multi_model *m, dyo_multi_product_out *out, dyo_err *err);

/* ---- joint.c, joint_limits.c: orders placed together ---- */

/* minimise (joint + sum minor_i / k_i) / T + T sum rate_i k_i over T > 0 and whole k_i >= 1 with lo_i <= k_i T <= hi_i. */
typedef struct {
  size_t        n;
  double        joint;   /* > 0 */
  const double *minor;   /* n, >= 0 */
  const double *rate;    /* n, > 0: half the yearly cost of holding a year's demand */
  const double *lo, *hi; /* n, years between orders; both NULL: any */
} joint_problem;

typedef struct {
  double  cost, bound; /* INFINITY: no policy found; no cyclic policy costs less than bound */
  double  cycle;       /* T, years */
  double *multiple;    /* n, whole; the caller's */
} joint_policy;

enum { JOINT_MAX_MULTIPLE = 1000000000 };

/* Errors: out_of_memory; a stop of the context leaves the best policy and an honest bound. gap: 0 or a relative gap to stop at. */
dyo_status joint_solve(dyo_ctx *ctx, const joint_problem *p, double gap, joint_policy *best, dyo_err *err);

/* The best plan found of the request with its limits and bounds. bound INFINITY: proven that there is none. */
typedef struct {
  bool    found;
  double  cost, bound, cycle, price[DYO_MULTI_LIMITS];
  double *multiple; /* n, the caller's */
} joint_plan;
dyo_status joint_limits(dyo_ctx *ctx, const multi_model *m, joint_plan *best, dyo_err *err);

#endif
