/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <ctype.h>
#include <errno.h>
#include <ini.h>
#include <math.h>
#include <stdio.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "json/dyo_json.h"
#include "store/store.h"

typedef struct {
  const char *name;
  bool        is_text;
  size_t      off;
  const char *text; /* as it is without being set */
  double      number, min, max;
  const char *doc;
} setting;

#define TEXT(m, dflt, dc)                            \
  {                                                  \
#m, true, offsetof(config, m), dflt, 0, 0, 0, dc \
  }
#define NUMBER(m, dflt, lo, hi, dc)                        \
  {                                                        \
#m, false, offsetof(config, m), NULL, dflt, lo, hi, dc \
  }

static const setting settings[] = {
  TEXT(listen, "127.0.0.1", "numeric address to listen on"),
  NUMBER(port, 8787, 0, 65535, "port to listen on; 0: any free one"),
  NUMBER(metrics_port, 0, 0, 65535, "port of the Prometheus figures; 0: none"),
  TEXT(db, "dyocense.db", "database file; or postgresql://... of a server that any number of daemons may share"),
  TEXT(local, "dyocense.db", "what the names of the uploads' folder and the key begin with, where db is a server"),
  TEXT(pages, "", "folder of the web page; empty: none is served"),
  TEXT(certificate, "", "PEM file of the certificate and its chain; empty: plain HTTP"),
  TEXT(certificate_key, "", "PEM file of its key"),
  TEXT(origins, "", "origins of other pages that may call the API, separated by blanks"),
  TEXT(log_level, "info", "debug, info, warn or error"),
  NUMBER(threads, 0, 0, 256, "threads that compute; 0: one a core"),
  NUMBER(connections, 1000, 1, 100000, "connections at most"),
  NUMBER(per_address, 0, 0, 100000, "connections of one address at most; 0: no limit"),
  NUMBER(idle_s, 60, 1, 3600, "seconds until a silent connection is closed"),
  NUMBER(header_s, 15, 1, 3600, "seconds until a request's header fields must be whole, and its body must flow"),
  NUMBER(upload_mb, 1024, 1, 1e6, "largest upload in MiB"),
  NUMBER(request_mb, 64, 1, 1024, "largest JSON request in MiB"),
  NUMBER(inline_s, 25, 0.1, 3600, "seconds after which an operation is answered 202 and goes on as a run"),
  NUMBER(rate, 50, 0, 1e6, "requests a second for each token; 0: no limit"),
  NUMBER(burst, 200, 1, 1e6, "requests at once for each token"),
  NUMBER(quota_values, 0, 0, 1e15, "values of series of each tenant that has no limit of its own; 0: no limit"),
  NUMBER(quota_series, 0, 0, 1e12, "series of each tenant, likewise"),
  NUMBER(quota_sources, 0, 0, 1e6, "connectors of each tenant, likewise"),
  NUMBER(quota_upload_mb, 0, 0, 1e12, "MiB of uploaded files kept of each tenant, likewise"),
  NUMBER(quota_queued, 0, 0, 1e9, "runs that wait of each tenant, likewise"),
  NUMBER(quota_rate, 0, 0, 1e6, "requests a second of all tokens of a tenant together, likewise"),
  NUMBER(quota_burst, 1000, 1, 1e6, "requests at once of all tokens of a tenant together"),
  NUMBER(grace_s, 10, 0, 600, "seconds that requests under way get when the daemon stops"),
  NUMBER(jitter_s, 5, 0, 60, "seconds that schedules are spread over, so that not all begin at once"),
  NUMBER(raw_days, 0, 0, 36500, "days that uploaded files are kept; 0: for good"),
  NUMBER(run_days, 90, 0, 36500, "days that finished runs are kept; 0: for good"),
  NUMBER(forecast_days, 0, 0, 36500, "days that forecasts are kept; 0: for good"),
  NUMBER(event_days, 90, 0, 36500, "days that alert events are kept; 0: for good"),
  TEXT(master_key_file, "",
       "file of the key that seals connectors' secrets, made when first needed; empty: the database's name and .key"),
  TEXT(connect_authorities, "", "PEM file of the certificate authorities that connectors trust; empty: the system's"),
  TEXT(mcp_servers, "", "JSON file of the MCP servers that connectors may use; empty: none"),
  NUMBER(connect_silent_s, 30, 1, 600, "seconds after which a connector gives up on a server that is silent or slow"),
  NUMBER(connect_request_s, 150, 1, 3600, "seconds that one request of a connector may take"),
  NUMBER(connect_backoff_s, 0.5, 0.001, 60, "seconds that the first repetition of a request waits at most"),
  NUMBER(connect_rate, 50, 0, 1e6, "requests a second that the connectors of a tenant make at most; 0: no limit"),
  NUMBER(webhook_hours, 24, 0.0001, 720, "hours after which the delivery of an alert to its webhook is given up"),
  NUMBER(connect_loopback, 0, 0, 1, "1: connectors may go to this machine itself, for tests"),
  {0}};

