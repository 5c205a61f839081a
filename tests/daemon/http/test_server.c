/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The server over real sockets on the loopback interface: what goes in as bytes and what comes back. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>
#include <zlib.h>

#include "base/ids.h"
#include "http/http.h"

typedef struct {
  pthread_t       threads[64];
  size_t          n_threads, done, refused;
  uint64_t        streamed;
  http_outcome    last;
  pthread_mutex_t lock;
} seen;

static http_server  *server;
static seen          log_of;
static http_request *held_for_good;

static http_plan begin(void *user, http_request *r)
{
  (void)user;
  if (strcmp(http_path(r), "/early") == 0) http_send(r, http_reply_new(401));
  if (strcmp(http_path(r), "/stream-in") == 0) return (http_plan){HTTP_TAKE_STREAM, 1 << 20};
  return (http_plan){HTTP_TAKE_MEMORY, 100};
}

static bool data(void *user, http_request *r, const void *bytes, size_t n)
{
  (void)user, (void)r, (void)bytes;
  log_of.streamed += n;
  return true;
}

static void *answer_later(void *arg)
{
  http_request *r = arg;
  http_reply   *p = http_reply_new(200);
  http_reply_text(p, "text/plain", "later");
  http_send(r, p);
  return NULL;
}

static void *write_events(void *arg)
{
  http_stream *s = arg;
  for (int i = 0; i < 100; i++) {
    char      line[32];
    const int n = snprintf(line, sizeof line, "data: %d\n\n", i);
    if (!http_stream_write(s, line, (size_t)n)) break;
  }
  http_stream_end(s);
  return NULL;
}

static void start_thread(void *(*f)(void *), void *arg)
{
  pthread_mutex_lock(&log_of.lock);
  assert_int_equal(pthread_create(&log_of.threads[log_of.n_threads++], NULL, f, arg), 0);
  pthread_mutex_unlock(&log_of.lock);
}

static void ready(void *user, http_request *r)
{
  (void)user;
  const char *path = http_path(r);
  http_reply *p    = http_reply_new(200);
  size_t      n    = 0;
  if (strcmp(path, "/later") == 0) {
    http_reply_free(p);
    http_hold(r);
    start_thread(answer_later, r);
    return;
  }
  if (strcmp(path, "/never") == 0) { /* held for good: the server's end answers it */
    http_reply_free(p);
    http_hold(r);
    held_for_good = r;
    return;
  }
  if (strcmp(path, "/events") == 0) start_thread(write_events, http_reply_stream(p, "text/event-stream", 4096));
  else if (strcmp(path, "/echo") == 0) http_reply_text(p, "text/plain", http_body_bytes(r, &n));
  else if (strcmp(path, "/query") == 0) http_reply_text(p, "text/plain", http_query(r, "q") ? http_query(r, "q") : "-");
  else if (strcmp(path, "/long") == 0) {
    char *text = malloc(5001);
    memset(text, 'a', 5000);
    text[5000] = '\0';
    http_reply_body(p, "application/json", http_body_new(text, 5000));
  } else {
    http_reply_text(p, "text/plain", path);
  }
  http_reply_header(p, "X-Split", "a\r\nSet-Cookie: b");
  http_send(r, p);
}

static void done(void *user, http_request *r, const http_outcome *o)
{
  (void)user, (void)r;
  pthread_mutex_lock(&log_of.lock);
  log_of.done++;
  log_of.last = *o;
  pthread_mutex_unlock(&log_of.lock);
}

static http_reply *refused(void *user, const http_refusal *f)
{
  (void)user;
  log_of.refused++;
  if (f->status != 431) return NULL;
  http_reply *p = http_reply_new(f->status); /* the handler's own words for one of them */
  http_reply_text(p, "text/x-own", f->why);
  return p;
}

static int dial(void)
{
  struct sockaddr_in a  = {.sin_family = AF_INET, .sin_port = htons((uint16_t)http_server_port(server))};
  const int          fd = socket(AF_INET, SOCK_STREAM, 0);
  inet_pton(AF_INET, "127.0.0.1", &a.sin_addr);
  assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof a), 0);
  return fd;
}

