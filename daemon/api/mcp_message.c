/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON-RPC 2.0 as MCP uses it: a message taken apart, and errors. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "api/mcp_parts.h"
#include "base/dyo_utf8.h"

static const char *const version_names[] = {"2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"};

mcp_version mcp_version_of(const char *name)
{
  for (int i = 0; name && i <= MCP_2026_07_28; i++)
    if (strcmp(name, version_names[i]) == 0) return (mcp_version)i;
  return MCP_NONE;
}

const char *mcp_version_name(mcp_version v)
{
  return version_names[v];
}

/* --- pieces --------------------------------------------------------------------------------------------------------- */

bool piece_is(dyo_piece p, const char *word)
{
  return p.s && p.n == strlen(word) && memcmp(p.s, word, p.n) == 0;
}

bool mcp_same(dyo_piece a, dyo_piece b)
{
  return a.s && b.s && a.n == b.n && memcmp(a.s, b.s, a.n) == 0;
}

typedef struct {
  const char *text;
} one_text;

static const dyo_field one_text_rows[] = {{.name  = "text",
                                           .type  = DYO_T_STR,
                                           .flags = DYO_F_INPUT,
                                           .off   = DYO_AT(one_text, text, const char *),
                                           .dflt  = DYO_REQ,
                                           .max   = MCP_LONGEST,
                                           .doc   = "A text."},
                                          DYO_END(one_text)};

static dyo_status read_text(dyo_ctx *ctx, dyo_piece p, const char **out)
{
  dyo_buf  b   = {0};
  one_text one = {0};
  dyo_err  err;
  *out = NULL;
  if (!p.s || p.s[0] != '"') return DYO_OK;
  dyo_buf_puts(&b, "{\"text\":");
  dyo_buf_add(&b, p.s, p.n);
  dyo_buf_puts(&b, "}");
  const dyo_status st = b.failed ? dyo_oom(&err) : dyo_json_decode(ctx, b.s, b.n, one_text_rows, &one, &err);
  dyo_buf_free(&b);
  if (st == DYO_OK) *out = one.text;
  return st;
}

const char *piece_text(dyo_ctx *ctx, dyo_piece p)
{
  const char *text;
  read_text(ctx, p, &text);
  return text;
}

static bool is_whole(dyo_piece p)
{
  size_t i = p.n && p.s[0] == '-';
  if (i == p.n || p.n > 20) return false;
  for (; i < p.n; i++)
    if (p.s[i] < '0' || p.s[i] > '9') return false;
  return true;
}

static bool is_name(dyo_piece p) /* of a request or of its progress */
{
  return p.s && p.n <= 1024 && (p.s[0] == '"' || is_whole(p));
}

/* --- errors --------------------------------------------------------------------------------------------------------- */

void mcp_error(dyo_buf *out, dyo_piece id, int code, const char *data, const char *fmt, ...)
{
  char    text[512];
  va_list args;
  va_start(args, fmt);
  vsnprintf(text, sizeof text, fmt, args);
  va_end(args);
  dyo_utf8_scrub(text); /* it may have been cut, and header fields are of any bytes */
  out->n = 0;
  dyo_buf_puts(out, "{\"jsonrpc\":\"2.0\",\"id\":");
  if (id.s) dyo_buf_add(out, id.s, id.n);
  else dyo_buf_puts(out, "null");
  dyo_buf_printf(out, ",\"error\":{\"code\":%d,\"message\":", code);
  dyo_buf_string(out, text);
  if (data) put_json(out, "data", data);
  dyo_buf_puts(out, "}}");
}

/* --- reading -------------------------------------------------------------------------------------------------------- */

typedef struct {
  mcp_message *m;
  dyo_piece    version, method, params, meta, wanted, name, uri, cursor, meta_version;
  bool         has_id, has_answer, no_memory;
} reading;

static const char *text_of(reading *r, dyo_piece p)
{
  const char *text;
  if (read_text(&r->m->ctx, p, &text) == DYO_OUT_OF_MEMORY) r->no_memory = true;
  return text;
}

static bool take_outer(void *user, dyo_piece name, dyo_piece value)
{
  reading *r = user;
  if (piece_is(name, "jsonrpc")) r->version = value;
  if (piece_is(name, "method")) r->method = value;
  if (piece_is(name, "params")) r->params = value;
  if (piece_is(name, "id")) r->m->id = value, r->has_id = true;
  if (piece_is(name, "result") || piece_is(name, "error")) r->has_answer = true;
  return true;
}

static bool take_param(void *user, dyo_piece name, dyo_piece value)
{
  reading *r = user;
  if (piece_is(name, "_meta")) r->meta = value;
  if (piece_is(name, "name")) r->name = value;
  if (piece_is(name, "uri")) r->uri = value;
  if (piece_is(name, "cursor")) r->cursor = value;
  if (piece_is(name, "protocolVersion")) r->wanted = value;
  if (piece_is(name, "arguments")) r->m->arguments = value;
  if (piece_is(name, "requestId")) r->m->cancelled = value;
  return true;
}

