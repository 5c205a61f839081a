/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The operation report.forecast: which series, in which format. What it looks like is in report_one.c and report_many.c. */
#include <math.h>
#include <string.h>

#include "json/dyo_json.h"
#include "ops/forecast.h"
#include "ops/inner.h"
#include "ops/report_forecast.h"

const dyo_field dyo_report_forecast_in_rows[] = {
  DYO_OBJ(dyo_report_forecast_in, file, DYO_REQ, dyo_parse_in, dyo_parse_in_rows, "The file, and how to read it."),
  DYO_STR(dyo_report_forecast_in, series, DYO_OPT, 1000, "Name of the one series wanted; absent: all."),
  DYO_ENUM(dyo_report_forecast_in, model_type, 0, dyo_model_words,
           "The model; auto compares them in a rolling backtest."),
  DYO_INT(dyo_report_forecast_in, forecast_horizon, DYO_OPT, 1, DYO_HORIZON_MOST, "steps",
          "Steps to forecast; absent: 48 hours, 30 days, 13 weeks, 12 months, 8 quarters, 5 years, else 30."),
  DYO_NUMS(dyo_report_forecast_in, confidence_level, DYO_F_ONE, DYO_OPT, 0.01, 0.999, "0..1",
           "Level of the intervals, or a list of levels; 0.95 where absent."),
  DYO_NUMS(dyo_report_forecast_in, seasonal_periods, 0, DYO_OPT, 1, 100000, "observations",
           "Seasonal periods; absent: detected; []: none."),
  DYO_BOOL(dyo_report_forecast_in, non_negative, 0, "Cut the forecast and its intervals at zero."),
  DYO_JSON(dyo_report_forecast_in, params, DYO_OPT, "Settings of the model, by its own names."),
  DYO_INT(dyo_report_forecast_in, folds, 3, 0, DYO_FOLDS_MOST, NULL,
          "Origins of the rolling backtest; 0: none is made."),
  DYO_INT(dyo_report_forecast_in, seed, 1, 0, INT_MAX, NULL, "Seed of simulated intervals."),
  REPORT_ROWS(dyo_report_forecast_in),
  DYO_END(dyo_report_forecast_in)};

int report_horizon(const dyo_report_forecast_in *in, const char *frequency)
{
  dyo_freq f = {DYO_FREQ_NONE, 1};
  if (in->forecast_horizon != DYO_NO_INT) return in->forecast_horizon;
  if (!frequency || !dyo_freq_parse(frequency, &f)) return 30;
  switch (f.unit) {
  case DYO_FREQ_HOUR: return 48;
  case DYO_FREQ_WEEK: return 13;
  case DYO_FREQ_MONTH: return 12;
  case DYO_FREQ_QUARTER: return 8;
  case DYO_FREQ_YEAR: return 5;
  default: return 30;
  }
}

dyo_status report_create(dyo_ctx *ctx, const dyo_report_forecast_in *in, const dyo_parse_series *s,
                         dyo_forecast_out *out, dyo_err *err)
{
  static const char blank[] = "{\"series\":{\"values\":[]}}"; /* what this report does not set has its default */
  dyo_create_in     c       = {0};
  dyo_series_in     series  = {.dates     = s->dates,
                               .n_dates   = s->n_dates,
                               .values    = s->values,
                               .n_values  = s->n_values,
                               .frequency = s->frequency,
                               .aggregate = DYO_AGG_MEAN};
  dyo_status        st      = dyo_json_decode(ctx, blank, sizeof blank - 1, dyo_create_in_rows, &c, err);
  if (st != DYO_OK) return st;
  c.series             = &series;
  c.model_type         = in->model_type;
  c.forecast_horizon   = report_horizon(in, s->frequency);
  c.confidence_level   = in->confidence_level;
  c.n_confidence_level = in->n_confidence_level;
  c.seasonal_periods   = in->seasonal_periods;
  c.n_seasonal_periods = in->n_seasonal_periods;
  c.non_negative       = in->non_negative;
  c.params             = in->params;
  c.folds              = in->folds;
  c.seed               = in->seed;
  return dyo_create(ctx, &c, out, err);
}

