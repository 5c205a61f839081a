/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A person signs in where an MCP server wants it: authorization code with PKCE (RFC 7636), the issuer of the redirect compared (RFC 9207),
 * the client registered where none is set (RFC 7591). What comes of it is kept as the connector's settings and secrets. */
#include "connect/signin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ids.h"
#include "connect/guard.h"
#include "connect/jwt.h"
#include "connect/pieces.h"
#include "store/audit.h"

enum { VALUE = 4096 };

static dyo_status refuse(session *s, dyo_err *err, const char *what, const char *found)
{
  return session_fail(s, FAULT_AUTH, "", err, "%s%s%.120s", what, found[0] ? " " : "", found);
}

/* --- the client ------------------------------------------------------------------------------------------------------------------ */

static void put_registration(const peer_auth *a, const char *redirect, dyo_buf *b)
{
  dyo_buf_puts(b, "{\"client_name\":\"dyocense\",\"application_type\":\"native\",\"redirect_uris\":[");
  dyo_buf_string(b, redirect);
  dyo_buf_puts(b, "],\"grant_types\":[\"authorization_code\",\"refresh_token\"],\"response_types\":[\"code\"],");
  dyo_buf_printf(b, "\"token_endpoint_auth_method\":\"%s\"",
                 a->site.none    ? "none"
                 : a->site.basic ? "client_secret_basic"
                                 : "client_secret_post");
  if (a->scope[0]) {
    dyo_buf_puts(b, ",\"scope\":");
    dyo_buf_string(b, a->scope);
  }
  dyo_buf_puts(b, "}");
}

static dyo_status enroll(session *s, peer_auth *a, const char *redirect, dyo_err *err)
{
  static const web_header headers[] = {
    {"Content-Type", "application/json"}, {"Accept", "application/json"}, {NULL, NULL}};
  dyo_buf   b = {0};
  web_reply r = {0};
  if (!a->site.registration[0])
    return refuse(s, err, "a client_id is needed: no client can be registered at", a->site.issuer);
  put_registration(a, redirect, &b);
  const ask  q  = {.method  = "POST",
                   .url     = a->site.registration,
                   .headers = headers,
                   .body    = b.s,
                   .n_body  = b.n,
                   .most    = 1 << 20,
                   .json    = true};
  dyo_status st = b.failed ? dyo_oom(err) : session_ask(s, &q, &r, err);
  if (st == DYO_OK) {
    const dyo_piece answer = piece_of(r.body, r.n);
    a->enrolled_id         = piece_string(piece_member(answer, "client_id"));
    a->enrolled_secret     = piece_string(piece_member(answer, "client_secret"));
    if (!a->enrolled_id) st = refuse(s, err, "no client was registered at", a->site.issuer);
  }
  web_reply_free(&r);
  dyo_buf_free(&b);
  return st;
}

/* --- there and back ------------------------------------------------------------------------------------------------------------- */

static int digit(char c)
{
  return c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
}

bool signin_value(const char *query, const char *name, char *out, size_t room)
{
  const size_t k = strlen(name);
  size_t       n = 0;
  out[0]         = '\0';
  for (const char *s = query; *s; s += strcspn(s, "&"), s += *s == '&') {
    if (strncmp(s, name, k) != 0 || s[k] != '=') continue;
    for (s += k + 1; *s && *s != '&' && n + 1 < room; s++) {
      const int high = *s == '%' ? digit(s[1]) : -1, low = high >= 0 ? digit(s[2]) : -1;
      out[n++] = low >= 0 ? (char)(16 * high + low) : *s == '+' ? ' ' : *s;
      if (low >= 0) s += 2;
    }
    out[*s && *s != '&' ? 0 : n] = '\0';
    return out[0] != '\0';
  }
  return false;
}

