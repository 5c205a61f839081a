/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_http.c - a whole server on the loopback interface. The first byte chooses: the rest is a target that is taken apart by itself, or
 * bytes that a client sends in two pieces before it says that no more will come. Whatever comes back begins as a reply does. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/ids.h"
#include "http/server.h"

enum { SILENT_MS = 2 }; /* a server that waits for more has nothing to say */

static void must(bool holds, const char *what)
{
  if (holds) return;
  fprintf(stderr, "fuzz_http: %s\n", what);
  abort();
}

static void look_at(const http_request *r)
{
  const char *path = http_path(r), *name, *value;
  must(path[0] == '/' && !strstr(path, "/../") && !strstr(path, "/./"), "a path that climbs");
  for (size_t i = 0; http_query_at(r, i, &name, &value); i++)
    must(http_query(r, name) != NULL, "a parameter that is not found");
}

/* Nothing gets this far that two readers could take differently. */
static void look_at_fields(const http_request *r)
{
  const char *length = http_header(r, "Content-Length"), *coding = http_header(r, "Transfer-Encoding");
  must(!length || !coding, "two lengths");
  must(!length || strspn(length, "0123456789") == strlen(length), "a length that is no number");
  must(!coding || strcasecmp(coding, "chunked") == 0, "a coding that is not read");
}

static http_plan on_begin(void *user, http_request *r)
{
  (void)user;
  look_at(r);
  look_at_fields(r);
  must(strlen(http_request_id(r)) > 0 && !id_token_length(http_request_id(r)), "a request without an id");
  if (strcmp(http_path(r), "/no") == 0) http_send(r, http_reply_new(401));
  return strcmp(http_path(r), "/stream") == 0 ? (http_plan){HTTP_TAKE_STREAM, 4096}
                                              : (http_plan){HTTP_TAKE_MEMORY, 256};
}

static bool on_data(void *user, http_request *r, const void *bytes, size_t n)
{
  (void)user, (void)r, (void)bytes;
  must(n > 0, "a piece of nothing");
  return true;
}

static void on_ready(void *user, http_request *r)
{
  size_t n = 0;
  (void)user;
  http_body_bytes(r, &n);
  must(n <= 256, "more body than was allowed");
  http_reply *p = http_reply_new(200);
  http_reply_header(p, "X-Echo", http_path(r));
  http_reply_text(p, "text/plain", "here");
  http_send(r, p);
}

static void on_done(void *user, http_request *r, const http_outcome *o)
{
  (void)user, (void)r, (void)o;
}

static http_server *server_once(void)
{
  static http_server *s;
  if (s) return s;
  http_options       o = http_defaults();
  const http_handler h = {on_begin, on_data, on_ready, on_done, NULL, NULL};
  dyo_err            err;
  o.port = 0;
  must(ids_start() && http_server_start(&o, &h, &s, &err) == DYO_OK, "the server did not start");
  return s;
}

static void take_apart(const uint8_t *bytes, size_t n)
{
  char *target = malloc(n + 1);
  if (!target) abort();
  memcpy(target, bytes, n);
  target[n]       = '\0';
  http_request *r = request_new(NULL, target);
  if (r && !r->fault.status) look_at(r);
  request_free(r);
  free(target);
}

static void exchange_bytes(const uint8_t *bytes, size_t n, size_t first)
{
  struct sockaddr_in a  = {.sin_family = AF_INET, .sin_port = htons((uint16_t)http_server_port(server_once()))};
  const int          fd = socket(AF_INET, SOCK_STREAM, 0);
  char               reply[4096];
  size_t             got = 0;
  a.sin_addr.s_addr      = htonl(INADDR_LOOPBACK);
  must(fd >= 0 && connect(fd, (struct sockaddr *)&a, sizeof a) == 0, "no connection");
  if (first > n) first = n;
  if (send(fd, bytes, first, MSG_NOSIGNAL) == (ssize_t)first) send(fd, bytes + first, n - first, MSG_NOSIGNAL);
  shutdown(fd, SHUT_WR);
  for (struct pollfd p = {.fd = fd, .events = POLLIN}; got < sizeof reply && poll(&p, 1, SILENT_MS) > 0;) {
    const ssize_t k = recv(fd, reply + got, sizeof reply - got, 0);
    if (k <= 0) break;
    got += (size_t)k;
  }
  must(got < 5 || memcmp(reply, "HTTP/", 5) == 0, "a reply that is none");
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &(struct linger){1, 0}, sizeof(struct linger)); /* no ports left waiting */
  close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
  if (n < 1) return 0;
  if (bytes[0] & 1) take_apart(bytes + 1, n - 1);
  else exchange_bytes(bytes + 1, n - 1, bytes[0]);
  return 0;
}
