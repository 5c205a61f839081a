/* SPDX-License-Identifier: GPL-3.0-or-later */
/* token, tenant, backup, restore and doctor: commands on a database, beside a daemon that may be running on it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
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
  args      a;
  store    *s    = NULL;
  int64_t   rows = 0;
  dyo_err   err;
  const int bad = read_args(argc, argv, &a);
  if (bad) return bad;
  if (a.n_words != 2 || (strcmp(a.words[0], "export") != 0 && strcmp(a.words[0], "erase") != 0))
    return cli_usage("tenant", "export T or erase T is expected");
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

/* --- doctor ---------------------------------------------------------------------------------------------------------- */

static int check(bool ok, const char *what, const char *said, const char *advice)
{
  const bool more = !ok && advice[0];
  printf("%-8s %-22s %s%s%s\n", ok ? "ok" : "PROBLEM", what, said, more ? ". " : "", more ? advice : "");
  return ok ? 0 : 1;
}

static int check_room(const char *db)
{
  struct statvfs v;
  char           folder[600], said[100];
  snprintf(folder, sizeof folder, "%s", db);
  char *slash = strrchr(folder, '/');
  if (slash) *slash = '\0';
  else memcpy(folder, ".", 2);
  if (statvfs(folder[0] ? folder : "/", &v) != 0)
    return check(false, "folder", folder, "Make it, or name another file with --db.");
  const double mib = (double)v.f_bavail * (double)v.f_frsize / (1 << 20);
  snprintf(said, sizeof said, "%.0f MiB free in %.50s", mib, folder);
  return check(mib >= 200, "disk", said, "Make room: with a full disk nothing can be stored.");
}

typedef struct {
  int64_t events;
  int     chains, broken;
  char    first[300]; /* what is wrong with the first of them */
} audit_sum;

static void sum_chain(void *user, const audit_chain *c)
{
  audit_sum *t = user;
  t->events += c->events;
  t->chains++;
  if (c->complaint[0] && t->broken++ == 0)
    snprintf(t->first, sizeof t->first, "of tenant \"%.150s\": %s", c->tenant, c->complaint);
}

static int check_audit(store *s)
{
  audit_sum t = {0};
  dyo_err   err;
  char      said[100];
  if (store_audit_verify(s, sum_chain, &t, &err) != DYO_OK) return check(false, "audit", err.message, "");
  snprintf(said, sizeof said, "%lld events, chains of %d whole", (long long)t.events, t.chains);
  return check(!t.broken, "audit", t.broken ? t.first : said, "dyocensed audit --verify shows every chain.");
}

static int check_database(const args *a)
{
  store        *s = NULL;
  dyo_err       err;
  store_figures f;
  struct stat   about;
  char          said[200];
  const bool    file = !store_is_server(a->db);
  if (file && stat(a->db, &about) != 0) return check(true, "database", "not there yet; serve makes it", "");
  if (store_open(&(store_options){a->db, 1, true, false}, &s, &err) != DYO_OK)
    return check(false, "database", err.message, "");
  int bad = 0;
  if (store_stats(s, &f, &err) == DYO_OK) {
    snprintf(said, sizeof said, "%.1f MiB, schema %d, %lld series, %lld values", (double)f.bytes / (1 << 20), f.schema,
             (long long)f.series, (long long)f.values);
    bad += check(true, "database", said, "");
    snprintf(said, sizeof said, "%lld queued, %lld running", (long long)f.runs_queued, (long long)f.runs_running);
    bad += check(true, "runs", said, "");
    snprintf(said, sizeof said, "%lld waiting, %lld given up today, %lld disabled", (long long)f.deliveries_waiting,
             (long long)f.deliveries_given_up, (long long)f.webhooks_disabled);
    bad += check(f.deliveries_given_up + f.webhooks_disabled == 0, "webhooks", said,
                 "GET /api/v1/alerts/ and /api/v1/alerts/deliveries/ say which and why.");
    bad += check_audit(s);
  } else {
    bad += check(false, "database", err.message, "");
  }
  if (file)
    bad +=
      check((about.st_mode & 077) == 0, "rights",
            (about.st_mode & 077) == 0 ? "only its owner reads it" : "others may read the database", "chmod 600 it.");
  store_close(s);
  return bad;
}

int cli_doctor(int argc, char **argv)
{
  args      a;
  const int usage = read_args(argc, argv, &a);
  if (usage) return usage;
  int bad = store_is_server(a.db) ? 0 : check_room(a.db);
  bad += check_database(&a);
  bad += check(clock_now_ms() > 1700000000000, "clock", "the time is plausible",
               "Set the clock: schedules and tokens depend on it.");
  return cli_flush() || bad ? 1 : 0;
}
