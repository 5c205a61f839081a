/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Standard errors of an ARIMA. Those of the coefficients come from the Hessian of the likelihood with sigma2 and the regression
 * concentrated out, which is the matching block of the whole inverse; those of the regression from generalised least squares and
 * what it owes to the coefficients: Var(beta) + (d beta / d phi) Var(phi) (d beta / d phi)' (inverse of a partitioned matrix). */
#include <math.h>
#include <string.h>

#include "forecast/arima.h"

enum {
  HESSIAN_MOST = 16
}; /* coefficients; with more, the outer product of the errors' slopes is taken for the Hessian */

static const double nudge = 1e-6, stride = 1e-3; /* of first and of second differences */

bool arima_settle(arima_work *k, const arima_result *r)
{
  k->o    = r->o;
  k->cols = r->cols;
  arima_set(k, &r->c);
  if (!arima_pass(k)) return false;
  arima_regress(k);
  return true;
}

static double *coef(arima_coefs *c, const arima_order *o, size_t i)
{
  if (i < (size_t)o->p) return &c->ar[i];
  i -= (size_t)o->p;
  if (i < (size_t)o->q) return &c->ma[i];
  i -= (size_t)o->q;
  return i < (size_t)o->P ? &c->sar[i] : &c->sma[i - (size_t)o->P];
}

/* Half the loss with coefficient i moved by hi and j by hj; NaN outside the bounds. */
static double moved(arima_work *k, const arima_result *r, size_t i, double hi, size_t j, double hj)
{
  arima_result at = *r;
  *coef(&at.c, &r->o, i) += hi;
  *coef(&at.c, &r->o, j) += hj;
  return arima_settle(k, &at) ? arima_loss(k) / 2 : NAN;
}

/* Hessian of -log-likelihood by central differences, and the regression's slopes d beta / d phi_i in row i of k->jac. */
static bool hessian(arima_work *k, const arima_result *r, double *h)
{
  const size_t vars = arima_n_coefs(&r->o), n = k->data->n, c = r->cols;
  if (!arima_settle(k, r) || vars > HESSIAN_MOST || c > n) return false;
  const double f = arima_loss(k) / 2, s = stride;
  for (size_t i = 0; i < vars; i++) {
    double      *slope = k->jac + i * n;
    const double up    = moved(k, r, i, s, i, 0);
    if (c) memcpy(slope, k->beta, c * sizeof *slope);
    const double down = moved(k, r, i, -s, i, 0);
    for (size_t l = 0; l < c; l++) slope[l] = (slope[l] - k->beta[l]) / (2 * s);
    h[i * vars + i] = (up - 2 * f + down) / (s * s);
    for (size_t j = 0; j < i; j++) {
      const double same     = moved(k, r, i, s, j, s) + moved(k, r, i, -s, j, -s),
                   opposite = moved(k, r, i, s, j, -s) + moved(k, r, i, -s, j, s);
      h[i * vars + j] = h[j * vars + i] = (same - opposite) / (4 * s * s);
    }
  }
  for (size_t i = 0; i < vars * vars; i++)
    if (!isfinite(h[i])) return false;
  return true;
}

/* J'J / sigma2 of the scaled errors in its stead; the regression's slopes are then left out. */
static void outer_product(arima_work *k, const arima_result *r, double *h)
{
  const size_t vars = arima_n_coefs(&r->o), n = k->data->n;
  double      *u = k->jac + vars * n, sigma2 = 0;
  arima_settle(k, r);
  arima_scaled_errors(k, u);
  for (size_t t = 0; t < n; t++) sigma2 += u[t] * u[t] / r->n;
  for (size_t i = 0; i < vars; i++) {
    arima_result at = *r;
    double      *j = k->jac + i * n, *v = coef(&at.c, &r->o, i);
    const double step = *v > 0 ? -nudge : nudge;
    *v += step;
    arima_settle(k, &at);
    arima_scaled_errors(k, j);
    for (size_t t = 0; t < n; t++) j[t] = (j[t] - u[t]) / step;
  }
  for (size_t i = 0; i < vars; i++)
    for (size_t j = 0; j < vars; j++) {
      double s = 0;
      for (size_t t = 0; t < n; t++) s += k->jac[i * n + t] * k->jac[j * n + t];
      h[i * vars + j] = s / sigma2;
    }
  for (size_t i = 0; i < vars; i++) memset(k->jac + i * n, 0, n * sizeof *k->jac);
}

/* Inverse of h into v, column by column; false where h is not positive definite. */
static bool invert(const double *h, size_t vars, double *v)
{
  double unit[ARIMA_MOST_COEFS] = {0};
  for (size_t i = 0; i < vars; i++) {
    unit[i]       = 1;
    const bool ok = arima_solve(h, vars, 0, unit, v + i * vars);
    unit[i]       = 0;
    if (!ok || !(v[i * vars + i] > 0)) return false;
  }
  return true;
}

/* Variance of beta_j given the coefficients, over sigma2: row j of the inverse triangle, which is diag * unit upper. NaN for a
 * column that added nothing. */
static double given_coefs(const arima_work *k, size_t c, size_t j)
{
  double sum = 0, *z = k->gamma;
  if (c > 6 * k->r + 8 || !(k->tri[j * c + j] > 0)) return NAN;
  for (size_t l = j; l < c; l++) {
    z[l] = l == j ? 1 : 0;
    for (size_t m = j; m < l; m++) z[l] -= z[m] * k->tri[m * c + l];
    if (k->tri[l * c + l] > 0) sum += z[l] * z[l] / (k->tri[l * c + l] * k->tri[l * c + l]);
  }
  return sum;
}

void arima_std_errors(arima_work *k, const arima_result *r, double *se)
{
  const size_t vars = arima_n_coefs(&r->o), n = k->data->n, c = r->cols, skip = k->data->dummies;
  double       h[ARIMA_MOST_COEFS * ARIMA_MOST_COEFS], v[ARIMA_MOST_COEFS * ARIMA_MOST_COEFS];
  bool         known = hessian(k, r, h) && invert(h, vars, v);
  if (!known) {
    outer_product(k, r, h);
    known = invert(h, vars, v);
  }
  for (size_t i = 0; i < vars; i++) se[i] = known ? sqrt(v[i * vars + i]) : NAN;
  arima_settle(k, r);
  for (size_t j = skip; j < c; j++) {
    double var = r->sigma2 * given_coefs(k, c, j);
    for (size_t a = 0; a < vars && known; a++)
      for (size_t b = 0; b < vars; b++) var += k->jac[a * n + j] * v[a * vars + b] * k->jac[b * n + j];
    se[vars + j - skip] = sqrt(var);
  }
}
