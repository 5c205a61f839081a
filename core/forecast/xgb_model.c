/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "forecast/dyo_importance.h"
#include "forecast/models.h"
#include "forecast/xgb.h"
#include "num/dyo_dist.h"

static const char *const strategy_words[]      = {"recursive", "direct", NULL};
const char *const        xgb_transform_words[] = {"none", "log", NULL};
const char *const        xgb_detrend_words[]   = {"none", "difference", "smooth", NULL};
static const char *const intervals_words[]     = {"normal", "conformal", NULL};
const char *const        xgb_season_words[]    = {"learned", "decomposed", NULL};

enum { FEWEST = 4 };

#define P xgb_params
static const dyo_field params_rows[] = {
  DYO_TREES_SETTINGS_ROWS,
  DYO_INT(P, n_estimators, DYO_OPT, 1, 5000, "trees",
          "Trees to grow. Absent: 1 to 200, as many as forecast values held back at the end of the history best."),
  DYO_INTS(
    P, lags, DYO_OPT, 1, XGB_REACH_MOST, "steps",
    "Values so many steps back are features. Absent: the latest ones, and those about one and two seasons back."),
  DYO_INTS(P, windows, DYO_OPT, 2, XGB_REACH_MOST, "steps",
           "Mean, deviation, least and largest of so many latest values are features. Absent: one season, or 4 and 8."),
  DYO_ENUM(
    P, strategy, DYO_OPT, strategy_words,
    "recursive: each step is forecast from the ones before; direct: from what is known, with the step as a feature. "
    "Absent: direct for a quantile other than the median, else recursive."),
  DYO_ENUM(P, transform, DYO_OPT, xgb_transform_words,
           "log: growth and seasons multiply; for values above zero. Absent: what forecasts held-back values best."),
  DYO_ENUM(P, detrend, DYO_OPT, xgb_detrend_words,
           "What the trees' answer is added to: the mean, the last value, or a smoothed level, with half the trend. On "
           "counts (count:poisson, reg:tweedie) it multiplies the level, or is all there is. Absent: smooth."),
  DYO_ENUM(P, season, DYO_OPT, xgb_season_words,
           "decomposed: taken out before and put back after; learned: left to the trees. Absent: as transform."),
  DYO_ENUM(P, intervals, XGB_NORMAL, intervals_words,
           "normal: of errors that grow with the steps, widened as calibrate says; conformal: as wide as the errors of "
           "forecasts so many steps ahead were in the last third of the history, if it has 60 values."),
  DYO_END(P)};
#undef P

static const dyo_field holiday_rows[] = {
  DYO_STR(xgb_holiday, name, DYO_REQ, 64, "Name."),
  DYO_NUMS(xgb_holiday, days, 0, DYO_REQ, -1e6, 4e6, NULL, "Days since 1970-01-01."),
  DYO_INT(xgb_holiday, lower, DYO_REQ, -366, 0, NULL, "Days before."),
  DYO_INT(xgb_holiday, upper, DYO_REQ, 0, 366, NULL, "Days after."), DYO_END(xgb_holiday)};

