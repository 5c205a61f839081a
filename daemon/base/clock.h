/* SPDX-License-Identifier: GPL-3.0-or-later */
/* clock.h - the daemon's two clocks. Waits and limits go by the monotonic one, which no clock change moves. */
#ifndef DAEMON_CLOCK_H
#define DAEMON_CLOCK_H

#include <pthread.h>
#include <stdint.h>

enum { CLOCK_TEXT = 32 };

int64_t clock_now_ms(void);                 /* milliseconds since 1970-01-01 UTC */
double  clock_monotonic(void);              /* seconds since some moment */
void    clock_cond_init(pthread_cond_t *c); /* one whose timed waits go by the monotonic clock */
/* Waits for such a one, ms milliseconds at most. */
void clock_cond_wait(pthread_cond_t *c, pthread_mutex_t *lock, int64_t ms);

void clock_text(int64_t ms, char out[CLOCK_TEXT]); /* 2026-11-27T09:14:05.123Z */

#endif
