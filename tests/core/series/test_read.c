/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "num/dyo_rng.h"
#include "series/read.h"

static void is(const char *text, char decimal, double want)
{
  double x = NAN;
  if (!read_number(text, strlen(text), decimal, &x) || x != want)
    fail_msg("\"%s\" was read as %.17g, expected %.17g", text, x, want);
}

static void is_none(const char *text, char decimal)
{
  double x = NAN;
  if (read_number(text, strlen(text), decimal, &x)) fail_msg("\"%s\" was read as %.17g", text, x);
}

static void numbers_in_every_dress(void **state)
{
  (void)state;
  is("0", '.', 0);
  is("-5", '.', -5);
  is("1,234,567.89", '.', 1234567.89);
  is("1.234.567,89", ',', 1234567.89);
  is("1 234,5", ',', 1234.5);
  is("1\xc2\xa0"
     "234,5",
     ',', 1234.5);
  is("1\xe2\x80\xaf"
     "234,5",
     ',', 1234.5);
  is("1'234.5", '.', 1234.5);
  is("12,34,567", '.', 1234567);
  is("(1,234.50)", '.', -1234.5);
  is("-$5", '.', -5);
  is("$-5", '.', -5);
  is("($5)", '.', -5);
  is("5,00-", ',', -5);
  is("5 \xe2\x82\xac", ',', 5);
  is("CHF 1'000.-", '.', -1000);
  is("12.5 %", '.', 0.125);
  is("33.3%", '.', 0.333);
  is("1e-3", '.', 0.001);
  is("1.2E+05", '.', 120000);
  is(".5", '.', 0.5);
  is("5.", '.', 5);
}

static void what_is_no_number(void **state)
{
  static const char *const none[] = {"",         "-",     "$",     "x",     "5x",  "1,23.4",    "1,2345",
                                     "12,345,6", "0,123", "1 23",  "1..2",  "1e",  "e5",        "1e+",
                                     "()",       "(5",    "--5",   "5%%",   "$$5", "1,234 567", "Infinity",
                                     "nan",      "0x10",  "1e999", "12:30", ",5",  "1.2.3"};
  (void)state;
  for (size_t i = 0; i < sizeof none / sizeof *none; i++) is_none(none[i], '.');
}

/* The C library's strtod rounds correctly; so must the fast path. */
static void digits_are_rounded_as_strtod_rounds_them(void **state)
{
  dyo_rng r = dyo_rng_seed(3);
  (void)state;
  for (int i = 0; i < 200000; i++) {
    char           text[64];
    const uint64_t bits = dyo_rng_bits(&r);
    snprintf(text, sizeof text, "%s%.*f", bits & 1 ? "-" : "", (int)(bits >> 1 & 15),
             (double)(bits >> 20) / pow(10, (double)(bits >> 5 & 15)));
    is(text, '.', strtod(text, NULL));
  }
}

static void codes_are_labels(void **state)
{
  (void)state;
  assert_true(read_code("007", 3));
  assert_true(read_code("1234567890123456", 16));
  assert_false(read_code("0", 1));
  assert_false(read_code("10", 2));
  assert_false(read_code("0.5", 3));
}

static void day_is(const char *text, date_order order, int year, int month, int day)
{
  date_text d;
  dyo_time  t = 0;
  if (!read_date(text, strlen(text), &d) || !read_date_in(&d, order, &t)) fail_msg("\"%s\" is no date", text);
  const dyo_date is = dyo_date_of(t);
  if (is.year != year || is.month != month || is.day != day)
    fail_msg("\"%s\" is %d-%d-%d", text, is.year, is.month, is.day);
}

static void dates_in_many_forms(void **state)
{
  static const char *const names[] = {
    "5. Mai 2024", "5 mai 2024",        "May 5, 2024",     "5 May 2024",           "5-May-24",
    "2024-May-05", "5 de mayo de 2024", "Sun, 5 May 2024", "Sonntag, 5. Mai 2024", "05.05.2024",
    "2024/5/5",    "20240505",          "5th of May 2024", "dim. 5 mai 2024"};
  (void)state;
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) day_is(names[i], DATE_DMY, 2024, 5, 5);
  day_is("03/04/2025", DATE_DMY, 2025, 4, 3);
  day_is("03/04/2025", DATE_MDY, 2025, 3, 4);
  day_is("03/04/25", DATE_YMD, 2003, 4, 25);
  day_is("mar. 5 mars 2024", DATE_DMY, 2024, 3, 5);
  day_is("f\xc3\xa9vrier 2024", DATE_DMY, 2024, 2, 1);
  day_is("Dez 2024", DATE_DMY, 2024, 12, 1);
  day_is("Mar-24", DATE_DMY, 2024, 3, 1);
  day_is("T4 2023", DATE_DMY, 2023, 10, 1);
  day_is("31/12/69", DATE_DMY, 1969, 12, 31);
  day_is("31/12/68", DATE_DMY, 2068, 12, 31);
}

