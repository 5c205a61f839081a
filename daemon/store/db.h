/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to daemon/store: one connection to a database. Statements are written so that SQLite and PostgreSQL run them alike, with
 * parameters $1, $2, ...; a statement's text is a literal, whose address names its prepared form. The few words that only PostgreSQL
 * knows stand in an SQL comment that begins with "pg", which it looks into. A number that SQL adds up is CAST to BIGINT, a list
 * has its LIMIT, and texts compare byte by byte. */
#ifndef DAEMON_STORE_DB_H
#define DAEMON_STORE_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/dyo_status.h"

typedef struct db  db;
typedef struct row row; /* a row of an answer, valid inside the callback */

typedef enum { DB_NULL, DB_WHOLE, DB_REAL, DB_TEXT, DB_BYTES } db_kind;

typedef struct {
  db_kind     kind, of; /* of: what it would be if it were not NULL */
  int64_t     whole;
  double      real;
  const void *bytes;
  size_t      n;
} db_value;

db_value db_whole(int64_t v);
db_value db_real(double v);      /* NaN is NULL */
db_value db_text(const char *v); /* NULL is NULL */
db_value db_bytes(const void *v, size_t n);

/* Private beside store.h's own: the database asks for the whole transaction once more. */
#define DB_AGAIN ((dyo_status)102)

typedef bool (*db_each)(void *user, const row *r); /* false: no more rows are wanted */

/* Runs sql with n parameters; rows go to `each` (NULL: none are expected). *changed (may be NULL): rows written. Errors: conflict for
 * a key that is there already, internal with the database's sentence otherwise. */
dyo_status db_run(db *d, const char *sql, const db_value *v, size_t n, db_each each, void *user, int64_t *changed,
                  dyo_err *err);

#define DB_VALUES(...) (const db_value[]){__VA_ARGS__}, sizeof((const db_value[]){__VA_ARGS__}) / sizeof(db_value)
/* db_do(d, changed, err, "UPDATE …", db_text(a), …) and db_ask(d, each, user, err, "SELECT …", …) */
#define db_do(d, changed, err, sql, ...)     db_run(d, sql, DB_VALUES(__VA_ARGS__), NULL, NULL, changed, err)
#define db_ask(d, each, user, err, sql, ...) db_run(d, sql, DB_VALUES(__VA_ARGS__), each, user, NULL, err)

/* Inside a transaction, a statement whose outcome is not needed yet: by db_flush, or any other call, it is done, its rows were given to
 * `each` (NULL: none are expected), *changed (may be NULL) is set, or its error given. A server is sent many at once. What `user` and
 * `changed` point to lives until then, or until the caller's error takes all back. */
dyo_status db_later(db *d, const char *sql, const db_value *v, size_t n, db_each each, void *user, int64_t *changed,
                    dyo_err *err);
dyo_status db_flush(db *d, dyo_err *err);

int64_t     row_whole(const row *r, int column); /* 0 for NULL */
double      row_real(const row *r, int column);  /* NaN for NULL */
const char *row_text(const row *r, int column);  /* NULL for NULL */
const void *row_bytes(const row *r, int column, size_t *n);

int         row_columns(const row *r);
const char *row_name(const row *r, int column);
db_kind     row_kind(const row *r, int column);

/* Several statements without parameters or rows. */
dyo_status db_script(db *d, const char *sql, dyo_err *err);

/* `where` names a file, or a server: postgresql://... read_only: no write is possible through it. */
dyo_status db_open(const char *where, bool read_only, db **out, dyo_err *err);
void       db_close(db *d);

/* What is read from here on belongs to this tenant; ALL_TENANTS: to any. SQLite believes the statements, PostgreSQL sees to it. */
#define ALL_TENANTS ((const char *)NULL)
void db_for(db *d, const char *tenant);

/* A transaction that writes for a tenant. No two of a tenant's run at once, in whatever process. */
dyo_status db_begin(db *d, const char *tenant, dyo_err *err);
dyo_status db_commit(db *d, dyo_err *err);
void       db_rollback(db *d);
bool       db_in_transaction(const db *d); /* a full disk may have ended it */
bool       db_shared(const db *d); /* other daemons may write to it; a transaction is of one tenant's writes alone */
bool       db_is_server(const char *where);

/* Daemons that share a database. wake: once this transaction is stored, those that wait wake up. listen: hears them from here on;
 * *alone: no other daemon works on it, and none begins to until join. wait: until one told something, or `fd` can be read, or ms have
 * passed; an error says that the server does not answer. Of databases that are not shared only wake may be called. */
dyo_status db_wake(db *d, dyo_err *err);
dyo_status db_listen(db *d, bool *alone, dyo_err *err);
dyo_status db_join(db *d, dyo_err *err);
dyo_status db_wait(db *d, int fd, int ms, bool *told, dyo_err *err);

/* Whole tables, from one database to another. snapshot: all that is read until db_rollback is of one moment. load: rows into a table of
 * n columns, in their order, inside a transaction; after load_begin comes load_end, with false where something failed meanwhile. */
dyo_status db_snapshot(db *d, dyo_err *err);
dyo_status db_tables(db *d, db_each each, void *user, dyo_err *err); /* their names, but for meta */
dyo_status db_table(db *d, const char *table, db_each each, void *user, dyo_err *err);
dyo_status db_load_begin(db *d, const char *table, int n, dyo_err *err);
dyo_status db_load_row(db *d, const db_value *v, int n, dyo_err *err);
dyo_status db_load_end(db *d, bool whole, dyo_err *err);

void       db_interrupt(db *d);     /* from another thread: what runs now ends with an error */
bool       db_damaged(const db *d); /* an answer said so */
dyo_status db_copy(db *from, const char *to, dyo_err *err);
dyo_status db_check(db *d, bool whole, char *complaint, size_t room, dyo_err *err); /* "": sound */

/* Number of the schema, 0 where there is none yet; invalid_input where another program's tables are there. */
dyo_status db_schema(db *d, int *version, dyo_err *err);
dyo_status db_schema_put(db *d, int version, dyo_err *err);
dyo_status db_migrate(db *d, const char *sql, dyo_err *err); /* sql: as SQLite reads it */

#endif
