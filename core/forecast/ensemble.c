/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ensemble as a model: its members are fitted one by one, and their states are its state. */
#include "forecast/ensemble.h"

#include <math.h>
#include <string.h>

enum { MOST_MEMBERS = 20, MOST_ORIGINS = 20, ORIGINS = 3 };

static const double least_weight = 0.02; /* of a learned weight: a member below it is not fitted */

const char *const        dyo_effort_words[] = {"fast", "balanced", "best", NULL};
static const char *const weighing_words[]   = {"equal", "inverse_error", "stacked", "learned", NULL};

static const dyo_field params_rows[] = {
  DYO_STRS(
    ensemble_params, members, DYO_OPT, MOST_MEMBERS,
    "What is combined: models, forms of them (theta_standard, ets_damped, ets_stl), or models that see no season of over 24 "
    "observations where there is one (ets_short) or where it is the main one (theta_plain, arima_plain); absent: arima, ets "
    "and theta, or with learned weights whatever has some."),
  DYO_ENUM(ensemble_params, weights, DYO_WEIGHTS_EQUAL, weighing_words,
           "equal; inverse_error and stacked by forecasts from past origins; learned by the features of the series."),
  DYO_ENUM(ensemble_params, effort, DYO_OPT, dyo_effort_words,
           "How many members learned weights may go to; absent: the request's effort."),
  DYO_INT(ensemble_params, origins, ORIGINS, 1, MOST_ORIGINS, NULL,
          "Past origins behind inverse_error and stacked; fewer where the history is short."),
  DYO_INT(ensemble_params, horizon, DYO_OPT, 1, 1000, "steps",
          "Steps forecast from each of them; absent: one season, or 6."),
  DYO_END(ensemble_params)};

#define POINTER(kind) void *kind;
typedef struct {
  int    member; /* row of the pool */
  double weight;
  STATE_MAP(POINTER) /* one of them is the member's state, the others are NULL */
} part;

