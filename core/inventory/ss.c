/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Optimal (s, S) under periodic review. Zheng & Federgruen (1991), Finding optimal (s,S) policies is about as simple
 * as evaluating a single policy, Operations Research 39, 654-665.
 *
 * With p_j the probability of demand j in a period and G(y) the cost of a period at position y, the renewal density
 *   m(0) = 1/(1-p_0),  m(j) = sum of p_l m(j-l) over l = 1..j, divided by 1-p_0,
 * gives the cost of a policy (eq. 3):  c(s,S) = [K + sum of m(j) G(S-j) over j < S-s] / [sum of m(j) over j < S-s].
 * Demand and position are on a grid: whole numbers, or multiples of a step for normal and gamma demand, whose period
 * is then rounded to the step, with Sheppard's correction of its variance. Beyond a table around the mean G is a
 * straight line to 1e-15, so that sums over it come from running sums of m(j) and j m(j). */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "inventory/policy.h"

static const double TAIL      = 1e-15; /* probability that tables leave out */
static const double MAX_WORK  = 6e7;   /* multiplications, for m and for the search alike */
static const double MAX_SIZE  = 1.5e6; /* points of a table */
static const double MAX_EXACT = 3e4;   /* points that each take a distribution's own evaluation */
static const double FINE      = 50;    /* grid steps in a standard deviation, at least FINE/2 */

typedef struct {
  const policy_job *job;
  double            step, origin; /* a position is origin + step times a whole number */
  double            mean;         /* of lead-time demand, in steps from origin */
  double           *p;            /* p[i]: probability of `far` - i steps in a period */
  int64_t           near, far;    /* demand of a period, least above 0 and most */
  double            moves;        /* 1 - p_0 */
  double           *m, *m0, *m1;  /* m(j); sums of m(i) and of i m(i) over i < j */
  int64_t           n, room;
  int64_t           lo, hi;           /* positions tabled: */
  double           *g, *below, *loss; /* at hi - i; in steps */
  double            work;
} grid;

typedef struct {
  int64_t s, S;
  double  c;
} best_policy;

static dyo_status too_large(const grid *a, dyo_err *err)
{
  return dyo_fail(
    err, DYO_TOO_LARGE, "/demand",
    "found a mean of %g a period with a fixed_cost of %g, which takes too many steps of %g; a larger unit of "
    "measure%s is expected",
    a->job->unit.mean, a->job->k, a->step, a->job->unit.kind == DYO_DIST_POISSON ? " or normal demand" : "");
}

/* --- Demand of a period
 * ---------------------------------------------------------------------------------------------- */

static dyo_status period_table(dyo_ctx *ctx, grid *a, double near, double far, dyo_err *err)
{
  if (far - near > MAX_SIZE) return too_large(a, err);
  a->near = (int64_t)fmax(1, near);
  a->far  = (int64_t)fmax(1, far);
  a->p    = DYO_NEW(ctx, (size_t)(a->far - a->near + 1), double);
  return a->p ? DYO_OK : dyo_oom(err);
}

/* p[stride i] = P(D = lo + i) for i < n, by p(j+1) = p(j) q (j+r)/(j+1) (Poisson: m/(j+1)) and anew from time to
 * time. */
static void count_probabilities(const dyo_dist *d, int64_t lo, int64_t n, int64_t stride, double *p)
{
  const bool   poisson = d->kind == DYO_DIST_POISSON;
  const double q       = poisson ? 0 : d->mean / (d->mean + d->shape);
  double       f       = 0;
  for (int64_t i = 0; i < n; i++) {
    const double j = (double)(lo + i);
    f              = i % 256 ? f * (poisson ? d->mean : q * (j - 1 + d->shape)) / j : dyo_dist_pdf(d, j);
    p[stride * i]  = f;
  }
}

