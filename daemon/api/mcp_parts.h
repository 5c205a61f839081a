/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to the mcp_*.c files: a request being answered, and what answers share. */
#ifndef DAEMON_API_MCP_PARTS_H
#define DAEMON_API_MCP_PARTS_H

#include "api/exchange.h"
#include "api/mcp.h"

enum { MCP_PAGE = 100 }; /* items of a list */

typedef struct {
  const mcp_peer    *p;
  const mcp_message *m;
  work              *w;
  dyo_buf           *out;
  int                status; /* of HTTP */
} mcp_call;

/* mcp_message.c */
bool        piece_is(dyo_piece p, const char *word);
const char *piece_text(dyo_ctx *ctx, dyo_piece p); /* of a JSON string, in ctx's arena; NULL where it is none */
const char *mcp_version_name(mcp_version v);

/* mcp.c: answers begin with mcp_begin and end with mcp_end, or are errors. */
bool mcp_modern(const mcp_call *c);
void mcp_begin(mcp_call *c);
void mcp_end(mcp_call *c);
void mcp_keep(mcp_call *c, int ttl_ms, bool everyone); /* how long a modern client may keep the answer, and for whom */
void mcp_fail(mcp_call *c, int code, const char *why);
void mcp_fail_with(mcp_call *c, int code, const dyo_err *err); /* with the error object as data */

/* mcp_tools.c */
void mcp_list_tools(mcp_call *c);
void mcp_call_tool(mcp_call *c);

/* mcp_data.c: tools on stored data. */
typedef enum {
  MCP_READS,
  MCP_MAKES, /* something each time; for the workers to do */
  MCP_ENDS   /* it; asked again that changes nothing */
} mcp_effect;

typedef struct {
  const char      *name, *title, *description;
  const dyo_field *in, *out;
  dyo_status (*run)(const mcp_peer *p, const void *in, dyo_buf *b, dyo_err *err);
  mcp_effect         effect;
  const dyo_field   *in_more;    /* further rows: then run is given the arguments as text. Else NULL */
  const char *const *in_without; /* names that are none of those */
} mcp_data_tool;
extern const mcp_data_tool mcp_data_tools[];  /* ends with a NULL name */
extern const dyo_field     mcp_stored_rows[]; /* metric_name and its companions, in place of a series */

/* mcp_resources.c */
void mcp_list_resources(mcp_call *c);
void mcp_list_templates(mcp_call *c);
void mcp_read_resource(mcp_call *c);

/* mcp_prompts.c */
void mcp_list_prompts(mcp_call *c);
void mcp_get_prompt(mcp_call *c);

#endif
