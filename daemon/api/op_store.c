/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/op_store.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/refresh.h"
#include "api/stored.h"
#include "series/dyo_calendar.h"

/* --- errors --------------------------------------------------------------------------------------------------------- */

typedef struct {
  const char *code, *path, *message;
} error_body;

typedef struct {
  dyo_piece error, partial;
} error_part;

static const dyo_field error_rows[] = {DYO_STR(error_body, code, DYO_REQ, DBL_MAX, "Code."),
                                       DYO_STR(error_body, path, DYO_REQ, DBL_MAX, "Path."),
                                       DYO_STR(error_body, message, DYO_REQ, DBL_MAX, "Message."), DYO_END(error_body)};

static bool take_error(void *user, dyo_piece name, dyo_piece value)
{
  error_part *e = user;
  if (name.n == 5 && memcmp(name.s, "error", 5) == 0) e->error = value;
  return true;
}

static bool take_partial(void *user, dyo_piece name, dyo_piece value)
{
  error_part *e = user;
  if (name.n == 7 && memcmp(name.s, "partial", 7) == 0) e->partial = value;
  return true;
}

char *op_partial(const char *text, size_t n)
{
  error_part e = {0};
  dyo_err    ignored;
  if (!text || dyo_json_members(text, n, take_error, &e, &ignored) != DYO_OK || !e.error.s) return NULL;
  char *object = strndup(e.error.s, e.error.n);
  char *found  = NULL;
  if (object && dyo_json_members(object, e.error.n, take_partial, &e, &ignored) == DYO_OK && e.partial.s)
    found = strndup(e.partial.s, e.partial.n);
  free(object);
  return found;
}

typedef struct {
  dyo_buf text; /* the error without "partial" */
} bare;

static bool copy_error_member(void *user, dyo_piece name, dyo_piece value)
{
  bare *b = user;
  if (name.n == 7 && memcmp(name.s, "partial", 7) == 0) return true;
  dyo_buf_puts(&b->text, b->text.n > 1 ? ",\"" : "\"");
  dyo_buf_add(&b->text, name.s, name.n);
  dyo_buf_puts(&b->text, "\":");
  dyo_buf_add(&b->text, value.s, value.n);
  return true;
}

dyo_status op_error(const char *text, size_t n, dyo_status st, dyo_err *err)
{
  error_part e = {0};
  error_body body;
  bare       b = {0};
  dyo_ctx    ctx;
  dyo_err    ignored;
  dyo_fail(err, st, "", "%s", dyo_status_text(st));
  if (!text || dyo_json_members(text, n, take_error, &e, &ignored) != DYO_OK || !e.error.s) return st;
  char *object = strndup(e.error.s, e.error.n);
  if (!object) return st;
  dyo_ctx_init(&ctx, NULL);
  dyo_buf_puts(&b.text, "{");
  dyo_json_members(object, e.error.n, copy_error_member, &b, &ignored);
  dyo_buf_puts(&b.text, "}");
  if (!b.text.failed && dyo_json_decode(&ctx, b.text.s, b.text.n, error_rows, &body, &ignored) == DYO_OK)
    dyo_fail(err, st, body.path, "%s", body.message);
  dyo_buf_free(&b.text);
  dyo_ctx_clear(&ctx);
  free(object);
  return st;
}

/* --- metric_name ------------------------------------------------------------------------------------------------------ */

/* What a request says of stored data. Pieces are NULL where absent. */
typedef struct {
  dyo_piece metric, dimensions, from, to, frequency, aggregate;
  bool      has_series, refreshes; /* refreshes: the wish for it is not the operation's business */
  dyo_buf   rest;                  /* every other member */
} naming;

static bool take_member(void *user, dyo_piece name, dyo_piece value)
{
  naming                  *m       = user;
  static const char *const names[] = {"metric_name", "dimensions", "from", "to", "frequency", "aggregate"};
  dyo_piece *const         to[]    = {&m->metric, &m->dimensions, &m->from, &m->to, &m->frequency, &m->aggregate};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (name.n == strlen(names[i]) && memcmp(name.s, names[i], name.n) == 0) {
      *to[i] = value;
      return true;
    }
  if (m->refreshes && refresh_member(name)) return true;
  m->has_series = m->has_series || (name.n == 6 && memcmp(name.s, "series", 6) == 0);
  dyo_buf_puts(&m->rest, ",\"");
  dyo_buf_add(&m->rest, name.s, name.n);
  dyo_buf_puts(&m->rest, "\":");
  dyo_buf_add(&m->rest, value.s, value.n);
  return true;
}

typedef struct {
  const char *metric_name, *dimensions, *from, *to, *frequency, *aggregate;
} stored_in;

