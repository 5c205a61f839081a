/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tools: every operation of the table, and those on stored data. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/mcp_parts.h"
#include "api/op_store.h"
#include "ops/dyo_schema.h"

enum { TOOL_NAME = 64 };

typedef struct {
  char                 name[TOOL_NAME], title[TOOL_NAME];
  dyo_buf              description, input, output; /* output empty: none is promised */
  const dyo_op        *op;                         /* or */
  const mcp_data_tool *data;
  mcp_effect           effect; /* MCP_MAKES of an operation: its result is stored */
} tool;

struct mcp_tools {
  tool  *list;
  size_t n;
};

/* --- schemas -------------------------------------------------------------------------------------------------------- */

static bool has_field(const dyo_field *rows, const char *name)
{
  for (; rows->name; rows++)
    if (strcmp(rows->name, name) == 0) return true;
  return false;
}

/* These fields and more. A series is then not required: those name a stored one in its place. */
static void print_joined(dyo_buf *b, const dyo_field *in, const dyo_field *more, const char *const *without)
{
  dyo_field    rows[DOC_ROWS];
  const size_t n = doc_rows(rows, doc_rows(rows, 0, in, NULL), more, without);
  for (dyo_field *f = rows; f->name; f++)
    if (strcmp(f->name, "series") == 0) f->dflt = DYO_OPT;
  if (n == DOC_ROWS - 1) b->failed = true;
  else dyo_print_schema(b, rows, true);
}

/* The output, with the id under which it is stored. */
static void print_output(dyo_buf *b, const dyo_op *op, const char *id)
{
  static const char head[] = "{\"type\":\"object\",\"properties\":{";
  dyo_buf           inner  = {0};
  dyo_print_schema(&inner, op->out, false);
  if (inner.failed) b->failed = true;
  else if (!id) dyo_buf_add(b, inner.s, inner.n);
  else {
    dyo_buf_puts(b, head);
    dyo_buf_printf(b, "\"%s\":{\"type\":\"string\",\"description\":\"Id under which it is stored.\"},", id);
    dyo_buf_puts(b, inner.s + sizeof head - 1);
  }
  dyo_buf_free(&inner);
}

/* --- the list --------------------------------------------------------------------------------------------------------- */

/* "inventory.reorder_point": tool inventory_reorder_point, "Inventory: reorder point". */
static void name_operation(tool *t, const char *name)
{
  size_t n = 0;
  for (const char *s = name; *s && n < TOOL_NAME - 2; s++) {
    t->title[n++] = *s == '.' ? ':' : *s == '_' ? ' ' : *s;
    if (*s == '.') t->title[n++] = ' ';
  }
  t->title[0] = (char)toupper((unsigned char)t->title[0]);
  snprintf(t->name, sizeof t->name, "%s", name);
  for (char *s = t->name; *s; s++)
    if (*s == '.') *s = '_';
}

static void add_operation(tool *t, const dyo_op *op, bool with_store)
{
  const bool forecast     = strcmp(op->name, "forecast.create") == 0,
             optimization = strncmp(op->path, "optimizer/", 10) == 0;
  t->op                   = op;
  const bool keeps        = with_store && (forecast || optimization);
  t->effect               = keeps ? MCP_MAKES : MCP_READS;
  name_operation(t, op->name);
  dyo_buf_puts(&t->description, op->summary);
  if (with_store && has_field(op->in, "series"))
    dyo_buf_puts(&t->description, " Takes the series itself, or metric_name of stored data in its place.");
  if (keeps)
    dyo_buf_puts(&t->description,
                 forecast ? " The forecast is stored: see forecasts_get." : " The result is stored: see runs_get.");
  if (with_store && has_field(op->in, "series")) print_joined(&t->input, op->in, mcp_stored_rows, NULL);
  else dyo_print_schema(&t->input, op->in, true);
  print_output(&t->output, op, !keeps ? NULL : forecast ? "forecast_id" : "run_id");
}

static void add_data(tool *t, const mcp_data_tool *d)
{
  t->data   = d;
  t->effect = d->effect;
  snprintf(t->name, sizeof t->name, "%s", d->name);
  snprintf(t->title, sizeof t->title, "%s", d->title);
  dyo_buf_puts(&t->description, d->description);
  if (d->in_more) print_joined(&t->input, d->in, d->in_more, d->in_without);
  else dyo_print_schema(&t->input, d->in, true);
  if (d->out) dyo_print_schema(&t->output, d->out, false);
}

