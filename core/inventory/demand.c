/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The demand of a request: its rows, and what each family asks for. */
#include "inventory/demand.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const dyo_field dyo_demand_rows[] = {
  DYO_ENUM(dyo_demand_in, distribution, DYO_OPT, dyo_dist_words,
           "Family of demand. Missing: empirical where samples are given, else normal."),
  DYO_NUM(dyo_demand_in, mean, DYO_OPT, 0, 1e12, "units", "Mean demand. Required, except by empirical."),
  DYO_NUM(dyo_demand_in, std_dev, DYO_OPT, 0, 1e12, "units",
          "Standard deviation. Required by normal, gamma and negative_binomial (there its square must exceed the "
          "mean); poisson takes no notice of it."),
  DYO_NUMS(dyo_demand_in, samples, 0, DYO_OPT, 0, 1e12, "units",
           "Observed demands, all equally likely, for empirical."),
  DYO_END(dyo_demand_in)};

static int ascending(const void *a, const void *b)
{
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static dyo_status from_samples(dyo_ctx *ctx, const dyo_demand_in *in, dyo_dist *d, dyo_err *err)
{
  double *sorted = NULL;
  if (!in->samples)
    return dyo_fail(err, DYO_INVALID_INPUT, "/demand/samples", "samples are missing: empirical demand is made of them");
  if (in->n_samples == 0)
    return dyo_fail(err, DYO_INSUFFICIENT_DATA, "/demand/samples", "found no sample; at least 1 is needed");
  if (!isnan(in->mean))
    return dyo_fail(err, DYO_INVALID_INPUT, "/demand/mean",
                    "found %g beside samples; empirical demand has the mean of its samples", in->mean);
  if (!isnan(in->std_dev))
    return dyo_fail(err, DYO_INVALID_INPUT, "/demand/std_dev",
                    "found %g beside samples; empirical demand has the spread of its samples", in->std_dev);
  sorted = DYO_NEW(ctx, in->n_samples, double);
  if (!sorted) return dyo_oom(err);
  memcpy(sorted, in->samples, in->n_samples * sizeof *sorted);
  qsort(sorted, in->n_samples, sizeof *sorted, ascending);
  *d = dyo_dist_samples(sorted, NULL, in->n_samples);
  return DYO_OK;
}

dyo_status demand_dist(dyo_ctx *ctx, const dyo_demand_in *in, dyo_dist *d, dyo_err *err)
{
  const int   kind = in->distribution >= 0 ? in->distribution : in->samples ? DYO_DIST_EMPIRICAL : DYO_DIST_NORMAL;
  const char *word = dyo_dist_words[kind];
  if (kind == DYO_DIST_EMPIRICAL) return from_samples(ctx, in, d, err);
  if (in->samples)
    return dyo_fail(err, DYO_INVALID_INPUT, "/demand/samples",
                    "found %zu samples with distribution %s; only empirical takes samples", in->n_samples, word);
  if (isnan(in->mean))
    return dyo_fail(err, DYO_INVALID_INPUT, "/demand/mean", "mean is missing: %s demand needs it", word);
  if (isnan(in->std_dev) && kind != DYO_DIST_POISSON)
    return dyo_fail(err, DYO_INVALID_INPUT, "/demand/std_dev", "std_dev is missing: %s demand needs it", word);
  if (dyo_dist_fit((dyo_dist_kind)kind, in->mean, in->std_dev, d)) return DYO_OK;
  if (kind == DYO_DIST_NEGATIVE_BINOMIAL && in->mean > 0)
    return dyo_fail(
      err, DYO_INVALID_INPUT, "/demand/std_dev",
      "found %g, so a variance of %g with a mean of %g; negative_binomial demand needs a variance above its mean",
      in->std_dev, in->std_dev * in->std_dev, in->mean);
  return dyo_fail(err, DYO_INVALID_INPUT, "/demand/mean",
                  "found %g with std_dev %g; %s demand that varies needs a mean above "
                  "0",
                  in->mean, in->std_dev, word);
}
