/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who asks, what that one may do and how often. A token that was found is believed for a moment without asking the store again, so
 * that a busy client costs no database; a token revoked by another program therefore works for that moment still. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "api/exchange.h"
#include "base/clock.h"
#include "base/ids.h"
#include "store/quotas.h"

static const double believed_s = 2;

typedef struct {
  uint8_t     digest[DIGEST_SIZE];
  char        tenant[256], actor[6 + ID_CHARS];
  unsigned    scopes;
  double      until; /* believed until then */
  rate_bucket bucket;
  bool        used;
} kept_token;

struct token_cache {
  pthread_mutex_t lock;
  kept_token      kept[TOKENS_KEPT]; /* by the digest's first bits; the newer one stays */
};

struct token_cache *token_cache_new(void)
{
  struct token_cache *c = calloc(1, sizeof *c);
  if (c) pthread_mutex_init(&c->lock, NULL);
  return c;
}

void token_cache_free(struct token_cache *c)
{
  if (!c) return;
  pthread_mutex_destroy(&c->lock);
  free(c);
}

static kept_token *place_of(struct token_cache *c, const uint8_t digest[DIGEST_SIZE])
{
  return &c->kept[(digest[0] << 8 | digest[1]) % TOKENS_KEPT];
}

static bool remembered(exchange *x, const uint8_t digest[DIGEST_SIZE])
{
  struct token_cache *c = x->a->tokens;
  pthread_mutex_lock(&c->lock);
  const kept_token *k     = place_of(c, digest);
  const bool        found = k->used && clock_monotonic() < k->until && digest_equal(k->digest, digest);
  if (found) {
    memcpy(x->tenant, k->tenant, sizeof x->tenant);
    memcpy(x->actor, k->actor, sizeof x->actor);
    x->scopes = k->scopes;
  }
  pthread_mutex_unlock(&c->lock);
  return found;
}

static void remember(exchange *x, const uint8_t digest[DIGEST_SIZE])
{
  struct token_cache *c   = x->a->tokens;
  const double        now = clock_monotonic();
  pthread_mutex_lock(&c->lock);
  kept_token *k    = place_of(c, digest);
  const bool  same = k->used && digest_equal(k->digest, digest);
  if (!same) *k = (kept_token){.bucket = {x->a->o.burst, now}, .used = true};
  memcpy(k->digest, digest, DIGEST_SIZE);
  memcpy(k->tenant, x->tenant, sizeof k->tenant);
  memcpy(k->actor, x->actor, sizeof k->actor);
  k->scopes = x->scopes;
  k->until  = now + believed_s;
  pthread_mutex_unlock(&c->lock);
}

static bool within_rate(exchange *x, const uint8_t digest[DIGEST_SIZE])
{
  struct token_cache *c    = x->a->tokens;
  const double        rate = x->a->o.rate, burst = x->a->o.burst, now = clock_monotonic();
  bool                ok = true;
  if (rate <= 0) return true;
  pthread_mutex_lock(&c->lock);
  kept_token *k = place_of(c, digest);
  if (k->used && digest_equal(k->digest, digest)) ok = rate_take(&k->bucket, rate, burst, now);
  pthread_mutex_unlock(&c->lock);
  return ok;
}

static const char *bearer(const exchange *x)
{
  const char *h = http_header(x->r, "Authorization");
  if (!h || strncasecmp(h, "Bearer ", 7) != 0) return NULL;
  h += 7;
  h += strspn(h, " ");
  return id_token_length(h) && h[id_token_length(h)] == '\0' ? h : NULL;
}

static bool refuse(exchange *x, dyo_status code, const char *why)
{
  dyo_err err;
  dyo_fail(&err, code, "", "%s", why);
  if (code == DYO_UNAUTHORIZED) atomic_fetch_add(&x->a->counts.rejected_tokens, 1);
  api_problem(x, &err);
  return false;
}

/* The rate of the tenant that was found, which may have changed since. */
static bool look_up_rate(exchange *x)
{
  store_quotas q;
  dyo_err      err;
  dyo_status   st = store_quotas_get(x->a->store, x->tenant, &q, &err);
  if (st == DYO_OK && !tenant_rates_told(x->a->rates, x->tenant, q.most[QUOTA_RATE], q.most[QUOTA_BURST]))
    st = dyo_oom(&err);
  if (st != DYO_OK) api_problem(x, &err);
  return st == DYO_OK;
}

static bool look_up(exchange *x, const uint8_t digest[DIGEST_SIZE])
{
  store_token      t;
  dyo_err          err;
  const dyo_status st = store_token_find(x->a->store, digest, clock_now_ms(), &t, &err);
  if (st == DYO_NOT_FOUND)
    return refuse(
      x, DYO_UNAUTHORIZED,
      "This token is not known here or has expired. Make one: dyocensed token create --tenant T --scope write.");
  if (st != DYO_OK) {
    api_problem(x, &err);
    return false;
  }
  const bool fits = strlen(t.tenant) < sizeof x->tenant;
  if (fits) snprintf(x->tenant, sizeof x->tenant, "%s", t.tenant);
  snprintf(x->actor, sizeof x->actor, "token %s", t.id);
  x->scopes = t.scopes;
  store_token_free(&t, 1);
  if (!fits) return refuse(x, DYO_UNAUTHORIZED, "the token's tenant has a name that is too long");
  if (!look_up_rate(x)) return false;
  remember(x, digest);
  return true;
}

bool api_admit(exchange *x)
{
  uint8_t     digest[DIGEST_SIZE];
  const char *token = bearer(x);
  if (x->route->scope == SCOPE_NONE) return true;
  if (!token) return refuse(x, DYO_UNAUTHORIZED, "a token is expected: Authorization: Bearer dyo_...");
  digest_of(token, strlen(token), NULL, digest);
  if (!remembered(x, digest) && !look_up(x, digest)) return false;
  if (!within_rate(x, digest)) {
    atomic_fetch_add(&x->a->counts.limited, 1);
    return refuse(x, DYO_RATE_LIMITED, "too many requests with this token; try again in a second");
  }
  if (!tenant_within_rate(x->a->rates, x->tenant)) {
    atomic_fetch_add(&x->a->counts.tenant_limited, 1);
    return refuse(x, DYO_RATE_LIMITED, "too many requests of this tenant's tokens together; try again in a second");
  }
  if (x->scopes & (x->route->scope | SCOPE_ADMIN)) return true;
  return refuse(x, DYO_FORBIDDEN, "this token may not do that; its scope is too small");
}
