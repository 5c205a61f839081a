/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to core/forecast: what an ensemble may be made of. */
#ifndef DYO_POOL_PRIVATE_H
#define DYO_POOL_PRIVATE_H

#include "forecast/dyo_ensemble.h"

/* Which of the history's seasons a member sees: all, or those of at most 24 observations. SHORT members are for histories that have a
 * longer season, PLAIN ones for those whose main season is longer: elsewhere they would repeat another member. */
typedef enum { POOL_ALL, POOL_SHORT, POOL_PLAIN } pool_seasons;

/* The pool. To add a member is to add a row: word, model, one setting of the model (or NULL) and its value, seasons, the least effort
 * that learned weights need to go to it. */
#define POOL_MAP(X)                                                     \
  X(naive, naive, NULL, 0, POOL_ALL, DYO_EFFORT_FAST)                   \
  X(seasonal_naive, seasonal_naive, NULL, 0, POOL_ALL, DYO_EFFORT_FAST) \
  X(drift, drift, NULL, 0, POOL_ALL, DYO_EFFORT_FAST)                   \
  X(theta, theta, NULL, 0, POOL_ALL, DYO_EFFORT_FAST)                   \
  X(theta_standard, theta, "variant", 0, POOL_ALL, DYO_EFFORT_BEST)     \
  X(ets, ets, NULL, 0, POOL_ALL, DYO_EFFORT_FAST)                       \
  X(ets_damped, ets, "damped", 1, POOL_ALL, DYO_EFFORT_BEST)            \
  X(ets_stl, ets, "stl", 1, POOL_ALL, DYO_EFFORT_BALANCED)              \
  X(arima, arima, NULL, 0, POOL_ALL, DYO_EFFORT_BALANCED)               \
  X(croston, croston, NULL, 0, POOL_ALL, DYO_EFFORT_BEST)               \
  X(prophet, prophet, NULL, 0, POOL_ALL, DYO_EFFORT_BEST)               \
  X(xgboost, xgboost, NULL, 0, POOL_ALL, DYO_EFFORT_BEST)               \
  X(ets_short, ets, NULL, 0, POOL_SHORT, DYO_EFFORT_FAST)               \
  X(theta_plain, theta, NULL, 0, POOL_PLAIN, DYO_EFFORT_FAST)           \
  X(arima_plain, arima, NULL, 0, POOL_PLAIN, DYO_EFFORT_BALANCED)

#define POOL_INDEX(word, model, setting, value, seasons, effort) POOL_##word,
enum { POOL_MAP(POOL_INDEX) POOL_SIZE };
#undef POOL_INDEX

typedef struct {
  const dyo_model *model;
  const char      *setting;
  int              value;
  pool_seasons     seasons;
  dyo_effort       effort;
} pool_row;

extern const pool_row    pool[POOL_SIZE];
extern const char *const pool_words[]; /* NULL at the end */

int pool_find(const char *word); /* -1 where there is none */

/* Can the row be fitted to the history, and would it differ from the other rows? Regressors and holidays count. */
bool pool_able(const pool_row *r, const dyo_history *h);

/* Fit. *state is new, from the arena. */
dyo_status pool_fit(dyo_ctx *ctx, const pool_row *r, const dyo_history *h, void **state, dyo_err *err);

/* The first n values of a history. *rest (may be NULL): the `ahead` values behind them as what is asked for. */
dyo_status history_first(dyo_ctx *ctx, const dyo_history *h, size_t n, size_t ahead, dyo_history *part, dyo_ask *rest,
                         dyo_err *err);

#endif