static const char *name_at(const void *list, size_t i)
{
  const dyo_parse_out *read = list;
  return i < read->n_series ? read->series[i].name : NULL;
}

/* The one series asked for; NULL: all of them. */
static dyo_status pick(const dyo_report_forecast_in *in, const dyo_parse_out *read, const dyo_parse_series **one,
                       dyo_err *err)
{
  *one = read->n_series == 1 ? &read->series[0] : NULL;
  if (read->n_series == 0)
    return dyo_fail(err, DYO_INSUFFICIENT_DATA, "/file", "the file holds no series that could be forecast");
  if (!in->series) return DYO_OK;
  for (size_t i = 0; i < read->n_series; i++) {
    if (strcmp(read->series[i].name, in->series) != 0) continue;
    *one = &read->series[i];
    return DYO_OK;
  }
  const char *near = dyo_nearest(in->series, name_at, read);
  if (near)
    return dyo_fail(err, DYO_INVALID_INPUT, "/series",
                    "found \"%.60s\", which is no series of the file; did you mean \"%.60s\"?", in->series, near);
  return dyo_fail(err, DYO_INVALID_INPUT, "/series", "found \"%.60s\"; the file has %zu series, such as \"%.60s\"",
                  in->series, read->n_series, read->series[0].name);
}

/* An error of one series, told of the file: the request has no /series/values. */
static dyo_status of_file(const dyo_parse_series *s, dyo_err *err)
{
  const dyo_err inner = *err;
  if (strncmp(inner.path, "/series", 7) != 0) return inner.code;
  return dyo_fail(err, inner.code, "/file", "%.80s: %.200s", s->name, inner.message);
}

static void csv_header(dyo_buf *b, const dyo_report_forecast_in *in)
{
  const size_t n = !in->confidence_level || in->n_confidence_level == DYO_ONE ? 1 : in->n_confidence_level;
  dyo_buf_puts(b, "series,date,forecast");
  for (size_t l = 0; l < n; l++) {
    const double percent = 100 * (in->confidence_level ? in->confidence_level[l] : 0.95);
    dyo_buf_printf(b, ",lower_%.10g,upper_%.10g", percent, percent);
  }
  dyo_buf_puts(b, ",model_type\r\n");
}

static void csv_rows(dyo_buf *b, const char *name, const dyo_forecast_out *f)
{
  const size_t levels = f->n_confidence_intervals == DYO_ONE ? 1 : f->n_confidence_intervals;
  for (size_t i = 0; i < f->n_predictions; i++) {
    report_csv_text(b, name);
    dyo_buf_puts(b, ",");
    report_csv_text(b, f->dates[i]);
    dyo_buf_puts(b, ",");
    report_csv_number(b, f->predictions[i]);
    for (size_t l = 0; l < levels; l++) {
      dyo_buf_puts(b, ",");
      report_csv_number(b, f->confidence_intervals[l].lower[i]);
      dyo_buf_puts(b, ",");
      report_csv_number(b, f->confidence_intervals[l].upper[i]);
    }
    dyo_buf_printf(b, ",%s\r\n", f->model_type);
  }
}

/* {"name": ..., and what the forecast has}, or the error of this series. */
static dyo_status json_member(dyo_ctx *ctx, dyo_buf *b, const char *name, const dyo_forecast_out *f, dyo_err *failed)
{
  dyo_buf    own = {0};
  dyo_status st  = DYO_OK;
  dyo_buf_puts(b, "{\"name\":");
  dyo_buf_string(b, name);
  dyo_buf_puts(b, ",");
  if (failed->code != DYO_OK) {
    dyo_buf_puts(b, "\"error\":");
    dyo_json_error(b, failed);
    dyo_buf_puts(b, "}");
    return DYO_OK;
  }
  st = report_json(ctx, dyo_forecast_out_rows, f, &own, failed);
  if (st == DYO_OK) dyo_buf_add(b, own.s + 1, own.n - 1); /* behind its opening brace */
  dyo_buf_free(&own);
  return st;
}

