/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ARIMA as a model: parameters, differencing, columns of the regression, the fit from end to end. Seasons longer than 24 are taken
 * out by STL where the orders are left to the choice. Up to 50 missing values are estimated with the model, exactly; any further
 * ones are interpolated. */
#include <math.h>
#include <string.h>

#include "forecast/arima.h"
#include "forecast/models.h"
#include "series/dyo_series.h"
#include "stats/dyo_kpss.h"
#include "stats/dyo_unitroot.h"

enum {
  FEWEST            = 3,
  FEWEST_TO_COMPARE = 6,
  MISSING_EXACT     = 50,
  MISSING_IN_SEARCH = 3,
  LONG_SERIES       = 300, /* where orders are compared by conditional sums of squares, which then differ little */
  TREND_N           = 0,   /* places of trend_words */
  TREND_C,
  TREND_T,
  TREND_CT,
  METHOD_CSS = 1
};

static const double rounding = 1e-13, /* of numbers that were subtracted */
  kpss_at_1_percent          = 0.739; /* Kwiatkowski et al. (1992), table 1 */

static const char *const trend_words[]     = {"n", "c", "t", "ct", NULL};
static const char *const method_words[]    = {"ml", "css", "css-ml", NULL};
static const char *const interval_words[]  = {"formula", "bootstrap", NULL};
static const char *const criterion_words[] = {"aicc", "aic", "bic", NULL};

typedef struct {
  int   *order, *seasonal_order;
  size_t n_order, n_seasonal_order;
  int    trend, method, include_drift;
  int    max_p, max_q, max_P, max_Q, max_order, max_d, max_D, d, D;
  bool   stepwise;
  int    information_criterion, interval_method;
} arima_params;

static const dyo_field params_rows[] = {
  DYO_INTS(arima_params, order, DYO_OPT, 0, 1000, NULL,
           "p, d, q: autoregressive lags, differences, moving-average lags; absent: chosen."),
  DYO_INTS(arima_params, seasonal_order, DYO_OPT, 0, 1000, NULL,
           "P, D, Q, m: the same for seasons of m observations; absent: chosen; 0,0,0,0: none."),
  DYO_ENUM(
    arima_params, trend, DYO_OPT, trend_words,
    "n none, c mean, t linear, ct both; absent: a mean where nothing is differenced, or chosen with the orders."),
  DYO_ENUM(
    arima_params, method, 0, method_words,
    "Exact maximum likelihood, conditional sum of squares, or the first started from the second, which ml does too."),
  DYO_FLAG(arima_params, include_drift,
           "Whether there is a linear trend; absent: as trend says, or chosen with the orders."),
  DYO_INT(arima_params, max_p, 5, 0, ARIMA_MOST_LAGS, NULL, "Most autoregressive lags in the search."),
  DYO_INT(arima_params, max_q, 5, 0, ARIMA_MOST_LAGS, NULL, "Most moving-average lags in the search."),
  DYO_INT(arima_params, max_P, 2, 0, ARIMA_MOST_SEASONAL, NULL, "Most seasonal autoregressive lags in the search."),
  DYO_INT(arima_params, max_Q, 2, 0, ARIMA_MOST_SEASONAL, NULL, "Most seasonal moving-average lags in the search."),
  DYO_INT(arima_params, max_order, 5, 0, 2 * (ARIMA_MOST_LAGS + ARIMA_MOST_SEASONAL), NULL,
          "Most p + q + P + Q where stepwise is false."),
  DYO_INT(arima_params, max_d, 2, 0, 2, NULL, "Most differences in the search."),
  DYO_INT(arima_params, max_D, 1, 0, 2, NULL, "Most seasonal differences in the search."),
  DYO_INT(arima_params, d, DYO_OPT, 0, 3, NULL, "Differences; absent: by KPSS tests."),
  DYO_INT(arima_params, D, DYO_OPT, 0, 2, NULL, "Seasonal differences; absent: by the strength of the season."),
  DYO_BOOL(arima_params, stepwise, 1, "Search step by step rather than through all orders."),
  DYO_ENUM(arima_params, information_criterion, 0, criterion_words, "What the search minimises."),
  DYO_ENUM(arima_params, interval_method, 0, interval_words,
           "formula: normal errors; bootstrap: paths drawn from the residuals, for errors that are not."),
  DYO_END(arima_params)};

