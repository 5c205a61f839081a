/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What Drive is asked, and how its answers are read. */
#include <stdlib.h>
#include <string.h>

#include "connect/drive.h"
#include "connect/pieces.h"

enum { PAGES_MOST = 10000 };

static const char about_file[] =
  "id,name,mimeType,modifiedTime,version,size,md5Checksum,sha256Checksum,trashed,parents,driveId,"
  "shortcutDetails(targetId,targetMimeType),capabilities/canDownload";

/* --- kinds of files ------------------------------------------------------------------------------------------------------- */

#define NATIVE "application/vnd.google-apps."
#define XLSX   "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

bool drive_is_folder(const drive_file *f)
{
  return strcmp(f->type, NATIVE "folder") == 0;
}

bool drive_is_shortcut(const drive_file *f)
{
  return strcmp(f->type, NATIVE "shortcut") == 0;
}

bool drive_is_sheet(const drive_file *f)
{
  return strcmp(f->type, NATIVE "spreadsheet") == 0;
}

bool drive_is_table(const drive_file *f)
{
  if (drive_is_sheet(f) || strcmp(f->type, "text/csv") == 0 || strcmp(f->type, XLSX) == 0) return true;
  return strncmp(f->type, NATIVE, sizeof NATIVE - 1) != 0 && table_name(f->name);
}

/* --- lists ------------------------------------------------------------------------------------------------------------------- */

bool drive_list_add(dyo_ctx *ctx, drive_list *l, const drive_file *f)
{
  if (l->n == l->cap) {
    const size_t cap  = l->cap ? 2 * l->cap : 64;
    drive_file  *more = DYO_NEW(ctx, cap, drive_file);
    if (!more) return false;
    if (l->n) memcpy(more, l->v, l->n * sizeof *more);
    l->v   = more;
    l->cap = cap;
  }
  l->v[l->n++] = *f;
  return true;
}

static int by_id(const void *a, const void *b)
{
  return strcmp(((const drive_file *)a)->id, ((const drive_file *)b)->id);
}

/* Stable, since of two entries for one file the later one counts. */
static void merge_sort(drive_file *v, drive_file *room, size_t n)
{
  if (n < 2) return;
  const size_t half = n / 2;
  merge_sort(v, room, half);
  merge_sort(v + half, room, n - half);
  memcpy(room, v, half * sizeof *v);
  for (size_t i = 0, k = half, to = 0; i < half; to++) {
    if (k < n && by_id(&v[k], &room[i]) < 0) v[to] = v[k++];
    else v[to] = room[i++];
  }
}

void drive_list_sort(drive_list *l)
{
  size_t      n    = 0;
  drive_file *room = malloc((l->n / 2 + 1) * sizeof *room);
  if (room) merge_sort(l->v, room, l->n);
  else qsort(l->v, l->n, sizeof *l->v, by_id); /* then either entry */
  free(room);
  for (size_t i = 0; i < l->n; i++)
    if (i + 1 == l->n || strcmp(l->v[i].id, l->v[i + 1].id) != 0) l->v[n++] = l->v[i];
  l->n = n;
}

const drive_file *drive_list_find(const drive_list *l, const char *id)
{
  const drive_file wanted = {.id = id};
  return l->n ? bsearch(&wanted, l->v, l->n, sizeof *l->v, by_id) : NULL;
}

/* --- answers ------------------------------------------------------------------------------------------------------------------- */

static bool first_of(void *user, dyo_piece p)
{
  *(dyo_piece *)user = p;
  return false;
}

static dyo_piece first_item(dyo_piece array)
{
  dyo_piece p = {NULL, 0};
  piece_items(array, first_of, &p);
  return p;
}

