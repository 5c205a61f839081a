/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to core/forecast: the parts of prophet. Taylor & Letham (2018), Forecasting at Scale, The American Statistician 72.
 *
 * With times in 0..1 over the history and values over their largest,
 *   z(t) = k t + m + sum_j delta_j max(t - s_j, 0)      (logistic: k (t - m) + ...)
 *   g(t) = z(t), or cap / (1 + exp(-z(t)))
 *   y(t) = g(t) (1 + x(t)'beta_multiplicative) + x(t)'beta_additive + e,  e ~ N(0, sigma^2)
 *   k, m ~ N(0, 5), delta ~ Laplace(0, tau), beta ~ N(0, prior scale), sigma ~ N(0, 0.5) above zero.
 * The paper's logistic trend with its gamma is this z: continuous, with slope k + sum delta. */
#ifndef DYO_PROPHET_H
#define DYO_PROPHET_H

#include "forecast/models.h"

enum { PROPHET_LINEAR, PROPHET_LOGISTIC, PROPHET_FLAT }; /* growth */
enum { PROPHET_ADDITIVE, PROPHET_MULTIPLICATIVE };       /* modes; -1: not given */
enum { PROPHET_AUTO = -1 };                              /* Fourier terms: word 0 of a DYO_T_WORD */

typedef struct {
  const char *name, *condition_name;
  double      period, prior_scale;
  int         fourier_order, mode;
} prophet_seasonality;

typedef struct {
  const char *name;
  double      prior_scale;
  int         standardize, mode; /* standardize -1: unless its values are 0 and 1 */
} prophet_regressor;

typedef struct {
  int          growth;
  double       cap, floor;
  const char **changepoints;
  size_t       n_changepoints_given;
  int          n_changepoints;
  double       changepoint_range, changepoint_prior_scale;
  int          yearly_seasonality, weekly_seasonality, daily_seasonality;
  int          seasonality_mode, holidays_mode;
  double       seasonality_prior_scale, holidays_prior_scale;
  int          uncertainty_samples;

  prophet_seasonality *seasonalities;
  size_t               n_seasonalities;
  prophet_regressor   *regressors;
  size_t               n_regressors;
} prophet_params;

extern const dyo_field prophet_params_rows[], prophet_state_rows[];

typedef struct {
  const char *name;
  double     *days;
  size_t      n_days;
  int         lower_window, upper_window;
  double      prior_scale;
} prophet_holiday;

/* The fitted parameters beside all that a fit needs, for it is fitted again when values come. */
typedef struct {
  prophet_params  *params;
  const char      *frequency; /* NULL: no dates */
  double          *y, *t, *x, *periods;
  size_t           n_y, n_t, n_x, n_periods;
  const char     **x_names;
  size_t           n_x_names;
  prophet_holiday *holidays;
  size_t           n_holidays;
  double           k, m, sigma;
  double          *delta, *beta;
  size_t           n_delta, n_beta;
} prophet_state;

typedef enum { PROPHET_SEASON, PROPHET_DAYS, PROPHET_REGRESSOR } prophet_kind;

/* Columns that belong together: the Fourier terms of a season, the days of a holiday, a regressor. */
typedef struct {
  prophet_kind       kind;
  const char        *name;
  size_t             first, n; /* columns among the features */
  bool               multiplicative;
  double             prior;  /* standard deviation */
  double             period; /* days, or steps without dates */
  size_t             column; /* of x: of the regressor, or of the season's condition; SIZE_MAX: none */
  double             mu, sd; /* regressor */
  const dyo_holiday *holiday;
} prophet_block;

/* What is fixed before the parameters are looked for. A row of the design has n = 2 + n_cp + n_beta columns: t, 1, the bends of the
 * trend, the features. */
typedef struct {
  const prophet_params *p;
  const dyo_history    *h;
  double                t0, span;        /* days (or steps) of the first value, and from there to the last */
  double                scale, floor;    /* y = floor + scale * what is fitted */
  double                cap;             /* of what is fitted */
  double               *cp;              /* changepoints, in 0..1 */
  size_t                n_cp, n_beta, n; /* n: columns */
  prophet_block        *blocks;
  size_t                n_blocks;
  double               *precision;      /* n: of the normal priors; 0 of the changepoints */
  bool                 *multiplicative; /* n_beta */
  bool                  linear;         /* in all parameters */
} prophet_form;

/* Errors point into the request: /params, /holidays, /regressors. */
dyo_status prophet_form_new(dyo_ctx *ctx, const dyo_history *h, const prophet_params *p, prophet_form *out,
                            dyo_err *err);

/* Time of value i of the history: days, or its number where it has no dates. */
double prophet_time(const dyo_history *h, size_t i);

/* The design at time t, which is value i of the regressors' columns, `stride` values each. */
void prophet_row(const prophet_form *f, double t, const double *x, size_t stride, size_t i, double *row);

/* theta: k, m, delta, beta: f->n numbers that become the most probable ones; *sigma likewise. The start is theta where warm. */
dyo_status prophet_map(dyo_ctx *ctx, const prophet_form *f, bool warm, double *theta, double *sigma, dyo_err *err);

/* Parts of y / scale at a row. */
typedef struct {
  double z, trend, additive, multiplicative;
} prophet_parts;
prophet_parts prophet_at(const prophet_form *f, const double *theta, const double *row);

/* n x n lower Cholesky factor of the precision of theta at the maximum, the trend's bends held: Laplace's approximation. */
dyo_status prophet_precision(dyo_ctx *ctx, const prophet_form *f, const double *theta, double sigma, double **chol,
                             dyo_err *err);

/* Variance of row'theta by that factor, for the features alone; u: room for n numbers. */
double prophet_variance(const prophet_form *f, const double *chol, const double *row, double trend, double *u);

dyo_status prophet_forecast(dyo_ctx *ctx, const void *state, const dyo_ask *ask, dyo_band *out, dyo_err *err);
dyo_status prophet_components(dyo_ctx *ctx, const void *state, const dyo_ask *ask, dyo_component **out, size_t *n,
                              dyo_err *err);

/* A fitted model opened: its history, form and parameters. invalid_input at /model where they do not belong together. */
typedef struct {
  dyo_history  h;
  prophet_form f;
  double      *theta, sigma;
} prophet_open;
dyo_status prophet_open_state(dyo_ctx *ctx, const prophet_state *s, prophet_open *out, dyo_err *err);

#endif
