/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to daemon/store: what a kind of database gives, db.h function by function. */
#ifndef DAEMON_STORE_DB_DRIVER_H
#define DAEMON_STORE_DB_DRIVER_H

#include "store/db.h"

typedef struct {
  dyo_status (*open)(const char *where, bool read_only, db **out, dyo_err *err);
  void (*close)(db *d);
  dyo_status (*run)(db *d, const char *sql, const db_value *v, size_t n, db_each each, void *user, int64_t *changed,
                    dyo_err *err);
  dyo_status (*later)(db *d, const char *sql, const db_value *v, size_t n, db_each each, void *user, int64_t *changed,
                      dyo_err *err);
  dyo_status (*flush)(db *d, dyo_err *err);
  dyo_status (*script)(db *d, const char *sql, dyo_err *err);
  void (*tenant)(db *d, const char *tenant);
  dyo_status (*begin)(db *d, const char *tenant, dyo_err *err);
  dyo_status (*commit)(db *d, dyo_err *err);
  void (*rollback)(db *d);
  bool (*in_transaction)(const db *d);
  dyo_status (*wake)(db *d, dyo_err *err);
  dyo_status (*listen)(db *d, bool *alone, dyo_err *err); /* this and the next two: NULL where it is not shared */
  dyo_status (*join)(db *d, dyo_err *err);
  dyo_status (*wait)(db *d, int fd, int ms, bool *told, dyo_err *err);
  dyo_status (*snapshot)(db *d, dyo_err *err);
  const char *tables; /* SQL of their names */
  dyo_status (*table)(db *d, const char *table, db_each each, void *user, dyo_err *err);
  dyo_status (*load_begin)(db *d, const char *table, int n, dyo_err *err);
  dyo_status (*load_row)(db *d, const db_value *v, int n, dyo_err *err);
  dyo_status (*load_end)(db *d, bool whole, dyo_err *err);
  void (*interrupt)(db *d);
  bool (*damaged)(const db *d);
  dyo_status (*copy)(db *from, const char *to, dyo_err *err);
  dyo_status (*check)(db *d, bool whole, char *complaint, size_t room, dyo_err *err);
  dyo_status (*schema)(db *d, int *version, dyo_err *err);
  dyo_status (*schema_put)(db *d, int version, dyo_err *err);
  dyo_status (*migrate)(db *d, const char *sql, dyo_err *err);
  int64_t (*whole)(const row *r, int column);
  double (*real)(const row *r, int column);
  const char *(*text)(const row *r, int column);
  const void *(*bytes)(const row *r, int column, size_t *n);
  int (*columns)(const row *r);
  const char *(*name)(const row *r, int column);
  db_kind (*kind)(const row *r, int column);
} db_driver;

/* The first member of a driver's own connection and row. */
struct db {
  const db_driver *is;
};
struct row {
  const db_driver *is;
};

extern const db_driver db_sqlite, db_postgres;

#endif