static void put_address(const peer_auth *a, const char *redirect, const char *state, const char *hash, dyo_buf *url)
{
  dyo_buf query = {0};
  web_put_form(&query, "response_type", "code");
  web_put_form(&query, "client_id", peer_auth_client(a));
  web_put_form(&query, "redirect_uri", redirect);
  web_put_form(&query, "state", state);
  web_put_form(&query, "code_challenge", hash);
  web_put_form(&query, "code_challenge_method", "S256");
  web_put_form(&query, "resource", a->site.resource);
  if (a->scope[0]) web_put_form(&query, "scope", a->scope);
  dyo_buf_printf(url, "%s%s%s", a->site.authorize, strchr(a->site.authorize, '?') ? "&" : "?", query.s ? query.s : "");
  url->failed = url->failed || query.failed;
  dyo_buf_free(&query);
}

/* The code in what came back, if it came back from where it was sent. */
static dyo_status read_code(session *s, const peer_auth *a, const char *query, const char *state, char code[VALUE],
                            dyo_err *err)
{
  char text[SITE_TEXT];
  if (!signin_value(query, "state", text, sizeof text) || strcmp(text, state) != 0)
    return refuse(s, err, "the sign-in came back with another state than it went with", "");
  const bool named = signin_value(query, "iss", text, sizeof text);
  if (named ? strcmp(text, a->site.issuer) != 0 : a->site.names_issuer)
    return refuse(s, err, "the sign-in came back from another issuer:", named ? text : "none is named");
  if (signin_value(query, "error", text, sizeof text)) return refuse(s, err, "the sign-in was not granted:", text);
  return signin_value(query, "code", code, VALUE) ? DYO_OK : refuse(s, err, "the sign-in came back without a code", "");
}

static dyo_status visit(session *s, peer_auth *a, const connect_person *p, oauth_grant *g, dyo_err *err)
{
  char       verifier[TOKEN_CHARS], state[TOKEN_CHARS], hash[JWT_SHA256], code[VALUE];
  char      *query = NULL;
  dyo_buf    url   = {0};
  dyo_status st    = DYO_OK;
  token_new(verifier);
  token_new(state);
  if (!jwt_sha256(verifier + 4, hash)) return dyo_oom(err);
  put_address(a, p->redirect, state + 4, hash, &url);
  st = url.failed ? dyo_oom(err) : p->visit(p->user, url.s, &query, err);
  dyo_buf_free(&url);
  if (st == DYO_OK) st = read_code(s, a, query, state + 4, code, err);
  wipe_text(query);
  if (st != DYO_OK) return st;
  a->code     = code;
  a->verifier = verifier + 4;
  a->redirect = p->redirect;
  peer_auth_plan(s, a);
  st      = oauth_fetch(s, g, err);
  a->code = a->verifier = a->redirect = NULL;
  wipe(code, sizeof code);
  wipe(verifier, sizeof verifier);
  return st;
}

/* --- what is kept ---------------------------------------------------------------------------------------------------------------- */

static bool keep_member(void *user, dyo_piece name, dyo_piece value)
{
  static const char *const ours[] = {"client_id", "issuer", "scope", "registered", NULL};
  dyo_buf                 *b      = user;
  for (int i = 0; ours[i]; i++)
    if (strlen(ours[i]) == name.n && memcmp(ours[i], name.s, name.n) == 0) return true;
  dyo_buf_puts(b, "\"");
  dyo_buf_add(b, name.s, name.n);
  dyo_buf_puts(b, "\":");
  dyo_buf_add(b, value.s, value.n);
  dyo_buf_puts(b, ",");
  return true;
}

static void put_text(dyo_buf *b, const char *name, const char *value)
{
  dyo_buf_printf(b, "\"%s\":", name);
  if (value) dyo_buf_string(b, value);
  else dyo_buf_puts(b, "null");
  dyo_buf_puts(b, ",");
}

