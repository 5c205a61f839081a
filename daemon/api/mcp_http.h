/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to daemon/api: MCP over HTTP, as the api's start, stop and ticker see it. */
#ifndef DAEMON_API_MCP_HTTP_H
#define DAEMON_API_MCP_HTTP_H

#include "api/api.h"

struct mcp_door;

dyo_status mcp_door_new(struct mcp_door **out, dyo_err *err); /* *out is to be freed also after an error */
void       mcp_door_free(struct mcp_door *d);                 /* NULL is allowed */
void       mcp_tick(api *a);                                  /* progress, and requests to give up */
void       mcp_stop(api *a);                                  /* gives up what is under way */

#endif
