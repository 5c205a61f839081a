/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Maximum likelihood of one ETS form by BFGS with the exact gradient. The weights move in the usual region
 * 0 < beta < alpha < 1, 0 < gamma < 1 - alpha, 0.8 < phi < 0.98, mapped from the real line by a logistic curve. */
#include <math.h>
#include <string.h>

#include "forecast/ets.h"
#include "num/dyo_min.h"

enum { MAX_VARS = 6 + ETS_LONGEST_SEASON, MAX_ITER = 200, SEASONS_FOR_START = 3, POINTS_FOR_LINE = 10 };

static const double edge = 1e-4, phi_lo = 0.8, phi_hi = 0.98;

typedef struct {
  ets_pass    p;
  double      centre;         /* the level's first guess: initial states are searched around it */
  double      scale, share;   /* in units of the data's steps, factors in those of the steps' share of a value */
  double      last[MAX_VARS]; /* where the pass stands */
  ets_weights w;
  double      guess, trust; /* the trend's first guess, and by how many observations' weight the start is held to it */
  double      pure;         /* loss without that */
  bool        there, ok;
  size_t      vars;
} search;

static double squash(double x, double lo, double hi)
{
  return lo + (hi - lo) / (1 + exp(-x));
}

static double unsquash(double v, double lo, double hi)
{
  const double u = (v - lo) / (hi - lo);
  return log(u / (1 - u));
}

static double squash_slope(double v, double lo, double hi) /* dv/dx at v */
{
  return (v - lo) * (hi - v) / (hi - lo);
}

/* Of the free values: alpha, beta*, gamma / (1 - alpha), phi, l / scale, b, then all places of the season but the last. */
static void unpack(search *k, const double *x)
{
  const ets_form *f   = &k->p.form;
  const size_t    m   = (size_t)f->m;
  size_t          i   = 0;
  double          sum = 0;
  k->w.alpha          = squash(x[i++], edge, 1 - edge);
  k->w.beta           = f->trend ? squash(x[i++], edge, 1 - edge) : 0;
  k->w.gamma          = f->season ? (1 - k->w.alpha) * squash(x[i++], edge, 1 - edge) : 0;
  k->w.phi            = f->damped ? squash(x[i++], phi_lo, phi_hi) : 1;
  k->p.l[0]           = k->centre + x[i++] * k->scale;
  k->p.b[0]           = f->trend ? x[i++] * (f->trend == ETS_ADD ? k->scale : k->share) : 0;
  if (!f->season) {
    memset(k->p.s, 0, m * sizeof *k->p.s);
    return;
  }
  const double unit = f->season == ETS_ADD ? k->scale : k->share;
  for (size_t j = 0; j + 1 < m; j++) sum += k->p.s[j] = x[i++] * unit;
  k->p.s[m - 1] = (f->season == ETS_ADD ? 0 : (double)m) - sum;
}

static size_t pack(const search *k, const ets_weights *w, double l, double b, const double *s, double *x)
{
  const ets_form *f = &k->p.form;
  size_t          i = 0;
  x[i++]            = unsquash(w->alpha, edge, 1 - edge);
  if (f->trend) x[i++] = unsquash(w->beta, edge, 1 - edge);
  if (f->season) x[i++] = unsquash(w->gamma / (1 - w->alpha), edge, 1 - edge);
  if (f->damped) x[i++] = unsquash(w->phi, phi_lo, phi_hi);
  x[i++] = (l - k->centre) / k->scale;
  if (f->trend) x[i++] = f->trend == ETS_ADD ? b / k->scale : b / k->share;
  if (f->season)
    for (int j = 0; j + 1 < f->m; j++) x[i++] = f->season == ETS_ADD ? s[j] / k->scale : s[j] / k->share;
  return i;
}

/* As if `trust` more observations had come whose errors are those of the first trend, in the scale of the errors. */
static double hold(const search *k)
{
  const double size = k->scale / k->share, to_errors = k->p.form.error == ETS_MUL ? 1 / size : 1;
  const double unit = k->p.form.trend == ETS_MUL ? size * to_errors : to_errors;
  return k->trust * unit * unit;
}

static void stand_at(search *k, const double *x)
{
  if (k->there && memcmp(k->last, x, k->vars * sizeof *x) == 0) return;
  memcpy(k->last, x, k->vars * sizeof *x);
  unpack(k, x);
  k->there = true;
  k->ok    = ets_forward(&k->p, &k->w);
  k->pure  = ets_loss(&k->p);
  k->p.sse += hold(k) * (k->p.b[0] - k->guess) * (k->p.b[0] - k->guess);
}

