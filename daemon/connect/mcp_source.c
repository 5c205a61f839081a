/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The connector to an MCP server: its documents are tables, which are its resources, or what one tool lists and another reads. Such a
 * server tells no counts and no changes: it is listed until two lists agree, all documents are read in every sync, and where it tells
 * a size, that has to be what came. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "connect/connectors.h"
#include "connect/guard.h"
#include "connect/jwt.h"
#include "connect/mcp_records.h"
#include "connect/peer.h"
#include "connect/peer_auth.h"
#include "connect/sync.h"
#include "connect/table.h"
#include "connect/told.h"

enum { LISTS_MOST = 4, AT_ONCE = 32, DOCUMENTS_MOST = 100000 };
static const char object[] = "documents";

typedef struct {
  const char *server, *uri_prefix, *list_tool, *list_arguments, *read_tool, *read_argument;
  const char *parse, *file_dimension, *client_id, *issuer, *scope;
  const char *client_secret, *private_key, *refresh_token, *access_token; /* secrets */
  mcp_query  *queries;
  size_t      n_queries;
  bool        registered;
  int         aggregate;
} mcp_config;

static const dyo_field rows[] = {
  DYO_STR(mcp_config, server, DYO_REQ, 100, "The MCP server, by the name that the operator gave it."),
  DYO_STR(mcp_config, uri_prefix, DYO_OPT, 500,
          "Of the resources, those whose URI begins so; absent: all that are tables."),
  DYO_STR(mcp_config, list_tool, DYO_OPT, 128, "A tool whose answer names the documents, in place of resources."),
  DYO_JSON(mcp_config, list_arguments, DYO_OPT, "Its arguments."),
  DYO_STR(mcp_config, read_tool, DYO_OPT, 128, "The tool that answers one of them."),
  DYO_STR(mcp_config, read_argument, DYO_OPT, 128, "Its argument that takes the document's name."),
  DYO_LIST(mcp_config, queries, DYO_OPT, 50, mcp_query, mcp_query_rows,
           "Records that tools answer, in place of documents."),
  DYO_JSON(mcp_config, parse, DYO_OPT, "How documents are read, as series.parse takes it."),
  DYO_STR(mcp_config, file_dimension, DYO_OPT, 100, "A dimension that gets each document's name."),
  DYO_ENUM(mcp_config, aggregate, AGGREGATE_LAST, aggregate_words,
           "What becomes of values for one day and series from several documents."),
  DYO_STR(mcp_config, client_id, DYO_OPT, 500,
          "The client as the server's authorization server knows it; absent: a sign-in registers one."),
  DYO_STR(mcp_config, issuer, DYO_OPT, 500,
          "The authorization server that gets credentials; absent: the one that the server names."),
  DYO_STR(mcp_config, scope, DYO_OPT, 500, "Scopes to ask for; absent: those that the server names."),
  DYO_BOOL(mcp_config, registered, 0, "Set by a sign-in that registered the client: the next one does it anew."),
  DYO_STR(mcp_config, client_secret, DYO_OPT, 4000, "Secret of the client."),
  DYO_STR(mcp_config, private_key, DYO_OPT, 20000,
          "PEM of the client's private key, in place of a secret: RSA, or P-256."),
  DYO_STR(mcp_config, refresh_token, DYO_OPT, 8000, "What a sign-in gave."),
  DYO_STR(mcp_config, access_token, DYO_OPT, 8000, "What a sign-in gave that is not renewed: used until it ends."),
  DYO_END(mcp_config)};

static const char *const secrets[] = {"client_secret", "private_key", "refresh_token", "access_token", NULL};

static dyo_status accept_login(const mcp_config *c, bool (*has)(void *user, const char *secret), void *user,
                               bool loopback, dyo_err *err)
{
  guard_url ignored;
  dyo_err   why;
  if (c->issuer && guard_read(c->issuer, loopback, &ignored, &why) != DYO_OK)
    return dyo_fail(err, DYO_INVALID_INPUT, "/config/issuer", "%s", why.message);
  for (int i = 0; secrets[i] && i < 3; i++)
    if (!c->client_id && has(user, secrets[i]))
      return dyo_fail(err, DYO_INVALID_INPUT, "/config/client_id", "missing; %s belongs to a client", secrets[i]);
  if (c->private_key && !jwt_algorithm(c->private_key))
    return dyo_fail(
      err, DYO_INVALID_INPUT, "/config/private_key",
      "found something else; the PEM text of a private key, RSA of 2048 bits or more or P-256, is expected");
  return DYO_OK;
}

