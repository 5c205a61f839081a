/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a schema to the next and back: schema-3.sql is what an earlier program wrote. Each row of it is there after the upgrade; the copy
 * that is made beforehand is of the schema before, and goes back in its place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scratch.h"
#include "store/audit.h"
#include "store/db.h"
#include "store/migrations.h"

enum { WAS = 3 };

static char old[128], copy[160];

static int prepare(void **state)
{
  if (start(state) != 0) return 1;
  snprintf(old, sizeof old, "%s/old.db", folder);
  snprintf(copy, sizeof copy, "%s.schema-%d.backup", old, WAS);
  return 0;
}

static char *text_of(const char *name)
{
  char  where[512];
  char *text = calloc(1, 1 << 20);
  snprintf(where, sizeof where, DYO_TESTS_DIR "/daemon/store/%s", name);
  FILE *f = fopen(where, "r");
  if (!f || !text) fail_msg("%s", where);
  assert_in_range(fread(text, 1, 1 << 20, f), 1, (1 << 20) - 1);
  fclose(f);
  return text;
}

static void make_old(void)
{
  db   *d    = NULL;
  char *dump = text_of("schema-3.sql");
  assert_int_equal(db_open(old, false, &d, &err), DYO_OK);
  if (db_script(d, dump, &err) != DYO_OK) fail_msg("%s", err.message);
  assert_int_equal(db_schema_put(d, WAS, &err), DYO_OK);
  db_close(d);
  free(dump);
}

typedef struct {
  char text[1000];
} told;

static bool tell_table(void *user, const char *table, int64_t rows)
{
  told *t = user;
  if (rows) snprintf(t->text + strlen(t->text), sizeof t->text - strlen(t->text), "%s %lld;", table, (long long)rows);
  return true;
}

static bool add_values(void *user, const char *dimensions, const int64_t *time, const double *value, size_t n)
{
  (void)dimensions, (void)time;
  for (size_t i = 0; i < n; i++) *(double *)user += value[i];
  return true;
}

static void judge_chain(void *user, const audit_chain *c)
{
  *(bool *)user = *(bool *)user && !c->complaint[0];
}

/* Rows as the old program wrote them: 40 days of two shops, whose values are those of the dump. */
static void assert_all_there(store *is, const char *also)
{
  static const char rows[] =
    "tokens 1;data_sources 2;source_secrets 1;raw_files 1;raw_pieces 1;metrics 1;series 2;business_metrics 80;runs 3;"
    "forecasts 1;optimization_runs 1;alert_rules 1;alert_events 2;schedules 1;";
  told              t   = {0};
  double            sum = 0;
  char              wanted[1000];
  const store_range all = {"sales", NULL, INT64_MIN, INT64_MAX, false};
  snprintf(wanted, sizeof wanted, "%s%stenant_usage 1;", rows, also); /* the use is counted anew */
  assert_int_equal(store_tables(is, tell_table, &t, &err), DYO_OK);
  assert_string_equal(t.text, wanted);
  assert_int_equal(store_values_read(is, "default", &all, add_values, &sum, &err), DYO_OK);
  assert_float_equal(sum, 8270.280000, 1e-6);
}

static void an_old_database_is_brought_up_to_date(void **state)
{
  store        *to    = NULL;
  bool          whole = true;
  store_figures f;
  db           *d       = NULL;
  int           version = 0;
  (void)state;
  make_old();
  assert_int_equal(store_open(&(store_options){old, 1, true, false}, &to, &err),
                   DYO_UNSUPPORTED); /* not behind its back */
  if (store_open(&(store_options){old, 1, false, false}, &to, &err) != DYO_OK) fail_msg("%s", err.message);
  assert_all_there(to, "");
  assert_int_equal(store_stats(to, &f, &err), DYO_OK);
  assert_true(f.schema > WAS);
  const audit_event e = {.action = "x", .subject = "", .detail = "{}"};
  assert_int_equal(store_audit_add(to, "default", &e, &err), DYO_OK);
  assert_int_equal(store_audit_verify(to, judge_chain, &whole, &err), DYO_OK);
  assert_true(whole);
  assert_all_there(to, "audit 1;");
  store_close(to);
  assert_int_equal(db_open(copy, true, &d, &err), DYO_OK);
  assert_int_equal(db_schema(d, &version, &err), DYO_OK);
  assert_int_equal(version, WAS);
  db_close(d);
}

static void the_copy_from_before_goes_back_in_its_place(void **state)
{
  store *to = NULL;
  (void)state;
  assert_int_equal(store_restore(copy, old, &err), DYO_OK);
  if (store_open(&(store_options){old, 1, false, false}, &to, &err) != DYO_OK) fail_msg("%s", err.message);
  assert_all_there(to, "");
  store_close(to);
}

static void a_newer_database_is_left_alone(void **state)
{
  store *to = NULL;
  db    *d  = NULL;
  int    n = 0, version = 0;
  (void)state;
  while (store_migrations[n].name) n++;
  assert_int_equal(db_open(old, false, &d, &err), DYO_OK);
  assert_int_equal(db_schema_put(d, n + 1, &err), DYO_OK);
  db_close(d);
  assert_int_equal(store_open(&(store_options){old, 1, false, false}, &to, &err), DYO_UNSUPPORTED);
  assert_non_null(strstr(err.message, "Nothing was changed"));
  assert_int_equal(db_open(old, true, &d, &err), DYO_OK);
  assert_int_equal(db_schema(d, &version, &err), DYO_OK);
  assert_int_equal(version, n + 1);
  db_close(d);
}

/* What databases were made with stays: a change is another migration. */
static void migrations_never_change(void **state)
{
  static const char *const digests[] = {"23ff630f84f34a537129ba785b9ce3c4510e9d3e102d4e3127cd610af57f1a4b",
                                        "c02fe976173b43d770723c1986a3fc31091ed8cac7992308f96f24f86bada51f",
                                        "7b0c53b038303c0195c457e302127d38091089db08296eddc51bdc78f79fcef8",
                                        "a36e630699e8133b27e8206158d9debfeb425446eebc85738a29daf2ac7d7f0d"};
  (void)state;
  for (size_t i = 0; i < sizeof digests / sizeof *digests; i++) {
    uint8_t digest[DIGEST_SIZE];
    char    text[DIGEST_CHARS];
    digest_of(store_migrations[i].sql, strlen(store_migrations[i].sql), NULL, digest);
    digest_text(digest, text);
    assert_string_equal(text, digests[i]);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(an_old_database_is_brought_up_to_date),
    cmocka_unit_test(the_copy_from_before_goes_back_in_its_place),
    cmocka_unit_test(a_newer_database_is_left_alone),
    cmocka_unit_test(migrations_never_change),
  };
  return cmocka_run_group_tests(tests, prepare, stop);
}
