/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "connect/sync.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "connect/pieces.h"

enum { OBJECTS_MOST = 200, METRICS_MOST = 2000, SUM_TEXT = 65 };

static const char wrapped[] = "{\"mark\":\"%s\",\"at\":%s}";

bool sync_cancelled(const sync_run *y)
{
  return session_cancelled(y->s);
}

void sync_stage(sync_run *y, const char *stage)
{
  if (y->job->stage) atomic_store(y->job->stage, stage);
}

static void show_progress(sync_run *y)
{
  double sum = 0;
  for (size_t i = 0; i < y->n_objects; i++) {
    const sync_object *o     = &y->objects[i];
    const int64_t      whole = o->expected + o->part_expected, have = o->received + o->part_received;
    sum += o->done ? 1 : whole > 0 ? 0.95 * fmin(1, (double)have / (double)whole) : 0;
  }
  if (y->job->fraction && y->n_objects) atomic_store(y->job->fraction, sum / (double)y->n_objects);
}

/* --- objects --------------------------------------------------------------------------------------------------------------- */

static sync_object *object_of(sync_run *y, const char *name)
{
  for (size_t i = 0; i < y->n_objects; i++)
    if (strcmp(y->objects[i].name, name) == 0) return &y->objects[i];
  return NULL;
}

dyo_status sync_open(sync_run *y, const char *object, const char *mark, const char **state, bool *done, dyo_err *err)
{
  char *stored = NULL, held[DIGEST_CHARS] = "";
  *state = "{}";
  *done  = false;
  y->at  = object_of(y, object);
  if (!y->at) return dyo_fail(err, DYO_INTERNAL, "", "an object that was not named");
  y->mark             = mark;
  y->at->opened       = true;
  *done               = y->at->done;
  const dyo_status st = store_mirror_state(y->s->c->o.store, y->s->tenant, y->s->source_id, object, &stored, err);
  if (st != DYO_OK) return st;
  const dyo_piece whole = piece_of(stored, strlen(stored)), at = piece_member(whole, "at");
  piece_copy(piece_member(whole, "mark"), held, sizeof held);
  const bool same = strcmp(held, mark) == 0;
  y->remap        = !same;
  if (same && at.s) *state = dyo_text(&y->s->ctx, "%.*s", (int)at.n, at.s);
  free(stored);
  return *state ? DYO_OK : dyo_oom(err);
}

/* --- records -------------------------------------------------------------------------------------------------------------------- */

void sync_part(sync_run *y, int64_t expected)
{
  y->at->part_expected = y->at->part_received + expected;
}

void sync_part_again(sync_run *y)
{
  y->at->part_received = y->at->part_expected = 0;
}

bool sync_part_end(sync_run *y)
{
  sync_object *o     = y->at;
  const bool   whole = o->part_expected == o->part_received;
  o->expected += o->part_expected;
  o->received += o->part_received;
  o->part_expected = o->part_received = 0;
  return whole;
}

static bool grow(sync_run *y)
{
  const size_t   cap  = y->cap ? 2 * y->cap : 1024;
  mirror_record *more = realloc(y->records, cap * sizeof *more);
  if (!more) return false;
  y->records = more;
  y->cap     = cap;
  return true;
}

dyo_status sync_add(sync_run *y, const sync_record *r, dyo_err *err)
{
  if (y->n == y->cap && !grow(y)) return dyo_oom(err);
  mirror_record m       = {.id      = dyo_text(&y->batch, "%s", r->id),
                           .stamp   = dyo_text(&y->batch, "%s", r->stamp),
                           .deleted = r->deleted,
                           .cells   = r->cells,
                           .n_cells = r->n_cells};
  char         *content = NULL;
  if (r->content && !r->deleted) {
    content = DYO_NEW(&y->batch, r->n_content + 1, char);
    if (content) memcpy(content, r->content, r->n_content);
    m.content = content;
  }
  if (!m.id || !m.stamp || (r->content && !r->deleted && !content)) return dyo_oom(err);
  y->records[y->n++] = m;
  y->values += m.n_cells;
  if (r->asked) y->at->part_received++;
  return DYO_OK;
}

bool sync_much(const sync_run *y, size_t records)
{
  return y->n >= records || y->values >= STORE_VALUES_MOST;
}

void sync_drop(sync_run *y)
{
  y->n = y->values = 0;
  dyo_ctx_clear(&y->batch);
}

/* --- metrics that changed --------------------------------------------------------------------------------------------------------- */

