/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "store/mirror_parts.h"

#define OF_OBJECT                                                                                                      \
  " WHERE tenant_id = $1 AND source_no = (SELECT source_no FROM data_sources WHERE tenant_id = $1 AND source_id = $2)" \
  " AND object = $3"

static bool take_whole(void *user, const row *r)
{
  *(int64_t *)user = row_whole(r, 0);
  return false;
}

static bool add_record(void *user, const row *r)
{
  mirror_figures *f = user;
  mirror_sum      one;
  mirror_sum_of(row_text(r, 0), row_text(r, 1), row_whole(r, 2) != 0, row_text(r, 3), &one);
  mirror_sum_add(&f->sum, &one);
  f->written++;
  return true;
}

dyo_status store_mirror_figures(store *s, const char *tenant, const char *source_id, const char *object, int64_t run,
                                mirror_figures *out, dyo_err *err)
{
  *out          = (mirror_figures){0};
  dyo_status st = store_ask(s, tenant, take_whole, &out->live, err,
                            "SELECT count(*) FROM source_records" OF_OBJECT " AND deleted = 0 AND run >= 0",
                            db_text(tenant), db_text(source_id), db_text(object));
  if (st != DYO_OK) return st;
  return store_ask(s, tenant, add_record, out, err,
                   "SELECT record_id, stamp, deleted, content FROM source_records" OF_OBJECT
                   " AND deleted IN (0, 1) AND run = $4 AND run >= 0",
                   db_text(tenant), db_text(source_id), db_text(object), db_whole(run));
}

typedef struct {
  mirror_each each;
  void       *user;
} each_job;

static bool give(void *user, const row *r)
{
  const each_job *j = user;
  return j->each(j->user, row_text(r, 0), row_text(r, 1));
}

dyo_status store_mirror_each(store *s, const char *tenant, const char *source_id, const char *object, mirror_each each,
                             void *user, dyo_err *err)
{
  each_job j = {each, user};
  return store_ask(s, tenant, give, &j, err,
                   "SELECT record_id, stamp FROM source_records" OF_OBJECT " AND deleted = 0 ORDER BY record_id",
                   db_text(tenant), db_text(source_id), db_text(object));
}

static bool take_text(void *user, const row *r)
{
  return !text_copy(r, 0, user);
}

dyo_status store_mirror_get(store *s, const char *tenant, const char *source_id, const char *object, const char *id,
                            char **content, dyo_err *err)
{
  *content            = NULL;
  const dyo_status st = store_ask(s, tenant, take_text, content, err,
                                  "SELECT content FROM source_records" OF_OBJECT " AND record_id = $4 AND deleted = 0",
                                  db_text(tenant), db_text(source_id), db_text(object), db_text(id));
  return st == DYO_OK && !*content ? nothing_there(err) : st;
}

dyo_status store_mirror_state(store *s, const char *tenant, const char *source_id, const char *object, char **state,
                              dyo_err *err)
{
  *state        = NULL;
  dyo_status st = store_ask(s, tenant, take_text, state, err, "SELECT state FROM source_state" OF_OBJECT,
                            db_text(tenant), db_text(source_id), db_text(object));
  if (st == DYO_OK && !*state) *state = strdup("{}");
  return st == DYO_OK && !*state ? dyo_oom(err) : st;
}

/* --- objects that are not wanted any more ------------------------------------------------------------------------------------ */

typedef struct {
  const char        *tenant, *source_id;
  const char *const *objects;
  const char        *object;
  touched            t;
} keep_job;

typedef struct {
  char *object;
} object_row;

static bool fill_object(void *item, const row *r)
{
  return text_copy(r, 0, &((object_row *)item)->object);
}

static void free_objects(void *list, size_t n)
{
  for (size_t i = 0; i < n; i++) free(((object_row *)list)[i].object);
}

static bool touch_row(void *user, const row *r)
{
  keep_job *j = user;
  return touch(&j->t, row_whole(r, 0), row_whole(r, 1));
}

