/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Requests and their answers; eras. */
#include "connect/peer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/dyo_source.h"
#include "connect/peer_auth.h"
#include "dyo_version.h"

#define MODERN "2026-07-28"
#define LEGACY "2025-11-25"

enum { PAGES_MOST = 1000, PROBE_S = 15, ROUNDS_MOST = 3 };

static const char *const spoken[] = {LEGACY, "2025-06-18", "2025-03-26", "2024-11-05", NULL};

const char *peer_version(const peer *m)
{
  return m->version;
}

/* --- messages ----------------------------------------------------------------------------------------------------------------- */

bool peer_is_answer(const char *text, size_t n, int64_t id, bool nameless)
{
  dyo_err ignored;
  if (dyo_json_check(text, n, &ignored) != DYO_OK) return false;
  const dyo_piece m = piece_of(text, n);
  if (!piece_member(m, "result").s && !piece_member(m, "error").s) return false;
  const dyo_piece at = piece_member(m, "id");
  return piece_whole(at, 0) == id || (nameless && piece_none(at) && piece_member(m, "error").s);
}

bool peer_put_reply(const char *text, size_t n, dyo_buf *reply)
{
  dyo_err ignored;
  char    method[16];
  if (dyo_json_check(text, n, &ignored) != DYO_OK) return false;
  const dyo_piece m = piece_of(text, n), id = piece_member(m, "id");
  if (!piece_member(m, "method").s || piece_none(id)) return false;
  const bool ping = piece_copy(piece_member(m, "method"), method, sizeof method) && strcmp(method, "ping") == 0;
  dyo_buf_printf(reply, "{\"jsonrpc\":\"2.0\",\"id\":%.*s,%s}", (int)id.n, id.s,
                 ping ? "\"result\":{}" : "\"error\":{\"code\":-32601,\"message\":\"Method not found\"}");
  return true;
}

static void put_meta(dyo_buf *b)
{
  dyo_buf_puts(b, "\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"" MODERN "\","
                  "\"io.modelcontextprotocol/clientCapabilities\":{},"
                  "\"io.modelcontextprotocol/clientInfo\":{\"name\":\"dyocensed\",\"version\":\"" DYO_VERSION "\"}}");
}

static dyo_status exchange(peer *m, const peer_message *out, double seconds, dyo_err *err)
{
  m->answer.n = 0;
  return m->pipe ? peer_pipe_exchange(m, out, seconds, err) : peer_http_exchange(m, out, seconds, err);
}

static dyo_status send(peer *m, const char *method, const char *params, const char *name, bool asks, double seconds,
                       dyo_err *err)
{
  dyo_buf      b   = {0};
  peer_message out = {.method = method, .name = name, .version = m->version, .id = asks ? ++m->last_id : 0};
  dyo_buf_puts(&b, "{\"jsonrpc\":\"2.0\",");
  if (asks) dyo_buf_printf(&b, "\"id\":%lld,", (long long)out.id);
  dyo_buf_puts(&b, "\"method\":");
  dyo_buf_string(&b, method);
  dyo_buf_printf(&b, ",\"params\":{%s%s", params, m->modern && params[0] ? "," : "");
  if (m->modern) put_meta(&b);
  dyo_buf_puts(&b, "}}");
  out.text            = b.s;
  out.n               = b.n;
  const dyo_status st = b.failed ? dyo_oom(err) : exchange(m, &out, seconds, err);
  dyo_buf_free(&b);
  return st;
}

static fault fault_of_code(int64_t code)
{
  return code == -32603 ? FAULT_TRANSIENT : FAULT_TERMINAL;
}

