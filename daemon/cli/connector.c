/* SPDX-License-Identifier: GPL-3.0-or-later */
/* connector and secrets: connectors made and checked from the command line, beside a daemon that may be running, and the master key
 * replaced. Secrets are read from files or standard input, never from the command line, where others see them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/ids.h"
#include "cli/cli.h"
#include "cli/connector.h"
#include "cli/signin.h"
#include "connect/connect.h"
#include "jobs/schedule.h"
#include "json/dyo_json.h"
#include "store/audit.h"

enum { MEMBERS = 32, SECRET_MOST = 65536 };

dyo_status cli_connect(const config *c, store *s, connect_hub **out, dyo_err *err)
{
  connect_options o = connect_defaults();
  char            file[CONFIG_TEXT + 8];
  snprintf(file, sizeof file, "%s%s", c->master_key_file[0] ? c->master_key_file : config_local(c),
           c->master_key_file[0] ? "" : ".key");
  o.store             = s;
  o.key_text          = getenv("DYOCENSE_MASTER_KEY");
  o.key_file          = file;
  o.mcp_servers       = c->mcp_servers;
  o.web.loopback      = c->connect_loopback > 0;
  o.web.authorities   = c->connect_authorities[0] ? c->connect_authorities : NULL;
  o.web.silent_s      = c->connect_silent_s;
  o.request_s         = c->connect_request_s;
  o.webhook_s         = 3600 * c->webhook_hours;
  o.retry.base_s      = c->connect_backoff_s;
  o.pace.rate         = c->connect_rate;
  const dyo_status st = connect_start(&o, out, err);
  unsetenv("DYOCENSE_MASTER_KEY"); /* what this process starts shall not have it */
  return st;
}

/* --- the command line -------------------------------------------------------------------------------------------------------- */

typedef struct {
  config      c;
  const char *tenant, *name, *schedule, *zone, *file, *words[2];
  const char *sets[MEMBERS], *secrets[MEMBERS];
  int         n_words, n_sets, n_secrets;
  bool        signs_in;
} args;

static bool take_flag(args *a, const char *flag, const char *value)
{
  const char **to = strcmp(flag, "--tenant") == 0     ? &a->tenant
                    : strcmp(flag, "--name") == 0     ? &a->name
                    : strcmp(flag, "--schedule") == 0 ? &a->schedule
                    : strcmp(flag, "--timezone") == 0 ? &a->zone
                    : strcmp(flag, "--config") == 0   ? &a->file
                                                      : NULL;
  if (strcmp(flag, "--db") == 0) snprintf(a->c.db, sizeof a->c.db, "%s", value);
  else if (strcmp(flag, "--set") == 0 && a->n_sets < MEMBERS) a->sets[a->n_sets++] = value;
  else if (strcmp(flag, "--secret") == 0 && a->n_secrets < MEMBERS) a->secrets[a->n_secrets++] = value;
  else if (to) *to = value;
  else return false;
  return true;
}

static int read_args(int argc, char **argv, args *a)
{
  dyo_err err;
  *a = (args){.tenant = "default"};
  if (config_read(1, argv, &a->c, &err) != DYO_OK) return cli_fail(&err);
  for (int i = 1; i < argc; i++) {
    if (argv[i][0] != '-') {
      if (a->n_words == 2) return cli_usage(argv[0], "found \"%.40s\" as well", argv[i]);
      a->words[a->n_words++] = argv[i];
      continue;
    }
    if (strcmp(argv[i], "--signin") == 0) {
      a->signs_in = true;
      continue;
    }
    if (i + 1 >= argc) return cli_usage(argv[0], "%s takes a value", argv[i]);
    if (!take_flag(a, argv[i], argv[i + 1]))
      return cli_usage(
        argv[0],
        "unknown option \"%.40s\"; known are --db, --tenant, --name, --config, --set, --secret, --schedule, "
        "--timezone and --signin",
        argv[i]);
    i++;
  }
  ids_guard();
  return ids_start() ? 0 : cli_usage(argv[0], "this system gives no randomness");
}

/* --- settings ------------------------------------------------------------------------------------------------------------------ */

/* What a file, or a line of standard input, holds, without the line's end. Wiped by the caller. */
static char *read_secret(const char *from, dyo_err *err)
{
  const bool input = strcmp(from, "-") == 0;
  FILE      *f     = input ? stdin : fopen(from, "rb");
  char      *text  = calloc(1, SECRET_MOST);
  if (f && text && input && !fgets(text, SECRET_MOST, f)) text[0] = '\0';
  if (f && text && !input) text[fread(text, 1, SECRET_MOST - 1, f)] = '\0';
  if (f && !input) fclose(f);
  if (!f || !text || !text[0]) {
    dyo_fail(err, DYO_INVALID_INPUT, "", "%.200s: %s", from, f ? "it is empty" : strerror(errno));
    free(text);
    return NULL;
  }
  size_t n = strlen(text);
  while (n && (text[n - 1] == '\n' || text[n - 1] == '\r')) text[--n] = '\0';
  return text;
}

