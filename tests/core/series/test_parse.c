/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What golden cases cannot show: large files, files of which only the size is real, memory that runs out, cancelling. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "series/dyo_parse.h"

static dyo_parse_in defaults(const dyo_source *src)
{
  return (dyo_parse_in){.content = src, .header_row = DYO_NO_INT, .decimal = -1, .date_order = -1};
}

/* A header, a row, and one cell of 100 MB; read piece by piece. */
static size_t long_cell(void *user, uint64_t offset, void *buf, size_t n)
{
  static const char head[] = "date,sales\n2024-01-01,5\n2024-01-02,\"";
  size_t           *reads  = user;
  ++*reads;
  for (size_t i = 0; i < n; i++) ((char *)buf)[i] = offset + i < sizeof head - 1 ? head[offset + i] : 'x';
  return n;
}

static void a_field_of_100_megabytes_is_refused_with_its_place(void **state)
{
  size_t           reads = 0;
  const dyo_source src   = {.size = 100000000, .read = long_cell, .user = &reads};
  dyo_parse_in     in    = defaults(&src);
  dyo_parse_out    out   = {0};
  dyo_err          err   = {0};
  dyo_ctx          ctx;
  (void)state;
  in.encoding = 3; /* windows-1252: the bytes need no look of their own */
  dyo_ctx_init(&ctx, NULL);
  assert_int_equal(dyo_parse(&ctx, &in, &out, &err), DYO_TOO_LARGE);
  assert_string_equal(err.path, "/content");
  assert_non_null(strstr(err.message, "row 3, column 2: a cell of more than 1048576 bytes"));
  assert_true(reads < 100);
  assert_true(ctx.used < ((size_t)32 << 20));
  dyo_ctx_clear(&ctx);
}

/* `rows` rows of `skus` series; every 100th row has a text for a number. Malloc'ed. */
static char *sales(size_t rows, size_t skus, size_t *n)
{
  char *text = malloc(rows * 40 + 100);
  *n         = (size_t)sprintf(text, "date,sku,qty\n");
  for (size_t i = 0; i < rows; i++) {
    const int day = (int)(i / skus);
    *n += (size_t)sprintf(text + *n, "%04d-%02d-%02d,SKU-%zu,", 2000 + day / 336, 1 + day / 28 % 12, 1 + day % 28,
                          i % skus);
    *n += (size_t)sprintf(text + *n, i % 100 == 99 ? "oops\n" : "%zu\n", i);
  }
  return text;
}

static void the_list_of_what_was_set_aside_ends_and_the_count_does_not(void **state)
{
  size_t           n    = 0;
  char            *text = sales(200000, 100, &n);
  const dyo_source src  = dyo_source_bytes(text, n);
  dyo_parse_in     in   = defaults(&src);
  dyo_parse_out    out  = {0};
  dyo_err          err  = {0};
  dyo_ctx          ctx;
  (void)state;
  dyo_ctx_init(&ctx, NULL);
  assert_int_equal(dyo_parse(&ctx, &in, &out, &err), DYO_OK);
  assert_int_equal(out.n_rejected, DYO_REJECTED_MOST);
  assert_int_equal(out.rejected_count, 2000);
  assert_int_equal(out.rejected[999].row, 100001);
  assert_int_equal(out.rows_read, 200000);
  assert_int_equal(out.rows_used, 198000);
  assert_int_equal(out.n_series, 100);
  for (size_t i = 0; i < 100; i++) {
    assert_int_equal(out.series[i].n_values, 2000);
    if (i != 99) assert_true(out.series[i].values[1999] == (double)(199900 + i));
  }
  dyo_ctx_clear(&ctx);
  free(text);
}

static void memory_that_runs_out_is_an_error_at_every_size(void **state)
{
  size_t           n = 0, refused = 0;
  char            *text = sales(3000, 30, &n);
  const dyo_source src  = dyo_source_bytes(text, n);
  dyo_parse_in     in   = defaults(&src);
  (void)state;
  for (size_t most = 1 << 12; most < (size_t)8 << 20; most += most / 4) {
    dyo_parse_out out = {0};
    dyo_err       err = {0};
    dyo_ctx       ctx;
    dyo_ctx_init(&ctx, NULL);
    ctx.max_memory      = most;
    const dyo_status st = dyo_parse(&ctx, &in, &out, &err);
    assert_true(st == DYO_OK || st == DYO_OUT_OF_MEMORY);
    refused += st != DYO_OK;
    if (st == DYO_OK) assert_int_equal(out.n_series, 30);
    dyo_ctx_clear(&ctx);
  }
  assert_true(refused > 3);
  free(text);
}

static bool stop(void *user, double fraction, const char *stage)
{
  double *last = user;
  assert_true(fraction >= *last && fraction <= 1 && *stage);
  *last = fraction;
  return fraction > 0.6;
}

static void it_shows_progress_and_can_be_cancelled(void **state)
{
  size_t           n    = 0;
  char            *text = sales(400000, 100, &n);
  const dyo_source src  = dyo_source_bytes(text, n);
  dyo_parse_in     in   = defaults(&src);
  dyo_parse_out    out  = {0};
  dyo_err          err  = {0};
  double           last = 0;
  const dyo_host   host = {.progress = stop, .user = &last};
  dyo_ctx          ctx;
  (void)state;
  dyo_ctx_init(&ctx, &host);
  assert_int_equal(dyo_parse(&ctx, &in, &out, &err), DYO_CANCELLED);
  dyo_ctx_clear(&ctx);
  free(text);
}

/* Every row a group and a date of its own would be quadratic in a careless table; the limit on series speaks first. */
static void too_many_series_are_refused(void **state)
{
  size_t             n        = 0;
  char              *text     = malloc(250000 * 32);
  static const char *groups[] = {"sku"};
  dyo_parse_out      out      = {0};
  dyo_err            err      = {0};
  dyo_ctx            ctx;
  (void)state;
  n = (size_t)sprintf(text, "date,sku,qty\n");
  for (int i = 0; i < 250000; i++) n += (size_t)sprintf(text + n, "2024-01-01,K%d,1\n", i);
  const dyo_source src = dyo_source_bytes(text, n);
  dyo_parse_in     in  = defaults(&src);
  in.group_by          = groups;
  in.n_group_by        = 1;
  dyo_ctx_init(&ctx, NULL);
  assert_int_equal(dyo_parse(&ctx, &in, &out, &err), DYO_TOO_LARGE);
  assert_non_null(strstr(err.message, "more than 200000 series at row 200002"));
  dyo_ctx_clear(&ctx);
  free(text);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(a_field_of_100_megabytes_is_refused_with_its_place),
                                     cmocka_unit_test(the_list_of_what_was_set_aside_ends_and_the_count_does_not),
                                     cmocka_unit_test(memory_that_runs_out_is_an_error_at_every_size),
                                     cmocka_unit_test(it_shows_progress_and_can_be_cancelled),
                                     cmocka_unit_test(too_many_series_are_refused)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
