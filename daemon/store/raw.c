/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Raw files in compressed pieces, each written as a transaction of its own under an id that nothing names yet; the last write names
 * it. What a kill leaves behind is pieces without a name, which the next prune takes away. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "base/clock.h"
#include "store/parts.h"

enum { PIECE = 1 << 20 };

void store_raw_free(store_raw *r, size_t n)
{
  for (size_t i = 0; i < n; i++) free(r[i].name), free(r[i].type);
}

static void free_raws(void *r, size_t n)
{
  store_raw_free(r, n);
}

#define RAW_COLUMNS "raw_id, source_id, digest, bytes, created, name, type"

static bool fill(void *item, const row *r)
{
  store_raw  *t      = item;
  const char *digest = row_text(r, 2);
  if (!digest || strlen(digest) >= DIGEST_CHARS) return false;
  snprintf(t->digest, sizeof t->digest, "%s", digest);
  t->bytes   = row_whole(r, 3);
  t->created = row_whole(r, 4);
  return id_copy(r, 0, t->id) && id_copy(r, 1, t->source_id) && text_copy(r, 5, &t->name) && text_copy(r, 6, &t->type);
}

static dyo_status only(rows_list *l, dyo_status st, store_raw *out, dyo_err *err)
{
  store_raw *found = NULL;
  size_t     n     = 0;
  st               = rows_done(l, st, free_raws, &found, &n, err);
  if (st != DYO_OK) return st;
  if (n == 0) return nothing_there(err);
  *out = found[0];
  free(found);
  return DYO_OK;
}

typedef struct {
  const char      *tenant, *id, *run_id;
  const store_raw *in;
  int64_t          number, now;
  const void      *bytes;
  size_t           n;
  quota_guard     *guard;
} raw_job;

static dyo_status add_piece(db *d, void *user, dyo_err *err)
{
  const raw_job *j = user;
  return db_do(d, NULL, err, "INSERT INTO raw_pieces (tenant_id, raw_id, piece, content) VALUES ($1, $2, $3, $4)",
               db_text(j->tenant), db_text(j->id), db_whole(j->number), db_bytes(j->bytes, j->n));
}

static dyo_status drop_pieces(db *d, void *user, dyo_err *err)
{
  const raw_job *j = user;
  return db_do(d, NULL, err, "DELETE FROM raw_pieces WHERE tenant_id = $1 AND raw_id = $2", db_text(j->tenant),
               db_text(j->id));
}

static dyo_status room_for(db *d, const raw_job *j, dyo_err *err)
{
  return quota_more(d, j->tenant, j->guard, QUOTA_UPLOAD_MB, (double)j->in->bytes / (1 << 20), err);
}

static dyo_status name_it(db *d, void *user, dyo_err *err)
{
  const raw_job   *j  = user;
  const store_raw *r  = j->in;
  const dyo_status st = room_for(d, j, err);
  if (st != DYO_OK) return st;
  return db_do(d, NULL, err,
               "INSERT INTO raw_files (tenant_id, raw_id, source_id, name, type, digest, bytes, created)"
               " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
               db_text(j->tenant), db_text(j->id), db_text(r->source_id), db_text(r->name), db_text(r->type),
               db_text(r->digest), db_whole(r->bytes), db_whole(j->now));
}

static dyo_status by_digest(store *s, const char *tenant, const store_raw *in, store_raw *out, dyo_err *err)
{
  rows_list        l  = {.size = sizeof *out, .most = 1, .fill = fill};
  const dyo_status st = store_ask(s, tenant, rows_add, &l, err,
                                  "SELECT " RAW_COLUMNS " FROM raw_files WHERE tenant_id = $1 AND source_id = $2 AND"
                                  " digest = $3",
                                  db_text(tenant), db_text(in->source_id), db_text(in->digest));
  return only(&l, st, out, err);
}

/* Every piece is a zlib stream of its own. */
static dyo_status store_pieces(store *s, raw_job *j, store_feed more, void *user, dyo_err *err)
{
  unsigned char *plain = malloc(PIECE), *packed = malloc(compressBound(PIECE));
  dyo_status     st = plain && packed ? DYO_OK : dyo_oom(err);
  while (st == DYO_OK) {
    size_t n = 0, some = 0;
    while (n < PIECE && (some = more(user, plain + n, PIECE - n)) > 0) n += some;
    if (n == 0) break;
    uLongf size = compressBound(PIECE);
    if (compress2(packed, &size, plain, n, 1) != Z_OK) st = dyo_oom(err);
    j->bytes = packed;
    j->n     = size;
    if (st == DYO_OK) st = store_write(s, j->tenant, add_piece, j, err);
    j->number++;
    if (n < PIECE) break;
  }
  free(plain);
  free(packed);
  return st;
}

