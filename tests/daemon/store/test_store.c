/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The store on a scratch file: what is written is read back, what belongs to one tenant is not there for another, and what is no
 * database of ours is left alone. */
#include <fcntl.h>
#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "scratch.h"
#include "store/store.h"

static void tokens_are_found_by_their_digest_alone(void **state)
{
  uint8_t     digest[DIGEST_SIZE], other[DIGEST_SIZE];
  char        id[ID_CHARS];
  store_token t, *list = NULL;
  size_t      n   = 0;
  bool        any = true;
  (void)state;
  digest_of("one", 3, NULL, digest);
  digest_of("two", 3, NULL, other);
  assert_int_equal(store_token_any(s, &any, &err), DYO_OK);
  assert_false(any);
  assert_int_equal(store_token_add(s, "a", "laptop", SCOPE_READ | SCOPE_RUN, 1000, digest, id, &err), DYO_OK);
  assert_int_equal(store_token_add(s, "b", "twice", SCOPE_READ, 0, digest, id, &err), DYO_CONFLICT);
  assert_int_equal(store_token_find(s, digest, 999, &t, &err), DYO_OK);
  assert_string_equal(t.tenant, "a");
  assert_int_equal(t.scopes, SCOPE_READ | SCOPE_RUN);
  char own[ID_CHARS];
  strcpy(own, t.id);
  store_token_free(&t, 1);
  assert_int_equal(store_token_find(s, digest, 1000, &t, &err), DYO_NOT_FOUND);
  assert_int_equal(store_token_find(s, other, 1, &t, &err), DYO_NOT_FOUND);
  assert_int_equal(store_token_revoke(s, "b", own, 5, &err), DYO_NOT_FOUND);
  assert_int_equal(store_token_revoke(s, "a", own, 5, &err), DYO_OK);
  assert_int_equal(store_token_find(s, digest, 999, &t, &err), DYO_NOT_FOUND);
  assert_int_equal(store_token_list(s, "a", &list, &n, &err), DYO_OK);
  assert_int_equal(n, 1);
  assert_int_equal(list[0].revoked, 5);
  store_token_free(list, n);
  free(list);
}

static void make_source(store *to, const char *tenant, char id[ID_CHARS])
{
  const store_source in = {.name = "n", .type = "file_upload", .config = "{}", .state = "ready"};
  assert_int_equal(store_source_add(to, tenant, &in, id, &err), DYO_OK);
}

static void a_source_changes_only_from_what_was_seen(void **state)
{
  char         id[ID_CHARS], next[STORE_CURSOR];
  store_source a, b, *list = NULL;
  size_t       n = 0;
  (void)state;
  make_source(s, "src", id);
  assert_int_equal(store_source_get(s, "src", id, &a, &err), DYO_OK);
  assert_int_equal(store_source_get(s, "other", id, &b, &err), DYO_NOT_FOUND);
  free(a.name);
  a.name = strdup("renamed");
  assert_int_equal(store_source_put(s, "src", &a, &err), DYO_OK);
  assert_int_equal(store_source_put(s, "src", &a, &err), DYO_CONFLICT);
  assert_int_equal(store_source_put(s, "other", &a, &err), DYO_NOT_FOUND);
  store_source_free(&a, 1);
  for (int i = 0; i < 3; i++) make_source(s, "src", id);
  assert_int_equal(store_source_list(s, "src", &(store_page){NULL, 3}, &list, &n, next, &err), DYO_OK);
  assert_int_equal(n, 3);
  assert_string_equal(next, list[2].id);
  assert_string_equal(list[0].name, "renamed");
  store_source_free(list, n);
  free(list);
  assert_int_equal(store_source_list(s, "src", &(store_page){next, 3}, &list, &n, next, &err), DYO_OK);
  assert_int_equal(n, 1);
  assert_string_equal(next, "");
  store_source_free(list, n);
  free(list);
}

typedef struct {
  char   text[2000];
  size_t values;
} heard;

