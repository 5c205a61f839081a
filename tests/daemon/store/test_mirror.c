/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records of a source and the values they come to: made anew from all parts, the same in any order, gone when the last part goes. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scratch.h"
#include "store/mirror.h"

enum { DAY = 86400 };

static char source[ID_CHARS];

static void make_source(const char *tenant)
{
  const store_source in = {
    .name = store_lent("n"), .type = store_lent("salesforce"), .config = store_lent("{}"), .state = store_lent("new")};
  assert_int_equal(store_source_add(s, tenant, &in, source, &err), DYO_OK);
}

static mirror_effect put(const char *tenant, int64_t run, const mirror_record *r, size_t n)
{
  mirror_effect      e;
  const mirror_batch b = {.source_id = source, .object = "o", .run = run, .records = r, .n = n};
  assert_int_equal(store_mirror_put(s, tenant, &b, &e, &err), DYO_OK);
  return e;
}

static mirror_record rec(const char *id, const char *stamp, const mirror_cell *c)
{
  return (mirror_record){
    .id = id, .stamp = stamp, .content = c ? "{}" : NULL, .deleted = !c, .cells = c, .n_cells = c ? 1 : 0};
}

static bool take(void *user, const char *dimensions, const int64_t *time, const double *value, size_t n)
{
  double *out = user;
  (void)dimensions, (void)time;
  out[0] = value[n - 1];
  out[1] += (double)n;
  return true;
}

/* The last value of a metric, and how many it has; 0 where it is not there. */
static double count_of(const char *tenant, const char *metric, double *last)
{
  double            out[2] = {NAN, 0};
  const store_range range  = {metric, NULL, INT64_MIN, INT64_MAX, false};
  const dyo_status  st     = store_values_read(s, tenant, &range, take, out, &err);
  assert_true(st == DYO_OK || st == DYO_NOT_FOUND);
  *last = out[0];
  return out[1];
}

static void each_aggregate_is_what_it_says(void **state)
{
  static const double wanted[] = {12, 4, 1, 8, 3, 8}; /* of 1, 3 and 8 */
  double              last;
  (void)state;
  make_source("agg");
  for (int how = AGGREGATE_SUM; how <= AGGREGATE_LAST; how++) {
    const mirror_cell c[] = {
      {"m", "{}", DAY, 3, (aggregate)how}, {"m", "{}", DAY, 8, (aggregate)how}, {"m", "{}", DAY, 1, (aggregate)how}};
    const mirror_record r[] = {rec("b", "2", &c[0]), rec("c", "3", &c[1]), rec("a", "1", &c[2])};
    mirror_effect       e;
    const mirror_batch  b = {.source_id = source, .object = "o", .run = 1, .remap = true, .records = r, .n = 3};
    assert_int_equal(store_mirror_put(s, "agg", &b, &e, &err), DYO_OK);
    assert_float_equal(count_of("agg", "m", &last), 1, 0);
    assert_float_equal(last, wanted[how], 1e-12);
  }
}

static void a_record_moves_and_takes_its_part_along(void **state)
{
  const mirror_cell here    = {"m", "{\"a\":\"x\"}", DAY, 5, AGGREGATE_SUM},
                    there   = {"m", "{\"a\":\"y\"}", 2 * DAY, 7, AGGREGATE_SUM};
  const mirror_record first = rec("1", "1", &here), second = rec("1", "2", &there), gone = rec("1", "3", NULL);
  double              last;
  int64_t             v1 = 0, v2 = 0;
  (void)state;
  make_source("move");
  mirror_effect e = put("move", 1, &first, 1);
  assert_int_equal(e.added, 1);
  assert_int_equal(store_metric_version(s, "move", "m", &v1, &err), DYO_OK);
  e = put("move", 2, &second, 1);
  assert_int_equal(e.changed, 1);
  assert_float_equal(count_of("move", "m", &last), 1, 0);
  assert_float_equal(last, 7, 0);
  assert_int_equal(store_metric_version(s, "move", "m", &v2, &err), DYO_OK);
  assert_true(v2 > v1);
  e = put("move", 3, &second, 1);
  assert_int_equal(e.same, 1);
  e = put("move", 4, &gone, 1);
  assert_int_equal(e.removed, 1);
  assert_int_equal(store_metric_version(s, "move", "m", &v1, &err), DYO_NOT_FOUND);
  e = put("move", 5, &gone, 1);
  assert_int_equal(e.removed + e.added + e.changed, 0);
  e = put("move", 6, &first, 1);
  assert_int_equal(e.added, 1);
  assert_int_equal(store_metric_version(s, "move", "m", &v1, &err), DYO_OK);
  assert_true(v1 > v2); /* a metric that comes back is never taken for what it was */
}

