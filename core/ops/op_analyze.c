/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ops/dyo_op_analyze.h"

#include <math.h>

#include "ops/forecast.h"
#include "series/dyo_series.h"
#include "stats/dyo_intermittent.h"
#include "stats/dyo_outliers.h"
#include "stats/dyo_periods.h"
#include "stats/dyo_unitroot.h"

enum { MOST_PERIODS = 16 };

static const double strong = 0.64; /* as the seasonal difference of forecast::nsdiffs */

const dyo_field dyo_analyze_in_rows[] = {
  DYO_OBJ(dyo_analyze_in, series, DYO_REQ, dyo_series_in, dyo_series_in_rows, "The series."),
  DYO_NUMS(dyo_analyze_in, seasonal_periods, 0, DYO_OPT, 2, 100000, "observations",
           "Seasonal periods; absent: detected; []: none."),
  DYO_END(dyo_analyze_in)};

static const dyo_field unit_root_rows[] = {
  DYO_OUT(dyo_unit_root, statistic, DYO_REQ, NULL, "The test's statistic."),
  DYO_OUT(dyo_unit_root, p_value, DYO_REQ, "0..1", "Its p-value."),
  DYO_INT(dyo_unit_root, lags, DYO_REQ, 0, 100000, NULL, "Lags used."),
  DYO_MAP(dyo_unit_root, critical_values, DYO_REQ, 4, dyo_critical, dyo_critical_rows, "Critical values."),
  DYO_END(dyo_unit_root)};

static const dyo_field odd_rows[] = {
  DYO_STR(dyo_odd_value, date, DYO_REQ, 32, "Date, or number where the series has no dates."),
  DYO_OUT(dyo_odd_value, value, DYO_REQ, NULL, "The value found."),
  DYO_OUT(dyo_odd_value, expected, DYO_REQ, NULL, "Trend and season there."), DYO_END(dyo_odd_value)};

const dyo_field dyo_analyze_out_rows[] = {
  DYO_STR(dyo_analyze_out, frequency, DYO_NULL, 16, "H, D, W, M, Q, Y or minutes; null where the series has no dates."),
  DYO_INT(dyo_analyze_out, n, DYO_REQ, 0, INT_MAX, NULL, "Periods from the first to the last known value."),
  DYO_INT(dyo_analyze_out, missing, DYO_REQ, 0, INT_MAX, NULL, "Of these without a value."),
  DYO_BOOL(dyo_analyze_out, has_trend, 0,
           "A unit root, or a trend stronger than 0.64 that explains what KPSS rejects."),
  DYO_OUT(dyo_analyze_out, trend_strength, DYO_NULL, "0..1",
          "Share of the deseasonalised variance that the trend explains."),
  DYO_BOOL(dyo_analyze_out, has_seasonality, 0, "Whether a season was found."),
  DYO_OUT(dyo_analyze_out, seasonal_strength, DYO_NULL, "0..1", "Strength of the strongest season."),
  DYO_OUT_NUMS(dyo_analyze_out, seasonal_periods, 0, DYO_REQ, "observations", "Seasonal periods, ascending."),
  DYO_BOOL(dyo_analyze_out, stationary, 0, "KPSS does not reject a constant level at 5 %."),
  DYO_OBJ(dyo_analyze_out, adf, DYO_NULL, dyo_unit_root, unit_root_rows,
          "Augmented Dickey-Fuller test with a constant; null where it cannot be made."),
  DYO_OBJ(dyo_analyze_out, kpss, DYO_NULL, dyo_unit_root, unit_root_rows,
          "KPSS test around a level; null where it cannot be made."),
  DYO_LIST(dyo_analyze_out, outliers, DYO_REQ, DYO_SERIES_LONGEST, dyo_odd_value, odd_rows,
           "Values that fit neither trend nor season."),
  DYO_BOOL(dyo_analyze_out, intermittent, 0, "Demand comes in less than three of four periods."),
  DYO_STR(dyo_analyze_out, demand_class, DYO_REQ, 16,
          "Class of demand: smooth, erratic, intermittent, lumpy, or none where nothing was demanded."),
  DYO_STR(dyo_analyze_out, recommended_model, DYO_REQ, 32, "A model_type for forecast.create."),
  DYO_STR(dyo_analyze_out, reason, DYO_REQ, 400, "Why that model suits the series."),
  DYO_STRS(dyo_analyze_out, warnings, DYO_REQ, 1000, "Repairs and remarks."),
  DYO_END(dyo_analyze_out)};