static bool hear(void *user, const char *dimensions, const int64_t *time, const double *value, size_t n)
{
  heard *h = user;
  for (size_t i = 0; i < n; i++, h->values++)
    if (strlen(h->text) < 1800)
      snprintf(h->text + strlen(h->text), 200, "%s %lld %g;", dimensions, (long long)time[i], value[i]);
  return true;
}

static void values_come_back_in_order_and_the_last_write_counts(void **state)
{
  char              a[ID_CHARS], b[ID_CHARS], next[STORE_CURSOR];
  heard             h  = {0};
  int64_t           v1 = 0, v2 = 0;
  store_metric     *list     = NULL;
  size_t            n        = 0;
  const store_value first[]  = {{"sales", "{\"sku\":\"B\"}", 20, 2},
                                {"sales", "{\"sku\":\"A\",\"x\":\"q\\\",\"}", 10, 1},
                                {"sales", "{\"sku\":\"B\"}", 10, NAN},
                                {"stock", "{}", 10, 7}};
  const store_value second[] = {{"sales", "{\"sku\":\"B\"}", 20, 5}, {"sales", "{\"sku\":\"B\"}", 30, 6}};
  (void)state;
  make_source(s, "v", a);
  make_source(s, "v", b);
  assert_int_equal(store_values_put(s, "v", a, first, 4, NULL, &err), DYO_OK);
  assert_int_equal(store_metric_version(s, "v", "sales", &v1, &err), DYO_OK);
  assert_int_equal(store_values_put(s, "v", b, second, 2, NULL, &err), DYO_OK);
  assert_int_equal(store_metric_version(s, "v", "sales", &v2, &err), DYO_OK);
  assert_true(v2 > v1);
  const store_range all = {"sales", NULL, INT64_MIN, INT64_MAX, false};
  assert_int_equal(store_values_read(s, "v", &all, hear, &h, &err), DYO_OK);
  assert_string_equal(
    h.text, "{\"sku\":\"A\",\"x\":\"q\\\",\"} 10 1;{\"sku\":\"B\"} 10 nan;{\"sku\":\"B\"} 20 5;{\"sku\":\"B\"} 30 6;");
  h = (heard){0};
  assert_int_equal(store_values_read(s, "v", &(store_range){"sales", "{\"sku\":\"A\"}", 0, 100, false}, hear, &h, &err),
                   DYO_OK);
  assert_int_equal(h.values, 1);
  h = (heard){0};
  assert_int_equal(store_values_read(s, "v", &(store_range){"sales", "{\"sku\":\"B\"}", 15, 25, false}, hear, &h, &err),
                   DYO_OK);
  assert_string_equal(h.text, "{\"sku\":\"B\"} 20 5;");
  assert_int_equal(store_values_read(s, "w", &all, hear, &h, &err), DYO_NOT_FOUND);
  assert_int_equal(store_values_put(s, "w", a, first, 1, NULL, &err), DYO_NOT_FOUND);
  assert_int_equal(store_metric_list(s, "v", NULL, &list, &n, next, &err), DYO_OK);
  assert_int_equal(n, 2);
  assert_string_equal(list[0].name, "sales");
  assert_int_equal(list[0].series, 2);
  assert_int_equal(list[0].values, 5);
  assert_int_equal(list[0].last, 30);
  store_metric_free(list, n);
  free(list);
  assert_int_equal(store_source_delete(s, "v", b, NULL, &err), DYO_OK); /* takes its own values along, no others */
  h = (heard){0};
  assert_int_equal(store_values_read(s, "v", &all, hear, &h, &err), DYO_OK);
  assert_string_equal(h.text, "{\"sku\":\"A\",\"x\":\"q\\\",\"} 10 1;{\"sku\":\"B\"} 10 nan;{\"sku\":\"B\"} 20 2;");
}

/* More than a piece of a series, with twins across every boundary. */
static void long_series_keep_every_value(void **state)
{
  enum { N = 5000 };
  static store_value v[N];
  char               a[ID_CHARS], b[ID_CHARS];
  heard              h = {0};
  (void)state;
  make_source(s, "long", a);
  make_source(s, "long", b);
  for (int i = 0; i < N; i++) v[i] = (store_value){"m", "{}", i, i};
  assert_int_equal(store_values_put(s, "long", a, v, N, NULL, &err), DYO_OK);
  assert_int_equal(store_values_put(s, "long", b, v, N, NULL, &err), DYO_OK);
  assert_int_equal(store_values_read(s, "long", &(store_range){"m", NULL, INT64_MIN, INT64_MAX, false}, hear, &h, &err),
                   DYO_OK);
  assert_int_equal(h.values, N);
}

