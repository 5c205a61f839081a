/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Windows, stamps and what records become. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>

#include "connect/mapping.h"
#include "connect/pieces.h"
#include "connect/window.h"

/* `date -u -d` gives the seconds. */
static void stamps_are_read_in_every_form(void **state)
{
  char text[STAMP_CHARS];
  (void)state;
  assert_int_equal(stamp_parse("2026-11-23T00:00:00.000+0000"), 1795392000000);
  assert_int_equal(stamp_parse("2026-11-23T00:00:00.000Z"), 1795392000000);
  assert_int_equal(stamp_parse("2026-11-23T02:30:00.125+02:30"), 1795392000125);
  assert_int_equal(stamp_parse("2026-11-22T19:00:00-0500"), 1795392000000);
  assert_int_equal(stamp_parse("2026-11-23T00:00:00.7Z"), 1795392000700);
  assert_int_equal(stamp_parse("2026-11-23"), -1);
  assert_int_equal(stamp_parse("yesterday, at noon or so"), -1);
  assert_int_equal(stamp_parse("2026-13-23T00:00:00Z"), -1);
  stamp_text(1795392000125, text);
  assert_string_equal(text, "2026-11-23T00:00:00.125Z");
}

static void windows_meet_and_overlap(void **state)
{
  (void)state;
  const window first = window_next(-1, 600, 2000);
  assert_int_equal(first.lo, 0);
  assert_int_equal(first.hi, 1999000);
  const window next = window_next(first.hi, 600, 3000);
  assert_int_equal(next.lo, first.hi - 600000);
  assert_int_equal(next.hi, 2999000);
  const window back = window_next(5000000, 0, 1000); /* the source's clock was put back */
  assert_true(back.hi == back.lo);
}

static void windows_halve_behind_what_is_stored(void **state)
{
  window w = {.lo = 0, .hi = 1000, .stamp = -1};
  (void)state;
  assert_true(window_halve(&w, -1));
  assert_int_equal(w.hi, 500);
  window_reached(&w, 400, "001");
  assert_true(window_halve(&w, -1));
  assert_int_equal(w.hi, 450);
  w = (window){.lo = 0, .hi = 1000, .stamp = -1};
  assert_true(window_halve(&w, 800));
  assert_int_equal(w.hi, 900);
  w = (window){.lo = 7, .hi = 8, .stamp = -1};
  assert_false(window_halve(&w, -1));
}

static const char *dims[] = {"Stage", "Account.Name"};

static mapping_metric       metrics[] = {{.metric       = "amount",
                                          .date         = "Close",
                                          .value        = "Amount",
                                          .dimensions   = dims,
                                          .n_dimensions = 2,
                                          .aggregate    = AGGREGATE_SUM},
                                         {.metric = "deals", .date = "Created", .aggregate = AGGREGATE_COUNT}};
static const mapping_object object    = {.object = "Opportunity", .metrics = metrics, .n_metrics = 2};

static size_t cells_of(dyo_ctx *ctx, const char *text, mirror_cell **cells, int *rejected)
{
  size_t  n = 0;
  dyo_err err;
  assert_int_equal(dyo_json_check(text, strlen(text), &err), DYO_OK);
  assert_int_equal(mapping_cells(ctx, &object, piece_of(text, strlen(text)), cells, &n, rejected, &err), DYO_OK);
  return n;
}

