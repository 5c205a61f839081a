/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "connect/oauth_shared.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

/* CLAIM_MS: longer than a request to a token endpoint with all its tries may take. */
enum { CLAIM_MS = 120000 };

static const char   field[]     = "access_token";
static const double look_s      = 0.05;
static const double of_its_life = 0.8; /* as oauth.c's put_token has it */

/* The token in g, unless it does not open or is the bad one. */
static void take(session *s, const shared_claim *c, const store_granted *got, const uint8_t *bad, oauth_grant *g)
{
  const store_secret one = {
    .tenant = s->tenant, .source_id = c->name, .field = field, .sealed = got->sealed, .n = got->n};
  uint8_t digest[DIGEST_SIZE];
  g->token = keys_open(s->c, &one);
  if (g->token && bad) {
    digest_of(g->token, strlen(g->token), NULL, digest);
    if (digest_equal(digest, bad)) {
      wipe_text(g->token);
      g->token = NULL;
    }
  }
  if (!g->token) return;
  snprintf(g->instance, sizeof g->instance, "%s", got->instance);
  if (got->good_until) g->lasts = (double)(got->good_until - clock_now_ms()) / 1000 / of_its_life;
}

dyo_status shared_begin(session *s, const uint8_t name[DIGEST_SIZE], const uint8_t *bad, oauth_grant *g,
                        shared_claim *c, dyo_err *err)
{
  int64_t no = -1; /* of one that is not good */
  digest_text(name, c->name);
  c->claim = 0;
  if (!store_shared(s->c->o.store)) return DYO_OK;
  for (;;) {
    store_granted    got;
    const int64_t    now = clock_now_ms();
    const dyo_status st  = store_grant_claim(s->c->o.store, s->tenant, c->name, no, now, now + CLAIM_MS, &got, err);
    if (st != DYO_OK) return st;
    if (got.sealed) take(s, c, &got, bad, g);
    free(got.sealed);
    c->claim = got.claim;
    if (g->token || c->claim) return DYO_OK;
    if (got.sealed) no = got.number;
    else if (!session_wait(s, look_s)) return session_fail(s, FAULT_CANCELLED, "", err, "cancelled");
  }
}

static dyo_status seal_for(session *s, const char *name, const char *token, unsigned char **sealed, size_t *n,
                           dyo_err *err)
{
  const seal_place place = {s->tenant, name, field};
  return keys_seal(s->c, &place, token, sealed, n, err);
}

dyo_status shared_keep(session *s, const shared_claim *c, const oauth_grant *g, const uint8_t *fresh,
                       const store_secret *list, size_t n, dyo_err *err)
{
  char           name[DIGEST_CHARS] = "";
  unsigned char *sealed[2]          = {NULL, NULL};
  store_grant    put                = {.tenant = s->tenant, .names = {c->name, NULL}, .claim = c->claim};
  put.instance                      = g->instance;
  if (c->claim == 0) return store_secrets_put(s->c->o.store, list, n, err);
  if (fresh) digest_text(fresh, name), put.names[1] = name;
  if (g->lasts > 0) put.good_until = clock_now_ms() + (int64_t)(1000 * of_its_life * g->lasts);
  dyo_status st = seal_for(s, c->name, g->token, &sealed[0], &put.n, err);
  if (st == DYO_OK && fresh) st = seal_for(s, name, g->token, &sealed[1], &put.n, err);
  put.sealed[0] = sealed[0];
  put.sealed[1] = sealed[1];
  if (st == DYO_OK) st = store_grant_put(s->c->o.store, &put, list, n, err);
  free(sealed[0]);
  free(sealed[1]);
  return st;
}

void shared_drop(session *s, const shared_claim *c)
{
  const store_grant none = {.tenant = s->tenant, .names = {c->name, NULL}, .claim = c->claim};
  dyo_err           ignored; /* then the claim ends by itself */
  if (c->claim) store_grant_put(s->c->o.store, &none, NULL, 0, &ignored);
}
