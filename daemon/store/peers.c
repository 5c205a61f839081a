/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Beside the writer of a database that daemons share: a thread with a connection of its own, which hears what they tell and sees whether
 * the server answers; and one more connection, for what must not wait behind a long write. */
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "store/parts.h"

enum { PROBE_MS = 2000, AGAIN_MS = 200, ALONE_AGAIN_MS = 20 };

/* ALONE_S: a daemon that was killed is still there for the server for a moment. */
static const double ALONE_S = 1;

struct peers {
  db             *d; /* NULL: lost */
  const char     *where;
  peers_heard     heard;
  void           *user;
  int             end; /* can be read once it is to end */
  atomic_bool     ending;
  pthread_t       thread;
  db             *aside;
  pthread_mutex_t aside_lock;
};

static bool any(void *user, const row *r)
{
  (void)r;
  *(bool *)user = true;
  return false;
}

static dyo_status end_leases(db *d, dyo_err *err)
{
  dyo_status st = db_begin(d, ALL_TENANTS, err);
  if (st == DYO_OK) st = runs_end_leases(d, err);
  if (st == DYO_OK) st = deliveries_end_claims(d, err);
  if (st == DYO_OK) return db_commit(d, err);
  db_rollback(d);
  return st;
}

/* Who is alone knows that those who held leases have ended, and need not wait until these run out. */
static dyo_status begin(db *d, dyo_err *err)
{
  bool         alone = false, held = false;
  const double until = clock_monotonic() + ALONE_S;
  db_for(d, ALL_TENANTS);
  dyo_status st = db_run(d, "SELECT 1 FROM runs WHERE state = 1 AND state < 2 LIMIT 1", NULL, 0, any, &held, NULL, err);
  if (st == DYO_OK) st = db_listen(d, &alone, err);
  while (st == DYO_OK && held && !alone && clock_monotonic() < until) {
    poll(NULL, 0, ALONE_AGAIN_MS);
    st = db_listen(d, &alone, err);
  }
  if (st == DYO_OK && alone) st = end_leases(d, err);
  return st == DYO_OK ? db_join(d, err) : st;
}

static dyo_status anew(peers *p, dyo_err *err)
{
  bool       alone = false;
  dyo_status st    = db_open(p->where, false, &p->d, err);
  if (st == DYO_OK) st = db_listen(p->d, &alone, err); /* leases are left to run out: others may be as quick */
  if (st == DYO_OK) st = db_join(p->d, err);
  if (st == DYO_OK) return DYO_OK;
  db_close(p->d);
  p->d = NULL;
  return st;
}

static void pause_for(const peers *p, int ms)
{
  struct pollfd end = {.fd = p->end, .events = POLLIN};
  poll(&end, 1, ms);
}

static void *listen_on(void *arg)
{
  peers  *p = arg;
  dyo_err err;
  while (!atomic_load(&p->ending)) {
    const bool       back = !p->d; /* what was told meanwhile was not heard */
    bool             told = false;
    const dyo_status st   = back ? anew(p, &err) : db_wait(p->d, p->end, PROBE_MS, &told, &err);
    p->heard(p->user, st == DYO_OK ? NULL : err.message, st == DYO_OK && (told || back));
    if (st == DYO_OK) continue;
    db_close(p->d);
    p->d = NULL;
    pause_for(p, AGAIN_MS);
  }
  return NULL;
}

/* A row that the writer holds until its transaction ends is not waited for long: the next one to be written may be another. */
dyo_status peers_write(peers *p, const char *tenant, store_job job, void *user, dyo_err *err)
{
  dyo_err ignored;
  pthread_mutex_lock(&p->aside_lock);
  db_for(p->aside, tenant);
  db_script(p->aside, "SET lock_timeout = '1s'", &ignored); /* each time: a lost connection is made anew without it */
  const dyo_status st = job(p->aside, user, err);
  pthread_mutex_unlock(&p->aside_lock);
  return st;
}

static void put_away(peers *p)
{
  db_close(p->aside);
  db_close(p->d);
  if (p->end >= 0) close(p->end);
  pthread_mutex_destroy(&p->aside_lock);
  free(p);
}

dyo_status peers_start(const char *where, peers_heard heard, void *user, peers **out, dyo_err *err)
{
  peers *p = calloc(1, sizeof *p);
  *out     = NULL;
  if (!p) return dyo_oom(err);
  p->where = where;
  p->heard = heard;
  p->user  = user;
  p->end   = eventfd(0, EFD_CLOEXEC);
  pthread_mutex_init(&p->aside_lock, NULL);
  dyo_status st =
    p->end >= 0 ? db_open(where, false, &p->d, err) : dyo_fail(err, DYO_INTERNAL, "", "no event descriptor");
  if (st == DYO_OK) st = db_open(where, false, &p->aside, err);
  if (st == DYO_OK) st = begin(p->d, err);
  if (st == DYO_OK && pthread_create(&p->thread, NULL, listen_on, p) != 0)
    st = dyo_fail(err, DYO_INTERNAL, "", "no thread to watch the database");
  if (st == DYO_OK) *out = p;
  else put_away(p);
  return st;
}

void peers_stop(peers *p)
{
  if (!p) return;
  atomic_store(&p->ending, true);
  eventfd_write(p->end, 1);
  pthread_join(p->thread, NULL);
  put_away(p);
}

void store_shown(const char *path, char out[STORE_SHOWN])
{
  const char  *at     = db_is_server(path) ? strstr(path, "//") + 2 : NULL;
  const size_t end    = at ? strcspn(at, "/?") : 0; /* of user:password@host:port */
  const char  *host   = at ? memchr(at, '@', end) : NULL;
  const size_t user   = host ? strcspn(at, ":@") : 0;
  const size_t before = at ? (size_t)(at - path) + user : 0;
  if (!at) snprintf(out, STORE_SHOWN, "%s", path);
  else snprintf(out, STORE_SHOWN, "%.*s%.*s", (int)before, path, (int)strcspn(host ? host : at, "?"), host ? host : at);
}
