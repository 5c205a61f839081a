/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The outbox of webhooks. A delivery is stored with its event and goes only when the receiver has it, so that what ends a daemon in
 * between has it sent again, under the same id. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "store/parts.h"

/* Nothing is put off for longer: what is due later than that was written before the clock was put back. */
enum { FAR_MS = 2 * 86400000 };

const char *const store_delivery_words[] = {"waiting", "delivered", "given_up", NULL};

void store_delivery_free(store_delivery *d, size_t n)
{
  for (size_t i = 0; i < n; i++) free(d[i].tenant), free(d[i].message), free(d[i].rule), free(d[i].event);
}

static void free_deliveries(void *d, size_t n)
{
  store_delivery_free(d, n);
}

#define DELIVERY_COLUMNS \
  "d.delivery_id, d.rule_id, d.test, d.state, d.attempts, d.status, d.message, d.created, d.due, d.finished"

static bool fill(void *item, const row *r)
{
  store_delivery *d = item;
  d->test           = row_whole(r, 2) != 0;
  d->state          = (store_delivery_state)row_whole(r, 3);
  d->attempts       = row_whole(r, 4);
  d->status         = row_whole(r, 5);
  d->created        = row_whole(r, 7);
  d->due            = row_whole(r, 8);
  d->finished       = row_whole(r, 9);
  return id_copy(r, 0, d->id) && id_copy(r, 1, d->rule_id) && text_copy(r, 6, &d->message);
}

static bool fill_taken(void *item, const row *r)
{
  store_delivery *d = item;
  d->event_created  = row_whole(r, 13);
  return fill(item, r) && text_copy(r, 10, &d->tenant) && text_copy(r, 11, &d->rule) && text_copy(r, 12, &d->event);
}

/* --- adding ---------------------------------------------------------------------------------------------------------------- */

dyo_status delivery_add(db *d, const char *tenant, const char *id, const char *rule_id, bool test, int64_t now,
                        int64_t *added, dyo_err *err)
{
  return db_do(
    d, added, err,
    "INSERT INTO webhook_deliveries (tenant_id, delivery_id, rule_id, test, state, attempts, claimed, due,"
    " status, message, created, finished) SELECT $1, $2, $3, $4, 0, 0, 0, $5, 0, NULL, $5, 0 FROM alert_rules"
    " WHERE tenant_id = $1 AND rule_id = $3 AND ($4 = 1 OR webhook_state <> 'disabled')"
    " AND webhook_state IS NOT NULL",
    db_text(tenant), db_text(id), db_text(rule_id), db_whole(test), db_whole(now));
}

typedef struct {
  const char           *tenant, *id, *rule_id, *webhook;
  const store_delivery *in;
  store_delivery       *out;
  int64_t               now, until;
} delivery_job;

static bool any(void *user, const row *r)
{
  (void)r;
  *(bool *)user = true;
  return false;
}

static dyo_status add_test(db *d, void *user, dyo_err *err)
{
  const delivery_job *j     = user;
  int64_t             added = 0;
  bool                there = false;
  dyo_status          st    = delivery_add(d, j->tenant, j->id, j->rule_id, true, j->now, &added, err);
  if (st != DYO_OK || added) return st;
  st = db_ask(d, any, &there, err, "SELECT 1 FROM alert_rules WHERE tenant_id = $1 AND rule_id = $2",
              db_text(j->tenant), db_text(j->rule_id));
  if (st == DYO_OK && there) return dyo_fail(err, DYO_CONFLICT, "", "the rule has no webhook_url to send a test to");
  return st == DYO_OK ? nothing_there(err) : st;
}

dyo_status store_delivery_test(store *s, const char *tenant, const char *rule_id, char id[ID_CHARS], dyo_err *err)
{
  id_new(id);
  delivery_job j = {.tenant = tenant, .id = id, .rule_id = rule_id, .now = clock_now_ms()};
  return store_write(s, tenant, add_test, &j, err);
}

dyo_status store_delivery_list(store *s, const char *tenant, const char *rule_id, const store_page *page,
                               store_delivery **out, size_t *n, char next[STORE_CURSOR], dyo_err *err)
{
  rows_list l = {.size = sizeof **out, .most = (size_t)page_limit(page), .fill = fill};
  if (!page_by_id(page, err)) return err->code;
  dyo_status st = store_ask(s, tenant, rows_add, &l, err,
                            "SELECT " DELIVERY_COLUMNS " FROM webhook_deliveries d WHERE d.tenant_id = $1"
                            " AND ($2 = '' OR d.delivery_id < $2) AND ($3 IS NULL OR d.rule_id = $3)"
                            " ORDER BY d.delivery_id DESC LIMIT $4",
                            db_text(tenant), db_text(page_after(page)), db_text(rule_id), page_rows(page));
  st            = rows_done(&l, st, free_deliveries, out, n, err);
  snprintf(next, STORE_CURSOR, "%s", st == DYO_OK && l.more ? (*out)[*n - 1].id : "");
  return st;
}

/* --- trying -------------------------------------------------------------------------------------------------------------------- */

