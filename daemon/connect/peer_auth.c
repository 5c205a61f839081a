/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "connect/peer_auth.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/ids.h"
#include "connect/jwt.h"
#include "connect/peer.h"

enum { LASTS_S = 300 };

/* --- proof of the client ------------------------------------------------------------------------------------------------------ */

const char *peer_auth_client(const peer_auth *a)
{
  return a->enrolled_id ? a->enrolled_id : a->login->client_id;
}

static const char *secret_of(const session *s, const peer_auth *a)
{
  return a->enrolled_id ? a->enrolled_secret : session_secret(s, "client_secret");
}

static char *basic(const session *s)
{
  const peer_auth *a      = s->own;
  const char      *secret = secret_of(s, a), *id = peer_auth_client(a);
  dyo_buf          pair = {0}, value = {0};
  if (!id || !secret || !a->site.basic) return NULL;
  web_put_encoded(&pair, id);
  dyo_buf_puts(&pair, ":");
  web_put_encoded(&pair, secret);
  char *coded = pair.failed ? NULL : base64_text(pair.s, pair.n);
  dyo_buf_printf(&value, "Basic %s", coded ? coded : "");
  wipe_text(coded);
  wipe(pair.s, pair.n);
  dyo_buf_free(&pair);
  return value.s;
}

/* A signed statement in place of a secret (RFC 7523, 2.2). */
static dyo_status put_assertion(const peer_auth *a, const char *key, dyo_buf *form, dyo_err *err)
{
  const int64_t now = clock_now_ms() / 1000;
  dyo_buf       b   = {0};
  char          id[ID_CHARS], *jwt = NULL, header[64];
  id_new(id);
  snprintf(header, sizeof header, "{\"alg\":\"%s\",\"typ\":\"JWT\"}", jwt_algorithm(key));
  dyo_buf_puts(&b, "{\"iss\":");
  dyo_buf_string(&b, peer_auth_client(a));
  dyo_buf_puts(&b, ",\"sub\":");
  dyo_buf_string(&b, peer_auth_client(a));
  dyo_buf_puts(&b, ",\"aud\":");
  dyo_buf_string(&b, a->site.issuer);
  dyo_buf_printf(&b, ",\"jti\":\"%s\",\"iat\":%lld,\"exp\":%lld}", id, (long long)now, (long long)now + LASTS_S);
  dyo_status st = b.failed ? dyo_oom(err) : jwt_sign(header, b.s, key, "/config/private_key", &jwt, err);
  dyo_buf_free(&b);
  if (st != DYO_OK) return st;
  web_put_form(form, "client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
  web_put_form(form, "client_assertion", jwt);
  wipe_text(jwt);
  return DYO_OK;
}

/* --- forms --------------------------------------------------------------------------------------------------------------------- */

static dyo_status put_form(session *s, dyo_buf *form, dyo_err *err)
{
  const peer_auth *a      = s->own;
  const char      *secret = secret_of(s, a), *key = session_secret(s, "private_key");
  const char      *refresh = session_secret(s, "refresh_token");
  web_put_form(form, "grant_type", a->code ? "authorization_code" : refresh ? "refresh_token" : "client_credentials");
  if (a->code) {
    web_put_form(form, "code", a->code);
    web_put_form(form, "code_verifier", a->verifier);
    web_put_form(form, "redirect_uri", a->redirect);
  } else if (refresh) web_put_form(form, "refresh_token", refresh);
  else if (a->scope[0]) web_put_form(form, "scope", a->scope);
  web_put_form(form, "resource", a->site.resource);
  web_put_form(form, "client_id", peer_auth_client(a));
  if (key) return put_assertion(a, key, form, err);
  if (secret && !a->site.basic && a->site.post) web_put_form(form, "client_secret", secret);
  return DYO_OK;
}

void peer_auth_plan(session *s, peer_auth *a)
{
  const char *id      = a->login->client_id ? a->login->client_id : "";
  const bool  refresh = session_secret(s, "refresh_token") != NULL;
  a->plan = (oauth_plan){.form = put_form, .authorization = session_secret(s, "private_key") ? NULL : basic};
  if (refresh) a->plan.rotates = "refresh_token";
  else if (session_secret(s, "access_token")) a->plan.fixed_token = "access_token";
  snprintf(a->plan.url, sizeof a->plan.url, "%s", a->site.token);
  snprintf(a->plan.identity, sizeof a->plan.identity, "%.250s %.400s %.100s", id, a->site.resource, a->scope);
  s->oauth = &a->plan;
}

bool peer_auth_begin(session *s, peer_auth *a, dyo_status *st, dyo_err *err)
{
  const char *wanted = a->login->issuer;
  const bool  own    = session_secret(s, "refresh_token") || session_secret(s, "access_token");
  const bool  proof  = session_secret(s, "client_secret") || session_secret(s, "private_key");
  if (!own && (a->person || !a->login->client_id || !proof)) return false;
  *st = peer_site_find(s, a->url, &a->asked, wanted, &a->site, err);
  if (*st != DYO_OK) return false;
  if (wanted && strcmp(wanted, a->site.issuer) != 0) {
    *st = session_fail(s, FAULT_AUTH, "", err, "the MCP server's tokens come from %.80s now, and not from %.80s",
                       a->site.issuer, wanted);
    return false;
  }
  scopes_join(a->login->scope ? a->login->scope : a->site.scope, a->asked.scope, a->scope, sizeof a->scope);
  peer_auth_plan(s, a);
  a->ready = true;
  return true;
}

/* A refresh token gives no more than the person consented to (RFC 6749, 6): then a new sign-in is wanted. */
bool peer_auth_widen(session *s, peer_auth *a)
{
  char wider[SITE_TEXT];
  if (a->person || session_secret(s, "refresh_token") || session_secret(s, "access_token")) return false;
  if (strcmp(a->asked.error, "insufficient_scope") != 0 || scopes_within(a->asked.scope, a->scope)) return false;
  if (!scopes_join(a->scope, a->asked.scope, wider, sizeof wider)) return false;
  memcpy(a->scope, wider, sizeof wider);
  peer_auth_plan(s, a);
  return true;
}
