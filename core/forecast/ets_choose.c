/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which form of ETS? All that suit the data are fitted by maximum likelihood and weighed by AICc (Hyndman, Koehler, Snyder &
 * Grose 2002, Int. J. Forecasting 18; Akaike weights: Kolassa 2011, same 27). Chosen is the form whose forecasts are nearest to
 * the weighted mean of all: under squared error the best single model to predict with is that one, which need not be the most
 * probable (Barbieri & Berger 2004, Annals of Statistics 32). While forms compete, the initial trend is held to the line through the
 * first ten values, with the weight of ten: left free, the likelihood of a short series buys fit with starts that forecast badly.
 * A form that is asked for in full is fitted by plain maximum likelihood. */
#include <math.h>
#include <string.h>

#include "forecast/ets.h"

enum { FORMS = 30, FEWEST_AHEAD = 6, MOST_AHEAD = 2 * ETS_LONGEST_SEASON, TRUST = 10 };

typedef struct {
  ets_fit_result fit;
  double         weight;
  double         ahead[MOST_AHEAD];
} candidate;

typedef struct {
  dyo_ctx        *ctx;
  const ets_want *want;
  const double   *y;
  size_t          n, known;
  int             m;
  bool            positive;
  candidate      *all;
  size_t          n_all;
  dyo_err        *err;
} choice;

/* May this form be tried? Additive errors on a multiplicative season or trend have infinite variance; forms with more
 * parameters than the data can bear are left out. */
static bool admissible(const choice *c, const ets_form *f)
{
  const ets_want *w = c->want;
  const size_t    k = 2 + (f->trend ? 2u : 0u) + (f->damped ? 1u : 0u) + (f->season ? (size_t)f->m + 1 : 0u);
  if (w->error >= 0 && f->error != w->error + 1) return false;
  if (w->trend >= 0 ? f->trend != w->trend : f->trend == ETS_MUL) return false;
  if (w->seasonal >= 0 && f->season != w->seasonal) return false;
  if (w->damped >= 0 && f->trend != ETS_NONE && f->damped != (w->damped == 1)) return false;
  if (!c->positive && (f->error == ETS_MUL || f->trend == ETS_MUL || f->season == ETS_MUL)) return false;
  if (w->error < 0 && f->error == ETS_ADD && (f->season == ETS_MUL || f->trend == ETS_MUL)) return false;
  return c->known > k + 1 && (!f->season || (f->m > 1 && c->n >= 2 * (size_t)f->m));
}

static size_t steps_ahead(const choice *c)
{
  return c->m > FEWEST_AHEAD / 2 ? 2 * (size_t)c->m : FEWEST_AHEAD;
}

/* The candidate's forecasts behind the last value; false where they leave the numbers. */
static bool look_ahead(const choice *c, candidate *k)
{
  const ets_fit_result *r = &k->fit;
  const size_t          m = (size_t)r->form.m;
  double                l = r->l0, b = r->b0, s[ETS_LONGEST_SEASON], q = 0;
  size_t                place = 0;
  memcpy(s, r->s0, m * sizeof *s);
  for (size_t t = 0; t < c->n + steps_ahead(c); t++) {
    const double y = t < c->n ? c->y[t] : NAN;
    if (t >= c->n) k->ahead[t - c->n] = ets_mean(&r->form, &r->w, l, b, s[place], &q);
    if (t >= c->n && !isfinite(k->ahead[t - c->n])) return false;
    ets_step(&r->form, &r->w, y, &l, &b, &s[place]);
    place = place + 1 < m ? place + 1 : 0;
  }
  return true;
}

static dyo_status try_form(choice *c, const ets_form *f, double trust)
{
  candidate       *k  = &c->all[c->n_all];
  bool             ok = false;
  const dyo_status st = ets_fit_form(c->ctx, f, &(ets_data){c->y, c->n, trust}, &k->fit, &ok, c->err);
  if (st == DYO_OK && ok && look_ahead(c, k)) c->n_all++;
  return st;
}

