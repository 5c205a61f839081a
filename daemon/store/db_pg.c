/* SPDX-License-Identifier: GPL-3.0-or-later */
/* PostgreSQL behind db.h.
 *
 * The store's statements are the same text as for SQLite. A transaction that writes belongs to one tenant: it names it (app.tenant,
 * which row-level security holds every row against) and takes the tenant's advisory lock, so that what was written for a single
 * writer (look, then write) holds however many replicas write. Reading sends the tenant and the statement in one round trip, which is
 * one transaction of its own. What must see every tenant says so (app.every). A transaction asks for its own number, so that after a
 * COMMIT whose answer was lost the server can tell whether it happened. Values travel in their binary forms. */
#include "store/db_pg.h"

#include <endian.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "store/store.h"

static connection *own(db *d)
{
  return (connection *)d;
}

/* --- rows ------------------------------------------------------------------------------------------------------------ */

enum { OID_BOOL = 16, OID_BYTES = 17, OID_INT8 = 20, OID_INT2 = 21, OID_INT4 = 23, OID_TEXT = 25, OID_FLOAT8 = 701 };

static bool null_at(const row *r, int column)
{
  const answer *a = (const answer *)r;
  return PQgetisnull(a->res, a->at, column) != 0;
}

static const char *column_text(const row *r, int column)
{
  const answer *a = (const answer *)r;
  return null_at(r, column) ? NULL : PQgetvalue(a->res, a->at, column);
}

static const void *column_bytes(const row *r, int column, size_t *n)
{
  const answer *a = (const answer *)r;
  *n              = (size_t)PQgetlength(a->res, a->at, column);
  return column_text(r, column);
}

static double double_of(uint64_t bits)
{
  double v;
  memcpy(&v, &bits, sizeof v);
  return v;
}

/* A number of any type, as the bytes of its binary form. */
static uint64_t bits_at(const row *r, int column)
{
  size_t               n     = 0;
  const unsigned char *bytes = column_bytes(r, column, &n);
  uint64_t             bits  = bytes && n && (bytes[0] & 0x80) ? UINT64_MAX : 0; /* with the sign of a shorter one */
  for (size_t i = 0; bytes && i < n; i++) bits = bits << 8 | bytes[i];
  return bits;
}

static int64_t column_whole(const row *r, int column)
{
  const uint64_t bits = bits_at(r, column);
  return PQftype(((const answer *)r)->res, column) == OID_FLOAT8 ? (int64_t)double_of(bits) : (int64_t)bits;
}

static double column_real(const row *r, int column)
{
  if (null_at(r, column)) return NAN;
  const uint64_t bits = bits_at(r, column);
  return PQftype(((const answer *)r)->res, column) == OID_FLOAT8 ? double_of(bits) : (double)(int64_t)bits;
}

static int column_count(const row *r)
{
  return PQnfields(((const answer *)r)->res);
}

static const char *column_name(const row *r, int column)
{
  return PQfname(((const answer *)r)->res, column);
}

static db_kind column_kind(const row *r, int column)
{
  if (null_at(r, column)) return DB_NULL;
  switch (PQftype(((const answer *)r)->res, column)) {
  case OID_INT2:
  case OID_INT4:
  case OID_INT8: return DB_WHOLE;
  case OID_FLOAT8: return DB_REAL;
  case OID_BYTES: return DB_BYTES;
  default: return DB_TEXT;
  }
}

/* --- connecting ------------------------------------------------------------------------------------------------------------ */

static void no_notice(void *user, const char *text)
{
  (void)user, (void)text;
}

