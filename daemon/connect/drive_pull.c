/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A sync of a folder. A record of the mirror is a file; its values are its cells. The place in the feed of changes is taken before the
 * folder is walked and moves only in the commit of all that it covers, so that nothing falls between the two. A walk comes first, then
 * whenever a folder or a shortcut changed, and every so many hours; what changed besides comes from the feed alone. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "connect/drive.h"
#include "connect/pieces.h"

enum { FILES_AT_ONCE = 32, UNREAD_MOST = 500, DOUBTS_MOST = 200 };
static const char object[] = "files";

/* Where a sync stands between runs. */
typedef struct {
  const char *token, *drive;
  int64_t     walked; /* milliseconds since 1970; 0: never */
  bool        outside;
  drive_list  folders, links, unread; /* unread: name, and why in `modified` */
} place;

typedef struct {
  sync_run           *y;
  session            *s;
  const drive_config *c;
  dyo_ctx            *ctx;
  char                mark[DIGEST_CHARS];
  place               was, next;
  drive_list          known; /* of the mirror: id, and its stamp in `modified` */
  drive_list          fetch, drop;
  int64_t             live; /* files that the folder has; -1: not counted */
  int                 broken;
} pull;

/* --- the place ------------------------------------------------------------------------------------------------------------- */

typedef struct {
  pull       *p;
  drive_list *to;
  bool        ok;
} taking;

static const char *kept(pull *p, dyo_piece object_, const char *name)
{
  char       *text = piece_string(piece_member(object_, name));
  const char *out  = dyo_text(p->ctx, "%s", text ? text : "");
  free(text);
  return out;
}

static bool take_entry(void *user, dyo_piece one)
{
  taking          *t = user;
  const drive_file f = {.id       = kept(t->p, one, "id"),
                        .name     = kept(t->p, one, "name"),
                        .target   = kept(t->p, one, "target"),
                        .modified = kept(t->p, one, "why")};
  t->ok              = f.id && f.name && f.target && f.modified && drive_list_add(t->p->ctx, t->to, &f);
  return t->ok;
}

static bool take_list(pull *p, dyo_piece array, drive_list *to)
{
  taking t = {p, to, true};
  piece_items(array, take_entry, &t);
  drive_list_sort(to);
  return t.ok;
}

static dyo_status read_place(pull *p, const char *state, dyo_err *err)
{
  const dyo_piece at = piece_of(state, strlen(state));
  p->was.token       = kept(p, at, "token");
  p->was.drive       = kept(p, at, "drive");
  p->was.walked      = piece_whole(piece_member(at, "walked"), 0);
  p->was.outside     = piece_word(piece_member(at, "outside"), "true");
  const bool ok      = take_list(p, piece_member(at, "folders"), &p->was.folders) &&
                  take_list(p, piece_member(at, "links"), &p->was.links) &&
                  take_list(p, piece_member(at, "unread"), &p->was.unread);
  return ok && p->was.token && p->was.drive ? DYO_OK : dyo_oom(err);
}

static void put_member(dyo_buf *b, const char *name, const char *text)
{
  dyo_buf_puts(b, dyo_buf_last(b) == '{' ? "\"" : ",\"");
  dyo_buf_puts(b, name);
  dyo_buf_puts(b, "\":");
  dyo_buf_string(b, text);
}

static void put_entries(dyo_buf *b, const char *name, const drive_list *l)
{
  dyo_buf_printf(b, ",\"%s\":[", name);
  for (size_t i = 0; i < l->n; i++) {
    dyo_buf_puts(b, i ? ",{" : "{");
    put_member(b, "id", l->v[i].id);
    if (strcmp(name, "links") == 0) put_member(b, "target", l->v[i].target);
    if (strcmp(name, "unread") == 0) put_member(b, "name", l->v[i].name), put_member(b, "why", l->v[i].modified);
    dyo_buf_puts(b, "}");
  }
  dyo_buf_puts(b, "]");
}

