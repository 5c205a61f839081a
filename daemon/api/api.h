/* SPDX-License-Identifier: GPL-3.0-or-later */
/* api.h - the daemon's REST interface over a store: routes, access, problems, operations, uploads, series, runs. */
#ifndef DAEMON_API_H
#define DAEMON_API_H

#include "connect/connect.h"
#include "http/http.h"
#include "store/store.h"

typedef struct api api;

typedef struct {
  store       *store;
  connect_hub *connect;      /* NULL: no connector fetches anything */
  const char  *spool;        /* folder for uploads under way; made where it is missing */
  const char  *pages;        /* folder of the web page; NULL: none is served */
  const char  *origins;      /* that other pages may call from, separated by blanks; NULL: none */
  unsigned     threads;      /* that compute; 0: one a core */
  uint64_t     upload_most;  /* bytes of a file */
  uint64_t     request_most; /* bytes of a JSON request */
  double       inline_s;     /* an operation that takes longer is answered 202 and goes on as a run */
  unsigned     rate, burst;  /* requests a second and at once, for each token; 0: no limit */
  unsigned     jitter_s;     /* that schedules are spread over */
} api_options;               /* its texts must live as long as the api */

api_options api_defaults(void);

dyo_status   api_start(const api_options *o, api **out, dyo_err *err);
http_handler api_handler(api *a);
/* One that serves nobody and has no threads: what operations on stored data need. s may be NULL: there is none. NULL without memory.
 * Ends with api_free. */
api *api_bare(store *s);

void api_stop(api *a); /* cancels what computes; runs go back to the queue */
void api_free(api *a); /* after the server has stopped; NULL is allowed */

/* For scrapers, on a port of its own: knows nothing of tenants. */
http_handler api_metrics_handler(api *a);

#endif
