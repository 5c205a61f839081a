/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mips.h - what the tests of dyo_mip share: one model in hand, and random whole programs with their answer by
 * enumeration. */
#ifndef DYO_TEST_MIPS_H
#define DYO_TEST_MIPS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "solver/dyo_mip.h"

static dyo_ctx      ctx;
static dyo_err      err;
static dyo_mip     *m;
static dyo_mip_info info;
static double       x[400], y[400];

/* cmocka compares floats, not doubles. */
static inline void near(double a, double b, double tol)
{
  assert_true(fabs(a - b) <= tol);
}

static inline int setup(void **state)
{
  (void)state;
  dyo_ctx_init(&ctx, NULL);
  m = NULL;
  return 0;
}

static inline int teardown(void **state)
{
  (void)state;
  dyo_mip_free(m);
  dyo_ctx_clear(&ctx);
  return 0;
}

static inline void begin(int n)
{
  dyo_mip_free(m);
  assert_int_equal(dyo_mip_new(n, &m, &err), DYO_OK);
}

static inline void col(int j, double cost, double lo, double hi, bool whole)
{
  assert_int_equal(dyo_mip_col(m, j, cost, lo, hi, whole, &err), DYO_OK);
}

/* A dense row of n values. */
static inline void row(int n, const double *val, dyo_sense sense, double rhs)
{
  int idx[400];
  for (int j = 0; j < n; j++) idx[j] = j;
  assert_int_equal(dyo_mip_row(m, n, idx, val, sense, rhs, &err), DYO_OK);
}

static inline void solve_with(dyo_mip_opts o)
{
  memset(x, 0, sizeof x);
  assert_int_equal(dyo_mip_solve(m, &ctx, &o, x, y, &info, &err), DYO_OK);
}

static inline void solve(void)
{
  solve_with(dyo_mip_defaults());
}

static inline void is_optimal(double z)
{
  assert_int_equal(info.status, DYO_MIP_OPTIMAL);
  assert_true(fabs(info.objective - z) <= 1e-9 * fmax(1.0, fabs(z)));
  assert_true(info.bound <= info.objective);
  assert_true(info.bound >= z - 1e-8 * fmax(1.0, fabs(z)));
}

/* ---- small programs whose points can be counted ---- */

static uint64_t seed;

static inline double draw(void) /* SplitMix64, 0..1 */
{
  uint64_t z = seed += 0x9e3779b97f4a7c15u;
  z          = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z          = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return (double)((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

static inline int pick(int a, int b)
{
  return a + (int)(draw() * (b - a + 1));
}

enum { N = 6, M = 6 };
typedef struct {
  int       n, rows, lo[N], hi[N];
  double    cost[N], a[M][N], rhs[M];
  dyo_sense sense[M];
} small;

static inline small random_small(void)
{
  small      s     = {.n = pick(1, N), .rows = pick(0, M)};
  const bool round = draw() < 0.5;
  for (int j = 0; j < s.n; j++) {
    s.lo[j]   = pick(-3, 2);
    s.hi[j]   = s.lo[j] + pick(0, 4);
    s.cost[j] = round ? pick(-9, 12) : 10 * draw() - 4;
  }
  for (int i = 0; i < s.rows; i++) {
    double at = 0;
    for (int j = 0; j < s.n; j++) {
      s.a[i][j] = draw() < 0.4 ? 0 : pick(-6, 8);
      at += s.a[i][j] * pick(s.lo[j], s.hi[j]);
    }
    s.sense[i] = draw() < 0.2 ? DYO_EQ : draw() < 0.6 ? DYO_LE : DYO_GE;
    s.rhs[i]   = at + (s.sense[i] == DYO_EQ ? 0 : pick(-4, 4));
  }
  return s;
}

static inline bool holds(const small *s, const int *v)
{
  for (int i = 0; i < s->rows; i++) {
    double at = -s->rhs[i];
    for (int j = 0; j < s->n; j++) at += s->a[i][j] * v[j];
    if (s->sense[i] == DYO_LE ? at > 0 : s->sense[i] == DYO_GE ? at < 0 : at != 0) return false; /* whole data: exact */
  }
  return true;
}

/* Least cost over all points, INFINITY where none holds. */
static inline double enumerate(const small *s)
{
  int    v[N], j = 0;
  double best = INFINITY;
  memcpy(v, s->lo, sizeof v);
  while (j < s->n) {
    double z = 0;
    for (j = 0; j < s->n; j++) z += s->cost[j] * v[j];
    if (z < best && holds(s, v)) best = z;
    for (j = 0; j < s->n && ++v[j] > s->hi[j]; j++) v[j] = s->lo[j];
  }
  return best;
}

static inline void load(const small *s)
{
  begin(s->n);
  for (int j = 0; j < s->n; j++) col(j, s->cost[j], s->lo[j] - 0.25, s->hi[j] + 0.25, true); /* bounds round inwards */
  for (int i = 0; i < s->rows; i++) row(s->n, s->a[i], s->sense[i], s->rhs[i]);
}

#endif
