/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A batch is a row with a place among the series. Whoever takes one of its runs makes the next few, in the same transaction as the place
 * moves on, so that there are never many that wait and an end at any moment leaves none out and makes none twice. Rows are locked by
 * whoever feeds: others pass by. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "json/dyo_json.h"
#include "store/parts.h"

/* Of a tenant's batches together: WINDOW runs wait at most, and fewer than LOW are topped up. With a filter PAGE series are looked at in
 * a read, and LOOKS reads made before others get their turn. */
enum { WINDOW = 32, LOW = 8, PAGE = 500, LOOKS = 20 };

void store_batch_free(store_batch *b, size_t n)
{
  for (size_t i = 0; i < n; i++) free(b[i].metric), free(b[i].dimensions), free(b[i].request);
}

static void free_batches(void *b, size_t n)
{
  store_batch_free(b, n);
}

static bool take_whole(void *user, const row *r)
{
  *(int64_t *)user = row_whole(r, 0);
  return false;
}

typedef struct {
  const char        *tenant, *id, *by;
  const store_batch *in;
  const char        *chosen;
  int64_t            now, series, until;
} batch_job;

/* --- which series -------------------------------------------------------------------------------------------------------- */

typedef struct {
  int64_t no;
  char   *metric, *dimensions;
} series_row;

static bool fill_series(void *item, const row *r)
{
  series_row *s = item;
  s->no         = row_whole(r, 0);
  return text_copy(r, 1, &s->metric) && text_copy(r, 2, &s->dimensions);
}

static void free_series(void *list, size_t n)
{
  series_row *s = list;
  for (size_t i = 0; i < n; i++) free(s[i].metric), free(s[i].dimensions);
}

typedef struct {
  const char *dimensions;
  int64_t     n, last;
} series_count;

static bool count_series(void *user, const row *r)
{
  series_count *c = user;
  if (!has_members(row_text(r, 1), c->dimensions)) return true;
  c->n++;
  if (row_whole(r, 0) > c->last) c->last = row_whole(r, 0);
  return true;
}

static bool take_count(void *user, const row *r)
{
  series_count *c = user;
  c->n            = row_whole(r, 0);
  c->last         = row_whole(r, 1);
  return false;
}

static dyo_status count_all(store *s, const char *tenant, const store_batch *in, series_count *c, dyo_err *err)
{
  c->dimensions = in->dimensions;
  dyo_status st =
    in->dimensions
      ? store_ask(s, tenant, count_series, c, err,
                  "SELECT series_id, dimensions FROM series WHERE tenant_id = $1 AND ($2 IS NULL OR metric = $2)",
                  db_text(tenant), db_text(in->metric))
      : store_ask(s, tenant, take_count, c, err,
                  "SELECT count(*), coalesce(max(series_id), 0) FROM series WHERE tenant_id = $1"
                  " AND ($2 IS NULL OR metric = $2)",
                  db_text(tenant), db_text(in->metric));
  if (st != DYO_OK || c->n) return st;
  return in->metric ? dyo_fail(err, DYO_NOT_FOUND, in->dimensions ? "/dimensions" : "/metric_name",
                               "there is no such series of a metric \"%.100s\"", in->metric)
                    : dyo_fail(err, DYO_INSUFFICIENT_DATA, "/dimensions", "there is no stored series like that");
}

/* Their numbers in order, each once, as text. */
static dyo_status find_chosen(store *s, const char *tenant, const store_name *list, size_t n, dyo_buf *out,
                              series_count *c, dyo_err *err)
{
  int64_t   *no = calloc(n, sizeof *no);
  dyo_status st = no ? DYO_OK : dyo_oom(err);
  for (size_t i = 0; st == DYO_OK && i < n; i++) {
    char path[40];
    st = store_ask(s, tenant, take_whole, &no[i], err,
                   "SELECT series_id FROM series WHERE tenant_id = $1 AND metric = $2 AND dimensions = $3",
                   db_text(tenant), db_text(list[i].metric), db_text(list[i].dimensions));
    snprintf(path, sizeof path, "/series/%zu", i);
    if (st == DYO_OK && !no[i])
      st = dyo_fail(err, DYO_NOT_FOUND, path, "there is no series of \"%.80s\" with the dimensions %.80s",
                    list[i].metric, list[i].dimensions);
  }
  if (st == DYO_OK) qsort(no, n, sizeof *no, whole_order);
  for (size_t i = 0; st == DYO_OK && i < n; i++) {
    if (i && no[i] == no[i - 1]) continue;
    dyo_buf_printf(out, "%s%lld", c->n++ ? "," : "", (long long)no[i]);
    c->last = no[i];
  }
  free(no);
  return st == DYO_OK && out->failed ? dyo_oom(err) : st;
}

