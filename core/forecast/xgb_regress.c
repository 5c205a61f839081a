/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What regressors add to a value, straight lines first: the level would follow their effects, and trees find in them whatever went on at
 * the same time. Values and regressors pass through the level's own filter, so that what is left is regressed as generalised least
 * squares would (Harvey 1989, Forecasting, Structural Time Series Models, 3.4); effects within chance become zero and others are
 * shrunk by the garrote of Breiman (1995), Technometrics 37, coefficient after coefficient. */
#include <math.h>

#include "forecast/xgb.h"

enum { PASSES = 2, SWEEPS = 50 };

static const double chance = 2.5; /* standard errors */

double xgb_effect(const xgb_state *s, const double *x, size_t stride)
{
  double sum = 0;
  for (size_t c = 0; c < s->n_beta; c++) sum += s->beta[c] * x[c * stride];
  return sum;
}

/* v less the level's expectation of it, value after value. */
static void filter(const xgb_state *s, const double *v, size_t n, double *out)
{
  double l = v[0];
  out[0]   = 0;
  for (size_t t = 1; t < n; t++) {
    out[t] = v[t] - l;
    l += s->alpha * out[t];
  }
}

typedef struct {
  size_t        n, k;
  const double *y; /* NaN: not known */
  double       *r; /* n: filtered values less the effects so far */
  double       *f; /* k columns of n: filtered regressors */
} equation;

static void centre(const equation *q, double *v)
{
  double sum = 0, known = 0;
  for (size_t t = 1; t < q->n; t++)
    if (!isnan(q->y[t])) sum += v[t], known++;
  for (size_t t = 1; t < q->n; t++) v[t] = isnan(q->y[t]) ? 0 : v[t] - sum / fmax(known, 1);
  v[0] = 0;
}

static double product(const equation *q, const double *a, const double *b)
{
  double sum = 0;
  for (size_t t = 0; t < q->n; t++) sum += a[t] * b[t];
  return sum;
}

/* Moves beta[c] to its shrunken best given the others; how far that changes the fit, in variances of what is left. */
static double settle(const equation *q, size_t c, double *beta)
{
  const double *f  = q->f + c * q->n;
  const double  ff = product(q, f, f), fr = product(q, f, q->r), rr = product(q, q->r, q->r) / (double)q->n;
  if (!(ff > 0) || !(rr > 0)) return 0;
  const double whole = *beta + fr / ff, t2 = whole * whole * ff / rr;
  const double next = t2 > chance * chance ? whole * (1 - chance * chance / t2) : 0, move = next - *beta;
  for (size_t t = 0; t < q->n; t++) q->r[t] -= move * f[t];
  *beta = next;
  return move * move * ff / rr;
}

static dyo_status regress(dyo_ctx *ctx, const dyo_history *h, const equation *q, xgb_state *s, dyo_err *err)
{
  double moved = 1;
  for (size_t c = 0; c < q->k; c++) {
    filter(s, h->x + c * h->n, h->n, q->f + c * q->n);
    centre(q, q->f + c * q->n);
    for (size_t t = 0; t < q->n; t++) q->r[t] -= s->beta[c] * q->f[c * q->n + t];
  }
  for (int sweep = 0; sweep < SWEEPS && moved > 1e-6; sweep++) {
    moved = 0;
    for (size_t c = 0; c < q->k; c++) moved = fmax(moved, settle(q, c, &s->beta[c]));
    if (dyo_look(ctx, 0, "fitting regressors") == DYO_STOP_CANCELLED) return dyo_cancelled(ctx, false, err);
  }
  return DYO_OK;
}

/* The level's weight depends on what the regressors explain, and the other way round. */
dyo_status xgb_regress(dyo_ctx *ctx, const dyo_history *h, xgb_state *s, double *z, dyo_err *err)
{
  const size_t n = h->n;
  equation     q = {n, h->n_x, h->y, DYO_NEW(ctx, n, double), DYO_NEW(ctx, n * h->n_x + 1, double)};
  double      *v = DYO_NEW(ctx, 2 * n, double);
  s->beta = DYO_NEW(ctx, h->n_x + 1, double), s->n_beta = h->n_x;
  if (!q.r || !q.f || !v || !s->beta) return dyo_oom(err);
  for (int pass = 0; pass < PASSES && h->n_x; pass++) {
    for (size_t t = 0; t < n; t++) v[t] = z[t] - xgb_effect(s, h->x + t, n);
    xgb_fit_level(s, v, n, v + n);
    filter(s, z, n, q.r);
    centre(&q, q.r);
    const dyo_status st = regress(ctx, h, &q, s, err);
    if (st != DYO_OK) return st;
  }
  for (size_t t = 0; t < n && h->n_x; t++) z[t] = xgb_on_grid(z[t] - xgb_effect(s, h->x + t, n));
  return DYO_OK;
}
