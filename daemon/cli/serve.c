/* SPDX-License-Identifier: GPL-3.0-or-later */
/* serve: read the settings, wire the parts, run until somebody says stop. */
#include <errno.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/api.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/notify.h"
#include "cli/cli.h"
#include "cli/connector.h"
#include "config.h"
#include "dyo_version.h"
#include "store/audit.h"
#include "store/quotas.h"

/* What runs. */
typedef struct {
  store       *store;
  api         *api;
  connect_hub *connect;
  http_server *server, *figures;
  char        *certificate, *certificate_key;
  char         spool[CONFIG_TEXT + 16];
} parts;

static char *read_text(const char *path, dyo_err *err)
{
  size_t n    = 0;
  FILE  *f    = fopen(path, "rb");
  char  *text = f ? cli_read_all(f, &n) : NULL;
  if (!text) dyo_fail(err, DYO_INVALID_INPUT, "", "%.200s: %s", path, strerror(errno));
  if (f) fclose(f);
  char *ended = text ? realloc(text, n + 1) : NULL;
  if (!ended) {
    free(text);
    return NULL;
  }
  ended[n] = '\0';
  return ended;
}

static dyo_status read_certificate(const config *c, parts *p, dyo_err *err)
{
  if (!c->certificate[0] && !c->certificate_key[0]) return DYO_OK;
  if (!c->certificate[0] || !c->certificate_key[0])
    return dyo_fail(err, DYO_INVALID_INPUT, "", "certificate and certificate_key belong together; one is missing");
  p->certificate = read_text(c->certificate, err);
  if (p->certificate) p->certificate_key = read_text(c->certificate_key, err);
  return p->certificate && p->certificate_key ? DYO_OK : err->code;
}

/* The first token ever is shown once, on the terminal or in the journal, and never in the log. */
static dyo_status first_token(store *s, dyo_err *err)
{
  bool       any = true;
  char       token[TOKEN_CHARS], id[ID_CHARS];
  uint8_t    digest[DIGEST_SIZE];
  dyo_status st = store_token_any(s, &any, err);
  if (st != DYO_OK || any) return st;
  token_new(token);
  digest_of(token, strlen(token), NULL, digest);
  st =
    store_token_add(s, "default", "first run", SCOPE_READ | SCOPE_RUN | SCOPE_WRITE | SCOPE_ADMIN, 0, digest, id, err);
  if (st == DYO_OK) printf("First token of tenant \"default\" (shown once): %s\n", token);
  return st;
}

/* Settings of this host, where they are others than at the start before. */
static dyo_status note_settings(const config *c, store *s, dyo_err *err)
{
  char    host[256] = "";
  dyo_buf b         = {0};
  gethostname(host, sizeof host - 1);
  config_changes(c, &b);
  const audit_event e  = {.action = "settings", .subject = host, .detail = b.s};
  const dyo_status  st = b.failed ? dyo_oom(err) : store_audit_add_change(s, AUDIT_INSTALLATION, &e, err);
  dyo_buf_free(&b);
  return st;
}

static dyo_status start_store(const config *c, parts *p, dyo_err *err)
{
  const store_quotas usual = {.most = {[QUOTA_VALUES]    = c->quota_values,
                                       [QUOTA_SERIES]    = c->quota_series,
                                       [QUOTA_SOURCES]   = c->quota_sources,
                                       [QUOTA_UPLOAD_MB] = c->quota_upload_mb,
                                       [QUOTA_QUEUED]    = c->quota_queued,
                                       [QUOTA_RATE]      = c->quota_rate,
                                       [QUOTA_BURST]     = c->quota_burst}};
  dyo_status         st    = store_open(&(store_options){c->db, 8, false, false}, &p->store, err);
  if (st == DYO_OK) st = store_quotas_usual(p->store, &usual, err);
  if (st == DYO_OK) st = first_token(p->store, err);
  return st == DYO_OK ? note_settings(c, p->store, err) : st;
}

static dyo_status start_api(const config *c, parts *p, dyo_err *err)
{
  api_options o = api_defaults();
  snprintf(p->spool, sizeof p->spool, "%s.uploads", config_local(c));
  o.store        = p->store;
  o.connect      = p->connect;
  o.spool        = p->spool;
  o.pages        = c->pages[0] ? c->pages : NULL;
  o.origins      = c->origins[0] ? c->origins : NULL;
  o.threads      = (unsigned)c->threads;
  o.upload_most  = (uint64_t)(c->upload_mb * (1 << 20));
  o.request_most = (uint64_t)(c->request_mb * (1 << 20));
  o.inline_s     = c->inline_s;
  o.rate         = (unsigned)c->rate;
  o.burst        = (unsigned)c->burst;
  o.jitter_s     = (unsigned)c->jitter_s;
  return api_start(&o, &p->api, err);
}

