/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_model.h - what a forecasting model is: a name, rows for its parameters and its state, and five functions.
 * A fitted model is a plain struct that its `state` rows describe, so that one mechanism stores it, moves it between native and
 * wasm and brings it back. Who walks the table of models (backtest, ensemble, selection) names none of them. */
#ifndef DYO_MODEL_H
#define DYO_MODEL_H

#include "base/dyo_ctx.h"
#include "base/dyo_field.h"
#include "series/dyo_calendar.h"

/* Days on which something recurs, such as Easter or a sale, with the days around each that it reaches. */
typedef struct {
  const char   *name;
  const double *days; /* n: whole days since 1970-01-01, ascending, past and future ones */
  size_t        n;
  int           lower_window, upper_window; /* <= 0, >= 0: days around each */
  double        prior_scale;                /* NaN: the model's default */
} dyo_holiday;

/* The history to fit. */
typedef struct dyo_history {
  const double      *y; /* oldest first; NaN = missing; the last is known */
  size_t             n;
  double             period;  /* main seasonal period in observations; 1 = none */
  const double      *periods; /* all seasonal periods, ascending */
  size_t             n_periods;
  bool               periods_given; /* by who asks: a model adds none of its own */
  const double      *x;             /* regressors: n_x columns of n values, one after the other; nothing missing */
  size_t             n_x;
  const char       **x_names;
  const double      *t;        /* n: days since 1970-01-01 of each value, fractions for times of day; NULL: no dates */
  dyo_freq           freq;     /* what one step is */
  const dyo_holiday *holidays; /* none without dates */
  size_t             n_holidays;
  double             begin; /* number of the first value on the clock that related histories share; 0 without dates */

  const struct dyo_history
        *related; /* others of the same step, periods and holidays to learn from; without regressors */
  size_t n_related;
} dyo_history;

/* What is asked of a fitted model. */
typedef struct {
  size_t        h;      /* steps, >= 1 */
  const double *levels; /* of the intervals, each in (0,1) */
  size_t        n_levels;
  const double *x;    /* future regressors: n_x columns of h values */
  uint64_t      seed; /* for models that simulate */
  const double *t;    /* h: days since 1970-01-01 of each step; NULL: no dates */
} dyo_ask;

/* Observations that follow what a fitted model has seen. */
typedef struct {
  const double *y; /* n, NaN = missing */
  size_t        n;
  const double *x; /* regressors: n_x columns of n values, or NULL */
  const double *t; /* n: days since 1970-01-01 of each; NULL: no dates */
} dyo_news;

/* The caller's arrays. */
typedef struct {
  double *mean;          /* h */
  double *lower, *upper; /* n_levels x h: level l, step i at [l * h + i] */
} dyo_band;

/* A part of a forecast; the model says how they combine. */
typedef struct {
  const char *name;
  double     *v; /* h */
} dyo_component;

typedef struct {
  const char *name;             /* as statsmodels names it: "ar.L1", "sigma2", "smoothing_level" */
  double      value, std_error; /* std_error NaN where the model gives none */
} dyo_parameter;

/* What a model tells about its fit; zero it, then dyo_report_clear, before the call. */
typedef struct {
  const char *form;     /* "ETS(A,Ad,M)"; NULL: the model's name says it all */
  int         order[3]; /* ARIMA p, d, q; -1 = not that kind of model */
  int         seasonal_order[4];
  double      log_likelihood, aic, aicc, bic, sigma2; /* NaN where the model has none; sigma2 counts as a parameter */
  size_t      n_params;                               /* estimated, sigma2 included */
  dyo_parameter *params;
  size_t         n_list;    /* of params */
  const double  *residuals; /* one-step errors, n of them, NaN where missing; additive scale of the innovations */
  size_t         n_residuals;
  bool           relative;        /* residuals are (x - mu) / mu rather than x - mu, of x = (y - offset) / factor */
  const double  *offset, *factor; /* n_residuals of them; NULL: 0 and 1 */
} dyo_report;

