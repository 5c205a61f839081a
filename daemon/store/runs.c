/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A run is leased under an epoch that grows with each lease; whoever writes for it names the epoch, so that a worker that was thought
 * dead and comes back late writes nothing. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "store/mirror.h"
#include "store/parts.h"

enum { KINDS_MOST = 8, ATTEMPTS_MOST = 20 };

/* Of a queued run, `lease` is the moment it was put off to. One that is further away than any is: the clock was put back since. */
enum { FAR_MS = 600000 };

const char *const store_run_words[] = {"queued", "running", "succeeded", "partial", "failed", "cancelled", NULL};

void store_run_free(store_run *r, size_t n)
{
  for (size_t i = 0; i < n; i++) {
    char *const texts[] = {r[i].tenant,     r[i].kind,  r[i].subject, r[i].method, r[i].request, r[i].result,
                           r[i].checkpoint, r[i].stage, r[i].code,    r[i].path,   r[i].message};
    for (size_t k = 0; k < sizeof texts / sizeof *texts; k++) free(texts[k]);
  }
}

static void free_runs(void *r, size_t n)
{
  store_run_free(r, n);
}

#define RUN_COLUMNS                                                                                                     \
  "run_id, tenant_id, kind, subject, method, request, result, checkpoint, stage, code, path, message, state, fraction," \
  " created, started, finished, rows_read, rows_stored, rows_rejected, epoch, attempts, cancel_asked, batch_id"

static bool fill(void *item, const row *r)
{
  store_run *t    = item;
  char     **to[] = {&t->tenant,     &t->kind,  &t->subject, &t->method, &t->request, &t->result,
                     &t->checkpoint, &t->stage, &t->code,    &t->path,   &t->message};
  bool       ok   = id_copy(r, 0, t->id);
  for (int i = 0; i < 11; i++) ok = text_copy(r, i + 1, to[i]) && ok;
  t->state         = (store_run_state)row_whole(r, 12);
  t->fraction      = row_real(r, 13);
  t->created       = row_whole(r, 14);
  t->started       = row_whole(r, 15);
  t->finished      = row_whole(r, 16);
  t->rows_read     = row_whole(r, 17);
  t->rows_stored   = row_whole(r, 18);
  t->rows_rejected = row_whole(r, 19);
  t->epoch         = row_whole(r, 20);
  t->attempts      = (int)row_whole(r, 21);
  t->cancel_asked  = row_whole(r, 22) != 0;
  return id_copy(r, 23, t->batch) && ok;
}

/* The only row of a list of at most one. */
static dyo_status only(rows_list *l, dyo_status st, store_run *out, dyo_err *err)
{
  store_run *found = NULL;
  size_t     n     = 0;
  st               = rows_done(l, st, free_runs, &found, &n, err);
  if (st != DYO_OK) return st;
  if (n == 0) return nothing_there(err);
  *out = found[0];
  free(found);
  return DYO_OK;
}

typedef struct {
  const char           *tenant, *id, *stage;
  const store_run      *in;
  const store_progress *progress;
  const char *const    *kinds;
  store_run            *out;
  int64_t               now, until, epoch;
  double                fraction;
  bool                  cancel, made;
  quota_guard          *guard;
} run_job;

static dyo_status add(db *d, void *user, dyo_err *err)
{
  const run_job   *j = user;
  const store_run *r = j->in;
  const dyo_status st =
    db_do(d, NULL, err,
          "INSERT INTO runs (tenant_id, run_id, kind, subject, method, request, state, fraction, created, started,"
          " finished, rows_read, rows_stored, rows_rejected, epoch, lease, attempts, cancel_asked)"
          " VALUES ($1, $2, $3, $4, $5, $6, 0, 0, $7, 0, 0, 0, 0, 0, 0, 0, 0, 0)",
          db_text(r->tenant), db_text(j->id), db_text(r->kind), db_text(r->subject), db_text(r->method),
          db_text(r->request), db_whole(j->now));
  return st == DYO_OK ? db_wake(d, err) : st;
}