static fault fault_of_reason(const char *reason, int status)
{
  static const struct {
    const char *reason;
    fault       f;
  } known[] = {{"authError", FAULT_AUTH},
               {"UNAUTHENTICATED", FAULT_AUTH},
               {"userRateLimitExceeded", FAULT_THROTTLE},
               {"rateLimitExceeded", FAULT_THROTTLE},
               {"sharingRateLimitExceeded", FAULT_THROTTLE},
               {"RESOURCE_EXHAUSTED", FAULT_THROTTLE},
               {"dailyLimitExceeded", FAULT_QUOTA},
               {"quotaExceeded", FAULT_QUOTA},
               {"downloadQuotaExceeded", FAULT_QUOTA},
               {"backendError", FAULT_TRANSIENT},
               {"internalError", FAULT_TRANSIENT},
               {"INTERNAL", FAULT_TRANSIENT},
               {"UNAVAILABLE", FAULT_TRANSIENT}};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (strcmp(reason, known[i].reason) == 0) return known[i].f;
  return fault_of_status(status);
}

/* Drive names a reason in a list, newer services a status in capitals. */
fault drive_judge(const web_reply *r, char *code, size_t code_room, char *message, size_t room)
{
  dyo_err ignored;
  if (r->status < 300) return FAULT_NONE;
  if (dyo_json_check(r->body, r->n, &ignored) != DYO_OK) return fault_of_status(r->status);
  const dyo_piece error = piece_member(piece_of(r->body, r->n), "error");
  if (!piece_copy(piece_member(first_item(piece_member(error, "errors")), "reason"), code, code_room))
    piece_copy(piece_member(error, "status"), code, code_room);
  piece_copy(piece_member(error, "message"), message, room);
  return fault_of_reason(code, r->status);
}

bool drive_gone(const session *s)
{
  return s->last == FAULT_TERMINAL && (strcmp(s->last_code, "notFound") == 0 || strcmp(s->last_code, "NOT_FOUND") == 0);
}

const char *drive_host(const session *s, const char *usual)
{
  const drive_config *c = s->config;
  return c->api_url ? c->api_url : usual;
}

dyo_status drive_ask(session *s, dyo_buf *url, web_reply *out, dyo_err *err)
{
  const ask  a  = {.method = "GET", .url = url->s, .bearer = true, .json = true, .judge = drive_judge};
  dyo_status st = url->failed ? dyo_oom(err) : session_ask(s, &a, out, err);
  dyo_buf_free(url);
  return st;
}

static dyo_buf api_url(const session *s, const char *path)
{
  dyo_buf b = {0};
  dyo_buf_printf(&b, "%s/drive/v3/%s?supportsAllDrives=true", drive_host(s, "https://www.googleapis.com"), path);
  return b;
}

/* The text of a member, "" where there is none; NULL: memory ran out. */
static const char *text_of(dyo_ctx *ctx, dyo_piece object, const char *path)
{
  const dyo_piece p = piece_path(object, path);
  if (!p.s || *p.s != '"') return "";
  char       *text = piece_string(p);
  const char *kept = text ? dyo_text(ctx, "%s", text) : NULL;
  free(text);
  return kept;
}

static bool read_file(dyo_ctx *ctx, dyo_piece p, drive_file *f)
{
  const dyo_piece parent = first_item(piece_member(p, "parents"));
  char           *held   = piece_string(parent);
  *f                     = (drive_file){.id           = text_of(ctx, p, "id"),
                                        .name         = text_of(ctx, p, "name"),
                                        .type         = text_of(ctx, p, "mimeType"),
                                        .modified     = text_of(ctx, p, "modifiedTime"),
                                        .version      = text_of(ctx, p, "version"),
                                        .md5          = text_of(ctx, p, "md5Checksum"),
                                        .sha256       = text_of(ctx, p, "sha256Checksum"),
                                        .drive        = text_of(ctx, p, "driveId"),
                                        .target       = text_of(ctx, p, "shortcutDetails.targetId"),
                                        .target_type  = text_of(ctx, p, "shortcutDetails.targetMimeType"),
                                        .parent       = dyo_text(ctx, "%s", held ? held : ""),
                                        .size         = -1,
                                        .trashed      = piece_word(piece_member(p, "trashed"), "true"),
                                        .can_download = !piece_word(piece_path(p, "capabilities.canDownload"), "false")};
  free(held);
  double size;
  if (piece_number(piece_member(p, "size"), &size)) f->size = (int64_t)size;
  return f->id && f->name && f->type && f->modified && f->version && f->md5 && f->sha256 && f->drive && f->target &&
         f->target_type && f->parent;
}

