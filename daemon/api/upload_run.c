/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a file to values in the store: series.parse reads it, batches of values go into the store, each with its checkpoint. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "api/arrived.h"
#include "api/upload.h"
#include "base/clock.h"
#include "series/dyo_calendar.h"
#include "series/dyo_parse.h"
#include "store/quotas.h"

enum { SHOWN = 1000 };

/* --- options --------------------------------------------------------------------------------------------------------- */

/* "a,b" as ["a","b"] */
static void put_list(dyo_buf *b, const char *text)
{
  dyo_buf_puts(b, "[");
  for (const char *at = text; at;) {
    const char  *end = strchr(at, ',');
    const size_t n   = end ? (size_t)(end - at) : strlen(at);
    char        *one = strndup(at, n);
    if (at != text) dyo_buf_puts(b, ",");
    if (one) dyo_buf_string(b, one);
    else b->failed = true;
    free(one);
    at = end ? end + 1 : NULL;
  }
  dyo_buf_puts(b, "]");
}

bool upload_file_field(const dyo_field *f)
{
  return f->type == DYO_T_BYTES || strcmp(f->name, "content_base64") == 0 || strcmp(f->name, "path") == 0 ||
         strcmp(f->name, "name") == 0;
}

dyo_status upload_options(upload_option of, void *user, dyo_buf *b, dyo_err *err)
{
  dyo_buf_puts(b, "{");
  for (const dyo_field *f = dyo_parse_in_rows; f->name; f++) {
    const char *value = upload_file_field(f) ? NULL : of(user, f->name);
    char       *end   = NULL;
    if (!value) continue;
    if (f->type == DYO_T_STR || f->type == DYO_T_ENUM) {
      put_text(b, f->name, value);
    } else if (f->type == DYO_T_STRS) {
      put_json(b, f->name, "");
      put_list(b, value);
    } else if (f->type == DYO_T_INT) {
      const long whole = strtol(value, &end, 10);
      if (end == value || *end) {
        char path[64];
        snprintf(path, sizeof path, "/%s", f->name);
        return dyo_fail(err, DYO_INVALID_INPUT, path, "found \"%.40s\"; a whole number is expected", value);
      }
      put_whole(b, f->name, whole);
    }
  }
  dyo_buf_puts(b, "}");
  return b->failed ? dyo_oom(err) : DYO_OK;
}

dyo_status upload_request(const upload_plan *plan, dyo_buf *b, dyo_err *err)
{
  dyo_buf_puts(b, "{");
  put_text(b, "source_id", plan->source_id);
  put_text(b, "raw_id", plan->raw_id);
  put_text(b, "name", plan->name);
  put_json(b, "options", plan->options);
  put_json(b, "fresh", plan->fresh ? "true" : "false");
  dyo_buf_puts(b, "}");
  return b->failed ? dyo_oom(err) : DYO_OK;
}

/* --- reading ----------------------------------------------------------------------------------------------------------- */

static size_t read_at(void *user, uint64_t offset, void *buf, size_t n)
{
  const ssize_t got = pread(*(const int *)user, buf, n, (off_t)offset);
  return got > 0 ? (size_t)got : 0;
}

static double host_now(void *user)
{
  (void)user;
  return clock_monotonic();
}

static bool host_progress(void *user, double fraction, const char *stage)
{
  work *w = user;
  atomic_store(&w->fraction, fraction / 2); /* storing is the other half */
  atomic_store(&w->stage, stage);
  return atomic_load(&w->cancel) != 0;
}

static dyo_status parse_file(dyo_ctx *ctx, const upload_plan *plan, const dyo_source *file, dyo_parse_out *out,
                             dyo_err *err)
{
  dyo_parse_in in = {0};
  dyo_buf      b  = {0};
  ctx->files      = file;
  ctx->n_files    = 1;
  dyo_buf_puts(&b, "{\"content\":{\"$bytes\":0}");
  if (plan->name && plan->name[0]) put_text(&b, "name", plan->name);
  const size_t n = strlen(plan->options);
  if (n > 2) {
    dyo_buf_puts(&b, ",");
    dyo_buf_add(&b, plan->options + 1, n - 2);
  }
  dyo_buf_puts(&b, "}");
  dyo_status st = b.failed ? dyo_oom(err) : dyo_json_decode(ctx, b.s, b.n, dyo_parse_in_rows, &in, err);
  dyo_buf_free(&b);
  if (st == DYO_OK) st = dyo_parse(ctx, &in, out, err);
  if (st == DYO_OK && out->n_questions) {
    char path[64];
    snprintf(path, sizeof path, "/%.60s", out->questions[0].field);
    return dyo_fail(err, DYO_INVALID_INPUT, path, "%s", out->questions[0].message);
  }
  return st;
}

