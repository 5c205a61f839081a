/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tools on stored data: which series there are, their values, stored forecasts and runs; and batches of forecasts. */
#include <stdlib.h>
#include <string.h>

#include "api/mcp_parts.h"
#include "api/stored.h"
#include "ops/dyo_op_forecast.h"

/* --- in place of a series ----------------------------------------------------------------------------------------------- */

typedef struct {
  const char *metric_name, *dimensions, *from, *to, *frequency, *aggregate;
} stored_in;

const dyo_field mcp_stored_rows[] = {
  DYO_STR(stored_in, metric_name, DYO_OPT, 500,
          "Name of a stored metric (see metrics_list) whose values are used in place of series. Give one of the two."),
  DYO_JSON(stored_in, dimensions, DYO_OPT,
           "Of metric_name: which of its series, for example {\"sku\":\"A\"}; needed where it has several."),
  RANGE_ROWS(stored_in),
  DYO_STR(stored_in, aggregate, DYO_OPT, 16,
          "Of metric_name: sum, mean, min, max, first, last or count where several values fall into one period."),
  DYO_END(stored_in)};

/* --- lists ---------------------------------------------------------------------------------------------------------------- */

/* A page as items_begin, items_add and items_end write it. */
#define PAGE_OF(S, T, rows, dc)                                                                            \
  {                                                                                                        \
    DYO_LIST(S, items, DYO_REQ, 0, T, rows, dc),                                                           \
      DYO_STR(S, next_cursor, DYO_NULL, 0, "Cursor of the next page; null: this is the last."), DYO_END(S) \
  }

typedef struct {
  metric_out *items;
  size_t      n_items;
  const char *next_cursor;
} metrics_page;

static const dyo_field metrics_page_rows[] =
  PAGE_OF(metrics_page, metric_out, metric_rows, "The metrics of this page.");

static dyo_status list_metrics(const mcp_peer *p, const void *in, dyo_buf *b, dyo_err *err)
{
  const page_in *l = in;
  return metrics_json(p->a, p->tenant, &(store_page){l->cursor, l->limit}, b, err);
}

/* --- a metric's values ------------------------------------------------------------------------------------------------------ */

typedef struct {
  const char *metric_name, *dimensions, *from, *to, *frequency, *aggregate, *cursor;
  int         limit;
} metric_in;

static const dyo_field get_metric_rows[] = {
  DYO_STR(metric_in, metric_name, DYO_REQ, 500, "Name of the metric, see metrics_list."),
  DYO_JSON(metric_in, dimensions, DYO_OPT, "Only series that have these members, for example {\"sku\":\"A\"}."),
  RANGE_ROWS(metric_in),
  DYO_STR(metric_in, aggregate, DYO_OPT, 16,
          "sum (default), mean, min, max, first, last or count where several values fall into one period."),
  PAGE_ROWS(metric_in),
  DYO_END(metric_in)};

static dyo_status get_metric(const mcp_peer *p, const void *in, dyo_buf *b, dyo_err *err)
{
  const metric_in   *q = in;
  const metric_words w = {
    q->metric_name, q->dimensions, q->from,  q->to,
    q->frequency,   q->aggregate,  q->limit, q->cursor ? (size_t)strtoul(q->cursor, NULL, 10) : 0};
  const dyo_status st = metric_json(p->a, p->tenant, &w, b, err);
  return st == DYO_NOT_FOUND ? dyo_fail(err, st, "/metric_name",
                                        "there is no metric \"%.100s\"; metrics_list has their names", q->metric_name)
                             : st;
}

/* --- forecasts and runs --------------------------------------------------------------------------------------------------------- */

typedef struct {
  const char *metric_name, *batch_id, *cursor;
  int         limit;
} forecasts_in;

static const dyo_field forecasts_rows[] = {
  DYO_STR(forecasts_in, metric_name, DYO_OPT, 500, "Only forecasts of this metric."),
  DYO_STR(forecasts_in, batch_id, DYO_OPT, 100, "Only forecasts of this batch."), PAGE_ROWS(forecasts_in),
  DYO_END(forecasts_in)};

typedef struct {
  forecast_out *items;
  size_t        n_items;
  const char   *next_cursor;
} forecasts_page;

static const dyo_field forecasts_page_rows[] = PAGE_OF(forecasts_page, forecast_out, forecast_rows, "Newest first.");

static dyo_status list_forecasts(const mcp_peer *p, const void *in, dyo_buf *b, dyo_err *err)
{
  const forecasts_in *l = in;
  return forecasts_json(p->a, p->tenant, l->metric_name, l->batch_id, &(store_page){l->cursor, l->limit}, b, err);
}

