/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to daemon/http: how its files share the work. */
#ifndef DAEMON_HTTP_SERVER_H
#define DAEMON_HTTP_SERVER_H

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>

#include "http/http.h"

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
  const char            *bad; /* why the target was refused; NULL: it is fine */
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
  char                   method[16], peer[64], id[HTTP_ID_CHARS];
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

/* One client's connection, for the watch on slow ones. */
typedef struct connection {
  struct connection *next, **link;
  int                fd;
  double             since; /* since when it owes us a request's header fields or its body's next piece */
  uint64_t           bytes; /* of the body so far */
  bool               busy;  /* we owe it a reply */
  bool               idle;  /* between two requests: it owes nothing yet */
} connection;

/* request.c */
http_request *request_new(http_server *s, const char *target);
void          request_read_headers(http_request *r); /* peer and id, once the connection is known */
bool          request_smuggles(http_request *r);     /* header fields that two readers could take differently */
void          request_free(http_request *r);

/* reply.c */
enum MHD_Result reply_queue(http_request *r, http_reply *p); /* takes p */
http_reply     *reply_plain(int status, const char *sentence);
void            reply_set_stream(http_reply *p, const char *type, http_stream *s);

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
void        watch_busy(http_server *s, connection *c, bool busy); /* starts its clock anew */
void        watch_idle(http_server *s, connection *c);            /* the exchange is over; so does this */
void        watch_bytes(http_server *s, connection *c, uint64_t n);

#endif