static dyo_status count_period(dyo_ctx *ctx, grid *a, dyo_err *err)
{
  const dyo_dist  *u  = &a->job->unit;
  const dyo_status st = period_table(ctx, a, dyo_dist_quantile(u, TAIL / 10), dyo_dist_quantile(u, 1 - TAIL), err);
  if (st != DYO_OK) return st;
  count_probabilities(u, a->near, a->far - a->near + 1, -1, a->p + (a->far - a->near));
  a->moves = dyo_dist_survival(u, 0);
  return DYO_OK;
}

/* P(D in (a, b]) by the smaller tails. */
static double between(const dyo_tails *a, const dyo_tails *b)
{
  return fmax(0, a->cdf < 0.5 ? b->cdf - a->cdf : a->survival - b->survival);
}

static dyo_status smooth_period(dyo_ctx *ctx, grid *a, dyo_err *err)
{
  const dyo_dist *u  = &a->job->unit;
  const double    sd = sqrt(u->std_dev * u->std_dev - a->step * a->step / 12);
  dyo_dist        d;
  if (!dyo_dist_fit(u->kind, u->mean, sd, &d)) d = *u;
  const double near = floor(dyo_dist_quantile(&d, TAIL / 10) / a->step),
               far  = ceil(dyo_dist_quantile(&d, 1 - TAIL) / a->step);
  if (far - near > MAX_EXACT) return too_large(a, err);
  const dyo_status st = period_table(ctx, a, near, far, err);
  if (st != DYO_OK) return st;
  dyo_tails under = dyo_dist_tails(&d, ((double)a->near - 0.5) * a->step);
  for (int64_t j = a->near; j <= a->far; j++) {
    const dyo_tails over = dyo_dist_tails(&d, ((double)j + 0.5) * a->step);
    a->p[a->far - j]     = between(&under, &over);
    under                = over;
  }
  a->moves = dyo_dist_survival(&d, 0.5 * a->step);
  return DYO_OK;
}

/* --- Cost of a position
 * ---------------------------------------------------------------------------------------------- */

static dyo_status cost_table(dyo_ctx *ctx, grid *a, double lo, double hi, dyo_err *err)
{
  const double points = hi - lo + 1;
  if (!(points <= MAX_SIZE)) return too_large(a, err);
  a->lo    = (int64_t)lo;
  a->hi    = (int64_t)hi;
  a->g     = DYO_NEW(ctx, (size_t)points, double);
  a->below = DYO_NEW(ctx, (size_t)points, double);
  a->loss  = DYO_NEW(ctx, (size_t)points, double);
  return a->g && a->below && a->loss ? DYO_OK : dyo_oom(err);
}

static void join_costs(grid *a)
{
  for (int64_t i = 0; i <= a->hi - a->lo; i++) a->g[i] = policy_rate(a->job, a->below[i], a->loss[i]);
}

/* From probabilities of lo..hi: E(y-D)+ adds up F from below, E(D-y)+ adds up S from above. p[i] is that of lo + i. */
static void sum_costs(grid *a, const double *p, double below, double cdf, double loss, double survival)
{
  const int64_t n = a->hi - a->lo + 1;
  for (int64_t i = 0; i < n; i++) {
    a->below[n - 1 - i] = below;
    if (i > 0) cdf += p[i];
    below += cdf;
  }
  for (int64_t i = n - 1; i >= 0; i--) {
    a->loss[n - 1 - i] = loss;
    survival += p[i];
    loss += survival;
  }
  join_costs(a);
}

static dyo_status count_costs(dyo_ctx *ctx, grid *a, dyo_err *err)
{
  const dyo_dist  *d  = &a->job->lead;
  const dyo_status st = cost_table(ctx, a, dyo_dist_quantile(d, TAIL / 10), dyo_dist_quantile(d, 1 - TAIL) + 1, err);
  if (st != DYO_OK) return st;
  const dyo_tails at_lo = dyo_dist_tails(d, (double)a->lo), at_hi = dyo_dist_tails(d, (double)a->hi);
  double         *p = DYO_NEW(ctx, (size_t)(a->hi - a->lo + 1), double);
  if (!p) return dyo_oom(err);
  count_probabilities(d, a->lo, a->hi - a->lo + 1, 1, p);
  sum_costs(a, p, at_lo.loss_below, at_lo.cdf, at_hi.loss, at_hi.survival);
  return DYO_OK;
}

