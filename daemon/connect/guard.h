/* SPDX-License-Identifier: GPL-3.0-or-later */
/* guard.h - where a connector may go: https to public addresses. The address is checked when the connection is made, so that neither a
 * name that resolves to an inside address nor one that does so only the second time gets anywhere. */
#ifndef DAEMON_CONNECT_GUARD_H
#define DAEMON_CONNECT_GUARD_H

#include <stdbool.h>
#include <sys/socket.h>

#include "base/dyo_status.h"

/* Why no connection is made to this address, or NULL where one may be: loopback, private, link-local (cloud metadata), shared,
 * multicast, documentation and reserved ranges, also as IPv4 inside IPv6. loopback: for tests, loopback is allowed. */
const char *guard_refuses(const struct sockaddr *address, socklen_t n, bool loopback);

/* The parts of a URL that matter for where a request goes. */
typedef struct {
  bool        https;
  char        host[256]; /* lower case, without brackets */
  int         port;
  const char *path; /* into the text, "" or from its slash on */
} guard_url;

/* invalid_input: not https (or, where loopback is allowed, http to loopback), has a user, a fragment or no host. */
dyo_status guard_read(const char *url, bool loopback, guard_url *out, dyo_err *err);

/* Is host `domain` itself or below it? */
bool guard_below(const char *host, const char *domain);

#endif
