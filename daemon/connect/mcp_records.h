/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to daemon/connect: records that tools of MCP servers answer, in place of documents. */
#ifndef DAEMON_CONNECT_MCP_RECORDS_H
#define DAEMON_CONNECT_MCP_RECORDS_H

#include "connect/mapping.h"
#include "connect/peer.h"
#include "connect/sync.h"

/* One kind of record: how it is asked for, and what it becomes. */
typedef struct {
  const char     *object, *tool, *arguments, *items, *id, *total, *cursor, *next;
  mapping_metric *metrics;
  size_t          n_metrics;
} mcp_query;

extern const dyo_field mcp_query_rows[];

dyo_status mcp_queries_accept(const mcp_query *q, size_t n, dyo_err *err);
/* How many there are, by one pass. */
dyo_status mcp_query_count(session *s, peer *m, const mcp_query *q, size_t *n, dyo_err *err);
/* All of them into the mirror, proven; what is answered no more is forgotten. sync_objects has named it. */
dyo_status mcp_query_pull(sync_run *y, peer *m, const mcp_query *q, dyo_err *err);

/* A tool's answer as JSON: its structured content, else its text, also behind a line that leads up to it. s NULL: there is none. */
dyo_piece mcp_answer_json(const peer_answer *a);
/* The list at a path of it, or its first one where items is NULL. s NULL: there is none. */
dyo_piece mcp_list_in(dyo_piece answer, const char *items);
/* Arguments of a call: the object `own` (NULL: {}), and one more where value is not NULL. */
void mcp_put_arguments(const char *own, const char *name, const char *value, dyo_buf *b);

/* Records of the open object whose ids are not among these, which ascend, become tombstones. */
dyo_status mcp_forget(sync_run *y, const char *const *ids, size_t n, dyo_err *err);

#endif
