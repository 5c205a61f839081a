/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Negative binomial counts of mean m and r successes: p = r/(m+r), q = 1-p, c = r q = m p, f = P(X = x) at a whole x
 * >= 0; Poisson is r infinite: p = 1, q = 0, c = m. P and losses at x, as sums of positive terms:
 *
 * Below, with V_n = sum of C(k,n) P(X = x-k)/f and q_n = V_n/V_{n-1}:
 *   q_n = (x-n+1) / (c - p x + n(1+p) + (n+1) p q_{n+1}),  V_0 = (q x + c) / (c - p x + p q_1),
 *   F = f V_0,  E(x-X)+ = f V_1,  sum of it up to x = f (V_1 + V_2).
 * Above, with the moments W_n = integral of s^n (1-s)^{x-1} (1-q s)^{-x-b-1} over (0,1) and R_n = W_n/W_{n-1}
 * (Gauss's integral, DLMF 15.6.1, of the sum over k of C(k,n) P(X = x+k)):
 *   R_n = n / (p x - q b + n(1+q) + q (b-n) R_{n+1}),  W_0 = 1 / (p x - q b + q b R_1),
 *   P(X > x) = (x+1) P(X = x+1) W_0 at x+1 and b = r-1,   E(X-x)+ = q (x+r) x f W_0 R_1 at b = r,
 *   sum of it beyond x = q^2 (x+r)(x+r+1) x f W_0 R_1 R_2 / 2 at b = r+1.
 * In the middle P(X > x) is its value at a smaller mean plus the integral of its derivative, dS/dln m = f (x+r)
 * m/(m+r). */
#include <math.h>

#include "num/parts.h"

static const double two_pi  = 6.283185307179586476925;
static const double EDGE    = 1.2; /* standard deviations from which the fractions are fast */
static const double FINITE  = 500; /* x up to which sums over 0..x are just made */
static const double CLUMPED = 30;  /* c up to which the lower fraction ends by itself, factorially */
static const double SMALL   = 8;   /* x below which the starting point of the integral is a power series */

typedef struct {
  double m, r, p, q, c, x;
  double qx; /* q x + c = q (x + r) */
  double f;
} counts;

static double pmf(double m, double r, double x)
{
  if (isinf(r)) return num_poisson(x, m);
  if (x <= 0) return exp(-r * log1p(m / r));
  const double n = x + r, p = r / (m + r), q = m / (m + r), d = p * (m - x); /* r - n p = n q - x = d */
  const double e =
    num_stirling(n) - num_stirling(r) - num_stirling(x) - num_deviance(r, n * p, d) - num_deviance(x, n * q, -d);
  return exp(e) * sqrt(r / (two_pi * n * x));
}

double num_count_pmf(double m, double r, double x)
{
  if (m <= 0) return x > 0 ? 0 : 1;
  return pmf(m, r, x);
}

static counts counts_of(double m, double r, double x)
{
  const bool poisson = isinf(r);
  counts     k       = {.m = m, .r = r, .x = x, .p = poisson ? 1 : r / (m + r), .q = poisson ? 0 : m / (m + r)};
  k.c                = poisson ? m : r * k.q;
  k.qx               = k.q * x + k.c;
  k.f                = pmf(m, r, x);
  return k;
}

/* R_1 and R_2 at x for b, given as qb = q b; returns W_0. */
static double upper_chain(const counts *k, double x, double qb, double r[2])
{
  const double g    = k->p * x - qb;
  double       next = 1, now = 1;
  for (int n = num_chain_terms((k->p * k->x - k->c) / sqrt(k->c)); n >= 1; n--) {
    next = now;
    now  = n / (g + n * (1 + k->q) + (qb - n * k->q) * now);
  }
  r[0] = now;
  r[1] = next;
  return 1 / (g + qb * now);
}

static double upper_probability(const counts *k)
{
  double r[2];
  return k->qx * k->f * upper_chain(k, k->x + 1, k->c - k->q, r);
}

/* Sum of y loss: C(X-x, 2) over all X, which both second sums add up to. */
static double square_total(const counts *k)
{
  const double d = k->m - k->x;
  return 0.5 * (k->m / k->p + d * d - d);
}

static dyo_tails upper(const counts *k)
{
  double       r[2];
  dyo_tails    t  = {.survival = upper_probability(k)};
  const double w1 = upper_chain(k, k->x, k->c, r);
  t.loss          = k->qx * k->x * k->f * w1 * r[0];
  const double w2 = upper_chain(k, k->x, k->c + k->q, r);
  t.loss2         = 0.5 * k->qx * (k->qx + k->q) * k->x * k->f * w2 * r[0] * r[1];
  t.cdf           = 1 - t.survival;
  t.loss_below    = t.loss + (k->x - k->m);
  t.loss2_below   = square_total(k) - t.loss2;
  return t;
}

static void lower_chain(const counts *k, int terms, dyo_tails *t)
{
  const double g   = k->c - k->p * k->x;
  double       now = 0, next = 0;
  for (int n = k->x + 1 < terms ? (int)k->x + 1 : terms; n >= 1; n--) {
    next = now;
    now  = (k->x - n + 1) / (g + n * (1 + k->p) + (n + 1) * k->p * now);
  }
  t->cdf         = k->f * k->qx / (g + k->p * now);
  t->loss_below  = t->cdf * now;
  t->loss2_below = t->loss_below * (1 + next);
}

static dyo_tails lower(const counts *k)
{
  dyo_tails t = {0};
  lower_chain(k, num_chain_terms((k->c - k->p * k->x) / sqrt(k->c)), &t);
  t.survival = 1 - t.cdf;
  t.loss     = t.loss_below + (k->m - k->x);
  t.loss2    = square_total(k) - t.loss2_below;
  return t;
}

/* Downwards from x to 0. */
static void finite_below(const counts *k, dyo_tails *t)
{
  double term = k->f;
  t->cdf      = k->f;
  for (double j = 1; j <= k->x; j++) {
    term *= (k->x - j + 1) / (k->q * (k->x - j) + k->c);
    t->cdf += term;
    t->loss_below += j * term;
    t->loss2_below += 0.5 * j * (j + 1) * term;
  }
}

/* Upwards from x, where terms fall at least as powers of 1/4. */
static dyo_tails series(const counts *k)
{
  double    term = k->f;
  dyo_tails t    = {0};
  for (int j = 1; j < 100; j++) {
    term *= (k->qx + k->q * (j - 1)) / (k->x + j);
    t.survival += term;
    t.loss += j * term;
    t.loss2 += 0.5 * j * (j - 1.0) * term;
  }
  finite_below(k, &t);
  return t;
}

/* A mean at which x is in the upper tail already: p x - c = EDGE sqrt(c) + 3.5, or where the series is quick. */
static double starting_mean(double r, double x)
{
  if (x < SMALL) return fmin(0.1 * (x + 1), r / 9);
  if (isinf(r)) {
    const double s = 2 * (x - 3.5) / (EDGE + sqrt(EDGE * EDGE + 4 * (x - 3.5)));
    return s * s;
  }
  const double s = 2 * (x - 3.5) / (EDGE * sqrt(r) + sqrt(EDGE * EDGE * r + 4 * (x + r) * (x - 3.5)));
  return r * s * s / (1 - s * s);
}

/* At the mean m e^-s. */
static double slope(double s, const void *arg)
{
  const counts *k = arg;
  const double  m = k->m * exp(-s);
  return pmf(m, k->r, k->x) * (isinf(k->r) ? m : (k->x + k->r) * (m / (m + k->r)));
}

static double middle_probability(const counts *k)
{
  if (k->x <= 0) return isinf(k->r) ? -expm1(-k->m) : -expm1(-k->r * log1p(k->m / k->r));
  const double m0        = starting_mean(k->r, k->x);
  const counts from      = counts_of(m0, k->r, k->x);
  const double s0        = k->x < SMALL ? series(&from).survival : upper_probability(&from);
  const double curvature = fmax(k->qx * k->p, from.qx * from.p);
  return s0 + num_integral(slope, k, 0, log(k->m / m0), 2 / sqrt(1 + curvature));
}

/* By parts: E(X-x)+ = (m-x) S + (qx/p) f, E(x-X)+ = (x-m) F + (qx/p) f, and the recurrences for T_2 and V_2. */
static dyo_tails middle(const counts *k)
{
  const double g = k->p * k->x - k->c, edge = k->qx / k->p * k->f;
  dyo_tails    t = {0};
  t.survival     = middle_probability(k);
  t.loss         = (k->m - k->x) * t.survival + edge;
  t.loss2        = (k->qx * (t.survival + k->f) - t.loss * (g + k->p - k->q)) / (2 * k->p);
  if (k->x <= FINITE) {
    finite_below(k, &t);
    return t;
  }
  if (g < 0 && k->c <= CLUMPED) {
    lower_chain(k, 300, &t);
    return t;
  }
  t.cdf         = 1 - t.survival;
  t.loss_below  = (k->x - k->m) * t.cdf + edge;
  t.loss2_below = (k->x * t.cdf - t.loss_below * (1 + k->p - g)) / (2 * k->p) + t.loss_below;
  return t;
}

dyo_tails num_count_tails(double m, double r, double x)
{
  if (m <= 0) return (dyo_tails){.cdf = 1, .loss_below = x, .loss2_below = 0.5 * x * (x + 1)};
  const counts k    = counts_of(m, r, x);
  const double from = k.p * x - k.c, edge = EDGE * sqrt(k.c);
  if (from >= edge + 3.5) return upper(&k);
  if (x < SMALL && m <= starting_mean(r, x)) return series(&k);
  if (-from >= edge) return lower(&k);
  return middle(&k);
}