/* --- feeding ------------------------------------------------------------------------------------------------------------- */

/* A batch that is not whole, its row locked. */
typedef struct {
  char    tenant[256], id[ID_CHARS];
  char   *metric, *dimensions, *chosen, *request;
  int64_t position, until, now, made, room;
  bool    found, end; /* end: no series is left */
} feed;

static bool take_feed(void *user, const row *r)
{
  feed *f     = user;
  f->found    = true;
  f->position = row_whole(r, 6);
  f->until    = row_whole(r, 7);
  snprintf(f->tenant, sizeof f->tenant, "%s", row_text(r, 0));
  f->found = id_copy(r, 1, f->id) && text_copy(r, 2, &f->metric) && text_copy(r, 3, &f->dimensions) &&
             text_copy(r, 4, &f->chosen) && text_copy(r, 5, &f->request);
  return false;
}

static void free_feed(feed *f)
{
  free(f->metric), free(f->dimensions), free(f->chosen), free(f->request);
}

static dyo_status add_run(db *d, feed *f, const series_row *s, dyo_err *err)
{
  dyo_buf b = {0};
  char    id[ID_CHARS];
  id_new(id);
  dyo_buf_puts(&b, "{\"operation\":\"forecast.create\",\"input\":{\"metric_name\":");
  dyo_buf_string(&b, s->metric);
  dyo_buf_printf(&b, ",\"dimensions\":%s%s", s->dimensions, strcmp(f->request, "{}") == 0 ? "" : ",");
  dyo_buf_puts(&b, f->request + 1);
  dyo_buf_puts(&b, "}");
  const db_value v[] = {db_text(f->tenant), db_text(id), db_text(b.s), db_whole(f->now), db_text(f->id)};
  dyo_status     st  = b.failed ? dyo_oom(err) : DYO_OK;
  if (st == DYO_OK)
    st = db_later(d,
                  "INSERT INTO runs (tenant_id, run_id, kind, subject, request, state, fraction, created, started,"
                  " finished, rows_read, rows_stored, rows_rejected, epoch, lease, attempts, cancel_asked, batch_id)"
                  " VALUES ($1, $2, 'operation', 'forecast.create', $3, 0, 0, $4, 0, 0, 0, 0, 0, 0, 0, 0, 0, $5)",
                  v, 5, NULL, NULL, NULL, err);
  dyo_buf_free(&b);
  f->made++;
  return st;
}

/* A run for each of these that it means, until there is no more room. */
static dyo_status add_runs(db *d, feed *f, const series_row *s, size_t n, dyo_err *err)
{
  dyo_status st = DYO_OK;
  for (size_t i = 0; st == DYO_OK && i < n && f->made < f->room; i++) {
    f->position = s[i].no;
    if (!f->dimensions || has_members(s[i].dimensions, f->dimensions)) st = add_run(d, f, &s[i], err);
  }
  return st;
}

static dyo_status look_further(db *d, feed *f, dyo_err *err)
{
  rows_list     l    = {.size = sizeof(series_row), .fill = fill_series};
  const int64_t most = f->dimensions ? PAGE : f->room - f->made;
  series_row   *list = NULL;
  size_t        n    = 0;
  dyo_status    st =
    db_ask(d, rows_add, &l, err,
           "SELECT series_id, metric, dimensions FROM series WHERE tenant_id = $1 AND series_id > $2"
           " AND series_id <= $3 AND ($4 IS NULL OR metric = $4) ORDER BY series_id LIMIT $5",
           db_text(f->tenant), db_whole(f->position), db_whole(f->until), db_text(f->metric), db_whole(most));
  st = rows_done(&l, st, free_series, &list, &n, err);
  if (st == DYO_OK) st = add_runs(d, f, list, n, err);
  f->end = (int64_t)n < most && (n == 0 || f->position == list[n - 1].no);
  free_series(list, n);
  free(list);
  return st;
}