static double loss(const double *x, void *job)
{
  search *k = job;
  stand_at(k, x);
  return k->ok ? ets_loss(&k->p) : INFINITY;
}

static void slope(const double *x, double *g, void *job)
{
  search         *k = job;
  const ets_form *f = &k->p.form;
  ets_weights     dw;
  double          dl = 0, db = 0, ds[ETS_LONGEST_SEASON + 1];
  size_t          i = 0;
  stand_at(k, x);
  if (!k->ok) {
    memset(g, 0, k->vars * sizeof *g);
    return;
  }
  ets_backward(&k->p, &k->w, &dw, &dl, &db, ds);
  db += 2 * (double)k->p.known / (k->p.sse + 1e-300) * hold(k) * (k->p.b[0] - k->guess);
  const double share = f->season ? k->w.gamma / (1 - k->w.alpha) : 0;
  g[i++]             = (dw.alpha - dw.gamma * share) * squash_slope(k->w.alpha, edge, 1 - edge);
  if (f->trend) g[i++] = dw.beta * squash_slope(k->w.beta, edge, 1 - edge);
  if (f->season) g[i++] = dw.gamma * (1 - k->w.alpha) * squash_slope(share, edge, 1 - edge);
  if (f->damped) g[i++] = dw.phi * squash_slope(k->w.phi, phi_lo, phi_hi);
  g[i++] = dl * k->scale;
  if (f->trend) g[i++] = db * (f->trend == ETS_ADD ? k->scale : k->share);
  if (!f->season) return;
  for (int j = 0; j + 1 < f->m; j++) g[i++] = (ds[j] - ds[f->m - 1]) * (f->season == ETS_ADD ? k->scale : k->share);
}

/* Means of the season's places against a centred moving average over the first seasons. */
static void initial_season(const ets_form *f, const double *y, size_t n, double *s)
{
  const size_t m                   = (size_t)f->m,
               last                = n < (size_t)(SEASONS_FOR_START + 1) * m ? n : (size_t)(SEASONS_FOR_START + 1) * m;
  double count[ETS_LONGEST_SEASON] = {0}, mean = 0;
  memset(s, 0, m * sizeof *s);
  for (size_t t = m / 2; t + m / 2 < last && t + m / 2 < n; t++) {
    double       sum = 0, w = 0;
    const size_t half = m / 2;
    for (size_t j = t - half; j <= t + half && j < n; j++) {
      const double wj = m % 2 == 0 && (j == t - half || j == t + half) ? 0.5 : 1;
      if (isnan(y[j])) continue;
      sum += wj * y[j];
      w += wj;
    }
    if (w < (double)m / 2 || isnan(y[t])) continue;
    s[t % m] += f->season == ETS_ADD ? y[t] - sum / w : y[t] / (sum / w);
    count[t % m]++;
  }
  for (size_t j = 0; j < m; j++) {
    s[j] = count[j] > 0 ? s[j] / count[j] : f->season == ETS_ADD ? 0 : 1;
    if (f->season == ETS_MUL) s[j] = fmax(s[j], 0.01);
    mean += s[j] / (double)m;
  }
  for (size_t j = 0; j < m; j++) s[j] = f->season == ETS_ADD ? s[j] - mean : s[j] / mean;
}

dyo_status ets_initial(dyo_ctx *ctx, const ets_form *f, const double *y, size_t n, double *l, double *b, double *s,
                       dyo_err *err)
{
  const size_t m = (size_t)f->m, want = f->season ? 2 * m : POINTS_FOR_LINE;
  const size_t k  = want < n ? (want < POINTS_FOR_LINE ? (POINTS_FOR_LINE < n ? POINTS_FOR_LINE : n) : want) : n;
  double       sw = 0, st = 0, sy = 0, stt = 0, sty = 0;
  (void)ctx;
  (void)err;
  if (f->season) initial_season(f, y, n, s);
  for (size_t t = 0; t < k; t++) { /* a line through the first values, season taken out */
    const double v = f->season == ETS_ADD ? y[t] - s[t % m] : f->season == ETS_MUL ? y[t] / s[t % m] : y[t];
    const double x = (double)(t + 1);
    if (isnan(v)) continue;
    sw++, st += x, sy += v, stt += x * x, sty += x * v;
  }
  const double det = sw * stt - st * st, slope_ = det > 0 ? (sw * sty - st * sy) / det : 0, mean = sw > 0 ? sy / sw : 0;
  *l = f->trend ? mean - slope_ * (sw > 0 ? st / sw : 0) : mean;
  *b = slope_;
  if (f->trend == ETS_MUL) {
    *b = fmin(fmax(*l > 0 ? 1 + slope_ / *l : 1, 0.8), 1.25);
    if (!(*l > 0)) *l = fmax(mean, 1e-8);
  }
  if ((f->error == ETS_MUL || f->season == ETS_MUL) && !(*l > 0)) {
    *l = mean;
    if (f->trend == ETS_ADD) *b = 0;
  }
  return DYO_OK;
}

