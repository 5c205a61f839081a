/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include <zlib.h>

#include "base/lent.h"
#include "http/server.h"

enum { HEADERS_MOST = 24, GZIP_FROM = 1024, GZIP_LEVEL = 6, GZIP_WINDOW = 15 + 16 };

struct http_body {
  atomic_size_t   holders;
  size_t          n, n_packed;
  char           *bytes, *packed; /* packed: gzipped, made when first asked for */
  pthread_mutex_t lock;           /* of the packing */
  bool            tried;
};

struct http_reply {
  int          status;
  size_t       n_headers;
  http_pair    headers[HEADERS_MOST];
  char        *type;
  http_body   *body;
  int          fd; /* -1: none */
  uint64_t     size;
  http_stream *stream;
  bool         failed; /* memory for a part of it ran out: it is not sent */
};

/* --- bodies -------------------------------------------------------------------------------------------------------- */

http_body *http_body_new(char *bytes, size_t n)
{
  http_body *b = bytes ? calloc(1, sizeof *b) : NULL;
  if (!b) {
    free(bytes);
    return NULL;
  }
  atomic_init(&b->holders, 1);
  pthread_mutex_init(&b->lock, NULL);
  b->bytes = bytes;
  b->n     = n;
  return b;
}

http_body *http_body_share(http_body *b)
{
  if (b) atomic_fetch_add(&b->holders, 1);
  return b;
}

void http_body_free(http_body *b)
{
  if (!b || atomic_fetch_sub(&b->holders, 1) != 1) return;
  pthread_mutex_destroy(&b->lock);
  free(b->bytes);
  free(b->packed);
  free(b);
}

size_t http_body_size(const http_body *b)
{
  return b ? b->n : 0;
}

static size_t room_packed(size_t n)
{
  return n - n / 8;
}

size_t http_body_most(const http_body *b)
{
  return b ? sizeof *b + b->n + (b->n >= GZIP_FROM ? room_packed(b->n) : 0) : 0;
}

