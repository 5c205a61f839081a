/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A filter has to wait for its own last error; several side by side fill the time, and the processor's vectors. Each lane does the
 * operations of arima_filter.c in the same order. */
#include "forecast/arima.h"

enum { MOST = (ARIMA_MOST_LAGS + 1) * (ARIMA_MOST_SEASONAL + 1), LANES = ARIMA_LANES };

typedef struct {
  size_t n, lag[MOST]; /* ascending */
  double value[MOST][LANES];
} lanes;

/* Lags of a product of polynomials of p lags and of P seasons of m. */
static void lags_of(int p, int P, int m, lanes *l)
{
  l->n = 0;
  for (int i = 0; i <= P; i++)
    for (int j = 0; j <= p; j++) {
      const size_t lag = (size_t)(i * m + j);
      size_t       at  = l->n;
      while (at > 0 && l->lag[at - 1] > lag) at--;
      if (lag == 0 || (at > 0 && l->lag[at - 1] == lag)) continue;
      for (size_t a = l->n; a > at; a--) l->lag[a] = l->lag[a - 1];
      l->lag[at] = lag;
      l->n++;
    }
}

/* The first errors, before which not all of the moving average's are known. */
static void early_errors(const lanes *ar, const lanes *ma, const double *z, size_t t, double *v)
{
  double u[LANES];
  for (int l = 0; l < LANES; l++) u[l] = z[t];
  for (size_t i = 0; i < ar->n; i++)
    for (int l = 0; l < LANES; l++) u[l] -= ar->value[i][l] * z[t - ar->lag[i]];
  for (size_t i = 0; i < ma->n && ma->lag[i] <= t; i++)
    for (int l = 0; l < LANES; l++) u[l] -= ma->value[i][l] * v[(t - ma->lag[i]) * LANES + (size_t)l];
  for (int l = 0; l < LANES; l++) v[t * LANES + (size_t)l] = u[l];
}

static void errors(const lanes *ar, const lanes *ma, const double *z, size_t from, size_t n, double *v)
{
  for (size_t t = from; t < n; t++) {
    double s[LANES] = {0}, u[LANES];
    for (size_t i = 0; i < ar->n; i++)
      for (int l = 0; l < LANES; l++) s[l] += ar->value[i][l] * z[t - ar->lag[i]];
    for (int l = 0; l < LANES; l++) u[l] = z[t] - s[l];
    for (size_t i = ma->n; i-- > 0;) {
      const double *old = v + (t - ma->lag[i]) * LANES;
      for (int l = 0; l < LANES; l++) u[l] -= ma->value[i][l] * old[l];
    }
    for (int l = 0; l < LANES; l++) v[t * LANES + (size_t)l] = u[l];
  }
}

void arima_lanes_pass(arima_work *k, const arima_coefs c[ARIMA_LANES])
{
  const size_t n = k->data->n;
  lanes        ar, ma;
  lags_of(k->o.p, k->o.P, k->o.m, &ar);
  lags_of(k->o.q, k->o.Q, k->o.m, &ma);
  for (int l = 0; l < LANES; l++) {
    arima_set(k, &c[l]);
    for (size_t i = 0; i < ar.n; i++) ar.value[i][l] = k->ar.c[ar.lag[i] - 1];
    for (size_t i = 0; i < ma.n; i++) ma.value[i][l] = k->ma.c[ma.lag[i] - 1];
  }
  const size_t skip = k->ar.degree < n ? k->ar.degree : n, known = k->ma.degree > skip ? k->ma.degree : skip;
  for (size_t j = 0; j <= k->cols; j++) {
    const double *z = j ? k->data->x + (j - 1) * n : k->data->w;
    double       *v = k->side + j * n * LANES;
    for (size_t t = 0; t < skip * LANES; t++) v[t] = 0;
    for (size_t t = skip; t < known && t < n; t++) early_errors(&ar, &ma, z, t, v);
    errors(&ar, &ma, z, known, n, v);
  }
  k->log_f = 0;
  k->n_eff = (double)(n - skip) - (double)k->data->dummies;
}

void arima_lanes_take(arima_work *k, size_t lane)
{
  const size_t n = k->data->n, all = (k->cols + 1) * n;
  for (size_t t = 0; t < all; t++) k->v[t] = k->side[t * LANES + lane];
  arima_regress(k);
}
