/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Schedules and time zones. Zones are written here byte by byte, so that these tests need no file of the system; the comparison with
 * another implementation, over the system's zones, is tests/daemon/cron.test.mjs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "jobs/cron.h"
#include "series/dyo_calendar.h"

static int64_t at(const char *text)
{
  dyo_time t = 0;
  assert_true(dyo_time_parse(text, &t));
  return t;
}

static zone *utc(void)
{
  zone   *z = NULL;
  dyo_err err;
  assert_int_equal(DYO_OK, zone_load("UTC", &z, &err));
  return z;
}

static void put32(uint8_t *to, uint32_t v)
{
  for (int i = 0; i < 4; i++) to[i] = (uint8_t)(v >> (24 - 8 * i));
}

enum { ROOM = 512 };

/* A version 2 file: an empty first block, then `n` transitions among two types (offsets a and b, alternating from b), then a footer. */
static size_t write_file(uint8_t out[ROOM], const int64_t *times, uint32_t n, int32_t a, int32_t b, const char *footer)
{
  memset(out, 0, ROOM);
  uint8_t *p = out;
  for (int block = 0; block < 2; block++) {
    memcpy(p, "TZif2", 5);
    put32(p + 32, block ? n : 0); /* timecnt */
    put32(p + 36, block ? 2 : 1); /* typecnt */
    put32(p + 40, 4);             /* charcnt */
    p += 44;
    for (uint32_t i = 0; block && i < n; i++, p += 8) {
      put32(p, (uint32_t)((uint64_t)times[i] >> 32));
      put32(p + 4, (uint32_t)times[i]);
    }
    for (uint32_t i = 0; block && i < n; i++) *p++ = i % 2 == 0;
    put32(p, (uint32_t)a);
    p += 6;
    if (block) {
      put32(p, (uint32_t)b);
      p[4] = 1;
      p += 6;
    }
    memcpy(p, "LMT", 4);
    p += 4;
  }
  p += sprintf((char *)p, "\n%s\n", footer);
  return (size_t)(p - out);
}

static zone *zone_of(const int64_t *times, uint32_t n, int32_t a, int32_t b, const char *footer)
{
  uint8_t      bytes[ROOM];
  zone        *z = NULL;
  dyo_err      err;
  const size_t len = write_file(bytes, times, n, a, b, footer);
  assert_int_equal(DYO_OK, zone_read(bytes, len, &z, &err));
  return z;
}

#define BERLIN "CET-1CEST,M3.5.0,M10.5.0/3"

static void next_is(const char *text, const zone *z, const char *after, const char *expected)
{
  cron_rule r;
  dyo_err   err;
  assert_int_equal(DYO_OK, cron_parse(text, &r, &err));
  char got[DYO_TIME_CHARS];
  dyo_time_print(cron_next(&r, z, at(after)), true, got);
  assert_string_equal(got, expected);
}

/* crontab(5): "the command will be run when either field matches the current time", if both are restricted. */
static void one_of_two_days_is_enough(void **state)
{
  zone *z = utc();
  (void)state;
  next_is("0 0 13 * FRI", z, "2026-01-01", "2026-01-02T00:00:00"); /* a Friday */
  next_is("0 0 13 * FRI", z, "2026-01-09", "2026-01-13T00:00:00"); /* a Tuesday */
  next_is("0 0 13 * *", z, "2026-01-01", "2026-01-13T00:00:00");
  next_is("0 0 * * FRI", z, "2026-01-10", "2026-01-16T00:00:00");
  zone_free(z);
}

static void names_ranges_lists_steps_and_both_sundays(void **state)
{
  cron_rule a, b;
  dyo_err   err;
  (void)state;
  assert_int_equal(DYO_OK, cron_parse("*/20 8-18/5 * JAN,dec FRI-SUN", &a, &err));
  assert_true(a.minutes == ((1ull << 0) | (1ull << 20) | (1ull << 40)));
  assert_int_equal(a.hours, 1 << 8 | 1 << 13 | 1 << 18);
  assert_int_equal(a.months, 1 << 1 | 1 << 12);
  assert_int_equal(a.weekdays, 1 << 5 | 1 << 6 | 1);
  assert_true(a.any_day && !a.any_weekday && !a.elapsed);
  assert_int_equal(DYO_OK, cron_parse(" 0\t0  * * 7 ", &a, &err));
  assert_int_equal(DYO_OK, cron_parse("0 0 * * 0", &b, &err));
  assert_int_equal(a.weekdays, b.weekdays);
}