dyo_status mcp_tools_new(mcp_reach reach, mcp_tools **out, dyo_err *err)
{
  size_t n = 0;
  for (const dyo_op *op = dyo_ops; op->name; op++) n++;
  for (const mcp_data_tool *d = mcp_data_tools; d->name; d++) n++;
  mcp_tools *t = *out = calloc(1, sizeof *t);
  if (t) t->list = calloc(n + 1, sizeof *t->list);
  if (!t || !t->list) return dyo_oom(err);
  for (const mcp_data_tool *d = mcp_data_tools; reach != MCP_ALONE && d->name; d++)
    if (d->effect == MCP_READS || reach == MCP_DAEMON) add_data(&t->list[t->n++], d);
  for (const dyo_op *op = dyo_ops; op->name; op++) add_operation(&t->list[t->n++], op, reach != MCP_ALONE);
  for (size_t i = 0; i < t->n; i++)
    if (t->list[i].description.failed || t->list[i].input.failed || t->list[i].output.failed) return dyo_oom(err);
  return DYO_OK;
}

void mcp_tools_free(mcp_tools *t)
{
  if (!t) return;
  for (size_t i = 0; i < t->n; i++) {
    dyo_buf_free(&t->list[i].description);
    dyo_buf_free(&t->list[i].input);
    dyo_buf_free(&t->list[i].output);
  }
  free(t->list);
  free(t);
}

static const tool *find_tool(const mcp_tools *t, const char *name)
{
  for (size_t i = 0; name && i < t->n; i++)
    if (strcmp(t->list[i].name, name) == 0) return &t->list[i];
  return NULL;
}

static const char *const hints[] = {
  [MCP_READS] = "{\"readOnlyHint\":true,\"idempotentHint\":true,\"openWorldHint\":false}",
  [MCP_MAKES] = "{\"readOnlyHint\":false,\"destructiveHint\":false,\"idempotentHint\":false,\"openWorldHint\":false}",
  [MCP_ENDS]  = "{\"readOnlyHint\":false,\"destructiveHint\":false,\"idempotentHint\":true,\"openWorldHint\":false}"};

static void put_tool(dyo_buf *b, const tool *t, mcp_version v)
{
  dyo_buf_puts(b, "{");
  put_text(b, "name", t->name);
  if (v >= MCP_2025_06_18) put_text(b, "title", t->title);
  put_text(b, "description", t->description.s);
  put_json(b, "inputSchema", t->input.s);
  if (v >= MCP_2025_06_18 && t->output.n) put_json(b, "outputSchema", t->output.s);
  if (v >= MCP_2025_03_26) put_json(b, "annotations", hints[t->effect]);
  dyo_buf_puts(b, "}");
}

/* Cursors of this list are the place of the first tool. */
static bool first_of(const mcp_call *c, size_t n, size_t *first)
{
  const char *s = c->m->cursor;
  *first        = 0;
  if (c->m->odd_cursor) return false;
  if (!s || !*s) return true;
  char               *end = NULL;
  const unsigned long at  = strtoul(s, &end, 10);
  *first                  = at;
  return isdigit((unsigned char)*s) && !*end && at > 0 && at < n;
}

void mcp_list_tools(mcp_call *c)
{
  const mcp_tools *t = c->p->tools;
  size_t           i = 0;
  if (!first_of(c, t->n, &i)) {
    mcp_fail(c, MCP_INVALID_PARAMS, "cursor: the nextCursor of the page before is expected");
    return;
  }
  mcp_begin(c);
  put_json(c->out, "tools", "[");
  for (size_t left = MCP_PAGE; i < t->n && left > 0; i++, left--) {
    if (left < MCP_PAGE) dyo_buf_puts(c->out, ",");
    put_tool(c->out, &t->list[i], c->p->version);
  }
  dyo_buf_puts(c->out, "]");
  char next[24];
  snprintf(next, sizeof next, "%zu", i);
  if (i < t->n) put_text(c->out, "nextCursor", next);
  mcp_keep(c, 3600000, true);
  mcp_end(c);
}

/* --- calls -------------------------------------------------------------------------------------------------------------- */

/* The result's text stands in a text item too, for clients that look there alone. */
static void answer_result(mcp_call *c, dyo_buf *result)
{
  mcp_begin(c);
  put_json(c->out, "content", "[{\"type\":\"text\",\"text\":");
  dyo_buf_string(c->out, result->s);
  dyo_buf_puts(c->out, "}]");
  if (c->p->version >= MCP_2025_06_18) put_json(c->out, "structuredContent", result->s);
  put_json(c->out, "isError", "false");
  mcp_end(c);
}

