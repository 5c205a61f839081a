/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "dyo_version.h"
#include "ops/dyo_call.h"
#include "ops/print.h"

#define DIALECT "https://json-schema.org/draft/2020-12/schema"

static void field(dyo_buf *b, const char *name, const char *text)
{
  dyo_buf_string(b, name);
  dyo_buf_puts(b, ":");
  dyo_buf_string(b, text);
  dyo_buf_puts(b, ",");
}

static void head(dyo_buf *b, const dyo_op *op)
{
  field(b, "name", op->name);
  dyo_buf_printf(b, "\"path\":\"/api/v1/%s\",", op->path);
  field(b, "summary", op->summary);
  if (op->formula) field(b, "formula", op->formula);
  dyo_buf_puts(b, "\"method\":");
  dyo_buf_string(b, op->method);
}

static void list_ops(dyo_buf *b)
{
  dyo_buf_puts(b, "{\"operations\":[");
  for (const dyo_op *op = dyo_ops; op->name; op++) {
    dyo_buf_puts(b, op == dyo_ops ? "{" : ",{");
    head(b, op);
    dyo_buf_puts(b, "}");
  }
  dyo_buf_puts(b, "]}");
}

/* A schema with $schema and title in front of its own members. */
static void titled_schema(dyo_buf *b, const dyo_op *op, bool input)
{
  dyo_buf inner = {0};
  dyo_print_schema(&inner, input ? op->in : op->out, input);
  dyo_buf_printf(b, "{\"$schema\":\"" DIALECT "\",\"title\":\"%s%s\",", op->stem, input ? "Input" : "Output");
  if (inner.failed) b->failed = true;
  else dyo_buf_add(b, inner.s + 1, inner.n - 1);
  dyo_buf_free(&inner);
}

static void describe_op(dyo_buf *b, const dyo_op *op)
{
  dyo_buf_puts(b, "{");
  head(b, op);
  dyo_buf_puts(b, ",\"input\":");
  titled_schema(b, op, true);
  dyo_buf_puts(b, ",\"output\":");
  titled_schema(b, op, false);
  dyo_buf_puts(b, "}");
}

static void all_schemas(dyo_buf *b)
{
  dyo_buf_puts(b, "{\"$schema\":\"" DIALECT "\",\"$defs\":{");
  for (const dyo_op *op = dyo_ops; op->name; op++) {
    dyo_buf_printf(b, "%s\"%sInput\":", op == dyo_ops ? "" : ",", op->stem);
    dyo_print_schema(b, op->in, true);
    dyo_buf_printf(b, ",\"%sOutput\":", op->stem);
    dyo_print_schema(b, op->out, false);
  }
  dyo_buf_puts(b, "}}");
}

void dyo_print_problem(dyo_buf *b)
{
  const char *comma = "";
  dyo_buf_puts(b, "\"Problem\":{\"type\":\"object\",\"description\":\"RFC 9457 problem details.\",\"properties\":{"
                  "\"type\":{\"type\":\"string\"},\"title\":{\"type\":\"string\"},\"status\":{\"type\":\"integer\"},"
                  "\"detail\":{\"type\":\"string\"},"
                  "\"path\":{\"type\":\"string\",\"description\":\"JSON pointer into the request.\"},"
                  "\"message\":{\"type\":\"string\"},\"code\":{\"enum\":[");
#define DYO_STATUS_JSON(name, value, text, http) \
  if ((value) != 0) {                            \
    dyo_buf_printf(b, "%s\"%s\"", comma, text);  \
    comma = ",";                                 \
  }
  DYO_STATUS_MAP(DYO_STATUS_JSON)
#undef DYO_STATUS_JSON
  dyo_buf_puts(b, "]}},\"required\":[\"code\",\"path\",\"message\"]}");
}