/* "name=value" as a member: a number, true, false, an array or an object as it stands, anything else as text. */
static void put_member(dyo_buf *b, const char *name, size_t n, const char *value, bool text)
{
  dyo_err ignored;
  char   *copy = strndup(name, n);
  dyo_buf_puts(b, b->n > 1 ? "," : "");
  dyo_buf_string(b, copy ? copy : "");
  b->failed = b->failed || !copy;
  free(copy);
  dyo_buf_puts(b, ":");
  const bool json = !text && dyo_json_check(value, strlen(value), &ignored) == DYO_OK;
  if (json) dyo_buf_puts(b, value);
  else dyo_buf_string(b, value);
}

/* The file's members, then those that are set, then secrets. */
static dyo_status put_config(const args *a, dyo_buf *b, dyo_err *err)
{
  char *file = a->file ? read_secret(a->file, err) : NULL;
  if (a->file && !file) return err->code;
  dyo_buf_puts(b, "{");
  if (file) {
    const size_t n = strlen(file), from = strspn(file, " \t\r\n");
    if (dyo_json_check(file, n, err) != DYO_OK || file[from] != '{') {
      wipe_text(file);
      return dyo_fail(err, DYO_INVALID_INPUT, "", "%.200s holds no JSON object", a->file);
    }
    size_t end = n;
    while (file[end - 1] != '}') end--;
    dyo_buf_add(b, file + from + 1, end - 1 - from - 1);
    wipe_text(file);
    if (strspn(b->s + 1, " \t\r\n") == b->n - 1) b->n = 1; /* {} */
  }
  for (int i = 0; i < a->n_sets + a->n_secrets; i++) {
    const bool   secret = i >= a->n_sets;
    const char  *pair   = secret ? a->secrets[i - a->n_sets] : a->sets[i];
    const size_t n      = strcspn(pair, "=");
    if (!pair[n])
      return dyo_fail(err, DYO_INVALID_INPUT, "", "found \"%.40s\"; NAME=%s is expected", pair,
                      secret ? "FILE" : "VALUE");
    char *held = secret ? read_secret(pair + n + 1, err) : NULL;
    if (secret && !held) return err->code;
    put_member(b, pair, n, secret ? held : pair + n + 1, secret && held[0] != '{');
    wipe_text(held);
  }
  dyo_buf_puts(b, "}");
  return b->failed ? dyo_oom(err) : DYO_OK;
}

/* --- making one ------------------------------------------------------------------------------------------------------------------ */

static dyo_status keep_schedule(const args *a, store *s, const char *id, dyo_err *err)
{
  char           same[ID_CHARS];
  store_schedule t = {.tenant  = store_lent(a->tenant),
                      .kind    = store_lent("sync"),
                      .subject = store_lent(id),
                      .request = store_lent("{}"),
                      .cron    = store_lent(a->schedule),
                      .zone    = store_lent(a->zone ? a->zone : "UTC"),
                      .enabled = true};
  memcpy(t.id, id, ID_CHARS);
  const dyo_status st = schedule_due(a->schedule, a->zone, id, (unsigned)a->c.jitter_s, clock_now_ms(), &t.due, err);
  return st == DYO_OK ? store_schedule_put(s, &t, same, err) : st;
}

static dyo_status make(const args *a, store *s, connect_hub *h, const char *type, const char *text, char id[ID_CHARS],
                       dyo_err *err)
{
  char        *kept = NULL;
  dyo_err      ignored;
  int64_t      due;
  dyo_status   st = connect_accept(h, a->tenant, type, text, NULL, &kept, err);
  store_source t  = {.name     = store_lent(a->name ? a->name : type),
                     .type     = store_lent(type),
                     .config   = kept,
                     .schedule = store_lent(a->schedule),
                     .zone     = store_lent(a->zone),
                     .state    = store_lent("new")};
  if (st == DYO_OK && a->schedule) st = schedule_due(a->schedule, a->zone, "", 0, clock_now_ms(), &due, err);
  if (st == DYO_OK) st = store_source_add(s, a->tenant, &t, id, err);
  free(kept);
  if (st != DYO_OK) return st;
  st = connect_keep_secrets(h, a->tenant, id, type, text, AUDIT_SELF, err);
  if (st == DYO_OK && a->schedule) st = keep_schedule(a, s, id, err);
  if (st != DYO_OK) store_source_delete(s, a->tenant, id, AUDIT_SELF, &ignored);
  return st;
}

static int report(const connect_report *r, const char *id)
{
  printf("%s\n", r->message);
  if (r->ok) printf("%s\n", id);
  return r->ok ? cli_flush() : (cli_flush(), 1);
}

/* Does a type fetch anything? Uploads do not. */
static bool fetches(const char *type)
{
  return strcmp(type, connect_words[0]) != 0 && connect_rows(type) != NULL;
}

static int which_type(const char *found)
{
  char   known[200];
  size_t n = 0;
  for (int i = 1; connect_words[i] && n < sizeof known; i++)
    n += (size_t)snprintf(known + n, sizeof known - n, "%s%s", i > 1 ? ", " : "", connect_words[i]);
  if (!found) return cli_usage("connector", "add takes a type: %s", known);
  return cli_usage("connector", "found \"%.40s\"; a type is expected: %s", found, known);
}

