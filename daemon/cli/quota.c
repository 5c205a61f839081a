/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tenant quota: what a tenant may have and what it has. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ids.h"
#include "cli/cli.h"
#include "store/quotas.h"

enum { VALUE_TEXT = 32 };

typedef struct {
  const char  *db, *tenant;
  store_quotas to;
  bool         change;
} args;

/* --upload-mb to its place among the words, or QUOTAS. */
static int quota_named(const char *flag)
{
  for (int i = 0; i < QUOTAS; i++) {
    const char *a = flag + 2, *b = quota_words[i];
    while (*a && (*a == *b || (*a == '-' && *b == '_'))) a++, b++;
    if (!*a && !*b) return i;
  }
  return QUOTAS;
}

static int read_limit(args *a, const char *flag, const char *value)
{
  char     *end = NULL;
  const int q   = quota_named(flag);
  if (q == QUOTAS)
    return cli_usage("tenant",
                     "unknown option \"%.40s\"; known are --db, --values, --series, --sources, --upload-mb, "
                     "--queued, --rate and --burst",
                     flag);
  if (!value) return cli_usage("tenant", "%s takes a value", flag);
  const bool usual = strcmp(value, "usual") == 0;
  a->change        = true;
  a->to.most[q]    = usual ? -1 : strtod(value, &end);
  if (usual) return 0;
  if (end == value || *end || !(a->to.most[q] >= 0) || !(a->to.most[q] <= 1e15))
    return cli_usage("tenant", "%s: found \"%.40s\"; a number, 0 for no limit, or \"usual\" is expected", flag, value);
  return 0;
}

static int read_args(int argc, char **argv, args *a)
{
  *a = (args){.db = getenv("DYOCENSE_DB") ? getenv("DYOCENSE_DB") : "dyocense.db"};
  for (int i = 0; i < QUOTAS; i++) a->to.most[i] = NAN;
  for (int i = 2; i < argc; i++) {
    const char *value = i + 1 < argc ? argv[i + 1] : NULL;
    int         bad   = 0;
    if (strcmp(argv[i], "--db") == 0 && value) a->db = value, i++;
    else if (strncmp(argv[i], "--", 2) == 0) bad = read_limit(a, argv[i++], value);
    else if (!a->tenant) a->tenant = argv[i];
    else return cli_usage("tenant", "found \"%.40s\" as well", argv[i]);
    if (bad) return bad;
  }
  if (!a->tenant || !a->tenant[0] || strlen(a->tenant) > 200)
    return cli_usage("tenant", "quota takes the name of a tenant, 1 to 200 bytes");
  ids_guard();
  return ids_start() ? 0 : cli_usage("tenant", "this system gives no randomness");
}

static void number(double v, const char *none, char out[VALUE_TEXT])
{
  if (isnan(v)) snprintf(out, VALUE_TEXT, "%s", none);
  else snprintf(out, VALUE_TEXT, v == floor(v) ? "%.0f" : "%.3f", v);
}

static int print(const args *a, store *s)
{
  store_quota is[QUOTAS];
  dyo_err     err;
  if (store_quotas_look(s, a->tenant, is, &err) != DYO_OK) return cli_fail(&err);
  for (int i = 0; i < QUOTAS; i++) {
    char used[VALUE_TEXT], most[VALUE_TEXT];
    number(is[i].used, "-", used);
    number(is[i].most > 0 ? is[i].most : NAN, "no limit", most);
    printf("%-10s %16s of %-16s %-10s %s\n", quota_words[i], used, most, is[i].own ? "its own" : "usual",
           quota_docs[i]);
  }
  return cli_flush();
}

int cli_quota(int argc, char **argv)
{
  args      a;
  store    *s = NULL;
  dyo_err   err;
  const int bad = read_args(argc, argv, &a);
  if (bad) return bad;
  dyo_status st = store_open(&(store_options){a.db, 1, false, true}, &s, &err);
  if (st == DYO_OK && a.change) st = store_quotas_set(s, a.tenant, &a.to, &err);
  const int rc = st == DYO_OK ? print(&a, s) : cli_fail(&err);
  store_close(s);
  return rc;
}
