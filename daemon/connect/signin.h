/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to daemon/connect: a person signs in for a connector. */
#ifndef DAEMON_CONNECT_SIGNIN_H
#define DAEMON_CONNECT_SIGNIN_H

#include "connect/peer_auth.h"

/* Did the server refuse, and in a way that a sign-in may change? */
bool signin_helps(const peer_auth *a);
/* What comes of it is kept: the next session has it. upstream_error: it did not come to that. */
dyo_status signin(session *s, peer_auth *a, const connect_person *p, dyo_err *err);

/* The value of a query's parameter, decoded; false and "" where there is none or it is too long. */
bool signin_value(const char *query, const char *name, char *out, size_t room);

#endif
