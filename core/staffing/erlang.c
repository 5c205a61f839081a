/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "staffing/erlang.h"

#include <math.h>

double erlang_b(double load, double n)
{
  /* 1/B(k) = 1 + (k/a)/B(k-1). Each step multiplies an error by k/a, which below a shrinks it: over the last 10 sqrt(a) by e^-50. */
  double k       = fmax(0, floor(fmin(n, load) - 10 * sqrt(load) - 10));
  double inverse = load / (load - k);
  while (k < n) {
    k += 1;
    inverse = 1 + k / load * inverse;
    if (inverse > 1e300) return 0;
  }
  return 1 / inverse;
}

static erlang_state erlang_c(const erlang_queue *q, double n)
{
  const double load = q->arrivals * q->handling;
  if (n <= load) return (erlang_state){0, 1, INFINITY, INFINITY, 0, 1};
  const double b    = erlang_b(load, n);
  const double wait = n * b / (n - load * (1 - b)); /* C(n, a) */
  const double mean = wait * q->handling / (n - load);
  const double late = wait * exp(-(n - load) * q->within / q->handling);
  return (erlang_state){1 - late, wait, mean, mean, 0, load / n};
}

/* Sums over a_j = y^j / ((x+1)...(x+j)), a_0 = 1, all times exp(-shift). */
typedef struct {
  double all;    /* of a_j */
  double by_j;   /* of j a_j */
  double by_sum; /* of a_j (x/(x+1) + ... + x/(x+j)) */
  double shift;
} palm_sums;

static palm_sums palm_series(double x, double y)
{
  static const double big = 1e200;
  palm_sums           s   = {1, 0, 0, 0};
  double              a = 1, sum = 0;
  for (double j = 1;; j++) {
    a *= y / (x + j);
    sum += x / (x + j);
    s.all += a;
    s.by_j += j * a;
    s.by_sum += sum * a;
    if (s.by_j > big) { /* overload: the sums grow as e^y */
      a /= big;
      s.all /= big;
      s.by_j /= big;
      s.by_sum /= big;
      s.shift += log(big);
    }
    if (a <= 0 || (x + j > y && j * a < 1e-17 * s.by_j * (1 - y / (x + j + 1)))) return s;
  }
}

/* With mu, theta, lambda the rates and V the wait of a customer without end of patience:
 *   g(t) = exp(lambda/theta (1 - e^(-theta t)) - n mu t), J(t) = integral of g from t on = g(t) A(x, y e^(-theta t)) / (n mu),
 *   x = n mu / theta, y = lambda / theta, A = sum of a_j;  the density of V > 0 is lambda g(t) / (e + lambda J(0)), e = 1/B(n-1).
 * Everything below is over e + lambda J, written without differences of near equals, and times exp(-shift) above and below. */
static erlang_state erlang_a(const erlang_queue *q, double n)
{
  const double load = q->arrivals * q->handling, x = n * q->patience / q->handling, y = q->arrivals * q->patience;
  if (n < 1) return (erlang_state){0, 1, q->patience, NAN, 1, 0};
  const double    b    = erlang_b(load, n - 1);
  const palm_sums s    = palm_series(x, y);
  const double    z    = y * exp(-q->within / q->patience);
  const palm_sums late = palm_series(x, z);
  const double    unit = exp(-s.shift), rho = load / n;
  const double    below = unit / b + rho * s.all;                                            /* e + lambda J */
  const double    log_g = y - z - x * q->within / q->patience;                               /* of within */
  const double    later = exp(log_g + late.shift - s.shift) * (late.all - exp(-late.shift)); /* n mu J - g, of within */
  erlang_state    r     = {1, 0, 0, 0, 0, rho};
  if (b <= 0 || isinf(below)) return r; /* nobody ever waits */
  r.wait_share    = rho * s.all / below;
  r.abandonment   = s.by_j / x / below;
  r.mean_wait     = r.abandonment * q->patience;
  r.service_level = fmax(0, fmin(1, (unit * (1 - b) / b + s.all - later) / below));
  r.mean_answer   = q->patience * s.by_sum / x / below / (1 - r.abandonment);
  r.occupancy     = fmin(1, rho * (1 - r.abandonment));
  return r;
}

erlang_state erlang_solve(const erlang_queue *q, double n)
{
  return isinf(q->patience) ? erlang_c(q, n) : erlang_a(q, n);
}
