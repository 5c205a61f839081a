/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What happens again and again for a tenant: to see, and to end. */
#include <stdlib.h>
#include <string.h>

#include "api/exchange.h"

typedef struct {
  const char *schedule_id, *kind, *subject, *schedule, *timezone, *next_at, *last_at, *request;
  bool        after_new_data;
} schedule_out;

const dyo_field schedule_rows[] = {
  DYO_STR(schedule_out, schedule_id, DYO_REQ, 0, "Its id."),
  DYO_STR(schedule_out, kind, DYO_REQ, 0, "What is done: forecast_refresh, alert_check or sync."),
  DYO_STR(schedule_out, subject, DYO_NULL, 0, "To what: a metric's name, an alert rule's or a connector's id."),
  DYO_STR(schedule_out, schedule, DYO_NULL, 0, "When, as 5-field cron; null: whenever the metric has new data."),
  DYO_STR(schedule_out, timezone, DYO_NULL, 0, "IANA zone of the schedule."),
  DYO_BOOL(schedule_out, after_new_data, DYO_REQ, "Whether it is done whenever the metric has new data."),
  DYO_STR(schedule_out, next_at, DYO_NULL, 0, "When it is done next, ISO 8601; null: that is not known ahead."),
  DYO_STR(schedule_out, last_at, DYO_NULL, 0, "When it was done last; null: never yet."),
  DYO_JSON(schedule_out, request, DYO_REQ, "What is done, in full."),
  DYO_END(schedule_out)};

static void put_schedule(dyo_buf *b, const store_schedule *t)
{
  char               next[CLOCK_TEXT], last[CLOCK_TEXT];
  const schedule_out out = {.schedule_id    = t->id,
                            .kind           = t->kind,
                            .subject        = t->subject,
                            .schedule       = *t->cron ? t->cron : NULL,
                            .timezone       = *t->cron ? t->zone : NULL,
                            .after_new_data = !*t->cron,
                            .next_at        = when_text(t->due == INT64_MAX ? 0 : t->due, next),
                            .last_at        = when_text(t->last, last),
                            .request        = t->request};
  items_add(b, schedule_rows, &out);
}

void api_schedules(exchange *x)
{
  store_schedule *list = NULL;
  size_t          n    = 0;
  dyo_err         err;
  dyo_buf         b = {0};
  if (store_schedule_list(x->a->store, x->tenant, &list, &n, &err) != DYO_OK) {
    api_problem(x, &err);
    return;
  }
  items_begin(&b);
  for (size_t i = 0; i < n; i++) put_schedule(&b, &list[i]);
  items_end(&b, "");
  store_schedule_free(list, n);
  free(list);
  api_json(x, 200, &b);
}

/* A schedule that belongs to something else goes with it. */
static dyo_status may_delete(exchange *x, dyo_err *err)
{
  store_schedule *list = NULL;
  size_t          n    = 0;
  dyo_status      st   = store_schedule_list(x->a->store, x->tenant, &list, &n, err);
  for (size_t i = 0; i < n && st == DYO_OK; i++)
    if (strcmp(list[i].id, x->params[0]) == 0 && strcmp(list[i].kind, "forecast_refresh") != 0)
      st = dyo_fail(err, DYO_CONFLICT, "", "it belongs to %s %.40s and ends with it",
                    strcmp(list[i].kind, "alert_check") == 0 ? "alert rule" : "connector", list[i].subject);
  store_schedule_free(list, n);
  free(list);
  return st;
}

void api_schedule_delete(exchange *x)
{
  dyo_err    err;
  dyo_status st = may_delete(x, &err);
  if (st == DYO_OK) st = store_schedule_delete(x->a->store, x->tenant, x->params[0], &err);
  if (st != DYO_OK) {
    api_problem(x, &err);
    return;
  }
  scheduler_changed(x->a->scheduler);
  api_finish(x, api_reply(204));
}
