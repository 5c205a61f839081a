/* SPDX-License-Identifier: GPL-3.0-or-later */
/* objective.c - losses with their first and second derivatives in the margin, and measures of error. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "trees/trees.h"

static bool counts(dyo_objective o)
{
  return o == DYO_OBJ_POISSON || o == DYO_OBJ_TWEEDIE;
}

static double mean(const float *y, size_t n)
{
  double s = 0;
  for (size_t i = 0; i < n; i++) s += (double)y[i];
  return s / (double)n;
}

static int by_value(const void *a, const void *b)
{
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* As XGBoost's leaves: rank alpha (n + 1), between neighbours by their distance. Sorts v. */
double quantile_of(double *v, size_t n, double alpha)
{
  qsort(v, n, sizeof *v, by_value);
  const double x = alpha * (double)(n + 1), k = floor(x);
  if (k < 1) return v[0];
  if (k >= (double)n) return v[n - 1];
  const size_t i = (size_t)k;
  return v[i - 1] + (x - k) * (v[i] - v[i - 1]);
}

static dyo_status wrong_y(dyo_err *err, const char *parent, size_t i, float y, const char *what)
{
  char path[48];
  snprintf(path, sizeof path, "%s/y/%zu", parent, i);
  return dyo_fail(err, DYO_INVALID_INPUT, path, "found %g; %s", (double)y, what);
}

dyo_status objective_check(const dyo_trees_params *p, const float *y, size_t n, const char *parent, dyo_err *err)
{
  for (size_t i = 0; i < n; i++) {
    if (counts(p->objective) && y[i] < 0) return wrong_y(err, parent, i, y[i], "this objective takes no value below 0");
    if (p->objective == DYO_OBJ_LOGISTIC && (y[i] < 0 || y[i] > 1))
      return wrong_y(err, parent, i, y[i], "this objective takes values from 0 to 1");
    if (p->metric == DYO_METRIC_MAPE && y[i] == 0) return wrong_y(err, parent, i, y[i], "mape takes none so near to 0");
  }
  return DYO_OK;
}

dyo_status objective_start(const dyo_trees_params *p, const float *y, size_t n, double *base_score, dyo_err *err)
{
  if (!isnan(p->base_score)) {
    if (counts(p->objective) && !(p->base_score > 1e-30))
      return dyo_fail(err, DYO_INVALID_INPUT, "/params/base_score", "found %g; this objective takes one above 0",
                      p->base_score);
    if (p->objective == DYO_OBJ_LOGISTIC && !(p->base_score > 1e-15 && p->base_score < 1 - 1e-15))
      return dyo_fail(err, DYO_INVALID_INPUT, "/params/base_score",
                      "found %g; this objective takes one between 0 and 1", p->base_score);
    *base_score = p->base_score;
    return DYO_OK;
  }
  *base_score = mean(y, n);
  if (counts(p->objective) && *base_score < 1e-9) *base_score = 1e-9;
  if (p->objective == DYO_OBJ_LOGISTIC) *base_score = fmin(fmax(*base_score, 1e-6), 1 - 1e-6);
  return DYO_OK;
}

float dyo_trees_margin(dyo_objective o, double s)
{
  switch (o) {
  case DYO_OBJ_POISSON:
  case DYO_OBJ_TWEEDIE:
  case DYO_OBJ_GAMMA: return (float)log(s);
  case DYO_OBJ_LOGISTIC: return (float)-log(1 / s - 1);
  default: return (float)s;
  }
}

double objective_prediction(dyo_objective o, float m)
{
  switch (o) {
  case DYO_OBJ_POISSON:
  case DYO_OBJ_TWEEDIE:
  case DYO_OBJ_GAMMA: return exp((double)m);
  case DYO_OBJ_LOGISTIC: return 1 / (1 + exp(-(double)m));
  default: return (double)m;
  }
}

static grad tweedie(double rho, double m, double y)
{
  const double a = exp((1 - rho) * m), b = exp((2 - rho) * m);
  return (grad){(float)(b - y * a), (float)((2 - rho) * b - y * (1 - rho) * a)};
}

static grad of(const dyo_trees_params *p, float m, float y)
{
  double e;
  switch (p->objective) {
  case DYO_OBJ_ABSOLUTE: return (grad){m > y ? 1.0F : m < y ? -1.0F : 0.0F, 1};
  case DYO_OBJ_QUANTILE: return (grad){m >= y ? (float)(1 - p->quantile_alpha) : (float)-p->quantile_alpha, 1};
  case DYO_OBJ_POISSON: e = exp((double)m); return (grad){(float)(e - (double)y), (float)(e * exp(p->max_delta_step))};
  case DYO_OBJ_TWEEDIE: return tweedie(p->tweedie_variance_power, (double)m, (double)y);
  case DYO_OBJ_LOGISTIC:
    e = objective_prediction(p->objective, m);
    return (grad){(float)(e - (double)y), (float)fmax(e * (1 - e), 1e-16)};
  default: return (grad){m - y, 1};
  }
}

void objective_gradients(const dyo_trees_params *p, const float *margin, const float *y, size_t n, grad *out)
{
  if (p->objective == DYO_OBJ_SQUARED)
    for (size_t i = 0; i < n; i++) out[i] = (grad){margin[i] - y[i], 1};
  else
    for (size_t i = 0; i < n; i++) out[i] = of(p, margin[i], y[i]);
}

bool objective_adapts(dyo_objective o)
{
  return o == DYO_OBJ_ABSOLUTE || o == DYO_OBJ_QUANTILE;
}

double objective_quantile(const dyo_trees_params *p)
{
  return p->objective == DYO_OBJ_ABSOLUTE ? 0.5 : p->quantile_alpha;
}

static double loss(const dyo_trees_params *p, double f, double y)
{
  const double rho = p->tweedie_variance_power, e = 1e-16;
  switch (p->metric) {
  case DYO_METRIC_MAE: return fabs(f - y);
  case DYO_METRIC_MAPE: return fabs((f - y) / y);
  case DYO_METRIC_POISSON: return lgamma(y + 1) + f - log(fmax(f, e)) * y;
  case DYO_METRIC_TWEEDIE: return pow(fmax(f, e), 2 - rho) / (2 - rho) - y * pow(fmax(f, e), 1 - rho) / (1 - rho);
  case DYO_METRIC_QUANTILE: return y > f ? p->quantile_alpha * (y - f) : (1 - p->quantile_alpha) * (f - y);
  case DYO_METRIC_LOGLOSS: return -(y * log(fmax(f, e)) + (1 - y) * log(fmax(1 - f, e)));
  default: return (f - y) * (f - y);
  }
}

double objective_metric(const dyo_trees_params *p, const float *margin, const float *y, size_t n)
{
  double s = 0;
  for (size_t i = 0; i < n; i++) s += loss(p, objective_prediction(p->objective, margin[i]), (double)y[i]);
  s /= (double)n;
  return p->metric == DYO_METRIC_RMSE ? sqrt(s) : s;
}
