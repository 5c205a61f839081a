/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Regressors: rows of numbers beside a series, matched by name, put on the series' grid, and refused where they say nothing. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "json/dyo_json.h"
#include "ops/forecast.h"

enum { NAME_MOST = 64 };

static const double alike = 1e-20; /* what others leave of a column, of its own sum of squares */

const dyo_field dyo_regressor_rows[] = {
  DYO_STR(dyo_regressor, name, DYO_REQ, NAME_MOST, "Name of the regressor, up to 64 bytes."),
  DYO_NUMS(dyo_regressor, values, DYO_F_NULLS, DYO_REQ, -1e100, 1e100, NULL,
           "One value beside each of the series; null only where the series drops its own."),
  DYO_END(dyo_regressor)};

const dyo_field dyo_future_regressor_rows[] = {
  DYO_STR(dyo_regressor, name, DYO_REQ, NAME_MOST, "Name of the regressor."),
  DYO_NUMS(dyo_regressor, values, 0, DYO_REQ, -1e100, 1e100, NULL, "One value a step of the forecast."),
  DYO_END(dyo_regressor)};

dyo_status forecast_refuse_regressor(dyo_err *err, const char *field, const char *name, const char *fmt, ...)
{
  char    path[sizeof err->path], message[sizeof err->message];
  size_t  n = (size_t)snprintf(path, sizeof path / 2, "/%s/", field);
  va_list args;
  for (const char *s = name; *s && n + 3 < sizeof path; s++) { /* RFC 6901 */
    if (*s == '~' || *s == '/') path[n++] = '~';
    path[n++] = (char)(*s == '~' ? '0' : *s == '/' ? '1' : *s);
  }
  path[n] = '\0';
  va_start(args, fmt);
  vsnprintf(message, sizeof message, fmt, args);
  va_end(args);
  return dyo_fail(err, DYO_INVALID_INPUT, path, "%s", message);
}

static const char *name_at(const void *list, size_t i)
{
  return ((const char *const *)list)[i];
}

/* names with a NULL behind them, as dyo_nearest takes a list. */
static dyo_status unknown(dyo_ctx *ctx, const char *field, const char *found, const char *const *names, size_t n,
                          dyo_err *err)
{
  const char **list = DYO_NEW(ctx, n + 1, const char *);
  if (!list) return dyo_oom(err);
  for (size_t j = 0; j < n; j++) list[j] = names[j];
  const char *near = dyo_nearest(found, name_at, list);
  if (n == 0)
    return forecast_refuse_regressor(err, field, found,
                                     "found \"%.40s\"; there are no regressors that it could go on from", found);
  return forecast_refuse_regressor(err, field, found,
                                   "found \"%.40s\"; a regressor of the model, %s\"%.64s\", is expected", found,
                                   near ? "" : "such as ", near ? near : names[0]);
}

dyo_status forecast_match(dyo_ctx *ctx, const char *field, const dyo_regressor *r, size_t n, const char *const *names,
                          size_t n_names, size_t **order, dyo_err *err)
{
  char path[sizeof err->path];
  *order = DYO_NEW(ctx, n_names, size_t);
  if (!*order) return dyo_oom(err);
  for (size_t j = 0; j < n_names; j++) (*order)[j] = SIZE_MAX;
  for (size_t i = 0; i < n; i++) {
    size_t j = 0;
    while (j < n_names && strcmp(names[j], r[i].name) != 0) j++;
    if (j == n_names) return unknown(ctx, field, r[i].name, names, n_names, err);
    (*order)[j] = i;
  }
  snprintf(path, sizeof path, "/%s", field);
  for (size_t j = 0; j < n_names; j++)
    if ((*order)[j] == SIZE_MAX)
      return dyo_fail(err, DYO_INVALID_INPUT, path, "\"%.64s\" is missing; values of each regressor are expected",
                      names[j]);
  return DYO_OK;
}