static void a_run_belongs_to_one_lease_at_a_time(void **state)
{
  static const char *const kinds[] = {"upload", NULL};
  const store_run          in = {.tenant = "r", .kind = "upload", .subject = "x", .method = "upload", .request = "{}"};
  char                     id[ID_CHARS], source[ID_CHARS];
  store_run                first, second, r;
  bool                     cancel = true;
  (void)state;
  assert_int_equal(store_run_lease(s, kinds, 100, 200, &r, &err), DYO_NOT_FOUND);
  assert_int_equal(store_run_add(s, &in, id, &err), DYO_OK);
  assert_int_equal(store_run_lease(s, kinds, 100, 200, &first, &err), DYO_OK);
  assert_string_equal(first.id, id);
  assert_int_equal(store_run_lease(s, kinds, 150, 250, &r, &err), DYO_NOT_FOUND);
  assert_int_equal(store_run_beat(s, id, first.epoch, 300, 0.5, "reading", &cancel, &err), DYO_OK);
  assert_false(cancel);
  assert_int_equal(store_run_lease(s, kinds, 301, 400, &second, &err),
                   DYO_OK); /* the first one was silent for too long */
  assert_true(second.epoch > first.epoch);
  make_source(s, "r", source);
  const store_value    v    = {"m", "{}", 1, 1};
  const store_progress late = {id, first.epoch, "{\"at\":1}", 1, 1, 0},
                       good = {id, second.epoch, "{\"at\":2}", 2, 2, 0};
  assert_int_equal(store_values_put(s, "r", source, &v, 1, &late, &err), DYO_CONFLICT);
  heard h = {0};
  assert_int_equal(store_values_read(s, "r", &(store_range){"m", NULL, 0, 9, false}, hear, &h, &err), DYO_NOT_FOUND);
  assert_int_equal(store_values_put(s, "r", source, &v, 1, &good, &err), DYO_OK);
  assert_int_equal(store_run_cancel(s, "q", id, 1, &err), DYO_NOT_FOUND);
  assert_int_equal(store_run_cancel(s, "r", id, 1, &err), DYO_OK);
  assert_int_equal(store_run_beat(s, id, second.epoch, 500, 0.6, NULL, &cancel, &err), DYO_OK);
  assert_true(cancel);
  first.state = second.state = RUN_CANCELLED;
  assert_int_equal(store_run_finish(s, &first, &err), DYO_CONFLICT);
  assert_int_equal(store_run_finish(s, &second, &err), DYO_OK);
  assert_int_equal(store_run_cancel(s, "r", id, 1, &err), DYO_CONFLICT);
  store_run_free(&first, 1);
  store_run_free(&second, 1);
  assert_int_equal(store_run_get(s, "r", id, &r, &err), DYO_OK);
  assert_int_equal(r.state, RUN_CANCELLED);
  assert_string_equal(r.checkpoint, "{\"at\":2}");
  store_run_free(&r, 1);
}