static dyo_status accept_mcp(const void *config, bool (*has)(void *user, const char *secret), void *user, bool loopback,
                             dyo_err *err)
{
  const mcp_config *c = config;
  if (c->list_tool && (!c->read_tool || !c->read_argument))
    return dyo_fail(err, DYO_INVALID_INPUT, c->read_tool ? "/config/read_argument" : "/config/read_tool",
                    "missing; a list_tool needs a read_tool and its read_argument");
  if (c->read_tool && !c->list_tool)
    return dyo_fail(err, DYO_INVALID_INPUT, "/config/list_tool", "missing; a read_tool needs a list_tool");
  if (c->uri_prefix && c->list_tool)
    return dyo_fail(err, DYO_INVALID_INPUT, "/config/uri_prefix", "resources are not read where a list_tool is set");
  if (c->file_dimension && !c->file_dimension[0])
    return dyo_fail(err, DYO_INVALID_INPUT, "/config/file_dimension", "found \"\"; a name is expected");
  if (c->n_queries && (c->list_tool || c->uri_prefix || c->parse || c->file_dimension))
    return dyo_fail(err, DYO_INVALID_INPUT, "/config/queries",
                    "found beside settings of documents; either is expected");
  if (mcp_queries_accept(c->queries, c->n_queries, err) != DYO_OK) return err->code;
  if (c->parse && table_options_ok(c->parse, err) != DYO_OK) return err->code;
  return accept_login(c, has, user, loopback, err);
}

static dyo_status open_mcp(session *s, dyo_err *err)
{
  const mcp_config *c     = s->config;
  peer_login       *login = DYO_NEW(&s->ctx, 1, peer_login);
  peer_auth        *auth  = DYO_NEW(&s->ctx, 1, peer_auth);
  if (!login || !auth) return dyo_oom(err);
  *login      = (peer_login){c->client_id, c->issuer, c->scope, c->registered};
  auth->login = login;
  s->own      = auth;
  return DYO_OK;
}

/* --- documents ----------------------------------------------------------------------------------------------------------------- */

typedef struct {
  const char *id, *name;
  double      size; /* bytes; negative: not told */
} document;

typedef struct {
  session          *s;
  const mcp_config *c;
  dyo_ctx          *ctx;
  document         *v;
  size_t            n, cap;
  bool              failed;
} documents;

static bool note(documents *d, const char *id, bool known, double size)
{
  const char *slash = strrchr(id, '/');
  if (!known && !table_name(id)) return true;
  if (d->n == d->cap) {
    const size_t cap  = d->cap ? 2 * d->cap : 64;
    document    *more = d->n < DOCUMENTS_MOST ? DYO_NEW(d->ctx, cap, document) : NULL;
    d->failed         = !more;
    if (!more) return false;
    if (d->n) memcpy(more, d->v, d->n * sizeof *more);
    d->v   = more;
    d->cap = cap;
  }
  document one = {.id = dyo_text(d->ctx, "%s", id), .size = size};
  one.name     = dyo_text(d->ctx, "%s", slash && slash[1] ? slash + 1 : id);
  d->failed    = !one.id || !one.name;
  if (!d->failed) d->v[d->n++] = one;
  return !d->failed;
}

static bool take_resource(void *user, dyo_piece p)
{
  documents *d   = user;
  char      *uri = piece_string(piece_member(p, "uri"));
  char       type[80];
  double     size = -1;
  piece_copy(piece_member(p, "mimeType"), type, sizeof type);
  if (!piece_number(piece_member(p, "size"), &size)) size = -1;
  const bool mine = uri && (!d->c->uri_prefix || strncmp(uri, d->c->uri_prefix, strlen(d->c->uri_prefix)) == 0);
  const bool ok   = !mine || note(d, uri, strcmp(type, "text/csv") == 0, size);
  free(uri);
  return ok;
}

