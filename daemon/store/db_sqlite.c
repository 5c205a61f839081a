/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <math.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/db_driver.h"
#include "store/store.h"

enum { STATEMENTS = 128, PARAMETERS = 32, BUSY_MS = 20000 };

/* A prepared statement and where its parameters are: $1 need not be SQLite's first. */
typedef struct {
  const char   *sql;
  sqlite3_stmt *stmt;
  int           place[PARAMETERS + 1];
} prepared;

typedef struct {
  db            base;
  sqlite3      *handle;
  prepared      kept[STATEMENTS]; /* open addressing by the address of the text */
  size_t        n_kept;
  sqlite3_stmt *load; /* of the table that rows are put into */
  atomic_bool   damaged;
} connection;

typedef struct {
  row           base;
  sqlite3_stmt *stmt;
} answer;

static connection *own(db *d)
{
  return (connection *)d;
}

static sqlite3_stmt *stmt_of(const row *r)
{
  return ((const answer *)r)->stmt;
}

static int64_t column_whole(const row *r, int column)
{
  return sqlite3_column_int64(stmt_of(r), column);
}

static double column_real(const row *r, int column)
{
  return sqlite3_column_type(stmt_of(r), column) == SQLITE_NULL ? NAN : sqlite3_column_double(stmt_of(r), column);
}

static const char *column_text(const row *r, int column)
{
  return (const char *)sqlite3_column_text(stmt_of(r), column);
}

static const void *column_bytes(const row *r, int column, size_t *n)
{
  const void *bytes = sqlite3_column_blob(stmt_of(r), column);
  *n                = (size_t)sqlite3_column_bytes(stmt_of(r), column);
  return bytes;
}

static int column_columns(const row *r)
{
  return sqlite3_column_count(stmt_of(r));
}

static const char *column_name(const row *r, int column)
{
  return sqlite3_column_name(stmt_of(r), column);
}

static db_kind column_kind(const row *r, int column)
{
  switch (sqlite3_column_type(stmt_of(r), column)) {
  case SQLITE_INTEGER: return DB_WHOLE;
  case SQLITE_FLOAT: return DB_REAL;
  case SQLITE_TEXT: return DB_TEXT;
  case SQLITE_BLOB: return DB_BYTES;
  default: return DB_NULL;
  }
}

static dyo_status fail(connection *d, int code, dyo_err *err)
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

static dyo_status statement(connection *d, const char *sql, prepared **out, dyo_err *err)
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

static dyo_status run(db *b, const char *sql, const db_value *v, size_t n, db_each each, void *user, int64_t *changed,
                      dyo_err *err)
{
  connection *d    = own(b);
  prepared   *p    = NULL;
  int         code = SQLITE_OK;
  dyo_status  st   = statement(d, sql, &p, err);
  if (st != DYO_OK) return st;
  for (size_t i = 0; code == SQLITE_OK && i < n; i++)
    if (p->place[i + 1]) code = bind(p->stmt, p->place[i + 1], &v[i]);
  const answer r = {{&db_sqlite}, p->stmt};
  while (code == SQLITE_OK || code == SQLITE_ROW) {
    code = sqlite3_step(p->stmt);
    if (code == SQLITE_ROW && each && !each(user, &r.base)) break;
  }
  if (code != SQLITE_DONE && code != SQLITE_ROW) st = fail(d, code, err);
  if (changed) *changed = sqlite3_changes64(d->handle);
  sqlite3_reset(p->stmt);
  sqlite3_clear_bindings(p->stmt);
  return st;
}

static dyo_status flush(db *b, dyo_err *err)
{
  (void)b, (void)err;
  return DYO_OK;
}

static dyo_status script(db *b, const char *sql, dyo_err *err)
{
  connection *d    = own(b);
  const int   code = sqlite3_exec(d->handle, sql, NULL, NULL, NULL);
  return code == SQLITE_OK ? DYO_OK : fail(d, code, err);
}

