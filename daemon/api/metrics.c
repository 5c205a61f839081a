/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stored series as JSON, CSV or binary float64. A rendered answer is kept under the request's words and is true while the metric has
 * the version it was rendered at, so that asking again costs one small look into the store. */
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/answers.h"
#include "api/exchange.h"
#include "api/stored.h"
#include "series/dyo_calendar.h"
#include "series/dyo_regular.h"

const dyo_field metric_rows[] = {DYO_STR(metric_out, metric_name, DYO_REQ, 0, "Its name."),
                                 DYO_OUT(metric_out, series, DYO_REQ, "series", "How many series it has."),
                                 DYO_OUT(metric_out, values, DYO_REQ, "values", "How many values they have."),
                                 DYO_STR(metric_out, first, DYO_REQ, 0, "Date of the first value."),
                                 DYO_STR(metric_out, last, DYO_REQ, 0, "Date of the last value."),
                                 DYO_STR(metric_out, changed_at, DYO_NULL, 0, "When values last came, ISO 8601."),
                                 DYO_END(metric_out)};

static void put_metric(dyo_buf *b, const store_metric *m)
{
  char first[DYO_TIME_CHARS], last[DYO_TIME_CHARS], when[CLOCK_TEXT];
  dyo_time_print(m->first, m->first % DYO_DAY != 0, first);
  dyo_time_print(m->last, m->last % DYO_DAY != 0, last);
  const metric_out out = {m->name, first, last, when_text(m->changed, when), (double)m->series, (double)m->values};
  items_add(b, metric_rows, &out);
}

dyo_status metrics_json(api *a, const char *tenant, const store_page *page, dyo_buf *b, dyo_err *err)
{
  store_metric    *list = NULL;
  size_t           n    = 0;
  char             next[STORE_CURSOR];
  const dyo_status st = store_metric_list(a->store, tenant, page, &list, &n, next, err);
  if (st != DYO_OK) return st;
  items_begin(b);
  for (size_t i = 0; i < n; i++) put_metric(b, &list[i]);
  items_end(b, next);
  store_metric_free(list, n);
  free(list);
  return DYO_OK;
}

void api_metrics(exchange *x)
{
  const store_page page = api_page_of(x);
  dyo_err          err;
  dyo_buf          b = {0};
  if (metrics_json(x->a, x->tenant, &page, &b, &err) == DYO_OK) api_json(x, 200, &b);
  else api_problem(x, &err);
}

enum { KEY_ROOM = 2048 };

/* --- one metric ------------------------------------------------------------------------------------------------------ */

typedef enum { AS_JSON, AS_CSV, AS_FLOATS } form;

typedef struct {
  const char *from, *to, *frequency, *dimensions, *cursor;
  int         aggregate, limit;
} metric_in;

const dyo_field metric_query[] = {
  RANGE_ROWS(metric_in),
  DYO_ENUM(metric_in, aggregate, DYO_AGG_SUM, dyo_aggregate_words, "How values that fall together become one."),
  DYO_STR(metric_in, dimensions, DYO_OPT, 4096, "Object of the members that a series must have, as JSON text."),
  DYO_INT(metric_in, limit, 1000, 1, 1000, NULL, "How many series at most."),
  DYO_STR(metric_in, cursor, DYO_OPT, STORE_CURSOR - 1, "next_cursor of the page before; absent: the first page."),
  DYO_END(metric_in)};

/* The answer is written as it is read, by write_json and render_all; these rows say what it is. */
static const dyo_field series_rows[] = {
  DYO_STR(series_out, name, DYO_REQ, 0, "The metric."),
  DYO_JSON(series_out, dimensions, DYO_REQ, "Which of its series this is."),
  DYO_STR(series_out, frequency, DYO_NULL, 0, "Of the values; null: there are none."),
  DYO_STRS(series_out, dates, DYO_REQ, 0, "Dates, ISO 8601."),
  DYO_OUT_NUMS(series_out, values, DYO_F_NULLS, DYO_REQ, NULL, "Values, null where one is missing."),
  DYO_END(series_out)};

