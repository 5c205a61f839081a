/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "series/csv.h"

/* Rows as "1:a|b\n", so that a test is one comparison. */
typedef struct {
  char   text[4096];
  size_t n, rows;
} seen;

static dyo_status see(void *user, size_t row, const cell *cells, size_t n)
{
  seen *s = user;
  s->rows++;
  if (s->n + 200 > sizeof s->text) return DYO_OK;
  s->n += (size_t)snprintf(s->text + s->n, sizeof s->text - s->n, "%zu:", row);
  for (size_t i = 0; i < n; i++)
    s->n +=
      (size_t)snprintf(s->text + s->n, sizeof s->text - s->n, "%s%.*s", i ? "|" : "", (int)cells[i].n, cells[i].text);
  s->n += (size_t)snprintf(s->text + s->n, sizeof s->text - s->n, "\n");
  return DYO_OK;
}

static dyo_status read_source(const dyo_source *src, csv_options o, csv_info *info, seen *s, dyo_err *err)
{
  dyo_ctx ctx;
  dyo_ctx_init(&ctx, NULL);
  if (!o.columns) o.columns = 100;
  if (!o.field) o.field = 1 << 20;
  dyo_status st = csv_look(&ctx, src, &o, info, err);
  if (st == DYO_OK) st = csv_read(&ctx, src, &o, info, see, s, err);
  dyo_ctx_clear(&ctx);
  return st;
}

static void reads_n(const char *bytes, size_t n, const char *rows)
{
  const dyo_source src  = dyo_source_bytes(bytes, n);
  csv_info         info = {0};
  seen             s    = {0};
  dyo_err          err  = {0};
  const dyo_status st   = read_source(&src, (csv_options){0}, &info, &s, &err);
  if (st != DYO_OK) fail_msg("%s", err.message);
  assert_string_equal(s.text, rows);
}

static void reads(const char *text, const char *rows)
{
  reads_n(text, strlen(text), rows);
}

/* RFC 4180, section 2: its own examples. */
static void the_rules_of_rfc_4180(void **state)
{
  (void)state;
  reads("aaa,bbb,ccc\r\nzzz,yyy,xxx\r\n", "1:aaa|bbb|ccc\n2:zzz|yyy|xxx\n");
  reads("aaa,bbb,ccc\r\nzzz,yyy,xxx", "1:aaa|bbb|ccc\n2:zzz|yyy|xxx\n");
  reads("\"aaa\",\"b\r\nbb\",\"ccc\"\r\nzzz,yyy,xxx", "1:aaa|b\r\nbb|ccc\n3:zzz|yyy|xxx\n");
  reads("\"aaa\",\"b\"\"bb\",\"ccc\"", "1:aaa|b\"bb|ccc\n");
}

static void line_ends_of_all_kinds(void **state)
{
  (void)state;
  reads("a,b\nc,d\n", "1:a|b\n2:c|d\n");
  reads("a,b\rc,d\r", "1:a|b\n2:c|d\n");
  reads("a,b\r\n\r\nc,d\n\n", "1:a|b\n2:\n3:c|d\n4:\n");
  reads("a,\n,b", "1:a|\n2:|b\n");
  reads("", "");
}

static void quotes_as_spreadsheets_read_them(void **state)
{
  (void)state;
  reads("a, \"b,c\" ,d", "1:a|b,c|d\n");
  reads("a,\"b\"c,d", "1:a|bc|d\n");
  reads("a,b\"c,d", "1:a|b\"c|d\n");
  reads("a,\"\",d", "1:a||d\n");
  reads("a,\"\"\"\",d", "1:a|\"|d\n");
  reads("a,\"b\nc,d\ne,f", "1:a|\"b\n2:c|d\n3:e|f\n");
}

static void delimiters_are_found(void **state)
{
  (void)state;
  reads("a;b\n1,5;2,5\n", "1:a|b\n2:1,5|2,5\n");
  reads("1,5;2,5\n1,5;2,5\n", "1:1,5|2,5\n2:1,5|2,5\n");
  reads("a\tb\n1,2\t3,4\n", "1:a|b\n2:1,2|3,4\n");
  reads("a|b\n1,2|3\n", "1:a|b\n2:1,2|3\n");
  reads("a,b\n\"x;y;z\",1\n\"x;y;z\",2\n", "1:a|b\n2:x;y;z|1\n3:x;y;z|2\n");
  reads("sep=|\na|b,c\n", "2:a|b,c\n");
  reads("\"sep=;\"\na;b\n", "2:a|b\n");
  reads("alone\n1\n", "1:alone\n2:1\n");
}

static void encodings_become_utf8(void **state)
{
  (void)state;
  reads("\xef\xbb\xbf"
        "a,\xc3\xa4\n",
        "1:a|\xc3\xa4\n");
  reads("a,\xe4\x80\n", "1:a|\xc3\xa4\xe2\x82\xac\n");
  reads_n("\xff\xfe"
          "a\0,\0\xac\x20\n\0",
          10, "1:a|\xe2\x82\xac\n");
  reads_n("\xfe\xff\0a\0,\xd8\x3d\xde\x00\0\n", 12, "1:a|\xf0\x9f\x98\x80\n");
  reads_n("a\0,\0b\0\n\0c\0,\0d\0\n\0", 16, "1:a|b\n2:c|d\n");
  reads_n("a,b\0c\n", 6,
          "1:a|b\xef\xbf\xbd"
          "c\n");
}

