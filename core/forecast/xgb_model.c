/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "forecast/models.h"
#include "forecast/xgb.h"

const char *const xgb_strategy_words[] = {"recursive", "direct", NULL};
const char *const xgb_transform_words[] = {"none", "log", NULL};
const char *const xgb_level_words[] = {"mean", "last", "smooth", NULL};
const char *const xgb_season_words[] = {"none", "difference", "decompose", NULL};

enum { FEWEST = 3 };

static const dyo_field params_rows[] = {
  DYO_TREES_SETTINGS_ROWS,
  DYO_INT(xgb_params, n_estimators, DYO_OPT, 1, 10000, "trees", "Trees to grow; absent: chosen."),
  DYO_INTS(xgb_params, lags, DYO_OPT, 1, XGB_REACH_MOST, "steps", "Lags."),
  DYO_INTS(xgb_params, windows, DYO_OPT, 2, XGB_REACH_MOST, "steps", "Windows."),
  DYO_ENUM(xgb_params, strategy, XGB_RECURSIVE, xgb_strategy_words, "Strategy."),
  DYO_ENUM(xgb_params, transform, DYO_OPT, xgb_transform_words, "Transform."),
  DYO_ENUM(xgb_params, level, DYO_OPT, xgb_level_words, "Level."),
  DYO_ENUM(xgb_params, season, DYO_OPT, xgb_season_words, "Season."),
  DYO_END(xgb_params)};

static const dyo_field state_rows[] = {
  DYO_ENUM(xgb_state, strategy, DYO_REQ, xgb_strategy_words, "Strategy."),
  DYO_ENUM(xgb_state, transform, DYO_REQ, xgb_transform_words, "Transform."),
  DYO_ENUM(xgb_state, level, DYO_REQ, xgb_level_words, "Level."),
  DYO_ENUM(xgb_state, season, DYO_REQ, xgb_season_words, "Season."),
  DYO_NUM(xgb_state, centre, DYO_REQ, -DBL_MAX, DBL_MAX, NULL, "."),
  DYO_NUM(xgb_state, spread, DYO_REQ, DYO_POS, DBL_MAX, NULL, "."),
  DYO_NUM(xgb_state, alpha, DYO_REQ, 0, 1, NULL, "."),
  DYO_NUM(xgb_state, drift, DYO_REQ, -DBL_MAX, DBL_MAX, NULL, "."),
  DYO_NUM(xgb_state, at, DYO_REQ, -DBL_MAX, DBL_MAX, NULL, "."),
  DYO_NUM(xgb_state, n, DYO_REQ, 1, 1e15, NULL, "."),
  DYO_INT(xgb_state, lag, DYO_REQ, 0, XGB_REACH_MOST, NULL, "."),
  DYO_INT(xgb_state, block, DYO_REQ, 1, XGB_REACH_MOST, NULL, "."),
  DYO_INTS(xgb_state, lags, DYO_REQ, 1, XGB_REACH_MOST, NULL, "."),
  DYO_INTS(xgb_state, windows, DYO_REQ, 2, XGB_REACH_MOST, NULL, "."),
  DYO_NUMS(xgb_state, periods, 0, DYO_REQ, 1, 1e6, NULL, "."),
  DYO_STRS(xgb_state, x_names, DYO_OPT, 100, "."),
  DYO_NUMS(xgb_state, tail, 0, DYO_REQ, -DBL_MAX, DBL_MAX, NULL, "."),
  DYO_NUMS(xgb_state, pattern, 0, DYO_OPT, -DBL_MAX, DBL_MAX, NULL, "."),
  DYO_INTS(xgb_state, pattern_periods, DYO_OPT, 1, XGB_REACH_MOST, NULL, "."),
  DYO_OBJ(xgb_state, settings, DYO_REQ, dyo_trees_settings, dyo_trees_settings_rows, "."),
  DYO_NUM(xgb_state, base_score, DYO_REQ, -DBL_MAX, DBL_MAX, NULL, "."),
  DYO_INTS(xgb_state, sizes, DYO_REQ, 1, INT_MAX, NULL, "."),
  DYO_INTS(xgb_state, feature, DYO_REQ, -1, INT_MAX, NULL, "."),
  DYO_NUMS(xgb_state, value, 0, DYO_REQ, -1e38, 1e38, NULL, "."),
  DYO_NUM(xgb_state, sd, DYO_REQ, 0, DBL_MAX, NULL, "."),
  DYO_NUM(xgb_state, growth, DYO_REQ, 0, 2, NULL, "."),
  DYO_END(xgb_state)};

