/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to daemon/store: migrations/NNNN_*.sql, built into the program in the order of their numbers. */
#ifndef DAEMON_STORE_MIGRATIONS_H
#define DAEMON_STORE_MIGRATIONS_H

typedef struct {
  const char *name, *sql;
} store_migration;

extern const store_migration store_migrations[]; /* number i + 1 at place i; NULL name at the end */

#endif
