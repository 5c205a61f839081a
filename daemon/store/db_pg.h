/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to daemon/store: a connection to PostgreSQL. */
#ifndef DAEMON_STORE_DB_PG_H
#define DAEMON_STORE_DB_PG_H

#include <libpq-fe.h>
#include <stdatomic.h>

#include "store/db_driver.h"

/* PG_..._S: seconds that reading and writing wait for a server that does not answer, and that one which was asked may be silent. */
enum { PG_STATEMENTS = 256, PG_PARAMETERS = 32, PG_LATER = 256, PG_READ_S = 3, PG_WRITE_S = 10, PG_SILENT_S = 60 };

/* What an answer that is still to come is for. */
typedef struct {
  db_each  each;
  void    *user;
  int64_t *changed;
} awaited;

/* A text may stand in two places, of which one gives more parameters than it takes. */
typedef struct {
  const char *sql;
  size_t      n; /* parameters */
} prepared;

typedef struct {
  db          base;
  PGconn     *c;        /* NULL: closed */
  double      silent_s; /* INFINITY until the end of a transaction that changes the schema or loads a table */
  char       *where;
  bool        read_only, in_transaction, every;
  const char *tenant;          /* of what is read, where it is not of every one */
  char        number[24];      /* of the transaction */
  awaited     later[PG_LATER]; /* of what was sent without waiting, in that order */
  size_t      n_later;
  char        load[104];           /* table that rows are put into */
  prepared    kept[PG_STATEMENTS]; /* open addressing by the addresses of their texts */
  size_t      n_kept;
  atomic_bool damaged;
} connection;

PGconn *pg_connect(const char *where); /* PQfinish it */

dyo_status pg_statement(connection *d, const char *sql, const db_value *v, size_t n, char name[16], dyo_err *err);
bool       pg_knows(const connection *d, const char *sql, size_t n); /* no round trip is needed to prepare it */
bool       pg_send(connection *d, const char *name, const db_value *v, size_t n);

/* db_pg_answer.c: what went wrong. Where it was not the server that said so, the connection is closed, and what was to be written is
 * written anew. */
dyo_status pg_fail(connection *d, const PGresult *res, dyo_err *err);

typedef struct {
  row             base;
  const PGresult *res;
  int             at; /* row */
} answer;

PGresult  *pg_result(connection *d);
dyo_status pg_exec(connection *d, const char *sql, dyo_err *err);
dyo_status pg_round_ends(connection *d, dyo_status st, dyo_err *err); /* of a pipeline; st so far */

/* The answers to one statement, to their end; pg_answered also looks whether the connection holds. */
dyo_status pg_answered(connection *d, db_each each, void *user, int64_t *changed, dyo_err *err);
dyo_status pg_receive(connection *d, db_each each, void *user, int64_t *changed, bool *gave, dyo_err *err);

/* db_pg_later.c */
dyo_status pg_later(db *d, const char *sql, const db_value *v, size_t n, db_each each, void *user, int64_t *changed,
                    dyo_err *err);
dyo_status pg_flush(db *d, dyo_err *err);
void       pg_forget(connection *d); /* nobody waits any more for the answers to come */

/* db_pg_share.c */
dyo_status pg_wake(db *d, dyo_err *err);
dyo_status pg_listen(db *d, bool *alone, dyo_err *err);
dyo_status pg_join(db *d, dyo_err *err);
dyo_status pg_wait(db *d, int fd, int ms, bool *told, dyo_err *err);

/* db_pg_schema.c */
dyo_status pg_schema(db *d, int *version, dyo_err *err);
dyo_status pg_schema_put(db *d, int version, dyo_err *err);
dyo_status pg_migrate(db *d, const char *sql, dyo_err *err);

/* db_pg_load.c */
dyo_status pg_load_begin(db *d, const char *table, int n, dyo_err *err);
dyo_status pg_load_row(db *d, const db_value *v, int n, dyo_err *err);
dyo_status pg_load_end(db *d, bool whole, dyo_err *err);

#endif