static dyo_status settle(connection *d, dyo_err *err)
{
  /* Every statement goes by a key; a plan that was made while its table was small would else read all of it for good. And the server is
   * to look whether this end is still there: sessions of one that is gone without a word would else stay for hours. */
  static const char always[] = "SET client_min_messages=error; SET enable_seqscan=off;"
                               "SET default_transaction_isolation='read committed'; SET jit=off; SET row_security=on;"
                               "SET tcp_keepalives_idle=10; SET tcp_keepalives_interval=5; SET tcp_keepalives_count=3;"
                               "SET tcp_user_timeout='30s'";
  dyo_status        st       = pg_exec(d, always, err);
  if (st == DYO_OK && d->read_only) st = pg_exec(d, "SET default_transaction_read_only=on", err);
  else if (st == DYO_OK) st = pg_exec(d, "SET idle_in_transaction_session_timeout='15s'", err);
  if (st != DYO_OK) return st;
  PGresult  *res = PQexec(d->c, "SHOW server_encoding");
  const bool ok  = PQresultStatus(res) == PGRES_TUPLES_OK && strcmp(PQgetvalue(res, 0, 0), "UTF8") == 0;
  PQclear(res);
  return ok ? DYO_OK
            : dyo_fail(err, DYO_UNSUPPORTED, "", "the database is not in UTF-8; make one with ENCODING 'UTF8'");
}

/* What the address says comes last and so counts. */
PGconn *pg_connect(const char *where)
{
  const char *const names[]  = {"fallback_application_name", "connect_timeout",  "keepalives_idle",
                                "keepalives_interval",       "keepalives_count", "tcp_user_timeout",
                                "client_encoding",           "dbname",           NULL};
  const char *const values[] = {"dyocensed", "5", "10", "5", "3", "10000", "UTF8", where, NULL};
  PGconn           *c        = PQconnectdbParams(names, values, 1);
  if (c) PQsetNoticeProcessor(c, no_notice, NULL);
  return c;
}

static dyo_status connect_it(connection *d, dyo_err *err)
{
  PQfinish(d->c);
  memset(d->kept, 0, sizeof d->kept);
  d->n_kept         = 0;
  d->n_later        = 0;
  d->in_transaction = false;
  d->silent_s       = PG_SILENT_S;
  d->c              = pg_connect(d->where);
  if (!d->c) return dyo_oom(err);
  return PQstatus(d->c) == CONNECTION_OK ? settle(d, err) : pg_fail(d, NULL, err);
}

/* A server that restarts is waited for. */
static dyo_status connected(connection *d, double until, dyo_err *err)
{
  static const struct timespec pause = {.tv_nsec = 100000000};
  dyo_status                   st    = DYO_OK;
  if (PQstatus(d->c) == CONNECTION_OK) return DYO_OK;
  do {
    st = connect_it(d, err);
    if (st != DB_AGAIN) return st;
    nanosleep(&pause, NULL);
  } while (clock_monotonic() < until);
  return st;
}

static void close_it(db *b)
{
  connection *d = own(b);
  PQfinish(d->c);
  free(d->where);
  free(d);
}

static dyo_status open_it(const char *where, bool read_only, db **out, dyo_err *err)
{
  connection *d = calloc(1, sizeof *d);
  *out          = NULL;
  if (!d) return dyo_oom(err);
  d->base.is    = &db_postgres;
  d->read_only  = read_only;
  d->tenant     = ""; /* nobody is */
  d->where      = strdup(where);
  dyo_status st = d->where ? connect_it(d, err) : dyo_oom(err);
  if (st == DB_AGAIN) st = err->code = DYO_INVALID_INPUT;
  if (st == DYO_OK) *out = &d->base;
  else close_it(&d->base);
  return st;
}

/* --- statements ------------------------------------------------------------------------------------------------------------ */

/* What stands in a comment that begins with "pg" is read. NULL: no memory. */
static char *text_of(const char *sql)
{
  char *text = strdup(sql);
  for (char *at = text; at && (at = strstr(at, "/*pg")) != NULL;) {
    char *end = strstr(at, "*/");
    memset(at, ' ', 4);
    if (end) memset(end, ' ', 2);
  }
  return text;
}

static Oid type_of(db_kind kind)
{
  return kind == DB_WHOLE ? OID_INT8 : kind == DB_REAL ? OID_FLOAT8 : kind == DB_BYTES ? OID_BYTES : OID_TEXT;
}