/* Settings and secrets as they are to be, as a request would have them. */
static void put_config(const session *s, const peer_auth *a, const oauth_grant *g, dyo_buf *b)
{
  dyo_buf_puts(b, "{");
  piece_members(piece_of(s->config_text, strlen(s->config_text)), keep_member, b);
  put_text(b, "client_id", peer_auth_client(a));
  put_text(b, "issuer", a->site.issuer);
  if (a->scope[0]) put_text(b, "scope", a->scope);
  if (a->enrolled_id) put_text(b, "client_secret", a->enrolled_secret);
  put_text(b, "refresh_token", g->refresh);
  put_text(b, "access_token", g->refresh ? NULL : g->token);
  dyo_buf_printf(b, "\"registered\":%s}", a->enrolled_id ? "true" : "false");
}

static dyo_status keep(session *s, const peer_auth *a, const oauth_grant *g, dyo_err *err)
{
  store_source src;
  dyo_buf      b    = {0};
  char        *kept = NULL;
  dyo_status   st   = store_source_get(s->c->o.store, s->tenant, s->source_id, &src, err);
  if (st != DYO_OK) return st;
  put_config(s, a, g, &b);
  st = b.failed ? dyo_oom(err) : connect_accept(s->c, s->tenant, src.type, b.s, &src, &kept, err);
  if (st == DYO_OK) {
    store_source to = src;
    to.config       = kept;
    st              = store_source_put(s->c->o.store, s->tenant, &to, err);
  }
  if (st == DYO_OK) st = connect_keep_secrets(s->c, s->tenant, s->source_id, src.type, b.s, AUDIT_SELF, err);
  free(kept);
  wipe(b.s, b.n);
  dyo_buf_free(&b);
  store_source_free(&src, 1);
  return st;
}

/* --- all of it -------------------------------------------------------------------------------------------------------------------- */

/* What was asked for before counts on: a server that wants more for one call says only what that call needs. */
static void choose_scope(peer_auth *a)
{
  char all[SITE_TEXT];
  scopes_join(a->login->scope ? a->login->scope : "", a->asked.scope, all, sizeof all);
  if (!all[0]) snprintf(all, sizeof all, "%s", a->site.scope);
  scopes_join(all, all[0] && a->site.offline ? "offline_access" : "", a->scope, sizeof a->scope);
}

bool signin_helps(const peer_auth *a)
{
  if (!a->url || (!a->asked.bearer && !a->asked.metadata[0])) return false;
  const bool more = strcmp(a->asked.error, "insufficient_scope") == 0;
  return !more || !scopes_within(a->asked.scope, a->login->scope ? a->login->scope : "");
}

dyo_status signin(session *s, peer_auth *a, const connect_person *p, dyo_err *err)
{
  const peer_login *l = a->login;
  guard_url         ignored;
  oauth_grant       g = {0};
  dyo_err           why;
  dyo_status        st = peer_site_find(s, a->url, &a->asked, l->registered ? NULL : l->issuer, &a->site, err);
  if (st != DYO_OK) return st;
  if (l->issuer && !l->registered && strcmp(l->issuer, a->site.issuer) != 0)
    return refuse(s, err, "the client is of another issuer than the server names:", a->site.issuer);
  if (guard_read(a->site.authorize, s->c->o.web.loopback, &ignored, &why) != DYO_OK || !a->site.s256)
    return refuse(s, err, "nobody can sign in with PKCE at", a->site.issuer);
  choose_scope(a);
  if (!l->client_id || l->registered) st = enroll(s, a, p->redirect, err);
  if (st == DYO_OK) st = visit(s, a, p, &g, err);
  if (st == DYO_OK) st = keep(s, a, &g, err);
  const audit_event e = {.action = "connector.signin", .subject = s->source_id, .detail = "{}"};
  if (st == DYO_OK) st = store_audit_add(s->c->o.store, s->tenant, &e, err);
  oauth_grant_free(&g);
  wipe_text(a->enrolled_secret);
  free(a->enrolled_id);
  a->enrolled_id = a->enrolled_secret = NULL;
  return st;
}
