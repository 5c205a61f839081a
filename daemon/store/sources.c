/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "json/dyo_json.h"
#include "store/parts.h"

void store_source_free(store_source *t, size_t n)
{
  for (size_t i = 0; i < n; i++) {
    char *const texts[] = {t[i].name, t[i].type, t[i].config, t[i].schedule, t[i].zone, t[i].state, t[i].message};
    for (size_t k = 0; k < sizeof texts / sizeof *texts; k++) free(texts[k]);
  }
}

static void free_sources(void *t, size_t n)
{
  store_source_free(t, n);
}

#define SOURCE_COLUMNS \
  "source_id, name, type, config, schedule, zone, state, message, created, changed, last_sync, next_sync, version"

static bool fill(void *item, const row *r)
{
  store_source *t = item;
  t->created      = row_whole(r, 8);
  t->changed      = row_whole(r, 9);
  t->last_sync    = row_whole(r, 10);
  t->next_sync    = row_whole(r, 11);
  t->version      = row_whole(r, 12);
  return id_copy(r, 0, t->id) && text_copy(r, 1, &t->name) && text_copy(r, 2, &t->type) &&
         text_copy(r, 3, &t->config) && text_copy(r, 4, &t->schedule) && text_copy(r, 5, &t->zone) &&
         text_copy(r, 6, &t->state) && text_copy(r, 7, &t->message);
}

typedef struct {
  const char         *tenant, *id, *by;
  const store_source *in;
  int64_t             now;
  char               *own; /* of ID_CHARS: where an id goes */
  quota_guard        *guard;
} source_job;

#define FIRST_OF_TYPE "SELECT source_id FROM data_sources WHERE tenant_id = $1 AND type = $2 ORDER BY source_id LIMIT 1"

/* An event about a connector: what it is, as far as it is known here. */
static dyo_status note(db *d, const source_job *j, const char *by, const char *action, const char *type,
                       const char *name, dyo_err *err)
{
  dyo_buf detail = {0};
  dyo_buf_puts(&detail, "{\"type\":");
  dyo_buf_string(&detail, type);
  dyo_buf_puts(&detail, ",\"name\":");
  dyo_buf_string(&detail, name);
  dyo_buf_puts(&detail, "}");
  const audit_event e  = {.actor = by, .action = action, .subject = j->id, .detail = detail.s};
  const dyo_status  st = detail.failed ? dyo_oom(err) : audit_note(d, j->tenant, &e, err);
  dyo_buf_free(&detail);
  return st;
}

static dyo_status add(db *d, void *user, dyo_err *err)
{
  const source_job   *j  = user;
  const store_source *t  = j->in;
  dyo_status          st = quota_more(d, j->tenant, j->guard, QUOTA_SOURCES, 1, err);
  if (st != DYO_OK) return st;
  st = db_do(d, NULL, err,
             "INSERT INTO data_sources (tenant_id, source_id, source_no, name, type, config, schedule, zone, state,"
             " message, created, changed, last_sync, next_sync, version) VALUES ($1, $2,"
             " (SELECT coalesce(max(source_no), 0) + 1 FROM data_sources WHERE tenant_id = $1),"
             " $3, $4, $5, $6, $7, $8, $9, $10, $10, $11, $12, 1)",
             db_text(j->tenant), db_text(j->id), db_text(t->name), db_text(t->type), db_text(t->config),
             db_text(t->schedule), db_text(t->zone), db_text(t->state), db_text(t->message), db_whole(j->now),
             db_whole(t->last_sync), db_whole(t->next_sync));
  return st == DYO_OK ? note(d, j, t->by, "connector.create", t->type, t->name, err) : st;
}

dyo_status store_source_add(store *s, const char *tenant, const store_source *in, char id[ID_CHARS], dyo_err *err)
{
  id_new(id);
  source_job j = {.tenant = tenant, .id = id, .in = in, .now = clock_now_ms(), .guard = store_guard(s)};
  return store_write(s, tenant, add, &j, err);
}

static bool take_id(void *user, const row *r)
{
  const source_job *j = user;
  id_copy(r, 0, j->own);
  return false;
}

static dyo_status find_first(source_job *j, store *s, dyo_err *err)
{
  j->own[0] = '\0';
  return store_ask(s, j->tenant, take_id, j, err, FIRST_OF_TYPE, db_text(j->tenant), db_text(j->in->type));
}

/* Looks again on the writer's thread: another one may have been as quick. */
static dyo_status add_first(db *d, void *user, dyo_err *err)
{
  source_job *j = user;
  j->own[0]     = '\0';
  dyo_status st = db_ask(d, take_id, j, err, FIRST_OF_TYPE, db_text(j->tenant), db_text(j->in->type));
  if (st != DYO_OK || j->own[0]) return st;
  id_new(j->own);
  j->id = j->own;
  return add(d, user, err);
}

