/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Targets taken apart, strictly: what two readers could understand differently is refused. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/dyo_utf8.h"
#include "base/ids.h"
#include "http/server.h"

enum { QUERY_MOST = 100 };

static int hex(char c)
{
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/* Decodes %XX (and '+' in a query) of s[0..n) in place and ends it; false for a bad escape, a NUL or what is not UTF-8. */
static bool unescape(char *s, size_t n, bool plus)
{
  size_t k = 0;
  for (size_t i = 0; i < n; i++) {
    int c = (unsigned char)s[i];
    if (c == '%') {
      if (i + 2 >= n || hex(s[i + 1]) < 0 || hex(s[i + 2]) < 0) return false;
      c = 16 * hex(s[i + 1]) + hex(s[i + 2]);
      i += 2;
    } else if (plus && c == '+') {
      c = ' ';
    }
    if (c == 0) return false;
    s[k++] = (char)c;
  }
  s[k]                    = '\0';
  const unsigned char *at = (const unsigned char *)s, *end = at + k;
  for (size_t len = 1; at < end && len; at += len) len = dyo_utf8_len(at, end);
  return at == end;
}

/* No segment of the path is "." or "..". */
static bool plain_path(const char *path)
{
  for (const char *at = path; at; at = strchr(at, '/')) {
    at += *at == '/';
    const size_t n = strcspn(at, "/");
    if ((n == 1 && at[0] == '.') || (n == 2 && at[0] == '.' && at[1] == '.')) return false;
  }
  return true;
}

static bool read_query(http_request *r, char *text)
{
  size_t most = 1;
  for (const char *c = text; *c; c++) most += *c == '&';
  if (most > QUERY_MOST) return false;
  r->query = calloc(most, sizeof *r->query);
  if (!r->query) return false;
  while (text) {
    char *end = strchr(text, '&');
    if (end) *end = '\0';
    char *value = strchr(text, '=');
    if (value) *value++ = '\0';
    if (!unescape(text, strlen(text), true) || (value && !unescape(value, strlen(value), true))) return false;
    if (*text) r->query[r->n_query++] = (http_pair){text, value ? value : text + strlen(text)};
    text = end ? end + 1 : NULL;
  }
  return true;
}

/* Why the target is refused, or NULL. */
static const char *read_target(http_request *r)
{
  char *query = strchr(r->target, '?');
  if (query) *query++ = '\0';
  r->path = r->target;
  if (r->path[0] != '/') return "the target is not a path";
  if (strchr(r->path, '#') || (query && strchr(query, '#'))) return "the target has a fragment";
  if (!unescape(r->path, strlen(r->path), false)) return "the path is not UTF-8 text";
  if (!plain_path(r->path)) return "the path has a \".\" or \"..\" segment";
  if (query && !read_query(r, query)) return "the query is not readable";
  return NULL;
}

http_request *request_new(http_server *s, const char *target)
{
  http_request *r = calloc(1, sizeof *r);
  if (!r) return NULL;
  r->server = s;
  r->began  = clock_monotonic();
  r->target = strdup(target);
  r->bad    = r->target ? read_target(r) : "memory ran out";
  pthread_mutex_init(&r->lock, NULL);
  return r;
}

void request_free(http_request *r)
{
  if (!r) return;
  pthread_mutex_destroy(&r->lock);
  http_reply_free(r->reply);
  free(r->target);
  free(r->query);
  free(r->body);
  free(r);
}

/* A client's own id is kept where it cannot do harm in a log or a header. */
static bool sane_id(const char *id)
{
  const size_t n = id ? strlen(id) : 0;
  return n > 0 && n < HTTP_ID_CHARS &&
         strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.") == n;
}

void request_read_headers(http_request *r)
{
  const union MHD_ConnectionInfo *info = MHD_get_connection_info(r->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
  const char                     *id   = http_header(r, "X-Request-Id");
  if (sane_id(id)) snprintf(r->id, sizeof r->id, "%s", id);
  else id_new(r->id);
  if (!info || !info->client_addr) return;
  if (info->client_addr->sa_family == AF_INET) {
    const struct sockaddr_in *a = (const void *)info->client_addr;
    inet_ntop(AF_INET, &a->sin_addr, r->peer, sizeof r->peer);
  } else if (info->client_addr->sa_family == AF_INET6) {
    const struct sockaddr_in6 *a = (const void *)info->client_addr;
    inet_ntop(AF_INET6, &a->sin6_addr, r->peer, sizeof r->peer);
  }
}

typedef struct {
  int lengths, codings, hosts;
} framing;

static enum MHD_Result count_framing(void *user, enum MHD_ValueKind kind, const char *name, const char *value)
{
  framing *f = user;
  (void)kind;
  (void)value;
  f->lengths += strcasecmp(name, "Content-Length") == 0;
  f->codings += strcasecmp(name, "Transfer-Encoding") == 0;
  f->hosts += strcasecmp(name, "Host") == 0;
  return MHD_YES;
}

bool request_smuggles(http_request *r)
{
  framing f = {0, 0, 0};
  MHD_get_connection_values(r->connection, MHD_HEADER_KIND, count_framing, &f);
  return f.lengths > 1 || f.codings > 1 || f.lengths + f.codings > 1 || f.hosts > 1;
}

const char *http_method(const http_request *r)
{
  return r->method;
}

const char *http_path(const http_request *r)
{
  return r->path;
}

const char *http_query(const http_request *r, const char *name)
{
  for (size_t i = 0; i < r->n_query; i++)
    if (strcmp(r->query[i].name, name) == 0) return r->query[i].value;
  return NULL;
}

bool http_query_at(const http_request *r, size_t i, const char **name, const char **value)
{
  if (i >= r->n_query) return false;
  *name  = r->query[i].name;
  *value = r->query[i].value;
  return true;
}

const char *http_header(const http_request *r, const char *name)
{
  return MHD_lookup_connection_value(r->connection, MHD_HEADER_KIND, name);
}

const char *http_peer(const http_request *r)
{
  return r->peer;
}

const char *http_request_id(const http_request *r)
{
  return r->id;
}

const void *http_body_bytes(const http_request *r, size_t *n)
{
  *n = r->n_body;
  return r->body ? r->body : "";
}

uint64_t http_body_length(const http_request *r)
{
  const char *text = http_header(r, "Content-Length");
  if (text && text[0] >= '0' && text[0] <= '9') return strtoull(text, NULL, 10);
  return http_header(r, "Transfer-Encoding") ? UINT64_MAX : 0;
}

void http_set_user(http_request *r, void *user)
{
  r->user = user;
}

void *http_user(const http_request *r)
{
  return r->user;
}

bool http_gone(const http_request *r)
{
  char                            byte;
  const union MHD_ConnectionInfo *info = MHD_get_connection_info(r->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
  if (!info) return false;
  const ssize_t n = recv(info->connect_fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return n == 0 || (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
}
