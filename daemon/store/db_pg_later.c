/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes that are sent without waiting for the answers of those before, which halves or better what many small ones take. */
#include <stdlib.h>

#include "store/db_pg.h"

static dyo_status one_answer(connection *d, int64_t *changed, dyo_err *err)
{
  dyo_status st = DYO_OK;
  for (PGresult *res = PQgetResult(d->c); res; res = PQgetResult(d->c)) {
    const ExecStatusType how  = PQresultStatus(res);
    const bool           done = how == PGRES_COMMAND_OK || how == PGRES_TUPLES_OK;
    if (done && changed) *changed = strtoll(PQcmdTuples(res), NULL, 10);
    if (!done && how != PGRES_PIPELINE_ABORTED && st == DYO_OK) st = pg_fail(d, res, err);
    PQclear(res);
    if (PQstatus(d->c) == CONNECTION_BAD) break;
  }
  return st;
}

dyo_status pg_flush(db *b, dyo_err *err)
{
  connection *d = (connection *)b;
  if (d->n_later == 0) return DYO_OK;
  dyo_status st = PQpipelineSync(d->c) ? DYO_OK : pg_fail(d, NULL, err);
  for (size_t i = 0; i < d->n_later && PQstatus(d->c) == CONNECTION_OK; i++) {
    dyo_err          other;
    const dyo_status one = one_answer(d, d->later[i], st == DYO_OK ? err : &other);
    if (st == DYO_OK) st = one;
  }
  d->n_later = 0;
  if (PQstatus(d->c) == CONNECTION_BAD) return st == DYO_OK ? pg_fail(d, NULL, err) : st;
  PQclear(PQgetResult(d->c)); /* that all were answered */
  PQexitPipelineMode(d->c);
  return st;
}

dyo_status pg_later(db *b, const char *sql, const db_value *v, size_t n, int64_t *changed, dyo_err *err)
{
  connection *d = (connection *)b;
  char        name[16];
  dyo_status  st = pg_knows(d, sql) ? DYO_OK : pg_flush(b, err);
  if (st == DYO_OK) st = pg_statement(d, sql, v, n, name, err);
  if (st != DYO_OK) return st;
  if (d->n_later == 0 && !PQenterPipelineMode(d->c)) return pg_fail(d, NULL, err);
  if (!pg_send(d, name, v, n)) return pg_fail(d, NULL, err);
  d->later[d->n_later++] = changed;
  return d->n_later == PG_LATER ? pg_flush(b, err) : DYO_OK;
}