static dyo_status look_at_chosen(db *d, feed *f, dyo_err *err)
{
  dyo_status st = DYO_OK;
  char      *at = f->chosen;
  while (st == DYO_OK && *at && f->made < f->room) {
    const int64_t no   = strtoll(at, &at, 10);
    rows_list     l    = {.size = sizeof(series_row), .most = 1, .fill = fill_series};
    series_row   *list = NULL;
    size_t        n    = 0;
    at += *at == ',';
    if (no <= f->position) continue;
    f->position = no;
    st          = db_ask(d, rows_add, &l, err,
                         "SELECT series_id, metric, dimensions FROM series WHERE tenant_id = $1 AND series_id = $2",
                         db_text(f->tenant), db_whole(no));
    st          = rows_done(&l, st, free_series, &list, &n, err);
    if (st == DYO_OK) st = add_runs(d, f, list, n, err);
    free_series(list, n);
    free(list);
  }
  f->end = !*at;
  return st;
}

/* Moved on. Once it is whole, what it counts is what there was: series may have gone since it was made. */
static dyo_status move_on(db *d, const feed *f, dyo_err *err)
{
  dyo_status st = db_do(d, NULL, err,
                        "UPDATE batches SET position = $3, fed = fed + $4, whole = $5,"
                        " series = CASE WHEN $5 = 1 OR series < fed + $4 THEN fed + $4 ELSE series END"
                        " WHERE tenant_id = $1 AND batch_id = $2",
                        db_text(f->tenant), db_text(f->id), db_whole(f->position), db_whole(f->made), db_whole(f->end));
  if (st == DYO_OK && f->end) st = batch_count(d, f->tenant, f->id, RUN_QUEUED, 0, f->now, err);
  return st == DYO_OK && f->made ? db_wake(d, err) : st;
}

static dyo_status waiting_runs(db *d, const char *tenant, int64_t *n, dyo_err *err)
{
  return db_ask(d, take_whole, n, err,
                "SELECT count(*) FROM runs WHERE tenant_id = $1 AND batch_id > '' AND state = 0 AND state < 2",
                db_text(tenant));
}

#define FEED_COLUMNS "tenant_id, batch_id, metric, dimensions, chosen, request, position, until"

/* The tenant's oldest that is not whole; NULL: anybody's. */
static dyo_status lock_oldest(db *d, const char *tenant, feed *f, dyo_err *err)
{
  return tenant ? db_ask(d, take_feed, f, err,
                         "SELECT " FEED_COLUMNS " FROM batches WHERE state < 2 AND whole = 0 AND tenant_id = $1"
                         " ORDER BY batch_id LIMIT 1 /*pg FOR UPDATE SKIP LOCKED*/",
                         db_text(tenant))
                : db_run(d,
                         "SELECT " FEED_COLUMNS " FROM batches WHERE state < 2 AND whole = 0"
                         " ORDER BY batch_id LIMIT 1 /*pg FOR UPDATE SKIP LOCKED*/",
                         NULL, 0, take_feed, f, NULL, err);
}

static dyo_status feed_it(db *d, feed *f, dyo_err *err)
{
  int64_t    waiting = 0;
  dyo_status st      = waiting_runs(d, f->tenant, &waiting, err);
  f->room            = WINDOW - waiting;
  if (st != DYO_OK || waiting >= LOW) return st;
  if (f->chosen) st = look_at_chosen(d, f, err);
  for (int i = 0; !f->chosen && st == DYO_OK && i < LOOKS && f->made < f->room && !f->end; i++)
    st = look_further(d, f, err);
  return st == DYO_OK ? move_on(d, f, err) : st;
}

dyo_status batch_feed(db *d, const char *tenant, int64_t now, bool *moved, dyo_err *err)
{
  int64_t    waiting = 0;
  feed       f       = {.now = now};
  dyo_status st      = tenant ? waiting_runs(d, tenant, &waiting, err) : DYO_OK;
  *moved             = false;
  if (st != DYO_OK || waiting >= LOW) return st;
  st = lock_oldest(d, tenant, &f, err);
  if (st == DYO_OK && f.found) st = feed_it(d, &f, err);
  *moved = st == DYO_OK && (f.made > 0 || f.end);
  free_feed(&f);
  return st;
}

/* --- counting ------------------------------------------------------------------------------------------------------------ */

typedef struct {
  int64_t left;
  bool    whole, cancel_asked;
  int64_t succeeded, amiss;
} standing;

static bool take_standing(void *user, const row *r)
{
  *(standing *)user =
    (standing){row_whole(r, 0), row_whole(r, 1) != 0, row_whole(r, 2) != 0, row_whole(r, 3), row_whole(r, 4)};
  return false;
}