/* Everything the server sends until it closes the connection. */
static size_t exchange(const char *request, size_t n, char *reply, size_t room)
{
  const int fd   = dial();
  size_t    got  = 0;
  ssize_t   some = 0;
  for (size_t at = 0; at < n; at += (size_t)some) {
    some = send(fd, request + at, n - at, MSG_NOSIGNAL);
    if (some <= 0) break;
  }
  while (got + 1 < room && (some = recv(fd, reply + got, room - 1 - got, 0)) > 0) got += (size_t)some;
  reply[got] = '\0';
  close(fd);
  return got;
}

static char reply[1 << 16];

static int status_of(const char *request)
{
  exchange(request, strlen(request), reply, sizeof reply);
  return strncmp(reply, "HTTP/1.1 ", 9) == 0 ? atoi(reply + 9) : 0;
}

#define GET(target) "GET " target " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"

static void paths_and_queries_are_decoded_once(void **state)
{
  (void)state;
  assert_int_equal(status_of(GET("/a%20b%2Fc")), 200);
  assert_non_null(strstr(reply, "\r\n\r\n/a b/c"));
  assert_int_equal(status_of(GET("/query?x=1&q=a%2Bb+c%3D")), 200);
  assert_non_null(strstr(reply, "\r\n\r\na+b c="));
  assert_int_equal(status_of(GET("/%2541")), 200);
  assert_non_null(strstr(reply, "\r\n\r\n/%41"));
}

static void targets_that_read_two_ways_are_refused(void **state)
{
  (void)state;
  assert_int_equal(status_of(GET("/a%00b")), 400);
  assert_int_equal(status_of(GET("/a/../b")), 400);
  assert_int_equal(status_of(GET("/a/%2e%2e/b")), 400);
  assert_int_equal(status_of(GET("/%ff")), 400);
  assert_int_equal(status_of(GET("/%4")), 400);
  assert_int_equal(status_of(GET("http://b/")), 400);
  assert_int_equal(
    status_of("POST /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 1\r\nTransfer-Encoding: "
              "chunked\r\n\r\n0\r\n\r\n"),
    400);
  assert_int_equal(status_of("POST /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 1\r\n"
                             "Content-Length: 2\r\n\r\nab"),
                   400);
}

static void bodies_are_taken_up_to_their_limit(void **state)
{
  static char big[1 << 15];
  (void)state;
  assert_int_equal(status_of("POST /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello"),
                   200);
  assert_non_null(strstr(reply, "\r\n\r\nhello"));
  assert_int_equal(status_of("POST /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
                             "3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n"),
                   200);
  assert_non_null(strstr(reply, "\r\n\r\nhello"));
  assert_int_equal(status_of("POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 101\r\n\r\n"),
                   413);
  int n = snprintf(big, sizeof big,
                   "POST /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 101\r\n\r\n%0101d", 0);
  assert_int_equal(status_of(big), 413);
  n = snprintf(big, sizeof big,
               "POST /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n");
  for (int i = 0; i < 50; i++) n += snprintf(big + n, sizeof big - (size_t)n, "5\r\nhello\r\n");
  snprintf(big + n, sizeof big - (size_t)n, "0\r\n\r\n");
  assert_int_equal(status_of(big), 413);
}

static void a_streamed_body_arrives_in_pieces(void **state)
{
  static char big[200000];
  (void)state;
  log_of.streamed = 0;
  const int n     = snprintf(big, sizeof big,
                             "POST /stream-in HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 150000\r\n\r\n");
  memset(big + n, 'x', 150000);
  exchange(big, (size_t)n + 150000, reply, sizeof reply);
  assert_int_equal(atoi(reply + 9), 200);
  assert_int_equal(log_of.streamed, 150000);
}

