/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mcp: the Model Context Protocol by lines of standard input and output, for assistants that start their servers themselves. Whoever
 * starts it may read the database file, so that there is no token: --tenant says whose data it is about. */
#include "api/mcp.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "cli/cli.h"
#include "jobs/pool.h"

enum { THREADS = 4, WAITING = 1000, LOOK_MS = 100, PIECE = 1 << 16 };

typedef struct talk talk;

/* A request that is being answered on another thread. */
typedef struct job {
  struct job *next, **link;
  talk       *t;
  char       *text;
  mcp_message m;
  mcp_version version;
  work        one;
  double      shown;
  bool        dropped; /* cancelled by the client: it wants no answer */
} job;

struct talk {
  api            *a;
  mcp_tools      *tools;
  const char     *tenant;
  pool           *workers;
  mcp_version     version; /* of the legacy era, once it was chosen */
  pthread_mutex_t lock;    /* of what follows, and of standard output */
  job            *jobs;
  bool            deaf; /* nobody reads what we write */
  dyo_buf         line;
  bool            too_long; /* the rest of this line is thrown away */
};

/* --- output ----------------------------------------------------------------------------------------------------------- */

/* The lock is held. */
static void write_line(talk *t, dyo_buf *b)
{
  dyo_buf_puts(b, "\n");
  for (size_t at = 0; at < b->n && !t->deaf && !b->failed;) {
    const ssize_t n = write(STDOUT_FILENO, b->s + at, b->n - at);
    if (n > 0) at += (size_t)n;
    else if (n < 0 && errno != EINTR) t->deaf = true;
  }
}

static void say(talk *t, dyo_buf *b)
{
  pthread_mutex_lock(&t->lock);
  if (b->n) write_line(t, b);
  pthread_mutex_unlock(&t->lock);
  dyo_buf_free(b);
}

/* --- jobs ------------------------------------------------------------------------------------------------------------------ */

static void free_job(job *j)
{
  mcp_message_free(&j->m);
  free(j->text);
  free(j);
}

static void answer(void *arg)
{
  job           *j    = arg;
  talk          *t    = j->t;
  dyo_buf        out  = {0};
  const mcp_peer peer = {t->a, t->tools, t->tenant, NULL, j->version};
  mcp_answer(&peer, &j->m, &j->one, &out);
  pthread_mutex_lock(&t->lock);
  *j->link = j->next;
  if (j->next) j->next->link = j->link;
  if (!j->dropped) write_line(t, &out);
  pthread_mutex_unlock(&t->lock);
  dyo_buf_free(&out);
  free_job(j);
}

static void begin_job(job *j)
{
  talk          *t    = j->t;
  const mcp_peer peer = {t->a, t->tools, t->tenant, NULL, j->version};
  const bool     slow = mcp_takes_time(&peer, &j->m);
  pthread_mutex_lock(&t->lock);
  j->next = t->jobs;
  j->link = &t->jobs;
  if (j->next) j->next->link = &j->next;
  t->jobs = j;
  pthread_mutex_unlock(&t->lock);
  if (!slow || !pool_add(t->workers, answer, j)) answer(j);
}

static void cancel_named(talk *t, const mcp_message *by)
{
  pthread_mutex_lock(&t->lock);
  for (job *j = t->jobs; j; j = j->next)
    if (mcp_same(j->m.id, by->cancelled)) {
      j->dropped = true;
      atomic_store(&j->one.cancel, 1);
    }
  pthread_mutex_unlock(&t->lock);
}

static void show_progress(talk *t, job *j)
{
  const double fraction = atomic_load(&j->one.fraction);
  dyo_buf      b        = {0};
  if (!j->m.token.s || j->dropped || fraction <= j->shown) return;
  j->shown = fraction;
  mcp_progress(&b, &j->m, j->version, fraction < 1 ? fraction : 1, atomic_load(&j->one.stage));
  write_line(t, &b);
  dyo_buf_free(&b);
}

/* Progress goes out; everything is given up where somebody said stop, or nobody listens any more. False: nothing is under way. */
static bool look_around(talk *t)
{
  struct pollfd out = {.fd = STDOUT_FILENO};
  pthread_mutex_lock(&t->lock);
  if (poll(&out, 1, 0) > 0 && (out.revents & (POLLERR | POLLHUP))) t->deaf = true;
  for (job *j = t->jobs; j; j = j->next) {
    show_progress(t, j);
    if (t->deaf || cli_stopped()) atomic_store(&j->one.cancel, 1);
  }
  const bool busy = t->jobs != NULL;
  pthread_mutex_unlock(&t->lock);
  return busy;
}

/* --- messages ------------------------------------------------------------------------------------------------------------------- */

/* Modern requests say their version; the others follow an initialize. */
static bool era_of(talk *t, job *j, dyo_buf *out)
{
  const bool discovers = strcmp(j->m.method, "server/discover") == 0;
  if (strcmp(j->m.method, "initialize") == 0 && !j->m.has_version) {
    const mcp_version wanted = mcp_version_of(j->m.wanted);
    t->version               = wanted == MCP_NONE || wanted >= MCP_2026_07_28 ? MCP_2025_11_25 : wanted;
  }
  j->version = j->m.has_version || discovers ? MCP_2026_07_28 : t->version;
  if (j->version == MCP_2026_07_28) return mcp_modern_ok(&j->m, out);
  if (j->version != MCP_NONE) return true;
  j->version = MCP_2025_11_25;
  if (strcmp(j->m.method, "ping") == 0) return true;
  mcp_error(out, j->m.id, MCP_INVALID_PARAMS, NULL,
            "params._meta[\"io.modelcontextprotocol/protocolVersion\"] is missing, and there was no initialize");
  return false;
}

