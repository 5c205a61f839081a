/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Streamable HTTP: a POST a message; the answer is JSON, or a stream of events that holds it and, in the older era, requests of the server's
 * own. Such a stream may end before the answer and be asked for again. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/seal.h"
#include "connect/peer.h"
#include "connect/peer_auth.h"
#include "connect/peer_events.h"

enum {
  ANSWER_MOST    = 64 << 20,
  HEADERS        = 8,
  TOKEN_MOST     = 8192,
  RETRY_MS       = 1000,
  RETRY_LEAST_MS = 10,
  REPLY_S        = 10,
  STEPS_MOST     = 3
};

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

/* --- header fields --------------------------------------------------------------------------------------------------------------- */

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

typedef struct {
  web_header list[HEADERS + PEER_MIRRORS + 1];
  int        n;
  char      *token;
  dyo_buf    name;
} fields;

static void put_field(fields *f, const char *name, const char *value)
{
  f->list[f->n++] = (web_header){name, value};
}

static bool put_fields(peer *m, const peer_message *out, fields *f)
{
  *f = (fields){.token = bearer(m)};
  put_field(f, "Content-Type", "application/json");
  put_field(f, "Accept", "application/json, text/event-stream");
  if (out->version[0]) put_field(f, "MCP-Protocol-Version", out->version);
  if (m->modern) put_field(f, "Mcp-Method", out->method);
  if (m->modern && out->name) {
    peer_put_header(&f->name, out->name);
    put_field(f, "Mcp-Name", f->name.s ? f->name.s : "");
  }
  for (size_t i = 0; i < m->mirrors.n; i++) put_field(f, m->mirrors.names[i], m->mirrors.values[i]);
  if (!m->modern && m->session_id[0]) put_field(f, "Mcp-Session-Id", m->session_id);
  if (f->token) put_field(f, "Authorization", f->token);
  return !f->name.failed;
}

static void free_fields(fields *f)
{
  wipe_text(f->token);
  dyo_buf_free(&f->name);
}

/* --- the answer as it comes ------------------------------------------------------------------------------------------------------- */

typedef struct {
  peer               *m;
  const peer_message *out;
  const web_reply    *reply;
  peer_events         events;
  dyo_buf             body;                            /* of an answer that is no stream */
  bool                known, streamed, found, resumed; /* resumed: such a stream stays open behind the answer */
} coming;

/* With the token that the request at hand was sent with. */
static bool put_held_token(peer *m, fields *f)
{
  char *token = !f->token && m->auth && m->auth->ready ? oauth_held(m->s) : NULL;
  if (!token) return true;
  const size_t room = strlen(token) + sizeof "Bearer ";
  f->token          = malloc(room);
  if (f->token) {
    snprintf(f->token, room, "Bearer %s", token);
    put_field(f, "Authorization", f->token);
  }
  wipe_text(token);
  return f->token != NULL;
}

/* While the answer comes, by connections of its own: those of the session are in use. */
static void reply_to(peer *m, const char *text, size_t n)
{
  const peer_message out = {.text = text, .n = n, .method = "", .version = m->version};
  fields             f;
  web_reply          r = {0};
  dyo_err            ignored;
  if (!m->side && web_new(&m->s->c->o.web, &m->side, &ignored) != DYO_OK) return;
  if (put_fields(m, &out, &f) && put_held_token(m, &f)) {
    const web_request q = {.method  = "POST",
                           .url     = m->server->url,
                           .headers = f.list,
                           .body    = text,
                           .n_body  = n,
                           .most    = 1 << 20,
                           .seconds = REPLY_S,
                           .cancel  = m->s->cancel};
    if (web_exchange(m->side, &q, &r, &ignored) == DYO_OK) m->s->requests++;
    web_reply_free(&r);
  }
  free_fields(&f);
}

static void take_event(void *user, const char *data, size_t n)
{
  coming *c     = user;
  dyo_buf reply = {0};
  if (!c->found && peer_is_answer(data, n, c->out->id, true)) {
    c->m->answer.n = 0;
    dyo_buf_add(&c->m->answer, data, n);
    c->found = true;
  } else if (!c->m->modern && peer_put_reply(data, n, &reply) && !reply.failed) reply_to(c->m, reply.s, reply.n);
  dyo_buf_free(&reply);
}

static bool take(void *user, const void *bytes, size_t n)
{
  coming *c = user;
  char    type[96];
  if (!c->known) {
    web_header_of(c->reply, "content-type", type, sizeof type);
    c->streamed = strncmp(type, "text/event-stream", 17) == 0;
    c->known    = true;
  }
  if (c->found) return false; /* nothing more is needed */
  if (c->streamed) return peer_events_take(&c->events, bytes, n) && !(c->found && c->resumed);
  dyo_buf_add(&c->body, bytes, n);
  return !c->body.failed;
}

static void again(void *user)
{
  coming *c = user;
  peer_events_free(&c->events);
  peer_events_begin(&c->events, take_event, c);
  c->body.n = 0;
  c->known = c->found = false;
}

