/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The Theta method and its state-space relatives. Assimakopoulos & Nikolopoulos (2000), Int. J. Forecasting 16;
 * Hyndman & Billah (2003), same 19; Fiorucci, Pellegrini, Louzada, Petropoulos & Koehler (2016), same 32 (OTM, DOTM).
 * A season that passes a 90 % autocorrelation test is taken out by classical multiplicative decomposition, as in the M competitions. */
#include <math.h>
#include <string.h>

#include "forecast/models.h"
#include "num/dyo_min.h"
#include "series/dyo_series.h"

typedef enum { STANDARD, OPTIMIZED, DYNAMIC } variant;
static const char *const variant_words[] = {"standard", "optimized", "dynamic", NULL};

enum { FEWEST = 3, LONGEST_SEASON = 100000, MAX_ITER = 120 };

static const double alpha_lo = 0.1, alpha_hi = 0.99, theta_hi = 100;

typedef struct {
  int variant; /* -1: dynamic */
} theta_params;

static const dyo_field params_rows[] = {
  DYO_ENUM(theta_params, variant, DYO_OPT, variant_words,
           "standard (theta 2 and drift), optimized or dynamic (theta fitted); absent: dynamic."),
  DYO_END(theta_params)};

typedef struct {
  int     variant;
  double  alpha, theta, l0;
  double  level, mean, a, b; /* after the last value: smoothed level, running mean, intercept and slope of the line */
  double  n;                 /* values so far */
  double  sigma2;
  double *season; /* factors (or terms), the coming place first; empty without a season */
  size_t  n_season;
  bool    additive; /* terms rather than factors, for values not all above zero */
  double *residuals;
  size_t  n_residuals;
} theta_state;

const dyo_field theta_state_rows[] = {
  DYO_ENUM(theta_state, variant, DYO_REQ, variant_words, "Variant."),
  DYO_NUM(theta_state, alpha, DYO_REQ, 0, 1, NULL, "Smoothing of the level."),
  DYO_NUM(theta_state, theta, DYO_REQ, 1, 1e6, NULL, "Theta of the second line."),
  DYO_NUM(theta_state, l0, DYO_REQ, -DBL_MAX, DBL_MAX, NULL, "Initial level."),
  DYO_NUM(theta_state, level, DYO_REQ, -DBL_MAX, DBL_MAX, NULL, "Level at the end."),
  DYO_NUM(theta_state, mean, DYO_REQ, -DBL_MAX, DBL_MAX, NULL, "Mean of the values."),
  DYO_NUM(theta_state, a, DYO_REQ, -DBL_MAX, DBL_MAX, NULL, "Intercept of the line."),
  DYO_NUM(theta_state, b, DYO_REQ, -DBL_MAX, DBL_MAX, NULL, "Slope of the line."),
  DYO_NUM(theta_state, n, DYO_REQ, 1, 1e15, NULL, "Values."),
  DYO_NUM(theta_state, sigma2, DYO_REQ, 0, DBL_MAX, NULL, "Variance of the errors."),
  DYO_NUMS(theta_state, season, 0, DYO_OPT, -DBL_MAX, DBL_MAX, NULL, "Season, the coming place first."),
  DYO_BOOL(theta_state, additive, 0, "The season is added rather than multiplied."),
  DYO_NUMS(theta_state, residuals, DYO_F_NULLS, DYO_OPT, -DBL_MAX, DBL_MAX, NULL,
           "One-step errors of the adjusted series."),
  DYO_END(theta_state)};

static size_t min_obs(double period)
{
  (void)period;
  return FEWEST;
}

typedef struct {
  const double *y; /* adjusted for season */
  size_t        n;
  variant       kind;
  double        a, b; /* least-squares line over all values, for the variants whose line stands still */
  double       *e;    /* one-step errors, or NULL */
  theta_state  *end;  /* filled at the end, or NULL */
} job;

/* The contribution of the line: (1 - 1/theta) [ (1-alpha)^(t-1) A + (1 - (1-alpha)^t) / alpha B ]. */
static double line_part(double theta, double alpha, double t, double a, double b)
{
  const double fade = pow(1 - alpha, t);
  return (1 - 1 / theta) * (fade / (1 - alpha) * a + (1 - fade) / alpha * b);
}

