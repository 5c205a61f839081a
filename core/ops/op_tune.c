/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ops/dyo_op_tune.h"

#include <math.h>
#include <string.h>

#include "ops/forecast.h"
#include "ops/inner.h"
#include "ops/tune.h"
#include "ops/words.h"

static const char *const metric_words[]  = {"mase", "mae", "rmse", "mape", "smape", "rmsse", "pinball", NULL};
static const char *const stopped_words[] = {"iterations", "space", "time", "cancelled", NULL};
enum { MASE, MAE, RMSE, MAPE, SMAPE, RMSSE, PINBALL };

static const char   stage[]   = "trying settings";
static const char   no_room[] = "the history has no room for an origin";
static const double level     = 0.95; /* of the interval whose pinball loss may be the score */

const dyo_field dyo_tune_in_rows[] = {
  DYO_OBJ(dyo_tune_in, series, DYO_REQ, dyo_series_in, dyo_series_in_rows, "The series."),
  DYO_ENUM(dyo_tune_in, model_type, DYO_REQ, dyo_model_words + 1, "The model whose settings are searched."),
  DYO_JSON(
    dyo_tune_in, search, DYO_OPT,
    "What to try, by the names of the model's params: a list of values, in which null leaves the setting to the model, or "
    "{\"min\",\"max\"} and \"log\"; absent: what is usual for the model."),
  DYO_JSON(dyo_tune_in, params, DYO_OPT, "Settings that stay as they are."),
  DYO_INT(
    dyo_tune_in, trials, 30, 1, DYO_TRIALS_MOST, NULL,
    "Most settings to try: the first half at random, the rest near the best; all there are, where they are no more."),
  DYO_ENUM(dyo_tune_in, metric, DYO_OPT, metric_words,
           "The error to minimise; absent: mase, or rmsse where demand is intermittent."),
  DYO_INT(dyo_tune_in, forecast_horizon, 12, 1, 1000, "steps",
          "Steps forecast from each origin; at most a fifth of the history is taken."),
  DYO_INT(dyo_tune_in, folds, 4, 1, DYO_FOLDS_MOST, NULL, "Origins; fewer where the history is too short."),
  DYO_INT(dyo_tune_in, step, DYO_OPT, 1, 1000, "steps", "Distance between origins; absent: the horizon."),
  DYO_NUM(dyo_tune_in, time_limit_s, 60, DYO_POS, 1e6, "seconds", "No further setting is tried after this time."),
  DYO_NUMS(dyo_tune_in, seasonal_periods, 0, DYO_OPT, 1, 100000, "observations",
           "Seasonal periods; absent: detected; []: none."),
  DYO_MAP(dyo_tune_in, regressors, DYO_OPT, DYO_REGRESSORS_MOST, dyo_regressor, dyo_regressor_rows,
          "Series that explain this one: numbers by name, one beside each value. Their future counts as known."),
  DYO_LIST(dyo_tune_in, holidays, DYO_OPT, DYO_HOLIDAYS_MOST, dyo_holiday_in, dyo_holiday_rows,
           "Days that recur and change the values."),
  DYO_INT(dyo_tune_in, seed, 1, 0, INT_MAX, NULL, "Seed of the search."),
  DYO_END(dyo_tune_in)};

static const dyo_field trial_rows[] = {
  DYO_JSON(dyo_trial, params, DYO_REQ, "The settings."),
  DYO_OUT(dyo_trial, score, DYO_NULL, NULL, "Their error; null where they failed."),
  DYO_INT(dyo_trial, folds, DYO_REQ, 0, DYO_FOLDS_MOST, NULL, "Origins they could be fitted at."),
  DYO_STR(dyo_trial, error, DYO_OPT, 512, "Why they failed."), DYO_END(dyo_trial)};