/* An error that has a status of its own is an answer as well; one that had come before its stream broke or was left open is enough. */
static bool despite(void *user, const web_reply *r)
{
  const coming *c = user;
  if (c->found) return true;
  if (c->m->auth && (r->status == 401 || r->status == 403)) challenge_read(r->headers, &c->m->auth->asked);
  c->m->answer.n = 0;
  if (r->body && peer_is_answer(r->body, r->n, c->out->id, true)) dyo_buf_add(&c->m->answer, r->body, r->n);
  return false;
}

static dyo_status no_answer(peer *m, const peer_message *out, dyo_err *err)
{
  return session_fail(m->s, FAULT_TRANSIENT, "", err, "MCP server %.40s gave no answer to %.40s", m->server->name,
                      out->method);
}

static dyo_status settle(coming *c, dyo_err *err)
{
  peer      *m  = c->m;
  const bool ok = c->streamed ? peer_events_end(&c->events) : true;
  if (ok && !c->streamed && peer_is_answer(c->body.s ? c->body.s : "", c->body.n, c->out->id, true)) {
    dyo_buf_add(&m->answer, c->body.s, c->body.n);
    c->found = true;
  }
  if (!ok || m->answer.failed) return dyo_oom(err);
  return DYO_OK;
}

/* --- the exchange ---------------------------------------------------------------------------------------------------------------- */

static dyo_status ask_for(coming *c, const char *method, fields *f, double seconds, dyo_err *err)
{
  web_reply  r = {0};
  char       id[sizeof c->m->session_id];
  const bool post = strcmp(method, "POST") == 0;
  const ask  a    = {.method  = method,
                     .url     = c->m->server->url,
                     .headers = f->list,
                     .body    = post ? c->out->text : NULL,
                     .n_body  = post ? c->out->n : 0,
                     .most    = ANSWER_MOST,
                     .seconds = seconds,
                     .bearer  = c->m->auth && c->m->auth->ready,
                     .take    = take,
                     .user    = c,
                     .again   = again,
                     .judge   = judge,
                     .despite = despite};
  c->reply        = &r;
  c->known        = false;
  dyo_status st   = session_ask(c->m->s, &a, &r, err);
  if (st == DYO_OK && strcmp(c->out->method, "initialize") == 0 && web_header_of(&r, "mcp-session-id", id, sizeof id))
    memcpy(c->m->session_id, id, sizeof id);
  if (st == DYO_OK) st = settle(c, err);
  web_reply_free(&r);
  return st;
}

/* A stream of the older era that was ended before the answer goes on behind its last event. */
static dyo_status resume(coming *c, fields *f, double until, dyo_err *err)
{
  dyo_status st  = DYO_OK;
  const int  own = f->n;
  while (st == DYO_OK && !c->found && !c->m->modern && c->events.id.n) {
    const int64_t ms   = c->events.retry_ms < 0 ? RETRY_MS : c->events.retry_ms;
    const double  wait = (double)(ms < RETRY_LEAST_MS ? RETRY_LEAST_MS : ms) / 1000,
                 left  = until - clock_monotonic() - wait;
    char *id           = strndup(c->events.id.s, c->events.id.n);
    if (!id) return dyo_oom(err);
    f->n       = own;
    c->resumed = true;
    put_field(f, "Last-Event-ID", id);
    f->list[f->n] = (web_header){NULL, NULL};
    if (left <= 0) st = no_answer(c->m, c->out, err);
    else if (!session_wait(c->m->s, wait)) st = session_fail(c->m->s, FAULT_CANCELLED, "", err, "cancelled");
    else st = ask_for(c, "GET", f, left, err);
    free(id);
  }
  return st;
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

static dyo_status exchange_once(peer *m, const peer_message *out, double seconds, dyo_err *err)
{
  const double until = clock_monotonic() + seconds;
  fields       f;
  coming       c = {.m = m, .out = out};
  peer_events_begin(&c.events, take_event, &c);
  m->answer.n   = 0;
  dyo_status st = put_fields(m, out, &f) ? ask_for(&c, "POST", &f, seconds, err) : dyo_oom(err);
  if (st == DYO_OK && out->id) st = resume(&c, &f, until, err);
  if (st == DYO_OK && out->id && !c.found) st = no_answer(m, out, err);
  if (st == DYO_CANCELLED) call_off(m, out);
  peer_events_free(&c.events);
  dyo_buf_free(&c.body);
  free_fields(&f);
  return st;
}

/* Where the server wants a token, or one for more than the last, and it can be had, it is asked once more with it. */
dyo_status peer_http_exchange(peer *m, const peer_message *out, double seconds, dyo_err *err)
{
  dyo_status st = exchange_once(m, out, seconds, err);
  for (int i = 0; i < STEPS_MOST && st == DYO_UPSTREAM_ERROR && m->s->last == FAULT_AUTH && m->auth; i++) {
    if (m->auth->ready ? !peer_auth_widen(m->s, m->auth) : !peer_auth_begin(m->s, m->auth, &st, err)) return st;
    st = exchange_once(m, out, seconds, err);
  }
  return st;
}

void peer_http_close(peer *m)
{
  web_free(m->side);
  m->side = NULL;
}
