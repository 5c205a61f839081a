/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Exact likelihood of an ARMA process by Chandrasekhar recursions: the change of the state covariance from step to step has rank
 * one, P_{t+1} - P_t = M W W', so that vectors do the work of matrices. Morf, Sidhu & Kailath (1974), IEEE Trans. Automatic
 * Control 19. State in Harvey's form: T has phi in its first column and ones above the diagonal, P_1 is the stationary one. */
#include <math.h>
#include <string.h>

#include "forecast/arima.h"

static const double steady = 1e-11; /* change of F below which gains are kept */

dyo_status arima_work_new(dyo_ctx *ctx, const arima_data *d, size_t most_state, size_t most_coefs, arima_work *k,
                          dyo_err *err)
{
  const size_t r = most_state + 1, c = d->cols + 1, n = d->n + 1;
  double       scale = 0;
  *k                 = (arima_work){.ctx = ctx, .data = d, .cols = d->cols};
  k->first           = DYO_NEW(ctx, r, double);
  k->levinson        = DYO_NEW(ctx, r * r, double);
  k->gamma           = DYO_NEW(ctx, 6 * r + 8, double);
  k->a               = DYO_NEW(ctx, c * (r + 1), double);
  k->k               = DYO_NEW(ctx, r + 1, double);
  k->dp              = DYO_NEW(ctx, r + 1, double);
  k->v               = DYO_NEW(ctx, c * n, double);
  k->root_f          = DYO_NEW(ctx, n, double);
  k->e               = DYO_NEW(ctx, n, double);
  k->tri             = DYO_NEW(ctx, c * c, double);
  k->beta            = DYO_NEW(ctx, c, double);
  k->jac             = DYO_NEW(ctx, (most_coefs + 1) * n, double);
  if (d->cols <= ARIMA_LANE_COLUMNS) k->side = DYO_NEW(ctx, c * n * ARIMA_LANES, double);
  if (!arima_lags_new(ctx, r, &k->ar) || !arima_lags_new(ctx, r, &k->ma) || !k->first || !k->levinson || !k->gamma ||
      !k->a || !k->k || !k->dp || !k->v || !k->root_f || !k->e || !k->tri || !k->beta || !k->jac ||
      (d->cols <= ARIMA_LANE_COLUMNS && !k->side))
    return dyo_oom(err);
  for (size_t t = 0; t < d->n; t++) scale += d->w[t] * d->w[t];
  k->floor = scale * 1e-22 + 1e-200;
  return DYO_OK;
}

void arima_set(arima_work *k, const arima_coefs *c)
{
  k->r = arima_state_size(&k->o);
  memset(k->ar.c, 0, k->r * sizeof *k->ar.c);
  memset(k->ma.c, 0, k->r * sizeof *k->ma.c);
  arima_lags_set(&k->ar, c->ar, k->o.p, c->sar, k->o.P, k->o.m, -1);
  arima_lags_set(&k->ma, c->ma, k->o.q, c->sma, k->o.Q, k->o.m, 1);
}

static const double *series(const arima_work *k, size_t c)
{
  return c ? k->data->x + (c - 1) * k->data->n : k->data->w;
}

/* a' = T a + K v / F: one place down, a'_i = a_{i+1} + phi_{i+1} a_0 + K_i s, s = v / F. a has room for one place more. */
static void move_state(size_t r, const double *restrict ph, const double *restrict g, double s, double *restrict a)
{
  const double a0 = a[0];
  a[r]            = 0;
  for (size_t i = 0; i < r; i++) a[i] = a[i + 1] + ph[i] * a0 + g[i] * s;
}

/* K' = K + M W_0 T W, W' = T W - K W_0 / F with mw = M W_0, back = W_0 / F. */
static void move_gain(size_t r, const double *restrict ph, double mw, double back, double *restrict g,
                      double *restrict w)
{
  const double w0 = w[0];
  w[r]            = 0;
  for (size_t i = 0; i < r; i++) {
    const double tw = w[i + 1] + ph[i] * w0, gi = g[i];
    w[i] = tw - gi * back;
    g[i] = gi + mw * tw;
  }
}

