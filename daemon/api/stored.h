/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to daemon/api: what the store holds as JSON, the same for every door. Each function appends one object to b. */
#ifndef DAEMON_API_STORED_H
#define DAEMON_API_STORED_H

#include "api/exchange.h"

dyo_status metrics_json(api *a, const char *tenant, const store_page *page, dyo_buf *b, dyo_err *err);

/* Which values of a metric are asked for; NULL where nothing is said. dimensions: a JSON object. */
typedef struct {
  const char *metric, *dimensions, *from, *to, *frequency, *aggregate;
  int         limit; /* series at most */
  size_t      skip;  /* series before the first */
} metric_words;
dyo_status metric_json(api *a, const char *tenant, const metric_words *w, dyo_buf *b, dyo_err *err);

dyo_status forecasts_json(api *a, const char *tenant, const char *metric, const store_page *page, dyo_buf *b,
                          dyo_err *err);
dyo_status forecast_json(api *a, const char *tenant, const char *id, dyo_buf *b, dyo_err *err);
dyo_status optimization_json(api *a, const char *tenant, const char *id, dyo_buf *b, dyo_err *err);
dyo_status run_json(api *a, const char *tenant, const char *id, dyo_buf *b, dyo_err *err);

#endif
