/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One request a line in, one reply a line out, in the order of the requests. This thread reads; `jobs` workers answer;
 * whichever thread finishes the oldest open line writes it and those behind it that are done. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include "cli/cli.h"
#include "ops/dyo_call.h"

typedef enum { EMPTY, READY, RUNNING, DONE } slot_state;

typedef struct {
  slot_state state;
  char      *line;
  size_t     len;
  dyo_reply  reply;
} slot;

typedef struct {
  const char     *op;
  slot           *ring;
  size_t          n;                    /* slots */
  size_t          read, taken, written; /* lines so far: written <= taken <= read <= written + n */
  bool            end, broken;          /* no more lines; standard output is gone */
  pthread_mutex_t lock;
  pthread_cond_t  work, space;
} queue;

static const char no_memory[] =
  "{\"error\":{\"code\":\"out_of_memory\",\"path\":\"\",\"message\":\"memory for the reply ran out\"}}";

/* Write every finished reply at the head of the ring. The lock is held, so lines cannot mix. */
static void write_done(queue *q)
{
  while (q->written < q->taken && q->ring[q->written % q->n].state == DONE) {
    slot *s = &q->ring[q->written % q->n];
    if (s->reply.text) fwrite(s->reply.text, 1, s->reply.len, stdout);
    else fputs(no_memory, stdout);
    putchar('\n');
    dyo_reply_free(&s->reply);
    free(s->line);
    *s = (slot){0};
    q->written++;
  }
  if (q->written == q->read && fflush(stdout) != 0) q->broken = true; /* caught up: show it now */
  if (ferror(stdout)) q->broken = true;
  pthread_cond_broadcast(&q->space);
}

static void *worker(void *arg)
{
  queue  *q = arg;
  dyo_ctx ctx;
  cli_context(&ctx, false);
  pthread_mutex_lock(&q->lock);
  for (;;) {
    while (q->taken == q->read && !q->end) pthread_cond_wait(&q->work, &q->lock);
    if (q->taken == q->read) break;
    slot *s  = &q->ring[q->taken++ % q->n];
    s->state = RUNNING;
    pthread_mutex_unlock(&q->lock);
    dyo_call(&ctx, q->op, s->line, s->len, &s->reply);
    dyo_ctx_clear(&ctx);
    pthread_mutex_lock(&q->lock);
    s->state = DONE;
    write_done(q);
  }
  pthread_mutex_unlock(&q->lock);
  return NULL;
}

static void feed(queue *q, FILE *in)
{
  char   *line = NULL;
  size_t  cap  = 0;
  ssize_t len  = 0;
  bool    on   = true;
  while (on && (len = getline(&line, &cap, in)) >= 0) {
    pthread_mutex_lock(&q->lock);
    while (q->read == q->written + q->n && !q->broken) pthread_cond_wait(&q->space, &q->lock);
    on = !q->broken;
    if (on) {
      const size_t n            = (size_t)len - (len > 0 && line[len - 1] == '\n');
      q->ring[q->read++ % q->n] = (slot){.state = READY, .line = line, .len = n};
      line                      = NULL;
      cap                       = 0;
      pthread_cond_signal(&q->work);
    }
    pthread_mutex_unlock(&q->lock);
  }
  free(line);
}

int cli_ndjson(const char *op, FILE *in, int jobs)
{
  queue      q       = {.op = op, .n = 8 * (size_t)jobs};
  pthread_t *threads = calloc((size_t)jobs, sizeof *threads);
  int        started = 0;
  q.ring             = calloc(q.n, sizeof *q.ring);
  pthread_mutex_init(&q.lock, NULL);
  pthread_cond_init(&q.work, NULL);
  pthread_cond_init(&q.space, NULL);
  if (threads && q.ring)
    while (started < jobs && pthread_create(&threads[started], NULL, worker, &q) == 0) started++;
  if (started > 0) feed(&q, in);

  pthread_mutex_lock(&q.lock);
  q.end = true;
  pthread_cond_broadcast(&q.work);
  pthread_mutex_unlock(&q.lock);
  for (int i = 0; i < started; i++) pthread_join(threads[i], NULL);
  pthread_cond_destroy(&q.space);
  pthread_cond_destroy(&q.work);
  pthread_mutex_destroy(&q.lock);
  free(q.ring);
  free(threads);
  if (started == 0) return cli_usage("call", "no thread could be started");
  return ferror(in) || q.broken || cli_flush() != 0 ? 1 : 0;
}
