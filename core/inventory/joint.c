/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Joint replenishment: a base cycle T and whole multiples k_i of it (Goyal 1974; Wildeman, Frenk & Dekker 1997).
 *   F(T) = joint / T + sum over i of min over k of (minor_i / (k T) + rate_i k T),
 * the joint cost paid at every T whether or not a product is due. With the multiples free or held to fixed ranges T F(T)
 * rises and F(T) / T falls, so on [T1, T2]   F >= sqrt(F(T1) F(T2) T1 / T2).
 * Branch and bound on log T with this bound; an interval with few changes of the multiples is walked from change to change
 * (van Eijs 1993), where the best T of each set of multiples is sqrt(A / H). The result is the optimum of this class. */
#include "inventory/multi.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SCAN = 48, WALK = 256, /* or a product each */ STACK = 400, MAX_EVALUATIONS = 200000 };

static const double MOST   = JOINT_MAX_MULTIPLE;
static const double SAME   = 1e-12; /* relative: costs and ranges this near are one */
static const double NARROW = 1e-11; /* intervals of T not split further, as part of T */

/* The multiples at one T, and the sums over them. */
typedef struct {
  double a, h;                     /* joint + sum minor / k; sum rate k */
  double f;                        /* a / T + h T */
  double k_sum, low_sum, high_sum; /* of the multiples and of the ends of their ranges: equal sums, equal multiples */
  bool   possible;
} at_cycle;

typedef struct {
  double   t1, t2;
  at_cycle e1, e2;
} interval;

typedef struct {
  dyo_ctx             *ctx;
  const joint_problem *p;
  joint_policy        *best;
  double               gap, floor_cost; /* least bound of what was given up */
  size_t               longest;         /* walk, in changes of multiples */
  size_t               evaluations;
} walk;

typedef struct {
  double low, high;
} range;

/* Multiples with lo <= k T <= hi for some T in [t1, t2]. */
static range range_of(const joint_problem *p, size_t i, double t1, double t2)
{
  range r = {1, MOST};
  if (p->lo && p->lo[i] > t2) r.low = fmin(MOST, ceil(p->lo[i] / t2 * (1 - SAME)));
  if (p->hi && p->hi[i] < INFINITY) r.high = fmin(MOST, floor(p->hi[i] / t1 * (1 + SAME)));
  return r;
}

/* The best multiple at T: k (k - 1) <= minor / (rate T^2) <= k (k + 1). */
static double free_multiple(const joint_problem *p, size_t i, double t)
{
  const double k = ceil(sqrt(0.25 + p->minor[i] / (p->rate[i] * t * t)) - 0.5);
  return k < 1 ? 1 : k < MOST ? k : MOST;
}

/* The sums at T with the multiples in the ranges of [t1, t2]; multiple: n out or NULL. */
static at_cycle evaluate(walk *w, double t, double t1, double t2, double *multiple)
{
  const joint_problem *p = w->p;
  at_cycle             e = {.a = p->joint, .possible = true};
  for (size_t i = 0; i < p->n; i++) {
    double k = free_multiple(p, i, t);
    if (p->lo || p->hi) {
      const range r = range_of(p, i, t1, t2);
      e.possible    = e.possible && r.low <= r.high;
      k             = k < r.low ? r.low : k > r.high ? r.high : k;
      e.low_sum += r.low;
      e.high_sum += r.high;
    }
    e.a += p->minor[i] / k;
    e.h += p->rate[i] * k;
    e.k_sum += k;
    if (multiple) multiple[i] = k;
  }
  e.f = e.a / t + e.h * t;
  w->evaluations++;
  return e;
}

/* The best T for these multiples within [t1, t2], as the best policy if it is. */
static void offer(walk *w, double a, double h, double t1, double t2)
{
  const double t = fmin(t2, fmax(t1, sqrt(a / h))), cost = a / t + h * t;
  if (!(cost < w->best->cost)) return;
  w->best->cost  = cost;
  w->best->cycle = t;
}

/* T's own multiples: where they may stay between bounds, and the policy they make. Repeats from there while that pays. */
static void descend(walk *w, double t)
{
  const joint_problem *p = w->p;
  for (int step = 0; step < 50; step++) {
    const double   before = w->best->cost;
    const at_cycle e      = evaluate(w, t, t, t, w->best->multiple);
    double         low = 0, high = INFINITY;
    if (!e.possible) return;
    for (size_t i = 0; i < p->n && (p->lo || p->hi); i++) {
      if (p->lo) low = fmax(low, p->lo[i] / w->best->multiple[i]);
      if (p->hi) high = fmin(high, p->hi[i] / w->best->multiple[i]);
    }
    offer(w, e.a, e.h, low, fmax(low, high));
    if (!(w->best->cost < before * (1 - SAME))) return;
    t = w->best->cycle;
  }
}

typedef struct {
  double t, a, h;
} step;

static int falling(const void *x, const void *y)
{
  const step *a = x, *b = y;
  return (a->t < b->t) - (a->t > b->t);
}

/* All sets of multiples between t1 and t2, from the long cycles to the short ones. */
static void walk_through(walk *w, const interval *v, step *steps)
{
  const joint_problem *p = w->p;
  size_t               n = 0;
  double               a = v->e2.a, h = v->e2.h, from = v->t2;
  for (size_t i = 0; i < p->n; i++) {
    const range  r    = range_of(p, i, v->t1, v->t2);
    const double last = fmin(fmax(free_multiple(p, i, v->t1), r.low), r.high);
    for (double k = fmin(fmax(free_multiple(p, i, v->t2), r.low), r.high); k < last && n < w->longest; k++)
      steps[n++] = (step){sqrt(p->minor[i] / (p->rate[i] * k * (k + 1))), -p->minor[i] / (k * (k + 1)), p->rate[i]};
  }
  qsort(steps, n, sizeof *steps, falling);
  for (size_t s = 0; s <= n; s++) {
    const double to = s < n ? fmin(from, fmax(v->t1, steps[s].t)) : v->t1;
    offer(w, a, h, to, from);
    if (s == n) break;
    a += steps[s].a;
    h += steps[s].h;
    from = to;
  }
}

