/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All tables of a store into an empty one of either kind. Each row has a digest; the sum of a table's, which does not depend on their
 * order, is taken of what was read and of what the other store then holds. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/mirror.h"
#include "store/parts.h"

enum { COLUMNS_MOST = 32, TABLES_MOST = 64, NAME_ROOM = 64 };

typedef struct {
  char       name[NAME_ROOM];
  int64_t    rows;
  mirror_sum sum;
} table_sum;

typedef struct {
  table_sum v[TABLES_MOST];
  size_t    n;
} table_sums;

typedef struct {
  db         *from, *to; /* to NULL: they are only counted */
  table_sums *sums;
  table_sum  *at;
  bool        open;
  dyo_status  st;
  dyo_err    *err;
} copy_job;

static db_value value_at(const row *r, int column)
{
  db_value v = {.kind = row_kind(r, column)};
  switch (v.kind) {
  case DB_WHOLE: v.whole = row_whole(r, column); break;
  case DB_REAL: v.real = row_real(r, column); break;
  case DB_TEXT: return db_text(row_text(r, column));
  case DB_BYTES: v.bytes = row_bytes(r, column, &v.n); break;
  default: break;
  }
  return v;
}

static void add_value(digest_state *d, const db_value *v)
{
  const unsigned char kind = (unsigned char)v->kind;
  const uint64_t      n    = v->n;
  const double        real = v->real == 0 ? 0 : v->real; /* SQLite keeps no sign of zero */
  digest_add(d, &kind, 1);
  if (v->kind == DB_WHOLE) digest_add(d, &v->whole, sizeof v->whole);
  if (v->kind == DB_REAL) digest_add(d, &real, sizeof real);
  if (v->kind != DB_TEXT && v->kind != DB_BYTES) return;
  digest_add(d, &n, sizeof n);
  if (n) digest_add(d, v->bytes, n);
}

static bool take_row(void *user, const row *r)
{
  copy_job    *j = user;
  const int    n = row_columns(r);
  db_value     v[COLUMNS_MOST];
  uint8_t      digest[DIGEST_SIZE];
  mirror_sum   one;
  digest_state d;
  if (n > COLUMNS_MOST) {
    j->st = dyo_fail(j->err, DYO_INTERNAL, "", "%s has too many columns", j->at->name);
    return false;
  }
  digest_begin(&d);
  for (int i = 0; i < n; i++) {
    v[i] = value_at(r, i);
    add_value(&d, &v[i]);
  }
  digest_end(&d, digest);
  memcpy(one.w, digest, sizeof one.w);
  mirror_sum_add(&j->at->sum, &one);
  j->at->rows++;
  if (!j->to) return true;
  if (!j->open) j->st = db_load_begin(j->to, j->at->name, n, j->err);
  j->open = j->open || j->st == DYO_OK;
  if (j->st == DYO_OK) j->st = db_load_row(j->to, v, n, j->err);
  return j->st == DYO_OK;
}

static bool take_name(void *user, const row *r)
{
  table_sums *t    = user;
  const char *name = row_text(r, 0);
  if (t->n == TABLES_MOST || strlen(name) >= NAME_ROOM) return false;
  memset(&t->v[t->n], 0, sizeof t->v[t->n]);
  memcpy(t->v[t->n++].name, name, strlen(name) + 1);
  return true;
}

static dyo_status take_table(copy_job *j, table_sum *t, dyo_err *err)
{
  dyo_err ignored;
  j->at         = t;
  j->open       = false;
  j->st         = DYO_OK;
  j->err        = err;
  dyo_status st = db_table(j->from, t->name, take_row, j, err);
  if (j->st != DYO_OK) st = j->st;
  if (!j->open) return st;
  const dyo_status end = db_load_end(j->to, st == DYO_OK, st == DYO_OK ? err : &ignored);
  return st == DYO_OK ? end : st;
}

