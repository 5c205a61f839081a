/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A tool's answer as records: its list is followed page by page to the end. Where the tool tells how many there are, so many have to come;
 * where it does not, all is asked for until two passes give the same. */
#include "connect/mcp_records.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "connect/pieces.h"

enum { PASSES_MOST = 4, PAGES_MOST = 10000, RECORDS_MOST = 1000000, AT_ONCE = 1000, NUMBER = 32 };

const dyo_field mcp_query_rows[] = {
  DYO_STR(mcp_query, object, DYO_REQ, 80, "What these records are called here."),
  DYO_STR(mcp_query, tool, DYO_REQ, 128, "The tool that answers them."),
  DYO_JSON(mcp_query, arguments, DYO_OPT, "Its arguments, an object."),
  DYO_STR(mcp_query, items, DYO_OPT, 200,
          "Where the list is in its answer, such as result.records; absent: its first list."),
  DYO_STR(mcp_query, id, DYO_REQ, 120, "The field that tells a record from the others for good."),
  DYO_STR(mcp_query, total, DYO_OPT, 200, "Where the answer says how many there are in all; absent: it does not."),
  DYO_STR(mcp_query, cursor, DYO_OPT, 120, "The argument that asks for the next page."),
  DYO_STR(mcp_query, next, DYO_OPT, 200,
          "Where the answer has what that argument takes; null or absent there: the last page."),
  DYO_LIST(mcp_query, metrics, DYO_REQ, 50, mapping_metric, mapping_metric_rows, "What the records become."),
  DYO_END(mcp_query)};

static mapping_object mapping_of(const mcp_query *q)
{
  return (mapping_object){.object = q->object, .metrics = q->metrics, .n_metrics = q->n_metrics};
}

dyo_status mcp_queries_accept(const mcp_query *q, size_t n, dyo_err *err)
{
  mapping_object *list = calloc(n + 1, sizeof *list);
  dyo_status      st   = list ? DYO_OK : dyo_oom(err);
  for (size_t i = 0; i < n && st == DYO_OK; i++) {
    char path[64];
    list[i] = mapping_of(&q[i]);
    snprintf(path, sizeof path, "/config/queries/%zu/%s", i, q[i].cursor ? "next" : "cursor");
    if ((q[i].cursor == NULL) != (q[i].next == NULL))
      st = dyo_fail(err, DYO_INVALID_INPUT, path, "missing; cursor and next go together");
  }
  if (st == DYO_OK) st = mapping_accept(list, n, "/config/queries", err);
  free(list);
  return st;
}

/* --- a pass ---------------------------------------------------------------------------------------------------------------------- */

typedef struct {
  const char *id, *content; /* in ctx */
} record;

typedef struct {
  const mcp_query *q;
  dyo_ctx          ctx;
  record          *v;
  size_t           n, cap;
  int64_t          total; /* negative: not told */
  bool             failed, nameless, too_many;
} records;

/* A text, or a number as it stands. */
static const char *text_of(dyo_ctx *ctx, dyo_piece p)
{
  if (!p.s || piece_none(p) || *p.s == '{' || *p.s == '[') return NULL;
  char       *text = *p.s == '"' ? piece_string(p) : strndup(p.s, p.n);
  const char *kept = text ? dyo_text(ctx, "%s", text) : NULL;
  free(text);
  return kept;
}

static bool take_record(void *user, dyo_piece p)
{
  records *r = user;
  if (r->n == r->cap) {
    const size_t cap  = r->cap ? 2 * r->cap : 256;
    record      *more = DYO_NEW(&r->ctx, cap, record);
    r->too_many       = cap > RECORDS_MOST;
    r->failed         = !more;
    if (!more || r->too_many) return false;
    if (r->n) memcpy(more, r->v, r->n * sizeof *more);
    r->v   = more;
    r->cap = cap;
  }
  const record one = {text_of(&r->ctx, piece_path(p, r->q->id)), dyo_text(&r->ctx, "%.*s", (int)p.n, p.s)};
  r->nameless      = !one.id || !one.id[0] || *p.s != '{';
  r->failed        = !one.content;
  if (r->nameless || r->failed) return false;
  r->v[r->n++] = one;
  return true;
}

static bool first_list(void *user, dyo_piece name, dyo_piece value)
{
  dyo_piece *found = user;
  (void)name;
  if (*value.s == '[') *found = value;
  return *value.s != '[';
}

dyo_piece mcp_answer_json(const peer_answer *a)
{
  dyo_err     ignored;
  const char *text = a->structured.s ? NULL : a->text;
  for (int i = 0; text && i < 2; i++, text = strchr(text, '{'))
    if (dyo_json_check(text, strlen(text), &ignored) == DYO_OK) return piece_of(text, strlen(text));
  return a->structured;
}