dyo_status store_raw_add(store *s, const char *tenant, const store_raw *in, store_feed more, void *user, store_raw *out,
                         bool *known, dyo_err *err)
{
  char    id[ID_CHARS];
  dyo_err ignored;
  *known = by_digest(s, tenant, in, out, err) == DYO_OK;
  if (*known) return DYO_OK;
  if (err->code != DYO_NOT_FOUND) return err->code;
  id_new(id);
  raw_job    j  = {.tenant = tenant, .id = id, .in = in, .now = clock_now_ms(), .guard = store_guard(s)};
  db        *d  = store_reader(s, tenant);
  dyo_status st = room_for(d, &j, err); /* before its pieces are stored; and again when it counts */
  store_reader_back(s, d);
  if (st == DYO_OK) st = store_pieces(s, &j, more, user, err);
  if (st == DYO_OK) st = store_write(s, tenant, name_it, &j, err);
  if (st != DYO_OK) store_write(s, tenant, drop_pieces, &j, &ignored);
  if (st == DYO_CONFLICT) { /* the same content came twice at once: the other one was quicker */
    *known = true;
    return by_digest(s, tenant, in, out, err);
  }
  return st == DYO_OK ? store_raw_get(s, tenant, id, out, err) : st;
}

static dyo_status drop(db *d, void *user, dyo_err *err)
{
  const raw_job *j       = user;
  int64_t        changed = 0;
  dyo_status     st =
    db_do(d, &changed, err,
          "DELETE FROM raw_files WHERE tenant_id = $1 AND raw_id = $2 AND NOT EXISTS (SELECT 1 FROM runs r"
          " WHERE r.state < 2 AND r.tenant_id = $1 AND r.kind = 'upload' AND r.subject ="
          " raw_files.source_id AND r.run_id <> $3)",
          db_text(j->tenant), db_text(j->id), db_text(j->run_id));
  return st == DYO_OK && changed ? drop_pieces(d, user, err) : st;
}

dyo_status store_raw_drop(store *s, const char *tenant, const char *id, const char *run_id, dyo_err *err)
{
  raw_job j = {.tenant = tenant, .id = id, .run_id = run_id};
  return store_write(s, tenant, drop, &j, err);
}

dyo_status store_raw_get(store *s, const char *tenant, const char *id, store_raw *out, dyo_err *err)
{
  rows_list        l  = {.size = sizeof *out, .most = 1, .fill = fill};
  const dyo_status st = store_ask(s, tenant, rows_add, &l, err,
                                  "SELECT " RAW_COLUMNS " FROM raw_files WHERE tenant_id = $1 AND raw_id = $2",
                                  db_text(tenant), db_text(id));
  return only(&l, st, out, err);
}

typedef struct {
  store_sink     to;
  void          *user;
  unsigned char *plain;
  bool           bad, refused;
} unpack;

static bool unpack_piece(void *user, const row *r)
{
  unpack     *u     = user;
  size_t      n     = 0;
  const void *bytes = row_bytes(r, 0, &n);
  uLongf      size  = PIECE;
  u->bad            = uncompress(u->plain, &size, bytes, n) != Z_OK;
  u->refused        = !u->bad && !u->to(u->user, u->plain, size);
  return !u->bad && !u->refused;
}

dyo_status store_raw_read(store *s, const char *tenant, const char *id, store_sink to, void *user, dyo_err *err)
{
  store_raw  about = {0};
  dyo_status st    = store_raw_get(s, tenant, id, &about, err);
  if (st != DYO_OK) return st;
  store_raw_free(&about, 1);
  unpack u = {to, user, malloc(PIECE), false, false};
  if (!u.plain) return dyo_oom(err);
  st = store_ask(s, tenant, unpack_piece, &u, err,
                 "SELECT content FROM raw_pieces WHERE tenant_id = $1 AND raw_id = $2 ORDER BY piece", db_text(tenant),
                 db_text(id));
  free(u.plain);
  if (st == DYO_OK && u.bad) st = dyo_fail(err, DYO_INTERNAL, "", "a stored piece of the file cannot be unpacked");
  if (st == DYO_OK && u.refused)
    st = dyo_fail(err, DYO_INTERNAL, "", "the stored file cannot be written out; is the disk full?");
  return st;
}
