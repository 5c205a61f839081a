/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tools on stored data: which series there are, their values, stored forecasts and runs. */
#include <stdlib.h>
#include <string.h>

#include "api/mcp_parts.h"
#include "api/stored.h"

/* --- in place of a series ----------------------------------------------------------------------------------------------- */

typedef struct {
  const char *metric_name, *dimensions, *from, *to, *frequency, *aggregate;
} stored_in;

const dyo_field mcp_stored_rows[] = {
  DYO_STR(stored_in, metric_name, DYO_OPT, 500,
          "Name of a stored metric (see metrics_list) whose values are used in place of series. Give one of the two."),
  DYO_JSON(stored_in, dimensions, DYO_OPT,
           "Of metric_name: which of its series, for example {\"sku\":\"A\"}; needed where it has several."),
  DYO_STR(stored_in, from, DYO_OPT, 40, "Of metric_name: first date, ISO 8601."),
  DYO_STR(stored_in, to, DYO_OPT, 40, "Of metric_name: last date, ISO 8601."),
  DYO_STR(stored_in, frequency, DYO_OPT, 16, "Of metric_name: H, D, W, M, Q, Y or minutes such as 15min."),
  DYO_STR(stored_in, aggregate, DYO_OPT, 16,
          "Of metric_name: sum, mean, min, max, first, last or count where several values fall into one period."),
  DYO_END(stored_in)};

/* --- lists ---------------------------------------------------------------------------------------------------------------- */

typedef struct {
  const char *cursor;
  int         limit;
} list_in;

static const dyo_field list_rows[] = {
  DYO_INT(list_in, limit, 50, 1, 1000, NULL, "Items at most."),
  DYO_STR(list_in, cursor, DYO_OPT, STORE_CURSOR - 1, "The next_cursor of the page before."), DYO_END(list_in)};

typedef struct {
  const char *metric_name, *first, *last, *changed_at;
  int         series, values;
} metric_item;

typedef struct {
  metric_item *items;
  size_t       n_items;
  const char  *next_cursor;
} metrics_out;

static const dyo_field metric_item_rows[] = {
  DYO_STR(metric_item, metric_name, DYO_REQ, DBL_MAX, "Its name."),
  DYO_INT(metric_item, series, DYO_REQ, 0, INT_MAX, NULL, "Series it has, one for each set of dimensions."),
  DYO_INT(metric_item, values, DYO_REQ, 0, INT_MAX, NULL, "Values of all series."),
  DYO_STR(metric_item, first, DYO_REQ, DBL_MAX, "First date."),
  DYO_STR(metric_item, last, DYO_REQ, DBL_MAX, "Last date."),
  DYO_STR(metric_item, changed_at, DYO_NULL, DBL_MAX, "When a value was last written."),
  DYO_END(metric_item)};

static const dyo_field metrics_out_rows[] = {
  DYO_LIST(metrics_out, items, DYO_REQ, DBL_MAX, metric_item, metric_item_rows, "The metrics of this page."),
  DYO_STR(metrics_out, next_cursor, DYO_NULL, DBL_MAX, "Where the next page begins; null: this is the last."),
  DYO_END(metrics_out)};

static dyo_status list_metrics(api *a, const char *tenant, const void *in, dyo_buf *b, dyo_err *err)
{
  const list_in *l = in;
  return metrics_json(a, tenant, &(store_page){l->cursor, l->limit}, b, err);
}

/* --- a metric's values ------------------------------------------------------------------------------------------------------ */

typedef struct {
  const char *metric_name, *dimensions, *from, *to, *frequency, *aggregate, *cursor;
  int         limit;
} metric_in;

