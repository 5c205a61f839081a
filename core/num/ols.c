/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Least squares from [X y] = Q R: R's last column is Q'y, so the first j columns leave rss_j = sum of its squares from j on.
 * Golub & Van Loan (2013), Matrix Computations, 5.3.2; rows in blocks: 5.2.8 (updating). */
#include "num/dyo_ols.h"

#include <math.h>

static const double dependent = 1e-12; /* |R_jj| against the length of column j */
static const double log_2pi   = 1.83787706640934548356;

enum { MIN_BLOCK = 256 };

struct dyo_qr {
  size_t  k, w;     /* regressors; columns with the left side */
  size_t  ld, used; /* rows of the block, and those filled */
  size_t  n;        /* rows seen */
  double *a;        /* ld x w, by columns; after a fold the top w x w is R and the rest is free */
  double *length2;  /* sum of squares of each column */
};

dyo_qr *dyo_qr_new(dyo_ctx *ctx, size_t k)
{
  dyo_qr *q = DYO_NEW(ctx, 1, dyo_qr);
  if (!q) return NULL;
  q->k       = k;
  q->w       = k + 1;
  q->ld      = q->w + (4 * q->w > MIN_BLOCK ? 4 * q->w : MIN_BLOCK);
  q->a       = DYO_NEW(ctx, q->ld * q->w, double);
  q->length2 = DYO_NEW(ctx, q->w, double);
  return q->a && q->length2 ? q : NULL;
}

/* Four sums side by side: the compiler may not reorder one. */
static double dot(const double *x, const double *y, size_t n)
{
  double s[4] = {0, 0, 0, 0};
  size_t i    = 0;
  for (; i + 4 <= n; i += 4)
    for (size_t l = 0; l < 4; l++) s[l] += x[i + l] * y[i + l];
  for (; i < n; i++) s[0] += x[i] * y[i];
  return (s[0] + s[1]) + (s[2] + s[3]);
}

/* Make the filled rows upper triangular: H = I - 2 v v'/(v'v), one reflection a column. */
static void fold(dyo_qr *q)
{
  for (size_t j = 0; j < q->w && j < q->used; j++) {
    double      *v    = q->a + j * q->ld + j;
    const size_t m    = q->used - j;
    const double norm = sqrt(dot(v, v, m)), top = v[0];
    if (norm == 0) continue;
    const double alpha = top > 0 ? -norm : norm;
    v[0]               = top - alpha;
    const double beta  = 1 / (norm * (norm + fabs(top))); /* 2 / v'v */
    for (size_t c = j + 1; c < q->w; c++) {
      double      *a = q->a + c * q->ld + j;
      const double s = beta * dot(v, a, m);
      for (size_t i = 0; i < m; i++) a[i] -= s * v[i];
    }
    v[0] = alpha;
    for (size_t i = 1; i < m; i++) v[i] = 0;
  }
  if (q->used > q->w) q->used = q->w;
}

void dyo_qr_row(dyo_qr *q, const double *x, double y)
{
  if (q->used == q->ld) fold(q);
  for (size_t c = 0; c < q->w; c++) {
    const double value        = c < q->k ? x[c] : y;
    q->a[c * q->ld + q->used] = value;
    q->length2[c] += value * value;
  }
  q->used++;
  q->n++;
}

void dyo_qr_done(dyo_qr *q)
{
  fold(q);
}

size_t dyo_qr_rows(const dyo_qr *q)
{
  return q->n;
}

static double at(const dyo_qr *q, size_t i, size_t c)
{
  return q->a[c * q->ld + i];
}

size_t dyo_qr_rank(const dyo_qr *q)
{
  size_t j = 0;
  while (j < q->k && j < q->n && fabs(at(q, j, j)) > dependent * sqrt(q->length2[j])) j++;
  return j;
}

double dyo_qr_rss(const dyo_qr *q, size_t j)
{
  double s = 0;
  for (size_t i = q->w; i-- > j;) s += at(q, i, q->k) * at(q, i, q->k); /* small terms first */
  return s;
}

