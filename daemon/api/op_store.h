/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to daemon/api: operations against the store. */
#ifndef DAEMON_API_OP_STORE_H
#define DAEMON_API_OP_STORE_H

#include "api/exchange.h"
#include "jobs/work.h"

/* Runs an operation for a tenant; `out` gets the reply, also the error's object. Progress and cancel are w's. */
dyo_status op_compute(api *a, const char *tenant, const dyo_op *op, const char *text, size_t n, work *w, dyo_buf *out,
                      dyo_err *err);

/* A request that names stored data by metric_name (with dimensions, from, to, frequency, aggregate) in place of `series`, with the series
 * put in. one: exactly the series of those dimensions, else the only one that has them. *filled is false, and out untouched, where
 * there is nothing to put in. */
dyo_status stored_series(api *a, const char *tenant, const dyo_op *op, const char *text, size_t n, bool one,
                         dyo_buf *out, bool *filled, dyo_err *err);

/* Keeps a result in forecasts or optimization_runs, and adds forecast_id or run_id to it. It is kept under `id`, the run's where a run
 * makes it: one that is killed behind this and done again replaces what it left. "": a new id. epoch: of the run's lease, where a worker holds one. */
dyo_status op_store(api *a, const char *tenant, const char *id, int64_t epoch, const dyo_op *op, const char *text,
                    size_t n, dyo_buf *result, dyo_err *err);

/* What a search that was stopped had found: JSON, the caller's to free(). NULL where the reply holds no "partial". */
char *op_partial(const char *text, size_t n);

/* The error object of a reply, read back. */
dyo_status op_error(const char *text, size_t n, dyo_status st, dyo_err *err);

#endif
