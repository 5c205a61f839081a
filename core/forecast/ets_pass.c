/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "forecast/ets.h"

dyo_status ets_pass_new(dyo_ctx *ctx, const ets_form *form, const double *y, size_t n, ets_pass *p, dyo_err *err)
{
  double *room = DYO_NEW(ctx, 6 * n + (size_t)form->m, double);
  if (!room) return dyo_oom(err);
  *p   = (ets_pass){.form = *form, .y = y, .n = n};
  p->l = room, p->b = room + n, p->q = room + 2 * n, p->mu = room + 3 * n, p->e = room + 4 * n, p->s = room + 5 * n;
  return DYO_OK;
}

/* phi b, or b^phi where the trend multiplies. */
static inline double damp(const ets_form *f, double phi, double b)
{
  if (f->trend == ETS_NONE) return 0;
  if (f->trend == ETS_ADD) return f->damped ? phi * b : b;
  return f->damped ? pow(b, phi) : b;
}

static inline double mean_of(const ets_form *f, double phi, double l, double b, double s, double *q)
{
  const double d = damp(f, phi, b);
  *q             = f->trend == ETS_NONE ? l : f->trend == ETS_ADD ? l + d : l * d;
  return f->season == ETS_NONE ? *q : f->season == ETS_ADD ? *q + s : *q * s;
}

/* The states after y, given q = l + phi b (or l b^phi). */
static inline void step(const ets_form *f, const ets_weights *w, double y, double q, double *l, double *b, double *s)
{
  const double d    = damp(f, w->phi, *b);
  const bool   miss = isnan(y);
  const double p    = miss ? q : f->season == ETS_NONE ? y : f->season == ETS_ADD ? y - *s : y / *s;
  const double l1   = q + w->alpha * (p - q); /* l_t */
  if (f->trend != ETS_NONE) {
    const double r = f->trend == ETS_ADD ? l1 - *l : l1 / *l;
    *b             = miss ? d : d + w->beta * (r - d); /* b_t */
  }
  if (f->season != ETS_NONE && !miss) *s += w->gamma * ((f->season == ETS_ADD ? y - q : y / q) - *s); /* s_t */
  *l = l1;
}

double ets_mean(const ets_form *f, const ets_weights *w, double l, double b, double s, double *q)
{
  return mean_of(f, w->phi, l, b, s, q);
}

void ets_step(const ets_form *f, const ets_weights *w, double y, double *l, double *b, double *s)
{
  double q = 0;
  (void)mean_of(f, w->phi, *l, *b, *s, &q);
  step(f, w, y, q, l, b, s);
}

/* The recursions are written once, for any form, and compiled once for each: with the form's parts known the branches go. */
#define ETS_INLINE static inline __attribute__((always_inline))
#define ETS_DISPATCH(run, f, ...)                          \
  switch ((f)->error * 9 + (f)->trend * 3 + (f)->season) { \
    ETS_CASES(run, ETS_ADD, ETS_NONE, __VA_ARGS__)         \
    ETS_CASES(run, ETS_ADD, ETS_ADD, __VA_ARGS__)          \
    ETS_CASES(run, ETS_ADD, ETS_MUL, __VA_ARGS__)          \
    ETS_CASES(run, ETS_MUL, ETS_NONE, __VA_ARGS__)         \
    ETS_CASES(run, ETS_MUL, ETS_ADD, __VA_ARGS__)          \
    ETS_CASES(run, ETS_MUL, ETS_MUL, __VA_ARGS__)          \
  default: break;                                          \
  }
#define ETS_CASES(run, e, t, ...)                                             \
  case (e)*9 + (t)*3 + ETS_NONE: run((e), (t), ETS_NONE, __VA_ARGS__); break; \
  case (e)*9 + (t)*3 + ETS_ADD: run((e), (t), ETS_ADD, __VA_ARGS__); break;   \
  case (e)*9 + (t)*3 + ETS_MUL: run((e), (t), ETS_MUL, __VA_ARGS__); break;

/* A sum of logarithms with few calls of log: factors are multiplied up until the product nears the end of a double. */
typedef struct {
  double product, sum;
} log_sum;

static inline void log_add(log_sum *a, double x)
{
  a->product *= x;
  if (a->product > 1e-150 && a->product < 1e150) return;
  a->sum += log(a->product);
  a->product = 1;
}

ETS_INLINE void forward(int error, int trend, int season, ets_pass *p, const ets_weights *w, bool *fine)
{
  const ets_form f        = {error, trend, season, p->form.damped, p->form.m};
  const bool     positive = error == ETS_MUL || trend == ETS_MUL || season == ETS_MUL;
  const size_t   m        = (size_t)f.m;
  double         l = p->l[0], b = p->b[0], sse = 0;
  log_sum        log_mu = {1, 0};
  size_t         known  = 0;
  *fine                 = false;
  for (size_t t = 0; t < p->n; t++) {
    double       s = p->s[t], q = 0;
    const double y = p->y[t], mu = mean_of(&f, w->phi, l, b, s, &q);
    p->l[t] = l, p->b[t] = b, p->mu[t] = mu, p->q[t] = q;
    if (positive && !(mu > 0 && q > 0 && (trend != ETS_MUL || (b > 0 && l > 0)))) return;
    const double e = error == ETS_MUL ? (y - mu) / mu : y - mu;
    p->e[t]        = e;
    if (!isnan(e)) {
      sse += e * e;
      known++;
      if (error == ETS_MUL) log_add(&log_mu, mu);
    }
    step(&f, w, y, q, &l, &b, &s);
    p->s[t + m] = s;
  }
  p->sse = sse, p->known = known, p->log_mu = log_mu.sum + log(log_mu.product);
  *fine = isfinite(sse) && isfinite(l) && isfinite(b);
}

