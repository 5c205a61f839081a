/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files by an MCP server. Whatever it gives counts only where it is what Drive says of the file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "connect/drive.h"

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
  way *w = s->own;
  char text[160];
  *bytes = NULL;
  if (w && (!w->peer || drive_is_sheet(f))) w->by_api++;
  if (!w || !w->peer || drive_is_sheet(f)) return DYO_OK;
  char      *uri = uri_of(s->config, f);
  dyo_status st  = uri ? way_read(s, w, uri, bytes, n, err) : dyo_oom(err);
  free(uri);
  if (st == DYO_OK && drive_proven(f, *bytes, *n)) {
    w->by_mcp++;
    return DYO_OK;
  }
  free(*bytes);
  *bytes = NULL;
  if (st != DYO_OK && st != DYO_UPSTREAM_ERROR) return st;
  snprintf(text, sizeof text, "MCP server %.40s gave something else for %.60s than Drive says it is", w->server,
           f->name);
  way_leave(s, w, st == DYO_OK ? text : err->message);
  w->by_api++;
  return DYO_OK;
}
