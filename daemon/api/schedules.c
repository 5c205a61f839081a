/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What happens again and again for a tenant: to see, and to end. */
#include <stdlib.h>
#include <string.h>

#include "api/exchange.h"

static void put_schedule(dyo_buf *b, const store_schedule *t)
{
  dyo_buf_puts(b, "{");
  put_text(b, "schedule_id", t->id);
  put_text(b, "kind", t->kind);
  put_text(b, "subject", t->subject);
  put_text(b, "schedule", *t->cron ? t->cron : NULL);
  put_text(b, "timezone", *t->cron ? t->zone : NULL);
  put_json(b, "after_new_data", *t->cron ? "false" : "true");
  put_when(b, "next_at", t->due == INT64_MAX ? 0 : t->due);
  put_when(b, "last_at", t->last);
  put_json(b, "request", t->request);
  dyo_buf_puts(b, "}");
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
  dyo_buf_puts(&b, "{\"items\":[");
  for (size_t i = 0; i < n; i++) {
    dyo_buf_puts(&b, i ? "," : "");
    put_schedule(&b, &list[i]);
  }
  dyo_buf_puts(&b, "]");
  put_text(&b, "next_cursor", NULL);
  dyo_buf_puts(&b, "}");
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
  http_send(x->r, api_reply(204));
}
