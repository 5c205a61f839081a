/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to the Salesforce connector: what its files share. */
#ifndef DAEMON_CONNECT_SALESFORCE_H
#define DAEMON_CONNECT_SALESFORCE_H

#include "connect/oauth.h"
#include "connect/pieces.h"
#include "connect/sync.h"
#include "connect/way.h"

typedef struct {
  const char     *instance_url, *login_url, *client_id, *username, *api_version;
  const char     *client_secret, *refresh_token, *jwt_private_key, *access_token; /* secrets */
  mapping_object *objects;
  size_t          n_objects;
  int             lookback_s, bulk_above;
  double          compare_hours, bulk_wait_s, quota_share;
  const char     *mcp_server, *mcp_tool, *mcp_argument, *mcp_arguments, *mcp_items;
  int             mcp_rows;
} sf_config;

enum { SF_ID = 24, SF_FIELDS = 800, SF_JOB = 32 };

/* What a session learns of the org. */
typedef struct {
  oauth_plan            plan;
  char                  instance[OAUTH_INSTANCE];
  long long             used, limit; /* of requests a day; limit 0: not told */
  const mapping_object *objects;     /* of the settings, or the usual ones */
  size_t                n_objects;
  way                   way; /* an MCP server that is asked first */
} sf_org;

typedef enum { SF_TEXT, SF_NUMBER, SF_BOOL, SF_TIME, SF_SKIP } sf_type;

typedef struct {
  const char *name; /* in s->ctx; may be a path such as Account.Name */
  sf_type     type;
} sf_field;

/* One object of a sync. */
typedef struct {
  sync_run             *y;
  session              *s;
  const sf_config      *config;
  const mapping_object *map;
  char                  mark[DIGEST_CHARS];
  sf_field             *fields; /* Id and the cursor first, IsDeleted third where it has that */
  size_t                n_fields;
  const char           *cursor; /* SystemModstamp or what there is instead; NULL: everything each time */
  bool                  can_delete, has_created;
  const char           *list; /* the fields as a query names them */
  window                w;
  int64_t until, done_to, compared;  /* end of the last window; up to where all is stored; of the last comparison: ms */
  char    job[SF_JOB], locator[256]; /* of a Bulk job under way, "": none */
  bool    inherited;                 /* that job is an earlier run's: behind its window a look back is due */
} sf_pull;

/* salesforce_api.c: requests. path begins with a slash behind /services/data/vXX. Answers have passed the strict reader. */
sf_org    *sf_org_of(session *s);
dyo_status sf_get(session *s, const char *path, web_reply *out, dyo_err *err);
dyo_status sf_get_whole(session *s, const char *path, web_reply *out, dyo_err *err); /* path from the host on */
dyo_status sf_send(session *s, const char *method, const char *path, const char *body, web_reply *out, dyo_err *err);
dyo_status sf_get_csv(session *s, const char *path, web_reply *out, dyo_err *err);
dyo_status sf_query(session *s, const char *soql, bool all, web_reply *out, dyo_err *err);
dyo_status sf_count(session *s, const char *soql, bool all, int64_t *n, dyo_err *err);
bool       sf_said(const session *s, const char *code); /* the last fault's code */
dyo_status sf_describe(sf_pull *p, dyo_err *err);

/* salesforce_check.c: what can be seen, as connector.h has it. */
dyo_status sf_check(session *s, dyo_buf *message, dyo_buf *details, dyo_err *err);

/* salesforce_record.c: values of one record, in the order of p->fields, as JSON pieces; asked as in sync_record. */
dyo_status sf_take(sf_pull *p, const dyo_piece *values, bool asked, dyo_err *err);
/* Of a record as JSON: the values of the fields, s NULL where there is none, and what is kept of it. */
void sf_values(const sf_pull *p, dyo_piece record, dyo_piece values[SF_FIELDS]);
void sf_content(const sf_pull *p, const dyo_piece *values, dyo_buf *b);
/* A page of an answer to a query. */
dyo_status sf_take_page(sf_pull *p, dyo_piece page, dyo_err *err);
/* A page of a Bulk result; *rows: how many it had. */
dyo_status sf_take_csv(sf_pull *p, const char *text, size_t n, int64_t *rows, dyo_err *err);
dyo_status sf_state(const sf_pull *p, dyo_buf *b);
dyo_status sf_commit(sf_pull *p, dyo_err *err); /* what was taken, with the state */

/* salesforce_query.c, salesforce_bulk.c, salesforce_mcp.c, salesforce_compare.c */
dyo_status sf_windows(sf_pull *p, dyo_err *err);
/* What a window holds, by a job. *taken false: this object or org has no Bulk API. */
dyo_status sf_bulk(sf_pull *p, const char *where, bool *taken, dyo_err *err);
/* The window, or what is left of it, by the MCP server. *taken false: it is to be fetched by the API, from where it stands. */
dyo_status sf_by_mcp(sf_pull *p, bool *taken, dyo_err *err);
dyo_status sf_prove(sf_pull *p, dyo_err *err);
void       sf_where(const sf_pull *p, bool behind, dyo_buf *b); /* the window as a condition, with " WHERE " or empty */
/* From where the window stands: the query for these fields, in order; up to: "" or one more condition, with " AND ". */
void sf_select(const sf_pull *p, const char *fields, const char *up_to, dyo_buf *b);

#endif