dyo_status store_source_first(store *s, const char *tenant, const store_source *in, char id[ID_CHARS], dyo_err *err)
{
  source_job       j  = {.tenant = tenant, .in = in, .now = clock_now_ms(), .own = id, .guard = store_guard(s)};
  const dyo_status st = find_first(&j, s, err);
  return st != DYO_OK || id[0] ? st : store_write(s, tenant, add_first, &j, err);
}

dyo_status store_source_get(store *s, const char *tenant, const char *id, store_source *out, dyo_err *err)
{
  rows_list     l     = {.size = sizeof *out, .most = 1, .fill = fill};
  store_source *found = NULL;
  size_t        n     = 0;
  dyo_status    st    = store_ask(s, tenant, rows_add, &l, err,
                                  "SELECT " SOURCE_COLUMNS " FROM data_sources WHERE tenant_id = $1 AND source_id = $2",
                                  db_text(tenant), db_text(id));
  st                  = rows_done(&l, st, free_sources, &found, &n, err);
  if (st != DYO_OK) return st;
  if (n == 0) return nothing_there(err);
  *out = found[0];
  free(found);
  return DYO_OK;
}

dyo_status store_source_list(store *s, const char *tenant, const store_page *page, store_source **out, size_t *n,
                             char next[STORE_CURSOR], dyo_err *err)
{
  rows_list l = {.size = sizeof **out, .most = (size_t)page_limit(page), .fill = fill};
  if (!page_by_id(page, err)) return err->code;
  dyo_status st = store_ask(s, tenant, rows_add, &l, err,
                            "SELECT " SOURCE_COLUMNS " FROM data_sources WHERE tenant_id = $1 AND source_id > $2"
                            " ORDER BY source_id LIMIT $3",
                            db_text(tenant), db_text(page_after(page)), page_rows(page));
  st            = rows_done(&l, st, free_sources, out, n, err);
  snprintf(next, STORE_CURSOR, "%s", st == DYO_OK && l.more ? (*out)[*n - 1].id : "");
  return st;
}

typedef struct {
  const store_source *to;
  dyo_buf             names; /* of members that are other ones from here on, a JSON array without its end */
} change_list;

static bool list_changes(void *user, const row *r)
{
  change_list             *c       = user;
  const store_source      *t       = c->to;
  static const char *const names[] = {"name", "config", "schedule", "zone", "state"};
  const char *const        is[]    = {t->name, t->config, t->schedule, t->zone, t->state};
  for (int i = 0; i < (int)(sizeof is / sizeof *is); i++) {
    const char *was = row_text(r, i);
    if (was && is[i] ? strcmp(was, is[i]) != 0 : was != is[i])
      dyo_buf_printf(&c->names, "%s\"%s\"", c->names.n > 1 ? "," : "", names[i]);
  }
  return false;
}

/* What changes, before it does. */
static dyo_status note_change(db *d, const source_job *j, dyo_err *err)
{
  change_list c = {.to = j->in};
  dyo_buf_puts(&c.names, "[");
  dyo_status st     = db_ask(d, list_changes, &c, err,
                             "SELECT name, config, schedule, zone, state FROM data_sources WHERE tenant_id = $1"
                                 " AND source_id = $2",
                             db_text(j->tenant), db_text(j->id));
  dyo_buf    detail = {0};
  dyo_buf_printf(&detail, "{\"changed\":%s]}", c.names.failed ? "[" : c.names.s);
  const audit_event e = {.actor = j->in->by, .action = "connector.change", .subject = j->id, .detail = detail.s};
  if (st == DYO_OK && (detail.failed || c.names.failed)) st = dyo_oom(err);
  if (st == DYO_OK) st = audit_note(d, j->tenant, &e, err);
  dyo_buf_free(&c.names);
  dyo_buf_free(&detail);
  return st;
}

static dyo_status put(db *d, void *user, dyo_err *err)
{
  const source_job   *j       = user;
  const store_source *t       = j->in;
  int64_t             changed = 0;
  dyo_status          st      = note_change(d, j, err);
  if (st == DYO_OK)
    st = db_do(
      d, &changed, err,
      "UPDATE data_sources SET name = $3, config = $4, schedule = $5, zone = $6, state = $7, message = $8, changed = $9,"
      " last_sync = $10, next_sync = $11, version = version + 1"
      " WHERE tenant_id = $1 AND source_id = $2 AND version = $12",
      db_text(j->tenant), db_text(t->id), db_text(t->name), db_text(t->config), db_text(t->schedule), db_text(t->zone),
      db_text(t->state), db_text(t->message), db_whole(j->now), db_whole(t->last_sync), db_whole(t->next_sync),
      db_whole(t->version));
  if (st != DYO_OK || changed) return st;
  st = db_do(d, &changed, err, "UPDATE data_sources SET version = version WHERE tenant_id = $1 AND source_id = $2",
             db_text(j->tenant), db_text(t->id));
  if (st == DYO_OK && changed) st = dyo_fail(err, DYO_CONFLICT, "/version", "it was changed meanwhile; read it again");
  return st == DYO_OK ? nothing_there(err) : st;
}

