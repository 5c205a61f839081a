/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two stores on one server, as two daemons have them. Without DYO_TEST_PG there is nothing to test here. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

#include "base/clock.h"
#include "scratch.h"
#include "store/mirror.h"

enum { THREADS = 4, RUNS = 120, TRIES = 40 };

static store *twin;

static int start_two(void **state)
{
  if (!getenv("DYO_TEST_PG")) return 0;
  if (start(state) != 0) return 1;
  twin = opened(path);
  return 0;
}

static int stop_two(void **state)
{
  if (!getenv("DYO_TEST_PG")) return 0;
  store_close(twin);
  return stop(state);
}

static const store_run wanted = {
  .tenant = (char[]){"t"}, .kind = (char[]){"operation"}, .subject = (char[]){"x"}, .request = (char[]){"{}"}};

static const char *const kinds[] = {"operation", NULL};

/* Runs `body` on THREADS threads, half of them on either store. */
static void together(void *(*body)(void *))
{
  pthread_t t[THREADS];
  for (int i = 0; i < THREADS; i++) assert_int_equal(pthread_create(&t[i], NULL, body, i % 2 ? twin : s), 0);
  for (int i = 0; i < THREADS; i++) {
    void *bad = NULL;
    pthread_join(t[i], &bad);
    assert_null(bad);
  }
}

static atomic_int done;

static void *work_through(void *arg)
{
  dyo_err why;
  for (;;) {
    store_run     r;
    const int64_t now = clock_now_ms();
    dyo_status    st  = store_run_lease(arg, kinds, now, now + 60000, &r, &why);
    if (st == DYO_NOT_FOUND) {
      if (atomic_load(&done) == RUNS) return NULL;
      continue; /* others hold what is left */
    }
    if (st != DYO_OK || r.epoch != 1) return arg;
    r.state = RUN_SUCCEEDED;
    st      = store_run_finish(arg, &r, &why);
    store_run_free(&r, 1);
    if (st != DYO_OK) return arg;
    atomic_fetch_add(&done, 1);
  }
}

static void each_run_is_done_by_one(void **state)
{
  char          id[ID_CHARS];
  store_figures f;
  (void)state;
  only_on_server();
  for (int i = 0; i < RUNS; i++) assert_int_equal(store_run_add(i % 2 ? s : twin, &wanted, id, &err), DYO_OK);
  together(work_through);
  assert_int_equal(atomic_load(&done), RUNS);
  assert_int_equal(store_stats(s, &f, &err), DYO_OK);
  assert_int_equal(f.runs_queued + f.runs_running, 0);
}

static atomic_int made_here;

static void *add_once(void *arg)
{
  dyo_err why;
  for (int i = 0; i < TRIES; i++) {
    char            id[ID_CHARS], subject[16];
    bool            made = false;
    const store_run r    = {
         .tenant = wanted.tenant, .kind = (char[]){"sync"}, .subject = subject, .request = wanted.request};
    snprintf(subject, sizeof subject, "s%d", i);
    if (store_run_add_once(arg, &r, id, &made, &why) != DYO_OK) return arg;
    atomic_fetch_add(&made_here, made);
  }
  return NULL;
}

static void what_waits_once_is_added_once(void **state)
{
  (void)state;
  only_on_server();
  together(add_once);
  assert_int_equal(atomic_load(&made_here), TRIES);
}

static store_schedule due = {.tenant  = (char[]){"t"},
                             .kind    = (char[]){"refresh"},
                             .subject = (char[]){"y"},
                             .request = (char[]){"{}"},
                             .cron    = (char[]){"* * * * *"},
                             .zone    = (char[]){""},
                             .due     = 1000,
                             .enabled = true};
static atomic_int     fired;

static void *fire(void *arg)
{
  bool    made = false;
  dyo_err why;
  if (store_schedule_fire(arg, &due, 1000, 2000, 1500, &made, &why) != DYO_OK) return arg;
  atomic_fetch_add(&fired, made);
  return NULL;
}

