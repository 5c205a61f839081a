/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "connect/oauth.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "connect/oauth_shared.h"
#include "connect/pieces.h"

enum { LOOK_MS = 100, NAMES = 4 };

/* A credential of a tenant. A refresh token that was replaced gives it another name: it goes by the last few, since sessions that
 * began before know it by an earlier one. */
typedef struct credential {
  struct credential *next;
  uint8_t            names[NAMES][DIGEST_SIZE];
  unsigned           n_names; /* that it ever had; number i is in names[i % NAMES] */
  bool               busy;    /* somebody is fetching */
  char              *token;
  bool               refused;          /* one was not good: */
  uint8_t            bad[DIGEST_SIZE]; /* its digest */
  char               instance[OAUTH_INSTANCE];
  uint64_t           number;
  double             good_until; /* by the context's clock; 0: nobody said */
} credential;

/* With that refresh token; NULL: none. */
static void name_with(const session *s, const char *main, uint8_t out[DIGEST_SIZE])
{
  const oauth_plan *p = s->oauth;
  digest_state      d;
  digest_begin(&d);
  digest_add(&d, s->tenant, strlen(s->tenant) + 1);
  digest_add(&d, p->url, strlen(p->url) + 1);
  digest_add(&d, p->identity, strlen(p->identity) + 1);
  if (main) digest_add(&d, main, strlen(main));
  digest_end(&d, out);
}

static void name_of(const session *s, uint8_t out[DIGEST_SIZE])
{
  name_with(s, s->oauth->rotates ? session_secret(s, s->oauth->rotates) : NULL, out);
}

/* The lock is held. */
static credential *credential_of(session *s, dyo_err *err)
{
  uint8_t name[DIGEST_SIZE];
  name_of(s, name);
  for (credential *k = s->c->credentials; k; k = k->next)
    for (unsigned i = 0; i < k->n_names && i < NAMES; i++)
      if (digest_equal(k->names[i], name)) return k;
  credential *k = calloc(1, sizeof *k);
  if (!k) {
    dyo_oom(err);
    return NULL;
  }
  memcpy(k->names[0], name, DIGEST_SIZE);
  k->n_names        = 1;
  k->next           = s->c->credentials;
  s->c->credentials = k;
  return k;
}

/* The token is not good any more. */
static void put_away(credential *k)
{
  if (!k->token) return;
  k->refused = true;
  digest_of(k->token, strlen(k->token), NULL, k->bad);
  wipe_text(k->token);
  k->token = NULL;
}

void oauth_free(connect_hub *c)
{
  for (credential *k = c->credentials, *next = NULL; k; k = next) {
    next = k->next;
    wipe_text(k->token);
    free(k);
  }
  c->credentials = NULL;
}

/* --- the token endpoint's answer ------------------------------------------------------------------------------------------- */

static bool says(const char *text, const char *part)
{
  return strstr(text, part) != NULL;
}

/* Errors are an object of error and error_description (RFC 6749, 5.2), whose texts hold no secret. */
static fault judge(const web_reply *r, char *code, size_t code_room, char *message, size_t room)
{
  dyo_err ignored;
  if (r->status < 300) return FAULT_NONE;
  if (dyo_json_check(r->body, r->n, &ignored) != DYO_OK)
    return r->status == 429 || r->status == 503 ? FAULT_THROTTLE : FAULT_TRANSIENT; /* a page of maintenance */
  const dyo_piece body = piece_of(r->body, r->n);
  piece_copy(piece_member(body, "error"), code, code_room);
  piece_copy(piece_member(body, "error_description"), message, room);
  const fault f = fault_of_status(r->status);
  if (f == FAULT_THROTTLE || f == FAULT_TRANSIENT || strcmp(code, "unknown_error") == 0 ||
      strcmp(code, "internal_failure") == 0 || strcmp(code, "temporarily_unavailable") == 0)
    return f == FAULT_THROTTLE ? f : FAULT_TRANSIENT;
  return says(message, "retry your request") ? FAULT_TRANSIENT : FAULT_AUTH;
}

static dyo_status read_grant(session *s, const web_reply *r, oauth_grant *g, dyo_err *err)
{
  const dyo_piece body = piece_of(r->body, r->n);
  *g                   = (oauth_grant){.token = piece_string(piece_member(body, "access_token"))};
  g->refresh           = piece_string(piece_member(body, "refresh_token"));
  piece_copy(piece_member(body, "instance_url"), g->instance, sizeof g->instance);
  if (!piece_number(piece_member(body, "expires_in"), &g->lasts)) g->lasts = 0;
  if (g->token && g->token[0] && !strpbrk(g->token, "\r\n \t")) return DYO_OK;
  return session_fail(s, FAULT_TERMINAL, "", err, "the token endpoint's answer has no access token");
}

void oauth_grant_free(oauth_grant *g)
{
  wipe_text(g->token);
  wipe_text(g->refresh);
}

