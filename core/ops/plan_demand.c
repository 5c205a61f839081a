/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From an item's history to the demand it will see: a model's forecast in days. See dyo_op_plan.h. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "json/dyo_json.h"
#include "ops/forecast.h"
#include "ops/inner.h"
#include "ops/plan.h"

enum { KEEP = 1096, FOLDS = 3, WEEKS_LEAST = 8 }; /* periods of history a model is fitted to: three years of days */

static const double one_sigma =
  0.6826894921370859; /* 2 Phi(1) - 1: half the width of this interval is a standard deviation */

dyo_status plan_read(dyo_ctx *ctx, const plan_item *item, plan_history *h, dyo_notes *notes, dyo_err *err)
{
  dyo_series_in s = *item->given->history;
  char          path[64];
  snprintf(path, sizeof path, "/items/%zu/history", item->i);
  dyo_status st = dyo_regularize(ctx, &s, path, &h->regular, notes, err);
  if (st == DYO_OK && h->regular.dated && dyo_freq_has_clock(h->regular.freq)) { /* hours are summed to days */
    s.frequency = "D";
    notes->n    = 0;
    st          = dyo_regularize(ctx, &s, path, &h->regular, notes, err);
  }
  if (st == DYO_INSUFFICIENT_DATA) {
    h->regular = (dyo_regular){0};
    return DYO_OK;
  }
  if (st != DYO_OK) return st;
  dyo_regular *r = &h->regular;
  if (r->freq.unit == DYO_FREQ_NONE) r->freq = (dyo_freq){DYO_FREQ_DAY, 1};
  h->start = r->dated ? plan_boundary(r, (int64_t)r->n) : 0;
  return DYO_OK;
}

double plan_boundary(const dyo_regular *r, int64_t k)
{
  const dyo_date d    = dyo_date_of(r->start);
  const bool     ends = r->dated && r->freq.unit >= DYO_FREQ_MONTH && d.day == dyo_days_in_month(d.year, d.month);
  const dyo_time t    = dyo_time_step(r->start, r->freq, ends ? k - 1 : k);
  return (double)t / DYO_DAY + (ends ? 1 : 0);
}

/* A forecast step by step. */
typedef struct {
  double     *mean, *sd; /* k of each */
  size_t      k;
  const char *model;
} steps;

static dyo_status steps_new(dyo_ctx *ctx, size_t k, steps *s, dyo_err *err)
{
  s->k    = k;
  s->mean = DYO_NEW(ctx, 2 * k, double);
  s->sd   = s->mean + k;
  return s->mean ? DYO_OK : dyo_oom(err);
}

/* Mean and spread of the known values stand in for a model. Of a single one the spread is that of Poisson demand. */
static void average(const dyo_regular *r, steps *s)
{
  double n = 0, mean = 0, ss = 0;
  for (size_t i = 0; i < r->n; i++) {
    if (isnan(r->y[i])) continue;
    const double e = r->y[i] - mean;
    mean += e / ++n;
    ss += e * (r->y[i] - mean);
  }
  const double sd = n > 1 ? sqrt(ss / (n - 1)) : sqrt(fmax(mean, 0));
  for (size_t i = 0; i < s->k; i++) {
    s->mean[i] = fmax(mean, 0);
    s->sd[i]   = sd;
  }
  s->model = "average";
}

/* Index of the model with the least root mean squared error over `ahead` steps from past origins; 0 where none can be measured. */
static dyo_status choose(dyo_ctx *ctx, const dyo_series_in *series, size_t ahead, int *word, dyo_err *err)
{
  prepared   p;
  double     best = INFINITY;
  dyo_status st   = forecast_prepare(ctx, series, NULL, 0, &p, err);
  *word           = 0;
  for (int w = 1; st == DYO_OK && dyo_model_words[w]; w++) {
    const dyo_model        *m      = dyo_model_find(dyo_model_words[w]);
    const dyo_backtest_opts o      = {.h = ahead, .folds = FOLDS, .step = ahead, .level = 0.95};
    dyo_backtest            b      = {0};
    void                   *params = NULL;
    if (!m || dyo_model_combines(m) || p.regular.known < m->min_obs(p.history.period)) continue;
    st = forecast_params(ctx, m, NULL, &params, err);
    if (st == DYO_OK) st = dyo_backtest_run(ctx, m, params, &p.history, &o, &b, err);
    if (st == DYO_OK && b.all.rmse < best) {
      best  = b.all.rmse;
      *word = w;
    }
  }
  return st;
}

