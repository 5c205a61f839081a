/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_peer.c - what MCP servers answer: a byte that says how the rest is cut, then a stream of events, a message, header lines or a
 * redirect. Events are the same however they are cut, what is said to a server is one line of JSON, texts fit where they go. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "connect/challenge.h"
#include "connect/peer.h"
#include "connect/peer_events.h"
#include "connect/signin.h"

static void must(bool holds, const char *what)
{
  if (holds) return;
  fprintf(stderr, "fuzz_peer: %s\n", what);
  abort();
}

static void note(void *user, const char *data, size_t n)
{
  dyo_buf *b = user;
  dyo_buf_printf(b, "%zu:", n);
  dyo_buf_add(b, data, n);
}

static void read_events(const char *text, size_t n, size_t step, dyo_buf *out)
{
  peer_events e;
  peer_events_begin(&e, note, out);
  for (size_t at = 0; at < n; at += step)
    must(peer_events_take(&e, text + at, n - at < step ? n - at : step), "memory");
  must(peer_events_end(&e), "memory");
  dyo_buf_printf(out, "%lld %zu", (long long)e.retry_ms, e.id.n);
  peer_events_free(&e);
}

static void look_at_events(const char *text, size_t n, size_t step)
{
  dyo_buf whole = {0}, cut = {0};
  read_events(text, n, n ? n : 1, &whole);
  read_events(text, n, step, &cut);
  must(whole.n == cut.n && memcmp(whole.s, cut.s, cut.n) == 0, "other events where it is cut");
  dyo_buf_free(&whole);
  dyo_buf_free(&cut);
}

static void look_at_message(const char *text, size_t n)
{
  dyo_buf reply = {0};
  dyo_err err;
  if (peer_is_answer(text, n, 1, true)) must(dyo_json_check(text, n, &err) == DYO_OK, "an answer that is no JSON");
  if (peer_put_reply(text, n, &reply))
    must(dyo_json_check(reply.s, reply.n, &err) == DYO_OK && !memchr(reply.s, '\n', reply.n),
         "a reply that is no line");
  dyo_buf_free(&reply);
}

static void look_at_headers(const char *text)
{
  challenge c;
  char      all[64];
  challenge_read(text, &c);
  must(!strpbrk(c.metadata, "\r\n") && !strpbrk(c.scope, "\r\n") && !strpbrk(c.error, "\r\n"), "a line end in a value");
  if (scopes_join(c.scope, c.error, all, sizeof all))
    must(scopes_within(c.scope, all) && strlen(all) < 64, "scopes lost");
  signin_value(text, "code", all, sizeof all);
  must(strlen(all) < sizeof all, "too long");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  if (size == 0) return 0;
  char *text = malloc(size);
  if (!text) return 0;
  memcpy(text, data + 1, size - 1);
  text[size - 1] = '\0';
  look_at_events(text, size - 1, (size_t)data[0] + 1);
  look_at_message(text, size - 1);
  look_at_headers(text);
  free(text);
  return 0;
}