static void a_held_request_is_answered_from_another_thread(void **state)
{
  (void)state;
  for (int i = 0; i < 20; i++) {
    assert_int_equal(status_of(GET("/later")), 200);
    assert_non_null(strstr(reply, "\r\n\r\nlater"));
  }
}

static void a_stream_reaches_the_client_whole(void **state)
{
  (void)state;
  assert_int_equal(status_of(GET("/events")), 200);
  assert_non_null(strstr(reply, "data: 0\n\n"));
  assert_non_null(strstr(reply, "data: 99\n\n"));
}

static void long_texts_are_gzipped_for_those_who_take_it(void **state)
{
  static const char ask[] =
    "GET /long HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAccept-Encoding: br, gzip;q=0.5\r\n\r\n";
  char     text[6000];
  z_stream z = {0};
  (void)state;
  const size_t n    = exchange(ask, sizeof ask - 1, reply, sizeof reply);
  char        *body = strstr(reply, "\r\n\r\n") + 4;
  assert_non_null(strstr(reply, "Content-Encoding: gzip"));
  z.next_in   = (Bytef *)body;
  z.avail_in  = (uInt)(n - (size_t)(body - reply));
  z.next_out  = (Bytef *)text;
  z.avail_out = sizeof text;
  assert_int_equal(inflateInit2(&z, 15 + 16), Z_OK);
  assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
  assert_int_equal(z.total_out, 5000);
  inflateEnd(&z);
  assert_int_equal(status_of("GET /long HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAccept-Encoding: gzip;q=0\r\n\r\n"),
                   200);
  assert_null(strstr(reply, "Content-Encoding"));
}

static void headers_cannot_be_split_and_ids_come_back(void **state)
{
  (void)state;
  assert_int_equal(status_of("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-Request-Id: mine-1\r\n\r\n"), 200);
  assert_non_null(strstr(reply, "X-Request-Id: mine-1\r\n"));
  assert_null(strstr(reply, "Set-Cookie"));
  assert_int_equal(status_of("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-Request-Id: a b\"\r\n\r\n"), 200);
  assert_null(strstr(reply, "a b\""));
  assert_int_equal(status_of("HEAD /long HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"), 200);
  assert_non_null(strstr(reply, "Content-Length: 5000"));
  assert_int_equal(strlen(strstr(reply, "\r\n\r\n")), 4);
}

static void a_reply_before_the_body_stands(void **state)
{
  (void)state;
  assert_int_equal(status_of(GET("/early")), 401);
  assert_int_equal(status_of("POST /early HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello"),
                   401);
}

static void header_fields_have_a_limit(void **state)
{
  static char big[100000];
  (void)state;
  const int n = snprintf(big, sizeof big, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-Long: ");
  memset(big + n, 'x', 60000);
  strcpy(big + n + 60000, "\r\n\r\n");
  assert_int_equal(status_of(big), 431); /* the library's own */
  strcpy(big + n + 40000, "\r\n\r\n");
  assert_int_equal(status_of(big), 431);
  assert_non_null(strstr(reply, "text/x-own\r\n"));
  assert_non_null(strstr(reply, "X-Request-Id: "));
  strcpy(big + n + 30000, "\r\n\r\n");
  assert_int_equal(status_of(big), 200);
  memset(big, 'x', 9000);
  memcpy(big, "GET /", 5);
  strcpy(big + 9000, " HTTP/1.1\r\nHost: a\r\n\r\n");
  assert_int_equal(status_of(big), 414);
  assert_non_null(strstr(reply, "\r\n\r\nthe target is too long"));
}

static void header_fields_that_read_two_ways_are_refused(void **state)
{
  static const struct {
    int         status;
    const char *fields;
  } cases[] = {{400, "Host : a\r\n"},
               {400, "Host: a\r\nHost: b\r\n"},
               {400, "X: y\r\n"},
               {400, "Host: a\r\nX y: z\r\n"},
               {400, "Host: a\r\nX: y\001z\r\n"},
               {400, "Host: a\r\nX: y\rZ: z\r\n"},
               {400, "Host: a\r\nX: y\177\r\n"},
               {400, " X: y\r\nHost: a\r\n"},
               {501, "Host: a\r\nTransfer-Encoding: gzip\r\n"},
               {200, "Host: a\r\nX:\r\nY:\tz \r\nConnection: close\r\n"}};
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char text[256];
    snprintf(text, sizeof text, "GET / HTTP/1.1\r\n%s\r\n", cases[i].fields);
    assert_int_equal(status_of(text), cases[i].status);
  }
  assert_int_equal(status_of("GET / HTTP/1.0\r\n\r\n"), 200);
}

