/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The demand distributions behind one type: fitting, and everything at a point. */
#include "num/dyo_dist.h"

#include <math.h>

#include "num/parts.h"

const char *const dyo_dist_words[] = {"normal", "gamma", "poisson", "negative_binomial", "empirical", NULL};

/* A spread this small beside the mean is lost in the rounding of the mean. */
static const double PRECISION = 1e-14;

static bool fit_point(dyo_dist_kind kind, double mean, double std_dev, dyo_dist *d)
{
  if (kind == DYO_DIST_POISSON || kind == DYO_DIST_NEGATIVE_BINOMIAL) {
    if (mean > 0 || (kind == DYO_DIST_NEGATIVE_BINOMIAL && std_dev > 0)) return false;
    *d = (dyo_dist){.kind = DYO_DIST_POISSON, .shape = INFINITY};
    return true;
  }
  *d = (dyo_dist){.kind = DYO_DIST_POINT, .mean = mean};
  return true;
}

bool dyo_dist_fit(dyo_dist_kind kind, double mean, double std_dev, dyo_dist *d)
{
  const double variance = std_dev * std_dev;
  if (!(mean >= 0) && kind != DYO_DIST_NORMAL) return false;
  const bool certain = std_dev <= 0 || (kind != DYO_DIST_NEGATIVE_BINOMIAL && std_dev <= PRECISION * fabs(mean));
  if (kind == DYO_DIST_POISSON ? mean <= 0 : certain) return fit_point(kind, mean, std_dev, d);
  switch (kind) {
  case DYO_DIST_NORMAL: *d = (dyo_dist){.kind = kind, .mean = mean, .std_dev = std_dev}; return true;
  case DYO_DIST_GAMMA:
    if (!(mean > 0)) return false;
    *d = (dyo_dist){
      .kind = kind, .mean = mean, .std_dev = std_dev, .shape = mean / variance * mean, .scale = variance / mean};
    return true;
  case DYO_DIST_POISSON:
    *d = (dyo_dist){.kind = kind, .mean = mean, .std_dev = sqrt(mean), .shape = INFINITY};
    return true;
  case DYO_DIST_NEGATIVE_BINOMIAL:
    if (!(mean > 0 && variance > mean)) return false;
    *d = (dyo_dist){.kind = kind, .mean = mean, .std_dev = std_dev, .shape = mean / (variance - mean) * mean};
    return true;
  case DYO_DIST_EMPIRICAL:
  case DYO_DIST_POINT: break;
  }
  return false;
}

static double weight(const dyo_dist *d, size_t i)
{
  if (!d->below) return 1 / (double)d->n_samples;
  return d->below[i] - (i ? d->below[i - 1] : 0);
}

dyo_dist dyo_dist_samples(const double *samples, const double *below, size_t n)
{
  dyo_dist d        = {.kind = DYO_DIST_EMPIRICAL, .samples = samples, .n_samples = n, .below = below};
  double   variance = 0, mean = 0;
  for (size_t i = 0; i < n; i++) mean += weight(&d, i) * (samples[i] - samples[0]);
  d.mean = samples[0] + mean;
  for (size_t i = 0; i < n; i++) variance += weight(&d, i) * (samples[i] - d.mean) * (samples[i] - d.mean);
  d.std_dev = sqrt(variance);
  return d;
}

dyo_dist dyo_dist_over(const dyo_dist *d, double t)
{
  dyo_dist sum = *d;
  if (t <= 0) {
    sum = (dyo_dist){.kind = dyo_dist_is_discrete(d) ? DYO_DIST_POISSON : DYO_DIST_POINT, .shape = INFINITY};
    return sum;
  }
  sum.mean *= t;
  sum.std_dev *= sqrt(t);
  sum.shape *= t;
  return sum;
}

bool dyo_dist_is_discrete(const dyo_dist *d)
{
  return d->kind == DYO_DIST_POISSON || d->kind == DYO_DIST_NEGATIVE_BINOMIAL;
}

static dyo_tails all_above(double mean, double std_dev, double x)
{
  const double d = mean - x;
  return (dyo_tails){.survival = 1, .loss = d, .loss2 = 0.5 * (d * d + std_dev * std_dev)};
}

static dyo_tails point_tails(double mean, double x)
{
  if (x < mean) return all_above(mean, 0, x);
  return (dyo_tails){.cdf = 1, .loss_below = x - mean, .loss2_below = 0.5 * (x - mean) * (x - mean)};
}

