/* SPDX-License-Identifier: GPL-3.0-or-later */
/* token, tenant, backup and restore: commands on a database, beside a daemon that may be running on it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/cli.h"
#include "json/dyo_json.h"
#include "store/audit.h"
#include "store/store.h"

static const int64_t day_ms = 86400000;

/* --flag VALUE pairs and words of a command line. */
typedef struct {
  const char *db, *tenant, *scope, *name, *days, *words[2];
  int         n_words;
} args;

static int read_args(int argc, char **argv, args *a)
{
  *a = (args){.db = getenv("DYOCENSE_DB") ? getenv("DYOCENSE_DB") : "dyocense.db", .name = ""};
  for (int i = 1; i < argc; i++) {
    const char **to = strcmp(argv[i], "--db") == 0       ? &a->db
                      : strcmp(argv[i], "--tenant") == 0 ? &a->tenant
                      : strcmp(argv[i], "--scope") == 0  ? &a->scope
                      : strcmp(argv[i], "--name") == 0   ? &a->name
                      : strcmp(argv[i], "--days") == 0   ? &a->days
                                                         : NULL;
    if (to && i + 1 < argc) *to = argv[++i];
    else if (to) return cli_usage(argv[0], "%s takes a value", argv[i]);
    else if (argv[i][0] == '-')
      return cli_usage(argv[0], "unknown option \"%.40s\"; known are --db, --tenant, --scope, --name and --days",
                       argv[i]);
    else if (a->n_words < 2) a->words[a->n_words++] = argv[i];
    else return cli_usage(argv[0], "found \"%.40s\" as well", argv[i]);
  }
  ids_guard();
  return ids_start() ? 0 : cli_usage(argv[0], "this system gives no randomness");
}

static int with_store(const args *a, store **s)
{
  dyo_err err;
  return store_open(&(store_options){a->db, 1, false, true}, s, &err) == DYO_OK ? 0 : cli_fail(&err);
}

/* --- token ----------------------------------------------------------------------------------------------------------- */

/* Each scope includes those before it. */
static const struct {
  const char *word;
  unsigned    scopes;
} scope_words[] = {{"read", SCOPE_READ},
                   {"run", SCOPE_READ | SCOPE_RUN},
                   {"write", SCOPE_READ | SCOPE_RUN | SCOPE_WRITE},
                   {"admin", SCOPE_READ | SCOPE_RUN | SCOPE_WRITE | SCOPE_ADMIN}};

enum { SCOPES = 4 };

static const char *word_of(unsigned scopes)
{
  for (int i = SCOPES - 1; i > 0; i--)
    if ((scopes & scope_words[i].scopes) == scope_words[i].scopes) return scope_words[i].word;
  return scope_words[0].word;
}

static int token_create(const args *a, store *s)
{
  char     token[TOKEN_CHARS], id[ID_CHARS];
  uint8_t  digest[DIGEST_SIZE];
  unsigned scopes = 0;
  dyo_err  err;
  int64_t  expires = 0;
  for (int i = 0; i < SCOPES; i++)
    if (a->scope && strcmp(a->scope, scope_words[i].word) == 0) scopes = scope_words[i].scopes;
  if (!scopes)
    return cli_usage("token", "--scope: found \"%.20s\"; read, run, write or admin is expected",
                     a->scope ? a->scope : "nothing");
  if (a->days) {
    char        *end  = NULL;
    const double days = strtod(a->days, &end);
    if (end == a->days || *end || !(days > 0) || !(days <= 36500))
      return cli_usage("token", "--days: found \"%.20s\"; a number above 0 is expected", a->days);
    expires = clock_now_ms() + (int64_t)(days * (double)day_ms);
  }
  token_new(token);
  digest_of(token, strlen(token), NULL, digest);
  if (store_token_add(s, a->tenant, a->name, scopes, expires, digest, id, &err) != DYO_OK) return cli_fail(&err);
  printf("%s\n", token);
  return cli_flush();
}

static int token_list(const args *a, store *s)
{
  store_token *list = NULL;
  size_t       n    = 0;
  dyo_err      err;
  char         made[CLOCK_TEXT], used[CLOCK_TEXT];
  if (store_token_list(s, a->tenant, &list, &n, &err) != DYO_OK) return cli_fail(&err);
  for (size_t i = 0; i < n; i++) {
    clock_text(list[i].created, made);
    clock_text(list[i].used, used);
    printf("%s  %-6s %-10s made %s, used %s  %s\n", list[i].id, word_of(list[i].scopes),
           list[i].revoked                                       ? "revoked"
           : list[i].expires && list[i].expires < clock_now_ms() ? "expired"
                                                                 : "valid",
           made, list[i].used ? used : "never", list[i].name);
  }
  store_token_free(list, n);
  free(list);
  return cli_flush();
}