static dyo_status prepare(connection *d, const char *sql, const char *name, const db_value *v, size_t n, dyo_err *err)
{
  Oid   types[PG_PARAMETERS];
  char *text = text_of(sql);
  if (!text) return dyo_oom(err);
  for (size_t i = 0; i < n; i++) types[i] = type_of(v[i].of);
  const int sent = PQsendPrepare(d->c, name, text, (int)n, types);
  free(text);
  return sent ? pg_answered(d, NULL, NULL, NULL, err) : pg_fail(d, NULL, err);
}

static size_t slot_of(const connection *d, const char *sql, size_t n)
{
  size_t at = ((uintptr_t)sql >> 3) % PG_STATEMENTS;
  while (d->kept[at].sql && (d->kept[at].sql != sql || d->kept[at].n != n)) at = (at + 1) % PG_STATEMENTS;
  return at;
}

bool pg_knows(const connection *d, const char *sql, size_t n)
{
  return d->kept[slot_of(d, sql, n)].sql != NULL;
}

dyo_status pg_statement(connection *d, const char *sql, const db_value *v, size_t n, char name[16], dyo_err *err)
{
  const size_t at = slot_of(d, sql, n);
  snprintf(name, 16, "s%zu", at);
  if (d->kept[at].sql) return DYO_OK;
  if (d->n_kept == PG_STATEMENTS - 1 || n > PG_PARAMETERS)
    return dyo_fail(err, DYO_INTERNAL, "", "more statements or parameters than there is room for");
  const dyo_status st = prepare(d, sql, name, v, n, err);
  if (st != DYO_OK) return st;
  d->kept[at] = (prepared){sql, n};
  d->n_kept++;
  return DYO_OK;
}

typedef struct {
  const char *values[PG_PARAMETERS];
  int         lengths[PG_PARAMETERS], formats[PG_PARAMETERS];
  uint64_t    numbers[PG_PARAMETERS];
} bound;

static void bind(bound *b, const db_value *v, size_t n)
{
  for (size_t i = 0; i < n; i++) {
    uint64_t bits = (uint64_t)v[i].whole;
    if (v[i].kind == DB_REAL) memcpy(&bits, &v[i].real, sizeof bits);
    b->numbers[i] = htobe64(bits);
    b->formats[i] = v[i].kind != DB_TEXT;
    b->lengths[i] = v[i].kind == DB_BYTES ? (int)v[i].n : (int)sizeof bits;
    b->values[i]  = v[i].kind == DB_NULL ? NULL : (const char *)&b->numbers[i];
    if (v[i].kind == DB_TEXT || v[i].kind == DB_BYTES) b->values[i] = v[i].n ? v[i].bytes : "";
  }
}

bool pg_send(connection *d, const char *name, const db_value *v, size_t n)
{
  bound b;
  bind(&b, v, n);
  return PQsendQueryPrepared(d->c, name, (int)n, b.values, b.lengths, b.formats, 1) != 0;
}

/* --- reading for a tenant ---------------------------------------------------------------------------------------------------- */

static const char scope[] = "SELECT set_config('app.tenant', $1, true), set_config('app.every', $2, true)";

static void to_scope(const char *tenant, db_value v[2])
{
  v[0] = db_text(tenant ? tenant : "");
  v[1] = db_text(tenant ? "" : "on");
}

/* Whose it is, and the statement, in one round trip and one transaction. */
static dyo_status ask(connection *d, const char *name, const db_value *v, size_t n, db_each each, void *user,
                      int64_t *changed, bool *gave, dyo_err *err)
{
  char     first[16];
  db_value whose[2];
  bool     ignored = false;
  dyo_err  other;
  to_scope(d->every ? ALL_TENANTS : d->tenant, whose);
  dyo_status st = pg_statement(d, scope, whose, 2, first, err);
  if (st != DYO_OK) return st;
  if (!PQenterPipelineMode(d->c) || !pg_send(d, first, whose, 2) || !pg_send(d, name, v, n) || !PQpipelineSync(d->c))
    return pg_fail(d, NULL, err);
  st = pg_receive(d, NULL, NULL, NULL, &ignored, err);
  PQsetSingleRowMode(d->c);
  const dyo_status second = pg_receive(d, each, user, changed, gave, st == DYO_OK ? err : &other);
  if (st == DYO_OK) st = second;
  return pg_round_ends(d, st, err);
}

