/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a history to trees, from trees to a path of forecasts, and new values into both. */
#include <math.h>
#include <string.h>

#include "forecast/xgb.h"

enum { ROWS_MOST = 50000, DIRECT_BLOCK = 12, NEWS_ROUNDS_MOST = 50 };

static const double usual_eta = 0.1, usual_lambda = 10;
static const int    usual_depth = 3;

/* What rows are made of. */
typedef struct {
  xgb_view      v;
  size_t        n;    /* of v.z */
  const double *b;    /* n: the level's forecast of z[t] at t - 1 */
  const double *x_at; /* n x regressors: their levels at each t */
  const double *y;    /* NaN where a value is missing: no target */
} lesson;

typedef struct {
  float *rows, *target;
  size_t n;
} book;

static dyo_status settle(dyo_ctx *ctx, const dyo_trees_settings *given, const xgb_state *s, dyo_trees_params *out,
                         dyo_err *err)
{
  dyo_trees_settings t     = *given;
  int               *signs = NULL;
  const size_t       k = xgb_n_features(s), n_x = s->n_x_names;
  if (isnan(t.eta) && isnan(t.learning_rate)) t.eta = usual_eta;
  if (isnan(t.lambda) && isnan(t.reg_lambda)) t.lambda = usual_lambda;
  if (t.max_depth == DYO_NO_INT && t.max_leaves == 0) t.max_depth = usual_depth;
  if (t.monotone_constraints && t.n_monotone_constraints != n_x)
    return dyo_fail(err, DYO_INVALID_INPUT, "/params/monotone_constraints",
                    "found %zu entries; one for each regressor is expected, of which there are %zu",
                    t.n_monotone_constraints, n_x);
  if (t.monotone_constraints) {
    signs = DYO_NEW(ctx, k, int);
    if (!signs) return dyo_oom(err);
    for (size_t i = 0; i < XGB_OF_REGRESSOR * n_x; i++)
      signs[k - XGB_OF_REGRESSOR * n_x + i] = t.monotone_constraints[i / XGB_OF_REGRESSOR];
    t.monotone_constraints = signs, t.n_monotone_constraints = k;
  }
  const dyo_status st = dyo_trees_params_of(&t, k, "/params", out, err);
  if (t.seed == DYO_NO_INT && t.random_state == DYO_NO_INT) out->seed = ctx->seed;
  return st;
}

/* Origins of one history out of n, where there are so many others. */
static size_t origins_most(const dyo_history *h, const xgb_state *s)
{
  const size_t fit = ROWS_MOST / (1 + h->n_related) / (size_t)s->block;
  return fit ? fit : 1;
}

/* Room for the rows of h and of what is related to it. */
static dyo_status open_book(dyo_ctx *ctx, const dyo_history *h, const xgb_state *s, book *out, dyo_err *err)
{
  const size_t most = origins_most(h, s);
  size_t       room = h->n < most ? h->n : most;
  for (size_t i = 0; i < h->n_related; i++) room += h->related[i].n < most ? h->related[i].n : most;
  room *= (size_t)s->block;
  out->rows = DYO_NEW(ctx, room * xgb_n_features(s), float), out->target = DYO_NEW(ctx, room, float);
  return out->rows && out->target ? DYO_OK : dyo_oom(err);
}

/* The latest origins where each step is forecast from the ones before, else origins spread evenly: most of them. */
static void write_rows(const xgb_state *s, lesson *l, size_t most, book *out)
{
  const size_t k = xgb_n_features(s), block = (size_t)s->block, origins = l->n - 1;
  const size_t used   = s->strategy == XGB_RECURSIVE && origins > most ? most : origins;
  const size_t stride = used > most ? 1 + (used - 1) / most : 1;
  for (size_t o = origins - used; o < origins; o += stride)
    for (size_t j = 1; j <= block && o + j < l->n; j++) {
      if (isnan(l->y[o + j])) continue;
      const double b = xgb_ahead(s, l->b[o + 1] - s->drift, j);
      l->v.x_at      = l->x_at + o * s->n_x_names;
      xgb_row(s, &l->v, o, j, b, out->rows + out->n * k);
      if (s->bare) xgb_hide(s, out->rows + out->n * k);
      out->target[out->n++] = (float)xgb_part(s, l->v.z[o + j], b);
    }
}

