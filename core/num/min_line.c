/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Brent (1973), Algorithms for Minimization without Derivatives, chapter 5: golden section hurried by parabolas. */
#include "num/dyo_min.h"

#include <float.h>
#include <math.h>

static const double golden = 0.38196601125010515180; /* (3 - sqrt 5) / 2 */

enum { LINE_ITER = 200 };

/* Three best points so far: x, then w, then v. */
typedef struct {
  double a, b;
  double x, w, v, fx, fw, fv;
  double d, e; /* the last step, and the one before it */
} bracket;

static double ask(dyo_loss loss, void *job, double x)
{
  const double f = loss(&x, job);
  return isfinite(f) ? f : DBL_MAX;
}

/* The next step: the parabola through the three points where that is small enough, else golden section. */
static double next_step(bracket *s, double tol)
{
  const double mid = 0.5 * (s->a + s->b);
  if (fabs(s->e) > tol) {
    double       r = (s->x - s->w) * (s->fx - s->fv), q = (s->x - s->v) * (s->fx - s->fw);
    double       p = (s->x - s->v) * q - (s->x - s->w) * r;
    const double e = s->e;
    q              = 2 * (q - r);
    if (q > 0) p = -p;
    q    = fabs(q);
    s->e = s->d;
    if (isfinite(p) && fabs(p) < fabs(0.5 * q * e) && p > q * (s->a - s->x) && p < q * (s->b - s->x)) {
      const double d = p / q, u = s->x + d;
      return u - s->a < 2 * tol || s->b - u < 2 * tol ? copysign(tol, mid - s->x) : d;
    }
  }
  s->e = (s->x >= mid ? s->a : s->b) - s->x;
  return golden * s->e;
}

static void take(bracket *s, double u, double fu)
{
  if (fu <= s->fx) {
    if (u >= s->x) s->a = s->x;
    else s->b = s->x;
    s->v = s->w, s->fv = s->fw;
    s->w = s->x, s->fw = s->fx;
    s->x = u, s->fx = fu;
    return;
  }
  if (u < s->x) s->a = u;
  else s->b = u;
  if (fu <= s->fw || s->w == s->x) {
    s->v = s->w, s->fv = s->fw;
    s->w = u, s->fw = fu;
  } else if (fu <= s->fv || s->v == s->x || s->v == s->w) {
    s->v = u, s->fv = fu;
  }
}

static double brent(dyo_loss loss, void *job, double a, double b, double tol, double *value)
{
  const double x = a + golden * (b - a), f = ask(loss, job, x);
  bracket      s = {a, b, x, x, x, f, f, f, 0, 0};
  for (int i = 0; i < LINE_ITER; i++) {
    const double t = tol / 3 + 1e-10 * fabs(s.x); /* each point is this far from the next at least */
    if (fabs(s.x - 0.5 * (s.a + s.b)) <= 2 * t - 0.5 * (s.b - s.a)) break;
    s.d            = next_step(&s, t);
    const double u = s.x + (fabs(s.d) >= t ? s.d : copysign(t, s.d));
    take(&s, u, ask(loss, job, u));
  }
  *value = s.fx;
  return s.x;
}

double dyo_min_line(dyo_loss loss, void *job, double lo, double hi, int grid, double tol, double *value)
{
  const double gap  = (hi - lo) / (grid - 1);
  double       best = lo, least = INFINITY, found = 0;
  for (int i = 0; i < grid; i++) {
    const double x = i == grid - 1 ? hi : lo + i * gap, f = ask(loss, job, x);
    if (f < least) least = f, best = x;
  }
  const double x = brent(loss, job, fmax(lo, best - gap), fmin(hi, best + gap), tol, &found);
  if (found < least) least = found, best = x;
  if (value) *value = least;
  return best;
}
