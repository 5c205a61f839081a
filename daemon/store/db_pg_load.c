/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Many rows into a table: by COPY in its binary form into a table of this transaction's own, and from there, since COPY itself does
 * not go where row-level security holds. */
#include <endian.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "store/db_pg.h"

/* The result of what was sent last, and of what follows it. */
static dyo_status results(connection *d, ExecStatusType wanted, dyo_err *err)
{
  dyo_status st = DYO_OK;
  for (PGresult *res = pg_result(d); res; res = pg_result(d)) {
    const ExecStatusType how = PQresultStatus(res);
    if (how != wanted && how != PGRES_COMMAND_OK && st == DYO_OK) st = pg_fail(d, res, err);
    PQclear(res);
    if (how == PGRES_COPY_IN) break;
  }
  return st == DYO_OK && PQstatus(d->c) == CONNECTION_BAD ? pg_fail(d, NULL, err) : st;
}

dyo_status pg_load_begin(db *b, const char *table, int n, dyo_err *err)
{
  static const char head[] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0"; /* signature, flags, no more of it */
  connection       *d      = (connection *)b;
  char              sql[300];
  (void)n;
  d->silent_s = INFINITY;
  snprintf(d->load, sizeof d->load, "%.100s", table);
  snprintf(sql, sizeof sql, "CREATE TEMP TABLE load ON COMMIT DROP AS SELECT * FROM %s WITH NO DATA", d->load);
  dyo_status st = db_script(b, sql, err);
  if (st != DYO_OK) return st;
  if (!PQsendQuery(d->c, "COPY pg_temp.load FROM STDIN (FORMAT binary)")) return pg_fail(d, NULL, err);
  st = results(d, PGRES_COPY_IN, err);
  return st != DYO_OK || PQputCopyData(d->c, head, 19) == 1 ? st : pg_fail(d, NULL, err);
}

static bool put_length(connection *d, int32_t n)
{
  const uint32_t sent = htobe32((uint32_t)n);
  return PQputCopyData(d->c, (const char *)&sent, sizeof sent) == 1;
}

static bool put_value(connection *d, const db_value *v)
{
  uint64_t bits = (uint64_t)v->whole;
  if (v->kind == DB_NULL) return put_length(d, -1);
  if (v->kind == DB_TEXT || v->kind == DB_BYTES)
    return put_length(d, (int32_t)v->n) && (v->n == 0 || PQputCopyData(d->c, v->bytes, (int)v->n) == 1);
  if (v->kind == DB_REAL) memcpy(&bits, &v->real, sizeof bits);
  bits = htobe64(bits);
  return put_length(d, sizeof bits) && PQputCopyData(d->c, (const char *)&bits, sizeof bits) == 1;
}

dyo_status pg_load_row(db *b, const db_value *v, int n, dyo_err *err)
{
  connection    *d      = (connection *)b;
  const uint16_t fields = htobe16((uint16_t)n);
  bool           ok     = PQputCopyData(d->c, (const char *)&fields, sizeof fields) == 1;
  for (int i = 0; ok && i < n; i++) ok = put_value(d, &v[i]);
  return ok ? DYO_OK : pg_fail(d, NULL, err);
}

dyo_status pg_load_end(db *b, bool whole, dyo_err *err)
{
  connection *d = (connection *)b;
  char        sql[200];
  if (whole && PQputCopyData(d->c, "\377\377", 2) != 1) return pg_fail(d, NULL, err);
  if (PQputCopyEnd(d->c, whole ? NULL : "given up") != 1) return pg_fail(d, NULL, err);
  dyo_status st = results(d, PGRES_COMMAND_OK, err);
  if (!whole || st != DYO_OK) return st;
  snprintf(sql, sizeof sql, "INSERT INTO %s SELECT * FROM pg_temp.load; DROP TABLE pg_temp.load", d->load);
  return db_script(b, sql, err);
}
