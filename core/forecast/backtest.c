/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "forecast/dyo_backtest.h"

#include <math.h>
#include <string.h>

#include "forecast/dyo_calibrate.h"
#include "stats/dyo_errors.h"

/* Everything that was forecast, fold after fold: values of fold f, step i at [f * h + i]. */
typedef struct {
  size_t      h, folds;
  double     *y, *mean, *lower, *upper;
  double     *scale_mae, *scale_rmse; /* of each fold's training part */
  double      own;                    /* calibration by what came before the first fold, which serves them all */
  bool        looked;                 /* own is known */
  const void *params; /* of the model; what it chose at the first origin is asked for at the later ones */
} record;

static bool record_new(dyo_ctx *ctx, size_t h, size_t folds, record *r)
{
  double *room = DYO_NEW(ctx, 4 * h * folds + 2 * folds, double);
  if (!room) return false;
  *r = (record){.h          = h,
                .own        = NAN,
                .folds      = 0,
                .y          = room,
                .mean       = room + h * folds,
                .lower      = room + 2 * h * folds,
                .upper      = room + 3 * h * folds,
                .scale_mae  = room + 4 * h * folds,
                .scale_rmse = room + 4 * h * folds + folds};
  return true;
}

static size_t season_of(const dyo_history *h)
{
  return h->period > 1 ? (size_t)llround(h->period) : 1;
}

/* Where the history before the origin ends: histories end in a known value. */
static size_t known_end(const dyo_history *h, size_t origin)
{
  while (origin > 0 && isnan(h->y[origin - 1])) origin--;
  return origin;
}

/* One origin: train on the first n values, forecast the h behind them into the record. A model that cannot be fitted to this
 * part leaves no fold. */
static dyo_status one_fold(dyo_ctx *ctx, const dyo_model *m, const dyo_history *h, size_t origin,
                           const dyo_backtest_opts *o, record *r, dyo_err *err)
{
  dyo_history  part  = *h;
  const size_t at    = r->folds * r->h;
  const size_t n     = known_end(h, origin);
  const size_t ahead = origin + r->h - n;
  double      *band  = DYO_NEW(ctx, 3 * ahead, double);
  void        *state = dyo_alloc(ctx, 1, dyo_model_state_size(m));
  if (!band || !state) return dyo_oom(err);
  dyo_ask  ask = {.h = ahead, .levels = &o->level, .n_levels = 1, .seed = 1, .t = h->t ? h->t + n : NULL};
  dyo_band out = {band, band + ahead, band + 2 * ahead};
  part.n       = n;
  if (dyo_history_columns(ctx, h, 0, n, &part.x, err) != DYO_OK) return err->code;
  if (dyo_history_columns(ctx, h, n, ahead, &ask.x, err) != DYO_OK) return err->code;
  dyo_status            st = m->fit(ctx, &part, r->params, state, err);
  const dyo_calibration c  = dyo_calibration_of(&part, r->own);
  if (st == DYO_OK) st = dyo_calibrated_forecast(ctx, m, state, o->calibrate ? &c : NULL, &ask, &out, NULL, err);
  if (st == DYO_CANCELLED || st == DYO_OUT_OF_MEMORY) return st;
  if (st != DYO_OK) return DYO_OK;
  if (m->keep && r->folds == 0) r->params = m->keep(ctx, r->params, state);
  if (!r->params) return dyo_oom(err);
  memcpy(r->y + at, h->y + origin, r->h * sizeof(double));
  memcpy(r->mean + at, out.mean + (ahead - r->h), r->h * sizeof(double));
  memcpy(r->lower + at, out.lower + (ahead - r->h), r->h * sizeof(double));
  memcpy(r->upper + at, out.upper + (ahead - r->h), r->h * sizeof(double));
  r->scale_mae[r->folds]  = dyo_naive_mae(h->y, n, season_of(h));
  r->scale_rmse[r->folds] = dyo_naive_rmse(h->y, n, season_of(h));
  r->folds++;
  return o->fold ? o->fold(ctx, o->user, state, &ask, h->y + n, r->scale_mae[r->folds - 1], err) : DYO_OK;
}