static void what_was_written_in_a_run_is_summed_from_what_is_stored(void **state)
{
  const mirror_cell   c    = {"m", "{}", DAY, 1, AGGREGATE_SUM};
  const mirror_record r[]  = {rec("1", "1", &c), rec("2", "1", &c), rec("3", "1", NULL)};
  mirror_record       late = rec("2", "9", &c);
  mirror_sum          sum  = {{0}}, one;
  mirror_figures      f;
  (void)state;
  make_source("sum");
  put("sum", 7, r, 3);
  for (int i = 0; i < 3; i++)
    mirror_sum_of(r[i].id, r[i].stamp, r[i].deleted, r[i].content, &one), mirror_sum_add(&sum, &one);
  assert_int_equal(store_mirror_figures(s, "sum", source, "o", 7, &f, &err), DYO_OK);
  assert_int_equal(f.live, 2);
  assert_int_equal(f.written, 3);
  assert_memory_equal(f.sum.w, sum.w, sizeof sum.w);
  const mirror_effect e = put("sum", 7, &late, 1); /* came twice in one run, changed in between */
  assert_int_equal(e.again, 1);
  mirror_sum_of(late.id, late.stamp, false, late.content, &one), mirror_sum_add(&sum, &one);
  mirror_sum_take(&sum, &e.again_sum);
  assert_int_equal(store_mirror_figures(s, "sum", source, "o", 7, &f, &err), DYO_OK);
  assert_memory_equal(f.sum.w, sum.w, sizeof sum.w);
  assert_int_equal(store_mirror_figures(s, "other", source, "o", 7, &f, &err), DYO_OK);
  assert_int_equal(f.written, 0); /* another tenant sees nothing of it */
}

static bool any(void *user, const char *id, const char *stamp)
{
  (void)id, (void)stamp;
  ++*(int *)user;
  return true;
}

static void objects_that_are_not_kept_go_with_their_values(void **state)
{
  static const char *const none[] = {NULL}, *const kept[] = {"o", NULL};
  const mirror_cell   c = {"m", "{}", DAY, 1, AGGREGATE_SUM};
  const mirror_record r = rec("1", "1", &c);
  double              last;
  int                 n    = 0;
  char               *text = NULL;
  mirror_effect       e;
  (void)state;
  make_source("keep");
  const mirror_batch b = {.source_id = source, .object = "o", .run = 1, .records = &r, .n = 1, .state = "{\"a\":1}"};
  assert_int_equal(store_mirror_put(s, "keep", &b, &e, &err), DYO_OK);
  assert_int_equal(store_mirror_keep(s, "keep", source, kept, NULL, NULL, &err), DYO_OK);
  assert_int_equal(store_mirror_state(s, "keep", source, "o", &text, &err), DYO_OK);
  assert_string_equal(text, "{\"a\":1}");
  free(text);
  assert_float_equal(count_of("keep", "m", &last), 1, 0);
  assert_int_equal(store_mirror_keep(s, "keep", source, none, NULL, NULL, &err), DYO_OK);
  assert_float_equal(count_of("keep", "m", &last), 0, 0);
  assert_int_equal(store_mirror_each(s, "keep", source, "o", any, &n, &err), DYO_OK);
  assert_int_equal(n, 0);
  assert_int_equal(store_mirror_state(s, "keep", source, "o", &text, &err), DYO_OK);
  assert_string_equal(text, "{}");
  free(text);
}

static void a_lost_lease_writes_nothing(void **state)
{
  const store_run     in           = {.tenant = "lost", .kind = "sync", .subject = "x", .request = "{}"};
  const mirror_cell   c            = {"m", "{}", DAY, 1, AGGREGATE_SUM};
  const mirror_record r            = rec("1", "1", &c);
  char                id[ID_CHARS] = "", same[ID_CHARS];
  bool                made         = false;
  double              last;
  mirror_effect       e;
  (void)state;
  make_source("lost");
  assert_int_equal(store_run_begin(s, &in, 1, id, &err), DYO_OK);
  assert_int_equal(store_run_add_alone(s, &in, same, &made, &err), DYO_OK);
  assert_false(made);
  assert_string_equal(same, id);
  store_progress     late = {.id = id, .epoch = 99, .checkpoint = "{}"};
  const mirror_batch b    = {.source_id = source, .object = "o", .run = 1, .records = &r, .n = 1, .progress = &late};
  assert_int_equal(store_mirror_put(s, "lost", &b, &e, &err), DYO_CONFLICT);
  assert_float_equal(count_of("lost", "m", &last), 0, 0);
  late.epoch = 1;
  assert_int_equal(store_mirror_put(s, "lost", &b, &e, &err), DYO_OK);
  assert_float_equal(count_of("lost", "m", &last), 1, 0);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(each_aggregate_is_what_it_says),
    cmocka_unit_test(a_record_moves_and_takes_its_part_along),
    cmocka_unit_test(what_was_written_in_a_run_is_summed_from_what_is_stored),
    cmocka_unit_test(objects_that_are_not_kept_go_with_their_values),
    cmocka_unit_test(a_lost_lease_writes_nothing),
  };
  return cmocka_run_group_tests(tests, start, stop);
}
