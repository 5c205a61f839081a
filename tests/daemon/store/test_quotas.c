/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Series and values are counted as they come and go, whoever brings them; room that was promised is taken until it is used or its run has
 * ended. Limits are those of the settings, or a tenant's own. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scratch.h"
#include "store/mirror.h"
#include "store/quotas.h"

enum { DAY = 86400 };

static void make_source(const char *tenant, char id[ID_CHARS])
{
  const store_source in = {.name   = store_lent("n"),
                           .type   = store_lent("file_upload"),
                           .config = store_lent("{}"),
                           .state  = store_lent("ready")};
  assert_int_equal(store_source_add(s, tenant, &in, id, &err), DYO_OK);
}

static void allow(const char *tenant, quota q, double most)
{
  store_quotas to;
  for (int i = 0; i < QUOTAS; i++) to.most[i] = i == (int)q ? most : NAN;
  assert_int_equal(store_quotas_set(s, tenant, &to, &err), DYO_OK);
}

static void has(const char *tenant, double series, double values)
{
  store_quota is[QUOTAS];
  assert_int_equal(store_quotas_look(s, tenant, is, &err), DYO_OK);
  assert_float_equal(is[QUOTA_SERIES].used, series, 0);
  assert_float_equal(is[QUOTA_VALUES].used, values, 0);
}

/* n days of a metric, from a day on, as a run stores them (NULL: as nobody's). */
static void put(const char *tenant, const char *source, const char *metric, int from, int n, const char *run)
{
  store_value          v[64];
  const store_progress p = {.id = run, .epoch = 1, .checkpoint = "{}"};
  for (int i = 0; i < n; i++) v[i] = (store_value){metric, "{}", (int64_t)(from + i) * DAY, i};
  assert_int_equal(store_values_put(s, tenant, source, v, (size_t)n, run ? &p : NULL, &err), DYO_OK);
}

static void begin(const char *tenant, char id[ID_CHARS])
{
  const store_run in = {.tenant  = store_lent(tenant),
                        .kind    = store_lent("upload"),
                        .subject = store_lent("x"),
                        .request = store_lent("{}")};
  id[0]              = '\0';
  assert_int_equal(store_run_begin(s, &in, INT64_MAX / 2, id, &err), DYO_OK);
}

static void values_are_counted_whoever_brings_them(void **state)
{
  char                source[ID_CHARS], other[ID_CHARS];
  mirror_effect       e;
  const mirror_cell   c   = {"m", "{}", 5 * DAY, 1, AGGREGATE_SUM};
  const mirror_record r   = {.id = "a", .stamp = "1", .content = "{}", .cells = &c, .n_cells = 1};
  const mirror_record no  = {.id = "a", .stamp = "2", .deleted = true};
  mirror_batch        b   = {.source_id = other, .object = "o", .run = 1, .records = &r, .n = 1};
  int64_t             all = 0, wrong = 0;
  (void)state;
  make_source("count", source);
  make_source("count", other);
  put("count", source, "m", 0, 10, NULL);
  put("count", source, "m", 5, 10, NULL);
  put("count", source, "n", 0, 2, NULL);
  has("count", 2, 17);
  assert_int_equal(store_mirror_put(s, "count", &b, &e, &err), DYO_OK);
  has("count", 2, 18); /* of another source: a value of its own */
  b.records = &no;
  b.run     = 2;
  assert_int_equal(store_mirror_put(s, "count", &b, &e, &err), DYO_OK);
  has("count", 2, 17);
  has("nobody", 0, 0);
  assert_int_equal(store_source_delete(s, "count", source, "", &err), DYO_OK);
  has("count", 0, 0);
  assert_int_equal(store_usage_check(s, &all, &wrong, &err), DYO_OK);
  assert_int_equal(wrong, 0);
}

static void room_is_promised_until_it_is_used_or_the_run_ends(void **state)
{
  char            source[ID_CHARS], one[ID_CHARS], two[ID_CHARS];
  const store_run end = {.tenant = store_lent("room"), .state = RUN_FAILED, .epoch = 1};
  store_run       first;
  (void)state;
  make_source("room", source);
  allow("room", QUOTA_VALUES, 30);
  begin("room", one);
  begin("room", two);
  assert_int_equal(store_room_promise(s, "room", one, 1, 20, &err), DYO_OK);
  assert_int_equal(store_room_promise(s, "room", two, 1, 11, &err), DYO_TOO_LARGE);
  assert_non_null(strstr(err.message, "30 values of series at most, 20 are taken and this takes 11 more"));
  assert_int_equal(store_room_promise(s, "room", one, 1, 25, &err), DYO_OK); /* anew: not beside the first */
  put("room", source, "m", 0, 20, one);
  has("room", 1, 20);
  assert_int_equal(store_room_promise(s, "room", two, 1, 6, &err), DYO_TOO_LARGE); /* 20 are there, 5 promised */
  assert_int_equal(store_room_promise(s, "room", two, 1, 5, &err), DYO_OK);
  first = end;
  memcpy(first.id, one, ID_CHARS);
  assert_int_equal(store_run_finish(s, &first, &err), DYO_OK);
  assert_int_equal(store_room_promise(s, "room", two, 1, 10, &err), DYO_OK); /* what the first did not use is free */
  assert_int_equal(store_room_promise(s, "room", two, 1, 11, &err), DYO_TOO_LARGE);
}

