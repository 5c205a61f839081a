/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whole lots: bound, plan, and the rest as a small mixed-integer program.
 * The bound is the Lagrangian over whole lots (Fisher 1981): each product takes one of the two lots around its continuous
 * minimiser, so a price costs one pass. It is raised over the prices by cutting planes (Kelley 1960), evaluated half way
 * between the best price and the planes' own at first, which keeps them from swinging. */
#include "inventory/multi.h"

#include <math.h>
#include <string.h>

enum { HALF_WAY = 16, SMALL = 5000 };

static const double RAISED =
  1e-7; /* planes and bound this near, as part of the bound: the bound will not rise further */

double multi_gap(double objective, double bound)
{
  if (!(objective > bound)) return 0;
  return objective == INFINITY ? INFINITY : (objective - bound) / fabs(objective);
}

bool multi_whole_done(const multi_whole *w)
{
  return w->bound == INFINITY || w->objective <= w->enough ||
         (w->enough > -INFINITY && w->bound > w->enough * (1 + MULTI_SLACK)) ||
         multi_gap(w->objective, w->bound) <= w->gap;
}

multi_change multi_change_of(const multi_whole *w, size_t i, double from, double to)
{
  const dyo_multi_eoq *p  = w->p;
  const double         dq = to - from, dr = 1 / to - 1 / from;
  multi_change         c;
  for (int j = 0; j < DYO_MULTI_ORDERS; j++) c.use[j] = p->unit[j] ? p->unit[j][i] * dq : 0;
  c.use[DYO_MULTI_ORDERS] = p->demand[i] * dr;
  c.objective             = w->what == MULTI_COST ? p->order[i] * dr + p->hold[i] * dq : c.use[w->what];
  return c;
}

/* One pass at this price: its plane, and the bound where it is higher. */
static void evaluate(multi_whole *w, multi_planes *k, const double *price, double *q)
{
  multi_sums s;
  double     objective;
  multi_whole_pass(w->p, w->lot, w->what == MULTI_COST ? 1 : 0, price, q, &s);
  objective = s.value;
  for (int j = 0; j < DYO_MULTI_LIMITS; j++)
    if (w->keep >> j & 1) objective -= price[j] * s.use[j];
  const double g = multi_planes_add(k, price, objective, s.use);
  if (g <= w->bound && k->n > 1) return;
  w->bound = fmax(w->bound, g);
  memcpy(w->price, price, sizeof w->price);
}

/* The continuous problem: first bound and prices. False where even that cannot keep the limits. */
static bool relax(multi_whole *w, double *q)
{
  dyo_multi_eoq_info info;
  if (w->what != MULTI_COST) {
    w->bound = multi_least(w->p, w->what, w->keep, w->price);
    return w->bound < INFINITY;
  }
  dyo_multi_eoq_solve(w->p, q, &info);
  w->bound = info.feasible ? info.bound : INFINITY;
  memcpy(w->price, info.price, sizeof info.price);
  return info.feasible;
}

static dyo_status raise_bound(multi_whole *w, double *q, dyo_err *err)
{
  multi_planes *k  = multi_planes_new(w->ctx, w->keep, w->p->limit);
  dyo_status    st = k ? DYO_OK : dyo_oom(err);
  double        price[DYO_MULTI_LIMITS];
  if (st != DYO_OK) return st;
  memcpy(price, w->price, sizeof price);
  multi_planes_scale(k, price, 1e-3 * w->bound);
  while (st == DYO_OK && k->n < MULTI_MAX_PLANES) {
    double above = 0;
    evaluate(w, k, price, q);
    if (k->n == 1 || w->p->n <= SMALL) st = multi_search(w, price, q, err);
    if (st != DYO_OK || multi_whole_done(w) || !w->keep) break;
    if (dyo_poll(w->ctx, 0.1 + 0.4 * k->n / MULTI_MAX_PLANES, "raising the bound") != DYO_RUN_ON) break;
    memcpy(price, w->price, sizeof price);
    st = multi_planes_top(k, w->bound, price, &above, err);
    if (above < RAISED) break;
    for (int j = 0; j < DYO_MULTI_LIMITS && k->n < HALF_WAY; j++) price[j] = (price[j] + w->price[j]) / 2;
  }
  if (st == DYO_OK && w->p->n > SMALL && !multi_whole_done(w)) {
    multi_sums s;
    multi_whole_pass(w->p, w->lot, w->what == MULTI_COST ? 1 : 0, w->price, q, &s);
    st = multi_search(w, w->price, q, err);
  }
  return st;
}

/* Orders against resources: the fewest orders in whole lots are a plan, or the proof that there is none. */
static dyo_status fewest_orders(multi_whole *w, double *q, dyo_err *err)
{
  const double limit = w->p->limit[DYO_MULTI_ORDERS];
  multi_whole  least = {.ctx = w->ctx, .p = w->p, .lot = w->lot, .what = DYO_MULTI_ORDERS, .enough = limit, .q = q};
  least.keep         = w->keep & ~(1u << DYO_MULTI_ORDERS);
  dyo_status st      = multi_whole_solve(&least, err);
  if (st != DYO_OK) return st;
  if (least.bound > limit * (1 + MULTI_SLACK)) w->bound = INFINITY;
  return least.objective < INFINITY ? multi_search(w, w->price, q, err) : DYO_OK;
}

/* A first plan where the search near the prices found none. */
static dyo_status first_plan(multi_whole *w, double *q, dyo_err *err)
{
  if (w->keep >> DYO_MULTI_ORDERS & 1) return fewest_orders(w, q, err);
  for (size_t i = 0; i < w->p->n; i++)
    if (w->p->lo[i] > 0) q[i] = w->p->lo[i];
  return multi_search(w, w->price, q, err);
}

dyo_status multi_whole_solve(multi_whole *w, dyo_err *err)
{
  double    *q  = DYO_NEW(w->ctx, w->p->n, double);
  dyo_status st = q ? DYO_OK : dyo_oom(err);
  w->objective  = INFINITY;
  w->stopped_by = DYO_MULTI_BY_GAP;
  if (st == DYO_OK) st = multi_rest_make(w, err);
  if (st != DYO_OK || !relax(w, q)) return st;
  st = raise_bound(w, q, err);
  if (st == DYO_OK && w->objective == INFINITY) st = first_plan(w, q, err);
  if (st == DYO_OK && !multi_whole_done(w)) st = multi_core(w, err);
  if (w->objective < INFINITY) w->bound = fmin(w->bound, w->objective); /* they may cross by rounding */
  if (st != DYO_OK || multi_whole_done(w)) return st;
  w->stopped_by = w->ctx->stop == DYO_STOP_TIME        ? DYO_MULTI_BY_TIME
                  : w->ctx->stop == DYO_STOP_CANCELLED ? DYO_MULTI_BY_CANCEL
                                                       : DYO_MULTI_BY_ITERATIONS;
  return st;
}