/* The simplest first. */
static size_t list_forms(const choice *c, ets_form *list)
{
  size_t k = 0;
  for (int season = ETS_NONE; season <= ETS_MUL; season++)
    for (int trend = ETS_NONE; trend <= ETS_MUL; trend++)
      for (int damped = 0; damped <= (trend != ETS_NONE); damped++)
        for (int error = ETS_ADD; error <= ETS_MUL; error++) {
          const ets_form f = {error, trend, season, damped != 0, season ? c->m : 1};
          if (admissible(c, &f)) list[k++] = f;
        }
  return k;
}

static dyo_status try_all(choice *c)
{
  ets_form     list[FORMS];
  const size_t k  = list_forms(c, list);
  dyo_status   st = DYO_OK;
  for (size_t i = 0; i < k && st == DYO_OK; i++) {
    st = try_form(c, &list[i], k > 1 ? TRUST : 0);
    if (dyo_look(c->ctx, (double)i / (double)k, "exponential smoothing") == DYO_STOP_CANCELLED)
      return dyo_cancelled(c->ctx, false, c->err);
  }
  return st;
}

/* exp(-AICc / 2), the best form's being 1. Where the series is too short for any AICc the first form, the simplest, takes all. */
static double weigh(choice *c)
{
  double best = INFINITY, sum = 0;
  for (size_t i = 0; i < c->n_all; i++) best = fmin(best, c->all[i].fit.aicc);
  for (size_t i = 0; i < c->n_all; i++) {
    candidate *k = &c->all[i];
    k->weight    = isfinite(best) ? exp((best - k->fit.aicc) / 2) : i == 0;
    sum += k->weight;
  }
  return sum;
}

static const ets_fit_result *nearest_to_mean(choice *c)
{
  const size_t h                = steps_ahead(c);
  const double sum              = weigh(c);
  double       mean[MOST_AHEAD] = {0}, least = INFINITY;
  size_t       best = 0;
  for (size_t i = 0; i < c->n_all; i++)
    for (size_t j = 0; j < h; j++) mean[j] += c->all[i].weight / sum * c->all[i].ahead[j];
  for (size_t i = 0; i < c->n_all; i++) {
    double away = 0;
    if (!(c->all[i].weight > 0)) continue;
    for (size_t j = 0; j < h; j++) away += (c->all[i].ahead[j] - mean[j]) * (c->all[i].ahead[j] - mean[j]);
    if (away < least) least = away, best = i;
  }
  return &c->all[best].fit;
}

/* Too short or too odd for any form: the mean with additive errors. */
static ets_fit_result fall_back(const choice *c)
{
  double sum = 0, sse = 0;
  for (size_t t = 0; t < c->n; t++) sum += isnan(c->y[t]) ? 0 : c->y[t];
  const double mean = sum / (double)c->known;
  for (size_t t = 0; t < c->n; t++) sse += isnan(c->y[t]) ? 0 : (c->y[t] - mean) * (c->y[t] - mean);
  return (ets_fit_result){.form     = {ETS_ADD, ETS_NONE, ETS_NONE, false, 1},
                          .w        = {0.0, 0, 0, 1},
                          .l0       = mean,
                          .n_params = 1,
                          .loss     = (double)c->known * log(sse + 1e-300)};
}

dyo_status ets_choose(dyo_ctx *ctx, const ets_want *want, const double *y, size_t n, int m, ets_fit_result *out,
                      dyo_err *err)
{
  choice c = {.ctx = ctx, .want = want, .y = y, .n = n, .m = m, .positive = true, .err = err};
  c.all    = DYO_NEW(ctx, FORMS, candidate);
  if (!c.all) return dyo_oom(err);
  for (size_t t = 0; t < n; t++) {
    if (isnan(y[t])) continue;
    c.known++;
    c.positive = c.positive && y[t] > 0;
  }
  if (!c.positive && (want->error == 1 || want->trend == ETS_MUL || want->seasonal == ETS_MUL))
    return dyo_fail(
      err, DYO_INVALID_INPUT, "/params",
      "multiplicative parts need values above zero; leave error, trend and seasonal to the choice or use A");
  const dyo_status st = try_all(&c);
  if (st != DYO_OK) return st;
  *out = c.n_all ? *nearest_to_mean(&c) : fall_back(&c);
  return DYO_OK;
}