static void put_place(dyo_buf *b, const place *at)
{
  dyo_buf_puts(b, "{");
  put_member(b, "token", at->token);
  put_member(b, "drive", at->drive);
  dyo_buf_printf(b, ",\"walked\":%lld,\"outside\":%s", (long long)at->walked, at->outside ? "true" : "false");
  put_entries(b, "folders", &at->folders);
  put_entries(b, "links", &at->links);
  put_entries(b, "unread", &at->unread);
  dyo_buf_puts(b, "}");
}

/* --- what is known, what is new -------------------------------------------------------------------------------------------- */

/* Sorts by time; tells contents, names and kinds apart. */
static const char *stamp_of(pull *p, const drive_file *f)
{
  uint8_t      digest[DIGEST_SIZE];
  char         text[DIGEST_CHARS];
  digest_state d;
  const char  *parts[] = {f->sha256[0] ? f->sha256 : f->md5[0] ? f->md5 : f->version, f->name, f->type};
  digest_begin(&d);
  for (int i = 0; i < 3; i++) digest_add(&d, parts[i], strlen(parts[i]) + 1);
  digest_end(&d, digest);
  digest_text(digest, text);
  return dyo_text(p->ctx, "%s %.16s", f->modified, text);
}

static bool note_known(void *user, const char *id, const char *stamp)
{
  taking          *t = user;
  const drive_file f = {.id = dyo_text(t->p->ctx, "%s", id), .modified = dyo_text(t->p->ctx, "%s", stamp)};
  t->ok              = f.id && f.modified && drive_list_add(t->p->ctx, t->to, &f);
  return t->ok;
}

static dyo_status read_known(pull *p, dyo_err *err)
{
  taking     t  = {p, &p->known, true};
  dyo_status st = store_mirror_each(p->s->c->o.store, p->s->tenant, p->s->source_id, object, note_known, &t, err);
  drive_list_sort(&p->known);
  return st == DYO_OK && !t.ok ? dyo_oom(err) : st;
}

/* A file that belongs to the folder: to be fetched unless the mirror has it as it is. */
static dyo_status want(pull *p, const drive_file *f, dyo_err *err)
{
  const drive_file *have  = drive_list_find(&p->known, f->id);
  const char       *stamp = stamp_of(p, f);
  if (!stamp) return dyo_oom(err);
  if (have && !p->y->remap && strcmp(have->modified, stamp) == 0) return DYO_OK;
  return drive_list_add(p->ctx, &p->fetch, f) ? DYO_OK : dyo_oom(err);
}

static dyo_status unwant(pull *p, const char *id, dyo_err *err)
{
  const drive_file *have = drive_list_find(&p->known, id);
  return !have || drive_list_add(p->ctx, &p->drop, have) ? DYO_OK : dyo_oom(err);
}

/* --- a walk --------------------------------------------------------------------------------------------------------------------- */

static const drive_file *link_to(const place *at, const char *target)
{
  for (size_t i = 0; i < at->links.n; i++)
    if (strcmp(at->links.v[i].target, target) == 0) return &at->links.v[i];
  return NULL;
}

static bool belongs(const place *at, const drive_file *f)
{
  return drive_list_find(&at->folders, f->parent) || link_to(at, f->id);
}

/* A file that the mirror has and no listing: gone, unless asking for it says otherwise. Of very many that go at once only the first are
 * asked for. */
static dyo_status missed(pull *p, const char *id, dyo_err *err)
{
  drive_file f;
  bool       found = false;
  dyo_status st    = p->drop.n < DOUBTS_MOST ? drive_get(p->s, p->ctx, id, &f, &found, err) : DYO_OK;
  if (st != DYO_OK) return st;
  if (!found || f.trashed || !drive_is_table(&f) || !belongs(&p->next, &f)) return unwant(p, id, err);
  p->live++;
  return want(p, &f, err);
}

