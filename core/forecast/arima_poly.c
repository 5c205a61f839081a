/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lag polynomials: partial autocorrelations (Monahan 1984, Biometrika 71), products, autocovariances of an ARMA process. */
#include <math.h>
#include <string.h>

#include "forecast/arima.h"

static const double farthest = 8; /* tanh(8) = 1 - 2e-7 */

size_t arima_n_coefs(const arima_order *o)
{
  return (size_t)(o->p + o->q + o->P + o->Q);
}

size_t arima_state_size(const arima_order *o)
{
  const int ar = o->p + o->P * o->m, ma = o->q + o->Q * o->m + 1;
  return (size_t)(ar > ma ? ar : ma);
}

/* Durbin-Levinson: partial autocorrelations tanh(x) to coefficients of 1 - c_1 z - ... */
static void from_free(const double *x, int p, double sign, double *c)
{
  double old[ARIMA_MOST_LAGS];
  for (int k = 0; k < p; k++) {
    const double r = tanh(fmin(fmax(x[k], -farthest), farthest));
    memcpy(old, c, (size_t)k * sizeof *c);
    for (int j = 0; j < k; j++) c[j] = old[j] - r * old[k - 1 - j];
    c[k] = r;
  }
  for (int j = 0; j < p; j++) c[j] *= sign;
}

/* The way back; false where a partial autocorrelation reaches 1. */
static bool step_down(double *c, int p, double *partial)
{
  double old[ARIMA_MOST_LAGS];
  for (int k = p - 1; k >= 0; k--) {
    const double r = c[k];
    if (!(fabs(r) < 1)) return false;
    partial[k] = r;
    memcpy(old, c, (size_t)k * sizeof *c);
    for (int j = 0; j < k; j++) c[j] = (old[j] + r * old[k - 1 - j]) / (1 - r * r);
  }
  return true;
}

void arima_from_free(const arima_order *o, const double *x, arima_coefs *c)
{
  from_free(x, o->p, 1, c->ar);
  from_free(x + o->p, o->q, -1, c->ma);
  from_free(x + o->p + o->q, o->P, 1, c->sar);
  from_free(x + o->p + o->q + o->P, o->Q, -1, c->sma);
}

bool arima_stationary(const double *c, int p, double stretch)
{
  double d[ARIMA_MOST_LAGS], partial[ARIMA_MOST_LAGS], power = 1;
  for (int j = 0; j < p; j++) d[j] = c[j] * (power *= stretch);
  return step_down(d, p, partial);
}

bool arima_lags_new(dyo_ctx *ctx, size_t most, arima_lags *l)
{
  l->c     = DYO_NEW(ctx, most + 1, double);
  l->value = DYO_NEW(ctx, most + 1, double);
  l->lag   = DYO_NEW(ctx, most + 1, size_t);
  return l->c && l->value && l->lag;
}

/* 1 + sign c(B) s(B^m): sign -1 for (1 - c_1 B - ...)(1 - s_1 B^m - ...) = 1 - sum, +1 for the moving average. Stored is the sum. */
void arima_lags_set(arima_lags *l, const double *c, int p, const double *s, int P, int m, double sign)
{
  l->degree = (size_t)(p + P * m);
  l->n      = 0;
  memset(l->c, 0, l->degree * sizeof *l->c);
  for (int j = 1; j <= p; j++) l->c[j - 1] += c[j - 1];
  for (int i = 1; i <= P; i++) {
    l->c[i * m - 1] += s[i - 1];
    for (int j = 1; j <= p; j++) l->c[i * m + j - 1] += sign * s[i - 1] * c[j - 1];
  }
  for (size_t j = 0; j < l->degree; j++) {
    if (l->c[j] == 0) continue;
    l->lag[l->n]     = j + 1;
    l->value[l->n++] = l->c[j];
  }
}

/* Autocovariances g[0..most] of phi(B) u = e with variance 1: down through the orders, then up (Levinson). */
static bool ar_covariance(const arima_lags *ar, double *rows, size_t most, double *g)
{
  const size_t p = ar->degree;
  double       v = 1;
  if (p) memcpy(&rows[(p - 1) * p], ar->c, p * sizeof *rows);
  for (size_t k = p; k-- > 0;) { /* rows[k]: coefficients of order k + 1 */
    const double *c = &rows[k * p], r = c[k];
    const double  s = 1 - r * r;
    if (!(s > 1e-14)) return false;
    v /= s;
    if (k == 0) break;
    double *d = &rows[(k - 1) * p];
    for (size_t j = 0; j < k; j++) d[j] = (c[j] + r * c[k - 1 - j]) / s;
  }
  g[0] = v;
  for (size_t k = 1; k <= most && k <= p; k++) {
    const double r = rows[(k - 1) * p + k - 1];
    double       s = r * v;
    for (size_t j = 1; j < k; j++) s += rows[(k - 2) * p + j - 1] * g[k - j];
    g[k] = s;
    v *= 1 - r * r;
  }
  for (size_t k = p + 1; k <= most; k++) {
    g[k] = 0;
    for (size_t i = 0; i < ar->n; i++) g[k] += ar->value[i] * g[k - ar->lag[i]];
  }
  return true;
}

/* c_i = Cov(w_t, state i) = sum_{j>i} phi_j gamma(j - i) + sum_{j>=i} theta_j psi_{j-i}; state i carries what t knows of w_{t+i}.
 * gamma(k) = sum_h b(h) gamma_u(k - h), b the autocovariances of the moving average, gamma_u those of the autoregression. */
bool arima_first_column(arima_work *k)
{
  const arima_lags *ar = &k->ar, *ma = &k->ma;
  const size_t      p = ar->degree, q = ma->degree;
  double           *u = k->gamma, *g = u + p + q + 1, *psi = g + p + 1, *b = psi + q + 1;
  if (!ar_covariance(ar, k->levinson, p + q, u)) return false;
  memset(b, 0, (q + 1) * sizeof *b);
  b[0] = 1;
  for (size_t i = 0; i < ma->n; i++) {
    b[ma->lag[i]] += ma->value[i];
    b[0] += ma->value[i] * ma->value[i];
    for (size_t j = 0; j < i; j++) b[ma->lag[i] - ma->lag[j]] += ma->value[i] * ma->value[j];
  }
  for (size_t i = 0; i <= p; i++) {
    g[i] = b[0] * u[i];
    for (size_t h = 1; h <= q; h++)
      if (b[h] != 0) g[i] += b[h] * (u[i + h] + u[i > h ? i - h : h - i]);
  }
  for (size_t i = 0; i <= q; i++) {
    psi[i] = i == 0 ? 1 : ma->c[i - 1];
    for (size_t j = 0; j < ar->n && ar->lag[j] <= i; j++) psi[i] += ar->value[j] * psi[i - ar->lag[j]];
  }
  memset(k->first, 0, k->r * sizeof *k->first);
  for (size_t j = 0; j < ar->n; j++)
    for (size_t i = 0; i < ar->lag[j]; i++) k->first[i] += ar->value[j] * g[ar->lag[j] - i];
  for (size_t j = 0; j < ma->n; j++)
    for (size_t i = 0; i <= ma->lag[j]; i++) k->first[i] += ma->value[j] * psi[ma->lag[j] - i];
  k->first[0] = g[0];
  return g[0] >= 1 - 1e-9;
}