/* Sum of squared one-step errors, from the third value on as the line means little before. Fiorucci et al. (2016), eqs. 9-14. */
static double pass(const job *j, double l0, double alpha, double theta)
{
  double level = l0, mean = 0, a = j->a, b = j->b, sse = 0, fade = 1; /* fade = (1-alpha)^t */
  if (j->kind == DYNAMIC) a = b = 0;
  for (size_t i = 0; i < j->n; i++) {
    const double t = (double)(i + 1), before = fade, y = j->y[i];
    fade *= 1 - alpha;
    const double mu = level + (1 - 1 / theta) * (before * a + (1 - fade) / alpha * b), e = y - mu;
    if (i >= 2) sse += e * e;
    if (j->e) j->e[i] = e;
    level += alpha * (y - level);
    if (j->kind == DYNAMIC) {
      b = i == 0 ? 0 : ((t - 2) * b + 6 * (y - mean) / t) / (t + 1);
      mean += (y - mean) / t;
      a = mean - (t + 1) / 2 * b;
    } else {
      mean += (y - mean) / t;
    }
  }
  if (j->end) j->end->level = level, j->end->mean = mean, j->end->a = a, j->end->b = b;
  return sse;
}

static double squash(double x, double lo, double hi)
{
  return lo + (hi - lo) / (1 + exp(-x));
}

typedef struct {
  job    j;
  double scale, alpha, theta, l0;
} search;

static void unpack(search *s, const double *x)
{
  s->l0    = x[0] * s->scale;
  s->alpha = squash(x[1], alpha_lo, alpha_hi);
  s->theta = s->j.kind == STANDARD ? 2 : 1 + exp(fmin(x[2], log(theta_hi)));
}

static double loss(const double *x, void *arg)
{
  search *s = arg;
  unpack(s, x);
  return pass(&s->j, s->l0, s->alpha, s->theta) / (s->scale * s->scale);
}

/* Is the season worth taking out? |r_m| > 1.645 sqrt((1 + 2 sum r_k^2) / n), k < m. */
static bool seasonal(const double *y, size_t n, size_t m)
{
  double mean = 0, c0 = 0, sum = 0, r = 0;
  if (n < 3 * m) return false;
  for (size_t t = 0; t < n; t++) mean += y[t] / (double)n;
  for (size_t t = 0; t < n; t++) c0 += (y[t] - mean) * (y[t] - mean);
  if (!(c0 > 0)) return false;
  for (size_t k = 1; k <= m; k++) {
    r = 0;
    for (size_t t = 0; t + k < n; t++) r += (y[t] - mean) * (y[t + k] - mean);
    r /= c0;
    if (k < m) sum += r * r;
  }
  return fabs(r) > 1.645 * sqrt((1 + 2 * sum) / (double)n);
}

/* Centred moving average at t, or NaN near the ends. */
static double moving_average(const double *y, size_t n, size_t m, size_t t)
{
  const size_t half = m / 2;
  double       sum  = 0;
  if (t < half || t + half >= n) return NAN;
  for (size_t i = t - half; i <= t + half; i++) sum += m % 2 == 0 && (i == t - half || i == t + half) ? y[i] / 2 : y[i];
  return sum / (double)m;
}

/* Mean factor (or term) of each place in the season, first value's place first. */
static dyo_status indices(dyo_ctx *ctx, const double *y, size_t n, size_t m, bool additive, double **out, dyo_err *err)
{
  double *s = DYO_NEW(ctx, 2 * m, double), *count = s + m, mean = 0;
  if (!s) return dyo_oom(err);
  for (size_t t = 0; t < n; t++) {
    const double trend = moving_average(y, n, m, t);
    if (isnan(trend) || (!additive && !(trend > 0))) continue;
    s[t % m] += additive ? y[t] - trend : y[t] / trend;
    count[t % m]++;
  }
  for (size_t i = 0; i < m; i++) {
    s[i] = count[i] > 0 ? s[i] / count[i] : additive ? 0 : 1;
    mean += s[i] / (double)m;
  }
  for (size_t i = 0; i < m; i++) s[i] = additive ? s[i] - mean : fmax(s[i] / mean, 1e-6);
  *out = s;
  return DYO_OK;
}