int cli_token(int argc, char **argv)
{
  args      a;
  store    *s = NULL;
  dyo_err   err;
  const int bad = read_args(argc, argv, &a);
  if (bad) return bad;
  const char *verb = a.n_words ? a.words[0] : "";
  if (strcmp(verb, "create") != 0 && strcmp(verb, "list") != 0 && strcmp(verb, "revoke") != 0)
    return cli_usage("token", "found \"%.20s\"; create, list or revoke is expected", verb);
  if (!a.tenant || !a.tenant[0] || strlen(a.tenant) > 200)
    return cli_usage("token", "--tenant takes a name of 1 to 200 bytes");
  int rc = with_store(&a, &s);
  if (rc) return rc;
  if (verb[0] == 'c') rc = token_create(&a, s);
  else if (verb[0] == 'l') rc = token_list(&a, s);
  else if (a.n_words < 2) rc = cli_usage("token", "revoke takes the token's id; token list shows it");
  else rc = store_token_revoke(s, a.tenant, a.words[1], clock_now_ms(), &err) == DYO_OK ? 0 : cli_fail(&err);
  store_close(s);
  return rc;
}

/* --- tenant ---------------------------------------------------------------------------------------------------------- */

static bool to_stdout(void *user, const void *bytes, size_t n)
{
  (void)user;
  return fwrite(bytes, 1, n, stdout) == n;
}

int cli_tenant(int argc, char **argv)
{
  args    a;
  store  *s    = NULL;
  int64_t rows = 0;
  dyo_err err;
  if (argc > 1 && strcmp(argv[1], "quota") == 0) return cli_quota(argc, argv);
  const int bad = read_args(argc, argv, &a);
  if (bad) return bad;
  if (a.n_words != 2 || (strcmp(a.words[0], "export") != 0 && strcmp(a.words[0], "erase") != 0))
    return cli_usage("tenant", "export T, erase T or quota T is expected");
  int rc = with_store(&a, &s);
  if (rc) return rc;
  if (strcmp(a.words[0], "export") == 0) {
    rc = store_tenant_export(s, a.words[1], to_stdout, NULL, &err) == DYO_OK ? cli_flush() : cli_fail(&err);
  } else {
    rc = store_tenant_erase(s, a.words[1], &rows, &err) == DYO_OK ? 0 : cli_fail(&err);
    if (rc == 0)
      printf("%lld rows of \"%s\" were removed; backups made before still hold them\n", (long long)rows, a.words[1]);
  }
  store_close(s);
  return rc;
}

/* An event of the installation about a file. */
static dyo_status note_file(store *s, const char *action, const char *file, dyo_err *err)
{
  const audit_event e = {.action = action, .subject = file, .detail = "{}"};
  return store_audit_add(s, AUDIT_INSTALLATION, &e, err);
}

/* --- backup, restore ------------------------------------------------------------------------------------------------- */

int cli_backup(int argc, char **argv)
{
  args      a;
  store    *s = NULL;
  dyo_err   err;
  const int bad = read_args(argc, argv, &a);
  if (bad) return bad;
  if (a.n_words != 1) return cli_usage("backup", "the name of a new file is expected");
  if (!store_is_server(a.db) && access(a.db, F_OK) != 0) return cli_usage("backup", "%.200s is not there", a.db);
  const int rc = with_store(&a, &s);
  if (rc) return rc;
  dyo_status st = store_backup(s, a.words[0], &err);
  if (st == DYO_OK) st = note_file(s, "backup", a.words[0], &err);
  store_close(s);
  return st == DYO_OK ? 0 : cli_fail(&err);
}

int cli_restore(int argc, char **argv)
{
  args      a;
  store    *s = NULL;
  dyo_err   err;
  const int bad = read_args(argc, argv, &a);
  if (bad) return bad;
  if (a.n_words != 1)
    return cli_usage("restore",
                     "FROM [--db FILE] is expected: stop the daemon, then this puts the backup FROM in place of FILE, "
                     "which is kept beside it");
  dyo_status st = store_restore(a.words[0], a.db, &err);
  if (st == DYO_OK) st = store_open(&(store_options){a.db, 1, false, false}, &s, &err);
  if (st == DYO_OK) st = note_file(s, "restore", a.words[0], &err);
  store_close(s);
  return st == DYO_OK ? 0 : cli_fail(&err);
}
