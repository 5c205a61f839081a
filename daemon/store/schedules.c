/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "store/parts.h"

void store_schedule_free(store_schedule *t, size_t n)
{
  for (size_t i = 0; i < n; i++) {
    char *const texts[] = {t[i].tenant, t[i].kind, t[i].subject, t[i].request, t[i].cron, t[i].zone};
    for (size_t k = 0; k < sizeof texts / sizeof *texts; k++) free(texts[k]);
  }
}

static void free_schedules(void *t, size_t n)
{
  store_schedule_free(t, n);
}

#define SCHEDULE_COLUMNS "schedule_id, tenant_id, kind, subject, request, cron, zone, due, last, enabled"

static bool fill(void *item, const row *r)
{
  store_schedule *t    = item;
  char          **to[] = {&t->tenant, &t->kind, &t->subject, &t->request, &t->cron, &t->zone};
  bool            ok   = id_copy(r, 0, t->id);
  for (int i = 0; i < 6; i++) ok = text_copy(r, i + 1, to[i]) && ok;
  t->due     = row_whole(r, 7);
  t->last    = row_whole(r, 8);
  t->enabled = row_whole(r, 9) != 0;
  return ok;
}

typedef struct {
  const char           *tenant, *id;
  const store_schedule *t;
  int64_t               was, next, now;
  bool                  made;
} schedule_job;

static dyo_status put(db *d, void *user, dyo_err *err)
{
  const schedule_job   *j = user;
  const store_schedule *t = j->t;
  return db_do(d, NULL, err,
               "INSERT INTO schedules (tenant_id, schedule_id, kind, subject, request, cron, zone, due, last, enabled)"
               " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (tenant_id, schedule_id) DO UPDATE SET"
               " kind = excluded.kind, subject = excluded.subject, request = excluded.request, cron = excluded.cron,"
               " zone = excluded.zone, due = excluded.due, enabled = excluded.enabled",
               db_text(t->tenant), db_text(j->id), db_text(t->kind), db_text(t->subject), db_text(t->request),
               db_text(t->cron), db_text(t->zone), db_whole(t->due), db_whole(t->last), db_whole(t->enabled));
}

dyo_status store_schedule_put(store *s, const store_schedule *in, char id[ID_CHARS], dyo_err *err)
{
  if (in->id[0]) memcpy(id, in->id, ID_CHARS);
  else id_new(id);
  schedule_job j = {.id = id, .t = in};
  return store_write(s, in->tenant, put, &j, err);
}

dyo_status store_schedule_list(store *s, const char *tenant, store_schedule **out, size_t *n, dyo_err *err)
{
  rows_list        l  = {.size = sizeof **out, .fill = fill};
  const dyo_status st = store_ask(s, tenant, rows_add, &l, err,
                                  "SELECT " SCHEDULE_COLUMNS
                                  " FROM schedules WHERE $1 IS NULL OR tenant_id = $1 ORDER BY tenant_id, schedule_id",
                                  db_text(tenant));
  return rows_done(&l, st, free_schedules, out, n, err);
}

static dyo_status move(db *d, void *user, dyo_err *err)
{
  const schedule_job *j = user;
  return db_do(d, NULL, err, "UPDATE schedules SET due = $3 WHERE tenant_id = $1 AND schedule_id = $2 AND due = $4",
               db_text(j->t->tenant), db_text(j->t->id), db_whole(j->next), db_whole(j->t->due));
}

dyo_status store_schedule_move(store *s, const store_schedule *t, int64_t due, dyo_err *err)
{
  schedule_job j = {.t = t, .next = due};
  return store_write(s, t->tenant, move, &j, err);
}

static dyo_status delete_schedule(db *d, void *user, dyo_err *err)
{
  const schedule_job *j       = user;
  int64_t             changed = 0;
  const dyo_status    st = db_do(d, &changed, err, "DELETE FROM schedules WHERE tenant_id = $1 AND schedule_id = $2",
                                 db_text(j->tenant), db_text(j->id));
  return st == DYO_OK && !changed ? nothing_there(err) : st;
}

dyo_status store_schedule_delete(store *s, const char *tenant, const char *id, dyo_err *err)
{
  schedule_job j = {.tenant = tenant, .id = id};
  return store_write(s, tenant, delete_schedule, &j, err);
}

dyo_status store_schedule_due(store *s, int64_t now, store_schedule *out, dyo_err *err)
{
  rows_list       l     = {.size = sizeof *out, .most = 1, .fill = fill};
  store_schedule *found = NULL;
  size_t          n     = 0;
  dyo_status      st    = store_ask(
            s, ALL_TENANTS, rows_add, &l, err,
            "SELECT " SCHEDULE_COLUMNS " FROM schedules WHERE enabled = 1 AND due <= $1 ORDER BY due LIMIT 1", db_whole(now));
  st = rows_done(&l, st, free_schedules, &found, &n, err);
  if (st != DYO_OK) return st;
  if (n == 0) return nothing_there(err);
  *out = found[0];
  free(found);
  return DYO_OK;
}

static bool any(void *user, const row *r)
{
  (void)r;
  *(bool *)user = true;
  return false;
}

static dyo_status fire(db *d, void *user, dyo_err *err)
{
  schedule_job         *j       = user;
  const store_schedule *t       = j->t;
  int64_t               changed = 0;
  bool                  busy    = false;
  dyo_status            st      = db_do(d, &changed, err,
                                        "UPDATE schedules SET due = $3, last = $4 WHERE tenant_id = $1 AND schedule_id = $2"
                                                        " AND due = $5 AND enabled = 1",
                                        db_text(t->tenant), db_text(t->id), db_whole(j->next), db_whole(j->now), db_whole(j->was));
  j->made                       = false;
  if (st != DYO_OK || !changed) return st;
  st =
    db_ask(d, any, &busy, err, "SELECT 1 FROM runs WHERE tenant_id = $1 AND kind = $2 AND subject = $3 AND state < 2",
           db_text(t->tenant), db_text(t->kind), db_text(t->subject));
  if (st != DYO_OK || busy) return st;
  j->made = true;
  st      = db_do(d, NULL, err,
                  "INSERT INTO runs (tenant_id, run_id, kind, subject, method, request, state, fraction, created, started,"
                       " finished, rows_read, rows_stored, rows_rejected, epoch, lease, attempts, cancel_asked)"
                       " VALUES ($1, $2, $3, $4, NULL, $5, 0, 0, $6, 0, 0, 0, 0, 0, 0, 0, 0, 0)",
                  db_text(t->tenant), db_text(j->id), db_text(t->kind), db_text(t->subject), db_text(t->request),
                  db_whole(j->now));
  return st == DYO_OK ? db_wake(d, err) : st;
}

dyo_status store_schedule_fire(store *s, const store_schedule *t, int64_t was, int64_t next, int64_t now, bool *made,
                               dyo_err *err)
{
  char id[ID_CHARS];
  id_new(id);
  schedule_job     j  = {.id = id, .t = t, .was = was, .next = next, .now = now};
  const dyo_status st = store_write(s, t->tenant, fire, &j, err);
  *made               = st == DYO_OK && j.made;
  return st;
}

static bool take_whole(void *user, const row *r)
{
  if (row_text(r, 0)) *(int64_t *)user = row_whole(r, 0);
  return false;
}

int64_t store_schedule_next_due(store *s)
{
  int64_t due = INT64_MAX;
  dyo_err ignored;
  store_ask_with(s, ALL_TENANTS, "SELECT min(due) FROM schedules WHERE enabled = 1", NULL, 0, take_whole, &due,
                 &ignored);
  return due;
}