/* Constant, or a mixture of the constant and the columns before it: its coefficient could be anything. Gram-Schmidt, twice for accuracy. */
static dyo_status independent(dyo_ctx *ctx, const dyo_history *h, dyo_err *err)
{
  const size_t n = h->n;
  double      *q = DYO_NEW(ctx, h->n_x * n, double);
  if (!q) return dyo_oom(err);
  for (size_t c = 0; c < h->n_x; c++) {
    double *v = q + c * n, mean = 0, full = 0, left = 0, most = 0;
    if (dyo_poll(ctx, 0, "checking the regressors") == DYO_STOP_CANCELLED) return dyo_cancelled(ctx, false, err);
    for (size_t t = 0; t < n; t++) mean += h->x[c * n + t] / (double)n;
    for (size_t t = 0; t < n; t++) most = fmax(most, fabs(h->x[c * n + t]));
    for (size_t t = 0; t < n; t++) v[t] = (h->x[c * n + t] - mean), full += v[t] * v[t];
    if (!(full > alike * most * most))
      return forecast_refuse_regressor(err, "regressors", h->x_names[c],
                                       "its value is %g throughout; a regressor that varies is expected", mean);
    for (size_t t = 0; t < n; t++) v[t] /= sqrt(full);
    for (size_t twice = 0; twice < 2; twice++)
      for (size_t l = 0; l < c; l++) {
        double s = 0;
        for (size_t t = 0; t < n; t++) s += q[l * n + t] * v[t];
        for (size_t t = 0; t < n; t++) v[t] -= s * q[l * n + t];
      }
    for (size_t t = 0; t < n; t++) left += v[t] * v[t];
    if (!(left > alike))
      return forecast_refuse_regressor(err, "regressors", h->x_names[c],
                                       "it is a linear combination of the regressors before it; leave one of them out");
    for (size_t t = 0; t < n; t++) v[t] /= sqrt(left);
  }
  return DYO_OK;
}

/* Means by period of one regressor into x[0..n). */
static dyo_status put_on_grid(dyo_ctx *ctx, const dyo_regressor *r, const size_t *at, const dyo_regular *grid,
                              double *x, double *count, dyo_err *err)
{
  memset(count, 0, grid->n * sizeof *count);
  for (size_t i = 0; i < r->n_values; i++) {
    if (at[i] == SIZE_MAX || isnan(r->values[i])) continue;
    x[at[i]] += r->values[i];
    count[at[i]]++;
  }
  for (size_t k = 0; k < grid->n; k++) {
    if (count[k] == 0) {
      const char *date = dyo_regular_date(ctx, grid, k);
      return date ? forecast_refuse_regressor(err, "regressors", r->name,
                                              "no value at %.32s; one for every period from the series' first known "
                                              "value to its last is expected",
                                              date)
                  : dyo_oom(err);
    }
    x[k] /= count[k];
  }
  return DYO_OK;
}

static dyo_status note_dropped(dyo_ctx *ctx, const size_t *at, size_t n, prepared *p, dyo_err *err)
{
  size_t dropped = 0;
  for (size_t i = 0; i < n; i++) dropped += at[i] == SIZE_MAX;
  if (!dropped) return DYO_OK;
  const char *date = dyo_regular_date(ctx, &p->regular, p->regular.n);
  if (date && dyo_note(ctx, &p->notes,
                       "%zu rows at the ends of the series have no value and were left out; the steps of the forecast, "
                       "and future regressors, begin at %s.",
                       dropped, date))
    return DYO_OK;
  return dyo_oom(err);
}

