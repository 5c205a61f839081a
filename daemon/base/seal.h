/* SPDX-License-Identifier: GPL-3.0-or-later */
/* seal.h - secrets at rest: XChaCha20-Poly1305 under a master key, bound to the place where they lie, so that a sealed secret that is
 * moved to another tenant, connector or field, cut or changed opens nowhere. Keys live in memory that is locked and guarded.
 *
 * A text of keys has one key a line, 64 hexadecimal digits; the first one seals, the others only open what was sealed before. */
#ifndef DAEMON_SEAL_H
#define DAEMON_SEAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/dyo_status.h"

enum { SEAL_KEY_CHARS = 65, SEAL_EXTRA = 1 + 8 + 24 + 16 /* version, name of the key, nonce, tag */ };

typedef struct seal_keys seal_keys;

/* Where a secret lies. */
typedef struct {
  const char *tenant, *source, *field;
} seal_place;

void seal_new_key(char out[SEAL_KEY_CHARS]);

/* invalid_input: the text is none of keys; its lines are not quoted. */
dyo_status seal_keys_read(const char *text, seal_keys **out, dyo_err *err);
void       seal_keys_free(seal_keys *k); /* wiped; NULL is allowed */

/* n bytes sealed into out[0..n + SEAL_EXTRA). False: no memory, and out is zeroes. */
bool seal(const seal_keys *k, const seal_place *p, const void *plain, size_t n, unsigned char *out);
/* What n sealed bytes hold into out[0..n - SEAL_EXTRA). False: another place, another key, or not as it was sealed; out is zeroes. */
bool seal_open(const seal_keys *k, const seal_place *p, const void *sealed, size_t n, unsigned char *out);
bool seal_knows(const seal_keys *k, const void *sealed, size_t n);    /* is its key among these? */
bool seal_is_first(const seal_keys *k, const void *sealed, size_t n); /* is it the one that seals? */

/* Overwrites, also where a compiler sees that nobody reads it again. */
void wipe(void *bytes, size_t n);
void wipe_text(char *text); /* and frees it; malloc'ed; NULL is allowed */

#endif
