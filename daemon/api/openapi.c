/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The document of the whole interface: printed from the table of routes and the table of operations, so that it cannot say what is not. */
#include <string.h>

#include "api/exchange.h"
#include "api/upload.h"
#include "dyo_version.h"
#include "ops/dyo_openapi.h"
#include "series/dyo_parse.h"

#define DIALECT "https://json-schema.org/draft/2020-12/schema"
#define XLSX    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

static void member(dyo_buf *b, const char *name, const char *text)
{
  dyo_buf_string(b, name);
  dyo_buf_puts(b, ":");
  dyo_buf_string(b, text);
  dyo_buf_puts(b, ",");
}

static void reference(dyo_buf *b, const char *type, const char *name, const char *ending)
{
  dyo_buf_printf(b, "\"%s\":{\"schema\":{\"$ref\":\"#/components/schemas/%s%s\"}}", type, name, ending);
}

/* --- rows put together ----------------------------------------------------------------------------------------------- */

size_t doc_rows(dyo_field *to, size_t n, const dyo_field *from, const char *const *without)
{
  for (; from->name && n < DOC_ROWS - 1; from++) {
    bool there = false;
    for (const char *const *w = without; w && *w; w++) there = there || strcmp(from->name, *w) == 0;
    for (size_t i = 0; i < n && !there; i++) there = strcmp(to[i].name, from->name) == 0;
    if (!there) to[n++] = *from;
  }
  to[n] = (dyo_field){0};
  return n;
}

static bool takes_series(const dyo_op *op)
{
  for (const dyo_field *f = op->in; f->name; f++)
    if (strcmp(f->name, "series") == 0) return true;
  return false;
}

/* The id under which the store keeps an operation's answer; none: it is not kept. */
static const dyo_field *id_of(const dyo_op *op)
{
  if (strcmp(op->name, "forecast.create") == 0) return forecast_id_rows;
  return strncmp(op->path, "optimizer/", 10) == 0 ? run_id_rows : NULL;
}

static void op_schemas(dyo_buf *b, const dyo_op *op)
{
  static const char *const series[] = {"series", NULL};
  dyo_field                rows[DOC_ROWS];
  dyo_buf_printf(b, "\"%sInput\":", op->stem);
  dyo_print_schema(b, op->in, true);
  if (takes_series(op)) {
    doc_rows(rows, doc_rows(rows, 0, op->in, series), stored_rows, NULL);
    dyo_buf_printf(b, ",\"%sStoredInput\":", op->stem);
    dyo_print_schema(b, rows, true);
  }
  const size_t n = id_of(op) ? doc_rows(rows, 0, id_of(op), NULL) : 0;
  doc_rows(rows, n, op->out, NULL);
  dyo_buf_printf(b, ",\"%sOutput\":", op->stem);
  dyo_print_schema(b, rows, false);
  dyo_buf_puts(b, ",");
}

/* --- parameters ---------------------------------------------------------------------------------------------------------- */

static void parameter(dyo_buf *b, const dyo_field *f, const char *place)
{
  dyo_buf_puts(b, dyo_buf_last(b) == '[' ? "{" : ",{");
  member(b, "name", f->name);
  member(b, "in", place);
  member(b, "description", f->doc);
  if (f->type == DYO_T_STRS) dyo_buf_puts(b, "\"style\":\"form\",\"explode\":false,");
  dyo_buf_puts(b, "\"schema\":");
  dyo_print_field(b, f, false, true);
  dyo_buf_puts(b, "}");
}

static void path_parameters(dyo_buf *b, const char *pattern)
{
  for (const char *at = strchr(pattern, '{'); at; at = strchr(at + 1, '{')) {
    const int n = (int)strcspn(at + 1, "}");
    dyo_buf_printf(b,
                   "%s{\"name\":\"%.*s\",\"in\":\"path\",\"required\":true,\"description\":\"Which one is meant.\","
                   "\"schema\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":127}}",
                   dyo_buf_last(b) == '[' ? "" : ",", n, at + 1);
  }
}

static bool is_option(const dyo_field *f)
{
  return !upload_file_field(f) && f->type != DYO_T_OBJ;
}

