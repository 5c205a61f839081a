/* SPDX-License-Identifier: GPL-3.0-or-later */
/* libmicrohttpd's calls turned into the four steps of http.h. It calls once with the header fields, then for pieces of the body, then
 * with nothing left; a reply is queued at the last of these, since one queued at the first closes the connection. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/lent.h"
#include "base/seal.h"
#include "http/server.h"

/* POOL_MORE: of a connection's memory, above header_bytes, so that we see what is too long and what is kept about each field. */
enum { BODY_FIRST = 4096, POOL_MORE = 32 << 10 };

/* The longest body that is read although its reply stands. A sender still writing when the connection closes may lose the reply. */
enum { BODY_HEARD = 64 << 20 };

http_options http_defaults(void)
{
  return (http_options){.address      = "127.0.0.1",
                        .port         = 8787,
                        .listening    = -1,
                        .threads      = 2,
                        .connections  = 1000,
                        .per_address  = 0,
                        .idle_s       = 60,
                        .header_s     = 15,
                        .body_floor   = 1024,
                        .target_bytes = 8 << 10,
                        .header_bytes = 32 << 10};
}

/* --- the list of open requests ------------------------------------------------------------------------------------- */

static void enlist(http_request *r)
{
  http_server *s = r->server;
  pthread_mutex_lock(&s->lock);
  r->next = s->open;
  r->link = &s->open;
  if (r->next) r->next->link = &r->next;
  s->open = r;
  s->n_open++;
  pthread_mutex_unlock(&s->lock);
}

static void delist(http_request *r)
{
  http_server *s = r->server;
  pthread_mutex_lock(&s->lock);
  *r->link = r->next;
  if (r->next) r->next->link = r->link;
  if (--s->n_open == 0) pthread_cond_signal(&s->quiet);
  pthread_mutex_unlock(&s->lock);
}

size_t http_server_open(const http_server *s)
{
  http_server *own = lent(s);
  pthread_mutex_lock(&own->lock);
  const size_t n = s->n_open;
  pthread_mutex_unlock(&own->lock);
  return n;
}

/* --- replies from anywhere ----------------------------------------------------------------------------------------- */

/* The lock is held. */
static void reply_with(http_request *r, http_reply *p)
{
  r->reply = p;
  r->step  = STEP_REPLIED;
  if (!r->suspended) return;
  r->suspended = false;
  MHD_resume_connection(r->connection);
}

void http_send(http_request *r, http_reply *p)
{
  pthread_mutex_lock(&r->lock);
  const bool late = r->orphan, last = r->orphan && r->gone;
  if (!late) reply_with(r, p);
  r->orphan = false;
  pthread_mutex_unlock(&r->lock);
  if (late) http_reply_free(p);
  if (last) request_free(r);
}

void http_hold(http_request *r)
{
  pthread_mutex_lock(&r->lock);
  if (r->step != STEP_REPLIED) r->step = STEP_HELD;
  pthread_mutex_unlock(&r->lock);
}

/* Queue the reply if there is one, sleep until there is one otherwise. */
static enum MHD_Result settle(http_request *r)
{
  enum MHD_Result result = MHD_YES;
  pthread_mutex_lock(&r->lock);
  if (r->step == STEP_READY) { /* neither answered nor held: a mistake of ours, never left hanging */
    r->reply = http_reply_new(500);
    r->step  = STEP_REPLIED;
  }
  if (r->step == STEP_HELD) {
    r->suspended = true;
    MHD_suspend_connection(r->connection);
  } else if (r->step == STEP_REPLIED && !r->queued) {
    http_reply *p = r->reply;
    r->reply      = NULL;
    r->queued     = true;
    watch_set(r->server, watch_of(r->connection), WATCH_BUSY);
    result = reply_queue(r, p);
  }
  pthread_mutex_unlock(&r->lock);
  return result;
}

/* --- the steps ----------------------------------------------------------------------------------------------------- */

