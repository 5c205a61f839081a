/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "connect/peer_events.h"

#include <string.h>

enum { RETRY_MOST_MS = 3600000 };

void peer_events_begin(peer_events *e, void (*event)(void *user, const char *data, size_t n), void *user)
{
  *e = (peer_events){.event = event, .user = user, .retry_ms = -1};
}

void peer_events_free(peer_events *e)
{
  dyo_buf_free(&e->line);
  dyo_buf_free(&e->data);
  dyo_buf_free(&e->id);
}

/* What a line of that field has behind its colon and one blank; NULL: it is of another field. */
static const char *value_of(const char *line, size_t n, const char *field, size_t *n_value)
{
  const size_t k = strlen(field);
  if (n < k || memcmp(line, field, k) != 0 || (n > k && line[k] != ':')) return NULL;
  const size_t skip = n == k ? k : n > k + 1 && line[k + 1] == ' ' ? k + 2 : k + 1;
  *n_value          = n - skip;
  return line + skip;
}

static void take_retry(peer_events *e, const char *text, size_t n)
{
  int64_t ms = 0;
  for (size_t i = 0; i < n; i++) {
    if (text[i] < '0' || text[i] > '9') return;
    ms = ms < RETRY_MOST_MS ? 10 * ms + (text[i] - '0') : ms;
  }
  if (n) e->retry_ms = ms < RETRY_MOST_MS ? ms : RETRY_MOST_MS;
}

static void end_event(peer_events *e)
{
  if (e->data.n > 1 && !e->data.failed) e->event(e->user, e->data.s, e->data.n - 1); /* without its last line feed */
  e->data.n = 0;
}

static void take_line(peer_events *e)
{
  const char *line = e->line.s ? e->line.s : "", *value;
  size_t      n    = e->line.n, k;
  if (!e->begun && n >= 3 && memcmp(line, "\xef\xbb\xbf", 3) == 0) line += 3, n -= 3;
  e->begun = true;
  if (n == 0) end_event(e);
  else if ((value = value_of(line, n, "data", &k))) {
    dyo_buf_add(&e->data, value, k);
    dyo_buf_puts(&e->data, "\n");
  } else if ((value = value_of(line, n, "id", &k)) && !memchr(value, '\0', k)) {
    e->id.n = 0;
    dyo_buf_add(&e->id, value, k);
  } else if ((value = value_of(line, n, "retry", &k))) take_retry(e, value, k);
  e->line.n = 0;
}

static bool whole(const peer_events *e)
{
  return !e->line.failed && !e->data.failed && !e->id.failed;
}

bool peer_events_take(peer_events *e, const char *bytes, size_t n)
{
  size_t at = e->cut && n && bytes[0] == '\n' ? 1 : 0;
  if (n) e->cut = false;
  while (at < n && whole(e)) {
    size_t end = at;
    while (end < n && bytes[end] != '\n' && bytes[end] != '\r') end++;
    dyo_buf_add(&e->line, bytes + at, end - at);
    if (end == n) break;
    take_line(e);
    e->cut = bytes[end] == '\r' && end + 1 == n;
    at     = end + (bytes[end] == '\r' && end + 1 < n && bytes[end + 1] == '\n' ? 2 : 1);
  }
  return whole(e);
}

bool peer_events_end(peer_events *e)
{
  if (e->line.n) take_line(e);
  end_event(e);
  return whole(e);
}
