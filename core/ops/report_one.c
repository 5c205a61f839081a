/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One series on a page: chart, sentence, model, backtest, next steps. */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ops/report_forecast.h"
#include "ops/words.h"
#include "series/dyo_regular.h"

enum { STEPS_SHOWN = 14, STEPS_CUT = 12, DATE = 17, FIGURE = 11 };

const char *report_model(dyo_ctx *ctx, const dyo_forecast_out *f)
{
  const dyo_diagnostics *d = f->diagnostics;
  const size_t           n = strlen(f->model_type);
  size_t                 k = 0;
  while (d && d->form && k < n && tolower((unsigned char)d->form[k]) == f->model_type[k]) k++;
  if (d && d->form) return k == n ? d->form : dyo_text(ctx, "%s %s", f->model_type, d->form);
  if (!d || !d->order) return f->model_type;
  const int *o = d->order, *s = d->seasonal_order;
  if (!s || s[0] + s[1] + s[2] == 0) return dyo_text(ctx, "ARIMA(%d,%d,%d)", o[0], o[1], o[2]);
  return dyo_text(ctx, "ARIMA(%d,%d,%d)(%d,%d,%d)[%d]", o[0], o[1], o[2], s[0], s[1], s[2], s[3]);
}

static const char *step_date(dyo_ctx *ctx, const dyo_regular *r, size_t i)
{
  if (!r->dated) return dyo_text(ctx, "%zu", i + 1);
  return words_date(ctx, dyo_time_step(r->start, r->freq, (int64_t)i), r->freq);
}

static double mean_of(const double *y, size_t n)
{
  double sum = 0, known = 0;
  for (size_t i = 0; i < n; i++) {
    if (isnan(y[i])) continue;
    sum += y[i];
    known++;
  }
  return known > 0 ? sum / known : NAN;
}

static size_t year_of(dyo_freq f)
{
  switch (f.unit) {
  case DYO_FREQ_DAY: return 364; /* whole weeks */
  case DYO_FREQ_WEEK: return 52;
  case DYO_FREQ_MONTH: return 12;
  case DYO_FREQ_QUARTER: return 4;
  default: return 0;
  }
}

/* ", 12 % above the same months a year before": beside a year ago where there is one, else beside as many steps before. */
static const char *beside(dyo_ctx *ctx, const dyo_regular *r, const dyo_forecast_out *f, double next)
{
  const size_t h = f->n_predictions, year = year_of(r->freq);
  const bool   yearly = year > 0 && h <= year && r->n >= year;
  const size_t back   = yearly ? year : h;
  if (r->n < back) return "";
  const double before = mean_of(r->y + (r->n - back), h);
  const double change = 100 * (next - before) / before;
  const char  *period = words_period(r->freq);
  if (!(before > 0) || !isfinite(change) || fabs(change) > 1000) return "";
  const char *what =
    yearly ? dyo_text(ctx, "the same %ss a year before", period) : dyo_text(ctx, "the %zu %ss before", h, period);
  if (!what) return NULL;
  if (fabs(change) < 0.5) return dyo_text(ctx, ", as much as in %s", what);
  const char *by = words_percent(ctx, fabs(change));
  return by ? dyo_text(ctx, ", %s %s %s", by, change > 0 ? "above" : "below", what) : NULL;
}

/* As many decimals as the first interval has room for. */
static int places_of(const dyo_forecast_out *f)
{
  const dyo_interval *v = &f->confidence_intervals[0];
  const double        w = v->upper[0] - v->lower[0];
  return words_places(w > 0 ? w : fabs(f->predictions[0]));
}

/* The finding in a sentence. */
static bool sentence(dyo_ctx *ctx, page *p, const dyo_regular *r, const dyo_forecast_out *f)
{
  const dyo_interval *v      = &f->confidence_intervals[0];
  const double        next   = mean_of(f->predictions, f->n_predictions);
  const int           places = places_of(f);
  const char         *mean = words_fixed(ctx, next, places), *first = words_fixed(ctx, f->predictions[0], places);
  const char         *lo = words_fixed(ctx, v->lower[0], places), *hi = words_fixed(ctx, v->upper[0], places);
  const char *change = beside(ctx, r, f, next), *date = step_date(ctx, r, r->n), *period = words_period(r->freq);
  if (!mean || !change || !first || !lo || !hi || !date) return false;
  const char *sure = v->upper[0] > v->lower[0]
                       ? dyo_text(ctx, ", with %s certainty between %s and %s", v->confidence_level, lo, hi)
                       : "";
  if (!sure) return false;
  const char *text = f->n_predictions == 1
                       ? dyo_text(ctx, "%s is expected at %s%s%s.", date, first, change, sure)
                       : dyo_text(ctx, "The next %zu %ss average %s a %s%s. First comes %s: %s%s.", f->n_predictions,
                                  period, mean, period, change, date, first, sure);
  if (!text) return false;
  page_item(p, "Forecast", text);
  return true;
}

static bool model(dyo_ctx *ctx, page *p, const dyo_forecast_out *f)
{
  const char *name = report_model(ctx, f);
  const char *text = !name          ? NULL
                     : f->selection ? dyo_text(ctx, "%s. %s", name, f->selection->reason)
                                    : dyo_text(ctx, "%s.", name);
  if (!text) return false;
  page_item(p, "Model", text);
  return true;
}