const dyo_field metric_answer_rows[] = {
  DYO_LIST(metric_answer, series, DYO_REQ, 0, series_out, series_rows, "Series in the order of their dimensions."),
  DYO_STR(metric_answer, next_cursor, DYO_NULL, 0, "Cursor of the next page; null: this is the last."),
  DYO_END(metric_answer)};

/* What is asked for; texts are the query's. */
typedef struct {
  form        as;
  store_range range;
  dyo_buf     dimensions;
  const char *frequency;
  int         aggregate, limit;
  size_t      skip;
} ask;

static form form_of(const char *accept)
{
  if (accept && strstr(accept, "text/csv")) return AS_CSV;
  if (accept && strstr(accept, "application/octet-stream")) return AS_FLOATS;
  return AS_JSON;
}

static const char *const form_types[] = {"application/json", "text/csv; charset=utf-8", "application/octet-stream"};

static bool time_at(const char *text, int64_t otherwise, int64_t *t)
{
  *t = otherwise;
  return !text || dyo_time_parse(text, t);
}

static dyo_status read_words(const metric_words *w, ask *q, dyo_err *err)
{
  const char *from = w->from, *to = w->to, *how = w->aggregate, *dims = w->dimensions;
  dyo_freq    f;
  q->range.metric = w->metric;
  q->frequency    = w->frequency;
  q->aggregate    = DYO_AGG_SUM;
  q->limit        = w->limit;
  q->skip         = w->skip;
  if (!time_at(from, INT64_MIN, &q->range.from))
    return dyo_fail(err, DYO_INVALID_INPUT, "/from", "found \"%.40s\"; an ISO 8601 date is expected", from);
  if (!time_at(to, INT64_MAX, &q->range.to))
    return dyo_fail(err, DYO_INVALID_INPUT, "/to", "found \"%.40s\"; an ISO 8601 date is expected", to);
  if (q->frequency && !dyo_freq_parse(q->frequency, &f))
    return dyo_fail(err, DYO_INVALID_INPUT, "/frequency",
                    "found \"%.20s\"; H, D, W, M, Q, Y or minutes such as 15min are expected", q->frequency);
  for (int i = 0; how && dyo_aggregate_words[i]; i++)
    if (strcmp(how, dyo_aggregate_words[i]) == 0) q->aggregate = i, how = NULL;
  if (how)
    return dyo_fail(err, DYO_INVALID_INPUT, "/aggregate",
                    "found \"%.20s\"; sum, mean, min, max, first, last or count is expected", how);
  if (dims) {
    const dyo_status st = canonical_dimensions(dims, strlen(dims), &q->dimensions, err);
    if (st != DYO_OK && strcmp(err->path, "/dimensions") == 0) return st;
    if (st != DYO_OK)
      return dyo_fail(err, DYO_INVALID_INPUT, "/dimensions",
                      "found \"%.60s\"; an object such as {\"sku\":\"A\"} is expected", dims);
    q->range.dimensions = q->dimensions.s;
  }
  return DYO_OK;
}

/* One series gathered, then written. */
typedef struct {
  const ask *q;
  dyo_buf   *out;
  char      *dimensions;
  int64_t   *time;
  double    *value;
  size_t     n, cap, series;
  dyo_err   *err;
  dyo_status st;
} render;

static void write_dates(dyo_buf *b, const int64_t *t, size_t n, bool clock)
{
  char text[DYO_TIME_CHARS];
  for (size_t i = 0; i < n; i++) {
    dyo_time_print(t[i], clock, text);
    dyo_buf_puts(b, i ? ",\"" : "\"");
    dyo_buf_puts(b, text);
    dyo_buf_puts(b, "\"");
  }
}

static bool has_clock(const int64_t *t, size_t n)
{
  for (size_t i = 0; i < n; i++)
    if (t[i] % DYO_DAY != 0) return true;
  return false;
}

