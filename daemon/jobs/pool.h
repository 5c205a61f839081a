/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pool.h - threads that take jobs from one bounded queue, oldest first. */
#ifndef DAEMON_POOL_H
#define DAEMON_POOL_H

#include <stdbool.h>
#include <stddef.h>

typedef struct pool pool;

pool  *pool_start(unsigned threads, size_t waiting_most); /* NULL without memory or threads */
bool   pool_add(pool *p, void (*run)(void *), void *arg); /* false: too many wait already, or it is stopping */
size_t pool_waiting(pool *p);
void   pool_stop(pool *p); /* runs what waits, takes no more, then its threads end; NULL is allowed */
void   pool_free(pool *p); /* after pool_stop; NULL is allowed */

#endif