/* "Off by 17.1 on average (3.9 %) in a rolling backtest, 0.61 of what repeating the last season misses; the 95 % interval held 94 %." */
static bool backtest(dyo_ctx *ctx, page *p, const dyo_report_forecast_in *in, const dyo_forecast_out *f)
{
  const dyo_accuracy *a     = f->accuracy_metrics;
  const char         *share = "", *scaled = "", *held = "";
  if (!a || isnan(a->mae)) {
    page_item(p, "Error",
              in->folds == 0 ? "not known: no backtest was asked for."
                             : "not known: the history has no room for a backtest.");
    return true;
  }
  const char *mae = words_figure(ctx, a->mae), *percent = isfinite(a->mape) ? words_percent(ctx, a->mape) : "";
  const char *mase = isfinite(a->mase) ? words_figure(ctx, a->mase) : "";
  if (!mae || !percent || !mase) return false;
  if (*percent && a->mape < 1000) share = dyo_text(ctx, " (%s)", percent);
  if (*mase) scaled = dyo_text(ctx, ", %s times what a naive forecast missed by in the past", mase);
  if (isfinite(a->coverage)) held = dyo_text(ctx, "; the 95%% interval held %.0f%% of the values", 100 * a->coverage);
  const char *text = share && scaled && held
                       ? dyo_text(ctx, "off by %s on average%s in a rolling backtest%s%s.", mae, share, scaled, held)
                       : NULL;
  if (!text) return false;
  page_item(p, "Error", text);
  return true;
}

/* As much of the history as shows the forecast's shape: three times the horizon and two seasons at least. */
static bool chart(dyo_ctx *ctx, page *p, const dyo_regular *r, const dyo_forecast_out *f)
{
  const size_t h        = f->n_predictions;
  const double season   = f->n_seasonal_periods ? f->seasonal_periods[0] : 1;
  double       want     = fmax(3.0 * (double)h, 3 * season);
  want                  = fmax(want, 24);
  const size_t        n = (double)r->n < want ? r->n : (size_t)want;
  const page_chart_of c = {.y     = r->y + (r->n - n),
                           .n     = n,
                           .mean  = f->predictions,
                           .lower = f->confidence_intervals[0].lower,
                           .upper = f->confidence_intervals[0].upper,
                           .h     = h,
                           .first = step_date(ctx, r, r->n - n),
                           .last  = step_date(ctx, r, r->n - 1),
                           .end   = step_date(ctx, r, r->n + h - 1)};
  if (!c.first || !c.last || !c.end || !page_chart(ctx, p, &c)) return false;
  page_end(p);
  return true;
}

static bool figure(dyo_ctx *ctx, page *p, double x, int places)
{
  const char *text = words_within(ctx, words_fixed(ctx, x, places), x, FIGURE);
  if (!text) return false;
  page_cell(p, text, FIGURE, PAGE_RIGHT);
  return true;
}

static size_t levels_that_fit(const page *p, const dyo_forecast_out *f)
{
  const size_t all = f->n_confidence_intervals == DYO_ONE ? 1 : f->n_confidence_intervals;
  const size_t fit = p->width > DATE + FIGURE ? (p->width - DATE - FIGURE) / (2 * FIGURE) : 1;
  return all < fit ? all : fit > 0 ? fit : 1;
}

static bool table(dyo_ctx *ctx, page *p, const dyo_regular *r, const dyo_forecast_out *f)
{
  const size_t h = f->n_predictions, shown = h > STEPS_SHOWN ? STEPS_CUT : h, levels = levels_that_fit(p, f);
  const int    places = places_of(f);
  page_end(p);
  page_cell(p, "Date", DATE, PAGE_LEFT);
  page_cell(p, "Forecast", FIGURE, PAGE_RIGHT);
  for (size_t l = 0; l < levels; l++) {
    page_cell(p, dyo_text(ctx, "%s from", f->confidence_intervals[l].confidence_level), FIGURE, PAGE_RIGHT);
    page_cell(p, "to", FIGURE, PAGE_RIGHT);
  }
  page_end(p);
  page_rule(p, DATE + FIGURE * (1 + 2 * levels));
  for (size_t i = 0; i < shown; i++) {
    const char *date = step_date(ctx, r, r->n + i);
    if (!date) return false;
    page_cell(p, date, DATE, PAGE_LEFT);
    if (!figure(ctx, p, f->predictions[i], places)) return false;
    for (size_t l = 0; l < levels; l++)
      if (!figure(ctx, p, f->confidence_intervals[l].lower[i], places) ||
          !figure(ctx, p, f->confidence_intervals[l].upper[i], places))
        return false;
    page_end(p);
  }
  if (shown < h) {
    page_put(
      p, dyo_text(ctx, "%s %zu more: --csv, --json or --out FILE gives them all.", p->ascii ? "..." : "…", h - shown));
    page_end(p);
  }
  return true;
}

dyo_status report_one(dyo_ctx *ctx, page *p, const dyo_report_forecast_in *in, const dyo_parse_out *read,
                      const dyo_parse_series *s, const dyo_forecast_out *f, dyo_err *err)
{
  const dyo_series_in series = {.dates     = s->dates,
                                .n_dates   = s->n_dates,
                                .values    = s->values,
                                .n_values  = s->n_values,
                                .frequency = s->frequency,
                                .aggregate = DYO_AGG_MEAN};
  dyo_regular         r;
  dyo_notes           notes = {0};
  dyo_status          st    = dyo_regularize(ctx, &series, "/file", &r, &notes, err);
  if (st != DYO_OK) return st;
  if (!report_head(ctx, p, in->file, read)) return dyo_oom(err);
  page_put(p, s->name);
  page_end(p);
  bool ok = chart(ctx, p, &r, f) && sentence(ctx, p, &r, f) && model(ctx, p, f) && backtest(ctx, p, in, f);
  for (size_t i = 0; ok && i < f->n_warnings; i++) page_item(p, i ? "" : "Note", f->warnings[i]);
  return ok && table(ctx, p, &r, f) ? DYO_OK : dyo_oom(err);
}
