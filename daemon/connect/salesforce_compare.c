/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether the mirror has what the source has: counts after each sync, and id by id where they differ or now and then. What is found
 * missing is fetched, what is gone becomes a tombstone; nothing is taken away on the word of one list alone. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "connect/salesforce.h"

enum { CHUNK = 200, PAGES_MORE = 50 };

typedef struct {
  char    id[SF_ID];
  int64_t stamp;
} entry;

typedef struct {
  entry *v;
  size_t n, cap;
} entries;

/* What differs. */
typedef struct {
  sf_pull *p;
  entries  source, fetch, gone;
  size_t   at;   /* in source, while the mirror is walked */
  int64_t  live; /* of the source that the mirror is to have */
  bool     failed;
} comparison;

static bool add(entries *e, const char *id, int64_t stamp)
{
  if (e->n == e->cap) {
    const size_t cap  = e->cap ? 2 * e->cap : 1024;
    entry       *more = realloc(e->v, cap * sizeof *more);
    if (!more) return false;
    e->v   = more;
    e->cap = cap;
  }
  snprintf(e->v[e->n].id, SF_ID, "%s", id);
  e->v[e->n++].stamp = stamp;
  return true;
}

static int by_id(const void *a, const void *b)
{
  return strcmp(((const entry *)a)->id, ((const entry *)b)->id);
}

/* --- the source's list ---------------------------------------------------------------------------------------------------------------- */

static bool take_id(void *user, dyo_piece p)
{
  comparison *c = user;
  char        id[SF_ID], stamp[64] = "";
  if (c->p->cursor) piece_copy(piece_member(p, c->p->cursor), stamp, sizeof stamp);
  c->failed = !piece_copy(piece_member(p, "Id"), id, sizeof id) || !add(&c->source, id, stamp_parse(stamp));
  return !c->failed;
}

/* All ids there are now. *whole: as many came as were announced, each once. */
static dyo_status list_once(comparison *c, bool *whole, dyo_err *err)
{
  sf_pull  *p = c->p;
  char      soql[256], next[512];
  web_reply r = {0};
  *whole      = false;
  c->source.n = 0;
  snprintf(soql, sizeof soql, "SELECT Id%s%s FROM %.100s", p->cursor ? "," : "", p->cursor ? p->cursor : "",
           p->map->object);
  dyo_status st    = sf_query(p->s, soql, false, &r, err);
  int64_t    total = st == DYO_OK ? piece_whole(piece_member(piece_of(r.body, r.n), "totalSize"), -1) : 0;
  for (int64_t i = 0; st == DYO_OK; i++) {
    const dyo_piece page = piece_of(r.body, r.n);
    piece_items(piece_member(page, "records"), take_id, c);
    const bool done = piece_word(piece_member(page, "done"), "true");
    const bool good = piece_copy(piece_member(page, "nextRecordsUrl"), next, sizeof next) &&
                      strncmp(next, "/services/data/v", 16) == 0 && !strstr(next, "//") && !strstr(next, "..") &&
                      i < total + PAGES_MORE;
    web_reply_free(&r);
    if (c->failed) return dyo_oom(err);
    if (done || !good) break;
    st = sf_get_whole(p->s, next, &r, err);
  }
  web_reply_free(&r);
  if (st != DYO_OK) return st;
  if (c->source.n) qsort(c->source.v, c->source.n, sizeof *c->source.v, by_id);
  *whole = (int64_t)c->source.n == total;
  for (size_t i = 1; i < c->source.n && *whole; i++) *whole = strcmp(c->source.v[i - 1].id, c->source.v[i].id) != 0;
  return DYO_OK;
}

static dyo_status list_source(comparison *c, bool *whole, dyo_err *err)
{
  dyo_status st = DYO_OK;
  *whole        = false;
  for (int i = 0; i < 3 && st == DYO_OK && !*whole; i++) {
    st = list_once(c, whole, err);
    if (st == DYO_UPSTREAM_ERROR && sf_said(c->p->s, "INVALID_QUERY_LOCATOR")) st = DYO_OK;
  }
  return st;
}

/* --- against the mirror -------------------------------------------------------------------------------------------------------------------- */

/* A record of the source that the mirror lacks, or has in an older state. What has a stamp behind the window is for the next sync. */
static void want(comparison *c, const entry *e, bool known)
{
  if (c->p->cursor && e->stamp >= c->p->until) {
    c->live += known;
    return;
  }
  c->live++;
  c->failed = !add(&c->fetch, e->id, e->stamp);
}

static bool against(void *user, const char *id, const char *stamp)
{
  comparison *c = user;
  while (c->at < c->source.n && strcmp(c->source.v[c->at].id, id) < 0 && !c->failed)
    want(c, &c->source.v[c->at++], false);
  if (c->failed) return false;
  if (c->at < c->source.n && strcmp(c->source.v[c->at].id, id) == 0) {
    const entry *e = &c->source.v[c->at++];
    if (c->p->cursor && e->stamp != stamp_parse(stamp)) want(c, e, true);
    else c->live++;
  } else {
    c->failed = !add(&c->gone, id, 0);
  }
  return !c->failed;
}

static dyo_status compare(comparison *c, dyo_err *err)
{
  sf_pull   *p  = c->p;
  dyo_status st = store_mirror_each(p->s->c->o.store, p->s->tenant, p->s->source_id, p->map->object, against, c, err);
  while (st == DYO_OK && c->at < c->source.n && !c->failed) want(c, &c->source.v[c->at++], false);
  return st == DYO_OK && c->failed ? dyo_oom(err) : st;
}

