/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pool.h - threads that take jobs from one bounded queue, oldest first. */
#ifndef DAEMON_POOL_H
#define DAEMON_POOL_H

#include <stdbool.h>
#include <stddef.h>

typedef struct pool pool;

/* NULL without memory or threads. patient: its jobs take long and nobody's next answer waits for them, so that its threads give way
 * to the others (see give_way). */
pool  *pool_start(unsigned threads, size_t waiting_most, bool patient);
bool   pool_add(pool *p, void (*run)(void *), void *arg); /* false: too many wait already, or it is stopping */
size_t pool_waiting(pool *p);
void   pool_stop(pool *p); /* runs what waits, takes no more, then its threads end; NULL is allowed */
void   pool_free(pool *p); /* after pool_stop; NULL is allowed */

/* From now on the calling thread gets the processor after those that answer requests. */
void give_way(void);

#endif