static size_t min_obs(double period)
{
  (void)period;
  return FEWEST;
}

/* Rows to learn from: which origin and step each has, its features and target. */
typedef struct {
  xgb_view v;
  size_t n;        /* of w */
  double *w, *b;   /* b[t]: the level's forecast of w[t] from t - 1 on */
  const double *x; /* of w[0]; columns of x_stride */
  size_t x_stride;
  const double *known; /* NaN where not a target */
} lesson;

static void level_pass(xgb_state *s, const double *w, size_t n, double *b)
{
  s->at = w[0];
  b[0] = w[0];
  for (size_t t = 1; t < n; t++) {
    b[t] = s->at + s->drift;
    xgb_follow(s, w[t]);
  }
}

static double sse_of(const double *w, const double *b, size_t n)
{
  double sum = 0;
  for (size_t t = 1; t < n; t++) sum += (w[t] - b[t]) * (w[t] - b[t]);
  return sum;
}

static double slope(const double *w, size_t n)
{
  double sy = 0, sty = 0, m = (double)n;
  for (size_t t = 0; t < n; t++) sy += w[t], sty += (double)(t + 1) * w[t];
  return n > 1 ? 6 * (2 * sty / m - (m + 1) * sy / m) / (m * m - 1) : 0;
}

/* Smoothing weight of least one-step error, by a grid; the drift is half the slope of the line through all, as Theta's. */
static void fit_level(xgb_state *s, const double *w, size_t n, double *b)
{
  s->alpha = s->level == XGB_LAST ? 1 : 0;
  s->drift = 0;
  if (s->level == XGB_MEAN) {
    double mean = 0;
    for (size_t t = 0; t < n; t++) mean += w[t] / (double)n;
    for (size_t t = 0; t < n; t++) b[t] = mean;
    s->at = mean;
    return;
  }
  if (s->lag == 0) s->drift = slope(w, n) / 2;
  if (s->level == XGB_SMOOTH) {
    double best = INFINITY, at = 1;
    for (int k = 1; k <= 20; k++) {
      s->alpha = k * 0.05;
      level_pass(s, w, n, b);
      const double sse = sse_of(w, b, n);
      if (sse < best) best = sse, at = s->alpha;
    }
    s->alpha = at;
  }
  level_pass(s, w, n, b);
}

static dyo_status rows_make(dyo_ctx *ctx, const xgb_state *s, const lesson *l, size_t from, size_t to, dyo_table_f *x, float **y, dyo_err *err)
{
  const size_t k = xgb_n_features(s), H = (size_t)s->block;
  size_t most = (to - from) * H, n = 0;
  float *v = DYO_NEW(ctx, most * k, float);
  *y = DYO_NEW(ctx, most, float);
  if (!v || !*y) return dyo_oom(err);
  for (size_t o = from - 1; o + 1 < to; o++)
    for (size_t j = 1; j <= H && o + j < to; j++) {
      if (isnan(l->known[o + j])) continue;
      const double b = l->b[o + 1] + (double)(j - 1) * s->drift;
      xgb_row(s, &l->v, o, j, b, l->x ? l->x + o + j : NULL, l->x_stride, v + n * k);
      (*y)[n++] = (float)(l->w[o + j] - b);
    }
  *x = (dyo_table_f){v, n, k};
  return DYO_OK;
}