static void parameters(dyo_buf *b, const route *r)
{
  dyo_buf_puts(b, "\"parameters\":[");
  path_parameters(b, r->pattern);
  for (const dyo_field *f = r->doc.query; f && f->name; f++) parameter(b, f, "query");
  for (const dyo_field *f = r->doc.headers; f && f->name; f++) parameter(b, f, "header");
  for (const dyo_field *f = dyo_parse_in_rows; r->way == STREAMED && f->name; f++)
    if (is_option(f)) parameter(b, f, "query");
  dyo_buf_puts(b, "],");
}

/* --- bodies ------------------------------------------------------------------------------------------------------------- */

static void file_body(dyo_buf *b)
{
  dyo_buf_puts(
    b,
    "\"requestBody\":{\"required\":true,\"description\":\"The file, or a form whose part \\\"file\\\" is the file and "
    "whose other parts are the parameters.\",\"content\":{\"text/csv\":{\"schema\":{\"type\":\"string\"}},\"" XLSX
    "\":{\"schema\":{\"type\":\"string\",\"contentMediaType\":\"" XLSX
    "\"}},\"multipart/form-data\":{\"schema\":{\"type\":\"object\",\"properties\":{\"file\":{\"type\":\"string\","
    "\"contentMediaType\":\"application/octet-stream\"}},\"required\":[\"file\"],"
    "\"additionalProperties\":{\"type\":\"string\"}}}}},");
}

static void json_body(dyo_buf *b, const char *name, const char *ending)
{
  dyo_buf_puts(b, "\"requestBody\":{\"required\":true,\"content\":{");
  reference(b, "application/json", name, ending);
  dyo_buf_puts(b, "}},");
}

static void op_body(dyo_buf *b, const dyo_op *op)
{
  if (!takes_series(op)) {
    json_body(b, op->stem, "Input");
    return;
  }
  dyo_buf_printf(b,
                 "\"requestBody\":{\"required\":true,\"content\":{\"application/json\":{\"schema\":{\"anyOf\":["
                 "{\"$ref\":\"#/components/schemas/%sInput\"},{\"$ref\":\"#/components/schemas/%sStoredInput\"}]}}}},",
                 op->stem, op->stem);
}

/* --- answers -------------------------------------------------------------------------------------------------------------- */

static void refusals(dyo_buf *b, const char *name)
{
  dyo_buf_printf(b,
                 ",\"4XX\":{\"$ref\":\"#/components/responses/%s\"},"
                 "\"5XX\":{\"$ref\":\"#/components/responses/Failed\"}}",
                 name);
}

static void success(dyo_buf *b, const route_doc *d)
{
  if (d->answer == ANSWER_ACCEPTED) {
    dyo_buf_puts(b, "\"202\":{\"$ref\":\"#/components/responses/Accepted\"}");
    return;
  }
  const char *const words = d->answer == ANSWER_CREATED || d->answer == ANSWER_BEGUN ? "It was made." : "The answer.";
  dyo_buf_printf(b, "\"%d\":{\"description\":\"%s\"",
                 d->answer == ANSWER_CREATED ? 201
                 : d->answer == ANSWER_BEGUN ? 202
                 : d->answer == ANSWER_EMPTY ? 204
                                             : 200,
                 words);
  if (d->answer == ANSWER_EMPTY) {
    dyo_buf_puts(b, "}");
    return;
  }
  dyo_buf_puts(b, ",\"content\":{");
  switch (d->answer) {
  case ANSWER_PAGE: reference(b, "application/json", d->out_name, "Page"); break;
  case ANSWER_HTML: dyo_buf_puts(b, "\"text/html\":{\"schema\":{\"type\":\"string\"}}"); break;
  case ANSWER_OPENAPI: dyo_buf_puts(b, "\"application/json\":{\"schema\":{\"type\":\"object\"}}"); break;
  case ANSWER_EVENTS:
    dyo_buf_printf(b,
                   "\"text/event-stream\":{\"schema\":{\"type\":\"string\",\"contentMediaType\":\"text/event-stream\","
                   "\"description\":\"Each event's data is a %s.\"}}",
                   d->out_name);
    break;
  case ANSWER_MCP:
    reference(b, "application/json", "McpAnswer", "");
    dyo_buf_puts(b,
                 ",\"text/event-stream\":{\"schema\":{\"type\":\"string\",\"contentMediaType\":"
                 "\"text/event-stream\",\"description\":\"Each event's data is a message; the answer is the last.\"}}");
    break;
  case ANSWER_SERIES:
    reference(b, "application/json", d->out_name, "");
    dyo_buf_puts(b, ",\"text/csv\":{\"schema\":{\"type\":\"string\"}},\"application/octet-stream\":{\"schema\":"
                    "{\"type\":\"string\",\"contentMediaType\":\"application/octet-stream\"}}");
    break;
  default: reference(b, "application/json", d->out_name, "");
  }
  dyo_buf_puts(b, "}}");
  if (d->answer == ANSWER_SERIES)
    dyo_buf_puts(b, ",\"304\":{\"description\":\"What If-None-Match names is still so.\"}");
  if (d->answer == ANSWER_MCP)
    dyo_buf_puts(b, ",\"202\":{\"description\":\"It was no request, so there is no answer to it.\"}");
  if (d->answer == ANSWER_HEALTH) {
    dyo_buf_puts(b, ",\"503\":{\"description\":\"It is not.\",\"content\":{");
    reference(b, "application/json", d->out_name, "");
    dyo_buf_puts(b, "}}");
  }
}

