/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where connectors may go. Ranges are those of the special-purpose address registries (RFC 6890 and what updates it). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include "connect/guard.h"

static const char *refused(const char *text, bool loopback)
{
  struct sockaddr_in  v4 = {.sin_family = AF_INET};
  struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
  if (inet_pton(AF_INET, text, &v4.sin_addr) == 1) return guard_refuses((struct sockaddr *)&v4, sizeof v4, loopback);
  assert_int_equal(inet_pton(AF_INET6, text, &v6.sin6_addr), 1);
  return guard_refuses((struct sockaddr *)&v6, sizeof v6, loopback);
}

static void inside_addresses_are_refused(void **state)
{
  static const char *const inside[] = {"127.0.0.1",
                                       "127.255.255.254",
                                       "10.0.0.1",
                                       "172.16.0.1",
                                       "172.31.255.255",
                                       "192.168.1.1",
                                       "169.254.169.254",
                                       "169.254.0.1",
                                       "100.64.0.1",
                                       "100.127.255.255",
                                       "0.0.0.0",
                                       "0.1.2.3",
                                       "192.0.0.1",
                                       "192.0.2.1",
                                       "198.18.0.1",
                                       "198.51.100.1",
                                       "203.0.113.9",
                                       "224.0.0.1",
                                       "239.1.1.1",
                                       "240.0.0.1",
                                       "255.255.255.255",
                                       "::1",
                                       "::",
                                       "fe80::1",
                                       "febf::1",
                                       "fc00::1",
                                       "fd12:3456::1",
                                       "fd00:ec2::254",
                                       "fec0::1",
                                       "ff02::1",
                                       "::ffff:127.0.0.1",
                                       "::ffff:10.1.2.3",
                                       "::ffff:169.254.169.254",
                                       "::ffff:192.168.0.1",
                                       "::127.0.0.1",
                                       "64:ff9b::7f00:1",
                                       "64:ff9b::a9fe:a9fe",
                                       "64:ff9b:1::1",
                                       "2002:7f00:1::",
                                       "2002:a00:1::1",
                                       "2001:0:1:2:3:4:80ff:fffe",
                                       "2001:db8::1",
                                       "100::1"};
  (void)state;
  for (size_t i = 0; i < sizeof inside / sizeof *inside; i++)
    if (!refused(inside[i], false)) fail_msg("%s is let through", inside[i]);
}

static void the_rest_of_the_world_is_not(void **state)
{
  static const char *const outside[] = {"8.8.8.8",       "1.1.1.1",     "172.15.255.255",       "172.32.0.1",
                                        "100.63.1.1",    "100.128.0.1", "169.253.1.1",          "192.167.1.1",
                                        "223.255.1.1",   "11.0.0.1",    "2606:4700:4700::1111", "2a00:1450:4001::1",
                                        "::ffff:8.8.8.8"};
  (void)state;
  for (size_t i = 0; i < sizeof outside / sizeof *outside; i++)
    if (refused(outside[i], false)) fail_msg("%s is refused", outside[i]);
}

/* The tests' own flag opens loopback and nothing else. */
static void the_flag_of_tests_opens_loopback_alone(void **state)
{
  (void)state;
  assert_null(refused("127.0.0.1", true));
  assert_null(refused("::1", true));
  assert_null(refused("::ffff:127.0.0.1", true));
  assert_non_null(refused("10.0.0.1", true));
  assert_non_null(refused("169.254.169.254", true));
  assert_non_null(refused("fe80::1", true));
  assert_non_null(guard_refuses(&(struct sockaddr){.sa_family = AF_UNIX}, sizeof(struct sockaddr), true));
}

static void addresses_are_read_strictly(void **state)
{
  static const char *const bad[] = {"",
                                    "example.com",
                                    "http://example.com/",
                                    "ftp://example.com/",
                                    "https://user@example.com/",
                                    "https://user:x@example.com/",
                                    "https://",
                                    "https:///x",
                                    "https://exa mple.com/",
                                    "https://example.com:0/",
                                    "https://example.com:99999/",
                                    "https://example.com:x/",
                                    "https://example.com/#x",
                                    "https://example.com\\@evil.example/",
                                    "https://[::1",
                                    "https://example.com/\r\nX: y",
                                    "file:///etc/passwd"};
  guard_url                u;
  dyo_err                  err;
  (void)state;
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    if (guard_read(bad[i], false, &u, &err) == DYO_OK) fail_msg("\"%s\" is let through", bad[i]);
  assert_int_equal(guard_read("https://Example.COM/a?b=c", false, &u, &err), DYO_OK);
  assert_string_equal(u.host, "example.com");
  assert_string_equal(u.path, "/a?b=c");
  assert_int_equal(u.port, 443);
  assert_int_equal(guard_read("https://[2001:db8::1]:8443", false, &u, &err), DYO_OK);
  assert_string_equal(u.host, "2001:db8::1");
  assert_int_equal(u.port, 8443);
  assert_int_equal(guard_read("http://127.0.0.1:80/", false, &u, &err), DYO_INVALID_INPUT);
  assert_int_equal(guard_read("http://127.0.0.1:80/", true, &u, &err), DYO_OK);
  assert_int_equal(guard_read("http://localhost:80/", true, &u, &err), DYO_OK);
  assert_int_equal(guard_read("http://example.com/", true, &u, &err), DYO_INVALID_INPUT);
}

static void domains_end_at_labels(void **state)
{
  (void)state;
  assert_true(guard_below("acme.my.salesforce.com", "salesforce.com"));
  assert_true(guard_below("salesforce.com", "salesforce.com"));
  assert_false(guard_below("evilsalesforce.com", "salesforce.com"));
  assert_false(guard_below("salesforce.com.evil.example", "salesforce.com"));
  assert_false(guard_below("com", "salesforce.com"));
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(inside_addresses_are_refused),
    cmocka_unit_test(the_rest_of_the_world_is_not),
    cmocka_unit_test(the_flag_of_tests_opens_loopback_alone),
    cmocka_unit_test(addresses_are_read_strictly),
    cmocka_unit_test(domains_end_at_labels),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