#define STATE_ROW(kind) \
  DYO_OBJ(part, kind, DYO_OPT, void, kind##_state_rows, "The member's state, where it is of this kind."),
static const dyo_field part_rows[] = {DYO_ENUM(part, member, DYO_REQ, pool_words, "What it is."),
                                      DYO_NUM(part, weight, DYO_REQ, DYO_POS, 1, NULL, "Its share in the forecast."),
                                      STATE_MAP(STATE_ROW) DYO_END(part)};

typedef struct {
  part   *parts;
  size_t  n_parts;
  double *residuals;
  size_t  n_residuals;
} ensemble_state;

const dyo_field ensemble_state_rows[] = {
  DYO_LIST(ensemble_state, parts, DYO_REQ, MOST_MEMBERS, part, part_rows, "The fitted members."),
  DYO_NUMS(ensemble_state, residuals, DYO_F_NULLS, DYO_OPT, -DBL_MAX, DBL_MAX, NULL, "One-step errors."),
  DYO_END(ensemble_state)};

typedef struct {
  const dyo_field *rows;
  size_t           at; /* of the pointer in a part */
} kind;

#define KIND(kind) {kind##_state_rows, offsetof(part, kind)},
static const kind kinds[] = {STATE_MAP(KIND)};

static void **place(part *p, const dyo_model *m)
{
  size_t k = 0;
  while (kinds[k].rows != m->state) k++;
  return (void **)(void *)((char *)p + kinds[k].at);
}

static void *state_of(const part *p)
{
  part copy = *p;
  return *place(&copy, pool[p->member].model);
}

/* Names of the regressors that a member was fitted with. */
static const char **names_of(const part *p, size_t *n)
{
  const dyo_model *m = pool[p->member].model;
  *n                 = 0;
  return m->regressors && state_of(p) ? m->regressors(state_of(p), n) : NULL;
}

static bool same_names(const char **a, size_t n_a, const char **b, size_t n_b)
{
  bool same = n_a == n_b;
  for (size_t i = 0; i < n_a && same; i++) same = strcmp(a[i], b[i]) == 0;
  return same;
}

/* A state may come from a text: does each member have the state that its model expects, and do all take the same regressors? */
static dyo_status check(const ensemble_state *s, dyo_err *err)
{
  double       sum     = 0;
  size_t       n_first = 0, n = 0;
  const char **first = s->n_parts ? names_of(&s->parts[0], &n_first) : NULL;
  for (size_t k = 0; k < s->n_parts; k++) {
    const part  *p     = &s->parts[k];
    const char **names = names_of(p, &n);
    sum += p->weight;
    if (state_of(p) && same_names(first, n_first, names, n)) continue;
    return dyo_fail(err, DYO_INVALID_INPUT, "/model", "member %zu of the ensemble, %s, has %s", k,
                    pool_words[p->member], state_of(p) ? "other regressors than the first" : "no state of its kind");
  }
  if (fabs(sum - 1) <= 1e-9) return DYO_OK;
  return dyo_fail(err, DYO_INVALID_INPUT, "/model", "the weights of the ensemble's members sum to %g; 1 is expected",
                  sum);
}

static size_t min_obs(double period)
{
  (void)period;
  return 1;
}

/* ---- fitting ---- */

static dyo_status named_members(const ensemble_params *p, pool_weights *w, dyo_err *err)
{
  for (size_t i = 0; i < p->n_members; i++) {
    const int row = pool_find(p->members[i]);
    if (row < 0)
      return dyo_fail_item(err, DYO_INVALID_INPUT, "params/members", i, NULL,
                           "found \"%.40s\"; a member such as \"ets\" is expected", p->members[i]);
    if (w->w[row] > 0)
      return dyo_fail_item(err, DYO_INVALID_INPUT, "params/members", i, NULL,
                           "found \"%.40s\" again; each member once is expected", p->members[i]);
    w->w[row] = 1;
  }
  if (p->members && p->n_members == 0)
    return dyo_fail(err, DYO_INVALID_INPUT, "/params/members", "found no member; at least one is expected");
  return DYO_OK;
}

/* Weights that sum to 1; false where all are zero. */
static bool normalize(pool_weights *w)
{
  double sum = 0;
  for (int i = 0; i < POOL_SIZE; i++) sum += w->w[i];
  for (int i = 0; i < POOL_SIZE && sum > 0; i++) w->w[i] /= sum;
  return sum > 0;
}

/* Members that cannot be fitted take no part. */
static size_t keep_able(const dyo_history *h, pool_weights *w)
{
  size_t left = 0;
  for (int i = 0; i < POOL_SIZE; i++) {
    if (w->w[i] > 0 && !pool_able(&pool[i], h)) w->w[i] = 0;
    left += w->w[i] > 0;
  }
  return left;
}

/* Who takes part, and with what weight before any has been fitted. */
static dyo_status plan(dyo_ctx *ctx, const dyo_history *h, const ensemble_params *p, pool_weights *w, dyo_err *err)
{
  pool_weights learned = {{0}};
  dyo_status   st      = named_members(p, w, err);
  if (st == DYO_OK && p->weights == DYO_WEIGHTS_LEARNED)
    st = weights_learned(ctx, h, p->effort < 0 ? DYO_EFFORT_BALANCED : (dyo_effort)p->effort, &learned, err);
  if (st != DYO_OK) return st;
  if (!p->members && p->weights != DYO_WEIGHTS_LEARNED) w->w[POOL_arima] = w->w[POOL_ets] = w->w[POOL_theta] = 1;
  if (p->weights == DYO_WEIGHTS_LEARNED)
    for (int i = 0; i < POOL_SIZE; i++) w->w[i] = !p->members || w->w[i] > 0 ? learned.w[i] : 0;
  if (keep_able(h, w) == 0) {
    if (h->n_x || h->n_holidays)
      return dyo_fail(err, DYO_UNSUPPORTED, "/model_type", "no member of the ensemble uses %s",
                      h->n_holidays ? "holidays" : "regressors");
    if (p->members)
      return dyo_fail(err, DYO_INSUFFICIENT_DATA, "/series/values",
                      "%zu values; none of the ensemble's members can be fitted to them", h->n);
    w->w[POOL_naive] = 1;
  }
  normalize(w);
  for (int i = 0; i < POOL_SIZE && p->weights == DYO_WEIGHTS_LEARNED; i++)
    if (w->w[i] < least_weight) w->w[i] = 0;
  normalize(w);
  if (p->weights != DYO_WEIGHTS_INVERSE && p->weights != DYO_WEIGHTS_STACKED) return DYO_OK;
  const pool_weights before = *w;
  return weights_by_origins(ctx, h, p, &before, w, err);
}

/* One-step forecasts of a member, from what it tells of its errors, added to sum with its weight. */
static dyo_status add_fitted(dyo_ctx *ctx, const dyo_model *m, const void *state, const dyo_history *h, double weight,
                             double *sum, dyo_err *err)
{
  dyo_report r;
  dyo_report_clear(&r);
  const dyo_status st = m->report(ctx, state, &r, err);
  for (size_t t = 0; st == DYO_OK && t < h->n; t++) {
    const double offset = r.offset ? r.offset[t] : 0, factor = r.factor ? r.factor[t] : 1;
    const double e = r.residuals && t < r.n_residuals ? r.residuals[t] : NAN, x = (h->y[t] - offset) / factor;
    sum[t] += weight * (offset + factor * (r.relative ? x / (1 + e) : x - e));
  }
  return st;
}

static dyo_status residuals(dyo_ctx *ctx, const dyo_history *h, ensemble_state *s, dyo_err *err)
{
  double *sum = DYO_NEW(ctx, h->n, double);
  if (!sum) return dyo_oom(err);
  for (size_t k = 0; k < s->n_parts; k++) {
    const part      *p  = &s->parts[k];
    const dyo_status st = add_fitted(ctx, pool[p->member].model, state_of(p), h, p->weight, sum, err);
    if (st != DYO_OK) return st;
  }
  for (size_t t = 0; t < h->n; t++) {
    sum[t] = h->y[t] - sum[t];
    if (!isfinite(sum[t])) sum[t] = NAN;
  }
  s->residuals = sum, s->n_residuals = h->n;
  return DYO_OK;
}

/* Fit those with a weight. One that fails leaves its share to the others; where all fail, so does the ensemble. */
static dyo_status fit_members(dyo_ctx *ctx, const dyo_history *h, const pool_weights *w, ensemble_state *s,
                              dyo_err *err)
{
  double     sum = 0;
  dyo_status st  = DYO_OK;
  dyo_err    own = {0};
  s->parts       = DYO_NEW(ctx, POOL_SIZE, part);
  if (!s->parts) return dyo_oom(err);
  for (int i = 0; i < POOL_SIZE; i++) {
    part *p     = &s->parts[s->n_parts];
    void *state = NULL;
    if (!(w->w[i] > 0)) continue;
    if (dyo_look(ctx, (double)i / POOL_SIZE, "fitting members") == DYO_STOP_CANCELLED)
      return dyo_cancelled(ctx, false, err);
    own                  = (dyo_err){0};
    const dyo_status one = pool_fit(ctx, &pool[i], h, &state, &own);
    if (one == DYO_CANCELLED || one == DYO_OUT_OF_MEMORY) return *err = own, one;
    if (one != DYO_OK) {
      st = one, *err = own;
      continue;
    }
    p->member = i, p->weight = w->w[i];
    *place(p, pool[i].model) = state;
    sum += p->weight;
    s->n_parts++;
  }
  for (size_t k = 0; k < s->n_parts; k++) s->parts[k].weight /= sum;
  if (s->n_parts == 0) return st;
  *err = (dyo_err){0};
  return DYO_OK;
}

static dyo_status fit(dyo_ctx *ctx, const dyo_history *h, const void *params, void *state, dyo_err *err)
{
  pool_weights w  = {{0}};
  dyo_status   st = plan(ctx, h, params, &w, err);
  if (st == DYO_OK) st = fit_members(ctx, h, &w, state, err);
  return st == DYO_OK ? residuals(ctx, h, state, err) : st;
}

/* ---- the fitted ensemble ---- */

static bool all_finite(const dyo_band *b, const dyo_ask *ask)
{
  bool ok = true;
  for (size_t i = 0; i < ask->h; i++) ok = ok && isfinite(b->mean[i]);
  for (size_t i = 0; i < ask->h * ask->n_levels; i++) ok = ok && isfinite(b->lower[i]) && isfinite(b->upper[i]);
  return ok;
}

static dyo_status member_band(dyo_ctx *ctx, const part *p, const dyo_ask *ask, dyo_band *band, dyo_err *err)
{
  const dyo_model *m   = pool[p->member].model;
  dyo_ask          own = *ask;
  if (!m->regressors) own.x = NULL;
  return m->forecast(ctx, state_of(p), &own, band, err);
}

static void add_band(const dyo_ask *ask, const dyo_band *b, double weight, dyo_band *sum)
{
  for (size_t i = 0; i < ask->h; i++) sum->mean[i] += weight * b->mean[i];
  for (size_t i = 0; i < ask->h * ask->n_levels; i++) {
    sum->lower[i] += weight * b->lower[i];
    sum->upper[i] += weight * b->upper[i];
  }
}

/* by 0: to nothing, whatever it was. */
static void scale_band(const dyo_ask *ask, double by, dyo_band *b)
{
  for (size_t i = 0; i < ask->h; i++) b->mean[i] = by > 0 ? by * b->mean[i] : 0;
  for (size_t i = 0; i < ask->h * ask->n_levels; i++) {
    b->lower[i] = by > 0 ? by * b->lower[i] : 0;
    b->upper[i] = by > 0 ? by * b->upper[i] : 0;
  }
}

static dyo_status band_new(dyo_ctx *ctx, const dyo_ask *ask, dyo_band *out, dyo_err *err)
{
  const size_t ends = ask->h * ask->n_levels;
  double      *room = DYO_NEW(ctx, ask->h + 2 * ends, double);
  if (!room) return dyo_oom(err);
  *out = (dyo_band){room, room + ask->h, room + ask->h + ends};
  return DYO_OK;
}

/* Members whose forecast leaves the numbers do not count, unless all do. */
static dyo_status forecast(dyo_ctx *ctx, const void *state, const dyo_ask *ask, dyo_band *out, dyo_err *err)
{
  const ensemble_state *s = state;
  dyo_band              one;
  double                weight = 0;
  dyo_status            st     = check(s, err);
  if (st == DYO_OK) st = band_new(ctx, ask, &one, err);
  scale_band(ask, 0, out);
  for (size_t k = 0; k < s->n_parts && st == DYO_OK; k++) {
    if (dyo_look(ctx, (double)k / (double)s->n_parts, "forecasting") == DYO_STOP_CANCELLED)
      return dyo_cancelled(ctx, false, err);
    st = member_band(ctx, &s->parts[k], ask, &one, err);
    if (st != DYO_OK || !(all_finite(&one, ask) || (weight == 0 && k + 1 == s->n_parts))) continue;
    add_band(ask, &one, s->parts[k].weight, out);
    weight += s->parts[k].weight;
  }
  if (st == DYO_OK) scale_band(ask, 1 / weight, out);
  return st;
}

static dyo_status update(dyo_ctx *ctx, void *state, const dyo_news *news, dyo_err *err)
{
  ensemble_state *s  = state;
  dyo_status      st = check(s, err);
  for (size_t k = 0; k < s->n_parts && st == DYO_OK; k++) {
    const dyo_model *m   = pool[s->parts[k].member].model;
    dyo_news         own = *news;
    if (!m->regressors) own.x = NULL;
    st = m->update(ctx, state_of(&s->parts[k]), &own, err);
  }
  s->residuals = NULL, s->n_residuals = 0;
  return st;
}

static double mean_square(const double *e, size_t n)
{
  double sum = 0, count = 0;
  for (size_t t = 0; t < n; t++) {
    if (!isfinite(e[t])) continue;
    sum += e[t] * e[t];
    count++;
  }
  return count > 0 ? sum / count : NAN;
}

static dyo_status report(dyo_ctx *ctx, const void *state, dyo_report *r, dyo_err *err)
{
  const ensemble_state *s = state;
  r->params               = DYO_NEW(ctx, s->n_parts, dyo_parameter);
  if (!r->params) return dyo_oom(err);
  for (size_t k = 0; k < s->n_parts; k++) {
    const char *word = pool_words[s->parts[k].member];
    r->params[k]     = (dyo_parameter){dyo_text(ctx, "weight.%s", word), s->parts[k].weight, NAN};
    r->form          = k == 0 ? word : dyo_text(ctx, "%s + %s", r->form, word);
    if (!r->params[k].name || !r->form) return dyo_oom(err);
  }
  r->n_list    = s->n_parts;
  r->sigma2    = s->residuals ? mean_square(s->residuals, s->n_residuals) : NAN;
  r->residuals = s->residuals, r->n_residuals = s->n_residuals;
  return DYO_OK;
}

/* All members have the same ones. */
static const char **regressors(const void *state, size_t *n)
{
  const ensemble_state *s = state;
  *n                      = 0;
  return s->n_parts ? names_of(&s->parts[0], n) : NULL;
}

void dyo_ensemble_effort(void *params, dyo_effort effort)
{
  ensemble_params *p = params;
  if (p->effort < 0) p->effort = (int)effort;
}

dyo_ensemble_member *dyo_ensemble_list(dyo_ctx *ctx, const void *state, size_t *n)
{
  const ensemble_state *s   = state;
  dyo_ensemble_member  *out = DYO_NEW(ctx, s->n_parts, dyo_ensemble_member);
  *n                        = s->n_parts;
  for (size_t k = 0; out && k < s->n_parts; k++)
    out[k] = (dyo_ensemble_member){pool_words[s->parts[k].member], s->parts[k].weight};
  return out;
}

dyo_status dyo_ensemble_each(dyo_ctx *ctx, const void *state, const dyo_ask *ask, double *mean, dyo_err *err)
{
  const ensemble_state *s = state;
  dyo_band              one;
  dyo_status            st = band_new(ctx, ask, &one, err);
  for (size_t k = 0; k < s->n_parts && st == DYO_OK; k++) {
    st            = member_band(ctx, &s->parts[k], ask, &one, err);
    const bool ok = st == DYO_OK && all_finite(&one, ask);
    for (size_t i = 0; i < ask->h; i++) mean[k * ask->h + i] = ok ? one.mean[i] : NAN;
  }
  return st;
}

static const char search_space[] = "{\"weights\":[\"equal\",\"inverse_error\",\"stacked\",\"learned\"]}";

const dyo_model dyo_model_ensemble = {.name       = "ensemble",
                                      .params     = params_rows,
                                      .state      = ensemble_state_rows,
                                      .min_obs    = min_obs,
                                      .fit        = fit,
                                      .forecast   = forecast,
                                      .update     = update,
                                      .report     = report,
                                      .regressors = regressors,
                                      .holidays   = true,
                                      .search     = search_space};
