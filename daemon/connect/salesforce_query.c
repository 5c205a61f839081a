/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is new, window by window, by SOQL over REST. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "connect/salesforce.h"

enum {
  HALVINGS     = 14,
  RESTARTS     = 5,
  FIRST_PAGES  = 3,
  PAGES_MORE   = 50,
  LINKS_KEPT   = 64,
  GOOD_WINDOWS = 8,
  SOQL_LONGEST = 12000
};

/* Nothing in Salesforce is older than Salesforce: 1999-01-01. */
static const int64_t beginning = 915148800000;

/* --- conditions ------------------------------------------------------------------------------------------------------------------ */

void sf_where(const sf_pull *p, bool behind, dyo_buf *b)
{
  char lo[STAMP_CHARS], hi[STAMP_CHARS], at[STAMP_CHARS];
  if (!p->cursor) return;
  stamp_text(p->w.lo, lo);
  stamp_text(p->w.hi, hi);
  dyo_buf_puts(b, " WHERE ");
  if (p->w.lo > 0) dyo_buf_printf(b, "%s >= %s AND ", p->cursor, lo);
  dyo_buf_printf(b, "%s < %s", p->cursor, hi);
  if (!behind || p->w.stamp < 0) return;
  stamp_text(p->w.stamp, at);
  dyo_buf_printf(b, " AND (%s > %s OR (%s = %s AND Id > '%s'))", p->cursor, at, p->cursor, at, p->w.id);
}

void sf_select(const sf_pull *p, const char *fields, const char *up_to, dyo_buf *b)
{
  dyo_buf_printf(b, "SELECT %s FROM %s", fields, p->map->object);
  sf_where(p, true, b);
  dyo_buf_puts(b, up_to);
  if (p->cursor) dyo_buf_printf(b, " ORDER BY %s, Id", p->cursor);
}

/* --- pages ------------------------------------------------------------------------------------------------------------------------- */

static dyo_status take_page(sf_pull *p, dyo_piece page, dyo_err *err)
{
  const dyo_status st = sf_take_page(p, page, err);
  return st == DYO_OK ? sf_commit(p, err) : st;
}

/* Links of pages that were followed, so that one that leads back is noticed. */
typedef struct {
  char    next[512];
  uint8_t seen[LINKS_KEPT][DIGEST_SIZE];
  size_t  n;
} links;

/* The next page's path, "" where there is none. False: it is no path of this host, or one that was followed already. */
static bool read_next(links *l, dyo_piece page)
{
  uint8_t digest[DIGEST_SIZE];
  l->next[0] = '\0';
  if (piece_word(piece_member(page, "done"), "true")) return true;
  if (!piece_copy(piece_member(page, "nextRecordsUrl"), l->next, sizeof l->next)) return false;
  if (strncmp(l->next, "/services/data/v", 16) != 0 || strstr(l->next, "//") || strstr(l->next, "..") ||
      strpbrk(l->next, ":\\@# "))
    return l->next[0] = '\0', false;
  digest_of(l->next, strlen(l->next), NULL, digest);
  for (size_t i = 0; i < l->n && i < LINKS_KEPT; i++)
    if (digest_equal(l->seen[i], digest)) return l->next[0] = '\0', false;
  memcpy(l->seen[l->n++ % LINKS_KEPT], digest, DIGEST_SIZE);
  return true;
}

static dyo_status follow(sf_pull *p, links *l, int64_t total, bool *broken, dyo_err *err)
{
  const int64_t most = total + PAGES_MORE;
  for (int64_t i = 0; l->next[0]; i++) {
    web_reply  r  = {0};
    dyo_status st = i < most ? sf_get_whole(p->s, l->next, &r, err)
                             : session_fail(p->s, FAULT_TERMINAL, "", err,
                                            "the pages of a result of %lld records do not end", (long long)total);
    if (st == DYO_OK) st = take_page(p, piece_of(r.body, r.n), err);
    if (st == DYO_OK) *broken = !read_next(l, piece_of(r.body, r.n));
    web_reply_free(&r);
    if (st != DYO_OK || *broken) return st;
  }
  return DYO_OK;
}

/* The result from where the window stands. *broken: a link to the next page led nowhere it may. */
static dyo_status read_pages(sf_pull *p, bool may_bulk, bool *bulk, bool *broken, dyo_err *err)
{
  dyo_buf    soql = {0};
  web_reply  r    = {0};
  links     *l    = calloc(1, sizeof *l);
  dyo_status st   = l ? DYO_OK : dyo_oom(err);
  int64_t    n    = 0;
  *broken = *bulk = false;
  sf_select(p, p->list, "", &soql);
  if (st == DYO_OK && soql.failed) st = dyo_oom(err);
  if (st == DYO_OK && soql.n > SOQL_LONGEST) *bulk = true; /* no address is that long */
  if (st == DYO_OK && !*bulk) st = sf_query(p->s, soql.s, true, &r, err);
  dyo_buf_free(&soql);
  if (st == DYO_OK && !*bulk) {
    const dyo_piece page = piece_of(r.body, r.n);
    n                    = piece_whole(piece_member(page, "totalSize"), -1);
    *bulk                = may_bulk && n > p->config->bulk_above;
    if (n < 0) st = session_fail(p->s, FAULT_TERMINAL, "", err, "a result has no totalSize");
    else if (!*bulk) {
      sync_part(p->y, n);
      st = take_page(p, page, err);
      if (st == DYO_OK) *broken = !read_next(l, page);
    }
  }
  web_reply_free(&r);
  if (st == DYO_OK && !*bulk && !*broken) st = follow(p, l, n, broken, err);
  free(l);
  return st;
}

