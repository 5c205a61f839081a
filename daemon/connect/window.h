/* SPDX-License-Identifier: GPL-3.0-or-later */
/* window.h - what part of time a query covers. Windows are half-open, [lo, hi), in milliseconds since 1970, and begin earlier than the
 * last one ended, since what a long transaction stamped may be seen only after it commits. Inside a window records go by (stamp, id):
 * many may share a stamp, so that neither "later than" alone nor "not before" alone finds all of them once. */
#ifndef DAEMON_CONNECT_WINDOW_H
#define DAEMON_CONNECT_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

enum { STAMP_CHARS = 32, WINDOW_ID = 64 };

typedef struct {
  int64_t lo, hi;
  int64_t stamp;         /* records up to (stamp, id) are stored; -1: none yet */
  char    id[WINDOW_ID]; /* "" with a stamp: all of it are to be asked for again */
} window;

/* The window behind one that ended at `cursor` (-1: there was none, all of time). server: seconds since 1970 by the source's clock;
 * what has the present second may not be whole yet. */
window window_next(int64_t cursor, int lookback_s, int64_t server);
/* Ends it in the middle of what is left of it; false: it is as short as windows get. first: the stamp of the first record there is,
 * where the window begins with all of time (-1: not known). */
bool window_halve(window *w, int64_t first);
void window_reached(window *w, int64_t stamp, const char *id);

void    stamp_text(int64_t ms, char out[STAMP_CHARS]); /* 2026-11-23T00:00:00.000Z: texts sort as times do */
int64_t stamp_parse(const char *text);                 /* ISO 8601, also with +0000; -1: it is none */

#endif
