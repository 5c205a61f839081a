/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/exchange.h"
#include "api/stored.h"
#include "base/clock.h"
#include "jobs/work.h"

typedef struct {
  const char *code, *path, *message;
} run_error;

static const dyo_field error_rows[] = {DYO_STR(run_error, code, DYO_REQ, 0, "What kind of error, as in a problem."),
                                       DYO_STR(run_error, path, DYO_REQ, 0, "JSON pointer into the request."),
                                       DYO_STR(run_error, message, DYO_REQ, 0, "What was found and what is allowed."),
                                       DYO_END(run_error)};

typedef struct {
  const char *run_id, *kind, *subject, *method, *stage, *checkpoint, *created_at, *started_at, *finished_at, *result,
    *batch_id;
  int        state;
  double     fraction, rows_read, rows_stored, rows_rejected;
  bool       cancel_asked;
  run_error *error;
} run_out;

const dyo_field run_rows[] = {
  DYO_STR(run_out, run_id, DYO_REQ, 0, "Its id."),
  DYO_STR(run_out, kind, DYO_REQ, 0, "What it does: operation, upload, forecast_refresh or sync."),
  DYO_STR(run_out, subject, DYO_NULL, 0, "To what: an operation's name, a connector's id."),
  DYO_ENUM(
    run_out, state, DYO_REQ, store_run_words,
    "Where it is; the last four are final. queued with an error: it met a full disk, what it stored so far stays, and it "
    "goes on by itself."),
  DYO_STR(run_out, method, DYO_NULL, 0, "How its data came: mcp, api or upload."),
  DYO_OUT(run_out, fraction, DYO_REQ, "0..1", "How much is done."),
  DYO_STR(run_out, stage, DYO_NULL, 0, "What it is doing."),
  DYO_OUT(run_out, rows_read, DYO_REQ, "rows", "Rows read."),
  DYO_OUT(run_out, rows_stored, DYO_REQ, "rows", "Rows that gave values."),
  DYO_OUT(run_out, rows_rejected, DYO_REQ, "rows", "Rows that did not."),
  DYO_JSON(run_out, checkpoint, DYO_NULL, "How far it certainly is: what a killed or waiting run has stored."),
  DYO_STR(run_out, created_at, DYO_REQ, 0, "When it was made, ISO 8601."),
  DYO_STR(run_out, started_at, DYO_NULL, 0, "When it was first begun."),
  DYO_STR(run_out, finished_at, DYO_NULL, 0, "When it ended."),
  DYO_BOOL(run_out, cancel_asked, DYO_REQ, "Whether somebody asked for its end."),
  DYO_JSON(run_out, result, DYO_NULL,
           "What the request would have been answered; of a cancelled search the best it had."),
  DYO_OBJ(run_out, error, DYO_NULL, run_error, error_rows, "Why it failed, or what it waits for."),
  DYO_STR(run_out, batch_id, DYO_NULL, 0, "The batch it is of; null: none."),
  DYO_END(run_out)};

void put_run(dyo_buf *b, const store_run *r)
{
  char          when[3][CLOCK_TEXT];
  run_error     error = {r->code, r->path ? r->path : "", r->message ? r->message : ""};
  const run_out out   = {.run_id        = r->id,
                         .kind          = r->kind,
                         .subject       = r->subject,
                         .state         = (int)r->state,
                         .method        = r->method,
                         .fraction      = r->fraction >= 0 && r->fraction <= 1 ? r->fraction : 0,
                         .stage         = r->stage,
                         .rows_read     = (double)r->rows_read,
                         .rows_stored   = (double)r->rows_stored,
                         .rows_rejected = (double)r->rows_rejected,
                         .checkpoint    = r->checkpoint,
                         .created_at    = when_text(r->created, when[0]),
                         .started_at    = when_text(r->started, when[1]),
                         .finished_at   = when_text(r->finished, when[2]),
                         .cancel_asked  = r->cancel_asked,
                         .result        = r->result,
                         .batch_id      = r->batch[0] ? r->batch : NULL,
                         .error         = r->code ? &error : NULL};
  put_row(b, run_rows, &out);
}

void api_runs(exchange *x)
{
  const store_page page = api_page_of(x);
  store_run       *list = NULL;
  size_t           n    = 0;
  char             next[STORE_CURSOR];
  dyo_err          err;
  dyo_buf          b = {0};
  if (store_run_list(x->a->store, x->tenant, &page, &list, &n, next, &err) != DYO_OK) {
    api_problem(x, &err);
    return;
  }
  items_begin(&b);
  for (size_t i = 0; i < n; i++) {
    dyo_buf_puts(&b, i ? "," : "");
    put_run(&b, &list[i]);
  }
  items_end(&b, next);
  store_run_free(list, n);
  free(list);
  api_json(x, 200, &b);
}

