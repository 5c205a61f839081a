/* SPDX-License-Identifier: GPL-3.0-or-later */
/* challenge.h - what a server that wants an access token says of it (WWW-Authenticate; RFC 9110, 11.6.1, RFC 6750, 3, RFC 9728, 5.1). */
#ifndef DAEMON_CONNECT_CHALLENGE_H
#define DAEMON_CONNECT_CHALLENGE_H

#include <stdbool.h>

typedef struct {
  bool bearer;                               /* such a token is wanted */
  char metadata[512], scope[512], error[64]; /* "" where it is not said, or too long */
} challenge;

/* Of header lines "name: value", names in lower case, as web_reply has them. Other schemes are passed over. */
void challenge_read(const char *headers, challenge *out);

/* All of the scopes of `a`, then those of `b` that are not among them, into out[room]; false: no room, out is "". */
bool scopes_join(const char *a, const char *b, char *out, int room);
/* Are all scopes of `a` among those of `b`? */
bool scopes_within(const char *a, const char *b);

#endif
