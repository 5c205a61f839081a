/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Optimal (r, Q) under continuous review: C(r,Q) = [K lambda + G(r, r+Q)]/Q, where G is the integral (counts: the
 * sum over r+1..r+Q) of the cost rate g(y) = h E[(y-D)+] + p E[(D-y)+], D the demand of a lead time.
 *
 * Continuous demand (Zheng 1992, lemma 1): at the optimum g(r) = g(r+Q) = C. With r(c), R(c) the two solutions of g
 * = c, the optimal cost is the root of H(c) = integral of (c - g) over (r(c), R(c)) = K lambda; H is convex and
 * H'(c) = R(c) - r(c).
 *
 * Poisson demand (Federgruen & Zheng 1992): Q+1 takes in the cheaper neighbour of the best window of Q points, and
 * is better as long as that neighbour's g is below C(Q). Both tests are monotone, so r for a Q and then Q are found
 * by halving. */
#include <math.h>

#include "inventory/policy.h"
#include "num/dyo_root.h"

enum { ROUNDS = 200 };

typedef struct {
  const policy_job *job;
  double            c;
} level;

static double rate_at(const policy_job *job, double y)
{
  const dyo_tails t = dyo_dist_tails(&job->lead, y);
  return policy_rate(job, t.loss_below, t.loss);
}

static double above_level(double y, const void *arg)
{
  const level *l = arg;
  return rate_at(l->job, y) - l->c;
}

/* Stock on hand and backorders summed over positions from r to r + q. */
static void sums_over(const policy_job *job, double r, double q, double *on_hand, double *backorders)
{
  const dyo_tails a = dyo_dist_tails(&job->lead, r), b = dyo_dist_tails(&job->lead, r + q);
  *on_hand    = b.loss2_below - a.loss2_below;
  *backorders = a.loss2 - b.loss2;
}

/* g >= p (m - y) and g >= h (y - m) bracket the solutions of g = c. */
static void window_at(const policy_job *job, double best, double c, double *r, double *q)
{
  const level  l = {job, c};
  const double m = job->lead.mean;
  *r             = dyo_root(above_level, &l, fmin(best, m - c / job->p), best);
  *q             = fmax(0, dyo_root(above_level, &l, best, fmax(best, m + c / job->h)) - *r);
}

/* Newton's method on H(c) = K lambda from above, where it descends to the root without passing it. The start: g
 * rises by no more than its slopes -p and h from its least value, so H there is no less than with certain demand,
 * where it is K lambda. */
dyo_status policy_rq_continuous(const policy_job *job, dyo_policy_out *out)
{
  const double fixed = job->k * job->unit.mean, hp = job->h / (job->h + job->p) * job->p;
  const double best = dyo_dist_quantile(&job->lead, job->p / (job->p + job->h));
  double       c    = rate_at(job, best) + sqrt(2 * fixed * hp);
  double       r = best, q = 0, on_hand = 0, backorders = 0;
  for (int i = 0; i < ROUNDS && fixed > 0; i++) {
    window_at(job, best, c, &r, &q);
    if (q <= 0) break;
    sums_over(job, r, q, &on_hand, &backorders);
    const double step = (c * q - policy_rate(job, on_hand, backorders) - fixed) / q;
    c -= step;
    if (!(step > 1e-15 * c)) break;
  }
  out->reorder_point  = r;
  out->order_quantity = q;
  if (q > 0) {
    policy_costs(job, on_hand / q, backorders / q, job->unit.mean / q, out);
  } else {
    const dyo_tails t = dyo_dist_tails(&job->lead, best);
    policy_costs(job, t.loss_below, t.loss, 0, out);
    out->orders_per_unit_time = NAN;
  }
  return DYO_OK;
}

/* The best r for q: the smallest with g(r+1+q) >= g(r+1), below `best`. */
static double best_start(const policy_job *job, double best, double q)
{
  double lo = best - q - 1, hi = best; /* g falls up to `best`, so lo is too small or the answer */
  while (hi - lo > 1) {
    const double mid                                                  = floor(lo + (hi - lo) / 2);
    *(rate_at(job, mid + 1 + q) >= rate_at(job, mid + 1) ? &hi : &lo) = mid;
  }
  return hi;
}

static double cost_of(const policy_job *job, double r, double q)
{
  double on_hand, backorders;
  sums_over(job, r, q, &on_hand, &backorders);
  return (job->k * job->unit.mean + policy_rate(job, on_hand, backorders)) / q;
}

/* Whether a larger q than this is better. */
static bool grows(const policy_job *job, double best, double q)
{
  const double r = best_start(job, best, q);
  return fmin(rate_at(job, r), rate_at(job, r + q + 1)) < cost_of(job, r, q);
}

dyo_status policy_rq_poisson(const policy_job *job, dyo_policy_out *out)
{
  const double best = dyo_dist_quantile(&job->lead, job->p / (job->p + job->h));
  double       lo = 0, hi = 1, on_hand, backorders; /* lo grows, hi does not */
  while (hi < 1e15 && grows(job, best, hi)) {
    lo = hi;
    hi *= 2;
  }
  while (hi - lo > 1) {
    const double mid                     = floor(lo + (hi - lo) / 2);
    *(grows(job, best, mid) ? &lo : &hi) = mid;
  }
  out->order_quantity = hi;
  out->reorder_point  = best_start(job, best, hi);
  sums_over(job, out->reorder_point, hi, &on_hand, &backorders);
  policy_costs(job, on_hand / hi, backorders / hi, job->unit.mean / hi, out);
  return DYO_OK;
}
