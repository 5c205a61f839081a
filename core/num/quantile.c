/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inverses: quantiles, and the point where the loss has fallen to a target. */
#include <math.h>

#include "num/dyo_dist.h"
#include "num/dyo_root.h"

enum { STEPS = 200 };

/* Rounding of a probability: a critical ratio that is met exactly must count as met. */
static const double SLACK = 1e-13;

typedef struct {
  const dyo_dist *d;
  double          target;
} question;

static bool reaches(const question *q, double x)
{
  const dyo_tails t = dyo_dist_tails(q->d, x);
  if (q->target > 0.5) return t.survival <= (1 - q->target) * (1 + SLACK);
  return t.cdf >= q->target * (1 - SLACK);
}

static bool lost_enough(const question *q, double x)
{
  return dyo_dist_loss(q->d, x) <= q->target * (1 + SLACK);
}

/* Smallest whole x for which `good` holds, from it on being true everywhere above. */
static double smallest(bool (*good)(const question *q, double x), const question *q, double guess, double step)
{
  double lo = floor(guess), hi = lo;
  step = fmax(fmax(1, floor(step)), floor(fabs(lo) * 1e-15));
  if (good(q, lo)) {
    do {
      hi = lo;
      lo -= step;
      step *= 2;
    } while (good(q, lo));
  } else {
    do {
      lo = hi;
      hi += step;
      step *= 2;
    } while (!good(q, hi));
  }
  while (hi - lo > 1) {
    const double mid = floor(lo + (hi - lo) / 2);
    if (mid <= lo || mid >= hi) break; /* beyond 2^53 not every whole number exists */
    *(good(q, mid) ? &hi : &lo) = mid;
  }
  return hi;
}

static double count_quantile(const dyo_dist *d, double p)
{
  const question q = {d, p};
  const double   z = dyo_normal_quantile(p), s = d->std_dev;
  const double   skew  = s > 0 ? (2 * s * s / fmax(d->mean, 1e-300) - 1) / s : 0; /* (2-p)/(p s), p = mean/s^2 */
  const double   guess = fmax(0, d->mean + s * (z + skew * (z * z - 1) / 6));
  return fmax(0, smallest(reaches, &q, fmin(guess, d->mean + 40 * s), s / 64));
}

static double gamma_miss(double x, const void *arg)
{
  const question *q = arg;
  const dyo_tails t = dyo_dist_tails(q->d, x);
  return q->target > 0.5 ? log((1 - q->target) / fmax(t.survival, 1e-320)) : log(fmax(t.cdf, 1e-320) / q->target);
}

/* Solved on logarithms of the nearer tail, which are nearly straight in x or in ln x. */
static double gamma_quantile(const dyo_dist *d, double p)
{
  const question q  = {d, p};
  double         lo = d->mean, hi = d->mean;
  for (int i = 0; i < 1100 && gamma_miss(lo, &q) > 0; i++) {
    hi = lo;
    lo = i < 6 ? lo / 2 : lo * lo / d->mean;
    if (lo < 1e-300 * d->scale) return 0;
  }
  while (gamma_miss(hi, &q) < 0) {
    lo = hi;
    hi = 2 * hi + d->std_dev;
  }
  return dyo_root(gamma_miss, &q, lo, hi);
}

static double sample_quantile(const dyo_dist *d, double p)
{
  size_t lo = 0, hi = d->n_samples - 1; /* the answer is in lo..hi */
  while (lo < hi) {
    const size_t mid   = lo + (hi - lo) / 2;
    const double below = d->below ? d->below[mid] : (double)(mid + 1) / (double)d->n_samples;
    if (below >= p * (1 - SLACK)) hi = mid;
    else lo = mid + 1;
  }
  return d->samples[lo];
}

double dyo_dist_quantile(const dyo_dist *d, double p)
{
  switch (d->kind) {
  case DYO_DIST_NORMAL: return d->mean + d->std_dev * dyo_normal_quantile(p);
  case DYO_DIST_GAMMA: return gamma_quantile(d, p);
  case DYO_DIST_POISSON:
  case DYO_DIST_NEGATIVE_BINOMIAL: return count_quantile(d, p);
  case DYO_DIST_EMPIRICAL: return sample_quantile(d, p);
  case DYO_DIST_POINT: break;
  }
  return d->mean;
}

static double loss_miss(double x, const void *arg)
{
  const question *q = arg;
  return log(q->target / fmax(dyo_dist_loss(q->d, x), 1e-320));
}

/* The loss is a broken line: at a sample x it is M - S x, with S and M the weight and weighted sum of what lies
 * above. */
static double sample_loss_inverse(const dyo_dist *d, double target)
{
  double above = 0, sum = 0;
  for (size_t i = d->n_samples; i-- > 0;) {
    const double x = d->samples[i], loss = sum - above * x;
    const double before = i == 0 ? 0 : d->below ? d->below[i - 1] : (double)i / (double)d->n_samples;
    if (fabs(loss - target) <= SLACK * (sum + target)) return x;
    if (loss > target) break;
    sum += (1 - before - above) * x;
    above = 1 - before;
  }
  return (sum - target) / above;
}

double dyo_dist_loss_inverse(const dyo_dist *d, double target)
{
  const question q  = {d, target};
  const double   lo = d->mean - target; /* loss(x) >= mean - x */
  double         hi = lo, step = fmax(d->std_dev, 1e-9 * target);
  if (dyo_dist_is_discrete(d)) return smallest(lost_enough, &q, ceil(lo - 1e-9), fmax(1, d->std_dev / 64));
  if (d->kind == DYO_DIST_EMPIRICAL) return sample_loss_inverse(d, target);
  if (d->std_dev <= 0) return lo;
  do {
    hi += step;
    step *= 2;
  } while (loss_miss(hi, &q) < 0);
  return dyo_root(loss_miss, &q, lo, hi);
}
