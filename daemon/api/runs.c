/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "api/exchange.h"
#include "api/stored.h"
#include "base/clock.h"
#include "jobs/work.h"

void put_run(dyo_buf *b, const store_run *r)
{
  dyo_buf_puts(b, "{");
  put_text(b, "run_id", r->id);
  put_text(b, "kind", r->kind);
  put_text(b, "subject", r->subject);
  put_text(b, "state", store_run_words[r->state]);
  put_text(b, "method", r->method);
  put_json(b, "fraction", "");
  dyo_buf_number(b, r->fraction >= 0 && r->fraction <= 1 ? r->fraction : 0);
  put_text(b, "stage", r->stage);
  put_whole(b, "rows_read", r->rows_read);
  put_whole(b, "rows_stored", r->rows_stored);
  put_whole(b, "rows_rejected", r->rows_rejected);
  put_json(b, "checkpoint", r->checkpoint);
  put_when(b, "created_at", r->created);
  put_when(b, "started_at", r->started);
  put_when(b, "finished_at", r->finished);
  put_json(b, "cancel_asked", r->cancel_asked ? "true" : "false");
  put_json(b, "result", r->result);
  put_json(b, "error", r->code ? "{" : NULL);
  if (r->code) {
    put_text(b, "code", r->code);
    put_text(b, "path", r->path ? r->path : "");
    put_text(b, "message", r->message ? r->message : "");
    dyo_buf_puts(b, "}");
  }
  dyo_buf_puts(b, "}");
}

void api_runs(exchange *x)
{
  store_page page;
  store_run *list = NULL;
  size_t     n    = 0;
  char       next[STORE_CURSOR];
  dyo_err    err;
  dyo_buf    b = {0};
  if (!api_page_of(x, &page)) return;
  if (store_run_list(x->a->store, x->tenant, &page, &list, &n, next, &err) != DYO_OK) {
    api_problem(x, &err);
    return;
  }
  dyo_buf_puts(&b, "{\"items\":[");
  for (size_t i = 0; i < n; i++) {
    dyo_buf_puts(&b, i ? "," : "");
    put_run(&b, &list[i]);
  }
  dyo_buf_puts(&b, "]");
  put_text(&b, "next_cursor", next[0] ? next : NULL);
  dyo_buf_puts(&b, "}");
  store_run_free(list, n);
  free(list);
  api_json(x, 200, &b);
}

dyo_status run_json(api *a, const char *tenant, const char *id, dyo_buf *b, dyo_err *err)
{
  store_run        r;
  const dyo_status st = store_run_get(a->store, tenant, id, &r, err);
  if (st != DYO_OK) return st;
  put_run(b, &r);
  store_run_free(&r, 1);
  return DYO_OK;
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

/* Somebody who watches a run. */
typedef struct watcher {
  struct watcher *next;
  http_stream    *stream;
  char            tenant[256], id[ID_CHARS];
  uint8_t         last[DIGEST_SIZE];
  int             quiet; /* ticks since anything was sent */
} watcher;

/* The run as it is now, if that is something new. False: it is over, or the client has gone. */
static bool tell(api *a, watcher *w)
{
  store_run r;
  dyo_err   err;
  uint8_t   digest[DIGEST_SIZE];
  dyo_buf   b = {0};
  if (store_run_get(a->store, w->tenant, w->id, &r, &err) != DYO_OK) return false;
  const bool over = r.state > RUN_RUNNING;
  dyo_buf_puts(&b, over ? "event: end\ndata: " : "event: progress\ndata: ");
  put_run(&b, &r);
  dyo_buf_puts(&b, "\n\n");
  store_run_free(&r, 1);
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
  store_run r;
  dyo_err   err;
  watcher  *w = calloc(1, sizeof *w);
  if (!w || store_run_get(x->a->store, x->tenant, x->params[0], &r, &err) != DYO_OK) {
    if (!w) dyo_oom(&err);
    free(w);
    api_problem(x, &err);
    return;
  }
  store_run_free(&r, 1);
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
  memcpy(w->tenant, x->tenant, sizeof w->tenant);
  memcpy(w->id, r.id, sizeof w->id);
  api *a = x->a;
  http_send(x->r, p); /* x may be gone from here on */
  pthread_mutex_lock(&a->lock);
  w->next     = a->watchers;
  a->watchers = w;
  pthread_mutex_unlock(&a->lock);
}