static const char *setting_at(const void *list, size_t i)
{
  return ((const setting *)list)[i].name;
}

static const setting *find(const char *name)
{
  for (const setting *s = settings; s->name; s++)
    if (strcmp(s->name, name) == 0) return s;
  return NULL;
}

static dyo_status unknown(const char *name, const char *where, dyo_err *err)
{
  const char *near = dyo_nearest(name, setting_at, settings);
  if (near)
    return dyo_fail(err, DYO_INVALID_INPUT, "", "%s: there is no setting \"%.40s\"; did you mean \"%s\"?", where, name,
                    near);
  return dyo_fail(err, DYO_INVALID_INPUT, "", "%s: there is no setting \"%.40s\"; dyocensed serve --help lists them",
                  where, name);
}

static dyo_status set(config *c, const char *name, const char *value, const char *where, dyo_err *err)
{
  const setting *s = find(name);
  if (!s) return unknown(name, where, err);
  char *at = (char *)c + s->off, *end = NULL;
  if (s->is_text) {
    if (strlen(value) >= CONFIG_TEXT)
      return dyo_fail(err, DYO_INVALID_INPUT, "", "%s: %s is over %d bytes", where, name, CONFIG_TEXT - 1);
    snprintf(at, CONFIG_TEXT, "%s", value);
    return DYO_OK;
  }
  const double v = strtod(value, &end);
  if (end == value || *end || !(v >= s->min) || !(v <= s->max))
    return dyo_fail(err, DYO_INVALID_INPUT, "", "%s: found %s = \"%.40s\"; a number from %g to %g is expected", where,
                    name, value, s->min, s->max);
  *(double *)(void *)at = v;
  return DYO_OK;
}

static void set_defaults(config *c)
{
  *c = (config){0};
  for (const setting *s = settings; s->name; s++) {
    char *at = (char *)c + s->off;
    if (s->is_text) snprintf(at, CONFIG_TEXT, "%s", s->text);
    else *(double *)(void *)at = s->number;
  }
}

typedef struct {
  config     *c;
  const char *path;
  dyo_err    *err;
  dyo_status  st;
} reading;

static int take_line(void *user, const char *section, const char *name, const char *value)
{
  reading *r = user;
  char     where[300];
  snprintf(where, sizeof where, "%.200s", r->path);
  if (r->st != DYO_OK) return 1;
  if (*section && strcmp(section, "dyocensed") != 0)
    r->st =
      dyo_fail(r->err, DYO_INVALID_INPUT, "", "%s: found section [%.40s]; only [dyocensed] is known", where, section);
  else r->st = set(r->c, name, value, where, r->err);
  return 1;
}

static dyo_status read_file(config *c, const char *path, dyo_err *err)
{
  reading   r    = {c, path, err, DYO_OK};
  const int line = ini_parse(path, take_line, &r);
  if (r.st != DYO_OK) return r.st;
  if (line < 0)
    return dyo_fail(err, DYO_INVALID_INPUT, "", "%.200s: %s", path, errno ? strerror(errno) : "it cannot be read");
  if (line > 0)
    return dyo_fail(err, DYO_INVALID_INPUT, "", "%.200s: line %d is neither name = value nor a comment", path, line);
  return DYO_OK;
}

static dyo_status read_environment(config *c, dyo_err *err)
{
  dyo_status st = DYO_OK;
  for (const setting *s = settings; s->name && st == DYO_OK; s++) {
    char name[64] = "DYOCENSE_";
    for (size_t i = 0, n = strlen(name); i <= strlen(s->name); i++)
      name[n + i] = (char)toupper((unsigned char)s->name[i]);
    const char *value = getenv(name);
    if (value) st = set(c, s->name, value, name, err);
  }
  return st;
}

