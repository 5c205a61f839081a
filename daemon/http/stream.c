/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A reply that other threads write: a ring of bytes between them and the connection, which sleeps while the ring is empty. */
#include <stdlib.h>
#include <string.h>

#include "http/server.h"

struct http_stream {
  pthread_mutex_t lock;
  int             holders; /* the reply or its response, the writer, and the request it is sent for */
  http_request   *request; /* NULL before it is queued and after the client has gone */
  char           *ring;
  size_t          room, from, n;
  uint64_t        written;
  bool            ended, broken, asleep;
};

static void let_go(http_stream *s)
{
  pthread_mutex_lock(&s->lock);
  const int left = --s->holders;
  pthread_mutex_unlock(&s->lock);
  if (left) return;
  pthread_mutex_destroy(&s->lock);
  free(s->ring);
  free(s);
}

http_stream *http_reply_stream(http_reply *p, const char *type, size_t room)
{
  http_stream *s = p ? calloc(1, sizeof *s) : NULL;
  if (!s) return NULL;
  s->ring = malloc(room);
  if (!s->ring) {
    free(s);
    return NULL;
  }
  pthread_mutex_init(&s->lock, NULL);
  s->room    = room;
  s->holders = 2;
  reply_set_stream(p, type, s);
  return s;
}

/* The lock is held. */
static void wake(http_stream *s)
{
  if (!s->asleep || !s->request) return;
  s->asleep = false;
  MHD_resume_connection(s->request->connection);
}

bool http_stream_write(http_stream *s, const void *bytes, size_t n)
{
  if (!s) return false;
  pthread_mutex_lock(&s->lock);
  if (n > s->room - s->n) s->broken = true;
  const bool ok = !s->broken;
  if (ok) {
    const size_t at = (s->from + s->n) % s->room, first = n < s->room - at ? n : s->room - at;
    memcpy(s->ring + at, bytes, first);
    memcpy(s->ring, (const char *)bytes + first, n - first);
    s->n += n;
    s->written += n;
  }
  wake(s);
  pthread_mutex_unlock(&s->lock);
  return ok;
}

void http_stream_end(http_stream *s)
{
  if (!s) return;
  pthread_mutex_lock(&s->lock);
  s->ended = true;
  wake(s);
  pthread_mutex_unlock(&s->lock);
  let_go(s);
}

void stream_close(http_stream *s)
{
  pthread_mutex_lock(&s->lock);
  s->broken = s->ended = true;
  wake(s);
  pthread_mutex_unlock(&s->lock);
}

void stream_drop(http_stream *s)
{
  pthread_mutex_lock(&s->lock);
  s->broken = true;
  pthread_mutex_unlock(&s->lock);
  let_go(s);
}

/* The connection asks for more: what is there, or sleep until there is some. */
static ssize_t give(void *user, uint64_t at, char *to, size_t most)
{
  http_stream *s   = user;
  ssize_t      got = 0;
  (void)at;
  pthread_mutex_lock(&s->lock);
  if (s->n) {
    size_t n = s->n < most ? s->n : most;
    if (n > s->room - s->from) n = s->room - s->from;
    memcpy(to, s->ring + s->from, n);
    s->from = (s->from + n) % s->room;
    s->n -= n;
    got = (ssize_t)n;
  } else if (s->ended || s->broken) {
    got = s->broken ? MHD_CONTENT_READER_END_WITH_ERROR : MHD_CONTENT_READER_END_OF_STREAM;
  } else if (s->request) {
    s->asleep = true;
    MHD_suspend_connection(s->request->connection);
  }
  if (s->request) s->request->sent = s->written;
  pthread_mutex_unlock(&s->lock);
  return got;
}

static void over(void *user)
{
  http_stream *s = user;
  pthread_mutex_lock(&s->lock);
  s->broken = true;
  pthread_mutex_unlock(&s->lock);
  let_go(s);
}

void stream_detach(http_stream *s)
{
  pthread_mutex_lock(&s->lock);
  s->request = NULL;
  s->broken  = true;
  pthread_mutex_unlock(&s->lock);
  let_go(s);
}

struct MHD_Response *stream_response(http_request *r, http_stream *s)
{
  struct MHD_Response *made = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 4096, give, s, over);
  if (!made) {
    stream_drop(s);
    return NULL;
  }
  pthread_mutex_lock(&s->lock);
  s->holders++;
  s->request = r;
  pthread_mutex_unlock(&s->lock);
  atomic_store(&r->stream, s);
  if (atomic_load(&r->server->ending)) stream_close(s);
  return made;
}
