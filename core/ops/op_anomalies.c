/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Residuals against their robust spread, 1.4826 medians of their sizes (Hampel 1974; Rousseeuw & Croux 1993), either of a robust
 * STL or MSTL or one step ahead of a fitted model. A far value bends what is fitted and shows again in the errors after it; so only
 * the farthest are taken out at a time, and the fit is made again without them, as for missing values. */
#include "ops/dyo_op_anomalies.h"

#include <math.h>
#include <string.h>

#include "num/dyo_dist.h"
#include "ops/forecast.h"
#include "stats/dyo_mstl.h"
#include "stats/dyo_spread.h"

enum { LEAST = 10, PASSES = 8, AGAIN = 8, START = 2 }; /* START: a model's first errors show its start, not the data */

static const double usual_level = 0.99, farthest = 0.5, gross = 3.5; /* gross: bends the fit */

const dyo_field dyo_anomalies_in_rows[] = {
  DYO_OBJ(dyo_anomalies_in, series, DYO_REQ, dyo_series_in, dyo_series_in_rows, "The series."),
  DYO_ENUM(
    dyo_anomalies_in, model_type, 0, dyo_model_words,
    "auto: what trend and seasons of a decomposition leave, of logarithms where the spread grows with the level; a model: the "
    "errors of its forecasts one step ahead."),
  DYO_NUM(dyo_anomalies_in, confidence_level, usual_level, 0.5, 0.999999, "0..1",
          "Share of ordinary values that are expected inside lower..upper."),
  DYO_NUMS(dyo_anomalies_in, seasonal_periods, 0, DYO_OPT, 1, 100000, "observations",
           "Seasonal periods; absent: detected; []: none."),
  DYO_JSON(dyo_anomalies_in, params, DYO_OPT, "Settings of the model, by its own names."),
  DYO_MAP(dyo_anomalies_in, regressors, DYO_OPT, DYO_REGRESSORS_MOST, dyo_regressor, dyo_regressor_rows,
          "Series that explain this one: what they explain is no anomaly. One value beside each value."),
  DYO_LIST(dyo_anomalies_in, holidays, DYO_OPT, DYO_HOLIDAYS_MOST, dyo_holiday_in, dyo_holiday_rows,
           "Days that recur and change the values."),
  DYO_END(dyo_anomalies_in)};

static const dyo_field anomaly_rows[] = {
  DYO_STR(dyo_anomaly, date, DYO_REQ, 32, "Date, or number where the series has no dates."),
  DYO_OUT(dyo_anomaly, value, DYO_REQ, NULL, "The value found."),
  DYO_OUT(dyo_anomaly, expected, DYO_REQ, NULL, "The value expected there."),
  DYO_OUT(dyo_anomaly, lower, DYO_REQ, NULL, "Least value that would be ordinary there."),
  DYO_OUT(dyo_anomaly, upper, DYO_REQ, NULL, "Greatest one."),
  DYO_OUT(dyo_anomaly, score, DYO_REQ, NULL, "Distance from the expected value in robust standard deviations."),
  DYO_END(dyo_anomaly)};

const dyo_field dyo_anomalies_out_rows[] = {
  DYO_LIST(dyo_anomalies_out, anomalies, DYO_REQ, DYO_SERIES_LONGEST, dyo_anomaly, anomaly_rows,
           "Values outside the interval, by date."),
  DYO_INT(dyo_anomalies_out, checked, DYO_REQ, 0, INT_MAX, NULL,
          "Values that could be checked: known ones, from where the model has a forecast."),
  DYO_STR(dyo_anomalies_out, method, DYO_REQ, 32, "decomposition, or the model."),
  DYO_OUT(dyo_anomalies_out, confidence_level, DYO_REQ, "0..1", "The level used."),
  DYO_OUT_NUMS(dyo_anomalies_out, seasonal_periods, 0, DYO_REQ, "observations", "Seasonal periods used, ascending."),
  DYO_STRS(dyo_anomalies_out, warnings, DYO_REQ, 1000, "Repairs and remarks."),
  DYO_END(dyo_anomalies_out)};

/* One fit's view of every value: residual e in units that have one spread, and what a unit is worth there. NaN where there is none. */
typedef struct {
  double *expected, *unit, *e;
} view;