static dyo_status smooth_costs(dyo_ctx *ctx, grid *a, dyo_err *err)
{
  const dyo_dist *d  = &a->job->lead;
  const double    lo = floor((dyo_dist_quantile(d, TAIL / 10) - a->origin) / a->step);
  const double    hi = ceil((dyo_dist_quantile(d, 1 - TAIL) - a->origin) / a->step);
  if (hi - lo > MAX_EXACT) return too_large(a, err);
  const dyo_status st = cost_table(ctx, a, lo, hi, err);
  if (st != DYO_OK) return st;
  for (int64_t y = a->lo; y <= a->hi; y++) {
    const dyo_tails t   = dyo_dist_tails(d, a->origin + a->step * (double)y);
    a->below[a->hi - y] = t.loss_below / a->step;
    a->loss[a->hi - y]  = t.loss / a->step;
  }
  join_costs(a);
  return DYO_OK;
}

static dyo_status sampled(dyo_ctx *ctx, grid *a, dyo_err *err)
{
  demand_counts one, sum;
  dyo_status    st = demand_count_samples(ctx, &a->job->unit, &one, err);
  if (st == DYO_OK) st = demand_count_periods(ctx, &one, a->job->lead_time + 1, &sum, err);
  if (st == DYO_OK) st = period_table(ctx, a, 1, (double)one.n - 1, err);
  if (st == DYO_OK) st = cost_table(ctx, a, 0, (double)sum.n - 1, err);
  if (st != DYO_OK) return st;
  for (int64_t j = a->near; j <= a->far; j++) {
    a->p[a->far - j] = one.p[j];
    a->moves += one.p[j];
  }
  a->mean = a->job->unit.mean * (a->job->lead_time + 1);
  sum_costs(a, sum.p, 0, sum.p[0], 0, 0);
  return DYO_OK;
}

static double cost_at(const grid *a, int64_t y)
{
  if (y > a->hi) return a->job->h * ((double)y - a->mean);
  if (y < a->lo) return a->job->p * (a->mean - (double)y);
  return a->g[a->hi - y];
}

/* --- Policies
 * -------------------------------------------------------------------------------------------------------- */

static double dot(const double *a, const double *b, int64_t n)
{
  double  s0 = 0, s1 = 0, s2 = 0, s3 = 0;
  int64_t i = 0;
  for (; i + 4 <= n; i += 4) {
    s0 += a[i] * b[i];
    s1 += a[i + 1] * b[i + 1];
    s2 += a[i + 2] * b[i + 2];
    s3 += a[i + 3] * b[i + 3];
  }
  for (; i < n; i++) s0 += a[i] * b[i];
  return (s0 + s1) + (s2 + s3);
}

static dyo_status make_room(dyo_ctx *ctx, grid *a, int64_t n, dyo_err *err)
{
  const int64_t room = n > 2 * a->room ? n : 2 * a->room;
  double       *m = DYO_NEW(ctx, (size_t)room, double), *m0 = DYO_NEW(ctx, (size_t)room + 1, double);
  double       *m1 = DYO_NEW(ctx, (size_t)room + 1, double);
  if (!m || !m0 || !m1) return dyo_oom(err);
  if (a->n > 0) {
    memcpy(m, a->m, (size_t)a->n * sizeof *m);
    memcpy(m0, a->m0, (size_t)(a->n + 1) * sizeof *m0);
    memcpy(m1, a->m1, (size_t)(a->n + 1) * sizeof *m1);
  }
  a->m    = m;
  a->m0   = m0;
  a->m1   = m1;
  a->room = room;
  return DYO_OK;
}

