/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to daemon/http: how its files share the work. */
#ifndef DAEMON_HTTP_SERVER_H
#define DAEMON_HTTP_SERVER_H

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>

#include "http/http.h"

enum { HTTP_PEER_CHARS = 64 };

typedef struct {
  char *name, *value;
} http_pair;

/* Where an exchange is. */
typedef enum {
  STEP_NEW,    /* the request line has come */
  STEP_BODY,   /* begun; the body is coming */
  STEP_READY,  /* the handler has the whole of it */
  STEP_HELD,   /* the reply comes from another thread */
  STEP_REPLIED /* there is a reply: to be queued, or queued */
} http_step;

struct http_request {
  http_server           *server;
  struct MHD_Connection *connection;
  http_request          *next, **link; /* in the server's list of open requests */
  pthread_mutex_t        lock;         /* of step, reply, suspended */
  http_step              step;
  bool                   suspended, queued, throw_away;
  bool                   orphan, gone; /* answered at the server's end though held; its exchange is over */
  http_reply            *reply;
  http_plan              plan;
  http_refusal           fault; /* what is wrong with target or header fields; status 0: nothing */
  bool                   begun; /* the handler knows it */
  char                  *target, *path;
  http_pair             *query;
  size_t                 n_query;
  char                  *body;
  size_t                 n_body, cap_body;
  uint64_t               taken;
  double                 began;
  int                    status;
  _Atomic(http_stream *) stream; /* also read by whoever ends all of them */
  uint64_t               sent;
  void                  *user;
  char                   method[16], peer[HTTP_PEER_CHARS], id[HTTP_ID_CHARS];
};

struct http_server {
  struct MHD_Daemon *daemon;
  http_options       o;
  http_handler       h;
  pthread_t          acceptor;
  bool               accepting;
  int                bell;   /* rung to end the acceptor */
  atomic_bool        ending; /* streams take no more */
  pthread_mutex_t    lock;   /* of what follows */
  pthread_cond_t     quiet;
  http_request      *open;
  size_t             n_open, n_connections;
  struct connection *connections;
  bool               watching;
  pthread_cond_t     tick;
  pthread_t          watcher;
};

/* What a connection waits for. */
typedef enum {
  WATCH_NEW,  /* its first request line */
  WATCH_IDLE, /* perhaps another request: it owes nothing yet */
  WATCH_OWED, /* the rest of a request */
  WATCH_BUSY  /* our reply, or its way to the client */
} watch_state;

/* One client's connection, for the watch on slow ones. */
typedef struct connection {
  struct connection *next, **link;
  int                fd;
  watch_state        state;
  double             since; /* since when it is in that state */
  uint64_t           bytes; /* of the body so far */
  char               peer[HTTP_PEER_CHARS];
} connection;

/* request.c */
http_request *request_new(http_server *s, const char *target);
void request_read_headers(http_request *r, const char *version); /* peer, id and faults, once the fields are there */
void request_free(http_request *r);
void peer_text(struct MHD_Connection *c, char out[HTTP_PEER_CHARS]);

/* reply.c */
enum MHD_Result reply_queue(http_request *r, http_reply *p);                /* takes p */
http_reply     *reply_refusal(const http_server *s, const http_refusal *f); /* the handler's, or a plain sentence */
/* All of p, its body included, as bytes that end a connection; 0 where they do not fit. */
size_t reply_bytes(const http_reply *p, const char *id, char *out, size_t room);
void   reply_set_stream(http_reply *p, const char *type, http_stream *s);

/* stream.c */
struct MHD_Response *stream_response(http_request *r, http_stream *s);
void                 stream_drop(http_stream *s);   /* the reply's share of one that was never queued */
void                 stream_detach(http_stream *s); /* the request's share: its exchange is over */
void                 stream_close(http_stream *s);  /* the server stops: no more is taken */

/* accept.c */
bool accept_start(http_server *s);
void accept_count_out(http_server *s); /* a connection has closed */
void accept_stop(http_server *s);      /* closes the listening socket; a second call does nothing */

/* watch.c */
bool        watch_start(http_server *s);
void        watch_stop(http_server *s);
void        watch_notify(void *user, struct MHD_Connection *c, void **socket_context,
                         enum MHD_ConnectionNotificationCode code);
connection *watch_of(struct MHD_Connection *c);
void        watch_set(http_server *s, connection *c, watch_state state); /* starts its clock anew */
void        watch_bytes(http_server *s, connection *c, uint64_t n);

#endif
