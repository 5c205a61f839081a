/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to core/forecast: the parts of the ensemble. */
#ifndef DYO_ENSEMBLE_PRIVATE_H
#define DYO_ENSEMBLE_PRIVATE_H

#include "forecast/dyo_ensemble.h"
#include "forecast/models.h"
#include "forecast/pool.h"

typedef struct {
  const char **members; /* words of the pool; NULL: those that `effort` has */
  size_t       n_members;
  int          weights, effort; /* dyo_weighing, dyo_effort */
  int          origins, horizon;
} ensemble_params;

/* Weights by row of the pool; zero for rows that take no part. */
typedef struct {
  double w[POOL_SIZE];
} pool_weights;

/* Weights of the rows where in->w is above zero by rolling origins inside the history, into *out. Without room for an origin, equal. */
dyo_status weights_by_origins(dyo_ctx *ctx, const dyo_history *h, const ensemble_params *p, const pool_weights *in,
                              pool_weights *out, dyo_err *err);

/* Weights from the series' features, of any row. */
dyo_status weights_learned(dyo_ctx *ctx, const dyo_history *h, dyo_effort effort, pool_weights *out, dyo_err *err);

#endif
