/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to daemon/api: forecasts that are made again. A request for one of stored data may carry "refresh": true (after new data of
 * its metric) or a schedule such as "0 6 * * MON" (with "timezone", UTC where absent), or false (no more). It becomes a row of
 * schedules, whose id follows from the rest of the request: the same request twice is one wish. What it makes are runs of kind
 * "forecast_refresh" with the request of an "operation". */
#ifndef DAEMON_API_REFRESH_H
#define DAEMON_API_REFRESH_H

#include "api/exchange.h"

bool refresh_possible(const dyo_op *op);
bool refresh_member(dyo_piece name); /* is it "refresh" or "timezone" */

/* Before anything is computed: can the wish be granted? */
dyo_status refresh_check(const dyo_op *op, const char *text, size_t n, dyo_err *err);

/* Once the forecast is stored: keeps the wish; id is empty where there is none. */
dyo_status refresh_keep(api *a, const char *tenant, const dyo_op *op, const char *text, size_t n, char id[ID_CHARS],
                        dyo_err *err);

/* New data of a metric: queues the forecasts that wait for it. */
dyo_status refresh_arrived(api *a, const char *tenant, const char *metric, int64_t *queued, dyo_err *err);

#endif
