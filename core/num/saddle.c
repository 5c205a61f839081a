/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Probabilities in saddle-point form, exact to rounding at any size.
 * Loader (2000), Fast and accurate computation of binomial probabilities. */
#include <math.h>

#include "num/parts.h"

static const double two_pi = 6.283185307179586476925;

double num_stirling(double a)
{
  double e = 0;
  for (; a < 16; a += 1) e += (a + 0.5) * log1p(1 / a) - 1; /* to where the series below is exact */
  const double s = 1 / (a * a);
  return e +
         (1.0 / 12 - s * (1.0 / 360 - s * (1.0 / 1260 - s * (1.0 / 1680 - s * (1.0 / 1188 - s * 691.0 / 360360))))) / a;
}

double num_deviance(double x, double m, double d)
{
  if (fabs(d) > 0.1 * (x + m)) return x * log(x / m) - d;
  const double v = d / (x + m), v2 = v * v;
  double       sum = d * v, power = 2 * x * v;
  for (int j = 1; j < 100; j++) { /* 2x (v^3/3 + v^5/5 + ...) + d v */
    power *= v2;
    const double next = sum + power / (2 * j + 1);
    if (next == sum) break;
    sum = next;
  }
  return sum;
}

double num_poisson(double a, double u)
{
  if (u <= 0) return a > 0 ? 0 : 1;
  if (a <= 0) return exp(-u);
  return exp(-num_stirling(a) - num_deviance(a, u, a - u)) / sqrt(two_pi * a);
}

int num_chain_terms(double z)
{
  return 40 + (int)(280 / (z * z)); /* the error falls as exp(-2 z sqrt(2n)) */
}

/* Abscissas and weights on [-1, 1], one of each pair. Abramowitz & Stegun, table 25.4. */
static const double legendre20[][2] = {
  {0.99312859918509492479, 0.01761400713915211831}, {0.96397192727791379127, 0.04060142980038694133},
  {0.91223442825132590587, 0.06267204833410906357}, {0.83911697182221882339, 0.08327674157670474872},
  {0.74633190646015079261, 0.10193011981724043504}, {0.63605368072651502545, 0.11819453196151841731},
  {0.51086700195082709800, 0.13168863844917662690}, {0.37370608871541956067, 0.14209610931838205133},
  {0.22778585114164507808, 0.14917298647260374679}, {0.07652652113349733375, 0.15275338713072585070}};

enum { PIECES_MOST = 10000000 };

static double legendre(double (*f)(double s, const void *arg), const void *arg, double mid, double half)
{
  double sum = 0;
  for (int i = 0; i < 10; i++) {
    const double s = half * legendre20[i][0];
    sum += legendre20[i][1] * (f(mid - s, arg) + f(mid + s, arg));
  }
  return sum * half;
}

double num_integral(double (*f)(double s, const void *arg), const void *arg, double lo, double hi, double width)
{
  const double wanted = ceil((hi - lo) / width);
  if (wanted > PIECES_MOST)
    return 0; /* a range without end in units of its width: what is in it is spread to nothing */
  const int    pieces = wanted > 1 ? (int)wanted : 1;
  const double half   = (hi - lo) / pieces / 2;
  double       sum    = 0;
  for (int i = 0; i < pieces; i++) sum += legendre(f, arg, lo + (2 * i + 1) * half, half);
  return sum;
}