dyo_piece mcp_list_in(dyo_piece answer, const char *items)
{
  dyo_piece found = items ? piece_path(answer, items) : answer;
  if (!items && answer.s && *answer.s == '{') {
    found = (dyo_piece){NULL, 0};
    piece_members(answer, first_list, &found);
  }
  return found.s && *found.s == '[' ? found : (dyo_piece){NULL, 0};
}

void mcp_put_arguments(const char *own, const char *name, const char *value, dyo_buf *b)
{
  if (!own) own = "{}";
  const size_t end = (size_t)(strrchr(own, '}') - own);
  dyo_buf_add(b, own, end);
  if (value) {
    const char *inside = strchr(own, '{') + 1;
    dyo_buf_puts(b, inside[strspn(inside, " \t\r\n")] == '}' ? "" : ",");
    dyo_buf_string(b, name);
    dyo_buf_puts(b, ":");
    dyo_buf_string(b, value);
  }
  dyo_buf_puts(b, "}");
}

static dyo_status take_page(session *s, records *r, const peer_answer *a, const char **next, dyo_err *err)
{
  const mcp_query *q      = r->q;
  const dyo_piece  answer = mcp_answer_json(a), list = mcp_list_in(answer, q->items);
  if (!list.s)
    return session_fail(s, FAULT_TERMINAL, "", err, "tool %.60s answers no list of %.60s", q->tool, q->object);
  piece_items(list, take_record, r);
  if (r->nameless)
    return session_fail(s, FAULT_TERMINAL, "", err, "tool %.60s: one of %.60s has no %.60s", q->tool, q->object, q->id);
  if (r->too_many)
    return session_fail(s, FAULT_TERMINAL, "", err, "tool %.60s: more than %d of %.60s", q->tool, (int)RECORDS_MOST,
                        q->object);
  if (q->total) r->total = piece_whole(piece_path(answer, q->total), -1);
  *next = q->next ? text_of(&r->ctx, piece_path(answer, q->next)) : NULL;
  return r->failed ? dyo_oom(err) : DYO_OK;
}

static int by_id(const void *a, const void *b)
{
  return strcmp(((const record *)a)->id, ((const record *)b)->id);
}

static dyo_status pass(session *s, peer *m, records *r, dyo_err *err)
{
  const char *cursor = NULL, *next = NULL;
  dyo_status  st = DYO_OK;
  for (int page = 0; st == DYO_OK; page++) {
    dyo_buf     args = {0};
    peer_answer a    = {0};
    mcp_put_arguments(r->q->arguments, r->q->cursor, cursor, &args);
    st = args.failed ? dyo_oom(err) : peer_call(m, r->q->tool, args.s, &a, err);
    dyo_buf_free(&args);
    if (st == DYO_OK) st = take_page(s, r, &a, &next, err);
    peer_answer_free(&a);
    if (st != DYO_OK || !next || !next[0]) break;
    if (page >= PAGES_MOST || (cursor && strcmp(cursor, next) == 0))
      st = session_fail(s, FAULT_TERMINAL, "endless", err, "tool %.60s comes to no end", r->q->tool);
    cursor = next;
  }
  if (st == DYO_OK && r->n) qsort(r->v, r->n, sizeof *r->v, by_id);
  return st;
}

/* --- until it is whole ------------------------------------------------------------------------------------------------------------ */

static void begin(records *r, const mcp_query *q)
{
  *r = (records){.q = q, .total = -1};
  dyo_ctx_init(&r->ctx, NULL);
}

static bool same(const records *a, const records *b)
{
  if (a->n != b->n) return false;
  for (size_t i = 0; i < a->n; i++)
    if (strcmp(a->v[i].id, b->v[i].id) != 0 || strcmp(a->v[i].content, b->v[i].content) != 0) return false;
  return true;
}

static dyo_status gather(session *s, peer *m, const mcp_query *q, records *r, dyo_err *err)
{
  begin(r, q);
  dyo_status st = pass(s, m, r, err);
  for (int i = 1; st == DYO_OK && r->total < 0 && i < PASSES_MOST; i++) {
    records second;
    begin(&second, q);
    st             = pass(s, m, &second, err);
    const bool yes = st == DYO_OK && same(r, &second);
    dyo_ctx_clear(&r->ctx);
    *r = second;
    if (yes) return DYO_OK;
  }
  return st == DYO_OK && r->total < 0
           ? session_fail(s, FAULT_TERMINAL, "", err, "tool %.60s answers something else each time", q->tool)
           : st;
}

dyo_status mcp_query_count(session *s, peer *m, const mcp_query *q, size_t *n, dyo_err *err)
{
  records r;
  begin(&r, q);
  const dyo_status st = pass(s, m, &r, err);
  *n                  = r.n;
  dyo_ctx_clear(&r.ctx);
  return st;
}

