/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Prophet's design: scales, changepoints and the columns of seasons, holidays and regressors. */
#include <math.h>
#include <string.h>

#include "forecast/prophet.h"

enum { COLUMNS_MOST = 2000, YEARLY = 10, WEEKLY = 3, DAILY = 4, ORDER_MOST = 10 };

static const double two_pi = 6.28318530717958647692, trend_sd = 5, year = 365.25;

double prophet_time(const dyo_history *h, size_t i)
{
  return h->t ? h->t[i] : (double)i;
}

static prophet_block *add(prophet_form *f, prophet_kind kind, const char *name, size_t n, int mode, double prior)
{
  prophet_block *b = &f->blocks[f->n_blocks++];
  *b               = (prophet_block){.kind           = kind,
                                     .name           = name,
                                     .first          = f->n_beta,
                                     .n              = n,
                                     .multiplicative = (mode < 0 ? f->p->seasonality_mode : mode) == PROPHET_MULTIPLICATIVE,
                                     .prior          = prior,
                                     .column         = SIZE_MAX};
  f->n_beta += n;
  return b;
}

static void add_season(prophet_form *f, const char *name, double period, int order)
{
  if (order > 0) add(f, PROPHET_SEASON, name, 2 * (size_t)order, -1, f->p->seasonality_prior_scale)->period = period;
}

/* Least distance of two known values. */
static double finest(const dyo_history *h)
{
  double least = INFINITY, last = -INFINITY;
  for (size_t i = 0; i < h->n; i++) {
    if (isnan(h->y[i])) continue;
    least = fmin(least, prophet_time(h, i) - last);
    last  = prophet_time(h, i);
  }
  return least;
}

static bool is_given(const prophet_params *p, const char *name)
{
  for (size_t i = 0; i < p->n_seasonalities; i++)
    if (strcmp(p->seasonalities[i].name, name) == 0) return true;
  return false;
}

/* Years where there are two, weeks and days likewise where the values are finer than they are; without dates the periods of the
 * request or of the detection. */
static dyo_status automatic_seasons(dyo_ctx *ctx, prophet_form *f, dyo_err *err)
{
  const dyo_history    *h       = f->h;
  const prophet_params *p       = f->p;
  const double          dt      = finest(h);
  const int             order[] = {f->span >= 730 ? YEARLY : 0, f->span >= 14 && dt < 7 ? WEEKLY : 0,
                       f->span >= 2 && dt < 1 ? DAILY : 0};
  for (size_t i = 0; !h->t && i < h->n_periods; i++) {
    const double m    = h->periods[i];
    const char  *name = dyo_text(ctx, "season_%.6g", m);
    if (!name) return dyo_oom(err);
    if (m >= 2 && 2 * m <= (double)h->n) add_season(f, name, m, (int)fmin(floor(m / 2), ORDER_MOST));
  }
  if (!h->t) return DYO_OK;
  if (!is_given(p, "yearly"))
    add_season(f, "yearly", year, p->yearly_seasonality == PROPHET_AUTO ? order[0] : p->yearly_seasonality);
  if (!is_given(p, "weekly"))
    add_season(f, "weekly", 7, p->weekly_seasonality == PROPHET_AUTO ? order[1] : p->weekly_seasonality);
  if (!is_given(p, "daily"))
    add_season(f, "daily", 1, p->daily_seasonality == PROPHET_AUTO ? order[2] : p->daily_seasonality);
  return DYO_OK;
}

static size_t column_named(const dyo_history *h, const char *name)
{
  size_t j = 0;
  while (j < h->n_x && strcmp(h->x_names[j], name) != 0) j++;
  return j;
}

static dyo_status check_condition(const dyo_history *h, size_t at, size_t column, dyo_err *err)
{
  for (size_t i = 0; i < h->n; i++) {
    const double v = h->x[column * h->n + i];
    if (v != 0 && v != 1)
      return dyo_fail_item(err, DYO_INVALID_INPUT, "params/seasonalities", at, "condition_name",
                           "the regressor \"%.40s\" has the value %g; a condition is 0 or 1", h->x_names[column], v);
  }
  return DYO_OK;
}