/* Both at once: most passes carry the series alone. */
static void move_both(size_t r, const double *restrict ph, const double by[3], double *restrict a, double *restrict g,
                      double *restrict w)
{
  const double a0 = a[0], w0 = w[0], s = by[0], mw = by[1], back = by[2];
  a[r] = w[r] = 0;
  for (size_t i = 0; i < r; i++) {
    const double tw = w[i + 1] + ph[i] * w0, gi = g[i];
    a[i] = a[i + 1] + ph[i] * a0 + gi * s;
    w[i] = tw - gi * back;
    g[i] = gi + mw * tw;
  }
}

static void start_gain(arima_work *k)
{
  const size_t r = k->r;
  k->f           = k->first[0];
  k->m           = -1 / k->f;
  for (size_t i = 0; i < r; i++) k->k[i] = k->dp[i] = k->ar.c[i] * k->first[0] + (i + 1 < r ? k->first[i + 1] : 0);
}

/* F' = F + M W_0^2, M' = M F / F'. */
static void move_scalars(arima_work *k, double mw, double w0)
{
  const double f = k->f + mw * w0;
  k->m *= k->f / f;
  k->f = f;
}

void arima_start(arima_work *k)
{
  memset(k->a, 0, (k->r + 1) * sizeof *k->a);
  if (arima_first_column(k)) start_gain(k);
}

void arima_advance(arima_work *k, size_t count, const double *z, double *v)
{
  const double w0 = k->dp[0], mw = k->m * w0;
  for (size_t c = 0; c < count; c++) {
    double *a = k->a + c * (k->r + 1);
    v[c]      = z[c] - a[0];
    move_state(k->r, k->ar.c, k->k, v[c] / k->f, a);
  }
  move_gain(k->r, k->ar.c, mw, w0 / k->f, k->k, k->dp);
  move_scalars(k, mw, w0);
}

/* Gains at rest: e_t = w_t - sum phi w - sum theta e over the few lags that are there. */
static void sparse_errors(const arima_work *k, const double *z, size_t from, double *v)
{
  const size_t n = k->data->n, p = k->ar.n, q = k->ma.n, *restrict back = k->ar.lag, *restrict old = k->ma.lag;
  const double *restrict phi = k->ar.value, *restrict theta = k->ma.value;
  size_t t = from;
  for (; t < n && t < k->ma.degree; t++) {
    double s = z[t];
    for (size_t i = 0; i < p; i++) s -= phi[i] * z[t - back[i]];
    for (size_t i = 0; i < q && old[i] <= t; i++) s -= theta[i] * v[t - old[i]];
    v[t] = s;
  }
  for (; t < n; t++) {
    double s = 0; /* apart from the moving average, whose sum has to wait for the last error */
    for (size_t i = 0; i < p; i++) s += phi[i] * z[t - back[i]];
    double u = z[t] - s;
    for (size_t i = q; i-- > 0;) u -= theta[i] * v[t - old[i]];
    v[t] = u;
  }
}

/* Given the first degree(phi) values, errors before them zero. */
static bool conditional_pass(arima_work *k)
{
  const size_t n = k->data->n, skip = k->ar.degree;
  if (skip >= n) return false;
  for (size_t c = 0; c <= k->cols; c++) {
    double *v = k->v + c * n;
    memset(v, 0, skip * sizeof *v);
    sparse_errors(k, series(k, c), skip, v);
  }
  k->log_f = 0;
  k->n_eff = (double)(n - skip) - (double)k->data->dummies;
  return true;
}

/* The columns' states take their step. */
static void move_columns(arima_work *k, size_t t, double inv_f)
{
  const size_t n = k->data->n, r = k->r;
  for (size_t c = 1; c <= k->cols; c++) {
    double *a = k->a + c * (r + 1), *v = k->v + c * n + t;
    *v = 0;
    if (t < k->data->first[c - 1]) continue;
    *v = series(k, c)[t] - a[0];
    move_state(r, k->ar.c, k->k, *v * inv_f, a);
  }
}

static bool at_rest(const arima_work *k, double change)
{
  double rest = 0;
  if (fabs(change) > steady || fabs(k->f - 1) > 1e-8) return false;
  for (size_t i = 0; i < k->r; i++) rest += fabs(k->m) * k->dp[i] * k->dp[i];
  return rest < steady;
}

