/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to core/ops: the parts of report.forecast. */
#ifndef DYO_OPS_REPORT_FORECAST_H
#define DYO_OPS_REPORT_FORECAST_H

#include "ops/dyo_op_forecast.h"
#include "ops/report.h"

/* Steps asked for, or what suits the frequency. */
int report_horizon(const dyo_report_forecast_in *in, const char *frequency);

dyo_status report_create(dyo_ctx *ctx, const dyo_report_forecast_in *in, const dyo_parse_series *s,
                         dyo_forecast_out *out, dyo_err *err);

/* The page of a single series. */
dyo_status report_one(dyo_ctx *ctx, page *p, const dyo_report_forecast_in *in, const dyo_parse_out *read,
                      const dyo_parse_series *s, const dyo_forecast_out *f, dyo_err *err);

/* The table of many: what stands above it, a line, what stands below. f NULL: `failed` says why there is none. */
dyo_status report_many_head(dyo_ctx *ctx, page *p, const dyo_report_forecast_in *in, const dyo_parse_out *read,
                            dyo_err *err);
dyo_status report_line(dyo_ctx *ctx, page *p, const dyo_parse_series *s, const dyo_forecast_out *f, dyo_err *failed);
void       report_many_foot(page *p, const dyo_report_forecast_in *in, const dyo_parse_out *read);

/* "ETS(M,Ad,M)", "ARIMA(1,1,1)(0,1,1)[12]", "theta". NULL when memory ran out. */
const char *report_model(dyo_ctx *ctx, const dyo_forecast_out *f);

#endif