static size_t min_obs(double period)
{
  (void)period;
  return FEWEST;
}

/* One fit on its way. */
typedef struct {
  dyo_ctx            *ctx;
  const dyo_history  *h;
  const arima_params *want;
  arima_order         o;
  arima_range         range;
  bool                mean, drift;
  size_t              n; /* of the series */
  double             *y; /* missing filled, long season taken out */
  bool               *missing;
  double             *x; /* columns, differenced */
  size_t             *first;
  arima_data          data;
  dyo_err            *err;
} job;

static dyo_status check_params(const arima_params *w, dyo_err *err)
{
  static const int most[3]          = {ARIMA_MOST_LAGS, 3, ARIMA_MOST_LAGS},
                   most_seasonal[4] = {ARIMA_MOST_SEASONAL, 2, ARIMA_MOST_SEASONAL, ARIMA_MOST_PERIOD};
  if (w->order && w->n_order != 3)
    return dyo_fail(err, DYO_INVALID_INPUT, "/params/order", "found %zu numbers; p, d and q are expected", w->n_order);
  if (w->seasonal_order && w->n_seasonal_order != 4)
    return dyo_fail(err, DYO_INVALID_INPUT, "/params/seasonal_order", "found %zu numbers; P, D, Q and m are expected",
                    w->n_seasonal_order);
  for (size_t i = 0; w->order && i < 3; i++)
    if (w->order[i] < 0 || w->order[i] > most[i])
      return dyo_fail_item(err, DYO_INVALID_INPUT, "params/order", i, NULL, "found %d; 0 to %d is expected",
                           w->order[i], most[i]);
  for (size_t i = 0; w->seasonal_order && i < 4; i++)
    if (w->seasonal_order[i] < 0 || w->seasonal_order[i] > most_seasonal[i])
      return dyo_fail_item(err, DYO_INVALID_INPUT, "params/seasonal_order", i, NULL, "found %d; 0 to %d is expected",
                           w->seasonal_order[i], most_seasonal[i]);
  const int *s = w->seasonal_order;
  if (s && s[0] + s[1] + s[2] > 0 && s[3] < 2)
    return dyo_fail(err, DYO_INVALID_INPUT, "/params/seasonal_order/3",
                    "found %d; a season of at least 2 observations is expected with seasonal orders", s[3]);
  return DYO_OK;
}

static dyo_status prepare(job *j, arima_state *s)
{
  const dyo_history *h      = j->h;
  const double       period = floor(h->period + 0.5);
  const bool         fits   = h->n >= 2 * (size_t)period && period > 1 && period <= 100000;
  j->n                      = h->n;
  j->y                      = DYO_NEW(j->ctx, j->n, double);
  j->missing                = DYO_NEW(j->ctx, j->n, bool);
  if (!j->y || !j->missing) return dyo_oom(j->err);
  for (size_t t = 0; t < j->n; t++) j->missing[t] = isnan(h->y[t]);
  dyo_series_fill(&(dyo_series){h->y, j->n}, j->y);
  j->o.m = 1;
  if (j->want->seasonal_order) {
    const int *v = j->want->seasonal_order;
    if (v[0] + v[1] + v[2] > 0) j->o.P = v[0], j->o.D = v[1], j->o.Q = v[2], j->o.m = v[3];
    return DYO_OK;
  }
  if (fits && period <= ARIMA_LONG_SEASON) j->o.m = (int)period;
  if (!fits || period <= ARIMA_LONG_SEASON) return DYO_OK;
  for (size_t i = 0; i < h->n_periods; i++)
    if (h->periods[i] >= 2 && h->periods[i] <= ARIMA_LONG_SEASON) j->o.m = (int)floor(h->periods[i] + 0.5);
  s->n_pattern = (size_t)period;
  return pattern_take(j->ctx, j->y, j->n, (int)period, &s->pattern, j->err);
}