/* NULL where it does not pay. */
static char *gzip(const char *bytes, size_t n, size_t *packed)
{
  z_stream     z    = {0};
  const size_t room = room_packed(n);
  char        *out  = malloc(room);
  if (!out || n > UINT32_MAX || deflateInit2(&z, GZIP_LEVEL, Z_DEFLATED, GZIP_WINDOW, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    free(out);
    return NULL;
  }
  z.next_in     = lent(bytes);
  z.avail_in    = (uInt)n;
  z.next_out    = (Bytef *)out;
  z.avail_out   = (uInt)room;
  const int end = deflate(&z, Z_FINISH);
  *packed       = z.total_out;
  deflateEnd(&z);
  if (end == Z_STREAM_END) {
    char *fit = realloc(out, *packed);
    return fit ? fit : out;
  }
  free(out);
  return NULL;
}

static const char *packed_of(http_body *b, size_t *n)
{
  pthread_mutex_lock(&b->lock);
  if (!b->tried) b->packed = gzip(b->bytes, b->n, &b->n_packed);
  b->tried = true;
  *n       = b->n_packed;
  pthread_mutex_unlock(&b->lock);
  return b->packed;
}

/* --- replies ------------------------------------------------------------------------------------------------------- */

http_reply *http_reply_new(int status)
{
  http_reply *p = calloc(1, sizeof *p);
  if (!p) return NULL;
  p->status = status;
  p->fd     = -1;
  return p;
}

void http_reply_free(http_reply *p)
{
  if (!p) return;
  for (size_t i = 0; i < p->n_headers; i++) free(p->headers[i].name), free(p->headers[i].value);
  free(p->type);
  http_body_free(p->body);
  if (p->fd >= 0) close(p->fd);
  if (p->stream) stream_drop(p->stream);
  free(p);
}

static bool harmless(const char *value)
{
  for (const unsigned char *c = (const unsigned char *)value; *c; c++)
    if (*c < 0x20 || *c == 0x7f) return false;
  return true;
}

void http_reply_header(http_reply *p, const char *name, const char *value)
{
  if (!p || !value || p->n_headers == HEADERS_MOST || !harmless(value)) return;
  const http_pair h = {strdup(name), strdup(value)};
  if (h.name && h.value) {
    p->headers[p->n_headers++] = h;
    return;
  }
  p->failed = true;
  free(h.name);
  free(h.value);
}

static void set_type(http_reply *p, const char *type)
{
  free(p->type);
  p->type = type ? strdup(type) : NULL;
  if (type && !p->type) p->failed = true;
}

void http_reply_body(http_reply *p, const char *type, http_body *b)
{
  if (!p) {
    http_body_free(b);
    return;
  }
  set_type(p, type);
  http_body_free(p->body);
  p->body = b;
  if (!b) p->failed = true;
}

void http_reply_text(http_reply *p, const char *type, const char *text)
{
  char *copy = strdup(text);
  http_reply_body(p, type, copy ? http_body_new(copy, strlen(copy)) : NULL);
}

void http_reply_file(http_reply *p, const char *type, int fd, uint64_t size)
{
  if (!p) {
    close(fd);
    return;
  }
  set_type(p, type);
  p->fd   = fd;
  p->size = size;
}

void reply_set_stream(http_reply *p, const char *type, http_stream *s)
{
  set_type(p, type);
  p->stream = s;
}

http_reply *reply_refusal(const http_server *s, const http_refusal *f)
{
  http_reply *p = s->h.refused ? s->h.refused(s->h.user, f) : NULL;
  if (p) return p;
  p = http_reply_new(f->status);
  http_reply_text(p, "text/plain; charset=utf-8", f->why);
  return p;
}

size_t reply_bytes(const http_reply *p, const char *id, char *out, size_t room)
{
  const size_t body = http_body_size(p->body);
  int n = snprintf(out, room, "HTTP/1.1 %d %s\r\nConnection: close\r\nX-Request-Id: %s\r\nContent-Length: %zu\r\n",
                   p->status, MHD_get_reason_phrase_for((unsigned)p->status), id, body);
  for (size_t i = 0; i < p->n_headers && n > 0 && (size_t)n < room; i++)
    n += snprintf(out + n, room - (size_t)n, "%s: %s\r\n", p->headers[i].name, p->headers[i].value);
  if (n > 0 && (size_t)n < room)
    n += snprintf(out + n, room - (size_t)n, "Content-Type: %s\r\n\r\n", p->type ? p->type : "");
  if (n <= 0 || (size_t)n >= room || body > room - (size_t)n) return 0;
  if (body) memcpy(out + n, p->body->bytes, body);
  return (size_t)n + body;
}

/* --- sending ------------------------------------------------------------------------------------------------------- */

/* "gzip" is among the accepted codings and not with q=0. RFC 9110, 12.5.3. */
static bool accepts_gzip(const http_request *r)
{
  const char *a  = http_header(r, "Accept-Encoding");
  const char *at = a ? strcasestr(a, "gzip") : NULL;
  if (!at) return false;
  at += 4;
  at += strspn(at, " \t");
  if (*at != ';') return *at == '\0' || *at == ',';
  at += 1 + strspn(at + 1, " \t");
  return strncmp(at, "q=", 2) != 0 || strtod(at + 2, NULL) > 0;
}

static bool packs(const char *type)
{
  return type && (strncmp(type, "text/", 5) == 0 || strstr(type, "json") || strstr(type, "javascript") ||
                  strstr(type, "svg") || strstr(type, "wasm"));
}

static void release(void *body)
{
  http_body_free(body);
}

static struct MHD_Response *response_of(http_request *r, http_reply *p)
{
  if (p->stream) {
    http_stream *s = p->stream;
    p->stream      = NULL;
    return stream_response(r, s);
  }
  if (p->fd >= 0) {
    struct MHD_Response *file = MHD_create_response_from_fd64(p->size, p->fd);
    if (file) p->fd = -1; /* closed with the response */
    r->sent = p->size;
    return file;
  }
  size_t n = http_body_size(p->body);
  r->sent  = n;
  if (!p->body) return MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
  const char *bytes = p->body->bytes;
  const bool  text  = n >= GZIP_FROM && packs(p->type);
  if (text) http_reply_header(p, "Vary", "Accept-Encoding");
  if (text && accepts_gzip(r) && packed_of(p->body, &n)) {
    bytes = p->body->packed;
    http_reply_header(p, "Content-Encoding", "gzip");
  } else {
    n = http_body_size(p->body);
  }
  struct MHD_Response *made = MHD_create_response_from_buffer_with_free_callback_cls(n, lent(bytes), release, p->body);
  if (made) p->body = NULL; /* freed with the response */
  return made;
}

static bool add_headers(struct MHD_Response *made, const http_request *r, const http_reply *p)
{
  bool all = MHD_add_response_header(made, "X-Request-Id", r->id) == MHD_YES;
  for (size_t i = 0; all && i < p->n_headers; i++)
    all = MHD_add_response_header(made, p->headers[i].name, p->headers[i].value) == MHD_YES;
  return all && (!p->type || MHD_add_response_header(made, "Content-Type", p->type) == MHD_YES);
}

/* The whole of the reply, or NULL: half of one would be taken for the answer. */
static struct MHD_Response *whole_of(http_request *r, http_reply *p)
{
  struct MHD_Response *made = p && !p->failed ? response_of(r, p) : NULL;
  if (!made || (!p->failed && add_headers(made, r, p))) return made;
  MHD_destroy_response(made);
  return NULL;
}

/* What is said when there is no memory for the reply. */
static struct MHD_Response *ran_out(http_request *r)
{
  static const char    text[] = "{\"type\":\"about:blank\",\"title\":\"out_of_memory\",\"status\":507,\"detail\":"
                                "\"memory for the answer ran out\",\"code\":\"out_of_memory\",\"path\":\"\","
                                "\"message\":\"memory for the answer ran out\"}";
  struct MHD_Response *made   = MHD_create_response_from_buffer(sizeof text - 1, lent(text), MHD_RESPMEM_PERSISTENT);
  if (!made) return NULL;
  MHD_add_response_header(made, "Content-Type", "application/problem+json");
  MHD_add_response_header(made, "X-Request-Id", r->id);
  r->sent = sizeof text - 1;
  return made;
}

enum MHD_Result reply_queue(http_request *r, http_reply *p)
{
  struct MHD_Response *made = whole_of(r, p);
  r->status                 = made ? p->status : 507;
  if (!made) made = ran_out(r);
  http_reply_free(p);
  if (!made) return MHD_NO;
  const enum MHD_Result queued = MHD_queue_response(r->connection, (unsigned)r->status, made);
  MHD_destroy_response(made);
  return queued;
}