static double mean_size(const double *y, size_t n)
{
  double sum = 0, known = 0;
  for (size_t t = 0; t < n; t++) {
    if (isnan(y[t])) continue;
    sum += fabs(y[t]);
    known++;
  }
  return sum > 0 ? sum / known : 1;
}

/* Mean size of a step between neighbours; of a value where nothing moves. */
static double mean_step(const double *y, size_t n)
{
  double sum = 0, count = 0;
  for (size_t t = 1; t < n; t++) {
    if (isnan(y[t]) || isnan(y[t - 1])) continue;
    sum += fabs(y[t] - y[t - 1]);
    count++;
  }
  return sum > 0 ? sum / count : mean_size(y, n);
}

/* Trends, seasons and steep first guesses can make the start infeasible: flatten until the pass works. */
static bool feasible_start(search *k, ets_weights *w, double *l, double *b, const double *s, double *x)
{
  for (int tries = 0; tries < 4; tries++) {
    k->vars  = pack(k, w, *l, *b, s, x);
    k->there = false;
    if (isfinite(loss(x, k))) return true;
    if (k->p.form.trend) *b = k->p.form.trend == ETS_ADD ? *b / 4 : 1 + (*b - 1) / 4;
    w->beta /= 4;
    w->alpha = tries == 1 ? 0.1 : w->alpha;
    if (tries == 2) *l = mean_size(k->p.y, k->p.n), *b = k->p.form.trend == ETS_MUL ? 1 : 0;
  }
  return false;
}

dyo_status ets_fit_form(dyo_ctx *ctx, const ets_form *f, const ets_data *d, ets_fit_result *out, bool *ok, dyo_err *err)
{
  const double *y = d->y;
  const size_t  n = d->n;

  search      k = {.scale = mean_step(y, n), .share = mean_step(y, n) / mean_size(y, n), .trust = d->trust};
  ets_weights w = {.alpha = f->m > 1 ? 0.2 : 0.5, .beta = 0.1, .gamma = 0.05, .phi = 0.97};
  double      x[MAX_VARS], l = 0, b = 0, s[ETS_LONGEST_SEASON + 1] = {0};
  dyo_min    *min = NULL;
  dyo_status  st  = ets_pass_new(ctx, f, y, n, &k.p, err);
  *ok             = false;
  if (st == DYO_OK) st = ets_initial(ctx, f, y, n, &l, &b, s, err);
  k.centre = l, k.guess = b;
  if (st != DYO_OK || !feasible_start(&k, &w, &l, &b, s, x)) return st;
  st = dyo_min_new_kind(DYO_MIN_BFGS, k.vars, MAX_ITER, 1e-5, &min, err);
  if (st != DYO_OK) return st;
  dyo_min_slope(min, slope);
  dyo_min_step(min, 0.1);
  st = dyo_min_run(min, loss, &k, x, err);
  dyo_min_free(min);
  if (st != DYO_OK) return st;
  k.there           = false;
  const double held = loss(x, &k);
  out->loss         = k.pure;
  out->form         = *f;
  out->w            = k.w;
  out->l0           = k.p.l[0];
  out->b0           = k.p.b[0];
  out->s0           = DYO_NEW(ctx, (size_t)f->m, double);
  if (!out->s0) return dyo_oom(err);
  memcpy(out->s0, k.p.s, (size_t)f->m * sizeof *out->s0);
  out->n_params   = k.vars;
  const double kk = (double)k.vars + 1, nn = (double)k.p.known; /* sigma2 counts */
  out->aicc = nn > kk + 1 ? held + 2 * kk + 2 * kk * (kk + 1) / (nn - kk - 1) : INFINITY;
  *ok       = isfinite(out->loss);
  return DYO_OK;
}
