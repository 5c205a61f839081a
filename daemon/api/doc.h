/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to daemon/api: what a route says of itself in /openapi.json, and the rows that describe what it takes and answers. */
#ifndef DAEMON_API_DOC_H
#define DAEMON_API_DOC_H

#include "base/dyo_field.h"
#include "base/dyo_status.h"

typedef enum {
  ANSWER_JSON,     /* 200 and the object of `out` */
  ANSWER_CREATED,  /* 201 and the same */
  ANSWER_ACCEPTED, /* 202 and where the run is */
  ANSWER_BEGUN,    /* 202, the object of `out` and its address */
  ANSWER_PAGE,     /* 200, items[] of `out`, next_cursor */
  ANSWER_EMPTY,    /* 204 */
  ANSWER_EVENTS,   /* 200, server-sent events whose data are objects of `out` */
  ANSWER_SERIES,   /* 200 and `out`, or CSV, or float64; or 304 */
  ANSWER_HTML,
  ANSWER_OPENAPI, /* the document itself */
  ANSWER_HEALTH,  /* 200 or 503, the same object */
  ANSWER_MCP      /* a message of JSON-RPC in, 200 and one out as JSON or as an event, or 202 */
} route_answer;

typedef struct {
  const char        *id, *summary; /* operationId and one sentence; NULL: the route is no part of the document */
  route_answer       answer;
  const char        *out_name;        /* of the schema */
  const dyo_field   *out, *out_more;  /* its rows; further rows of it, or NULL */
  const dyo_field   *query, *headers; /* parameters */
  const char        *in_name;         /* "file": an upload's body */
  const dyo_field   *in, *in_more;    /* further rows of it, or NULL */
  const char *const *in_without;      /* names of those that are none of it, or NULL */
} route_doc;

enum { DOC_ROWS = 96 }; /* of the widest operation with what the store adds, and the end */
/* Adds to the n rows of `to` those of `from` whose names are not there yet nor in `without` (NULL: none), as far as there is room, and
 * the end. Returns how many there are. */
size_t doc_rows(dyo_field *to, size_t n, const dyo_field *from, const char *const *without);

/* Made by api_document: OpenAPI 3.1 of every route and operation, malloc'ed. */
dyo_status api_document(char **text, dyo_err *err);

extern const dyo_field   page_query[];                                           /* query.c */
extern const dyo_field   health_rows[], ready_rows[], operations_rows[];         /* pages.c */
extern const dyo_field   source_rows[], source_add_rows[], source_change_rows[]; /* sources.c */
extern const dyo_field   source_test_rows[];                                     /* sources_work.c */
extern const dyo_field   source_types_rows[];                                    /* source_types.c */
extern const dyo_field   run_rows[];                                             /* runs.c */
extern const dyo_field   batch_rows[], batch_add_rows[];                         /* batches.c */
extern const char *const batch_unfit[];                                       /* batches.c: of forecast.create's rows */
extern const dyo_field   metric_rows[], metric_query[], metric_answer_rows[]; /* metrics.c */
extern const dyo_field   forecast_rows[], forecast_whole_rows[], forecasts_query[];     /* results.c */
extern const dyo_field   evaluation_rows[], optimization_rows[], optimizations_query[]; /* results.c */
extern const dyo_field   upload_rows[], upload_query[];                                 /* upload_run.c */
extern const dyo_field   schedule_rows[];                                               /* schedules.c */
extern const dyo_field   alert_rows[], alert_add_rows[], alert_stored_rows[];           /* alerts.c */
extern const dyo_field   alert_event_rows[], alert_events_query[];                      /* alerts.c */
extern const dyo_field   delivery_rows[];                                               /* webhooks.c */
extern const dyo_field   mcp_header_rows[], mcp_session_rows[];                         /* mcp_http.c */
extern const dyo_field   accepted_rows[];                                               /* op_job.c */
extern const dyo_field   stored_rows[], forecast_id_rows[], run_id_rows[];              /* op_store.c */
extern const dyo_field   quota_rows[];                                                  /* quota.c */

#endif
