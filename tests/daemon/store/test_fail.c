/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The n-th allocation, write, read or other call to the disk fails, for every n (DYO_FULL=1; else some of them): what was acknowledged is
 * there at the next start, what was refused is not there or there whole, and the database and the chain of events are sound. Allocations
 * of the program come here by the linker (--wrap), SQLite's by its own settings; files by a layer over SQLite's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "base/clock.h"
#include "scratch.h"
#include "store/audit.h"
#include "store/db.h"

enum { VALUES = 300, SOME = 12 };

/* --- what fails ---------------------------------------------------------------------------------------------------------- */

typedef enum { ALLOCATIONS, WRITES, READS, OTHERS, ALL_CALLS, KINDS } kind;

static struct {
  atomic_bool armed;
  kind        of;
  bool        for_good; /* all after it as well, as of a disk that is gone */
  long        at;       /* which one */
  atomic_long seen;
} fault;

/* Is this the one? */
static bool fails(kind which)
{
  if (!atomic_load(&fault.armed) || (fault.of != which && !(fault.of == ALL_CALLS && which != ALLOCATIONS)))
    return false;
  const long now = atomic_fetch_add(&fault.seen, 1) + 1;
  return fault.at && (now == fault.at || (fault.for_good && now > fault.at));
}

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
char *__real_strdup(const char *text);
char *__real_strndup(const char *text, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t n);

void *__wrap_malloc(size_t n)
{
  return fails(ALLOCATIONS) ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t size)
{
  return fails(ALLOCATIONS) ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t n)
{
  return fails(ALLOCATIONS) ? NULL : __real_realloc(p, n);
}

char *__wrap_strdup(const char *text)
{
  return fails(ALLOCATIONS) ? NULL : __real_strdup(text);
}

char *__wrap_strndup(const char *text, size_t n)
{
  return fails(ALLOCATIONS) ? NULL : __real_strndup(text, n);
}

static sqlite3_mem_methods memory;

static void *lite_malloc(int n)
{
  return fails(ALLOCATIONS) ? NULL : memory.xMalloc(n);
}

static void *lite_realloc(void *p, int n)
{
  return fails(ALLOCATIONS) ? NULL : memory.xRealloc(p, n);
}

/* Methods of a file with some put before the system's; a file keeps the system's own state. */
typedef struct {
  sqlite3_io_methods        m;
  const sqlite3_io_methods *own;
} layered;

static layered      layers[8];
static sqlite3_vfs *under, layer;

static const sqlite3_io_methods *own(const sqlite3_file *f)
{
  return ((const layered *)(const void *)f->pMethods)->own;
}

static int layer_write(sqlite3_file *f, const void *bytes, int n, sqlite3_int64 at)
{
  return fails(WRITES) ? SQLITE_IOERR_WRITE : own(f)->xWrite(f, bytes, n, at);
}

static int layer_read(sqlite3_file *f, void *bytes, int n, sqlite3_int64 at)
{
  return fails(READS) ? SQLITE_IOERR_READ : own(f)->xRead(f, bytes, n, at);
}

static int layer_sync(sqlite3_file *f, int flags)
{
  return fails(OTHERS) ? SQLITE_IOERR_FSYNC : own(f)->xSync(f, flags);
}

static int layer_truncate(sqlite3_file *f, sqlite3_int64 to)
{
  return fails(OTHERS) ? SQLITE_IOERR_TRUNCATE : own(f)->xTruncate(f, to);
}

static int layer_size(sqlite3_file *f, sqlite3_int64 *n)
{
  return fails(OTHERS) ? SQLITE_IOERR_FSTAT : own(f)->xFileSize(f, n);
}

static int layer_map(sqlite3_file *f, int region, int size, int extend, void volatile **out)
{
  return fails(OTHERS) ? SQLITE_IOERR_SHMMAP : own(f)->xShmMap(f, region, size, extend, out);
}

static int layer_open(sqlite3_vfs *v, const char *name, sqlite3_file *f, int flags, int *got)
{
  (void)v;
  if (fails(OTHERS)) return f->pMethods = NULL, SQLITE_CANTOPEN;
  const int code = under->xOpen(under, name, f, flags, got);
  if (code != SQLITE_OK) return code;
  size_t i = 0;
  while (layers[i].own && layers[i].own != f->pMethods) i++;
  if (!layers[i].own) {
    layers[i].m           = *f->pMethods;
    layers[i].m.xWrite    = layer_write;
    layers[i].m.xRead     = layer_read;
    layers[i].m.xSync     = layer_sync;
    layers[i].m.xTruncate = layer_truncate;
    layers[i].m.xFileSize = layer_size;
    if (layers[i].m.iVersion > 1 && f->pMethods->xShmMap) layers[i].m.xShmMap = layer_map;
    layers[i].own = f->pMethods;
  }
  f->pMethods = &layers[i].m;
  return SQLITE_OK;
}