/* Fill gaps, take the season out; the state gets the season as the future will meet it. */
static dyo_status adjust(dyo_ctx *ctx, const dyo_history *h, double **out, theta_state *s, dyo_err *err)
{
  const size_t n = h->n, m = h->period >= 2 && h->period < LONGEST_SEASON ? (size_t)llround(h->period) : 1;
  double      *y = DYO_NEW(ctx, n, double), *index = NULL, least = INFINITY;
  if (!y) return dyo_oom(err);
  dyo_series_fill(&(dyo_series){h->y, n}, y);
  *out = y;
  if (m < 2 || !seasonal(y, n, m)) return DYO_OK;
  for (size_t t = 0; t < n; t++) least = fmin(least, y[t]);
  s->additive   = !(least > 0);
  dyo_status st = indices(ctx, y, n, m, s->additive, &index, err);
  if (st != DYO_OK) return st;
  s->season = DYO_NEW(ctx, m, double);
  if (!s->season) return dyo_oom(err);
  s->n_season = m;
  for (size_t i = 0; i < m; i++) s->season[i] = index[(n + i) % m];
  for (size_t t = 0; t < n; t++) y[t] = s->additive ? y[t] - index[t % m] : y[t] / index[t % m];
  return DYO_OK;
}

static void least_squares(job *j)
{
  const double n  = (double)j->n;
  double       sy = 0, sty = 0;
  for (size_t t = 0; t < j->n; t++) {
    sy += j->y[t];
    sty += (double)(t + 1) * j->y[t];
  }
  j->b = j->n > 1 ? 6 * (2 * sty / n - (n + 1) * sy / n) / (n * n - 1) : 0; /* eq. 4 */
  j->a = sy / n - (n + 1) / 2 * j->b;
}

static dyo_status fit(dyo_ctx *ctx, const dyo_history *h, const void *params, void *state, dyo_err *err)
{
  const theta_params *p   = params;
  theta_state        *s   = state;
  double             *y   = NULL, x[3];
  dyo_min            *min = NULL;
  search              k   = {.scale = 0};
  dyo_status          st  = adjust(ctx, h, &y, s, err);
  if (st != DYO_OK) return st;
  s->variant = p->variant < 0 ? DYNAMIC : p->variant;
  k.j        = (job){.y = y, .n = h->n, .kind = (variant)s->variant};
  for (size_t t = 0; t < h->n; t++) k.scale += fabs(y[t]) / (double)h->n;
  if (!(k.scale > 0)) k.scale = 1;
  least_squares(&k.j);
  x[0] = y[0] / k.scale / (s->variant == STANDARD ? 1 : 2), x[1] = 0, x[2] = 0; /* l0, alpha 0.55, theta 2 */
  st = dyo_min_new(s->variant == STANDARD ? 2 : 3, MAX_ITER, 1e-4, &min, err);
  if (st != DYO_OK) return st;
  dyo_min_step(min, 0.3);
  st = dyo_min_run(min, loss, &k, x, err);
  dyo_min_free(min);
  if (st != DYO_OK) return st;
  unpack(&k, x);
  s->alpha = k.alpha, s->theta = k.theta, s->l0 = k.l0, s->n = (double)h->n;
  s->residuals = DYO_NEW(ctx, h->n, double), s->n_residuals = h->n;
  if (!s->residuals) return dyo_oom(err);
  k.j.e = s->residuals, k.j.end = s;
  s->sigma2 = pass(&k.j, k.l0, k.alpha, k.theta) / fmax((double)h->n - 3, 1);
  for (size_t t = 0; t < h->n; t++)
    if (isnan(h->y[t])) s->residuals[t] = NAN;
  return DYO_OK;
}

