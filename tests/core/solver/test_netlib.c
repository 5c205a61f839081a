/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Linear programs of the netlib collection, with the optimal values published with it (lp/data/readme).
 * Their names are those of tests/golden/netlib. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mps.h"

#ifndef DYO_GOLDEN_DIR
#ifdef DYO_TESTS_DIR
#define DYO_GOLDEN_DIR DYO_TESTS_DIR "/golden"
#else
#define DYO_GOLDEN_DIR "tests/golden"
#endif
#endif

static mps p;

/* Largest breach of a row or of x >= 0, relative to the right side. */
static double breach(const double *x)
{
  static double sum[MPS_MAX];
  double        worst = 0;
  memset(sum, 0, sizeof sum);
  for (int k = 0; k < p.nz; k++) sum[p.at_row[k]] += p.val[k] * x[p.at_col[k]];
  for (int i = 0; i < p.m; i++) {
    const double over = (sum[i] - p.rhs[i]) / fmax(1.0, fabs(p.rhs[i]));
    worst             = fmax(worst, p.sense[i] == DYO_LE ? over : p.sense[i] == DYO_GE ? -over : fabs(over));
  }
  for (int j = 0; j < p.n; j++) worst = fmax(worst, -x[j]);
  return worst;
}

/* b'y for prices y whose reduced costs c - A'y are not negative: what the duals prove by themselves, to rounding. */
static double dual_objective(const double *y, double *worst)
{
  static double d[MPS_MAX];
  double        z = 0;
  memcpy(d, p.cost, sizeof d);
  for (int k = 0; k < p.nz; k++) d[p.at_col[k]] -= p.val[k] * y[p.at_row[k]];
  *worst = 0;
  for (int j = 0; j < p.n; j++) *worst = fmax(*worst, -d[j]);
  for (int i = 0; i < p.m; i++) {
    z += p.rhs[i] * y[i];
    if (p.sense[i] == DYO_LE) *worst = fmax(*worst, y[i]);
    if (p.sense[i] == DYO_GE) *worst = fmax(*worst, -y[i]);
  }
  return z;
}

static void check(const char *name, double optimum)
{
  static double      x[MPS_MAX], y[MPS_MAX];
  char               path[512];
  dyo_ctx            ctx;
  dyo_err            err;
  dyo_mip           *m     = NULL;
  dyo_mip_info       info  = {0};
  const dyo_mip_opts o     = dyo_mip_defaults();
  double             worst = 0;
  memset(&p, 0, sizeof p);
  snprintf(path, sizeof path, "%s/netlib/%s.SIF", DYO_GOLDEN_DIR, name);
  assert_true(mps_read(&p, path));
  dyo_ctx_init(&ctx, NULL);
  assert_int_equal(mps_model(&p, &m, &err), DYO_OK);
  assert_int_equal(dyo_mip_solve(m, &ctx, &o, x, y, &info, &err), DYO_OK);
  assert_int_equal(info.status, DYO_MIP_OPTIMAL);
  assert_true(fabs(info.objective - optimum) <= 1e-6 * fabs(optimum));
  assert_true(info.bound <= info.objective);
  assert_true(info.bound <= optimum + 1e-8 * fabs(optimum)); /* the published digits */
  assert_true(info.bound >= optimum - 1e-6 * fabs(optimum));
  assert_true(breach(x) < 1e-7);
  assert_true(fabs(dual_objective(y, &worst) - optimum) <= 1e-6 * fabs(optimum));
  assert_true(worst < 1e-7);
  dyo_mip_free(m);
  dyo_ctx_clear(&ctx);
}

static void afiro_has_its_published_optimum(void **state)
{
  (void)state;
  check("AFIRO", -4.6475314286e2);
}

static void adlittle_has_its_published_optimum(void **state)
{
  (void)state;
  check("ADLITTLE", 2.2549496316e5);
}

static void brandy_has_its_published_optimum(void **state)
{
  (void)state;
  check("BRANDY", 1.5185098965e3);
}

static void degen2_has_its_published_optimum(void **state)
{
  (void)state;
  check("DEGEN2", -1.4351780000e3);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(afiro_has_its_published_optimum),
    cmocka_unit_test(adlittle_has_its_published_optimum),
    cmocka_unit_test(brandy_has_its_published_optimum),
    cmocka_unit_test(degen2_has_its_published_optimum),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
