/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The continuous multi-product problem from question to certified answer: can the limits be kept at all, the dual's
 * prices, quantities that keep every limit, and the dual value as the proof of how good they are. */
#include "inventory/multi.h"

#include <math.h>
#include <string.h>

/* What rounding may leave of an excess. */
static const double MET_BY = 2e-12;
/* Room made for the dual where orders and resources leave a single plan, so that the prices stay finite. */
static const double ROOM = 1e-10;

double multi_at_bounds(const dyo_multi_eoq *p, int what)
{
  double sum = 0;
  for (size_t i = 0; i < p->n; i++) {
    if (what == DYO_MULTI_ORDERS) sum += p->hi && p->hi[i] < INFINITY ? p->demand[i] / p->hi[i] : 0;
    else sum += p->lo && p->unit[what] ? p->unit[what][i] * p->lo[i] : 0;
  }
  return sum;
}

/* Sum of sqrt(demand unit): the square of it over a limit is the least of the other where there are no bounds. */
static double root_sum(const dyo_multi_eoq *p, int resource)
{
  double sum = 0;
  for (size_t i = 0; i < p->n; i++) sum += sqrt(p->demand[i] * p->unit[resource][i]);
  return sum;
}

/* A first price for multi_least: right where there are no bounds and one limit is kept. */
static void least_start(const dyo_multi_eoq *p, int what, unsigned keep, double price[DYO_MULTI_LIMITS])
{
  for (int j = 0; j < DYO_MULTI_LIMITS; j++) price[j] = j == what ? 1 : 0;
  if (what != DYO_MULTI_ORDERS) {
    const double root       = root_sum(p, what) / p->limit[DYO_MULTI_ORDERS];
    price[DYO_MULTI_ORDERS] = root > 0 ? root * root : 1 / p->limit[DYO_MULTI_ORDERS];
    return;
  }
  for (int j = 0; j < DYO_MULTI_ORDERS; j++) {
    if (!(keep >> j & 1)) continue;
    const double root = root_sum(p, j) / p->limit[j];
    price[j]          = root > 0 ? root * root : 0;
  }
}

double multi_least(const dyo_multi_eoq *question, int what, unsigned keep, double price[DYO_MULTI_LIMITS])
{
  dyo_multi_eoq  all = *question, *p = &all;
  const unsigned resources = keep & ~(1u << DYO_MULTI_ORDERS);
  multi_climber  x         = {0};
  for (int j = 0; j < DYO_MULTI_LIMITS; j++) {
    if (!(keep >> j & 1)) all.limit[j] = INFINITY;
    price[j] = j == what ? 1 : 0;
  }
  for (int j = 0; j < DYO_MULTI_ORDERS; j++)
    if (resources >> j & 1 && multi_at_bounds(p, j) > p->limit[j] * (1 + MULTI_SLACK)) return INFINITY;
  if (keep >> DYO_MULTI_ORDERS & 1 &&
      multi_at_bounds(p, DYO_MULTI_ORDERS) > p->limit[DYO_MULTI_ORDERS] * (1 + MULTI_SLACK))
    return INFINITY;
  if (keep == 0 || (what != DYO_MULTI_ORDERS && resources == keep)) return multi_at_bounds(p, what);
  if (what != DYO_MULTI_ORDERS && resources) {
    const double orders = multi_least(p, DYO_MULTI_ORDERS, resources, price);
    if (orders > p->limit[DYO_MULTI_ORDERS] * (1 + MULTI_SLACK)) return INFINITY;
  }
  least_start(p, what, keep, x.price);
  multi_climb(p, what, keep, &x);
  memcpy(price, x.price, sizeof x.price);
  return x.g;
}

/* Limits missed by less than MULTI_SLACK are moved to what is needed. False: some limit cannot be kept. */
static bool make_room(dyo_multi_eoq *p, unsigned given)
{
  for (int j = 0; j < DYO_MULTI_LIMITS; j++) {
    if (!(given >> j & 1) || (j == DYO_MULTI_ORDERS ? !p->hi : !p->lo)) continue;
    const double need = multi_at_bounds(p, j);
    if (need > p->limit[j] * (1 + MULTI_SLACK)) return false;
    if (need > p->limit[j]) p->limit[j] = need;
  }
  return true;
}

/* A resource at 0 either binds nobody (its limit then goes) or cannot be kept. */
static bool drop_zero_limits(dyo_multi_eoq *p)
{
  for (int j = 0; j < DYO_MULTI_LIMITS; j++) {
    if (p->limit[j] != 0) continue;
    if (j == DYO_MULTI_ORDERS) return false;
    for (size_t i = 0; i < p->n; i++)
      if (p->unit[j][i] > 0) return false;
    p->limit[j] = INFINITY;
  }
  return true;
}

