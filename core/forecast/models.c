/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "forecast/models.h"

#include <math.h>
#include <string.h>

#include "num/dyo_dist.h"

#define ADDRESS(name) &dyo_model_##name,
#define WORD(name)    #name,
const dyo_model *const dyo_models[]      = {DYO_MODEL_MAP(ADDRESS) NULL};
const char *const      dyo_model_words[] = {"auto", DYO_MODEL_MAP(WORD) NULL};

const dyo_model *dyo_model_find(const char *name)
{
  for (size_t i = 0; dyo_models[i]; i++)
    if (strcmp(dyo_models[i]->name, name) == 0) return dyo_models[i];
  return NULL;
}

bool dyo_model_combines(const dyo_model *m)
{
  return m == &dyo_model_ensemble;
}

static size_t size_of(const dyo_field *rows)
{
  while (rows->name) rows++;
  return rows->size;
}

size_t dyo_model_params_size(const dyo_model *m)
{
  return size_of(m->params);
}

size_t dyo_model_state_size(const dyo_model *m)
{
  return size_of(m->state);
}

dyo_status dyo_history_columns(dyo_ctx *ctx, const dyo_history *h, size_t from, size_t n, const double **x,
                               dyo_err *err)
{
  double *v = h->n_x ? DYO_NEW(ctx, h->n_x * n, double) : NULL;
  if (h->n_x && !v) return dyo_oom(err);
  for (size_t k = 0; k < h->n_x; k++) memcpy(v + k * n, h->x + k * h->n + from, n * sizeof *v);
  *x = v;
  return DYO_OK;
}

void dyo_report_clear(dyo_report *r)
{
  *r                = (dyo_report){.order = {-1, -1, -1}, .seasonal_order = {-1, -1, -1, -1}};
  r->log_likelihood = r->aic = r->aicc = r->bic = r->sigma2 = NAN;
}

void dyo_band_normal(const dyo_ask *ask, const double *sd, dyo_band *out)
{
  for (size_t l = 0; l < ask->n_levels; l++) {
    const double z = dyo_normal_quantile(0.5 + ask->levels[l] / 2);
    for (size_t i = 0; i < ask->h; i++) {
      out->lower[l * ask->h + i] = out->mean[i] - z * sd[i];
      out->upper[l * ask->h + i] = out->mean[i] + z * sd[i];
    }
  }
}
