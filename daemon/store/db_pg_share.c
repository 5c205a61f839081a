/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Daemons that share a server: each holds one advisory lock in common with the others as long as it lives, which tells one that
 * starts whether it is alone; and they wake each other by NOTIFY. */
#include <errno.h>
#include <poll.h>

#include "store/db_pg.h"

enum { ALIVE = 0x44594f32 }; /* "DYO2" */

dyo_status pg_wake(db *d, dyo_err *err)
{
  return db_run(d, "NOTIFY dyocense", NULL, 0, NULL, NULL, NULL, err);
}

static bool take_truth(void *user, const row *r)
{
  *(bool *)user = row_whole(r, 0) != 0;
  return false;
}

dyo_status pg_listen(db *d, bool *alone, dyo_err *err)
{
  const db_value   lock = db_whole(ALIVE);
  const dyo_status st   = db_script(d, "LISTEN dyocense", err);
  *alone                = false;
  if (st != DYO_OK) return st;
  return db_run(d, "SELECT pg_try_advisory_lock($1)", &lock, 1, take_truth, alone, NULL, err);
}

dyo_status pg_join(db *d, dyo_err *err)
{
  const db_value lock = db_whole(ALIVE);
  dyo_status     st   = db_run(d, "SELECT pg_advisory_lock_shared($1)", &lock, 1, NULL, NULL, NULL, err);
  if (st == DYO_OK) st = db_run(d, "SELECT pg_advisory_unlock($1)", &lock, 1, NULL, NULL, NULL, err);
  return st;
}

dyo_status pg_wait(db *d, int fd, int ms, bool *told, dyo_err *err)
{
  connection   *c      = (connection *)d;
  struct pollfd wait[] = {{.fd = PQsocket(c->c), .events = POLLIN}, {.fd = fd, .events = POLLIN}};
  const int     n      = poll(wait, 2, ms);
  *told                = false;
  if (n == 0) return db_script(d, "SELECT 1", err); /* silence may be the end of the line */
  if (n < 0 && errno != EINTR) return dyo_fail(err, DYO_INTERNAL, "", "cannot wait for the database");
  if (!PQconsumeInput(c->c)) return pg_fail(c, NULL, err);
  for (PGnotify *one = PQnotifies(c->c); one; one = PQnotifies(c->c)) {
    *told = true;
    PQfreemem(one);
  }
  return DYO_OK;
}