static const dyo_field get_metric_rows[] = {
  DYO_STR(metric_in, metric_name, DYO_REQ, 500, "Name of the metric, see metrics_list."),
  DYO_JSON(metric_in, dimensions, DYO_OPT, "Only series that have these members, for example {\"sku\":\"A\"}."),
  DYO_STR(metric_in, from, DYO_OPT, 40, "First date, ISO 8601."),
  DYO_STR(metric_in, to, DYO_OPT, 40, "Last date, ISO 8601."),
  DYO_STR(metric_in, frequency, DYO_OPT, 16, "H, D, W, M, Q, Y or minutes such as 15min; that of the data by default."),
  DYO_STR(metric_in, aggregate, DYO_OPT, 16,
          "sum (default), mean, min, max, first, last or count where several values fall into one period."),
  DYO_INT(metric_in, limit, 100, 1, 1000, NULL, "Series at most."),
  DYO_STR(metric_in, cursor, DYO_OPT, STORE_CURSOR - 1, "The next_cursor of the page before."),
  DYO_END(metric_in)};

typedef struct {
  const char  *name, *dimensions, *frequency;
  const char **dates;
  double      *values;
  size_t       n_dates, n_values;
} series_item;

typedef struct {
  series_item *series;
  size_t       n_series;
  const char  *next_cursor;
} metric_out;

static const dyo_field series_item_rows[] = {
  DYO_STR(series_item, name, DYO_REQ, DBL_MAX, "Name of the metric."),
  DYO_JSON(series_item, dimensions, DYO_REQ, "What tells this series from the others."),
  DYO_STR(series_item, frequency, DYO_NULL, DBL_MAX, "H, D, W, M, Q, Y or minutes; null where there is no value."),
  DYO_STRS(series_item, dates, DYO_REQ, DBL_MAX, "One for each value, without gaps."),
  DYO_OUT_NUMS(series_item, values, DYO_F_NULLS, DYO_REQ, NULL, "The values; null where one is missing."),
  DYO_END(series_item)};

static const dyo_field metric_out_rows[] = {
  DYO_LIST(metric_out, series, DYO_REQ, DBL_MAX, series_item, series_item_rows, "The series of this page."),
  DYO_STR(metric_out, next_cursor, DYO_NULL, DBL_MAX, "Where the next page begins; null: this is the last."),
  DYO_END(metric_out)};

static dyo_status get_metric(api *a, const char *tenant, const void *in, dyo_buf *b, dyo_err *err)
{
  const metric_in   *q = in;
  const metric_words w = {
    q->metric_name, q->dimensions, q->from,  q->to,
    q->frequency,   q->aggregate,  q->limit, q->cursor ? (size_t)strtoul(q->cursor, NULL, 10) : 0};
  const dyo_status st = metric_json(a, tenant, &w, b, err);
  return st == DYO_NOT_FOUND ? dyo_fail(err, st, "/metric_name",
                                        "there is no metric \"%.100s\"; metrics_list has their names", q->metric_name)
                             : st;
}

/* --- forecasts and runs --------------------------------------------------------------------------------------------------------- */

typedef struct {
  const char *metric_name, *cursor;
  int         limit;
} forecasts_in;

static const dyo_field forecasts_rows[] = {
  DYO_STR(forecasts_in, metric_name, DYO_OPT, 500, "Only forecasts of this metric."),
  DYO_INT(forecasts_in, limit, 50, 1, 1000, NULL, "Items at most."),
  DYO_STR(forecasts_in, cursor, DYO_OPT, STORE_CURSOR - 1, "The next_cursor of the page before."),
  DYO_END(forecasts_in)};

typedef struct {
  const char *forecast_id, *metric_name, *dimensions, *model_type, *created_at, *accuracy_metrics, *evaluation,
    *evaluated_at, *request, *result;
} forecast_item;

typedef struct {
  forecast_item *items;
  size_t         n_items;
  const char    *next_cursor;
} forecasts_out;