static dyo_status given_seasons(prophet_form *f, dyo_err *err)
{
  for (size_t i = 0; i < f->p->n_seasonalities; i++) {
    const prophet_seasonality *s = &f->p->seasonalities[i];
    prophet_block             *b = add(f, PROPHET_SEASON, s->name, 2 * (size_t)s->fourier_order, s->mode,
                           isnan(s->prior_scale) ? f->p->seasonality_prior_scale : s->prior_scale);
    b->period                    = s->period;
    if (!s->condition_name) continue;
    b->column = column_named(f->h, s->condition_name);
    if (b->column == f->h->n_x)
      return dyo_fail_item(err, DYO_INVALID_INPUT, "params/seasonalities", i, "condition_name",
                           "found \"%.40s\"; the name of a regressor of zeros and ones is expected", s->condition_name);
    const dyo_status st = check_condition(f->h, i, b->column, err);
    if (st != DYO_OK) return st;
  }
  return DYO_OK;
}

static void holidays(prophet_form *f)
{
  const prophet_params *p = f->p;
  for (size_t i = 0; i < f->h->n_holidays; i++) {
    const dyo_holiday *d = &f->h->holidays[i];
    add(f, PROPHET_DAYS, d->name, (size_t)(d->upper_window - d->lower_window + 1),
        p->holidays_mode < 0 ? p->seasonality_mode : p->holidays_mode,
        isnan(d->prior_scale) ? p->holidays_prior_scale : d->prior_scale)
      ->holiday = d;
  }
}

/* Mean and standard deviation of a column beside known values; 0 and 1 where it is left as it is. */
static void standardize(const dyo_history *h, size_t column, int how, prophet_block *b)
{
  const double *x    = h->x + column * h->n;
  double        mean = 0, ss = 0, n = 0;
  bool          binary = true;
  for (size_t i = 0; i < h->n; i++) {
    if (isnan(h->y[i])) continue;
    const double d = x[i] - mean;
    mean += d / ++n;
    ss += d * (x[i] - mean);
    binary = binary && (x[i] == 0 || x[i] == 1);
  }
  b->mu = 0, b->sd = 1;
  if (how == 0 || (how < 0 && binary) || !(ss > 0)) return;
  b->mu = mean, b->sd = sqrt(ss / (n - 1));
}

static bool conditions(const prophet_form *f, size_t column)
{
  for (size_t i = 0; i < f->n_blocks; i++)
    if (f->blocks[i].kind == PROPHET_SEASON && f->blocks[i].column == column) return true;
  return false;
}

static dyo_status regressors(prophet_form *f, dyo_err *err)
{
  const prophet_params *p = f->p;
  for (size_t i = 0; i < p->n_regressors; i++)
    if (column_named(f->h, p->regressors[i].name) == f->h->n_x)
      return dyo_fail_item(err, DYO_INVALID_INPUT, "params/regressors", i, "name",
                           "found \"%.40s\"; the name of one of the regressors is expected", p->regressors[i].name);
  for (size_t j = 0; j < f->h->n_x; j++) {
    prophet_regressor r = {.prior_scale = NAN, .standardize = -1, .mode = -1};
    for (size_t i = 0; i < p->n_regressors; i++)
      if (strcmp(p->regressors[i].name, f->h->x_names[j]) == 0) r = p->regressors[i];
    if (conditions(f, j)) continue;
    prophet_block *b = add(f, PROPHET_REGRESSOR, f->h->x_names[j], 1, r.mode,
                           isnan(r.prior_scale) ? p->holidays_prior_scale : r.prior_scale);
    b->column        = j;
    standardize(f->h, j, r.standardize, b);
  }
  return DYO_OK;
}

/* Parts are answered by name, so each name must mean one of them. */
static dyo_status unique(const prophet_form *f, dyo_err *err)
{
  static const char *const fields[]   = {"/params/seasonalities", "/holidays", "/regressors"};
  static const char *const reserved[] = {"trend", "additive_terms", "multiplicative_terms", "holidays"};
  for (size_t i = 0; i < f->n_blocks; i++) {
    const prophet_block *b    = &f->blocks[i];
    bool                 free = true;
    for (size_t j = 0; j < i; j++) free = free && strcmp(b->name, f->blocks[j].name) != 0;
    for (size_t j = 0; j < sizeof reserved / sizeof *reserved; j++) free = free && strcmp(b->name, reserved[j]) != 0;
    if (!free)
      return dyo_fail(err, DYO_INVALID_INPUT, fields[b->kind],
                      "\"%.64s\" is the name of another part of the model; another name is expected", b->name);
  }
  return DYO_OK;
}

