/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_ensemble.h - several models' forecasts as one: their weighted mean, and that of the ends of their intervals. Bates & Granger
 * (1969), Operational Research Quarterly 20. `auto` is an ensemble whose members and weights are found from the series' features.
 *
 * Members are rows of one table, the pool (pool.h): a model, at most one of its settings, and which seasons it sees. Weights:
 *   equal          1 / k
 *   inverse_error  one over the mean absolute error at rolling origins inside the history
 *   stacked        least squares of what came on what the members forecast there, weights >= 0 that sum to 1, held towards equal
 *                  ones. Breiman (1996), Machine Learning 24.
 *   learned        by the features of the series, from weights that were best on a sample of series (learned.gen.h)
 * Members that cannot be fitted to the history, or use no regressors where there are some, are left out. */
#ifndef DYO_ENSEMBLE_H
#define DYO_ENSEMBLE_H

#include "forecast/dyo_model.h"

typedef enum { DYO_EFFORT_FAST, DYO_EFFORT_BALANCED, DYO_EFFORT_BEST } dyo_effort;
extern const char *const dyo_effort_words[];

typedef enum { DYO_WEIGHTS_EQUAL, DYO_WEIGHTS_INVERSE, DYO_WEIGHTS_STACKED, DYO_WEIGHTS_LEARNED } dyo_weighing;

extern const dyo_model dyo_model_ensemble;

/* Into params of dyo_model_ensemble that say nothing of it. */
void dyo_ensemble_effort(void *params, dyo_effort effort);

/* What one member of a fitted ensemble is. */
typedef struct {
  const char *name;   /* its word in the pool */
  double      weight; /* > 0; all sum to 1 */
} dyo_ensemble_member;

/* The members of a state of dyo_model_ensemble, in the arena; NULL when memory ran out. */
dyo_ensemble_member *dyo_ensemble_list(dyo_ctx *ctx, const void *state, size_t *n);

/* Their forecasts: member k, step i at [k * ask->h + i]. NaN for one whose forecast leaves the numbers. */
dyo_status dyo_ensemble_each(dyo_ctx *ctx, const void *state, const dyo_ask *ask, double *mean, dyo_err *err);

#endif
