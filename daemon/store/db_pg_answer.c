/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a server answers, and when it does not. */
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "store/db_pg.h"
#include "store/store.h"

/* --- errors ------------------------------------------------------------------------------------------------------------ */

/* Nobody knows what a connection would answer next that failed on this side: out of memory, half of a round trip sent. It is closed. */
static dyo_status lost(connection *d, const char *said, dyo_err *err)
{
  const int n = (int)strcspn(said, "\n");
  dyo_fail(err, DB_AGAIN, "", "the database server does not answer: %.*s", n < 120 ? n : 120, said);
  d->in_transaction = false;
  PQfinish(d->c); /* which takes NULL, as all of libpq does */
  d->c = NULL;
  return DB_AGAIN;
}

dyo_status pg_fail(connection *d, const PGresult *res, dyo_err *err)
{
  const char *code = res ? PQresultErrorField(res, PG_DIAG_SQLSTATE) : NULL;
  const char *said = res ? PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY) : NULL;
  if (!d->c) return lost(d, "it was silent for too long", err);
  if (!said) said = PQerrorMessage(d->c);
  if (!code || PQstatus(d->c) == CONNECTION_BAD || strncmp(code, "57P", 3) == 0) return lost(d, said, err);
  const int n = (int)strcspn(said, "\n");
  if (strcmp(code, "40001") == 0 || strcmp(code, "40P01") == 0)
    return dyo_fail(err, DB_AGAIN, "", "the database says: %.*s", n, said);
  if (strncmp(code, "23", 2) == 0) return dyo_fail(err, DYO_CONFLICT, "", "it is there already");
  if (strcmp(code, "53100") == 0)
    return dyo_fail(err, STORE_FULL, "",
                    "the disk of the database server is full; nothing of this was stored. Make room and try again.");
  if (strcmp(code, "54000") == 0)
    return dyo_fail(err, DYO_INVALID_INPUT, "", "a name is longer than the database takes: %.*s", n, said);
  if (strcmp(code, "22021") == 0) return dyo_fail(err, DYO_INVALID_INPUT, "", "a text is not UTF-8: %.*s", n, said);
  if (strcmp(code, "XX001") == 0 || strcmp(code, "XX002") == 0) atomic_store(&d->damaged, true);
  return dyo_fail(err, DYO_INTERNAL, "", "the database says: %.*s", n, said);
}

/* --- answers ------------------------------------------------------------------------------------------------------------------ */

/* The next result, waited for as long as the server may be silent: one that is stopped, or whose answer went astray, is let go.
 * NULL: there is none, or the connection is closed. quiet: nothing went wrong so far; where libpq then complains while it still waits, it
 * had no memory to note that the end of a round trip came. */
static PGresult *result_of(connection *d, bool quiet)
{
  double until = clock_monotonic() + d->silent_s;
  while (d->c && PQisBusy(d->c)) {
    if (quiet && PQerrorMessage(d->c)[0]) break;
    struct pollfd wait = {.fd = PQsocket(d->c), .events = POLLIN};
    const int     n    = poll(&wait, 1, 1000); /* and then look all the same: TLS may hold what has come */
    dyo_err       ignored;
    if (n > 0) until = clock_monotonic() + d->silent_s;
    if (!PQconsumeInput(d->c)) break; /* PQgetResult says why */
    if (clock_monotonic() > until) lost(d, "", &ignored);
  }
  return quiet && d->c && PQisBusy(d->c) ? NULL : PQgetResult(d->c);
}

PGresult *pg_result(connection *d)
{
  return result_of(d, false);
}

static void take_rows(const PGresult *res, db_each each, void *user, bool *stop)
{
  answer a = {{&db_postgres}, res, 0};
  for (; each && !*stop && a.at < PQntuples(res); a.at++) *stop = !each(user, &a.base);
}

dyo_status pg_receive(connection *d, db_each each, void *user, int64_t *changed, bool *gave, dyo_err *err)
{
  dyo_status st   = DYO_OK;
  bool       stop = false;
  for (PGresult *res = pg_result(d); res; res = pg_result(d)) {
    const ExecStatusType how = PQresultStatus(res);
    if (how == PGRES_SINGLE_TUPLE || how == PGRES_TUPLES_OK) {
      *gave = *gave || PQntuples(res) > 0;
      take_rows(res, each, user, &stop);
    } else if (how != PGRES_COMMAND_OK && how != PGRES_PIPELINE_ABORTED && st == DYO_OK) {
      st = pg_fail(d, res, err);
    }
    if (changed && how != PGRES_SINGLE_TUPLE) *changed = strtoll(PQcmdTuples(res), NULL, 10);
    PQclear(res);
    if (PQstatus(d->c) == CONNECTION_BAD) break;
  }
  return st;
}

dyo_status pg_answered(connection *d, db_each each, void *user, int64_t *changed, dyo_err *err)
{
  bool             ignored = false;
  const dyo_status st      = pg_receive(d, each, user, changed, &ignored, err);
  return st == DYO_OK && PQstatus(d->c) == CONNECTION_BAD ? pg_fail(d, NULL, err) : st;
}

dyo_status pg_exec(connection *d, const char *sql, dyo_err *err)
{
  return PQsendQuery(d->c, sql) ? pg_answered(d, NULL, NULL, NULL, err) : pg_fail(d, NULL, err);
}

dyo_status pg_round_ends(connection *d, dyo_status st, dyo_err *err)
{
  dyo_err other;
  PQclear(result_of(d, st == DYO_OK)); /* that all were answered */
  if (PQstatus(d->c) == CONNECTION_OK && PQexitPipelineMode(d->c)) return st;
  const dyo_status end = pg_fail(d, NULL, st == DYO_OK ? err : &other);
  return st == DYO_OK ? end : st;
}
