/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Statements that are sent without waiting for the answers of those before: many small ones take a fraction of the time then, and on a
 * machine that has much else to do, where each answer is waited for in vain a while, a small one. */
#include <string.h>

#include "store/db_pg.h"

dyo_status pg_flush(db *b, dyo_err *err)
{
  connection *d = (connection *)b;
  if (d->n_later == 0) return DYO_OK;
  dyo_status st = PQpipelineSync(d->c) ? DYO_OK : pg_fail(d, NULL, err);
  for (size_t i = 0; i < d->n_later && PQstatus(d->c) == CONNECTION_OK; i++) {
    const awaited   *a    = &d->later[i];
    bool             gave = false;
    dyo_err          other;
    const dyo_status one = pg_receive(d, a->each, a->user, a->changed, &gave, st == DYO_OK ? err : &other);
    if (st == DYO_OK) st = one;
  }
  d->n_later = 0;
  return pg_round_ends(d, st, err);
}

void pg_forget(connection *d)
{
  memset(d->later, 0, d->n_later * sizeof *d->later);
}

dyo_status pg_later(db *b, const char *sql, const db_value *v, size_t n, db_each each, void *user, int64_t *changed,
                    dyo_err *err)
{
  connection *d = (connection *)b;
  char        name[16];
  dyo_status  st = pg_knows(d, sql, n) ? DYO_OK : pg_flush(b, err);
  if (st == DYO_OK) st = pg_statement(d, sql, v, n, name, err);
  if (st != DYO_OK) return st;
  if (d->n_later == 0 && !PQenterPipelineMode(d->c)) return pg_fail(d, NULL, err);
  if (!pg_send(d, name, v, n)) return pg_fail(d, NULL, err);
  d->later[d->n_later++] = (awaited){each, user, changed};
  return d->n_later == PG_LATER ? pg_flush(b, err) : DYO_OK;
}
