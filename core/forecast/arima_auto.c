/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Choice of the orders: the stepwise search of Hyndman & Khandakar (2008), J. Statistical Software 27(3), 3.2, on exact
 * likelihoods throughout, or the full grid. Models with a root nearer than 1.01 to the unit circle are left out. */
#include <math.h>
#include <string.h>

#include "forecast/arima.h"

enum { MOST_MODELS = 94, P_ = 0, Q_ = 1, SP = 2, SQ = 3 };

static const double nearest_root = 1.01;

typedef struct {
  dyo_ctx           *ctx;
  arima_work        *k;
  const arima_order *base;
  const arima_range *range;
  arima_result       best;
  double             score;
  bool               found, constant; /* constant: best has the optional column */
  char              *seen;
  int                models;
} search;

/* Conditional fits leave out as many first values as they have autoregressive lags: their variance stands for that of all values, so
 * that orders can be compared (as forecast::auto.arima does with approximation = TRUE). */
static double score_of(const search *s, const arima_result *r)
{
  const double n = (double)(s->k->data->n - s->k->data->dummies), k = r->k, spare = n - k - 1;
  const int    by = s->range->criterion;
  if (!s->k->css) return by == 0 ? r->aicc : by == 1 ? r->aic : r->bic;
  const double fit = n * log(r->sigma2);
  return by == 0 ? (spare > 0 ? fit + 2 * k + 2 * k * (k + 1) / spare : INFINITY) : fit + k * (by == 1 ? 2 : log(n));
}

static size_t place(const int v[4], bool constant)
{
  size_t i = 0;
  for (int j = 0; j < 4; j++) i = i * (j < 2 ? ARIMA_MOST_LAGS + 1 : ARIMA_MOST_SEASONAL + 1) + (size_t)v[j];
  return 2 * i + constant;
}

/* All roots beyond 1.01, those of the seasonal polynomials in B^m beyond 1.01^m. */
static bool sound(const arima_result *r)
{
  const arima_order *o = &r->o;
  double             c[ARIMA_MOST_LAGS];
  const double       season = pow(nearest_root, o->m);
  if (!arima_stationary(r->c.ar, o->p, nearest_root) || !arima_stationary(r->c.sar, o->P, season)) return false;
  for (int j = 0; j < o->q; j++) c[j] = -r->c.ma[j];
  if (!arima_stationary(c, o->q, nearest_root)) return false;
  for (int j = 0; j < o->Q; j++) c[j] = -r->c.sma[j];
  return arima_stationary(c, o->Q, season);
}

/* Fit and compare; true where this is the best so far. */
static bool consider(search *s, const int v[4], bool constant)
{
  arima_result r;
  arima_order  o    = *s->base;
  const size_t cols = s->k->data->cols - (s->range->optional && !constant ? 1 : 0);
  for (int j = 0; j < 4; j++)
    if (v[j] < s->range->lo[j] || v[j] > s->range->hi[j]) return false;
  if (s->seen[place(v, constant)] || s->models >= MOST_MODELS * (s->range->stepwise ? 1 : 100)) return false;
  s->seen[place(v, constant)] = 1;
  o.p = v[P_], o.q = v[Q_], o.P = v[SP], o.Q = v[SQ];
  if ((double)(arima_n_coefs(&o) + cols + 2) > (double)s->k->data->n) return false;
  s->models++;
  if (!arima_fit_order(s->k, &o, cols, true, &r)) return false;
  if (!sound(&r) || !(score_of(s, &r) < s->score)) return false;
  s->best         = r;
  s->score        = score_of(s, &r);
  s->constant     = constant;
  return s->found = true;
}

static bool move(search *s, int dp, int dq, int dP, int dQ)
{
  const arima_order *o    = &s->best.o;
  const int          v[4] = {o->p + dp, o->q + dq, o->P + dP, o->Q + dQ};
  return consider(s, v, s->constant);
}