/* What ordinary least squares on the regressors leaves: differencing is judged on it. */
static void less_regressors(job *j, double *z)
{
  const size_t n = j->n, c = j->h->n_x + 1;
  double      *q = DYO_NEW(j->ctx, c * n, double);
  memcpy(z, j->y, n * sizeof *z);
  if (!q || j->h->n_x == 0) return;
  for (size_t i = 0; i < c; i++) {
    double *v = q + i * n, norm = 0, full = 0, b = 0;
    for (size_t t = 0; t < n; t++) v[t] = i ? j->h->x[(i - 1) * n + t] : 1, full += v[t] * v[t];
    for (size_t l = 0; l < i; l++) {
      double s = 0, ss = 0;
      for (size_t t = 0; t < n; t++) s += q[l * n + t] * v[t], ss += q[l * n + t] * q[l * n + t];
      for (size_t t = 0; t < n && ss > 0; t++) v[t] -= s / ss * q[l * n + t];
    }
    for (size_t t = 0; t < n; t++) norm += v[t] * v[t], b += v[t] * z[t];
    if (!(norm > 1e-20 * full)) memset(v, 0, n * sizeof *v);
    for (size_t t = 0; t < n && norm > 1e-20 * full; t++) z[t] -= b / norm * v[t];
  }
}

/* A second difference makes a forecast go on in its last direction for ever: taken only where KPSS asks for it at 1 %. */
static bool twice_for_sure(dyo_ctx *ctx, double *z, size_t n)
{
  dyo_difference(z, n, 1, z);
  const double stat = dyo_kpss_statistic(ctx, z, n - 1, DYO_KPSS_LEVEL, (size_t)(3 * sqrt((double)n - 1) / 13));
  return stat > kpss_at_1_percent;
}

static dyo_status choose_differences(job *j)
{
  const arima_params *w = j->want;
  double             *z = DYO_NEW(j->ctx, j->n, double);
  size_t              n = j->n;
  if (!z) return dyo_oom(j->err);
  less_regressors(j, z);
  if (!w->seasonal_order && j->o.m > 1) {
    const int most = w->max_D;
    j->o.D         = w->D != DYO_NO_INT ? w->D : dyo_nsdiffs(j->ctx, &(dyo_series){z, n}, j->o.m, most);
    if (j->o.D < 0) return dyo_oom(j->err);
    if (n < (size_t)j->o.m * (size_t)j->o.D + FEWEST) j->o.D = 0;
  }
  if (w->order) {
    j->o.d = w->order[1];
    return DYO_OK;
  }
  for (int i = 0; i < j->o.D && n > (size_t)j->o.m; i++, n -= (size_t)j->o.m) dyo_difference(z, n, (size_t)j->o.m, z);
  j->o.d = w->d != DYO_NO_INT ? w->d : dyo_ndiffs(j->ctx, &(dyo_series){z, n}, w->max_d);
  if (j->o.d < 0) return dyo_oom(j->err);
  if (w->d == DYO_NO_INT && j->o.d == 2 && !twice_for_sure(j->ctx, z, n)) j->o.d = 1;
  while (w->d == DYO_NO_INT && j->o.d > 0 && n < (size_t)j->o.d + FEWEST) j->o.d--;
  return DYO_OK;
}

/* Mean and drift: said, or a mean where nothing is differenced, or left to the search as the last column. */
static dyo_status choose_trend(job *j)
{
  const arima_params *w      = j->want;
  const int           all    = j->o.d + j->o.D;
  const bool          search = !w->order || (!w->seasonal_order && j->o.m > 1);
  if (w->trend >= 0) {
    j->mean  = w->trend == TREND_C || w->trend == TREND_CT;
    j->drift = w->trend == TREND_T || w->trend == TREND_CT;
  } else {
    j->mean           = all == 0;
    j->drift          = all == 1 && search && w->include_drift != 0;
    j->range.optional = search && (j->mean || j->drift) && w->include_drift != 1;
  }
  if (w->include_drift >= 0 && (w->trend < 0 || w->include_drift == 1)) j->drift = w->include_drift == 1;
  if (j->mean && all > 0 && w->trend >= 0)
    return dyo_fail(j->err, DYO_INVALID_INPUT, "/params/trend",
                    "found %s with %d differences, which remove a mean; n or t is expected", trend_words[w->trend],
                    all);
  if (j->drift && all > 1)
    return dyo_fail(j->err, DYO_INVALID_INPUT, w->trend >= 0 ? "/params/trend" : "/params/include_drift",
                    "found a drift with %d differences, which remove it; at most one is expected", all);
  return DYO_OK;
}

