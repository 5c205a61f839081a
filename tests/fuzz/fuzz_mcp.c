/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_mcp.c - a JSON-RPC message of MCP, any bytes, in the era that the first byte names. Whatever comes, there is one answer at most, it
 * is one line of JSON, and operations give up at once. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/mcp.h"

static void must(bool holds, const char *what)
{
  if (holds) return;
  fprintf(stderr, "fuzz_mcp: %s\n", what);
  abort();
}

static void look_at(dyo_buf *b)
{
  dyo_err err;
  must(b->s && b->n && !b->failed, "no answer");
  must(dyo_json_check(b->s, b->n, &err) == DYO_OK, "the answer is not JSON");
  must(!memchr(b->s, '\n', b->n), "the answer has a line end");
  dyo_buf_free(b);
}

static void answer(mcp_peer *p, const mcp_message *m)
{
  work    w   = {0};
  dyo_buf out = {0};
  if (m->has_version && !mcp_modern_ok(m, &out)) {
    look_at(&out);
    return;
  }
  if (m->has_version) p->version = MCP_2026_07_28;
  atomic_init(&w.cancel, 1);
  atomic_init(&w.stage, "started");
  must(mcp_scope(p, m) == SCOPE_READ || mcp_scope(p, m) == SCOPE_RUN, "an odd scope");
  const int status = mcp_answer(p, m, &w, &out);
  must(status == 200 || status == 404, "an odd status");
  look_at(&out);
  if (!m->token.s) return;
  mcp_progress(&out, m, p->version, 0.5, "half");
  look_at(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  static api       *a;
  static mcp_tools *tools;
  dyo_err           err;
  mcp_message       m;
  dyo_buf           out = {0};
  if (size == 0) return 0;
  if (!a) a = api_bare(NULL);
  if (!tools) must(mcp_tools_new(MCP_ALONE, &tools, &err) == DYO_OK, "no tools");
  char *text = malloc(size);
  if (!text) return 0;
  memcpy(text, data + 1, size - 1);
  text[size - 1] = '\0';
  mcp_peer p     = {a, tools, "t", NULL, (mcp_version)(data[0] % (MCP_2026_07_28 + 1))};
  if (!mcp_read(text, size - 1, &m, &out)) look_at(&out);
  else if (m.kind == MCP_REQUEST) answer(&p, &m);
  mcp_message_free(&m);
  free(text);
  return 0;
}