/* Steps of the neighbourhood; the first that helps is taken. */
static bool step(search *s)
{
  static const signed char steps[][4] = {{0, 0, -1, 0},  {0, 0, 0, -1}, {0, 0, 1, 0},  {0, 0, 0, 1},
                                         {0, 0, -1, -1}, {0, 0, -1, 1}, {0, 0, 1, -1}, {0, 0, 1, 1},
                                         {-1, 0, 0, 0},  {0, -1, 0, 0}, {1, 0, 0, 0},  {0, 1, 0, 0},
                                         {-1, -1, 0, 0}, {-1, 1, 0, 0}, {1, -1, 0, 0}, {1, 1, 0, 0}};
  for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
    if (move(s, steps[i][0], steps[i][1], steps[i][2], steps[i][3])) return true;
  if (!s->range->optional) return false;
  const arima_order *o    = &s->best.o;
  const int          v[4] = {o->p, o->q, o->P, o->Q};
  return consider(s, v, !s->constant);
}

static int clamp(int v, int lo, int hi)
{
  return v < lo ? lo : v > hi ? hi : v;
}

static bool start(search *s)
{
  static const int from[4][4] = {{2, 2, 1, 1}, {0, 0, 0, 0}, {1, 0, 1, 0}, {0, 1, 0, 1}};
  const int       *lo = s->range->lo, *hi = s->range->hi;
  int              v[4];
  for (int i = 0; i < 5; i++) {
    for (int j = 0; j < 4; j++) v[j] = clamp(from[i < 4 ? i : 1][j], lo[j], hi[j]);
    consider(s, v, i < 4 && s->range->optional);
  }
  return s->found;
}

static dyo_status go_on(search *s, dyo_err *err, bool *stop)
{
  s->k->done         = fmin(0.02 * s->models, 0.9);
  const dyo_stop why = dyo_look(s->ctx, s->k->done, "choosing the orders");
  *stop              = why != DYO_RUN_ON;
  return why == DYO_STOP_CANCELLED ? dyo_cancelled(s->ctx, false, err) : DYO_OK;
}

static dyo_status full(search *s, dyo_err *err)
{
  const int *lo = s->range->lo, *hi = s->range->hi;
  dyo_status st   = DYO_OK;
  bool       stop = false;
  int        v[4];
  for (v[SP] = lo[SP]; v[SP] <= hi[SP]; v[SP]++)
    for (v[SQ] = lo[SQ]; v[SQ] <= hi[SQ]; v[SQ]++)
      for (v[P_] = lo[P_]; v[P_] <= hi[P_]; v[P_]++)
        for (v[Q_] = lo[Q_]; v[Q_] <= hi[Q_] && !stop; v[Q_]++) {
          if (v[0] + v[1] + v[2] + v[3] > s->range->most) continue;
          consider(s, v, false);
          if (s->range->optional) consider(s, v, true);
          st = go_on(s, err, &stop);
          if (st != DYO_OK) return st;
        }
  return st;
}

dyo_status arima_choose(dyo_ctx *ctx, arima_work *k, const arima_order *base, const arima_range *range,
                        arima_result *best, dyo_err *err)
{
  static const int most[4] = {ARIMA_MOST_LAGS, ARIMA_MOST_LAGS, ARIMA_MOST_SEASONAL, ARIMA_MOST_SEASONAL};
  search           s       = {.ctx = ctx, .k = k, .base = base, .range = range, .score = INFINITY};
  dyo_status       st      = DYO_OK;
  bool             stop    = false;
  s.seen                   = DYO_NEW(ctx, place(most, true) + 1, char);
  if (!s.seen) return dyo_oom(err);
  if (!range->stepwise) st = full(&s, err);
  else if (start(&s))
    while (st == DYO_OK && !stop && step(&s)) st = go_on(&s, err, &stop);
  if (st == DYO_OK) st = go_on(&s, err, &stop);
  if (st != DYO_OK) return st;
  if (!s.found) { /* nothing sound: the plainest */
    s.best     = (arima_result){.o = *base, .cols = k->data->cols};
    s.best.o.p = range->lo[P_], s.best.o.q = range->lo[Q_], s.best.o.P = range->lo[SP], s.best.o.Q = range->lo[SQ];
  }
  *best = s.best;
  return DYO_OK;
}
