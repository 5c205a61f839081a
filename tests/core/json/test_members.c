/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "json/dyo_json.h"

static bool hear(void *user, dyo_piece name, dyo_piece value)
{
  char *out = user;
  snprintf(out + strlen(out), 200, "<%.*s|%.*s>", (int)name.n, name.s, (int)value.n, value.s);
  return strcmp(out, "<stop|1>") != 0;
}

static const char *said(const char *text)
{
  static char out[1000];
  dyo_err     err;
  out[0] = '\0';
  return dyo_json_members(text, strlen(text), hear, out, &err) == DYO_OK ? out : "refused";
}

static void members_are_pieces_of_the_text(void **state)
{
  (void)state;
  assert_string_equal(said("{}"), "");
  assert_string_equal(said(" { \"a\" : 1 , \"b\":[1,{\"x\":\"}\"}] ,\"c\":\"q\\\"}\",\"d\":{\"e\":{}},\"f\":null } "),
                      "<a|1><b|[1,{\"x\":\"}\"}]><c|\"q\\\"}\"><d|{\"e\":{}}><f|null>");
  assert_string_equal(said("{\"a\\\"b\":-1.5e3,\"\":[]}"), "<a\\\"b|-1.5e3><|[]>");
  assert_string_equal(said("{\"stop\":1,\"b\":2}"), "<stop|1>");
  assert_string_equal(said("[1]"), "refused");
  assert_string_equal(said("{\"a\":1"), "refused");
}

static bool hear_element(void *user, dyo_piece value)
{
  return hear(user, (dyo_piece){"", 0}, value);
}

static const char *listed(const char *text)
{
  static char out[1000];
  dyo_err     err;
  out[0] = '\0';
  return dyo_json_elements(text, strlen(text), hear_element, out, &err) == DYO_OK ? out : "refused";
}

static void elements_are_pieces_of_the_text(void **state)
{
  (void)state;
  assert_string_equal(listed("[]"), "");
  assert_string_equal(listed(" [ 1 , [2,[3]] ,\"a,]\\\"\",{\"b\":[4]}, null,true ] "),
                      "<|1><|[2,[3]]><|\"a,]\\\"\"><|{\"b\":[4]}><|null><|true>");
  assert_string_equal(listed("{}"), "refused");
  assert_string_equal(listed("[1"), "refused");
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(members_are_pieces_of_the_text),
                                     cmocka_unit_test(elements_are_pieces_of_the_text)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