static const char too_long[] = "the body is longer than this address takes";

static http_reply *refusal(const http_request *r, int status, const char *why)
{
  return reply_refusal(r->server, &(http_refusal){status, why, r->peer, r->id});
}

static enum MHD_Result refuse(http_request *r, int status, const char *why)
{
  http_reply *p = refusal(r, status, why);
  http_reply_header(p, "Connection", "close");
  http_send(r, p);
  return settle(r);
}

/* Whether to reply before the body has come: one whose sender waits for leave ("Expect: 100-continue"), or too long to be heard out. */
static bool before_body(const http_request *r)
{
  return http_header(r, "Expect") || http_body_length(r) > BODY_HEARD;
}

static enum MHD_Result begin(http_request *r, const char *method, const char *version)
{
  http_server *s = r->server;
  const size_t n = strlen(method);
  memcpy(r->method, method, n < sizeof r->method ? n : sizeof r->method - 1);
  request_read_headers(r, version);
  watch_set(s, watch_of(r->connection), WATCH_OWED);
  if (r->fault.status) return refuse(r, r->fault.status, r->fault.why);
  r->step  = STEP_BODY;
  r->begun = true;
  r->plan  = s->h.begin(s->h.user, r);
  if (r->step == STEP_REPLIED) {
    r->throw_away = true;
    return before_body(r) ? settle(r) : MHD_YES;
  }
  const uint64_t length = http_body_length(r);
  if (r->plan.take == HTTP_TAKE_NONE || length == UINT64_MAX || length <= r->plan.limit) return MHD_YES;
  if (before_body(r)) return refuse(r, 413, too_long);
  r->throw_away = true;
  http_send(r, refusal(r, 413, too_long));
  return MHD_YES;
}

static bool keep_in_memory(http_request *r, const char *bytes, size_t n)
{
  if (r->n_body + n + 1 > r->cap_body) {
    size_t cap = r->cap_body ? r->cap_body : BODY_FIRST;
    while (cap < r->n_body + n + 1) cap *= 2;
    char *more = malloc(cap); /* not realloc: what may hold a secret is wiped before it goes */
    if (!more) return false;
    if (r->body) {
      memcpy(more, r->body, r->n_body);
      wipe(r->body, r->n_body);
      free(r->body);
    }
    r->body     = more;
    r->cap_body = cap;
  }
  memcpy(r->body + r->n_body, bytes, n);
  r->n_body += n;
  r->body[r->n_body] = '\0';
  return true;
}

/* A piece of the body. Once a reply stands the rest is read and thrown away, so that the client gets to read the reply. */
static void take(http_request *r, const char *bytes, size_t n)
{
  http_server *s = r->server;
  r->taken += n;
  watch_bytes(s, watch_of(r->connection), n);
  if (r->throw_away || r->plan.take == HTTP_TAKE_NONE) return;
  if (r->taken > r->plan.limit) {
    http_send(r, refusal(r, 413, too_long));
    r->throw_away = true;
  } else if (r->plan.take == HTTP_TAKE_STREAM) {
    if (!s->h.data(s->h.user, r, bytes, n)) r->throw_away = true;
  } else if (!keep_in_memory(r, bytes, n)) {
    http_send(r, NULL);
    r->throw_away = true;
  }
}

static void *on_line(void *user, const char *target, struct MHD_Connection *c)
{
  http_request *r = request_new(user, target);
  if (r) {
    r->connection = c;
    enlist(r);
    watch_set(r->server, watch_of(c), WATCH_OWED); /* from here on its header fields are */
  }
  return r;
}

static enum MHD_Result on_call(void *user, struct MHD_Connection *c, const char *url, const char *method,
                               const char *version, const char *bytes, size_t *n, void **context)
{
  http_request *r = *context;
  http_server  *s = user;
  (void)c, (void)url;
  if (!r) return MHD_NO;
  if (r->step == STEP_NEW) return begin(r, method, version);
  if (*n) {
    take(r, bytes, *n);
    *n = 0;
    return MHD_YES;
  }
  if (r->step == STEP_BODY) {
    r->step = STEP_READY;
    watch_set(s, watch_of(r->connection), WATCH_BUSY);
    s->h.ready(s->h.user, r);
  }
  return settle(r);
}

