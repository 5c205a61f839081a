/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <string.h>

#include "api/exchange.h"
#include "ops/dyo_op_forecast.h"

#define V1 "/api/v1"

const route api_routes[] = {
  {"GET", "/healthz", SCOPE_NONE, AT_ONCE, api_health,
   .doc = {.id       = "health",
           .summary  = "Whether the server answers.",
           .answer   = ANSWER_JSON,
           .out_name = "Health",
           .out      = health_rows}},
  {"GET", "/readyz", SCOPE_NONE, AT_ONCE, api_ready,
   .doc = {.id       = "ready",
           .summary  = "Whether the database is sound and the server takes work.",
           .answer   = ANSWER_HEALTH,
           .out_name = "Ready",
           .out      = ready_rows}},
  {"GET", "/openapi.json", SCOPE_NONE, AT_ONCE, api_openapi,
   .doc = {.id = "openapi", .summary = "This document.", .answer = ANSWER_OPENAPI}},
  {"GET", "/docs", SCOPE_NONE, AT_ONCE, api_docs,
   .doc = {.id = "docs", .summary = "What there is, as a page.", .answer = ANSWER_HTML}},
  {"GET", V1 "/operations", SCOPE_READ, AT_ONCE, api_operations,
   .doc = {.id       = "operations.list",
           .summary  = "Every operation with its sentence.",
           .answer   = ANSWER_JSON,
           .out_name = "Operations",
           .out      = operations_rows}},
  {"GET", V1 "/connectors/", SCOPE_READ, POOLED, api_sources,
   .doc = {.id       = "connectors.list",
           .summary  = "Connectors.",
           .answer   = ANSWER_PAGE,
           .out_name = "Connector",
           .out      = source_rows,
           .query    = page_query}},
  {"POST", V1 "/connectors/", SCOPE_WRITE, POOLED, api_source_add,
   .doc = {.id       = "connectors.create",
           .summary  = "Make a connector. Secrets in its config are sealed and never answered again.",
           .answer   = ANSWER_CREATED,
           .out_name = "Connector",
           .out      = source_rows,
           .in_name  = "ConnectorInput",
           .in       = source_add_rows}},
  {"POST", V1 "/connectors/upload", SCOPE_WRITE, STREAMED, api_upload,
   .doc =
     {.id = "connectors.upload",
      .summary =
        "Take in a CSV or XLSX file: its series become metrics. The same content twice is stored once. 507: the disk is "
        "full; the message says how much is stored, and which run stores the rest once there is room.",
      .answer   = ANSWER_JSON,
      .out_name = "Upload",
      .out      = upload_rows,
      .query    = upload_query,
      .in_name  = "file"}},
  {"GET", V1 "/connectors/types", SCOPE_READ, AT_ONCE, api_source_types,
   .doc = {.id       = "connectors.types",
           .summary  = "The types of connectors, and what the config of each takes.",
           .answer   = ANSWER_JSON,
           .out_name = "ConnectorTypes",
           .out      = source_types_rows}},
  {"GET", V1 "/connectors/{source_id}", SCOPE_READ, POOLED, api_source,
   .doc = {.id       = "connectors.read",
           .summary  = "One connector.",
           .answer   = ANSWER_JSON,
           .out_name = "Connector",
           .out      = source_rows}},
  {"PATCH", V1 "/connectors/{source_id}", SCOPE_WRITE, POOLED, api_source_change,
   .doc = {.id       = "connectors.change",
           .summary  = "Change a connector; what is absent stays. Of a config that is given only absent secrets stay.",
           .answer   = ANSWER_JSON,
           .out_name = "Connector",
           .out      = source_rows,
           .in_name  = "ConnectorChange",
           .in       = source_change_rows}},
  {"DELETE", V1 "/connectors/{source_id}", SCOPE_WRITE, POOLED, api_source_delete,
   .doc = {.id      = "connectors.delete",
           .summary = "Remove a connector with its secrets, files and records and the values that only it brought.",
           .answer  = ANSWER_EMPTY}},
  {"POST", V1 "/connectors/{source_id}/sync", SCOPE_RUN, POOLED, api_source_sync,
   .doc = {.id      = "connectors.sync",
           .summary = "Fetch what is new, as a run; one that waits or works already is answered instead of another.",
           .answer  = ANSWER_ACCEPTED}},
  {"POST", V1 "/connectors/{source_id}/test", SCOPE_RUN, PATIENT, api_source_test,
   .doc = {.id       = "connectors.test",
           .summary  = "Whether a connector's credentials are good, and what can be seen with them.",
           .answer   = ANSWER_JSON,
           .out_name = "ConnectorTest",
           .out      = source_test_rows}},
  {"GET", V1 "/runs/", SCOPE_READ, POOLED, api_runs,
   .doc = {.id       = "runs.list",
           .summary  = "Runs of uploads, syncs and long operations, newest first.",
           .answer   = ANSWER_PAGE,
           .out_name = "Run",
           .out      = run_rows,
           .query    = page_query}},
  {"GET", V1 "/runs/{run_id}", SCOPE_READ, POOLED, api_run,
   .doc = {.id = "runs.read", .summary = "One run.", .answer = ANSWER_JSON, .out_name = "Run", .out = run_rows}},
  {"GET", V1 "/runs/{run_id}/events", SCOPE_READ, POOLED, api_run_events,
   .doc = {.id       = "runs.events",
           .summary  = "A run as it goes: events of type progress, then one of type end.",
           .answer   = ANSWER_EVENTS,
           .out_name = "Run",
           .out      = run_rows}},
  {"POST", V1 "/runs/{run_id}/cancel", SCOPE_RUN, POOLED, api_run_cancel,
   .doc =
     {.id = "runs.cancel", .summary = "Ask a run to end.", .answer = ANSWER_JSON, .out_name = "Run", .out = run_rows}},
  {"GET", V1 "/quota", SCOPE_READ, POOLED, api_quota,
   .doc = {.id       = "quota.read",
           .summary  = "What the tenant may have and what it has. Deleting data makes room again.",
           .answer   = ANSWER_JSON,
           .out_name = "Quotas",
           .out      = quota_rows}},
  {"GET", V1 "/schedules/", SCOPE_READ, POOLED, api_schedules,
   .doc = {.id       = "schedules.list",
           .summary  = "Schedules: forecasts that are made again, rules that are looked at.",
           .answer   = ANSWER_PAGE,
           .out_name = "Schedule",
           .out      = schedule_rows}},
  {"DELETE", V1 "/schedules/{schedule_id}", SCOPE_WRITE, POOLED, api_schedule_delete,
   .doc = {.id      = "schedules.delete",
           .summary = "End the refreshing of a forecast; a schedule of an alert rule or connector ends with that.",
           .answer  = ANSWER_EMPTY}},
  {"GET", V1 "/alerts/", SCOPE_READ, POOLED, api_alerts,
   .doc = {.id       = "alerts.list",
           .summary  = "Alert rules.",
           .answer   = ANSWER_PAGE,
           .out_name = "AlertRule",
           .out      = alert_stored_rows,
           .out_more = alert_rows}},
  {"POST", V1 "/alerts/", SCOPE_WRITE, POOLED, api_alert_add,
   .doc = {.id       = "alerts.create",
           .summary  = "Make an alert rule: it is looked at now, after new data and, if it has one, by its schedule.",
           .answer   = ANSWER_CREATED,
           .out_name = "AlertRule",
           .out      = alert_stored_rows,
           .out_more = alert_rows,
           .in_name  = "AlertRuleInput",
           .in       = alert_add_rows}},
  {"GET", V1 "/alerts/events/", SCOPE_READ, POOLED, api_alert_events,
   .doc = {.id       = "alerts.events",
           .summary  = "What alert rules found, newest first.",
           .answer   = ANSWER_PAGE,
           .out_name = "AlertEvent",
           .out      = alert_event_rows,
           .query    = alert_events_query}},
  {"GET", V1 "/alerts/deliveries/", SCOPE_READ, POOLED, api_alert_deliveries,
   .doc = {.id       = "alerts.deliveries",
           .summary  = "Events on their way to webhooks, and what became of them, newest first.",
           .answer   = ANSWER_PAGE,
           .out_name = "WebhookDelivery",
           .out      = delivery_rows,
           .query    = alert_events_query}},
  {"POST", V1 "/alerts/{rule_id}/test", SCOPE_RUN, POOLED, api_alert_test,
   .doc = {.id       = "alerts.test",
           .summary  = "Send a test to a rule's webhook; the list of deliveries says what became of it.",
           .answer   = ANSWER_CREATED,
           .out_name = "WebhookDelivery",
           .out      = delivery_rows}},
  {"GET", V1 "/alerts/{rule_id}", SCOPE_READ, POOLED, api_alert,
   .doc = {.id       = "alerts.read",
           .summary  = "One alert rule.",
           .answer   = ANSWER_JSON,
           .out_name = "AlertRule",
           .out      = alert_stored_rows,
           .out_more = alert_rows}},
  {"DELETE", V1 "/alerts/{rule_id}", SCOPE_WRITE, POOLED, api_alert_delete,
   .doc = {.id      = "alerts.delete",
           .summary = "Remove an alert rule with its events and schedule.",
           .answer  = ANSWER_EMPTY}},
  {"GET", V1 "/metrics/", SCOPE_READ, POOLED, api_metrics,
   .doc = {.id       = "metrics.list",
           .summary  = "Stored metrics.",
           .answer   = ANSWER_PAGE,
           .out_name = "Metric",
           .out      = metric_rows,
           .query    = page_query}},
  {"GET", V1 "/metrics/{metric_name}", SCOPE_READ, AT_ONCE, api_metric,
   .doc =
     {.id = "metrics.read",
      .summary =
        "The prepared series of a metric: as JSON, CSV or binary float64 (values alone, one series after the other).",
      .answer   = ANSWER_SERIES,
      .out_name = "MetricSeries",
      .out      = metric_answer_rows,
      .query    = metric_query}},
  {"GET", V1 "/forecaster/", SCOPE_READ, POOLED, api_forecasts,
   .doc = {.id       = "forecasts.list",
           .summary  = "Stored forecasts, newest first.",
           .answer   = ANSWER_PAGE,
           .out_name = "Forecast",
           .out      = forecast_rows,
           .query    = forecasts_query}},
  {"GET", V1 "/batches/", SCOPE_READ, POOLED, api_batches,
   .doc = {.id       = "batches.list",
           .summary  = "Batches of forecasts, newest first.",
           .answer   = ANSWER_PAGE,
           .out_name = "Batch",
           .out      = batch_rows,
           .query    = page_query}},
  {"POST", V1 "/batches/", SCOPE_RUN, POOLED, api_batch_add,
   .doc = {.id = "batches.create",
           .summary =
             "Forecast every stored series, those of a filter or those of a list, each with the same settings.",
           .answer     = ANSWER_BEGUN,
           .out_name   = "Batch",
           .out        = batch_rows,
           .in_name    = "BatchInput",
           .in         = batch_add_rows,
           .in_more    = dyo_create_in_rows,
           .in_without = batch_unfit}},
  {"GET", V1 "/batches/{batch_id}", SCOPE_READ, POOLED, api_batch,
   .doc = {.id       = "batches.read",
           .summary  = "How far a batch is, and its first errors.",
           .answer   = ANSWER_JSON,
           .out_name = "Batch",
           .out      = batch_rows}},
  {"GET", V1 "/batches/{batch_id}/events", SCOPE_READ, POOLED, api_batch_events,
   .doc = {.id       = "batches.events",
           .summary  = "A batch as it goes: events of type progress, then one of type end.",
           .answer   = ANSWER_EVENTS,
           .out_name = "Batch",
           .out      = batch_rows}},
  {"POST", V1 "/batches/{batch_id}/cancel", SCOPE_RUN, POOLED, api_batch_cancel,
   .doc = {.id       = "batches.cancel",
           .summary  = "End a batch; what it has forecast stays.",
           .answer   = ANSWER_JSON,
           .out_name = "Batch",
           .out      = batch_rows}},
  {"GET", V1 "/forecaster/{forecast_id}", SCOPE_READ, POOLED, api_forecast,
   .doc = {.id       = "forecasts.read",
           .summary  = "One stored forecast with its request and result.",
           .answer   = ANSWER_JSON,
           .out_name = "ForecastWhole",
           .out      = forecast_whole_rows}},
  {"POST", V1 "/forecaster/{forecast_id}/evaluate", SCOPE_RUN, POOLED, api_evaluate,
   .doc = {.id       = "forecasts.evaluate",
           .summary  = "Compare a stored forecast with what has come since.",
           .answer   = ANSWER_JSON,
           .out_name = "Evaluation",
           .out      = evaluation_rows}},
  {"GET", V1 "/optimizer/runs/", SCOPE_READ, POOLED, api_optimizations,
   .doc = {.id       = "optimizations.list",
           .summary  = "Stored optimisation runs, newest first.",
           .answer   = ANSWER_PAGE,
           .out_name = "Optimization",
           .out      = optimization_rows,
           .query    = optimizations_query}},
  {"GET", V1 "/optimizer/runs/{run_id}", SCOPE_READ, POOLED, api_optimization,
   .doc = {.id       = "optimizations.read",
           .summary  = "One stored optimisation run.",
           .answer   = ANSWER_JSON,
           .out_name = "Optimization",
           .out      = optimization_rows}},
  {"POST", "/mcp", SCOPE_READ | SCOPE_RUN | SCOPE_WRITE, POOLED, api_mcp,
   .doc = {.id      = "mcp.message",
           .summary = "Take a message of the Model Context Protocol; tools/list says what can be called.",
           .answer  = ANSWER_MCP,
           .headers = mcp_header_rows}},
  {"DELETE", "/mcp", SCOPE_READ | SCOPE_RUN | SCOPE_WRITE, AT_ONCE, api_mcp_end,
   .doc = {.id      = "mcp.end",
           .summary = "End a session of the Model Context Protocol.",
           .answer  = ANSWER_EMPTY,
           .headers = mcp_session_rows}},
  /* There are no events to listen to: 405 is all it answers, for which a document has no words. */
  {"GET", "/mcp", SCOPE_NONE, AT_ONCE, api_mcp_get, .doc = {.id = NULL}},
  {"POST", V1 "/{op-path}", SCOPE_RUN, AT_ONCE, api_run_op, .doc = {.id = NULL}},
  {"GET", "/{file}", SCOPE_NONE, AT_ONCE, api_file, .doc = {.id = NULL}},
  {0},
};

