/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Base stock: the smallest S with P(D <= S) >= p/(p+h), D the demand of lead time and one period more.
 * Snyder & Shen (2019), Fundamentals of Supply Chain Theory, section 4.3.4. */
#include <math.h>

#include "inventory/policy.h"

/* Orders a period: whenever the period before had demand. */
static double order_rate(const dyo_dist *unit)
{
  if (unit->kind == DYO_DIST_NORMAL) return 1;
  return unit->mean > 0 ? dyo_dist_survival(unit, 0) : 0;
}

/* The table as a distribution: points that never happen left out. */
static dyo_status tabled(dyo_ctx *ctx, const demand_counts *c, dyo_dist *d, dyo_err *err)
{
  double *x = DYO_NEW(ctx, c->n, double), *below = DYO_NEW(ctx, c->n, double), total = 0;
  size_t  n = 0;
  if (!x || !below) return dyo_oom(err);
  for (size_t i = 0; i < c->n; i++) {
    if (c->p[i] <= 0) continue;
    total += c->p[i];
    x[n]       = (double)i;
    below[n++] = total;
  }
  below[n - 1] = 1;
  *d           = dyo_dist_samples(x, below, n);
  return DYO_OK;
}

dyo_status policy_base_stock(dyo_ctx *ctx, const policy_job *job, dyo_policy_out *out, dyo_err *err)
{
  dyo_dist      lead = job->lead;
  demand_counts one, sum;
  if (job->unit.kind == DYO_DIST_EMPIRICAL) {
    dyo_status st = DYO_OK;
    lead          = job->unit;
    if (job->lead_time > 0) {
      st = demand_count_samples(ctx, &job->unit, &one, err);
      if (st == DYO_OK) st = demand_count_periods(ctx, &one, job->lead_time + 1, &sum, err);
      if (st == DYO_OK) st = tabled(ctx, &sum, &lead, err);
    }
    if (st != DYO_OK) return st;
  }
  const double    s = dyo_dist_quantile(&lead, job->p / (job->p + job->h));
  const dyo_tails t = dyo_dist_tails(&lead, s);
  out->order_up_to  = s;
  policy_costs(job, t.loss_below, t.loss, order_rate(&job->unit), out);
  return DYO_OK;
}
