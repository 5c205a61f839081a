/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to daemon/connect: the parts of the Google Drive connector. drive.c: settings and tokens; drive_api.c: what Drive is asked;
 * drive_walk.c: what a folder holds; drive_file.c: the bytes of one file; drive_sheet.c: the values of a spreadsheet that is too large to
 * export; drive_pull.c: a sync.
 * Drive API v3 and Sheets API v4 as Google documents them. */
#ifndef DAEMON_CONNECT_DRIVE_H
#define DAEMON_CONNECT_DRIVE_H

#include "connect/session.h"
#include "connect/table.h"
#include "connect/way.h"

typedef struct {
  const char *folder_id, *client_id, *client_secret, *refresh_token, *service_account, *subject, *parse,
    *file_dimension;
  const char *mcp_server, *mcp_uri, *api_url;
  int         aggregate;
  double      compare_hours;
} drive_config;

/* A file as Drive describes it; texts are "" where there is none, and live in the arena they were read into. */
typedef struct {
  const char *id, *name, *type, *modified, *version, *md5, *sha256, *parent, *drive, *target, *target_type;
  int64_t     size; /* bytes; -1: a native document, which has none */
  bool        trashed, can_download;
} drive_file;

typedef struct {
  drive_file *v;
  size_t      n, cap;
} drive_list;
bool              drive_list_add(dyo_ctx *ctx, drive_list *l, const drive_file *f); /* false: memory ran out */
void              drive_list_sort(drive_list *l);                       /* by id, each id once: its last entry */
const drive_file *drive_list_find(const drive_list *l, const char *id); /* in a sorted one */

bool drive_is_folder(const drive_file *f);
bool drive_is_shortcut(const drive_file *f);
bool drive_is_sheet(const drive_file *f); /* a Google spreadsheet */
bool drive_is_table(const drive_file *f); /* something that is read: CSV, XLSX or a Google spreadsheet */

/* --- drive_api.c: errors are upstream_error with the session's class, cancelled, out_of_memory ------------------------------- */

fault       drive_judge(const web_reply *r, char *code, size_t code_room, char *message, size_t room);
const char *drive_host(const session *s, const char *usual);                   /* where a service answers */
dyo_status  drive_ask(session *s, dyo_buf *url, web_reply *out, dyo_err *err); /* GET of JSON; the URL is freed */
bool        drive_gone(const session *s); /* the last failure was "there is no such file" */

/* What is in a folder and not in the bin, all pages. drive: "" or the shared drive that the folder is in. */
dyo_status drive_children(session *s, dyo_ctx *ctx, const char *folder, const char *drive, const char *order,
                          drive_list *out, dyo_err *err);
dyo_status drive_get(session *s, dyo_ctx *ctx, const char *id, drive_file *out, bool *found, dyo_err *err);
/* The place in the feed of changes that is now; malloc'ed. */
dyo_status drive_start(session *s, const char *drive, char **token, dyo_err *err);
/* What changed since a place: *out has files as they are now, with type "" where one is gone. *token: the next place, malloc'ed, or
 * NULL where the place is not known any more. */
dyo_status drive_changes(session *s, dyo_ctx *ctx, const char *drive, const char *from, drive_list *out, char **token,
                         dyo_err *err);

/* --- drive_walk.c ---------------------------------------------------------------------------------------------------------- */

typedef struct {
  drive_list folders, files, links; /* files: tables, also what shortcuts lead to; links: shortcuts that count */
  bool       outside;               /* something is in another drive, whose feed is not read */
} drive_tree;

/* Everything below the folder. Each folder is listed twice, from either end, and what only one listing has is asked for by itself. */
dyo_status drive_walk(session *s, dyo_ctx *ctx, const drive_file *top, drive_tree *out, dyo_err *err);

/* --- drive_way.c: how files are fetched: from an MCP server first, where one is set (a way in s->own) --------------------------- */

/* *bytes NULL: to be fetched from Drive. Otherwise they are proven. */
dyo_status drive_way_try(session *s, const drive_file *f, char **bytes, size_t *n, dyo_err *err);
bool       drive_proven(const drive_file *f, const char *bytes, size_t n); /* by size and digest */

/* --- drive_file.c, drive_sheet.c ----------------------------------------------------------------------------------------------- */

typedef enum {
  FILE_HERE,
  FILE_GONE,    /* meanwhile */
  FILE_REFUSED, /* it may not be had: why says so; it stays so until it changes */
  FILE_BROKEN   /* what came is not what is there, time and again */
} file_state;

typedef struct {
  file_state state;
  bool       values; /* the bytes are CSV made from values */
  char      *bytes;  /* malloc'ed */
  size_t     n;
  char       why[160];
} drive_content;
void drive_content_free(drive_content *c);

/* The file's bytes, proven by size and digest. *f is brought up to date where it changed meanwhile. */
dyo_status drive_fetch(session *s, dyo_ctx *ctx, drive_file *f, drive_content *out, dyo_err *err);
/* A sheet's values as CSV: of the named one, or the first (NULL). */
dyo_status drive_sheet_csv(session *s, const drive_file *f, const char *sheet, dyo_buf *csv, dyo_err *err);

/* --- drive_pull.c -------------------------------------------------------------------------------------------------------------------- */

dyo_status drive_pull(sync_run *y, dyo_err *err);

#endif