/* --- making good ------------------------------------------------------------------------------------------------------------------------------ */

static void put_ids(dyo_buf *b, const entries *e, size_t from, size_t to)
{
  dyo_buf_puts(b, " WHERE Id IN (");
  for (size_t i = from; i < to; i++) dyo_buf_printf(b, "%s'%s'", i > from ? "," : "", e->v[i].id);
  dyo_buf_puts(b, ")");
}

/* Records by id; those that were deleted meanwhile come as such, those that are gone for good wait for the next comparison. */
static dyo_status fetch(sf_pull *p, const entries *e, size_t from, size_t to, dyo_err *err)
{
  dyo_buf   b = {0};
  web_reply r = {0};
  dyo_buf_printf(&b, "SELECT %s FROM %s", p->list, p->map->object);
  put_ids(&b, e, from, to);
  dyo_status st = b.failed ? dyo_oom(err) : sf_query(p->s, b.s, true, &r, err);
  dyo_buf_free(&b);
  if (st == DYO_OK) {
    const dyo_piece page = piece_of(r.body, r.n);
    sync_part(p->y, piece_whole(piece_member(page, "totalSize"), -1));
    st = sf_take_page(p, page, err);
  }
  web_reply_free(&r);
  if (st == DYO_OK && !sync_part_end(p->y)) sync_short(p->y, "records that were asked for by id did not all come");
  return st == DYO_OK ? sync_commit(p->y, NULL, err) : st;
}

/* Tombstones, once the source says by another question that these are not there. */
static dyo_status bury(sf_pull *p, const entries *e, size_t from, size_t to, dyo_err *err)
{
  dyo_buf b     = {0};
  int64_t there = 0;
  dyo_buf_printf(&b, "SELECT COUNT() FROM %s", p->map->object);
  put_ids(&b, e, from, to);
  dyo_status st = b.failed ? dyo_oom(err) : sf_count(p->s, b.s, false, &there, err);
  dyo_buf_free(&b);
  if (st == DYO_OK && there > 0) {
    sync_short(p->y, "%lld records that the list of all ids lacks are there nevertheless", (long long)there);
    return DYO_OK;
  }
  for (size_t i = from; i < to && st == DYO_OK; i++)
    st = sync_add(p->y, &(sync_record){.id = e->v[i].id, .stamp = "", .deleted = true}, err);
  return st == DYO_OK ? sync_commit(p->y, NULL, err) : st;
}

static size_t chunk_end(size_t from, size_t n)
{
  return from + CHUNK < n ? from + CHUNK : n;
}

static dyo_status compare_all(sf_pull *p, int64_t *live, dyo_err *err)
{
  comparison c     = {.p = p};
  bool       whole = false;
  sync_stage(p->y, "comparing everything");
  *live         = -1;
  dyo_status st = list_source(&c, &whole, err);
  if (st == DYO_OK && !whole) sync_short(p->y, "the list of all ids is not whole: %zu came", c.source.n);
  if (st == DYO_OK && whole) st = compare(&c, err);
  for (size_t i = 0; st == DYO_OK && whole && i < c.fetch.n; i = chunk_end(i, c.fetch.n))
    st = fetch(p, &c.fetch, i, chunk_end(i, c.fetch.n), err);
  for (size_t i = 0; st == DYO_OK && whole && i < c.gone.n; i = chunk_end(i, c.gone.n))
    st = bury(p, &c.gone, i, chunk_end(i, c.gone.n), err);
  if (st == DYO_OK && whole) {
    *live          = c.live;
    p->compared    = clock_now_ms();
    p->y->at->full = true;
  }
  free(c.source.v), free(c.fetch.v), free(c.gone.v);
  return st;
}

/* --- the proof ------------------------------------------------------------------------------------------------------------------------------------ */

/* Records that were there before the end of the window and are still. */
static dyo_status count_source(sf_pull *p, int64_t *n, dyo_err *err)
{
  char soql[256], hi[STAMP_CHARS];
  stamp_text(p->until, hi);
  if (p->has_created && p->cursor)
    snprintf(soql, sizeof soql, "SELECT COUNT() FROM %.100s WHERE CreatedDate < %s", p->map->object, hi);
  else snprintf(soql, sizeof soql, "SELECT COUNT() FROM %.100s", p->map->object);
  return sf_count(p->s, soql, false, n, err);
}

/* A comparison changes what there is to compare: the second one settles what changed while the first one ran. */
dyo_status sf_prove(sf_pull *p, dyo_err *err)
{
  mirror_figures f;
  int64_t        live = -1;
  sync_stage(p->y, "proving that it is complete");
  const double age = (double)(clock_now_ms() - p->compared) / 3.6e6;
  bool         due = !p->cursor || (p->compared > 0 && age >= p->config->compare_hours);
  if (p->compared == 0) p->compared = clock_now_ms(); /* everything has just come */
  dyo_status st = count_source(p, &live, err);
  for (int i = 0; i < 2 && st == DYO_OK; i++) {
    st =
      store_mirror_figures(p->s->c->o.store, p->s->tenant, p->s->source_id, p->map->object, p->y->job->run_no, &f, err);
    if (st != DYO_OK || (!due && f.live == live)) break;
    st  = compare_all(p, &live, err);
    due = false;
    if (live < 0) break;
  }
  dyo_buf b = {0};
  if (st == DYO_OK && sf_state(p, &b) != DYO_OK) st = dyo_oom(err);
  if (st == DYO_OK) st = sync_commit(p->y, b.s, err);
  dyo_buf_free(&b);
  return st == DYO_OK ? sync_close(p->y, live, err) : st;
}
