/* SPDX-License-Identifier: GPL-3.0-or-later */
/* jwt.h - a signed assertion (RFC 7519; RS256, ES256), the proof of who asks for an access token. */
#ifndef DAEMON_CONNECT_JWT_H
#define DAEMON_CONNECT_JWT_H

#include <stdbool.h>

#include "base/dyo_status.h"

/* Base64url of the SHA-256 of a text (RFC 7636, 4.2). */
enum { JWT_SHA256 = 44 };
bool jwt_sha256(const char *text, char out[JWT_SHA256]);

/* "RS256" or "ES256", by what the key is; NULL: it is neither an RSA key of 2048 bits or more nor one on the curve P-256. */
const char *jwt_algorithm(const char *key);

/* header and claims are JSON. key: PEM of such a private key. *out: malloc'ed. invalid_input at `path`: the key. */
dyo_status jwt_sign(const char *header, const char *claims, const char *key, const char *path, char **out,
                    dyo_err *err);
/* Is it one for RS256? */
dyo_status jwt_key_ok(const char *key, const char *path, dyo_err *err);

#endif