/* v[0..n) differenced in place. */
static size_t difference(const arima_order *o, double *v, size_t n)
{
  for (int i = 0; i < o->D; i++, n -= (size_t)o->m) dyo_difference(v, n, (size_t)o->m, v);
  for (int i = 0; i < o->d; i++, n--) dyo_difference(v, n, 1, v);
  return n;
}

static double largest(const double *v, size_t n)
{
  double m = 0;
  for (size_t t = 0; t < n; t++) m = fmax(m, fabs(v[t]));
  return m;
}

/* Columns one after the other: indicators of missing values, regressors, mean, drift; each differenced like the series. */
static dyo_status build_columns(job *j)
{
  const size_t lost = (size_t)(j->o.d + j->o.D * j->o.m), n = j->n, left = n - lost;
  size_t       gaps = 0, c = 0, last = 0;
  for (size_t t = 0; t < n; t++) gaps += j->missing[t];
  if (gaps > MISSING_EXACT) gaps = MISSING_EXACT;
  const size_t cols = gaps + j->h->n_x + (j->mean ? 1 : 0) + (j->drift ? 1 : 0);
  double      *v = DYO_NEW(j->ctx, n, double), *w = DYO_NEW(j->ctx, n, double);
  j->x     = DYO_NEW(j->ctx, cols * left + 1, double);
  j->first = DYO_NEW(j->ctx, cols + 1, size_t);
  if (!v || !w || !j->x || !j->first) return dyo_oom(j->err);
  memcpy(w, j->y, n * sizeof *w);
  difference(&j->o, w, n);
  for (; c < cols; c++) {
    memset(v, 0, n * sizeof *v);
    if (c < gaps) {
      while (!j->missing[last]) last++;
      v[last++] = 1;
    } else if (c < gaps + j->h->n_x) {
      memcpy(v, j->h->x + (c - gaps) * n, n * sizeof *v);
    } else {
      for (size_t t = 0; t < n; t++) v[t] = j->mean && c == gaps + j->h->n_x ? 1 : (double)t + 1;
    }
    const double before = largest(v, n);
    difference(&j->o, v, n);
    if (largest(v, left) <= rounding * before) memset(v, 0, left * sizeof *v); /* nothing is left of it */
    memcpy(j->x + c * left, v, left * sizeof *v);
    while (j->first[c] < left && v[j->first[c]] == 0) j->first[c]++;
  }
  j->data = (arima_data){left, cols, gaps, w, j->x, j->first};
  return DYO_OK;
}

static bool constant(const double *w, size_t n)
{
  double lo = w[0], hi = w[0];
  for (size_t t = 1; t < n; t++) lo = fmin(lo, w[t]), hi = fmax(hi, w[t]);
  return hi - lo <= 1e-12 * fmax(fabs(hi), fabs(lo));
}

static int least(int a, int b)
{
  return a < b ? a : b;
}

static void set_range(job *j)
{
  const arima_params *w = j->want;
  const int           n = (int)(j->data.n < 100000 ? j->data.n : 100000), third = n / 3;
  const bool          flat = constant(j->data.w, j->data.n) && j->h->n_x == 0;
  int                *lo = j->range.lo, *hi = j->range.hi;
  hi[0] = least(w->max_p, third), hi[1] = least(w->max_q, third);
  hi[2] = j->o.m > 1 ? least(w->max_P, third / j->o.m) : 0, hi[3] = j->o.m > 1 ? least(w->max_Q, third / j->o.m) : 0;
  if (flat) hi[0] = hi[1] = hi[2] = hi[3] = 0;
  if (flat || n < FEWEST_TO_COMPARE) j->range.optional = false;
  if (w->order) lo[0] = hi[0] = w->order[0], lo[1] = hi[1] = w->order[2];
  if (w->seasonal_order) lo[2] = hi[2] = j->o.P, lo[3] = hi[3] = j->o.Q;
  j->range.most      = w->max_order;
  j->range.stepwise  = w->stepwise;
  j->range.criterion = w->information_criterion;
}