/* Every table of j->from, in the order of their names. */
static dyo_status take_all(copy_job *j, dyo_err *err)
{
  j->sums->n    = 0;
  dyo_status st = db_tables(j->from, take_name, j->sums, err);
  for (size_t i = 0; st == DYO_OK && i < j->sums->n; i++) st = take_table(j, &j->sums->v[i], err);
  return st;
}

static dyo_status copy_all(db *to, void *user, dyo_err *err)
{
  copy_job *j = user;
  j->to       = to;
  return take_all(j, err);
}

static dyo_status sums_of(store *s, table_sums *out, dyo_err *err)
{
  db        *d  = store_reader(s, ALL_TENANTS);
  copy_job   j  = {.from = d, .sums = out};
  dyo_status st = db_snapshot(d, err);
  if (st == DYO_OK) st = take_all(&j, err);
  db_rollback(d);
  store_reader_back(s, d);
  return st;
}

static dyo_status only_if_empty(store *to, table_sums *t, dyo_err *err)
{
  const dyo_status st = sums_of(to, t, err);
  for (size_t i = 0; st == DYO_OK && i < t->n; i++)
    if (t->v[i].rows)
      return dyo_fail(err, DYO_CONFLICT, "", "there is data already, %lld rows in %s; nothing was changed",
                      (long long)t->v[i].rows, t->v[i].name);
  return st;
}

static dyo_status compare(const table_sums *read, const table_sums *kept, store_copied told, void *user, dyo_err *err)
{
  if (read->n != kept->n) return dyo_fail(err, DYO_INTERNAL, "", "the two stores have other tables");
  for (size_t i = 0; i < read->n; i++) {
    const table_sum *a = &read->v[i], *b = &kept->v[i];
    char             text[DIGEST_CHARS];
    digest_text((const uint8_t *)a->sum.w, text);
    if (a->rows != b->rows || memcmp(&a->sum, &b->sum, sizeof a->sum) != 0 || strcmp(a->name, b->name) != 0)
      return dyo_fail(err, DYO_INTERNAL, "", "%s: %lld rows were read and %lld are there, or their digests differ",
                      a->name, (long long)a->rows, (long long)b->rows);
    if (told) told(user, a->name, a->rows, text);
  }
  return DYO_OK;
}

dyo_status store_copy(store *from, store *to, store_copied told, void *user, dyo_err *err)
{
  table_sums *read = calloc(2, sizeof *read);
  if (!read) return dyo_oom(err);
  table_sums *kept = &read[1];
  db         *d    = store_reader(from, ALL_TENANTS);
  copy_job    j    = {.from = d, .sums = read};
  dyo_status  st   = only_if_empty(to, kept, err);
  if (st == DYO_OK) st = db_snapshot(d, err);
  if (st == DYO_OK) st = store_write(to, ALL_TENANTS, copy_all, &j, err);
  if (db_in_transaction(d)) db_rollback(d);
  store_reader_back(from, d);
  if (st == DYO_OK) st = sums_of(to, kept, err);
  if (st == DYO_OK) st = compare(read, kept, told, user, err);
  free(read);
  return st;
}

dyo_status copy_out(store *s, const char *to, dyo_err *err)
{
  store     *made = NULL;
  dyo_status st   = store_open(&(store_options){to, 1, false, false}, &made, err);
  if (st == DYO_OK) st = store_copy(s, made, NULL, NULL, err);
  store_close(made);
  char lock[600];
  snprintf(lock, sizeof lock, "%.590s.lock", to);
  unlink(lock);
  return st;
}

dyo_status copy_in(const char *from, const char *to, dyo_err *err)
{
  store     *source = NULL, *target = NULL;
  dyo_status st = store_open(&(store_options){from, 1, true, false}, &source, err);
  if (st == DYO_OK) st = store_open(&(store_options){to, 1, false, false}, &target, err);
  if (st == DYO_OK) st = store_copy(source, target, NULL, NULL, err);
  store_close(target);
  store_close(source);
  return st;
}