/* --- storing ------------------------------------------------------------------------------------------------------------- */

typedef struct {
  api               *a;
  work              *w;
  const upload_plan *plan;
  store_value       *v; /* STORE_VALUES_MOST */
  size_t             n;
  int64_t            stored, total;
} batch;

static dyo_status flush(batch *b, const dyo_parse_out *p, dyo_err *err)
{
  char checkpoint[64];
  if (b->n == 0) return DYO_OK;
  if (atomic_load(&b->w->cancel))
    return dyo_fail(err, DYO_CANCELLED, "", "cancelled; %lld values had been stored", (long long)b->stored);
  const int64_t stored = b->stored + (int64_t)b->n;
  snprintf(checkpoint, sizeof checkpoint, "{\"values\":%lld}", (long long)stored);
  const store_progress at = {b->w->run.id, b->w->run.epoch, checkpoint, p->rows_read, p->rows_used, p->rejected_count};
  const dyo_status     st = store_values_put(b->a->store, b->plan->tenant, b->plan->source_id, b->v, b->n, &at, err);
  b->n                    = 0;
  if (st != DYO_OK) return st;
  b->stored = stored;
  atomic_store(&b->w->stage, "storing");
  atomic_store(&b->w->fraction, 0.5 + 0.5 * (double)b->stored / (double)(b->total ? b->total : 1));
  return DYO_OK;
}

/* Dimensions as the store keys series by them. */
static dyo_status dimensions_of(dyo_ctx *ctx, const dyo_parse_series *s, const char **text, dyo_err *err)
{
  dyo_buf plain = {0}, sorted = {0};
  dyo_buf_puts(&plain, "{");
  for (size_t i = 0; i < s->n_dimensions; i++) {
    dyo_buf_puts(&plain, i ? "," : "");
    dyo_buf_string(&plain, s->dimensions[i].name);
    dyo_buf_puts(&plain, ":");
    dyo_buf_string(&plain, s->dimensions[i].value);
  }
  dyo_buf_puts(&plain, "}");
  dyo_status st = plain.failed ? dyo_oom(err) : canonical_dimensions(plain.s, plain.n, &sorted, err);
  *text         = st == DYO_OK && !sorted.failed ? dyo_text(ctx, "%s", sorted.s) : NULL;
  if (st == DYO_OK && !*text) st = dyo_oom(err);
  dyo_buf_free(&plain);
  dyo_buf_free(&sorted);
  return st;
}

static const char *metric_of(const dyo_parse_series *s)
{
  return s->column && s->column[0] ? s->column : s->name && s->name[0] ? s->name : "value";
}

/* Numbered rows have no date: they are days from the first of 1970 on, which series without dates are known by. */
static dyo_status time_at(const dyo_parse_series *s, size_t i, dyo_time *t, dyo_err *err)
{
  *t = (dyo_time)i * DYO_DAY;
  if (s->dates && !dyo_time_parse(s->dates[i], t))
    return dyo_fail(err, DYO_INTERNAL, "", "a date was not understood twice");
  return DYO_OK;
}

static dyo_status put_series(batch *b, dyo_ctx *ctx, const dyo_parse_out *p, const dyo_parse_series *s, dyo_err *err)
{
  const char *dimensions = NULL;
  dyo_status  st         = dimensions_of(ctx, s, &dimensions, err);
  for (size_t i = 0; st == DYO_OK && i < s->n_values; i++) {
    dyo_time t = 0;
    st         = time_at(s, i, &t, err);
    if (st != DYO_OK) return st;
    b->v[b->n++] = (store_value){metric_of(s), dimensions, t, s->values[i]};
    if (b->n == STORE_VALUES_MOST) st = flush(b, p, err);
  }
  return st;
}