/* One that somebody asked for, and that may be too many. */
static dyo_status add_asked(db *d, void *user, dyo_err *err)
{
  const run_job   *j  = user;
  const dyo_status st = quota_more(d, j->in->tenant, j->guard, QUOTA_QUEUED, 1, err);
  return st == DYO_OK ? add(d, user, err) : st;
}

dyo_status store_run_add(store *s, const store_run *in, char id[ID_CHARS], dyo_err *err)
{
  id_new(id);
  run_job j = {.id = id, .in = in, .now = clock_now_ms(), .guard = store_guard(s)};
  return store_write(s, in->tenant, add_asked, &j, err);
}

static bool any(void *user, const row *r)
{
  (void)r;
  *(bool *)user = true;
  return false;
}

/* "state < 2" is what the index of waiting runs says. */
static dyo_status add_once(db *d, void *user, dyo_err *err)
{
  run_job         *j       = user;
  bool             waiting = false;
  const dyo_status st =
    db_ask(d, any, &waiting, err,
           "SELECT 1 FROM runs WHERE state = 0 AND state < 2 AND tenant_id = $1 AND kind = $2 AND subject = $3",
           db_text(j->in->tenant), db_text(j->in->kind), db_text(j->in->subject));
  j->made = st == DYO_OK && !waiting;
  return j->made ? add(d, user, err) : st;
}

dyo_status store_run_add_once(store *s, const store_run *in, char id[ID_CHARS], bool *made, dyo_err *err)
{
  id_new(id);
  run_job          j  = {.id = id, .in = in, .now = clock_now_ms()};
  const dyo_status st = store_write(s, in->tenant, add_once, &j, err);
  *made               = st == DYO_OK && j.made;
  if (!*made) id[0] = '\0';
  return st;
}

static bool take_id(void *user, const row *r)
{
  id_copy(r, 0, user);
  return false;
}

typedef struct {
  run_job j;
  char    other[ID_CHARS];
} alone_job;

static dyo_status add_alone(db *d, void *user, dyo_err *err)
{
  alone_job *a        = user;
  a->other[0]         = '\0';
  const dyo_status st = db_ask(
    d, take_id, a->other, err,
    "SELECT run_id FROM runs WHERE state < 2 AND tenant_id = $1 AND kind = $2 AND subject = $3 ORDER BY created LIMIT 1",
    db_text(a->j.in->tenant), db_text(a->j.in->kind), db_text(a->j.in->subject));
  a->j.made = st == DYO_OK && !a->other[0];
  return a->j.made ? add_asked(d, &a->j, err) : st;
}

dyo_status store_run_add_alone(store *s, const store_run *in, char id[ID_CHARS], bool *made, dyo_err *err)
{
  id_new(id);
  alone_job        a  = {.j = {.id = id, .in = in, .now = clock_now_ms(), .guard = store_guard(s)}};
  const dyo_status st = store_write(s, in->tenant, add_alone, &a, err);
  *made               = st == DYO_OK && a.j.made;
  if (st == DYO_OK && !*made) memcpy(id, a.other, ID_CHARS);
  return st;
}

static dyo_status begin(db *d, void *user, dyo_err *err)
{
  const run_job   *j  = user;
  const dyo_status st = add(d, user, err);
  if (st != DYO_OK) return st;
  return db_do(
    d, NULL, err,
    "UPDATE runs SET state = 1, epoch = 1, lease = $3, attempts = 1, started = created WHERE tenant_id = $1 AND"
    " run_id = $2",
    db_text(j->in->tenant), db_text(j->id), db_whole(j->until));
}

dyo_status store_run_begin(store *s, const store_run *in, int64_t until, char id[ID_CHARS], dyo_err *err)
{
  if (!id[0]) id_new(id);
  run_job j = {.id = id, .in = in, .now = clock_now_ms(), .until = until};
  return store_write(s, in->tenant, begin, &j, err);
}

dyo_status store_run_get(store *s, const char *tenant, const char *id, store_run *out, dyo_err *err)
{
  rows_list        l = {.size = sizeof *out, .most = 1, .fill = fill};
  const dyo_status st =
    store_ask(s, tenant, rows_add, &l, err, "SELECT " RUN_COLUMNS " FROM runs WHERE tenant_id = $1 AND run_id = $2",
              db_text(tenant), db_text(id));
  return only(&l, st, out, err);
}

