/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "connect/way.h"

#include <stdarg.h>
#include <stdio.h>

enum { TRIES = 2 };

void way_close(way *w)
{
  peer_close(w->peer);
  w->peer = NULL;
}

void way_leave(session *s, way *w, const char *why)
{
  snprintf(w->why, sizeof w->why, "%.150s", why);
  w->left = true;
  way_close(w);
  s->last         = FAULT_NONE;
  s->last_code[0] = '\0';
}

void way_pass(way *w, const char *fmt, ...)
{
  va_list args;
  if (w->why[0]) return;
  va_start(args, fmt);
  vsnprintf(w->why, sizeof w->why, fmt, args);
  va_end(args);
}

/* What is the source's own is not touched by how the other server does: its clock, and the patience there is with it. */
typedef struct {
  int64_t    server_time;
  double     waited;
  fault_rule retry;
} aside;

static aside step_aside(session *s)
{
  const aside was         = {s->server_time, s->waited, s->retry};
  s->retry.throttle_tries = s->retry.transient_tries = TRIES;
  return was;
}

static void step_back(session *s, const aside *was)
{
  s->server_time = was->server_time;
  s->waited      = was->waited;
  s->retry       = was->retry;
}

dyo_status way_open(session *s, way *w, dyo_err *err)
{
  dyo_err why;
  if (!w->server || w->peer || w->left) return DYO_OK;
  const aside      was = step_aside(s);
  const dyo_status st  = peer_open(s, w->server, NULL, &w->peer, &why);
  step_back(s, &was);
  if (st == DYO_OK) return DYO_OK;
  if (st != DYO_UPSTREAM_ERROR) {
    *err = why;
    return st;
  }
  way_leave(s, w, why.message);
  return DYO_OK;
}

dyo_status way_call(session *s, way *w, const char *tool, const char *arguments, peer_answer *out, dyo_err *err)
{
  const aside      was = step_aside(s);
  const dyo_status st  = peer_call(w->peer, tool, arguments, out, err);
  step_back(s, &was);
  return st;
}

dyo_status way_read(session *s, way *w, const char *uri, char **bytes, size_t *n, dyo_err *err)
{
  const aside      was = step_aside(s);
  const dyo_status st  = peer_read(w->peer, uri, bytes, n, err);
  step_back(s, &was);
  return st;
}

void way_tell(const way *w, sync_run *y)
{
  y->method = w->by_mcp && !w->by_api ? "mcp" : "api";
  snprintf(y->fallback, sizeof y->fallback, "%s", w->why);
}
