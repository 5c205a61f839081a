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

double ets_mean(const ets_form *f, const ets_weights *w, double l, double b, double s, double *q)
{
  const double d = damp(f, w->phi, b);
  *q             = f->trend == ETS_NONE ? l : f->trend == ETS_ADD ? l + d : l * d;
  return f->season == ETS_NONE ? *q : f->season == ETS_ADD ? *q + s : *q * s;
}

void ets_step(const ets_form *f, const ets_weights *w, double y, double *l, double *b, double *s)
{
  double       q  = 0;
  const double mu = ets_mean(f, w, *l, *b, *s, &q), d = damp(f, w->phi, *b);
  const bool   miss = isnan(y);
  const double p    = miss ? q : f->season == ETS_NONE ? y : f->season == ETS_ADD ? y - *s : y / *s;
  const double l1   = q + w->alpha * (p - q); /* l_t */
  (void)mu;
  if (f->trend != ETS_NONE) {
    const double r = f->trend == ETS_ADD ? l1 - *l : l1 / *l;
    *b             = miss ? d : d + w->beta * (r - d); /* b_t */
  }
  if (f->season != ETS_NONE && !miss) *s += w->gamma * ((f->season == ETS_ADD ? y - q : y / q) - *s); /* s_t */
  *l = l1;
}

bool ets_forward(ets_pass *p, const ets_weights *w)
{
  const ets_form *f = &p->form;
  double          l = p->l[0], b = p->b[0];
  const bool      positive = f->error == ETS_MUL || f->trend == ETS_MUL || f->season == ETS_MUL;
  p->sse = p->log_mu = 0;
  p->known           = 0;
  for (size_t t = 0; t < p->n; t++) {
    double s = p->s[t];
    p->l[t]  = l;
    p->b[t]  = b;
    p->mu[t] = ets_mean(f, w, l, b, s, &p->q[t]);
    if (positive && !(p->mu[t] > 0 && p->q[t] > 0 && (f->trend != ETS_MUL || (b > 0 && l > 0)))) return false;
    p->e[t] = p->y[t] - p->mu[t];
    if (f->error == ETS_MUL) p->e[t] /= p->mu[t];
    if (!isnan(p->e[t])) {
      p->sse += p->e[t] * p->e[t];
      p->known++;
      if (f->error == ETS_MUL) p->log_mu += log(p->mu[t]);
    }
    ets_step(f, w, p->y[t], &l, &b, &s);
    p->s[t + (size_t)f->m] = s;
  }
  return isfinite(p->sse) && isfinite(l) && isfinite(b);
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
static inline double slope_mu(const ets_pass *p, size_t t, double scale)
{
  if (p->form.error != ETS_MUL) return -2 * scale * p->e[t];
  return -2 * scale * p->e[t] * p->y[t] / (p->mu[t] * p->mu[t]) + 2 / p->mu[t];
}

/* Back through mu, q and the damped trend d = phi b or b^phi. */
static inline void back_mean(const ets_pass *p, const ets_weights *w, size_t t, double gmu, adjoint *a, double *dphi)
{
  const ets_form *f = &p->form;
  const double    b = p->b[t], d = damp(f, w->phi, b);
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
static inline void back_step(const ets_pass *p, const ets_weights *w, size_t t, double l1, const adjoint *after,
                             adjoint *a, ets_weights *dw)
{
  const ets_form *f = &p->form;
  const double    y = p->y[t], q = p->q[t], s = p->s[t], l = p->l[t], d = damp(f, w->phi, p->b[t]);
  double          gl = after->l;
  *a                 = (adjoint){0};
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

void ets_backward(ets_pass *p, const ets_weights *w, ets_weights *dw, double *dl, double *db, double *ds)
{
  const size_t m     = (size_t)p->form.m;
  const double scale = (double)p->known / (p->sse + 1e-300);
  adjoint      after = {0}, a = {0};
  *dw = (ets_weights){0};
  for (size_t i = 0; i < m; i++) ds[i] = 0;
  for (size_t t = p->n; t-- > 0;) {
    double l1 = t + 1 < p->n ? p->l[t + 1] : NAN;
    if (t + 1 == p->n) {
      double b = p->b[t], s = p->s[t];
      l1 = p->l[t];
      ets_step(&p->form, w, p->y[t], &l1, &b, &s);
    }
    after.s = ds[t % m]; /* of the place's value after this step */
    back_step(p, w, t, l1, &after, &a, dw);
    back_mean(p, w, t, isnan(p->y[t]) ? 0 : slope_mu(p, t, scale), &a, &dw->phi);
    ds[t % m] = a.s;
    after.l   = a.l;
    after.b   = a.b;
  }
  *dl = after.l;
  *db = after.b;
}