static void openapi_path(dyo_buf *b, const dyo_op *op)
{
  dyo_buf_printf(b, "\"/api/v1/%s\":{\"post\":{", op->path);
  field(b, "operationId", op->name);
  field(b, "summary", op->summary);
  field(b, "description", op->method);
  dyo_buf_printf(b, "\"tags\":[\"%.*s\"],", (int)strcspn(op->name, "."), op->name);
  dyo_buf_printf(b,
                 "\"requestBody\":{\"required\":true,\"content\":{\"application/json\":{\"schema\":"
                 "{\"$ref\":\"#/components/schemas/%sInput\"}}}},",
                 op->stem);
  dyo_buf_printf(
    b,
    "\"responses\":{\"200\":{\"description\":\"The result.\",\"content\":{\"application/json\":{\"schema\":"
    "{\"$ref\":\"#/components/schemas/%sOutput\"}}}},",
    op->stem);
  dyo_buf_puts(b,
               "\"default\":{\"description\":\"What was wrong, and where.\",\"content\":{\"application/problem+json\":"
               "{\"schema\":{\"$ref\":\"#/components/schemas/Problem\"}}}}}}}");
}

static void openapi(dyo_buf *b)
{
  dyo_buf_puts(b, "{\"openapi\":\"3.1.0\",\"info\":{\"title\":\"Dyocense\",\"version\":\"" DYO_VERSION "\","
                  "\"description\":\"How much to order, whom to schedule and what comes next.\","
                  "\"license\":{\"name\":\"GPL-3.0-or-later\",\"identifier\":\"GPL-3.0-or-later\"}},"
                  "\"jsonSchemaDialect\":\"" DIALECT "\",\"paths\":{");
  for (const dyo_op *op = dyo_ops; op->name; op++) {
    if (op != dyo_ops) dyo_buf_puts(b, ",");
    openapi_path(b, op);
  }
  dyo_buf_puts(b, "},\"components\":{\"schemas\":{");
  for (const dyo_op *op = dyo_ops; op->name; op++) {
    dyo_buf_printf(b, "\"%sInput\":", op->stem);
    dyo_print_schema(b, op->in, true);
    dyo_buf_printf(b, ",\"%sOutput\":", op->stem);
    dyo_print_schema(b, op->out, false);
    dyo_buf_puts(b, ",");
  }
  dyo_print_problem(b);
  dyo_buf_puts(b, "}}}");
}

static void mcp_name(dyo_buf *b, const char *name)
{
  dyo_buf_puts(b, "{\"name\":\"");
  for (; *name; name++) dyo_buf_add(b, *name == '.' ? "_" : name, 1);
  dyo_buf_puts(b, "\",");
}

static void mcp_tools(dyo_buf *b)
{
  dyo_buf_puts(b, "{\"tools\":[");
  for (const dyo_op *op = dyo_ops; op->name; op++) {
    if (op != dyo_ops) dyo_buf_puts(b, ",");
    mcp_name(b, op->name);
    field(b, "description", op->summary);
    dyo_buf_puts(b, "\"inputSchema\":");
    dyo_print_schema(b, op->in, true);
    dyo_buf_puts(b, ",\"outputSchema\":");
    dyo_print_schema(b, op->out, false);
    dyo_buf_printf(b, ",\"annotations\":{\"readOnlyHint\":%s,\"idempotentHint\":%s,\"openWorldHint\":false}}",
                   op->flags & DYO_PURE ? "true" : "false", op->flags & DYO_PURE ? "true" : "false");
  }
  dyo_buf_puts(b, "]}");
}

dyo_status dyo_describe(const char *what, char **text, dyo_err *err)
{
  static const struct {
    const char *word;
    void (*print)(dyo_buf *b);
  } papers[] = {
    {"ops", list_ops}, {"schema", all_schemas}, {"openapi", openapi}, {"mcp", mcp_tools}, {"types", dyo_print_types}};
  const dyo_op *op    = dyo_op_find(what);
  dyo_buf       b     = {0};
  bool          known = op != NULL;
  *text               = NULL;
  if (op) describe_op(&b, op);
  for (size_t i = 0; !known && i < sizeof papers / sizeof *papers; i++) {
    if (strcmp(papers[i].word, what) != 0) continue;
    papers[i].print(&b);
    known = true;
  }
  if (!known) return dyo_op_unknown(what, err);
  if (b.failed) {
    dyo_buf_free(&b);
    return dyo_oom(err);
  }
  *text = b.s;
  return DYO_OK;
}
