/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "jobs/work.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "jobs/pool.h"

/* ROOM_MS: after so long a run that met a full disk or a silent server tries again. */
enum { LEASE_MS = 20000, BEAT_MS = 1000, LOOK_MS = 5000, ROOM_MS = 5000, KINDS_MOST = 8, THREADS_MOST = 16 };

struct workers {
  store           *store;
  const work_kind *kinds;
  const char      *names[KINDS_MOST + 1];
  pthread_mutex_t  lock; /* of what follows */
  pthread_cond_t   wake, tick;
  work            *active;
  uint64_t         added;
  bool             stopping, clerk_stops;
  pthread_t        threads[THREADS_MOST], clerk;
  unsigned         n_threads;

  atomic_uint_fast64_t ended[2][RUN_STATES], lost; /* work_figures */
};

int64_t workers_lease_ms(void)
{
  return LEASE_MS;
}

/* --- the clerk ----------------------------------------------------------------------------------------------------- */

/* What a beat needs of a work, copied so that the list is free meanwhile. */
typedef struct {
  char        id[ID_CHARS];
  int64_t     epoch;
  double      fraction;
  const char *stage;
} pulse;

static work *find_active(workers *w, const pulse *p)
{
  for (work *one = w->active; one; one = one->next)
    if (one->run.epoch == p->epoch && strcmp(one->run.id, p->id) == 0) return one;
  return NULL;
}

static void beat(workers *w, const pulse *p)
{
  bool             cancel = false;
  dyo_err          err;
  const dyo_status st =
    store_run_beat(w->store, p->id, p->epoch, clock_now_ms() + LEASE_MS, p->fraction, p->stage, &cancel, &err);
  pthread_mutex_lock(&w->lock);
  work *one = find_active(w, p);
  if (one && st == DYO_CONFLICT) atomic_store(&one->lost, true);
  if (one && (cancel || st == DYO_CONFLICT)) atomic_store(&one->cancel, 1);
  pthread_mutex_unlock(&w->lock);
}

/* The lock is held; NULL without memory, which only means a later beat. */
static pulse *pulses(workers *w, size_t *n)
{
  *n = 0;
  for (work *one = w->active; one; one = one->next) ++*n;
  pulse *all = *n ? calloc(*n, sizeof *all) : NULL;
  size_t i   = 0;
  for (work *one = w->active; one && all; one = one->next, i++) {
    snprintf(all[i].id, sizeof all[i].id, "%s", one->run.id);
    all[i].epoch    = one->run.epoch;
    all[i].fraction = atomic_load(&one->fraction);
    all[i].stage    = atomic_load(&one->stage);
  }
  return all;
}

static void *clerk_on(void *arg)
{
  workers *w = arg;
  pthread_mutex_lock(&w->lock);
  while (!w->clerk_stops) {
    clock_cond_wait(&w->tick, &w->lock, BEAT_MS);
    size_t n   = 0;
    pulse *all = pulses(w, &n);
    pthread_mutex_unlock(&w->lock);
    for (size_t i = 0; all && i < n; i++) beat(w, &all[i]);
    free(all);
    pthread_mutex_lock(&w->lock);
  }
  pthread_mutex_unlock(&w->lock);
  return NULL;
}

/* --- workers ------------------------------------------------------------------------------------------------------- */

void workers_adopt(workers *w, work *one)
{
  pthread_mutex_lock(&w->lock);
  one->next = w->active;
  one->link = &w->active;
  if (one->next) one->next->link = &one->next;
  w->active = one;
  if (w->stopping) atomic_store(&one->cancel, 1);
  pthread_mutex_unlock(&w->lock);
}

static bool let_go(workers *w, work *one)
{
  pthread_mutex_lock(&w->lock);
  *one->link = one->next;
  if (one->next) one->next->link = one->link;
  const bool stopping = w->stopping;
  pthread_mutex_unlock(&w->lock);
  return stopping;
}

static char *copy_of(const char *text)
{
  return strdup(text ? text : "");
}

static void note_error(store_run *r, const dyo_err *why)
{
  r->state   = why->code == DYO_CANCELLED ? RUN_CANCELLED : RUN_FAILED;
  r->code    = copy_of(dyo_status_text(why->code));
  r->path    = copy_of(why->path);
  r->message = copy_of(why->message);
}

/* A run has come to its end, or is put off. */
static void tell(workers *w, const work *one)
{
  if (one->run.state != RUN_QUEUED) atomic_fetch_add(&w->ended[one->run.batch[0] != '\0'][one->run.state], 1);

  log_line l;
  log_begin(&l, one->run.state == RUN_FAILED || one->run.state == RUN_QUEUED ? LOG_WARN : LOG_INFO, "run");
  log_text(&l, "run_id", one->run.id);
  log_text(&l, "tenant", one->run.tenant);
  log_text(&l, "kind", one->run.kind);
  log_text(&l, "state", store_run_words[one->run.state]);
  log_text(&l, "message", one->run.message);
  log_end(&l);
}

/* What it made is thrown away: another worker has the run or has done it, or will once the lease is over, since the database could not
 * be told. */
static void tell_lost(workers *w, const work *one, const dyo_err *why)
{
  if (why->code == DYO_CONFLICT) atomic_fetch_add(&w->lost, 1);
  log_line l;
  log_begin(&l, LOG_WARN, "run_lost");
  log_text(&l, "run_id", one->run.id);
  log_text(&l, "tenant", one->run.tenant);
  log_text(&l, "kind", one->run.kind);
  log_text(&l, "message", why->message);
  log_end(&l);
}

