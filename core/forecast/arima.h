/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to core/forecast: seasonal ARIMA(p,d,q)(P,D,Q)[m] with regressors. The differenced series w follows
 *   phi(B) Phi(B^m) (w - x'beta) = theta(B) Theta(B^m) e,   phi(B) = 1 - phi_1 B - ..., theta(B) = 1 + theta_1 B + ... */
#ifndef DYO_ARIMA_PRIVATE_H
#define DYO_ARIMA_PRIVATE_H

#include "base/dyo_ctx.h"
#include "forecast/dyo_model.h"

enum {
  ARIMA_MOST_LAGS     = 24, /* p, q */
  ARIMA_MOST_SEASONAL = 8,  /* P, Q */
  ARIMA_MOST_COEFS    = 2 * ARIMA_MOST_LAGS + 2 * ARIMA_MOST_SEASONAL,
  ARIMA_MOST_STATE    = 1000, /* max(p + P m, q + Q m + 1) */
  ARIMA_MOST_PERIOD   = 1000,
  ARIMA_LONG_SEASON   = 24, /* longer ones are taken out beforehand when orders are chosen */
  ARIMA_LANES         = 4,  /* models that are filtered side by side */
  ARIMA_LANE_COLUMNS  = 4   /* where there are no more columns than these */
};

typedef struct {
  int p, d, q, P, D, Q, m; /* m = 1 without a season */
} arima_order;

typedef struct {
  double ar[ARIMA_MOST_LAGS], ma[ARIMA_MOST_LAGS], sar[ARIMA_MOST_SEASONAL], sma[ARIMA_MOST_SEASONAL];
} arima_coefs;

/* A product of two lag polynomials without its 1: dense coefficient of lag j at c[j - 1], and the lags that are not zero. */
typedef struct {
  size_t  degree, n;
  double *c;     /* room for the state */
  double *value; /* of lag[i] */
  size_t *lag;
} arima_lags;

/* Differenced data. Columns: indicators of missing values first, then regressors, then mean or drift. */
typedef struct {
  size_t        n, cols, dummies;
  const double *w;     /* n */
  const double *x;     /* cols x n */
  const size_t *first; /* first place of each column that is not zero */
} arima_data;

/* Room for evaluating one model after another on the same data. */
typedef struct {
  dyo_ctx          *ctx;
  double            done; /* of the whole fit, 0..1: what is shown */
  const arima_data *data;
  size_t            cols; /* columns in use, <= data->cols */
  arima_order       o;
  bool              css; /* conditional sum of squares instead of the exact likelihood */
  arima_lags        ar, ma;
  size_t            r;     /* state */
  double           *first; /* covariance of w and the state: first column of the stationary P, in units of sigma2 */
  double           *levinson, *gamma; /* r * r, 3 r */
  double           *a;                /* (1 + cols) x r: states, the series first */
  double           *k, *dp;           /* gain times F, direction of the change of P */
  double            f, m;             /* variance of the coming value, size of the change of P */
  double           *v;                /* (1 + cols) x n: one-step errors divided by sqrt(F) */
  double           *root_f;           /* n: 1 / sqrt(F) */
  double           *e;                /* n: errors once the columns have taken their part */
  double           *tri;              /* cols x cols: triangle of the regression */
  double           *beta;             /* cols */
  double           *jac;              /* coefficients x n */
  double *side; /* (1 + columns) x n x lanes: conditional errors of models side by side; NULL: too many columns */
  double  sse, log_f, log_d; /* sum e^2, sum log F, log |D'D| of the indicators */
  double  floor;             /* sse counts as at least this */
  double  n_eff;             /* values behind the likelihood */
} arima_work;

typedef struct {
  arima_order o;
  arima_coefs c;
  size_t      cols;
  double      loglik, sigma2, n, aic, aicc, bic;
  double      k; /* parameters, sigma2 included, indicators not */
} arima_result;

/* arima_poly.c */
size_t arima_n_coefs(const arima_order *o);
size_t arima_state_size(const arima_order *o);
void   arima_from_free(const arima_order *o, const double *x,
                       arima_coefs *c);                          /* real line to stationary and invertible */
bool   arima_stationary(const double *c, int p, double stretch); /* 1 - c_1 z - ... has all roots beyond `stretch` */
bool   arima_lags_new(dyo_ctx *ctx, size_t most, arima_lags *l);
void   arima_lags_set(arima_lags *l, const double *c, int p, const double *s, int P, int m, double sign);
bool   arima_first_column(arima_work *k);

/* arima_filter.c */
dyo_status arima_work_new(dyo_ctx *ctx, const arima_data *d, size_t most_state, size_t most_coefs, arima_work *k,
                          dyo_err *err);
void       arima_set(arima_work *k, const arima_coefs *c);
/* Errors of all columns; false where the coefficients are out of bounds, or the host asks to stop (then until the end of the call). */
bool   arima_pass(arima_work *k);
void   arima_regress(arima_work *k);
double arima_loss(const arima_work *k); /* -2 log-likelihood without its constants */
void   arima_start(arima_work *k);      /* state of the series and gains before the first value */
/* One more value through states a (count of them, r each) with shared gains; v[i] = error of series i. */
void arima_advance(arima_work *k, size_t count, const double *z, double *v);

/* arima_lanes.c: conditional errors of several coefficients of the same orders at once, bit for bit those of one after the other. */
void arima_lanes_pass(arima_work *k, const arima_coefs c[ARIMA_LANES]);
void arima_lanes_take(arima_work *k, size_t lane); /* leaves k as a pass of that lane's coefficients does */

/* arima_fit.c */
/* quick: fewer starts and a looser end, for comparing orders. False where no fit was found. */
bool arima_fit_order(arima_work *k, const arima_order *o, size_t cols, bool quick, arima_result *out);
void arima_scaled_errors(const arima_work *k,
                         double           *to); /* whose sum of squares is least where the likelihood is highest */
/* Solve (A + lambda diag A) x = b by Cholesky; false where that is not positive definite. */
bool arima_solve(const double *a, size_t n, double lambda, const double *b, double *x);

/* arima_errors.c */
void arima_std_errors(arima_work *k, const arima_result *r,
                      double *se);                       /* coefficients, then columns past the indicators */
bool arima_settle(arima_work *k, const arima_result *r); /* leaves the pass at the answer */

/* arima_auto.c */
typedef struct {
  int  lo[4], hi[4];       /* p, q, P, Q */
  int  most;               /* p + q + P + Q in a full search */
  bool stepwise, optional; /* optional: the last column (mean or drift) is left to the choice */
  int  criterion;          /* 0 AICc, 1 AIC, 2 BIC */
} arima_range;

dyo_status arima_choose(dyo_ctx *ctx, arima_work *k, const arima_order *base, const arima_range *range,
                        arima_result *best, dyo_err *err);

/* The fitted model. */
typedef struct {
  int          p, d, q, P, D, Q, m;
  double      *ar, *ma, *sar, *sma, *beta;
  size_t       n_ar, n_ma, n_sar, n_sma, n_beta;
  const char **x_names;
  size_t       n_x_names;
  bool         has_mean, has_drift;
  double       mean, drift; /* drift a step */
  double       time;        /* observations so far */
  double      *tail;        /* last d + D m values with regression taken out, oldest first */
  size_t       n_tail;
  double *a, *gain, *change; /* the filter after the last value: state, gain times variance, direction of its change */
  size_t  n_a, n_gain, n_change;
  double  variance, size; /* of the coming value in units of sigma2, of the change */
  double *pattern;
  size_t  n_pattern;
  double  sigma2, loglik, n, k;
  double *se; /* in the order of the report */
  size_t  n_se;
  double *residuals;
  size_t  n_residuals;
  bool    bootstrap; /* intervals from paths drawn from the residuals */
} arima_state;

extern const dyo_field arima_state_rows[];
dyo_status             arima_state_check(const arima_state *s, dyo_err *err); /* for states that come from a text */
dyo_status             arima_forecast(dyo_ctx *ctx, const void *state, const dyo_ask *ask, dyo_band *out, dyo_err *err);
dyo_status             arima_update(dyo_ctx *ctx, void *state, const dyo_news *news, dyo_err *err);
dyo_status             arima_report(dyo_ctx *ctx, const void *state, dyo_report *r, dyo_err *err);
const char           **arima_regressors(const void *state, size_t *n);
/* The filter over w: states, gains and, where v is not NULL, errors. *k has no columns and carries on from the state's arrays. */
dyo_status arima_resume(dyo_ctx *ctx, const arima_state *s, arima_work *k, dyo_err *err);
/* arima_paths.c: `paths` futures around mean[0..h), step i of path p into all[i * paths + p]; normal ones where the state has too few
 * residuals to draw from. */
size_t     arima_n_paths(size_t h); /* as many as intervals take */
dyo_status arima_simulate(dyo_ctx *ctx, const arima_state *s, const dyo_ask *ask, const double *mean, size_t paths,
                          double *all, dyo_err *err);
dyo_status arima_bootstrap(dyo_ctx *ctx, const arima_state *s, const dyo_ask *ask, dyo_band *out, dyo_err *err);

void arima_unroll(const arima_order *o, double *delta); /* (1-B)^d (1-B^m)^D = 1 - delta_1 B - ..., d + D m of them */

#endif
