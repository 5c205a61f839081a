/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "series/dyo_resample.h"

static dyo_ctx ctx;
static dyo_err err;

static dyo_time day(int y, int m, int d)
{
  return dyo_time_of((dyo_date){y, m, d, 0, 0, 0});
}

static const dyo_freq H = {DYO_FREQ_HOUR, 1}, D = {DYO_FREQ_DAY, 1}, W = {DYO_FREQ_WEEK, 1}, M = {DYO_FREQ_MONTH, 1},
                      Q = {DYO_FREQ_QUARTER, 1}, Y = {DYO_FREQ_YEAR, 1}, M45 = {DYO_FREQ_MINUTE, 45},
                      M7 = {DYO_FREQ_MINUTE, 7};

static void what_fills_what(void **state)
{
  (void)state;
  assert_true(dyo_freq_nests(D, W) && dyo_freq_nests(D, M) && dyo_freq_nests(M, Q) && dyo_freq_nests(Q, Y));
  assert_true(dyo_freq_nests(H, D) && dyo_freq_nests(M45, D) && dyo_freq_nests(M45, M) && dyo_freq_nests(M, M));
  assert_false(dyo_freq_nests(W, M) || dyo_freq_nests(W, Y) || dyo_freq_nests(M45, H) || dyo_freq_nests(M7, D));
  assert_false(dyo_freq_nests(M7, Y) || dyo_freq_nests(M, D) || dyo_freq_nests(Q, M));
}

/* 2024 has 262 weekdays; 29 February 2024 is a Thursday. */
static void open_days_are_counted(void **state)
{
  const dyo_time holidays[] = {day(2024, 1, 1), day(2024, 5, 4), day(2024, 12, 25)};
  dyo_workdays   w          = {.open = {true, true, true, true, true, false, false}};
  (void)state;
  assert_int_equal(dyo_workdays_between(&w, day(2024, 1, 1), day(2025, 1, 1)), 262);
  w.holidays = holidays, w.n_holidays = 3; /* one of them a Saturday */
  assert_int_equal(dyo_workdays_between(&w, day(2024, 1, 1), day(2025, 1, 1)), 260);
  assert_true(dyo_workday(&w, day(2024, 2, 29) + 3600));
  assert_false(dyo_workday(&w, day(2024, 12, 25) + 86399));
}

/* What is spread evenly is found again in the sum, month by month, leap day and all. */
static void coarser_undoes_finer(void **state)
{
  enum { N = 50 };
  double      y[N];
  dyo_regular r = {.y = y, .n = N, .known = N, .freq = M, .dated = true, .start = day(2019, 11, 30)};
  dyo_regular fine, back;
  dyo_ends    ends;
  (void)state;
  for (int i = 0; i < N; i++) y[i] = i % 7 == 3 ? NAN : 100.0 + i * i;
  assert_int_equal(DYO_OK, dyo_finer(&ctx, &r, D, DYO_SPREAD_EVEN, "/frequency", &fine, &err));
  assert_int_equal(fine.n, (day(2024, 1, 1) - day(2019, 11, 1)) / DYO_DAY);
  assert_int_equal(DYO_OK, dyo_coarser(&ctx, &fine, NULL, M, DYO_AGG_SUM, false, &back, &ends, &err));
  assert_int_equal(back.n, N);
  assert_int_equal(back.start, day(2019, 11, 1));
  for (int i = 0; i < N; i++) {
    if (isnan(y[i])) assert_true(isnan(back.y[i]));
    else if (!(fabs(back.y[i] - y[i]) < 1e-9)) fail_msg("month %d: %g is not %g", i, back.y[i], y[i]);
  }
  assert_int_equal(ends.first_held, ends.first_whole);
  assert_int_equal(ends.last_held, 31);
  assert_int_equal(ends.holes, 0);
  dyo_ctx_clear(&ctx);
}

/* Sunday, 1 March 2020: the last day of a week from Monday, the first of one from Sunday. */
static void weeks_start_where_asked(void **state)
{
  (void)state;
  assert_int_equal(dyo_period_of(day(2020, 3, 1), W, false), day(2020, 2, 24));
  assert_int_equal(dyo_period_of(day(2020, 3, 1), W, true), day(2020, 3, 1));
  assert_int_equal(dyo_period_of(day(2020, 3, 7), W, true), day(2020, 3, 1));
  assert_int_equal(dyo_period_of(day(2020, 3, 7), M, true), day(2020, 3, 1));
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(what_fills_what), cmocka_unit_test(open_days_are_counted),
                                     cmocka_unit_test(coarser_undoes_finer), cmocka_unit_test(weeks_start_where_asked)};
  dyo_ctx_init(&ctx, NULL);
  return cmocka_run_group_tests(tests, NULL, NULL);
}