static int layer_delete(sqlite3_vfs *v, const char *name, int sync)
{
  (void)v;
  return fails(OTHERS) ? SQLITE_IOERR_DELETE : under->xDelete(under, name, sync);
}

static int prepare(void **state)
{
  (void)state;
  sqlite3_mem_methods own_memory;
  if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &memory) != SQLITE_OK) return 1;
  own_memory          = memory;
  own_memory.xMalloc  = lite_malloc;
  own_memory.xRealloc = lite_realloc;
  if (sqlite3_config(SQLITE_CONFIG_MALLOC, &own_memory) != SQLITE_OK) return 1;
  under         = sqlite3_vfs_find(NULL);
  layer         = *under;
  layer.zName   = "layer";
  layer.pNext   = NULL;
  layer.xOpen   = layer_open;
  layer.xDelete = layer_delete;
  if (sqlite3_vfs_register(&layer, 1) != SQLITE_OK || start(state) != 0) return 1;
  char command[256];
  store_close(s);
  s = NULL;
  snprintf(command, sizeof command, "cp %s %s/new", path, folder);
  return system(command);
}

/* --- what is done meanwhile ------------------------------------------------------------------------------------------------ */

/* What was acknowledged. */
typedef struct {
  bool token, source, renamed, values, run, forecast;
  char source_id[ID_CHARS], run_id[ID_CHARS], forecast_id[ID_CHARS];
} kept;

static bool take_piece(void *user, const char *dimensions, const int64_t *time, const double *value, size_t n)
{
  (void)dimensions, (void)time, (void)value;
  *(size_t *)user += n;
  return true;
}

static bool take_bytes(void *user, const void *bytes, size_t n)
{
  (void)user, (void)bytes, (void)n;
  return true;
}

static dyo_status put_values(store *to, const char *source)
{
  store_value v[VALUES];
  for (int i = 0; i < VALUES; i++)
    v[i] = (store_value){.metric = "m", .dimensions = i % 2 ? "{}" : "{\"a\":1}", .time = 86400 * i, .value = i};
  return store_values_put(to, "t", source, v, VALUES, NULL, &err);
}

static void work_on_run(store *to, kept *k)
{
  static const char *const kinds[] = {"operation", NULL};
  store_run                r;
  const store_run          in = {.tenant  = store_lent("t"),
                                 .kind    = store_lent("operation"),
                                 .subject = store_lent("x"),
                                 .request = store_lent("{}")};
  k->run                      = store_run_add(to, &in, k->run_id, &err) == DYO_OK;
  if (store_run_lease(to, kinds, clock_now_ms(), clock_now_ms() + 60000, &r, &err) != DYO_OK) return;
  r.state = RUN_SUCCEEDED;
  store_run_finish(to, &r, &err);
  store_run_free(&r, 1);
}

static void work(kept *k)
{
  uint8_t           digest[DIGEST_SIZE];
  char              id[ID_CHARS];
  size_t            n  = 0;
  store            *to = NULL;
  store_source      a;
  const store_range all = {"m", NULL, INT64_MIN, INT64_MAX, false};
  *k                    = (kept){0};
  if (store_open(&(store_options){path, 2, false, false}, &to, &err) != DYO_OK) return;
  digest_of("fail", 4, NULL, digest);
  k->token              = store_token_add(to, "t", "laptop", SCOPE_READ, 0, digest, id, &err) == DYO_OK;
  const store_source in = {.name   = store_lent("n"),
                           .type   = store_lent("file_upload"),
                           .config = store_lent("{}"),
                           .state  = store_lent("ready")};
  k->source             = store_source_add(to, "t", &in, k->source_id, &err) == DYO_OK;
  if (k->source && store_source_get(to, "t", k->source_id, &a, &err) == DYO_OK) {
    store_source renamed = a;
    renamed.name         = store_lent("renamed");
    k->renamed           = store_source_put(to, "t", &renamed, &err) == DYO_OK;
    store_source_free(&a, 1);
  }
  if (k->source) k->values = put_values(to, k->source_id) == DYO_OK;
  store_values_read(to, "t", &all, take_piece, &n, &err);
  work_on_run(to, k);
  const store_forecast f = {.model_type = store_lent("ets"), .request = store_lent("{}"), .result = store_lent("{}")};
  k->forecast            = store_forecast_add(to, "t", &f, k->forecast_id, &err) == DYO_OK;
  store_tenant_export(to, "t", take_bytes, NULL, &err);
  store_close(to);
}

/* --- what must be so afterwards -------------------------------------------------------------------------------------------- */

typedef struct {
  int64_t made, changed, tokens;
  bool    broken;
} counted;

