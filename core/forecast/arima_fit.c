/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Maximum likelihood of one ARIMA order. The likelihood with sigma2 and the regression concentrated out is a sum of squares,
 *   min sum_t u_t^2,  u_t = e_t G^(1 / 2n),  G = prod F |D'D|   (Ansley 1979, Biometrika 66),
 * so Levenberg-Marquardt finds it (Nocedal & Wright 2006, 10.3), from the conditional least squares answer, over unbounded
 * transforms of the partial autocorrelations. */
#include <math.h>
#include <string.h>

#include "forecast/arima.h"

enum { MAX_ITER = 60, MAX_TRIES = 8, PACE = 8 };

static const double two_pi = 6.283185307179586476925, nudge = 1e-6, longest_step = 1.0;
static const double quick_tol = 0.01, clearly_above = 1,
                    same_end = 1e-4; /* of the log-likelihood; of the loss, which is twice that */

static double evaluate(arima_work *k, const double *x)
{
  arima_coefs c;
  arima_from_free(&k->o, x, &c);
  arima_set(k, &c);
  if (!arima_pass(k)) return INFINITY;
  arima_regress(k);
  const double f = arima_loss(k);
  return isfinite(f) ? f : INFINITY;
}

/* u_t into `to`. */
void arima_scaled_errors(const arima_work *k, double *to)
{
  const double s = exp((k->log_f + k->log_d) / (2 * k->n_eff));
  for (size_t t = 0; t < k->data->n; t++) to[t] = k->e[t] * s;
}

static double dot(const double *a, const double *b, size_t n)
{
  double s0 = 0, s1 = 0;
  size_t i = 0;
  for (; i + 2 <= n; i += 2) s0 += a[i] * b[i], s1 += a[i + 1] * b[i + 1];
  return s0 + (i < n ? a[i] * b[i] : 0) + s1;
}

/* Solve (A + diag) x = b by Cholesky; false where it is not positive definite. */
bool arima_solve(const double *a, size_t n, double lambda, const double *b, double *x)
{
  double l[ARIMA_MOST_COEFS * ARIMA_MOST_COEFS];
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j <= i; j++) {
      double s = a[i * n + j] + (i == j ? lambda * a[i * n + i] + 1e-12 * a[0] + 1e-300 : 0);
      for (size_t m = 0; m < j; m++) s -= l[i * n + m] * l[j * n + m];
      if (i == j && !(s > 0)) return false;
      l[i * n + j] = i == j ? sqrt(s) : s / l[j * n + j];
    }
  for (size_t i = 0; i < n; i++) {
    x[i] = b[i];
    for (size_t m = 0; m < i; m++) x[i] -= l[i * n + m] * x[m];
    x[i] /= l[i * n + i];
  }
  for (size_t i = n; i-- > 0;) {
    for (size_t m = i + 1; m < n; m++) x[i] -= l[m * n + i] * x[m];
    x[i] /= l[i * n + i];
  }
  return true;
}

typedef struct {
  double a[ARIMA_MOST_COEFS * ARIMA_MOST_COEFS], g[ARIMA_MOST_COEFS]; /* J'J, -J'u */
} normal;

/* The scaled errors less u over h: the slopes of one coefficient. f: the loss there. */
static void slope(const arima_work *k, double f, const double *u, double h, double *j)
{
  const size_t n = k->data->n;
  if (isfinite(f)) arima_scaled_errors(k, j);
  for (size_t t = 0; t < n; t++) j[t] = isfinite(f) ? (j[t] - u[t]) / h : 0;
}

static double nudge_of(double x)
{
  return x > 0 ? -nudge : nudge;
}

/* Conditional errors around x, coefficients side by side. */
static void slopes_together(arima_work *k, size_t vars, const double *x)
{
  const size_t n = k->data->n;
  arima_coefs  c[ARIMA_LANES];
  double       y[ARIMA_MOST_COEFS];
  memcpy(y, x, vars * sizeof *y);
  for (size_t from = 0; from < vars; from += ARIMA_LANES) {
    for (size_t l = 0; l < ARIMA_LANES; l++) {
      const size_t i = from + l < vars ? from + l : vars - 1;
      y[i]           = x[i] + nudge_of(x[i]);
      arima_from_free(&k->o, y, &c[l]);
      y[i] = x[i];
    }
    arima_lanes_pass(k, c);
    for (size_t l = 0; l < ARIMA_LANES && from + l < vars; l++) {
      arima_lanes_take(k, l);
      slope(k, arima_loss(k), k->jac + vars * n, nudge_of(x[from + l]), k->jac + (from + l) * n);
    }
  }
}

static void slopes(arima_work *k, size_t vars, const double *x)
{
  const size_t n = k->data->n;
  double       y[ARIMA_MOST_COEFS];
  memcpy(y, x, vars * sizeof *y);
  for (size_t i = 0; i < vars; i++) {
    y[i]           = x[i] + nudge_of(x[i]);
    const double f = evaluate(k, y);
    slope(k, f, k->jac + vars * n, nudge_of(x[i]), k->jac + i * n);
    y[i] = x[i];
  }
}

/* Differences of u around x; u of x itself is in the last row of jac. */
static void build(arima_work *k, size_t vars, const double *x, normal *q)
{
  const size_t  n = k->data->n;
  const double *u = k->jac + vars * n;
  if (k->css && k->side) slopes_together(k, vars, x);
  else slopes(k, vars, x);
  for (size_t i = 0; i < vars; i++) {
    q->g[i] = -dot(k->jac + i * n, u, n);
    for (size_t j = 0; j <= i; j++) q->a[i * vars + j] = q->a[j * vars + i] = dot(k->jac + i * n, k->jac + j * n, n);
  }
}

