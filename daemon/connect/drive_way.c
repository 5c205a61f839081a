/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An MCP server asked for files before Drive itself. Whatever it gives counts only where it is what Drive says of the file; the first time
 * that it is not, or that the server refuses or is silent, it is left for the rest of the run, which goes on with Drive. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "connect/drive.h"

dyo_status drive_way_begin(session *s, dyo_err *err)
{
  const drive_config *c   = s->config;
  drive_way          *way = DYO_NEW(&s->ctx, 1, drive_way);
  if (!way) return dyo_oom(err);
  s->own = way;
  if (!c->mcp_server) return DYO_OK;
  dyo_err          why;
  const dyo_status st = peer_open(s, c->mcp_server, NULL, &way->peer, &why);
  if (st != DYO_UPSTREAM_ERROR) {
    if (st != DYO_OK) *err = why;
    return st;
  }
  snprintf(way->why, sizeof way->why, "%.150s", why.message);
  s->last = FAULT_NONE;
  return DYO_OK;
}

void drive_way_end(session *s)
{
  drive_way *way = s->own;
  if (!way) return;
  peer_close(way->peer);
  way->peer = NULL;
}

static void leave(session *s, const char *why)
{
  drive_way *way = s->own;
  snprintf(way->why, sizeof way->why, "%.150s", why);
  drive_way_end(s);
  s->last = FAULT_NONE;
}

static char *uri_of(const drive_config *c, const drive_file *f)
{
  const char  *before = c->mcp_uri ? c->mcp_uri : "gdrive:///";
  const size_t room   = strlen(before) + strlen(f->id) + 1;
  char        *uri    = malloc(room);
  if (uri) snprintf(uri, room, "%s%s", before, f->id);
  return uri;
}

/* Of a native document there is nothing to prove the bytes by: those come from Drive. */
dyo_status drive_way_try(session *s, const drive_file *f, char **bytes, size_t *n, dyo_err *err)
{
  drive_way *way = s->own;
  char       text[160];
  *bytes = NULL;
  if (way && (!way->peer || drive_is_sheet(f))) way->by_api++;
  if (!way || !way->peer || drive_is_sheet(f)) return DYO_OK;
  char      *uri = uri_of(s->config, f);
  dyo_status st  = uri ? peer_read(way->peer, uri, bytes, n, err) : dyo_oom(err);
  free(uri);
  if (st == DYO_OK && drive_proven(f, *bytes, *n)) {
    way->by_mcp++;
    return DYO_OK;
  }
  free(*bytes);
  *bytes = NULL;
  if (st != DYO_OK && st != DYO_UPSTREAM_ERROR) return st;
  snprintf(text, sizeof text, "MCP server %.40s gave something else for %.60s than Drive says it is",
           way->peer->server->name, f->name);
  leave(s, st == DYO_OK ? text : err->message);
  way->by_api++;
  return DYO_OK;
}
