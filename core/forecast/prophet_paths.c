/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Prophet's forecasts: the trend goes on straight, and its uncertainty is that it may bend as often, and as much on average, as it did
 * in the history; Taylor & Letham (2018), 3.1.4. Noise and the uncertainty of the seasons are normal and are spread evenly over the
 * simulated trends rather than drawn, which makes the quantiles smoother. */
#include <math.h>
#include <string.h>

#include "forecast/prophet.h"
#include "num/dyo_dist.h"
#include "num/dyo_rng.h"
#include "stats/dyo_order.h"

/* One way the trend might go: how far from the fitted z, and how much steeper. */
typedef struct {
  double off, slope;
} path;

typedef struct {
  size_t   n;
  path    *paths;
  double  *normal; /* n quantiles of the normal distribution, shuffled */
  double  *draw;
  double   rate, size; /* bends per unit of time, mean of their absolute value */
  dyo_rng  rng;
  uint64_t shift;
} crowd;

static dyo_status crowd_new(dyo_ctx *ctx, const prophet_form *f, const double *theta, uint64_t seed, crowd *c,
                            dyo_err *err)
{
  const size_t n = (size_t)f->p->uncertainty_samples;
  *c             = (crowd){.n = n, .paths = DYO_NEW(ctx, n, path), .normal = DYO_NEW(ctx, 2 * n, double)};
  if (!c->paths || !c->normal) return dyo_oom(err);
  c->draw = c->normal + n;
  c->rng  = dyo_rng_seed(seed);
  c->rate = (double)f->n_cp;
  for (size_t i = 0; i < f->n_cp; i++) c->size += fabs(theta[2 + i]) / (double)f->n_cp;
  if (c->size == 0) c->n = 0; /* a trend that never bent is certain, and what is left is normal */
  for (size_t i = 0; i < c->n; i++) {
    const size_t j = (size_t)dyo_rng_below(&c->rng, i + 1);
    c->normal[i]   = c->normal[j];
    c->normal[j]   = dyo_normal_quantile(((double)i + 0.5) / (double)n);
  }
  return DYO_OK;
}

/* Laplace, by its inverse distribution function. */
static double bend(crowd *c)
{
  const double u = dyo_rng_uniform(&c->rng) - 0.5;
  return -copysign(c->size * log1p(-2 * fabs(u)), u);
}

/* Every path goes on by dt; a bend falls anywhere inside. Rates below one a step are one chance of a bend, others Poisson by arrivals. */
static void go(crowd *c, double dt)
{
  for (size_t i = 0; i < c->n; i++) {
    path  *p    = &c->paths[i];
    double left = dt, wait = -log1p(-dyo_rng_uniform(&c->rng)) / c->rate;
    for (; wait < left; wait = -log1p(-dyo_rng_uniform(&c->rng)) / c->rate) {
      p->off += p->slope * wait;
      p->slope += bend(c);
      left -= wait;
    }
    p->off += p->slope * left;
  }
}

/* Values of y / scale at one step over all paths. */
static void spread(crowd *c, const prophet_form *f, const prophet_parts *p, double sd)
{
  const size_t shift = (size_t)dyo_rng_below(&c->rng, c->n);
  for (size_t i = 0; i < c->n; i++) {
    const double z     = p->z + c->paths[i].off;
    const double trend = f->p->growth == PROPHET_LOGISTIC ? f->cap / (1 + exp(-z)) : z;
    c->draw[i]         = trend * (1 + p->multiplicative) + p->additive + sd * c->normal[(i + shift) % c->n];
  }
}

static double ask_time(const prophet_form *f, const dyo_ask *ask, size_t i)
{
  return ask->t ? ask->t[i] : prophet_time(f->h, f->h->n - 1) + 1 + (double)i;
}

static double unscaled(const prophet_form *f, double y)
{
  return f->floor + f->scale * y;
}

static void bounds(const prophet_form *f, const dyo_ask *ask, size_t i, const prophet_parts *p, double sd, crowd *c,
                   dyo_band *out)
{
  const double mean = p->trend * (1 + p->multiplicative) + p->additive;
  if (c->n) spread(c, f, p, sd);
  for (size_t l = 0; l < ask->n_levels; l++) {
    const double z = dyo_normal_quantile(0.5 + ask->levels[l] / 2), half = ask->levels[l] / 2;
    const double low           = c->n ? fmin(dyo_quantile_of(c->draw, c->n, 0.5 - half), mean) : mean - z * sd;
    const double top           = c->n ? fmax(dyo_quantile_of(c->draw, c->n, 0.5 + half), mean) : mean + z * sd;
    out->lower[l * ask->h + i] = unscaled(f, low);
    out->upper[l * ask->h + i] = unscaled(f, top);
  }
}

