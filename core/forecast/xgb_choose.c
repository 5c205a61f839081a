/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Forms and number of trees by forecasts of values held back at the history's end, from a few origins, as they will be made: many steps
 * ahead, each on the ones before. Regressors move seldom, and trees find in them whatever went on at the same time; so they have to
 * show their worth over a third of the history. */
#include <math.h>
#include <string.h>

#include "forecast/xgb.h"

enum {
  COUNTS      = 8, /* numbers of trees that are compared */
  ORIGINS     = 3,
  HELD_LEAST  = 6, /* steps; below it nothing can be compared */
  HELD_SHORT  = 8, /* without a season */
  HELD_MOST   = 56,
  LEARN_LEAST = 40,   /* values before the held-back ones: with fewer the usual forms are better than any choice */
  LEARN_MOST  = 1500, /* later values say more, and time is short */
  FEW_ROUNDS  = 10,   /* where nothing can be compared */
  JUDGED      = 3     /* one part in so many of the history tells what regressors are worth */
};

static const size_t counts[COUNTS] = {1, 4, 8, 15, 30, 60, 110, 200};
static const double clearly = 1.05, lively = 0.15, near_least = 1.02, worth = 1.05;
static const double usual_growth = 0.5, growth_prior = 4, sd_of_mae = 1.2533141373155003; /* sqrt(pi / 2) */

/* Errors with each number of trees. */
typedef struct {
  double sum[COUNTS];             /* absolute, in units of y, or whatever the objective takes for a loss */
  double z[COUNTS][HELD_MOST];    /* by step, absolute, in units of z */
  double seen[HELD_MOST], spread; /* errors behind z; what one z is */
} trial;

dyo_status xgb_cut(dyo_ctx *ctx, const dyo_history *h, size_t from, size_t to, dyo_history *out, dyo_err *err)
{
  double *x = h->n_x ? DYO_NEW(ctx, h->n_x * (to - from), double) : NULL;
  if (h->n_x && !x) return dyo_oom(err);
  for (size_t c = 0; c < h->n_x; c++) memcpy(x + c * (to - from), h->x + c * h->n + from, (to - from) * sizeof *x);
  *out   = *h;
  out->y = h->y + from, out->n = to - from, out->x = x, out->t = h->t ? h->t + from : NULL;
  out->begin = h->begin + (h->t ? (double)from : 0);
  return DYO_OK;
}

static size_t steps_held(const dyo_history *h)
{
  size_t held = h->period > 1 ? (size_t)fmax(HELD_SHORT, fmin(2 * h->period, HELD_MOST)) : HELD_SHORT;
  if (h->n / 10 > held) held = h->n / 10 < HELD_MOST ? h->n / 10 : HELD_MOST;
  return held < h->n / 3 ? held : h->n / 3;
}

/* Forecasts of part, the values behind s, with the first trees of m. */
static dyo_status compare(dyo_ctx *ctx, const xgb_state *s, const dyo_trees *m, const dyo_history *part, trial *t,
                          dyo_err *err)
{
  double       *z = DYO_NEW(ctx, part->n, double);
  const seasons p = xgb_seasons(s);
  if (!z) return dyo_oom(err);
  for (size_t c = 0; c < COUNTS; c++) {
    dyo_trees first = *m;
    if (counts[c] > m->n_trees) {
      t->sum[c] = INFINITY;
      continue;
    }
    first.n_trees       = counts[c];
    const dyo_status st = xgb_run(ctx, s, &first, part->x, part->t, part->n, z, err);
    if (st != DYO_OK) return st;
    for (size_t i = 0; i < part->n; i++) {
      const double y = part->y[i], v = p.n_pattern ? seasons_off(&p, i, y) : y;
      if (isnan(y)) continue;
      t->sum[c] += xgb_loss(s->settings, y, xgb_y(s, z[i], i));
      t->z[c][i] += fabs(xgb_z(s, v) - z[i]) / xgb_wide(s, z[i]);
      if (c == 0) t->seen[i]++;
    }
  }
  return DYO_OK;
}