static void a_schedule_fires_once_and_not_over_itself(void **state)
{
  const store_schedule     in      = {.tenant  = "t",
                                      .kind    = "sync",
                                      .subject = "x",
                                      .request = "{}",
                                      .cron    = "* * * * *",
                                      .zone    = "UTC",
                                      .due     = 100,
                                      .enabled = true};
  static const char *const kinds[] = {"sync", NULL};
  char                     id[ID_CHARS];
  store_schedule           t;
  store_run                r;
  bool                     made = false;
  (void)state;
  assert_int_equal(store_schedule_put(s, &in, id, &err), DYO_OK);
  assert_int_equal(store_schedule_next_due(s), 100);
  assert_int_equal(store_schedule_due(s, 99, &t, &err), DYO_NOT_FOUND);
  assert_int_equal(store_schedule_due(s, 100, &t, &err), DYO_OK);
  assert_int_equal(store_schedule_fire(s, &t, 100, 200, 100, &made, &err), DYO_OK);
  assert_true(made);
  assert_int_equal(store_schedule_fire(s, &t, 100, 200, 100, &made, &err), DYO_OK); /* another one was quicker */
  assert_false(made);
  assert_int_equal(store_schedule_fire(s, &t, 200, 300, 200, &made, &err), DYO_OK); /* its run is still there */
  assert_false(made);
  assert_int_equal(store_run_lease(s, kinds, 300, 400, &r, &err), DYO_OK);
  r.state = RUN_SUCCEEDED;
  assert_int_equal(store_run_finish(s, &r, &err), DYO_OK);
  store_run_free(&r, 1);
  assert_int_equal(store_schedule_fire(s, &t, 300, 400, 300, &made, &err), DYO_OK);
  assert_true(made);
  store_schedule_free(&t, 1);
}

/* What waits is not added twice; what runs may have read its data already, so that another one is. */
static void a_run_that_waits_is_added_once(void **state)
{
  static const char *const kinds[] = {"once", NULL};
  const store_run          in      = {.tenant = "o", .kind = "once", .subject = "sales", .request = "{}"};
  const store_run          other   = {.tenant = "o", .kind = "once", .subject = "stock", .request = "{}"};
  const store_run          foreign = {.tenant = "p", .kind = "once", .subject = "sales", .request = "{}"};
  char                     id[ID_CHARS];
  store_run                r;
  bool                     made = false;
  (void)state;
  assert_int_equal(store_run_add_once(s, &in, id, &made, &err), DYO_OK);
  assert_true(made && id_valid(id));
  assert_int_equal(store_run_add_once(s, &in, id, &made, &err), DYO_OK);
  assert_false(made);
  assert_string_equal(id, "");
  assert_int_equal(store_run_lease(s, kinds, 300, 400, &r, &err), DYO_OK);
  assert_int_equal(store_run_add_once(s, &in, id, &made, &err), DYO_OK);
  assert_true(made);
  assert_int_equal(store_run_add_once(s, &other, id, &made, &err), DYO_OK);
  assert_true(made);
  assert_int_equal(store_run_add_once(s, &foreign, id, &made, &err), DYO_OK);
  assert_true(made);
  store_run_free(&r, 1);
}

static void a_schedule_moves_only_from_the_time_that_was_seen(void **state)
{
  const store_schedule in = {.tenant  = "m",
                             .kind    = "sync",
                             .subject = "m",
                             .request = "{}",
                             .cron    = "0 0 * * *",
                             .zone    = "UTC",
                             .due     = 5000,
                             .enabled = true};
  char                 id[ID_CHARS];
  store_schedule      *list = NULL, *all = NULL;
  size_t               n = 0, n_all = 0;
  (void)state;
  assert_int_equal(store_schedule_put(s, &in, id, &err), DYO_OK);
  assert_int_equal(store_schedule_list(s, "m", &list, &n, &err), DYO_OK);
  assert_int_equal(n, 1);
  assert_int_equal(store_schedule_move(s, &list[0], 3000, &err), DYO_OK);
  assert_int_equal(store_schedule_move(s, &list[0], 4000, &err), DYO_OK); /* it is not due at 5000 any more */
  assert_int_equal(store_schedule_list(s, NULL, &all, &n_all, &err), DYO_OK);
  assert_true(n_all >= n);
  for (size_t i = 0; i < n_all; i++)
    if (strcmp(all[i].id, id) == 0) assert_int_equal(all[i].due, 3000);
  assert_int_equal(store_schedule_delete(s, "m", id, &err), DYO_OK);
  store_schedule_free(list, n);
  store_schedule_free(all, n_all);
  free(list);
  free(all);
}

typedef struct {
  size_t at, n;
} counter;

static size_t feed(void *user, void *bytes, size_t room)
{
  counter     *c = user;
  const size_t n = c->n - c->at < room ? c->n - c->at : room;
  for (size_t i = 0; i < n; i++) ((unsigned char *)bytes)[i] = (unsigned char)((c->at + i) * 7 % 251);
  c->at += n;
  return n;
}