typedef struct {
  dyo_ctx    *ctx;
  drive_list *out;
  bool        ok;
} reading;

static bool read_one(void *user, dyo_piece p)
{
  reading   *r = user;
  drive_file f;
  r->ok = read_file(r->ctx, p, &f) && drive_list_add(r->ctx, r->out, &f);
  return r->ok;
}

/* A change: the file, or its id alone. */
static bool read_change(void *user, dyo_piece p)
{
  reading   *r = user;
  char       kind[16];
  drive_file f = {0};
  if (piece_copy(piece_member(p, "changeType"), kind, sizeof kind) && strcmp(kind, "file") != 0) return true;
  if (piece_word(piece_member(p, "removed"), "true") || piece_none(piece_member(p, "file")))
    f = (drive_file){.id = text_of(r->ctx, p, "fileId"), .type = "", .name = "", .parent = "", .size = -1};
  else if (!read_file(r->ctx, piece_member(p, "file"), &f)) f.id = NULL;
  r->ok = f.id && drive_list_add(r->ctx, r->out, &f);
  return r->ok;
}

/* --- pages ----------------------------------------------------------------------------------------------------------------------- */

static dyo_status endless(session *s, dyo_err *err)
{
  return session_fail(s, FAULT_TERMINAL, "endless", err,
                      "a listing comes to no end: its next page is one that was read");
}

/* The next page's token in place of the last one; *more: there is one. */
static dyo_status turn_page(session *s, dyo_piece body, int page, char **token, bool *more, dyo_err *err)
{
  char *next = piece_string(piece_member(body, "nextPageToken"));
  *more      = next != NULL;
  if (next && (page >= PAGES_MOST || (*token && strcmp(*token, next) == 0))) {
    free(next);
    return endless(s, err);
  }
  free(*token);
  *token = next;
  return DYO_OK;
}

static void put_quoted(dyo_buf *url, const char *text)
{
  dyo_buf b = {0};
  dyo_buf_puts(&b, "'");
  for (; *text; text++) {
    if (*text == '\'' || *text == '\\') dyo_buf_puts(&b, "\\");
    dyo_buf_add(&b, text, 1);
  }
  dyo_buf_puts(&b, "' in parents and trashed = false");
  if (b.failed) url->failed = true;
  else web_put_form(url, "q", b.s);
  dyo_buf_free(&b);
}

static dyo_buf children_url(const session *s, const char *folder, const char *drive, const char *order,
                            const char *page)
{
  dyo_buf url = api_url(s, "files");
  dyo_buf_puts(&url, "&includeItemsFromAllDrives=true&pageSize=1000");
  if (drive[0]) {
    dyo_buf_puts(&url, "&corpora=drive");
    web_put_form(&url, "driveId", drive);
  }
  put_quoted(&url, folder);
  web_put_form(&url, "orderBy", order);
  dyo_buf_printf(&url, "&fields=nextPageToken,incompleteSearch,files(%s)", about_file);
  web_put_form(&url, "pageToken", page);
  return url;
}

dyo_status drive_children(session *s, dyo_ctx *ctx, const char *folder, const char *drive, const char *order,
                          drive_list *out, dyo_err *err)
{
  char      *token = NULL;
  bool       more  = true;
  dyo_status st    = DYO_OK;
  for (int page = 1; more && st == DYO_OK; page++) {
    web_reply r   = {0};
    dyo_buf   url = children_url(s, folder, drive, order, token);
    reading   in  = {ctx, out, true};
    st            = drive_ask(s, &url, &r, err);
    if (st == DYO_OK) {
      const dyo_piece body = piece_of(r.body, r.n);
      piece_items(piece_member(body, "files"), read_one, &in);
      if (!in.ok) st = dyo_oom(err);
      else if (piece_word(piece_member(body, "incompleteSearch"), "true"))
        st = session_fail(s, FAULT_TERMINAL, "incompleteSearch", err, "Drive says that its listing is not complete");
      else st = turn_page(s, body, page, &token, &more, err);
    }
    web_reply_free(&r);
  }
  free(token);
  return st;
}

