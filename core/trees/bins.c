/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bins.c - cuts at quantiles of each feature. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "trees/trees.h"

enum { WIDEST = 65534 };

static int by_value(const void *a, const void *b)
{
  const float x = *(const float *)a, y = *(const float *)b;
  return (x > y) - (x < y);
}

/* The known values of feature j in ascending order; how many there are. */
static size_t sorted(const dyo_table_f *x, size_t j, float *out)
{
  size_t n = 0;
  for (size_t i = 0; i < x->n; i++) {
    const float v = x->v[i * x->k + j];
    if (!isnan(v)) out[n++] = v;
  }
  qsort(out, n, sizeof *out, by_value);
  return n;
}

/* Above every value, as XGBoost says it. */
static float beyond(float v)
{
  return v + (fabsf(v) + 1e-5F);
}

/* The distinct values of a feature with their ranks: value i stands at ranks from[i] to from[i + 1] of the sorted column. */
typedef struct {
  float  *value;
  size_t *from;
  size_t  n;
} ranks;

static void rank(const float *v, size_t n, ranks *r)
{
  r->n = 0;
  for (size_t i = 0; i < n; i++)
    if (i == 0 || v[i] > v[i - 1]) {
      r->from[r->n]    = i;
      r->value[r->n++] = v[i];
    }
  r->from[r->n] = n;
}

/* At most `most` of the values, evenly by rank and with the first and the last, as a quantile summary of the whole column is pruned in
 * XGBoost. Their places go to `at`; returns how many. */
static size_t prune(const ranks *r, size_t most, size_t *at)
{
  const size_t n     = most - 1;
  const double begin = (double)r->from[1], range = (double)r->from[r->n - 1] - begin;
  size_t       i = 1, size = 1, last = 0;
  at[0] = 0;
  for (size_t k = 1; k < n; k++) {
    const double d = 2 * ((double)k * range / (double)n + begin);
    while (i + 1 < r->n && d >= (double)(r->from[i + 2] + r->from[i + 1])) i++;
    /* value i where the wanted rank is nearer to its upper end than to the lower end of the next */
    const size_t pick = d < (double)(r->from[i + 1] + r->from[i + 1]) ? i : i + 1;
    if (pick == last) continue;
    at[size++] = last = pick;
  }
  if (last != r->n - 1) at[size++] = r->n - 1;
  return size;
}

/* Cuts of a feature: the chosen values but the first, each the least of its bin, and one above all. Returns the number of bins. */
static size_t cut_values(const ranks *r, size_t most, size_t *at, float *cut)
{
  const bool   few  = r->n <= most + 1;
  const size_t size = few ? r->n : prune(r, most + 1, at), used = size < most ? size : most;
  size_t       c = 0;
  if (r->n == 0) return 0;
  for (size_t i = 1; i < used; i++) cut[c++] = r->value[few ? i : at[i]];
  cut[c++] = beyond(r->value[r->n - 1]);
  return c;
}

typedef struct {
  const dyo_table_f *x;
  size_t             most;
  bool               exact;
  float             *values, *cut; /* n; slots so far */
  ranks              ranks;        /* room for n values */
  size_t            *chosen;       /* n */
  size_t            *first;
  float             *least, *low;
  bool              *gaps;
} cutter;

static dyo_status cut_feature(cutter *c, size_t j, dyo_err *err)
{
  const size_t n = sorted(c->x, j, c->values);
  rank(c->values, n, &c->ranks);
  c->gaps[j]  = n < c->x->n;
  c->least[j] = n ? c->values[0] - (fabsf(c->values[0]) + 1e-5F) : 0;
  c->low[j]   = n ? c->values[0] : 0;
  if (c->exact && c->ranks.n > WIDEST)
    return dyo_fail(err, DYO_TOO_LARGE, "/params/tree_method",
                    "feature %zu has %zu different values; exact takes at most %d: use hist", j, c->ranks.n, WIDEST);
  const size_t most          = c->exact ? c->x->n : c->most - c->gaps[j];
  const size_t made          = cut_values(&c->ranks, most, c->chosen, c->cut + c->first[j]);
  c->cut[c->first[j] + made] = INFINITY; /* of the missing ones; never asked */
  c->first[j + 1]            = c->first[j] + made + 1;
  return DYO_OK;
}

/* The first bin whose cut is above v. */
static size_t bin_of(const float *cut, size_t n, float v)
{
  size_t lo = 0, hi = n - 1;
  while (lo < hi) {
    const size_t mid = (lo + hi) / 2;
    if (cut[mid] > v) hi = mid;
    else lo = mid + 1;
  }
  return lo;
}

static dyo_status fill(dyo_ctx *ctx, const dyo_table_f *x, bins *b, bool wide, dyo_err *err)
{
  uint8_t  *narrow = wide ? NULL : dyo_alloc(ctx, x->n * x->k, sizeof *narrow);
  uint16_t *broad  = wide ? dyo_alloc(ctx, x->n * x->k, sizeof *broad) : NULL;
  if (!narrow && !broad) return dyo_oom(err);
  for (size_t i = 0; i < x->n; i++)
    for (size_t j = 0; j < x->k; j++) {
      const size_t n = bins_of(b, j), at = i * x->k + j;
      const size_t bin = isnan(x->v[at]) ? n : bin_of(b->cut + b->first[j], n, x->v[at]);
      if (wide) broad[at] = (uint16_t)bin;
      else narrow[at] = (uint8_t)bin;
    }
  b->narrow = narrow;
  b->wide   = broad;
  return DYO_OK;
}

dyo_status bins_make(dyo_ctx *ctx, const dyo_table_f *x, int max_bin, bool exact, bins *out, dyo_err *err)
{
  const size_t most = exact ? x->n : (size_t)max_bin < x->n ? (size_t)max_bin : x->n;
  cutter       c    = {.x = x, .most = (size_t)max_bin, .exact = exact};
  bool         wide = false;
  c.values          = DYO_NEW(ctx, x->n, float);
  c.cut             = dyo_alloc(ctx, x->k * (most + 2), sizeof(float));
  c.first           = DYO_NEW(ctx, x->k + 1, size_t);
  c.least           = DYO_NEW(ctx, x->k, float);
  c.low             = DYO_NEW(ctx, x->k, float);
  c.ranks           = (ranks){DYO_NEW(ctx, x->n, float), DYO_NEW(ctx, x->n + 1, size_t), 0};
  c.chosen          = DYO_NEW(ctx, x->n, size_t);
  c.gaps            = DYO_NEW(ctx, x->k, bool);
  if (!c.values || !c.cut || !c.first || !c.least || !c.gaps || !c.low || !c.ranks.value || !c.ranks.from || !c.chosen)
    return dyo_oom(err);
  for (size_t j = 0; j < x->k; j++) {
    const dyo_status st = cut_feature(&c, j, err);
    if (st != DYO_OK) return st;
    wide = wide || c.first[j + 1] - c.first[j] - 1 + c.gaps[j] > 256;
  }
  *out = (bins){.n     = x->n,
                .k     = x->k,
                .first = c.first,
                .cut   = c.cut,
                .least = c.least,
                .gaps  = c.gaps,
                .low   = c.low,
                .exact = exact};
  return fill(ctx, x, out, wide, err);
}
