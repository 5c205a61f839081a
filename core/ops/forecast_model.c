/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fitted models as strings: one JSON object with the state described by the model's own rows, so that native and wasm read each
 * other's. A string is untrusted: it passes the same strict decoder as a request, and the model checks its state before use. */
#include <math.h>
#include <string.h>

#include "json/dyo_json.h"
#include "ops/forecast.h"

enum { FORMAT = 1 };

typedef struct {
  int         dyocense_model; /* format of this text */
  const char *model_type, *frequency, *start;
  double      n;
  bool        non_negative;
  double     *periods;
  size_t      n_periods;
  const char *state;

  dyo_calibration *calibration;
} document;

static const dyo_field calibration_rows[] = {
  DYO_NUM(dyo_calibration, period, DYO_REQ, 1, 1e6, NULL, "Main seasonal period."),
  DYO_NUM(dyo_calibration, n, DYO_REQ, 1, 1e9, NULL, "Values fitted to."),
  DYO_NUM(dyo_calibration, scale, DYO_REQ, 0, DBL_MAX, NULL, "Mean absolute seasonal naive error."),
  DYO_NUM(dyo_calibration, own, DYO_OPT, -100, 100, NULL, "Log of observed over nominal errors."),
  DYO_END(dyo_calibration)};

static const dyo_field document_rows[] = {
  DYO_INT(document, dyocense_model, DYO_REQ, 1, 1000000, NULL, "Format of this text."),
  DYO_STR(document, model_type, DYO_REQ, 32, "Model."),
  DYO_STR(document, frequency, DYO_OPT, 16, "Frequency."),
  DYO_STR(document, start, DYO_OPT, 32, "Date of the first value; absent without dates."),
  DYO_NUM(document, n, DYO_REQ, 1, 1e9, NULL, "Values so far."),
  DYO_BOOL(document, non_negative, 0, "Forecasts are cut at zero."),
  DYO_NUMS(document, periods, 0, DYO_REQ, 1, 1e6, NULL, "Seasonal periods."),
  DYO_OBJ(document, calibration, DYO_OPT, dyo_calibration, calibration_rows,
          "What its intervals are calibrated by; absent: nothing."),
  DYO_JSON(document, state, DYO_REQ, "The fitted model."),
  DYO_END(document)};

dyo_status forecast_save(dyo_ctx *ctx, const fitted *f, const char **text, dyo_err *err)
{
  char       frequency[DYO_TIME_CHARS], start[DYO_TIME_CHARS];
  dyo_buf    state = {0}, whole = {0};
  const bool by_handle = ctx->arrays_out;
  dyo_freq_print(f->freq, frequency);
  dyo_time_print(f->start, true, start);
  document d      = {.dyocense_model = FORMAT,
                     .model_type     = f->model->name,
                     .frequency      = f->freq.unit ? frequency : NULL,
                     .start          = f->dated ? start : NULL,
                     .n              = (double)f->n,
                     .non_negative   = f->non_negative,
                     .periods        = f->periods,
                     .n_periods      = f->n_periods,
                     .calibration    = f->calibration};
  ctx->arrays_out = false; /* a string stands alone */
  dyo_status st   = dyo_json_encode(ctx, f->model->state, f->state, &state, err);
  if (st == DYO_OK) {
    d.state = state.s;
    st      = dyo_json_encode(ctx, document_rows, &d, &whole, err);
  }
  ctx->arrays_out = by_handle;
  if (st == DYO_OK) {
    char *copy = DYO_NEW(ctx, whole.n + 1, char);
    if (copy) memcpy(copy, whole.s, whole.n);
    *text = copy;
    if (!copy) st = dyo_oom(err);
  }
  dyo_buf_free(&state);
  dyo_buf_free(&whole);
  return st;
}

/* What a decoder found wrong inside the string is told as the request's /model. */
static dyo_status forged(dyo_err *err, const char *what)
{
  const dyo_err inner = *err;
  if (inner.code == DYO_OUT_OF_MEMORY) return inner.code;
  if (inner.code == DYO_INVALID_JSON)
    return dyo_fail(err, DYO_INVALID_INPUT, "/model", "the model string is cut or damaged: %s", inner.message);
  return dyo_fail(err, DYO_INVALID_INPUT, "/model", "not a model string: %s%s%s%s", what, inner.path,
                  inner.path[0] ? ": " : "", inner.message);
}

/* The format alone: what else a newer one holds is not for this version to judge. */
static dyo_status check_format(dyo_ctx *ctx, const char *text, dyo_err *err)
{
  static const dyo_field format_row[] = {
    DYO_INT(document, dyocense_model, DYO_REQ, 1, INT_MAX, NULL, "Format of a model string."), DYO_END(document)};
  document d = {0};
  *err       = (dyo_err){0};
  if (dyo_json_decode_known(ctx, NULL, text, strlen(text), format_row, &d, err) != DYO_OK) return forged(err, "");
  if (d.dyocense_model <= FORMAT) return DYO_OK;
  return dyo_fail(err, DYO_UNSUPPORTED, "/model",
                  "the model string has format %d, of a newer version; this one reads up to %d", d.dyocense_model,
                  FORMAT);
}

dyo_status forecast_load(dyo_ctx *ctx, const char *text, fitted *f, dyo_err *err)
{
  document   d  = {0};
  dyo_status st = check_format(ctx, text, err);
  if (st != DYO_OK) return st;
  *err = (dyo_err){0};
  if (dyo_json_decode(ctx, text, strlen(text), document_rows, &d, err) != DYO_OK) return forged(err, "");
  *err = (dyo_err){0};
  *f   = (fitted){.model        = dyo_model_find(d.model_type),
                  .dated        = d.start != NULL,
                  .non_negative = d.non_negative,
                  .n            = (size_t)d.n,
                  .periods      = d.periods,
                  .n_periods    = d.n_periods,
                  .calibration  = d.calibration,
                  .freq         = {DYO_FREQ_NONE, 1}};
  if (!f->model)
    return dyo_fail(err, DYO_INVALID_INPUT, "/model", "the model string is of type \"%.40s\", which is not known here",
                    d.model_type);
  if ((d.frequency && !dyo_freq_parse(d.frequency, &f->freq)) ||
      (d.start && (!d.frequency || !dyo_time_parse(d.start, &f->start))))
    return forged(err, "its frequency or start is not readable");
  f->state = dyo_alloc(ctx, 1, dyo_model_state_size(f->model));
  if (!f->state) return dyo_oom(err);
  if (dyo_json_decode_in(ctx, "state", d.state, strlen(d.state), f->model->state, f->state, err) != DYO_OK)
    return forged(err, "");
  if (f->model->regressors) f->x_names = f->model->regressors(f->state, &f->n_x);
  return DYO_OK;
}