static dyo_status write_one(connection *d, const char *name, const db_value *v, size_t n, db_each each, void *user,
                            int64_t *changed, dyo_err *err)
{
  if (!pg_send(d, name, v, n)) return pg_fail(d, NULL, err);
  if (each) PQsetSingleRowMode(d->c);
  return pg_answered(d, each, user, changed, err);
}

static dyo_status run(db *b, const char *sql, const db_value *v, size_t n, db_each each, void *user, int64_t *changed,
                      dyo_err *err)
{
  connection  *d = own(b);
  char         name[16];
  bool         gave  = false;
  dyo_status   st    = DYO_OK;
  const double until = clock_monotonic() + PG_READ_S;
  if (d->in_transaction) {
    st = pg_flush(b, err);
    if (st == DYO_OK) st = pg_statement(d, sql, v, n, name, err);
    return st == DYO_OK ? write_one(d, name, v, n, each, user, changed, err) : st;
  }
  do { /* reading: a lost connection is made anew, unless rows were given already */
    st = connected(d, until, err);
    if (st == DYO_OK) st = pg_statement(d, sql, v, n, name, err);
    if (st == DYO_OK) st = ask(d, name, v, n, each, user, changed, &gave, err);
  } while (st == DB_AGAIN && !gave && clock_monotonic() < until);
  if (st == DB_AGAIN) st = err->code = STORE_AWAY;
  return st;
}

static dyo_status script(db *b, const char *sql, dyo_err *err)
{
  const bool back = strncmp(sql, "ROLLBACK", 8) == 0;
  if (back) pg_forget(own(b));
  const dyo_status st = pg_flush(b, err);
  return st != DYO_OK && !back ? st : pg_exec(own(b), sql, err);
}

static void for_tenant(db *b, const char *tenant)
{
  connection *d = own(b);
  d->every      = tenant == ALL_TENANTS;
  d->tenant     = tenant;
}

/* --- transactions -------------------------------------------------------------------------------------------------------------- */

static bool take_number(void *user, const row *r)
{
  connection *d = user;
  snprintf(d->number, sizeof d->number, "%s", column_text(r, 0));
  return false;
}

static dyo_status begin(db *b, const char *tenant, dyo_err *err)
{
  static const char lock[] = "SELECT pg_current_xact_id()::text, CASE WHEN $1 <> '' THEN"
                             " pg_advisory_xact_lock(hashtextextended($1, 0))::text END";
  connection       *d      = own(b);
  db_value          whose[2];
  to_scope(tenant, whose);
  dyo_status st = connected(d, clock_monotonic() + PG_WRITE_S, err);
  if (st == DYO_OK) st = script(b, "BEGIN", err);
  d->in_transaction = st == DYO_OK;
  if (st == DYO_OK) st = run(b, scope, whose, 2, NULL, NULL, NULL, err);
  if (st == DYO_OK) st = run(b, lock, whose, 1, take_number, d, NULL, err);
  return st;
}

typedef struct {
  char word[16];
} status_word;

static bool take_word(void *user, const row *r)
{
  status_word *w = user;
  snprintf(w->word, sizeof w->word, "%s", column_text(r, 0) ? column_text(r, 0) : "");
  return false;
}

/* The answer to COMMIT was lost: another connection asks what became of it. */
static dyo_status what_became(connection *d, dyo_err *err)
{
  static const char            ask_it[] = "SELECT pg_xact_status($1::xid8)";
  static const struct timespec pause    = {.tv_nsec = 20000000};
  const db_value               number   = db_text(d->number);
  status_word                  w        = {"in progress"};
  const double                 until    = clock_monotonic() + PG_WRITE_S;
  dyo_status                   st       = connected(d, until, err);
  while (st == DYO_OK && strcmp(w.word, "in progress") == 0 && clock_monotonic() < until) {
    nanosleep(&pause, NULL);
    st = run(&d->base, ask_it, &number, 1, take_word, &w, NULL, err);
  }
  if (st == DYO_OK && strcmp(w.word, "committed") == 0) return DYO_OK;
  if (st == DYO_OK && strcmp(w.word, "aborted") == 0)
    return dyo_fail(err, DB_AGAIN, "", "the connection to the database was lost");
  return dyo_fail(err, STORE_AWAY, "", "the connection to the database was lost; it may or may not have been stored");
}

