/* SPDX-License-Identifier: GPL-3.0-or-later */
/* audit.h - who did what, in a chain of digests for each tenant and one ("") for the installation. An event's digest is taken of the event
 * and of the digest before it: what is changed, put in or taken out breaks the chain, and the number and digest of its last event (the
 * head) are kept apart, so that a missing end is found too. Whoever may write to the database can make a whole chain anew; only a head
 * that was noted elsewhere shows that.
 *
 * Functions that change what is worth an event write it in their own transaction. Errors are as in store.h. */
#ifndef DAEMON_AUDIT_H
#define DAEMON_AUDIT_H

#include "store/store.h"

#define AUDIT_SELF         "" /* actor: whoever runs this program */
#define AUDIT_INSTALLATION "" /* tenant: of no tenant */

typedef struct {
  int64_t     seq, at;
  const char *tenant, *actor, *action, *subject; /* subject: the id or name of what it was done to, "" */
  const char *detail;                            /* JSON object */
  char        digest[DIGEST_CHARS];
} audit_event;

/* Of in: actor, action, subject and detail count. */
dyo_status store_audit_add(store *s, const char *tenant, const audit_event *in, dyo_err *err);
/* The same, unless the last event with this action and subject has the same detail. */
dyo_status store_audit_add_change(store *s, const char *tenant, const audit_event *in, dyo_err *err);

/* Events by tenant (NULL: all) and number; they are valid inside the callback. */
typedef bool (*audit_each)(void *user, const audit_event *e); /* false: no more are wanted */
dyo_status store_audit_list(store *s, const char *tenant, audit_each each, void *user, dyo_err *err);

enum { AUDIT_COMPLAINT = 120 };
typedef struct {
  char   *tenant;
  int64_t events;                     /* that are there */
  char    head[DIGEST_CHARS];         /* digest of the last */
  char    complaint[AUDIT_COMPLAINT]; /* the first thing that is wrong, "": nothing */
} audit_chain;
typedef void (*audit_told)(void *user, const audit_chain *c);

/* Reads every event of every chain and takes its digest anew. */
dyo_status store_audit_verify(store *s, audit_told told, void *user, dyo_err *err);

#endif
