/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "forecast/xgb.h"

size_t xgb_n_features(const xgb_state *s)
{
  return s->n_lags + XGB_OF_WINDOW * s->n_windows + s->n_periods + (s->strategy == XGB_DIRECT) + s->n_x_names;
}

size_t xgb_reach(const xgb_state *s)
{
  size_t most = 1;
  for (size_t i = 0; i < s->n_lags; i++)
    if ((size_t)s->lags[i] > most) most = (size_t)s->lags[i];
  for (size_t i = 0; i < s->n_windows; i++)
    if ((size_t)s->windows[i] > most) most = (size_t)s->windows[i];
  return most;
}

/* Steps back from the target, j after the origin, to the value that stands for lag k: k itself where that is known, for whole
 * seasons the last known value of the same place, else k counted from the origin. */
static size_t steps_back(const xgb_state *s, size_t k, size_t j)
{
  if (k >= j) return k;
  for (size_t i = 0; i < s->n_periods; i++) {
    const size_t m = (size_t)llround(s->periods[i]);
    if (k % m == 0) return k + (j - k + m - 1) / m * m;
  }
  return k + j - 1;
}

static float *window(const double *w, size_t n, double b, float *out)
{
  double sum = 0, squares = 0, least = INFINITY, most = -INFINITY;
  for (size_t i = 0; i < n; i++) {
    const double v = w[i] - b;
    sum += v;
    squares += v * v;
    least = fmin(least, v);
    most  = fmax(most, v);
  }
  const double mean = sum / (double)n;
  *out++            = (float)mean;
  *out++            = (float)sqrt(fmax(squares / (double)n - mean * mean, 0));
  *out++            = (float)least;
  *out++            = (float)most;
  return out;
}

void xgb_row(const xgb_state *s, const xgb_view *v, size_t o, size_t j, double b, const double *x, size_t stride,
             float *out)
{
  for (size_t i = 0; i < s->n_lags; i++) {
    const size_t back = steps_back(s, (size_t)s->lags[i], j);
    *out++            = back <= o + j ? (float)(v->w[o + j - back] - b) : NAN;
  }
  for (size_t i = 0; i < s->n_windows; i++) {
    const size_t n = (size_t)s->windows[i];
    if (n <= o + 1) out = window(v->w + o + 1 - n, n, b, out);
    else
      for (int k = 0; k < XGB_OF_WINDOW; k++) *out++ = NAN;
  }
  const double t = (double)(v->first + o + j);
  for (size_t i = 0; i < s->n_periods; i++) *out++ = (float)fmod(t, s->periods[i]);
  if (s->strategy == XGB_DIRECT) *out++ = (float)j;
  for (size_t c = 0; c < s->n_x_names; c++) *out++ = (float)x[c * stride];
}

static dyo_status copy_ints(dyo_ctx *ctx, const int *from, size_t n, int **to, size_t *n_to, dyo_err *err)
{
  *to = DYO_NEW(ctx, n, int);
  if (!*to) return dyo_oom(err);
  memcpy(*to, from, n * sizeof *from);
  *n_to = n;
  return DYO_OK;
}

static void add(int *list, size_t *n, size_t most, double v, size_t limit)
{
  const int k = (int)llround(v);
  if (k < 1 || (size_t)k > limit || *n == most) return;
  for (size_t i = 0; i < *n; i++)
    if (list[i] == k) return;
  list[(*n)++] = k;
}

dyo_status xgb_choose_features(dyo_ctx *ctx, const dyo_history *h, const xgb_params *p, xgb_state *s, dyo_err *err)
{
  int    lags[64], windows[8];
  size_t n_lags = 0, n_windows = 0;
  const size_t limit = h->n / 3 > 1 ? h->n / 3 : 1;
  const double m = h->period > 1 ? h->period : 1;
  for (int k = 1; k <= (m > 1 ? fmin(m, 8) : 6); k++) add(lags, &n_lags, 64, k, limit);
  for (size_t i = 0; i < h->n_periods; i++)
    for (int k = 1; k <= 2; k++) {
      add(lags, &n_lags, 64, k * h->periods[i], limit);
      if (k == 1) add(lags, &n_lags, 64, k * h->periods[i] + 1, limit), add(lags, &n_lags, 64, k * h->periods[i] - 1, limit);
    }
  if (m == 24) add(lags, &n_lags, 64, 168, h->n / 2);
  if (m > 1) add(windows, &n_windows, 8, m, limit);
  else add(windows, &n_windows, 8, 4, limit), add(windows, &n_windows, 8, 8, limit);
  s->periods = DYO_NEW(ctx, h->n_periods + 1, double);
  if (!s->periods) return dyo_oom(err);
  for (size_t i = 0; i < h->n_periods; i++)
    if (h->periods[i] >= 2 && h->periods[i] <= (double)h->n / 2) s->periods[s->n_periods++] = h->periods[i];
  if (m == 24 && h->n_periods == 1 && h->n > 336) s->periods[s->n_periods++] = 168;
  dyo_status st = p->lags ? copy_ints(ctx, p->lags, p->n_lags, &s->lags, &s->n_lags, err)
                          : copy_ints(ctx, lags, n_lags, &s->lags, &s->n_lags, err);
  if (st != DYO_OK) return st;
  return p->windows ? copy_ints(ctx, p->windows, p->n_windows, &s->windows, &s->n_windows, err)
                    : copy_ints(ctx, windows, n_windows, &s->windows, &s->n_windows, err);
}