static bool note_metric(sync_run *y, const char *name)
{
  for (size_t i = 0; i < y->n_metrics; i++)
    if (strcmp(y->metrics[i], name) == 0) return true;
  if (y->n_metrics == METRICS_MOST) return true;
  char **more = realloc(y->metrics, (y->n_metrics + 1) * sizeof *more);
  if (!more) return false;
  y->metrics               = more;
  y->metrics[y->n_metrics] = strdup(name);
  return y->metrics[y->n_metrics++] != NULL;
}

/* Told by the store, which knows what is part of which value; without memory for it the checkpoint fails. */
static void touched(void *user, const char *metric)
{
  sync_run *y = user;
  if (!note_metric(y, metric)) y->text.failed = true;
}

/* Objects that an earlier attempt of this run named are there already. */
dyo_status sync_objects(sync_run *y, const char *const *names, dyo_err *err)
{
  size_t n = 0;
  while (names[n]) n++;
  if (n > OBJECTS_MOST)
    return dyo_fail(err, DYO_TOO_LARGE, "", "%zu objects; at most %d are kept", n, (int)OBJECTS_MOST);
  sync_object *list = calloc(n + 1, sizeof *list);
  if (!list) return dyo_oom(err);
  for (size_t i = 0; i < n; i++) {
    const sync_object *before = object_of(y, names[i]);
    if (before) list[i] = *before;
    list[i].source_live = before ? before->source_live : -1;
    snprintf(list[i].name, sizeof list[i].name, "%s", names[i]);
  }
  free(y->objects);
  y->objects   = list;
  y->n_objects = n;
  return store_mirror_keep(y->s->c->o.store, y->s->tenant, y->s->source_id, names, touched, y, err);
}

/* --- the checkpoint ------------------------------------------------------------------------------------------------------------------ */

static void sum_text(const mirror_sum *s, char out[SUM_TEXT])
{
  for (int i = 0; i < 4; i++) snprintf(out + 16 * i, 17, "%016llx", (unsigned long long)s->w[i]);
}

static void sum_read(const char *text, mirror_sum *s)
{
  for (int i = 0; i < 4; i++) {
    char part[17];
    snprintf(part, sizeof part, "%.16s", strlen(text) == 64 ? text + 16 * i : "0");
    s->w[i] = strtoull(part, NULL, 16);
  }
}

static void put_object(dyo_buf *b, const sync_object *o)
{
  char text[SUM_TEXT];
  sum_text(&o->sum, text);
  dyo_buf_puts(b, dyo_buf_last(b) == '[' ? "{\"object\":" : ",{\"object\":");
  dyo_buf_string(b, o->name);
  dyo_buf_printf(b, ",\"done\":%s,\"missing\":%s,\"failed\":%s,\"full\":%s,\"reason\":", o->done ? "true" : "false",
                 o->missing ? "true" : "false", o->failed ? "true" : "false", o->full ? "true" : "false");
  dyo_buf_string(b, o->reason);
  const struct {
    const char *name;
    int64_t     v;
  } counts[] = {{"expected", o->expected},
                {"received", o->received},
                {"repeated", o->again},
                {"added", o->added},
                {"changed", o->changed},
                {"removed", o->removed},
                {"rejected", o->rejected},
                {"stored", o->stored},
                {"live", o->live},
                {"source_live", o->source_live},
                {"part_expected", o->part_expected},
                {"part_received", o->part_received}};
  for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
    dyo_buf_printf(b, ",\"%s\":%lld", counts[i].name, (long long)counts[i].v);
  dyo_buf_printf(b, ",\"sum\":\"%s\",", text);
  sum_text(&o->stored_sum, text);
  dyo_buf_printf(b, "\"stored_sum\":\"%s\"}", text);
}

static void put_metrics(const sync_run *y, dyo_buf *b)
{
  dyo_buf_puts(b, "[");
  for (size_t i = 0; i < y->n_metrics; i++) {
    dyo_buf_puts(b, i ? "," : "");
    dyo_buf_string(b, y->metrics[i]);
  }
  dyo_buf_puts(b, "]");
}

static const char *put_checkpoint(sync_run *y)
{
  y->text.n = 0;
  dyo_buf_puts(&y->text, "{\"objects\":[");
  for (size_t i = 0; i < y->n_objects; i++)
    if (y->objects[i].opened || y->objects[i].done) put_object(&y->text, &y->objects[i]);
  dyo_buf_puts(&y->text, "],\"metrics\":");
  put_metrics(y, &y->text);
  dyo_buf_puts(&y->text, "}");
  return y->text.failed ? NULL : y->text.s;
}

