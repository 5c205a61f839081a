/* SPDX-License-Identifier: GPL-3.0-or-later */
/* STL. Cleveland, Cleveland, McRae & Terpenning (1990), J. Official Statistics 6, 3-73; section 2.3 for the inner loop,
 * 2.4 for the outer, 3.4 for the trend window. */
#include "stats/dyo_stl.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/loess.h"

dyo_stl_opts dyo_stl_defaults(int period, int seasonal_window, bool robust)
{
  return (dyo_stl_opts){.period          = period,
                        .seasonal_window = seasonal_window,
                        .seasonal_degree = 0,
                        .trend_degree    = 1,
                        .low_pass_degree = 1,
                        .inner           = robust ? 1 : 2,
                        .outer           = robust ? 15 : 0};
}

typedef struct {
  dyo_ctx      *ctx;
  const double *y;
  size_t        n, p; /* values, period */
  int           inner, outer;
  bool          periodic;
  dyo_loess_job season, trend, low;     /* the three smoothers */
  double       *cycle, *part, *weights; /* n + 2p: smoothed subseries in place; one subseries; its robustness weights */
  double       *a, *b;                  /* n + 2p each */
} stl_job;

static size_t odd(double x)
{
  const size_t w = (size_t)ceil(fmax(x, 3));
  return w + (w % 2 == 0);
}

/* At every `jump` points, or at a tenth of the window. */
static size_t jump_of(int jump, size_t window)
{
  return jump > 0 ? (size_t)jump : (window + 9) / 10;
}

static bool smoother(stl_job *j, dyo_loess_job *l, size_t window, int degree, int jump)
{
  const size_t most = j->n + 2 * j->p + 1;
  l->ctx            = j->ctx;
  l->o              = (dyo_loess){window, degree, jump_of(jump, window)};
  l->n              = j->n;
  l->w              = DYO_NEW(j->ctx, most, double);
  l->table          = DYO_NEW(j->ctx, window / 2 + 1, double);
  if (!l->w || !l->table) return false;
  dyo_loess_table(l);
  return true;
}

static bool set_up(stl_job *j, const dyo_stl_opts *o)
{
  const size_t most = j->n + 2 * j->p;
  /* Periodic: a window far longer than the series, so that every weight is alike; only its ends are then used. */
  const size_t season = o->seasonal_window > 0 ? odd(o->seasonal_window) : 10 * j->n + 1;
  const size_t trend  = o->trend_window > 0 ? odd(o->trend_window) : odd(1.5 * o->period / (1 - 1.5 / (double)season));
  const size_t low    = odd(o->low_pass_window > 0 ? o->low_pass_window : o->period);
  j->inner            = o->inner;
  j->outer            = o->outer;
  j->periodic         = o->seasonal_window <= 0;
  j->cycle            = DYO_NEW(j->ctx, most, double);
  j->part             = DYO_NEW(j->ctx, most, double);
  j->weights          = DYO_NEW(j->ctx, most, double);
  j->a                = DYO_NEW(j->ctx, most, double);
  j->b                = DYO_NEW(j->ctx, most, double);
  return j->cycle && j->part && j->weights && j->a && j->b &&
         smoother(j, &j->season, season, j->periodic ? 0 : o->seasonal_degree, o->seasonal_jump) &&
         smoother(j, &j->trend, trend, o->trend_degree, o->trend_jump) &&
         smoother(j, &j->low, low, o->low_pass_degree, o->low_pass_jump);
}

/* Smooth x[phase], x[phase + p], ... and extend it by one season at both ends, into cycle[phase + p i]. */
static bool smooth_phase(stl_job *j, const double *x, const double *weight, size_t phase)
{
  const size_t   k = (j->n - phase - 1) / j->p + 1, q = j->season.o.window;
  dyo_loess_job *l = &j->season;
  for (size_t i = 0; i < k; i++) j->part[i] = x[phase + i * j->p];
  for (size_t i = 0; weight && i < k; i++) j->weights[i] = weight[phase + i * j->p];
  l->y      = j->part;
  l->n      = k;
  l->weight = weight ? j->weights : NULL;
  double *s = j->b; /* k + 2 values */
  if (!dyo_loess_run(l, s + 1)) return false;
  s[0]     = s[1];
  s[k + 1] = s[k];
  dyo_loess_at(l, 0, 1, q < k ? q : k, &s[0]);
  dyo_loess_at(l, (double)(k + 1), q < k ? k - q + 1 : 1, k, &s[k + 1]);
  for (size_t i = 0; i < k + 2; i++) j->cycle[phase + i * j->p] = s[i];
  return true;
}