/* The search runs on a series whose gaps a first model has filled, once there are more than a few. */
static dyo_status search_data(job *j, arima_data *d)
{
  const size_t n = j->data.n, skip = j->data.dummies;
  arima_work   k;
  arima_result r;
  *d = j->data;
  if (skip <= MISSING_IN_SEARCH) return DYO_OK;
  arima_order o = j->o;
  o.p = j->range.hi[0] > 0, o.q = j->range.hi[1] > 0, o.P = 0, o.Q = j->range.hi[3] > 0;
  const dyo_status st = arima_work_new(j->ctx, &j->data, arima_state_size(&o), 4, &k, j->err);
  if (st != DYO_OK) return st;
  double *w = DYO_NEW(j->ctx, n, double);
  if (!w) return dyo_oom(j->err);
  memcpy(w, j->data.w, n * sizeof *w);
  if (arima_fit_order(&k, &o, j->data.cols, true, &r))
    for (size_t c = 0; c < skip; c++)
      for (size_t t = 0; t < n; t++) w[t] -= k.beta[c] * j->x[c * n + t];
  *d = (arima_data){n, j->data.cols - skip, 0, w, j->x + skip * n, j->first + skip};
  return DYO_OK;
}

static dyo_status choose_orders(job *j, size_t *cols)
{
  const int   *lo = j->range.lo, *hi = j->range.hi;
  arima_data   d;
  arima_work   k;
  arima_result best;
  *cols  = j->data.cols;
  j->o.p = lo[0], j->o.q = lo[1], j->o.P = lo[2], j->o.Q = lo[3];
  if (!j->range.optional && memcmp(lo, hi, sizeof j->range.lo) == 0) return DYO_OK;
  const arima_order widest = {hi[0], j->o.d, hi[1], hi[2], j->o.D, hi[3], j->o.m};
  dyo_status        st     = search_data(j, &d);
  if (st == DYO_OK) st = arima_work_new(j->ctx, &d, arima_state_size(&widest), arima_n_coefs(&widest), &k, j->err);
  if (st != DYO_OK) return st;
  k.css = j->want->method == METHOD_CSS || d.n > LONG_SERIES;
  st    = arima_choose(j->ctx, &k, &j->o, &j->range, &best, j->err);
  if (st != DYO_OK) return st;
  j->o  = best.o;
  *cols = best.cols + (j->data.cols - d.cols);
  return DYO_OK;
}

static double *copy(dyo_ctx *ctx, const double *v, int n)
{
  double *to = DYO_NEW(ctx, (size_t)n + 1, double);
  if (to && n) memcpy(to, v, (size_t)n * sizeof *to);
  return to;
}

static dyo_status store_result(job *j, const arima_work *k, const arima_result *r, arima_state *s)
{
  const size_t skip = j->data.dummies, x = j->h->n_x;
  size_t       c = skip + x;
  s->p = r->o.p, s->d = r->o.d, s->q = r->o.q, s->P = r->o.P, s->D = r->o.D, s->Q = r->o.Q, s->m = r->o.m;
  s->ar = copy(j->ctx, r->c.ar, s->p), s->n_ar = (size_t)s->p;
  s->ma = copy(j->ctx, r->c.ma, s->q), s->n_ma = (size_t)s->q;
  s->sar = copy(j->ctx, r->c.sar, s->P), s->n_sar = (size_t)s->P;
  s->sma = copy(j->ctx, r->c.sma, s->Q), s->n_sma = (size_t)s->Q;
  s->beta = copy(j->ctx, k->beta + skip, (int)x), s->n_beta = x;
  s->x_names = DYO_NEW(j->ctx, x + 1, const char *);
  if (!s->ar || !s->ma || !s->sar || !s->sma || !s->beta || !s->x_names) return dyo_oom(j->err);
  for (; s->n_x_names < x; s->n_x_names++) {
    const size_t i = s->n_x_names;
    s->x_names[i]  = j->h->x_names ? dyo_text(j->ctx, "%s", j->h->x_names[i]) : dyo_text(j->ctx, "x%zu", i + 1);
    if (!s->x_names[i]) return dyo_oom(j->err);
  }
  if (c < r->cols && j->mean) s->has_mean = true, s->mean = k->beta[c++];
  if (c < r->cols && j->drift) s->has_drift = true, s->drift = k->beta[c++];
  s->sigma2 = r->sigma2, s->loglik = r->loglik, s->n = r->n, s->k = r->k;
  s->time      = (double)j->n;
  s->bootstrap = j->want->interval_method == 1;
  return DYO_OK;
}

