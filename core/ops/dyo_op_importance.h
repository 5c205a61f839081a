/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_op_importance.h - forecast.importance: the features of an xgboost forecast by what they bring. */
#ifndef DYO_OP_IMPORTANCE_H
#define DYO_OP_IMPORTANCE_H

#include "forecast/dyo_importance.h"

typedef struct {
  const char *model;
} dyo_importance_in;

typedef struct {
  dyo_feature *features; /* by gain times weight, the largest first */
  size_t       n_features;
} dyo_importance_out;

extern const dyo_field dyo_importance_in_rows[], dyo_importance_out_rows[];
dyo_status             dyo_importance(dyo_ctx *ctx, const dyo_importance_in *in, dyo_importance_out *out, dyo_err *err);

#endif
