/* SPDX-License-Identifier: GPL-3.0-or-later */
/* audit: who did what, a JSON object a line; or whether the chains of events are whole. */
#include "store/audit.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "cli/cli.h"
#include "json/dyo_json.h"

typedef struct {
  const char *db, *tenant, *known;
  bool        verify;
} args;

static int read_args(int argc, char **argv, args *a)
{
  *a = (args){.db = getenv("DYOCENSE_DB") ? getenv("DYOCENSE_DB") : "dyocense.db"};
  for (int i = 1; i < argc; i++) {
    const char **to = strcmp(argv[i], "--db") == 0       ? &a->db
                      : strcmp(argv[i], "--tenant") == 0 ? &a->tenant
                      : strcmp(argv[i], "--known") == 0  ? &a->known
                                                         : NULL;
    if (strcmp(argv[i], "--verify") == 0) a->verify = true;
    else if (!to) return cli_usage("audit", "found \"%.40s\"; --db, --tenant, --verify and --known are known", argv[i]);
    else if (i + 1 == argc) return cli_usage("audit", "%s takes a value", argv[i]);
    else *to = argv[++i];
  }
  if (a->known && (!a->verify || strlen(a->known) != DIGEST_CHARS - 1))
    return cli_usage("audit", "--known takes the digest of an event, beside --verify");
  return ids_start() ? 0 : cli_usage("audit", "this system gives no randomness");
}

static bool print_event(void *user, const audit_event *e)
{
  dyo_buf *b = user;
  char     when[CLOCK_TEXT];
  clock_text(e->at, when);
  b->n = 0;
  const struct {
    const char *name, *value;
  } texts[] = {
    {"tenant", e->tenant}, {"at", when}, {"actor", e->actor}, {"action", e->action}, {"subject", e->subject}};
  dyo_buf_printf(b, "{\"seq\":%lld", (long long)e->seq);
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    dyo_buf_printf(b, ",\"%s\":", texts[i].name);
    dyo_buf_string(b, texts[i].value);
  }
  dyo_buf_printf(b, ",\"detail\":%s,\"digest\":\"%s\"}", e->detail, e->digest);
  return !b->failed && puts(b->s) >= 0;
}

static dyo_status print_all(const args *a, store *s, dyo_err *err)
{
  dyo_buf    b  = {0};
  dyo_status st = store_audit_list(s, a->tenant, print_event, &b, err);
  if (st == DYO_OK && b.failed) st = dyo_oom(err);
  dyo_buf_free(&b);
  return st;
}

static void print_chain(void *user, const audit_chain *c)
{
  bool   *whole = user;
  dyo_buf name  = {0};
  dyo_buf_string(&name, c->tenant);
  printf("%-8s %s: %lld events, head %s%s%s\n", c->complaint[0] ? "BROKEN" : "ok", name.failed ? "" : name.s,
         (long long)c->events, c->head, c->complaint[0] ? ": " : "", c->complaint);
  dyo_buf_free(&name);
  *whole = *whole && !c->complaint[0];
}

typedef struct {
  const char *digest;
  bool        found;
} wanted;

static bool look_for(void *user, const audit_event *e)
{
  wanted *w = user;
  w->found  = strcmp(e->digest, w->digest) == 0;
  return !w->found;
}

static dyo_status verify(const args *a, store *s, bool *whole, dyo_err *err)
{
  wanted     w  = {a->known, a->known == NULL};
  dyo_status st = store_audit_verify(s, print_chain, whole, err);
  if (st == DYO_OK && a->known) st = store_audit_list(s, NULL, look_for, &w, err);
  if (st != DYO_OK || w.found) return st;
  printf("%-8s no event has the digest %s\n", "BROKEN", a->known);
  *whole = false;
  return st;
}

int cli_audit(int argc, char **argv)
{
  args      a;
  store    *s     = NULL;
  bool      whole = true;
  dyo_err   err;
  const int bad = read_args(argc, argv, &a);
  if (bad) return bad;
  dyo_status st = store_open(&(store_options){a.db, 1, true, false}, &s, &err);
  if (st == DYO_OK) st = a.verify ? verify(&a, s, &whole, &err) : print_all(&a, s, &err);
  store_close(s);
  if (st != DYO_OK) return cli_fail(&err);
  return cli_flush() || !whole ? 1 : 0;
}
