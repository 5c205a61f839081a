/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The methods of MCP, and what their answers have in common. */
#include "api/mcp.h"

#include <string.h>

#include "api/mcp_parts.h"
#include "dyo_version.h"

/* --- the frame of an answer ------------------------------------------------------------------------------------------- */

bool mcp_modern(const mcp_call *c)
{
  return c->p->version >= MCP_2026_07_28;
}

void mcp_begin(mcp_call *c)
{
  dyo_buf_puts(c->out, "{\"jsonrpc\":\"2.0\",\"id\":");
  dyo_buf_add(c->out, c->m->id.s, c->m->id.n);
  dyo_buf_puts(c->out, ",\"result\":{");
  if (mcp_modern(c)) put_text(c->out, "resultType", "complete");
}

static void put_server(dyo_buf *b, const char *name, bool with_title)
{
  put_json(b, name, "{\"name\":\"dyocensed\",\"version\":\"" DYO_VERSION "\"");
  dyo_buf_puts(b, with_title ? ",\"title\":\"Dyocense\"}" : "}");
}

void mcp_end(mcp_call *c)
{
  if (mcp_modern(c)) {
    put_json(c->out, "_meta", "{");
    put_server(c->out, "io.modelcontextprotocol/serverInfo", true);
    dyo_buf_puts(c->out, "}");
  }
  dyo_buf_puts(c->out, "}}");
}

void mcp_keep(mcp_call *c, int ttl_ms, bool everyone)
{
  if (!mcp_modern(c)) return;
  put_whole(c->out, "ttlMs", ttl_ms);
  put_text(c->out, "cacheScope", everyone ? "public" : "private");
}

void mcp_fail(mcp_call *c, int code, const char *why)
{
  mcp_error(c->out, c->m->id, code, NULL, "%s", why);
}

void mcp_fail_with(mcp_call *c, int code, const dyo_err *err)
{
  dyo_buf data = {0};
  dyo_json_error(&data, err);
  mcp_error(c->out, c->m->id, code, data.failed ? NULL : data.s, "%s%s%s", err->path, err->path[0] ? ": " : "",
            err->message);
  dyo_buf_free(&data);
}

/* --- opening ---------------------------------------------------------------------------------------------------------- */

static const char with_data[] =
  "Dyocense answers how much to order, whom to schedule and what comes next, from the numbers stored here. Begin with "
  "metrics_list to see which series there are. forecast_create and the other tools that take `series` also take "
  "`metric_name` in its place. To say what to order: forecast the demand of an item, then call inventory_reorder_point "
  "or inventory_eoq with its figures.";
static const char without_data[] =
  "Dyocense answers how much to order, whom to schedule and what comes next, from the numbers in each request. Nothing "
  "is stored.";

static void put_capabilities(mcp_call *c)
{
  put_json(c->out, "capabilities",
           c->p->a->store ? "{\"tools\":{},\"resources\":{},\"prompts\":{}}" : "{\"tools\":{}}");
}

static void initialize(mcp_call *c)
{
  mcp_begin(c);
  put_text(c->out, "protocolVersion", mcp_version_name(c->p->version));
  put_capabilities(c);
  put_server(c->out, "serverInfo", c->p->version >= MCP_2025_06_18);
  put_text(c->out, "instructions", c->p->a->store ? with_data : without_data);
  mcp_end(c);
}

static void discover(mcp_call *c)
{
  mcp_begin(c);
  put_json(c->out, "supportedVersions", "[\"2026-07-28\"]");
  put_capabilities(c);
  put_text(c->out, "instructions", c->p->a->store ? with_data : without_data);
  mcp_keep(c, 3600000, true);
  mcp_end(c);
}

static void ping(mcp_call *c)
{
  mcp_begin(c);
  mcp_end(c);
}

/* --- the methods ------------------------------------------------------------------------------------------------------ */

enum { LEGACY = 1, MODERN = 2, BOTH = 3 };

static const struct {
  const char *name;
  int         eras;
  bool        needs_store;
  void (*run)(mcp_call *c);
} methods[] = {{"initialize", LEGACY, false, initialize},
               {"ping", LEGACY, false, ping},
               {"server/discover", MODERN, false, discover},
               {"tools/list", BOTH, false, mcp_list_tools},
               {"tools/call", BOTH, false, mcp_call_tool},
               {"resources/list", BOTH, true, mcp_list_resources},
               {"resources/templates/list", BOTH, true, mcp_list_templates},
               {"resources/read", BOTH, true, mcp_read_resource},
               {"prompts/list", BOTH, true, mcp_list_prompts},
               {"prompts/get", BOTH, true, mcp_get_prompt}};

/* No line break between the tokens of an answer: stored documents come as they were written, and carriers send one line. */
static void flatten(dyo_buf *b)
{
  for (size_t i = 0; i < b->n; i++)
    if (b->s[i] == '\n' || b->s[i] == '\r') b->s[i] = ' ';
}

static void finish(mcp_call *c)
{
  if (c->out->failed) {
    dyo_buf_free(c->out);
    *c->out = (dyo_buf){0};
    mcp_fail(c, MCP_INTERNAL, "out of memory");
  }
  if (c->out->n > MCP_LONGEST)
    mcp_fail(c, MCP_INTERNAL, "the answer is over 16 MiB; ask for a shorter range, a coarser frequency or fewer items");
  flatten(c->out);
}

int mcp_answer(const mcp_peer *p, const mcp_message *m, work *w, dyo_buf *out)
{
  mcp_call  c   = {p, m, w, out, 200};
  const int era = mcp_modern(&c) ? MODERN : LEGACY;
  for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
    if (strcmp(methods[i].name, m->method) != 0 || !(methods[i].eras & era)) continue;
    if (methods[i].needs_store && !p->a->store) continue;
    methods[i].run(&c);
    finish(&c);
    return c.status;
  }
  mcp_error(out, m->id, MCP_NO_METHOD, NULL, "there is no method \"%.60s\" in version %s", m->method,
            mcp_version_name(p->version));
  return era == MODERN ? 404 : 200;
}