/* m(0) to m(n-1). */
static dyo_status renew(dyo_ctx *ctx, grid *a, int64_t n, dyo_err *err)
{
  if ((double)n > MAX_SIZE) return too_large(a, err);
  if (n > a->room) {
    const dyo_status st = make_room(ctx, a, n + 1000, err);
    if (st != DYO_OK) return st;
  }
  for (; a->n < n; a->n++) {
    const int64_t j = a->n, far = j < a->far ? j : a->far, terms = far - a->near + 1;
    a->m[j] = j == 0 ? 1 / a->moves : terms > 0 ? dot(a->m + (j - far), a->p + (a->far - far), terms) / a->moves : 0;
    a->m0[j + 1] = a->m0[j] + a->m[j];
    a->m1[j + 1] = a->m1[j] + (double)j * a->m[j];
    a->work += terms > 0 ? (double)terms : 0;
  }
  return a->work > MAX_WORK ? too_large(a, err) : DYO_OK;
}

static int64_t within(int64_t x, int64_t most)
{
  return x < 0 ? 0 : x > most ? most : x;
}

/* Sum of m(j) v(S-j) over j < n, where v is tabled, up (y - mean) above the table and down (mean - y) below it. */
static double weighted(grid *a, int64_t S, int64_t n, const double *v, double up, double down)
{
  const int64_t from = within(S - a->hi, n), to = within(S - a->lo + 1, n);
  const double  over = (double)S - a->mean;
  const double  high = over * a->m0[from] - a->m1[from];
  const double  low  = (a->m1[n] - a->m1[to]) - over * (a->m0[n] - a->m0[to]);
  a->work += (double)(to - from);
  return up * high + down * low + dot(a->m + from, v + (a->hi - S + from), to - from);
}

static double cost(grid *a, int64_t s, int64_t S)
{
  return (a->job->k / a->step + weighted(a, S, S - s, a->g, a->job->h, a->job->p)) / a->m0[S - s];
}

/* The least cost of a position, leftmost. */
static int64_t cheapest(const grid *a)
{
  int64_t best = a->hi;
  for (int64_t y = a->hi; y >= a->lo; y--)
    if (a->g[a->hi - y] <= a->g[a->hi - best]) best = y;
  return best;
}

/* Step 0: lower s from the cheapest position until c(s, S) <= G(s). */
static dyo_status first_policy(dyo_ctx *ctx, grid *a, best_policy *b, dyo_err *err)
{
  double sum = a->job->k / a->step;
  b->s = b->S = cheapest(a);
  do {
    const int64_t    n  = b->S - b->s; /* the points below S taken in so far */
    const dyo_status st = renew(ctx, a, n + 1, err);
    if (st != DYO_OK) return st;
    sum += a->m[n] * cost_at(a, b->s);
    b->s--;
    b->c = sum / a->m0[n + 1];
  } while (b->c > cost_at(a, b->s));
  b->c = cost(a, b->s, b->S);
  return DYO_OK;
}

/* Steps 1 and 2: raise S while a better policy is possible, G(S) <= c; where S is better, raise s while c(s, S) <=
 * G(s+1). */
static dyo_status search(dyo_ctx *ctx, grid *a, best_policy *b, dyo_err *err)
{
  dyo_status st = first_policy(ctx, a, b, err);
  a->work       = 0;
  for (int64_t S = b->S + 1; st == DYO_OK && cost_at(a, S) <= b->c; S++) {
    st = renew(ctx, a, S - b->s, err);
    if (st != DYO_OK) return st;
    double c = cost(a, b->s, S);
    if (c < b->c) {
      b->S = S;
      while (b->s + 1 < S && c <= cost_at(a, b->s + 1)) c = cost(a, ++b->s, S);
      b->c = c;
    }
    if (a->work > MAX_WORK) return too_large(a, err);
    if (dyo_poll(ctx, a->work / MAX_WORK, "policies") != DYO_RUN_ON) st = dyo_cancelled(ctx, true, err);
  }
  return st;
}

