/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sampled whole-number demand as a table of probabilities, and its sum over independent periods. */
#include <math.h>
#include <string.h>

#include "inventory/policy.h"

static const double MAX_COUNT = 1e6; /* largest sample that is tabled */
static const double MAX_WORK  = 3e8; /* multiplications of a convolution */

dyo_status demand_count_samples(dyo_ctx *ctx, const dyo_dist *d, demand_counts *c, dyo_err *err)
{
  const double most = d->samples[d->n_samples - 1];
  for (size_t i = 0; i < d->n_samples; i++)
    if (d->samples[i] != floor(d->samples[i]))
      return dyo_fail(err, DYO_UNSUPPORTED, "/demand/samples",
                      "found %g; this policy needs samples in whole numbers, so a smaller unit of measure",
                      d->samples[i]);
  if (most > MAX_COUNT)
    return dyo_fail(err, DYO_TOO_LARGE, "/demand/samples",
                    "found %g; samples up to %g are tabled, so a larger unit of measure is expected", most, MAX_COUNT);
  c->n = (size_t)most + 1;
  c->p = DYO_NEW(ctx, c->n, double);
  if (!c->p) return dyo_oom(err);
  for (size_t i = 0; i < d->n_samples; i++) c->p[(size_t)d->samples[i]] += 1;
  for (size_t i = 0; i < c->n; i++) c->p[i] /= (double)d->n_samples;
  return DYO_OK;
}

static void convolve(const demand_counts *a, const demand_counts *b, double *sum)
{
  for (size_t i = 0; i < b->n; i++) {
    const double w = b->p[i];
    if (w <= 0) continue;
    for (size_t j = 0; j < a->n; j++) sum[i + j] += w * a->p[j];
  }
}

dyo_status demand_count_periods(dyo_ctx *ctx, const demand_counts *one, double periods, demand_counts *c, dyo_err *err)
{
  const double size = (double)one->n;
  if (periods != floor(periods))
    return dyo_fail(err, DYO_INVALID_INPUT, "/lead_time",
                    "found %g; a whole number of periods is expected with empirical demand", periods - 1);
  if (0.5 * periods * periods * size * size > MAX_WORK && periods > 1)
    return dyo_fail(err, DYO_TOO_LARGE, "/demand/samples",
                    "found demand up to %g over %g periods; fewer periods or a larger unit of measure is expected",
                    size - 1, periods);
  *c = *one;
  for (double t = 1; t < periods; t++) {
    demand_counts next = {.n = c->n + one->n - 1};
    next.p             = DYO_NEW(ctx, next.n, double);
    if (!next.p) return dyo_oom(err);
    convolve(c, one, next.p);
    *c = next;
  }
  return DYO_OK;
}
