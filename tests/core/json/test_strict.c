/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "json/dyo_json.h"

typedef struct {
  const char *key;
  double      value;
} pair;

typedef struct {
  double  a;
  double *v;
  size_t  n_v;
  pair   *map;
  size_t  n_map;
} thing;

static const dyo_field pair_rows[]  = {DYO_STR(pair, key, DYO_REQ, 100, "Key."),
                                       DYO_NUM(pair, value, DYO_REQ, 0, 10, NULL, "Value."), DYO_END(pair)};
static const dyo_field thing_rows[] = {DYO_NUM(thing, a, 2, DYO_POS, 100, NULL, "A."),
                                       DYO_NUMS(thing, v, DYO_F_NULLS, DYO_OPT, -1, 1, NULL, "V."),
                                       DYO_MAP(thing, map, DYO_OPT, 3, pair, pair_rows, "Map."), DYO_END(thing)};

static dyo_status check(const char *text)
{
  dyo_err err = {0};
  return dyo_json_check(text, strlen(text), &err);
}

/* RFC 8259 and the choices of dyo_json.h. */
static void what_is_not_strict_json_is_refused(void **state)
{
  static const char *const bad[]  = {"",
                                     " ",
                                     "{",
                                     "[1,]",
                                     "{\"a\":1,}",
                                     "{a:1}",
                                     "01",
                                     "1.",
                                     ".5",
                                     "+1",
                                     "1e",
                                     "NaN",
                                     "Infinity",
                                     "-",
                                     "tru",
                                     "\"a",
                                     "\"\\x\"",
                                     "\"\\u12\"",
                                     "\"\\u0000\"",
                                     "\"\\ud800\"",
                                     "\"\\udc00\"",
                                     "\"\\ud800\\u0041\"",
                                     "\"\x01\"",
                                     "\"\xff\"",
                                     "\"\xc0\x80\"",
                                     "\"\xed\xa0\x80\"",
                                     "1 2",
                                     "{} x",
                                     "{\"a\" 1}",
                                     "[1 2]",
                                     "// x\n1",
                                     "'a'",
                                     "1234567890123456789012345678901234567890123456789012345678901234"};
  static const char *const good[] = {"0",
                                     "-0",
                                     "1.5e-3",
                                     "null",
                                     "[]",
                                     " {\"a\":[1,{\"b\":null}]} ",
                                     "\"\\ud83d\\ude00\"",
                                     "\"\xf0\x9f\x98\x80\"",
                                     "\"\\u00e9\""};
  (void)state;
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    if (check(bad[i]) != DYO_INVALID_JSON) fail_msg("accepted: %s", bad[i]);
  for (size_t i = 0; i < sizeof good / sizeof *good; i++)
    if (check(good[i]) != DYO_OK) fail_msg("refused: %s", good[i]);
}

static void nesting_ends_at_the_limit(void **state)
{
  char text[2 * (DYO_JSON_DEPTH + 1) + 1] = "";
  (void)state;
  for (int depth = DYO_JSON_DEPTH; depth <= DYO_JSON_DEPTH + 1; depth++) {
    memset(text, '[', (size_t)depth);
    memset(text + depth, ']', (size_t)depth);
    text[2 * depth] = '\0';
    assert_int_equal(check(text), depth <= DYO_JSON_DEPTH ? DYO_OK : DYO_INVALID_JSON);
  }
}

static dyo_status decode(dyo_ctx *ctx, const char *text, thing *t, dyo_err *err)
{
  memset(t, 0, sizeof *t);
  return dyo_json_decode(ctx, text, strlen(text), thing_rows, t, err);
}

static void a_failure_names_its_place(void **state)
{
  static const struct {
    const char *text, *path;
    dyo_status  code;
  } cases[] = {{"{\"a\":0}", "/a", DYO_INVALID_INPUT},
               {"{\"a\":\"1\"}", "/a", DYO_INVALID_INPUT},
               {"{\"v\":[0,2]}", "/v/1", DYO_INVALID_INPUT},
               {"{\"map\":{\"x/~\":11}}", "/map/x~1~0", DYO_INVALID_INPUT},
               {"{\"aa\":1}", "/aa", DYO_INVALID_INPUT},
               {"{\"a\":1,\"a\":1}", "/a", DYO_INVALID_JSON},
               {"{\"map\":{\"p\":1,\"q\":1,\"p\":1}}", "/map/p", DYO_INVALID_JSON},
               {"{\"map\":{\"a\":1,\"b\":1,\"c\":1,\"d\":1}}", "/map", DYO_TOO_LARGE},
               {"{\"a\":1e999}", "/a", DYO_INVALID_INPUT},
               {"[1]", "", DYO_INVALID_INPUT},
               {"{\"v\":{\"$float64\":0}}", "/v", DYO_INVALID_INPUT}};
  dyo_ctx ctx;
  (void)state;
  dyo_ctx_init(&ctx, NULL);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    thing   t;
    dyo_err err = {0};
    assert_int_equal(decode(&ctx, cases[i].text, &t, &err), cases[i].code);
    assert_string_equal(err.path, cases[i].path);
    assert_true(err.message[0] != '\0');
  }
  dyo_ctx_clear(&ctx);
}

static void arrays_come_and_go_by_handle(void **state)
{
  double    in[100], nothing[] = {0.5};
  dyo_array arrays[] = {{in, 100}, {nothing, 1}};
  dyo_ctx   ctx;
  thing     t;
  dyo_err   err = {0};
  dyo_buf   b   = {0};
  (void)state;
  for (int i = 0; i < 100; i++) in[i] = i / 100.0;
  dyo_ctx_init(&ctx, NULL);
  ctx.in = arrays, ctx.n_in = 2, ctx.arrays_out = true;
  assert_int_equal(decode(&ctx, "{\"v\":{\"$float64\":0}}", &t, &err), DYO_OK);
  assert_int_equal(t.n_v, 100);
  assert_true(t.v != in && t.v[99] == 0.99);
  assert_int_equal(dyo_json_encode(&ctx, thing_rows, &t, &b, &err), DYO_OK);
  assert_string_equal(b.s, "{\"a\":2,\"v\":{\"$float64\":0}}");
  assert_int_equal(ctx.n_out, 1);
  assert_true(ctx.out[0].v[99] == 0.99);
  dyo_buf_free(&b);
  dyo_ctx_clear(&ctx);
}

static void the_last_byte_of_nothing_is_nul(void **state)
{
  dyo_buf b = {.failed = true}; /* as after memory ran out for the first write */
  (void)state;
  dyo_buf_puts(&b, "[");
  assert_int_equal(dyo_buf_last(&b), '\0');
  b.failed = false;
  dyo_buf_puts(&b, "[1");
  assert_int_equal(dyo_buf_last(&b), '1');
  dyo_buf_free(&b);
}

static void memory_has_a_ceiling(void **state)
{
  dyo_ctx ctx;
  thing   t;
  dyo_err err = {0};
  (void)state;
  dyo_ctx_init(&ctx, NULL);
  ctx.max_memory = 64;
  assert_int_equal(decode(&ctx, "{\"v\":[0,0,0,0,0,0,0,0,0,0,0,0]}", &t, &err), DYO_OUT_OF_MEMORY);
  dyo_ctx_clear(&ctx);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(what_is_not_strict_json_is_refused), cmocka_unit_test(nesting_ends_at_the_limit),
    cmocka_unit_test(a_failure_names_its_place),          cmocka_unit_test(arrays_come_and_go_by_handle),
    cmocka_unit_test(the_last_byte_of_nothing_is_nul),    cmocka_unit_test(memory_has_a_ceiling)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
