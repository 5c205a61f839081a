/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mcp.h - Model Context Protocol, server side: one JSON-RPC message in, at most one answer out. It knows no carrier; mcp_http.c brings
 * messages by HTTP, cli/mcp.c by lines.
 *
 * Two eras are spoken. Modern requests (2026-07-28) stand alone and say in params._meta which version they are; legacy ones follow an
 * `initialize` that chose a version, which the carrier remembers. */
#ifndef DAEMON_API_MCP_H
#define DAEMON_API_MCP_H

#include "api/api.h"
#include "json/dyo_json.h"
#include "jobs/work.h"

enum { MCP_LONGEST = 16 << 20 }; /* bytes of a message, either way */

typedef enum {
  MCP_NONE = -1, /* not said, or one we do not know */
  MCP_2024_11_05,
  MCP_2025_03_26,
  MCP_2025_06_18,
  MCP_2025_11_25,
  MCP_2026_07_28
} mcp_version;

mcp_version mcp_version_of(const char *name); /* NULL: MCP_NONE */

enum { /* of JSON-RPC and MCP */
       MCP_PARSE           = -32700,
       MCP_INVALID_REQUEST = -32600,
       MCP_NO_METHOD       = -32601,
       MCP_INVALID_PARAMS  = -32602,
       MCP_INTERNAL        = -32603,
       MCP_HEADER_MISMATCH = -32020,
       MCP_BAD_VERSION     = -32022,
       MCP_OLD_NOT_FOUND   = -32002 /* of a resource, legacy */
};

/* --- messages ------------------------------------------------------------------------------------------------------ */

typedef enum { MCP_REQUEST, MCP_NOTIFICATION, MCP_RESPONSE } mcp_kind;

/* A message taken apart. Pieces point into the text it was read from, texts into its arena; NULL where a member is absent, or a text is
 * no string. */
typedef struct {
  mcp_kind    kind;
  dyo_piece   id;
  const char *method;
  const char *name, *uri;       /* of what is called, got or read */
  const char *cursor, *wanted;  /* wanted: params.protocolVersion */
  dyo_piece   arguments;        /* an object */
  dyo_piece   cancelled;        /* params.requestId */
  dyo_piece   token;            /* _meta.progressToken: a string or a whole number */
  const char *version;          /* of _meta */
  bool        has_version;      /* also where it is no string */
  bool        has_capabilities; /* _meta says what the client can do, as an object */
  bool        odd_cursor;       /* a cursor that is no string */
  dyo_ctx     ctx;
} mcp_message;

/* text[0..n) and its NUL stay with the message. False: *out has the error to answer with. Free with mcp_message_free either way. */
bool mcp_read(const char *text, size_t n, mcp_message *m, dyo_buf *out);
void mcp_message_free(mcp_message *m);

/* An error's answer; id.s NULL: null. data: JSON, or NULL. */
void mcp_error(dyo_buf *out, dyo_piece id, int code, const char *data, const char *fmt, ...) DYO_PRINTF(5, 6);

/* What is wrong with the envelope of a modern request. True: nothing. */
bool mcp_modern_ok(const mcp_message *m, dyo_buf *out);

/* The same id, as JSON text: of requests and their cancellation. */
bool mcp_same(dyo_piece a, dyo_piece b);

/* --- answers ------------------------------------------------------------------------------------------------------- */

/* What there is behind the tools. */
typedef enum {
  MCP_ALONE, /* nothing: they compute */
  MCP_STORE, /* stored data */
  MCP_DAEMON /* that, and workers who do what is queued */
} mcp_reach;

/* The tools, printed once. */
typedef struct mcp_tools mcp_tools;
dyo_status               mcp_tools_new(mcp_reach reach, mcp_tools **out, dyo_err *err);
void                     mcp_tools_free(mcp_tools *t); /* NULL is allowed */

typedef struct {
  api             *a;
  const mcp_tools *tools;
  const char      *tenant, *actor; /* actor: for the audit; NULL: whoever started the program */
  mcp_version      version;        /* the request's */
} mcp_peer;

/* Answers a request; the status is HTTP's. w carries progress out and cancel in. */
int mcp_answer(const mcp_peer *p, const mcp_message *m, work *w, dyo_buf *out);

unsigned mcp_scope(const mcp_peer *p, const mcp_message *m);      /* what a token needs for it */
bool     mcp_takes_time(const mcp_peer *p, const mcp_message *m); /* to be answered on a thread that computes */

/* notifications/progress for a request that asked for it. */
void mcp_progress(dyo_buf *out, const mcp_message *m, mcp_version version, double fraction, const char *stage);

#endif