#define S           xgb_state
#define ANY(m, doc) DYO_NUM(S, m, DYO_REQ, -1e300, 1e300, NULL, doc)
const dyo_field xgboost_state_rows[] = {
  DYO_ENUM(S, strategy, DYO_REQ, strategy_words, "Strategy."),
  DYO_ENUM(S, transform, DYO_REQ, xgb_transform_words, "Transform."),
  DYO_ENUM(S, detrend, DYO_REQ, xgb_detrend_words, "What the trees' answer is added to."),
  DYO_ENUM(S, season, DYO_REQ, xgb_season_words, "Season."),
  ANY(centre, "Centre of z."),
  DYO_NUM(S, spread, DYO_REQ, DYO_POS, 1e300, NULL, "Unit of z."),
  DYO_NUM(S, alpha, DYO_REQ, 0, 1, NULL, "Smoothing of the level."),
  ANY(drift, "Drift of the level."),
  ANY(at, "The level."),
  DYO_NUM(S, n, DYO_REQ, 1, 1e9, NULL, "Values so far."),
  DYO_INT(S, block, DYO_REQ, 1, XGB_BLOCK_MOST, NULL, "Steps at once."),
  DYO_INTS(S, lags, DYO_REQ, 1, XGB_REACH_MOST, NULL, "Lags."),
  DYO_INTS(S, windows, DYO_REQ, 2, XGB_REACH_MOST, NULL, "Windows."),
  DYO_INTS(S, calendar, DYO_REQ, 0, XGB_CALENDAR - 1, NULL, "Parts of the date."),
  DYO_NUMS(S, periods, 0, DYO_REQ, 2, 1e6, NULL, "Seasons whose places are features."),
  DYO_INT(S, unit, DYO_REQ, 0, DYO_FREQ_YEAR, NULL, "Unit of a step."),
  DYO_INT(S, step, DYO_REQ, 1, 100000, NULL, "Units of a step."),
  DYO_LIST(S, holidays, DYO_OPT, 1000, xgb_holiday, holiday_rows, "Holidays."),
  DYO_STRS(S, x_names, DYO_OPT, 1000, "Regressors."),
  DYO_NUMS(S, x_at, 0, DYO_OPT, -1e300, 1e300, NULL, "Their levels."),
  DYO_NUMS(S, beta, 0, DYO_OPT, -1e300, 1e300, NULL, "Their effects."),
  DYO_NUMS(S, tail, 0, DYO_REQ, -1e300, 1e300, NULL, "Latest z."),
  DYO_NUMS(S, pattern, 0, DYO_OPT, -1e300, 1e300, NULL, "Seasons."),
  DYO_INTS(S, pattern_periods, DYO_OPT, 1, XGB_REACH_MOST, NULL, "Their periods."),
  DYO_OBJ(S, settings, DYO_REQ, dyo_trees_settings, dyo_trees_settings_rows, "Settings of the trees."),
  DYO_NUM(S, base_score, DYO_REQ, -1e30, 1e30, NULL, "Answer before the first tree."),
  DYO_INTS(S, sizes, DYO_REQ, 1, INT_MAX, NULL, "Nodes of each tree."),
  DYO_INTS(S, feature, DYO_REQ, -1, INT_MAX, NULL, "What each node asks."),
  DYO_NUMS(S, value, 0, DYO_REQ, -1e30, 1e30, NULL, "Where it splits, or its answer."),
  DYO_NUMS(S, gain, 0, DYO_REQ, 0, 1e300, NULL, "Gain by feature."),
  DYO_NUMS(S, cover, 0, DYO_REQ, 0, 1e300, NULL, "Cover by feature."),
  DYO_NUMS(S, weight, 0, DYO_REQ, 0, 1e15, NULL, "Splits by feature."),
  DYO_NUM(S, sd, DYO_REQ, 0, 1e300, NULL, "Deviation of the error one step on, in z."),
  DYO_NUM(S, growth, DYO_REQ, 0, 1, NULL, "Its growth with the steps."),
  DYO_NUMS(S, past, 0, DYO_OPT, 0, 1e300, NULL, "Half widths that held past errors."),
  DYO_END(S)};
#undef S

static size_t min_obs(double period)
{
  (void)period;
  return FEWEST;
}

/* A fit costs a few forecasts' worth of trees; below it trees have nothing to find. */
static bool suits(const dyo_history *h)
{
  return h->n >= 60;
}