dyo_status store_run_list(store *s, const char *tenant, const store_page *page, store_run **out, size_t *n,
                          char next[STORE_CURSOR], dyo_err *err)
{
  rows_list   l     = {.size = sizeof **out, .most = (size_t)page_limit(page), .fill = fill};
  const char *after = page_after(page);
  if (!page_by_id(page, err)) return err->code;
  dyo_status st = store_ask(s, tenant, rows_add, &l, err,
                            "SELECT " RUN_COLUMNS " FROM runs WHERE tenant_id = $1 AND ($2 = '' OR run_id < $2)"
                            " ORDER BY run_id DESC LIMIT $3",
                            db_text(tenant), db_text(after), page_rows(page));
  st            = rows_done(&l, st, free_runs, out, n, err);
  snprintf(next, STORE_CURSOR, "%s", st == DYO_OK && l.more ? (*out)[*n - 1].id : "");
  return st;
}

dyo_status store_batch_failed(store *s, const char *tenant, const char *id, int most, store_run **out, size_t *n,
                              dyo_err *err)
{
  rows_list        l  = {.size = sizeof **out, .fill = fill};
  const dyo_status st = store_ask(s, tenant, rows_add, &l, err,
                                  "SELECT " RUN_COLUMNS " FROM runs WHERE tenant_id = $1 AND batch_id = $2 AND"
                                  " batch_id IS NOT NULL AND state = 4 ORDER BY run_id LIMIT $3",
                                  db_text(tenant), db_text(id), db_whole(most));
  return rows_done(&l, st, free_runs, out, n, err);
}

dyo_status store_run_last(store *s, int most, store_run **out, size_t *n, dyo_err *err)
{
  rows_list  l = {.size = sizeof **out, .fill = fill};
  dyo_status st =
    store_ask(s, ALL_TENANTS, rows_add, &l, err,
              "SELECT run_id, tenant_id, kind, subject, method, NULL, NULL, NULL, stage, code, path, NULL,"
              " state, fraction, created, started, finished, rows_read, rows_stored, rows_rejected, epoch,"
              " attempts, cancel_asked, batch_id FROM runs ORDER BY run_id DESC LIMIT $1",
              db_whole(most));
  return rows_done(&l, st, free_runs, out, n, err);
}

/* --- leases -------------------------------------------------------------------------------------------------------- */

typedef struct {
  char tenant[256], id[ID_CHARS], batch[ID_CHARS];
  int  attempts;
  bool found;
} waiting;

static bool take_waiting(void *user, const row *r)
{
  waiting *w = user;
  snprintf(w->tenant, sizeof w->tenant, "%s", row_text(r, 0));
  id_copy(r, 1, w->id);
  id_copy(r, 3, w->batch);
  w->attempts = (int)row_whole(r, 2);
  w->found    = true;
  return false;
}

/* Queued, or of a lease that ended; $1 is now, $2 far ahead of it, the kinds are as many as KINDS_MOST. One that another daemon is
 * about to take is passed by. */
#define MAY_BE_LEASED \
  "state < 2 AND (lease < $1 OR state = 0 AND lease > $2) AND kind IN ($3, $4, $5, $6, $7, $8, $9, $10)"

/* Whoever does operations makes the runs of batches. */
static bool does_batches(const char *const *kinds)
{
  for (; *kinds; kinds++)
    if (strcmp(*kinds, "operation") == 0) return true;
  return false;
}

static void waiting_values(const char *const *kinds, int64_t now, db_value v[2 + KINDS_MOST])
{
  v[0] = db_whole(now);
  v[1] = db_whole(now + FAR_MS);
  for (size_t i = 0, k = 0; i < KINDS_MOST; i++) {
    v[2 + i] = db_text(kinds[k]);
    if (kinds[k]) k++;
  }
}

