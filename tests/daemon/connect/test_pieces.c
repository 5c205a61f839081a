/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "connect/pieces.h"

/* A copy is the same text as the string that is allocated, at any room that holds it, and nothing at less. */
static void a_copy_is_the_string_or_nothing(void **state)
{
  static const char *const texts[] = {
    "\"\"",         "\"plain\"",        "\"a\\\"b\\\\c\\/d\\n\\t\\b\\f\\r\"", "\"\\u00e9\\u20ac\\ud83d\\ude00x\"",
    "\"\xc3\xa9\"", "\"cut\\u0000off\""};
  (void)state;
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    const dyo_piece p    = piece_of(texts[i], strlen(texts[i]));
    char           *text = piece_string(p);
    assert_non_null(text);
    for (size_t room = 1; room < 40; room++) {
      char       out[41];
      const bool fits = strlen(text) < room;
      memset(out, 'x', sizeof out);
      assert_int_equal(piece_copy(p, out, room), fits);
      assert_string_equal(out, fits ? text : "");
      assert_int_equal(out[room], 'x');
    }
    free(text);
  }
}

static void what_is_no_string_is_not_copied(void **state)
{
  static const char *const texts[] = {"1", "null", "[\"a\"]", "{\"a\":\"b\"}"};
  (void)state;
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    char out[8] = "before";
    assert_false(piece_copy(piece_of(texts[i], strlen(texts[i])), out, sizeof out));
    assert_string_equal(out, "");
  }
  char out[8] = "before";
  assert_false(piece_copy((dyo_piece){NULL, 0}, out, sizeof out));
  assert_string_equal(out, "");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_copy_is_the_string_or_nothing),
    cmocka_unit_test(what_is_no_string_is_not_copied),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
