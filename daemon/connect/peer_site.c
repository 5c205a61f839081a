/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where tokens for a server come from: read from documents that the server and its authorization server publish. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "connect/guard.h"
#include "connect/peer_auth.h"
#include "connect/pieces.h"

enum { DOCUMENT_MOST = 1 << 20, CANDIDATES = 3 };
static const char protected_resource[] = "/.well-known/oauth-protected-resource";

/* --- documents ------------------------------------------------------------------------------------------------------------------ */

/* The first of the addresses that answers with an object; *found: which, or -1. */
static dyo_status read_first(session *s, char urls[CANDIDATES][SITE_TEXT], web_reply *r, int *found, dyo_err *err)
{
  static const web_header headers[] = {{"Accept", "application/json"}, {NULL, NULL}};
  *found                            = -1;
  err->message[0]                   = '\0';
  for (int i = 0; i < CANDIDATES; i++) {
    dyo_err   ignored;
    const ask a = {.method = "GET", .url = urls[i], .headers = headers, .most = DOCUMENT_MOST};
    if (!urls[i][0]) continue;
    const dyo_status st = session_ask(s, &a, r, err);
    if (st != DYO_OK && (st != DYO_UPSTREAM_ERROR || (s->last != FAULT_TERMINAL && s->last != FAULT_AUTH))) return st;
    if (st == DYO_OK && dyo_json_check(r->body, r->n, &ignored) == DYO_OK && *piece_of(r->body, r->n).s == '{') {
      *found = i;
      return DYO_OK;
    }
    web_reply_free(r);
  }
  return DYO_OK;
}

typedef struct {
  const char *text;
  bool        found;
  char       *joined; /* SITE_TEXT; NULL: only looked for */
} words;

static bool take_word(void *user, dyo_piece p)
{
  words *w    = user;
  char  *text = piece_string(p), before[SITE_TEXT];
  if (text && w->text && strcmp(text, w->text) == 0) w->found = true;
  if (text && w->joined) {
    snprintf(before, sizeof before, "%s", w->joined);
    scopes_join(before, text, w->joined, SITE_TEXT);
  }
  free(text);
  return true;
}

static bool names(dyo_piece document, const char *member, const char *word)
{
  words w = {.text = word};
  piece_items(piece_member(document, member), take_word, &w);
  return w.found;
}

static bool take_first(void *user, dyo_piece p)
{
  return !piece_copy(p, user, SITE_TEXT);
}

/* --- the resource ------------------------------------------------------------------------------------------------------------------ */

static dyo_status wrong(session *s, dyo_err *err, const char *what, const char *found)
{
  return session_fail(s, FAULT_TERMINAL, "", err, "%s %.120s", what, found[0] ? found : "(nothing)");
}

/* Is the server's address that of the resource, or below it? */
static bool covers(session *s, const char *resource, const guard_url *server)
{
  guard_url r;
  dyo_err   ignored;
  if (guard_read(resource, s->c->o.web.loopback, &r, &ignored) != DYO_OK) return false;
  size_t n = strcspn(r.path, "?");
  while (n && r.path[n - 1] == '/') n--;
  return r.https == server->https && r.port == server->port && strcmp(r.host, server->host) == 0 &&
         strncmp(r.path, server->path, n) == 0 &&
         (server->path[n] == '\0' || server->path[n] == '/' || server->path[n] == '?');
}

static dyo_status read_resource(session *s, dyo_piece document, const guard_url *server, const char *issuer,
                                peer_site *out, dyo_err *err)
{
  const dyo_piece issuers = piece_member(document, "authorization_servers");
  words           scopes  = {.joined = out->scope};
  piece_copy(piece_member(document, "resource"), out->resource, sizeof out->resource);
  if (!covers(s, out->resource, server))
    return wrong(s, err, "the MCP server says it is another resource than the one that is asked:", out->resource);
  piece_items(piece_member(document, "scopes_supported"), take_word, &scopes);
  if (issuer && names(document, "authorization_servers", issuer))
    snprintf(out->issuer, sizeof out->issuer, "%s", issuer);
  else piece_items(issuers, take_first, out->issuer);
  return out->issuer[0] ? DYO_OK : wrong(s, err, "the MCP server names no authorization server:", "");
}