static dyo_status settle(dyo_ctx *ctx, const xgb_params *p, const xgb_state *s, dyo_trees_params *tp, dyo_err *err)
{
  dyo_trees_settings set = p->trees;
  if (isnan(set.eta) && isnan(set.learning_rate)) set.eta = 0.1;
  if (set.max_depth == DYO_NO_INT) set.max_depth = 3;
  dyo_status st = dyo_trees_params_of(&set, xgb_n_features(s), "/params", tp, err);
  if (set.seed == DYO_NO_INT && set.random_state == DYO_NO_INT) tp->seed = ctx->seed;
  return st;
}



static dyo_status fit(dyo_ctx *ctx, const dyo_history *h, const void *params, void *state, dyo_err *err)
{
  const xgb_params *p = params;
  xgb_state *s = state;
  double *z = NULL;
  dyo_trees_params tp;
  dyo_trees m, head;
  dyo_trees_log log;
  dyo_table_f x, ex;
  float *y, *ey;
  s->strategy = p->strategy;
  s->n = (double)h->n;
  s->block = 1;
  if (s->strategy == XGB_DIRECT) s->block = (int)fmax(1, fmin(h->period > 1 ? 2 * h->period : 12, (double)h->n / 4));
  if (s->block > 48) s->block = 48;
  s->x_names = h->x_names, s->n_x_names = h->n_x;
  dyo_status st = xgb_shape(ctx, h, p, s, &z, err);
  if (st == DYO_OK) st = xgb_choose_features(ctx, h, p, s, err);
  if (st == DYO_OK) st = settle(ctx, p, s, &tp, err);
  if (st != DYO_OK) return st;
  const size_t lag = (size_t)s->lag, n = h->n - lag;
  lesson l = {.n = n, .w = DYO_NEW(ctx, n, double), .b = DYO_NEW(ctx, n, double), .x = h->x ? h->x + lag : NULL, .x_stride = h->n, .known = h->y + lag};
  if (!l.w || !l.b) return dyo_oom(err);
  for (size_t t = 0; t < n; t++) l.w[t] = z[t + lag] - (lag ? z[t] : 0);
  l.v = (xgb_view){l.w, lag};
  fit_level(s, l.w, n, l.b);
  size_t rounds = 20;
  const double eta = 0.1;
  (void)eta;
  size_t held = h->period > 1 ? (size_t)fmax(h->period, 8) : 8;
  if (held < n / 10) held = n / 10;
  if (held > n / 4) held = n / 4;
  if (n - held > 12) {
    st = rows_make(ctx, s, &l, 1, n - held, &x, &y, err);
    if (st == DYO_OK) st = rows_make(ctx, s, &l, n - held, n, &ex, &ey, err);
    if (st == DYO_OK) st = dyo_trees_fit(ctx, &tp, &x, y, 500, &ex, ey, 20, NULL, &head, &log, err);
    if (st != DYO_OK) return st;
    rounds = (size_t)log.best_iteration + 1;
  }
  if (p->n_estimators != DYO_NO_INT) rounds = (size_t)p->n_estimators;
  st = rows_make(ctx, s, &l, 1, n, &x, &y, err);
  if (st == DYO_OK) st = dyo_trees_fit(ctx, &tp, &x, y, rounds, NULL, NULL, 0, NULL, &m, &log, err);
  if (st != DYO_OK) return st;
  s->settings = DYO_NEW(ctx, 1, dyo_trees_settings);
  *s->settings = p->trees;
  s->base_score = m.base_score;
  double sse = 0;
  for (size_t t = 1; t < n; t++) sse += (l.w[t] - l.b[t]) * (l.w[t] - l.b[t]);
  s->sd = sqrt(sse / (double)n);
  s->growth = 0.5;
  const size_t reach = xgb_reach(s) + lag;
  s->n_tail = reach < h->n ? reach : h->n;
  s->tail = DYO_NEW(ctx, s->n_tail, double);
  if (!s->tail) return dyo_oom(err);
  memcpy(s->tail, z + h->n - s->n_tail, s->n_tail * sizeof *z);
  return xgb_pack(ctx, &m, s, err);
}