static void a_schedule_fires_once(void **state)
{
  (void)state;
  only_on_server();
  assert_int_equal(store_schedule_put(s, &due, due.id, &err), DYO_OK);
  together(fire);
  assert_int_equal(atomic_load(&fired), 1);
}

static void *write_values(void *arg)
{
  dyo_err            why;
  const store_source in = {
    .name = (char[]){"n"}, .type = (char[]){"file_upload"}, .config = (char[]){"{}"}, .state = (char[]){"new"}};
  char id[ID_CHARS];
  if (store_source_first(arg, "v", &in, id, &why) != DYO_OK) return arg;
  for (int i = 0; i < TRIES; i++) {
    char              dimensions[32];
    const store_value v = {"m", dimensions, 86400 * i, i};
    snprintf(dimensions, sizeof dimensions, "{\"k\":\"%d\"}", i % 10);
    if (store_values_put(arg, "v", id, &v, 1, NULL, &why) != DYO_OK) return arg;
  }
  return NULL;
}

static void all_write_the_same_series(void **state)
{
  store_metric *list    = NULL;
  store_source *sources = NULL;
  size_t        n       = 0;
  char          next[STORE_CURSOR];
  (void)state;
  only_on_server();
  together(write_values);
  assert_int_equal(store_metric_list(twin, "v", NULL, &list, &n, next, &err), DYO_OK);
  assert_int_equal(n, 1);
  assert_int_equal(list[0].series, 10);
  assert_int_equal(list[0].values, TRIES);
  store_metric_free(list, n);
  free(list);
  assert_int_equal(store_source_list(s, "v", NULL, &sources, &n, next, &err), DYO_OK);
  assert_int_equal(n, 1);
  store_source_free(sources, n);
  free(sources);
}

/* A replica that was cut off comes back when its run belongs to another one. */
static void a_late_write_is_refused(void **state)
{
  char      id[ID_CHARS];
  bool      cancel = false;
  store_run first, second;
  (void)state;
  only_on_server();
  assert_int_equal(store_run_add(s, &wanted, id, &err), DYO_OK);
  assert_int_equal(store_run_lease(s, kinds, 5000, 6000, &first, &err), DYO_OK);
  assert_int_equal(store_run_lease(twin, kinds, 5500, 9000, &second, &err), DYO_NOT_FOUND); /* the lease still holds */
  assert_int_equal(store_run_lease(twin, kinds, 7000, 9000, &second, &err), DYO_OK);
  assert_string_equal(first.id, second.id);
  store_forecast late = {
    .model_type = (char[]){"ets"}, .request = (char[]){"{}"}, .result = (char[]){"late"}, .epoch = first.epoch};
  store_optimization plan = {
    .type = (char[]){"inventory.eoq"}, .parameters = (char[]){"{}"}, .results = (char[]){"late"}, .epoch = first.epoch};
  first.state = second.state = RUN_SUCCEEDED;
  assert_int_equal(store_forecast_add(s, "t", &late, first.id, &err), DYO_CONFLICT);
  assert_int_equal(store_optimization_add(s, "t", &plan, first.id, &err), DYO_CONFLICT);
  assert_int_equal(store_run_beat(s, first.id, first.epoch, 9000, 0.5, "late", &cancel, &err), DYO_CONFLICT);
  assert_int_equal(store_run_finish(s, &first, &err), DYO_CONFLICT);
  late.epoch = second.epoch;
  assert_int_equal(store_forecast_add(twin, "t", &late, second.id, &err), DYO_OK);
  assert_int_equal(store_run_finish(twin, &second, &err), DYO_OK);
  store_run_free(&first, 1);
  store_run_free(&second, 1);
}

static void *beat_on(void *run)
{
  const store_run *r      = run;
  bool             cancel = false;
  dyo_err          why;
  return store_run_beat(s, r->id, r->epoch, 9000, 0.5, "long", &cancel, &why) == DYO_OK ? NULL : run;
}

/* Called inside the transaction, which ends only once the beat has been stored, or cannot be any more. */
static const char *beaten_meanwhile(void *user, const mirror_effect *e, store_progress *progress)
{
  pthread_t       t;
  void           *bad = user;
  struct timespec until;
  (void)e, (void)progress;
  clock_gettime(CLOCK_REALTIME, &until);
  until.tv_sec += 60;
  if (pthread_create(&t, NULL, beat_on, user) != 0) return NULL;
  if (pthread_timedjoin_np(t, &bad, &until) != 0) pthread_detach(t);
  return bad ? NULL : "{}";
}

