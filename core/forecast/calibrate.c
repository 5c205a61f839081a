/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "forecast/calibrate.h"

#include <math.h>
#include <string.h>

#include "forecast/calibration.gen.h"
#include "forecast/dyo_calibrate.h"
#include "num/dyo_dist.h"
#include "stats/dyo_errors.h"

enum {
  OWN_LEAST =
    200, /* values from which a history has its own rolling origin: below it the second fit costs more than it gives */
  OWN_ORIGINS    = 4,
  OWN_STEPS      = 13, /* from each origin, without a season; two seasons with one, at most OWN_STEPS_MOST */
  OWN_STEPS_MOST = 64
};

static const double anchor      = 0.95; /* the level whose width is calibrated; the others are multiples of it */
static const double own_usual   = 0.4;  /* E|Z| / 1.96: mean error over half width where intervals are right */
static const double own_cap     = 4;    /* no single error counts for more half widths than this */
static const double own_prior   = 2;    /* origins' worth of the usual ratio mixed in */
static const double factor_most = 20;   /* and its reciprocal: no regression is trusted beyond */

static const double at_levels[CALIBRATED_LEVELS] = {0.5, 0.8, 0.9, 0.95, 0.99}; /* of calibrate_row.at */

static size_t season_of(const dyo_history *h)
{
  return h->period > 1 && h->period < (double)h->n ? (size_t)llround(h->period) : 1;
}

dyo_calibration dyo_calibration_of(const dyo_history *h, double own)
{
  double scale = dyo_naive_mae(h->y, h->n, season_of(h));
  if (!(scale > 0)) scale = dyo_naive_mae(h->y, h->n, 1);
  return (dyo_calibration){
    .period = fmax(h->period, 1), .n = (double)h->n, .scale = isfinite(scale) ? scale : 0, .own = own};
}

static bool within(double x, const double range[2])
{
  return x >= range[0] && x <= range[1];
}

/* The row that knows most: of a series with a rolling origin of its own the one that uses it, where there is one. */
static const calibrate_row *row_of(const dyo_model *m, const dyo_calibration *c)
{
  const calibrate_row *found = NULL;
  for (const calibrate_row *r = calibrate_rows; r->model; r++)
    if (strcmp(r->model, m->name) == 0 && within(c->period, r->period) && within(c->n, r->length) &&
        (!r->by_own || !isnan(c->own)) && (!found || r->by_own))
      found = r;
  return found;
}

/* A series of its class uses what its own rolling origin says, or the model is not in the table yet and the table's maker asks. */
static bool own_is_used(const dyo_model *m, const dyo_history *h)
{
  bool listed = false;
  for (const calibrate_row *r = calibrate_rows; r->model; r++) {
    if (strcmp(r->model, m->name) != 0) continue;
    listed = true;
    if (r->by_own && within(fmax(h->period, 1), r->period) && within((double)h->n, r->length)) return true;
  }
  return !listed;
}

static double term(const calibrate_term *t, double x)
{
  return t->slope * fmin(fmax(isnan(x) ? 0 : x, t->least), t->most);
}

static double log_z(double level)
{
  return log(dyo_normal_quantile(0.5 + level / 2));
}

/* a(L) between and beyond the levels of the row: straight lines in the log of the normal quantile, as for a normal distribution below
 * the first level. */
static double at_level(const calibrate_row *r, double level)
{
  int i = 1;
  if (level <= at_levels[0]) return r->at[0] + log_z(level) - log_z(at_levels[0]);
  while (i < CALIBRATED_LEVELS - 1 && level > at_levels[i]) i++;
  const double slope = (r->at[i] - r->at[i - 1]) / (log_z(at_levels[i]) - log_z(at_levels[i - 1]));
  return r->at[i] + slope * (log_z(level) - log_z(at_levels[i]));
}

/* Calibrated over given half width at the anchor level, without a(L): log factor of step i (from 0). */
static double log_factor(const calibrate_row *r, const dyo_calibration *c, double half_width, size_t i)
{
  const double width = c->scale > 0 && half_width > 0 ? log(half_width / c->scale) : NAN;
  return term(&r->log_h, log((double)(i + 1))) + term(&r->log_n, log(c->n)) + term(&r->width, width) +
         (r->by_own ? term(&r->own, c->own) : 0);
}

/* lower, upper: of the anchor level, h of them. The row's band of every level asked for goes into out. */
static void widen(const calibrate_row *r, const dyo_calibration *c, const dyo_ask *ask, const double *lower,
                  const double *upper, dyo_band *out, dyo_calibration_note *note)
{
  const double at_anchor = at_level(r, anchor), most = log(factor_most);
  for (size_t i = 0; i < ask->h; i++) {
    const double mean = out->mean[i], f = log_factor(r, c, (upper[i] - lower[i]) / 2, i);
    const double held = fmin(fmax(f + at_anchor, -most), most) - at_anchor;
    for (size_t l = 0; l < ask->n_levels; l++) {
      const double by            = exp(held + at_level(r, ask->levels[l]));
      out->lower[l * ask->h + i] = mean - by * (mean - lower[i]);
      out->upper[l * ask->h + i] = mean + by * (upper[i] - mean);
    }
    if (i == 0) note->first = exp(held + at_anchor);
    note->last = exp(held + at_anchor);
  }
}