/* Learns from h but its last `held` values in the forms of s, and forecasts those. */
static dyo_status try_forms(dyo_ctx *ctx, const dyo_history *h, const xgb_params *p, size_t held, size_t rounds,
                            const xgb_state *forms, trial *t, dyo_err *err)
{
  xgb_state    s     = *forms;
  const size_t split = h->n - held, from = split > LEARN_MOST ? split - LEARN_MOST : 0;
  dyo_history  part;
  dyo_trees    m;
  dyo_status   st = xgb_cut(ctx, h, from, split, &part, err);
  *t              = (trial){.spread = 1};
  if (st == DYO_OK) st = xgb_learn(ctx, &part, p, rounds, &s, &m, err);
  t->spread = xgb_unit(&s);
  for (size_t k = 0; k < ORIGINS && st == DYO_OK; k++) {
    const size_t at = split + k * held / ORIGINS, next = split + (k + 1) * held / ORIGINS;
    st = xgb_cut(ctx, h, at, h->n, &part, err);
    if (st == DYO_OK) st = compare(ctx, &s, &m, &part, t, err);
    if (st == DYO_OK) st = xgb_cut(ctx, h, at, next, &part, err);
    if (st == DYO_OK) st = xgb_absorb(ctx, &s, &(dyo_news){part.y, part.n, part.x, part.t}, false, &m, err);
  }
  return st;
}

/* log e_i = a + growth log i by least squares, held to the usual growth. */
static void measure_growth(const trial *t, size_t c, size_t held, xgb_state *s)
{
  double sw = 0, sx = 0, sy = 0, sxx = growth_prior, sxy = growth_prior * usual_growth, level = 0, n = 0;
  for (size_t i = 0; i < held; i++) {
    if (!(t->z[c][i] > 0)) continue;
    const double x = log((double)(i + 1)), y = log(t->z[c][i] / t->seen[i]), w = t->seen[i] / ORIGINS;
    sw += w, sx += w * x, sy += w * y, sxx += w * x * x, sxy += w * x * y;
  }
  if (sw > 0) sxx -= sx * sx / sw, sxy -= sx * sy / sw;
  s->growth = fmin(fmax(sxy / sxx, 0), 1);
  for (size_t i = 0; i < held; i++) {
    level += t->z[c][i] / pow((double)(i + 1), s->growth);
    n += t->seen[i];
  }
  s->sd = n > 0 ? level / n * sd_of_mae * t->spread : 0;
}

static bool positive(const dyo_history *h)
{
  for (size_t t = 0; t < h->n; t++)
    if (h->y[t] <= 0) return false;
  return true;
}

/* Mean move from value to value over the mean: where it is large, logarithms keep forecasts away from zero. */
static bool moves_much(const dyo_history *h)
{
  double moves = 0, sum = 0, last = h->y[0];
  for (size_t t = 0; t < h->n; t++) {
    if (isnan(h->y[t])) continue;
    moves += fabs(h->y[t] - last);
    sum += fabs(h->y[t]);
    last = h->y[t];
  }
  return moves > lively * sum;
}

/* The fewest trees whose error is next to the least. */
static size_t fewest(const trial *t)
{
  double least = INFINITY;
  for (size_t c = 0; c < COUNTS; c++) least = fmin(least, t->sum[c]);
  size_t c = 0;
  while (c < COUNTS - 1 && !(t->sum[c] <= near_least * least)) c++;
  return c;
}

/* The search: forms of *best, with their error; *forms are tried and taken where they are better by the margin. */
typedef struct {
  const dyo_history *h;
  const xgb_params  *p;
  size_t             held, rounds;
  double             error;
} contest;

static dyo_status enter(dyo_ctx *ctx, contest *c, const xgb_state *forms, double margin, xgb_state *best, dyo_err *err)
{
  trial           *t     = DYO_NEW(ctx, 1, trial);
  const bool       given = c->p->n_estimators != DYO_NO_INT;
  const dyo_status st =
    t ? try_forms(ctx, c->h, c->p, c->held, given ? (size_t)c->p->n_estimators : counts[COUNTS - 1], forms, t, err)
      : dyo_oom(err);
  if (st != DYO_OK) return st;
  const size_t k = fewest(t);
  if (!(t->sum[k] * margin < c->error)) return DYO_OK;
  c->error = t->sum[k];
  if (!given) c->rounds = counts[k];
  *best = *forms;
  measure_growth(t, k, c->held, best);
  return DYO_OK;
}

/* Adds the errors of forecasts of the last `judged` values, steps of them at a time and half of that further on, in the forms
 * of s and with that many trees, all grown on what comes before. */