dyo_status oauth_fetch(session *s, oauth_grant *g, dyo_err *err)
{
  char      *authorization = s->oauth->authorization ? s->oauth->authorization(s) : NULL;
  web_header headers[]     = {{"Content-Type", "application/x-www-form-urlencoded"},
                              {"Accept", "application/json"},
                              {authorization ? "Authorization" : NULL, authorization},
                              {NULL, NULL}};
  dyo_buf    form          = {.secret = true};
  web_reply  r             = {0};
  dyo_status st            = s->oauth->form(s, &form, err);
  if (st == DYO_OK && form.failed) st = dyo_oom(err);
  const ask a = {.method  = "POST",
                 .url     = s->oauth->url,
                 .headers = headers,
                 .body    = form.s,
                 .n_body  = form.n,
                 .most    = 1 << 20,
                 .json    = true,
                 .judge   = judge};
  *g          = (oauth_grant){0};
  if (st == DYO_OK) st = session_ask(s, &a, &r, err);
  if (st == DYO_OK) st = read_grant(s, &r, g, err);
  web_reply_free(&r);
  wipe_text(authorization);
  dyo_buf_free(&form);
  return st;
}

/* --- a refresh token that was replaced --------------------------------------------------------------------------------------- */

typedef struct {
  session      *s;
  const char   *field, *old, *fresh;
  store_secret *list;
  size_t        n, cap;
  dyo_status    st;
  dyo_err      *err;
} swap;

/* Seals the new token in the place of each old one: every connector of the tenant that has it. */
static bool swap_one(void *user, const store_secret *one)
{
  swap *w = user;
  if (strcmp(one->field, w->field) != 0) return true;
  char      *held = keys_open(w->s->c, one);
  const bool same = held && strcmp(held, w->old) == 0;
  wipe_text(held);
  if (!same) return true;
  if (w->n == w->cap) {
    store_secret *more = realloc(w->list, (w->cap + 16) * sizeof *more);
    if (!more) return w->st = dyo_oom(w->err), false;
    w->list = more;
    w->cap += 16;
  }
  const seal_place place  = {one->tenant, one->source_id, one->field};
  unsigned char   *sealed = NULL;
  void            *was    = malloc(one->n);
  size_t           n      = 0;
  w->st                   = was ? keys_seal(w->s->c, &place, w->fresh, &sealed, &n, w->err) : dyo_oom(w->err);
  if (w->st != DYO_OK) return free(was), false;
  memcpy(was, one->sealed, one->n);
  w->list[w->n++] = (store_secret){strdup(one->tenant), strdup(one->source_id), w->field, sealed, n, was, one->n, NULL};
  return true;
}

/* Only where the old one is still there: a daemon that was cut off meanwhile does not write over what another has got since. */
static dyo_status keep_rotated(session *s, const shared_claim *c, const oauth_grant *g, const uint8_t *name,
                               dyo_err *err)
{
  const char *old = session_secret(s, s->oauth->rotates);
  swap        w   = {.s = s, .field = s->oauth->rotates, .old = old ? old : "", .fresh = g->refresh, .err = err};
  dyo_status  st  = store_secrets_each(s->c->o.store, s->tenant, NULL, swap_one, &w, err);
  if (st == DYO_OK) st = w.st;
  if (st == DYO_OK) st = shared_keep(s, c, g, name, w.list, w.n, err);
  for (size_t i = 0; i < w.n; i++) {
    union {
      const char *in;
      char       *out;
    } texts[] = {{w.list[i].tenant}, {w.list[i].source_id}};
    union {
      const void *in;
      void       *out;
    } sealed = {w.list[i].sealed}, was = {w.list[i].was};
    free(texts[0].out), free(texts[1].out), free(sealed.out), free(was.out);
  }
  free(w.list);
  return st == DYO_OK ? session_reload_secrets(s, err) : st;
}

/* --- one at a time ---------------------------------------------------------------------------------------------------------------- */

/* Another one may have replaced the refresh token since this session read it, also while it is used (a command beside the daemon): then
 * that one is tried. */
static dyo_status fetch_newest(session *s, oauth_grant *g, dyo_err *err)
{
  uint8_t before[DIGEST_SIZE], now[DIGEST_SIZE];
  dyo_err reloading;
  if (s->oauth->rotates && session_reload_secrets(s, err) != DYO_OK) return err->code;
  const dyo_status st = oauth_fetch(s, g, err);
  if (st == DYO_OK || s->last != FAULT_AUTH || !s->oauth->rotates) return st;
  name_of(s, before);
  if (session_reload_secrets(s, &reloading) != DYO_OK) return st;
  name_of(s, now);
  if (digest_equal(before, now)) return st;
  oauth_grant_free(g);
  return oauth_fetch(s, g, err);
}

static void put_token(credential *k, session *s, oauth_grant *g)
{
  wipe_text(k->token);
  k->token = g->token;
  g->token = NULL;
  k->number++;
  memcpy(k->instance, g->instance, sizeof k->instance);
  k->good_until = g->lasts > 0 ? s->c->o.time.now(s->c->o.time.user) + 0.8 * g->lasts : 0;
}