/* The result of the answer at hand, or its error as ours. */
static dyo_status result_of(peer *m, const char *method, dyo_piece *result, dyo_err *err)
{
  const dyo_piece whole = piece_of(m->answer.s, m->answer.n), error = piece_member(whole, "error");
  char            code[24], text[160], kind[24];
  *result = piece_member(whole, "result");
  if (error.s) {
    const int64_t number = piece_whole(piece_member(error, "code"), 0);
    snprintf(code, sizeof code, "%lld", (long long)number);
    piece_copy(piece_member(error, "message"), text, sizeof text);
    return session_fail(m->s, fault_of_code(number), code, err, "MCP server %.40s: %.40s: %s %s", m->server->name,
                        method, code, text);
  }
  if (piece_copy(piece_member(*result, "resultType"), kind, sizeof kind) && strcmp(kind, "complete") != 0)
    return session_fail(m->s, FAULT_TERMINAL, kind, err, "MCP server %.40s: %.40s wants input from a person",
                        m->server->name, method);
  return DYO_OK;
}

typedef struct {
  dyo_buf *b;
  bool     able; /* only such questions as may be declined */
} declining;

static bool decline(void *user, dyo_piece name, dyo_piece question)
{
  declining *d = user;
  char       method[24];
  d->able =
    piece_copy(piece_member(question, "method"), method, sizeof method) && strcmp(method, "elicitation/create") == 0;
  dyo_buf_printf(d->b, "%s\"%.*s\":{\"action\":\"decline\"}", dyo_buf_last(d->b) == '{' ? "" : ",", (int)name.n,
                 name.s);
  return d->able;
}

/* The request once more, where the answer wants input first: questions to a person are declined, and the server's own note of where it
 * was goes back as it came, which is all that one wants that only puts the work off. False: it wants something else. */
static bool put_again(const char *params, dyo_piece answer, dyo_buf *b)
{
  const dyo_piece questions = piece_member(answer, "inputRequests"), note = piece_member(answer, "requestState");
  declining       d = {b, questions.s || note.s};
  b->n              = 0;
  dyo_buf_puts(b, params);
  if (questions.s) {
    dyo_buf_puts(b, params[0] ? ",\"inputResponses\":{" : "\"inputResponses\":{");
    piece_members(questions, decline, &d);
    dyo_buf_puts(b, "}");
  }
  if (note.s) {
    dyo_buf_puts(b, b->n ? ",\"requestState\":" : "\"requestState\":");
    dyo_buf_add(b, note.s, note.n);
  }
  return d.able && !b->failed;
}

dyo_status peer_request(peer *m, const char *method, const char *params, const char *name, dyo_piece *result,
                        dyo_err *err)
{
  dyo_buf    again = {0};
  dyo_status st;
  for (int round = 0;; round++) {
    st = send(m, method, round ? again.s : params, name, true, m->s->c->o.request_s, err);
    m->s->requests++;
    if (st == DYO_OK) st = result_of(m, method, result, err);
    if (st != DYO_UPSTREAM_ERROR || !m->modern || strcmp(m->s->last_code, "input_required") != 0) break;
    if (round == ROUNDS_MOST || !put_again(params, *result, &again)) break;
  }
  dyo_buf_free(&again);
  return st;
}

/* --- eras ---------------------------------------------------------------------------------------------------------------------- */

static dyo_status greet(peer *m, dyo_err *err)
{
  dyo_piece result = {NULL, 0};
  m->modern        = false;
  m->version[0]    = '\0';
  dyo_status st    = peer_request(m, "initialize",
                                  "\"protocolVersion\":\"" LEGACY "\",\"capabilities\":{},\"clientInfo\":"
                                     "{\"name\":\"dyocensed\",\"version\":\"" DYO_VERSION "\"}",
                                  NULL, &result, err);
  if (st != DYO_OK) return st;
  piece_copy(piece_member(result, "protocolVersion"), m->version, sizeof m->version);
  for (int i = 0; spoken[i]; i++)
    if (strcmp(spoken[i], m->version) == 0)
      return send(m, "notifications/initialized", "", NULL, false, m->s->c->o.request_s, err);
  return session_fail(m->s, FAULT_TERMINAL, "", err,
                      "MCP server %.40s speaks version \"%.15s\", which is not known here", m->server->name,
                      m->version);
}

static bool lists(dyo_piece versions, const char *version)
{
  char quoted[sizeof((peer *)0)->version + 2];
  snprintf(quoted, sizeof quoted, "\"%s\"", version);
  for (size_t i = 0; versions.s && i + strlen(quoted) <= versions.n; i++)
    if (memcmp(versions.s + i, quoted, strlen(quoted)) == 0) return true;
  return false;
}

