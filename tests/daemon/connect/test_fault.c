/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What went wrong, how long is waited, who is left alone: with a clock and a chance of the test.  */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <math.h>

#include "connect/fault.h"
#include "connect/pace.h"

/* RFC 9110, 15.5 and 15.6; RFC 6585, 4; 420 is what a vendor's edge answers. */
static void statuses_have_classes(void **state)
{
  static const struct {
    int   status;
    fault f;
  } cases[] = {{200, FAULT_NONE},      {204, FAULT_NONE},      {301, FAULT_TERMINAL},  {400, FAULT_TERMINAL},
               {401, FAULT_AUTH},      {403, FAULT_TERMINAL},  {404, FAULT_TERMINAL},  {408, FAULT_TRANSIENT},
               {420, FAULT_TRANSIENT}, {429, FAULT_THROTTLE},  {500, FAULT_TRANSIENT}, {502, FAULT_TRANSIENT},
               {503, FAULT_THROTTLE},  {504, FAULT_TRANSIENT}, {520, FAULT_TRANSIENT}, {0, FAULT_TERMINAL}};
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    assert_int_equal(fault_of_status(cases[i].status), cases[i].f);
}

/* The date is RFC 9110's own example; `date -d` gives its seconds. */
static void retry_after_is_read_or_passed_over(void **state)
{
  const int64_t at = 784111777;
  (void)state;
  assert_int_equal(fault_http_date("Sun, 06 Nov 1994 08:49:37 GMT"), at);
  assert_float_equal(fault_retry_after("120", 0), 120, 0);
  assert_float_equal(fault_retry_after("0", 0), 0, 0);
  assert_float_equal(fault_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", at - 30), 30, 0);
  assert_float_equal(fault_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", at + 30), 0, 0);
  assert_float_equal(fault_retry_after("99999999999999999999", 0), 86400, 0);
  static const char *const garbage[] = {"",
                                        "soon",
                                        "-5",
                                        "1.5",
                                        "Sun, 06 Nov 1994",
                                        "Sun, 99 Nov 1994 08:49:37 GMT",
                                        "1e3s",
                                        " 7",
                                        "NaN",
                                        "Sun, 06 Xxx 1994 08:49:37 GMT"};
  for (size_t i = 0; i < sizeof garbage / sizeof *garbage; i++) assert_true(isnan(fault_retry_after(garbage[i], 0)));
  assert_true(isnan(fault_retry_after(NULL, 0)));
}

/* Full jitter: chance * min(longest, base * 2^k). */
static void waiting_grows_and_ends(void **state)
{
  const fault_rule r = {8, 5, 0.5, 60, 900};
  (void)state;
  assert_float_equal(fault_delay(&r, FAULT_TRANSIENT, 2, NAN, 0.5, 0), 0.25, 0);
  assert_float_equal(fault_delay(&r, FAULT_TRANSIENT, 3, NAN, 0.5, 0), 0.5, 0);
  assert_float_equal(fault_delay(&r, FAULT_TRANSIENT, 5, NAN, 0.999, 0), 0.999 * 4, 1e-12);
  assert_true(fault_delay(&r, FAULT_TRANSIENT, 6, NAN, 0.5, 0) < 0);
  assert_float_equal(fault_delay(&r, FAULT_THROTTLE, 2, 7, 0.9, 0), 7, 0);    /* as the server says */
  assert_float_equal(fault_delay(&r, FAULT_THROTTLE, 8, 0.1, 0.5, 0), 16, 0); /* or longer */
  assert_true(fault_delay(&r, FAULT_THROTTLE, 9, NAN, 0.5, 0) < 0);
  assert_float_equal(fault_delay(&(fault_rule){20, 20, 0.5, 60, 900}, FAULT_THROTTLE, 20, NAN, 0.5, 0), 30, 0);
  assert_true(fault_delay(&r, FAULT_THROTTLE, 2, 901, 0.5, 0) < 0); /* a run does not wait that long */
  assert_true(fault_delay(&r, FAULT_THROTTLE, 2, 500, 0.5, 500) < 0);
  for (fault f = FAULT_AUTH; f <= FAULT_CANCELLED; f++) assert_true(fault_delay(&r, f, 2, NAN, 0, 0) < 0);
}

static void a_host_that_fails_is_left_alone(void **state)
{
  const pace_rule r = {.failures = 3, .rest_s = 10, .longest_s = 30, .rate = 0};
  pace           *p = pace_new(&r);
  (void)state;
  for (int i = 0; i < 3; i++) {
    assert_float_equal(pace_host(p, "a", 0), 0, 0);
    pace_told(p, "a", false, 0);
  }
  assert_float_equal(pace_host(p, "a", 4), 6, 0);
  assert_float_equal(pace_host(p, "b", 4), 0, 0);
  assert_float_equal(pace_host(p, "a", 10), 0, 0); /* one may see whether it is back */
  assert_true(pace_host(p, "a", 10) > 0);          /* and the others wait for what it says */
  pace_told(p, "a", false, 11);
  assert_float_equal(pace_host(p, "a", 11), 20, 0); /* twice as long */
  assert_float_equal(pace_host(p, "a", 31), 0, 0);
  pace_told(p, "a", false, 31);
  assert_float_equal(pace_host(p, "a", 31), 30, 0); /* but not for ever longer */
  assert_float_equal(pace_host(p, "a", 62), 0, 0);
  pace_told(p, "a", true, 62);
  assert_float_equal(pace_host(p, "a", 62), 0, 0);
  assert_float_equal(pace_host(p, "a", 62), 0, 0);
  pace_free(p);
}

static void a_tenant_gets_its_share_and_no_more(void **state)
{
  const pace_rule r = {.failures = 3, .rest_s = 10, .longest_s = 30, .rate = 2, .burst = 4};
  pace           *p = pace_new(&r);
  (void)state;
  for (int i = 0; i < 4; i++) assert_float_equal(pace_tenant(p, "t", 0), 0, 0);
  assert_float_equal(pace_tenant(p, "t", 0), 0.5, 1e-12);
  assert_float_equal(pace_tenant(p, "u", 0), 0, 0);
  assert_float_equal(pace_tenant(p, "t", 0.5), 0, 0);
  assert_true(pace_tenant(p, "t", 0.5) > 0);
  pace_free(p);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(statuses_have_classes),
    cmocka_unit_test(retry_after_is_read_or_passed_over),
    cmocka_unit_test(waiting_grows_and_ends),
    cmocka_unit_test(a_host_that_fails_is_left_alone),
    cmocka_unit_test(a_tenant_gets_its_share_and_no_more),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