/* One of a tool's list: its name, or an object that has it. */
static bool take_entry(void *user, dyo_piece p)
{
  static const char *const names[] = {"uri", "path", "id", "name", NULL};
  documents               *d       = user;
  char                    *id      = piece_string(p);
  double                   size    = -1;
  for (int i = 0; !id && names[i]; i++) id = piece_string(piece_member(p, names[i]));
  if (!piece_number(piece_member(p, "size"), &size)) size = -1;
  const bool ok = !id || note(d, id, false, size);
  free(id);
  return ok;
}

static bool take_member(void *user, dyo_piece name, dyo_piece value)
{
  (void)name;
  if (*value.s == '[') piece_items(value, take_entry, user);
  return true;
}

static void take_lines(documents *d, char *text)
{
  char *rest = NULL;
  for (char *line = strtok_r(text, "\r\n", &rest); line && !d->failed; line = strtok_r(NULL, "\r\n", &rest))
    note(d, line, false, -1);
}

/* A list in the structured answer or in text that is JSON; else a line each. */
static void take_answer(documents *d, peer_answer *a)
{
  dyo_err   ignored;
  dyo_piece list = a->structured;
  if (!list.s && a->text && dyo_json_check(a->text, strlen(a->text), &ignored) == DYO_OK)
    list = piece_of(a->text, strlen(a->text));
  if (list.s && *list.s == '[') piece_items(list, take_entry, d);
  else if (list.s) piece_members(list, take_member, d);
  if (d->n == 0 && a->text && !d->failed) take_lines(d, a->text);
}

static int by_id(const void *a, const void *b)
{
  return strcmp(((const document *)a)->id, ((const document *)b)->id);
}

static dyo_status list_once(peer *m, documents *d, dyo_err *err)
{
  dyo_status st;
  d->n = d->cap = 0;
  if (d->c->list_tool) {
    peer_answer a = {0};
    st            = peer_call(m, d->c->list_tool, d->c->list_arguments ? d->c->list_arguments : "{}", &a, err);
    if (st == DYO_OK) take_answer(d, &a);
    peer_answer_free(&a);
  } else {
    st = peer_list(m, "resources/list", "resources", take_resource, d, err);
  }
  if (st == DYO_OK && d->failed) st = dyo_oom(err);
  if (st == DYO_OK && d->n) qsort(d->v, d->n, sizeof *d->v, by_id);
  size_t n = 0;
  for (size_t i = 0; st == DYO_OK && d->v && i < d->n; i++)
    if (i == 0 || strcmp(d->v[i].id, d->v[n - 1].id) != 0) d->v[n++] = d->v[i];
  d->n = n;
  return st;
}

static bool same_list(const documents *a, const documents *b)
{
  if (a->n != b->n) return false;
  for (size_t i = 0; i < a->n; i++)
    if (strcmp(a->v[i].id, b->v[i].id) != 0) return false;
  return true;
}

static dyo_status list_all(peer *m, documents *d, dyo_err *err)
{
  documents  before = {.s = d->s, .c = d->c, .ctx = d->ctx};
  dyo_status st     = list_once(m, &before, err);
  for (int i = 1; st == DYO_OK && i < LISTS_MOST; i++) {
    st = list_once(m, d, err);
    if (st != DYO_OK || same_list(&before, d)) return st;
    before = *d;
  }
  return st == DYO_OK ? session_fail(d->s, FAULT_TERMINAL, "", err, "the list of documents is another one each time")
                      : st;
}

/* --- reading --------------------------------------------------------------------------------------------------------------------- */

static dyo_status read_document(peer *m, const mcp_config *c, const document *one, char **bytes, size_t *n,
                                dyo_err *err)
{
  dyo_buf     args = {0};
  peer_answer a    = {0};
  *bytes           = NULL;
  if (!c->read_tool) return peer_read(m, one->id, bytes, n, err);
  dyo_buf_puts(&args, "{");
  dyo_buf_string(&args, c->read_argument);
  dyo_buf_puts(&args, ":");
  dyo_buf_string(&args, one->id);
  dyo_buf_puts(&args, "}");
  dyo_status st = args.failed ? dyo_oom(err) : peer_call(m, c->read_tool, args.s, &a, err);
  dyo_buf_free(&args);
  if (st != DYO_OK) return st;
  *bytes = a.text;
  a.text = NULL;
  peer_answer_free(&a);
  if (!*bytes) return session_fail(m->s, FAULT_TERMINAL, "", err, "tool %.60s answers no text", c->read_tool);
  *n = strlen(*bytes);
  return DYO_OK;
}

