/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "context.h"
#include "impatient.h"
#include "num/dyo_lbfgs.h"

static dyo_err err;

static void near(double x, double expected, double tol)
{
  if (!(fabs(x - expected) <= tol)) fail_msg("%.17g is not %.17g", x, expected);
}

/* Rosenbrock (1960), generalised to n variables: least at all ones. */
static double rosenbrock(const double *x, double *g, void *job)
{
  const size_t n = *(const size_t *)job;
  double       f = 0;
  for (size_t i = 0; i < n; i++) g[i] = 0;
  for (size_t i = 0; i + 1 < n; i++) {
    const double a = x[i + 1] - x[i] * x[i], b = 1 - x[i];
    f += 100 * a * a + b * b;
    g[i] += -400 * a * x[i] - 2 * b;
    g[i + 1] += 200 * a;
  }
  return f;
}

static void a_curved_valley_is_followed(void **state)
{
  size_t         n = 20;
  double         x[20];
  dyo_lbfgs_info info;
  (void)state;
  for (size_t i = 0; i < n; i++) x[i] = i % 2 ? 1 : -1.2;
  const dyo_lbfgs_opts o = {.n = n, .max_iter = 500, .tol = 1e-14};
  assert_int_equal(DYO_OK, dyo_lbfgs(&ctx, &o, rosenbrock, &n, x, &info, &err));
  assert_true(info.converged);
  for (size_t i = 0; i < n; i++) near(x[i], 1, 1e-5);
}

typedef struct {
  size_t        n;
  const double *curve, *at;
} bowl;

/* sum c_i (x_i - a_i)^2 / 2 */
static double parabola(const double *x, double *g, void *job)
{
  const bowl *b = job;
  double      f = 0;
  for (size_t i = 0; i < b->n; i++) {
    g[i] = b->curve[i] * (x[i] - b->at[i]);
    f += g[i] * (x[i] - b->at[i]) / 2;
  }
  return f;
}

/* With w |x| added the least is the soft threshold: a - sign(a) w / c, or zero within w / c of it; Donoho & Johnstone (1994). */
static void absolute_values_give_exact_zeros(void **state)
{
  static const double curve[] = {1, 4, 100, 0.01, 2, 50}, at[] = {3, -0.2, 0.5, 700, -6, 0.001},
                      weight[] = {1, 1, 1, 1, 0, 1};
  bowl           b             = {6, curve, at};
  double         x[6]          = {-1, 1, 0, 0, 9, -3};
  dyo_lbfgs_info info;
  (void)state;
  const dyo_lbfgs_opts o = {.n = 6, .weight = weight, .max_iter = 500, .tol = 1e-15};
  assert_int_equal(DYO_OK, dyo_lbfgs(&ctx, &o, parabola, &b, x, &info, &err));
  for (size_t i = 0; i < 6; i++) {
    const double left = fabs(at[i]) - weight[i] / curve[i];
    near(x[i], left > 0 ? copysign(left, at[i]) : 0, 1e-5 * (1 + fabs(at[i])));
    if (left <= 0) assert_true(x[i] == 0);
  }
}

static double nowhere(const double *x, double *g, void *job)
{
  (void)job;
  g[0] = x[0];
  return NAN;
}

static void a_start_without_a_value_is_refused(void **state)
{
  double               x = 1;
  const dyo_lbfgs_opts o = {.n = 1, .max_iter = 10, .tol = 1e-9};
  (void)state;
  assert_int_equal(DYO_INVALID_INPUT, dyo_lbfgs(&ctx, &o, nowhere, NULL, &x, NULL, &err));
}

static void a_cancelled_search_ends(void **state)
{
  size_t               n    = 2;
  double               x[2] = {-1.2, 1};
  volatile int         stop = 1;
  const dyo_lbfgs_opts o    = {.n = n, .max_iter = 1000000, .tol = 0};
  (void)state;
  ctx.cancel = &stop;
  assert_int_equal(DYO_CANCELLED, dyo_lbfgs(&ctx, &o, rosenbrock, &n, x, NULL, &err));
}

/* Rosenbrock's function counts how often it is asked after the host asked to stop. */
typedef struct {
  impatient host; /* first: the host's functions see it alone */
  int       late;
} watch;

static double watched(const double *x, double *g, void *job)
{
  size_t n = 2;
  watch *w = job;
  w->late += w->host.told >= w->host.most;
  return rosenbrock(x, g, &n);
}

static void a_slow_loss_is_not_asked_again_after_a_cancel(void **state)
{
  watch                w    = {.host = {.most = 3}};
  const dyo_host       host = impatient_host(&w.host);
  double               x[2] = {-1.2, 1};
  const dyo_lbfgs_opts o    = {.n = 2, .max_iter = 1000, .tol = 1e-14};
  (void)state;
  dyo_ctx_clear(&ctx);
  dyo_ctx_init(&ctx, &host);
  assert_int_equal(DYO_CANCELLED, dyo_lbfgs(&ctx, &o, watched, &w, x, NULL, &err));
  assert_int_equal(3, w.host.told);
  assert_int_equal(0, w.late);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(a_curved_valley_is_followed, set_up, tear_down),
    cmocka_unit_test_setup_teardown(absolute_values_give_exact_zeros, set_up, tear_down),
    cmocka_unit_test_setup_teardown(a_start_without_a_value_is_refused, set_up, tear_down),
    cmocka_unit_test_setup_teardown(a_cancelled_search_ends, set_up, tear_down),
    cmocka_unit_test_setup_teardown(a_slow_loss_is_not_asked_again_after_a_cancel, set_up, tear_down),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
