/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "forecast/xgb.h"

enum { CHOSEN_MOST = 40, EVERY_LAG = 8 /* lags up to it are all used */, WITHOUT_SEASON = 6 };

size_t xgb_n_features(const xgb_state *s)
{
  return s->n_lags + XGB_OF_WINDOW * s->n_windows + s->n_periods + (s->strategy == XGB_DIRECT) + s->n_calendar +
         s->n_holidays + XGB_OF_REGRESSOR * s->n_x_names;
}

static size_t of_regressors(const xgb_state *s)
{
  return XGB_OF_REGRESSOR * s->n_x_names;
}

bool xgb_bare(const xgb_state *s)
{
  const size_t k = of_regressors(s);
  for (size_t i = 0; i < k && k <= s->n_weight; i++)
    if (s->weight[s->n_weight - 1 - i] > 0) return false;
  return k > 0;
}

/* What is the same in every row splits none. */
void xgb_hide(const xgb_state *s, float *row)
{
  const size_t all = xgb_n_features(s);
  for (size_t i = all - of_regressors(s); i < all; i++) row[i] = 0;
}

size_t xgb_reach(const xgb_state *s)
{
  int most = 1;
  for (size_t i = 0; i < s->n_lags; i++)
    if (s->lags[i] > most) most = s->lags[i];
  for (size_t i = 0; i < s->n_windows; i++)
    if (s->windows[i] > most) most = s->windows[i];
  return (size_t)most;
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

static float *put_window(const xgb_state *s, const double *z, size_t n, double b, float *out)
{
  double sum = 0, squares = 0, least = INFINITY, most = -INFINITY;
  for (size_t i = 0; i < n; i++) {
    const double v = xgb_part(s, z[i], b);
    sum += v;
    squares += v * v;
    if (v < least) least = v;
    if (v > most) most = v;
  }
  const double mean = sum / (double)n;
  *out++            = (float)mean;
  *out++            = (float)sqrt(fmax(squares / (double)n - mean * mean, 0));
  *out++            = (float)least;
  *out++            = (float)most;
  return out;
}

void xgb_row(const xgb_state *s, const xgb_view *v, size_t o, size_t j, double b, float *out)
{
  for (size_t i = 0; i < s->n_lags; i++) {
    const size_t back = steps_back(s, (size_t)s->lags[i], j);
    *out++            = back <= o + j ? (float)xgb_part(s, v->z[o + j - back], b) : NAN;
  }
  for (size_t i = 0; i < s->n_windows; i++) {
    const size_t n = (size_t)s->windows[i];
    if (n <= o + 1) out = put_window(s, v->z + o + 1 - n, n, b, out);
    else
      for (int k = 0; k < XGB_OF_WINDOW; k++) *out++ = NAN;
  }
  const double at = v->first + (double)(o + j), when = v->t ? v->t[o + j - v->behind] : NAN;
  for (size_t i = 0; i < s->n_periods; i++) {
    const double place = fmod(at, s->periods[i]);
    *out++             = (float)(place < 0 ? place + s->periods[i] : place);
  }
  if (s->strategy == XGB_DIRECT) *out++ = (float)j;
  for (size_t i = 0; i < s->n_calendar; i++) *out++ = v->t ? (float)xgb_calendar(s->calendar[i], when) : NAN;
  for (size_t i = 0; i < s->n_holidays; i++) *out++ = v->t ? (float)xgb_holiday_at(s, &s->holidays[i], when) : NAN;
  for (size_t c = 0; c < s->n_x_names; c++) {
    const double x = v->x[c * v->stride + o + j - v->behind];
    *out++         = (float)x;
    *out++         = (float)(x - v->x_at[c]);
  }
}

const char *xgb_feature_name(dyo_ctx *ctx, const xgb_state *s, size_t i)
{
  static const char *const of_window[XGB_OF_WINDOW] = {"mean", "std", "min", "max"};
  if (i < s->n_lags) return dyo_text(ctx, "lag_%d", s->lags[i]);
  i -= s->n_lags;
  if (i < XGB_OF_WINDOW * s->n_windows)
    return dyo_text(ctx, "%s_%d", of_window[i % XGB_OF_WINDOW], s->windows[i / XGB_OF_WINDOW]);
  i -= XGB_OF_WINDOW * s->n_windows;
  if (i < s->n_periods) return dyo_text(ctx, "place_in_%g", s->periods[i]);
  i -= s->n_periods;
  if (s->strategy == XGB_DIRECT && i-- == 0) return "step";
  if (i < s->n_calendar) return xgb_calendar_words[s->calendar[i]];
  i -= s->n_calendar;
  if (i < s->n_holidays) return dyo_text(ctx, "holiday_%s", s->holidays[i].name);
  i -= s->n_holidays;
  const char *name = s->x_names[i / XGB_OF_REGRESSOR];
  return i % XGB_OF_REGRESSOR ? dyo_text(ctx, "%s_change", name) : name;
}

typedef struct {
  int    v[CHOSEN_MOST];
  size_t n;
} list;

/* v, if it is within limit and not there yet. */
static void add(list *l, double v, double limit)
{
  const int k = (int)fmin(floor(v + 0.5), XGB_REACH_MOST);
  if (k < 1 || (double)k > limit || l->n == CHOSEN_MOST) return;
  for (size_t i = 0; i < l->n; i++)
    if (l->v[i] == k) return;
  l->v[l->n++] = k;
}

/* Hours of a day have a week, whether or not it was found; who names the periods wants no others. */
static bool week_too(const dyo_history *h)
{
  return h->n_periods == 1 && h->periods[0] == 24 && !h->periods_given;
}

/* The latest values, and those around one and two seasons ago; windows of a season, or of a few values. */
static void usual(const dyo_history *h, list *lags, list *windows)
{
  const double limit = fmax(1, (double)(h->n / 3)), m = h->period;
  for (int k = 1; k <= EVERY_LAG && (m > 1 ? k <= m : k <= WITHOUT_SEASON); k++) add(lags, k, limit);
  for (size_t i = 0; i < h->n_periods; i++) {
    const double p = h->periods[i];
    if (p < 2) continue;
    add(lags, p, limit), add(lags, 2 * p, limit), add(lags, p + 1, limit), add(lags, p - 1, limit);
  }
  if (week_too(h)) add(lags, 168, (double)(h->n / 2));
  if (m > 1) {
    add(windows, m, limit);
  } else {
    add(windows, 4, limit);
    add(windows, 8, limit);
  }
}

static dyo_status copy(dyo_ctx *ctx, const int *given, size_t n_given, const list *own, int **to, size_t *n,
                       dyo_err *err)
{
  const int *from = given ? given : own->v;
  *n              = given ? n_given : own->n;
  *to             = DYO_NEW(ctx, *n, int);
  if (!*to) return dyo_oom(err);
  memcpy(*to, from, *n * sizeof *from);
  return DYO_OK;
}

dyo_status xgb_choose_features(dyo_ctx *ctx, const dyo_history *h, const xgb_params *p, xgb_state *s, dyo_err *err)
{
  list lags = {.n = 0}, windows = {.n = 0};
  usual(h, &lags, &windows);
  s->periods = DYO_NEW(ctx, h->n_periods + 1, double);
  s->x_at    = DYO_NEW(ctx, h->n_x, double);
  if (!s->periods || !s->x_at) return dyo_oom(err);
  s->n_periods = 0;
  for (size_t i = 0; i < h->n_periods; i++)
    if (h->periods[i] >= 2 && 2 * h->periods[i] <= (double)h->n) s->periods[s->n_periods++] = h->periods[i];
  if (s->n_periods == 1 && week_too(h) && h->n >= 336) s->periods[s->n_periods++] = 168;
  s->x_names = h->x_names, s->n_x_names = s->n_x_at = h->n_x;
  dyo_status st = copy(ctx, p->lags, p->n_lags, &lags, &s->lags, &s->n_lags, err);
  if (st == DYO_OK) st = copy(ctx, p->windows, p->n_windows, &windows, &s->windows, &s->n_windows, err);
  return st == DYO_OK ? xgb_choose_calendar(ctx, h, s, err) : st;
}