/* A cursor of the server's that has gone is no harm: the rest is asked for anew, behind what is stored. */
static dyo_status read_on(sf_pull *p, bool may_bulk, bool *bulk, bool *broken, dyo_err *err)
{
  dyo_status st = DYO_OK;
  for (int i = 0; i < RESTARTS; i++) {
    st = read_pages(p, may_bulk, bulk, broken, err);
    if (st != DYO_UPSTREAM_ERROR || !sf_said(p->s, "INVALID_QUERY_LOCATOR")) break;
    if (!p->cursor) sync_part_again(p->y);
  }
  return st;
}

/* --- one window ---------------------------------------------------------------------------------------------------------------------- */

static bool too_long(const session *s, dyo_status st)
{
  return st == DYO_UPSTREAM_ERROR && (sf_said(s, "QUERY_TIMEOUT") || sf_said(s, "OPERATION_TOO_LARGE"));
}

/* All of the window, whole, or said to be short. What did not come as announced is asked for once more from the beginning. */
static dyo_status read_window(sf_pull *p, bool may_bulk, bool *bulk, dyo_err *err)
{
  bool       broken = false;
  dyo_status st     = DYO_OK;
  for (int i = 0; i < 2; i++) {
    st = read_on(p, may_bulk, bulk, &broken, err);
    if (st != DYO_OK || *bulk) return st;
    const sync_object *o = p->y->at;
    if (!broken && o->part_expected == o->part_received) break;
    if (i == 1) {
      const long long expected = o->part_expected, received = o->part_received;
      if (broken)
        sync_short(p->y, "a page's link to the next one led nowhere it may: %lld records were announced, %lld came",
                   expected, received);
      else sync_short(p->y, "%lld records were announced, %lld came", expected, received);
      break;
    }
    sync_part_again(p->y);
    p->w.stamp = -1;
  }
  sync_part_end(p->y);
  return DYO_OK;
}

static dyo_status close_window(sf_pull *p, dyo_err *err)
{
  p->done_to    = p->w.hi;
  p->w.stamp    = -1;
  p->job[0]     = '\0';
  p->w.lo       = p->w.hi;
  p->locator[0] = '\0';
  return sf_commit(p, err);
}

/* A window by a job of the Bulk API where it is large, else by pages. */
static dyo_status do_by_api(sf_pull *p, bool *no_bulk, dyo_err *err)
{
  const sync_object *o     = p->y->at;
  const int64_t      first = o->received + o->part_received;
  bool               bulk = p->job[0] != '\0', taken = false;
  dyo_status         st = bulk ? DYO_OK : read_window(p, !*no_bulk, &bulk, err);
  if (st == DYO_OK && bulk) {
    dyo_buf where = {0};
    p->w.stamp    = -1;
    sf_where(p, false, &where);
    st = where.failed ? dyo_oom(err) : sf_bulk(p, where.s ? where.s : "", &taken, err);
    dyo_buf_free(&where);
    if (st == DYO_OK && !taken) {
      *no_bulk = true;
      st       = read_window(p, false, &bulk, err);
      if (st == DYO_OK && bulk)
        st = session_fail(p->s, FAULT_TERMINAL, "URI_TOO_LONG", err, "too many fields for one query; name fewer");
    }
  }
  const int64_t came = o->received + o->part_received - first;
  if (came > 0) sf_org_of(p->s)->way.by_api += came;
  return st;
}

static dyo_status do_window(sf_pull *p, bool *no_bulk, dyo_err *err)
{
  bool       taken = false;
  dyo_status st    = p->job[0] ? DYO_OK : sf_by_mcp(p, &taken, err);
  if (st == DYO_OK && !taken) st = do_by_api(p, no_bulk, err);
  return st == DYO_OK ? close_window(p, err) : st;
}

static void next_window(sf_pull *p, int64_t span)
{
  if (p->w.hi < 0) { /* none was under way */
    p->w = window_next(p->done_to, p->config->lookback_s, p->until / 1000 + 1);
  } else if (p->w.stamp < 0 && !p->job[0] && p->w.lo == p->w.hi) {
    p->w.hi = p->until;
  }
  if (span > 0 && p->w.hi - p->w.lo > span) p->w.hi = p->w.lo + span;
}

/* The end of time for this run: a second before the source's own clock, as its last answer had it. */
dyo_status sf_windows(sf_pull *p, dyo_err *err)
{
  bool       no_bulk = false;
  int64_t    span    = 0;
  int        halved = 0, good = 0;
  dyo_status st = DYO_OK;
  sync_stage(p->y, "fetching what is new");
  if (p->s->server_time <= 0) /* without its clock nobody knows which records are to be there */
    return session_fail(p->s, FAULT_TERMINAL, "", err,
                        "the answers have no Date, so that no window can be said to be whole");
  if (p->until < 0) p->until = 1000 * (p->s->server_time - 1), p->w.hi = p->job[0] ? p->w.hi : -1;
  for (;;) {
    next_window(p, span);
    st = do_window(p, &no_bulk, err);
    if (too_long(p->s, st) && p->cursor && halved++ < HALVINGS && window_halve(&p->w, beginning)) {
      if (p->w.lo < beginning) p->w.lo = beginning;
      span = p->w.hi - p->w.lo;
      sync_part_again(p->y);
      p->w.stamp = -1;
      continue;
    }
    if (st != DYO_OK || !p->cursor || p->done_to >= p->until) return st;
    halved = 0;
    if (span > 0 && ++good % GOOD_WINDOWS == 0) span *= 2;
    if (p->inherited) p->w.hi = -1;
    p->inherited = false;
  }
}
