/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to daemon/connect: access tokens for MCP servers. A server that wants one says where its authorization server is told (RFC 9728);
 * that one tells its addresses (RFC 8414, OpenID Connect Discovery). Tokens are asked for this server alone (RFC 8707) and come by a refresh
 * token, by client credentials, or from a person who signs in (signin.c). Credentials go to the issuer that they are of and to no other. */
#ifndef DAEMON_CONNECT_PEER_AUTH_H
#define DAEMON_CONNECT_PEER_AUTH_H

#include "connect/challenge.h"
#include "connect/oauth.h"

enum { SITE_TEXT = 512 };

/* Where tokens for a server come from. Texts are "" where there is none. */
typedef struct {
  char resource[SITE_TEXT], issuer[SITE_TEXT], authorize[SITE_TEXT], token[SITE_TEXT], registration[SITE_TEXT];
  char scope[SITE_TEXT];  /* all that the resource knows of */
  bool names_issuer;      /* redirects tell the issuer */
  bool s256, offline;     /* PKCE is known; offline_access is a scope */
  bool basic, post, none; /* how the client may prove that it is it */
} peer_site;

/* url: the server's; asked: what it said. issuer: the one that is wanted where the server names several; NULL: the first. */
dyo_status peer_site_find(session *s, const char *url, const challenge *asked, const char *issuer, peer_site *out,
                          dyo_err *err);

/* Of a connector's settings; NULL where they are not set. Its secrets are client_secret, private_key, refresh_token and access_token. */
typedef struct {
  const char *client_id, *issuer, *scope;
  bool        registered; /* the client was registered by a sign-in, and is anew by the next */
} peer_login;

typedef struct peer_auth {
  const peer_login *login;
  const char       *url;    /* of the server, once it is opened */
  challenge         asked;  /* what it last said where it refused */
  bool              person; /* somebody is there to sign in: what needs nobody is left alone */
  bool              ready;  /* site and plan are known */
  peer_site         site;
  char              scope[SITE_TEXT]; /* that is asked for */
  oauth_plan        plan;
  const char       *code, *verifier, *redirect;    /* of a sign-in that is under way */
  char             *enrolled_id, *enrolled_secret; /* the client that it registered; NULL: none */
} peer_auth;

/* Sets s->oauth, once it is known where from. False: no credentials are set that would get a token; *err says why where st is not DYO_OK. */
bool peer_auth_begin(session *s, peer_auth *a, dyo_status *st, dyo_err *err);
/* Where the server said that a token's scope is not enough and the client may ask for more by itself: with that from here on. */
bool        peer_auth_widen(session *s, peer_auth *a);
const char *peer_auth_client(const peer_auth *a); /* its id; NULL: none is known */
/* With s->oauth set to ask at that site, by what `a` has. */
void peer_auth_plan(session *s, peer_auth *a);

#endif