static store_run_state end_of(const standing *t)
{
  return t->cancel_asked ? RUN_CANCELLED : t->amiss == 0 ? RUN_SUCCEEDED : t->succeeded == 0 ? RUN_FAILED : RUN_PARTIAL;
}

dyo_status batch_count(db *d, const char *tenant, const char *id, store_run_state state, int64_t n, int64_t now,
                       dyo_err *err)
{
  standing   t = {.left = 1};
  dyo_status st =
    db_ask(d, take_standing, &t, err,
           "UPDATE batches SET succeeded = succeeded + $3, failed = failed + $4, cancelled = cancelled + $5"
           " WHERE tenant_id = $1 AND batch_id = $2 AND state < 2"
           " RETURNING fed - succeeded - failed - cancelled, whole, cancel_asked, succeeded, failed + cancelled",
           db_text(tenant), db_text(id), db_whole(state == RUN_SUCCEEDED || state == RUN_PARTIAL ? n : 0),
           db_whole(state == RUN_FAILED ? n : 0), db_whole(state == RUN_CANCELLED ? n : 0));
  if (st != DYO_OK || !t.whole || t.left > 0) return st;
  return db_do(d, NULL, err, "UPDATE batches SET state = $3, finished = $4 WHERE tenant_id = $1 AND batch_id = $2",
               db_text(tenant), db_text(id), db_whole(end_of(&t)), db_whole(now));
}

/* --- making, seeing, ending ------------------------------------------------------------------------------------------------ */

static dyo_status note_event(db *d, const batch_job *j, const char *action, const char *detail, dyo_err *err)
{
  const audit_event e = {.actor = j->by, .action = action, .subject = j->id, .detail = detail};
  return audit_note(d, j->tenant, &e, err);
}

static dyo_status add(db *d, void *user, dyo_err *err)
{
  const batch_job   *j     = user;
  const store_batch *b     = j->in;
  bool               moved = false;
  char               detail[40];
  snprintf(detail, sizeof detail, "{\"series\":%lld}", (long long)j->series);
  dyo_status st =
    db_do(d, NULL, err,
          "INSERT INTO batches (tenant_id, batch_id, metric, dimensions, chosen, request, state, whole, cancel_asked,"
          " series, fed, position, until, succeeded, failed, cancelled, created, finished)"
          " VALUES ($1, $2, $3, $4, $5, $6, 1, 0, 0, $7, 0, 0, $8, 0, 0, 0, $9, 0)",
          db_text(j->tenant), db_text(j->id), db_text(b->metric), db_text(b->dimensions), db_text(j->chosen),
          db_text(b->request), db_whole(j->series), db_whole(j->until), db_whole(j->now));
  if (st == DYO_OK) st = note_event(d, j, "batch.create", detail, err);
  return st == DYO_OK ? batch_feed(d, j->tenant, j->now, &moved, err) : st;
}

dyo_status store_batch_add(store *s, const char *tenant, const store_batch *in, const store_name *list, size_t n,
                           char id[ID_CHARS], dyo_err *err)
{
  dyo_buf      chosen = {0};
  series_count c      = {0};
  id_new(id);
  dyo_status st = list ? find_chosen(s, tenant, list, n, &chosen, &c, err) : count_all(s, tenant, in, &c, err);
  batch_job  j  = {.tenant = tenant,
                   .id     = id,
                   .by     = in->by,
                   .in     = in,
                   .chosen = chosen.s,
                   .now    = clock_now_ms(),
                   .series = c.n,
                   .until  = c.last};
  if (st == DYO_OK) st = store_write(s, tenant, add, &j, err);
  dyo_buf_free(&chosen);
  return st;
}

#define BATCH_COLUMNS                                                                                               \
  "batch_id, metric, dimensions, request, state, cancel_asked, series, fed, succeeded, failed, cancelled, created," \
  " finished, (SELECT count(*) FROM runs r WHERE r.tenant_id = b.tenant_id AND r.batch_id = b.batch_id AND"         \
  " r.batch_id IS NOT NULL AND r.state = 0 AND r.state < 2)"

