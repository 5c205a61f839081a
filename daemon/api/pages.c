/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Health, the table in words, and the files of the page. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "api/exchange.h"
#include "dyo_version.h"
#include "ops/dyo_call.h"

typedef struct {
  const char *status, *version;
} health_out;

const dyo_field health_rows[] = {DYO_STR(health_out, status, DYO_REQ, 0, "ok: it answers."),
                                 DYO_STR(health_out, version, DYO_REQ, 0, "Of the program."), DYO_END(health_out)};

void api_health(exchange *x)
{
  api_row(x, 200, health_rows, &(health_out){"ok", DYO_VERSION});
}

static const char *const database_words[] = {"sound", "checking", "damaged", "silent", NULL};

typedef struct {
  int         database;
  const char *advice;
} ready_out;

const dyo_field ready_rows[] = {DYO_ENUM(ready_out, database, DYO_REQ, database_words, "What its check found."),
                                DYO_STR(ready_out, advice, DYO_OPT, 0, "What to do about it."), DYO_END(ready_out)};

void api_ready(exchange *x)
{
  char               detail[256];
  const store_health h   = store_check(x->a->store, detail, sizeof detail);
  const bool         bad = h == STORE_DAMAGED || h == STORE_SILENT;
  const ready_out    out = {h == STORE_SOUND      ? 0
                            : h == STORE_CHECKING ? 1
                            : h == STORE_DAMAGED  ? 2
                                                  : 3,
                         h == STORE_DAMAGED  ? "restore a backup: dyocensed restore --help"
                            : h == STORE_SILENT ? "see to the database server; the daemon goes on once it answers"
                                                : NULL};
  api_row(x, bad || atomic_load(&x->a->stopping) ? 503 : 200, ready_rows, &out);
}

typedef struct {
  const char *name, *path, *summary, *formula, *method;
} operation_out;

static const dyo_field operation_rows[] = {
  DYO_STR(operation_out, name, DYO_REQ, 0, "Its name."),
  DYO_STR(operation_out, path, DYO_REQ, 0, "Where it is."),
  DYO_STR(operation_out, summary, DYO_REQ, 0, "What it does."),
  DYO_STR(operation_out, formula, DYO_OPT, 0, "What it computes, in a line, where one line says it."),
  DYO_STR(operation_out, method, DYO_REQ, 0, "The paper or page it follows."),
  DYO_END(operation_out)};

typedef struct {
  operation_out *operations;
  size_t         n_operations;
} operations_out; /* printed by dyo_describe */

const dyo_field operations_rows[] = {
  DYO_LIST(operations_out, operations, DYO_REQ, 0, operation_out, operation_rows, "Every operation."),
  DYO_END(operations_out)};

static void send_described(exchange *x, const char *what)
{
  char   *text = NULL;
  dyo_err err;
  dyo_buf b = {0};
  if (dyo_describe(what, &text, &err) != DYO_OK) {
    api_problem(x, &err);
    return;
  }
  dyo_buf_puts(&b, text);
  free(text);
  api_json(x, 200, &b);
}

void api_operations(exchange *x)
{
  send_described(x, "ops");
}

void api_openapi(exchange *x)
{
  dyo_buf b = {0};
  dyo_buf_puts(&b, x->a->openapi);
  api_json(x, 200, &b);
}

static const struct {
  const char *ending, *type;
} types[] = {{".html", "text/html; charset=utf-8"},
             {".js", "text/javascript; charset=utf-8"},
             {".css", "text/css; charset=utf-8"},
             {".wasm", "application/wasm"},
             {".json", "application/json"},
             {".svg", "image/svg+xml"},
             {".png", "image/png"},
             {".webmanifest", "application/manifest+json"},
             {".csv", "text/csv; charset=utf-8"},
             {".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
             {".ico", "image/x-icon"},
             {".txt", "text/plain; charset=utf-8"}};

static const char *type_of(const char *path)
{
  const size_t n = strlen(path);
  for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
    const size_t k = strlen(types[i].ending);
    if (n > k && strcmp(path + n - k, types[i].ending) == 0) return types[i].type;
  }
  return NULL;
}

static char *read_file(int fd, size_t n)
{
  char  *bytes = malloc(n ? n : 1);
  size_t got   = 0;
  while (bytes && got < n) {
    const ssize_t some = read(fd, bytes + got, n - got);
    if (some <= 0) break;
    got += (size_t)some;
  }
  if (bytes && got == n) return bytes;
  free(bytes);
  return NULL;
}

/* A file of the page's folder; the server has refused "." and ".." segments, links out of it are not followed. */
void api_file(exchange *x)
{
  const char *path = http_path(x->r);
  char        name[1024];
  struct stat about;
  if (!x->a->o.pages || strchr(path, '\\') || strlen(path) + strlen(x->a->o.pages) + 12 > sizeof name) {
    api_not_found(x);
    return;
  }
  snprintf(name, sizeof name, "%s%s%s", x->a->o.pages, path, path[strlen(path) - 1] == '/' ? "index.html" : "");
  const char *type = type_of(name);
  const int   fd   = type ? open(name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) : -1;
  if (fd < 0 || fstat(fd, &about) != 0 || !S_ISREG(about.st_mode)) {
    if (fd >= 0) close(fd);
    api_not_found(x);
    return;
  }
  http_reply *p = api_reply(200);
  api_page_headers(p);
  http_reply_header(p, "Cache-Control", strstr(name, "/assets/") ? "public, max-age=31536000, immutable" : "no-cache");
  char *bytes = read_file(fd, (size_t)about.st_size);
  close(fd);
  http_reply_body(p, type, bytes ? http_body_new(bytes, (size_t)about.st_size) : NULL);
  api_finish(x, p);
}

static void put_op(dyo_buf *b, const dyo_op *op)
{
  dyo_buf_printf(b, "<tr><td><code>POST /api/v1/%s</code></td><td>%s</td></tr>\n", op->path, op->summary);
}

/* A plain page of what there is, without a script: the whole of it is in /openapi.json. */
void api_docs(exchange *x)
{
  dyo_buf b = {0};
  dyo_buf_puts(&b,
               "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content=\"width=device-width\">"
               "<title>Dyocense API</title><style>body{font:16px/1.5 system-ui;margin:2rem auto;max-width:60rem;"
               "padding:0 1rem;color-scheme:light dark}td{padding:.3rem .8rem .3rem 0;vertical-align:top}</style>"
               "<h1>Dyocense API</h1><p>Version " DYO_VERSION ". Every request carries <code>Authorization: Bearer "
               "dyo_…</code>; <code>dyocensed token create</code> makes one. Fields, ranges and answers are in "
               "<a href=/openapi.json>openapi.json</a>.</p><h2>Operations</h2><table>");
  for (const dyo_op *op = dyo_ops; op->name; op++) put_op(&b, op);
  dyo_buf_puts(&b, "</table><h2>Data</h2><table>");
  for (const route *r = api_routes; r->method; r++)
    if (strncmp(r->pattern, "/api/", 5) == 0 && !strstr(r->pattern, "{op-path}"))
      dyo_buf_printf(&b, "<tr><td><code>%s %s</code></td></tr>\n", r->method, r->pattern);
  dyo_buf_puts(&b, "</table></html>");
  http_reply *p = api_reply(200);
  api_page_headers(p);
  if (b.failed) dyo_buf_free(&b);
  http_reply_body(p, "text/html; charset=utf-8", http_body_new(b.s, b.n));
  api_finish(x, p);
}