/* The two tests on the series with its gaps filled. A test that cannot be made (too short, constant) leaves NULL. */
static dyo_status unit_roots(dyo_ctx *ctx, double *y, size_t n, dyo_analyze_out *out, dyo_err *err)
{
  const dyo_adf_in  a  = {y, n, DYO_ADF_C, DYO_LAG_AIC, DYO_NO_INT};
  const dyo_kpss_in k  = {y, n, DYO_KPSS_LEVEL, DYO_KPSS_AUTO};
  dyo_adf_out       ao = {0};
  dyo_kpss_out      ko = {0};
  dyo_unit_root    *u  = DYO_NEW(ctx, 2, dyo_unit_root);
  if (!u) return dyo_oom(err);
  dyo_status st = dyo_adf(ctx, &a, &ao, err);
  if (st == DYO_CANCELLED || st == DYO_OUT_OF_MEMORY) return st;
  if (st == DYO_OK) {
    u[0]     = (dyo_unit_root){ao.statistic, ao.p_value, ao.used_lag, ao.critical_values, ao.n_critical_values};
    out->adf = u;
  }
  st = dyo_kpss(ctx, &k, &ko, err);
  if (st == DYO_CANCELLED || st == DYO_OUT_OF_MEMORY) return st;
  if (st == DYO_OK) {
    u[1]      = (dyo_unit_root){ko.statistic, ko.p_value, ko.lags, ko.critical_values, ko.n_critical_values};
    out->kpss = u + 1;
  }
  out->stationary = !out->kpss || out->kpss->p_value > 0.05;
  return DYO_OK;
}

/* Periods as given, or found; whole numbers that fit twice, at most MOST_PERIODS. */
static dyo_status periods_of(dyo_ctx *ctx, const dyo_analyze_in *in, const dyo_regular *r, int *periods, size_t *k,
                             dyo_err *err)
{
  double     likely[3];
  dyo_period found[DYO_PERIODS_MOST];
  *k = 0;
  if (in->seasonal_periods) {
    for (size_t i = 0; i < in->n_seasonal_periods && *k < MOST_PERIODS; i++) {
      const int p = (int)floor(in->seasonal_periods[i] + 0.5);
      if (2 * (size_t)p > r->n)
        return dyo_fail_item(err, DYO_INSUFFICIENT_DATA, "seasonal_periods", i, NULL,
                             "found %d; two seasons do not fit into %zu values", p, r->n);
      periods[(*k)++] = p;
    }
    return DYO_OK;
  }
  const size_t usual = dyo_freq_periods(r->freq, likely);
  *k                 = dyo_find_periods(ctx, &(dyo_series){r->y, r->n}, likely, usual, found);
  for (size_t i = 0; i < *k; i++) periods[i] = found[i].period;
  return DYO_OK;
}

