/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to daemon/connect: of daemons that share a database one fetches a token for a credential at a time, and the others take what it
 * got, which lies sealed in the store until it ends. Where the database is a daemon's own, all of this does nothing. */
#ifndef DAEMON_CONNECT_OAUTH_SHARED_H
#define DAEMON_CONNECT_OAUTH_SHARED_H

#include "connect/oauth.h"

typedef struct {
  char    name[DIGEST_CHARS]; /* of the credential */
  int64_t claim;              /* 0: none is held */
} shared_claim;

/* Waits while another daemon fetches. g->token: another one's, which is not `bad` (digest of a token; NULL: none is known to be); or
 * NULL: fetch one, and then shared_keep or shared_drop. */
dyo_status shared_begin(session *s, const uint8_t name[DIGEST_SIZE], const uint8_t *bad, oauth_grant *g,
                        shared_claim *c, dyo_err *err);
/* The token that was got, with n secrets in the same transaction; fresh: the credential's name from here on, NULL: as it was. */
dyo_status shared_keep(session *s, const shared_claim *c, const oauth_grant *g, const uint8_t *fresh,
                       const store_secret *list, size_t n, dyo_err *err);
void       shared_drop(session *s, const shared_claim *c);

#endif