static dyo_status drop_object(db *d, void *user, dyo_err *err)
{
  keep_job *j   = user;
  j->t.n        = 0;
  dyo_status st = source_number(d, j->tenant, j->source_id, &j->t.source_no, err);
  if (st != DYO_OK) return st;
  const db_value v[] = {db_text(j->tenant), db_whole(j->t.source_no), db_text(j->object)};
  st                 = db_run(
                    d, "SELECT DISTINCT series_id, time FROM source_cells WHERE tenant_id = $1 AND source_no = $2 AND object = $3", v,
                    3, touch_row, j, NULL, err);
  if (st == DYO_OK)
    st = db_run(d, "DELETE FROM source_cells WHERE tenant_id = $1 AND source_no = $2 AND object = $3", v, 3, NULL, NULL,
                NULL, err);
  if (st == DYO_OK)
    st = db_run(d, "DELETE FROM source_records WHERE tenant_id = $1 AND source_no = $2 AND object = $3", v, 3, NULL,
                NULL, NULL, err);
  if (st == DYO_OK)
    st = db_run(d, "DELETE FROM source_state WHERE tenant_id = $1 AND source_no = $2 AND object = $3", v, 3, NULL, NULL,
                NULL, err);
  if (st == DYO_OK) st = settle(d, &j->t, err);
  return st;
}

static bool wanted(const char *const *objects, const char *object)
{
  for (; *objects; objects++)
    if (strcmp(*objects, object) == 0) return true;
  return false;
}

dyo_status store_mirror_keep(store *s, const char *tenant, const char *source_id, const char *const *objects,
                             void (*told)(void *user, const char *metric), void *user, dyo_err *err)
{
  rows_list   l    = {.size = sizeof(object_row), .fill = fill_object};
  object_row *list = NULL;
  size_t      n    = 0;
  keep_job    j    = {.tenant    = tenant,
                      .source_id = source_id,
                      .t = {.tenant = tenant, .now = clock_now_ms(), .told = told, .user = user, .guard = store_guard(s)}};
  dyo_status  st   = store_ask(s, tenant, rows_add, &l, err,
                               "SELECT DISTINCT object FROM source_records WHERE tenant_id = $1 AND source_no ="
                                  " (SELECT source_no FROM data_sources WHERE tenant_id = $1 AND source_id = $2)"
                                  " UNION SELECT object FROM source_state WHERE tenant_id = $1 AND source_no ="
                                  " (SELECT source_no FROM data_sources WHERE tenant_id = $1 AND source_id = $2)",
                               db_text(tenant), db_text(source_id));
  st               = rows_done(&l, st, free_objects, &list, &n, err);
  for (size_t i = 0; st == DYO_OK && i < n; i++) {
    if (wanted(objects, list[i].object)) continue;
    j.object = list[i].object;
    st       = store_write(s, tenant, drop_object, &j, err);
  }
  free(j.t.v);
  if (st == DYO_OK || n) free_objects(list, n);
  free(list);
  return st;
}

/* --- the connector's own row -------------------------------------------------------------------------------------------------- */

typedef struct {
  const char *tenant, *id, *state, *message;
  int64_t     last_sync, now;
} note_job;

static dyo_status note(db *d, void *user, dyo_err *err)
{
  const note_job  *j       = user;
  int64_t          changed = 0;
  const dyo_status st =
    db_do(d, &changed, err,
          "UPDATE data_sources SET state = CASE WHEN state = 'paused' THEN state ELSE $3 END," /* until let go on */
          " message = $4, changed = $5, version = version + 1,"
          " last_sync = CASE WHEN $6 > 0 THEN $6 ELSE last_sync END"
          " WHERE tenant_id = $1 AND source_id = $2",
          db_text(j->tenant), db_text(j->id), db_text(j->state), db_text(j->message), db_whole(j->now),
          db_whole(j->last_sync));
  return st == DYO_OK && !changed ? nothing_there(err) : st;
}

dyo_status store_source_note(store *s, const char *tenant, const char *source_id, const char *state,
                             const char *message, int64_t last_sync, dyo_err *err)
{
  note_job j = {tenant, source_id, state, message, last_sync, clock_now_ms()};
  return store_write(s, tenant, note, &j, err);
}
