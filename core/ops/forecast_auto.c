/* SPDX-License-Identifier: GPL-3.0-or-later */
/* model_type "auto": a combination by the features of the series; where few models can serve the request, as with regressors or
 * intermittent demand, the one with the least error from past origins. */
#include <math.h>
#include <string.h>

#include "forecast/dyo_ensemble.h"
#include "ops/forecast.h"
#include "stats/dyo_errors.h"
#include "stats/dyo_features.h"

enum { MOST_SCORES = 64, LONG_SEASON = 24, FEWEST_ROUNDS = 3, FEWEST = 4 /* values to combine by */ };

/* Errors of the ensemble's members over the folds of its backtest. */
typedef struct {
  const char *name[MOST_SCORES];
  double      sum[MOST_SCORES], folds[MOST_SCORES];
  size_t      n;
  bool        square;
} scores;

static dyo_backtest_opts test_of(const dyo_create_in *in, const prepared *p)
{
  const size_t n = p->regular.n, room = n / 5 > 1 ? n / 5 : 1; /* at most a fifth of the history at a time */
  const size_t h = (size_t)in->forecast_horizon < room ? (size_t)in->forecast_horizon : room;
  return (dyo_backtest_opts){.h = h, .folds = (size_t)in->folds, .step = h, .level = 0.95, .calibrate = in->calibrate};
}

static dyo_status run_test(dyo_ctx *ctx, const dyo_model *m, const void *params, const prepared *p,
                           const dyo_backtest_opts *o, dyo_accuracy **out, dyo_err *err)
{
  dyo_backtest b = {0};
  if (o->folds == 0) return DYO_OK;
  const dyo_status st = dyo_backtest_run(ctx, m, params, &p->history, o, &b, err);
  if (st != DYO_OK) return st;
  *out = DYO_NEW(ctx, 1, dyo_accuracy);
  if (!*out) return dyo_oom(err);
  **out = b.all;
  return DYO_OK;
}

dyo_status forecast_test(dyo_ctx *ctx, const dyo_model *m, const dyo_create_in *in, const void *params,
                         const prepared *p, dyo_accuracy **out, dyo_err *err)
{
  const dyo_backtest_opts o = test_of(in, p);
  return run_test(ctx, m, params, p, &o, out, err);
}

/* ---- one model by its errors ---- */

static bool candidate(const dyo_model *m, const prepared *p)
{
  if (p->regular.known < m->min_obs(p->history.period) || (m->suits && !m->suits(&p->history))) return false;
  return !dyo_model_combines(m) && forecast_can(m, &p->history);
}

static size_t models(void)
{
  size_t n = 0;
  while (dyo_models[n]) n++;
  return n;
}

static dyo_status reason_of_one(dyo_ctx *ctx, const dyo_create_in *in, const char *name, double best, dyo_selection *s,
                                dyo_err *err)
{
  s->reason = in->folds == 0 ? dyo_text(ctx, "No backtest was asked for; %s is used.", name)
              : isinf(best)
                ? dyo_text(ctx, "The history is too short to compare models; %s is used.", name)
                : dyo_text(ctx, "%s had the least error of %zu models in a rolling backtest.", name, s->n_candidates);
  return s->reason ? DYO_OK : dyo_oom(err);
}

/* Which model of the table forecasts this series best from past origins: least scaled error; exponential smoothing where nothing
 * can be measured. */