static void only_what_is_new_needs_room(void **state)
{
  char        source[ID_CHARS], other[ID_CHARS];
  int64_t     time[] = {12 * DAY, 3 * DAY, 9 * DAY, 10 * DAY}, values = 0;
  bool        series = true;
  store_value of     = {.metric = "m", .dimensions = "{}"};
  (void)state;
  make_source("need", source);
  make_source("need", other);
  put("need", source, "m", 0, 10, NULL);
  assert_int_equal(store_room_needed(s, "need", source, &of, time, 4, &values, &series, &err), DYO_OK);
  assert_int_equal(values, 2);
  assert_false(series);
  assert_int_equal(store_room_needed(s, "need", other, &of, time, 4, &values, &series, &err), DYO_OK);
  assert_int_equal(values, 4);
  assert_false(series);
  of.dimensions = "{\"a\":\"b\"}";
  assert_int_equal(store_room_needed(s, "need", source, &of, time, 4, &values, &series, &err), DYO_OK);
  assert_int_equal(values, 4);
  assert_true(series);
}

static void a_batch_of_records_over_the_limit_leaves_nothing(void **state)
{
  char                source[ID_CHARS];
  mirror_effect       e;
  mirror_figures      f;
  const mirror_cell   c[]  = {{"m", "{}", DAY, 1, AGGREGATE_SUM}, {"m", "{}", 2 * DAY, 1, AGGREGATE_SUM}};
  const mirror_record r[]  = {{.id = "a", .stamp = "1", .content = "{}", .cells = &c[0], .n_cells = 1},
                              {.id = "b", .stamp = "1", .content = "{}", .cells = &c[1], .n_cells = 1}};
  const mirror_record to[] = {{.id = "a", .stamp = "2", .deleted = true}, r[1]};
  mirror_batch        b    = {.source_id = source, .object = "o", .run = 1, .records = r, .n = 2};
  (void)state;
  make_source("batch", source);
  allow("batch", QUOTA_VALUES, 1);
  assert_int_equal(store_mirror_put(s, "batch", &b, &e, &err), DYO_TOO_LARGE);
  assert_int_equal(store_mirror_figures(s, "batch", source, "o", 1, &f, &err), DYO_OK);
  assert_int_equal(f.live, 0);
  has("batch", 0, 0);
  b.n = 1;
  assert_int_equal(store_mirror_put(s, "batch", &b, &e, &err), DYO_OK);
  b = (mirror_batch){.source_id = source, .object = "o", .run = 2, .records = to, .n = 2};
  assert_int_equal(store_mirror_put(s, "batch", &b, &e, &err), DYO_OK); /* one goes, one comes */
  has("batch", 1, 1);
}

static void limits_are_the_settings_or_the_tenants_own(void **state)
{
  store_quotas usual = {0}, is;
  (void)state;
  usual.most[QUOTA_SERIES] = 7;
  usual.most[QUOTA_RATE]   = 0.5;
  assert_int_equal(store_quotas_usual(s, &usual, &err), DYO_OK);
  allow("own", QUOTA_SERIES, 9);
  assert_int_equal(store_quotas_get(s, "own", &is, &err), DYO_OK);
  assert_float_equal(is.most[QUOTA_SERIES], 9, 0);
  assert_float_equal(is.most[QUOTA_RATE], 0.5, 0);
  allow("own", QUOTA_SERIES, 0);
  assert_int_equal(store_quotas_get(s, "own", &is, &err), DYO_OK);
  assert_float_equal(is.most[QUOTA_SERIES], 0, 0);
  allow("own", QUOTA_SERIES, -1);
  assert_int_equal(store_quotas_get(s, "own", &is, &err), DYO_OK);
  assert_float_equal(is.most[QUOTA_SERIES], 7, 0);
  store_close(s);
  s = opened(path);
  assert_int_equal(store_quotas_get(s, "own", &is, &err), DYO_OK);
  assert_float_equal(is.most[QUOTA_SERIES], 7, 0); /* noted, for commands beside the daemon */
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(values_are_counted_whoever_brings_them),
    cmocka_unit_test(room_is_promised_until_it_is_used_or_the_run_ends),
    cmocka_unit_test(only_what_is_new_needs_room),
    cmocka_unit_test(a_batch_of_records_over_the_limit_leaves_nothing),
    cmocka_unit_test(limits_are_the_settings_or_the_tenants_own),
  };
  return cmocka_run_group_tests(tests, start, stop);
}
