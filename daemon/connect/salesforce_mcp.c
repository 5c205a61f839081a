/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records by an MCP server's tool that takes SOQL. Which records a window has is the org's own word: it lists ids, stamps and deletions,
 * and what the tool answers has to be exactly those, one by one. Their values are proven by chance: of each answer some records, which
 * nobody knows before, are asked of the org too, and have to be the same to the letter. What differs twice ends this way. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "connect/mcp_records.h"
#include "connect/salesforce.h"

enum { PROBES = 100, TRIES = 2, LIST_LONGEST = 6000 };

/* A record of the org's list; deleted ones come from there alone. */
typedef struct {
  char      id[SF_ID];
  int64_t   stamp;
  bool      deleted;
  dyo_piece said, answer; /* by the org, in the page; by the tool: s NULL before it is found there */
} entry;

typedef struct {
  sf_pull  *p;
  way      *way;
  web_reply page; /* the entries are of it */
  entry    *v;
  size_t    n, cap;
  bool      failed;
  char      why[160]; /* what differs; "" */
} listing;

/* --- the org's list ----------------------------------------------------------------------------------------------------------- */

static bool take_entry(void *user, dyo_piece one)
{
  listing *l = user;
  entry    e = {.said = one};
  char     stamp[64];
  if (l->n == l->cap) {
    const size_t cap  = l->cap ? 2 * l->cap : 2048;
    entry       *more = realloc(l->v, cap * sizeof *more);
    l->failed         = !more;
    if (!more) return false;
    l->v   = more;
    l->cap = cap;
  }
  piece_copy(piece_member(one, "Id"), e.id, sizeof e.id);
  piece_copy(piece_member(one, l->p->cursor), stamp, sizeof stamp);
  e.stamp      = stamp_parse(stamp);
  e.deleted    = piece_word(piece_member(one, "IsDeleted"), "true");
  l->v[l->n++] = e;
  return true;
}

/* As many as come with one answer. *rest: how many there are from where the window stands. */
static dyo_status list(listing *l, int64_t *rest, dyo_err *err)
{
  const sf_pull *p    = l->p;
  dyo_buf        soql = {0};
  char           fields[100];
  web_reply_free(&l->page);
  l->n = 0;
  snprintf(fields, sizeof fields, "Id,%s%s", p->cursor, p->can_delete ? ",IsDeleted" : "");
  sf_select(p, fields, "", &soql);
  dyo_status st = soql.failed ? dyo_oom(err) : sf_query(p->s, soql.s, true, &l->page, err);
  dyo_buf_free(&soql);
  if (st != DYO_OK) return st;
  const dyo_piece page = piece_of(l->page.body, l->page.n);
  *rest                = piece_whole(piece_member(page, "totalSize"), -1);
  piece_items(piece_member(page, "records"), take_entry, l);
  return l->failed ? dyo_oom(err) : DYO_OK;
}

/* --- the tool's answer ---------------------------------------------------------------------------------------------------------- */

typedef struct {
  listing *l;
  size_t   at, to; /* the next entry */
  size_t   came;
} matching;

static bool match(void *user, dyo_piece record)
{
  matching      *m = user;
  const listing *l = m->l;
  char           id[SF_ID], stamp[64];
  m->came++;
  while (m->at < m->to && l->v[m->at].deleted) m->at++;
  if (m->at == m->to) return false;
  entry *e = &l->v[m->at];
  piece_copy(piece_member(record, "Id"), id, sizeof id);
  piece_copy(piece_member(record, l->p->cursor), stamp, sizeof stamp);
  if (strcmp(id, e->id) != 0 || stamp_parse(stamp) != e->stamp || piece_word(piece_member(record, "IsDeleted"), "true"))
    return false;
  e->answer = record;
  m->at++;
  return true;
}

