/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is done again, since a worker died or the disk was full, and what many want to be the first to make: it is there once. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "scratch.h"

static void a_run_that_is_put_off_waits_and_keeps_its_attempts(void **state)
{
  static const char *const kinds[] = {"off", NULL};
  const store_run          in      = {.tenant = "off", .kind = "off", .subject = "x", .request = "{}"};
  char                     id[ID_CHARS];
  store_run                r, seen;
  (void)state;
  assert_int_equal(store_run_add(s, &in, id, &err), DYO_OK);
  for (int i = 0; i < 30; i++) { /* more often than a run may die */
    const int64_t now = 1000 * (i + 1);
    assert_int_equal(store_run_lease(s, kinds, now, now + 100, &r, &err), DYO_OK);
    const store_run off   = {.epoch       = r.epoch,
                             .code        = store_lent("internal"),
                             .path        = store_lent(""),
                             .message     = store_lent("no room"),
                             .rows_stored = i};
    store_run       named = off;
    memcpy(named.id, id, sizeof named.id);
    assert_int_equal(store_run_put_off(s, &named, now + 500, &err), DYO_OK);
    assert_int_equal(store_run_put_off(s, &named, now + 500, &err), DYO_CONFLICT); /* it is not ours any more */
    store_run_free(&r, 1);
    assert_int_equal(store_run_get(s, "off", id, &seen, &err), DYO_OK);
    assert_int_equal(seen.state, RUN_QUEUED);
    assert_string_equal(seen.message, "no room");
    assert_int_equal(seen.rows_stored, i);
    assert_int_equal(seen.attempts, 0);
    store_run_free(&seen, 1);
    assert_int_equal(store_run_lease(s, kinds, now + 499, now + 600, &r, &err), DYO_NOT_FOUND);
  }
  assert_int_equal(store_run_lease(s, kinds, -3600000, -3599900, &r, &err),
                   DYO_OK); /* the clock was put back an hour */
  r.state = RUN_SUCCEEDED;
  assert_int_equal(store_run_finish(s, &r, &err), DYO_OK);
  store_run_free(&r, 1);
  assert_int_equal(store_run_get(s, "off", id, &seen, &err), DYO_OK);
  assert_null(seen.message);
  store_run_free(&seen, 1);
}

static void a_forecast_made_again_replaces_the_first(void **state)
{
  const store_forecast first  = {.metric = "m", .model_type = "ets", .request = "{}", .result = "{\"a\":1}"},
                       again  = {.metric = "m", .model_type = "arima", .request = "{}", .result = "{\"a\":2}"};
  char           id[ID_CHARS] = "", next[STORE_CURSOR];
  store_forecast f, *list = NULL;
  size_t         n = 0;
  (void)state;
  assert_int_equal(store_forecast_add(s, "f", &first, id, &err), DYO_OK);
  assert_int_equal(store_forecast_add(s, "f", &again, id, &err), DYO_OK);
  assert_int_equal(store_forecast_get(s, "f", id, &f, &err), DYO_OK);
  assert_string_equal(f.result, "{\"a\":2}");
  assert_string_equal(f.model_type, "arima");
  store_forecast_free(&f, 1);
  assert_int_equal(store_forecast_list(s, "f", "m", NULL, NULL, &list, &n, next, &err), DYO_OK);
  assert_int_equal(n, 1);
  store_forecast_free(list, n);
  free(list);
}

static void an_optimisation_made_again_replaces_the_first(void **state)
{
  const store_optimization first  = {.type = "inventory.eoq", .parameters = "{}", .results = "{}"},
                           again  = {.type = "inventory.eoq", .parameters = "{}", .results = "{\"b\":2}"};
  char               id[ID_CHARS] = "";
  store_optimization o;
  (void)state;
  assert_int_equal(store_optimization_add(s, "f", &first, id, &err), DYO_OK);
  assert_int_equal(store_optimization_add(s, "f", &again, id, &err), DYO_OK);
  assert_int_equal(store_optimization_get(s, "f", id, &o, &err), DYO_OK);
  assert_string_equal(o.results, "{\"b\":2}");
  store_optimization_free(&o, 1);
}

static const store_source own = {.type = (char[]){"file_upload"}, .config = (char[]){"{}"}, .state = (char[]){"ready"}};

static void *want_the_first(void *id)
{
  dyo_err      e;
  store_source in = own;
  in.name         = store_lent("Uploads");
  return store_source_first(s, "many", &in, id, &e) == DYO_OK ? id : NULL;
}

static void the_first_source_of_a_type_is_made_once(void **state)
{
  enum { MANY = 16 };
  pthread_t    threads[MANY];
  char         ids[MANY][ID_CHARS], next[STORE_CURSOR];
  store_source foreign = own, *list = NULL;
  size_t       n = 0;
  (void)state;
  foreign.name = store_lent("Uploads");
  assert_int_equal(store_source_first(s, "other", &foreign, ids[0], &err), DYO_OK);
  for (int i = 0; i < MANY; i++) assert_int_equal(pthread_create(&threads[i], NULL, want_the_first, ids[i]), 0);
  for (int i = 0; i < MANY; i++) {
    void *got = NULL;
    pthread_join(threads[i], &got);
    assert_ptr_equal(got, ids[i]);
  }
  for (int i = 1; i < MANY; i++) assert_string_equal(ids[i], ids[0]);
  assert_int_equal(store_source_list(s, "many", NULL, &list, &n, next, &err), DYO_OK);
  assert_int_equal(n, 1);
  store_source_free(list, n);
  free(list);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_run_that_is_put_off_waits_and_keeps_its_attempts),
    cmocka_unit_test(a_forecast_made_again_replaces_the_first),
    cmocka_unit_test(an_optimisation_made_again_replaces_the_first),
    cmocka_unit_test(the_first_source_of_a_type_is_made_once),
  };
  return cmocka_run_group_tests(tests, start, stop);
}
