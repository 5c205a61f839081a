/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Takes connections and hands them to libmicrohttpd. It could listen by itself; but MHD_quiesce_daemon, which ends that, removes the
 * socket from an epoll set whose thread may just be doing the same, and the one that comes second ends the process. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/server.h"

enum { PAUSE_MS = 20 };

/* One more of them, where there is room; else whoever comes waits in the socket's queue. We count, since libmicrohttpd's thread hangs
 * when a connection that was handed to it is one too many. */
static bool count_in(http_server *s)
{
  pthread_mutex_lock(&s->lock);
  const bool room = s->n_connections < s->o.connections;
  if (room) s->n_connections++;
  pthread_mutex_unlock(&s->lock);
  return room;
}

void accept_count_out(http_server *s)
{
  pthread_mutex_lock(&s->lock);
  s->n_connections--;
  pthread_mutex_unlock(&s->lock);
}

static void take_one(http_server *s, struct pollfd *bell)
{
  struct sockaddr_storage from;
  socklen_t               size = sizeof from;
  if (!count_in(s)) {
    poll(bell, 1, PAUSE_MS);
    return;
  }
  const int  fd      = accept4(s->o.listening, (struct sockaddr *)&from, &size, SOCK_CLOEXEC | SOCK_NONBLOCK);
  const bool no_more = fd < 0 && errno != EAGAIN && errno != EINTR && errno != ECONNABORTED; /* descriptors, memory */
  if (fd < 0 || MHD_add_connection(s->daemon, fd, (struct sockaddr *)&from, size) != MHD_YES) accept_count_out(s);
  if (no_more) poll(bell, 1, PAUSE_MS);
}

static void *accept_on(void *arg)
{
  http_server  *s     = arg;
  struct pollfd on[2] = {{.fd = s->bell, .events = POLLIN}, {.fd = s->o.listening, .events = POLLIN}};
  for (;;) {
    const int n = poll(on, 2, -1);
    if (n > 0 && on[0].revents) return NULL;
    if (n > 0 && on[1].revents) take_one(s, on);
  }
}

bool accept_start(http_server *s)
{
  const int flags = fcntl(s->o.listening, F_GETFL);
  if (flags < 0 || fcntl(s->o.listening, F_SETFL, flags | O_NONBLOCK) != 0) return false; /* another may be quicker */
  s->bell = eventfd(0, EFD_CLOEXEC);
  if (s->bell < 0) return false;
  s->accepting = pthread_create(&s->acceptor, NULL, accept_on, s) == 0;
  if (!s->accepting) close(s->bell);
  return s->accepting;
}

void accept_stop(http_server *s)
{
  if (!s->accepting) return;
  eventfd_write(s->bell, 1);
  pthread_join(s->acceptor, NULL);
  s->accepting = false;
  close(s->bell);
  close(s->o.listening);
  s->o.listening = -1;
}