/* ISO 8601: week 1 has the year's first Thursday; 2020 has 53 weeks, 2021 has 52. */
static void weeks_of_iso_8601(void **state)
{
  date_text d;
  dyo_time  t = 0;
  (void)state;
  day_is("2020-W53", DATE_DMY, 2020, 12, 28);
  day_is("2021-W01", DATE_DMY, 2021, 1, 4);
  day_is("2024W05", DATE_DMY, 2024, 1, 29);
  day_is("KW 05/2024", DATE_DMY, 2024, 1, 29);
  day_is("KW 05/24", DATE_DMY, 2024, 1, 29);
  assert_false(read_date("S1-12", 5, &d)); /* an article's number: one letter is a week of a whole year alone */
  assert_true(read_date("2021-W53", 8, &d));
  assert_false(read_date_in(&d, DATE_DMY, &t));
}

static void clocks(void **state)
{
  static const struct {
    const char *text;
    int         seconds;
  } times[] = {{"2024-03-31T14:30", 52200},       {"2024-03-31 14:30:05", 52205}, {"2024-03-31T14:30:05.123Z", 52205},
               {"2024-03-31T14:30+02:00", 52200}, {"31/03/2024 2:30 PM", 52200},  {"31/03/2024, 02:30 p.m.", 52200},
               {"31 Mar 2024 12:00 am", 0},       {"20240331 24:00", 86400}};
  (void)state;
  for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
    date_text d;
    dyo_time  t = 0;
    if (!read_date(times[i].text, strlen(times[i].text), &d) || !read_date_in(&d, DATE_DMY, &t))
      fail_msg("\"%s\" is no date", times[i].text);
    assert_true(d.clock);
    assert_int_equal(t - dyo_time_of((dyo_date){.year = 2024, .month = 3, .day = 31}), times[i].seconds);
  }
}

static void what_is_no_date(void **state)
{
  static const char *const none[] = {"",
                                     "12",
                                     "Total",
                                     "Q5 2024",
                                     "13/2024",
                                     "2024-13",
                                     "1/2/3",
                                     "1-2-2024-3",
                                     "14:30",
                                     "Mar",
                                     "2024-03-31T25:00",
                                     "31 Mar",
                                     "1234567",
                                     "BOLT-M8",
                                     "SKU-00012",
                                     "12.5",
                                     "1,234",
                                     "3/31/2024 13:00 PM",
                                     "may be",
                                     "2024 Q",
                                     "W05",
                                     "99999999"};
  (void)state;
  for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
    date_text d;
    dyo_time  t = 0;
    if (read_date(none[i], strlen(none[i]), &d) && read_date_in(&d, DATE_DMY, &t))
      fail_msg("\"%s\" was taken for a date", none[i]);
  }
}

static void missing_values_in_words(void **state)
{
  static const char *const yes[] = {"",     "n/a", "N/A",  "NULL", "NaN", "-", "\xe2\x80\x94",
                                    "#N/A", "#NV", "None", "k.A."};
  static const char *const no[]  = {"0", "nothing", "x", "na na", "-5", "?!"};
  (void)state;
  for (size_t i = 0; i < sizeof yes / sizeof *yes; i++) assert_true(read_missing(yes[i], strlen(yes[i])));
  for (size_t i = 0; i < sizeof no / sizeof *no; i++) assert_false(read_missing(no[i], strlen(no[i])));
}

static void blanks_around_go(void **state)
{
  static const char *const texts[] = {"a b",
                                      "  a b\t",
                                      "\xc2\xa0"
                                      "a b\xe2\x80\xaf",
                                      "\xef\xbb\xbf"
                                      "a b",
                                      "=\"a b\"",
                                      " =\"a b\""};
  (void)state;
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    const char *s = texts[i];
    size_t      n = strlen(s);
    read_trim(&s, &n);
    assert_int_equal(n, 3);
    assert_memory_equal(s, "a b", 3);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(numbers_in_every_dress),
                                     cmocka_unit_test(what_is_no_number),
                                     cmocka_unit_test(digits_are_rounded_as_strtod_rounds_them),
                                     cmocka_unit_test(codes_are_labels),
                                     cmocka_unit_test(dates_in_many_forms),
                                     cmocka_unit_test(weeks_of_iso_8601),
                                     cmocka_unit_test(clocks),
                                     cmocka_unit_test(what_is_no_date),
                                     cmocka_unit_test(missing_values_in_words),
                                     cmocka_unit_test(blanks_around_go)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