static void take_message(talk *t, char *text, size_t n)
{
  dyo_buf out = {0};
  job    *j   = calloc(1, sizeof *j);
  if (!j) {
    free(text);
    return;
  }
  j->t     = t;
  j->text  = text;
  j->shown = -1;
  atomic_init(&j->one.stage, "started");
  if (!mcp_read(text, n, &j->m, &out)) say(t, &out);
  else if (j->m.kind == MCP_REQUEST && era_of(t, j, &out)) {
    begin_job(j);
    return;
  } else if (j->m.kind == MCP_REQUEST) say(t, &out);
  else if (j->m.kind == MCP_NOTIFICATION && strcmp(j->m.method, "notifications/cancelled") == 0) cancel_named(t, &j->m);
  free_job(j);
}

static void end_line(talk *t)
{
  dyo_buf out = {0};
  if (t->too_long || t->line.failed) {
    mcp_error(&out, (dyo_piece){0}, MCP_INVALID_REQUEST, NULL, "a line is over 16 MiB");
    say(t, &out);
    dyo_buf_free(&t->line);
  } else if (t->line.n && t->line.s[strspn(t->line.s, " \t\r")]) {
    take_message(t, t->line.s, t->line.n);
  } else dyo_buf_free(&t->line);
  t->line     = (dyo_buf){0};
  t->too_long = false;
}

static void take_bytes(talk *t, const char *s, size_t n)
{
  while (n) {
    const char  *end  = memchr(s, '\n', n);
    const size_t part = end ? (size_t)(end - s) : n;
    if (t->line.n + part > MCP_LONGEST) t->too_long = true;
    if (!t->too_long) dyo_buf_add(&t->line, s, part);
    if (end) end_line(t);
    s += part + (end != NULL);
    n -= part + (end != NULL);
  }
}

/* Until the input ends, somebody says stop, or nobody reads the answers. What is under way at the end of the input is answered. */
static void listen_on(talk *t)
{
  char          piece[PIECE];
  struct pollfd in   = {.fd = STDIN_FILENO, .events = POLLIN};
  bool          open = true, busy = true;
  while (!cli_stopped() && !t->deaf && (open || busy)) {
    const int ready = poll(&in, open ? 1 : 0, busy ? LOOK_MS : -1);
    ssize_t   n     = ready > 0 ? read(STDIN_FILENO, piece, sizeof piece) : -1;
    if (n > 0) take_bytes(t, piece, (size_t)n);
    else if (ready > 0 && (n == 0 || (errno != EINTR && errno != EAGAIN))) {
      if (t->line.n) end_line(t); /* the last one may have no line end */
      open = false;
    }
    busy = look_around(t);
  }
  look_around(t);
}

/* --- the command ----------------------------------------------------------------------------------------------------------------- */

typedef struct {
  const char *db, *tenant;
  bool        no_db;
} options;

static int read_options(int argc, char **argv, options *o)
{
  *o = (options){.db = getenv("DYOCENSE_DB") ? getenv("DYOCENSE_DB") : "dyocense.db", .tenant = "default"};
  for (int i = 1; i < argc; i++) {
    const char **to = strcmp(argv[i], "--db") == 0 ? &o->db : strcmp(argv[i], "--tenant") == 0 ? &o->tenant : NULL;
    if (to && i + 1 < argc) *to = argv[++i];
    else if (to) return cli_usage(argv[0], "%s takes a value", argv[i]);
    else if (strcmp(argv[i], "--no-db") == 0) o->no_db = true;
    else return cli_usage(argv[0], "unknown argument \"%.40s\"; known are --db, --tenant and --no-db", argv[i]);
  }
  ids_guard();
  return ids_start() ? 0 : cli_usage(argv[0], "this system gives no randomness");
}

int cli_mcp(int argc, char **argv)
{
  options   o;
  dyo_err   err;
  store    *s      = NULL;
  talk      t      = {.version = MCP_NONE};
  const int status = read_options(argc, argv, &o);
  if (status) return status;
  log_set_level(LOG_WARN);
  dyo_status st = o.no_db ? DYO_OK : store_open(&(store_options){o.db, 2, false, true}, &s, &err);
  if (st == DYO_OK) st = mcp_tools_new(s ? MCP_STORE : MCP_ALONE, &t.tools, &err);
  t.tenant  = o.tenant;
  t.a       = st == DYO_OK ? api_bare(s) : NULL;
  t.workers = st == DYO_OK ? pool_start(THREADS, WAITING, false) : NULL;
  if (st == DYO_OK && (!t.a || !t.workers)) st = dyo_oom(&err);
  pthread_mutex_init(&t.lock, NULL);
  if (st == DYO_OK) listen_on(&t);
  pool_stop(t.workers);
  pool_free(t.workers);
  dyo_buf_free(&t.line);
  mcp_tools_free(t.tools);
  api_free(t.a);
  store_close(s);
  pthread_mutex_destroy(&t.lock);
  return st == DYO_OK ? 0 : cli_fail(&err);
}
