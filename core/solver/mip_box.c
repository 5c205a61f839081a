/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mip_box.c - facts about a model that hold whatever the LP engine did: objective, feasibility, implied bounds,
 * safe dual bounds. Neumaier & Shcherbina (2004), Safe bounds in linear and mixed-integer linear programming,
 * Math. Programming 99, 283-296. */
#include "solver/mip.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

enum { ROUNDS = 10 };
static const double EPS   = DBL_EPSILON;
static const double SMALL = 1e-9; /* relative size of what counts as rounding in a row or a reduced cost */

/* Neumaier's compensated sum. */
typedef struct {
  double sum, rest;
} total;

static void add(total *t, double v)
{
  const double s = t->sum + v;
  t->rest += fabs(t->sum) >= fabs(v) ? (t->sum - s) + v : (v - s) + t->sum;
  t->sum = s;
}

double mip_objective(const dyo_mip *m, const double *x)
{
  total t = {0};
  for (int j = 0; j < m->n; j++) add(&t, m->cost[j] * x[j]);
  return t.sum + t.rest;
}

double mip_noise(const dyo_mip *m, const double *x)
{
  double size = 0;
  for (int j = 0; j < m->n; j++) size += fabs(m->cost[j] * x[j]);
  return SMALL * fabs(mip_objective(m, x)) + 1e-11 * size;
}

double mip_violation(const dyo_mip *m, const double *x)
{
  double worst = 0;
  for (int i = 0; i < m->m; i++) {
    total  t    = {0};
    double size = fmax(1.0, fabs(m->rhs[i]));
    for (size_t k = m->start[i]; k < m->start[i + 1]; k++) {
      const double v = m->val[k] * x[m->idx[k]];
      add(&t, v);
      size = fmax(size, fabs(v));
    }
    const double over = t.sum + t.rest - m->rhs[i];
    const double bad  = m->sense[i] == DYO_LE ? over : m->sense[i] == DYO_GE ? -over : fabs(over);
    worst             = fmax(worst, bad / size);
  }
  return worst;
}

/* ---- implied bounds ---- */

typedef struct {
  const dyo_mip *m;
  double        *lo, *hi;
  bool           moved;
} box;

/* sign * sum of val[k] x[idx[k]] <= rhs; idx NULL: column k itself. */
typedef struct {
  const int    *idx;
  const double *val;
  size_t        len;
  double        sign, rhs;
} le_row;

static bool is_inf(double bound)
{
  return fabs(bound) >= MIP_INF;
}

/* The least the row can come to: its finite part, and how many terms have no limit. *size: sum of absolute finite
 * terms. */
static double least_activity(const box *b, const le_row *r, int *n_inf, double *size)
{
  total t = {0};
  *n_inf  = 0;
  *size   = 0;
  for (size_t k = 0; k < r->len; k++) {
    const int    j = r->idx ? r->idx[k] : (int)k;
    const double a = r->sign * r->val[k], at = a > 0 ? b->lo[j] : b->hi[j];
    if (a == 0) continue;
    if (is_inf(at)) {
      (*n_inf)++;
    } else {
      add(&t, a * at);
      *size += fabs(a * at);
    }
  }
  return t.sum + t.rest;
}

/* Column j is at most (upper) or at least v, give or take slack. */
static bool draw(box *b, int j, bool upper, double v, double slack)
{
  const bool   whole = b->m->whole[j];
  double      *mine = upper ? &b->hi[j] : &b->lo[j], *other = upper ? &b->lo[j] : &b->hi[j];
  const double dir = upper ? 1.0 : -1.0;
  if (fabs(v) >= 1e15) return true;
  v += dir * (slack + (whole ? MIP_WHOLE : SMALL * fabs(v)));
  if (whole) v = upper ? floor(v) : ceil(v);
  const double least = whole           ? 0.5
                       : is_inf(*mine) ? 0.0
                                       : 1e-3 * fmax(1.0, is_inf(*other) ? fabs(*mine) : fabs(*mine - *other));
  if (!(dir * (*mine - v) > least)) return true;
  if (!is_inf(*other) && dir * (*other - v) > 0) {
    if (whole || dir * (*other - v) > slack + SMALL * fmax(1.0, fabs(*other))) return false;
    v = *other;
  }
  *mine    = v;
  b->moved = true;
  return true;
}

static bool tighten_row(box *b, const le_row *r)
{
  int          n_inf = 0;
  double       size  = 0;
  const double fin   = least_activity(b, r, &n_inf, &size);
  const double slack = SMALL * fmax(fmax(1.0, fabs(r->rhs)), size);
  if (n_inf == 0 && fin > r->rhs + slack) return false;
  if (n_inf > 1) return true;
  for (size_t k = 0; k < r->len; k++) {
    const int    j = r->idx ? r->idx[k] : (int)k;
    const double a = r->sign * r->val[k], at = a > 0 ? b->lo[j] : b->hi[j];
    if (a == 0 || (n_inf == 1 && !is_inf(at))) continue;
    const double rest = n_inf == 1 ? fin : fin - a * at; /* the others at their least leave this much room */
    if (!draw(b, j, a > 0, (r->rhs - rest) / a, slack / fabs(a))) return false;
  }
  return true;
}