static void a_record_becomes_cells(void **state)
{
  mirror_cell *c        = NULL;
  int          rejected = 0;
  dyo_ctx      ctx;
  (void)state;
  dyo_ctx_init(&ctx, NULL);
  assert_int_equal(cells_of(&ctx,
                            "{\"Close\":\"2026-11-23\",\"Created\":\"2026-11-23T23:59:59.000+0000\",\"Amount\":12.5,"
                            "\"Stage\":\"Won \\\"big\\\"\",\"Account\":{\"Name\":\"\\u00c4cme\"}}",
                            &c, &rejected),
                   2);
  assert_int_equal(rejected, 0);
  assert_string_equal(c[0].dimensions, "{\"Account.Name\":\"\xc3\x84"
                                       "cme\",\"Stage\":\"Won \\\"big\\\"\"}");
  assert_int_equal(c[0].time, 1795392000);
  assert_float_equal(c[0].value, 12.5, 0);
  assert_string_equal(c[1].dimensions, "{}");
  assert_int_equal(c[1].time, 1795392000);
  assert_float_equal(c[1].value, 1, 0);
  assert_int_equal(cells_of(&ctx, "{\"Close\":\"2026-11-23\",\"Amount\":null,\"Created\":\"\"}", &c, &rejected), 0);
  assert_int_equal(rejected, 2);
  assert_int_equal(
    cells_of(&ctx, "{\"Close\":\"2026-11-23\",\"Amount\":\"7\",\"Stage\":null,\"Account\":null}", &c, &rejected), 1);
  assert_string_equal(c[0].dimensions, "{}");
  assert_float_equal(c[0].value, 7, 0);
  dyo_ctx_clear(&ctx);
}

static void mappings_that_contradict_are_refused(void **state)
{
  mapping_metric       twice[] = {{.metric = "m", .date = "d", .value = "v", .aggregate = AGGREGATE_SUM},
                                  {.metric = "m", .date = "d", .value = "v", .aggregate = AGGREGATE_MEAN}};
  const mapping_object pair[]  = {{.object = "A"}, {.object = "A"}},
                       sums    = {.object = "A", .metrics = twice, .n_metrics = 2};
  dyo_err err;
  (void)state;
  assert_int_equal(mapping_accept(pair, 2, "/config/objects", &err), DYO_INVALID_INPUT);
  assert_string_equal(err.path, "/config/objects/1/object");
  assert_int_equal(mapping_accept(&sums, 1, "/config/objects", &err), DYO_INVALID_INPUT);
  assert_string_equal(err.path, "/config/objects/0/metrics/1");
  twice[1].aggregate = AGGREGATE_SUM, twice[1].value = NULL;
  assert_int_equal(mapping_accept(&sums, 1, "/config/objects", &err), DYO_INVALID_INPUT);
  assert_string_equal(err.path, "/config/objects/0/metrics/1/value");
  assert_int_equal(mapping_accept(&object, 1, "/config/objects", &err), DYO_OK);
}

static void a_mark_moves_with_the_mapping(void **state)
{
  char           a[DIGEST_CHARS], b[DIGEST_CHARS];
  mapping_metric other[2];
  (void)state;
  memcpy(other, metrics, sizeof other);
  const mapping_object o = {.object = "Opportunity", .metrics = other, .n_metrics = 2};
  mapping_mark(&object, a), mapping_mark(&o, b);
  assert_string_equal(a, b);
  other[0].n_dimensions = 1;
  mapping_mark(&o, b);
  assert_string_not_equal(a, b);
}

static bool count(void *user, dyo_piece value)
{
  (void)value;
  ++*(int *)user;
  return true;
}

static void pieces_are_found(void **state)
{
  static const char text[] =
    " { \"a\" : [1, {\"x\":\"]\"}, \"\\\"\", []], \"b\" : { \"c\" : \"\\ud83d\\ude00\\n\" } , \"n\":-1.5e2 } ";
  const dyo_piece whole = piece_of(text, strlen(text));
  int             n     = 0;
  double          v     = 0;
  (void)state;
  piece_items(piece_member(whole, "a"), count, &n);
  assert_int_equal(n, 4);
  char *c = piece_string(piece_path(whole, "b.c"));
  assert_string_equal(c, "\xf0\x9f\x98\x80\n");
  free(c);
  assert_true(piece_number(piece_member(whole, "n"), &v));
  assert_float_equal(v, -150, 0);
  assert_null(piece_member(whole, "c").s);
  assert_true(piece_none(piece_path(whole, "a.b.c")));
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(stamps_are_read_in_every_form),
    cmocka_unit_test(windows_meet_and_overlap),
    cmocka_unit_test(windows_halve_behind_what_is_stored),
    cmocka_unit_test(a_record_becomes_cells),
    cmocka_unit_test(mappings_that_contradict_are_refused),
    cmocka_unit_test(a_mark_moves_with_the_mapping),
    cmocka_unit_test(pieces_are_found),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
