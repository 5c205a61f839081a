/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_report.h - report.forecast and report.plan: from a file to a text for people in one call. They are what the commands
 * `forecast FILE` and `plan FILE` run, so that every door prints the same.
 *
 * Where the file leaves something open (day or month first), the error is invalid_input at the field of `file` that answers it, and its
 * message has every reading. */
#ifndef DYO_REPORT_H
#define DYO_REPORT_H

#include "base/dyo_ctx.h"
#include "base/dyo_field.h"
#include "series/dyo_parse.h"

enum { DYO_REPORT_TEXT, DYO_REPORT_JSON, DYO_REPORT_CSV }; /* format */

typedef struct {
  const char  *output, *media_type;
  int          rows_read, series_count;
  const char **warnings;
  size_t       n_warnings;
} dyo_report_out;

extern const dyo_field dyo_report_out_rows[];

typedef struct {
  dyo_parse_in *file;
  const char   *series;
  int           model_type, forecast_horizon; /* DYO_NO_INT: by the frequency */
  double       *confidence_level;
  size_t        n_confidence_level;
  double       *seasonal_periods;
  size_t        n_seasonal_periods;
  bool          non_negative;
  const char   *params;
  int           folds, seed, format, width;
  bool          ascii;
} dyo_report_forecast_in;

extern const dyo_field dyo_report_forecast_in_rows[];

/* text: what was read, a chart, the forecast in a sentence, the model and its backtest, the next steps; with many series a line of each.
 * json: the result of forecast.create, or {"series":[{"name", ...}]} of many. csv: a row a step. */
dyo_status dyo_report_forecast(dyo_ctx *ctx, const dyo_report_forecast_in *in, dyo_report_out *out, dyo_err *err);

typedef struct {
  dyo_parse_in *file, *stock;
  double        on_hand, on_order, unit_cost; /* of every item that the file says nothing of */
  double        order_cost, holding_cost_rate, service_level;
  int           service_type;
  double        lead_time_days, lead_time_std_dev, review_period_days;
  int           model_type, horizon_days;
  const char   *as_of;
  double        days_per_year, excess_days;
  const char   *sku;
  bool          gaps_are_zero;
  int           seed, format, width;
  bool          ascii;
} dyo_report_plan_in;

extern const dyo_field dyo_report_plan_in_rows[];

/* The file has sales (date, item, quantity); what is in stock stands in another of its sheets, or in the file `stock`: a row an item, its
 * columns known by their names. text: what to do, worst first; json: the result of inventory.plan; csv: a row an item. */
dyo_status dyo_report_plan(dyo_ctx *ctx, const dyo_report_plan_in *in, dyo_report_out *out, dyo_err *err);

#endif