/* Writes how it ended, or that it is put off. */
static dyo_status write_end(workers *w, work *one, bool put_off, dyo_err *err)
{
  if (put_off) one->run.state = RUN_QUEUED;
  if (put_off) return store_run_put_off(w->store, &one->run, clock_now_ms() + ROOM_MS, err);
  dyo_status st = store_run_finish(w->store, &one->run, err);
  if (st == DYO_OUT_OF_MEMORY) st = store_run_finish(w->store, &one->run, err); /* rather than all of the work anew */
  return st;
}

void workers_finish(workers *w, work *one, dyo_status st, const dyo_err *why)
{
  dyo_err    err;
  const bool stopping = let_go(w, one);
  if (atomic_load(&one->lost)) {
    dyo_fail(&err, DYO_CONFLICT, "", "the run belongs to another worker now");
    tell_lost(w, one, &err);
    return;
  }
  if (st == DYO_CANCELLED && stopping && !one->run.cancel_asked) {
    if (store_run_release(w->store, one->run.id, one->run.epoch, &err) != DYO_OK) tell_lost(w, one, &err);
    return;
  }
  if (one->run.state == RUN_RUNNING) one->run.state = RUN_SUCCEEDED;
  if (st != DYO_OK) note_error(&one->run, why);
  const bool put_off = (st == STORE_FULL || st == STORE_AWAY) && !one->run.cancel_asked;
  if (write_end(w, one, put_off, &err) == DYO_OK) tell(w, one);
  else tell_lost(w, one, &err);
}

void workers_figures(const workers *w, work_figures *add)
{
  if (!w) return;
  for (int of = 0; of < 2; of++)
    for (int i = 0; i < RUN_STATES; i++) add->ended[of][i] += atomic_load(&w->ended[of][i]);
  add->lost += atomic_load(&w->lost);
}

static const work_kind *kind_of(const workers *w, const char *kind)
{
  for (const work_kind *k = w->kinds; k->kind; k++)
    if (strcmp(k->kind, kind) == 0) return k;
  return NULL;
}

static void do_one(workers *w, const store_run *run)
{
  work             one = {.run = *run};
  dyo_err          err = {0};
  const work_kind *k   = kind_of(w, run->kind);
  atomic_init(&one.stage, "started");
  workers_adopt(w, &one);
  const dyo_status st = k->run(k->user, &one, &err);
  workers_finish(w, &one, st, &err);
  store_run_free(&one.run, 1);
}

static void *work_on(void *arg)
{
  workers *w = arg;
  give_way();
  pthread_mutex_lock(&w->lock);
  while (!w->stopping) {
    const uint64_t seen = w->added;
    store_run      run;
    dyo_err        err;
    pthread_mutex_unlock(&w->lock);
    const int64_t    now = clock_now_ms();
    const dyo_status st  = store_run_lease(w->store, w->names, now, now + LEASE_MS, &run, &err);
    if (st == DYO_OK) do_one(w, &run);
    pthread_mutex_lock(&w->lock);
    const int64_t rest = st == DYO_OUT_OF_MEMORY ? BEAT_MS : LOOK_MS; /* there may be a run all the same */
    if (st != DYO_OK && seen == w->added && !w->stopping) clock_cond_wait(&w->wake, &w->lock, rest);
  }
  pthread_mutex_unlock(&w->lock);
  return NULL;
}

void workers_wake(workers *w)
{
  pthread_mutex_lock(&w->lock);
  w->added++;
  pthread_cond_broadcast(&w->wake);
  pthread_mutex_unlock(&w->lock);
}

static void wake_all(void *w)
{
  workers_wake(w);
}

static bool start_threads(workers *w, unsigned threads)
{
  if (pthread_create(&w->clerk, NULL, clerk_on, w) != 0) return false;
  while (w->n_threads < threads && w->n_threads < THREADS_MOST) {
    if (pthread_create(&w->threads[w->n_threads], NULL, work_on, w) != 0) break;
    w->n_threads++;
  }
  return w->n_threads > 0;
}

dyo_status workers_start(store *s, const work_kind *kinds, unsigned threads, workers **out, dyo_err *err)
{
  workers *w = calloc(1, sizeof *w);
  *out       = NULL;
  if (!w) return dyo_oom(err);
  w->store = s;
  w->kinds = kinds;
  for (size_t i = 0; kinds[i].kind && i < KINDS_MOST; i++) w->names[i] = kinds[i].kind;
  pthread_mutex_init(&w->lock, NULL);
  clock_cond_init(&w->wake);
  clock_cond_init(&w->tick);
  *out = w; /* before the first of them works: what it does may lead back here */
  store_on_wake(s, wake_all, w);
  if (start_threads(w, threads)) return DYO_OK;
  store_on_wake(s, NULL, NULL);
  *out = NULL;
  free(w);
  return dyo_fail(err, DYO_INTERNAL, "", "no thread for the workers");
}

void workers_give_up(workers *w)
{
  if (!w) return;
  pthread_mutex_lock(&w->lock);
  w->stopping = true;
  for (work *one = w->active; one; one = one->next) atomic_store(&one->cancel, 1);
  pthread_cond_broadcast(&w->wake);
  pthread_mutex_unlock(&w->lock);
}

void workers_stop(workers *w)
{
  if (!w) return;
  store_on_wake(w->store, NULL, NULL);
  workers_give_up(w);
  for (unsigned i = 0; i < w->n_threads; i++) pthread_join(w->threads[i], NULL);
  pthread_mutex_lock(&w->lock);
  w->clerk_stops = true;
  pthread_cond_broadcast(&w->tick);
  pthread_mutex_unlock(&w->lock);
  pthread_join(w->clerk, NULL);
  pthread_cond_destroy(&w->tick);
  pthread_cond_destroy(&w->wake);
  pthread_mutex_destroy(&w->lock);
  free(w);
}