/* --- into the mirror --------------------------------------------------------------------------------------------------------------- */

typedef struct {
  const char *const *ids;
  size_t             n;
  dyo_ctx            ctx;
  const char       **gone;
  size_t             n_gone, cap;
  bool               failed;
} absent;

static int by_text(const void *a, const void *b)
{
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool note_absent(void *user, const char *id, const char *stamp)
{
  absent *f = user;
  (void)stamp;
  if (f->n && bsearch(&id, f->ids, f->n, sizeof *f->ids, by_text)) return true;
  if (f->n_gone == f->cap) {
    const size_t cap  = f->cap ? 2 * f->cap : 64;
    const char **more = DYO_NEW(&f->ctx, cap, const char *);
    f->failed         = !more;
    if (!more) return false;
    if (f->n_gone) memcpy(more, f->gone, f->n_gone * sizeof *more);
    f->gone = more;
    f->cap  = cap;
  }
  f->gone[f->n_gone] = dyo_text(&f->ctx, "%s", id);
  f->failed          = !f->gone[f->n_gone++];
  return !f->failed;
}

dyo_status mcp_forget(sync_run *y, const char *const *ids, size_t n, dyo_err *err)
{
  absent f = {.ids = ids, .n = n};
  dyo_ctx_init(&f.ctx, NULL);
  dyo_status st = store_mirror_each(y->s->c->o.store, y->s->tenant, y->s->source_id, y->at->name, note_absent, &f, err);
  if (st == DYO_OK && f.failed) st = dyo_oom(err);
  for (size_t i = 0; st == DYO_OK && i < f.n_gone; i++)
    st = sync_add(y, &(sync_record){.id = f.gone[i], .stamp = "", .deleted = true}, err);
  dyo_ctx_clear(&f.ctx);
  return st;
}

static dyo_status add(sync_run *y, const mapping_object *map, const record *one, dyo_err *err)
{
  mirror_cell *cells    = NULL;
  size_t       n        = 0;
  int          rejected = 0;
  dyo_status   st =
    mapping_cells(&y->batch, map, piece_of(one->content, strlen(one->content)), &cells, &n, &rejected, err);
  if (st != DYO_OK) return st;
  y->at->rejected += rejected;
  return sync_add(y,
                  &(sync_record){.id        = one->id,
                                 .stamp     = "",
                                 .content   = one->content,
                                 .n_content = strlen(one->content),
                                 .cells     = cells,
                                 .n_cells   = n,
                                 .asked     = true},
                  err);
}

static dyo_status add_all(sync_run *y, records *r, dyo_err *err)
{
  const mapping_object map = mapping_of(r->q);
  const char         **ids = DYO_NEW(&r->ctx, r->n + 1, const char *);
  size_t               n   = 0;
  dyo_status           st  = ids ? DYO_OK : dyo_oom(err);
  sync_part(y, r->total >= 0 ? r->total : (int64_t)r->n);
  for (size_t i = 0; i < r->n && st == DYO_OK; i++) {
    if (i == 0 || strcmp(r->v[i].id, ids[n - 1]) != 0) ids[n++] = r->v[i].id;
    st = add(y, &map, &r->v[i], err);
    if (st == DYO_OK && sync_much(y, AT_ONCE)) st = sync_commit(y, NULL, err);
  }
  const bool whole = r->total < 0 || (int64_t)r->n == r->total; /* else what did not come may be there all the same */
  if (st == DYO_OK && whole) st = mcp_forget(y, ids, n, err);
  if (st != DYO_OK) return st;
  if (!sync_part_end(y)) sync_short(y, "%zu came of %lld that the tool tells of", r->n, (long long)r->total);
  y->at->full = true;
  st          = sync_commit(y, "{}", err);
  return st == DYO_OK ? sync_close(y, r->total >= 0 ? r->total : (int64_t)n, err) : st;
}

dyo_status mcp_query_pull(sync_run *y, peer *m, const mcp_query *q, dyo_err *err)
{
  const mapping_object map = mapping_of(q);
  char                 mark[DIGEST_CHARS];
  const char          *state = NULL;
  bool                 done  = false;
  records              r;
  mapping_mark(&map, mark);
  const char *kept = dyo_text(&y->s->ctx, "%s", mark);
  dyo_status  st   = kept ? sync_open(y, q->object, kept, &state, &done, err) : dyo_oom(err);
  if (st != DYO_OK || done) return st;
  sync_stage(y, "records");
  st = gather(y->s, m, q, &r, err);
  if (st == DYO_OK) st = add_all(y, &r, err);
  dyo_ctx_clear(&r.ctx);
  return st;
}