#define FORECAST_ROWS                                                                     \
  DYO_STR(forecast_item, forecast_id, DYO_REQ, DBL_MAX, "Its id."),                       \
    DYO_STR(forecast_item, metric_name, DYO_NULL, DBL_MAX,                                \
            "Metric it is of; null: the series came with the request."),                  \
    DYO_JSON(forecast_item, dimensions, DYO_NULL, "Of the metric's series."),             \
    DYO_STR(forecast_item, model_type, DYO_REQ, DBL_MAX, "Model that made it."),          \
    DYO_STR(forecast_item, created_at, DYO_REQ, DBL_MAX, "When it was made."),            \
    DYO_JSON(forecast_item, accuracy_metrics, DYO_NULL, "Errors in its backtest."),       \
    DYO_JSON(forecast_item, evaluation, DYO_NULL, "Errors against what has come since."), \
    DYO_STR(forecast_item, evaluated_at, DYO_NULL, DBL_MAX, "When that was compared.")

static const dyo_field forecast_item_rows[] = {FORECAST_ROWS, DYO_END(forecast_item)};

static const dyo_field forecast_out_rows[] = {
  FORECAST_ROWS, DYO_JSON(forecast_item, request, DYO_NULL, "What was asked for."),
  DYO_JSON(forecast_item, result, DYO_NULL, "What was answered."), DYO_END(forecast_item)};

static const dyo_field forecasts_out_rows[] = {
  DYO_LIST(forecasts_out, items, DYO_REQ, DBL_MAX, forecast_item, forecast_item_rows, "Newest first."),
  DYO_STR(forecasts_out, next_cursor, DYO_NULL, DBL_MAX, "Where the next page begins; null: this is the last."),
  DYO_END(forecasts_out)};

static dyo_status list_forecasts(api *a, const char *tenant, const void *in, dyo_buf *b, dyo_err *err)
{
  const forecasts_in *l = in;
  return forecasts_json(a, tenant, l->metric_name, &(store_page){l->cursor, l->limit}, b, err);
}

typedef struct {
  const char *forecast_id;
} forecast_in;

static const dyo_field get_forecast_rows[] = {
  DYO_STR(forecast_in, forecast_id, DYO_REQ, 100, "Id of the forecast, see forecasts_list."), DYO_END(forecast_in)};

static dyo_status get_forecast(api *a, const char *tenant, const void *in, dyo_buf *b, dyo_err *err)
{
  const forecast_in *f  = in;
  const dyo_status   st = forecast_json(a, tenant, f->forecast_id, b, err);
  return st == DYO_NOT_FOUND ? dyo_fail(err, st, "/forecast_id",
                                        "there is no forecast \"%.60s\"; forecasts_list has their ids", f->forecast_id)
                             : st;
}

typedef struct {
  const char *run_id;
} run_in;

static const dyo_field get_run_rows[] = {
  DYO_STR(run_in, run_id, DYO_REQ, 100, "Id of the run, as an optimisation's or an upload's answer gives it."),
  DYO_END(run_in)};

/* An upload, a sync or an operation that goes on by itself; or a stored optimisation. */
static dyo_status get_run(api *a, const char *tenant, const void *in, dyo_buf *b, dyo_err *err)
{
  const run_in *r  = in;
  dyo_status    st = run_json(a, tenant, r->run_id, b, err);
  if (st == DYO_NOT_FOUND) st = optimization_json(a, tenant, r->run_id, b, err);
  return st == DYO_NOT_FOUND ? dyo_fail(err, st, "/run_id", "there is no run \"%.60s\"", r->run_id) : st;
}

const mcp_data_tool mcp_data_tools[] = {
  {"metrics_list", "Stored metrics", "Which metrics are stored: names, dates they cover, how many series each has.",
   list_rows, metrics_out_rows, list_metrics},
  {"metrics_get", "Values of a stored metric",
   "A stored metric's series, regular and without gaps, at the frequency asked for.", get_metric_rows, metric_out_rows,
   get_metric},
  {"forecasts_list", "Stored forecasts", "Stored forecasts, newest first, with their errors.", forecasts_rows,
   forecasts_out_rows, list_forecasts},
  {"forecasts_get", "A stored forecast", "One stored forecast with its request and its values.", get_forecast_rows,
   forecast_out_rows, get_forecast},
  {"runs_get", "A run or stored optimisation",
   "How a run stands (an upload, a sync, a long operation), or a stored optimisation with its parameters and results.",
   get_run_rows, NULL, get_run},
  {0}};