/* What a series needs beyond what is there of it already. */
static dyo_status need_of(const batch *b, dyo_ctx *ctx, const dyo_parse_series *s, int64_t *values, bool *new_series,
                          dyo_err *err)
{
  store_value of   = {.metric = metric_of(s)};
  int64_t    *time = calloc(s->n_values + 1, sizeof *time);
  dyo_status  st   = time ? dimensions_of(ctx, s, &of.dimensions, err) : dyo_oom(err);
  for (size_t i = 0; st == DYO_OK && i < s->n_values; i++) st = time_at(s, i, &time[i], err);
  if (st == DYO_OK)
    st = store_room_needed(b->a->store, b->plan->tenant, b->plan->source_id, &of, time, s->n_values, values, new_series,
                           err);
  free(time);
  return st;
}

/* Room for the whole file, or none: as if all of it were new where that fits, else for what is new indeed. */
static dyo_status find_room(const batch *b, dyo_ctx *ctx, const dyo_parse_out *p, dyo_err *err)
{
  const char  *tenant = b->plan->tenant;
  store_quotas limits;
  int64_t      values = 0, series = 0;
  dyo_status   st = store_quotas_get(b->a->store, tenant, &limits, err);
  if (st != DYO_OK || (limits.most[QUOTA_VALUES] <= 0 && limits.most[QUOTA_SERIES] <= 0)) return st;
  st = store_room_promise(b->a->store, tenant, b->w->run.id, (int64_t)p->n_series, b->total, err);
  if (st != DYO_TOO_LARGE) return st;
  st = DYO_OK;
  for (size_t i = 0; st == DYO_OK && i < p->n_series; i++) {
    int64_t more = 0;
    bool    made = false;
    st           = need_of(b, ctx, &p->series[i], &more, &made, err);
    values += more;
    series += made;
  }
  return st == DYO_OK ? store_room_promise(b->a->store, tenant, b->w->run.id, series, values, err) : st;
}

static dyo_status put_all(batch *b, dyo_ctx *ctx, const dyo_parse_out *p, dyo_err *err)
{
  dyo_err ignored;
  for (size_t i = 0; i < p->n_series; i++) b->total += (int64_t)p->series[i].n_values;
  dyo_status st = find_room(b, ctx, p, err);
  if (st == DYO_TOO_LARGE && b->plan->fresh)
    store_raw_drop(b->a->store, b->plan->tenant, b->plan->raw_id, b->w->run.id, &ignored);
  if (st != DYO_OK) return st;
  b->v = malloc(STORE_VALUES_MOST * sizeof *b->v);
  if (!b->v) return dyo_oom(err);
  for (size_t i = 0; i < p->n_series && st == DYO_OK; i++) st = put_series(b, ctx, p, &p->series[i], err);
  if (st == DYO_OK) st = flush(b, p, err);
  free(b->v);
  return st;
}

/* Tells of each metric once that it has new data, also where only part of the file was stored. A column makes many series. */
static dyo_status announce(const batch *b, const dyo_parse_out *p, dyo_err *err)
{
  dyo_status st = DYO_OK;
  for (size_t i = 0; i < p->n_series && b->stored && st == DYO_OK; i++) {
    size_t k = 0;
    while (k < i && strcmp(metric_of(&p->series[k]), metric_of(&p->series[i])) != 0) k++;
    if (k == i) st = data_arrived(b->a, b->plan->tenant, metric_of(&p->series[i]), err);
  }
  return st;
}

/* What is stored stays and is seen; the run does the rest later (jobs/work.h). */
static void no_room(const batch *b, dyo_err *err)
{
  dyo_fail(
    err, STORE_FULL, "",
    "partial: the disk is full; %lld of %lld values are stored. Run %s stores the rest by itself once there is room; "
    "sending the file again does so too.",
    (long long)b->stored, (long long)b->total, b->w->run.id);
}

/* --- the answer ------------------------------------------------------------------------------------------------------------ */

/* Written by put_answer; the rows say what it is. */
typedef struct {
  const char *name, *metric_name, *dimensions, *frequency, *first, *last;
  double      n;
} series_line;

static const dyo_field line_rows[] = {
  DYO_STR(series_line, name, DYO_NULL, 0, "The column and its dimensions in words."),
  DYO_STR(series_line, metric_name, DYO_REQ, 0, "The metric that has it."),
  DYO_JSON(series_line, dimensions, DYO_REQ, "Which series of the metric it is."),
  DYO_STR(series_line, frequency, DYO_NULL, 0, "Of its dates."),
  DYO_OUT(series_line, n, DYO_REQ, "values", "Values."),
  DYO_STR(series_line, first, DYO_NULL, 0, "First date; null: numbered rows."),
  DYO_STR(series_line, last, DYO_NULL, 0, "Last date."),
  DYO_END(series_line)};

