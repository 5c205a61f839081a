/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "num/dyo_root.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>

enum { ROUNDS = 400 };

/* b is the best point, a the one before, and [b, c] holds the root. */
typedef struct {
  double a, b, c, fa, fb, fc;
  double step, before; /* the last two steps */
} bracket;

static void keep_bracket(bracket *k)
{
  if ((k->fb > 0) == (k->fc > 0)) {
    k->c    = k->a;
    k->fc   = k->fa;
    k->step = k->before = k->b - k->a;
  }
  if (fabs(k->fc) < fabs(k->fb)) {
    k->a  = k->b;
    k->b  = k->c;
    k->c  = k->a;
    k->fa = k->fb;
    k->fb = k->fc;
    k->fc = k->fa;
  }
}

/* Inverse quadratic interpolation, or the secant where only two points differ; false where halving is safer. */
static bool interpolate(bracket *k, double half, double tol)
{
  const double s = k->fb / k->fa;
  double       p = 2 * half * s, q = 1 - s;
  if (fabs(k->before) < tol || fabs(k->fa) <= fabs(k->fb)) return false;
  if (k->a != k->c) {
    const double u = k->fa / k->fc, r = k->fb / k->fc;
    p = s * (2 * half * u * (u - r) - (k->b - k->a) * (r - 1));
    q = (u - 1) * (r - 1) * (s - 1);
  }
  if (p > 0) q = -q;
  p = fabs(p);
  if (!(2 * p < fmin(3 * half * q - fabs(tol * q), fabs(k->before * q)))) return false;
  k->before = k->step;
  k->step   = p / q;
  return true;
}

double dyo_root(double (*f)(double x, const void *arg), const void *arg, double lo, double hi)
{
  bracket k = {.a = lo, .b = hi, .fa = f(lo, arg), .fb = f(hi, arg)};
  k.c       = k.a;
  k.fc      = k.fa;
  k.step = k.before = hi - lo;
  if (!(k.fa * k.fb <= 0) && !(k.fa > 0 && k.fb < 0) && !(k.fa < 0 && k.fb > 0))
    return fabs(k.fa) < fabs(k.fb) ? lo : hi;
  for (int i = 0; i < ROUNDS && k.fb != 0; i++) {
    keep_bracket(&k);
    const double half = (k.c - k.b) / 2, tol = 2 * DBL_EPSILON * fabs(k.b) + DBL_MIN;
    if (fabs(half) <= tol || k.fb == 0) break;
    if (!interpolate(&k, half, tol)) k.step = k.before = half;
    k.a  = k.b;
    k.fa = k.fb;
    k.b += fabs(k.step) > tol ? k.step : copysign(tol, half);
    k.fb = f(k.b, arg);
  }
  return k.b;
}
