/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables as they stand: texts, numbers, the file's own row numbers, limits. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "series/dyo_table.h"

static dyo_status get(dyo_ctx *ctx, const char *text, int decimal, size_t most, dyo_table *t, dyo_err *err)
{
  dyo_source  *src = DYO_NEW(ctx, 1, dyo_source);
  dyo_parse_in in  = {.content = src, .decimal = decimal, .date_order = -1, .header_row = DYO_NO_INT};
  *src             = dyo_source_bytes(text, strlen(text));
  return dyo_table_read(ctx, &in, most, t, err);
}

static void cells_are_texts_and_numbers(void **state)
{
  dyo_ctx   ctx;
  dyo_table t;
  dyo_err   err = {0};
  (void)state;
  dyo_ctx_init(&ctx, NULL);
  assert_int_equal(get(&ctx, "sku,on hand\n\n007, 1200 \nB,n/a,x\n", -1, 0, &t, &err), DYO_OK);
  assert_int_equal(t.n_rows, 3);
  assert_int_equal(t.n_cols, 3);
  assert_string_equal(t.text[0], "sku");
  assert_string_equal(t.text[2], ""); /* a row that ends early */
  assert_string_equal(t.text[3], "007");
  assert_true(t.number[4] == 1200);
  assert_string_equal(t.text[7], ""); /* n/a is nothing */
  assert_true(isnan(t.number[7]));
  assert_true(isnan(t.number[0]));
  assert_int_equal(t.row[0], 1);
  assert_int_equal(t.row[1], 3); /* behind the blank row */
  dyo_ctx_clear(&ctx);
}

static void a_semicolon_goes_with_a_decimal_comma(void **state)
{
  dyo_ctx   ctx;
  dyo_table t;
  dyo_err   err = {0};
  (void)state;
  dyo_ctx_init(&ctx, NULL);
  assert_int_equal(get(&ctx, "a;1,5\nb;1.234\n", -1, 0, &t, &err), DYO_OK);
  assert_true(t.number[1] == 1.5);
  assert_true(t.number[3] == 1234); /* a thousands mark then */
  assert_int_equal(get(&ctx, "a;1,5\nb;1.234\n", 0, 0, &t, &err), DYO_OK);
  assert_true(t.number[3] == 1.234); /* the request knows better */
  dyo_ctx_clear(&ctx);
}

static void no_more_rows_are_read_than_wanted(void **state)
{
  dyo_ctx   ctx;
  dyo_table t;
  dyo_err   err = {0};
  (void)state;
  dyo_ctx_init(&ctx, NULL);
  assert_int_equal(get(&ctx, "a\nb\nc\n", -1, 2, &t, &err), DYO_OK);
  assert_int_equal(t.n_rows, 2);
  assert_int_equal(get(&ctx, "a\nb\nc\n", -1, 5, &t, &err), DYO_OK);
  assert_int_equal(t.n_rows, 3);
  dyo_ctx_clear(&ctx);
}

static void wide_and_empty_tables_are_refused(void **state)
{
  char     *wide = calloc(DYO_TABLE_COLUMNS + 8, 1);
  dyo_ctx   ctx;
  dyo_table t;
  dyo_err   err = {0};
  (void)state;
  dyo_ctx_init(&ctx, NULL);
  memset(wide, ',', DYO_TABLE_COLUMNS + 2);
  wide[0] = 'a';
  assert_int_equal(get(&ctx, wide, -1, 0, &t, &err), DYO_TOO_LARGE);
  assert_string_equal(err.path, "/content");
  assert_int_equal(get(&ctx, "\n \n", -1, 0, &t, &err), DYO_INSUFFICIENT_DATA);
  assert_int_equal(get(&ctx, "", -1, 0, &t, &err), DYO_INSUFFICIENT_DATA);
  free(wide);
  dyo_ctx_clear(&ctx);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(cells_are_texts_and_numbers),
    cmocka_unit_test(a_semicolon_goes_with_a_decimal_comma),
    cmocka_unit_test(no_more_rows_are_read_than_wanted),
    cmocka_unit_test(wide_and_empty_tables_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