bool mip_tighten(const dyo_mip *m, double zmax, double *lo, double *hi)
{
  box b = {m, lo, hi, true};
  for (int round = 0; round < ROUNDS && b.moved; round++) {
    b.moved = false;
    for (int i = 0; i < m->m; i++) {
      const size_t at = m->start[i];
      le_row       r  = {m->idx + at, m->val + at, m->start[i + 1] - at, 1.0, m->rhs[i]};
      if (m->sense[i] != DYO_GE && !tighten_row(&b, &r)) return false;
      r.sign = -1.0;
      r.rhs  = -m->rhs[i];
      if (m->sense[i] != DYO_LE && !tighten_row(&b, &r)) return false;
    }
    if (isfinite(zmax) && !tighten_row(&b, &(le_row){NULL, m->cost, (size_t)m->n, 1.0, zmax})) return false;
  }
  return true;
}

/* ---- safe bound ---- */

/* The least of d x for x in lo..hi and a true d within d -+ err. A column without a bound where d points to counts
 * as balanced when d is SMALL beside its terms: an exact zero cannot be had in floating point, and no finite bound
 * exists otherwise. */
static double least_term(double d, double err, double size, double lo, double hi)
{
  double       below = d - err, above = d + err;
  const double zero = SMALL * size;
  if (is_inf(hi)) {
    if (below < -zero) return -INFINITY;
    below = fmax(below, 0.0);
    above = fmax(above, 0.0);
  }
  if (is_inf(lo)) {
    if (above > zero) return -INFINITY;
    below = fmin(below, 0.0);
    above = fmin(above, 0.0);
  }
  const double at_lo = is_inf(lo) ? INFINITY : fmin(below * lo, above * lo);
  const double at_hi = is_inf(hi) ? INFINITY : fmin(below * hi, above * hi);
  return is_inf(lo) && is_inf(hi) ? 0.0 : fmin(at_lo, at_hi);
}

/* Prices on the wrong side of zero prove nothing and count as zero. */
static double price(const dyo_mip *m, const double *y, int i)
{
  const double v = isfinite(y[i]) ? y[i] : 0.0;
  return m->sense[i] == DYO_LE ? fmin(v, 0.0) : m->sense[i] == DYO_GE ? fmax(v, 0.0) : v;
}

/* d = c - A'y with a running bound on its rounding error; returns b'y. */
static double reduced_costs(const dyo_mip *m, const mip_duals *p, double *slack)
{
  double *d = p->work, *err = d + m->n, *size = err + m->n;
  total   t = {0};
  memcpy(d, m->cost, (size_t)m->n * sizeof *d);
  for (int j = 0; j < m->n; j++) {
    err[j]  = 0;
    size[j] = fabs(d[j]);
  }
  for (int i = 0; i < m->m; i++) {
    const double y = price(m, p->y, i);
    if (y == 0) continue;
    add(&t, y * m->rhs[i]);
    *slack += EPS * fabs(y * m->rhs[i]);
    for (size_t k = m->start[i]; k < m->start[i + 1]; k++) {
      const int    j = m->idx[k];
      const double v = m->val[k] * y;
      d[j] -= v;
      size[j] += fabs(v);
      err[j] += EPS * (fabs(v) + fabs(d[j]));
    }
  }
  return t.sum + t.rest;
}

/* b'y + least of d'x over the box. */
static double dual_value(const dyo_mip *m, const mip_duals *p, const double *lo, const double *hi)
{
  const double *d = p->work, *err = d + m->n, *size = err + m->n;
  double        slack = 0;
  total         t     = {0};
  add(&t, reduced_costs(m, p, &slack));
  for (int j = 0; j < m->n; j++) {
    const double v = least_term(d[j], err[j], size[j], lo[j], hi[j]);
    if (!isfinite(v)) return -INFINITY;
    add(&t, v);
    slack += EPS * fabs(v);
  }
  return t.sum + t.rest - slack - 2 * EPS * fabs(t.sum);
}

double mip_safe_bound(const dyo_mip *m, const mip_duals *p)
{
  const size_t n     = (size_t)m->n;
  double       bound = dual_value(m, p, p->lo, p->hi);
  if (!isfinite(bound)) {
    /* Answers above z do not matter for a bound of at most z: the rows and c'x <= z limit what the box leaves open. */
    double *lo = p->work + 3 * n, *hi = lo + n;
    memcpy(lo, p->lo, n * sizeof *lo);
    memcpy(hi, p->hi, n * sizeof *hi);
    bound = mip_tighten(m, p->z, lo, hi) ? dual_value(m, p, lo, hi) : p->z;
  }
  if (p->d) memcpy(p->d, p->work, n * sizeof *p->d);
  return fmin(bound, p->z);
}

/* ---- the grid objectives lie on ---- */

static uint64_t gcd(uint64_t a, uint64_t b)
{
  while (b) {
    const uint64_t r = a % b;
    a                = b;
    b                = r;
  }
  return a;
}

/* Greatest common divisor of the costs in units of 1/per; 0 where they are no whole multiples. */
static uint64_t common_unit(const dyo_mip *m, double per)
{
  uint64_t g = 0;
  for (int j = 0; j < m->n; j++) {
    const double c = fabs(m->cost[j]) * per, near = round(c);
    if (c > 1e12 || fabs(c - near) > 1e-12 * c) return 0;
    g = gcd(g, (uint64_t)near);
  }
  return g;
}

double mip_unit(const dyo_mip *m)
{
  for (int j = 0; j < m->n; j++)
    if (m->cost[j] != 0 && !m->whole[j]) return 0;
  for (double per = 1; per <= 1e6; per *= 10) {
    const uint64_t g = common_unit(m, per);
    if (g > 0) return (double)g / per;
  }
  return 0;
}