static bool same(void *user, const void *bytes, size_t n)
{
  counter *c = user;
  for (size_t i = 0; i < n; i++)
    if (((const unsigned char *)bytes)[i] != (unsigned char)((c->at + i) * 7 % 251)) return false;
  c->at += n;
  return true;
}

static void raw_files_come_back_whole_and_are_kept_once(void **state)
{
  char      source[ID_CHARS];
  counter   c = {0, 3000001}, d = {0, 3000001};
  bool      known = true;
  store_raw out, again, in = {.name = "a.csv", .type = "text/csv", .bytes = 3000001};
  (void)state;
  make_source(s, "raw", source);
  strcpy(in.source_id, source);
  memset(in.digest, 'a', DIGEST_CHARS - 1);
  assert_int_equal(store_raw_add(s, "raw", &in, feed, &c, &out, &known, &err), DYO_OK);
  assert_false(known);
  assert_int_equal(store_raw_read(s, "raw", out.id, same, &d, &err), DYO_OK);
  assert_int_equal(d.at, 3000001);
  assert_int_equal(store_raw_add(s, "raw", &in, feed, &c, &again, &known, &err), DYO_OK);
  assert_true(known);
  assert_string_equal(out.id, again.id);
  assert_int_equal(store_raw_read(s, "other", out.id, same, &d, &err), DYO_NOT_FOUND);
  store_raw_free(&out, 1);
  store_raw_free(&again, 1);
}

static bool count_lines(void *user, const void *bytes, size_t n)
{
  for (size_t i = 0; i < n; i++) *(size_t *)user += ((const char *)bytes)[i] == '\n';
  return true;
}

static void a_tenant_can_take_its_data_and_go(void **state)
{
  size_t  lines = 0, rest = 0;
  int64_t rows = 0;
  (void)state;
  assert_int_equal(store_tenant_export(s, "raw", count_lines, &lines, &err), DYO_OK);
  assert_int_equal(lines, 1 + 1 + 1 +
                            3); /* the source, its file, the event that it was made, and the contents in three pieces */
  assert_int_equal(store_tenant_erase(s, "raw", &rows, &err), DYO_OK);
  assert_int_equal(rows, 5 + 2); /* and the head of its events */
  assert_int_equal(store_tenant_export(s, "raw", count_lines, &rest, &err), DYO_OK);
  assert_int_equal(rest, 0);
}

static void a_second_daemon_is_refused(void **state)
{
  store *second = NULL;
  only_in_files();
  (void)state;
  assert_int_equal(store_open(&(store_options){path, 1, false, false}, &second, &err), DYO_CONFLICT);
  assert_null(second);
  assert_non_null(strstr(err.message, "in use"));
}

static void write_file(const char *name, const void *bytes, size_t n)
{
  const int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  assert_int_equal(write(fd, bytes, n), (ssize_t)n);
  close(fd);
}

static void what_is_no_database_of_ours_is_left_alone(void **state)
{
  char        name[80], command[400];
  store      *other = NULL;
  struct stat before, after;
  only_in_files();
  (void)state;
  snprintf(name, sizeof name, "%s/not.db", folder);
  write_file(name, "this is a letter, not a database", 32);
  stat(name, &before);
  assert_int_equal(store_open(&(store_options){name, 1, false, false}, &other, &err), DYO_INVALID_INPUT);
  stat(name, &after);
  assert_int_equal(before.st_size, after.st_size);
  assert_int_equal(store_open(&(store_options){":memory:", 1, false, false}, &other, &err), DYO_INVALID_INPUT);
  assert_int_equal(store_open(&(store_options){"/nowhere/a.db", 1, false, false}, &other, &err), DYO_INVALID_INPUT);
  snprintf(command, sizeof command,
           "cp %s %s/newer.db && printf '\\000\\000\\000\\143' | dd of=%s/newer.db bs=1 seek=60 "
           "conv=notrunc 2> /dev/null",
           path, folder, folder);
  assert_int_equal(system(command), 0); /* user_version, at byte 60 of the header, says 99 */
  snprintf(name, sizeof name, "%s/newer.db", folder);
  assert_int_equal(store_open(&(store_options){name, 1, false, false}, &other, &err), DYO_UNSUPPORTED);
  assert_non_null(strstr(err.message, "Nothing was changed"));
}