dyo_status forecast_regressors(dyo_ctx *ctx, const dyo_regressor *r, size_t n, const dyo_series_in *series, prepared *p,
                               dyo_err *err)
{
  const size_t m = p->regular.n;
  if (n == 0) return DYO_OK;
  size_t      *at = dyo_regular_places(ctx, series, &p->regular);
  double      *x = DYO_NEW(ctx, n * m, double), *count = DYO_NEW(ctx, m, double);
  const char **names = DYO_NEW(ctx, n, const char *);
  if (!at || !x || !count || !names) return dyo_oom(err);
  for (size_t c = 0; c < n; c++) {
    names[c] = r[c].name;
    if (strlen(r[c].name) > NAME_MOST)
      return dyo_fail(err, DYO_INVALID_INPUT, "/regressors", "found a name of %zu bytes; at most %d are expected",
                      strlen(r[c].name), NAME_MOST);
    if (r[c].n_values != series->n_values)
      return forecast_refuse_regressor(err, "regressors", r[c].name,
                                       "found %zu values; %zu, one beside each value of the series, are expected",
                                       r[c].n_values, series->n_values);
    const dyo_status st = put_on_grid(ctx, &r[c], at, &p->regular, x + c * m, count, err);
    if (st != DYO_OK) return st;
  }
  p->history.x = x, p->history.n_x = n, p->history.x_names = names;
  const dyo_status st = independent(ctx, &p->history, err);
  return st == DYO_OK ? note_dropped(ctx, at, series->n_values, p, err) : st;
}

dyo_status forecast_future(dyo_ctx *ctx, const dyo_regressor *r, size_t n, const char *const *names, size_t n_names,
                           size_t h, const double **x, dyo_notes *notes, dyo_err *err)
{
  size_t          *order = NULL, longest = h;
  const dyo_status st = forecast_match(ctx, "future_regressors", r, n, names, n_names, &order, err);
  *x                  = NULL;
  if (st != DYO_OK || n_names == 0) return st;
  double *v = DYO_NEW(ctx, n_names * h, double);
  if (!v) return dyo_oom(err);
  for (size_t j = 0; j < n_names; j++) {
    const dyo_regressor *f = &r[order[j]];
    if (f->n_values < h)
      return forecast_refuse_regressor(err, "future_regressors", f->name,
                                       "found %zu values; %zu, one a step of forecast_horizon, are expected",
                                       f->n_values, h);
    if (f->n_values > longest) longest = f->n_values;
    memcpy(v + j * h, f->values, h * sizeof *v);
  }
  *x = v;
  if (longest > h &&
      !dyo_note(ctx, notes, "There are up to %zu future regressor values; the first %zu were used.", longest, h))
    return dyo_oom(err);
  return DYO_OK;
}

static const dyo_named_value *named(const dyo_named_value *list, size_t n, const char *name)
{
  for (size_t i = 0; i < n; i++)
    if (strcmp(list[i].name, name) == 0) return &list[i];
  return NULL;
}

dyo_status forecast_note_idle(dyo_ctx *ctx, const char *const *names, size_t n, const dyo_forecast_out *out,
                              dyo_notes *notes, dyo_err *err)
{
  for (size_t j = 0; j < n; j++) {
    const dyo_named_value *coefficient = named(out->parameters, out->n_parameters, names[j]);
    if (!coefficient || coefficient->value != 0 || named(out->standard_errors, out->n_standard_errors, names[j]))
      continue;
    if (!dyo_note(ctx, notes, "The regressor \"%.64s\" adds nothing once the series is differenced; it was left out.",
                  names[j]))
      return dyo_oom(err);
  }
  return DYO_OK;
}

bool forecast_can(const dyo_model *m, const dyo_history *h)
{
  return (h->n_x == 0 || m->regressors) && (h->n_holidays == 0 || m->holidays) && (h->n_related == 0 || m->related);
}

dyo_status forecast_uses(dyo_ctx *ctx, const dyo_model *m, const dyo_history *h, const char *path, dyo_err *err)
{
  const char *able = "", *what = h->n_related              ? "related series"
                                 : h->n_x && h->n_holidays ? "regressors and holidays"
                                 : h->n_x                  ? "regressors"
                                                           : "holidays";
  if (forecast_can(m, h)) return DYO_OK;
  for (size_t i = 0; dyo_models[i] && able; i++)
    if (forecast_can(dyo_models[i], h)) able = dyo_text(ctx, "%s%s%s", able, able[0] ? ", " : "", dyo_models[i]->name);
  if (!able) return dyo_oom(err);
  return dyo_fail(err, DYO_UNSUPPORTED, path, "%s does not use %s; one that does is expected: %s", m->name, what, able);
}
