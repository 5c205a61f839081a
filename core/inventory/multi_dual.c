/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The continuous multi-product problem by its concave dual in at most three prices (Everett 1963, Bertsekas 1982):
 *   maximise  g(price) = min over q of L(q, price) - sum of price_j limit_j,   price >= 0.
 * Newton's step is the exact optimum of the quadratic model over price >= 0. Far from the optimum the residual is that of
 * use^-2 = limit^-2 instead of use = limit, as use falls with the root of its price; steps are judged on g and its slope. */
#include "inventory/multi.h"

#include <math.h>
#include <string.h>

enum { MAX_PASSES = 120, MAX_CUTS = 40 };

/* A price has met its limit when use is within this part of it: well inside MULTI_SLACK, well above rounding. */
static const double MET = 1e-12;
/* Part of the dual's terms below which its differences are rounding. */
static const double NOISE = 1e-14;
/* A dual this many times its first value has no end: the limits cannot be kept. */
static const double NO_END = 1e30;
/* Prices grow at most this much a step where no product answers to them (all at a bound). */
static const double GROW = 8;

typedef struct {
  const dyo_multi_eoq *p;
  int                  what;
  unsigned             keep;
  double               scale[DYO_MULTI_LIMITS]; /* a price of ordinary size */
} climb_job;

static double dual_of(const climb_job *c, const double *price, const multi_sums *s)
{
  double g = s->value;
  for (int j = 0; j < DYO_MULTI_LIMITS; j++)
    if (c->keep >> j & 1) g -= price[j] * c->p->limit[j];
  return g;
}

static void residual(const climb_job *c, const multi_sums *s, double r[DYO_MULTI_LIMITS])
{
  for (int j = 0; j < DYO_MULTI_LIMITS; j++) r[j] = c->keep >> j & 1 ? s->use[j] - c->p->limit[j] : 0;
}

/* r scaled so that one step solves use ~ price^-1/2 exactly: use (rho^2 - 1) / 2 with rho = use / limit. */
static void far_residual(const climb_job *c, const multi_sums *s, double r[DYO_MULTI_LIMITS])
{
  for (int j = 0; j < DYO_MULTI_LIMITS; j++) {
    const double rho = s->use[j] / c->p->limit[j], top = rho < 1e3 ? rho : 1e3;
    r[j] = c->keep >> j & 1 ? s->use[j] / 2 * (top * top - 1) : 0;
  }
}

static bool all_met(const climb_job *c, const double *price, const multi_sums *s)
{
  for (int j = 0; j < DYO_MULTI_LIMITS; j++) {
    const double limit = c->p->limit[j], r = s->use[j] - limit;
    if (!(c->keep >> j & 1)) continue;
    if (r > MET * limit || (price[j] > 0 && r < -MET * limit)) return false;
  }
  return true;
}

static double at(const double m[6], int i, int j)
{
  const int hi = i > j ? i : j, lo = i > j ? j : i;
  return m[hi * (hi + 1) / 2 + lo];
}

/* d[free] from M d = r there, with d of the others given: Gauss on at most 3 rows, M positive definite. */
static void solve_free(const double m[6], const double *r, unsigned open, double *d)
{
  double a[3][4];
  int    id[3], n = 0;
  for (int j = 0; j < DYO_MULTI_LIMITS; j++)
    if (open >> j & 1) id[n++] = j;
  for (int i = 0; i < n; i++) {
    a[i][n] = r[id[i]];
    for (int j = 0; j < DYO_MULTI_LIMITS; j++)
      if (!(open >> j & 1)) a[i][n] -= at(m, id[i], j) * d[j];
    for (int j = 0; j < n; j++) a[i][j] = at(m, id[i], id[j]);
  }
  for (int k = 0; k < n; k++)
    for (int i = k + 1; i < n; i++) {
      const double f = a[i][k] / a[k][k];
      for (int j = k; j <= n; j++) a[i][j] -= f * a[k][j];
    }
  for (int i = n - 1; i >= 0; i--) {
    double v = a[i][n];
    for (int j = i + 1; j < n; j++) v -= a[i][j] * d[id[j]];
    d[id[i]] = v / a[i][i];
  }
}