dyo_status drive_get(session *s, dyo_ctx *ctx, const char *id, drive_file *out, bool *found, dyo_err *err)
{
  web_reply r    = {0};
  dyo_buf   path = {0};
  dyo_buf_puts(&path, "files/");
  web_put_encoded(&path, id);
  dyo_buf url = api_url(s, path.failed ? "" : path.s);
  url.failed  = url.failed || path.failed;
  dyo_buf_free(&path);
  dyo_buf_printf(&url, "&fields=%s", about_file);
  dyo_status st = drive_ask(s, &url, &r, err);
  *found        = st == DYO_OK;
  if (st == DYO_OK && !read_file(ctx, piece_of(r.body, r.n), out)) st = dyo_oom(err);
  else if (st == DYO_OK && strcmp(out->id, id) != 0)
    st = session_fail(s, FAULT_TERMINAL, "", err, "Drive answered with another file than was asked for");
  if (st == DYO_UPSTREAM_ERROR && drive_gone(s)) st = DYO_OK;
  web_reply_free(&r);
  return st;
}

dyo_status drive_start(session *s, const char *drive, char **token, dyo_err *err)
{
  web_reply r   = {0};
  dyo_buf   url = api_url(s, "changes/startPageToken");
  web_put_form(&url, "driveId", drive[0] ? drive : NULL);
  dyo_status st = drive_ask(s, &url, &r, err);
  *token        = st == DYO_OK ? piece_string(piece_member(piece_of(r.body, r.n), "startPageToken")) : NULL;
  if (st == DYO_OK && !*token)
    st = session_fail(s, FAULT_TERMINAL, "", err, "Drive names no place in its feed of changes");
  web_reply_free(&r);
  return st;
}

static dyo_buf changes_url(const session *s, const char *drive, const char *page)
{
  dyo_buf url = api_url(s, "changes");
  dyo_buf_puts(
    &url, "&includeItemsFromAllDrives=true&pageSize=1000&includeRemoved=true&restrictToMyDrive=false&spaces=drive");
  web_put_form(&url, "driveId", drive[0] ? drive : NULL);
  dyo_buf_printf(&url, "&fields=nextPageToken,newStartPageToken,changes(changeType,fileId,removed,file(%s))",
                 about_file);
  web_put_form(&url, "pageToken", page);
  return url;
}

/* A place that is not known any more. */
static bool stale(const session *s)
{
  static const char *const codes[] = {"invalid", "badRequest", "invalidParameter", "notFound", "gone", NULL};
  for (int i = 0; codes[i]; i++)
    if (s->last == FAULT_TERMINAL && strcmp(s->last_code, codes[i]) == 0) return true;
  return false;
}

dyo_status drive_changes(session *s, dyo_ctx *ctx, const char *drive, const char *from, drive_list *out, char **token,
                         dyo_err *err)
{
  char      *page = strdup(from);
  bool       more = true;
  dyo_status st   = page ? DYO_OK : dyo_oom(err);
  *token          = NULL;
  for (int n = 1; more && st == DYO_OK; n++) {
    web_reply r   = {0};
    dyo_buf   url = changes_url(s, drive, page);
    reading   in  = {ctx, out, true};
    st            = drive_ask(s, &url, &r, err);
    if (st == DYO_OK) {
      const dyo_piece body = piece_of(r.body, r.n);
      piece_items(piece_member(body, "changes"), read_change, &in);
      st = in.ok ? turn_page(s, body, n, &page, &more, err) : dyo_oom(err);
      if (st == DYO_OK && !more) *token = piece_string(piece_member(body, "newStartPageToken"));
      if (st == DYO_OK && !more && !*token)
        st = session_fail(s, FAULT_TERMINAL, "", err, "the feed of changes ends without naming the next place");
    }
    web_reply_free(&r);
  }
  free(page);
  if (st == DYO_UPSTREAM_ERROR && stale(s)) return DYO_OK;
  return st;
}