static dyo_status structure(dyo_ctx *ctx, const dyo_analyze_in *in, const dyo_regular *r, dyo_analyze_out *out,
                            dyo_err *err)
{
  int              periods[MOST_PERIODS];
  double           strength[MOST_PERIODS];
  size_t           k     = 0;
  dyo_outlier     *odd   = NULL;
  size_t           n_odd = 0;
  const dyo_series y     = {r->y, r->n};
  dyo_status       st    = periods_of(ctx, in, r, periods, &k, err);
  if (st != DYO_OK) return st;
  out->seasonal_periods = DYO_NEW(ctx, k, double);
  if (!out->seasonal_periods) return dyo_oom(err);
  out->trend_strength = out->seasonal_strength = NAN;
  if (r->known >= 4 && !dyo_series_constant(&y) && dyo_strengths(ctx, &y, periods, k, &out->trend_strength, strength))
    for (size_t i = 0; i < k; i++)
      out->seasonal_strength = fmax(out->seasonal_strength, strength[i]); /* fmax passes over NaN */
  for (size_t i = 0; i < k; i++) out->seasonal_periods[out->n_seasonal_periods++] = periods[i];
  out->has_seasonality = k > 0;
  st                   = dyo_outliers(ctx, &y, periods, k, &odd, &n_odd, err);
  if (st != DYO_OK) return st;
  out->outliers = DYO_NEW(ctx, n_odd, dyo_odd_value);
  if (!out->outliers) return dyo_oom(err);
  for (size_t i = 0; i < n_odd; i++) {
    out->outliers[out->n_outliers++] =
      (dyo_odd_value){dyo_regular_date(ctx, r, odd[i].index), odd[i].value, odd[i].expected};
    if (!out->outliers[i].date) return dyo_oom(err);
  }
  return DYO_OK;
}

/* The seed's questions: trend? season? then which model. */
static dyo_status recommend(dyo_ctx *ctx, dyo_analyze_out *out, const dyo_regular *r, dyo_err *err)
{
  const char *shape  = out->has_seasonality && out->has_trend ? "trend and season"
                       : out->has_seasonality                 ? "a season"
                       : out->has_trend                       ? "a trend"
                                                              : "neither trend nor season";
  const bool  demand = dyo_model_find("croston")->suits(&(dyo_history){.y = r->y, .n = r->n});
  if (r->known < 10) {
    out->recommended_model = "naive";
    out->reason            = dyo_text(ctx, "%zu known values are too few to tell a pattern from chance.", r->known);
  } else if (demand && !out->has_seasonality) {
    out->recommended_model = "croston";
    out->reason            = dyo_text(
                 ctx,
                 "Demand comes in less than three of four periods (%s); Croston's method forecasts its size and its frequency apart.",
                 out->demand_class);
  } else if (out->has_seasonality) {
    out->recommended_model = "ets";
    out->reason =
      dyo_text(ctx, "The series has %s; exponential smoothing follows both and chooses its form by AICc.", shape);
  } else {
    out->recommended_model = "theta";
    out->reason =
      dyo_text(ctx, "The series has %s; the dynamic Theta method is the most accurate simple choice there.", shape);
  }
  return out->reason ? DYO_OK : dyo_oom(err);
}

dyo_status dyo_analyze(dyo_ctx *ctx, const dyo_analyze_in *in, dyo_analyze_out *out, dyo_err *err)
{
  dyo_regular r;
  dyo_notes   notes = {0};
  char        name[DYO_TIME_CHARS];
  dyo_status  st = dyo_regularize(ctx, in->series, "/series", &r, &notes, err);
  double     *y  = st == DYO_OK ? DYO_NEW(ctx, r.n, double) : NULL;
  if (st != DYO_OK) return st;
  if (!y) return dyo_oom(err);
  dyo_series_fill(&(dyo_series){r.y, r.n}, y);
  const dyo_demand d = dyo_demand_of(&(dyo_series){r.y, r.n});
  out->n             = (int)r.n;
  out->missing       = (int)(r.n - r.known);
  out->demand_class  = dyo_demand_words[d.kind];
  out->intermittent  = d.kind == DYO_DEMAND_INTERMITTENT || d.kind == DYO_DEMAND_LUMPY;
  dyo_freq_print(r.freq, name);
  if (name[0]) out->frequency = dyo_text(ctx, "%s", name);
  if (name[0] && !out->frequency) return dyo_oom(err);
  st = unit_roots(ctx, y, r.n, out, err);
  if (st == DYO_OK) st = structure(ctx, in, &r, out, err);
  if (st != DYO_OK) return st;
  out->has_trend  = !out->stationary && (out->trend_strength > strong || (out->adf && out->adf->p_value > 0.05));
  out->warnings   = dyo_notes_list(ctx, &notes);
  out->n_warnings = notes.n;
  if (!out->warnings) return dyo_oom(err);
  return recommend(ctx, out, &r, err);
}
