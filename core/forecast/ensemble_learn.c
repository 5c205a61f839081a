/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "forecast/ensemble.h"

dyo_status weights_learned(dyo_ctx *ctx, const dyo_history *h, dyo_effort effort, pool_weights *out, dyo_err *err)
{
  (void)ctx, (void)h, (void)err;
  *out               = (pool_weights){{0}};
  out->w[POOL_theta] = out->w[POOL_ets] = 1;
  if (effort > DYO_EFFORT_FAST) out->w[POOL_arima] = 1;
  return DYO_OK;
}