/* The Gregorian calendar: no 30 February; 1900 and 2100 are no leap years, 2000 is. */
static void never_and_seldom(void **state)
{
  zone     *z = utc();
  cron_rule r;
  dyo_err   err;
  (void)state;
  assert_int_equal(DYO_OK, cron_parse("0 0 30 2 *", &r, &err));
  assert_true(cron_next(&r, z, at("2026-01-01")) == CRON_NEVER);
  next_is("0 0 29 2 *", z, "2096-03-01", "2104-02-29T00:00:00");
  next_is("0 0 29 2 *", z, "1896-03-01", "1904-02-29T00:00:00");
  next_is("0 0 29 2 *", z, "1999-03-01", "2000-02-29T00:00:00");
  next_is("* * * * *", z, "1969-12-31T23:58:30", "1969-12-31T23:59:00");
  zone_free(z);
}

/* Germany 2026: summer time from 29 March 01:00 UTC to 25 October 01:00 UTC (Directive 2000/84/EC). */
static void a_gap_runs_at_its_end_and_an_overlap_once(void **state)
{
  zone *z = zone_of(NULL, 0, 3600, 3600, "");
  (void)state;
  zone_free(z);
  z = zone_of((const int64_t[]){0}, 1, 3600, 3600, BERLIN);
  next_is("30 2 * * *", z, "2026-03-28T12:00:00", "2026-03-29T01:00:00");
  next_is("30 2 * * *", z, "2026-03-29T01:00:00", "2026-03-30T00:30:00");
  next_is("30 3 * * *", z, "2026-03-28T12:00:00", "2026-03-29T01:30:00");
  next_is("30 2 * * *", z, "2026-10-24T12:00:00", "2026-10-25T00:30:00");
  next_is("30 2 * * *", z, "2026-10-25T00:30:00", "2026-10-26T01:30:00");
  next_is("0,30 2,3 * * *", z, "2026-10-25T00:30:00", "2026-10-25T02:00:00");
  zone_free(z);
}

static void every_hour_goes_by_elapsed_time(void **state)
{
  zone *z = zone_of((const int64_t[]){0}, 1, 3600, 3600, BERLIN);
  (void)state;
  next_is("30 * * * *", z, "2026-03-29T00:30:00", "2026-03-29T01:30:00");
  next_is("30 * * * *", z, "2026-10-25T00:30:00", "2026-10-25T01:30:00");
  next_is("0 */2 * * *", z, "2026-03-28T23:00:00", "2026-03-29T02:00:00"); /* 02:00 did not exist: 04:00 is next */
  zone_free(z);
}

/* RFC 8536: the table up to its last time, the footer from then on; the first type before the first time. */
static void the_table_counts_until_the_footer_does(void **state)
{
  const int64_t times[] = {1000, 2000};
  zone         *z       = zone_of(times, 2, 60, 7200, BERLIN);
  (void)state;
  assert_int_equal(zone_at(z, 999).offset, 60);
  assert_true(zone_at(z, 999).until == 1000 && zone_at(z, 999).from == INT64_MIN);
  assert_int_equal(zone_at(z, 1000).offset, 7200);
  assert_true(zone_at(z, 1500).until == 2000 && zone_at(z, 1500).from == 1000);
  assert_true(zone_at(z, 2001).from == 2000);
  assert_int_equal(zone_at(z, at("2026-07-01")).offset, 7200);
  assert_int_equal(zone_at(z, at("2026-01-01")).offset, 3600);
  assert_true(zone_at(z, at("2026-07-01")).until == at("2026-10-25T01:00:00"));
  zone_free(z);
}

/* The footers of the IANA data for New York, Lord Howe, Dublin (summer time is the standard there), Greenland's Nuuk (a change at
 * minus one o'clock), Cairo (at 24 o'clock of a Thursday) and Jerusalem (26 o'clock), with the changes published for 2026. */
