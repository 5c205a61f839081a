/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "jobs/outbox.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "jobs/pool.h"

/* CLAIM_MS: far above what an attempt may take; it matters where its end could not be written. */
enum { THREADS = 4, LOOK_MS = 5000, CLAIM_MS = 600000 };

struct outbox {
  store          *store;
  outbox_send     send;
  void           *user;
  atomic_int      cancel;
  pthread_mutex_t lock; /* of what follows */
  pthread_cond_t  wake;
  uint64_t        added;
  bool            stopping;
  pthread_t       threads[THREADS];
  unsigned        n_threads;
};

static void try_one(outbox *o, store_delivery *d)
{
  dyo_err     err;
  const char *webhook = o->send(o->user, d, &o->cancel);
  if (store_delivery_note(o->store, d, webhook, clock_now_ms(), &err) == DYO_OK) return;
  log_line l; /* its claim ends by itself, and it is sent once more */
  log_begin(&l, LOG_WARN, "delivery not noted");
  log_text(&l, "delivery_id", d->id);
  log_text(&l, "message", err.message);
  log_end(&l);
}

/* What is due already waits for one of its rule, and whoever tries that one goes on with it. */
static int64_t pause_of(outbox *o, int64_t now)
{
  const int64_t left = store_delivery_next_due(o->store, now) - now;
  return left < LOOK_MS ? left : LOOK_MS;
}

static void *send_on(void *arg)
{
  outbox *o = arg;
  give_way();
  pthread_mutex_lock(&o->lock);
  while (!o->stopping) {
    const uint64_t seen = o->added;
    store_delivery d;
    dyo_err        err;
    pthread_mutex_unlock(&o->lock);
    const int64_t    now = clock_now_ms();
    const dyo_status st  = store_delivery_take(o->store, now, now + CLAIM_MS, &d, &err);
    if (st == DYO_OK) {
      try_one(o, &d);
      store_delivery_free(&d, 1);
    }
    const int64_t pause = st == DYO_OK ? 0 : st == DYO_NOT_FOUND ? pause_of(o, now) : LOOK_MS;
    pthread_mutex_lock(&o->lock);
    if (pause && seen == o->added && !o->stopping) clock_cond_wait(&o->wake, &o->lock, pause);
  }
  pthread_mutex_unlock(&o->lock);
  return NULL;
}

dyo_status outbox_start(store *s, outbox_send send, void *user, outbox **out, dyo_err *err)
{
  outbox *o = calloc(1, sizeof *o);
  *out      = NULL;
  if (!o) return dyo_oom(err);
  o->store = s;
  o->send  = send;
  o->user  = user;
  pthread_mutex_init(&o->lock, NULL);
  clock_cond_init(&o->wake);
  while (o->n_threads < THREADS && pthread_create(&o->threads[o->n_threads], NULL, send_on, o) == 0) o->n_threads++;
  if (o->n_threads > 0) {
    *out = o;
    return DYO_OK;
  }
  outbox_stop(o);
  return dyo_fail(err, DYO_INTERNAL, "", "no thread for webhooks");
}

void outbox_wake(outbox *o)
{
  if (!o) return;
  pthread_mutex_lock(&o->lock);
  o->added++;
  pthread_cond_broadcast(&o->wake);
  pthread_mutex_unlock(&o->lock);
}

void outbox_stop(outbox *o)
{
  if (!o) return;
  pthread_mutex_lock(&o->lock);
  o->stopping = true;
  atomic_store(&o->cancel, 1);
  pthread_cond_broadcast(&o->wake);
  pthread_mutex_unlock(&o->lock);
  for (unsigned i = 0; i < o->n_threads; i++) pthread_join(o->threads[i], NULL);
  pthread_cond_destroy(&o->wake);
  pthread_mutex_destroy(&o->lock);
  free(o);
}
