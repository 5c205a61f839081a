/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_importance.h - what the trees of a fitted xgboost forecast ask, and how much that brings. Breiman et al. (1984), 5.3.4;
 * Chen & Guestrin (2016). */
#ifndef DYO_IMPORTANCE_H
#define DYO_IMPORTANCE_H

#include "forecast/dyo_model.h"

/* gain, cover: means over the weight splits on the feature; 0 where there is none. */
typedef struct {
  const char *name;
  double      gain, cover, weight;
} dyo_feature;

/* All features of the state of dyo_model_xgboost, in the order of its rows; in ctx's arena. invalid_input at /model for a state no fit
 * has made. */
dyo_status dyo_importance_of(dyo_ctx *ctx, const void *state, dyo_feature **out, size_t *n, dyo_err *err);

#endif