static void write_json(render *r, const int64_t *t, const double *y, size_t n, const char *frequency)
{
  dyo_buf *b = r->out;
  dyo_buf_puts(b, dyo_buf_last(b) == '[' ? "{" : ",{"); /* the first of this page is not the first of all */
  put_text(b, "name", r->q->range.metric);
  put_json(b, "dimensions", r->dimensions);
  put_text(b, "frequency", frequency[0] ? frequency : NULL);
  put_json(b, "dates", "[");
  write_dates(b, t, n, has_clock(t, n));
  dyo_buf_puts(b, "]");
  put_json(b, "values", "[");
  for (size_t i = 0; i < n; i++) {
    dyo_buf_puts(b, i ? "," : "");
    if (isnan(y[i])) dyo_buf_puts(b, "null");
    else dyo_buf_number(b, y[i]);
  }
  dyo_buf_puts(b, "]}");
}

/* A text as a CSV cell; one that a spreadsheet would run is kept from it. */
static void csv_cell(dyo_buf *b, const char *s)
{
  dyo_buf_puts(b, "\"");
  if (strchr("=+-@", s[0])) dyo_buf_puts(b, "'");
  for (; *s; s++) dyo_buf_add(b, *s == '"' ? "\"\"" : s, *s == '"' ? 2 : 1);
  dyo_buf_puts(b, "\"");
}

static void write_csv(render *r, const int64_t *t, const double *y, size_t n)
{
  const bool clock = has_clock(t, n);
  char       text[DYO_TIME_CHARS];
  for (size_t i = 0; i < n; i++) {
    dyo_time_print(t[i], clock, text);
    csv_cell(r->out, r->q->range.metric);
    dyo_buf_puts(r->out, ",");
    csv_cell(r->out, r->dimensions);
    dyo_buf_printf(r->out, ",%s,", text);
    if (!isnan(y[i])) dyo_buf_number(r->out, y[i]);
    dyo_buf_puts(r->out, "\r\n");
  }
}

/* The series' values on their regular grid at the frequency asked for. */
static dyo_status regular(render *r)
{
  dyo_ctx       ctx;
  dyo_series_in in = {.values = r->value, .n_values = r->n, .frequency = r->q->frequency, .aggregate = r->q->aggregate};
  dyo_notes     notes = {0};
  dyo_regular   g;
  dyo_ctx_init(&ctx, NULL);
  in.dates                     = DYO_NEW(&ctx, r->n, const char *);
  in.n_dates                   = r->n;
  char(*texts)[DYO_TIME_CHARS] = dyo_alloc(&ctx, r->n, DYO_TIME_CHARS);
  dyo_status st                = in.dates && texts ? DYO_OK : dyo_oom(r->err);
  for (size_t i = 0; st == DYO_OK && i < r->n; i++) {
    dyo_time_print(r->time[i], true, texts[i]);
    in.dates[i] = texts[i];
  }
  if (st == DYO_OK) st = dyo_regularize(&ctx, &in, "", &g, &notes, r->err);
  if (st == DYO_INSUFFICIENT_DATA) { /* nothing known in the range: an empty series */
    dyo_ctx_clear(&ctx);
    if (r->q->as == AS_JSON) write_json(r, NULL, NULL, 0, "");
    return DYO_OK;
  }
  int64_t *time = st == DYO_OK ? DYO_NEW(&ctx, g.n, int64_t) : NULL;
  if (st == DYO_OK && !time) st = dyo_oom(r->err);
  if (st == DYO_OK) {
    char frequency[DYO_TIME_CHARS];
    for (size_t i = 0; i < g.n; i++) time[i] = dyo_time_step(g.start, g.freq, (int64_t)i);
    dyo_freq_print(g.freq, frequency);
    if (r->q->as == AS_JSON) write_json(r, time, g.y, g.n, frequency);
    if (r->q->as == AS_CSV) write_csv(r, time, g.y, g.n);
    if (r->q->as == AS_FLOATS) dyo_buf_add(r->out, (const char *)g.y, g.n * sizeof *g.y);
  }
  dyo_ctx_clear(&ctx);
  return st;
}