bool ets_forward(ets_pass *p, const ets_weights *w)
{
  bool fine = false;
  ETS_DISPATCH(forward, &p->form, p, w, &fine)
  return fine;
}

double ets_loss(const ets_pass *p)
{
  return (double)p->known * log(p->sse + 1e-300) + 2 * p->log_mu;
}

/* What one step of the recursion hands back. */
typedef struct {
  double l, b, q, s, d;
} adjoint;

/* d loss / d mu_t. */
ETS_INLINE double slope_mu(int error, const ets_pass *p, size_t t, double scale)
{
  if (error != ETS_MUL) return -2 * scale * p->e[t];
  return -2 * scale * p->e[t] * p->y[t] / (p->mu[t] * p->mu[t]) + 2 / p->mu[t];
}

/* Back through mu, q and the damped trend d = phi b or b^phi. */
ETS_INLINE void back_mean(const ets_form *f, const ets_pass *p, const ets_weights *w, size_t t, double gmu, adjoint *a,
                          double *dphi)
{
  const double b = p->b[t], d = damp(f, w->phi, b);
  if (f->season == ETS_MUL) {
    a->s += gmu * p->q[t];
    a->q += gmu * p->s[t];
  } else {
    a->s += f->season == ETS_ADD ? gmu : 0;
    a->q += gmu;
  }
  if (f->trend == ETS_NONE) {
    a->l += a->q;
    return;
  }
  a->l += f->trend == ETS_ADD ? a->q : a->q * d;
  a->d += f->trend == ETS_ADD ? a->q : a->q * p->l[t];
  if (!f->damped) {
    a->b += a->d;
  } else if (f->trend == ETS_ADD) {
    a->b += a->d * w->phi;
    *dphi += a->d * b;
  } else {
    a->b += a->d * w->phi * d / b;
    *dphi += a->d * d * log(b);
  }
}

/* Back through the three updates of step t; (l, b, s) are the derivatives by the states after it. Paper: reverse mode by hand. */
ETS_INLINE void back_step(const ets_form *f, const ets_pass *p, const ets_weights *w, size_t t, double l1,
                          const adjoint *after, adjoint *a, ets_weights *dw)
{
  const double y = p->y[t], q = p->q[t], s = p->s[t], l = p->l[t], d = damp(f, w->phi, p->b[t]);
  double       gl = after->l;
  *a              = (adjoint){0};
  if (isnan(y)) { /* l' = q, b' = d, s' = s */
    a->q = gl;
    a->d = after->b;
    a->s = after->s;
    return;
  }
  if (f->season != ETS_NONE) {
    const double place = f->season == ETS_ADD ? y - q : y / q, g = after->s * w->gamma;
    a->s = after->s * (1 - w->gamma);
    dw->gamma += after->s * (place - s);
    a->q -= f->season == ETS_ADD ? g : g * y / (q * q);
  }
  if (f->trend != ETS_NONE) {
    const double r = f->trend == ETS_ADD ? l1 - l : l1 / l, g = after->b * w->beta;
    a->d = after->b * (1 - w->beta);
    dw->beta += after->b * (r - d);
    gl += f->trend == ETS_ADD ? g : g / l;
    a->l -= f->trend == ETS_ADD ? g : g * l1 / (l * l);
  }
  const double v = f->season == ETS_NONE ? y : f->season == ETS_ADD ? y - s : y / s, gp = gl * w->alpha;
  a->q += gl * (1 - w->alpha);
  dw->alpha += gl * (v - q);
  if (f->season != ETS_NONE) a->s -= f->season == ETS_ADD ? gp : gp * y / (s * s);
}

ETS_INLINE void backward(int error, int trend, int season, const ets_pass *p, const ets_weights *w, ets_weights *dw,
                         adjoint *after, double *ds)
{
  const ets_form f     = {error, trend, season, p->form.damped, p->form.m};
  const size_t   m     = (size_t)f.m;
  const double   scale = (double)p->known / (p->sse + 1e-300);
  ets_weights    d     = {0};
  adjoint        a     = {0};
  double         l1 = p->l[p->n - 1], b1 = p->b[p->n - 1], s1 = p->s[p->n - 1];
  size_t         place = p->n % m; /* t % m, one step on */
  step(&f, w, p->y[p->n - 1], p->q[p->n - 1], &l1, &b1, &s1);
  for (size_t t = p->n; t-- > 0; l1 = p->l[t]) {
    place    = place ? place - 1 : m - 1;
    after->s = ds[place]; /* of the place's value after this step */
    back_step(&f, p, w, t, l1, after, &a, &d);
    back_mean(&f, p, w, t, isnan(p->y[t]) ? 0 : slope_mu(error, p, t, scale), &a, &d.phi);
    ds[place] = a.s;
    after->l  = a.l;
    after->b  = a.b;
  }
  *dw = d;
}

void ets_backward(ets_pass *p, const ets_weights *w, ets_weights *dw, double *dl, double *db, double *ds)
{
  adjoint after = {0};
  for (int i = 0; i < p->form.m; i++) ds[i] = 0;
  ETS_DISPATCH(backward, &p->form, p, w, dw, &after, ds)
  *dl = after.l;
  *db = after.b;
}