static dyo_status ahead(dyo_ctx *ctx, const xgb_state *s, const dyo_trees *m, const double *z_tail, size_t n_tail, double at, size_t n_before, const double *x, size_t stride, size_t h, double *z_out, dyo_err *err)
{
  const size_t lag = (size_t)s->lag, n = n_tail - lag, k = m->n_features;
  double *z = DYO_NEW(ctx, n_tail + h, double), *w = DYO_NEW(ctx, n + h, double);
  float *row = DYO_NEW(ctx, k, float);
  xgb_state now = *s;
  if (!z || !w || !row) return dyo_oom(err);
  memcpy(z, z_tail, n_tail * sizeof *z);
  for (size_t t = 0; t < n; t++) w[t] = z[t + lag] - (lag ? z[t] : 0);
  const xgb_view v = {w, n_before - n};
  now.at = at;
  for (size_t i = 0; i < h; i += (size_t)s->block) {
    const size_t o = n + i - 1;
    const double b0 = now.level == XGB_MEAN ? now.at : now.at + now.drift;
    size_t last = i;
    for (size_t j = 1; j <= (size_t)s->block && i + j <= h; j++) {
      double f;
      const double b = b0 + (double)(j - 1) * s->drift;
      xgb_row(s, &v, o, j, b, x ? x + i + j - 1 : NULL, stride, row);
      dyo_trees_predict(m, &(dyo_table_f){row, 1, k}, &f);
      w[o + j] = b + f;
      z[o + j + lag] = w[o + j] + (lag ? z[o + j] : 0);
      last = i + j;
    }
    for (size_t j = i; j < last; j++) xgb_follow(&now, w[n + j]);
  }
  memcpy(z_out, z + n_tail, h * sizeof *z);
  return DYO_OK;
}

static dyo_status forecast(dyo_ctx *ctx, const void *state, const dyo_ask *ask, dyo_band *out, dyo_err *err)
{
  const xgb_state *s = state;
  dyo_trees m;
  double *z = DYO_NEW(ctx, ask->h, double), *sd = DYO_NEW(ctx, ask->h, double);
  if (!z || !sd) return dyo_oom(err);
  dyo_status st = xgb_unpack(ctx, s, &m, err);
  if (st == DYO_OK) st = ahead(ctx, s, &m, s->tail, s->n_tail, s->at, (size_t)s->n, ask->x, ask->h, ask->h, z, err);
  if (st != DYO_OK) return st;
  const seasons p = xgb_seasons(s);
  for (size_t i = 0; i < ask->h; i++) sd[i] = s->sd * pow((double)(i + 1), s->growth);
  dyo_band band = *out;
  band.mean = z;
  dyo_band_normal(ask, sd, &band);
  for (size_t i = 0; i < ask->h; i++) {
    out->mean[i] = xgb_v(s, z[i]);
    if (p.n_pattern) out->mean[i] = seasons_put(&p, i, out->mean[i]);
    for (size_t l = 0; l < ask->n_levels; l++) {
      double *lo = out->lower + l * ask->h + i, *hi = out->upper + l * ask->h + i;
      *lo = xgb_v(s, *lo), *hi = xgb_v(s, *hi);
      if (p.n_pattern) *lo = seasons_put(&p, i, *lo), *hi = seasons_put(&p, i, *hi);
    }
  }
  return DYO_OK;
}

static dyo_status update(dyo_ctx *ctx, void *state, const double *y, size_t n, const double *x, dyo_err *err)
{
  (void)ctx, (void)state, (void)y, (void)n, (void)x, (void)err;
  return DYO_OK;
}

static dyo_status report(dyo_ctx *ctx, const void *state, dyo_report *r, dyo_err *err)
{
  (void)ctx, (void)state, (void)r, (void)err;
  return DYO_OK;
}

static const char **regressors(const void *state, size_t *n)
{
  const xgb_state *s = state;
  *n = s->n_x_names;
  return s->x_names;
}

const dyo_model dyo_model_xgboost = {"xgboost", params_rows, state_rows, min_obs, fit, forecast, update, report, NULL, regressors};
