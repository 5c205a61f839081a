/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Prophet's maximum a posteriori estimate. Sigma is taken out: for a sum of squares R the most probable one has a closed form, and what
 * is left, n log sigma + R / (2 sigma^2) + 2 sigma^2 and the priors, goes to L-BFGS, the changepoints' absolute values by orthants.
 * Where the model is linear in its parameters R is a quadratic form whose matrix is computed once, so that a step costs nothing of
 * the history's length. Bends lie so close to each other that L-BFGS takes long over its last digits; they come from Gauss and
 * Newton's method, whose least squares with absolute values an active set solves exactly. */
#include <math.h>
#include <string.h>

#include "forecast/prophet.h"
#include "num/dyo_lbfgs.h"

enum { ITERATIONS_FIRST = 100, ITERATIONS = 2000, ROUNDS = 50 };

static const double least_sigma  = 1e-5; /* of the largest value: a perfect fit has no likelihood */
static const double usual_sigma2 = 1e-3;
static const double tolerance    = 1e-10;
static const double rounding     = 1e-11; /* of the posterior */
static const double still        = 1e-11; /* change of sigma^2 */
static const double shown        = 0.9;   /* of the work, once the first search is over */

typedef struct {
  dyo_ctx            *ctx;
  const prophet_form *f;
  size_t              n; /* known values */
  double             *z; /* n rows of f->n; NULL where linear */
  double             *y; /* n, scaled */
  double             *gram, *right, yy;
  double             *theta, *size, *slope, *trend, sigma2;
} job;

/* A column may have hundreds of others beside it: a row of their products takes a tenth of a millisecond. */
static bool cancelled(dyo_ctx *ctx)
{
  return dyo_poll(ctx, shown, "fitting") == DYO_STOP_CANCELLED;
}

static double dot(const double *a, const double *b, size_t n)
{
  double s = 0;
  for (size_t i = 0; i < n; i++) s += a[i] * b[i];
  return s;
}

static double scaled(const prophet_form *f, double y)
{
  return (y - f->floor) / f->scale;
}

/* gram += row row' below the diagonal. */
static void add_row(size_t n, const double *row, double weight, double *gram)
{
  for (size_t i = 0; i < n; i++) {
    const double v = weight * row[i];
    double      *g = gram + i * n;
    if (v == 0) continue;
    for (size_t j = 0; j <= i; j++) g[j] += v * row[j];
  }
}

static void mirror(size_t n, double *gram)
{
  for (size_t c = 0; c < n; c++)
    for (size_t r = 0; r < c; r++) gram[r * n + c] = gram[c * n + r];
}

static dyo_status accumulate(job *j, dyo_err *err)
{
  const prophet_form *f   = j->f;
  double             *row = DYO_NEW(j->ctx, f->n, double);
  if (!row) return dyo_oom(err);
  for (size_t i = 0; i < f->h->n; i++) {
    if (isnan(f->h->y[i])) continue;
    if (j->z) row = j->z + j->n * f->n;
    const double y = scaled(f, f->h->y[i]);
    prophet_row(f, prophet_time(f->h, i), f->h->x, f->h->n, i, row);
    j->y[j->n++] = y;
    for (size_t c = 0; c < f->n; c++) j->size[c] += row[c] * row[c];
    if (j->z) continue;
    add_row(f->n, row, 1, j->gram);
    for (size_t c = 0; c < f->n; c++) j->right[c] += y * row[c];
    j->yy += y * y;
    if (dyo_poll(j->ctx, 0, "fitting") == DYO_STOP_CANCELLED) return dyo_cancelled(j->ctx, false, err);
  }
  for (size_t c = 0; c < f->n;
       c++) { /* a column that is all but zero, as the last sine of an even season, is held by its prior */
    const double size = j->size[c] + usual_sigma2 * f->precision[c];
    j->size[c]        = size > 0 ? sqrt(size) : 1;
  }
  mirror(f->n, j->gram);
  return DYO_OK;
}

