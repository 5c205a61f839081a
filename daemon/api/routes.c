/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <string.h>

#include "api/exchange.h"

#define V1 "/api/v1"

const route api_routes[] = {
  {"GET", "/healthz", SCOPE_NONE, AT_ONCE, api_health},
  {"GET", "/readyz", SCOPE_NONE, AT_ONCE, api_ready},
  {"GET", "/openapi.json", SCOPE_NONE, AT_ONCE, api_openapi},
  {"GET", "/docs", SCOPE_NONE, AT_ONCE, api_docs},
  {"GET", V1 "/operations", SCOPE_READ, AT_ONCE, api_operations},
  {"GET", V1 "/connectors/", SCOPE_READ, POOLED, api_sources},
  {"POST", V1 "/connectors/", SCOPE_WRITE, POOLED, api_source_add},
  {"POST", V1 "/connectors/upload", SCOPE_WRITE, STREAMED, api_upload},
  {"GET", V1 "/connectors/{source_id}", SCOPE_READ, POOLED, api_source},
  {"PATCH", V1 "/connectors/{source_id}", SCOPE_WRITE, POOLED, api_source_change},
  {"DELETE", V1 "/connectors/{source_id}", SCOPE_WRITE, POOLED, api_source_delete},
  {"GET", V1 "/runs/", SCOPE_READ, POOLED, api_runs},
  {"GET", V1 "/runs/{run_id}", SCOPE_READ, POOLED, api_run},
  {"GET", V1 "/runs/{run_id}/events", SCOPE_READ, POOLED, api_run_events},
  {"POST", V1 "/runs/{run_id}/cancel", SCOPE_RUN, POOLED, api_run_cancel},
  {"GET", V1 "/schedules/", SCOPE_READ, POOLED, api_schedules},
  {"DELETE", V1 "/schedules/{schedule_id}", SCOPE_WRITE, POOLED, api_schedule_delete},
  {"GET", V1 "/alerts/", SCOPE_READ, POOLED, api_alerts},
  {"POST", V1 "/alerts/", SCOPE_WRITE, POOLED, api_alert_add},
  {"GET", V1 "/alerts/events/", SCOPE_READ, POOLED, api_alert_events},
  {"GET", V1 "/alerts/{rule_id}", SCOPE_READ, POOLED, api_alert},
  {"DELETE", V1 "/alerts/{rule_id}", SCOPE_WRITE, POOLED, api_alert_delete},
  {"GET", V1 "/metrics/", SCOPE_READ, POOLED, api_metrics},
  {"GET", V1 "/metrics/{metric_name}", SCOPE_READ, AT_ONCE, api_metric},
  {"GET", V1 "/forecaster/", SCOPE_READ, POOLED, api_forecasts},
  {"GET", V1 "/forecaster/{forecast_id}", SCOPE_READ, POOLED, api_forecast},
  {"POST", V1 "/forecaster/{forecast_id}/evaluate", SCOPE_RUN, POOLED, api_evaluate},
  {"GET", V1 "/optimizer/runs/", SCOPE_READ, POOLED, api_optimizations},
  {"GET", V1 "/optimizer/runs/{run_id}", SCOPE_READ, POOLED, api_optimization},
  {"POST", "/mcp", SCOPE_READ | SCOPE_RUN | SCOPE_WRITE, POOLED, api_mcp},
  {"DELETE", "/mcp", SCOPE_READ | SCOPE_RUN | SCOPE_WRITE, AT_ONCE, api_mcp_end},
  {"GET", "/mcp", SCOPE_NONE, AT_ONCE, api_mcp_get},
  {"POST", V1 "/{op-path}", SCOPE_RUN, AT_ONCE, api_run_op},
  {"GET", "/{file}", SCOPE_NONE, AT_ONCE, api_file},
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
  const char  *origin = http_header(x->r, "Origin"), *list = x->a->o.origins;
  const char  *at = origin && list ? strstr(list, origin) : NULL;
  const size_t n  = origin ? strlen(origin) : 0;
  if (at && (at == list || at[-1] == ' ') && (at[n] == '\0' || at[n] == ' '))
    http_reply_header(p, "Access-Control-Allow-Origin", origin);
  http_send(x->r, p);
}

bool api_find_route(exchange *x)
{
  const char *method = http_method(x->r), *path = http_path(x->r);
  char        allow[64] = "";
  for (const route *r = api_routes; r->method; r++) {
    memset(x->params, 0, sizeof x->params);
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
  http_send(x->r, p);
  return false;
}
