/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The standard normal distribution and its losses.
 *
 * With Mills' ratio written as a chain of continued fractions, K_n = 1/(z + (n+1) K_{n+1}), the repeated integrals
 * of the tail are products of positive terms (DLMF 7.18.13):  1-Phi = phi K_0,  loss = phi K_0 K_1,  loss2 = phi K_0
 * K_1 K_2. */
#include <math.h>

#include <gsl/gsl_cdf.h>

#include "num/parts.h"

static const double inv_sqrt_2pi = 0.39894228040143267794;
static const double sqrt_half    = 0.70710678118654752440;

static const double CHAIN_FROM = 1.25; /* from here on the chain is fast enough */

/* exp(-z^2/2) in two factors, so that the rounding of z^2 does not show. */
double dyo_normal_pdf(double z)
{
  const double a = fabs(z), h = floor(a * 16) / 16;
  if (a > 40) return 0;
  return inv_sqrt_2pi * exp(-h * h / 2) * exp(-(a - h) * (a + h) / 2);
}

double dyo_normal_cdf(double z)
{
  return 0.5 * erfc(-z * sqrt_half);
}

double dyo_normal_survival(double z)
{
  return 0.5 * erfc(z * sqrt_half);
}

double dyo_normal_quantile(double p)
{
  return gsl_cdf_ugaussian_Pinv(p); /* Wichura (1988), AS 241 */
}

/* K_2 of the chain; K_1 = 1/(z + 2 K_2) and K_0 = 1/(z + K_1). */
static double chain2(double z)
{
  double k = 1 / z;
  for (int n = num_chain_terms(z); n >= 2; n--) k = 1 / (z + (n + 1) * k);
  return k;
}

double dyo_normal_loss(double z)
{
  if (z < CHAIN_FROM) return dyo_normal_pdf(z) - z * dyo_normal_survival(z);
  const double k1 = 1 / (z + 2 * chain2(z));
  return dyo_normal_pdf(z) / (z + k1) * k1;
}

double dyo_normal_loss2(double z)
{
  if (z < CHAIN_FROM) return 0.5 * ((1 + z * z) * dyo_normal_survival(z) - z * dyo_normal_pdf(z));
  const double k2 = chain2(z), k1 = 1 / (z + 2 * k2);
  return dyo_normal_pdf(z) / (z + k1) * k1 * k2;
}