/* One run. *over: it has ended. */
static dyo_status look_at(api *a, const char *tenant, const char *id, dyo_buf *b, bool *over, dyo_err *err)
{
  store_run        r;
  const dyo_status st = store_run_get(a->store, tenant, id, &r, err);
  if (st != DYO_OK) return st;
  *over = r.state > RUN_RUNNING;
  put_run(b, &r);
  store_run_free(&r, 1);
  return DYO_OK;
}

dyo_status run_json(api *a, const char *tenant, const char *id, dyo_buf *b, dyo_err *err)
{
  bool over = false;
  return look_at(a, tenant, id, b, &over, err);
}

void api_run(exchange *x)
{
  dyo_err err;
  dyo_buf b = {0};
  if (run_json(x->a, x->tenant, x->params[0], &b, &err) == DYO_OK) api_json(x, 200, &b);
  else api_problem(x, &err);
}

void api_run_cancel(exchange *x)
{
  dyo_err err;
  if (store_run_cancel(x->a->store, x->tenant, x->params[0], clock_now_ms(), &err) != DYO_OK) api_problem(x, &err);
  else api_run(x);
}

/* --- server-sent events ------------------------------------------------------------------------------------------------ */

enum { EVENT_ROOM = 256 << 10, QUIET_TICKS = 40 };

/* Somebody who watches a run or a batch. */
typedef struct watcher {
  struct watcher *next;
  http_stream    *stream;
  api_look        look;
  char            tenant[256], id[ID_CHARS];
  uint8_t         last[DIGEST_SIZE];
  int             quiet; /* ticks since anything was sent */
} watcher;

/* It as it is now, if that is something new. False: it is over, or the client has gone. */
static bool tell(api *a, watcher *w)
{
  dyo_err err;
  uint8_t digest[DIGEST_SIZE];
  bool    over  = false;
  dyo_buf state = {0}, b = {0};
  if (w->look(a, w->tenant, w->id, &state, &over, &err) != DYO_OK) return false;
  dyo_buf_puts(&b, over ? "event: end\ndata: " : "event: progress\ndata: ");
  dyo_buf_add(&b, state.s ? state.s : "", state.n);
  dyo_buf_puts(&b, "\n\n");
  b.failed = b.failed || state.failed;
  dyo_buf_free(&state);
  bool on = !b.failed;
  if (on) digest_of(b.s, b.n, NULL, digest);
  if (on && memcmp(digest, w->last, DIGEST_SIZE) != 0) {
    on = http_stream_write(w->stream, b.s, b.n);
    memcpy(w->last, digest, DIGEST_SIZE);
    w->quiet = 0;
  } else if (++w->quiet >= QUIET_TICKS) {
    on       = on && http_stream_write(w->stream, ": still there\n\n", 15);
    w->quiet = 0;
  }
  dyo_buf_free(&b);
  return on && !over;
}

static void end_watcher(watcher *w)
{
  http_stream_end(w->stream);
  free(w);
}

void events_tick(api *a)
{
  pthread_mutex_lock(&a->lock);
  watcher *list = a->watchers;
  a->watchers   = NULL;
  pthread_mutex_unlock(&a->lock);
  watcher *kept = NULL, **end = &kept;
  for (watcher *w = list, *next = NULL; w; w = next) {
    next    = w->next;
    w->next = NULL;
    if (!atomic_load(&a->stopping) && tell(a, w)) *end = w, end = &w->next;
    else end_watcher(w);
  }
  pthread_mutex_lock(&a->lock);
  *end        = a->watchers;
  a->watchers = kept;
  pthread_mutex_unlock(&a->lock);
}

void api_run_events(exchange *x)
{
  api_watch(x, look_at);
}

void api_watch(exchange *x, api_look look)
{
  dyo_buf  b    = {0};
  bool     over = false;
  dyo_err  err;
  watcher *w = calloc(1, sizeof *w);
  if (!w || look(x->a, x->tenant, x->params[0], &b, &over, &err) != DYO_OK) {
    if (!w) dyo_oom(&err);
    free(w);
    api_problem(x, &err);
    return;
  }
  dyo_buf_free(&b);
  http_reply *p = api_reply(200);
  http_reply_header(p, "Cache-Control", "no-cache");
  http_reply_header(p, "X-Accel-Buffering", "no");
  w->stream = http_reply_stream(p, "text/event-stream", EVENT_ROOM);
  if (!w->stream) {
    free(w);
    http_reply_free(p);
    http_send(x->r, NULL);
    return;
  }
  w->look = look;
  memcpy(w->tenant, x->tenant, sizeof w->tenant);
  snprintf(w->id, sizeof w->id, "%.36s", x->params[0]);
  api *a = x->a;
  api_finish(x, p); /* x may be gone from here on */
  pthread_mutex_lock(&a->lock);
  w->next     = a->watchers;
  a->watchers = w;
  pthread_mutex_unlock(&a->lock);
}
