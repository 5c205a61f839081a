/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a folder holds. Drive has no recursive listing and tells no counts: folders are listed one by one, each in two orders. */
#include <string.h>

#include "connect/drive.h"

enum { FOLDERS_MOST = 20000 };

typedef struct {
  session          *s;
  dyo_ctx          *ctx;
  const drive_file *top;
  drive_tree       *out;
} walk;

static bool seen_folder(const walk *w, const char *id)
{
  for (size_t i = 0; i < w->out->folders.n; i++)
    if (strcmp(w->out->folders.v[i].id, id) == 0) return true;
  return false;
}

static dyo_status add(walk *w, drive_list *to, const drive_file *f, dyo_err *err)
{
  if (strcmp(f->drive, w->top->drive) != 0) w->out->outside = true;
  return drive_list_add(w->ctx, to, f) ? DYO_OK : dyo_oom(err);
}

static dyo_status add_folder(walk *w, const drive_file *f, dyo_err *err)
{
  if (seen_folder(w, f->id)) return DYO_OK;
  if (w->out->folders.n == FOLDERS_MOST)
    return session_fail(w->s, FAULT_TERMINAL, "", err, "more than %d folders lie below this one", (int)FOLDERS_MOST);
  return add(w, &w->out->folders, f, err);
}

static dyo_status follow(walk *w, const drive_file *link, dyo_err *err)
{
  drive_file target;
  bool       found;
  dyo_status st = add(w, &w->out->links, link, err);
  if (st == DYO_OK) st = drive_get(w->s, w->ctx, link->target, &target, &found, err);
  if (st != DYO_OK || !found || target.trashed) return st;
  if (drive_is_folder(&target)) return add_folder(w, &target, err);
  return drive_is_table(&target) ? add(w, &w->out->files, &target, err) : DYO_OK;
}

static dyo_status sort_out(walk *w, const drive_file *f, dyo_err *err)
{
  if (drive_is_folder(f)) return add_folder(w, f, err);
  if (drive_is_shortcut(f)) return follow(w, f, err);
  return drive_is_table(f) ? add(w, &w->out->files, f, err) : DYO_OK;
}

/* What only one of two listings has: it came or went meanwhile, or was left out. */
static dyo_status doubtful(walk *w, const char *folder, const drive_file *f, dyo_err *err)
{
  drive_file now;
  bool       found;
  dyo_status st = drive_get(w->s, w->ctx, f->id, &now, &found, err);
  if (st != DYO_OK || !found || now.trashed || strcmp(now.parent, folder) != 0) return st;
  return sort_out(w, &now, err);
}

static dyo_status list(walk *w, const drive_file *folder, dyo_err *err)
{
  drive_list one = {0}, two = {0};
  dyo_status st = drive_children(w->s, w->ctx, folder->id, folder->drive, "name", &one, err);
  if (st == DYO_OK) st = drive_children(w->s, w->ctx, folder->id, folder->drive, "name desc", &two, err);
  if (st != DYO_OK) return st;
  drive_list_sort(&one);
  drive_list_sort(&two);
  for (size_t i = 0; i < two.n && st == DYO_OK; i++)
    st = drive_list_find(&one, two.v[i].id) ? sort_out(w, &two.v[i], err) : doubtful(w, folder->id, &two.v[i], err);
  for (size_t i = 0; i < one.n && st == DYO_OK; i++)
    if (!drive_list_find(&two, one.v[i].id)) st = doubtful(w, folder->id, &one.v[i], err);
  return st;
}

dyo_status drive_walk(session *s, dyo_ctx *ctx, const drive_file *top, drive_tree *out, dyo_err *err)
{
  walk w        = {s, ctx, top, out};
  *out          = (drive_tree){0};
  dyo_status st = add_folder(&w, top, err);
  for (size_t i = 0; i < out->folders.n && st == DYO_OK; i++) {
    const drive_file folder = out->folders.v[i]; /* the list moves when it grows */
    st                      = list(&w, &folder, err);
  }
  drive_list_sort(&out->folders);
  drive_list_sort(&out->files);
  drive_list_sort(&out->links);
  return st;
}
