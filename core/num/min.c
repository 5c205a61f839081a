/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Nelder & Mead (1965), Computer Journal 7. */
#include "num/dyo_min.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_multimin.h>
#include <gsl/gsl_vector.h>

#include "num/bfgs.h"
#include "num/dyo_num.h"

static const double very_bad   = 1e100; /* for a loss that is not finite */
static const double first_step = 0.1;

struct dyo_min {
  dyo_min_kind             kind;
  size_t                   n;
  int                      max_iter;
  double                   tol, step;
  gsl_multimin_fminimizer *simplex;
  double                  *room; /* of BFGS */
  gsl_vector              *x, *steps;
  double                  *best;
  dyo_loss                 loss;
  dyo_slope                slope;
  void                    *job;
  dyo_min_info             info;
};

dyo_status dyo_min_new_kind(dyo_min_kind kind, size_t n, int max_iter, double tol, dyo_min **out, dyo_err *err)
{
  *out = NULL;
  dyo_num_quiet();
  dyo_min *m = calloc(1, sizeof *m);
  if (!m) return dyo_oom(err);
  m->kind     = kind;
  m->n        = n;
  m->max_iter = max_iter;
  m->tol      = tol;
  m->step     = first_step;
  m->best     = calloc(n, sizeof *m->best);
  m->x        = gsl_vector_calloc(n);
  m->steps    = gsl_vector_calloc(n);
  if (kind == DYO_MIN_SIMPLEX) m->simplex = gsl_multimin_fminimizer_alloc(gsl_multimin_fminimizer_nmsimplex2, n);
  else m->room = calloc(num_bfgs_room(n), sizeof *m->room);
  if (!m->best || !m->x || !m->steps || !(m->simplex || m->room)) {
    dyo_min_free(m);
    return dyo_oom(err);
  }
  *out = m;
  return DYO_OK;
}

dyo_status dyo_min_new(size_t n, int max_iter, double tol, dyo_min **out, dyo_err *err)
{
  return dyo_min_new_kind(DYO_MIN_SIMPLEX, n, max_iter, tol, out, err);
}

void dyo_min_free(dyo_min *m)
{
  if (!m) return;
  if (m->simplex) gsl_multimin_fminimizer_free(m->simplex);
  free(m->room);
  if (m->x) gsl_vector_free(m->x);
  if (m->steps) gsl_vector_free(m->steps);
  free(m->best);
  free(m);
}

void dyo_min_step(dyo_min *m, double step)
{
  m->step = step;
}

void dyo_min_slope(dyo_min *m, dyo_slope slope)
{
  m->slope = slope;
}

dyo_min_info dyo_min_get_info(const dyo_min *m)
{
  return m->info;
}

/* The loss at x; the best point ever asked is kept. */
static double ask(dyo_min *m, const double *x)
{
  const double f = m->loss(x, m->job);
  m->info.evals++;
  if (!isfinite(f)) return very_bad;
  if (f < m->info.value) {
    m->info.value = f;
    memcpy(m->best, x, m->n * sizeof *x);
  }
  return f;
}

static double value_at(const gsl_vector *x, void *arg)
{
  return ask(arg, x->data); /* stride is 1: the vectors are our own or the minimiser's own blocks */
}

static double value_of(const double *x, void *arg)
{
  return ask(arg, x);
}

/* By formula, or central differences, h_i = eps^(1/3) max(|x_i|, 1). */
static void slope_of(const double *x, double *g, void *arg)
{
  dyo_min *m = arg;
  double  *v = m->x->data;
  if (m->slope) {
    m->slope(x, g, m->job);
    return;
  }
  memcpy(v, x, m->n * sizeof *v);
  for (size_t i = 0; i < m->n; i++) {
    const double keep = v[i], h = 6.0555e-6 * fmax(fabs(keep), 1);
    v[i]               = keep + h;
    const double above = ask(m, v);
    v[i]               = keep - h;
    const double below = ask(m, v);
    v[i]               = keep;
    g[i]               = (above - below) / (2 * h);
  }
}

static void run_simplex(dyo_min *m)
{
  gsl_multimin_function f = {value_at, m->n, m};
  gsl_vector_set_all(m->steps, m->step);
  int st = gsl_multimin_fminimizer_set(m->simplex, &f, m->x, m->steps);
  while (st == GSL_SUCCESS && m->info.iter < m->max_iter) {
    st = gsl_multimin_fminimizer_iterate(m->simplex);
    m->info.iter++;
    if (gsl_multimin_fminimizer_size(m->simplex) < m->tol) {
      m->info.converged = true;
      return;
    }
  }
}

static void run_bfgs(dyo_min *m, double *x)
{
  const num_bfgs o = {m->n, m->max_iter, m->tol, m->step, value_of, slope_of, m, m->room};
  m->info.iter     = num_bfgs_run(&o, x, &m->info.converged);
}

dyo_status dyo_min_run(dyo_min *m, dyo_loss loss, void *job, double *x, dyo_err *err)
{
  m->loss = loss;
  m->job  = job;
  m->info = (dyo_min_info){.value = DBL_MAX};
  memcpy(m->x->data, x, m->n * sizeof *x);
  memcpy(m->best, x, m->n * sizeof *x);
  if (ask(m, m->x->data) >= very_bad)
    return dyo_fail(err, DYO_INVALID_INPUT, "", "the search starts where the loss is not a number");
  if (m->kind == DYO_MIN_SIMPLEX) run_simplex(m);
  else run_bfgs(m, x);
  memcpy(x, m->best, m->n * sizeof *x);
  return DYO_OK;
}
