/* SPDX-License-Identifier: GPL-3.0-or-later */
/* db: a store moved from one database to another, and tables made or brought up to date by a role that may. */
#include <stdlib.h>
#include <string.h>

#include "base/ids.h"
#include "cli/cli.h"
#include "store/store.h"

typedef struct {
  const char *from, *to, *db;
} args;

static int read_args(int argc, char **argv, args *a)
{
  *a = (args){.db = getenv("DYOCENSE_DB") ? getenv("DYOCENSE_DB") : "dyocense.db"};
  for (int i = 2; i < argc; i++) {
    const char **to = strcmp(argv[i], "--from") == 0 ? &a->from
                      : strcmp(argv[i], "--to") == 0 ? &a->to
                      : strcmp(argv[i], "--db") == 0 ? &a->db
                                                     : NULL;
    if (!to) return cli_usage("db", "found \"%.40s\"; --from, --to and --db are known", argv[i]);
    if (i + 1 == argc) return cli_usage("db", "%s takes a value", argv[i]);
    *to = argv[++i];
  }
  ids_guard();
  return ids_start() ? 0 : cli_usage("db", "this system gives no randomness");
}

static void say_table(void *user, const char *table, int64_t rows, const char *digest)
{
  *(int64_t *)user += rows;
  printf("%-20s %10lld rows  %s\n", table, (long long)rows, digest);
}

static int copy(const args *a)
{
  store     *from = NULL, *to = NULL;
  int64_t    rows = 0;
  dyo_err    err;
  dyo_status st = store_open(&(store_options){a->from, 1, true, false}, &from, &err);
  if (st == DYO_OK) st = store_open(&(store_options){a->to, 1, false, false}, &to, &err);
  if (st == DYO_OK) st = store_copy(from, to, say_table, &rows, &err);
  store_close(to);
  store_close(from);
  if (st != DYO_OK) return cli_fail(&err);
  printf("%lld rows were copied, and read again with the same digests\n", (long long)rows);
  return cli_flush();
}

static int migrate(const args *a)
{
  store  *s = NULL;
  dyo_err err;
  if (store_open(&(store_options){a->db, 1, false, false}, &s, &err) != DYO_OK) return cli_fail(&err);
  store_close(s);
  return 0;
}

int cli_db(int argc, char **argv)
{
  args        a;
  const char *verb = argc > 1 ? argv[1] : "";
  if (strcmp(verb, "copy") != 0 && strcmp(verb, "migrate") != 0)
    return cli_usage("db", "found \"%.20s\"; copy or migrate is expected", verb);
  const int bad = read_args(argc, argv, &a);
  if (bad) return bad;
  if (verb[0] == 'm') return migrate(&a);
  if (!a.from || !a.to) return cli_usage("db", "copy --from A --to B is expected; B has no data yet");
  return copy(&a);
}
