/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dyo_call.h - the one door: an operation's name and JSON in, JSON out. Every other door ends here. */
#ifndef DYO_CALL_H
#define DYO_CALL_H

#include "base/dyo_ctx.h"

typedef struct {
  char      *text; /* NUL-terminated; NULL only if not even the error could be stored */
  size_t     len;
  dyo_array *arrays; /* what {"$float64": k} in text stands for */
  size_t     n_arrays;
} dyo_reply; /* all of it malloc'ed: dyo_reply_free */

/* Run operation op on json[0..len). On DYO_OK the reply is the bare output object, else
 * {"error":{"code","path","message"}}, with "partial" inside where a cancelled search had an answer.
 * The arena keeps growing until dyo_ctx_clear, which the caller does between calls. */
dyo_status dyo_call(dyo_ctx *ctx, const char *op, const char *json, size_t len, dyo_reply *out);
void       dyo_reply_free(dyo_reply *r);

/* The table, printed. what: "ops" {"operations":[{name,path,summary}]}; an operation's name {name,path,summary,formula,method,input,output} with
 * JSON Schema 2020-12; "schema" all of them in one document; "openapi" OpenAPI 3.1 of the table alone (the daemon has its own, with every route); "mcp" a tools/list result; "types" TypeScript.
 * unknown_operation names the nearest. The text is malloc'ed. */
dyo_status dyo_describe(const char *what, char **text, dyo_err *err);

#endif
