/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Alert rules and what they found. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/arrived.h"
#include "api/stored.h"
#include "base/clock.h"
#include "jobs/cron.h"

enum { RULES_MOST = 1000, LATEST_MOST = 1000 };

const char *const alert_kinds[] = {"anomaly", "threshold", "stock", NULL};

#define RULE_ROWS                                                                                              \
  DYO_STR(alert_rule, name, DYO_OPT, 200, "Name."), DYO_ENUM(alert_rule, kind, DYO_REQ, alert_kinds, "Kind."), \
    DYO_STR(alert_rule, metric_name, DYO_REQ, 500, "Metric; of stock the level."),                             \
    DYO_JSON(alert_rule, dimensions, DYO_OPT, "Only series that have these."),                                 \
    DYO_BOOL(alert_rule, enabled, 1, "Is it looked at after new data."),                                       \
    DYO_STR(alert_rule, schedule, DYO_OPT, 200, "Schedule to look at it as well."),                            \
    DYO_STR(alert_rule, timezone, DYO_OPT, 64, "Zone of the schedule."),                                       \
    DYO_INT(alert_rule, latest, DYO_OPT, 1, LATEST_MOST, "values", "How many newest values are looked at."),   \
    DYO_NUM(alert_rule, confidence_level, DYO_OPT, 0.5, 0.999999, "0..1", "Share of ordinary values."),        \
    DYO_STR(alert_rule, model_type, DYO_OPT, 40, "As of forecast.anomalies."),                                 \
    DYO_STR(alert_rule, frequency, DYO_OPT, 16, "Of the series."),                                             \
    DYO_STR(alert_rule, aggregate, DYO_OPT, 16, "What becomes of several values in one period."),              \
    DYO_NUM(alert_rule, above, DYO_OPT, -DBL_MAX, DBL_MAX, NULL, "A value above this is told."),               \
    DYO_NUM(alert_rule, below, DYO_OPT, -DBL_MAX, DBL_MAX, NULL, "A value below this is told."),               \
    DYO_NUM(alert_rule, reorder_point, DYO_OPT, 0, 1e12, "units", "A level at or below this is told."),        \
    DYO_NUM(alert_rule, days_of_cover, DYO_OPT, DYO_POS, 1e6, "days", "A level that lasts for less is told."), \
    DYO_NUM(alert_rule, lead_time_days, DYO_OPT, 0, 1e5, "days",                                               \
            "Time from order to arrival, for a computed reorder point."),                                      \
    DYO_NUM(alert_rule, service_level, DYO_OPT, DYO_POS, 1, "0..1", "Service of the computed reorder point."), \
    DYO_STR(alert_rule, demand_metric, DYO_OPT, 500, "Metric of the demand, with the same dimensions."),       \
    DYO_STR(alert_rule, webhook_url, DYO_OPT, 2000, "Address that events are posted to, signed; https alone.")

const dyo_field alert_rows[] = {RULE_ROWS, DYO_END(alert_rule)};

const dyo_field alert_add_rows[] = {
  RULE_ROWS,
  DYO_STR(alert_rule, webhook_secret, DYO_OPT, 200,
          "Of webhook_url: whsec_ and 24 to 64 bytes as base64. It is sealed and never answered."),
  DYO_END(alert_rule)};

/* --- reading a rule ------------------------------------------------------------------------------------------------------- */

typedef struct {
  const char *name;
  int         kind; /* that it belongs to */
  bool        given;
} belonging;

