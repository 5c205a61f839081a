/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lot_sizing.c - the operation inventory.lot_sizing, and its dynamic program without capacities. See
 * dyo_lot_sizing.h. */
#include "inventory/dyo_lot_sizing.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "inventory/lot_sizing.h"

enum { MOST_PERIODS = 10000, MOST_PERIODS_CAPACITY = 800 };

static const char *const status_words[]  = {"optimal", "feasible", "infeasible", NULL};
static const char *const stopped_words[] = {"gap", "iterations", "time", "cancelled", NULL};

const dyo_field dyo_lot_sizing_in_rows[] = {
  DYO_NUMS(dyo_lot_sizing_in, demand, 0, DYO_REQ, 0, 1e12, "units/period",
           "Demand of each period, to be met from stock or that period's order."),
  DYO_NUMS(dyo_lot_sizing_in, order_cost, DYO_F_SCALAR, DYO_REQ, 0, 1e12, "money/order",
           "Fixed cost of ordering in a period: one number, or one a period."),
  DYO_NUMS(dyo_lot_sizing_in, holding_cost, DYO_F_SCALAR, DYO_REQ, 0, 1e12, "money/unit/period",
           "Cost of a unit in stock at the end of a period: one number, or one a period."),
  DYO_NUMS(dyo_lot_sizing_in, unit_cost, DYO_F_SCALAR, DYO_OPT, 0, 1e12, "money/unit",
           "Price of a unit ordered in a period: one number, or one a period. Missing: not counted."),
  DYO_NUMS(dyo_lot_sizing_in, capacity, DYO_F_SCALAR, DYO_OPT, 0, 1e15, "units/order",
           "Largest order of a period: one number, or one a period. Missing: no limit."),
  DYO_NUM(dyo_lot_sizing_in, initial_inventory, 0, 0, 1e15, "units", "Stock before the first period."),
  DYO_NUM(dyo_lot_sizing_in, gap_tolerance, 1e-6, 0, 1, "0..1",
          "How far above the proven bound the plan may cost, as a share of its cost."),
  DYO_NUM(dyo_lot_sizing_in, time_limit_s, 10, DYO_POS, 1e6, "seconds",
          "Time after which the best plan so far is given."),
  DYO_END(dyo_lot_sizing_in)};

const dyo_field dyo_lot_sizing_out_rows[] = {
  DYO_ENUM(
    dyo_lot_sizing_out, status, DYO_REQ, status_words,
    "optimal: within gap_tolerance of the bound; feasible: a plan that may not be; infeasible: no plan meets demand."),
  DYO_OUT_NUMS(dyo_lot_sizing_out, orders, 0, DYO_OPT, "units",
               "Quantity ordered in each period; missing when infeasible."),
  DYO_OUT_NUMS(dyo_lot_sizing_out, inventory, 0, DYO_OPT, "units",
               "Stock at the end of each period; missing when infeasible."),
  DYO_OUT(dyo_lot_sizing_out, total_cost, DYO_NULL, "money", "Cost of the plan: ordering, holding and purchase."),
  DYO_OUT(dyo_lot_sizing_out, ordering_cost, DYO_OPT, "money", "Fixed cost of the periods with an order."),
  DYO_OUT(dyo_lot_sizing_out, holding_cost, DYO_OPT, "money",
          "Cost of stock at the ends of periods, what is left of initial_inventory included."),
  DYO_OUT(dyo_lot_sizing_out, purchase_cost, DYO_OPT, "money", "Cost of the units ordered."),
  DYO_INT(dyo_lot_sizing_out, num_orders, DYO_OPT, 0, INT_MAX, NULL, "Periods with an order."),
  DYO_OUT(dyo_lot_sizing_out, lower_bound, DYO_OPT, "money", "No plan costs less than this."),
  DYO_OUT(dyo_lot_sizing_out, gap, DYO_NULL, "0..1", "(total_cost - lower_bound) / total_cost."),
  DYO_ENUM(dyo_lot_sizing_out, stopped_by, DYO_REQ, stopped_words,
           "What ended the work: the gap was closed, its budget was used, time ran out, or it was cancelled."),
  DYO_STR(dyo_lot_sizing_out, conflict, DYO_OPT, 400,
          "Infeasible: where capacity falls short of demand, in a sentence."),
  DYO_INT(dyo_lot_sizing_out, shortage_period, DYO_OPT, 1, INT_MAX, NULL,
          "Infeasible: the first period, counted from 1, whose demand cannot be met."),
  DYO_OUT(dyo_lot_sizing_out, shortage, DYO_OPT, "units", "Infeasible: how much is missing by that period."),
  DYO_OUT(dyo_lot_sizing_out, least_capacity, DYO_OPT, "units/order",
          "Infeasible: the smallest capacity, the same in all periods, that works."),
  DYO_END(dyo_lot_sizing_out)};