/* A run that ended its worker again and again is not given to another one. */
static dyo_status give_up(db *d, const waiting *w, int64_t now, dyo_err *err)
{
  const dyo_status st = db_do(d, NULL, err,
                              "UPDATE runs SET state = 4, finished = $3, code = 'internal', path = '', message ="
                              " 'it was started many times and never came to an end', epoch = epoch + 1"
                              " WHERE tenant_id = $1 AND run_id = $2",
                              db_text(w->tenant), db_text(w->id), db_whole(now));
  return st == DYO_OK && w->batch[0] ? batch_count(d, w->tenant, w->batch, RUN_FAILED, 1, now, err) : st;
}

/* The oldest that may be leased, locked; where there is none, batches give more. */
static dyo_status find_waiting(db *d, const run_job *j, waiting *w, dyo_err *err)
{
  db_value v[2 + KINDS_MOST];
  waiting_values(j->kinds, j->now, v);
  for (bool moved = true; moved;) {
    const dyo_status st = db_run(d,
                                 "SELECT tenant_id, run_id, attempts, batch_id FROM runs WHERE " MAY_BE_LEASED
                                 " ORDER BY created, run_id LIMIT 1 /*pg FOR UPDATE SKIP LOCKED*/",
                                 v, 2 + KINDS_MOST, take_waiting, w, NULL, err);
    if (st != DYO_OK || w->found) return st;
    moved = false;
    if (does_batches(j->kinds) && batch_feed(d, ALL_TENANTS, j->now, &moved, err) != DYO_OK) return err->code;
  }
  return nothing_there(err);
}

static dyo_status lease(db *d, void *user, dyo_err *err)
{
  run_job   *j     = user;
  waiting    w     = {0};
  bool       moved = false;
  dyo_status st    = find_waiting(d, j, &w, err);
  while (st == DYO_OK && w.attempts >= ATTEMPTS_MOST) {
    st = give_up(d, &w, j->now, err);
    w  = (waiting){0};
    if (st == DYO_OK) st = find_waiting(d, j, &w, err);
  }
  if (st != DYO_OK) return st;
  rows_list l = {.size = sizeof *j->out, .most = 1, .fill = fill};
  st          = db_ask(d, rows_add, &l, err,
                       "UPDATE runs SET state = 1, epoch = epoch + 1, lease = $3, attempts = attempts + 1, code = NULL,"
                                " path = NULL, message = NULL,"
                                " started = CASE WHEN started = 0 THEN $4 ELSE started END"
                                " WHERE tenant_id = $1 AND run_id = $2 RETURNING " RUN_COLUMNS,
                       db_text(w.tenant), db_text(w.id), db_whole(j->until), db_whole(j->now));
  store_run_free(j->out, 1); /* of a try before */
  *j->out = (store_run){0};
  st      = only(&l, st, j->out, err);
  return st == DYO_OK && w.batch[0] ? batch_feed(d, w.tenant, j->now, &moved, err) : st;
}

/* Whoever holds the file's lock knows that those who held leases have ended: what they did need not wait until these run out. */
dyo_status runs_end_leases(db *d, dyo_err *err)
{
  return db_script(d, "UPDATE runs SET lease = 0 WHERE state < 2", err);
}

dyo_status store_run_lease(store *s, const char *const *kinds, int64_t now, int64_t until, store_run *out, dyo_err *err)
{
  bool     there = false; /* most of the time there is none, and the writer is not bothered */
  db_value v[2 + KINDS_MOST];
  waiting_values(kinds, now, v);
  dyo_status st = store_ask_with(s, ALL_TENANTS, "SELECT 1 FROM runs WHERE " MAY_BE_LEASED " LIMIT 1", v,
                                 2 + KINDS_MOST, any, &there, err);
  if (st == DYO_OK && !there && does_batches(kinds))
    st = store_ask_with(s, ALL_TENANTS, "SELECT 1 FROM batches WHERE state < 2 AND whole = 0 LIMIT 1", NULL, 0, any,
                        &there, err);
  if (st == DYO_OK && !there) st = nothing_there(err);
  run_job j = {.kinds = kinds, .now = now, .until = until, .out = out};
  *out      = (store_run){0};
  if (st == DYO_OK) st = store_write(s, ALL_TENANTS, lease, &j, err);
  if (st == DYO_OK) return st;
  store_run_free(out, 1); /* it was leased, but that could not be stored */
  *out = (store_run){0};
  return st;
}