static dyo_status job_new(dyo_ctx *ctx, const prophet_form *f, job *j, dyo_err *err)
{
  const size_t n = f->n;
  *j             = (job){.ctx = ctx, .f = f};
  j->y           = DYO_NEW(ctx, f->h->n, double);
  j->size        = DYO_NEW(ctx, 4 * n, double);
  if (!j->y || !j->size) return dyo_oom(err);
  j->theta = j->size + n, j->slope = j->size + 2 * n, j->right = j->size + 3 * n;
  j->gram = DYO_NEW(ctx, n * n, double);
  j->z    = f->linear ? NULL : DYO_NEW(ctx, f->h->n * n, double);
  if (!j->gram || !(j->z || f->linear)) return dyo_oom(err);
  return accumulate(j, err);
}

/* The sigma^2 that makes n log sigma + R / (2 sigma^2) + 2 sigma^2 least. */
static double best_sigma2(double n, double rss)
{
  return fmax(2 * rss / (n + sqrt(n * n + 16 * rss)), least_sigma * least_sigma);
}

/* R = y'y - 2 c'theta + theta'G theta and half its slope, G theta - c. */
static double rss_linear(const job *j, const double *theta, double *half)
{
  const size_t n   = j->f->n;
  double       rss = j->yy;
  for (size_t i = 0; i < n; i++) {
    const double *g = j->gram + i * n;
    double        s = -j->right[i];
    for (size_t c = 0; c < n; c++) s += g[c] * theta[c];
    half[i] = s;
    rss += theta[i] * (s - j->right[i]);
  }
  return fmax(rss, 0);
}

/* z of a row, and what the trend becomes of it. */
prophet_parts prophet_at(const prophet_form *f, const double *theta, const double *row)
{
  const size_t  first = 2 + f->n_cp;
  const bool    grows = f->p->growth == PROPHET_LOGISTIC;
  prophet_parts p     = {.z = theta[0] * row[0] + (grows ? -theta[0] * theta[1] : theta[1])};
  for (size_t i = 2; i < first; i++) p.z += theta[i] * row[i];
  p.trend = grows ? f->cap / (1 + exp(-p.z)) : p.z;
  for (size_t i = 0; i < f->n_beta; i++) {
    const double v = theta[first + i] * row[first + i];
    if (f->multiplicative[i]) p.multiplicative += v;
    else p.additive += v;
  }
  return p;
}

/* d y / d theta at a row, times w, is added to g. */
static void add_slope(const prophet_form *f, const double *theta, const double *row, const prophet_parts *p, double w,
                      double *g)
{
  const size_t first = 2 + f->n_cp;
  const bool   grows = f->p->growth == PROPHET_LOGISTIC;
  const double dz    = w * (1 + p->multiplicative) * (grows ? p->trend * (1 - p->trend / f->cap) : 1);
  g[0] += dz * (row[0] - (grows ? theta[1] : 0));
  g[1] += dz * (grows ? -theta[0] : 1);
  for (size_t i = 2; i < first; i++) g[i] += dz * row[i];
  for (size_t i = 0; i < f->n_beta; i++) g[first + i] += w * row[first + i] * (f->multiplicative[i] ? p->trend : 1);
}

static double rss_general(const job *j, const double *theta, double *half)
{
  const size_t n   = j->f->n;
  double       rss = 0;
  memset(half, 0, n * sizeof *half);
  for (size_t i = 0; i < j->n; i++) {
    const double       *row = j->z + i * n;
    const prophet_parts p   = prophet_at(j->f, theta, row);
    const double        e   = p.trend * (1 + p.multiplicative) + p.additive - j->y[i];
    rss += e * e;
    add_slope(j->f, theta, row, &p, e, half);
  }
  return rss;
}