static dyo_tails normal_tails(const dyo_dist *d, double x)
{
  const double s = d->std_dev, z = (x - d->mean) / s;
  return (dyo_tails){.cdf         = dyo_normal_cdf(z),
                     .survival    = dyo_normal_survival(z),
                     .loss        = s * dyo_normal_loss(z),
                     .loss_below  = s * dyo_normal_loss(-z),
                     .loss2       = s * s * dyo_normal_loss2(z),
                     .loss2_below = s * s * dyo_normal_loss2(-z)};
}

static dyo_tails gamma_tails(const dyo_dist *d, double x)
{
  const double b = d->scale;
  if (x <= 0) return all_above(d->mean, d->std_dev, x);
  dyo_tails t = num_gamma_tails(d->shape, x / b);
  t.loss *= b;
  t.loss_below *= b;
  t.loss2 *= b * b;
  t.loss2_below *= b * b;
  return t;
}

/* Between whole numbers the losses are straight lines. */
static dyo_tails count_tails(const dyo_dist *d, double x)
{
  const double k = floor(x);
  dyo_tails    t = {0};
  if (x < 0) {
    t = all_above(d->mean, d->std_dev, x);
    t.loss2 -= 0.5 * (d->mean - x); /* k(k-1)/2 in place of k^2/2 */
  } else {
    t = num_count_tails(d->mean, d->shape, k);
  }
  if (k == x) return t;
  t.loss2 = t.loss2_below = NAN;
  if (x < 0) return t;
  const dyo_tails next = num_count_tails(d->mean, d->shape, k + 1);
  t.loss               = next.loss + (k + 1 - x) * t.survival;
  t.loss_below += (x - k) * t.cdf;
  return t;
}

static dyo_tails sample_tails(const dyo_dist *d, double x)
{
  dyo_tails t = {.loss2 = NAN, .loss2_below = NAN};
  for (size_t i = 0; i < d->n_samples; i++) {
    const double w = weight(d, i), e = d->samples[i] - x;
    *(e > 0 ? &t.survival : &t.cdf) += w;
    *(e > 0 ? &t.loss : &t.loss_below) += w * fabs(e);
  }
  return t;
}

static dyo_tails tails_of_kind(const dyo_dist *d, double x)
{
  switch (d->kind) {
  case DYO_DIST_NORMAL: return normal_tails(d, x);
  case DYO_DIST_GAMMA: return gamma_tails(d, x);
  case DYO_DIST_POISSON:
  case DYO_DIST_NEGATIVE_BINOMIAL: return count_tails(d, x);
  case DYO_DIST_EMPIRICAL: return sample_tails(d, x);
  case DYO_DIST_POINT: break;
  }
  return point_tails(d->mean, x);
}

dyo_tails dyo_dist_tails(const dyo_dist *d, double x)
{
  dyo_tails t = tails_of_kind(d, x);
  t.cdf       = fmin(1, fmax(0, t.cdf)); /* against rounding */
  t.survival  = fmin(1, fmax(0, t.survival));
  return t;
}

double dyo_dist_cdf(const dyo_dist *d, double x)
{
  return dyo_dist_tails(d, x).cdf;
}

double dyo_dist_survival(const dyo_dist *d, double x)
{
  return dyo_dist_tails(d, x).survival;
}

double dyo_dist_loss(const dyo_dist *d, double x)
{
  return dyo_dist_tails(d, x).loss;
}

double dyo_dist_loss_below(const dyo_dist *d, double x)
{
  return dyo_dist_tails(d, x).loss_below;
}

double dyo_dist_pdf(const dyo_dist *d, double x)
{
  double p = 0;
  switch (d->kind) {
  case DYO_DIST_NORMAL: return dyo_normal_pdf((x - d->mean) / d->std_dev) / d->std_dev;
  case DYO_DIST_GAMMA: return x > 0 ? num_poisson(d->shape, x / d->scale) * d->shape / x : 0;
  case DYO_DIST_POISSON:
  case DYO_DIST_NEGATIVE_BINOMIAL: return x >= 0 && x == floor(x) ? num_count_pmf(d->mean, d->shape, x) : 0;
  case DYO_DIST_EMPIRICAL:
    for (size_t i = 0; i < d->n_samples; i++) p += d->samples[i] == x ? weight(d, i) : 0;
    return p;
  case DYO_DIST_POINT: break;
  }
  return x == d->mean ? 1 : 0;
}