static dyo_status create(dyo_ctx *ctx, const dyo_series_in *series, int word, int seed, steps *s, dyo_err *err)
{
  static const char blank[] = "{\"series\":{\"values\":[]}}"; /* whatever else there is has its default */
  dyo_create_in     in      = {0};
  dyo_forecast_out  f       = {0};
  double            level   = one_sigma;
  dyo_series_in     copy    = *series;
  dyo_status        st      = dyo_json_decode(ctx, blank, sizeof blank - 1, dyo_create_in_rows, &in, err);
  if (st != DYO_OK) return st;
  in.series = &copy, in.model_type = word, in.forecast_horizon = (int)s->k, in.seed = seed, in.folds = 0;
  in.confidence_level = &level, in.n_confidence_level = DYO_ONE;
  st = dyo_create(ctx, &in, &f, err);
  if (st != DYO_OK) return st;
  for (size_t i = 0; i < s->k; i++) {
    const dyo_interval *v = &f.confidence_intervals[0];
    s->mean[i]            = fmax(f.predictions[i], 0);
    s->sd[i]              = fmax((v->upper[i] - v->lower[i]) / 2, 0);
    if (!isfinite(s->mean[i]) || !isfinite(s->sd[i]))
      return dyo_fail(err, DYO_INSUFFICIENT_DATA, "", "the forecast of %s grows beyond all bounds", f.model_type);
  }
  const dyo_model *m = dyo_model_find(f.model_type);
  s->model           = m ? m->name : dyo_model_words[word]; /* a name that outlives the call's memory */
  return DYO_OK;
}

/* The model's forecast, in memory of its own. A request that a model cannot serve is insufficient_data. */
static dyo_status modelled(dyo_ctx *ctx, const plan_item *item, const dyo_regular *r, size_t ahead, int seed, steps *s,
                           dyo_err *err)
{
  dyo_ctx             inner;
  inner_relay         relay;
  int                 word = item->model_type;
  char                freq[DYO_TIME_CHARS];
  const size_t        n      = r->n > KEEP ? KEEP : r->n;
  const dyo_series_in series = {.values = r->y + (r->n - n), .n_values = n, .frequency = freq};
  dyo_status          st     = DYO_OK;
  dyo_freq_print(r->freq, freq);
  inner_init(&inner, &relay, ctx, item->done);
  if (word == 0) st = choose(&inner, &series, ahead < n / 5 ? ahead : n / 5, &word, err);
  if (st == DYO_OK) st = create(&inner, &series, word, seed, s, err);
  inner_end(&inner, &relay);
  return st;
}

/* The demand weights of dyo_op_plan.h, summed: 1, 1 + c_1, ...; *implied: the sum of the variances they imply for the steps a..b. */
static double *summed_weights(dyo_ctx *ctx, const double *sd, size_t n, size_t a, size_t b, double *implied)
{
  double *sum  = DYO_NEW(ctx, n + 1, double);
  double  most = sd[0] * sd[0], marginal = 1;
  if (!sum) return NULL;
  sum[0]   = 1;
  *implied = a == 0 ? most : 0;
  for (size_t j = 1; j < b && j < n; j++) {
    const double v = sd[j] * sd[j], c2 = fmax(0, v - most) / (sd[0] * sd[0]);
    most   = fmax(most, v);
    sum[j] = sum[j - 1] + sqrt(c2);
    marginal += c2;
    if (j >= a) *implied += marginal * sd[0] * sd[0];
  }
  return sum;
}

/* Over whole steps a < b <= n. What the forecast's own variances are beside those implied (they fall and rise with the season)
 * scales the sum. */