/* M with its diagonal lifted: no price moves by more than GROW times its size where the curve is flat, and M is definite. */
static void lift(const climb_job *c, const double *price, const double *r, double m[6])
{
  static const int diagonal[DYO_MULTI_LIMITS] = {0, 2, 5};
  for (int j = 0; j < DYO_MULTI_LIMITS; j++) {
    double *mjj = &m[diagonal[j]];
    if (!(c->keep >> j & 1)) continue;
    *mjj += fabs(*mjj) * 1e-13;
    const double flat = (fabs(r[j]) + MET * c->p->limit[j]) / (GROW * price[j] + c->scale[j]);
    if (*mjj < flat * 1e-3) *mjj = flat;
  }
}

/* The maximum of r'd - d'Md/2 over price + d >= 0, tried on every set of prices that could be zero. */
static void newton_step(const climb_job *c, const double *price, const double *r, const double curve[6], double *d)
{
  double m[6], best = -INFINITY, trial[DYO_MULTI_LIMITS];
  memcpy(m, curve, sizeof m);
  lift(c, price, r, m);
  for (unsigned held = 0; held < 1u << DYO_MULTI_LIMITS; held++) {
    double gain  = 0;
    bool   legal = true;
    if (held & ~c->keep) continue;
    for (int j = 0; j < DYO_MULTI_LIMITS; j++) trial[j] = held >> j & 1 ? -price[j] : 0;
    solve_free(m, r, c->keep & ~held, trial);
    for (int j = 0; j < DYO_MULTI_LIMITS; j++) {
      legal = legal && isfinite(trial[j]) && price[j] + trial[j] >= -1e-15 * price[j];
      gain += r[j] * trial[j];
      for (int k = 0; k < DYO_MULTI_LIMITS; k++) gain -= 0.5 * trial[j] * at(m, j, k) * trial[k];
    }
    if (legal && gain > best) {
      best = gain;
      memcpy(d, trial, sizeof trial);
    }
  }
}

