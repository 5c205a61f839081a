/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Augmented Dickey-Fuller test: t of gamma in
 *   dy_t = deterministic terms + gamma y_{t-1} + sum_{i=1..p} delta_i dy_{t-i} + e_t.
 * Dickey & Fuller (1979), JASA 74; p-values by the response surfaces of MacKinnon (1994), J. Business & Economic Statistics 12,
 * tables 3 and 4; critical values by MacKinnon (2010), Queen's Economics Department working paper 1227, table 2; one series. */
#include "stats/dyo_adf.h"

#include <math.h>

#include "num/dyo_dist.h"
#include "num/dyo_ols.h"
#include "stats/guard.h"

enum { MOST_LAGS = 2000, MOST_TERMS = MOST_LAGS + 4 };

static const char *const regressions[] = {"n", "c", "ct", "ctt", NULL};
static const char *const autolags[]    = {"none", "AIC", "BIC", "t-stat", NULL};

const dyo_field dyo_critical_rows[] = {
  DYO_STR(dyo_critical, level, DYO_REQ, 8, "Significance level."),
  DYO_OUT(dyo_critical, value, DYO_REQ, NULL, "The statistic at which the test rejects at this level."),
  DYO_END(dyo_critical)};

const dyo_field dyo_adf_in_rows[] = {
  DYO_NUMS(dyo_adf_in, values, 0, DYO_REQ, -1e300, 1e300, NULL, "The series, oldest first, without missing values."),
  DYO_ENUM(dyo_adf_in, regression, DYO_ADF_C, regressions,
           "Deterministic terms: none, constant, constant and trend, constant with linear and quadratic trend."),
  DYO_ENUM_NULL(
    dyo_adf_in, autolag, DYO_LAG_AIC, autolags,
    "How to choose the lags up to maxlag: by AIC, by BIC, by dropping lags until the last is significant at 5 %, or not "
    "at all (null): then maxlag is used."),
  DYO_INT(
    dyo_adf_in, maxlag, DYO_OPT, 0, MOST_LAGS, NULL,
    "Most lags of the differences; 12 (n/100)^(1/4) rounded up unless said (Schwert 1989), fewer for short series."),
  DYO_END(dyo_adf_in)};

const dyo_field dyo_adf_out_rows[] = {
  DYO_OUT(dyo_adf_out, statistic, DYO_REQ, NULL, "The t statistic of the lagged level."),
  DYO_OUT(dyo_adf_out, p_value, DYO_REQ, "0..1", "MacKinnon's approximate p-value; small: no unit root."),
  DYO_INT(dyo_adf_out, used_lag, DYO_REQ, 0, MOST_LAGS, NULL, "Lagged differences in the regression."),
  DYO_INT(dyo_adf_out, n_obs, DYO_REQ, 0, INT_MAX, NULL, "Rows of the regression."),
  DYO_MAP(dyo_adf_out, critical_values, DYO_REQ, 3, dyo_critical, dyo_critical_rows,
          "Critical values for this many rows."),
  DYO_END(dyo_adf_out)};

/* By regression: n, c, ct, ctt. */
static const double      tau_least[4] = {-19.04, -18.83, -16.18, -17.17}, tau_star[4] = {-1.04, -1.61, -2.89, -3.21};
static const double      tau_most[4]           = {INFINITY, 2.74, 0.7, 0.54};
static const double      tau_small[4][4]       = {{0.6344, 1.2378, 0.032496, 0},
                                                  {2.1659, 1.4412, 0.038269, 0},
                                                  {3.2512, 1.6047, 0.049588, 0},
                                                  {4.0003, 1.658, 0.048288, 0}};
static const double      tau_large[4][4]       = {{0.4797, 0.93557, -0.06999, 0.033066},
                                                  {1.7339, 0.93202, -0.12745, -0.010368},
                                                  {2.5261, 0.61654, -0.37956, -0.060285},
                                                  {3.0778, 0.49529, -0.41477, -0.059359}};
static const char *const levels[3]             = {"1%", "5%", "10%"};
static const double      tau_critical[4][3][4] = {
       {{-2.56574, -2.2358, -3.627, 0}, {-1.94100, -0.2686, -3.365, 31.223}, {-1.61682, 0.2656, -2.714, 25.364}},
       {{-3.43035, -6.5393, -16.786, -79.433}, {-2.86154, -2.8903, -4.234, -40.040}, {-2.56677, -1.5384, -2.809, 0}},
       {{-3.95877, -9.0531, -28.428, -134.155}, {-3.41049, -4.3904, -9.036, -45.374}, {-3.12705, -2.5856, -3.925, -22.380}},
       {{-4.37113, -11.5882, -35.819, -334.047},
        {-3.83239, -5.9057, -12.490, -118.284},
        {-3.55326, -3.6596, -5.293, -63.559}}};

static double cubic(const double c[4], double x)
{
  return c[0] + x * (c[1] + x * (c[2] + x * c[3]));
}

static double p_value(double tau, int r)
{
  if (tau > tau_most[r]) return 1;
  if (tau < tau_least[r]) return 0;
  return dyo_normal_cdf(cubic(tau <= tau_star[r] ? tau_small[r] : tau_large[r], tau));
}

