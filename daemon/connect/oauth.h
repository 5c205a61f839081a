/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oauth.h - access tokens (RFC 6749, 7523), kept in memory alone and shared by the sessions of one tenant that have the same credential:
 * of those that need a new one at the same time, one asks and the others wait. A refresh token that the answer replaces is sealed and
 * committed, for every connector that has it, before the access token is used. */
#ifndef DAEMON_CONNECT_OAUTH_H
#define DAEMON_CONNECT_OAUTH_H

#include "connect/session.h"

typedef struct oauth_plan {
  char        url[512];      /* of the token endpoint */
  const char *fixed_token;   /* secret that is the access token itself; then nothing is ever fetched */
  const char *rotates;       /* secret of the refresh token, "refresh_token"; NULL: this flow has none */
  char        identity[768]; /* with the refresh token: what tells this credential from others of the tenant */
  /* The form's fields, without a leading "&". */
  dyo_status (*form)(session *s, dyo_buf *form, dyo_err *err);
  char *(*authorization)(const session *s); /* a header's value, malloc'ed, wiped; NULL, or it answers NULL: none */
} oauth_plan;

/* What a token endpoint gave. */
typedef struct {
  char  *token, *refresh; /* refresh NULL: none */
  char   instance[256];   /* "" or its instance_url */
  double lasts;           /* seconds; 0: not told */
} oauth_grant;

enum { OAUTH_INSTANCE = sizeof((oauth_grant *)0)->instance };

/* The access token, fetched where there is none: malloc'ed, wipe_text. number: which one it is. instance (may be NULL): what the
 * answer named as instance_url, or "". */
dyo_status oauth_token(session *s, char **token, uint64_t *number, char instance[OAUTH_INSTANCE], dyo_err *err);
/* The one that is there, without a question to anybody: malloc'ed, wipe_text; NULL: there is none. */
char *oauth_held(session *s);
/* Token `number` is not good any more. */
void oauth_refused(session *s, uint64_t number);

/* One request to the token endpoint of s->oauth; nothing is kept. */
dyo_status oauth_fetch(session *s, oauth_grant *g, dyo_err *err);
void       oauth_grant_free(oauth_grant *g); /* wiped */

void oauth_free(connect_hub *c); /* all there are */

#endif