typedef struct {
  dyo_ctx         *ctx;
  dyo_err         *err;
  const prepared  *p;
  const dyo_model *model; /* NULL: decomposition */
  void            *params;
  double           z;
  bool             logs;     /* y and kept are logarithms */
  double          *y, *kept; /* as it came, or its logarithms; without the values taken out */
  size_t           n;
  view             now, found; /* of the last fit; of the one that showed a value to be odd */
  double          *room;
  double           sigma;
} hunt;

static dyo_status by_decomposition(hunt *h)
{
  const dyo_mstl_opts o = dyo_mstl_defaults(false);
  int                 periods[DYO_MSTL_MOST];
  size_t              k = 0;
  dyo_mstl            m;
  for (size_t i = 0; i < h->p->history.n_periods && k < DYO_MSTL_MOST; i++)
    if (h->p->periods[i] >= 2) periods[k++] = (int)floor(h->p->periods[i] + 0.5);
  const dyo_status st = dyo_mstl_fit(h->ctx, &(dyo_series){h->kept, h->n}, periods, k, &o, &m, h->err);
  if (st != DYO_OK) return st;
  for (size_t t = 0; t < h->n; t++) {
    h->now.expected[t] = m.filled[t] - m.remainder[t];
    h->now.unit[t]     = 1;
    h->now.e[t]        = h->y[t] - h->now.expected[t];
  }
  return DYO_OK;
}

/* Units of mean 1, so that e and its spread are in the series' own, whatever form the next fit takes. */
static void even_units(hunt *h)
{
  double mean = 0, k = 0;
  for (size_t t = 0; t < h->n; t++)
    if (isfinite(h->now.e[t]) && h->now.unit[t] > 0) mean += (h->now.unit[t] - mean) / ++k;
  if (!(mean > 0)) return;
  for (size_t t = 0; t < h->n; t++) {
    h->now.unit[t] /= mean;
    h->now.e[t] *= mean;
  }
}

/* A model's residuals on the series' own scale; of values taken out it has none. */
static dyo_status by_model(hunt *h)
{
  dyo_history h1    = h->p->history;
  void       *state = dyo_alloc(h->ctx, 1, dyo_model_state_size(h->model));
  dyo_report  r;
  dyo_report_clear(&r);
  h1.y = h->kept;
  while (h1.n > 0 && isnan(h1.y[h1.n - 1])) h1.n--; /* histories end in a known value */
  dyo_status st = state ? dyo_history_columns(h->ctx, &h->p->history, 0, h1.n, &h1.x, h->err) : dyo_oom(h->err);
  if (st == DYO_OK) st = h->model->fit(h->ctx, &h1, h->params, state, h->err);
  if (st == DYO_OK) st = h->model->report(h->ctx, state, &r, h->err);
  if (st != DYO_OK) return st;
  for (size_t t = 0; t < h->n; t++) {
    const double offset = r.offset && t < r.n_residuals ? r.offset[t] : 0;
    const double factor = r.factor && t < r.n_residuals ? r.factor[t] : 1;
    const double x      = (h->kept[t] - offset) / factor;
    h->now.e[t]         = r.residuals && t >= START && t < r.n_residuals && !isnan(x) ? r.residuals[t] : NAN;
    const double mu     = r.relative ? x / (1 + h->now.e[t]) : x - h->now.e[t];
    h->now.expected[t]  = offset + factor * mu;
    h->now.unit[t]      = factor * (r.relative ? fabs(mu) : 1);
  }
  even_units(h);
  return DYO_OK;
}

/* Robust spread of what is kept; never so small that rounding noise of an exact pattern is odd. */
static void measure(hunt *h)
{
  size_t k   = 0;
  double top = 0;
  for (size_t t = 0; t < h->n; t++) {
    if (isnan(h->kept[t]) || !isfinite(h->now.e[t])) continue;
    h->room[k++] = h->now.e[t];
    top          = fmax(top, fabs(h->kept[t]));
  }
  h->sigma = k ? fmax(fmax(dyo_robust_sd(h->room, k), 1e-9 * top), DBL_MIN) : 0;
}

/* Take out what lies outside and is about as far as the farthest; false where nothing does. A forecast leans on the values one step
 * and one season before it, so behind one that goes the next fit decides. */