/* Minus the log posterior without the changepoints' prior, in variables of like size. */
static double loss(const double *x, double *g, void *arg)
{
  job         *j = arg;
  const size_t n = j->f->n;
  double       f = 0;
  for (size_t i = 0; i < n; i++) j->theta[i] = x[i] / j->size[i];
  const double rss = j->z ? rss_general(j, j->theta, g) : rss_linear(j, j->theta, g);
  j->sigma2        = best_sigma2((double)j->n, rss);
  for (size_t i = 0; i < n; i++) {
    f += j->f->precision[i] * j->theta[i] * j->theta[i] / 2;
    g[i] = (g[i] / j->sigma2 + j->f->precision[i] * j->theta[i]) / j->size[i];
  }
  return f + (double)j->n * log(j->sigma2) / 2 + rss / (2 * j->sigma2) + 2 * j->sigma2;
}

/* Line through the means of the first and the last tenth. A logistic trend takes it through the logits, as far as they are. */
static void start(const job *j, double *theta)
{
  const prophet_form *f    = j->f;
  const size_t        part = j->n < 20 ? 1 : j->n / 10;
  double              a = 0, b = 0;
  for (size_t i = 0; i < part; i++) a += j->y[i] / (double)part, b += j->y[j->n - 1 - i] / (double)part;
  const double reach = 1 - (double)part / (double)j->n;
  memset(theta, 0, f->n * sizeof *theta);
  if (f->p->growth == PROPHET_LOGISTIC) {
    double la = log(f->cap / fmin(fmax(a, 0.01 * f->cap), 0.99 * f->cap) - 1);
    double lb = log(f->cap / fmin(fmax(b, 0.01 * f->cap), 0.99 * f->cap) - 1);
    if (fabs(la - lb) < 0.01) la = lb + copysign(0.05, la - lb);
    theta[0] = (la - lb) / reach;
    theta[1] = la / theta[0];
  } else if (f->p->growth == PROPHET_LINEAR && j->n > 1) {
    theta[0] = (b - a) / reach;
    theta[1] = a;
  } else {
    theta[1] = (a + b) / 2;
  }
}

static bool constant(const job *j)
{
  for (size_t i = 1; i < j->n; i++)
    if (j->y[i] != j->y[0]) return false;
  return true;
}

/* In place; false where the matrix is not positive definite, or the host asks to stop. Lower triangle, row after row. */
static bool cholesky(dyo_ctx *ctx, double *a, size_t n)
{
  for (size_t i = 0; i < n; i++) {
    for (size_t c = 0; c <= i; c++) {
      double s = a[i * n + c];
      for (size_t k = 0; k < c; k++) s -= a[i * n + k] * a[c * n + k];
      if (c < i) a[i * n + c] = s / a[c * n + c];
      else if (s > 0) a[i * n + i] = sqrt(s);
      else return false;
    }
    if (cancelled(ctx)) return false;
  }
  return true;
}

static bool bends(const prophet_form *f, size_t i)
{
  return i >= 2 && i < 2 + f->n_cp;
}

/* With sigma held, the linear model's bends d minimise d'S d / 2 - r'd + w |d|, once the other parameters, for which there is a closed
 * form, are taken out: S = G_dd - G_do (G_oo + priors)^-1 G_od and likewise r. All over sigma^2. */
typedef struct {
  dyo_ctx *ctx;
  size_t   n, n_o;    /* bends, others */
  double  *s, *r;     /* n x n, n */
  double  *l, *w, *c; /* Cholesky factor of G_oo + priors; w = l^-1 G_od, n columns; c = l^-1 c_o */
  double  *d, *g, *sign, *a, *b;
  size_t  *at;
} reduced;

static size_t other(const prophet_form *f, size_t i)
{
  return i < 2 ? i : i + f->n_cp;
}

static bool reduced_new(dyo_ctx *ctx, const prophet_form *f, reduced *k)
{
  const size_t n = f->n_cp, o = f->n - n;
  double      *v = DYO_NEW(ctx, 2 * n * n + 5 * n + o * o + n * o + o, double);
  *k             = (reduced){.ctx = ctx, .n = n, .n_o = o, .at = DYO_NEW(ctx, n, size_t)};
  if (!v || !k->at) return false;
  k->s = v, k->a = k->s + n * n, k->r = k->a + n * n, k->d = k->r + n, k->g = k->d + n, k->sign = k->g + n;
  k->b = k->sign + n, k->l = k->b + n, k->w = k->l + o * o, k->c = k->w + n * o;
  return true;
}

