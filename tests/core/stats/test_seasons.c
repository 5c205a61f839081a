/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "../context.h"
#include "../impatient.h"
#include "data.h"
#include "near.h"
#include "stats/dyo_mstl.h"
#include "stats/dyo_outliers.h"
#include "stats/dyo_periods.h"

static const double two_pi = 6.28318530717958647693;

enum { HOURS = 24 * 7 * 10 };

/* A trend, a day and a week, each known, with a little noise. */
static double day(size_t t)
{
  return 10 * sin(two_pi * (double)t / 24) + 4 * cos(2 * two_pi * (double)t / 24);
}

static double week(size_t t)
{
  return 6 * cos(two_pi * (double)t / 168);
}

static void hours(double *y, double noise)
{
  uint64_t seed = 11;
  for (size_t t = 0; t < HOURS; t++) y[t] = 100 + 0.01 * (double)t + day(t) + week(t) + noise * noise_normal(&seed);
}

static void two_seasons_are_told_apart(void **state)
{
  (void)state;
  static double       y[HOURS];
  const int           periods[3] = {168, 24, 24};
  const dyo_mstl_opts o          = dyo_mstl_defaults(false);
  dyo_mstl            m;
  dyo_err             err;
  double              off = 0;
  hours(y, 0.5);
  assert_int_equal(DYO_OK, dyo_mstl_fit(&ctx, &(dyo_series){y, HOURS}, periods, 3, &o, &m, &err));
  assert_int_equal(2, m.k);
  assert_int_equal(24, m.period[0]);
  assert_int_equal(168, m.period[1]);
  for (size_t t = 0; t < HOURS; t++) {
    off += fabs(m.seasonal[0][t] - day(t)) + fabs(m.seasonal[1][t] - week(t));
    assert_near(y[t], m.trend[t] + m.seasonal[0][t] + m.seasonal[1][t] + m.remainder[t], 1e-9);
  }
  assert_true(off / HOURS < 0.8); /* two seasons of amplitude 10 and 6 under noise of 0.5 */
}

static void missing_values_are_filled_with_their_season(void **state)
{
  (void)state;
  static double       y[HOURS], known[HOURS];
  const int           periods[2] = {24, 168};
  const dyo_mstl_opts o          = dyo_mstl_defaults(false);
  dyo_mstl            m;
  dyo_err             err;
  hours(known, 0);
  memcpy(y, known, sizeof y);
  for (size_t t = 500; t < 512; t++) y[t] = NAN; /* half a day: a straight line would be off by 10 and more */
  assert_int_equal(DYO_OK, dyo_mstl_fit(&ctx, &(dyo_series){y, HOURS}, periods, 2, &o, &m, &err));
  assert_int_equal(12, m.missing);
  for (size_t t = 0; t < HOURS; t++) assert_near(known[t], m.filled[t], t >= 500 && t < 512 ? 1.5 : 0);
}

static void a_period_that_does_not_fit_twice_is_left_out(void **state)
{
  (void)state;
  const double        y[10]      = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  const int           periods[3] = {6, 5, 1};
  const dyo_mstl_opts o          = dyo_mstl_defaults(true);
  dyo_mstl            m;
  dyo_err             err;
  assert_int_equal(DYO_OK, dyo_mstl_fit(&ctx, &(dyo_series){y, 10}, periods, 3, &o, &m, &err));
  assert_int_equal(1, m.k);
  assert_int_equal(5, m.period[0]);
}

static void nothing_known_is_refused(void **state)
{
  (void)state;
  const double        y[3] = {NAN, NAN, NAN};
  const dyo_mstl_opts o    = dyo_mstl_defaults(false);
  dyo_mstl            m;
  dyo_err             err;
  assert_int_equal(DYO_INSUFFICIENT_DATA, dyo_mstl_fit(&ctx, &(dyo_series){y, 3}, NULL, 0, &o, &m, &err));
}