static dyo_status open_top(pull *p, drive_file *top, dyo_err *err)
{
  bool       found;
  dyo_status st = drive_get(p->s, p->ctx, p->c->folder_id, top, &found, err);
  if (st != DYO_OK) return st;
  const char *why = !found                  ? "is not there, or not shared with this account"
                    : top->trashed          ? "is in the bin"
                    : !drive_is_folder(top) ? "is no folder"
                                            : NULL;
  return why ? session_fail(p->s, FAULT_TERMINAL, "notFound", err, "the folder %s", why) : DYO_OK;
}

static dyo_status whole(pull *p, dyo_err *err)
{
  drive_file top;
  drive_tree tree  = {0};
  char      *token = NULL;
  dyo_status st    = open_top(p, &top, err);
  sync_stage(p->y, "listing");
  if (st == DYO_OK) st = drive_start(p->s, top.drive, &token, err);
  if (st == DYO_OK) st = drive_walk(p->s, p->ctx, &top, &tree, err);
  p->next = (place){.token   = token ? dyo_text(p->ctx, "%s", token) : "",
                    .drive   = top.drive,
                    .walked  = clock_now_ms(),
                    .outside = tree.outside,
                    .folders = tree.folders,
                    .links   = tree.links,
                    .unread  = p->was.unread};
  free(token);
  p->fetch.n = p->drop.n = 0;
  for (size_t i = 0; i < tree.files.n && st == DYO_OK; i++) st = want(p, &tree.files.v[i], err);
  p->live        = (int64_t)tree.files.n;
  p->y->at->full = true;
  for (size_t i = 0; i < p->known.n && st == DYO_OK; i++)
    if (!drive_list_find(&tree.files, p->known.v[i].id)) st = missed(p, p->known.v[i].id, err);
  return st == DYO_OK && !p->next.token ? dyo_oom(err) : st;
}

/* --- changes ------------------------------------------------------------------------------------------------------------------------ */

/* Does it change what the folder is made of? Then only a walk tells what it holds. */
static bool moves_folders(const place *at, const drive_file *f)
{
  if (drive_list_find(&at->folders, f->id) || drive_list_find(&at->links, f->id)) return true;
  return (drive_is_folder(f) || drive_is_shortcut(f)) && drive_list_find(&at->folders, f->parent);
}

static dyo_status take_change(pull *p, const drive_file *f, dyo_err *err)
{
  if (f->type[0] && belongs(&p->was, f) && !f->trashed && drive_is_table(f)) return want(p, f, err);
  return unwant(p, f->id, err);
}

/* *walk: the feed is not enough. */
static dyo_status delta(pull *p, bool *walk, dyo_err *err)
{
  drive_list changed = {0};
  char      *token   = NULL;
  sync_stage(p->y, "changes");
  dyo_status st = drive_changes(p->s, p->ctx, p->was.drive, p->was.token, &changed, &token, err);
  *walk         = st == DYO_OK && !token;
  drive_list_sort(&changed);
  for (size_t i = 0; i < changed.n && st == DYO_OK && !*walk; i++) *walk = moves_folders(&p->was, &changed.v[i]);
  for (size_t i = 0; i < changed.n && st == DYO_OK && !*walk; i++) st = take_change(p, &changed.v[i], err);
  p->next = p->was;
  if (token) p->next.token = dyo_text(p->ctx, "%s", token);
  free(token);
  return st == DYO_OK && !p->next.token ? dyo_oom(err) : st;
}

static bool walk_due(const pull *p)
{
  const int64_t age = clock_now_ms() - p->was.walked;
  return !p->was.token[0] || p->was.outside || p->y->remap || age < 0 || (double)age >= p->c->compare_hours * 3600000;
}

/* --- files ------------------------------------------------------------------------------------------------------------------------------ */

static void put_count(dyo_buf *b, const char *name, int64_t n)
{
  dyo_buf_printf(b, ",\"%s\":%lld", name, (long long)n);
}