static void on_done(void *user, struct MHD_Connection *c, void **context, enum MHD_RequestTerminationCode code)
{
  http_server  *s = user;
  http_request *r = *context;
  *context        = NULL;
  if (!r) return;
  watch_set(s, watch_of(c), WATCH_IDLE);
  if (r->begun) {
    const bool         sent = code == MHD_REQUEST_TERMINATED_COMPLETED_OK || r->status;
    const http_outcome o    = {sent ? r->status : 0, r->sent, clock_monotonic() - r->began};
    s->h.done(s->h.user, r, &o);
  }
  delist(r); /* first: whoever ends all streams and what is held goes by the list, and then it may be gone any time */
  http_stream *stream = atomic_load(&r->stream);
  if (stream) stream_detach(stream);
  pthread_mutex_lock(&r->lock);
  r->gone               = true;
  const bool held_still = r->orphan;
  pthread_mutex_unlock(&r->lock);
  if (!held_still) request_free(r);
}

/* --- start and stop ------------------------------------------------------------------------------------------------ */

static dyo_status no_address(const http_options *o, int why, dyo_err *err)
{
  return dyo_fail(err, why == EADDRINUSE ? DYO_CONFLICT : DYO_INVALID_INPUT, "", "%s port %d: %s", o->address, o->port,
                  strerror(why));
}

