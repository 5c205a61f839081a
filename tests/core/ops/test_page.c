/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text for screens and cells for spreadsheets: widths, cuts, wraps, quotes, and a chart small enough to draw by hand. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "ops/page.h"
#include "ops/report.h"

static void is(page *p, const char *want)
{
  assert_string_equal(p->b.s ? p->b.s : "", want);
  dyo_buf_free(&p->b);
}

static void columns_count_what_a_screen_shows(void **state)
{
  (void)state;
  assert_int_equal(page_columns("abc"), 3);
  assert_int_equal(page_columns("Größe"), 5);
  assert_int_equal(page_columns("日本"), 4);
  assert_int_equal(page_columns("e\xcc\x81"), 1); /* a combining accent */
  assert_int_equal(page_columns("\xff\xe2"), 2);  /* bytes of no character */
  assert_int_equal(page_columns(""), 0);
}

static void cells_are_padded_or_cut(void **state)
{
  page p = {.width = 80}, a = {.width = 80, .ascii = true};
  (void)state;
  page_cell(&p, "ab", 4, PAGE_LEFT);
  page_cell(&p, "ab", 4, PAGE_RIGHT);
  page_cell(&p, "abcdef", 4, PAGE_LEFT);
  page_cell(&p, "日本語", 4, PAGE_LEFT); /* half of a wide character is not shown */
  is(&p, "ab    ababc…日… ");
  page_cell(&a, "abcdef", 4, PAGE_RIGHT);
  is(&a, "abc~");
  page_cell(&p, "a\x1b[2J", 5, PAGE_LEFT); /* no cursor is moved */
  is(&p, "a?[2J");
}

static void items_are_wrapped_below_their_label(void **state)
{
  page p = {.width = 24};
  (void)state;
  page_item(&p, "Model", "one two three four");
  is(&p, "Model     one two three\n          four\n");
  page_item(&p, "Model", "averyveryverylongword x");
  is(&p, "Model     averyveryverylongword\n          x\n");
  page_item(&p, "Model", "");
  is(&p, "Model\n");
}

static void sparklines_have_eight_heights(void **state)
{
  const double y[] = {0, 1, 2, 3, 4, 5, 6, 7}, gap[] = {1, NAN, 2};
  page         p = {.width = 80}, a = {.width = 80, .ascii = true};
  (void)state;
  page_spark(&p, y, 8, 8);
  is(&p, "▁▂▃▄▅▆▇█");
  page_spark(&a, y, 8, 8);
  is(&a, "_.:-=+*#");
  page_spark(&a, y, 8, 2); /* means 1.5 and 5.5 of 0 .. 5.5 */
  is(&a, ":#");
  page_spark(&a, gap, 3, 3);
  is(&a, "_ #");
  page_spark(&a, y, 0, 3);
  is(&a, "   ");
}

/* 24 columns leave 20 cells for 10 values: a line from 0 to 11 over 12 rows climbs a row a step, the interval fills 2 columns of it. */
static void a_chart_draws_values_where_they_belong(void **state)
{
  const double        y[] = {0, 0, 0, 0, 0, 0, 12, 12}, mean[] = {12, 12}, lower[] = {6, 6}, upper[] = {12, 12};
  const page_chart_of c = {y, 8, mean, lower, upper, 2, "1", "8", "10"};
  page                p = {.width = 24, .ascii = true};
  dyo_ctx             ctx;
  (void)state;
  dyo_ctx_init(&ctx, NULL);
  assert_true(page_chart(&ctx, &p, &c));
  const char *line = p.b.s;
  size_t      rows = 0;
  for (const char *s = line; *s; s++) rows += *s == '\n';
  assert_int_equal(rows, 12 + 2);
  assert_non_null(strstr(line, "15 +                :"));      /* the top row: nothing but the mark of the forecast */
  assert_non_null(strstr(line, " 0 +***********     :\n"));    /* 0 up to a value of the six */
  assert_non_null(strstr(line, "oooo\n"));                     /* the forecast's two steps */
  assert_non_null(strstr(line, "....\n"));                     /* and the interval below */
  assert_non_null(strstr(line, "   +----------------+---\n")); /* the axis, with the beginning of the forecast */
  dyo_buf_free(&p.b);
  dyo_ctx_clear(&ctx);
}

/* CSV: RFC 4180 quotes; what a spreadsheet would run gets an apostrophe, a number does not. */
static void csv_cells_are_safe(void **state)
{
  static const char *const cases[][2] = {{"plain", "plain"},
                                         {"a,b", "\"a,b\""},
                                         {"say \"x\"", "\"say \"\"x\"\"\""},
                                         {"=1+1", "\"'=1+1\""},
                                         {"@x", "\"'@x\""},
                                         {"-x", "\"'-x\""},
                                         {"+49 30", "\"'+49 30\""},
                                         {"-5", "-5"},
                                         {"+5.5", "+5.5"},
                                         {"-", "\"'-\""},
                                         {"-.5", "-.5"},
                                         {"-5.5.5", "\"'-5.5.5\""},
                                         {"line\nend", "\"line\nend\""},
                                         {"", ""},
                                         {"a;b", "\"a;b\""}};
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    dyo_buf b = {0};
    report_csv_text(&b, cases[i][0]);
    assert_string_equal(b.s ? b.s : "", cases[i][1]);
    dyo_buf_free(&b);
  }
}

static void numbers_of_csv_keep_every_digit(void **state)
{
  dyo_buf b = {0};
  (void)state;
  report_csv_number(&b, 0.1);
  dyo_buf_puts(&b, ",");
  report_csv_number(&b, NAN);
  dyo_buf_puts(&b, ",");
  report_csv_number(&b, 1.0 / 3);
  assert_string_equal(b.s, "0.1,,0.3333333333333333");
  dyo_buf_free(&b);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(columns_count_what_a_screen_shows),      cmocka_unit_test(cells_are_padded_or_cut),
    cmocka_unit_test(items_are_wrapped_below_their_label),    cmocka_unit_test(sparklines_have_eight_heights),
    cmocka_unit_test(a_chart_draws_values_where_they_belong), cmocka_unit_test(csv_cells_are_safe),
    cmocka_unit_test(numbers_of_csv_keep_every_digit),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