static dyo_status ask_tool(listing *l, size_t from, size_t to, size_t n, peer_answer *a, dyo_err *err)
{
  const sf_pull   *p = l->p;
  const sf_config *c = p->config;
  const entry     *e = &l->v[to - 1];
  char             up_to[240], stamp[STAMP_CHARS];
  dyo_buf          soql = {0}, args = {0};
  stamp_text(e->stamp, stamp);
  snprintf(up_to, sizeof up_to, " AND (%s < %s OR (%s = %s AND Id <= '%s'))", p->cursor, stamp, p->cursor, stamp,
           e->id);
  sf_select(p, p->list, up_to, &soql);
  dyo_buf_printf(&soql, " LIMIT %zu", n);
  if (!soql.failed) mcp_put_arguments(c->mcp_arguments, c->mcp_argument ? c->mcp_argument : "query", soql.s, &args);
  dyo_status st = soql.failed || args.failed
                    ? dyo_oom(err)
                    : way_call(p->s, l->way, c->mcp_tool ? c->mcp_tool : "run_soql_query", args.s, a, err);
  dyo_buf_free(&soql);
  dyo_buf_free(&args);
  if (st != DYO_OK) return st;
  matching m = {l, from, to, 0};
  for (size_t i = from; i < to; i++) l->v[i].answer = (dyo_piece){NULL, 0};
  piece_items(mcp_list_in(mcp_answer_json(a), c->mcp_items), match, &m);
  size_t found = 0;
  for (size_t i = from; i < to; i++) found += l->v[i].answer.s != NULL;
  if (found != n || m.came != n)
    snprintf(l->why, sizeof l->why, "MCP server %.40s: of %zu %.40s that the org lists %zu came as listed",
             l->way->server, n, p->map->object, found);
  return DYO_OK;
}

/* --- values by chance ------------------------------------------------------------------------------------------------------------ */

typedef struct {
  listing *l;
  size_t   from, to;
  bool     failed;
} probing;

/* What changed since it was listed is not compared. */
static bool compare(void *user, dyo_piece record)
{
  probing  *q = user;
  listing  *l = q->l;
  char      id[SF_ID], stamp[64];
  dyo_piece values[SF_FIELDS];
  dyo_buf   own = {0}, other = {0};
  piece_copy(piece_member(record, "Id"), id, sizeof id);
  piece_copy(piece_member(record, l->p->cursor), stamp, sizeof stamp);
  for (size_t i = q->from; i < q->to; i++) {
    const entry *e = &l->v[i];
    if (strcmp(e->id, id) != 0 || !e->answer.s || stamp_parse(stamp) != e->stamp) continue;
    sf_values(l->p, record, values);
    sf_content(l->p, values, &own);
    sf_values(l->p, e->answer, values);
    sf_content(l->p, values, &other);
    q->failed = own.failed || other.failed;
    if (!q->failed && strcmp(own.s, other.s) != 0)
      snprintf(l->why, sizeof l->why, "MCP server %.40s gave other values for %.40s %s than the org", l->way->server,
               l->p->map->object, id);
    break;
  }
  dyo_buf_free(&own);
  dyo_buf_free(&other);
  return !q->failed && !l->why[0];
}

/* Each of the n with the same chance (selection sampling). */
static void choose(listing *l, size_t from, size_t to, size_t n, dyo_buf *soql)
{
  const connect_time *t    = &l->p->s->c->o.time;
  size_t              left = n, wanted = n < PROBES ? n : PROBES;
  dyo_buf_printf(soql, "SELECT %s FROM %s WHERE Id IN (", l->p->list, l->p->map->object);
  for (size_t i = from, chosen = 0; i < to && wanted; i++) {
    if (l->v[i].deleted) continue;
    if (t->chance(t->user) * (double)left-- >= (double)wanted) continue;
    dyo_buf_printf(soql, "%s'%s'", chosen++ ? "," : "", l->v[i].id);
    wanted--;
  }
  dyo_buf_puts(soql, ")");
}

static dyo_status probe(listing *l, size_t from, size_t to, size_t n, dyo_err *err)
{
  dyo_buf   soql = {0};
  web_reply r    = {0};
  probing   q    = {l, from, to, false};
  choose(l, from, to, n, &soql);
  dyo_status st = soql.failed ? dyo_oom(err) : sf_query(l->p->s, soql.s, true, &r, err);
  dyo_buf_free(&soql);
  if (st == DYO_OK) piece_items(piece_member(piece_of(r.body, r.n), "records"), compare, &q);
  web_reply_free(&r);
  return st == DYO_OK && q.failed ? dyo_oom(err) : st;
}