/* The check; where somebody is there for it, they sign in first if the source wants that. */
static dyo_status check(const args *a, connect_hub *h, const char *id, bool signs_in, connect_report *r, dyo_err *err)
{
  cli_person p;
  if (!signs_in) return connect_check(h, a->tenant, id, NULL, r, err);
  if (!cli_person_open(&p)) return dyo_fail(err, DYO_INTERNAL, "", "no port can be opened: %s", strerror(errno));
  const connect_person person = {p.redirect, cli_person_visit, &p};
  const dyo_status     st     = connect_sign_in(h, a->tenant, id, &person, r, err);
  cli_person_close(&p);
  return st;
}

/* One whose credentials are not good is not kept. */
static int add(const args *a, store *s, connect_hub *h)
{
  connect_report r = {0};
  dyo_buf        b = {0};
  dyo_err        err;
  char           id[ID_CHARS];
  if (a->n_words < 2 || !fetches(a->words[1])) return which_type(a->n_words < 2 ? NULL : a->words[1]);
  dyo_status st = put_config(a, &b, &err);
  if (st == DYO_OK) st = make(a, s, h, a->words[1], b.s, id, &err);
  wipe(b.s, b.n);
  dyo_buf_free(&b);
  if (st == DYO_OK) st = check(a, h, id, a->signs_in, &r, &err);
  if (st != DYO_OK) return cli_fail(&err);
  const int rc = report(&r, id);
  if (!r.ok) store_source_delete(s, a->tenant, id, AUDIT_SELF, &err);
  connect_report_free(&r);
  return rc;
}

static int test(const args *a, connect_hub *h, bool signs_in)
{
  connect_report r = {0};
  dyo_err        err;
  if (a->n_words < 2)
    return cli_usage("connector", "%s takes the connector's id; connector list shows it", a->words[0]);
  if (check(a, h, a->words[1], signs_in, &r, &err) != DYO_OK) return cli_fail(&err);
  const int rc = report(&r, a->words[1]);
  connect_report_free(&r);
  return rc;
}

static int list(const args *a, store *s)
{
  char next[STORE_CURSOR] = "";
  do {
    store_source *found = NULL;
    size_t        n     = 0;
    dyo_err       err;
    char          after[STORE_CURSOR], when[CLOCK_TEXT];
    memcpy(after, next, sizeof after);
    if (store_source_list(s, a->tenant, &(store_page){after, 1000}, &found, &n, next, &err) != DYO_OK)
      return cli_fail(&err);
    for (size_t i = 0; i < n; i++) {
      clock_text(found[i].last_sync, when);
      printf("%s  %-12s %-12s last data %s  %s%s%s\n", found[i].id, found[i].type, found[i].state,
             found[i].last_sync ? when : "never", found[i].name, found[i].message ? ": " : "",
             found[i].message ? found[i].message : "");
    }
    store_source_free(found, n);
    free(found);
  } while (next[0]);
  return cli_flush();
}

int cli_connector(int argc, char **argv)
{
  args         a;
  store       *s = NULL;
  connect_hub *h = NULL;
  dyo_err      err;
  const int    bad = read_args(argc, argv, &a);
  if (bad) return bad;
  const char *verb = a.n_words ? a.words[0] : "";
  if (strcmp(verb, "add") != 0 && strcmp(verb, "test") != 0 && strcmp(verb, "signin") != 0 && strcmp(verb, "list") != 0)
    return cli_usage("connector", "found \"%.20s\"; add, test, signin or list is expected", verb);
  dyo_status st = store_open(&(store_options){a.c.db, 1, false, true}, &s, &err);
  if (st == DYO_OK) st = cli_connect(&a.c, s, &h, &err);
  const int rc = st != DYO_OK     ? cli_fail(&err)
                 : verb[0] == 'a' ? add(&a, s, h)
                 : verb[0] != 'l' ? test(&a, h, verb[0] == 's')
                                  : list(&a, s);
  connect_free(h);
  store_close(s);
  return rc;
}

int cli_secrets(int argc, char **argv)
{
  args         a;
  store       *s = NULL;
  connect_hub *h = NULL;
  int64_t      n = 0;
  dyo_err      err;
  const int    bad = read_args(argc, argv, &a);
  if (bad) return bad;
  if (a.n_words != 1 || strcmp(a.words[0], "rotate") != 0) return cli_usage("secrets", "rotate is expected");
  dyo_status st = store_open(&(store_options){a.c.db, 1, false, true}, &s, &err);
  if (st == DYO_OK) st = cli_connect(&a.c, s, &h, &err);
  if (st == DYO_OK) st = connect_rotate(h, &n, &err);
  const audit_event e = {.action = "key.rotate", .subject = "", .detail = "{}"};
  if (st == DYO_OK) st = store_audit_add(s, AUDIT_INSTALLATION, &e, &err);
  if (st == DYO_OK) printf("%lld secrets are sealed under the first key now\n", (long long)n);
  connect_free(h);
  store_close(s);
  return st == DYO_OK ? cli_flush() : cli_fail(&err);
}