static dyo_status discover(peer *m, dyo_piece *result, dyo_err *err)
{
  const double seconds = m->s->c->o.request_s < PROBE_S ? m->s->c->o.request_s : PROBE_S;
  m->modern            = true;
  snprintf(m->version, sizeof m->version, MODERN);
  const dyo_status st = send(m, "server/discover", "", NULL, true, seconds, err);
  return st == DYO_OK ? result_of(m, "server/discover", result, err) : st;
}

/* Of the modern era only these say that something else is wrong. */
static bool modern_refusal(const session *s)
{
  return strcmp(s->last_code, "-32020") == 0 || strcmp(s->last_code, "-32021") == 0;
}

/* Modern first; whatever an older server says to that, or nothing at all, the older way is tried next. One that refuses the version and
 * names it all the same is asked once more. */
static dyo_status find_era(peer *m, dyo_err *err)
{
  dyo_piece  result = {NULL, 0};
  dyo_status st     = discover(m, &result, err);
  if (st == DYO_UPSTREAM_ERROR && strcmp(m->s->last_code, "-32022") == 0) {
    const dyo_piece speaks = piece_path(piece_of(m->answer.s, m->answer.n), "error.data.supported");
    bool            older  = false;
    for (int i = 0; spoken[i]; i++) older = older || lists(speaks, spoken[i]);
    if (lists(speaks, MODERN)) st = discover(m, &result, err);
    else if (!older) return st;
  }
  if (st == DYO_OK && lists(piece_member(result, "supportedVersions"), MODERN)) return DYO_OK;
  if (st == DYO_CANCELLED || st == DYO_OUT_OF_MEMORY || m->s->last == FAULT_AUTH) return st;
  if (st == DYO_UPSTREAM_ERROR && modern_refusal(m->s)) return st;
  return greet(m, err);
}

dyo_status peer_open(session *s, const char *server, peer_auth *auth, peer **out, dyo_err *err)
{
  const peer_server *one = peer_server_of(s->c->mcp, server);
  *out                   = NULL;
  if (!one || !peer_server_for(one, s->tenant)) /* one of another tenant is as unknown as none */
    return session_fail(s, FAULT_TERMINAL, "", err, "no MCP server \"%.60s\" is configured by the operator", server);
  peer *m = calloc(1, sizeof *m);
  if (!m) return dyo_oom(err);
  m->s      = s;
  m->server = one;
  m->auth   = one->url && !one->token_file ? auth : NULL;
  if (m->auth) m->auth->url = one->url;
  dyo_status st = one->command ? peer_pipe_open(m, err) : DYO_OK;
  if (st == DYO_OK) st = find_era(m, err);
  if (st == DYO_OK) *out = m;
  else peer_close(m);
  return st;
}

void peer_close(peer *m)
{
  if (!m) return;
  peer_pipe_close(m->pipe);
  peer_http_close(m);
  peer_tools_free(&m->tools);
  peer_mirrors_clear(&m->mirrors);
  dyo_buf_free(&m->answer);
  free(m);
}

/* --- lists --------------------------------------------------------------------------------------------------------------------- */

/* An empty cursor is one; only where there is none the list ends. */
dyo_status peer_list(peer *m, const char *method, const char *member, piece_each each, void *user, dyo_err *err)
{
  char      *cursor = NULL;
  dyo_status st     = DYO_OK;
  for (int page = 0; st == DYO_OK; page++) {
    dyo_buf   params = {0};
    dyo_piece result = {NULL, 0};
    dyo_buf_puts(&params, "");
    if (cursor) {
      dyo_buf_puts(&params, "\"cursor\":");
      dyo_buf_string(&params, cursor);
    }
    st = params.failed ? dyo_oom(err) : peer_request(m, method, params.s, NULL, &result, err);
    dyo_buf_free(&params);
    if (st != DYO_OK) break;
    piece_items(piece_member(result, member), each, user);
    char      *next    = piece_string(piece_member(result, "nextCursor"));
    const bool endless = next && (page >= PAGES_MOST || (cursor && strcmp(cursor, next) == 0));
    free(cursor);
    cursor = next;
    if (endless)
      st = session_fail(m->s, FAULT_TERMINAL, "endless", err, "MCP server %.40s: %.40s comes to no end",
                        m->server->name, method);
    if (!next) break;
  }
  free(cursor);
  return st;
}

