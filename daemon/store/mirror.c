/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records of a source, and their parts of values. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "store/mirror_parts.h"
#include "store/names.h"

const char *const aggregate_words[] = {"sum", "mean", "min", "max", "count", "last", NULL};

/* --- digests ------------------------------------------------------------------------------------------------------------ */

void mirror_sum_add(mirror_sum *to, const mirror_sum *what)
{
  for (int i = 0; i < 4; i++) to->w[i] += what->w[i];
}

void mirror_sum_take(mirror_sum *from, const mirror_sum *what)
{
  for (int i = 0; i < 4; i++) from->w[i] -= what->w[i];
}

void mirror_sum_of(const char *id, const char *stamp, bool deleted, const char *content, mirror_sum *out)
{
  uint8_t      digest[DIGEST_SIZE];
  digest_state d;
  digest_begin(&d);
  digest_add(&d, id, strlen(id) + 1); /* with their ends: no two records make the same bytes */
  digest_add(&d, stamp, strlen(stamp) + 1);
  digest_add(&d, deleted ? "d" : "l", 2);
  if (content) digest_add(&d, content, strlen(content));
  digest_end(&d, digest);
  memcpy(out->w, digest, sizeof out->w);
}

/* --- one record ------------------------------------------------------------------------------------------------------------------ */

typedef struct {
  const char         *tenant;
  const mirror_batch *b;
  mirror_effect      *out;
  touched             t;
  names               ids, series; /* of the records of a piece; of all that they give to */
} put_job;

typedef struct {
  const mirror_record *r;
  const mirror_batch  *b;
  bool                 there, same, deleted, failed;
  int64_t              run;
  mirror_sum           sum;   /* of what it was, where this sync wrote it */
  touch_spot          *cells; /* it has now */
  size_t               n_cells;
} old_record;