static dyo_status check_belongings(const alert_rule *r, dyo_err *err)
{
  const belonging all[] = {{"confidence_level", ALERT_ANOMALY, !isnan(r->confidence_level)},
                           {"model_type", ALERT_ANOMALY, r->model_type != NULL},
                           {"frequency", ALERT_ANOMALY, r->frequency != NULL},
                           {"aggregate", ALERT_ANOMALY, r->aggregate != NULL},
                           {"above", ALERT_THRESHOLD, !isnan(r->above)},
                           {"below", ALERT_THRESHOLD, !isnan(r->below)},
                           {"reorder_point", ALERT_STOCK, !isnan(r->reorder_point)},
                           {"days_of_cover", ALERT_STOCK, !isnan(r->days_of_cover)},
                           {"lead_time_days", ALERT_STOCK, !isnan(r->lead_time_days)},
                           {"service_level", ALERT_STOCK, !isnan(r->service_level)},
                           {"demand_metric", ALERT_STOCK, r->demand_metric != NULL}};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    if (all[i].given && all[i].kind != r->kind) {
      char path[64];
      snprintf(path, sizeof path, "/%s", all[i].name);
      return dyo_fail(err, DYO_INVALID_INPUT, path, "it belongs to rules of kind %s; this one is of kind %s",
                      alert_kinds[all[i].kind], alert_kinds[r->kind]);
    }
  return DYO_OK;
}

static dyo_status check_stock(const alert_rule *r, dyo_err *err)
{
  const bool point = !isnan(r->reorder_point), cover = !isnan(r->days_of_cover), lead = !isnan(r->lead_time_days);
  if (point + cover + lead != 1)
    return dyo_fail(err, DYO_INVALID_INPUT, "/reorder_point",
                    "found %d of reorder_point, days_of_cover and lead_time_days; a rule of kind stock has exactly one",
                    point + cover + lead);
  if (!point && !r->demand_metric)
    return dyo_fail(err, DYO_INVALID_INPUT, "/demand_metric", "required with %s",
                    cover ? "days_of_cover" : "lead_time_days");
  if (point && r->demand_metric)
    return dyo_fail(err, DYO_INVALID_INPUT, "/demand_metric", "a given reorder_point needs no demand");
  if (!isnan(r->service_level) && (!lead || r->service_level >= 1))
    return dyo_fail(err, DYO_INVALID_INPUT, "/service_level",
                    "a share below 1 is expected, and lead_time_days with it");
  return DYO_OK;
}

static dyo_status check_kind(const alert_rule *r, dyo_err *err)
{
  dyo_status st = check_belongings(r, err);
  if (st == DYO_OK && r->kind == ALERT_THRESHOLD && isnan(r->above) && isnan(r->below))
    st = dyo_fail(err, DYO_INVALID_INPUT, "/above", "a rule of kind threshold has above, below or both");
  if (st == DYO_OK && r->kind == ALERT_THRESHOLD && r->above < r->below)
    st = dyo_fail(err, DYO_INVALID_INPUT, "/above",
                  "found %g, which is less than below (%g): every value would be told", r->above, r->below);
  return st == DYO_OK && r->kind == ALERT_STOCK ? check_stock(r, err) : st;
}

/* A metric that is not there is a slip of the pen more often than one that will come. */
static dyo_status check_metric(exchange *x, const char *metric, const char *path, dyo_err *err)
{
  int64_t version = 0;
  if (!metric) return DYO_OK;
  const dyo_status st = store_metric_version(x->a->store, x->tenant, metric, &version, err);
  if (st != DYO_NOT_FOUND) return st;
  return dyo_fail(err, DYO_NOT_FOUND, path, "there is no metric \"%.100s\"; GET /api/v1/metrics/ lists them", metric);
}

static dyo_status check_schedule(const alert_rule *r, dyo_err *err)
{
  cron_rule rule;
  zone     *z = NULL;
  if (r->timezone && !r->schedule)
    return dyo_fail(err, DYO_INVALID_INPUT, "/timezone", "it belongs to a schedule, and there is none");
  if (r->schedule && cron_parse(r->schedule, &rule, err) != DYO_OK) return at_path(err, "/schedule");
  if (r->timezone && zone_load(r->timezone, &z, err) != DYO_OK) return at_path(err, "/timezone");
  zone_free(z);
  return DYO_OK;
}

/* Dimensions as the store has them, in the arena. */
static dyo_status settle_dimensions(dyo_ctx *ctx, alert_rule *r, dyo_err *err)
{
  dyo_buf b = {0};
  if (!r->dimensions) return DYO_OK;
  dyo_status st = canonical_dimensions(r->dimensions, strlen(r->dimensions), &b, err);
  if (st != DYO_OK) st = at_path(err, "/dimensions");
  else if (b.failed) st = dyo_oom(err);
  if (st == DYO_OK) r->dimensions = dyo_text(ctx, "%s", b.s);
  dyo_buf_free(&b);
  return st == DYO_OK && !r->dimensions ? dyo_oom(err) : st;
}