static const dyo_op *op_at(const char *path)
{
  for (const dyo_op *op = dyo_ops; op->name; op++)
    if (strcmp(op->path, path) == 0) return op;
  return NULL;
}

/* Does the path fit the pattern? Parameters go to *x. */
static bool fits(exchange *x, const char *pattern, const char *path)
{
  size_t n = 0;
  while (*pattern && *pattern != '{') {
    if (!*path && strcmp(pattern, "/") == 0) return true; /* a list's address without its last slash */
    if (*pattern++ != *path++) return false;
  }
  if (!*pattern) return !*path;
  if (strcmp(pattern, "{op-path}") == 0) return (x->op = op_at(path)) != NULL;
  if (strcmp(pattern, "{file}") == 0) return strncmp(path, "api/", 4) != 0;
  const size_t len = strcspn(path, "/");
  if (len == 0 || len >= sizeof x->params[0]) return false;
  while (n < PARAMS - 1 && x->params[n][0]) n++;
  memcpy(x->params[n], path, len);
  x->params[n][len] = '\0';
  return fits(x, strchr(pattern, '}') + 1, path + len);
}

static bool method_fits(const char *method, const route *r)
{
  return strcmp(method, r->method) == 0 || (strcmp(method, "HEAD") == 0 && strcmp(r->method, "GET") == 0);
}