static dyo_status start_servers(const config *c, parts *p, dyo_err *err)
{
  const long   cores = sysconf(_SC_NPROCESSORS_ONLN);
  http_handler h     = api_handler(p->api);
  http_options o     = http_defaults();
  o.address          = c->listen;
  o.port             = (int)c->port;
  o.listening        = notify_inherited();
  o.threads          = cores > 1 ? (unsigned)cores : 2;
  o.connections      = (unsigned)c->connections;
  o.per_address      = (unsigned)c->per_address;
  o.idle_s           = (unsigned)c->idle_s;
  o.header_s         = (unsigned)c->header_s;
  o.certificate      = p->certificate;
  o.certificate_key  = p->certificate_key;
  dyo_status st      = http_server_start(&o, &h, &p->server, err);
  if (st != DYO_OK || c->metrics_port == 0) return st;
  http_options f  = http_defaults();
  http_handler fh = api_metrics_handler(p->api);
  f.address       = c->listen;
  f.port          = (int)c->metrics_port;
  f.threads       = 1;
  return http_server_start(&f, &fh, &p->figures, err);
}

static dyo_status start(const config *c, parts *p, dyo_err *err)
{
  dyo_status st = read_certificate(c, p, err);
  if (st == DYO_OK) st = start_store(c, p, err);
  if (st == DYO_OK) st = cli_connect(c, p->store, &p->connect, err);
  if (st == DYO_OK) st = start_api(c, p, err);
  return st == DYO_OK ? start_servers(c, p, err) : st;
}

/* Listening ends first, what computes is asked to give up, what was received is answered. */
static void stop(const config *c, parts *p)
{
  if (p->server) http_server_drain(p->server, c->grace_s);
  http_server_stop(p->figures); /* before what it looks at goes */
  if (p->api) api_stop(p->api);
  http_server_stop(p->server);
  api_free(p->api);
  connect_free(p->connect);
  store_close(p->store);
  free(p->certificate);
  free(p->certificate_key);
}

static void say_ready(const config *c, const parts *p)
{
  const bool six = strchr(c->listen, ':') != NULL;
  char       shown[STORE_SHOWN];
  store_shown(c->db, shown);
  printf("dyocensed " DYO_VERSION " on %s://%s%s%s:%d, database %s\n", p->certificate ? "https" : "http",
         six ? "[" : "", c->listen, six ? "]" : "", http_server_port(p->server), shown);
  fflush(stdout);
  notify_ready();
  log_line l;
  log_begin(&l, LOG_INFO, "ready");
  log_text(&l, "version", DYO_VERSION);
  log_whole(&l, "port", http_server_port(p->server));
  log_end(&l);
}

/* Signals are taken by waiting for them: no handler, and every other thread keeps them blocked. */
static void wait_for_signal(sigset_t *set)
{
  int sig = 0;
  while (sigwait(set, &sig) != 0 || sig == SIGHUP) continue;
  notify_stopping();
  log_line l;
  log_begin(&l, LOG_INFO, "stopping");
  log_text(&l, "signal", sig == SIGTERM ? "SIGTERM" : "SIGINT");
  log_end(&l);
}

/* glibc gives each thread an arena of its own, up to eight for a core, and what one has free serves no other: the memory of a daemon of
 * some forty threads grows for hours that way, with the same amount in use. As many arenas as cores are enough for what computes. */
static void bound_arenas(void)
{
#ifdef __GLIBC__
  const long cores = sysconf(_SC_NPROCESSORS_ONLN);
  mallopt(M_ARENA_MAX, cores > 2 ? (int)cores : 2);
#endif
}

static void warn(const char *why)
{
  log_line l;
  log_begin(&l, LOG_WARN, "setting ignored");
  log_text(&l, "message", why);
  log_end(&l);
}

int cli_serve(int argc, char **argv)
{
  config    c;
  parts     p = {0};
  dyo_err   err;
  log_level level;
  sigset_t  set;
  if (argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
    config_help(stdout);
    return cli_flush();
  }
  if (config_read(argc, argv, &c, &err) != DYO_OK) return cli_fail(&err);
  if (!log_level_of(c.log_level, &level))
    return cli_usage("serve", "log_level: found \"%.40s\"; debug, info, warn or error is expected", c.log_level);
  log_set_level(level);
  config_strangers(warn);
  if (c.check) {
    config_print(&c, stdout);
    return cli_flush();
  }
  bound_arenas();
  ids_guard();
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &set, NULL);
  if (!ids_start()) return cli_usage("serve", "this system gives no randomness");
  const dyo_status st = start(&c, &p, &err);
  if (st == DYO_OK) {
    say_ready(&c, &p);
    wait_for_signal(&set);
  }
  stop(&c, &p);
  return st == DYO_OK ? 0 : cli_fail(&err);
}