/* Forms that would take values below zero to trees that know none. */
static dyo_status check_counts(const dyo_history *h, const xgb_params *p, dyo_err *err)
{
  const char *word = dyo_trees_objective_words[p->trees.objective];
  for (size_t t = 0; t < h->n; t++)
    if (h->y[t] < 0)
      return dyo_fail(err, DYO_INVALID_INPUT, "/params/objective",
                      "found \"%s\", and a value of %g; values of zero and above are expected", word, h->y[t]);
  if (p->detrend == XGB_DIFFERENCE)
    return dyo_fail(err, DYO_INVALID_INPUT, "/params/detrend",
                    "found \"difference\" under %s, which takes nothing below zero: none or smooth is expected", word);
  if (p->transform == XGB_LOG)
    return dyo_fail(err, DYO_INVALID_INPUT, "/params/transform",
                    "found \"log\" under %s, which takes the logarithm of the mean: none is expected", word);
  if (p->season == XGB_SEASON_TAKEN)
    return dyo_fail(err, DYO_INVALID_INPUT, "/params/season",
                    "found \"decomposed\" under %s, which takes nothing below zero: learned is expected", word);
  return DYO_OK;
}

static dyo_status check_objective(const dyo_history *h, const xgb_params *p, dyo_err *err)
{
  if (xgb_on_counts(&p->trees)) return check_counts(h, p, err);
  if (p->trees.objective == DYO_OBJ_LOGISTIC)
    return dyo_fail(err, DYO_UNSUPPORTED, "/params/objective",
                    "found \"%s\"; a series of numbers takes reg:squarederror, reg:absoluteerror, reg:quantileerror, "
                    "count:poisson or reg:tweedie",
                    dyo_trees_objective_words[p->trees.objective]);
  if (xgb_on_quantile(&p->trees) && p->strategy == XGB_RECURSIVE)
    return dyo_fail(err, DYO_INVALID_INPUT, "/params/strategy",
                    "found \"recursive\" for the quantile %g; the quantile of a step is not made of those of the steps "
                    "before: direct is expected",
                    p->trees.quantile_alpha);
  return DYO_OK;
}

static dyo_status check(const dyo_history *h, const xgb_params *p, dyo_err *err)
{
  const dyo_status st = check_objective(h, p, err);
  if (st != DYO_OK) return st;
  if (p->transform == XGB_LOG)
    for (size_t t = 0; t < h->n; t++)
      if (h->y[t] <= 0)
        return dyo_fail(err, DYO_INVALID_INPUT, "/params/transform",
                        "found \"log\", and a value of %g; values above zero are expected", h->y[t]);
  const size_t most = h->n - 1;
  for (size_t i = 0; p->lags && i < p->n_lags; i++)
    if ((size_t)p->lags[i] > most)
      return dyo_fail_item(err, DYO_INVALID_INPUT, "params/lags", i, NULL,
                           "found %d; the history has %zu values, so that %zu is the longest lag", p->lags[i], h->n,
                           most);
  for (size_t i = 0; p->windows && i < p->n_windows; i++)
    if ((size_t)p->windows[i] > most)
      return dyo_fail_item(err, DYO_INVALID_INPUT, "params/windows", i, NULL,
                           "found %d; the history has %zu values, so that %zu is the longest window", p->windows[i],
                           h->n, most);
  if (p->n_lags > XGB_LAGS_MOST || p->n_windows > XGB_LAGS_MOST)
    return dyo_fail(err, DYO_TOO_LARGE, p->n_lags > XGB_LAGS_MOST ? "/params/lags" : "/params/windows",
                    "found %zu; at most %d are expected", p->n_lags > XGB_LAGS_MOST ? p->n_lags : p->n_windows,
                    XGB_LAGS_MOST);
  return DYO_OK;
}