static dyo_status steps(dyo_ctx *ctx, const prophet_open *o, const dyo_ask *ask, dyo_band *out, dyo_err *err)
{
  const prophet_form *f   = &o->f;
  double             *row = DYO_NEW(ctx, 2 * f->n, double), *chol = NULL, last = f->t0 + f->span;
  crowd               c  = {0};
  dyo_status          st = row ? DYO_OK : dyo_oom(err);
  if (st == DYO_OK && ask->n_levels) st = prophet_precision(ctx, f, o->theta, o->sigma, &chol, err);
  if (st == DYO_OK && ask->n_levels) st = crowd_new(ctx, f, o->theta, ask->seed, &c, err);
  for (size_t i = 0; i < ask->h && st == DYO_OK; i++) {
    const double t = ask_time(f, ask, i);
    prophet_row(f, t, ask->x, ask->h, i, row);
    const prophet_parts p = prophet_at(f, o->theta, row);
    out->mean[i]          = unscaled(f, p.trend * (1 + p.multiplicative) + p.additive);
    if (!ask->n_levels) continue;
    const double v = prophet_variance(f, chol, row, p.trend, row + f->n);
    go(&c, (t - last) / f->span);
    bounds(f, ask, i, &p, sqrt(o->sigma * o->sigma + v), &c, out);
    last = t;
    if (dyo_poll(ctx, (double)i / (double)ask->h, "simulating trends") == DYO_STOP_CANCELLED)
      return dyo_cancelled(ctx, false, err);
  }
  return st;
}

static dyo_status ready(dyo_ctx *ctx, const void *state, const dyo_ask *ask, prophet_open *o, dyo_err *err)
{
  const dyo_status st = prophet_open_state(ctx, state, o, err);
  if (st != DYO_OK || !o->h.t || ask->t) return st;
  return dyo_fail(err, DYO_INVALID_INPUT, "/model", "the model was fitted to dates, and its string has no start");
}

dyo_status prophet_forecast(dyo_ctx *ctx, const void *state, const dyo_ask *ask, dyo_band *out, dyo_err *err)
{
  prophet_open     o;
  const dyo_status st = ready(ctx, state, ask, &o, err);
  return st == DYO_OK ? steps(ctx, &o, ask, out, err) : st;
}

/* Names of the columns that sum up others, as Prophet has them. */
enum { TREND, ADDITIVE, MULTIPLICATIVE, HOLIDAYS, SUMS };
static const char *const sum_names[SUMS] = {"trend", "additive_terms", "multiplicative_terms", "holidays"};

static void fill(const prophet_open *o, const double *row, size_t i, dyo_component *c)
{
  const prophet_form *f  = &o->f;
  const prophet_parts p  = prophet_at(f, o->theta, row);
  c[TREND].v[i]          = unscaled(f, p.trend);
  c[ADDITIVE].v[i]       = f->scale * p.additive;
  c[MULTIPLICATIVE].v[i] = p.multiplicative;
  for (size_t b = 0; b < f->n_blocks; b++) {
    const prophet_block *k     = &f->blocks[b];
    const size_t         first = 2 + f->n_cp + k->first;
    double               v     = 0;
    for (size_t j = first; j < first + k->n; j++) v += o->theta[j] * row[j];
    if (!k->multiplicative) v *= f->scale;
    c[SUMS + b].v[i] = v;
    if (k->kind == PROPHET_DAYS) c[HOLIDAYS].v[i] += v;
  }
}

dyo_status prophet_components(dyo_ctx *ctx, const void *state, const dyo_ask *ask, dyo_component **out, size_t *n,
                              dyo_err *err)
{
  prophet_open     o;
  const dyo_status st = ready(ctx, state, ask, &o, err);
  if (st != DYO_OK) return st;
  const size_t   all = SUMS + o.f.n_blocks;
  dyo_component *c   = DYO_NEW(ctx, all, dyo_component);
  double        *v = DYO_NEW(ctx, all * ask->h, double), *row = DYO_NEW(ctx, o.f.n, double);
  if (!c || !v || !row) return dyo_oom(err);
  for (size_t i = 0; i < all; i++)
    c[i] = (dyo_component){i < SUMS ? sum_names[i] : o.f.blocks[i - SUMS].name, v + i * ask->h};
  for (size_t i = 0; i < ask->h; i++) {
    prophet_row(&o.f, ask_time(&o.f, ask, i), ask->x, ask->h, i, row);
    fill(&o, row, i, c);
  }
  *out = c, *n = all;
  if (o.h.n_holidays) return DYO_OK;
  memmove(c + HOLIDAYS, c + SUMS, (all - SUMS) * sizeof *c); /* no sum over nothing */
  *n = all - 1;
  return DYO_OK;
}