typedef struct {
  const char *forecast_id;
} forecast_in;

static const dyo_field get_forecast_rows[] = {
  DYO_STR(forecast_in, forecast_id, DYO_REQ, 100, "Id of the forecast, see forecasts_list."), DYO_END(forecast_in)};

static dyo_status get_forecast(const mcp_peer *p, const void *in, dyo_buf *b, dyo_err *err)
{
  const forecast_in *f  = in;
  const dyo_status   st = forecast_json(p->a, p->tenant, f->forecast_id, b, err);
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
static dyo_status get_run(const mcp_peer *p, const void *in, dyo_buf *b, dyo_err *err)
{
  const run_in *r  = in;
  dyo_status    st = run_json(p->a, p->tenant, r->run_id, b, err);
  if (st == DYO_NOT_FOUND) st = optimization_json(p->a, p->tenant, r->run_id, b, err);
  return st == DYO_NOT_FOUND ? dyo_fail(err, st, "/run_id", "there is no run \"%.60s\"", r->run_id) : st;
}

typedef struct {
  const char *batch_id;
} batch_in;

static const dyo_field get_batch_rows[] = {DYO_STR(batch_in, batch_id, DYO_REQ, 100, "Id of the batch."),
                                           DYO_END(batch_in)};

static dyo_status no_batch(const batch_in *q, dyo_status st, dyo_err *err)
{
  return st == DYO_NOT_FOUND ? dyo_fail(err, st, "/batch_id", "there is no batch \"%.60s\"", q->batch_id) : st;
}

static dyo_status get_batch(const mcp_peer *p, const void *in, dyo_buf *b, dyo_err *err)
{
  const batch_in *q = in;
  return no_batch(q, batch_json(p->a, p->tenant, q->batch_id, b, err), err);
}

static dyo_status create_batch(const mcp_peer *p, const void *in, dyo_buf *b, dyo_err *err)
{
  const char *text = in;
  char        id[ID_CHARS];
  dyo_status  st = batch_add(p->a, p->tenant, p->actor, text, strlen(text), id, err);
  return st == DYO_OK ? batch_json(p->a, p->tenant, id, b, err) : st;
}

static dyo_status cancel_batch(const mcp_peer *p, const void *in, dyo_buf *b, dyo_err *err)
{
  const batch_in  *q  = in;
  const dyo_status st = store_batch_cancel(p->a->store, p->tenant, q->batch_id, p->actor, clock_now_ms(), err);
  return st == DYO_OK ? get_batch(p, in, b, err) : no_batch(q, st, err);
}

const mcp_data_tool mcp_data_tools[] = {
  {"metrics_list", "Stored metrics", "Which metrics are stored: names, dates they cover, how many series each has.",
   page_query, metrics_page_rows, list_metrics, MCP_READS, NULL, NULL},
  {"metrics_get", "Values of a stored metric",
   "A stored metric's series, regular and without gaps, at the frequency asked for.", get_metric_rows,
   metric_answer_rows, get_metric, MCP_READS, NULL, NULL},
  {"forecasts_list", "Stored forecasts", "Stored forecasts, newest first, with their errors.", forecasts_rows,
   forecasts_page_rows, list_forecasts, MCP_READS, NULL, NULL},
  {"forecasts_get", "A stored forecast", "One stored forecast with its request and its values.", get_forecast_rows,
   forecast_whole_rows, get_forecast, MCP_READS, NULL, NULL},
  {"runs_get", "A run or stored optimisation",
   "How a run stands (an upload, a sync, a long operation), or a stored optimisation with its parameters and results.",
   get_run_rows, NULL, get_run, MCP_READS, NULL, NULL},
  {"batches_get", "A batch of forecasts",
   "How far a batch of forecasts is, and the first that failed; forecasts_list has those it made.", get_batch_rows,
   batch_rows, get_batch, MCP_READS, NULL, NULL},
  {"batches_create", "Forecast many stored series",
   "Forecast every stored series, those of a metric_name or with some dimensions, or those of a list, each with the same settings. "
   "Answers at once with a batch_id; batches_get says how far it is.",
   batch_add_rows, batch_rows, create_batch, MCP_MAKES, dyo_create_in_rows, batch_unfit},
  {"batches_cancel", "End a batch of forecasts", "End a batch; what it has forecast stays.", get_batch_rows, batch_rows,
   cancel_batch, MCP_ENDS, NULL, NULL},
  {0}};
