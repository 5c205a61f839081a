/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The gamma distribution of shape a and scale 1: probabilities and losses at u, with D = u^a e^-u / Gamma(a+1).
 *
 * Below, with t_k = u^k / ((a+1)...(a+k)) and T_n = sum of C(k,n) t_k (DLMF 8.7.1; the fraction from its contiguous
 * relations, 13.3):
 *   P(a,u) = D T_0,  E(u-X)+ = D T_1,  E((u-X)+)^2/2 = D T_2,   T_n / T_{n-1} = u / (a+n-u + (n+1) T_{n+1}/T_n).
 * Above, with J_n = integral from u of ((t-u)/t)^n t^{c-1} e^-t and R_n = J_n/J_{n-1} (Legendre's fraction, DLMF
 * 8.9.2):
 *   R_n = n / (u-c+1+2n - (n+1-c) R_{n+1}),  Q(c,u) = c D(c,u) / (u-c+1 + (c-1) R_1),
 *   E(X-u)+ = a Q(a+1,u) R_1 at c = a+1,  E((X-u)+)^2/2 = a(a+1)/2 Q(a+2,u) R_1 R_2 at c = a+2.
 * In the middle, where both are slow, Q is the nearest value above plus the integral of the density between. */
#include <math.h>

#include "num/parts.h"

static const double SERIES_SHAPE = 400; /* the power series is short up to here */
static const double EDGE         = 1.2; /* standard deviations from which the fractions are fast */

/* Sums of the series: T_0, T_1, T_2. */
static void lower_series(double a, double u, double t[3])
{
  double term = 1;
  t[0]        = 1;
  t[1] = t[2] = 0;
  for (int k = 1; k < 20000; k++) {
    term *= u / (a + k);
    t[0] += term;
    t[1] += k * term;
    t[2] += 0.5 * k * (k - 1.0) * term;
    if (a + k > 2 * u && k * (double)k * term < 1e-18 * t[2]) break;
  }
}

static void lower_chain(double a, double u, double t[3])
{
  double r1 = 0, r2 = 0;
  for (int n = num_chain_terms((a - u) / sqrt(a)); n >= 1; n--) {
    r2 = r1;
    r1 = u / (a + n - u + (n + 1) * r1);
  }
  t[0] = a / (a - u + r1);
  t[1] = t[0] * r1;
  t[2] = t[1] * r2;
}

/* R_1 and R_2 for shape c. */
static void upper_chain(double c, double u, double z, double r[2])
{
  double next = 1, now = 1;
  for (int n = num_chain_terms(z); n >= 1; n--) {
    next = now;
    now  = n / (u - c + 1 + 2 * n - (n + 1 - c) * now);
  }
  r[0] = now;
  r[1] = next;
}

static double upper_edge(double a)
{
  return a + EDGE * sqrt(a) + 3.5;
}

static double upper_probability(double a, double u)
{
  double r[2];
  upper_chain(a, u, (u - a) / sqrt(a), r);
  return a * num_poisson(a, u) / (u - a + 1 + (a - 1) * r[0]);
}

typedef struct {
  double a, u;
} place;

/* Density times its point, at u e^s. */
static double log_density(double s, const void *arg)
{
  const place *k = arg;
  return k->a * num_poisson(k->a, k->u * exp(s));
}

static double middle_probability(double a, double u)
{
  const double edge = upper_edge(a);
  return upper_probability(a, edge) + num_integral(log_density, &(place){a, u}, 0, log(edge / u), 2 / sqrt(a + 1));
}

static dyo_tails upper(double a, double u)
{
  const double z = (u - a) / sqrt(a), d = num_poisson(a, u);
  double       r[2];
  dyo_tails    t = {.survival = upper_probability(a, u)};
  upper_chain(a + 1, u, z, r);
  t.loss = a * d * u / (u - a + a * r[0]) * r[0];
  upper_chain(a + 2, u, z, r);
  t.loss2       = 0.5 * a * d * u * u / (u - a - 1 + (a + 1) * r[0]) * r[0] * r[1];
  t.cdf         = 1 - t.survival;
  t.loss_below  = t.loss + (u - a);
  t.loss2_below = 0.5 * ((u - a) * (u - a) + a) - t.loss2;
  return t;
}

/* E(X-u)+ = (a-u) Q + a D and E((X-u)+)^2 = ((a-u)^2 + a) Q + a (a+1-u) D, by parts. */
static void losses_above(double a, double u, double d, dyo_tails *t)
{
  t->loss  = (a - u) * t->survival + a * d;
  t->loss2 = 0.5 * (((a - u) * (a - u) + a) * t->survival + a * (a + 1 - u) * d);
}

dyo_tails num_gamma_tails(double a, double u)
{
  if (u >= upper_edge(a)) return upper(a, u);
  const double d = num_poisson(a, u);
  dyo_tails    t = {0};
  if (a <= SERIES_SHAPE || u <= a - EDGE * sqrt(a)) {
    double s[3];
    if (a <= SERIES_SHAPE) lower_series(a, u, s);
    else lower_chain(a, u, s);
    t.cdf         = d * s[0];
    t.survival    = t.cdf < 0.9 ? 1 - t.cdf : middle_probability(a, u);
    t.loss_below  = d * s[1];
    t.loss2_below = d * s[2];
  } else {
    t.survival    = middle_probability(a, u);
    t.cdf         = 1 - t.survival;
    t.loss_below  = (u - a) * t.cdf + a * d;
    t.loss2_below = 0.5 * (((a - u) * (a - u) + a) * t.cdf - a * (a + 1 - u) * d);
  }
  losses_above(a, u, d, &t);
  return t;
}