/* A listening socket on the address; its port goes to *port. */
static dyo_status listen_on(const http_options *o, int *fd, dyo_err *err)
{
  struct sockaddr_in6 six  = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)o->port)};
  struct sockaddr_in  four = {.sin_family = AF_INET, .sin_port = htons((uint16_t)o->port)};
  const bool          is6  = strchr(o->address, ':') != NULL;
  const int           on   = 1;
  if (inet_pton(is6 ? AF_INET6 : AF_INET, o->address, is6 ? (void *)&six.sin6_addr : (void *)&four.sin_addr) != 1)
    return dyo_fail(err, DYO_INVALID_INPUT, "/address", "found \"%.60s\"; a numeric address is expected", o->address);
  *fd = socket(is6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (*fd < 0) return no_address(o, errno, err);
  setsockopt(*fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const struct sockaddr *a = is6 ? (struct sockaddr *)&six : (struct sockaddr *)&four;
  if (bind(*fd, a, is6 ? sizeof six : sizeof four) == 0 && listen(*fd, SOMAXCONN) == 0) return DYO_OK;
  const int why = errno;
  close(*fd);
  return no_address(o, why, err);
}

int http_server_port(const http_server *s)
{
  union {
    struct sockaddr     any;
    struct sockaddr_in  four;
    struct sockaddr_in6 six;
  } a            = {0};
  socklen_t size = sizeof a;
  if (getsockname(s->o.listening, &a.any, &size) != 0) return -1;
  return ntohs(a.any.sa_family == AF_INET6 ? a.six.sin6_port : a.four.sin_port);
}

static struct MHD_Daemon *daemon_of(http_server *s)
{
  const unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC |
                         MHD_USE_NO_LISTEN_SOCKET | (s->o.certificate ? MHD_USE_TLS : 0u);
  struct MHD_OptionItem tls[] = {{MHD_OPTION_HTTPS_MEM_CERT, 0, lent(s->o.certificate)},
                                 {MHD_OPTION_HTTPS_MEM_KEY, 0, lent(s->o.certificate_key)},
                                 {MHD_OPTION_END, 0, NULL}};
  if (!s->o.certificate) tls[0] = tls[2];
  return MHD_start_daemon(
    flags, 0, NULL, NULL, on_call, s, MHD_OPTION_THREAD_POOL_SIZE, s->o.threads, MHD_OPTION_CONNECTION_LIMIT,
    (s->o.connections + 1) * s->o.threads, MHD_OPTION_PER_IP_CONNECTION_LIMIT, s->o.per_address,
    MHD_OPTION_CONNECTION_TIMEOUT, s->o.idle_s, MHD_OPTION_CONNECTION_MEMORY_LIMIT, s->o.header_bytes + POOL_MORE,
    MHD_OPTION_STRICT_FOR_CLIENT, 0, MHD_OPTION_URI_LOG_CALLBACK, on_line, s, MHD_OPTION_NOTIFY_COMPLETED, on_done, s,
    MHD_OPTION_NOTIFY_CONNECTION, watch_notify, s, MHD_OPTION_ARRAY, tls, MHD_OPTION_END);
}

dyo_status http_server_start(const http_options *o, const http_handler *h, http_server **out, dyo_err *err)
{
  *out           = NULL;
  http_server *s = calloc(1, sizeof *s);
  if (!s) return dyo_oom(err);
  s->o = *o;
  s->h = *h;
  if (o->listening < 0 && listen_on(o, &s->o.listening, err) != DYO_OK) {
    free(s);
    return err->code;
  }
  pthread_mutex_init(&s->lock, NULL);
  clock_cond_init(&s->quiet);
  if (watch_start(s)) {
    s->daemon = daemon_of(s);
    if (s->daemon && accept_start(s)) {
      *out = s;
      return DYO_OK;
    }
    watch_stop(s);
    if (s->daemon) MHD_stop_daemon(s->daemon);
  }
  close(s->o.listening);
  pthread_cond_destroy(&s->quiet);
  pthread_mutex_destroy(&s->lock);
  free(s);
  return dyo_fail(err, DYO_INTERNAL, "", "the HTTP server did not start%s",
                  o->certificate ? "; are certificate and key PEM texts that belong together?" : "");
}

/* Until every request is answered, at most `seconds`. */
static void wait_quiet(http_server *s, double seconds)
{
  struct timespec until;
  clock_gettime(CLOCK_MONOTONIC, &until);
  const double end = (double)until.tv_sec + 1e-9 * (double)until.tv_nsec + seconds;
  until.tv_sec     = (time_t)end;
  until.tv_nsec    = (long)(1e9 * (end - (double)until.tv_sec));
  while (s->n_open && pthread_cond_timedwait(&s->quiet, &s->lock, &until) == 0) continue;
}

static void end_streams(http_server *s)
{
  atomic_store(&s->ending, true); /* before any is looked at: one that is made meanwhile sees it */
  for (http_request *r = s->open; r; r = r->next) {
    http_stream *one = atomic_load(&r->stream);
    if (one) stream_close(one);
  }
}

/* What is held still is told that the server stops. The request stays its holder's, whose http_send then only frees. */
static void end_held(http_server *s)
{
  for (http_request *r = s->open; r; r = r->next) {
    pthread_mutex_lock(&r->lock);
    if (r->step == STEP_HELD) {
      reply_with(r, refusal(r, 503, "the server stops"));
      r->orphan = true;
    }
    pthread_mutex_unlock(&r->lock);
  }
}

void http_server_drain(http_server *s, double grace)
{
  accept_stop(s);
  pthread_mutex_lock(&s->lock);
  end_streams(s);
  wait_quiet(s, grace);
  pthread_mutex_unlock(&s->lock);
}

void http_server_stop(http_server *s)
{
  if (!s) return;
  accept_stop(s);
  pthread_mutex_lock(&s->lock);
  end_streams(s);
  end_held(s);
  wait_quiet(s, 1);
  pthread_mutex_unlock(&s->lock);
  watch_stop(s);
  MHD_stop_daemon(s->daemon);
  pthread_cond_destroy(&s->quiet);
  pthread_mutex_destroy(&s->lock);
  free(s);
}