/* One of many series, in memory that goes with it. A series that cannot be forecast leaves the others alone. */
static dyo_status one_of_many(dyo_ctx *ctx, const dyo_report_forecast_in *in, const dyo_parse_series *s, double done,
                              page *p, dyo_err *err)
{
  dyo_ctx          inner;
  inner_relay      relay;
  dyo_forecast_out f = {0};
  inner_init(&inner, &relay, ctx, done);
  dyo_status st = report_create(&inner, in, s, &f, err);
  if (st == DYO_OK) *err = (dyo_err){0};
  if (st != DYO_CANCELLED && st != DYO_OUT_OF_MEMORY) {
    if (st != DYO_OK) of_file(s, err);
    if (in->format == DYO_REPORT_JSON) st = json_member(&inner, &p->b, s->name, &f, err);
    else if (in->format == DYO_REPORT_CSV) st = DYO_OK, csv_rows(&p->b, s->name, &f);
    else st = report_line(&inner, p, s, st == DYO_OK ? &f : NULL, err);
  }
  inner_end(&inner, &relay);
  return st;
}

static dyo_status many(dyo_ctx *ctx, const dyo_report_forecast_in *in, const dyo_parse_out *read, page *p, dyo_err *err)
{
  const bool json = in->format == DYO_REPORT_JSON;
  dyo_status st   = DYO_OK;
  if (json) dyo_buf_puts(&p->b, "{\"series\":[");
  else if (in->format == DYO_REPORT_CSV) csv_header(&p->b, in);
  else st = report_many_head(ctx, p, in, read, err);
  for (size_t i = 0; st == DYO_OK && i < read->n_series; i++) {
    const double done = (double)i / (double)read->n_series;
    if (dyo_poll(ctx, done, "forecasting series") == DYO_STOP_CANCELLED) return dyo_cancelled(ctx, false, err);
    if (json && i > 0) dyo_buf_puts(&p->b, ",");
    st = one_of_many(ctx, in, &read->series[i], done, p, err);
  }
  if (st != DYO_OK) return st;
  if (json) dyo_buf_puts(&p->b, "]}\n");
  else if (in->format == DYO_REPORT_TEXT) report_many_foot(p, in, read);
  return DYO_OK;
}

static dyo_status one(dyo_ctx *ctx, const dyo_report_forecast_in *in, const dyo_parse_out *read,
                      const dyo_parse_series *s, page *p, dyo_err *err)
{
  dyo_forecast_out f  = {0};
  dyo_status       st = report_create(ctx, in, s, &f, err);
  if (st != DYO_OK) return of_file(s, err);
  if (in->format == DYO_REPORT_TEXT) return report_one(ctx, p, in, read, s, &f, err);
  if (in->format == DYO_REPORT_CSV) {
    csv_header(&p->b, in);
    csv_rows(&p->b, s->name, &f);
    return DYO_OK;
  }
  st = report_json(ctx, dyo_forecast_out_rows, &f, &p->b, err);
  dyo_buf_puts(&p->b, "\n");
  return st;
}

dyo_status dyo_report_forecast(dyo_ctx *ctx, const dyo_report_forecast_in *in, dyo_report_out *out, dyo_err *err)
{
  dyo_parse_out           read = {0};
  const dyo_parse_series *s    = NULL;
  page                    p    = {.width = (size_t)in->width, .ascii = in->ascii};
  dyo_status              st   = report_read(ctx, in->file, "file", &read, err);
  if (st == DYO_OK) st = pick(in, &read, &s, err);
  if (st == DYO_OK) st = s ? one(ctx, in, &read, s, &p, err) : many(ctx, in, &read, &p, err);
  if (st == DYO_OK) return report_finish(ctx, &p.b, in->format, &read, out, err);
  dyo_buf_free(&p.b);
  return st;
}