/* What the trees may learn from a related history: as long as it has gone on by the time the history ends. */
static dyo_history so_far(const dyo_history *h, const dyo_history *r)
{
  dyo_history  out = *r;
  const double end = h->begin + (double)h->n - r->begin;
  if (h->t && r->t && end < (double)r->n) out.n = end > 0 ? (size_t)end : 0;
  while (out.n > 0 && isnan(out.y[out.n - 1])) out.n--;
  return out;
}

/* Rows of a related history: its own scale, season and level, the features of s. */
static dyo_status learn_related(dyo_ctx *ctx, const dyo_history *h, const dyo_history *r, const xgb_state *s, book *out,
                                dyo_err *err)
{
  xgb_state         own  = *s;
  const dyo_history part = so_far(h, r);
  double           *z = NULL, *b = DYO_NEW(ctx, part.n, double);
  int               longest;
  if (part.n < 2) return DYO_OK;
  for (size_t t = 0; t < part.n; t++) {
    if (part.y[t] < 0 && xgb_on_counts(s->settings)) return DYO_OK;
    if (part.y[t] <= 0) own.transform = XGB_AS_IS;
  }
  own.pattern = NULL, own.n_pattern = 0, own.pattern_periods = NULL, own.n_pattern_periods = 0;
  if (!seasons_fitting(&part, &longest)) own.season = XGB_SEASON_LEARNED;
  const dyo_status st = b ? xgb_shape(ctx, &part, &own, &z, err) : dyo_oom(err);
  if (st != DYO_OK) return st;
  xgb_fit_level(&own, z, part.n, b);
  lesson l = {
    .v = {.z = z, .t = part.t, .first = r->begin - h->begin}, .n = part.n, .b = b, .x_at = own.x_at, .y = part.y};
  write_rows(&own, &l, origins_most(h, s), out);
  return dyo_poll(ctx, 0, "reading related series") == DYO_STOP_CANCELLED ? dyo_cancelled(ctx, false, err) : DYO_OK;
}

/* The regressors' levels beside each value; the state's stand at the end. */
static const double *x_levels(dyo_ctx *ctx, const dyo_history *h, xgb_state *s)
{
  double *v = DYO_NEW(ctx, h->n * h->n_x + 1, double);
  for (size_t c = 0; v && c < h->n_x; c++) {
    const double *x = h->x + c * h->n;
    double        l = x[0];
    for (size_t t = 0; t < h->n && s->detrend == XGB_LEVEL; t++) l += (x[t] - l) / (double)(t + 1);
    for (size_t t = 0; t < h->n; t++) {
      l += s->alpha * (x[t] - l);
      v[t * h->n_x + c] = l;
    }
    s->x_at[c] = l;
  }
  return v;
}

/* In-sample one-step errors: on the scale of y, or relative where logarithms were taken. */
static dyo_status residuals(dyo_ctx *ctx, xgb_state *s, const lesson *l, const dyo_trees *m, dyo_err *err)
{
  const size_t k   = m->n_features;
  float       *row = DYO_NEW(ctx, k, float);
  xgb_view     v   = l->v;
  double       f, sum = 0, count = 0;
  const bool   measured = s->sd > 0; /* by forecasts; else the trees' own fit says too little of what is to come */
  s->residuals = DYO_NEW(ctx, l->n, double), s->n_residuals = l->n;
  if (!row || !s->residuals) return dyo_oom(err);
  s->residuals[0] = NAN;
  for (size_t t = 1; t < l->n; t++) {
    v.x_at = l->x_at + (t - 1) * s->n_x_names;
    xgb_row(s, &v, t - 1, 1, l->b[t], row);
    dyo_trees_predict(m, &(dyo_table_f){row, 1, k}, &f);
    const double mean = xgb_whole(s, f, l->b[t]), e = v.z[t] - mean, wide = xgb_wide(s, mean);
    s->residuals[t] = isnan(l->y[t]) ? NAN : s->transform == XGB_LOG ? exp(s->spread * e) - 1 : s->spread * e;
    if (isnan(l->y[t])) continue;
    const double scaled = (measured ? e : v.z[t] - l->b[t]) / wide;
    sum += scaled * scaled;
    count++;
  }
  s->sd = count > 0 ? sqrt(sum / count) : 0;
  return DYO_OK;
}

static dyo_status keep_tail(dyo_ctx *ctx, const double *z, size_t n, xgb_state *s, dyo_err *err)
{
  const size_t reach = xgb_reach(s);
  s->n_tail          = reach < n ? reach : n;
  s->tail            = DYO_NEW(ctx, s->n_tail, double);
  if (!s->tail) return dyo_oom(err);
  memcpy(s->tail, z + n - s->n_tail, s->n_tail * sizeof *z);
  return DYO_OK;
}

