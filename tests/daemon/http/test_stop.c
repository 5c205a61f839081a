/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The server's end while clients come and go: the process survives it, and nobody is left waiting. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/ids.h"
#include "http/http.h"

enum { CLIENTS = 4, STOPS = 60 };

#define GET(path) "GET " path " HTTP/1.1\r\nHost: a\r\n\r\n"

static atomic_int  port;
static atomic_bool over;
static atomic_uint answered;

static http_plan begin(void *user, http_request *r)
{
  (void)user, (void)r;
  return (http_plan){HTTP_TAKE_MEMORY, 100};
}

static bool data(void *user, http_request *r, const void *bytes, size_t n)
{
  (void)user, (void)r, (void)bytes, (void)n;
  return true;
}

/* "/silent" is a stream that nobody writes to and whose writer has not ended it either. */
static void ready(void *user, http_request *r)
{
  http_reply *p = http_reply_new(200);
  (void)user;
  if (strcmp(http_path(r), "/silent") == 0) *(http_stream **)user = http_reply_stream(p, "text/event-stream", 4096);
  else http_reply_text(p, "text/plain", "here");
  http_send(r, p);
}

static void done(void *user, http_request *r, const http_outcome *o)
{
  (void)user, (void)r, (void)o;
}

static int dial(int to)
{
  const int                fd       = socket(AF_INET, SOCK_STREAM, 0);
  const struct timeval     patience = {5, 0};
  const struct sockaddr_in a        = {
           .sin_family = AF_INET, .sin_port = htons((uint16_t)to), .sin_addr = {htonl(INADDR_LOOPBACK)}};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  if (connect(fd, (const struct sockaddr *)&a, sizeof a) == 0) return fd;
  close(fd);
  return -1;
}

static bool ask(int fd, const char *request)
{
  char text[1000];
  if (send(fd, request, strlen(request), MSG_NOSIGNAL) < 0) return false;
  const ssize_t n = recv(fd, text, sizeof text - 1, 0);
  return n > 12 && memcmp(text + 9, "200", 3) == 0;
}

static void *come_and_go(void *arg)
{
  (void)arg;
  while (!atomic_load(&over)) {
    const int to = atomic_load(&port), fd = to ? dial(to) : -1;
    if (fd < 0) continue;
    for (int i = 0; i < 3 && ask(fd, GET("/")); i++) atomic_fetch_add(&answered, 1);
    close(fd);
  }
  return NULL;
}

static http_server *begin_server(void *user)
{
  const http_handler h = {begin, data, ready, done, NULL, user};
  http_options       o = http_defaults();
  http_server       *s = NULL;
  dyo_err            err;
  o.port = 0;
  assert_int_equal(http_server_start(&o, &h, &s, &err), DYO_OK);
  return s;
}

/* libmicrohttpd's own way to stop listening ended the process once in some hundred times. */
static void the_process_survives_stops_under_load(void **state)
{
  pthread_t clients[CLIENTS];
  (void)state;
  for (int i = 0; i < CLIENTS; i++) assert_int_equal(pthread_create(&clients[i], NULL, come_and_go, NULL), 0);
  for (int i = 0; i < STOPS; i++) {
    http_server   *s    = begin_server(NULL);
    const unsigned seen = atomic_load(&answered);
    atomic_store(&port, http_server_port(s));
    while (atomic_load(&answered) < seen + 5) continue;
    http_server_drain(s, 1);
    atomic_store(&port, 0);
    http_server_stop(s);
  }
  atomic_store(&over, true);
  for (int i = 0; i < CLIENTS; i++) pthread_join(clients[i], NULL);
}

static void a_drained_server_takes_nobody_new_and_answers_who_is_there(void **state)
{
  http_server *s  = begin_server(NULL);
  const int    to = http_server_port(s), fd = dial(to);
  (void)state;
  assert_true(ask(fd, GET("/")));
  http_server_drain(s, 1);
  assert_int_equal(dial(to), -1);
  assert_true(ask(fd, GET("/")));
  http_server_stop(s);
  close(fd);
}

/* A stream that is made while all are ended is ended too: libmicrohttpd does not stop over a connection that sleeps. */
static void a_silent_stream_does_not_outlive_the_server(void **state)
{
  http_stream *stream = NULL;
  http_server *s      = begin_server(&stream);
  const int    first = dial(http_server_port(s)), second = dial(http_server_port(s));
  (void)state;
  assert_true(ask(second, GET("/")));
  assert_true(ask(first, GET("/silent")));
  http_stream *one = stream;
  http_server_drain(s, 1);
  assert_false(http_stream_write(one, "x", 1));
  assert_true(send(second, GET("/silent"), strlen(GET("/silent")), MSG_NOSIGNAL) > 0); /* after the drain */
  while (http_server_open(s) == 0 && stream == one) continue;
  http_server_stop(s);
  http_stream_end(one);
  if (stream != one) http_stream_end(stream);
  close(first);
  close(second);
}

static void beyond_its_limit_the_next_ones_wait(void **state)
{
  enum { LIMIT = 3, CALLERS = 12 };
  const http_handler h = {begin, data, ready, done, NULL, NULL};
  http_options       o = http_defaults();
  http_server       *s = NULL;
  int                fd[CALLERS];
  dyo_err            err;
  (void)state;
  o.port        = 0;
  o.connections = LIMIT;
  assert_int_equal(http_server_start(&o, &h, &s, &err), DYO_OK);
  for (int i = 0; i < CALLERS; i++) assert_true((fd[i] = dial(http_server_port(s))) >= 0);
  for (int i = 0; i < CALLERS; i++) {
    assert_true(ask(fd[i], GET("/")));
    assert_true(ask(fd[i], GET("/")));
    close(fd[i]);
  }
  http_server_stop(s);
}

static int start(void **state)
{
  (void)state;
  signal(SIGPIPE, SIG_IGN);
  return ids_start() ? 0 : 1;
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(the_process_survives_stops_under_load),
    cmocka_unit_test(a_drained_server_takes_nobody_new_and_answers_who_is_there),
    cmocka_unit_test(beyond_its_limit_the_next_ones_wait),
    cmocka_unit_test(a_silent_stream_does_not_outlive_the_server),
  };
  return cmocka_run_group_tests(tests, start, NULL);
}
