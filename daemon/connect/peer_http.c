/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Streamable HTTP: a POST a message; the answer is JSON, or a stream of events that holds it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ids.h"
#include "base/seal.h"
#include "connect/peer.h"

enum { ANSWER_MOST = 64 << 20, HEADERS = 8, TOKEN_MOST = 8192 };

/* --- what an answer that is none means ------------------------------------------------------------------------------------- */

/* An error's number goes on as the code: of it, and not of the status, the eras are told apart. */
static fault judge(const web_reply *r, char *code, size_t code_room, char *message, size_t room)
{
  dyo_err ignored;
  if (r->status < 300) return FAULT_NONE;
  if (r->status == 401 || r->status == 403) return FAULT_AUTH;
  if (dyo_json_check(r->body, r->n, &ignored) == DYO_OK) {
    const dyo_piece error = piece_member(piece_of(r->body, r->n), "error");
    snprintf(code, code_room, "%lld", (long long)piece_whole(piece_member(error, "code"), 0));
    piece_copy(piece_member(error, "message"), message, room);
  }
  return fault_of_status(r->status);
}

/* --- events ------------------------------------------------------------------------------------------------------------------ */

typedef struct {
  peer   *m;
  int64_t id;
  dyo_buf data;
  bool    found;
} events;

/* A line of the stream; an empty one ends an event. */
static void take_line(events *e, const char *line, size_t n)
{
  if (n >= 5 && memcmp(line, "data:", 5) == 0) {
    const size_t skip = n > 5 && line[5] == ' ' ? 6 : 5;
    if (e->data.n) dyo_buf_puts(&e->data, "\n");
    dyo_buf_add(&e->data, line + skip, n - skip);
  }
  if (n > 0 || e->found) return;
  if (e->data.n && !e->data.failed && peer_is_answer(e->data.s, e->data.n, e->id, true)) {
    dyo_buf_add(&e->m->answer, e->data.s, e->data.n);
    e->found = true;
  }
  e->data.n = 0;
}

static bool read_events(peer *m, const char *text, size_t n, int64_t id)
{
  events e = {.m = m, .id = id};
  if (n >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) text += 3, n -= 3;
  for (size_t at = 0; at < n;) {
    const size_t len = strcspn(text + at, "\r\n"); /* the text is ended */
    take_line(&e, text + at, len);
    at += len;
    if (at < n) at += text[at] == '\r' && text[at + 1] == '\n' ? 2 : 1;
  }
  take_line(&e, "", 0);
  const bool ok = e.found && !m->answer.failed;
  dyo_buf_free(&e.data);
  return ok;
}

/* --- the exchange ---------------------------------------------------------------------------------------------------------------- */

/* "Bearer …" from the operator's file; NULL: none is named. wipe_text. */
static char *bearer(const peer *m)
{
  FILE *f    = m->server->token_file ? fopen(m->server->token_file, "re") : NULL;
  char *text = f ? calloc(1, TOKEN_MOST) : NULL;
  if (text) {
    const int    k                                 = snprintf(text, TOKEN_MOST, "Bearer ");
    const size_t n                                 = fread(text + k, 1, TOKEN_MOST - 1 - (size_t)k, f);
    text[(size_t)k + n]                            = '\0';
    text[(size_t)k + strcspn(text + k, " \t\r\n")] = '\0';
  }
  if (f) fclose(f);
  return text;
}

/* A name as a header's value: plain where it may be, else in base64 between marks. */
static void put_name(dyo_buf *b, const char *name)
{
  bool plain = name[0] != ' ' && strncmp(name, "=?base64?", 9) != 0;
  for (const unsigned char *c = (const unsigned char *)name; *c; c++) plain = plain && *c >= 32 && *c < 127;
  if (plain && name[0] && name[strlen(name) - 1] != ' ') {
    dyo_buf_puts(b, name);
    return;
  }
  char *text = base64_text(name, strlen(name));
  dyo_buf_printf(b, "=?base64?%s?=", text ? text : "");
  b->failed = b->failed || !text;
  free(text);
}

static dyo_status no_answer(peer *m, const peer_message *out, dyo_err *err)
{
  return session_fail(m->s, FAULT_TRANSIENT, "", err, "MCP server %.40s gave no answer to %.40s", m->server->name,
                      out->method);
}

static dyo_status take_reply(peer *m, const peer_message *out, const web_reply *r, dyo_err *err)
{
  char type[96], id[sizeof m->session_id];
  web_header_of(r, "content-type", type, sizeof type);
  if (strcmp(out->method, "initialize") == 0 && web_header_of(r, "mcp-session-id", id, sizeof id))
    memcpy(m->session_id, id, sizeof id);
  if (out->id == 0) return DYO_OK;
  if (strncmp(type, "text/event-stream", 17) == 0)
    return read_events(m, r->body, r->n, out->id) ? DYO_OK : no_answer(m, out, err);
  if (!peer_is_answer(r->body, r->n, out->id, true)) return no_answer(m, out, err);
  dyo_buf_add(&m->answer, r->body, r->n);
  return m->answer.failed ? dyo_oom(err) : DYO_OK;
}

/* In the older era a stream that is left goes on; only a message ends the work. */
static void call_off(peer *m, const peer_message *out)
{
  const atomic_int *cancel = m->s->cancel;
  char              text[160];
  dyo_err           ignored;
  if (m->modern || out->id == 0) return;
  snprintf(text, sizeof text,
           "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":%lld}}",
           (long long)out->id);
  const peer_message stop = {
    .text = text, .n = strlen(text), .method = "notifications/cancelled", .version = m->version};
  const fault last = m->s->last;
  m->s->cancel     = NULL;
  peer_http_exchange(m, &stop, 2, &ignored);
  m->s->cancel = cancel;
  m->s->last   = last;
}

dyo_status peer_http_exchange(peer *m, const peer_message *out, double seconds, dyo_err *err)
{
  char      *token             = bearer(m);
  dyo_buf    name              = {0};
  web_reply  r                 = {0};
  web_header list[HEADERS + 1] = {{"Content-Type", "application/json"},
                                  {"Accept", "application/json, text/event-stream"}};
  int        n                 = 2;
  if (out->name) put_name(&name, out->name);
  if (out->version[0]) list[n++] = (web_header){"MCP-Protocol-Version", out->version};
  if (m->modern) list[n++] = (web_header){"Mcp-Method", out->method};
  if (m->modern && name.s) list[n++] = (web_header){"Mcp-Name", name.s};
  if (!m->modern && m->session_id[0]) list[n++] = (web_header){"Mcp-Session-Id", m->session_id};
  if (token) list[n++] = (web_header){"Authorization", token};
  const ask  a  = {.method  = "POST",
                   .url     = m->server->url,
                   .headers = list,
                   .body    = out->text,
                   .n_body  = out->n,
                   .most    = ANSWER_MOST,
                   .seconds = seconds,
                   .judge   = judge};
  dyo_status st = name.failed ? dyo_oom(err) : session_ask(m->s, &a, &r, err);
  if (st == DYO_OK) st = take_reply(m, out, &r, err);
  if (st == DYO_CANCELLED) call_off(m, out);
  web_reply_free(&r);
  wipe_text(token);
  dyo_buf_free(&name);
  return st;
}
