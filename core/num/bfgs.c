/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Nocedal & Wright (2006), Numerical Optimization, algorithm 6.1, with the weak Wolfe line search by bisection of
 * Lewis & Overton (2013), Mathematical Programming 141, which also survives kinks and walls. */
#include "num/bfgs.h"

#include <math.h>
#include <string.h>

enum { LINE_TRIES = 40 };

static const double armijo = 1e-4, curvature = 0.9;

typedef struct {
  const num_bfgs *o;
  double *x, *g, *p, *x1, *g1, *hy, *h; /* point, slope, direction, next point and slope, H y, inverse Hessian */
  double  f, f1, gp;                    /* values at x and x1, slope along p */
} state;

size_t num_bfgs_room(size_t n)
{
  return n * (n + 5);
}

static double dot(const double *a, const double *b, size_t n)
{
  double s = 0;
  for (size_t i = 0; i < n; i++) s += a[i] * b[i];
  return s;
}

static void unit(state *s, double scale)
{
  const size_t n = s->o->n;
  memset(s->h, 0, n * n * sizeof *s->h);
  for (size_t i = 0; i < n; i++) s->h[i * n + i] = scale;
}

/* p = -H g; back to steepest descent when that does not point downhill. */
static void direction(state *s)
{
  const size_t n = s->o->n;
  for (size_t i = 0; i < n; i++) s->p[i] = -dot(&s->h[i * n], s->g, n);
  s->gp = dot(s->g, s->p, n);
  if (s->gp < 0) return;
  unit(s, s->o->step / sqrt(dot(s->g, s->g, n)));
  for (size_t i = 0; i < n; i++) s->p[i] = -s->h[0] * s->g[i];
  s->gp = dot(s->g, s->p, n);
}

/* Step length with f1 <= f + c1 a g'p and g1'p >= c2 g'p; false when no decrease was found. */
static bool line(state *s)
{
  const size_t n  = s->o->n;
  double       lo = 0, hi = INFINITY, a = 1;
  bool         down = false;
  for (int k = 0; k < LINE_TRIES; k++) {
    for (size_t i = 0; i < n; i++) s->x1[i] = s->x[i] + a * s->p[i];
    s->f1 = s->o->value(s->x1, s->o->arg);
    if (!(s->f1 <= s->f + armijo * a * s->gp)) {
      const double bend = s->f1 - s->f - a * s->gp,
                   quad = bend > 0 ? -s->gp * a * a / (2 * bend) : 0; /* least of the parabola */
      hi                = a;
      a                 = lo > 0 ? (lo + hi) / 2 : fmin(fmax(quad, 0.1 * a), 0.5 * a);
      continue;
    }
    down = true;
    s->o->slope(s->x1, s->g1, s->o->arg);
    if (dot(s->g1, s->p, n) >= curvature * s->gp) return true;
    lo = a;
    a  = isinf(hi) ? 2 * a : (lo + hi) / 2;
  }
  return down && s->f1 < s->f;
}

/* H <- (I - r s y') H (I - r y s') + r s s', with s = x1 - x, y = g1 - g, r = 1 / y's. */
static void learn(state *s, bool first)
{
  const size_t n  = s->o->n;
  double       sy = 0, yy = 0;
  for (size_t i = 0; i < n; i++) {
    s->x[i] = s->x1[i] - s->x[i];
    s->g[i] = s->g1[i] - s->g[i];
    sy += s->x[i] * s->g[i];
    yy += s->g[i] * s->g[i];
  }
  if (sy > 1e-12 * yy) {
    if (first) unit(s, sy / yy);
    for (size_t i = 0; i < n; i++) s->hy[i] = dot(&s->h[i * n], s->g, n);
    const double c = (1 + dot(s->g, s->hy, n) / sy) / sy;
    for (size_t i = 0; i < n; i++)
      for (size_t j = 0; j < n; j++)
        s->h[i * n + j] += c * s->x[i] * s->x[j] - (s->hy[i] * s->x[j] + s->x[i] * s->hy[j]) / sy;
  }
  memcpy(s->x, s->x1, n * sizeof *s->x);
  memcpy(s->g, s->g1, n * sizeof *s->g);
}

int num_bfgs_run(const num_bfgs *o, double *x, bool *converged)
{
  const size_t n = o->n;
  double      *r = o->room;
  state s    = {.o = o, .x = x, .g = r, .p = r + n, .x1 = r + 2 * n, .g1 = r + 3 * n, .hy = r + 4 * n, .h = r + 5 * n};
  int   iter = 0, idle = 0;
  *converged = false;
  s.f        = o->value(x, o->arg);
  o->slope(x, s.g, o->arg);
  unit(&s, o->step / fmax(sqrt(dot(s.g, s.g, n)), 1e-300));
  while (iter < o->max_iter) {
    if (sqrt(dot(s.g, s.g, n)) <= o->tol * (1 + fabs(s.f)) || idle == 2) {
      *converged = true;
      return iter;
    }
    direction(&s);
    if (!line(&s)) return iter;
    idle = s.f - s.f1 < o->tol * o->tol * (1 + fabs(s.f)) ? idle + 1 : 0;
    s.f  = s.f1;
    learn(&s, iter++ == 0);
  }
  return iter;
}
