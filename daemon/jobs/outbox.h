/* SPDX-License-Identifier: GPL-3.0-or-later */
/* outbox.h - deliveries of the store tried as they become due, several at once but one of each rule, so that a receiver that is slow or
 * away holds up only its own. */
#ifndef DAEMON_OUTBOX_H
#define DAEMON_OUTBOX_H

#include <stdatomic.h>

#include "store/store.h"

typedef struct outbox outbox;

/* One attempt: sets the delivery's state, attempts, due, status and message (malloc'ed), and answers what the webhook's state is from
 * here on, NULL: as it was. Where *cancel is set it gives up soon and leaves the delivery as it was. */
typedef const char *(*outbox_send)(void *user, store_delivery *d, const atomic_int *cancel);

dyo_status outbox_start(store *s, outbox_send send, void *user, outbox **out, dyo_err *err);
void       outbox_wake(outbox *o); /* there is something new; NULL is allowed */
void       outbox_stop(outbox *o); /* what is being tried is tried again after the next start; NULL is allowed */

#endif