static dyo_status read_rule(exchange *x, dyo_ctx *ctx, alert_rule *r, dyo_err *err)
{
  size_t      n    = 0;
  const char *text = http_body_bytes(x->r, &n);
  dyo_status  st   = dyo_json_decode(ctx, text, n, alert_add_rows, r, err);
  if (st == DYO_OK) st = check_kind(r, err);
  if (st == DYO_OK) st = check_schedule(r, err);
  if (st == DYO_OK) st = settle_dimensions(ctx, r, err);
  if (st == DYO_OK) st = check_metric(x, r->metric_name, "/metric_name", err);
  if (st == DYO_OK) st = check_metric(x, r->demand_metric, "/demand_metric", err);
  if (st == DYO_OK) st = alert_check_webhook(x, r, err);
  if (st == DYO_OK && !r->name) r->name = dyo_text(ctx, "%s of %s", alert_kinds[r->kind], r->metric_name);
  return st;
}

/* --- answers ------------------------------------------------------------------------------------------------------------------ */

/* The members of a stored object, behind others. */
static void put_members(dyo_buf *b, const char *object)
{
  const size_t n = strlen(object);
  if (n <= 2) return;
  dyo_buf_puts(b, ",");
  dyo_buf_add(b, object + 1, n - 2);
}

/* Written by put_rule, which adds them to the rule as it is kept. */
typedef struct {
  const char *rule_id, *created_at, *checked_at, *webhook_state, *webhook_message;
} rule_out;

const dyo_field alert_stored_rows[] = {
  DYO_STR(rule_out, rule_id, DYO_REQ, 0, "Its id."),
  DYO_STR(rule_out, created_at, DYO_REQ, 0, "When it was made, ISO 8601."),
  DYO_STR(rule_out, checked_at, DYO_NULL, 0, "When it was looked at last; null: not yet."),
  DYO_STR(rule_out, webhook_state, DYO_NULL, 0,
          "How the last delivery went: active, failing or disabled, which is after 410 Gone until it takes a test; "
          "null: the rule has no webhook."),
  DYO_STR(rule_out, webhook_message, DYO_NULL, 0, "What the last delivery met; null: nothing."),
  DYO_END(rule_out)};

static void put_rule(dyo_buf *b, const store_alert_rule *r)
{
  char when[CLOCK_TEXT];
  dyo_buf_puts(b, "{");
  put_text(b, "rule_id", r->id);
  put_members(b, r->rule);
  put_text(b, "created_at", when_text(r->created, when));
  put_text(b, "checked_at", when_text(r->checked, when));
  put_text(b, "webhook_state", r->webhook_state);
  put_text(b, "webhook_message", r->webhook_message);
  dyo_buf_puts(b, "}");
}

void api_alerts(exchange *x)
{
  store_alert_rule *list = NULL;
  size_t            n    = 0;
  dyo_err           err;
  dyo_buf           b = {0};
  if (store_alert_rule_list(x->a->store, x->tenant, &list, &n, &err) != DYO_OK) {
    api_problem(x, &err);
    return;
  }
  items_begin(&b);
  for (size_t i = 0; i < n; i++) {
    dyo_buf_puts(&b, i ? "," : "");
    put_rule(&b, &list[i]);
  }
  items_end(&b, "");
  store_alert_rule_free(list, n);
  free(list);
  api_json(x, 200, &b);
}

static void send_rule(exchange *x, int status, const char *id)
{
  store_alert_rule *list = NULL;
  size_t            n    = 0;
  dyo_err           err;
  dyo_buf           b  = {0};
  dyo_status        st = store_alert_rule_list(x->a->store, x->tenant, &list, &n, &err);
  for (size_t i = 0; i < n; i++)
    if (strcmp(list[i].id, id) == 0) put_rule(&b, &list[i]);
  store_alert_rule_free(list, n);
  free(list);
  if (st != DYO_OK) api_problem(x, &err);
  else if (!b.n) api_not_found(x);
  else api_json(x, status, &b);
}