dyo_status dyo_calibrated_forecast(dyo_ctx *ctx, const dyo_model *m, const void *state, const dyo_calibration *c,
                                   const dyo_ask *ask, dyo_band *out, dyo_calibration_note *note, dyo_err *err)
{
  dyo_calibration_note spare;
  const bool           held = m->calibrated && m->calibrated(state);
  const calibrate_row *r    = c && !held ? row_of(m, c) : NULL;
  if (!note) note = &spare;
  *note = (dyo_calibration_note){DYO_CALIBRATED_NONE, 1, 1};
  if (!r) return m->forecast(ctx, state, ask, out, err);
  double  *room  = DYO_NEW(ctx, 2 * ask->h, double);
  dyo_ask  whole = *ask;
  dyo_band band  = {out->mean, room, room + ask->h};
  whole.levels = &anchor, whole.n_levels = 1;
  const dyo_status st = room ? m->forecast(ctx, state, &whole, &band, err) : dyo_oom(err);
  if (st != DYO_OK) return st;
  note->how = r->by_own ? DYO_CALIBRATED_OWN : DYO_CALIBRATED_POOLED;
  widen(r, c, ask, band.lower, band.upper, out, note);
  return DYO_OK;
}

/* Mean error of the steps that came, in half widths of its side of the band; NaN where no step tells. */
static double error_in_widths(const double *y, const dyo_band *b, size_t h)
{
  double sum = 0, count = 0;
  for (size_t i = 0; i < h; i++) {
    const double e = y[i] - b->mean[i], width = e > 0 ? b->upper[i] - b->mean[i] : b->mean[i] - b->lower[i];
    if (isnan(e) || !(width > 1e-9 * fabs(b->mean[i]))) continue;
    sum += fmin(fabs(e) / width, own_cap);
    count++;
  }
  return count > 0 ? sum / count : NAN;
}

/* The state stands at `origin`: forecast the `steps` behind it, compare, and let them pass through the model. */
static dyo_status one_origin(dyo_ctx *ctx, const dyo_model *m, void *state, const dyo_history *h, size_t origin,
                             size_t steps, double *ratio, dyo_err *err)
{
  double  *room = DYO_NEW(ctx, 3 * steps, double);
  dyo_ask  ask  = {.h = steps, .levels = &anchor, .n_levels = 1, .seed = 1, .t = h->t ? h->t + origin : NULL};
  dyo_band band = {room, room + steps, room + 2 * steps};
  if (!room) return dyo_oom(err);
  dyo_status st = dyo_history_columns(ctx, h, origin, steps, &ask.x, err);
  if (st == DYO_OK) st = m->forecast(ctx, state, &ask, &band, err);
  if (st != DYO_OK) return st;
  *ratio = error_in_widths(h->y + origin, &band, steps);
  return m->update(ctx, state, &(dyo_news){h->y + origin, steps, ask.x, ask.t}, err);
}

/* Fit to the known values before `origin` and let the missing ones up to it pass. */
static dyo_status fit_part(dyo_ctx *ctx, const dyo_model *m, const void *params, const dyo_history *h, size_t origin,
                           void *state, dyo_err *err)
{
  dyo_history   part = *h;
  const double *gap  = NULL;
  size_t        n    = origin;
  while (n > 0 && isnan(h->y[n - 1])) n--;
  part.n        = n;
  dyo_status st = dyo_history_columns(ctx, h, 0, n, &part.x, err);
  if (st == DYO_OK) st = m->fit(ctx, &part, params, state, err);
  if (st == DYO_OK) st = dyo_history_columns(ctx, h, n, origin - n, &gap, err);
  if (st != DYO_OK || n == origin) return st;
  return m->update(ctx, state, &(dyo_news){h->y + n, origin - n, gap, h->t ? h->t + n : NULL}, err);
}

static size_t known_before(const dyo_history *h, size_t n)
{
  size_t k = 0;
  for (size_t t = 0; t < n; t++) k += !isnan(h->y[t]);
  return k;
}

dyo_status dyo_calibrate_own(dyo_ctx *ctx, const dyo_model *m, const void *params, const dyo_history *h, double *own,
                             dyo_err *err)
{
  size_t steps = h->period > 1 ? (size_t)fmin(2 * h->period, OWN_STEPS_MOST) : OWN_STEPS;
  double sum = 0, count = 0;
  *own = NAN;
  if (h->n < OWN_LEAST || !own_is_used(m, h)) return DYO_OK;
  if (steps > h->n / (2 * OWN_ORIGINS)) steps = h->n / (2 * OWN_ORIGINS);
  const size_t first = h->n - OWN_ORIGINS * steps;
  void        *state = dyo_alloc(ctx, 1, dyo_model_state_size(m));
  if (!state) return dyo_oom(err);
  if (known_before(h, first) < m->min_obs(h->period)) return DYO_OK;
  dyo_status st = fit_part(ctx, m, params, h, first, state, err);
  for (size_t k = 0; k < OWN_ORIGINS && st == DYO_OK; k++) {
    double ratio = NAN;
    st           = one_origin(ctx, m, state, h, first + k * steps, steps, &ratio, err);
    if (st != DYO_OK || isnan(ratio)) continue;
    sum += ratio;
    count++;
  }
  if (st == DYO_CANCELLED || st == DYO_OUT_OF_MEMORY) return st;
  if (st == DYO_OK && count > 0) *own = log((sum + own_prior * own_usual) / (count + own_prior) / own_usual);
  *err = (dyo_err){0};
  return DYO_OK;
}
