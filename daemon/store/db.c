/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values, and every call to the driver that the connection or row belongs to. */
#include <math.h>
#include <string.h>

#include "store/db_driver.h"

db_value db_whole(int64_t v)
{
  return (db_value){.kind = DB_WHOLE, .of = DB_WHOLE, .whole = v};
}

db_value db_real(double v)
{
  return (db_value){.kind = isnan(v) ? DB_NULL : DB_REAL, .of = DB_REAL, .real = v};
}

db_value db_text(const char *v)
{
  return (db_value){.kind = v ? DB_TEXT : DB_NULL, .of = DB_TEXT, .bytes = v, .n = v ? strlen(v) : 0};
}

db_value db_bytes(const void *v, size_t n)
{
  return (db_value){.kind = DB_BYTES, .of = DB_BYTES, .bytes = v, .n = n};
}

dyo_status db_open(const char *where, bool read_only, db **out, dyo_err *err)
{
  if (!db_is_server(where)) return db_sqlite.open(where, read_only, out, err);
#ifdef DYO_POSTGRES
  return db_postgres.open(where, read_only, out, err);
#else
  *out = NULL;
  return dyo_fail(err, DYO_UNSUPPORTED, "",
                  "this build knows no PostgreSQL: it was made without DYO_POSTGRES=ON, or without libpq");
#endif
}

bool db_is_server(const char *where)
{
  return strncmp(where, "postgresql://", 13) == 0 || strncmp(where, "postgres://", 11) == 0;
}

bool db_shared(const db *d)
{
  return d->is->listen != NULL;
}

void db_close(db *d)
{
  if (d) d->is->close(d);
}

dyo_status db_run(db *d, const char *sql, const db_value *v, size_t n, db_each each, void *user, int64_t *changed,
                  dyo_err *err)
{
  return d->is->run(d, sql, v, n, each, user, changed, err);
}

dyo_status db_later(db *d, const char *sql, const db_value *v, size_t n, db_each each, void *user, int64_t *changed,
                    dyo_err *err)
{
  return d->is->later(d, sql, v, n, each, user, changed, err);
}

dyo_status db_flush(db *d, dyo_err *err)
{
  return d->is->flush(d, err);
}

dyo_status db_script(db *d, const char *sql, dyo_err *err)
{
  return d->is->script(d, sql, err);
}

void db_for(db *d, const char *tenant)
{
  d->is->tenant(d, tenant);
}

dyo_status db_begin(db *d, const char *tenant, dyo_err *err)
{
  return d->is->begin(d, tenant, err);
}

dyo_status db_commit(db *d, dyo_err *err)
{
  return d->is->commit(d, err);
}

void db_rollback(db *d)
{
  d->is->rollback(d);
}

bool db_in_transaction(const db *d)
{
  return d->is->in_transaction(d);
}

dyo_status db_wake(db *d, dyo_err *err)
{
  return d->is->wake(d, err);
}

dyo_status db_listen(db *d, bool *alone, dyo_err *err)
{
  return d->is->listen(d, alone, err);
}

dyo_status db_join(db *d, dyo_err *err)
{
  return d->is->join(d, err);
}

dyo_status db_wait(db *d, int fd, int ms, bool *told, dyo_err *err)
{
  return d->is->wait(d, fd, ms, told, err);
}

dyo_status db_snapshot(db *d, dyo_err *err)
{
  return d->is->snapshot(d, err);
}

dyo_status db_tables(db *d, db_each each, void *user, dyo_err *err)
{
  return d->is->run(d, d->is->tables, NULL, 0, each, user, NULL, err);
}

dyo_status db_table(db *d, const char *table, db_each each, void *user, dyo_err *err)
{
  return d->is->table(d, table, each, user, err);
}

dyo_status db_load_begin(db *d, const char *table, int n, dyo_err *err)
{
  return d->is->load_begin(d, table, n, err);
}

dyo_status db_load_row(db *d, const db_value *v, int n, dyo_err *err)
{
  return d->is->load_row(d, v, n, err);
}

dyo_status db_load_end(db *d, bool whole, dyo_err *err)
{
  return d->is->load_end(d, whole, err);
}

void db_interrupt(db *d)
{
  d->is->interrupt(d);
}

bool db_damaged(const db *d)
{
  return d->is->damaged(d);
}

dyo_status db_copy(db *from, const char *to, dyo_err *err)
{
  return from->is->copy(from, to, err);
}

dyo_status db_check(db *d, bool whole, char *complaint, size_t room, dyo_err *err)
{
  return d->is->check(d, whole, complaint, room, err);
}

dyo_status db_schema(db *d, int *version, dyo_err *err)
{
  return d->is->schema(d, version, err);
}

dyo_status db_schema_put(db *d, int version, dyo_err *err)
{
  return d->is->schema_put(d, version, err);
}

dyo_status db_migrate(db *d, const char *sql, dyo_err *err)
{
  return d->is->migrate(d, sql, err);
}

int64_t row_whole(const row *r, int column)
{
  return r->is->whole(r, column);
}

double row_real(const row *r, int column)
{
  return r->is->real(r, column);
}

const char *row_text(const row *r, int column)
{
  return r->is->text(r, column);
}

const void *row_bytes(const row *r, int column, size_t *n)
{
  return r->is->bytes(r, column, n);
}

int row_columns(const row *r)
{
  return r->is->columns(r);
}

const char *row_name(const row *r, int column)
{
  return r->is->name(r, column);
}

db_kind row_kind(const row *r, int column)
{
  return r->is->kind(r, column);
}
