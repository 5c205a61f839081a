/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A fitted ARIMA: its rows, forecasts by psi weights (Box, Jenkins, Reinsel & Ljung 2016, 5.1), new values, report. */
#include <math.h>
#include <string.h>

#include "forecast/arima.h"

const dyo_field arima_state_rows[] = {
  DYO_INT(arima_state, p, DYO_REQ, 0, ARIMA_MOST_LAGS, NULL, "Autoregressive lags."),
  DYO_INT(arima_state, d, DYO_REQ, 0, 3, NULL, "Differences."),
  DYO_INT(arima_state, q, DYO_REQ, 0, ARIMA_MOST_LAGS, NULL, "Moving-average lags."),
  DYO_INT(arima_state, P, DYO_REQ, 0, ARIMA_MOST_SEASONAL, NULL, "Seasonal autoregressive lags."),
  DYO_INT(arima_state, D, DYO_REQ, 0, 2, NULL, "Seasonal differences."),
  DYO_INT(arima_state, Q, DYO_REQ, 0, ARIMA_MOST_SEASONAL, NULL, "Seasonal moving-average lags."),
  DYO_INT(arima_state, m, DYO_REQ, 1, ARIMA_MOST_PERIOD, NULL, "Observations per season."),
  DYO_NUMS(arima_state, ar, 0, DYO_REQ, -DBL_MAX, DBL_MAX, NULL, "Autoregressive coefficients."),
  DYO_NUMS(arima_state, ma, 0, DYO_REQ, -DBL_MAX, DBL_MAX, NULL, "Moving-average coefficients."),
  DYO_NUMS(arima_state, sar, 0, DYO_REQ, -DBL_MAX, DBL_MAX, NULL, "Seasonal autoregressive coefficients."),
  DYO_NUMS(arima_state, sma, 0, DYO_REQ, -DBL_MAX, DBL_MAX, NULL, "Seasonal moving-average coefficients."),
  DYO_NUMS(arima_state, beta, 0, DYO_REQ, -DBL_MAX, DBL_MAX, NULL, "Coefficients of the regressors."),
  DYO_STRS(arima_state, x_names, DYO_OPT, 1000, "Names of the regressors."),
  DYO_BOOL(arima_state, has_mean, 0, "There is a mean."),
  DYO_BOOL(arima_state, has_drift, 0, "There is a drift."),
  DYO_NUM(arima_state, mean, DYO_REQ, -DBL_MAX, DBL_MAX, NULL, "Mean."),
  DYO_NUM(arima_state, drift, DYO_REQ, -DBL_MAX, DBL_MAX, NULL, "Drift a step."),
  DYO_NUM(arima_state, time, DYO_REQ, 0, 1e15, NULL, "Observations so far."),
  DYO_NUMS(arima_state, tail, 0, DYO_REQ, -DBL_MAX, DBL_MAX, NULL,
           "Last values without regression, oldest first: what differencing needs."),
  DYO_NUMS(arima_state, a, 0, DYO_REQ, -DBL_MAX, DBL_MAX, NULL, "State of the filter."),
  DYO_NUMS(arima_state, gain, 0, DYO_REQ, -DBL_MAX, DBL_MAX, NULL, "Gain of the filter times the variance."),
  DYO_NUMS(arima_state, change, 0, DYO_REQ, -DBL_MAX, DBL_MAX, NULL,
           "Direction in which the covariance of the state changes."),
  DYO_NUM(arima_state, variance, DYO_REQ, DYO_POS, DBL_MAX, NULL, "Variance of the coming value over sigma2."),
  DYO_NUM(arima_state, size, DYO_REQ, -DBL_MAX, DBL_MAX, NULL, "Size of the covariance's change."),
  DYO_NUMS(arima_state, pattern, 0, DYO_OPT, -DBL_MAX, DBL_MAX, NULL,
           "Long season taken out beforehand, the coming place first."),
  DYO_NUM(arima_state, sigma2, DYO_REQ, 0, DBL_MAX, NULL, "Variance of the errors, by maximum likelihood."),
  DYO_NUM(arima_state, loglik, DYO_REQ, -DBL_MAX, DBL_MAX, NULL, "Log-likelihood."),
  DYO_NUM(arima_state, n, DYO_REQ, 0, 1e15, NULL, "Values behind the likelihood."),
  DYO_NUM(arima_state, k, DYO_REQ, 0, 10000, NULL, "Parameters, sigma2 included."),
  DYO_NUMS(arima_state, se, DYO_F_NULLS, DYO_OPT, -DBL_MAX, DBL_MAX, NULL,
           "Standard errors in the order of the report."),
  DYO_NUMS(arima_state, residuals, DYO_F_NULLS, DYO_OPT, -DBL_MAX, DBL_MAX, NULL, "One-step errors."),
  DYO_BOOL(arima_state, bootstrap, 0, "Intervals are drawn from the residuals."),
  DYO_END(arima_state)};