dyo_status xgb_learn(dyo_ctx *ctx, const dyo_history *h, const xgb_params *p, size_t rounds, xgb_state *s, dyo_trees *m,
                     dyo_err *err)
{
  double          *z = NULL, *b = DYO_NEW(ctx, h->n, double);
  dyo_trees_params tp;
  dyo_trees_log    log;
  book             rows = {0};
  s->n                  = (double)h->n;
  s->block              = 1;
  if (s->strategy == XGB_DIRECT) {
    const double usual = h->period > 1 ? 2 * h->period : DIRECT_BLOCK;
    const double want =
      fmin(xgb_on_quantile(s->settings) ? XGB_BLOCK_MOST : usual, fmin((double)h->n / 4, XGB_BLOCK_MOST));
    s->block = want >= 1 ? (int)want : 1;
  }
  dyo_status st = b ? xgb_shape(ctx, h, s, &z, err) : dyo_oom(err);
  if (st == DYO_OK) st = xgb_choose_features(ctx, h, p, s, err);
  if (st == DYO_OK && !p->trees.monotone_constraints && !xgb_on_counts(s->settings))
    st = xgb_regress(ctx, h, s, z, err);
  if (st == DYO_OK) st = settle(ctx, &p->trees, s, &tp, err);
  if (st != DYO_OK) return st;
  xgb_fit_level(s, z, h->n, b);
  lesson l = {
    .v = {.z = z, .x = h->x, .stride = h->n, .t = h->t}, .n = h->n, .b = b, .y = h->y, .x_at = x_levels(ctx, h, s)};
  if (!l.x_at) return dyo_oom(err);
  st = open_book(ctx, h, s, &rows, err);
  if (st == DYO_OK) write_rows(s, &l, origins_most(h, s), &rows);
  for (size_t i = 0; i < h->n_related && st == DYO_OK; i++) st = learn_related(ctx, h, &h->related[i], s, &rows, err);
  if (st == DYO_OK)
    st = dyo_trees_fit(ctx, &tp, &(dyo_table_f){rows.rows, rows.n, xgb_n_features(s)}, rows.target, rounds, NULL, NULL,
                       0, NULL, m, &log, err);
  if (st != DYO_OK) return st;
  s->base_score = m->base_score;
  st            = residuals(ctx, s, &l, m, err);
  return st == DYO_OK ? keep_tail(ctx, z, h->n, s, err) : st;
}

/* A state to walk on with: its tail with room for h more, and levels of its own. */
static dyo_status walker(dyo_ctx *ctx, const xgb_state *s, size_t h, xgb_state *out, double **z, dyo_err *err)
{
  *out      = *s;
  *z        = DYO_NEW(ctx, s->n_tail + h, double);
  out->x_at = DYO_NEW(ctx, s->n_x_at, double);
  if (!*z || !out->x_at) return dyo_oom(err);
  memcpy(*z, s->tail, s->n_tail * sizeof **z);
  if (s->n_x_at) memcpy(out->x_at, s->x_at, s->n_x_at * sizeof *s->x_at);
  return DYO_OK;
}

/* Arrays that begin with the tail, for values that begin behind it: rows look at the target's alone. */
static xgb_view view_of(const xgb_state *s, const double *z, const double *x, size_t stride, const double *t)
{
  return (xgb_view){
    .z = z, .first = s->n - (double)s->n_tail, .x = x, .stride = stride, .t = t, .x_at = s->x_at, .behind = s->n_tail};
}

dyo_status xgb_run(dyo_ctx *ctx, const xgb_state *s, const dyo_trees *m, const double *x, const double *t, size_t h,
                   double *out, dyo_err *err)
{
  const size_t k = m->n_features, block = xgb_on_quantile(s->settings) ? h : (size_t)s->block;
  float       *row = DYO_NEW(ctx, k, float);
  double      *z = NULL, f = 0;
  xgb_state    now = *s;
  dyo_status   st  = row ? walker(ctx, s, h, &now, &z, err) : dyo_oom(err);
  if (st != DYO_OK) return st;
  const xgb_view v = view_of(&now, z, x, h, t);
  for (size_t i = 0; i < h; i += block) {
    const size_t o = s->n_tail + i - 1;
    for (size_t j = 1; j <= block && i + j <= h; j++) {
      const double b = xgb_ahead(&now, now.at, j);
      if (dyo_poll(ctx, (double)(i + j) / (double)h, "forecasting") == DYO_STOP_CANCELLED)
        return dyo_cancelled(ctx, false, err);
      xgb_row(s, &v, o, j, b, row);
      dyo_trees_predict(m, &(dyo_table_f){row, 1, k}, &f);
      z[o + j] = xgb_whole(s, f, b);
    }
    for (size_t j = i; j < i + block && j < h; j++) {
      xgb_follow(&now, xgb_on_counts(s->settings) ? xgb_ahead(&now, now.at, 1) : z[s->n_tail + j], x ? x + j : NULL, h);
      now.drift *= xgb_damping(s);
    }
  }
  for (size_t i = 0; i < h; i++) out[i] = z[s->n_tail + i] + xgb_effect(s, x ? x + i : NULL, h);
  return DYO_OK;
}