/* ---- the problem ---- */

/* The problem with an array per quantity, and what the request's own arrays do not hold. */
typedef struct {
  lot_problem p;
  double     *need;     /* demand that initial stock does not cover */
  double     *leftover; /* what remains of initial stock at the end of each period, whatever the plan */
} lot_case;

/* v[0..n_v) as one value a period; a missing one is 0. NULL: see err. */
static const double *spread(dyo_ctx *ctx, const double *v, size_t n_v, size_t n)
{
  double *all = NULL;
  if (n_v == n && v) return v;
  all = DYO_NEW(ctx, n, double);
  for (size_t t = 0; all && v && t < n; t++) all[t] = v[0];
  return all;
}

static dyo_status check_length(const char *path, const double *v, size_t n_v, size_t n, dyo_err *err)
{
  if (!v || n_v == n || n_v == 1) return DYO_OK;
  return dyo_fail(err, DYO_INVALID_INPUT, path,
                  "found %zu values; one number, or one for each of the %zu periods of demand, is expected", n_v, n);
}

static dyo_status check(const dyo_lot_sizing_in *in, dyo_err *err)
{
  const size_t n  = in->n_demand;
  dyo_status   st = DYO_OK;
  if (n == 0)
    return dyo_fail(err, DYO_INVALID_INPUT, "/demand", "found an empty list; at least one period is expected");
  if (n > MOST_PERIODS)
    return dyo_fail(err, DYO_TOO_LARGE, "/demand", "found %zu periods; at most %d can be planned at once", n,
                    MOST_PERIODS);
  if (in->capacity && n > MOST_PERIODS_CAPACITY)
    return dyo_fail(err, DYO_TOO_LARGE, "/demand", "found %zu periods; with capacity at most %d can be planned at once",
                    n, MOST_PERIODS_CAPACITY);
  st = check_length("/order_cost", in->order_cost, in->n_order_cost, n, err);
  if (st == DYO_OK) st = check_length("/holding_cost", in->holding_cost, in->n_holding_cost, n, err);
  if (st == DYO_OK) st = check_length("/unit_cost", in->unit_cost, in->n_unit_cost, n, err);
  return st == DYO_OK ? check_length("/capacity", in->capacity, in->n_capacity, n, err) : st;
}

/* Initial stock meets the first demands; what is left of it is held whatever is ordered, so only the rest has to
 * be planned. */
static bool net(dyo_ctx *ctx, const dyo_lot_sizing_in *in, lot_case *c)
{
  const size_t n     = in->n_demand;
  double       stock = in->initial_inventory;
  c->need            = DYO_NEW(ctx, n, double);
  c->leftover        = DYO_NEW(ctx, n, double);
  c->p               = (lot_problem){n,
                                     c->need,
                                     spread(ctx, in->order_cost, in->n_order_cost, n),
                                     spread(ctx, in->holding_cost, in->n_holding_cost, n),
                                     spread(ctx, in->unit_cost, in->n_unit_cost, n),
                                     NULL};
  if (in->capacity) c->p.capacity = spread(ctx, in->capacity, in->n_capacity, n);
  if (!c->need || !c->leftover || !c->p.order_cost || !c->p.holding || !c->p.unit_cost ||
      (in->capacity && !c->p.capacity))
    return false;
  for (size_t t = 0; t < n; t++) {
    const double used = fmin(stock, in->demand[t]);
    stock -= used;
    c->need[t]     = in->demand[t] - used;
    c->leftover[t] = stock;
  }
  return true;
}

double lot_cost(const lot_problem *p, const double *orders)
{
  double ordering = 0, keeping = 0, buying = 0, stock = 0;
  for (size_t t = 0; t < p->n; t++) {
    stock = fmax(stock + orders[t] - p->need[t], 0.0);
    ordering += orders[t] > 0 ? p->order_cost[t] : 0.0;
    keeping += p->holding[t] * stock;
    buying += p->unit_cost[t] * orders[t];
  }
  return ordering + keeping + buying;
}

/* ---- without capacity ---- */