static dyo_status columns(dyo_ctx *ctx, prophet_form *f, dyo_err *err)
{
  const prophet_params *p = f->p;
  f->blocks = DYO_NEW(ctx, 3 + f->h->n_periods + p->n_seasonalities + f->h->n_holidays + f->h->n_x, prophet_block);
  if (!f->blocks) return dyo_oom(err);
  dyo_status st = automatic_seasons(ctx, f, err);
  if (st == DYO_OK) st = given_seasons(f, err);
  if (st != DYO_OK) return st;
  holidays(f);
  st = regressors(f, err);
  if (st == DYO_OK) st = unique(f, err);
  if (st != DYO_OK || f->n_beta <= COLUMNS_MOST) return st;
  return dyo_fail(err, DYO_UNSUPPORTED, "/params",
                  "seasons, holidays and regressors make %zu columns; at most %d are taken", f->n_beta, COLUMNS_MOST);
}

static dyo_status scales(prophet_form *f, dyo_err *err)
{
  const prophet_params *p   = f->p;
  double                low = INFINITY, high = -INFINITY;
  f->floor = p->growth == PROPHET_LOGISTIC && !isnan(p->floor) ? p->floor : 0;
  for (size_t i = 0; i < f->h->n; i++) {
    low      = fmin(low, f->h->y[i]);
    high     = fmax(high, f->h->y[i]);
    f->scale = fmax(f->scale, fabs(f->h->y[i] - f->floor)); /* fmax passes over NaN */
  }
  if (!(f->scale > 0)) f->scale = 1;
  f->cap = 1;
  if (p->growth != PROPHET_LOGISTIC) {
    if (isnan(p->cap) && isnan(p->floor)) return DYO_OK;
    return dyo_fail(err, DYO_INVALID_INPUT, isnan(p->cap) ? "/params/floor" : "/params/cap",
                    "cap and floor belong to growth \"logistic\"");
  }
  if (isnan(p->cap))
    return dyo_fail(err, DYO_INVALID_INPUT, "/params/cap", "missing; logistic growth goes towards a cap");
  if (!(p->cap > high))
    return dyo_fail(err, DYO_INVALID_INPUT, "/params/cap", "found %g; more than the largest value, %g, is expected",
                    p->cap, high);
  if (f->floor > low)
    return dyo_fail(err, DYO_INVALID_INPUT, "/params/floor", "found %g; at most the smallest value, %g, is expected",
                    f->floor, low);
  f->cap = (p->cap - f->floor) / f->scale;
  return DYO_OK;
}

static dyo_status given_changepoints(dyo_ctx *ctx, prophet_form *f, dyo_err *err)
{
  const prophet_params *p = f->p;
  f->cp                   = DYO_NEW(ctx, p->n_changepoints_given, double);
  if (!f->cp) return dyo_oom(err);
  for (size_t i = 0; i < p->n_changepoints_given; i++) {
    dyo_time t = 0;
    size_t   j = f->n_cp;
    if (!dyo_time_parse(p->changepoints[i], &t) || !f->h->t)
      return dyo_fail_item(err, DYO_INVALID_INPUT, "params/changepoints", i, NULL,
                           "found \"%.40s\"; an ISO 8601 date of a series with dates is expected", p->changepoints[i]);
    const double at = ((double)t / DYO_DAY - f->t0) / f->span;
    if (!(at >= 0 && at <= 1))
      return dyo_fail_item(err, DYO_INVALID_INPUT, "params/changepoints", i, NULL,
                           "found %.40s; a date within the history is expected", p->changepoints[i]);
    for (; j > 0 && f->cp[j - 1] > at; j--) f->cp[j] = f->cp[j - 1];
    f->cp[j] = at;
    f->n_cp++;
  }
  return DYO_OK;
}

/* Evenly over the known values of the first changepoint_range of them, the first value itself left out. */
static dyo_status changepoints(dyo_ctx *ctx, prophet_form *f, dyo_err *err)
{
  const dyo_history *h  = f->h;
  size_t            *at = DYO_NEW(ctx, h->n, size_t), known = 0;
  if (!at) return dyo_oom(err);
  if (f->p->growth == PROPHET_FLAT) return DYO_OK;
  if (f->p->changepoints) return given_changepoints(ctx, f, err);
  for (size_t i = 0; i < h->n; i++)
    if (!isnan(h->y[i])) at[known++] = i;
  const double size = floor((double)known * f->p->changepoint_range), n = fmin(f->p->n_changepoints, size - 1);
  if (n < 1) return DYO_OK;
  f->cp = DYO_NEW(ctx, (size_t)n, double);
  if (!f->cp) return dyo_oom(err);
  for (size_t j = 1; j <= (size_t)n; j++) {
    const size_t i   = at[(size_t)nearbyint((double)j * (size - 1) / n)];
    f->cp[f->n_cp++] = (prophet_time(h, i) - f->t0) / f->span;
  }
  return DYO_OK;
}