/* --- routes ------------------------------------------------------------------------------------------------------------- */

static void security(dyo_buf *b, unsigned scope)
{
  const char *word = scope & SCOPE_READ    ? "read" /* the least that will do */
                     : scope & SCOPE_RUN   ? "run"
                     : scope & SCOPE_WRITE ? "write"
                                           : "admin";
  if (scope == SCOPE_NONE) dyo_buf_puts(b, "\"security\":[],");
  else dyo_buf_printf(b, "\"security\":[{\"token\":[]}],\"x-scope\":\"%s\",", word);
}

static void head(dyo_buf *b, const char *id, const char *summary, const char *description)
{
  const size_t dot = strcspn(id, ".");
  member(b, "operationId", id);
  member(b, "summary", summary);
  member(b, "description", description);
  dyo_buf_printf(b, "\"tags\":[\"%.*s\"],", id[dot] ? (int)dot : 6, id[dot] ? id : "server");
}

static void method_word(dyo_buf *b, const char *method)
{
  dyo_buf_puts(b, "\"");
  for (; *method; method++) dyo_buf_printf(b, "%c", *method + ('a' - 'A'));
  dyo_buf_puts(b, "\":{");
}

static void put_route(dyo_buf *b, const route *r)
{
  method_word(b, r->method);
  head(b, r->doc.id, r->doc.summary, r->doc.summary);
  security(b, r->scope);
  parameters(b, r);
  if (r->way == STREAMED) file_body(b);
  else if (r->doc.answer == ANSWER_MCP) json_body(b, "McpMessage", "");
  else if (r->doc.in) json_body(b, r->doc.in_name, "");
  dyo_buf_puts(b, "\"responses\":{");
  success(b, &r->doc);
  refusals(b, r->doc.answer == ANSWER_MCP ? "McpRefused" : "Refused");
  dyo_buf_puts(b, "}");
}

static bool first_of_path(const route *r)
{
  for (const route *o = api_routes; o < r; o++)
    if (o->doc.id && strcmp(o->pattern, r->pattern) == 0) return false;
  return true;
}

static void put_path(dyo_buf *b, const route *r)
{
  if (!r->doc.id || !first_of_path(r)) return;
  dyo_buf_printf(b, "%s\"%s\":{", dyo_buf_last(b) == '{' ? "" : ",", r->pattern);
  for (const route *o = r; o->method; o++) {
    if (!o->doc.id || strcmp(o->pattern, r->pattern) != 0) continue;
    if (o != r) dyo_buf_puts(b, ",");
    put_route(b, o);
  }
  dyo_buf_puts(b, "}");
}

static void put_op(dyo_buf *b, const dyo_op *op)
{
  dyo_buf_printf(b, ",\"/api/v1/%s\":{\"post\":{", op->path);
  head(b, op->name, op->summary, op->method);
  security(b, SCOPE_RUN);
  dyo_buf_puts(b, "\"parameters\":[{\"$ref\":\"#/components/parameters/Prefer\"}],");
  op_body(b, op);
  dyo_buf_puts(b, "\"responses\":{\"200\":{\"description\":\"The result.\",\"content\":{");
  reference(b, "application/json", op->stem, "Output");
  dyo_buf_puts(b, "}},\"202\":{\"$ref\":\"#/components/responses/Accepted\"}");
  refusals(b, "Refused");
  dyo_buf_puts(b, "}}");
}

/* --- what all of them share ---------------------------------------------------------------------------------------------- */

