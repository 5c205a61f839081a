/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_model.c - any bytes, taken for a model string: forecast.predict and forecast.update must answer or refuse, an answer must be
 * JSON of finite numbers and the same when asked twice, and the string of an update must itself be one that is taken. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/dyo_ctx.h"
#include "json/dyo_json.h"
#include "ops/dyo_op_forecast.h"

enum { STEPS = 4, LOOKS = 300, LARGEST_MEMORY = 64 << 20 };

typedef struct {
  int          looks; /* at the clock, which goes on by a hundredth of a second each time */
  volatile int cancel;
} budget;

static double made_up_clock(void *user)
{
  budget *b = user;
  if (++b->looks > LOOKS) b->cancel = 1;
  return 0.01 * b->looks;
}

static void must(bool holds, const char *what, const char *more)
{
  if (holds) return;
  fprintf(stderr, "fuzz_model: %s: %.300s\n", what, more ? more : "");
  abort();
}

static void open_ctx(dyo_ctx *ctx, budget *b)
{
  const dyo_host host = {.now = made_up_clock, .user = b};
  *b                  = (budget){0};
  dyo_ctx_init(ctx, &host);
  ctx->cancel     = &b->cancel;
  ctx->max_memory = LARGEST_MEMORY;
}

static double        numbers[STEPS] = {1, -2, 0.5, 3};
static dyo_regressor two[2]         = {{"price", numbers, STEPS}, {"promo", numbers, STEPS}};

static void refused_well(dyo_status st, const dyo_err *err)
{
  must(st != DYO_INTERNAL, "ended with an internal error", err->message);
  must(err->code == st && strlen(err->message) >= 8, "a refusal without a sentence", err->message);
}

/* The answer as JSON, to be freed; NULL where the string was refused. */
static char *predict(const char *model, bool regressors, dyo_err *err)
{
  dyo_ctx          ctx;
  budget           b;
  dyo_buf          text = {0};
  dyo_forecast_out out;
  dyo_predict_in   in = {.model = model, .forecast_horizon = STEPS, .seed = 1};
  if (regressors) in.future_regressors = two, in.n_future_regressors = 2;
  memset(&out, 0, sizeof out);
  open_ctx(&ctx, &b);
  const dyo_status st = dyo_predict(&ctx, &in, &out, err);
  if (st != DYO_OK) refused_well(st, err);
  else must(dyo_json_encode(&ctx, dyo_forecast_out_rows, &out, &text, err) == DYO_OK, "no JSON", err->message);
  for (size_t i = 0; st == DYO_OK && i < out.n_predictions; i++)
    must(isfinite(out.predictions[i]), "a prediction that is not finite", text.s);
  dyo_ctx_clear(&ctx);
  return text.s;
}

/* The string of the updated model, to be freed; NULL where it was refused. */
static char *update(const char *model, bool regressors)
{
  dyo_ctx          ctx;
  budget           b;
  dyo_err          err  = {0};
  char            *copy = NULL;
  dyo_observations o    = {.values = numbers, .n_values = STEPS};
  dyo_update_in    in   = {.model = model, .observations = &o};
  dyo_update_out   out;
  if (regressors) o.regressors = two, o.n_regressors = 2;
  memset(&out, 0, sizeof out);
  open_ctx(&ctx, &b);
  const dyo_status st = dyo_update(&ctx, &in, &out, &err);
  if (st != DYO_OK) refused_well(st, &err);
  else copy = malloc(strlen(out.model) + 1);
  if (copy) memcpy(copy, out.model, strlen(out.model) + 1);
  dyo_ctx_clear(&ctx);
  return copy;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  dyo_err err   = {0};
  char   *model = malloc(size + 1);
  if (!model) return 0;
  memcpy(model, data, size);
  model[size]     = '\0';
  char      *a    = predict(model, false, &err);
  const bool with = !a && strcmp(err.path, "/future_regressors") == 0;
  if (with) a = predict(model, true, &err);
  char *b = a ? predict(model, with, &err) : NULL;
  if (a) must(b && strcmp(a, b) == 0, "two answers differ", b);
  char *next = update(model, with);
  if (next) {
    char *c = predict(next, with, &err);
    must(c || strcmp(err.path, "/model") != 0, "the string of an update is not taken", err.message);
    free(c);
  }
  free(next);
  free(b);
  free(a);
  free(model);
  return 0;
}
