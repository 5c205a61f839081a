/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Intermittent demand: how much is wanted when something is, and how often that is, smoothed apart.
 *   croston  rate z / p:  z smoothed demand, p smoothed interval, both at demands only.   Croston (1972), Operational Research Q. 23
 *   sba      rate (1 - beta / 2) z / p: without the bias of the ratio.   Syntetos & Boylan (2005), Int. J. Forecasting 21
 *   tsb      rate q z: q the smoothed chance of a demand, moved in every period.   Teunter, Syntetos & Babai (2011), EJOR 214
 * Smoothing starts at the first demand, z from it, p and 1 / q from the mean interval or the first one.
 * Weights left open make the mean absolute rate error least, sum |rate_t - mean(y_1..y_t)|: Kourentzes (2014), Int. J. Production
 * Economics 156; plain squared errors would reward a forecast of zero. A missing period counts as no period at all.
 * Intervals: futures in which demands come by chance q (Bernoulli), their sizes drawn from those seen and scaled to z, and z, p and
 * q are smoothed on. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "forecast/models.h"
#include "num/dyo_min.h"
#include "num/dyo_rng.h"
#include "stats/dyo_intermittent.h"

typedef enum { CROSTON, SBA, TSB } variant;
typedef enum { MEAN, FIRST } start;
static const char *const variant_words[] = {"croston", "sba", "tsb", NULL};
static const char *const start_words[]   = {"mean", "first", NULL};
static const char *const forms[]         = {"Croston", "SBA", "TSB"};

enum { PATHS = 1000, MOST_SIZES = 1000, GRID = 5, MAX_ITER = 200 };

static const double weight_lo = 0.01, weight_hi = 0.5, usual_weight = 0.1;

typedef struct {
  int    variant, initial;
  double alpha, beta;
} croston_params;

static const dyo_field params_rows[] = {
  DYO_ENUM(croston_params, variant, SBA, variant_words,
           "croston, sba (its bias corrected) or tsb (the chance of a demand instead of its interval)."),
  DYO_NUM(croston_params, alpha, DYO_OPT, 0, 1, NULL,
          "Smoothing of the demand's size; absent: fitted between 0.01 and 0.5 to the demand rate so far."),
  DYO_NUM(croston_params, beta, DYO_OPT, 0, 1, NULL,
          "Smoothing of the interval, or of the chance; absent: fitted in the same way."),
  DYO_ENUM(croston_params, initial, MEAN, start_words,
           "Interval to start from: the mean of all, or the first one (periods up to the first demand)."),
  DYO_END(croston_params)};

typedef struct {
  int     variant;
  double  alpha, beta;
  double  size, interval, chance; /* z, p, q after the last value; all zero before the first demand */
  double  since;                  /* known periods since the last demand */
  double  demands;
  double *sizes; /* the latest MOST_SIZES demands, oldest first */
  size_t  n_sizes;
  double  sigma2, n; /* mean squared one-step error, and errors behind it */
  double *residuals;
  size_t  n_residuals;
} croston_state;

const dyo_field croston_state_rows[] = {
  DYO_ENUM(croston_state, variant, DYO_REQ, variant_words, "Variant."),
  DYO_NUM(croston_state, alpha, DYO_REQ, 0, 1, NULL, "Smoothing of the size."),
  DYO_NUM(croston_state, beta, DYO_REQ, 0, 1, NULL, "Smoothing of the interval or the chance."),
  DYO_NUM(croston_state, size, DYO_REQ, 0, 1e100, NULL, "Smoothed size."),
  DYO_NUM(croston_state, interval, DYO_REQ, 0, 1e15, NULL, "Smoothed interval."),
  DYO_NUM(croston_state, chance, DYO_REQ, 0, 1, NULL, "Smoothed chance of a demand."),
  DYO_NUM(croston_state, since, DYO_REQ, 0, 1e15, NULL, "Periods since the last demand."),
  DYO_NUM(croston_state, demands, DYO_REQ, 0, 1e15, NULL, "Demands so far."),
  DYO_NUMS(croston_state, sizes, 0, DYO_REQ, DYO_POS, 1e100, NULL, "Sizes seen last."),
  DYO_NUM(croston_state, sigma2, DYO_REQ, 0, DBL_MAX, NULL, "Mean squared error."),
  DYO_NUM(croston_state, n, DYO_REQ, 0, 1e15, NULL, "Errors counted."),
  DYO_NUMS(croston_state, residuals, DYO_F_NULLS, DYO_OPT, -DBL_MAX, DBL_MAX, NULL, "One-step errors."),
  DYO_END(croston_state)};