static bool flush_series(render *r)
{
  if (!r->dimensions) return true;
  const size_t at = r->series;
  if (at >= r->q->skip && at < r->q->skip + (size_t)r->q->limit) r->st = regular(r);
  r->series++;
  r->n = 0;
  free(r->dimensions);
  r->dimensions = NULL;
  return r->st == DYO_OK;
}

static bool room_for(render *r, size_t more)
{
  if (r->n + more <= r->cap) return true;
  size_t cap = r->cap ? r->cap : 1024;
  while (cap < r->n + more) cap *= 2;
  int64_t *time = realloc(r->time, cap * sizeof *time);
  if (time) r->time = time;
  double *value = realloc(r->value, cap * sizeof *value);
  if (value) r->value = value;
  if (time && value) r->cap = cap;
  return time && value;
}

static bool take_values(void *user, const char *dimensions, const int64_t *time, const double *value, size_t n)
{
  render *r = user;
  if (r->dimensions && strcmp(r->dimensions, dimensions) != 0 && !flush_series(r)) return false;
  if (!r->dimensions) r->dimensions = strdup(dimensions);
  if (!r->dimensions || !room_for(r, n)) {
    r->st = dyo_oom(r->err);
    return false;
  }
  memcpy(r->time + r->n, time, n * sizeof *time);
  memcpy(r->value + r->n, value, n * sizeof *value);
  r->n += n;
  return true;
}

static dyo_status render_all(api *a, const char *tenant, const ask *q, dyo_buf *out, dyo_err *err)
{
  render r = {.q = q, .out = out, .err = err};
  if (q->as == AS_JSON) dyo_buf_puts(out, "{\"series\":[");
  if (q->as == AS_CSV) dyo_buf_puts(out, "name,dimensions,date,value\r\n");
  dyo_status st = store_values_read(a->store, tenant, &q->range, take_values, &r, err);
  if (st == DYO_OK && r.st == DYO_OK) flush_series(&r);
  if (st == DYO_OK) st = r.st;
  free(r.dimensions);
  free(r.time);
  free(r.value);
  char next[32];
  snprintf(next, sizeof next, "%zu", q->skip + (size_t)q->limit);
  if (q->as == AS_JSON) {
    dyo_buf_puts(out, "]");
    put_text(out, "next_cursor", r.series > q->skip + (size_t)q->limit ? next : NULL);
    dyo_buf_puts(out, "}");
  }
  return st == DYO_OK && out->failed ? dyo_oom(err) : st;
}

dyo_status metric_json(api *a, const char *tenant, const metric_words *w, dyo_buf *b, dyo_err *err)
{
  ask        q  = {.as = AS_JSON};
  dyo_status st = read_words(w, &q, err);
  if (st == DYO_OK) st = render_all(a, tenant, &q, b, err);
  dyo_buf_free(&q.dimensions);
  return st;
}

static void send_body(exchange *x, form as, http_body *body, const char *etag)
{
  http_reply *p = api_reply(200);
  http_reply_header(p, "ETag", etag);
  http_reply_header(p, "Cache-Control", "private, no-cache");
  http_reply_header(p, "Vary", "Accept");
  http_reply_body(p, form_types[as], body);
  api_finish(x, p);
}

static bool not_modified(exchange *x, const char *etag)
{
  const char *known = http_header(x->r, "If-None-Match");
  if (!known || !strstr(known, etag)) return false;
  http_reply *p = api_reply(304);
  http_reply_header(p, "ETag", etag);
  http_reply_header(p, "Cache-Control", "private, no-cache");
  api_finish(x, p);
  return true;
}