static dyo_status lost(dyo_err *err)
{
  return dyo_fail(err, DYO_CONFLICT, "", "the run belongs to another worker now");
}

typedef struct {
  bool found, cancel;
} beat_answer;

static bool take_beat(void *user, const row *r)
{
  *(beat_answer *)user = (beat_answer){true, row_whole(r, 0) != 0};
  return false;
}

static dyo_status beat(db *d, void *user, dyo_err *err)
{
  run_job         *j = user;
  beat_answer      a = {0};
  const dyo_status st =
    db_ask(d, take_beat, &a, err,
           "UPDATE runs SET lease = $3, fraction = $4, stage = $5 WHERE run_id = $1 AND epoch = $2 AND"
           " state = 1 RETURNING cancel_asked",
           db_text(j->id), db_whole(j->epoch), db_whole(j->until), db_real(j->fraction), db_text(j->stage));
  j->cancel = a.cancel;
  return st == DYO_OK && !a.found ? lost(err) : st;
}

/* Beside a write that is at work: it may be the run's own, and last longer than a lease. */
dyo_status store_run_beat(store *s, const char *id, int64_t epoch, int64_t until, double fraction, const char *stage,
                          bool *cancel, dyo_err *err)
{
  run_job          j  = {.id = id, .epoch = epoch, .until = until, .fraction = fraction, .stage = stage};
  const dyo_status st = store_write_aside(s, ALL_TENANTS, beat, &j, err);
  *cancel             = j.cancel;
  return st;
}

dyo_status run_progress(db *d, const store_progress *p, dyo_err *err)
{
  int64_t          changed = 0;
  const dyo_status st      = db_do(d, &changed, err,
                                   "UPDATE runs SET checkpoint = $3, rows_read = $4, rows_stored = $5, rows_rejected = $6"
                                        " WHERE run_id = $1 AND epoch = $2 AND state = 1",
                                   db_text(p->id), db_whole(p->epoch), db_text(p->checkpoint), db_whole(p->rows_read),
                                   db_whole(p->rows_stored), db_whole(p->rows_rejected));
  return st == DYO_OK && !changed ? lost(err) : st;
}

dyo_status run_held(db *d, const char *tenant, const char *id, int64_t epoch, dyo_err *err)
{
  bool held = epoch == 0;
  if (held) return DYO_OK;
  const dyo_status st = db_ask(d, any, &held, err,
                               "SELECT 1 FROM runs WHERE tenant_id = $1 AND run_id = $2 AND epoch = $3 AND state = 1"
                               " /*pg FOR SHARE*/",
                               db_text(tenant), db_text(id), db_whole(epoch));
  return st == DYO_OK && !held ? lost(err) : st;
}

static dyo_status note(db *d, void *user, dyo_err *err)
{
  return run_progress(d, user, err);
}

dyo_status store_run_note(store *s, const store_progress *p, dyo_err *err)
{
  store_progress copy = *p;
  return store_write(s, ALL_TENANTS, note, &copy, err);
}

static dyo_status finish(db *d, void *user, dyo_err *err)
{
  const run_job   *j       = user;
  const store_run *r       = j->in;
  int64_t          changed = 0;
  const dyo_status st      = db_do(
         d, &changed, err,
         "UPDATE runs SET state = $3, result = $4, code = $5, path = $6, message = $7, rows_read = $8, rows_stored = $9,"
              " rows_rejected = $10, method = coalesce($11, method), finished = $12, fraction = 1, stage = NULL"
              " WHERE run_id = $1 AND epoch = $2 AND state = 1",
         db_text(r->id), db_whole(r->epoch), db_whole(r->state), db_text(r->result), db_text(r->code), db_text(r->path),
         db_text(r->message), db_whole(r->rows_read), db_whole(r->rows_stored), db_whole(r->rows_rejected),
         db_text(r->method), db_whole(j->now));
  if (st != DYO_OK) return st;
  if (!changed) return lost(err);
  return r->batch[0] ? batch_count(d, r->tenant, r->batch, r->state, 1, j->now, err) : DYO_OK;
}

