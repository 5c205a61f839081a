/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to core/ops: the settings that forecast.tune searches, from `search` in a request to params of a model. */
#ifndef DYO_OPS_TUNE_H
#define DYO_OPS_TUNE_H

#include "forecast/dyo_model.h"
#include "forecast/dyo_search.h"
#include "json/dyo_json.h"

/* One setting: its values as the request wrote them; NULL: a range. */
typedef struct {
  const dyo_field *row;
  dyo_piece       *values;
} tune_setting;

typedef struct {
  const char   *fixed; /* members of the params that are not searched, without braces; "" for none */
  tune_setting *settings;
  dyo_axis     *axes; /* one a setting */
  size_t        n;
} tune_space;

/* `search` and `params` as texts of objects; search NULL: the model's own, of which what stands in params is left out. params must
 * have been decoded by the model's rows. Errors point below /search or /params. */
dyo_status tune_space_read(dyo_ctx *ctx, const dyo_model *m, const char *search, const char *params, tune_space *out,
                           dyo_err *err);

/* The params at a point, as an object's text in ctx's arena; the fixed ones alone where x is NULL. NULL when memory ran out. */
const char *tune_space_params(dyo_ctx *ctx, const tune_space *s, const double *x);

#endif