/* Everything the answer depends on, but the version; lengths keep the texts apart. False where that is too long to be kept under. */
static bool key_of(exchange *x, form as, char key[KEY_ROOM])
{
  static const char *const words[] = {"from", "to", "frequency", "aggregate", "dimensions", "limit", "cursor"};
  int n = snprintf(key, KEY_ROOM, "%d%zu:%s%zu:%s", (int)as, strlen(x->tenant), x->tenant, strlen(x->params[0]),
                   x->params[0]);
  for (size_t i = 0; i < sizeof words / sizeof *words && n < KEY_ROOM; i++) {
    const char *value = http_query(x->r, words[i]);
    if (value) n += snprintf(key + n, KEY_ROOM - (size_t)n, "%c%zu:%s", (int)('a' + i), strlen(value), value);
  }
  return n < KEY_ROOM;
}

typedef struct {
  exchange *x;
  int64_t   version;
} miss;

static void render_metric(void *arg)
{
  miss             m   = *(miss *)arg;
  exchange        *x   = m.x;
  dyo_buf          out = {0};
  dyo_err          err;
  char             key[KEY_ROOM], etag[ETAG_CHARS];
  uint8_t          digest[DIGEST_SIZE];
  char             text[DIGEST_CHARS];
  const store_page page = api_page_of(x);
  size_t           skip = 0;
  free(arg);
  if (!store_cursor_counts(&page, &skip, &err)) {
    api_problem(x, &err);
    return;
  }
  ask                q  = {.as = form_of(http_header(x->r, "Accept"))};
  const metric_words w  = {.metric     = x->params[0],
                           .dimensions = http_query(x->r, "dimensions"),
                           .from       = http_query(x->r, "from"),
                           .to         = http_query(x->r, "to"),
                           .frequency  = http_query(x->r, "frequency"),
                           .aggregate  = http_query(x->r, "aggregate"),
                           .limit      = http_query(x->r, "limit") ? page.limit : 1000,
                           .skip       = skip};
  dyo_status         st = read_words(&w, &q, &err);
  if (st == DYO_OK) st = render_all(x->a, x->tenant, &q, &out, &err);
  dyo_buf_free(&q.dimensions);
  if (st != DYO_OK) {
    dyo_buf_free(&out);
    api_problem(x, &err);
    return;
  }
  digest_of(out.s ? out.s : "", out.n, NULL, digest);
  digest_text(digest, text);
  snprintf(etag, sizeof etag, "\"%.32s\"", text);
  char      *fit  = realloc(out.s, out.n ? out.n : 1); /* what is kept has no room to spare */
  http_body *body = http_body_new(fit ? fit : out.s, out.n);
  if (key_of(x, q.as, key)) answer_keep(x->a->answers, key, m.version, body, etag);
  send_body(x, q.as, body, etag);
}

/* The body that is kept for the request, one more holder of it; or NULL, and *version is that of the metric, or 0 after an error. */
static http_body *kept_body(exchange *x, form as, int64_t *version, char etag[ETAG_CHARS], dyo_err *err)
{
  char           key[KEY_ROOM];
  api           *a       = x->a;
  const bool     keyed   = key_of(x, as, key);
  const uint64_t changes = store_changes(a->store);
  http_body     *b       = keyed ? answer_still(a->answers, key, changes, etag) : NULL;
  if (b) return b;
  if (store_metric_version(a->store, x->tenant, x->params[0], version, err) != DYO_OK) *version = 0;
  return keyed && *version ? answer_find(a->answers, key, *version, changes, etag) : NULL;
}

void api_metric(exchange *x)
{
  char       etag[ETAG_CHARS];
  int64_t    version = 0;
  dyo_err    err;
  const form as   = form_of(http_header(x->r, "Accept"));
  http_body *kept = kept_body(x, as, &version, etag, &err);
  if (kept) {
    atomic_fetch_add(&x->a->counts.cache_hits, 1);
    if (not_modified(x, etag)) http_body_free(kept);
    else send_body(x, as, kept, etag);
    return;
  }
  if (version == 0) {
    api_problem(x, &err);
    return;
  }
  miss *m = malloc(sizeof *m);
  if (m) *m = (miss){x, version};
  http_hold(x->r);
  if (m && pool_add(x->a->requests, render_metric, m)) return;
  free(m);
  http_send(x->r, NULL);
}
