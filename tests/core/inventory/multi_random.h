/* SPDX-License-Identifier: GPL-3.0-or-later */
/* multi_random.h - products made from a seed, for the tests of many products at once. */
#ifndef TESTS_INVENTORY_MULTI_RANDOM_H
#define TESTS_INVENTORY_MULTI_RANDOM_H

#include <math.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "inventory/multi.h"

static uint64_t multi_seed = 1;

/* Uniform in 0..1 (splitmix64). */
static inline double draw(void)
{
  uint64_t z = multi_seed += 0x9e3779b97f4a7c15u;
  z          = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z          = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return (double)((z ^ (z >> 31)) >> 11) / 9007199254740992.0;
}

/* Normal, by Box and Muller. */
static inline double bell(void)
{
  const double u = draw(), v = draw();
  return sqrt(-2 * log(u + 1e-300)) * cos(6.283185307179586 * v);
}

static inline bool chance(double p)
{
  return draw() < p;
}

#define CLOSE(got, want, rtol)                                                              \
  do {                                                                                      \
    const double got_ = (got), want_ = (want);                                              \
    if (!(fabs(got_ - want_) <= (rtol)*fmax(fabs(want_), 1e-300)) && got_ != want_)         \
      fail_msg("found %.17g, expected %.17g within %g of it", got_, want_, (double)(rtol)); \
  } while (0)

/* n products as arrays of the continuous problem; the caller frees `block`. */
typedef struct {
  size_t  n;
  double *block, *order, *hold, *money, *space, *demand, *lo, *hi, *lot, *q;
} goods;

static inline goods goods_new(size_t n)
{
  goods    g     = {.n = n, .block = calloc(9 * n, sizeof(double))};
  double **all[] = {&g.order, &g.hold, &g.money, &g.space, &g.demand, &g.lo, &g.hi, &g.lot, &g.q};
  assert_non_null(g.block);
  for (size_t a = 0; a < 9; a++) *all[a] = g.block + a * n;
  for (size_t i = 0; i < n; i++) g.hi[i] = INFINITY;
  return g;
}

/* Demands, costs and sizes as spread as in a real assortment; `wide` times more on a log scale. */
static inline void goods_fill(goods *g, double wide)
{
  for (size_t i = 0; i < g->n; i++) {
    const double price = exp(2.5 + wide * bell());
    g->demand[i]       = exp(6.5 + wide * 1.2 * bell());
    g->order[i]        = (15 + 105 * draw()) * g->demand[i];
    g->hold[i]         = 0.11 * price * (0.5 + draw());
    g->money[i]        = chance(0.05) ? 0 : price;
    g->space[i]        = chance(0.05) ? 0 : exp(-3 + wide * 0.8 * bell());
  }
}

static inline double best_alone(const goods *g, size_t i)
{
  return sqrt(g->order[i] / g->hold[i]);
}

static inline dyo_multi_eoq goods_problem(const goods *g, bool bounds)
{
  return (dyo_multi_eoq){.n      = g->n,
                         .order  = g->order,
                         .hold   = g->hold,
                         .unit   = {g->money, g->space},
                         .demand = g->demand,
                         .lo     = bounds ? g->lo : NULL,
                         .hi     = bounds ? g->hi : NULL,
                         .limit  = {INFINITY, INFINITY, INFINITY}};
}

#endif
