/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Slow and vanished clients: libmicrohttpd closes a connection that is silent, this closes one that sends a byte now and then. A connection owes
 * us header fields or its body's next piece from the moment we wait for them; while we owe it a reply its clock stands still. */
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "base/clock.h"
#include "base/ids.h"
#include "http/server.h"

enum { LAST_WORDS = 2048 };

void watch_notify(void *user, struct MHD_Connection *c, void **socket_context, enum MHD_ConnectionNotificationCode code)
{
  http_server *s = user;
  if (code == MHD_CONNECTION_NOTIFY_STARTED) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD);
    connection                     *w    = info ? calloc(1, sizeof *w) : NULL;
    *socket_context                      = w;
    if (!w) return;
    w->fd    = info->connect_fd;
    w->since = clock_monotonic();
    peer_text(c, w->peer);
    pthread_mutex_lock(&s->lock);
    w->next = s->connections;
    w->link = &s->connections;
    if (w->next) w->next->link = &w->next;
    s->connections = w;
    pthread_mutex_unlock(&s->lock);
    return;
  }
  accept_count_out(s);
  if (*socket_context) {
    connection *w = *socket_context;
    pthread_mutex_lock(&s->lock);
    *w->link = w->next;
    if (w->next) w->next->link = w->link;
    pthread_mutex_unlock(&s->lock);
    free(w);
    *socket_context = NULL;
  }
}

connection *watch_of(struct MHD_Connection *c)
{
  const union MHD_ConnectionInfo *info = MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
  return info ? info->socket_context : NULL;
}

void watch_set(http_server *s, connection *c, watch_state state)
{
  if (!c) return;
  pthread_mutex_lock(&s->lock);
  c->state = state;
  c->since = clock_monotonic();
  c->bytes = 0;
  pthread_mutex_unlock(&s->lock);
}

void watch_bytes(http_server *s, connection *c, uint64_t n)
{
  if (!c) return;
  pthread_mutex_lock(&s->lock);
  c->bytes += n;
  pthread_mutex_unlock(&s->lock);
}

/* Its header fields or its body are late. Between two requests it may be silent for idle_s before it owes the next. */
static bool late(const http_server *s, const connection *c, double now)
{
  const double waited = now - c->since, allowed = s->o.header_s + (c->state == WATCH_IDLE ? s->o.idle_s : 0.0);
  return c->state != WATCH_BUSY && waited > allowed && (double)c->bytes < (waited - allowed) * s->o.body_floor + 1;
}

/* A request that began is told why it ends. Nothing was sent on this connection since, and nothing will be; over TLS we have no way in. */
static void let_go(const http_server *s, connection *c)
{
  char         text[LAST_WORDS], id[ID_CHARS];
  const bool   tells = c->state == WATCH_OWED && !s->o.certificate;
  http_refusal f     = {408, "the request did not come in time", c->peer, id};
  if (tells) {
    id_new(id);
    http_reply  *p = reply_refusal(s, &f);
    const size_t n = p ? reply_bytes(p, id, text, sizeof text) : 0;
    if (n) send(c->fd, text, n, MSG_DONTWAIT | MSG_NOSIGNAL);
    http_reply_free(p);
  }
  c->state = WATCH_BUSY;      /* said once */
  shutdown(c->fd, SHUT_RDWR); /* the server sees the end of it and cleans up */
}

/* The client has sent all it will. Where that comes together with bytes, libmicrohttpd takes these and does not look again until
 * something else happens. */
static bool has_ended(const connection *c)
{
  struct pollfd on = {.fd = c->fd, .events = POLLRDHUP};
  return c->state != WATCH_BUSY && poll(&on, 1, 0) == 1 && (on.revents & POLLRDHUP);
}

static void *watch(void *arg)
{
  http_server *s = arg;
  pthread_mutex_lock(&s->lock);
  while (s->watching) {
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec++;
    pthread_cond_timedwait(&s->tick, &s->lock, &until);
    const double now = clock_monotonic();
    for (connection *c = s->connections; c; c = c->next)
      if (late(s, c, now)) let_go(s, c);
      else if (has_ended(c)) shutdown(c->fd, SHUT_RD); /* that happens: what has come is still read, and then the end */
  }
  pthread_mutex_unlock(&s->lock);
  return NULL;
}

bool watch_start(http_server *s)
{
  clock_cond_init(&s->tick);
  s->watching = true;
  if (pthread_create(&s->watcher, NULL, watch, s) == 0) return true;
  s->watching = false;
  pthread_cond_destroy(&s->tick);
  return false;
}

void watch_stop(http_server *s)
{
  pthread_mutex_lock(&s->lock);
  s->watching = false;
  pthread_cond_signal(&s->tick);
  pthread_mutex_unlock(&s->lock);
  pthread_join(s->watcher, NULL);
  pthread_cond_destroy(&s->tick);
}