static void forward(const double *l, size_t n, double *b)
{
  for (size_t i = 0; i < n; i++) {
    for (size_t k = 0; k < i; k++) b[i] -= l[i * n + k] * b[k];
    b[i] /= l[i * n + i];
  }
}

static void backward(const double *l, size_t n, double *b)
{
  for (size_t i = n; i-- > 0;) {
    for (size_t k = i + 1; k < n; k++) b[i] -= l[k * n + i] * b[k];
    b[i] /= l[i * n + i];
  }
}

static bool reduce(const job *j, reduced *k)
{
  const prophet_form *f = j->f;
  const size_t        n = k->n, o = k->n_o;
  for (size_t i = 0; i < o; i++) {
    const size_t r = other(f, i);
    for (size_t c = 0; c <= i; c++) k->l[i * o + c] = j->gram[r * f->n + other(f, c)] / j->sigma2;
    k->l[i * o + i] += f->precision[r];
    k->c[i] = j->right[r] / j->sigma2;
    for (size_t c = 0; c < n; c++) k->w[c * o + i] = j->gram[r * f->n + 2 + c] / j->sigma2;
  }
  if (!cholesky(k->ctx, k->l, o)) return false;
  forward(k->l, o, k->c);
  for (size_t c = 0; c < n; c++) forward(k->l, o, k->w + c * o);
  for (size_t i = 0; i < n; i++) {
    k->r[i] = j->right[2 + i] / j->sigma2 - dot(k->w + i * o, k->c, o);
    for (size_t c = 0; c < n; c++)
      k->s[i * n + c] = j->gram[(2 + i) * f->n + 2 + c] / j->sigma2 - dot(k->w + i * o, k->w + c * o, o);
    k->s[i * n + i] *= 1 + 1e-12;
  }
  return !cancelled(k->ctx);
}

/* The least over the bends whose sign is set, or the way there up to where the first one becomes zero and is let go; false then, and
 * where there is no least. */
static bool move(reduced *k, double weight)
{
  size_t n = 0, stop = SIZE_MAX;
  double part = 1;
  for (size_t i = 0; i < k->n; i++)
    if (k->sign[i] != 0) k->at[n++] = i;
  for (size_t i = 0; i < n; i++) {
    for (size_t c = 0; c <= i; c++) k->a[i * n + c] = k->s[k->at[i] * k->n + k->at[c]];
    k->b[i] = k->r[k->at[i]] - weight * k->sign[k->at[i]];
  }
  if (!cholesky(k->ctx, k->a, n)) return false;
  forward(k->a, n, k->b);
  backward(k->a, n, k->b);
  for (size_t i = 0; i < n; i++) {
    const double from = k->d[k->at[i]];
    if (k->b[i] * k->sign[k->at[i]] > 0 || from / (from - k->b[i]) >= part) continue;
    part = from / (from - k->b[i]);
    stop = k->at[i];
  }
  for (size_t i = 0; i < n; i++) k->d[k->at[i]] += part * (k->b[i] - k->d[k->at[i]]);
  if (stop != SIZE_MAX) k->d[stop] = k->sign[stop] = 0;
  return stop == SIZE_MAX;
}

/* Sets the sign of the zero bend that most wants to leave zero; false where none does. */
static bool admit(reduced *k, double weight)
{
  size_t best = SIZE_MAX;
  double most = weight * (1 + 1e-9);
  for (size_t i = 0; i < k->n; i++) {
    const double g = dot(k->s + i * k->n, k->d, k->n) - k->r[i];
    if (k->sign[i] != 0 || !(fabs(g) > most)) continue;
    most = fabs(g), best = i;
    k->g[i] = g;
  }
  if (best == SIZE_MAX) return false;
  k->sign[best] = -copysign(1, k->g[best]);
  return true;
}

