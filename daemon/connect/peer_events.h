/* SPDX-License-Identifier: GPL-3.0-or-later */
/* peer_events.h - a stream of server-sent events (WHATWG HTML, 9.2), taken as it comes: pieces may end anywhere. */
#ifndef DAEMON_CONNECT_PEER_EVENTS_H
#define DAEMON_CONNECT_PEER_EVENTS_H

#include <stdint.h>

#include "json/dyo_json.h"

typedef struct {
  /* An event's data, its lines joined; events without data are passed over. */
  void (*event)(void *user, const char *data, size_t n);
  void   *user;
  dyo_buf line, data, id; /* id: of the last event that has one */
  int64_t retry_ms;       /* how long to wait before the stream is asked for again; negative: not told */
  bool    begun, cut;     /* cut: the last byte was a carriage return, a line feed belongs to it */
} peer_events;

void peer_events_begin(peer_events *e, void (*event)(void *user, const char *data, size_t n), void *user);
/* False: memory ran out. */
bool peer_events_take(peer_events *e, const char *bytes, size_t n);
/* The stream is over: what came of a last event counts. False: memory ran out. */
bool peer_events_end(peer_events *e);
void peer_events_free(peer_events *e);

#endif