static bool take_out(hunt *h)
{
  double most = 0;
  for (size_t t = 0; t < h->n; t++)
    if (!isnan(h->kept[t]) && isfinite(h->now.e[t])) most = fmax(most, fabs(h->now.e[t]) / h->sigma - gross);
  const size_t m = (size_t)h->p->history.period;
  for (size_t t = 0; most > 0 && t < h->n; t++) {
    const double score = fabs(h->now.e[t]) / h->sigma;
    h->room[t]         = 0; /* 1: goes in this pass */
    if (isnan(h->kept[t]) || !isfinite(score) || score - gross < farthest * most) continue;
    if (h->model && ((t >= 1 && h->room[t - 1] > 0) || (t >= m && h->room[t - m] > 0))) continue;
    h->room[t]           = 1;
    h->kept[t]           = NAN;
    h->found.expected[t] = h->now.expected[t];
    h->found.unit[t]     = h->now.unit[t];
  }
  return most > 0;
}

static dyo_status search(hunt *h)
{
  for (int pass = 0; pass < PASSES; pass++) {
    if (dyo_poll(h->ctx, (double)pass / PASSES, "looking for anomalies") == DYO_STOP_CANCELLED)
      return dyo_cancelled(h->ctx, false, h->err);
    if (2 * dyo_series_known(&(dyo_series){h->kept, h->n}) < h->p->regular.known) return DYO_OK;
    const dyo_status st = h->model ? by_model(h) : by_decomposition(h);
    if (st != DYO_OK) return st;
    measure(h);
    if (!(h->sigma > 0) || !take_out(h)) return DYO_OK;
  }
  return DYO_OK;
}

/* Whether the spread grows about as fast as the level. */
static bool want_logs(const hunt *h)
{
  double least = INFINITY;
  for (size_t t = 0; t < h->n; t++) least = fmin(least, h->y[t]); /* fmin passes over NaN */
  if (!(least > 0) || h->p->history.period < 2) return false;
  return dyo_spread_growth(h->ctx, &(dyo_series){h->y, h->n}, (size_t)h->p->history.period) > 0.5;
}

/* What the values before t, without those taken out, let the model expect at t. A model that they cannot be fitted to tells nothing. */
static dyo_status expect_at(hunt *h, size_t t)
{
  dyo_history past  = h->p->history;
  void       *state = dyo_alloc(h->ctx, 1, dyo_model_state_size(h->model));
  past.y = h->kept, past.n = t;
  while (past.n > 0 && isnan(h->kept[past.n - 1])) past.n--;
  if (dyo_series_known(&(dyo_series){past.y, past.n}) < h->model->min_obs(past.period)) return DYO_OK;
  dyo_ask  ask  = {.h = t + 1 - past.n, .seed = 1, .t = past.t ? past.t + past.n : NULL};
  dyo_band band = {.mean = DYO_NEW(h->ctx, ask.h, double)};
  if (!state || !band.mean) return dyo_oom(h->err);
  dyo_status st = dyo_history_columns(h->ctx, &h->p->history, 0, past.n, &past.x, h->err);
  if (st == DYO_OK) st = dyo_history_columns(h->ctx, &h->p->history, past.n, ask.h, &ask.x, h->err);
  if (st == DYO_OK) st = h->model->fit(h->ctx, &past, h->params, state, h->err);
  if (st == DYO_OK) st = h->model->forecast(h->ctx, state, &ask, &band, h->err);
  if (st == DYO_CANCELLED || st == DYO_OUT_OF_MEMORY) return st;
  if (st == DYO_OK && isfinite(band.mean[ask.h - 1])) h->found.expected[t] = band.mean[ask.h - 1];
  return DYO_OK;
}

/* The fit that showed a value to be odd was bent by it; the first few get a fit of what came before them. */
static dyo_status expect_again(hunt *h)
{
  dyo_status st = DYO_OK;
  for (size_t t = 0, k = 0; t < h->n && k < AGAIN && st == DYO_OK; t++) {
    if (isnan(h->y[t]) || !isnan(h->kept[t])) continue;
    k++;
    st = expect_at(h, t);
  }
  return st;
}

static dyo_status hunt_down(hunt *h)
{
  h->logs = !h->model && want_logs(h);
  for (size_t t = 0; h->logs && t < h->n; t++) h->kept[t] = h->y[t] = log(h->y[t]);
  const dyo_status st = search(h);
  return st == DYO_OK && h->model ? expect_again(h) : st;
}