/* Active set, Osborne, Presnell & Turlach (2000), IMA J. Numerical Analysis 20. */
static void choose_bends(reduced *k, double weight)
{
  for (size_t i = 0; i < k->n; i++) k->sign[i] = (k->d[i] > 0) - (k->d[i] < 0);
  for (size_t step = 0; step < 10 * k->n + 10 && !cancelled(k->ctx); step++)
    if (move(k, weight) && !admit(k, weight)) return;
}

/* The bends, then all others for them, into theta. */
static bool best_given_sigma(const job *j, reduced *k, double *theta)
{
  const prophet_form *f = j->f;
  const size_t        o = k->n_o;
  if (!reduce(j, k)) return false;
  memcpy(k->d, theta + 2, k->n * sizeof *k->d);
  choose_bends(k, 1 / f->p->changepoint_prior_scale);
  for (size_t c = 0; c < k->n; c++)
    for (size_t i = 0; i < o; i++) k->c[i] -= k->d[c] * k->w[c * o + i];
  backward(k->l, o, k->c);
  for (size_t i = 0; i < o; i++) theta[other(f, i)] = k->c[i];
  memcpy(theta + 2, k->d, k->n * sizeof *k->d);
  return true;
}

/* The quadratic form of the model's tangent at j->theta; of part of the values where the host asks to stop. */
static void linearize(job *j)
{
  const prophet_form *f = j->f;
  memset(j->gram, 0, f->n * f->n * sizeof *j->gram);
  memset(j->right, 0, f->n * sizeof *j->right);
  for (size_t i = 0; i < j->n && !cancelled(j->ctx); i++) {
    const double       *row = j->z + i * f->n;
    const prophet_parts p   = prophet_at(f, j->theta, row);
    memset(j->slope, 0, f->n * sizeof *j->slope);
    add_slope(f, j->theta, row, &p, 1, j->slope);
    const double y = j->y[i] - p.trend * (1 + p.multiplicative) - p.additive + dot(j->slope, j->theta, f->n);
    add_row(f->n, j->slope, 1, j->gram);
    for (size_t c = 0; c < f->n; c++) j->right[c] += y * j->slope[c];
  }
  mirror(f->n, j->gram);
}

static double posterior(job *j, const double *x, const double *weight)
{
  double f = loss(x, j->slope, j);
  for (size_t i = 0; i < j->f->n; i++) f += weight[i] * fabs(x[i]);
  return f;
}

/* From x towards the least of the tangent's posterior, as far as the model's own goes down, or stays within rounding; x and *best
 * follow. */
static bool descend(job *j, const double *weight, const double *aim, double *x, double *next, double *best)
{
  const size_t n = j->f->n;
  for (double part = 1; part > 1e-3; part /= 2) {
    for (size_t i = 0; i < n; i++)
      next[i] = part < 1 ? x[i] + part * (aim[i] * j->size[i] - x[i]) : aim[i] * j->size[i];
    const double f = posterior(j, next, weight), slack = part < 1 ? 0 : rounding * (1 + fabs(f));
    if (!(f < *best + slack)) continue;
    memcpy(x, next, n * sizeof *x);
    *best = f;
    return true;
  }
  return false;
}

/* Gauss and Newton's method, each step solved exactly for the sigma before it: for the linear model that is the alternation between
 * sigma and all else. *done: no step leads further. */
static dyo_status polish(job *j, const double *weight, double *x, double *best, bool *done, dyo_err *err)
{
  const size_t n    = j->f->n;
  double      *room = DYO_NEW(j->ctx, 2 * n, double), before = 0;
  reduced      k;
  if (!room || !reduced_new(j->ctx, j->f, &k)) return dyo_oom(err);
  for (int round = 0; round < ROUNDS; round++) {
    if (dyo_look(j->ctx, shown, "fitting") == DYO_STOP_CANCELLED) return dyo_cancelled(j->ctx, false, err);
    loss(x, j->slope, j); /* theta and sigma at x */
    *done  = fabs(j->sigma2 - before) <= still * j->sigma2;
    before = j->sigma2;
    if (*done) return DYO_OK;
    if (j->z) linearize(j);
    memcpy(room, j->theta, n * sizeof *room);
    const bool better = best_given_sigma(j, &k, room) && descend(j, weight, room, x, room + n, best);
    if (cancelled(j->ctx)) return dyo_cancelled(j->ctx, false, err);
    if (!better) return DYO_OK;
  }
  return DYO_OK;
}

