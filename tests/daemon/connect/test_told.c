/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers, times and names inside sentences. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "connect/told.h"

enum { HOUR_MS = 3600000 };

static void told(dyo_buf *b, const char *expected)
{
  assert_false(b->failed);
  assert_string_equal(b->s ? b->s : "", expected);
  dyo_buf_free(b);
  *b = (dyo_buf){0};
}

static void counts_have_commas(void **state)
{
  static const struct {
    int64_t     n;
    const char *text;
  } cases[] = {{0, "0"},
               {7, "7"},
               {999, "999"},
               {1000, "1,000"},
               {12045, "12,045"},
               {100000, "100,000"},
               {1234567, "1,234,567"},
               {-1, "-1"},
               {-100, "-100"},
               {-12045, "-12,045"}};
  (void)state;
  dyo_buf b = {0};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    told_count(&b, cases[i].n);
    told(&b, cases[i].text);
  }
  told_things(&b, 1, "file", "files");
  told(&b, "1 file");
  told_things(&b, 1200, "file", "files");
  told(&b, "1,200 files");
}

/* `date -u -d @1795392000` is midnight of 2026-11-23. */
static void times_are_days_that_people_name(void **state)
{
  const int64_t midnight = 1795392000000, now = midnight + 9 * HOUR_MS + 14 * 60000;
  (void)state;
  dyo_buf b = {0};
  told_newest(&b, now, now);
  told(&b, ", newest today 09:14 UTC");
  told_newest(&b, midnight, now);
  told(&b, ", newest today 00:00 UTC");
  told_newest(&b, midnight - 1, now);
  told(&b, ", newest yesterday 23:59 UTC");
  told_newest(&b, midnight - 24 * HOUR_MS - 1, now);
  told(&b, ", newest 2026-11-21");
  told_newest(&b, midnight + 24 * HOUR_MS, now); /* a clock that goes ahead */
  told(&b, ", newest 2026-11-24");
  told_newest(&b, -1, now);
  told(&b, "");
}

static void names_are_small_unless_they_are_short_for_something(void **state)
{
  static const char *const cases[][2] = {{"Opportunities", "opportunities"},
                                         {"Opportunity Products", "opportunity products"},
                                         {"VIP Accounts", "VIP accounts"},
                                         {"", ""},
                                         {"A", "A"},
                                         {"\xc3\x84rzte", "\xc3\x84rzte"}};
  char                     out[32];
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    told_label(cases[i][0], out, sizeof out);
    assert_string_equal(out, cases[i][1]);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(counts_have_commas),
                                     cmocka_unit_test(times_are_days_that_people_name),
                                     cmocka_unit_test(names_are_small_unless_they_are_short_for_something)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