/* A file of which only the size is real: `head`, then `fill` over and over. */
typedef struct {
  const char *head;
  char        fill;
  size_t      reads;
} endless;

static size_t endless_read(void *user, uint64_t offset, void *buf, size_t n)
{
  endless     *e = user;
  const size_t h = strlen(e->head);
  e->reads++;
  for (size_t i = 0; i < n; i++) ((char *)buf)[i] = offset + i < h ? e->head[offset + i] : e->fill;
  return n;
}

static void one_field_of_100_megabytes_is_refused_at_its_place(void **state)
{
  static const struct {
    const char *head, *message;
  } files[] = {
    {"a,b\n1,2\n3,", "row 3, column 2: a cell of more than 1048576 bytes; at most 1048576 are accepted"},
    {"a,b\n1,2\n3,\"",
     "row 3, column 2: a cell of more than 1048576 bytes; at most 1048576 are accepted (is a quote opened there and never closed?)"}};
  (void)state;
  for (size_t i = 0; i < 2; i++) {
    endless          e    = {.head = files[i].head, .fill = 'x'};
    const dyo_source src  = {.size = 100000000, .read = endless_read, .user = &e};
    csv_info         info = {0};
    seen             s    = {0};
    dyo_err          err  = {0};
    assert_int_equal(read_source(&src, (csv_options){.encoding = CSV_1252, .delimiter = ','}, &info, &s, &err),
                     DYO_TOO_LARGE);
    assert_string_equal(err.message, files[i].message);
    assert_string_equal(err.path, "");
    assert_true(e.reads < 100); /* it stops at the limit, not at the end of the file */
  }
}

static void too_many_cells_are_refused(void **state)
{
  const char       text[] = "a,b\n1,2,3,4\n";
  const dyo_source src    = dyo_source_bytes(text, strlen(text));
  csv_info         info   = {0};
  seen             s      = {0};
  dyo_err          err    = {0};
  (void)state;
  assert_int_equal(read_source(&src, (csv_options){.columns = 3}, &info, &s, &err), DYO_TOO_LARGE);
  assert_string_equal(err.message, "row 2 has more than 3 cells; at most 3 are accepted");
}

/* Rows of growing length, so that ends of blocks fall on every place of a row, in quotes and between CR and LF. */
static void rows_that_a_block_cuts_come_out_whole(void **state)
{
  enum { ROWS = 3000 };
  char    *text = malloc(ROWS * 200);
  size_t   n    = 0;
  csv_info info = {0};
  seen     s    = {0};
  dyo_err  err  = {0};
  (void)state;
  for (int i = 0; i < ROWS; i++) {
    n +=
      (size_t)sprintf(text + n, "%d,\"q\"\"%.*s\",", i, i % 90,
                      "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
    n += (size_t)sprintf(text + n, i % 3 ? "\xc3\xa4\r\n" : "z\n");
  }
  const dyo_source src = dyo_source_bytes(text, n);
  assert_int_equal(read_source(&src, (csv_options){.columns = 3}, &info, &s, &err), DYO_OK);
  assert_int_equal(s.rows, ROWS);
  assert_int_equal(info.open_rows, 0);
  free(text);
}

static dyo_status stop_at_two(void *user, size_t row, const cell *cells, size_t n)
{
  (void)user;
  (void)cells;
  (void)n;
  return row == 2 ? DYO_CONFLICT : DYO_OK;
}

static void what_the_callback_says_ends_the_reading(void **state)
{
  const dyo_source  src  = dyo_source_bytes("a\nb\nc\n", 6);
  const csv_options o    = {.columns = 9, .field = 9};
  csv_info          info = {0};
  dyo_err           err  = {0};
  dyo_ctx           ctx;
  (void)state;
  dyo_ctx_init(&ctx, NULL);
  assert_int_equal(csv_look(&ctx, &src, &o, &info, &err), DYO_OK);
  assert_int_equal(csv_read(&ctx, &src, &o, &info, stop_at_two, NULL, &err), DYO_CONFLICT);
  dyo_ctx_clear(&ctx);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(the_rules_of_rfc_4180),
                                     cmocka_unit_test(line_ends_of_all_kinds),
                                     cmocka_unit_test(quotes_as_spreadsheets_read_them),
                                     cmocka_unit_test(delimiters_are_found),
                                     cmocka_unit_test(encodings_become_utf8),
                                     cmocka_unit_test(one_field_of_100_megabytes_is_refused_at_its_place),
                                     cmocka_unit_test(too_many_cells_are_refused),
                                     cmocka_unit_test(rows_that_a_block_cuts_come_out_whole),
                                     cmocka_unit_test(what_the_callback_says_ends_the_reading)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