const dyo_field dyo_tune_out_rows[] = {
  DYO_STR(dyo_tune_out, model_type, DYO_REQ, 32, "The model."),
  DYO_JSON(dyo_tune_out, params, DYO_OPT,
           "The best settings tried, for params of forecast.create; absent where all failed."),
  DYO_OUT(dyo_tune_out, score, DYO_NULL, NULL, "Their error."),
  DYO_OUT(dyo_tune_out, default_score, DYO_NULL, NULL,
          "The error of the model with nothing set but the request's params."),
  DYO_STR(dyo_tune_out, metric, DYO_REQ, 16, "What the scores are: a mean over all origins and steps; less is better."),
  DYO_INT(dyo_tune_out, folds, DYO_REQ, 0, DYO_FOLDS_MOST, NULL, "Origins of a score."),
  DYO_INT(dyo_tune_out, forecast_horizon, DYO_REQ, 1, 1000, "steps", "Steps forecast from each."),
  DYO_LIST(dyo_tune_out, trials, DYO_REQ, DYO_TRIALS_MOST, dyo_trial, trial_rows, "All settings tried, in order."),
  DYO_ENUM(dyo_tune_out, stopped_by, DYO_REQ, stopped_words,
           "What ended the search: its trials, that nothing was left to try, the time limit, or a cancel."),
  DYO_STR(dyo_tune_out, reason, DYO_REQ, 512, "The outcome in a sentence."),
  DYO_STRS(dyo_tune_out, warnings, DYO_REQ, 1000, "Repairs and remarks."),
  DYO_END(dyo_tune_out)};

typedef struct {
  dyo_ctx           *ctx;
  const dyo_tune_in *in;
  const dyo_model   *model;
  prepared           p;
  tune_space         space;
  dyo_search         search;
  dyo_backtest_opts  test;
  int                metric;
  dyo_trial          usual; /* the model with nothing set */
  dyo_tune_out      *out;
  dyo_err           *err;
} tuning;

static double score_of(const tuning *t, const dyo_accuracy *a)
{
  switch (t->metric) {
  case MAE: return a->mae;
  case RMSE: return a->rmse;
  case MAPE: return a->mape;
  case SMAPE: return a->smape;
  case MASE: return a->mase;
  case RMSSE: return a->rmsse;
  case PINBALL: return a->pinball;
  default: return forecast_score(a, &t->p);
  }
}

/* Why settings have no score. A refusal points into params, so its path is of use. */
static const char *why_none(const tuning *t, const dyo_trial *trial, const dyo_err *e)
{
  const char *where = e->path[0] ? dyo_text(t->ctx, "%s: ", e->path) : "";
  const int   all   = t->out->folds;
  if (!where) return NULL;
  if (e->code == DYO_OK && trial->folds == 0) return no_room;
  if (e->code == DYO_OK) return "the error cannot be computed for this series";
  if (trial->folds == 0) return dyo_text(t->ctx, "%s%s", where, e->message);
  return dyo_text(t->ctx, "fitted at %d of %d origins only: %s%s", trial->folds, all, where, e->message);
}

/* A rolling backtest in memory of its own. DYO_CANCELLED also where the time is over. */
static dyo_status test_in(dyo_ctx *inner, tuning *t, const char *params, dyo_backtest *b, dyo_err *why)
{
  void            *decoded = NULL;
  const dyo_status st      = forecast_params(inner, t->model, params, &decoded, why);
  if (st != DYO_OK) return st;
  *why = (dyo_err){0};
  return dyo_backtest_run(inner, t->model, decoded, &t->p.history, &t->test, b, why);
}