static size_t min_obs(double period)
{
  (void)period;
  return 1;
}

static bool suits(const dyo_history *h)
{
  const dyo_demand d = dyo_demand_of(&(dyo_series){h->y, h->n});
  for (size_t t = 0; t < h->n; t++)
    if (h->y[t] < 0) return false;
  return d.kind == DYO_DEMAND_INTERMITTENT || d.kind == DYO_DEMAND_LUMPY;
}

/* What moves while values pass: z, p, q and the periods since the last demand. */
typedef struct {
  double size, interval, chance, since;
} flow;

/* Chance that the coming period has a demand, bias corrected where the variant says so. */
static double chance_of(const croston_state *s, const flow *f)
{
  if (s->variant == TSB) return f->chance;
  if (!(f->interval > 0)) return 0;
  return fmin((s->variant == SBA ? 1 - s->beta / 2 : 1) / f->interval, 1);
}

static double rate_of(const croston_state *s, const flow *f)
{
  return chance_of(s, f) * f->size;
}

/* One known value after the first demand. */
static void pass(const croston_state *s, flow *f, double y)
{
  f->since++;
  if (y > 0) {
    f->size += s->alpha * (y - f->size);
    f->interval += s->beta * (f->since - f->interval);
    f->since = 0;
  }
  f->chance += s->beta * ((y > 0 ? 1 : 0) - f->chance);
}

static flow begin(double size, double interval)
{
  return (flow){size, interval, 1 / interval, 0};
}

/* A history and where its smoothing starts. */
typedef struct {
  const dyo_history *h;
  croston_state     *s;
  size_t             first;      /* place of the first demand; h->n without one */
  double             interval;   /* to start from */
  double             known, sum; /* values known up to the first demand; they sum to it */
  bool               open[2];    /* alpha, beta are to be fitted */
} job;

static double clip(double x, double lo, double hi)
{
  return fmin(fmax(x, lo), hi);
}

/* Mean absolute rate error for the weights x, as many as are open. */
static double rate_error(const double *x, void *data)
{
  job   *j     = data;
  double known = j->known, sum = j->sum, error = 0;
  flow   f = begin(j->h->y[j->first], j->interval);
  if (j->open[0]) j->s->alpha = clip(*x++, weight_lo, weight_hi);
  if (j->open[1]) j->s->beta = clip(*x, weight_lo, weight_hi);
  for (size_t t = j->first + 1; t < j->h->n; t++) {
    const double y = j->h->y[t];
    if (isnan(y)) continue;
    sum += y;
    error += fabs(rate_of(j->s, &f) - sum / ++known);
    pass(j->s, &f, y);
  }
  return error / fmax(sum, DBL_MIN);
}

/* The best of a grid of weights, then downhill from there. */
static dyo_status choose_weights(job *j, dyo_err *err)
{
  const size_t k    = (size_t)j->open[0] + (size_t)j->open[1];
  double       best = INFINITY, x[2] = {usual_weight, usual_weight};
  dyo_min     *min = NULL;
  for (int a = 0; a < GRID; a++) {
    for (int b = 0; b < (k == 2 ? GRID : 1); b++) {
      const double step = (weight_hi - weight_lo) / GRID, at[2] = {weight_lo + a * step, weight_lo + b * step};
      const double e = rate_error(at, j);
      if (!(e < best)) continue;
      best = e;
      memcpy(x, at, sizeof x);
    }
  }
  dyo_status st = dyo_min_new(k, MAX_ITER, 1e-7, &min, err);
  if (st != DYO_OK) return st;
  dyo_min_step(min, 0.05);
  st = dyo_min_run(min, rate_error, j, x, err);
  dyo_min_free(min);
  if (st == DYO_OK) rate_error(x, j); /* leaves the weights in the state */
  return st;
}

/* First demand, demands and known values; the interval to start from. */
static dyo_status look(job *j, int initial, dyo_err *err)
{
  double known = 0, last = 0;
  j->first = j->h->n;
  for (size_t t = 0; t < j->h->n; t++) {
    const double y = j->h->y[t];
    if (isnan(y)) continue;
    known++;
    if (y < 0)
      return dyo_fail(err, DYO_INVALID_INPUT, "/series/values",
                      "found %g in period %zu; croston is for demand, which is never below zero", y, t + 1);
    if (!(y > 0)) continue;
    if (j->first == j->h->n) j->first = t, j->known = known, j->sum = y;
    j->s->demands++;
    last = known;
  }
  if (j->s->demands > 0) j->interval = initial == FIRST ? j->known : last / j->s->demands;
  return DYO_OK;
}