static bool bounded(const joint_problem *p)
{
  return p->lo || p->hi;
}

/* No policy in the interval is below this. */
static double bound_of(const interval *v)
{
  if (!v->e1.possible || !v->e2.possible) return INFINITY;
  return sqrt(v->e1.f * v->e2.f * (v->t1 / v->t2));
}

/* Both ends with the multiples of the whole interval. */
static void measure(walk *w, interval *v)
{
  if (!bounded(w->p)) return;
  v->e1 = evaluate(w, v->t1, v->t1, v->t2, NULL);
  v->e2 = evaluate(w, v->t2, v->t1, v->t2, NULL);
}

/* The multiples that the bounds allow are the same all over the interval. */
static bool fixed_ranges(walk *w, const interval *v)
{
  if (!bounded(w->p)) return true;
  const at_cycle a = evaluate(w, v->t1, v->t1, v->t1, NULL), b = evaluate(w, v->t2, v->t2, v->t2, NULL);
  return a.possible && b.possible && a.low_sum == b.low_sum && a.high_sum == b.high_sum;
}

/* What is left of the stack when the work is cut short, and intervals too narrow to split, are known by their bounds. */
static void give_up(walk *w, const interval *v)
{
  w->floor_cost = fmin(w->floor_cost, bound_of(v));
}

static void branch(walk *w, interval *stack, size_t n, step *steps)
{
  while (n > 0) {
    interval v = stack[--n];
    if (bound_of(&v) >= w->best->cost * (1 - fmax(w->gap, SAME))) {
      give_up(w, &v);
      continue;
    }
    const double changes = v.e1.k_sum - v.e2.k_sum;
    if (changes <= (double)w->longest && fixed_ranges(w, &v)) {
      walk_through(w, &v, steps);
      continue;
    }
    const bool out = w->evaluations > MAX_EVALUATIONS || dyo_poll(w->ctx, 0.5, "joint orders") != DYO_RUN_ON;
    if (out || v.t2 - v.t1 < NARROW * v.t2 || n + 2 > STACK) {
      give_up(w, &v);
      continue;
    }
    const double mid = sqrt(v.t1 * v.t2);
    interval     low = {v.t1, mid, v.e1, v.e2}, high = {mid, v.t2, v.e1, v.e2};
    low.e2 = high.e1 = evaluate(w, mid, mid, mid, NULL);
    if (low.e2.possible && low.e2.f < w->best->cost * 1.01) {
      if (!bounded(w->p)) offer(w, low.e2.a, low.e2.h, 0, INFINITY);
      else descend(w, mid);
    }
    measure(w, &low);
    measure(w, &high);
    stack[n++] = bound_of(&low) < bound_of(&high) ? high : low;
    stack[n++] = bound_of(&low) < bound_of(&high) ? low : high;
  }
}

/* Where T can be: all multiples 1 at most, and the joint cost alone within what the independent optimum leaves of the best. */
static bool first_interval(walk *w, interval *v)
{
  const joint_problem *p     = w->p;
  double               minor = p->joint, rate = 0, apart = 0;
  v->t2 = INFINITY;
  for (size_t i = 0; i < p->n; i++) {
    const double tau = fmin(p->hi ? p->hi[i] : INFINITY, fmax(p->lo ? p->lo[i] : 0, sqrt(p->minor[i] / p->rate[i])));
    minor += p->minor[i];
    rate += p->rate[i];
    apart += tau > 0 ? p->minor[i] / tau + p->rate[i] * tau : 0;
    if (p->hi) v->t2 = fmin(v->t2, p->hi[i]);
  }
  double longest = sqrt(minor / rate);
  for (size_t i = 0; i < p->n && p->lo; i++) longest = fmax(longest, p->lo[i]);
  v->t2 = fmin(v->t2, longest);
  for (int s = 0; s < SCAN; s++) descend(w, v->t2 * exp2(-s / 6.0));
  for (int s = 0; s < 40 && w->best->cost == INFINITY; s++) descend(w, v->t2 * exp2(-8 - s));
  if (w->best->cost == INFINITY) return false;
  v->t1 = fmin(v->t2, p->joint / (w->best->cost * (1 + SAME) - apart));
  return true;
}

dyo_status joint_solve(dyo_ctx *ctx, const joint_problem *p, double gap, joint_policy *best, dyo_err *err)
{
  walk w = {.ctx = ctx, .p = p, .best = best, .gap = gap, .floor_cost = INFINITY, .longest = p->n > WALK ? p->n : WALK};
  interval *stack = DYO_NEW(ctx, STACK, interval);
  step     *steps = DYO_NEW(ctx, w.longest, step);
  if (!stack || !steps) return dyo_oom(err);
  best->cost  = INFINITY;
  best->bound = 0;
  if (!first_interval(&w, &stack[0])) return DYO_OK;
  stack[0].e1 = evaluate(&w, stack[0].t1, stack[0].t1, stack[0].t1, NULL);
  stack[0].e2 = evaluate(&w, stack[0].t2, stack[0].t2, stack[0].t2, NULL);
  measure(&w, &stack[0]);
  branch(&w, stack, 1, steps);
  const double t = best->cycle;
  best->bound    = fmin(w.floor_cost, best->cost);
  descend(&w, t); /* its multiples, from its cycle */
  best->bound = fmin(best->bound, best->cost);
  return DYO_OK;
}
