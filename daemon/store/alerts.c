/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "store/parts.h"

void store_alert_rule_free(store_alert_rule *r, size_t n)
{
  for (size_t i = 0; i < n; i++) {
    char *const texts[] = {r[i].name, r[i].kind, r[i].rule, r[i].webhook_state, r[i].webhook_message};
    for (size_t k = 0; k < sizeof texts / sizeof *texts; k++) free(texts[k]);
  }
}

void store_alert_event_free(store_alert_event *e, size_t n)
{
  for (size_t i = 0; i < n; i++) free(e[i].event), free(e[i].key);
}

static void free_rules(void *r, size_t n)
{
  store_alert_rule_free(r, n);
}

static void free_events(void *e, size_t n)
{
  store_alert_event_free(e, n);
}

static bool fill_rule(void *item, const row *r)
{
  store_alert_rule *a = item;
  a->enabled          = row_whole(r, 4) != 0;
  a->created          = row_whole(r, 5);
  a->checked          = row_whole(r, 6);
  return id_copy(r, 0, a->id) && text_copy(r, 1, &a->name) && text_copy(r, 2, &a->kind) && text_copy(r, 3, &a->rule) &&
         text_copy(r, 7, &a->webhook_state) && text_copy(r, 8, &a->webhook_message);
}

static bool fill_event(void *item, const row *r)
{
  store_alert_event *e = item;
  e->created           = row_whole(r, 4);
  return id_copy(r, 0, e->id) && id_copy(r, 1, e->rule_id) && text_copy(r, 2, &e->key) && text_copy(r, 3, &e->event);
}

typedef struct {
  const char              *tenant, *id;
  const store_alert_rule  *rule;
  const store_alert_event *event;
  int64_t                  now;
  bool                     fresh;
} alert_job;

static dyo_status add_rule(db *d, void *user, dyo_err *err)
{
  const alert_job        *j = user;
  const store_alert_rule *a = j->rule;
  return db_do(
    d, NULL, err,
    "INSERT INTO alert_rules (tenant_id, rule_id, name, kind, rule, enabled, created, checked, webhook_state)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8)",
    db_text(j->tenant), db_text(j->id), db_text(a->name), db_text(a->kind), db_text(a->rule), db_whole(a->enabled),
    db_whole(j->now), db_text(a->webhook_state ? "active" : NULL));
}

dyo_status store_alert_rule_add(store *s, const char *tenant, const store_alert_rule *in, char id[ID_CHARS],
                                dyo_err *err)
{
  id_new(id);
  alert_job j = {.tenant = tenant, .id = id, .rule = in, .now = clock_now_ms()};
  return store_write(s, tenant, add_rule, &j, err);
}

dyo_status store_alert_rule_list(store *s, const char *tenant, store_alert_rule **out, size_t *n, dyo_err *err)
{
  rows_list        l  = {.size = sizeof **out, .fill = fill_rule};
  const dyo_status st = store_ask(s, tenant, rows_add, &l, err,
                                  "SELECT rule_id, name, kind, rule, enabled, created, checked, webhook_state,"
                                  " webhook_message FROM alert_rules"
                                  " WHERE tenant_id = $1 ORDER BY rule_id",
                                  db_text(tenant));
  return rows_done(&l, st, free_rules, out, n, err);
}

static dyo_status delete_rule(db *d, void *user, dyo_err *err)
{
  const alert_job *j       = user;
  int64_t          changed = 0;
  dyo_status       st      = db_do(d, NULL, err, "DELETE FROM alert_events WHERE tenant_id = $1 AND rule_id = $2",
                                   db_text(j->tenant), db_text(j->id));
  if (st == DYO_OK)
    st = db_do(d, NULL, err, "DELETE FROM webhook_deliveries WHERE tenant_id = $1 AND rule_id = $2", db_text(j->tenant),
               db_text(j->id));
  if (st == DYO_OK)
    st = db_do(d, NULL, err, "DELETE FROM source_secrets WHERE tenant_id = $1 AND source_id = $2", db_text(j->tenant),
               db_text(j->id));
  if (st == DYO_OK)
    st = db_do(d, &changed, err, "DELETE FROM alert_rules WHERE tenant_id = $1 AND rule_id = $2", db_text(j->tenant),
               db_text(j->id));
  return st == DYO_OK && !changed ? nothing_there(err) : st;
}

dyo_status store_alert_rule_delete(store *s, const char *tenant, const char *id, dyo_err *err)
{
  alert_job j = {.tenant = tenant, .id = id};
  return store_write(s, tenant, delete_rule, &j, err);
}

static dyo_status checked(db *d, void *user, dyo_err *err)
{
  const alert_job *j       = user;
  int64_t          changed = 0;
  const dyo_status st =
    db_do(d, &changed, err, "UPDATE alert_rules SET checked = $3 WHERE tenant_id = $1 AND rule_id = $2",
          db_text(j->tenant), db_text(j->id), db_whole(j->now));
  return st == DYO_OK && !changed ? nothing_there(err) : st;
}

dyo_status store_alert_rule_checked(store *s, const char *tenant, const char *id, int64_t now, dyo_err *err)
{
  alert_job j = {.tenant = tenant, .id = id, .now = now};
  return store_write(s, tenant, checked, &j, err);
}

static dyo_status add_event(db *d, void *user, dyo_err *err)
{
  alert_job               *j       = user;
  const store_alert_event *e       = j->event;
  int64_t                  changed = 0;
  const dyo_status         st      = db_do(
                 d, &changed, err,
                 "INSERT INTO alert_events (tenant_id, event_id, rule_id, key, event, created)"
                              " SELECT $1, $2, $3, $4, $5, $6 WHERE EXISTS (SELECT 1 FROM alert_rules WHERE tenant_id = $1 AND rule_id = $3)"
                              " ON CONFLICT DO NOTHING",
                 db_text(j->tenant), db_text(j->id), db_text(e->rule_id), db_text(e->key), db_text(e->event), db_whole(j->now));
  j->fresh = changed > 0;
  return st == DYO_OK && j->fresh ? delivery_add(d, j->tenant, j->id, e->rule_id, false, j->now, &changed, err) : st;
}

dyo_status store_alert_event_add(store *s, const char *tenant, const store_alert_event *in, bool *fresh, dyo_err *err)
{
  char id[ID_CHARS];
  id_new(id);
  alert_job        j  = {.tenant = tenant, .id = id, .event = in, .now = clock_now_ms()};
  const dyo_status st = store_write(s, tenant, add_event, &j, err);
  *fresh              = st == DYO_OK && j.fresh;
  return st;
}

dyo_status store_alert_event_list(store *s, const char *tenant, const char *rule_id, const store_page *page,
                                  store_alert_event **out, size_t *n, char next[STORE_CURSOR], dyo_err *err)
{
  rows_list l = {.size = sizeof **out, .most = (size_t)page_limit(page), .fill = fill_event};
  if (!page_by_id(page, err)) return err->code;
  dyo_status st =
    store_ask(s, tenant, rows_add, &l, err,
              "SELECT event_id, rule_id, key, event, created FROM alert_events WHERE tenant_id = $1"
              " AND ($2 = '' OR event_id < $2) AND ($3 IS NULL OR rule_id = $3) ORDER BY event_id DESC LIMIT $4",
              db_text(tenant), db_text(page_after(page)), db_text(rule_id), page_rows(page));
  st = rows_done(&l, st, free_events, out, n, err);
  snprintf(next, STORE_CURSOR, "%s", st == DYO_OK && l.more ? (*out)[*n - 1].id : "");
  return st;
}
