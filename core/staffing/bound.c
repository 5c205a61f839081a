/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bound.c - a lower bound by prices on demands (Lagrangian relaxation), in whole numbers.
 *
 *   L(price) = sum over demands of min over heads y of ( what y heads cost + price y )
 *            + sum over people of min over their rosters of ( costs - prices of the demands served )
 * is below the cost of every plan, whatever the prices. They climb by a subgradient method: deflected direction (Camerini, Fratta &
 * Maffioli 1975), step towards the cost of the plan at hand (Polyak 1969), shortened when it stops to pay. Its steps get short long before
 * the top where prices of a few scarce demands have far to go, so the rest of the way is the volume algorithm (Barahona & Anbil 2000):
 * steps from the best prices along the mean of many directions, in which what swings to and fro cancels. */
#include "staffing/engine.h"

#include <string.h>

#define FINEST   16 /* parts of a unit of cost that prices are told apart by */
#define PATIENCE 6  /* rounds without gain before steps get shorter */
#define SHORTER  0.85
#define FAR      0.1   /* share of the mean price that the first steps go, */
#define NEARER   0.95  /* less in each, */
#define NEAR     0.006 /* down to this */
#define BEGIN    0.2   /* the first step after those */
#define AGAIN    0.5   /* first step after a new start */
#define KEEP     0.8   /* share of the last direction in the next */

#define LATE_ARCS  3000 /* of a model; smaller ones are closed by branching, which does with less */
#define LATE       0.06 /* the volume algorithm begins when steps are this short, */
#define LATE_BEGIN 0.1  /* with this step; also after a new start */
#define LATE_STALE 8    /* rounds without gain before its steps get shorter */
#define LATE_LESS  0.7
#define LATE_MORE  1.1 /* and longer where the direction still leads up */
#define LATE_LONG  1.0 /* not above this */
#define LATE_SHARE 0.1 /* of the newest direction in the mean, at most, */
#define LATE_LEAST 0.01

static int64_t max64(int64_t a, int64_t b)
{
  return a > b ? a : b;
}

static int64_t size_of(int64_t x)
{
  return x < 0 ? -x : x;
}

/* Most shifts that fit into one roster of person p, hours aside. */
static int longest(const engine *e, int p, int *count)
{
  const int *period = e->period + e->period_at[p];
  int        sum    = 0;
  for (int k = 0; k < e->people[p].n_periods; k++) {
    count[0] = 0;
    for (int i = 0; i < period[k + 1] - period[k]; i++) {
      const int with = count[e->before[period[k] + i]] + 1;
      count[i + 1]   = with > count[i] ? with : count[i];
    }
    sum += count[period[k + 1] - period[k]];
  }
  return sum;
}

/* How finely costs are told apart, and how high a price may be, so that no roster's sum leaves 32 bits. */
static dyo_status choose_scale(bound *b, dyo_err *err)
{
  const engine *e    = b->e;
  int64_t       most = 1, n = 1, asks = 1;
  int          *count = DYO_NEW(e->ctx, (size_t)e->n_arcs + 2, int);
  if (!count) return dyo_oom(err);
  for (int p = 0; p < e->n_people; p++) {
    n = max64(n, longest(e, p, count));
    for (size_t k = 0; k < e->people[p].p->n_arcs; k++) most = max64(most, size_of(e->people[p].p->arcs[k].cost));
  }
  for (int a = 0; a < e->n_arcs; a++) asks = max64(asks, e->ask_at[a + 1] - e->ask_at[a]);
  const int64_t room = PRICE_MOST / 2 / n;
  b->up              = FINEST;
  b->down            = 1;
  while (b->up > 1 && most * b->up * 5 > room) b->up /= 2;
  while (b->up == 1 && most / b->down * 5 > room) b->down *= 2;
  b->highest = (room - most * b->up / b->down) / asks;
  return DYO_OK;
}

