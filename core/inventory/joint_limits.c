/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Joint replenishment under limits. The bound is Lagrangian: at given prices of budget, storage and orders the limits go and
 * joint.c solves what is left exactly; cutting planes raise it over the prices. Plans: multiples with the best T their limits
 * allow, changed one at a time while that pays. With T and k_i:  order i = demand_i k_i T, orders a year = sum 1 / (k_i T). */
#include "inventory/multi.h"

#include <math.h>
#include <string.h>

enum { GRID = 24, SWEEPS = 40, HALF_WAY = 16, EXACT = 2000 };

static const double SMALL  = 1e-13; /* savings below this part of the cost are rounding */
static const double RAISED = 1e-6;
static const double PROVEN = 1e-10; /* gap of up to EXACT products without shared limits */

typedef struct {
  dyo_ctx             *ctx;
  const dyo_multi_eoq *p;
  unsigned             keep;
  double               joint;
  joint_problem        free;                   /* the problem at the prices in hand */
  double              *at_minor, *at_rate;     /* its arrays */
  double              *minor, *rate, *lo, *hi; /* n, of the request; lo, hi in years, NULL without bounds */
  double              *k;                      /* n, the multiples being worked on */
  joint_plan          *best;
} job;

/* Sums over the multiples, and the T they leave room for: low..high. Two worst bounds are kept, so that one product can
 * change without asking all. */
typedef struct {
  double a, h, orders, unit[DYO_MULTI_ORDERS];
  double low[2], high[2];
  size_t low_at, high_at;
} sums;

static void count(const job *x, sums *s, size_t i, double k, double sign)
{
  s->a += sign * x->minor[i] / k;
  s->h += sign * x->rate[i] * k;
  s->orders += sign / k;
  for (int j = 0; j < DYO_MULTI_ORDERS; j++)
    if (x->keep >> j & 1) s->unit[j] += sign * x->p->unit[j][i] * x->p->demand[i] * k;
}

static sums sums_of(const job *x, const double *k)
{
  sums s = {.a = x->joint, .high = {INFINITY, INFINITY}};
  for (size_t i = 0; i < x->p->n; i++) {
    count(x, &s, i, k[i], 1);
    const double low = x->lo ? x->lo[i] / k[i] : 0, high = x->hi ? x->hi[i] / k[i] : INFINITY;
    if (low > s.low[0]) s.low[1] = s.low[0], s.low[0] = low, s.low_at = i;
    else if (low > s.low[1]) s.low[1] = low;
    if (high < s.high[0]) s.high[1] = s.high[0], s.high[0] = high, s.high_at = i;
    else if (high < s.high[1]) s.high[1] = high;
  }
  return s;
}

typedef struct {
  double missed; /* log of how far apart the ends of T's room are; 0: there is room */
  double cost, cycle;
} worth;

static worth worth_of(const job *x, const sums *s, double low, double high)
{
  const double *limit = x->p->limit;
  worth         v;
  if (x->keep >> DYO_MULTI_ORDERS & 1) low = fmax(low, s->orders / limit[DYO_MULTI_ORDERS]);
  for (int j = 0; j < DYO_MULTI_ORDERS; j++)
    if (x->keep >> j & 1 && s->unit[j] > 0) high = fmin(high, limit[j] / s->unit[j]);
  v.missed = low > high * (1 + MULTI_SLACK / 4) ? log(low / high) : 0;
  v.cycle  = fmin(high, fmax(low, sqrt(s->a / s->h)));
  v.cost   = s->a / v.cycle + s->h * v.cycle;
  return v;
}

static worth worth_at(const job *x, const sums *s)
{
  return worth_of(x, s, s->low[0], s->high[0]);
}

/* Product i at multiple k instead. */
static worth worth_with(const job *x, const sums *s, size_t i, double k)
{
  sums   t   = *s;
  double low = s->low_at == i ? s->low[1] : s->low[0], high = s->high_at == i ? s->high[1] : s->high[0];
  if (x->lo) low = fmax(low, x->lo[i] / k);
  if (x->hi) high = fmin(high, x->hi[i] / k);
  count(x, &t, i, x->k[i], -1);
  count(x, &t, i, k, 1);
  return worth_of(x, &t, low, high);
}

static bool better(const worth *a, const worth *b)
{
  if (a->missed > 0 || b->missed > 0) return a->missed < b->missed * (1 - SMALL);
  return a->cost < b->cost * (1 - SMALL);
}

