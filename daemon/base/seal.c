/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/seal.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum {
  VERSION   = 1,
  KEY       = crypto_aead_xchacha20poly1305_ietf_KEYBYTES,
  NONCE     = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
  TAG       = crypto_aead_xchacha20poly1305_ietf_ABYTES,
  NAME      = 8,
  HEAD      = 1 + NAME + NONCE,
  KEYS_MOST = 8
};

_Static_assert(SEAL_EXTRA == HEAD + TAG && SEAL_KEY_CHARS == 2 * KEY + 1, "seal.h says how long things are");

typedef struct {
  unsigned char name[NAME], key[KEY];
} one_key;

struct seal_keys {
  size_t  n;
  one_key keys[KEYS_MOST];
};

void wipe(void *bytes, size_t n)
{
  if (bytes) sodium_memzero(bytes, n);
}

void wipe_text(char *text)
{
  if (text) sodium_memzero(text, strlen(text));
  free(text);
}

void seal_new_key(char out[SEAL_KEY_CHARS])
{
  unsigned char key[KEY];
  randombytes_buf(key, sizeof key);
  sodium_bin2hex(out, SEAL_KEY_CHARS, key, sizeof key);
  sodium_memzero(key, sizeof key);
}

static bool read_line(one_key *k, const char *line, size_t n)
{
  size_t len = 0;
  if (n != 2 * KEY || sodium_hex2bin(k->key, KEY, line, n, NULL, &len, NULL) != 0 || len != KEY) return false;
  crypto_generichash(k->name, NAME, k->key, KEY, NULL, 0); /* of a random key, so it tells nothing of it */
  return true;
}

dyo_status seal_keys_read(const char *text, seal_keys **out, dyo_err *err)
{
  seal_keys *k = sodium_malloc(sizeof *k);
  *out         = NULL;
  if (!k) return dyo_oom(err);
  k->n    = 0;
  bool ok = true;
  while (ok && *text) {
    const size_t n = strcspn(text, "\r\n");
    if (n > 0) ok = k->n < KEYS_MOST && read_line(&k->keys[k->n++], text, n);
    text += n + strspn(text + n, "\r\n");
  }
  if (ok && k->n > 0) {
    sodium_mprotect_readonly(k);
    *out = k;
    return DYO_OK;
  }
  sodium_free(k);
  return dyo_fail(err, DYO_INVALID_INPUT, "", "the master key is not one to %d lines of %d hexadecimal digits",
                  (int)KEYS_MOST, 2 * (int)KEY);
}

void seal_keys_free(seal_keys *k)
{
  if (k) sodium_free(k); /* which wipes */
}

/* Lengths stand before the parts, so that no two places make the same bytes. */
static unsigned char *place_bytes(const seal_place *p, size_t *n)
{
  const char *const parts[] = {p->tenant, p->source, p->field};
  size_t            at      = 0;
  *n                        = 0;
  for (int i = 0; i < 3; i++) *n += 8 + strlen(parts[i]);
  unsigned char *bytes = malloc(*n);
  for (int i = 0; i < 3 && bytes; i++) {
    const uint64_t len = strlen(parts[i]);
    for (int k = 0; k < 8; k++) bytes[at++] = (unsigned char)(len >> (8 * k));
    memcpy(bytes + at, parts[i], len);
    at += len;
  }
  return bytes;
}

bool seal(const seal_keys *k, const seal_place *p, const void *plain, size_t n, unsigned char *out)
{
  size_t         n_place = 0;
  unsigned char *place   = place_bytes(p, &n_place);
  memset(out, 0, n + SEAL_EXTRA);
  if (!place) return false;
  out[0] = VERSION;
  memcpy(out + 1, k->keys[0].name, NAME);
  randombytes_buf(out + 1 + NAME, NONCE);
  crypto_aead_xchacha20poly1305_ietf_encrypt(out + HEAD, NULL, plain, n, place, n_place, NULL, out + 1 + NAME,
                                             k->keys[0].key);
  free(place);
  return true;
}

static const one_key *key_of(const seal_keys *k, const unsigned char *sealed, size_t n)
{
  if (n < SEAL_EXTRA || sealed[0] != VERSION) return NULL;
  for (size_t i = 0; i < k->n; i++)
    if (memcmp(k->keys[i].name, sealed + 1, NAME) == 0) return &k->keys[i];
  return NULL;
}

bool seal_open(const seal_keys *k, const seal_place *p, const void *sealed, size_t n, unsigned char *out)
{
  const unsigned char *in = sealed;
  if (n < SEAL_EXTRA) return false;
  memset(out, 0, n - SEAL_EXTRA);
  const one_key *key     = key_of(k, in, n);
  size_t         n_place = 0;
  unsigned char *place   = key ? place_bytes(p, &n_place) : NULL;
  const bool     ok = place && crypto_aead_xchacha20poly1305_ietf_decrypt(out, NULL, NULL, in + HEAD, n - HEAD, place,
                                                                          n_place, in + 1 + NAME, key->key) == 0;
  free(place);
  return ok;
}

bool seal_knows(const seal_keys *k, const void *sealed, size_t n)
{
  return key_of(k, sealed, n) != NULL;
}

bool seal_is_first(const seal_keys *k, const void *sealed, size_t n)
{
  return key_of(k, sealed, n) == &k->keys[0];
}