static dyo_status settle(connection *d, bool read_only, dyo_err *err)
{
  static const char always[] = "PRAGMA trusted_schema=OFF; PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY;"
                               "PRAGMA cache_size=-4096; PRAGMA mmap_size=0;";
  static const char writes[] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=2000;"
                               "PRAGMA journal_size_limit=67108864; PRAGMA secure_delete=FAST;";
  sqlite3_db_config(d->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  sqlite3_busy_timeout(d->handle, BUSY_MS);
  const dyo_status st = script(&d->base, always, err);
  return st == DYO_OK && !read_only ? script(&d->base, writes, err) : st;
}

static void close_it(db *b)
{
  connection *d = own(b);
  for (size_t i = 0; i < STATEMENTS; i++) sqlite3_finalize(d->kept[i].stmt);
  sqlite3_close(d->handle);
  free(d);
}

static dyo_status open_it(const char *path, bool read_only, db **out, dyo_err *err)
{
  const int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                    (read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  connection *d = calloc(1, sizeof *d);
  *out          = NULL;
  if (!d) return dyo_oom(err);
  d->base.is      = &db_sqlite;
  const int  code = sqlite3_open_v2(path, &d->handle, flags, NULL);
  dyo_status st   = code == SQLITE_OK ? settle(d, read_only, err) : fail(d, code, err);
  if (st == DYO_OK) *out = &d->base;
  else close_it(&d->base);
  return st;
}

static void for_tenant(db *b, const char *tenant)
{
  (void)b, (void)tenant;
}

static dyo_status begin(db *b, const char *tenant, dyo_err *err)
{
  (void)tenant; /* one writes at a time, for whomever */
  return script(b, "BEGIN IMMEDIATE", err);
}

static dyo_status commit(db *b, dyo_err *err)
{
  return script(b, "COMMIT", err);
}

static void rollback(db *b)
{
  dyo_err ignored;
  script(b, "ROLLBACK", &ignored);
}

static bool in_transaction(const db *b)
{
  return sqlite3_get_autocommit(((const connection *)b)->handle) == 0;
}

static dyo_status wake(db *b, dyo_err *err)
{
  (void)b, (void)err; /* whoever waits is in this process, and is told there */
  return DYO_OK;
}

static void interrupt(db *b)
{
  sqlite3_interrupt(own(b)->handle);
}

static bool damaged(const db *b)
{
  return atomic_load(&((const connection *)b)->damaged);
}

static dyo_status copy(db *from, const char *to, dyo_err *err)
{
  enum { ALL_PAGES = -1 }; /* in one reading of the file, which the writer's log leaves as it is: no restart, no wait */
  sqlite3 *target = NULL;
  int      code = sqlite3_open_v2(to, &target, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
  sqlite3_backup *b = code == SQLITE_OK ? sqlite3_backup_init(target, "main", own(from)->handle, "main") : NULL;
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
  const char   *text = column_text(r, 0);
  if (text && strcmp(text, "ok") != 0) snprintf(c->text, c->room, "%s", text);
  return false;
}

static dyo_status check(db *d, bool whole, char *complaint, size_t room, dyo_err *err)
{
  complaint_of c = {complaint, room};
  complaint[0]   = '\0';
  return run(d, whole ? "PRAGMA integrity_check(1)" : "PRAGMA quick_check(1)", NULL, 0, first_complaint, &c, NULL, err);
}

/* --- the schema's number, in the file's header ----------------------------------------------------------------------- */

enum { APPLICATION = 0x44594f31 }; /* "DYO1" */

static bool take_whole(void *user, const row *r)
{
  *(int64_t *)user = column_whole(r, 0);
  return false;
}

static dyo_status schema(db *d, int *version, dyo_err *err)
{
  int64_t    application = 0, number = 0, tables = 0;
  dyo_status st = run(d, "PRAGMA application_id", NULL, 0, take_whole, &application, NULL, err);
  if (st == DYO_OK) st = run(d, "PRAGMA user_version", NULL, 0, take_whole, &number, NULL, err);
  if (st == DYO_OK) st = run(d, "SELECT count(*) FROM sqlite_schema", NULL, 0, take_whole, &tables, NULL, err);
  *version = (int)number;
  if (st == DYO_OK && tables > 0 && (application != APPLICATION || number < 1))
    return dyo_fail(err, DYO_INVALID_INPUT, "", "the file is a database of another program; name another file");
  return st;
}

static dyo_status schema_put(db *d, int version, dyo_err *err)
{
  char note[96];
  snprintf(note, sizeof note, "PRAGMA application_id=%d; PRAGMA user_version=%d", APPLICATION, version);
  return script(d, note, err);
}

/* --- whole tables ------------------------------------------------------------------------------------------------------ */

static dyo_status snapshot(db *b, dyo_err *err)
{
  return script(b, "BEGIN; SELECT count(*) FROM meta", err); /* the moment is that of the first look */
}

static dyo_status table(db *b, const char *name, db_each each, void *user, dyo_err *err)
{
  connection *d = own(b);
  answer      r = {{&db_sqlite}, NULL};
  char        sql[128];
  snprintf(sql, sizeof sql, "SELECT * FROM %.100s", name);
  int code = sqlite3_prepare_v2(d->handle, sql, -1, &r.stmt, NULL);
  while (code == SQLITE_OK || code == SQLITE_ROW) {
    code = sqlite3_step(r.stmt);
    if (code == SQLITE_ROW && !each(user, &r.base)) break;
  }
  const dyo_status st = code == SQLITE_DONE || code == SQLITE_ROW ? DYO_OK : fail(d, code, err);
  sqlite3_finalize(r.stmt);
  return st;
}

static dyo_status load_begin(db *b, const char *name, int n, dyo_err *err)
{
  connection *d = own(b);
  char        sql[400];
  size_t      at = (size_t)snprintf(sql, sizeof sql, "INSERT INTO %.100s VALUES (?", name);
  for (int i = 1; i < n && at + 4 < sizeof sql; i++) at += (size_t)snprintf(sql + at, sizeof sql - at, ",?");
  snprintf(sql + at, sizeof sql - at, ")");
  const int code = sqlite3_prepare_v2(d->handle, sql, -1, &d->load, NULL);
  return code == SQLITE_OK ? DYO_OK : fail(d, code, err);
}

static dyo_status load_row(db *b, const db_value *v, int n, dyo_err *err)
{
  connection *d    = own(b);
  int         code = SQLITE_OK;
  for (int i = 0; code == SQLITE_OK && i < n; i++) code = bind(d->load, i + 1, &v[i]);
  if (code == SQLITE_OK) code = sqlite3_step(d->load);
  const dyo_status st = code == SQLITE_DONE ? DYO_OK : fail(d, code, err);
  sqlite3_reset(d->load);
  return st;
}

static dyo_status load_end(db *b, bool whole, dyo_err *err)
{
  connection *d = own(b);
  (void)whole, (void)err;
  sqlite3_finalize(d->load);
  d->load = NULL;
  return DYO_OK;
}

const db_driver db_sqlite = {
  .open           = open_it,
  .close          = close_it,
  .run            = run,
  .later          = run,
  .flush          = flush,
  .script         = script,
  .tenant         = for_tenant,
  .begin          = begin,
  .commit         = commit,
  .rollback       = rollback,
  .in_transaction = in_transaction,
  .wake           = wake,
  .snapshot       = snapshot,
  .tables         = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name <> 'meta'"
                    " ORDER BY name",
  .table          = table,
  .load_begin     = load_begin,
  .load_row       = load_row,
  .load_end       = load_end,
  .interrupt      = interrupt,
  .damaged        = damaged,
  .copy           = copy,
  .check          = check,
  .schema         = schema,
  .schema_put     = schema_put,
  .migrate        = script,
  .whole          = column_whole,
  .real           = column_real,
  .text           = column_text,
  .bytes          = column_bytes,
  .columns        = column_columns,
  .name           = column_name,
  .kind           = column_kind,
};
