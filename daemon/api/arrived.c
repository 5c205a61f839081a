/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/arrived.h"

#include <stdlib.h>
#include <string.h>

#include "api/refresh.h"
#include "base/log.h"

dyo_status data_arrived(api *a, const char *tenant, const char *metric, dyo_err *err)
{
  char             id[ID_CHARS];
  bool             made = false;
  const store_run  in   = {.tenant  = store_lent(tenant),
                           .kind    = store_lent("data_arrived"),
                           .subject = store_lent(metric),
                           .request = store_lent("{}")};
  const dyo_status st   = store_run_add_once(a->store, &in, id, &made, err);
  if (made) workers_wake(a->workers);
  return st;
}

/* What a look at rules came to. */
typedef struct {
  int64_t rules, failed, events;
} outcome;

static void note_failure(outcome *o, const store_alert_rule *r, const char *tenant, const dyo_err *why)
{
  log_line l;
  o->failed++;
  log_begin(&l, LOG_WARN, "alert rule failed");
  log_text(&l, "tenant", tenant);
  log_text(&l, "rule_id", r->id);
  log_text(&l, "message", why->message);
  log_end(&l);
}

/* Is the rule to be looked at: by its id where one is given, else because it speaks of that metric? */
static bool concerns(const store_alert_rule *r, const char *rule_id, const char *metric)
{
  alert_rule in = {0};
  dyo_ctx    ctx;
  dyo_err    ignored;
  if (rule_id) return strcmp(r->id, rule_id) == 0;
  dyo_ctx_init(&ctx, NULL);
  const bool it = r->enabled && dyo_json_decode(&ctx, r->rule, strlen(r->rule), alert_rows, &in, &ignored) == DYO_OK &&
                  (strcmp(in.metric_name, metric) == 0 || (in.demand_metric && strcmp(in.demand_metric, metric) == 0));
  dyo_ctx_clear(&ctx);
  return it;
}

/* One rule that cannot be looked at does not keep the others from it; a cancel does. */
static dyo_status look_at_rules(api *a, work *w, const char *rule_id, const char *metric, outcome *o, dyo_err *err)
{
  store_alert_rule *list = NULL;
  size_t            n    = 0;
  dyo_status        st   = store_alert_rule_list(a->store, w->run.tenant, &list, &n, err);
  for (size_t i = 0; i < n && st == DYO_OK; i++) {
    int64_t events = 0;
    if (!concerns(&list[i], rule_id, metric)) continue;
    o->rules++;
    const dyo_status one = alert_evaluate(a, w, &list[i], &events, err);
    o->events += events;
    if (one == DYO_CANCELLED || (one != DYO_OK && rule_id)) st = one;
    else if (one != DYO_OK) note_failure(o, &list[i], w->run.tenant, err);
  }
  store_alert_rule_free(list, n);
  free(list);
  if (o->events) outbox_wake(a->outbox);
  return st;
}

static dyo_status finish(work *w, dyo_buf *b, const outcome *o, dyo_err *err)
{
  put_whole(b, "rules_checked", o->rules);
  put_whole(b, "rules_failed", o->failed);
  put_whole(b, "events", o->events);
  dyo_buf_puts(b, "}");
  if (o->failed) w->run.state = RUN_PARTIAL;
  if (b->failed) {
    dyo_buf_free(b);
    return dyo_oom(err);
  }
  w->run.result = b->s;
  return DYO_OK;
}

dyo_status arrived_work(void *user, work *w, dyo_err *err)
{
  api       *a      = user;
  outcome    o      = {0};
  dyo_buf    b      = {0};
  int64_t    queued = 0;
  dyo_status st     = refresh_arrived(a, w->run.tenant, w->run.subject, &queued, err);
  if (st == DYO_OK) st = look_at_rules(a, w, NULL, w->run.subject, &o, err);
  if (st != DYO_OK) return st;
  dyo_buf_puts(&b, "{");
  put_text(&b, "metric_name", w->run.subject);
  put_whole(&b, "forecasts_queued", queued);
  return finish(w, &b, &o, err);
}

dyo_status alert_work(void *user, work *w, dyo_err *err)
{
  api             *a  = user;
  outcome          o  = {0};
  dyo_buf          b  = {0};
  const dyo_status st = look_at_rules(a, w, w->run.subject, NULL, &o, err);
  if (st != DYO_OK) return st;
  dyo_buf_puts(&b, "{");
  put_text(&b, "rule_id", w->run.subject);
  return finish(w, &b, &o, err);
}