static dyo_status priors(dyo_ctx *ctx, prophet_form *f, dyo_err *err)
{
  f->n              = 2 + f->n_cp + f->n_beta;
  f->precision      = DYO_NEW(ctx, f->n, double);
  f->multiplicative = DYO_NEW(ctx, f->n_beta, bool);
  f->linear         = f->p->growth != PROPHET_LOGISTIC;
  if (!f->precision || !f->multiplicative) return dyo_oom(err);
  f->precision[0] = f->precision[1] = 1 / (trend_sd * trend_sd);
  for (size_t i = 0; i < f->n_blocks; i++)
    for (size_t j = 0; j < f->blocks[i].n; j++) {
      const prophet_block *b                   = &f->blocks[i];
      f->precision[2 + f->n_cp + b->first + j] = 1 / (b->prior * b->prior);
      f->multiplicative[b->first + j]          = b->multiplicative;
      f->linear                                = f->linear && !b->multiplicative;
    }
  return DYO_OK;
}

dyo_status prophet_form_new(dyo_ctx *ctx, const dyo_history *h, const prophet_params *p, prophet_form *f, dyo_err *err)
{
  *f            = (prophet_form){.p = p, .h = h, .t0 = prophet_time(h, 0), .span = 1};
  dyo_status st = scales(f, err);
  if (st != DYO_OK) return st;
  if (h->n > 1) f->span = prophet_time(h, h->n - 1) - f->t0;
  st = columns(ctx, f, err);
  if (st == DYO_OK) st = changepoints(ctx, f, err);
  return st == DYO_OK ? priors(ctx, f, err) : st;
}

/* sin and cos of 1 .. order times 2 pi t / period, by the addition theorem. */
static void fourier(double t, double period, size_t n, double *out)
{
  const double turn = t / period, a = two_pi * (turn - floor(turn)), s1 = sin(a), c1 = cos(a);
  double       s = s1, c = c1;
  for (size_t i = 0; i < n; i += 2) {
    out[i] = s, out[i + 1] = c;
    const double next = s * c1 + c * s1;
    c                 = c * c1 - s * s1;
    s                 = next;
  }
}

/* 1 in the column of each day of the window that the step from t on holds. */
static void mark_days(const prophet_form *f, const prophet_block *b, double t, double *out)
{
  const dyo_holiday *d     = b->holiday;
  const bool         long_ = f->h->freq.unit >= DYO_FREQ_WEEK;
  const double       first = floor(t),
               end = long_ ? (double)dyo_time_step((dyo_time)llround(t * DYO_DAY), f->h->freq, 1) / DYO_DAY : first + 1;
  memset(out, 0, b->n * sizeof *out);
  for (size_t i = 0; i < d->n; i++)
    for (int w = d->lower_window; w <= d->upper_window; w++)
      if (d->days[i] + w >= first && d->days[i] + w < end) out[w - d->lower_window] = 1;
}

void prophet_row(const prophet_form *f, double t, const double *x, size_t stride, size_t i, double *row)
{
  const double u = (t - f->t0) / f->span;
  double      *v = row + 2 + f->n_cp;
  row[0]         = f->p->growth == PROPHET_FLAT ? 0 : u;
  row[1]         = 1;
  for (size_t j = 0; j < f->n_cp; j++) row[2 + j] = u > f->cp[j] ? u - f->cp[j] : 0;
  for (size_t k = 0; k < f->n_blocks; k++) {
    const prophet_block *b = &f->blocks[k];
    double              *o = v + b->first;
    if (b->kind == PROPHET_REGRESSOR) {
      o[0] = (x[b->column * stride + i] - b->mu) / b->sd;
    } else if (b->kind == PROPHET_DAYS) {
      mark_days(f, b, t, o);
    } else {
      fourier(t, b->period, b->n, o);
      for (size_t j = 0; b->column != SIZE_MAX && j < b->n; j++) o[j] *= x[b->column * stride + i];
    }
  }
}