const dyo_field stored_rows[] = {
  DYO_STR(stored_in, metric_name, DYO_REQ, 500, "Stored metric whose series is meant."),
  DYO_JSON(stored_in, dimensions, DYO_OPT, "Which series of the metric, where it has several."), RANGE_ROWS(stored_in),
  DYO_STR(stored_in, aggregate, DYO_OPT, 16, "How values that fall together become one: sum, mean, …"),
  DYO_END(stored_in)};

static void put_piece(dyo_buf *b, const char *name, dyo_piece p)
{
  if (!p.s) return;
  put_json(b, name, "");
  dyo_buf_add(b, p.s, p.n);
}

static dyo_status decode_naming(dyo_ctx *ctx, const naming *m, stored_in *in, dyo_err *err)
{
  dyo_buf b = {0};
  dyo_buf_puts(&b, "{");
  put_piece(&b, "metric_name", m->metric);
  put_piece(&b, "from", m->from);
  put_piece(&b, "to", m->to);
  put_piece(&b, "frequency", m->frequency);
  put_piece(&b, "aggregate", m->aggregate);
  dyo_buf_puts(&b, "}");
  const dyo_status st = b.failed ? dyo_oom(err) : dyo_json_decode(ctx, b.s, b.n, stored_rows, in, err);
  dyo_buf_free(&b);
  return st;
}

/* Dates and values as they come from the store. */
typedef struct {
  dyo_buf dates, values;
  char    first[512];
  bool    two; /* more than one series */
  size_t  n;
} gathered;

static bool gather(void *user, const char *dimensions, const int64_t *time, const double *value, size_t n)
{
  gathered *g = user;
  if (g->n && strcmp(dimensions, g->first) != 0) {
    g->two = true;
    return false;
  }
  snprintf(g->first, sizeof g->first, "%s", dimensions);
  for (size_t i = 0; i < n; i++) {
    char text[DYO_TIME_CHARS];
    dyo_time_print(time[i], time[i] % DYO_DAY != 0, text);
    dyo_buf_printf(&g->dates, "%s\"%s\"", g->n ? "," : "", text);
    dyo_buf_puts(&g->values, g->n ? "," : "");
    if (isnan(value[i])) dyo_buf_puts(&g->values, "null");
    else dyo_buf_number(&g->values, value[i]);
    g->n++;
  }
  return true;
}

static dyo_status time_of(const char *text, const char *path, int64_t otherwise, int64_t *t, dyo_err *err)
{
  *t = otherwise;
  if (!text || dyo_time_parse(text, t)) return DYO_OK;
  return dyo_fail(err, DYO_INVALID_INPUT, path, "found \"%.40s\"; an ISO 8601 date is expected", text);
}

static dyo_status read_stored(api *a, const char *tenant, const stored_in *in, const char *dimensions, bool one,
                              gathered *g, dyo_err *err)
{
  store_range r  = {.metric = in->metric_name, .dimensions = dimensions, .one = one};
  dyo_status  st = time_of(in->from, "/from", INT64_MIN, &r.from, err);
  if (st == DYO_OK) st = time_of(in->to, "/to", INT64_MAX, &r.to, err);
  if (st == DYO_OK) st = store_values_read(a->store, tenant, &r, gather, g, err);
  if (st == DYO_NOT_FOUND)
    return dyo_fail(err, DYO_NOT_FOUND, "/metric_name",
                    "there is no metric \"%.100s\"; GET /api/v1/metrics/ lists them", in->metric_name);
  if (st == DYO_OK && g->two)
    return dyo_fail(err, DYO_INVALID_INPUT, "/dimensions",
                    "%.100s has several series here, one of them %.100s; name one by its dimensions", in->metric_name,
                    g->first);
  if (st == DYO_OK && g->n == 0)
    return dyo_fail(err, DYO_INSUFFICIENT_DATA, "/metric_name", "%.100s has no value there", in->metric_name);
  return st;
}

static bool has_series_field(const dyo_op *op)
{
  for (const dyo_field *f = op->in; f->name; f++)
    if (strcmp(f->name, "series") == 0) return true;
  return false;
}

static void write_request(dyo_buf *out, const naming *m, const stored_in *in, const gathered *g)
{
  dyo_buf_puts(out, "{\"series\":{\"dates\":[");
  dyo_buf_add(out, g->dates.s ? g->dates.s : "", g->dates.n);
  dyo_buf_puts(out, "],\"values\":[");
  dyo_buf_add(out, g->values.s ? g->values.s : "", g->values.n);
  dyo_buf_puts(out, "]");
  if (in->frequency) put_text(out, "frequency", in->frequency);
  if (in->aggregate) put_text(out, "aggregate", in->aggregate);
  dyo_buf_puts(out, "}");
  dyo_buf_add(out, m->rest.s ? m->rest.s : "", m->rest.n);
  dyo_buf_puts(out, "}");
}