/* By what part of itself the worst limit is missed; 0 where all are kept. */
static double excess(const dyo_multi_eoq *p, unsigned given, const double *used)
{
  double worst = 0;
  for (int j = 0; j < DYO_MULTI_LIMITS; j++) {
    const double e = given >> j & 1 ? used[j] / p->limit[j] - 1 : 0;
    if (!(e <= worst)) worst = e;
  }
  return worst;
}

/* The part of what quantities are above their lower bounds that the resources have room for: uses are linear on the way.
 * An excess that is rounding only is drawn in where that moves nothing else by more. */
static double room_for(const dyo_multi_eoq *p, unsigned given, const double *used)
{
  double t = 1;
  for (int j = 0; j < DYO_MULTI_ORDERS; j++) {
    if (!(given >> j & 1) || used[j] <= p->limit[j]) continue;
    const double low = p->lo ? multi_at_bounds(p, j) : 0;
    t                = fmin(t, (p->limit[j] - low) / (used[j] - low) * (1 - 4e-16));
  }
  return t < 1 - MULTI_SLACK && excess(p, given, used) <= MET_BY ? 1 : fmax(t, 0);
}

/* The prices of quantities inside every limit: those of the least orders with a part of the resources left over. */
static void inner_point(const dyo_multi_eoq *p, unsigned resources, double safe[DYO_MULTI_LIMITS])
{
  const double limit = p->limit[DYO_MULTI_ORDERS];
  double       spare = (1 - multi_least(p, DYO_MULTI_ORDERS, resources, safe) / limit) / 3;
  for (int attempt = 0; attempt < 8 && spare > 0; attempt++, spare /= 8) {
    dyo_multi_eoq less = *p;
    for (int j = 0; j < DYO_MULTI_ORDERS; j++) less.limit[j] *= 1 - spare;
    if (multi_least(&less, DYO_MULTI_ORDERS, resources, safe) < limit) return;
  }
  multi_least(p, DYO_MULTI_ORDERS, resources, safe);
}

/* Mix in as little as does it of quantities inside every limit: uses are convex on the way. */
static void mix_in(const dyo_multi_eoq *p, unsigned given, const double *price, double *q, multi_totals *sum)
{
  double bad = 0, good = 1, safe[DYO_MULTI_LIMITS];
  inner_point(p, given & ~(1u << DYO_MULTI_ORDERS), safe);
  for (int step = 0; step < 60; step++) {
    const double t = (bad + good) / 2;
    multi_blend(p, price, safe, t, q);
    multi_total(p, q, sum);
    if (excess(p, given, sum->used) > 0) bad = t;
    else good = t;
  }
  multi_blend(p, price, safe, good, q);
  multi_total(p, q, sum);
}

/* Orders against resources: is there room at all? Where it is next to nothing, *roomier has a little more. */
static bool orders_fit(const dyo_multi_eoq *p, unsigned given, dyo_multi_eoq *roomier)
{
  double       price[DYO_MULTI_LIMITS];
  const double limit = p->limit[DYO_MULTI_ORDERS],
               least = multi_least(p, DYO_MULTI_ORDERS, given & ~(1u << DYO_MULTI_ORDERS), price);
  *roomier           = *p;
  if (least * (1 + ROOM) > limit) roomier->limit[DYO_MULTI_ORDERS] = least * (1 + ROOM);
  return least <= limit * (1 + MULTI_SLACK);
}

void dyo_multi_eoq_solve(const dyo_multi_eoq *question, double *q, dyo_multi_eoq_info *info)
{
  dyo_multi_eoq  p      = *question, roomier;
  const bool     roomy  = drop_zero_limits(&p);
  const unsigned given  = multi_given(&p);
  const bool     orders = given >> DYO_MULTI_ORDERS & 1;
  multi_climber  x      = {0};
  multi_totals   sum;
  memset(info, 0, sizeof *info);
  if (!roomy || !make_room(&p, given)) return;
  multi_climb(&p, MULTI_COST, given, &x);
  if (!x.settled && orders) {
    if (!orders_fit(&p, given, &roomier)) return;
    memset(&x, 0, sizeof x);
    multi_climb(&roomier, MULTI_COST, given, &x);
  }
  multi_quantities(&p, x.price, orders ? 1 : room_for(&p, given, x.s.use), q, &sum);
  if (orders && excess(&p, given, sum.used) > MET_BY) mix_in(&p, given, x.price, q, &sum);
  info->feasible = isfinite(sum.cost) && excess(&p, given, sum.used) <= MULTI_SLACK;
  info->cost     = sum.cost;
  info->bound    = fmin(x.g, sum.cost); /* they may cross by rounding */
  info->passes   = x.passes + 1;
  memcpy(info->price, x.price, sizeof x.price);
  memcpy(info->used, sum.used, sizeof sum.used);
}
