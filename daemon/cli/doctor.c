/* SPDX-License-Identifier: GPL-3.0-or-later */
/* doctor: what is wrong, in words. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "base/clock.h"
#include "cli/cli.h"
#include "store/audit.h"
#include "store/quotas.h"

static int check(FILE *to, bool ok, const char *what, const char *said, const char *advice)
{
  const bool more = !ok && advice[0];
  fprintf(to, "%-8s %-22s %s%s%s\n", ok ? "ok" : "PROBLEM", what, said, more ? ". " : "", more ? advice : "");
  return ok ? 0 : 1;
}

static int check_room(FILE *to, const char *db)
{
  struct statvfs v;
  char           folder[600], said[100];
  snprintf(folder, sizeof folder, "%s", db);
  char *slash = strrchr(folder, '/');
  if (slash) *slash = '\0';
  else memcpy(folder, ".", 2);
  if (statvfs(folder[0] ? folder : "/", &v) != 0)
    return check(to, false, "folder", folder, "Make it, or name another file with --db.");
  const double mib = (double)v.f_bavail * (double)v.f_frsize / (1 << 20);
  snprintf(said, sizeof said, "%.0f MiB free in %.50s", mib, folder);
  return check(to, mib >= 200, "disk", said, "Make room: with a full disk nothing can be stored.");
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

static int check_audit(FILE *to, store *s)
{
  audit_sum t = {0};
  dyo_err   err;
  char      said[100];
  if (store_audit_verify(s, sum_chain, &t, &err) != DYO_OK) return check(to, false, "audit", err.message, "");
  snprintf(said, sizeof said, "%lld events in %d chains, each whole", (long long)t.events, t.chains);
  return check(to, !t.broken, "audit", t.broken ? t.first : said, "dyocensed audit --verify shows every chain.");
}

static int check_usage(FILE *to, store *s)
{
  int64_t tenants = 0, wrong = 0;
  dyo_err err;
  char    said[100];
  if (store_usage_check(s, &tenants, &wrong, &err) != DYO_OK) return check(to, false, "quotas", err.message, "");
  if (wrong) snprintf(said, sizeof said, "%lld tenants have other series or values than counted", (long long)wrong);
  else snprintf(said, sizeof said, "%lld tenants have the series and values counted for them", (long long)tenants);
  return check(to, wrong == 0, "quotas", said, "Their limits hold for what was counted. Please report it.");
}

/* A run cannot have been made later than now. */
static int check_clock(FILE *to, int64_t newest)
{
  enum { SLACK_MS = 300000 };
  const int64_t now = clock_now_ms();
  char          when[CLOCK_TEXT], said[100];
  clock_text(now, when);
  snprintf(said, sizeof said, "it is %s%s", when,
           newest > now + SLACK_MS ? ", earlier than what is in the database" : "");
  return check(to, now > 1700000000000 && newest <= now + SLACK_MS, "clock", said,
               "Set the clock: schedules, leases and tokens depend on it.");
}

static int64_t newest_run(store *s)
{
  store_run *list = NULL;
  size_t     n    = 0;
  dyo_err    ignored;
  if (store_run_last(s, 1, &list, &n, &ignored) != DYO_OK) return 0;
  const int64_t newest = n ? list[0].created : 0;
  store_run_free(list, n);
  free(list);
  return newest;
}

static int check_database(FILE *to, const char *db, int64_t *newest)
{
  store        *s = NULL;
  dyo_err       err;
  store_figures f;
  struct stat   about;
  char          said[200];
  const bool    file = !store_is_server(db);
  if (file && stat(db, &about) != 0) return check(to, true, "database", "not there yet; serve makes it", "");
  if (store_open(&(store_options){db, 1, true, false}, &s, &err) != DYO_OK)
    return check(to, false, "database", err.message,
                 file ? "" : "Start it, or mend host, port, name and password of --db, ~/.pgpass or PGSERVICEFILE.");
  *newest = newest_run(s);
  int bad = 0;
  if (store_stats(s, &f, &err) == DYO_OK) {
    snprintf(said, sizeof said, "%.1f MiB, schema %d, %lld series, %lld values", (double)f.bytes / (1 << 20), f.schema,
             (long long)f.series, (long long)f.values);
    bad += check(to, true, "database", said, "");
    snprintf(said, sizeof said, "%lld queued, %lld running; %lld batches open", (long long)f.runs_queued,
             (long long)f.runs_running, (long long)f.batches_open);
    bad += check(to, true, "runs", said, "");
    snprintf(said, sizeof said, "%lld waiting, %lld given up today, %lld disabled", (long long)f.deliveries_waiting,
             (long long)f.deliveries_given_up, (long long)f.webhooks_disabled);
    bad += check(to, f.deliveries_given_up + f.webhooks_disabled == 0, "webhooks", said,
                 "GET /api/v1/alerts/ and /api/v1/alerts/deliveries/ say which and why.");
    bad += check_audit(to, s);
    bad += check_usage(to, s);
  } else {
    bad += check(to, false, "database", err.message, "");
  }
  if (file)
    bad +=
      check(to, (about.st_mode & 077) == 0, "rights",
            (about.st_mode & 077) == 0 ? "only its owner reads it" : "others may read the database", "chmod 600 it.");
  store_close(s);
  return bad;
}

int cli_diagnose(const char *db, FILE *to)
{
  int64_t newest = 0;
  int     bad    = store_is_server(db) ? 0 : check_room(to, db);
  bad += check_database(to, db, &newest);
  return bad + check_clock(to, newest);
}

int cli_doctor(int argc, char **argv)
{
  const char *db = getenv("DYOCENSE_DB") ? getenv("DYOCENSE_DB") : "dyocense.db";
  for (int i = 1; i < argc; i++) {
    if (strcmp(argv[i], "--db") != 0) return cli_usage("doctor", "found \"%.40s\"; only --db is known", argv[i]);
    if (++i == argc) return cli_usage("doctor", "--db takes a value");
    db = argv[i];
  }
  ids_guard();
  if (!ids_start()) return cli_usage("doctor", "this system gives no randomness");
  const int bad = cli_diagnose(db, stdout);
  return cli_flush() || bad ? 1 : 0;
}