void api_alert(exchange *x)
{
  send_rule(x, 200, x->params[0]);
}

/* --- making and ending --------------------------------------------------------------------------------------------------------- */

/* Its schedule has the rule's own id, and goes with it. */
static dyo_status keep_schedule(exchange *x, const alert_rule *r, const char *id, dyo_err *err)
{
  char           same[ID_CHARS];
  store_schedule t = {.tenant  = x->tenant,
                      .kind    = store_lent("alert_check"),
                      .subject = store_lent(id),
                      .request = store_lent("{}"),
                      .cron    = store_lent(r->schedule),
                      .zone    = store_lent(r->timezone ? r->timezone : "UTC"),
                      .enabled = r->enabled};
  if (!r->schedule) return DYO_OK;
  snprintf(t.id, sizeof t.id, "%s", id);
  dyo_status st = schedule_due(r->schedule, r->timezone, id, x->a->o.jitter_s, clock_now_ms(), &t.due, err);
  if (st == DYO_OK) st = store_schedule_put(x->a->store, &t, same, err);
  if (st == DYO_OK) scheduler_changed(x->a->scheduler);
  return st;
}

/* What is there already is looked at at once. */
static dyo_status look_now(exchange *x, const alert_rule *r, const char *id, dyo_err *err)
{
  char            run[ID_CHARS];
  bool            made = false;
  const store_run in   = {
      .tenant = x->tenant, .kind = store_lent("alert_check"), .subject = store_lent(id), .request = store_lent("{}")};
  if (!r->enabled) return DYO_OK;
  const dyo_status st = store_run_add_once(x->a->store, &in, run, &made, err);
  if (made) workers_wake(x->a->workers);
  return st;
}

static dyo_status keep_rule(exchange *x, dyo_ctx *ctx, const alert_rule *r, char id[ID_CHARS], dyo_err *err)
{
  store_alert_rule *list = NULL;
  size_t            n    = 0;
  dyo_buf           b    = {0};
  dyo_err           ignored;
  dyo_status        st = store_alert_rule_list(x->a->store, x->tenant, &list, &n, err);
  store_alert_rule_free(list, n);
  free(list);
  if (st == DYO_OK && n >= RULES_MOST)
    st = dyo_fail(err, DYO_TOO_LARGE, "", "there are %d rules already, the most", RULES_MOST);
  if (st == DYO_OK) st = dyo_json_encode(ctx, alert_rows, r, &b, err);
  const store_alert_rule in = {.name          = store_lent(r->name),
                               .kind          = store_lent(alert_kinds[r->kind]),
                               .rule          = b.s,
                               .enabled       = r->enabled,
                               .webhook_state = store_lent(r->webhook_url ? "active" : NULL)};
  if (st == DYO_OK) st = b.failed ? dyo_oom(err) : store_alert_rule_add(x->a->store, x->tenant, &in, id, err);
  dyo_buf_free(&b);
  if (st != DYO_OK) return st;
  st = alert_keep_secret(x, r, id, err);
  if (st == DYO_OK) st = keep_schedule(x, r, id, err);
  if (st == DYO_OK) st = look_now(x, r, id, err);
  if (st != DYO_OK) store_alert_rule_delete(x->a->store, x->tenant, id, &ignored);
  return st;
}

void api_alert_add(exchange *x)
{
  alert_rule r = {0};
  dyo_ctx    ctx;
  dyo_err    err;
  char       id[ID_CHARS];
  dyo_ctx_init(&ctx, NULL);
  ctx.secret    = true;
  dyo_status st = read_rule(x, &ctx, &r, &err);
  if (st == DYO_OK) st = keep_rule(x, &ctx, &r, id, &err);
  dyo_ctx_clear(&ctx);
  if (st == DYO_OK) send_rule(x, 201, id);
  else api_problem(x, &err);
}

void api_alert_delete(exchange *x)
{
  dyo_err err, ignored;
  if (store_alert_rule_delete(x->a->store, x->tenant, x->params[0], &err) != DYO_OK) {
    api_problem(x, &err);
    return;
  }
  store_schedule_delete(x->a->store, x->tenant, x->params[0], &ignored); /* most rules have none */
  scheduler_changed(x->a->scheduler);
  api_finish(x, api_reply(204));
}

