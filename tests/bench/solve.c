/* SPDX-License-Identifier: GPL-3.0-or-later */
/* solve.c - the continuous multi-product solve alone, without JSON around it, so that its own time can be measured in wasm. */
#include <math.h>
#include <stdlib.h>

#include "inventory/dyo_multi_product.h"

#define EXPORT(name) __attribute__((export_name(#name), used))

EXPORT(bench_alloc) double *bench_alloc(size_t n);
EXPORT(bench_solve) int bench_solve(size_t n, const double *a, double budget, double storage, double *q, double *out);

double *bench_alloc(size_t n)
{
  return malloc(n * sizeof(double));
}

/* a: order, hold, money and space, n of each in this order. out: cost, bound, money used, space used. Returns the passes, -1 if infeasible. */
int bench_solve(size_t n, const double *a, double budget, double storage, double *q, double *out)
{
  const dyo_multi_eoq p = {
    .n = n, .order = a, .hold = a + n, .unit = {a + 2 * n, a + 3 * n}, .limit = {budget, storage, INFINITY}};
  dyo_multi_eoq_info info = {0};
  dyo_multi_eoq_solve(&p, q, &info);
  out[0] = info.cost;
  out[1] = info.bound;
  out[2] = info.used[DYO_MULTI_BUDGET];
  out[3] = info.used[DYO_MULTI_SPACE];
  return info.feasible ? info.passes : -1;
}
