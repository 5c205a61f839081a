/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Forecast means and intervals of a fitted ETS model. Linear forms have exact variances, with additive errors (class 1) and with
 * multiplicative ones (class 2): Hyndman, Koehler, Ord & Snyder (2008), 6.3 and table 6.2. The rest is simulated. */
#include <math.h>

#include "forecast/ets.h"
#include "forecast/models.h"
#include "num/dyo_rng.h"
#include "stats/dyo_order.h"

enum { PATHS = 2000 };

dyo_status ets_state_check(const ets_state *s, dyo_err *err)
{
  const bool mul = s->error == 1 || s->trend == ETS_MUL || s->seasonal == ETS_MUL;
  if (s->n_s != (size_t)s->period || (s->seasonal == ETS_NONE && s->period != 1))
    return dyo_fail(err, DYO_INVALID_INPUT, "/model", "the model's season has %zu places where %d are expected", s->n_s,
                    s->period);
  const seasons p = ets_state_seasons(s);
  if (!seasons_sound(&p))
    return dyo_fail(err, DYO_INVALID_INPUT, "/model",
                    "the model's pattern has %zu places; its periods do not add up to them, or its factors overflow",
                    p.n_pattern);
  if (!isfinite(s->l) || !isfinite(s->b) || (s->trend == ETS_MUL && !(s->l > 0 && s->b > 0)) || (mul && !(s->l > 0)))
    return dyo_fail(err, DYO_INVALID_INPUT, "/model",
                    "the model's level has left the positive numbers that its multiplicative form needs");
  for (size_t i = 0; i < s->n_s; i++)
    if (s->seasonal == ETS_MUL && !(s->s[i] > 0))
      return dyo_fail(err, DYO_INVALID_INPUT, "/model",
                      "the model's season holds %g where a positive factor is expected", s->s[i]);
  return DYO_OK;
}

/* Where nothing surprises: mu_h by the recursion without errors. */
static void means(const ets_state *s, size_t h, double *mean)
{
  const ets_form    f = ets_state_form(s);
  const ets_weights w = ets_state_weights(s);
  double            l = s->l, b = s->b;
  for (size_t i = 0; i < h; i++) {
    double q = 0, place = s->s[i % s->n_s];
    mean[i] = ets_mean(&f, &w, l, b, place, &q);
    ets_step(&f, &w, NAN, &l, &b, &place);
  }
}

/* c_j = alpha + alpha beta* (phi + ... + phi^j) + gamma [j a multiple of m]. */
static void responses(const ets_state *s, size_t h, double *c)
{
  double sum = 0, power = 1;
  for (size_t j = 1; j < h; j++) {
    power *= s->phi;
    sum += power;
    c[j] = s->alpha + (s->trend ? s->alpha * s->beta * sum : 0) + (s->seasonal && j % s->n_s == 0 ? s->gamma : 0);
  }
}

/* Class 1: v_h = sigma2 (1 + sum c_j^2). Class 2: theta_h = mu_h^2 + sigma2 sum c_j^2 theta_{h-j}, v_h = (1 + sigma2) theta_h - mu_h^2. */
static void deviations(const ets_state *s, size_t h, const double *mean, const double *c, double *theta, double *sd)
{
  double sum = 1;
  for (size_t i = 0; i < h; i++) {
    if (i > 0) sum += c[i] * c[i];
    if (s->error == 0) {
      sd[i] = sqrt(s->sigma2 * sum);
      continue;
    }
    theta[i] = mean[i] * mean[i];
    for (size_t j = 1; j <= i; j++) theta[i] += s->sigma2 * c[j] * c[j] * theta[i - j];
    sd[i] = sqrt(fmax((1 + s->sigma2) * theta[i] - mean[i] * mean[i], 0));
  }
}

static dyo_status by_formula(dyo_ctx *ctx, const ets_state *s, const dyo_ask *ask, dyo_band *out, dyo_err *err)
{
  double *room = DYO_NEW(ctx, 3 * ask->h, double);
  if (!room) return dyo_oom(err);
  responses(s, ask->h, room);
  deviations(s, ask->h, out->mean, room, room + ask->h, room + 2 * ask->h);
  dyo_band_normal(ask, room + 2 * ask->h, out);
  return DYO_OK;
}