static double whole_variance(dyo_ctx *ctx, const double *sd, size_t n, size_t a, size_t b)
{
  double implied = 0, own = 0, total = 0, v = 0;
  for (size_t k = a; k < b; k++) {
    own += sd[k] * sd[k];
    total += sd[k];
  }
  if (own == 0) return 0;
  if (sd[0] == 0) return total * total; /* nothing to weigh by: as if all errors went together */
  const double *sum = summed_weights(ctx, sd, n, a, b, &implied);
  if (!sum) return NAN;
  for (size_t i = 1; i <= b; i++) {
    const double w = sum[b - i] - (i <= a ? sum[a - i] : 0);
    v += w * w;
  }
  return fmin(v * sd[0] * sd[0] * (own / implied), total * total);
}

double plan_variance(dyo_ctx *ctx, const double *sd, size_t n, double from, double to)
{
  const double end = fmin(to, (double)n), begin = fmin(from, end);
  const size_t a = (size_t)fmin(floor(begin), (double)n - 1), b = (size_t)floor(end);
  const double part = end - (double)b;
  double       v    = b > a ? whole_variance(ctx, sd, n, a, b) : 0;
  if (to <= from || n == 0) return 0;
  if (part > 0 && b < n) v += part * (whole_variance(ctx, sd, n, a, b + 1) - v);
  /* what of the first step has passed, and what lies behind the last, in proportion */
  return v * (to - from) / fmax(end - (double)a, 1e-9);
}

/* A place in time among the steps: the step, and the demand of those before it. It only moves on. */
typedef struct {
  size_t k;
  double before;
} place;

/* Time of `day` in steps, and the demand up to it. */
static double step_of(const steps *s, const double *bounds, place *at, double day, double *demand)
{
  while (at->k + 1 < s->k && bounds[at->k + 1] <= day) at->before += s->mean[at->k++];
  const double part = (day - bounds[at->k]) / (bounds[at->k + 1] - bounds[at->k]);
  *demand           = at->before + part * s->mean[at->k];
  return (double)at->k + part;
}

/* Coefficient of variation of the periods of `per` values each, counted back from the end; those with a missing value are left out. */
static double variation(const dyo_regular *r, size_t per, size_t least)
{
  double n = 0, mean = 0, ss = 0;
  for (size_t end = r->n; end >= per; end -= per) {
    double sum = 0;
    for (size_t i = end - per; i < end; i++) sum += r->y[i];
    if (isnan(sum)) continue;
    const double e = sum - mean;
    mean += e / ++n;
    ss += e * (sum - mean);
  }
  const double cv = sqrt(ss / (n - 1)) / mean;
  return n >= (double)least && n > 1 && mean > 0 && isfinite(cv) ? cv : NAN;
}

static dyo_status describe(dyo_ctx *ctx, const dyo_regular *r, plan_demand *d, dyo_err *err)
{
  const bool   days = r->freq.unit == DYO_FREQ_DAY && r->known == r->n;
  const size_t week = (size_t)floor(7 * DYO_DAY / dyo_freq_seconds(r->freq) + 0.5);
  d->kind           = dyo_demand_of(&(dyo_series){r->y, r->n}).kind;
  d->whole          = true;
  for (size_t i = 0; i < r->n; i++)
    if (r->y[i] != floor(r->y[i]) && !isnan(r->y[i])) d->whole = false;
  d->variation = week > 1 ? variation(r, week, WEEKS_LEAST) : NAN;
  if (isnan(d->variation)) d->variation = variation(r, 1, 2);
  if (!days) return DYO_OK;
  d->n_daily = r->n;
  d->daily   = DYO_NEW(ctx, r->n, double);
  if (!d->daily) return dyo_oom(err);
  for (size_t i = 0; i < r->n; i++) d->daily[i] = fmax(r->y[i], 0);
  return DYO_OK;
}

