/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/answers.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/ids.h"

static const double believed_s = 0.5;

enum { PLACES = 1024, LARGEST = 1 << 20, MOST = 64 << 20 /* packed copies included */ };

typedef struct {
  uint8_t    key[DIGEST_SIZE];
  int64_t    version;
  uint64_t   changes; /* of the store when the version was last looked at */
  double     until;   /* not looked at again before */
  double     asked;   /* for the last time */
  http_body *body;    /* NULL: empty */
  char       etag[ETAG_CHARS];
} kept;

struct answer_cache {
  pthread_mutex_t lock;
  size_t          bytes, hand;    /* hand: the next to go where there is no room */
  kept            places[PLACES]; /* by the first bits of the key's digest; the newer one stays */
};

struct answer_cache *answer_cache_new(void)
{
  struct answer_cache *c = calloc(1, sizeof *c);
  if (c) pthread_mutex_init(&c->lock, NULL);
  return c;
}

static void empty(struct answer_cache *c, kept *k)
{
  c->bytes -= http_body_most(k->body);
  http_body_free(k->body);
  k->body = NULL;
}

void answer_cache_free(struct answer_cache *c)
{
  if (!c) return;
  for (size_t i = 0; i < PLACES; i++) empty(c, &c->places[i]);
  pthread_mutex_destroy(&c->lock);
  free(c);
}

static kept *place_of(struct answer_cache *c, const char *key, uint8_t digest[DIGEST_SIZE])
{
  digest_of(key, strlen(key), NULL, digest);
  return &c->places[(digest[0] << 8 | digest[1]) % PLACES];
}

/* The lock is held. */
static http_body *lend(kept *k, double now, char etag[ETAG_CHARS])
{
  k->asked = now;
  memcpy(etag, k->etag, ETAG_CHARS);
  return http_body_share(k->body);
}

http_body *answer_still(struct answer_cache *c, const char *key, uint64_t changes, char etag[ETAG_CHARS])
{
  uint8_t      digest[DIGEST_SIZE];
  kept        *k     = place_of(c, key, digest);
  http_body   *found = NULL;
  const double now   = clock_monotonic();
  pthread_mutex_lock(&c->lock);
  if (k->body && k->changes == changes && now < k->until && memcmp(k->key, digest, DIGEST_SIZE) == 0)
    found = lend(k, now, etag);
  pthread_mutex_unlock(&c->lock);
  return found;
}

http_body *answer_find(struct answer_cache *c, const char *key, int64_t version, uint64_t changes,
                       char etag[ETAG_CHARS])
{
  uint8_t      digest[DIGEST_SIZE];
  kept        *k     = place_of(c, key, digest);
  http_body   *found = NULL;
  const double now   = clock_monotonic();
  pthread_mutex_lock(&c->lock);
  if (k->body && k->version == version && memcmp(k->key, digest, DIGEST_SIZE) == 0) {
    found      = lend(k, now, etag);
    k->changes = changes;
    k->until   = now + believed_s;
  }
  pthread_mutex_unlock(&c->lock);
  return found;
}

void answer_keep(struct answer_cache *c, const char *key, int64_t version, http_body *b, const char *etag)
{
  uint8_t      digest[DIGEST_SIZE];
  kept        *k = place_of(c, key, digest);
  const size_t n = http_body_most(b);
  if (!b || http_body_size(b) > LARGEST) return;
  pthread_mutex_lock(&c->lock);
  empty(c, k);
  for (; c->bytes + n > MOST; c->hand = (c->hand + 1) % PLACES) empty(c, &c->places[c->hand]);
  memcpy(k->key, digest, DIGEST_SIZE);
  k->version = version;
  k->until   = 0;
  k->asked   = clock_monotonic();
  k->body    = http_body_share(b);
  strncpy(k->etag, etag, ETAG_CHARS - 1);
  c->bytes += n;
  pthread_mutex_unlock(&c->lock);
}

void answer_cache_drop(struct answer_cache *c, double before)
{
  pthread_mutex_lock(&c->lock);
  for (kept *k = c->places; k < c->places + PLACES; k++)
    if (k->body && k->asked < before) empty(c, k);
  pthread_mutex_unlock(&c->lock);
}