/* Else a write that lasts longer than a lease would lose its own. */
static void a_lease_is_renewed_beside_a_long_write(void **state)
{
  const store_source in = {
    .name = (char[]){"n"}, .type = (char[]){"drive"}, .config = (char[]){"{}"}, .state = (char[]){"new"}};
  static const char *const own[] = {"upload", NULL}; /* no other test's */
  const store_run          work  = {
              .tenant = wanted.tenant, .kind = (char[]){"upload"}, .subject = wanted.subject, .request = wanted.request};
  char          id[ID_CHARS], source[ID_CHARS];
  store_run     r, other;
  mirror_effect e;
  (void)state;
  only_on_server();
  assert_int_equal(store_source_add(s, "t", &in, source, &err), DYO_OK);
  assert_int_equal(store_run_add(s, &work, id, &err), DYO_OK);
  assert_int_equal(store_run_lease(s, own, 5000, 6000, &r, &err), DYO_OK);
  store_progress     progress = {.id = r.id, .epoch = r.epoch};
  const mirror_batch b        = {
           .source_id = source, .object = "files", .run = 1, .progress = &progress, .told = beaten_meanwhile, .user = &r};
  assert_int_equal(store_mirror_put(s, "t", &b, &e, &err), DYO_OK);
  assert_int_equal(store_run_lease(twin, own, 7000, 9000, &other, &err), DYO_NOT_FOUND);
  r.state = RUN_SUCCEEDED;
  assert_int_equal(store_run_finish(s, &r, &err), DYO_OK);
  store_run_free(&r, 1);
}

static pthread_mutex_t told_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t  told_now  = PTHREAD_COND_INITIALIZER;
static int             told;

static void hear(void *user)
{
  (void)user;
  pthread_mutex_lock(&told_lock);
  told++;
  pthread_cond_signal(&told_now);
  pthread_mutex_unlock(&told_lock);
}

static void a_new_run_wakes_the_other(void **state)
{
  char            id[ID_CHARS];
  struct timespec until;
  int             rc = 0;
  (void)state;
  only_on_server();
  store_on_wake(twin, hear, NULL);
  assert_int_equal(store_run_add(s, &wanted, id, &err), DYO_OK);
  clock_gettime(CLOCK_REALTIME, &until);
  until.tv_sec += 20;
  pthread_mutex_lock(&told_lock);
  while (!told && rc == 0) rc = pthread_cond_timedwait(&told_now, &told_lock, &until);
  pthread_mutex_unlock(&told_lock);
  store_on_wake(twin, NULL, NULL);
  assert_int_equal(rc, 0);
}

static void lost_connections_are_made_anew(void **state)
{
  char         where[256], command[500], id[ID_CHARS];
  store_source out;
  (void)state;
  only_on_server();
  const store_source in = {
    .name = (char[]){"n"}, .type = (char[]){"t"}, .config = (char[]){"{}"}, .state = (char[]){"new"}};
  named(path, where);
  snprintf(
    command, sizeof command,
    "psql -q '%s' -c 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND"
    " pid <> pg_backend_pid()' > /dev/null",
    where);
  assert_int_equal(system(command), 0);
  assert_int_equal(store_source_add(s, "again", &in, id, &err), DYO_OK);
  assert_int_equal(store_source_get(s, "again", id, &out, &err), DYO_OK);
  store_source_free(&out, 1);
  assert_int_equal(store_source_get(twin, "again", id, &out, &err), DYO_OK);
  store_source_free(&out, 1);
}

/* What psql prints of a query. */
static void asked(const char *sql, char *text, size_t room)
{
  char where[256], command[1500], name[40];
  named(path, where);
  snprintf(name, sizeof name, "%s/asked", folder);
  snprintf(command, sizeof command, "psql -qtA '%s' %s > %s", where, sql, name);
  assert_int_equal(system(command), 0);
  FILE *f = fopen(name, "r");
  assert_non_null(f);
  text[fread(text, 1, room - 1, f)] = '\0';
  fclose(f);
}