static dyo_status search(job *j, double *theta, double *sigma, dyo_err *err)
{
  const prophet_form *f = j->f;
  double             *x = DYO_NEW(j->ctx, 2 * f->n, double), *weight = x + f->n;
  dyo_lbfgs_info      info;
  bool                done = false;
  if (!x) return dyo_oom(err);
  for (size_t i = 0; i < f->n; i++) {
    x[i] = theta[i] * j->size[i];
    if (bends(f, i)) weight[i] = 1 / (f->p->changepoint_prior_scale * j->size[i]);
  }
  dyo_lbfgs_opts o  = {.n = f->n, .weight = weight, .max_iter = ITERATIONS_FIRST, .tol = tolerance};
  dyo_status     st = dyo_lbfgs(j->ctx, &o, loss, j, x, &info, err);
  if (st == DYO_OK) st = polish(j, weight, x, &info.value, &done, err);
  o.max_iter = ITERATIONS;
  if (st == DYO_OK && !done) st = dyo_lbfgs(j->ctx, &o, loss, j, x, &info, err);
  if (st != DYO_OK) return st;
  loss(x, j->slope, j);
  memcpy(theta, j->theta, f->n * sizeof *theta);
  *sigma = sqrt(j->sigma2);
  return DYO_OK;
}

dyo_status prophet_map(dyo_ctx *ctx, const prophet_form *f, bool warm, double *theta, double *sigma, dyo_err *err)
{
  job              j;
  const dyo_status st = job_new(ctx, f, &j, err);
  if (st != DYO_OK) return st;
  if (!warm) start(&j, theta);
  if (f->p->growth == PROPHET_LOGISTIC || !constant(&j)) return search(&j, theta, sigma, err);
  memset(theta, 0, f->n * sizeof *theta); /* one value: it is the trend */
  theta[1] = j.y[0];
  *sigma   = least_sigma;
  return DYO_OK;
}

dyo_status prophet_precision(dyo_ctx *ctx, const prophet_form *f, const double *theta, double sigma, double **chol,
                             dyo_err *err)
{
  const size_t n = f->n;
  double      *a = DYO_NEW(ctx, n * n + 2 * n, double), *row = a + n * n, *g = row + n;
  if (!a) return dyo_oom(err);
  for (size_t i = 0; i < f->h->n; i++) {
    if (isnan(f->h->y[i])) continue;
    prophet_row(f, prophet_time(f->h, i), f->h->x, f->h->n, i, row);
    const prophet_parts p = prophet_at(f, theta, row);
    memset(g, 0, n * sizeof *g);
    add_slope(f, theta, row, &p, 1, g);
    memset(g + 2, 0, f->n_cp * sizeof *g);
    add_row(n, g, 1 / (sigma * sigma), a);
    if (dyo_poll(ctx, 0, "measuring uncertainty") == DYO_STOP_CANCELLED) return dyo_cancelled(ctx, false, err);
  }
  for (size_t i = 0; i < n; i++) a[i * n + i] += bends(f, i) ? 1 : f->precision[i];
  const bool sound = cholesky(ctx, a, n);
  if (cancelled(ctx)) return dyo_cancelled(ctx, false, err);
  if (!sound) return dyo_fail(err, DYO_INVALID_INPUT, "/model", "the model's parameters are not those of a fit");
  *chol = a;
  return DYO_OK;
}

double prophet_variance(const prophet_form *f, const double *chol, const double *row, double trend, double *u)
{
  const size_t n = f->n, first = 2 + f->n_cp;
  double       v = 0;
  for (size_t i = first; i < n; i++) {
    double s = row[i] * (f->multiplicative[i - first] ? trend : 1);
    for (size_t k = first; k < i; k++) s -= chol[i * n + k] * u[k];
    u[i] = s / chol[i * n + i];
    v += u[i] * u[i];
  }
  return v;
}