/* Browsers ask before they send a token from another page. */
static void answer_options(exchange *x, const char *allow)
{
  http_reply *p = api_reply(204);
  http_reply_header(p, "Allow", allow);
  http_reply_header(p, "Access-Control-Allow-Methods", allow);
  http_reply_header(p, "Access-Control-Allow-Headers",
                    "Authorization, Content-Type, Prefer, If-None-Match, MCP-Protocol-Version, Mcp-Session-Id, "
                    "Mcp-Method, Mcp-Name");
  http_reply_header(p, "Access-Control-Max-Age", "600");
  api_finish(x, p);
}

bool api_find_route(exchange *x)
{
  const char *method = http_method(x->r), *path = http_path(x->r);
  char        allow[64] = "";
  for (const route *r = api_routes; r->method; r++) {
    for (size_t i = 0; i < PARAMS; i++) x->params[i][0] = '\0';
    if (!fits(x, r->pattern, path)) continue;
    if (method_fits(method, r)) {
      x->route = r;
      return true;
    }
    if (!strstr(allow, r->method))
      snprintf(allow + strlen(allow), sizeof allow - strlen(allow), "%s%s", *allow ? ", " : "", r->method);
  }
  if (*allow && strcmp(method, "OPTIONS") == 0) {
    answer_options(x, allow);
    return false;
  }
  dyo_err err;
  if (!*allow) {
    dyo_fail(&err, DYO_NOT_FOUND, "", "there is nothing at this address; GET /openapi.json lists what there is");
    api_problem(x, &err);
    return false;
  }
  dyo_fail(&err, DYO_UNSUPPORTED, "", "found %.15s; this address takes %s", method, allow);
  http_reply *p = problem_reply(405, &err);
  http_reply_header(p, "Allow", allow);
  api_finish(x, p);
  return false;
}