static bool fill(void *item, const row *r)
{
  store_batch *b  = item;
  b->cancel_asked = row_whole(r, 5) != 0;
  b->series       = row_whole(r, 6);
  b->succeeded    = row_whole(r, 8);
  b->failed       = row_whole(r, 9);
  b->cancelled    = row_whole(r, 10);
  b->created      = row_whole(r, 11);
  b->finished     = row_whole(r, 12);
  b->queued       = row_whole(r, 13);
  b->waiting      = b->series - row_whole(r, 7);
  b->running      = row_whole(r, 7) - b->succeeded - b->failed - b->cancelled - b->queued;
  b->state        = (store_run_state)row_whole(r, 4);
  if (b->state == RUN_RUNNING && b->waiting + b->queued == b->series) b->state = RUN_QUEUED;
  return id_copy(r, 0, b->id) && text_copy(r, 1, &b->metric) && text_copy(r, 2, &b->dimensions) &&
         text_copy(r, 3, &b->request);
}

dyo_status store_batch_get(store *s, const char *tenant, const char *id, store_batch *out, dyo_err *err)
{
  rows_list    l     = {.size = sizeof *out, .most = 1, .fill = fill};
  store_batch *found = NULL;
  size_t       n     = 0;
  dyo_status   st    = store_ask(s, tenant, rows_add, &l, err,
                                 "SELECT " BATCH_COLUMNS " FROM batches b WHERE tenant_id = $1 AND batch_id = $2",
                                 db_text(tenant), db_text(id));
  st                 = rows_done(&l, st, free_batches, &found, &n, err);
  if (st != DYO_OK) return st;
  if (n == 0) return nothing_there(err);
  *out = found[0];
  free(found);
  return DYO_OK;
}

dyo_status store_batch_list(store *s, const char *tenant, const store_page *page, store_batch **out, size_t *n,
                            char next[STORE_CURSOR], dyo_err *err)
{
  rows_list l = {.size = sizeof **out, .most = (size_t)page_limit(page), .fill = fill};
  if (!page_by_id(page, err)) return err->code;
  dyo_status st =
    store_ask(s, tenant, rows_add, &l, err,
              "SELECT " BATCH_COLUMNS " FROM batches b WHERE tenant_id = $1 AND ($2 = '' OR batch_id < $2)"
              " ORDER BY batch_id DESC LIMIT $3",
              db_text(tenant), db_text(page_after(page)), page_rows(page));
  st = rows_done(&l, st, free_batches, out, n, err);
  snprintf(next, STORE_CURSOR, "%s", st == DYO_OK && l.more ? (*out)[*n - 1].id : "");
  return st;
}

/* What is not a run yet becomes none; what waits is over; what is under way is asked to end. */
static dyo_status cancel(db *d, void *user, dyo_err *err)
{
  const batch_job *j       = user;
  int64_t          changed = 0, queued = 0;
  dyo_status       st =
    db_do(d, &changed, err,
          "UPDATE batches SET cancel_asked = 1, whole = 1, cancelled = cancelled + series - fed, fed = series"
          " WHERE tenant_id = $1 AND batch_id = $2 AND state < 2",
          db_text(j->tenant), db_text(j->id));
  if (st == DYO_OK && !changed) {
    int64_t there = 0;
    st            = db_ask(d, take_whole, &there, err, "SELECT 1 FROM batches WHERE tenant_id = $1 AND batch_id = $2",
                           db_text(j->tenant), db_text(j->id));
    if (st == DYO_OK && there) return dyo_fail(err, DYO_CONFLICT, "", "the batch has ended already");
    return st == DYO_OK ? nothing_there(err) : st;
  }
  if (st == DYO_OK)
    st = db_do(d, &queued, err,
               "UPDATE runs SET state = 5, cancel_asked = 1, finished = $3, code = 'cancelled', path = '',"
               " message = 'cancelled before it began' WHERE tenant_id = $1 AND batch_id = $2 AND"
               " batch_id IS NOT NULL AND state = 0 AND state < 2",
               db_text(j->tenant), db_text(j->id), db_whole(j->now));
  if (st == DYO_OK)
    st = db_do(d, NULL, err,
               "UPDATE runs SET cancel_asked = 1 WHERE tenant_id = $1 AND batch_id = $2 AND batch_id IS NOT NULL"
               " AND state = 1 AND state < 2",
               db_text(j->tenant), db_text(j->id));
  if (st == DYO_OK) st = batch_count(d, j->tenant, j->id, RUN_CANCELLED, queued, j->now, err);
  return st == DYO_OK ? note_event(d, j, "batch.cancel", "{}", err) : st;
}

dyo_status store_batch_cancel(store *s, const char *tenant, const char *id, const char *by, int64_t now, dyo_err *err)
{
  batch_job j = {.tenant = tenant, .id = id, .by = by, .now = now};
  return store_write(s, tenant, cancel, &j, err);
}
