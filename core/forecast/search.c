/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "forecast/dyo_search.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DRAWS = 100 }; /* for a point that was not tried yet */

static const double clearly = 1e-9, widest = 0.25, narrowest = 0.02; /* steps near the best, as shares of a range */

static double count_of(const dyo_axis *a)
{
  if (a->n) return (double)a->n;
  if (a->whole) return a->max - a->min + 1;
  return a->max > a->min ? INFINITY : 1;
}

dyo_status dyo_search_new(dyo_ctx *ctx, const dyo_axis *axes, size_t n_axes, size_t most, uint64_t seed,
                          dyo_search *out, dyo_err *err)
{
  double *room = DYO_NEW(ctx, most * (n_axes + 1), double);
  if (!room) return dyo_oom(err);
  *out = (dyo_search){.axes   = axes,
                      .n_axes = n_axes,
                      .most   = most,
                      .points = 1,
                      .score  = room,
                      .tried  = room + most,
                      .best   = SIZE_MAX,
                      .rng    = dyo_rng_seed(seed)};
  for (size_t k = 0; k < n_axes; k++) out->points *= count_of(&axes[k]);
  return DYO_OK;
}

static bool tried_before(const dyo_search *s, const double *x)
{
  for (size_t i = 0; i < s->n_tried; i++)
    if (memcmp(s->tried + i * s->n_axes, x, s->n_axes * sizeof *x) == 0) return true;
  return false;
}

/* A value of a range at u in 0..1 of its length. Six digits are enough to tell settings apart, and hide the last bits of exp and log,
 * in which the targets differ. */
static double value_at(const dyo_axis *a, double u)
{
  char   text[32];
  double v = a->log ? exp(log(a->min) + u * (log(a->max) - log(a->min))) : a->min + u * (a->max - a->min);
  if (a->whole) return fmin(fmax(floor(v + 0.5), a->min), a->max);
  snprintf(text, sizeof text, "%.6g", v);
  v = strtod(text, NULL);
  return fmin(fmax(v, a->min), a->max);
}

static double share_of(const dyo_axis *a, double v)
{
  if (!(a->max > a->min)) return 0;
  return a->log ? (log(v) - log(a->min)) / (log(a->max) - log(a->min)) : (v - a->min) / (a->max - a->min);
}

static double anywhere(dyo_search *s, const dyo_axis *a)
{
  return a->n ? (double)dyo_rng_below(&s->rng, a->n) : value_at(a, dyo_rng_uniform(&s->rng));
}

/* Another value near v; v itself where there is no other. */
static double beside(dyo_search *s, const dyo_axis *a, double v, double width)
{
  const bool up = dyo_rng_below(&s->rng, 2) == 1;
  if (a->n == 1) return v;
  if (a->n && !a->ordered) {
    const double other = (double)dyo_rng_below(&s->rng, a->n - 1);
    return other < v ? other : other + 1;
  }
  if (a->n) return (up && v + 1 < (double)a->n) || v == 0 ? v + 1 : v - 1;
  const double step = width * dyo_rng_normal(&s->rng), near = value_at(a, fmin(fmax(share_of(a, v) + step, 0), 1));
  if (!a->whole || near != v) return near;
  return (up && v < a->max) || v == a->min ? fmin(v + 1, a->max) : v - 1;
}

/* From the best one setting changes for certain, each other one by chance. */
static void near_best(dyo_search *s, double *x)
{
  const double half = (double)(s->most / 2), left = (double)s->most - (double)s->n_tried;
  const double width = narrowest + (widest - narrowest) * fmin(left / fmax((double)s->most - half, 1), 1);
  const size_t sure  = (size_t)dyo_rng_below(&s->rng, s->n_axes);
  memcpy(x, s->tried + s->best * s->n_axes, s->n_axes * sizeof *x);
  for (size_t k = 0; k < s->n_axes; k++)
    if (dyo_rng_below(&s->rng, s->n_axes) == 0 || k == sure) x[k] = beside(s, &s->axes[k], x[k], width);
}

/* The points in order, of a search that has finitely many: the last setting turns fastest. */
static void point_number(const dyo_search *s, size_t number, double *x)
{
  for (size_t k = s->n_axes; k-- > 0;) {
    const size_t n = (size_t)count_of(&s->axes[k]);
    x[k]           = (s->axes[k].n ? 0 : s->axes[k].min) + (double)(number % n);
    number /= n;
  }
}

/* Of n_tried + 1 points at least one is new. */
static void next_in_order(const dyo_search *s, double *x)
{
  size_t number = 0;
  do point_number(s, number++, x);
  while (tried_before(s, x));
}

static bool draw(dyo_search *s, bool near, double *x)
{
  for (int i = 0; i < DRAWS; i++) {
    if (near) near_best(s, x);
    else
      for (size_t k = 0; k < s->n_axes; k++) x[k] = anywhere(s, &s->axes[k]);
    if (!tried_before(s, x)) return true;
  }
  return false;
}

const double *dyo_search_ask(dyo_search *s)
{
  double    *x    = s->tried + s->n_tried * s->n_axes;
  const bool near = s->best != SIZE_MAX && s->n_tried >= (s->most + 1) / 2;
  if (s->n_tried >= s->most || (double)s->n_tried >= s->points) return NULL;
  if (s->n_tried == 0)
    for (size_t k = 0; k < s->n_axes; k++) x[k] = s->axes[k].start;
  else if (s->points <= (double)s->most) next_in_order(s, x);
  else if (!(near && draw(s, true, x)) && !draw(s, false, x)) {
    if (isinf(s->points)) return NULL; /* a range so short that its values in six digits are used up */
    next_in_order(s, x);
  }
  return x;
}

void dyo_search_tell(dyo_search *s, double score)
{
  const double best    = s->best == SIZE_MAX ? INFINITY : s->score[s->best];
  s->score[s->n_tried] = isfinite(score) ? score : INFINITY;
  if (isfinite(score) && (isinf(best) || score < best - clearly * fabs(best))) s->best = s->n_tried;
  s->n_tried++;
}
