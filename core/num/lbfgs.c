/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "num/dyo_lbfgs.h"

#include <math.h>
#include <string.h>

enum { MEMORY = 12, LINE_TRIES = 40, LOOK_BACK = 10 };

static const double armijo = 1e-4;

typedef struct {
  dyo_ctx              *ctx;
  double                done;
  const dyo_lbfgs_opts *o;
  dyo_lbfgs_loss        loss;
  void                 *job;
  double *x, *g, *x1, *g1, *pg, *d; /* point, slope, the next ones, slope with absolute values, direction */
  double  f, f1;
  double *s, *y; /* the last MEMORY steps and changes of slope, in a ring */
  double  rho[MEMORY];
  size_t  kept, next;
} search;

static double dot(const double *a, const double *b, size_t n)
{
  double s = 0;
  for (size_t i = 0; i < n; i++) s += a[i] * b[i];
  return s;
}

static double value(const search *k, const double *x, double *g)
{
  double f = k->loss(x, g, k->job);
  for (size_t i = 0; k->o->weight && i < k->o->n; i++) f += k->o->weight[i] * fabs(x[i]);
  return isfinite(f) ? f : INFINITY;
}

/* The one-sided slope that points furthest down; Andrew & Gao, eq. 4. */
static void pseudo_gradient(search *k)
{
  for (size_t i = 0; i < k->o->n; i++) {
    const double w = k->o->weight ? k->o->weight[i] : 0, g = k->g[i];
    if (w == 0) k->pg[i] = g;
    else if (k->x[i] != 0) k->pg[i] = g + copysign(w, k->x[i]);
    else k->pg[i] = g + w < 0 ? g + w : g - w > 0 ? g - w : 0;
  }
}

/* d = -H pg by the two loops; what points up a one-sided slope is left out. */
static void direction(search *k)
{
  const size_t n = k->o->n;
  double       alpha[MEMORY];
  for (size_t i = 0; i < n; i++) k->d[i] = -k->pg[i];
  for (size_t j = 1; j <= k->kept; j++) {
    const size_t at = (k->next + MEMORY - j) % MEMORY;
    alpha[at]       = k->rho[at] * dot(k->s + at * n, k->d, n);
    for (size_t i = 0; i < n; i++) k->d[i] -= alpha[at] * k->y[at * n + i];
  }
  if (k->kept) {
    const size_t at = (k->next + MEMORY - 1) % MEMORY;
    const double c  = 1 / (k->rho[at] * dot(k->y + at * n, k->y + at * n, n));
    for (size_t i = 0; i < n; i++) k->d[i] *= c;
  }
  for (size_t j = k->kept; j >= 1; j--) {
    const size_t at   = (k->next + MEMORY - j) % MEMORY;
    const double beta = k->rho[at] * dot(k->y + at * n, k->d, n);
    for (size_t i = 0; i < n; i++) k->d[i] += (alpha[at] - beta) * k->s[at * n + i];
  }
  for (size_t i = 0; k->o->weight && i < n; i++)
    if (k->o->weight[i] > 0 && k->d[i] * k->pg[i] >= 0) k->d[i] = 0;
}

/* x1 = x + a d, held within the orthant of x, or of the way down where x is zero. */
static void reach(search *k, double a)
{
  for (size_t i = 0; i < k->o->n; i++) {
    k->x1[i] = k->x[i] + a * k->d[i];
    if (!k->o->weight || k->o->weight[i] == 0) continue;
    const double side = k->x[i] != 0 ? k->x[i] : -k->pg[i];
    if (k->x1[i] * side <= 0) k->x1[i] = 0;
  }
}

/* One loss may take milliseconds. */
static bool cancelled(const search *k)
{
  return dyo_look(k->ctx, k->done, "fitting") == DYO_STOP_CANCELLED;
}

/* Backtracking by the least of a parabola; false where nothing on the way is lower, or the host asks to stop. */
static bool line(search *k)
{
  double a = k->kept ? 1 : 1 / fmax(sqrt(dot(k->pg, k->pg, k->o->n)), 1);
  for (int try = 0; try < LINE_TRIES && !cancelled(k); try++) {
    double gain = 0;
    reach(k, a);
    for (size_t i = 0; i < k->o->n; i++) gain += k->pg[i] * (k->x1[i] - k->x[i]);
    k->f1 = value(k, k->x1, k->g1);
    if (gain < 0 && k->f1 <= k->f + armijo * gain) return true;
    const double bend = k->f1 - k->f - gain, part = bend > 0 ? -gain / (2 * bend) : 0.5;
    a *= isfinite(part) ? fmin(fmax(part, 0.1), 0.5) : 0.1;
  }
  return false;
}

static void learn(search *k)
{
  const size_t n = k->o->n, at = k->next;
  double      *s = k->s + at * n, *y = k->y + at * n;
  for (size_t i = 0; i < n; i++) s[i] = k->x1[i] - k->x[i], y[i] = k->g1[i] - k->g[i];
  const double sy = dot(s, y, n);
  if (sy > 1e-12 * dot(y, y, n)) {
    k->rho[at] = 1 / sy;
    k->next    = (at + 1) % MEMORY;
    if (k->kept < MEMORY) k->kept++;
  }
  memcpy(k->x, k->x1, n * sizeof *k->x);
  memcpy(k->g, k->g1, n * sizeof *k->g);
  k->f = k->f1;
}

static dyo_status run(search *k, dyo_lbfgs_info *info, dyo_err *err)
{
  double before[LOOK_BACK];
  for (; info->iter < k->o->max_iter; info->iter++) {
    k->done      = (double)info->iter / k->o->max_iter;
    const int at = info->iter % LOOK_BACK;
    if (info->iter >= LOOK_BACK && before[at] - k->f <= k->o->tol * (1 + fabs(k->f))) info->converged = true;
    if (info->converged) return DYO_OK;
    before[at] = k->f;
    pseudo_gradient(k);
    direction(k);
    if (!line(k)) {
      if (cancelled(k)) return dyo_cancelled(k->ctx, false, err);
      info->converged = k->kept == 0; /* no way down even along the slope */
      if (info->converged) return DYO_OK;
      k->kept = 0;
      continue;
    }
    learn(k);
  }
  return DYO_OK;
}

dyo_status dyo_lbfgs(dyo_ctx *ctx, const dyo_lbfgs_opts *o, dyo_lbfgs_loss loss, void *job, double *x,
                     dyo_lbfgs_info *info, dyo_err *err)
{
  const size_t   n    = o->n;
  double        *room = DYO_NEW(ctx, (5 + 2 * MEMORY) * n, double);
  dyo_lbfgs_info spare;
  search         k = {.ctx = ctx, .o = o, .loss = loss, .job = job, .x = x};
  if (!room) return dyo_oom(err);
  if (!info) info = &spare;
  *info = (dyo_lbfgs_info){0};
  k.g = room, k.x1 = room + n, k.g1 = room + 2 * n, k.pg = room + 3 * n, k.d = room + 4 * n;
  k.s = room + 5 * n, k.y = k.s + MEMORY * n;
  k.f = value(&k, x, k.g);
  if (!isfinite(k.f)) return dyo_fail(err, DYO_INVALID_INPUT, "", "the search starts where the loss is not a number");
  const dyo_status st = run(&k, info, err);
  info->value         = k.f;
  return st;
}