dyo_status bound_new(engine *e, bound **out, dyo_err *err)
{
  bound       *b = DYO_NEW(e->ctx, 1, bound);
  const size_t n = (size_t)e->n_demands + 1, arcs = (size_t)e->n_arcs + 1, people = (size_t)e->n_people + 1;
  if (!b) return dyo_oom(err);
  b->e      = e;
  b->price  = DYO_NEW(e->ctx, n, int32_t);
  b->top    = DYO_NEW(e->ctx, n, int32_t);
  b->cap    = DYO_NEW(e->ctx, n, int32_t);
  b->floor  = DYO_NEW(e->ctx, n, int32_t);
  b->exact  = DYO_NEW(e->ctx, n, double);
  b->slope  = DYO_NEW(e->ctx, n, double);
  b->heads  = DYO_NEW(e->ctx, n, int);
  b->g      = DYO_NEW(e->ctx, arcs, int32_t);
  b->take   = DYO_NEW(e->ctx, arcs, int);
  b->n_take = DYO_NEW(e->ctx, people, int);
  if (!b->price || !b->top || !b->cap || !b->floor || !b->exact || !b->slope || !b->heads || !b->g || !b->take ||
      !b->n_take)
    return dyo_oom(err);
  const dyo_status st = choose_scale(b, err);
  if (st != DYO_OK) return st;
  b->w = pricer_new(e, b->up, b->down);
  *out = b;
  return b->w ? DYO_OK : dyo_oom(err);
}

/* ---- prices to begin with ---- */

int64_t bound_scaled(const bound *b, int64_t cost)
{
  const int64_t v = b->up > 1 && cost < b->highest ? cost * b->up : floor_div(cost, b->down);
  return v < b->highest ? v : b->highest;
}

/* The cost of the n-th cheapest arc of the demand's shift, about: by halving the range. */
static int64_t nth_cost(const engine *e, int shift, int n)
{
  int64_t lo = 0, hi = 1;
  for (int k = e->who_at[shift]; k < e->who_at[shift + 1]; k++) hi = max64(hi, e->cost[e->who[k]]);
  while (lo < hi) {
    const int64_t mid = lo + (hi - lo) / 2;
    int           m   = 0;
    for (int k = e->who_at[shift]; k < e->who_at[shift + 1]; k++) m += e->cost[e->who[k]] <= mid;
    if (m >= n) hi = mid;
    else lo = mid + 1;
  }
  return lo;
}

static void start_price(bound *b, int d)
{
  const engine        *e    = b->e;
  const engine_demand *w    = &e->demands[d];
  const int            arcs = e->who_at[w->shift + 1] - e->who_at[w->shift];
  int64_t              v    = 0;
  if (w->need > 0 && !e->shortage) v = bound_scaled(b, nth_cost(e, w->shift, 2 * w->need < arcs ? 2 * w->need : arcs));
  if (e->shortage) v = b->cap[d] / 4;
  b->exact[d] = (double)(v < b->cap[d] ? v : b->cap[d]);
  b->slope[d] = 0;
}

void bound_start(bound *b, int short_heads, int64_t each)
{
  const engine *e = b->e;
  b->hard         = !e->shortage && !short_heads;
  for (int d = 0; d < e->n_demands; d++) {
    const engine_demand *w = &e->demands[d];
    b->cap[d]              = (int32_t)(w->hard && b->hard ? b->highest : bound_scaled(b, w->hard ? each : w->under));
    b->floor[d]            = (int32_t)(w->capped ? -b->highest : -bound_scaled(b, w->over));
    start_price(b, d);
  }
  b->less     = e->shortage ? 0 : short_heads * bound_scaled(b, each);
  b->best     = INT64_MIN;
  b->step     = BEGIN;
  b->far      = FAR;
  b->patience = PATIENCE;
  b->stale    = 0;
  b->rounds   = 0;
  b->late     = false;
}

void bound_again(bound *b)
{
  b->patience *= 2;
  b->late = b->e->n_arcs >= LATE_ARCS;
  b->step = b->late ? LATE_BEGIN : AGAIN;
  for (int d = 0; d < b->e->n_demands; d++) {
    b->exact[d] = b->top[d];
    b->slope[d] = 0;
  }
}

/* ---- a round ---- */