/* Steps with moving gains until they come to rest, and r more, after which the errors alone carry the past; returns how many. */
static size_t moving_part(arima_work *k)
{
  const size_t  n = k->data->n, r = k->r;
  const double *z = k->data->w, *ph = k->ar.c;
  double       *a = k->a, *g = k->k, *w = k->dp, log_f = 0, prod = 1;
  size_t        t = 0, idle = 0;
  for (; t < n && idle <= r + 1; t++) {
    const double inv_f = 1 / k->f, v = z[t] - a[0], w0 = w[0], mw = k->m * w0;
    k->v[t]      = v;
    k->root_f[t] = sqrt(inv_f);
    prod *= k->f;
    if (prod > 1e60) log_f += log(prod), prod = 1;
    if (k->cols) move_columns(k, t, inv_f);
    if (idle) {
      move_state(r, ph, g, v * inv_f, a);
      idle++;
      continue;
    }
    move_both(r, ph, (const double[3]){v * inv_f, mw, w0 * inv_f}, a, g, w);
    move_scalars(k, mw, w0);
    if (!(k->f > 0.5)) return SIZE_MAX;
    if (at_rest(k, mw * w0)) idle = 1;
  }
  k->log_f = log_f + log(prod);
  return t;
}

bool arima_pass(arima_work *k)
{
  const size_t n = k->data->n, r = k->r;
  if (dyo_look(k->ctx, k->done, "fitting") == DYO_STOP_CANCELLED) return false;
  if (k->css) return conditional_pass(k);
  if (!arima_first_column(k)) return false;
  memset(k->a, 0, (k->cols + 1) * (r + 1) * sizeof *k->a);
  start_gain(k);
  const size_t moved = moving_part(k);
  if (moved == SIZE_MAX) return false;
  for (size_t c = 0; c <= k->cols && moved < n; c++) sparse_errors(k, series(k, c), moved, k->v + c * n);
  for (size_t c = 0; c <= k->cols; c++)
    for (size_t t = 0; t < moved; t++) k->v[c * n + t] *= k->root_f[t];
  for (size_t t = moved; t < n; t++) k->root_f[t] = 1;
  k->n_eff = (double)n - (double)k->data->dummies;
  return true;
}

static double dot(const double *a, const double *b, size_t n)
{
  double s0 = 0, s1 = 0, s2 = 0, s3 = 0;
  size_t i = 0;
  for (; i + 4 <= n; i += 4)
    s0 += a[i] * b[i], s1 += a[i + 1] * b[i + 1], s2 += a[i + 2] * b[i + 2], s3 += a[i + 3] * b[i + 3];
  for (; i < n; i++) s0 += a[i] * b[i];
  return (s0 + s1) + (s2 + s3);
}

/* Generalised least squares: modified Gram-Schmidt on the whitened columns. A column that adds nothing gets coefficient 0.
 * Indicators of missing values make the likelihood that of the known values once |D'D| is allowed for: Gomez, Maravall & Pena
 * (1999), J. Econometrics 88. */
void arima_regress(arima_work *k)
{
  const size_t n = k->data->n, c = k->cols;
  memcpy(k->e, k->v, n * sizeof *k->e);
  k->log_d = 0;
  for (size_t j = 0; j < c; j++) {
    double      *q    = k->v + (j + 1) * n;
    const double full = dot(series(k, j + 1), series(k, j + 1), n);
    double       norm = dot(q, q, n);
    if (!(norm > 1e-18 * full) || norm <= 0) norm = 0;
    k->tri[j * c + j] = sqrt(norm);
    if (j < k->data->dummies && norm > 0) k->log_d += log(norm);
    const double part = norm > 0 ? 1 / norm : 0;
    for (size_t l = j + 1; l < c; l++) {
      double      *z    = k->v + (l + 1) * n;
      const double b    = dot(q, z, n) * part;
      k->tri[j * c + l] = b;
      for (size_t t = 0; t < n; t++) z[t] -= b * q[t];
    }
    const double b = dot(q, k->e, n) * part;
    k->beta[j]     = b;
    for (size_t t = 0; t < n; t++) k->e[t] -= b * q[t];
  }
  for (size_t j = c; j-- > 0;)
    for (size_t l = j + 1; l < c; l++) k->beta[j] -= k->tri[j * c + l] * k->beta[l];
  k->sse = fmax(dot(k->e, k->e, n), k->floor);
}

double arima_loss(const arima_work *k)
{
  return k->n_eff * log(k->sse) + k->log_f + k->log_d;
}