typedef struct {
  sync_run         *y;
  const mcp_config *c;
  peer             *m;
  documents         list;
  int               broken;
} pull;

static dyo_status keep(pull *p, const document *one, const char *bytes, size_t n, dyo_err *err)
{
  const table_rule rule = {p->c->parse, p->c->file_dimension,   p->c->aggregate,
                           one->name,   !table_name(one->name), false};
  uint8_t          digest[DIGEST_SIZE];
  char             text[DIGEST_CHARS];
  table            t  = {0};
  dyo_buf          b  = {0};
  dyo_status       st = table_read(p->y->s, &p->y->batch, &rule, bytes, n, &t, err);
  if (st != DYO_OK) return st;
  digest_of(bytes, n, NULL, digest);
  digest_text(digest, text);
  dyo_buf_puts(&b, "{\"name\":");
  dyo_buf_string(&b, one->name);
  dyo_buf_printf(&b,
                 ",\"bytes\":%zu,\"digest\":\"%s\",\"rows_read\":%d,\"rows_used\":%d,\"values\":%zu,\"problem\":", n,
                 text, t.rows_read, t.rows_used, t.n_cells);
  dyo_buf_string(&b, t.problem);
  dyo_buf_puts(&b, "}");
  const sync_record r = {.id        = one->id,
                         .stamp     = "",
                         .content   = b.s,
                         .n_content = b.n,
                         .cells     = t.cells,
                         .n_cells   = t.n_cells,
                         .asked     = true};
  st                  = b.failed ? dyo_oom(err) : sync_add(p->y, &r, err);
  dyo_buf_free(&b);
  p->y->at->rejected += t.rejected;
  if (t.problem[0]) sync_short(p->y, "%.60s was not read: %.110s", one->name, t.problem);
  return st;
}

/* Errors of one document are its own, unless the server is gone. */
static dyo_status take(pull *p, const document *one, dyo_err *err)
{
  char      *bytes = NULL;
  size_t     n     = 0;
  dyo_status st    = read_document(p->m, p->c, one, &bytes, &n, err);
  if (st == DYO_UPSTREAM_ERROR && p->y->s->last == FAULT_TERMINAL) {
    p->broken++;
    sync_short(p->y, "%.60s: %.120s", one->name, err->message);
    st = DYO_OK;
  } else if (st == DYO_OK && one->size >= 0 && (double)n != one->size) {
    p->broken++;
    sync_short(p->y, "%.60s: %zu bytes came of %.0f", one->name, n, one->size);
  } else if (st == DYO_OK) {
    st = keep(p, one, bytes, n, err);
  }
  free(bytes);
  return st;
}

/* What is listed no more. */
static dyo_status forget(pull *p, dyo_err *err)
{
  const char **ids = DYO_NEW(p->list.ctx, p->list.n + 1, const char *);
  if (!ids) return dyo_oom(err);
  for (size_t i = 0; i < p->list.n; i++) ids[i] = p->list.v[i].id;
  return mcp_forget(p->y, ids, p->list.n, err);
}

static dyo_status take_all(pull *p, dyo_err *err)
{
  dyo_status st = DYO_OK;
  sync_stage(p->y, "documents");
  sync_part(p->y, (int64_t)p->list.n);
  for (size_t i = 0; st == DYO_OK && i < p->list.n; i++) {
    st = take(p, &p->list.v[i], err);
    if (st == DYO_OK && sync_much(p->y, AT_ONCE)) st = sync_commit(p->y, NULL, err);
  }
  if (st == DYO_OK) st = forget(p, err);
  if (st != DYO_OK) return st;
  if (!sync_part_end(p->y) && !p->broken) sync_short(p->y, "not all documents came that were listed");
  p->y->at->full = true;
  st             = sync_commit(p->y, "{}", err);
  return st == DYO_OK ? sync_close(p->y, (int64_t)p->list.n, err) : st;
}

static dyo_status pull_documents(pull *p, dyo_err *err)
{
  const char *state = NULL;
  bool        done  = false;
  dyo_status  st    = sync_open(p->y, object, "documents 1", &state, &done, err);
  if (st != DYO_OK || done) return st;
  p->y->remap = true; /* settings may have changed, and all is read anyway */
  sync_stage(p->y, "listing");
  st = list_all(p->m, &p->list, err);
  return st == DYO_OK ? take_all(p, err) : st;
}

