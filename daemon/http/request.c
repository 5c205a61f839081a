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
#include "base/seal.h"
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

/* r->query has room for every pair. */
static bool read_query(http_request *r, char *text)
{
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

static const char out_of_memory[] = "memory ran out";

/* Why the target is refused, or NULL. */
static const char *read_target(http_request *r)
{
  for (const unsigned char *c = (const unsigned char *)r->target; *c; c++)
    if (*c <= ' ' || *c == 0x7f) return "the target has a blank or a control character";
  char *query = strchr(r->target, '?');
  if (query) *query++ = '\0';
  r->path = r->target;
  if (r->path[0] != '/') return "the target is not a path";
  if (strchr(r->path, '#') || (query && strchr(query, '#'))) return "the target has a fragment";
  if (!unescape(r->path, strlen(r->path), false)) return "the path is not UTF-8 text";
  if (!plain_path(r->path)) return "the path has a \".\" or \"..\" segment";
  size_t pairs = query ? 1 : 0;
  for (const char *c = query; c && *c; c++) pairs += *c == '&';
  if (pairs > QUERY_MOST) return "the query is not readable";
  r->query = pairs ? calloc(pairs, sizeof *r->query) : NULL;
  if (pairs && !r->query) return out_of_memory;
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
  if (s && strlen(target) > s->o.target_bytes)
    r->fault = (http_refusal){.status = 414, .why = "the target is too long"};
  else r->fault.why = r->target ? read_target(r) : out_of_memory;
  if (r->fault.why && !r->fault.status) r->fault.status = r->fault.why == out_of_memory ? 507 : 400;
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
  if (r->body) wipe(r->body, r->n_body);
  free(r->body);
  free(r);
}

/* A client's own id is kept where it cannot do harm in a log or a header, and is no token, or part of one, put in the wrong place. */
static bool sane_id(const char *id)
{
  const size_t n = id ? strlen(id) : 0;
  return n > 0 && n < HTTP_ID_CHARS && !id_hides_token(id) &&
         strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.") == n;
}

void peer_text(struct MHD_Connection *c, char out[HTTP_PEER_CHARS])
{
  const union MHD_ConnectionInfo *info = MHD_get_connection_info(c, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
  out[0]                               = '\0';
  if (!info || !info->client_addr) return;
  if (info->client_addr->sa_family == AF_INET) {
    const struct sockaddr_in *a = (const void *)info->client_addr;
    inet_ntop(AF_INET, &a->sin_addr, out, HTTP_PEER_CHARS);
  } else if (info->client_addr->sa_family == AF_INET6) {
    const struct sockaddr_in6 *a = (const void *)info->client_addr;
    inet_ntop(AF_INET6, &a->sin6_addr, out, HTTP_PEER_CHARS);
  }
}

/* --- header fields ------------------------------------------------------------------------------------------------------- */

typedef struct {
  int  lengths, codings, hosts;
  bool odd; /* a name or value that RFC 9110, 5.1 and 5.5, does not allow */
} field_counts;

static bool is_token(const char *name)
{
  const char *c = name;
  while ((*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9') || *c == '-' ||
         (*c && strchr("!#$%&'*+.^_`|~", *c)))
    c++;
  return c > name && !*c;
}

static bool is_value(const char *value)
{
  for (const unsigned char *c = (const unsigned char *)value; *c; c++)
    if ((*c < ' ' && *c != '\t') || *c == 0x7f) return false;
  return true;
}

static enum MHD_Result count_field(void *user, enum MHD_ValueKind kind, const char *name, const char *value)
{
  field_counts *f = user;
  (void)kind;
  f->lengths += strcasecmp(name, "Content-Length") == 0;
  f->codings += strcasecmp(name, "Transfer-Encoding") == 0;
  f->hosts += strcasecmp(name, "Host") == 0;
  f->odd = f->odd || !is_token(name) || (value && !is_value(value));
  return MHD_YES;
}

/* What two readers could take differently, or one not at all. RFC 9112, 3.2, 6.1 and 6.3. */
static http_refusal fault_of(const http_request *r, const char *version)
{
  const union MHD_ConnectionInfo *size =
    MHD_get_connection_info(r->connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
  const char  *coding = http_header(r, "Transfer-Encoding");
  const bool   old    = strcmp(version, "HTTP/1.1") != 0;
  field_counts f      = {0};
  MHD_get_connection_values(r->connection, MHD_HEADER_KIND, count_field, &f);
  if (size && size->header_size > r->server->o.header_bytes)
    return (http_refusal){.status = 431, .why = "the header fields are too long"};
  if (f.odd)
    return (http_refusal){.status = 400,
                          .why    = "a header field's name or value has characters that are not allowed there"};
  if (f.lengths > 1 || f.codings > 1 || f.lengths + f.codings > 1 || f.hosts > 1 || (old && f.codings))
    return (http_refusal){.status = 400, .why = "the request says twice how long it is or where it goes"};
  if (!old && f.hosts == 0) return (http_refusal){.status = 400, .why = "the header field Host is missing"};
  if (coding && strcasecmp(coding, "chunked") != 0)
    return (http_refusal){.status = 501, .why = "Transfer-Encoding: chunked is the only one read here"};
  return (http_refusal){0};
}

void request_read_headers(http_request *r, const char *version)
{
  const char *id = http_header(r, "X-Request-Id");
  if (sane_id(id)) snprintf(r->id, sizeof r->id, "%s", id);
  else id_new(r->id);
  peer_text(r->connection, r->peer);
  if (!r->fault.status) r->fault = fault_of(r, version);
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