/* z of the news, missing ones where the level expects them; the walker's levels pass along. rows, where there are any, learn from it. */
static void pass_news(xgb_state *now, const dyo_news *news, double *z, float *rows, float *target, size_t *n_rows)
{
  const size_t   k = rows ? xgb_n_features(now) : 0, n = now->n_tail;
  const xgb_view v = view_of(now, z, news->x, news->n, news->t);
  const seasons  p = xgb_seasons(now);
  for (size_t i = 0; i < news->n; i++) {
    const double b = xgb_ahead(now, now->at, 1), y = news->y[i],
                 w  = p.n_pattern && !isnan(y) ? seasons_off(&p, i, y) : y;
    const bool told = !isnan(w) && (now->transform != XGB_LOG || w > 0) && (w >= 0 || !xgb_on_counts(now->settings));
    z[n + i]        = told ? xgb_on_grid(xgb_z(now, w) - xgb_effect(now, news->x ? news->x + i : NULL, news->n)) : b;
    if (rows && told) {
      xgb_row(now, &v, n + i - 1, 1, b, rows + *n_rows * k);
      if (xgb_bare(now)) xgb_hide(now, rows + *n_rows * k);
      target[(*n_rows)++] = (float)xgb_part(now, z[n + i], b);
    }
    xgb_follow(now, z[n + i], news->x ? news->x + i : NULL, news->n);
  }
}

/* As many trees for a new row as the old rows have on average, at least one. */
static dyo_status grow_on(dyo_ctx *ctx, const xgb_state *s, const float *rows, const float *target, size_t n_rows,
                          dyo_trees *m, dyo_err *err)
{
  dyo_trees_params tp = {0};
  dyo_trees_log    log;
  dyo_trees        more;
  size_t           rounds = (size_t)ceil((double)m->n_trees * (double)n_rows / s->n);
  if (rounds > NEWS_ROUNDS_MOST) rounds = NEWS_ROUNDS_MOST;
  if (n_rows == 0 || rounds == 0 || m->n_trees + rounds > XGB_TREES_MOST) return DYO_OK;
  dyo_status st = settle(ctx, s->settings, s, &tp, err);
  tp.seed += (uint64_t)s->n;
  if (st == DYO_OK)
    st = dyo_trees_fit(ctx, &tp, &(dyo_table_f){rows, n_rows, m->n_features}, target, rounds, NULL, NULL, 0, m, &more,
                       &log, err);
  if (st == DYO_OK) *m = more;
  return st;
}

dyo_status xgb_absorb(dyo_ctx *ctx, xgb_state *s, const dyo_news *news, bool learn, dyo_trees *m, dyo_err *err)
{
  const size_t k      = xgb_n_features(s);
  double      *z      = NULL;
  size_t       n_rows = 0;
  xgb_state    now;
  float *rows = learn ? DYO_NEW(ctx, news->n * k, float) : NULL, *target = learn ? DYO_NEW(ctx, news->n, float) : NULL;
  if (learn && (!rows || !target)) return dyo_oom(err);
  dyo_status st = walker(ctx, s, news->n, &now, &z, err);
  if (st != DYO_OK) return st;
  pass_news(&now, news, z, rows, target, &n_rows);
  if (learn) st = grow_on(ctx, &now, rows, target, n_rows, m, err);
  seasons p = xgb_seasons(&now);
  if (st == DYO_OK && p.n_pattern) st = seasons_turn(ctx, &p, news->n, err);
  if (st != DYO_OK) return st;
  const size_t all = now.n_tail + news->n;
  now.pattern      = p.pattern;
  now.n += (double)news->n;
  now.residuals = NULL, now.n_residuals = 0;
  *s = now;
  return keep_tail(ctx, z, all, s, err);
}