/* A refresh token that was replaced: the credential goes by the new one before anybody can read it, or whoever did so first would take
 * it for another credential and replace it once more. */
static dyo_status take_rotated(session *s, credential *k, const shared_claim *c, const oauth_grant *g, dyo_err *err)
{
  uint8_t name[DIGEST_SIZE];
  name_with(s, g->refresh, name);
  pthread_mutex_lock(&s->c->lock);
  memcpy(k->names[k->n_names++ % NAMES], name, sizeof name);
  pthread_mutex_unlock(&s->c->lock);
  return keep_rotated(s, c, g, name, err);
}

/* A token that another daemon has got for the same credential, or a new one. */
static dyo_status find_or_fetch(session *s, credential *k, oauth_grant *g, bool *found, dyo_err *err)
{
  shared_claim c;
  uint8_t      name[DIGEST_SIZE];
  dyo_status   st = s->oauth->rotates ? session_reload_secrets(s, err) : DYO_OK;
  name_of(s, name);
  if (st == DYO_OK) st = shared_begin(s, name, k->refused ? k->bad : NULL, g, &c, err);
  *found = st == DYO_OK && g->token;
  if (st != DYO_OK || *found) return st;
  st = fetch_newest(s, g, err);
  if (st == DYO_OK && g->refresh && s->oauth->rotates) st = take_rotated(s, k, &c, g, err);
  else if (st == DYO_OK) st = shared_keep(s, &c, g, NULL, NULL, 0, err);
  if (st != DYO_OK) shared_drop(s, &c);
  return st;
}

/* The lock is held, also afterwards; it is free while the answer is awaited. */
static dyo_status fetch_for(session *s, credential *k, dyo_err *err)
{
  oauth_grant g = {0};
  k->busy       = true;
  pthread_mutex_unlock(&s->c->lock);
  bool             found = false;
  const dyo_status st    = find_or_fetch(s, k, &g, &found, err);
  log_line         l;
  log_begin(&l, st == DYO_OK ? LOG_INFO : LOG_WARN, found ? "access shared" : "access fetched");
  log_text(&l, "tenant", s->tenant);
  log_text(&l, "source_id", s->source_id);
  log_text(&l, "replaced", g.refresh ? "yes" : NULL);
  log_text(&l, "message", st == DYO_OK ? NULL : err->message);
  log_end(&l);
  pthread_mutex_lock(&s->c->lock);
  if (st == DYO_OK) put_token(k, s, &g);
  oauth_grant_free(&g);
  k->busy = false;
  pthread_cond_broadcast(&s->c->told);
  return st;
}

static dyo_status fixed(session *s, char **token, uint64_t *number, char *instance, dyo_err *err)
{
  const char *held = session_secret(s, s->oauth->fixed_token);
  *number          = 0;
  if (instance) instance[0] = '\0';
  *token = held ? strdup(held) : NULL;
  if (held) return *token ? DYO_OK : dyo_oom(err);
  return session_fail(s, FAULT_AUTH, "", err, "no %s is set", s->oauth->fixed_token);
}

dyo_status oauth_token(session *s, char **token, uint64_t *number, char instance[OAUTH_INSTANCE], dyo_err *err)
{
  *token = NULL;
  if (s->oauth->fixed_token) return fixed(s, token, number, instance, err);
  pthread_mutex_lock(&s->c->lock);
  credential *k  = credential_of(s, err);
  dyo_status  st = k ? DYO_OK : err->code;
  while (k && k->busy && !session_cancelled(s)) clock_cond_wait(&s->c->told, &s->c->lock, LOOK_MS);
  if (k && session_cancelled(s)) st = session_fail(s, FAULT_CANCELLED, "", err, "cancelled");
  if (st == DYO_OK && k->good_until > 0 && s->c->o.time.now(s->c->o.time.user) > k->good_until) put_away(k);
  if (st == DYO_OK && !k->token) st = fetch_for(s, k, err);
  if (st == DYO_OK) {
    *token  = strdup(k->token);
    *number = k->number;
    if (instance) memcpy(instance, k->instance, OAUTH_INSTANCE);
    if (!*token) st = dyo_oom(err);
  }
  pthread_mutex_unlock(&s->c->lock);
  return st;
}

char *oauth_held(session *s)
{
  dyo_err     ignored;
  const char *own = s->oauth->fixed_token ? session_secret(s, s->oauth->fixed_token) : NULL;
  if (s->oauth->fixed_token) return own ? strdup(own) : NULL;
  pthread_mutex_lock(&s->c->lock);
  const credential *k     = credential_of(s, &ignored);
  char             *token = k && k->token ? strdup(k->token) : NULL;
  pthread_mutex_unlock(&s->c->lock);
  return token;
}

void oauth_refused(session *s, uint64_t number)
{
  dyo_err ignored;
  pthread_mutex_lock(&s->c->lock);
  credential *k = s->oauth->fixed_token ? NULL : credential_of(s, &ignored);
  if (k && k->number == number && !k->busy) put_away(k);
  pthread_mutex_unlock(&s->c->lock);
}
