/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ids, tokens, clock texts and the log's one redaction point. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/ids.h"
#include "base/log.h"

/* RFC 9562, appendix A.6 has the layout: version 7 at the 13th digit, variant 8..b at the 17th. */
static void ids_are_uuid_version_7_and_grow(void **state)
{
  char a[ID_CHARS], b[ID_CHARS];
  (void)state;
  id_new(a);
  for (const int64_t began = clock_now_ms(); clock_now_ms() == began;) continue;
  id_new(b);
  assert_true(id_valid(a) && id_valid(b));
  assert_int_equal(a[14], '7');
  assert_non_null(strchr("89ab", a[19]));
  assert_true(strcmp(a, b) < 0);
  assert_false(id_valid("0190000000007000800000000000000000000"));
  assert_false(id_valid(""));
}

static void a_token_is_recognised_in_any_text(void **state)
{
  char t[TOKEN_CHARS], u[TOKEN_CHARS];
  (void)state;
  token_new(t);
  token_new(u);
  assert_int_equal(strlen(t), TOKEN_CHARS - 1);
  assert_string_not_equal(t, u);
  assert_int_equal(id_token_length(t), TOKEN_CHARS - 1);
  t[TOKEN_CHARS - 2] = '\0';
  assert_int_equal(id_token_length(t), 0);
}

/* BLAKE2b-256 of "abc": libsodium's own and RFC 7693's algorithm; the value is that of b2sum -l 256. */
static void digest_is_blake2b_256(void **state)
{
  uint8_t d[DIGEST_SIZE];
  char    text[DIGEST_CHARS];
  (void)state;
  digest_of("abc", 3, NULL, d);
  digest_text(d, text);
  assert_string_equal(text, "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
  assert_true(digest_equal(d, d));
}

static void clock_text_is_iso_8601_in_utc(void **state)
{
  char text[CLOCK_TEXT];
  (void)state;
  clock_text(951782400123, text); /* date -u -d @951782400 */
  assert_string_equal(text, "2000-02-29T00:00:00.123Z");
  clock_text(-1, text);
  assert_string_equal(text, "1969-12-31T23:59:59.999Z");
}

/* What log_end writes to standard error. */
static void written(log_line *l, char *out, size_t room)
{
  int       ends[2];
  const int kept = dup(STDERR_FILENO);
  assert_int_equal(pipe(ends), 0);
  dup2(ends[1], STDERR_FILENO);
  log_end(l);
  dup2(kept, STDERR_FILENO);
  close(kept);
  close(ends[1]);
  const ssize_t n = read(ends[0], out, room - 1);
  close(ends[0]);
  out[n > 0 ? n : 0] = '\0';
}

static void secrets_do_not_reach_the_log(void **state)
{
  static log_line l;
  static char     out[LOG_LONGEST + 1];
  char            t[TOKEN_CHARS], text[256];
  (void)state;
  token_new(t);
  snprintf(text, sizeof text, "GET /?access=%s HTTP", t);
  log_begin(&l, LOG_ERROR, "request");
  log_text(&l, "Client_Secret", "hunter2");
  log_text(&l, "line", text);
  log_text(&l, "bad", "\xff\x01\"\\");
  log_whole(&l, "n", -3);
  log_number(&l, "ms", 0.25);
  log_number(&l, "more", -1234567.0301);
  log_number(&l, "none", -0.0001);
  written(&l, out, sizeof out);
  assert_null(strstr(out, "hunter2"));
  assert_null(strstr(out, t));
  assert_non_null(strstr(out, "\"Client_Secret\":\"[redacted]\",\"line\":\"GET /?access=[redacted] HTTP\""));
  assert_non_null(
    strstr(out, "\"bad\":\"\\ufffd\\u0001\\\"\\\\\",\"n\":-3,\"ms\":0.25,\"more\":-1234567.03,\"none\":0}\n"));
}

static void a_long_line_stays_one_object(void **state)
{
  static log_line l;
  static char     out[LOG_LONGEST + 1], text[3 * LOG_LONGEST];
  (void)state;
  memset(text, 'x', sizeof text - 1);
  log_begin(&l, LOG_ERROR, "long");
  log_text(&l, "text", text);
  log_whole(&l, "after", 1);
  written(&l, out, sizeof out);
  assert_true(strlen(out) <= LOG_LONGEST);
  assert_string_equal(out + strlen(out) - 2, "}\n");
  assert_int_equal(out[strlen(out) - 3] == '"' || out[strlen(out) - 3] == '1', 1);
}

static void a_closed_pipe_only_counts(void **state)
{
  static log_line l;
  int             ends[2];
  const uint64_t  before = log_dropped();
  const int       kept   = dup(STDERR_FILENO);
  (void)state;
  assert_int_equal(pipe(ends), 0);
  close(ends[0]);
  dup2(ends[1], STDERR_FILENO);
  log_begin(&l, LOG_ERROR, "nobody listens");
  log_end(&l);
  dup2(kept, STDERR_FILENO);
  close(kept);
  close(ends[1]);
  assert_int_equal(log_dropped(), before + 1);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(ids_are_uuid_version_7_and_grow), cmocka_unit_test(a_token_is_recognised_in_any_text),
    cmocka_unit_test(digest_is_blake2b_256),           cmocka_unit_test(clock_text_is_iso_8601_in_utc),
    cmocka_unit_test(secrets_do_not_reach_the_log),    cmocka_unit_test(a_long_line_stays_one_object),
    cmocka_unit_test(a_closed_pipe_only_counts),
  };
  signal(SIGPIPE, SIG_IGN);
  return ids_start() ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