/* How the model's intervals held before the first fold: one more fit, for all folds together. */
static dyo_status own_before(dyo_ctx *ctx, const dyo_model *m, const void *params, const dyo_history *h, size_t origin,
                             record *r, dyo_err *err)
{
  dyo_history part    = *h;
  part.n              = origin;
  r->looked           = true;
  const dyo_status st = dyo_history_columns(ctx, h, 0, origin, &part.x, err);
  return st == DYO_OK ? dyo_calibrate_own(ctx, m, params, &part, &r->own, err) : st;
}

/* Mean over the folds of the scaled errors, where the scale is not zero. */
static double scaled(const record *r, size_t from, size_t count, bool square)
{
  double sum = 0, folds = 0;
  for (size_t f = 0; f < r->folds; f++) {
    const double *y = r->y + f * r->h + from, *m = r->mean + f * r->h + from;
    const double  e = square ? dyo_rmsse(y, m, count, r->scale_rmse[f]) : dyo_mase(y, m, count, r->scale_mae[f]);
    if (isnan(e)) continue;
    sum += e;
    folds++;
  }
  return folds > 0 ? sum / folds : NAN;
}

/* A figure too large for a double, as a percentage of next to nothing is, cannot be told. */
static double told(double x)
{
  return isfinite(x) ? x : NAN;
}

/* The steps from .. from + count - 1 of every fold, gathered into scratch so that each measure sees one array. */
static dyo_accuracy measure(const record *r, size_t from, size_t count, double level, double *room)
{
  const size_t n = r->folds * count;
  double      *y = room, *m = room + n, *lo = room + 2 * n, *hi = room + 3 * n;
  for (size_t f = 0; f < r->folds; f++) {
    const size_t at = f * r->h + from;
    memcpy(y + f * count, r->y + at, count * sizeof(double));
    memcpy(m + f * count, r->mean + at, count * sizeof(double));
    memcpy(lo + f * count, r->lower + at, count * sizeof(double));
    memcpy(hi + f * count, r->upper + at, count * sizeof(double));
  }
  return (dyo_accuracy){.mae   = told(dyo_mae(y, m, n)),
                        .rmse  = told(dyo_rmse(y, m, n)),
                        .mape  = told(dyo_mape(y, m, n)),
                        .smape = told(dyo_smape(y, m, n)),
                        .mase  = told(scaled(r, from, count, false)),
                        .rmsse = told(scaled(r, from, count, true)),
                        .pinball =
                          told((dyo_pinball(y, lo, n, 0.5 - level / 2) + dyo_pinball(y, hi, n, 0.5 + level / 2)) / 2),
                        .coverage = dyo_coverage(y, lo, hi, n)};
}

static dyo_accuracy nothing(void)
{
  return (dyo_accuracy){NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN};
}

dyo_status dyo_backtest_run(dyo_ctx *ctx, const dyo_model *m, const void *params, const dyo_history *h,
                            const dyo_backtest_opts *o, dyo_backtest *out, dyo_err *err)
{
  const size_t least = m->min_obs(h->period);
  record       r;
  dyo_status   st = DYO_OK;
  out->by_step    = DYO_NEW(ctx, o->h, dyo_accuracy);
  if (!out->by_step || !record_new(ctx, o->h, o->folds, &r)) return dyo_oom(err);
  r.params = params;
  for (size_t f = o->folds; f-- > 0 && st == DYO_OK;) {
    const size_t back = o->h + f * o->step;
    if (back >= h->n || known_end(h, h->n - back) < least) continue;
    if (o->calibrate && !r.looked) st = own_before(ctx, m, params, h, h->n - back, &r, err);
    if (st == DYO_OK) st = one_fold(ctx, m, h, h->n - back, o, &r, err);
    if (st == DYO_OK && dyo_look(ctx, 1 - (double)f / (double)o->folds, "backtest") == DYO_STOP_CANCELLED)
      return dyo_cancelled(ctx, false, err);
  }
  if (st != DYO_OK) return st;
  double *room = DYO_NEW(ctx, 4 * r.folds * o->h, double);
  if (!room) return dyo_oom(err);
  out->folds = r.folds;
  out->all   = r.folds ? measure(&r, 0, o->h, o->level, room) : nothing();
  for (size_t i = 0; i < o->h; i++) out->by_step[i] = r.folds ? measure(&r, i, 1, o->level, room) : nothing();
  return DYO_OK;
}