/* --- events ---------------------------------------------------------------------------------------------------------------------- */

/* Written by alert_put_event and, where the event is found, by alert_check.c; the rows say what it is. */
typedef struct {
  const char *event_id, *rule_id, *created_at, *what, *metric_name, *dimensions, *date, *message;
  int         kind;
  double      value, limit, expected, lower, upper, score, reorder_point, days_of_cover, wanted, daily_demand;
} event_out;

const dyo_field alert_event_rows[] = {
  DYO_STR(event_out, event_id, DYO_REQ, 0, "Its id."),
  DYO_STR(event_out, rule_id, DYO_REQ, 0, "The rule that found it."),
  DYO_STR(event_out, created_at, DYO_REQ, 0, "When it was found, ISO 8601."),
  DYO_ENUM(event_out, kind, DYO_REQ, alert_kinds, "Kind of the rule."),
  DYO_STR(event_out, what, DYO_REQ, 0,
          "above or below what was expected or allowed; reorder or cover of a stock level."),
  DYO_STR(event_out, metric_name, DYO_REQ, 0, "The metric."),
  DYO_JSON(event_out, dimensions, DYO_REQ, "Which of its series it is about."),
  DYO_STR(event_out, date, DYO_REQ, 0, "Of the value."),
  DYO_OUT(event_out, value, DYO_NULL, NULL, "The value that was found."),
  DYO_OUT(event_out, limit, DYO_OPT, NULL, "threshold: the limit it crossed."),
  DYO_OUT(event_out, expected, DYO_OPT, NULL, "anomaly: what was expected."),
  DYO_OUT(event_out, lower, DYO_OPT, NULL, "anomaly: least value that is ordinary."),
  DYO_OUT(event_out, upper, DYO_OPT, NULL, "anomaly: greatest value that is ordinary."),
  DYO_OUT(event_out, score, DYO_OPT, NULL, "anomaly: how far out it is, as forecast.anomalies tells it."),
  DYO_OUT(event_out, reorder_point, DYO_OPT, "units", "reorder: level to order at."),
  DYO_OUT(event_out, days_of_cover, DYO_OPT, "days", "cover: how long the stock lasts."),
  DYO_OUT(event_out, wanted, DYO_OPT, "days", "cover: how long it should last."),
  DYO_OUT(event_out, daily_demand, DYO_OPT, "units/day", "cover: the demand this is reckoned with."),
  DYO_STR(event_out, message, DYO_REQ, 0, "The same as a sentence."),
  DYO_END(event_out)};

typedef struct {
  int         limit;
  const char *cursor, *rule_id;
} events_in;

const dyo_field alert_events_query[] = {
  PAGE_ROWS(events_in), DYO_STR(events_in, rule_id, DYO_OPT, 64, "Only what this rule found."), DYO_END(events_in)};

void alert_put_event(dyo_buf *b, const store_alert_event *e)
{
  char when[CLOCK_TEXT];
  dyo_buf_puts(b, "{");
  put_text(b, "event_id", e->id);
  put_text(b, "rule_id", e->rule_id);
  put_text(b, "created_at", when_text(e->created, when));
  put_members(b, e->event);
  dyo_buf_puts(b, "}");
}

void api_alert_events(exchange *x)
{
  const store_page   page = api_page_of(x);
  store_alert_event *list = NULL;
  size_t             n    = 0;
  char               next[STORE_CURSOR];
  dyo_err            err;
  dyo_buf            b = {0};
  if (store_alert_event_list(x->a->store, x->tenant, http_query(x->r, "rule_id"), &page, &list, &n, next, &err) !=
      DYO_OK) {
    api_problem(x, &err);
    return;
  }
  items_begin(&b);
  for (size_t i = 0; i < n; i++) {
    dyo_buf_puts(&b, i ? "," : "");
    alert_put_event(&b, &list[i]);
  }
  items_end(&b, next);
  store_alert_event_free(list, n);
  free(list);
  api_json(x, 200, &b);
}