static void put_content(dyo_buf *b, const drive_file *f, const drive_content *c, const table *t, const char *problem)
{
  dyo_buf_puts(b, "{");
  put_member(b, "name", f->name);
  put_member(b, "type", f->type);
  put_member(b, "modified", f->modified);
  put_member(b, "version", f->version);
  put_member(b, "parent", f->parent);
  if (f->sha256[0]) put_member(b, "sha256", f->sha256);
  else if (f->md5[0]) put_member(b, "md5", f->md5);
  put_count(b, "bytes", (int64_t)c->n);
  put_count(b, "rows_read", t->rows_read);
  put_count(b, "rows_used", t->rows_used);
  put_count(b, "rejected", t->rejected);
  put_count(b, "series", t->series);
  put_count(b, "values", (int64_t)t->n_cells);
  if (problem[0]) put_member(b, "problem", problem);
  dyo_buf_puts(b, "}");
}

static void forget_unread(place *at, const char *id)
{
  size_t n = 0;
  for (size_t i = 0; i < at->unread.n; i++)
    if (strcmp(at->unread.v[i].id, id) != 0) at->unread.v[n++] = at->unread.v[i];
  at->unread.n = n;
}

static dyo_status note_unread(pull *p, const drive_file *f, const char *why, dyo_err *err)
{
  drive_file one = *f;
  if (p->next.unread.n >= UNREAD_MOST) return DYO_OK;
  one.modified = dyo_text(p->ctx, "%s", why);
  return one.modified && drive_list_add(p->ctx, &p->next.unread, &one) ? DYO_OK : dyo_oom(err);
}

static dyo_status keep(pull *p, const drive_file *f, const drive_content *c, const table *t, const char *problem,
                       dyo_err *err)
{
  dyo_buf content = {0};
  put_content(&content, f, c, t, problem);
  const sync_record r  = {.id        = f->id,
                          .stamp     = stamp_of(p, f),
                          .content   = content.s,
                          .n_content = content.n,
                          .cells     = t->cells,
                          .n_cells   = t->n_cells,
                          .asked     = true};
  dyo_status        st = content.failed || !r.stamp ? dyo_oom(err) : sync_add(p->y, &r, err);
  dyo_buf_free(&content);
  p->y->at->rejected += t->rejected;
  forget_unread(&p->next, f->id);
  if (st == DYO_OK && problem[0]) st = note_unread(p, f, problem, err);
  return st;
}

static dyo_status drop(pull *p, const drive_file *known, dyo_err *err)
{
  const sync_record r = {.id = known->id, .stamp = known->modified, .deleted = true, .asked = true};
  forget_unread(&p->next, known->id);
  return sync_add(p->y, &r, err);
}

/* It went while the run was on its way to it. */
static dyo_status gone(pull *p, const char *id, int64_t left, dyo_err *err)
{
  const drive_file *known = drive_list_find(&p->known, id);
  if (p->live > 0) p->live--;
  if (known) return drop(p, known, err);
  sync_part(p->y, left);
  return DYO_OK;
}

static dyo_status read_table(pull *p, const drive_file *f, const drive_content *c, table *t, dyo_err *err)
{
  const table_rule rule = {.parse          = p->c->parse,
                           .file_dimension = p->c->file_dimension,
                           .aggregate      = p->c->aggregate,
                           .name           = f->name,
                           .nameless       = drive_is_sheet(f),
                           .values         = c->values};
  return table_read(p->s, &p->y->batch, &rule, c->bytes, c->n, t, err);
}

/* left: how many are announced behind this one. */
static dyo_status take_file(pull *p, const drive_file *listed, int64_t left, dyo_err *err)
{
  drive_file    f = *listed;
  drive_content c;
  table         t  = {0};
  dyo_status    st = drive_fetch(p->s, p->ctx, &f, &c, err);
  if (st != DYO_OK) return st;
  if (c.state == FILE_BROKEN) {
    p->broken++;
    sync_short(p->y, "%.60s: %.120s", f.name, c.why);
  } else if (c.state == FILE_GONE) {
    st = gone(p, f.id, left, err);
  } else {
    if (c.state == FILE_HERE) st = read_table(p, &f, &c, &t, err);
    if (st == DYO_OK) st = keep(p, &f, &c, &t, c.state == FILE_HERE ? t.problem : c.why, err);
  }
  drive_content_free(&c);
  return st;
}

