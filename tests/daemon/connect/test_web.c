/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The guard at the moment of connecting: whatever a name says, nothing is sent to an inside address. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "connect/web.h"

static int     listening = -1, port;
static dyo_err err;

static int start(void **state)
{
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t          n = sizeof a;
  (void)state;
  listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (listening < 0 || bind(listening, (struct sockaddr *)&a, n) != 0 || listen(listening, 8) != 0) return 1;
  if (getsockname(listening, (struct sockaddr *)&a, &n) != 0) return 1;
  port = ntohs(a.sin_port);
  return web_start() == DYO_OK ? 0 : 1;
}

static int stop(void **state)
{
  (void)state;
  return close(listening);
}

static bool somebody_came(void)
{
  struct pollfd p = {.fd = listening, .events = POLLIN};
  if (poll(&p, 1, 0) != 1) return false;
  close(accept(listening, NULL, NULL));
  return true;
}

static web_outcome ask(const char *host, bool loopback, char *why)
{
  const web_options o = {.loopback = loopback, .connect_s = 2, .silent_s = 1, .slow = 100};
  web              *w = NULL;
  web_reply         r;
  char              url[128];
  snprintf(url, sizeof url, "https://%s:%d/x", host, port);
  assert_int_equal(web_new(&o, &w, &err), DYO_OK);
  const web_request q = {.method = "GET", .url = url, .most = 1000, .seconds = 1};
  assert_int_equal(web_exchange(w, &q, &r, &err), DYO_OK);
  const web_outcome outcome = r.outcome;
  snprintf(why, sizeof r.why, "%s", r.why);
  web_reply_free(&r);
  web_free(w);
  return outcome;
}

static void names_and_forms_of_loopback_are_refused(void **state)
{
  static const char *const hosts[] = {"localhost",  "127.0.0.1",          "127.1",
                                      "2130706433", "0x7f000001",         "0.0.0.0",
                                      "[::1]",      "[::ffff:127.0.0.1]", "[::ffff:7f00:1]"};
  char                     why[160];
  (void)state;
  for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
    const web_outcome outcome = ask(hosts[i], false, why);
    if (outcome != WEB_REFUSED) fail_msg("%s: %d %s", hosts[i], (int)outcome, why);
    assert_non_null(strstr(why, "range"));
    assert_false(somebody_came());
  }
}

static void private_addresses_are_refused_also_for_tests(void **state)
{
  static const char *const hosts[] = {"10.0.0.1",  "192.168.0.1", "169.254.169.254",
                                      "[fe80::1]", "[fd00::1]",   "172.16.5.4"};
  char                     why[160];
  (void)state;
  for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) assert_int_equal(ask(hosts[i], true, why), WEB_REFUSED);
}

static void the_tests_flag_lets_a_connection_through(void **state)
{
  char why[160];
  (void)state;
  assert_int_not_equal(ask("127.0.0.1", true, why), WEB_REFUSED); /* nobody speaks TLS there, but it was tried */
  assert_true(somebody_came());
}

static void addresses_that_are_none_are_not_tried(void **state)
{
  const web_options o = {.connect_s = 1, .silent_s = 1, .slow = 1};
  web              *w = NULL;
  web_reply         r;
  (void)state;
  assert_int_equal(web_new(&o, &w, &err), DYO_OK);
  static const char *const urls[] = {"http://example.com/", "file:///etc/passwd", "https://a@example.com/",
                                     "gopher://x/"};
  for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
    const web_request q = {.method = "GET", .url = urls[i], .most = 10, .seconds = 1};
    assert_int_equal(web_exchange(w, &q, &r, &err), DYO_INVALID_INPUT);
    web_reply_free(&r);
  }
  const web_header  bad[] = {{"X-A", "b\r\nX-C: d"}, {NULL, NULL}};
  const web_request q     = {.method = "GET", .url = "https://127.0.0.1/", .headers = bad, .most = 10, .seconds = 1};
  assert_int_not_equal(web_exchange(w, &q, &r, &err), DYO_OK); /* no field is smuggled through a value */
  web_reply_free(&r);
  web_free(w);
}

static void headers_are_found_by_name(void **state)
{
  char      text[] = "http/1.1 200 OK\r\ncontent-type:  text/csv; x \r\nsforce-locator: null\r\n\r\n", value[16];
  web_reply r      = {.headers = text};
  (void)state;
  assert_true(web_header_of(&r, "content-type", value, sizeof value));
  assert_string_equal(value, "text/csv; x");
  assert_true(web_header_of(&r, "sforce-locator", value, sizeof value));
  assert_string_equal(value, "null");
  assert_false(web_header_of(&r, "sforce", value, sizeof value));
  assert_false(web_header_of(&r, "content-type", value, 4));
  assert_string_equal(value, "");
}

static void forms_are_encoded(void **state)
{
  dyo_buf b = {0};
  (void)state;
  web_put_form(&b, "a b", "x&y=z+\xc3\xa4");
  web_put_form(&b, "none", NULL);
  web_put_form(&b, "c", "-._~");
  assert_string_equal(b.s, "a%20b=x%26y%3Dz%2B%C3%A4&c=-._~");
  dyo_buf_free(&b);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(names_and_forms_of_loopback_are_refused),
    cmocka_unit_test(private_addresses_are_refused_also_for_tests),
    cmocka_unit_test(the_tests_flag_lets_a_connection_through),
    cmocka_unit_test(addresses_that_are_none_are_not_tried),
    cmocka_unit_test(headers_are_found_by_name),
    cmocka_unit_test(forms_are_encoded),
  };
  return cmocka_run_group_tests(tests, start, stop);
}