/* Is this the first route whose answer or body has that name? */
static bool first_name(const route *r, const char *name, bool in)
{
  for (const route *o = api_routes; o < r; o++) {
    const char *other = in ? o->doc.in_name : o->doc.out_name;
    if (other && strcmp(other, name) == 0) return false;
  }
  return true;
}

static void page_schema(dyo_buf *b, const char *name)
{
  dyo_buf_printf(b,
                 "\"%sPage\":{\"type\":\"object\",\"properties\":{\"items\":{\"type\":\"array\",\"items\":{\"$ref\":"
                 "\"#/components/schemas/%s\"}},\"next_cursor\":{\"type\":[\"string\",\"null\"],\"description\":"
                 "\"Cursor of the next page; null: this is the last.\"}},\"required\":[\"items\",\"next_cursor\"],"
                 "\"additionalProperties\":false},",
                 name, name);
}

static void route_schemas(dyo_buf *b, const route *r)
{
  const route_doc *d = &r->doc;
  if (d->out && first_name(r, d->out_name, false)) {
    dyo_field rows[DOC_ROWS];
    doc_rows(rows, doc_rows(rows, 0, d->out, NULL), d->out_more ? d->out_more : &(dyo_field){0}, NULL);
    dyo_buf_printf(b, "\"%s\":", d->out_name);
    dyo_print_schema(b, rows, false);
    dyo_buf_puts(b, ",");
  }
  if (d->answer == ANSWER_PAGE) page_schema(b, d->out_name);
  if (d->in && first_name(r, d->in_name, true)) {
    dyo_field rows[DOC_ROWS];
    doc_rows(rows, doc_rows(rows, 0, d->in, NULL), d->in_more ? d->in_more : &(dyo_field){0}, d->in_without);
    dyo_buf_printf(b, "\"%s\":", d->in_name);
    dyo_print_schema(b, rows, true);
    dyo_buf_puts(b, ",");
  }
}

/* JSON-RPC 2.0, as far as it is the same for every method. */
static const char mcp_schemas[] =
  "\"McpMessage\":{\"type\":\"object\",\"description\":\"A request (with id and method), a notification (without id) or a "
  "response.\",\"properties\":{\"jsonrpc\":{\"const\":\"2.0\"},\"id\":{\"type\":[\"string\",\"integer\"]},\"method\":{\"type\":"
  "\"string\"},\"params\":{\"type\":\"object\"},\"result\":{},\"error\":{}},\"required\":[\"jsonrpc\"],\"anyOf\":[{\"required\":"
  "[\"method\"]},{\"required\":[\"result\"]},{\"required\":[\"error\"]}]},"
  "\"McpAnswer\":{\"type\":\"object\",\"description\":\"The answer to a request.\",\"properties\":{\"jsonrpc\":{\"const\":\"2.0\"},"
  "\"id\":{\"type\":[\"string\",\"integer\",\"null\"]},\"result\":{\"type\":\"object\"},\"error\":{\"type\":\"object\",\"properties\":"
  "{\"code\":{\"type\":\"integer\"},\"message\":{\"type\":\"string\"},\"data\":{}},\"required\":[\"code\",\"message\"],"
  "\"additionalProperties\":false}},\"required\":[\"jsonrpc\",\"id\"],\"oneOf\":[{\"required\":[\"result\"]},{\"required\":"
  "[\"error\"]}],\"additionalProperties\":false},";

static void problem_response(dyo_buf *b, const char *name, const char *words)
{
  dyo_buf_printf(b, "\"%s\":{\"description\":\"%s\",\"content\":{", name, words);
  reference(b, "application/problem+json", "Problem", "");
  dyo_buf_puts(b, "}}");
}

