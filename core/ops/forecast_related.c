/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Series beside the one that is forecast, for models that learn from many. */
#include <stdio.h>

#include "ops/forecast.h"

static dyo_status take(dyo_ctx *ctx, const dyo_series_in *in, size_t i, prepared *p, dyo_history *out, dyo_err *err)
{
  const dyo_regular *own = &p->regular;
  dyo_regular        r;
  char               path[48], found[DYO_TIME_CHARS], expected[DYO_TIME_CHARS];
  snprintf(path, sizeof path, "/related_series/%zu", i);
  dyo_status st = dyo_regularize(ctx, in, path, &r, &p->notes, err);
  if (st != DYO_OK) return st;
  dyo_freq_print(r.freq, found);
  dyo_freq_print(own->freq, expected);
  if (r.dated != own->dated)
    return dyo_fail(err, DYO_INVALID_INPUT, path,
                    "found a series with%s dates; as the series itself, one with%s is expected", r.dated ? "" : "out",
                    own->dated ? "" : "out");
  if (r.freq.unit != own->freq.unit || r.freq.step != own->freq.step)
    return dyo_fail(err, DYO_INVALID_INPUT, path, "found frequency \"%s\"; that of the series, \"%s\", is expected",
                    found, expected);
  *out   = p->history; /* periods, step and holidays */
  out->y = r.y, out->n = r.n;
  out->begin = r.dated ? (double)dyo_time_index(own->start, own->freq, r.start) : 0;
  return forecast_times(ctx, &r, 0, r.n, &out->t, err);
}

dyo_status forecast_related(dyo_ctx *ctx, const dyo_create_in *in, prepared *p, dyo_err *err)
{
  dyo_history *list = DYO_NEW(ctx, in->n_related_series, dyo_history);
  if (in->n_related_series == 0) return DYO_OK;
  if (!list) return dyo_oom(err);
  if (in->model_type == 0)
    return dyo_fail(err, DYO_UNSUPPORTED, "/model_type",
                    "auto learns from no related series; a model that does is expected: xgboost");
  if (p->history.n_x)
    return dyo_fail(err, DYO_UNSUPPORTED, "/related_series",
                    "found %zu, and regressors, which are known of the series alone; one of the two is expected",
                    in->n_related_series);
  for (size_t i = 0; i < in->n_related_series; i++) {
    const dyo_status st = take(ctx, &in->related_series[i], i, p, &list[i], err);
    if (st != DYO_OK) return st;
  }
  p->history.related = list, p->history.n_related = in->n_related_series;
  return DYO_OK;
}