static arima_order order_of(const arima_state *s)
{
  return (arima_order){s->p, s->d, s->q, s->P, s->D, s->Q, s->m};
}

static bool finite_all(const double *v, size_t n)
{
  for (size_t i = 0; i < n; i++)
    if (!isfinite(v[i])) return false;
  return true;
}

dyo_status arima_state_check(const arima_state *s, dyo_err *err)
{
  const arima_order o      = order_of(s);
  const bool        ranges = o.p >= 0 && o.p <= ARIMA_MOST_LAGS && o.q >= 0 && o.q <= ARIMA_MOST_LAGS && o.P >= 0 &&
                      o.P <= ARIMA_MOST_SEASONAL && o.Q >= 0 && o.Q <= ARIMA_MOST_SEASONAL && o.d >= 0 && o.d <= 3 &&
                      o.D >= 0 && o.D <= 2 && o.m >= 1 && o.m <= ARIMA_MOST_PERIOD;
  const size_t r = ranges ? arima_state_size(&o) : 0;
  if (!ranges || r > ARIMA_MOST_STATE)
    return dyo_fail(err, DYO_INVALID_INPUT, "/model", "the orders of the ARIMA model are out of range");
  if (s->n_ar != (size_t)o.p || s->n_ma != (size_t)o.q || s->n_sar != (size_t)o.P || s->n_sma != (size_t)o.Q ||
      s->n_tail != (size_t)(o.d + o.D * o.m) || s->n_a != r || s->n_gain != r || s->n_change != r ||
      s->n_x_names != s->n_beta)
    return dyo_fail(err, DYO_INVALID_INPUT, "/model", "the ARIMA model's arrays do not fit its orders");
  if (!finite_all(s->ar, s->n_ar) || !finite_all(s->ma, s->n_ma) || !finite_all(s->sar, s->n_sar) ||
      !finite_all(s->sma, s->n_sma) || !finite_all(s->tail, s->n_tail) || !finite_all(s->a, r) ||
      !finite_all(s->gain, r) || !finite_all(s->change, r) || !finite_all(s->beta, s->n_beta) ||
      !finite_all(s->pattern, s->n_pattern))
    return dyo_fail(err, DYO_INVALID_INPUT, "/model", "the ARIMA model holds a value that is not a number");
  if (!(s->variance >= 0.4) || !(s->sigma2 >= 0) || !isfinite(s->variance * s->sigma2) ||
      !isfinite(s->size + s->mean + s->drift + s->time) || !arima_stationary(s->ar, o.p, 1) ||
      !arima_stationary(s->sar, o.P, 1))
    return dyo_fail(err, DYO_INVALID_INPUT, "/model",
                    "the ARIMA model's coefficients are out of bounds: a stationary model is expected");
  return DYO_OK;
}

