/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <math.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/db.h"
#include "store/store.h"

enum { STATEMENTS = 128, PARAMETERS = 32, BUSY_MS = 20000 };

/* A prepared statement and where its parameters are: $1 need not be SQLite's first. */
typedef struct {
  const char   *sql;
  sqlite3_stmt *stmt;
  int           place[PARAMETERS + 1];
} prepared;

struct db {
  sqlite3    *handle;
  prepared    kept[STATEMENTS]; /* open addressing by the address of the text */
  size_t      n_kept;
  atomic_bool damaged;
};

struct row {
  sqlite3_stmt *stmt;
};

db_value db_whole(int64_t v)
{
  return (db_value){.kind = DB_WHOLE, .whole = v};
}

db_value db_real(double v)
{
  return isnan(v) ? (db_value){.kind = DB_NULL} : (db_value){.kind = DB_REAL, .real = v};
}

db_value db_text(const char *v)
{
  return v ? (db_value){.kind = DB_TEXT, .bytes = v, .n = strlen(v)} : (db_value){.kind = DB_NULL};
}

db_value db_bytes(const void *v, size_t n)
{
  return (db_value){.kind = DB_BYTES, .bytes = v, .n = n};
}

int64_t row_whole(const row *r, int column)
{
  return sqlite3_column_int64(r->stmt, column);
}

double row_real(const row *r, int column)
{
  return sqlite3_column_type(r->stmt, column) == SQLITE_NULL ? NAN : sqlite3_column_double(r->stmt, column);
}

const char *row_text(const row *r, int column)
{
  return (const char *)sqlite3_column_text(r->stmt, column);
}

const void *row_bytes(const row *r, int column, size_t *n)
{
  const void *bytes = sqlite3_column_blob(r->stmt, column);
  *n                = (size_t)sqlite3_column_bytes(r->stmt, column);
  return bytes;
}

int row_columns(const row *r)
{
  return sqlite3_column_count(r->stmt);
}

const char *row_name(const row *r, int column)
{
  return sqlite3_column_name(r->stmt, column);
}

db_kind row_kind(const row *r, int column)
{
  switch (sqlite3_column_type(r->stmt, column)) {
  case SQLITE_INTEGER: return DB_WHOLE;
  case SQLITE_FLOAT: return DB_REAL;
  case SQLITE_TEXT: return DB_TEXT;
  case SQLITE_BLOB: return DB_BYTES;
  default: return DB_NULL;
  }
}

static dyo_status fail(db *d, int code, dyo_err *err)
{
  const int kind = code & 0xff;
  if (kind == SQLITE_CORRUPT || kind == SQLITE_NOTADB) {
    atomic_store(&d->damaged, true);
    return dyo_fail(err, DYO_INVALID_INPUT, "",
                    "the database is damaged (%s); restore a backup: dyocensed restore --help",
                    sqlite3_errmsg(d->handle));
  }
  if (kind == SQLITE_CONSTRAINT) return dyo_fail(err, DYO_CONFLICT, "", "it is there already");
  const int why = kind == SQLITE_IOERR ? sqlite3_system_errno(d->handle) : 0;
  if (kind == SQLITE_FULL || why == ENOSPC || why == EDQUOT)
    return dyo_fail(err, STORE_FULL, "", "the disk is full; nothing of this was stored. Make room and try again.");
  if (kind == SQLITE_NOMEM) return dyo_oom(err);
  return dyo_fail(err, DYO_INTERNAL, "", "the database says: %s", sqlite3_errmsg(d->handle));
}

static void find_places(prepared *p)
{
  for (int i = 1; i <= PARAMETERS; i++) {
    char name[16];
    snprintf(name, sizeof name, "$%d", i);
    p->place[i] = sqlite3_bind_parameter_index(p->stmt, name);
  }
}

static dyo_status statement(db *d, const char *sql, prepared **out, dyo_err *err)
{
  size_t at = ((uintptr_t)sql >> 3) % STATEMENTS;
  while (d->kept[at].sql && d->kept[at].sql != sql) at = (at + 1) % STATEMENTS;
  *out = &d->kept[at];
  if (d->kept[at].sql) return DYO_OK;
  if (d->n_kept == STATEMENTS - 1) return dyo_fail(err, DYO_INTERNAL, "", "more statements than there is room for");
  const int code = sqlite3_prepare_v3(d->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &d->kept[at].stmt, NULL);
  if (code != SQLITE_OK) return fail(d, code, err);
  d->kept[at].sql = sql;
  d->n_kept++;
  find_places(&d->kept[at]);
  return DYO_OK;
}