static bool same_text(const char *a, const char *b)
{
  return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool take_old(void *user, const row *r)
{
  old_record *o     = user;
  const char *stamp = row_text(r, 0), *content = row_text(r, 3);
  size_t      n     = 0;
  const void *cells = row_bytes(r, 4, &n);
  o->there          = true;
  o->deleted        = row_whole(r, 1) != 0;
  o->run            = row_whole(r, 2);
  o->same           = o->deleted == o->r->deleted && same_text(stamp, o->r->stamp) && same_text(content, o->r->content);
  if (o->run == o->b->run) mirror_sum_of(o->r->id, stamp, o->deleted, content, &o->sum);
  if (o->same && !o->b->remap) return false;
  o->n_cells = n / sizeof(touch_spot);
  o->cells   = n ? malloc(n) : NULL;
  if (o->cells) memcpy(o->cells, cells, n);
  o->failed = n && !o->cells;
  return false;
}

static dyo_status drop_cells(db *d, put_job *j, const old_record *o, dyo_err *err)
{
  dyo_status st = DYO_OK;
  for (size_t i = 0; st == DYO_OK && i < o->n_cells; i++) {
    if (!touch(&j->t, o->cells[i].series, o->cells[i].time)) return dyo_oom(err);
    const db_value v[] = {db_text(j->tenant),         db_whole(j->t.source_no), db_whole(o->cells[i].series),
                          db_whole(o->cells[i].time), db_text(j->b->object),    db_text(o->r->id)};
    st                 = db_later(d,
                                  "DELETE FROM source_cells WHERE tenant_id = $1 AND source_no = $2 AND series_id = $3 AND time = $4"
                                                  " AND object = $5 AND record_id = $6",
                                  v, 6, NULL, NULL, NULL, err);
  }
  return st;
}

/* The series are known already. */
static dyo_status add_cells(db *d, put_job *j, const mirror_record *r, touch_spot *spots, dyo_err *err)
{
  dyo_status st = DYO_OK;
  for (size_t i = 0; st == DYO_OK && i < r->n_cells; i++) {
    const mirror_cell *c  = &r->cells[i];
    size_t             at = 0;
    if (!names_place(&j->series, c->metric, c->dimensions, &at)) return dyo_oom(err);
    spots[i] = (touch_spot){j->series.v[at].no, c->time};
    if (!touch(&j->t, spots[i].series, c->time)) return dyo_oom(err);
    const db_value v[] = {db_text(j->tenant),    db_whole(j->t.source_no), db_whole(spots[i].series), db_whole(c->time),
                          db_text(j->b->object), db_text(r->id),           db_whole((int64_t)i),      db_text(r->stamp),
                          db_whole(c->how),      db_real(c->value)};
    st                 = db_later(d,
                                  "INSERT INTO source_cells (tenant_id, source_no, series_id, time, object, record_id, cell, stamp,"
                                                  " aggregate, value) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
                                  v, 10, NULL, NULL, NULL, err);
  }
  return st;
}

static dyo_status write_record(db *d, put_job *j, const mirror_record *r, const old_record *o, dyo_err *err)
{
  touch_spot *spots = r->n_cells ? calloc(r->n_cells, sizeof *spots) : NULL;
  dyo_status  st    = r->n_cells && !spots ? dyo_oom(err) : drop_cells(d, j, o, err);
  if (st == DYO_OK) st = add_cells(d, j, r, spots, err);
  const db_value v[] = {db_text(j->tenant),  db_whole(j->t.source_no), db_text(j->b->object),
                        db_text(r->id),      db_text(r->stamp),        db_whole(r->deleted),
                        db_whole(j->b->run), db_text(r->content),      db_bytes(spots, r->n_cells * sizeof *spots)};
  if (st == DYO_OK)
    st = db_later(
      d,
      "INSERT INTO source_records (tenant_id, source_no, object, record_id, stamp, deleted, run, content, cells)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (tenant_id, source_no, object, record_id)"
      " DO UPDATE SET stamp = excluded.stamp, deleted = excluded.deleted, run = excluded.run,"
      " content = excluded.content, cells = excluded.cells",
      v, 9, NULL, NULL, NULL, err);
  free(spots);
  return st;
}

static dyo_status ask_old(db *d, put_job *j, const mirror_record *r, old_record *o, dyo_err *err)
{
  const db_value key[] = {db_text(j->tenant), db_whole(j->t.source_no), db_text(j->b->object), db_text(r->id)};
  *o                   = (old_record){.r = r, .b = j->b};
  return db_later(d,
                  "SELECT stamp, deleted, run, content, cells FROM source_records WHERE tenant_id = $1 AND"
                  " source_no = $2 AND object = $3 AND record_id = $4",
                  key, 4, take_old, o, NULL, err);
}

static bool stays(const put_job *j, const old_record *o)
{
  return o->same && !j->b->remap;
}

static dyo_status put_record(db *d, put_job *j, const old_record *o, dyo_err *err)
{
  const mirror_record *r = o->r;
  if (o->there && o->run == j->b->run) {
    j->out->again++;
    mirror_sum_add(&j->out->again_sum, &o->sum);
  }
  if (stays(j, o)) {
    const db_value v[] = {db_text(j->tenant), db_whole(j->t.source_no), db_text(j->b->object), db_text(r->id),
                          db_whole(j->b->run)};
    j->out->same++;
    return o->run == j->b->run
             ? DYO_OK
             : db_later(d,
                        "UPDATE source_records SET run = $5 WHERE tenant_id = $1 AND source_no = $2 AND"
                        " object = $3 AND record_id = $4",
                        v, 5, NULL, NULL, NULL, err);
  }
  const dyo_status st = write_record(d, j, r, o, err);
  if (r->deleted) j->out->removed += o->there && !o->deleted;
  else if (!o->there || o->deleted) j->out->added++;
  else j->out->changed++;
  return st;
}

/* All that is there of the records is asked for at once, then their series, then they are written. */
static dyo_status put_piece(db *d, put_job *j, const mirror_record *r, size_t n, old_record *old, dyo_err *err)
{
  dyo_status st = DYO_OK;
  size_t     at = 0;
  for (size_t i = 0; st == DYO_OK && i < n; i++) st = ask_old(d, j, &r[i], &old[i], err);
  if (st == DYO_OK) st = db_flush(d, err);
  for (size_t i = 0; st == DYO_OK && i < n; i++) {
    if (old[i].failed) st = dyo_oom(err);
    for (size_t k = 0; st == DYO_OK && !stays(j, &old[i]) && k < r[i].n_cells; k++)
      if (!names_place(&j->series, r[i].cells[k].metric, r[i].cells[k].dimensions, &at)) st = dyo_oom(err);
  }
  if (st == DYO_OK) st = names_series(d, j->tenant, j->t.now, &j->series, err);
  for (size_t i = 0; st == DYO_OK && i < n; i++) st = put_record(d, j, &old[i], err);
  return st;
}

enum { PIECE = 256 };

/* The records in pieces; in one, none comes twice. */
static dyo_status put_records(db *d, put_job *j, dyo_err *err)
{
  old_record *old = calloc(PIECE, sizeof *old);
  dyo_status  st  = old ? DYO_OK : dyo_oom(err);
  for (size_t i = 0, n = 0; st == DYO_OK && i < j->b->n; i += n) {
    size_t at = 0;
    names_clear(&j->ids);
    memset(old, 0, PIECE * sizeof *old);
    for (n = 0; st == DYO_OK && n < PIECE && i + n < j->b->n; n++) {
      if (!names_place(&j->ids, j->b->records[i + n].id, "", &at)) st = dyo_oom(err);
      else if (at < n) break;
    }
    if (st == DYO_OK) st = put_piece(d, j, &j->b->records[i], n, old, err);
    for (size_t k = 0; k < PIECE; k++) free(old[k].cells);
  }
  free(old);
  return st;
}

/* --- a batch ----------------------------------------------------------------------------------------------------------------------- */

static bool take_whole(void *user, const row *r)
{
  *(int64_t *)user = row_whole(r, 0);
  return false;
}

dyo_status source_number(db *d, const char *tenant, const char *source_id, int64_t *number, dyo_err *err)
{
  *number = 0;
  const dyo_status st =
    db_ask(d, take_whole, number, err, "SELECT source_no FROM data_sources WHERE tenant_id = $1 AND source_id = $2",
           db_text(tenant), db_text(source_id));
  return st == DYO_OK && *number == 0 ? nothing_there(err) : st;
}

static dyo_status put_batch(db *d, void *user, dyo_err *err)
{
  put_job *j = user;
  j->t.n     = 0;
  *j->out    = (mirror_effect){0};
  names_clear(&j->series);
  dyo_status st = source_number(d, j->tenant, j->b->source_id, &j->t.source_no, err);
  if (st == DYO_OK) st = put_records(d, j, err);
  j->t.made = (int64_t)j->series.made;
  if (st == DYO_OK) st = settle(d, &j->t, err);
  if (st == DYO_OK && j->b->state)
    st = db_do(d, NULL, err,
               "INSERT INTO source_state (tenant_id, source_no, object, state, changed) VALUES ($1, $2, $3, $4, $5)"
               " ON CONFLICT (tenant_id, source_no, object) DO UPDATE SET state = excluded.state,"
               " changed = excluded.changed",
               db_text(j->tenant), db_whole(j->t.source_no), db_text(j->b->object), db_text(j->b->state),
               db_whole(j->t.now));
  if (st != DYO_OK || !j->b->progress) return st;
  if (j->b->told) j->b->progress->checkpoint = j->b->told(j->b->user, j->out, j->b->progress);
  return j->b->progress->checkpoint ? run_progress(d, j->b->progress, err) : dyo_oom(err);
}

dyo_status store_mirror_put(store *s, const char *tenant, const mirror_batch *b, mirror_effect *out, dyo_err *err)
{
  put_job j = {
    .tenant = tenant,
    .b      = b,
    .out    = out,
    .t      = {.tenant = tenant, .now = clock_now_ms(), .told = b->touched, .user = b->user, .guard = store_guard(s)}};
  const dyo_status st = store_write(s, tenant, put_batch, &j, err);
  free(j.t.v);
  names_free(&j.ids);
  names_free(&j.series);
  return st;
}