static void more_periods_than_there_is_room_for_are_refused(void **state)
{
  (void)state;
  static double       y[100];
  int                 periods[DYO_MSTL_MOST + 1];
  const dyo_mstl_opts o = dyo_mstl_defaults(false);
  dyo_mstl            m;
  dyo_err             err;
  for (int i = 0; i <= DYO_MSTL_MOST; i++) periods[i] = 2 + i;
  assert_int_equal(DYO_INVALID_INPUT,
                   dyo_mstl_fit(&ctx, &(dyo_series){y, 100}, periods, DYO_MSTL_MOST + 1, &o, &m, &err));
}

static size_t find(const double *y, size_t n, const double *likely, size_t k, dyo_period *p)
{
  return dyo_find_periods(&ctx, &(dyo_series){y, n}, likely, k, p);
}

/* R data sets with the frequency R gives them. No season: annual or daily series, and austres, whose seasonal part is below a tenth
 * of a percent of the level. lynx and sunspots have cycles of no fixed length. */
static void the_seasons_of_known_series_are_found(void **state)
{
  (void)state;
  static data_set d;
  FILE           *f    = data_open("series.txt");
  int             seen = 0;
  assert_non_null(f);
  while (data_next(f, &d)) {
    dyo_period   p[DYO_PERIODS_MOST];
    const size_t k      = find(d.y, d.n, NULL, 0, p);
    const int    season = d.period > 1 && strcmp(d.name, "austres") != 0;
    assert_int_equal(season, k);
    if (season) assert_int_equal(d.period, p[0].period);
    seen++;
  }
  fclose(f);
  assert_int_equal(23, seen);
}

static void day_and_week_are_found_in_hours(void **state)
{
  (void)state;
  static double y[HOURS];
  dyo_period    p[DYO_PERIODS_MOST];
  hours(y, 2);
  assert_int_equal(2, find(y, HOURS, NULL, 0, p));
  assert_int_equal(24, p[0].period);
  assert_int_equal(168, p[1].period);
}

static void week_and_year_are_found_in_two_years_of_days(void **state)
{
  (void)state;
  const double  likely[2] = {7, 365.25};
  static double y[760];
  dyo_period    p[DYO_PERIODS_MOST];
  uint64_t      seed = 3;
  for (size_t t = 0; t < 760; t++)
    y[t] = 50 + (t % 7 < 2 ? 12 : 0) + 15 * sin(two_pi * (double)t / 365.25) + 4 * noise_normal(&seed);
  assert_int_equal(2, find(y, 760, likely, 2, p));
  assert_int_equal(7, p[0].period);
  assert_int_equal(365, p[1].period);
  y[100] = y[101] = NAN; /* a gap does not hide them */
  assert_int_equal(2, find(y, 760, likely, 2, p));
}

/* 200 series each of noise, random walks and cycles of a second-order autoregression: seasons are seen in one in a hundred at most. */
static void chance_is_no_season(void **state)
{
  (void)state;
  static const double phi[3][2] = {{0, 0}, {1, 0}, {1.5, -0.8}};
  uint64_t            seed      = 2024;
  for (size_t kind = 0; kind < 3; kind++) {
    size_t found = 0;
    for (size_t s = 0; s < 200; s++) {
      double     y[150] = {0};
      dyo_period p[DYO_PERIODS_MOST];
      for (size_t t = 2; t < 150; t++) y[t] = phi[kind][0] * y[t - 1] + phi[kind][1] * y[t - 2] + noise_normal(&seed);
      found += find(y, 150, NULL, 0, p) > 0;
      dyo_ctx_clear(&ctx);
    }
    assert_true(found <= 2);
  }
}