/* Steps to days, the plan's date being day 0. */
static dyo_status to_days(dyo_ctx *ctx, const plan_history *h, const steps *s, double from, double window,
                          plan_demand *d, dyo_err *err)
{
  double *bounds = DYO_NEW(ctx, s->k + 1, double), before = 0, after = 0, first = 0;
  if (!bounds) return dyo_oom(err);
  for (size_t k = 0; k <= s->k; k++)
    bounds[k] =
      plan_boundary(&h->regular, (int64_t)(h->regular.n + k)) - plan_boundary(&h->regular, (int64_t)h->regular.n);
  place        at = {0}, end = {0};
  const double now = step_of(s, bounds, &at, from, &first);
  before           = first;
  for (size_t i = 0; i < d->n; i++) {
    step_of(s, bounds, &at, from + (double)(i + 1), &after);
    d->day[i] = after - before;
    before    = after;
  }
  const double until = step_of(s, bounds, &end, from + window, &after);
  const double v     = plan_variance(ctx, s->sd, s->k, now, until);
  if (isnan(v)) return dyo_oom(err);
  d->lead_mean = after - first;
  d->lead_sd   = sqrt(fmax(v, 0));
  return DYO_OK;
}

static size_t steps_for(const plan_history *h, double until)
{
  const double start = plan_boundary(&h->regular, (int64_t)h->regular.n);
  size_t       k     = 1;
  while (k < DYO_HORIZON_MOST && plan_boundary(&h->regular, (int64_t)(h->regular.n + k)) - start < until) k++;
  return k;
}

static dyo_status from_history(dyo_ctx *ctx, const plan_item *item, const plan_history *h, double from, double window,
                               int seed, plan_demand *d, dyo_notes *notes, dyo_err *err)
{
  const dyo_regular *r     = &h->regular;
  const double       ahead = ceil(fmax(window, 1) * DYO_DAY / dyo_freq_seconds(r->freq));
  steps              s;
  dyo_status         st = steps_new(ctx, steps_for(h, from + (double)d->n), &s, err);
  if (st == DYO_OK) st = describe(ctx, r, d, err);
  if (st != DYO_OK) return st;
  if (r->known < DYO_PLAN_LEAST) {
    average(r, &s);
    if (!dyo_note(ctx, notes, "%s has %zu known value%s. A forecast needs at least %d; the average is used instead.",
                  item->given->sku, r->known, r->known == 1 ? "" : "s", DYO_PLAN_LEAST))
      return dyo_oom(err);
  } else {
    st = modelled(ctx, item, r, (size_t)ahead, seed, &s, err);
    if (st == DYO_CANCELLED || st == DYO_OUT_OF_MEMORY) return st;
    if (st != DYO_OK) {
      average(r, &s);
      if (!dyo_note(ctx, notes, "No model could be fitted (%s); the average is used instead.", err->message))
        return dyo_oom(err);
    }
  }
  d->model = s.model;
  return to_days(ctx, h, &s, from, window, d, err);
}

dyo_status plan_forecast(dyo_ctx *ctx, const plan_item *item, const plan_history *h, double from, size_t days, int seed,
                         plan_demand *d, dyo_notes *notes, dyo_err *err)
{
  const double           window = item->lead + item->review > 0 ? item->lead + item->review : 1;
  const dyo_plan_demand *given  = item->given->forecast;
  dyo_status             st     = DYO_OK;
  *d                            = (plan_demand){.n = days, .variation = NAN, .kind = DYO_DEMAND_NONE};
  d->day                        = DYO_NEW(ctx, days, double);
  if (!d->day) return dyo_oom(err);
  if (given) {
    for (size_t i = 0; i < days; i++) d->day[i] = given->mean;
    d->model        = "given";
    d->kind         = DYO_DEMAND_SMOOTH;
    d->lead_mean    = given->mean * window;
    d->lead_sd      = given->std_dev * sqrt(window);
    const double cv = given->std_dev / given->mean / sqrt(7); /* of a week */
    if (isfinite(cv)) d->variation = cv;
  } else if (h->regular.n > 0) {
    st = from_history(ctx, item, h, from, window, seed, d, notes, err);
    if (st != DYO_OK) return st;
  } else if (!dyo_note(ctx, notes, "%s has no known sales; nothing can be planned for it.", item->given->sku)) {
    return dyo_oom(err);
  }
  d->mean = d->lead_mean / window;
  d->sd   = d->lead_sd / sqrt(window);
  if (item->lead + item->review == 0) d->lead_mean = d->lead_sd = 0;
  return DYO_OK;
}