static void components(dyo_buf *b)
{
  dyo_buf_puts(
    b, "\"components\":{\"securitySchemes\":{\"token\":{\"type\":\"http\",\"scheme\":\"bearer\",\"description\":"
       "\"dyocensed token create --tenant T --scope read|run|write|admin makes one; each scope includes those "
       "before it.\"}},\"parameters\":{\"Prefer\":{\"name\":\"Prefer\",\"in\":\"header\",\"description\":"
       "\"respond-async: answer 202 with a run at once.\",\"schema\":{\"type\":\"string\"}}},\"responses\":{");
  problem_response(b, "Refused", "What was wrong, and where.");
  dyo_buf_puts(b, ",");
  problem_response(b, "Failed", "The server could not do it.");
  dyo_buf_puts(
    b, ",\"McpRefused\":{\"description\":\"What was wrong: an error of JSON-RPC where it is the message, a problem "
       "where it is who sends it and how.\",\"content\":{");
  reference(b, "application/json", "McpAnswer", "");
  dyo_buf_puts(b, ",");
  reference(b, "application/problem+json", "Problem", "");
  dyo_buf_puts(b, "}}");
  dyo_buf_puts(
    b, ",\"Accepted\":{\"description\":\"It goes on as a run.\",\"headers\":{\"Location\":{\"description\":\"The "
       "run.\",\"schema\":{\"type\":\"string\"}}},\"content\":{");
  reference(b, "application/json", "Accepted", "");
  dyo_buf_puts(b, "}}},\"schemas\":{");
  for (const route *r = api_routes; r->method; r++) route_schemas(b, r);
  for (const dyo_op *op = dyo_ops; op->name; op++) op_schemas(b, op);
  dyo_buf_puts(b, mcp_schemas);
  dyo_buf_puts(b, "\"Accepted\":");
  dyo_print_schema(b, accepted_rows, false);
  dyo_buf_puts(b, ",");
  dyo_print_problem(b);
  dyo_buf_puts(b, "}}");
}

static const char *const groups[][2] = {
  {"server", "The server itself."},
  {"operations", "What can be computed."},
  {"connectors", "Where data comes from, and files taken in."},
  {"runs", "Work that takes longer than a request."},
  {"metrics", "Stored series."},
  {"forecasts", "Stored forecasts."},
  {"batches", "Forecasts of many stored series at once."},
  {"optimizations", "Stored optimisation runs."},
  {"alerts", "Rules on stored series, and what they found."},
  {"schedules", "Work that is done again and again."},
  {"inventory", "How much to order, and when."},
  {"staffing", "Whom to schedule."},
  {"forecast", "What comes next."},
  {"stats", "Tests of a series."},
  {"series", "Files and series made regular."},
  {"trees", "Gradient-boosted trees."},
  {"report", "Answers in words, as the command line prints them."},
  {"quota", "What the tenant may have, and has."},
  {"mcp", "The same for assistants, by the Model Context Protocol."},
  {0},
};

static bool in_group(const char *id, const char *group)
{
  const size_t n = strcspn(id, ".");
  return id[n] ? strlen(group) == n && strncmp(id, group, n) == 0 : strcmp(group, "server") == 0;
}

static bool group_used(const char *group)
{
  bool used = false;
  for (const route *r = api_routes; r->method && !used; r++) used = r->doc.id && in_group(r->doc.id, group);
  for (const dyo_op *op = dyo_ops; op->name && !used; op++) used = in_group(op->name, group);
  return used;
}

static void tags(dyo_buf *b)
{
  dyo_buf_puts(b, "\"tags\":[");
  for (size_t i = 0; groups[i][0]; i++) {
    if (!group_used(groups[i][0])) continue;
    dyo_buf_puts(b, dyo_buf_last(b) == '[' ? "{" : ",{");
    member(b, "name", groups[i][0]);
    dyo_buf_puts(b, "\"description\":");
    dyo_buf_string(b, groups[i][1]);
    dyo_buf_puts(b, "}");
  }
  dyo_buf_puts(b, "],");
}

dyo_status api_document(char **text, dyo_err *err)
{
  dyo_buf b = {0};
  *text     = NULL;
  dyo_buf_puts(&b,
               "{\"openapi\":\"3.1.0\",\"info\":{\"title\":\"Dyocense\",\"version\":\"" DYO_VERSION
               "\",\"description\":\"How much to order, whom to schedule and what comes next.\",\"contact\":"
               "{\"name\":\"Whoever runs this server\"},"
               "\"license\":{\"name\":\"GPL-3.0-or-later\",\"identifier\":\"GPL-3.0-or-later\"}},"
               "\"jsonSchemaDialect\":\"" DIALECT "\",\"servers\":[{\"url\":\"/\",\"description\":\"This server.\"}],");
  tags(&b);
  dyo_buf_puts(&b, "\"paths\":{");
  for (const route *r = api_routes; r->method; r++) put_path(&b, r);
  for (const dyo_op *op = dyo_ops; op->name; op++) put_op(&b, op);
  dyo_buf_puts(&b, "},");
  components(&b);
  dyo_buf_puts(&b, "}");
  if (b.failed) {
    dyo_buf_free(&b);
    return dyo_oom(err);
  }
  *text = b.s;
  return DYO_OK;
}