static dyo_status commit(db *b, dyo_err *err)
{
  connection *d  = own(b);
  dyo_status  st = pg_flush(b, err);
  if (st != DYO_OK) return st;
  PGresult  *res    = PQsendQuery(d->c, "COMMIT") ? pg_result(d) : NULL;
  const bool undid  = PQresultStatus(res) == PGRES_COMMAND_OK && strcmp(PQcmdStatus(res), "COMMIT") != 0;
  st                = PQresultStatus(res) == PGRES_COMMAND_OK ? DYO_OK : pg_fail(d, res, err);
  d->in_transaction = false;
  d->silent_s       = PG_SILENT_S;
  PQclear(res);
  PQclear(pg_result(d)); /* none */
  if (undid) return dyo_fail(err, DYO_INTERNAL, "", "the database took the transaction back");
  return st != DYO_OK && PQstatus(d->c) == CONNECTION_BAD ? what_became(d, err) : st;
}

static dyo_status snapshot(db *b, dyo_err *err)
{
  connection *d = own(b);
  db_value    whose[2];
  to_scope(ALL_TENANTS, whose);
  dyo_status st     = script(b, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", err);
  d->in_transaction = st == DYO_OK;
  return st == DYO_OK ? run(b, scope, whose, 2, NULL, NULL, NULL, err) : st;
}

static dyo_status table(db *b, const char *name, db_each each, void *user, dyo_err *err)
{
  connection *d = own(b);
  char        sql[128];
  snprintf(sql, sizeof sql, "SELECT * FROM %.100s", name);
  if (!PQsendQueryParams(d->c, sql, 0, NULL, NULL, NULL, NULL, 1)) return pg_fail(d, NULL, err);
  PQsetSingleRowMode(d->c);
  return pg_answered(d, each, user, NULL, err);
}

static void rollback(db *b)
{
  dyo_err ignored;
  script(b, "ROLLBACK", &ignored);
  own(b)->in_transaction = false;
  own(b)->silent_s       = PG_SILENT_S;
}

static bool in_transaction(const db *b)
{
  return ((const connection *)b)->in_transaction;
}

static bool damaged(const db *b)
{
  return atomic_load(&((const connection *)b)->damaged);
}

static void interrupt(db *b)
{
  (void)b; /* nothing here runs for long on its own */
}

static dyo_status check(db *b, bool whole, char *complaint, size_t room, dyo_err *err)
{
  (void)whole, (void)room;
  complaint[0] = '\0';
  return run(b, "SELECT 1", NULL, 0, NULL, NULL, NULL, err); /* the server looks after its own files */
}

const db_driver db_postgres = {
  .open           = open_it,
  .close          = close_it,
  .run            = run,
  .later          = pg_later,
  .flush          = pg_flush,
  .script         = script,
  .tenant         = for_tenant,
  .begin          = begin,
  .commit         = commit,
  .rollback       = rollback,
  .in_transaction = in_transaction,
  .wake           = pg_wake,
  .listen         = pg_listen,
  .join           = pg_join,
  .wait           = pg_wait,
  .snapshot       = snapshot,
  .tables =
    "SELECT c.relname::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'"
    " WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace ORDER BY 1",
  .table      = table,
  .load_begin = pg_load_begin,
  .load_row   = pg_load_row,
  .load_end   = pg_load_end,
  .interrupt  = interrupt,
  .damaged    = damaged,
  .copy       = NULL, /* store_backup copies table by table */
  .check      = check,
  .schema     = pg_schema,
  .schema_put = pg_schema_put,
  .migrate    = pg_migrate,
  .whole      = column_whole,
  .real       = column_real,
  .text       = column_text,
  .bytes      = column_bytes,
  .columns    = column_count,
  .name       = column_name,
  .kind       = column_kind,
};
