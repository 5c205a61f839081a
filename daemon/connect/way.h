/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to daemon/connect: an MCP server that is asked before the source itself. The first time that it refuses, is silent or gives
 * something else than the source says there is, it is left for the rest of the run, which says why. */
#ifndef DAEMON_CONNECT_WAY_H
#define DAEMON_CONNECT_WAY_H

#include "connect/peer.h"
#include "connect/sync.h"

typedef struct {
  const char *server;         /* NULL: none is set */
  peer       *peer;           /* NULL: it is not asked, or not yet */
  int64_t     by_mcp, by_api; /* what came by either */
  bool        left;           /* it is not asked any more */
  char        why[160];       /* not all came by it; "" */
} way;

/* w->peer NULL afterwards: it is not to be asked. Errors are our own, and cancelled. */
dyo_status way_open(session *s, way *w, dyo_err *err);
/* peer_call and peer_read, with fewer retries than where there is nobody else to ask. */
dyo_status way_call(session *s, way *w, const char *tool, const char *arguments, peer_answer *out, dyo_err *err);
dyo_status way_read(session *s, way *w, const char *uri, char **bytes, size_t *n, dyo_err *err);
void       way_leave(session *s, way *w, const char *why);
void       way_pass(way *w, const char *fmt, ...) DYO_PRINTF(2, 3); /* it cannot be asked for some of it */
void       way_close(way *w);
void       way_tell(const way *w, sync_run *y); /* how the run went */

#endif