static bool read_object(void *user, dyo_piece p)
{
  sync_run    *y = user;
  char         text[SUM_TEXT];
  sync_object *o = &y->objects[y->n_objects];
  if (y->n_objects == OBJECTS_MOST || !piece_copy(piece_member(p, "object"), o->name, sizeof o->name)) return true;
  piece_copy(piece_member(p, "reason"), o->reason, sizeof o->reason);
  o->opened  = true;
  o->done    = piece_word(piece_member(p, "done"), "true");
  o->missing = piece_word(piece_member(p, "missing"), "true");
  o->failed  = piece_word(piece_member(p, "failed"), "true");
  o->full    = piece_word(piece_member(p, "full"), "true");
  const struct {
    const char *name;
    int64_t    *v;
  } counts[] = {{"expected", &o->expected},
                {"received", &o->received},
                {"repeated", &o->again},
                {"added", &o->added},
                {"changed", &o->changed},
                {"removed", &o->removed},
                {"rejected", &o->rejected},
                {"stored", &o->stored},
                {"live", &o->live},
                {"source_live", &o->source_live},
                {"part_expected", &o->part_expected},
                {"part_received", &o->part_received}};
  for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
    *counts[i].v = piece_whole(piece_member(p, counts[i].name), 0);
  piece_copy(piece_member(p, "sum"), text, sizeof text);
  sum_read(text, &o->sum);
  piece_copy(piece_member(p, "stored_sum"), text, sizeof text);
  sum_read(text, &o->stored_sum);
  y->n_objects++;
  return true;
}

static bool read_metric(void *user, dyo_piece p)
{
  char      *name = piece_string(p);
  const bool ok   = name && note_metric(user, name);
  free(name);
  return ok;
}

static dyo_status read_checkpoint(sync_run *y, dyo_err *err)
{
  const char *text = y->job->checkpoint;
  y->objects       = calloc(OBJECTS_MOST, sizeof *y->objects);
  if (!y->objects) return dyo_oom(err);
  if (!text || dyo_json_check(text, strlen(text), err) != DYO_OK) return DYO_OK;
  const dyo_piece whole = piece_of(text, strlen(text));
  piece_items(piece_member(whole, "objects"), read_object, y);
  piece_items(piece_member(whole, "metrics"), read_metric, y);
  return DYO_OK;
}

/* --- committing ------------------------------------------------------------------------------------------------------------------------ */

/* On the writer's thread, inside the transaction: only now is it known which records had come before in this run. */
static const char *told(void *user, const mirror_effect *e, store_progress *p)
{
  sync_run    *y = user;
  sync_object *o = y->at;
  *o             = y->before; /* it may be asked again, for another try */
  p->rows_read = p->rows_stored = p->rows_rejected = 0;
  for (size_t i = 0; i < y->n; i++) {
    const mirror_record *r = &y->records[i];
    mirror_sum           one;
    mirror_sum_of(r->id, r->stamp, r->deleted, r->content, &one);
    mirror_sum_add(&o->sum, &one);
  }
  mirror_sum_take(&o->sum, &e->again_sum);
  o->again += e->again;
  o->added += e->added;
  o->changed += e->changed;
  o->removed += e->removed;
  for (size_t i = 0; i < y->n_objects; i++) {
    const sync_object *one = &y->objects[i];
    p->rows_read += one->received + one->part_received;
    p->rows_stored += one->added + one->changed + one->removed;
    p->rows_rejected += one->rejected;
  }
  return put_checkpoint(y);
}

dyo_status sync_commit(sync_run *y, const char *state, dyo_err *err)
{
  char          *held     = NULL;
  store_progress progress = {.id = y->job->run_id, .epoch = y->job->epoch};
  mirror_effect  effect;
  y->before = *y->at;
  if (sync_cancelled(y)) return session_fail(y->s, FAULT_CANCELLED, "", err, "cancelled; what was stored before stays");
  if (state) {
    const size_t room = strlen(state) + strlen(y->mark) + sizeof wrapped;
    held              = malloc(room);
    if (!held) return dyo_oom(err);
    snprintf(held, room, wrapped, y->mark, state);
  }
  const mirror_batch b  = {.source_id = y->s->source_id,
                           .object    = y->at->name,
                           .run       = y->job->run_no,
                           .remap     = y->remap,
                           .records   = y->records,
                           .n         = y->n,
                           .state     = held,
                           .progress  = &progress,
                           .told      = told,
                           .touched   = touched,
                           .user      = y};
  const dyo_status   st = store_mirror_put(y->s->c->o.store, y->s->tenant, &b, &effect, err);
  free(held);
  if (st != DYO_OK) *y->at = y->before;
  if (st == DYO_TOO_LARGE) y->no_room = true;
  sync_drop(y);
  show_progress(y);
  return st;
}