static dyo_status choose(dyo_ctx *ctx, const dyo_create_in *in, const prepared *p, dyo_forecast_out *out,
                         const dyo_model **model, dyo_err *err)
{
  dyo_selection *s      = out->selection;
  double         best   = INFINITY;
  size_t         chosen = 0;
  for (size_t i = 0; dyo_models[i]; i++) {
    const dyo_model *m      = dyo_models[i];
    void            *params = NULL;
    dyo_accuracy    *a      = NULL;
    if (!candidate(m, p)) continue;
    if (dyo_poll(ctx, (double)i / (double)models(), "comparing models") == DYO_STOP_CANCELLED)
      return dyo_cancelled(ctx, false, err);
    dyo_status st = forecast_params(ctx, m, NULL, &params, err);
    if (st == DYO_OK) st = forecast_test(ctx, m, in, params, p, &a, err);
    if (st != DYO_OK) return st;
    const double score               = a ? forecast_score(a, p) : NAN;
    s->candidates[s->n_candidates++] = (dyo_candidate){m->name, score, 0};
    if (*model && !(score < best) && !(isinf(best) && strcmp(m->name, "ets") == 0)) continue;
    if (score < best) best = score;
    *model = m, chosen = s->n_candidates - 1, out->accuracy_metrics = a;
  }
  if (!*model)
    return dyo_fail(err, DYO_INSUFFICIENT_DATA, "/series/values", "%zu known values; a forecast needs at least one",
                    p->regular.known);
  s->candidates[chosen].weight = 1;
  return reason_of_one(ctx, in, (*model)->name, best, s, err);
}

/* ---- a combination by features ---- */

static double error_of(const scores *s, const double *y, const double *mean, size_t h, double scale)
{
  double sum = 0, count = 0;
  for (size_t i = 0; i < h; i++) {
    const double e = y[i] - mean[i];
    if (isnan(e)) continue;
    sum += s->square ? e * e : fabs(e);
    count++;
  }
  return (s->square ? sqrt(sum / count) : sum / count) / (scale > 0 ? scale : 1);
}

static void add_score(scores *s, const char *name, double error)
{
  size_t i = 0;
  while (i < s->n && s->name[i] != name) i++;
  if (i == MOST_SCORES || isnan(error)) return;
  if (i == s->n) s->name[s->n++] = name;
  s->sum[i] += error;
  s->folds[i]++;
}

/* A fold of the ensemble's backtest tells how each of its members did. */
static dyo_status score_members(dyo_ctx *ctx, void *user, const void *state, const dyo_ask *ask, const double *y,
                                double scale, dyo_err *err)
{
  scores                    *s    = user;
  size_t                     n    = 0;
  const dyo_ensemble_member *m    = dyo_ensemble_list(ctx, state, &n);
  double                    *mean = DYO_NEW(ctx, n * ask->h, double);
  if (!m || !mean) return dyo_oom(err);
  const dyo_status st = dyo_ensemble_each(ctx, state, ask, mean, err);
  for (size_t k = 0; k < n && st == DYO_OK; k++)
    add_score(s, m[k].name, error_of(s, y, mean + k * ask->h, ask->h, scale));
  return st;
}

static double score_of(const scores *s, const char *name)
{
  for (size_t i = 0; i < s->n; i++)
    if (s->name[i] == name) return s->sum[i] / s->folds[i];
  return NAN;
}

static dyo_status name_features(dyo_ctx *ctx, const prepared *p, dyo_selection *s, dyo_err *err)
{
  double v[DYO_FEATURES];
  s->features = DYO_NEW(ctx, DYO_FEATURES, dyo_named_value);
  const dyo_status st =
    dyo_features_of(ctx, &(dyo_series){p->history.y, p->history.n}, p->history.periods, p->history.n_periods, v, err);
  if (!s->features) return dyo_oom(err);
  for (size_t i = 0; i < DYO_FEATURES && st == DYO_OK; i++)
    if (isfinite(v[i])) s->features[s->n_features++] = (dyo_named_value){dyo_feature_words[i], v[i]};
  return st;
}

/* The members by falling weight. */
static dyo_status name_members(dyo_ctx *ctx, const void *state, const scores *scored, dyo_selection *s, dyo_err *err)
{
  const dyo_ensemble_member *m = dyo_ensemble_list(ctx, state, &s->n_candidates);
  if (!m) return dyo_oom(err);
  s->candidates = DYO_NEW(ctx, s->n_candidates, dyo_candidate);
  if (!s->candidates) return dyo_oom(err);
  for (size_t k = 0; k < s->n_candidates; k++) {
    size_t i = k;
    for (; i > 0 && s->candidates[i - 1].weight < m[k].weight; i--) s->candidates[i] = s->candidates[i - 1];
    s->candidates[i] = (dyo_candidate){m[k].name, score_of(scored, m[k].name), m[k].weight};
  }
  return DYO_OK;
}