static dyo_status walk(dyo_ctx *ctx, const contest *c, size_t judged, const xgb_state *forms, double *error,
                       dyo_err *err)
{
  xgb_state    s = *forms;
  const size_t n = c->h->n, split = n - judged, from = split > LEARN_MOST ? split - LEARN_MOST : 0;
  double      *z = DYO_NEW(ctx, c->held, double);
  dyo_history  part;
  dyo_trees    m;
  dyo_status   st = z ? xgb_cut(ctx, c->h, from, split, &part, err) : dyo_oom(err);
  if (st == DYO_OK) st = xgb_learn(ctx, &part, c->p, c->rounds, &s, &m, err);
  for (size_t at = split; at < n && st == DYO_OK; at += c->held / 2) {
    const size_t end = at + c->held < n ? at + c->held : n, next = at + c->held / 2 < n ? at + c->held / 2 : n;
    st = xgb_cut(ctx, c->h, at, end, &part, err);
    if (st == DYO_OK) st = xgb_run(ctx, &s, &m, part.x, part.t, part.n, z, err);
    for (size_t i = 0; i < part.n && st == DYO_OK; i++)
      if (!isnan(part.y[i])) *error += xgb_loss(s.settings, part.y[i], xgb_y(&s, z[i], i));
    if (st == DYO_OK) st = xgb_cut(ctx, c->h, at, next, &part, err);
    if (st == DYO_OK) st = xgb_absorb(ctx, &s, &(dyo_news){part.y, part.n, part.x, part.t}, false, &m, err);
  }
  return st;
}

/* Best is without regressors; with them, and as many trees as they want, where that is clearly better. */
static dyo_status judge_regressors(dyo_ctx *ctx, contest *c, xgb_state *best, dyo_err *err)
{
  contest      other     = *c;
  xgb_state    with      = *best;
  double       without_x = 0, with_x = 0;
  const size_t judged = c->h->n / JUDGED;
  with.bare           = false;
  other.error         = INFINITY;
  dyo_status st       = enter(ctx, &other, &with, 1, &with, err);
  if (st == DYO_OK) st = walk(ctx, c, judged, best, &without_x, err);
  if (st == DYO_OK) st = walk(ctx, &other, judged, &with, &with_x, err);
  if (st == DYO_OK && with_x * worth < without_x) *best = with, *c = other;
  return st;
}

dyo_status xgb_choose(dyo_ctx *ctx, const dyo_history *h, const xgb_params *p, xgb_state *s, size_t *rounds,
                      dyo_err *err)
{
  contest    c = {h, p, steps_held(h), p->n_estimators != DYO_NO_INT ? (size_t)p->n_estimators : FEW_ROUNDS, INFINITY};
  int        longest;
  const bool counted = xgb_on_counts(&p->trees), logs = p->transform < 0 && !counted && positive(h);
  const bool season = !counted && seasons_fitting(h, &longest) > 0;
  dyo_status st     = DYO_OK;
  s->transform      = p->transform == XGB_LOG || (logs && moves_much(h)) ? XGB_LOG : XGB_AS_IS;
  s->season         = !season ? XGB_SEASON_LEARNED : p->season >= 0 ? p->season : XGB_SEASON_TAKEN;
  s->growth         = usual_growth;
  *rounds           = c.rounds;
  if (c.held < HELD_LEAST || h->n - c.held < LEARN_LEAST) return DYO_OK;
  s->bare = h->n_x > 0 && !counted && !p->trees.monotone_constraints; /* whose gives them says that they matter */
  const xgb_state plain = *s;
  st                    = enter(ctx, &c, &plain, 1, s, err);
  if (st == DYO_OK && logs) {
    xgb_state forms = plain;
    forms.transform = XGB_LOG - plain.transform;
    st              = enter(ctx, &c, &forms, clearly, s, err);
  }
  if (st == DYO_OK && season && p->season < 0) {
    xgb_state forms = plain;
    forms.transform = s->transform, forms.season = XGB_SEASON_LEARNED;
    st = enter(ctx, &c, &forms, 1, s, err);
  }
  if (st == DYO_OK && s->bare) st = judge_regressors(ctx, &c, s, err);
  *rounds = c.rounds;
  return st;
}
