/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ids.h - names for new things, access tokens, and digests. Random bytes and hashes are libsodium's. */
#ifndef DAEMON_IDS_H
#define DAEMON_IDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
  ID_CHARS     = 37, /* UUID text and its end */
  TOKEN_CHARS  = 48, /* "dyo_" and 43 characters, and its end */
  TOKEN_FIRST  = 'd',
  DIGEST_SIZE  = 32, /* BLAKE2b-256 */
  DIGEST_CHARS = 2 * DIGEST_SIZE + 1
};

bool ids_start(void); /* once, before any other; false where the system gives no randomness */

/* From here on the process leaves no core file, no other process of its user reads its memory, and the files it makes are its owner's
 * alone: it holds tokens and what tenants keep. Before either comes in. */
void ids_guard(void);

/* A new UUID version 7 (RFC 9562): later ones sort behind earlier ones, up to the millisecond. */
void id_new(char out[ID_CHARS]);
bool id_valid(const char *text); /* lower-case UUID text */

/* A new access token: "dyo_" and 256 random bits in base64url. */
void token_new(char out[TOKEN_CHARS]);

/* How many bytes at s are an access token; 0 where there is none. */
size_t id_token_length(const char *s);
/* Is there a token, or what begins like one, anywhere in the text? */
bool id_hides_token(const char *text);

/* BLAKE2b-256 of n bytes, keyed where key (of DIGEST_SIZE bytes) is not NULL. */
void digest_of(const void *bytes, size_t n, const uint8_t *key, uint8_t out[DIGEST_SIZE]);
void digest_text(const uint8_t digest[DIGEST_SIZE], char out[DIGEST_CHARS]);

/* The same for what comes in pieces; the state is the caller's. */
enum { DIGEST_STATE = 384 };
typedef struct {
  _Alignas(64) unsigned char opaque[DIGEST_STATE];
} digest_state;
void digest_begin(digest_state *d);
void digest_add(digest_state *d, const void *bytes, size_t n);
void digest_end(digest_state *d, uint8_t out[DIGEST_SIZE]);

/* Base64 (RFC 4648) of n bytes, malloc'ed; NULL without memory. */
char *base64_text(const void *bytes, size_t n);
/* The text that n characters of base64 stand for, malloc'ed; NULL where they are none, or stand for bytes that hold a NUL. */
char *base64_bytes(const char *text, size_t n);

/* Equal without telling by the time it takes where they differ. */
bool digest_equal(const uint8_t a[DIGEST_SIZE], const uint8_t b[DIGEST_SIZE]);

#endif