/* Features as words: what the weights went by. */
static const char *sight(dyo_ctx *ctx, const prepared *p, const dyo_selection *s)
{
  double trend = NAN, season = NAN;
  for (size_t i = 0; i < s->n_features; i++) {
    if (strcmp(s->features[i].name, "trend") == 0) trend = s->features[i].value;
    if (strcmp(s->features[i].name, "seasonality") == 0) season = s->features[i].value;
  }
  if (isnan(trend)) return dyo_text(ctx, "%zu values", p->history.n);
  if (p->history.n_periods == 0)
    return dyo_text(ctx, "%zu values, no season, trend strength %.2f", p->history.n, trend);
  return dyo_text(ctx, "%zu values, main season of %g, season strength %.2f, trend strength %.2f", p->history.n,
                  p->history.period, season, trend);
}

static dyo_status reason_of_many(dyo_ctx *ctx, const prepared *p, dyo_selection *s, dyo_err *err)
{
  const char *list = "", *seen = sight(ctx, p, s);
  for (size_t k = 0; k < s->n_candidates && list; k++)
    list = dyo_text(ctx, "%s%s%s %.0f %%", list, k == 0 ? "" : ", ", s->candidates[k].model_type,
                    100 * s->candidates[k].weight);
  s->reason = list && seen
                ? dyo_text(ctx, "Weights that were best on a sample of series with such features (%s): %s.", seen, list)
                : NULL;
  return s->reason ? DYO_OK : dyo_oom(err);
}

dyo_status forecast_auto_tell(dyo_ctx *ctx, const prepared *p, const void *state, dyo_forecast_out *out, dyo_err *err)
{
  dyo_selection *s  = out->selection;
  dyo_status     st = name_features(ctx, p, s, err);
  if (st == DYO_OK) st = name_members(ctx, state, s->scored, s, err);
  return st == DYO_OK ? reason_of_many(ctx, p, s, err) : st;
}

/* With regressors or holidays, little history or intermittent demand few models serve, and they are compared. */
dyo_status forecast_auto(dyo_ctx *ctx, const dyo_create_in *in, const prepared *p, dyo_forecast_out *out,
                         const dyo_model **m, void **params, dyo_err *err)
{
  dyo_selection    *s = DYO_NEW(ctx, 1, dyo_selection);
  scores           *k = DYO_NEW(ctx, 1, scores);
  dyo_backtest_opts o = test_of(in, p);
  out->selection      = s;
  *m                  = NULL;
  if (s) s->candidates = DYO_NEW(ctx, models(), dyo_candidate);
  if (!s || !k || !s->candidates) return dyo_oom(err);
  k->square = forecast_score_rare(p);
  if (p->history.n_x || p->history.n_holidays || p->regular.known < FEWEST || k->square) {
    const dyo_status st = choose(ctx, in, p, out, m, err);
    return st == DYO_OK ? forecast_params(ctx, *m, NULL, params, err) : st;
  }
  *m            = &dyo_model_ensemble;
  dyo_status st = forecast_params(ctx, *m, "{\"weights\":\"learned\"}", params, err);
  if (st != DYO_OK) return st;
  dyo_ensemble_effort(*params, (dyo_effort)in->effort);
  s->scored = k, o.fold = score_members, o.user = k;
  return run_test(ctx, *m, *params, p, &o, &out->accuracy_metrics, err);
}

/* ---- seasons ---- */

dyo_status forecast_auto_seasons(dyo_ctx *ctx, const dyo_create_in *in, prepared *p, dyo_err *err)
{
  dyo_history *h = &p->history;
  double      *periods;
  size_t       n = 0;
  if (in->seasonal_periods) return DYO_OK;
  periods = DYO_NEW(ctx, h->n_periods, double);
  if (!periods) return dyo_oom(err);
  for (size_t i = 0; i < h->n_periods; i++)
    if (p->periods[i] <= LONG_SEASON || (p->found && FEWEST_ROUNDS * p->periods[i] <= (double)h->n))
      periods[n++] = p->periods[i];
  p->periods = periods;
  h->periods = periods, h->n_periods = n;
  h->period = n ? floor(periods[0] + 0.5) : 1;
  return DYO_OK;
}
