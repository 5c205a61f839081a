/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_dist.h - demand distributions: probabilities, quantiles and the loss functions of inventory theory.
 * Snyder & Shen (2019), Fundamentals of Supply Chain Theory, appendix C. Means from 1e-6 to 1e9; nothing here
 * allocates or fails. */
#ifndef DYO_DIST_H
#define DYO_DIST_H

#include <stdbool.h>
#include <stddef.h>

double dyo_normal_pdf(double z);
double dyo_normal_cdf(double z);      /* Phi(z) */
double dyo_normal_survival(double z); /* 1 - Phi(z), exact in the tail */
double dyo_normal_quantile(double p); /* p in (0,1) */
double dyo_normal_loss(double z);     /* E[(Z-z)+] = phi(z) - z(1-Phi(z)), no cancellation in the tail */
double dyo_normal_loss2(double z);    /* E[((Z-z)+)^2]/2, the integral of the loss from z on */

typedef enum {
  DYO_DIST_NORMAL = 0,
  DYO_DIST_GAMMA,
  DYO_DIST_POISSON,
  DYO_DIST_NEGATIVE_BINOMIAL,
  DYO_DIST_EMPIRICAL,
  DYO_DIST_POINT /* no uncertainty: always the mean; what the others become when std_dev is 0 */
} dyo_dist_kind;

/* The words of requests for the kinds above DYO_DIST_POINT, NULL at the end. */
extern const char *const dyo_dist_words[];

/* Plain; made by dyo_dist_fit or dyo_dist_samples. */
typedef struct {
  dyo_dist_kind kind;
  double        mean, std_dev;
  double shape; /* gamma: mean^2/variance; negative binomial: successes r > 0, whole or not; infinite for Poisson */
  double scale; /* gamma: variance/mean */
  const double *samples; /* empirical: ascending, not copied */
  size_t        n_samples;
  const double *below; /* empirical: probability of each sample or an earlier one, ending in 1; NULL: equal weights */
} dyo_dist;

/* Fit by moments; Poisson ignores std_dev. False, and *d untouched, when the kind has no member with these moments:
 * gamma and Poisson need mean > 0, negative binomial std_dev^2 > mean > 0; std_dev 0 (Poisson: mean 0) gives the
 * point. */
bool dyo_dist_fit(dyo_dist_kind kind, double mean, double std_dev, dyo_dist *d);

/* The distribution of n >= 1 ascending samples, which must outlive *d; `below` as in dyo_dist, or NULL. */
dyo_dist dyo_dist_samples(const double *samples, const double *below, size_t n);

/* Demand over t >= 0 periods, each as d and independent; not for the empirical kind. */
dyo_dist dyo_dist_over(const dyo_dist *d, double t);

/* Everything at one point. loss is E[(X-x)+], loss_below E[(x-X)+]. loss2 is the loss summed further: where
 * discrete, the sum of loss(y) over whole y > x, x whole; otherwise its integral from x on. loss2_below: the same of
 * loss_below up to and with x. */
typedef struct {
  double cdf, survival; /* P(X <= x), P(X > x); the smaller one is exact in its tail, and so are the losses */
  double loss, loss_below;
  double loss2, loss2_below; /* NaN for the empirical kind, and at a broken x where discrete */
} dyo_tails;

dyo_tails dyo_dist_tails(const dyo_dist *d, double x);

bool   dyo_dist_is_discrete(const dyo_dist *d);   /* whole numbers only: Poisson and negative binomial */
double dyo_dist_pdf(const dyo_dist *d, double x); /* density, or probability of x where discrete or empirical */
double dyo_dist_cdf(const dyo_dist *d, double x);
double dyo_dist_survival(const dyo_dist *d, double x);
double dyo_dist_loss(const dyo_dist *d, double x);
double dyo_dist_loss_below(const dyo_dist *d, double x);
double dyo_dist_quantile(const dyo_dist *d, double p); /* smallest x with P(X <= x) >= p, p in (0,1) */

/* Smallest x (whole where discrete) with loss(x) <= target, target > 0; below zero when target exceeds the mean. */
double dyo_dist_loss_inverse(const dyo_dist *d, double target);

#endif