static double dot(const double *a, const double *b)
{
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/* An ascent direction: of the far residual or of the plain one, whichever was asked for, if it climbs at all. */
static void direction(const climb_job *c, const double *price, const multi_sums *s, bool far, double *d)
{
  double r[DYO_MULTI_LIMITS], from[DYO_MULTI_LIMITS];
  residual(c, s, r);
  if (far) {
    far_residual(c, s, from);
    memset(d, 0, DYO_MULTI_LIMITS * sizeof *d);
    newton_step(c, price, from, s->curve, d);
    if (dot(r, d) > 0) return;
  }
  memset(d, 0, DYO_MULTI_LIMITS * sizeof *d);
  newton_step(c, price, r, s->curve, d);
}

/* A bracket of the slope's root along the line, narrowed by false position; an end that stays put twice loses weight. */
typedef struct {
  double low, high, at_low, at_high;
  int    stale; /* > 0: low has stayed, < 0: high has */
} bracket;

static double narrow(bracket *b, double t, double slope)
{
  if (slope >= 0) {
    b->low    = t;
    b->at_low = slope;
    b->stale  = b->stale < 0 ? b->stale - 1 : -1;
    if (b->stale < -1) b->at_high /= 8;
  } else {
    b->high    = t;
    b->at_high = slope;
    b->stale   = b->stale > 0 ? b->stale + 1 : 1;
    if (b->stale > 1) b->at_low /= 8;
  }
  const double part = b->at_low / (b->at_low - b->at_high);
  return b->low + (b->high - b->low) * fmin(0.95, fmax(0.02, part));
}

/* Go along d to where g has grown and its slope is spent, or all the way if it still rises there. Returns t; 0: nowhere. */
static double search_line(const climb_job *c, const double *d, double slope0, multi_climber *x)
{
  const multi_climber from = *x;
  multi_climber       best = from;
  bracket             b    = {0, 1, slope0, -slope0, 0};
  double              t = 1, best_t = 0, r[DYO_MULTI_LIMITS];
  for (int cut = 0; cut < MAX_CUTS && x->passes < MAX_PASSES && b.high - b.low > 1e-14 * b.high; cut++) {
    for (int j = 0; j < DYO_MULTI_LIMITS; j++) x->price[j] = fmax(0, from.price[j] + t * d[j]);
    multi_pass(c->p, c->what == MULTI_COST ? 1 : 0, x->price, &x->s);
    x->passes++;
    residual(c, &x->s, r);
    x->g               = dual_of(c, x->price, &x->s);
    const double slope = dot(r, d), noise = NOISE * (fabs(x->s.value) + fabs(x->g - x->s.value));
    if (all_met(c, x->price, &x->s) || (slope >= 0 && t == 1)) return t;
    if (x->g - from.g >= 1e-4 * t * slope0 - noise && fabs(slope) <= 0.5 * slope0) return t;
    if (x->g > best.g) {
      best   = *x;
      best_t = t;
    }
    t = narrow(&b, t, slope);
  }
  best.passes = x->passes;
  *x          = best;
  return best_t;
}

/* One step up. False: neither residual leads any further. */
static bool advance(const climb_job *c, multi_climber *x)
{
  for (int attempt = 0; attempt < 2; attempt++) {
    double d[DYO_MULTI_LIMITS], r[DYO_MULTI_LIMITS];
    residual(c, &x->s, r);
    direction(c, x->price, &x->s, x->far, d);
    const double slope = dot(r, d), t = slope > 0 ? search_line(c, d, slope, x) : 0;
    if (t < 0.25) x->far = !x->far;
    if (t > 0) return true;
  }
  return false;
}

/* At the first price, the ordinary size of each price: what its limit would cost if all of the value went into it. */
static void set_scales(climb_job *c, const multi_sums *s)
{
  for (int j = 0; j < DYO_MULTI_LIMITS; j++)
    c->scale[j] = c->keep >> j & 1 ? fabs(s->value) / (c->p->limit[j] < s->use[j] ? c->p->limit[j] : s->use[j]) : 0;
}

/* A first price where there is none yet: the one that is right if all products shrink (or grow) alike. */
static void first_price(const climb_job *c, const multi_sums *s, double *price)
{
  int    worst = -1;
  double most  = 1;
  for (int j = 0; j < DYO_MULTI_LIMITS; j++) {
    const double rho = s->use[j] / c->p->limit[j];
    if (!(c->keep >> j & 1) || price[j] > 0 || !(rho > most)) continue;
    most  = rho;
    worst = j;
  }
  if (worst < 0) return;
  most         = most < 1e6 ? most : 1e6;
  price[worst] = (most * most - 1) * s->value / (2 * s->use[worst]);
}

void multi_climb(const dyo_multi_eoq *p, int what, unsigned keep, multi_climber *x)
{
  const double weight = what == MULTI_COST ? 1 : 0;
  climb_job    c      = {p, what, keep, {0}};
  x->far              = true;
  x->passes           = 1;
  multi_pass(p, weight, x->price, &x->s);
  set_scales(&c, &x->s);
  x->settled = all_met(&c, x->price, &x->s);
  if (!x->settled && what == MULTI_COST) {
    first_price(&c, &x->s, x->price);
    multi_pass(p, weight, x->price, &x->s);
    x->passes++;
    x->settled = all_met(&c, x->price, &x->s);
  }
  x->g                = dual_of(&c, x->price, &x->s);
  const double no_end = NO_END * fabs(x->s.value);
  while (!x->settled && x->passes < MAX_PASSES && x->g < no_end && advance(&c, x))
    x->settled = all_met(&c, x->price, &x->s);
}