/* The sentence, then the error object (with the best answer so far of a cancelled search). */
static void answer_failure(mcp_call *c, dyo_buf *result, const dyo_err *err)
{
  char sentence[sizeof err->path + sizeof err->message + 2];
  snprintf(sentence, sizeof sentence, "%s%s%s", err->path, err->path[0] ? ": " : "", err->message);
  if (!result->n || strncmp(result->s, "{\"error\":", 9) != 0) { /* nothing, or the beginning of an answer */
    result->n = 0;
    dyo_buf_puts(result, "{\"error\":");
    dyo_json_error(result, err);
    dyo_buf_puts(result, "}");
  }
  mcp_begin(c);
  put_json(c->out, "content", "[{\"type\":\"text\",\"text\":");
  dyo_buf_string(c->out, sentence);
  dyo_buf_puts(c->out, "},{\"type\":\"text\",\"text\":");
  dyo_buf_string(c->out, result->s ? result->s : "");
  dyo_buf_puts(c->out, "}]");
  put_json(c->out, "isError", "true");
  mcp_end(c);
}

static dyo_status run_operation(mcp_call *c, const dyo_op *op, const char *text, dyo_buf *b, dyo_err *err)
{
  const size_t n  = strlen(text);
  dyo_status   st = op_compute(c->p->a, c->p->tenant, op, text, n, c->w, b, err);
  if (st == DYO_OK && c->p->a->store) st = op_store(c->p->a, c->p->tenant, "", 0, op, text, n, b, err);
  return st;
}

static dyo_status run_data(mcp_call *c, const mcp_data_tool *d, const char *text, dyo_buf *b, dyo_err *err)
{
  enum { LARGEST = 512 };
  dyo_ctx                    ctx;
  const dyo_field           *end         = d->in;
  _Alignas(16) unsigned char in[LARGEST] = {0}; /* the decoder leaves pointers that were not given as they are */
  if (d->in_more) return d->run(c->p, text, b, err);
  while (end->name) end++;
  if (end->size > sizeof in) return dyo_fail(err, DYO_INTERNAL, "", "%s has too many fields", d->name);
  dyo_ctx_init(&ctx, NULL);
  dyo_status st = dyo_json_decode(&ctx, text, strlen(text), d->in, in, err);
  if (st == DYO_OK) st = d->run(c->p, in, b, err);
  dyo_ctx_clear(&ctx);
  return st;
}

void mcp_call_tool(mcp_call *c)
{
  const tool *t      = find_tool(c->p->tools, c->m->name);
  dyo_piece   given  = c->m->arguments;
  dyo_buf     result = {0};
  dyo_err     err    = {0};
  if (!t) {
    mcp_error(c->out, c->m->id, MCP_INVALID_PARAMS, NULL, "there is no tool \"%.60s\"", c->m->name ? c->m->name : "");
    return;
  }
  if (given.s && given.s[0] != '{') {
    mcp_fail(c, MCP_INVALID_PARAMS, "arguments: an object is expected");
    return;
  }
  char      *text = given.s ? strndup(given.s, given.n) : strdup("{}");
  dyo_status st   = !text   ? dyo_oom(&err)
                    : t->op ? run_operation(c, t->op, text, &result, &err)
                            : run_data(c, t->data, text, &result, &err);
  free(text);
  if (st == DYO_OK && result.failed) st = dyo_oom(&err);
  if (st == DYO_OK) answer_result(c, &result);
  else if (st == DYO_INVALID_INPUT && c->p->version < MCP_2025_11_25) mcp_fail_with(c, MCP_INVALID_PARAMS, &err);
  else answer_failure(c, &result, &err);
  dyo_buf_free(&result);
}

bool mcp_takes_time(const mcp_peer *p, const mcp_message *m)
{
  const tool *t = strcmp(m->method, "tools/call") == 0 ? find_tool(p->tools, m->name) : NULL;
  return t && t->op;
}

unsigned mcp_scope(const mcp_peer *p, const mcp_message *m)
{
  const tool *t = strcmp(m->method, "tools/call") == 0 ? find_tool(p->tools, m->name) : NULL;
  return t && (t->op || t->effect != MCP_READS) ? SCOPE_RUN : SCOPE_READ;
}