static bool count_event(void *user, const audit_event *e)
{
  counted *c = user;
  c->made += strcmp(e->action, "connector.create") == 0;
  c->changed += strcmp(e->action, "connector.change") == 0;
  c->tokens += strcmp(e->action, "token.create") == 0;
  return true;
}

static void judge_chain(void *user, const audit_chain *c)
{
  counted *t = user;
  if (c->complaint[0]) t->broken = true;
}

/* The database as it is at the next start, which nothing disturbs. */
static void judge(const kept *k)
{
  uint8_t           digest[DIGEST_SIZE];
  counted           c      = {0};
  size_t            values = 0;
  char              complaint[256];
  db               *d  = NULL;
  store            *to = opened(path);
  store_token       t;
  store_run         r;
  store_source      a;
  store_forecast    f;
  const store_range all = {"m", NULL, INT64_MIN, INT64_MAX, false};
  digest_of("fail", 4, NULL, digest);
  assert_int_equal(store_audit_verify(to, judge_chain, &c, &err), DYO_OK);
  assert_false(c.broken);
  assert_int_equal(store_audit_list(to, "t", count_event, &c, &err), DYO_OK);
  const dyo_status token = store_token_find(to, digest, 1, &t, &err);
  if (k->token) assert_int_equal(token, DYO_OK);
  assert_int_equal(c.tokens, token == DYO_OK); /* the token and its event, or neither */
  if (token == DYO_OK) store_token_free(&t, 1);
  if (k->source) {
    assert_int_equal(store_source_get(to, "t", k->source_id, &a, &err), DYO_OK);
    assert_int_equal(c.changed, strcmp(a.name, "renamed") == 0);
    if (k->renamed) assert_string_equal(a.name, "renamed");
    store_source_free(&a, 1);
  }
  store_values_read(to, "t", &all, take_piece, &values, &err);
  if (k->values || values) assert_int_equal(values, VALUES); /* all of the batch, or nothing */
  if (k->run) assert_int_equal(store_run_get(to, "t", k->run_id, &r, &err), DYO_OK), store_run_free(&r, 1);
  if (k->forecast)
    assert_int_equal(store_forecast_get(to, "t", k->forecast_id, &f, &err), DYO_OK), store_forecast_free(&f, 1);
  store_close(to);
  assert_int_equal(db_open(path, true, &d, &err), DYO_OK);
  assert_int_equal(db_check(d, true, complaint, sizeof complaint, &err), DYO_OK);
  assert_string_equal(complaint, "");
  db_close(d);
}

static void as_new(void)
{
  char command[256];
  snprintf(command, sizeof command, "rm -f %s* && cp %s/new %s", path, folder, path);
  assert_int_equal(system(command), 0);
}

/* One fault, or none (at 0). *whole: everything was acknowledged all the same. Returns how many calls there were. */
static long once(kind of, long at, bool for_good, bool *whole)
{
  kept k;
  as_new();
  fault.of       = of;
  fault.at       = at;
  fault.for_good = for_good;
  atomic_store(&fault.seen, 0);
  atomic_store(&fault.armed, true);
  work(&k);
  atomic_store(&fault.armed, false);
  *whole = k.token && k.source && k.renamed && k.values && k.run && k.forecast;
  judge(&k);
  return atomic_load(&fault.seen);
}

/* Each of them where they are few or all are wanted, else SOME, evenly. */
static void each_one(kind of, bool for_good)
{
  const char *full    = getenv("DYO_FULL");
  bool        whole   = false;
  int         refused = 0;
  const long  n       = once(of, 0, false, &whole);
  const long  step    = n <= SOME || (full && strcmp(full, "1") == 0) ? 1 : n / SOME;
  assert_true(whole);
  for (long at = 1; at <= n; at += step) {
    once(of, at, for_good, &whole);
    refused += !whole;
  }
  printf("%ld calls, every %ld, %d refused something\n", n, step, refused);
  assert_true(refused > 0);
}

static void the_nth_allocation_fails(void **state)
{
  (void)state;
  each_one(ALLOCATIONS, false);
}

static void the_nth_write_fails(void **state)
{
  (void)state;
  each_one(WRITES, false);
}

static void the_nth_read_fails(void **state)
{
  (void)state;
  each_one(READS, false);
}

static void the_nth_other_call_fails(void **state)
{
  (void)state;
  each_one(OTHERS, false);
}

static void from_the_nth_call_on_the_disk_is_gone(void **state)
{
  (void)state;
  each_one(ALL_CALLS, true);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(the_nth_allocation_fails),
    cmocka_unit_test(the_nth_write_fails),
    cmocka_unit_test(the_nth_read_fails),
    cmocka_unit_test(the_nth_other_call_fails),
    cmocka_unit_test(from_the_nth_call_on_the_disk_is_gone),
  };
  return cmocka_run_group_tests(tests, prepare, stop);
}
