/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to daemon/api: what the store holds as JSON, the same for every door, and the rows that say so. */
#ifndef DAEMON_API_STORED_H
#define DAEMON_API_STORED_H

#include "api/exchange.h"

/* --- rows that several doors have --------------------------------------------------------------------------------------- */

#define PAGE_ROWS(S)                                         \
  DYO_INT(S, limit, 50, 1, 1000, NULL, "How many at most."), \
    DYO_STR(S, cursor, DYO_OPT, STORE_CURSOR - 1, "next_cursor of the page before; absent: the first page.")

#define RANGE_ROWS(S)                                                                                          \
  DYO_STR(S, from, DYO_OPT, 40, "First date, ISO 8601."), DYO_STR(S, to, DYO_OPT, 40, "Last date, ISO 8601."), \
    DYO_STR(S, frequency, DYO_OPT, 16, "H, D, W, M, Q, Y or minutes such as 15min; absent: as the data is.")

/* What page_query, metric_rows, metric_answer_rows, forecast_rows and forecast_whole_rows (doc.h) describe. */
typedef struct {
  int         limit;
  const char *cursor;
} page_in;

typedef struct {
  const char *metric_name, *first, *last, *changed_at;
  double      series, values;
} metric_out;

typedef struct {
  const char  *name, *dimensions, *frequency;
  const char **dates;
  double      *values;
  size_t       n_dates, n_values;
} series_out;

typedef struct {
  series_out *series;
  size_t      n_series;
  const char *next_cursor;
} metric_answer;

typedef struct {
  const char *forecast_id, *metric_name, *dimensions, *model_type, *created_at, *accuracy_metrics, *evaluation,
    *evaluated_at, *batch_id, *request, *result;
} forecast_out;

/* --- documents ---------------------------------------------------------------------------------------------------------- */

/* Each appends one object to b. */
dyo_status metrics_json(api *a, const char *tenant, const store_page *page, dyo_buf *b, dyo_err *err);

/* Which values of a metric are asked for; NULL where nothing is said. dimensions: a JSON object. */
typedef struct {
  const char *metric, *dimensions, *from, *to, *frequency, *aggregate;
  int         limit; /* series at most */
  size_t      skip;  /* series before the first */
} metric_words;
dyo_status metric_json(api *a, const char *tenant, const metric_words *w, dyo_buf *b, dyo_err *err);

dyo_status forecasts_json(api *a, const char *tenant, const char *metric, const char *batch, const store_page *page,
                          dyo_buf *b, dyo_err *err); /* metric, batch NULL: of any */
/* A batch of what a request asks for, and wakes those who do it. */
dyo_status batch_add(api *a, const char *tenant, const char *by, const char *text, size_t n, char id[ID_CHARS],
                     dyo_err *err);
dyo_status batch_json(api *a, const char *tenant, const char *id, dyo_buf *b, dyo_err *err);
dyo_status forecast_json(api *a, const char *tenant, const char *id, dyo_buf *b, dyo_err *err);
dyo_status optimization_json(api *a, const char *tenant, const char *id, dyo_buf *b, dyo_err *err);
dyo_status run_json(api *a, const char *tenant, const char *id, dyo_buf *b, dyo_err *err);

#endif