/* Futures side by side: path k's season place i at season[i * PATHS + k]. */
typedef struct {
  double *l, *b, *season, *y;
} futures;

static bool futures_new(dyo_ctx *ctx, const ets_state *s, futures *f)
{
  double *room = DYO_NEW(ctx, (3 + s->n_s) * PATHS, double);
  if (!room) return false;
  *f = (futures){room, room + PATHS, room + 3 * PATHS, room + 2 * PATHS};
  for (size_t k = 0; k < PATHS; k++) {
    f->l[k] = s->l, f->b[k] = s->b;
    for (size_t i = 0; i < s->n_s; i++) f->season[i * PATHS + k] = s->s[i];
  }
  return true;
}

/* One step of all of them, the values into y. Errors that would make a value negative are cut. */
static void one_step(const ets_state *s, size_t step, dyo_rng *rng, futures *u)
{
  const ets_form    f      = ets_state_form(s);
  const ets_weights w      = ets_state_weights(s);
  const double      sigma  = sqrt(s->sigma2);
  double           *season = u->season + step % s->n_s * PATHS;
  for (size_t k = 0; k < PATHS; k++) {
    double       q  = 0;
    const double mu = ets_mean(&f, &w, u->l[k], u->b[k], season[k], &q), e = sigma * dyo_rng_normal(rng);
    double       y = f.error == ETS_MUL ? mu * (1 + fmax(e, -0.999)) : mu + e;
    if (f.season == ETS_MUL || f.trend == ETS_MUL) y = fmax(y, 1e-9 * fabs(mu));
    u->y[k] = y;
    ets_step(&f, &w, y, &u->l[k], &u->b[k], &season[k]);
  }
}

static dyo_status by_simulation(dyo_ctx *ctx, const ets_state *s, const dyo_ask *ask, dyo_band *out, dyo_err *err)
{
  dyo_rng rng = dyo_rng_seed(ask->seed);
  futures u;
  if (!futures_new(ctx, s, &u)) return dyo_oom(err);
  for (size_t i = 0; i < ask->h; i++) {
    one_step(s, i, &rng, &u);
    for (size_t l = 0; l < ask->n_levels; l++) {
      out->lower[l * ask->h + i] = dyo_quantile_of(u.y, PATHS, 0.5 - ask->levels[l] / 2);
      out->upper[l * ask->h + i] = dyo_quantile_of(u.y, PATHS, 0.5 + ask->levels[l] / 2);
    }
    if (dyo_poll(ctx, (double)i / (double)ask->h, "simulating") == DYO_STOP_CANCELLED)
      return dyo_cancelled(ctx, false, err);
  }
  return DYO_OK;
}

static void put_seasons(const ets_state *s, const dyo_ask *ask, dyo_band *out)
{
  const seasons p = ets_state_seasons(s);
  for (size_t i = 0; i < ask->h && p.n_pattern; i++) {
    out->mean[i] = seasons_put(&p, i, out->mean[i]);
    for (size_t l = 0; l < ask->n_levels; l++) {
      double *lower = &out->lower[l * ask->h + i], *upper = &out->upper[l * ask->h + i];
      *lower = seasons_put(&p, i, *lower);
      *upper = seasons_put(&p, i, *upper);
    }
  }
}

dyo_status ets_forecast(dyo_ctx *ctx, const void *state, const dyo_ask *ask, dyo_band *out, dyo_err *err)
{
  const ets_state *s  = state;
  dyo_status       st = ets_state_check(s, err);
  if (st != DYO_OK) return st;
  means(s, ask->h, out->mean);
  if (ask->n_levels && s->trend != ETS_MUL && s->seasonal != ETS_MUL) st = by_formula(ctx, s, ask, out, err);
  else if (ask->n_levels) st = by_simulation(ctx, s, ask, out, err);
  if (st == DYO_OK) put_seasons(s, ask, out);
  return st;
}