/* Product i goes to multiple k. The two worst bounds are found again where they may have changed. */
static void change(job *x, sums *s, size_t i, double k)
{
  const double was   = x->k[i];
  bool         again = false;
  count(x, s, i, was, -1);
  count(x, s, i, k, 1);
  x->k[i] = k;
  if (x->lo) again = i == s->low_at || x->lo[i] / was >= s->low[1] || x->lo[i] / k >= s->low[1];
  if (x->hi) again = again || i == s->high_at || x->hi[i] / was <= s->high[1] || x->hi[i] / k <= s->high[1];
  if (again) *s = sums_of(x, x->k);
}

/* Change one multiple at a time while that pays; then the plan, if it is one and the best so far. */
static void improve(job *x)
{
  sums  s   = sums_of(x, x->k);
  worth v   = worth_at(x, &s);
  bool  any = true;
  for (int sweep = 0; sweep < SWEEPS && any && dyo_poll(x->ctx, 0.5, "joint orders") == DYO_RUN_ON; sweep++) {
    any = false;
    for (size_t i = 0; i < x->p->n; i++) {
      for (double dk = -1; dk <= 1; dk += 2) {
        const double k = x->k[i] + dk;
        if (k < 1 || k > JOINT_MAX_MULTIPLE) continue;
        const worth w = worth_with(x, &s, i, k);
        if (!better(&w, &v)) continue;
        change(x, &s, i, k);
        v   = w;
        any = true;
      }
    }
    s = sums_of(x, x->k);
    v = worth_at(x, &s);
  }
  if (v.missed > 0 || !(v.cost < x->best->cost)) return;
  x->best->found = true;
  x->best->cost  = v.cost;
  x->best->cycle = v.cycle;
  memcpy(x->best->multiple, x->k, x->p->n * sizeof *x->k);
}

/* From base cycles of all lengths, the multiples nearest to the quantities of the continuous plan. */
static void scan(job *x, const double *q)
{
  double longest = 0;
  for (size_t i = 0; i < x->p->n; i++) longest = fmax(longest, q[i] / x->p->demand[i]);
  for (int s = 0; s < GRID && dyo_poll(x->ctx, 0.1, "joint orders") == DYO_RUN_ON; s++) {
    const double t = longest * exp2(-s / 3.0);
    for (size_t i = 0; i < x->p->n; i++)
      x->k[i] = fmin(JOINT_MAX_MULTIPLE, fmax(1, nearbyint(q[i] / x->p->demand[i] / t)));
    improve(x);
  }
}

/* The unlimited problem at these prices. */
static dyo_status price_out(job *x, const double *price, double gap, joint_policy *policy, dyo_err *err)
{
  const dyo_multi_eoq *p = x->p;
  for (size_t i = 0; i < p->n; i++) {
    double hold = p->hold[i];
    for (int j = 0; j < DYO_MULTI_ORDERS; j++)
      if (x->keep >> j & 1) hold += price[j] * p->unit[j][i];
    x->at_rate[i]  = p->demand[i] * hold;
    x->at_minor[i] = x->minor[i] + (x->keep >> DYO_MULTI_ORDERS & 1 ? price[DYO_MULTI_ORDERS] : 0);
  }
  return joint_solve(x->ctx, &x->free, gap, policy, err);
}

/* The plane of a policy, the bound of its solve, and the plans near it. */
static void learn(job *x, multi_planes *planes, const double *price, const joint_policy *policy)
{
  const sums s                     = sums_of(x, policy->multiple);
  double     use[DYO_MULTI_LIMITS] = {s.unit[0] * policy->cycle, s.unit[1] * policy->cycle, s.orders / policy->cycle};
  double     g                     = policy->bound;
  for (int j = 0; j < DYO_MULTI_LIMITS; j++)
    if (x->keep >> j & 1) g -= price[j] * x->p->limit[j];
  multi_planes_add(planes, price, s.a / policy->cycle + s.h * policy->cycle, use);
  if (g > x->best->bound) {
    x->best->bound = g;
    memcpy(x->best->price, price, sizeof x->best->price);
  }
  memcpy(x->k, policy->multiple, x->p->n * sizeof *x->k);
  improve(x);
}

static bool done(const job *x, double gap)
{
  return multi_gap(x->best->cost, x->best->bound) <= gap || x->ctx->stop != DYO_RUN_ON;
}