/* --- the proof -------------------------------------------------------------------------------------------------------------------------- */

void sync_short(sync_run *y, const char *fmt, ...)
{
  va_list args;
  y->at->missing = true;
  if (y->at->reason[0]) return; /* the first reason is the one that is told */
  va_start(args, fmt);
  vsnprintf(y->at->reason, sizeof y->at->reason, fmt, args);
  va_end(args);
}

void sync_lost(sync_run *y, const dyo_err *why)
{
  sync_object *o = y->at;
  o->done        = true;
  o->received += o->part_received;
  o->expected += o->part_expected;
  o->part_expected = o->part_received = 0;
  o->failed                           = o->received == 0;
  o->missing                          = o->received > 0;
  snprintf(o->reason, sizeof o->reason, "%.190s", why->message);
  sync_drop(y);
}

static bool same_sum(const mirror_sum *a, const mirror_sum *b)
{
  return memcmp(a->w, b->w, sizeof a->w) == 0;
}

/* Everything that came is read back from the store. */
dyo_status sync_close(sync_run *y, int64_t source_live, dyo_err *err)
{
  sync_object   *o = y->at;
  mirror_figures f;
  dyo_status     st =
    store_mirror_figures(y->s->c->o.store, y->s->tenant, y->s->source_id, o->name, y->job->run_no, &f, err);
  if (st != DYO_OK) return st;
  o->source_live = source_live;
  o->live        = f.live;
  o->stored      = f.written;
  o->stored_sum  = f.sum;
  if (!same_sum(&o->sum, &o->stored_sum)) sync_short(y, "what is stored is not what came: their digests differ");
  if (source_live >= 0 && source_live != o->live)
    sync_short(y, "the source has %lld records, the mirror %lld", (long long)source_live, (long long)o->live);
  o->done = true;
  return sync_commit(y, NULL, err);
}

/* --- the run ------------------------------------------------------------------------------------------------------------------------------ */

static void put_proof(dyo_buf *b, const sync_object *o)
{
  char sums[2][SUM_TEXT];
  sum_text(&o->sum, sums[0]);
  sum_text(&o->stored_sum, sums[1]);
  const char *state = o->failed || !o->opened ? "failed" : o->missing || !o->done ? "partial" : "succeeded";
  dyo_buf_puts(b, dyo_buf_last(b) == '[' ? "{\"object\":" : ",{\"object\":");
  dyo_buf_string(b, o->name);
  dyo_buf_printf(b, ",\"state\":\"%s\",\"reason\":", state);
  if (o->reason[0]) dyo_buf_string(b, o->reason);
  else dyo_buf_puts(b, "null");
  dyo_buf_printf(
    b,
    ",\"expected\":%lld,\"received\":%lld,\"repeated\":%lld,\"stored\":%lld,\"added\":%lld,\"changed\":%lld,"
    "\"removed\":%lld,\"rejected\":%lld,\"stored_live\":%lld,\"source_live\":",
    (long long)o->expected, (long long)o->received, (long long)o->again, (long long)o->stored, (long long)o->added,
    (long long)o->changed, (long long)o->removed, (long long)o->rejected, (long long)o->live);
  if (o->source_live >= 0) dyo_buf_printf(b, "%lld", (long long)o->source_live);
  else dyo_buf_puts(b, "null");
  dyo_buf_printf(b, ",\"full_compare\":%s,\"digest_received\":\"%s\",\"digest_stored\":\"%s\"}",
                 o->full ? "true" : "false", sums[0], sums[1]);
}

