/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Optimal (r, nQ) when customers take several units at once: negative binomial demand is a Poisson stream of r_u
 * ln(1/p) customers with logarithmic batches, P(B = k) = q^k / (k ln(1/p)) (Quenouille 1949, Biometrics 5). Batches
 * of one occur, so the position is uniform on r+1..r+Q (Zheng & Chen 1992, Naval Research Logistics 39), and a
 * customer brings on an order with probability E[min(B, Q)]/Q:
 *   C(r,Q) = [K rate E min(B,Q) + sum of g(y) over r+1..r+Q] / Q.
 * The window grows by its cheaper neighbour, which keeps r best for each Q. Every Q is tried until the sum of g
 * alone, whose average only rises, costs more than the best found. */
#include <math.h>

#include "inventory/policy.h"

enum { MAX_Q = 1000000, ANCHOR = 1024 };

/* One end of the window: y, f = P(D = y), F(y), and the two parts of g(y). */
typedef struct {
  double y, f, cdf, below, loss;
  int    moves; /* since the last exact value */
} end;

typedef struct {
  const policy_job *job;
  end               lo, hi; /* the points next to the window, r and r+Q+1 */
  double            on_hand, backorders;
  double            customers; /* rate P(B > Q), the growth of rate E min(B, Q) */
  double            orders;    /* rate E min(B, Q) */
  double            q, power;  /* of the logarithmic batches, and q^Q */
  bool              moves;     /* there is lead-time demand, whose recurrences hold */
} window;

static end exact(const policy_job *job, double y)
{
  if (job->lead.mean <= 0) return (end){.y = y, .cdf = y >= 0, .below = fmax(0, y), .loss = fmax(0, -y)};
  const dyo_tails t = dyo_dist_tails(&job->lead, y);
  return (end){.y = y, .f = dyo_dist_pdf(&job->lead, y), .cdf = t.cdf, .below = t.loss_below, .loss = t.loss};
}

/* E(y+1-D)+ = E(y-D)+ + F(y), E(D-y-1)+ = E(D-y)+ - S(y); anew from time to time, so that rounding cannot gather. */
static void up(const window *w, end *e)
{
  if (e->y < 0 || e->moves == ANCHOR || !w->moves) {
    *e = exact(w->job, e->y + 1);
    return;
  }
  e->below += e->cdf;
  e->loss = fmax(0, e->loss - (1 - e->cdf));
  e->y += 1;
  e->f *= w->q * (e->y - 1 + w->job->lead.shape) / e->y;
  e->cdf = fmin(1, e->cdf + e->f);
  e->moves++;
}

static void down(const window *w, end *e)
{
  if (e->y <= 1 || e->moves == ANCHOR || !w->moves) {
    *e = exact(w->job, e->y - 1);
    return;
  }
  e->cdf   = fmax(0, e->cdf - e->f);
  e->below = fmax(0, e->below - e->cdf);
  e->loss += 1 - e->cdf;
  e->f *= e->y / (w->q * (e->y - 1 + w->job->lead.shape));
  e->y -= 1;
  e->moves++;
}

static double rate_of(const policy_job *job, const end *e)
{
  return policy_rate(job, e->below, e->loss);
}

/* Takes the cheaper neighbour in. q: the size before. */
static void grow(window *w, double q)
{
  const bool low = rate_of(w->job, &w->lo) < rate_of(w->job, &w->hi);
  end       *e   = low ? &w->lo : &w->hi;
  w->on_hand += e->below;
  w->backorders += e->loss;
  w->orders += w->customers;
  w->power *= w->q;
  w->customers = fmax(0, w->customers - w->job->unit.shape * w->power / (q + 1));
  if (low) down(w, e);
  else up(w, e);
}

static dyo_status too_large(const policy_job *job, dyo_err *err)
{
  return dyo_fail(err, DYO_TOO_LARGE, "/fixed_cost",
                  "found %g, which makes orders of more than %d units worth while; a larger unit of measure or gamma "
                  "demand is expected",
                  job->k, MAX_Q);
}

dyo_status policy_rq_batches(dyo_ctx *ctx, const policy_job *job, dyo_policy_out *out, dyo_err *err)
{
  const dyo_dist *u     = &job->unit;
  const double    start = dyo_dist_quantile(&job->lead, job->p / (job->p + job->h));
  window          w     = {.job = job, .lo = exact(job, start - 1), .hi = exact(job, start)};
  double          least = INFINITY;
  if (policy_lot(job) > MAX_Q) return too_large(job, err);
  w.moves     = isfinite(job->lead.shape);
  w.q         = u->mean / (u->mean + u->shape);
  w.power     = 1;
  w.customers = u->shape * log1p(u->mean / u->shape);
  for (double q = 1; q <= MAX_Q; q++) {
    grow(&w, q - 1);
    const double stock = policy_rate(job, w.on_hand, w.backorders);
    if (stock / q > least) return DYO_OK;
    const double c = (job->k * w.orders + stock) / q;
    if (c < least) {
      least               = c;
      out->reorder_point  = w.lo.y;
      out->order_quantity = q;
      policy_costs(job, w.on_hand / q, w.backorders / q, w.orders / q, out);
    }
    if (dyo_poll(ctx, q / MAX_Q, "order quantities") != DYO_RUN_ON) return dyo_cancelled(ctx, true, err);
  }
  return too_large(job, err);
}