static void footers_of_the_world(void **state)
{
  static const struct {
    const char *rule, *change;
    int32_t     before, after;
  } cases[] = {
    {"EST5EDT,M3.2.0,M11.1.0", "2026-03-08T07:00:00", -18000, -14400},
    {"EST5EDT,M3.2.0,M11.1.0", "2026-11-01T06:00:00", -14400, -18000},
    {"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2026-04-04T15:00:00", 39600, 37800},
    {"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2026-10-03T15:30:00", 37800, 39600},
    {"IST-1GMT0,M10.5.0,M3.5.0/1", "2026-03-29T01:00:00", 0, 3600},
    {"IST-1GMT0,M10.5.0,M3.5.0/1", "2026-10-25T01:00:00", 3600, 0},
    {"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2026-03-29T01:00:00", -7200, -3600},
    {"EET-2EEST,M4.5.5/0,M10.5.4/24", "2026-10-29T21:00:00", 10800, 7200},
    {"IST-2IDT,M3.4.4/26,M10.5.0", "2026-03-27T00:00:00", 7200, 10800},
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    zone_rule r;
    assert_true(zone_rule_read(cases[i].rule, strlen(cases[i].rule), &r));
    const int64_t change = at(cases[i].change);
    assert_int_equal(zone_rule_at(&r, change - 1).offset, cases[i].before);
    assert_int_equal(zone_rule_at(&r, change).offset, cases[i].after);
    assert_true(zone_rule_at(&r, change - 1).until == change);
    assert_true(zone_rule_at(&r, change).from == change);
  }
}

/* RFC 8536, section 3.3.1: "EST5EDT,0/0,J365/25" is daylight saving time all year. */
static void summer_all_year(void **state)
{
  zone_rule   r;
  const char *rule = "EST5EDT,0/0,J365/25";
  (void)state;
  assert_true(zone_rule_read(rule, strlen(rule), &r));
  for (int64_t t = at("2026-12-31T00:00:00"); t < at("2027-01-02"); t += 1800)
    assert_int_equal(zone_rule_at(&r, t).offset, -14400);
}

static void broken_files_are_refused(void **state)
{
  uint8_t       bytes[ROOM];
  zone         *z = NULL;
  dyo_err       err;
  const int64_t times[] = {1000, 2000}, backwards[] = {2000, 1000};
  size_t        n = write_file(bytes, times, 2, 0, 3600, BERLIN);
  (void)state;
  for (size_t cut = 0; cut < n; cut++) {
    assert_int_not_equal(DYO_OK, zone_read(bytes, cut, &z, &err));
    assert_null(z);
  }
  n = write_file(bytes, backwards, 2, 0, 3600, "");
  assert_int_equal(DYO_INVALID_INPUT, zone_read(bytes, n, &z, &err));
  n = write_file(bytes, times, 2, 0, 100000, "");
  assert_int_equal(DYO_INVALID_INPUT, zone_read(bytes, n, &z, &err));
  static const char *const rules[] = {"CET",
                                      "CET-1CEST",
                                      "CET-1CEST,M3.5.0",
                                      "CET-1CEST,M13.5.0,M10.5.0",
                                      "CE-1",
                                      "CET-25",
                                      "CET-1CEST,M3.6.0,M10.5.0",
                                      "CET-1CEST,M3.5.7,M10.5.0",
                                      "<CET-1",
                                      "CET-1CEST,J0,J365",
                                      "CET-1CEST,366,1",
                                      "CET-1CEST,M3.5.0/168,M10.5.0",
                                      "CET-1 ",
                                      "CET-1CEST,M3.5.0,M10.5.0x"};
  for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
    n = write_file(bytes, times, 2, 0, 3600, rules[i]);
    assert_int_equal(DYO_INVALID_INPUT, zone_read(bytes, n, &z, &err));
  }
}

static void errors_name_the_field(void **state)
{
  cron_rule r;
  dyo_err   err;
  int64_t   next;
  (void)state;
  assert_int_equal(DYO_INVALID_INPUT, cron_parse("0 0 * * MON-FRY", &r, &err));
  assert_string_equal(err.message,
                      "day of week: found \"MON-FRY\"; 0 to 7 (0 and 7 are Sunday) or SUN to SAT is allowed, "
                      "also with *, lists, ranges and steps");
  assert_int_equal(DYO_INVALID_INPUT, cron_next_of("0 0 * * *", "Mars/Olympus", 0, &next, &err));
  assert_non_null(strstr(err.message, "\"Mars/Olympus\""));
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(one_of_two_days_is_enough),
    cmocka_unit_test(names_ranges_lists_steps_and_both_sundays),
    cmocka_unit_test(never_and_seldom),
    cmocka_unit_test(a_gap_runs_at_its_end_and_an_overlap_once),
    cmocka_unit_test(every_hour_goes_by_elapsed_time),
    cmocka_unit_test(the_table_counts_until_the_footer_does),
    cmocka_unit_test(footers_of_the_world),
    cmocka_unit_test(summer_all_year),
    cmocka_unit_test(broken_files_are_refused),
    cmocka_unit_test(errors_name_the_field),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
