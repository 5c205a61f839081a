/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/dyo_source.h"

/* RFC 4648, section 10: test vectors. */
static void base64_of_the_rfc(void **state)
{
  static const char *const vectors[][2] = {{"", ""},
                                           {"f", "Zg=="},
                                           {"fo", "Zm8="},
                                           {"foo", "Zm9v"},
                                           {"foob", "Zm9vYg=="},
                                           {"fooba", "Zm9vYmE="},
                                           {"foobar", "Zm9vYmFy"}};
  (void)state;
  for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
    dyo_source s;
    dyo_err    err;
    char       text[16] = "";
    assert_int_equal(dyo_source_base64(vectors[i][1], "/x", &s, &err), DYO_OK);
    assert_int_equal(s.size, strlen(vectors[i][0]));
    assert_int_equal(dyo_source_read(&s, 0, text, sizeof text), s.size);
    assert_string_equal(text, vectors[i][0]);
  }
}

static void base64_is_read_from_any_place(void **state)
{
  dyo_source s;
  dyo_err    err;
  (void)state;
  assert_int_equal(dyo_source_base64("Zm9vYmFy", "/x", &s, &err), DYO_OK);
  for (size_t from = 0; from <= 6; from++)
    for (size_t n = 0; n <= 7; n++) {
      char         text[8] = "";
      const size_t want    = from + n > 6 ? 6 - from : n;
      assert_int_equal(dyo_source_read(&s, from, text, n), want);
      assert_memory_equal(text, &"foobar"[from], want);
    }
  assert_int_equal(dyo_source_read(&s, 7, &(char){0}, 1), 0);
}

static void what_is_no_base64_is_refused_at_its_character(void **state)
{
  static const char *const bad[][2] = {{"Zg=", "'=' at character 2"},
                                       {"Z===", "'=' at character 1"},
                                       {"Zm8", "found 3 characters"},
                                       {"Zm 8", "byte 0x20 at character 2"},
                                       {"Zm9v\nZm9v", "byte 0x0a at character 4"},
                                       {"Zm9-", "'-' at character 3"},
                                       {"Zh==", "'h' at 1"},
                                       {"data:text/csv;base64,Zm9v", "data: address"}};
  (void)state;
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    dyo_source s;
    dyo_err    err;
    assert_int_equal(dyo_source_base64(bad[i][0], "/x", &s, &err), DYO_INVALID_INPUT);
    assert_string_equal(err.path, "/x");
    if (!strstr(err.message, bad[i][1])) fail_msg("%s: %s", bad[i][0], err.message);
  }
}

static size_t by_twos(void *user, uint64_t offset, void *buf, size_t n)
{
  if (offset >= 5) return 0; /* the file was cut meanwhile */
  memcpy(buf, (const char *)user + offset, n > 2 ? 2 : n);
  return n > 2 ? 2 : n;
}

static void short_reads_are_put_together_and_a_cut_file_ends(void **state)
{
  char             text[11] = "";
  char             file[]   = "0123456789";
  const dyo_source s        = {.size = 10, .read = by_twos, .user = file};
  (void)state;
  assert_int_equal(dyo_source_read(&s, 1, text, 3), 3);
  assert_memory_equal(text, "123", 3);
  assert_int_equal(dyo_source_read(&s, 0, text, 10), 6);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(base64_of_the_rfc),
                                     cmocka_unit_test(base64_is_read_from_any_place),
                                     cmocka_unit_test(what_is_no_base64_is_refused_at_its_character),
                                     cmocka_unit_test(short_reads_are_put_together_and_a_cut_file_ends)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