static bool hunt_new(hunt *h, const prepared *p)
{
  const size_t n    = p->regular.n;
  double      *room = DYO_NEW(h->ctx, 9 * n, double);
  if (!room) return false;
  h->n = n, h->p = p, h->y = room + 8 * n;
  h->kept = room, h->room = room + n;
  h->now   = (view){room + 2 * n, room + 3 * n, room + 4 * n};
  h->found = (view){room + 5 * n, room + 6 * n, room + 7 * n};
  memcpy(h->y, p->regular.y, n * sizeof *h->y);
  memcpy(h->kept, h->y, n * sizeof *h->kept);
  return true;
}

static double back(const hunt *h, double x)
{
  return h->logs ? exp(x) : x;
}

/* Every value by the last spread: of those taken out a model has no forecast error any more, so the one that showed them counts. */
static dyo_status tell(hunt *h, dyo_anomalies_out *out)
{
  out->anomalies = DYO_NEW(h->ctx, h->n, dyo_anomaly);
  if (!out->anomalies) return dyo_oom(h->err);
  for (size_t t = 0; t < h->n; t++) {
    const view  *v  = h->model && isnan(h->kept[t]) ? &h->found : &h->now;
    const double mu = v->expected[t], unit = h->sigma * v->unit[t], score = fabs(h->y[t] - mu) / unit;
    if (isnan(h->y[t]) || !isfinite(score)) continue;
    out->checked++;
    if (!(score > h->z)) continue;
    dyo_anomaly *a = &out->anomalies[out->n_anomalies++];
    *a             = (dyo_anomaly){dyo_regular_date(h->ctx, &h->p->regular, t),
                                   h->p->regular.y[t],
                                   back(h, mu),
                                   back(h, mu - h->z * unit),
                                   back(h, mu + h->z * unit),
                                   score};
    if (!a->date) return dyo_oom(h->err);
  }
  return DYO_OK;
}

static dyo_status choose(hunt *h, const dyo_anomalies_in *in)
{
  if (in->model_type > 0) h->model = dyo_model_find(dyo_model_words[in->model_type]);
  if (!h->model && in->params)
    return dyo_fail(h->err, DYO_INVALID_INPUT, "/params", "params belong to one model; name it in model_type");
  if (!h->model && h->p->history.n_x + h->p->history.n_holidays > 0)
    return dyo_fail(h->err, DYO_UNSUPPORTED, "/model_type",
                    "found auto, a decomposition, which uses no regressors or holidays; a model that does is expected");
  if (!h->model) return DYO_OK;
  dyo_status st = forecast_uses(h->ctx, h->model, &h->p->history, "/model_type", h->err);
  if (st == DYO_OK) st = forecast_params(h->ctx, h->model, in->params, &h->params, h->err);
  return st == DYO_OK ? forecast_enough(h->model, h->p, h->err) : st;
}

dyo_status dyo_anomalies(dyo_ctx *ctx, const dyo_anomalies_in *in, dyo_anomalies_out *out, dyo_err *err)
{
  prepared   p;
  hunt       h  = {.ctx = ctx, .err = err, .z = dyo_normal_quantile(0.5 + in->confidence_level / 2)};
  dyo_status st = forecast_prepare(ctx, in->series, in->seasonal_periods, in->n_seasonal_periods, &p, err);
  if (st == DYO_OK) st = forecast_regressors(ctx, in->regressors, in->n_regressors, in->series, &p, err);
  if (st == DYO_OK) st = forecast_holidays(ctx, in->holidays, in->n_holidays, &p, err);
  if (st != DYO_OK) return st;
  if (p.regular.known < LEAST)
    return dyo_fail(err, DYO_INSUFFICIENT_DATA, "/series/values",
                    "found %zu known values; to tell an anomaly from chance takes at least %d", p.regular.known, LEAST);
  if (!hunt_new(&h, &p)) return dyo_oom(err);
  st = choose(&h, in);
  if (st == DYO_OK) st = hunt_down(&h);
  if (st == DYO_OK) st = tell(&h, out);
  if (st != DYO_OK) return st;
  out->method             = h.model ? h.model->name : "decomposition";
  out->confidence_level   = in->confidence_level;
  out->seasonal_periods   = p.periods;
  out->n_seasonal_periods = p.history.n_periods;
  if (h.logs && !dyo_note(ctx, &p.notes, "The spread grows with the level; logarithms of the values were decomposed."))
    return dyo_oom(err);
  out->warnings   = dyo_notes_list(ctx, &p.notes);
  out->n_warnings = p.notes.n;
  return out->warnings ? DYO_OK : dyo_oom(err);
}
