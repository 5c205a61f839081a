/* SPDX-License-Identifier: GPL-3.0-or-later */
/* support-bundle: what helps somebody else to find a fault, as one file that may be given away: no secret, no tenant's name or data. */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/archive.h"
#include "base/clock.h"
#include "cli/cli.h"
#include "config.h"
#include "dyo_version.h"
#include "store/store.h"

enum { LAST_RUNS = 200, LOG_MOST = 1 << 20, FIGURES_MOST = 1 << 20, WAIT_S = 5, SHORT_DIGEST = 8 };

/* --- its files -------------------------------------------------------------------------------------------------------------- */

static void put_about(const config *c, FILE *to)
{
  struct utsname u;
  char           when[CLOCK_TEXT], shown[STORE_SHOWN];
  clock_text(clock_now_ms(), when);
  store_shown(c->db, shown);
  fprintf(to, "dyocensed %s\nmade %s\ndatabase %s\n", DYO_VERSION, when, shown);
  if (uname(&u) == 0) fprintf(to, "%s %s %s\n", u.sysname, u.release, u.machine);
  fprintf(to, "%ld cores\n", sysconf(_SC_NPROCESSORS_ONLN));
  fputs(
    "\nLeft out: tokens, keys and sealed secrets, names of tenants, their data, and messages of runs, which may quote it."
    "\nA log that was named is as it was written, but for tokens and the names of tenants; look through it.\n",
    to);
}

static void put_doctor(const config *c, FILE *to)
{
  fprintf(to, "%d problems\n", cli_diagnose(c->db, to));
}

static bool put_table(void *user, const char *table, int64_t rows)
{
  fprintf(user, "%-20s %12lld rows\n", table, (long long)rows);
  return true;
}

static dyo_status open_to_read(const config *c, store **s, dyo_err *err)
{
  return store_open(&(store_options){c->db, 1, true, false}, s, err);
}

static void put_tables(const config *c, FILE *to)
{
  store        *s = NULL;
  store_figures f;
  dyo_err       err;
  dyo_status    st = open_to_read(c, &s, &err);
  if (st == DYO_OK) st = store_stats(s, &f, &err);
  if (st == DYO_OK)
    fprintf(to, "schema %d, %lld bytes, log %lld bytes\n", f.schema, (long long)f.bytes, (long long)f.wal_bytes);
  if (st == DYO_OK) st = store_tables(s, put_table, to, &err);
  if (st != DYO_OK) fprintf(to, "%s\n", err.message);
  store_close(s);
}

/* A tenant as the beginning of a digest, which tells one from another and no more. */
static void put_tenant(FILE *to, const char *name, size_t n)
{
  uint8_t digest[DIGEST_SIZE];
  char    text[DIGEST_CHARS];
  digest_of(name, n, NULL, digest);
  digest_text(digest, text);
  fprintf(to, "%.*s", SHORT_DIGEST, text);
}

static void put_run(FILE *to, const store_run *r)
{
  static const char *const words[] = {"made", "begun", "ended"};
  const int64_t            at[]    = {r->created, r->started, r->finished};
  char                     when[CLOCK_TEXT];
  fprintf(to, "%s  tenant ", r->id);
  put_tenant(to, r->tenant, strlen(r->tenant));
  fprintf(to, "  %-16s %-28s %-9s", r->kind, strcmp(r->kind, "operation") == 0 ? r->subject : "",
          store_run_words[r->state]);
  for (int i = 0; i < 3; i++) {
    clock_text(at[i], when);
    fprintf(to, "  %s %s", words[i], at[i] ? when : "never");
  }
  fprintf(to, "  %d attempts  %lld read  %lld stored  %lld rejected  %s %s\n", r->attempts, (long long)r->rows_read,
          (long long)r->rows_stored, (long long)r->rows_rejected, r->code ? r->code : "", r->stage ? r->stage : "");
}

static void put_runs(const config *c, FILE *to)
{
  store     *s    = NULL;
  store_run *list = NULL;
  size_t     n    = 0;
  dyo_err    err;
  dyo_status st = open_to_read(c, &s, &err);
  if (st == DYO_OK) st = store_run_last(s, LAST_RUNS, &list, &n, &err);
  if (st != DYO_OK) fprintf(to, "%s\n", err.message);
  for (size_t i = 0; i < n; i++) put_run(to, &list[i]);
  store_run_free(list, n);
  free(list);
  store_close(s);
}

/* A connection to the port of figures; -1: there is none. */
static int connect_figures(const config *c)
{
  const struct addrinfo kind = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM};
  const struct timeval  wait = {.tv_sec = WAIT_S};
  struct addrinfo      *at   = NULL;
  char                  port[16];
  snprintf(port, sizeof port, "%.0f", c->metrics_port);
  if (getaddrinfo(c->listen, port, &kind, &at) != 0) return -1;
  int fd = socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd >= 0 && (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait) != 0 ||
                  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait) != 0 ||
                  connect(fd, at->ai_addr, at->ai_addrlen) != 0)) {
    close(fd);
    fd = -1;
  }
  freeaddrinfo(at);
  return fd;
}

