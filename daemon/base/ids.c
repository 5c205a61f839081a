/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/ids.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/clock.h"

static const char token_mark[] = "dyo_";

enum { TOKEN_BYTES = 32, MARK = sizeof token_mark - 1, RANDOM_KEPT = 1024, TOKEN_TEXT = TOKEN_CHARS - 1 - MARK };

bool ids_start(void)
{
  return sodium_init() >= 0;
}

/* n random bytes from a store of the thread's own: the system is asked once for many ids. */
static void take_random(uint8_t *out, size_t n)
{
  static _Thread_local uint8_t kept[RANDOM_KEPT];
  static _Thread_local size_t  left;
  if (left < n) {
    randombytes_buf(kept, sizeof kept);
    left = sizeof kept;
  }
  left -= n;
  memcpy(out, kept + left, n);
}

void id_new(char out[ID_CHARS])
{
  const uint64_t ms = (uint64_t)clock_now_ms();
  uint8_t        b[16];
  take_random(b, sizeof b);
  for (int i = 0; i < 6; i++) b[i] = (uint8_t)(ms >> (40 - 8 * i)); /* RFC 9562, 5.7 */
  b[6]      = (uint8_t)(0x70 | (b[6] & 0x0f));
  b[8]      = (uint8_t)(0x80 | (b[8] & 0x3f));
  char *end = out;
  for (int i = 0; i < 16; i++) {
    if (i == 4 || i == 6 || i == 8 || i == 10) *end++ = '-';
    *end++ = "0123456789abcdef"[b[i] >> 4];
    *end++ = "0123456789abcdef"[b[i] & 15];
  }
  *end = '\0';
}

bool id_valid(const char *text)
{
  for (int i = 0; i < ID_CHARS - 1; i++) {
    const char c    = text[i];
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? c != '-' : !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) return false;
  }
  return text[ID_CHARS - 1] == '\0';
}

void token_new(char out[TOKEN_CHARS])
{
  uint8_t b[TOKEN_BYTES];
  char    text[TOKEN_TEXT + 1];
  randombytes_buf(b, sizeof b);
  sodium_bin2base64(text, sizeof text, b, sizeof b, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  snprintf(out, TOKEN_CHARS, "%s%s", token_mark, text);
  sodium_memzero(b, sizeof b);
  sodium_memzero(text, sizeof text);
}

size_t id_token_length(const char *s)
{
  if (*s != TOKEN_FIRST || strncmp(s, token_mark, MARK) != 0) return 0;
  size_t n = MARK;
  while ((s[n] >= '0' && s[n] <= '9') || (s[n] >= 'A' && s[n] <= 'Z') || (s[n] >= 'a' && s[n] <= 'z') || s[n] == '_' ||
         s[n] == '-')
    n++;
  return n >= MARK + TOKEN_TEXT ? n : 0;
}

bool id_hides_token(const char *text)
{
  return strstr(text, token_mark) != NULL;
}

void ids_guard(void)
{
  const struct rlimit none = {0, 0};
  umask(077);
  setrlimit(RLIMIT_CORE, &none);
  prctl(PR_SET_DUMPABLE, 0); /* also where cores go through a pipe, which the limit does not stop */
}

void digest_of(const void *bytes, size_t n, const uint8_t *key, uint8_t out[DIGEST_SIZE])
{
  crypto_generichash(out, DIGEST_SIZE, bytes, n, key, key ? DIGEST_SIZE : 0);
}

void digest_text(const uint8_t digest[DIGEST_SIZE], char out[DIGEST_CHARS])
{
  sodium_bin2hex(out, DIGEST_CHARS, digest, DIGEST_SIZE);
}

_Static_assert(sizeof(crypto_generichash_state) <= DIGEST_STATE, "room for libsodium's state");

static crypto_generichash_state *state_of(digest_state *d)
{
  return (crypto_generichash_state *)(void *)d->opaque;
}

void digest_begin(digest_state *d)
{
  crypto_generichash_init(state_of(d), NULL, 0, DIGEST_SIZE);
}

void digest_add(digest_state *d, const void *bytes, size_t n)
{
  crypto_generichash_update(state_of(d), bytes, n);
}

void digest_end(digest_state *d, uint8_t out[DIGEST_SIZE])
{
  crypto_generichash_final(state_of(d), out, DIGEST_SIZE);
}

char *base64_text(const void *bytes, size_t n)
{
  const size_t room = sodium_base64_encoded_len(n, sodium_base64_VARIANT_ORIGINAL);
  char        *text = malloc(room);
  if (text) sodium_bin2base64(text, room, bytes, n, sodium_base64_VARIANT_ORIGINAL);
  return text;
}

char *base64_bytes(const char *text, size_t n)
{
  unsigned char *bytes = malloc(n + 1);
  size_t         len   = 0;
  const bool     ok    = bytes &&
                  sodium_base642bin(bytes, n, text, n, NULL, &len, NULL, sodium_base64_VARIANT_ORIGINAL) == 0 &&
                  !memchr(bytes, 0, len);
  if (!ok) {
    free(bytes);
    return NULL;
  }
  bytes[len] = '\0';
  return (char *)bytes;
}

bool digest_equal(const uint8_t a[DIGEST_SIZE], const uint8_t b[DIGEST_SIZE])
{
  return sodium_memcmp(a, b, DIGEST_SIZE) == 0;
}