/* What a demand adds to the bound at this price: y heads cost least at none (or what must be), at need, or at most. */
static int64_t demand_least(const bound *b, int d, int64_t price)
{
  const engine_demand *w    = &b->e->demands[d];
  const int64_t        need = w->need < w->most ? w->need : w->most, over = bound_scaled(b, w->over);
  int64_t              best = price * need + (b->hard && w->hard ? 0 : (int64_t)b->cap[d] * (w->need - need));
  if (!(b->hard && w->hard)) {
    const int64_t none = (int64_t)b->cap[d] * w->need;
    if (none < best) best = none;
  }
  if (w->most > need) {
    const int64_t all = price * w->most + over * (w->most - need);
    if (all < best) best = all;
  }
  return best;
}

void bound_prices(bound *b)
{
  const engine *e = b->e;
  for (int a = 0; a < e->n_arcs; a++) {
    int64_t g = bound_scaled(b, e->cost[a]);
    for (int k = e->ask_at[a]; k < e->ask_at[a + 1]; k++) g -= b->price[e->ask[k]];
    b->g[a] = (int32_t)g;
  }
}

bool bound_solve(bound *b)
{
  const engine *e     = b->e;
  int64_t       value = -b->less;
  for (int d = 0; d < e->n_demands; d++) {
    const double x = b->exact[d];
    b->price[d]    = (int32_t)(x < 0 ? x - 0.5 : x + 0.5);
    b->heads[d]    = 0;
    value += demand_least(b, d, b->price[d]);
  }
  bound_prices(b);
  for (int p = 0; p < e->n_people; p++) {
    int          *take = b->take + e->first[p];
    const int64_t v    = price_hours(b->w, p, b->g + e->first[p], take, &b->n_take[p]);
    if (v == INT64_MAX) return false;
    value += v;
    for (int k = 0; k < b->n_take[p]; k++)
      for (int j = e->ask_at[take[k]]; j < e->ask_at[take[k] + 1]; j++) b->heads[e->ask[j]]++;
    if ((p & 3) == 3 && dyo_poll(e->ctx, b->shown, "rosters") != DYO_RUN_ON) return false;
  }
  b->value = value;
  b->rounds++;
  return true;
}

/* ---- the next prices ---- */

/* Heads wanted at this price, as near to those that the cheapest rosters give as it allows, less those. */
static int slope_of(const bound *b, int d)
{
  const engine_demand *w    = &b->e->demands[d];
  const int            need = w->need < w->most ? w->need : w->most;
  const int32_t        x    = b->price[d];
  const int64_t        over = -bound_scaled(b, w->over);
  int                  lo = need, hi = need;
  if (!(b->hard && w->hard) && x >= b->cap[d]) lo = 0;
  if (x <= over) hi = w->most;
  if (x < over) lo = w->most;
  return b->heads[d] < lo ? lo - b->heads[d] : b->heads[d] > hi ? hi - b->heads[d] : 0;
}

static bool gains(const bound *b) /* more than next to nothing */
{
  return b->best == INT64_MIN || b->value - b->best > size_of(b->best) >> 19;
}

static void take_best(bound *b)
{
  b->best = b->value;
  memcpy(b->top, b->price, (size_t)b->e->n_demands * sizeof *b->top);
}

static void follow_best(bound *b)
{
  if (b->value > b->best) {
    if (!gains(b) && b->stale < b->patience) b->stale++;
    else b->stale = b->stale > 0 ? b->stale - 1 : 0;
    take_best(b);
    return;
  }
  if (++b->stale < b->patience) return;
  b->stale = 0;
  b->step *= SHORTER;
  for (int d = 0; d < b->e->n_demands; d++) b->exact[d] = b->top[d];
}

static double kept_within(const bound *b, int d, double x)
{
  return x > b->cap[d] ? b->cap[d] : x < b->floor[d] ? b->floor[d] : x;
}

/* Far from good prices the distance says little. Each price then moves by a share of the mean price, the more the more its heads are off. */
static void far_step(bound *b)
{
  const engine *e   = b->e;
  double        sum = 0;
  for (int d = 0; d < e->n_demands; d++) sum += b->exact[d] < 0 ? -b->exact[d] : b->exact[d];
  const double share = b->far * (sum / (e->n_demands + 1e-9) + 1);
  for (int d = 0; d < e->n_demands; d++) {
    const int off = slope_of(b, d), all = e->demands[d].need + b->heads[d];
    b->slope[d] = (1 - KEEP) * off + KEEP * b->slope[d];
    b->exact[d] = kept_within(b, d, b->exact[d] + share * off / (all > 0 ? all : 1));
  }
  b->far *= NEARER;
}