static void an_id_that_hides_a_token_is_replaced(void **state)
{
  (void)state;
  assert_int_equal(status_of("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-Request-Id: x.dyo_12345\r\n\r\n"),
                   200);
  assert_null(strstr(reply, "dyo_"));
  assert_int_equal(status_of("GET /.. HTTP/1.1\r\nHost: a\r\nX-Request-Id: dyo_12345\r\n\r\n"), 400);
  assert_null(strstr(reply, "dyo_"));
}

static void what_is_late_is_told_so(void **state)
{
  const http_handler h     = {begin, data, ready, done, refused, NULL};
  http_options       o     = http_defaults();
  http_server       *usual = server;
  dyo_err            err;
  (void)state;
  o.port     = 0;
  o.header_s = 1;
  assert_int_equal(http_server_start(&o, &h, &server, &err), DYO_OK);
  assert_int_equal(status_of("GET / HTTP/1.1\r\nHost: a\r\n"), 408);
  assert_non_null(strstr(reply, "X-Request-Id: "));
  assert_non_null(strstr(reply, "\r\n\r\nthe request did not come in time"));
  http_server_stop(server);
  server = usual;
}

static void the_end_answers_what_is_held(void **state)
{
  const int fd = dial();
  (void)state;
  send(fd, GET("/never"), strlen(GET("/never")), 0);
  while (http_server_open(server) == 0) continue;
  http_server_drain(server, 0.2);
  http_server_stop(server);
  http_send(held_for_good, http_reply_new(200)); /* too late: it only frees */
  const ssize_t n      = recv(fd, reply, sizeof reply - 1, 0);
  reply[n > 0 ? n : 0] = '\0';
  assert_int_equal(atoi(reply + 9), 503);
  close(fd);
  server = NULL;
}

static int start(void **state)
{
  const http_handler h = {begin, data, ready, done, refused, NULL};
  http_options       o = http_defaults();
  dyo_err            err;
  (void)state;
  signal(SIGPIPE, SIG_IGN);
  pthread_mutex_init(&log_of.lock, NULL);
  o.port = 0;
  return ids_start() && http_server_start(&o, &h, &server, &err) == DYO_OK ? 0 : 1;
}

static int stop(void **state)
{
  (void)state;
  http_server_stop(server);
  for (size_t i = 0; i < log_of.n_threads; i++) pthread_join(log_of.threads[i], NULL);
  return 0;
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(paths_and_queries_are_decoded_once),
    cmocka_unit_test(targets_that_read_two_ways_are_refused),
    cmocka_unit_test(bodies_are_taken_up_to_their_limit),
    cmocka_unit_test(a_streamed_body_arrives_in_pieces),
    cmocka_unit_test(a_held_request_is_answered_from_another_thread),
    cmocka_unit_test(a_stream_reaches_the_client_whole),
    cmocka_unit_test(long_texts_are_gzipped_for_those_who_take_it),
    cmocka_unit_test(headers_cannot_be_split_and_ids_come_back),
    cmocka_unit_test(a_reply_before_the_body_stands),
    cmocka_unit_test(header_fields_have_a_limit),
    cmocka_unit_test(header_fields_that_read_two_ways_are_refused),
    cmocka_unit_test(an_id_that_hides_a_token_is_replaced),
    cmocka_unit_test(what_is_late_is_told_so),
    cmocka_unit_test(the_end_answers_what_is_held),
  };
  return cmocka_run_group_tests(tests, start, stop);
}