/* beta_j = z_j / R_jj and se = s / |R_jj| for the last column, so t = z_j / s with R_jj's sign. */
double dyo_qr_last_t(const dyo_qr *q, size_t j)
{
  const double s = sqrt(dyo_qr_rss(q, j) / ((double)q->n - (double)j));
  return copysign(1, at(q, j - 1, j - 1)) * at(q, j - 1, q->k) / s;
}

/* R x = b for the leading j columns, b overwritten. */
static void back_solve(const dyo_qr *q, size_t j, double *b)
{
  for (size_t i = j; i-- > 0;) {
    for (size_t c = i + 1; c < j; c++) b[i] -= at(q, i, c) * b[c];
    b[i] /= at(q, i, i);
  }
}

bool dyo_qr_solve(dyo_ctx *ctx, const dyo_qr *q, size_t j, double *beta, double *se)
{
  double *e = se ? DYO_NEW(ctx, j, double) : NULL;
  if (se && !e) return false;
  for (size_t i = 0; i < j; i++) beta[i] = at(q, i, q->k);
  back_solve(q, j, beta);
  if (!se) return true;
  /* Var(beta) = s^2 R^-1 R^-T: column c of R^-1 adds its squares to the variances. */
  const double s2 = dyo_qr_rss(q, j) / ((double)q->n - (double)j);
  for (size_t i = 0; i < j; i++) se[i] = 0;
  for (size_t c = 0; c < j; c++) {
    for (size_t i = 0; i <= c; i++) e[i] = i == c;
    back_solve(q, c + 1, e);
    for (size_t i = 0; i <= c; i++) se[i] += e[i] * e[i];
  }
  for (size_t i = 0; i < j; i++) se[i] = sqrt(s2 * se[i]);
  return true;
}

double dyo_gauss_loglik(size_t n, double rss)
{
  const double m = (double)n;
  return -0.5 * m * (log_2pi + log(rss / m) + 1);
}

double dyo_aic(double loglik, double parameters)
{
  return -2 * loglik + 2 * parameters;
}

double dyo_bic(double loglik, double parameters, size_t n)
{
  return -2 * loglik + log((double)n) * parameters;
}

static double spread(const double *y, size_t n)
{
  double mean = 0, ss = 0;
  for (size_t i = 0; i < n; i++) mean += (y[i] - mean) / ((double)i + 1);
  for (size_t i = 0; i < n; i++) ss += (y[i] - mean) * (y[i] - mean);
  return ss;
}

dyo_status dyo_ols(dyo_ctx *ctx, const double *const *x, size_t k, const double *y, size_t n, dyo_ols_fit *fit,
                   dyo_err *err)
{
  dyo_qr *q   = dyo_qr_new(ctx, k);
  double *row = DYO_NEW(ctx, k, double);
  fit->beta   = DYO_NEW(ctx, k, double);
  fit->se     = DYO_NEW(ctx, k, double);
  if (!q || !row || !fit->beta || !fit->se) return dyo_oom(err);
  if (n <= k)
    return dyo_fail(err, DYO_INSUFFICIENT_DATA, "",
                    "%zu rows for %zu coefficients; more rows than coefficients are needed", n, k);
  for (size_t i = 0; i < n; i++) {
    for (size_t c = 0; c < k; c++) row[c] = x[c][i];
    dyo_qr_row(q, row, y[i]);
  }
  dyo_qr_done(q);
  const size_t rank = dyo_qr_rank(q);
  if (rank < k)
    return dyo_fail(err, DYO_INVALID_INPUT, "", "regressor %zu is a combination of those before it", rank + 1);
  if (!dyo_qr_solve(ctx, q, k, fit->beta, fit->se)) return dyo_oom(err);
  const double tss = spread(y, n);
  fit->rss         = dyo_qr_rss(q, k);
  fit->sigma2      = fit->rss / (double)(n - k);
  fit->loglik      = dyo_gauss_loglik(n, fit->rss);
  fit->aic         = dyo_aic(fit->loglik, (double)k);
  fit->bic         = dyo_bic(fit->loglik, (double)k, n);
  fit->r2          = tss > 0 ? 1 - fit->rss / tss : NAN;
  return DYO_OK;
}
