/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Outliers by the box-plot rule on the remainder of an MSTL. Tukey (1977), Exploratory Data Analysis, 2D ("far out"). One far value
 * bends the season at its phase, and then its neighbours there look odd too; so only the farthest are taken out at a time, and the
 * decomposition is made again without them. */
#include "stats/dyo_outliers.h"

#include <math.h>
#include <string.h>

#include "stats/dyo_mstl.h"
#include "stats/dyo_order.h"

static const double far_out = 3, real_season = 0.6, farthest = 0.5;

enum { LEAST = 10, PASSES = 10 };

typedef struct {
  dyo_ctx          *ctx;
  const dyo_series *y;
  const int        *periods;
  size_t            k;
  double           *kept, *remainder, *room; /* kept: y without the outliers so far, which are NaN in it */
  double            low, high;               /* where remainders belong */
} hunt;

/* Decompose with those periods alone whose season is real. */
static dyo_status decompose(hunt *h, dyo_mstl *m, dyo_err *err)
{
  const dyo_mstl_opts o = dyo_mstl_defaults(false);
  const dyo_series    y = {h->kept, h->y->n};
  int                 real[DYO_MSTL_MOST];
  size_t              k  = 0;
  const dyo_status    st = dyo_mstl_fit(h->ctx, &y, h->periods, h->k, &o, m, err);
  if (st != DYO_OK) return st;
  for (size_t s = 0; s < m->k; s++)
    if (dyo_strength(m->seasonal[s], m->remainder, m->n) >= real_season) real[k++] = m->period[s];
  return k == m->k ? DYO_OK : dyo_mstl_fit(h->ctx, &y, real, k, &o, m, err);
}

/* Remainders of every known value, and the limits from those that are kept. */
static void measure(hunt *h, const dyo_mstl *m)
{
  size_t k   = 0;
  double top = 0;
  for (size_t i = 0; i < m->n; i++) {
    h->remainder[i] = h->y->y[i] - (m->filled[i] - m->remainder[i]);
    if (isnan(h->kept[i])) continue;
    h->room[k++] = h->remainder[i];
    top          = fmax(top, fabs(h->kept[i]));
  }
  const double q1 = dyo_quantile_of(h->room, k, 0.25), q3 = dyo_quantile_of(h->room, k, 0.75);
  const double slack = far_out * (q3 - q1) + 1e-9 * top; /* rounding noise of an exact pattern is no outlier */
  h->low             = q1 - slack;
  h->high            = q3 + slack;
}

static double excess(const hunt *h, size_t i)
{
  return fmax(h->low - h->remainder[i], h->remainder[i] - h->high);
}

/* Take out the values outside the limits that are about as far as the farthest; false where there is none. */
static bool take_out(hunt *h)
{
  double most = 0;
  for (size_t i = 0; i < h->y->n; i++)
    if (!isnan(h->kept[i])) most = fmax(most, excess(h, i));
  for (size_t i = 0; most > 0 && i < h->y->n; i++)
    if (excess(h, i) >= farthest * most) h->kept[i] = NAN;
  return most > 0;
}

dyo_status dyo_outliers(dyo_ctx *ctx, const dyo_series *y, const int *periods, size_t k, dyo_outlier **out,
                        size_t *n_out, dyo_err *err)
{
  hunt h      = {.ctx = ctx, .y = y, .periods = periods, .k = k};
  *n_out      = 0;
  *out        = DYO_NEW(ctx, y->n, dyo_outlier);
  h.kept      = DYO_NEW(ctx, y->n, double);
  h.room      = DYO_NEW(ctx, y->n, double);
  h.remainder = DYO_NEW(ctx, y->n, double);
  if (!*out || !h.kept || !h.room || !h.remainder) return dyo_oom(err);
  if (dyo_series_known(y) < LEAST) return DYO_OK;
  memcpy(h.kept, y->y, y->n * sizeof *h.kept);
  for (int pass = 0; pass < PASSES; pass++) {
    dyo_mstl         m;
    const dyo_status st = decompose(&h, &m, err);
    if (st != DYO_OK) return st;
    measure(&h, &m);
    if (!take_out(&h)) break;
  }
  for (size_t i = 0; i < y->n; i++)
    if (excess(&h, i) > 0) (*out)[(*n_out)++] = (dyo_outlier){i, y->y[i], y->y[i] - h.remainder[i]};
  return DYO_OK;
}
