/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to core/forecast: exponential smoothing in innovations form, Hyndman, Koehler, Ord & Snyder (2008), table 2.1.
 * States follow l, b, s of the book; the same recursions serve additive and multiplicative errors, only the likelihood differs. */
#ifndef DYO_ETS_PRIVATE_H
#define DYO_ETS_PRIVATE_H

#include "base/dyo_ctx.h"
#include "forecast/dyo_model.h"
#include "forecast/seasons.h"

enum { ETS_NONE = 0, ETS_ADD = 1, ETS_MUL = 2, ETS_LONGEST_SEASON = 24 };

typedef struct {
  int  error, trend, season; /* ETS_ADD or ETS_MUL for the error, any of the three for the others */
  bool damped;
  int  m; /* observations per season, 1 without one */
} ets_form;

typedef struct {
  double alpha, beta, gamma, phi; /* beta is the book's beta* = beta / alpha: both trend weights then live in (0,1) */
} ets_weights;

/* l, b and the season with the coming place first: s[0] belongs to the next observation. */
typedef struct {
  double  l, b;
  double *s; /* m */
} ets_states;

/* A pass over a series: loss, and what the way back needs. Arrays of length n (s: n + m). */
typedef struct {
  ets_form      form;
  const double *y;
  size_t        n;
  double       *l, *b, *q, *mu,
    *e;      /* l[t], b[t]: states before y[t]; e: one-step errors, relative where multiplicative, NaN where missing */
  double *s; /* s[t]: the season's place of y[t] before it; s[t + m] after */
  double  sse, log_mu; /* sum of e^2, of log|mu| */
  size_t  known;
} ets_pass;

dyo_status ets_pass_new(dyo_ctx *ctx, const ets_form *form, const double *y, size_t n, ets_pass *p, dyo_err *err);

/* Run forward from the states in l[0], b[0], s[0..m). False when a multiplicative part leaves the positive numbers. */
bool ets_forward(ets_pass *p, const ets_weights *w);

/* -2 log-likelihood up to a constant: n log(sum e^2) + 2 sum log|mu| (multiplicative errors). Hyndman et al. (2008), 5.1. */
double ets_loss(const ets_pass *p);

/* Derivatives of ets_loss, by one pass backward: weights into *dw, initial states into *dl, *db, ds[m]. After ets_forward. */
void ets_backward(ets_pass *p, const ets_weights *w, ets_weights *dw, double *dl, double *db, double *ds);

/* One step of the recursion, also used to forecast and simulate: mean mu of the coming value. */
double ets_mean(const ets_form *f, const ets_weights *w, double l, double b, double s, double *q);
/* Let y arrive. */
void ets_step(const ets_form *f, const ets_weights *w, double y, double *l, double *b, double *s);

/* Heuristic initial states: Hyndman et al. (2008), 2.6.1. */
dyo_status ets_initial(dyo_ctx *ctx, const ets_form *f, const double *y, size_t n, double *l, double *b, double *s,
                       dyo_err *err);

typedef struct {
  ets_form    form;
  ets_weights w;
  double      l0, b0;
  double     *s0;   /* m; NULL stands for none */
  double      loss; /* ets_loss at the optimum */
  double      aicc;
  size_t      n_params; /* sigma2 not counted */
} ets_fit_result;

typedef struct {
  const double *y;
  size_t        n;
  double
    trust; /* observations' weight by which the initial trend is held to the line through the first values; 0 = free */
} ets_data;

/* Maximise the likelihood of one form over weights and initial states. False in *ok when the form does not suit the data. With
 * trust above zero aicc is of the held likelihood, loss of the plain one. */
dyo_status ets_fit_form(dyo_ctx *ctx, const ets_form *f, const ets_data *d, ets_fit_result *out, bool *ok,
                        dyo_err *err);

/* What is asked of the form: indices of the words A M; N A M; no or yes; N A M; no or yes; -1 where it is chosen. */
typedef struct {
  int error, trend, damped, seasonal, stl;
} ets_want;

/* The best form as ets_choose.c says. m: observations of the season that ETS itself may carry, at most ETS_LONGEST_SEASON. */
dyo_status ets_choose(dyo_ctx *ctx, const ets_want *want, const double *y, size_t n, int m, ets_fit_result *out,
                      dyo_err *err);

/* The fitted model. */
typedef struct {
  int     error, trend, seasonal; /* indices of the words A M; N A M; N A M */
  bool    damped;
  int     period;
  double  alpha, beta, gamma, phi, l, b;
  double *s;
  size_t  n_s;
  double *pattern; /* seasons taken out beforehand, see seasons.h */
  size_t  n_pattern;
  int    *pattern_periods;
  size_t  n_pattern_periods;
  bool    pattern_factors;
  double  sigma2, loss, n, k, l0, b0;
  double *residuals;
  size_t  n_residuals;
} ets_state;

seasons     ets_state_seasons(const ets_state *s);
ets_form    ets_state_form(const ets_state *s);
ets_weights ets_state_weights(const ets_state *s);
dyo_status  ets_state_check(const ets_state *s, dyo_err *err); /* for states that come from a text */
dyo_status  ets_forecast(dyo_ctx *ctx, const void *state, const dyo_ask *ask, dyo_band *out, dyo_err *err);

#endif