static int bind(sqlite3_stmt *stmt, int at, const db_value *v)
{
  switch (v->kind) {
  case DB_WHOLE: return sqlite3_bind_int64(stmt, at, v->whole);
  case DB_REAL: return sqlite3_bind_double(stmt, at, v->real);
  case DB_TEXT: return sqlite3_bind_text64(stmt, at, v->bytes, v->n, SQLITE_STATIC, SQLITE_UTF8);
  case DB_BYTES: return sqlite3_bind_blob64(stmt, at, v->n ? v->bytes : "", v->n, SQLITE_STATIC);
  default: return sqlite3_bind_null(stmt, at);
  }
}

dyo_status db_run(db *d, const char *sql, const db_value *v, size_t n, db_each each, void *user, int64_t *changed,
                  dyo_err *err)
{
  prepared  *p    = NULL;
  int        code = SQLITE_OK;
  dyo_status st   = statement(d, sql, &p, err);
  if (st != DYO_OK) return st;
  for (size_t i = 0; code == SQLITE_OK && i < n; i++)
    if (p->place[i + 1]) code = bind(p->stmt, p->place[i + 1], &v[i]);
  const row r = {p->stmt};
  while (code == SQLITE_OK || code == SQLITE_ROW) {
    code = sqlite3_step(p->stmt);
    if (code == SQLITE_ROW && each && !each(user, &r)) break;
  }
  if (code != SQLITE_DONE && code != SQLITE_ROW) st = fail(d, code, err);
  if (changed) *changed = sqlite3_changes64(d->handle);
  sqlite3_reset(p->stmt);
  sqlite3_clear_bindings(p->stmt);
  return st;
}

dyo_status db_script(db *d, const char *sql, dyo_err *err)
{
  const int code = sqlite3_exec(d->handle, sql, NULL, NULL, NULL);
  return code == SQLITE_OK ? DYO_OK : fail(d, code, err);
}

static dyo_status settle(db *d, bool read_only, dyo_err *err)
{
  static const char always[] = "PRAGMA trusted_schema=OFF; PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY;"
                               "PRAGMA cache_size=-4096; PRAGMA mmap_size=0;";
  static const char writes[] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=2000;"
                               "PRAGMA journal_size_limit=67108864; PRAGMA secure_delete=FAST;";
  sqlite3_db_config(d->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  sqlite3_busy_timeout(d->handle, BUSY_MS);
  const dyo_status st = db_script(d, always, err);
  return st == DYO_OK && !read_only ? db_script(d, writes, err) : st;
}

dyo_status db_open(const char *path, bool read_only, db **out, dyo_err *err)
{
  const int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                    (read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  db *d = calloc(1, sizeof *d);
  *out  = NULL;
  if (!d) return dyo_oom(err);
  const int  code = sqlite3_open_v2(path, &d->handle, flags, NULL);
  dyo_status st   = code == SQLITE_OK ? settle(d, read_only, err) : fail(d, code, err);
  if (st == DYO_OK) *out = d;
  else db_close(d);
  return st;
}

void db_close(db *d)
{
  if (!d) return;
  for (size_t i = 0; i < STATEMENTS; i++) sqlite3_finalize(d->kept[i].stmt);
  sqlite3_close(d->handle);
  free(d);
}

bool db_in_transaction(const db *d)
{
  return sqlite3_get_autocommit(d->handle) == 0;
}

void db_interrupt(db *d)
{
  sqlite3_interrupt(d->handle);
}

bool db_damaged(const db *d)
{
  return atomic_load(&d->damaged);
}

dyo_status db_copy(db *from, const char *to, dyo_err *err)
{
  enum { ALL_PAGES = -1 }; /* in one reading of the file, which the writer's log leaves as it is: no restart, no wait */
  sqlite3 *target = NULL;
  int      code = sqlite3_open_v2(to, &target, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
  sqlite3_backup *b = code == SQLITE_OK ? sqlite3_backup_init(target, "main", from->handle, "main") : NULL;
  if (b) {
    sqlite3_backup_step(b, ALL_PAGES);
    code = sqlite3_backup_finish(b);
  }
  dyo_status st = DYO_OK;
  if (!b || code != SQLITE_OK)
    st = dyo_fail(err, DYO_INTERNAL, "", "%.150s: %s", to, target ? sqlite3_errmsg(target) : "it cannot be made");
  sqlite3_close(target);
  return st;
}

typedef struct {
  char  *text;
  size_t room;
} complaint_of;

static bool first_complaint(void *user, const row *r)
{
  complaint_of *c    = user;
  const char   *text = row_text(r, 0);
  if (text && strcmp(text, "ok") != 0) snprintf(c->text, c->room, "%s", text);
  return false;
}

dyo_status db_check(db *d, bool whole, char *complaint, size_t room, dyo_err *err)
{
  complaint_of c = {complaint, room};
  complaint[0]   = '\0';
  return db_run(d, whole ? "PRAGMA integrity_check(1)" : "PRAGMA quick_check(1)", NULL, 0, first_complaint, &c, NULL,
                err);
}