static void a_backup_taken_while_writing_restores(void **state)
{
  char              copy[80], target[80], source[ID_CHARS];
  heard             h = {0};
  const store_value v = {"m", "{}", 1, 42};
  only_in_files();
  (void)state;
  snprintf(copy, sizeof copy, "%s/copy.db", folder);
  snprintf(target, sizeof target, "%s/restored.db", folder);
  make_source(s, "bk", source);
  assert_int_equal(store_values_put(s, "bk", source, &v, 1, NULL, &err), DYO_OK);
  assert_int_equal(store_backup(s, copy, &err), DYO_OK);
  assert_int_equal(store_backup(s, copy, &err), DYO_INVALID_INPUT); /* it is there already */
  assert_int_equal(store_restore(copy, path, &err), DYO_CONFLICT);  /* a daemon has it open */
  assert_int_equal(store_restore(copy, target, &err), DYO_OK);
  store *back = opened(target);
  assert_int_equal(store_values_read(back, "bk", &(store_range){"m", NULL, 0, 9, false}, hear, &h, &err), DYO_OK);
  assert_string_equal(h.text, "{} 1 42;");
  store_close(back);
  assert_int_equal(truncate(copy, 8192), 0);
  assert_int_not_equal(store_restore(copy, target, &err), DYO_OK);
}

/* A child that writes and is killed: what was acknowledged is there, and the file is checked. */
static void what_was_acknowledged_survives_a_kill(void **state)
{
  char name[80];
  int  told[2];
  (void)state;
  snprintf(name, sizeof name, "%s/kill.db", folder);
  assert_int_equal(pipe(told), 0);
  const pid_t child = fork();
  if (child == 0) {
    char   id[ID_CHARS];
    store *own = opened(name);
    make_source(own, "k", id);
    for (int64_t i = 0;; i++) {
      const store_value v = {"m", "{}", i, (double)i};
      if (store_values_put(own, "k", id, &v, 1, NULL, &err) != DYO_OK) _exit(1);
      if (write(told[1], &i, sizeof i) != sizeof i) _exit(1);
    }
  }
  close(told[1]);
  int64_t last = -1, i = 0;
  while (last < 50 && read(told[0], &i, sizeof i) == sizeof i) last = i;
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);
  while (read(told[0], &i, sizeof i) == sizeof i) last = i;
  close(told[0]);
  store *back = opened(name);
  char   detail[100];
  while (store_check(back, detail, sizeof detail) == STORE_CHECKING) continue;
  assert_int_equal(store_check(back, detail, sizeof detail), STORE_SOUND);
  heard h = {0};
  assert_int_equal(store_values_read(back, "k", &(store_range){"m", NULL, INT64_MIN, INT64_MAX, false}, hear, &h, &err),
                   DYO_OK);
  assert_true(h.values >= (size_t)last + 1);
  store_close(back);
}

static void *many_writes(void *arg)
{
  dyo_err own;
  (void)arg;
  for (int i = 0; i < 50; i++) {
    char               id[ID_CHARS];
    const store_source in = {.name = "n", .type = "t", .config = "{}", .state = "new"};
    if (store_source_add(s, "many", &in, id, &own) != DYO_OK) return arg;
    store_source out;
    if (store_source_get(s, "many", id, &out, &own) != DYO_OK) return arg;
    store_source_free(&out, 1);
  }
  return NULL;
}

static void many_threads_write_and_read_their_own_writes(void **state)
{
  pthread_t     t[8];
  store_figures before, after;
  (void)state;
  assert_int_equal(store_stats(s, &before, &err), DYO_OK);
  for (int i = 0; i < 8; i++) assert_int_equal(pthread_create(&t[i], NULL, many_writes, s), 0);
  for (int i = 0; i < 8; i++) {
    void *bad = NULL;
    pthread_join(t[i], &bad);
    assert_null(bad);
  }
  assert_int_equal(store_stats(s, &after, &err), DYO_OK);
  assert_int_equal(after.writes - before.writes, 400);
  assert_true(after.transactions - before.transactions < 400); /* several in one */
}

