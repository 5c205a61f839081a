/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "series/dyo_regular.h"

size_t *dyo_regular_places(dyo_ctx *ctx, const dyo_series_in *in, const dyo_regular *r)
{
  size_t *at = DYO_NEW(ctx, in->n_values, size_t);
  for (size_t i = 0; at && i < in->n_values; i++) {
    dyo_time t = 0;
    int64_t  k = (int64_t)i;
    if (r->dated) k = dyo_time_parse(in->dates[i], &t) ? dyo_time_index(r->start, r->freq, t) : -1;
    at[i] = k >= 0 && k < (int64_t)r->n ? (size_t)k : SIZE_MAX;
  }
  return at;
}
