/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to core/forecast: the models there are, one file each. */
#ifndef DYO_MODELS_PRIVATE_H
#define DYO_MODELS_PRIVATE_H

#include "forecast/dyo_model.h"

#define DYO_MODEL_EXTERN(name) extern const dyo_model dyo_model_##name;
DYO_MODEL_MAP(DYO_MODEL_EXTERN)
#undef DYO_MODEL_EXTERN

/* The kinds of state that an ensemble can hold, by the names of their rows. */
#define STATE_MAP(X)       X(naive) X(ets) X(arima) X(theta) X(croston) X(prophet) X(xgboost)
#define STATE_EXTERN(kind) extern const dyo_field kind##_state_rows[];
STATE_MAP(STATE_EXTERN)
#undef STATE_EXTERN

/* A season too long for a model to carry: taken out of y (n >= 2 * period values without gaps) by robust periodic STL, its last
 * round kept in *pattern (period values, the coming place first). */
dyo_status pattern_take(dyo_ctx *ctx, double *y, size_t n, int period, double **pattern, dyo_err *err);

/* What a season's next round (its m values, the coming place first) was at each of the n places before it; NULL without memory. */
const double *season_back(dyo_ctx *ctx, const double *season, size_t m, size_t n);

#endif