/* Due at $1, with $2 far ahead of it, and no other one of its rule is being tried. */
#define IS_DUE                                                                                                         \
  "d.state = 0 AND (d.due <= $1 OR d.due > $2) AND NOT EXISTS (SELECT 1 FROM webhook_deliveries o WHERE o.claimed = 1" \
  " AND o.tenant_id = d.tenant_id AND o.rule_id = d.rule_id AND o.state = 0 AND o.due > $1 AND o.due <= $2)"

static dyo_status take(db *d, void *user, dyo_err *err)
{
  const delivery_job *j     = user;
  store_delivery     *found = NULL;
  size_t              n     = 0;
  rows_list           l     = {.size = sizeof *found, .most = 1, .fill = fill_taken};
  dyo_status          st    = db_ask(d, rows_add, &l, err,
                                     "SELECT " DELIVERY_COLUMNS ", d.tenant_id, r.rule, e.event, e.created"
                                                 " FROM webhook_deliveries d"
                                                 " JOIN alert_rules r ON r.tenant_id = d.tenant_id AND r.rule_id = d.rule_id"
                                                 " LEFT JOIN alert_events e ON e.tenant_id = d.tenant_id AND e.event_id = d.delivery_id"
                                                 " WHERE " IS_DUE " ORDER BY d.due LIMIT 1 /*pg FOR UPDATE OF d, r SKIP LOCKED*/",
                                     db_whole(j->now), db_whole(j->now + FAR_MS));
  st                        = rows_done(&l, st, free_deliveries, &found, &n, err);
  if (st != DYO_OK) return st;
  if (n == 0) return nothing_there(err);
  *j->out = found[0];
  free(found);
  return db_do(d, NULL, err,
               "UPDATE webhook_deliveries SET claimed = 1, due = $3 WHERE tenant_id = $1 AND delivery_id = $2",
               db_text(j->out->tenant), db_text(j->out->id), db_whole(j->until));
}

dyo_status store_delivery_take(store *s, int64_t now, int64_t until, store_delivery *out, dyo_err *err)
{
  bool there = false; /* most of the time there is none, and the writer is not bothered */
  *out       = (store_delivery){0};
  dyo_status st =
    store_ask(s, ALL_TENANTS, any, &there, err, "SELECT 1 FROM webhook_deliveries d WHERE " IS_DUE " LIMIT 1",
              db_whole(now), db_whole(now + FAR_MS));
  if (st == DYO_OK && !there) st = nothing_there(err);
  delivery_job j = {.out = out, .now = now, .until = until};
  if (st == DYO_OK) st = store_write(s, ALL_TENANTS, take, &j, err);
  if (st != DYO_OK) store_delivery_free(out, 1);
  return st;
}

static dyo_status note(db *d, void *user, dyo_err *err)
{
  const delivery_job   *j  = user;
  const store_delivery *o  = j->in;
  dyo_status            st = db_do(d, NULL, err,
                                   "UPDATE webhook_deliveries SET state = $3, attempts = $4, due = $5, status = $6, message = $7,"
                                              " finished = $8, claimed = 0 WHERE tenant_id = $1 AND delivery_id = $2",
                                   db_text(o->tenant), db_text(o->id), db_whole(o->state), db_whole(o->attempts), db_whole(o->due),
                                   db_whole(o->status), db_text(o->message), db_whole(o->state == DELIVERY_WAITING ? 0 : j->now));
  if (st == DYO_OK && j->webhook)
    st = db_do(d, NULL, err,
               "UPDATE alert_rules SET webhook_state = $3, webhook_message = $4 WHERE tenant_id = $1 AND rule_id = $2",
               db_text(o->tenant), db_text(o->rule_id), db_text(j->webhook), db_text(o->message));
  if (st == DYO_OK && j->webhook && strcmp(j->webhook, "disabled") == 0)
    st = db_do(d, NULL, err,
               "UPDATE webhook_deliveries SET state = 2, finished = $3, claimed = 0, message = $4"
               " WHERE tenant_id = $1 AND rule_id = $2 AND state = 0",
               db_text(o->tenant), db_text(o->rule_id), db_whole(j->now), db_text(o->message));
  return st;
}

dyo_status store_delivery_note(store *s, const store_delivery *d, const char *webhook, int64_t now, dyo_err *err)
{
  delivery_job j = {.in = d, .webhook = webhook, .now = now};
  return store_write(s, d->tenant, note, &j, err);
}

dyo_status deliveries_end_claims(db *d, dyo_err *err)
{
  return db_script(d, "UPDATE webhook_deliveries SET claimed = 0, due = 0 WHERE claimed = 1", err);
}

static bool take_whole(void *user, const row *r)
{
  if (row_text(r, 0)) *(int64_t *)user = row_whole(r, 0);
  return false;
}

int64_t store_delivery_next_due(store *s, int64_t now)
{
  int64_t due = INT64_MAX;
  dyo_err ignored;
  store_ask(s, ALL_TENANTS, take_whole, &due, &ignored,
            "SELECT min(due) FROM webhook_deliveries WHERE state = 0 AND due > $1", db_whole(now));
  return due;
}