void config_strangers(config_told told)
{
  static const char before[] = "DYOCENSE_", key[] = "master_key"; /* read where it is needed, and never printed */
  for (char **e = environ; e && *e; e++) {
    char         name[64] = "", where[80];
    const size_t n        = strcspn(*e, "=");
    if (strncmp(*e, before, strlen(before)) != 0 || n - strlen(before) >= sizeof name) continue;
    snprintf(where, sizeof where, "%.*s", (int)n, *e);
    for (size_t i = strlen(before); i < n; i++) name[i - strlen(before)] = (char)tolower((unsigned char)(*e)[i]);
    dyo_err err;
    if (find(name) || strcmp(name, key) == 0) continue;
    unknown(name, where, &err);
    told(err.message);
  }
}

/* --some-name to some_name */
static bool flag_name(const char *arg, char out[64])
{
  if (strncmp(arg, "--", 2) != 0 || strlen(arg + 2) >= 64) return false;
  snprintf(out, 64, "%s", arg + 2);
  for (char *c = out; *c; c++)
    if (*c == '-') *c = '_';
  return true;
}

dyo_status config_read(int argc, char **argv, config *out, dyo_err *err)
{
  dyo_status st = DYO_OK;
  set_defaults(out);
  for (int i = 1; i < argc && st == DYO_OK; i++)
    if (strcmp(argv[i], "--config") == 0)
      st =
        i + 1 < argc ? read_file(out, argv[i + 1], err) : dyo_fail(err, DYO_INVALID_INPUT, "", "--config takes a file");
  if (st == DYO_OK) st = read_environment(out, err);
  for (int i = 1; i < argc && st == DYO_OK; i++) {
    char name[64];
    if (strcmp(argv[i], "--check-config") == 0) {
      out->check = true;
      continue;
    }
    if (!flag_name(argv[i], name))
      return dyo_fail(err, DYO_INVALID_INPUT, "", "serve: found \"%.60s\"; a setting such as --port 8788 is expected",
                      argv[i]);
    if (i + 1 >= argc) return dyo_fail(err, DYO_INVALID_INPUT, "", "serve: %s takes a value", argv[i]);
    i++;
    if (strcmp(name, "config") != 0) st = set(out, name, argv[i], argv[i - 1], err);
  }
  return st;
}

const char *config_local(const config *c)
{
  return store_is_server(c->db) ? c->local : c->db;
}

/* A setting's value as text that may be shown. */
static const char *shown_value(const config *c, const setting *s, char room[STORE_SHOWN])
{
  const char *at = (const char *)c + s->off;
  if (at == c->db) store_shown(c->db, room);
  else if (!s->is_text) snprintf(room, STORE_SHOWN, "%.15g", *(const double *)(const void *)at);
  else return at;
  return room;
}

void config_print(const config *c, FILE *to)
{
  char shown[STORE_SHOWN];
  fputs("[dyocensed]\n", to);
  for (const setting *s = settings; s->name; s++) fprintf(to, "%s = %s\n", s->name, shown_value(c, s, shown));
}

static bool is_built_in(const config *c, const setting *s)
{
  const char *at = (const char *)c + s->off;
  return s->is_text ? strcmp(at, s->text) == 0 : *(const double *)(const void *)at == s->number;
}

void config_changes(const config *c, dyo_buf *to)
{
  char        shown[STORE_SHOWN];
  const char *comma = "";
  dyo_buf_puts(to, "{");
  for (const setting *s = settings; s->name; s++) {
    if (is_built_in(c, s)) continue;
    dyo_buf_printf(to, "%s\"%s\":", comma, s->name);
    dyo_buf_string(to, shown_value(c, s, shown));
    comma = ",";
  }
  dyo_buf_puts(to, "}");
}

void config_each(config_show show, void *user)
{
  for (const setting *s = settings; s->name; s++) {
    char flag[64], value[64];
    snprintf(flag, sizeof flag, "%s", s->name);
    for (char *c = flag; *c; c++)
      if (*c == '_') *c = '-';
    if (s->is_text) snprintf(value, sizeof value, "%s", s->text);
    else snprintf(value, sizeof value, "%g", s->number);
    show(user, flag, s->doc, value);
  }
}

static void help_line(void *to, const char *flag, const char *doc, const char *value)
{
  fprintf(to, "  --%-16s %s%s%s%s\n", flag, doc, *value ? " (" : "", value, *value ? ")" : "");
}

void config_help(FILE *to)
{
  fputs("usage: dyocensed serve [--config FILE] [--check-config] [--SETTING VALUE]...\n\n", to);
  config_each(help_line, to);
  fputs(
    "\nA setting is also read from the file (name = value) and from the environment (DYOCENSE_NAME); flags count most.\n",
    to);
}