static dyo_status keep_sizes(dyo_ctx *ctx, croston_state *s, const double *y, size_t n, dyo_err *err)
{
  size_t more = 0, skip = 0, k = 0;
  for (size_t i = 0; i < n; i++) more += y[i] > 0;
  const size_t all = s->n_sizes + more;
  double      *v   = DYO_NEW(ctx, all, double);
  if (!v) return dyo_oom(err);
  if (s->n_sizes) memcpy(v, s->sizes, s->n_sizes * sizeof *v);
  k = s->n_sizes;
  for (size_t i = 0; i < n; i++)
    if (y[i] > 0) v[k++] = y[i];
  if (all > MOST_SIZES) skip = all - MOST_SIZES;
  s->sizes   = v + skip;
  s->n_sizes = all - skip;
  return DYO_OK;
}

static void take_error(croston_state *s, double e)
{
  s->sigma2 += (e * e - s->sigma2) / ++s->n;
}

static void put_flow(croston_state *s, const flow *f)
{
  s->size = f->size, s->interval = f->interval, s->chance = f->chance, s->since = f->since;
}

static dyo_status fit(dyo_ctx *ctx, const dyo_history *h, const void *params, void *state, dyo_err *err)
{
  const croston_params *p  = params;
  croston_state        *s  = state;
  job                   j  = {.h = h, .s = s, .open = {isnan(p->alpha), isnan(p->beta)}};
  dyo_status            st = look(&j, p->initial, err);
  if (st == DYO_OK) st = keep_sizes(ctx, s, h->y, h->n, err);
  if (st != DYO_OK) return st;
  s->variant   = p->variant;
  s->alpha     = j.open[0] ? usual_weight : p->alpha;
  s->beta      = j.open[1] ? usual_weight : p->beta;
  s->residuals = DYO_NEW(ctx, h->n, double), s->n_residuals = h->n;
  if (!s->residuals) return dyo_oom(err);
  if (s->demands > 1 && (j.open[0] || j.open[1])) st = choose_weights(&j, err);
  if (st != DYO_OK) return st;
  flow f = {0};
  for (size_t t = 0; t < h->n; t++) {
    s->residuals[t] = t > j.first || s->demands == 0 ? h->y[t] - rate_of(s, &f) : NAN;
    if (isnan(h->y[t])) continue;
    if (t > j.first || s->demands == 0) take_error(s, s->residuals[t]);
    if (t > j.first) pass(s, &f, h->y[t]);
    else if (t == j.first) f = begin(h->y[t], j.interval);
    else f.since++;
  }
  put_flow(s, &f);
  return DYO_OK;
}

