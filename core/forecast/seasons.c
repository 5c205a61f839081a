/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bandara, Hyndman & Bergmeir (2021), arXiv:2107.13462: MSTL with windows of 11, 15, ... seasons, not robust. On the hourly and
 * weekly series of the M4 competition logarithms forecast better than terms where all values are above zero. */
#include "forecast/seasons.h"

#include <math.h>

#include "series/dyo_series.h"
#include "stats/dyo_mstl.h"

enum { LONGEST_PERIOD = 100000, MOST_LOG = 300 /* exp of it is far from overflow */ };

static int fitting(const dyo_history *h, size_t k)
{
  const double p = floor(h->periods[k] + 0.5);
  return p >= 2 && p <= LONGEST_PERIOD && 2 * p <= (double)h->n ? (int)p : 0;
}

size_t seasons_fitting(const dyo_history *h, int *longest)
{
  size_t count = 0;
  *longest     = 1;
  for (size_t k = 0; k < h->n_periods; k++) {
    const int p = fitting(h, k);
    count += p > 0;
    if (p > *longest) *longest = p;
  }
  return count;
}

static dyo_status keep_last_rounds(dyo_ctx *ctx, const dyo_mstl *d, seasons *out, dyo_err *err)
{
  size_t at = 0;
  for (size_t k = 0; k < d->k; k++) out->n_pattern += (size_t)d->period[k];
  out->pattern = DYO_NEW(ctx, out->n_pattern, double);
  out->periods = DYO_NEW(ctx, d->k, int);
  if (!out->pattern || !out->periods) return dyo_oom(err);
  out->n_periods = d->k;
  for (size_t k = 0; k < d->k; k++) {
    const size_t m  = (size_t)d->period[k];
    out->periods[k] = d->period[k];
    for (size_t i = 0; i < m; i++) out->pattern[at++] = d->seasonal[k][d->n - m + i];
  }
  return DYO_OK;
}

dyo_status seasons_take(dyo_ctx *ctx, const dyo_history *h, bool factors, double **y, seasons *out, dyo_err *err)
{
  const dyo_mstl_opts o = dyo_mstl_defaults(false);
  double             *v = DYO_NEW(ctx, h->n, double);
  int                 periods[DYO_MSTL_MOST];
  size_t              n_periods = 0;
  dyo_mstl            d         = {0};
  if (!v) return dyo_oom(err);
  for (size_t k = 0; k < h->n_periods && n_periods < DYO_MSTL_MOST; k++)
    if (fitting(h, k)) periods[n_periods++] = fitting(h, k);
  for (size_t t = 0; t < h->n; t++) v[t] = factors ? log(h->y[t]) : h->y[t];
  *out          = (seasons){.factors = factors};
  dyo_status st = dyo_mstl_fit(ctx, &(dyo_series){v, h->n}, periods, n_periods, &o, &d, err);
  if (st == DYO_OK) st = keep_last_rounds(ctx, &d, out, err);
  if (st != DYO_OK) return st;
  for (size_t t = 0; t < h->n; t++) {
    for (size_t k = 0; k < d.k; k++) v[t] -= d.seasonal[k][t];
    if (factors) v[t] = exp(v[t]);
  }
  *y = v;
  return DYO_OK;
}

static double at(const seasons *s, size_t i)
{
  double        sum = 0;
  const double *p   = s->pattern;
  for (size_t k = 0; k < s->n_periods; p += s->periods[k++]) sum += p[i % (size_t)s->periods[k]];
  return sum;
}

double seasons_put(const seasons *s, size_t i, double v)
{
  return s->factors ? v * exp(at(s, i)) : v + at(s, i);
}

double seasons_off(const seasons *s, size_t i, double v)
{
  return s->factors ? v * exp(-at(s, i)) : v - at(s, i);
}

dyo_status seasons_turn(dyo_ctx *ctx, seasons *s, size_t n, dyo_err *err)
{
  double *turned = DYO_NEW(ctx, s->n_pattern, double), *to = turned;
  if (!turned) return dyo_oom(err);
  const double *from = s->pattern;
  for (size_t k = 0; k < s->n_periods; k++) {
    const size_t m = (size_t)s->periods[k];
    for (size_t i = 0; i < m; i++) to[i] = from[(n + i) % m];
    to += m, from += m;
  }
  s->pattern = turned;
  return DYO_OK;
}

bool seasons_sound(const seasons *s)
{
  size_t sum = 0;
  for (size_t k = 0; k < s->n_periods; k++) {
    if (s->periods[k] < 1) return false;
    sum += (size_t)s->periods[k];
  }
  for (size_t i = 0; i < s->n_pattern && s->factors; i++)
    if (fabs(s->pattern[i]) > MOST_LOG) return false;
  return sum == s->n_pattern;
}