static void results_and_alerts_are_kept(void **state)
{
  char                 id[ID_CHARS], next[STORE_CURSOR];
  store_forecast       f, *list = NULL;
  store_optimization   o;
  store_alert_event   *events = NULL;
  size_t               n      = 0;
  bool                 fresh  = false;
  const store_forecast in     = {.metric = "m", .model_type = "ets", .request = "{}", .result = "{\"a\":1}"};
  (void)state;
  id[0] = '\0';
  assert_int_equal(store_forecast_add(s, "f", &in, id, &err), DYO_OK);
  assert_int_equal(store_forecast_evaluate(s, "g", id, "{}", 1, &err), DYO_NOT_FOUND);
  assert_int_equal(store_forecast_evaluate(s, "f", id, "{\"mae\":1}", 7, &err), DYO_OK);
  assert_int_equal(store_forecast_get(s, "f", id, &f, &err), DYO_OK);
  assert_string_equal(f.result, "{\"a\":1}");
  assert_string_equal(f.evaluation, "{\"mae\":1}");
  store_forecast_free(&f, 1);
  assert_int_equal(store_forecast_list(s, "f", "m", NULL, NULL, &list, &n, next, &err), DYO_OK);
  assert_int_equal(n, 1);
  assert_null(list[0].result);
  store_forecast_free(list, n);
  free(list);
  const store_optimization run = {.type = "inventory.eoq", .parameters = "{}", .results = "{}"};
  id[0]                        = '\0';
  assert_int_equal(store_optimization_add(s, "f", &run, id, &err), DYO_OK);
  assert_int_equal(store_optimization_get(s, "f", id, &o, &err), DYO_OK);
  store_optimization_free(&o, 1);
  const store_alert_rule rule = {.name = "r", .kind = "stock", .rule = "{}", .enabled = true};
  assert_int_equal(store_alert_rule_add(s, "f", &rule, id, &err), DYO_OK);
  store_alert_event e = {.event = "{}", .key = "sku A"};
  strcpy(e.rule_id, id);
  assert_int_equal(store_alert_event_add(s, "f", &e, &fresh, &err), DYO_OK);
  assert_true(fresh);
  assert_int_equal(store_alert_event_add(s, "f", &e, &fresh, &err), DYO_OK);
  assert_false(fresh);
  assert_int_equal(store_alert_event_list(s, "f", id, NULL, &events, &n, next, &err), DYO_OK);
  assert_int_equal(n, 1);
  store_alert_event_free(events, n);
  free(events);
  assert_int_equal(store_alert_rule_delete(s, "g", id, &err), DYO_NOT_FOUND);
  assert_int_equal(store_alert_rule_delete(s, "f", id, &err), DYO_OK);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(tokens_are_found_by_their_digest_alone),
    cmocka_unit_test(a_source_changes_only_from_what_was_seen),
    cmocka_unit_test(values_come_back_in_order_and_the_last_write_counts),
    cmocka_unit_test(long_series_keep_every_value),
    cmocka_unit_test(a_run_belongs_to_one_lease_at_a_time),
    cmocka_unit_test(a_schedule_fires_once_and_not_over_itself),
    cmocka_unit_test(a_run_that_waits_is_added_once),
    cmocka_unit_test(a_schedule_moves_only_from_the_time_that_was_seen),
    cmocka_unit_test(raw_files_come_back_whole_and_are_kept_once),
    cmocka_unit_test(a_tenant_can_take_its_data_and_go),
    cmocka_unit_test(a_second_daemon_is_refused),
    cmocka_unit_test(what_is_no_database_of_ours_is_left_alone),
    cmocka_unit_test(a_backup_taken_while_writing_restores),
    cmocka_unit_test(what_was_acknowledged_survives_a_kill),
    cmocka_unit_test(many_threads_write_and_read_their_own_writes),
    cmocka_unit_test(results_and_alerts_are_kept),
  };
  return cmocka_run_group_tests(tests, start, stop);
}