static int ascending(const void *a, const void *b)
{
  const double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

/* The least value that a share p of all PATHS values does not exceed; k of them, sorted, are above zero. */
static double quantile(const double *v, size_t k, double p)
{
  const double rank = ceil(p * PATHS), zeros = (double)(PATHS - k);
  return rank <= zeros ? 0 : v[(size_t)fmin(rank - zeros, (double)k) - 1];
}

/* Step i of every path at once: v takes the demands above zero, how many is returned. */
static size_t one_step(const croston_state *s, double mean_size, flow *f, dyo_rng *rng, double *v)
{
  size_t k = 0;
  for (size_t j = 0; j < PATHS; j++) {
    const double u = dyo_rng_uniform(rng), z = f[j].size;
    double       y = 0;
    if (u < chance_of(s, &f[j])) y = z * (s->sizes[dyo_rng_below(rng, s->n_sizes)] / mean_size);
    if (y > 0) v[k++] = y;
    pass(s, &f[j], y);
  }
  return k;
}

static dyo_status simulate(dyo_ctx *ctx, const croston_state *s, const dyo_ask *ask, dyo_band *out, dyo_err *err)
{
  const flow now  = {s->size, s->interval, s->chance, s->since};
  dyo_rng    rng  = dyo_rng_seed(ask->seed);
  flow      *f    = DYO_NEW(ctx, PATHS, flow);
  double    *v    = DYO_NEW(ctx, PATHS, double);
  double     mean = 0;
  if (!f || !v) return dyo_oom(err);
  for (size_t j = 0; j < PATHS; j++) f[j] = now;
  for (size_t i = 0; i < s->n_sizes; i++) mean += s->sizes[i] / (double)s->n_sizes;
  for (size_t i = 0; i < ask->h; i++) {
    const size_t k = s->n_sizes ? one_step(s, mean, f, &rng, v) : 0;
    qsort(v, k, sizeof *v, ascending);
    for (size_t l = 0; l < ask->n_levels; l++) {
      out->lower[l * ask->h + i] = quantile(v, k, 0.5 - ask->levels[l] / 2);
      out->upper[l * ask->h + i] = quantile(v, k, 0.5 + ask->levels[l] / 2);
    }
    if (dyo_poll(ctx, (double)i / (double)ask->h, "simulating demand") == DYO_STOP_CANCELLED)
      return dyo_cancelled(ctx, false, err);
  }
  return DYO_OK;
}

static dyo_status forecast(dyo_ctx *ctx, const void *state, const dyo_ask *ask, dyo_band *out, dyo_err *err)
{
  const croston_state *s    = state;
  const flow           f    = {s->size, s->interval, s->chance, s->since};
  const double         rate = rate_of(s, &f);
  if (s->size > 0 && (s->n_sizes == 0 || s->interval < 1))
    return dyo_fail(err, DYO_INVALID_INPUT, "/model", "the model holds a demand without its sizes or its interval");
  for (size_t i = 0; i < ask->h; i++) out->mean[i] = rate;
  return ask->n_levels ? simulate(ctx, s, ask, out, err) : DYO_OK;
}

static dyo_status update(dyo_ctx *ctx, void *state, const dyo_news *news, dyo_err *err)
{
  croston_state *s = state;
  flow           f = {s->size, s->interval, s->chance, s->since};
  for (size_t i = 0; i < news->n; i++)
    if (news->y[i] < 0)
      return dyo_fail_item(err, DYO_INVALID_INPUT, "observations/values", i, NULL,
                           "found %g; croston is for demand, which is never below zero", news->y[i]);
  for (size_t i = 0; i < news->n; i++) {
    if (isnan(news->y[i])) continue;
    take_error(s, news->y[i] - rate_of(s, &f));
    if (s->demands > 0) pass(s, &f, news->y[i]);
    else if (news->y[i] > 0) f = begin(news->y[i], f.since + 1);
    else f.since++;
    s->demands += news->y[i] > 0;
  }
  put_flow(s, &f);
  s->residuals = NULL, s->n_residuals = 0;
  return keep_sizes(ctx, s, news->y, news->n, err);
}

static dyo_status report(dyo_ctx *ctx, const void *state, dyo_report *r, dyo_err *err)
{
  const croston_state *s = state;
  r->form                = forms[s->variant];
  r->params              = DYO_NEW(ctx, 5, dyo_parameter);
  if (!r->params) return dyo_oom(err);
  r->params[0] = (dyo_parameter){"alpha", s->alpha, NAN};
  r->params[1] = (dyo_parameter){"beta", s->beta, NAN};
  r->params[2] = (dyo_parameter){"demand_size", s->size, NAN};
  r->params[3] = s->variant == TSB ? (dyo_parameter){"demand_probability", s->chance, NAN}
                                   : (dyo_parameter){"demand_interval", s->interval, NAN};
  r->params[4] = (dyo_parameter){"sigma2", s->sigma2, NAN};
  r->n_list    = 5;
  r->sigma2    = s->sigma2;
  r->residuals = s->residuals, r->n_residuals = s->n_residuals;
  return DYO_OK;
}

static const char search_space[] = "{\"variant\":[\"sba\",\"croston\",\"tsb\"],\"alpha\":[null,0.02,0.05,0.1,0.2,0.3],"
                                   "\"beta\":[null,0.02,0.05,0.1,0.2,0.3],\"initial\":[\"mean\",\"first\"]}";

const dyo_model dyo_model_croston = {.name     = "croston",
                                     .params   = params_rows,
                                     .state    = croston_state_rows,
                                     .min_obs  = min_obs,
                                     .fit      = fit,
                                     .forecast = forecast,
                                     .update   = update,
                                     .report   = report,
                                     .suits    = suits,
                                     .search   = search_space};