/* One try: *trial is filled. `done` is the share of the tries behind. DYO_CANCELLED where it was cut short, and *late tells by what. */
static dyo_status try_one(tuning *t, const char *params, double done, dyo_trial *trial, bool *late)
{
  dyo_ctx      inner;
  inner_relay  relay;
  dyo_backtest b   = {0};
  dyo_err      why = {0};
  *trial           = (dyo_trial){.params = params, .score = NAN};
  if (!params) return dyo_oom(t->err);
  inner_init(&inner, &relay, t->ctx, done);
  relay.stage         = stage;
  const dyo_status st = test_in(&inner, t, params, &b, &why);
  trial->folds        = (int)b.folds;
  *late               = relay.late;
  if (b.folds >= (size_t)t->out->folds && b.folds > 0) trial->score = score_of(t, &b.all);
  inner_end(&inner, &relay);
  if (st == DYO_CANCELLED) return st;
  if (st == DYO_OUT_OF_MEMORY) return dyo_oom(t->err);
  if (isnan(trial->score)) trial->error = why_none(t, trial, &why);
  return isnan(trial->score) && !trial->error ? dyo_oom(t->err) : DYO_OK;
}

/* The model with nothing set comes first: its origins are those that every other one has to be fitted at. */
static dyo_status try_usual(tuning *t, bool *late)
{
  const dyo_status st   = try_one(t, tune_space_params(t->ctx, &t->space, NULL), 0, &t->usual, late);
  t->out->folds         = t->usual.folds;
  t->out->default_score = t->usual.score;
  if (st != DYO_OK || t->usual.error != no_room) return st;
  return dyo_fail(t->err, DYO_INSUFFICIENT_DATA, "/series/values",
                  "%zu values; to fit %s and have %zu steps left to forecast takes %zu", t->p.regular.known,
                  t->model->name, t->test.h, t->model->min_obs(t->p.history.period) + t->test.h);
}

/* Tries until nothing is left to try or something stops it. */
static dyo_status try_all(tuning *t, bool *late)
{
  dyo_tune_out *out = t->out;
  const double *x   = NULL;
  const double  all = t->in->trials + 1.0;
  dyo_status    st  = try_usual(t, late);
  while (st == DYO_OK && (x = dyo_search_ask(&t->search)) != NULL) {
    const char *params = tune_space_params(t->ctx, &t->space, x);
    dyo_trial  *trial  = &out->trials[out->n_trials];
    const bool  same   = params && strcmp(params, t->usual.params) == 0;
    if (dyo_poll(t->ctx, (double)out->n_trials / all, stage) == DYO_STOP_CANCELLED) st = DYO_CANCELLED;
    else if (same) *trial = t->usual;
    else st = try_one(t, params, ((double)out->n_trials + 1) / all, trial, late);
    if (st != DYO_OK) break;
    if (out->folds == 0 && isfinite(trial->score)) out->folds = trial->folds;
    out->n_trials++;
    dyo_search_tell(&t->search, trial->score);
  }
  return st;
}

static int why_stopped(const tuning *t, dyo_status st, bool late)
{
  if (st == DYO_CANCELLED) return late ? DYO_TUNE_BY_TIME : DYO_TUNE_BY_CANCEL;
  return (double)t->out->n_trials >= t->search.points ? DYO_TUNE_BY_SPACE : DYO_TUNE_BY_ITERATIONS;
}

static const char *left_to_itself(const tuning *t)
{
  const char  *figure = words_figure(t->ctx, t->out->default_score);
  const size_t b      = t->search.best;
  if (isnan(t->out->default_score)) return "cannot be scored";
  if (!figure || b == SIZE_MAX || t->search.score[b] < t->out->default_score)
    return figure ? dyo_text(t->ctx, "has %s", figure) : NULL;
  return dyo_text(t->ctx, "has %s, which is no worse", figure);
}

static dyo_status tell(tuning *t)
{
  dyo_tune_out *out  = t->out;
  const size_t  b    = t->search.best;
  const char   *left = left_to_itself(t);
  const char   *more = out->n_trials == 1 ? "" : "s";
  out->score         = NAN;
  if (b == SIZE_MAX) {
    out->reason =
      dyo_text(t->ctx, "%zu setting%s of %s tried; none could be scored.", out->n_trials, more, out->model_type);
    return out->reason ? DYO_OK : dyo_oom(t->err);
  }
  out->params     = out->trials[b].params;
  out->score      = out->trials[b].score;
  const char *now = words_figure(t->ctx, out->score);
  if (!left || !now) return dyo_oom(t->err);
  out->reason = dyo_text(t->ctx, "The best of %zu setting%s tried has %s %s; left to itself %s %s.", out->n_trials,
                         more, out->metric, now, out->model_type, left);
  return out->reason ? DYO_OK : dyo_oom(t->err);
}