/* What the application wrote is there for nobody who does not name a tenant, and for one tenant alone. */
static void a_row_is_seen_by_its_tenant_alone(void **state)
{
  char text[64];
  (void)state;
  only_on_server();
  asked("-c 'SELECT count(*) FROM data_sources' -c 'BEGIN' -c \"SET LOCAL app.tenant = 'again'\" -c"
        " 'SELECT count(*), min(tenant_id), max(tenant_id) FROM data_sources' -c 'COMMIT'",
        text, sizeof text);
  assert_string_equal(text, "0\n1|again|again\n");
}

/* In every table but that of the schema's own number: a policy that holds for the owner too, and keys that begin with the tenant, but
 * for that by which a token is found whose tenant nobody knows yet. */
static void the_tenant_leads_every_key(void **state)
{
  char text[256];
  (void)state;
  only_on_server();
  asked(
    "-c \"SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND NOT"
    " (relrowsecurity AND relforcerowsecurity AND EXISTS (SELECT 1 FROM pg_policy WHERE polrelid = pg_class.oid))\""
    " -c \"SELECT i.indexrelid::regclass FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_attribute a ON"
    " a.attrelid = c.oid AND a.attnum = i.indkey[0] WHERE c.relnamespace = 'public'::regnamespace AND i.indisunique"
    " AND a.attname <> 'tenant_id' ORDER BY 1\"",
    text, sizeof text);
  assert_string_equal(text, "meta\nmeta_pkey\ntokens_digest_key\n");
}

/* A plan that was made while the table was empty: records are found by their key, and not by reading all of their object. */
static void records_are_found_by_their_key(void **state)
{
  enum { N = 1500, BATCH = 250 };
  const store_source in = {
    .name = (char[]){"n"}, .type = (char[]){"salesforce"}, .config = (char[]){"{}"}, .state = (char[]){"new"}};
  char          source[ID_CHARS], text[64], ids[BATCH][16];
  mirror_record r[BATCH];
  mirror_effect e;
  mirror_batch  b = {.source_id = source, .object = "o", .run = 1, .records = r, .n = BATCH};
  (void)state;
  only_on_server();
  assert_int_equal(store_source_add(s, "records", &in, source, &err), DYO_OK);
  for (int from = 0; from < N; from += BATCH) {
    for (int i = 0; i < BATCH; i++) {
      snprintf(ids[i], sizeof ids[i], "%06d", from + i);
      r[i] = (mirror_record){.id = ids[i], .stamp = "1", .content = "{}"};
    }
    assert_int_equal(store_mirror_put(s, "records", &b, &e, &err), DYO_OK);
    assert_int_equal(e.added, BATCH);
  }
  store_close(twin); /* what they have read is told at the latest when their connections end */
  store_close(s);
  do
    asked("-c 'SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()'",
          text, sizeof text);
  while (strcmp(text, "0\n") != 0);
  asked("-c \"SELECT sum(idx_tup_read) FROM pg_stat_user_indexes WHERE relname = 'source_records'\"", text,
        sizeof text);
  s    = opened(path);
  twin = opened(path);
  assert_true(strtol(text, NULL, 10) <= 2L * N);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(each_run_is_done_by_one),
    cmocka_unit_test(what_waits_once_is_added_once),
    cmocka_unit_test(a_schedule_fires_once),
    cmocka_unit_test(all_write_the_same_series),
    cmocka_unit_test(a_late_write_is_refused),
    cmocka_unit_test(a_new_run_wakes_the_other),
    cmocka_unit_test(lost_connections_are_made_anew),
    cmocka_unit_test(a_row_is_seen_by_its_tenant_alone),
    cmocka_unit_test(the_tenant_leads_every_key),
    cmocka_unit_test(records_are_found_by_their_key),
    cmocka_unit_test(a_lease_is_renewed_beside_a_long_write),
  };
  return cmocka_run_group_tests(tests, start_two, stop_two);
}