typedef struct {
  char  *text; /* "name":value */
  size_t name; /* bytes of it up to the colon */
} dimension;

typedef struct {
  dimension member[32];
  size_t    n;
  bool      many, no_memory;
} members;

static bool take_dimension(void *user, dyo_piece name, dyo_piece value)
{
  members *m = user;
  if (m->n == sizeof m->member / sizeof *m->member) return !(m->many = true);
  char *text = malloc(name.n + value.n + 4);
  if (!text) return !(m->no_memory = true);
  snprintf(text, name.n + value.n + 4, "\"%.*s\":%.*s", (int)name.n, name.s, (int)value.n, value.s);
  m->member[m->n++] = (dimension){text, name.n + 2};
  return true;
}

static int by_text(const void *a, const void *b)
{
  return strcmp(((const dimension *)a)->text, ((const dimension *)b)->text);
}

static bool same_name(const dimension *a, const dimension *b)
{
  return a->name == b->name && memcmp(a->text, b->text, a->name) == 0;
}

/* An object of dimensions with its keys sorted and without blanks, as the store has them: members sorted by their text, by which those of
 * one name stand together. */
dyo_status canonical_dimensions(const char *text, size_t n, dyo_buf *out, dyo_err *err)
{
  members    m    = {0};
  char      *copy = strndup(text, n);
  dyo_status st   = copy ? dyo_json_members(copy, n, take_dimension, &m, err) : dyo_oom(err);
  free(copy);
  if (st == DYO_OK && m.no_memory) st = dyo_oom(err);
  if (st == DYO_OK && m.many) st = dyo_fail(err, DYO_TOO_LARGE, "/dimensions", "more than 32 dimensions");
  qsort(m.member, m.n, sizeof *m.member, by_text);
  for (size_t i = 1; st == DYO_OK && i < m.n; i++)
    if (same_name(&m.member[i - 1], &m.member[i]))
      st = dyo_fail(err, DYO_INVALID_INPUT, "/dimensions", "found %.*s twice; each name is expected once",
                    m.member[i].name < 80 ? (int)m.member[i].name : 80, m.member[i].text);
  dyo_buf_puts(out, "{");
  for (size_t i = 0; i < m.n; i++) {
    dyo_buf_puts(out, i ? "," : "");
    dyo_buf_puts(out, m.member[i].text);
    free(m.member[i].text);
  }
  dyo_buf_puts(out, "}");
  return st == DYO_OK && out->failed ? dyo_oom(err) : st;
}

dyo_status stored_series(api *a, const char *tenant, const dyo_op *op, const char *text, size_t n, bool one,
                         dyo_buf *out, bool *filled, dyo_err *err)
{
  naming     m          = {0};
  stored_in  in         = {0};
  gathered   g          = {0};
  dyo_buf    dimensions = {0};
  dyo_ctx    ctx;
  dyo_err    ignored;
  dyo_status st = refresh_check(op, text, n, err);
  *filled       = false;
  m.refreshes   = refresh_possible(op);
  if (st != DYO_OK || !a->store || !has_series_field(op)) return st;
  st = dyo_json_members(text, n, take_member, &m, &ignored);
  if (st == DYO_OUT_OF_MEMORY || m.rest.failed) {
    dyo_buf_free(&m.rest);
    return dyo_oom(err);
  }
  if (st != DYO_OK || !m.metric.s || m.has_series) {
    dyo_buf_free(&m.rest);
    return DYO_OK; /* the operation itself says what is wrong, if anything */
  }
  dyo_ctx_init(&ctx, NULL);
  st = decode_naming(&ctx, &m, &in, err);
  if (st == DYO_OK && m.dimensions.s) {
    st = canonical_dimensions(m.dimensions.s, m.dimensions.n, &dimensions, err);
    if (st != DYO_OK && st != DYO_OUT_OF_MEMORY)
      dyo_fail(err, DYO_INVALID_INPUT, "/dimensions", "an object such as {\"sku\":\"A\"} is expected");
  }
  if (st == DYO_OK) st = read_stored(a, tenant, &in, dimensions.s, one, &g, err);
  if (st == DYO_OK && (g.dates.failed || g.values.failed)) st = dyo_oom(err);
  if (st == DYO_OK) write_request(out, &m, &in, &g);
  *filled = st == DYO_OK;
  dyo_buf_free(&m.rest);
  dyo_buf_free(&g.dates);
  dyo_buf_free(&g.values);
  dyo_buf_free(&dimensions);
  dyo_ctx_clear(&ctx);
  return st == DYO_OK && out->failed ? dyo_oom(err) : st;
}