dyo_status store_source_put(store *s, const char *tenant, const store_source *in, dyo_err *err)
{
  source_job j = {.tenant = tenant, .id = in->id, .in = in, .now = clock_now_ms()};
  return store_write(s, tenant, put, &j, err);
}

typedef struct {
  int64_t number;
  char   *type, *name;
  bool    failed;
} gone;

static bool take_gone(void *user, const row *r)
{
  gone *g   = user;
  g->number = row_whole(r, 0);
  g->failed = !text_copy(r, 1, &g->type) || !text_copy(r, 2, &g->name);
  return false;
}

/* Series lose the source's values; what is empty then goes. */
static dyo_status take_values_away(db *d, const char *tenant, int64_t number, dyo_err *err)
{
  const db_value           v[]     = {db_text(tenant), db_whole(number)};
  static const char *const steps[] = {
    "UPDATE metrics SET version = version + 1 WHERE tenant_id = $1 AND metric IN (SELECT metric FROM series s WHERE"
    " s.tenant_id = $1 AND EXISTS (SELECT 1 FROM business_metrics b WHERE b.tenant_id = $1 AND b.series_id = s.series_id"
    " AND b.source_no = $2))",
    "DELETE FROM business_metrics WHERE tenant_id = $1 AND source_no = $2",
    "DELETE FROM source_cells WHERE tenant_id = $1 AND source_no = $2",
    "DELETE FROM source_records WHERE tenant_id = $1 AND source_no = $2",
    "DELETE FROM source_state WHERE tenant_id = $1 AND source_no = $2",
    "UPDATE series SET n = (SELECT count(*) FROM business_metrics b WHERE b.tenant_id = $1 AND b.series_id ="
    " series.series_id) WHERE tenant_id = $1",
    "DELETE FROM series WHERE tenant_id = $1 AND n = 0",
    "UPDATE series SET first = (SELECT min(time) FROM business_metrics b WHERE b.tenant_id = $1 AND b.series_id ="
    " series.series_id), last = (SELECT max(time) FROM business_metrics b WHERE b.tenant_id = $1 AND b.series_id ="
    " series.series_id) WHERE tenant_id = $1",
    "DELETE FROM metrics WHERE tenant_id = $1 AND NOT EXISTS (SELECT 1 FROM series s WHERE s.tenant_id = $1 AND"
    " s.metric = metrics.metric)",
  };
  dyo_status st = DYO_OK;
  for (size_t i = 0; st == DYO_OK && i < sizeof steps / sizeof *steps; i++)
    st = db_run(d, steps[i], v, 2, NULL, NULL, NULL, err);
  return st == DYO_OK ? usage_count_anew(d, tenant, err) : st;
}

static dyo_status delete_source(db *d, void *user, dyo_err *err)
{
  const source_job *j  = user;
  gone              g  = {0};
  dyo_status        st = db_ask(d, take_gone, &g, err,
                                "SELECT source_no, type, name FROM data_sources WHERE tenant_id = $1 AND source_id = $2",
                                db_text(j->tenant), db_text(j->id));
  if (st == DYO_OK && g.failed) st = dyo_oom(err);
  if (st == DYO_OK && g.number == 0) st = nothing_there(err);
  if (st == DYO_OK) st = note(d, j, j->by, "connector.delete", g.type, g.name, err);
  free(g.type), free(g.name);
  if (st == DYO_OK)
    st = db_do(d, NULL, err,
               "DELETE FROM raw_pieces WHERE tenant_id = $1 AND raw_id IN"
               " (SELECT raw_id FROM raw_files WHERE tenant_id = $1 AND source_id = $2)",
               db_text(j->tenant), db_text(j->id));
  if (st == DYO_OK)
    st = db_do(d, NULL, err, "DELETE FROM raw_files WHERE tenant_id = $1 AND source_id = $2", db_text(j->tenant),
               db_text(j->id));
  if (st == DYO_OK)
    st = db_do(d, NULL, err, "DELETE FROM source_secrets WHERE tenant_id = $1 AND source_id = $2", db_text(j->tenant),
               db_text(j->id));
  if (st == DYO_OK) st = take_values_away(d, j->tenant, g.number, err);
  if (st == DYO_OK)
    st = db_do(d, NULL, err, "DELETE FROM schedules WHERE tenant_id = $1 AND subject = $2", db_text(j->tenant),
               db_text(j->id));
  if (st == DYO_OK)
    st = db_do(d, NULL, err, "DELETE FROM data_sources WHERE tenant_id = $1 AND source_id = $2", db_text(j->tenant),
               db_text(j->id));
  return st;
}

dyo_status store_source_delete(store *s, const char *tenant, const char *id, const char *by, dyo_err *err)
{
  source_job j = {.tenant = tenant, .id = id, .by = by};
  return store_write(s, tenant, delete_source, &j, err);
}