/* As forecast.create tests: at most a fifth of the history at a time. */
static dyo_status set_test(tuning *t)
{
  const dyo_tune_in *in   = t->in;
  const size_t       room = t->p.regular.n / 5 > 1 ? t->p.regular.n / 5 : 1;
  const size_t       h    = (size_t)in->forecast_horizon < room ? (size_t)in->forecast_horizon : room;
  const size_t       step = in->step == DYO_NO_INT ? h : (size_t)in->step;
  t->test                 = (dyo_backtest_opts){
                    .h = h, .folds = (size_t)in->folds, .step = step, .level = level, .calibrate = in->metric == PINBALL};
  t->out->forecast_horizon = (int)h;
  if (h < (size_t)in->forecast_horizon &&
      !dyo_note(t->ctx, &t->p.notes, "The history has %zu values; %zu steps are forecast from each origin.",
                t->p.regular.n, h))
    return dyo_oom(t->err);
  return DYO_OK;
}

static dyo_status begin(tuning *t)
{
  const dyo_tune_in *in = t->in;
  dyo_status st    = forecast_prepare(t->ctx, in->series, in->seasonal_periods, in->n_seasonal_periods, &t->p, t->err);
  void      *fixed = NULL;
  if (st == DYO_OK) st = forecast_regressors(t->ctx, in->regressors, in->n_regressors, in->series, &t->p, t->err);
  if (st == DYO_OK) st = forecast_holidays(t->ctx, in->holidays, in->n_holidays, &t->p, t->err);
  if (st == DYO_OK) st = forecast_uses(t->ctx, t->model, &t->p.history, "/model_type", t->err);
  if (st == DYO_OK) st = forecast_params(t->ctx, t->model, in->params, &fixed, t->err);
  if (st == DYO_OK) st = tune_space_read(t->ctx, t->model, in->search, in->params, &t->space, t->err);
  if (st == DYO_OK) st = forecast_enough(t->model, &t->p, t->err);
  if (st == DYO_OK)
    st = dyo_search_new(t->ctx, t->space.axes, t->space.n, (size_t)in->trials, (uint64_t)in->seed, &t->search, t->err);
  if (st != DYO_OK) return st;
  t->metric      = in->metric;
  t->out->metric = metric_words[in->metric >= 0 ? in->metric : forecast_score_rare(&t->p) ? RMSSE : MASE];
  t->out->trials = DYO_NEW(t->ctx, (size_t)in->trials, dyo_trial);
  return t->out->trials ? set_test(t) : dyo_oom(t->err);
}

dyo_status dyo_tune(dyo_ctx *ctx, const dyo_tune_in *in, dyo_tune_out *out, dyo_err *err)
{
  tuning t = {.ctx = ctx, .in = in, .out = out, .err = err, .model = dyo_models[in->model_type]};
  dyo_time_limit(ctx, in->time_limit_s);
  out->model_type = t.model->name;
  dyo_status st   = begin(&t);
  if (st != DYO_OK) return st;
  bool late            = false;
  st                   = try_all(&t, &late);
  const bool cancelled = st == DYO_CANCELLED && !late;
  if (st != DYO_OK && st != DYO_CANCELLED) return st;
  out->stopped_by = why_stopped(&t, st, late);
  st              = tell(&t);
  if (st != DYO_OK) return st;
  out->warnings   = dyo_notes_list(ctx, &t.p.notes);
  out->n_warnings = t.p.notes.n;
  if (!out->warnings) return dyo_oom(err);
  return cancelled ? dyo_cancelled(ctx, out->n_trials > 0, err) : DYO_OK;
}