typedef struct dyo_model {
  const char      *name;   /* the word of model_type */
  const dyo_field *params; /* rows of `params` in a request; every row optional */
  const dyo_field *state;  /* rows of the fitted model */

  /* Fewest known values a fit needs with this period; below it the caller answers insufficient_data. */
  size_t (*min_obs)(double period);

  /* Fit to h, which is read and not kept. state is zeroed, its arrays come from ctx's arena. */
  dyo_status (*fit)(dyo_ctx *ctx, const dyo_history *h, const void *params, void *state, dyo_err *err);

  dyo_status (*forecast)(dyo_ctx *ctx, const void *state, const dyo_ask *ask, dyo_band *out, dyo_err *err);

  /* Let more observations pass through the fitted model without choosing its form again. */
  dyo_status (*update)(dyo_ctx *ctx, void *state, const dyo_news *news, dyo_err *err);

  /* Fill what the model knows of *r. After a load from text residuals may be gone. */
  dyo_status (*report)(dyo_ctx *ctx, const void *state, dyo_report *r, dyo_err *err);

  /* Params that ask for what this fit chose, so that a fit to a longer history of the same series need not choose again; params itself
   * where the choice is quickly made, or can depend on the length. NULL for running out of memory. NULL: every fit chooses. */
  const void *(*keep)(dyo_ctx *ctx, const void *params, const void *state);

  /* Whether a choice among models should look at this one for h at all; NULL: for any history. */
  bool (*suits)(const dyo_history *h);

  /* Names of the n regressors it was fitted with. NULL: fit, forecast and update take no x, and callers refuse regressors. */
  const char **(*regressors)(const void *state, size_t *n);

  /* Does this fit forecast counts, whose intervals end at zero? NULL: never. */
  bool (*counts)(const void *state);

  /* Are this fit's intervals as wide as its own past errors were? Then nobody widens them. NULL: never. */
  bool (*calibrated)(const void *state);

  bool holidays; /* fit uses them; false: callers refuse them */
  bool related;  /* the same of related histories */

  /* What the forecast for ask consists of: *n parts in the arena. NULL: the model has no parts. */
  dyo_status (*components)(dyo_ctx *ctx, const void *state, const dyo_ask *ask, dyo_component **out, size_t *n,
                           dyo_err *err);

  /* What forecast.tune tries where the request does not say, as its `search`: {"variant":["dynamic","standard"],"alpha":{"min":0.01,
   * "max":0.5}}; null in a list leaves the setting to the model. NULL: there is nothing to search. */
  const char *search;
} dyo_model;

/* The models there are: the names of their files' dyo_model and the words of model_type. The one list of them, the ensemble of
 * others last. */
#define DYO_MODEL_MAP(X) \
  X(naive)               \
  X(seasonal_naive)      \
  X(drift)               \
  X(ets)                 \
  X(arima)               \
  X(theta)               \
  X(croston)             \
  X(prophet)             \
  X(xgboost)             \
  X(ensemble)

extern const dyo_model *const dyo_models[];      /* NULL at the end */
extern const char *const      dyo_model_words[]; /* "auto", then every model in that order; NULL at the end */

const dyo_model *dyo_model_find(const char *name); /* NULL where there is none */
bool   dyo_model_combines(const dyo_model *m); /* is it made of others? A choice among models then passes it over. */
size_t dyo_model_params_size(const dyo_model *m);
size_t dyo_model_state_size(const dyo_model *m);
void   dyo_report_clear(dyo_report *r); /* all NaN, -1 and NULL */

/* Columns of h's regressors, values from .. from + n - 1, as a part of the history or an ask takes them; NULL without regressors. */
dyo_status dyo_history_columns(dyo_ctx *ctx, const dyo_history *h, size_t from, size_t n, const double **x,
                               dyo_err *err);

void dyo_report_clear(dyo_report *r); /* all NaN, -1 and NULL */

/* Gaussian intervals around mean[i] with standard deviations sd[i]. */
void dyo_band_normal(const dyo_ask *ask, const double *sd, dyo_band *out);

#endif