void arima_unroll(const arima_order *o, double *delta)
{
  const size_t n   = (size_t)(o->d + o->D * o->m);
  size_t       deg = 0;
  memset(delta, 0, n * sizeof *delta);
  for (int i = 0; i < o->d + o->D; i++) { /* times (1 - B^lag): x_j <- x_j - x_{j-lag}, delta = -x past the leading 1 */
    const size_t lag = i < o->d ? 1 : (size_t)o->m;
    for (size_t j = deg + lag; j >= 1; j--) {
      const double x = j <= deg ? -delta[j - 1] : 0, y = j < lag ? 0 : j == lag ? 1 : -delta[j - lag - 1];
      delta[j - 1] = -(x - y);
    }
    deg += lag;
  }
}

dyo_status arima_resume(dyo_ctx *ctx, const arima_state *s, arima_work *k, dyo_err *err)
{
  const arima_order o = order_of(s);
  const size_t      r = arima_state_size(&o);
  arima_coefs       c;
  memset(&c, 0, sizeof c);
  *k    = (arima_work){.o = o, .r = r, .f = s->variance, .m = s->size};
  k->a  = DYO_NEW(ctx, r + 1, double);
  k->k  = DYO_NEW(ctx, r + 1, double);
  k->dp = DYO_NEW(ctx, r + 1, double);
  if (!k->a || !k->k || !k->dp || !arima_lags_new(ctx, r + 1, &k->ar) || !arima_lags_new(ctx, r + 1, &k->ma))
    return dyo_oom(err);
  if (o.p) memcpy(c.ar, s->ar, s->n_ar * sizeof *c.ar);
  if (o.q) memcpy(c.ma, s->ma, s->n_ma * sizeof *c.ma);
  if (o.P) memcpy(c.sar, s->sar, s->n_sar * sizeof *c.sar);
  if (o.Q) memcpy(c.sma, s->sma, s->n_sma * sizeof *c.sma);
  arima_set(k, &c);
  memcpy(k->a, s->a, r * sizeof *k->a);
  memcpy(k->k, s->gain, r * sizeof *k->k);
  memcpy(k->dp, s->change, r * sizeof *k->dp);
  return DYO_OK;
}

/* Mean, drift, pattern and regressors at step i (from 0) after the last observation. */
static double regression(const arima_state *s, const double *x, size_t n, size_t i)
{
  double v = s->mean + s->drift * (s->time + (double)i + 1) + (s->n_pattern ? s->pattern[i % s->n_pattern] : 0);
  for (size_t j = 0; j < s->n_beta; j++) v += s->beta[j] * x[j * n + i];
  return v;
}

/* Psi weights of the undifferenced process into psi[0..h). */
static void weights(const arima_work *k, const double *delta, size_t n_delta, size_t h, double *psi)
{
  for (size_t i = 0; i < h; i++) {
    psi[i] = i == 0 ? 1 : i <= k->ma.degree ? k->ma.c[i - 1] : 0;
    for (size_t j = 0; j < k->ar.n && k->ar.lag[j] <= i; j++) psi[i] += k->ar.value[j] * psi[i - k->ar.lag[j]];
  }
  for (size_t i = 1; i < h; i++)
    for (size_t j = 1; j <= n_delta && j <= i; j++) psi[i] += delta[j - 1] * psi[i - j];
}

/* The coming value as it is foreseen; a <- T a. */
static double no_news(arima_work *k)
{
  const double a0 = k->a[0];
  k->a[k->r]      = 0;
  for (size_t i = 0; i < k->r; i++) k->a[i] = k->a[i + 1] + k->ar.c[i] * a0;
  return a0;
}