static void put_figures(const config *c, FILE *to)
{
  static const char ask[] = "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  char              piece[4096];
  if (c->metrics_port == 0) {
    fputs("no metrics_port is set\n", to);
    return;
  }
  const int fd = connect_figures(c);
  ssize_t   n  = fd >= 0 && send(fd, ask, sizeof ask - 1, MSG_NOSIGNAL) == (ssize_t)sizeof ask - 1 ? 1 : -1;
  if (n < 0) fprintf(to, "%s:%.0f: %s\n", c->listen, c->metrics_port, strerror(errno));
  for (size_t all = 0; n > 0 && all < FIGURES_MOST; all += (size_t)n) {
    n = recv(fd, piece, sizeof piece, 0);
    if (n <= 0) break;
    fwrite(piece, 1, (size_t)n, to);
  }
  if (fd >= 0) close(fd);
}

/* A log's text without what is a token of ours; tenants as they are in the list of runs. */
static void put_redacted(const char *at, const char *end, FILE *to)
{
  static const char mark[] = "\"tenant\":\"";
  while (at < end) {
    const size_t token = id_token_length(at);
    if (token) {
      fputs("[redacted]", to);
      at += token;
    } else if (strncmp(at, mark, sizeof mark - 1) == 0) {
      at += sizeof mark - 1;
      const size_t n = strcspn(at, "\"\n");
      fputs(mark, to);
      put_tenant(to, at, n);
      at += n;
    } else {
      fputc(*at++, to);
    }
  }
}

/* The end of a log, from the beginning of a line. */
static void put_log(const char *path, FILE *to)
{
  FILE *f    = fopen(path, "rb");
  char *text = f ? calloc(1, LOG_MOST + 1) : NULL;
  if (text) {
    const bool   cut  = fseek(f, -LOG_MOST, SEEK_END) == 0;
    const size_t n    = fread(text, 1, LOG_MOST, f);
    const char  *line = cut ? memchr(text, '\n', n) : NULL;
    put_redacted(line ? line + 1 : text, text + n, to);
  } else {
    fprintf(to, "%s\n", strerror(errno));
  }
  free(text);
  if (f) fclose(f);
}

/* --- all of it ---------------------------------------------------------------------------------------------------------------- */

typedef void (*put_part)(const config *c, FILE *to);

static bool add(archive *a, const char *name, put_part put, const config *c, const char *log)
{
  char  *text = NULL;
  size_t n    = 0;
  FILE  *to   = open_memstream(&text, &n);
  if (to && put) put(c, to);
  else if (to) put_log(log, to);
  const bool whole = to && !ferror(to) && fclose(to) == 0;
  if (whole) archive_add(a, name, clock_now_ms() / 1000, text, n);
  free(text);
  return whole;
}

static int make(const config *c, const char *path, const char *log)
{
  static const struct {
    const char *name;
    put_part    put;
  } parts[]  = {{"about.txt", put_about},   {"settings.ini", config_print}, {"doctor.txt", put_doctor},
                {"tables.txt", put_tables}, {"runs.txt", put_runs},         {"figures.txt", put_figures}};
  archive *a = archive_new(path);
  if (!a) return cli_usage("support-bundle", "%.200s: %s", path, strerror(errno));
  bool whole = true;
  for (size_t i = 0; whole && i < sizeof parts / sizeof *parts; i++)
    whole = add(a, parts[i].name, parts[i].put, c, NULL);
  if (whole && log) whole = add(a, "log.txt", NULL, c, log);
  if (archive_end(a) && whole) return 0;
  dyo_err err;
  unlink(path);
  dyo_fail(&err, DYO_INTERNAL, "", "%.200s could not be written whole", path);
  return cli_fail(&err);
}

int cli_support(int argc, char **argv)
{
  config      c;
  dyo_err     err;
  const char *path = NULL, *log = NULL, **rest = calloc((size_t)argc + 1, sizeof *rest);
  int         n = 0, bad = 0;
  if (!rest) return 1;
  rest[n++] = argv[0];
  for (int i = 1; i < argc && !bad; i++) {
    const bool flag = argv[i][0] == '-';
    if (flag && i + 1 == argc) bad = cli_usage(argv[0], "%s takes a value", argv[i]);
    else if (strcmp(argv[i], "--log") == 0) log = argv[++i];
    else if (flag) rest[n++] = argv[i], rest[n++] = argv[++i];
    else if (path) bad = cli_usage(argv[0], "found \"%.40s\" as well", argv[i]);
    else path = argv[i];
  }
  if (!bad && !path) bad = cli_usage(argv[0], "the name of a new file is expected");
  ids_guard();
  if (!bad && !ids_start()) bad = cli_usage(argv[0], "this system gives no randomness");
  if (!bad && config_read(n, (char **)rest, &c, &err) != DYO_OK) bad = cli_fail(&err);
  free(rest);
  return bad ? bad : make(&c, path, log);
}