/* A position in units, without the rounding that a step such as 0.02 brings. */
static double position(const grid *a, int64_t y)
{
  const double x = a->step * (double)y, ten = pow(10, ceil(-log10(a->step)));
  if (a->origin > 0 || a->step >= 1 || a->job->unit.kind == DYO_DIST_POINT || !(fabs(x) * ten < 1e15))
    return a->origin + x;
  return round(x * ten) / ten;
}

static void fill(grid *a, const best_policy *b, dyo_policy_out *out)
{
  const int64_t n    = b->S - b->s;
  const double  m0   = a->m0[n];
  out->reorder_point = position(a, b->s);
  out->order_up_to   = position(a, b->S);
  policy_costs(a->job, fmax(0, a->step * weighted(a, b->S, n, a->below, 1, 0) / m0),
               fmax(0, a->step * weighted(a, b->S, n, a->loss, 0, 1) / m0), 1 / m0, out);
}

/* The largest of 1, 2, 5 times a power of ten that is not above x. */
static double round_step(double x)
{
  const double ten = pow(10, floor(log10(x)));
  return x >= 5 * ten ? 5 * ten : x >= 2 * ten ? 2 * ten : ten;
}

/* Certain demand: positions are those that lead-time demand leaves, whole periods apart. */
static void point_grid(grid *a)
{
  a->step   = a->job->unit.mean;
  a->origin = a->step * (a->job->lead_time - floor(a->job->lead_time));
}

static dyo_status point_period(dyo_ctx *ctx, grid *a, dyo_err *err)
{
  const dyo_status st = period_table(ctx, a, 1, 1, err);
  if (st != DYO_OK) return st;
  a->p[0]  = 1;
  a->moves = 1;
  return DYO_OK;
}

static dyo_status solve_on(dyo_ctx *ctx, grid *a, dyo_policy_out *out, dyo_err *err)
{
  const dyo_dist_kind kind  = a->job->unit.kind;
  const bool          point = kind == DYO_DIST_POINT, counts = dyo_dist_is_discrete(&a->job->unit);
  best_policy         b  = {0};
  dyo_status          st = DYO_OK;
  a->mean                = (a->job->lead.mean - a->origin) / a->step;
  if (0.5 * policy_lot(a->job) / a->step > MAX_SIZE) return too_large(a, err);
  if (kind == DYO_DIST_EMPIRICAL) {
    st = sampled(ctx, a, err);
  } else {
    st = counts ? count_period(ctx, a, err) : point ? point_period(ctx, a, err) : smooth_period(ctx, a, err);
    if (st == DYO_OK) st = counts ? count_costs(ctx, a, err) : smooth_costs(ctx, a, err);
  }
  if (st == DYO_OK) st = search(ctx, a, &b, err);
  if (st == DYO_OK || st == DYO_CANCELLED) fill(a, &b, out);
  return st;
}

dyo_status policy_ss(dyo_ctx *ctx, const policy_job *job, dyo_policy_out *out, dyo_err *err)
{
  grid       a  = {.job = job, .step = 1};
  dyo_status st = DYO_OK;
  if (job->unit.kind == DYO_DIST_POINT) point_grid(&a);
  if (job->unit.kind != DYO_DIST_NORMAL && job->unit.kind != DYO_DIST_GAMMA) return solve_on(ctx, &a, out, err);
  a.step = round_step(job->unit.std_dev / FINE);
  for (;;) {
    const double coarser = round_step(a.step * 2.5001);
    st                   = solve_on(ctx, &a, out, err);
    out->grid_step       = a.step;
    if (st != DYO_TOO_LARGE || coarser > job->unit.std_dev / FINE * 2) return st;
    a = (grid){.job = job, .step = coarser};
  }
}
