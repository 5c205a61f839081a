/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to core/ops: what the forecasting operations share. */
#ifndef DYO_OPS_FORECAST_H
#define DYO_OPS_FORECAST_H

#include "forecast/dyo_calibrate.h"
#include "ops/dyo_op_forecast.h"

/* A series made ready to fit: regular, with its seasonal periods. */
typedef struct {
  dyo_regular regular;
  dyo_history history;
  double     *periods;
  bool        found; /* the periods show in the values; else the request or the frequency has them */
  dyo_notes   notes;
} prepared;

/* `given` NULL: detected, else the frequency's usual ones; n 0: none. */
dyo_status forecast_prepare(dyo_ctx *ctx, const dyo_series_in *series, const double *given, size_t n, prepared *out,
                            dyo_err *err);

/* Days since 1970-01-01 of the n steps of r from number `from` on; *t NULL where it has no dates. */
dyo_status forecast_times(dyo_ctx *ctx, const dyo_regular *r, size_t from, size_t n, const double **t, dyo_err *err);

/* The request's holidays into p->history, with a note for each that the history never meets. */
dyo_status forecast_holidays(dyo_ctx *ctx, const dyo_holiday_in *list, size_t n, prepared *p, dyo_err *err);

/* The request's related series into p->history, after its holidays. */
dyo_status forecast_related(dyo_ctx *ctx, const dyo_create_in *in, prepared *p, dyo_err *err);

/* What models are compared by: mean absolute scaled error, or root mean squared where demand is intermittent, for its median is
 * zero and absolute errors would choose that. Unscaled where the history gives no scale; NaN where nothing was measured. */
double forecast_score(const dyo_accuracy *a, const prepared *p);
bool   forecast_score_rare(const prepared *p); /* whether demand is intermittent */

/* The rolling backtest behind accuracy_metrics; *out stays NULL where the request asks for none. */
dyo_status forecast_test(dyo_ctx *ctx, const dyo_model *m, const dyo_create_in *in, const void *params,
                         const prepared *p, dyo_accuracy **out, dyo_err *err);

/* model_type "auto", in three steps: the seasons it goes by (those of the request, else short ones, and long ones that show in the
 * values often enough), the model with its params, and, once an ensemble is fitted, what it tells of its choice. */
dyo_status forecast_auto_seasons(dyo_ctx *ctx, const dyo_create_in *in, prepared *p, dyo_err *err);
dyo_status forecast_auto(dyo_ctx *ctx, const dyo_create_in *in, const prepared *p, dyo_forecast_out *out,
                         const dyo_model **m, void **params, dyo_err *err);
dyo_status forecast_auto_tell(dyo_ctx *ctx, const prepared *p, const void *state, dyo_forecast_out *out, dyo_err *err);

/* The model's params struct, from JSON text or all left to the model where text is NULL. */
dyo_status forecast_params(dyo_ctx *ctx, const dyo_model *m, const char *text, void **out, dyo_err *err);

/* Fewest values; insufficient_data otherwise. */
dyo_status forecast_enough(const dyo_model *m, const prepared *p, dyo_err *err);

/* Regressors beside the series, put on its grid and into p->history; several values of a period become their mean. */
dyo_status forecast_regressors(dyo_ctx *ctx, const dyo_regressor *r, size_t n, const dyo_series_in *series, prepared *p,
                               dyo_err *err);

/* The values of h steps for each of the n_names, one column after the other; NULL where there are no names. More values than h
 * are left out with a note. */
dyo_status forecast_future(dyo_ctx *ctx, const dyo_regressor *r, size_t n, const char *const *names, size_t n_names,
                           size_t h, const double **x, dyo_notes *notes, dyo_err *err);

/* A note for each regressor whose coefficient could not be told: it is 0 in *out and has no standard error. */
dyo_status forecast_note_idle(dyo_ctx *ctx, const char *const *names, size_t n, const dyo_forecast_out *out,
                              dyo_notes *notes, dyo_err *err);

/* Exactly the names, each once: order[j] is the entry of names[j]. Errors point below `field` ("future_regressors"). */
dyo_status forecast_match(dyo_ctx *ctx, const char *field, const dyo_regressor *r, size_t n, const char *const *names,
                          size_t n_names, size_t **order, dyo_err *err);

/* Refusal at "/field/name". */
dyo_status forecast_refuse_regressor(dyo_err *err, const char *field, const char *name, const char *fmt, ...)
  DYO_PRINTF(4, 5);

/* Whether m can use the regressors and holidays there are. */
bool forecast_can(const dyo_model *m, const dyo_history *h);

/* unsupported at `path` where it cannot. */
dyo_status forecast_uses(dyo_ctx *ctx, const dyo_model *m, const dyo_history *h, const char *path, dyo_err *err);

/* A fitted model and what belongs to it. */
typedef struct {
  const dyo_model *model;
  void            *state;
  dyo_freq         freq;
  bool             dated, non_negative;
  dyo_time         start; /* of the first value */
  size_t           n;     /* values so far, missing ones included */
  double          *periods;
  size_t           n_periods;
  const char     **x_names; /* regressors it was fitted with */
  size_t           n_x;
  dyo_calibration *calibration; /* of its intervals; NULL: as the model gives them */
} fitted;

dyo_status forecast_save(dyo_ctx *ctx, const fitted *f, const char **text, dyo_err *err);
dyo_status forecast_load(dyo_ctx *ctx, const char *text, fitted *f, dyo_err *err);

/* Levels of the request, 0.95 where none is given; each in (0,1). */
dyo_status forecast_levels(dyo_ctx *ctx, const double *given, size_t n, const double **levels, size_t *n_levels,
                           dyo_err *err);

/* Predictions, dates, intervals, diagnostics, parameters. `given_levels` is the request's count, DYO_ONE for a bare number. */
dyo_status forecast_answer(dyo_ctx *ctx, const fitted *f, const dyo_ask *ask, size_t given_levels,
                           dyo_forecast_out *out, dyo_err *err);

/* The parts of the forecast; a note where the model has none. */
dyo_status forecast_components(dyo_ctx *ctx, const fitted *f, const dyo_ask *ask, dyo_forecast_out *out,
                               dyo_notes *notes, dyo_err *err);

#endif