static store_run_state state_of(const sync_run *y, dyo_status st)
{
  size_t good = 0, some = 0;
  for (size_t i = 0; i < y->n_objects; i++) {
    const sync_object *o = &y->objects[i];
    good += o->done && !o->missing && !o->failed;
    some += o->added + o->changed + o->removed > 0 || (o->done && !o->failed);
  }
  if (y->s->last == FAULT_CANCELLED && st != DYO_OK) return RUN_CANCELLED;
  if (st == DYO_OK && good == y->n_objects) return RUN_SUCCEEDED;
  if (st != DYO_OK && (y->no_room || y->s->last == FAULT_QUOTA)) return RUN_PARTIAL;
  return some > 0 ? RUN_PARTIAL : RUN_FAILED;
}

static void explain(const sync_run *y, connect_outcome *out, dyo_status st, const dyo_err *err)
{
  if (st != DYO_OK) {
    out->why = *err;
    return;
  }
  for (size_t i = 0; i < y->n_objects; i++)
    if (y->objects[i].failed || y->objects[i].missing) {
      dyo_fail(&out->why, DYO_UPSTREAM_ERROR, "", "%.60s: %.180s", y->objects[i].name, y->objects[i].reason);
      return;
    }
}

static dyo_status put_outcome(sync_run *y, connect_outcome *out, dyo_status st, const dyo_err *why, dyo_err *err)
{
  dyo_buf result = {0}, metrics = {0};
  out->state  = state_of(y, st);
  out->method = y->method;
  explain(y, out, st, why);
  dyo_buf_puts(&result, "{\"objects\":[");
  for (size_t i = 0; i < y->n_objects; i++) {
    const sync_object *o = &y->objects[i];
    put_proof(&result, o);
    out->read += o->received;
    out->stored += o->added + o->changed + o->removed;
    out->rejected += o->rejected;
  }
  dyo_buf_printf(&result,
                 "],\"requests\":%lld,\"retries\":%lld,\"method\":\"%s\",\"fallback\":", (long long)y->s->requests,
                 (long long)y->s->retries, y->method);
  if (y->fallback[0]) dyo_buf_string(&result, y->fallback);
  else dyo_buf_puts(&result, "null");
  dyo_buf_puts(&result, "}");
  put_metrics(y, &metrics);
  out->result  = result.s;
  out->metrics = metrics.s;
  return result.failed || metrics.failed ? dyo_oom(err) : DYO_OK;
}

void connect_outcome_free(connect_outcome *o)
{
  free(o->result);
  free(o->metrics);
  *o = (connect_outcome){0};
}

/* The connector as the run leaves it. */
static dyo_status note_source(const sync_run *y, const connect_outcome *out, dyo_err *err)
{
  const char   *state   = out->state == RUN_SUCCEEDED   ? "ready"
                          : out->state == RUN_CANCELLED ? "ready"
                          : y->s->last == FAULT_AUTH    ? "needs_reauth"
                                                        : "failing";
  const char   *message = out->state == RUN_SUCCEEDED || out->state == RUN_CANCELLED ? NULL : out->why.message;
  const int64_t when    = out->state == RUN_SUCCEEDED || out->state == RUN_PARTIAL ? clock_now_ms() : 0;
  return store_source_note(y->s->c->o.store, y->s->tenant, y->s->source_id, state, message, when, err);
}

static void free_run(sync_run *y)
{
  for (size_t i = 0; i < y->n_metrics; i++) free(y->metrics[i]);
  free(y->metrics);
  free(y->objects);
  free(y->records);
  dyo_buf_free(&y->text);
  dyo_ctx_clear(&y->batch);
}

/* Of our own errors the run itself ends: the disk is full, the lease is lost, memory ran out. */
static bool ours(dyo_status st)
{
  return st != DYO_OK && st != DYO_UPSTREAM_ERROR && st != DYO_CANCELLED;
}

dyo_status connect_sync(connect_hub *c, const connect_job *job, connect_outcome *out, dyo_err *err)
{
  sync_run y    = {.job = job, .method = "api"};
  dyo_err  why  = {0};
  *out          = (connect_outcome){0};
  dyo_status st = session_open(c, job->tenant, job->source_id, job->cancel, &y.s, err);
  if (st != DYO_OK) return st;
  dyo_ctx_init(&y.batch, NULL);
  st = read_checkpoint(&y, err);
  if (st == DYO_OK) st = y.s->kind->pull(&y, &why);
  if (ours(st) && !y.no_room) *err = st == why.code ? why : *err;
  else st = put_outcome(&y, out, st, &why, err);
  if (st == DYO_OK) st = note_source(&y, out, err);
  if (st != DYO_OK) connect_outcome_free(out);
  free_run(&y);
  session_close(y.s);
  return st;
}
