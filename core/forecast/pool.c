/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "forecast/pool.h"

#include <math.h>
#include <string.h>

#include "forecast/models.h"

enum { LONGEST_SHORT = 24 }; /* season that exponential smoothing and ARIMA carry themselves */

#define ROW(word, model, setting, value, seasons, effort)  {&dyo_model_##model, setting, value, seasons, effort},
#define WORD(word, model, setting, value, seasons, effort) #word,
const pool_row    pool[POOL_SIZE] = {POOL_MAP(ROW)};
const char *const pool_words[]    = {POOL_MAP(WORD) NULL};

int pool_find(const char *word)
{
  for (int i = 0; i < POOL_SIZE; i++)
    if (strcmp(pool_words[i], word) == 0) return i;
  return -1;
}

static size_t known(const dyo_history *h)
{
  size_t k = 0;
  for (size_t t = 0; t < h->n; t++) k += !isnan(h->y[t]);
  return k;
}

/* Its seasons of up to LONGEST_SHORT observations: periods ascend. */
static dyo_history shortened(const dyo_history *h)
{
  dyo_history s = *h;
  s.n_periods   = 0;
  while (s.n_periods < h->n_periods && h->periods[s.n_periods] <= LONGEST_SHORT) s.n_periods++;
  if (s.n_periods == 0) s.period = 1;
  return s;
}

bool pool_able(const pool_row *r, const dyo_history *h)
{
  const dyo_history s = shortened(h);
  if (r->seasons == POOL_SHORT && s.n_periods == h->n_periods) return false;
  if (r->seasons == POOL_PLAIN && h->period <= LONGEST_SHORT) return false;
  if ((h->n_x && !r->model->regressors) || (h->n_holidays && !r->model->holidays)) return false;
  if (r->model->suits && !r->model->suits(h)) return false;
  return known(h) >= r->model->min_obs(r->seasons == POOL_ALL ? h->period : s.period);
}

dyo_status pool_fit(dyo_ctx *ctx, const pool_row *r, const dyo_history *h, void **state, dyo_err *err)
{
  const dyo_history s      = r->seasons == POOL_ALL ? *h : shortened(h);
  void             *params = dyo_alloc(ctx, 1, dyo_model_params_size(r->model));
  *state                   = dyo_alloc(ctx, 1, dyo_model_state_size(r->model));
  if (!params || !*state) return dyo_oom(err);
  for (const dyo_field *f = r->model->params; f->name; f++) dyo_field_default(f, params);
  if (r->setting) dyo_field_set(r->model->params, params, r->setting, r->value);
  return r->model->fit(ctx, &s, params, *state, err);
}

dyo_status history_first(dyo_ctx *ctx, const dyo_history *h, size_t n, size_t ahead, dyo_history *part, dyo_ask *rest,
                         dyo_err *err)
{
  double *past = h->n_x ? DYO_NEW(ctx, h->n_x * n, double) : NULL;
  double *next = h->n_x && rest ? DYO_NEW(ctx, h->n_x * ahead, double) : NULL;
  if (h->n_x && (!past || (rest && !next))) return dyo_oom(err);
  *part   = *h;
  part->n = n, part->x = past;
  if (rest) rest->h = ahead, rest->x = next, rest->t = h->t ? h->t + n : NULL;
  for (size_t k = 0; k < h->n_x; k++) {
    memcpy(past + k * n, h->x + k * h->n, n * sizeof *past);
    if (rest) memcpy(next + k * ahead, h->x + k * h->n + n, ahead * sizeof *next);
  }
  return DYO_OK;
}