static bool take_meta(void *user, dyo_piece name, dyo_piece value)
{
  reading *r = user;
  if (piece_is(name, "io.modelcontextprotocol/protocolVersion")) r->meta_version = value;
  if (piece_is(name, "io.modelcontextprotocol/clientCapabilities")) r->m->has_capabilities = value.s[0] == '{';
  if (piece_is(name, "progressToken") && is_name(value)) r->m->token = value;
  return true;
}

static bool refuse(dyo_buf *out, const reading *r, int code, const char *why)
{
  mcp_error(out, is_name(r->m->id) ? r->m->id : (dyo_piece){0}, code, NULL, "%s", why);
  return false;
}

static bool read_params(reading *r, dyo_buf *out)
{
  mcp_message *m = r->m;
  dyo_err      err;
  if (!r->params.s) return true;
  if (r->params.s[0] != '{') return refuse(out, r, MCP_INVALID_REQUEST, "params: an object is expected");
  dyo_json_members(r->params.s, r->params.n, take_param, r, &err);
  if (r->meta.s && r->meta.s[0] != '{') return refuse(out, r, MCP_INVALID_PARAMS, "_meta: an object is expected");
  if (r->meta.s) dyo_json_members(r->meta.s, r->meta.n, take_meta, r, &err);
  m->name        = text_of(r, r->name);
  m->uri         = text_of(r, r->uri);
  m->cursor      = text_of(r, r->cursor);
  m->odd_cursor  = r->cursor.s && !m->cursor;
  m->wanted      = text_of(r, r->wanted);
  m->version     = text_of(r, r->meta_version);
  m->has_version = r->meta_version.s != NULL;
  return true;
}

bool mcp_read(const char *text, size_t n, mcp_message *m, dyo_buf *out)
{
  reading r = {.m = m};
  dyo_err err;
  *m = (mcp_message){0};
  dyo_ctx_init(&m->ctx, NULL);
  const dyo_status st = dyo_json_check(text, n, &err);
  if (st == DYO_OUT_OF_MEMORY) return out->failed = true, false;
  if (st != DYO_OK) {
    mcp_error(out, m->id, MCP_PARSE, NULL, "%s", err.message);
    return false;
  }
  if (text[strspn(text, " \t\r\n")] == '[')
    return refuse(out, &r, MCP_INVALID_REQUEST, "batches are not supported: one message at a time");
  if (dyo_json_members(text, n, take_outer, &r, &err) != DYO_OK)
    return refuse(out, &r, MCP_INVALID_REQUEST, "an object is expected");
  if (!piece_is(r.version, "\"2.0\"")) return refuse(out, &r, MCP_INVALID_REQUEST, "jsonrpc: \"2.0\" is expected");
  if (!r.method.s && r.has_answer) {
    m->kind = MCP_RESPONSE;
    return true;
  }
  if (r.has_id && !is_name(m->id))
    return refuse(out, &r, MCP_INVALID_REQUEST, "id: a string or a whole number is expected");
  m->kind   = r.has_id ? MCP_REQUEST : MCP_NOTIFICATION;
  m->method = text_of(&r, r.method);
  if (!m->method && !r.no_memory) return refuse(out, &r, MCP_INVALID_REQUEST, "method: a string is expected");
  if (!read_params(&r, out)) return false;
  if (r.no_memory) out->failed = true; /* nothing is blamed on the message */
  return !r.no_memory;
}

void mcp_message_free(mcp_message *m)
{
  dyo_ctx_clear(&m->ctx);
}

bool mcp_modern_ok(const mcp_message *m, dyo_buf *out)
{
  dyo_buf data = {0};
  if (!m->version) {
    mcp_error(out, m->id, MCP_INVALID_PARAMS, NULL,
              "params._meta[\"io.modelcontextprotocol/protocolVersion\"]: a string is expected");
    return false;
  }
  if (mcp_version_of(m->version) != MCP_2026_07_28) {
    dyo_buf_puts(&data, "{\"supported\":[\"2026-07-28\"],\"requested\":");
    dyo_buf_string(&data, m->version);
    dyo_buf_puts(&data, "}");
    mcp_error(out, m->id, MCP_BAD_VERSION, data.failed ? NULL : data.s, "protocol version %.40s is not supported here",
              m->version);
    dyo_buf_free(&data);
    return false;
  }
  if (m->has_capabilities) return true;
  mcp_error(out, m->id, MCP_INVALID_PARAMS, NULL,
            "params._meta[\"io.modelcontextprotocol/clientCapabilities\"]: an object is expected");
  return false;
}

void mcp_progress(dyo_buf *out, const mcp_message *m, mcp_version version, double fraction, const char *stage)
{
  dyo_buf_puts(out, "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":{\"progressToken\":");
  dyo_buf_add(out, m->token.s, m->token.n);
  put_json(out, "progress", "");
  dyo_buf_number(out, fraction);
  put_json(out, "total", "1");
  if (version >= MCP_2025_03_26 && stage) put_text(out, "message", stage);
  dyo_buf_puts(out, "}}");
}
