/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to daemon/store: the names of a batch, each with a number that the database gives. */
#ifndef DAEMON_STORE_NAMES_H
#define DAEMON_STORE_NAMES_H

#include "store/parts.h"

/* The texts are the caller's and outlive the table. A series is a metric and its dimensions; other names are an `a` alone. */
typedef struct {
  const char *a, *b;
  int64_t     no; /* 0: not known yet */
} name_row;

typedef struct {
  name_row *v;
  size_t    n, cap, made; /* made: series that names_series made since it was cleared */
  size_t   *slots;        /* hash table of places + 1 */
  size_t    n_slots;
} names;

bool names_place(names *t, const char *a, const char *b, size_t *place); /* a new one is the last; false: no memory */
void names_clear(names *t);
void names_free(names *t);

/* Series that have no number yet are looked up, and made where they are missing, with their metric. A new metric's version begins with
 * the time in microseconds, so that one that was deleted and came back is never taken for what it was. */
dyo_status names_series(db *d, const char *tenant, int64_t now, names *t, dyo_err *err);

#endif