static void short_or_constant_series_have_no_season(void **state)
{
  (void)state;
  const double same[40] = {0}, few[7] = {1, 2, 1, 2, 1, 2, 1}, gone[9] = {NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN};
  dyo_period   p[DYO_PERIODS_MOST];
  assert_int_equal(0, find(same, 40, NULL, 0, p));
  assert_int_equal(0, find(few, 7, NULL, 0, p));
  assert_int_equal(0, find(gone, 9, NULL, 0, p));
}

static void an_exact_season_is_found(void **state)
{
  (void)state;
  double     y[48];
  dyo_period p[DYO_PERIODS_MOST];
  for (size_t t = 0; t < 48; t++) y[t] = (double)(t % 6 * t % 6);
  assert_int_equal(1, find(y, 48, NULL, 0, p));
  assert_int_equal(6, p[0].period);
  assert_true(p[0].share > 0.99);
}

static void outliers_are_found_and_nothing_else(void **state)
{
  (void)state;
  static double y[HOURS];
  const int     periods[2] = {24, 168};
  dyo_outlier  *o          = NULL;
  size_t        n          = 0;
  dyo_err       err;
  hours(y, 0.5);
  assert_int_equal(DYO_OK, dyo_outliers(&ctx, &(dyo_series){y, HOURS}, periods, 2, &o, &n, &err));
  assert_int_equal(0, n);
  y[300] += 40;
  y[700] -= 25;
  y[701] = NAN;
  assert_int_equal(DYO_OK, dyo_outliers(&ctx, &(dyo_series){y, HOURS}, periods, 2, &o, &n, &err));
  assert_int_equal(2, n);
  assert_int_equal(300, o[0].index);
  assert_int_equal(700, o[1].index);
  assert_near(y[300], o[0].value, 0);
  assert_near(y[300] - 40, o[0].expected, 3);
  assert_near(y[700] + 25, o[1].expected, 3);
}

static void an_exact_pattern_has_no_outliers(void **state)
{
  (void)state;
  double       y[60];
  const int    period = 6;
  dyo_outlier *o      = NULL;
  size_t       n      = 0;
  dyo_err      err;
  for (size_t t = 0; t < 60; t++) y[t] = 1e6 + 3.7 * (double)(t % 6);
  assert_int_equal(DYO_OK, dyo_outliers(&ctx, &(dyo_series){y, 60}, &period, 1, &o, &n, &err));
  assert_int_equal(0, n);
  assert_int_equal(DYO_OK, dyo_outliers(&ctx, &(dyo_series){y, 5}, NULL, 0, &o, &n, &err)); /* too few to tell */
  assert_int_equal(0, n);
}

/* Between two questions whether to stop lies one passage over the values: the clock is read at each, and each is told of. */
static void the_search_asks_at_every_candidate(void **state)
{
  (void)state;
  static double y[HOURS];
  impatient     host = {.most = 1000000};
  dyo_host      h    = impatient_host(&host);
  dyo_ctx       own;
  dyo_period    found[DYO_PERIODS_MOST];
  hours(y, 1);
  dyo_ctx_init(&own, &h);
  assert_true(dyo_find_periods(&own, &(dyo_series){y, HOURS}, NULL, 0, found) > 0);
  dyo_ctx_clear(&own);
  assert_true(host.told >= 20);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
  const struct CMUnitTest tests[] = {
    TEST(two_seasons_are_told_apart),
    TEST(missing_values_are_filled_with_their_season),
    TEST(a_period_that_does_not_fit_twice_is_left_out),
    TEST(nothing_known_is_refused),
    TEST(more_periods_than_there_is_room_for_are_refused),
    TEST(the_seasons_of_known_series_are_found),
    TEST(day_and_week_are_found_in_hours),
    TEST(week_and_year_are_found_in_two_years_of_days),
    TEST(the_search_asks_at_every_candidate),
    TEST(chance_is_no_season),
    TEST(short_or_constant_series_have_no_season),
    TEST(an_exact_season_is_found),
    TEST(outliers_are_found_and_nothing_else),
    TEST(an_exact_pattern_has_no_outliers),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