/* The regression-free series through the filter once more: state at the end, residuals. */
static dyo_status run_through(job *j, arima_work *k, const arima_result *r, arima_state *s)
{
  const size_t n = j->data.n, lost = j->n - n, size = k->r;
  size_t       gap = 0;
  arima_work   f   = *k;
  double      *e   = DYO_NEW(j->ctx, j->n, double);
  s->residuals = DYO_NEW(j->ctx, j->n, double), s->n_residuals = j->n;
  s->tail = DYO_NEW(j->ctx, lost + 1, double), s->n_tail = lost;
  if (!e || !s->residuals || !s->tail) return dyo_oom(j->err);
  for (size_t t = 0; t < j->n;
       t++) { /* what the regression leaves; a gap's estimate is the filling less its coefficient */
    e[t] = j->y[t] - s->mean - s->drift * (double)(t + 1);
    for (size_t c = 0; c < s->n_beta; c++) e[t] -= s->beta[c] * j->h->x[c * j->n + t];
    if (j->missing[t] && gap < j->data.dummies) e[t] -= k->beta[gap++];
  }
  for (size_t i = 0; i < lost; i++) s->tail[i] = e[j->n - lost + i], s->residuals[i] = NAN;
  difference(&r->o, e, j->n);
  arima_start(&f);
  for (size_t t = 0; t < n; t++) {
    arima_advance(&f, 1, &e[t], &s->residuals[lost + t]);
    if (j->missing[lost + t]) s->residuals[lost + t] = NAN;
  }
  s->a = copy(j->ctx, f.a, (int)size), s->gain = copy(j->ctx, f.k, (int)size),
  s->change = copy(j->ctx, f.dp, (int)size);
  s->n_a = s->n_gain = s->n_change = size;
  s->variance = f.f, s->size = f.m;
  return s->a && s->gain && s->change ? DYO_OK : dyo_oom(j->err);
}

static dyo_status fit_final(job *j, size_t cols, arima_state *s)
{
  arima_work   k;
  arima_result r;
  const size_t vars = arima_n_coefs(&j->o);
  dyo_status   st   = arima_work_new(j->ctx, &j->data, arima_state_size(&j->o), vars, &k, j->err);
  if (st != DYO_OK) return st;
  k.css = j->want->method == METHOD_CSS, k.done = 0.95;
  const bool found = arima_fit_order(&k, &j->o, cols, false, &r);
  if (dyo_poll(j->ctx, k.done, "fitting") == DYO_STOP_CANCELLED) return dyo_cancelled(j->ctx, false, j->err);
  if (!found)
    return dyo_fail(j->err, DYO_INSUFFICIENT_DATA, "/series",
                    "an ARIMA(%d,%d,%d) needs more known values than these %zu", j->o.p, j->o.d, j->o.q, j->n);
  s->se   = DYO_NEW(j->ctx, vars + cols - j->data.dummies + 1, double);
  s->n_se = vars + cols - j->data.dummies + 1;
  if (!s->se) return dyo_oom(j->err);
  arima_std_errors(&k, &r, s->se);
  if (dyo_poll(j->ctx, k.done, "fitting") == DYO_STOP_CANCELLED) return dyo_cancelled(j->ctx, false, j->err);
  s->se[s->n_se - 1] = r.sigma2 * sqrt(2 / r.n);
  st                 = store_result(j, &k, &r, s);
  k.css              = false;
  return st == DYO_OK ? run_through(j, &k, &r, s) : st;
}