/* mu_{n+i}: the level stands, the line goes on. Variance sigma2 (1 + (i - 1) alpha^2), seasons scale it. */
static dyo_status forecast(dyo_ctx *ctx, const void *state, const dyo_ask *ask, dyo_band *out, dyo_err *err)
{
  const theta_state *s  = state;
  double            *sd = DYO_NEW(ctx, ask->h, double);
  if (!sd) return dyo_oom(err);
  if (!(s->alpha > 0 && s->alpha < 1))
    return dyo_fail(err, DYO_INVALID_INPUT, "/model", "the model's alpha is %g; a number between 0 and 1 is expected",
                    s->alpha);
  double mean = s->mean, a = s->a, b = s->b, level = s->level;
  for (size_t i = 0; i < ask->h; i++) {
    const double t = s->n + (double)(i + 1), f = s->n_season ? s->season[i % s->n_season] : 0;
    const double mu = level + line_part(s->theta, s->alpha, t, a, b);
    out->mean[i]    = !s->n_season ? mu : s->additive ? mu + f : mu * f;
    sd[i] = sqrt(s->sigma2 * (1 + (double)i * s->alpha * s->alpha)) * (s->n_season && !s->additive ? fabs(f) : 1);
    level += s->alpha * (mu - level); /* as if mu had come: the dynamic line bends with its own forecasts */
    if (s->variant == DYNAMIC) {
      b = ((t - 2) * b + 6 * (mu - mean) / t) / (t + 1);
      mean += (mu - mean) / t;
      a = mean - (t + 1) / 2 * b;
    }
  }
  dyo_band_normal(ask, sd, out);
  return DYO_OK;
}

static dyo_status update(dyo_ctx *ctx, void *state, const dyo_news *news, dyo_err *err)
{
  theta_state *s      = state;
  double      *season = s->n_season ? DYO_NEW(ctx, s->n_season, double) : NULL;
  if (s->n_season && !season) return dyo_oom(err);
  for (size_t i = 0; i < news->n; i++) {
    const double t = s->n + 1, f = s->n_season ? s->season[i % s->n_season] : 0;
    double       v = !s->n_season ? news->y[i] : s->additive ? news->y[i] - f : news->y[i] / f;
    if (isnan(v)) v = s->level + line_part(s->theta, s->alpha, t, s->a, s->b);
    s->level += s->alpha * (v - s->level);
    if (s->variant == DYNAMIC) s->b = ((t - 2) * s->b + 6 * (v - s->mean) / t) / (t + 1);
    s->mean += (v - s->mean) / t;
    if (s->variant == DYNAMIC) s->a = s->mean - (t + 1) / 2 * s->b;
    s->n = t;
  }
  for (size_t i = 0; i < s->n_season; i++) season[i] = s->season[(news->n + i) % s->n_season];
  s->season    = season;
  s->residuals = NULL, s->n_residuals = 0;
  return DYO_OK;
}

static dyo_status report(dyo_ctx *ctx, const void *state, dyo_report *r, dyo_err *err)
{
  static const char *const names[] = {"Theta", "OTM", "DOTM"};
  const theta_state       *s       = state;
  r->form                          = names[s->variant];
  r->params                        = DYO_NEW(ctx, 4, dyo_parameter);
  if (!r->params) return dyo_oom(err);
  r->params[0] = (dyo_parameter){"alpha", s->alpha, NAN};
  r->params[1] = (dyo_parameter){"theta", s->theta, NAN};
  r->params[2] = (dyo_parameter){"initial_level", s->l0, NAN};
  r->params[3] = (dyo_parameter){"sigma2", s->sigma2, NAN};
  r->n_list    = 4;
  r->sigma2    = s->sigma2;
  r->residuals = s->residuals, r->n_residuals = s->n_residuals;
  if (!s->n_season || !s->residuals) return DYO_OK;
  const double *season = season_back(ctx, s->season, s->n_season, s->n_residuals);
  if (!season) return dyo_oom(err);
  if (s->additive) r->offset = season;
  else r->factor = season;
  return DYO_OK;
}

static const char search_space[] = "{\"variant\":[\"dynamic\",\"standard\",\"optimized\"]}";

const dyo_model dyo_model_theta = {.name     = "theta",
                                   .params   = params_rows,
                                   .state    = theta_state_rows,
                                   .min_obs  = min_obs,
                                   .fit      = fit,
                                   .forecast = forecast,
                                   .update   = update,
                                   .report   = report,
                                   .search   = search_space};
