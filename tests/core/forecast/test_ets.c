/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "forecast/ets.h"
#include "forecast/models.h"
#include "num/dyo_rng.h"

enum { N = 60, M = 4 };

/* cmocka's own comparison of this version is in single precision. */
static void near(double x, double expected, double tol)
{
  if (!(fabs(x - expected) <= tol)) fail_msg("%.17g is not %.17g", x, expected);
}

static void make(double *y)
{
  dyo_rng r = dyo_rng_seed(3);
  for (int t = 0; t < N; t++) y[t] = (100 + 0.7 * t) * (1 + 0.2 * (t % M - 1.5)) + 2 * dyo_rng_normal(&r);
  y[17] = NAN;
}

typedef struct {
  ets_pass    p;
  ets_weights w;
  double      l, b, s[M];
} point;

static double loss_at(point *k)
{
  k->p.l[0] = k->l, k->p.b[0] = k->b;
  memcpy(k->p.s, k->s, sizeof k->s);
  assert_true(ets_forward(&k->p, &k->w));
  return ets_loss(&k->p);
}

static void compare(point *k, double *x, double formula)
{
  const double keep = *x, h = 1e-6 * fmax(fabs(keep), 1);
  *x                 = keep + h;
  const double above = loss_at(k);
  *x                 = keep - h;
  const double below = loss_at(k);
  *x                 = keep;
  near(formula, (above - below) / (2 * h), 2e-4 * (1 + fabs(formula)));
}

/* The backward pass against central differences, for every form. */
static void gradient_is_the_slope_of_the_loss(void **state)
{
  double y[N];
  (void)state;
  make(y);
  for (int error = ETS_ADD; error <= ETS_MUL; error++)
    for (int trend = ETS_NONE; trend <= ETS_MUL; trend++)
      for (int season = ETS_NONE; season <= ETS_MUL; season++) {
        const ets_form f = {error, trend, season, trend != ETS_NONE, season ? M : 1};
        dyo_ctx        ctx;
        dyo_err        err;
        ets_weights    dw;
        double         dl = 0, db = 0, ds[M] = {0};
        point          k = {.w = {0.3, 0.2, 0.1, 0.9}, .l = 95, .b = trend == ETS_MUL ? 1.01 : 0.6};
        for (int j = 0; j < M; j++)
          k.s[j] = season == ETS_MUL ? 1 + 0.1 * (j - 1.5) : season == ETS_ADD ? 5.0 * (j - 1.5) : 0;
        if (trend == ETS_NONE) k.w.beta = 0;
        dyo_ctx_init(&ctx, NULL);
        assert_int_equal(ets_pass_new(&ctx, &f, y, N, &k.p, &err), DYO_OK);
        loss_at(&k);
        ets_backward(&k.p, &k.w, &dw, &dl, &db, ds);
        compare(&k, &k.w.alpha, dw.alpha);
        if (trend) compare(&k, &k.w.beta, dw.beta);
        if (trend) compare(&k, &k.w.phi, dw.phi);
        if (season) compare(&k, &k.w.gamma, dw.gamma);
        compare(&k, &k.l, dl);
        if (trend) compare(&k, &k.b, db);
        for (int j = 0; season && j < M; j++) compare(&k, &k.s[j], ds[j]);
        dyo_ctx_clear(&ctx);
      }
}

/* Letting the last values arrive by update gives the states of a pass over all of them. */
static void update_is_the_filter_run_on(void **state)
{
  double    y[N];
  ets_state s = {.error    = 1,
                 .trend    = ETS_ADD,
                 .seasonal = ETS_MUL,
                 .period   = M,
                 .alpha    = 0.3,
                 .beta     = 0.2,
                 .gamma    = 0.1,
                 .phi      = 1,
                 .l        = 95,
                 .b        = 0.6,
                 .s        = (double[]){0.85, 0.95, 1.05, 1.15},
                 .n_s      = M};
  ets_pass  p;
  dyo_ctx   ctx;
  dyo_err   err;
  (void)state;
  make(y);
  dyo_ctx_init(&ctx, NULL);
  const ets_form    f = ets_state_form(&s);
  const ets_weights w = ets_state_weights(&s);
  assert_int_equal(ets_pass_new(&ctx, &f, y, N, &p, &err), DYO_OK);
  p.l[0] = s.l, p.b[0] = s.b;
  memcpy(p.s, s.s, M * sizeof(double));
  assert_true(ets_forward(&p, &w));
  assert_int_equal(dyo_model_ets.update(&ctx, &s, &(dyo_news){.y = y, .n = N - 1}, &err), DYO_OK);
  near(s.l, p.l[N - 1], 1e-9);
  near(s.b, p.b[N - 1], 1e-9);
  for (int j = 0; j < M; j++) near(s.s[j], p.s[N - 1 + j], 1e-9);
  dyo_ctx_clear(&ctx);
}

/* Periods 2 and 3: four steps on, the places are the first of the one and the second of the other. */
static void seasons_turn_with_time(void **state)
{
  double  pattern[] = {1, 2, 10, 20, 30};
  int     periods[] = {2, 3};
  seasons s         = {pattern, 5, periods, 2, false};
  dyo_ctx ctx;
  dyo_err err;
  (void)state;
  dyo_ctx_init(&ctx, NULL);
  assert_true(seasons_sound(&s));
  near(seasons_put(&s, 4, 100), 121, 0);
  near(seasons_off(&s, 4, 121), 100, 0);
  assert_int_equal(seasons_turn(&ctx, &s, 4, &err), DYO_OK);
  near(seasons_put(&s, 0, 100), 121, 0);
  s.factors = true;
  near(seasons_put(&s, 0, 1), exp(21), 1e-3);
  s.n_pattern = 4;
  assert_false(seasons_sound(&s));
  dyo_ctx_clear(&ctx);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(seasons_turn_with_time),
                                     cmocka_unit_test(gradient_is_the_slope_of_the_loss),
                                     cmocka_unit_test(update_is_the_filter_run_on)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