static dyo_status fit(dyo_ctx *ctx, const dyo_history *h, const void *params, void *state, dyo_err *err)
{
  job          j    = {.ctx = ctx, .h = h, .want = params, .err = err};
  arima_state *s    = state;
  size_t       cols = 0;
  dyo_status   st   = check_params(j.want, err);
  if (st == DYO_OK) st = prepare(&j, s);
  if (st == DYO_OK) st = choose_differences(&j);
  if (st == DYO_OK) st = choose_trend(&j);
  if (st != DYO_OK) return st;
  const size_t need =
    (size_t)(j.o.d + j.o.D * j.o.m) + h->n_x + 2 + (j.want->order ? (size_t)(j.want->order[0] + j.want->order[2]) : 0);
  if (h->n < need)
    return dyo_fail(err, DYO_INSUFFICIENT_DATA, "/series", "these orders need at least %zu values, there are %zu", need,
                    h->n);
  st = build_columns(&j);
  if (st != DYO_OK) return st;
  set_range(&j);
  const arima_order widest = {j.range.hi[0], 0, j.range.hi[1], j.range.hi[2], 0, j.range.hi[3], j.o.m};
  if (arima_state_size(&widest) > ARIMA_MOST_STATE)
    return dyo_fail(err, DYO_INVALID_INPUT, "/params/seasonal_order", "p + P m and q + Q m + 1 may be at most %d",
                    ARIMA_MOST_STATE);
  st = choose_orders(&j, &cols);
  return st == DYO_OK ? fit_final(&j, cols, s) : st;
}

static int *copy_ints(dyo_ctx *ctx, const int *v, size_t n)
{
  int *to = DYO_NEW(ctx, n, int);
  if (to) memcpy(to, v, n * sizeof *to);
  return to;
}

/* Orders, differences, mean and drift of a long series, whose search takes most of the time and which more values hardly change. Not
 * where a long season was taken out: orders that are given leave it in. */
static const void *keep(dyo_ctx *ctx, const void *params, const void *state)
{
  const arima_state *s = state;
  if (s->time <= LONG_SERIES || s->n_pattern) return params;
  const bool    season            = s->P + s->D + s->Q > 0;
  const int     order[3]          = {s->p, s->d, s->q};
  const int     seasonal_order[4] = {s->P, s->D, s->Q, season ? s->m : 0};
  arima_params *w                 = DYO_NEW(ctx, 1, arima_params);
  if (!w) return NULL;
  *w                  = *(const arima_params *)params;
  w->order            = copy_ints(ctx, order, 3);
  w->seasonal_order   = copy_ints(ctx, seasonal_order, 4);
  w->n_order          = 3;
  w->n_seasonal_order = 4;
  w->trend            = s->has_mean ? (s->has_drift ? TREND_CT : TREND_C) : s->has_drift ? TREND_T : TREND_N;
  w->include_drift    = -1;
  return w->order && w->seasonal_order ? w : NULL;
}

/* Orders that series have most often, each beside what the information criterion chooses. */
static const char search_space[] =
  "{\"order\":[null,[0,1,1],[1,1,0],[1,1,1],[0,1,2],[2,1,0],[2,1,1],[1,1,2],[2,1,2],[0,2,2],[1,0,0],[2,0,0],[1,0,1]],"
  "\"D\":[null,0,1],\"include_drift\":[null,false],\"information_criterion\":[\"aicc\",\"bic\"]}";

const dyo_model dyo_model_arima = {.name       = "arima",
                                   .params     = params_rows,
                                   .state      = arima_state_rows,
                                   .min_obs    = min_obs,
                                   .fit        = fit,
                                   .keep       = keep,
                                   .forecast   = arima_forecast,
                                   .update     = arima_update,
                                   .report     = arima_report,
                                   .regressors = arima_regressors,
                                   .search     = search_space};