dyo_status arima_forecast(dyo_ctx *ctx, const void *state, const dyo_ask *ask, dyo_band *out, dyo_err *err)
{
  const arima_state *s = state;
  arima_work         k;
  dyo_status         st = arima_state_check(s, err);
  if (st == DYO_OK) st = arima_resume(ctx, s, &k, err);
  if (st != DYO_OK) return st;
  if (s->n_beta && !ask->x)
    return dyo_fail(err, DYO_INVALID_INPUT, "/future_regressors",
                    "the model has regressors; their future values are expected");
  const size_t      h = ask->h, nd = s->n_tail;
  const arima_order o = k.o;
  double *delta = DYO_NEW(ctx, nd + 1, double), *eta = DYO_NEW(ctx, nd + h, double), *psi = DYO_NEW(ctx, h, double);
  double  sum = 0;
  if (!delta || !eta || !psi) return dyo_oom(err);
  arima_unroll(&o, delta);
  weights(&k, delta, nd, h, psi);
  if (nd) memcpy(eta, s->tail, nd * sizeof *eta);
  const double spread = s->sigma2 * s->n / fmax(s->n - s->k + 1, 1); /* for the degrees of freedom that the fit took */
  for (size_t i = 0; i < h; i++) {
    eta[nd + i] = no_news(&k);
    for (size_t j = 1; j <= nd; j++) eta[nd + i] += delta[j - 1] * eta[nd + i - j];
    out->mean[i] = eta[nd + i] + regression(s, ask->x, h, i);
    sum += psi[i] * psi[i];
    psi[i] = sqrt(spread * sum);
    if (!isfinite(out->mean[i]) || !isfinite(psi[i]))
      return dyo_fail(err, DYO_INVALID_INPUT, "/forecast_horizon",
                      "the forecast leaves the range of numbers at step %zu; a shorter horizon is expected", i + 1);
  }
  if (s->bootstrap && ask->n_levels) return arima_bootstrap(ctx, s, ask, out, err);
  dyo_band_normal(ask, psi, out);
  return DYO_OK;
}

/* Let the regression-free value e pass: difference it by the tail, step the filter, push it onto the tail. NaN: its forecast stands in. */
static void pass_value(arima_state *s, arima_work *k, const double *delta, double e)
{
  const size_t nd   = s->n_tail;
  double       past = 0, v;
  for (size_t j = 1; j <= nd; j++) past += delta[j - 1] * s->tail[nd - j];
  const double w = isnan(e) ? k->a[0] : e - past;
  arima_advance(k, 1, &w, &v);
  if (nd == 0) return;
  memmove(s->tail, s->tail + 1, (nd - 1) * sizeof *s->tail);
  s->tail[nd - 1] = w + past;
}

static dyo_status store(dyo_ctx *ctx, arima_state *s, const arima_work *k, size_t n, dyo_err *err)
{
  const size_t p = s->n_pattern;
  s->a = k->a, s->gain = k->k, s->change = k->dp;
  s->variance = k->f, s->size = k->m;
  s->time += (double)n;
  if (!s->bootstrap) s->residuals = NULL, s->n_residuals = 0; /* they belong to the fit */
  if (p == 0) return DYO_OK;
  double *turned = DYO_NEW(ctx, p, double);
  if (!turned) return dyo_oom(err);
  for (size_t i = 0; i < p; i++) turned[i] = s->pattern[(n + i) % p];
  s->pattern = turned;
  return DYO_OK;
}

dyo_status arima_update(dyo_ctx *ctx, void *state, const dyo_news *news, dyo_err *err)
{
  arima_state *s = state;
  arima_work   k;
  dyo_status   st = arima_state_check(s, err);
  if (st == DYO_OK) st = arima_resume(ctx, s, &k, err);
  if (st != DYO_OK) return st;
  if (s->n_beta && !news->x)
    return dyo_fail(err, DYO_INVALID_INPUT, "/observations/regressors",
                    "the model has regressors; their values are expected with the observations");
  double *delta = DYO_NEW(ctx, s->n_tail + 1, double), *tail = DYO_NEW(ctx, s->n_tail + 1, double);
  if (!delta || !tail) return dyo_oom(err);
  if (s->n_tail) memcpy(tail, s->tail, s->n_tail * sizeof *tail);
  s->tail = tail;
  arima_unroll(&k.o, delta);
  for (size_t i = 0; i < news->n; i++) pass_value(s, &k, delta, news->y[i] - regression(s, news->x, news->n, i));
  st = store(ctx, s, &k, news->n, err);
  return st == DYO_OK ? arima_state_check(s, err) : st;
}