/* A kind of record that cannot be had is lost by itself, unless the server is gone. */
static dyo_status pull_records(pull *p, dyo_err *err)
{
  dyo_status st = DYO_OK;
  for (size_t i = 0; i < p->c->n_queries && st == DYO_OK; i++) {
    st = mcp_query_pull(p->y, p->m, &p->c->queries[i], err);
    if (st != DYO_UPSTREAM_ERROR || p->y->s->last != FAULT_TERMINAL) continue;
    sync_lost(p->y, err);
    st = DYO_OK;
  }
  return st;
}

static dyo_status pull_mcp(sync_run *y, dyo_err *err)
{
  pull         p     = {.y = y, .c = y->s->config, .list = {.s = y->s, .c = y->s->config, .ctx = &y->s->ctx}};
  const size_t n     = p.c->n_queries;
  const char **names = DYO_NEW(&y->s->ctx, n + 2, const char *);
  if (!names) return dyo_oom(err);
  names[0] = object;
  for (size_t i = 0; i < n; i++) names[i] = p.c->queries[i].object;
  names[n ? n : 1] = NULL;
  y->method        = "mcp";
  dyo_status st    = sync_objects(y, names, err);
  if (st == DYO_OK) st = peer_open(y->s, p.c->server, y->s->own, &p.m, err);
  if (st == DYO_OK) st = n ? pull_records(&p, err) : pull_documents(&p, err);
  peer_close(p.m);
  return st;
}

/* --- check ------------------------------------------------------------------------------------------------------------------------- */

static bool count_one(void *user, dyo_piece p)
{
  (void)p;
  ++*(size_t *)user;
  return true;
}

static dyo_status check_records(session *s, peer *m, dyo_buf *message, dyo_buf *details, dyo_err *err)
{
  const mcp_config *c  = s->config;
  dyo_status        st = DYO_OK;
  dyo_buf_puts(message, " Records:");
  dyo_buf_puts(details, ",\"records\":{");
  for (size_t i = 0; i < c->n_queries && st == DYO_OK; i++) {
    size_t n = 0;
    st       = mcp_query_count(s, m, &c->queries[i], &n, err);
    dyo_buf_puts(message, i ? ", " : " ");
    told_things(message, (int64_t)n, c->queries[i].object, c->queries[i].object);
    dyo_buf_puts(details, i ? "," : "");
    dyo_buf_string(details, c->queries[i].object);
    dyo_buf_printf(details, ":%zu", n);
  }
  dyo_buf_puts(message, ".");
  dyo_buf_puts(details, "}");
  return st;
}

static dyo_status check_documents(session *s, peer *m, dyo_buf *message, dyo_buf *details, dyo_err *err)
{
  documents        list = {.s = s, .c = s->config, .ctx = &s->ctx};
  const dyo_status st   = list_once(m, &list, err);
  dyo_buf_puts(message, " It has ");
  told_things(message, (int64_t)list.n, "document", "documents");
  dyo_buf_puts(message, " that can be read.");
  dyo_buf_printf(details, ",\"documents\":%zu", list.n);
  return st;
}

static dyo_status check_mcp(session *s, dyo_buf *message, dyo_buf *details, dyo_err *err)
{
  const mcp_config *c     = s->config;
  size_t            tools = 0;
  peer             *m     = NULL;
  dyo_err           ignored;
  dyo_status        st = peer_open(s, c->server, s->own, &m, err);
  if (st == DYO_OK && peer_list(m, "tools/list", "tools", count_one, &tools, &ignored) != DYO_OK) tools = 0;
  if (st == DYO_OK) {
    dyo_buf_printf(message, "MCP server %.60s answers in version %s.", c->server, peer_version(m));
    dyo_buf_printf(details, "\"version\":\"%s\",\"tools\":%zu", peer_version(m), tools);
    st = c->n_queries ? check_records(s, m, message, details, err) : check_documents(s, m, message, details, err);
  }
  peer_close(m);
  return st;
}

const connector mcp_connector = {.type    = "mcp",
                                 .rows    = rows,
                                 .size    = sizeof(mcp_config),
                                 .secrets = secrets,
                                 .accept  = accept_mcp,
                                 .open    = open_mcp,
                                 .check   = check_mcp,
                                 .pull    = pull_mcp};