/* --- taking -------------------------------------------------------------------------------------------------------------------- */

static dyo_status take(listing *l, size_t from, size_t to, dyo_err *err)
{
  dyo_piece  values[SF_FIELDS];
  dyo_status st = DYO_OK;
  for (size_t i = from; i < to && st == DYO_OK; i++) {
    sf_values(l->p, l->v[i].deleted ? l->v[i].said : l->v[i].answer, values);
    st = sf_take(l->p, values, true, err);
  }
  return st == DYO_OK ? sf_commit(l->p, err) : st;
}

/* What the tool answers for these, once it is proven. Its own errors end this way; those of the org are the run's. */
static dyo_status do_some(listing *l, size_t from, size_t to, dyo_err *err)
{
  peer_answer a  = {0};
  dyo_status  st = DYO_OK;
  size_t      n  = 0;
  for (size_t i = from; i < to; i++) n += !l->v[i].deleted;
  if (n) st = way_open(l->p->s, l->way, err);
  if (st != DYO_OK || (n && !l->way->peer)) return st;
  if (n) st = ask_tool(l, from, to, n, &a, err);
  if (st == DYO_UPSTREAM_ERROR) {
    way_leave(l->p->s, l->way, err->message);
    st = DYO_OK;
  } else if (st == DYO_OK) {
    if (n && !l->why[0]) st = probe(l, from, to, n, err);
    if (st == DYO_OK && !l->why[0]) st = take(l, from, to, err);
    if (st == DYO_OK && !l->why[0]) l->way->by_mcp += (int64_t)n;
  }
  peer_answer_free(&a);
  return st;
}

static dyo_status do_page(listing *l, dyo_err *err)
{
  const size_t most = (size_t)l->p->config->mcp_rows;
  dyo_status   st   = DYO_OK;
  for (size_t i = 0; i < l->n && st == DYO_OK && !l->why[0] && !l->way->left; i += most)
    st = do_some(l, i, i + most < l->n ? i + most : l->n, err);
  return st;
}

/* Page by page. What differs may have changed between two questions: it is listed and asked for once more. */
static dyo_status do_all(listing *l, bool *taken, dyo_err *err)
{
  sf_pull   *p  = l->p;
  dyo_status st = DYO_OK;
  for (int tries = 0; st == DYO_OK && !l->way->left;) {
    const window was  = p->w;
    int64_t      rest = 0;
    st                = list(l, &rest, err);
    if (st != DYO_OK || rest < (int64_t)l->n || (rest > 0 && !l->n)) break; /* the API says what is wrong with that */
    sync_part(p->y, rest);
    l->why[0] = '\0';
    st        = do_page(l, err);
    *taken    = st == DYO_OK && !l->why[0] && !l->way->left && rest == (int64_t)l->n;
    if (*taken) break;
    const bool on = p->w.stamp != was.stamp || strcmp(p->w.id, was.id) != 0;
    if (l->why[0] && (tries = on ? 1 : tries + 1) == TRIES) way_leave(p->s, l->way, l->why);
    if (!l->why[0] && !on) break;
  }
  return st;
}

dyo_status sf_by_mcp(sf_pull *p, bool *taken, dyo_err *err)
{
  listing l = {.p = p, .way = &sf_org_of(p->s)->way};
  *taken    = false;
  if (!l.way->server || l.way->left) return DYO_OK;
  if (!p->cursor || strlen(p->list) > LIST_LONGEST) {
    way_pass(l.way, "%.60s %s", p->map->object,
             p->cursor ? "has too many fields for a question to a tool" : "has no stamps to prove an answer by");
    return DYO_OK;
  }
  const dyo_status st = do_all(&l, taken, err);
  if (*taken && !sync_part_end(p->y)) sync_short(p->y, "records that were listed did not all come");
  web_reply_free(&l.page);
  free(l.v);
  return st;
}