static dyo_status commit_if_much(pull *p, dyo_err *err)
{
  return sync_much(p->y, FILES_AT_ONCE) ? sync_commit(p->y, NULL, err) : DYO_OK;
}

static dyo_status take_all(pull *p, dyo_err *err)
{
  const int64_t n  = (int64_t)(p->fetch.n + p->drop.n);
  dyo_status    st = DYO_OK;
  sync_stage(p->y, "files");
  sync_part(p->y, n);
  for (size_t i = 0; i < p->drop.n && st == DYO_OK; i++) {
    st = drop(p, &p->drop.v[i], err);
    if (st == DYO_OK) st = commit_if_much(p, err);
  }
  for (size_t i = 0; i < p->fetch.n && st == DYO_OK; i++) {
    st = take_file(p, &p->fetch.v[i], (int64_t)(p->fetch.n - i - 1), err);
    if (st == DYO_OK) st = commit_if_much(p, err);
  }
  return st;
}

static dyo_status take_by_either_way(pull *p, dyo_err *err)
{
  way *w = DYO_NEW(p->ctx, 1, way);
  if (!w) return dyo_oom(err);
  w->server     = p->c->mcp_server;
  p->s->own     = w;
  dyo_status st = p->fetch.n ? way_open(p->s, w, err) : DYO_OK;
  if (st == DYO_OK) st = take_all(p, err);
  way_close(w);
  way_tell(w, p->y);
  return st;
}

/* Where a file did not come as it is, the place stays: the next sync asks for all of it again. */
static dyo_status finish(pull *p, dyo_err *err)
{
  dyo_buf     state  = {0};
  drive_list *unread = &p->next.unread;
  if (!sync_part_end(p->y) && !p->broken) sync_short(p->y, "not all files came that were announced");
  if (unread->n)
    sync_short(p->y, "%zu files were not read; %.60s: %.90s", unread->n, unread->v[0].name, unread->v[0].modified);
  put_place(&state, &p->next);
  dyo_status st = state.failed ? dyo_oom(err) : sync_commit(p->y, p->broken ? NULL : state.s, err);
  dyo_buf_free(&state);
  return st == DYO_OK ? sync_close(p->y, p->live, err) : st;
}

static void mark_of(const drive_config *c, char out[DIGEST_CHARS])
{
  uint8_t           digest[DIGEST_SIZE];
  digest_state      d;
  const char *const parts[] = {"files 1", c->folder_id, c->parse ? c->parse : "",
                               c->file_dimension ? c->file_dimension : "", aggregate_words[c->aggregate]};
  digest_begin(&d);
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) digest_add(&d, parts[i], strlen(parts[i]) + 1);
  digest_end(&d, digest);
  digest_text(digest, out);
}

dyo_status drive_pull(sync_run *y, dyo_err *err)
{
  static const char *const names[] = {object, NULL};
  pull                     p       = {.y = y, .s = y->s, .c = y->s->config, .ctx = &y->s->ctx, .live = -1};
  const char              *state   = NULL;
  bool                     done = false, walk = true;
  mark_of(p.c, p.mark);
  dyo_status st = sync_objects(y, names, err);
  if (st == DYO_OK) st = sync_open(y, object, p.mark, &state, &done, err);
  if (st != DYO_OK || done) return st;
  st = read_place(&p, state, err);
  if (st == DYO_OK) st = read_known(&p, err);
  if (st == DYO_OK && !walk_due(&p)) st = delta(&p, &walk, err);
  if (st == DYO_OK && walk) st = whole(&p, err);
  if (st == DYO_OK) st = take_by_either_way(&p, err);
  return st == DYO_OK ? finish(&p, err) : st;
}
