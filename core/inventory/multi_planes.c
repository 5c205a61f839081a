/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cutting planes on a Lagrangian dual in at most three prices (Kelley 1960): each plan seen bounds the dual from above by
 *   g(price) <= objective + sum of price_j (use_j - limit_j). */
#include "inventory/multi.h"

#include <math.h>

#include "solver/dyo_mip.h"

static const double BOX = 4; /* prices looked at, in their units */

multi_planes *multi_planes_new(dyo_ctx *ctx, unsigned keep, const double limit[DYO_MULTI_LIMITS])
{
  multi_planes *k = DYO_NEW(ctx, 1, multi_planes);
  if (!k) return NULL;
  k->ctx  = ctx;
  k->keep = keep;
  for (int j = 0; j < DYO_MULTI_LIMITS; j++) k->limit[j] = limit[j];
  return k;
}

void multi_planes_scale(multi_planes *k, const double price[DYO_MULTI_LIMITS], double value)
{
  for (int j = 0; j < DYO_MULTI_LIMITS; j++)
    if (k->keep >> j & 1) k->unit[j] = fmax(price[j], fabs(value) / k->limit[j]);
}

double multi_planes_add(multi_planes *k, const double price[DYO_MULTI_LIMITS], double objective,
                        const double use[DYO_MULTI_LIMITS])
{
  double g = objective;
  for (int j = 0; j < DYO_MULTI_LIMITS; j++) {
    k->over[k->n][j] = k->keep >> j & 1 ? use[j] - k->limit[j] : 0;
    if (k->keep >> j & 1) g += price[j] * k->over[k->n][j];
  }
  k->objective[k->n++] = objective;
  return isfinite(g) ? g : -INFINITY;
}

/* Products too far apart in size can overflow a plane: it then says nothing. */
static bool plain(const multi_planes *k, int i, double scale)
{
  bool finite = isfinite(k->objective[i] / scale);
  for (int j = 0; j < DYO_MULTI_LIMITS; j++) finite = finite && isfinite(k->over[i][j] * k->unit[j] / scale);
  return finite;
}

/* Column 0: how far above `known`, in parts of it; then the prices in their units. */
dyo_status multi_planes_top(const multi_planes *k, double known, double price[DYO_MULTI_LIMITS], double *above,
                            dyo_err *err)
{
  const double scale = fabs(known) > 0 ? fabs(known) : 1;
  dyo_mip     *m     = NULL;
  dyo_mip_opts o     = dyo_mip_defaults();
  dyo_mip_info info  = {.status = DYO_MIP_UNKNOWN};
  double       x[1 + DYO_MULTI_LIMITS];
  dyo_status   st = dyo_mip_new(1 + DYO_MULTI_LIMITS, &m, err);
  if (st == DYO_OK) st = dyo_mip_col(m, 0, -1, 0, 1e6, false, err);
  for (int j = 0; j < DYO_MULTI_LIMITS && st == DYO_OK; j++)
    st = dyo_mip_col(m, 1 + j, 0, 0, k->keep >> j & 1 ? BOX : 0, false, err);
  for (int i = 0; i < k->n && st == DYO_OK; i++) {
    if (!plain(k, i, scale)) continue;
    const int idx[] = {0, 1, 2, 3};
    double    val[] = {1, 0, 0, 0};
    for (int j = 0; j < DYO_MULTI_LIMITS; j++) val[1 + j] = -k->over[i][j] * k->unit[j] / scale;
    st = dyo_mip_row(m, 4, idx, val, DYO_LE, (k->objective[i] - known) / scale, err);
  }
  if (st == DYO_OK) st = dyo_mip_solve(m, k->ctx, &o, x, NULL, &info, err);
  dyo_mip_free(m);
  if (st != DYO_OK) return st;
  *above = info.status == DYO_MIP_OPTIMAL ? x[0] : 0;
  for (int j = 0; j<DYO_MULTI_LIMITS && * above> 0; j++)
    if (k->keep >> j & 1) price[j] = x[1 + j] * k->unit[j];
  return DYO_OK;
}