typedef struct {
  const char *column, *value, *reason;
  double      row;
} rejected_line;

static const dyo_field rejected_rows[] = {DYO_OUT(rejected_line, row, DYO_REQ, NULL, "Row of the file, from 1."),
                                          DYO_STR(rejected_line, column, DYO_NULL, 0, "Its column."),
                                          DYO_STR(rejected_line, value, DYO_NULL, 0, "What stood there."),
                                          DYO_STR(rejected_line, reason, DYO_REQ, 0, "Why it was left out."),
                                          DYO_END(rejected_line)};

typedef struct {
  const char    *run_id, *source_id;
  double         rows_read, rows_stored, values_stored, series_count, rejected_count;
  series_line   *series;
  rejected_line *rejected;
  const char   **warnings;
  size_t         n_series, n_rejected, n_warnings;
} upload_out;

const dyo_field upload_rows[] = {
  DYO_STR(upload_out, run_id, DYO_REQ, 0, "The run that took it in."),
  DYO_STR(upload_out, source_id, DYO_REQ, 0, "The connector it belongs to."),
  DYO_OUT(upload_out, rows_read, DYO_REQ, "rows", "Rows read."),
  DYO_OUT(upload_out, rows_stored, DYO_REQ, "rows", "Rows that gave values."),
  DYO_OUT(upload_out, values_stored, DYO_REQ, "values", "Values stored."),
  DYO_OUT(upload_out, series_count, DYO_REQ, "series", "Series found."),
  DYO_LIST(upload_out, series, DYO_REQ, 0, series_line, line_rows, "The first thousand of them."),
  DYO_OUT(upload_out, rejected_count, DYO_REQ, "rows", "Rows left out."),
  DYO_LIST(upload_out, rejected, DYO_REQ, 0, rejected_line, rejected_rows, "The first of them."),
  DYO_STRS(upload_out, warnings, DYO_REQ, 0, "What was not certain."),
  DYO_END(upload_out)};

typedef struct {
  const char *name, *source_id;
} upload_words;

const dyo_field upload_query[] = {
  DYO_STR(upload_words, name, DYO_OPT, UPLOAD_NAME - 1, "The file's name, where the body is the file."),
  DYO_STR(upload_words, source_id, DYO_OPT, 64, "Connector it belongs to; absent: the tenant's own for uploads."),
  DYO_END(upload_words)};

static void put_series_line(dyo_buf *out, const dyo_parse_series *s)
{
  dyo_buf_puts(out, "{");
  put_text(out, "name", s->name);
  put_text(out, "metric_name", metric_of(s));
  put_json(out, "dimensions", "{");
  for (size_t i = 0; i < s->n_dimensions; i++) {
    dyo_buf_puts(out, i ? "," : "");
    dyo_buf_string(out, s->dimensions[i].name);
    dyo_buf_puts(out, ":");
    dyo_buf_string(out, s->dimensions[i].value);
  }
  dyo_buf_puts(out, "}");
  put_text(out, "frequency", s->frequency);
  put_whole(out, "n", (int64_t)s->n_values);
  put_text(out, "first", s->n_dates ? s->dates[0] : NULL);
  put_text(out, "last", s->n_dates ? s->dates[s->n_dates - 1] : NULL);
  dyo_buf_puts(out, "}");
}

