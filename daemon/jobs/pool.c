/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "jobs/pool.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/resource.h>

typedef struct {
  void (*run)(void *);
  void *arg;
} job;

struct pool {
  pthread_mutex_t lock;
  pthread_cond_t  work;
  pthread_t      *threads;
  unsigned        n_threads;
  job            *ring;
  size_t          room, from, n;
  bool            stopping, patient;
};

/* On Linux a thread has a niceness of its own, and it can be raised by anybody. */
void give_way(void)
{
  enum { NICENESS = 10 };
  setpriority(PRIO_PROCESS, 0, NICENESS);
}

static void *work_on(void *arg)
{
  pool *p = arg;
  if (p->patient) give_way();
  pthread_mutex_lock(&p->lock);
  for (;;) {
    while (p->n == 0 && !p->stopping) pthread_cond_wait(&p->work, &p->lock);
    if (p->n == 0) break;
    const job j = p->ring[p->from];
    p->from     = (p->from + 1) % p->room;
    p->n--;
    pthread_mutex_unlock(&p->lock);
    j.run(j.arg);
    pthread_mutex_lock(&p->lock);
  }
  pthread_mutex_unlock(&p->lock);
  return NULL;
}

pool *pool_start(unsigned threads, size_t waiting_most, bool patient)
{
  pool *p = calloc(1, sizeof *p);
  if (!p) return NULL;
  p->patient = patient;
  p->room    = waiting_most;
  p->ring    = calloc(waiting_most, sizeof *p->ring);
  p->threads = calloc(threads, sizeof *p->threads);
  pthread_mutex_init(&p->lock, NULL);
  pthread_cond_init(&p->work, NULL);
  while (p->ring && p->threads && p->n_threads < threads &&
         pthread_create(&p->threads[p->n_threads], NULL, work_on, p) == 0)
    p->n_threads++;
  if (p->n_threads == threads) return p;
  pool_stop(p);
  pool_free(p);
  return NULL;
}

bool pool_add(pool *p, void (*run)(void *), void *arg)
{
  pthread_mutex_lock(&p->lock);
  const bool ok = p->n < p->room && !p->stopping;
  if (ok) {
    p->ring[(p->from + p->n++) % p->room] = (job){run, arg};
    pthread_cond_signal(&p->work);
  }
  pthread_mutex_unlock(&p->lock);
  return ok;
}

size_t pool_waiting(pool *p)
{
  pthread_mutex_lock(&p->lock);
  const size_t n = p->n;
  pthread_mutex_unlock(&p->lock);
  return n;
}

void pool_stop(pool *p)
{
  if (!p) return;
  pthread_mutex_lock(&p->lock);
  p->stopping = true;
  pthread_cond_broadcast(&p->work);
  pthread_mutex_unlock(&p->lock);
  for (unsigned i = 0; i < p->n_threads; i++) pthread_join(p->threads[i], NULL);
  p->n_threads = 0;
}

void pool_free(pool *p)
{
  if (!p) return;
  pthread_cond_destroy(&p->work);
  pthread_mutex_destroy(&p->lock);
  free(p->threads);
  free(p->ring);
  free(p);
}
