/* SPDX-License-Identifier: GPL-3.0-or-later */
/* webhook.h - messages to addresses that tenants name, through the guard (guard.h), signed as Standard Webhooks 1.0 says
 * (https://www.standardwebhooks.com): `webhook-signature: v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`. */
#ifndef DAEMON_CONNECT_WEBHOOK_H
#define DAEMON_CONNECT_WEBHOOK_H

#include "connect/connect.h"

/* invalid_input at /webhook_url or /webhook_secret: an address that no connection would be made to, or one that a reader sees that;
 * something else than base64 of 24 to 64 bytes, with "whsec_" before it or not. Neither is quoted. */
dyo_status webhook_accept(connect_hub *c, const char *url, const char *secret, dyo_err *err);
/* Seals the secret under the rule's id. */
dyo_status webhook_keep_secret(connect_hub *c, const char *tenant, const char *rule_id, const char *secret,
                               dyo_err *err);

typedef struct {
  const char *tenant, *rule_id, *url;
  const char *id;                /* the same for every attempt: the receiver knows by it what it has already */
  const char *body;              /* JSON */
  int64_t     attempts, created; /* before this one; created: milliseconds since 1970 */
} webhook_letter;

typedef enum {
  WEBHOOK_TAKEN, /* 2xx */
  WEBHOOK_LATER, /* to be tried again after `wait` seconds */
  WEBHOOK_HELD,  /* the same, but it was not tried: its host rests, or the tenant asks too fast */
  WEBHOOK_OVER,  /* given up */
  WEBHOOK_GONE,  /* 410: nothing more is wanted there */
  WEBHOOK_CANCELLED
} webhook_end;

typedef struct {
  webhook_end end;
  double      wait;
  int         status; /* of the answer, 0: there was none */
  char        message[200];
} webhook_outcome;

/* One attempt. */
void webhook_send(connect_hub *c, const webhook_letter *l, const atomic_int *cancel, webhook_outcome *out);

#endif
