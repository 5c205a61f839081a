/* SPDX-License-Identifier: GPL-3.0-or-later */
/* http.h - an HTTP/1.1 server (RFC 9110, 9112): bytes to requests, replies to bytes. It knows no route, no token and no JSON.
 *
 * A request passes through `begin` (its headers are in: reply at once, or say how the body is taken), `data` (pieces of a streamed
 * body), `ready` (the body is whole) and `done` (the exchange is over). All four run on the server's own few threads and must not
 * wait: what takes time is held (http_hold) and answered from another thread. Each request is answered exactly once with http_send.
 *
 * Refused before `begin`, with the reply of `refused` and a closed connection: a target that is too long (414), not origin-form or
 * not UTF-8 once decoded, with "%00", blanks, "." or ".." segments; a doubled Host, Content-Length or Transfer-Encoding, or the two
 * latter together; HTTP/1.1 without Host; header fields above the limit (431) or with characters that RFC 9110 does not allow; a
 * transfer coding other than chunked (501); what does not come in time (408). What cannot be taken for a request at all, or passes
 * the limit by far, is refused by the library below, with a plain sentence. */
#ifndef DAEMON_HTTP_H
#define DAEMON_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/dyo_status.h"

typedef struct http_server  http_server;
typedef struct http_request http_request;
typedef struct http_reply   http_reply;
typedef struct http_body
  http_body; /* bytes of a reply, shared by count, so that a cached answer is sent without a copy */
typedef struct http_stream http_stream; /* a reply that is written bit by bit */

enum { HTTP_ID_CHARS = 65 };

/* --- server ------------------------------------------------------------------------------------------------------- */

typedef struct {
  const char *address;  /* numeric: "127.0.0.1", "::1", "0.0.0.0" */
  int         port;     /* 0: any free one, see http_server_port */
  int      listening;   /* a descriptor that listens already (socket activation); -1: none, address and port are used */
  unsigned threads;     /* of the pool */
  unsigned connections; /* at most, all clients together */
  unsigned per_address; /* at most, of one client address */
  unsigned idle_s;      /* a connection that is silent for so long is closed */
  unsigned header_s;    /* a request's header fields must be complete after so long */
  unsigned body_floor;  /* bytes a second that a body must bring once it has run for header_s */
  size_t   target_bytes;       /* of path and query, as they came */
  size_t   header_bytes;       /* of request line and header fields together */
  const char *certificate;     /* PEM text with its chain, NULL: plain HTTP */
  const char *certificate_key; /* PEM text */
} http_options;

http_options http_defaults(void);

/* How the body of a request is to be taken. */
typedef enum { HTTP_TAKE_NONE, HTTP_TAKE_MEMORY, HTTP_TAKE_STREAM } http_take;

typedef struct {
  http_take take;
  uint64_t  limit; /* bytes; more is answered 413 by the server */
} http_plan;

typedef struct {
  int      status; /* that was sent; 0: none, the client had gone */
  uint64_t bytes;  /* of body, before compression; of a stream what was written */
  double   seconds;
} http_outcome;

/* Why the server itself does not take a request. */
typedef struct {
  int         status;
  const char *why, *peer, *id; /* id: of the request, as the reply has it */
} http_refusal;

typedef struct {
  http_plan (*begin)(void *user, http_request *r);
  bool (*data)(void *user, http_request *r, const void *bytes,
               size_t n); /* false after a reply was sent: the rest is thrown away */
  void (*ready)(void *user, http_request *r);
  void (*done)(void *user, http_request *r, const http_outcome *o);
  /* Refused before `begin`, for its body's length, or at the server's end: what to answer. May be NULL, and may answer NULL: then
   * it is a plain sentence. Called from any of the server's threads. */
  http_reply *(*refused)(void *user, const http_refusal *f);
  void *user;
} http_handler;

/* Starts to answer. On an error *out is NULL and *err says why: conflict for an address that is in use. */
dyo_status http_server_start(const http_options *o, const http_handler *h, http_server **out, dyo_err *err);
int        http_server_port(const http_server *s);
size_t     http_server_open(const http_server *s); /* requests under way */

/* Stops listening, ends streams and gives requests under way up to `grace` seconds. Those on open connections still come in. */
void http_server_drain(http_server *s, double grace);
/* Answers what is held still with 503, closes every connection and frees s; NULL is allowed. */
void http_server_stop(http_server *s);

/* --- request ------------------------------------------------------------------------------------------------------ */

const char *http_method(const http_request *r);
const char *http_path(const http_request *r);                    /* decoded UTF-8, begins with '/' */
const char *http_query(const http_request *r, const char *name); /* first value, decoded; NULL where there is none */
/* The i-th parameter of the query; false past the end. */
bool        http_query_at(const http_request *r, size_t i, const char **name, const char **value);
const char *http_header(const http_request *r,
                        const char         *name);          /* NULL where there is none; valid until the reply is sent */
const char *http_peer(const http_request *r);       /* numeric address */
const char *http_request_id(const http_request *r); /* ours, or X-Request-Id of 1..64 safe characters */
const void *http_body_bytes(const http_request *r,
                            size_t             *n);              /* HTTP_TAKE_MEMORY, in `ready` and while held; NUL-terminated */
uint64_t    http_body_length(const http_request *r); /* as announced; UINT64_MAX where it was not */

void  http_set_user(http_request *r, void *user); /* what the handler hangs on a request; freed in `done` */
void *http_user(const http_request *r);

/* While held: has the client closed its connection? Then nobody waits for the reply. */
bool http_gone(const http_request *r);

/* In `ready`: the reply comes later, from any thread. The request stays valid until http_send. */
void http_hold(http_request *r);

/* --- reply -------------------------------------------------------------------------------------------------------- */
/* Every function takes NULL where memory ran out before; http_send then answers 507 without a body. */

http_body *http_body_new(char *bytes, size_t n); /* takes malloc'ed bytes, also when it fails; NULL without memory */
http_body *http_body_share(http_body *b);        /* one more holder */
void       http_body_free(http_body *b);         /* one holder less; NULL is allowed */
size_t     http_body_size(const http_body *b);
size_t     http_body_most(const http_body *b); /* what it holds of memory once it was sent packed too; 0 of NULL */

http_reply *http_reply_new(int status);
void        http_reply_free(http_reply *p); /* of one that was not sent; NULL is allowed */
/* Values with control characters are left out whole: no header can be split. */
void http_reply_header(http_reply *p, const char *name, const char *value);
/* One holder's share of b goes to the reply. Text types of 1 KiB and more are sent gzipped to those who accept it. */
void http_reply_body(http_reply *p, const char *type, http_body *b);
void http_reply_text(http_reply *p, const char *type, const char *text);      /* a copy of it */
void http_reply_file(http_reply *p, const char *type, int fd, uint64_t size); /* fd is the reply's to close */

/* A body that other threads write. `room` bytes may wait for the client; it has two holders, the reply and whoever writes. */
http_stream *http_reply_stream(http_reply *p, const char *type, size_t room);
/* False once the client has gone or more than `room` bytes wait: then only http_stream_end is left to do. */
bool http_stream_write(http_stream *s, const void *bytes, size_t n);
void http_stream_end(http_stream *s); /* no more will come; the writer's share is given up */

/* Sends and frees p. From the handler or, after http_hold, from any thread; once for each request. */
void http_send(http_request *r, http_reply *p);

#endif