static dyo_status fit(dyo_ctx *ctx, const dyo_history *h, const void *params, void *state, dyo_err *err)
{
  const xgb_params *p = params;
  xgb_state        *s = state;
  dyo_trees         m;
  size_t            rounds = 0;
  dyo_status        st     = check(h, p, err);
  s->settings              = DYO_NEW(ctx, 1, dyo_trees_settings);
  if (!s->settings) return dyo_oom(err);
  *s->settings = p->trees;
  s->strategy  = p->strategy >= 0 ? p->strategy : xgb_on_quantile(&p->trees) ? XGB_DIRECT : XGB_RECURSIVE;
  s->detrend   = p->detrend >= 0 ? p->detrend : XGB_SMOOTH;
  if (st == DYO_OK) st = xgb_choose(ctx, h, p, s, &rounds, err);
  const double held_sd = s->sd; /* in units of y or its logarithm */
  if (st == DYO_OK && p->intervals == XGB_CONFORMAL) st = xgb_conform(ctx, h, p, rounds, s, err);
  if (st == DYO_OK) st = xgb_learn(ctx, h, p, rounds, s, &m, err);
  if (st != DYO_OK) return st;
  s->sd = fmax(s->sd, held_sd / xgb_unit(s));
  for (size_t i = 0; i < s->n_past; i++) s->past[i] /= xgb_unit(s);
  return xgb_pack(ctx, &m, 0, s, err);
}

/* Cut at zero, where counts pile up; above, the gamma distribution of that mean and deviation, skewed as they are. */
static void band_of_counts(const dyo_ask *ask, const double *sd, dyo_band *out)
{
  dyo_dist d;
  dyo_band_normal(ask, sd, out);
  for (size_t l = 0; l < ask->n_levels; l++)
    for (size_t i = 0; i < ask->h; i++) {
      const double mean = out->mean[i], p = 0.5 + ask->levels[l] / 2;
      const size_t at = l * ask->h + i;
      out->lower[at]  = fmax(out->lower[at], 0);
      if (mean > 1e-6 && mean < 1e9 && dyo_dist_fit(DYO_DIST_GAMMA, mean, sd[i], &d))
        out->upper[at] = fmax(dyo_dist_quantile(&d, p), mean);
    }
}

static dyo_status forecast(dyo_ctx *ctx, const void *state, const dyo_ask *ask, dyo_band *out, dyo_err *err)
{
  const xgb_state *s  = state;
  double          *sd = DYO_NEW(ctx, ask->h, double);
  dyo_trees        m;
  dyo_status       st = sd ? xgb_unpack(ctx, s, &m, err) : dyo_oom(err);
  if (st == DYO_OK) st = xgb_run(ctx, s, &m, ask->x, ask->t, ask->h, out->mean, err);
  if (st != DYO_OK) return st;
  for (size_t i = 0; i < ask->h; i++) sd[i] = s->sd * pow((double)(i + 1), s->growth) * xgb_wide(s, out->mean[i]);
  if (s->n_past) xgb_conformed(s, ask, out);
  else if (xgb_on_counts(s->settings)) band_of_counts(ask, sd, out);
  else dyo_band_normal(ask, sd, out);
  for (size_t i = 0; i < ask->h; i++) {
    out->mean[i] = xgb_y(s, out->mean[i], i);
    for (size_t l = 0; l < ask->n_levels; l++) {
      out->lower[l * ask->h + i] = xgb_y(s, out->lower[l * ask->h + i], i);
      out->upper[l * ask->h + i] = xgb_y(s, out->upper[l * ask->h + i], i);
    }
  }
  return DYO_OK;
}

static dyo_status update(dyo_ctx *ctx, void *state, const dyo_news *news, dyo_err *err)
{
  xgb_state *s = state;
  dyo_trees  m;
  dyo_status st   = xgb_unpack(ctx, s, &m, err);
  size_t     from = m.n_trees;
  for (size_t i = 0; i < news->n && st == DYO_OK && xgb_on_counts(s->settings); i++)
    if (news->y[i] < 0)
      return dyo_fail_item(err, DYO_INVALID_INPUT, "observations/values", i, NULL,
                           "found %g; the model is one of counts, and takes nothing below zero", news->y[i]);
  if (st == DYO_OK) st = xgb_absorb(ctx, s, news, true, &m, err);
  return st == DYO_OK ? xgb_pack(ctx, &m, from, s, err) : st;
}

