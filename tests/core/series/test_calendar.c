/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "series/dyo_calendar.h"

static dyo_time at(const char *text)
{
  dyo_time t = 0;
  if (!dyo_time_parse(text, &t)) fail_msg("not a date: %s", text);
  return t;
}

/* Known days: the epoch, the day of 100 seconds before the year 2000's leap day ends, a century without one. */
static void dates_are_seconds_since_1970(void **state)
{
  (void)state;
  assert_int_equal(at("1970-01-01"), 0);
  assert_int_equal(at("2000-02-29T23:58:20"), 951868700);
  assert_int_equal(at("1900-03-01") - at("1900-02-28"), 86400);
  assert_int_equal(at("2024-07-01T12:30Z"), at("2024-07-01 12:30:00+02:00"));
  assert_int_equal(dyo_weekday(at("2024-05-14")), 1);
}

static void every_day_of_eight_hundred_years_prints_and_reads_back(void **state)
{
  char text[DYO_TIME_CHARS];
  (void)state;
  for (dyo_time t = at("1600-01-01"); t < at("2400-01-01"); t += DYO_DAY) {
    dyo_time_print(t, false, text);
    assert_int_equal(at(text), t);
  }
}

static void what_is_no_date_is_refused(void **state)
{
  static const char *const bad[] = {"",
                                    "2024-13-01",
                                    "2024-02-30",
                                    "2023-02-29",
                                    "24-01-01",
                                    "2024/01/01",
                                    "2024-01-01T24:00",
                                    "2024-01-01T12",
                                    "2024-01-01T12:60",
                                    "2024-01-01x",
                                    "2024-01-01T12:00+",
                                    "2024-01-01T12:00+99:00",
                                    "0000-01-01",
                                    "2024-1-1"};
  dyo_time                 t     = 0;
  (void)state;
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    if (dyo_time_parse(bad[i], &t)) fail_msg("accepted: %s", bad[i]);
}

static void months_keep_their_day_or_stay_on_the_last(void **state)
{
  const dyo_freq month = {DYO_FREQ_MONTH, 1}, quarter = {DYO_FREQ_QUARTER, 1};
  (void)state;
  assert_int_equal(dyo_time_step(at("2024-01-31"), month, 1), at("2024-02-29"));
  assert_int_equal(dyo_time_step(at("2024-02-29"), month, 1), at("2024-03-31"));
  assert_int_equal(dyo_time_step(at("2024-01-30"), month, 1), at("2024-02-29"));
  assert_int_equal(dyo_time_step(at("2024-01-30"), month, 2), at("2024-03-30"));
  assert_int_equal(dyo_time_step(at("2024-01-15"), quarter, -1), at("2023-10-15"));
}

static void index_is_the_inverse_of_step(void **state)
{
  static const dyo_freq freqs[] = {{DYO_FREQ_MINUTE, 15}, {DYO_FREQ_HOUR, 1},    {DYO_FREQ_DAY, 1}, {DYO_FREQ_WEEK, 1},
                                   {DYO_FREQ_MONTH, 1},   {DYO_FREQ_QUARTER, 1}, {DYO_FREQ_YEAR, 1}};
  (void)state;
  for (size_t f = 0; f < sizeof freqs / sizeof *freqs; f++)
    for (int64_t k = -50; k <= 50; k++) {
      assert_int_equal(
        dyo_time_index(at("2024-01-31T06:00"), freqs[f], dyo_time_step(at("2024-01-31T06:00"), freqs[f], k)), k);
      assert_int_equal(
        dyo_time_index(at("2024-01-31T06:00"), freqs[f], dyo_time_step(at("2024-01-31T06:00"), freqs[f], k) - 1),
        k - 1);
    }
}

static void frequencies_are_inferred(void **state)
{
  static const struct {
    const char *dates[4], *freq;
  } cases[] = {{{"2024-01-01", "2024-01-02", "2024-01-03", "2024-01-05"}, "D"},
               {{"2024-01-01", "2024-01-08", "2024-01-15", "2024-01-22"}, "W"},
               {{"2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30"}, "M"},
               {{"2023-01-01", "2023-04-01", "2023-07-01", "2023-10-01"}, "Q"},
               {{"2020-06-01", "2021-06-01", "2022-06-01", "2023-06-01"}, "Y"},
               {{"2024-01-01T00:00", "2024-01-01T01:00", "2024-01-01T02:00", "2024-01-01T03:00"}, "H"},
               {{"2024-01-01T00:00", "2024-01-01T00:15", "2024-01-01T00:30", "2024-01-01T00:45"}, "15min"},
               {{"2024-01-01", "2024-01-05", "2024-01-19", "2024-02-02"}, "D"}};
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    dyo_time t[4];
    char     text[DYO_TIME_CHARS];
    for (int k = 0; k < 4; k++) t[k] = at(cases[i].dates[k]);
    dyo_freq_print(dyo_freq_infer(t, 4), text);
    assert_string_equal(text, cases[i].freq);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(dates_are_seconds_since_1970),
                                     cmocka_unit_test(every_day_of_eight_hundred_years_prints_and_reads_back),
                                     cmocka_unit_test(what_is_no_date_is_refused),
                                     cmocka_unit_test(months_keep_their_day_or_stay_on_the_last),
                                     cmocka_unit_test(index_is_the_inverse_of_step),
                                     cmocka_unit_test(frequencies_are_inferred)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