/* --- tools and resources ---------------------------------------------------------------------------------------------------------- */

void peer_answer_free(peer_answer *a)
{
  free(a->text);
  *a = (peer_answer){0};
}

static bool join_text(void *user, dyo_piece item)
{
  dyo_buf *b = user;
  char     type[16];
  if (!piece_copy(piece_member(item, "type"), type, sizeof type) || strcmp(type, "text") != 0) return true;
  char *text = piece_string(piece_member(item, "text"));
  if (text) dyo_buf_puts(b, text);
  free(text);
  return true;
}

dyo_status peer_call(peer *m, const char *tool, const char *arguments, peer_answer *out, dyo_err *err)
{
  dyo_buf   params = {0}, text = {0};
  dyo_piece result = {NULL, 0};
  *out             = (peer_answer){0};
  dyo_buf_puts(&params, "\"name\":");
  dyo_buf_string(&params, tool);
  dyo_buf_printf(&params, ",\"arguments\":%s", arguments);
  dyo_status st = params.failed ? dyo_oom(err) : peer_tools_mirror(m, tool, arguments, &m->mirrors, err);
  if (st == DYO_OK) st = peer_request(m, "tools/call", params.s, tool, &result, err);
  peer_mirrors_clear(&m->mirrors);
  dyo_buf_free(&params);
  if (st != DYO_OK) return st;
  piece_items(piece_member(result, "content"), join_text, &text);
  if (text.failed) st = dyo_oom(err);
  else if (piece_word(piece_member(result, "isError"), "true"))
    st = session_fail(m->s, FAULT_TERMINAL, "isError", err, "MCP server %.40s: tool %.40s failed: %.100s",
                      m->server->name, tool, text.s ? text.s : "");
  if (st != DYO_OK) {
    dyo_buf_free(&text);
    return st;
  }
  out->structured = piece_member(result, "structuredContent");
  out->text       = text.s;
  return DYO_OK;
}

typedef struct {
  char  *bytes;
  size_t n;
} contents;

/* What base64 stands for, malloc'ed; NULL: it is none, or memory ran out. */
static char *decoded(const char *text, size_t *n)
{
  dyo_source src;
  dyo_err    ignored;
  if (dyo_source_base64(text, "", &src, &ignored) != DYO_OK) return NULL;
  char *bytes = malloc((size_t)src.size + 1);
  *n          = bytes ? dyo_source_read(&src, 0, bytes, (size_t)src.size) : 0;
  if (src.close) src.close(src.user);
  return bytes;
}

static bool take_contents(void *user, dyo_piece item)
{
  contents       *c    = user;
  const dyo_piece blob = piece_member(item, "blob");
  char           *text = piece_string(blob.s ? blob : piece_member(item, "text"));
  if (text && blob.s) {
    c->bytes = decoded(text, &c->n);
    free(text);
  } else {
    c->bytes = text;
    c->n     = text ? strlen(text) : 0;
  }
  return false;
}

dyo_status peer_read(peer *m, const char *uri, char **bytes, size_t *n, dyo_err *err)
{
  dyo_buf   params = {0};
  dyo_piece result = {NULL, 0};
  contents  c      = {0};
  dyo_buf_puts(&params, "\"uri\":");
  dyo_buf_string(&params, uri);
  dyo_status st = params.failed ? dyo_oom(err) : peer_request(m, "resources/read", params.s, uri, &result, err);
  dyo_buf_free(&params);
  if (st == DYO_OK) piece_items(piece_member(result, "contents"), take_contents, &c);
  *bytes = c.bytes;
  *n     = c.n;
  if (st == DYO_OK && !c.bytes)
    st =
      session_fail(m->s, FAULT_TERMINAL, "", err, "MCP server %.40s gives no contents for %.80s", m->server->name, uri);
  return st;
}