static dyo_status report(dyo_ctx *ctx, const void *state, dyo_report *r, dyo_err *err)
{
  const xgb_state *s = state;
  r->params          = DYO_NEW(ctx, 4 + s->n_beta, dyo_parameter);
  if (!r->params) return dyo_oom(err);
  r->form = dyo_text(ctx, "%s, %zu trees, transform %s, detrend %s, season %s%s", strategy_words[s->strategy],
                     s->n_sizes, xgb_transform_words[s->transform], xgb_detrend_words[s->detrend],
                     xgb_season_words[s->season], xgb_bare(s) ? ", regressors as straight lines" : "");
  r->params[r->n_list++] = (dyo_parameter){"n_estimators", (double)s->n_sizes, NAN};
  r->params[r->n_list++] = (dyo_parameter){"smoothing_level", s->alpha, NAN};
  r->params[r->n_list++] = (dyo_parameter){"drift", s->drift * s->spread, NAN};
  for (size_t c = 0; c < s->n_beta; c++) {
    const char *name = dyo_text(ctx, "beta.%s", s->x_names[c]);
    if (!name) return dyo_oom(err);
    r->params[r->n_list++] = (dyo_parameter){name, s->beta[c] * s->spread, NAN};
  }
  r->sigma2    = xgb_on_counts(s->settings) ? NAN : s->sd * s->spread * s->sd * s->spread; /* no one variance */
  r->residuals = s->residuals, r->n_residuals = s->n_residuals;
  r->relative = s->transform == XGB_LOG;
  return r->form ? DYO_OK : dyo_oom(err);
}

static bool calibrated(const void *state)
{
  return ((const xgb_state *)state)->n_past > 0;
}

static bool counts(const void *state)
{
  return xgb_on_counts(((const xgb_state *)state)->settings);
}

static const char **regressors(const void *state, size_t *n)
{
  const xgb_state *s = state;
  *n                 = s->n_x_names;
  return s->x_names;
}

dyo_status dyo_importance_of(dyo_ctx *ctx, const void *state, dyo_feature **out, size_t *n, dyo_err *err)
{
  const xgb_state *s = state;
  dyo_trees        m;
  dyo_status       st = xgb_unpack(ctx, s, &m, err);
  if (st != DYO_OK) return st;
  *n   = m.n_features;
  *out = DYO_NEW(ctx, *n, dyo_feature);
  if (!*out) return dyo_oom(err);
  for (size_t i = 0; i < *n; i++) {
    const double w = s->weight[i];
    (*out)[i] = (dyo_feature){xgb_feature_name(ctx, s, i), w > 0 ? s->gain[i] / w : 0, w > 0 ? s->cover[i] / w : 0, w};
    if (!(*out)[i].name) return dyo_oom(err);
  }
  return DYO_OK;
}

static const char search_space[] =
  "{\"max_depth\":{\"min\":2,\"max\":6},\"eta\":{\"min\":0.02,\"max\":0.3},\"lambda\":{\"min\":0.1,\"max\":100},"
  "\"strategy\":[\"recursive\",\"direct\"],\"transform\":[\"none\",\"log\",null],\"season\":[\"learned\",\"decomposed\"],"
  "\"n_estimators\":[10,30,100,300,null]}";

const dyo_model dyo_model_xgboost = {.name       = "xgboost",
                                     .params     = params_rows,
                                     .state      = xgboost_state_rows,
                                     .min_obs    = min_obs,
                                     .fit        = fit,
                                     .forecast   = forecast,
                                     .update     = update,
                                     .report     = report,
                                     .suits      = suits,
                                     .regressors = regressors,
                                     .holidays   = true,
                                     .counts     = counts,
                                     .calibrated = calibrated,
                                     .related    = true,
                                     .search     = search_space};