/* A search that comes nearly to rest clearly above the least loss known, or that would not get there in the steps left at the pace of its
 * last ones, is given up. trail: losses at the last PACE steps, in a ring. */
static bool hopeless(double f, double known, int iter, double gain, double trail[PACE])
{
  const double before = trail[iter % PACE];
  trail[iter % PACE]  = f;
  if (!(f - known > clearly_above)) return false;
  return gain <= 2 * quick_tol || (iter >= PACE && f - known > (before - f) / PACE * (MAX_ITER - iter));
}

/* From x to a minimum; returns the loss there. tol: of the log-likelihood. known: the least loss so far. */
static double descend(arima_work *k, double *x, double tol, double known)
{
  const size_t vars = arima_n_coefs(&k->o);
  double       f = evaluate(k, x), lambda = 1e-3, y[ARIMA_MOST_COEFS], step[ARIMA_MOST_COEFS], trail[PACE] = {0};
  normal       q;
  if (!isfinite(f) || vars == 0) return f;
  arima_scaled_errors(k, k->jac + vars * k->data->n);
  for (int iter = 0; iter < MAX_ITER; iter++) {
    double gain = -1;
    build(k, vars, x, &q);
    for (int tries = 0; tries < MAX_TRIES && gain < 0; tries++) {
      double most = 0, f1 = INFINITY;
      if (arima_solve(q.a, vars, lambda, q.g, step)) {
        for (size_t i = 0; i < vars; i++) most = fmax(most, fabs(step[i]));
        for (size_t i = 0; i < vars; i++)
          y[i] = fmin(fmax(x[i] + step[i] * fmin(1, longest_step / fmax(most, 1e-300)), -8), 8);
        f1 = evaluate(k, y);
      }
      gain = f - f1;
      if (gain >= 0) {
        lambda = fmax(lambda * 0.1, 1e-9);
        memcpy(x, y, vars * sizeof *x);
        f = f1;
        arima_scaled_errors(k, k->jac + vars * k->data->n);
      } else {
        lambda = fmax(lambda * 10, 1e-4);
      }
      if (most < 1e-9) break;
    }
    if (!(gain > 2 * tol) || hopeless(f, known, iter, gain, trail)) break;
  }
  return f;
}

static void conclude(arima_work *k, const double *x, double loss, size_t free, arima_result *out)
{
  const double n = k->n_eff;
  arima_from_free(&k->o, x, &out->c);
  out->n      = n;
  out->sigma2 = k->sse / n;
  out->loglik = -0.5 * (n * (log(two_pi) + 1 - log(n)) + loss);
  out->k      = (double)free + 1;
  out->aic    = -2 * out->loglik + 2 * out->k;
  out->aicc   = n > out->k + 1 ? out->aic + 2 * out->k * (out->k + 1) / (n - out->k - 1) : INFINITY;
  out->bic    = -2 * out->loglik + out->k * log(n);
}

/* Near a unit root the transform is flat and a search sticks there: bring x back. True where it had to be. */
static bool pull_back(double *x, size_t vars, double beyond, double to)
{
  bool moved = false;
  for (size_t i = 0; i < vars; i++) {
    if (fabs(x[i]) <= beyond) continue;
    x[i]  = copysign(to, x[i]);
    moved = true;
  }
  return moved;
}

/* Another start, kept where it is better; true where it ended as the best before did. */
static bool try_from(arima_work *k, double *x, double *loss, double *y, double tol)
{
  const double f = descend(k, y, tol, *loss), before = *loss;
  if (f < before) {
    *loss = f;
    memcpy(x, y, arima_n_coefs(&k->o) * sizeof *x);
  }
  return fabs(f - before) < same_end;
}

/* From the conditional answer and from phi up, theta down; a thorough search also from zero, where these two do
 * not meet, and back from any unit root. */
static void best_of_starts(arima_work *k, const double *css, bool quick, double tol, double *x)
{
  const size_t vars = arima_n_coefs(&k->o);
  double       y[ARIMA_MOST_COEFS], loss = INFINITY;
  memcpy(y, css, vars * sizeof *y);
  pull_back(y, vars, 1.5, 1.5);
  try_from(k, x, &loss, y, tol);
  if (vars == 0) return;
  for (size_t i = 0; i < vars; i++) y[i] = i < (size_t)(k->o.p + k->o.q) ? 0.6 : 0.2;
  const bool met = try_from(k, x, &loss, y, tol);
  if (quick) return;
  memset(y, 0, sizeof y);
  if (!met) try_from(k, x, &loss, y, tol);
  memcpy(y, x, vars * sizeof *y);
  if (pull_back(y, vars, 3, 1)) try_from(k, x, &loss, y, tol);
}

bool arima_fit_order(arima_work *k, const arima_order *o, size_t cols, bool quick, arima_result *out)
{
  const double tol                     = quick ? quick_tol : 1e-6;
  const bool   css                     = k->css;
  double       x[ARIMA_MOST_COEFS + 1] = {0}, start[ARIMA_MOST_COEFS + 1] = {0};
  k->o    = *o;
  k->cols = cols;
  *out    = (arima_result){.o = *o, .cols = cols};
  k->css  = true;
  descend(k, start, css ? tol : quick_tol, INFINITY);
  k->css = css;
  if (css) memcpy(x, start, sizeof x);
  else best_of_starts(k, start, quick, tol, x);
  const double loss = evaluate(k, x);
  if (!isfinite(loss) || !(k->n_eff >= 1)) return false;
  conclude(k, x, loss, arima_n_coefs(o) + cols - k->data->dummies, out);
  return true;
}