dyo_status store_run_finish(store *s, const store_run *r, dyo_err *err)
{
  run_job j = {.in = r, .now = clock_now_ms()};
  return store_write(s, r->tenant, finish, &j, err);
}

static dyo_status release(db *d, void *user, dyo_err *err)
{
  const run_job   *j       = user;
  int64_t          changed = 0;
  const dyo_status st      = db_do(
         d, &changed, err,
         "UPDATE runs SET state = 0, lease = 0, attempts = attempts - 1 WHERE run_id = $1 AND epoch = $2 AND state = 1",
         db_text(j->id), db_whole(j->epoch));
  if (st != DYO_OK) return st;
  return changed ? db_wake(d, err) : lost(err);
}

dyo_status store_run_release(store *s, const char *id, int64_t epoch, dyo_err *err)
{
  run_job j = {.id = id, .epoch = epoch};
  return store_write(s, ALL_TENANTS, release, &j, err);
}

static dyo_status put_off(db *d, void *user, dyo_err *err)
{
  const run_job   *j       = user;
  const store_run *r       = j->in;
  int64_t          changed = 0;
  const dyo_status st      = db_do(
         d, &changed, err,
         "UPDATE runs SET state = 0, lease = $3, attempts = attempts - 1, code = $4, path = $5, message = $6, rows_read = $7,"
              " rows_stored = $8, rows_rejected = $9, stage = NULL WHERE run_id = $1 AND epoch = $2 AND state = 1",
         db_text(r->id), db_whole(r->epoch), db_whole(j->until), db_text(r->code), db_text(r->path), db_text(r->message),
         db_whole(r->rows_read), db_whole(r->rows_stored), db_whole(r->rows_rejected));
  return st == DYO_OK && !changed ? lost(err) : st;
}

dyo_status store_run_put_off(store *s, const store_run *r, int64_t at, dyo_err *err)
{
  run_job j = {.in = r, .until = at};
  return store_write(s, r->tenant, put_off, &j, err);
}

typedef struct {
  bool found, over;
  char batch[ID_CHARS];
} cancelled;

static bool take_cancelled(void *user, const row *r)
{
  cancelled *c = user;
  c->found     = true;
  c->over      = row_whole(r, 0) == RUN_CANCELLED;
  return id_copy(r, 1, c->batch) && false;
}

static dyo_status cancel(db *d, void *user, dyo_err *err)
{
  const run_job *j     = user;
  cancelled      c     = {0};
  bool           there = false;
  dyo_status     st    = db_ask(
           d, take_cancelled, &c, err,
           "UPDATE runs SET cancel_asked = 1, finished = CASE WHEN state = 0 THEN $3 ELSE 0 END,"
                  " code = CASE WHEN state = 0 THEN 'cancelled' ELSE NULL END, path = CASE WHEN state = 0 THEN '' ELSE NULL END,"
                  " message = CASE WHEN state = 0 THEN 'cancelled before it began' ELSE NULL END,"
                  " state = CASE WHEN state = 0 THEN 5 ELSE 1 END WHERE tenant_id = $1 AND run_id = $2 AND state < 2"
                  " RETURNING state, batch_id",
           db_text(j->tenant), db_text(j->id), db_whole(j->now));
  if (st == DYO_OK && c.over && c.batch[0]) return batch_count(d, j->tenant, c.batch, RUN_CANCELLED, 1, j->now, err);
  if (st != DYO_OK || c.found) return st;
  st = db_ask(d, any, &there, err, "SELECT 1 FROM runs WHERE tenant_id = $1 AND run_id = $2", db_text(j->tenant),
              db_text(j->id));
  if (st == DYO_OK && there) return dyo_fail(err, DYO_CONFLICT, "", "the run has ended already");
  return st == DYO_OK ? nothing_there(err) : st;
}

dyo_status store_run_cancel(store *s, const char *tenant, const char *id, int64_t now, dyo_err *err)
{
  run_job j = {.tenant = tenant, .id = id, .now = now};
  return store_write(s, tenant, cancel, &j, err);
}