static dyo_status find_resource(session *s, const char *url, const challenge *asked, const char *issuer, peer_site *out,
                                dyo_err *err)
{
  guard_url server;
  web_reply r                           = {0};
  char      urls[CANDIDATES][SITE_TEXT] = {{0}};
  int       found                       = -1;
  if (guard_read(url, s->c->o.web.loopback, &server, err) != DYO_OK) return err->code;
  const int origin = (int)(server.path - url), path = (int)strcspn(server.path, "?");
  snprintf(urls[0], SITE_TEXT, "%s", asked->metadata);
  if (path > 1) snprintf(urls[1], SITE_TEXT, "%.*s%s%.*s", origin, url, protected_resource, path, server.path);
  snprintf(urls[2], SITE_TEXT, "%.*s%s", origin, url, protected_resource);
  dyo_status st = read_first(s, urls, &r, &found, err);
  if (st == DYO_OK && found >= 0) st = read_resource(s, piece_of(r.body, r.n), &server, issuer, out, err);
  else if (st == DYO_OK) { /* before 2025-06-18 the server's own origin was the issuer */
    snprintf(out->resource, SITE_TEXT, "%s", url);
    snprintf(out->issuer, SITE_TEXT, "%.*s", origin, url);
  }
  web_reply_free(&r);
  return st;
}

/* --- the authorization server -------------------------------------------------------------------------------------------------- */

static dyo_status read_issuer(session *s, dyo_piece document, peer_site *out, dyo_err *err)
{
  char      told[SITE_TEXT];
  guard_url ignored;
  dyo_err   why;
  piece_copy(piece_member(document, "issuer"), told, sizeof told);
  if (strcmp(told, out->issuer) != 0) return wrong(s, err, "the authorization server says it is another one:", told);
  piece_copy(piece_member(document, "authorization_endpoint"), out->authorize, SITE_TEXT);
  piece_copy(piece_member(document, "token_endpoint"), out->token, SITE_TEXT);
  piece_copy(piece_member(document, "registration_endpoint"), out->registration, SITE_TEXT);
  if (guard_read(out->token, s->c->o.web.loopback, &ignored, &why) != DYO_OK)
    return wrong(s, err, "the authorization server's token endpoint is none that may be asked:", out->token);
  static const char methods[] = "token_endpoint_auth_methods_supported";
  out->basic                  = !piece_member(document, methods).s || names(document, methods, "client_secret_basic");
  out->post                   = names(document, methods, "client_secret_post");
  out->none                   = names(document, methods, "none");
  out->s256                   = names(document, "code_challenge_methods_supported", "S256");
  out->offline                = names(document, "scopes_supported", "offline_access");
  out->names_issuer = piece_word(piece_member(document, "authorization_response_iss_parameter_supported"), "true");
  return DYO_OK;
}

static dyo_status find_issuer(session *s, peer_site *out, dyo_err *err)
{
  static const char oauth[] = "/.well-known/oauth-authorization-server", openid[] = "/.well-known/openid-configuration";
  guard_url         at;
  web_reply         r                           = {0};
  char              urls[CANDIDATES][SITE_TEXT] = {{0}};
  int               found                       = -1;
  dyo_err           why;
  if (guard_read(out->issuer, s->c->o.web.loopback, &at, &why) != DYO_OK)
    return wrong(s, err, "the authorization server is none that may be asked:", out->issuer);
  const int origin = (int)(at.path - out->issuer);
  int       path   = (int)strlen(at.path);
  while (path && at.path[path - 1] == '/') path--;
  snprintf(urls[0], SITE_TEXT, "%.*s%s%.*s", origin, out->issuer, oauth, path, at.path);
  snprintf(urls[1], SITE_TEXT, "%.*s%s%.*s", origin, out->issuer, openid, path, at.path);
  if (path) snprintf(urls[2], SITE_TEXT, "%.*s%s", origin + path, out->issuer, openid);
  dyo_status st = read_first(s, urls, &r, &found, err);
  if (st == DYO_OK && found < 0) {
    why = *err;
    st =
      session_fail(s, FAULT_TERMINAL, "", err, "the authorization server publishes nothing of itself: %.100s%s%.150s",
                   out->issuer, why.message[0] ? "; " : "", why.message);
  } else if (st == DYO_OK) st = read_issuer(s, piece_of(r.body, r.n), out, err);
  web_reply_free(&r);
  return st;
}

dyo_status peer_site_find(session *s, const char *url, const challenge *asked, const char *issuer, peer_site *out,
                          dyo_err *err)
{
  *out                = (peer_site){0};
  const dyo_status st = find_resource(s, url, asked, issuer, out, err);
  return st == DYO_OK ? find_issuer(s, out, err) : st;
}