/* How much a step of length 1 along `slope` moves the prices: all the way from `value` to the plan, if nothing bends. */
static double whole_way(const bound *b, int64_t plan, int64_t value)
{
  double square = 1e-9;
  for (int d = 0; d < b->e->n_demands; d++) square += b->slope[d] * b->slope[d];
  const double goal = (double)(b->up > 1 ? plan * b->up : plan / b->down);
  double       gap  = goal - (double)value;
  if (gap < 1e-3 * goal) gap = 1e-3 * (goal < 0 ? -goal : goal) + 1;
  return gap / square;
}

/* The share of the newest direction in the mean that makes the mean shortest, within limits. rise: their inner product. */
static double late_share(const bound *b, double *rise)
{
  double newest = 0, mean = 0;
  *rise = 0;
  for (int d = 0; d < b->e->n_demands; d++) {
    const double x = slope_of(b, d);
    *rise += x * b->slope[d];
    newest += x * x;
    mean += b->slope[d] * b->slope[d];
  }
  if (mean == 0) return 1;
  const double far   = newest - 2 * *rise + mean;
  const double share = far > 0 ? (mean - *rise) / far : LATE_SHARE;
  return share < LATE_LEAST ? LATE_LEAST : share > LATE_SHARE ? LATE_SHARE : share;
}

static void late_step(bound *b, int64_t plan)
{
  const engine *e = b->e;
  double        rise;
  const double  share = late_share(b, &rise);
  if (b->value > b->best && gains(b)) {
    if (rise >= 0 && b->step < LATE_LONG) b->step *= LATE_MORE;
    b->stale = 0;
  } else if (++b->stale >= LATE_STALE) {
    b->stale = 0;
    b->step *= LATE_LESS;
  }
  if (b->value > b->best) take_best(b);
  for (int d = 0; d < e->n_demands; d++) b->slope[d] = share * slope_of(b, d) + (1 - share) * b->slope[d];
  const double step = b->step * whole_way(b, plan, b->best);
  for (int d = 0; d < e->n_demands; d++) b->exact[d] = kept_within(b, d, b->top[d] + step * b->slope[d]);
}

void bound_step(bound *b, int64_t plan)
{
  const engine *e = b->e;
  if (b->far > NEAR) {
    if (b->value > b->best) take_best(b);
    far_step(b);
    if (b->far <= NEAR)
      for (int d = 0; d < e->n_demands; d++) b->exact[d] = b->top[d];
    return;
  }
  if (!b->late) follow_best(b);
  if (!b->late && b->step < LATE && e->n_arcs >= LATE_ARCS) {
    b->late  = true;
    b->step  = LATE_BEGIN;
    b->stale = 0;
  }
  if (b->late) {
    late_step(b, plan);
    return;
  }
  for (int d = 0; d < e->n_demands; d++) b->slope[d] = (1 - KEEP) * slope_of(b, d) + KEEP * b->slope[d];
  const double step = b->step * whole_way(b, plan, b->value);
  for (int d = 0; d < e->n_demands; d++) b->exact[d] = kept_within(b, d, b->exact[d] + step * b->slope[d]);
}

int64_t bound_cost(const bound *b)
{
  const int64_t unit = b->e->unit, v = b->best;
  if (v == INT64_MIN) return INT64_MIN;
  const int64_t cost = b->down > 1 ? v * b->down : -floor_div(-v, b->up);
  return unit * -floor_div(-cost, unit);
}

bool bound_keep(const bound *b, bound_state *kept)
{
  const size_t n = (size_t)b->e->n_demands;
  kept->b        = *b;
  kept->top      = DYO_NEW(b->e->ctx, n + 1, int32_t);
  if (kept->top) memcpy(kept->top, b->top, n * sizeof *b->top);
  return kept->top != NULL;
}

void bound_back(bound *b, const bound_state *kept)
{
  *b = kept->b;
  for (int d = 0; d < b->e->n_demands; d++) {
    b->top[d]   = kept->top[d];
    b->exact[d] = kept->top[d];
  }
}