/* out[i] = mean of x[i .. i+len), i = 0 .. n-len; returns how many. */
static size_t moving_average(const double *x, size_t n, size_t len, double *out)
{
  double sum = 0;
  for (size_t i = 0; i < len; i++) sum += x[i];
  out[0] = sum / (double)len;
  for (size_t i = len; i < n; i++) {
    sum += x[i] - x[i - len];
    out[i - len + 1] = sum / (double)len;
  }
  return n - len + 1;
}

/* The seven steps of section 2.3. */
static bool inner_pass(stl_job *j, const double *weight, dyo_stl *out)
{
  const size_t n = j->n, p = j->p;
  for (size_t i = 0; i < n; i++) j->a[i] = j->y[i] - out->trend[i]; /* 1: detrend */
  for (size_t phase = 0; phase < p; phase++)
    if (!smooth_phase(j, j->a, weight, phase)) return false; /* 2: cycle-subseries */
  size_t m = moving_average(j->cycle, n + 2 * p, p, j->a);   /* 3: low-pass filter */
  m        = moving_average(j->a, m, p, j->b);
  moving_average(j->b, m, 3, j->a);
  j->low.y = j->a;
  if (!dyo_loess_run(&j->low, j->b)) return false;
  for (size_t i = 0; i < n; i++) out->seasonal[i] = j->cycle[p + i] - j->b[i]; /* 4: season */
  for (size_t i = 0; i < n; i++) j->a[i] = j->y[i] - out->seasonal[i];         /* 5: deseasonalise */
  j->trend.y      = j->a;
  j->trend.weight = weight;
  return dyo_loess_run(&j->trend, out->trend); /* 6: trend */
}

/* Periodic: each phase's mean over all seasons. */
static void level_phases(const stl_job *j, double *seasonal)
{
  for (size_t phase = 0; phase < j->p; phase++) {
    double mean = 0, k = 0;
    for (size_t i = phase; i < j->n; i += j->p) mean += (seasonal[i] - mean) / ++k;
    for (size_t i = phase; i < j->n; i += j->p) seasonal[i] = mean;
  }
}

static bool passes(stl_job *j, dyo_stl *out)
{
  for (int k = 0;; k++) {
    for (int i = 0; i < j->inner; i++)
      if (!inner_pass(j, k > 0 ? out->weight : NULL, out)) return false;
    if (k == j->outer) break;
    for (size_t i = 0; i < j->n; i++) out->remainder[i] = j->y[i] - out->trend[i] - out->seasonal[i];
    dyo_bisquare(out->remainder, j->n, out->weight, j->a);
  }
  if (j->periodic) level_phases(j, out->seasonal);
  for (size_t i = 0; i < j->n; i++) out->remainder[i] = j->y[i] - out->trend[i] - out->seasonal[i];
  return true;
}

dyo_status dyo_stl_fit(dyo_ctx *ctx, const double *y, size_t n, const dyo_stl_opts *o, dyo_stl *out, dyo_err *err)
{
  stl_job j = {.ctx = ctx, .y = y, .n = n, .p = (size_t)o->period};
  *out      = (dyo_stl){DYO_NEW(ctx, n, double), DYO_NEW(ctx, n, double), DYO_NEW(ctx, n, double),
                   o->outer > 0 ? DYO_NEW(ctx, n, double) : NULL, n};
  if (o->period < 2 || n < 2 * j.p)
    return dyo_fail(err, DYO_INSUFFICIENT_DATA, "", "found %zu values; period %d needs at least %zu (two seasons)", n,
                    o->period, 2 * j.p);
  if (!out->trend || !out->seasonal || !out->remainder || (o->outer > 0 && !out->weight) || !set_up(&j, o))
    return dyo_oom(err);
  return passes(&j, out) ? DYO_OK : dyo_cancelled(ctx, false, err);
}

static double variance(const double *a, const double *b, size_t n)
{
  double mean = 0, ss = 0;
  for (size_t i = 0; i < n; i++) {
    const double x = a[i] + (b ? b[i] : 0), d = x - mean;
    mean += d / ((double)i + 1);
    ss += d * (x - mean);
  }
  return ss / ((double)n - 1);
}

double dyo_strength(const double *component, const double *remainder, size_t n)
{
  const double both = n > 1 ? variance(remainder, component, n) : 0;
  if (!(both > 0)) return 0;
  return fmin(fmax(1 - variance(remainder, NULL, n) / both, 0), 1);
}