typedef struct {
  double *least;   /* n + 1: cost of the periods before t, with nothing left over */
  size_t *ordered; /* n + 1: 1 + the period of the order that covers the last of them; 0 where there is none */
} forward;

/* Try an order in period i that covers i..j, for all j. It ends where an order of its own is no dearer for the
 * last of them, and so for all that follow: the planning horizon of Wagner & Whitin. */
static void order_in(const lot_problem *p, forward *f, size_t i)
{
  double cost = f->least[i] + p->order_cost[i],
         unit = p->unit_cost[i]; /* of a unit for period j, stock to there included */
  for (size_t j = i; j < p->n; j++) {
    const double d = p->need[j];
    if (j > i && d > 0 && unit * d > p->order_cost[j] + p->unit_cost[j] * d) return;
    cost += unit * d;
    unit += p->holding[j];
    if (cost >= f->least[j + 1]) continue;
    f->least[j + 1]   = cost;
    f->ordered[j + 1] = i + 1;
  }
}

dyo_status lot_wagner_whitin(dyo_ctx *ctx, const lot_problem *p, lot_answer *a, dyo_err *err)
{
  forward f = {DYO_NEW(ctx, p->n + 1, double), DYO_NEW(ctx, p->n + 1, size_t)};
  a->bound  = 0;
  a->stop   = DYO_RUN_ON;
  if (!f.least || !f.ordered) return dyo_oom(err);
  for (size_t t = 1; t <= p->n; t++) f.least[t] = INFINITY;
  for (size_t i = 0; i < p->n; i++) {
    a->stop = dyo_poll(ctx, (double)i / (double)p->n, "planning periods");
    if (a->stop != DYO_RUN_ON) return DYO_OK;
    order_in(p, &f, i);
    if (p->need[i] == 0 && f.least[i] <= f.least[i + 1]) { /* nothing is needed, nothing need be ordered */
      f.least[i + 1]   = f.least[i];
      f.ordered[i + 1] = 0;
    }
  }
  memset(a->orders, 0, p->n * sizeof *a->orders);
  for (size_t t = p->n; t > 0;) {
    const size_t i = f.ordered[t] > 0 ? f.ordered[t] - 1 : t - 1;
    for (size_t j = i; j < t; j++) a->orders[i] += p->need[j];
    t = i;
  }
  a->bound = lot_cost(p, a->orders);
  return DYO_OK;
}

/* ---- with capacity ---- */

/* A figure for a sentence, without decimals it does not need. */
static void figure(char *to, size_t size, double v)
{
  snprintf(to, size, fabs(v - round(v)) < 1e-6 * fmax(1.0, fabs(v)) ? "%.0f" : "%.6g", v);
}

/* Fills the infeasible answer when capacity cannot keep up with demand. */
static bool infeasible(dyo_ctx *ctx, const lot_problem *p, dyo_lot_sizing_out *out)
{
  double need = 0, able = 0;
  bool   short_       = false;
  out->least_capacity = 0;
  for (size_t t = 0; t < p->n; t++) {
    need += p->need[t];
    able += p->capacity[t];
    out->least_capacity = fmax(out->least_capacity, need / (double)(t + 1));
    if (short_ || need <= able * (1 + 1e-12)) continue;
    char a[48], b[48], c[48];
    figure(a, sizeof a, need);
    figure(b, sizeof b, able);
    figure(c, sizeof c, need - able);
    short_               = true;
    out->shortage        = need - able;
    out->shortage_period = (int)(t + 1);
    out->conflict =
      dyo_text(ctx,
               "By the end of period %zu, %s units are needed beyond the initial stock, and orders of all capacity "
               "bring %s: %s are missing.",
               t + 1, a, b, c);
  }
  if (short_) return true;
  out->least_capacity = NAN;
  return false;
}

/* Each need as late as capacity allows: the plan to fall back on. */
static void as_late_as_possible(const lot_problem *p, double *orders)
{
  double owed = 0;
  for (size_t t = p->n; t-- > 0;) {
    owed += p->need[t];
    orders[t] = p->capacity ? fmin(owed, p->capacity[t]) : owed;
    owed -= orders[t];
  }
}

static bool within_capacity(const lot_problem *p, const double *orders)
{
  for (size_t t = 0; t < p->n; t++)
    if (orders[t] > p->capacity[t]) return false;
  return true;
}

/* ---- the operation ---- */