/* --- keeping results --------------------------------------------------------------------------------------------------- */

/* Members of a text, malloc'ed as they stand; NULL where they are not there. */
typedef struct {
  const char *const *names;
  char             **to;
  bool               no_memory;
} picks;

static bool pick(void *user, dyo_piece name, dyo_piece value)
{
  picks *p = user;
  for (size_t i = 0; p->names[i]; i++)
    if (name.n == strlen(p->names[i]) && memcmp(name.s, p->names[i], name.n) == 0 && !p->to[i]) {
      p->to[i] = strndup(value.s, value.n);
      if (!p->to[i]) p->no_memory = true;
    }
  return true;
}

/* The text of a JSON string without escapes that matter to us: model types, metric names and ids. */
static void unquote(char *s)
{
  const size_t n = s ? strlen(s) : 0;
  if (n < 2 || s[0] != '"') return;
  memmove(s, s + 1, n - 2);
  s[n - 2] = '\0';
}

typedef struct {
  const char *forecast_id, *run_id;
} kept_id;

const dyo_field forecast_id_rows[] = {DYO_STR(kept_id, forecast_id, DYO_REQ, 0, "The stored forecast."),
                                      DYO_END(kept_id)};
const dyo_field run_id_rows[]      = {DYO_STR(kept_id, run_id, DYO_REQ, 0, "The stored optimisation run."),
                                      DYO_END(kept_id)};

/* {"name":"id", …the result's members */
static dyo_status add_id(dyo_buf *result, const char *name, const char *id, dyo_err *err)
{
  dyo_buf b = {0};
  dyo_buf_printf(&b, "{\"%s\":\"%s\"", name, id);
  if (result->n > 2) dyo_buf_puts(&b, ",");
  dyo_buf_add(&b, result->s + 1, result->n - 1);
  if (b.failed) {
    dyo_buf_free(&b);
    return dyo_oom(err);
  }
  dyo_buf_free(result);
  *result = b;
  return DYO_OK;
}

static dyo_status keep_forecast(api *a, const char *tenant, char id[ID_CHARS], int64_t epoch, const char *text,
                                size_t n, dyo_buf *result, dyo_err *err)
{
  static const char *const asked[] = {"metric_name", "dimensions", NULL};
  static const char *const said[]  = {"model_type", "model", "accuracy_metrics", NULL};
  char                    *q[2] = {0}, *r[3] = {0};
  dyo_buf                  dimensions = {0};
  picks                    of_text = {asked, q, false}, of_result = {said, r, false};
  dyo_status               st = dyo_json_members(text, n, pick, &of_text, err);
  if (st == DYO_OK) st = dyo_json_members(result->s, result->n, pick, &of_result, err);
  if (st == DYO_OK && (of_text.no_memory || of_result.no_memory)) st = dyo_oom(err);
  unquote(q[0]);
  unquote(r[0]);
  if (st == DYO_OK && q[1]) st = canonical_dimensions(q[1], strlen(q[1]), &dimensions, err);
  const store_forecast f = {.metric     = q[0],
                            .dimensions = dimensions.s,
                            .model_type = r[0] ? r[0] : (char[]){"auto"},
                            .model      = r[1],
                            .accuracy   = r[2],
                            .request    = store_lent(text),
                            .result     = result->s,
                            .epoch      = epoch};
  if (st == DYO_OK) st = store_forecast_add(a->store, tenant, &f, id, err);
  if (st == DYO_OK) st = add_id(result, "forecast_id", id, err);
  for (int i = 0; i < 2; i++) free(q[i]);
  for (int i = 0; i < 3; i++) free(r[i]);
  dyo_buf_free(&dimensions);
  return st;
}

dyo_status op_store(api *a, const char *tenant, const char *wanted, int64_t epoch, const dyo_op *op, const char *text,
                    size_t n, dyo_buf *result, dyo_err *err)
{
  char id[ID_CHARS];
  snprintf(id, sizeof id, "%s", wanted);
  if (strcmp(op->name, "forecast.create") == 0) {
    dyo_status st = keep_forecast(a, tenant, id, epoch, text, n, result, err);
    if (st == DYO_OK) st = refresh_keep(a, tenant, op, text, n, id, err);
    return st == DYO_OK && id[0] ? add_id(result, "schedule_id", id, err) : st;
  }
  if (strncmp(op->path, "optimizer/", 10) != 0) return DYO_OK;
  const store_optimization o = {
    .type = store_lent(op->name), .parameters = store_lent(text), .results = result->s, .epoch = epoch};
  dyo_status st = store_optimization_add(a->store, tenant, &o, id, err);
  return st == DYO_OK ? add_id(result, "run_id", id, err) : st;
}