static void add_list(dyo_ctx *ctx, const arima_state *s, dyo_report *r, const char *stem, const double *v, size_t n,
                     int m)
{
  for (size_t i = 0; i < n; i++, r->n_list++) {
    const char *name     = dyo_text(ctx, "%s.L%d", stem, (int)(i + 1) * m);
    r->params[r->n_list] = (dyo_parameter){name ? name : stem, v[i], r->n_list < s->n_se ? s->se[r->n_list] : NAN};
  }
}

static void add_one(const arima_state *s, dyo_report *r, const char *name, double v)
{
  r->params[r->n_list] = (dyo_parameter){name, v, r->n_list < s->n_se ? s->se[r->n_list] : NAN};
  r->n_list++;
}

static const char *form(dyo_ctx *ctx, const arima_state *s)
{
  const char *season =
    s->m > 1 && s->P + s->D + s->Q > 0 ? dyo_text(ctx, "(%d,%d,%d)[%d]", s->P, s->D, s->Q, s->m) : "";
  return dyo_text(ctx, "%s%sARIMA(%d,%d,%d)%s%s%s%s", s->n_pattern ? "STL + " : "", s->n_beta ? "regression with " : "",
                  s->p, s->d, s->q, season ? season : "", s->has_mean ? " with mean" : "",
                  s->has_drift ? (s->has_mean ? " and drift" : " with drift") : "", s->n_beta ? " errors" : "");
}

const char **arima_regressors(const void *state, size_t *n)
{
  const arima_state *s = state;
  *n                   = s->n_x_names;
  return s->x_names;
}

dyo_status arima_report(dyo_ctx *ctx, const void *state, dyo_report *r, dyo_err *err)
{
  const arima_state *s = state;
  const double       n = s->n, k = s->k;
  dyo_status         st = arima_state_check(s, err);
  if (st != DYO_OK) return st;
  r->form   = form(ctx, s);
  r->params = DYO_NEW(ctx, s->n_ar + s->n_ma + s->n_sar + s->n_sma + s->n_beta + 3, dyo_parameter);
  if (!r->form || !r->params) return dyo_oom(err);
  r->order[0] = s->p, r->order[1] = s->d, r->order[2] = s->q;
  r->seasonal_order[0] = s->P, r->seasonal_order[1] = s->D, r->seasonal_order[2] = s->Q;
  r->seasonal_order[3] = s->P + s->D + s->Q > 0 ? s->m : 0;
  r->log_likelihood    = s->loglik;
  r->aic               = -2 * s->loglik + 2 * k;
  r->aicc              = n > k + 1 ? r->aic + 2 * k * (k + 1) / (n - k - 1) : NAN;
  r->bic               = -2 * s->loglik + k * log(n);
  r->sigma2            = s->sigma2;
  r->n_params          = (size_t)k;
  r->residuals = s->residuals, r->n_residuals = s->n_residuals;
  add_list(ctx, s, r, "ar", s->ar, s->n_ar, 1);
  add_list(ctx, s, r, "ma", s->ma, s->n_ma, 1);
  add_list(ctx, s, r, "ar.S", s->sar, s->n_sar, s->m);
  add_list(ctx, s, r, "ma.S", s->sma, s->n_sma, s->m);
  for (size_t i = 0; i < s->n_beta; i++) {
    add_one(s, r, s->x_names[i], s->beta[i]);
  }
  if (s->has_mean) add_one(s, r, "const", s->mean);
  if (s->has_drift) add_one(s, r, "drift", s->drift);
  add_one(s, r, "sigma2", s->sigma2);
  return DYO_OK;
}