static void fill(const lot_case *c, const double *orders, dyo_lot_sizing_out *out)
{
  double stock       = 0;
  out->ordering_cost = out->holding_cost = out->purchase_cost = 0;
  out->num_orders                                             = 0;
  for (size_t t = 0; t < c->p.n; t++) {
    stock = stock + orders[t] - c->need[t];
    if (stock < 1e-12 * (orders[t] + c->need[t])) stock = 0; /* rounding */
    out->orders[t]    = orders[t];
    out->inventory[t] = stock + c->leftover[t];
    out->num_orders += orders[t] > 0;
    out->ordering_cost += orders[t] > 0 ? c->p.order_cost[t] : 0.0;
    out->holding_cost += c->p.holding[t] * out->inventory[t];
    out->purchase_cost += c->p.unit_cost[t] * orders[t];
  }
  out->total_cost = out->ordering_cost + out->holding_cost + out->purchase_cost;
}

/* Status, gap and what ended the work, from the plan's cost and the bound. */
static void judge(const dyo_lot_sizing_in *in, dyo_stop stop, dyo_lot_sizing_out *out)
{
  out->lower_bound = fmax(out->lower_bound, 0.0);
  out->gap         = out->total_cost > 0 ? (out->total_cost - out->lower_bound) / out->total_cost : 0.0;
  out->status      = out->gap <= in->gap_tolerance ? DYO_LOT_OPTIMAL : DYO_LOT_FEASIBLE;
  out->stopped_by  = stop == DYO_STOP_TIME            ? DYO_LOT_BY_TIME
                     : stop == DYO_STOP_CANCELLED     ? DYO_LOT_BY_CANCEL
                     : out->status == DYO_LOT_OPTIMAL ? DYO_LOT_BY_GAP
                                                      : DYO_LOT_BY_ITERATIONS;
}

/* The best plan that can be had, and a bound on the cost of all plans. */
static dyo_status plan(dyo_ctx *ctx, const dyo_lot_sizing_in *in, const lot_problem *p, lot_answer *a, dyo_err *err)
{
  double *late = DYO_NEW(ctx, p->n, double);
  a->orders    = DYO_NEW(ctx, p->n, double);
  if (!late || !a->orders) return dyo_oom(err);
  as_late_as_possible(p, late);
  memcpy(a->orders, late, p->n * sizeof *late);

  dyo_status st = lot_wagner_whitin(ctx, p, a, err);
  if (st != DYO_OK || a->stop != DYO_RUN_ON || !p->capacity || within_capacity(p, a->orders)) return st;

  const double least = a->bound, upper = lot_cost(p, late); /* without capacity nothing costs more */
  st = lot_capacitated(ctx, p, &(lot_scale){upper, in->gap_tolerance * least, LOT_LINES}, a, err);
  if (st != DYO_OK) return st;
  a->bound = fmax(a->bound, least);
  if (lot_cost(p, a->orders) > upper) memcpy(a->orders, late, p->n * sizeof *late);
  return DYO_OK;
}

dyo_status dyo_lot_sizing(dyo_ctx *ctx, const dyo_lot_sizing_in *in, dyo_lot_sizing_out *out, dyo_err *err)
{
  lot_case   c    = {0};
  lot_answer a    = {0};
  dyo_status st   = check(in, err);
  out->total_cost = out->ordering_cost = out->holding_cost = out->purchase_cost = out->lower_bound = out->gap = NAN;
  out->least_capacity = out->shortage = NAN;
  out->num_orders = out->shortage_period = DYO_NO_INT;
  if (st != DYO_OK) return st;
  dyo_time_limit(ctx, in->time_limit_s);
  if (!net(ctx, in, &c)) return dyo_oom(err);
  if (c.p.capacity && infeasible(ctx, &c.p, out)) {
    out->status     = DYO_LOT_INFEASIBLE;
    out->stopped_by = DYO_LOT_BY_GAP;
    return out->conflict ? DYO_OK : dyo_oom(err);
  }
  st = plan(ctx, in, &c.p, &a, err);
  if (st != DYO_OK) return st;
  out->orders    = DYO_NEW(ctx, c.p.n, double);
  out->inventory = DYO_NEW(ctx, c.p.n, double);
  if (!out->orders || !out->inventory) return dyo_oom(err);
  out->n_orders = out->n_inventory = c.p.n;
  fill(&c, a.orders, out);
  out->lower_bound = out->total_cost - fmax(lot_cost(&c.p, a.orders) - a.bound, 0.0);
  judge(in, a.stop, out);
  return a.stop == DYO_STOP_CANCELLED ? dyo_cancelled(ctx, true, err) : DYO_OK;
}