/* The regression on `lags` lagged differences, as many rows as that allows. Columns: terms, level, lags in order. */
static dyo_qr *regress(dyo_ctx *ctx, const double *y, size_t n, size_t terms, size_t lags)
{
  dyo_qr *q   = dyo_qr_new(ctx, terms + 1 + lags);
  double *row = DYO_NEW(ctx, terms + 1 + lags, double);
  if (!q || !row) return NULL;
  const double base = terms > 0 ? y[0] : 0; /* a constant term takes any shift of the level */
  for (size_t t = lags + 1; t < n; t++) {
    const double s = (double)(t - lags);
    for (size_t c = 0; c < terms; c++) row[c] = c == 0 ? 1 : c == 1 ? s : s * s;
    row[terms] = y[t - 1] - base;
    for (size_t i = 1; i <= lags; i++) row[terms + i] = y[t - i] - y[t - i - 1];
    dyo_qr_row(q, row, y[t] - y[t - 1]);
    if (t % 4096 == 0 && dyo_poll(ctx, (double)t / (double)n, "testing for a unit root") == DYO_STOP_CANCELLED) break;
  }
  dyo_qr_done(q);
  return q;
}

/* Drop lags until the last one left is significant: |t| >= the 95 % point, one-sided. */
static size_t by_t(const dyo_qr *q, size_t terms, size_t most)
{
  static const double z95 = 1.6448536269514722;
  size_t              lag = most;
  while (lag > 0 && !(fabs(dyo_qr_last_t(q, terms + 1 + lag)) >= z95)) lag--;
  return lag;
}

/* Lags that the criterion likes best, all on the rows that `most` lags leave. */
static size_t choose(const dyo_qr *q, size_t terms, size_t most, int how)
{
  const size_t n = dyo_qr_rows(q), rank = dyo_qr_rank(q);
  double       least = INFINITY;
  size_t       best  = 0;
  if (rank < terms + 1 + most) most = rank > terms ? rank - terms - 1 : 0;
  if (how == DYO_LAG_T) return by_t(q, terms, most);
  for (size_t lag = 0; lag <= most; lag++) {
    const double k = (double)(terms + 1 + lag), loglik = dyo_gauss_loglik(n, dyo_qr_rss(q, terms + 1 + lag));
    const double ic = how == DYO_LAG_AIC ? dyo_aic(loglik, k) : dyo_bic(loglik, k, n);
    if (ic < least) least = ic, best = lag;
  }
  return best;
}

/* The most lags that leave more rows than coefficients. */
static size_t lag_limit(size_t n, size_t terms)
{
  const size_t usual = n / 2 - terms - 1, free_one = (n - 3 - terms) / 2;
  return usual < free_one ? usual : free_one;
}

static dyo_status answer(dyo_ctx *ctx, const dyo_qr *q, const dyo_adf_in *in, size_t lag, dyo_adf_out *out,
                         dyo_err *err)
{
  static const double exact = 1e-22; /* left sum of squares against the whole: no noise */
  const size_t        terms = (size_t)in->regression, k = terms + 1 + lag;
  if (dyo_qr_rank(q) < k || dyo_qr_rss(q, k) <= exact * dyo_qr_rss(q, 0))
    return dyo_fail(err, DYO_INVALID_INPUT, "/values",
                    "the values follow an exact pattern without noise; the ADF test needs values that vary at random");
  double *beta = DYO_NEW(ctx, k, double), *se = DYO_NEW(ctx, k, double);
  out->critical_values   = DYO_NEW(ctx, 3, dyo_critical);
  out->n_critical_values = 3;
  if (!beta || !se || !out->critical_values || !dyo_qr_solve(ctx, q, k, beta, se)) return dyo_oom(err);
  const int    r = in->regression;
  const double m = (double)dyo_qr_rows(q);
  out->statistic = beta[terms] / se[terms];
  out->p_value   = p_value(out->statistic, r);
  out->used_lag  = (int)lag;
  out->n_obs     = (int)dyo_qr_rows(q);
  for (size_t i = 0; i < 3; i++) out->critical_values[i] = (dyo_critical){levels[i], cubic(tau_critical[r][i], 1 / m)};
  return DYO_OK;
}

dyo_status dyo_adf(dyo_ctx *ctx, const dyo_adf_in *in, dyo_adf_out *out, dyo_err *err)
{
  const size_t     n = in->n_values, terms = (size_t)in->regression, least = 2 * terms + (terms ? 2 : 3);
  const dyo_status st = dyo_need_values(in->values, n, least, "the ADF test", err);
  if (st != DYO_OK) return st;
  const size_t limit = lag_limit(n, terms), schwert = (size_t)ceil(12 * pow((double)n / 100, 0.25));
  if (in->maxlag != DYO_NO_INT && (size_t)in->maxlag > limit)
    return dyo_fail(err, DYO_INVALID_INPUT, "/maxlag", "found %d; %zu values with regression %s allow at most %zu lags",
                    in->maxlag, n, regressions[in->regression], limit);
  size_t  lag = in->maxlag != DYO_NO_INT ? (size_t)in->maxlag : schwert < limit ? schwert : limit;
  dyo_qr *q   = regress(ctx, in->values, n, terms, lag);
  if (!q) return dyo_oom(err);
  if (in->autolag != DYO_LAG_FIXED) {
    const size_t best = choose(q, terms, lag, in->autolag);
    if (best != lag) q = regress(ctx, in->values, n, terms, best);
    if (!q) return dyo_oom(err);
    lag = best;
  }
  if (dyo_poll(ctx, 1, "testing for a unit root") == DYO_STOP_CANCELLED) return dyo_cancelled(ctx, false, err);
  return answer(ctx, q, in, lag, out, err);
}