/* gap: within which the answer is wanted. */
static dyo_status raise_bound(job *x, const double *first, double gap, joint_policy *policy, dyo_err *err)
{
  const double inner =
    !x->keep && x->p->n <= EXACT ? PROVEN : gap / 10; /* of each solve; its bound says what it left */
  multi_planes *planes = multi_planes_new(x->ctx, x->keep, x->p->limit);
  dyo_status    st     = planes ? DYO_OK : dyo_oom(err);
  double        price[DYO_MULTI_LIMITS], zero[DYO_MULTI_LIMITS] = {0};
  if (st != DYO_OK) return st;
  memcpy(price, first, sizeof price);
  while (st == DYO_OK && planes->n < MULTI_MAX_PLANES) {
    double above = 0;
    st           = price_out(x, price, inner, policy, err);
    if (st != DYO_OK || policy->cost == INFINITY) break;
    learn(x, planes, price, policy);
    if (done(x, gap) || !x->keep) break;
    multi_planes_scale(planes, zero, (x->best->found ? x->best->cost : 4 * x->best->bound));
    memcpy(price, x->best->price, sizeof price);
    st = multi_planes_top(planes, x->best->bound, price, &above, err);
    if (above < RAISED) break;
    for (int j = 0; j < DYO_MULTI_LIMITS && planes->n < HALF_WAY; j++) price[j] = (price[j] + x->best->price[j]) / 2;
  }
  return st;
}

static dyo_status job_make(job *x, dyo_err *err)
{
  const size_t n = x->p->n;
  double      *v = DYO_NEW(x->ctx, 7 * n, double);
  x->k           = DYO_NEW(x->ctx, n, double);
  if (!v || !x->k) return dyo_oom(err);
  x->minor = v, x->rate = v + n;
  x->at_minor = v + 2 * n, x->at_rate = v + 3 * n;
  x->free = (joint_problem){.n = n, .joint = x->joint, .minor = x->at_minor, .rate = x->at_rate};
  for (size_t i = 0; i < n; i++) {
    x->minor[i] = x->p->order[i] / x->p->demand[i];
    x->rate[i]  = x->p->hold[i] * x->p->demand[i];
  }
  if (!x->p->lo) return DYO_OK;
  bool any = false;
  for (size_t i = 0; i < n; i++) any = any || x->p->lo[i] > 0 || x->p->hi[i] < INFINITY;
  if (!any) return DYO_OK;
  x->lo = v + 4 * n, x->hi = v + 5 * n;
  for (size_t i = 0; i < n; i++) {
    x->lo[i] = x->p->lo[i] / x->p->demand[i];
    x->hi[i] = x->p->hi[i] / x->p->demand[i];
  }
  x->free.lo = x->lo, x->free.hi = x->hi;
  return DYO_OK;
}

/* Each product by itself with an equal share of the joint cost at each of its orders: these shares never exceed the joint
 * cost, so it is a bound; its prices and quantities say where to look. False: the limits leave no plan. */
static bool apart(job *x, double *q, double *order, double price[DYO_MULTI_LIMITS])
{
  dyo_multi_eoq      p = *x->p;
  dyo_multi_eoq_info info;
  for (size_t i = 0; i < p.n; i++) order[i] = p.order[i] + x->joint / (double)p.n * p.demand[i];
  p.order = order;
  dyo_multi_eoq_solve(&p, q, &info);
  x->best->bound = info.feasible ? info.bound : INFINITY;
  memcpy(x->best->price, info.price, sizeof info.price);
  memcpy(price, info.price, sizeof info.price);
  return info.feasible;
}

dyo_status joint_limits(dyo_ctx *ctx, const multi_model *m, joint_plan *best, dyo_err *err)
{
  const double gap = fmax(m->in->gap_tolerance, MULTI_SLACK);
  job          x = {.ctx = ctx, .p = &m->p, .keep = multi_given(&m->p), .joint = m->in->joint_order_cost, .best = best};
  joint_policy policy = {.multiple = DYO_NEW(ctx, m->p.n, double)};
  double      *q = DYO_NEW(ctx, m->p.n, double), *order = DYO_NEW(ctx, m->p.n, double), price[DYO_MULTI_LIMITS];
  dyo_status   st = policy.multiple && q && order && best->multiple ? job_make(&x, err) : dyo_oom(err);
  if (st != DYO_OK) return st;
  best->cost = INFINITY;
  if (!apart(&x, q, order, price)) return DYO_OK;
  if (x.keep || x.lo) scan(&x, q);
  st          = raise_bound(&x, price, gap, &policy, err);
  best->bound = fmin(best->bound, best->cost);
  return st;
}
