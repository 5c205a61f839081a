/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to daemon/store: a connection to PostgreSQL. */
#ifndef DAEMON_STORE_DB_PG_H
#define DAEMON_STORE_DB_PG_H

#include <libpq-fe.h>
#include <stdatomic.h>

#include "store/db_driver.h"

/* PG_..._S: seconds that reading and writing wait for a server that does not answer. */
enum { PG_STATEMENTS = 256, PG_PARAMETERS = 32, PG_READ_S = 3, PG_WRITE_S = 10 };

typedef struct {
  db          base;
  PGconn     *c;
  char       *where;
  bool        read_only, in_transaction, every;
  const char *tenant;              /* of what is read, where it is not of every one */
  char        number[24];          /* of the transaction */
  char        load[104];           /* table that rows are put into */
  const char *kept[PG_STATEMENTS]; /* texts of prepared statements, open addressing by their addresses */
  size_t      n_kept;
  atomic_bool damaged;
} connection;

PGconn *pg_connect(const char *where); /* PQfinish it */

dyo_status pg_fail(connection *d, const PGresult *res, dyo_err *err); /* what went wrong with it */

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