static void put_answer(dyo_buf *out, const batch *b, const dyo_parse_out *p)
{
  dyo_buf_puts(out, "{");
  put_text(out, "run_id", b->w->run.id);
  put_text(out, "source_id", b->plan->source_id);
  put_whole(out, "rows_read", p->rows_read);
  put_whole(out, "rows_stored", p->rows_used);
  put_whole(out, "values_stored", b->stored);
  put_whole(out, "series_count", (int64_t)p->n_series);
  put_json(out, "series", "[");
  for (size_t i = 0; i < p->n_series && i < SHOWN; i++) {
    dyo_buf_puts(out, i ? "," : "");
    put_series_line(out, &p->series[i]);
  }
  dyo_buf_puts(out, "]");
  put_whole(out, "rejected_count", p->rejected_count);
  put_json(out, "rejected", "[");
  for (size_t i = 0; i < p->n_rejected; i++) {
    dyo_buf_puts(out, i ? ",{" : "{");
    put_whole(out, "row", p->rejected[i].row);
    put_text(out, "column", p->rejected[i].column);
    put_text(out, "value", p->rejected[i].value);
    put_text(out, "reason", p->rejected[i].reason);
    dyo_buf_puts(out, "}");
  }
  dyo_buf_puts(out, "]");
  put_json(out, "warnings", "[");
  for (size_t i = 0; i < p->n_warnings; i++) {
    dyo_buf_puts(out, i ? "," : "");
    dyo_buf_string(out, p->warnings[i]);
  }
  dyo_buf_puts(out, "]}");
}

dyo_status upload_take(api *a, work *w, const upload_plan *plan, int fd, dyo_buf *result, dyo_err *err)
{
  const dyo_host host = {.now = host_now, .progress = host_progress, .user = w};
  dyo_ctx        ctx;
  dyo_parse_out  p = {0};
  batch          b = {.a = a, .w = w, .plan = plan};
  struct stat    about;
  dyo_err        ignored;
  if (fstat(fd, &about) != 0) return dyo_fail(err, DYO_INTERNAL, "", "the file could not be read again");
  const dyo_source file = {.size = (uint64_t)about.st_size, .read = read_at, .user = &fd};
  dyo_ctx_init(&ctx, &host);
  ctx.cancel    = (const volatile int *)&w->cancel;
  dyo_status st = parse_file(&ctx, plan, &file, &p, err);
  if (st == DYO_OK) st = put_all(&b, &ctx, &p, err);
  if (st == DYO_OK) st = announce(&b, &p, err);
  else announce(&b, &p, &ignored);
  if (st == STORE_FULL) no_room(&b, err);
  w->run.rows_read     = p.rows_read;
  w->run.rows_stored   = st == DYO_OK ? p.rows_used : 0;
  w->run.rows_rejected = p.rejected_count;
  if (st == DYO_OK) put_answer(result, &b, &p);
  dyo_ctx_clear(&ctx);
  return st == DYO_OK && result->failed ? dyo_oom(err) : st;
}

/* --- from the stored file ------------------------------------------------------------------------------------------------- */

typedef struct {
  const char *source_id, *raw_id, *name, *options;
  bool        fresh;
} upload_in;

static const dyo_field request_rows[] = {DYO_STR(upload_in, source_id, DYO_REQ, 64, "Connector."),
                                         DYO_STR(upload_in, raw_id, DYO_REQ, 64, "Stored file."),
                                         DYO_STR(upload_in, name, DYO_OPT, UPLOAD_NAME, "File name."),
                                         DYO_JSON(upload_in, options, DYO_REQ, "Options."),
                                         DYO_BOOL(upload_in, fresh, 0, "The file came with this upload."),
                                         DYO_END(upload_in)};

static bool to_fd(void *user, const void *bytes, size_t n)
{
  for (size_t at = 0; at < n;) {
    const ssize_t some = write(*(int *)user, (const char *)bytes + at, n - at);
    if (some < 0 && errno == EINTR) continue;
    if (some <= 0) return false;
    at += (size_t)some;
  }
  return true;
}

dyo_status upload_work(void *user, work *w, dyo_err *err)
{
  api      *a  = user;
  upload_in in = {0};
  dyo_ctx   ctx;
  dyo_buf   result = {0};
  dyo_ctx_init(&ctx, NULL);
  dyo_status st = dyo_json_decode(&ctx, w->run.request, strlen(w->run.request), request_rows, &in, err);
  int        fd = st == DYO_OK ? upload_spool(a, err) : -1;
  if (st == DYO_OK && fd < 0) st = err->code;
  if (st == DYO_OK) st = store_raw_read(a->store, w->run.tenant, in.raw_id, to_fd, &fd, err);
  const upload_plan plan = {w->run.tenant, in.source_id, in.raw_id, in.name, in.options, in.fresh};
  if (st == DYO_OK) st = upload_take(a, w, &plan, fd, &result, err);
  if (st == DYO_OK) w->run.result = result.s;
  else dyo_buf_free(&result);
  if (fd >= 0) close(fd);
  dyo_ctx_clear(&ctx);
  return st;
}
