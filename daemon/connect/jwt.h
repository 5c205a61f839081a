/* SPDX-License-Identifier: GPL-3.0-or-later */
/* jwt.h - a signed assertion (RFC 7519, RS256), the proof of who asks for an access token. */
#ifndef DAEMON_CONNECT_JWT_H
#define DAEMON_CONNECT_JWT_H

#include "base/dyo_status.h"

/* header and claims are JSON. key: PEM of an RSA private key of 2048 bits or more. *out: malloc'ed. invalid_input at `path`: the key. */
dyo_status jwt_sign(const char *header, const char *claims, const char *key, const char *path, char **out,
                    dyo_err *err);
dyo_status jwt_key_ok(const char *key, const char *path, dyo_err *err);

#endif
